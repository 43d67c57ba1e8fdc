"""
From a sheet to raw tables, whatever its layout.

A sheet is named like a table of the contract, or it is recognised by what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from eduequity.io._grids import Cells, Headings, find_headings, laid_out
from eduequity.io._headings import Heading, Meanings, meanings_of
from eduequity.io._items import find_items, from_items
from eduequity.io._official import official_form
from eduequity.io._sentences import from_sentences
from eduequity.io._statistics import from_statistics, is_statistics
from eduequity.io._tables import Log, Place, Raw
from eduequity.model import Field


__all__ = ["read_sheet"]

_ENOUGH = 3
_SUBJECTS = ("schools", "county")
"""What a form with an item on each row may speak of."""

_BY_CONTENT = ("schools", "county", "kindergartens", "teachers", "classes")
"""The tables that a sheet of any name may hold."""


def read_sheet(
    cells: Cells,
    table: str | None,
    fields: Mapping[str, tuple[Field, ...]],
    place: Place,
    log: Log,
) -> list[Raw] | None:
    """
    Return the tables that a sheet holds, None where nothing in it is recognised.

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
        forms = official_form(cells, place, log)
        forms = from_sentences(cells, place) if forms is None else forms
        if forms is not None:
            return forms
        return _by_content(cells, fields, place, log)
    meanings = meanings_of(fields[table])
    found = find_headings(cells, meanings)
    if found is None:
        return None
    raw = laid_out(cells, found, meanings, table, place, log)
    if table == "schools" and is_statistics(raw.headings):
        return [from_statistics(raw, meanings, log)]
    return [raw]


def _by_content(
    cells: Cells,
    fields: Mapping[str, tuple[Field, ...]],
    place: Place,
    log: Log,
) -> list[Raw] | None:
    """Read a sheet as the table whose headings it has."""
    best: tuple[tuple[bool, int], str, Headings] | None = None
    for name in _BY_CONTENT:
        found = find_headings(cells, meanings_of(fields[name]))
        if found is None or found.count < _ENOUGH:
            continue
        if name == "schools" and _is_clearly(found, fields[name]):
            best = (True, found.count), name, found
            break
        score = (_is_complete(found, fields[name]), found.count)
        if best is None or score > best[0]:
            best = score, name, found
    if best is None:
        return None
    _, name, found = best
    meanings = meanings_of(fields[name])
    raw = laid_out(cells, found, meanings, name, place, log)
    if name == "schools" and is_statistics(raw.headings):
        return [from_statistics(raw, meanings, log)]
    if name == "county" and not best[0][0]:
        return [attrs.evolve(raw, layout="form")]  # 表Ⅰ gives no code
    return [raw]


_CLEAR = 8


def _is_clearly(found: Headings, fields: Sequence[Field]) -> bool:
    """Whether so much is recognised that no other table need be thought of."""
    most = 2 * found.count >= sum(map(bool, found.words))
    return found.count >= _CLEAR and most and _is_complete(found, fields)


def _is_complete(found: Headings, fields: Sequence[Field]) -> bool:
    """Whether all columns are there without which the table is of no use."""
    meanings: Meanings = meanings_of(tuple(fields))
    meant = [meanings.of(word) for word in found.words if word]
    names = {each.name for each in meant if isinstance(each, Heading)}
    return all(field.name in names for field in fields if field.required)
