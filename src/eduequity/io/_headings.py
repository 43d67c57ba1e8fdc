"""
From headings to columns.

A heading is an English name, a Chinese label or one of its aliases, perhaps with its
unit in brackets; one that is close to a known one is taken for a misspelling.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from eduequity.io._tables import SHEETS, Log, Place, Raw, is_blank, shown
from eduequity.model import Field, heading_key
from eduequity.vocab import Stage, Text, Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


__all__ = ["Heading", "columns_of", "heading_row", "likely_table", "table_name"]

_CUTOFF = 0.8
_ROWS_LOOKED_AT = 10
_MOST_GUESSES = 100
_LONGEST = 100


@attrs.frozen
class Heading:
    """
    What a heading means.

    Args:
        name: The column's English name, with the prefix of its stage.

        field: Its declaration.

        factor: What numbers are multiplied with to be in the field's own unit.
    """

    name: str
    field: Field
    factor: Decimal | None = None


# -- units -------------------------------------------------------------------------

_MONEY = (Unit.YUAN, Unit.YUAN_PER_PUPIL)
_PEOPLE = (Unit.PUPILS, Unit.PERSONS, Unit.TEACHERS)
_THINGS = (Unit.CLASSES, Unit.GRADES, Unit.SCHOOLS, Unit.ROOMS, Unit.COUNT)
_UNITS: Mapping[str, tuple[tuple[Unit, ...], str]] = {
    "元": (_MONEY, "1"),
    "元/生": ((Unit.YUAN_PER_PUPIL,), "1"),
    "元/人": (_MONEY, "1"),
    "千元": (_MONEY, "1e3"),
    "万元": (_MONEY, "1e4"),
    "百万元": (_MONEY, "1e6"),
    "亿元": (_MONEY, "1e8"),
    "yuan": (_MONEY, "1"),
    "人": (_PEOPLE, "1"),
    "名": (_PEOPLE, "1"),
    "千人": (_PEOPLE, "1e3"),
    "万人": (_PEOPLE, "1e4"),
    "m2": ((Unit.M2,), "1"),
    "平方米": ((Unit.M2,), "1"),
    "平米": ((Unit.M2,), "1"),
    "万平方米": ((Unit.M2,), "1e4"),
    "万m2": ((Unit.M2,), "1e4"),
    "%": ((Unit.SHARE, Unit.RATIO), "0.01"),
    "所": ((Unit.SCHOOLS, Unit.COUNT), "1"),
    "个": (_THINGS, "1"),
    "班": ((Unit.CLASSES,), "1"),
    "间": ((Unit.ROOMS,), "1"),
    "册": ((Unit.BOOKS,), "1"),
    "万册": ((Unit.BOOKS,), "1e4"),
    "台": ((Unit.DEVICES,), "1"),
    "年": ((Unit.YEARS, Unit.COUNT), "1"),
    "学时": ((Unit.HOURS,), "1"),
    "小时": ((Unit.HOURS,), "1"),
    "级": ((Unit.LEVEL, Unit.GRADES), "1"),
}
"""A unit as headings write it: the units of fields it may stand at, and its size."""

_BRACKETS = re.compile(r"\(([^()]*)\)")
_STAGES = "|".join(word for stage in Stage for word in (stage.label.zh, *stage.words))
_STAGE_LAST = re.compile(rf"(.+)/({_STAGES})\Z")
_GROUPS = re.compile(
    r"(?:自然情况|经济情况|优质高中招生|随迁子女|残疾儿童入学|教师交流轮岗|工资收入|经费标准"
    r"|(?:基本|学生|班级|教师学历|经费)信息|巩固率数据|教学用房面积|体育场馆面积|教学设备"
    r"|音乐美术教室|占地面积及其他办学条件|固定资产总值)/"
)
"""Headings of groups of columns on the official forms, which say nothing more."""


def _unit_key(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _key(heading: str) -> str:
    return _GROUPS.sub("", heading_key(heading)).replace("()", "")


# -- recognising -------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _known(fields: tuple[Field, ...]) -> Mapping[str, Heading]:
    """Return what every heading of a table means, by its key."""
    known: dict[str, Heading] = {}
    for field in fields:
        for name, heading in field.headings():
            known.setdefault(heading_key(heading), Heading(name, field))
    return known


def _recognise(heading: str, known: Mapping[str, Heading]) -> Heading | Text | None:
    """Return what *heading* means, why its bracket is wrong, or None."""
    key = _key(heading)
    plain = _look_up(key, known)
    if plain:
        return plain
    for bracket in reversed(list(_BRACKETS.finditer(key))):
        found = _look_up(key[: bracket.start()] + key[bracket.end() :], known)
        if found:
            return _with_bracket(found, bracket[1])
    return None


def _look_up(key: str, known: Mapping[str, Heading]) -> Heading | None:
    found = known.get(key)
    if found is None and (match := _STAGE_LAST.match(key)):
        found = known.get(match[2] + match[1])
    return found


def _with_bracket(found: Heading, word: str) -> Heading | Text | None:
    """Take the bracket for a unit, a remark, or what makes it another column."""
    field = found.field
    if field.unit is None:
        return found  # a remark: words, dates and yes/no have no unit
    units, size = _UNITS.get(_unit_key(word), ((), "1"))
    if field.unit in units:
        return attrs.evolve(found, factor=None if size == "1" else Decimal(size))
    if not units:
        return None
    fit = "、".join(each for each, (of, _) in _UNITS.items() if field.unit in of)
    return Text(
        f"括号内的“{word}”不是 {found.name} 的单位，应为：{fit or '无括号'}",
        f"{shown(word)} in brackets is no unit of {found.name}, "
        f"expected {fit or 'no bracket'}",
    )


def heading_row(grid: Sequence[Sequence[Any]], fields: tuple[Field, ...]) -> int | None:
    """
    Find the row of headings: of the first ten that with most headings recognised.

    Where none is recognised it is the first row that is not blank.
    """
    known = _known(fields)
    best, most = None, -1
    for row, cells in enumerate(grid[:_ROWS_LOOKED_AT]):
        words = [str(cell) for cell in cells if not is_blank(cell)]
        count = sum(_recognise(word, known) is not None for word in words)
        if words and count > most:
            best, most = row, count
    return best


def columns_of(raw: Raw, fields: tuple[Field, ...], log: Log) -> dict[int, Heading]:
    """Return what each column means; say what is unknown, doubled or missing."""
    known = _known(fields)
    found: dict[int, Heading] = {}
    excused: set[str] = set()
    guesses = 0
    for column, heading in enumerate(raw.headings):
        meant = _recognise(heading, known) if heading else None
        if isinstance(meant, Heading):
            found[column] = meant
            continue
        if isinstance(meant, Text):
            log.problem("wrong-unit", meant, raw.heading(column))
            excused.add(_base(heading, known))
            continue
        guess = _guess(heading, fields) if guesses < _MOST_GUESSES else None
        guesses += 1
        if guess:
            _misspelt(heading, guess, raw.heading(column), log)
            excused.add(guess[0])
        elif heading or not all(map(is_blank, raw.columns[column])):
            _unknown(heading, raw, column, log)
    excused |= _drop_doubled(raw, found, log)
    _check_missing(raw, fields, found, excused, log)
    return found


def _base(heading: str, known: Mapping[str, Heading]) -> str:
    """Name the column that a heading with a wrong unit means."""
    found = _look_up(_BRACKETS.sub("", _key(heading)), known)
    return found.name if found else ""


def likely(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *word* probably was meant to be."""
    close = difflib.get_close_matches(word[:_LONGEST], known, n=1, cutoff=_CUTOFF)
    return close[0] if close else None


