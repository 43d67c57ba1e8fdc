"""
Putting together what several sheets or workbooks say of one table.

The education statistics are the law's own source: where they and an application form
speak of the same school, the statistics count, the form fills what they leave blank,
and every cell in which they differ is named with both values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from eduequity.io._crosschecks import say
from eduequity.io._headings import say_absent
from eduequity.io._official import THE_COUNTY
from eduequity.io._tables import Layout, Log, Raw, Table, elsewhere, shown
from eduequity.model import Field, heading_key
from eduequity.vocab import Kind, Text


__all__ = ["combined", "known_value", "named_by_code", "settled"]

_MAIN = ("county", "schools")
_RANK: dict[Layout, int] = {"statistics": 0, "table": 1, "items": 2, "form": 3}
_IDENTITY = ("code", "name", "county", "parent", "counts_as_school", "campus")
_SAME = 1e-9


def settled(raw: Raw, counties: Sequence[Any], log: Log) -> Raw:
    """Give what an official form says of its county the code of the only county."""
    if raw.layout != "form" or not any(THE_COUNTY in each for each in raw.columns):
        return raw
    if len(counties) == 1:
        columns = [
            [counties[0] if cell == THE_COUNTY else cell for cell in column]
            for column in raw.columns
        ]
        return attrs.evolve(raw, columns=columns)
    if counties:
        log.problem(
            "blank-county",
            Text(
                "官方申报表不含区县代码，只能与一个县的县级表一起读取",
                "an official form has no county code, expected one county beside it",
            ),
            raw.place,
        )
    keep = [
        row
        for row in range(len(raw.rows))
        if all(column[row] != THE_COUNTY for column in raw.columns)
    ]
    return attrs.evolve(
        raw,
        columns=[[column[row] for row in keep] for column in raw.columns],
        rows=[raw.rows[row] for row in keep],
        spots={},
    )


def combined(parts: Sequence[Table], fields: tuple[Field, ...], log: Log) -> Table:
    """
    Return the rows of all parts as one table, each school and county once.

    Args:
        parts: What each sheet or workbook says.

        fields: The fields of the table.

        log: Where problems and notices go.
    """
    name = parts[0].raw.table
    if name in _MAIN and len({part.raw.layout for part in parts}) > 1:
        parts = _Merge(sorted(parts, key=_rank), fields, log).parts()
    table = Table.joined(parts)
    if name in _MAIN:
        say_absent(table.raw.place, fields, table.columns, log)
    return table


def _rank(part: Table) -> int:
    return _RANK[part.raw.layout]


def named_by_code(reported: Table, schools: Table) -> None:
    """Let figures of a form that knows schools by name speak of their codes."""
    if all(part.raw.layout != "form" for part in reported.parts or (reported,)):
        return
    codes = set(schools.get("code"))
    names = zip(schools.get("name"), schools.get("code"), strict=True)
    by_name = {heading_key(str(name)): code for name, code in names if name}
    entities = list(reported.get("entity"))
    for row, entity in enumerate(entities):
        name, slash, stage = str(entity).rpartition("/")
        if slash and name not in codes and heading_key(name) in by_name:
            entities[row] = f"{by_name[heading_key(name)]}/{stage}"
    reported.columns["entity"] = entities


class _Merge:
    """Merges parts of different layouts, the one that counts most first."""

    def __init__(
        self, parts: Sequence[Table], fields: tuple[Field, ...], log: Log
    ) -> None:
        self.given, self.log = parts, log
        self.fields = {name: field for field in fields for name in field.names}
        self.taken: list[Table] = []
        self.rows: dict[str, tuple[Table, int]] = {}

    def parts(self) -> list[Table]:
        """Return the parts without the rows that earlier parts have."""
        for part in self.given:
            found = [self._find(part, row) for row in range(part.size)]
            for row, other in enumerate(found):
                if other is not None:
                    self._absorb(other, part, row)
            rest = [row for row, other in enumerate(found) if other is None]
            kept = part if len(rest) == part.size else part.only(rest)
            if kept.size or not self.taken:
                self.taken.append(kept)
            for row in range(kept.size):
                for word in _words(kept, row):
                    self.rows.setdefault(word, (kept, row))
        return self.taken

    def _find(self, part: Table, row: int) -> tuple[Table, int] | None:
        """Return the row of an earlier part that speaks of the same thing."""
        for word in _words(part, row):
            found = self.rows.get(word)
            if found and found[0].raw.layout != part.raw.layout:
                return found
        if part.raw.table == "county" and part.get("code")[row] is None:
            known = [(each, 0) for each in self.taken if each.size]
            return known[0] if len(known) == 1 and known[0][0].size == 1 else None
        return None

    def _absorb(self, other: tuple[Table, int], part: Table, row: int) -> None:
        """Fill blanks of the row that counts, and name what differs."""
        base, at = other
        for name in part.columns:
            value = part.columns[name][row]
            if value is None or name in _IDENTITY:
                continue
            if name == "kind" and part.raw.layout == "form":
                continue  # inferred from the stages of the form
            known = known_value(base, name, at)
            if known is None and (name, at) not in base.bad:
                cells = base.columns.get(name)
                cells = cells if isinstance(cells, list) else list(base.get(name))
                cells[at] = value
                base.columns[name] = cells
                base.borrowed[name, at] = part.place(name, row)
            elif known is not None and not _equal(known[1], value):
                self._say(base, known, at, part, name, row)

    def _say(
        self,
        base: Table,
        known: tuple[str, Any],
        at: int,
        part: Table,
        name: str,
        row: int,
    ) -> None:
        label = self.fields[name].label_of(name)
        here, there = _shown(part.columns[name][row]), _shown(known[1])
        other = elsewhere(base.place(known[0], at), part.place(name, row))
        whose = part.get("name")[row] or part.get("code")[row] or ""
        if base.raw.layout == "statistics":
            sentence = Text(
                f"{whose}{label.zh}：此处 {here}，教育事业统计（{other}）为 {there}，"
                "应一致；以统计为准",
                f"{whose} {label.en}: {here} here, {there} in the education statistics "
                f"({other}), expected the same; the statistics count",
            )
            say("differs-from-statistics", sentence, part.place(name, row), self.log)
            return
        sentence = Text(
            f"{whose}{label.zh}：此处 {here}，{other} 为 {there}，应一致",
            f"{whose} {label.en}: {here} here, {there} at {other}, expected the same",
        )
        say("sheets-disagree", sentence, part.place(name, row), self.log)


def _words(part: Table, row: int) -> list[str]:
    """Return what a row may be known by: its code, else its name."""
    words = (part.get("code")[row], part.get("name")[row])
    return [heading_key(str(word)) for word in words if word]


def known_value(base: Table, name: str, row: int) -> tuple[str, Any] | None:
    """Return column and value; in a one-stage school one without stage serves too."""
    value = base.get(name)[row]
    if value is not None:
        return name, value
    kind = base.get("kind")[row]
    stages = kind.stages if isinstance(kind, Kind) else ()
    stage, _, plain = name.partition("_")
    if len(stages) == 1 and stage == stages[0] and base.get(plain)[row] is not None:
        return plain, base.get(plain)[row]
    if len(stages) == 1 and base.get(f"{stages[0]}_{name}")[row] is not None:
        return f"{stages[0]}_{name}", base.get(f"{stages[0]}_{name}")[row]
    return None


def _equal(first: Any, second: Any) -> bool:
    if isinstance(first, float | int) and isinstance(second, float | int):
        return abs(first - second) <= _SAME * max(1.0, abs(first))
    return bool(first == second)


def _shown(value: Any) -> str:
    label = getattr(value, "label", None)
    return label.zh if isinstance(label, Text) else shown(value)
