"""
What to do next: scenarios side by side, and the cheapest plan that meets the rules.
"""

from __future__ import annotations

from eduequity.planning._plan import Plan, Price, Rotation, Total, make_plan


__all__ = ["Plan", "Price", "Rotation", "Total", "make_plan"]
