"""
Judging differences between schools: coefficients of variation, and their mean.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eduequity import measures
from eduequity.engine._columns import Match, Workspace, added, point
from eduequity.engine._judged import (
    MET,
    NOT_APPLICABLE,
    UNKNOWN,
    Judged,
    decide,
)
from eduequity.engine._reported import reported_coefficients
from eduequity.facts import STAGES, Floats
from eduequity.rules import Dispersion, MeanDispersion


__all__ = ["judge_dispersion", "judge_mean"]


def judge_dispersion(work: Workspace, name: str, rule: Dispersion) -> Judged:
    """
    Compare the coefficient of variation between the sections of each stage.

    A published coefficient stands in where the evidence is missing because no section
    is listed; where there are sections, they decide.
    """
    columns, facts = work.section, work.facts
    population = columns.match(rule.population)
    value = point(columns[rule.indicator])
    weights, weighed = _weights(work, rule, population)
    blank = np.isnan(value)
    blank |= ~weighed
    rows = np.flatnonzero(blank)
    x, w = value.copy(), weights.copy()
    x[rows] = w[rows] = 0.0
    cv = measures.coefficient_of_variation_by(x, w, facts.group_starts[:-1])
    known = population.sure & ~blank
    missing = np.zeros(2 * len(facts), dtype=np.bool_)
    gaps = rows[population.possible[rows]]
    if population.sure is not population.possible:
        gaps = np.flatnonzero(population.possible & (blank | ~population.sure))
    missing[facts.section_group[gaps]] = True
    members, most = _members(work, population)
    limit = work.group.limit(rule.parameter, rule.force)
    verdicts = decide(cv, cv, rule.operator, limit.low, limit.high)
    single = (members == 1) & (most == 1)
    verdicts = np.where(missing & ~single, UNKNOWN, verdicts)
    verdicts = np.where(single, MET, verdicts)
    verdicts = np.where((members == 0) & ~missing, NOT_APPLICABLE, verdicts)
    short = np.repeat(work.incomplete, len(STAGES))
    verdicts = np.where(short, UNKNOWN, verdicts).astype(np.int8)
    cv = np.where(single, 0.0, cv)
    published = reported_coefficients(work, name, rule)
    nobody = (np.diff(facts.group_starts) == 0) & (verdicts == UNKNOWN)
    told = nobody & ~np.isnan(published)
    cv = np.where(told, published, cv)
    said = decide(cv, cv, rule.operator, limit.low, limit.high)
    verdicts = np.where(told, said, verdicts).astype(np.int8)
    return Judged(
        units="group",
        verdicts=verdicts,
        counties=verdicts.reshape(-1, len(STAGES)).max(axis=1),
        low=cv,
        high=cv,
        limit=limit,
        members=known,
        reported=told,
        flagged={"vacuous": single, "partial": missing & ~single},
    )


def _weights(
    work: Workspace, rule: Dispersion, population: Match
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the members' weights, 0 for others, and where a weight is known."""
    key = (rule.weight, rule.population)
    found = work.weights.get(key)
    if found is None:
        weight = point(work.section[rule.weight])
        known = ~np.isnan(weight)
        found = np.where(population.sure & known, weight, 0.0), known
        work.weights[key] = found
    result: tuple[Floats, npt.NDArray[np.bool_]] = found
    return result


def _members(work: Workspace, population: Match) -> tuple[Floats, Floats]:
    """Count, group by group, the sections surely and possibly in the population."""
    starts = work.facts.group_starts
    sure = added(population.sure.astype(np.float64), starts)
    if population.sure is population.possible:
        return sure, sure
    return sure, added(population.possible.astype(np.float64), starts)


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
    verdicts = decide(mean, mean, rule.operator, limit.low, limit.high)
    none = (ranks == NOT_APPLICABLE).all(axis=0)
    verdicts = np.where(none, NOT_APPLICABLE, verdicts).astype(np.int8)
    return Judged(
        units="group",
        verdicts=verdicts,
        counties=verdicts.reshape(-1, len(STAGES)).max(axis=1),
        low=mean,
        high=mean,
        limit=limit,
        reported=np.logical_or.reduce(
            [part.reported for part in parts if part.reported is not None]
        ),
    )
