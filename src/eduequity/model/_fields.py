"""
One declaration per field, and what is made from it.

The validators of the records, the headings that readers recognise, the JSON Schema and
the data dictionary all come from here.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import math
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias

import attrs

from eduequity.vocab import Choice, Stage, Text, Unit


__all__ = [
    "Field",
    "FieldType",
    "PartialDate",
    "areas",
    "choice",
    "count",
    "date",
    "described",
    "fields_of",
    "heading_key",
    "integer",
    "number",
    "text",
    "yes_no",
]

FieldType = Literal["text", "integer", "number", "yes_no", "choice", "date", "areas"]
"""What a cell holds; ``areas`` is a list of areas in m²."""

ChoiceClass: TypeAlias = type[Choice]

STAGED = (Stage.PRIMARY, Stage.JUNIOR)


@attrs.frozen(kw_only=True, cache_hash=True)
class Field:
    """
    A column of a table, as everybody needs to know it.

    Args:
        table: The table it stands in, such as ``schools``.

        name: The English name, which is the name in code.

        type: What a cell holds.

        label: The column's name in Chinese and English.

        unit: Its unit; None for words, dates and yes/no.

        aliases: Other headings that mean this column.

        minimum: The smallest value that can be right.

        maximum: The largest value that can be right.

        choices: The words that a ``choice`` offers.

        required: Whether the table is of no use without it.

        per_stage: Whether it may carry the prefix ``primary_`` or ``junior_``.

        period: What time the figure speaks of.

    >>> from eduequity.model import TABLES
    >>> area = next(f for f in TABLES["schools"] if f.name == "teaching_area")
    >>> area.label.zh, area.unit.value, area.hundredths, area.names
    ('教学及辅助用房面积', 'm2', True, ('teaching_area',))
    >>> next(area.headings())
    ('teaching_area', 'teaching_area')
    >>> area.problem(-1.0)[1].en
    '-1 is below 0, the least that can be right'
    >>> area.problem(None) is None  # a blank is unknown, no problem
    True
    >>> pupils = next(f for f in TABLES["schools"] if f.name == "pupils")
    >>> pupils.label_of("primary_pupils").zh
    '小学在校生数'
    """

    table: str
    name: str
    type: FieldType
    label: Text
    unit: Unit | None = None
    aliases: tuple[str, ...] = ()
    minimum: float | None = 0
    maximum: float | None = None
    choices: ChoiceClass | None = None
    required: bool = False
    per_stage: bool = False
    period: Text | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The column names it goes by: with both prefixes where it is per stage."""
        if not self.per_stage:
            return (self.name,)
        staged = tuple(f"{stage}_{self.name}" for stage in STAGED)
        return staged if self.table == "county" else (self.name, *staged)

    @property
    def hundredths(self) -> bool:
        """Whether values are kept to 0.01 (areas and money)."""
        return self.unit in (Unit.M2, Unit.YUAN) and self.type != "integer"

    def headings(self) -> Iterator[tuple[str, str]]:
        """Yield every (column name, heading) that means this field."""
        words = (self.label.zh, *self.aliases)
        for name in self.names:
            yield name, name
        if self.name in self.names:
            for word in words:
                yield self.name, word
        if self.per_stage:
            for stage in STAGED:
                name = f"{stage}_{self.name}"
                for part in (stage.label.zh, *stage.words):
                    for word in words:
                        yield name, f"{part}{word}"
                        yield name, f"{part}/{word}"
                        yield name, f"{word}({part})"

    def label_of(self, name: str) -> Text:
        """
        Return the label of the column *name*, with its stage in front where it has one.
        """
        for stage in STAGED:
            if name == f"{stage}_{self.name}":
                return Text(
                    f"{stage.label.zh}{self.label.zh}",
                    f"{self.label.en} ({stage.label.en})",
                )
        return self.label

    def problem(self, value: Any) -> tuple[str, Text] | None:
        """Return code and sentence of what is wrong with *value*, or None."""
        if value is None or self.type in ("text", "date", "choice", "yes_no"):
            return None
        values = value if self.type == "areas" else (value,)
        for each in values:
            found = self._number_problem(each)
            if found:
                return found
        return None

    def _number_problem(self, value: float) -> tuple[str, Text] | None:
        if not math.isfinite(value):
            return "not-finite", Text(
                f"{value} 不是有限的数，应为数字", f"{value} is not a finite number"
            )
        if self.type == "integer" and value != int(value):
            return "fractional-count", Text(
                f"{value} 带小数，应为整数",
                f"{value} is fractional, expected a whole number",
            )
        if self.minimum is not None and value < self.minimum:
            code = "negative-number" if self.minimum == 0 else "too-small"
            return code, Text(
                f"{value:g} 小于 {self.minimum:g}，应不小于此数",
                f"{value:g} is below {self.minimum:g}, the least that can be right",
            )
        if self.maximum is not None and value > self.maximum:
            return "too-large", Text(
                f"{value:g} 大于 {self.maximum:g}，应不大于此数",
                f"{value:g} is above {self.maximum:g}, the most that can be right",
            )
        return None


