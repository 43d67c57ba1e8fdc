"""
Facts: the data of any number of counties as columns, sorted by county once.

Numbers and yes/no are float64 with NaN for a blank; choices are int8 positions with
-1 for a blank; a date is a `DateRange`, a list of areas a `Ragged`. A column that
nobody gave is not stored: every one of its cells is blank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.model import (
    BANDS,
    OVERSIZED,
    TABLES,
    County,
    Field,
    PartialDate,
    dictionary,
    rows_of,
)
from eduequity.vocab import (
    Choice,
    DegreeLevel,
    Kind,
    Level,
    Stage,
    Unit,
)


__all__ = [
    "STAGES",
    "DateRange",
    "Facts",
    "Floats",
    "Frame",
    "Notice",
    "Ragged",
    "constant",
    "distinct",
    "is_constant",
]

Floats: TypeAlias = npt.NDArray[np.float64]
"""One number per row; NaN where it is unknown."""

Index: TypeAlias = npt.NDArray[np.intp]
"""Positions in another table."""

STAGES = (Stage.PRIMARY, Stage.JUNIOR)
"""The compulsory stages, in the order of their rank."""

_WIDEST_GROUP = 8


def constant(value: Any, size: int) -> npt.NDArray[Any]:
    """Return a column that is the same everywhere: one cell, read again and again."""
    cell = np.array(value)
    cell.flags.writeable = False
    return np.ndarray(size, cell.dtype, cell, strides=(0,))


def is_constant(column: npt.NDArray[Any]) -> bool:
    """Whether a column is one cell, such as one that nobody gave."""
    return column.strides == (0,) and column.size > 1


def distinct(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the cells of a column that may differ: one cell of a constant."""
    return column[:1] if is_constant(column) else column


@attrs.frozen(eq=False)
class DateRange:
    """Dates known to the day, month or year: the first and last day they may mean."""

    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]

    def take(self, rows: Any) -> DateRange:
        """Return the dates of *rows*."""
        return DateRange(self.first[rows], self.last[rows])


@attrs.frozen(eq=False)
class Ragged:
    """
    A list of areas per row, each known to lie in ``[low, high]``.

    Args:
        low: All areas one after the other.

        high: Their upper bounds; equal to *low* where the area is known exactly.

        starts: For n rows n + 1 offsets into *low*.

        known: Whether the row's list is given; an empty list is not a blank.
    """

    low: Floats
    high: Floats
    starts: Index
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, lists: Sequence[Iterable[Any] | None]) -> Ragged:
        """Build from lists of areas, or of (low, high) pairs; None is a blank."""
        pairs = [
            each if isinstance(each, tuple) else (each, each)
            for row in lists
            for each in row or ()
        ]
        bounds = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        sizes = [len(tuple(row or ())) for row in lists]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        known = np.array([row is not None for row in lists], dtype=np.bool_)
        return cls(bounds[:, 0], bounds[:, 1], starts, known)

    def take(self, rows: Any) -> Ragged:
        """Return the lists of *rows*."""
        known = self.known[rows]
        if is_constant(self.known):  # nobody gave any: blank in every row
            none = constant(np.intp(0), len(known) + 1)
            return Ragged(self.low, self.high, none, constant(np.False_, len(known)))
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        flat = np.repeat(self.starts[:-1][rows], sizes) + within
        return Ragged(self.low[flat], self.high[flat], starts, known)

    def count_at_least(self, limit: Floats) -> tuple[Floats, Floats]:
        """Count, row by row, the areas surely and possibly at or above *limit*."""
        if not self.low.size:
            none = np.where(self.known, 0.0, np.nan)
            return none, none
        owner = np.repeat(np.arange(len(self.known)), np.diff(self.starts))
        least = limit[owner] * (1 - 2.0**-40)
        sure, maybe = (
            np.bincount(owner[bound >= least], minlength=len(self.known)).astype(float)
            for bound in (self.low, self.high)
        )
        blank = ~self.known
        sure[blank] = np.nan
        maybe[blank] = np.nan
        return sure, maybe


Column: TypeAlias = npt.NDArray[Any] | DateRange | Ragged

_TYPES = {
    name: field.type
    for table in TABLES.values()
    for field in table
    for name in field.names
}


def _take(column: Column, rows: Any) -> Column:
    return column[rows] if isinstance(column, np.ndarray) else column.take(rows)


