"""
What a whole county must change: one quantity, and the cells that take the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import UNIT_TABLES, Columns, Flags, Workspace, point
from eduequity.engine._findings import Finding
from eduequity.engine._items import compared_years
from eduequity.engine._judged import compare
from eduequity.engine._lacking import NOTHING, Change, Shortfall
from eduequity.engine._place import Place, Target, plain
from eduequity.engine._shares import reached
from eduequity.engine._trials import (
    NEVER,
    Cell,
    Lever,
    Steps,
    caps,
    edited,
    smallest,
    step_of,
)
from eduequity.facts import STAGES, Facts
from eduequity.rules import Check, Range, Rule, Share, Threshold, Trend
from eduequity.vocab import Scope, Text, Unit


__all__ = ["of_county", "side_of", "why_nothing"]


def of_county(place: Place, finding: Finding, name: str, rule: Rule) -> Shortfall:
    """Return what a county-wide finding lacks: one quantity, or a count of units."""
    if isinstance(rule, Share) and (rule.meets or rule.reaches):
        return _more_units(place, finding, rule)
    target = Target(name, rule, side=side_of(finding) if rule.kind == "range" else None)
    found: list[Change] = []
    for way in _ways(place, finding, target):
        steps = _least_for_county(place, finding, target, way)
        if steps != NEVER:
            found.append(_change_of(place, way, steps, name))
            break
    if not found and isinstance(rule, Share) and rule.over in UNIT_TABLES:
        found += _counted_out(place, finding, rule)
    note = None if found else why_nothing(place, rule)
    return Shortfall(finding=finding, changes=tuple(found), note=note)


def _change_of(place: Place, way: _Way, steps: int, rule: str) -> Change:
    """Put a change of the county into words; time is told by what counts it."""
    change = place.change(way.lever._replace(table="county"), 0, steps, rule)
    label = way.label or place.label(way.lever.name, way.lever.table)
    return attrs.evolve(change, label=label)


def side_of(finding: Finding) -> str:
    """Return which end of an interval a value must come past."""
    value, ends = finding.value, finding.threshold
    below = isinstance(ends, tuple) and value is not None and value < ends[0]
    return ">=" if below else "<="


def _ways(place: Place, finding: Finding, target: Target) -> Iterator[_Way]:
    """Yield quantities to move, each with the cells that take the change."""
    rule = target.rule
    if isinstance(rule, Threshold | Range):
        for lever in place.levers(target, rule.indicator):
            if lever.name not in _GIVEN:
                yield _county_way(place, lever)
                if isinstance(rule, Range):
                    yield _county_way(place, lever._replace(sign=-lever.sign))
        yield from _time_ways(place, rule)
    elif isinstance(rule, Trend):
        yield from _trend_ways(place, target, rule)
    elif isinstance(rule, Share):
        yield from _share_ways(place, finding, target, rule)


_GIVEN = ("resident_population", "population_3_6")
"""Figures that are as they are: nobody is told to have more residents."""


def _time_ways(place: Place, rule: Threshold | Range) -> Iterator[_Way]:
    """Let years pass since a day, where an indicator counts them."""
    made = place.work.indicators.get(rule.indicator)
    if made is None or made.unit is not Unit.YEARS:
        return
    for leaf in place.work.leaves(rule.indicator):
        field = place.field(leaf)
        if field is not None and field.type == "date":
            lever = Lever("county", leaf, Unit.YEARS, 1)
            yield _Way(lever, [_Room(lever, 0, _MOST_YEARS)], made.label)


_MOST_YEARS = 100.0


def _trend_ways(place: Place, target: Target, rule: Trend) -> Iterator[_Way]:
    """Move a figure of the latest year that is compared with the year before."""
    row = int(compared_years(place.work, rule)[0][0])
    for leaf in dict.fromkeys(place.work.leaves(rule.indicator)):
        field = place.field(leaf, rule.table)
        if row >= 0 and field is not None and step_of(field.unit):
            assert field.unit is not None
            lever = Lever(rule.table, leaf, field.unit, 1 if target.rising else -1)
            yield _Way(lever, [_Room(lever, row, np.inf)])


def _county_way(place: Place, lever: Lever) -> _Way:
    """Move a figure of the county's own, or of a section that it is the sum of."""
    stage, _, bare = lever.name.partition("_")
    if stage in STAGES and bare in place.facts.sections:
        rank = [each.value for each in STAGES].index(stage)
        rows = np.flatnonzero(place.facts.section_stage == rank)
        figures = place.facts.sections.numbers(bare)[rows]
        if len(rows) and not np.isnan(figures).any():
            within = lever._replace(table="sections", name=bare)
            return _Way(lever, [_Room(within, int(rows[0]), np.inf)])
    return _Way(lever, [_Room(lever, 0, np.inf)])


