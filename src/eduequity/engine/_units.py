"""
Judging units one by one: thresholds, ranges, the quorum, yes/no and signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import (
    UNIT_TABLES,
    Columns,
    Match,
    Workspace,
    point,
)
from eduequity.engine._judged import (
    MET,
    NOT_APPLICABLE,
    UNKNOWN,
    UNMET,
    Judged,
    Units,
    Verdicts,
    applied,
    between,
    cap_incomplete,
    decide,
    per_county,
    reaches,
)
from eduequity.engine._lent import Lent
from eduequity.engine._limits import Limit
from eduequity.facts import STAGES, Floats, constant, distinct, is_constant
from eduequity.indicators import Bounds
from eduequity.model import OVERSIZED
from eduequity.rules import (
    AllOf,
    Attested,
    Check,
    Quorum,
    Range,
    Rule,
    Threshold,
    Veto,
)
from eduequity.vocab import Scope


__all__ = [
    "judge_all_of",
    "judge_check",
    "judge_quorum",
    "judge_range",
    "judge_signed",
    "judge_threshold",
    "stands",
]


# -- yes and no, and what was signed -------------------------------------------------


def _attestations(
    work: Workspace, name: str, *, veto: bool
) -> tuple[Floats, Floats] | None:
    """
    Return what was signed for a rule, per county and per school; NaN: nothing.

    1 is fulfilled; of a veto it is signed that it occurred, which is 0. Of two
    signatures the unfavourable one counts. None where nobody signed anything for it.
    """
    facts = work.facts
    rows = work.signed_for(name)
    if not rows:
        return None
    county = np.full(len(facts), np.nan)
    school = np.full(facts.schools.size, np.nan)
    table = facts.other("attestations")
    value, owner = table.numbers("value"), facts.other_county("attestations")
    value = 1 - value if veto else value
    of_school = table["of_school"]
    assert isinstance(of_school, np.ndarray)
    for row in rows:
        if not of_school[row]:
            county[owner[row]] = np.fmin(county[owner[row]], value[row])
        else:
            at = work.school_rows[str(table.words("entity")[row]).split("/")[0]]
            school[at] = np.fmin(school[at], value[row])
    return county, school


def yes_no(columns: list[Floats]) -> Verdicts:
    """Join yes/no columns by *all*."""
    size, cells = columns[0].size, [distinct(column) for column in columns]
    met, unmet = cells[0] == 1, cells[0] == 0
    for each in cells[1:]:
        met, unmet = met & (each == 1), unmet | (each == 0)
    verdicts = between(met, unmet)
    return constant(verdicts[0], size) if len(verdicts) < size else verdicts


def _signed(verdicts: Verdicts, signed: Floats) -> Verdicts:
    """Let a signature settle what is unknown; a signed no always counts."""
    verdicts = np.where((verdicts == UNKNOWN) & (signed == 1), MET, verdicts)
    return np.where((verdicts != NOT_APPLICABLE) & (signed == 0), UNMET, verdicts)


def _judge_all(
    work: Workspace, name: str, rule: AllOf | Attested | Veto, of: tuple[str, ...]
) -> Judged:
    columns = work.at(rule.scope)
    values = [point(columns[field]) for field in of]
    if isinstance(rule, Veto):
        values = [1 - each for each in values]
    if not values:
        values = [constant(np.nan, columns.size)]
    verdicts = applied(yes_no(values), columns.match(rule.population))
    signed = _attestations(work, name, veto=isinstance(rule, Veto))
    if rule.scope is Scope.COUNTY:
        verdicts = counties = _signed(verdicts, signed[0]) if signed else verdicts
    else:
        verdicts, counties = _signed_units(work, rule, verdicts, signed)
    return Judged(
        units=_UNITS.get(rule.scope, "row"),
        table=UNIT_TABLES.get(rule.scope, ""),
        verdicts=verdicts,
        counties=counties,
    )


_UNITS: Mapping[Scope, Units] = {Scope.COUNTY: "county", Scope.SCHOOL: "school"}


def _signed_units(
    work: Workspace,
    rule: AllOf | Attested | Veto,
    verdicts: Verdicts,
    signed: tuple[Floats, Floats] | None,
) -> tuple[Verdicts, Verdicts]:
    """Let a county's signature cover units that are blank; one unit's no overrides."""
    facts, table = work.facts, UNIT_TABLES.get(rule.scope)
    owner, starts = facts.school_county, facts.school_starts
    if table is not None:
        owner = facts.other_county(table)
        starts = facts.other_starts.get(table, np.zeros(len(facts) + 1, dtype=np.intp))
    if signed:
        by_county, by_school = signed
        if table is None:
            verdicts = _signed(verdicts, by_school)
        covered = (by_county == 1)[owner]
        verdicts = np.where((verdicts == UNKNOWN) & covered, MET, verdicts)
    counties = per_county(verdicts, starts)
    if table is None:
        counties = cap_incomplete(counties, work)
    else:
        counties[np.diff(starts) == 0] = UNKNOWN  # nobody told of any
    if signed:
        counties = np.where((by_county == 1) & (counties == UNKNOWN), MET, counties)
        counties = np.where(by_county == 0, UNMET, counties)
    return verdicts, counties


def judge_all_of(work: Workspace, name: str, rule: AllOf) -> Judged:
    return _judge_all(work, name, rule, rule.of)


def judge_signed(work: Workspace, name: str, rule: Attested | Veto) -> Judged:
    return _judge_all(work, name, rule, (rule.field,) if rule.field else ())


# -- values against limits -----------------------------------------------------------


def judge_threshold(work: Workspace, _name: str, rule: Threshold) -> Judged:
    columns = work.at(rule.scope)
    population = columns.match(rule.population)
    about = distinct(population.possible)
    if len(about) == columns.size and np.count_nonzero(about) < _FEW * columns.size:
        return _judge_few(work, rule, columns, np.flatnonzero(about))
    low, high, limit, verdicts = _decided(work, rule)
    verdicts = applied(verdicts, population)
    judged = _over_units(work, rule, verdicts, low=low, high=high, limit=limit)
    if rule.breaches is None:
        return judged
    return attrs.evolve(judged, counties=_stated_breaches(work, rule, judged))


_FEW = 0.2
"""A rule about a smaller share of the units is worked out for those alone."""


def _judge_few(
    work: Workspace, rule: Threshold, columns: Columns, few: npt.NDArray[np.intp]
) -> Judged:
    """Judge the few units that a rule is about; it does not apply to the others."""
    decided = _compared(columns.few(rule.population, few), rule)
    verdicts = np.zeros(columns.size, dtype=np.int8)
    population = columns.match(rule.population)
    some = Match(population.sure[few], population.possible[few])
    verdicts[few] = applied(decided.verdicts, some)
    if work.verdicts_only:
        return _over_units(work, rule, verdicts)

    def spread(part: Floats) -> Floats:
        whole = np.full(columns.size, np.nan)
        whole[few] = part
        return whole

    low = spread(decided.low)
    same = decided.low is decided.high
    return _over_units(
        work,
        rule,
        verdicts,
        low=low,
        high=low if same else spread(decided.high),
        limit=_limit_of(columns, rule),
    )


def stands(work: Workspace, rule: Threshold) -> Verdicts:
    """Say how each unit stands to a threshold, whether the rule is about it or not."""
    return _decided(work, rule).verdicts


class _Decided(NamedTuple):
    """A value, its limit, and what comparing them says, before any population."""

    low: Floats
    high: Floats
    limit: Limit
    verdicts: Verdicts


def _decided(work: Workspace, rule: Threshold) -> _Decided:
    """Compare value and limit; what a quorum asks again is not worked out twice."""
    found: _Decided | None = work.decided.get(rule)
    if found is None:
        found = _compared(work.at(rule.scope), rule)
        if rule.component:
            work.decided[rule] = found
    return found


def _compared(columns: Columns, rule: Threshold) -> _Decided:
    """Compare each unit's value with its limit, whether the rule is about it or not."""
    value = columns[rule.indicator]
    low, high = value if isinstance(value, Bounds) else (value, value)
    if rule.against is not None and columns.work.verdicts_only and _nowhere(low, high):
        # Nobody gave the value: what it would be compared with need not be known.
        return _Decided(low, high, _unstated(low), constant(UNKNOWN, columns.size))
    limit = _limit_of(columns, rule)
    if rule.against is None and limit.uniform and is_constant(low):
        one = low[:1]
        other = one if low is high else high[:1]
        if low is high or is_constant(high):
            same = decide(one, other, rule.operator, limit.of_first())
            return _Decided(low, high, limit, constant(same[0], columns.size))
    verdicts = decide(low, high, rule.operator, limit)
    if rule.against is not None:
        verdicts[np.isnan(limit.low)] = UNKNOWN
    return _Decided(low, high, limit, verdicts)


