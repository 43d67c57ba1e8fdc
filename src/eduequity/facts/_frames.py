"""Facts as data frames, in the columns of the data contract."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from eduequity.errors import MissingExtraError, UnknownNameError
from eduequity.facts._columns import STAGES, Column, DateRange, Floats, Frame, Ragged
from eduequity.model import PartialDate
from eduequity.vocab import Choice


if TYPE_CHECKING:
    from eduequity.facts._facts import Facts


__all__ = ["BACKENDS", "to_frame"]

BACKENDS = ("polars", "pyarrow", "pandas", "duckdb")
"""What a frame can be made with, the first that is installed by default."""


def to_frame(facts: Facts, table: str, backend: str | None) -> Any:
    """Return one table as a native data frame; see `Facts.to_frame`."""
    import narwhals as nw

    backend = backend or next(filter(importlib.util.find_spec, BACKENDS), "pyarrow")
    if backend not in BACKENDS:
        raise UnknownNameError("backend", backend, BACKENDS)
    made: Any = "pyarrow" if backend == "duckdb" else backend
    cells = dict(_table(facts, table))
    numbers = [name for name, column in cells.items() if _is_number(column)]
    try:
        series = {name: _series(name, each, made) for name, each in cells.items()}
        frame = nw.from_dict(series, backend=made).with_columns(
            nw.when(~nw.col(name).is_nan()).then(nw.col(name)).alias(name)
            for name in numbers
        )
        if backend == "duckdb":
            return frame.lazy(backend="duckdb").to_native()
    except ModuleNotFoundError as error:
        raise MissingExtraError("arrow", f"a frame of {backend}") from error
    return frame.to_native()


def _is_number(cells: Any) -> bool:
    return isinstance(cells, np.ndarray) and cells.dtype == np.float64


def _series(name: str, cells: Any, backend: Any) -> Any:
    """Make a column in the engine's own type; numbers may still be NaN."""
    import narwhals as nw

    if _is_number(cells):
        return nw.new_series(name, cells, nw.Float64(), backend=backend)
    if isinstance(cells, np.ndarray):
        return nw.new_series(name, cells.tolist(), nw.String(), backend=backend)
    if backend == "pandas":  # numpy's own yes/no has no blank
        import pandas as pd  # type: ignore[import-untyped]

        native = pd.Series(cells, name=name, dtype="boolean")
        return nw.from_native(native, series_only=True)
    return nw.new_series(name, cells, nw.Boolean(), backend=backend)


# -- tables --------------------------------------------------------------------------


def _table(facts: Facts, table: str) -> Iterator[tuple[str, Any]]:
    """Yield the columns of a table: arrays of floats or of text, lists of yes/no."""
    if table == "sections":
        yield from _sections(facts)
        return
    frames = {"county": facts.counties, "schools": facts.schools, **facts.others}
    if table not in frames:
        raise UnknownNameError("table", table, (*frames, "sections"))
    yield from _declared(facts, table, frames[table])
    if table == "schools":
        for stage in STAGES:
            yield from _staged(facts, stage)


def _declared(facts: Facts, table: str, frame: Frame) -> Iterator[tuple[str, Any]]:
    """Yield what the contract declares; what was worked out stays behind."""
    for field in facts.fields[table]:
        for name in field.names:
            if name in frame:
                yield name, _cells(frame[name], field.type, field.choices)


def _sections(facts: Facts) -> Iterator[tuple[str, Any]]:
    school = facts.section_school
    for name, frame in (("county", facts.counties), ("school", facts.schools)):
        rows = facts.section_county if name == "county" else school
        yield name, frame.words("code")[rows]
    yield "name", facts.schools.words("name")[school]
    yield "stage", _words(STAGES, facts.section_stage)
    for name in facts.sections.stored:
        yield name, facts.sections.numbers(name)


def _staged(facts: Facts, stage: Choice) -> Iterator[tuple[str, Floats]]:
    """Yield the stage's columns of schools; blank where a school has no such stage."""
    at = facts.section_stage == stage.rank
    for field in facts.fields["schools"]:
        if field.per_stage and field.name in facts.sections:
            column = np.full(facts.schools.size, np.nan)
            column[facts.section_school[at]] = facts.sections.numbers(field.name)[at]
            yield f"{stage}_{field.name}", column


# -- cells ---------------------------------------------------------------------------


def _cells(column: Column, kind: str, choices: type[Choice] | None) -> Any:
    if isinstance(column, DateRange):
        pairs = zip(column.first.tolist(), column.last.tolist(), strict=True)
        return _text(None if a is None else str(PartialDate(a, b)) for a, b in pairs)
    if isinstance(column, Ragged):
        return _text(_areas(column))
    if choices is not None:
        return _words(tuple(choices), column)
    if kind == "yes_no":
        return [None if np.isnan(cell) else bool(cell) for cell in column]
    return column


def _text(cells: Any) -> Any:
    words = list(cells)
    column = np.empty(len(words), dtype=object)
    column[:] = words
    return column


def _words(choices: tuple[Choice, ...], codes: Any) -> Any:
    return _text([*(each.value for each in choices), None])[codes]


def _areas(column: Ragged) -> Iterator[str | None]:
    """Write lists of areas as the contract does; a blank where only bands are known."""
    exact = column.low == column.high
    for row, known in enumerate(column.known):
        part = slice(column.starts[row], column.starts[row + 1])
        written = ";".join(f"{area:.12g}" for area in column.low[part])
        yield written if known and exact[part].all() else None
