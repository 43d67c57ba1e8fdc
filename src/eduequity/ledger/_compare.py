"""
Comparing two assessments: what flipped and because of what, who came and went.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from eduequity.engine import UNIT_TABLES, Assessment, hand_over, origin, plain
from eduequity.errors import InputError, Problem
from eduequity.ledger._causes import Cause, Step, steps
from eduequity.ledger._flips import Flips, flips
from eduequity.ledger._moves import (
    CoefficientMove,
    IndicatorMove,
    coefficients,
    indicators,
)
from eduequity.ledger._population import Population, matched
from eduequity.vocab import Text


__all__ = ["Comparison", "compare"]

SCHEMA = "eduequity/comparison/1"
_MOST_NAMED = 8


@attrs.frozen(eq=False, kw_only=True, repr=False)
class Comparison:
    """
    Two assessments side by side.

    Args:
        old: The assessment of then.

        new: The assessment of now.

        population: Who is in both, and who is not.

        causes: What differs between the two at all.

        flips: Every verdict that flipped, each with what turned it.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> def county(teachers):
    ...     section = ee.Section(pupils=500, above_degree_teachers=teachers)
    ...     school = ee.School(
    ...         code="1", name="示例小学", kind="primary", primary=section
    ...     )
    ...     county = ee.County(code="999901", name="示例县", schools=(school,))
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> comparison = ee.compare(county(20), county(21))
    >>> [cause.value for cause in comparison.causes]
    ['data']
    >>> rule = "resources.above_degree_teachers"
    >>> (move,) = (m for m in comparison.indicators if m.rule == rule)
    >>> move.before, move.after  # 20 / 5, 21 / 5
    (4.0, 4.2)
    >>> [each.stage.value for each in comparison.coefficients][:1]
    ['primary']
    >>> comparison.notes  # nothing differs but the data
    ()
    >>> comparison.to_dict()["schema"]
    'eduequity/comparison/1'

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     comparison.write(Path(folder, "comparison.json"))
    ...     [path.name for path in Path(folder).iterdir()]
    ['comparison.json']
    """

    old: Assessment
    new: Assessment
    population: Population
    causes: tuple[Cause, ...]
    flips: Flips

    def __repr__(self) -> str:
        return (
            f"<comparison of {self.old.on} and {self.new.on}: {len(self.flips)} flips>"
        )

    @cached_property
    def indicators(self) -> tuple[IndicatorMove, ...]:
        """Every indicator with a threshold: where better, where worse."""
        return tuple(indicators(self.old, self.new, self.population))

    @cached_property
    def coefficients(self) -> tuple[CoefficientMove, ...]:
        """Every coefficient of every county in both, and the schools that moved it."""
        return tuple(coefficients(self.old, self.new, self.population))

    @cached_property
    def notes(self) -> tuple[Text, ...]:
        """What is not the same population, and what else differs; never left unsaid."""
        return tuple(_notes(self))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/comparison/1``)."""
        population = self.population
        told = {
            "schema": SCHEMA,
            "programme": self.new.programme,
            "synthetic": self.old.synthetic or self.new.synthetic,
            "old": origin(self.old),
            "new": origin(self.new),
            "causes": [each.value for each in self.causes],
            "population": {
                "counties": len(population.counties.old),
                "schools": len(population.schools.old),
                "sections": len(population.sections.old),
                "counties_left": list(population.left),
                "counties_joined": list(population.joined),
                "counties_merged": [
                    {"old": list(each.old), "new": each.new}
                    for each in population.merged
                ],
                "changes": [each.to_dict() for each in population.changes],
            },
            "notes": [{"zh": each.zh, "en": each.en} for each in self.notes],
            "flips": [each.to_dict() for each in self.flips],
            "indicators": [each.to_dict() for each in self.indicators],
            "coefficients": [each.to_dict() for each in self.coefficients],
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
        hand_over(self, self.new, path, lang=lang)


def compare(old: Assessment, new: Assessment) -> Comparison:
    """
    Compare two assessments of one programme.

    The new data are judged once more for each thing that differs besides them: under
    the old law, then by the law of the new day, then by today's packs, then under
    today's readings. A flip is put down to the steps that turn it.

    Args:
        old: The assessment of then.

        new: The assessment of now.

    Returns:
        What flipped and why, who came and went, which coefficients moved.

    Raises:
        InputError: They are of different programmes, or have no county in common.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity import ledger
    >>> def found(occurred):
    ...     county = ee.County(code="999901", key_schools=occurred)
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> ledger.compare(found(True), found(False)).causes
    (<Cause.DATA: 'data'>,)
    """
    if old.programme != new.programme:
        raise InputError([_other_programme(old, new)])
    population = matched(old, new)
    if not (population.counterpart >= 0).any():
        raise InputError([_no_county(old, new)])
    way: tuple[Step, ...] = steps(old, new)
    return Comparison(
        old=old,
        new=new,
        population=population,
        causes=tuple(step.cause for step in way),
        flips=flips(old, new, way, population),
    )


def _other_programme(old: Assessment, new: Assessment) -> Problem:
    return Problem(
        code="other-programme",
        zh=f"两次评估的项目不同（{old.programme}、{new.programme}），不能比较",
        en=f"the programmes differ ({old.programme}, {new.programme}) and cannot be "
        "compared",
    )


def _no_county(old: Assessment, new: Assessment) -> Problem:
    then, now = (_listed(tuple(each.facts.codes)) for each in (old, new))
    return Problem(
        code="other-county",
        zh=f"两次评估没有共同的区县（原：{then}；现：{now}），不能比较",
        en=f"there is no county in both (then: {then}; now: {now}), so they cannot be "
        "compared",
    )


def _listed(codes: tuple[str, ...]) -> str:
    more = len(codes) - _MOST_NAMED
    return ", ".join(codes[:_MOST_NAMED]) + (f", … +{more}" if more > 0 else "")


def _notes(comparison: Comparison) -> Iterator[Text]:
    population, old, new = comparison.population, comparison.old, comparison.new
    if population.left:
        codes = _listed(population.left)
        yield Text(
            f"仅原评估有的区县，未比较：{codes}",
            f"counties of the old assessment only, not compared: {codes}",
        )
    if population.joined:
        codes = _listed(population.joined)
        yield Text(
            f"仅新评估有的区县，未比较：{codes}",
            f"counties of the new assessment only, not compared: {codes}",
        )
    for each in population.merged[:_MOST_NAMED]:
        yield _renamed(each.old, each.new)
    more = len(population.merged) - _MOST_NAMED
    if more > 0:
        yield Text(
            f"另有 {more} 个区县更名或合并，见“区县合并”数据",
            f"{more} more counties were renamed or merged, see counties_merged",
        )
    counts = [
        len(population.schools.old),
        old.facts.schools.size,
        new.facts.schools.size,
    ]
    if len(set(counts)) > 1:
        both, then, now = counts
        yield Text(
            f"学校不完全相同：原 {then} 所，现 {now} 所，共有 {both} 所；"
            "只有共有的逐校比较，全县结论和差异系数按各自的学校",
            f"not the same schools: {then} then, {now} now, {both} in both; single "
            "schools are compared where they are in both, verdicts and coefficients "
            "of counties rest on the schools of each side",
        )
    yield from _unit_notes(comparison)
    yield from _side_notes(old, new)


def _unit_notes(comparison: Comparison) -> Iterator[Text]:
    """Say where other units than schools are not the same: kindergartens, townships."""
    population = comparison.population
    judged = {
        rule.scope
        for side in (comparison.old, comparison.new)
        for _, rule in side.law.rules.values()
    }
    for scope in judged & UNIT_TABLES.keys():
        then, now = population.rows_of(UNIT_TABLES[scope])
        if then == now:
            continue
        yield Text(
            f"{scope.label.zh}不完全相同：原 {len(then)} 个，现 {len(now)} 个，"
            f"共有 {len(then & now)} 个；只有共有的逐个比较",
            f"not the same units ({scope.label.en}): {len(then)} then, {len(now)} now, "
            f"{len(then & now)} in both; single ones are compared where they are in "
            "both",
        )


def _renamed(old: tuple[str, ...], new: str) -> Text:
    codes = ", ".join(old)
    if len(old) == 1:
        return Text(f"区县代码变更：{codes} → {new}", f"renamed: {codes} → {new}")
    return Text(
        f"区县合并：{codes} → {new}；全县结论和差异系数未比较，学校逐校比较",
        f"merged counties: {codes} → {new}; their own verdicts and coefficients are "
        "not compared, their schools are",
    )


def _side_notes(old: Assessment, new: Assessment) -> Iterator[Text]:
    if old.synthetic != new.synthetic:
        yield Text("只有一方是合成数据", "only one of the two is synthetic data")
    elif old.synthetic:
        yield Text("合成数据", "synthetic data")
    for side, zh, en in ((old, "原", "old"), (new, "新", "new")):
        if not np.isnan(_years(side)).all():
            years = "、".join(
                f"{year:g}" for year in np.unique(_years(side)[~np.isnan(_years(side))])
            )
            yield Text(
                f"{zh}评估：{years} 年数据，按 {side.on} 施行的规定",
                f"{en} assessment: data of {years.replace('、', ', ')}, law as of "
                f"{side.on}",
            )
    if old.as_area != new.as_area:
        yield Text(
            f"所用规定的地区不同：原 {old.as_area or '各县所在地'}，"
            f"现 {new.as_area or '各县所在地'}",
            f"the law of different areas is used: {old.as_area or 'their own'} then, "
            f"{new.as_area or 'their own'} now",
        )
    for name in sorted(old.law.options.keys() | new.law.options.keys()):
        then, now = (each.law.options.get(name) for each in (old, new))
        if then != now:
            yield Text(
                f"口径 {name} 不同：原 {then or '—'}，现 {now or '—'}",
                f"the reading {name} differs: {then or '—'} then, {now or '—'} now",
            )


def _years(assessment: Assessment) -> Any:
    return assessment.facts.counties.numbers("year")
