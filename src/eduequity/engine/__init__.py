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
from eduequity.engine._explain import Explanation, Operand, Reference, explain
from eduequity.engine._findings import FLAGS, Finding, decimals, rounded
from eduequity.engine._history import Point, history
from eduequity.engine._words import comparison, figure, measured, unit_label


__all__ = [
    "FLAGS",
    "Assessment",
    "CountyResult",
    "DimensionResult",
    "Explanation",
    "Finding",
    "LevelVerdict",
    "Operand",
    "Point",
    "ReadingChange",
    "Reference",
    "comparison",
    "decimals",
    "evaluate",
    "explain",
    "figure",
    "history",
    "measured",
    "rounded",
    "unit_label",
]
