"""
From a cell to a typed value.

There is one parser per column, made once, then called cell by cell.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
import numpy as np

from eduequity.io._headings import is_unit
from eduequity.io._tables import UNCALCULATED, Log, Place, Raw, is_blank, shown
from eduequity.model import Field, PartialDate
from eduequity.vocab import Choice, Text, Unit


__all__ = [
    "NO",
    "YES",
    "CellError",
    "blank_cell",
    "changed_by_rounding",
    "hundredths",
    "parser",
    "read_column",
    "say_rounded",
]

Parse: TypeAlias = Callable[[Any], Any]
"""Turns a cell that is not blank into a value, or raises `CellError`."""


class CellError(Exception):
    """What is wrong with a cell: a stable code and a sentence."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code = code
        self.sentence = Text(zh, en)
        super().__init__(en)


def read_column(
    field: Field, raw: Raw, column: int, factor: Decimal | None, log: Log
) -> tuple[list[Any], list[int]]:
    """Return the values of a column and the rows whose cell could not be read."""
    plain = _plain_numbers(raw.columns[column], field) if factor is None else None
    if plain is not None:
        if field.hundredths:
            _round(plain, field, lambda row: raw.cell(column, row), log)
        return plain, []
    values, bad = _parsed_column(field, raw, column, factor, log)
    if field.hundredths:
        _round(values, field, lambda row: raw.cell(column, row), log)
    if field.unit is Unit.SHARE and factor is not None:
        _check_percent(values, raw, column, log)
    return values, bad


def _parsed_column(
    field: Field, raw: Raw, column: int, factor: Decimal | None, log: Log
) -> tuple[list[Any], list[int]]:
    parse = parser(field, factor=factor, longest=log.limits.text)
    values: list[Any] = []
    bad: list[int] = []
    stood_in: list[int] = []
    for row, cell in enumerate(raw.columns[column]):
        value = None
        if not is_blank(cell):
            if type(cell) is str and _stands_for_blank(cell, field):
                stood_in.append(row)
            else:
                try:
                    value = parse(cell)
                except CellError as error:
                    found = _unit_error(cell, field, factor) or error
                    log.problem(found.code, found.sentence, raw.cell(column, row))
                    values.append(None)
                    bad.append(row)
                    continue
        if value is None and field.required:
            blank_cell(raw.cell(column, row), log)
            bad.append(row)
        values.append(value)
    if stood_in:
        _say_stood_in(stood_in, raw, column, log)
    return values, bad


def _plain_numbers(cells: Sequence[Any], field: Field) -> list[Any] | None:
    """Return the cells as they are if all are sound numbers or blanks, else None."""
    if field.required or field.type not in ("integer", "number"):
        return None
    low, high = _bounds(field)
    whole = field.type == "integer"
    values: list[Any] = []
    for cell in cells:
        if type(cell) is float and low <= cell <= high and not (whole and cell % 1):
            values.append(cell)
        elif cell is None or cell == "":
            values.append(None)
        else:
            return None
    return values


def _bounds(field: Field) -> tuple[float, float]:
    low = -math.inf if field.minimum is None else field.minimum
    return low, min(math.inf if field.maximum is None else field.maximum, _EXACT)


_STANDS_FOR_BLANK = frozenset(
    {"-", "--", "—", "——", "–", "－", "/", "／", "\\", "无", "…", "……", "未知", "n/a"}
)


def _stands_for_blank(cell: str, field: Field) -> bool:
    """Whether a sign means that nothing is known; a word that is a choice is not."""
    if len(cell) > _LONGEST_SIGN or cell[0].isdigit():
        return False
    word = cell.strip().casefold()
    if word not in _STANDS_FOR_BLANK:
        return False
    return field.choices is None or field.choices.parse(word) is None


_LONGEST_SIGN = 6


