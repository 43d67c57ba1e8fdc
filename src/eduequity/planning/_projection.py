"""
Projection: enrolment rolled forward, and the years in which rules are met or lost.

Nothing is projected as one line: every year has a low, a middle and a high path, from
assumptions that are stated with it.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np

from eduequity.engine import Assessment, figure, hand_over, origin, plain
from eduequity.errors import InputError, Problem, UnknownNameError
from eduequity.facts import STAGES, Amend, Facts, Floats
from eduequity.planning._what_if import MARKS, one_county, summed
from eduequity.vocab import Text, Verdict


__all__ = ["Outlook", "Projection", "Year", "make_projection"]

PATHS = ("low", "middle", "high")
_MOST_YEARS = 15
_ENTRANTS = (0.95, 1.05)
_RULES = ("resources", "government.school_size")

Judge: TypeAlias = Callable[[Facts, dt.date], Assessment]


@attrs.frozen(eq=False, kw_only=True)
class Year:
    """
    One year of a projection.

    Args:
        on: The day that is judged.

        pupils: The pupils of each stage on the low, middle and high path.

        assessments: The results on these paths.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import Year
    >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
    >>> year = Year(
    ...     on=result.on,
    ...     pupils={"primary": (1970, 1990, 2010)},
    ...     assessments=(result, result, result),
    ... )
    >>> low, middle, high = year.pupils["primary"]
    >>> high - low
    40
    """

    on: dt.date
    pupils: Mapping[str, tuple[int, int, int]]
    assessments: tuple[Assessment, Assessment, Assessment] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Outlook:
    """
    What becomes of one rule.

    Args:
        rule: The rule.

        stage: The stage of a coefficient, else "".

        label: Its name.

        verdicts: For every year the verdicts on the low, middle and high path.

        changes: The first year in which it is other than now on each path; None where
            it stays.

    >>> import eduequity as ee
    >>> from eduequity.planning import Outlook
    >>> met, unmet = ee.Verdict.MET, ee.Verdict.UNMET
    >>> outlook = Outlook(
    ...     rule="government.school_size",
    ...     stage="",
    ...     label=ee.Text("学校规模", "School size"),
    ...     verdicts=((met, met, met), (met, met, unmet)),
    ...     changes=(None, None, 2025),
    ... )
    >>> outlook.changes[2]  # on the high path
    2025
    """

    rule: str
    stage: str
    label: Text
    verdicts: tuple[tuple[Verdict, Verdict, Verdict], ...]
    changes: tuple[int | None, int | None, int | None]


@attrs.frozen(eq=False, kw_only=True)
class Projection:
    """
    Enrolment and verdicts of the years to come, as ranges.

    Args:
        years: The years, this one first.

        assumptions: What was assumed.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=1990)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> projection = ee.project(result, years=1, growth={"primary": (-0.01, 0.01)})
    >>> for line in projection.lines("en"):
    ...     print(line)
    2024  primary 1,990 (1,990–1,990)
    2025  primary 1,990 (1,970–2,010)
    Rules that change (low/middle/high):
      School size: met → stays / stays / 2025 unmet
    Assumed:
      primary pupils grow by -1% – 1% a year, in every school alike
      teachers, buildings, equipment and classes stay; each year by its own law
    >>> projection.to_dict()["years"][1]["pupils"]["primary"]
    {'low': 1970, 'middle': 1990, 'high': 2010}
    >>> len(projection.outlooks) > 1
    True
    """

    years: tuple[Year, ...]
    assumptions: tuple[Text, ...]

    @property
    def assessment(self) -> Assessment:
        """The result that it is made from: the county as it is."""
        return self.years[0].assessments[0]

    @cached_property
    def outlooks(self) -> tuple[Outlook, ...]:
        """The rules of resources and of school size: when each is met or lost."""
        found = [[summed(each) for each in year.assessments] for year in self.years]
        law = self.years[0].assessments[0].law
        outlooks = []
        for key in dict.fromkeys(
            key for paths in found for each in paths for key in each
        ):
            rule, stage = key
            if not rule.startswith(_RULES):
                continue
            verdicts = [
                tuple(each[key][0] if key in each else _ABSENT for each in paths)
                for paths in found
            ]
            outlooks.append(
                Outlook(
                    rule=rule,
                    stage=stage,
                    label=law.rules[rule][1].label,
                    verdicts=tuple((a, b, c) for a, b, c in verdicts),
                    changes=_turned(verdicts, [year.on.year for year in self.years]),
                )
            )
        return tuple(outlooks)

    def lines(self, lang: str = "zh") -> Iterator[str]:
        """
        Yield the projection as lines: pupils, then the rules that change.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        labels = {stage.value: stage.label for stage in STAGES}
        for year in self.years:
            parts = [
                f"{labels[stage].get(lang)} {middle:,} ({low:,}–{high:,})"
                for stage, (low, middle, high) in year.pupils.items()
            ]
            yield f"{year.on.year}  " + "  ".join(parts)
        yield (
            "规则的变化（低 / 中 / 高）："
            if zh
            else "Rules that change (low/middle/high):"
        )
        for each in self.outlooks:
            if any(each.changes):
                yield "  " + self._line(each, lang)
        yield "假定：" if zh else "Assumed:"
        for text in self.assumptions:
            yield f"  {text.get(lang)}"

    def _line(self, each: Outlook, lang: str) -> str:
        now = MARKS[each.verdicts[0][1]].get(lang)
        stays = "不变" if lang == "zh" else "stays"
        turns = []
        for path, year in enumerate(each.changes):
            after = [
                v[path]
                for v, y in zip(each.verdicts, self.years, strict=True)
                if y.on.year == year
            ]
            turns.append(f"{year} {MARKS[after[0]].get(lang)}" if after else stays)
        stage = f" {each.stage}" if each.stage else ""
        return f"{each.label.get(lang)}{stage}: {now} → {' / '.join(turns)}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/projection/1``)."""
        told = {
            "schema": "eduequity/projection/1",
            "assessment": origin(self.assessment),
            "years": [
                {
                    "on": year.on.isoformat(),
                    "pupils": {
                        stage: dict(zip(PATHS, some, strict=True))
                        for stage, some in year.pupils.items()
                    },
                }
                for year in self.years
            ],
            "rules": [
                {
                    "rule": each.rule,
                    "stage": each.stage,
                    **attrs.asdict(each.label),
                    "verdicts": [[v.value for v in year] for year in each.verdicts],
                    "changes": list(each.changes),
                }
                for each in self.outlooks
            ],
            "assumptions": [attrs.asdict(each) for each in self.assumptions],
        }
        return dict(plain(told))

    def write(self, path: str | os.PathLike[str], *, lang: str = "zh") -> None:
        """
        Write it into a file: a workbook with charts (``.xlsx``) or ``.json``.

        Args:
            path: The file. What stood there is replaced at once, or stays as it was.

            lang: ``zh`` or ``en``.

        Raises:
            OutputError: Nobody writes that suffix, or the file cannot be written.

            MissingExtraError: A workbook needs the extra ``excel``.
        """
        hand_over(self, self.assessment, path, lang=lang)


