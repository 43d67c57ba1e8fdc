"""
From a sheet to raw tables, whatever its layout.

A sheet is named like a table of the contract, or it is recognised by what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs

from eduequity.io._grids import Cells, Headings, find_headings, laid_out
from eduequity.io._headings import Heading, Meanings, meanings_of
from eduequity.io._items import find_items, from_items
from eduequity.io._tables import Log, Place, Raw
from eduequity.model import Field, heading_key


__all__ = ["read_sheet"]

_ENOUGH = 3
_SUBJECTS = ("schools", "county")
"""What a form with an item on each row may speak of."""

_BY_CONTENT = ("schools", "county", "kindergartens", "teachers", "classes")
"""The tables that a sheet of any name may hold."""

_OF_STATISTICS = re.compile(
    r"统计[一二三]级|采集[一二三四五]级|所在地区划|是否上年撤销|是否本年新增|#按|办学类型\(编码\)"
    r"|教基\d{4}|机构编码"
)


def read_sheet(
    cells: Cells,
    table: str | None,
    fields: Mapping[str, tuple[Field, ...]],
    place: Place,
    log: Log,
) -> list[Raw]:
    """
    Return the tables that a sheet holds.

    Args:
        cells: The sheet's cells.

        table: The table that its name means; None where it means none.

        fields: The fields of every table.

        place: Where the sheet is.

        log: Where problems and notices go.
    """
    items = find_items(cells)
    if items:
        tables = {name: meanings_of(fields[name]) for name in _SUBJECTS}
        raw = from_items(cells, items, tables, place)
        if raw:
            return [raw]
    if table is None:
        return _by_content(cells, fields, place, log)
    meanings = meanings_of(fields[table])
    found = find_headings(cells, meanings)
    if found is None:
        return []
    return [laid_out(cells, found, meanings, table, place, log)]


def _by_content(
    cells: Cells,
    fields: Mapping[str, tuple[Field, ...]],
    place: Place,
    log: Log,
) -> list[Raw]:
    """Read a sheet as the table whose headings it has."""
    best: tuple[tuple[bool, int], str, Headings] | None = None
    for name in _BY_CONTENT:
        found = find_headings(cells, meanings_of(fields[name]))
        if found is None or found.count < _ENOUGH:
            continue
        score = (_is_complete(found, fields[name]), found.count)
        if best is None or score > best[0]:
            best = score, name, found
    if best is None:
        return []
    _, name, found = best
    raw = laid_out(cells, found, meanings_of(fields[name]), name, place, log)
    statistics = any(_OF_STATISTICS.search(heading_key(h)) for h in found.words if h)
    return [attrs.evolve(raw, layout="statistics")] if statistics else [raw]


def _is_complete(found: Headings, fields: Sequence[Field]) -> bool:
    """Whether all columns are there without which the table is of no use."""
    meanings: Meanings = meanings_of(tuple(fields))
    meant = [meanings.of(word) for word in found.words if word]
    names = {each.name for each in meant if isinstance(each, Heading)}
    return all(field.name in names for field in fields if field.required)
