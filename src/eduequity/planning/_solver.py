"""
The rows of an integer programme, and HiGHS asked through scipy.

Whole numbers of a wide range (yuan) are left to be parts of units: with them the
bounds that HiGHS reports can be wrong. A bound stays a bound, and who asked rounds up.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import attrs
import numpy as np

from eduequity.errors import MissingExtraError
from eduequity.facts import Floats
from eduequity.planning._county import Rows, Whole
from eduequity.planning._quiet import quietly


__all__ = ["Lines", "Solved"]


class Solved(NamedTuple):
    """
    What the solver came to.

    Args:
        x: The variables; None where there is no answer.

        cost: What they cost.

        bound: What every answer costs at least; 0 where nothing is proven.

        best: Whether it is the cheapest, to within the gap asked for.

        infeasible: Whether it is proven that there is no answer.

        reduced: What one unit more of every variable costs; of relaxed answers alone.
    """

    x: Floats | None
    cost: float
    bound: float
    best: bool
    infeasible: bool
    reduced: Floats | None = None


class Lines:
    """The variables and rows of a programme, one after the other."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._value: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def add(self, cost: float, low: float, high: float, *, whole: bool = True) -> int:
        """Add a variable and return its place."""
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.cost) - 1

    def add_all(self, cost: Floats, low: Floats, high: Floats) -> None:
        """Add many whole variables."""
        for each in zip(cost.tolist(), low.tolist(), high.tolist(), strict=True):
            self.add(*each)

    def row(
        self,
        terms: list[tuple[int, float]],
        low: float,
        high: float,
        *,
        scale: float = 1.0,
    ) -> None:
        """Add ``low ≤ Σ terms ≤ high``."""
        at = len(self._least)
        for column, value in terms:
            self._row.append(at)
            self._column.append(column)
            self._value.append(value * scale)
        self._least.append(low * scale)
        self._most.append(high * scale)

    def keep(self, low: Floats, high: Floats) -> None:
        """Keep the first variables from one number to another."""
        count = len(low)
        self.low[:count] = np.maximum(self.low[:count], low).tolist()
        self.high[:count] = np.minimum(self.high[:count], high).tolist()

    def relaxed(self, *, seconds: float) -> Solved:
        """Solve without whole numbers."""
        return _relaxed(self._one(), seconds)

    def solved(self, *, seconds: float, gap: float) -> Solved:
        """Solve all at once."""
        return _solve(self._one(), seconds, gap)

    def solved_apart(
        self, known: dict[bytes, Solved], *, seconds: float, gap: float
    ) -> Solved:
        """
        Solve what hangs together by itself, and remember it.

        Branching over parts that have nothing to do with one another would try all
        their combinations.
        """
        one, until = self._one(), time.monotonic() + seconds
        parts = list(one.parts())
        x, cost, bound, best = one.low.copy(), one.fixed_cost, one.fixed_cost, True
        todo = sum(len(at) for at, _ in parts)
        for at, part in parts:
            found = known.get(key := part.key(gap))
            if found is None:
                left = max(until - time.monotonic(), 0.0)
                share = min(_SHARE * len(at) / max(todo, 1), _MOST)
                found = _solve(part, left * share, gap)
            todo -= len(at)
            if found.infeasible or found.x is None:
                return found
            known[key] = found
            x[at] = found.x
            cost, bound = cost + found.cost, bound + found.bound
            best = best and found.best
        return Solved(x, cost, bound, best=best, infeasible=False)

    def _one(self) -> _One:
        try:
            from scipy.sparse import csr_array
        except ImportError:
            raise MissingExtraError("plan", "planning") from None

        shape = (len(self._least), len(self.cost))
        return _One(
            cost=np.array(self.cost),
            whole=np.array(self.whole, dtype=np.int64),
            low=np.array(self.low, dtype=float),
            high=np.array(self.high, dtype=float),
            matrix=csr_array((self._value, (self._row, self._column)), shape=shape),
            least=np.array(self._least),
            most=np.array(self._most),
        )


_SHARE, _MOST = 3.0, 0.1
"""How much more than its share of the time a part may take: most need far less."""


