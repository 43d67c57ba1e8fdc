"""
Columns of data frames, read as whole arrays.

What is plainly right is taken as it stands: numbers as the array that the frame holds,
words by their distinct spellings, text as a handle that leaves it where it lies. Only
the other cells are parsed one by one, by the parser of every other source, so that a
frame is refused for the same reasons and in the same words as a workbook.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import numpy.typing as npt

from eduequity.facts import Coded, Floats, Words
from eduequity.io._cells import (
    CellError,
    blank_cell,
    changed_by_rounding,
    hundredths,
    parser,
    say_rounded,
)
from eduequity.io._tables import Cells, Data, Log, Raw, is_blank
from eduequity.model import Field


if TYPE_CHECKING:
    from decimal import Decimal


__all__ = ["cells_of", "frame_of", "read_series"]

Flags: TypeAlias = npt.NDArray[np.bool_]
Series: TypeAlias = "nw.Series[Any]"

_JUST_EXACT = 2.0**53 - 1
_PLACES = 1e13
_TIE = 1e-6


def read_series(
    field: Field, raw: Raw, column: int, factor: Decimal | None, log: Log
) -> tuple[Cells, list[int]] | None:
    """
    Return the values of a frame's column and the rows whose cell could not be read.

    None stands for a column that has to be read cell by cell: lists of areas, dates,
    figures under a heading with another unit, and columns of mixed Python objects.
    """
    series: Series = raw.columns[column]  # type: ignore[assignment]
    series = _plain(series)
    reads = _READERS.get(field.type)
    if reads is None or factor is not None:
        return None
    found = reads(series, field)
    if found is None:
        return None
    doubtful = _Doubtful(field, raw, column, log)
    data = doubtful.settle(series, *found)
    unique = field.name == "code" and isinstance(data, Words) and _differ(series)
    if field.hundredths:
        data, changed = _rounded(data)
        say_rounded(changed, lambda row: raw.cell(column, row), log)
    return Cells(field, data, unique), sorted(doubtful.bad)


def frame_of(content: Any) -> nw.DataFrame[Any] | None:
    """Return any data frame that narwhals knows, collected; None for anything else."""
    try:
        frame = nw.from_native(content)
    except TypeError:
        return None
    if isinstance(frame, nw.LazyFrame):
        return frame.collect()
    return frame if isinstance(frame, nw.DataFrame) else None


def cells_of(series: Any) -> list[Any]:
    """Return the cells of a frame's column one by one, None for every null."""
    return _Nullless(series).to_list()


def _plain(series: Series) -> Series:
    if series.dtype in (nw.Categorical, nw.Enum):
        return series.cast(nw.String)
    return series


def _differ(series: Series) -> bool:
    return bool(series.n_unique() == len(series))


def _nulls(series: Series) -> Flags:
    if not series.null_count():
        return np.zeros(len(series), dtype=np.bool_)
    nulls: Flags = series.is_null().to_numpy().astype(np.bool_)
    return nulls


class _Doubtful:
    """Reads the cells that are not plainly right, with the parser of all sources."""

    def __init__(self, field: Field, raw: Raw, column: int, log: Log) -> None:
        self.field = field
        self.log = log
        self.raw = raw
        self.column = column
        self.parse = parser(field, longest=log.limits.text)
        self.bad: list[int] = []

    def settle(self, series: Series, data: Data, rows: Flags, blank: Flags) -> Data:
        """Return *data* with the cells of *rows* parsed; say what is wrong."""
        asked = blank | rows if self.field.required else rows
        at = np.flatnonzero(asked)
        if not len(at):
            return data
        kept = data.array.copy() if isinstance(data, Words) else data
        if isinstance(kept, np.ndarray) and not kept.flags.writeable:
            kept = kept.copy()
        cells = series[at.tolist()].to_list()
        for row, cell in zip(at.tolist(), cells, strict=True):
            value = self._read(row, None if blank[row] else cell)
            if isinstance(kept, np.ndarray):
                kept[row] = self._stored(value, kept.dtype)
        if isinstance(data, Words) and isinstance(kept, np.ndarray):
            return Words(kept)
        return kept

    def _read(self, row: int, cell: Any) -> Any:
        place = self.raw.cell(self.column, row)
        try:
            value = None if is_blank(cell) else self.parse(cell)
        except CellError as error:
            self.log.problem(error.code, error.sentence, place)
            self.bad.append(row)
            return None
        if value is None and self.field.required:
            blank_cell(place, self.log)
            self.bad.append(row)
        return value

    @staticmethod
    def _stored(value: Any, dtype: Any) -> Any:
        if dtype.kind == "O":
            return value
        if dtype == np.int8:
            return -1 if value is None else value.rank
        return math.nan if value is None else float(value)


