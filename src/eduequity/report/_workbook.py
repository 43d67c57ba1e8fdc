"""
A result as a workbook: overview, schools, charts, findings, evidence, official forms.

Every text of the data is written as a string, never as a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from eduequity.engine import decimals
from eduequity.errors import MissingExtraError, OutputError
from eduequity.report._evidence import HAVE, evidence_of
from eduequity.report._form_items import prose_forms
from eduequity.report._forms import Figure, Form, Reader, has_forms, numeric_forms
from eduequity.report._groups import groups_of, item_word, reading
from eduequity.report._levels import rank_of
from eduequity.report._missing_by import distance, missing_by
from eduequity.report._speaker import Speaker
from eduequity.report._words import dimension, one_line
from eduequity.rules import Threshold
from eduequity.vocab import Force, Scope, Stage, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, CountyResult, Finding

__all__ = ["write_workbook"]

MOST_IN_FULL = 8
"""With more counties than that the sheets of single counties are left out."""

_MOST_ROWS = 1_000_000
_MOST_TEXT = 32_000
_MOST_NAME = 31
_ORDER = (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET, Verdict.NOT_APPLICABLE)
_FORM_ORDER = ("Ⅰ", "Ⅱ-1", "Ⅱ-2", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ")

_COLOURS = {
    Verdict.MET: {"bg_color": "#E3F1E4", "font_color": "#1B5E20"},
    Verdict.UNMET: {"bg_color": "#FBE0DD", "font_color": "#A31515", "bold": True},
    Verdict.UNKNOWN: {"bg_color": "#FFF3CD", "font_color": "#6B4E00", "italic": True},
    Verdict.NOT_APPLICABLE: {"font_color": "#6E6E6E"},
}
_NEAR = {"bg_color": "#FFE3B8", "font_color": "#7A4100"}
_FONT = "宋体"


def write_workbook(
    assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
) -> None:
    """
    Write the result as a workbook.

    Args:
        assessment: The result.

        stream: Where to.

        lang: ``zh`` or ``en``; the official forms are Chinese in both.

    Raises:
        MissingExtraError: XlsxWriter is not installed.

        OutputError: There are more findings than a sheet has rows.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtraError("excel", "writing .xlsx") from None

    # Zipped in memory: an archive cut short by a full disk would complain later on.
    whole = io.BytesIO()
    made = xlsxwriter.Workbook(whole, {"in_memory": True, "nan_inf_to_errors": True})
    day = dt.datetime.combine(assessment.on, dt.time())
    made.set_properties({"title": _title(assessment, lang), "created": day})
    _Book(assessment, made, lang).fill()
    made.close()
    stream.write(whole.getvalue())


def _title(assessment: Assessment, lang: str) -> str:
    codes = list(assessment)
    named = one_line(assessment[codes[0]].name or codes[0]) if codes else ""
    if len(codes) > 1:
        named = f"{len(codes)} 个区县" if lang == "zh" else f"{len(codes)} counties"
    return f"{named} 评估结果" if lang == "zh" else f"{named}: assessment"


class _Book(Speaker):
    """A workbook in the making."""

    def __init__(self, assessment: Assessment, made: Any, lang: str) -> None:
        super().__init__(assessment, lang)
        self.made = made
        # Trying every change out takes a while: not for the findings of many counties.
        self.lacks = missing_by if len(assessment) <= MOST_IN_FULL else distance
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: set[str] = set()

    def style(self, **facts: Any) -> Any:
        """Return a cell format, made once."""
        key = tuple(sorted(facts.items()))
        if key not in self.formats:
            base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
            self.formats[key] = self.made.add_format(base | facts)
        return self.formats[key]

    def fill(self) -> None:
        """Write every sheet."""
        counties = list(self.assessment.values())
        single = len(counties) == 1
        _overview(self, counties)
        if len(counties) <= MOST_IN_FULL:
            for county in counties:
                _school_sheets(self, county, "" if single else county.code)
        _findings(self, counties)
        if len(counties) > MOST_IN_FULL:
            return
        for county in counties:
            tail = "" if single else county.code
            _evidence(self, county, tail)
            if has_forms(county):
                _forms(self, county, tail)

    def sheet(self, name: str, tail: str = "", *, landscape: bool = True) -> _Sheet:
        """Add a sheet, set up for A4."""
        named = f"{name} {tail}".strip()[:_MOST_NAME]
        assert named not in self.names
        self.names.add(named)
        sheet = self.made.add_worksheet(named)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        if self.assessment.synthetic:
            sheet.set_header(f"&R{self.synthetic()}")
        return _Sheet(self, sheet)

    def synthetic(self) -> str:
        """Say that the data is made up."""
        return self.say(
            "合成数据（synthetic），全部是编造的", "synthetic data 合成数据"
        )

    def coloured(self, sheet: Any, area: tuple[int, int, int, int]) -> None:
        """Colour cells by the verdict that they name."""
        for verdict, look in _COLOURS.items():
            sheet.conditional_format(
                *area,
                {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{verdict.label.get(self.lang)}"',
                    "format": self.made.add_format(look),
                },
            )

    def known(self, finding: Finding) -> str:
        """Say how well the documents are known."""
        words = dict.fromkeys(c.read.label.get(self.lang) for c in finding.sources)
        return self.say("；", "; ").join(words)