@attrs.frozen(eq=False, kw_only=True)
class _One:
    """A programme as the solver takes it: ``least ≤ matrix · x ≤ most``."""

    cost: Floats
    whole: Whole
    low: Floats
    high: Floats
    matrix: Any
    least: Floats
    most: Floats

    @property
    def fixed_cost(self) -> float:
        """What the variables cost that cannot move."""
        fixed = self.low >= self.high
        return float(self.cost[fixed] @ self.low[fixed])

    def parts(self) -> Iterator[tuple[Rows, _One]]:
        """Yield the variables of every part that hangs together, and the part."""
        from scipy.sparse import block_array
        from scipy.sparse.csgraph import connected_components

        free = np.flatnonzero(self.low < self.high)
        fixed = np.flatnonzero(self.low >= self.high)
        matrix = self.matrix[:, free]
        settled = self.matrix[:, fixed] @ self.low[fixed]
        both = block_array([[None, matrix], [matrix.T, None]])
        _, labels = connected_components(both, directed=False)
        count = matrix.shape[0]
        rows, columns = labels[:count], labels[count:]
        size = np.bincount(columns, minlength=labels.max(initial=0) + 1)
        small, large = (
            np.flatnonzero(each) for each in (size < _SMALL, size >= _SMALL)
        )
        alone = (large[nth : nth + 1] for nth in range(len(large)))
        for some in (small, *alone):  # what is small is solved before it is split
            of = np.flatnonzero(np.isin(rows, some))
            mine = np.flatnonzero(np.isin(columns, some))
            at = free[mine]
            yield (
                at,
                _One(
                    cost=self.cost[at],
                    whole=self.whole[at],
                    low=self.low[at],
                    high=self.high[at],
                    matrix=matrix[of][:, mine],
                    least=(self.least - settled)[of],
                    most=(self.most - settled)[of],
                ),
            )

    def key(self, gap: float) -> bytes:
        """Return what tells this programme from others."""
        matrix, digest = self.matrix, hashlib.sha256(repr(gap).encode())
        some = (self.cost, self.whole, self.low, self.high, self.least, self.most)
        for each in (*some, matrix.data, matrix.indices, matrix.indptr):
            digest.update(np.ascontiguousarray(each).tobytes())
        return digest.digest()


_SMALL = 20
_WIDE = 5e5
"""A range from which on whole numbers are left to be parts."""

_UNIT = float(2**10)
_NEAR = 1e-6


def _solve(one: _One, seconds: float, gap: float) -> Solved:
    """Ask for whole numbers."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(one.cost):  # nothing can move: the rows hold or they do not
        holds = bool(((one.least <= _NEAR) & (one.most >= -_NEAR)).all())
        return Solved(one.low, 0.0, 0.0, best=holds, infeasible=not holds)
    wide = (one.whole > 0) & (one.high - one.low > _WIDE)
    whole = np.where(wide, 0, one.whole)
    unit = np.where(wide, _UNIT, 1.0)
    with quietly():
        result = milp(
            c=one.cost * unit,
            integrality=whole,
            bounds=Bounds(one.low / unit, one.high / unit),
            constraints=LinearConstraint(one.matrix * unit, one.least, one.most),
            options={
                "time_limit": float(max(seconds, _LEAST)),
                "mip_rel_gap": gap,
                "disp": False,
            },
        )
    best = result.status == _OPTIMAL
    proven = result.mip_dual_bound if whole.any() else result.fun if best else None
    return Solved(
        x=None if result.x is None else result.x * unit,
        cost=np.inf if result.fun is None else float(result.fun),
        bound=0.0 if proven is None or not np.isfinite(proven) else float(proven),
        best=best,
        infeasible=result.status == _INFEASIBLE,
    )


def _relaxed(one: _One, seconds: float) -> Solved:
    """Ask for any numbers, and for what each costs."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    even = one.least == one.most
    above = np.isfinite(one.least) & ~even
    below = np.isfinite(one.most) & ~even
    with quietly():
        result = linprog(
            c=one.cost,
            A_ub=vstack([one.matrix[below], -one.matrix[above]]),
            b_ub=np.concatenate([one.most[below], -one.least[above]]),
            A_eq=one.matrix[even],
            b_eq=one.least[even],
            bounds=np.column_stack([one.low, one.high]),
            method="highs",
            options={"time_limit": float(max(seconds, _LEAST))},
        )
    best = result.status == _OPTIMAL
    return Solved(
        x=result.x,
        cost=float(result.fun) if best else np.inf,
        bound=float(result.fun) if best else 0.0,
        best=best,
        infeasible=result.status == _INFEASIBLE,
        reduced=result.lower.marginals + result.upper.marginals if best else None,
    )


_OPTIMAL, _INFEASIBLE = 0, 2
_LEAST = 0.1
