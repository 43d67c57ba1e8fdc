"""
Indicators better and worse, and coefficients moved: by how much, by which schools.

Both sides are worked out by the law of the new assessment, so that what moved is the
data alone; units that are in one assessment only are never mixed in unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity import measures
from eduequity.engine import (
    Assessment,
    Workspace,
    figure,
    judge,
    measured,
    point,
)
from eduequity.facts import STAGES, Floats, Index
from eduequity.ledger._population import Pairs, Population
from eduequity.rules import Dispersion, Rule, Threshold
from eduequity.vocab import Scope, Stage, Text, Unit


__all__ = [
    "CoefficientMove",
    "IndicatorMove",
    "SchoolPull",
    "coefficients",
    "indicators",
]

Flags: TypeAlias = npt.NDArray[np.bool_]

_MOST_PULLS = 10
_SLACK = 2.0**-40


@attrs.frozen(kw_only=True)
class IndicatorMove:
    """
    How an indicator moved in the units that are in both assessments.

    Args:
        rule: The rule that compares it.

        label: What the rule is called.

        stage: For sections the stage.

        better: In how many units it moved towards its limit or further beyond it.

        worse: In how many the other way.

        same: In how many not at all.

        unknown: In how many of those that the rule is about on both sides it is
            unknown on either.

        before: The mean of then over the units known on both sides, weighted by the
            pupils of then for sections, plain otherwise; None where there are none.

        after: The same of now, weighted by the pupils of now.

        unit: Its unit.

    >>> import eduequity as ee
    >>> from eduequity.ledger import IndicatorMove
    >>> move = IndicatorMove(
    ...     rule="resources.above_degree_teachers",
    ...     label=ee.Text("高于规定学历教师", "Teachers above the degree"),
    ...     stage=ee.Stage.PRIMARY,
    ...     better=3,
    ...     worse=1,
    ...     same=0,
    ...     unknown=0,
    ...     before=4.0,
    ...     after=4.2,
    ...     unit=ee.Unit.TEACHERS_PER_100,
    ... )
    >>> move.sentence("en").partition("; ")[2]
    'mean 4 per 100 pupils → 4.2 per 100 pupils'
    >>> move.to_dict()["better"]
    3
    """

    rule: str
    label: Text
    stage: Stage | None
    better: int
    worse: int
    same: int
    unknown: int
    before: float | None
    after: float | None
    unit: Unit

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        head = self.label.get(lang)
        if self.stage is not None:
            head += f" · {self.stage.label.get(lang)}"
        mean = " → ".join(
            measured(v, self.unit, lang) for v in (self.before, self.after)
        )
        if lang == "zh":
            return (
                f"{head}：{self.better} 个好转，{self.worse} 个变差，"
                f"{self.same} 个未变，{self.unknown} 个无法比较；平均 {mean}"
            )
        return (
            f"{head}: {self.better} better, {self.worse} worse, {self.same} the same, "
            f"{self.unknown} not comparable; mean {mean}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "rule": self.rule,
            "stage": self.stage and self.stage.value,
            "better": self.better,
            "worse": self.worse,
            "same": self.same,
            "unknown": self.unknown,
            "before": self.before,
            "after": self.after,
            "unit": self.unit.value,
        }


@attrs.frozen(kw_only=True)
class SchoolPull:
    """
    What one section has to do with a coefficient's move.

    Args:
        entity: ``<school code>/<stage>``.

        name: The school's name.

        before: Its indicator of then; None where it was no member.

        after: Its indicator of now; None where it is none.

        part: Its part in the change of the square of the coefficient, below 0 where
            it brought it down. The parts of all sections add up to that change.

    >>> from eduequity.ledger import SchoolPull
    >>> pull = SchoolPull(
    ...     entity="1/primary", name="示例小学", before=4.0, after=4.2, part=-0.01
    ... )
    >>> pull.part < 0  # it brought the coefficient down
    True
    """

    entity: str
    name: str
    before: float | None
    after: float | None
    part: float


@attrs.frozen(kw_only=True)
class CoefficientMove:
    """
    How a coefficient moved, over which schools, and by which.

    Args:
        county: The county's code, as the new assessment has it.

        rule: The rule that limits it.

        label: What the rule is called.

        stage: The stage.

        before: The coefficient of then over its members of then.

        after: The coefficient of now over its members of now.

        before_same: That of then over the members of both alone.

        after_same: That of now over the members of both alone.

        members: How many sections: of then, of now, in both.

        limit: The most that it may be, by the law of the new assessment.

        partial: Whether it is not the whole group's on either side, as a member's
            figure is unknown: two such coefficients say little beside each other.

        pulls: The sections that moved it most, the largest part first; worked out
            when they are looked at.

    >>> import eduequity as ee
    >>> from eduequity.ledger import CoefficientMove
    >>> move = CoefficientMove(
    ...     county="999901",
    ...     rule="resources.cv_teaching_area",
    ...     label=ee.Text("生均教学用房差异系数", "Coefficient of teaching area"),
    ...     stage=ee.Stage.PRIMARY,
    ...     before=0.52,
    ...     after=0.48,
    ...     before_same=0.52,
    ...     after_same=0.48,
    ...     limit=0.5,
    ...     members=(20, 20, 20),
    ...     partial=False,
    ...     pulls=(),
    ... )
    >>> move.same_population, move.sentence("en")
    (True, 'Coefficient of teaching area · primary: 0.52 → 0.48')
    >>> move.to_dict()["after"]
    0.48
    """

    county: str
    rule: str
    label: Text
    stage: Stage
    before: float | None
    after: float | None
    before_same: float | None
    after_same: float | None
    members: tuple[int, int, int]
    limit: float | None
    partial: bool
    pulls: Sequence[SchoolPull]

    @property
    def same_population(self) -> bool:
        """Whether it is over the same sections on both sides, all of them known."""
        return len(set(self.members)) == 1 and not self.partial

    def sentence(self, lang: str = "zh", *, most: int = 3) -> str:
        """
        Say it on one line, with what differs in the population.

        Args:
            lang: ``zh``, or English for anything else.

            most: How many schools are named.
        """
        zh = lang == "zh"
        head = f"{self.label.get(lang)} · {self.stage.label.get(lang)}"
        said = f"{figure(self.before, 3)} → {figure(self.after, 3)}"
        if not self.same_population:
            old, new, both = self.members
            said += (
                f"（学校不同：原 {old}、现 {new}、共有 {both}；共有学校 "
                f"{figure(self.before_same, 3)} → {figure(self.after_same, 3)}"
                if zh
                else f" (not the same schools: {old} then, {new} now, {both} in both; "
                f"over those {figure(self.before_same, 3)} → "
                f"{figure(self.after_same, 3)}"
            )
            if self.partial:
                said += "；有学校数据缺失" if zh else "; figures of some are missing"
            said += "）" if zh else ")"
        pulls = ("、" if zh else ", ").join(
            f"{each.name} {each.part:+.4f}" for each in self.pulls[:most]
        )
        if pulls:
            said += f"；主要来自 {pulls}" if zh else f"; mostly by {pulls}"
        return f"{head}{'：' if zh else ': '}{said}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "county": self.county,
            "rule": self.rule,
            "stage": self.stage.value,
            "before": self.before,
            "after": self.after,
            "before_same": self.before_same,
            "after_same": self.after_same,
            "limit": self.limit,
            "unit": Unit.RATIO.value,
            "members": list(self.members),
            "partial": self.partial,
            "pulls": [attrs.asdict(each) for each in self.pulls],
        }


# -- indicators ------------------------------------------------------------------------


def _works(old: Assessment, new: Assessment) -> tuple[Workspace, Workspace]:
    """Return the columns of both sides under the new law, with its formulas."""
    before, after = (
        Workspace(facts, new.law, new.indicators, "")
        for facts in (old.facts, new.facts)
    )
    return before, after


def indicators(
    old: Assessment, new: Assessment, population: Population
) -> Iterator[IndicatorMove]:
    """Yield how the indicators of the rules with a threshold moved."""
    works = _works(old, new)
    pairs = {
        Scope.SECTION: population.sections,
        Scope.SCHOOL: population.schools,
        Scope.COUNTY: population.counties,
    }
    for name, (home, rule) in new.law.rules.items():
        if isinstance(rule, Threshold) and not home and rule.scope in pairs:
            yield from _indicator(works, name, rule, pairs[rule.scope])


def _indicator(
    works: tuple[Workspace, Workspace], name: str, rule: Threshold, pairs: Pairs
) -> Iterator[IndicatorMove]:
    section = rule.scope is Scope.SECTION
    for stage in STAGES if section else (None,):
        rows = pairs
        if stage is not None:
            at = np.flatnonzero(works[0].facts.section_stage[pairs.old] == stage.rank)
            rows = Pairs(pairs.old[at], pairs.new[at])
        rows = _asked(works, rule, rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = [
                point(work.at(rule.scope)[rule.indicator])[at]
                for work, at in zip(works, rows, strict=True)
            ]
        if len(rows.old):
            yield _moved(works, name, rule, rows, values, stage)


def _asked(works: tuple[Workspace, Workspace], rule: Threshold, pairs: Pairs) -> Pairs:
    """Return the units that the rule is surely about on both sides."""
    members = [work.at(rule.scope).match(rule.population).sure for work in works]
    keep = members[0][pairs.old] & members[1][pairs.new]
    return Pairs(pairs.old[keep], pairs.new[keep])


def _moved(
    works: tuple[Workspace, Workspace],
    name: str,
    rule: Threshold,
    rows: Pairs,
    values: list[Floats],
    stage: Stage | None,
) -> IndicatorMove:
    before, after = values
    known = np.isfinite(before) & np.isfinite(after)
    x, y = before[known], after[known]
    still = np.abs(y - x) <= _SLACK * np.maximum(np.abs(x), np.abs(y))
    rising = int(((y > x) & ~still).sum())
    falling = int(len(x) - still.sum()) - rising
    up = rule.operator[0] == ">"
    means = [
        _mean(work, value[known], at[known], weighted=stage is not None)
        for work, value, at in zip(works, values, rows, strict=True)
    ]
    made = works[1].indicators.get(rule.indicator)
    field = works[1].field(rule.indicator)
    unit = made.unit if made else (field and field.unit) or Unit.COUNT
    return IndicatorMove(
        rule=name,
        label=rule.label,
        stage=stage,
        better=rising if up else falling,
        worse=falling if up else rising,
        same=int(still.sum()),
        unknown=int(len(known) - known.sum()),
        before=means[0],
        after=means[1],
        unit=unit,
    )


def _mean(
    work: Workspace, value: Floats, rows: Index, *, weighted: bool
) -> float | None:
    if not len(value):
        return None
    if not weighted:
        return float(value.mean())
    pupils = work.facts.sections.numbers("pupils")[rows]
    there = pupils > 0
    return measures.weighted_mean(value[there], pupils[there]) if there.any() else None


# -- coefficients ----------------------------------------------------------------------


def coefficients(
    old: Assessment, new: Assessment, population: Population
) -> Iterator[CoefficientMove]:
    """Yield how the coefficients of the counties in both moved."""
    works = _works(old, new)
    to = np.full(old.facts.sections.size, -1, dtype=np.intp)
    to[population.sections.old] = population.sections.new
    for name, (home, rule) in new.law.rules.items():
        if isinstance(rule, Dispersion) and not home:
            yield from _coefficients(works, name, rule, population, to)


def _coefficients(
    works: tuple[Workspace, Workspace],
    name: str,
    rule: Dispersion,
    population: Population,
    to: Index,
) -> Iterator[CoefficientMove]:
    sides = [_Side(work, name, rule) for work in works]
    both = sides[0].members & (to >= 0)
    both[both] = sides[1].members[to[both]]
    kept = np.zeros(len(sides[1].members), dtype=np.bool_)
    kept[to[both]] = True
    before, after = (side.coefficients(side.members) for side in sides)
    before_same, after_same = (
        side.coefficients(there)
        for side, there in zip(sides, (both, kept), strict=True)
    )
    members = [side.counted(side.members) for side in sides]
    shared = sides[0].counted(both)
    codes = works[1].facts.codes
    for old, new in zip(*(each.tolist() for each in population.counties), strict=True):
        for stage in STAGES:
            at, now = (len(STAGES) * row + stage.rank for row in (old, new))
            if not (members[0][at] or members[1][now]):
                continue
            yield CoefficientMove(
                county=codes[new],
                rule=name,
                label=rule.label,
                stage=stage,
                before=_number(before[at]),
                after=_number(after[now]),
                before_same=_number(before_same[at]),
                after_same=_number(after_same[now]),
                members=(members[0][at], members[1][now], shared[at]),
                limit=_number(sides[1].limit[now]),
                partial=bool(sides[0].partial[at] or sides[1].partial[now]),
                pulls=_Pulls(sides, (at, now), to),
            )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


class _Pulls(Sequence[SchoolPull]):
    """The sections that moved a coefficient, worked out when somebody looks."""

    def __init__(self, sides: list[_Side], groups: tuple[int, int], to: Index) -> None:
        self._of = sides, groups, to

    @cached_property
    def _found(self) -> tuple[SchoolPull, ...]:
        sides, groups, to = self._of
        parts = [side.group(at) for side, at in zip(sides, groups, strict=True)]
        return tuple(_pulls(sides, parts, to))

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, at: Any) -> Any:
        return self._found[at]


@attrs.frozen(eq=False)
class _Group:
    """The members of one coefficient on one side."""

    rows: Index
    value: Floats
    weight: Floats

    @property
    def parts(self) -> Floats:
        """Return what every member adds to the square of the coefficient."""
        if not len(self.rows) or not self.weight.sum():
            return np.zeros(len(self.rows))
        mean = measures.weighted_mean(self.value, self.weight)
        if not mean:
            return np.zeros(len(self.rows))
        share = self.weight / self.weight.sum()
        squares: Floats = share * (self.value / mean - 1) ** 2
        return squares


class _Side:
    """A coefficient's columns on one side."""

    def __init__(self, work: Workspace, name: str, rule: Rule) -> None:
        assert isinstance(rule, Dispersion)
        self.facts = work.facts
        judged = judge(work, name, rule)
        assert judged.members is not None
        self.members = judged.members
        assert judged.limit is not None
        self.limit = judged.limit.low
        with np.errstate(divide="ignore", invalid="ignore"):
            self.value = point(work.section[rule.indicator])
            self.weight = point(work.section[rule.weight])
        possible = work.section.match(rule.population).possible
        self.partial = np.array(self.counted(possible & ~self.members)) > 0
        self.codes, self.names = (
            work.facts.schools.words(name) for name in ("code", "name")
        )

    def coefficients(self, rows: Flags) -> Floats:
        """Return the coefficients of the groups over some of their sections."""
        value, weight = (
            np.where(rows, each, 0.0) for each in (self.value, self.weight)
        )
        starts = self.facts.group_starts[:-1]
        return measures.coefficient_of_variation_by(value, weight, starts)

    def counted(self, rows: Flags) -> list[int]:
        """Count some of the sections group by group."""
        groups = len(self.facts.group_starts) - 1
        counts = np.bincount(self.facts.section_group[rows], minlength=groups)
        found: list[int] = counts.tolist()
        return found

    def group(self, at: int) -> _Group:
        first, last = self.facts.group_starts[at : at + 2]
        rows = np.arange(first, last)[self.members[first:last]]
        return _Group(rows, self.value[rows], self.weight[rows])

    def named(self, row: int) -> tuple[str, str]:
        school = int(self.facts.section_school[row])
        code = str(self.codes[school])
        stage = STAGES[self.facts.section_stage[row]].value
        return f"{code}/{stage}", str(self.names[school] or code)


