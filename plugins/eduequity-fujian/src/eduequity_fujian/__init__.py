"""
福建省规则包：全省（35）与南安市规划目标（350583）.

The rule packs of Fujian for eduequity: the province, and the plan of 南安.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eduequity import Indicator, hookimpl
from eduequity_fujian import _indicators


__all__ = ["eduequity_indicators", "eduequity_packs"]

_PACKS = Path(__file__).parent / "packs"


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the packs: the province first, then the overlay of 南安."""
    return [_PACKS / "fujian", _PACKS / "nanan"]


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the formulas that the plan of 南安 counts by."""
    return _indicators.ALL
