"""
Plots of tabs as the paths of an inline SVG: ranges, lines, dumbbells and bars.

Only geometry and numbers: colours are the style sheet's, words the template's.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from eduequity.engine import figure
from eduequity.report._series import LADDER, Band, Dumbbell, Step
from eduequity.vocab import Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.planning import Track


__all__ = [
    "Drawing",
    "Word",
    "band",
    "bar",
    "dumbbell",
    "dumbbell_axis",
    "line",
    "ticks",
]

_TICKS = 4


@attrs.frozen(kw_only=True)
class Word:
    """
    A word or number in a drawing.

    Args:
        kind: Its class in the style sheet.

        x: Where it stands.

        y: Its base line.

        text: What it says.
    """

    kind: str
    x: float
    y: float
    text: Text


@attrs.frozen(kw_only=True)
class Drawing:
    """
    A plot: paths by class, from the back to the front, and words.

    Args:
        width: Of the view box.

        height: Of the view box.

        paths: Class and path.

        words: Numbers of the axes, marks.
    """

    width: float
    height: float
    paths: tuple[tuple[str, str], ...]
    words: tuple[Word, ...] = ()


@attrs.frozen
class _Scale:
    """Numbers to places along an axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(self.start + share * (self.end - self.start), 1)


def ticks(
    low: float, high: float, *, most: int = _TICKS, whole: bool = False
) -> list[float]:
    """
    Return round numbers from *low* to *high*, at most some five of them.

    >>> ticks(0.0, 0.61)
    [0.0, 0.2, 0.4, 0.6]
    """
    rough = max((high - low) / most, 1e-12)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    if whole:
        step = max(math.ceil(step), 1)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, int(high / step + 1e-9) + 1)]


def _plain(value: float, *, x: float, y: float, kind: str) -> Word:
    number = f"{value:,.6g}" if abs(value) >= 1 else figure(value, 4)
    return Word(kind=kind, x=x, y=y, text=Text(number, number))


def _around(values: Sequence[float], *, least: float = 0.04) -> tuple[float, float]:
    """Return the ends of an axis: all values with some room, 0 where it is near."""
    low, high = min(values), max(values)
    room = max((high - low) * 0.12, abs(high) * least) or 1.0
    floor = low - room
    if low >= 0 and floor < (high - low) * 0.6:
        floor = 0.0
    return floor, high + room


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""


# -- dumbbells and bars: one row each --------------------------------------------------

ROW, ROW_HIGH = 360, 22
_ENDS = 8.0


def dumbbell_scale(all_of: Sequence[Dumbbell]) -> float:
    """Return the end of the axis that all rows share; it begins at 0."""
    numbers = [n for d in all_of for n in (d.before, d.after, d.limit) if n is not None]
    return max([*numbers, 0.1]) * 1.05


def dumbbell(each: Dumbbell, end: float) -> Drawing:
    """Draw a row: hollow before, full after, a bar across at the limit."""
    at = _Scale(0.0, end, _ENDS, ROW - _ENDS)
    paths = [("axis", f"M{_ENDS:g} 11H{ROW - _ENDS:g}")]
    if each.limit is not None:
        paths.append(("limit", f"M{at(each.limit):g} 1V21"))
    if each.before is not None and each.after is not None:
        worse = "worse" if each.after > each.before else "better"
        paths.append((f"way {worse}", f"M{at(each.before):g} 11H{at(each.after):g}"))
    if each.before is not None:
        paths.append(("then", _ring(at(each.before), 11)))
    if each.after is not None:
        over = each.limit is not None and each.after > each.limit * (1 + 2.0**-40)
        paths.append(("now over" if over else "now", _ring(at(each.after), 11)))
    return Drawing(width=ROW, height=ROW_HIGH, paths=tuple(paths))


def dumbbell_axis(end: float) -> Drawing:
    """Draw the axis under the rows."""
    at = _Scale(0.0, end, _ENDS, ROW - _ENDS)
    marks = ticks(0.0, end)
    path = f"M{_ENDS:g} 1H{ROW - _ENDS:g}" + "".join(f"M{at(n):g} 1v4" for n in marks)
    return Drawing(
        width=ROW,
        height=18,
        paths=(("axis", path),),
        words=tuple(_plain(n, x=at(n), y=16, kind="x") for n in marks),
    )


def bar(value: float, most: float, end: float) -> Drawing:
    """Draw a bar from 0 to *value*, with a whisker to what is proven at most."""
    at = _Scale(0.0, end or 1.0, 0.0, ROW - 2)
    paths = [("fill", f"M0 4H{max(at(value), 1):g}V18H0Z")]
    if most > value * (1 + 1e-9):
        paths.append(("whisker", f"M{at(value):g} 11H{at(most):g}m0-4v8"))
    return Drawing(width=ROW, height=ROW_HIGH, paths=tuple(paths))


