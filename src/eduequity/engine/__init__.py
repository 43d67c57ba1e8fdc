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
from eduequity.engine._columns import UNIT_TABLES, Workspace, point
from eduequity.engine._evaluate import decides, evaluate_levels
from eduequity.engine._explain import Explanation, Operand, Reference, explain
from eduequity.engine._findings import FLAGS, Finding, decimals, rounded
from eduequity.engine._history import Point, history
from eduequity.engine._judge import judge
from eduequity.engine._judged import compare
from eduequity.engine._lacking import Change, Pull, Shortfall, Shortfalls, Spread
from eduequity.engine._plain import hand_over, origin, plain
from eduequity.engine._selection import Findings, MetShare, dimension_of
from eduequity.engine._shortfall import shortfall
from eduequity.engine._words import comparison, figure, measured, unit_label
from eduequity.engine._worksheet import OperandColumn, Worksheet


__all__ = [
    "FLAGS",
    "UNIT_TABLES",
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
    "decides",
    "decimals",
    "dimension_of",
    "evaluate",
    "evaluate_levels",
    "explain",
    "figure",
    "hand_over",
    "history",
    "judge",
    "measured",
    "needs",
    "origin",
    "plain",
    "point",
    "rounded",
    "shortfall",
    "unit_label",
]
