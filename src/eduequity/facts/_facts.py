"""`Facts`: what is known of the counties, ready to be judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.facts._builder import build
from eduequity.facts._changes import Edit, Moved, changed
from eduequity.facts._columns import (
    STAGES,
    Coded,
    Frame,
    Index,
    Notice,
    Words,
    canonical,
    is_blank,
    parts,
)
from eduequity.facts._frames import to_frame
from eduequity.facts._records import Counts
from eduequity.model import County, Field, dictionary, rows_of
from eduequity.vocab import Choice


__all__ = ["Facts"]


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

        merged_into: The school that each row was added to that is none of its own.

    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> facts = ee.Facts.of(ee.County(code="999901", schools=(school,)))
    >>> facts.codes, len(facts), facts.sections.numbers("pupils")
    (['999901'], 1, array([500.]))
    >>> facts.section_county, facts.section_group, facts.has_totals
    (array([0]), array([0]), False)
    >>> facts.other("teachers").size, facts.other_county("teachers")  # none were given
    (0, array([], dtype=int64))
    >>> facts.select(0, 1).codes, facts.nbytes > 0, len(facts.digest)
    (['999901'], True, 64)
    >>> "pupils" in facts.section_fields
    True
    >>> facts.choices["schools", "kind"] is ee.Kind
    True
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
    merged_into: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    # -- making --------------------------------------------------------------------

    @classmethod
    def of(cls, *counties: County) -> Facts:
        """
        Build facts from records.

        Args:
            counties: One or more of them.

        >>> import eduequity as ee
        >>> ee.Facts.of(ee.County(code="999901"), ee.County(code="350881")).codes
        ['350881', '999901']
        """
        return cls.from_rows(rows_of(counties))

    @classmethod
    def from_rows(
        cls,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        notices: Iterable[Notice] = (),
        fields: Mapping[str, tuple[Field, ...]] | None = None,
    ) -> Facts:
        """
        Build facts from rows of typed values, taken as checked.

        Args:
            rows: Rows by table, as `eduequity.model.rows_of` makes them (blank: None or
                left out). What stands in files is for `eduequity.read`.

            notices: What a reader of the result should know of the data.

            fields: The fields of every table; those of the contract by default.

        >>> import eduequity as ee
        >>> ee.Facts.from_rows({"county": [{"code": "999901"}], "schools": []}).codes
        ['999901']
        """
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
        counts: Mapping[str, Counts] | None = None,
    ) -> Facts:
        """
        Build facts from columns of typed values, table by table.

        A column is a sequence of Python values with None for a blank, a numpy array
        of float64 with NaN (int8 codes with -1 for a choice), or text that stays
        where it is (`Words`, `Coded`). Values are taken as checked.

        Args:
            tables: The columns of every table by name.

            notices: What a reader of the result should know of the data.

            fields: The fields of every table; those of the contract by default.

            counts: Teachers and classes that were counted where they lie, by table.

        >>> import eduequity as ee
        >>> ee.Facts.from_columns({"county": {"code": ["999901", "999902"]}}).codes
        ['999901', '999902']
        """
        with np.errstate(invalid="ignore"):
            return cls(
                **build(tables, list(notices), fields or dictionary(), counts or {})
            )

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
            stated & self.counties.stored.keys() or staged & self.schools.stored.keys()
        )

    @cached_property
    def section_group(self) -> Index:
        """The (county, stage) group of every section."""
        return np.repeat(np.arange(2 * len(self)), np.diff(self.group_starts))

    def to_frame(self, table: str = "schools", *, backend: str | None = None) -> Any:
        """
        Return a table as a data frame, in the English names of the data contract.

        >>> import eduequity as ee
        >>> facts = ee.Facts.of(ee.County(code="999901", name="示例县"))
        >>> facts.to_frame("county", backend="polars")["name"].to_list()
        ['示例县']

        Args:
            table: ``county`` (one row per county); ``schools`` (one row per school,
                the figures of its stages with the prefix ``primary_`` or
                ``junior_``); ``sections`` (one row per section 学段单位, with its
                county, school and stage); or another table that was given.

            backend: ``polars``, ``pyarrow``, ``pandas`` or ``duckdb`` (a relation);
                by default the first that is installed.

        Returns:
            A native frame with numbers as floats, yes/no as booleans, choices by their
            English words, dates and lists of areas as text; blanks are nulls. What
            was merged, derived or counted is in it; the table reads back.

        Raises:
            UnknownNameError: No such table or backend.

            MissingExtraError: The backend is not installed.
        """
        return to_frame(self, table, backend)

    def change(self, *edits: str | Edit | Moved) -> Facts:
        """
        Return facts with changes made one after the other; these stay as they are.

        >>> import eduequity as ee
        >>> school = ee.School(
        ...     code="1",
        ...     name="示例小学",
        ...     kind="primary",
        ...     primary=ee.Section(pupils=500),
        ... )
        >>> facts = ee.Facts.of(ee.County(code="999901", schools=(school,)))
        >>> facts.change("1/primary.pupils *= 1.02").sections.numbers("pupils")
        array([510.])
        >>> facts.sections.numbers("pupils")
        array([500.])

        What is not named stays, but for this: the county's stated totals of pupils and
        classes move along, pupils in the zone and boarders keep their share of the
        pupils.

        Args:
            edits: Sentences or records:

                ``CODE/primary.COLUMN += 3`` (or ``=``, ``-=``, ``*=``) for a section,
                ``CODE.COLUMN`` for a school or the county, ``*/primary.COLUMN`` or
                ``*.COLUMN`` for all; areas of rooms as ``CODE.art_room_areas += 90,95``
                (`Amend`);
                ``move 2 COLUMN A/primary -> B/primary`` (`Move`);
                ``merge A -> B`` a school into another (`Merge`);
                ``split A -> NEW 0.4`` a share of it off into a new school (`Split`);
                or a `Change` of a shortfall or a plan.

        Raises:
            InputError: With every change that cannot be made: pupils below 0, a blank
                that is added to, a column that is no number.

            UnknownNameError: No such school, stage or column.
        """
        return changed(self, edits)

    def other(self, table: str) -> Frame:
        """
        Return one of the other tables, empty where it was not given.

        Args:
            table: Such as ``teachers``.
        """
        return self.others.get(table, Frame(0))

    def other_county(self, table: str) -> Index:
        """
        Return the county's row for every row of an other table.

        Args:
            table: Such as ``teachers``.
        """
        starts = self.other_starts.get(table)
        if starts is None:
            return np.zeros(0, dtype=np.intp)
        return np.repeat(np.arange(len(self)), np.diff(starts))

    def select(self, first: int, last: int) -> Facts:
        """
        Return the facts of some neighbouring counties.

        Args:
            first: The first county's row.

            last: One past the last's.
        """
        a, b = self.school_starts[first], self.school_starts[last]
        c, d = self.group_starts[2 * first], self.group_starts[2 * last]
        cuts = {
            table: (starts[first], starts[last])
            for table, starts in self.other_starts.items()
        }
        part = Facts(
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
            merged_into=self.merged_into,
        )
        for name in ("choices", "section_fields"):  # the same for every part
            object.__setattr__(part, name, getattr(self, name))
        if not self.has_totals:  # then no part has any
            object.__setattr__(part, "has_totals", False)
        return part

    @cached_property
    def section_fields(self) -> frozenset[str]:
        """The names of the columns that sections have."""
        staged = {f.name for f in self.fields["schools"] if f.per_stage}
        return frozenset(staged | self.sections.stored.keys())

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
            column.nbytes
            if isinstance(column, Words | Coded)
            else sum(part.nbytes for part in parts(column))
            for frame in frames
            for column in frame.stored.values()
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
            for name in sorted(frame.stored):
                if is_blank(frame[name]):
                    continue
                total.update(f"{table}.{name}\n".encode())
                for part in parts(frame[name]):
                    total.update(canonical(part))
        total.update(self.section_school.astype("<i8").tobytes())
        total.update(self.section_stage.tobytes())
        return total.hexdigest()