@attrs.frozen(eq=False)
class Frame:
    """A table as columns; a column that is absent is blank in every row."""

    size: int
    columns: Mapping[str, Column] = attrs.field(factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def blank(self, name: str) -> Column:
        """Return what a column that nobody gave would hold."""
        kind = _TYPES.get(name)
        if kind == "areas":
            none, starts = np.zeros(0), constant(np.intp(0), self.size + 1)
            return Ragged(none, none, starts, constant(np.False_, self.size))
        if kind == "date":
            never = constant(np.datetime64("NaT", "D"), self.size)
            return DateRange(never, never)
        return self.codes(name) if kind == "choice" else self.numbers(name)

    def numbers(self, name: str) -> Floats:
        """Return a column of numbers, all NaN where it is absent."""
        column = self.columns.get(name)
        if column is None:
            return constant(np.nan, self.size)
        assert isinstance(column, np.ndarray)
        return column

    def codes(self, name: str) -> npt.NDArray[np.int8]:
        """Return a column of choices, all -1 where it is absent."""
        column = self.columns.get(name)
        if column is None:
            return constant(np.int8(-1), self.size)
        assert isinstance(column, np.ndarray)
        return column

    def words(self, name: str) -> npt.NDArray[np.object_]:
        """Return a column of text, all None where it is absent."""
        column = self.columns.get(name)
        if column is None:
            return np.full(self.size, None, dtype=object)
        assert isinstance(column, np.ndarray)
        return column

    def take(self, rows: Any, size: int) -> Frame:
        """Return the *size* rows that *rows* (a slice or positions) names."""
        return Frame(
            size, {name: _take(column, rows) for name, column in self.columns.items()}
        )


@attrs.frozen(kw_only=True)
class Notice:
    """
    Something a reader of the result should know of the data.

    Args:
        code: A stable name such as ``unknown-column``.

        place: File, sheet and cell, or the entity.

        zh: The sentence in Chinese.

        en: The sentence in English.
    """

    code: str
    place: str
    zh: str
    en: str


@attrs.frozen(eq=False, kw_only=True)
class Facts:
    """
    The data of one or many counties as columns.

    Args:
        counties: One row per county, sorted by code.

        schools: One row per school, sorted by county; stage columns stand here only
            as totals that nobody has divided.

        sections: One row per section 学段单位, sorted by county, stage and school.

        others: The other tables by name, each with its rows sorted by county.

        school_county: The county's row for every school.

        section_school: The school's row for every section.

        section_stage: 0 primary, 1 junior, for every section.

        school_starts: n + 1 offsets of the counties' schools.

        group_starts: 2 n + 1 offsets of the (county, stage) groups of sections.

        other_starts: For every other table its n + 1 offsets.

        notices: What a reader of the result should know of the data.

        fields: The fields of every table, those of packs included.

        first_school: Where the first school stood before counties were selected.
    """

    counties: Frame
    schools: Frame
    sections: Frame
    others: Mapping[str, Frame]
    school_county: Index
    section_school: Index
    section_stage: npt.NDArray[np.int8]
    school_starts: Index
    group_starts: Index
    other_starts: Mapping[str, Index]
    notices: tuple[Notice, ...] = ()
    fields: Mapping[str, tuple[Field, ...]] = attrs.field(
        factory=dictionary, repr=False
    )
    first_school: int = 0

    # -- making --------------------------------------------------------------------

    @classmethod
    def of(cls, *counties: County) -> Facts:
        """Build facts from records."""
        return cls.from_rows(rows_of(counties))

    @classmethod
    def from_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        notices: Iterable[Notice] = (),
        fields: Mapping[str, tuple[Field, ...]] | None = None,
    ) -> Facts:
        """Build facts from rows of typed values (blank: None or left out)."""
        tables = {
            table: {
                name: [row.get(name) for row in of_table]
                for name in sorted({key for row in of_table for key in row})
            }
            for table, of_table in rows.items()
        }
        return cls.from_columns(tables, notices=notices, fields=fields)

    @classmethod
    def from_columns(
        cls,
        tables: Mapping[str, Mapping[str, Any]],
        *,
        notices: Iterable[Notice] = (),
        fields: Mapping[str, tuple[Field, ...]] | None = None,
    ) -> Facts:
        """
        Build facts from columns of typed values, table by table.

        A column is a sequence of Python values with None for a blank, or a numpy
        array of float64 with NaN. Values are taken as checked.
        """
        with np.errstate(invalid="ignore"):
            return _Builder(tables, list(notices), fields or dictionary()).build()

    # -- looking -------------------------------------------------------------------

    def __len__(self) -> int:
        return self.counties.size

    @cached_property
    def codes(self) -> list[str]:
        """The counties' codes, in order."""
        return [str(code) for code in self.counties.words("code")]

    @cached_property
    def section_county(self) -> Index:
        """The county's row for every section."""
        return self.school_county[self.section_school]

    @cached_property
    def has_totals(self) -> bool:
        """Whether any figure is a total: a county's, or a school's nobody divided."""
        staged = {f.name for f in self.fields["schools"] if f.per_stage}
        stated = {f"{stage}_{name}" for name in staged for stage in STAGES}
        return bool(
            stated & self.counties.columns.keys()
            or staged & self.schools.columns.keys()
        )

    @cached_property
    def section_group(self) -> Index:
        """The (county, stage) group of every section."""
        return np.repeat(np.arange(2 * len(self)), np.diff(self.group_starts))

    def other(self, table: str) -> Frame:
        """Return one of the other tables, empty where it was not given."""
        return self.others.get(table, Frame(0))

    def other_county(self, table: str) -> Index:
        """Return the county's row for every row of an other table."""
        starts = self.other_starts.get(table)
        if starts is None:
            return np.zeros(0, dtype=np.intp)
        return np.repeat(np.arange(len(self)), np.diff(starts))

    def select(self, first: int, last: int) -> Facts:
        """Return the facts of the counties ``first`` to ``last - 1`` as views."""
        a, b = self.school_starts[first], self.school_starts[last]
        c, d = self.group_starts[2 * first], self.group_starts[2 * last]
        cuts = {
            table: (starts[first], starts[last])
            for table, starts in self.other_starts.items()
        }
        return Facts(
            counties=self.counties.take(slice(first, last), last - first),
            schools=self.schools.take(slice(a, b), b - a),
            sections=self.sections.take(slice(c, d), d - c),
            others={
                table: frame.take(slice(*cuts[table]), cuts[table][1] - cuts[table][0])
                for table, frame in self.others.items()
            },
            school_county=self.school_county[a:b] - first,
            section_school=self.section_school[c:d] - a,
            section_stage=self.section_stage[c:d],
            school_starts=self.school_starts[first : last + 1] - a,
            group_starts=self.group_starts[2 * first : 2 * last + 1] - c,
            other_starts={
                table: starts[first : last + 1] - starts[first]
                for table, starts in self.other_starts.items()
            },
            notices=self.notices,
            fields=self.fields,
            first_school=self.first_school + int(a),
        )

    @cached_property
    def section_fields(self) -> frozenset[str]:
        """The names of the columns that sections have."""
        staged = {f.name for f in self.fields["schools"] if f.per_stage}
        return frozenset(staged | self.sections.columns.keys())

    @cached_property
    def choices(self) -> Mapping[tuple[str, str], type[Choice]]:
        """The words that each column of choices offers, by table and name."""
        return {
            (table, name): field.choices
            for table, fields in self.fields.items()
            for field in fields
            if field.choices is not None
            for name in field.names
        }

    @property
    def nbytes(self) -> int:
        """The bytes that the columns take (text counts as its handles)."""
        frames = (self.counties, self.schools, self.sections, *self.others.values())
        return sum(
            part.nbytes
            for frame in frames
            for column in frame.columns.values()
            for part in _parts(column)
        )

    @property
    def digest(self) -> str:
        """The sha256 of the canonical columns, whatever file they came from."""
        total = hashlib.sha256()
        named = {
            "county": self.counties,
            "schools": self.schools,
            "sections": self.sections,
            **dict(sorted(self.others.items())),
        }
        for table, frame in named.items():
            if not frame.size:
                continue  # an empty table is as good as none
            for name in sorted(frame.columns):
                if _is_blank(frame[name]):
                    continue
                total.update(f"{table}.{name}\n".encode())
                for part in _parts(frame[name]):
                    total.update(_canonical(part))
        total.update(self.section_school.astype("<i8").tobytes())
        total.update(self.section_stage.tobytes())
        return total.hexdigest()