def _stated_breaches(work: Workspace, rule: Threshold, judged: Judged) -> Verdicts:
    """Let a county's stated number of breaches settle what its sections leave open."""
    facts, size = work.facts, len(work.facts)
    if not facts.has_totals:
        return judged.counties
    open_ = np.bincount(
        facts.section_group[judged.verdicts == UNKNOWN], minlength=2 * size
    ).reshape(-1, 2)
    stated = np.stack(
        [facts.counties.numbers(f"{stage}_{rule.breaches}") for stage in STAGES], axis=1
    )
    usual = np.array([OVERSIZED[stage] for stage in STAGES])
    asked = work.group.limit(rule.parameter or "", rule.force).low.reshape(-1, 2)
    stated = np.where(asked == usual, stated, np.nan)  # it counts the usual limit only
    broken = ((open_ > 0) & (stated > 0)).any(axis=1)
    clear = ((open_ == 0) | (stated == 0)).all(axis=1) & ~work.incomplete
    counties = np.where((judged.counties == UNKNOWN) & clear, MET, judged.counties)
    return np.where(broken, UNMET, counties).astype(np.int8)


def _limit_of(columns: Columns, rule: Threshold) -> Limit:
    if rule.parameter is not None:
        return columns.limit(rule.parameter, rule.force)
    assert rule.against is not None
    return _unstated(point(columns[rule.against]))


