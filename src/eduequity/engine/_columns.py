"""
Columns on demand: what a rule asks for by name, worked out once for every unit.

A section sees its school's columns and its county's, a school its county's; a
parameter of the law arrives as the column in force. Nothing is worked out that no
rule asks for.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._beside import Beside
from eduequity.engine._completeness import incomplete
from eduequity.engine._lent import Lent
from eduequity.engine._limits import SLACK, Limit
from eduequity.facts import (
    STAGES,
    Facts,
    Floats,
    Frame,
    Ragged,
    constant,
    distinct,
    is_constant,
)
from eduequity.indicators import Bounds, Indicator
from eduequity.model import Field
from eduequity.rules import Condition, Law, Test, Value
from eduequity.vocab import (
    Choice,
    Force,
    Scope,
    Stage,
    SurveyChannel,
    SurveyGroup,
)


__all__ = ["Columns", "Match", "Told", "Workspace", "latest_year", "point"]

_DEFAULT = "quality-balance"
"""The programme whose rules an attestation may name alone."""

Flags: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.int32]
Cell: TypeAlias = Any
"""A column in one of its forms, a `Bounds`, a reading's word or the day."""


class Match(NamedTuple):
    """For which units a condition surely holds, and for which it may hold."""

    sure: Flags
    possible: Flags


@attrs.frozen(eq=False, kw_only=True)
class Told:
    """
    The ratio that somebody published of every section, for one indicator.

    Args:
        value: The ratio, NaN where there is none.

        half: Half a unit of its last printed digit.

        source: Where it stands, by section.

        refused: Why others do not count, by section.
    """

    value: Floats
    half: Floats
    source: Mapping[int, Any]
    refused: Mapping[int, Any]

    def stands_in(self, low: Floats, high: Floats) -> Flags:
        """Tell where the records leave a value open that the published one fits."""
        with np.errstate(invalid="ignore"):
            misfit = (self.value < low - self.half) | (self.value > high + self.half)
            used: Flags = ~np.isnan(self.value) & ~(low == high) & ~misfit
        return used

    def beside(self, value: Cell, *, blurred: bool) -> Cell:
        """Let it stand in; *blurred*: as the bounds that its digits leave."""
        low, high = value if isinstance(value, Bounds) else (value, value)
        used = self.stands_in(low, high)
        if not used.any():
            return value
        half = self.half if blurred else 0.0
        # Of printed digits and what the records bound, the narrower counts.
        least = np.where(used, np.fmax(self.value - half, low), low)
        most = np.where(used, np.fmin(self.value + half, high), high)
        if blurred:
            return Bounds(least, most)
        most = np.where(used, np.fmax(least, np.fmin(self.value, most)), most)
        least = np.where(used, most, least)
        return least if low is high else Bounds(least, most)

    def take(self, rows: npt.NDArray[np.intp]) -> Told:
        """Return what is told of some sections."""
        return attrs.evolve(self, value=self.value[rows], half=self.half[rows])


def point(value: Cell) -> Floats:
    """
    Return the value where it is known exactly, NaN where it is only bounded.

    Args:
        value: A column of numbers, shape ``(n,)``, or `Bounds`.

    >>> import numpy as np
    >>> from eduequity import Bounds
    >>> from eduequity.engine import point
    >>> point(Bounds(np.array([4.0, 4.0]), np.array([4.0, 5.0])))
    array([ 4., nan])
    """
    if isinstance(value, Bounds):
        exact: Floats = np.where(value.low == value.high, value.low, np.nan)
        return exact
    number: Floats = value
    return number


UNIT_TABLES = {
    Scope.AREA: "areas",
    Scope.TOWNSHIP: "townships",
    Scope.CLASS: "classes",
    Scope.TEACHER: "teachers",
    Scope.KINDERGARTEN: "kindergartens",
}
"""Units that stand in a table of their own."""