def _parts(column: Column) -> tuple[npt.NDArray[Any], ...]:
    if isinstance(column, Ragged):
        return column.low, column.high, column.starts, column.known
    if isinstance(column, DateRange):
        return column.first, column.last
    return (column,)


def _is_blank(column: Column) -> bool:
    """Whether no row of a column says anything, as if it had not been given."""
    if isinstance(column, Ragged):
        return not column.known.any()
    part = _parts(column)[0]
    if part.dtype == object:
        return all(each is None for each in part)
    if part.dtype.kind in "fM":
        return bool(np.isnan(part).all())
    return part.dtype == np.int8 and bool((part < 0).all())


def _canonical(part: npt.NDArray[Any]) -> bytes:
    if part.dtype == object:
        return "\x1f".join("" if each is None else str(each) for each in part).encode()
    if part.dtype.kind == "f":
        # One bit pattern for every NaN, and no negative zero.
        part = np.where(np.isnan(part), np.nan, part) + 0.0
    return np.ascontiguousarray(part).astype(part.dtype.newbyteorder("<")).tobytes()


# -- columns out of cells ----------------------------------------------------------


def _floats(cells: Any) -> Floats:
    if isinstance(cells, np.ndarray) and cells.dtype == np.float64:
        return cells
    return np.array([np.nan if each is None else each for each in cells], dtype=float)


def _words(cells: Any) -> npt.NDArray[np.object_]:
    words = np.empty(len(cells), dtype=object)
    words[:] = list(cells)
    return words


def _codes(cells: Any) -> npt.NDArray[np.int8]:
    if isinstance(cells, np.ndarray) and cells.dtype == np.int8:
        return cells
    return np.array([-1 if each is None else each.rank for each in cells], np.int8)


def _dates(cells: Sequence[PartialDate | None]) -> DateRange:
    first = [None if each is None else each.first for each in cells]
    last = [None if each is None else each.last for each in cells]
    return DateRange(
        np.array(first, dtype="datetime64[D]"), np.array(last, dtype="datetime64[D]")
    )


_MAKERS: Mapping[str, Callable[[Any], Column]] = {
    "integer": _floats,
    "number": _floats,
    "yes_no": _floats,
    "choice": _codes,
    "date": _dates,
    "areas": Ragged.of,
    "text": _words,
}


def _by_name(fields: Iterable[Field]) -> dict[str, Field]:
    return {name: field for field in fields for name in field.names}