def _ring(x: float, y: float, r: float = 5.0) -> str:
    return (
        f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 -{2 * r:g} 0"
    )


# -- a line over an input --------------------------------------------------------------

LINE = 640, 230
_FEW = 3.0


def line(steps: Sequence[Step], turns: Sequence[float], now: float) -> Drawing:
    """
    Draw the value over the input, the limit, every turning point and where it is now.

    Args:
        steps: The points, in order.

        turns: The input at which each new verdict begins.

        now: The input as it is; NaN where it is not known.
    """
    wide, high = LINE
    valued = any(each.limit is not None for each in steps) or _numbers(steps)
    xs = [each.x for each in steps] + ([] if math.isnan(now) else [now])
    ys = [n for each in steps for n in (each.y, each.limit) if n is not None]
    x = _Scale(*_span(xs), 62 if valued else 92, wide - 16)
    low, top = _around(ys or [0.0]) if valued else (-0.4, len(LADDER) - 0.6)
    y = _Scale(low, top, high - 30, 20)
    return Drawing(
        width=wide,
        height=high,
        paths=tuple(_line_paths(steps, turns, now, x, y, valued=valued)),
        words=tuple(_line_words(x, y, turns, now, valued=valued)),
    )


def _numbers(steps: Sequence[Step]) -> bool:
    return any(
        each.y is not None and each.y != LADDER.index(each.verdict) for each in steps
    )


def _span(xs: Sequence[float]) -> tuple[float, float]:
    low, high = min(xs), max(xs)
    room = (high - low) * 0.03 or 1.0
    return low - room, high + room


def _line_paths(
    steps: Sequence[Step],
    turns: Sequence[float],
    now: float,
    x: _Scale,
    y: _Scale,
    *,
    valued: bool,
) -> Iterator[tuple[str, str]]:
    yield from _frame(x, y, whole=False, labelled=valued)
    for each in turns:
        yield "turn", f"M{x(each):g} {y.end - 6:g}V{y.start:g}"
    if not math.isnan(now):
        yield "now-at", f"M{x(now):g} {y.end:g}V{y.start:g}"
    asked = [(x(each.x), y(each.limit)) for each in steps if each.limit is not None]
    if asked:
        ends = [(x.start, asked[0][1]), *asked, (x.end, asked[-1][1])]
        yield "limit", _joined(ends)
    known = [(x(each.x), y(each.y)) for each in steps if each.y is not None]
    yield "value", _joined(known)
    for kind, verdicts in (
        ("dot-met", (Verdict.MET,)),
        ("dot-unmet", (Verdict.UNMET,)),
        ("dot-unknown", (Verdict.UNKNOWN, Verdict.NOT_APPLICABLE)),
    ):
        mine = [e for e in steps if e.verdict in verdicts and e.y is not None]
        if mine:
            yield kind, "".join(_ring(x(e.x), y(e.y or 0.0), 3.5) for e in mine)


def _frame(
    x: _Scale, y: _Scale, *, whole: bool, labelled: bool = True
) -> Iterator[tuple[str, str]]:
    marks = (
        ticks(min(y.low, y.high), max(y.low, y.high), whole=whole) if labelled else []
    )
    if not labelled:
        marks = [float(n) for n in range(len(LADDER))]
    grid = "".join(f"M{x.start:g} {y(n):g}H{x.end:g}" for n in marks)
    yield "gridline", grid
    yield "axis", f"M{x.start:g} {y.start:g}H{x.end:g}"


def _line_words(
    x: _Scale, y: _Scale, turns: Sequence[float], now: float, *, valued: bool
) -> Iterator[Word]:
    if valued:
        for n in ticks(y.low, y.high):
            yield _plain(n, x=x.start - 6, y=y(n) + 4, kind="y")
    else:
        for rank, verdict in enumerate(LADDER):
            yield Word(kind="y", x=x.start - 6, y=y(rank) + 4, text=verdict.label)
    for n in ticks(x.low, x.high, most=7, whole=x.high - x.low > _FEW):
        yield _plain(n, x=x(n), y=y.start + 17, kind="x")
    for each in turns:
        yield _plain(each, x=x(each), y=y.end - 9, kind="x turned")
    if not math.isnan(now):
        text = Text("现状", "now")
        yield Word(kind="x here", x=x(now), y=y.start - 6, text=text)


# -- a range over years ----------------------------------------------------------------

BAND = 320, 150


