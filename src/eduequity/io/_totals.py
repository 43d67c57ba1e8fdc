"""
Rows of totals: 合计, 总计, 小计.

They are not read as schools; what they say is compared with the sum of the rows above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eduequity.io._cells import CellError, parser
from eduequity.io._crosschecks import say
from eduequity.io._headings import Heading
from eduequity.io._tables import Log, Table, Total, is_blank, shown
from eduequity.vocab import Text, Unit


__all__ = ["check_totals"]

_NEVER_ADDED = ("largest_class", "grades")
_HALF = 0.005


def check_totals(table: Table, meant: Mapping[int, Heading], log: Log) -> None:
    """Compare every row of totals with the rows it can be the total of."""
    many = len(table.raw.totals)
    log.notice(
        "totals-not-read",
        Text(
            f"有 {many} 行合计，已与各行核对，不作为学校读取",
            f"{many} rows of totals were compared with the rows, not read as rows",
        ),
        table.raw.row_at(table.raw.totals[0].number),
    )
    for column, heading in meant.items():
        if _adds_up(heading) and heading.name in table.columns and not heading.part:
            for number in range(many):
                _check(table, column, heading, number, log)


def _adds_up(heading: Heading) -> bool:
    field = heading.field
    unit = field.unit if field.type in ("integer", "number") else None
    adds = unit is not None and unit.additive and unit is not Unit.COUNT
    return adds and not heading.name.endswith(_NEVER_ADDED)


def _check(table: Table, column: int, heading: Heading, number: int, log: Log) -> None:
    total = table.raw.totals[number]
    stated = _stated(total.cells, column, heading)
    if stated is None:
        return
    values = table.columns[heading.name]
    sums = []
    for first, last in _ranges(table.raw.totals, number, len(values)):
        rows = values[first:last]
        known = [each for each in rows if each is not None]
        found = sum(known)
        slack = _HALF * float(heading.factor or 1) * (len(known) + 1)
        # With unknown figures the total may be more than what is known, never less.
        if abs(found - stated) <= slack or (len(known) < len(rows) and found < stated):
            return
        sums.append(found)
    if not sums:
        return
    say(
        "total-disagrees",
        Text(
            f"{total.word} {shown(stated)} 与各行之和 {shown(sums[0])} 不符，应相等",
            f"the total {total.word} says {shown(stated)} but the rows add up to "
            f"{shown(sums[0])}, expected the same",
        ),
        table.raw.total(column, total),
        log,
    )


def _stated(cells: Sequence[Any], column: int, heading: Heading) -> float | None:
    """Return what the total says of a column; None where it is blank or no number."""
    cell = cells[column] if column < len(cells) else None
    if is_blank(cell):
        return None
    try:
        value: float = parser(heading.field, factor=heading.factor)(cell)
    except CellError:
        return None
    return value


def _ranges(totals: Sequence[Total], number: int, size: int) -> list[tuple[int, int]]:
    """Return the rows that a total may speak of, the likeliest first."""
    here = totals[number].before
    before = max((t.before for t in totals[:number]), default=0)
    after = min((t.before for t in totals[number + 1 :]), default=size)
    parts = [(before, here), (here, after)]
    whole = [(0, size), (0, here)]
    likely = parts + whole if "小计" in totals[number].word else whole + parts
    return list(dict.fromkeys(each for each in likely if each[0] < each[1]))
