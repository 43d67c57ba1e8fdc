"""
Judging: one function per rule shape, from columns and limits to verdicts.

A verdict is its rank as int8, ordered so that joining by *all* is the maximum:
0 not applicable, 1 met, 2 unknown, 3 unmet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from eduequity import measures
from eduequity.engine._columns import (
    SLACK,
    Columns,
    Limit,
    Match,
    Workspace,
    latest_year,
    point,
)
from eduequity.facts import STAGES, Facts, Floats
from eduequity.indicators import Bounds
from eduequity.rules import (
    AllOf,
    Attested,
    Dispersion,
    Every,
    Quorum,
    Rule,
    Share,
    Threshold,
    Trend,
    Veto,
)
from eduequity.vocab import Scope, Verdict


__all__ = ["Judged", "Verdicts", "compare", "judge", "per_county"]

Verdicts: TypeAlias = npt.NDArray[np.int8]
"""One rank of `Verdict` per unit."""

Units: TypeAlias = Literal["county", "school", "section", "group", "item"]

NOT_APPLICABLE, MET, UNKNOWN, UNMET = (np.int8(v.rank) for v in Verdict)


@attrs.frozen(eq=False, kw_only=True)
class Judged:
    """
    What a rule says of its units, and from what.

    Args:
        units: What is judged: ``group`` is a stage of a county, ``item`` a listed item
            of a county's table (*items* to a county).

        verdicts: One per unit.

        counties: The verdicts joined county by county.

        low: The value, or its lower bound.

        high: The value, or its upper bound.

        limit: What it was compared with, for every unit.

        attested: Units that a signed yes or no settled.

        members: For a coefficient the sections that entered it.

        items: The items' names.

        flagged: Further flags by name, each a mask over the units.
    """

    units: Units
    verdicts: Verdicts
    counties: Verdicts
    low: Floats | None = None
    high: Floats | None = None
    limit: Limit | None = None
    attested: npt.NDArray[np.bool_] | None = None
    members: npt.NDArray[np.bool_] | None = None
    items: tuple[str, ...] = ()
    flagged: Mapping[str, npt.NDArray[np.bool_]] = attrs.field(factory=dict)


def judge(work: Workspace, name: str, rule: Rule) -> Judged:
    """Judge one rule for every unit of its scope."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _JUDGES[rule.kind](work, name, rule)


# -- comparing ---------------------------------------------------------------------


def compare(value: Any, operator: str, limit: Any) -> npt.NDArray[np.bool_]:
    """
    Compare with relative slack, so that an exact tie is met; NaN is never met.

    >>> compare(np.array([4.2, 4.1999]), ">=", np.array([4.2, 4.2]))
    array([ True, False])
    """
    margin = SLACK * np.abs(limit)
    if operator == ">=":
        return np.asarray(value >= limit - margin)
    if operator == "<=":
        return np.asarray(value <= limit + margin)
    if operator == ">":
        return np.asarray(value > limit + margin)
    return np.asarray(value < limit - margin)


def _decide(
    low: Floats, high: Floats, operator: str, limit_low: Floats, limit_high: Floats
) -> Verdicts:
    """Met where the worst case is met, unmet where the best is not, else unknown."""
    if low is high and limit_low is limit_high:
        ok = compare(low, operator, limit_low)
        verdicts = np.where(ok, MET, UNMET)
        verdicts[np.isnan(low)] = UNKNOWN
    else:
        rising = operator[0] == ">"
        worst, best = (low, high) if rising else (high, low)
        hard, easy = (limit_high, limit_low) if rising else (limit_low, limit_high)
        sure = compare(worst, operator, hard)
        never = ~compare(best, operator, easy) & ~np.isnan(best)
        verdicts = np.where(sure, MET, np.where(never, UNMET, UNKNOWN))
    verdicts[np.isnan(limit_low) & np.isnan(limit_high)] = NOT_APPLICABLE
    return verdicts


def _applied(verdicts: Verdicts, population: Match) -> Verdicts:
    """
    Leave out units that a rule is not about.

    A unit that may or may not belong to the population is unknown.
    """
    if population.sure is not population.possible:
        doubtful = ~population.sure & (verdicts != NOT_APPLICABLE)
        verdicts = np.where(doubtful, UNKNOWN, verdicts)
    return np.where(population.possible, verdicts, NOT_APPLICABLE)


