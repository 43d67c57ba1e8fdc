"""
What changed since last time, and what is still open.

`compare` puts two assessments side by side; a `Ledger` 整改台账 keeps one item for
everything that is unmet until evidence strikes it off.
"""

from __future__ import annotations

from eduequity.ledger._causes import Cause
from eduequity.ledger._compare import Comparison, compare
from eduequity.ledger._flips import Flip, Flips
from eduequity.ledger._moves import CoefficientMove, IndicatorMove, SchoolPull
from eduequity.ledger._population import Population, SchoolChange, SchoolFate


__all__ = [
    "Cause",
    "CoefficientMove",
    "Comparison",
    "Flip",
    "Flips",
    "IndicatorMove",
    "Population",
    "SchoolChange",
    "SchoolFate",
    "SchoolPull",
    "compare",
]
