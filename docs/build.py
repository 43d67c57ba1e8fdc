"""
Build the site in Chinese and in English: ``python docs/build.py [FOLDER]``.

A warning fails the build. The folder is build/docs by default.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main


DOCS = Path(__file__).parent
INDEX = (
    '<!doctype html><meta charset="utf-8"><title>eduequity</title>'
    '<meta http-equiv="refresh" content="0; url=zh/index.html">'
    '<a href="zh/index.html">中文</a> <a href="en/index.html">English</a>\n'
)


def build(folder: Path) -> int:
    """Build both languages; return the worst status."""
    status = 0
    for lang in ("zh", "en"):
        words = ["-n", "-W", "--keep-going", "-q", "-d", str(folder / f".{lang}")]
        status |= main([*words, str(DOCS / lang), str(folder / lang)])
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    return status


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(build(Path(given[0]) if given else DOCS.parent / "build" / "docs"))
