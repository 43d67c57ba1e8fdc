"""Published ratios of schools against the records that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eduequity.io._combine import known_value
from eduequity.io._crosschecks import say
from eduequity.io._tables import Log, Table, shown
from eduequity.vocab import Kind, Stage, Text


__all__ = ["check_ratios"]

_PER_100: Mapping[str, tuple[str, ...]] = {
    "backbone_teachers_per_100": ("backbone_teachers",),
    "pe_arts_teachers_per_100": ("pe_arts_teachers",),
}
_DEGREES: Mapping[Stage, tuple[str, ...]] = {
    Stage.PRIMARY: (
        "teachers_college",
        "teachers_bachelor",
        "teachers_master",
        "teachers_doctor",
    ),
    Stage.JUNIOR: ("teachers_bachelor", "teachers_master", "teachers_doctor"),
}
_OF_SCHOOL: Mapping[str, tuple[str, float]] = {
    "equipment_value_per_pupil": ("equipment_value", 1),
    "multimedia_classrooms_per_100": ("multimedia_classrooms", 100),
}
_CLOSE = 1e-9


def check_ratios(tables: Mapping[str, Table], log: Log) -> None:
    """
    Name the published ratios that the records of the same school do not give.

    Teachers are compared for every section; rooms, areas and equipment only where a
    school has one stage, for in others they would first have to be divided.
    """
    reported, schools = tables.get("reported"), tables.get("schools")
    if reported is None or schools is None:
        return
    rows = {code: row for row, code in enumerate(schools.get("code"))}
    columns = [
        reported.get(n) for n in ("entity", "indicator", "stage", "statistic", "value")
    ]
    for row, cells in enumerate(zip(*columns, strict=True)):
        entity, indicator, stage, statistic, value = cells
        code, _, part = str(entity).rpartition("/")
        stage = Stage.parse(part) or stage
        if code not in rows or stage is None or value is None:
            continue
        if statistic not in (None, "value") or indicator is None:
            continue
        found = _computed(schools, rows[code], stage, indicator)
        if found is not None and abs(found - value) > _half_digit(value):
            _say(reported, row, (code, indicator), value, found, log)


def _half_digit(value: float) -> float:
    """Return half of the last digit that a printed value shows."""
    decimals = len(repr(value).partition(".")[2].rstrip("0")) if value % 1 else 0
    return 0.5 * 10.0 ** -max(decimals, 0) + _CLOSE * max(1.0, abs(value))


def _computed(schools: Table, row: int, stage: Stage, indicator: str) -> float | None:
    """Return the ratio that the records give; None where they do not say."""
    pupils = _of(schools, row, f"{stage}_pupils")
    if not pupils:
        return None
    if indicator == "above_degree_teachers_per_100":
        whole = _of(schools, row, f"{stage}_above_degree_teachers")
        if whole is None and stage in _DEGREES:
            whole = _sum(schools, row, [f"{stage}_{n}" for n in _DEGREES[stage]])
        return None if whole is None else 100 * whole / pupils
    if indicator in _PER_100:
        whole = _sum(schools, row, [f"{stage}_{n}" for n in _PER_100[indicator]])
        return None if whole is None else 100 * whole / pupils
    if indicator in _OF_SCHOOL and _has_one_stage(schools, row):
        name, factor = _OF_SCHOOL[indicator]
        whole = schools.get(name)[row]
        return None if whole is None else factor * whole / pupils
    if indicator == "teaching_area_per_pupil" and _has_one_stage(schools, row):
        whole, indoor = (schools.get(n)[row] for n in _AREAS)
        return None if None in (whole, indoor) else (whole - indoor) / pupils
    return None


_AREAS = ("teaching_area", "indoor_sports_area")


def _has_one_stage(schools: Table, row: int) -> bool:
    """Whether nothing is shared with another stage, seniors or a kindergarten."""
    kind = schools.get("kind")[row]
    if not isinstance(kind, Kind) or len(kind.stages) != 1 or kind.has_seniors:
        return False
    other = Stage.JUNIOR if kind.stages[0] is Stage.PRIMARY else Stage.PRIMARY
    shared = ("senior_pupils", "kindergarten_pupils", f"{other}_pupils")
    return not any(schools.get(name)[row] for name in shared)


def _of(schools: Table, row: int, name: str) -> Any:
    found = known_value(schools, name, row)
    return None if found is None else found[1]


def _sum(schools: Table, row: int, names: Sequence[str]) -> float | None:
    values = [_of(schools, row, name) for name in names]
    return None if None in values else float(sum(values))


def _say(
    reported: Table,
    row: int,
    what: tuple[str, str],
    value: float,
    found: float,
    log: Log,
) -> None:
    code, indicator = what
    say(
        "reported-disagrees",
        Text(
            f"学校 {code} 公布的 {indicator} 为 {shown(value)}，由原始数据算得 "
            f"{found:.4g}，应一致；以算得的为准",
            f"the reported {indicator} of school {code} is {shown(value)}, its records "
            f"give {found:.4g}, expected the same; the computed one counts",
        ),
        reported.place("value", row),
        log,
    )
