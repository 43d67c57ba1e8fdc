"""What readers hand on: tables with the place of every cell, and a log."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Literal, TypeAlias, TypedDict, overload

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.errors import InputError, Problem
from eduequity.facts import Coded, Floats, Notice, Words, constant
from eduequity.model import Field
from eduequity.vocab import Text


__all__ = [
    "MOST_COLUMNS",
    "SHEETS",
    "UNCALCULATED",
    "Cells",
    "Data",
    "Layout",
    "Limits",
    "Log",
    "Place",
    "Progress",
    "Raw",
    "Table",
    "Total",
    "elsewhere",
    "is_blank",
    "letters",
    "shown",
]

Layout = Literal["table", "items", "form", "statistics"]
"""How a source is laid out; see `Raw`."""

Progress = Callable[[int, int, str], None]
"""Told how many files are done, of how many, and which comes next."""

Data: TypeAlias = npt.NDArray[Any] | Words | Coded
"""A column as `Facts` keep it."""

SHEETS: Mapping[str, tuple[str, ...]] = {
    "county": ("县", "区县"),
    "schools": ("学校",),
    "teachers": ("教师",),
    "classes": ("班级",),
    "kindergartens": ("幼儿园",),
    "monitoring": ("质量监测",),
    "survey": ("满意度调查",),
    "finance": ("教育经费",),
    "attestations": ("签认",),
    "reported": ("公布数据",),
    "areas": ("地区",),
    "townships": ("乡镇",),
}
"""The Chinese names that a sheet, file or key of each table may have."""

MOST_COLUMNS = 16_384
"""The columns that a table may have, as in Excel."""

UNCALCULATED = "=?"
"""What stands in a cell whose formula was saved without its result."""

_LONGEST_SHOWN = 40


@attrs.frozen(kw_only=True)
class Limits:
    """
    How much a reader takes in before it refuses.

    Args:
        file_bytes: The size of one file.

        unzipped_bytes: The size of a workbook's parts when unzipped.

        ratio: How many times larger than the file the parts may be.

        cells: The cells of all tables together.

        text: The characters of one cell.

        problems: How many problems are listed; the rest is only counted.

        ids: Up to how many rows doubled ids are looked for in a lazy table, which
            takes an engine longer than all the rest.

        records: Up to how many rows a Parquet file of teachers or classes is fetched.
            More are counted where they lie, if Polars or DuckDB is installed; the
            limits on bytes and cells are for what is fetched.

    >>> import eduequity as ee
    >>> from eduequity.io import Limits
    >>> try:
    ...     ee.read({"county": [{"code": "999901"}]}, limits=Limits(cells=0))
    ... except ee.InputError as error:
    ...     print(error.problems[0].code)
    too-many-cells
    """

    file_bytes: int = 200 * 2**20
    unzipped_bytes: int = 2**30
    ratio: int = 200
    cells: int = 50_000_000
    text: int = 1000
    problems: int = 10_000
    ids: int = 1_000_000
    records: int = 1_000_000


class Place(TypedDict, total=False):
    """Where something stands, as `Problem` takes it."""

    file: str
    sheet: str
    cell: str
    line: int | None


@attrs.define
class Log:
    """
    Collects what is wrong and what is worth saying.

    Args:
        limits: How much is read and listed.

        problems: What makes the input unusable.

        notices: What the reader of a result should know.

        broken: The tables that were there but could not be read; ``*`` means all.

        source: The file or folder as the caller named it.

        cells: The cells read so far.
    """

    limits: Limits
    problems: list[Problem] = attrs.field(factory=list)
    notices: list[Notice] = attrs.field(factory=list)
    broken: set[str] = attrs.field(factory=set)
    source: str = ""
    cells: int = 0
    _more: int = 0

    def problem(self, code: str, sentence: Text, place: Place) -> None:
        """Add what is wrong at *place*."""
        if len(self.problems) < self.limits.problems:
            self.problems.append(
                Problem(code=code, zh=sentence.zh, en=sentence.en, **place)
            )
        else:
            self._more += 1

    def more(self, problems: int) -> None:
        """Count *problems* that are not listed."""
        self._more += problems

    def unreadable(self, code: str, sentence: Text, place: Place, table: str) -> None:
        """Add why *table* (``*``: every table) could not be read at all."""
        self.broken.add(table)
        self.problem(code, sentence, place)

    def notice(self, code: str, sentence: Text, place: Place) -> None:
        """Add what is worth saying of *place*."""
        where = Problem(code=code, zh="", en="", **place).place
        self.notices.append(
            Notice(code=code, place=where, zh=sentence.zh, en=sentence.en)
        )

    def gathered(self) -> list[Notice]:
        """Return the notices, those of one cell in many files only once."""
        shared: dict[tuple[str, str, str], list[Notice]] = {}
        for each in self.notices:
            key = each.code, each.zh, each.place.partition(":")[2] or each.place
            shared.setdefault(key, []).append(each)
        return [_of_many(them) for them in shared.values()]

    def may_be_there(self, table: str) -> bool:
        """Whether *table* was given but could not be read."""
        return not self.broken.isdisjoint((table, "*"))

    def room_for(self, cells: int, table: str, place: Place) -> bool:
        """Count *cells* and tell whether they still may be read."""
        self.cells += cells
        if self.cells <= self.limits.cells:
            return True
        most = self.limits.cells
        self.unreadable(
            "too-many-cells",
            Text(
                f"连同此表共 {self.cells} 个单元格，最多读取 {most} 个",
                f"with this table there are {self.cells} cells, expected up to {most}",
            ),
            place,
            table,
        )
        return False

    def finish(self) -> None:
        """
        Raise all problems together, if there are any.

        Raises:
            InputError: Something is wrong.
        """
        if not self.problems:
            return
        rest = []
        if self._more:
            sentence = Text(
                f"另有 {self._more} 处问题未列出", f"{self._more} further problems"
            )
            rest = [Problem(code="more-problems", zh=sentence.zh, en=sentence.en)]
        raise InputError([*self.problems, *rest])


@attrs.frozen
class Total:
    """
    A row that adds up others, such as 合计.

    Args:
        word: What it calls itself.

        number: The number of the row in its source.

        before: How many of the table's rows stand above it.

        cells: Its cells.
    """

    word: str
    number: int
    before: int
    cells: Sequence[Any]


@attrs.frozen(eq=False, kw_only=True)
class Raw:
    """
    A table as it stands in its source.

    Args:
        table: The table's name in the contract.

        file: The file as the caller knows it.

        sheet: The sheet, or the key in a JSON document.

        headings: One heading a column.

        columns: One list of cells, or a data frame's series, a column.

        rows: The number by which the source knows each row, or words for it.

        heading_row: The number of the row of headings; None where there is none.

        first_column: In a workbook the number of the first column, A being 0.

        items: Where each column is a row of a form, the numbers of those rows; their
            cells stand in `first_column`.

        layout: How the source was laid out: ``table`` with a row for each thing,
            ``items`` with an item on each row, ``form`` (an official form) or
            ``statistics`` (an export of the education statistics).

        unit: The units that stand above the table for all of it.

        totals: The rows of totals among the rows.

        spots: Where a column and row is taken from another cell, that cell's name.
    """

    table: str
    file: str = ""
    sheet: str = ""
    headings: Sequence[str]
    columns: Sequence[Sequence[Any]]
    rows: Sequence[int | str]
    heading_row: int | None = None
    first_column: int | None = None
    items: Sequence[int] | None = None
    layout: Layout = "table"
    unit: tuple[str, ...] = ()
    totals: Sequence[Total] = ()
    spots: Mapping[tuple[int, int], str] = attrs.field(factory=dict)

    @property
    def place(self) -> Place:
        """The place of the table as a whole."""
        return {"file": self.file, "sheet": self.sheet}

    def cell(self, column: int, row: int) -> Place:
        """Return the place of a cell; both are counted from 0."""
        spot = self.spots.get((column, row))
        if spot:
            return {**self.place, "cell": spot}
        return self._at(column, self.rows[row])

    def total(self, column: int, total: Total) -> Place:
        """Return the place of a cell in a row of totals."""
        return self._at(column, total.number)

    def heading(self, column: int) -> Place:
        """Return the place of a heading."""
        return self._at(column, self.heading_row)

    def row(self, row: int) -> Place:
        """Return the place of a row as a whole."""
        if self.items is not None:
            return self.place
        return self.row_at(self.rows[row])

    def row_at(self, number: int | str) -> Place:
        """Return the place of the row that the source knows by *number*."""
        return {**self.place, "cell": f"row {number}"}

    def _at(self, column: int, number: int | str | None) -> Place:
        if self.items is not None:
            cell = f"{letters(self.first_column or 0)}{self.items[column]}"
        elif self.first_column is not None:
            cell = f"{letters(self.first_column + column)}{number}"
        else:
            name = self.headings[column] or f"column {column + 1}"
            cell = name if number is None else f"row {number}, {name}"
        return {**self.place, "cell": cell}


@attrs.frozen(eq=False)
class Cells(Sequence[Any]):
    """
    A checked column of a data frame; cell by cell it is that of any other source.

    Args:
        field: Its declaration.

        data: The values as `Facts` keep them.

        unique: Whether no two cells are alike, as far as anybody has looked.
    """

    field: Field
    data: Data
    unique: bool = False

    def __len__(self) -> int:
        return len(self.data)

    @overload
    def __getitem__(self, row: int) -> Any: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Any]: ...
    def __getitem__(self, row: int | slice) -> Any:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if isinstance(self.data, Words | Coded):
            return self.data.array[row]
        return self._value(self.data[row])

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self.data, Words | Coded):
            return iter(self.data.array)
        return map(self._value, self.data)

    def _value(self, cell: Any) -> Any:
        if self.field.choices is not None:
            return list(self.field.choices)[cell] if cell >= 0 else None
        if math.isnan(cell):
            return None
        return bool(cell) if self.field.type == "yes_no" else float(cell)

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        if isinstance(self.data, Coded):
            return not len(self.data) or bool(self.data.codes.max() < 0)
        if isinstance(self.data, Words):
            return self.data.blank
        if self.data.dtype == np.int8:
            return not self.data.size or bool(self.data.max() < 0)
        return bool(np.isnan(self.data).all())


@attrs.frozen(eq=False, kw_only=True)
class Table:
    """
    A table with checked values.

    Args:
        raw: Where they come from.

        columns: The values of each column by its name; None is a blank.

        at: Which column of *raw* each of them is.

        bad: The cells that could not be read and therefore are None.

        parts: The tables whose rows these are, one after the other, where there are
            several; *raw* is then that of the first.

        borrowed: The places of cells that were filled from another sheet or file.
    """

    raw: Raw
    columns: dict[str, Sequence[Any]]
    at: Mapping[str, int]
    bad: frozenset[tuple[str, int]] = frozenset()
    parts: tuple[Table, ...] = ()
    borrowed: dict[tuple[str, int], Place] = attrs.field(factory=dict)

    @classmethod
    def joined(cls, parts: Sequence[Table]) -> Table:
        """Put the rows of *parts* one after the other."""
        if len(parts) == 1:
            return parts[0]
        names = dict.fromkeys(name for part in parts for name in part.columns)
        offsets = _offsets(parts)
        return cls(
            raw=parts[0].raw,
            columns={n: [c for part in parts for c in part.get(n)] for n in names},
            at=dict.fromkeys(names, 0),
            bad=frozenset(
                (name, offset + row)
                for part, offset in zip(parts, offsets, strict=True)
                for name, row in part.bad
            ),
            parts=tuple(parts),
        )

    @property
    def size(self) -> int:
        """The number of rows."""
        return sum(p.size for p in self.parts) if self.parts else len(self.raw.rows)

    def part(self, row: int) -> tuple[Table, int]:
        """Return the part that holds *row*, and the number of the row in it."""
        if not self.parts:
            return self, row
        offsets = _offsets(self.parts)
        found = bisect_right(offsets, row) - 1
        return self.parts[found], row - offsets[found]

    def get(self, name: str) -> Sequence[Any]:
        """Return a column, all None where it is absent."""
        return self.columns.get(name) or [None] * self.size

    def numbers(self, name: str) -> Floats:
        """Return a column of numbers or yes/no as floats, NaN for a blank."""
        column = self.columns.get(name)
        if column is None:
            return constant(np.nan, self.size)
        if isinstance(column, Cells) and isinstance(column.data, np.ndarray):
            return column.data
        return np.array([np.nan if each is None else each for each in column], float)

    def known(self, name: str) -> Iterable[int]:
        """Return the rows in which a column is not blank."""
        column = self.columns.get(name)
        if column is None:
            return []
        if isinstance(column, Cells):
            if isinstance(column.data, Coded):
                return np.flatnonzero(column.data.codes >= 0).tolist()
            if column.blank:
                return []
        return [row for row, each in enumerate(column) if each is not None]

    def coded(self, name: str) -> Coded | None:
        """Return a column that is kept as codes of its few words, if it is one."""
        column = self.columns.get(name)
        data = column.data if isinstance(column, Cells) else None
        return data if isinstance(data, Coded) else None

    def unique(self, name: str) -> bool:
        """Whether a column is known already to have no cell twice."""
        column = self.columns.get(name)
        return isinstance(column, Cells) and column.unique

    def place(self, name: str, row: int) -> Place:
        """Return the place of a cell, or of its row where the column is absent."""
        if self.parts:
            part, within = self.part(row)
            return part.place(name, within)
        if (name, row) in self.borrowed:
            return self.borrowed[name, row]
        if name in self.at:
            return self.raw.cell(self.at[name], row)
        return self.raw.row(row)

    def only(self, rows: Sequence[int]) -> Table:
        """Return a table of one part with only these of its rows."""
        new = {row: number for number, row in enumerate(rows)}
        raw = attrs.evolve(
            self.raw,
            columns=[[column[row] for row in rows] for column in self.raw.columns],
            rows=[self.raw.rows[row] for row in rows],
            spots={
                (column, new[row]): spot
                for (column, row), spot in self.raw.spots.items()
                if row in new
            },
        )
        return attrs.evolve(
            self,
            raw=raw,
            columns={n: [c[row] for row in rows] for n, c in self.columns.items()},
            bad=frozenset((name, new[row]) for name, row in self.bad if row in new),
        )

    def sound(self, name: str) -> bool:
        """Whether the column is there and every cell of it could be read."""
        return name in self.columns and all(each != name for each, _ in self.bad)


def elsewhere(place: Place, here: Place) -> str:
    """Name *place* as briefly as somebody who looks at *here* needs."""
    cell = place.get("cell", "")
    if place.get("file", "") == here.get("file", ""):
        same = place.get("sheet", "") == here.get("sheet", "")
        return cell if same else f"{place.get('sheet', '')}!{cell}"
    return Problem(code="", zh="", en="", **place).place


def _of_many(notices: Sequence[Notice]) -> Notice:
    """Say what several places share at the first of them."""
    first, many = notices[0], len(notices)
    if many == 1:
        return first
    return attrs.evolve(
        first, zh=f"{first.zh}（共 {many} 个文件）", en=f"{first.en} (in {many} files)"
    )


def _offsets(parts: Sequence[Table]) -> list[int]:
    """Return the number of rows before each part; parts without rows share theirs."""
    return list(accumulate((part.size for part in parts[:-1]), initial=0))


def letters(column: int) -> str:
    """
    Name a column as workbooks do.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_blank(cell: Any) -> bool:
    """Whether *cell* holds nothing."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def shown(cell: Any) -> str:
    r"""
    Show what was found, in a few printable characters.

    >>> shown(12.0), shown(" 约\n300 "), shown([1])
    ('12', "'约 300'", 'a list')
    """
    if isinstance(cell, (list, tuple)):
        return "a list"
    if isinstance(cell, Mapping):
        return "an object"
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}" if abs(cell) < 1e16 else repr(cell)  # noqa: PLR2004
    if not isinstance(cell, str) and isinstance(cell, int):
        return str(cell) if abs(cell) < 10**_LONGEST_SHOWN else "a huge number"
    word = " ".join(str(cell).split()).encode("utf-8", "replace").decode()
    word = "".join(c if c.isprintable() else "?" for c in word[: _LONGEST_SHOWN + 1])
    if len(word) > _LONGEST_SHOWN:
        word = word[:_LONGEST_SHOWN] + "…"
    return f"'{word}'" if isinstance(cell, str) else word
