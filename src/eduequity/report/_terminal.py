"""
A result on the terminal: readable at 80 columns, in words before colours.

Every text of the data goes through `one_line`, so that it cannot steer the terminal;
consoles that do not speak UTF-8 get plain ASCII frames (rich sees to it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from eduequity.report._counties import CountiesPage
from eduequity.report._county import CountyPage


if TYPE_CHECKING:
    from rich.console import Console

    from eduequity.engine import Assessment


__all__ = ["render"]

_NARROWEST = 40


def render(
    assessment: Assessment, *, console: Console, lang: str, level: str, source: str
) -> None:
    """Print a result: one county in full, several as a table."""
    page = (CountyPage if len(assessment) == 1 else CountiesPage)(
        assessment,
        lang=lang,
        level=level,
        source=source,
        width=max(console.width, _NARROWEST),
    )
    for part in page.parts():
        soft = isinstance(part, Text) and part.no_wrap is True
        console.print(part, soft_wrap=soft, markup=False, highlight=False, emoji=False)
