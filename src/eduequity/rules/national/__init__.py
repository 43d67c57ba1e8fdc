"""The national packs, contributed through the same hooks as anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eduequity.hooks import hookimpl


if TYPE_CHECKING:
    from eduequity.indicators import Indicator

__all__ = ["eduequity_indicators", "eduequity_packs"]


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the folders of the national packs, the default programme's first."""
    here = Path(__file__).parent
    folders = (each.parent for each in here.glob("*/pack.toml"))
    return sorted(folders, key=lambda each: (each.name != "quality_balance", each.name))


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the indicators that the national rules name."""
    from eduequity.indicators import NATIONAL

    return NATIONAL
