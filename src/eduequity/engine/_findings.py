"""
Findings: one verdict of one rule for one unit, with all that it rests on.

They are built county by county, when asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import numpy as np

from eduequity.engine._columns import Workspace, point
from eduequity.engine._completeness import stated_anything
from eduequity.engine._evaluate import level_rules, needs, shown_rules
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, UNMET, compare
from eduequity.engine._limits import Limit
from eduequity.engine._overlay import Note, notes
from eduequity.engine._published import published
from eduequity.facts import STAGES
from eduequity.rules import (
    Citation,
    Dispersion,
    Every,
    Quorum,
    Range,
    Rule,
    Share,
    Threshold,
    Veto,
)
from eduequity.vocab import Basis, Force, Scope, Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine._assessment import Assessment


__all__ = ["FLAGS", "Finding", "Place", "decimals", "findings_of", "rounded"]

FLAGS = (
    "aggregate",
    "bounded",
    "completeness_unchecked",
    "component",
    "discrepancy",
    "incomplete",
    "knife_edge",
    "partial",
    "points_left_out",
    "sports_area_shared",
    "summary",
    "undivided",
    "vacuous",
)
"""
The closed list of flags.

``aggregate``: the figures of a whole city, which is never determined. ``bounded``:
the value is only known to lie between bounds. ``completeness_unchecked``:
nothing is stated to check the rows against. ``component``: shown, decides nothing
alone. ``discrepancy``: a stated total differs from the sum of its parts.
``incomplete``: more schools, classes or pupils are stated than the rows hold.
``knife_edge``: rounding to the form's decimals would change the verdict. ``partial``:
the value is that of the known members. ``points_left_out``: teaching points are not
asked. ``sports_area_shared``: of indoor sports rooms and sports hall only one is given
and serves for both. ``summary``: joins the findings of its units. ``undivided``: rests
on a school's total that nobody divided. ``vacuous``: a group of one.
"""


class Place(NamedTuple):
    """Where a finding stands in its county's columns."""

    county: int
    area: str
    unit: int


@attrs.frozen(kw_only=True)
class Finding:
    """
    One verdict of one rule for one unit.

    Args:
        id: ``<area>:<rule>@<entity>[#<item>]``.

        item: A stage, subject or channel where a rule speaks of several; or None.

        rule: The rule's full id.

        area: The area at whose level it counts; ``""`` is the nation.

        scope: What kind of unit is judged.

        entity: The unit: county code, school code or ``<school code>/<stage>``.

        stage: ``primary``, ``junior`` or None.

        verdict: What is said.

        value: What was found; None where it is unknown.

        operator: How it is compared; None where a yes or no is asked.

        threshold: What it is compared with.

        unit: The unit of value and threshold.

        force: Whether it decides (``requirement``) or is only shown.

        basis: What it rests on.

        determined_by: ``nation`` where only the nation can determine it.

        flags: Words of the closed list `FLAGS`.

        sources: Where rule and threshold stand, and how we know it.

        notes: What is to be said of the evidence: which published figure was used,
            which was refused and why, what was claimed without a number.
    """

    id: str
    item: str | None
    rule: str
    area: str
    scope: Scope
    entity: str
    stage: str | None
    verdict: Verdict
    value: float | bool | None
    operator: str | None
    threshold: float | tuple[float, float] | None
    unit: Unit
    force: Force
    basis: Basis
    determined_by: str | None
    flags: tuple[str, ...]
    sources: tuple[Citation, ...]
    notes: tuple[Text, ...] = ()
    place: Place = attrs.field(repr=False, eq=False)
    assessment: Assessment = attrs.field(repr=False, eq=False)

    @property
    def component(self) -> bool:
        """Whether it is shown only as part of another rule."""
        return "component" in self.flags

    def to_dict(self) -> dict[str, Any]:
        """Return it in the result's JSON form."""
        return {
            "id": self.id,
            "item": self.item,
            "rule": self.rule,
            "area": self.area,
            "scope": self.scope.value,
            "entity": self.entity,
            "stage": self.stage,
            "verdict": self.verdict.value,
            "value": self.value,
            "operator": self.operator,
            "threshold": (
                list(self.threshold)
                if isinstance(self.threshold, tuple)
                else self.threshold
            ),
            "unit": self.unit.value,
            "force": self.force.value,
            "basis": self.basis.value,
            "determined_by": self.determined_by,
            "flags": list(self.flags),
            "sources": [
                {"source": c.source, "clause": c.clause, "read": c.read.value}
                for c in self.sources
            ],
            # Only where there are any: older readers know no such key.
            **({"notes": [_plain(each) for each in self.notes]} if self.notes else {}),
        }


