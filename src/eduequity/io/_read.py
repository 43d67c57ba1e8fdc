"""`read`: a source in, facts out, or all problems at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from eduequity.facts import Counts, Facts
from eduequity.io._cells import read_column
from eduequity.io._checks import check, check_records
from eduequity.io._headings import Heading, columns_of
from eduequity.io._sources import Reader, Source
from eduequity.io._tables import Cells, Limits, Log, Raw, Table
from eduequity.model import Field, dictionary


if TYPE_CHECKING:
    from eduequity.io._records import Lazy

__all__ = ["count_records", "read"]

_LIMITS = Limits()


def read(
    source: Source,
    *,
    extra_fields: Sequence[Field] = (),
    limits: Limits = _LIMITS,
    log: Log | None = None,
) -> Facts:
    """
    Read the data of one or more counties.

    >>> facts = read({"county": [{"code": "999901"}]})
    >>> facts.codes
    ['999901']

    Args:
        source: A folder of ``.csv`` or ``.parquet`` files, a ``.json`` document, a
            workbook (``.xlsx``, ``.xls``, ``.ods``), a mapping from tables to rows,
            columns or data frames, or one or more `County` records.

        extra_fields: Columns that rule packs declare besides those of the contract.

        limits: How much is taken in before the source is refused.

        log: Where problems and notices are collected, for who wants both.

    Raises:
        InputError: The data cannot be used; it holds every problem with its place.

        MissingExtraError: A workbook or Parquet file needs an extra.
    """
    log = log or Log(limits)
    fields = dictionary(extra_fields)
    reader = Reader(fields, log)
    tables = {
        name: _typed(raw, columns_of(raw, fields[name], log), log)
        for name, raw in reader.read(source).items()
    }
    counts, suspects = _counted(reader.lazy, tables.get("schools"), log)
    check({**tables, **suspects}, log)
    log.finish()
    return Facts.from_columns(
        {
            name: {
                column: values.data if isinstance(values, Cells) else values
                for column, values in table.columns.items()
                if not _is_blank(values)
            }
            for name, table in tables.items()
        },
        notices=log.notices,
        fields=fields,
        counts=counts,
    )


def count_records(table: str, content: Any, *, limits: Limits = _LIMITS) -> Counts:
    """
    Count single teachers or classes by school and stage, in the engine they live in.

    >>> import polars as pl
    >>> rows = pl.LazyFrame({"学校代码": ["S1"], "学段": ["小学"], "学历": ["本科"]})
    >>> count_records("teachers", rows).school.tolist()
    ['S1']

    Args:
        table: ``teachers`` or ``classes``.

        content: A lazy table that narwhals knows (Polars, DuckDB, PySpark).

        limits: How many rows with problems are listed.

    Raises:
        InputError: A cell cannot be read, or a column is missing.

        TypeError: *content* is no lazy table.
    """
    from eduequity.io._records import Lazy, lazy_frame

    frame = lazy_frame(content)
    if frame is None:
        raise TypeError(f"expected a lazy table, not {type(content).__name__}")
    log = Log(limits)
    records = Lazy(table, frame, dictionary()[table], {"sheet": table}, log)
    counts, rows = records.counted(None, alone=True)
    if rows is not None:
        check_records(_typed(rows, records.meant, log), log)
    log.finish()
    assert counts is not None
    return counts


def _counted(
    lazy: Mapping[str, Lazy], schools: Table | None, log: Log
) -> tuple[dict[str, Counts], dict[str, Table]]:
    """Count records where they lie; return those too that something is wrong with."""
    counts, suspects = {}, {}
    for name, records in lazy.items():
        found, rows = records.counted(schools)
        if found is not None:
            counts[name] = found
        if rows is not None:
            suspects[name] = _typed(rows, records.meant, log)
    return counts, suspects


def _values(
    raw: Raw, column: int, meant: Heading, log: Log
) -> tuple[Sequence[Any], list[int]]:
    """Read a column: whole where a data frame holds it, else cell by cell."""
    if not isinstance(raw.columns[column], (list, tuple)):
        from eduequity.io._frames import cells_of, read_series

        found = read_series(meant.field, raw, column, meant.factor, log)
        if found is not None:
            return found
        cells = [[]] * column + [cells_of(raw.columns[column])]
        raw = attrs.evolve(raw, columns=cells)
    return read_column(meant.field, raw, column, meant.factor, log)


def _is_blank(values: Sequence[Any]) -> bool:
    if isinstance(values, Cells):
        return values.blank
    return all(each is None for each in values)


def _typed(raw: Raw, headings: Mapping[int, Heading], log: Log) -> Table:
    columns: dict[str, Sequence[Any]] = {}
    at, bad = {}, set()
    for column, meant in headings.items():
        values, failed = _values(raw, column, meant, log)
        columns[meant.name] = values
        at[meant.name] = column
        bad |= {(meant.name, row) for row in failed}
    return Table(raw=raw, columns=columns, at=at, bad=frozenset(bad))
