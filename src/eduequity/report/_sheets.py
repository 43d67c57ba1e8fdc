"""
Writing workbooks: the XlsxWriter workbook, and cells that are what they were.

Whatever a cell holds is written as that: a string that looks like a formula, a link or
a number stays a string.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import IO, Any

from eduequity.errors import MissingExtraError


__all__ = [
    "FONT",
    "LAST_COLUMN",
    "LAST_ROW",
    "Looks",
    "cell_name",
    "fits",
    "new_workbook",
    "put",
    "width_of",
]

LAST_ROW, LAST_COLUMN = 2**20 - 1, 2**14 - 1
"""The last row and column of a sheet, from 0."""

FONT = {"font_name": "等线", "font_size": 10.5, "valign": "vcenter"}

_LONGEST = 32_767
_SURELY_WRITTEN = 1e300
_EXACT = 10**15


def new_workbook(stream: IO[bytes], purpose: str) -> Any:
    """
    Return an XlsxWriter workbook that is written into *stream* when it is closed.

    Raises:
        MissingExtraError: The extra ``excel`` is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("excel", purpose) from error
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(stream, options)


def put(sheet: Any, row: int, column: int, value: Any, look: Any = None) -> None:
    """
    Write a value as what it is; what a workbook cannot hold becomes text.

    Args:
        sheet: The XlsxWriter sheet.

        row: From 0.

        column: From 0.

        value: Whatever a source held.

        look: A format.
    """
    if not fits(row, column):
        return
    if value is None or value == "":
        if look is not None:
            sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, (int, float)) and _is_plain(value):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, dt.datetime) and value.time() == dt.time():
        sheet.write_string(row, column, value.date().isoformat(), look)
    else:
        sheet.write_string(row, column, _text(value), look)


def _is_plain(value: float) -> bool:
    if isinstance(value, int):
        return abs(value) < _EXACT
    return math.isfinite(value) and abs(value) < _SURELY_WRITTEN


def _text(value: Any) -> str:
    listed = isinstance(value, (list, tuple))
    word = ";".join(map(str, value)) if listed else str(value)
    return word.encode("utf-8", "replace").decode()[:_LONGEST]


_WIDE = "\u2e80"


def width_of(word: str, least: float = 8, most: float = 40) -> float:
    """
    Return the width that shows *word*; a Chinese character is as wide as two letters.

    >>> width_of("学校名称"), width_of("a" * 100)
    (10.0, 40)
    """
    lines = word.splitlines() or [""]
    longest = max(sum(2 if c >= _WIDE else 1 for c in line) for line in lines)
    return max(least, min(most, longest + 2.0))


def cell_name(row: int, column: int) -> str:
    """Name a cell, both counted from 0, as workbooks do: ``B7``."""
    from xlsxwriter import utility

    name: str = utility.xl_rowcol_to_cell(row, column)
    return name


def fits(row: int, column: int) -> bool:
    """Whether a sheet has that cell, both counted from 0."""
    return row <= LAST_ROW and column <= LAST_COLUMN


class Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **facts: Any) -> Any:
        """Return the format with these properties."""
        key = tuple(sorted(facts.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**FONT, **facts})
        return self._made[key]