def _say_stood_in(rows: list[int], raw: Raw, column: int, log: Log) -> None:
    """Say once a column that signs were read as blanks."""
    many, found = len(rows), shown(raw.columns[column][rows[0]])
    log.notice(
        "sign-for-blank",
        Text(
            f"本列有 {many} 格填 {found} 等符号，视为未知；此格为第一处",
            f"{many} cells of this column hold a sign such as {found}, which counts as "
            "unknown; this is the first",
        ),
        raw.cell(column, rows[0]),
    )


_BLANK = Text("此格为空，应填写", "the cell is blank, a value is required")


def blank_cell(place: Place, log: Log) -> None:
    """Say that a cell at *place* has to be filled in."""
    log.problem("blank-cell", _BLANK, place)


def parser(
    field: Field, *, factor: Decimal | None = None, longest: int = 1000
) -> Parse:
    """
    Make the parser of a column.

    Args:
        field: The column.

        factor: What its numbers are multiplied with, from the unit in the heading.

        longest: The characters that a text may have.
    """
    match field.type:
        case "integer" | "number":
            return _number_parser(field, factor)
        case "areas":
            return _areas_parser(field, factor)
        case "yes_no":
            return _yes_no
        case "choice":
            return _choice_parser(field)
        case "date":
            return _date
        case "text":
            return _text_parser(field, longest)


# -- numbers -----------------------------------------------------------------------

_EXACT = 2**53
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\Z", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?\Z", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)\Z", re.IGNORECASE)


def _number_parser(field: Field, factor: Decimal | None) -> Parse:
    low, high = _bounds(field)
    whole = field.type == "integer"
    percent = field.unit in (Unit.SHARE, Unit.RATIO)
    level = field.unit is Unit.LEVEL

    def parse(cell: Any) -> float:
        if level and isinstance(cell, str):
            cell = _level(cell)
        value = _scaled(cell, factor, percent=percent)
        if whole and value % 1:
            value = float(
                f"{value:.15g}"
            )  # what a workbook shows of 2.9999999999999996
        if low <= value <= high and not (whole and value % 1):
            return value
        raise _number_error(field, value)

    return parse


def _number_error(field: Field, value: float) -> CellError:
    if field.unit is Unit.SHARE and 1 < value < math.inf:
        return CellError(
            "share-above-one",
            f"{value:g} 大于 1；比例应填 0–1 的小数或带百分号，如 0.244 或 24.4%",
            f"{value:g} is above 1; a share is a fraction from 0 to 1 or has a percent "
            "sign: 0.244 or 24.4%",
        )
    found = field.problem(value)
    if found:
        return CellError(found[0], found[1].zh, found[1].en)
    return CellError(
        "too-large",
        f"{value:g} 过大，超出可精确表示的范围",
        f"{value:g} is too large to be exact, expected at most {_EXACT}",
    )


def _scaled(cell: Any, factor: Decimal | None, *, percent: bool) -> float:
    """Return the number in *cell* times *factor*; a percent sign is a factor itself."""
    kind = type(cell)
    if kind is float or kind is int:
        number: Any = cell
    elif kind is str:
        number, factor = _numeric_text(cell, factor, percent=percent)
    elif isinstance(cell, np.generic):
        return _scaled(cell.item(), factor, percent=percent)
    elif isinstance(cell, (int, float, Decimal, Fraction)) and kind is not bool:
        number = cell
    else:
        raise _no_number(cell)
    if isinstance(number, int) and abs(number) > _EXACT:
        raise CellError(
            "too-large",
            f"{shown(number)} 过大，超出可精确表示的范围",
            f"{shown(number)} is too large to be exact, expected at most {_EXACT}",
        )
    value = float(number)
    if factor is None or not math.isfinite(value):
        return value
    return float(Decimal(str(value)) * factor)


def _numeric_text(
    cell: str, factor: Decimal | None, *, percent: bool
) -> tuple[float, Decimal | None]:
    word = cell.strip()
    if word.isascii() and _NUMBER.match(word):
        return float(word), factor
    word = unicodedata.normalize("NFKC", word).strip().replace("−", "-")
    if percent and word.endswith("%"):
        word, factor = word[:-1].rstrip(), Decimal("0.01")
    if _THOUSANDS.match(word):
        word = word.replace(",", "")
    if _NUMBER.match(word) or _NOT_FINITE.match(word):
        return float(word), factor
    raise _no_number(cell)


