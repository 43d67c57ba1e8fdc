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
"""Marks what a hook looks like; the hooks below are all there are."""

hookimpl = pluggy.HookimplMarker(GROUP)
"""Marks a function of a plugin as one of the hooks, by its name."""


@hookspec
def eduequity_packs() -> Sequence[Path]:
    """
    Return the folders of the rule packs that the plugin brings.

    Called once, when the registry is first asked for its packs. A folder whose pack
    has defects is left out and reported; the plugin's other packs are kept.

    Returns:
        Folders, each with the ``.toml`` files of one pack.

    >>> from pathlib import Path
    >>> import eduequity as ee
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_packs(self):
    ...         return [Path("no-such-folder")]
    >>> registry = ee.Registry.of(Plugin())
    >>> len(registry.packs), len(registry.failures)  # our own; the plugin's has no file
    (3, 1)
    """
    return ()


@hookspec
def eduequity_indicators() -> Sequence[Indicator]:
    """
    Return indicators (functions marked with ``@indicator``) for rules to name.

    Called once, when the registry is first asked for its indicators. A name that
    another plugin has already taken leaves the plugin out, with both named.

    Returns:
        The indicators; none may be named like a column.

    >>> import eduequity as ee
    >>> @ee.indicator(ee.Unit.RATIO, zh="生师比", en="pupils per teacher")
    ... def pupils_per_teacher(pupils, full_time_teachers):
    ...     return pupils / full_time_teachers
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_indicators(self):
    ...         return [pupils_per_teacher]
    >>> "pupils_per_teacher" in ee.Registry.of(Plugin()).indicators
    True
    """
    return ()


@hookspec
def eduequity_checks() -> Sequence[Indicator]:
    """
    Return checks for rules of the shape ``check``: 1 yes, 0 no, NaN unknown.

    They are declared like indicators, with the unit ``Unit.YES_NO``.

    Returns:
        The checks.

    >>> import numpy as np
    >>> import eduequity as ee
    >>> @ee.indicator(ee.Unit.YES_NO, zh="有章程", en="has a charter")
    ... def has_charter(charter):
    ...     return charter
    >>> has_charter(np.array([1.0, 0.0, np.nan]))
    array([ 1.,  0., nan])
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_checks(self):
    ...         return [has_charter]
    >>> "has_charter" in ee.Registry.of(Plugin()).indicators
    True
    """
    return ()


@hookspec
def eduequity_readers() -> Mapping[str, Callable[[Path], Mapping[str, Any]]]:
    """
    Return readers by file suffix, such as ``{".dbf": read_dbf}``.

    A reader takes a path and returns tables by name (rows or columns); they are then
    checked like any other. A suffix that is taken leaves the plugin out.

    Returns:
        The readers by suffix, in small letters with the dot.

    >>> import eduequity as ee
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_readers(self):
    ...         return {".code": lambda path: {"county": [{"code": path.stem}]}}
    >>> ee.read("999901.code", registry=ee.Registry.of(Plugin())).codes
    ['999901']
    """
    return {}


@hookspec
def eduequity_renderers() -> Mapping[str, Callable[..., None]]:
    """
    Return renderers by file suffix, such as ``{".pdf": write_pdf}``.

    A renderer is called as ``(assessment, stream, *, lang)`` with a binary stream.

    Returns:
        The renderers by suffix, in small letters with the dot.

    >>> import eduequity as ee
    >>> def write_text(assessment, stream, *, lang):
    ...     stream.write(f"{len(assessment)} 县".encode())
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_renderers(self):
    ...         return {".txt": write_text}
    >>> list(ee.Registry.of(Plugin()).renderers())
    ['.txt']
    """
    return {}


@hookspec
def eduequity_review(assessment: Assessment) -> Sequence[str]:  # noqa: ARG001
    """
    Return notes on a finished assessment; they stand among its warnings.

    Args:
        assessment: What was found; it cannot be changed.

    Returns:
        The notes, one sentence each.

    >>> import eduequity as ee
    >>> class Plugin:
    ...     @ee.hookimpl
    ...     def eduequity_review(self, assessment):
    ...         return [f"{len(assessment)} county judged"]
    >>> registry = ee.Registry.of(Plugin())
    >>> ee.evaluate(ee.County(code="999901"), registry=registry).notes
    ('1 county judged',)
    """
    return ()
