"""
What most callers need: `read`, `evaluate` and `explain`, with what is installed.

The engine is imported when the first of them is called.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Explanation, Finding
    from eduequity.facts import Facts
    from eduequity.model import County
    from eduequity.planning import Roadmap
    from eduequity.registry import Registry

__all__ = ["evaluate", "explain", "installed", "read", "roadmap"]


@functools.cache
def installed() -> Registry:
    """Return the registry of everything that is installed, found once."""
    from eduequity.registry import Registry

    return Registry.discover()


def read(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    registry: Registry | None = None,
) -> Facts:
    """
    Read a county file: a workbook, a folder of CSV files, or a JSON document.

    Args:
        source: A path, or tables by name (rows or columns).

        registry: Whose packs' fields are read too; what is installed by default.

    Returns:
        The data as columns, with what should be known of it in ``notices``.

    Raises:
        InputError: With every problem found, each with its place.

        MissingExtraError: A workbook needs the extra ``excel``.
    """
    from eduequity import io

    known = registry or installed()
    if isinstance(source, str | os.PathLike):
        reader = known.readers().get(Path(source).suffix.casefold())
        if reader is not None:
            source = reader(Path(source))
    return io.read(source, extra_fields=known.fields)


def evaluate(
    data: Facts | County | Sequence[County],
    *,
    on: dt.date | None = None,
    programme: str = "quality-balance",
    options: Mapping[str, str] | None = None,
    as_area: str | None = None,
    registry: Registry | None = None,
) -> Assessment:
    """
    Judge counties by a programme's rules.

    Args:
        data: Facts, or county records.

        on: The day whose law counts; today by default.

        programme: Such as ``quality-balance``.

        options: Readings chosen in place of their defaults (see ``result.readings()``).

        as_area: Use the law of this area in place of the counties' own.

        registry: The packs and indicators; what is installed by default.

    Returns:
        A mapping from county code to the county's result.

    Raises:
        UnknownNameError: No such programme or option.

        OptionError: The option does not offer that choice.
    """
    import attrs

    from eduequity import engine
    from eduequity.facts import Facts
    from eduequity.model import County
    from eduequity.registry import version

    known = registry or installed()
    if not isinstance(data, Facts):
        data = Facts.of(*((data,) if isinstance(data, County) else data))
    result = engine.evaluate(
        data,
        known.rulebook,
        known.indicators,
        on=on or dt.date.today(),  # noqa: DTZ011 - the law's days are local days
        programme=programme,
        options=options,
        as_area=as_area,
        engine=version(),
        not_loaded=known.not_loaded,
    )
    return attrs.evolve(result, notes=known.review(result), writer=_writer(known))


def _writer(registry: Registry) -> Callable[..., None]:
    """Return what writes a result with our renderers and those of plugins."""

    def write(
        result: Assessment, path: str | os.PathLike[str], *, lang: str = "zh"
    ) -> None:
        from eduequity import report

        renderers = {**registry.renderers(), **report.RENDERERS}
        report.write(result, path, renderers, lang=lang)

    return write


def explain(finding: Finding, *, lang: str = "zh") -> Explanation:
    """
    Say why a finding is what it is.

    Args:
        finding: From ``result.findings()``.

        lang: ``zh`` or ``en``.

    Returns:
        The rule's sentence, its operands with their values, the arithmetic, the clause
        and how well the document is known; ``print`` it, or read its parts.
    """
    from eduequity import engine

    return engine.explain(finding, lang=lang)


def roadmap(result: Assessment) -> Roadmap:
    """
    Put the staged targets of plans beside what is known of every county.

    Args:
        result: From `evaluate`; its day is the day of the question.

    Returns:
        A sequence of tracks, one for every target, stage and kind of school: baseline,
        milestones, national line, course on the day, responsible departments.
    """
    from eduequity import planning

    return planning.roadmap(result)