Read: TypeAlias = tuple[Data, Flags, Flags]
"""The data, the rows that are not plainly right, and those that are blank."""


# -- numbers -------------------------------------------------------------------------


def _numbers(series: Series, field: Field) -> Read | None:
    if not series.dtype.is_numeric():
        return _all_blank(series)
    blank = _nulls(series)
    values: Floats = series.cast(nw.Float64).to_numpy()
    low = -math.inf if field.minimum is None else field.minimum
    high = math.inf if field.maximum is None else field.maximum
    odd = (values < max(low, -_JUST_EXACT)) | (values > min(high, _JUST_EXACT))
    if field.type == "integer":
        odd |= np.trunc(values) != values  # blanks too, for the moment
        odd &= ~blank
    elif np.count_nonzero(np.isnan(values)) > np.count_nonzero(blank):
        odd |= np.isnan(values) & ~blank
    return values, odd, blank


def _all_blank(series: Series) -> Read | None:
    """Return a column of nulls alone, which frames often keep without a type."""
    if series.null_count() < len(series):
        return None
    size = len(series)
    return np.full(size, np.nan), np.zeros(size, bool), np.ones(size, bool)


def _yes_no(series: Series, field: Field) -> Read | None:
    if series.dtype == nw.String:
        return _spelt(series, field, np.float64)
    if series.dtype != nw.Boolean and not series.dtype.is_numeric():
        return _all_blank(series)
    blank = _nulls(series)
    values: Floats = series.cast(nw.Float64).to_numpy()
    return values, ~blank & (values != 0) & (values != 1), blank


def _rounded(data: Data) -> tuple[Data, list[int]]:
    """Round half up to 0.01; return the rows where that changes the value."""
    assert isinstance(data, np.ndarray)
    with np.errstate(invalid="ignore", over="ignore"):
        odd = np.flatnonzero((np.round(data, 2) != data) & ~np.isnan(data))
        if not len(odd):
            return data, []
        values = data[odd]
        cents = values * 100
        near = np.floor(cents + 0.5) / 100
        # Close to a tie, or where 0.01 is near the last digit, the decimals decide.
        hard = np.abs(cents - np.floor(cents) - 0.5) < _TIE
        hard |= np.abs(values) > _PLACES
    for at in np.flatnonzero(hard):
        near[at] = hundredths(float(values[at]))
    result = data.copy()
    result[odd] = near
    changed = odd[changed_by_rounding(values, near)]
    return result, changed.tolist()


# -- words ---------------------------------------------------------------------------


