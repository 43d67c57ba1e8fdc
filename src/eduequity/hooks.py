"""
What a plugin can contribute: the hooks, by entry point in the group ``eduequity``.

A plugin is a module (or object) with functions of these names, each marked with
`hookimpl`. It may name fewer arguments than the specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy


if TYPE_CHECKING:
    from eduequity.indicators import Indicator


__all__ = ["GROUP", "hookimpl", "hookspec"]

GROUP = "eduequity"
"""The name of the entry-point group and of the pluggy project."""

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def eduequity_packs() -> Sequence[Path]:
    """
    Return the folders of the rule packs that the plugin brings.

    Called once, when the registry is first asked for its rulebook.
    """
    return ()


@hookspec
def eduequity_indicators() -> Sequence[Indicator]:
    """
    Return indicators (functions marked with ``@indicator``) for rules to name.

    Called once, when the registry is first asked for its indicators.
    """
    return ()