_ABSENT = Verdict.NOT_APPLICABLE


def _turned(
    verdicts: Sequence[tuple[Verdict, ...]], years: Sequence[int]
) -> tuple[int | None, int | None, int | None]:
    first: list[int | None] = [
        next(
            (
                year
                for each, year in zip(verdicts, years, strict=True)
                if each[path] is not verdicts[0][path]
            ),
            None,
        )
        for path in range(len(PATHS))
    ]
    return first[0], first[1], first[2]


# -- making one ------------------------------------------------------------------------


def make_projection(
    assessment: Assessment,
    judge: Judge,
    *,
    years: int = 5,
    growth: Mapping[str, tuple[float, float]] | None = None,
    entrants: tuple[float, float] = _ENTRANTS,
) -> Projection:
    """
    Roll the one county of a result forward; see `eduequity.project`.

    Args:
        assessment: A result of one county.

        judge: Judges facts by the law of a day.

        years: How many years ahead, from 1 to 15.

        growth: The lowest and highest yearly growth of a stage, as fractions.

        entrants: The lowest and highest number of new first-graders, as a multiple of
            the year before.

    Returns:
        The years, this one first.

    Raises:
        InputError: A range that is none, classes without grades, or not one county.

        UnknownNameError: No such stage.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import make_projection
    >>> school = ee.School(
    ...     code="1", name="示例小学", kind="primary", primary=ee.Section(pupils=100)
    ... )
    >>> county = ee.County(code="999901", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> projection = make_projection(
    ...     result,
    ...     lambda facts, on: ee.evaluate(facts, on=on),
    ...     years=1,
    ...     growth={"primary": (0.0, 0.1)},
    ... )
    >>> projection.years[1].pupils["primary"]  # 100, * 1.05, * 1.1
    (100, 105, 110)
    """
    one_county(assessment)
    given = dict(growth or {})
    _refuse(years, given, entrants)
    facts, rolled = assessment.facts, _Rolled(assessment.facts, given, entrants)
    made = [
        Year(
            on=assessment.on,
            pupils=_pupils(facts, [facts] * len(PATHS)),
            assessments=(assessment, assessment, assessment),
        )
    ]
    for ahead in range(1, years + 1):
        on = _later(assessment.on, ahead)
        paths = [facts.change(*rolled.edits(ahead, path)) for path in range(len(PATHS))]
        low, middle, high = (judge(each, on) for each in paths)
        made.append(
            Year(on=on, pupils=_pupils(facts, paths), assessments=(low, middle, high))
        )
    return Projection(years=tuple(made), assumptions=tuple(rolled.assumptions()))


