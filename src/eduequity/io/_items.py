"""
Forms with one item on each row: 序号 · 类别 · 填报项目 · 单位 · 填报值.

Such a workbook speaks of one school or of one county; its items are the columns of a
table with a single row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from eduequity.io._grids import Cells
from eduequity.io._headings import Meanings, is_unit
from eduequity.io._tables import Place, Raw, is_blank
from eduequity.model import heading_key


__all__ = ["Items", "find_items", "from_items"]

_ROWS_LOOKED_AT = 15
_ENOUGH = 3

_ITEM = frozenset({"填报项目", "项目", "项目名称", "指标项目", "数据项", "item"})
_VALUE = frozenset(
    {"填报值", "填报数值", "填报数据", "填写值", "填报", "数值", "value"}
)
_UNIT = frozenset({"单位", "计量单位", "unit"})
_GROUP = frozenset({"类别", "分类", "项目类别", "category"})


@attrs.frozen
class Items:
    """
    Where the columns of a form with an item on each row stand.

    Args:
        top: The row of headings.

        item: The column of the items.

        value: The column of their values.

        unit: The column of the units; None where there is none.

        group: The column of the groups of items.
    """

    top: int
    item: int
    value: int
    unit: int | None
    group: int | None


def find_items(cells: Cells) -> Items | None:
    """Return where a form with an item on each row has its columns, if it is one."""
    for row, line in enumerate(cells.rows[:_ROWS_LOOKED_AT]):
        keys = [heading_key(cell) if type(cell) is str else "" for cell in line]
        at = [_first(keys, words) for words in (_ITEM, _VALUE, _UNIT, _GROUP)]
        if at[0] is not None and at[1] is not None:
            return Items(row, at[0], at[1], at[2], at[3])
    return None


def _first(keys: Sequence[str], words: frozenset[str]) -> int | None:
    return next((column for column, key in enumerate(keys) if key in words), None)


def from_items(
    cells: Cells, items: Items, tables: Mapping[str, Meanings], place: Place
) -> Raw | None:
    """Turn the form into a table with one row; None where too little is recognised."""
    rows = [
        (number, line)
        for number, line in zip(
            cells.numbers[items.top + 1 :], cells.rows[items.top + 1 :], strict=True
        )
        if _cell(line, items.item)
    ]
    plain = [_cell(line, items.item) for _, line in rows]
    counts = {name: meanings.count(plain) for name, meanings in tables.items()}
    best = max(counts, key=lambda name: counts[name])
    if counts[best] < min(_ENOUGH, len(rows)) or not rows:
        return None
    return Raw(
        table=best,
        file=place.get("file", ""),
        sheet=place.get("sheet", ""),
        headings=[_heading(line, items, tables[best]) for _, line in rows],
        columns=[[_value(line, items.value)] for _, line in rows],
        rows=[cells.numbers[items.top]],
        heading_row=cells.numbers[items.top],
        first_column=(cells.first_column or 0) + items.value,
        items=[number for number, _ in rows],
        layout="items",
    )


def _cell(line: Sequence[Any], column: int | None) -> str:
    if column is None or column >= len(line) or is_blank(line[column]):
        return ""
    return " ".join(str(line[column]).split())


def _value(line: Sequence[Any], column: int) -> Any:
    return line[column] if column < len(line) else None


def _heading(line: Sequence[Any], items: Items, meanings: Meanings) -> str:
    """Join an item, its group where that is needed, and its unit in brackets."""
    item, unit = _cell(line, items.item), _cell(line, items.unit)
    group = _cell(line, items.group)
    if group and meanings.of(item) is None and meanings.of(f"{group}/{item}"):
        item = f"{group}/{item}"
    return f"{item}（{unit}）" if unit and is_unit(unit) else item
