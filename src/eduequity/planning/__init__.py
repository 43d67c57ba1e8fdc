"""
What to do next: scenarios side by side, the cheapest plan, the years to come.
"""

from __future__ import annotations

from eduequity.planning._plan import Plan, Price, Rotation, Total, make_plan
from eduequity.planning._projection import (
    Outlook,
    Projection,
    Year,
    make_projection,
)
from eduequity.planning._what_if import (
    Point,
    Scenario,
    Scenarios,
    Sweep,
    Turn,
    make_sweep,
    try_scenarios,
)


__all__ = [
    "Outlook",
    "Plan",
    "Point",
    "Price",
    "Projection",
    "Rotation",
    "Scenario",
    "Scenarios",
    "Sweep",
    "Total",
    "Turn",
    "Year",
    "make_plan",
    "make_projection",
    "make_sweep",
    "try_scenarios",
]