def likely_table(word: str) -> str | None:
    """Return the name of a table that *word* probably was meant to be."""
    names = (name for table, zh in SHEETS.items() for name in (table, *zh))
    return likely(heading_key(word), names)


def _guess(heading: str, fields: tuple[Field, ...]) -> tuple[str, str] | None:
    """Return name and heading of the column that *heading* is a misspelling of."""
    word = _BRACKETS.sub(
        lambda bracket: "" if _unit_key(bracket[1]) in _UNITS else bracket[0],
        _key(heading),
    )
    if not word or len(word) > _LONGEST:
        return None
    apart = set(_APART.findall(word))
    candidates = {
        each: name
        for each, name in _candidates(fields).items()
        if set(_APART.findall(each)) == apart
    }
    close = likely(word, candidates)
    return (candidates[close], close) if close else None


_APART = re.compile("小学|初中|高中|女|男|primary|junior|senior")
"""Words that make two headings differ however alike they are."""


@functools.lru_cache(maxsize=64)
def _candidates(fields: tuple[Field, ...]) -> Mapping[str, str]:
    """Return the names and labels that a misspelling may be near to."""
    names = {name: name for field in fields for name in field.names}
    labels = {
        heading_key(field.label_of(name).zh): name
        for field in fields
        for name in field.names
    }
    return names | labels


