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
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Explanation, Finding
    from eduequity.facts import Facts
    from eduequity.io import Limits
    from eduequity.model import County
    from eduequity.registry import Registry

__all__ = ["evaluate", "explain", "installed", "read"]


@functools.cache
def installed() -> Registry:
    """Return the registry of everything that is installed, found once."""
    from eduequity.registry import Registry

    return Registry.discover()


def read(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    previous: str | os.PathLike[str] | Mapping[str, object] | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    registry: Registry | None = None,
) -> Facts:
    """
    Read a county file: a workbook, a folder of CSV files, or a JSON document.

    Args:
        source: A path, or tables by name (rows or columns).

        previous: Last year's data: counts that fall or jump against it become notices.

        limits: How much is taken in before the source is refused
            (`eduequity.io.Limits`).

        progress: Called with files done, files in all and the next file's name while a
            folder is read.

        registry: Whose packs' fields are read too; what is installed by default.

    Returns:
        The data as columns, with what should be known of it in ``notices``.

    Raises:
        InputError: With every problem found, each with its place.

        MissingExtraError: A workbook needs the extra ``excel``.
    """
    from eduequity import io

    known = registry or installed()

    def opened(given: Any) -> Any:
        if isinstance(given, str | os.PathLike):
            reader = known.readers().get(Path(given).suffix.casefold())
            return given if reader is None else reader(Path(given))
        return given

    return io.read(
        opened(source),
        extra_fields=known.fields,
        previous=None if previous is None else opened(previous),
        limits=limits or io.Limits(),
        progress=progress,
    )


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
