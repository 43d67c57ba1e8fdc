"""`read`: a source in, facts out, or all problems at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from eduequity.facts import Counts, Facts
from eduequity.io._cells import read_column
from eduequity.io._checks import check, check_records
from eduequity.io._combine import combined, named_by_code, settled
from eduequity.io._headings import Heading, columns_of
from eduequity.io._previous import check_previous
from eduequity.io._ratios import check_ratios
from eduequity.io._sources import Reader, Source
from eduequity.io._statistics import with_parts
from eduequity.io._tables import Cells, Limits, Log, Progress, Raw, Table
from eduequity.io._totals import check_totals
from eduequity.model import Field, dictionary
from eduequity.vocab import Text


__all__ = ["count_records", "read"]

_LIMITS = Limits()


def read(
    source: Source,
    *,
    extra_fields: Sequence[Field] = (),
    limits: Limits = _LIMITS,
    previous: Source | None = None,
    progress: Progress | None = None,
    log: Log | None = None,
) -> Facts:
    """
    Read the data of one or more counties.

    >>> facts = read({"county": [{"code": "999901"}]})
    >>> facts.codes
    ['999901']

    Args:
        source: A folder of ``.csv`` or ``.parquet`` files or of workbooks, a ``.json``
            document, a workbook (``.xlsx``, ``.xls``, ``.ods``), a mapping from tables
            to rows, columns or data frames, or one or more `County` records.

        extra_fields: Columns that rule packs declare besides those of the contract.

        limits: How much is taken in before the source is refused.

        previous: Last year's data, of any form: counts that fall or jump against it
            become notices.

        progress: Called with files done, files in all and the next file's name while a
            folder is read, and once more while tables are counted where they lie.

        log: Where problems and notices are collected, for who wants both.

    Raises:
        InputError: The data cannot be used; it holds every problem with its place.

        MissingExtraError: A workbook or Parquet file needs an extra.
    """
    log = log or Log(limits)
    fields = dictionary(extra_fields)
    reader = Reader(fields, log, progress)
    tables = _tables(reader, source, log)
    counts, suspects = _counted(reader, tables.get("schools"), log)
    check({**tables, **suspects}, log)
    check_ratios(tables, log)
    if previous is not None:
        _check_previous(tables, previous, fields, log)
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
        notices=log.gathered(),
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

    Returns:
        The counts, one per school and stage.

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
    reader: Reader, schools: Table | None, log: Log
) -> tuple[dict[str, Counts], dict[str, Table]]:
    """Count records where they lie; return those too that something is wrong with."""
    counts: dict[str, Counts] = {}
    suspects: dict[str, Table] = {}
    for name, records in reader.lazy.items():
        reader.tell(len(counts), len(reader.lazy), records.raw.file or name)
        found, rows = records.counted(schools)
        if found is not None:
            counts[name] = found
        if rows is not None:
            suspects[name] = _typed(rows, records.meant, log)
    if reader.lazy:
        reader.tell(len(reader.lazy), len(reader.lazy), "")
    return counts, suspects


def _check_previous(
    tables: Mapping[str, Table],
    previous: Source,
    fields: Mapping[str, tuple[Field, ...]],
    log: Log,
) -> None:
    """Compare with last year's data; what is wrong in that is a problem as well."""
    before = Log(log.limits)
    earlier = _tables(Reader(fields, before), previous, before)
    log.problems += before.problems
    check_previous(tables, earlier, log)


def _tables(reader: Reader, source: Source, log: Log) -> dict[str, Table]:
    """Return the tables of a source, each put together from its parts."""
    found, fields = reader.read(source), reader.fields
    tables: dict[str, Table] = {}
    # The county comes first: official forms leave its code to be known from elsewhere.
    for name in sorted(found, key=lambda name: name != "county"):
        counties = tables["county"].get("code") if "county" in tables else ()
        raws = [settled(raw, counties, log) for raw in found[name]]
        parts = [_typed(r, columns_of(r, fields[name], log), log) for r in raws]
        tables[name] = combined(parts, fields[name], log)
    if "reported" in tables and "schools" in tables:
        named_by_code(tables["reported"], tables["schools"])
    return tables


def _typed(raw: Raw, meant: Mapping[int, Heading], log: Log) -> Table:
    columns: dict[str, Sequence[Any]] = {}
    at: dict[str, int] = {}
    bad: set[tuple[str, int]] = set()
    for column, heading in meant.items():
        values, failed = _values(raw, column, heading, log)
        bad |= {(heading.name, row) for row in failed}
        if heading.name in columns:
            values = _added(columns[heading.name], values)
        else:
            at[heading.name] = column
        columns[heading.name] = values
    _drop_halves(columns, raw, meant, log)
    table = Table(raw=raw, columns=columns, at=at, bad=frozenset(bad))
    if raw.layout == "statistics":
        with_parts(table, [heading.field for heading in meant.values()])
    if raw.totals:
        check_totals(table, meant, log)
    return table


def _added(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    """Add the parts of a figure up; with a blank among them the sum is unknown."""
    pairs = zip(first, second, strict=True)
    return [None if None in pair else pair[0] + pair[1] for pair in pairs]


_WHOLE = (
    frozenset({"体育", "艺术计"}),
    frozenset({"体育", "音乐", "美术"}),
    frozenset({"体育", "音乐", "美术", "艺术"}),
)
"""The parts that make the number of PE and arts teachers."""


def _drop_halves(
    columns: dict[str, Sequence[Any]], raw: Raw, meant: Mapping[int, Heading], log: Log
) -> None:
    """Leave out a figure of which only some parts are given."""
    parts: dict[str, set[str]] = {}
    at: dict[str, int] = {}
    for column, heading in meant.items():
        if heading.part:
            parts.setdefault(heading.name, set()).add(heading.part)
            at[heading.name] = column
    for name, given in parts.items():
        if frozenset(given) in _WHOLE:
            continue
        del columns[name]
        words = "、".join(sorted(given))
        log.notice(
            "incomplete-parts",
            Text(
                f"{name} 只给出 {words}，缺其余学科，合计未知",
                f"of {name} only {words} are given, its sum is unknown",
            ),
            raw.heading(at[name]),
        )


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
