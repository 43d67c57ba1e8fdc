"""
What a plugin can contribute: the hooks, by entry point in the group ``eduequity``.

A plugin is a module (or object) with functions of these names, each marked with
`hookimpl`. It may name fewer arguments than the specification. Our own packs and
indicators are contributed through the same hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy


if TYPE_CHECKING:
    from eduequity.engine import Assessment
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

    Called once, when the registry is first asked for its packs. A folder whose pack
    has defects is left out and reported; the plugin's other packs are kept.
    """
    return ()


@hookspec
def eduequity_indicators() -> Sequence[Indicator]:
    """
    Return indicators (functions marked with ``@indicator``) for rules to name.

    Called once, when the registry is first asked for its indicators. A name that
    another plugin has already taken leaves the plugin out, with both named.
    """
    return ()


@hookspec
def eduequity_checks() -> Sequence[Indicator]:
    """
    Return checks for rules of the shape ``check``: 1 yes, 0 no, NaN unknown.

    They are declared like indicators, with the unit ``Unit.YES_NO``.
    """
    return ()


@hookspec
def eduequity_readers() -> Mapping[str, Callable[[Path], Mapping[str, Any]]]:
    """
    Return readers by file suffix, such as ``{".dbf": read_dbf}``.

    A reader takes a path and returns tables by name (rows or columns); they are then
    checked like any other. A suffix that is taken leaves the plugin out.
    """
    return {}


@hookspec
def eduequity_renderers() -> Mapping[str, Callable[..., None]]:
    """
    Return renderers by file suffix, such as ``{".pdf": write_pdf}``.

    A renderer is called as ``(assessment, stream, *, lang)`` with a binary stream.
    """
    return {}


@hookspec
def eduequity_review(assessment: Assessment) -> Sequence[str]:  # noqa: ARG001
    """
    Return notes on a finished assessment; they stand among its warnings.

    Args:
        assessment: What was found; it cannot be changed.
    """
    return ()
