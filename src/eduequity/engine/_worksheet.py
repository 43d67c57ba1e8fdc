"""What entered the arithmetic, for every unit of a county at once, as columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import numpy as np

from eduequity.engine._columns import Workspace, point
from eduequity.engine._explain import unit_of
from eduequity.engine._findings import rounded
from eduequity.engine._judge import judge
from eduequity.engine._limits import Limit
from eduequity.engine._words import figure
from eduequity.facts import STAGES, DateRange, Floats, Ragged
from eduequity.indicators import Bounds
from eduequity.rules import Dispersion
from eduequity.vocab import Scope, Unit


if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from eduequity.engine._assessment import CountyResult


__all__ = ["OperandColumn", "Worksheet"]

_PLACES = 6

Cell: TypeAlias = float | str | None


@attrs.frozen(kw_only=True)
class OperandColumn:
    """
    One operand for every unit of a scope.

    Args:
        unit: The unit of its numbers; None where it has none.

        cells: A number (rounded to 6 decimals), words (dates, lists, bounds; an
            empty list is no word) or None where it is blank.
    """

    unit: Unit | None
    cells: tuple[Cell, ...]


class Worksheet:
    """
    The operands of one county at one level of the law.

    It holds the columns that have been worked out, so that looking at every unit costs
    hardly more than looking at one (`explain` works them out anew).

    Args:
        county: The county.

        area: The level whose values of the law count; ``""`` is the nation.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import Worksheet
    >>> section = ee.Section(pupils=500, above_degree_teachers=20)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> sheet = Worksheet(result["999901"])
    >>> sheet.column(ee.Scope.SECTION, "above_degree_teachers_per_100").cells  # 20 / 5
    (4.0,)
    >>> values, weights, rows = sheet.members(
    ...     "resources.cv_above_degree_teachers", "primary"
    ... )
    >>> values, weights
    (array([4.]), array([500.]))
    """

    def __init__(self, county: CountyResult, area: str = "") -> None:
        assessment = county.assessment
        self._work = Workspace(
            assessment.facts.select(county.row, county.row + 1),
            assessment.law,
            assessment.indicators,
            area,
        )

    def column(self, scope: Scope, name: str) -> OperandColumn:
        """
        Return one operand of every unit of a scope.

        Args:
            scope: The kind of unit.

            name: The column, indicator or parameter.
        """
        value = self._work.at(scope)[name]
        return OperandColumn(unit=unit_of(self._work, name), cells=tuple(_cells(value)))

    def members(
        self, rule: str, stage: str
    ) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
        """
        Return what enters a coefficient.

        Args:
            rule: The coefficient's rule.

            stage: ``primary`` or ``junior``.

        Returns:
            The sections' values, their weights, and their rows among all sections;
            each of shape ``(m,)``.
        """
        shape = self._work.law.rules[rule][1]
        assert isinstance(shape, Dispersion)
        judged = judge(self._work, rule, shape)
        assert judged.members is not None
        rank = [each.value for each in STAGES].index(stage)
        rows = np.flatnonzero(judged.members & (self._work.facts.section_stage == rank))
        columns = self._work.section
        value, weight = (point(columns[n]) for n in (shape.indicator, shape.weight))
        return value[rows], weight[rows], rows


def _cells(value: Any) -> Iterator[Cell]:
    if isinstance(value, Limit | Bounds):
        for low, high in zip(value.low.tolist(), value.high.tolist(), strict=True):
            yield _between(low, high)
    elif isinstance(value, DateRange):
        for first, last in zip(value.first, value.last, strict=True):
            yield None if np.isnat(first) else _span(str(first), str(last))
    elif isinstance(value, Ragged):
        yield from _lists(value)
    elif value.dtype == object:
        yield from (None if each is None else str(each) for each in value)
    else:
        yield from map(_number, value.tolist())


def _number(value: float) -> float | None:
    return rounded(value, _PLACES) if math.isfinite(value) else None


def _between(low: float, high: float) -> Cell:
    if low == high or (math.isnan(low) and math.isnan(high)):
        return _number(low)
    if math.isnan(low):
        return f"≤ {figure(high)}"
    return f"≥ {figure(low)}" if math.isnan(high) else f"{figure(low)} – {figure(high)}"


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def _lists(value: Ragged) -> Iterator[Cell]:
    for unit, known in enumerate(value.known):
        part = value.low[value.starts[unit] : value.starts[unit + 1]].tolist()
        yield "; ".join(map(figure, part)) if known else None
