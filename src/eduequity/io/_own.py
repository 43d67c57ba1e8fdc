"""
What the workbooks that we write carry besides data, so that reading skips it.

A table of the blank workbook begins with four rows that are no data (a title, the
labels in the other language, what is asked for, an example), then the row of headings.
The sheets of instructions and of problems are no tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eduequity.io._headings import Heading, columns_of
from eduequity.io._tables import SHEETS, Limits, Log, Raw
from eduequity.model import Field
from eduequity.vocab import Text, Unit


__all__ = [
    "ABSENT",
    "EXAMPLE",
    "GUIDE",
    "MARK",
    "PREAMBLE",
    "PROBLEMS",
    "below_preamble",
    "headings_of",
    "is_own_sheet",
    "sheet_name",
]

MARK = "eduequity template/1"
"""How the first cell of a table of the blank workbook begins."""

PREAMBLE = 4
"""The rows above the headings; the last of them is the example."""

EXAMPLE = Text("示例", "Example")
"""How the first cell of the example begins, which no code does."""

GUIDE = Text("填写说明", "How to fill in")
PROBLEMS = Text("问题清单", "Problems")
ABSENT = Text("未提供的列", "Columns not given")

_OWN = frozenset(word for t in (GUIDE, PROBLEMS, ABSENT) for word in (t.zh, t.en))


def is_own_sheet(name: str) -> bool:
    """
    Whether a sheet of this name holds what we say, and no data.

    >>> is_own_sheet("填写说明"), is_own_sheet("学校")
    (True, False)
    """
    return name in _OWN


def sheet_name(table: str, lang: str) -> str:
    """
    Name the sheet of a table.

    >>> sheet_name("schools", "zh"), sheet_name("schools", "en")
    ('学校', 'schools')
    """
    return SHEETS[table][-1] if lang == "zh" else table


def below_preamble(
    first_row: int, grid: list[list[Any]]
) -> tuple[int, list[list[Any]]] | None:
    """
    Return a table of the blank workbook from its headings on, None for another sheet.

    The example is recognised by its first cell; where that was overwritten nothing is
    cut off, and the rows are treated like those of any workbook.

    Args:
        first_row: The number of the grid's first row, from 0.

        grid: The cells row by row.
    """
    if len(grid) <= PREAMBLE or not _first(grid[0]).startswith(MARK):
        return None
    if not _first(grid[PREAMBLE - 1]).startswith((EXAMPLE.zh, EXAMPLE.en)):
        return None
    return first_row + PREAMBLE, grid[PREAMBLE:]


def _first(row: Sequence[Any]) -> str:
    return row[0] if row and isinstance(row[0], str) else ""


def headings_of(
    fields: tuple[Field, ...], named: Sequence[tuple[Field, str]], lang: str
) -> list[str]:
    """
    Write the headings of columns such that reading takes each for that column.

    A heading has its unit in brackets where reading knows that unit; a share has none,
    because its cells are formatted as percent.

    Args:
        fields: All fields of the table.

        named: Field and name of every column.

        lang: ``zh``: labels; ``en``: the names of the columns.
    """
    written = [name for _, name in named]
    for each in (_label, _with_unit):
        tried = [each(field, name, lang) for field, name in named]
        found = _meant(fields, tried)
        for column, (_, name) in enumerate(named):
            meant = found.get(column)
            if meant and meant.name == name and meant.factor is None:
                written[column] = tried[column]
    return written


def _label(field: Field, name: str, lang: str) -> str:
    return field.label_of(name).zh if lang == "zh" else name


def _with_unit(field: Field, name: str, lang: str) -> str:
    plain, unit = _label(field, name, lang), field.unit
    if unit in (None, Unit.SHARE, Unit.COUNT, Unit.LEVEL, Unit.RATIO):
        return plain
    if lang == "zh":
        return f"{plain}（{unit.label.zh}）"
    return f"{plain} ({unit.label.en})" if unit in (Unit.M2, Unit.YUAN) else plain


def _meant(fields: tuple[Field, ...], headings: list[str]) -> dict[int, Heading]:
    none: list[list[Any]] = [[] for _ in headings]
    raw = Raw(table=fields[0].table, headings=headings, columns=none, rows=[])
    return columns_of(raw, fields, Log(Limits()))
