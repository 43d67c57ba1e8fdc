"""
The plots of comparisons, plans, years to come and sweeps as figures of matplotlib.

They show the numbers that the tabs of the HTML report draw. Chinese is set in a font of
the machine that has it; where there is none the labels are in English, never boxes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import singledispatch
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from eduequity.errors import MissingExtraError, OutputError
from eduequity.ledger import Comparison, Ledger, Status
from eduequity.planning import Plan, Projection, Roadmap, Scenarios, Sweep
from eduequity.report._plots import chinese_font, plot_language
from eduequity.report._series import (
    LADDER,
    Band,
    Dumbbell,
    bands,
    before_after,
    column_label,
    dumbbells,
    named,
    price_label,
    staged,
    steps,
    targets,
    watched_label,
)
from eduequity.report._tabs import result_of
from eduequity.report._words import one_line
from eduequity.report._write import check_target, write_bytes
from eduequity.vocab import Text, Verdict


if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SUFFIXES", "plotted", "write_plot"]

SUFFIXES = (".png", ".svg")
"""What a plot can be written as."""

_INK, _SOFT, _ACCENT = "#1c2430", "#7d8894", "#1b4f72"
_MET, _BAD, _NEAR, _NONE = "#17695a", "#a3231a", "#b36b00", "#c9c6bd"
_DPI = 150
_COLUMNS = 3
_BAND_HIGH, _ROW_HIGH = 2.0, 0.34
_TURN = 24
_MOST_YEARS = 8


def plotted(made: object, *, lang: str = "zh") -> Figure:
    """
    Draw something that was compared, planned or projected.

    Args:
        made: A comparison, ledger, plan, projection, roadmap, scenarios or sweep.

        lang: ``zh`` or ``en``; English where no font shows Chinese.

    Raises:
        MissingExtraError: The extra ``charts`` is not installed.

        TypeError: There is no plot of it.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("charts", "a plot") from error
    lang = plot_language(lang)
    with mpl.rc_context(_style()), _rare_signs_as_boxes():
        figure = Figure(dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        _draw(made, figure, lang)
        if _synthetic(made):
            words = "合成数据 synthetic" if lang == "zh" else "synthetic data"
            figure.suptitle(words, x=0.99, ha="right", fontsize=7, color=_NEAR)
        # What is drawn later, in a notebook, keeps the fonts that it was set in.
        figure.draw_without_rendering()
    return figure


def write_plot(
    made: object, path: str | os.PathLike[str], *, lang: str = "zh"
) -> Figure:
    """
    Write a plot as PNG or SVG, by the suffix, and return it.

    Raises:
        OutputError: The file cannot be written, or is neither.
    """
    check_target(path, SUFFIXES)
    figure = plotted(made, lang=lang)
    form = Path(path).suffix.casefold().removeprefix(".")
    write_bytes(path, lambda stream: _save(figure, stream, form))
    return figure


def _save(figure: Figure, stream: IO[bytes], form: str) -> None:
    import matplotlib as mpl

    metadata = {"Date": None} if form == "svg" else {"Software": None}
    with mpl.rc_context(_style()), _rare_signs_as_boxes():
        figure.savefig(stream, format=form, metadata=metadata)


@contextlib.contextmanager
def _rare_signs_as_boxes() -> Iterator[None]:
    """Say nothing of an emoji in a name; Chinese was looked for before."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from")
        yield


def _style() -> Any:
    """Return settings under which Chinese is drawn where a font has it."""
    from matplotlib import font_manager

    path = chinese_font()
    family = ["DejaVu Sans"]
    if path is not None:
        known = {each.fname for each in font_manager.fontManager.ttflist}
        if path not in known:
            font_manager.fontManager.addfont(path)
        name = font_manager.FontProperties(fname=path).get_name()
        family = ["DejaVu Sans", name]
    return {
        "font.family": family,
        "font.size": 8,
        "axes.unicode_minus": False,
        "text.parse_math": False,  # a name with dollars is a name
        "svg.hashsalt": "eduequity",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": _SOFT,
        "xtick.color": _INK,
        "ytick.color": _INK,
    }


def _synthetic(made: object) -> bool:
    """Whether it is of made-up data; a roadmap does not know."""
    if isinstance(made, Ledger):
        return made.synthetic
    if isinstance(made, Comparison):
        return made.old.synthetic or made.new.synthetic
    if isinstance(made, Plan | Projection | Scenarios | Sweep):
        return result_of(made).synthetic
    return False


@singledispatch
def _draw(made: object, _figure: Any, _lang: str) -> None:
    raise TypeError(f"there is no plot of {type(made).__name__}")


def _nothing(zh: str, en: str) -> OutputError:
    return OutputError("plot", zh, en)


def _folded(text: str, width: int = _TURN) -> str:
    """Break a long label into lines: Chinese anywhere, other words never within."""
    lines, room = [""], float(width)
    for piece in _PIECES.findall(text):
        cells = sum(1.0 if ord(each) >= _WIDE else 0.5 for each in piece)
        if room - cells < 0 and lines[-1]:
            lines.append("")
            room = width
            piece = piece.lstrip()  # noqa: PLW2901 - a line begins without a space
        lines[-1] += piece
        room -= cells
    return "\n".join(lines)


_PIECES = re.compile(r" · .+|\s*[!-~]+|.")
_WIDE = 0x2E80


# -- before and after ------------------------------------------------------------------


@_draw.register
def _comparison(made: Comparison, figure: Any, lang: str) -> None:
    then, now = made.old.on, made.new.on
    title = Text(
        f"校际差异系数：{then} → {now}", f"Coefficients between schools: {then} → {now}"
    )
    rows = tuple(dumbbells(made))
    if not rows:
        raise _nothing("没有可画的差异系数", "there is no coefficient to draw")
    figure.set_size_inches(8.4, _ROW_HIGH * len(rows) + 1.2)
    _dumbbell_rows(figure.subplots(), rows, title.get(lang), lang)


def _dumbbell_rows(axes: Any, rows: Sequence[Dumbbell], title: str, lang: str) -> None:
    for at, each in enumerate(reversed(rows)):
        if each.limit is not None:
            axes.plot([each.limit] * 2, [at - 0.38, at + 0.38], color=_BAD, lw=1.6)
        if each.before is not None and each.after is not None:
            colour = _NEAR if each.after > each.before else _MET
            axes.plot([each.before, each.after], [at, at], color=colour, lw=2.2)
        if each.before is not None:
            axes.plot(each.before, at, "o", ms=6.5, mfc="white", mec=_INK, zorder=3)
        if each.after is not None:
            over = each.limit is not None and each.after > each.limit
            axes.plot(
                each.after, at, "o", ms=5, color=_BAD if over else _ACCENT, zorder=4
            )
    labels = [_folded(each.label.get(lang)) for each in reversed(rows)]
    axes.set_yticks(range(len(rows)), labels, fontsize=7)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(left=0)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    key = "○ 此前  ● 此后  ▏上限" if lang == "zh" else "○ before  ● after  ▏limit"
    axes.set_title(f"{title}    {key}", loc="left", fontsize=9)


@_draw.register
def _plan(made: Plan, figure: Any, lang: str) -> None:
    zh = lang == "zh"
    found = before_after(made)
    if found is None:
        raise _nothing(made.label.zh, made.label.en)
    prices, rows = made.prices, tuple(dumbbells(found))
    heights = [max(len(prices), 1) + 2, max(len(rows), 1) + 2]
    figure.set_size_inches(8.4, _ROW_HIGH * sum(heights) + 0.6)
    upper, lower = figure.subplots(2, height_ratios=heights)
    names = [_folded(price_label(each).get(lang)) for each in reversed(prices)]
    savings = [each.saving for each in reversed(prices)]
    upper.barh(range(len(prices)), savings, color=_ACCENT, height=0.55)
    for at, each in enumerate(reversed(prices)):
        if each.most > each.saving * (1 + 1e-9):
            upper.plot([each.saving, each.most], [at, at], color=_INK, lw=1.2)
        label = f" {each.saving:,.6g}"
        upper.annotate(label, (each.most, at), va="center", fontsize=7)
    upper.set_yticks(range(len(prices)), names, fontsize=7)
    upper.margins(x=0.1)
    title = "免去一条规则可省多少" if zh else "What is saved without one rule"
    cost = f"总成本 {made.cost:,.6g}" if zh else f"cost {made.cost:,.6g}"
    upper.set_title(f"{one_line(made.name)}  {title}（{cost}）", loc="left", fontsize=9)
    title = "校际差异系数：规划前后" if zh else "Coefficients before and after"
    _dumbbell_rows(lower, rows, title, lang)


# -- a ledger --------------------------------------------------------------------------


@_draw.register
def _ledger(made: Ledger, figure: Any, lang: str) -> None:
    nobody = "未填" if lang == "zh" else "not given"
    names = dict.fromkeys(one_line(each.department) or nobody for each in made)
    if not names:
        raise _nothing("台账没有事项", "the ledger has no item")
    figure.set_size_inches(7.2, _ROW_HIGH * len(names) + 1.2)
    axes = figure.subplots()
    left = [0] * len(names)
    for status, colour in (
        (Status.STRUCK_OFF, _MET),
        (Status.LAPSED, _NONE),
        (Status.REOPENED, _NEAR),
        (Status.OPEN, _BAD),
    ):
        counts = [
            sum(
                e.status is status and (one_line(e.department) or nobody) == name
                for e in made
            )
            for name in names
        ]
        axes.barh(
            range(len(names)),
            counts,
            left=left,
            color=colour,
            height=0.55,
            label=f"{status.label.get(lang)} {sum(counts)}",
        )
        left = [a + b for a, b in zip(left, counts, strict=True)]
    axes.set_yticks(range(len(names)), [_folded(each) for each in names])
    axes.invert_yaxis()
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(
        fontsize=7, frameon=False, ncols=4, loc="lower right", bbox_to_anchor=(1, 1)
    )
    title = f"整改台账 {made.on}" if lang == "zh" else f"Ledger, {made.on}"
    axes.set_title(title, loc="left", fontsize=9, pad=20)


# -- scenarios and one input moved -----------------------------------------------------

_COLOURS = {
    Verdict.MET: _MET,
    Verdict.UNMET: _BAD,
    Verdict.UNKNOWN: "#564b83",
    Verdict.NOT_APPLICABLE: _NONE,
}


@_draw.register
def _scenarios(made: Scenarios, figure: Any, lang: str) -> None:
    rows = made.rows
    here = "现状" if lang == "zh" else "as it is"
    names = [_folded(one_line(each.name) or here, 8) for each in made]
    figure.set_size_inches(3.6 + 1.3 * len(names), 0.42 * len(rows) + 0.9)
    axes = figure.subplots()
    for at, row in enumerate(rows):
        for nth, (verdict, _, _) in enumerate(row.cells):
            colour = _COLOURS[verdict]
            axes.plot(nth, at, "s", ms=6, color=colour)
            axes.annotate(
                f"  {row.text(nth, lang)}",
                (nth, at),
                va="center",
                fontsize=7,
                color=colour,
            )
    labels = [_folded(staged(row.label, row.stage).get(lang)) for row in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=7)
    axes.set_xticks(range(len(names)), names, fontsize=8)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.3, len(names) - 0.1)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


@_draw.register
def _sweep(made: Sweep, figure: Any, lang: str) -> None:
    zh = lang == "zh"
    points = steps(made)
    known = [each for each in points if each.y is not None]
    if not known:
        raise _nothing("没有可画的数值", "there is no value to draw")
    figure.set_size_inches(7.2, 3.4)
    axes = figure.subplots()
    axes.plot([e.x for e in known], [e.y for e in known], "-", color=_ACCENT, lw=1.4)
    for verdict, colour in _COLOURS.items():
        mine = [each for each in known if each.verdict is verdict]
        if mine:
            axes.plot(
                [e.x for e in mine],
                [e.y for e in mine],
                "o",
                color=colour,
                mfc=colour if verdict is Verdict.MET else "white",
                label=verdict.label.get(lang),
            )
    asked = [(each.x, each.limit) for each in points if each.limit is not None]
    if asked:
        label = "要求" if zh else "asked"
        axes.plot(*zip(*asked, strict=True), "-", color=_BAD, lw=1.6, label=label)
    for nth, turn in enumerate(made.turns):
        said = ("转变处" if zh else "turning point") if nth == 0 else None
        axes.axvline(turn.above, color=_NEAR, ls="--", lw=1.2, label=said)
        axes.annotate(
            f"{turn.above:g}",
            (turn.above, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            color=_NEAR,
        )
    if not math.isnan(made.now):
        axes.axvline(made.now, color=_SOFT, ls=":", lw=1, label="现状" if zh else "now")
    if not asked and all(each.measured is None for each in made.points):
        axes.set_yticks(range(len(LADDER)), [v.label.get(lang) for v in LADDER])
        axes.set_ylim(-0.4, len(LADDER) - 0.6)
    whose, what = (
        named(made.assessment, made.entity),
        column_label(made.assessment, made.column),
    )
    axes.set_xlabel(f"{whose.get(lang)} · {what.get(lang)}")
    axes.set_title(watched_label(made).get(lang), loc="left", fontsize=9, pad=16)
    axes.legend(fontsize=7, frameon=False)


# -- years to come ---------------------------------------------------------------------


@_draw.register
def _projection(made: Projection, figure: Any, lang: str) -> None:
    aimed = [each.band for each in targets(made) if each.band is not None]
    ranges = (*bands(made), *aimed)
    rows = math.ceil(len(ranges) / _COLUMNS)
    figure.set_size_inches(10.5, _BAND_HIGH * rows + 0.5)
    grid = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axes, band in zip(grid, ranges, strict=False):
        _draw_band(axes, band, lang)
    for axes in grid[len(ranges) :]:
        axes.set_axis_off()
    said = "；".join(each.zh for each in made.assumptions)
    if lang != "zh":
        said = "; ".join(each.en for each in made.assumptions)
    figure.supxlabel(_folded(said, 80), fontsize=7, color=_SOFT)


def _draw_band(axes: Any, band: Band, lang: str) -> None:
    days = [_year(on) for on in band.on]
    low, middle, high, limit = (
        [math.nan if n is None else n for n in some]
        for some in (band.low, band.middle, band.high, band.limit)
    )
    axes.fill_between(days, low, high, color=_ACCENT, alpha=0.22, lw=0.6)
    axes.plot(days, middle, "--", color=_ACCENT, lw=1)
    if limit:
        axes.plot(days, limit, color=_BAD, lw=1.4)
    for aim in band.aims:
        axes.plot(_year(aim.on), aim.value, "D", mfc="white", mec=_NEAR, ms=5, zorder=4)
    for turn in band.turns:
        axes.axvline(_year(turn), color=_NEAR, ls="--", lw=0.9)
    axes.set_xlim(days[0], days[-1])
    every = math.ceil(len(days) / _MOST_YEARS)
    axes.set_xticks(days[::every], [str(on.year) for on in band.on[::every]])
    if band.kind in ("coefficient", "unmet"):
        ends = [n for n in (*high, *limit) if not math.isnan(n)]
        axes.set_ylim(0, 1.12 * max([*ends, *(aim.value for aim in band.aims), 0.1]))
    if band.kind == "unmet":
        axes.yaxis.get_major_locator().set_params(integer=True)
    more = Text("（未达标数）", " (unmet)") if band.kind == "unmet" else Text("", "")
    title = band.label.get(lang) + more.get(lang)
    axes.set_title(_folded(title, 22), fontsize=7.5, loc="left")


def _year(day: dt.date) -> float:
    """Return where a day lies on an axis of years."""
    return day.year + day.timetuple().tm_yday / 366


@_draw.register
def _roadmap(made: Roadmap, figure: Any, lang: str) -> None:
    from eduequity.report._roadmap import draw_roadmap

    draw_roadmap(made, figure, lang)
