"""
The blank workbook: one sheet a table, made from the declarations of the fields.

Every table has four rows that are no data (title, labels in the other language, what is
asked for, an example), then the headings, then unlocked cells. Reading skips the four.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import attrs

from eduequity.io._own import (
    EXAMPLE,
    GUIDE,
    MARK,
    PREAMBLE,
    headings_of,
    sheet_name,
)
from eduequity.model import Field
from eduequity.report._sheets import (
    LAST_COLUMN,
    LAST_ROW,
    Looks,
    cell_name,
    new_workbook,
    put,
    width_of,
)
from eduequity.rules import Pack
from eduequity.vocab import Kind, Scope, Stage, Text, Unit


__all__ = ["asked_tables", "write_blank"]

_FIRST = PREAMBLE + 1
"""The first row of data, from 0."""

_TABLES: Mapping[str, tuple[Text, Text]] = {
    "county": (Text("县级数据", "County"), Text("每县一行", "one row a county")),
    "schools": (
        Text("学校数据", "Schools"),
        Text(
            "每校一行；九年一贯制等学校的小学、初中分列填写",
            "one row a school; combined schools fill in both stages",
        ),
    ),
    "teachers": (
        Text("教师逐条记录", "Teachers"),
        Text(
            "每名教师一行；学校表已填各项教师数的可不填。不填姓名、身份证号、民族",
            "one row a teacher, if schools do not give the counts; no names, no "
            "identity numbers, no ethnicity",
        ),
    ),
    "classes": (
        Text("班级逐条记录", "Classes"),
        Text(
            "每班一行；学校表已填班级数、最大班额的可不填",
            "one row a class, if schools do not give the counts",
        ),
    ),
    "kindergartens": (
        Text("幼儿园数据", "Kindergartens"),
        Text("每园一行", "one row a kindergarten"),
    ),
    "monitoring": (
        Text("质量监测结果", "Monitoring of learning"),
        Text("每县每年每学科一行", "one row a county, year and subject"),
    ),
    "survey": (
        Text("社会认可度调查", "Survey of satisfaction"),
        Text("每种方式、每类对象一行", "one row a channel and group"),
    ),
    "finance": (
        Text("教育经费", "Education finance"),
        Text("每县每年一行，至少两年", "one row a county and year, two years or more"),
    ),
    "attestations": (
        Text("签认事项", "Attestations"),
        Text(
            "每项一行；规则编号见 eduequity packs show 地区代码",
            "one row an item; for the ids of rules see  eduequity packs show AREA",
        ),
    ),
    "reported": (
        Text("公布数据", "Published figures"),
        Text(
            "没有逐校数据时，填已公布的数据及其来源",
            "figures that somebody published, where there are no records",
        ),
    ),
    "areas": (
        Text("地区数据", "Areas"),
        Text("每地一行", "one row a province or city"),
    ),
    "townships": (
        Text("乡镇数据", "Townships"),
        Text("每乡镇一行", "one row a township"),
    ),
}
"""The title of every table and what one of its rows is."""


# -- which tables ------------------------------------------------------------------

_NAMED_BY_RULES = ("monitoring", "survey", "finance")
_OF_SCHOOLS = ("schools", "teachers", "classes")


def asked_tables(
    fields: Mapping[str, tuple[Field, ...]], packs: Iterable[Pack]
) -> dict[str, tuple[Field, ...]]:
    """
    Return the tables that a programme has a use for.

    A programme that judges kindergartens asks for them and not for schools; monitoring,
    survey and finance are asked for where a rule names them, areas and townships where
    a pack declares columns for them.

    Args:
        fields: The fields of every table.

        packs: The programme's packs.
    """
    packs = tuple(packs)
    rules = [rule for pack in packs for rule in pack.rules.values()]
    scopes = {getattr(rule, "scope", None) for rule in rules}
    named = {getattr(rule, "table", None) for rule in rules}
    declared = {spec.table for pack in packs for spec in pack.fields}
    preschool = Scope.KINDERGARTEN in scopes
    left_out = {table for table in _NAMED_BY_RULES if table not in named}
    left_out |= {each for each in ("areas", "townships") if each not in declared}
    left_out |= set(_OF_SCHOOLS if preschool else ("kindergartens",))
    kept = {table: fields[table] for table in _TABLES if table not in left_out}
    if preschool:  # totals of stages of schools are no business of kindergartens
        kept["county"] = tuple(each for each in kept["county"] if not each.per_stage)
    return kept


# -- columns -----------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Column:
    """
    One column of a sheet.

    Args:
        field: Its declaration.

        name: Its name, with the prefix of its stage.

        heading: What stands above its cells.

        block: ``""``, a stage, or ``undivided``: where it stands and its colour.
    """

    field: Field
    name: str
    heading: str
    block: str


def _columns(fields: tuple[Field, ...], lang: str) -> list[_Column]:
    """Return the columns: what is required first, then what is of no stage."""
    named = [(field, name) for field in fields for name in field.names]
    blocks = ["", *(stage.value for stage in Stage), "undivided"]
    placed = sorted(
        ((_block(field, name), field, name) for field, name in named),
        key=lambda each: (blocks.index(each[0]), not each[1].required),
    )
    written = headings_of(fields, [(field, name) for _, field, name in placed], lang)
    return [
        _Column(field=field, name=name, heading=heading, block=block)
        for (block, field, name), heading in zip(placed, written, strict=True)
    ]


def _block(field: Field, name: str) -> str:
    if not field.per_stage:
        return ""
    return "undivided" if name == field.name else name.split("_", 1)[0]


_UNDIVIDED = Text("未分学段合计", "total of stages that are not divided")


def _label(column: _Column, lang: str) -> str:
    label = column.field.label_of(column.name).get(lang)
    if column.block == "undivided":
        return (
            f"{label}（{_UNDIVIDED.zh}）"
            if lang == "zh"
            else f"{label} ({_UNDIVIDED.en})"
        )
    return label


def _unit(field: Field, lang: str) -> str:
    unit = field.unit
    if unit is None or unit is Unit.COUNT or not unit.label.zh:
        return ""  # a bare number
    return unit.label.get(lang)


def _with_unit(column: _Column, lang: str) -> str:
    label, unit = _label(column, lang), _unit(column.field, lang)
    if not unit:
        return label
    return f"{label}（{unit}）" if lang == "zh" else f"{label} [{unit}]"


_KINDS: Mapping[str, Text] = {
    "text": Text("文字", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数字", "number"),
    "yes_no": Text("是/否", "yes/no"),
    "choice": Text("下拉选择", "choose"),
    "date": Text("日期，如 2016-10", "date, such as 2016-10"),
    "areas": Text("各间面积，如 96;90.5", "area of each room, such as 96;90.5"),
}
_REQUIRED = Text("必填", "required")


def _asked(field: Field, lang: str) -> str:
    """Say what a cell may hold."""
    share = field.unit is Unit.SHARE
    percent = Text("百分比，如 24.4%", "percent, such as 24.4%")
    kind = (percent if share else _KINDS[field.type]).get(lang)
    comma = "，" if lang == "zh" else ", "
    parts = [_REQUIRED.get(lang)] if field.required else []
    return comma.join([*parts, kind, *_bounds(field)])


def _bounds(field: Field) -> Iterator[str]:
    low, high = field.minimum, field.maximum
    if field.type not in ("integer", "number", "areas") or field.unit is Unit.SHARE:
        return
    if low is not None and high is not None:
        yield f"{low:g}–{high:g}"
    elif low is not None:
        yield f"≥{low:g}"
    elif high is not None:
        yield f"≤{high:g}"


def _comment(column: _Column) -> str:
    """Say all that is declared of a column, in both languages."""
    field = column.field
    lines = [_with_unit(column, "zh"), _with_unit(column, "en")]
    if field.period:
        lines += [f"时点：{field.period.zh} / as of: {field.period.en}"]
    lines += [f"{_asked(field, 'zh')} / {_asked(field, 'en')}"]
    if field.choices:
        lines += [f"{each.label.zh} = {each.value}" for each in field.choices]
    lines += [f"列名 column: {column.name}"]
    return "\n".join(lines)


# -- the example -------------------------------------------------------------------

_BY_UNIT: Mapping[Unit | None, float] = {
    Unit.PUPILS: 10,
    Unit.PERSONS: 1000,
    Unit.TEACHERS: 5,
    Unit.CLASSES: 1,
    Unit.GRADES: 6,
    Unit.ROOMS: 2,
    Unit.SCHOOLS: 4,
    Unit.BOOKS: 12000,
    Unit.DEVICES: 60,
    Unit.M2: 500,
    Unit.YUAN: 500000,
    Unit.YUAN_PER_PUPIL: 650,
    Unit.SHARE: 0.125,
}
_EXAMPLES: Mapping[str, Any] = {
    "pupils": 540,
    "children": 240,
    "classes": 12,
    "largest_class": 45,
    "oversized_classes": 0,
    "full_time_teachers": 40,
    "staff": 45,
    "teaching_area": 5000,
    "resident_population": 300000,
    "agricultural_population": 120000,
    "disabled_children": 40,
    "disabled_children_enrolled": 30,
    "school_system": "6-3",
    "subject": "数学",
    "mandarin_level": "二级甲等",
    "rule": "government.rural_quota_tilt",
    "statistic": "value",
    "training_hours": 380,
    "years_of_service": 12,
    "valid": 980,
    "satisfied": 900,
    "distributed": 1000,
    "measure": "一般公共预算教育支出",
    "source": "示例公报",
    "kind": Kind.NINE_YEAR,
    "year": 2024,
    "built_year": 2012,
    "built_by_2010": False,
    "campus": False,
    "dense_centre": False,
    "township_count": 12,
    "village_count": 150,
    "synthetic": True,
    "exam_admission": False,
}
_COUNTY, _SCHOOL = "999901", "9999010001"
_LEFT_BLANK = ("parent", "id")


def _example(column: _Column, lang: str) -> Any:
    """Return what the example has in a column, as a clerk would write it; or None."""
    field, name = column.field, column.field.name
    if column.block == "undivided" or name in _LEFT_BLANK:
        return None
    value = _EXAMPLES.get(name)
    if value is None:
        value = _of_a_type(field)
    if isinstance(value, bool):
        return _yes_no(value, lang)
    if field.choices:
        word = next(iter(field.choices)) if value not in set(field.choices) else value
        return word.label.zh if lang == "zh" else word.value
    return value


def _of_a_type(field: Field) -> Any:
    if field.name in ("county", "code", "school", "entity"):
        of_county = field.name in ("county", "entity") or field.table == "county"
        return _COUNTY if of_county else _SCHOOL
    match field.type:
        case "yes_no":
            return True
        case "date":
            return "2016-10"
        case "areas":
            return "96;90.5"
        case "text":
            return (
                "示例学校" if (field.table, field.name) == ("schools", "name") else None
            )
        case _:
            least, most = field.minimum or 0, field.maximum
            value = max(least, _BY_UNIT.get(field.unit, 1))
            return value if most is None else min(most, value)


def _yes_no(value: bool, lang: str) -> str:
    return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")


# -- writing -----------------------------------------------------------------------

_COLOURS = {
    "": "#1F4E79",
    "primary": "#2E7D5B",
    "junior": "#9C5700",
    "undivided": "#595959",
    "required": "#B3261E",
}
_LEGEND = (
    ("required", Text("必填的列", "required columns")),
    ("", Text("一般的列", "other columns")),
    ("primary", Text("小学学段的列", "columns of the primary stage")),
    ("junior", Text("初中学段的列", "columns of the junior stage")),
    (
        "undivided",
        Text(
            "未分学段的合计（多学段学校无法分开时才填）",
            "totals of a school whose stages nobody has divided",
        ),
    ),
)
_LOCKED = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
_HEIGHTS = (24, 52, 32, 20, 34)


def write_blank(
    stream: IO[bytes],
    fields: Mapping[str, tuple[Field, ...]],
    *,
    title: Text,
    lang: str = "zh",
) -> None:
    """
    Write the blank workbook.

    Args:
        stream: Where to.

        fields: The fields of every table that gets a sheet.

        title: What the data is for.

        lang: The language of the headings, ``zh`` or ``en``; the other stands above.

    Raises:
        MissingExtraError: The extra ``excel`` is not installed.
    """
    book = new_workbook(stream, "writing workbooks")
    looks = Looks(book)
    guide = book.add_worksheet(GUIDE.get(lang))
    columns = {table: _columns(of, lang) for table, of in fields.items()}
    for table, of_table in columns.items():
        _Sheet(book, looks, table, of_table, lang).write()
    _write_guide(guide, looks, columns, title, lang)
    guide.activate()
    book.close()


_DATA_FORMATS = {"text": "@", "date": "@", "areas": "@", "integer": "0"}


class _Sheet:
    """Writes one table."""

    def __init__(
        self, book: Any, looks: Looks, table: str, columns: list[_Column], lang: str
    ) -> None:
        self.sheet = book.add_worksheet(sheet_name(table, lang))
        self.looks = looks
        self.table = table
        self.columns = columns
        self.lang = lang

    def write(self) -> None:
        """Write headings, example, checks and protection."""
        sheet = self.sheet
        unlocked = self.looks(locked=False)
        sheet.set_column(len(self.columns), LAST_COLUMN, None, unlocked)
        for row, height in enumerate(_HEIGHTS):
            sheet.set_row(row, height)
        self._write_title()
        for at, column in enumerate(self.columns):
            self._write_column(at, column)
        self._colour_missing()
        sheet.freeze_panes(_FIRST, 2)
        sheet.protect("", _LOCKED)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(PREAMBLE)
        sheet.set_comments_author("eduequity")

    def _write_title(self) -> None:
        name, row_is = _TABLES[self.table]
        said = Text(
            f"{name.zh}：{row_is.zh}。从第 {_FIRST + 1} 行起填写；不知道的留空，"
            "不要填 0",
            f"{name.en}: {row_is.en}. Fill in from row {_FIRST + 1} on; leave blank "
            "what is not known, do not write 0",
        )
        look = self.looks(bold=True, font_color="#1F4E79", bg_color="#DDEBF7")
        for at in range(1, len(self.columns)):
            self.sheet.write_blank(0, at, None, look)
        put(self.sheet, 0, 0, f"{MARK} · {said.get(self.lang)}", look)

    def _write_column(self, at: int, column: _Column) -> None:
        sheet, lang, field = self.sheet, self.lang, column.field
        number_format = "0.00%" if field.unit is Unit.SHARE else None
        number_format = _DATA_FORMATS.get(field.type, number_format or "General")
        data = self.looks(locked=False, num_format=number_format)
        sheet.set_column(at, at, _width(column, lang), data)
        small = {"text_wrap": True, "font_size": 9, "bg_color": "#F2F2F2", "border": 1}
        small |= {"border_color": "#D9D9D9"}
        other = _with_unit(column, "en")
        if lang == "en":
            other = f"{other}\n{_with_unit(column, 'zh')}"
        put(sheet, 1, at, other, self.looks(**small, font_color="#595959"))
        asked = self.looks(
            **small, font_color="#B3261E" if field.required else "#404040"
        )
        put(sheet, 2, at, _asked(field, lang), asked)
        example = {"italic": True, "font_color": "#7F7F7F", "bg_color": "#FFF8E1"}
        value = _example(column, lang)
        if at == 0:
            value = f"{EXAMPLE.get(lang)} {value}"
        put(sheet, 3, at, value, self.looks(**example, num_format=number_format))
        colour = _COLOURS["required" if field.required else column.block]
        heading = {"bold": True, "font_color": "#FFFFFF", "bg_color": colour}
        look = self.looks(**heading, text_wrap=True, border=1, align="center")
        put(sheet, PREAMBLE, at, column.heading, look)
        sheet.write_comment(PREAMBLE, at, _comment(column), _comment_size(column))
        rule = _validation(field, lang)
        if rule:
            sheet.data_validation(_FIRST, at, LAST_ROW, at, rule)

    def _colour_missing(self) -> None:
        """Colour a required cell that is blank in a row that is not."""
        first, last = cell_name(_FIRST, 0), cell_name(_FIRST, len(self.columns) - 1)
        missing = self.looks(bg_color="#F8CBC6")
        for at, column in enumerate(self.columns):
            if column.field.required:
                blank = f'TRIM({cell_name(_FIRST, at)})=""'
                formula = f"=AND({blank},COUNTA(${first}:${last})>0)"
                rule = {"type": "formula", "criteria": formula, "format": missing}
                self.sheet.conditional_format(_FIRST, at, LAST_ROW, at, rule)


def _width(column: _Column, lang: str) -> float:
    example = _example(column, lang)
    wide = width_of(str(example or ""), 11, 24)
    if column.field.required and column.field.type == "text":
        wide = 20
    return max(wide, width_of(column.heading, 11, 20) if column.block == "" else 18)


def _comment_size(column: _Column) -> dict[str, Any]:
    lines = _comment(column).splitlines()
    rows = sum(1 + int(width_of(line, 0, 400)) // 34 for line in lines)
    return {"x_scale": 1.9, "y_scale": max(1.0, rows / 4.5), "font_size": 9}


def _validation(field: Field, lang: str) -> dict[str, Any] | None:
    """Return what Excel and WPS refuse to take in a cell."""
    facts: dict[str, Any] = {
        "error_title": "填写有误 / not valid",
        "error_message": "\n".join(
            (f"应为：{_asked(field, 'zh')}", f"expected: {_asked(field, 'en')}")
        ),
    }
    if field.type == "yes_no":
        return {
            **facts,
            "validate": "list",
            "source": [_yes_no(True, lang), _yes_no(False, lang)],
        }
    if field.choices:
        words = [e.label.zh if lang == "zh" else e.value for e in field.choices]
        return {**facts, "validate": "list", "source": words}
    if field.type in ("integer", "number"):
        return {**facts, **_between(field)}
    if field.name == "county" or (field.table, field.name) == ("county", "code"):
        return {**facts, "validate": "length", "criteria": "==", "value": 6}
    return None


def _between(field: Field) -> dict[str, Any]:
    kind = {"validate": "integer" if field.type == "integer" else "decimal"}
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return {**kind, "criteria": "between", "minimum": low, "maximum": high}
    if high is not None:
        return {**kind, "criteria": "<=", "value": high}
    return {**kind, "criteria": ">=", "value": -(2**53) if low is None else low}


# -- the instructions --------------------------------------------------------------

_STEPS = (
    Text(
        f"每张表从第 {_FIRST + 1} 行起填写，一行一条记录；第 1–{_FIRST} 行是说明、"
        "示例和表头，已锁定（无密码），请勿改动。",
        f"Fill in every table from row {_FIRST + 1} on. Rows 1–{_FIRST} are notes, an "
        "example and the headings; they are locked (without a password).",
    ),
    Text(
        f"第 {PREAMBLE} 行以“示例”开头，是合成数据，仅供参考，不会作为数据读取。",
        f"Row {PREAMBLE} begins with “Example”; it is made up and never read as data.",
    ),
    Text(
        "红色表头必填。其他不知道的留空：空白表示“未知”，不等于 0。",
        "Red headings are required. Leave blank what is not known: a blank is unknown, "
        "not 0.",
    ),
    Text(
        "用不着的列、用不着的表可以整列、整表留空。",
        "Columns and tables that you have no use for may stay blank.",
    ),
    Text(
        "单位以表头括号内为准（面积㎡，金额元，比例填 24.4%）。代码、日期按文本填写。",
        "Units stand with the headings (areas m², money yuan, shares as 24.4%). Codes "
        "and dates are text.",
    ),
    Text(
        "鼠标停在表头上可看到说明；有下拉箭头的请从中选择。",
        "Rest the mouse on a heading for its comment; choose from the list where there "
        "is one.",
    ),
    Text(
        "填好后检查：eduequity check 本文件.xlsx --out 标注.xlsx；"
        "再评估：eduequity evaluate 本文件.xlsx",
        "Then check: eduequity check THIS.xlsx --out MARKED.xlsx; and judge: eduequity "
        "evaluate THIS.xlsx",
    ),
)


def _write_guide(
    sheet: Any,
    looks: Looks,
    columns: Mapping[str, Sequence[_Column]],
    title: Text,
    lang: str,
) -> None:
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 2, 62)
    sheet.set_column(3, 3, 10)
    sheet.hide_gridlines(2)
    big = looks(bold=True, font_size=16, font_color="#1F4E79")
    put(sheet, 0, 0, title.get(lang), big)
    put(
        sheet,
        1,
        0,
        title.get("en" if lang == "zh" else "zh"),
        looks(font_color="#595959"),
    )
    row = 3
    for number, step in enumerate(_STEPS, start=1):
        for each in (lang, "en" if lang == "zh" else "zh"):
            grey = looks(font_color="#7F7F7F", font_size=9, text_wrap=True)
            look = looks(text_wrap=True) if each == lang else grey
            said = step.get(each)
            said = f"{number}. {said}" if each == lang else f"    {said}"
            sheet.merge_range(row, 0, row, 3, "", look)
            put(sheet, row, 0, said, look)
            sheet.set_row(row, 18 if width_of(said, 0, 500) < 110 else 32)  # noqa: PLR2004
            row += 1
    row = _write_legend(sheet, looks, row + 1, lang)
    _write_contents(sheet, looks, columns, row + 1, lang)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True})


def _write_legend(sheet: Any, looks: Looks, row: int, lang: str) -> int:
    for name, said in _LEGEND:
        put(sheet, row, 0, " ", looks(bg_color=_COLOURS[name]))
        put(
            sheet,
            row,
            1,
            f"{said.zh} / {said.en}" if lang == "zh" else said.en,
            looks(),
        )
        row += 1
    return row


def _write_contents(
    sheet: Any,
    looks: Looks,
    columns: Mapping[str, Sequence[_Column]],
    row: int,
    lang: str,
) -> None:
    head = looks(bold=True, font_color="#FFFFFF", bg_color=_COLOURS[""], border=1)
    words = (
        Text("工作表", "Sheet"),
        Text("内容", "Table"),
        Text("一行是什么", "What a row is"),
        Text("列数", "Columns"),
    )
    for at, word in enumerate(words):
        put(sheet, row, at, word.get(lang), head)
    link = looks(font_color="#0563C1", underline=1, border=1)
    cell = looks(border=1, text_wrap=True)
    for table, of_table in columns.items():
        row += 1
        name, row_is = _TABLES[table]
        to = sheet_name(table, lang)
        sheet.write_url(row, 0, f"internal:'{to}'!A{_FIRST + 1}", link, string=to)
        put(sheet, row, 1, f"{name.zh} {name.en}", cell)
        put(sheet, row, 2, row_is.get(lang), cell)
        put(sheet, row, 3, len(of_table), cell)
