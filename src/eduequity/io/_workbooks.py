"""
Workbooks: refuse what is dangerous, then let calamine read the sheets.

A small file can unzip to gigabytes, and two cells at opposite corners of a sheet make
a table of billions of blanks. Both are looked for before calamine sees the file.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

import attrs

from eduequity.errors import MissingExtraError
from eduequity.io._grids import Cells
from eduequity.io._ods import TooWideError, formulas_without_value
from eduequity.io._tables import MOST_COLUMNS, UNCALCULATED, Limits
from eduequity.vocab import Text


__all__ = ["Sheet", "Workbook", "WorkbookError", "opened"]


class WorkbookError(Exception):
    """Why a workbook cannot be read."""

    def __init__(self, code: str, zh: str, en: str, sheet: str = "") -> None:
        self.code = code
        self.sentence = Text(zh, en)
        self.sheet = sheet
        super().__init__(en)


@attrs.frozen(eq=False)
class Sheet:
    """
    One sheet of a workbook.

    Args:
        name: Its name.

        hidden: Whether its author hid it.

        limits: How much of it may be read.

        errors: What formulas failed with, by row and column from 0.

        content: What calamine has of it.
    """

    name: str
    hidden: bool
    limits: Limits
    errors: Mapping[tuple[int, int], str]
    content: Any

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return self.content.start is None

    def grid(self) -> tuple[int, int, list[list[Any]]]:
        """Return first row, first column (from 0) and the cells row by row."""
        height, width = self.content.height, self.content.width
        if height * width > self.limits.cells or width > MOST_COLUMNS:
            raise _too_wide(self.limits.cells, self.name)
        with _readable(self.name):
            rows: list[list[Any]] = self.content.to_python()
        top, left = self.content.start or (0, 0)
        for (row, column), word in self.errors.items():
            # calamine reads a failed formula as a blank, which would hide it
            if 0 <= row - top < len(rows) and 0 <= column - left < len(rows[row - top]):
                rows[row - top][column - left] = word
        return top, left, rows

    def filled(self) -> tuple[int, int, list[list[Any]]]:
        """Return the grid; what was merged down stands in every row that it spans."""
        top, left, rows = self.grid()
        for (first, column), (last, _) in self._merged():
            at = column - left
            if not 0 <= first - top < len(rows) or not 0 <= at < len(rows[first - top]):
                continue
            for row in rows[first - top + 1 : last - top + 1]:
                row[at] = rows[first - top][at]
        return top, left, rows

    def _merged(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Return the first and last cell of what was merged, not of too many."""
        with _readable(self.name):
            return list((self.content.merged_cell_ranges or ())[:_MOST_MERGED])

    def cells(self) -> Cells:
        """Return the cells with what is known of merged ones."""
        top, left, rows = self.grid()
        return Cells(
            rows,
            range(top + 1, top + 1 + len(rows)),
            first_column=left,
            merged=[
                ((first[0] - top, first[1] - left), (last[0] - top, last[1] - left))
                for first, last in self._merged()
                if first[0] - top < _HEADING_ROWS and first[1] >= left
            ],
        )


_MOST_MERGED = 100_000
_HEADING_ROWS = 20


@attrs.frozen(eq=False)
class Workbook:
    """
    An open workbook.

    Args:
        content: calamine's workbook.

        limits: How much may be read.

        errors: What formulas failed with, sheet by sheet.
    """

    content: Any
    limits: Limits
    errors: Mapping[str, Mapping[tuple[int, int], str]]

    def charts(self) -> list[str]:
        """Return the names of the sheets that hold no cells."""
        from python_calamine import SheetTypeEnum

        return [
            facts.name
            for facts in self.content.sheets_metadata
            if facts.typ != SheetTypeEnum.WorkSheet
        ]

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets that hold cells."""
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        for facts in self.content.sheets_metadata:
            if facts.typ != SheetTypeEnum.WorkSheet:
                continue
            with _readable(facts.name):
                content = self.content.get_sheet_by_name(facts.name)
            yield Sheet(
                facts.name,
                facts.visible != SheetVisibleEnum.Visible,
                self.limits,
                self.errors.get(facts.name, {}),
                content,
            )


@contextlib.contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[Workbook]:
    """
    Open a workbook after looking for what is dangerous in it.

    Raises:
        WorkbookError: It cannot or must not be read.

        MissingExtraError: The extra ``excel`` is not installed.
    """
    try:
        import python_calamine
    except ImportError as error:
        raise MissingExtraError("excel", "reading workbooks") from error
    errors = {} if _is_old(data) else _checked_parts(data, limits)
    if _is_locked(data):
        raise _locked()
    with _readable():
        content = python_calamine.load_workbook(io.BytesIO(data))
    with content:
        yield Workbook(content, limits, errors)


@contextlib.contextmanager
def _readable(sheet: str = "") -> Iterator[None]:
    """Turn whatever calamine raises into one sentence."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(sheet) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(sheet) from error  # Rust gave up; that is no Exception


