"""
The plan: the cheapest whole changes after which the rules of resources are met.

What the optimiser proposes is carried out on a copy of the facts and judged again by
the engine; only then is it called a plan that meets the rules.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import attrs
import numpy as np

from eduequity.engine import (
    Assessment,
    Change,
    figure,
    hand_over,
    origin,
    plain,
    unit_label,
)
from eduequity.errors import InputError, Problem, UnknownNameError, joined
from eduequity.facts import STAGES, Amend, Facts, Move
from eduequity.planning._beside import (
    Beside,
    beside,
    columns_of,
    refuse_unknown,
    rules_of,
)
from eduequity.planning._county import CountyModel
from eduequity.planning._programme import Answer, Budget, Programme, Status
from eduequity.vocab import Text, Unit


__all__ = ["LeftOut", "Plan", "Price", "Rotation", "Total", "make_plan"]

SCHEMA = "eduequity/plan/1"
MOVE = "rotate"
"""The name under which the moving of a teacher has its cost and its bound."""

_LEVELS = {"nation": 0, "province": 2, "city": 4, "county": 6}


@attrs.frozen(kw_only=True)
class Total:
    """
    What a plan asks of one quantity in all.

    Args:
        column: The column, or ``rotate`` for teachers who move.

        label: Its name.

        unit: Its unit.

        amount: How much in all.

        unit_cost: What one costs.

        cost: What all cost.

    >>> import eduequity as ee
    >>> from eduequity.planning import Total
    >>> total = Total(
    ...     column="backbone_teachers",
    ...     label=ee.Text("县级以上骨干教师数", "Backbone teachers"),
    ...     unit=ee.Unit.TEACHERS,
    ...     amount=3,
    ...     unit_cost=80_000.0,
    ...     cost=240_000.0,
    ... )
    >>> total.cost == total.amount * total.unit_cost
    True
    """

    column: str
    label: Text
    unit: Unit
    amount: int
    unit_cost: float
    cost: float


@attrs.frozen(kw_only=True)
class Price:
    """
    What one rule costs: the saving if it were waived and all others held.

    Args:
        rule: The rule.

        stage: ``primary`` or ``junior`` for a coefficient, else "".

        label: Its name.

        saving: At least so much of the plan's cost falls away without it.

        most: The saving is proven to be at most this.

    >>> import eduequity as ee
    >>> from eduequity.planning import Price
    >>> price = Price(
    ...     rule="resources.cv_backbone_teachers",
    ...     stage="primary",
    ...     label=ee.Text("差异系数", "coefficient"),
    ...     saving=80_000.0,
    ...     most=90_000.0,
    ... )
    >>> price.saving <= price.most
    True
    """

    rule: str
    stage: str
    label: Text
    saving: float
    most: float


@attrs.frozen(kw_only=True)
class Rotation:
    """
    How far moving teachers alone can go, without hiring anybody.

    Args:
        moves: Who moves from where to where; no school falls below what is asked.

        before: How many sections and coefficients are unmet as it is.

        after: How many are left.

        moved: How many teachers move.

        backbone: How many of them are counted as backbone teachers.

        eligible: The county's teachers who are due to rotate; None where blank.

        proven: Whether nothing goes further; else it is the best found in the time.

    >>> from eduequity.planning import Rotation
    >>> rotation = Rotation(
    ...     moves=(),
    ...     before=4,
    ...     after=3,
    ...     moved=120,
    ...     backbone=30,
    ...     eligible=1200.0,
    ...     proven=True,
    ... )
    >>> rotation.share, rotation.backbone_share  # 120 / 1200 and 30 / 120
    (0.1, 0.25)
    >>> next(rotation.lines("en"))
    'Rotation alone: unmet sections and coefficients from 4 to 3, moving 120 teachers'
    >>> rotation.to_dict()["moved"]
    120
    """

    moves: tuple[Move, ...]
    before: int
    after: int
    moved: int
    backbone: int
    eligible: float | None
    proven: bool

    @property
    def share(self) -> float | None:
        """The share of those eligible who move, a fraction: 10 % a year are asked."""
        return self.moved / self.eligible if self.eligible else None

    @property
    def backbone_share(self) -> float | None:
        """
        The share of backbone teachers among those who move: 20 % are asked (表Ⅳ-11).
        """
        return self.backbone / self.moved if self.moved else None

    def lines(self, lang: str = "zh") -> Iterator[str]:
        """
        Yield what to say of it.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        yield (
            f"只交流、不新增：未达标的学段和差异系数由 {self.before} 项减到 "
            f"{self.after} 项，交流 {self.moved} 人"
            if zh
            else f"Rotation alone: unmet sections and coefficients from {self.before} "
            f"to {self.after}, moving {self.moved} teachers"
        )
        if not self.proven:
            yield (
                "这是限时内找到的最好结果，未证明不能更好；可加大 --seconds"
                if zh
                else "the best found in the time, not proven; --seconds gives it more"
            )
        if self.moved:
            share, part = self.share, self.backbone_share or 0.0
            known = "—" if share is None else f"{figure(100 * share, 1)}%"
            yield (
                f"占符合交流条件教师 {known}（每年应不低于10%）；其中骨干教师占 "
                f"{figure(100 * part, 1)}%（应不低于20%）"
                if zh
                else f"{known} of the eligible teachers (10% a year are asked); "
                f"{figure(100 * part, 1)}% of them backbone teachers (20% are asked)"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "moves": [attrs.asdict(each) for each in self.moves],
            "before": self.before,
            "after": self.after,
            "moved": self.moved,
            "backbone": self.backbone,
            "eligible": self.eligible,
            "share": self.share,
            "backbone_share": self.backbone_share,
            "proven": self.proven,
        }


