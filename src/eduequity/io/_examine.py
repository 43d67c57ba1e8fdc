"""
Looking at data without judging it: every problem, every notice, and what is there.

`copies` hands on the values as they stand in their source, for a workbook in which the
problems are marked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from eduequity.errors import InputError, Problem
from eduequity.facts import DateRange, Facts, Frame, Notice, Ragged
from eduequity.io._own import is_own_sheet
from eduequity.io._read import read
from eduequity.io._sources import Reader, Source
from eduequity.io._tables import Limits, Log, Progress, Raw
from eduequity.model import Field, dictionary


__all__ = ["Checked", "Copy", "copies", "examine"]

_LIMITS = Limits()
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@attrs.frozen(eq=False, kw_only=True)
class Checked:
    """
    What is wrong with data, and what is worth saying: a sequence of problems.

    ``len(checked)`` is the number of problems, so that it is false where all is well.

    Args:
        problems: What makes the data unusable, each with its place.

        notices: What can be used and should be known.

        facts: The data; None where there are problems.

        writer: Writes the workbook in which the problems are marked.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> checked = ee.check({"county": [{"code": "999901", "name": "示例县"}]})
    >>> len(checked), checked.counts
    (0, {'counties': 1, 'schools': 0, 'sections': 0})
    >>> "year" in checked.absent["county"]
    True
    >>> with TemporaryDirectory() as folder:
    ...     checked.write(Path(folder, "marked.xlsx"))
    ...     [path.name for path in Path(folder).iterdir()]
    ['marked.xlsx']
    """

    problems: Sequence[Problem]
    notices: Sequence[Notice] = ()
    facts: Facts | None = attrs.field(default=None, repr=False)
    writer: Callable[..., None] | None = attrs.field(default=None, repr=False)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __getitem__(self, position: int) -> Problem:
        return self.problems[position]

    @property
    def counts(self) -> dict[str, int]:
        """How many counties, schools and sections there are; empty if unusable."""
        if self.facts is None:
            return {}
        return {
            "counties": len(self.facts),
            "schools": self.facts.schools.size,
            "sections": self.facts.sections.size,
        }

    @property
    def absent(self) -> dict[str, tuple[str, ...]]:
        """The columns that hold nothing, for every table that has rows."""
        return {} if self.facts is None else _absent(self.facts)

    def write(self, path: str | os.PathLike[str], *, lang: str = "zh") -> None:
        """
        Write a copy of the values in which every problem is marked.

        Args:
            path: The workbook to write, never the data itself.

            lang: ``zh`` or ``en``.

        Raises:
            OutputError: The file cannot be written, or is the data itself.

            MissingExtraError: The extra ``excel`` is not installed.

            TypeError: It does not come from `eduequity.check`.
        """
        if self.writer is None:
            raise TypeError("only what ee.check returned can be written")
        self.writer(self, path, lang=lang)


def examine(
    source: Source,
    *,
    extra_fields: Sequence[Field] = (),
    limits: Limits = _LIMITS,
    previous: Source | None = None,
    progress: Progress | None = None,
) -> Checked:
    """
    Read a source and collect what is wrong with it instead of raising it.

    >>> [each.code for each in examine({"schools": []})]
    ['no-county']

    Args:
        source: What `read` takes.

        extra_fields: Columns that rule packs declare besides those of the contract.

        limits: How much is taken in before the source is refused.

        previous: Last year's data, which counts are compared with.

        progress: Told which file of a folder comes next.
    """
    log = Log(limits)
    try:
        facts = read(
            source,
            extra_fields=extra_fields,
            limits=limits,
            previous=previous,
            progress=progress,
            log=log,
        )
    except InputError as error:
        return Checked(problems=error.problems, notices=tuple(log.gathered()))
    return Checked(problems=(), notices=facts.notices, facts=facts)


def _absent(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the blank columns of every table that has rows."""
    tables = {"county": facts.counties, "schools": facts.schools, **facts.others}
    return {
        table: names
        for table, frame in tables.items()
        if frame.size and (names := tuple(_blank_names(facts, table, frame)))
    }


def _blank_names(facts: Facts, table: str, frame: Frame) -> Iterator[str]:
    for field in facts.fields.get(table, ()):
        staged = table == "schools" and field.per_stage
        if staged:  # wherever a stage has the figure, the column was given
            if _is_blank(frame, field) and _is_blank(facts.sections, field):
                yield field.name
        else:
            yield from (n for n in field.names if _is_blank(frame, field, n))


def _is_blank(frame: Frame, field: Field, name: str = "") -> bool:
    column = frame.columns.get(name or field.name)
    if column is None:
        return True
    if isinstance(column, DateRange):
        return bool(np.isnat(column.first).all())
    if isinstance(column, Ragged):
        return not column.known.any()
    if field.type == "choice":
        return bool((column < 0).all())
    if field.type == "text":
        return all(each is None for each in column)
    return bool(np.isnan(column).all())


# -- the values as they stand ------------------------------------------------------