def _locked() -> WorkbookError:
    return WorkbookError(
        "password-protected",
        "工作簿有密码保护，请取消密码后另存",
        "the workbook is protected by a password, save it without one",
    )


def _damaged(sheet: str = "") -> WorkbookError:
    return WorkbookError(
        "broken-file",
        "不是 Excel 或 ODS 工作簿，或已损坏、不完整",
        "this is no Excel or ODS workbook, or it is damaged or incomplete",
        sheet,
    )


def _too_wide(cells: int, sheet: str) -> WorkbookError:
    return WorkbookError(
        "too-many-cells",
        f"工作表范围超过 {cells} 格，请删除远处的多余单元格",
        f"the sheet spans more than {cells} cells, delete stray cells far out",
        sheet,
    )


# -- looking into the archive ------------------------------------------------------

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _is_old(data: bytes) -> bool:
    """Whether this is a container of Excel 97, which is no archive."""
    return data.startswith(_OLE) and not zipfile.is_zipfile(io.BytesIO(data))


def _is_locked(data: bytes) -> bool:
    """Whether this is an encrypted workbook in a container; calamine cannot tell."""
    if not data.startswith(_OLE):
        return False
    package = "EncryptedPackage".encode("utf-16le") in data
    return package or _FILE_PASS.search(data) is not None


_FILE_PASS = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})"
    rb"(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)
"""The record FILEPASS behind the one that a workbook of Excel 97 or 95 begins with."""

_SMALL = 16 * 2**20
_ENCRYPTED = 0x1


def _checked_parts(
    data: bytes, limits: Limits
) -> Mapping[str, Mapping[tuple[int, int], str]]:
    """Read every part within *limits*; return the failed formulas of every sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive, len(data), limits)
            return _scanned(archive, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        LookupError,
        RuntimeError,
        NotImplementedError,
        ET.ParseError,
        expat.ExpatError,
    ) as error:
        raise _damaged() from error


def _check_sizes(archive: zipfile.ZipFile, size: int, limits: Limits) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if total > limits.unzipped_bytes or (
        total > _SMALL and total > limits.ratio * size
    ):
        raise WorkbookError(
            "zip-bomb",
            f"解压后有 {total} 字节，超过上限；确信无害的，可用 read(…, limits=…) 放宽",
            f"unzipped it has {total} bytes, more than is read; if you trust it, raise "
            "the limits: read(…, limits=…)",
        )
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise _locked()
    if any(part.filename.casefold() == "xl/workbook.bin" for part in parts):
        raise WorkbookError(
            "unknown-format",
            "是 .xlsb 工作簿，请另存为 .xlsx",
            "this is an .xlsb workbook, save it as .xlsx",
        )


def _scanned(
    archive: zipfile.ZipFile, limits: Limits
) -> dict[str, dict[tuple[int, int], str]]:
    """Unzip every part once: sizes must be true, sheets small, formulas sound."""
    errors: dict[str, dict[tuple[int, int], str]] = {}
    sheets = _sheet_parts(archive)
    if b"encryption-data" in _manifest(archive):
        raise _locked()  # of an ODS
    for part in archive.infolist():
        content = archive.read(part)  # also checks size and checksum
        name = part.filename.casefold()
        if name.endswith((".xml", ".rels")) and b"\0" in content:
            raise _damaged()  # UTF-16, which nobody writes, would escape the looks
        if b"uniqueCount" in content and any(
            int(each) > len(content) for each in _COUNT.findall(content)
        ):
            raise _damaged()  # room would be made for strings that are not there
        if name == "content.xml":
            errors |= _of_ods(content, limits)
        elif b"sheetData" in content:
            sheet = sheets.get(name, "")
            _check_span(content, limits, sheet)
            if b't="e' in content or b"t='e" in content:
                errors[sheet] = _failed(content)
            if b"<f" in content:
                errors[sheet] = errors.get(sheet, {}) | _uncalculated(content)
    return errors


def _manifest(archive: zipfile.ZipFile) -> bytes:
    name = "META-INF/manifest.xml"
    return archive.read(name) if name in archive.namelist() else b""


def _of_ods(content: bytes, limits: Limits) -> dict[str, dict[tuple[int, int], str]]:
    try:
        return formulas_without_value(content, limits.cells)
    except TooWideError as error:
        raise _too_wide(limits.cells, "") from error


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of the sheet that each part holds."""
    names = {name.casefold(): name for name in archive.namelist()}
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names.keys():
        return {}
    relations = ET.fromstring(archive.read(names["xl/_rels/workbook.xml.rels"]))  # noqa: S314
    targets = {
        each.get("Id"): each.get("Target", "").removeprefix("/xl/")
        for each in relations
    }
    workbook = ET.fromstring(archive.read(names["xl/workbook.xml"]))  # noqa: S314
    return {
        f"xl/{targets.get(sheet.get(_RELATION), '')}".casefold(): sheet.get("name", "")
        for sheet in workbook.iter()
        if sheet.tag.endswith("}sheet")
    }


