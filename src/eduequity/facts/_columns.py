"""Columns and tables of columns, and how cells become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.model import TABLES, Field, PartialDate
from eduequity.vocab import Stage


__all__ = [
    "STAGES",
    "Coded",
    "Column",
    "DateRange",
    "Floats",
    "Frame",
    "Index",
    "Notice",
    "Ragged",
    "Stored",
    "Words",
    "canonical",
    "constant",
    "distinct",
    "first_known",
    "frame_of",
    "is_blank",
    "is_constant",
    "named",
    "parts",
]

Floats: TypeAlias = npt.NDArray[np.float64]
"""One number per row; NaN where it is unknown."""

Index: TypeAlias = npt.NDArray[np.intp]
"""Positions in another table."""

STAGES = (Stage.PRIMARY, Stage.JUNIOR)
"""The compulsory stages, in the order of their rank."""


def constant(value: Any, size: int) -> npt.NDArray[Any]:
    """
    Return a column that is the same everywhere: one cell, read again and again.

    Args:
        value: What stands in it.

        size: How many rows it has.

    >>> from eduequity.facts import constant, distinct, is_constant
    >>> column = constant(4.2, 3)
    >>> column, is_constant(column), distinct(column)
    (array([4.2, 4.2, 4.2]), True, array([4.2]))
    """
    cell = np.array(value)
    cell.flags.writeable = False
    return np.ndarray(size, cell.dtype, cell, strides=(0,))


_NOTHING = np.array(np.nan)
_NOTHING.flags.writeable = False


def is_constant(column: npt.NDArray[Any]) -> bool:
    """
    Tell whether a column is one cell, such as one that nobody gave.

    Args:
        column: The column.

    >>> import numpy as np
    >>> from eduequity.facts import constant, is_constant
    >>> is_constant(constant(1.0, 3)), is_constant(np.ones(3))
    (True, False)
    """
    return column.strides == (0,) and column.size > 1


def distinct(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """
    Return the cells of a column that may differ: one cell of a constant.

    Args:
        column: The column.

    >>> import numpy as np
    >>> from eduequity.facts import distinct
    >>> distinct(np.array([1.0, 1.0]))
    array([1., 1.])
    """
    return column[:1] if is_constant(column) else column


@attrs.frozen(eq=False)
class DateRange:
    """
    Dates known to the day, month or year: the first and last day they may mean.

    Args:
        first: The first days, ``datetime64[D]`` with NaT for a blank, shape ``(n,)``.

        last: The last days, likewise.

    >>> import eduequity as ee
    >>> facts = ee.Facts.of(
    ...     ee.County(code="999901", basic_balance_recognised_on="2015-11")
    ... )
    >>> dates = facts.counties["basic_balance_recognised_on"]
    >>> str(dates.first[0]), str(dates.take([0]).last[0])
    ('2015-11-01', '2015-11-30')
    """

    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]

    def take(self, rows: Any) -> DateRange:
        """Return the dates of *rows*."""
        return DateRange(self.first[rows], self.last[rows])


@attrs.frozen(eq=False)
class Ragged:
    """
    A list of areas per row, each known to lie in ``[low, high]``.

    Args:
        low: All areas one after the other.

        high: Their upper bounds; equal to *low* where the area is known exactly.

        starts: For n rows n + 1 offsets into *low*.

        known: Whether the row's list is given; an empty list is not a blank.

    >>> import numpy as np
    >>> from eduequity.facts import Ragged
    >>> rooms = Ragged.of([[96.0, 80.0], [], None])  # two rooms, none, not known
    >>> sure, possible = rooms.count_at_least(np.full(3, 96.0))
    >>> sure
    array([ 1.,  0., nan])
    >>> rooms.take([0]).low
    array([96., 80.])
    """

    low: Floats
    high: Floats
    starts: Index
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, lists: Sequence[Iterable[Any] | None]) -> Ragged:
        """
        Build from lists of areas, or of (low, high) pairs.

        Args:
            lists: One list per row; None is a blank.
        """
        pairs = [
            each if isinstance(each, tuple) else (each, each)
            for row in lists
            for each in row or ()
        ]
        bounds = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        sizes = [len(tuple(row or ())) for row in lists]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        known = np.array([row is not None for row in lists], dtype=np.bool_)
        return cls(bounds[:, 0], bounds[:, 1], starts, known)

    def take(self, rows: Any) -> Ragged:
        """Return the lists of *rows*."""
        known = self.known[rows]
        if is_constant(self.known):  # nobody gave any: blank in every row
            none = constant(np.intp(0), len(known) + 1)
            return Ragged(self.low, self.high, none, constant(np.False_, len(known)))
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        flat = np.repeat(self.starts[:-1][rows], sizes) + within
        return Ragged(self.low[flat], self.high[flat], starts, known)

    def count_at_least(self, limit: Floats) -> tuple[Floats, Floats]:
        """
        Count, row by row, the areas surely and possibly at or above *limit*.

        Args:
            limit: One limit per row in m², shape ``(n,)``.

        Returns:
            The two counts, each of shape ``(n,)``; NaN where the list is blank.
        """
        if not self.low.size:
            none = np.where(self.known, 0.0, np.nan)
            return none, none
        owner = np.repeat(np.arange(len(self.known)), np.diff(self.starts))
        least = limit[owner] * (1 - 2.0**-40)
        sure, maybe = (
            np.bincount(owner[bound >= least], minlength=len(self.known)).astype(float)
            for bound in (self.low, self.high)
        )
        blank = ~self.known
        sure[blank] = np.nan
        maybe[blank] = np.nan
        return sure, maybe


class Words:
    """
    A column of text that stays in the frame it came from until somebody reads it.

    Args:
        source: The text, as anything with ``to_list``, such as a narwhals Series.

        rows: Which rows of it; all of them by default.
    """

    __slots__ = ("_read", "rows")

    def __init__(self, source: Any, rows: Index | None = None) -> None:
        self.rows = rows
        self._read = source if isinstance(source, _ReadOnce) else _ReadOnce(source)

    def __len__(self) -> int:
        return len(self._read.source) if self.rows is None else len(self.rows)

    @property
    def array(self) -> npt.NDArray[np.object_]:
        """The text itself, None for a blank."""
        words = self._read.words
        return words if self.rows is None else words[self.rows]

    @property
    def blank(self) -> bool:
        """Whether no row has any text."""
        nulls = getattr(self._read.source, "series", None)
        if self.rows is None and nulls is not None:
            return bool(nulls.null_count() == len(self))
        return all(each is None for each in self.array)

    @property
    def nbytes(self) -> int:
        """The bytes of the handles alone; the text is the frame's."""
        return 0 if self.rows is None else self.rows.nbytes

    def take(self, rows: Any) -> Words:
        """Return the text of *rows*, still unread."""
        old = np.arange(len(self)) if self.rows is None else self.rows
        return Words(self._read, old[rows])


