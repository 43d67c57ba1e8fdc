"""From a source (folder, document, workbook, mapping, records) to raw tables."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eduequity.errors import MissingExtraError
from eduequity.facts import RECORDS
from eduequity.io._grids import Cells, find_headings, laid_out
from eduequity.io._headings import likely_table, meanings_of, table_name
from eduequity.io._own import PREAMBLE, below_preamble, is_own_sheet
from eduequity.io._sheets import read_sheet
from eduequity.io._tables import (
    MOST_COLUMNS,
    Log,
    Place,
    Progress,
    Raw,
    is_blank,
    shown,
)
from eduequity.model import County, Field, rows_of
from eduequity.vocab import Text


if TYPE_CHECKING:
    from eduequity.io._records import Lazy
    from eduequity.io._workbooks import Sheet

__all__ = ["Fields", "Reader", "Source"]

Fields = Mapping[str, tuple[Field, ...]]
"""The fields of every table."""

Source = str | os.PathLike[str] | Mapping[str, object] | County | Sequence[County]
"""What can be read."""

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_IN_FOLDERS = {True: (".csv", ".parquet", *_WORKBOOKS), False: _WORKBOOKS}


class _UnreadableError(Exception):
    """Why a file or a table cannot be read at all, and where in it."""

    def __init__(
        self,
        code: str,
        zh: str,
        en: str,
        *,
        sheet: str = "",
        cell: str = "",
        line: int | None = None,
    ) -> None:
        self.code = code
        self.sentence = Text(zh, en)
        self.sheet = sheet
        self.cell = cell
        self.line = line
        super().__init__(en)

    def place(self, within: Place) -> Place:
        """Return the place, given the file or table that was being read."""
        return {
            "file": within.get("file", ""),
            "sheet": self.sheet or within.get("sheet", ""),
            "cell": self.cell,
            "line": self.line,
        }


class Reader:
    """
    Reads one source.

    Args:
        fields: The fields of every table.

        log: Where problems and notices go.

        progress: Told which file of a folder comes next.
    """

    def __init__(
        self, fields: Fields, log: Log, progress: Progress | None = None
    ) -> None:
        self.fields = fields
        self.log = log
        self.progress = progress
        self.found: dict[str, list[Raw]] = {}
        self.named: set[str] = set()
        self.lazy: dict[str, Lazy] = {}

    def tell(self, done: int, files: int, name: str) -> None:
        """Tell who asked how far it is."""
        if self.progress:
            self.progress(done, files, name)

    def read(self, source: Source) -> Mapping[str, Sequence[Raw]]:
        """Return the tables of *source*, each in its parts, as far as can be read."""
        if isinstance(source, (str, os.PathLike)):
            self._path(source)
        elif isinstance(source, Mapping):
            self._mapping(source, "")
        else:
            self._mapping(rows_of(_records_in(source)), "")
        return self.found

    # -- files ---------------------------------------------------------------------

    def _path(self, source: str | os.PathLike[str]) -> None:
        file = self.log.source = os.fspath(source)
        try:
            path = Path(file)
            if path.is_dir():
                self._folder(path)
            else:
                self._file(path, file)
        except _UnreadableError as error:
            self._give_up(error, {"file": file}, "*")

    def _give_up(self, error: _UnreadableError, within: Place, table: str) -> None:
        self.log.unreadable(error.code, error.sentence, error.place(within), table)

    def _file(self, path: Path, file: str) -> None:
        suffix = path.suffix.casefold()
        if suffix in _WORKBOOKS:
            self._workbook(self._bytes(path), file)
        elif suffix == ".json":
            self._json(self._bytes(path), file)
        else:
            self._bytes(path)  # what is not there is said first
            raise _UnreadableError(
                "unknown-format",
                f"不支持的文件类型“{suffix}”，应为文件夹、.json、.xlsx、.xls 或 .ods",
                f"a file of type {shown(suffix)} cannot be read, expected a folder of "
                ".csv files, .json, .xlsx, .xls or .ods",
            )

    def _bytes(self, path: Path) -> bytes:
        """Return the content of a file that is there, not empty and not too large."""
        most = self.log.limits.file_bytes
        try:
            if not path.is_file():
                raise _UnreadableError(
                    "not-found",
                    "没有这个文件或文件夹",
                    "there is no such file or folder",
                )
            with path.open("rb") as file:
                data = file.read(most + 1)
        except (OSError, ValueError) as error:
            raise _UnreadableError(
                "unreadable", f"无法打开：{error}", f"cannot be opened: {error}"
            ) from error
        if len(data) > most:
            raise _UnreadableError(
                "file-too-large",
                f"文件超过 {most} 字节的上限",
                f"the file is larger than the {most} bytes that are read",
            )
        if not data.strip(b"\0 \r\n\t"):
            raise _UnreadableError(
                "empty-file", "文件是空的，应有数据", "the file is empty, expected data"
            )
        return data

    def _folder(self, folder: Path) -> None:
        given = 0
        paths = self._listed(folder)
        for number, path in enumerate(paths):
            file = path.relative_to(folder).as_posix()
            self.tell(number, len(paths), file)
            given += self._member(path, file)
        self.tell(len(paths), len(paths), "")
        if not given:
            raise _UnreadableError(
                "empty-folder",
                "文件夹中没有数据文件，应有 county.csv、schools.csv 等，或各校的工作簿",
                "the folder has no data files, expected county.csv, schools.csv, … or "
                "workbooks of schools",
            )

    def _listed(self, folder: Path) -> list[Path]:
        """Return the files with data: in the folder, and workbooks one level below."""
        try:
            return sorted(
                each
                for each in (*folder.glob("*"), *folder.glob("*/*"))
                if each.suffix.casefold() in _IN_FOLDERS[each.parent == folder]
                and not each.name.startswith((".", "~"))
                and not each.parent.name.startswith((".", "~"))
            )
        except OSError as error:
            raise _UnreadableError(
                "unreadable", f"无法打开：{error}", f"cannot be opened: {error}"
            ) from error

    def _member(self, path: Path, file: str) -> bool:
        """Read one file of a folder; tell whether it was meant as a table."""
        place: Place = {"file": file}
        if path.suffix.casefold() in _WORKBOOKS:
            return self._workbook_of_folder(path, place)
        table = self._table(path.stem, place)
        if table is None:
            return likely_table(path.stem) is not None
        try:
            lazy = self._in_engine(path, table)
            if lazy is not None:
                self._frame(table, lazy, place)
                return True
            data = self._bytes(path)
            if path.suffix.casefold() == ".csv":
                self._csv(data, table, path.name)
            else:
                self._parquet(data, table, path.name)
        except _UnreadableError as error:
            self._give_up(error, place, table)
        return True

    def _in_engine(self, path: Path, table: str) -> Any:
        """Return many teachers or classes as a lazy table, None for all else."""
        if table not in RECORDS or path.suffix.casefold() != ".parquet":
            return None
        rows = _parquet_rows(path)
        return _scanned(path) if rows > self.log.limits.records else None

    def _workbook_of_folder(self, path: Path, place: Place) -> bool:
        """Read a workbook beside others: its tables join theirs."""
        named, self.named = self.named, set()
        try:
            self._workbook(self._bytes(path), place.get("file", ""))
        except _UnreadableError as error:
            self._give_up(error, place, "*")
        self.named |= named
        return True

    def _csv(self, data: bytes, table: str, file: str) -> None:
        grid: list[list[str]] = []
        numbers: list[int] = []
        for number, row in _records(_decoded(data)):
            if any(cell and not cell.isspace() for cell in row):
                grid.append(row)
                numbers.append(number)
        self._grid(grid, numbers, table, {"file": file})

    def _parquet(self, data: bytes, table: str, file: str) -> None:
        try:
            import pyarrow as pa  # type: ignore[import-untyped]
            import pyarrow.parquet as pq  # type: ignore[import-untyped]
        except ImportError as error:
            raise MissingExtraError("arrow", "reading Parquet") from error
        place: Place = {"file": file}
        try:
            content = pq.ParquetFile(io.BytesIO(data))
            facts = content.metadata
            size = sum(
                facts.row_group(each).total_byte_size
                for each in range(facts.num_row_groups)
            )
            if size > self.log.limits.unzipped_bytes:
                raise _too_large(self.log.limits.unzipped_bytes)
            if not self._fits(facts.num_rows, facts.num_columns, table, place):
                return
            read = _polars_read(data) if facts.num_rows > _MANY else None
            read = content.read() if read is None else read
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _UnreadableError(
                "broken-file",
                "不是 Parquet 文件，或已损坏、不完整",
                "this is no Parquet file, or it is damaged or incomplete",
            ) from error
        self._frame(table, read, place)

    def _grid(
        self,
        grid: list[list[Any]],
        numbers: list[int],
        table: str,
        place: Place,
    ) -> None:
        """Turn rows of cells under rows of headings into columns."""
        cells = Cells(grid, numbers)
        meanings = meanings_of(self.fields[table])
        found = find_headings(cells, meanings)
        if found is None:
            self._say_empty(table, place)
            return
        first = found.below - 1
        self._check_widths(grid[first:], numbers[first:], len(grid[first]), place)
        self._take(laid_out(cells, found, meanings, table, place, self.log))

    def _say_empty(self, table: str, place: Place) -> None:
        self.log.unreadable(
            "empty-table",
            Text("表是空的，应有表头行", "the table is empty, expected headings"),
            place,
            table,
        )

    def _take(self, raw: Raw) -> None:
        """Keep a table that was read, if there is room for it."""
        if self._fits(len(raw.rows), len(raw.headings), raw.table, raw.place):
            self.found.setdefault(raw.table, []).append(raw)

    def _fits(self, rows: int, columns: int, table: str, place: Place) -> bool:
        """Whether a table of this size is read; say why not."""
        if self._wide(columns, table, place):
            return False
        return self.log.room_for(rows * columns, table, place)

    def _wide(self, columns: int, table: str, place: Place) -> bool:
        """Whether there are too many columns; say so."""
        if columns <= MOST_COLUMNS:
            return False
        sentence = Text(
            f"有 {columns} 列，最多 {MOST_COLUMNS} 列",
            f"there are {columns} columns, expected at most {MOST_COLUMNS}",
        )
        self.log.unreadable("too-many-columns", sentence, place, table)
        return True

    def _check_widths(
        self, grid: list[list[Any]], numbers: list[int], width: int, place: Place
    ) -> None:
        for number, row in zip(numbers, grid, strict=True):
            if len(row) == width or (
                len(row) > width and all(map(is_blank, row[width:]))
            ):
                continue
            self.log.problem(
                "ragged-row",
                Text(
                    f"此行有 {len(row)} 格，表头行有 {width} 格，应一致",
                    f"the row has {len(row)} cells, expected {width} like the headings",
                ),
                {**place, "cell": f"row {number}"},
            )

    # -- mappings ------------------------------------------------------------------

    def _json(self, data: bytes, file: str) -> None:
        doubled: list[str] = []
        document = _parsed(_decoded(data), doubled)
        for key in dict.fromkeys(doubled):
            self.log.problem(
                "doubled-key",
                Text(
                    f"同一对象中键 {shown(key)} 出现两次，应只有一次",
                    f"the key {shown(key)} stands twice in one object, expected once",
                ),
                {"file": file},
            )
        if not isinstance(document, dict):
            raise _UnreadableError(
                "not-tables",
                f"顶层是 {_kind(document)}，应为以表名为键的对象",
                f"the document is {_kind(document)}, expected an object with a key for "
                "each table",
            )
        document.pop("$schema", None)
        self._mapping(document, file)

    def _mapping(self, tables: Mapping[str, object], file: str) -> None:
        for key, content in tables.items():
            place: Place = {"file": file, "sheet": _heading(key)}
            table = self._table(_heading(key), place)
            if table is None:
                continue
            try:
                self._content(table, content, place)
            except _UnreadableError as error:
                self._give_up(error, place, table)

    def _content(self, table: str, content: Any, place: Place) -> None:
        """Take a table as rows, as columns, as one row or as a data frame."""
        if isinstance(content, Mapping):
            lists = [isinstance(each, _LISTS) for each in content.values()]
            if lists and not any(lists):
                self._rows(table, [content], place)
            else:
                self._columns(table, content, place)
        elif isinstance(content, _LISTS):
            self._rows(table, content, place)
        else:
            self._frame(table, content, place)

    def _rows(self, table: str, rows: Iterable[Any], place: Place) -> None:
        kept: list[tuple[int, Mapping[Any, Any]]] = []
        for number, row in enumerate(rows, start=1):
            if isinstance(row, Mapping):
                kept.append((number, row))
                continue
            self.log.problem(
                "not-a-row",
                Text(
                    f"此行是 {_kind(row)}，应为列名到值的对象",
                    f"the row is {_kind(row)}, expected an object with column names",
                ),
                {**place, "cell": f"row {number}"},
            )
        kept = [each for each in kept if not all(map(is_blank, each[1].values()))]
        keys = list(dict.fromkeys(itertools.chain.from_iterable(r for _, r in kept)))
        if keys and self._fits(len(kept), len(keys), table, place):
            columns = [[row.get(key) for _, row in kept] for key in keys]
            self._add(table, keys, columns, place, rows=[n for n, _ in kept])

    def _frame(self, table: str, content: Any, place: Place) -> None:
        """Take a data frame's columns as they are; it is in memory already."""
        from eduequity.io._frames import frame_of
        from eduequity.io._records import Lazy, lazy_frame

        records = lazy_frame(content) if table in RECORDS else None
        if records is not None:
            self.lazy[table] = Lazy(table, records, self.fields[table], place, self.log)
            return
        frame = frame_of(content)
        if frame is None:
            raise _UnreadableError(
                "not-a-table",
                f"是 {_kind(content)}，应为行的列表、列的对象或数据框",
                f"is {_kind(content)}, expected a list of rows, an object of columns "
                "or a data frame",
            )
        if self._wide(len(frame.columns), table, place):
            return
        columns: list[Any] = list(frame.iter_columns())
        self._add(table, frame.columns, columns, place, rows=range(1, len(frame) + 1))

    def _columns(self, table: str, given: Mapping[Any, Any], place: Place) -> None:
        columns = []
        for key, cells in given.items():
            if not isinstance(cells, _LISTS):
                raise _UnreadableError(
                    "not-a-column",
                    f"是 {_kind(cells)}，各列应为列表",
                    f"is {_kind(cells)}, expected a list as for the other columns",
                    cell=_heading(key),
                )
            columns.append(cells.tolist() if isinstance(cells, np.ndarray) else cells)
        sizes = sorted({len(cells) for cells in columns})
        if len(sizes) > 1:
            raise _UnreadableError(
                "uneven-columns",
                f"各列长度不同：{sizes[0]} 到 {sizes[-1]}，应一致",
                f"columns have {sizes[0]} to {sizes[-1]} cells, expected one length",
            )
        if self._fits(sum(sizes), len(columns), table, place):
            self._add(table, list(given), columns, place)

    def _add(
        self,
        table: str,
        headings: Sequence[Any],
        columns: Sequence[Sequence[Any]],
        place: Place,
        *,
        rows: Sequence[int] | None = None,
    ) -> None:
        size = len(columns[0]) if columns else 0
        raw = Raw(
            table=table,
            file=place.get("file", ""),
            sheet=place.get("sheet", ""),
            headings=[_heading(each) for each in headings],
            columns=columns,
            rows=rows if rows is not None else range(1, size + 1),
        )
        self.found.setdefault(table, []).append(raw)

    # -- workbooks -----------------------------------------------------------------

    def _workbook(self, data: bytes, file: str) -> None:
        from eduequity.io._workbooks import WorkbookError, opened

        try:
            with opened(data, self.log.limits) as workbook:
                for name in workbook.charts():
                    self._say_chart(name, {"file": file, "sheet": name})
                for sheet in workbook.sheets():
                    self._sheet(sheet, {"file": file, "sheet": sheet.name})
        except WorkbookError as error:
            raise _UnreadableError(
                error.code, error.sentence.zh, error.sentence.en, sheet=error.sheet
            ) from error

    def _sheet(self, sheet: Sheet, place: Place) -> None:
        """Read a sheet by its name, or by what it holds."""
        named = table_name(sheet.name)
        if is_own_sheet(sheet.name):
            return
        if sheet.blank:
            if named in self.fields:
                self._table(sheet.name, place)
                self._say_empty(str(named), place)
            return
        if sheet.hidden and named is None:
            return
        cells = self._without_example(sheet.cells(), place)
        table = self._table(sheet.name, place) if named in self.fields else None
        if named in self.fields and table is None:
            return  # the second of its name, which was said
        raws = read_sheet(cells, table, self.fields, place, self.log)
        for raw in raws or ():
            self._take(raw)
        if raws is None and table is not None:
            self._say_empty(table, place)
        elif raws is None:
            self._unknown_table(sheet.name, place)
        elif not raws:
            self.log.notice(
                "empty-form",
                Text("申报表尚未填写", "the form is not filled in"),
                place,
            )

    def _say_chart(self, name: str, place: Place) -> None:
        if table_name(name) is None:
            self.log.notice(
                "chart-sheet",
                Text(f"“{name}”是图表，未读取", f"{shown(name)} is a chart, not read"),
                place,
            )
            return
        self.log.unreadable(
            "chart-sheet",
            Text("此表是图表，应为数据表", "this sheet is a chart, expected a table"),
            place,
            table_name(name) or "*",
        )

    def _without_example(self, cells: Cells, place: Place) -> Cells:
        """Cut off what stands above the headings of a blank workbook; say so once."""
        if below_preamble(0, list(map(list, cells.rows[: PREAMBLE + 1]))) is None:
            return cells
        if all(each.code != "template-example" for each in self.log.notices):
            sentence = Text(
                f"模板各表前 {PREAMBLE} 行是说明和示例，未作数据读取",
                f"the first {PREAMBLE} rows of every table of the template are notes "
                "and an example and were not read as data",
            )
            self.log.notice("template-example", sentence, {"file": place["file"]})
        return Cells(
            cells.rows[PREAMBLE:],
            cells.numbers[PREAMBLE:],
            first_column=cells.first_column,
        )

    # -- tables --------------------------------------------------------------------

    def _table(self, name: str, place: Place, *, blank: bool = False) -> str | None:
        """Return the table that *name* means; say so if it is none or a second one."""
        table = table_name(name)
        if table is None or table not in self.fields:
            if not blank:
                self._unknown_table(name, place)
            return None
        if table in self.named:
            self.log.problem(
                "doubled-table",
                Text(
                    f"表 {table} 出现两次，应只有一次",
                    f"the table {table} is given twice, expected once",
                ),
                place,
            )
            return None
        self.named.add(table)
        return table

    def _unknown_table(self, name: str, place: Place) -> None:
        guess = likely_table(name)
        if guess is None or table_name(name) is not None:
            self.log.notice(
                "unknown-table",
                Text(f"未识别的表“{name}”，未读取", f"{shown(name)} is no table known"),
                place,
            )
            return
        self.log.unreadable(
            "misspelt-table",
            Text(
                f"没有表“{name}”，是否应为“{guess}”？",
                f"there is no table {shown(name)}, did you mean {guess!r}?",
            ),
            place,
            table_name(guess) or guess,
        )


