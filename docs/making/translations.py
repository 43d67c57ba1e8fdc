"""
Pages in two languages: the Chinese page is the source, the English its translation.

Decisions, cases and CONTRIBUTING.md go the other way: their English source stands in
docs/cases, docs/explanation/decisions and the root, their Chinese translation in docs/zh.

Each translation records the sha256 of the page it translates, so that a change of the
source fails a test until somebody has looked at the translation:
``python docs/making/translations.py PAGE…`` then records the new one.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path


__all__ = ["MADE", "behind", "from_english", "pages", "record", "source"]

DOCS = Path(__file__).parents[1]
MADE = ("cases/", "reference/", "regulations/", "explanation/decisions/")
MADE_PAGES = (
    "changelog.md",
    "contributing.md",
    "glossary.md",
    "plugins/hooks.md",
    "plugins/directory.md",
    "explanation/architecture.md",
)

FROM_ENGLISH = ("cases", "explanation/decisions")
FROM_ROOT = "contributing.md"
MADE_LISTS = ("explanation/decisions/index.md",)

_RECORDED = re.compile(r"\A---\ntranslates: (\w+)\n---\n")
_LENGTH = 16


def pages(lang: str) -> Iterator[str]:
    """Yield the pages in *lang* that people write, by path."""
    folder = DOCS / lang
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(MADE) and name not in MADE_PAGES:
            yield name


def from_english(lang: str) -> Iterator[str]:
    """Yield the pages there are in *lang* whose source is English."""
    root = DOCS / "zh" if lang == "zh" else DOCS
    if (root / FROM_ROOT if lang == "zh" else source(FROM_ROOT)).is_file():
        yield FROM_ROOT
    for folder in FROM_ENGLISH:
        for path in sorted((root / folder).glob("*.md")):
            name = path.relative_to(root).as_posix()
            if name not in MADE_LISTS:
                yield name


def source(name: str) -> Path:
    """Return where the words of a page are first written."""
    if name == FROM_ROOT:
        return DOCS.parent / name.upper().replace(".MD", ".md")
    return DOCS / name if name.startswith(FROM_ENGLISH) else DOCS / "zh" / name


def _translation(name: str) -> Path:
    from_us = name == FROM_ROOT or name.startswith(FROM_ENGLISH)
    return DOCS / ("zh" if from_us else "en") / name


def digest(name: str) -> str:
    """Return what stands for the source of a page in its translation."""
    return hashlib.sha256(source(name).read_bytes()).hexdigest()[:_LENGTH]


def behind() -> Iterator[str]:
    """Yield every page whose translation is missing or older than its source."""
    chinese = {*pages("zh"), *from_english("zh")}
    english = {*pages("en"), *from_english("en")}
    for name in sorted(chinese ^ english):
        yield f"{name}: only in {'zh' if name in chinese else 'en'}"
    for name in sorted(chinese & english):
        match = _RECORDED.match(_translation(name).read_text(encoding="utf-8"))
        if match is None or match[1] != digest(name):
            yield f"{name}: the translation is older than its source"


def record(name: str) -> None:
    """Write into a translation which source it was made from."""
    path = _translation(name)
    text = _RECORDED.sub("", path.read_text(encoding="utf-8"))
    path.write_text(f"---\ntranslates: {digest(name)}\n---\n{text}", encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or [*pages("en"), *from_english("zh")]:
        record(each)
    sys.stdout.writelines(f"{each}\n" for each in behind())
