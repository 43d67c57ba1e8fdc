"""
Changed facts: what would be if some cells were other than they are.

A change is a sentence such as ``9999010003/primary.backbone_teachers += 3``, or the
record that it is read into. The facts that it starts from are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.errors import InputError, Problem, UnknownNameError, joined
from eduequity.facts._columns import (
    STAGES,
    Floats,
    Frame,
    Ragged,
    Stored,
    named,
)
from eduequity.model import Field
from eduequity.vocab import Kind, Text


if TYPE_CHECKING:
    from eduequity.facts._facts import Facts


__all__ = ["Amend", "Edit", "Merge", "Move", "Split", "changed", "parse"]

How: TypeAlias = Literal["=", "+=", "-=", "*="]


@attrs.frozen
class Amend:
    """
    Cells that are set, or moved by an amount or a factor.

    Args:
        entity: A school's code, ``<school code>/<stage>``, a county's code, ``*`` for
            every school, or ``*/primary`` for every section of a stage.

        column: The column's English name.

        how: ``=``, ``+=``, ``-=`` or ``*=``; what is multiplied is rounded half up
            where only whole numbers can be.

        value: The number; areas of rooms are a tuple of m².

    >>> from eduequity.facts import Amend, parse
    >>> parse("1/primary.pupils *= 1.02") == Amend("1/primary", "pupils", "*=", 1.02)
    True
    """

    entity: str
    column: str
    how: How
    value: float | tuple[float, ...]


@attrs.frozen
class Move:
    """
    Something moved from one school to another, such as teachers who rotate.

    Args:
        amount: How many, 0 or more.

        column: The column's English name.

        source: Where from: ``<school code>/<stage>`` or a school's code.

        target: Where to, likewise.

    >>> from eduequity.facts import Move, parse
    >>> parse("move 2 staff 1/primary -> 2/primary") == Move(
    ...     2.0, "staff", "1/primary", "2/primary"
    ... )
    True
    """

    amount: float
    column: str
    source: str
    target: str


@attrs.frozen
class Merge:
    """
    A school merged into another: numbers add up, the rest is the other's.

    Args:
        school: The code of the school that is no more.

        into: The code of the school that takes it in.

    >>> from eduequity.facts import Merge, parse
    >>> parse("merge 2 -> 1") == Merge("2", "1")
    True
    """

    school: str
    into: str


@attrs.frozen
class Split:
    """
    A share of a school that becomes a school of its own.

    Args:
        school: The school's code.

        code: The new school's code.

        share: The share of every number that goes with it, between 0 and 1.

    >>> from eduequity.facts import Split, parse
    >>> parse("split 1 -> 3 0.4") == Split("1", "3", 0.4)  # 40 % of every number
    True
    """

    school: str
    code: str
    share: float


Edit: TypeAlias = Amend | Move | Merge | Split
"""One change of the facts."""


@runtime_checkable
class Moved(Protocol):
    """
    Whatever says by how much a cell changes, such as `eduequity.Change`.

    >>> import eduequity as ee
    >>> from eduequity.facts import Moved
    >>> change = ee.Change(
    ...     column="staff",
    ...     entity="1/primary",
    ...     amount=1,
    ...     unit=ee.Unit.TEACHERS,
    ...     label=ee.Text("教职工数", "Staff"),
    ...     where=ee.Text("示例小学", "示例小学"),
    ...     rule="resources.section_quorum",
    ... )
    >>> isinstance(change, Moved), (change.entity, change.column, change.amount)
    (True, ('1/primary', 'staff', 1))
    """

    @property
    def column(self) -> str:
        """The column."""

    @property
    def entity(self) -> str:
        """Whose it is."""

    @property
    def amount(self) -> float:
        """By how much."""


_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_ENTITY = r"[^\s.=]+"
_GRAMMAR: tuple[tuple[str, str], ...] = (
    (
        "amend",
        rf"({_ENTITY})\.(\w+)\s*(=|\+=|-=|\*=)\s*({_NUMBER}(?:\s*,\s*{_NUMBER})*)",
    ),
    ("move", rf"move\s+({_NUMBER})\s+(\w+)\s+({_ENTITY})\s*->\s*({_ENTITY})"),
    ("merge", rf"merge\s+({_ENTITY})\s*->\s*({_ENTITY})"),
    ("split", rf"split\s+({_ENTITY})\s*->\s*({_ENTITY})\s+({_NUMBER})"),
)


def parse(sentence: str) -> Edit:
    """
    Read one change.

    Args:
        sentence: As `Facts.change` takes it.

    Raises:
        InputError: It is no such sentence.

    >>> from eduequity.facts import parse
    >>> parse("9999010003/primary.backbone_teachers += 3")
    Amend(entity='9999010003/primary', column='backbone_teachers', how='+=', value=3.0)
    >>> parse("move 2 pe_arts_teachers 9999010001/primary -> 9999010003/primary").amount
    2.0
    >>> parse("merge 9999010020 -> 9999010010").into
    '9999010010'
    """
    for kind, pattern in _GRAMMAR:
        found = re.fullmatch(pattern, sentence.strip())
        if found is None:
            continue
        a, b, *rest = found.groups()
        if kind == "amend":
            numbers = tuple(float(each) for each in rest[1].split(","))
            areas = b.endswith("_areas")
            value = numbers if areas or len(numbers) > 1 else numbers[0]
            how: Any = rest[0]
            return Amend(a, b, how, value)
        if kind == "move":
            return Move(float(a), b, rest[0], rest[1])
        return Merge(a, b) if kind == "merge" else Split(a, b, float(rest[0]))
    raise InputError(
        [
            _problem(
                "no-change",
                sentence,
                "不是一项改动，应写成 学校代码/primary.列名 += 3，或 "
                "move 2 列名 甲 -> 乙，或 merge 甲 -> 乙，或 split 甲 -> 新代码 0.4",
                "is no change; expected CODE/primary.COLUMN += 3, or "
                "move 2 COLUMN A -> B, or merge A -> B, or split A -> NEW 0.4",
            )
        ]
    )


def _problem(code: str, place: str, zh: str, en: str) -> Problem:
    return Problem(code=code, sheet=place, zh=zh, en=en)


def changed(facts: Facts, edits: Iterable[str | Edit | Moved]) -> Facts:
    """
    Return facts with the changes made one after the other; see `Facts.change`.

    Raises:
        InputError: With every change that cannot be made.

        UnknownNameError: The one thing wrong is a name that there is not.
    """
    editor = _Editor(facts)
    found: list[tuple[str, InputError | UnknownNameError]] = []
    for each in edits:
        try:
            editor.make(_record(each))
        except (InputError, UnknownNameError) as error:
            found.append((each if isinstance(each, str) else "", error))
    if found:
        raise joined(found)
    return editor.facts


def _record(edit: str | Edit | Moved) -> Edit:
    if isinstance(edit, str):
        return parse(edit)
    if isinstance(edit, Amend | Move | Merge | Split):
        return edit
    return Amend(edit.entity, edit.column, "+=", edit.amount)


_PARTS_OF_PUPILS = ("pupils_in_zone", "boarders")
"""What is counted among the pupils, and keeps its share of them."""

_TOTALS = ("pupils", "classes")
"""What the county states a total of, against which the rows are held."""

_LARGE_POINT = 50
"""A teaching point of so many pupils is counted apart in form Ⅰ."""

_ADDED_ROOM = 120.0
"""The area in m² of a room that is only counted, above any requirement."""


class _Editor:
    """Makes changes, each on a copy of the columns that it touches."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._index()

    def _index(self) -> None:
        facts = self.facts
        self.schools = {str(c): n for n, c in enumerate(facts.schools.words("code"))}
        self.counties = {str(c): n for n, c in enumerate(facts.codes)}
        at = np.full((facts.schools.size, len(STAGES)), -1, dtype=np.intp)
        at[facts.section_school, facts.section_stage] = np.arange(facts.sections.size)
        self.at = at
        self.fields = {
            table: named(facts.fields[table]) for table in ("schools", "county")
        }

    def make(self, edit: Edit) -> None:
        """Make one change."""
        if isinstance(edit, Amend):
            self._amend(edit)
        elif isinstance(edit, Move):
            if not edit.amount >= 0:
                raise _refused(
                    f"{edit.source} -> {edit.target}",
                    f"{edit.amount:g} 小于 0，应不小于 0",
                    f"{edit.amount:g} is below 0, expected 0 or more",
                )
            before = self.facts
            try:
                self._amend(Amend(edit.source, edit.column, "-=", edit.amount))
                self._amend(Amend(edit.target, edit.column, "+=", edit.amount))
            except InputError:
                self.facts = before
                raise
        elif isinstance(edit, Merge):
            self._merge(edit)
        else:
            self._split(edit)

    # -- cells -----------------------------------------------------------------------

    def _amend(self, edit: Amend) -> None:
        table, rows = self._rows(edit)
        field = self._field(table, edit)
        if field.type == "areas":
            self._rooms(edit, rows)
            return
        frame = getattr(self.facts, table)
        before = frame.numbers(edit.column)[rows]
        after = self._after(edit, field, before)
        rows, before, after = self._checked(edit, field, rows, before, after)
        self._put(table, edit.column, rows, after)
        if table == "sections":
            self._follow(edit.column, rows, before, after)

    def _rows(self, edit: Amend) -> tuple[str, npt.NDArray[np.intp]]:
        """Return the table and the rows that an entity names."""
        school, slash, stage = edit.entity.partition("/")
        words = [each.value for each in STAGES]
        if slash and stage not in (*words, "*"):
            raise UnknownNameError("stage", stage, words)
        if not slash and edit.entity in self.counties:
            return "counties", np.array([self.counties[edit.entity]])
        if school != "*" and school not in self.schools:
            raise UnknownNameError("school", school, (*self.schools, *self.counties))
        picked = (
            np.arange(len(self.schools))
            if school == "*"
            else np.array([self.schools[school]])
        )
        if not slash:
            return "schools", picked
        ranks = range(len(STAGES)) if stage == "*" else [words.index(stage)]
        sections = np.concatenate([self.at[picked, rank] for rank in ranks])
        sections = sections[sections >= 0]
        if not len(sections):
            raise _refused(
                edit.entity, "该校没有这个学段", "the school has no such stage"
            )
        return "sections", sections

    def _field(self, table: str, edit: Amend) -> Field:
        known = self.fields["county" if table == "counties" else "schools"]
        fits = {
            name: field
            for name, field in known.items()
            if table == "counties"
            or (name == field.name and field.per_stage == (table == "sections"))
        }
        field = fits.get(edit.column)
        if field is None:
            raise UnknownNameError(f"column of {edit.entity}", edit.column, fits)
        if field.type not in ("integer", "number", "yes_no", "areas"):
            raise _refused(
                f"{edit.entity}.{edit.column}",
                "不是数字，不能这样改",
                "is no number and cannot be changed so",
            )
        return field

    @staticmethod
    def _after(edit: Amend, field: Field, before: Floats) -> Floats:
        if isinstance(edit.value, tuple):
            raise _refused(
                f"{edit.entity}.{edit.column}", "应为一个数", "expected one number"
            )
        value = edit.value
        if edit.how == "=":
            return np.full(len(before), value)
        if edit.how == "*=":
            exact = np.round(before * value, 6)  # as decimals: 300 × 1.015 is 304.5
            whole = field.type == "integer"
            product: Floats = np.floor(exact + 0.5) if whole else np.round(exact, 2)
            return product
        by = value if edit.how == "+=" else -value
        return np.round(before + by, 2) if field.hundredths else before + by

    def _checked(
        self,
        edit: Amend,
        field: Field,
        rows: npt.NDArray[np.intp],
        before: Floats,
        after: Floats,
    ) -> tuple[npt.NDArray[np.intp], Floats, Floats]:
        """Return the cells that change, after refusing what cannot be right."""
        place = f"{edit.entity}.{edit.column}"
        blank = np.isnan(before) & (edit.how != "=")
        if blank.any() and "*" not in edit.entity:
            raise _refused(
                place, "该项空缺，无从增减", "is blank: nothing can be added to it"
            )
        keep = ~blank  # what is unknown everywhere else stays unknown
        rows, before, after = rows[keep], before[keep], after[keep]
        for value in after.tolist():
            found = field.problem(value)
            if found is None and edit.column == "pupils" and value == 0:
                found = "no-pupils", _NO_PUPILS
            if found is not None:
                code, text = found
                raise InputError([_problem(code, place, text.zh, text.en)])
        return rows, before, after

    def _put(
        self, table: str, column: str, rows: npt.NDArray[np.intp], cells: Any
    ) -> None:
        frame: Frame = getattr(self.facts, table)
        whole = np.array(frame.numbers(column))
        whole[rows] = cells
        made: Any = {table: Frame(frame.size, {**frame.stored, column: whole})}
        self.facts = attrs.evolve(self.facts, **made)

    def _follow(
        self, column: str, rows: npt.NDArray[np.intp], before: Floats, after: Floats
    ) -> None:
        """Let the county's totals and the parts of the pupils follow."""
        facts = self.facts
        if column in _TOTALS:
            by = np.nan_to_num(after - before)
            for rank, stage in enumerate(STAGES):
                name = f"{stage}_{column}"
                at = facts.section_stage[rows] == rank
                county = facts.section_county[rows[at]]
                moved = np.bincount(county, weights=by[at], minlength=len(facts))
                if name in facts.counties and moved.any():
                    total = facts.counties.numbers(name) + moved
                    self._put("counties", name, np.arange(len(facts)), total)
        if column == "pupils":
            for part in _PARTS_OF_PUPILS:
                if part in facts.sections:
                    old = facts.sections.numbers(part)[rows]
                    kept = np.minimum(np.floor(old * after / before + 0.5), after)
                    self._put("sections", part, rows, kept)

    def _rooms(self, edit: Amend, rows: npt.NDArray[np.intp]) -> None:
        """Set or add rooms: their areas in m², or how many when one number is given."""
        frame = self.facts.schools
        place = f"{edit.entity}.{edit.column}"
        value = edit.value if isinstance(edit.value, tuple) else None
        areas = value or (_ADDED_ROOM,) * int(edit.value)  # type: ignore[arg-type]
        if edit.how not in ("=", "+=") or any(not each > 0 for each in areas):
            raise _refused(
                place,
                "只能用 = 或 += 写出大于0的面积",
                "expected = or += with areas above 0",
            )
        given = edit.column in frame
        old: Any = (frame.__getitem__ if given else frame.blank)(edit.column)
        lists: list[Any] = []
        touched = set(rows.tolist())
        for row in range(frame.size):
            part = slice(old.starts[row], old.starts[row + 1])
            pairs = list(
                zip(old.low[part].tolist(), old.high[part].tolist(), strict=True)
            )
            kept: Any = pairs if old.known[row] else None
            if row in touched:
                if kept is None and edit.how == "+=":
                    raise _refused(
                        place,
                        "该项空缺，无从增减",
                        "is blank: nothing can be added to it",
                    )
                added = [(each, each) for each in areas]
                kept = added if edit.how == "=" else [*pairs, *added]
            lists.append(kept)
        made = Frame(frame.size, {**frame.stored, edit.column: Ragged.of(lists)})
        self.facts = attrs.evolve(self.facts, schools=made)

    # -- schools ---------------------------------------------------------------------

    def _school(self, code: str) -> int:
        row = self.schools.get(code)
        if row is None:
            raise UnknownNameError("school", code, self.schools)
        return row

    def _merge(self, edit: Merge) -> None:
        row, into = self._school(edit.school), self._school(edit.into)
        if row == into or (
            self.facts.school_county[row] != self.facts.school_county[into]
        ):
            raise _refused(
                f"{edit.school} -> {edit.into}",
                "应并入同一区县的另一所学校",
                "expected another school of the same county",
            )
        tables = self._tables()
        schools = tables["schools"]
        size = self.facts.schools.size
        for name, cell in (("parent", edit.into), ("counts_as_school", 0.0)):
            column = np.array(
                schools.get(name, np.full(size, None if name == "parent" else np.nan))
            )
            column[row] = cell
            schools[name] = column
        # A point is never merged where data are read; here somebody asks for it.
        kind, campus = np.array(schools["kind"]), schools.get("campus")
        self._one_fewer(tables["county"], row, int(kind[row]))
        kind[row] = kind[into]
        schools["kind"] = kind
        if campus is not None:
            schools["campus"] = np.where(np.arange(size) == row, 0.0, campus)
        self._rebuild(tables)

    def _one_fewer(self, county: dict[str, Any], row: int, kind: int) -> None:
        """Let the number of schools that the county states move along."""
        facts = self.facts
        names = [f"{tuple(Kind)[kind]}_schools"] if kind >= 0 else []
        if names == ["teaching_point_schools"]:
            names = ["teaching_points"]
            if facts.sections.numbers("pupils")[self.at[row, 0]] >= _LARGE_POINT:
                names.append("teaching_points_50")
        for name in names:
            if name in county:
                fewer = np.array(county[name])
                fewer[facts.school_county[row]] -= 1
                county[name] = np.maximum(fewer, 0)

    def _split(self, edit: Split) -> None:
        row = self._school(edit.school)
        place = f"{edit.school} -> {edit.code}"
        if not 0 < edit.share < 1:
            raise _refused(
                place,
                f"份额 {edit.share:g} 应大于0且小于1",
                f"the share {edit.share:g} is not between 0 and 1",
            )
        if edit.code in self.schools or "/" in edit.code:
            raise _refused(
                place, "新代码已有或含“/”", "the new code is there already or has a /"
            )
        here = self.at[row][self.at[row] >= 0]
        pupils = self.facts.sections.numbers("pupils")[here]
        part = np.floor(pupils * edit.share + 0.5)
        if ((part < 1) | (part >= pupils)).any():  # unknown pupils are neither
            raise _refused(
                place,
                f"份额 {edit.share:g} 会使一方没有学生",
                f"the share {edit.share:g} leaves one of both without pupils",
            )
        tables = self._tables()
        known = self.fields["schools"]
        order = np.append(np.arange(self.facts.schools.size), row)
        tables["schools"] = {
            name: _divided(known[name], column, order, edit)
            for name, column in tables["schools"].items()
        }
        self._rebuild(tables)

    def _tables(self) -> dict[str, dict[str, Any]]:
        """Return the columns that facts are built from, without what was derived."""
        facts = self.facts
        frames = {"county": facts.counties, "schools": facts.schools, **facts.others}
        tables = {
            table: {
                name: column
                for field in facts.fields[table]
                for name in field.names
                if (column := _given(frame, name, field)) is not None
            }
            for table, frame in frames.items()
        }
        schools = tables["schools"]
        if "county" not in schools:
            schools["county"] = np.array(facts.codes, dtype=object)[facts.school_county]
        for rank, stage in enumerate(STAGES):
            at = facts.section_stage == rank
            for name in facts.sections.stored:
                if f"{stage}_{name}" in self.fields["schools"]:
                    column = np.full(facts.schools.size, np.nan)
                    column[facts.section_school[at]] = facts.sections.numbers(name)[at]
                    schools[f"{stage}_{name}"] = column
        return tables

    def _rebuild(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        facts = self.facts
        self.facts = type(facts).from_columns(
            tables, notices=facts.notices, fields=facts.fields
        )
        self._index()


_NO_PUPILS = Text(
    "为 0，学校没有学生；请用 merge 并入他校",
    "is 0: a school without pupils; merge it into another",
)


def _refused(place: str, zh: str, en: str) -> InputError:
    return InputError([_problem("impossible-change", place, zh, en)])


def _given(frame: Frame, name: str, field: Field) -> Stored | list[Any] | None:
    """Return a column in a form that facts are built from; None where it is blank."""
    column = frame.stored.get(name)
    if column is None:
        return None
    if isinstance(column, Ragged):
        bounds = list(zip(column.low.tolist(), column.high.tolist(), strict=True))
        return [
            bounds[column.starts[row] : column.starts[row + 1]] if known else None
            for row, known in enumerate(column.known)
        ]
    return column if field.type != "date" else _dates(column)


def _dates(column: Any) -> list[Any]:
    from eduequity.model import PartialDate

    pairs = zip(column.first.tolist(), column.last.tolist(), strict=True)
    return [None if a is None else PartialDate(a, b) for a, b in pairs]


_WHOLE_FIGURES = ("largest_class",)
"""Figures that a part of a school has like the whole."""


def _divided(
    field: Field, column: Any, order: npt.NDArray[np.intp], edit: Split
) -> Any:
    """Return a column of schools with a row more, and the numbers divided."""
    row = int(order[-1])
    if isinstance(column, list):
        lists = [column[each] for each in order.tolist()]
        if field.type == "areas" and column[row] is not None:
            go = round(len(column[row]) * edit.share)
            stay = len(column[row]) - go
            lists[row], lists[-1] = column[row][:stay], column[row][stay:]
        return lists
    longer = column[order] if isinstance(column, np.ndarray) else column.take(order)
    if not isinstance(longer, np.ndarray):
        longer = longer.array
    longer = np.array(longer)
    if field.name == "code":
        longer[-1] = edit.code
    elif field.name == "name" and longer[-1] is not None:
        longer[-1] = f"{longer[-1]}（新校）"
    elif (
        field.type in ("integer", "number")
        and field.unit is not None
        and field.unit.additive
        and field.name not in _WHOLE_FIGURES
    ):
        part = longer[row] * edit.share
        part = np.floor(part + 0.5) if field.type == "integer" else np.round(part, 2)
        longer[-1] = part
        longer[row] = np.round(longer[row] - part, 2)
    return longer
