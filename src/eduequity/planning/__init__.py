"""
What to do next: scenarios side by side, and the cheapest plan that meets the rules.
"""

from __future__ import annotations

from eduequity.planning._plan import Plan, Price, Rotation, Total, make_plan
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
    "Plan",
    "Point",
    "Price",
    "Rotation",
    "Scenario",
    "Scenarios",
    "Sweep",
    "Total",
    "Turn",
    "make_plan",
    "make_sweep",
    "try_scenarios",
]
