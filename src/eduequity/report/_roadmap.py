"""A roadmap as a table on the terminal, and as a plot with time on the axis."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eduequity.errors import MissingExtraError, OutputError
from eduequity.planning import Course
from eduequity.report._tracks import aimed, baseline, name_of, nation, stands, unit_of
from eduequity.report._words import one_line


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from eduequity.planning import Roadmap, Track

__all__ = ["PLOTS", "draw_roadmap", "roadmap_plot", "roadmap_table"]

_STYLES = {
    Course.REACHED: "green",
    Course.ON_COURSE: "green",
    Course.BEHIND: "bold red",
    Course.NO_NEWS: "yellow",
    Course.NO_FIGURE: "dim",
}


def roadmap_table(roadmap: Roadmap, lang: str) -> Group:
    """Return the roadmap as tables that read at 80 columns, one to each department."""
    by_who: dict[tuple[str, ...], list[Track]] = {}
    for each in roadmap:
        by_who.setdefault(each.responsible, []).append(each)
    parts: list[RenderableType] = []
    for who, tracks in by_who.items():
        parts += [_heading(who, lang), _table(tracks, lang)]
    return Group(*parts)


def _heading(who: tuple[str, ...], lang: str) -> Text:
    named = "、".join(map(one_line, who))
    if lang == "zh":
        return Text(f"责任单位：{named or '计划未写明'}", style="bold")
    return Text(f"Responsible: {named or 'not named by the plan'}", style="bold")


def _table(tracks: list[Track], lang: str) -> Table:
    zh = lang == "zh"
    table = Table(box=box.SIMPLE, header_style="bold", pad_edge=False)
    heads = (
        ("指标", "基线", "目标", "国家", "进度")
        if zh
        else ("Indicator", "Baseline", "Targets", "Nation", "Course")
    )
    for head, ratio in zip(heads, (11, 6, 7, 4, 7), strict=True):
        table.add_column(head, overflow="fold", ratio=ratio)
    for each in tracks:
        table.add_row(
            f"{name_of(each, lang)}{unit_of(each, lang)}",
            baseline(each, lang),
            "\n".join(aimed(each, m) for m in each.milestones),
            nation(each),
            Text(stands(each, lang), style=_STYLES[each.course]),
        )
    return table


# -- the plot -------------------------------------------------------------------

_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Serif CJK SC",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Noto Sans CJK JP",
)
_COLUMNS = 3
_TURN = 24
"""Characters of a title to a line."""


def roadmap_plot(
    roadmap: Roadmap, stream: IO[bytes], *, form: str, lang: str, name: str = "plot"
) -> None:
    """
    Draw the roadmap: one small plot for each indicator, time on the axis.

    Args:
        roadmap: The roadmap; targets that are intervals are left to the table.

        stream: Where to.

        form: ``svg`` or ``png``.

        lang: ``zh`` or ``en``.

        name: What to call it when something is wrong.

    Raises:
        MissingExtraError: It needs the extra ``charts``.

        OutputError: There is nothing to draw, or no font has Chinese characters.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("charts", "drawing a roadmap") from error
    style: Any = {
        "font.family": [*_fonts(name), "DejaVu Sans"],
        "axes.unicode_minus": False,
        "svg.hashsalt": "eduequity",
        "font.size": 8,
    }
    with mpl.rc_context(style):
        figure = Figure(layout="constrained")
        draw_roadmap(roadmap, figure, lang, name=name)
        metadata = {"Date": None} if form == "svg" else None
        figure.savefig(stream, format=form, dpi=110, metadata=metadata)


def draw_roadmap(
    roadmap: Roadmap, figure: Figure, lang: str, *, name: str = "plot"
) -> None:
    """
    Draw the roadmap into a figure.

    Raises:
        OutputError: There is nothing to draw.
    """
    tracks = [each for each in roadmap if _has_a_way(each)]
    if not tracks:
        raise OutputError(
            name,
            "没有可画的分年度目标：既无已知值，也无两个以上的目标",
            "there is nothing to draw: no known value, and no two targets of one thing",
        )
    rows = math.ceil(len(tracks) / _COLUMNS)
    figure.set_size_inches(13, 2.9 * rows + 0.6)
    rest = len(roadmap) - len(tracks)
    heading = {
        "zh": f"分年度目标与进度（{roadmap.on}）；另 {rest} 项只有一个目标，见表",
        "en": f"Staged targets and course ({roadmap.on}); {rest} more in the table",
    }
    figure.suptitle(heading[lang], fontsize=12)
    grid = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axes, track in zip(grid, tracks, strict=False):
        _draw(axes, track, lang)
    for axes in grid[len(tracks) :]:
        axes.set_axis_off()


