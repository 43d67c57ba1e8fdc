"""What is known of a rule's value over time: published year by year, and on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np

from eduequity.engine._columns import Columns, Workspace, point
from eduequity.engine._published import Published, published
from eduequity.facts import STAGES
from eduequity.rules import Rule, Share, Threshold
from eduequity.vocab import Basis, Scope, Stage, Unit


if TYPE_CHECKING:
    from eduequity.engine._assessment import Assessment

__all__ = ["Point", "history"]

_MEANS = frozenset(
    {Unit.TEACHERS_PER_100, Unit.ROOMS_PER_100, Unit.M2_PER_PUPIL, Unit.YUAN_PER_PUPIL}
)
"""Units in which a county's total over its pupils is the mean of its schools."""


@attrs.frozen(kw_only=True)
class Point:
    """
    One known value of a county.

    Args:
        day: The day that it is of.

        value: The value, in the unit of the rule.

        stage: The stage that it is of; None for both together.

        basis: Computed from records on the day judged, or published.

        source: Where a published one stands.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import Point
    >>> Point(
    ...     day=dt.date(2024, 12, 31), value=0.42, stage=None, basis=ee.Basis.REPORTED
    ... ).basis.label.zh
    '公布'
    """

    day: dt.date
    value: float
    stage: Stage | None
    basis: Basis
    source: str = ""


def history(
    assessment: Assessment, county: str, name: str, rule: Rule
) -> tuple[Point, ...]:
    """
    Return what is known of a rule's value in a county, the earliest first.

    For a rule about schools it is the county's mean: the figure that plans speak of.

    Args:
        assessment: The result.

        county: The county's code.

        name: The rule's full id.

        rule: The rule.

    Returns:
        The values, published and computed, in the unit of the rule.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import history
    >>> county = ee.County(
    ...     code="999901", rotated_teachers=144, rotation_eligible_teachers=1200
    ... )
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> name = "government.teacher_rotation"
    >>> history(result, "999901", name, result.law.rules[name][1])[
    ...     0
    ... ].value  # 144 / 1200
    0.12
    """
    row = assessment[county].row
    work = Workspace(
        assessment.facts.select(row, row + 1),
        assessment.law,
        assessment.indicators,
        county if len(county) % 2 == 0 else "",
    )
    told = published(work, name, rule, any_year=True)
    points = [*_told(told, rule), *_computed(work, rule, assessment.on)]
    return tuple(sorted(points, key=lambda each: (each.day, each.stage or "")))


def _told(told: tuple[Published, ...], rule: Rule) -> Iterator[Point]:
    of_units = rule.scope is not Scope.COUNTY
    wanted = ("mean",) if of_units else ("value", "share_met")
    for each in told:
        if each.refusal is None and each.day is not None and each.statistic in wanted:
            yield Point(
                day=each.day,
                value=each.value,
                stage=each.stage,
                basis=Basis.REPORTED,
                source=each.source,
            )


def _computed(work: Workspace, rule: Rule, on: dt.date) -> Iterator[Point]:
    """Yield what the records give on the day."""
    for stage in (None, *STAGES):
        value = _value(work, rule, stage)
        if np.isfinite(value):
            yield Point(day=on, value=value, stage=stage, basis=Basis.COMPUTED)


def _value(work: Workspace, rule: Rule, stage: Stage | None) -> float:
    columns: Columns = work.county if stage is None else work.group
    row = 0 if stage is None else stage.rank
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(rule, Share):
            if not (rule.numerator and rule.denominator) or rule.population:
                return np.nan
            above = point(columns[rule.numerator])[row]
            return float(above / point(columns[rule.denominator])[row])
        if not isinstance(rule, Threshold):
            return np.nan
        made = work.indicators.get(rule.indicator)
        if rule.scope is not Scope.COUNTY and (made is None or made.unit not in _MEANS):
            return np.nan
        return float(point(columns[rule.indicator])[row])