_ONE_WIDTH = str.maketrans("（）［］，：", "()[],:")


def heading_key(heading: str) -> str:
    """
    Return a heading reduced to what matters: no white space, one width of brackets.

    Args:
        heading: As it stands in a file.

    >>> from eduequity.model import heading_key
    >>> heading_key("初 中 （人）")
    '初中(人)'
    """
    return _key(heading) if len(heading) > _LONG else _short_key(heading)


_LONG = 100


def _key(heading: str) -> str:
    return "".join(heading.translate(_ONE_WIDTH).split()).casefold()


_short_key = functools.lru_cache(maxsize=8192)(_key)
"""The same headings come again in every workbook of a folder."""


_PARTIAL = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)\Z")


@attrs.frozen(order=True)
class PartialDate:
    """
    A date known to the day, the month or the year.

    A rule is decided by it only where every day in it agrees.

    Args:
        first: The first day that it can be.

        last: The last.

    >>> import eduequity as ee
    >>> ee.PartialDate.parse("2016-10").last
    datetime.date(2016, 10, 31)
    >>> ee.PartialDate.parse("2015").first
    datetime.date(2015, 1, 1)
    >>> str(ee.PartialDate.parse("2015年"))
    '2015'
    """

    first: dt.date
    last: dt.date

    @classmethod
    def parse(cls, word: str | int | dt.date) -> PartialDate:
        """
        Read a date from a word.

        Args:
            word: ``2015``, ``2016-10``, ``2016-10-09``, with dots, slashes or 年月日
                too, or a date.

        Raises:
            ValueError: It is no date.
        """
        if isinstance(word, dt.datetime):
            word = word.date()
        if isinstance(word, dt.date):
            return cls(word, word)
        match = _PARTIAL.match(str(word).strip())
        if not match:
            raise ValueError(
                f"{word!r} is no date; expected 2016, 2016-10 or 2016-10-09"
            )
        year, month, day = (int(part) if part else None for part in match.groups())
        first = dt.date(year or 0, month or 1, day or 1)
        if day:
            return cls(first, first)
        if month:
            return cls(first, first.replace(day=monthrange(first.year, month)[1]))
        return cls(first, dt.date(first.year, 12, 31))

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        if self.first.month == self.last.month:
            return f"{self.first:%Y-%m}"
        return f"{self.first:%Y}"


_KEY = "eduequity.field"


def _declare(kind: FieldType, zh: str, en: str, **facts: Any) -> Any:
    """Make an attrs field that carries its declaration and validates by it."""
    aliases = facts.pop("also", "")
    declared = {
        "type": kind,
        "label": Text(zh, en),
        "aliases": tuple(aliases.split()) if aliases else (),
        **facts,
    }
    given: dict[str, Any] = {
        "metadata": {_KEY: declared},
        "validator": _validate,
        "converter": _converter(kind, declared.get("choices")),
    }
    if not declared.get("required"):
        given["default"] = None
    return attrs.field(**given)