class _Sheet:
    """A sheet, written row by row; texts are strings whatever they look like."""

    def __init__(self, book: _Book, made: Any) -> None:
        self.book = book
        self.made = made
        self.row = 0
        self.widths: tuple[float, ...] = ()

    def put(self, row: int, column: int, cell: Any, **look: Any) -> None:
        """Write one cell."""
        if isinstance(cell, Figure):
            shown = "0" if not cell.places else "0." + "0" * cell.places
            style = self.book.style(num_format=shown, **look)
            self.made.write_number(row, column, cell.value, style)
        elif cell is None or cell == "":
            self.made.write_blank(row, column, None, self.book.style(**look))
        elif isinstance(cell, int | float):
            # What is exact on paper stays so: a fuzz of floats flips no colour.
            self.made.write_number(
                row, column, round(float(cell), 9), self.book.style(**look)
            )
        else:
            text = one_line(str(cell))[:_MOST_TEXT]
            self.made.write_string(row, column, text, self.book.style(**look))

    def line(self, cells: Iterable[Any], **look: Any) -> None:
        """Write a row and go to the next."""
        cells = tuple(cells)
        for column, cell in enumerate(cells):
            self.put(self.row, column, cell, **look)
        if look.get("text_wrap"):
            pairs = zip(cells, self.widths, strict=False)
            self.height(self.row, max(_lines(cell, width) for cell, width in pairs))
        self.row += 1

    def height(self, row: int, lines: int) -> None:
        """Make a row high enough for its text; not every program does so itself."""
        self.made.set_row(row, _LINE * max(lines, 1) + _PADDING)

    def columns(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns, in characters."""
        self.widths = tuple(widths)
        for column, width in enumerate(widths):
            self.made.set_column(column, column, width)

    def title(self, words: str) -> None:
        """Write the sheet's title."""
        self.put(self.row, 0, words, bold=True, font_size=14, font_name="黑体")
        self.made.set_row(self.row, 24)
        self.row += 1
        if self.book.assessment.synthetic:
            self.put(
                self.row,
                0,
                self.book.synthetic(),
                bold=True,
                font_color="#A31515",
                bg_color="#FFF3CD",
            )
            self.row += 1

    def heads(self, words: Sequence[str], widths: Sequence[float]) -> int:
        """Write headings that repeat on every page; return their row."""
        at = self.row
        self.columns(widths)
        self.line(
            words,
            bold=True,
            text_wrap=True,
            border=1,
            align="center",
            bg_color="#E8EDF3",
        )
        self.made.repeat_rows(at)
        return at


_LINE, _PADDING = 13.5, 4.0


def _lines(cell: Any, width: float) -> int:
    """Estimate how many lines a cell takes: a Chinese character is two wide."""
    text = "" if cell is None else str(cell)
    wide = sum(2 if ord(each) > _FIRST_WIDE else 1 for each in text)
    return max(1, math.ceil(wide * _LOOSE / width))


_FIRST_WIDE = 0x2000
_LOOSE = 1.08
"""Lines break before their end."""


# -- overview ----------------------------------------------------------------------


def _overview(book: _Book, counties: list[CountyResult]) -> None:
    sheet = book.sheet(book.say("概览", "Overview"), landscape=False)
    sheet.title(_title(book.assessment, book.lang))
    sheet.made.set_column(0, 0, 24)
    sheet.made.set_column(1, 5, 14)
    sheet.row += 1
    for label, value in _head(book):
        sheet.put(sheet.row, 0, label, font_color="#555555")
        sheet.put(sheet.row, 1, value)
        sheet.row += 1
    if len(counties) == 1:
        _one_county(book, sheet, counties[0])
    else:
        _several_counties(book, sheet, counties)
    _remarks(book, sheet, counties)


def _head(book: _Book) -> Iterator[tuple[str, str]]:
    law, assessment = book.law, book.assessment
    yield book.say("评估项目", "Programme"), book.programme()
    yield book.say("评估日期", "Law as of"), assessment.on.isoformat()
    if assessment.as_area is not None:
        yield book.say("按何地规定", "Law of"), assessment.as_area or "—"
    chosen = [f"{k}={v}" for k, v in law.options.items() if v != law.defaults[k]]
    if chosen:
        yield book.say("另选的口径", "Options"), ", ".join(chosen)
    packs = (f"{p.info.id} {p.version}".strip() for p in law.packs)
    yield book.say("规则包", "Packs"), ", ".join(packs)
    yield "eduequity", assessment.engine
    yield book.say("数据摘要", "Digest of the data"), assessment.facts.digest[:16]


def _one_county(book: _Book, sheet: _Sheet, county: CountyResult) -> None:
    first = sheet.row
    rows = [
        (book.say("区县", "County"), f"{one_line(county.name or '')} {county.code}"),
        (book.say("结论", "Verdict"), county.verdict.label.get(book.lang)),
        (
            book.say("自评结论", "Self-assessment"),
            county.self_assessment.label.get(book.lang),
        ),
        *(
            (book.level(each.area), each.verdict.label.get(book.lang))
            for each in county.levels[1:]
        ),
    ]
    for label, value in rows:
        sheet.put(sheet.row, 0, label, font_color="#555555")
        sheet.put(sheet.row, 1, value, bold=True, font_size=12)
        sheet.row += 1
    sheet.put(
        sheet.row,
        0,
        book.say(
            "自评结论不含只能由国家认定的项目（国家监测、国家认可度调查）",
            "Self-assessed: without what only the nation determines",
        ),
        font_color="#555555",
    )
    sheet.row += 2
    book.coloured(sheet.made, (first, 1, sheet.row, 1))
    _dimensions(book, sheet, county)
    _worst(book, sheet, county)


def _dimensions(book: _Book, sheet: _Sheet, county: CountyResult) -> None:
    heads = [book.say("方面", "Dimension"), book.say("结论", "Verdict")]
    heads += [verdict.label.get(book.lang) for verdict in _ORDER]
    first = sheet.row
    look = {"border": 1, "align": "center"}
    sheet.line(heads, bold=True, bg_color="#E8EDF3", **look)
    for each in county.dimensions:
        counts = Counter(
            verdict for name, verdict in each.rules.items() if book.decides(name)
        )
        sheet.line(
            [
                dimension(each.id, book.lang),
                each.verdict.label.get(book.lang),
                *(counts[verdict] for verdict in _ORDER),
            ],
            **look,
        )
    book.coloured(sheet.made, (first + 1, 1, sheet.row - 1, 1))
    sheet.row += 1


def _worst(book: _Book, sheet: _Sheet, county: CountyResult) -> None:
    """List what is not met, furthest first, then what is not known."""
    groups = groups_of(county, "county")
    for verdict, zh, en in (
        (Verdict.UNMET, "未达标的要求", "Requirements not met"),
        (Verdict.UNKNOWN, "证据不足，无法判定", "Not known, evidence is missing"),
    ):
        found = [each for each in groups if each.verdict is verdict]
        if not found:
            continue
        sheet.line([f"{book.say(zh, en)} ({len(found)})"], bold=True)
        for each in sorted(found, key=lambda g: g.badness, reverse=True):
            sheet.line([f"· {book.label(each.rule, each.area)}"])
        sheet.row += 1


def _several_counties(book: _Book, sheet: _Sheet, counties: list[CountyResult]) -> None:
    sheet.row += 1
    heads = [
        book.say("区县", "County"),
        book.say("代码", "Code"),
        book.say("结论", "Verdict"),
        book.say("自评结论", "Self-assessment"),
        book.say("未达标项", "Rules unmet"),
        book.say("证据不足项", "Rules unknown"),
    ]
    first = sheet.row
    look = {"border": 1}
    sheet.line(heads, bold=True, bg_color="#E8EDF3", **look)
    for county in _worst_first(counties):
        ranks = [
            verdict
            for each in county.dimensions
            for name, verdict in each.rules.items()
            if book.decides(name)
        ]
        sheet.line(
            [
                one_line(county.name or ""),
                county.code,
                county.verdict.label.get(book.lang),
                county.self_assessment.label.get(book.lang),
                ranks.count(Verdict.UNMET),
                ranks.count(Verdict.UNKNOWN),
            ],
            **look,
        )
    book.coloured(sheet.made, (first + 1, 2, sheet.row - 1, 3))
    sheet.made.autofilter(first, 0, sheet.row - 1, len(heads) - 1)
    sheet.row += 1


def _remarks(book: _Book, sheet: _Sheet, counties: list[CountyResult]) -> None:
    said: list[str] = []
    if len(counties) > MOST_IN_FULL:
        said.append(
            book.say(
                f"区县多于 {MOST_IN_FULL} 个：不含分校表、图、申报表和证据目录，"
                "达标的结论也不列；请逐县评估",
                f"more than {MOST_IN_FULL} counties: without schools, charts, forms, "
                "evidence and what is met; evaluate a county alone for those",
            )
        )
    said += [
        f"{each.place} {book.say(each.zh, each.en)}".strip()
        for each in book.assessment.facts.notices[:_MOST_NOTICES]
    ]
    rest = len(book.assessment.facts.notices) - _MOST_NOTICES
    if rest > 0:
        said.append(book.say(f"提示另有 {rest} 条", f"{rest} more remarks"))
    said += book.assessment.notes
    said += [
        book.say("未加载的插件 ", "plugin not loaded: ")
        + f"{lost['distribution']}: {lost['reason']}"
        for lost in book.assessment.not_loaded
    ]
    if said:
        sheet.line([book.say("说明", "Remarks")], bold=True)
        for words in said:
            sheet.line([f"· {words}"])


_MOST_NOTICES = 20


# -- schools and charts ------------------------------------------------------------


def _school_sheets(book: _Book, county: CountyResult, tail: str) -> None:
    grid = _Grid(book, county)
    if not grid.rows:
        return
    first = _schools(book, grid, tail)
    if grid.components:
        _charts(book, grid, tail, first)


class _Grid:
    """Schools and sections of one county against the rules about them."""

    def __init__(self, book: _Book, county: CountyResult) -> None:
        self.book = book
        self.county = county
        self.reader = Reader(county, book.lang)
        self.of: dict[tuple[str, str], dict[str, Finding]] = {}
        for each in county.findings(components=True):
            single = "summary" not in each.flags
            about = each.scope in (Scope.SCHOOL, Scope.SECTION)
            if single and about and each.force is Force.REQUIREMENT:
                key = (each.area, each.rule)
                self.of.setdefault(key, {})[each.entity] = each
        rules = book.law.rules
        self.components = [
            key
            for key in self.of
            if not key[0]
            and rules[key[1]][1].component
            and isinstance(rules[key[1]][1], Threshold)
        ]
        self.others = [key for key in self.of if not rules[key[1]][1].component]
        self.rows = sorted(self._units(), key=self._place)

    def _units(self) -> Iterator[tuple[int, int | None]]:
        """Yield every section, and every school without one: school and section."""
        facts = self.reader.facts
        for row, school in enumerate(facts.section_school):
            yield int(school), row
        having = set(facts.section_school.tolist())
        for school in range(facts.schools.size):
            if school not in having:
                yield school, None

    def _place(self, unit: tuple[int, int | None]) -> tuple[int, int, int]:
        """Order by stage, then the failing on top, then as they were given."""
        school, section = unit
        if section is None:
            return 2, 0, school
        worst = max(
            (
                found.verdict.rank
                for key in self.others
                if (found := self.finding(key, unit)) is not None
            ),
            default=0,
        )
        return int(self.reader.facts.section_stage[section]), -worst, section

    def stage(self, unit: tuple[int, int | None]) -> Stage | None:
        """Return the stage of a unit, None of a school without sections."""
        section = unit[1]
        if section is None:
            return None
        return tuple(Stage)[int(self.reader.facts.section_stage[section])]

    def finding(
        self, key: tuple[str, str], unit: tuple[int, int | None]
    ) -> Finding | None:
        """Return what a rule says of a section, or of its school."""
        code = str(self.reader.facts.schools.words("code")[unit[0]])
        stage = self.stage(unit)
        found = self.of[key]
        return found.get(f"{code}/{stage}" if stage else code) or found.get(code)

    def heading(self, key: tuple[str, str]) -> str:
        """Name a rule, with its level where it is not the nation's."""
        area, rule = key
        return self.book.label(rule, area)

    def lead(self, unit: tuple[int, int | None]) -> tuple[Any, ...]:
        """Return name, code, kind, stage and pupils of a unit."""
        school, section = unit
        schools = self.reader.facts.schools
        code = str(schools.words("code")[school])
        kind, stage = self.reader.kind(school), self.stage(unit)
        return (
            one_line(str(schools.words("name")[school] or code)),
            code,
            kind.label.get(self.book.lang) if kind else "",
            stage.label.get(self.book.lang) if stage else "",
            None if section is None else self.reader.figure(section, "pupils"),
        )


_LEAD = 5


def _schools(book: _Book, grid: _Grid, tail: str) -> int:
    """Write the schools and return the first one's row."""
    sheet = book.sheet(_school_sheet(book), tail)
    sheet.title(
        book.say("各校结果（未达标的在前）", "Results by school, failing first")
    )
    sheet.line([_legend(book, grid)], font_color="#555555")
    lead = [
        book.say("学校", "School"),
        book.say("代码", "Code"),
        book.say("学校类型", "Kind"),
        book.say("学段", "Stage"),
        book.say("在校生", "Pupils"),
    ]
    keys = [*grid.components, *grid.others]
    at = sheet.heads(
        [*lead, *(grid.heading(key) for key in keys)],
        (24, 12, 13, 8, 8, *(11.0,) * len(keys)),
    )
    first = sheet.row
    for unit in grid.rows:
        sheet.line(grid.lead(unit), border=1)
        for column, key in enumerate(keys, _LEAD):
            _school_cell(book, sheet, column, grid.finding(key, unit))
    last = sheet.row - 1
    _colour_components(book, sheet, grid, first)
    book.coloured(sheet.made, (first, _LEAD, last, _LEAD + len(keys) - 1))
    sheet.made.autofilter(at, 0, last, _LEAD + len(keys) - 1)
    sheet.made.freeze_panes(first, 2)
    return first


def _school_sheet(book: _Book) -> str:
    return book.say("各校结果", "Schools")


def _school_cell(
    book: _Book, sheet: _Sheet, column: int, finding: Finding | None
) -> None:
    """Write the value of an indicator, the verdict of any other rule."""
    look: dict[str, Any] = {"border": 1, "align": "center"}
    row = sheet.row - 1
    if finding is None:
        sheet.put(row, column, None, **look)
    elif finding.component and isinstance(finding.value, int | float):
        places = decimals(finding.unit)
        look["num_format"] = "0." + "0" * places if places else "0"
        sheet.put(row, column, float(finding.value), **look)
    else:
        sheet.put(row, column, finding.verdict.label.get(book.lang), **look)


def _floor(grid: _Grid) -> float | None:
    return grid.reader.limit("quorum_floor")


def _legend(book: _Book, grid: _Grid) -> str:
    floor = _floor(grid)
    near = f"{100 * floor:g}%" if floor is not None else "—"
    return book.say(
        f"绿：达标　橙：达到标准的 {near}　红：未达到　黄：证据不足；数值未取舍，"
        "表头可筛选、排序",
        f"green: met; orange: at {near} of the limit; red: below; yellow: unknown; "
        "values are not rounded",
    )


def _colour_components(book: _Book, sheet: _Sheet, grid: _Grid, first: int) -> None:
    """Colour every indicator by its limit, stage by stage, as the verdicts were."""
    floor = _floor(grid)
    for column, key in enumerate(grid.components, _LEAD):
        for top, bottom, limit in _limits(grid, key, first):
            rising = (_operator(book, key) or ">=")[0] == ">"
            area = (top, column, bottom, column)
            look = book.made.add_format
            blank = {"type": "blanks", "stop_if_true": True, "format": look({})}
            sheet.made.conditional_format(*area, blank)
            met: dict[str, Any] = {"type": "cell", "criteria": ">=" if rising else "<="}
            met |= {"value": limit, "format": look(_COLOURS[Verdict.MET])}
            sheet.made.conditional_format(*area, met)
            if floor is not None and rising:
                between: dict[str, Any] = {"type": "cell", "criteria": "between"}
                between |= {"minimum": round(limit * floor, 9), "maximum": limit}
                between |= {"format": look(_NEAR), "stop_if_true": True}
                sheet.made.conditional_format(*area, between)
            below: dict[str, Any] = {"type": "cell", "criteria": "<" if rising else ">"}
            below |= {"value": limit, "format": look(_COLOURS[Verdict.UNMET])}
            sheet.made.conditional_format(*area, below)


def _operator(book: _Book, key: tuple[str, str]) -> str | None:
    return getattr(book.law.rules[key[1]][1], "operator", None)


def _limits(
    grid: _Grid, key: tuple[str, str], first: int
) -> Iterator[tuple[int, int, float]]:
    """Yield runs of rows of one stage and limit: first row, last row, limit."""
    start = first
    current: tuple[Stage | None, float] | None = None
    for row, unit in enumerate([*grid.rows, None], first):
        found = None if unit is None else grid.finding(key, unit)
        limit = found.threshold if found is not None else None
        own = limit if isinstance(limit, float) else None
        here = None if unit is None or own is None else (grid.stage(unit), own)
        if here != current:
            if current is not None:
                yield start, row - 1, current[1]
            start, current = row, here


def _charts(book: _Book, grid: _Grid, tail: str, first: int) -> None:
    """Draw every indicator per section with the line of its limit."""
    sheet = book.sheet(book.say("指标图", "Charts"), tail, landscape=False)
    sheet.title(
        book.say("各指标：每校一柱，线为标准", "Indicators by school, and the limit")
    )
    helper = _Helper(sheet)
    at = sheet.row + 1
    source = f"{_school_sheet(book)} {tail}".strip()
    for column, key in enumerate(grid.components, _LEAD):
        for top, bottom, limit in _limits(grid, key, first):
            stage = grid.stage(grid.rows[top - first])
            title = grid.heading(key)
            title += f"（{stage.label.get(book.lang)}）" if stage else ""
            place = source, column, top, bottom
            chart = _chart(book, title, place, helper, (limit, _floor(grid)))
            sheet.made.insert_chart(at, 0, chart)
            at += _CHART_ROWS
    sheet.made.print_area(0, 0, at, _HELPERS - 1)
    page = _CHART_ROWS * _CHARTS_A_PAGE
    sheet.made.set_h_pagebreaks(range(sheet.row + 1 + page, at, page))


_CHART_ROWS = 17
_CHARTS_A_PAGE = 5
_HELPERS = 26
"""The first column of what only the charts need."""
_WIDEST = 1640


class _Helper:
    """Columns far to the right that hold the limits for the lines of charts."""

    def __init__(self, sheet: _Sheet) -> None:
        self.sheet = sheet
        self.column = _HELPERS

    def add(self, name: str, value: float, rows: int) -> list[Any]:
        """Write a constant column; return where it stands."""
        self.sheet.put(0, self.column, name, font_color="#808080")
        for row in range(1, rows + 1):
            self.sheet.put(row, self.column, value, font_color="#808080")
        place = [self.sheet.made.get_name(), 1, self.column, rows, self.column]
        self.column += 1
        return place


def _chart(
    book: _Book,
    title: str,
    place: tuple[str, int, int, int],
    helper: _Helper,
    limits: tuple[float, float | None],
) -> Any:
    limit, floor = limits
    source, column, top, bottom = place
    size = bottom - top + 1
    names = [source, top, 0, bottom, 0]
    chart = book.made.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": book.say("本校数值", "value"),
            "categories": names,
            "values": [source, top, column, bottom, column],
            "fill": {"color": "#7A9CC6"},
            "gap": 60,
        }
    )
    lines = book.made.add_chart({"type": "line"})
    asked = [(book.say("标准", "limit"), limit, "solid", "#A31515")]
    if floor is not None:
        asked.append((f"{100 * floor:g}%", limit * floor, "dash", "#C77700"))
    for name, value, dash, colour in asked:
        lines.add_series(
            {
                "name": f"{name} {value:g}",
                "categories": names,
                "values": helper.add(f"{title} {name}", value, size),
                "line": {"color": colour, "width": 1.5, "dash_type": dash},
            }
        )
    chart.combine(lines)
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    chart.set_x_axis({"num_font": {"rotation": -60, "size": 7}})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "top"})
    chart.set_size({"width": min(max(720, 26 * size), _WIDEST), "height": 320})
    return chart


