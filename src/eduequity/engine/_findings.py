"""
Findings: one verdict of one rule for one unit, with all that it rests on.

They are built county by county, when asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._below import Level, level_rules, needs, shown_rules
from eduequity.engine._columns import Flags, Workspace, point
from eduequity.engine._completeness import stated_anything
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, NOT_APPLICABLE, UNMET, Verdicts, compare
from eduequity.engine._overlay import Note, notes
from eduequity.engine._published import Published, published
from eduequity.engine._told import county_notes, told_notes
from eduequity.facts import STAGES, Facts, Floats
from eduequity.indicators import Bounds, Indicator
from eduequity.rules import (
    Citation,
    Dispersion,
    Every,
    Law,
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
    from eduequity.engine._lacking import Shortfall


__all__ = [
    "FLAGS",
    "RUN",
    "AskedRule",
    "Finding",
    "Place",
    "decimals",
    "discrepancies",
    "findings_by_county",
    "findings_of",
    "is_aggregate",
    "rounded",
    "rules_at",
]

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
alone. ``discrepancy``: a stated total differs from the sum of its parts, or a published
figure from the computed one, which decides.
``incomplete``: more schools, classes or pupils are stated than the rows hold.
``knife_edge``: rounding to the form's decimals, or half the last printed digit of a
published figure, would change the verdict. ``partial``:
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

        value: What was found, in *unit*, unrounded; None where it is unknown.

        operator: How it is compared; None where a yes or no is asked.

        threshold: What it is compared with: a number, (low, high) or None.

        unit: The unit of value and threshold; a share is a fraction from 0 to 1.

        force: Whether it decides (``requirement``) or is only shown.

        basis: What it rests on.

        determined_by: ``nation`` where only the nation can determine it.

        flags: Words of the closed list `eduequity.engine.FLAGS`.

        sources: Where rule and threshold stand, and how we know it.

        notes: What is to be said of the evidence: which published figure was used,
            which was refused and why, what was claimed without a number.

        place: Its county's row, level and row of the unit.

        assessment: The result that it is of.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=20)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (found,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> found.id
    ':resources.above_degree_teachers@1/primary'
    >>> found.value, found.operator, found.threshold, found.verdict.value  # 20 / 5
    (4.0, '>=', 4.2, 'unmet')
    >>> found.component  # the quorum decides, not this
    True
    >>> found.shortfall().changes[0].amount  # 21 are needed, 20 are there
    1.0
    >>> found.to_dict()["unit"], found.sources[0].clause
    ('teachers_per_100', '第六条第一项')
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

    def shortfall(self) -> Shortfall | None:
        """
        Return what it lacks: the smallest whole change that meets it.

        Returns:
            None where it is not unmet.
        """
        from eduequity.engine._shortfall import shortfall

        return shortfall(self)

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

    School values have 2 decimals, coefficients 3, percentages 1, all else none.

    Source: 申报表 表Ⅱ-2, 表Ⅲ and 表Ⅳ.

    Args:
        unit: The unit of the value.

    >>> from eduequity import Unit
    >>> from eduequity.engine import decimals
    >>> decimals(Unit.M2_PER_PUPIL), decimals(Unit.RATIO), decimals(Unit.PUPILS)
    (2, 3, 0)
    """
    return _DECIMALS.get(unit, 0)


def rounded(value: float, places: int) -> float:
    """
    Return a number rounded half up (四舍五入), as the forms do.

    Args:
        value: The number.

        places: How many decimals stay.

    >>> from eduequity.engine import rounded
    >>> rounded(0.5005, 3), rounded(2.5, 0)
    (0.501, 3.0)
    """
    step = Decimal(1).scaleb(-places)
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP))


# -- building ----------------------------------------------------------------------


def findings_of(assessment: Assessment, county: int) -> tuple[Finding, ...]:
    """Return the findings of one county, level by level in the order of the packs."""
    (found,) = findings_by_county(assessment, county, county + 1)
    return found


def _any_rule(_area: str, _name: str, _rule: Rule) -> bool:
    return True