def _has_a_way(track: Track) -> bool:
    """Whether there is a line to draw: what is known, or one target after another."""
    plain = not isinstance(track.milestones[0].value, tuple)
    return plain and bool(track.points or len(track.milestones) > 1)


def _fonts(name: str) -> list[str]:
    """Return the fonts with Chinese characters that are there."""
    from matplotlib import font_manager

    there = {each.name for each in font_manager.fontManager.ttflist}
    found = [each for each in _FONTS if each in there]
    if not found:
        raise OutputError(
            name,
            f"没有中文字体，无法画图；请安装其一：{'、'.join(_FONTS[:4])}",
            f"no font has Chinese characters; install one of {', '.join(_FONTS[:4])}",
        )
    return found


def _draw(axes: Any, track: Track, lang: str) -> None:
    import matplotlib.dates as mdates

    zh = lang == "zh"
    factor = 100 if track.unit.value == "share" else 1
    days = [m.day for m in track.milestones]
    aims = [factor * float(m.value) for m in track.milestones]  # type: ignore[arg-type]
    start = track.baseline
    if start is not None and start.day < days[0] and not track.meets_first:
        days, aims = [start.day, *days], [factor * start.value, *aims]
    axes.plot(days, aims, "--", color="#888", lw=1)
    axes.plot(
        days[-len(track.milestones) :],
        aims[-len(track.milestones) :],
        "o",
        mfc="white",
        color="#1f4e79",
        label="目标" if zh else "target",
    )
    if track.points:
        axes.plot(
            [p.day for p in track.points],
            [factor * p.value for p in track.points],
            "s-",
            color="#b34700",
            ms=5,
            label="已知值" if zh else "known",
        )
    if track.national is not None:
        line = factor * track.national
        label = "国家要求" if zh else "national line"
        axes.axhline(line, color="#2e7d32", lw=1, ls=":", label=label)
    axes.axvline(track.on, color="#bbb", lw=0.8, label="评估日" if zh else "day judged")
    first = min([track.on, *days, *(p.day for p in track.points)]) - dt.timedelta(
        days=150
    )
    last = max([track.on, *days]) + dt.timedelta(days=150)
    axes.set_xlim(first, last)
    years = mdates.YearLocator(month=12, day=31)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(years)
    written = mdates.DateFormatter("%Y")  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(written)
    axes.margins(y=0.25)
    unit = track.unit.label.get(lang)
    axes.set_ylabel("%" if factor != 1 else unit)
    axes.set_title(
        f"{_turned(name_of(track, lang), zh=zh)}\n{track.course.label.get(lang)}",
        fontsize=8.5,
        linespacing=1.4,
    )
    if track.responsible:
        who = "、".join(track.responsible)
        said = f"责任单位：{who}" if zh else who
        axes.set_xlabel(_turned(said, zh=zh, width=30), fontsize=6.5, color="#555")
    axes.legend(fontsize=6, loc="best", frameon=False)


def _turned(text: str, *, zh: bool, width: int = _TURN) -> str:
    """Break a long line."""
    import textwrap

    if not zh:
        return textwrap.fill(text, 2 * width)
    parts = [text[n : n + width] for n in range(0, len(text), width)]
    return "\n".join(parts)


PLOTS: Sequence[str] = (".png", ".svg")
"""The suffixes that a plot can be written with."""


def plot_writer(roadmap: Roadmap, path: str, lang: str) -> Callable[[IO[bytes]], None]:
    """Return what writes the plot for *path* into a stream."""
    form = Path(path).suffix.casefold().removeprefix(".")
    return lambda stream: roadmap_plot(roadmap, stream, form=form, lang=lang, name=path)