_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']([0-9]{1,30})""")
_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)[0-9]""")
_ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*([0-9]+)["']""")
_ROW_TAG = re.compile(rb"""<(?:\w{1,20}:)?row[\s>]""")
_CELL_TAG = re.compile(rb"""<(?:\w{1,20}:)?c[\s>]""")
_LONGEST_NUMBER = 18
_FAILED_CELL = re.compile(
    rb"""<(?:\w{1,20}:)?c\b([^>]{0,300}\bt=["']e["'][^>]{0,300})>"""
    rb"""(?:(?!</(?:\w{1,20}:)?c>).){0,9000}?<(?:\w{1,20}:)?v>([^<]{1,20})<""",
    re.DOTALL,
)


_UNCALCULATED_CELL = re.compile(
    rb"""<c\b([^>]{0,300})>\s{0,9}<f\b(?:[^>]{0,300}/>|[^>]{0,300}>[^<]{0,9000}</f>)"""
    rb"""\s{0,9}(<v\s{0,9}/>|<v></v>)?\s{0,9}</c>"""
)
_OF_TEXT = re.compile(rb"""\bt\s{0,9}=\s{0,9}["']str["']""")


def _uncalculated(content: bytes) -> dict[tuple[int, int], str]:
    """
    Return the formulas without a saved result, by row and column from 0.

    A result that is said to be text and is empty is one: ``=IF(A1="","",A1)``.
    """
    places = (
        _REFERENCE.search(cell[1])
        for cell in _UNCALCULATED_CELL.finditer(content)
        if not (cell[2] and _OF_TEXT.search(cell[1]))
    )
    return {(int(at[2]) - 1, _number(at[1])): UNCALCULATED for at in places if at}


def _check_span(content: bytes, limits: Limits, sheet: str) -> None:
    """Refuse a sheet whose cells lie so far apart that the table between is huge."""
    if _is_plain(content) and limits.cells >= _PLAIN_SPAN:
        return
    if _widest_span(content) > limits.cells and _span(content) > limits.cells:
        raise _too_wide(limits.cells, sheet)


_PLAIN_SPAN = 9_999 * 26 * 27
_NOT_PLAIN = re.compile(
    rb"""<(?:c(?![A-Za-z])(?! r="[A-Z]{1,2}[0-9]{1,4}")|row(?! r="[0-9]{1,4}"))"""
)


def _is_plain(content: bytes) -> bool:
    """Whether every row and cell has a reference, none beyond ``ZZ9999``."""
    with_prefix = b":c" in content or b":row" in content
    return not with_prefix and _NOT_PLAIN.search(content) is None


def _widest_span(content: bytes) -> int:
    """Return, in one quick look, more cells than a sheet can span."""
    rows = [b"0", *set(_ROW.findall(content))]
    columns = [b"", *set(_COLUMN.findall(content))]
    parts = _ROW_TAG.split(content)
    height = max(map(_row_number, rows)) + len(parts)
    width = max(map(_number, columns)) + max(len(_CELL_TAG.findall(p)) for p in parts)
    return height * (width + 1)


class _Span:
    """The cells of a sheet that hold something, met one after the other."""

    def __init__(self) -> None:
        self.row = self.column = self.height = self.width = 0

    def start(self, tag: str, facts: dict[str, str]) -> None:
        """Meet an element; cells without a reference follow the one before."""
        name = tag.rpartition(":")[2]
        if name == "row":
            self.row = _row_number(facts.get("r", "").encode()) or self.row + 1
            self.column = 0
        elif name == "c":
            at = re.fullmatch(r"([A-Za-z]+)([0-9]+)", facts.get("r", ""))
            self.column = _number(at[1].encode()) + 1 if at else self.column + 1
            self.row = _row_number(at[2].encode()) if at else self.row
        elif name in ("v", "is"):
            self.height = max(self.height, self.row)
            self.width = max(self.width, self.column)


def _span(content: bytes) -> int:
    """Return the cells between those that hold something, blank ones left out."""
    span = _Span()
    reader = expat.ParserCreate()
    reader.StartElementHandler = span.start
    reader.Parse(content, True)
    return span.height * span.width


def _row_number(digits: bytes) -> int:
    return int(digits[:_LONGEST_NUMBER] or 0) if digits.isdigit() else 0


def _failed(content: bytes) -> dict[tuple[int, int], str]:
    """Return what formulas failed with, by row and column from 0."""
    found: dict[tuple[int, int], str] = {}
    for cell in _FAILED_CELL.finditer(content):
        at = _REFERENCE.search(cell[1])
        if at:
            found[int(at[2]) - 1, _number(at[1])] = cell[2].decode("utf-8", "replace")
    return found


def _number(letters: bytes) -> int:
    """Return the number of a column, A being 0 and nothing -1."""
    number = 0
    for letter in letters[:_LONGEST_NUMBER].upper():
        number = number * 26 + letter - ord("A") + 1
    return number - 1
