"""
Pages in two languages: the Chinese page is the source, the English its translation.

Each English page records the sha256 of the Chinese page it translates, so that a change
of the source fails a test until somebody has looked at the translation:
``python docs/making/translations.py PAGE…`` then records the new one.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path


__all__ = ["MADE", "behind", "pages"]

DOCS = Path(__file__).parents[1]
MADE = ("cases/", "reference/", "regulations/", "explanation/decisions/")
MADE_PAGES = (
    "changelog.md",
    "glossary.md",
    "plugins/hooks.md",
    "plugins/directory.md",
    "explanation/architecture.md",
)

_RECORDED = re.compile(r"\A---\ntranslates: (\w+)\n---\n")
_LENGTH = 16


def pages(lang: str) -> Iterator[str]:
    """Yield the pages in *lang* that people write, by path."""
    folder = DOCS / lang
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(MADE) and name not in MADE_PAGES:
            yield name


def digest(name: str) -> str:
    """Return what stands for the Chinese page in its translation."""
    return hashlib.sha256((DOCS / "zh" / name).read_bytes()).hexdigest()[:_LENGTH]


def behind() -> Iterator[str]:
    """Yield every page whose translation is missing or older than its source."""
    chinese, english = set(pages("zh")), set(pages("en"))
    for name in sorted(chinese ^ english):
        yield f"{name}: only in {'zh' if name in chinese else 'en'}"
    for name in sorted(chinese & english):
        match = _RECORDED.match((DOCS / "en" / name).read_text(encoding="utf-8"))
        if match is None or match[1] != digest(name):
            yield f"{name}: the translation is older than its source"


def _record(name: str) -> None:
    path = DOCS / "en" / name
    text = _RECORDED.sub("", path.read_text(encoding="utf-8"))
    path.write_text(f"---\ntranslates: {digest(name)}\n---\n{text}", encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or pages("en"):
        _record(each)
    sys.stdout.writelines(f"{each}\n" for each in behind())
