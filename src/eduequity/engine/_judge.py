"""
Judging: one function per rule shape, from columns and limits to verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from eduequity.engine._columns import Workspace
from eduequity.engine._items import judge_every, judge_trend
from eduequity.engine._judged import Judged
from eduequity.engine._overlay import with_published
from eduequity.engine._shares import judge_share
from eduequity.engine._spread import judge_dispersion, judge_mean
from eduequity.engine._told import with_told
from eduequity.engine._units import (
    judge_all_of,
    judge_check,
    judge_quorum,
    judge_range,
    judge_signed,
    judge_threshold,
)
from eduequity.rules import Rule


__all__ = ["judge", "judge_plain", "judge_shape"]


def judge(work: Workspace, name: str, rule: Rule) -> Judged:
    """
    Judge one rule for every unit of its scope.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.

    Returns:
        The verdicts as ranks of `eduequity.Verdict`, one per unit and one per county,
        all not applicable where the rule's numbers are not in force.
    """
    judged = judge_shape(work, name, rule)
    if work.law.has_numbers(rule, work.areas):
        return judged
    return attrs.evolve(  # nothing to compare with on this day
        judged,
        verdicts=np.zeros_like(judged.verdicts),
        counties=np.zeros_like(judged.counties),
    )


def judge_shape(work: Workspace, name: str, rule: Rule) -> Judged:
    """Judge a rule whose numbers are in force."""
    with np.errstate(divide="ignore", invalid="ignore"):
        judged = judge_plain(work, name, rule)
        if work.facts.other("reported").size:
            judged = with_published(work, name, rule, judged)
            if work.told:
                judged = with_told(work, name, rule, judged)
        return judged


def judge_plain(work: Workspace, name: str, rule: Rule) -> Judged:
    """Judge a rule by its columns alone."""
    return _JUDGES[rule.kind](work, name, rule)


_JUDGES: Mapping[str, Callable[[Workspace, str, Any], Judged]] = {
    "threshold": judge_threshold,
    "range": judge_range,
    "quorum": judge_quorum,
    "dispersion": judge_dispersion,
    "mean_dispersion": judge_mean,
    "share": judge_share,
    "every": judge_every,
    "all": judge_all_of,
    "attested": judge_signed,
    "veto": judge_signed,
    "trend": judge_trend,
    "check": judge_check,
}
