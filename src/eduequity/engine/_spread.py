"""
Judging differences between schools: coefficients of variation, and their mean.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from eduequity import measures
from eduequity.engine._columns import (
    Counts,
    Flags,
    Match,
    Workspace,
    counted,
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
    decide,
)
from eduequity.engine._limits import Limit
from eduequity.engine._reported import differ, reported_coefficients
from eduequity.engine._told import spread_ends
from eduequity.facts import STAGES, Floats
from eduequity.rules import Dispersion, MeanDispersion


__all__ = ["judge_dispersion", "judge_mean"]


_NONE = np.zeros(0, dtype=np.intp)


def judge_dispersion(work: Workspace, name: str, rule: Dispersion) -> Judged:
    """
    Compare the coefficient of variation between the sections of each stage.

    A published coefficient stands in where the evidence is missing because no section
    is listed; where there are sections, they decide.
    """
    columns, facts = work.section, work.facts
    population = columns.match(rule.population)
    group = _members(work, rule, population)
    value = point(columns[rule.indicator])
    blank = np.isnan(value)
    blank |= ~group.weighed
    rows = np.flatnonzero(blank) if blank.any() else _NONE
    x, w = value, group.weights
    if len(rows):
        x, w = value.copy(), group.weights.copy()
        x[rows] = w[rows] = 0.0
    cv = measures.coefficient_of_variation_by(x, w, facts.group_starts[:-1])
    missing = group.doubtful.copy()
    missing[facts.section_group[rows[population.possible[rows]]]] = True
    single = (group.sure == 1) & (group.possible == 1)
    cv = np.where(single, 0.0, cv)
    limit = work.group.limit(rule.parameter, rule.force)
    verdicts = decide(cv, cv, rule.operator, limit)
    verdicts[missing] = UNKNOWN
    verdicts[single] = MET
    verdicts[(group.sure == 0) & ~missing] = NOT_APPLICABLE
    verdicts[np.repeat(work.incomplete, len(STAGES))] = UNKNOWN
    told = np.zeros(verdicts.size, dtype=np.bool_)
    flagged = {"vacuous": single, "partial": missing & ~single}
    if facts.other("reported").size:
        settled = (verdicts == MET) | (verdicts == UNMET)
        settled &= ~single
        ends = spread_ends(work, rule.indicator, x, w, cv)
        best, worst = (decide(end, end, rule.operator, limit) for end in ends)
        flagged["knife_edge"] = settled & (best != worst)
        published = reported_coefficients(work, name, rule)
        nobody = (np.diff(facts.group_starts) == 0) & (verdicts == UNKNOWN)
        told = nobody & ~np.isnan(published)
        flagged["discrepancy"] = settled & differ(published, *ends)
        cv = np.where(told, published, cv)
        verdicts[told] = decide(cv, cv, rule.operator, limit)[told]
    if work.verdicts_only:
        return _of_stages(verdicts, cv, limit, reported=told)
    return _of_stages(
        verdicts,
        cv,
        limit,
        members=population.sure & ~blank,
        reported=told,
        flagged=flagged,
    )


class _Members(NamedTuple):
    """
    The sections that rules of one population and weight are about.

    *weights* are 0 for others, *weighed* tells where a weight is known; *sure* and
    *possible* count the members group by group, and *doubtful* tells which groups have
    a section that may or may not be one.
    """

    weights: Floats
    weighed: Flags
    sure: Counts
    possible: Counts
    doubtful: Flags


def _members(work: Workspace, rule: Dispersion, population: Match) -> _Members:
    key = (rule.weight, rule.population)
    found: _Members | None = work.members.get(key)
    if found is None:
        found = work.members[key] = _counted(work, rule, population)
    return found


def _counted(work: Workspace, rule: Dispersion, population: Match) -> _Members:
    starts = work.facts.group_starts
    weight = point(work.section[rule.weight])
    sure = counted(population.sure, starts)
    possible = sure
    doubtful = np.zeros(len(sure), dtype=np.bool_)
    if population.sure is not population.possible:
        possible = counted(population.possible, starts)
        doubtful = possible > sure
    return _Members(
        kept(weight, population.sure & ~np.isnan(weight)),
        ~np.isnan(weight),
        sure,
        possible,
        doubtful,
    )


def _of_stages(verdicts: Verdicts, value: Floats, limit: Limit, **facts: Any) -> Judged:
    """Return what is said of each stage, and for the county the worse of both."""
    return Judged(
        units="group",
        verdicts=verdicts,
        counties=np.maximum(verdicts[::2], verdicts[1::2]),
        low=value,
        high=value,
        limit=limit,
        **facts,
    )


def judge_mean(work: Workspace, name: str, rule: MeanDispersion) -> Judged:
    """Take the plain mean of several coefficients, stage by stage."""
    head = name.rpartition(".")[0]
    parts = []
    for each in rule.of:
        component = work.law.rules[f"{head}.{each}"][1]
        assert isinstance(component, Dispersion)
        parts.append(judge_dispersion(work, f"{head}.{each}", component))
    ranks = np.stack([part.verdicts for part in parts])
    values = np.stack([part.low for part in parts if part.low is not None])
    limit = work.group.limit(rule.parameter, rule.force)
    mean = np.where((ranks == UNKNOWN).any(axis=0), np.nan, values.mean(axis=0))
    verdicts = decide(mean, mean, rule.operator, limit)
    verdicts[(ranks == NOT_APPLICABLE).all(axis=0)] = NOT_APPLICABLE
    return _of_stages(
        verdicts,
        mean,
        limit,
        reported=np.logical_or.reduce(
            [part.reported for part in parts if part.reported is not None]
        ),
    )
