"""
A result as one HTML file that needs nothing else: no network, no fonts, no server.

The page is set by templates that escape everything; its style and its script carry
their digest in a content security policy, so that nothing else in the file can run.
What the page leaves to its script (sorting, filtering, opening a calculation) works on
data that stands in the file; without the script everything but that can be read.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from importlib.resources import files
from typing import IO, TYPE_CHECKING, Any

from eduequity import engine
from eduequity.errors import MissingExtraError
from eduequity.ledger import Status
from eduequity.planning import Course
from eduequity.report._county_view import CountyView
from eduequity.report._curves import CURVE, HEIGHT, WIDTH
from eduequity.report._index_view import IndexView
from eduequity.report._notes import notes_of
from eduequity.report._tabs import tabs_of
from eduequity.report._words import HTML_MARKS, one_line
from eduequity.vocab import Stage, Text, Verdict


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from eduequity.engine import Assessment, Finding, ReadingChange
    from eduequity.report._county_view import Shortfall
    from eduequity.report._tabs import Tab


__all__ = ["MOST_COUNTIES", "MOST_SECTIONS", "write_html"]

MOST_COUNTIES, MOST_SECTIONS = 40, 4_000
"""Up to here one file holds the pages of all its counties; beyond, their index."""

_MOST_BYTES = 64 * 1024


def write_html(
    assessment: Assessment,
    stream: IO[bytes],
    *,
    lang: str = "zh",
    shortfall: Shortfall | None = None,
    tabs: Sequence[object] = (),
) -> None:
    """
    Write a result as one HTML file: a county's page, or an index and its counties.

    More than `MOST_COUNTIES` counties or `MOST_SECTIONS` sections make the index
    alone, for which no finding is built; one county's page is then written on demand,
    from ``assessment.only(code)``.

    Args:
        assessment: The result.

        stream: Where to.

        lang: The language shown first; the reader can switch.

        shortfall: Says of an unmet finding what it lacks, in natural units; the
            engine's own where it has one.

        tabs: What is shown in tabs of their own; the first of them is open.

    Raises:
        MissingExtraError: The extra ``report`` is not installed.

        InputError: A tab is of other counties.
    """
    shortfall = shortfall or _engines_shortfall()
    template = _environment().get_template("page.html")
    context = _context(assessment, lang, shortfall, tabs_of(tabs, assessment))
    written: list[str] = []
    size = 0
    for piece in template.generate(**context):
        written.append(piece)
        size += len(piece)
        if size > _MOST_BYTES:
            stream.write("".join(written).encode("utf-8", "replace"))
            written, size = [], 0
    stream.write("".join(written).encode("utf-8", "replace"))


def _context(
    assessment: Assessment, lang: str, shortfall: Shortfall | None, tabs: Sequence[Tab]
) -> dict[str, Any]:
    # What only tabs need is in no other page.
    style, script = (
        _asset(f"report.{kind}") + (_asset(f"tabs.{kind}") if tabs else "")
        for kind in ("css", "js")
    )
    several = len(assessment) != 1
    paged = (
        len(assessment) <= MOST_COUNTIES
        and len(assessment.facts.section_school) <= MOST_SECTIONS
    )
    return {
        "assessment": assessment,
        "lang": "zh" if lang == "zh" else "en",
        "style": style,
        "script": script,
        "style_digest": _digest(style),
        "script_digest": _digest(script),
        "programme": _programme(assessment),
        "index": IndexView(assessment) if several else None,
        "paged": paged,
        "counties": _pages(assessment, shortfall) if paged else (),
        "title": _title(assessment),
        "notes": notes_of(assessment),
        "tabs": tabs,
    }


def _engines_shortfall() -> Shortfall | None:
    """Return what puts the engine's shortfall into words, where it works one out."""
    found = getattr(engine, "shortfall", None)
    if found is None:
        return None

    def worded(finding: Finding, lang: str) -> str | None:
        lacking = found(finding)
        if lacking is None:
            return None
        if not lacking.changes or not lacking.sufficient:
            return str(lacking.sentence(lang))
        # The unit's name stands before it already.
        together, other = ("；", "；或 ") if lang == "zh" else ("; ", "; or ")
        words = together.join(each.quantity(lang) for each in lacking.changes)
        return words + "".join(
            f"{other}{each.quantity(lang)}" for each in lacking.alternatives
        )

    return worded


def _pages(assessment: Assessment, shortfall: Shortfall | None) -> Iterator[CountyView]:
    changes: dict[str, list[ReadingChange]] = {}
    for each in assessment.readings():
        changes.setdefault(each.county, []).append(each)
    for code, county in assessment.items():
        yield CountyView(county, changes=changes.get(code, ()), shortfall=shortfall)


def _programme(assessment: Assessment) -> Text:
    for pack in assessment.law.packs:
        if "" in pack.info.areas:
            return pack.info.title
    return Text(assessment.programme, assessment.programme)


def _title(assessment: Assessment) -> Text:
    if len(assessment) == 1:
        county = next(iter(assessment.values()))
        name = one_line(county.name or county.code)
        return Text(name, name)
    many = len(assessment)
    return Text(f"{many} 个区县", f"{many} counties")


# -- templates ------------------------------------------------------------------


@functools.cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("report", "an HTML report") from error
    environment = Environment(
        loader=PackageLoader("eduequity.report", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["embedded"] = _embedded
    environment.globals.update(
        Verdict=Verdict,
        MARKS=HTML_MARKS,
        STAGES={each.value: each.label for each in Stage},
        WIDTH=WIDTH,
        HEIGHT=HEIGHT,
        CURVE=CURVE,
        Status=Status,
        Course=Course,
    )
    return environment


@functools.cache
def _asset(name: str) -> str:
    return files("eduequity.report").joinpath("html", name).read_text("utf-8")


def _digest(text: str) -> str:
    """Return what the content security policy calls an inline style or script."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _embedded(data: Any) -> Any:
    """Write data for a script element: nothing in it can end the element."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that HTML knows is escaped above
