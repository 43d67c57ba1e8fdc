"""
Reports: a result on the terminal and as a file, and the published JSON Schemas.

A renderer writes an assessment into a binary stream; `RENDERERS` names ours by the
suffix of the file. Nothing here is imported by the engine.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from eduequity.report._json import json_chunks, write_json
from eduequity.report._levels import lacking, verdict_at
from eduequity.report._schema import (
    SCHEMAS,
    assessment_schema,
    county_schema,
    data_dictionary,
    pack_schema,
)
from eduequity.report._words import clean
from eduequity.report._write import Renderer, check_target, write, write_bytes


if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from eduequity.engine import Assessment


__all__ = [
    "RENDERERS",
    "SCHEMAS",
    "Renderer",
    "assessment_schema",
    "check_target",
    "clean",
    "county_schema",
    "data_dictionary",
    "json_chunks",
    "lacking",
    "pack_schema",
    "render_terminal",
    "verdict_at",
    "write",
    "write_bytes",
    "write_html",
    "write_json",
]


def write_html(assessment: Assessment, stream: IO[bytes], *, lang: str = "zh") -> None:
    """
    Write a result as one HTML file that needs no network.

    One county makes its page; several make an index and, up to 40 counties and 4,000
    sections, the page of each. ``assessment.only(code)`` makes one page on demand.

    Args:
        assessment: The result.

        stream: Where to.

        lang: The language shown first; the reader can switch.

    Raises:
        MissingExtraError: The extra ``report`` is not installed.
    """
    from eduequity.report import _html

    _html.write_html(assessment, stream, lang=lang)


RENDERERS: Mapping[str, Renderer] = {".html": write_html, ".json": write_json}
"""What can be written, by the suffix of the file."""


def render_terminal(
    assessment: Assessment,
    *,
    console: Console,
    lang: str = "zh",
    level: str = "nation",
    source: str = "PATH",
) -> None:
    """
    Print a result: one county in full, several as a table.

    Args:
        assessment: The result.

        console: Where to; its width is kept.

        lang: ``zh`` or ``en``.

        level: The level whose verdict counts, from ``nation`` to ``county``.

        source: The data as the caller named it, for the commands that are suggested.
    """
    from eduequity.report import _terminal

    _terminal.render(assessment, console=console, lang=lang, level=level, source=source)