# -- joining by county -------------------------------------------------------------


def per_county(verdicts: Verdicts, starts: npt.NDArray[np.intp]) -> Verdicts:
    """Join verdicts by *all*, county by county; no unit gives not applicable."""
    result = np.zeros(len(starts) - 1, dtype=np.int8)
    there = np.flatnonzero(np.diff(starts) > 0)
    if len(there):
        result[there] = np.maximum.reduceat(verdicts, starts[there])
    return result


def _cap_incomplete(counties: Verdicts, work: Workspace) -> Verdicts:
    """Where rows are known to be missing a rule over schools is never met."""
    return np.where(work.incomplete & (counties <= MET), UNKNOWN, counties).astype(
        np.int8
    )


# -- signed yes and no -------------------------------------------------------------


def _attestations(work: Workspace, name: str) -> tuple[Floats, Floats]:
    """Return what was signed for a rule, per county and per school; NaN: nothing."""
    facts = work.facts
    county = np.full(len(facts), np.nan)
    school = np.full(facts.schools.size, np.nan)
    table = facts.other("attestations")
    if not table.size:
        return county, school
    rules = table.words("rule")
    default = "quality-balance"
    wanted = {f"{work.law.programme}/{name}"}
    if work.law.programme == default:
        wanted.add(name)
    rows = np.flatnonzero([rule in wanted for rule in rules])
    value, owner = table.numbers("value"), facts.other_county("attestations")
    of_school = table["of_school"]
    assert isinstance(of_school, np.ndarray)
    codes = {code: row for row, code in enumerate(facts.schools.words("code"))}
    for row in rows:
        if not of_school[row]:
            county[owner[row]] = np.fmin(county[owner[row]], value[row])
        else:
            at = codes[str(table.words("entity")[row]).split("/")[0]]
            school[at] = np.fmin(school[at], value[row])
    return county, school


def _yes_no(columns: list[Floats]) -> Verdicts:
    """Join yes/no columns by *all*."""
    least = np.minimum.reduce([np.nan_to_num(c, nan=0.5) for c in columns])
    return np.where(least == 1, MET, np.where(least == 0, UNMET, UNKNOWN))


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
        values = [np.broadcast_to(np.float64(np.nan), columns.size)]
    computed = _applied(_yes_no(values), columns.match(rule.population))
    by_county, by_school = _attestations(work, name)
    if isinstance(rule, Veto):
        by_county, by_school = 1 - by_county, 1 - by_school
    if rule.scope is Scope.COUNTY:
        verdicts = counties = _signed(computed, by_county)
    else:
        verdicts = _signed(computed, by_school)
        covered = by_county[work.facts.school_county] == 1
        verdicts = np.where((verdicts == UNKNOWN) & covered, MET, verdicts)
        joined = per_county(verdicts, work.facts.school_starts)
        counties = _cap_incomplete(joined, work)
        counties = np.where((by_county == 1) & (counties == UNKNOWN), MET, counties)
        counties = np.where(by_county == 0, UNMET, counties).astype(np.int8)
    value = np.where(verdicts == MET, 1.0, np.where(verdicts == UNMET, 0.0, np.nan))
    return Judged(
        units="county" if rule.scope is Scope.COUNTY else "school",
        verdicts=verdicts.astype(np.int8),
        counties=counties.astype(np.int8),
        low=value,
        high=value,
        attested=np.ones(columns.size, dtype=np.bool_),
    )


def _judge_all_of(work: Workspace, name: str, rule: AllOf) -> Judged:
    return _judge_all(work, name, rule, rule.of)


def _judge_signed(work: Workspace, name: str, rule: Attested | Veto) -> Judged:
    return _judge_all(work, name, rule, (rule.field,) if rule.field else ())


# -- thresholds and the quorum over them -------------------------------------------


def _judge_threshold(work: Workspace, _name: str, rule: Threshold) -> Judged:
    columns = work.at(rule.scope)
    value = columns[rule.indicator]
    low, high = value if isinstance(value, Bounds) else (value, value)
    limit = _limit_of(columns, rule)
    verdicts = _decide(low, high, rule.operator, limit.low, limit.high)
    if rule.against is not None:
        verdicts[np.isnan(limit.low)] = UNKNOWN
    verdicts = _applied(verdicts, columns.match(rule.population))
    judged = _over_units(work, rule, verdicts, low=low, high=high, limit=limit)
    if rule.breaches is None:
        return judged
    return attrs.evolve(judged, counties=_stated_breaches(work, rule, judged))


