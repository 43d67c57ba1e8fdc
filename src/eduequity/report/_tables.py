"""
Tables with native charts: what plans, comparisons and the like share as workbooks.

A table says which of its columns are drawn; the charts stand on a sheet of their own,
fed by the cells, so whoever changes a number sees the picture follow. Titles and names
in a chart are cells too or plain words, never formulas.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import IO, Any, Literal, TypeAlias

import attrs

from eduequity.engine import plain
from eduequity.errors import OutputError
from eduequity.report._sheets import (
    LAST_ROW,
    Looks,
    new_workbook,
    put,
    width_of,
)
from eduequity.report._words import one_line


__all__ = ["Drawn", "Picture", "Table", "broken", "write_tables"]

Look: TypeAlias = Literal[
    "before", "after", "worse", "bar", "limit", "low", "band", "line", "mark"
]


@attrs.frozen(kw_only=True)
class Drawn:
    """
    One column of a table as it is drawn.

    Args:
        column: The column of the values, from 0.

        look: ``before``, ``after``, ``worse`` and ``bar`` are bars, ``line`` and
            ``limit`` lines; ``low`` is the unseen foot of a ``band``; a ``mark`` is a
            point of a plot.

        of: Where it stands in another table: its name, the column of the places on the
            axis, and how many rows it has.
    """

    column: int
    look: Look
    of: tuple[str, int, int] | None = None


@attrs.frozen(kw_only=True)
class Picture:
    """
    One chart.

    Args:
        title: What stands above it.

        across: The column of the words, or of the numbers of a plot, below it.

        rows: First and last row of the table, from 0, without the headings.

        drawn: What is drawn, from back to front.

        plot: Whether numbers stand on both axes.

        lying: Whether bars lie, with their words to the left: for long ones.

        words: Where numbers of 0 and up stand for words: the greatest of them.

        below: What the axis below means.

        beside: What the axis beside means.

        form: How the numbers beside it are written, as a workbook's format.
    """

    title: str
    across: int
    rows: tuple[int, int]
    drawn: tuple[Drawn, ...]
    plot: bool = False
    lying: bool = False
    words: int | None = None
    below: str = ""
    beside: str = ""
    form: str = "General"


@attrs.frozen(kw_only=True)
class Table:
    """
    One sheet.

    Args:
        name: The sheet's name, a word of ours.

        head: The headings; none for a sheet of lines.

        rows: What stands below.

        forms: How the numbers of a column are written, by the column.

        names: The column of the words below charts, broken into lines.

        pictures: What is drawn of it.
    """

    name: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    forms: dict[int, str] = attrs.field(factory=dict)
    names: int | None = None
    pictures: Sequence[Picture] = ()


def write_tables(
    stream: IO[bytes], tables: Sequence[Table], lang: str, *, synthetic: bool
) -> None:
    """
    Write tables as sheets, and their charts on a sheet behind the first.

    Raises:
        OutputError: A table has more rows than a sheet.

        MissingExtraError: The extra ``excel`` is not installed.
    """
    for each in tables:
        if len(each.rows) > LAST_ROW:
            raise _too_long(each)
    _Book(new_workbook(stream, "writing .xlsx"), lang, synthetic=synthetic).fill(tables)


def _too_long(table: Table) -> OutputError:
    return OutputError(
        table.name,
        f"多于 {LAST_ROW} 行，超出工作表的容量；请用 .json，或减少区县",
        f"more than {LAST_ROW} rows do not fit a sheet; use .json, or fewer counties",
    )


_A4 = 9
_LINES_WIDTH, _LETTERS = 88, 96
_LINE, _TITLE = 15.5, 22
_ROWS_A_PAGE = 72
_WIDTH, _HEIGHT, _ROW = 880, 330, 20
_A_BAR, _AROUND = 24, 110


class _Book:
    """A workbook in the making."""

    def __init__(self, made: Any, lang: str, *, synthetic: bool) -> None:
        self.made = made
        self.lang = lang
        self.synthetic = synthetic
        self.looks = Looks(made)

    def fill(self, tables: Sequence[Table]) -> None:
        """Write every sheet: the first, the charts, the rest."""
        first, *rest = tables
        self._table(first)
        if any(each.pictures for each in tables):
            self._charts(tables)
        for each in rest:
            self._table(each)
        self.made.close()

    def _sheet(self, name: str, *, landscape: bool) -> Any:
        sheet = self.made.add_worksheet(name)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        if self.synthetic:
            sheet.set_header(
                "&R合成数据（synthetic）" if self.lang == "zh" else "&Rsynthetic data"
            )
        return sheet

    def _table(self, table: Table) -> None:
        sheet = self._sheet(table.name, landscape=bool(table.head))
        if not table.head:
            wrapped = self.looks(text_wrap=True, valign="top")
            for at, (line, *_) in enumerate(table.rows):
                bold = self.looks(bold=True, font_size=14)
                said = one_line(str(line))
                put(sheet, at, 0, said, wrapped if at else bold)
                # Not every program makes a row high enough by itself.
                many = math.ceil(width_of(said, most=math.inf) / _LETTERS)
                sheet.set_row(at, _LINE * many if at else _TITLE)
            sheet.set_column(0, 0, _LINES_WIDTH)
            return
        head = self.looks(
            bold=True, border=1, bg_color="#E8EDF3", align="center", text_wrap=True
        )
        for column, word in enumerate(table.head):
            put(sheet, 0, column, one_line(word), head)
            look = self._look(table, column)
            for at, row in enumerate(table.rows, 1):
                put(sheet, at, column, _cell(row[column]), look)
                if column == table.names:
                    put(sheet, at, column, broken(row[column]), look)
            sheet.set_column(column, column, _width(table, column))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)

    def _look(self, table: Table, column: int) -> Any:
        form = table.forms.get(column)
        return self.looks(border=1, **({"num_format": form} if form else {}))

    # -- charts ------------------------------------------------------------------------

    def _charts(self, tables: Sequence[Table]) -> None:
        name = "图" if self.lang == "zh" else "Charts"
        sheet = self._sheet(name, landscape=False)
        at = page = 0
        breaks: list[int] = []
        for table in tables:
            for picture in table.pictures:
                rows = _rows(picture)
                if at + rows - page > _ROWS_A_PAGE:
                    page = at
                    breaks.append(at)
                sheet.insert_chart(at, 0, self._chart(table, picture))
                at += rows
        sheet.print_area(0, 0, at, 13)
        sheet.set_h_pagebreaks(breaks)

    def _chart(self, table: Table, picture: Picture) -> Any:
        kinds: dict[str, list[Drawn]] = {}
        for each in picture.drawn:
            kind = "scatter" if picture.plot else _KINDS.get(each.look, "line")
            kind = "bar" if picture.lying else kind
            kinds.setdefault(kind, []).append(each)
        # A line stands before bars and bands: a chart takes one other behind it.
        chart, *others = (
            self._of_kind(kind, table, picture, kinds[kind])
            for kind in ("area", "column", "line", "scatter", "bar")
            if kind in kinds
        )
        for other in others:
            chart.combine(other)
        _dress(chart, picture)
        return chart

    def _of_kind(
        self, kind: str, table: Table, picture: Picture, drawn: Sequence[Drawn]
    ) -> Any:
        more = {"area": {"subtype": "stacked"}, "scatter": {"subtype": "straight"}}
        chart = self.made.add_chart({"type": kind, **more.get(kind, {})})
        for each in drawn:
            name, across, rows = table.name, picture.across, picture.rows
            if each.of is not None:
                name, across, rows = each.of[0], each.of[1], (0, each.of[2] - 1)
            first, last = (1 + row for row in rows)
            chart.add_series(
                {
                    "name": [name, 0, each.column],
                    "categories": [name, first, across, last, across],
                    "values": [name, first, each.column, last, each.column],
                    **_LOOKS[each.look],
                }
            )
        return chart


_KINDS = {
    **dict.fromkeys(("before", "after", "worse", "bar"), "column"),
    **dict.fromkeys(("low", "band"), "area"),
}
_LOOKS: dict[Look, dict[str, Any]] = {
    "before": {"fill": {"color": "#B7C9E2"}, "gap": 60},
    "after": {"fill": {"color": "#2F5D9B"}, "gap": 60},
    "worse": {"fill": {"color": "#C0504D"}},
    "bar": {"gap": 60},
    "limit": {
        "line": {"color": "#A31515", "width": 1.75, "dash_type": "dash"},
        "marker": {"type": "none"},
    },
    "low": {"fill": {"none": True}, "border": {"none": True}},
    "band": {"fill": {"color": "#9DB8DC", "transparency": 40}},
    "line": {
        "line": {"color": "#1F4E79", "width": 2},
        "marker": {"type": "circle", "size": 5, "fill": {"color": "#1F4E79"}},
    },
    "mark": {
        "line": {"none": True},
        "marker": {
            "type": "diamond",
            "size": 10,
            "fill": {"color": "#C77700"},
            "border": {"color": "#7A4100"},
        },
    },
}


def _dress(chart: Any, picture: Picture) -> None:
    # A title that begins with = would be taken for a cell.
    title = one_line(picture.title).lstrip("=")
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    small: dict[str, Any] = {"num_font": {"size": 8}, "name_font": {"size": 9}}
    words = {"name": picture.below.lstrip("="), **small}
    words["major_gridlines"] = {"visible": False}
    if picture.lying:
        words |= {"reverse": True, "interval_unit": 1}
    steps = {"min": 0, "max": picture.words, "major_unit": 1} if picture.words else {}
    numbers = {
        "name": picture.beside.lstrip("="),
        "num_format": picture.form,
        "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}},
        **steps,
        **small,
    }
    chart.set_x_axis(numbers if picture.lying else words)
    chart.set_y_axis(words if picture.lying else numbers)
    unseen = [at for at, each in enumerate(picture.drawn) if each.look == "low"]
    chart.set_legend({"position": "bottom", "delete_series": unseen})
    chart.set_size({"width": _WIDTH, "height": _tall(picture)})


def _tall(picture: Picture) -> int:
    """Return a chart's height in pixels: with room for the words of all lying bars."""
    first, last = picture.rows
    bars = (last - first + 1) * _A_BAR + _AROUND if picture.lying else 0
    return max(_HEIGHT, bars)


def _rows(picture: Picture) -> int:
    """Return how many rows of the sheet a chart takes, with a little below it."""
    return _tall(picture) // _ROW + 2


def _cell(value: Any) -> Any:
    """Return what is put into a cell: a figure without the fuzz of floats."""
    if isinstance(value, float):
        return plain(value) if math.isfinite(value) else None
    return one_line(value) if isinstance(value, str) else value


_WIDEST_LINE = 16


def broken(words: str) -> str:
    r"""
    Break words into lines that stand below a bar; a Chinese character is two wide.

    >>> broken("每百名学生拥有网络多媒体教室数")
    '每百名学生拥有网\n络多媒体教室数'
    >>> broken("Teaching equipment per pupil")
    'Teaching\nequipment per\npupil'
    """
    chinese = any(each > "\u2e80" for each in words)
    if not chinese:
        return textwrap.fill(words, _WIDEST_LINE)
    step = _WIDEST_LINE // 2
    return "\n".join(words[at : at + step] for at in range(0, len(words), step))


def _width(table: Table, column: int) -> float:
    words = [table.head[column], *(_said(row[column]) for row in table.rows[:2000])]
    return max(width_of(word) for word in words)


def _said(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value or "")