def _records_in(source: object) -> tuple[County, ...]:
    records = [source] if isinstance(source, County) else source
    if isinstance(records, (list, tuple)):
        counties = tuple(each for each in records if isinstance(each, County))
        if len(counties) == len(records):
            return counties
    raise TypeError(
        "expected a path, a mapping of tables or County records, "
        f"not {type(source).__name__}"
    )


_LISTS = (list, tuple, np.ndarray)


def _heading(cell: Any) -> str:
    """Return a heading on one line, without characters that cannot be printed."""
    word = "" if is_blank(cell) else " ".join(str(cell).split())
    return word[:1000].encode("utf-8", "replace").decode()


def _kind(value: Any) -> str:
    return shown(value) if isinstance(value, (list, Mapping)) else type(value).__name__


def _too_large(most: int) -> _UnreadableError:
    return _UnreadableError(
        "file-too-large",
        f"解压后超过 {most} 字节的上限",
        f"unpacked it is larger than the {most} bytes that are read",
    )


def _parquet_rows(path: Path) -> int:
    """Return how many rows a Parquet file says it has; 0 for one that says nothing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return 0
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, ValueError, pa.ArrowException):
        return 0  # why is said when all of it is read


def _scanned(path: Path) -> Any:
    """Return a Parquet file as a lazy table of Polars or else DuckDB, or None."""
    try:
        import polars as pl

        return pl.scan_parquet(path, glob=False)
    except ImportError:
        pass
    try:
        import duckdb
    except ImportError:
        return None
    given = str(path)
    return None if set(given) & set("*?[") else duckdb.read_parquet(given)


_MANY = 10_000
"""The rows from which on it pays to import a faster reader, if there is one."""


def _polars_read(data: bytes) -> Any:
    """Read Parquet by Polars where it is installed, else None."""
    try:
        import polars as pl
    except ImportError:
        return None
    try:
        return pl.read_parquet(data)
    except pl.exceptions.PolarsError:
        return None  # let pyarrow say what is wrong with it


# -- text --------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """Decode UTF-8, with or without byte order mark, or GB18030."""
    if b"\0" in data:
        raise _UnreadableError(
            "binary-file",
            "是二进制文件，应为 UTF-8 或 GB18030 编码的文本",
            "this is a binary file, expected text in UTF-8 or GB18030",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(codecs.BOM_UTF8) or _mostly_utf8(data):
            raise _broken_byte(data, error, "UTF-8") from error
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _broken_byte(data, error, "UTF-8 / GB18030") from error


def _mostly_utf8(data: bytes) -> bool:
    """Whether most characters outside ASCII are sound UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    plain = len(text.encode("ascii", "ignore"))
    return len(text) - plain - broken > broken


