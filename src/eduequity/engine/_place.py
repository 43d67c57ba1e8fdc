"""
One county at one level of the law, in which changes are tried.

Here it is said which quantities an indicator is worked out from, whose they are, and
how many steps of one it takes: `engine._trials` does the trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import UNIT_TABLES, Flags, Workspace
from eduequity.engine._findings import Finding
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, Judged, compare
from eduequity.engine._lacking import Change
from eduequity.engine._trials import (
    NEVER,
    Lever,
    SchoolTrials,
    Steps,
    caps,
    smallest,
    step_of,
)
from eduequity.facts import STAGES, Ragged
from eduequity.model import Field
from eduequity.rules import Range, Rule, Threshold
from eduequity.vocab import Scope, Text, Unit


__all__ = ["Place", "Target", "afloat", "plain", "stage_of"]


class Target(NamedTuple):
    """
    What is to be reached.

    It is a rule's verdict, only the *floor* below a threshold, or the one end of an
    interval that a value must come past first: *side* is ``>=`` or ``<=``.
    """

    name: str
    rule: Rule
    floor: str | None = None
    side: str | None = None

    @property
    def rising(self) -> bool:
        """Whether the value must become larger."""
        asked: str = self.side or getattr(self.rule, "operator", None) or ">="
        return asked[0] == ">"

    def reached(self, work: Workspace) -> Flags:
        """Tell unit by unit whether it is."""
        judged = judge(work, self.name, self.rule)
        if self.side is not None:
            return _past(judged, self.side)
        if self.floor is None:
            met: Flags = judged.verdicts == MET
            return met
        return afloat(work, judged, self)

    def with_floor(self, floor: str) -> Target:
        return self._replace(floor=floor)


def _past(judged: Judged, side: str) -> Flags:
    """Tell which units surely are past one end of an interval."""
    assert judged.limit is not None
    low, high = judged.low, judged.high
    end = judged.limit.low if side == ">=" else judged.limit.high
    return compare(low if side == ">=" else high, side, end)


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
        return Change(
            column=lever.name,
            entity=entity,
            amount=lever.sign * steps / lever.per_unit,
            unit=lever.unit,
            label=_ROOMS.get(lever.name) or self.label(lever.name, lever.table),
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
        if table in UNIT_TABLES.values():
            frame = facts.other(table)
            code = str(frame.words("code" if "code" in frame else "id")[row])
            known = "name" in frame and frame.words("name")[row]
            word = str(known or code)
            return code, Text(word, word)
        word = str(facts.counties.words("name")[0] or facts.codes[0])
        return facts.codes[0], Text(word, word)

    # -- levers --------------------------------------------------------------------

    def levers(self, target: Target, name: str) -> Iterator[Lever]:
        """Yield the quantities that an indicator is worked out from, in its order."""
        for leaf in dict.fromkeys(self.work.leaves(name)):
            sign = 1 if target.rising else -1
            lever = self._lever(target.rule.scope, leaf, sign)
            if lever is not None:
                yield lever

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

        def tried(of: Target, cases: npt.NDArray[np.intp], steps: Steps) -> Flags:
            trials = SchoolTrials(self.work, schools[cases])
            trials.moved(lever, trials.rows(lever.table, moved_stage[cases]), steps)
            reached = of.reached(trials.work())
            table = "sections" if scope is Scope.SECTION else "schools"
            return reached[trials.rows(table, judged_stage[cases])]

        found = smallest(partial(tried, target), self._caps(lever, rows))
        if target.side is not None:  # the other end may have been passed as well
            whole = tried(
                target._replace(side=None), np.arange(len(found)), np.maximum(found, 0)
            )
            found[~whole] = NEVER
        return found

    def _caps(self, lever: Lever, rows: npt.NDArray[np.intp]) -> Steps:
        frame = self.facts.sections if lever.table == "sections" else self.facts.schools
        column = frame.columns.get(lever.name)
        if isinstance(column, Ragged):
            return np.where(column.known[rows] & (lever.sign > 0), _MOST_ROOMS, 0)
        values = frame.numbers(lever.name)[rows]
        return caps([lever] * len(rows), values, keep=int(lever.name == _PUPILS))

    # -- the changes that suffice ------------------------------------------------------

    def first_changes(
        self, findings: Sequence[Finding], target: Target
    ) -> dict[str, Change]:
        """Return the change of the first quantity that can be moved far enough."""
        rule = target.rule
        assert isinstance(rule, Threshold | Range)
        found: dict[str, Change] = {}
        for lever in self.levers(target, rule.indicator):
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

    def field(self, name: str, table: str = "county") -> Field | None:
        """Return the declaration of a column of *table*, else of any."""
        own = self.facts.fields.get(table, ())
        return next((f for f in own if name in f.names), self.work.field(name))

    def label(self, name: str, table: str = "county") -> Text:
        field = self.field(name, table)
        return Text(name, name) if field is None else plain(field.label_of(name))


def plain(label: Text) -> Text:
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