def _stated_breaches(work: Workspace, rule: Threshold, judged: Judged) -> Verdicts:
    """Let a county's stated number of breaches settle what its sections leave open."""
    facts, size = work.facts, len(work.facts)
    open_ = np.bincount(
        _group_of(facts)[judged.verdicts == UNKNOWN], minlength=2 * size
    ).reshape(-1, 2)
    stated = np.stack(
        [facts.counties.numbers(f"{stage}_{rule.breaches}") for stage in STAGES], axis=1
    )
    broken = ((open_ > 0) & (stated > 0)).any(axis=1)
    clear = ((open_ == 0) | (stated == 0)).all(axis=1) & ~work.incomplete
    counties = np.where((judged.counties == UNKNOWN) & clear, MET, judged.counties)
    return np.where(broken, UNMET, counties).astype(np.int8)


def _limit_of(columns: Columns, rule: Threshold) -> Limit:
    if rule.parameter is not None:
        return columns.limit(rule.parameter, rule.force)
    assert rule.against is not None
    other = point(columns[rule.against])
    none = np.broadcast_to(np.int16(-1), columns.size)
    return Limit(other, other, none, ())


def _over_units(
    work: Workspace, rule: Rule, verdicts: Verdicts, **facts: Any
) -> Judged:
    units: Units
    if rule.scope is Scope.SECTION:
        units, starts = "section", work.facts.group_starts[::2]
    elif rule.scope is Scope.SCHOOL:
        units, starts = "school", work.facts.school_starts
    else:
        return Judged(units="county", verdicts=verdicts, counties=verdicts, **facts)
    counties = _cap_incomplete(per_county(verdicts, starts), work)
    return Judged(units=units, verdicts=verdicts, counties=counties, **facts)


def _judge_quorum(work: Workspace, name: str, rule: Quorum) -> Judged:
    """
    Ask for so many thresholds met and the missed ones above the floor.

    Two misses too many, or one below its floor, is unmet whatever else is missing.
    """
    columns = work.section
    dimension = f"{name.rpartition('.')[0]}."
    sure = np.zeros(columns.size, dtype=np.int8)
    missed = np.zeros(columns.size, dtype=np.int8)
    sunk = np.zeros(columns.size, dtype=np.bool_)
    afloat = np.ones(columns.size, dtype=np.bool_)
    floor = columns.limit(rule.floor)
    for part in rule.of:
        component = work.law.rules[dimension + part][1]
        assert isinstance(component, Threshold)
        value = columns[component.indicator]
        low, high = value if isinstance(value, Bounds) else (value, value)
        limit = _limit_of(columns, component)
        verdicts = _decide(low, high, component.operator, limit.low, limit.high)
        sure += verdicts == MET
        missed += verdicts == UNMET
        best, worst = (high, low) if component.operator == ">=" else (low, high)
        bottom = limit.low * floor.low
        sunk |= (verdicts == UNMET) & ~compare(best, component.operator, bottom)
        afloat &= compare(worst, component.operator, bottom)
    minimum = columns.limit(rule.minimum).low
    allowed = len(rule.of) - minimum
    unmet = (missed > allowed) | sunk
    known = sure + missed == len(rule.of)
    # At its worst every value that is not surely met is a miss above the floor.
    met = afloat & (len(rule.of) - sure <= allowed)
    verdicts = np.where(unmet, UNMET, np.where(met, MET, UNKNOWN))
    verdicts = _applied(verdicts, columns.match(rule.population))
    count = np.where(known, sure.astype(np.float64), np.nan)
    return _over_units(
        work, rule, verdicts, low=count, high=count, limit=columns.limit(rule.minimum)
    )


# -- between schools ---------------------------------------------------------------


