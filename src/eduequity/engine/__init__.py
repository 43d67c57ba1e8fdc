"""
The engine: `evaluate` judges facts by a rulebook, `explain` says why.

It takes a `Rulebook` and a mapping of indicators, never a registry.
"""

from __future__ import annotations

from eduequity.engine._assessment import (
    Assessment,
    CountyResult,
    DimensionResult,
    LevelVerdict,
    ReadingChange,
    evaluate,
)
from eduequity.engine._below import needs
from eduequity.engine._columns import Workspace, point
from eduequity.engine._explain import Explanation, Operand, Reference, explain
from eduequity.engine._findings import FLAGS, Finding, decimals, rounded
from eduequity.engine._history import Point, history
from eduequity.engine._judged import compare
from eduequity.engine._selection import Findings, MetShare, dimension_of
from eduequity.engine._shortfall import (
    Change,
    Pull,
    Shortfall,
    Shortfalls,
    Spread,
    shortfall,
)
from eduequity.engine._words import comparison, figure, measured, unit_label
from eduequity.engine._worksheet import OperandColumn, Worksheet


__all__ = [
    "FLAGS",
    "Assessment",
    "Change",
    "CountyResult",
    "DimensionResult",
    "Explanation",
    "Finding",
    "Findings",
    "LevelVerdict",
    "MetShare",
    "Operand",
    "OperandColumn",
    "Point",
    "Pull",
    "ReadingChange",
    "Reference",
    "Shortfall",
    "Shortfalls",
    "Spread",
    "Worksheet",
    "Workspace",
    "compare",
    "comparison",
    "decimals",
    "dimension_of",
    "evaluate",
    "explain",
    "figure",
    "history",
    "measured",
    "needs",
    "point",
    "rounded",
    "shortfall",
    "unit_label",
]