@attrs.frozen(kw_only=True)
class LeftOut:
    """
    A requirement that is unmet after the plan, as the plan is not about it.

    Args:
        rule: The rule.

        label: Its name.

        units: How many schools, sections or items are unmet.

    >>> import eduequity as ee
    >>> from eduequity.planning import LeftOut
    >>> text = ee.Text("班额", "Class size")
    >>> LeftOut(rule="government.class_size", label=text, units=3).units
    3
    """

    rule: str
    label: Text
    units: int


@attrs.frozen(eq=False, kw_only=True)
class Plan:
    """
    The cheapest whole changes that meet the rules of resources, or why there are none.

    Args:
        county: The county's code.

        name: Its name.

        status: ``optimal`` (to within the gap asked for), ``feasible`` (the time was
            up; *gap* is proven), ``infeasible`` (proven: no whole changes within the
            bounds suffice) or ``unsolved`` (nothing is proven).

        changes: What is hired, built or bought, school by school.

        moves: The teachers who move.

        cost: What it costs, in the units of the unit costs.

        bound: What every plan costs at least.

        totals: The totals by quantity.

        rotation: How far moving teachers alone can go; None where that was not asked.

        before: The result as it is.

        after: The result of the planned facts, judged by the engine; None without a
            plan.

        unmet: The rules of resources that the engine finds unmet after the plan; empty
            where the plan holds.

        assumptions: What was assumed, to be read beside the plan.

        left_out: What is unmet after it because it is not planned: at the level asked
            for, as it is where there is no plan.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> plan = ee.plan(result, rotation=False, gap=0.05, seconds=120)
    >>> plan.feasible, plan.unmet, plan.gap <= 0.05
    (True, (), True)
    >>> plan.facts is plan.after.facts
    True
    >>> len(list(plan.rows())) == len(plan.changes)
    True
    >>> next(plan.lines("zh", prices=False))
    '示例县(合成数据)  999901'
    >>> plan.to_dict(prices=False)["schema"]
    'eduequity/plan/1'

    >>> plan.assessment is result, plan.label.zh != ""
    (True, True)
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     plan.write(Path(folder, "plan.xlsx"), lang="zh")
    ...     [path.name for path in Path(folder).iterdir()]
    ['plan.xlsx']
    """

    county: str
    name: str
    status: Status
    changes: tuple[Change, ...]
    moves: tuple[Move, ...]
    cost: float
    bound: float
    totals: tuple[Total, ...]
    rotation: Rotation | None
    before: Assessment = attrs.field(repr=False)
    after: Assessment | None = attrs.field(repr=False)
    unmet: tuple[str, ...]
    assumptions: tuple[Text, ...]
    _pricing: _Pricing | None = attrs.field(repr=False, alias="pricing")
    left_out: tuple[LeftOut, ...] = ()

    @property
    def assessment(self) -> Assessment:
        """The result that it is made from: the county as it is."""
        return self.before

    @property
    def feasible(self) -> bool:
        """Whether there is a plan, and the engine finds that it meets the rules."""
        return self.after is not None and not self.unmet

    @property
    def label(self) -> Text:
        """The status in words."""
        return _STATUS[self.status]

    @property
    def gap(self) -> float:
        """How far the cost is above what is proven to be needed at least, relative."""
        if not math.isfinite(self.cost):
            return math.inf
        return (self.cost - self.bound) / self.cost if self.cost else 0.0

    @property
    def facts(self) -> Facts:
        """The planned facts; those as they are where there is no plan."""
        return (self.after or self.before).facts

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """
        The binding rules, the dearest first: what each costs.

        A rule that could be waived without any saving is left out. Each is a programme
        of its own, solved when this is first asked for.
        """
        return () if self._pricing is None else self._pricing.prices()

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the table per school: one row a change or a move."""
        labels = {each.name: each.label for each in self.facts.fields["schools"]}
        names = dict(zip(*map(self.facts.schools.words, ("code", "name")), strict=True))
        for each in self.changes:
            yield {
                "entity": each.entity,
                "zh": each.sentence("zh"),
                "en": each.sentence("en"),
                "column": each.column,
                "amount": each.amount,
            }
        for move in self.moves:
            label = labels[move.column]
            ends = [_section(names, each) for each in (move.source, move.target)]
            way = {
                lang: " → ".join(each.get(lang) for each in ends)
                for lang in ("zh", "en")
            }
            yield {
                "entity": move.source,
                "zh": f"{way['zh']}：{label.zh} 交流 {move.amount:g}人",
                "en": f"{way['en']}: {label.en}, {move.amount:g} move",
                "column": move.column,
                "amount": -move.amount,
            }

    def lines(self, lang: str = "zh", *, prices: bool = True) -> Iterator[str]:
        """
        Yield the plan as lines to read.

        Args:
            lang: ``zh``, or English for anything else.

            prices: Whether the prices of rules are worked out and shown.
        """
        zh = lang == "zh"
        yield f"{self.name}  {self.county}"
        if self.rotation is not None:
            yield from self.rotation.lines(lang)
        yield self.label.get(lang)
        if self.after is not None:
            yield from self._plan_lines(lang)
            if prices:
                yield from self._price_lines(lang)
        if self.left_out:
            yield (
                "未列入规划、仍未达标："
                if zh
                else "Not planned, and unmet still (requirement: how many units):"
            )
        for out in self.left_out:
            colon = "：" if zh else ": "
            yield f"  {out.label.get(lang)}{colon}{out.units}  {out.rule}"
        yield "假定：" if zh else "Assumed:"
        for each in self.assumptions:
            yield f"  {each.get(lang)}"

    def _plan_lines(self, lang: str) -> Iterator[str]:
        zh = lang == "zh"
        for row in self.rows():
            yield f"  {row[lang]}"
        yield "合计：" if zh else "In all:"
        for total in self.totals:
            unit = unit_label(total.unit, lang)
            yield (
                f"  {total.label.get(lang)} {total.amount:,}{unit} × "
                f"{total.unit_cost:g} = {_sum(total.cost)}"
            )
        yield (
            f"  总成本 {_sum(self.cost)}，已证明至少需要 {_sum(self.bound)}"
            f"（差距 {figure(100 * self.gap, 2)}%）"
            if zh
            else f"  cost {_sum(self.cost)}; proven to need at least "
            f"{_sum(self.bound)} (gap {figure(100 * self.gap, 2)}%)"
        )
        yield (
            ("按规划后的数据重新评估：学段达标与差异系数全部达标" if zh else _HOLDS)
            if not self.unmet
            else ("重新评估后仍未达标：" if zh else "Still unmet when judged again: ")
            + ", ".join(self.unmet)
        )

    def _price_lines(self, lang: str) -> Iterator[str]:
        zh = lang == "zh"
        yield (
            "起作用的规则（免去后可省）：" if zh else "Binding rules (saved if waived):"
        )
        for price in self.prices:
            stage = _STAGE_LABELS.get(price.stage)
            named = f"{price.label.get(lang)}{f' {stage.get(lang)}' if stage else ''}"
            yield f"  {_sum(price.saving)}  {named}  {price.rule}"
        if not self.prices:
            yield "  —"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_dict(self, *, prices: bool = True) -> dict[str, Any]:
        """
        Return the plan as plain data (schema ``eduequity/plan/1``).

        Args:
            prices: Whether the prices of rules are worked out and listed.
        """
        told = {
            "schema": SCHEMA,
            "assessment": origin(self.assessment),
            "county": self.county,
            "name": self.name,
            "status": self.status,
            "feasible": self.feasible,
            "cost": self.cost,
            "bound": self.bound,
            "gap": self.gap,
            "changes": [each.to_dict() for each in self.changes],
            "moves": [attrs.asdict(each) for each in self.moves],
            "totals": [
                {**attrs.asdict(each), "unit": each.unit.value} for each in self.totals
            ],
            "unmet": list(self.unmet),
            "rotation": None if self.rotation is None else self.rotation.to_dict(),
            "prices": [attrs.asdict(each) for each in self.prices] if prices else None,
            "left_out": [attrs.asdict(each) for each in self.left_out],
            "assumptions": [attrs.asdict(each) for each in self.assumptions],
        }
        return dict(plain(told))

    def write(self, path: str | os.PathLike[str], *, lang: str = "zh") -> None:
        """
        Write it into a file, by its suffix.

        Args:
            path: A workbook with charts (``.xlsx``), ``.json``, the HTML report with a
                tab of it (``.html``) or its plot (``.png``, ``.svg``). What stood there
                is replaced at once, or stays as it was.

            lang: ``zh`` or ``en``.

        Raises:
            OutputError: Nobody writes that suffix, or the file cannot be written.

            MissingExtraError: A workbook needs the extra ``excel``, the report
                ``report``, a plot ``charts``.
        """
        hand_over(self, self.assessment, path, lang=lang)


_HOLDS = "Judged again with the planned facts: every section and coefficient is met"
_STAGE_LABELS = {each.value: each.label for each in STAGES}


def _section(names: Mapping[str, str | None], entity: str) -> Text:
    """Name a section by its school's name, or by its code where it has none."""
    code, _, stage = entity.partition("/")
    name, label = names.get(code) or code, _STAGE_LABELS[stage]
    return Text(f"{name}·{label.zh}", f"{name}, {label.en}")