def _misspelt(heading: str, guess: tuple[str, str], place: Place, log: Log) -> None:
    log.problem(
        "misspelt-column",
        Text(
            f"没有列“{heading}”，是否应为“{guess[1]}”？",
            f"there is no column {shown(heading)}, did you mean {guess[1]!r}?",
        ),
        place,
    )


def _unknown(heading: str, raw: Raw, column: int, log: Log) -> None:
    if heading:
        said = Text(
            f"未识别的列“{heading}”，未读取",
            f"the column {shown(heading)} is unknown and was not read",
        )
    else:
        said = Text(
            "此列没有标题，未读取", "this column has no heading and was not read"
        )
    log.notice("unknown-column", said, raw.heading(column))


def _drop_doubled(raw: Raw, found: dict[int, Heading], log: Log) -> set[str]:
    """Take out columns that mean the same; return their names."""
    by_name: dict[str, list[int]] = {}
    for column, meant in found.items():
        by_name.setdefault(meant.name, []).append(column)
    doubled = {name: them for name, them in by_name.items() if len(them) > 1}
    for name, them in doubled.items():
        zh = "、".join(f"“{raw.headings[c]}”({raw.heading(c)['cell']})" for c in them)
        en = " and ".join(
            f"{shown(raw.headings[c])} ({raw.heading(c)['cell']})" for c in them
        )
        log.problem(
            "doubled-column",
            Text(
                f"{zh} 都是列 {name}，只应有一列",
                f"{en} both mean the column {name}, expected only one",
            ),
            raw.heading(them[1]),
        )
        for column in them:
            del found[column]
    return set(doubled)


def _check_missing(
    raw: Raw,
    fields: tuple[Field, ...],
    found: Mapping[int, Heading],
    excused: set[str],
    log: Log,
) -> None:
    given = {meant.name for meant in found.values()}
    for field in fields:
        if field.required and field.name not in given | excused:
            log.problem(
                "missing-column",
                Text(
                    f"缺少必需的列“{field.label.zh}”({field.name})",
                    f"the required column {field.name} ({field.label.zh}) is missing",
                ),
                raw.place,
            )
    absent = {name for field in fields for name in field.names} - given - excused
    if raw.table in ("county", "schools") and absent:
        many = len(absent)
        log.notice(
            "absent-columns",
            Text(
                f"有 {many} 列未提供，视为未知",
                f"{many} columns are not given and count as unknown",
            ),
            raw.place,
        )


# -- tables ------------------------------------------------------------------------


def table_name(word: str) -> str | None:
    """
    Return the table that a sheet, a file or a key names.

    >>> table_name("学 校"), table_name("Schools"), table_name("说明")
    ('schools', 'schools', None)
    """
    key = heading_key(word)
    for table, names in SHEETS.items():
        if key == table or key.removesuffix("表") in names:
            return table
    return None
