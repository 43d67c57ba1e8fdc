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
from typing import TYPE_CHECKING

import attrs

from eduequity.io._form_headings import unread
from eduequity.io._tables import SHEETS, Log, Place, Raw, is_blank, shown
from eduequity.model import Field, heading_key
from eduequity.vocab import Stage, Text, Unit


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


__all__ = [
    "Heading",
    "Meanings",
    "columns_of",
    "is_unit",
    "likely_table",
    "meanings_of",
    "say_absent",
    "table_name",
]

_CUTOFF = 0.8
_MOST_GUESSES = 100
_LONGEST = 100
_MOST_SEEN = 10_000


@attrs.frozen
class Heading:
    """
    What a heading means.

    Args:
        name: The column's English name, with the prefix of its stage.

        field: Its declaration.

        factor: What numbers are multiplied with to be in the field's own unit.

        part: Which summand of the column this is, where forms ask for them apart.

        stated: Whether the heading itself names the unit.
    """

    name: str
    field: Field
    factor: Decimal | None = None
    part: str = ""
    stated: bool = False


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

_LAST_WORDS = ("万平方米", "平方米", "万元", "千元", "亿元", "元", "㎡", "m2", "%")

_BRACKETS = re.compile(r"\(([^()]*)\)")
_STAGES = "|".join(word for stage in Stage for word in (stage.label.zh, *stage.words))
_STAGE = re.compile(rf"(?:{_STAGES})\Z")
_STAGE_INSIDE = re.compile(rf"(.+)\(({_STAGES})\)\Z")
_AFFIXED = re.compile(
    rf"(?:(?P<before>{_STAGES})[-_–—:：·](?P<rest>.+)"
    rf"|(?P<what>.+)[-_–—:：·](?P<behind>{_STAGES}))\Z"
)
"""A stage before or behind a heading, set off by a dash, a line or a colon."""

_TOTAL = re.compile(r"(?:合计|总计|计|小计|总数)\Z")
_LAST_PART = re.compile(rf"(?:{_STAGES}|合计|总计|计|小计|总数|其中.*)\Z")
_AMONG = re.compile(r"(?:其中[:]?|#)")
_GROUP = re.compile(
    r"(?:自然情况|经济情况|优质高中招生|随迁子女|残疾儿童入学|教师交流轮岗|工资收入|经费标准"
    r"|巩固率数据|教学用房面积|体育场馆面积|教学设备|音乐美术教室|体育艺术教师|固定资产总值"
    r"|教基\d+续?|占地面积|占地面积及其他办学条件|(?:学校|学生|班级|教师|教师学历|经费|办学条件"
    r"|校舍|设备|师资|基本|硬件|资源配置)?(?:基本)?(?:情况|信息|数据|办学条件))\Z"
)
"""Headings of groups of columns, which say nothing more of the columns below."""