def findings_by_county(
    assessment: Assessment,
    first: int,
    last: int,
    asks: Callable[[str, str, Rule], bool] = _any_rule,
) -> Iterator[tuple[Finding, ...]]:
    """
    Yield the findings of each county of a run, which is judged in one go.

    Args:
        assessment: The result.

        first: The first county.

        last: One past the last.

        asks: Tells of a level's area, a rule's name and the rule whether it is wanted.
    """
    parts = [
        _Part(assessment, level, max(first, level.first), min(last, level.last), asks)
        for level in assessment.levels
        if level.first < last and first < level.last
    ]
    for county in range(first, last):
        yield tuple(
            finding
            for part in parts
            if part.first <= county < part.last
            for finding in part.of(county)
        )


RUN = 16
"""How many counties are judged in one go where many are asked for."""


class AskedRule(NamedTuple):
    """A rule that is judged at a level, and every name that it asks for."""

    name: str
    rule: Rule
    asked: frozenset[str]


def rules_at(
    law: Law, indicators: Mapping[str, Indicator], area: str
) -> tuple[AskedRule, ...]:
    """Return the rules that an area judges, then those it shows values beside."""
    rules = [*level_rules(law, indicators, area), *shown_rules(law, area)]
    return tuple(
        AskedRule(name, rule, frozenset(needs(rule, law, indicators)))
        for name, rule in rules
    )


class _Part:
    """A level of the law over a run of counties, with its rules judged."""

    def __init__(
        self,
        assessment: Assessment,
        level: Level,
        first: int,
        last: int,
        asks: Callable[[str, str, Rule], bool],
    ) -> None:
        self.assessment = assessment
        self.area = level.area
        self.first, self.last = first, last
        self.facts = assessment.facts.select(first, last)
        self.work = Workspace(
            self.facts, assessment.law, assessment.indicators, level.area
        )
        self.stated = stated_anything(self.facts)
        self._rules = [
            _Builder(self, *each)
            for each in assessment.rules_at(level.area)
            if asks(level.area, each.name, each.rule)
        ]

    def of(self, county: int) -> Iterator[Finding]:
        at = county - self.first
        differing = _discrepancies(self.facts, at)
        alone = self._alone(at)
        if alone is not None:
            differing.update(_published_totals(alone))
        for rule in self._rules:
            told = _Evidence.of(alone, rule.name, rule.rule)
            yield from rule.of(at, rule.asked & differing.keys(), told)

    def _alone(self, county: int) -> Workspace | None:
        """Return a county by itself, where somebody published or claimed something."""
        starts = (self.facts.other_starts.get(table) for table in _SPOKEN)
        if all(each is None or each[county] == each[county + 1] for each in starts):
            return None
        facts = self.facts.select(county, county + 1)
        return Workspace(facts, self.work.law, self.work.indicators, self.area)

    @cached_property
    def sections(self) -> list[tuple[str, str]]:
        """The name and stage of every section."""
        codes = self.facts.schools.words("code")[self.facts.section_school].tolist()
        words = [stage.value for stage in STAGES]
        stages = [words[rank] for rank in self.facts.section_stage.tolist()]
        return [(f"{c}/{s}", s) for c, s in zip(codes, stages, strict=True)]

    @cached_property
    def schools(self) -> list[str]:
        """The code of every school."""
        return [str(code) for code in self.facts.schools.words("code")]

    def cite(self, rule: _Builder, origins: tuple[int, ...]) -> tuple[Citation, ...]:
        """Return where a rule and the values of these origins stand, once each."""
        known = self.assessment.citations
        key = (self.area, rule.name, rule.rule.force.value, origins)
        found = known.get(key)
        if found is None:
            found = known[key] = tuple(dict.fromkeys(rule.cited(origins)))
        return found


_SPOKEN = ("reported", "attestations", "finance")
"""The tables that may hold something to be said beside a finding."""


class _Evidence(NamedTuple):
    """What is told of one rule in one county besides the records."""

    notes: tuple[Note, ...] = ()
    figures: tuple[Published, ...] = ()

    @classmethod
    def of(cls, alone: Workspace | None, name: str, rule: Rule) -> _Evidence:
        """Return what the tables say of a rule; *alone* is None where nothing is."""
        if alone is None:
            return cls()
        return cls(notes(alone, name, rule), published(alone, name, rule))

    @property
    def contradicted(self) -> bool:
        """Whether a figure does not agree with its own parts."""
        return any(each.contradiction is not None for each in self.figures)

    @property
    def claimed(self) -> bool:
        """Whether somebody gave a word in place of a number."""
        return any(each.claim for each in self.notes)

    def of_stage(self, stage: str | None) -> tuple[Text, ...]:
        """Return what is said of a stage, or of everything."""
        return tuple(
            each.text
            for each in self.notes
            if stage is None or each.stage in (None, stage)
        )