def _sum(cost: float) -> str:
    """
    Write a cost: to six digits, or to the whole number where it has more.

    >>> _sum(345.5), _sum(1923456.78)
    ('345.5', '1,923,457')
    """
    return f"{cost:,.6g}" if abs(cost) < _MILLION else f"{cost:,.0f}"


_MILLION = 1e6

_STATUS = {
    "optimal": Text("最省方案", "The cheapest plan"),
    "feasible": Text(
        "可行方案（时间已到，未证明最省）",
        "A plan (time was up before it was proven best)",
    ),
    "infeasible": Text(
        "在给定上限内没有任何整数方案能达标（已证明）",
        "No whole changes within the bounds suffice (proven)",
    ),
    "unsolved": Text(
        "规定时间内没有找到方案，也没有证明不存在",
        "No plan was found in the time given, and none proven impossible",
    ),
}


# -- making one ------------------------------------------------------------------------


def make_plan(
    assessment: Assessment,
    *,
    costs: Mapping[str, float] | None = None,
    bounds: Mapping[str, float] | None = None,
    rotation: bool = True,
    level: str = "nation",
    seconds: float = 15.0,
    gap: float = 0.0,
    also: Sequence[str] = (),
) -> Plan:
    """
    Plan for the one county of a result; see `eduequity.plan`.

    Args:
        assessment: A result of one county.

        costs: What one more of a column costs; 1 where none is given.

        bounds: The most that may be added of a column, or of one cell.

        rotation: Whether teachers may move between schools.

        level: Whose values: ``nation``, ``province``, ``city`` or ``county``.

        seconds: How long to search for a better plan.

        gap: How far above the proven minimum the cost may be, relative.

        also: ``classes``, ``rooms``: what is planned besides.

    Returns:
        The plan, or the proof that there is none.

    Raises:
        InputError: Evidence is missing, a number cannot be, or there is not one county.

        UnknownNameError: No such level or *also*, or a cost or bound for what is not
            planned.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> from eduequity.planning import make_plan
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> make_plan(result, rotation=False, gap=0.05, seconds=120).unmet
    ()
    """
    if len(assessment) != 1:
        raise _bad("counties", f"应为一个区县，有 {len(assessment)} 个", "one county")
    if level not in _LEVELS:
        raise UnknownNameError("level", level, _LEVELS)
    if not seconds > 0 or not 0 <= gap < 1:
        raise _bad(
            "seconds, gap",
            f"时间 {seconds:g} 应大于0，差距 {gap:g} 应不小于0且小于1",
            f"{seconds:g} seconds above 0 and a gap {gap:g} from 0 to below 1",
        )
    code = assessment.as_area or next(iter(assessment))
    model = CountyModel(assessment, code[: _LEVELS[level]])
    refuse_unknown(model, also)
    given = costs or {}, bounds or {}
    budget = _budget(model, *given, columns_of(also))
    programme = Programme(model, budget, rotation=rotation)
    until = time.monotonic() + seconds
    alone = _rotation(programme, seconds / 8) if rotation else None
    answer = programme.solve(seconds=max(until - time.monotonic(), 0.5), gap=gap)
    return _plan(programme, answer, alone, seconds, _Also(tuple(also), *given))


