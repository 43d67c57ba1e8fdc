"""
One county at one level of the law, in which changes are tried.

Here it is said which quantities an indicator is worked out from, whose they are, and
how many steps of one it takes: `engine._trials` does the trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Flags, Workspace
from eduequity.engine._findings import Finding
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, Judged, compare
from eduequity.engine._lacking import Change
from eduequity.engine._trials import (
    Lever,
    SchoolTrials,
    Steps,
    caps,
    smallest,
    step_of,
)
from eduequity.facts import STAGES, Ragged
from eduequity.rules import Rule, Threshold
from eduequity.vocab import Scope, Text, Unit


__all__ = ["Place", "Target", "afloat", "stage_of"]


class Target(NamedTuple):
    """What is to be reached: a rule's verdict, or only the floor below a threshold."""

    name: str
    rule: Rule
    floor: str | None = None

    def reached(self, work: Workspace) -> Flags:
        """Tell unit by unit whether it is."""
        judged = judge(work, self.name, self.rule)
        if self.floor is None:
            met: Flags = judged.verdicts == MET
            return met
        return afloat(work, judged, self)

    def with_floor(self, floor: str) -> Target:
        return self._replace(floor=floor)


def afloat(work: Workspace, judged: Judged, target: Target) -> Flags:
    """Tell which units surely reach the floor of their threshold."""
    rule = target.rule
    assert isinstance(rule, Threshold)
    assert judged.limit is not None
    assert judged.low is not None
    assert judged.high is not None
    floor = work.section.limit(target.floor or "").low
    rising = rule.operator[0] == ">"
    limit = judged.limit.low
    bottom = limit * floor if rising else limit / floor
    return compare(judged.low if rising else judged.high, rule.operator, bottom)