def _unstated(column: Floats) -> Limit:
    """Return a limit that is another column and that no law states."""
    return Limit(column, column, constant(np.int16(-1), len(column)), ())


def _nowhere(*columns: Floats) -> bool:
    """Whether nobody gave any of the columns."""
    return all(is_constant(each) and np.isnan(each[0]) for each in columns)


def _over_units(
    work: Workspace, rule: Rule, verdicts: Verdicts, **facts: Any
) -> Judged:
    """Join the verdicts of the rule's units county by county."""
    units: Units
    table = UNIT_TABLES.get(rule.scope, "")
    if rule.scope is Scope.COUNTY:
        return Judged(units="county", verdicts=verdicts, counties=verdicts, **facts)
    if table:
        starts = work.facts.other_starts.get(table)
        if starts is None:
            nothing = np.full(len(work.facts), UNKNOWN, dtype=np.int8)
            return Judged(
                units="row", verdicts=verdicts, counties=nothing, table=table, **facts
            )
        counties = per_county(verdicts, starts)
        counties[np.diff(starts) == 0] = UNKNOWN  # nobody told of any
        if rule.scope is Scope.TEACHER:
            few = _teachers_missing(work) & (counties <= MET)
            counties = np.where(few, UNKNOWN, counties).astype(np.int8)
        return Judged(
            units="row", verdicts=verdicts, counties=counties, table=table, **facts
        )
    if rule.scope is Scope.SECTION:
        units, starts = "section", work.facts.group_starts[::2]
    else:
        units, starts = "school", work.facts.school_starts
    counties = cap_incomplete(per_county(verdicts, starts), work)
    return Judged(units=units, verdicts=verdicts, counties=counties, **facts)


def _teachers_missing(work: Workspace) -> npt.NDArray[np.bool_]:
    """Tell where fewer teachers are listed than the schools say they have."""
    listed = np.diff(work.facts.other_starts["teachers"])
    stated = point(work.county["full_time_teachers"])
    missing: npt.NDArray[np.bool_] = ~(listed >= np.nan_to_num(stated))
    return missing


