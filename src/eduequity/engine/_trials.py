"""
Trying changes out: the same rules on the same units with one cell changed.

A trial is a copy of a school, or of its county, in which a quantity is larger or
smaller; whether that suffices is never estimated but asked of the judges themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Flags, Workspace
from eduequity.facts import STAGES, DateRange, Facts, Floats, Frame, Ragged
from eduequity.vocab import Unit


__all__ = [
    "NEVER",
    "Cell",
    "Lever",
    "SchoolTrials",
    "Steps",
    "caps",
    "edited",
    "moved",
    "smallest",
    "step_of",
]

Steps: TypeAlias = npt.NDArray[np.int64]
"""How many steps a quantity is moved."""

_STEPS = (
    {unit: 1 for unit in Unit if unit.counted}
    | dict.fromkeys(
        (
            Unit.GRADES,
            Unit.LEVEL,
            Unit.YEARS,
            Unit.MONTHS,
            Unit.DAYS,
            Unit.HOURS,
            Unit.MINUTES,
            Unit.METRES,
            Unit.MBPS,
        ),
        1,
    )
    | {
        Unit.M2: 100,
        Unit.YUAN: 100,
        Unit.YUAN_PER_PUPIL: 100,
        Unit.CLOCK_HOURS: 10,
    }
)
"""
How many steps a unit has.

People, rooms and years are whole, areas and money have hundredths, hours on the clock
tenths.
"""

_MOST = {1: 2**31, 10: 2**31, 100: 2**47}
_POINTS = 31
NEVER = -1


def step_of(unit: Unit | None) -> int | None:
    """
    Return how many steps one unit has; None where it cannot be counted out.

    >>> step_of(Unit.TEACHERS), step_of(Unit.M2), step_of(Unit.SHARE)
    (1, 100, None)
    """
    return None if unit is None else _STEPS.get(unit)


class Lever(NamedTuple):
    """
    A quantity that can be moved.

    Args:
        table: ``sections``, ``schools``, ``county`` or another table.

        name: The column.

        unit: Its unit.

        sign: 1 where more of it helps, -1 where less does.
    """

    table: str
    name: str
    unit: Unit
    sign: int

    @property
    def per_unit(self) -> int:
        """How many steps one unit has."""
        return _STEPS[self.unit]


class Cell(NamedTuple):
    """One cell of a county's own tables, and the steps that it is moved."""

    lever: Lever
    row: int
    steps: int


def moved(value: float, lever: Lever, steps: int) -> float:
    """
    Move a value by so many steps, as decimals and not as their binary sums.

    >>> moved(0.1, Lever("schools", "teaching_area", Unit.M2, 1), 20)
    0.3
    """
    return float(_moved_all(np.array([value]), lever, np.array([steps]))[0])


def _moved_all(values: Floats, lever: Lever, steps: Steps) -> Floats:
    per, by = lever.per_unit, lever.sign * steps
    whole = np.round(values * per)
    exact = np.abs(values * per - whole) < _RESIDUE
    return np.where(exact, (whole + by) / per, values + by / per)


_RESIDUE = 1e-4
"""A figure this near to a whole number of steps is one."""


def edited(facts: Facts, cells: Sequence[Cell]) -> Facts:
    """Return the facts of one county with some cells moved."""
    frames = {
        "county": facts.counties,
        "schools": facts.schools,
        "sections": facts.sections,
        **facts.others,
    }
    for lever, row, steps in cells:
        frame = frames[lever.table]
        cell = frame.columns.get(lever.name)
        column: Any
        if isinstance(cell, DateRange):
            column = _earlier(cell, row, lever.sign * steps)
        else:
            column = np.array(frame.numbers(lever.name))
            column[row] = moved(float(column[row]), lever, steps)
        columns = {**frame.columns, lever.name: column}
        frames[lever.table] = Frame(frame.size, columns)
    return attrs.evolve(
        facts,
        counties=frames.pop("county"),
        schools=frames.pop("schools"),
        sections=frames.pop("sections"),
        others=frames,
    )


def _earlier(days: DateRange, row: int, years: int) -> DateRange:
    """Move a day back by whole years; the months and days stay where they are."""
    ends = []
    for end in (days.first, days.last):
        moved_back = np.array(end)
        day = end[row].astype("datetime64[D]")
        month = day.astype("datetime64[M]")
        before = month - np.timedelta64(12 * years, "M")
        last = (before + 1).astype("datetime64[D]") - 1
        moved_back[row] = min(before.astype("datetime64[D]") + (day - month), last)
        ends.append(moved_back)
    return DateRange(*ends)