_WITH_UNIT = re.compile(r"([+-]?[\d,]+(?:\.\d+)?)([^\d.,+-]{1,5})\Z")


def _unit_error(cell: Any, field: Field, factor: Decimal | None) -> CellError | None:
    """Say that a cell of numbers carries a unit of its own."""
    if field.type not in ("number", "integer"):
        return None
    word = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    match = _WITH_UNIT.match("".join(word.split()))
    if match is None or match[2] == "%" or not is_unit(match[2]):
        return None
    zh = "表头注明的单位" if factor else f"{field.unit.label.zh}" if field.unit else ""
    return CellError(
        "mixed-units",
        f"{shown(cell)} 自带单位“{match[2]}”，本列应只填数字，单位为{zh}；"
        "单位请统一写在表头括号内",
        f"{shown(cell)} carries a unit of its own, expected only a number in the unit "
        "of the column; write the unit into the heading, in brackets",
    )


def _no_number(cell: Any) -> CellError:
    found = shown(cell)
    if cell == UNCALCULATED:
        return _no_result()
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return CellError(
            "date-in-number",
            f"{found} 是日期格式，应为数字；请把单元格格式改为“常规”后重新填写",
            f"{found} is a date, expected a number; format the cell as general and "
            "enter it again",
        )
    return CellError(
        "text-in-number",
        f"{found} 不是数字，应为数字（未知则留空）",
        f"{found} is not a number, expected a number (blank if unknown)",
    )


def _no_result() -> CellError:
    return CellError(
        "formula-without-result",
        "此格是公式，但文件中没有保存计算结果；请用 Excel 或 WPS 打开并保存后再读",
        "this is a formula whose result was not saved; open and save the workbook with "
        "Excel or WPS, then read it again",
    )


_LEVELS = {"I": 1, "II": 2, "III": 3, "IV": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def _level(cell: str) -> int:
    """Read a level of learning: Ⅰ to Ⅳ, I to IV or 1 to 4, with or without 级."""
    word = unicodedata.normalize("NFKC", cell).strip().removesuffix("级").upper()
    if word not in _LEVELS:
        found = shown(cell)
        raise CellError(
            "not-a-level",
            f"{found} 不是学业水平等级，应为 Ⅰ、Ⅱ、Ⅲ 或 Ⅳ",
            f"{found} is no level of learning, expected Ⅰ, Ⅱ, Ⅲ or Ⅳ",
        )
    return _LEVELS[word]


_HUNDREDTH = Decimal("0.01")
_NOISE = 1e-9


def hundredths(value: float) -> float:
    """
    Round half up to 0.01, as the number is written and not as it is stored.

    >>> hundredths(2.675), hundredths(0.125)
    (2.68, 0.13)
    """
    if round(value, 2) == value:
        return value
    return float(Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP))


def _round(
    values: list[Any], field: Field, place: Callable[[int], Place], log: Log
) -> None:
    """Round areas and money, and say so once a column where that changes them."""
    changed: list[int] = []
    for row, value in enumerate(values):
        if value is None:
            continue
        if field.type == "areas":
            values[row] = tuple(hundredths(each) for each in value)
            pairs = list(zip(value, values[row], strict=True))
        else:
            values[row] = hundredths(value)
            pairs = [(value, values[row])]
        if any(changed_by_rounding(old, new) for old, new in pairs):
            changed.append(row)
    say_rounded(changed, place, log)


def changed_by_rounding(old: Any, new: Any) -> Any:
    """Whether rounding took away more than what floats leave behind."""
    return abs(old - new) > _NOISE * np.maximum(1.0, old)


def say_rounded(
    changed: Sequence[int], place: Callable[[int], Place], log: Log
) -> None:
    """Say which cells of a column were rounded, if any."""
    if changed:
        many = len(changed)
        log.notice(
            "rounded",
            Text(
                f"本列有 {many} 格四舍五入到 0.01，此格为第一处",
                f"{many} cells of this column were rounded to 0.01, this is the first",
            ),
            place(changed[0]),
        )


