"""Small pieces of Markdown, safe for any label of the model or the law."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


__all__ = ["anchor", "code", "page", "plain", "table"]

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
