"""What the HTML page of one county says, gathered before it is set in type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from eduequity import measures
from eduequity.engine import Worksheet, decimals, figure, measured, rounded
from eduequity.facts import STAGES
from eduequity.report._calculations import BY_UNIT, Calculations, Line, calculation
from eduequity.report._curves import Strip, lorenz_path, strip
from eduequity.report._groups import Group, groups_of, reading, remarks, unit_name
from eduequity.report._missing import what_is_missing
from eduequity.report._words import DIMENSIONS, LEVELS, one_line
from eduequity.rules import Dispersion, Quorum, Rule, Threshold
from eduequity.vocab import Area, Force, Kind, Locale, Scope, Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine import CountyResult, Finding, ReadingChange


__all__ = [
    "Cell",
    "Column",
    "CountyView",
    "Missing",
    "Plot",
    "Reference",
    "Row",
    "RuleView",
    "Shortfall",
    "StagePlot",
    "UnitView",
    "both",
]

Shortfall: TypeAlias = Callable[["Finding", str], str | None]
"""Says in ``zh`` or ``en`` what a finding lacks, in natural units; None: nothing."""

_DEEPEST = "county"
_SLACK = 2.0**-40
_FINE, _COARSE = 4, 2
_MOST_UNITS = 5


@attrs.frozen
class Cell:
    """One section's value of one indicator: ``met``, ``near``, ``below``, … ."""

    kind: str
    text: str


@attrs.frozen(kw_only=True)
class Column:
    """One indicator: the rule that judges it, if any, its label and unit."""

    label: Text
    unit: Text
    asked: tuple[tuple[str, str], ...]
    rule: int | None


@attrs.frozen(kw_only=True)
class Row:
    """One section in the table of schools."""

    number: int
    school: int
    name: str
    stage: str
    kind: Text
    pupils: str
    verdict: Verdict
    met: str
    cells: tuple[Cell, ...]


@attrs.frozen(kw_only=True)
class StagePlot:
    """An indicator in one stage: the dots, the coefficient and the Lorenz curve."""

    stage: str
    strip: Strip
    sections: int
    counts: Mapping[str, int]
    asked: str
    floor: str
    mean: str
    coefficient: Finding
    shown: str
    limit: str
    gini: str
    lorenz: str | None


@attrs.frozen(kw_only=True)
class Plot:
    """An indicator, stage by stage."""

    label: Text
    unit: Text
    stages: tuple[StagePlot, ...]


@attrs.frozen(kw_only=True)
class Reference:
    """A document and clause, and how well it is known."""

    title: str
    number: str | None
    clause: str | None
    read: Text
    weak: bool


@attrs.frozen(kw_only=True)
class UnitView:
    """A unit that is unmet or unknown under a rule."""

    name: Text
    verdict: Verdict
    reading: Text
    number: int | None
    shortfall: Text | None
    parts: tuple[Text, ...]


@attrs.frozen(kw_only=True)
class RuleView:
    """One rule of the law at one level, coloured by its outcome."""

    anchor: str
    rule: str
    label: Text
    sentence: Text | None
    level: Text | None
    force: Force
    component: bool
    verdict: Verdict
    nation_only: bool
    basis: Text
    counts: Mapping[Verdict, int]
    scope: Scope
    reading: Text | None
    shortfall: Text | None
    remarks: tuple[Text, ...]
    units: tuple[UnitView, ...]
    more: int
    references: tuple[Reference, ...]
    calculations: tuple[tuple[Text, tuple[Line, ...]], ...]
    number: int | None


@attrs.frozen(kw_only=True)
class Missing:
    """What is missing, and which rules wait for it."""

    reason: Text
    rules: tuple[RuleView, ...]


def both(make: Callable[[str], str]) -> Text:
    """Return what *make* says in either language, on one line each."""
    return Text(one_line(make("zh")), one_line(make("en")))