@attrs.frozen(eq=False, kw_only=True)
class Copy:
    """
    The values of a sheet, a file or a key, at the rows by which problems name them.

    Args:
        file: The file as problems name it.

        sheet: The sheet or key.

        rows: The cells of every row by its number, from 1.

        first_column: The number of the first column, A being 0.

        headings: Where cells are named by their heading, the column of each; else None.

        heading_row: The number of the row of headings, with *headings*.

        shift: What a row's number is below the number that problems give.
    """

    file: str
    sheet: str
    rows: Mapping[int, Sequence[Any]]
    first_column: int = 0
    headings: Mapping[str, int] | None = None
    heading_row: int = 1
    shift: int = 0

    def locate(self, cell: str, line: int | None = None) -> tuple[int, int] | None:
        """
        Return row and column, from 0, of what a problem calls *cell*.

        Args:
            cell: ``B7``, ``row 7, pupils``, ``row 7``, ``pupils`` or nothing.

            line: The line of a text file.
        """
        found = _LETTERS.match(cell)
        if found and self.headings is None:
            return int(found[2]) - 1, _number(found[1])
        found = _ROW.match(cell)
        if found:
            row = int(found[1]) + self.shift
            return row - 1, self._column(found[2], row)
        if self.headings and cell in self.headings:
            return self.heading_row - 1, self.headings[cell]
        return (line - 1, self.first_column) if line else None

    def _column(self, heading: str | None, row: int) -> int:
        if heading and self.headings and heading in self.headings:
            return self.headings[heading]
        nameless = _NAMELESS.match(heading or "")
        if nameless:
            return int(nameless[1]) - 1
        cells = enumerate(self.rows.get(row, ()), start=self.first_column)
        return next((c for c, cell in cells if cell not in (None, "")), 0)

    def value(self, row: int, column: int) -> Any:
        """
        Return the value at a place that `locate` returned.

        Args:
            row: The row, from 0.

            column: The column, from 0.
        """
        cells, at = self.rows.get(row + 1, ()), column - self.first_column
        return cells[at] if 0 <= at < len(cells) else None


_LETTERS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_ROW = re.compile(r"row ([0-9]{1,9})(?:, (.*))?\Z", re.DOTALL)
_NAMELESS = re.compile(r"column ([0-9]{1,5})\Z")


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def copies(
    source: Source, *, extra_fields: Sequence[Field] = (), limits: Limits = _LIMITS
) -> list[Copy]:
    """
    Return the values of a source sheet by sheet, as far as it can be opened at all.

    Args:
        source: What `read` takes.

        extra_fields: Columns that rule packs declare besides those of the contract.

        limits: How much is taken in.
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        if path.suffix.casefold() in _WORKBOOKS and not path.is_dir():
            return list(_sheets(path, os.fspath(source), limits))
    found = Reader(dictionary(extra_fields), Log(limits)).read(source)
    tables = [
        _of_table(raw)
        for raws in found.values()
        for raw in raws
        if raw.first_column is None
    ]
    return [*tables, *_in_folder(source, limits)]


def _in_folder(source: Source, limits: Limits) -> Iterator[Copy]:
    """Yield the sheets of the workbooks of a folder."""
    if isinstance(source, (str, os.PathLike)) and Path(source).is_dir():
        folder = Path(source)
        for path in sorted((*folder.glob("*"), *folder.glob("*/*"))):
            hidden = path.name.startswith((".", "~"))
            if path.suffix.casefold() in _WORKBOOKS and not hidden:
                yield from _sheets(path, path.relative_to(folder).as_posix(), limits)


def _sheets(path: Path, file: str, limits: Limits) -> Iterator[Copy]:
    from eduequity.io._workbooks import WorkbookError, opened

    try:
        if path.stat().st_size > limits.file_bytes:
            return
        with opened(path.read_bytes(), limits) as workbook:
            for sheet in workbook.sheets():
                if sheet.blank or is_own_sheet(sheet.name):
                    continue
                top, left, grid = sheet.grid()
                yield Copy(
                    file=file,
                    sheet=sheet.name,
                    rows=dict(enumerate(grid, start=top + 1)),
                    first_column=left,
                )
    except (OSError, WorkbookError):
        return  # what it is refused for is among the problems


def _of_table(raw: Raw) -> Copy:
    """Copy a table that has no letters: headings in their row, or in the first."""
    shift = 0 if raw.heading_row is not None else 1
    top = raw.heading_row or 1
    headings = list(raw.headings)
    rows: dict[int, Sequence[Any]] = {top: headings}
    for row, number in enumerate(raw.rows):
        at = number + shift if isinstance(number, int) else top + 1 + row
        rows[at] = [column[row] for column in raw.columns]
    places = {name: at for at, name in reversed(list(enumerate(headings))) if name}
    return Copy(
        file=raw.file,
        sheet=raw.sheet,
        rows=rows,
        headings=places,
        heading_row=top,
        shift=shift,
    )
