"""
Reading a ledger's workbook: what people wrote is kept, what they broke is said.

A hidden sheet holds the ledger as it was written. The visible rows are laid beside it
item by item, whatever their order: a changed cell of a column that people edit is an
edit; a changed cell that the assessment fills, or a row that is gone, is a conflict
that is kept; an id that the ledger does not have is an error.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import itertools
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eduequity.errors import InputError, Problem
from eduequity.io._tables import UNCALCULATED, Limits, is_blank, letters, shown
from eduequity.io._workbooks import Workbook, WorkbookError, opened
from eduequity.ledger import (
    COLUMNS,
    CONFLICTS,
    COUNTS,
    HOW_TO,
    LEDGER,
    RECORD,
    Conflict,
    ConflictKind,
    Edition,
    Ledger,
    LedgerColumn,
    LedgerItem,
    Progress,
    said,
)
from eduequity.vocab import Text


__all__ = ["read_ledger", "record_rows"]

_CHUNK = 30_000
"""How many characters of a record stand in one cell; a cell holds 32,767."""

_HEADING_ROWS = 20
_MOST_HINTS = 20
_OURS = (LEDGER, CONFLICTS, COUNTS, HOW_TO)
_YES = frozenset({"是", "yes", "y", "true", "1", "√", "✓"})
_ID = "id"


# -- the hidden record -----------------------------------------------------------------


def record_rows(ledger: Ledger, lang: str) -> Iterator[list[str]]:
    """
    Yield the rows of the hidden sheet: the head, then items and conflicts.

    Args:
        ledger: The ledger.

        lang: The language in which the visible sheet is written.
    """
    told = ledger.to_dict()
    items, conflicts = told.pop("items"), told.pop("conflicts")
    rows = [_written(each) for each in (*items, *conflicts)]
    head = {**told, "lang": lang, "items": len(items), "digest": _digest(rows)}
    for text in (_written(head), *rows):
        yield [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)]


def _written(told: Mapping[str, Any]) -> str:
    # In ASCII no program changes how a character is spelt.
    return json.dumps(told, sort_keys=True)


def _digest(rows: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _recorded(rows: Sequence[Sequence[Any]]) -> tuple[Ledger, str]:
    """
    Return the ledger as it was written, and its language.

    Raises:
        ValueError: The record was edited, or is none.
    """
    texts = ["".join(str(cell) for cell in row if cell is not None) for row in rows]
    head = json.loads(texts[0])
    if head.pop("digest") != _digest(texts[1:]):
        raise ValueError("edited")
    lang, count = str(head.pop("lang")), int(head.pop("items"))
    told = [json.loads(text) for text in texts[1:]]
    head["items"], head["conflicts"] = told[:count], told[count:]
    return Ledger.from_dict(head), "en" if lang == "en" else "zh"


# -- reading ---------------------------------------------------------------------------


def read_ledger(
    path: str | os.PathLike[str], *, limits: Limits | None = None
) -> Edition:
    """
    Read a workbook of a ledger as somebody left it.

    Args:
        path: The ``.xlsx``.

        limits: How much is taken in before it is refused.

    Raises:
        InputError: With every problem found, each with its cell.

        MissingExtraError: The extra ``excel`` is not installed.
    """
    file = os.fspath(path)
    limits = limits or Limits()
    try:
        data = _bytes(Path(file), limits)
        with opened(data, limits) as book:
            return _Reader(file, book).edition()
    except WorkbookError as error:
        raise InputError(
            [
                Problem(
                    code=error.code,
                    zh=error.sentence.zh,
                    en=error.sentence.en,
                    file=file,
                    sheet=error.sheet,
                )
            ]
        ) from error


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WorkbookError(
            "unreadable", f"无法打开：{reason}", f"cannot be opened: {reason}"
        ) from error
    if len(data) > limits.file_bytes:
        raise WorkbookError(
            "file-too-large",
            f"文件超过 {limits.file_bytes} 字节的上限",
            f"the file is larger than the {limits.file_bytes} bytes that are read",
        )
    return data


_NO_RECORD = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError),
    *(RecursionError, OverflowError),
)


class _Reader:
    """One workbook of a ledger on its way."""

    def __init__(self, file: str, book: Workbook) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.conflicts: list[Conflict] = []
        self.sheets = {sheet.name: sheet for sheet in book.sheets()}
        self.base, self.lang = self._base()

    def _refuse(self, code: str, zh: str, en: str, sheet: str = "") -> InputError:
        return InputError(
            [Problem(code=code, zh=zh, en=en, file=self.file, sheet=sheet)]
        )

    def _base(self) -> tuple[Ledger, str]:
        if RECORD not in self.sheets:
            raise self._refuse(
                "no-ledger",
                "不是台账：没有 eduequity 写入的隐藏工作表，"
                "应为 eduequity ledger 写出的文件",
                "this is no ledger: the hidden sheet that eduequity writes is missing, "
                "expected a file of `eduequity ledger`",
            )
        try:
            return _recorded(self.sheets[RECORD].grid()[2])
        except _NO_RECORD as error:
            raise self._refuse(
                "edited-record",
                "隐藏工作表被改动过，无法核对编辑；请用未改动它的一份",
                "the hidden sheet was changed, so edits cannot be told; use a copy in "
                "which it was not",
                RECORD,
            ) from error

    def edition(self) -> Edition:
        """Return what the workbook says, or all that is wrong with it."""
        grid = self._grid(LEDGER)
        if grid is None:
            raise self._refuse(
                "missing-sheet",
                f"没有工作表“{LEDGER.zh}”",
                f"the sheet {LEDGER.get(self.lang)!r} is missing",
            )
        rows = _Rows(self, *grid)
        edits, extra = rows.read()
        settled = tuple(self._settled())
        self._other_sheets()
        if self.problems:
            raise InputError(self.problems)
        return Edition(
            file=self.file,
            base=self.base,
            edits=edits,
            extra=extra,
            columns=tuple(rows.extra.values()),
            settled=settled,
            conflicts=tuple(dict.fromkeys(self.conflicts)),
        )

    def _grid(self, name: Text) -> tuple[str, int, int, list[list[Any]]] | None:
        for each in (name.zh, name.en):
            if each in self.sheets and not self.sheets[each].blank:
                return (each, *self.sheets[each].filled())
        return None

    def _other_sheets(self) -> None:
        """Say which sheets somebody added: a ledger written anew has them no more."""
        ours = {word for each in _OURS for word in (each.zh, each.en)} | {RECORD}
        for name, sheet in self.sheets.items():
            if name not in ours and not sheet.blank:
                self.conflicts.append(
                    Conflict(
                        kind=ConflictKind.OTHER_SHEET,
                        item="",
                        field=name,
                        kept="",
                        other="",
                        file=Path(self.file).name,
                    )
                )

    def _settled(self) -> Iterator[Conflict]:
        """Yield the conflicts that somebody marked as settled."""
        grid = self._grid(CONFLICTS)
        for row in [] if grid is None else grid[3]:
            number, mark = (*row, None, None)[:2]
            at = _whole(number)
            settled = str(mark or "").strip().casefold() in _YES
            if settled and at is not None and 0 < at <= len(self.base.conflicts):
                yield self.base.conflicts[at - 1]


def _whole(cell: Any) -> int | None:
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return int(cell) if number and cell == int(cell) else None


class _Rows:
    """The visible rows of a ledger, laid beside the record."""

    def __init__(
        self, reader: _Reader, sheet: str, top: int, left: int, rows: list[list[Any]]
    ) -> None:
        self.reader = reader
        self.sheet, self.top, self.left, self.rows = sheet, top, left, rows
        self.places: dict[str, int] = {}
        self.extra: dict[int, str] = {}
        self.first = self._headings()

    def _headings(self) -> int:
        """Find the row of headings; return where the items begin."""
        names = {
            _plain(word): column.name
            for column in COLUMNS
            for word in (column.heading.zh, column.heading.en)
        }
        for nth, row in enumerate(self.rows[:_HEADING_ROWS]):
            found = [names.get(_plain(str(cell))) for cell in row]
            if _ID not in found:
                continue
            for column, (name, cell) in enumerate(zip(found, row, strict=True)):
                if name is not None and name not in self.places:
                    self.places[name] = column
                elif not is_blank(cell):
                    self.extra[column] = self._unlike(str(cell).strip())
            self._unnamed(nth, row)
            return nth + 1
        self.reader.problems.append(
            Problem(
                code="missing-heading",
                zh="没有“编号”一列的表头，无法认出各项",
                en="the heading 'Id' is missing, so the items cannot be told apart",
                file=self.reader.file,
                sheet=self.sheet,
            )
        )
        return len(self.rows)

    def _unlike(self, heading: str) -> str:
        """Return a heading that no column has: a second one of it is numbered."""
        taken = {*self.extra.values(), *self.reader.base.columns}
        ours = {w for each in COLUMNS for w in (each.heading.zh, each.heading.en)}
        known = {_plain(each) for each in ours}
        if _plain(heading) not in known and heading not in self.extra.values():
            return heading
        return next(
            name
            for nth in itertools.count(2)
            if (name := f"{heading} ({nth})") not in taken
        )

    def _unnamed(self, nth: int, head: Sequence[Any]) -> None:
        """Refuse what stands in a column without a heading: it would be lost."""
        seen: set[int] = set()
        for row, cells in enumerate(self.rows[nth + 1 :], nth + 1):
            for column, cell in enumerate(cells):
                named = column in seen or not is_blank(_cell(head, column))
                if named or is_blank(cell):
                    continue
                seen.add(column)
                self._problem_at(
                    row,
                    column,
                    "unnamed-column",
                    f"这一列没有表头，{shown(cell)} 无处可存；请给这一列加上表头",
                    f"this column has no heading, so {shown(cell)} cannot be kept; "
                    "give the column a heading",
                )

    def read(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]:
        """Return the edits and the cells of added columns, item by item."""
        edits: dict[str, dict[str, Any]] = {}
        extra: dict[str, dict[str, str]] = {}
        seen: dict[str, int] = {}
        if _ID not in self.places:
            return edits, extra
        for nth in range(self.first, len(self.rows)):
            item = self._item(nth)
            if item is None:
                continue
            edited = self._edits(nth, item)
            added = self._extra(nth)
            if item.id in seen:
                self._again(item, edits.get(item.id, {}), edited)
                self._again(item, extra.get(item.id, {}), added)
            seen.setdefault(item.id, nth)
            for field, value in edited.items():
                edits.setdefault(item.id, {}).setdefault(field, value)
            for heading, text in added.items():
                extra.setdefault(item.id, {}).setdefault(heading, text)
        self._missing(seen)
        return edits, extra

    # -- whose row it is ---------------------------------------------------------------

    def _item(self, nth: int) -> LedgerItem | None:
        row = self.rows[nth]
        cell = _cell(row, self.places[_ID])
        base = self.reader.base
        name = str(cell).strip() if not is_blank(cell) else ""
        if name in base:
            return base[name]
        if not name and all(map(is_blank, row)):
            return None
        hints = len(self.reader.problems) < _MOST_HINTS  # each takes a while
        ids = (i.id for i in base if hints)
        close = difflib.get_close_matches(name, ids, n=1)
        hint_zh = f"；是不是“{close[0]}”？" if close else ""
        hint_en = f"; did you mean {close[0]!r}?" if close else ""
        if name:
            zh, en = f"台账中没有编号“{name}”", f"the ledger has no item {shown(name)}"
        else:
            zh, en = "这一行没有编号", "this row has no id"
        self._problem(
            nth,
            _ID,
            "unknown-id",
            f"{zh}，编号不可改动，新项由评估列入{hint_zh}",
            f"{en}; ids are not edited, and new items come from assessments{hint_en}",
        )
        return None

    def _missing(self, seen: Mapping[str, int]) -> None:
        """Restore items whose rows are gone."""
        for item in self.reader.base:
            if item.id not in seen:
                self._conflict(ConflictKind.DELETED_ROW, item.id, "", "", "")
        for column in COLUMNS:
            if column.name not in self.places:
                heading = column.heading.get(self.reader.lang)
                self._conflict(ConflictKind.DELETED_COLUMN, "", heading, "", "")

    def _again(
        self, item: LedgerItem, first: Mapping[str, Any], second: Mapping[str, Any]
    ) -> None:
        """Keep what a second row of one item says otherwise."""
        for field, value in second.items():
            if field in first and first[field] != value:
                self._conflict(
                    ConflictKind.TWO_EDITS,
                    item.id,
                    field,
                    said(first[field]),
                    said(value),
                )

    # -- cells -------------------------------------------------------------------------

    def _edits(self, nth: int, item: LedgerItem) -> dict[str, Any]:
        edits = {}
        for column in COLUMNS:
            at = self.places.get(column.name)
            if at is None or column.name == _ID:
                continue
            cell = _cell(self.rows[nth], at)
            if not column.human:
                self._check_system(column, item, cell)
                continue
            try:
                value = _parsed(column.name, cell)
            except _BadCellError as error:
                self._problem(nth, column.name, error.code, error.zh, error.en)
                continue
            if value != getattr(item, column.name):
                edits[column.name] = value
        return edits

    def _check_system(self, column: LedgerColumn, item: LedgerItem, cell: Any) -> None:
        """Keep what somebody wrote into a cell that the assessment fills."""
        written = column.shown(self.reader.base, item, self.reader.lang)
        if _same(written, cell):
            return
        self._conflict(
            ConflictKind.SYSTEM_CELL,
            item.id,
            column.heading.get(self.reader.lang),
            said(written),
            said(_word(cell)),
        )

    def _extra(self, nth: int) -> dict[str, str]:
        return {
            heading: _word(_cell(self.rows[nth], at))
            for at, heading in self.extra.items()
        }

    # -- saying ------------------------------------------------------------------------

    def _conflict(
        self, kind: ConflictKind, item: str, field: str, kept: str, other: str
    ) -> None:
        self.reader.conflicts.append(
            Conflict(
                kind=kind,
                item=item,
                field=field,
                kept=kept,
                other=other,
                file=Path(self.reader.file).name,
            )
        )

    def _problem(self, nth: int, name: str, code: str, zh: str, en: str) -> None:
        self._problem_at(nth, self.places[name], code, zh, en)

    def _problem_at(self, nth: int, at: int, code: str, zh: str, en: str) -> None:
        column = letters(self.left + at)
        self.reader.problems.append(
            Problem(
                code=code,
                zh=zh,
                en=en,
                file=self.reader.file,
                sheet=self.sheet,
                cell=f"{column}{self.top + nth + 1}",
            )
        )


def _cell(row: Sequence[Any], at: int) -> Any:
    return row[at] if at < len(row) else None


def _plain(word: str) -> str:
    return re.sub(r"\s+", "", word).replace("(", "（").replace(")", "）").casefold()


def _same(written: Any, cell: Any) -> bool:
    if isinstance(written, float | int) and isinstance(cell, float | int):
        return math.isclose(written, cell, rel_tol=1e-9, abs_tol=1e-9)
    return _word(written) == _word(cell)


def _word(cell: Any) -> str:
    """Write what a cell holds as text, as a person would have typed it."""
    if is_blank(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else str(cell)
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").replace("_x000D_", "").strip()


# -- what people write -----------------------------------------------------------------


class _BadCellError(ValueError):
    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en
        super().__init__(en)


def _parsed(name: str, cell: Any) -> Any:
    if cell == UNCALCULATED:
        raise _BadCellError(
            "formula-without-value",
            "公式没有保存结果，请改成数值或文字",
            "the formula was saved without its result, write the value itself",
        )
    return _PARSERS[name](cell)


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z")


def _deadline(cell: Any) -> dt.date | None:
    if is_blank(cell):
        return None
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    found = _DATE.match(str(cell).strip())
    try:
        if found:
            year, month, day = map(int, found.groups())
            return dt.date(year, month, day)
    except ValueError:
        pass
    raise _BadCellError(
        "bad-date",
        f"“{said(cell)}”不是日期，应如 2025-12-31",
        f"{shown(cell)} is no date, expected such as 2025-12-31",
    )


def _cost(cell: Any) -> float | None:
    if is_blank(cell):
        return None
    number: float | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    elif isinstance(cell, str):
        try:
            number = float(cell.replace(",", "").replace("，", "").strip())
        except ValueError:
            number = None
    if number is None or not math.isfinite(number) or number < 0:
        raise _BadCellError(
            "bad-cost",
            f"“{said(cell)}”不是资金数，应为不小于 0 的数（元）",
            f"{shown(cell)} is no cost, expected a number of yuan from 0 up",
        )
    return number


def _progress(cell: Any) -> Progress | None:
    if is_blank(cell):
        return None
    found = Progress.parse(str(cell))
    if found is None:
        zh = "、".join(each.label.zh for each in Progress)
        en = ", ".join(each.label.en for each in Progress)
        raise _BadCellError(
            "bad-progress",
            f"“{said(cell)}”不是整改进展，应为 {zh} 之一；“销号”由评估决定",
            f"{shown(cell)} is no progress, expected one of {en}; an assessment alone "
            "strikes an item off",
        )
    return found


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "department": _word,
    "deadline": _deadline,
    "cost": _cost,
    "progress": _progress,
    "evidence": _word,
    "note": _word,
}