def distinct_words(series: Series) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return a text column's distinct words and each row's place in them, -1: null."""
    words: list[str] = series.drop_nulls().unique().to_list()
    if not words:
        return [], np.full(len(series), -1, dtype=np.int32)
    places = series.replace_strict(
        words, list(range(len(words))), default=None, return_dtype=nw.Int32
    )
    codes: npt.NDArray[np.int32] = places.fill_null(-1).to_numpy().astype(np.int32)
    return words, codes


def _spelt(series: Series, field: Field, dtype: Any) -> Read:
    """Read a column of words by parsing each of its distinct spellings once."""
    words, codes = distinct_words(series)
    parse = parser(field)
    table = np.full(len(words) + 1, -1.0 if dtype == np.int8 else np.nan)
    doubtful = np.zeros(len(words) + 1, dtype=np.bool_)
    empty = np.ones(len(words) + 1, dtype=np.bool_)  # the last one is for nulls
    for number, word in enumerate(words):
        empty[number] = is_blank(word)
        if empty[number]:
            continue
        try:
            value = parse(word)
        except CellError:
            doubtful[number] = True
        else:
            table[number] = value.rank if dtype == np.int8 else float(value)
    return table.astype(dtype)[codes], doubtful[codes], empty[codes]


def _choices(series: Series, field: Field) -> Read | None:
    if series.dtype == nw.String:
        return _spelt(series, field, np.int8)
    if series.null_count() < len(series):
        if not series.dtype.is_integer():
            return None
        return _spelt(series.cast(nw.String), field, np.int8)
    size = len(series)
    return np.full(size, -1, np.int8), np.zeros(size, bool), np.ones(size, bool)


_OF_OTHERS = frozenset({"county", "school"})
"""Codes that stand in many rows: they are read by their distinct spellings."""

_CODES = frozenset({"code", "county", "school", "parent", "entity", "id"})
_ODD = r"[^\x21-\x7e]|^$|/|^#"
_ODD_TEXT = (
    "^$|^[\\s\u3000\u00a0]|[\\s\u3000\u00a0]$|^#"
    "|[\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028\u2029\ufeff]"
)
"""What makes a cell of text worth a closer look: it may still be right."""


def _text(series: Series, field: Field) -> Read | None:
    if series.dtype.is_integer():
        series = series.cast(nw.String)
    if series.dtype != nw.String:
        if series.null_count() < len(series):
            return None
        size = len(series)
        none = Coded(np.full(size, -1, np.int32), np.empty(0, dtype=object))
        return none, np.zeros(size, bool), np.ones(size, bool)
    if field.name in _OF_OTHERS:
        return _codes_of_others(series, field)
    if (field.table, field.name) == ("county", "code"):
        odd = ~series.str.contains("^[0-9]{6}$")
    else:
        pattern = _ODD if field.name in _CODES else _ODD_TEXT
        odd = series.str.contains(pattern) | (series.str.len_chars() > _SHORT)
    blank = _nulls(series)
    found = odd.fill_null(value=False).to_numpy().astype(np.bool_)
    return Words(_Nullless(series)), found, blank


_SHORT = 100


def _codes_of_others(series: Series, field: Field) -> Read:
    words, codes = distinct_words(series)
    if (PLAIN_COUNTIES if field.name == "county" else PLAIN).fullmatch(_lines(words)):
        return Coded(codes, _array(words)), np.zeros(len(codes), bool), codes < 0
    parse = parser(field)
    doubtful = np.zeros(len(words) + 1, dtype=np.bool_)
    empty = np.ones(len(words) + 1, dtype=np.bool_)
    clean: list[str | None] = []
    for number, word in enumerate(words):
        try:
            clean.append(None if is_blank(word) else parse(word))
        except CellError:
            doubtful[number] = True
            clean.append(None)
        empty[number] = clean[-1] is None and not doubtful[number]
    kept = list(dict.fromkeys(each for each in clean if each is not None))
    place = {word: number for number, word in enumerate(kept)}
    table = np.array([place.get(each or "", -1) for each in clean] + [-1], np.int32)
    return Coded(table[codes], _array(kept)), doubtful[codes], empty[codes]


PLAIN = re.compile(r"(?:[!\"$-.0-~]{1,100}\n)*")
PLAIN_COUNTIES = re.compile(r"(?:[0-9]{6}\n)*")
"""Codes, one a line, that need no cleaning."""


def _lines(words: list[str]) -> str:
    return "\n".join([*words, ""])


def _array(words: list[str]) -> npt.NDArray[np.object_]:
    array = np.empty(len(words), dtype=object)
    array[:] = words
    return array


@attrs.frozen(eq=False)
class _Nullless:
    """Text of a frame in which every kind of null is None."""

    series: Series

    def __len__(self) -> int:
        return len(self.series)

    def to_list(self) -> list[Any]:
        """Return the text as Python strings."""
        words: list[Any] = self.series.to_list()
        if self.series.null_count():
            for row in np.flatnonzero(_nulls(self.series)):
                words[row] = None
        return words


_READERS: Mapping[str, Callable[[Series, Field], Read | None]] = {
    "integer": _numbers,
    "number": _numbers,
    "yes_no": _yes_no,
    "choice": _choices,
    "text": _text,
}