class _ReadOnce:
    """Text that is turned into Python strings at most once for all its readers."""

    def __init__(self, source: Any) -> None:
        self.source = source

    @cached_property
    def words(self) -> npt.NDArray[np.object_]:
        source = self.source
        return source if isinstance(source, np.ndarray) else _words(source.to_list())


@attrs.frozen(eq=False)
class Coded:
    """
    A column of text in which few words come back again and again.

    Args:
        codes: Each row's place in *distinct*, -1 for a blank.

        distinct: The words, each once.
    """

    codes: npt.NDArray[np.int32]
    distinct: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def array(self) -> npt.NDArray[np.object_]:
        """The text itself, None for a blank."""
        words = _words([*self.distinct, None])  # the last one is the blank's
        return words[self.codes]

    @property
    def nbytes(self) -> int:
        """The bytes of the codes alone."""
        return self.codes.nbytes

    def take(self, rows: Any) -> Coded:
        """Return the text of *rows*."""
        return Coded(self.codes[rows], self.distinct)

    def places(self, of: Mapping[str, int]) -> Index:
        """Return what *of* has for every row's word, -1 where it has nothing."""
        found = [of.get(str(word), -1) for word in self.distinct]
        return np.array([*found, -1], dtype=np.intp)[self.codes]


Column: TypeAlias = npt.NDArray[Any] | DateRange | Ragged
"""A column that can be reckoned with."""