class _Also(NamedTuple):
    """What is planned besides, at what costs and within what bounds."""

    names: tuple[str, ...]
    costs: Mapping[str, float]
    bounds: Mapping[str, float]


def _bad(place: str, zh: str, en: str) -> InputError:
    return InputError(
        [Problem(code="bad-plan", sheet=place, zh=zh, en=f"expected {en}")]
    )


def _budget(
    model: CountyModel,
    costs: Mapping[str, float],
    bounds: Mapping[str, float],
    also: Sequence[str],
) -> Budget:
    columns = {lever.column for lever in model.levers.values()}
    cells = {
        f"{model.entity(table, row)}.{column}": at
        for at, (table, column, row) in enumerate(model.cells)
    }
    others = {
        f"{model.entity(table, row)}.{column}"
        for column in also
        for table in ("sections" if column == "classes" else "schools",)
        for row in range(getattr(model.facts, table).size)
    }
    wrong = [
        *_wrong_numbers("cost", costs, {MOVE, *columns, *also}),
        *_wrong_numbers("bound", bounds, {MOVE, *columns, *cells, *also, *others}),
    ]
    if wrong:
        raise joined(wrong)
    cost = np.array([float(costs.get(column, 1.0)) for _, column, _ in model.cells])
    most = np.full(len(model.cells), np.inf)
    for name, at in cells.items():
        if name in bounds:
            most[at] = math.floor(bounds[name])
    return Budget(
        cost=cost,
        most=most,
        columns={name: most for name, most in bounds.items() if name in columns},
        move=float(costs.get(MOVE, 1.0)),
        moves=float(bounds.get(MOVE, math.inf)),
    )


