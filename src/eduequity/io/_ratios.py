"""Published ratios of schools against the records that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from eduequity.facts import half_digit
from eduequity.io._combine import known_value
from eduequity.io._crosschecks import say
from eduequity.io._tables import Log, Table, shown
from eduequity.vocab import Kind, Stage, Text


__all__ = ["check_ratios"]

_Ends: TypeAlias = tuple[float, float]
"""The least and the most that records give."""

_PER_100: Mapping[str, str] = {
    "backbone_teachers_per_100": "backbone_teachers",
    "pe_arts_teachers_per_100": "pe_arts_teachers",
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
        half = half_digit(value) + _CLOSE * max(1.0, abs(value))
        if found is not None and not found[0] - half <= value <= found[1] + half:
            _say(reported, row, (code, indicator), value, found, log)


def _computed(schools: Table, row: int, stage: Stage, indicator: str) -> _Ends | None:
    """Return between what the records give it; None where they do not say."""
    pupils = _of(schools, row, f"{stage}_pupils")
    ends = _counted(schools, row, stage, indicator) if pupils else None
    if ends is None and pupils and _has_one_stage(schools, row):
        ends = _of_school(schools, row, indicator)
    return None if ends is None else (ends[0] / pupils, ends[1] / pupils)


def _counted(schools: Table, row: int, stage: Stage, indicator: str) -> _Ends | None:
    """Return 100 times the teachers of an indicator; R-1 may count visiting ones."""
    if indicator == "above_degree_teachers_per_100":
        whole = _of(schools, row, f"{stage}_above_degree_teachers")
        if whole is None and stage in _DEGREES:
            whole = _sum(schools, row, [f"{stage}_{n}" for n in _DEGREES[stage]])
        return None if whole is None else (100 * whole, 100 * whole)
    name = _PER_100.get(indicator)
    whole = None if name is None else _of(schools, row, f"{stage}_{name}")
    if whole is None:
        return None
    more = _of(schools, row, f"{stage}_visiting_{name}") or 0
    return 100 * whole, 100 * (whole + more)


def _of_school(schools: Table, row: int, indicator: str) -> _Ends | None:
    """Return what of a whole school an indicator divides; R-2 may count more ground."""
    if indicator in _OF_SCHOOL:
        name, factor = _OF_SCHOOL[indicator]
        whole = schools.get(name)[row]
        return None if whole is None else (factor * whole, factor * whole)
    indoor, hall = (schools.get(name)[row] for name in _AREAS)
    indoor, hall = hall if indoor is None else indoor, indoor if hall is None else hall
    if indicator == "teaching_area_per_pupil":
        whole = schools.get("teaching_area")[row]
        return None if None in (whole, indoor) else (whole - indoor, whole - indoor)
    if indicator == "sports_area_per_pupil":
        whole = schools.get("outdoor_sports_area")[row]
        more = sum(schools.get(name)[row] or 0 for name in _MORE_GROUND)
        return None if None in (whole, hall) else (whole + hall, whole + hall + more)
    return None


_AREAS = ("indoor_sports_area", "sports_hall_area")
"""Where only one of them is given it serves for both."""

_MORE_GROUND = ("other_sports_area", "leased_sports_area")


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
    found: _Ends,
    log: Log,
) -> None:
    code, indicator = what
    given = " – ".join(dict.fromkeys(f"{end:.4g}" for end in found))
    say(
        "reported-disagrees",
        Text(
            f"学校 {code} 公布的 {indicator} 为 {shown(value)}，由原始数据算得 "
            f"{given}，应一致；以算得的为准",
            f"the reported {indicator} of school {code} is {shown(value)}, its records "
            f"give {given}, expected the same; the computed one counts",
        ),
        reported.place("value", row),
        log,
    )