# -- findings ----------------------------------------------------------------------


def _findings(book: _Book, counties: list[CountyResult]) -> None:
    sheet = book.sheet(book.say("结论明细", "Findings"))
    sheet.title(book.say("结论明细（未达标的在前）", "Findings, failing first"))
    say = book.say
    heads = [
        say("结论", "Verdict"),
        say("区县", "County"),
        say("层级", "Level"),
        say("方面", "Dimension"),
        say("要求", "Rule"),
        say("单位", "Unit"),
        say("代码", "Code"),
        say("学段或项目", "Stage or item"),
        say("数值与标准", "Found and asked"),
        say("差额", "Missing by"),
        say("效力", "Force"),
        say("依据类型", "Basis"),
        say("条款与来源", "Clause and source"),
        say("知悉程度", "How known"),
        say("标记", "Flags"),
        say("编号", "Id"),
    ]
    widths = (9, 10, 8, 10, 26, 20, 12, 9, 26, 24, 6, 6, 36, 10, 16, 44)
    at = sheet.heads(heads, widths)
    first = sheet.row
    for county, verdict in _passes(counties):
        names = _school_names(county)
        for finding in _ordered(county, verdict):
            _finding_row(book, sheet, county, finding, names)
    last = max(sheet.row - 1, first)
    book.coloured(sheet.made, (first, 0, last, 0))
    sheet.made.autofilter(at, 0, last, len(heads) - 1)
    sheet.made.freeze_panes(first, 1)
    sheet.made.print_area(0, 0, last, heads.index(say("知悉程度", "How known")))