def _judge_dispersion(work: Workspace, _name: str, rule: Dispersion) -> Judged:
    columns, facts = work.section, work.facts
    population = columns.match(rule.population)
    value, weight = point(columns[rule.indicator]), point(columns[rule.weight])
    starts = facts.group_starts[:-1]
    blank = np.isnan(value) | np.isnan(weight)
    known = population.sure & ~blank
    gaps = population.possible & (blank | ~population.sure)
    cv = measures.coefficient_of_variation_by(
        np.where(known, value, 0.0), np.where(known, weight, 0.0), starts
    )
    counts = np.bincount(_group_of(facts)[population.sure], minlength=2 * len(facts))
    missing = np.bincount(_group_of(facts)[gaps], minlength=2 * len(facts)) > 0
    limit = work.group.limit(rule.parameter)
    verdicts = _decide(cv, cv, rule.operator, limit.low, limit.high)
    single = (counts == 1) & (_possible(population, facts) == 1)
    verdicts = np.where(missing & ~single, UNKNOWN, verdicts)
    verdicts = np.where(single, MET, verdicts)
    verdicts = np.where((counts == 0) & ~missing, NOT_APPLICABLE, verdicts)
    short = np.repeat(work.incomplete, len(STAGES))
    verdicts = np.where(short, UNKNOWN, verdicts).astype(np.int8)
    cv = np.where(single, 0.0, cv)
    return Judged(
        units="group",
        verdicts=verdicts,
        counties=verdicts.reshape(-1, len(STAGES)).max(axis=1),
        low=cv,
        high=cv,
        limit=limit,
        members=known,
        flagged={"vacuous": single, "partial": missing & ~single},
    )


def _group_of(facts: Facts) -> npt.NDArray[np.intp]:
    return np.repeat(np.arange(2 * len(facts)), np.diff(facts.group_starts))


def _possible(population: Match, facts: Facts) -> npt.NDArray[np.intp]:
    return np.bincount(_group_of(facts)[population.possible], minlength=2 * len(facts))


# -- county-wide shares ------------------------------------------------------------


def _judge_share(work: Workspace, _name: str, rule: Share) -> Judged:
    """
    Compare the sum of one column with a share of the sum of another.

    Each part adds ``numerator − share × denominator``; a blank part adds an interval
    (the numerator lies between 0 and the denominator), so that the verdict is known
    wherever every completion agrees.
    """
    groups = 2 if rule.per_stage else 1
    scope = work.group if rule.per_stage else work.county
    limit = scope.limit(rule.parameter)
    size = groups * len(work.facts)
    low, high, numerators, denominators = (np.zeros(size) for _ in range(4))
    gaps, certain = np.zeros((2, size), dtype=np.bool_)
    parts, whole = _share_parts(work, rule, groups)
    for columns, owner, use in parts:
        match = columns.match(rule.population)
        n, d = (point(columns[each]) for each in (rule.numerator, rule.denominator))
        least, most = _part(n, d, limit.low[owner])
        least = np.where(match.sure, least, np.fmin(least, 0.0))
        most = np.where(match.sure, most, np.fmax(most, 0.0))
        there = use & match.possible
        np.add.at(low, owner[there], least[there])
        np.add.at(high, owner[there], most[there])
        known = there & ~(np.isnan(n) | np.isnan(d)) & match.sure
        np.add.at(numerators, owner[known], n[known])
        np.add.at(denominators, owner[known], d[known])
        gaps[owner[there & ~known]] = True
        certain[owner[there & match.sure & ~(d == 0)]] = True
    slack = SLACK * limit.low * denominators
    verdicts = np.where(
        low >= -slack, MET, np.where(high < -slack, UNMET, UNKNOWN)
    ).astype(np.int8)
    verdicts[(denominators == 0) & ~gaps] = NOT_APPLICABLE
    verdicts[~certain & gaps & (verdicts == MET)] = UNKNOWN
    verdicts[np.isnan(limit.low)] = NOT_APPLICABLE
    value = np.where(gaps, np.nan, numerators / denominators)
    if not rule.population and not rule.per_stage:
        told = _by_totals(work, rule, limit)
        whole |= verdicts == UNKNOWN
        verdicts = np.where(verdicts == UNKNOWN, told, verdicts)
    short = np.repeat(work.incomplete, groups) & ~whole
    verdicts = np.where(short & (verdicts <= MET), UNKNOWN, verdicts).astype(np.int8)
    return Judged(
        units="group" if rule.per_stage else "county",
        verdicts=verdicts,
        counties=verdicts.reshape(-1, groups).max(axis=1),
        low=value,
        high=value,
        limit=limit,
        flagged={"partial": gaps & np.isnan(value)},
    )