def _wrong_numbers(
    what: str, given: Mapping[str, float], known: set[str]
) -> Iterator[tuple[str, InputError | UnknownNameError]]:
    """Yield every name that there is not, and every number that cannot be."""
    word = {"cost": "单价", "bound": "上限"}[what]
    for name, number in given.items():
        if name not in known:
            short = {each for each in known if "." not in each}
            near = known if "." in name else short
            yield name, UnknownNameError(what, name, near)
            continue
        wrong = isinstance(number, bool) or not isinstance(number, int | float)
        if wrong or not 0 <= number < math.inf:
            said = f"{number:g}" if isinstance(number, int | float) else repr(number)
            problem = Problem(
                code=f"bad-{what}",
                sheet=name,
                zh=f"{word} {said}，应为不小于0的数",
                en=f"the {what} is {said}, expected a number of 0 or more",
            )
            yield name, InputError([problem])


def _rotation(programme: Programme, seconds: float) -> Rotation:
    model = programme.model
    answer = programme.solve(seconds=seconds, buying=False, soft=True, gap=1e-4)
    moves = _moves(programme, answer)
    facts = _carried_out(model, (), moves)
    eligible = float(model.facts.counties.numbers("rotation_eligible_teachers")[0])
    return Rotation(
        moves=moves,
        before=len(model.unmet(model.facts)),
        after=len(model.unmet(facts)),
        moved=int(sum(each.amount for each in moves)),
        backbone=int(sum(m.amount for m in moves if m.column == "backbone_teachers")),
        eligible=None if math.isnan(eligible) else eligible,
        proven=answer.status == "optimal",
    )


