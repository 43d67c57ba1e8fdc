"""
Projection: enrolment rolled forward, and the years in which rules are met or lost.

Nothing is projected as one line: every year has a low, a middle and a high path, from
assumptions that are stated with it (`planning._rolled`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np

from eduequity.engine import Assessment, hand_over, origin, plain
from eduequity.errors import InputError, Problem, UnknownNameError
from eduequity.facts import STAGES, Facts
from eduequity.planning._aims import Aim, aims_of
from eduequity.planning._rolled import Rolled
from eduequity.planning._what_if import MARKS, one_county, summed
from eduequity.vocab import Text, Verdict


__all__ = ["Outlook", "Projection", "Year", "make_projection"]

PATHS = ("low", "middle", "high")
_MOST_YEARS = 15
_ENTRANTS = (0.95, 1.05)
_RULES = ("resources", "government.school_size")
_BY_CLASSES = (
    "government.class_size",
    "government.music_rooms",
    "government.art_rooms",
)
"""What also turns where the classes of every grade are known."""

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

        watched: The rules that are projected; a dimension stands for all of its rules.

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
      teachers, buildings, equipment and classes stay; class sizes are not projected; \
each year by its own law
    >>> projection.to_dict()["years"][1]["pupils"]["primary"]
    {'low': 1970, 'middle': 1990, 'high': 2010}
    >>> len(projection.outlooks) > 1
    True

    >>> projection.aims  # no plan sets targets for this area
    ()
    >>> projection.assessment is result
    True
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     projection.write(Path(folder, "projection.xlsx"), lang="zh")
    ...     [path.name for path in Path(folder).iterdir()]
    ['projection.xlsx']
    """

    years: tuple[Year, ...]
    assumptions: tuple[Text, ...]
    watched: tuple[str, ...] = _RULES

    @property
    def assessment(self) -> Assessment:
        """The result that it is made from: the county as it is."""
        return self.years[0].assessments[0]

    @cached_property
    def outlooks(self) -> tuple[Outlook, ...]:
        """
        The rules of resources and of school size: when each is met or lost.

        With the classes of every grade also those of class size and special rooms.
        """
        found = [[summed(each) for each in year.assessments] for year in self.years]
        law = self.years[0].assessments[0].law
        outlooks = []
        for key in dict.fromkeys(
            key for paths in found for each in paths for key in each
        ):
            rule, stage = key
            if not rule.startswith(self.watched):
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

    @cached_property
    def aims(self) -> tuple[Aim, ...]:
        """The dated targets of the plans that fall into these years."""
        return tuple(aims_of([(year.on, year.assessments) for year in self.years]))

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
        yield from self._aim_lines(lang)
        yield "假定：" if zh else "Assumed:"
        for text in self.assumptions:
            yield f"  {text.get(lang)}"

    def _aim_lines(self, lang: str) -> Iterator[str]:
        zh = lang == "zh"
        known = [each for each in self.aims if each.known]
        if known:
            yield (
                "规划目标（低 / 中 / 高）："
                if zh
                else "Targets of the plans (low/middle/high):"
            )
        for each in known:
            yield "  " + each.line(lang)
        others = len(self.aims) - len(known)
        if others:
            yield (
                f"另有 {others} 项规划目标没有可推算的数据"
                if zh
                else f"{others} more targets of the plans: nothing to project them from"
            )

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
            "targets": [each.to_dict() for each in self.aims],
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
    facts, rolled = assessment.facts, Rolled(assessment.facts, given, entrants)
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
    return Projection(
        years=tuple(made),
        assumptions=tuple(rolled.assumptions()),
        watched=(*_RULES, *_BY_CLASSES) if rolled.classes else _RULES,
    )


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
