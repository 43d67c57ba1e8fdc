"""Completeness: whether a county states more than its rows hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eduequity.facts import STAGES, Facts, Floats
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


_LARGE = 50
"""A teaching point of so many pupils counts as 50人及以上教学点 in form Ⅰ."""


def incomplete(facts: Facts) -> npt.NDArray[np.bool_]:
    """Counties that state more schools, classes or pupils than their rows hold."""
    size = len(facts)
    short: npt.NDArray[np.bool_] = np.diff(facts.school_starts) == 0
    kinds = facts.schools.codes("kind")
    for name, kind in _STATED_KINDS.items():
        if name in facts.counties:
            rows = facts.school_county[kinds == Kind(kind).rank]
            held = np.bincount(rows, minlength=size)
            short |= facts.counties.numbers(name) > held
    if "teaching_points_50" in facts.counties:
        short |= facts.counties.numbers("teaching_points_50") > _large_points(facts)
    for name in ("pupils", "classes"):
        short |= _short_of(facts, name)
    return short


def _short_of(facts: Facts, name: str) -> npt.NDArray[np.bool_]:
    """Tell where more is stated than the rows can hold at most."""
    size = len(facts)
    stated = [facts.counties.numbers(f"{stage}_{name}") for stage in STAGES]
    if all(np.isnan(each).all() for each in stated):
        return np.zeros(size, dtype=np.bool_)
    figures = facts.sections.numbers(name)
    undivided = facts.schools.numbers(name)
    blank = np.isnan(figures)
    # A blank section holds at most its school's undivided total, else any number.
    most = np.where(blank, undivided[facts.section_school], figures)
    most = np.nan_to_num(most, nan=np.inf)
    short = np.zeros(size, dtype=np.bool_)
    for rank, total in enumerate(stated):
        at = facts.section_stage == rank
        short |= total > _added(facts.section_county[at], most[at], size)
    # An undivided total counts once for both stages.
    holed = np.bincount(facts.section_school[blank], minlength=len(undivided)) > 0
    whole = np.where(
        holed, undivided, _added(facts.section_school, figures, len(undivided))
    )
    held = _added(facts.school_county, np.nan_to_num(whole, nan=np.inf), size)
    return short | (stated[0] + stated[1] > held)


def _added(rows: npt.NDArray[np.intp], figures: Floats, size: int) -> Floats:
    return np.bincount(rows, weights=figures, minlength=size).astype(np.float64)


def _large_points(facts: Facts) -> npt.NDArray[np.intp]:
    point_ = facts.schools.codes("kind")[facts.section_school] == (
        Kind.TEACHING_POINT.rank
    )
    large = ~(facts.sections.numbers("pupils") < _LARGE)  # a blank may be large
    return np.bincount(facts.section_county[point_ & large], minlength=len(facts))


def stated_anything(facts: Facts) -> npt.NDArray[np.bool_]:
    """Counties that state a number of schools, pupils or classes to check against."""
    stated = np.zeros(len(facts), dtype=np.bool_)
    totals = [f"{s}_{n}" for s in STAGES for n in ("pupils", "classes")]
    for name in (*_STATED_KINDS, *totals):
        stated |= ~np.isnan(facts.counties.numbers(name))
    return stated