def _moves(programme: Programme, answer: Answer) -> tuple[Move, ...]:
    """Pair those who leave with those who arrive, stage by stage and kind by kind."""
    model, moves = programme.model, []
    for (column, _), cells in programme.groups.items():
        leaving = [[at, int(answer.left[at])] for at in cells if answer.left[at]]
        for at in cells:
            wanted = int(answer.arrived[at])
            while wanted:
                source = leaving[0]
                taken = min(wanted, source[1])
                wanted, source[1] = wanted - taken, source[1] - taken
                names = [
                    model.entity("sections", model.cells[each][2])
                    for each in (source[0], at)
                ]
                moves.append(Move(float(taken), column, names[0], names[1]))
                if not source[1]:
                    leaving.pop(0)
    return tuple(moves)


def _changes(programme: Programme, answer: Answer) -> tuple[Change, ...]:
    model = programme.model
    rule = next(iter(model.quorums), next(iter(model.coefficients), ""))
    names = model.facts.schools.words("name")
    changes = []
    for at in np.flatnonzero(answer.bought).tolist():
        table, column, row = model.cells[at]
        field = model.work.field(column)
        assert field is not None
        assert field.unit is not None
        school = row if table == "schools" else int(model.facts.section_school[row])
        entity = model.entity(table, row)
        zh = en = str(names[school] or entity)
        if table == "sections":
            stage = STAGES[model.facts.section_stage[row]].label
            zh, en = f"{zh}·{stage.zh}", f"{en}, {stage.en}"
        label = field.label_of(column)
        changes.append(
            Change(
                column=column,
                entity=entity,
                amount=float(answer.bought[at]),
                unit=field.unit,
                label=Text(label.zh.partition("（")[0], label.en.partition(" (")[0]),
                where=Text(zh, en),
                rule=rule,
            )
        )
    return tuple(sorted(changes, key=lambda each: (each.entity, each.column)))