def _unit_key(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def is_unit(word: str) -> bool:
    """
    Whether *word* is a unit as headings write it.

    >>> is_unit("万元"), is_unit("是/否")
    (True, False)
    """
    return _unit_key(word) in _UNITS


def _key(heading: str) -> str:
    return heading_key(heading).replace("()", "")


# -- recognising -------------------------------------------------------------------

_PARTS: Mapping[str, Mapping[str, str]] = {
    "pe_arts_teachers": {
        "体育专任教师人数": "体育",
        "体育专任教师数": "体育",
        "体育专任教师": "体育",
        "体育教师": "体育",
        "音乐专任教师人数": "音乐",
        "音乐专任教师数": "音乐",
        "音乐专任教师": "音乐",
        "美术专任教师人数": "美术",
        "美术专任教师数": "美术",
        "美术专任教师": "美术",
        "艺术专任教师人数": "艺术",
        "艺术专任教师数": "艺术",
        "艺术专任教师": "艺术",
        "专任教师/#按授课课程分/体育与健康": "体育",
        "专任教师/#按授课课程分/艺术/计": "艺术计",
    },
    "visiting_pe_arts_teachers": {
        f"{subject}交流轮岗/兼职/走教教师人数": subject
        for subject in ("体育", "音乐", "美术", "艺术")
    },
}
"""Columns that forms ask for in parts; 艺术计 already holds 音乐 and 美术."""


_OF_JUNIOR = {
    "graduates": "本届毕业学生人数",
    "entrants_three_years_ago": "毕业年级初一时在校学生数",
    "transfers_in": "毕业年级三年转入学生数",
    "transfers_out": "毕业年级三年转出学生数",
    "deaths": "毕业年级三年死亡学生数",
}
"""Items that the school form asks of the junior stage alone, whatever the school."""


class Meanings:
    """
    What the headings of one table mean.

    Args:
        fields: The fields of the table.
    """

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self.known: dict[str, Heading] = {}
        self._seen: dict[str, Heading | Text | None] = {}
        for field in fields:
            for name, heading in field.headings():
                self.known.setdefault(heading_key(heading), Heading(name, field))
            for heading, part in _PARTS.get(field.name, {}).items():
                if field.table == "schools":
                    for name, word in _staged(field, heading):
                        meant = Heading(name, field, part=part)
                        self.known.setdefault(heading_key(word), meant)
            if field.table == "schools" and field.name in _OF_JUNIOR:
                meant = Heading(f"{Stage.JUNIOR}_{field.name}", field)
                self.known[heading_key(_OF_JUNIOR[field.name])] = meant

    def of(self, heading: str) -> Heading | Text | None:
        """Return what *heading* means, why its bracket is wrong, or None."""
        if len(self._seen) > _MOST_SEEN:
            self._seen.clear()
        if heading not in self._seen:
            known = None if unread(heading) else self._recognised(_key(heading))
            self._seen[heading] = known
        return self._seen[heading]

    def count(self, headings: Iterable[str]) -> int:
        """Return how many of *headings* are recognised."""
        return sum(self.of(each) is not None for each in headings)

    def ends_heading(self, word: str) -> bool:
        """Whether *word* may stand below others as the last part of a heading."""
        return self.of(word) is not None or bool(_LAST_PART.match(heading_key(word)))

    def _recognised(self, key: str) -> Heading | Text | None:
        plain = self._look_up(key)
        if plain:
            return plain
        brackets = list(_BRACKETS.finditer(key))
        for bracket in reversed(brackets):
            found = self._look_up(key[: bracket.start()] + key[bracket.end() :])
            if found:
                return _with_bracket(found, bracket[1])
        units = [each for each in brackets if is_unit(each[1])]
        found = self._look_up(_BRACKETS.sub(_without_units, key)) if units else None
        if found:
            return _with_bracket(found, units[-1][1])
        return self._with_last_word(key)

    def _with_last_word(self, key: str) -> Heading | None:
        """Take the unit that ends a heading without brackets, such as ``…值万元``."""
        for unit in _LAST_WORDS:
            if key.endswith(unit) and (found := self._look_up(key[: -len(unit)])):
                read = _with_bracket(found, unit)
                return read if isinstance(read, Heading) else None
        return None

    def _look_up(self, key: str) -> Heading | None:
        found = self.known.get(key) or ("/" in key and self._path(key)) or None
        apart = None if found else _AFFIXED.match(key)
        if apart is None:
            return found
        stage, what = apart["before"] or apart["behind"], apart["rest"] or apart["what"]
        return self._path(f"{stage}/{what}")

    def _path(self, key: str) -> Heading | None:
        """Read ``group/heading``, ``heading/小学``, ``小学/heading/其中:heading``."""
        parts = [
            _AMONG.sub("", part) if part != "其中" else "" for part in key.split("/")
        ]
        stage = next((part for part in parts if _STAGE.match(part)), "")
        parts = [p for p in parts if p and p != stage and not _GROUP.match(p)]
        while len(parts) > 1 and _TOTAL.match(parts[-1]):
            parts.pop()
        whole = "/".join(parts)
        found = self.known.get(stage + whole) or self._staged_last(whole, stage)
        if found or len(parts) < 2:  # noqa: PLR2004 - a group and its heading
            return found
        # The group is a figure itself: the heading below it is a part of that figure.
        if all(self.known.get(p) or self.known.get(stage + p) for p in parts[:-1]):
            return self.known.get(stage + parts[-1])
        return None

    def _staged_last(self, whole: str, stage: str) -> Heading | None:
        inside = _STAGE_INSIDE.match(whole)
        return self.known.get(inside[2] + inside[1]) if inside and not stage else None


def _staged(field: Field, heading: str) -> Iterator[tuple[str, str]]:
    """Yield every (column name, heading) of a heading with and without its stage."""
    return attrs.evolve(field, label=Text(heading, heading), aliases=()).headings()


def _without_units(bracket: re.Match[str]) -> str:
    return "" if is_unit(bracket[1]) else bracket[0]


@functools.lru_cache(maxsize=64)
def meanings_of(fields: tuple[Field, ...]) -> Meanings:
    """Return what the headings of a table with these fields mean."""
    return Meanings(fields)


def _with_bracket(found: Heading, word: str) -> Heading | Text | None:
    """Take the bracket for a unit, a remark, or what makes it another column."""
    field = found.field
    if field.unit is None:
        return found  # a remark: words, dates and yes/no have no unit
    units, size = _UNITS.get(_unit_key(word), ((), "1"))
    if field.unit in units:
        factor = None if size == "1" else Decimal(size)
        return attrs.evolve(found, factor=factor, stated=True)
    if not units:
        return None
    fit = "、".join(each for each, (of, _) in _UNITS.items() if field.unit in of)
    return Text(
        f"括号内的“{word}”不是 {found.name} 的单位，应为：{fit or '无括号'}",
        f"{shown(word)} in brackets is no unit of {found.name}, "
        f"expected {fit or 'no bracket'}",
    )


def columns_of(raw: Raw, fields: tuple[Field, ...], log: Log) -> dict[int, Heading]:
    """Return what each column means; say what is unknown, doubled or missing."""
    meanings = meanings_of(fields)
    found: dict[int, Heading] = {}
    strange: list[int] = []
    excused: set[str] = set()
    for column, heading in enumerate(raw.headings):
        meant = meanings.of(heading) if heading else None
        if isinstance(meant, Heading):
            found[column] = _in_unit_above(meant, raw, column, log)
        elif isinstance(meant, Text):
            log.problem("wrong-unit", meant, raw.heading(column))
            excused.add(_base(heading, meanings))
        elif heading or not all(map(is_blank, raw.columns[column])):
            strange.append(column)
    excused |= _say_strange(strange, raw, fields, log)
    excused |= _drop_doubled(raw, found, log)
    if raw.layout != "form":
        _check_missing(raw, fields, found, excused, log)
    return found


def _in_unit_above(meant: Heading, raw: Raw, column: int, log: Log) -> Heading:
    """Give a heading that names no unit the one that stands above the table."""
    if not raw.unit or meant.stated or meant.field.unit is None:
        return meant
    fit = {
        _UNITS[key][1]: word
        for word in raw.unit
        if meant.field.unit in _UNITS[key := _unit_key(word)][0]
    }
    if len(fit) > 1:
        words = "、".join(fit.values())
        log.problem(
            "ambiguous-unit",
            Text(
                f"表上方注明单位 {words}，无法确定本列用哪一个；请在表头括号内写明单位",
                f"the units {words} stand above the table, which one is this column "
                "in? expected a unit in brackets in the heading",
            ),
            raw.heading(column),
        )
    size = next(iter(fit), "1")
    return meant if size == "1" else attrs.evolve(meant, factor=Decimal(size))


def _base(heading: str, meanings: Meanings) -> str:
    """Name the column that a heading with a wrong unit means."""
    found = meanings.of(_BRACKETS.sub("", _key(heading)))
    return found.name if isinstance(found, Heading) else ""


_MANY = 10


def _say_strange(
    columns: Sequence[int], raw: Raw, fields: tuple[Field, ...], log: Log
) -> set[str]:
    """Say which headings are unknown or misspelt; return what the latter mean."""
    guessed: set[str] = set()
    unknown = []
    for number, column in enumerate(columns):
        heading = raw.headings[column]
        reason = unread(heading)
        if reason:
            log.notice("unread-column", _unread(heading, reason), raw.heading(column))
            continue
        may_guess = number < _MOST_GUESSES and raw.layout == "table"
        guess = _guess(heading, fields) if may_guess else None
        if guess:
            _misspelt(heading, guess, raw.heading(column), log)
            guessed.add(guess[0])
        else:
            unknown.append(column)
    if raw.layout == "statistics" and len(unknown) > _MANY:
        log.notice(
            "unknown-column",
            Text(
                f"统计导出表中有 {len(unknown)} 列不在评估所需范围，未读取",
                f"{len(unknown)} columns of the export are not needed and not read",
            ),
            raw.place,
        )
        return guessed
    for column in unknown:
        _unknown(raw.headings[column], raw, column, log)
    return guessed


def _unread(heading: str, reason: Text) -> Text:
    return Text(
        f"列“{heading}”不读取：{reason.zh}",
        f"the column {shown(heading)} is not read: {reason.en}",
    )


def likely(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that *word* probably was meant to be."""
    close = difflib.get_close_matches(word[:_LONGEST], known, n=1, cutoff=_CUTOFF)
    return close[0] if close else None


@functools.lru_cache(maxsize=1024)
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
            "此列没有表头，未读取", "this column has no heading and was not read"
        )
    log.notice("unknown-column", said, raw.heading(column))


def _drop_doubled(raw: Raw, found: dict[int, Heading], log: Log) -> set[str]:
    """Take out columns that mean the same; return their names."""
    by_name: dict[str, list[int]] = {}
    for column, meant in found.items():
        by_name.setdefault(meant.name, []).append(column)
    doubled = {
        name: them
        for name, them in by_name.items()
        if len(them) > len({found[column].part or column for column in them})
        or (len(them) > 1 and not all(found[column].part for column in them))
    }
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


def say_absent(
    place: Place, fields: tuple[Field, ...], given: Iterable[str], log: Log
) -> None:
    """Say, once a table, how many columns nobody gave."""
    absent = {name for field in fields for name in field.names} - set(given)
    if absent:
        many = len(absent)
        log.notice(
            "absent-columns",
            Text(
                f"有 {many} 列未提供，视为未知",
                f"{many} columns are not given and count as unknown",
            ),
            place,
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