class CountyView:
    """
    Everything the page of one county shows.

    Args:
        county: The county.

        changes: The verdicts that another reading would change.

        shortfall: Says what an unmet finding lacks.
    """

    def __init__(
        self,
        county: CountyResult,
        *,
        changes: Sequence[ReadingChange] = (),
        shortfall: Shortfall | None = None,
    ) -> None:
        self.county = county
        self.law = county.assessment.law
        self.facts = county.assessment.facts.select(county.row, county.row + 1)
        self.changes = changes
        self.code, self.name = county.code, one_line(county.name or county.code)
        self._shortfall = shortfall
        self._sheets: dict[str, Worksheet] = {}
        self._numbers: dict[tuple[str, str, Force], int] = {}
        self._calculations = Calculations(self.law, self._sheets)
        self._by_rule = self._grouped()
        self._groups = groups_of(county, _DEEPEST)
        self._number_units()

    def _grouped(self) -> dict[tuple[str, str, Force], list[Finding]]:
        found: dict[tuple[str, str, Force], list[Finding]] = defaultdict(list)
        for each in self.county.findings(components=True):
            found[each.area, each.rule, each.force].append(each)
        return found

    def _number_units(self) -> None:
        """Keep the calculations of what is judged school by school."""
        for key, findings in self._by_rule.items():
            units = [each for each in findings if "summary" not in each.flags]
            if units and units[0].scope in BY_UNIT:
                self._sheet(units[0].area)
                self._numbers[key] = self._calculations.add(units)

    def _sheet(self, area: str) -> Worksheet:
        if area not in self._sheets:
            self._sheets[area] = Worksheet(self.county, area)
        return self._sheets[area]

    def _rule(self, name: str) -> Rule:
        return self.law.rules[name][1]

    # -- at a glance ---------------------------------------------------------------

    @property
    def synthetic(self) -> bool:
        """Whether the county says that it is synthetic."""
        return bool(self.facts.counties.numbers("synthetic")[0] == 1)

    @property
    def levels(self) -> Iterator[tuple[Text, str, Verdict]]:
        """The name, the area and the verdict of each level, from the nation down."""
        for each in self.county.levels:
            yield LEVELS[Area(each.area).level], each.area, each.verdict

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many of the programme's own requirements have which verdict."""
        return _counted(g.verdict for g in self._groups if not g.area)

    @property
    def dimensions(self) -> Iterator[tuple[str, Text, Verdict, Mapping[Verdict, int]]]:
        """Each dimension with its verdict and the verdicts of its deciding rules."""
        for each in self.county.dimensions:
            if not each.rules:
                continue  # local rules of other places
            decided = [v for name, v in each.rules.items() if self._decides(name)]
            name = DIMENSIONS.get(each.id, Text(each.id, each.id))
            yield each.id, name, each.verdict, _counted(decided)

    def _decides(self, name: str) -> bool:
        rule = self._rule(name)
        return not rule.component and rule.force is Force.REQUIREMENT

    @cached_property
    def unmet(self) -> tuple[RuleView, ...]:
        """The requirements not met, the furthest first."""
        found = [g for g in self._groups if g.verdict is Verdict.UNMET]
        found.sort(key=lambda g: g.badness, reverse=True)
        return tuple(self._view_of(each) for each in found)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What is missing: the reasons, each with the rules that wait for it."""
        by_reason: dict[Text, list[RuleView]] = {}
        for group in self._groups:
            if group.verdict is Verdict.UNKNOWN:
                by_reason.setdefault(self._reason(group), []).append(
                    self._view_of(group)
                )
        return tuple(Missing(reason=r, rules=tuple(v)) for r, v in by_reason.items())

    def _reason(self, group: Group) -> Text:
        return both(lambda lang: what_is_missing(self.county, group, lang))

    def _view_of(self, group: Group) -> RuleView:
        return self._views[group.area, group.rule, Force.REQUIREMENT]

    # -- schools and indicators ----------------------------------------------------

    @cached_property
    def _quorum(self) -> tuple[str, Quorum] | None:
        """The rule that counts single indicators, at the nation's level."""
        for area, name, _force in self._by_rule:
            rule = self._rule(name)
            if not area and isinstance(rule, Quorum):
                return name, rule
        return None

    @property
    def judged(self) -> bool:
        """Whether single indicators are judged, section by section."""
        return self._quorum is not None

    @cached_property
    def _indicators(self) -> tuple[tuple[str, Text, str | None], ...]:
        """Return each indicator, its label and the rule that judges it, if any."""
        if self._quorum is not None:
            name, quorum = self._quorum
            head = name.rpartition(".")[0]
            parts = [f"{head}.{each}" for each in quorum.of]
            return tuple(
                (_asked_of(self._rule(p)), self._rule(p).label, p) for p in parts
            )
        made = self.county.assessment.indicators
        return tuple(
            (rule.indicator, made[rule.indicator].label, None)
            for _, rule in self._dispersions
        )

    @cached_property
    def _dispersions(self) -> tuple[tuple[str, Dispersion], ...]:
        rules = (
            (name, self._rule(name)) for area, name, _ in self._by_rule if not area
        )
        return tuple((n, r) for n, r in rules if isinstance(r, Dispersion))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The indicators of the table of schools."""
        return tuple(
            Column(
                label=label,
                unit=self._unit(name).label,
                asked=tuple(self._asked(rule)),
                rule=None if rule is None else self._number(rule),
            )
            for name, label, rule in self._indicators
        )

    def _asked(self, rule: str | None) -> Iterator[tuple[str, str]]:
        """Yield the threshold of each stage that has one."""
        for rank, stage in enumerate(STAGES):
            rows = (self.facts.section_stage == rank).nonzero()[0].tolist()
            limit, _floor = self._line(rule, rows)
            if limit is not None:
                yield stage.value, figure(limit)

    def _unit(self, indicator: str) -> Unit:
        return self._sheet("").column(Scope.SECTION, indicator).unit or Unit.COUNT

    def _number(self, rule: str, area: str = "") -> int | None:
        return self._numbers.get((area, rule, Force.REQUIREMENT))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The sections, failing ones on top."""
        names = [one_line(str(n)) for n in self._school_words("name")]
        kinds = self._choices("kind", tuple(Kind))
        pupils = self.facts.sections.numbers("pupils")
        columns = [self._cells(*each) for each in self._indicators]
        quorum = self._quorum_units()
        found = []
        for at, school in enumerate(self.facts.section_school.tolist()):
            unit = quorum[at] if quorum else None
            found.append(
                Row(
                    number=at,
                    school=school,
                    name=names[school],
                    stage=STAGES[self.facts.section_stage[at]].value,
                    kind=kinds[school],
                    pupils=figure(float(pupils[at]), 0),
                    verdict=unit.verdict if unit else Verdict.NOT_APPLICABLE,
                    met=figure(unit.value, 0) if unit else "—",
                    cells=tuple(column[at] for column in columns),
                )
            )
        return tuple(sorted(found, key=_worst_first))

    def _school_words(self, column: str) -> list[str]:
        codes = self.facts.schools.words("code")
        words = self.facts.schools.words(column)
        return [str(w or c) for w, c in zip(words, codes, strict=True)]

    def _choices(self, column: str, words: Sequence[Any]) -> list[Text]:
        codes = self.facts.schools.codes(column).tolist()
        return [words[c].label if c >= 0 else Text("", "") for c in codes]

    def _quorum_units(self) -> list[Finding]:
        if self._quorum is None:
            return []
        return self._units("", self._quorum[0])

    def _units(self, area: str, rule: str) -> list[Finding]:
        findings = self._by_rule.get((area, rule, Force.REQUIREMENT), [])
        return [each for each in findings if "summary" not in each.flags]

    def _cells(self, indicator: str, _label: Text, rule: str | None) -> list[Cell]:
        """Return an indicator's cells in the order of the sections."""
        if rule is None:
            column = self._sheet("").column(Scope.SECTION, indicator)
            numbers = [_plain(each) for each in column.cells]
            small = all(each is None or abs(each) < 1 for each in numbers)
            places = decimals(self._unit(indicator)) or (_FINE if small else _COARSE)
            return [Cell("plain", _figure(each, places)) for each in numbers]
        kinds = self._kinds(rule)
        return [
            Cell(kind, _shown(each))
            for kind, each in zip(kinds, self._units("", rule), strict=True)
        ]

    def _kinds(self, rule: str) -> list[str]:
        """Say of every section: met, near (at 85 % or above), below, unknown, none."""
        floors = self._floors
        return [
            _kind(each, floor)
            for each, floor in zip(self._units("", rule), floors, strict=True)
        ]

    @cached_property
    def _floors(self) -> tuple[float, ...]:
        if self._quorum is None:
            return (1.0,) * len(self.facts.section_school)
        column = self._sheet("").column(Scope.SECTION, self._quorum[1].floor)
        return tuple(each if isinstance(each, float) else 1.0 for each in column.cells)

    # -- plots ---------------------------------------------------------------------

    @cached_property
    def plots(self) -> tuple[Plot, ...]:
        """Every indicator that has a coefficient."""
        judged = {name: rule for name, _label, rule in self._indicators if rule}
        labels = {name: label for name, label, _rule in self._indicators}
        return tuple(
            Plot(
                label=labels.get(rule.indicator, rule.label),
                unit=self._unit(rule.indicator).label,
                stages=tuple(self._stages(name, rule, judged.get(rule.indicator))),
            )
            for name, rule in self._dispersions
        )

    def _stages(
        self, name: str, rule: Dispersion, judged: str | None
    ) -> Iterator[StagePlot]:
        for each in self._units("", name):
            if each.verdict is not Verdict.NOT_APPLICABLE and each.stage is not None:
                yield self._stage(each, rule, each.stage, judged)

    def _stage(
        self, coefficient: Finding, rule: Dispersion, stage: str, judged: str | None
    ) -> StagePlot:
        values, weights, rows = self._sheet("").members(coefficient.rule, stage)
        every = self._kinds(judged) if judged else ["plain"] * len(self._floors)
        kinds = [every[row] for row in rows]
        asked, floor = self._line(judged, rows)
        unit = self._unit(rule.indicator)
        mean = measures.weighted_mean(values, weights) if len(values) else None
        return StagePlot(
            stage=stage,
            strip=strip(
                values,
                weights,
                rows.tolist(),
                [k if k in ("met", "near", "below") else "plain" for k in kinds],
                threshold=asked,
                floor=floor,
            ),
            sections=len(values),
            counts={kind: kinds.count(kind) for kind in ("met", "near", "below")},
            asked=figure(asked),
            floor=figure(floor),
            mean=measured(mean, unit, "zh", bare=True),
            coefficient=coefficient,
            shown=_coefficient(coefficient),
            limit=figure(_plain(coefficient.threshold)),
            gini=_figure(measures.gini(values, weights), 3) if len(values) else "—",
            lorenz=lorenz_path(values, weights),
        )

    def _line(
        self, rule: str | None, rows: Iterable[int]
    ) -> tuple[float | None, float | None]:
        """Return the threshold that most of the sections have, and its floor."""
        if rule is None:
            return None, None
        units = self._units("", rule)
        asked = [(_plain(units[r].threshold), self._floors[r]) for r in rows]
        known = [each for each in asked if each[0] is not None]
        if not known:
            return None, None
        limit, share = max(known, key=known.count)
        assert limit is not None
        return limit, limit * share

    # -- the rules -----------------------------------------------------------------

    @cached_property
    def _views(self) -> dict[tuple[str, str, Force], RuleView]:
        return {
            key: self._view(number, key, findings)
            for number, (key, findings) in enumerate(self._by_rule.items())
        }

    @property
    def rules(self) -> Iterator[tuple[str, Text, Verdict, tuple[RuleView, ...]]]:
        """The rules by dimension, those not met on top of each."""
        for name, label, verdict, _counts in self.dimensions:
            views = [
                view
                for view in self._views.values()
                if (self._rule(view.rule).dimension or "local") == name
            ]
            views.sort(key=lambda v: (v.component, v.force.rank, -v.verdict.rank))
            yield name, label, verdict, tuple(views)

    def _view(
        self, number: int, key: tuple[str, str, Force], findings: list[Finding]
    ) -> RuleView:
        area, name, force = key
        rule = self._rule(name)
        units = [each for each in findings if "summary" not in each.flags]
        summary = next((each for each in findings if "summary" in each.flags), None)
        group = Group(
            rule=name,
            area=area,
            verdict=summary.verdict if summary else _worst(units),
            units=tuple(units),
            summary=summary,
        )
        alone = summary is None and len(units) == 1
        listed = () if alone or rule.component else self._listed(group)
        return RuleView(
            anchor=f"r-{self.code}-{number}",
            rule=name,
            label=rule.label,
            sentence=rule.sentence,
            level=_level(area),
            force=force,
            component=rule.component,
            verdict=group.verdict,
            nation_only=rule.determined_by == "nation",
            basis=group.head.basis.label,
            counts=_counted(each.verdict for each in units),
            scope=units[0].scope if units else Scope.COUNTY,
            reading=self._read(units[0]) if alone else None,
            shortfall=self._lacks(units[0]) if alone else None,
            remarks=tuple(
                Text(one_line(zh), one_line(en))
                for zh, en in zip(
                    *(remarks(group, lang) for lang in ("zh", "en")), strict=True
                )
            ),
            units=tuple(self._unit_view(u, key) for u in listed[:_MOST_UNITS]),
            more=max(len(listed) - _MOST_UNITS, 0),
            references=tuple(self._references(group.head)),
            calculations=tuple(self._calculated(units, key)),
            number=self._numbers.get(key),
        )

    def _read(self, unit: Finding) -> Text | None:
        """Say what was found, where anything was."""
        if unit.value is None and unit.threshold is None:
            return None
        return both(lambda lang: reading(unit, lang))

    def _listed(self, group: Group) -> tuple[Finding, ...]:
        """Return the units to name: those unmet, then those unknown; stages all."""
        if group.units and group.units[0].stage and group.summary is None:
            return tuple(
                u for u in group.units if u.verdict is not Verdict.NOT_APPLICABLE
            )
        return (*group.of(Verdict.UNMET), *group.of(Verdict.UNKNOWN))

    def _unit_view(self, unit: Finding, key: tuple[str, str, Force]) -> UnitView:
        return UnitView(
            name=self._named(unit),
            verdict=unit.verdict,
            reading=both(lambda lang: reading(unit, lang)),
            number=unit.place.unit if key in self._numbers else None,
            shortfall=self._lacks(unit),
            parts=tuple(self._missed(unit)),
        )

    def _missed(self, unit: Finding) -> Iterator[Text]:
        """Yield the single indicators that a quorum's unit misses."""
        if unit.verdict is not Verdict.UNMET:
            return
        rule, head = self._rule(unit.rule), unit.rule.rpartition(".")[0]
        for name in rule.of if isinstance(rule, Quorum) else ():
            part = self._by_rule[unit.area, f"{head}.{name}", Force.REQUIREMENT]
            found = part[unit.place.unit]
            if found.verdict is Verdict.UNMET:
                label = self._rule(found.rule).label
                zh, en = reading(found, "zh"), reading(found, "en")
                yield Text(f"{label.zh} {zh}", f"{label.en} {en}")

    def _lacks(self, finding: Finding) -> Text | None:
        """Say what an unmet finding lacks, where somebody works that out."""
        if self._shortfall is None or finding.verdict is not Verdict.UNMET:
            return None
        zh, en = (self._shortfall(finding, lang) for lang in ("zh", "en"))
        return Text(one_line(zh), one_line(en)) if zh and en else None

    def _references(self, finding: Finding) -> Iterator[Reference]:
        for each in finding.sources:
            source = self.law.source(each.source)
            yield Reference(
                title=one_line(source.title),
                number=source.number,
                clause=each.clause,
                read=each.read.label,
                weak=each.read.value in ("secondary", "unverified"),
            )

    def _calculated(
        self, units: list[Finding], key: tuple[str, str, Force]
    ) -> Iterator[tuple[Text, tuple[Line, ...]]]:
        """Yield the arithmetic of what is judged for the county as a whole."""
        if key in self._numbers:
            return
        told = [u for u in units if u.verdict is not Verdict.NOT_APPLICABLE]
        told.sort(key=lambda u: -u.verdict.rank)
        for each in told[:_MOST_UNITS]:
            yield (
                self._named(each) if len(told) > 1 else Text("", ""),
                calculation(each),
            )

    def _named(self, unit: Finding) -> Text:
        return both(lambda lang: unit_name(self.county, unit, lang))

    # -- data for the page ---------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """Return what the page's script needs: schools, sections and calculations."""
        sections: dict[int, list[int]] = defaultdict(list)
        for at, school in enumerate(self.facts.section_school.tolist()):
            sections[school].append(at)
        kinds = self._choices("kind", tuple(Kind))
        locales = self._choices("locale", tuple(Locale))
        codes = self.facts.schools.words("code")
        words = list(dict.fromkeys((*kinds, *locales)))
        return {
            "words": [[each.zh, each.en] for each in words],
            "schools": [
                [
                    one_line(str(codes[at])),
                    one_line(name),
                    words.index(kinds[at]),
                    words.index(locales[at]),
                    sections[at],
                ]
                for at, name in enumerate(self._school_words("name"))
            ],
            "stages": [
                STAGES[rank].value for rank in self.facts.section_stage.tolist()
            ],
            "parts": self._parts(),
            **self._calculations.data(),
        }

    def _parts(self) -> dict[str, Any]:
        """Return which rules a quorum counts, and the share that is the floor."""
        if self._quorum is None:
            return {}
        return {
            "quorum": self._number(self._quorum[0]),
            "of": [self._number(rule) for _, _, rule in self._indicators if rule],
            "floor": list(self._floors[:1]),
        }

    @property
    def readings(self) -> Iterator[tuple[str, str, Text, Text, Verdict, Verdict]]:
        """The verdicts that another reading would change: before and after."""
        for each in self.changes:
            if self._decides(each.rule):
                rule = self._rule(each.rule)
                before = self.county[rule.dimension or "local"].rules[each.rule]
                label = self.law.readings[each.option].label
                yield each.option, each.choice, label, rule.label, before, each.verdict


