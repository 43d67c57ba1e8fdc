"""
Reports: a result on the terminal and as a file, and the published JSON Schemas.

A renderer writes an assessment into a binary stream; `RENDERERS` names ours by the
suffix of the file. Nothing here is imported by the engine.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from eduequity.report._blank import asked_tables, write_blank
from eduequity.report._csv import write_csv
from eduequity.report._json import json_chunks, write_json
from eduequity.report._ledger import write_ledger
from eduequity.report._levels import lacking, verdict_at
from eduequity.report._markdown import write_markdown
from eduequity.report._marked import write_marked
from eduequity.report._notebook import notebook
from eduequity.report._planning import MADE, Made, write_made
from eduequity.report._schema import (
    SCHEMAS,
    assessment_schema,
    case_schema,
    county_schema,
    data_dictionary,
    pack_schema,
    shortfall_schema,
)
from eduequity.report._words import clean
from eduequity.report._write import (
    Renderer,
    check_target,
    check_workbook,
    write,
    write_bytes,
)


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from eduequity.engine import Assessment


__all__ = [
    "MADE",
    "RENDERERS",
    "SCHEMAS",
    "Made",
    "Renderer",
    "asked_tables",
    "assessment_schema",
    "case_schema",
    "check_target",
    "check_workbook",
    "clean",
    "county_schema",
    "data_dictionary",
    "json_chunks",
    "lacking",
    "notebook",
    "pack_schema",
    "render_terminal",
    "shortfall_schema",
    "verdict_at",
    "write",
    "write_blank",
    "write_bytes",
    "write_csv",
    "write_html",
    "write_json",
    "write_ledger",
    "write_made",
    "write_markdown",
    "write_marked",
    "write_notice",
]


def _write_workbook(
    assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
) -> None:
    from eduequity.report._workbook import write_workbook

    write_workbook(assessment, stream, lang=lang)


def _write_document(
    assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
) -> None:
    from eduequity.report._document import write_document

    write_document(assessment, stream, lang=lang)


def write_html(
    assessment: Assessment,
    stream: IO[bytes],
    *,
    lang: str = "zh",
    tabs: Sequence[object] = (),
) -> None:
    """
    Write a result as one HTML file that needs no network.

    One county makes its page; several make an index and, up to 40 counties and 4,000
    sections, the page of each. ``assessment.only(code)`` makes one page on demand.

    Args:
        assessment: The result.

        stream: Where to.

        lang: The language shown first; the reader can switch.

        tabs: What is shown beside the result, each in a tab; the first is open.

    Raises:
        MissingExtraError: The extra ``report`` is not installed.

        InputError: A tab is of other counties.
    """
    from eduequity.report import _html

    _html.write_html(assessment, stream, lang=lang, tabs=tabs)


RENDERERS: Mapping[str, Renderer] = {
    ".csv": write_csv,
    ".docx": _write_document,
    ".html": write_html,
    ".json": write_json,
    ".md": write_markdown,
    ".xlsx": _write_workbook,
}
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


def write_notice(
    assessment: Assessment,
    school: str,
    path: str | os.PathLike[str],
    *,
    lang: str = "zh",
) -> None:
    """
    Write the one-page 学校告知单 of a school as a Word file.

    Args:
        assessment: The result.

        school: The school's code.

        path: The file, ending in ``.docx``.

        lang: ``zh`` or ``en``.

    Raises:
        UnknownNameError: No such school.

        OutputError: The file cannot be written, or is no ``.docx``.

        MissingExtraError: python-docx (extra ``report``) is not installed.
    """
    from eduequity.report._notice import fill_notice

    check_target(path, {".docx": _write_document})
    filled = fill_notice(assessment, school, lang)
    write_bytes(path, filled.save)
