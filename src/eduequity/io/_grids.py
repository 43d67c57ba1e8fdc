"""
From the cells of a sheet to headings and rows.

Bureau workbooks have a title above the headings, headings of several rows with merged
cells, a row that numbers the columns, totals among the rows and notes below. Each of
them is told apart here; none is read as a school.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import attrs

from eduequity.io._headings import Heading, Meanings, is_unit
from eduequity.io._tables import Log, Place, Raw, Total, is_blank
from eduequity.model import heading_key
from eduequity.vocab import Text


__all__ = ["Cells", "Headings", "find_headings", "laid_out", "spread"]

_ROWS_LOOKED_AT = 15
_DEEPEST = 4
_ENOUGH = 3
_LONGEST = 1000

Range = tuple[tuple[int, int], tuple[int, int]]
"""A merged cell: the first and the last (row, column), counted from 0 in the cells."""


@attrs.frozen
class Cells:
    """
    The cells of a sheet.

    Args:
        rows: The cells, row by row.

        numbers: By which number the source knows each row.

        first_column: In a workbook the number of the first column, A being 0.

        merged: The cells that were merged.
    """

    rows: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    first_column: int | None = None
    merged: Sequence[Range] = ()

    def merged_across(self, row: int) -> list[tuple[int, int]]:
        """Return first and last column of what is merged across columns in *row*."""
        return [(a[1], b[1]) for a, b in self.merged if a[0] == row and a[1] < b[1]]


@attrs.frozen
class Headings:
    """
    Where the headings of a sheet stand.

    Args:
        top: The first row of headings.

        below: The row after the last of them.

        words: One heading for each column.

        count: How many of them are recognised.
    """

    top: int
    below: int
    words: Sequence[str]
    count: int


def find_headings(cells: Cells, meanings: Meanings) -> Headings | None:
    """
    Find the rows of headings: of the first fifteen those with most recognised.

    Where none is recognised it is the first row that is not blank.
    """
    best: Headings | None = None
    for row, line in enumerate(cells.rows[:_ROWS_LOOKED_AT]):
        words = [_word(cell) for cell in line]
        if any(words):
            count = meanings.count(word for word in words if word)
            if best is None or count > best.count:
                best = Headings(row, row + 1, words, count)
                if count >= _ENOUGH and _is_whole(best, cells, meanings):
                    return best
    if best is None or _is_whole(best, cells, meanings):
        return best
    for found in _deep_headings(cells, meanings):
        if found.count > best.count:
            best = found
    return best


def _is_whole(found: Headings, cells: Cells, meanings: Meanings) -> bool:
    """Whether a row of headings is recognised and nothing below goes on with it."""
    if found.count < sum(map(bool, found.words)):
        return False
    if found.below >= len(cells.rows):
        return True
    pairs = zip_longest(found.words, cells.rows[found.below], fillvalue="")
    return not any(
        type(cell) is str and cell and _goes_on(word, cell, meanings)
        for word, cell in pairs
    )


def _goes_on(word: str, cell: str, meanings: Meanings) -> bool:
    """Whether *cell* is a part of the heading above, not a word of a column's own."""
    meant = meanings.of(word) if word else None
    if isinstance(meant, Heading) and meant.field.unit is None:
        return False
    return meanings.ends_heading(_word(cell))


def _deep_headings(cells: Cells, meanings: Meanings) -> Iterator[Headings]:
    """Yield what two to four rows say together, one below the other."""
    looked = min(_ROWS_LOOKED_AT, len(cells.rows))
    lines = [[_word(cell) for cell in line] for line in cells.rows[:looked]]
    # The lowest row of headings has words of its own, or says 小学, 计 or 其中; this
    # spares sheets of prose, of which every school's workbook may hold some.
    lowest = [any(map(meanings.ends_heading, filter(None, line))) for line in lines]
    for top in range(looked):
        if not any(lines[top]):
            continue
        for below in range(top + 2, min(top + _DEEPEST, looked) + 1):
            if not lowest[below - 1]:
                continue
            words = _stacked(lines[top:below], cells, top)
            yield Headings(top, below, words, meanings.count(w for w in words if w))


def _stacked(words: Sequence[Sequence[str]], cells: Cells, top: int) -> list[str]:
    """Join the words above each other; merged and blank cells continue to the right."""
    width = max(map(len, words))
    lines = [[*line, *[""] * (width - len(line))] for line in words]
    for row, line in enumerate(lines[:-1]):
        spread(line, lines[row + 1 :], cells.merged_across(top + row))
    stacked = []
    for column in range(width):
        parts = [line[column] for line in lines if line[column]]
        stacked.append("/".join(_without_repeats(parts))[:_LONGEST])
    return stacked