class Place:
    """One county at one level of the law, in which changes are tried."""

    def __init__(self, finding: Finding) -> None:
        assessment, place = finding.assessment, finding.place
        self.law = assessment.law
        self.work = Workspace(
            assessment.facts.select(place.county, place.county + 1),
            assessment.law,
            assessment.indicators,
            place.area,
        )
        self.facts = self.work.facts

    # -- whose it is ---------------------------------------------------------------

    def schools(self, findings: Sequence[Finding]) -> npt.NDArray[np.intp]:
        units = np.array([each.place.unit for each in findings], dtype=np.intp)
        if findings[0].scope is Scope.SECTION:
            owners: npt.NDArray[np.intp] = self.facts.section_school[units]
            return owners
        return units

    def stages(self, findings: Sequence[Finding], lever: Lever) -> npt.NDArray[np.intp]:
        """Return the stage whose figures are moved: a section's, else the larger."""
        if findings[0].scope is Scope.SECTION:
            units = [each.place.unit for each in findings]
            return self.facts.section_stage[units].astype(np.intp)
        schools = self.schools(findings)
        figures = np.full((len(STAGES), self.facts.schools.size), -1.0)
        facts = self.facts
        figures[facts.section_stage, facts.section_school] = np.nan_to_num(
            facts.sections.numbers(lever.name), nan=0.0
        )
        larger: npt.NDArray[np.intp] = figures[:, schools].argmax(axis=0)
        return larger

    def change(
        self, lever: Lever, row: int, steps: int, rule: str, *, floor: bool = False
    ) -> Change:
        entity, where = self.named(lever.table, row)
        field = self.work.field(lever.name)
        assert field is not None
        return Change(
            column=lever.name,
            entity=entity,
            amount=lever.sign * steps / lever.per_unit,
            unit=lever.unit,
            label=_ROOMS.get(lever.name) or _plain(field.label_of(lever.name)),
            where=where,
            rule=rule,
            floor=floor,
        )

    def named(self, table: str, row: int) -> tuple[str, Text]:
        facts = self.facts
        if table == "sections":
            stage = STAGES[facts.section_stage[row]]
            code, name = self.named("schools", int(facts.section_school[row]))
            zh, en = f"{name.zh}·{stage.label.zh}", f"{name.en}, {stage.label.en}"
            return f"{code}/{stage.value}", Text(zh, en)
        if table == "schools":
            code = str(facts.schools.words("code")[row])
            word = str(facts.schools.words("name")[row] or code)
            return code, Text(word, word)
        word = str(facts.counties.words("name")[0] or facts.codes[0])
        return facts.codes[0], Text(word, word)

    # -- levers --------------------------------------------------------------------

    def levers(self, rule: Rule, name: str) -> Iterator[Lever]:
        """Yield the quantities that an indicator is worked out from, in its order."""
        rising = getattr(rule, "operator", ">=")[0] == ">"
        for leaf in dict.fromkeys(self.leaves(name)):
            lever = self._lever(rule.scope, leaf, 1 if rising else -1)
            if lever is not None:
                yield lever

    def leaves(self, name: str) -> Iterator[str]:
        made = self.work.indicators.get(name)
        if made is None:
            yield name
            return
        for each in made.inputs:
            if not self.law.has_parameter(each):
                yield from self.leaves(each)

    def _lever(self, scope: Scope, name: str, sign: int) -> Lever | None:
        field = self.work.field(name)
        if field is None or field.table not in ("schools", "county"):
            return None
        unit = Unit.ROOMS if field.type == "areas" else field.unit
        if step_of(unit) is None or field.type in ("yes_no", "choice", "date"):
            return None
        assert unit is not None
        staged = name in self.facts.section_fields
        if scope is Scope.COUNTY:
            return Lever("county", name, unit, sign)
        if field.table != "schools" or (field.per_stage and not staged):
            return None
        return Lever("sections" if staged else "schools", name, unit, sign)

    def _rows(self, lever: Lever, findings: Sequence[Finding]) -> npt.NDArray[np.intp]:
        schools = self.schools(findings)
        if lever.table == "schools":
            return schools
        at = np.full((len(STAGES), self.facts.schools.size), -1, dtype=np.intp)
        rows = np.arange(self.facts.sections.size)
        at[self.facts.section_stage, self.facts.section_school] = rows
        return at[self.stages(findings, lever), schools]

    def least(self, findings: Sequence[Finding], target: Target, lever: Lever) -> Steps:
        """Return for every finding the fewest steps of a lever that reach a target."""
        rows = self._rows(lever, findings)
        schools, scope = self.schools(findings), target.rule.scope
        judged_stage = np.array([stage_of(each) for each in findings], dtype=np.intp)
        moved_stage = (
            self.stages(findings, lever) if lever.table == "sections" else judged_stage
        )

        def meets(cases: npt.NDArray[np.intp], steps: Steps) -> Flags:
            trials = SchoolTrials(self.work, schools[cases])
            trials.moved(lever, trials.rows(lever.table, moved_stage[cases]), steps)
            reached = target.reached(trials.work())
            table = "sections" if scope is Scope.SECTION else "schools"
            return reached[trials.rows(table, judged_stage[cases])]

        return smallest(meets, self._caps(lever, rows))

    def _caps(self, lever: Lever, rows: npt.NDArray[np.intp]) -> Steps:
        frame = self.facts.sections if lever.table == "sections" else self.facts.schools
        column = frame.columns.get(lever.name)
        if isinstance(column, Ragged):
            return np.where(column.known[rows] & (lever.sign > 0), _MOST_ROOMS, 0)
        values = frame.numbers(lever.name)[rows]
        return caps([lever] * len(rows), values)

    # -- the changes that suffice ------------------------------------------------------

    def first_changes(
        self, findings: Sequence[Finding], target: Target
    ) -> dict[str, Change]:
        """Return the change of the first quantity that can be moved far enough."""
        rule = target.rule
        assert isinstance(rule, Threshold)
        found: dict[str, Change] = {}
        for lever in self.levers(rule, rule.indicator):
            open_ = [each for each in findings if each.id not in found]
            if not open_:
                break
            if lever.name == _PUPILS and lever.sign > 0:
                continue
            found |= self.changes(open_, target, lever)
        return found

    def changes(
        self, findings: Sequence[Finding], target: Target, lever: Lever
    ) -> dict[str, Change]:
        steps = self.least(findings, target, lever)
        rows = self._rows(lever, findings)
        return {
            each.id: self.change(
                lever, int(row), int(n), target.name, floor=target.floor is not None
            )
            for each, row, n in zip(findings, rows, steps, strict=True)
            if n > 0
        }

    def fewer_pupils(
        self, findings: Sequence[Finding], target: Target
    ) -> dict[str, Change]:
        """Return the pupils without whom a rule of resources would be met."""
        if findings[0].scope is not Scope.SECTION:
            return {}
        return self.changes(findings, target, _FEWER_PUPILS)

    def label(self, name: str) -> Text:
        field = self.work.field(name)
        return Text(name, name) if field is None else _plain(field.label_of(name))


def _plain(label: Text) -> Text:
    """Return a column's name without the remark in brackets behind it."""
    return Text(label.zh.partition("（")[0], label.en.partition(" (")[0])


_ROOMS = {
    "music_room_areas": Text("达标音乐教室", "music rooms that are large enough"),
    "art_room_areas": Text("达标美术教室", "art rooms that are large enough"),
}
"""What is added where the column lists areas."""

_PUPILS = "pupils"
_MOST_ROOMS = 10_000
_FEWER_PUPILS = Lever("sections", _PUPILS, Unit.PUPILS, -1)


def stage_of(finding: Finding) -> int:
    words = [each.value for each in STAGES]
    return words.index(finding.stage) if finding.stage in words else 0
