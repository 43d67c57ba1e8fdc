"""
Raster plots for files that need a picture: the spread of an indicator over schools.

Chinese labels need a font with Chinese: it is looked for on the machine, and where
there is none the labels are in English, never boxes.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from eduequity.engine import unit_label
from eduequity.errors import MissingFontWarning
from eduequity.vocab import Stage, Text, Unit


if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

__all__ = ["Strip", "can_plot", "chinese_font", "plot_language", "strip_plot"]

_FONT_FILES = (
    "NotoSansCJK",
    "NotoSansSC",
    "NotoSerifCJK",
    "SourceHanSans",
    "SourceHanSerif",
    "msyh",
    "simhei",
    "simsun",
    "simfang",
    "Deng",
    "PingFang",
    "STHeiti",
    "Hiragino Sans GB",
    "Songti",
    "wqy",
    "DroidSansFallback",
    "uming",
    "ukai",
    "HarmonyOS",
    "Alibaba",
    "fangsong",
    "Arial Unicode",
)
"""How the files of fonts with Chinese begin, the ones that print best first."""

_SAMPLE = "县域义务教育校际差异系数㎡"
_MET, _BELOW, _LIMIT, _FLOOR = "#2F6B9A", "#C0392B", "#A31515", "#C77700"
_WIDE, _HIGH, _DPI = 6.3, 1.9, 160


@attrs.frozen(kw_only=True)
class Strip:
    """
    One stage of a plot.

    Args:
        stage: The stage.

        values: Of the sections, in the indicator's unit.

        met: Which of them meet the limit.

        limit: What is asked.

        floor: The share of it that is still allowed; None where there is none.

        cv: The coefficient of variation between the schools, if it is known.
    """

    stage: Stage
    values: Sequence[float]
    met: Sequence[bool]
    limit: float | None
    floor: float | None
    cv: float | None


def can_plot() -> bool:
    """Whether matplotlib (extra ``charts``) is installed."""
    return importlib.util.find_spec("matplotlib") is not None


@functools.cache
def chinese_font() -> str | None:
    """Return the file of a font on this machine that shows Chinese, or None."""
    from matplotlib import font_manager

    files = sorted(font_manager.findSystemFonts())
    return next((path for path in _likely(files) if _shows_chinese(path)), None)


def _likely(files: Sequence[str]) -> Iterator[str]:
    """Yield files that are named like fonts with Chinese, the best first."""
    for start in _FONT_FILES:
        named = [
            f for f in files if Path(f).name.casefold().startswith(start.casefold())
        ]
        yield from sorted(named, key=lambda f: ("regular" not in f.casefold(), f))


def _shows_chinese(path: str) -> bool:
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):  # no font that can be drawn with
        return False
    return all(font.get_char_index(ord(each)) for each in _SAMPLE)


def plot_language(lang: str) -> str:
    """Return the language that labels can be in; warns where that is another one."""
    if lang != "en" and chinese_font() is None:
        warnings.warn(MissingFontWarning(), stacklevel=2)
        return "en"
    return lang


def _font() -> FontProperties:
    from matplotlib.font_manager import FontProperties

    path = chinese_font()
    if path is None:
        return FontProperties(family="DejaVu Sans")
    return FontProperties(fname=path)


def strip_plot(label: Text, unit: Unit, strips: Sequence[Strip], lang: str) -> bytes:
    """
    Draw one indicator: every section a point, the limit and its floor as lines.

    A section below the limit is a red cross, any other a blue ring, so that the plot
    reads without colours too.

    Args:
        label: The indicator's name.

        unit: Of its values.

        strips: One for every stage.

        lang: ``zh`` or ``en``; English where no font shows Chinese.

    Returns:
        The picture as PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lang, font = plot_language(lang), _font()
    figure = Figure(figsize=(_WIDE, _HIGH), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for row, strip in enumerate(reversed(strips)):
        _draw(axes, row, strip)
    axes.set_yticks(
        range(len(strips)),
        [_named(each, lang) for each in reversed(strips)],
        fontproperties=font,
        fontsize=8,
    )
    axes.set_ylim(-0.6, len(strips) - 0.4)
    axes.set_xlim(left=0)
    axes.tick_params(axis="x", labelsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    words = unit_label(unit, lang).strip()
    title = label.get(lang)
    if words:
        title += f"（{words}）" if lang == "zh" else f" ({words})"
    axes.set_title(title, fontproperties=font, fontsize=9, loc="left")
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _draw(axes: Any, row: int, strip: Strip) -> None:
    values = np.asarray(strip.values, dtype=np.float64)
    met = np.asarray(strip.met, dtype=np.bool_)
    heights = row + _spread(values)
    look = {"linewidths": 0.9, "zorder": 3}
    axes.scatter(
        values[met],
        heights[met],
        s=22,
        marker="o",
        facecolors="none",
        edgecolors=_MET,
        **look,
    )
    axes.scatter(values[~met], heights[~met], s=30, marker="x", color=_BELOW, **look)
    for limit, dash, colour in (
        (strip.limit, "-", _LIMIT),
        (_share(strip.limit, strip.floor), "--", _FLOOR),
    ):
        if limit is not None:
            axes.vlines(limit, row - 0.42, row + 0.42, colors=colour, linestyles=dash)


def _share(limit: float | None, floor: float | None) -> float | None:
    return None if limit is None or floor is None else limit * floor


def _spread(values: Any) -> Any:
    """Return small offsets, always the same, so that equal values stand apart."""
    steps = np.arange(len(values)) * 0.618034 % 1.0
    return (steps - 0.5) * 0.5


def _named(strip: Strip, lang: str) -> str:
    stage = strip.stage.label.get(lang)
    if strip.cv is None:
        return stage
    word = "差异系数" if lang == "zh" else "CV"
    return f"{stage}\n{word} {strip.cv:.3f}"
