"""Where things stand in a pack's files: folders, lines, and the rows they encode."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from eduequity.registry import Registry
from eduequity.rules import Place, place_of


__all__ = [
    "Mark",
    "Place",
    "folders",
    "place_of",
    "place_of_key",
    "rows_encoded",
    "rows_listed",
]


def folders(registry: Registry) -> dict[str, Path]:
    """
    Return the folder of every pack that plugins bring, loaded or not, by its id.

    Args:
        registry: The plugins.

    >>> from eduequity import Registry
    >>> from eduequity.testing import folders
    >>> folders(Registry.of())["national-quality-balance"].name
    'quality_balance'
    """
    found: dict[str, Path] = {}
    for _, folder in registry.pack_folders():
        name = _id_in(folder)
        if name is not None:
            found.setdefault(name, folder)
    return found


def _id_in(folder: Path) -> str | None:
    for file in sorted(folder.glob("*.toml")):
        head = _document(file).get("pack")
        if isinstance(head, dict) and isinstance(head.get("id"), str):
            return str(head["id"])
    return None


def _document(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def place_of_key(file: Path, key: str) -> int | None:
    """Return the line of a case file on which a key stands."""
    if not key or not file.is_file():
        return None
    word = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=\]]""")
    lines = file.read_text("utf-8-sig", errors="replace").splitlines()
    return next((n for n, line in enumerate(lines, 1) if word.match(line)), None)


# -- rows of a policy dossier ----------------------------------------------------------

_ROW = re.compile(r"\s*#\s*rows?\s*[:：]\s*(.*)")
_ID = re.compile(r"[A-Za-z]\w*(?:[-.]\w+)+\Z")


def rows_listed(file: Path) -> list[tuple[str, str]]:
    """Return the rows of ``rows.csv`` (columns ``row`` and ``text``), in order."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            (row["row"].strip(), row["text"].strip()) for row in csv.DictReader(lines)
        ]


@attrs.frozen
class Mark:
    """A comment ``# row: ID`` in a pack, and whether it stands above a table."""

    row: str
    at: str
    above_table: bool


def rows_encoded(folder: Path) -> Iterator[Mark]:
    """Yield the row ids that comments ``# row: ID, ID`` name."""
    for file in sorted(folder.glob("*.toml")):
        lines = file.read_text("utf-8-sig").splitlines()
        for number, line in enumerate(lines, 1):
            match = _ROW.match(line)
            below = (each.strip() for each in lines[number:])
            next_ = next((each for each in below if not each.startswith("#")), "")
            for word in re.split(r"[\s,，、;；]+", match.group(1)) if match else ():
                if not _ID.match(word):
                    break
                yield Mark(word, f"{file}:{number}", next_.startswith("["))