def _plain(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def is_aggregate(code: str) -> bool:
    """Whether a code of the county table stands for a whole city (four digits)."""
    return len(code) == len("1404")


# -- the forms' rounding -----------------------------------------------------------

_BY_RANK: tuple[Verdict, ...] = tuple(Verdict)

_DECIMALS = {
    Unit.TEACHERS_PER_100: 2,
    Unit.ROOMS_PER_100: 2,
    Unit.M2_PER_PUPIL: 2,
    Unit.YUAN_PER_PUPIL: 2,
    Unit.SHARE: 3,
    Unit.RATIO: 3,
}


def decimals(unit: Unit) -> int:
    """
    Return the decimals that the official forms print (percentages: 1, so 3 of 1).

    School values have 2 decimals, coefficients 3, percentages 1, all else none
    (申报表表Ⅱ-2、Ⅲ、Ⅳ).
    """
    return _DECIMALS.get(unit, 0)


def rounded(value: float, places: int) -> float:
    """
    Round half up (四舍五入), as the forms do.

    >>> rounded(0.5005, 3), rounded(2.5, 0)
    (0.501, 3.0)
    """
    step = Decimal(1).scaleb(-places)
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP))


# -- building ----------------------------------------------------------------------


def findings_of(assessment: Assessment, county: int) -> Iterator[Finding]:
    """Yield the findings of one county, level by level in the order of the packs."""
    facts = assessment.facts.select(county, county + 1)
    for level in assessment.levels:
        if county not in level:
            continue
        work = Workspace(facts, assessment.law, assessment.indicators, level.area)
        for name, rule in level_rules(
            assessment.law, assessment.indicators, level.area
        ):
            yield from _Builder(assessment, work, county, level.area, name, rule).all()
        for name, rule in shown_rules(assessment.law, level.area):
            shown = _Builder(assessment, work, county, level.area, name, rule)
            yield from shown.all()


