"""
Read TOML: plain statements at once, everything else by `tomllib`.

A pack is a long row of headers and of ``key = value`` on one line, and all packs that
are installed are read at each start. TOML is read statement by statement, and a
statement means the same wherever it stands: one that is a word, a number, a day or a
short list of them is taken here as it is, any other is handed to `tomllib` alone.
Whatever is odd (a table or key twice, a dotted key, a line that is no statement) is
given up, and `tomllib` reads the whole text, so that every error is its own.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from typing import Any


__all__ = ["loads"]

_ATOM = (
    r'"[^"\\\x00-\x1f\x7f]*"|true|false|\d{4}-\d\d-\d\d'
    r"|-?(?:0|[1-9]\d*)(?:\.\d+)?"
)
_NAME = r"[A-Za-z0-9_-]+"
_PAIR = rf"{_NAME} *= *(?:{_ATOM})"
_STATEMENT = re.compile(
    r"[ \t]*(?:"
    rf"(?P<key>{_NAME}) *= *(?:(?P<atom>{_ATOM})"
    rf"|(?P<table>\{{ *{_PAIR}(?: *, *{_PAIR})* *\}})"
    rf"|(?P<list>\[ *(?:{_ATOM})(?: *, *(?:{_ATOM}))* *\]))"
    rf"|\[(?P<header>{_NAME}(?:\.{_NAME})*)\]"
    rf"|\[\[(?P<row>{_NAME}(?:\.{_NAME})*)\]\]"
    r")?[ \t]*(?:#[^\x00-\x08\x0a-\x1f\x7f]*)?",
    re.ASCII,
)
_PAIRS = re.compile(rf"({_NAME}) *= *({_ATOM})", re.ASCII)
_ATOMS = re.compile(_ATOM, re.ASCII)
_BEGUN = re.compile(rf"({_NAME}) *= *\S", re.ASCII)
_WORDS = {"true": True, "false": False}


class _OddError(Exception):
    """Something that only the whole text explains."""


def loads(text: str) -> dict[str, Any]:
    """
    Return what a TOML document says, exactly as `tomllib.loads` would.

    Raises:
        tomllib.TOMLDecodeError: It is no TOML.
    """
    try:
        return _Document().read(text)
    except (_OddError, ValueError):
        return tomllib.loads(text)


class _Document:
    """A document on its way from lines to tables."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.opened = {id(self.root)}  # the tables and lists that headers made

    def read(self, text: str) -> dict[str, Any]:
        if "\r" in text:
            raise _OddError
        here = self.root
        lines = iter(text.split("\n"))
        for line in lines:
            found = _STATEMENT.fullmatch(line)
            if found is None:
                _put(here, *_alone(line, lines))
                continue
            kind = found.lastgroup
            if kind == "header":
                here = self._header(found["header"])
            elif kind == "row":
                here = self._row(found["row"])
            elif kind is not None:
                _put(here, found["key"], _MADE[kind](found[kind]))
        return self.root

    def _new(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self.opened.add(id(made))
        return made

    def _above(self, path: str) -> tuple[dict[str, Any], str]:
        """Return the table that a header's last name stands in, and that name."""
        at = self.root
        *parts, last = path.split(".")
        for part in parts:
            there = at.get(part)
            if there is None:
                there = at[part] = self._new()
            elif id(there) not in self.opened:
                raise _OddError
            at = there[-1] if isinstance(there, list) else there
        return at, last

    def _header(self, path: str) -> dict[str, Any]:
        at, last = self._above(path)
        made = self._new()
        _put(at, last, made)
        return made

    def _row(self, path: str) -> dict[str, Any]:
        at, last = self._above(path)
        rows = at.get(last)
        if rows is None:
            rows = at[last] = []
            self.opened.add(id(rows))
        elif not isinstance(rows, list) or id(rows) not in self.opened:
            raise _OddError
        made = self._new()
        rows.append(made)
        return made


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    if key in table:
        raise _OddError
    table[key] = value


def _alone(line: str, lines: Iterator[str]) -> tuple[str, Any]:
    """Read one statement by itself; a list may run on until a line that closes it."""
    begun = _BEGUN.match(line)
    if begun is None:
        raise _OddError
    parts = [line]
    if line.endswith("["):
        for part in lines:
            parts.append(part)
            if part == "]":
                break
    (said,) = tomllib.loads("\n".join(parts)).items()
    if said[0] != begun[1]:
        raise _OddError
    return said


def _atom(text: str) -> Any:
    if text[0] == '"':
        return text[1:-1]
    if text in _WORDS:
        return _WORDS[text]
    if text[4:5] == "-":
        return dt.date.fromisoformat(text)
    return float(text) if "." in text else int(text)


def _table(text: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, atom in _PAIRS.findall(text):
        _put(table, key, _atom(atom))
    return table


def _list(text: str) -> list[Any]:
    return [_atom(each) for each in _ATOMS.findall(text[1:-1])]


_MADE = {"atom": _atom, "table": _table, "list": _list}
