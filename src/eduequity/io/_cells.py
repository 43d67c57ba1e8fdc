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

from eduequity.io._tables import Log, Place, Raw, is_blank, shown
from eduequity.model import Field, PartialDate
from eduequity.vocab import Choice, Text, Unit


__all__ = ["CellError", "parser", "read_column"]

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
    parse = parser(field, factor=factor, longest=log.limits.text)
    values: list[Any] = []
    bad: list[int] = []
    for row, cell in enumerate(raw.columns[column]):
        value = None
        if not is_blank(cell):
            try:
                value = parse(cell)
            except CellError as error:
                log.problem(error.code, error.sentence, raw.cell(column, row))
                values.append(None)
                bad.append(row)
                continue
        if value is None and field.required:
            log.problem("blank-cell", _BLANK, raw.cell(column, row))
            bad.append(row)
        values.append(value)
    if field.hundredths:
        _round(values, field, lambda row: raw.cell(column, row), log)
    if field.unit is Unit.SHARE and factor is not None:
        _check_percent(values, raw, column, log)
    return values, bad


_BLANK = Text("此格为空，应填写", "the cell is blank, a value is required")


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
    low = -math.inf if field.minimum is None else field.minimum
    high = min(math.inf if field.maximum is None else field.maximum, _EXACT)
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
    word = unicodedata.normalize("NFKC", cell).strip().replace("−", "-")
    if percent and word.endswith("%"):
        word, factor = word[:-1].rstrip(), Decimal("0.01")
    if _THOUSANDS.match(word):
        word = word.replace(",", "")
    if _NUMBER.match(word) or _NOT_FINITE.match(word):
        return float(word), factor
    raise _no_number(cell)


def _no_number(cell: Any) -> CellError:
    found = shown(cell)
    return CellError(
        "text-in-number",
        f"{found} 不是数字，应为数字（未知则留空）",
        f"{found} is not a number, expected a number (blank if unknown)",
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
        if any(abs(old - new) > _NOISE * max(1.0, old) for old, new in pairs):
            changed.append(row)
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
                f"标题单位为 %，此格为 {found}，本列均不大于 1：应填如 24.4；"
                "若确为百分之一以下，请带百分号填写",
                f"the heading says % but this cell is {found} and none of its column "
                "is above 1: expected 24.4 for 24.4%; if it is below one percent, "
                "write the percent sign into the cell",
            ),
            raw.cell(column, max(plain)[1]),
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

_YES = frozenset({"是", "yes", "true", "1", "√"})
_NO = frozenset({"否", "no", "false", "0", "×"})


def _yes_no(cell: Any) -> bool:
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, str):
        word = unicodedata.normalize("NFKC", cell).strip().casefold()
    elif isinstance(cell, (bool, int, float)) and cell in (0, 1):
        word = str(int(cell))
    else:
        word = ""
    if word in _YES:
        return True
    if word in _NO:
        return False
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


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\ufeff]")
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
            word = unicodedata.normalize("NFKC", word)
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