def _worst(units: Iterable[Finding]) -> Verdict:
    return max((u.verdict for u in units), key=lambda v: v.rank)


def _counted(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    found = list(verdicts)
    order = (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET, Verdict.NOT_APPLICABLE)
    return {v: found.count(v) for v in order}


def _level(area: str) -> Text | None:
    if not area:
        return None
    name = LEVELS[Area(area).level]
    return Text(f"{name.zh} {area}", f"{name.en} {area}")


def _worst_first(row: Row) -> tuple[int, int, int, int]:
    kinds = [cell.kind for cell in row.cells]
    return (
        -row.verdict.rank,
        -kinds.count("below"),
        -kinds.count("near"),
        row.number,
    )


def _asked_of(rule: Rule) -> str:
    assert isinstance(rule, Threshold)
    return rule.indicator


def _kind(finding: Finding, floor: float) -> str:
    if finding.verdict is not Verdict.UNMET:
        return _KINDS[finding.verdict]
    value, limit = _plain(finding.value), _plain(finding.threshold)
    if value is None or limit is None:
        return "below"
    return "near" if value >= limit * floor * (1 - _SLACK) else "below"


_KINDS = {
    Verdict.MET: "met",
    Verdict.UNKNOWN: "unknown",
    Verdict.NOT_APPLICABLE: "none",
}


def _plain(value: object) -> float | None:
    """Return a number that is a single one."""
    return float(value) if isinstance(value, int | float) else None


def _shown(finding: Finding) -> str:
    """Write a value as the forms do; with more places where these would mislead."""
    value = _plain(finding.value)
    if "knife_edge" in finding.flags:
        return figure(value)
    return _figure(value, decimals(finding.unit))


def _figure(value: object, places: int) -> str:
    number = _plain(value)
    return "—" if number is None else f"{rounded(number, places):.{places}f}"


def _coefficient(finding: Finding) -> str:
    value = _plain(finding.value)
    if value is not None and "knife_edge" in finding.flags:
        return figure(value)
    return "—" if value is None else f"{rounded(value, 3):.3f}"