def _later(on: dt.date, years: int) -> dt.date:
    try:
        return on.replace(year=on.year + years)
    except ValueError:  # the 29th of February
        return on.replace(year=on.year + years, day=28)


def _pupils(facts: Facts, paths: Sequence[Facts]) -> dict[str, tuple[int, int, int]]:
    totals = {}
    for rank, stage in enumerate(STAGES):
        at = facts.section_stage == rank
        if at.any():
            sums = [int(np.nansum(f.sections.numbers("pupils")[at])) for f in paths]
            totals[stage.value] = (sums[0], sums[1], sums[2])
    return totals


def _refuse(
    years: int, growth: Mapping[str, tuple[float, float]], entrants: tuple[float, float]
) -> None:
    stages = [each.value for each in STAGES]
    for stage in growth:
        if stage not in stages:
            raise UnknownNameError("stage", stage, stages)
    wrong = []
    if not 1 <= years <= _MOST_YEARS:
        wrong.append(("years", f"{years}", f"1–{_MOST_YEARS}"))
    for stage, ends in growth.items():
        if not _is_range(ends, -0.5, 0.5):
            wrong.append((f"growth {stage}", str(ends), "-0.5 ≤ low < high ≤ 0.5"))
    if not _is_range(entrants, 0.5, 2.0):
        wrong.append(("entrants", str(entrants), "0.5 ≤ low < high ≤ 2"))
    if wrong:
        raise InputError(
            Problem(
                code="bad-projection",
                sheet=place,
                zh=f"{found}：应为 {asked}（一个区间，不是单一数值）",
                en=f"{found}: expected {asked} (a range, never one number)",
            )
            for place, found, asked in wrong
        )


def _is_range(ends: Any, least: float, most: float) -> bool:
    try:
        low, high = ends
        return bool(least <= low < high <= most)
    except (TypeError, ValueError):
        return False


