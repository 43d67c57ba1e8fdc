"""Counts of this year against last year's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eduequity.io._combine import known_value
from eduequity.io._crosschecks import say
from eduequity.io._tables import Log, Place, Table, elsewhere, shown
from eduequity.model import TABLES, Field
from eduequity.vocab import Text, Unit


__all__ = ["check_previous"]

_FALL, _JUMP = 0.3, 0.5

_LEAST: Mapping[Unit, float] = {
    Unit.PUPILS: 20,
    Unit.PERSONS: 1000,
    Unit.TEACHERS: 5,
    Unit.CLASSES: 3,
    Unit.SCHOOLS: 2,
    Unit.ROOMS: 3,
    Unit.DEVICES: 20,
    Unit.BOOKS: 1000,
    Unit.M2: 200,
    Unit.YUAN: 50_000,
}
"""Changes smaller than this are never said, however large their share."""

_COUNTS = frozenset(
    {
        "pupils",
        "classes",
        "full_time_teachers",
        "staff",
        "teaching_area",
        "outdoor_sports_area",
        "sports_hall_area",
        "indoor_sports_area",
        "equipment_value",
        "multimedia_classrooms",
        "computers",
        "books",
        "resident_population",
        "primary_schools",
        "junior_schools",
        "nine_year_schools",
        "teaching_points",
        "disabled_children",
        "rotation_eligible_teachers",
        "senior_high_places",
    }
)
"""Columns that change slowly from year to year."""


def check_previous(
    tables: Mapping[str, Table], previous: Mapping[str, Table], log: Log
) -> None:
    """
    Name the counts that fall or jump against last year's file, and schools that moved.

    Args:
        tables: This year's tables.

        previous: Last year's.

        log: Where notices go.
    """
    for name in ("county", "schools"):
        if name in tables and name in previous:
            _compare(tables[name], previous[name], log)


def _compare(now: Table, before: Table, log: Log) -> None:
    rows = {code: row for row, code in enumerate(before.get("code")) if code}
    columns = list(_columns(now.raw.table))
    for row, code in enumerate(now.get("code")):
        if code is None:
            continue
        if code in rows:
            for name, field in columns:
                _compare_cell(now, before, name, field, (row, rows[code]), log)
        elif now.raw.table == "schools":
            found = shown(now.get("name")[row] or code)
            said = Text(
                f"{found}（{code}）上年文件中没有，请核实",
                f"{found} ({code}) was not in last year's file, please check",
            )
            say("school-new", said, now.place("code", row), log)
    if now.raw.table == "schools":
        _say_gone(now, before, rows, log)


def _say_gone(now: Table, before: Table, rows: Mapping[Any, int], log: Log) -> None:
    """Name the schools that are missing, at the sheet in which they are missed."""
    here: Place = {"file": log.source} if now.parts else now.raw.place
    for code in sorted(rows.keys() - set(now.get("code"))):
        found = shown(before.get("name")[rows[code]] or code)
        where = elsewhere(before.place("code", rows[code]), {})
        said = Text(
            f"{found}（{code}）在上年文件中（{where}），本年没有，请核实",
            f"{found} ({code}) is in last year's file and not in this one ({where}), "
            "please check",
        )
        say("school-gone", said, here, log)


def _columns(table: str) -> Iterator[tuple[str, Field]]:
    for field in TABLES[table]:
        if field.name in _COUNTS and field.unit in _LEAST:
            for name in field.names:
                yield name, field


def _compare_cell(
    now: Table,
    before: Table,
    name: str,
    field: Field,
    rows: tuple[int, int],
    log: Log,
) -> None:
    new = now.get(name)[rows[0]]
    old = known_value(before, name, rows[1])
    if new is None or old is None or field.unit is None:
        return
    change = new - old[1]
    if abs(change) < _LEAST[field.unit]:
        return
    fell, jumped = change < -_FALL * old[1], change > _JUMP * old[1]
    if not (fell or jumped):
        return
    label = field.label_of(name)
    share = f"{change / old[1]:+.0%}" if old[1] else f"{change:+g}"
    where = elsewhere(before.place(old[0], rows[1]), now.place(name, rows[0]))
    said = Text(
        f"{label.zh} {shown(new)}，上年 {shown(old[1])}（{where}），"
        f"变化 {share}，请核实",
        f"{label.en}: {shown(new)}, last year {shown(old[1])} ({where}), {share}, "
        "please check",
    )
    say("count-fell" if fell else "count-jumped", said, now.place(name, rows[0]), log)