Stored: TypeAlias = Column | Words | Coded
"""A column as a table keeps it."""

_TYPES = {
    name: field.type
    for table in TABLES.values()
    for field in table
    for name in field.names
}


def _take(column: Stored, rows: Any) -> Stored:
    return column[rows] if isinstance(column, np.ndarray) else column.take(rows)


class _Read(Mapping[str, Column]):
    """Columns by name; text is read from where it lies when it is asked for."""

    def __init__(self, stored: Mapping[str, Stored]) -> None:
        self._stored = stored

    def __getitem__(self, name: str) -> Column:
        column = self._stored[name]
        return column.array if isinstance(column, Words | Coded) else column

    def __contains__(self, name: object) -> bool:
        return name in self._stored  # without reading

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


class _Cut(Mapping[str, Stored]):
    """Columns by name of which some rows are taken, each when it is asked for."""

    def __init__(self, stored: Mapping[str, Stored], rows: slice) -> None:
        self._stored = stored
        self._rows = rows
        self._made: dict[str, Stored] = {}

    def __getitem__(self, name: str) -> Stored:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = _take(self._stored[name], self._rows)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


@attrs.frozen(eq=False)
class Frame:
    """
    A table as columns; a column that is absent is blank in every row.

    Args:
        size: The number of rows.

        stored: The columns by name; text may still lie in a data frame.

    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> facts = ee.Facts.of(ee.County(code="999901", schools=(school,)))
    >>> facts.sections.numbers("pupils"), facts.sections.numbers("classes")
    (array([500.]), array([nan]))
    >>> facts.schools.words("name").tolist(), facts.schools.codes("kind")
    (['示例小学'], array([0], dtype=int8))
    >>> sorted(facts.schools.columns)[:2], facts.schools.take([0], 1).size
    (['built_by_2010', 'built_by_2016'], 1)
    >>> facts.schools.blank("boarding")  # nobody gave it
    array([nan])
    """

    size: int
    stored: Mapping[str, Stored] = attrs.field(factory=dict)

    @property
    def columns(self) -> Mapping[str, Column]:
        """The columns by name, text as arrays of strings."""
        return _Read(self.stored)

    def __contains__(self, name: object) -> bool:
        return name in self.stored

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def blank(self, name: str) -> Column:
        """
        Return what a column that nobody gave would hold.

        Args:
            name: The column.
        """
        kind = _TYPES.get(name)
        if kind == "areas":
            none, starts = np.zeros(0), constant(np.intp(0), self.size + 1)
            return Ragged(none, none, starts, constant(np.False_, self.size))
        if kind == "date":
            never = constant(np.datetime64("NaT", "D"), self.size)
            return DateRange(never, never)
        return self.codes(name) if kind == "choice" else self.numbers(name)

    def numbers(self, name: str) -> Floats:
        """
        Return a column of numbers, float64 of shape ``(size,)``.

        Args:
            name: The column; where it is absent every cell is NaN.
        """
        column = self.columns.get(name)
        if column is None:
            return np.ndarray(self.size, np.float64, _NOTHING, strides=(0,))
        assert isinstance(column, np.ndarray)
        return column

    def codes(self, name: str) -> npt.NDArray[np.int8]:
        """
        Return a column of choices as positions, int8 of shape ``(size,)``.

        Args:
            name: The column; where it is absent every cell is -1.
        """
        column = self.columns.get(name)
        if column is None:
            return constant(np.int8(-1), self.size)
        assert isinstance(column, np.ndarray)
        return column

    def words(self, name: str) -> npt.NDArray[np.object_]:
        """
        Return a column of text, objects of shape ``(size,)``.

        Args:
            name: The column; where it is absent every cell is None.
        """
        column = self.columns.get(name)
        if column is None:
            return np.full(self.size, None, dtype=object)
        assert isinstance(column, np.ndarray)
        return column

    def take(self, rows: Any, size: int) -> Frame:
        """
        Return some of the rows.

        Args:
            rows: A slice, or positions.

            size: How many rows they are.
        """
        if isinstance(rows, slice):
            return Frame(size, _Cut(self.stored, rows))
        return Frame(
            size, {name: _take(column, rows) for name, column in self.stored.items()}
        )


