"""
The cheapest whole changes: an integer programme, solved by HiGHS through scipy.

A coefficient is a cone. It enters as tangents of its parts: with ``u_s`` at least
``(x_s − mean)² / mean``, which is convex, the rule is ``Σ w_s u_s ≤ limit² · mean``,
and every tangent ``u_s ≥ 2 r (x_s − mean) − r² mean`` holds whatever *r* is. So what
the programme with some tangents costs is never more than what the county must pay,
and a solution that breaks no rule is the cheapest.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

import attrs
import numpy as np

from eduequity import measures
from eduequity.facts import Floats
from eduequity.planning._county import Asked, Cone, CountyModel, Whole
from eduequity.planning._solver import Lines, Solved


__all__ = ["Answer", "Budget", "Programme", "Status"]

Status: TypeAlias = Literal["optimal", "feasible", "infeasible", "unsolved"]
"""Proven best, only found, proven impossible, or nothing is proven."""


@attrs.frozen(eq=False, kw_only=True)
class Budget:
    """
    What changes cost and how many there may be.

    Args:
        cost: What one unit more in every cell costs.

        most: The most that may be added to every cell.

        columns: The most that may be added to all cells of a column.

        move: What moving one teacher costs.

        moves: The most teachers that may be moved.
    """

    cost: Floats
    most: Floats
    columns: Mapping[str, float]
    move: float
    moves: float


@attrs.frozen(eq=False, kw_only=True)
class Answer:
    """
    What a programme came to.

    Args:
        status: ``optimal`` to within the gap asked for, ``feasible``, ``infeasible``
            (proven) or ``unsolved`` in the time given.

        bought: What is added to every cell.

        arrived: What moves into every cell.

        left: What moves out of it.

        cost: What it costs; infinite where there is no answer.

        bound: What every plan costs at least: proven.

        x: All variables of the programme that it came from, where they are known.
    """

    status: Status
    bought: Whole
    arrived: Whole
    left: Whole
    cost: float
    bound: float
    x: Floats | None = None

    @property
    def added(self) -> Whole:
        """By how much every cell changes."""
        return self.bought + self.arrived - self.left


_SHARP = 1e-12
"""How much a coefficient may miss its limit, relative: no more than judges allow."""

_SCALE = 100.0
_STARTING = np.array([-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9, 1.5, 3.0])
_CAP = 3.0
_LP_ROUNDS = 15
_LP_SLACK = 1e-5
_KEPT = 5
_BESIDE = (-0.03, 0.03)
_TIGHTER = 1e-4
_ROUGH = 2e-3
_SOME = 1e-5
_TRIES = 12
_CUTS = 1
_GAIN = 2e-5
_SPARE = 1e-6
_FLAT = 1e-6
_PATIENCE = 4.0
_MANY = 10
_HARD = 1000.0
_MISSED = 1.0


class NoneSuffices(Exception):  # noqa: N818 - no error: a proof, caught in here
    """Nothing within the bounds meets what is asked."""


class _Relaxed(NamedTuple):
    """An answer in parts of units: the changes, their cost, and all variables."""

    added: Floats
    cost: float
    x: Floats
    reduced: Floats


_NOT_SHRUNK: Mapping[int, float] = {}


class Within(NamedTuple):
    """The least and the most of the first variables: changes and choices."""

    low: Floats
    high: Floats


class Programme:
    """
    The integer programme of a county.

    Args:
        model: What can be moved, and what is asked.

        budget: What it costs.

        rotation: Whether teachers may move between schools of their stage.
    """

    def __init__(self, model: CountyModel, budget: Budget, *, rotation: bool) -> None:
        self.model = model
        self.budget = budget
        self.size = len(model.cells)
        self._choices: list[tuple[list[int], int]] = []
        self._known: dict[bytes, Solved] = {}
        self.choices_end = 0
        """How many variables come before those of the coefficients."""
        self.touched: dict[Cone, list[Floats]] = {}
        self.moving = np.zeros(self.size, dtype=np.bool_)
        self.used = np.zeros(self.size, dtype=np.bool_)
        for lever in model.levers.values():
            self.used[lever.cell] = True
            if rotation and lever.rotates:
                self.moving[lever.cell] = True

    @cached_property
    def cap(self) -> Floats:
        """The most that is ever worth adding: far above the largest of the stage."""
        cap = np.zeros(self.size)
        asked = [each for some in self.model.asked.values() for each in some]
        for each in asked:
            cell = each.lever.cell[each.rows]
            np.maximum.at(cap, cell, np.maximum(each.full, 0).astype(float))
        for cone in self.model.cones:
            lever, rows = cone.lever, cone.rows
            top = _CAP * max(lever.value[rows].max(), 1e-9)
            top = max(top, (lever.value + lever.slope * cap[lever.cell])[rows].max())
            need = np.ceil((top - lever.value[rows]) / lever.slope[rows])
            np.maximum.at(cap, lever.cell[rows], need)
        return np.minimum(np.where(self.used, cap, 0.0), self.budget.most)

    @cached_property
    def groups(self) -> dict[tuple[str, int], list[int]]:
        """The cells between which teachers can move: of one kind and stage."""
        stage = self.model.facts.section_stage
        groups: dict[tuple[str, int], list[int]] = {}
        for at in np.flatnonzero(self.moving).tolist():
            _, column, row = self.model.cells[at]
            groups.setdefault((column, int(stage[row])), []).append(at)
        return groups

    # -- solving -----------------------------------------------------------------------

    def solve(
        self,
        *,
        waived: frozenset[str] = frozenset(),
        seconds: float = 20.0,
        gap: float = 0.0,
        buying: bool = True,
        soft: bool = False,
        known: Answer | None = None,
    ) -> Answer:
        """
        Return the cheapest changes.

        Args:
            waived: Rules that need not be met; a coefficient of one stage is
                ``<rule>#<stage rank>``.

            seconds: How long it may take.

            gap: How far above the proven bound the cost may be, relative.

            buying: Whether anything may be bought; else teachers only move.

            soft: Whether rules may stay unmet; then as few as possible do.

            known: An answer that holds, to start from.
        """
        until = time.monotonic() + seconds
        search = _Search(self, waived=waived, gap=gap, buying=buying, soft=soft)
        if known is not None:
            search.best = known
            for each, some in self.touched.items():
                if each in search.cones:
                    search.tangents[search.cones.index(each)] += some
        found = search.run(until)
        if known is None and not soft:
            pairs = zip(search.cones, search.tangents.values(), strict=True)
            self.touched = {cone: some for cone, some in pairs if some}
        return found

    def none(self, status: Status) -> Answer:
        zero = np.zeros(self.size, dtype=np.int64)
        return Answer(
            status=status,
            bought=zero,
            arrived=zero,
            left=zero,
            cost=np.inf,
            bound=np.inf if status == "infeasible" else 0.0,
        )

    def broken(
        self, added: Floats, cones: list[Cone], slack: float = _SHARP
    ) -> list[int]:
        """Return which coefficients are above their limits after the changes."""
        found = []
        for nth, cone in enumerate(cones):
            x = self._x(cone, added)
            cv = measures.coefficient_of_variation(x, cone.weight)
            if cv > cone.limit * (1 + slack):
                found.append(nth)
        return found

    @staticmethod
    def _x(cone: Cone, added: Floats) -> Floats:
        lever = cone.lever
        x: Floats = (lever.value + lever.slope * added[lever.cell])[cone.rows]
        return x

    def touch(
        self,
        added: Floats,
        cones: list[Cone],
        broken: Iterable[int],
        tangents: dict[int, list[Floats]],
    ) -> None:
        """Add the tangents at what the changes make of some coefficients."""
        for nth in broken:
            cone = cones[nth]
            if not tangents[nth]:
                tangents[nth] += [np.full(len(cone.rows), r) for r in _STARTING]
            x = self._x(cone, added)
            mean = float(cone.weight @ x)
            tangents[nth].append((x - mean) / mean)

    def nearest(
        self, cone: Cone, added: Floats, tangents: list[Floats]
    ) -> list[Floats]:
        """Keep the tangents that touch nearest to a solution: the others only cost."""
        x = self._x(cone, added)
        mean = float(cone.weight @ x)
        here, all_ = (x - mean) / mean, np.stack(tangents)
        order = np.argsort(np.abs(all_ - here), axis=0)[:_KEPT]
        beside = [here + by for by in _BESIDE]
        return [*np.take_along_axis(all_, order, axis=0), *beside]

    # -- one programme -----------------------------------------------------------------

    def whole(self, **options: Any) -> Answer | None:
        """Solve in whole numbers; None where that is proven impossible."""
        result = self._run(whole=True, **options)
        if result.infeasible:
            return None
        if result.x is None:
            return attrs.evolve(self.none("unsolved"), bound=result.bound)
        n = self.size
        bought, arrived, left = (
            np.ceil(result.x[k * n : (k + 1) * n] - _SOME).astype(np.int64)
            for k in range(3)
        )
        both = np.minimum(arrived, left)
        arrived, left = arrived - both, left - both
        cost = float(self.budget.cost @ bought + self.budget.move * arrived.sum())
        return Answer(
            status="optimal" if result.best else "feasible",
            bought=bought,
            arrived=arrived,
            left=left,
            cost=cost,
            bound=result.bound,
            x=result.x,
        )

    def relaxed(self, *, seconds: float, **options: Any) -> _Relaxed | None:
        """
        Solve without whole numbers; None where the time did not suffice.

        Raises:
            NoneSuffices: Even so nothing suffices.
        """
        result = self._run(whole=False, seconds=seconds, gap=0.0, **options)
        if result.infeasible:
            raise NoneSuffices
        if result.x is None or not result.best:
            return None
        n, x = self.size, result.x
        added = x[:n] + x[n : 2 * n] - x[2 * n : 3 * n]
        assert result.reduced is not None
        return _Relaxed(added, result.cost, x, result.reduced)

    def settled(self, x: Floats) -> dict[int, float]:
        """Settle which indicators stay missed where a relaxed answer wavers."""
        settled: dict[int, float] = {}
        for places, allowed in self._choices:
            order = sorted(places, key=lambda at: -x[at])
            for nth, at in enumerate(order):
                settled[at] = float(nth < allowed and x[at] > _SOME)
        return settled

    def _run(
        self,
        *,
        waived: frozenset[str],
        cones: list[Cone],
        tangents: Mapping[int, list[Floats]],
        buying: bool,
        soft: bool,
        whole: bool,
        seconds: float,
        gap: float,
        shrink: Mapping[int, float] = _NOT_SHRUNK,
        settled: Mapping[int, float] | None = None,
        within: Within | None = None,
    ) -> Solved:
        rows = Lines()
        self._choices = []
        self._variables(rows, buying=buying, soft=soft)
        for name, asked in self.model.asked.items():
            self._quorum(rows, name, asked, waived, soft=soft)
        self.choices_end = len(rows.cost)
        if within is not None:
            rows.keep(within.low, within.high)
        for nth, cone in enumerate(cones):
            if tangents[nth] or soft:
                spread = tangents[nth] or [
                    np.full(len(cone.rows), r) for r in _STARTING
                ]
                self._cone(rows, cone, spread, shrink=shrink.get(nth, 0.0), soft=soft)
        self._budget(rows)
        for at, chosen in (settled or {}).items():
            rows.low[at] = rows.high[at] = chosen
        if not whole:
            return rows.relaxed(seconds=seconds)
        if settled is None:
            return rows.solved(seconds=seconds, gap=gap)
        return rows.solved_apart(self._known, seconds=seconds, gap=gap)

    def _variables(self, rows: Lines, *, buying: bool, soft: bool) -> None:
        n, budget = self.size, self.budget
        held = np.floor(self.model.amounts)
        most = self.cap if buying else np.zeros(n)
        room = np.where(self.moving, np.nansum(np.where(self.moving, held, 0)), 0.0)
        out = np.where(self.moving, held, 0.0)
        if soft or not buying:
            out = np.minimum(out, self._spare())
        scale = 1e-3 if soft else 1.0
        rows.add_all(budget.cost * scale, np.zeros(n), most)
        rows.add_all(np.full(n, budget.move * scale), np.zeros(n), room)
        rows.add_all(np.zeros(n), np.zeros(n), out)

    def _spare(self) -> Floats:
        """Return what a school can give without falling below what is asked of it."""
        spare = np.full(self.size, np.inf)
        for asked in self.model.asked.values():
            for each in asked:
                least = np.maximum(-each.full, 0).astype(float)
                np.minimum.at(spare, each.lever.cell[each.rows], least)
        return np.where(np.isfinite(spare), spare, 0.0)

    def _delta(self, cell: int, by: float = 1.0) -> list[tuple[int, float]]:
        n = self.size
        terms = [(cell, by)]
        if self.moving[cell]:
            terms += [(n + cell, by), (2 * n + cell, -by)]
        return terms

    def _quorum(
        self,
        rows: Lines,
        name: str,
        asked: list[Asked],
        waived: frozenset[str],
        *,
        soft: bool,
    ) -> None:
        if name in waived or not asked:
            return
        asked = [each for each in asked if each.rule not in waived]
        allowed = self.model.allowed[name]
        for nth in range(len(allowed)):
            choice: list[tuple[int, float]] = []
            failed = rows.add(_HARD, 0, 1) if soft else -1
            for each in asked:
                full, floor = int(each.full[nth]), int(each.floor[nth])
                cell = int(each.lever.cell[each.rows[nth]])
                fixed = not self.moving[cell]
                if fixed and full <= 0:
                    continue
                terms = self._delta(cell)
                if floor < full:
                    stays = rows.add(0.0, 0, 1)
                    choice.append((stays, 1.0))
                    low = max(floor, 0) if fixed else floor
                    terms.append((stays, float(full - low)))
                if soft:
                    missed = rows.add(_MISSED, 0, 1)
                    lowest = min(full, 0)
                    terms.append((missed, float(full - lowest)))
                    rows.row([(failed, 1.0), (missed, -1.0)], 0.0, np.inf)
                rows.row(terms, float(full), np.inf)
            self._choices.append(([at for at, _ in choice], int(allowed[nth])))
            if len(choice) > allowed[nth]:
                rows.row(choice, -np.inf, float(allowed[nth]))

    def _cone(
        self,
        rows: Lines,
        cone: Cone,
        tangents: list[Floats],
        *,
        shrink: float,
        soft: bool,
    ) -> None:
        """Add a coefficient, in units of its mean as it is."""
        lever, members = cone.lever, cone.rows
        unit = max(float(cone.weight @ lever.value[members]), 1e-9)
        value = lever.value[members] / unit
        slope = lever.slope[members] / unit
        cells = lever.cell[members].tolist()
        mean = rows.add(0.0, 0.0, np.inf, whole=False)
        parts = [rows.add(0.0, 0.0, np.inf, whole=False) for _ in cells]
        terms = [(mean, -1.0)]
        for cell, weight, each in zip(cells, cone.weight, slope, strict=True):
            terms += self._delta(cell, float(weight * each))
        base = -float(cone.weight @ value)
        rows.row(terms, base, base, scale=_SCALE)
        limit = cone.limit * (1 - shrink)
        total = [(part, float(w)) for part, w in zip(parts, cone.weight, strict=True)]
        total.append((mean, -(limit**2)))
        if soft:
            total.append((rows.add(_HARD, 0, 1), -1e3))
        rows.row(total, -np.inf, 0.0, scale=_SCALE)
        for at, cell in enumerate(cells):
            for r in np.unique(np.array([float(each[at]) for each in tangents])):
                # u − 2 r (x − mean) + r² mean ≥ 0, with x = value + slope · change
                line = [(parts[at], 1.0), (mean, 2 * r + r * r)]
                line += self._delta(cell, float(-2 * r * slope[at]))
                rows.row(line, float(2 * r * value[at]), np.inf, scale=_SCALE)

    def _budget(self, rows: Lines) -> None:
        n = self.size
        for column, most in self.budget.columns.items():
            cells = [
                (at, 1.0)
                for at, each in enumerate(self.model.cells)
                if each[1] == column
            ]
            rows.row(cells, -np.inf, most)
        moving = np.flatnonzero(self.moving).tolist()
        if not moving:
            return
        if np.isfinite(self.budget.moves):
            rows.row([(n + at, 1.0) for at in moving], -np.inf, self.budget.moves)
        for some in self.groups.values():  # whoever leaves arrives, in the same stage
            both = [(n + at, 1.0) for at in some] + [(2 * n + at, -1.0) for at in some]
            rows.row(both, 0.0, 0.0)


class _Search:
    """
    One search for the cheapest changes: bounds from below, plans from above.

    The relaxed programme with some tangents gives a bound, and settles which
    indicators stay missed. Then the columns hang together no more, and each is solved
    in whole numbers by itself: a plan near the bound, soon. What is left of the time
    goes to the programme as a whole, until they meet.
    """

    def __init__(
        self,
        programme: Programme,
        *,
        waived: frozenset[str],
        gap: float,
        buying: bool,
        soft: bool,
    ) -> None:
        self.programme = programme
        self.cones = [
            each
            for each in programme.model.cones
            if each.rule not in waived and f"{each.rule}#{each.stage}" not in waived
        ]
        self.tangents: dict[int, list[Floats]] = {n: [] for n in range(len(self.cones))}
        self.gap = gap
        self.soft = soft
        self.options: dict[str, Any] = {
            "waived": waived,
            "cones": self.cones,
            "tangents": self.tangents,
            "buying": buying,
            "soft": soft,
        }
        self.best = programme.none("unsolved")
        self.bound = 0.0

    def run(self, until: float) -> Answer:
        """Search until the plan is good enough, or the time is up."""
        if self.soft:
            return self._as_far_as_possible(until)
        try:
            self._search(until)
        except NoneSuffices:
            return self.programme.none("infeasible")
        return self._answer()

    def _search(self, until: float) -> None:
        # The first plan takes what it takes on a busy machine; a better one, no longer.
        patient = until + _PATIENCE * max(until - time.monotonic(), 1.0)
        relaxed = self._relax(patient)
        if relaxed is not None and any(self.tangents.values()):
            self._settle(patient, relaxed.x, _ROUGH)
        near = _ROUGH
        while not self._good:
            left = until - time.monotonic()
            if left <= 0:
                return
            within = None if relaxed is None else self._within(relaxed)
            found = self.programme.whole(
                **self.options,
                seconds=max(left / 2, 0.5),
                gap=max(self.gap / 2, near),
                within=within,
            )
            if found is None and not np.isfinite(self.best.cost):
                raise NoneSuffices
            if found is None:  # contradicts the best so far: numbers too near
                return
            if found.bound <= self.best.cost * (1 + _EQUAL):  # else as above
                self.bound = max(self.bound, found.bound)
            held = self._take(found)
            if held and found.status == "optimal" and near <= self.gap:
                return  # all but what rounding up costs
            if not held and found.x is not None and not self._good:
                self._settle(until, found.x, near)
            near = 0.0  # a rough answer came first: there may be no time for another

    def _within(self, relaxed: _Relaxed) -> Within | None:
        """
        Return where every answer lies that costs no more than the best so far.

        One unit more of a variable that the relaxed answer leaves at its end costs at
        least its reduced cost; so many units as the plans may differ in are left.
        """
        best = self.best.cost
        if not np.isfinite(best):
            return None
        spare = max(best - relaxed.cost, 0.0) + _SPARE * max(best, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.floor(spare / np.abs(relaxed.reduced) + _SPARE)
        low, high = np.full(len(steps), -np.inf), np.full(len(steps), np.inf)
        at = np.round(relaxed.x)  # at an end, which is whole
        up, down = relaxed.reduced > _FLAT, relaxed.reduced < -_FLAT
        high[up], low[down] = (at + steps)[up], (at - steps)[down]
        kept = self.programme.choices_end
        return Within(low[:kept], high[:kept])

    @property
    def _good(self) -> bool:
        best = self.best.cost
        enough = max(self.gap * best, _EQUAL * max(best, 1.0))
        return bool(np.isfinite(best)) and best - self.bound <= enough

    def _answer(self) -> Answer:
        best = self.best
        if not np.isfinite(best.cost):
            return attrs.evolve(best, bound=self.bound)
        status: Status = "optimal" if self._good else "feasible"
        bound = min(self.bound, best.cost)
        return attrs.evolve(best, status=status, bound=bound)

    def _take(self, found: Answer) -> bool:
        """Keep an answer that holds; otherwise learn from it."""
        if not np.isfinite(found.cost):
            return False
        added = found.added.astype(float)
        broken = self.programme.broken(added, self.cones)
        if not broken:
            if found.cost < self.best.cost:
                self.best = found
            return True
        self.programme.touch(added, self.cones, broken, self.tangents)
        return False

    def _settle(self, until: float, x: Floats, gap: float) -> None:
        """
        Look for a plan that misses what *x* misses, column by column.

        What breaks a coefficient is cut off; where that does not help at once the
        limit of this coefficient is made tighter, a little more each time.
        """
        settled, shrink = self.programme.settled(x), dict[int, float]()
        for nth in range(_TRIES):
            left = until - time.monotonic()
            if left <= 0:
                return
            found = self.programme.whole(
                **self.options, seconds=left, gap=gap, settled=settled, shrink=shrink
            )
            if found is None or not np.isfinite(found.cost):
                return
            broken = self.programme.broken(found.added.astype(float), self.cones)
            if self._take(found):
                return
            if nth >= _CUTS:
                for cone in broken:
                    shrink[cone] = 2 * shrink.get(cone, _TIGHTER / 2)

    def _relax(self, until: float) -> _Relaxed | None:
        """Add tangents where the continuous programme breaks a coefficient."""
        last: _Relaxed | None = None
        for _ in range(_LP_ROUNDS):
            left = max(until - time.monotonic(), 0.5)
            found = self.programme.relaxed(**self.options, seconds=left)
            if found is None:
                return last
            last, added, cost = found, found.added, found.cost
            gained = cost - self.bound
            self.bound = max(self.bound, cost * (1 - _EQUAL))
            broken = self.programme.broken(added, self.cones, _LP_SLACK)
            if not broken or gained < _GAIN * cost or time.monotonic() > until:
                break
            self.programme.touch(added, self.cones, broken, self.tangents)
            self._prune(added, _MANY)
        self._prune(added)
        return last

    def _prune(self, added: Floats, most: int = 0) -> None:
        """Keep the tangents near to a solution where there are more than so many."""
        for nth, cone in enumerate(self.cones):
            some = self.tangents[nth]
            if len(some) > most:
                self.tangents[nth] = self.programme.nearest(cone, added, some)

    def _as_far_as_possible(self, until: float) -> Answer:
        """Leave as few rules unmet as can be: tangents until nothing changes."""
        best = self.programme.none("unsolved")
        while (left := until - time.monotonic()) > 0:
            found = self.programme.whole(**self.options, seconds=left, gap=self.gap)
            if found is None or not np.isfinite(found.cost):
                break
            if np.array_equal(found.added, best.added) and np.isfinite(best.cost):
                return attrs.evolve(found, status="optimal", bound=found.cost)
            best = found
            added = found.added.astype(float)
            broken = self.programme.broken(added, self.cones)
            self.programme.touch(added, self.cones, broken, self.tangents)
        return best


_EQUAL = 1e-6
"""Costs this near to each other, relative, are the same."""
