"""
Judging county-wide shares: one sum over another, with what blanks leave open.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import (
    UNIT_TABLES,
    Columns,
    Workspace,
    added,
    anywhere,
    kept,
    point,
)
from eduequity.engine._judged import (
    MET,
    NOT_APPLICABLE,
    UNKNOWN,
    UNMET,
    Judged,
    Verdicts,
    compare,
)
from eduequity.engine._limits import SLACK, Limit
from eduequity.engine._units import stands
from eduequity.facts import STAGES, Floats
from eduequity.rules import Share, Threshold
from eduequity.vocab import Scope


__all__ = ["judge_share", "reached"]

Flags: TypeAlias = npt.NDArray[np.bool_]
_Part: TypeAlias = tuple[Columns, npt.NDArray[np.intp], Flags]
"""Columns, the offsets of the groups in them, and which units are used."""


def judge_share(work: Workspace, _name: str, rule: Share) -> Judged:
    """
    Compare the sum of one column with a share of the sum of another.

    Each part adds ``numerator − share × denominator``; a blank part adds an interval
    (the numerator lies between 0 and the denominator), so that the verdict is known
    wherever every completion agrees.
    """
    groups = 2 if rule.per_stage else 1
    scope = work.group if rule.per_stage else work.county
    limit = scope.limit(rule.parameter, rule.force)
    parts, whole = _share_parts(work, rule, groups)
    sums = _added_up(rule, parts, limit.low)
    verdicts = _verdicts(sums, limit.low, rule.operator)
    if not limit.exact:  # a blank leaves open which share is asked
        other = _added_up(rule, parts, limit.high)
        again = _verdicts(other, limit.high, rule.operator)
        verdicts = np.where(verdicts == again, verdicts, UNKNOWN).astype(np.int8)
    totals = work.facts.has_totals and not rule.population and not rule.per_stage
    if _of_sections(rule) and totals:
        told = _by_totals(work, rule, limit)
        whole |= verdicts == UNKNOWN
        verdicts = np.where(verdicts == UNKNOWN, told, verdicts)
    short = np.repeat(work.incomplete, groups) & ~whole
    if rule.over not in (Scope.SECTION, Scope.SCHOOL):
        short = np.zeros_like(short)
        verdicts[~sums.certain & ~sums.gaps & _no_rows(work, rule)] = UNKNOWN
    verdicts = np.where(short & (verdicts <= MET), UNKNOWN, verdicts).astype(np.int8)
    value = np.where(sums.gaps, np.nan, sums.numerator / sums.denominator)
    return Judged(
        units="group" if rule.per_stage else "county",
        verdicts=verdicts,
        counties=verdicts.reshape(-1, groups).max(axis=1),
        low=value,
        high=value,
        limit=limit,
        flagged={"partial": sums.gaps},
    )


class _Sums(NamedTuple):
    """
    What the parts of every group add up to.

    *low* and *high* bound ``numerator − share × denominator``; *numerator* and
    *denominator* are those of the known parts; *gaps* tells where a part is blank, and
    *certain* where some unit surely belongs to the population.
    """

    low: Floats
    high: Floats
    numerator: Floats
    denominator: Floats
    gaps: Flags
    certain: Flags


def _added_up(rule: Share, parts: list[_Part], share: Floats) -> _Sums:
    """Add the parts up, group by group."""
    size = len(share)
    totals = np.zeros((4, size))
    gaps, certain = np.zeros((2, size), dtype=np.bool_)
    for columns, starts, use in parts:
        if not use.any():
            continue
        match = columns.match(rule.population)
        n, d = _amounts(columns, rule)
        if n.strides == (0,) and np.isnan(n[:1]).all():
            there = use & match.possible
            low, high, some = _open(kept(d, there), starts, share)
            totals[:2] += low, high
            gaps |= some
            if match.sure is not match.possible:
                some &= anywhere(there & match.sure, starts)
            certain |= some
            continue
        known = ~(np.isnan(n) | np.isnan(d))
        known &= match.sure
        known &= use
        numerator, denominator = (added(kept(each, known), starts) for each in (n, d))
        exact = numerator - share * denominator
        totals += [exact, exact, numerator, denominator]
        certain |= denominator > 0
        rest = np.flatnonzero(match.possible & use & ~known)
        if not len(rest):
            continue
        owner = np.searchsorted(starts, rest, side="right") - 1
        least, most = _bounds(n[rest], d[rest], share[owner], match.sure[rest])
        totals[0] += np.bincount(owner, weights=least, minlength=size)
        totals[1] += np.bincount(owner, weights=most, minlength=size)
        gaps[owner] = True
        certain[owner[match.sure[rest] & ~(d[rest] == 0)]] = True
    low, high, numerator, denominator = totals
    return _Sums(low, high, numerator, denominator, gaps, certain)


def _open(
    d: Floats, starts: npt.NDArray[np.intp], share: Floats
) -> tuple[Floats, Floats, Flags]:
    """Bound ``n − share·d`` where nobody gave any numerator, and tell where d is."""
    gaps = np.isnan(d)
    total = added(kept(d, ~gaps), starts)
    blank = anywhere(gaps, starts) if gaps.any() else np.zeros(len(total), np.bool_)
    low = np.where(blank, -np.inf, -share * total)
    high = np.where(blank & (share < 1), np.inf, (1 - share) * total)
    return low, high, blank | (total > 0)


def _verdicts(sums: _Sums, share: Floats, operator: str) -> Verdicts:
    """Met where the worst completion is, unmet where the best is not."""
    slack = SLACK * share * sums.denominator
    low, high = sums.low, sums.high
    if operator[0] == "<":
        low, high = -high, -low
    if operator in (">", "<"):
        slack = -slack
    inclusive = operator in (">=", "<=")
    worst = low >= -slack if inclusive else low > -slack
    best = high >= -slack if inclusive else high > -slack
    verdicts = np.where(worst, MET, np.where(best, UNKNOWN, UNMET))
    verdicts[~sums.certain & sums.gaps & (verdicts == MET)] = UNKNOWN
    nothing = (sums.denominator == 0) & ~sums.gaps
    verdicts[nothing | np.isnan(share)] = NOT_APPLICABLE
    return verdicts.astype(np.int8)


def _share_parts(
    work: Workspace, rule: Share, groups: int
) -> tuple[list[_Part], Flags]:
    """
    Return what adds up, and for which counties only stated totals do.

    A part is its columns, the group of each unit, and which of the units are used.

    A school's undivided total stands in for its blank sections, and a stage's stated
    county total for a stage with blanks.
    """
    facts = work.facts
    section, school, stage = work.section, work.school, work.group
    none = np.zeros(groups * len(facts), dtype=np.bool_)
    columns = section if _of_sections(rule) else work.at(rule.over)
    every = np.ones(columns.size, dtype=np.bool_)
    starts = facts.group_starts if groups > 1 else _starts(work, rule.over)
    if groups > 1 or not (_of_sections(rule) and facts.has_totals):
        return [(columns, starts, every)], none
    blank = _either_blank(section, rule)
    told: Flags
    group = facts.section_group
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
        (section, starts, ~whole[facts.section_school] & ~told[group]),
        (school, facts.school_starts, whole),
        (stage, np.arange(0, stage.size + 1, len(STAGES)), told),
    ], both


def _of_sections(rule: Share) -> bool:
    counted = rule.meets or rule.reaches
    return rule.over is Scope.SECTION and not counted


def _starts(work: Workspace, over: Scope) -> npt.NDArray[np.intp]:
    """Return the offsets of the counties' units of *over*."""
    facts = work.facts
    if over is Scope.COUNTY:
        return np.arange(len(facts) + 1)
    if over is Scope.SECTION:
        return facts.group_starts[:: len(STAGES)]
    if over is Scope.SCHOOL:
        return facts.school_starts
    nowhere = np.zeros(len(facts) + 1, dtype=np.intp)
    return facts.other_starts.get(UNIT_TABLES[over], nowhere)