class _Builder:
    """Turns tables of cells into sorted, merged and derived columns."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        notices: list[Notice],
        fields: Mapping[str, tuple[Field, ...]],
    ) -> None:
        self.notices = notices
        self.fields = fields
        self.section_fields = [f.name for f in fields["schools"] if f.per_stage]
        self.frames = {
            table: _frame(fields[table], table, columns)
            for table, columns in tables.items()
        }
        self.counties = self.frames.pop("county", Frame(0))
        self.schools = self.frames.pop("schools", Frame(0))
        self.teachers = self.frames.get("teachers", Frame(0))
        self.classes = self.frames.get("classes", Frame(0))
        self.merged_into: dict[str, str] = {}

    def build(self) -> Facts:
        self.counties = self._sorted(self.counties, self.counties.words("code"))
        self.codes = {str(c): i for i, c in enumerate(self.counties.words("code"))}
        county = self._county_rows(self.schools)
        order = np.argsort(county, kind="stable")
        self.schools = self.schools.take(order, self.schools.size)
        self.school_county = county[order]
        self._divide()
        self._merge()
        self._derive_rooms()
        self._make_sections()
        self._derive_schools()
        self._add_records()
        self._derive_sections()
        self._derive_counties()
        others, starts = {}, {}
        for table, frame in self.frames.items():
            others[table], starts[table] = self._other(table, frame)
        return Facts(
            counties=self.counties,
            schools=self.schools,
            sections=self.sections,
            others=others,
            school_county=self.school_county,
            section_school=self.section_school,
            section_stage=self.section_stage,
            school_starts=_offsets(self.school_county, self.counties.size),
            group_starts=_offsets(
                2 * self.school_county[self.section_school] + self.section_stage,
                2 * self.counties.size,
            ),
            other_starts=starts,
            notices=tuple(self.notices),
            fields=self.fields,
        )

    @staticmethod
    def _sorted(frame: Frame, keys: npt.NDArray[np.object_]) -> Frame:
        return frame.take(np.argsort(keys.astype(str), kind="stable"), frame.size)

    def _county_rows(self, frame: Frame) -> Index:
        """Return each row's county; in a file of one county it may be left out."""
        if "county" not in frame:
            return np.zeros(frame.size, dtype=np.intp)
        only = next(iter(self.codes), "") if len(self.codes) == 1 else ""
        named = (only if code is None else str(code) for code in frame.words("county"))
        return np.fromiter((self.codes[code] for code in named), np.intp, frame.size)

    # -- figures without prefix ----------------------------------------------------

    def _divide(self) -> None:
        """In a one-stage school a figure without prefix is that stage's."""
        there = {stage: self._has_stage(stage) for stage in STAGES}
        alone = there[Stage.PRIMARY] ^ there[Stage.JUNIOR]
        columns = dict(self.schools.columns)
        for name in set(self.section_fields) & columns.keys():
            whole = self.schools.numbers(name)
            for stage, has in there.items():
                own = self.schools.numbers(f"{stage}_{name}")
                columns[f"{stage}_{name}"] = np.where(
                    alone & has & np.isnan(own), whole, own
                )
            rest = np.where(alone, np.nan, whole)
            del columns[name]
            if not np.isnan(rest).all():
                columns[name] = rest
        columns |= self._meant_by_blanks()
        self.schools = Frame(self.schools.size, columns)

    def _meant_by_blanks(self) -> dict[str, Floats]:
        """Fill what the contract says a blank means: no kindergarten, no seniors."""
        kind = self.schools.codes("kind")
        with_seniors = np.isin(kind, [k.rank for k in Kind if k.has_seniors])
        seniors = self.schools.numbers("senior_pupils")
        return {
            "senior_pupils": np.where(np.isnan(seniors) & ~with_seniors, 0.0, seniors),
            "kindergarten_pupils": np.nan_to_num(
                self.schools.numbers("kindergarten_pupils")
            ),
        }

    # -- rows that are no schools of their own -------------------------------------

    def _merge(self) -> None:
        """Add rows that do not count as schools to their parents."""
        merged = self._merged_rows()
        if not len(merged):
            return
        codes = {code: row for row, code in enumerate(self.schools.words("code"))}
        parents = self.schools.words("parent")
        into = np.array([codes[parents[row]] for row in merged], dtype=np.intp)
        for _ in range(_WIDEST_GROUP):  # a campus of a campus ends at the school
            chained = np.isin(into, merged)
            if not chained.any():
                break
            at = dict(zip(merged, into, strict=True))
            into = np.array([at.get(to, to) for to in into], dtype=np.intp)
        names = self.schools.words("code")
        self.merged_into = dict(zip(names[merged], names[into], strict=True))
        keep = np.setdiff1d(np.arange(self.schools.size), merged)
        columns = {
            name: self._merged_column(name, column, merged, into)
            for name, column in self.schools.columns.items()
        }
        columns["merged_pupils"], columns["largest_campus"] = self._campuses(
            merged, into
        )
        self.schools = Frame(self.schools.size, columns).take(keep, len(keep))
        self.school_county = self.school_county[keep]

    def _merged_rows(self) -> Index:
        """Rows that do not count, but points and one-stage campuses, which stay."""
        counts = self.schools.numbers("counts_as_school")
        kind = self.schools.codes("kind")
        staged = np.isin(kind, [k.rank for k in Kind if len(k.stages) == 1])
        campus = self.schools.numbers("campus") == 1
        point = kind == Kind.TEACHING_POINT.rank
        return np.flatnonzero((counts == 0) & ~point & ~(campus & staged))

    def _merged_column(
        self, name: str, column: Column, merged: Index, into: Index
    ) -> Column:
        field = _by_name(self.fields["schools"])[name]
        if isinstance(column, Ragged):
            return _joined(column, merged, into)
        if field.type not in ("integer", "number", "yes_no") or name in _OWN:
            return column
        if field.type != "yes_no" and field.unit not in _QUANTITIES:
            return column  # a rate or a time does not add up
        assert isinstance(column, np.ndarray)
        added = column[merged]
        if field.per_stage and name == field.name:
            added = _first_known(added, self._stage_sum(name, merged))
        elif field.per_stage:
            added = np.where(np.isnan(added) & ~self._teaches(name, merged), 0, added)
        whole = column.copy()
        if field.type == "yes_no":
            # Kleene's *all*: with a blank as one half the least of all wins.
            half = np.nan_to_num(whole, nan=0.5)
            np.minimum.at(half, into, np.nan_to_num(added, nan=0.5))
            whole = np.where(half == 0.5, np.nan, half)  # noqa: PLR2004 - the blank
        elif field.name == "largest_class":
            np.maximum.at(whole, into, added)
        else:
            np.add.at(whole, into, added)
        return whole

    def _teaches(self, name: str, rows: Index) -> npt.NDArray[np.bool_]:
        """Whether *rows* have the stage that the column *name* speaks of."""
        stage = Stage(name.partition("_")[0])
        return self._has_stage(stage)[rows]

    def _stage_sum(self, name: str, rows: Index) -> Floats:
        """Add up the figures of the stages that *rows* have by kind."""
        total = np.zeros(len(rows))
        for stage in STAGES:
            staged = f"{stage}_{name}"
            figures = self.schools.numbers(staged)[rows]
            total += np.where(
                np.isnan(figures) & ~self._teaches(staged, rows), 0, figures
            )
        return total

    def _campuses(self, merged: Index, into: Index) -> tuple[Floats, Floats]:
        """Return, per school, its merged rows' pupils: their sum and the most."""
        pupils = np.zeros(self.schools.size)
        for name in ("primary_pupils", "junior_pupils", "pupils"):
            pupils += np.nan_to_num(self.schools.numbers(name))
        total = np.zeros(self.schools.size)
        most = np.zeros(self.schools.size)
        np.add.at(total, into, pupils[merged])
        np.maximum.at(most, into, pupils[merged])
        return total, most

    # -- rooms by bands ------------------------------------------------------------

    def _derive_rooms(self) -> None:
        """Turn the forms' counts of rooms by area band into lists of areas."""
        columns = dict(self.schools.columns)
        for kind, bands in _ROOM_BANDS.items():
            lists = _banded_rooms(self.schools, kind, bands)
            if lists is None:
                continue
            given = columns.get(f"{kind}_room_areas")
            if isinstance(given, Ragged):
                lists = [
                    _pairs(given, row) if given.known[row] else each
                    for row, each in enumerate(lists)
                ]
            columns[f"{kind}_room_areas"] = Ragged.of(lists)
        self.schools = Frame(self.schools.size, columns)

    # -- sections ------------------------------------------------------------------

    def _make_sections(self) -> None:
        """Give every stage of every school a row, sorted by county and stage."""
        rows, stages = [], []
        for stage in STAGES:
            there = np.flatnonzero(self._has_stage(stage))
            rows.append(there)
            stages.append(np.full(len(there), stage.rank, dtype=np.int8))
        school, rank = np.concatenate(rows), np.concatenate(stages)
        order = np.lexsort((school, rank, self.school_county[school]))
        self.section_school = school[order]
        self.section_stage = rank[order]
        columns: dict[str, Column] = {}
        for name in self.section_fields:
            column = self._section_column(name)
            if column is not None:
                columns[name] = column
        self.sections = Frame(len(order), columns)
        self.schools = Frame(
            self.schools.size,
            {
                name: column
                for name, column in self.schools.columns.items()
                if not name.startswith(("primary_", "junior_"))
            },
        )

    def _has_stage(self, stage: Stage) -> npt.NDArray[np.bool_]:
        """
        Tell which schools have *stage*: by kind or by pupils, unless stated empty.

        In a one-stage school the figures without prefix are that stage's.
        """
        kind = self.schools.codes("kind")
        by_kind = np.isin(kind, [k.rank for k in Kind if stage in k.stages])
        single = np.isin(kind, [k.rank for k in Kind if k.stages == (stage,)])
        pupils, classes = (
            _first_known(
                self.schools.numbers(f"{stage}_{name}"),
                np.where(single, self.schools.numbers(name), np.nan),
            )
            for name in ("pupils", "classes")
        )
        empty: npt.NDArray[np.bool_] = (pupils == 0) | (
            np.isnan(pupils) & (classes == 0)
        )
        there: npt.NDArray[np.bool_] = (by_kind | (pupils > 0)) & ~empty
        return there

    def _section_column(self, name: str) -> Floats | None:
        """Take every section's own figure, or None where nobody gave any."""
        own = {stage: f"{stage}_{name}" for stage in STAGES}
        if not any(each in self.schools for each in own.values()):
            return None
        result = np.full(len(self.section_school), np.nan)
        for stage, column in own.items():
            at = self.section_stage == stage.rank
            result[at] = self.schools.numbers(column)[self.section_school[at]]
        return result

    def _derive_schools(self) -> None:
        """Add what follows from a school's other columns and from its sections."""
        size = self.schools.size
        parents = self.schools.words("parent")
        columns = {
            **self.schools.columns,
            **self._built(),
            "sections": np.bincount(self.section_school, minlength=size).astype(float),
            "independent": np.array([not parent for parent in parents], dtype=float),
            "campus_pupils": self._campus_pupils(parents),
        }
        for name in ("merged_pupils", "largest_campus"):
            columns.setdefault(name, np.zeros(size))
        if any(band in columns for band in BANDS):
            columns["whole_banded_low"], columns["whole_banded_high"] = _banded(
                self.schools
            )
        self.schools = Frame(size, columns)

    def _built(self) -> dict[str, Floats]:
        """Settle by when a school was built, from its year and from each other."""
        year = self.schools.numbers("built_year")
        early, late = (
            _first_known(
                self.schools.numbers(f"built_by_{by}"),
                np.where(np.isnan(year), np.nan, year <= by),
            )
            for by in (2010, 2016)
        )
        return {
            "built_by_2010": np.where(np.isnan(early) & (late == 0), 0.0, early),
            "built_by_2016": np.where(np.isnan(late) & (early == 1), 1.0, late),
        }

    def _campus_pupils(self, parents: npt.NDArray[np.object_]) -> Floats:
        """Return, per school, the pupils of its campuses that stay their own rows."""
        total = np.zeros(self.schools.size)
        campuses = np.flatnonzero(self.schools.numbers("campus") == 1)
        if not len(campuses):
            return total
        own = np.bincount(
            self.section_school,
            weights=self.sections.numbers("pupils"),
            minlength=self.schools.size,
        )
        codes = {code: row for row, code in enumerate(self.schools.words("code"))}
        for row in campuses:
            if parents[row] in codes:
                total[codes[parents[row]]] += own[row]
        return total

    # -- teachers and classes, one row each ----------------------------------------

    def _add_records(self) -> None:
        """Count teachers and classes into their sections where a figure is blank."""
        columns = dict(self.sections.columns)
        for frame, counts in (
            (self.teachers, _teacher_counts),
            (self.classes, _class_counts),
        ):
            if not frame.size:
                continue
            row = self._section_of(frame)
            for name, counted in counts(frame, row, self.sections.size).items():
                given = columns.get(name)
                columns[name] = (
                    counted
                    if not isinstance(given, np.ndarray)
                    else _first_known(given, counted)
                )
                if isinstance(given, np.ndarray):
                    self._note_difference(name, given, counted)
        self.sections = Frame(self.sections.size, columns)

    def _section_of(self, frame: Frame) -> Index:
        """Return the section of every record; -1 for a stage that is no section."""
        codes = {code: row for row, code in enumerate(self.schools.words("code"))}
        codes |= {code: codes[into] for code, into in self.merged_into.items()}
        sections = {
            (int(school), int(stage)): row
            for row, (school, stage) in enumerate(
                zip(self.section_school, self.section_stage, strict=True)
            )
        }
        pairs = zip(frame.words("school"), frame.codes("stage"), strict=True)
        return np.array(
            [sections.get((codes.get(code, -1), int(s)), -1) for code, s in pairs],
            dtype=np.intp,
        )

    def _note_difference(self, name: str, given: Floats, counted: Floats) -> None:
        codes = self.schools.words("code")
        for row in np.flatnonzero(
            ~np.isnan(given) & ~np.isnan(counted) & (given != counted)
        ):
            stage = STAGES[self.section_stage[row]]
            self.notices.append(
                Notice(
                    code="records-disagree",
                    place=f"{codes[self.section_school[row]]}/{stage}",
                    zh=f"{name} 填报 {given[row]:g}，逐条记录合计 {counted[row]:g}；"
                    "按填报数测算",
                    en=f"{name} is given as {given[row]:g} but the records count "
                    f"{counted[row]:g}; the given figure is used",
                )
            )

    # -- figures that follow from others -------------------------------------------

    def _derive_sections(self) -> None:
        """Fill blanks that other columns of the contract settle."""
        columns = dict(self.sections.columns)
        junior = self.section_stage == Stage.JUNIOR.rank

        def fill(name: str, derived: Floats | None) -> None:
            if derived is not None:
                columns[name] = _first_known(
                    self.sections.numbers(name), np.asarray(derived)
                )

        if any(f"teachers_{d}" in columns for d in _HIGHER):
            higher = sum((self.sections.numbers(f"teachers_{d}") for d in _HIGHER), 0.0)
            college = self.sections.numbers("teachers_college")
            fill("above_degree_teachers", higher + np.where(junior, 0, college))
        if any(band in columns for band in BANDS):
            columns["banded_low"], columns["banded_high"] = _banded(self.sections)
        self.sections = Frame(self.sections.size, columns)

    def _derive_counties(self) -> None:
        columns = dict(self.counties.columns)
        special, regular, home = (
            self.counties.numbers(f"disabled_{where}")
            for where in ("in_special", "in_regular", "home_taught")
        )
        columns["disabled_children_enrolled"] = _first_known(
            self.counties.numbers("disabled_children_enrolled"),
            special + regular + home,
        )
        no_special = self.counties.numbers("special_schools") == 0
        columns["special_education_pupils"] = _first_known(
            self.counties.numbers("special_education_pupils"),
            np.where(no_special, 0.0, np.nan),
        )
        self.counties = Frame(self.counties.size, columns)

    # -- the other tables ----------------------------------------------------------

    def _other(self, table: str, frame: Frame) -> tuple[Frame, Index]:
        if table in ("attestations", "reported"):
            frame, county = self._placed(frame, down=table == "reported")
        elif table in ("teachers", "classes"):
            frame, county = self._in_schools(frame)
        elif table == "areas":
            frame, county = self._in_areas(frame)
        else:
            county = self._county_rows(frame)
        order = np.argsort(county, kind="stable")
        return (
            frame.take(order, frame.size),
            _offsets(county[order], self.counties.size),
        )

    def _in_schools(self, frame: Frame) -> tuple[Frame, Index]:
        """Find the school, and by it the county, of every teacher or class."""
        rows = {str(c): i for i, c in enumerate(self.schools.words("code"))}
        named = (str(code) for code in frame.words("school"))
        school = np.array(
            [rows.get(self.merged_into.get(code, code), -1) for code in named],
            dtype=np.intp,
        )
        there = np.flatnonzero(school >= 0)
        columns = {**frame.columns, "in_school": school}
        county = self.school_county[school[there]]
        return Frame(frame.size, columns).take(there, len(there)), county

    def _in_areas(self, frame: Frame) -> tuple[Frame, Index]:
        """Give every county the rows of the areas that it lies in."""
        pairs = [
            (row, county)
            for row, code in enumerate(frame.words("code"))
            for of, county in self.codes.items()
            if of.startswith(str(code))
        ]
        rows = np.array([row for row, _ in pairs], dtype=np.intp)
        county = np.array([county for _, county in pairs], dtype=np.intp)
        return frame.take(rows, len(rows)), county

    def _placed(self, frame: Frame, *, down: bool) -> tuple[Frame, Index]:
        """
        Find the county, and where it is one the school, that a row speaks of.

        Where *down* is asked for, a row about a city or province is shown to each of
        its counties: it does not speak of them, and they can say so.
        """
        schools = {str(c): i for i, c in enumerate(self.schools.words("code"))}
        entities = [str(each).split("/")[0] for each in frame.words("entity")]
        school = np.array([schools.get(each, -1) for each in entities], dtype=np.intp)
        county = np.array(
            [self.codes.get(each, -1) for each in entities], dtype=np.intp
        )
        county = np.where(
            (county < 0) & (school >= 0),
            np.append(self.school_county, -1)[school],
            county,
        )
        there = np.flatnonzero(county >= 0)
        columns = {**frame.columns, "of_school": school >= 0}
        owner = county[there]
        if down and len(there) < frame.size:
            above = [
                (row, of)
                for row in np.flatnonzero(county < 0)
                for code, of in self.codes.items()
                if code.startswith(entities[row])
            ]
            there = np.append(there, [row for row, _ in above]).astype(np.intp)
            owner = np.append(owner, [of for _, of in above]).astype(np.intp)
        return Frame(frame.size, columns).take(there, len(there)), owner