@attrs.frozen(kw_only=True)
class Notice:
    """
    Something a reader of the result should know of the data.

    Args:
        code: A stable name such as ``unknown-column``.

        place: File, sheet and cell, or the entity.

        zh: The sentence in Chinese.

        en: The sentence in English.

    >>> from eduequity.facts import Notice
    >>> Notice(code="unknown-column", place="schools", zh="不读入", en="not read").place
    'schools'
    """

    code: str
    place: str
    zh: str
    en: str


def parts(column: Stored) -> tuple[npt.NDArray[Any], ...]:
    if isinstance(column, Ragged):
        return column.low, column.high, column.starts, column.known
    if isinstance(column, DateRange):
        return column.first, column.last
    return (column.array if isinstance(column, Words | Coded) else column,)


def is_blank(column: Stored) -> bool:
    """Whether no row of a column says anything, as if it had not been given."""
    if isinstance(column, Ragged):
        return not column.known.any()
    part = parts(column)[0]
    if part.dtype == object:
        return all(each is None for each in part)
    if part.dtype.kind in "fM":
        return bool(np.isnan(part).all())
    return part.dtype == np.int8 and bool((part < 0).all())


def canonical(part: npt.NDArray[Any]) -> bytes:
    if part.dtype == object:
        return "\x1f".join("" if each is None else str(each) for each in part).encode()
    if part.dtype.kind == "f":
        # One bit pattern for every NaN, and no negative zero.
        part = np.where(np.isnan(part), np.nan, part) + 0.0
    return np.ascontiguousarray(part).astype(part.dtype.newbyteorder("<")).tobytes()


# -- columns out of cells ----------------------------------------------------------


def _floats(cells: Any) -> Floats:
    if isinstance(cells, np.ndarray) and cells.dtype == np.float64:
        return cells
    return np.array([np.nan if each is None else each for each in cells], dtype=float)


def _text(cells: Any) -> Stored:
    return cells if isinstance(cells, Words | Coded) else _words(cells)


def _words(cells: Any) -> npt.NDArray[np.object_]:
    words = np.empty(len(cells), dtype=object)
    words[:] = list(cells)
    return words


def _codes(cells: Any) -> npt.NDArray[np.int8]:
    if isinstance(cells, np.ndarray) and cells.dtype == np.int8:
        return cells
    return np.array([-1 if each is None else each.rank for each in cells], np.int8)


def _dates(cells: Sequence[PartialDate | None]) -> DateRange:
    first = [None if each is None else each.first for each in cells]
    last = [None if each is None else each.last for each in cells]
    return DateRange(
        np.array(first, dtype="datetime64[D]"), np.array(last, dtype="datetime64[D]")
    )


_MAKERS: Mapping[str, Callable[[Any], Stored]] = {
    "integer": _floats,
    "number": _floats,
    "yes_no": _floats,
    "choice": _codes,
    "date": _dates,
    "areas": Ragged.of,
    "text": _text,
}


def named(fields: Iterable[Field]) -> dict[str, Field]:
    return {name: field for field in fields for name in field.names}


def frame_of(fields: Iterable[Field], table: str, columns: Mapping[str, Any]) -> Frame:
    known = named(fields)
    made = {
        name: _MAKERS[known[name].type](cells)
        for name, cells in columns.items()
        if name in known
    }
    sizes = {len(cells) for cells in columns.values()}
    if len(sizes) > 1:
        raise ValueError(f"{table}: columns of different lengths: {sorted(sizes)}")
    return Frame(sizes.pop() if sizes else 0, made)


def first_known(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)
