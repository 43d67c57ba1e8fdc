"""
The page of changes, from ``CHANGELOG.md`` and from the fragments not released yet.

A fragment is ``changelog.d/ISSUE.KIND.md`` (a second one ``ISSUE.KIND.2.md``): a line in
Chinese, then one in English.
towncrier puts them together, for the page as it will for ``CHANGELOG.md``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from making.markdown import page


__all__ = ["changelog", "fragments", "kinds", "said"]

ROOT = Path(__file__).parents[2]
START = "<!-- towncrier release notes start -->\n"
SPECIAL = {"README.md", ".gitignore"}

_CHINESE = re.compile("[\u4e00-\u9fff]")
_NAME = re.compile(r"(?:\d+|\+[\w-]+)\.([a-z]+)(?:\.\d+)?\.md")


def kinds(root: Path = ROOT) -> list[str]:
    """Return the kinds of fragments, in the order of the changelog."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return [
        each["directory"] for each in tomllib.loads(text)["tool"]["towncrier"]["type"]
    ]


def fragments(root: Path = ROOT) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the name, the kind and the lines of every fragment; misnamed, no kind."""
    for path in sorted((root / "changelog.d").iterdir()):
        if path.name not in SPECIAL:
            match = _NAME.fullmatch(path.name)
            kind = match[1] if match else ""
            text = path.read_text(encoding="utf-8")
            yield path.name, kind, [line for line in text.splitlines() if line.strip()]


def changelog(lang: str, root: Path = ROOT) -> str:
    """Return the page: what is not released yet, then every release."""
    zh = lang == "zh"
    released = (root / "CHANGELOG.md").read_text(encoding="utf-8").partition(START)[2]
    parts = [
        "每个版本改了什么。“法规变动”改变结论：某个数值、规则或出处变了。"
        if zh
        else "What each release changed. *Changes of law* change verdicts: a value, a "
        "rule or a source is another one.",
        said(_draft(root, "尚未发布 Not released yet"), lang),
        said(released, lang)
        or ("还没有发布过任何版本。" if zh else "There is no release yet."),
    ]
    return page("更新日志" if zh else "Changelog", *parts)


def _draft(root: Path, version: str) -> str:
    """Return what towncrier would add to the changelog now."""
    words = ["build", "--draft", "--name", "", "--version", version, "--date", "-"]
    done = subprocess.run(  # noqa: S603 - our own fragments
        [sys.executable, "-m", "towncrier", *words, "--dir", str(root)],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout.replace(f"{version} (-)", version)


def said(text: str, lang: str) -> str:
    """Return a changelog in one language, its headings one level lower."""
    lines: list[str] = []
    for item in re.split(r"\n(?!  )", text):
        if item.startswith("#"):
            lines += [f"#{_words(item, lang)}", ""]
        elif item.startswith("- "):
            lines.append(_item(item, lang))
        elif item.strip():
            lines += [item, ""]
    # A heading after a list stands apart from it.
    return (
        re.sub(r"\n(#+ )", r"\n\n\1", "\n".join(lines))
        .replace("\n\n\n", "\n\n")
        .strip()
    )


def _words(heading: str, lang: str) -> str:
    marks, *words = heading.split()
    kept = [
        word
        for word in words
        if not word[0].isalpha() or bool(_CHINESE.search(word)) == (lang == "zh")
    ]
    return " ".join([marks, *kept])


def _item(item: str, lang: str) -> str:
    issues = re.search(r" \((#\d+(?:, #\d+)*)\)$", item)
    lines = [line.strip() for line in item[2:].splitlines()]
    if issues:
        lines[-1] = lines[-1].removesuffix(issues[0])
    zh = lang == "zh"
    own = lines[:1] if zh else lines[1:] or lines
    ending = "" if not issues else f"（{issues[1]}）" if zh else issues[0]
    return f"- {' '.join(own)}{ending}"