_OWN = frozenset({"counts_as_school", "campus", "built_year"})
"""Columns of a merged row that say nothing of its parent."""

_QUANTITIES = frozenset(
    {
        Unit.PUPILS,
        Unit.PERSONS,
        Unit.TEACHERS,
        Unit.CLASSES,
        Unit.ROOMS,
        Unit.DEVICES,
        Unit.BOOKS,
        Unit.COUNT,
        Unit.M2,
        Unit.YUAN,
    }
)
"""Units of what adds up when a row is merged into its parent."""

_HIGHER = ("bachelor", "master", "doctor")

_ROOM_BANDS = {
    "music": {"ge96": (96, np.inf), "73_96": (73, 96), "61_73": (61, 73)},
    "art": {"ge90": (90, np.inf), "67_90": (67, 90), "61_67": (61, 67)},
}
"""Area bands of the official forms in m², the upper end not included."""


def _frame(fields: Iterable[Field], table: str, columns: Mapping[str, Any]) -> Frame:
    known = _by_name(fields)
    made = {
        name: _MAKERS[known[name].type](cells)
        for name, cells in columns.items()
        if name in known
    }
    sizes = {len(cells) for cells in columns.values()}
    if len(sizes) > 1:
        raise ValueError(f"{table}: columns of different lengths: {sorted(sizes)}")
    return Frame(sizes.pop() if sizes else 0, made)