class _Units(NamedTuple):
    """What a rule says of every unit, as plain values."""

    ranks: list[int]
    values: list[float | bool | None]
    thresholds: list[float | tuple[float, float] | None]
    flags: list[tuple[str, ...]]
    origins: list[int]


class _Builder:
    """The findings of one rule over a run of counties."""

    def __init__(
        self, part: _Part, name: str, rule: Rule, asked: frozenset[str]
    ) -> None:
        self.part = part
        self.assessment = part.assessment
        self.work = part.work
        self.area = part.area
        self.name = name
        self.rule = rule
        self.asked = asked
        self.judged = judge(part.work, name, rule)
        self.measure = self._measure()
        self.common = self._common_flags()
        law = part.assessment.law
        # A local target of a rule above stands beside the rule's own finding.
        self.beside = rule.force if rule.force is not law.rules[name][1].force else None

    def of(
        self, county: int, differing: Iterable[str], told: _Evidence
    ) -> Iterator[Finding]:
        """Yield the findings of the county at that place in the run."""
        judged, ranks = self.judged, self.units.ranks
        more: tuple[str, ...] = ()
        if differing or told.contradicted:
            more = ("discrepancy",)
        if is_aggregate(self.part.facts.codes[county]):
            more = ("aggregate", *more)
        first, last = self._span(county)
        for unit in range(first, last):
            if judged.units == "item" and not ranks[unit]:
                continue  # an item of another year
            yield self._unit(county, unit, first, more, told)
        if judged.units in ("section", "school", "item", "row"):
            yield self._summary(county, first, last, more, told)

    def _span(self, county: int) -> tuple[int, int]:
        """Return where the units of a county begin and end."""
        facts, judged = self.part.facts, self.judged
        if judged.units == "section":
            starts = facts.group_starts
            return int(starts[2 * county]), int(starts[2 * county + 2])
        if judged.units == "school":
            starts = facts.school_starts
            return int(starts[county]), int(starts[county + 1])
        if judged.units == "row":
            rows = facts.other_starts.get(judged.table)
            return (
                (0, 0) if rows is None else (int(rows[county]), int(rows[county + 1]))
            )
        each = {"group": len(STAGES), "item": len(judged.items)}.get(judged.units, 1)
        return each * county, each * (county + 1)

    # -- columns of plain values ---------------------------------------------------

    @cached_property
    def units(self) -> _Units:
        judged = self.judged
        size = len(judged.verdicts)
        values = self._values()
        limit = judged.limit
        return _Units(
            ranks=judged.verdicts.tolist(),
            values=values,
            thresholds=self._thresholds() if limit is not None else [None] * size,
            flags=self._flags(values),
            origins=limit.origin.tolist() if limit is not None else [-1] * size,
        )

    @cached_property
    def _bounds(self) -> tuple[Floats | None, Floats | None]:
        """
        Return the values' bounds.

        A threshold that is about few units is judged for those alone; what the others
        have is shown all the same, whichever counties are judged together.
        """
        judged, rule = self.judged, self.rule
        low, high = judged.low, judged.high
        if isinstance(rule, Threshold) and low is not None and high is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                value = self.work.at(rule.scope)[rule.indicator]
            least, most = value if isinstance(value, Bounds) else (value, value)
            outside = judged.verdicts == NOT_APPLICABLE
            low, high = np.where(outside, least, low), np.where(outside, most, high)
        return low, high

    def _values(self) -> list[float | bool | None]:
        ranks = self.judged.verdicts
        if self.rule.kind in ("all", "attested", "veto"):
            met = (ranks == MET) != isinstance(self.rule, Veto)
            return _where(np.isin(ranks, (MET, UNMET)), met)
        low, high = self._bounds
        if low is None or high is None:
            return [None] * len(ranks)
        return _where((low == high) & np.isfinite(low), low)

    def _thresholds(self) -> list[float | tuple[float, float] | None]:
        limit = self.judged.limit
        assert limit is not None
        if isinstance(self.rule, Range):
            ends = zip(limit.low.tolist(), limit.high.tolist(), strict=True)
            return [pair if math.isfinite(pair[0]) else None for pair in ends]
        return _where((limit.low == limit.high) & np.isfinite(limit.low), limit.low)

    def _flags(self, values: list[float | bool | None]) -> list[tuple[str, ...]]:
        """Return every unit's flags; units with equal flags share one tuple."""
        masks: dict[str, Flags] = {}
        for name, mask in self._masks(values):
            if mask.any():
                masks[name] = masks[name] | mask if name in masks else mask
        code = np.zeros(len(self.judged.verdicts), dtype=np.int64)
        for bit, mask in enumerate(masks.values()):
            code |= mask.astype(np.int64) << bit
        told = {
            each: tuple(
                sorted(
                    self.common.union(
                        name for bit, name in enumerate(masks) if each >> bit & 1
                    )
                )
            )
            for each in set(code.tolist())
        }
        return [told[each] for each in code.tolist()]

    def _masks(self, values: list[float | bool | None]) -> Iterator[tuple[str, Flags]]:
        judged = self.judged
        yield from judged.flagged.items()
        low, high = self._bounds
        if low is not None and high is not None:
            blank = np.isnan(low) & np.isnan(high)
            yield "bounded", (low != high) & ~blank
        yield "knife_edge", self._on_the_edge(values)
        if judged.units == "section":
            yield "undivided", self._undivided()
            yield "sports_area_shared", self._sports_area_shared()
        if isinstance(self.rule, Dispersion) or (
            isinstance(self.rule, Share) and self.rule.over is Scope.SECTION
        ):
            counties = self.work.incomplete.size
            times = len(judged.verdicts) // counties if counties else 1
            rests = np.ones(len(judged.verdicts), dtype=np.bool_)
            if isinstance(self.rule, Share) and judged.reported is not None:
                rests = ~judged.reported  # a published figure does not rest on rows
            for name, mask in self._completeness().items():
                yield name, np.repeat(mask, times) & rests

    def _completeness(self) -> dict[str, Flags]:
        incomplete = self.work.incomplete
        return {
            "incomplete": incomplete,
            "completeness_unchecked": ~incomplete & ~self.part.stated,
        }

    def _on_the_edge(self, values: list[float | bool | None]) -> Flags:
        judged, rule = self.judged, self.rule
        edge = np.zeros(len(judged.verdicts), dtype=np.bool_)
        operator: str | None = getattr(rule, "operator", None)
        limit = judged.limit
        if operator is None or limit is None or judged.low is None:
            return edge
        if isinstance(rule, Quorum | Range):
            return edge
        places = 3 if isinstance(rule, Every) else decimals(self.measure)
        near = np.abs(judged.low - limit.low) <= 10.0**-places
        near &= (limit.low == limit.high) & np.isin(judged.verdicts, (MET, UNMET))
        for unit in np.flatnonzero(near).tolist():
            value = values[unit]
            if value is not None:
                shown = rounded(float(value), places)
                met = bool(compare(shown, operator, float(limit.low[unit])))
                edge[unit] = met != (judged.verdicts[unit] == MET)
        return edge

    def _sports_area_shared(self) -> Flags:
        pair = ("indoor_sports_area", "sports_hall_area")
        if not self.asked.issuperset(pair):
            return np.zeros(len(self.judged.verdicts), dtype=np.bool_)
        indoor, hall = (np.isnan(self.work.section[name]) for name in pair)
        shared: Flags = indoor != hall
        return shared

    def _undivided(self) -> Flags:
        if self.name.rpartition(".")[2] != "class_size":
            return np.zeros(len(self.judged.verdicts), dtype=np.bool_)
        own, over, whole = (
            np.isnan(point(self.work.section[name]))
            for name in ("largest_class", "oversized_classes", "school_largest_class")
        )
        undivided: Flags = own & over & ~whole
        return undivided

    # -- one unit ------------------------------------------------------------------

    def _unit(
        self,
        county: int,
        unit: int,
        first: int,
        more: tuple[str, ...],
        told: _Evidence,
    ) -> Finding:
        units = self.units
        origin = units.origins[unit]
        verdict, value = _BY_RANK[units.ranks[unit]], units.values[unit]
        names = self._names(county, unit, unit - first)
        # What is said of the county's evidence is not said of one school's.
        whole = self.judged.units in ("county", "group")
        reported = self.judged.reported
        return self._finding(
            *names,
            county=county,
            place=unit - first,
            verdict=verdict,
            value=value,
            threshold=units.thresholds[unit],
            flags=_joined(units.flags[unit], more),
            sources=self.part.cite(self, (origin,) if origin >= 0 else ()),
            operator=">="
            if isinstance(self.rule, Quorum)
            else getattr(self.rule, "operator", None),
            basis=self._basis(
                told,
                verdict,
                value,
                published=reported is not None and bool(reported[unit]),
            ),
            measure=self.measure,
            notes=(
                *(told.of_stage(names[1]) if whole else ()),
                *told_notes(self.work, self.name, self.rule, self.judged, unit),
            ),
        )

    def _names(
        self, county: int, unit: int, at: int
    ) -> tuple[str, str | None, str | None, Scope]:
        judged = self.judged
        if judged.units == "section":
            return (*self.part.sections[unit], None, Scope.SECTION)
        if judged.units == "school":
            return self.part.schools[unit], None, None, Scope.SCHOOL
        code = self.part.facts.codes[county]
        if judged.units == "group":
            stage = STAGES[at].value
            return code, stage, stage, Scope.COUNTY
        if judged.units == "row":
            table = self.part.facts.other(judged.table)
            named = "code" if "code" in table else "id"
            return str(table.words(named)[unit]), None, None, self.rule.scope
        item = judged.items[at] if judged.units == "item" else None
        return code, None, item, Scope.COUNTY

    # -- joining units -------------------------------------------------------------

    def _summary(
        self,
        county: int,
        first: int,
        last: int,
        more: tuple[str, ...],
        told: _Evidence,
    ) -> Finding:
        """Join the units: the value is the share that is met of those assessed."""
        judged = self.judged
        verdicts = judged.verdicts[first:last]
        met = int((verdicts == MET).sum())
        assessed = met + int((verdicts == UNMET).sum())
        value = met / assessed if assessed else None
        verdict = _BY_RANK[judged.counties[county]]
        flags = {"summary", *more, *self.common}
        settled = county in judged.whole  # by a published figure of all units
        reported = judged.reported
        rests = reported is not None and bool(reported[first:last].any())
        if settled:
            share = judged.whole[county]
            value = share if math.isfinite(share) else None
            flags |= {"bounded"} if value is None else set()
        elif judged.units in ("section", "school"):
            flags.update(k for k, v in self._completeness().items() if v[county])
        apart = judged.flagged.get("discrepancy")
        if apart is not None and apart[first:last].any():
            flags.add("discrepancy")
        if not settled and _told_otherwise(told.figures, verdict, verdicts):
            flags.add("discrepancy")
        origins: tuple[int, ...] = ()
        if judged.limit is not None:
            governing = np.unique(judged.limit.origin[first:last])
            origins = tuple(governing[governing >= 0].tolist())
        return self._finding(
            self.part.facts.codes[county],
            None,
            None,
            Scope.COUNTY,
            county=county,
            place=-1,
            verdict=verdict,
            value=value,
            threshold=1.0,
            flags=tuple(sorted(flags)),
            sources=self.part.cite(self, origins) or tuple(self._cited_anywhere()),
            operator=">=",
            basis=self._basis(
                told,
                verdict,
                value,
                published=settled or rests,
            ),
            measure=Unit.SHARE,
            notes=(
                *told.of_stage(None),
                *county_notes(self.work, self.name, self.rule, judged, county),
            ),
        )

    # -- what they have in common --------------------------------------------------

    def _finding(
        self,
        entity: str,
        stage: str | None,
        item: str | None,
        scope: Scope,
        *,
        county: int,
        place: int,
        verdict: Verdict,
        value: float | bool | None,
        threshold: float | tuple[float, float] | None,
        flags: tuple[str, ...],
        sources: tuple[Citation, ...],
        operator: str | None,
        basis: Basis,
        measure: Unit,
        notes: tuple[Text, ...],
    ) -> Finding:
        if self.beside is not None:
            item = ".".join(filter(None, (item, self.beside)))
        tail = f"#{item}" if item else ""
        return Finding(
            id=f"{self.area}:{self.name}@{entity}{tail}",
            item=item,
            rule=self.name,
            area=self.area,
            scope=scope,
            entity=entity,
            stage=stage,
            verdict=verdict,
            value=value,
            operator=operator,
            threshold=threshold,
            unit=measure,
            force=self.rule.force,
            basis=basis,
            determined_by=self.rule.determined_by,
            flags=flags,
            sources=sources,
            notes=notes,
            place=Place(self.part.first + county, self.area, place),
            assessment=self.assessment,
        )

    def _basis(
        self, told: _Evidence, verdict: Verdict, value: Any, *, published: bool
    ) -> Basis:
        if self.rule.kind in ("all", "attested", "veto"):
            return Basis.ATTESTED
        if published:
            return Basis.REPORTED
        if told.claimed and value is None and verdict is Verdict.UNKNOWN:
            return Basis.ATTESTED  # all there is is somebody's word
        return Basis.COMPUTED

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

    def _common_flags(self) -> frozenset[str]:
        flags = set()
        if self.rule.component:
            flags.add("component")
        if "room_teaching_points" in str(self.rule.population) and (
            self.assessment.law.options.get("room_teaching_points") == "out"
        ):
            flags.add("points_left_out")
        return frozenset(flags)

    def cited(self, origins: tuple[int, ...]) -> Iterator[Citation]:
        """Yield where the rule and the values of these origins stand."""
        law = self.assessment.law
        own = law.rule_citation(law.rules[self.name][0], self.rule)
        if own is not None:
            yield own
        limit = self.judged.limit
        if limit is not None:
            for origin in origins:
                yield law.citation(*limit.values[origin])
        if isinstance(self.rule, Threshold) and self.rule.against:
            yield from self._cited_inputs()
        if isinstance(self.rule, Every):
            for area in self.work.areas:
                for value in law.values(self.rule.items, area):
                    yield law.citation(area, value)

    def _cited_anywhere(self) -> Iterator[Citation]:
        """Yield where the rule's numbers stand, when no unit asks for one of them."""
        law, keys = self.assessment.law, ("parameter", "minimum", "floor")
        cited = [
            law.citation(area, value)
            for name in filter(None, (getattr(self.rule, key, None) for key in keys))
            for area in self.work.areas
            for value in law.values(name, area, force=self.rule.force)
        ]
        yield from dict.fromkeys(cited)

    def _cited_inputs(self) -> Iterator[Citation]:
        law = self.assessment.law
        for name in sorted(self.asked):
            if law.has_parameter(name):
                for value in law.values(name):
                    yield law.citation("", value)