def band(each: Band) -> Drawing:
    """Draw a range over the years, never a line alone, with limit and targets."""
    wide, high = BAND
    numbers = [
        n
        for some in (each.low, each.high, each.limit, [a.value for a in each.aims])
        for n in some
        if n is not None
    ]
    low, top = _around(numbers or [0.0])
    days = [on.toordinal() for on in each.on]
    x = _Scale(days[0], days[-1], 52, wide - 14)
    y = _Scale(low, top, high - 22, 12)
    whole = each.kind in ("pupils", "unmet")
    return Drawing(
        width=wide,
        height=high,
        paths=tuple(_band_paths(each, x, y, whole=whole)),
        words=tuple(_band_words(each, x, y, whole=whole)),
    )


def _band_paths(
    each: Band, x: _Scale, y: _Scale, *, whole: bool
) -> Iterator[tuple[str, str]]:
    yield from _frame(x, y, whole=whole)
    for on in each.turns:
        yield "turn", f"M{x(on.toordinal()):g} {y.end:g}V{y.start:g}"
    for years in _runs(each.low):
        xs = [x(each.on[n].toordinal()) for n in years]
        upper, middle, lower = (
            [(at, y(side[n] or 0.0)) for at, n in zip(xs, years, strict=True)]
            for side in (each.high, each.middle, each.low)
        )
        yield "range", _joined([*upper, *reversed(lower)]) + "Z"
        yield "middle", _joined(middle)
    asked = [
        (x(on.toordinal()), y(n))
        for on, n in zip(each.on, each.limit, strict=False)
        if n is not None
    ]
    if asked:
        yield "limit", _joined(asked)
    for aim in each.aims:
        yield "aim", _diamond(x(aim.on.toordinal()), y(aim.value))


def _diamond(x: float, y: float) -> str:
    return f"M{x:g} {y - 5.5:g}l5 5.5l-5 5.5l-5-5.5z"


def _runs(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Yield the stretches of years in which all paths are known."""
    run: list[int] = []
    for n, value in enumerate(values):
        if value is not None:
            run.append(n)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _band_words(each: Band, x: _Scale, y: _Scale, *, whole: bool) -> Iterator[Word]:
    for n in ticks(y.low, y.high, most=3, whole=whole):
        yield _plain(n, x=x.start - 5, y=y(n) + 3.5, kind="y")
    every = max(math.ceil(len(each.on) / 6), 1)
    for on in each.on[::every]:
        text = Text(str(on.year), str(on.year))
        yield Word(kind="x", x=x(on.toordinal()), y=y.start + 15, text=text)


# -- staged targets --------------------------------------------------------------------


def track(each: Track) -> Drawing | None:
    """Draw targets and what is known over the years; None where there is no way."""
    aims = [
        (m.day.toordinal(), m.value)
        for m in each.milestones
        if not isinstance(m.value, tuple)
    ]
    known = [(p.day.toordinal(), p.value) for p in each.points]
    if not aims or (not known and len(aims) < _WAY):
        return None
    share = 100.0 if each.unit is Unit.SHARE else 1.0
    wide, high = BAND
    nation = [] if each.national is None else [each.national]
    values = [share * v for v in [*nation, *(v for _, v in [*aims, *known])]]
    days = [each.on.toordinal(), *(day for day, _ in [*aims, *known])]
    x = _Scale(*_span([float(day) for day in days]), 52, wide - 14)
    y = _Scale(*_around(values), high - 22, 12)
    way = [(x(day), y(share * v)) for day, v in aims]
    seen = [(x(day), y(share * v)) for day, v in known]
    paths = [*_frame(x, y, whole=False)]
    paths.append(("now-at", f"M{x(each.on.toordinal()):g} {y.end:g}V{y.start:g}"))
    paths.extend(
        ("nation", f"M{x.start:g} {y(share * value):g}H{x.end:g}") for value in nation
    )
    start = seen[:1] if known and known[0][0] < aims[0][0] else []
    paths.append(("aimed", _joined([*start, *way])))
    paths.append(("aim", "".join(_diamond(*place) for place in way)))
    if seen:
        paths.append(("value", _joined(seen)))
        paths.append(("dot-known", "".join(_ring(*place, 3.5) for place in seen)))
    return Drawing(
        width=wide,
        height=high,
        paths=tuple(paths),
        words=tuple(_track_words(days, x, y)),
    )


_WAY = 2
"""So many targets make a way to go."""


def _track_words(days: Sequence[int], x: _Scale, y: _Scale) -> Iterator[Word]:
    for n in ticks(y.low, y.high, most=3):
        yield _plain(n, x=x.start - 5, y=y(n) + 3.5, kind="y")
    years = sorted({dt.date.fromordinal(day).year for day in days})
    for year in years[:: max(math.ceil(len(years) / 6), 1)]:
        at = min(max(dt.date(year, 12, 31).toordinal(), x.low), x.high)
        yield Word(kind="x", x=x(at), y=y.start + 15, text=Text(str(year), str(year)))
