"""
Hypothesis strategies, made from the declarations of the model.

What they draw obeys the data contract, so that it can be read; whether it is met is
another matter. A strategy of a collection takes that of its elements first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eduequity.facts import Facts
from eduequity.io._checks import _DENOMINATORS, _RULES
from eduequity.model import (
    County,
    Field,
    Monitoring,
    PartialDate,
    School,
    Section,
    Spending,
    Survey,
    Teacher,
    dictionary,
    rows_of,
)
from eduequity.model._fields import fields_of
from eduequity.rules import (
    FieldSpec,
    Operator,
    Pack,
    PackInfo,
    Parameter,
    Rule,
    Source,
    Threshold,
    Value,
)
from eduequity.vocab import How, Kind, Scope, Text, Unit


__all__ = [
    "counties",
    "facts",
    "packs",
    "rows",
    "schools",
    "sections",
    "teachers",
    "values",
]

MOST = 3000
"""No count is drawn above this; it is a large school."""

Row = dict[str, Any]

_NAMES = st.text("一二三四五实验中心小学初中甲乙丙丁", min_size=1, max_size=8)
_CODES = st.from_regex(r"[0-9]{4}", fullmatch=True)
_DATES = st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31))


# -- values and rows ---------------------------------------------------------------


def values(field: Field) -> SearchStrategy[Any]:
    """
    Draw values of one column, as records hold them.

    Args:
        field: The column, of the model or of a pack.

    >>> from hypothesis import find
    >>> from eduequity.model import TABLES
    >>> from eduequity.testing import values
    >>> pupils = next(f for f in TABLES["schools"] if f.name == "pupils")
    >>> find(values(pupils), lambda drawn: drawn > 7)  # the least above 7
    8
    """
    if field.choices is not None:
        return st.sampled_from(list(field.choices))
    return _OF_A_TYPE[field.type] if field.type in _OF_A_TYPE else _numbers(field)


def _numbers(field: Field) -> SearchStrategy[Any]:
    least = field.minimum or 0
    most = max(least, MOST) if field.maximum is None else field.maximum
    if field.type == "integer":
        return st.integers(int(least), int(most))
    if field.unit is Unit.SHARE:
        return st.floats(least, most)
    return _hundredths(least, most)


def _known_to(day: dt.date) -> SearchStrategy[PartialDate]:
    words = (f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}")
    return st.sampled_from([PartialDate.parse(word) for word in words])


def _hundredths(least: float, most: float) -> SearchStrategy[float]:
    return st.integers(round(least * 100), round(most * 100)).map(lambda n: n / 100)


_OF_A_TYPE: Mapping[str, SearchStrategy[Any]] = {
    "text": _NAMES,
    "yes_no": st.booleans(),
    "date": _DATES.flatmap(_known_to),
    "areas": st.lists(_hundredths(0, 200), max_size=4).map(tuple),
}


def rows(table: str, *, fields: Sequence[Field] = ()) -> SearchStrategy[Row]:
    """
    Draw rows of a table; what is not required may be blank.

    Args:
        table: Such as ``schools``.

        fields: Columns that packs declare, such as ``registry.fields``.

    >>> from hypothesis import find
    >>> from eduequity.testing import rows
    >>> sorted(find(rows("classes"), lambda drawn: True))  # what is required alone
    ['school', 'stage']
    """
    return _rows(dictionary(fields)[table], table)


_ALONE = {"parent", "counts_as_school", "campus", "county"}
"""Columns that speak of other rows: a row alone leaves them blank."""


def _rows(fields: Iterable[Field], table: str) -> SearchStrategy[Row]:
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for field in fields:
        for name in field.names:
            if field.required:
                required[name] = _CODES if name in ("code", "school") else values(field)
            elif name not in _ALONE:
                optional[name] = values(field)
    drawn = st.fixed_dictionaries(required, optional=optional)
    return drawn.map(lambda row: _tidied(row, table))


def _tidied(row: Row, table: str) -> Row:
    """Blank what would contradict a part of itself."""
    for rule in _RULES:
        if rule.table == table and rule.whole in row:
            parts = sum(row.get(name) or 0 for name in rule.parts)
            if parts > row[rule.whole]:
                del row[rule.whole]
    for name, part, whole in _DENOMINATORS:
        if name == table and row.get(part) and row.get(whole) == 0:
            del row[whole]
    for prefix in ("", "primary_", "junior_"):
        pupils, classes = row.get(f"{prefix}pupils"), row.get(f"{prefix}classes")
        if bool(pupils) != bool(classes) and None not in (pupils, classes):
            del row[f"{prefix}classes"]
    return row


def _record(cls: type[Any], table: str, **given: Any) -> SearchStrategy[Any]:
    """Draw records of a class: its own columns, with some given."""
    own = [field for field in fields_of(cls, table) if field.name not in given]
    return st.builds(
        lambda row, more: cls(**row, **more),
        _rows(own, table),
        st.fixed_dictionaries(given),
    )


# -- records -----------------------------------------------------------------------


def sections() -> SearchStrategy[Section]:
    """
    Draw stages of schools.

    >>> from hypothesis import Phase, find, settings
    >>> from eduequity.testing import sections
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> type(find(sections(), lambda drawn: True, settings=once)).__name__
    'Section'
    """
    drawn: SearchStrategy[Section] = _record(Section, "schools")
    return drawn


def schools(*, kinds: Sequence[Kind] = tuple(Kind)) -> SearchStrategy[School]:
    """
    Draw schools with the stages of their kind.

    Args:
        kinds: The kinds of school that are drawn.

    >>> from hypothesis import Phase, find, settings
    >>> from eduequity import Kind
    >>> from eduequity.testing import schools
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> find(
    ...     schools(kinds=[Kind.NINE_YEAR]), lambda drawn: True, settings=once
    ... ).kind.value
    'nine_year'
    """
    return st.sampled_from(list(kinds)).flatmap(_school)


def _school(kind: Kind) -> SearchStrategy[School]:
    stages = {stage.value: sections() for stage in kind.stages}
    drawn: SearchStrategy[School] = _record(
        School, "schools", kind=st.just(kind), **stages
    )
    return drawn


def teachers(*, school: SearchStrategy[str] = _CODES) -> SearchStrategy[Teacher]:
    """
    Draw teachers.

    Args:
        school: Draws the code of the school.

    >>> from hypothesis import Phase, find, settings
    >>> from hypothesis.strategies import just
    >>> from eduequity.testing import teachers
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> find(teachers(school=just("1")), lambda drawn: True, settings=once).school
    '1'
    """
    drawn: SearchStrategy[Teacher] = _record(Teacher, "teachers", school=school)
    return drawn


def counties(
    elements: SearchStrategy[School] | None = None,
    *,
    min_size: int = 0,
    max_size: int = 3,
    area: str = "9999",
) -> SearchStrategy[County]:
    """
    Draw counties; every one says that it is synthetic.

    Args:
        elements: Draws their schools.

        min_size: The fewest schools.

        max_size: The most.

        area: How their codes begin.

    >>> from hypothesis import Phase, find, settings
    >>> from eduequity.testing import counties
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> county = find(counties(area="3508"), lambda drawn: True, settings=once)
    >>> county.code[:4], county.synthetic
    ('3508', True)
    """
    drawn = schools() if elements is None else elements

    @st.composite
    def county(draw: st.DrawFn) -> County:
        missing = 6 - len(area)
        tail = draw(st.from_regex(rf"[0-9]{{{missing}}}", fullmatch=True))
        code = f"{area}{tail}"
        there = draw(
            st.lists(
                drawn,
                min_size=min_size,
                max_size=max_size,
                unique_by=lambda school: school.code,
            )
        )
        given = {
            "code": st.just(code),
            "synthetic": st.just(True),
            "schools": st.just(tuple(there)),
            "teachers": st.just(tuple(draw(_teachers_of(there)))),
        }
        for table, cls in _LISTS.items():
            of_county = _record(cls, table, county=st.just(code))
            given[table] = st.lists(of_county, max_size=2).map(tuple)
        made: County = draw(_record(County, "county", **given))
        return made

    return county()


_LISTS: Mapping[str, type[Any]] = {
    "monitoring": Monitoring,
    "survey": Survey,
    "finance": Spending,
}


def _teachers_of(there: Sequence[School]) -> SearchStrategy[list[Teacher]]:
    posts = [(s.code, stage) for s in there for stage in s.kind.stages]
    if not posts:
        return st.just([])
    one = st.sampled_from(posts).flatmap(
        lambda post: _record(
            Teacher, "teachers", school=st.just(post[0]), stage=st.just(post[1])
        )
    )
    return st.lists(one, max_size=3, unique_by=lambda t: (t.school, t.stage, t.id))


def facts(
    elements: SearchStrategy[County] | None = None,
    *,
    min_size: int = 1,
    max_size: int = 2,
    fields: Sequence[Field] = (),
) -> SearchStrategy[Facts]:
    """
    Draw facts of counties, with the columns that packs declare.

    Args:
        elements: Draws the counties.

        min_size: The fewest counties.

        max_size: The most.

        fields: The columns of packs, such as ``registry.fields``.

    >>> from hypothesis import Phase, find, settings
    >>> from eduequity.testing import facts
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> find(facts(max_size=1).map(len), lambda drawn: True, settings=once)
    1
    """
    drawn = counties() if elements is None else elements

    @st.composite
    def columns(draw: st.DrawFn) -> Facts:
        there = draw(
            st.lists(
                drawn,
                min_size=min_size,
                max_size=max_size,
                unique_by=lambda county: county.code,
            )
        )
        tables = rows_of(tuple(there))
        for table, content in tables.items():
            extra = _of_table(fields, table)
            for row in content if extra else ():
                row.update(draw(_rows(extra, table)))
        return Facts.from_rows(tables, fields=dictionary(fields))

    return columns()


def _of_table(fields: Sequence[Field], table: str) -> list[Field]:
    return [
        attrs.evolve(field, table="schools", per_stage=True)
        if field.table == "sections"
        else field
        for field in fields
        if field.table == table or (field.table, table) == ("sections", "schools")
    ]


# -- packs -------------------------------------------------------------------------

_SCOPES = {"county": Scope.COUNTY, "schools": Scope.SCHOOL, "sections": Scope.SECTION}
_OPERATORS: tuple[Operator, ...] = (">=", "<=", ">", "<")


def packs(
    *, programme: str = "quality-balance", areas: Sequence[str] = ("35", "3508", "99")
) -> SearchStrategy[Pack]:
    """
    Draw local packs: fields, parameters with dated values, and thresholds on them.

    Args:
        programme: Their programme.

        areas: The areas that they may be for.

    >>> from hypothesis import Phase, find, settings
    >>> from eduequity.testing import packs
    >>> once = settings(max_examples=1, phases=[Phase.generate])
    >>> find(packs(areas=["35"]), lambda drawn: True, settings=once).info.areas
    ('35',)
    """
    return st.builds(
        _pack,
        st.just(programme),
        st.sampled_from(list(areas)),
        st.lists(_laws(), min_size=1, max_size=3),
    )


@attrs.frozen(kw_only=True)
class _Drawn:
    """One field, the operator of its rule, and the values of its parameter."""

    table: Any
    integer: bool
    operator: Operator
    series: tuple[tuple[int, dt.date, bool], ...]


def _laws() -> SearchStrategy[_Drawn]:
    series = st.lists(
        st.tuples(st.integers(1, 100), _DATES, st.booleans()),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each[1],
    )
    return st.builds(
        _Drawn,
        table=st.sampled_from(sorted(_SCOPES)),
        integer=st.booleans(),
        operator=st.sampled_from(_OPERATORS),
        series=series.map(lambda each: tuple(sorted(each, key=lambda one: one[1]))),
    )


def _pack(programme: str, area: str, drawn: Sequence[_Drawn]) -> Pack:
    label = Text("试用", "drawn")
    parameters, rules, fields = {}, {}, []
    for number, each in enumerate(drawn):
        name = f"drawn_{number}_of_{area}"
        fields.append(
            FieldSpec(
                table=each.table,
                name=name,
                label=Text(f"试用{area}之{number}", f"drawn {number} of {area}"),
                type="integer" if each.integer else "number",
                unit=Unit.COUNT,
            )
        )
        staged = each.table == "sections"
        parameters[f"{name}_line"] = Parameter(
            unit=Unit.COUNT,
            stricter="higher" if each.operator[0] == ">" else "lower",
            values=tuple(_value(one, staged=staged) for one in each.series),
        )
        rule: Rule = Threshold(
            label=label,
            scope=_SCOPES[each.table],
            indicator=name,
            operator=each.operator,
            parameter=f"{name}_line",
        )
        rules[f"{area}.{name}"] = rule
    return Pack(
        info=PackInfo(
            id=f"drawn-{area}",
            programme=programme,
            areas=(area,),
            title=label,
            reviewed=dt.date(2026, 1, 1),
        ),
        sources={
            "drawn": Source(
                title="试用", issuer="试用", kind="notice", read=How.UNVERIFIED
            )
        },
        parameters=parameters,
        rules=rules,
        fields=tuple(fields),
    )


def _value(one: tuple[int, dt.date, bool], *, staged: bool) -> Value:
    number, start, split = one
    if staged and split:
        return Value(start=start, source="drawn", primary=number, junior=number + 1)
    return Value(start=start, source="drawn", value=float(number))