def spread(
    line: list[str], lower: Sequence[Sequence[str]], ranges: Sequence[tuple[int, int]]
) -> None:
    """Repeat a heading over the columns that it stands above."""
    for first, last in ranges:
        for column in range(first + 1, min(last + 1, len(line))):
            line[column] = line[column] or line[first]
    if ranges or sum(map(bool, line)) < 2:  # noqa: PLR2004 - a title spans nothing
        return
    for column in range(1, len(line)):
        stands_above = any(each[column] for each in lower)
        # What stands alone in its column is no group: its neighbour belongs elsewhere.
        alone = not any(each[column - 1] for each in lower)
        if not line[column] and stands_above and not alone:
            line[column] = line[column - 1]


def _without_repeats(parts: Sequence[str]) -> Iterator[str]:
    last = ""
    for part in parts:
        if part != last:
            yield part
        last = part


def _word(cell: Any) -> str:
    """Return a heading on one line, without characters that cannot be printed."""
    if type(cell) is not str:
        return "" if cell is None else str(cell)[:_LONGEST]
    word = " ".join(cell.split())
    if len(word) <= _LONGEST and word.isprintable():
        return word
    return word[:_LONGEST].encode("utf-8", "replace").decode()


# -- rows --------------------------------------------------------------------------

_TOTAL = re.compile(r".{0,12}(?:合计|总计|小计|共计)[:]?\Z|计\Z|(?:sub|grand )?total\Z")
_NOTE = re.compile(
    r"(?:注|备注|说明|note)(?:[:\d(.、]|\Z)|填表|制表|审核|复核|单位负责|负责人|联系|填报"
    r"|报送|统计负责|本表|数据来源|资料来源"
)
_COLUMN_NUMBER = re.compile(r"(?:L\d{1,3}|[甲乙丙丁戊]|\d{1,3}(?:\.0)?)\Z")
_LETTERS_ONLY = re.compile(r"[L甲乙丙丁戊]")
_UNIT_ABOVE = re.compile(r"(?:计量)?单位:(.{1,40})\Z")
_BETWEEN_UNITS = re.compile(r"[,、;/ ]")
_DOTS = frozenset({"…", "……", "...", "......", "⋯", "⋮"})
_SENTENCE = 20
_WITH_TOTALS = frozenset({"county", "schools", "kindergartens", "teachers", "classes"})
"""Tables in which a row called 合计 adds up others; in a survey it is a group asked."""


def laid_out(
    cells: Cells,
    found: Headings,
    meanings: Meanings,
    table: str,
    place: Place,
    log: Log,
) -> Raw:
    """Return the rows below the headings, without what is no row of the table."""
    rows = _Rows(cells, found, meanings, place, log, with_totals=table in _WITH_TOTALS)
    rows.sort()
    if found.top:
        log.notice(
            "rows-above-headings",
            Text(
                f"表头在第 {cells.numbers[found.top]} 行，其上各行未读取",
                f"the headings are in row {cells.numbers[found.top]}, rows above were "
                "not read",
            ),
            place,
        )
    width = len(found.words)
    body = [_padded(cells.rows[row], width) for row in rows.body]
    return Raw(
        table=table,
        file=place.get("file", ""),
        sheet=place.get("sheet", ""),
        headings=found.words,
        columns=[list(column) for column in zip(*body, strict=True)]
        or [[] for _ in range(width)],
        rows=[cells.numbers[row] for row in rows.body],
        heading_row=cells.numbers[found.below - 1],
        first_column=cells.first_column,
        unit=_unit_above(cells, found),
        totals=rows.totals,
    )


def _padded(row: Sequence[Any], width: int) -> Sequence[Any]:
    return row[:width] if len(row) >= width else [*row, *[None] * (width - len(row))]


def _unit_above(cells: Cells, found: Headings) -> tuple[str, ...]:
    """Return the units that a line above the headings gives for the whole table."""
    for line in cells.rows[: found.top]:
        for cell in line:
            said = _UNIT_ABOVE.search(heading_key(cell)) if type(cell) is str else None
            words = _BETWEEN_UNITS.split(said[1]) if said else []
            units = tuple(word for word in words if is_unit(word))
            if units:
                return units
    return ()