# -- shares ----------------------------------------------------------------------------


def _share_ways(
    place: Place, finding: Finding, target: Target, rule: Share
) -> Iterator[_Way]:
    """Yield ways to more of what is counted: by units, by schools, by stated totals."""
    assert rule.numerator is not None
    assert rule.denominator is not None
    if rule.over is Scope.COUNTY:
        for lever in place.levers(target, rule.numerator):
            yield _county_way(place, lever)
        return
    sign, whole = (1 if target.rising else -1), set(place.work.leaves(rule.denominator))
    for leaf in dict.fromkeys(place.work.leaves(rule.numerator)):
        if rule.over is Scope.SECTION:
            yield from _section_ways(place, finding, rule, leaf)
            continue
        # What the whole is worked out from as well is no way to a larger part of it.
        alone = leaf == rule.numerator or leaf not in whole
        for lever in _row_levers(place, rule.over, leaf, sign) if alone else ():
            columns = place.work.at(rule.over)
            yield _share_way(place, finding, rule, lever, columns)
            if leaf == rule.numerator and leaf not in whole:
                row = np.flatnonzero(columns.match(rule.population).sure)[:1]
                yield _Way(lever, [_Room(lever, int(each), np.inf) for each in row])


def _row_levers(place: Place, over: Scope, leaf: str, sign: int) -> Iterator[Lever]:
    """Yield a figure of the units as a lever, to more of it and to less."""
    table = UNIT_TABLES.get(over, "schools")
    field = next((f for f in place.facts.fields[table] if leaf in f.names), None)
    if field is None or step_of(field.unit) is None or field.type == "choice":
        return
    assert field.unit is not None
    staged = over is Scope.SCHOOL and leaf in place.facts.section_fields
    where = "sections" if staged else table
    for way in (sign, -sign):
        yield Lever(where, leaf, field.unit, way)


def _section_ways(
    place: Place, finding: Finding, rule: Share, leaf: str
) -> Iterator[_Way]:
    """Move the sections' figures, else the totals of schools, else the county's."""
    field = place.work.field(leaf)
    if field is None or field.unit is None or not field.per_stage:
        return
    lever = Lever("sections", leaf, field.unit, 1)
    yield _share_way(place, finding, rule, lever, place.work.section)
    if rule.per_stage or rule.population:
        return
    undivided = lever._replace(table="schools")
    yield _share_way(place, finding, rule, undivided, place.work.school)
    stages = place.work.group
    n, d = (point(stages[name or ""]) for name in (rule.numerator, rule.denominator))
    rooms = [
        _Room(Lever("county", f"{stage.value}_{leaf}", field.unit, 1), 0, float(room))
        for stage, room in zip(STAGES, d - n, strict=True)
        if room > 0
    ]
    yield _Way(lever, rooms)