class Workspace:
    """
    One evaluation at work: facts and law, and the columns of every scope.

    Args:
        facts: The data.

        law: What is in force.

        indicators: The formulas, by name.

        area: The level at which values are taken: those of the areas from the nation
            down to this one.
    """

    def __init__(
        self,
        facts: Facts,
        law: Law,
        indicators: Mapping[str, Indicator],
        area: str = "",
    ) -> None:
        self.facts = facts
        self.law = law
        self.indicators = indicators
        self._tables: dict[str, Columns] = {}
        self.decided: dict[Any, Any] = {}
        self.lends = False
        self.lender: Callable[[str], dict[Any, Any]] | None = None
        self.beside: Beside | None = None
        self.verdicts_only = False
        self.blurred = False
        self.members: dict[Any, Any] = {}
        self.areas = [area[:n] for n in range(0, len(area) + 1, 2)]

    def close(self) -> None:
        """
        Let go of the columns.

        They and the workspace refer to each other: left alone they would stay in
        memory until the garbage collector happens to run.
        """
        self.decided.clear()
        self.members.clear()
        self._tables.clear()
        for scope in ("county", "school", "section", "group"):
            self.__dict__.pop(scope, None)

    @cached_property
    def section_rows(self) -> npt.NDArray[np.intp]:
        """
        The row of every school's section of each stage, shape (stages, schools).

        It is one past the last where a school has none: a figure is 0 there.
        """
        facts = self.facts
        size, schools = facts.sections.size, facts.schools.size
        rows = np.full(len(STAGES) * schools, size)
        rows[facts.section_stage * np.intp(schools) + facts.section_school] = np.arange(
            size
        )
        return rows.reshape(len(STAGES), schools)

    def signed_for(self, rule: str) -> list[int]:
        """Return the rows of the attestations that speak of *rule*."""
        found = self._signed.get(f"{self.law.programme}/{rule}", [])
        if self.law.programme == _DEFAULT:
            found = sorted([*found, *self._signed.get(rule, [])])
        return found

    @cached_property
    def _signed(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, rule in enumerate(self.facts.other("attestations").words("rule")):
            rows.setdefault(str(rule), []).append(row)
        return rows

    def told_of(self, rule: str, indicators: Iterable[str]) -> list[int]:
        """
        Return the rows of published figures that name a rule or its indicator.

        Args:
            rule: The rule's full id.

            indicators: The indicators that it is worked out from.
        """
        by_rule, by_indicator = self._told
        found = set(by_rule.get(f"{self.law.programme}/{rule}", ()))
        if self.law.programme == _DEFAULT:
            found.update(by_rule.get(rule, ()))
        for name in indicators:
            found.update(by_indicator.get(name, ()))
        return sorted(found)

    @cached_property
    def _told(self) -> tuple[Mapping[str, list[int]], Mapping[str, list[int]]]:
        table = self.facts.other("reported")
        rules, indicators = table.words("rule"), table.words("indicator")
        by_rule: dict[str, list[int]] = {}
        by_indicator: dict[str, list[int]] = {}
        for row in range(table.size):
            if rules[row] is not None:
                by_rule.setdefault(str(rules[row]), []).append(row)
            elif indicators[row] is not None:
                by_indicator.setdefault(str(indicators[row]), []).append(row)
        return by_rule, by_indicator

    @cached_property
    def told(self) -> Mapping[str, Told]:
        """The ratios of single sections that somebody published, by indicator."""
        if not self.facts.other("reported").size:
            return {}
        from eduequity.engine._told import told_ratios

        return told_ratios(self)

    @cached_property
    def school_rows(self) -> Mapping[str, int]:
        """The row of every school, by code."""
        codes = self.facts.schools.words("code")
        return {str(code): row for row, code in enumerate(codes)}

    def leaves(self, name: str) -> Iterator[str]:
        """
        Yield the columns that the indicator *name* is worked out from, in its order.
        """
        made = self.indicators.get(name)
        if made is None:
            yield name
            return
        for each in made.inputs:
            if not self.law.has_parameter(each):
                yield from self.leaves(each)

    def field(self, name: str) -> Field | None:
        """Return the declaration of the column *name*, schools' and counties' first."""
        return self._fields.get(name)

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        fields = self.facts.fields
        first = ("schools", "county")
        order = (*first, *(fields.keys() - set(first)))
        return {
            name: field
            for table in reversed(order)
            for field in fields[table]
            for name in field.names
        }

    @cached_property
    def incomplete(self) -> Flags:
        """Counties that state more schools, classes or pupils than their rows hold."""
        return incomplete(self.facts)

    @cached_property
    def county(self) -> Columns:
        """The columns of the counties."""
        return self._lent(_CountyColumns(self, self.facts.counties, table="county"))

    @cached_property
    def school(self) -> Columns:
        """The columns of the schools."""
        up = (self.county, self.facts.school_county)
        return self._lent(_SchoolColumns(self, self.facts.schools, up, "schools"))

    @cached_property
    def section(self) -> Columns:
        """The columns of the sections."""
        up = (self.school, self.facts.section_school)
        return self._lent(_SectionColumns(self, self.facts.sections, up, "schools"))

    @cached_property
    def group(self) -> Columns:
        """The columns of the (county, stage) groups: two to a county."""
        counties = np.repeat(np.arange(len(self.facts)), len(STAGES))
        up = (self.county, counties)
        return self._lent(_GroupColumns(self, Frame(len(counties)), up))

    def _lent(self, columns: Columns) -> Columns:
        """Let columns take over what was worked out before for more units."""
        if self.lender is not None:
            columns._cache = self.lender(columns.scope)  # noqa: SLF001
        return columns

    def at(self, scope: Scope) -> Columns:
        """Return the columns of *scope*."""
        if scope in UNIT_TABLES:
            return self.table(UNIT_TABLES[scope])
        columns: Columns = getattr(self, scope.value)
        return columns

    def table(self, name: str) -> Columns:
        """Return the columns of the table *name*."""
        if name not in self._tables:
            frame = self.facts.other(name)
            up = (self.county, self.facts.other_county(name))
            if "in_school" in frame:
                rows = frame.numbers("in_school") - self.facts.first_school
                up = (self.school, rows.astype(np.intp))
            self._tables[name] = _RowColumns(self, frame, up, name)
        return self._tables[name]


@attrs.define(eq=False)
class Columns:
    """
    The columns of one scope by name: ``columns["teaching_area_per_pupil"]``.

    Args:
        work: The evaluation.

        frame: The table of the scope.

        up: The scope above, and each unit's row there.

        table: The table that its own columns stand in.
    """

    work: Workspace
    frame: Frame
    up: tuple[Columns, npt.NDArray[np.intp]] | None = None
    table: str = ""
    scope: ClassVar[str] = ""
    _cache: dict[Any, Cell] = attrs.field(factory=dict, init=False)

    @property
    def size(self) -> int:
        """The number of units."""
        return self.frame.size

    def __getitem__(self, name: str) -> Cell:
        found = self._cache.get(name)
        if found is not None:
            return found
        found = self._made(name)
        if found is not None:
            self._cache[name] = found
            return found
        found = self._above(name)
        if isinstance(found, np.ndarray) and is_constant(found):
            self._cache[name] = found  # other columns are repeated again, not kept
        return found

    def _made(self, name: str) -> Cell | None:
        """Return what this scope has or works out itself, else None."""
        law, indicators = self.work.law, self.work.indicators
        if name == "on":
            return law.on
        if name in law.options:
            return law.options[name]
        if name in indicators:
            value, told = self._indicator(indicators[name]), self.told(name)
            return told.beside(value, blurred=self.work.blurred) if told else value
        if law.has_parameter(name):
            return self.limit(name)
        return self._own(name)

    def told(self, _name: str) -> Told | None:
        """Return the published ratios that stand in for an indicator here, if any."""
        return None

    def _above(self, name: str) -> Cell:
        """Repeat the column of the scope above, blank where there is none."""
        if self.up is None:
            return self.frame.blank(name)
        above, rows = self.up
        return _gather(above[name], rows)

    def _own(self, name: str) -> Cell | None:
        """Return the scope's own column, or None to look above."""
        return self.frame.columns.get(name)

    def _indicator(self, made: Indicator) -> Cell:
        """Work an indicator out, at its own scope where it names one."""
        if made.scope is not None and self.up is not None:
            there = self.work.at(made.scope)
            if there is not self:
                above, rows = self.up
                return _gather(above[made.name], rows)
        arguments = [self[name] for name in made.inputs]
        if self.size < 2 or not all(map(_same_everywhere, arguments)):  # noqa: PLR2004
            return _called(made, arguments)
        # Nothing differs between units: working it out for one does for all.
        one = _called(made, [_of_first(each) for each in arguments])
        if isinstance(one, Bounds) and not np.array_equal(*one, equal_nan=True):
            return Bounds(*(constant(each[0], self.size) for each in one))
        exact = one.low if isinstance(one, Bounds) else one
        return constant(exact[0], self.size)

    def only(self, rows: npt.NDArray[np.intp]) -> Columns:
        """Return the columns of some units; indicators are worked out for these."""
        return _SomeColumns(self.work, Frame(len(rows)), (self, rows), self.table)

    def few(self, condition: Condition, rows: npt.NDArray[np.intp]) -> Columns:
        """Return the columns of the units that a condition may hold for."""
        some, cache, key = self.only(rows), self._cache, ("few", condition)
        if self.work.lends:
            cache[key] = some
        elif self.work.beside and isinstance(cache, Lent) and cache.same(condition):
            above = cache.above(key)
            if above is not None:  # the same units
                some._cache = Lent(above._cache, cache.same, None)  # noqa: SLF001
        return some

    # -- conditions ----------------------------------------------------------------

    def match(self, condition: Condition) -> Match:
        """Tell for which units a condition holds; a blank may hold or not."""
        found = self._cache.get(condition)
        if found is None:
            found = self._cache[condition] = self._match(condition)
        result: Match = found
        return result

    def _match(self, condition: Condition) -> Match:
        tables = list(self._open(condition))
        if not tables or [] in tables:
            return self._constant(truth=bool(tables) or not condition)
        found = self._every(tables[0])
        for tests in tables[1:]:
            found = _joined(np.logical_or, found, self._every(tests))
        sure, possible = found
        # Most conditions leave no doubt, and who asks then need not look twice.
        return Match(sure, sure if (sure == possible).all() else possible)

    def _open(self, condition: Condition) -> Iterator[list[Test]]:
        """Yield the tables that the readings leave open, without their readings."""
        options = self.work.law.options
        for tests in condition:
            if all(
                _word_test(options[test.field], test)
                for test in tests
                if test.field in options
            ):
                yield [test for test in tests if test.field not in options]

    def _every(self, tests: list[Test]) -> Match:
        """Tell for which units all of *tests* hold."""
        found = None
        for test in tests:
            one = self._cache.get(test)
            if one is None:
                one = self._cache[test] = self._test(test)
            found = one if found is None else _joined(np.logical_and, found, one)
        return self._constant(truth=True) if found is None else found

    def _all(self, *, value: bool) -> Flags:
        return constant(np.bool_(value), self.size)

    def _test(self, test: Test) -> Match:
        value = self[test.field]
        if isinstance(value, str):
            return self._constant(_word_test(value, test))
        choices = self.choices(test.field)
        if choices is not None and value.dtype == np.int8:
            return _choice_test(value, test, choices)
        if isinstance(value, np.ndarray) and value.dtype == object:
            return _text_test(value, test)
        if _asks_words(test):  # a column of words that nobody gave
            return Match(self._all(value=False), self._all(value=True))
        low, high = value if isinstance(value, Bounds) else (value, value)
        if not (is_constant(low) and is_constant(high)):
            return _number_test(low, high, test)
        one = _number_test(low[:1], high[:1], test)
        return Match(*(np.full(self.size, each[0]) for each in one))

    def choices(self, name: str) -> type[Choice] | None:
        """Return the words of a column of choices, of this scope or one above."""
        if name == "stage" and self.table in ("schools", ""):
            return Stage
        own = self.work.facts.choices.get((self.table, name))
        if own is not None or self.up is None:
            return own
        return self.up[0].choices(name)

    def _constant(self, truth: bool) -> Match:
        everywhere = self._all(value=truth)
        return Match(everywhere, everywhere)

    # -- the law as a column -------------------------------------------------------

    def limit(self, name: str, force: Force = Force.REQUIREMENT) -> Limit:
        """Return the value of a parameter in force for every unit."""
        key = ("limit", name, force)
        found: Limit | None = self._cache.get(key)
        if found is None:
            found = self._limit(name, force)
            short = found.uniform or self.size <= len(self.work.facts) * len(STAGES)
            if short or (self.work.lends and not found.repeats):
                self._cache[key] = found  # else a long column is asked for once
        return found

    def interval(self, name: str, force: Force) -> tuple[Limit, Limit]:
        """Return the lower and the upper ends of an interval in force."""
        ends: list[Limit | None] = [None, None]
        for area in self.work.areas:
            values = self.work.law.values(name, area, force=force)
            for end, which in enumerate(("higher", "lower")):
                before = ends[end]
                single = tuple(_end_of(value, end) for value in values)
                if single:
                    listed = before.values if before else ()
                    here = self._level(area, single, listed)
                    # Intervals of several levels intersect.
                    ends[end] = _stricter(before, here, which) if before else here
        least, most = (each or self._nothing() for each in ends)
        return least, most

    def _nothing(self) -> Limit:
        none = constant(np.nan, self.size)
        return Limit(none, none, constant(np.int16(-1), self.size), ())

    def _limit(self, name: str, force: Force) -> Limit:
        stricter = self.work.law.parameter(name, self.work.areas[-1]).stricter
        areas, cache = self.work.areas, self._cache
        result: Limit | None = None
        if isinstance(cache, Lent):  # the nation's is there
            result = cache.above(("limit", name, force))
        for area in areas[1:] if result else areas:
            values = self.work.law.values(name, area, force=force)
            if not values:
                continue
            here = self._level(area, values, result.values if result else ())
            result = here if result is None else _stricter(result, here, stricter)
        stated = self.work.beside and self.work.beside.stated(name, force)
        if stated:
            amounts = self.by_area(stated.amounts)
            over = stated.replaces
            replaces = None if over is None else self.by_area(over)
            result = _beside(result or self._nothing(), amounts, replaces, stricter)
        return result or self._nothing()

    def _depends(self, name: str, force: Force) -> bool:
        """Whether any value has a condition."""
        work = self.work
        values = (work.law.values(name, area, force=force) for area in work.areas)
        return any(value.where for here in values for value in here)

    def by_area(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for every unit what *table*, a row to an area, has for it."""
        assert self.up is not None
        above, rows = self.up
        cells: npt.NDArray[Any] = above.by_area(table).take(rows)
        return cells

    def _level(
        self,
        area: str,
        values: tuple[Value, ...],
        before: tuple[tuple[str, Value], ...],
    ) -> Limit:
        """Resolve one pack's values: the last whose condition holds governs."""
        low = high = constant(np.nan, self.size)
        origin = constant(np.int16(-1), self.size)
        for number, value in enumerate(values, len(before)):
            amount = self._amount(value)
            sure, possible = self.match(value.where)
            if not value.where:
                spoken = ~np.isnan(distinct(amount))
                if spoken.all():
                    low = high = amount
                    origin = constant(np.int16(number), self.size)
                    continue
                sure = possible = np.broadcast_to(spoken, self.size)
            elif np.isnan(distinct(amount)).any():  # it speaks of one stage only
                spoken = ~np.isnan(amount)
                sure, possible = sure & spoken, possible & spoken
            if not possible.any():
                continue
            origin = _chosen(sure, constant(np.int16(number), self.size), origin)
            if low is high and sure is possible:
                low = high = _chosen(sure, amount, low)
                continue
            maybe = possible & ~sure
            low, high = (
                np.where(sure, amount, np.where(maybe, outer(bound, amount), bound))
                for outer, bound in ((np.fmin, low), (np.fmax, high))
            )
        return Limit(low, high, origin, (*before, *((area, v) for v in values)))

    def _amount(self, value: Value) -> Floats:
        primary, junior = value.numbers()
        first = np.nan if primary is None else primary
        second = np.nan if junior is None else junior
        if first == second:
            return constant(first, self.size)
        return self._by_stage(first, second)

    def _by_stage(self, _primary: float, _junior: float) -> Floats:
        """Return each unit's amount; none where the scope has no stages."""
        return constant(np.nan, self.size)


class _SomeColumns(Columns):
    """Some units of a scope, which has their columns and their limits."""

    def told(self, name: str) -> Told | None:
        assert self.up is not None
        above, rows = self.up
        told = above.told(name)
        return None if told is None else told.take(rows)

    def _limit(self, name: str, force: Force) -> Limit:
        assert self.up is not None
        above, rows = self.up
        limit = above.limit(name, force)
        low = _gather(limit.low, rows)
        high = low if limit.exact else _gather(limit.high, rows)
        return Limit(low, high, _gather(limit.origin, rows), limit.values)


class _CountyColumns(Columns):
    """A county's own figures; a section figure is its sections' sum, else stated."""

    scope = "county"

    def _own(self, name: str) -> Cell:
        if name in _SURVEYED:
            return self._surveyed(*_SURVEYED[name])
        stage, _, bare = name.partition("_")
        known = self.work.facts.section_fields
        if stage in STAGES and bare in known:
            return self._total(Stage(stage), bare)
        if name in known:
            return self._both(name)
        return self.frame[name] if name in self.frame else self.frame.blank(name)

    def by_area(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        assert self.work.beside is not None
        cells: npt.NDArray[Any] = table[self.work.beside.at, -1]
        return cells

    def _surveyed(self, figure: str, group: SurveyGroup) -> Floats:
        """Return a figure of the latest year's questionnaires."""
        survey, owner = (
            self.work.facts.other("survey"),
            self.work.facts.other_county("survey"),
        )
        year, latest = latest_year(self.work, "survey", np.ones(survey.size, bool))
        rows = survey.codes("channel") == SurveyChannel.QUESTIONNAIRE.rank
        rows &= (survey.codes("group") == group.rank) & (year == latest[owner])
        sums = np.full(self.size, np.nan)
        sums[owner[rows]] = 0
        np.add.at(sums, owner[rows], survey.numbers(figure)[rows])
        return sums

    def _both(self, name: str) -> Floats:
        """Return the figure of both stages: of all schools, else of the totals."""
        whole = point(self.work.school[name])
        of_schools = _sums(self.work.facts.school_county, whole, self.size)
        of_schools[self.work.incomplete] = np.nan
        totals = self._total(STAGES[0], name) + self._total(STAGES[1], name)
        return _or(of_schools, totals)

    def _total(self, stage: Stage, name: str) -> Floats:
        facts = self.work.facts
        part = slice(stage.rank, None, len(STAGES))
        if name in facts.sections:
            sums = added(facts.sections.numbers(name), facts.group_starts)[part]
        else:
            sums = np.where(np.diff(facts.group_starts)[part] > 0, np.nan, 0.0)
        sums[self.work.incomplete] = np.nan
        return _or(sums, self.frame.numbers(f"{stage}_{name}"))


_SURVEYED = {
    "survey_distributed": ("distributed", SurveyGroup.TOTAL),
    "survey_valid_total": ("valid", SurveyGroup.TOTAL),
    "survey_valid_parents": ("valid", SurveyGroup.PARENTS),
}


def latest_year(work: Workspace, table: str, rows: Flags) -> tuple[Floats, Floats]:
    """Return every row's year, and every county's latest one among *rows* up to now."""
    on = float(work.law.on.year)
    year = np.nan_to_num(work.facts.other(table).numbers("year"), nan=on)
    latest = np.full(len(work.facts), -np.inf)
    rows = rows & (year <= on)
    np.maximum.at(latest, work.facts.other_county(table)[rows], year[rows])
    return year, latest


def added(figures: Floats, starts: npt.NDArray[np.intp]) -> Floats:
    """Add figures up group by group, for n + 1 offsets; no figure gives 0."""
    result = np.zeros(len(starts) - 1)
    there = np.flatnonzero(np.diff(starts) > 0)
    if len(there):
        result[there] = np.add.reduceat(figures, starts[there])
    return result


def counted(flags: Flags, starts: npt.NDArray[np.intp]) -> Counts:
    """Count the flags that are set group by group, for n + 1 offsets."""
    result = np.zeros(len(starts) - 1, dtype=np.int32)
    there = np.flatnonzero(starts[1:] > starts[:-1])
    if len(there):
        ones = flags.view(np.int8)
        result[there] = np.add.reduceat(ones, starts[there], dtype=np.int32)
    return result


def anywhere(flags: Flags, starts: npt.NDArray[np.intp]) -> Flags:
    """Tell group by group, for n + 1 offsets, whether a flag is set."""
    result = np.zeros(len(starts) - 1, dtype=np.bool_)
    there = np.flatnonzero(np.diff(starts) > 0)
    if len(there):
        result[there] = np.logical_or.reduceat(flags, starts[there])
    return result


def kept(figures: Floats, rows: Flags) -> Floats:
    """
    Return the figures of *rows*, 0 elsewhere, also in place of NaN.

    Masking bits takes a fifth of the time of choosing number by number.
    """
    if rows.all():
        return figures
    mask = rows.astype(np.int64)
    np.negative(mask, out=mask)
    mask &= figures.view(np.int64)
    result: Floats = mask.view(np.float64)
    return result


def _sums(rows: npt.NDArray[np.intp], figures: Floats, size: int) -> Floats:
    """Add figures up by row; without any figure numpy would count in integers."""
    return np.bincount(rows, weights=figures, minlength=size).astype(np.float64)


def _or(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


class _SchoolColumns(Columns):
    """A school's own columns; a section figure is the whole school's."""

    scope = "school"

    def _own(self, name: str) -> Cell | None:
        if name == "school_largest_class":
            return self._largest()
        if name.startswith("whole_"):
            return self.frame.numbers(name if name in self.frame else name[6:])
        stage, _, bare = name.partition("_")
        known = self.work.facts.section_fields
        if bare in known and stage in STAGES:
            return self._of_stage(Stage(stage), bare)
        if name in known:
            return self._whole(name)
        return self.frame.columns.get(name)

    def _of_stage(self, stage: Stage, name: str) -> Floats:
        """Return the stage's figure, 0 where the school does not have the stage."""
        figures = np.append(self.work.facts.sections.numbers(name), 0.0)
        found: Floats = figures.take(self.work.section_rows[stage.rank])
        return found

    def _whole(self, name: str) -> Floats:
        """Return the undivided total where it is given, else join the sections."""
        joined: Floats = sum(self[f"{stage}_{name}"] for stage in STAGES)
        if name not in self.frame:
            return joined
        return _or(self.frame.numbers(name), joined)

    def by_area(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        counties = self.work.county.by_area(table)
        return np.repeat(counties, np.diff(self.work.facts.school_starts))

    def _limit(self, name: str, force: Force) -> Limit:
        """Take the limit of the county where areas differ and conditions do not."""
        work = self.work
        if work.beside is None or self._depends(name, force):
            return super()._limit(name, force)
        limit = work.county.limit(name, force)
        return limit.repeated(np.diff(work.facts.school_starts))

    @np.errstate(invalid="ignore")
    def _largest(self) -> Bounds:
        """Bound the school's largest class by what is known of its sections."""
        facts, stages = self.work.facts, self.work.section["largest_class_size"]
        low = np.full(self.size, -np.inf)
        np.fmax.at(low, facts.section_school, stages.low)
        high = np.where(self.frame.numbers("sections") > 0, -np.inf, np.nan)
        np.maximum.at(high, facts.section_school, stages.high)
        exact = self.frame.numbers("largest_class")
        return Bounds(
            _or(exact, np.where(np.isinf(low), np.nan, low)), _or(exact, high)
        )


class _SectionColumns(Columns):
    """A section's own columns; everything else is its school's."""

    scope = "section"

    def told(self, name: str) -> Told | None:
        return self.work.told.get(name)

    def _own(self, name: str) -> Cell | None:
        if name == "stage":
            return self.work.facts.section_stage
        if name in self.frame:
            return self.frame[name]
        if name in self.work.facts.section_fields:
            return self.frame.numbers(name)
        return None

    def _by_stage(self, primary: float, junior: float) -> Floats:
        facts = self.work.facts
        groups = _stage_by_stage(primary, junior, len(facts))
        return np.repeat(groups, np.diff(facts.group_starts))

    def by_area(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        groups = self.work.group.by_area(table)
        return np.repeat(groups, np.diff(self.work.facts.group_starts))

    def _limit(self, name: str, force: Force) -> Limit:
        """Take the limit of the group where no value has a condition on sections."""
        if self._depends(name, force):
            return super()._limit(name, force)
        work = self.work
        return work.group.limit(name, force).repeated(np.diff(work.facts.group_starts))


def _stage_by_stage(primary: float, junior: float, counties: int) -> Floats:
    """Return two figures again and again: `numpy.tile`, but ten times as fast."""
    pairs = np.empty((counties, len(STAGES)))
    pairs[:, 0], pairs[:, 1] = primary, junior
    return pairs.ravel()


class _GroupColumns(Columns):
    """The stages of the counties, two to a county; a figure is the stage's total."""

    scope = "group"

    def _own(self, name: str) -> Cell | None:
        if name not in self.work.facts.section_fields:
            return None
        totals = [self.work.county[f"{stage}_{name}"] for stage in STAGES]
        return np.stack(totals, axis=1).ravel()

    def by_area(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        assert self.work.beside is not None
        return table[self.work.beside.at, :-1].ravel()

    def _by_stage(self, primary: float, junior: float) -> Floats:
        return _stage_by_stage(primary, junior, len(self.work.facts))


class _RowColumns(Columns):
    """The rows of another table: a column of theirs that is absent is blank."""

    def _own(self, name: str) -> Cell | None:
        if name in self.frame:
            return self.frame[name]
        declared = self.work.facts.fields.get(self.table, ())
        if any(name in field.names for field in declared):
            return self.frame.blank(name)
        return None


def _gather(value: Cell, rows: npt.NDArray[np.intp]) -> Cell:
    """Repeat a column of the scope above for every unit."""
    if isinstance(value, str | dt.date):
        return value
    if isinstance(value, Bounds):
        return Bounds(_gather(value.low, rows), _gather(value.high, rows))
    if isinstance(value, np.ndarray) and is_constant(value):
        return constant(value[0], len(rows))
    return value.take(rows)


def _same_everywhere(value: Cell) -> bool:
    """Whether a column is the same for every unit."""
    if isinstance(value, np.ndarray):
        return is_constant(value)
    if isinstance(value, Limit):
        return value.uniform
    if isinstance(value, Bounds):
        return is_constant(value.low) and is_constant(value.high)
    if isinstance(value, Ragged):
        return is_constant(value.known)  # only a blank list is made so
    return isinstance(value, str | dt.date)  # a reading or the day


def _of_first(value: Cell) -> Cell:
    """Return a column of the first unit alone."""
    if isinstance(value, Limit):
        return value.of_first()
    if isinstance(value, Bounds):
        return Bounds(value.low[:1], value.high[:1])
    if isinstance(value, Ragged):
        return value.take(slice(0, 1))
    return value[:1] if isinstance(value, np.ndarray) else value


def _called(made: Indicator, arguments: list[Cell]) -> Cell:
    """Call an indicator; a limit that is only bounded is tried at both ends."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _at_both_ends(made, arguments)


def _at_both_ends(made: Indicator, arguments: list[Cell]) -> Cell:
    limits = [each for each in arguments if isinstance(each, Limit)]
    low = made(*(a.low if isinstance(a, Limit) else _plain(a) for a in arguments))
    if all(each.exact for each in limits):
        return low
    high = made(*(a.high if isinstance(a, Limit) else _plain(a) for a in arguments))
    first = low if isinstance(low, Bounds) else Bounds(low, low)
    second = high if isinstance(high, Bounds) else Bounds(high, high)
    return Bounds(
        np.minimum(first.low, second.low), np.maximum(first.high, second.high)
    )


def _chosen(
    which: Flags, yes: npt.NDArray[Any], no: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """Choose between two columns; between two constants a table is faster."""
    if is_constant(yes) and is_constant(no):
        table: npt.NDArray[Any] = np.array([no[0], yes[0]])[which.view(np.int8)]
        return table
    return np.where(which, yes, no)


def _plain(value: Cell) -> Cell:
    return point(value) if isinstance(value, Bounds) else value


def _end_of(value: Value, end: int) -> Value:
    """Return an interval's value as one of its ends."""
    pair = value.value
    assert isinstance(pair, tuple)
    return attrs.evolve(value, value=float(pair[end]))


def _stricter(above: Limit, here: Limit, which: str | None) -> Limit:
    """Join a level with those above it: the stricter governs."""
    choose: Callable[..., Floats] = np.fmin if which == "lower" else np.fmax
    exact = above.exact and here.exact
    stated = ~np.isnan(here.low)
    if which in ("higher", "lower"):
        low = choose(above.low, here.low)
        high = low if exact else choose(above.high, here.high)
        takes, alone = (low == here.low) & (low != above.low), np.zeros_like(stated)
    else:
        low, high = above.low, above.high
        takes = alone = stated
    replaces = [value.replaces is not None for _, value in here.values]
    if any(replaces):
        alone = alone | (np.array([*replaces, False])[here.origin] & stated)
    if alone.any():  # what is above has no say
        low = np.where(alone, here.low, low)
        high = low if exact else np.where(alone, here.high, high)
    origin = np.where(takes | alone, here.origin, above.origin)
    return Limit(low, high, origin, here.values)


def _beside(
    above: Limit, here: Floats, replaces: Flags | None, which: str | None
) -> Limit:
    """Join the nation's level with those of areas beside each other, as `_stricter`."""
    alone = replaces
    if which in ("higher", "lower"):
        choose: Callable[..., Floats] = np.fmin if which == "lower" else np.fmax
        low = choose(above.low, here)
        high = low if above.exact else choose(above.high, here)
    else:
        low, high, alone = above.low, above.high, ~np.isnan(here)
    if alone is not None:
        low = np.where(alone, here, low)
        high = low if above.exact else np.where(alone, here, high)
    nowhere = constant(np.int16(-1), len(here))  # nobody asks for citations yet
    return Limit(low, high, nowhere, above.values)


def _joined(join: Callable[..., Flags], first: Match, second: Match) -> Match:
    """Join two matches; where neither leaves a doubt, one column serves both."""
    sure = join(first.sure, second.sure)
    if first.sure is first.possible and second.sure is second.possible:
        return Match(sure, sure)
    return Match(sure, join(first.possible, second.possible))


def _asks_words(test: Test) -> bool:
    if isinstance(test.operand, tuple):
        return not all(word.lstrip("-").isdigit() for word in test.operand)
    return isinstance(test.operand, str)


# -- one test of one column --------------------------------------------------------


def _word_test(value: str, test: Test) -> bool:
    if test.kind == "is":
        return value == test.operand
    assert isinstance(test.operand, tuple)
    return (value in test.operand) == (test.kind == "in")


def _choice_test(
    codes: npt.NDArray[np.int8], test: Test, choices: type[Choice]
) -> Match:
    words = test.operand if isinstance(test.operand, tuple) else (str(test.operand),)
    # Comparing small integers one by one is faster than any table, and a word is
    # looked for only if it occurs: few files tell kinds of a word apart.
    most = codes.max(initial=-1)
    wanted = {choices(word) for word in words}
    ranks = [
        each.rank
        for each in choices
        if each in wanted or (each.broader in wanted and each.rank <= most)
    ]
    among = functools.reduce(np.logical_or, [codes == rank for rank in ranks])
    sure = ~among if test.kind == "not_in" else among
    if codes.size and codes.min() >= 0:
        return Match(sure, sure)
    blank = codes < 0
    return Match(sure & ~blank, sure | blank)


def _text_test(words: npt.NDArray[np.object_], test: Test) -> Match:
    wanted = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    blank = np.array([word is None for word in words], dtype=np.bool_)
    among = np.array([word in wanted for word in words], dtype=np.bool_)
    sure = ~blank & (~among if test.kind == "not_in" else among)
    return Match(sure, sure | blank)


def _number_test(low: Floats, high: Floats, test: Test) -> Match:
    if isinstance(test.operand, tuple):
        wanted = [float(word) for word in test.operand]
        sure = np.isin(low, wanted) == (test.kind == "in")
        blank = np.isnan(low)
        return Match(sure & ~blank, sure | blank)
    bar = float(test.operand)
    least, most = bar - SLACK * abs(bar), bar + SLACK * abs(bar)
    if test.kind == "is":
        exact = low == high
        return Match((low == bar) & exact, ~exact | (low == bar))
    if test.kind == "min":
        return Match(low >= least, ~(high < least))
    if test.kind == "above":
        return Match(low > most, ~(high <= most))
    if test.kind == "max":
        return Match(high <= most, ~(low > most))
    return Match(high < least, ~(low >= least))