def _check_percent(values: list[Any], raw: Raw, column: int, log: Log) -> None:
    """Refuse a （%） column of numbers up to 1: they may be percent or fractions."""
    plain = [
        (value, row)
        for row, value in enumerate(values)
        if value is not None
        and not str(raw.columns[column][row]).rstrip().endswith("%")
    ]
    if plain and 0 < max(plain)[0] <= 0.01:  # noqa: PLR2004
        found = shown(raw.columns[column][max(plain)[1]])
        log.problem(
            "fraction-or-percent",
            Text(
                f"表头单位为 %，此格为 {found}，本列均不大于 1：应填如 24.4；"
                "若确为百分之一以下，请带百分号填写",
                f"the heading says % but this cell is {found} and none of its column "
                "is above 1: expected 24.4 for 24.4%; if it is below one percent, "
                "write the percent sign into the cell",
            ),
            raw.cell(column, max(plain)[1]),
        )
        return
    small = [row for value, row in plain if 0 < value <= 0.01]  # noqa: PLR2004
    if small:
        found = shown(raw.columns[column][small[0]])
        log.notice(
            "mixed-percent",
            Text(
                f"表头单位为 %，此格 {found} 按 {found}% 读取，而本列其他格大于 1；"
                "若此格是小数（或百分比格式），请改填百分数",
                f"the heading says %, so this cell is read as {found}%, but others of "
                "its column are above 1; if it is a fraction (or formatted as "
                "percent), write it in percent",
            ),
            raw.cell(column, small[0]),
        )


# -- lists of areas ----------------------------------------------------------------

_SEPARATORS = re.compile(r"[;；,，、]")


def _areas_parser(field: Field, factor: Decimal | None) -> Parse:
    one = _number_parser(attrs.evolve(field, type="number"), factor)

    def parse(cell: Any) -> tuple[float, ...]:
        if isinstance(cell, str):
            parts: Sequence[Any] = _SEPARATORS.split(cell.strip().rstrip(";；,，、"))
        elif isinstance(cell, (list, tuple, np.ndarray)):
            parts = list(cell)
        else:
            parts = [cell]
        return tuple(one(each) for each in parts)

    return parse


# -- words -------------------------------------------------------------------------

YES = frozenset({"是", "yes", "true", "1", "√"})
NO = frozenset({"否", "no", "false", "0", "×"})


def _yes_no(cell: Any) -> bool:
    if cell == "是":  # what most cells of most files hold
        return True
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, str):
        word = unicodedata.normalize("NFKC", cell).strip().casefold()
    elif isinstance(cell, (bool, int, float)) and cell in (0, 1):
        word = str(int(cell))
    else:
        word = ""
    if word in YES:
        return True
    if word in NO:
        return False
    if cell == UNCALCULATED:
        raise _no_result()
    found = shown(cell)
    raise CellError(
        "not-yes-no",
        f"{found} 应为 是 或 否（yes/no、true/false、1/0、√/×）",
        f"{found} is neither yes nor no; expected 是/否, yes/no, true/false, 1/0, √/×",
    )


def _choice_parser(field: Field) -> Parse:
    choices = field.choices
    if choices is None:
        raise TypeError(f"{field.table}.{field.name}: a choice without choices")
    seen: dict[str, Choice] = {}

    def parse(cell: Any) -> Choice:
        if isinstance(cell, choices):
            return cell
        if isinstance(cell, Choice):
            raise _no_choice(cell.value, choices)
        word = _as_word(cell)
        found = seen.get(word) or choices.parse(unicodedata.normalize("NFKC", word))
        if found is None:
            raise _no_choice(cell, choices)
        seen[word] = found
        return found

    return parse


def _no_choice(cell: Any, choices: type[Choice]) -> CellError:
    found = shown(cell)
    zh = "、".join(f"{each.label.zh}({each.value})" for each in choices)
    en = ", ".join(each.value for each in choices)
    return CellError(
        "unknown-word",
        f"{found} 不在可选范围内，应为：{zh}",
        f"{found} is not one of: {en}",
    )


