"""
Planning: what a plan aims for, whether a county is on the way, and the working method.

`roadmap` puts the dated targets of the packs beside what is known, year by year;
`roll_up` counts a city's counties; `side_by_side` shows several versions of the same
assessment; `rechecks` lists what recognition leaves to be done; `oversized_classes`
keeps the ledger of oversized classes.

`make_plan` is the cheapest way to meet the rules of resources; `try_scenarios` and
`make_sweep` ask what if; `make_projection` rolls enrolment forward.
"""

from __future__ import annotations

from eduequity.planning._aims import Aim
from eduequity.planning._classes import OversizedClass, oversized_classes
from eduequity.planning._method import (
    Recheck,
    RecheckState,
    Version,
    rechecks,
    side_by_side,
)
from eduequity.planning._plan import LeftOut, Plan, Price, Rotation, Total, make_plan
from eduequity.planning._programme import Status as PlanStatus
from eduequity.planning._projection import (
    Outlook,
    Projection,
    Year,
    make_projection,
)
from eduequity.planning._roadmap import (
    Course,
    Milestone,
    Roadmap,
    Track,
    roadmap,
)
from eduequity.planning._roll_up import RollUp, Tally, roll_up
from eduequity.planning._what_if import (
    Point,
    Scenario,
    Scenarios,
    Sweep,
    Turn,
    make_sweep,
    summed,
    try_scenarios,
)


__all__ = [
    "Aim",
    "Course",
    "LeftOut",
    "Milestone",
    "Outlook",
    "OversizedClass",
    "Plan",
    "PlanStatus",
    "Point",
    "Price",
    "Projection",
    "Recheck",
    "RecheckState",
    "Roadmap",
    "RollUp",
    "Rotation",
    "Scenario",
    "Scenarios",
    "Sweep",
    "Tally",
    "Total",
    "Track",
    "Turn",
    "Version",
    "Year",
    "make_plan",
    "make_projection",
    "make_sweep",
    "oversized_classes",
    "rechecks",
    "roadmap",
    "roll_up",
    "side_by_side",
    "summed",
    "try_scenarios",
]
