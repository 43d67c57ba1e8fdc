"""
Limits: the law as a column beside the units that it is about.

Most limits differ only by stage, so they are kept one cell to a group of units; what
comparing needs of them (the bar: a limit less its slack) is worked out on those cells
and only then repeated for every unit.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from eduequity.facts import Floats, constant, distinct, is_constant
from eduequity.rules import Value


__all__ = ["SLACK", "Limit", "bar"]

SLACK = 2.0**-40
"""
Relative slack of every comparison, in the measured party's favour.

A value on the line in exact arithmetic is met whatever floats make of it; the
smallest gap that the contract can carry is more than forty times as wide.
"""

Sizes: TypeAlias = npt.NDArray[np.intp]
"""How many units each cell stands for."""


class Limit:
    """
    The value of a parameter in force for every unit.

    Where a blank leaves open which value governs, *low* and *high* bound it; NaN where
    none is in force.

    Args:
        low: The value or its lower bound, a number per cell.

        high: The value or its upper bound; *low* itself where nothing is left open.

        origin: The governing value's number in *values*, -1 for none.

        values: The values, each with the area whose pack states it.

        sizes: How many units each cell stands for; None: one.
    """

    def __init__(
        self,
        low: Floats,
        high: Floats,
        origin: npt.NDArray[np.int16],
        values: tuple[tuple[str, Value], ...],
        *,
        sizes: Sizes | None = None,
    ) -> None:
        self._low = low
        self._high = high
        self._origin = origin
        self.values = values
        self._sizes = sizes

    @property
    def uniform(self) -> bool:
        """Whether it is the same for every unit."""
        return is_constant(self._low) and is_constant(self._high)

    @property
    def repeats(self) -> bool:
        """Whether its cells stand for several units each."""
        return self._sizes is not None

    @property
    def exact(self) -> bool:
        """Whether no blank leaves open which value governs."""
        return self._low is self._high

    @cached_property
    def low(self) -> Floats:
        """The value of every unit, or its lower bound."""
        return self._spread(self._low)

    @cached_property
    def high(self) -> Floats:
        """The value of every unit, or its upper bound; *low* itself where exact."""
        return self.low if self.exact else self._spread(self._high)

    @cached_property
    def origin(self) -> npt.NDArray[np.int16]:
        """The number of every unit's governing value in `values`, -1 for none."""
        return self._spread(self._origin)

    @property
    def absent(self) -> npt.NDArray[np.bool_] | None:
        """The units for which no value is in force; None where there is none such."""
        none = np.isnan(distinct(self._low))
        if not self.exact:
            none = none & np.isnan(distinct(self._high))
        if not none.any():
            return None
        return self._spread(np.broadcast_to(none, self._low.shape))

    def bars(self, operator: str, *, hard: bool) -> Floats:
        """
        Return what a value of every unit must reach: the limit less its slack.

        Args:
            operator: ``>=``, ``<=``, ``>`` or ``<``.

            hard: Whether of two bounds the one that is harder to reach counts.
        """
        cells = self._high if hard == (operator[0] == ">") else self._low
        return self._spread(bar(operator, cells))

    def part(self, share: Limit, operator: str) -> Limit:
        """Return the limit of which only a share is asked: the floor of a quorum."""
        if share.uniform:
            sizes, own = self._sizes, (self._low, self._high)
            asked = share._low[:1], share._high[:1]
        else:
            sizes, own = None, (self.low, self.high)
            asked = share.low, share.high
        rising = operator[0] == ">"
        low = own[0] * asked[0] if rising else own[0] / asked[1]
        high = low
        if not (self.exact and share.exact):
            high = own[1] * asked[1] if rising else own[1] / asked[0]
        return Limit(low, high, self._origin, self.values, sizes=sizes)

    def repeated(self, sizes: Sizes) -> Limit:
        """Return the limit of groups for the units that each of them has."""
        return Limit(self._low, self._high, self._origin, self.values, sizes=sizes)

    def of_first(self) -> Limit:
        """Return the limit of the first unit alone."""
        low = self._low[:1]
        high = low if self.exact else self._high[:1]
        return Limit(low, high, self._origin[:1], self.values)

    def cut(self, rows: slice) -> Limit:
        """Return the limit of some of the units."""
        low = self.low[rows]
        high = low if self.exact else self.high[rows]
        return Limit(low, high, self.origin[rows], self.values)

    def _spread(self, cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self._sizes is None:
            return cells
        if is_constant(cells):
            return constant(cells[0], self._total)
        return np.repeat(cells, self._sizes)

    @property
    def _total(self) -> int:
        return self._low.size if self._sizes is None else int(self._sizes.sum())


def bar(operator: str, limit: Floats) -> Floats:
    """
    Return the limit less its slack, in the measured party's favour.

    >>> bool(bar(">=", np.array([4.2]))[0] < 4.2 < bar("<=", np.array([4.2]))[0])
    True
    """
    if is_constant(limit):  # one cell stands for all
        return constant(bar(operator, limit[:1])[0], len(limit))
    down = operator in (">=", "<")
    if limit.size and limit.min() >= 0:  # one pass in place of three
        result: Floats = limit * (1 - SLACK if down else 1 + SLACK)
    else:
        result = limit + np.abs(limit) * (-SLACK if down else SLACK)
    return result
