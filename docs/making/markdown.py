"""Small pieces of Markdown, safe for any label of the model or the law."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from eduequity.registry import Registry


__all__ = ["Writer", "anchor", "code", "example", "page", "plain", "prose", "table"]

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|$])")


def plain(text: object) -> str:
    """Write words so that nothing of them is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def code(text: object) -> str:
    """Write a name as code, also within a table."""
    return f"`{str(text).replace('|', chr(0xFF5C))}`" if str(text) else ""


def anchor(*parts: str) -> str:
    """Return a label for cross-references: ``rule-national-government-class-size``."""
    return "-".join(re.sub(r"[^0-9a-z]+", "-", part.casefold()) for part in parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; no rows, no table."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(
        ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *lines, ""]
    )


def page(title: str, *parts: str) -> str:
    """Join the parts of a page under its title."""
    return "\n\n".join([f"# {title}", *(part.strip() for part in parts if part)]) + "\n"


_SECTION = re.compile(r"\n\n(?:(?:Args|Attributes|Raises|Returns):\n|>>> )")


def prose(documented: Any) -> str:
    """Return what a docstring says before its sections and its example."""
    said = inspect.cleandoc(documented.__doc__ or "")
    return _SECTION.split(said)[0].replace("``", "`")


def example(documented: Any) -> str:
    """Return the example of a docstring as a block, empty where there is none."""
    said = inspect.cleandoc(documented.__doc__ or "")
    _, prompt, shown = said.partition("\n\n>>> ")
    return f"```pycon\n>>> {shown}\n```" if prompt else ""


class Writer:
    """Writes what a registry has found in one language."""

    def __init__(self, registry: Registry, lang: str) -> None:
        self.registry = registry
        self.lang = lang

    def say(self, zh: str, en: str) -> str:
        """Return the words in the page's language."""
        return zh if self.lang == "zh" else en

    def _head(self, zh: str, en: str) -> list[str]:
        return zh.split() if self.lang == "zh" else en.split("|")