_PICTURE = r"\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\ufeff]"
    rf"|(?<![{_PICTURE}])\u200d|\u200d(?![{_PICTURE}])"
)
"""
What no text has: it cannot be seen, and would make equal names unequal.

Between two pictures the joiner (U+200D) stays, for it makes one emoji of them.
"""
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
)
_CODES = frozenset({"code", "county", "school", "parent", "entity", "id"})
_AREA_CODE = re.compile(r"(?:[0-9]{4}|[0-9]{6})\Z")
_KEPT_DIGITS = 1e15


def _text_parser(field: Field, longest: int) -> Parse:
    is_code = field.name in _CODES
    is_county = field.name == "county" or (field.table, field.name) == (
        "county",
        "code",
    )
    no_slash = field.name == "code" or (is_code and field.name in ("school", "parent"))

    def parse(cell: Any) -> str | None:
        word = _as_word(cell)
        if is_code:
            word = unicodedata.normalize("NFKC", word).replace("\u200d", "")
        word = _CONTROLS.sub("", _BREAKS.sub(" ", word)).strip()
        if len(word) > longest:
            raise CellError(
                "text-too-long",
                f"共 {len(word)} 个字符，最多 {longest} 个",
                f"{len(word)} characters, expected at most {longest}",
            )
        if is_county and not _AREA_CODE.match(word):
            raise _no_county(cell)
        if no_slash and "/" in word:
            raise CellError(
                "slash-in-code",
                f"代码 {shown(cell)} 含“/”，代码中不得有“/”",
                f"the code {shown(cell)} has a '/', codes must not have one",
            )
        return word or None

    return parse


def _no_county(cell: Any) -> CellError:
    return CellError(
        "bad-area-code",
        f"{shown(cell)} 不是区县代码，应为 6 位数字（地市汇总为 4 位）",
        f"{shown(cell)} is no county code, expected 6 digits (4 for "
        "the aggregate of a city)",
    )


def _as_word(cell: Any) -> str:
    """Return *cell* as text; a workbook's 350881.0 is ``350881``."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, str):
        if cell == UNCALCULATED:
            raise _no_result()
        if _SURROGATES.search(cell) or cell.strip() in _EXCEL_ERRORS:
            raise _no_text(cell)
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell) if abs(cell) < 10**100 else shown(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        if abs(cell) >= _KEPT_DIGITS:
            raise CellError(
                "digits-lost",
                f"{cell:.0f} 是数字格式，15 位以后已失真；请将此列设为文本格式重新填写",
                f"{cell:.0f} is stored as a number, which keeps only 15 digits; "
                "format the column as text and enter it again",
            )
        return str(int(cell)) if cell.is_integer() else repr(cell)
    raise _no_text(cell)


def _no_text(cell: Any) -> CellError:
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        return CellError(
            "date-in-text",
            f"{shown(cell)} 是日期格式，应为文本；请将此列设为文本格式重新填写",
            f"{shown(cell)} is a date, expected text; format the column as text and "
            "enter it again",
        )
    return CellError(
        "not-text",
        f"{shown(cell)} 不是文本，应为文本",
        f"{shown(cell)} is not text, expected text",
    )


# -- dates -------------------------------------------------------------------------

_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?\Z")


def _date(cell: Any) -> PartialDate:
    if isinstance(cell, PartialDate):
        return cell
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, (str, int, dt.date)) and not isinstance(cell, bool):
        try:
            if isinstance(cell, str):
                return PartialDate.parse(_MIDNIGHT.sub("", cell.strip()))
            return PartialDate.parse(cell)
        except (ValueError, OverflowError):
            pass
    raise CellError(
        "not-a-date",
        f"{shown(cell)} 不是日期，应为 2016、2016-10 或 2016-10-09",
        f"{shown(cell)} is no date, expected 2016, 2016-10 or 2016-10-09",
    )
