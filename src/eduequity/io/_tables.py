"""What readers hand on: tables with the place of every cell, and a log."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, overload

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
    "Cells",
    "Data",
    "Limits",
    "Log",
    "Place",
    "Raw",
    "Table",
    "is_blank",
    "shown",
]

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
    """

    file_bytes: int = 200 * 2**20
    unzipped_bytes: int = 2**30
    ratio: int = 200
    cells: int = 50_000_000
    text: int = 1000
    problems: int = 10_000
    ids: int = 1_000_000


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
    """

    table: str
    file: str = ""
    sheet: str = ""
    headings: Sequence[str]
    columns: Sequence[Sequence[Any]]
    rows: Sequence[int | str]
    heading_row: int | None = None
    first_column: int | None = None

    @property
    def place(self) -> Place:
        """The place of the table as a whole."""
        return {"file": self.file, "sheet": self.sheet}

    def cell(self, column: int, row: int) -> Place:
        """Return the place of a cell; both are counted from 0."""
        return self._at(column, self.rows[row])

    def heading(self, column: int) -> Place:
        """Return the place of a heading."""
        return self._at(column, self.heading_row)

    def row(self, row: int) -> Place:
        """Return the place of a row as a whole."""
        return {**self.place, "cell": f"row {self.rows[row]}"}

    def _at(self, column: int, number: int | str | None) -> Place:
        if self.first_column is not None:
            cell = f"{_letters(self.first_column + column)}{number}"
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
    """

    raw: Raw
    columns: dict[str, Sequence[Any]]
    at: Mapping[str, int]
    bad: frozenset[tuple[str, int]] = frozenset()

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.raw.rows)

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
        if name in self.at:
            return self.raw.cell(self.at[name], row)
        return self.raw.row(row)

    def sound(self, name: str) -> bool:
        """Whether the column is there and every cell of it could be read."""
        return name in self.columns and all(each != name for each, _ in self.bad)


def _letters(column: int) -> str:
    """
    Name a column as workbooks do.

    >>> _letters(0), _letters(25), _letters(26)
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
