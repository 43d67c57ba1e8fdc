"""
The marked workbook: a copy of the values in which every problem is coloured.

The first sheet lists the problems, each linked to its cell; a clerk mends the copy or
the source and checks again. Positions are those of the source, so that places agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import attrs

from eduequity.errors import Problem
from eduequity.facts import Notice
from eduequity.io import Checked, Copy
from eduequity.io._own import ABSENT, PREAMBLE, PROBLEMS, below_preamble
from eduequity.model import Field
from eduequity.report._sheets import (
    Looks,
    cell_name,
    fits,
    new_workbook,
    put,
    width_of,
)
from eduequity.vocab import Text


__all__ = ["write_marked"]

_ERROR = Text("错误", "error")
_WARNING = Text("提示", "warning")
_COLOURS = {_ERROR.en: "#F4A7A0", _WARNING.en: "#FFE699"}
_HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"}
_MOST_SAMPLED = 200
_LONGEST_FOUND = 200


@attrs.frozen(kw_only=True)
class _Line:
    """
    One line of the list.

    Args:
        severity: Whether it is an error or a warning.

        code: The code of the problem.

        place: Where, in words.

        said: What is wrong.

        sheet: Which of the copies; None where none has the place.

        cell: Row and column in it, from 0; None for a sheet as a whole.

        found: What stands there.
    """

    severity: Text
    code: str
    place: str
    said: Text
    sheet: int | None
    cell: tuple[int, int] | None
    found: Any


def write_marked(
    stream: IO[bytes], checked: Checked, copies: Sequence[Copy], *, lang: str = "zh"
) -> None:
    """
    Write the list of problems and the values with the bad cells coloured.

    Args:
        stream: Where to.

        checked: What was found.

        copies: The values, sheet by sheet.

        lang: ``zh`` or ``en``.

    Raises:
        MissingExtraError: The extra ``excel`` is not installed.
    """
    book = new_workbook(stream, "writing workbooks")
    looks = Looks(book)
    lines = [*_errors(checked, copies), *_warnings(checked, copies)]
    names = _names(copies, lang)
    first = book.add_worksheet(PROBLEMS.get(lang))
    first.activate()
    marks: dict[int, dict[tuple[int, int], list[_Line]]] = {}
    for line in lines:
        if line.sheet is not None and line.cell is not None:
            marks.setdefault(line.sheet, {}).setdefault(line.cell, []).append(line)
    for at, (copy, name) in enumerate(zip(copies, names, strict=True)):
        _write_copy(book.add_worksheet(name), looks, copy, marks.get(at, {}), lang)
    _write_list(first, looks, lines, names, checked, lang)
    if checked.facts is not None and checked.absent:
        _write_absent(
            book.add_worksheet(ABSENT.get(lang)),
            looks,
            checked.absent,
            checked.facts.fields,
            lang,
        )
    book.close()


# -- places ------------------------------------------------------------------------


def _errors(checked: Checked, copies: Sequence[Copy]) -> Iterator[_Line]:
    for problem in checked.problems:
        sheet = _sheet_of(problem, copies)
        cell = None
        if sheet is not None:
            cell = copies[sheet].locate(problem.cell, problem.line)
        said = Text(problem.zh, problem.en)
        yield _line(_ERROR, problem.code, problem.place, said, copies, sheet, cell)


def _sheet_of(problem: Problem, copies: Sequence[Copy]) -> int | None:
    for at, copy in enumerate(copies):
        if (copy.file, copy.sheet) == (problem.file, problem.sheet):
            return at
    return None


def _warnings(checked: Checked, copies: Sequence[Copy]) -> Iterator[_Line]:
    for notice in checked.notices:
        sheet, cell = _place_of(notice, copies)
        said = Text(notice.zh, notice.en)
        yield _line(_WARNING, notice.code, notice.place, said, copies, sheet, cell)


def _place_of(
    notice: Notice, copies: Sequence[Copy]
) -> tuple[int | None, tuple[int, int] | None]:
    """Find the place of a notice, which is written as one word."""
    for at, copy in enumerate(copies):
        head = ":".join(part for part in (copy.file, copy.sheet) if part)
        if notice.place == head:
            return at, None
        mark = "!" if copy.sheet else ":"
        if head and notice.place.startswith(head + mark):
            return at, copy.locate(notice.place[len(head) + 1 :])
    return None, None


def _line(
    severity: Text,
    code: str,
    place: str,
    said: Text,
    copies: Sequence[Copy],
    sheet: int | None,
    cell: tuple[int, int] | None,
) -> _Line:
    found = None if sheet is None or cell is None else copies[sheet].value(*cell)
    return _Line(
        severity=severity,
        code=code,
        place=place,
        said=said,
        sheet=sheet,
        cell=cell,
        found=found[:_LONGEST_FOUND] if isinstance(found, str) else found,
    )


_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31


def _names(copies: Sequence[Copy], lang: str) -> list[str]:
    """Name the sheets: as they were, or by file, key or table; none twice."""
    taken = {PROBLEMS.get(lang).casefold(), ABSENT.get(lang).casefold(), "history"}
    several = len({copy.file for copy in copies}) > 1
    names = []
    for copy in copies:
        file = re.split(r"[/\\]", copy.file)[-1].rpartition(".")[0]
        parts = [file, copy.sheet] if several or not copy.sheet else [copy.sheet]
        wanted = _FORBIDDEN.sub("_", " ".join(filter(None, parts))).strip("' ")
        names.append(_free(wanted or "data", taken))
    return names


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        tail = f" ({number})"
        name = wanted[: _LONGEST_NAME - len(tail)] + tail
    taken.add(name.casefold())
    return name


# -- sheets ------------------------------------------------------------------------


def _write_copy(
    sheet: Any,
    looks: Looks,
    copy: Copy,
    marks: Mapping[tuple[int, int], Sequence[_Line]],
    lang: str,
) -> None:
    widths: dict[int, float] = {}
    for number, cells in copy.rows.items():
        for at, value in enumerate(cells, start=copy.first_column):
            put(sheet, number - 1, at, value)
            if number <= _MOST_SAMPLED and isinstance(value, str):
                widths[at] = max(widths.get(at, 0), width_of(value, 9, 18))
    for at, wide in widths.items():
        if fits(0, at):
            sheet.set_column(at, at, wide)
    top = _heading_row(copy)
    if top is not None:
        sheet.set_row(top - 1, None, looks(bold=True))
        sheet.freeze_panes(top, copy.first_column + 1)
    coloured = {
        severity: looks(bg_color=colour, border=1, border_color="#B3261E")
        for severity, colour in _COLOURS.items()
    }
    for (row, column), lines in marks.items():
        if not fits(row, column):
            continue
        worst = min(line.severity.en for line in lines)  # error before warning
        put(sheet, row, column, copy.value(row, column), coloured[worst])
        said = "\n".join(
            f"{line.severity.get(lang)}：{line.said.get(lang)}"
            if lang == "zh"
            else f"{line.severity.en}: {line.said.en}"
            for line in lines
        )
        rows = 1 + int(width_of(said, 0, 10_000)) // 34
        size = {"x_scale": 1.9, "y_scale": max(1.0, rows / 4.5), "font_size": 9}
        sheet.write_comment(row, column, said[:_LONGEST_COMMENT], size)
    if any(line.severity is _ERROR for lines in marks.values() for line in lines):
        sheet.set_tab_color("#B3261E")


def _heading_row(copy: Copy) -> int | None:
    """Return the number of the row of headings, where it is known."""
    if copy.headings is not None:
        return copy.heading_row
    grid = [list(copy.rows.get(row, ())) for row in range(1, PREAMBLE + 2)]
    return PREAMBLE + 1 if below_preamble(0, grid) else None


_LONGEST_COMMENT = 2000
_SAID_WIDTH = 78
_HEAD = (
    (Text("序号", "No."), 6),
    (Text("级别", "Severity"), 9),
    (Text("位置（单击跳转）", "Place (click)"), 34),
    (Text("现有内容", "Found"), 18),
    (Text("问题", "What is wrong, what was expected"), _SAID_WIDTH),
    (Text("编号", "Code"), 26),
)
_TOP = 3


def _write_list(
    sheet: Any,
    looks: Looks,
    lines: Sequence[_Line],
    names: Sequence[str],
    checked: Checked,
    lang: str,
) -> None:
    big = looks(bold=True, font_size=14)
    plain = looks(text_wrap=True, border=1)
    head = looks(**_HEADING)
    link = looks(font_color="#0563C1", underline=1, border=1)
    coloured = {
        each: looks(bg_color=colour, border=1) for each, colour in _COLOURS.items()
    }
    put(sheet, 0, 0, _title(checked, lang), big)
    put(
        sheet,
        1,
        0,
        _help(lines, lang),
        looks(font_color="#595959"),
    )
    for at, (word, wide) in enumerate(_HEAD):
        sheet.set_column(at, at, wide)
        put(sheet, _TOP, at, word.get(lang), head)
    for row, line in enumerate(lines, start=_TOP + 1):
        said = width_of(line.said.get(lang), 0, 10_000)
        sheet.set_row(row, 16 * (1 + int(said) // _SAID_WIDTH))
        put(sheet, row, 0, row - _TOP, plain)
        put(sheet, row, 1, line.severity.get(lang), coloured[line.severity.en])
        _put_link(sheet, row, line, names, link, plain)
        put(sheet, row, 3, line.found, plain)
        put(sheet, row, 4, line.said.get(lang), plain)
        put(sheet, row, 5, line.code, plain)
    if lines:
        sheet.autofilter(_TOP, 0, _TOP + len(lines), len(_HEAD) - 1)
    sheet.freeze_panes(_TOP + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _title(checked: Checked, lang: str) -> str:
    errors, warnings = len(checked.problems), len(checked.notices)
    if lang == "zh":
        return f"问题清单：{errors} 处错误，{warnings} 处提示"
    return f"{errors} errors, {warnings} warnings"


def _help(lines: Sequence[_Line], lang: str) -> str:
    if not lines:
        return "没有发现问题" if lang == "zh" else "nothing was found"
    return (
        "红色：须改正，否则无法评估；黄色：可以评估，请核实。单元格批注写明原因；"
        "请在原文件中改正后重新检查"
        if lang == "zh"
        else "Red: must be mended before anything can be judged. Yellow: usable, "
        "please verify. Comments say why; mend the source and check again"
    )


def _put_link(
    sheet: Any, row: int, line: _Line, names: Sequence[str], link: Any, plain: Any
) -> None:
    if line.sheet is None or not fits(*(line.cell or (0, 0))):
        put(sheet, row, 2, line.place, plain)
        return
    cell = cell_name(*(line.cell or (0, 0)))
    name = names[line.sheet]
    quoted = name.replace("'", "''")
    shown_as = f"{name}!{cell}" if line.cell else name
    sheet.write_url(row, 2, f"internal:'{quoted}'!{cell}", link, string=shown_as)


def _write_absent(
    sheet: Any,
    looks: Looks,
    absent: Mapping[str, Sequence[str]],
    fields: Mapping[str, tuple[Field, ...]],
    lang: str,
) -> None:
    """List the columns that nobody gave: what rests on them is unknown."""
    head = looks(**_HEADING)
    words = (Text("表", "Table"), Text("列名", "Column"), Text("名称", "Label"))
    for at, (word, wide) in enumerate(zip(words, (16, 36, 60), strict=True)):
        sheet.set_column(at, at, wide)
        put(sheet, 0, at, word.get(lang), head)
    row = 0
    for table, names in absent.items():
        labels = {n: f.label_of(n) for f in fields[table] for n in (f.name, *f.names)}
        for name in names:
            row += 1
            put(sheet, row, 0, table)
            put(sheet, row, 1, name)
            put(sheet, row, 2, labels[name].get(lang))
    sheet.freeze_panes(1, 0)
