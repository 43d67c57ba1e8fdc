"""
What if: scenarios side by side, and one input moved until the verdict turns.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs

from eduequity.engine import (
    Assessment,
    Finding,
    figure,
    hand_over,
    origin,
    plain,
)
from eduequity.errors import InputError, Problem, UnknownNameError, joined
from eduequity.facts import Amend, Edit, Facts, Moved
from eduequity.vocab import Text, Unit, Verdict


__all__ = [
    "MARKS",
    "Point",
    "Scenario",
    "Scenarios",
    "Sweep",
    "Turn",
    "make_sweep",
    "one_county",
    "summed",
    "try_scenarios",
]

MARKS = {
    Verdict.MET: Text("达标", "met"),
    Verdict.UNMET: Text("未达标", "unmet"),
    Verdict.UNKNOWN: Text("证据不足", "unknown"),
    Verdict.NOT_APPLICABLE: Text("不适用", "n/a"),
}


# -- scenarios -------------------------------------------------------------------------


@attrs.frozen(eq=False, kw_only=True)
class Scenario:
    """
    One scenario of a county.

    Args:
        name: What it is called.

        edits: The changes, as they were given.

        assessment: The result of the changed facts.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", key_schools=True)
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> without = ee.what_if(result, {"无重点校": ["999901.key_schools = 0"]})[1]
    >>> without.name, without.assessment["999901"]["vetoes"].rules["vetoes.key_schools"]
    ('无重点校', <Verdict.MET: 'met'>)
    >>> without.facts.counties.numbers("key_schools")
    array([0.])
    """

    name: str
    edits: tuple[str | Edit | Moved, ...]
    assessment: Assessment = attrs.field(repr=False)

    @property
    def facts(self) -> Facts:
        """The changed facts."""
        return self.assessment.facts


@attrs.frozen(eq=False, kw_only=True)
class Row:
    """
    One line of the table: a verdict, a count of units or a coefficient.

    Args:
        rule: The rule; "" for the county's verdict.

        stage: The stage of a coefficient, else "".

        label: What it is.

        cells: What each scenario comes to: verdict, units unmet, value.
    """

    rule: str
    stage: str
    label: Text
    cells: tuple[tuple[Verdict, int, float | None], ...]

    @property
    def differs(self) -> bool:
        """Whether the scenarios differ in it."""
        return len(set(map(str, self.cells))) > 1

    def text(self, nth: int, lang: str) -> str:
        """Say what one scenario comes to."""
        verdict, unmet, value = self.cells[nth]
        said = MARKS[verdict].get(lang)
        if value is not None:
            said += f" {figure(value, 3)}"
        elif unmet:
            said += f" ({unmet})"
        return said


@attrs.frozen(eq=False, repr=False)
class Scenarios(Sequence[Scenario]):
    """
    Scenarios side by side; the first is the county as it is.

    Args:
        items: The scenarios.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", key_schools=True)
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> scenarios = ee.what_if(result, {"无重点校": ["999901.key_schools = 0"]})
    >>> for line in scenarios.lines("zh"):
    ...     print(line)
    | 现状 | 无重点校
    * 结论 | 未达标 | 证据不足
    * 重点学校或重点班 | 未达标 (1) | 达标
    >>> [row.rule for row in scenarios.rows if row.differs]
    ['', 'vetoes.key_schools']
    >>> scenarios.to_dict()["scenarios"][1]["edits"]
    ['999901.key_schools = 0']

    >>> scenarios.assessment is result
    True
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     scenarios.write(Path(folder, "what-if.json"))
    ...     [path.name for path in Path(folder).iterdir()]
    ['what-if.json']
    """

    items: tuple[Scenario, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<{len(self)} scenarios>"

    @property
    def assessment(self) -> Assessment:
        """The result that it is made from: the county as it is."""
        return self.items[0].assessment

    @property
    def rows(self) -> tuple[Row, ...]:
        """
        The table: the verdict, then the rules that are unmet in any scenario.

        A coefficient has a line a stage, with its value; other rules say how many
        units are unmet.
        """
        found = [summed(each.assessment) for each in self.items]
        keys = dict.fromkeys(key for each in found for key in each)
        rows = []
        for key in keys:
            cells = tuple(each.get(key, _ABSENT) for each in found)
            if key[0] and not any(cell[0] is Verdict.UNMET for cell in cells):
                continue
            rule, stage = key
            label = (
                self.items[0].assessment.law.rules[rule][1].label if rule else _VERDICT
            )
            rows.append(Row(rule=rule, stage=stage, label=label, cells=cells))
        return tuple(rows)

    def lines(self, lang: str = "zh") -> Iterator[str]:
        """
        Yield the table as lines: what changed is marked with ``*``.

        Args:
            lang: ``zh``, or English for anything else.
        """
        heads = [
            each.name or ("现状" if lang == "zh" else "as it is") for each in self.items
        ]
        yield " | ".join(["", *heads]).strip()
        for row in self.rows:
            stage = f" {row.stage}" if row.stage else ""
            mark = "*" if row.differs else " "
            cells = [row.text(nth, lang) for nth in range(len(self))]
            yield " | ".join([f"{mark} {row.label.get(lang)}{stage}", *cells])

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain data (schema ``eduequity/what-if/1``)."""
        told = {
            "schema": "eduequity/what-if/1",
            "assessment": origin(self.assessment),
            "scenarios": [
                {"name": each.name, "edits": [_written(e) for e in each.edits]}
                for each in self.items
            ],
            "rows": [
                {
                    "rule": row.rule,
                    "stage": row.stage,
                    **attrs.asdict(row.label),
                    "cells": [
                        {"verdict": verdict.value, "unmet": unmet, "value": value}
                        for verdict, unmet, value in row.cells
                    ],
                }
                for row in self.rows
            ],
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


_VERDICT = Text("结论", "Verdict")
_ABSENT: tuple[Verdict, int, float | None] = (Verdict.NOT_APPLICABLE, 0, None)


def _written(edit: str | Edit | Moved) -> Any:
    if isinstance(edit, str):
        return edit
    if isinstance(edit, Edit):
        return {"change": type(edit).__name__.lower(), **attrs.asdict(edit)}
    moved = {"entity": edit.entity, "column": edit.column, "amount": edit.amount}
    return {"change": "add", **moved}


def summed(
    assessment: Assessment,
) -> dict[tuple[str, str], tuple[Verdict, int, float | None]]:
    """
    Return verdict, units unmet and value of every rule, the county's first.

    Args:
        assessment: A result of one county.

    Returns:
        The three by rule and stage; ``("", "")`` is the county's verdict.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import summed
    >>> county = ee.County(code="999901", key_schools=True)
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> summed(result)["vetoes.key_schools", ""]
    (<Verdict.UNMET: 'unmet'>, 1, None)
    """
    (county,) = assessment.values()
    found: dict[tuple[str, str], tuple[Verdict, int, float | None]] = {
        ("", ""): (county.verdict, 0, None)
    }
    for each in county.findings(force="requirement", area=""):
        rule = assessment.law.rules[each.rule][1]
        if rule.kind == "dispersion" and "summary" not in each.flags:
            value = each.value if isinstance(each.value, float) else None
            found[each.rule, each.stage or ""] = (each.verdict, 0, value)
            continue
        if rule.kind == "dispersion":
            continue
        verdict, unmet, _ = found.get((each.rule, ""), _ABSENT)
        single = each.verdict is Verdict.UNMET and "summary" not in each.flags
        worst = max(verdict, each.verdict, key=lambda one: one.rank)
        found[each.rule, ""] = (worst, unmet + single, None)
    return found


def try_scenarios(
    assessment: Assessment,
    scenarios: Mapping[str, Sequence[str | Edit | Moved]],
) -> Scenarios:
    """
    Judge scenarios beside the county as it is; see `eduequity.what_if`.

    Args:
        assessment: A result of one county.

        scenarios: The changes of each scenario by its name.

    Returns:
        The scenarios, the county as it is first.

    Raises:
        InputError: With every change that cannot be made, or there is not one county.

        UnknownNameError: The one thing wrong is a name that there is not.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import try_scenarios
    >>> county = ee.County(code="999901", key_schools=True)
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> len(try_scenarios(result, {"无重点校": ["999901.key_schools = 0"]}))
    2
    """
    one_county(assessment)
    tried = [Scenario(name="", edits=(), assessment=assessment)]
    found: list[tuple[str, InputError | UnknownNameError]] = []
    for name, edits in scenarios.items():
        given = (edits,) if isinstance(edits, str) else tuple(edits)
        try:
            facts = assessment.facts.change(*given)
        except InputError as error:
            found.append(("", error.placed(name)))
            continue
        except UnknownNameError as error:
            found.append((name, error))
            continue
        again = assessment.again(facts)
        tried.append(Scenario(name=name, edits=given, assessment=again))
    if found:
        raise joined(found)
    return Scenarios(tuple(tried))


def one_county(assessment: Assessment) -> None:
    """Refuse a result of more or fewer counties than one."""
    if len(assessment) != 1:
        raise InputError(
            [
                Problem(
                    code="several-counties",
                    zh=f"应为一个区县，有 {len(assessment)} 个；请先选定一个",
                    en=f"expected one county, found {len(assessment)}; select one",
                )
            ]
        )


# -- one input -------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Point:
    """
    One step of a sweep.

    Args:
        value: What the cell holds.

        verdict: The verdict of the rule, or of the county.

        measured: The rule's value where it has one.

        threshold: What that is compared with there; None where it is no number.

    >>> import eduequity as ee
    >>> from eduequity.planning import Point
    >>> Point(value=21.0, verdict=ee.Verdict.MET, measured=4.2).measured
    4.2
    """

    value: float
    verdict: Verdict
    measured: float | None
    threshold: float | None = None


@attrs.frozen(kw_only=True)
class Turn:
    """
    Where the verdict turns.

    Args:
        below: The last value with the one verdict.

        above: The next, one step on, with the other.

        before: The verdict up to *below*.

        after: The verdict from *above* on.

    >>> import eduequity as ee
    >>> from eduequity.planning import Turn
    >>> turn = Turn(
    ...     below=20.0, above=21.0, before=ee.Verdict.UNMET, after=ee.Verdict.MET
    ... )
    >>> turn.above - turn.below  # one teacher
    1.0
    """

    below: float
    above: float
    before: Verdict
    after: Verdict


@attrs.frozen(kw_only=True)
class Sweep:
    """
    One input moved from end to end.

    Args:
        entity: Whose input.

        column: Which.

        watched: The finding whose verdict is watched; "" for the county's.

        points: What was tried, in order.

        turns: Where the verdict turns, to the smallest step of the input.

        now: What the input is; NaN where it is blank or several.

        unit: The unit of the input; None where it has none.

        operator: How what is measured is compared; None for the county's verdict.

        measured_unit: The unit of what is measured.

        assessment: The result of the county as it is.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(
    ...     code="999901", rotated_teachers=100, rotation_eligible_teachers=1200
    ... )
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> swept = ee.sweep(
    ...     result,
    ...     "999901.rotated_teachers",
    ...     [100, 150],
    ...     finding=":government.teacher_rotation@999901",
    ... )
    >>> for line in swept.lines("en"):  # 10 % of 1200 are 120
    ...     print(line)
    999901.rotated_teachers  :government.teacher_rotation@999901
             100  unmet  0.08333  ← now
    ---- 119 unmet | 120 met ----
             150  met  0.125
    >>> swept.to_dict()["now"]
    100.0

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     swept.write(Path(folder, "sweep.xlsx"), lang="zh")
    ...     [path.name for path in Path(folder).iterdir()]
    ['sweep.xlsx']
    """

    entity: str
    column: str
    watched: str
    points: tuple[Point, ...]
    turns: tuple[Turn, ...]
    now: float
    unit: Unit | None
    operator: str | None
    measured_unit: Unit | None
    assessment: Assessment = attrs.field(repr=False, eq=False)

    def lines(self, lang: str = "zh") -> Iterator[str]:
        """
        Yield the sweep as lines, with a line across where the verdict turns.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        yield f"{self.entity}.{self.column}  {self.watched}".rstrip()
        turns = list(self.turns)
        for point in self.points:
            while turns and turns[0].above <= point.value:
                turn = turns.pop(0)
                before, after = (
                    MARKS[each].get(lang) for each in (turn.before, turn.after)
                )
                yield (f"---- {turn.below:g} {before} | {turn.above:g} {after} ----")
            measured = "" if point.measured is None else f"  {point.measured:.4g}"
            here = ("  ← 现状" if zh else "  ← now") if point.value == self.now else ""
            said = MARKS[point.verdict].get(lang)
            yield f"{point.value:>12g}  {said}{measured}{here}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_dict(self) -> dict[str, Any]:
        """Return the sweep as plain data (schema ``eduequity/sweep/1``)."""
        told = {
            "schema": "eduequity/sweep/1",
            "assessment": origin(self.assessment),
            "entity": self.entity,
            "column": self.column,
            "unit": self.unit and self.unit.value,
            "watched": self.watched,
            "operator": self.operator,
            "measured_unit": self.measured_unit and self.measured_unit.value,
            "now": self.now,
            "points": [
                {**attrs.asdict(each), "verdict": each.verdict.value}
                for each in self.points
            ],
            "turns": [
                {
                    **attrs.asdict(each),
                    "before": each.before.value,
                    "after": each.after.value,
                }
                for each in self.turns
            ],
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


_MOST_POINTS = 1000


def make_sweep(
    assessment: Assessment,
    cell: str,
    values: Sequence[float],
    *,
    finding: str | None = None,
) -> Sweep:
    """
    Move one input through values; see `eduequity.sweep`.

    Args:
        assessment: A result of one county.

        cell: Such as ``9999010003/primary.backbone_teachers``.

        values: What it is set to; at most 1000 values.

        finding: The id of the finding to watch; the county's verdict by default.

    Returns:
        The points, and where the verdict turns.

    Raises:
        InputError: *cell* is none, or there are no values or too many.

        UnknownNameError: No such cell or finding.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import make_sweep
    >>> county = ee.County(
    ...     code="999901", rotated_teachers=100, rotation_eligible_teachers=1200
    ... )
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> swept = make_sweep(
    ...     result,
    ...     "999901.rotated_teachers",
    ...     [100, 150],
    ...     finding=":government.teacher_rotation@999901",
    ... )
    >>> swept.turns[0].above  # 10 % of 1200
    120.0
    """
    one_county(assessment)
    entity, dot, column = cell.rpartition(".")
    numbers = sorted({float(each) for each in values})
    if not dot or not 1 <= len(numbers) <= _MOST_POINTS:
        raise InputError(
            [
                Problem(
                    code="bad-sweep",
                    sheet=cell,
                    zh=f"应写成 学校代码/primary.列名，并有 1 到 {_MOST_POINTS} 个取值",
                    en="expected CODE/primary.COLUMN and from 1 to "
                    f"{_MOST_POINTS} values",
                )
            ]
        )
    trial = _Trial(assessment, entity, column, finding)
    watched = trial.watched
    points = tuple(trial.at(each) for each in numbers)
    turns = tuple(
        trial.turn(low, high)
        for low, high in pairwise(points)
        if low.verdict is not high.verdict
    )
    return Sweep(
        entity=entity,
        column=column,
        watched=finding or "",
        points=points,
        turns=turns,
        now=trial.now,
        unit=trial.unit,
        operator=watched.operator if watched else None,
        measured_unit=watched.unit if watched else None,
        assessment=assessment,
    )


class _Trial:
    """Sets one cell and asks for one verdict."""

    def __init__(
        self, assessment: Assessment, entity: str, column: str, finding: str | None
    ) -> None:
        self.assessment = assessment
        self.entity = entity
        self.column = column
        self.finding = finding
        # A name that is not there is said at once.
        self.watched = None if finding is None else self._watched(assessment)
        field = {each.name: each for each in assessment.facts.fields["schools"]}.get(
            column
        )
        self.unit = field.unit if field is not None else None
        self.step = 0.01 if field is not None and field.hundredths else 1.0

    @property
    def now(self) -> float:
        """What the cell holds as it is; NaN where it is blank or several."""
        facts = self.assessment.facts
        code, slash, stage = self.entity.partition("/")
        schools = facts.schools.words("code")
        rows = (schools == code).nonzero()[0]
        if not len(rows):
            cells = facts.counties.numbers(self.column)
            return float(cells[0]) if self.entity in self.assessment else math.nan
        if not slash:
            return float(facts.schools.numbers(self.column)[rows[0]])
        ranks = {"primary": 0, "junior": 1}
        mine = (facts.section_school == rows[0]) & (
            facts.section_stage == ranks.get(stage, -1)
        )
        cells = facts.sections.numbers(self.column)[mine]
        return float(cells[0]) if len(cells) else math.nan

    def at(self, value: float) -> Point:
        """Judge with the cell set to *value*."""
        edit = Amend(self.entity, self.column, "=", value)
        again = self.assessment.again(self.assessment.facts.change(edit))
        if self.finding is None:
            (county,) = again.values()
            return Point(value=value, verdict=county.verdict, measured=None)
        found = self._watched(again)
        number = isinstance(found.value, int | float) and found.value is not True
        measured = float(found.value) if number else None  # type: ignore[arg-type]
        limit = found.threshold if isinstance(found.threshold, float) else None
        return Point(
            value=value, verdict=found.verdict, measured=measured, threshold=limit
        )

    def _watched(self, assessment: Assessment) -> Finding:
        (county,) = assessment.values()
        known = {}
        for each in county.findings(components=True):
            if each.id == self.finding:
                return each
            known[each.id] = each
        raise UnknownNameError("finding", self.finding or "", known)

    def turn(self, low: Point, high: Point) -> Turn:
        """Halve the distance until the two are one step apart."""
        while round((high.value - low.value) / self.step) > 1:
            steps = round((high.value - low.value) / self.step) // 2
            middle = self.at(round(low.value + steps * self.step, 2))
            if middle.verdict is low.verdict:
                low = middle
            else:
                high = middle
        return Turn(
            below=low.value,
            above=high.value,
            before=low.verdict,
            after=high.verdict,
        )