class _Rolled:
    """The pupils of every section in the years to come, path by path."""

    def __init__(
        self,
        facts: Facts,
        growth: Mapping[str, tuple[float, float]],
        entrants: tuple[float, float],
    ) -> None:
        self.facts = facts
        self.growth = growth
        self.entrants = entrants
        self.grades = {
            rank: self._grades(rank)
            for rank, stage in enumerate(STAGES)
            if stage.value not in growth and (facts.section_stage == rank).any()
        }

    def _grades(self, rank: int) -> Floats:
        """Return the pupils by section and grade, from the classes."""
        facts = self.facts
        rows = np.flatnonzero(facts.section_stage == rank)
        classes = facts.other("classes")
        mine = classes.codes("stage") == rank
        grade = classes.numbers("grade")[mine]
        pupils = classes.numbers("pupils")[mine]
        if not len(grade) or np.isnan(grade).any() or np.isnan(pupils).any():
            raise self._no_grades(rank)
        place = {int(facts.section_school[row]): nth for nth, row in enumerate(rows)}
        schools = classes.numbers("in_school")[mine].astype(int) - facts.first_school
        named = np.unique(grade)
        table = np.zeros((len(rows), len(named)))
        for school, which, number in zip(
            schools.tolist(), np.searchsorted(named, grade), pupils, strict=True
        ):
            table[place[school], which] += number
        if not (table.sum(axis=1) > 0).all():
            raise self._no_grades(rank)
        return table

    @staticmethod
    def _no_grades(rank: int) -> InputError:
        stage = STAGES[rank]
        return InputError(
            [
                Problem(
                    code="no-grades",
                    sheet=stage.value,
                    zh=f"{stage.label.zh}的班级表没有给全每班的年级和学生数；"
                    "请补齐，或给出年增长率区间",
                    en="the classes do not give grade and pupils of every class; fill "
                    "them in, or give a range of yearly growth",
                )
            ]
        )

    def edits(self, ahead: int, path: int) -> Iterator[Amend]:
        """Yield the pupils of every section so many years ahead."""
        facts = self.facts
        codes = facts.schools.words("code")
        now = facts.sections.numbers("pupils")
        for rank, stage in enumerate(STAGES):
            rows = np.flatnonzero(facts.section_stage == rank)
            if not len(rows):
                continue
            factors = self._factors(rank, stage.value, ahead, path)
            for row, factor in zip(rows.tolist(), factors.tolist(), strict=True):
                if not math.isnan(now[row]):
                    pupils = max(math.floor(now[row] * factor + 0.5), 1)
                    code = codes[facts.section_school[row]]
                    yield Amend(f"{code}/{stage.value}", "pupils", "=", float(pupils))

    def _factors(self, rank: int, stage: str, ahead: int, path: int) -> Floats:
        count = int((self.facts.section_stage == rank).sum())
        if stage in self.growth:
            low, high = self.growth[stage]
            rate = (low, (low + high) / 2, high)[path]
            return np.full(count, (1 + rate) ** ahead)
        table = self._ahead(rank, ahead, path)
        factors: Floats = table.sum(axis=1) / self.grades[rank].sum(axis=1)
        return factors

    def _ahead(self, rank: int, ahead: int, path: int) -> Floats:
        """Return the grades after every pupil has moved up so many times."""
        low, high = self.entrants
        factor = (low, (low + high) / 2, high)[path]
        table = self.grades[rank]
        for year in range(1, ahead + 1):
            first = self.grades[rank][:, 0] * factor**year
            if rank and 0 in self.grades:
                leavers = self._ahead(0, year - 1, path)[:, -1].sum()
                share = self.grades[rank][:, 0] / self.grades[rank][:, 0].sum()
                first = share * leavers
            table = np.column_stack([first, table[:, :-1]])
        return table

    def assumptions(self) -> Iterator[Text]:
        """Yield what is assumed."""
        for stage, (low, high) in self.growth.items():
            label = {each.value: each.label for each in STAGES}[stage]
            ends = f"{figure(100 * low, 2)}% – {figure(100 * high, 2)}%"
            yield Text(
                f"{label.zh}在校生每年增长 {ends}，各校相同",
                f"{label.en} pupils grow by {ends} a year, in every school alike",
            )
        if self.grades:
            low, high = self.entrants
            yield Text(
                f"各年级逐年升级；一年级新生每年为上年的 {low:g}–{high:g} 倍；"
                "小学毕业生按现有份额升入各初中",
                f"every grade moves up; each year's first grade is {low:g}–{high:g} "
                "times the last; those who leave primary spread over the junior "
                "schools as their first grades do now",
            )
        yield Text(
            "教师、校舍、设备和班级数不变；按各年年末有效的规定判定",
            "teachers, buildings, equipment and classes stay; each year by its own law",
        )