def _share_way(
    place: Place, finding: Finding, rule: Share, lever: Lever, columns: Columns
) -> _Way:
    """Let the units that lack most of what is counted take the change first."""
    member = columns.match(rule.population).sure
    if rule.per_stage and rule.over is Scope.SECTION:
        member = member & (place.facts.section_stage == finding.place.unit)
    n, d = (point(columns[name or ""]) for name in (rule.numerator, rule.denominator))
    rows = np.arange(columns.size)
    frame = columns.frame
    if lever.table == "sections" and columns is not place.work.section:
        frame = place.facts.sections  # of a school with two the first takes it all
        rows = _first_section(place)
    value = frame.numbers(lever.name)
    lacking = d - n if lever.sign > 0 else np.where(rows >= 0, value[rows], 0.0)
    there = np.flatnonzero(member & (lacking > 0) & (rows >= 0))
    there = there[np.argsort(-lacking[there], kind="stable")]
    return _Way(
        lever,
        [_Room(lever, int(rows[each]), float(lacking[each])) for each in there],
    )


def _first_section(place: Place) -> npt.NDArray[np.intp]:
    """Return the row of each school's first section, -1 where it has none."""
    rows = np.full(place.facts.schools.size, -1, dtype=np.intp)
    owners = place.facts.section_school
    rows[owners[::-1]] = np.arange(len(owners))[::-1]
    return rows


def _counted_out(place: Place, finding: Finding, rule: Share) -> Iterator[Change]:
    """Count what a share lacks where its numerator is no column of the data."""
    columns: Columns = place.work.at(rule.over)
    made = place.work.indicators.get(rule.numerator or "")
    member = columns.match(rule.population)
    n, d = (point(columns[name or ""]) for name in (rule.numerator, rule.denominator))
    known = not np.isnan(n[member.possible] + d[member.possible]).any()
    doubt = bool((member.possible & ~member.sure).any())
    if made is None or step_of(made.unit) != 1 or not known or doubt:
        return
    part, whole = float(n[member.sure].sum()), float(d[member.sure].sum())
    share = float(place.work.county.limit(rule.parameter, rule.force).low[0])
    sign = 1 if rule.operator[0] == ">" else -1
    counts = np.arange(1, max(whole - part, part, 0) + 1)
    enough = counts[compare(part + sign * counts, rule.operator, share * whole)]
    entity, where = place.named("county", 0)
    for least in enough[:1].tolist():
        yield Change(
            column=made.name,
            entity=entity,
            amount=sign * float(least),
            unit=made.unit,
            label=plain(made.label),
            where=where,
            rule=finding.rule,
        )


def why_nothing(place: Place, rule: Rule) -> Text:
    """Say why no change is counted out of a rule."""
    name = getattr(rule, "indicator", None) or getattr(rule, "numerator", None)
    table = getattr(rule, "table", None) or UNIT_TABLES.get(
        getattr(rule, "over", rule.scope), "county"
    )
    leaves = list(dict.fromkeys(place.work.leaves(name))) if name else []
    fields = [place.field(leaf, table) for leaf in leaves]
    given = [each for each in fields if each is not None]
    if isinstance(rule, Check):
        return _BY_FUNCTION
    if not given or any(step_of(each.unit) for each in given):
        return NOTHING
    zh, en = (
        sep.join(plain(each.label).get(lang) for each in given)
        for sep, lang in (("、", "zh"), (", ", "en"))
    )
    return Text(
        f"“{zh}”以比率、等次或文字填报，没有可以直接计数的量",
        f'"{en}" is given as a rate, a grade or a word: nothing that can be counted',
    )


_BY_FUNCTION = Text(
    "由插件的函数判定，没有可以直接计数的量",
    "a plugin's function decides: nothing that can be counted",
)


def _least_for_county(place: Place, finding: Finding, target: Target, way: _Way) -> int:
    unit = finding.place.unit

    def meets(_: npt.NDArray[np.intp], steps: Steps) -> Flags:
        return np.array([_met(place, target, unit, way, int(n)) for n in steps])

    found = int(smallest(meets, np.array([way.most(place.facts)]), points=1)[0])
    if found == NEVER or target.side is None:
        return found
    whole = target._replace(side=None)  # the other end may have been passed as well
    return found if _met(place, whole, unit, way, found) else NEVER


