"""
What a whole county must change: one quantity, and the cells that take the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Columns, Flags, Workspace, point
from eduequity.engine._findings import Finding
from eduequity.engine._judged import compare
from eduequity.engine._lacking import Change, Shortfall
from eduequity.engine._place import Place, Target
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
from eduequity.facts import STAGES
from eduequity.rules import Every, Rule, Share, Threshold
from eduequity.vocab import Scope, Unit


__all__ = ["of_county"]


def of_county(place: Place, finding: Finding, name: str, rule: Rule) -> Shortfall:
    if isinstance(rule, Share) and (rule.meets or rule.reaches):
        return _more_units(place, finding, rule)
    for way in _ways(place, finding, rule):
        steps = _least_for_county(place, finding, Target(name, rule), way)
        if steps != NEVER:
            lever = way.lever
            change = place.change(lever._replace(table="county"), 0, steps, name)
            return Shortfall(finding=finding, changes=(change,))
    return Shortfall(finding=finding)


def _ways(place: Place, finding: Finding, rule: Rule) -> Iterator[_Way]:
    """Yield quantities to move, each with the cells that take the change."""
    if isinstance(rule, Threshold) and rule.scope is Scope.COUNTY:
        for lever in place.levers(rule, rule.indicator):
            yield _county_way(place, lever)
    elif isinstance(rule, Share) and rule.over is Scope.SECTION:
        assert rule.numerator is not None
        assert rule.denominator is not None
        for leaf in place.leaves(rule.numerator):
            field = place.work.field(leaf)
            if field is not None and field.unit is not None and field.per_stage:
                lever = Lever("sections", leaf, field.unit, 1)
                yield _share_way(place, finding, rule, lever)
    elif isinstance(rule, Every):
        yield from _row_ways(place, finding, rule)


def _county_way(place: Place, lever: Lever) -> _Way:
    """Move a figure of the county's own, or of a section that it is the sum of."""
    stage, _, bare = lever.name.partition("_")
    if stage in STAGES and bare in place.facts.sections:
        rank = [each.value for each in STAGES].index(stage)
        rows = np.flatnonzero(place.facts.section_stage == rank)
        figures = place.facts.sections.numbers(bare)[rows]
        if len(rows) and not np.isnan(figures).any():
            within = lever._replace(table="sections", name=bare)
            return _Way(lever, within, rows[:1], np.array([np.inf]))
    return _Way(lever, lever, np.zeros(1, dtype=np.intp), np.array([np.inf]))


def _share_way(place: Place, finding: Finding, rule: Share, lever: Lever) -> _Way:
    """Let the sections that lack most of what is counted take the change first."""
    columns = place.work.section
    member = columns.match(rule.population).sure
    if rule.per_stage:
        member = member & (place.facts.section_stage == finding.place.unit)
    lacking = point(columns[rule.denominator or ""]) - point(
        columns[rule.numerator or ""]
    )
    rows = np.flatnonzero(member & (lacking > 0))
    rows = rows[np.argsort(-lacking[rows], kind="stable")]
    return _Way(lever, lever, rows, lacking[rows])


def _row_ways(place: Place, finding: Finding, rule: Every) -> Iterator[_Way]:
    """Move a figure of the item's worst row."""
    table = place.work.table(rule.table)
    limit = table.limit(rule.parameter, rule.force).low
    value = point(table[rule.indicator])
    words = table.frame.columns.get(rule.item)
    choices = table.choices(rule.item)
    if words is None or not isinstance(words, np.ndarray):
        return
    item = finding.item
    named = (
        words == item
        if choices is None
        else words == [each.value for each in choices].index(str(item))
    )
    rows = np.flatnonzero(
        named & table.match(rule.rows).sure & (value == finding.value)
    )
    rows = rows[~compare(value[rows], rule.operator, limit[rows])]
    for leaf in place.leaves(rule.indicator):
        field = place.work.field(leaf)
        if field is not None and step_of(field.unit) and len(rows):
            assert field.unit is not None
            sign = 1 if rule.operator[0] == ">" else -1
            lever = Lever(rule.table, leaf, field.unit, sign)
            yield _Way(lever, lever, rows[:1], np.array([np.inf]))


def _least_for_county(place: Place, finding: Finding, target: Target, way: _Way) -> int:
    unit = finding.place.unit

    def meets(_: npt.NDArray[np.intp], steps: Steps) -> Flags:
        return np.array([_met(place, target, unit, way, int(n)) for n in steps])

    most = way.most(place.facts)
    return int(smallest(meets, np.array([most]), points=1)[0])


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
    return Shortfall(finding=finding, changes=tuple(changes if len(enough) else ()))


class _Way(NamedTuple):
    """A quantity, and the cells that take a change of it, each up to its room."""

    lever: Lever
    within: Lever
    rows: npt.NDArray[np.intp]
    room: npt.NDArray[np.float64]

    def most(self, facts: Any) -> int:
        """Return the most steps that may be taken."""
        if not len(self.rows):
            return 0
        if np.isfinite(self.room).all():
            return int(self.room.sum() * self.within.per_unit)
        table = self.within.table
        frame = {"county": facts.counties, "sections": facts.sections}.get(
            table, facts.others.get(table)
        )
        value = frame.numbers(self.within.name)[self.rows[:1]]
        return int(caps([self.within], value)[0])

    def cells(self, steps: int) -> list[Cell]:
        """Share the steps out, the first cells first."""
        cells = []
        for row, room in zip(self.rows.tolist(), self.room.tolist(), strict=True):
            most = steps if np.isinf(room) else int(room * self.within.per_unit)
            taken = min(steps, most)
            if taken:
                cells.append(Cell(self.within, row, taken))
            steps -= taken
        return cells