def _where(known: Flags, column: npt.NDArray[Any]) -> list[Any]:
    """Return a column as plain values, None where it is not known."""
    cells = column.tolist()
    if known.all():
        return list(cells)
    return [
        cell if told else None for cell, told in zip(cells, known.tolist(), strict=True)
    ]


def _joined(flags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*flags, *more})) if more else flags


def _told_otherwise(
    figures: tuple[Published, ...], verdict: Verdict, verdicts: Verdicts
) -> bool:
    """Whether a published count has misses where the records have none, or not."""
    if verdict not in (Verdict.MET, Verdict.UNMET):
        return False
    accepted = [each for each in figures if each.refusal is None]
    if (verdicts == UNMET).any():  # a count of one stage says nothing of the other
        return any(each.misses == 0 for each in accepted if each.stage is None)
    return any(each.misses > 0 for each in accepted)


def discrepancies(work: Workspace) -> Mapping[str, tuple[float, float]]:
    """Return stated totals of the one county that differ from their sum."""
    return {**_discrepancies(work.facts, 0), **dict(_published_totals(work))}


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


def _discrepancies(facts: Facts, county: int) -> dict[str, tuple[float, float]]:
    """Return what a county states that differs from its sum: (stated, sum)."""
    found: dict[str, tuple[float, float]] = {}
    for rank, stage in enumerate(STAGES):
        group = 2 * county + rank
        part = slice(facts.group_starts[group], facts.group_starts[group + 1])
        for name in facts.sections.columns:
            if f"{stage}_{name}" not in facts.counties:
                continue
            stated = float(facts.counties.numbers(f"{stage}_{name}")[county])
            total = float(facts.sections.numbers(name)[part].sum())
            if not math.isnan(stated + total) and total != stated:
                found[f"{stage}_{name}"] = found[name] = (stated, total)
    return found