def _met(place: Place, target: Target, unit: int, way: _Way, steps: int) -> bool:
    facts = edited(place.facts, way.cells(steps))
    work = Workspace(facts, place.law, place.work.indicators, place.work.areas[-1])
    return bool(target.reached(work)[unit])


def _more_units(place: Place, finding: Finding, rule: Share) -> Shortfall:
    """Count the units that must meet a condition besides those that do."""
    columns: Columns = place.work.at(rule.over)
    member = columns.match(rule.population)
    meeting = (
        reached(columns, rule.reaches) == 1
        if rule.reaches
        else columns.match(rule.meets).sure
    )
    total = int(member.possible.sum())
    sure = int((member.sure & meeting).sum())
    scope = place.work.group if rule.per_stage else place.work.county
    share = float(scope.limit(rule.parameter, rule.force).low[finding.place.unit])
    counts = np.arange(sure, total + 1)
    enough = counts[compare(counts.astype(float), rule.operator, share * total)]
    if not len(enough):
        return Shortfall(finding=finding, note=NOTHING)
    unit = {Scope.SCHOOL: Unit.SCHOOLS, Scope.CLASS: Unit.CLASSES}.get(
        rule.over, Unit.COUNT
    )
    entity, where = place.named("county", 0)
    changes = [
        Change(
            column=finding.rule,
            entity=entity,
            amount=float(enough[0] - sure),
            unit=unit,
            label=rule.label,
            where=where,
            rule=finding.rule,
        )
    ]
    note = _candidates(place, rule, np.flatnonzero(member.sure & ~meeting))
    return Shortfall(finding=finding, changes=tuple(changes), note=note)


def _candidates(place: Place, rule: Share, rows: npt.NDArray[np.intp]) -> Text | None:
    """Name the units that do not meet the condition: some of them must."""
    table = UNIT_TABLES.get(rule.over, f"{rule.over.value}s")
    if not len(rows) or rule.over is Scope.TEACHER:
        return None
    some = [place.named(table, int(row))[1] for row in rows[:_FEW]]
    more = len(rows) > _FEW
    zh, en = (
        sep.join(each.get(lang) for each in some)
        for sep, lang in (("、", "zh"), (", ", "en"))
    )
    return Text(
        f"尚未达到的有 {len(rows)} 个：{zh}{'等' if more else ''}",
        f"{len(rows)} that do not yet: {en}{', …' if more else ''}",
    )


_FEW = 5


class _Room(NamedTuple):
    """A cell that takes a change, and how much of it."""

    lever: Lever
    row: int
    room: float


class _Way(NamedTuple):
    """A quantity, and the cells that take a change of it, one after the other."""

    lever: Lever
    rooms: list[_Room]
    label: Text | None = None

    def most(self, facts: Facts) -> int:
        """Return the most steps that may be taken."""
        if not self.rooms:
            return 0
        if all(np.isfinite(each.room) for each in self.rooms):
            return sum(int(each.room * each.lever.per_unit) for each in self.rooms)
        lever, row, _ = self.rooms[0]
        frame = {
            "county": facts.counties,
            "schools": facts.schools,
            "sections": facts.sections,
        }.get(lever.table) or facts.others[lever.table]
        value = frame.numbers(lever.name)[row : row + 1]
        return int(caps([lever], value, keep=0)[0])

    def cells(self, steps: int) -> list[Cell]:
        """Share the steps out, the first cells first."""
        cells = []
        for lever, row, room in self.rooms:
            most = steps if np.isinf(room) else int(room * lever.per_unit)
            taken = min(steps, most)
            if taken:
                cells.append(Cell(lever, row, taken))
            steps -= taken
        return cells
