"""
What is missing: the smallest whole change that meets a rule, in natural units.

Every change is found by trying it with the judges themselves: it meets the rule, and
one unit less does not. `engine._trials` does the trying; here it is decided which
quantity is moved, and what a quorum, a share or a coefficient asks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity import measures
from eduequity.engine._columns import Columns, Flags, Workspace, point
from eduequity.engine._findings import Finding
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, UNMET, Judged, compare
from eduequity.engine._shares import reached
from eduequity.engine._trials import (
    NEVER,
    Cell,
    Lever,
    SchoolTrials,
    Steps,
    caps,
    edited,
    smallest,
    step_of,
)
from eduequity.engine._words import figure, unit_label
from eduequity.facts import STAGES, Ragged
from eduequity.rules import (
    AllOf,
    Attested,
    Dispersion,
    Every,
    Quorum,
    Rule,
    Share,
    Threshold,
    Veto,
)
from eduequity.vocab import Force, Scope, Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine._assessment import Assessment


__all__ = [
    "Change",
    "Pull",
    "Shortfall",
    "Shortfalls",
    "Spread",
    "shortfall",
    "shortfalls",
]


@attrs.frozen(kw_only=True)
class Change:
    """
    One quantity to change by a whole number of units.

    Args:
        column: The column of the data.

        entity: Whose: a school's code, ``<school code>/<stage>`` or the county's.

        amount: By how much; below 0 where less is needed. People and rooms are whole,
            areas and money are to the hundredth. A yes or no turns by 1.

        unit: Its unit.

        label: The column's name.

        where: The name of whose it is.

        rule: The rule that this change serves.

        floor: Whether it only lifts the indicator to the floor of a quorum.
    """

    column: str
    entity: str
    amount: float
    unit: Unit
    label: Text
    where: Text
    rule: str
    floor: bool = False

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it: ``示例小学 县级以上骨干教师数 增加 3人``.

        Areas and money are rounded up to whole units here, never down.
        """
        colon = "：" if lang == "zh" else ": "
        return f"{self.where.get(lang)}{colon}{self.quantity(lang)}"

    def quantity(self, lang: str = "zh") -> str:
        """Say what changes by how much, without whose it is."""
        label = self.label.get(lang)
        if self.unit is Unit.YES_NO:
            before, after = ("否", "是") if self.amount > 0 else ("是", "否")
            if lang == "zh":
                return f"{label} 由“{before}”改为“{after}”"
            return f"{label} from {'no to yes' if self.amount > 0 else 'yes to no'}"
        count = f"{_rounded_up(abs(self.amount))}{unit_label(self.unit, lang)}"
        if lang == "zh":
            return f"{label} {'增加' if self.amount > 0 else '减少'} {count}"
        return f"{label} {'+' if self.amount > 0 else '-'}{count}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "column": self.column,
            "entity": self.entity,
            "amount": self.amount,
            "unit": self.unit.value,
            "zh": self.sentence("zh"),
            "en": self.sentence("en"),
            "rule": self.rule,
            "floor": self.floor,
        }


def _rounded_up(amount: float) -> str:
    """
    Write an amount rounded up to a whole number, thousands apart.

    >>> _rounded_up(84599.2), _rounded_up(3.0)
    ('84 600', '3')
    """
    return f"{int(np.ceil(round(amount, 2))):,}".replace(",", " ")


@attrs.frozen(kw_only=True)
class Pull:
    """
    A section that pulls a coefficient up.

    Args:
        entity: ``<school code>/<stage>``.

        name: The school's name.

        value: Its indicator.

        share: Its share of the weighted variance, from 0 to 1.
    """

    entity: str
    name: str
    value: float
    share: float