def _converter(kind: FieldType, choices: type[Choice] | None) -> Any:
    """Let records take words for choices and dates, and any list of areas."""
    if kind == "choice" and choices is not None:
        return attrs.converters.optional(choices)
    if kind == "date":
        return attrs.converters.optional(_date)
    if kind == "areas":
        return attrs.converters.optional(tuple)
    return None


def _date(value: Any) -> PartialDate:
    return value if isinstance(value, PartialDate) else PartialDate.parse(value)


def _validate(record: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    field = Field(table="", name=attribute.name, **attribute.metadata[_KEY])
    found = field.problem(value)
    if found:
        raise ValueError(f"{type(record).__name__}.{attribute.name}: {found[1].en}")


def text(zh: str, en: str, **facts: Any) -> Any:
    """Declare a text column."""
    return _declare("text", zh, en, **facts)


def count(zh: str, en: str, unit: Unit = Unit.COUNT, **facts: Any) -> Any:
    """Declare a column of whole numbers from 0."""
    return _declare("integer", zh, en, unit=unit, **facts)


def integer(zh: str, en: str, **facts: Any) -> Any:
    """Declare a column of whole numbers with bounds of its own, such as a year."""
    return _declare("integer", zh, en, **facts)


def number(zh: str, en: str, unit: Unit, **facts: Any) -> Any:
    """Declare a column of numbers from 0; a share is at most 1."""
    if unit is Unit.SHARE:
        facts.setdefault("maximum", 1)
    return _declare("number", zh, en, unit=unit, **facts)


def areas(zh: str, en: str, **facts: Any) -> Any:
    """Declare a column of lists of areas in m²."""
    return _declare("areas", zh, en, unit=Unit.M2, **facts)


def yes_no(zh: str, en: str, **facts: Any) -> Any:
    """Declare a yes/no column."""
    return _declare("yes_no", zh, en, **facts)


def choice(zh: str, en: str, choices: type[Choice], **facts: Any) -> Any:
    """Declare a column of words from a closed list."""
    return _declare("choice", zh, en, choices=choices, **facts)


def date(zh: str, en: str, **facts: Any) -> Any:
    """Declare a column of dates, known to the day, the month or the year."""
    return _declare("date", zh, en, **facts)


def fields_of(
    record: type, table: str, *, per_stage: bool = False
) -> tuple[Field, ...]:
    """Return the fields that the attrs class *record* declares, in its order."""
    return tuple(
        Field(table=table, name=each.name, per_stage=per_stage, **each.metadata[_KEY])
        for each in attrs.fields(record)
        if _KEY in each.metadata
    )


def described(records: Iterable[type]) -> None:
    """Let the docstring of every record say of each column what its field declares."""
    for record in records:
        if record.__doc__ is None:  # python -OO
            continue
        said, _, before = inspect.cleandoc(record.__doc__).partition("\n\nArgs:\n")
        told = [f"    {field.name}: {_told(field)}" for field in fields_of(record, "")]
        parts = (f"{said}\n\n{_BLANK}\n\nArgs:", before, *told)
        record.__doc__ = "\n\n".join(filter(None, parts)).replace(":\n\n  ", ":\n  ")


_BLANK = "A column that is None is unknown, never zero."


def _told(field: Field) -> str:
    facts = [_OF_A_TYPE.get(field.type, field.type)]
    if field.choices is not None:
        facts = [f"one of `eduequity.vocab.{field.choices.__name__}`"]
    if field.unit is Unit.SHARE:
        return f"{field.label.zh}, {field.label.en}: fraction from 0 to 1."
    if field.unit is not None and field.unit is not Unit.COUNT:
        facts.append(field.unit.label.en or field.unit.value)
    if field.minimum:
        facts.append(f"from {field.minimum:g}")
    if field.maximum:
        facts.append(f"to {field.maximum:g}")
    if field.period is not None:
        facts.append(field.period.en)
    if field.required:
        facts.append("required")
    return f"{field.label.zh}, {field.label.en}: {', '.join(facts)}."


_OF_A_TYPE = {
    "areas": "list of areas",
    "date": "date, known to the day, month or year",
    "integer": "whole number",
    "yes_no": "yes or no",
}
