"""
What changed since last time, and what is still open.

`compare` puts two assessments side by side; a `Ledger` 整改台账 keeps one item for
everything that is unmet until evidence strikes it off.
"""

from __future__ import annotations

from eduequity.ledger._causes import Cause
from eduequity.ledger._compare import Comparison, compare
from eduequity.ledger._editions import Edition, joined, said
from eduequity.ledger._flips import Flip, Flips
from eduequity.ledger._items import (
    Conflict,
    ConflictKind,
    Event,
    LedgerItem,
    Progress,
    State,
    Status,
    Turn,
)
from eduequity.ledger._ledger import Ledger, Terms, draw_up, updated
from eduequity.ledger._moves import CoefficientMove, IndicatorMove, SchoolPull
from eduequity.ledger._population import Population, SchoolChange, SchoolFate
from eduequity.ledger._sheet import (
    COLUMNS,
    CONFLICTS,
    COUNTS,
    HOW_TO,
    LEDGER,
    RECORD,
    SETTLED,
    LedgerColumn,
)


__all__ = [
    "COLUMNS",
    "CONFLICTS",
    "COUNTS",
    "HOW_TO",
    "LEDGER",
    "RECORD",
    "SETTLED",
    "Cause",
    "CoefficientMove",
    "Comparison",
    "Conflict",
    "ConflictKind",
    "Edition",
    "Event",
    "Flip",
    "Flips",
    "IndicatorMove",
    "Ledger",
    "LedgerColumn",
    "LedgerItem",
    "Population",
    "Progress",
    "SchoolChange",
    "SchoolFate",
    "SchoolPull",
    "State",
    "Status",
    "Terms",
    "Turn",
    "compare",
    "draw_up",
    "joined",
    "said",
    "updated",
]
