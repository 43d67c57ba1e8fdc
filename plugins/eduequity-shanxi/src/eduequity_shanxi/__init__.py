"""
Rule packs of 山西省 (Shanxi, area 14; not 陕西 Shaanxi, 61).

Shanxi changes none of the national numbers; its packs add rules of the province, of
太原市 (1401) and of 长治市 (1404). A city's rules bind only there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eduequity import Indicator, hookimpl


__all__ = ["eduequity_indicators", "eduequity_packs"]

_PACKS = (
    "shanxi_quality_balance",
    "shanxi_preschool_universal",
    "changzhi_quality_balance",
    "taiyuan_preschool_universal",
)
"""The province before its cities: a city's pack uses the province's fields."""


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the folders of the packs."""
    here = Path(__file__).parent / "packs"
    return [here / name for name in _PACKS]


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the one formula that no rule shape can say."""
    from eduequity_shanxi.indicators import pupils_with_seniors

    return (pupils_with_seniors,)