def _no_rows(work: Workspace, rule: Share) -> Flags:
    """Tell which counties have no row of the table that is added up."""
    none: Flags = np.diff(_starts(work, rule.over)) == 0
    return none


def _amounts(columns: Columns, rule: Share) -> tuple[Floats, Floats]:
    """Return numerator and denominator; counted units are 1 or 0 of 1."""
    if rule.meets:
        match = columns.match(rule.meets)
        doubtful = match.possible & ~match.sure
        ones = np.ones(columns.size)
        return np.where(doubtful, np.nan, match.sure.astype(np.float64)), ones
    if rule.reaches is not None:
        return reached(columns, rule.reaches), np.ones(columns.size)
    assert rule.numerator is not None
    assert rule.denominator is not None
    return point(columns[rule.numerator]), point(columns[rule.denominator])


def reached(columns: Columns, name: str) -> Floats:
    """Return 1 for units that stand a threshold, 0 for others, NaN where unknown."""
    rule = columns.work.law.rules[name][1]
    assert isinstance(rule, Threshold)
    return _SAID[stands(columns.work, rule)]


_SAID = np.array([np.nan, 1.0, np.nan, 0.0])
"""What a verdict counts, by rank."""


def _by_totals(work: Workspace, rule: Share, limit: Limit) -> Verdicts:
    """Judge by the totals of schools, or by those that the county states."""
    n, d = _amounts(work.county, rule)
    told = np.where(compare(n, rule.operator, limit.low * d), MET, UNMET)
    told = np.where(np.isnan(n) | np.isnan(d), UNKNOWN, told)
    # Where all are asked, one stage whose total falls short of those known suffices.
    counts = np.nan_to_num(_amounts(work.section, rule)[1])
    stage = work.group
    stated, whole = _amounts(stage, rule)
    known = np.bincount(work.facts.section_group, weights=counts, minlength=stage.size)
    below = ~compare(stated, ">=", np.fmax(known, whole)) & ~np.isnan(stated)
    lacking = below.reshape(-1, 2).any(axis=1) & (limit.low >= 1)
    return np.where(lacking, UNMET, told).astype(np.int8)


def _either_blank(columns: Columns, rule: Share) -> Flags:
    n, d = _amounts(columns, rule)
    blank: Flags = np.isnan(n) | np.isnan(d)
    return blank


def _bounds(n: Floats, d: Floats, share: Floats, sure: Flags) -> tuple[Floats, Floats]:
    """
    Bound ``n − share·d`` where 0 ≤ n ≤ d and either may be blank.

    A unit that is not surely in the population may add nothing.
    """
    exact = n - share * d
    no_n, no_d = np.isnan(n), np.isnan(d)
    low = np.where(no_d, -np.inf, np.where(no_n, -share * d, exact))
    nothing_known = np.where(share == 1, 0.0, np.inf)
    best = np.where(no_n, nothing_known, n * (1 - share))
    # A share above 1 is no share of d: a blank numerator has no bound then.
    most = np.where(share > 1, np.inf, (1 - share) * d)
    high = np.where(no_d, best, np.where(no_n, most, exact))
    return (
        np.where(sure, low, np.fmin(low, 0.0)),
        np.where(sure, high, np.fmax(high, 0.0)),
    )
