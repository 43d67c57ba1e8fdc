"""
Completeness: whether a county states more than its rows hold.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eduequity.facts import STAGES, Facts
from eduequity.vocab import Kind


__all__ = ["incomplete", "stated_anything"]

_STATED_KINDS = {
    "primary_schools": "primary",
    "junior_schools": "junior",
    "nine_year_schools": "nine_year",
    "twelve_year_schools": "twelve_year",
    "complete_secondary_schools": "complete_secondary",
    "special_schools": "special",
    "teaching_points": "teaching_point",
}


def incomplete(facts: Facts) -> npt.NDArray[np.bool_]:
    """Counties that state more schools, classes or pupils than their rows hold."""
    size = len(facts)
    short = np.diff(facts.school_starts) == 0
    kinds = facts.schools.codes("kind")
    for name, kind in _STATED_KINDS.items():
        if name in facts.counties:
            rows = facts.school_county[kinds == Kind(kind).rank]
            held = np.bincount(rows, minlength=size)
            short |= facts.counties.numbers(name) > held
    if "teaching_points_50" in facts.counties:
        short |= facts.counties.numbers("teaching_points_50") > _large_points(facts)
    for stage in STAGES:
        at = facts.section_stage == stage.rank
        rows = facts.section_county[at]
        for name in ("pupils", "classes"):
            stated = f"{stage}_{name}"
            if stated in facts.counties:
                figures = facts.sections.numbers(name)[at]
                held = np.bincount(rows, weights=figures, minlength=size)
                short |= facts.counties.numbers(stated) > held
    return short


def _large_points(facts: Facts) -> npt.NDArray[np.intp]:
    point_ = facts.schools.codes("kind")[facts.section_school] == (
        Kind.TEACHING_POINT.rank
    )
    large = ~(facts.sections.numbers("pupils") < 50)  # a blank may be large
    return np.bincount(facts.section_county[point_ & large], minlength=len(facts))


def stated_anything(facts: Facts) -> npt.NDArray[np.bool_]:
    """Counties that state a number of schools, pupils or classes to check against."""
    stated = np.zeros(len(facts), dtype=np.bool_)
    totals = [f"{s}_{n}" for s in STAGES for n in ("pupils", "classes")]
    for name in (*_STATED_KINDS, *totals):
        stated |= ~np.isnan(facts.counties.numbers(name))
    return stated
