"""
Rules of the Xinjiang Uygur Autonomous Region 新疆维吾尔自治区 (65) for eduequity.

The 兵团 (66) is a reporting unit of its own and is not under these rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eduequity import hookimpl


if TYPE_CHECKING:
    from eduequity import Indicator

__all__ = ["eduequity_indicators", "eduequity_packs"]


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the folders of the region's pack and of the county overlay."""
    here = Path(__file__).parent / "packs"
    return sorted(each.parent for each in here.glob("*/pack.toml"))


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the two formulas that the region's rules name."""
    from eduequity_xinjiang.indicators import day_pupils, mandarin_rank

    return day_pupils, mandarin_rank