def _first_known(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


def _offsets(groups: Index, size: int) -> Index:
    """Return the size + 1 offsets of sorted group numbers."""
    return np.searchsorted(groups, np.arange(size + 1))


def _banded(frame: Frame) -> tuple[Floats, Floats]:
    """Bound the largest class by the counts of classes in each size band."""
    low, high = np.full(frame.size, -np.inf), np.full(frame.size, -np.inf)
    for band, (least, most) in BANDS.items():
        count = frame.numbers(band)
        low = np.where(count > 0, least, low)
        high = np.where((count > 0) | np.isnan(count), most, high)
    given = np.any([~np.isnan(frame.numbers(band)) for band in BANDS], axis=0)
    return (
        np.where(given & np.isfinite(low), low, np.nan),
        np.where(given & (high > -np.inf) & (high < _TOP), high, np.nan),
    )


_TOP = max(most for _, most in BANDS.values())


def _pairs(lists: Ragged, row: int) -> list[tuple[float, float]]:
    part = slice(lists.starts[row], lists.starts[row + 1])
    return list(zip(lists.low[part], lists.high[part], strict=True))


def _joined(lists: Ragged, merged: Index, into: Index) -> Ragged:
    rows: list[list[tuple[float, float]] | None] = [
        _pairs(lists, row) if lists.known[row] else None
        for row in range(len(lists.known))
    ]
    for row, parent in zip(merged, into, strict=True):
        own, added = rows[parent], rows[row]
        rows[parent] = None if own is None or added is None else own + added
    return Ragged.of(rows)


def _banded_rooms(
    schools: Frame, kind: str, bands: Mapping[str, tuple[float, float]]
) -> list[list[tuple[float, float]] | None] | None:
    names = {f"{kind}_rooms_{band}": bounds for band, bounds in bands.items()}
    if not any(name in schools for name in names):
        return None
    counts = {name: schools.numbers(name) for name in names}
    total = schools.numbers(f"{kind}_rooms")
    lists: list[list[tuple[float, float]] | None] = []
    for row in range(schools.size):
        held = {name: counts[name][row] for name in names}
        if any(np.isnan(each) for each in held.values()):
            lists.append(None)
            continue
        rooms = [
            (low, float(np.nextafter(high, 0)))
            for name, (low, high) in names.items()
            for _ in range(int(held[name]))
        ]
        rest = total[row] - len(rooms)
        lowest = min(low for low, _ in names.values())
        if rest > 0:
            rooms += [(0.0, float(np.nextafter(lowest, 0)))] * int(rest)
        lists.append(rooms)
    return lists


def _counted(flags: Floats, row: Index, size: int) -> Floats:
    """Sum flags into sections: a blank makes the sum unknown, and so do no rows."""
    there = row >= 0
    sums = np.bincount(row[there], weights=flags[there], minlength=size).astype(float)
    rows = np.bincount(row[there], minlength=size)
    return np.where(rows > 0, sums, np.nan)


_PE_ARTS = frozenset({"体育", "体育与健康", "音乐", "美术", "艺术"})
_HOURS, _YEARS = 360.0, 5.0


def _teacher_counts(frame: Frame, row: Index, size: int) -> dict[str, Floats]:
    """
    Count teachers by the law's definitions 高于规定学历, 县级以上骨干, 体育艺术专任.

    Only full-time teachers count. A blank in a row leaves that count unknown.
    """
    full = frame.numbers("full_time")
    degree = frame.codes("degree")
    stages = frame.codes("stage")
    enough = np.where(
        stages == Stage.JUNIOR.rank, DegreeLevel.BACHELOR.rank, DegreeLevel.COLLEGE.rank
    )
    level = frame.codes("backbone_level")
    hours, years = frame.numbers("training_hours"), frame.numbers("years_of_service")
    subject = np.array(
        [np.nan if s is None else s in _PE_ARTS for s in frame.words("subject")],
        dtype=float,
    )
    due = _HOURS * np.minimum(years, _YEARS) / _YEARS
    served = _flag(years >= _YEARS, np.isnan(years))
    trained = _flag(hours >= _HOURS, np.isnan(hours))
    flags = {
        "full_time_teachers": np.ones(frame.size),
        "above_degree_teachers": _flag(degree >= enough, degree < 0),
        "backbone_teachers": _flag(level >= Level.COUNTY.rank, level < 0),
        "pe_arts_teachers": subject,
        "certified_teachers": frame.numbers("certified"),
        "trained_teachers": trained,
        "trained_teachers_pro_rata": _flag(
            hours >= due, np.isnan(hours) | np.isnan(due)
        ),
        "experienced_teachers": served,
        "trained_experienced_teachers": np.where(served == 0, 0, trained * served),
    }
    return {
        name: _counted(np.where(full == 0, 0, flag * full), row, size)
        for name, flag in flags.items()
    }


def _flag(yes: npt.NDArray[np.bool_], blank: npt.NDArray[np.bool_]) -> Floats:
    return np.where(blank, np.nan, yes.astype(float))


def _class_counts(frame: Frame, row: Index, size: int) -> dict[str, Floats]:
    """Count classes, their pupils, the largest and the oversized ones."""
    pupils = frame.numbers("pupils")
    limit = np.where(
        frame.codes("stage") == Stage.JUNIOR.rank,
        OVERSIZED[Stage.JUNIOR],
        OVERSIZED[Stage.PRIMARY],
    )
    largest = np.full(size, -np.inf)
    there = row >= 0
    np.maximum.at(largest, row[there], pupils[there])
    return {
        "pupils": _counted(pupils, row, size),
        "classes": _counted(np.ones(frame.size), row, size),
        "oversized_classes": _counted(
            _flag(pupils > limit, np.isnan(pupils)), row, size
        ),
        "largest_class": np.where(np.isinf(largest), np.nan, largest),
    }