def _passes(
    counties: list[CountyResult],
) -> Iterator[tuple[CountyResult, Verdict]]:
    """
    Yield what to list in turn: verdict by verdict, the failing first.

    Of many counties only what is not met or not known, county by county: the findings
    of one at a time are held, and let go of.
    """
    if len(counties) <= MOST_IN_FULL:
        yield from ((county, verdict) for verdict in _ORDER for county in counties)
        return
    for county in _worst_first(counties):
        fresh = county.assessment[county.code]
        yield from ((fresh, verdict) for verdict in _ORDER[:2])


def _worst_first(counties: list[CountyResult]) -> list[CountyResult]:
    return sorted(counties, key=lambda each: each.verdict.rank, reverse=True)


_FORCES = tuple(Force)


def _ordered(county: CountyResult, verdict: Verdict) -> list[Finding]:
    """Return findings of a verdict: what decides, what joins others, then the units."""
    found = county.findings(components=True, verdict=verdict.value)

    def place(each: Finding) -> tuple[bool, int, bool, int]:
        return (
            each.component,
            _FORCES.index(each.force),
            "summary" not in each.flags and each.scope is not Scope.COUNTY,
            rank_of(each.area),
        )

    return sorted(found, key=place)


def _finding_row(
    book: _Book,
    sheet: _Sheet,
    county: CountyResult,
    finding: Finding,
    names: Mapping[str, str],
) -> None:
    if sheet.row >= _MOST_ROWS:
        raise OutputError(
            sheet.made.get_name(),
            f"结论多于 {_MOST_ROWS} 行，超出工作表的容量；请用 .json，或分县评估",
            f"more than {_MOST_ROWS} findings do not fit a sheet; use .json, or "
            "evaluate fewer counties at a time",
        )
    rule = book.law.rules[finding.rule][1]
    code = finding.entity.partition("/")[0]
    named = one_line(county.name or county.code)
    cells = (
        finding.verdict.label.get(book.lang),
        named,
        book.level(finding.area),
        dimension(rule.dimension or "local", book.lang),
        book.label(finding.rule),
        names.get(code, named if code == county.code else code),
        code,
        item_word(finding.stage or finding.item, book.lang),
        reading(finding, book.lang),
        book.lacks(finding, book.lang),
        finding.force.label.get(book.lang),
        finding.basis.label.get(book.lang),
        book.clause(finding),
        book.known(finding),
        ", ".join(finding.flags),
        finding.id,
    )
    sheet.line(cells, text_wrap=True, valign="top")