_KINDS = ("above_degree_teachers", "backbone_teachers", "pe_arts_teachers")
_FOLLOW = ("full_time_teachers", "staff", "certified_teachers", "trained_teachers")


def _carried_out(
    model: CountyModel, changes: Sequence[Change], moves: Sequence[Move]
) -> Facts:
    """Return the facts with a plan carried out."""
    facts = model.facts.change(*moves, *changes)
    return facts.change(*_followers(model, facts))


def _followers(model: CountyModel, facts: Facts) -> Iterator[Amend]:
    """Where a kind of teachers outgrows all teachers, those who are new count too."""
    sections = facts.sections
    if "full_time_teachers" not in sections:
        return
    held = sections.numbers("full_time_teachers")
    with np.errstate(invalid="ignore"):
        most = np.fmax.reduce([sections.numbers(kind) for kind in _KINDS])
        grown = np.flatnonzero(most > np.fmax(held, _kinds_before(model)))
    for row in grown.tolist():
        by = float(most[row] - held[row])
        for name in _FOLLOW:
            if name in sections and not np.isnan(sections.numbers(name)[row]):
                yield Amend(model.entity("sections", row), name, "+=", by)


def _kinds_before(model: CountyModel) -> Any:
    return np.fmax.reduce([model.facts.sections.numbers(kind) for kind in _KINDS])


def _plan(
    programme: Programme,
    answer: Answer,
    alone: Rotation | None,
    seconds: float,
    also: _Also,
) -> Plan:
    model = programme.model
    assessment = model.assessment
    code = next(iter(assessment))
    changes, moves = _changes(programme, answer), _moves(programme, answer)
    found = math.isfinite(answer.cost)
    facts = _carried_out(model, changes, moves) if found else model.facts
    more = beside(model, facts, *also)
    if found and more.beyond is not False:
        answer = programme.none("infeasible" if more.beyond else "unsolved")
        changes, moves, found = (), (), False
    after: Assessment | None = None
    unmet: tuple[str, ...] = ()
    rules = rules_of(model, also.names)
    if found:
        facts = facts.change(*more.changes)
        after = assessment.again(facts)
        unmet = tuple(dict.fromkeys(name for name, _ in model.unmet(facts, rules)))
    return Plan(
        county=code,
        name=assessment[code].name or code,
        status=answer.status,
        changes=(*changes, *more.changes) if found else (),
        moves=moves,
        cost=answer.cost + more.cost,
        bound=answer.bound + more.bound,
        totals=(*_totals(programme, answer), *_others(model, more, also.costs))
        if found
        else (),
        rotation=alone,
        before=assessment,
        after=after,
        unmet=unmet,
        assumptions=tuple(_assumptions(programme, also.names)),
        pricing=_Pricing(programme, answer, seconds) if found else None,
        left_out=tuple(_left_out(model, after or assessment, rules)),
    )


def _left_out(
    model: CountyModel, assessment: Assessment, rules: Mapping[str, Any]
) -> Iterator[LeftOut]:
    """Yield what is unmet at the level and no part of the plan."""
    planned = {*model.quorums, *model.coefficients, *rules}
    units: dict[str, set[str]] = {}
    (county,) = assessment.values()
    for each in county.findings(verdict="unmet", force="requirement"):
        if each.rule not in planned and model.area.startswith(each.area):
            some = units.setdefault(each.rule, set())
            if "summary" not in each.flags:
                some.add(each.entity)
    for rule, some in units.items():
        label = assessment.law.rules[rule][1].label
        yield LeftOut(rule=rule, label=label, units=max(len(some), 1))


def _others(
    model: CountyModel, more: Beside, costs: Mapping[str, float]
) -> Iterator[Total]:
    for column, amount in more.amounts.items():
        field = model.work.field(column)
        assert field is not None
        unit_cost = float(costs.get(column, 1.0))
        yield Total(
            column=column,
            label=field.label,
            unit=Unit.CLASSES if column == "classes" else Unit.ROOMS,
            amount=amount,
            unit_cost=unit_cost,
            cost=amount * unit_cost,
        )