class _Rows:
    """Tells rows of the table from totals, notes, numbers of columns and headings."""

    def __init__(
        self,
        cells: Cells,
        found: Headings,
        meanings: Meanings,
        place: Place,
        log: Log,
        *,
        with_totals: bool,
    ) -> None:
        self.with_totals = with_totals
        self.cells, self.found, self.meanings = cells, found, meanings
        self.place, self.log = place, log
        self.body: list[int] = []
        self.totals: list[Total] = []
        self.notes: list[int] = []
        meant = [meanings.of(word) if word else None for word in found.words]
        self.meant = [each if isinstance(each, Heading) else None for each in meant]
        self.first = [column for column, each in enumerate(self.meant) if each][:2]
        self.counter = next(
            (n for n, word in enumerate(found.words) if heading_key(word) == "序号"), -1
        )

    def sort(self) -> None:
        """Look at every row once."""
        if self.found.count:
            for row in range(min(self.found.top, _ROWS_LOOKED_AT)):
                self._check_above(row)
        for row in range(self.found.below, len(self.cells.rows)):
            line = self.cells.rows[row]
            if not self._is_blank(line) and not (
                self.found.count and self._is_other(row, line)
            ):
                self.body.append(row)
        self._drop_last_sentence()
        if self.notes:
            number = self.cells.numbers[self.notes[0]]
            self.log.notice(
                "notes-not-read",
                Text(
                    f"第 {number} 行等 {len(self.notes)} 行是说明文字，未读取",
                    f"{len(self.notes)} rows of notes, the first in row {number}, were "
                    "not read",
                ),
                self.place,
            )

    def _is_blank(self, line: Sequence[Any]) -> bool:
        """Whether nothing stands in a row but its running number or dots."""
        if line.count("") == len(line):
            return True
        for column, cell in enumerate(line):
            if column != self.counter and not is_blank(cell) and cell not in _DOTS:
                return False
        return True

    def _is_other(self, row: int, line: Sequence[Any]) -> bool:
        """Whether the row is something else, which is noted."""
        near = [cell for cell in line[:6] if type(cell) is str and cell]
        for cell in near if self.with_totals else ():
            if ("计" in cell or "otal" in cell) and _TOTAL.match(_plain(cell)):
                number = self.cells.numbers[row]
                word = "".join(cell.split())[:20]
                self.totals.append(Total(word, number, len(self.body), line))
                return True
        if near and self._is_note(near[0], line):
            self.notes.append(row)
            return True
        if row == self.found.below and _numbers_columns(line):
            return True
        return self._is_heading(row, line)

    def _is_note(self, cell: str, line: Sequence[Any]) -> bool:
        first = next(each for each in line if not is_blank(each))
        return first == cell and bool(_NOTE.match(_plain(cell)))

    def _is_heading(self, row: int, line: Sequence[Any]) -> bool:
        """Whether the row repeats the headings, or is a second row of other ones."""
        there = [c for c in self.first if c < len(line) and type(line[c]) is str]
        if not there or not any(self.meanings.of(_word(line[c])) for c in there):
            return False
        meant = self._meant(line)
        known = [each for each in meant if each]
        if len(known) < min(_ENOUGH, len(self.first)):
            return False
        same = all(
            each.name == (self.meant[n] or each).name
            for n, each in enumerate(meant[: len(self.meant)])
            if each
        )
        if not same:
            self._say_two(row)
        return True

    def _check_above(self, row: int) -> None:
        line = self.cells.rows[row]
        known = sum(each is not None for each in self._meant(line))
        filled = sum(not is_blank(cell) for cell in line)
        if known >= _ENOUGH and 2 * known >= filled:
            self._say_two(row)

    def _meant(self, line: Sequence[Any]) -> list[Heading | None]:
        found = [
            self.meanings.of(_word(c)) if type(c) is str and c else None for c in line
        ]
        return [each if isinstance(each, Heading) else None for each in found]

    def _say_two(self, row: int) -> None:
        top, other = self.cells.numbers[self.found.below - 1], self.cells.numbers[row]
        self.log.problem(
            "two-heading-rows",
            Text(
                f"第 {top} 行和第 {other} 行都像表头行；"
                "一个工作表只应有一张表、一组表头",
                f"rows {top} and {other} both look like headings, expected one table "
                "with one set of headings on a sheet",
            ),
            {**self.place, "cell": f"row {other}"},
        )

    def _drop_last_sentence(self) -> None:
        """Take a long text that stands alone in the last rows for a note."""
        while self.body and self.found.count > 1:
            filled = [c for c in self.cells.rows[self.body[-1]] if not is_blank(c)]
            if len(filled) > 1 or type(filled[0]) is not str:
                return
            if len(filled[0].strip()) < _SENTENCE:
                return
            self.notes.append(self.body.pop())


def _plain(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell[:80]).split()).casefold()


def _numbers_columns(line: Sequence[Any]) -> bool:
    """Whether a row below the headings only numbers columns: ``L1``, ``甲 1 2``."""
    words = [str(cell).strip() for cell in line if not is_blank(cell)]
    if len(words) < 2 or not all(map(_COLUMN_NUMBER.match, words)):  # noqa: PLR2004
        return False
    if all(_LETTERS_ONLY.match(word) for word in words):
        return True
    numbers = [int(float(word)) for word in words if not _LETTERS_ONLY.match(word)]
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counted and numbers[0] == 1 and len(numbers) >= _ENOUGH