def _school_names(county: CountyResult) -> Mapping[str, str]:
    schools = county.assessment.facts.select(county.row, county.row + 1).schools
    columns = schools.words("code"), schools.words("name")
    return {
        str(code): one_line(str(name or code))
        for code, name in zip(*columns, strict=True)
    }


# -- evidence ----------------------------------------------------------------------


def _evidence(book: _Book, county: CountyResult, tail: str) -> None:
    sheet = book.sheet(book.say("佐证材料目录", "Evidence"), tail)
    sheet.title(book.say("佐证材料目录", "Register of evidence"))
    say = book.say
    heads = [
        say("序号", "No."),
        say("方面", "Dimension"),
        say("指标或事项", "Rule"),
        say("层级", "Level"),
        say("结论", "Verdict"),
        say("有无", "Have"),
        say("材料或数据", "Material"),
        say("缺少", "Lacking"),
        say("时期", "Period"),
        say("出具单位", "Issuer"),
    ]
    at = sheet.heads(heads, (6, 12, 34, 9, 10, 12, 40, 34, 14, 22))
    first = sheet.row
    for number, each in enumerate(evidence_of(county, book.lang), 1):
        cells = (
            number,
            each.dimension,
            each.label,
            book.level(each.area),
            each.verdict.label.get(book.lang),
            HAVE[each.have].get(book.lang),
            each.material,
            each.lacking,
            each.period,
            each.issuer,
        )
        sheet.line(cells, border=1, text_wrap=True)
    book.coloured(sheet.made, (first, 4, max(sheet.row - 1, first), 4))
    sheet.made.freeze_panes(first, 3)
    sheet.made.autofilter(at, 0, max(sheet.row - 1, first), len(heads) - 1)