def _pulls(sides: list[_Side], parts: list[_Group], to: Index) -> Iterator[SchoolPull]:
    """Yield the sections by their part in the change, the largest first."""
    before, after = parts
    # Every row of then with its row of now (-1: gone), then the rows of now alone.
    at = np.searchsorted(after.rows, to[before.rows])
    at[at == len(after.rows)] = 0
    there = (
        after.rows[at] == to[before.rows]
        if len(after.rows)
        else np.zeros(len(before.rows), dtype=np.bool_)
    )
    fresh = np.ones(len(after.rows), dtype=np.bool_)
    fresh[at[there]] = False
    gained = -before.parts
    gained[there] += after.parts[at[there]]
    alone = np.flatnonzero(fresh)
    moved = np.concatenate([gained, after.parts[alone]])
    for nth in np.argsort(-np.abs(moved), kind="stable")[:_MOST_PULLS].tolist():
        if not moved[nth]:
            break
        then = now = None
        if nth < len(gained):
            entity, name = sides[0].named(int(before.rows[nth]))
            then = float(before.value[nth])
            now = float(after.value[at[nth]]) if there[nth] else None
        else:
            place = alone[nth - len(gained)]
            entity, name = sides[1].named(int(after.rows[place]))
            now = float(after.value[place])
        yield SchoolPull(
            entity=entity, name=name, before=then, after=now, part=float(moved[nth])
        )