def _totals(programme: Programme, answer: Answer) -> Iterator[Total]:
    model, budget = programme.model, programme.budget
    for column in dict.fromkeys(each[1] for each in model.cells):
        cells = [at for at, each in enumerate(model.cells) if each[1] == column]
        amount = int(answer.bought[cells].sum())
        field = model.work.field(column)
        if not amount or field is None or field.unit is None:
            continue
        unit_cost = float(budget.cost[cells[0]])
        yield Total(
            column=column,
            label=field.label,
            unit=field.unit,
            amount=amount,
            unit_cost=unit_cost,
            cost=amount * unit_cost,
        )
    moved = int(answer.arrived.sum())
    if moved:
        yield Total(
            column=MOVE,
            label=Text("教师交流轮岗", "Teachers moved between schools"),
            unit=Unit.TEACHERS,
            amount=moved,
            unit_cost=budget.move,
            cost=moved * budget.move,
        )


def _assumptions(programme: Programme, also: Sequence[str]) -> Iterator[Text]:
    yield Text(
        "各类教师分别计数：一人兼具几类时只需一人，所需人数以此为上限",
        "kinds of teachers are counted apart: one person who is of several kinds "
        "counts for each, so fewer people may do",
    )
    yield Text(
        "面积按整平方米、设备按整元、教师和教室按整数增加；学生数不变",
        "areas grow by whole m², equipment by whole yuan; pupils stay as they are",
    )
    if programme.moving.any():
        yield Text(
            "教师只在同一学段内交流",
            "teachers move only between sections of the same stage",
        )
    if "classes" in also:
        yield Text(
            "增班后，有超标准班级的年级平均分班；增班所需的教师和普通教室面积不另计",
            "with the new classes the grades that had oversized ones are spread "
            "evenly; teachers and floor area for them are not counted",
        )
    if also:
        yield Text(
            "新增的音乐、美术专用教室都达到规定面积，不计入教学及辅助用房面积",
            "added music and art rooms are as large as asked, and are not counted in "
            "the teaching area",
        )
    yield Text(
        "没有给出单价的，每一单位按 1 计",
        "what has no unit cost given costs 1 a unit",
    )


# -- what each rule costs --------------------------------------------------------------


class _Pricing:
    """Solves the programme again without each rule that may bind."""

    def __init__(self, programme: Programme, answer: Answer, seconds: float) -> None:
        self.programme = programme
        self.answer = answer
        self.seconds = seconds

    def prices(self) -> tuple[Price, ...]:
        """Return the rules that cost anything, the dearest first."""
        found = [price for name in self._names() if (price := self._price(name))]
        return tuple(sorted(found, key=lambda each: -each.saving))

    def _names(self) -> Iterator[str]:
        """Yield what may be waived: the quorums, their indicators, coefficients."""
        model = self.programme.model
        for name, asked in model.asked.items():
            yield name
            yield from (each.rule for each in asked)
        # The bound was proven without the others, so they cost nothing.
        touched = self.programme.touched
        yield from (f"{each.rule}#{each.stage}" for each in touched)

    def _price(self, name: str) -> Price | None:
        rule, _, rank = name.partition("#")
        cost = self.answer.cost
        count = len(list(self._names()))
        without = self.programme.solve(
            waived=frozenset([name]),
            seconds=max(self.seconds / count, 2.0),
            gap=_ABOUT,
            known=self.answer,
        )
        saving = cost - min(without.cost, cost)
        if saving <= _NOTHING * max(cost, 1.0):
            return None
        return Price(
            rule=rule,
            stage=STAGES[int(rank)].value if rank else "",
            label=self.programme.model.law.rules[rule][1].label,
            saving=saving,
            most=cost - min(without.bound, cost),
        )


_NOTHING = 1e-6
_ABOUT = 1e-4