@attrs.frozen(kw_only=True)
class Spread:
    """
    What makes a coefficient as large as it is.

    Args:
        mean: The mean weighted by pupils.

        coefficient: The coefficient of variation.

        limit: The most that it may be.

        unit: The indicator's unit.

        pulls: The sections by their share of the variance, the largest first.

        theil: The Theil index of the indicator, with the parts ``within`` and
            ``between`` urban, town and rural schools; None where a locale is blank.
    """

    mean: float
    coefficient: float
    limit: float | None
    unit: Unit
    pulls: tuple[Pull, ...]
    theil: measures.TheilParts[float] | None

    def lines(self, lang: str = "zh", *, most: int = 5) -> Iterator[str]:
        """Yield what to say of it: the schools, then the parts."""
        for each in self.pulls[:most]:
            value = f"{figure(each.value, 2)}{unit_label(self.unit, lang)}"
            part = figure(100 * each.share, 1)
            yield (
                f"{each.name}（{each.entity}）：{value}，占离差平方和 {part}%"
                if lang == "zh"
                else f"{each.name} ({each.entity}): {value}, {part}% of the variance"
            )
        if self.theil is not None and self.theil.total > 0:
            between = 100 * self.theil.between / self.theil.total
            high, low = figure(between, 1), figure(100 - between, 1)
            yield (
                f"泰尔指数 {figure(self.theil.total, 4)}：城区、镇区、乡村之间占 "
                f"{high}%，各自内部占 {low}%"
                if lang == "zh"
                else f"Theil index {figure(self.theil.total, 4)}: {high}% between "
                f"urban, town and rural schools, {low}% within them"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        theil = self.theil
        return {
            "mean": self.mean,
            "coefficient": self.coefficient,
            "limit": self.limit,
            "unit": self.unit.value,
            "pulls": [attrs.asdict(each) for each in self.pulls],
            "theil": None if theil is None else theil._asdict(),
        }


@attrs.frozen(kw_only=True)
class Shortfall:
    """
    What an unmet finding lacks.

    Args:
        finding: The finding.

        changes: What to change, all of it together; empty where no quantity of the
            data can be counted out (a coefficient, a level of learning).

        alternatives: Single changes that each do as well in place of all of them.

        sufficient: Whether the changes make the rule met; otherwise they only mend
            what is known to fail, and evidence is missing besides.

        spread: What makes a coefficient as large as it is.
    """

    finding: Finding
    changes: tuple[Change, ...] = ()
    alternatives: tuple[Change, ...] = ()
    sufficient: bool = True
    spread: Spread | None = None

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, lang: str = "zh") -> str:
        """Say on one line what to change, and what would do in its place."""
        zh = lang == "zh"
        said = ("；" if zh else "; ").join(c.sentence(lang) for c in self.changes)
        for each in self.alternatives:
            said += f"{'；或者 ' if zh else '; or '}{each.sentence(lang)}"
        if self.spread is not None:
            said = ("；" if zh else "; ").join(self.spread.lines(lang, most=3))
        if self.changes and not self.sufficient:
            said += "（此外还缺证据）" if zh else " (evidence is missing besides)"
        nothing = "没有可以直接计数的量" if zh else "nothing that can be counted out"
        return said or nothing

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/shortfall/1``)."""
        return {
            "finding": self.finding.id,
            "changes": [each.to_dict() for each in self.changes],
            "alternatives": [each.to_dict() for each in self.alternatives],
            "sufficient": self.sufficient,
            "spread": None if self.spread is None else self.spread.to_dict(),
        }


@attrs.frozen(eq=False, repr=False)
class Shortfalls(Sequence[Shortfall]):
    """
    What the unmet findings of some counties lack, and the totals.

    Args:
        items: One per unmet finding, in the order of the findings.
    """

    items: tuple[Shortfall, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<shortfall of {len(self)} findings>"

    def __str__(self) -> str:
        return "\n".join(f"{each.finding.id}  {each}" for each in self.items)

    @property
    def totals(self) -> tuple[Change, ...]:
        """
        The totals by county and column.

        What several rules ask of the same cell counts once, at the most that any of
        them asks; more and less of a quantity are added up apart.
        """
        return _totals(self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return all as plain data (schema ``eduequity/shortfall/1``)."""
        return {
            "schema": SCHEMA,
            "shortfalls": [each.to_dict() for each in self.items],
            "totals": [each.to_dict() for each in self.totals],
        }


SCHEMA = "eduequity/shortfall/1"


_NO_SUM = ("largest_class",)
"""Columns whose changes say nothing when they are added up."""