def judge_range(work: Workspace, _name: str, rule: Range) -> Judged:
    """Ask that a value lies in an interval, its ends included."""
    columns = work.at(rule.scope)
    value = columns[rule.indicator]
    low, high = value if isinstance(value, Bounds) else (value, value)
    least, most = columns.interval(rule.parameter, rule.force)
    above = decide(low, high, ">=", least)
    below = decide(low, high, "<=", most)
    verdicts = applied(np.maximum(above, below), columns.match(rule.population))
    limit = Limit(least.low, most.low, least.origin, least.values)
    return _over_units(work, rule, verdicts, low=low, high=high, limit=limit)


def judge_check(work: Workspace, _name: str, rule: Check) -> Judged:
    """Ask a plugin's function: 1 yes, 0 no, NaN unknown."""
    columns = work.at(rule.scope)
    answer = point(columns[rule.function])
    verdicts = applied(yes_no([answer]), columns.match(rule.population))
    return _over_units(work, rule, verdicts, low=answer, high=answer)


def judge_quorum(work: Workspace, name: str, rule: Quorum) -> Judged:
    """
    Ask for so many thresholds met and the missed ones above the floor.

    Two misses too many, or one below its floor, is unmet whatever else is missing.
    """
    columns = work.section
    sure, missed, sunk, loose = _tally(work, name, rule)
    minimum = distinct(columns.limit(rule.minimum).low)
    allowed = len(rule.of) - minimum
    unmet = (missed > allowed) | (sunk > 0)
    # At its worst every value that is not surely met is a miss above the floor.
    met = (loose == 0) & (len(rule.of) - sure <= allowed) & ~unmet
    verdicts = applied(between(met, unmet), columns.match(rule.population))
    if work.verdicts_only:
        return _over_units(work, rule, verdicts)
    count = sure.astype(np.float64)
    count[sure + missed < len(rule.of)] = np.nan
    return _over_units(
        work, rule, verdicts, low=count, high=count, limit=columns.limit(rule.minimum)
    )


class _Tally(NamedTuple):
    """
    How many thresholds each section stands so.

    *sure* counts those met and *missed* those not met; *sunk* those missed below the
    floor, *loose* those that are not surely met and may be below it.
    """

    sure: Verdicts
    missed: Verdicts
    sunk: Verdicts
    loose: Verdicts


def _tally(work: Workspace, name: str, rule: Quorum) -> _Tally:
    """Count; a level below counts anew only what its values change."""
    dimension = f"{name.rpartition('.')[0]}."
    parts = {part: work.law.rules[dimension + part][1] for part in rule.of}
    above = work.decided.above if isinstance(work.decided, Lent) else None
    total = above((_Tally, name)) if above else None
    if isinstance(work.decided, Lent) and total and work.decided.same(rule.floor):
        same = work.decided.same
        parts = {part: each for part, each in parts.items() if not same(each)}
        counts = list(total)
    else:
        above = None
        counts = list(np.zeros((len(_Tally._fields), work.section.size), np.int8))
    for part, component in parts.items():
        assert isinstance(component, Threshold)
        stands = _stands(work, component, rule)
        if work.lends:
            work.decided[_Tally, name, part] = stands
        counts = [a + b for a, b in zip(counts, stands, strict=True)]
        if above:
            before = above((_Tally, name, part))
            counts = [a - b for a, b in zip(counts, before, strict=True)]
    tally = _Tally(*counts)
    if work.lends:
        work.decided[_Tally, name] = tally
    return tally


def _stands(work: Workspace, component: Threshold, rule: Quorum) -> _Tally:
    """Tell how the sections stand to one threshold: 1 or 0."""
    low, high, limit, verdicts = _decided(work, component)
    work.decided.pop(component, None)  # nobody asks a third time
    operator = component.operator
    best, worst = (high, low) if operator[0] == ">" else (low, high)
    bottom = limit.part(work.section.limit(rule.floor), operator)
    # Comparing all is faster than gathering those that can be below the floor.
    reached = reaches(best, operator, bottom, hard=False)
    met, missed = verdicts == MET, verdicts == UNMET
    sunk = missed & ~reached
    if best is not worst or not bottom.exact:
        reached = reaches(worst, operator, bottom, hard=True)
    return _Tally(*(e.view(np.int8) for e in (met, missed, sunk, ~(reached | met))))
