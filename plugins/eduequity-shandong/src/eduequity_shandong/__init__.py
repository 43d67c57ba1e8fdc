"""
Shandong's rules for eduequity: packs of the province, of Qingdao and of Zhifu.

Everything legal stands in ``packs/``; the few formulas that TOML cannot say are in
``_indicators``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eduequity import Indicator, hookimpl
from eduequity_shandong._indicators import INDICATORS


__all__ = ["eduequity_indicators", "eduequity_packs"]


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the folders of the packs, the province's before its overlays."""
    here = Path(__file__).parent / "packs"
    return [
        here / "quality_balance",
        here / "preschool_universal",
        here / "qingdao_preschool_universal",
        here / "zhifu_quality_balance",
    ]


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the formulas that the packs name."""
    return INDICATORS
