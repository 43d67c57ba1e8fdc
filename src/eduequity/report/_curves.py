"""
Where dots and lines go: strip plots and Lorenz curves as the paths of an inline SVG.

Only geometry: no colour, no word. Text in the pictures is the template's, so it is set
in the reader's own fonts and Chinese shows as Chinese.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from eduequity import measures


if TYPE_CHECKING:
    from eduequity.facts import Floats


__all__ = [
    "CURVE",
    "HEIGHT",
    "MARKS",
    "WIDTH",
    "Mark",
    "Strip",
    "Tick",
    "lorenz_path",
    "strip",
]

WIDTH, HEIGHT = 640, 82
_LEFT, _RIGHT, _MIDDLE = 10, 26, 38
_STEP, _MOST_ROWS = 6.5, 3
_FAR = 3.0
_TICKS = 5
_SEEN = 1.5

CURVE = 100
"""The side of a Lorenz curve's square."""

MARKS = ("met", "near", "below", "plain")
"""How a dot is drawn: by what was said of the unit; ``plain`` where nothing was."""


@attrs.frozen(kw_only=True)
class Mark:
    """The dots of one kind: one path, and whose dot each of them is, in its order."""

    kind: str
    path: str
    rows: tuple[int, ...]


@attrs.frozen
class Tick:
    """A number on the axis."""

    x: float
    value: float


@attrs.frozen(kw_only=True)
class Strip:
    """
    The strip plot of one indicator in one stage.

    Args:
        marks: The dots, kind by kind.

        threshold: Where the line is drawn; None without one.

        floor: Where the line of the 85 % is drawn.

        mean: Where the weighted mean stands.

        ticks: The numbers on the axis.

        beyond: How many dots stand at the right edge although they lie further out.
    """

    marks: tuple[Mark, ...]
    threshold: float | None
    floor: float | None
    mean: float | None
    ticks: tuple[Tick, ...]
    beyond: int


def strip(
    values: Floats,
    weights: Floats,
    rows: Sequence[int],
    kinds: Sequence[str],
    *,
    threshold: float | None = None,
    floor: float | None = None,
) -> Strip:
    """
    Place one dot per section on a line, those that would overlap above each other.

    Args:
        values: One per section, none blank.

        weights: Their pupils.

        rows: Their rows among all sections, which the dots stand for.

        kinds: Of each, one of `MARKS`.

        threshold: What is asked.

        floor: What the one indicator that may be missed must still reach.
    """
    end = _end(values, threshold)
    scale = (WIDTH - _LEFT - _RIGHT) / end
    x = _LEFT + np.minimum(np.maximum(values, 0.0), end) * scale
    y = _MIDDLE + _STEP * _stacked(x)
    marks = [_mark(kind, x, y, rows, kinds) for kind in MARKS if kind in kinds]
    mean = float(measures.weighted_mean(values, weights)) if len(values) else math.nan
    return Strip(
        marks=tuple(marks),
        threshold=_at(threshold, scale),
        floor=_at(floor, scale),
        mean=_at(min(mean, end), scale) if math.isfinite(mean) else None,
        ticks=tuple(Tick(round(_LEFT + t * scale, 1), t) for t in _ticks(end)),
        beyond=int((values > end).sum()),
    )


def _at(value: float | None, scale: float) -> float | None:
    return None if value is None else round(_LEFT + value * scale, 1)


def _end(values: Floats, threshold: float | None) -> float:
    """Return the end of the axis: everything fits, unless it lies absurdly far out."""
    most = float(values.max(initial=0.0))
    typical = float(np.median(values)) if len(values) else 0.0
    far = _FAR * max(threshold or 0.0, typical)
    end = max(min(most, far) if far > 0 else most, (threshold or 0.0) * 1.15)
    return end * 1.02 if end > 0 and math.isfinite(end) else 1.0


def _ticks(end: float) -> list[float]:
    rough = end / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough)
    return [round(n * step, 10) for n in range(int(end / step) + 1)]


def _stacked(x: Floats) -> Floats:
    """Return how many steps each dot stands above or below the middle."""
    order = [(n + 1) // 2 * (-1 if n % 2 else 1) for n in range(2 * _MOST_ROWS + 1)]
    taken = dict.fromkeys(order, -math.inf)
    level = np.zeros(len(x))
    for at in np.argsort(x, kind="stable").tolist():
        free = (each for each in order if x[at] - taken[each] >= _STEP)
        place = next(free, min(order, key=taken.__getitem__))
        taken[place], level[at] = float(x[at]), place
    return level


def _mark(
    kind: str, x: Floats, y: Floats, rows: Sequence[int], kinds: Sequence[str]
) -> Mark:
    mine = [at for at, each in enumerate(kinds) if each == kind]
    shape = _SHAPES[kind]
    path = "".join(f"M{x[at]:.0f} {y[at]:g}{shape}" for at in mine)
    return Mark(kind=kind, path=path, rows=tuple(rows[at] for at in mine))


_SHAPES = {
    "met": "h0",  # a round line cap makes the dot
    "plain": "h0",
    "near": "m-3.5 2.8h7l-3.5-6.3z",
    "below": "m-3-3l6 6m0-6l-6 6",
}


def lorenz_path(values: Floats, weights: Floats) -> str | None:
    """
    Return the Lorenz curve as a path in a square of `CURVE`; None where there is none.

    >>> import numpy as np
    >>> lorenz_path(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    'M0 100L50 75L100 0'
    """
    x, y = measures.lorenz(values, weights)
    if len(x) < 2 or not np.isfinite(y).all():  # noqa: PLR2004 - a line has two ends
        return None
    points = np.column_stack((x, 1 - y)) * CURVE
    return "M" + "L".join(f"{a:.3g} {b:.3g}" for a, b in _thinned(points.tolist()))


def _thinned(points: list[list[float]]) -> Iterator[list[float]]:
    """Leave out points too close to the one before to be seen; both ends stay."""
    before = points[0]
    yield before
    for each in points[1:-1]:
        if math.dist(each, before) >= _SEEN:
            yield each
            before = each
    yield points[-1]
