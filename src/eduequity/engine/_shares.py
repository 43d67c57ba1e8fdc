"""
Judging county-wide shares: one sum over another, with what blanks leave open.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import (
    SLACK,
    UNIT_TABLES,
    Columns,
    Limit,
    Workspace,
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
    group_of,
)
from eduequity.facts import STAGES, Floats
from eduequity.rules import Share
from eduequity.vocab import Scope


__all__ = ["judge_share"]


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
    size = groups * len(work.facts)
    low, high, numerators, denominators = (np.zeros(size) for _ in range(4))
    gaps, certain = np.zeros((2, size), dtype=np.bool_)
    parts, whole = _share_parts(work, rule, groups)
    for columns, owner, use in parts:
        match = columns.match(rule.population)
        n, d = _amounts(columns, rule)
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
    if _of_sections(rule) and not rule.population and not rule.per_stage:
        told = _by_totals(work, rule, limit)
        whole |= verdicts == UNKNOWN
        verdicts = np.where(verdicts == UNKNOWN, told, verdicts)
    short = np.repeat(work.incomplete, groups) & ~whole
    if rule.over not in (Scope.SECTION, Scope.SCHOOL):
        short[:] = False
        verdicts[~certain & ~gaps & _no_rows(work, rule)] = UNKNOWN
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
    none = np.zeros(groups * len(facts), dtype=np.bool_)
    if groups > 1:
        every = np.ones(section.size, dtype=np.bool_)
        return [(section, owner + facts.section_stage, every)], none
    if not _of_sections(rule):
        columns = work.at(rule.over)
        every = np.ones(columns.size, dtype=np.bool_)
        return [(columns, _owners(work, rule.over), every)], none
    blank = _either_blank(section, rule)
    told: npt.NDArray[np.bool_]
    group = group_of(facts)
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


def _of_sections(rule: Share) -> bool:
    return rule.over is Scope.SECTION and not rule.meets


def _owners(work: Workspace, over: Scope) -> npt.NDArray[np.intp]:
    """Return the county of every unit of *over*."""
    if over is Scope.COUNTY:
        return np.arange(len(work.facts))
    if over is Scope.SECTION:
        return work.facts.section_county
    if over is Scope.SCHOOL:
        return work.facts.school_county
    return work.facts.other_county(UNIT_TABLES[over])


def _no_rows(work: Workspace, rule: Share) -> npt.NDArray[np.bool_]:
    """Tell which counties have no row of the table that is added up."""
    owners = _owners(work, rule.over)
    none: npt.NDArray[np.bool_] = np.bincount(owners, minlength=len(work.facts)) == 0
    return none


def _amounts(columns: Columns, rule: Share) -> tuple[Floats, Floats]:
    """Return numerator and denominator; counted units are 1 or 0 of 1."""
    if rule.meets:
        match = columns.match(rule.meets)
        doubtful = match.possible & ~match.sure
        ones = np.ones(columns.size)
        return np.where(doubtful, np.nan, match.sure.astype(np.float64)), ones
    assert rule.numerator is not None
    assert rule.denominator is not None
    return point(columns[rule.numerator]), point(columns[rule.denominator])


def _by_totals(work: Workspace, rule: Share, limit: Limit) -> Verdicts:
    """Judge by the totals of schools, or by those that the county states."""
    n, d = _amounts(work.county, rule)
    told = np.where(compare(n, rule.operator, limit.low * d), MET, UNMET)
    told = np.where(np.isnan(n) | np.isnan(d), UNKNOWN, told)
    # Where all are asked, one stage whose total falls short of those known suffices.
    counts = np.nan_to_num(_amounts(work.section, rule)[1])
    stage = work.group
    stated, whole = _amounts(stage, rule)
    known = np.bincount(group_of(work.facts), weights=counts, minlength=stage.size)
    below = ~compare(stated, ">=", np.fmax(known, whole)) & ~np.isnan(stated)
    lacking = below.reshape(-1, 2).any(axis=1) & (limit.low >= 1)
    return np.where(lacking, UNMET, told).astype(np.int8)


def _either_blank(columns: Columns, rule: Share) -> npt.NDArray[np.bool_]:
    n, d = _amounts(columns, rule)
    blank: npt.NDArray[np.bool_] = np.isnan(n) | np.isnan(d)
    return blank


def _part(n: Floats, d: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return the bounds of ``n − share·d`` where 0 ≤ n ≤ d and either may be blank."""
    exact = n - share * d
    no_n, no_d = np.isnan(n), np.isnan(d)
    low = np.where(no_d, -np.inf, np.where(no_n, -share * d, exact))
    nothing_known = np.where(share >= 1, 0.0, np.inf)
    best = np.where(no_n, nothing_known, n * (1 - share))
    high = np.where(no_d, best, np.where(no_n, (1 - share) * d, exact))
    return low, high