def _totals(items: Iterable[Shortfall]) -> tuple[Change, ...]:
    most: dict[tuple[Any, ...], float] = {}
    first: dict[tuple[Any, ...], tuple[Finding, Change]] = {}
    for item in items:
        if "summary" in item.finding.flags:
            continue
        county = item.finding.place.county
        for each in item.changes:
            if each.unit is Unit.YES_NO or each.column in _NO_SUM:
                continue
            cell = (county, each.column, each.amount > 0, each.entity)
            first.setdefault(cell[:3], (item.finding, each))
            most[cell] = max(most.get(cell, 0.0), abs(each.amount))
    added: dict[tuple[Any, ...], float] = {}
    for cell, amount in most.items():
        added[cell[:3]] = round(added.get(cell[:3], 0.0) + amount, 2)
    return tuple(
        attrs.evolve(
            change,
            entity=finding.assessment.facts.codes[finding.place.county],
            where=_county_name(finding),
            amount=added[key] if key[2] else -added[key],
            floor=False,
        )
        for key, (finding, change) in first.items()
    )


def _county_name(finding: Finding) -> Text:
    facts, row = finding.assessment.facts, finding.place.county
    name = str(facts.counties.words("name")[row] or facts.codes[row])
    return Text(name, name)


# -- asking ----------------------------------------------------------------------------


def shortfall(finding: Finding) -> Shortfall | None:
    """
    Return what an unmet finding lacks; None where it is not unmet.

    The finding that joins a rule's units gets the changes of all of them.
    """
    if finding.verdict is not Verdict.UNMET:
        return None
    if finding.place.unit >= 0:
        return _of_findings([finding])[0]
    county = finding.assessment[finding.assessment.facts.codes[finding.place.county]]
    units = [
        each
        for each in county.findings(
            rule=finding.rule, area=finding.area, verdict="unmet"
        )
        if "summary" not in each.flags
    ]
    found = _of_findings(units)
    return Shortfall(
        finding=finding,
        changes=tuple(change for each in found for change in each.changes),
        sufficient=all(each.sufficient and each.changes for each in found),
    )


def shortfalls(assessment: Assessment, codes: Iterable[str]) -> Shortfalls:
    """Return what the counties' unmet requirements lack, unit by unit."""
    found: list[Shortfall] = []
    for code in codes:
        unmet = assessment[code].findings(
            verdict=Verdict.UNMET.value, force=Force.REQUIREMENT.value
        )
        found += _of_findings([f for f in unmet if "summary" not in f.flags])
    return Shortfalls(tuple(found))