class _Builder:
    """The findings of one rule in one county."""

    def __init__(
        self,
        assessment: Assessment,
        work: Workspace,
        county: int,
        area: str,
        name: str,
        rule: Rule,
    ) -> None:
        self.assessment = assessment
        self.work = work
        self.county = county
        self.area = area
        self.name = name
        self.rule = rule
        self.judged = judge(work, name, rule)
        self.code = work.facts.codes[0]
        self.notes: tuple[Note, ...] = notes(work, name, rule)
        self.common = self._common_flags()

    def all(self) -> Iterator[Finding]:
        judged = self.judged
        for unit, rank in enumerate(judged.verdicts):
            if judged.units == "item" and not rank:
                continue  # an item of another year
            yield self._unit(unit, int(rank))
        if judged.units in ("section", "school", "item", "row"):
            yield self._summary()

    # -- one unit ------------------------------------------------------------------

    def _unit(self, unit: int, rank: int) -> Finding:
        entity, stage, item, scope = self._names(unit)
        threshold = self._threshold(unit)
        return self._finding(
            entity=entity,
            stage=stage,
            item=item,
            scope=scope,
            verdict=_BY_RANK[rank],
            value=self._value(unit, rank),
            threshold=threshold,
            flags=self._unit_flags(unit, rank),
            sources=self._sources(unit),
            unit=unit,
        )

    def _names(self, unit: int) -> tuple[str, str | None, str | None, Scope]:
        facts, judged = self.work.facts, self.judged
        if judged.units == "section":
            school = facts.schools.words("code")[facts.section_school[unit]]
            stage = STAGES[facts.section_stage[unit]].value
            return f"{school}/{stage}", stage, None, Scope.SECTION
        if judged.units == "school":
            return str(facts.schools.words("code")[unit]), None, None, Scope.SCHOOL
        if judged.units == "group":
            stage = STAGES[unit % len(STAGES)].value
            return self.code, stage, stage, Scope.COUNTY
        if judged.units == "row":
            table = facts.other(judged.table)
            named = "code" if "code" in table else "id"
            return str(table.words(named)[unit]), None, None, self.rule.scope
        if judged.units == "item":
            return self.code, None, judged.items[unit], Scope.COUNTY
        return self.code, None, None, Scope.COUNTY

    def _value(self, unit: int, rank: int) -> float | bool | None:
        judged = self.judged
        if self.rule.kind in ("all", "attested", "veto"):
            settled = rank in (MET, UNMET)
            return bool(rank == MET) != isinstance(self.rule, Veto) if settled else None
        if judged.low is None or judged.high is None:
            return None
        low, high = float(judged.low[unit]), float(judged.high[unit])
        return low if low == high and math.isfinite(low) else None

    def _threshold(self, unit: int) -> float | tuple[float, float] | None:
        limit = self.judged.limit
        if limit is None:
            return None
        low, high = float(limit.low[unit]), float(limit.high[unit])
        if isinstance(self.rule, Range):
            return (low, high) if math.isfinite(low) else None
        return low if low == high and math.isfinite(low) else None

    def _unit_flags(self, unit: int, rank: int) -> set[str]:
        judged = self.judged
        flags = {name for name, mask in judged.flagged.items() if mask[unit]}
        if judged.low is not None and judged.high is not None:
            low, high = float(judged.low[unit]), float(judged.high[unit])
            if low != high and not (np.isnan(low) and np.isnan(high)):
                flags.add("bounded")
        if self._on_the_edge(unit, rank):
            flags.add("knife_edge")
        if judged.units == "section" and self._undivided(unit):
            flags.add("undivided")
        if judged.units == "section" and self._sports_area_shared(unit):
            flags.add("sports_area_shared")
        told = judged.reported is not None and bool(judged.reported[unit])
        if isinstance(self.rule, Dispersion) or (
            isinstance(self.rule, Share)
            and self.rule.over is Scope.SECTION
            and not told  # a published figure does not rest on the rows
        ):
            flags |= self._completeness()
        return flags

    def _completeness(self) -> set[str]:
        if bool(self.work.incomplete[0]):
            return {"incomplete"}
        unchecked = not stated_anything(self.work.facts)[0]
        return {"completeness_unchecked"} if unchecked else set()

    def _on_the_edge(self, unit: int, rank: int) -> bool:
        value, threshold = self._value(unit, rank), self._threshold(unit)
        operator = getattr(self.rule, "operator", None)
        if value is None or threshold is None or rank not in (MET, UNMET):
            return False
        if operator is None or isinstance(self.rule, Quorum):
            return False
        if isinstance(threshold, tuple):
            return False
        shown = rounded(float(value), decimals(self._measure()))
        if isinstance(self.rule, Every):
            shown = rounded(float(value), 3)
        return bool(compare(shown, operator, threshold)) != (rank == MET)

    def _sports_area_shared(self, unit: int) -> bool:
        asked = needs(self.rule, self.assessment.law, self.assessment.indicators)
        pair = ("indoor_sports_area", "sports_hall_area")
        if not asked.issuperset(pair):
            return False
        given = [not np.isnan(self.work.section[name][unit]) for name in pair]
        return given[0] != given[1]

    def _undivided(self, unit: int) -> bool:
        if self.name.rpartition(".")[2] != "class_size":
            return False
        own = point(self.work.section["largest_class"])[unit]
        over = point(self.work.section["oversized_classes"])[unit]
        whole = point(self.work.section["school_largest_class"])[unit]
        return bool(np.isnan(own) and np.isnan(over) and not np.isnan(whole))

    # -- joining units -------------------------------------------------------------

    def _summary(self) -> Finding:
        """Join the units: the value is the share that is met of those assessed."""
        verdicts = self.judged.verdicts
        assessed = int(np.isin(verdicts, (MET, UNMET)).sum())
        met = int((verdicts == MET).sum())
        rank = int(self.judged.counties[0])
        origins = self._all_sources()
        flags = {"summary"}
        if self.judged.units in ("section", "school") and 0 not in self.judged.whole:
            flags |= self._completeness()
        if self._told_otherwise(rank):
            flags.add("discrepancy")
        value = met / assessed if assessed else None
        if 0 in self.judged.whole:
            share = self.judged.whole[0]
            value = share if math.isfinite(share) else None
            flags |= {"bounded"} if value is None else set()
        return self._finding(
            entity=self.code,
            stage=None,
            item=None,
            scope=Scope.COUNTY,
            verdict=_BY_RANK[rank],
            value=value,
            threshold=1.0,
            flags=flags,
            sources=origins,
            unit=-1,
            operator=">=",
            measure=Unit.SHARE,
        )

    # -- what they have in common --------------------------------------------------

    def _finding(self, **facts: Any) -> Finding:
        unit = facts.pop("unit")
        item = facts["item"]
        if self.rule.force is not self.assessment.law.rules[self.name][1].force:
            # A local target of a rule above stands beside the rule's own finding.
            item = facts["item"] = ".".join(filter(None, (item, self.rule.force)))
        tail = f"#{item}" if item else ""
        operator = facts.pop("operator", getattr(self.rule, "operator", None))
        if isinstance(self.rule, Quorum) and unit >= 0:
            operator = ">="
        flags = tuple(sorted(facts.pop("flags") | self.common))
        return Finding(
            id=f"{self.area}:{self.name}@{facts['entity']}{tail}",
            rule=self.name,
            area=self.area,
            operator=operator,
            unit=facts.pop("measure", self._measure()),
            force=self.rule.force,
            basis=self._basis(unit, **facts),
            determined_by=self.rule.determined_by,
            flags=flags,
            notes=self._notes(unit, facts["stage"]),
            place=Place(self.county, self.area, unit),
            assessment=self.assessment,
            **facts,
        )

    def _basis(
        self, unit: int, *, verdict: Verdict, value: Any, **_others: Any
    ) -> Basis:
        if self.rule.kind in ("all", "attested", "veto"):
            return Basis.ATTESTED
        told = self.judged.reported
        published = told is not None and unit >= 0 and bool(told[unit])
        if published or (unit < 0 and 0 in self.judged.whole):
            return Basis.REPORTED
        claimed = any(each.claim for each in self.notes)
        if claimed and value is None and verdict is Verdict.UNKNOWN:
            return Basis.ATTESTED  # all there is is somebody's word
        return Basis.COMPUTED

    def _notes(self, unit: int, stage: str | None) -> tuple[Text, ...]:
        """Return what is said of the county's evidence, not of one school's."""
        if unit >= 0 and self.judged.units not in ("county", "group"):
            return ()
        return tuple(
            each.text
            for each in self.notes
            if stage is None or each.stage in (None, stage)
        )

    def _measure(self) -> Unit:
        rule = self.rule
        if rule.kind in ("all", "attested", "veto"):
            return Unit.YES_NO
        if isinstance(rule, Quorum):
            return Unit.COUNT
        if isinstance(rule, Dispersion):
            return Unit.RATIO
        parameter = getattr(rule, "parameter", None)
        if parameter:
            return self.assessment.law.parameter(parameter, self.area).unit
        name = getattr(rule, "indicator", "")
        made = self.assessment.indicators.get(name)
        field = self.work.field(name)
        return made.unit if made else (field and field.unit) or Unit.COUNT

    def _common_flags(self) -> set[str]:
        flags = set()
        if self.rule.component:
            flags.add("component")
        if is_aggregate(self.code):
            flags.add("aggregate")
        asked = needs(self.rule, self.assessment.law, self.assessment.indicators)
        if asked & discrepancies(self.work).keys() or self._contradicted():
            flags.add("discrepancy")
        if "room_teaching_points" in str(self.rule.population) and (
            self.assessment.law.options.get("room_teaching_points") == "out"
        ):
            flags.add("points_left_out")
        return flags

    def _told_otherwise(self, rank: int) -> bool:
        """Whether a published count has misses where the records have none, or not."""
        if rank not in (MET, UNMET) or 0 in self.judged.whole:
            return False
        told = published(self.work, self.name, self.rule)
        misses = [f.misses for f in told if f.refusal is None]
        found = bool((self.judged.verdicts == UNMET).any())
        if found:  # a count of one stage says nothing of the other
            whole = (f.misses for f in told if f.refusal is None and f.stage is None)
            return any(each == 0 for each in whole)
        return any(each > 0 for each in misses)

    def _contradicted(self) -> bool:
        told = published(self.work, self.name, self.rule)
        return any(each.contradiction is not None for each in told)

    def _sources(self, unit: int) -> tuple[Citation, ...]:
        limits = [self.judged.limit] if self.judged.limit else []
        return self._cite(limits, unit)

    def _all_sources(self) -> tuple[Citation, ...]:
        limits = [self.judged.limit] if self.judged.limit else []
        return self._cite(limits, None) or tuple(self._cited_anywhere())

    def _cited_anywhere(self) -> Iterator[Citation]:
        """Yield where the rule's numbers stand, when no unit asks for one of them."""
        law = self.assessment.law
        names = [
            getattr(self.rule, key, None) for key in ("parameter", "minimum", "floor")
        ]
        cited = [
            law.citation(area, value)
            for name in filter(None, names)
            for area in self.work.areas
            for value in law.values(name, area, force=self.rule.force)
        ]
        yield from dict.fromkeys(cited)

    def _cite(self, limits: list[Limit], unit: int | None) -> tuple[Citation, ...]:
        law = self.assessment.law
        cited: list[Citation] = []
        home = law.rules[self.name][0]
        own = law.rule_citation(home, self.rule)
        if own is not None:
            cited.append(own)
        for limit in limits:
            origins = limit.origin if unit is None else limit.origin[unit : unit + 1]
            cited += [
                law.citation(*limit.values[origin])
                for origin in np.unique(origins)
                if origin >= 0
            ]
        if isinstance(self.rule, Threshold) and self.rule.against:
            cited += self._cited_inputs()
        if isinstance(self.rule, Every):
            cited += [law.citation("", value) for value in law.values(self.rule.items)]
        return tuple(dict.fromkeys(cited))

    def _cited_inputs(self) -> Iterator[Citation]:
        law = self.assessment.law
        for name in needs(self.rule, law, self.assessment.indicators):
            if law.has_parameter(name):
                for value in law.values(name):
                    yield law.citation("", value)


