"""
What the rows of other tables must change: kindergartens, townships, classes, subjects.

Rows are judged each by itself, so those that fall short are tried all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import (
    UNIT_TABLES,
    Flags,
    Workspace,
    latest_year,
    point,
)
from eduequity.engine._county_ways import side_of, why_nothing
from eduequity.engine._findings import Finding
from eduequity.engine._items import item_words
from eduequity.engine._judged import compare
from eduequity.engine._lacking import Change, Shortfall
from eduequity.engine._place import Place, Target
from eduequity.engine._trials import (
    Cell,
    Lever,
    Steps,
    caps,
    edited,
    smallest,
    step_of,
)
from eduequity.facts import Floats
from eduequity.indicators import Bounds
from eduequity.rules import Every, Range, Threshold
from eduequity.vocab import SurveyGroup, Text, Unit


__all__ = ["of_items", "of_rows"]

_Rows: TypeAlias = npt.NDArray[np.intp]
_Reached: TypeAlias = Callable[[Workspace], Flags]
"""Tells of every row of a table whether it stands the rule."""

_WHOLE = {
    "certified_teachers": "full_time_teachers",
    "certified_heads": "heads",
    "oversized_classes": "classes",
    "satisfied": "valid",
}
"""Figures that are part of another, and so never more."""

_PEOPLE = (Unit.PUPILS, Unit.PERSONS)


# -- units of a table ------------------------------------------------------------------


def of_rows(
    place: Place, findings: Sequence[Finding], target: Target
) -> Iterator[Shortfall]:
    """Yield what the rows of one rule lack."""
    rule = target.rule
    assert isinstance(rule, Threshold | Range)
    table = UNIT_TABLES[rule.scope]
    sides = [side_of(each) if isinstance(rule, Range) else None for each in findings]
    ways: dict[int, list[tuple[Change, ...]]] = {}
    for side in dict.fromkeys(sides):
        some = [f for f, own in zip(findings, sides, strict=True) if own == side]
        rows = np.array([each.place.unit for each in some], dtype=np.intp)
        aimed = target._replace(side=side)
        sign = 1 if aimed.rising else -1
        trials = _RowTrials(
            place, table, rule.indicator, sign, aimed.reached, target.reached
        )
        levers = list(_levers(place, table, rule, sign))
        found = trials.ways(rows, levers, target.name)
        ways |= dict(zip(rows.tolist(), found, strict=True))
    for each in findings:
        first, *others = ways[each.place.unit] or [()]
        yield Shortfall(
            finding=each,
            changes=first,
            alternatives=tuple(other[0] for other in others),
            note=None if first else why_nothing(place, rule),
        )


def _levers(
    place: Place, table: str, rule: Threshold | Range, sign: int
) -> Iterator[Lever]:
    """
    Yield the figures of a row that its value is worked out from.

    First those that help by themselves, then what they are divided by: rather another
    class than fewer children, and nothing but children is ever made fewer for that.
    """
    found = []
    for leaf in dict.fromkeys(place.work.leaves(rule.indicator)):
        own = next((f for f in place.facts.fields[table] if leaf in f.names), None)
        if own is None or step_of(own.unit) is None or own.type in ("choice", "date"):
            continue
        assert own.unit is not None
        found.append(Lever(table, leaf, own.unit, sign))
        if sign < 0 or own.unit in _PEOPLE:
            found.append(Lever(table, leaf, own.unit, -sign))
    yield from sorted(found, key=lambda each: (each.unit in _PEOPLE, each.sign != sign))


@attrs.frozen
class _RowTrials:
    """Rows of a table in which figures are moved, each by its own number of steps."""

    place: Place
    table: str
    indicator: str
    sign: int
    aimed: _Reached
    wanted: _Reached

    def ways(
        self, rows: _Rows, levers: Sequence[Lever], rule: str
    ) -> list[list[tuple[Change, ...]]]:
        """Return for every row the changes that suffice, each alone or all together."""
        found: list[list[tuple[Change, ...]]] = [[] for _ in rows]
        if not levers:
            return found
        ahead = [
            each
            for each in levers
            if each.sign == self.sign
            and each.unit not in _PEOPLE
            and self._helps(rows, each)
        ]
        for lever in ahead:
            self._alone(found, rows, lever, rule)
        none = np.flatnonzero([not ways for ways in found])
        if len(none) and len(ahead) > 1:
            together = self._together(rows[none], ahead, rule)
            for nth, way in zip(none.tolist(), together, strict=True):
                found[nth] += [way] if way else []
        for lever in levers:
            if lever not in ahead:
                self._alone(found, rows, lever, rule)
        return found

    def _alone(
        self,
        found: list[list[tuple[Change, ...]]],
        rows: _Rows,
        lever: Lever,
        rule: str,
    ) -> None:
        """Add the change of one figure where it suffices alone."""
        steps = self._least(rows, lever, ())
        for ways, row, n in zip(found, rows.tolist(), steps.tolist(), strict=True):
            moved = {change.column for way in ways for change in way}
            if n > 0 and lever.name not in moved:
                ways.append((self.place.change(lever, row, n, rule),))

    def _helps(self, rows: _Rows, lever: Lever) -> bool:
        """Whether moving a figure makes the value no worse anywhere."""
        by = np.minimum(self._caps(rows, lever), lever.per_unit)
        before, after = (
            most[rows]
            for moved in ((), [(lever, rows, by)])
            for most in [_highest(self._work(moved).table(self.table)[self.indicator])]
        )
        return not (self.sign * (after - before) < 0).any()

    def _together(
        self, rows: _Rows, levers: Sequence[Lever], rule: str
    ) -> list[tuple[Change, ...]]:
        """Move several figures at once, each no further than it must be."""
        fixed = [(each, rows, self._caps(rows, each)) for each in levers]
        for nth, (lever, _, most) in enumerate(fixed):
            others = (*fixed[:nth], *fixed[nth + 1 :])
            idle = self._reached(rows, others)
            least = self._least(rows, lever, others)
            steps = np.where(idle, 0, np.where(least > 0, least, most))
            fixed[nth] = (lever, rows, steps)
        met = self._reached(rows, fixed)
        return [
            tuple(
                self.place.change(lever, int(row), int(steps[nth]), rule)
                for lever, _, steps in fixed
                if steps[nth] > 0
            )
            if met[nth]
            else ()
            for nth, row in enumerate(rows)
        ]

    def _least(self, rows: _Rows, lever: Lever, fixed: Sequence[_Moved]) -> Steps:
        """Return the fewest steps of a lever that suffice beside what is *fixed*."""

        def meets(cases: _Rows, steps: Steps) -> Flags:
            beside = [(each, own[cases], by[cases]) for each, own, by in fixed]
            work = self._work([*beside, (lever, rows[cases], steps)])
            reached: Flags = self.aimed(work)[rows[cases]]
            return reached

        found = smallest(meets, self._caps(rows, lever), points=1)
        moved = np.maximum(found, 0)
        found[~self._reached(rows, [*fixed, (lever, rows, moved)])] = -1
        return found

    def _reached(self, rows: _Rows, moved: Sequence[_Moved]) -> Flags:
        reached: Flags = self.wanted(self._work(moved))[rows]
        return reached

    def _work(self, moved: Sequence[_Moved]) -> Workspace:
        cells = [
            Cell(lever, row, steps)
            for lever, rows, by in moved
            for row, steps in zip(rows.tolist(), by.tolist(), strict=True)
        ]
        facts, work = edited(self.place.facts, cells), self.place.work
        return Workspace(facts, work.law, work.indicators, work.areas[-1])

    def _caps(self, rows: _Rows, lever: Lever) -> Steps:
        frame = self.place.facts.other(self.table)
        value = frame.numbers(lever.name)[rows]
        most = caps([lever] * len(rows), value, keep=0)
        whole = _WHOLE.get(lever.name)
        if whole is None or lever.sign < 0:
            return most
        room = (frame.numbers(whole)[rows] - value) * lever.per_unit
        return np.where(room > 0, np.minimum(most, np.nan_to_num(room)), 0).astype(
            np.int64
        )


def _highest(value: Floats | Bounds) -> Floats:
    return value.high if isinstance(value, Bounds) else value


_Moved: TypeAlias = tuple[Lever, _Rows, Steps]
"""A lever, the rows it is moved in, and by how many steps."""


# -- listed items ----------------------------------------------------------------------


def of_items(place: Place, finding: Finding, name: str, rule: Every) -> Shortfall:
    """Return what the rows of a listed item lack: a subject, a channel of a survey."""
    short, blank = _short(place, finding, rule)
    sign = 1 if rule.operator[0] == ">" else -1

    def stands(work: Workspace) -> Flags:
        table = work.table(rule.table)
        limit = table.limit(rule.parameter, rule.force).low
        return compare(point(table[rule.indicator]), rule.operator, limit)

    levers = []
    for leaf in dict.fromkeys(place.work.leaves(rule.indicator)):
        field = place.field(leaf, rule.table)
        if field is not None and step_of(field.unit):
            assert field.unit is not None
            levers.append(Lever(rule.table, leaf, field.unit, sign))
    trials = _RowTrials(place, rule.table, rule.indicator, sign, stands, stands)
    ways = trials.ways(short, levers, name)
    if not all(ways):
        return Shortfall(finding=finding, note=why_nothing(place, rule))
    return Shortfall(
        finding=finding,
        changes=tuple(
            _marked(place, change, row, rule) if len(short) > 1 else change
            for (way, *_), row in zip(ways, short.tolist(), strict=True)
            for change in way
        ),
        sufficient=not blank,
    )


def _short(place: Place, finding: Finding, rule: Every) -> tuple[_Rows, bool]:
    """Return the rows of a finding's item that fall short, and whether one is blank."""
    table = place.work.table(rule.table)
    value = point(table[rule.indicator])
    limit = table.limit(rule.parameter, rule.force).low
    asked = table.match(rule.rows).sure
    year, latest = latest_year(place.work, rule.table, asked)
    here = asked & (year == latest[0]) & (item_words(table, rule) == finding.item)
    blank = np.isnan(value)
    short = here & ~compare(value, rule.operator, limit) & ~blank
    return np.flatnonzero(short), bool((here & blank).any())


def _marked(place: Place, change: Change, row: int, rule: Every) -> Change:
    """Say which of an item's rows a change is about: whom it asks, or which grade."""
    frame, where = place.facts.other(rule.table), change.where
    if "group" in frame and (group := int(frame.codes("group")[row])) >= 0:
        mark = tuple(SurveyGroup)[group].label
    elif "grade" in frame and np.isfinite(grade := frame.numbers("grade")[row]):
        mark = Text(f"{grade:.0f}年级", f"grade {grade:.0f}")
    else:
        mark = Text(f"第{row + 1}行", f"row {row + 1}")
    where = Text(f"{where.zh}·{mark.zh}", f"{where.en}, {mark.en}")
    return attrs.evolve(change, where=where)
