"""
What a plan can move in one county, and what its rules ask of it, as whole numbers.

Every requirement of a quorum becomes the least whole amount of one cell that meets
it, found by asking the judges; every coefficient becomes values that are linear in
the cells. So the optimiser never compares floats with thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine import Assessment, Workspace, compare, judge, point
from eduequity.errors import InputError, Problem
from eduequity.facts import STAGES, Facts, Floats, Frame
from eduequity.indicators import Bounds
from eduequity.model import Field
from eduequity.rules import Dispersion, Quorum, Rule, Threshold
from eduequity.vocab import Unit, Verdict


__all__ = ["Asked", "Cone", "CountyModel", "Lever"]

Whole: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.intp]

_QUANTITIES = (
    Unit.TEACHERS,
    Unit.PERSONS,
    Unit.ROOMS,
    Unit.DEVICES,
    Unit.BOOKS,
    Unit.M2,
    Unit.YUAN,
)
"""What can be hired, built or bought."""

_BUMP = float(2**20)
_ROUNDS = 64


@attrs.frozen(eq=False, kw_only=True)
class Lever:
    """
    One indicator, and the column whose cells raise it.

    Args:
        indicator: The indicator.

        column: The column.

        table: ``sections`` or ``schools``.

        field: The column's declaration.

        cell: For every section the cell's place among all cells of the programme.

        value: Every section's value as it is; the lower bound where it has two.

        slope: How much one unit more adds to it.
    """

    indicator: str
    column: str
    table: str
    field: Field
    cell: Rows
    value: Floats
    slope: Floats

    @property
    def rotates(self) -> bool:
        """Whether the quantity can move from school to school: teachers can."""
        return self.table == "sections" and self.field.unit in (
            Unit.TEACHERS,
            Unit.PERSONS,
        )


@attrs.frozen(eq=False, kw_only=True)
class Asked:
    """
    What a quorum asks of one indicator, section by section.

    Args:
        rule: The component's rule.

        lever: Its lever.

        rows: The sections.

        full: The least amount to add that meets the threshold; below 0 where so much
            may be taken away.

        floor: The same for the floor of the one indicator that may stay missed.
    """

    rule: str
    lever: Lever
    rows: Rows
    full: Whole
    floor: Whole


@attrs.frozen(eq=False, kw_only=True)
class Cone:
    """
    One coefficient of one stage: ``‖√w (x − mean)‖ ≤ limit · mean``.

    Args:
        rule: Its rule.

        stage: The rank of the stage.

        lever: Its lever.

        rows: The sections.

        weight: Their shares of the pupils; they add up to 1.

        limit: The most that the coefficient may be.
    """

    rule: str
    stage: int
    lever: Lever
    rows: Rows
    weight: Floats
    limit: float


class CountyModel:
    """
    One county at one level of the law, as a programme in whole numbers.

    Args:
        assessment: The result of the one county.

        area: The level: the code of the nation, a province, a city or the county.
    """

    def __init__(self, assessment: Assessment, area: str) -> None:
        self.assessment = assessment
        self.area = area
        self.facts = assessment.facts
        self.law = assessment.law
        self.levers: dict[str, Lever] = {}
        self.cells: list[tuple[str, str, int]] = []
        self.work = self.at(self.facts)
        self.quorums = dict(self._rules(Quorum))
        self.coefficients = dict(self._rules(Dispersion))
        self._refuse_unknown()
        self.allowed: dict[str, Whole] = {}
        self.asked = {name: self._asked(name) for name in self.quorums}
        self.cones = [each for name in self.coefficients for each in self._cones(name)]

    def at(self, facts: Facts) -> Workspace:
        """Return facts at work under the law of this level."""
        return Workspace(facts, self.law, self.assessment.indicators, self.area)

    def _rules(self, kind: type[Rule]) -> Iterator[tuple[str, Rule]]:
        for name, (_, rule) in self.law.rules.items():
            local = name.partition(".")[0].isdigit()
            if isinstance(rule, kind) and not rule.component and not local:
                yield name, rule

    def unmet(
        self, facts: Facts, more: Mapping[str, Rule] | None = None
    ) -> list[tuple[str, int]]:
        """Return what the judges say is not met: rules with sections, or stages."""
        work = self.at(facts)
        return [
            (name, int(unit))
            for name, rule in {
                **self.quorums,
                **self.coefficients,
                **(more or {}),
            }.items()
            for unit in np.flatnonzero(judge(work, name, rule).verdicts > _MET)
        ]

    # -- what is unknown cannot be planned ---------------------------------------------

    def _refuse_unknown(self) -> None:
        problems = []
        for name, quorum in self.quorums.items():
            assert isinstance(quorum, Quorum)
            head = name.rpartition(".")[0]
            member = self.work.section.match(quorum.population)
            rows = np.flatnonzero(member.possible & ~member.sure)
            problems += [self._unknown(int(row), quorum) for row in rows]
            for part in quorum.of:
                rule = self.law.rules[f"{head}.{part}"][1]
                judged = judge(self.work, f"{head}.{part}", rule)
                found = member.sure & (judged.verdicts == _UNKNOWN)
                rows = np.flatnonzero(found)
                problems += [self._unknown(int(row), rule) for row in rows]
        if not problems:
            for name, rule in self.coefficients.items():
                for group in np.flatnonzero(
                    judge(self.work, name, rule).verdicts == _UNKNOWN
                ):
                    stage = STAGES[int(group) % len(STAGES)].label
                    problems.append(
                        Problem(
                            code="unknown-evidence",
                            sheet=stage.zh,
                            zh=f"{rule.label.zh} 证据不足："
                            "区县填报的学校、班级或学生多于明细",
                            en=f"{rule.label.en}: unknown, as the county states more "
                            "schools, classes or pupils than the rows hold",
                        )
                    )
        if problems:
            raise InputError(problems)
        if not self.quorums and not self.coefficients:
            raise InputError(
                [
                    Problem(
                        code="nothing-to-plan",
                        zh="该评估项目没有可以优化的规则（指标达标或差异系数）",
                        en="the programme has no quorum or coefficient to plan for",
                    )
                ]
            )

    def _unknown(self, row: int, rule: Rule) -> Problem:
        return Problem(
            code="unknown-evidence",
            sheet=self.entity("sections", row),
            zh=f"{rule.label.zh} 证据不足，无法规划；请先补齐数据",
            en=f"{rule.label.en}: unknown, so no plan can be made; fill in the data",
        )

    # -- names -------------------------------------------------------------------------

    def entity(self, table: str, row: int) -> str:
        """Return a school's code, or ``<school code>/<stage>``."""
        facts = self.facts
        if table == "sections":
            code = facts.schools.words("code")[facts.section_school[row]]
            return f"{code}/{STAGES[facts.section_stage[row]].value}"
        return str(facts.schools.words("code")[row])

    @cached_property
    def amounts(self) -> Floats:
        """What every cell holds now."""
        frames: Mapping[str, Frame] = {
            "sections": self.facts.sections,
            "schools": self.facts.schools,
        }
        return np.array([frames[t].numbers(c)[row] for t, c, row in self.cells])

    # -- levers ------------------------------------------------------------------------

    def _lever(self, indicator: str) -> Lever:
        found = self.levers.get(indicator)
        if found is None:
            found = self.levers[indicator] = self._new_lever(indicator)
        return found

    def _new_lever(self, indicator: str) -> Lever:
        value = self._values(self.facts, indicator)
        for column in dict.fromkeys(self.work.leaves(indicator)):
            field = self.work.field(column)
            if field is None or field.table != "schools":
                continue
            if field.unit not in _QUANTITIES or field.type not in ("integer", "number"):
                continue
            table = "sections" if column in self.facts.section_fields else "schools"
            frame: Frame = getattr(self.facts, table)
            more = self._edited(table, column, np.full(frame.size, _BUMP))
            slope = (self._values(more, indicator) - value) / _BUMP
            known = slope[~np.isnan(slope)]
            if len(known) and (known > 0).all():
                owner = (
                    np.arange(frame.size)
                    if table == "sections"
                    else self.facts.section_school
                )
                first = self._cells_of(table, column, frame.size)
                return Lever(
                    indicator=indicator,
                    column=column,
                    table=table,
                    field=field,
                    cell=first + owner,
                    value=value,
                    slope=slope,
                )
        raise InputError(
            [
                Problem(
                    code="no-lever",
                    sheet=indicator,
                    zh="没有可以增加的量",
                    en="has no quantity that could be raised",
                )
            ]
        )

    def _cells_of(self, table: str, column: str, size: int) -> int:
        """Return the first of a column's cells; two indicators may share them."""
        for at, (of, name, row) in enumerate(self.cells):
            if (of, name, row) == (table, column, 0):
                return at
        first = len(self.cells)
        self.cells += [(table, column, row) for row in range(size)]
        return first

    def _edited(self, table: str, column: str, more: Floats) -> Facts:
        frame: Frame = getattr(self.facts, table)
        cells = np.round(frame.numbers(column) + more, 2)
        made = Frame(frame.size, {**frame.stored, column: cells})
        if table == "sections":
            return attrs.evolve(self.facts, sections=made)
        return attrs.evolve(self.facts, schools=made)

    def _values(self, facts: Facts, indicator: str) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = self.at(facts).section[indicator]
        low: Floats = value.low if isinstance(value, Bounds) else point(value)
        return low

    # -- what is asked -----------------------------------------------------------------

    def _asked(self, name: str) -> list[Asked]:
        rule = self.quorums[name]
        assert isinstance(rule, Quorum)
        head = name.rpartition(".")[0]
        rows = np.flatnonzero(self.work.section.match(rule.population).sure)
        minimum = self.work.section.limit(rule.minimum).low[rows]
        share = self.work.section.limit(rule.floor).low[rows]
        self.allowed[name] = (len(rule.of) - minimum).astype(np.int64)
        asked = []
        for part in rule.of:
            each = self.law.rules[f"{head}.{part}"][1]
            assert isinstance(each, Threshold)
            judged = judge(self.work, f"{head}.{part}", each)
            assert judged.limit is not None
            lever = self._lever(each.indicator)
            limit = judged.limit.low[rows]
            asked.append(
                Asked(
                    rule=f"{head}.{part}",
                    lever=lever,
                    rows=rows,
                    full=self._least(lever, rows, each.operator, limit),
                    floor=self._least(lever, rows, each.operator, limit * share),
                )
            )
        return asked

    def _least(self, lever: Lever, rows: Rows, operator: str, limit: Floats) -> Whole:
        """Return the least whole amounts that the judges find enough."""
        frame: Frame = getattr(self.facts, lever.table)
        owner = rows if lever.table == "sections" else self.facts.section_school[rows]
        held = frame.numbers(lever.column)[owner]
        lowest = -np.floor(held) if lever.rotates else np.zeros(len(rows))
        steps = np.ceil((limit - lever.value[rows]) / lever.slope[rows] - 0.5)
        steps = np.maximum(steps, lowest)

        def enough(amount: Floats) -> npt.NDArray[np.bool_]:
            met = np.zeros(len(rows), dtype=np.bool_)
            for rank in range(len(STAGES)):  # the stages of a school share its cells
                at = self.facts.section_stage[rows] == rank
                more = np.zeros(frame.size)
                more[owner[at]] = amount[at]
                made = self._values(
                    self._edited(lever.table, lever.column, more), lever.indicator
                )
                met[at] = compare(made[rows[at]], operator, limit[at])
            return met

        for _ in range(_ROUNDS):
            short = ~enough(steps)
            spare = ~short & (steps > lowest)
            spare[spare] = enough(steps - 1)[spare]
            if not short.any() and not spare.any():
                return steps.astype(np.int64)
            steps = steps + short - spare
        raise AssertionError("an indicator is not linear in its column")

    def _cones(self, name: str) -> Iterator[Cone]:
        rule = self.coefficients[name]
        assert isinstance(rule, Dispersion)
        judged = judge(self.work, name, rule)
        assert judged.members is not None
        assert judged.limit is not None
        weight = point(self.work.section[rule.weight])
        for rank in range(len(STAGES)):
            at = judged.members & (self.facts.section_stage == rank) & (weight > 0)
            rows = np.flatnonzero(at)
            limit = float(judged.limit.low[rank])
            if len(rows) > 1 and not np.isnan(limit):
                yield Cone(
                    rule=name,
                    stage=rank,
                    lever=self._lever(rule.indicator),
                    rows=rows,
                    weight=weight[rows] / weight[rows].sum(),
                    limit=limit,
                )


_MET, _UNKNOWN = Verdict.MET.rank, Verdict.UNKNOWN.rank