def discrepancies(work: Workspace) -> Mapping[str, tuple[float, float]]:
    """Return stated county totals that differ from their sum: (stated, sum)."""
    cached = work.__dict__.get("_discrepancies")
    if cached is None:
        cached = work.__dict__["_discrepancies"] = dict(_discrepancies(work))
    result: dict[str, tuple[float, float]] = cached
    return result


def _discrepancies(work: Workspace) -> Iterator[tuple[str, tuple[float, float]]]:
    facts = work.facts
    for rank, stage in enumerate(STAGES):
        at = facts.section_stage == rank
        for name in facts.sections.columns:
            stated = facts.counties.numbers(f"{stage}_{name}")
            if np.isnan(stated[0]):
                continue
            total = float(facts.sections.numbers(name)[at].sum())
            if not math.isnan(total) and total != stated[0]:
                yield f"{stage}_{name}", (float(stated[0]), total)
                yield name, (float(stated[0]), total)
    yield from _published_totals(work)


def _published_totals(work: Workspace) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield published totals of section columns that their parts do not add up to."""
    table = work.facts.other("reported")
    if not table.size:
        return
    names, rules = table.words("indicator"), table.words("rule")
    stages, values = table.codes("stage"), table.numbers("value")
    entities, code = table.words("entity"), work.facts.codes[0]
    for row in range(table.size):
        name = names[row]
        ours = rules[row] is None and entities[row] == code
        if not ours or name not in work.facts.section_fields:
            continue
        if 0 <= stages[row] < len(STAGES):
            name = f"{STAGES[stages[row]]}_{name}"
        total = float(point(work.county[str(name)])[0])
        if math.isfinite(total) and total != values[row]:
            yield str(name), (float(values[row]), total)
