"""
The ledger as a workbook: white cells are people's, grey ones the assessment's.

Sheets: the ledger, its counts, what is to be settled, how to use it, and, hidden, the
record by which edits are told when it is read back (`eduequity.io.read_ledger`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import IO, Any

from eduequity.io import record_rows
from eduequity.ledger import (
    COLUMNS,
    CONFLICTS,
    COUNTS,
    HOW_TO,
    LEDGER,
    RECORD,
    SETTLED,
    Ledger,
    LedgerColumn,
    LedgerItem,
    Progress,
    Status,
)
from eduequity.report._sheets import LAST_ROW, Looks, new_workbook, put, width_of
from eduequity.vocab import Text


__all__ = ["write_ledger"]

_TOP = 3
"""The row of the headings, from 0: a title, the terms and a hint stand above."""

_HEADING = {
    "bold": True,
    "font_color": "#FFFFFF",
    "text_wrap": True,
    "align": "center",
    "border": 1,
}
_OURS, _THEIRS = "#5B6770", "#1F4E79"
_CELL = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
_GREY = {"bg_color": "#F2F2F2"}
_DONE = {"font_color": "#7F7F7F"}
_STATUS = {
    Status.OPEN: "#FCE4D6",
    Status.REOPENED: "#F4A7A0",
    Status.STRUCK_OFF: "#E2EFDA",
    Status.LAPSED: "#EDEDED",
}
_MOST_BARS = 40
_BARS = {
    Status.OPEN: "#C0504D",
    Status.REOPENED: "#8C1D18",
    Status.STRUCK_OFF: "#6FA76B",
    Status.LAPSED: "#BFBFBF",
}
_A4 = 9
_OWN_WIDTH = 18


def write_ledger(stream: IO[bytes], ledger: Ledger, *, lang: str = "zh") -> None:
    """
    Write a ledger into a workbook that people edit.

    Args:
        stream: Where to.

        ledger: The ledger.

        lang: ``zh`` or ``en``; either is read back.

    Raises:
        MissingExtraError: The extra ``excel`` is not installed.
    """
    book = new_workbook(stream, "writing workbooks")
    _Writer(book, ledger, lang).write()
    book.close()


class _Writer:
    """One ledger on its way into a workbook."""

    def __init__(self, book: Any, ledger: Ledger, lang: str) -> None:
        self.book = book
        self.ledger = ledger
        self.lang = lang
        self.looks = Looks(book)

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def write(self) -> None:
        self._items(self.book.add_worksheet(LEDGER.get(self.lang)))
        self._counts(self.book.add_worksheet(COUNTS.get(self.lang)))
        self._conflicts(self.book.add_worksheet(CONFLICTS.get(self.lang)))
        self._how(self.book.add_worksheet(HOW_TO.get(self.lang)))
        record = self.book.add_worksheet(RECORD)
        for row, chunks in enumerate(record_rows(self.ledger, self.lang)):
            for column, chunk in enumerate(chunks):
                record.write_string(row, column, chunk)
        record.very_hidden()

    # -- the ledger --------------------------------------------------------------------

    def _items(self, sheet: Any) -> None:
        title = self.looks(bold=True, font_size=16)
        put(sheet, 0, 0, self._title(), title)
        put(sheet, 1, 0, self._terms(), self.looks(font_color="#595959"))
        hint = self.say(
            "蓝色表头的列由人填写；灰色的由评估填写，请勿改动。可以排序、筛选、加列；"
            "请勿删除行、改动编号。",
            "Columns with a blue heading are for you to fill in; grey ones are the "
            "assessment's. Sort, filter and add columns as you like; do not delete "
            "rows or edit ids.",
        )
        put(sheet, 2, 0, hint, self.looks(font_color="#C00000"))
        self._headings(sheet)
        for nth, item in enumerate(self.ledger.items):
            self._item(sheet, _TOP + 1 + nth, item)
        self._shape(sheet)

    def _title(self) -> str:
        names = "、".join(list(self.ledger.counties.values())[:3])
        head = self.say(f"{names} 整改台账", f"{names}: ledger of what is to be mended")
        made_up = self.say("（合成数据）", " (synthetic data)")
        return head + (made_up if self.ledger.synthetic else "")

    def _terms(self) -> str:
        ledger = self.ledger
        counts = self.say("，", ", ").join(
            f"{status.label.get(self.lang)} {count}"
            for status, count in ledger.counts.items()
        )
        said = self.say(
            f"按 {ledger.on} 施行的规定评估，第 {ledger.revision} 版：{counts}",
            f"law as of {ledger.on}, revision {ledger.revision}: {counts}",
        )
        notes = (Text(*note).get(self.lang) for note in ledger.notes)
        return self.say("；", "; ").join([said, *notes])

    def _headings(self, sheet: Any) -> None:
        for at, column in enumerate(COLUMNS):
            look = self.looks(**_HEADING, bg_color=_THEIRS if column.human else _OURS)
            put(sheet, _TOP, at, column.heading.get(self.lang), look)
            sheet.set_column(at, at, column.width)
        sheet.set_row(_TOP, 2 * _LINE)
        for nth, heading in enumerate(self.ledger.columns):
            at = len(COLUMNS) + nth
            put(sheet, _TOP, at, heading, self.looks(**_HEADING, bg_color=_THEIRS))
            sheet.set_column(at, at, _OWN_WIDTH)

    def _item(self, sheet: Any, row: int, item: LedgerItem) -> None:
        lines = 1
        for at, column in enumerate(COLUMNS):
            value = column.shown(self.ledger, item, self.lang)
            lines = max(lines, _lines_of(value, column.width))
            if isinstance(value, dt.date):
                look = self._look(item, column, num_format="yyyy-mm-dd")
                sheet.write_datetime(
                    row, at, dt.datetime.combine(value, dt.time()), look
                )
                continue
            put(sheet, row, at, value, self._look(item, column))
        for nth, heading in enumerate(self.ledger.columns):
            text = item.extra.get(heading, "")
            put(sheet, row, len(COLUMNS) + nth, text, self.looks(**_CELL))
            lines = max(lines, _lines_of(text, _OWN_WIDTH))
        sheet.set_row(row, _LINE * min(lines, _MOST_LINES))

    def _look(self, item: LedgerItem, column: LedgerColumn, **more: Any) -> Any:
        facts = {**_CELL, **({} if column.human else _GREY), **more}
        if column.name == "cost":
            facts["num_format"] = "#,##0.00"
        if column.name == "deadline":
            facts["num_format"] = "yyyy-mm-dd"
        if not item.is_open:
            facts |= _DONE
        if column.name == "status":
            facts["bg_color"] = _STATUS[item.status]
        return self.looks(**facts)

    def _shape(self, sheet: Any) -> None:
        last = _TOP + max(len(self.ledger.items), 1)
        width = len(COLUMNS) + len(self.ledger.columns)
        sheet.autofilter(_TOP, 0, last, width - 1)
        sheet.freeze_panes(_TOP + 1, 3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_TOP)
        printed = max(nth for nth, each in enumerate(COLUMNS) if each.name == "turn")
        sheet.set_paper(_A4)
        sheet.print_area(0, 0, last, printed)
        at = {column.name: nth for nth, column in enumerate(COLUMNS)}
        words = [each.label.get(self.lang) for each in Progress]
        rules: dict[str, dict[str, Any]] = {
            "progress": {"validate": "list", "source": words},
            "cost": {"validate": "decimal", "criteria": ">=", "value": 0},
            "deadline": {
                "validate": "date",
                "criteria": ">=",
                "value": dt.date(2000, 1, 1),
            },
        }
        for name, rule in rules.items():
            sheet.data_validation(
                _TOP + 1, at[name], min(last, LAST_ROW), at[name], rule
            )

    # -- the other sheets --------------------------------------------------------------

    def _table(
        self, sheet: Any, heads: Sequence[str], rows: Iterator[Sequence[Any]]
    ) -> None:
        widths = [width_of(head) for head in heads]
        for at, head in enumerate(heads):
            put(sheet, 0, at, head, self.looks(**_HEADING, bg_color=_OURS))
        for nth, row in enumerate(rows):
            for at, value in enumerate(row):
                put(sheet, nth + 1, at, value, self.looks(**_CELL))
                widths[at] = max(widths[at], width_of(str(value)))
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)

    def _counts(self, sheet: Any) -> None:
        heads = [
            self.say("问题条目", "Rule"),
            self.say("责任部门", "Department"),
            *(status.label.get(self.lang) for status in Status),
        ]
        rows = list(self._counted())
        self._table(sheet, heads, iter(rows))
        self._chart(sheet, min(len(rows) - 1, _MOST_BARS))

    def _chart(self, sheet: Any, rules: int) -> None:
        """Draw how many items of each rule have which status, below the table."""
        if not rules:
            return
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        name = sheet.get_name()
        for at, status in enumerate(Status, 2):
            chart.add_series(
                {
                    "name": [name, 0, at],
                    "categories": [name, 1, 0, rules, 0],
                    "values": [name, 1, at, rules, at],
                    "fill": {"color": _BARS[status]},
                    "gap": 60,
                }
            )
        title = self.say("各项要求的台账条目", "Items of every rule")
        chart.set_title({"name": title, "name_font": {"size": 11}})
        small: dict[str, Any] = {"num_font": {"size": 8}}
        chart.set_y_axis({"reverse": True, "interval_unit": 1, **small})
        chart.set_x_axis({"num_format": "0", **small})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 820, "height": max(300, 26 * rules + 120)})
        sheet.insert_chart(rules + 3, 0, chart)

    def _counted(self) -> Iterator[Sequence[Any]]:
        counts: dict[tuple[str, str], dict[Status, int]] = {}
        for item in self.ledger.items:
            key = (item.label.get(self.lang), item.department)
            of = counts.setdefault(key, dict.fromkeys(Status, 0))
            of[item.status] += 1
        for key, of in counts.items():
            yield [*key, *of.values()]
        yield [self.say("合计", "In all"), "", *self.ledger.counts.values()]

    def _conflicts(self, sheet: Any) -> None:
        heads = [
            self.say("序号", "No."),
            SETTLED.get(self.lang),
            self.say("原因", "Why"),
            self.say("编号", "Item"),
            self.say("列", "Column"),
            self.say("台账中的值", "In the ledger"),
            self.say("另一个值", "The other value"),
            self.say("文件", "File"),
        ]
        rows = (
            [
                nth,
                "",
                each.kind.label.get(self.lang),
                each.item,
                self._heading(each.field),
                each.kept,
                each.other,
                each.file,
            ]
            for nth, each in enumerate(self.ledger.conflicts, start=1)
        )
        self._table(sheet, heads, iter(rows))

    def _heading(self, field: str) -> str:
        named = {column.name: column.heading for column in COLUMNS}
        return named[field].get(self.lang) if field in named else field

    def _how(self, sheet: Any) -> None:
        for row, line in enumerate(_LINES[self.lang == "en"]):
            put(sheet, row, 0, line, self.looks(text_wrap=True, valign="top"))
        sheet.set_column(0, 0, 100)


_LINE, _MOST_LINES = 15.0, 12
"""The height of a line in points; more lines than these are scrolled to."""


def _lines_of(value: Any, width: float) -> int:
    """Estimate how many lines a text takes in a column: not every program does."""
    if not isinstance(value, str):
        return 1
    return sum(
        max(1, math.ceil(width_of(line, most=math.inf) / width))
        for line in value.split("\n")
    )


_LINES: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        "一项一条：未达标的要求，细到班级、学校或全县事项。",
        (
            "销号只看证据：再次评估达标的销号，又不达标的重新列入，新出现的列入，"
            "证据不足的不销号。"
        ),
        "更新：eduequity ledger 数据 --from 本文件 --out 新文件",
        "整改进展填“已完成待核实”不等于销号，下一次评估核实。",
        (
            "停办或并入的学校：整改进展填“已停办或并入”并写明佐证材料；"
            "数据中没有该校的，下一次评估即不再列为未销号。"
        ),
        (
            "两人各改一份：一起交回（--from 甲.xlsx --from 乙.xlsx）；"
            "同一格改得不同的，两个值都留在“待处理”里，处理后在该表填“是”。"
        ),
        "只写数量，不写教师、学生的姓名和证件号。",
    ),
    (
        "One item for every unmet requirement: of a class, a school, or the county.",
        "Evidence alone strikes an item off: what a later assessment finds met.",
        "What fell back is reopened, what is new is added, what became unknown stays.",
        "To bring it up to date: eduequity ledger DATA --from THIS.xlsx --out NEW.xlsx",
        "Progress 'done, to be verified' strikes nothing off: the next one verifies.",
        "A school that was closed or merged: write so as progress, with the evidence;",
        "if it is not in the data, the next assessment lets its items lapse.",
        "Two people with a copy each: hand in both (--from a.xlsx --from b.xlsx).",
        "Where they changed one cell differently, both values stand in 'To settle';",
        "write yes there once it is settled.",
        "Write numbers only, never names or identity numbers of teachers or pupils.",
    ),
)
