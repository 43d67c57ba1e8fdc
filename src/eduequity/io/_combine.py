"""Putting together what several sheets or workbooks say of one table."""

from __future__ import annotations

from collections.abc import Sequence

from eduequity.io._headings import say_absent
from eduequity.io._tables import Log, Table
from eduequity.model import Field


__all__ = ["combined"]

_MAIN = ("county", "schools")


def combined(parts: Sequence[Table], fields: tuple[Field, ...], log: Log) -> Table:
    """
    Return the rows of all parts as one table.

    Args:
        parts: What each sheet or workbook says.

        fields: The fields of the table.

        log: Where problems and notices go.
    """
    table = Table.joined(parts)
    if table.raw.table in _MAIN:
        say_absent(table.raw.place, fields, table.columns, log)
    return table
