"""
Build the site in Chinese and in English: ``python docs/build.py [FOLDER]``.

A warning fails the build. The folder is build/docs by default.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


DOCS = Path(__file__).parent
OPTIONS = ("-n", "-W", "--keep-going", "-E", "-a", "-q")
INDEX = (
    '<!doctype html><meta charset="utf-8"><title>eduequity</title>'
    '<meta http-equiv="refresh" content="0; url=zh/index.html">'
    '<a href="zh/index.html">中文</a> <a href="en/index.html">English</a>\n'
)


def build(folder: Path) -> int:
    """Build both languages side by side; return the worst status."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    running = [
        subprocess.Popen(  # noqa: S603 - Sphinx, once a language: it knows only one
            [
                sys.executable,
                "-m",
                "sphinx",
                *OPTIONS,
                "-d",
                str(folder / f".{lang}"),
                str(DOCS / lang),
                str(folder / lang),
            ]
        )
        for lang in ("zh", "en")
    ]
    return max(each.wait() for each in running)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(build(Path(given[0]) if given else DOCS.parent / "build" / "docs"))