# -- the official forms ------------------------------------------------------------


def _forms(book: _Book, county: CountyResult, tail: str) -> None:
    reader = Reader(county, book.lang)
    if not tail:
        _whose(book, county)
    filled = {**numeric_forms(reader), **prose_forms(reader)}
    for number in _FORM_ORDER:
        _form(book, county, filled[number](), tail)


def _whose(book: _Book, county: CountyResult) -> None:
    """Say whose the forms are, so that `read` takes them in again: they do not."""
    sheet = book.sheet("区县")
    sheet.title("申报表所属区县")
    sheet.columns((12, 30))
    sheet.line(["区县代码", "区县名称"], bold=True, border=1)
    sheet.line([county.code, one_line(county.name or county.code)], border=1)


def _form(book: _Book, county: CountyResult, form: Form, tail: str) -> None:
    sheet = book.sheet(f"表{form.id}", tail, landscape=not form.prose)
    sheet.title(form.title)
    year = county.assessment.facts.counties.numbers("year")[county.row]
    told = [one_line(county.name or ""), county.code]
    if not math.isnan(year):
        told.append(f"{year:.0f}年")
    sheet.line([" ".join(told)], font_color="#555555")
    first = sheet.row
    sheet.columns(form.widths)
    top = {"border": 1, "bold": True, "align": "center", "text_wrap": True}
    for number, row in enumerate(form.head):
        sheet.line(row, **top)
        sheet.height(first + number, _head_lines(form, number))
    body = {"border": 1, "text_wrap": True}
    for row in form.body:
        _form_row(sheet, row, form, body)
    for top_, left, bottom, right in form.merges:
        cell = (*form.head, *form.body)[top_][left]
        style = book.style(**top)
        area = (first + top_, left, first + bottom, right)
        sheet.made.merge_range(*area, "", style)
        sheet.put(first + top_, left, cell, **top)
    for words in form.notes:
        sheet.line([words], font_size=9)
    for words in form.remarks:
        sheet.line([f"※ {words}"], font_size=9, font_color="#A31515")
    sheet.made.repeat_rows(first, first + len(form.head) - 1)


def _form_row(
    sheet: _Sheet, row: tuple[Any, ...], form: Form, look: Mapping[str, Any]
) -> None:
    for column, cell in enumerate(row):
        centred = not (form.prose and column < 2) and form.widths[column] < 20  # noqa: PLR2004
        align = {"align": "center"} if centred else {}
        sheet.put(sheet.row, column, cell, **look, **align)
    sheet.height(sheet.row, max(map(_lines, row, form.widths)))
    sheet.row += 1


def _head_lines(form: Form, row: int) -> int:
    """Return the lines that a row of headings needs; merged cells share theirs."""
    lines = [1]
    for column, cell in enumerate(form.head[row]):
        spans = [
            (bottom - top + 1, sum(form.widths[left : right + 1]))
            for top, left, bottom, right in form.merges
            if top <= row <= bottom and left <= column <= right
        ]
        rows, width = spans[0] if spans else (1, form.widths[column])
        lines.append(math.ceil(_lines(cell, width) / rows))
    return max(lines)
