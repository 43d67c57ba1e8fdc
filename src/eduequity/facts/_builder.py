"""From tables of cells to sorted, merged and derived columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from eduequity.facts._bands import ROOM_BANDS, banded, banded_rooms, joined, pairs
from eduequity.facts._columns import (
    STAGES,
    Coded,
    Floats,
    Frame,
    Index,
    Notice,
    Ragged,
    Stored,
    Words,
    first_known,
    frame_of,
    named,
)
from eduequity.facts._records import KNOWN_CLASS, RECORDS, Counts, counted
from eduequity.model import BANDS, Field
from eduequity.vocab import Kind, Stage


__all__ = ["build"]

_WIDEST_GROUP = 8

_MOST_NOTED = 1000
"""The sections of which a disagreement is told one by one."""


def build(
    tables: Mapping[str, Mapping[str, Any]],
    notices: list[Notice],
    fields: Mapping[str, tuple[Field, ...]],
    counts: Mapping[str, Counts],
) -> dict[str, Any]:
    """Return what `Facts` are made of, from columns of typed values by table."""
    return _Builder(tables, notices, fields, counts).build()


class _Builder:
    """Turns tables of cells into sorted, merged and derived columns."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        notices: list[Notice],
        fields: Mapping[str, tuple[Field, ...]],
        counts: Mapping[str, Counts],
    ) -> None:
        self.notices = notices
        self.fields = fields
        self.section_fields = [f.name for f in fields["schools"] if f.per_stage]
        self.frames = {
            table: frame_of(fields[table], table, columns)
            for table, columns in tables.items()
        }
        self.counties = self.frames.pop("county", Frame(0))
        self.schools = self.frames.pop("schools", Frame(0))
        self.counts = counts
        self.merged_into: dict[str, str] = {}

    def build(self) -> dict[str, Any]:
        self.counties = self._sorted(self.counties, self.counties.words("code"))
        self.codes = {str(c): i for i, c in enumerate(self.counties.words("code"))}
        county = self._county_rows(self.schools)
        self.school_county = county
        if (np.diff(county) < 0).any():
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
        return {
            "counties": self.counties,
            "schools": self.schools,
            "sections": self.sections,
            "others": others,
            "school_county": self.school_county,
            "section_school": self.section_school,
            "section_stage": self.section_stage,
            "school_starts": _offsets(self.school_county, self.counties.size),
            "group_starts": _offsets(
                2 * self.school_county[self.section_school] + self.section_stage,
                2 * self.counties.size,
            ),
            "other_starts": starts,
            "notices": tuple(self.notices),
            "fields": self.fields,
            "merged_into": self.merged_into,
        }

    @staticmethod
    def _sorted(frame: Frame, keys: npt.NDArray[np.object_]) -> Frame:
        return frame.take(np.argsort(keys.astype(str), kind="stable"), frame.size)

    def _county_rows(self, frame: Frame) -> Index:
        """Return each row's county; in a file of one county it may be left out."""
        if "county" not in frame:
            return np.zeros(frame.size, dtype=np.intp)
        given = frame.stored["county"]
        if isinstance(given, Coded) and not (given.codes < 0).any():
            return given.places(self.codes)
        only = next(iter(self.codes), "") if len(self.codes) == 1 else ""
        named = (only if code is None else str(code) for code in frame.words("county"))
        return np.fromiter((self.codes[code] for code in named), np.intp, frame.size)

    # -- figures without prefix ----------------------------------------------------

    def _divide(self) -> None:
        """In a one-stage school a figure without prefix is that stage's."""
        there = {stage: self._has_stage(stage) for stage in STAGES}
        alone = there[Stage.PRIMARY] ^ there[Stage.JUNIOR]
        columns = dict(self.schools.stored)
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
        with_seniors = _among(kind, [k for k in Kind if k.has_seniors])
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
        self._deny_built(merged)
        keep = np.setdiff1d(np.arange(self.schools.size), merged)
        columns = {
            name: self._merged_column(name, column, merged, into)
            for name, column in self.schools.stored.items()
        }
        columns |= self._known_classes(columns, merged, into)
        columns["merged_pupils"], columns["largest_campus"] = self._campuses(
            merged, into
        )
        self.schools = Frame(self.schools.size, columns).take(keep, len(keep))
        self.school_county = self.school_county[keep]

    def _deny_built(self, merged: Index) -> None:
        """
        Let a site's year of building say no where its yes/no is blank.

        The year of the whole is its parent's, but by *all* it was not built by then
        where one of its sites is known not to have been.
        """
        early, late = self._built().values()
        columns = dict(self.schools.stored)
        for by, settled in ((2010, early), (2016, late)):
            flags = self.schools.numbers(f"built_by_{by}").copy()
            flags[merged] = np.where(settled[merged] == 0, 0.0, flags[merged])
            if not np.isnan(flags).all():
                columns[f"built_by_{by}"] = flags
        self.schools = Frame(self.schools.size, columns)

    def _merged_rows(self) -> Index:
        """Rows that do not count, but points and one-stage campuses, which stay."""
        counts = self.schools.numbers("counts_as_school")
        kind = self.schools.codes("kind")
        staged = _among(kind, [k for k in Kind if len(k.stages) == 1])
        campus = self.schools.numbers("campus") == 1
        point = kind == Kind.TEACHING_POINT.rank
        return np.flatnonzero((counts == 0) & ~point & ~(campus & staged))

    def _merged_column(
        self, name: str, column: Stored, merged: Index, into: Index
    ) -> Stored:
        field = named(self.fields["schools"])[name]
        if isinstance(column, Ragged):
            return joined(column, merged, into)
        if field.type not in ("integer", "number", "yes_no") or name in _OWN:
            return column
        adds = field.unit is not None and field.unit.additive
        if field.type != "yes_no" and not adds:
            return column  # a rate or a time does not add up
        assert isinstance(column, np.ndarray)
        added = column[merged]
        if field.per_stage and name == field.name:
            added = first_known(added, self._stage_sum(name, merged))
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

    def _known_classes(
        self, columns: Mapping[str, Stored], merged: Index, into: Index
    ) -> dict[str, Floats]:
        """Keep, where a merged row's largest class is blank, the largest known."""
        found = {}
        for stage in STAGES:
            own = self.schools.numbers(f"{stage}_largest_class")
            known = own.copy()
            np.fmax.at(known, into, own[merged])
            whole = columns.get(f"{stage}_largest_class", own)
            least = np.where(np.isnan(np.asarray(whole)), known, np.nan)
            if not np.isnan(least).all():
                found[f"{stage}_{KNOWN_CLASS}"] = least
        return found

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
        columns = dict(self.schools.stored)
        for kind, bands in ROOM_BANDS.items():
            lists = banded_rooms(self.schools, kind, bands)
            if lists is None:
                continue
            given = columns.get(f"{kind}_room_areas")
            if isinstance(given, Ragged):
                lists = [
                    pairs(given, row) if given.known[row] else each
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
        columns: dict[str, Stored] = {}
        for name in (*self.section_fields, KNOWN_CLASS):
            column = self._section_column(name)
            if column is not None:
                columns[name] = column
        self.sections = Frame(len(order), columns)
        self.schools = Frame(
            self.schools.size,
            {
                name: column
                for name, column in self.schools.stored.items()
                if not name.startswith(("primary_", "junior_"))
            },
        )

    def _has_stage(self, stage: Stage) -> npt.NDArray[np.bool_]:
        """
        Tell which schools have *stage*: by kind or by pupils, unless stated empty.

        In a one-stage school the figures without prefix are that stage's.
        """
        kind = self.schools.codes("kind")
        by_kind = _among(kind, [k for k in Kind if stage in k.stages])
        single = _among(kind, [k for k in Kind if k.stages == (stage,)])
        pupils, classes = (
            first_known(
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
        columns = {
            **self.schools.stored,
            **self._built(),
            "sections": np.bincount(self.section_school, minlength=size).astype(float),
            "independent": self._independent(),
            "campus_pupils": self._campus_pupils(),
        }
        for name in ("merged_pupils", "largest_campus"):
            columns.setdefault(name, np.zeros(size))
        if any(band in columns for band in BANDS):
            columns["whole_banded_low"], columns["whole_banded_high"] = banded(
                self.schools
            )
        self.schools = Frame(size, columns)

    def _built(self) -> dict[str, Floats]:
        """Settle by when a school was built, from its year and from each other."""
        year = self.schools.numbers("built_year")
        early, late = (
            first_known(
                self.schools.numbers(f"built_by_{by}"),
                np.where(np.isnan(year), np.nan, year <= by),
            )
            for by in (2010, 2016)
        )
        return {
            "built_by_2010": np.where(np.isnan(early) & (late == 0), 0.0, early),
            "built_by_2016": np.where(np.isnan(late) & (early == 1), 1.0, late),
        }

    def _independent(self) -> Floats:
        """Tell which schools have no parent."""
        if "parent" not in self.schools:
            return np.ones(self.schools.size)
        parents = self.schools.words("parent")
        return np.array([not parent for parent in parents], dtype=float)

    def _campus_pupils(self) -> Floats:
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
        parents = self.schools.words("parent")
        codes = {code: row for row, code in enumerate(self.schools.words("code"))}
        for row in campuses:
            if parents[row] in codes:
                total[codes[parents[row]]] += own[row]
        return total

    # -- teachers and classes, one row each ----------------------------------------

    def _add_records(self) -> None:
        """Count teachers and classes into their sections where a figure is blank."""
        columns = dict(self.sections.stored)
        for name, found in self._counted():
            given = columns.get(name)
            if not isinstance(given, np.ndarray):
                columns[name] = found
                continue
            if name == KNOWN_CLASS:
                columns[name] = np.fmax(given, found)
                continue
            columns[name] = first_known(given, found)
            self._note_difference(name, given, found)
        self.sections = Frame(self.sections.size, columns)

    def _counted(self) -> Iterator[tuple[str, Floats]]:
        """Yield what the records make of section columns."""
        size = self.sections.size
        for table in RECORDS:
            frame = self.frames.get(table, Frame(0))
            if frame.size:
                codes = frame.stored.get("school", frame.words("school"))
                row = self._section_of(codes, frame.codes("stage"))
                yield from counted(table, frame, row, size).items()
            if table in self.counts:
                counts = self.counts[table]
                row = self._section_of(counts.school, counts.stage)
                yield from counts.into(table, row, size).items()

    def _section_of(self, schools: Any, stages: npt.NDArray[np.int8]) -> Index:
        """Return the section of every record; -1 for a stage that is no section."""
        table = np.full((self.schools.size + 1, len(Stage) + 1), -1, dtype=np.intp)
        table[self.section_school, self.section_stage] = np.arange(self.sections.size)
        rows: Index = table[self._school_rows(schools), stages]
        return rows

    def _school_rows(self, schools: Any) -> Index:
        """Return the row of the school that each code names, -1 for none."""
        rows = {str(code): row for row, code in enumerate(self.schools.words("code"))}
        rows |= {code: rows[into] for code, into in self.merged_into.items()}
        if isinstance(schools, Coded):
            return schools.places(rows)
        words = schools.array if isinstance(schools, Words) else schools
        found = (rows.get(str(word), -1) for word in words)
        return np.fromiter(found, np.intp, len(words))

    def _note_difference(self, name: str, given: Floats, counted: Floats) -> None:
        codes = self.schools.words("code")
        rows = np.flatnonzero(
            ~np.isnan(given) & ~np.isnan(counted) & (given != counted)
        )
        for row in rows[:_MOST_NOTED].tolist():
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
        more = len(rows) - _MOST_NOTED
        if more > 0:
            self.notices.append(
                Notice(
                    code="records-disagree",
                    place="",
                    zh=f"另有 {more} 个学段的 {name} 与逐条记录合计不同",
                    en=f"{name} differs from what the records count in {more} further "
                    "sections",
                )
            )

    # -- figures that follow from others -------------------------------------------

    def _derive_sections(self) -> None:
        """Fill blanks that other columns of the contract settle."""
        columns = dict(self.sections.stored)
        junior = self.section_stage == Stage.JUNIOR.rank

        def fill(name: str, derived: Floats | None) -> None:
            if derived is not None:
                columns[name] = first_known(
                    self.sections.numbers(name), np.asarray(derived)
                )

        if any(f"teachers_{d}" in columns for d in _HIGHER):
            higher = sum((self.sections.numbers(f"teachers_{d}") for d in _HIGHER), 0.0)
            college = self.sections.numbers("teachers_college")
            fill("above_degree_teachers", higher + np.where(junior, 0, college))
        if any(band in columns for band in BANDS):
            columns["banded_low"], columns["banded_high"] = banded(self.sections)
        known = columns.pop(KNOWN_CLASS, None)
        if known is not None:
            self._bound_below(columns, np.asarray(known))
        self.sections = Frame(self.sections.size, columns)

    def _bound_below(self, columns: dict[str, Stored], known: Floats) -> None:
        """Where the size of a class is unknown, the largest is at least the others."""
        least = np.where(
            np.isnan(self.sections.numbers("largest_class")), known, np.nan
        )
        if not np.isnan(least).all():
            banded = columns.get("banded_low", np.full(len(least), np.nan))
            columns["banded_low"] = np.fmax(np.asarray(banded), least)

    def _derive_counties(self) -> None:
        columns = dict(self.counties.stored)
        special, regular, home = (
            self.counties.numbers(f"disabled_{where}")
            for where in ("in_special", "in_regular", "home_taught")
        )
        columns["disabled_children_enrolled"] = first_known(
            self.counties.numbers("disabled_children_enrolled"),
            special + regular + home,
        )
        no_special = self.counties.numbers("special_schools") == 0
        columns["special_education_pupils"] = first_known(
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
        school = self._school_rows(frame.stored.get("school", frame.words("school")))
        there = np.flatnonzero(school >= 0)
        columns = {**frame.stored, "in_school": school}
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
        columns = {**frame.stored, "of_school": school >= 0}
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


_HIGHER = ("bachelor", "master", "doctor")


def _among(kind: npt.NDArray[np.int8], wanted: list[Kind]) -> npt.NDArray[np.bool_]:
    """Tell which schools are of one of the *wanted* kinds; a blank is of none."""
    found = np.array([*(each in wanted for each in Kind), False])
    result: npt.NDArray[np.bool_] = found[kind]
    return result


def _offsets(groups: Index, size: int) -> Index:
    """Return the size + 1 offsets of sorted group numbers."""
    return np.searchsorted(groups, np.arange(size + 1))