def _of_findings(findings: Sequence[Finding]) -> list[Shortfall]:
    """Work findings out together by rule and level: trials are cheaper by the dozen."""
    together: dict[tuple[int, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.place.county, each.area, each.rule)
        together.setdefault(key, []).append(each)
    places: dict[tuple[int, str], _Place] = {}
    found: dict[str, Shortfall] = {}
    for (county, area, _), some in together.items():
        place = places.get((county, area))
        if place is None:
            place = places[county, area] = _Place(some[0])
        found |= {each.finding.id: each for each in place.of(some)}
    return [found[each.id] for each in findings]


class _Target(NamedTuple):
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
        return _afloat(work, judged, self)

    def with_floor(self, floor: str) -> _Target:
        return self._replace(floor=floor)


def _afloat(work: Workspace, judged: Judged, target: _Target) -> Flags:
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


class _Place:
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

    def of(self, findings: Sequence[Finding]) -> Iterator[Shortfall]:
        """Yield the shortfalls of one rule's findings."""
        name = findings[0].rule
        rule = attrs.evolve(self.law.rules[name][1], force=findings[0].force)
        if isinstance(rule, Quorum):
            yield from self._quorum(findings, name, rule)
        elif isinstance(rule, Threshold) and rule.scope in (
            Scope.SECTION,
            Scope.SCHOOL,
        ):
            yield from self._threshold(findings, _Target(name, rule))
        elif isinstance(rule, AllOf | Attested | Veto):
            yield from (self._yes_no(each, rule) for each in findings)
        elif isinstance(rule, Dispersion):
            yield from (self._spread(each, rule) for each in findings)
        else:
            yield from (self._county(each, name, rule) for each in findings)

    # -- whose it is ---------------------------------------------------------------

    def _schools(self, findings: Sequence[Finding]) -> npt.NDArray[np.intp]:
        units = np.array([each.place.unit for each in findings], dtype=np.intp)
        if findings[0].scope is Scope.SECTION:
            owners: npt.NDArray[np.intp] = self.facts.section_school[units]
            return owners
        return units

    def _stages(
        self, findings: Sequence[Finding], lever: Lever
    ) -> npt.NDArray[np.intp]:
        """Return the stage whose figures are moved: a section's, else the larger."""
        if findings[0].scope is Scope.SECTION:
            units = [each.place.unit for each in findings]
            return self.facts.section_stage[units].astype(np.intp)
        schools = self._schools(findings)
        figures = np.full((len(STAGES), self.facts.schools.size), -1.0)
        facts = self.facts
        figures[facts.section_stage, facts.section_school] = np.nan_to_num(
            facts.sections.numbers(lever.name), nan=0.0
        )
        larger: npt.NDArray[np.intp] = figures[:, schools].argmax(axis=0)
        return larger

    def _change(
        self, lever: Lever, row: int, steps: int, rule: str, *, floor: bool = False
    ) -> Change:
        entity, where = self._named(lever.table, row)
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

    def _named(self, table: str, row: int) -> tuple[str, Text]:
        facts = self.facts
        if table == "sections":
            stage = STAGES[facts.section_stage[row]]
            code, name = self._named("schools", int(facts.section_school[row]))
            zh, en = f"{name.zh}·{stage.label.zh}", f"{name.en}, {stage.label.en}"
            return f"{code}/{stage.value}", Text(zh, en)
        if table == "schools":
            code = str(facts.schools.words("code")[row])
            word = str(facts.schools.words("name")[row] or code)
            return code, Text(word, word)
        word = str(facts.counties.words("name")[0] or facts.codes[0])
        return facts.codes[0], Text(word, word)

    # -- levers --------------------------------------------------------------------

    def _levers(self, rule: Rule, name: str) -> Iterator[Lever]:
        """Yield the quantities that an indicator is worked out from, in its order."""
        rising = getattr(rule, "operator", ">=")[0] == ">"
        for leaf in dict.fromkeys(self._leaves(name)):
            lever = self._lever(rule.scope, leaf, 1 if rising else -1)
            if lever is not None:
                yield lever

    def _leaves(self, name: str) -> Iterator[str]:
        made = self.work.indicators.get(name)
        if made is None:
            yield name
            return
        for each in made.inputs:
            if not self.law.has_parameter(each):
                yield from self._leaves(each)

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
        schools = self._schools(findings)
        if lever.table == "schools":
            return schools
        at = np.full((len(STAGES), self.facts.schools.size), -1, dtype=np.intp)
        rows = np.arange(self.facts.sections.size)
        at[self.facts.section_stage, self.facts.section_school] = rows
        return at[self._stages(findings, lever), schools]

    def _least(
        self, findings: Sequence[Finding], target: _Target, lever: Lever
    ) -> Steps:
        """Return for every finding the fewest steps of a lever that reach a target."""
        rows = self._rows(lever, findings)
        schools, scope = self._schools(findings), target.rule.scope
        judged_stage = np.array([_stage(each) for each in findings], dtype=np.intp)
        moved_stage = (
            self._stages(findings, lever) if lever.table == "sections" else judged_stage
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

    # -- thresholds ----------------------------------------------------------------

    def _threshold(
        self, findings: Sequence[Finding], target: _Target
    ) -> Iterator[Shortfall]:
        found = self.first_changes(findings, target)
        fewer = self._fewer_pupils(findings, target)
        for each in findings:
            change, other = found.get(each.id), fewer.get(each.id)
            if change is None:
                change, other = other, None
            if change is not None and other is not None:
                other = None if other.column == change.column else other
            yield Shortfall(
                finding=each,
                changes=() if change is None else (change,),
                alternatives=() if other is None else (other,),
            )

    def first_changes(
        self, findings: Sequence[Finding], target: _Target
    ) -> dict[str, Change]:
        """Return the change of the first quantity that can be moved far enough."""
        rule = target.rule
        assert isinstance(rule, Threshold)
        found: dict[str, Change] = {}
        for lever in self._levers(rule, rule.indicator):
            open_ = [each for each in findings if each.id not in found]
            if not open_:
                break
            if lever.name == _PUPILS and lever.sign > 0:
                continue
            found |= self._changes(open_, target, lever)
        return found

    def _changes(
        self, findings: Sequence[Finding], target: _Target, lever: Lever
    ) -> dict[str, Change]:
        steps = self._least(findings, target, lever)
        rows = self._rows(lever, findings)
        return {
            each.id: self._change(
                lever, int(row), int(n), target.name, floor=target.floor is not None
            )
            for each, row, n in zip(findings, rows, steps, strict=True)
            if n > 0
        }

    def _fewer_pupils(
        self, findings: Sequence[Finding], target: _Target
    ) -> dict[str, Change]:
        """Return the pupils without whom a rule of resources would be met."""
        if findings[0].scope is not Scope.SECTION:
            return {}
        return self._changes(findings, target, _FEWER_PUPILS)

    # -- the quorum ----------------------------------------------------------------

    def _quorum(
        self, findings: Sequence[Finding], name: str, rule: Quorum
    ) -> Iterator[Shortfall]:
        head = name.rpartition(".")[0]
        parts = [
            _Part(self, findings, f"{head}.{each}", rule.floor) for each in rule.of
        ]
        minimum = self.work.section.limit(rule.minimum).low
        target = _Target(name, rule)
        fewer = self._fewer_pupils(findings, target)
        plans = []
        for nth, each in enumerate(findings):
            allowed = len(rule.of) - int(minimum[each.place.unit])
            plans.append(_plan([part.miss(nth) for part in parts], allowed))
        enough = self._verdicts_after(findings, target, plans)
        for each, plan, rank in zip(findings, plans, enough, strict=True):
            other = fewer.get(each.id)
            yield Shortfall(
                finding=each,
                changes=() if plan is None or rank == UNMET else plan,
                alternatives=() if other is None else (other,),
                sufficient=plan is not None and rank == int(MET),
            )

    def _verdicts_after(
        self,
        findings: Sequence[Finding],
        target: _Target,
        plans: Sequence[tuple[Change, ...] | None],
    ) -> list[int]:
        """Judge every section again with its plan carried out."""
        schools = self._schools(findings)
        stage = np.array([_stage(each) for each in findings], dtype=np.intp)
        trials = SchoolTrials(self.work, schools)
        for nth, plan in enumerate(plans):
            for change in plan or ():
                table = "sections" if "/" in change.entity else "schools"
                lever = Lever(
                    table, change.column, change.unit, 1 if change.amount > 0 else -1
                )
                row = trials.rows(table, stage)[nth : nth + 1]
                steps = round(abs(change.amount) * lever.per_unit)
                trials.moved(lever, row, np.array([steps]))
        verdicts = judge(trials.work(), target.name, target.rule).verdicts
        return [int(rank) for rank in verdicts[trials.rows("sections", stage)]]

    # -- yes and no ----------------------------------------------------------------

    def _yes_no(self, finding: Finding, rule: AllOf | Attested | Veto) -> Shortfall:
        names = rule.of if isinstance(rule, AllOf) else (rule.field,)
        wrong = 1.0 if isinstance(rule, Veto) else 0.0
        columns, unit = self.work.at(rule.scope), finding.place.unit
        entity, where = finding.entity, Text(finding.entity, finding.entity)
        if rule.scope in (Scope.SCHOOL, Scope.COUNTY):
            table = "schools" if rule.scope is Scope.SCHOOL else "county"
            entity, where = self._named(table, unit)
        said = {name: float(point(columns[name])[unit]) for name in names if name}
        turned = {
            name: self._label(name) for name, value in said.items() if value == wrong
        }
        # Where no column says so it was signed.
        turned = turned or {finding.rule: rule.label}
        changes = [
            Change(
                column=name,
                entity=entity,
                amount=-1.0 if wrong else 1.0,
                unit=Unit.YES_NO,
                label=label,
                where=where,
                rule=finding.rule,
            )
            for name, label in turned.items()
        ]
        return Shortfall(
            finding=finding,
            changes=tuple(changes),
            sufficient=not any(map(math.isnan, said.values())),
        )

    def _label(self, name: str) -> Text:
        field = self.work.field(name)
        return Text(name, name) if field is None else _plain(field.label_of(name))

    # -- what a whole county must change -------------------------------------------

    def _county(self, finding: Finding, name: str, rule: Rule) -> Shortfall:
        if isinstance(rule, Share) and (rule.meets or rule.reaches):
            return self._more_units(finding, rule)
        for way in self._ways(finding, rule):
            steps = self._least_for_county(finding, _Target(name, rule), way)
            if steps != NEVER:
                lever = way.lever
                change = self._change(lever._replace(table="county"), 0, steps, name)
                return Shortfall(finding=finding, changes=(change,))
        return Shortfall(finding=finding)

    def _ways(self, finding: Finding, rule: Rule) -> Iterator[_Way]:
        """Yield quantities to move, each with the cells that take the change."""
        if isinstance(rule, Threshold) and rule.scope is Scope.COUNTY:
            for lever in self._levers(rule, rule.indicator):
                yield self._county_way(lever)
        elif isinstance(rule, Share) and rule.over is Scope.SECTION:
            assert rule.numerator is not None
            assert rule.denominator is not None
            for leaf in self._leaves(rule.numerator):
                field = self.work.field(leaf)
                if field is not None and field.unit is not None and field.per_stage:
                    lever = Lever("sections", leaf, field.unit, 1)
                    yield self._share_way(finding, rule, lever)
        elif isinstance(rule, Every):
            yield from self._row_ways(finding, rule)

    def _county_way(self, lever: Lever) -> _Way:
        """Move a figure of the county's own, or of a section that it is the sum of."""
        stage, _, bare = lever.name.partition("_")
        if stage in STAGES and bare in self.facts.sections:
            rank = [each.value for each in STAGES].index(stage)
            rows = np.flatnonzero(self.facts.section_stage == rank)
            figures = self.facts.sections.numbers(bare)[rows]
            if len(rows) and not np.isnan(figures).any():
                within = lever._replace(table="sections", name=bare)
                return _Way(lever, within, rows[:1], np.array([np.inf]))
        return _Way(lever, lever, np.zeros(1, dtype=np.intp), np.array([np.inf]))

    def _share_way(self, finding: Finding, rule: Share, lever: Lever) -> _Way:
        """Let the sections that lack most of what is counted take the change first."""
        columns = self.work.section
        member = columns.match(rule.population).sure
        if rule.per_stage:
            member = member & (self.facts.section_stage == finding.place.unit)
        lacking = point(columns[rule.denominator or ""]) - point(
            columns[rule.numerator or ""]
        )
        rows = np.flatnonzero(member & (lacking > 0))
        rows = rows[np.argsort(-lacking[rows], kind="stable")]
        return _Way(lever, lever, rows, lacking[rows])

    def _row_ways(self, finding: Finding, rule: Every) -> Iterator[_Way]:
        """Move a figure of the item's worst row."""
        table = self.work.table(rule.table)
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
        for leaf in self._leaves(rule.indicator):
            field = self.work.field(leaf)
            if field is not None and step_of(field.unit) and len(rows):
                assert field.unit is not None
                sign = 1 if rule.operator[0] == ">" else -1
                lever = Lever(rule.table, leaf, field.unit, sign)
                yield _Way(lever, lever, rows[:1], np.array([np.inf]))

    def _least_for_county(self, finding: Finding, target: _Target, way: _Way) -> int:
        unit = finding.place.unit

        def meets(_: npt.NDArray[np.intp], steps: Steps) -> Flags:
            return np.array([self._met(target, unit, way, int(n)) for n in steps])

        most = way.most(self.facts)
        return int(smallest(meets, np.array([most]), points=1)[0])

    def _met(self, target: _Target, unit: int, way: _Way, steps: int) -> bool:
        facts = edited(self.facts, way.cells(steps))
        work = Workspace(facts, self.law, self.work.indicators, self.work.areas[-1])
        return bool(target.reached(work)[unit])

    def _more_units(self, finding: Finding, rule: Share) -> Shortfall:
        """Count the units that must meet a condition besides those that do."""
        columns: Columns = self.work.at(rule.over)
        member = columns.match(rule.population)
        meeting = (
            reached(columns, rule.reaches) == 1
            if rule.reaches
            else columns.match(rule.meets).sure
        )
        total = int(member.possible.sum())
        sure = int((member.sure & meeting).sum())
        scope = self.work.group if rule.per_stage else self.work.county
        share = float(scope.limit(rule.parameter, rule.force).low[finding.place.unit])
        counts = np.arange(sure, total + 1)
        enough = counts[compare(counts.astype(float), rule.operator, share * total)]
        unit = {Scope.SCHOOL: Unit.SCHOOLS, Scope.CLASS: Unit.CLASSES}.get(
            rule.over, Unit.COUNT
        )
        entity, where = self._named("county", 0)
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

    # -- coefficients --------------------------------------------------------------

    def _spread(self, finding: Finding, rule: Dispersion) -> Shortfall:
        judged = judge(self.work, finding.rule, rule)
        assert judged.members is not None
        facts, stage = self.facts, finding.place.unit % len(STAGES)
        rows = np.flatnonzero(judged.members & (facts.section_stage == stage))
        value = point(self.work.section[rule.indicator])[rows]
        weight = point(self.work.section[rule.weight])[rows]
        if not len(rows):
            return Shortfall(finding=finding)
        share = measures.share_of_variance(value, weight)
        order = np.argsort(-share, kind="stable")
        locale = facts.schools.codes("locale")[facts.section_school[rows]]
        blank = bool((locale < 0).any())
        limit = finding.threshold
        return Shortfall(
            finding=finding,
            spread=Spread(
                mean=measures.weighted_mean(value, weight),
                coefficient=measures.coefficient_of_variation(value, weight),
                limit=None if isinstance(limit, tuple) else limit,
                unit=self.work.indicators[rule.indicator].unit,
                pulls=tuple(
                    self._pull(int(rows[at]), float(value[at]), float(share[at]))
                    for at in order
                ),
                theil=None
                if blank
                else measures.theil_parts(value, weight, locale.astype(np.intp)),
            ),
        )

    def _pull(self, row: int, value: float, share: float) -> Pull:
        entity, name = self._named("sections", row)
        return Pull(entity=entity, name=name.zh, value=value, share=share)


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


def _stage(finding: Finding) -> int:
    words = [each.value for each in STAGES]
    return words.index(finding.stage) if finding.stage in words else 0


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


# -- the cheapest way to a quorum ------------------------------------------------------


class _Miss(NamedTuple):
    """
    One indicator of a section that is missed.

    Args:
        full: The change that meets its threshold; None where none is known.

        floor: The change that reaches its floor; None where it is there already.

        sunk: Whether it is below its floor.

        effort: How far it is from the threshold, relative to it.
    """

    full: Change | None
    floor: Change | None
    sunk: bool
    effort: float

    @property
    def saving(self) -> float:
        """
        What staying missed saves of lifting it in full, relative to the threshold.

        A floor that takes as many whole units as the threshold saves nothing.
        """
        if not self.sunk or self.full is None or self.floor is None:
            return self.effort
        return self.effort * (1 - self.floor.amount / self.full.amount)


class _Part:
    """One of a quorum's indicators in the sections that miss the quorum."""

    def __init__(
        self, place: _Place, findings: Sequence[Finding], name: str, floor: str
    ) -> None:
        rule = place.law.rules[name][1]
        assert isinstance(rule, Threshold)
        target = _Target(name, rule)
        judged = judge(place.work, name, rule)
        units = [each.place.unit for each in findings]
        self._ids = [each.id for each in findings]
        self._missed = judged.verdicts[units] == UNMET
        low = _afloat(place.work, judged, target.with_floor(floor))
        self._sunk = self._missed & ~low[units]
        self._gap = self._gaps(judged, units)
        missing = [f for f, m in zip(findings, self._missed, strict=True) if m]
        sunk = [f for f, s in zip(findings, self._sunk, strict=True) if s]
        self._full = place.first_changes(missing, target) if missing else {}
        below = target.with_floor(floor)
        self._floor = place.first_changes(sunk, below) if sunk else {}

    @staticmethod
    def _gaps(judged: Judged, units: list[int]) -> list[float]:
        assert judged.low is not None
        assert judged.limit is not None
        limit = judged.limit.low[units]
        gaps: list[float] = (np.abs(limit - judged.low[units]) / limit).tolist()
        return gaps

    def miss(self, nth: int) -> _Miss | None:
        """Return what a section misses of it; None where it does not."""
        if not self._missed[nth]:
            return None
        return _Miss(
            full=self._full.get(self._ids[nth]),
            floor=self._floor.get(self._ids[nth]),
            sunk=bool(self._sunk[nth]),
            effort=self._gap[nth],
        )


def _plan(misses: Iterable[_Miss | None], allowed: int) -> tuple[Change, ...] | None:
    """
    Return the fewest changes that leave at most *allowed* misses, none below its floor.

    An indicator that may stay missed costs nothing if it is above its floor, else one
    change that is smaller than lifting it in full. So those above their floor stay
    first, and of equals those whose staying saves most.
    """
    missed = [each for each in misses if each is not None]
    kept = sorted(
        missed, key=lambda each: (each.full is not None, each.sunk, -each.saving)
    )
    changes: list[Change | None] = []
    for nth, each in enumerate(kept):
        if nth >= allowed:
            changes.append(each.full)
        elif each.sunk:
            changes.append(each.floor)
    if any(each is None for each in changes):
        return None
    return tuple(each for each in changes if each is not None)
