"""
Planning: what a plan aims for, whether a county is on the way, and the working method.

`roadmap` puts the dated targets of the packs beside what is known, year by year;
`roll_up` counts a city's counties; `side_by_side` shows several versions of the same
assessment; `rechecks` lists what recognition leaves to be done; `oversized_classes`
keeps the ledger of oversized classes.
"""

from __future__ import annotations

from eduequity.planning._classes import OversizedClass, oversized_classes
from eduequity.planning._method import (
    Recheck,
    RecheckState,
    Version,
    rechecks,
    side_by_side,
)
from eduequity.planning._roadmap import (
    Course,
    Milestone,
    Roadmap,
    Track,
    roadmap,
)
from eduequity.planning._roll_up import RollUp, Tally, roll_up


__all__ = [
    "Course",
    "Milestone",
    "OversizedClass",
    "Recheck",
    "RecheckState",
    "Roadmap",
    "RollUp",
    "Tally",
    "Track",
    "Version",
    "oversized_classes",
    "rechecks",
    "roadmap",
    "roll_up",
    "side_by_side",
]
