"""
What has to be known of an ODS workbook before calamine reads it.

Cells are written once and repeated by number, so that a small file can hold a table of
billions; and formulas that failed or were never worked out look like blanks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from eduequity.io._tables import UNCALCULATED


__all__ = ["TooWideError", "formulas_without_value"]

Places = dict[tuple[int, int], str]

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_KIND = (
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
)
_ROWS = f"{_TABLE}number-rows-repeated"
_COLUMNS = f"{_TABLE}number-columns-repeated"
_STYLE = f"{_TABLE}style-name"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_VALUES = frozenset(
    f"{_OFFICE}{name}"
    for name in (
        "value",
        "string-value",
        "date-value",
        "time-value",
        "boolean-value",
    )
)
_MOST = 10_000
"""So many cells of one formula that is repeated are marked; nobody reads more."""


class TooWideError(Exception):
    """A table whose repeated cells, once written out, are too many."""


class _Table:
    """A table of cells, met one after the other; nested ones are not looked into."""

    def __init__(self) -> None:
        self.row = self.height = self.column = self.width = self.widest = 0
        self.found: Places = {}
        self.waiting: list[tuple[int, int, str]] = []

    def cell(self, element: ET.Element) -> None:
        """Meet a cell."""
        times = int(element.get(_COLUMNS, "1"))
        word = _without_value(element)
        if word is not None:
            self.waiting.append((self.column, times, word))
        self.column += times
        if len(element) or element.attrib.keys() - {_COLUMNS, _STYLE}:
            self.width = self.column

    def end_of_row(self, element: ET.Element) -> None:
        """Meet the end of a row."""
        times = int(element.get(_ROWS, "1"))
        for column, wide, word in self.waiting:
            for at in range(min(times * wide, _MOST)):
                place = (self.row + at // wide, column + at % wide)
                self.found[place] = word
        self.row += times
        self.height = self.row if self.width else self.height
        self.widest = max(self.widest, self.width)
        self.column = self.width = 0
        self.waiting = []

    @property
    def span(self) -> int:
        """The cells between those that hold something."""
        return self.height * max(self.widest, self.width)


def _without_value(cell: ET.Element) -> str | None:
    """Return what stands in place of a formula's value where it has none, else None."""
    if f"{_TABLE}formula" not in cell.attrib:
        return None
    text = cell.find(_PARAGRAPH)
    if cell.get(_KIND) == "error":
        said = "" if text is None else "".join(text.itertext())
        return said or "#ERR"
    # Text that is empty is a result too; LibreOffice writes it as an empty paragraph.
    missing = text is None and not cell.attrib.keys() & _VALUES
    return UNCALCULATED if missing else None


def formulas_without_value(content: bytes, most: int) -> dict[str, Places]:
    """
    Return the formulas that failed or were never worked out, sheet by sheet.

    Args:
        content: ``content.xml``.

        most: The cells that a sheet may span.

    Returns:
        What to read in place of a blank, by row and column from 0.

    Raises:
        TooWideError: A table spans more cells.

        ParseError: It is not XML.
    """
    found: dict[str, Places] = {}
    for name, table in _tables(content, most):
        if table.found:
            found[name] = table.found
    return found


def _tables(content: bytes, most: int) -> Iterator[tuple[str, _Table]]:
    table = _Table()
    for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):  # noqa: S314
        tag = element.tag
        if event == "start":
            if tag == f"{_TABLE}table":
                table = _Table()
        elif tag in _CELLS:
            table.cell(element)
        elif tag == f"{_TABLE}table-row":
            table.end_of_row(element)
            element.clear()
        elif tag == f"{_TABLE}table":
            yield element.get(f"{_TABLE}name", ""), table
            element.clear()
        if table.span > most:
            raise TooWideError