def _share_parts(
    work: Workspace, rule: Share, groups: int
) -> tuple[list[Any], npt.NDArray[np.bool_]]:
    """
    Return what adds up, and for which counties only stated totals do.

    A part is its columns, the group of each unit, and which of the units are used.

    A school's undivided total stands in for its blank sections, and a stage's stated
    county total for a stage with blanks.
    """
    facts = work.facts
    section, school, stage = work.section, work.school, work.group
    owner = groups * facts.section_county
    if groups > 1:
        every = np.ones(section.size, dtype=np.bool_)
        parts = [(section, owner + facts.section_stage, every)]
        return parts, np.zeros(groups * len(facts), dtype=np.bool_)
    blank = _either_blank(section, rule)
    told: npt.NDArray[np.bool_]
    group = _group_of(facts)
    holed = np.bincount(facts.section_school[blank], minlength=school.size) > 0
    whole = holed & ~_either_blank(school, rule)
    told = np.bincount(group[blank], minlength=stage.size) > 0
    told |= np.repeat(work.incomplete, len(STAGES))
    told &= ~_either_blank(stage, rule)
    spanned = np.bincount(facts.school_county[whole], minlength=len(facts)) > 0
    told &= ~np.repeat(spanned, 2) | np.repeat(told.reshape(-1, 2).all(axis=1), 2)
    if rule.population:
        told[:] = False
    both = told[::2] & told[1::2]
    whole &= ~both[facts.school_county]
    return [
        (section, owner, ~whole[facts.section_school] & ~told[group]),
        (school, facts.school_county, whole),
        (stage, np.arange(stage.size) // 2, told),
    ], both


def _by_totals(work: Workspace, rule: Share, limit: Limit) -> Verdicts:
    """Judge by the totals of schools, or by those that the county states."""
    n, d = (point(work.county[each]) for each in (rule.numerator, rule.denominator))
    told = np.where(compare(n, rule.operator, limit.low * d), MET, UNMET)
    told = np.where(np.isnan(n) | np.isnan(d), UNKNOWN, told)
    # Where all are asked, one stage whose total falls short of those known suffices.
    counts = np.nan_to_num(point(work.section[rule.denominator]))
    stage = work.group
    known = np.bincount(_group_of(work.facts), weights=counts, minlength=stage.size)
    known = np.fmax(known, point(stage[rule.denominator]))
    below = ~compare(point(stage[rule.numerator]), ">=", known)
    below &= ~np.isnan(point(stage[rule.numerator]))
    lacking = below.reshape(-1, 2).any(axis=1) & (limit.low >= 1)
    return np.where(lacking, UNMET, told).astype(np.int8)


def _either_blank(columns: Columns, rule: Share) -> npt.NDArray[np.bool_]:
    n, d = (point(columns[each]) for each in (rule.numerator, rule.denominator))
    blank: npt.NDArray[np.bool_] = np.isnan(n) | np.isnan(d)
    return blank


def _part(n: Floats, d: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the bounds of ``n − share·d`` where 0 ≤ n ≤ d and either may be blank."""
    exact = n - share * d
    no_n, no_d = np.isnan(n), np.isnan(d)
    low = np.where(no_d, -np.inf, np.where(no_n, -share * d, exact))
    best = np.where(share >= 1, n * (1 - share), np.where(share > 0, np.inf, np.inf))
    best = np.where(np.isnan(best), 0.0, best)
    high = np.where(no_d, best, np.where(no_n, (1 - share) * d, exact))
    return low, high


# -- listed items, and years -------------------------------------------------------


def _judge_every(work: Workspace, _name: str, rule: Every) -> Judged:
    """Every listed item must be there, and all its rows must stand the threshold."""
    facts, table = work.facts, work.table(rule.table)
    owner = facts.other_county(rule.table)
    match = table.match(rule.rows).sure
    year, latest = latest_year(work, rule.table, match)
    match = match & (year == latest[owner])
    value = point(table[rule.indicator])
    limit = table.limit(rule.parameter)
    rows = np.where(
        np.isnan(value),
        UNKNOWN,
        np.where(compare(value, rule.operator, limit.low), MET, UNMET),
    )
    asked = _items_asked(work, rule, latest)
    items = tuple(dict.fromkeys(item for each in asked.values() for item in each))
    words = _item_words(table, rule)
    verdicts = np.full((len(facts), len(items)), NOT_APPLICABLE)
    values = np.full(verdicts.shape, np.nan)
    for column, item in enumerate(items):
        due = np.array([item in asked[y] for y in latest], dtype=np.bool_)
        here = match & (words == item)
        worst = np.zeros(len(facts), dtype=np.int8)
        np.maximum.at(worst, owner[here], rows[here].astype(np.int8))
        verdicts[:, column] = np.where(due, np.where(worst > 0, worst, UNKNOWN), 0)
        values[:, column] = _worst(value, owner, here, rule.operator, len(facts))
    none = np.array([not asked[y] for y in latest], dtype=np.bool_)
    counties = np.max(verdicts, axis=1, initial=0)
    counties = np.where(none, UNKNOWN, counties).astype(np.int8)
    threshold = work.county.limit(rule.parameter)
    flat = Limit(
        np.repeat(threshold.low, len(items)),
        np.repeat(threshold.high, len(items)),
        np.repeat(threshold.origin, len(items)),
        threshold.values,
    )
    return Judged(
        units="item",
        verdicts=verdicts.astype(np.int8).ravel(),
        counties=counties,
        low=values.ravel(),
        high=values.ravel(),
        limit=flat,
        items=items,
    )


def _items_asked(
    work: Workspace, rule: Every, latest: Floats
) -> dict[float, tuple[str, ...]]:
    """Return the items asked for each year that occurs (a reading: always the same)."""
    choice = work.law.options.get(rule.items)
    asked: dict[float, tuple[str, ...]] = {}
    for year in np.unique(latest):
        if choice is not None:
            both = ("questionnaire", "interview")
            asked[float(year)] = both if choice == "both" else (choice,)
            continue
        day = work.law.on if np.isinf(year) else dt.date(int(year), 12, 31)
        values = work.law.values(rule.items, on=day)
        named = [v.value for v in values if isinstance(v.value, tuple)]
        asked[float(year)] = tuple(dict.fromkeys(w for each in named for w in each))
    return asked


def _item_words(table: Columns, rule: Every) -> npt.NDArray[np.object_]:
    from eduequity.vocab import SurveyChannel

    if rule.item == "channel":
        names = np.array([*SurveyChannel, None], dtype=object)
        words: npt.NDArray[np.object_] = names[table.frame.codes("channel")]
        return words
    return table.frame.words(rule.item)


def _worst(
    value: Floats,
    owner: npt.NDArray[np.intp],
    rows: npt.NDArray[np.bool_],
    operator: str,
    size: int,
) -> Floats:
    """Return each county's value furthest from the threshold."""
    rising = operator[0] == ">"
    worst = np.full(size, np.inf if rising else -np.inf)
    (np.minimum if rising else np.maximum).at(worst, owner[rows], value[rows])
    return np.where(np.isinf(worst), np.nan, worst)


def _judge_trend(work: Workspace, _name: str, rule: Trend) -> Judged:
    """Compare the latest year, whose year before is there, with that year."""
    size, table = len(work.facts), work.table(rule.table)
    owner = work.facts.other_county(rule.table)
    match = table.match(rule.rows).sure
    year = table.frame.numbers("year")
    value = point(table[rule.indicator])
    now, before = np.full(size, np.nan), np.full(size, np.nan)
    best = np.full(size, -np.inf)
    there = {
        (int(owner[row]), int(year[row])): row
        for row in np.flatnonzero(match & (year <= work.law.on.year))
    }
    for (county, at), row in there.items():
        earlier = there.get((county, at - 1))
        if earlier is not None and at > best[county]:
            best[county] = at
            now[county], before[county] = value[row], value[earlier]
    verdicts = np.where(
        np.isnan(now) | np.isnan(before),
        UNKNOWN,
        np.where(compare(now, rule.operator, before), MET, UNMET),
    ).astype(np.int8)
    none = np.broadcast_to(np.int16(-1), size)
    return Judged(
        units="county",
        verdicts=verdicts,
        counties=verdicts,
        low=now,
        high=now,
        limit=Limit(before, before, none, ()),
    )


_JUDGES: Mapping[str, Callable[[Workspace, str, Any], Judged]] = {
    "threshold": _judge_threshold,
    "quorum": _judge_quorum,
    "dispersion": _judge_dispersion,
    "share": _judge_share,
    "every": _judge_every,
    "all": _judge_all_of,
    "attested": _judge_signed,
    "veto": _judge_signed,
    "trend": _judge_trend,
}