_LONGEST_CHARACTER = 4


def _broken_byte(
    data: bytes, error: UnicodeDecodeError, encoding: str
) -> _UnreadableError:
    at = error.start + len(data) - len(error.object)  # a mark may have been cut off
    byte = error.object[error.start]
    if at + _LONGEST_CHARACTER > len(data) and "end" in error.reason:
        return _UnreadableError(
            "broken-file",
            "文件在一个字符中间结束，不完整",
            "the file ends within a character, it is incomplete",
            line=data.count(b"\n", 0, at) + 1,
        )
    return _UnreadableError(
        "broken-encoding",
        f"字节 0x{byte:02X} 不是 {encoding} 文本，应为 UTF-8 或 GB18030 编码的文本",
        f"the byte 0x{byte:02X} is not {encoding}, expected text in UTF-8 or GB18030",
        line=data.count(b"\n", 0, at) + 1,
    )


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every record of a CSV text with the number of its first line."""
    reader = csv.reader(_lines(text), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _UnreadableError(
                "broken-csv",
                f"CSV 格式有误（引号未闭合或文件不完整）：{error}",
                f"the CSV is malformed or incomplete: {error}",
                line=number,
            ) from error


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if line.count(",") > MOST_COLUMNS:
            raise _UnreadableError(
                "too-many-columns",
                f"此行超过 {MOST_COLUMNS} 列",
                f"the line has more than {MOST_COLUMNS} columns",
                line=number,
            )
        yield line


def _parsed(text: str, doubled: list[str]) -> Any:
    """Parse JSON; collect the keys that stand twice in one object."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    doubled.append(key)
                seen.add(key)
        return made

    try:
        return json.loads(text, object_pairs_hook=unique, parse_int=_json_integer)
    except json.JSONDecodeError as error:
        raise _UnreadableError(
            "broken-json",
            f"不是完整的 JSON（第 {error.lineno} 行第 {error.colno} 个字符）",
            f"this is no complete JSON: {error.msg} at character {error.colno}",
            line=error.lineno,
        ) from error
    except RecursionError as error:
        raise _UnreadableError(
            "too-deep", "嵌套过深，应为表、行、值三层", "nested too deep, expected rows"
        ) from error


_MOST_DIGITS = 300


def _json_integer(word: str) -> int | float:
    return int(word) if len(word) <= _MOST_DIGITS else float(word)
