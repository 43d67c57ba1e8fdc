"""
Exports of the education statistics (教基): wide tables with a row for each institution.

Rows with 是否计校数 = 否 are parts of a school: they are given the code of that school
as their parent, so that they are merged into it. Institutions that teach no compulsory
stage, such as kindergartens, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from eduequity.io._headings import Heading, Meanings
from eduequity.io._tables import Log, Raw, Table, is_blank
from eduequity.model import Field, heading_key
from eduequity.vocab import Kind, Text


__all__ = ["from_statistics", "is_statistics", "with_parts"]

_OF_STATISTICS = re.compile(
    r"统计[一二三]级|采集[一二三四五]级|所在地区划|是否上年撤销|是否本年新增|#按|办学类型\(编码\)"
    r"|教基\d{4}|机构编码"
)
_OTHERS = re.compile(r"幼儿|成人|职工|农民|中等|中职|技工|高等|大学|学院|培训")
_KINDS: Mapping[str, str] = {
    "附设小学班": "小学",
    "附设普通小学班": "小学",
    "附设初中班": "初中",
    "附设普通初中班": "初中",
    "职业初中": "初中",
    "附设普通高中班": "高中",
    "盲人学校": "特殊教育",
    "聋人学校": "特殊教育",
    "培智学校": "特殊教育",
    "其他特教学校": "特殊教育",
}
_NO = frozenset({"否", "0", "0.0", "no", "false"})


def is_statistics(headings: Sequence[str]) -> bool:
    """Whether these are the headings of an export of the education statistics."""
    return any(_OF_STATISTICS.search(heading_key(each)) for each in headings if each)


def from_statistics(raw: Raw, meanings: Meanings, log: Log) -> Raw:
    """Return the export as a table of schools, with parents and without others."""
    export = _Export(raw, meanings)
    kept = [row for row in range(len(raw.rows)) if not export.is_other(row)]
    left_out = len(raw.rows) - len(kept)
    if left_out:
        log.notice(
            "institutions-left-out",
            Text(
                f"有 {left_out} 行是幼儿园等不含义务教育的机构，未读取",
                f"{left_out} rows are of kindergartens and other institutions without "
                "compulsory stages and were not read",
            ),
            raw.place,
        )
    return export.of(kept, log)


def with_parts(table: Table, fields: Sequence[Field]) -> None:
    """
    Let a school of one stage have 0 of a stage that only a part of it teaches.

    A junior school with 附设小学班 has a row for these; its own row says nothing of
    primary pupils because it has none, not because nobody counted them.
    """
    staged = [f.name for f in fields if f.per_stage and f.name in table.columns]
    rows = {code: row for row, code in enumerate(table.get("code"))}
    kinds = table.get("kind")
    for row, parent in enumerate(table.get("parent")):
        into = rows.get(parent)
        if into is None or kinds[row] is None or kinds[into] is None:
            continue
        for stage in set(kinds[row].stages) - set(kinds[into].stages):
            for name in staged:
                column = f"{stage}_{name}"
                cells = list(table.get(column))
                if cells[into] is None:
                    cells[into] = 0
                table.columns[column] = cells


class _Export:
    """Looks into the rows of an export."""

    def __init__(self, raw: Raw, meanings: Meanings) -> None:
        self.raw = raw
        self.at: dict[str, list[int]] = {}
        for column, heading in enumerate(raw.headings):
            meant = meanings.of(heading) if heading else None
            if isinstance(meant, Heading):
                self.at.setdefault(meant.name, []).append(column)
        self.headings = list(raw.headings)
        names = self.at.get("name", [])
        units = [n for n in names if "机构" in self.headings[n]]
        self.name = units[0] if units else (names[0] if names else None)
        self.school = next((n for n in names if n != self.name), self.name)
        if self.school != self.name and self.school is not None:
            self.headings[self.school] = "所属学校名称"

    def word(self, name: str, row: int) -> str:
        columns = self.at.get(name)
        return "" if not columns else self._text(columns[0], row)

    def _text(self, column: int | None, row: int) -> str:
        cell = None if column is None else self.raw.columns[column][row]
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return "" if is_blank(cell) else "".join(str(cell).split())

    def is_other(self, row: int) -> bool:
        """Whether the row is of an institution without compulsory stages."""
        kind = self.word("kind", row)
        known = kind in _KINDS or Kind.parse(kind) is not None
        return not known and bool(_OTHERS.search(kind))

    def is_part(self, row: int) -> bool:
        """Whether the row does not count as a school."""
        return self.word("counts_as_school", row).casefold() in _NO

    def of(self, rows: Sequence[int], log: Log) -> Raw:
        """Return these rows with codes and parents of their own."""
        code = self._codes(rows, log)
        parents = self._parents(rows, code)
        columns = [[column[row] for row in rows] for column in self.raw.columns]
        for at in self.at.get("kind", [])[:1]:
            columns[at] = [
                _KINDS.get(self._text(at, row), self.raw.columns[at][row])
                for row in rows
            ]
        made: dict[str, Callable[[int], Any]] = {
            "code": code.get,
            "parent": parents.get,
        }
        spots: dict[tuple[int, int], str] = {}
        source = Raw.cell
        for name, value in made.items():
            if self.at.get(name):
                at = self.at[name][0]
                columns[at] = [
                    value(row) or columns[at][n] for n, row in enumerate(rows)
                ]
                continue
            for number, row in enumerate(rows):
                place = source(self.raw, self.name or 0, row)
                spots[len(columns), number] = place.get("cell", "")
            self.headings.append(name)
            columns.append([value(row) for row in rows])
        return attrs.evolve(
            self.raw,
            headings=self.headings,
            columns=columns,
            rows=[self.raw.rows[row] for row in rows],
            layout="statistics",
            spots=spots,
        )

    def _codes(self, rows: Sequence[int], log: Log) -> dict[int, str]:
        """Give every row a code, its own or its name, parts a number behind it."""
        if not self.at.get("code"):
            log.notice(
                "names-as-codes",
                Text(
                    "表中没有学校代码，以学校名称为代码",
                    "there are no school codes, the names of schools serve as codes",
                ),
                self.raw.place,
            )
        found: dict[int, str] = {}
        seen: dict[str, int] = {}
        ordered = sorted(rows, key=lambda row: (self.is_part(row), row))
        for row in ordered:
            word = self.word("code", row) or self._text(self.name, row)
            code = word.replace("/", "／")
            seen[code] = seen.get(code, 0) + 1
            again = seen[code] > 1 and self.is_part(row)
            found[row] = f"{code}-{seen[code]}" if again else code
        return found

    def _parents(self, rows: Sequence[int], code: Mapping[int, str]) -> dict[int, str]:
        """Name the school of every row that does not count as one."""
        by_word: dict[str, str] = {}
        for row in rows:
            if not self.is_part(row):
                for word in self._words(row):
                    by_word.setdefault(word, code[row])
        parents = {}
        for row in rows:
            if self.is_part(row):
                found = (by_word[w] for w in self._words(row) if w in by_word)
                parents[row] = next(found, "")
        return {row: parent for row, parent in parents.items() if parent}

    def _words(self, row: int) -> list[str]:
        words = (
            self.word("code", row),
            self._text(self.school, row),
            self._text(self.name, row),
        )
        return [word for word in words if word]