class SchoolTrials:
    """
    Copies of schools of one county, each with quantities of its own.

    Args:
        work: The county as it is.

        schools: The school of every trial.
    """

    def __init__(self, work: Workspace, schools: npt.NDArray[np.intp]) -> None:
        self._work = work
        facts = work.facts
        at = np.full((len(STAGES), facts.schools.size), -1, dtype=np.intp)
        at[facts.section_stage, facts.section_school] = np.arange(facts.sections.size)
        owners, rows = [], []
        self.section = np.full((len(STAGES), len(schools)), -1, dtype=np.intp)
        before = 0
        for stage in range(len(STAGES)):
            there = np.flatnonzero(at[stage, schools] >= 0)
            self.section[stage, there] = before + np.arange(len(there))
            owners.append(there)
            rows.append(at[stage, schools[there]])
            before += len(there)
        sizes = np.array([0, *(len(each) for each in owners)])
        picked = np.concatenate(rows)
        self._told = {name: each.take(picked) for name, each in work.told.items()}
        self.facts = attrs.evolve(
            facts,
            schools=facts.schools.take(schools, len(schools)),
            sections=facts.sections.take(picked, len(picked)),
            others={},
            school_county=np.zeros(len(schools), dtype=np.intp),
            section_school=np.concatenate(owners),
            section_stage=np.repeat(np.arange(len(STAGES), dtype=np.int8), sizes[1:]),
            school_starts=np.array([0, len(schools)]),
            group_starts=np.cumsum(sizes),
            other_starts={},
        )

    def rows(self, table: str, stages: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return the row of every trial's school, or of its section of that stage."""
        trials = np.arange(self.facts.schools.size)
        return self.section[stages, trials] if table == "sections" else trials

    def moved(self, lever: Lever, rows: npt.NDArray[np.intp], steps: Steps) -> None:
        """Move a quantity of every trial, each by its own number of steps."""
        frame = self.facts.sections if lever.table == "sections" else self.facts.schools
        columns = dict(frame.columns)
        column = frame.columns.get(lever.name)
        if isinstance(column, Ragged):
            columns[lever.name] = _with_rooms(column, rows, steps)
        else:
            cells = np.array(frame.numbers(lever.name))
            cells[rows] = _moved_all(cells[rows], lever, steps)
            columns[lever.name] = cells
        changed = Frame(frame.size, columns)
        if lever.table == "sections":
            self.facts = attrs.evolve(self.facts, sections=changed)
        else:
            self.facts = attrs.evolve(self.facts, schools=changed)

    def work(self) -> Workspace:
        """Return the trials at work under the same law."""
        work = self._work
        trials = Workspace(self.facts, work.law, work.indicators, work.areas[-1])
        trials.__dict__["told"] = self._told  # what is published stays as it is
        return trials


_ROOMY = 1e6
"""The area of a room that is added: large enough for any requirement."""


def _with_rooms(rooms: Ragged, rows: npt.NDArray[np.intp], steps: Steps) -> Ragged:
    """Add so many rooms that are large enough to the lists of *rows*."""
    more = np.zeros(len(rooms.known), dtype=np.intp)
    more[rows] = steps
    sizes = np.diff(rooms.starts)
    starts = np.concatenate([[0], np.cumsum(sizes + more)]).astype(np.intp)
    kept = np.arange(len(rooms.low)) + np.repeat(np.cumsum(more) - more, sizes)
    bounds = []
    for old in (rooms.low, rooms.high):
        new = np.full(starts[-1], _ROOMY)
        new[kept] = old
        bounds.append(new)
    return Ragged(bounds[0], bounds[1], starts, rooms.known)


# -- searching -----------------------------------------------------------------------


def smallest(
    meets: Callable[[npt.NDArray[np.intp], Steps], Flags],
    most: Steps,
    *,
    points: int = _POINTS,
) -> Steps:
    """
    Return for every case the fewest steps that suffice, -1 where none do.

    Doubling finds a number that suffices beside one that does not; the gap is then
    cut into parts until they are neighbours. So the result is tried and found to
    suffice, and one step less is tried and found not to.

    Args:
        meets: Tells of cases and their steps whether these suffice; 0 steps do not.

        most: The most steps that may be taken, case by case.

        points: How many numbers are tried at once in every case.
    """
    low = np.zeros(len(most), dtype=np.int64)
    high = np.full(len(most), NEVER, dtype=np.int64)
    open_ = np.flatnonzero(most > 0)
    for doubled in _doublings(points):
        if not len(open_):
            break
        tried = np.minimum(doubled, most[open_, None])
        _narrow(meets, open_, tried, low, high)
        exhausted = low[open_] >= most[open_]
        open_ = open_[(high[open_] == NEVER) & ~exhausted]
    while True:
        open_ = np.flatnonzero(high - low > 1)
        if not len(open_):
            return high
        gap = (high - low)[open_, None]
        parts = np.arange(1, points + 1)
        tried = low[open_, None] + np.maximum(gap * parts // (points + 1), 1)
        tried = np.minimum(tried, high[open_, None] - 1)
        _narrow(meets, open_, tried, low, high)


def _doublings(points: int) -> Iterator[Steps]:
    """Yield the powers of two, a few at once."""
    at_once = max(1, min(points, 12))
    for first in range(0, 48, at_once):
        yield 2 ** np.arange(first, min(first + at_once, 48), dtype=np.int64)


def _narrow(
    meets: Callable[[npt.NDArray[np.intp], Steps], Flags],
    cases: npt.NDArray[np.intp],
    tried: Steps,
    low: Steps,
    high: Steps,
) -> None:
    """Move the ends of every case to the neighbouring numbers that were tried."""
    width = tried.shape[1]
    found = meets(np.repeat(cases, width), tried.ravel()).reshape(tried.shape)
    some = found.any(axis=1)
    first = np.where(some, found.argmax(axis=1), width)
    rows = np.arange(len(cases))
    below = np.where(first > 0, tried[rows, np.maximum(first - 1, 0)], low[cases])
    high[cases] = np.where(some, tried[rows, np.minimum(first, width - 1)], high[cases])
    low[cases] = below


def caps(levers: Sequence[Lever], values: Floats, *, keep: int = 1) -> Steps:
    """Return the most steps: of a quantity that is lowered so many units stay."""
    return np.array(
        [
            0
            if np.isnan(value)
            else _MOST[lever.per_unit]
            if lever.sign > 0
            else max(round(value * lever.per_unit) - keep * lever.per_unit, 0)
            for lever, value in zip(levers, values.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
