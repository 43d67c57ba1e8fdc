"""
What judging is made of: verdicts as ranks, comparing with slack, joining by county.

A verdict is its rank as int8, ordered so that joining by *all* is the maximum:
0 not applicable, 1 met, 2 unknown, 3 unmet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Flags, Match, Workspace
from eduequity.engine._limits import Limit, bar
from eduequity.facts import Floats, distinct
from eduequity.vocab import Verdict


__all__ = [
    "MET",
    "NOT_APPLICABLE",
    "UNKNOWN",
    "UNMET",
    "Judged",
    "Verdicts",
    "applied",
    "between",
    "cap_incomplete",
    "compare",
    "decide",
    "per_county",
    "reaches",
]

Verdicts: TypeAlias = npt.NDArray[np.int8]
"""One rank of `Verdict` per unit."""

Units: TypeAlias = Literal["county", "school", "section", "group", "item", "row"]

NOT_APPLICABLE, MET, UNKNOWN, UNMET = (np.int8(v.rank) for v in Verdict)


@attrs.frozen(eq=False, kw_only=True)
class Judged:
    """
    What a rule says of its units, and from what.

    Args:
        units: What is judged: ``group`` is a stage of a county, ``item`` a listed item
            of a county's table (*items* to a county), ``row`` a row of *table*.

        verdicts: One per unit.

        counties: The verdicts joined county by county.

        low: The value, or its lower bound; None where the answer is yes or no.

        high: The value, or its upper bound.

        limit: What it was compared with, for every unit.

        reported: Which units rest on a figure that somebody published.

        members: For a coefficient the sections that entered it.

        items: The items' names.

        table: The table of the rows.

        flagged: Further flags by name, each a mask over the units.

        whole: The counties that a published figure of all their units settles, each
            with the share that is met, NaN where it is not told.
    """

    units: Units
    verdicts: Verdicts
    counties: Verdicts
    low: Floats | None = None
    high: Floats | None = None
    limit: Limit | None = None
    reported: npt.NDArray[np.bool_] | None = None
    members: npt.NDArray[np.bool_] | None = None
    items: tuple[str, ...] = ()
    table: str = ""
    flagged: Mapping[str, npt.NDArray[np.bool_]] = attrs.field(factory=dict)
    whole: Mapping[int, float] = attrs.field(factory=dict)


def compare(value: Any, operator: str, limit: Any) -> npt.NDArray[np.bool_]:
    """
    Compare with relative slack, so that an exact tie is met; NaN is never met.

    Args:
        value: The values, shape ``(n,)``.

        operator: ``>=``, ``<=``, ``>`` or ``<``.

        limit: What they are compared with, a number or a column of that shape.

    Returns:
        For each whether it meets its limit, shape ``(n,)``.

    >>> import numpy as np
    >>> from eduequity.engine import compare
    >>> compare(np.array([4.2, 4.1999, np.nan]), ">=", np.full(3, 4.2))
    array([ True, False, False])
    """
    return np.asarray(_COMPARED[operator](value, bar(operator, np.asarray(limit))))


def reaches(value: Floats, operator: str, limit: Limit, *, hard: bool) -> Flags:
    """Compare a value of every unit with its limit; NaN is never met."""
    bars = distinct(limit.bars(operator, hard=hard))
    result: Flags = _COMPARED[operator](value, bars)
    return result


_COMPARED: Mapping[str, np.ufunc] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
}


def decide(low: Floats, high: Floats, operator: str, limit: Limit) -> Verdicts:
    """Met where the worst case is met, unmet where the best is not, else unknown."""
    worst, best = (low, high) if operator[0] == ">" else (high, low)
    sure = reaches(worst, operator, limit, hard=True)
    if low is high and limit.exact:
        never = ~(sure | np.isnan(low))
    else:
        never = ~(reaches(best, operator, limit, hard=False) | np.isnan(best))
    verdicts = between(sure, never)
    if (none := limit.absent) is not None:
        verdicts[none] = NOT_APPLICABLE
    return verdicts


def between(met: Flags, unmet: Flags) -> Verdicts:
    """Return unknown, which stands between, for what is neither met nor unmet."""
    verdicts: Verdicts = UNKNOWN - met.view(np.int8)
    verdicts += unmet.view(np.int8)
    return verdicts


def applied(verdicts: Verdicts, population: Match) -> Verdicts:
    """
    Leave out units that a rule is not about.

    A unit that may or may not belong to the population is unknown.
    """
    sure, possible = population
    if sure is possible and possible.strides == (0,) and possible.all():
        return verdicts
    result: Verdicts = distinct(verdicts) * possible.view(np.int8)  # 0: not applicable
    if sure is not possible:
        doubtful = (possible & ~sure & (result != NOT_APPLICABLE)).view(np.int8)
        result += doubtful * (UNKNOWN - result)  # faster than choosing by a mask
    return result


def per_county(verdicts: Verdicts, starts: npt.NDArray[np.intp]) -> Verdicts:
    """Join verdicts by *all*, county by county; no unit gives not applicable."""
    result = np.zeros(len(starts) - 1, dtype=np.int8)
    there = np.flatnonzero(starts[1:] > starts[:-1])
    if len(there):
        result[there] = np.maximum.reduceat(verdicts, starts[there])
    return result


def cap_incomplete(counties: Verdicts, work: Workspace) -> Verdicts:
    """Where rows are known to be missing a rule over schools is never met."""
    if not work.incomplete.any():
        return counties
    capped: Verdicts = np.where(work.incomplete & (counties <= MET), UNKNOWN, counties)
    return capped
