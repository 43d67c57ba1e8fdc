"""
The arithmetic behind every school's verdicts, small enough to travel in the page.

Operands are kept once per school or section and column, whatever number of rules use
them; a rule carries the tree of the names it was worked out from. The page puts the
two together when somebody asks, as `eduequity.engine.explain` does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import attrs

from eduequity.engine import Worksheet, decimals, explain, rounded, unit_label
from eduequity.report._words import one_line
from eduequity.rules import Quorum
from eduequity.vocab import Basis, Scope, Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Explanation, Finding
    from eduequity.rules import Citation, Law


__all__ = ["BY_UNIT", "Calculations", "Line", "calculation"]

BY_UNIT = (Scope.SECTION, Scope.SCHOOL)
"""What is judged one by one in the list of schools."""

T = TypeVar("T", bound=Hashable)
_MOSTLY = 0.75
_NOTHING = "—"
_SIGNED = "attestation"


@attrs.frozen
class Line:
    """One line of a calculation: ``operand``, ``sum``, ``part`` or ``note``."""

    kind: str
    text: Text
    depth: int = 0


def calculation(finding: Finding) -> tuple[Line, ...]:
    """Return the arithmetic of a finding in both languages, line by line."""
    zh, en = explain(finding, lang="zh"), explain(finding, lang="en")
    lines = [
        Line(
            "operand",
            _text(f"{a.label} = {a.value}", f"{b.label} = {b.value}"),
            a.depth,
        )
        for a, b in zip(zh.operands, en.operands, strict=True)
    ]
    for kind, part in _PARTS.items():
        if kind == "part" and finding.verdict is not Verdict.UNMET:
            continue  # who pulls a coefficient up matters where it is too high
        pairs = zip(getattr(zh, part), getattr(en, part), strict=True)
        lines += [Line(kind, _text(*pair)) for pair in pairs if pair[0] != _NOTHING]
    return tuple(lines)


_Said: TypeAlias = tuple[Basis, tuple[str, ...]]


def _said(finding: Finding) -> _Said:
    """Return what decides what is said of a finding besides its own notes."""
    return finding.basis, finding.flags


_PARTS = {"sum": "arithmetic", "part": "contributors", "note": "notes"}


def _text(zh: str, en: str) -> Text:
    return Text(one_line(zh), one_line(en))


class _Numbered(dict[T, int]):
    """Things in the order they were first asked for, by number."""

    def __missing__(self, key: T) -> int:
        self[key] = len(self)
        return self[key]


class Calculations:
    """
    What the page must know to show any unit's calculation.

    Args:
        law: The law of the assessment.

        sheets: The operands, by level.
    """

    def __init__(self, law: Law, sheets: dict[str, Worksheet]) -> None:
        self._law = law
        self._sheets = sheets
        self._labels: dict[str, Text] = {}
        self._columns: dict[str, dict[str, list[Any]]] = {}
        self._units: dict[str, tuple[str, str, int]] = {}
        self._sources: _Numbered[Citation] = _Numbered()
        self._notes: _Numbered[tuple[Text, ...]] = _Numbered()
        self.rules: list[dict[str, Any]] = []

    def add(self, findings: Sequence[Finding]) -> int:
        """Add a rule by the findings of its units; return its number."""
        first = findings[0]
        rule = self._law.rules[first.rule][1]
        noted: dict[_Said, tuple[Text, ...]] = {}
        tree: list[tuple[str, int]] = []
        for each in findings:
            if _said(each) not in noted:
                zh, en = explain(each, lang="zh"), explain(each, lang="en")
                tree = tree or self._tree(each, zh, en)
                own = len(each.notes)  # what is said of it alone stands first
                pairs = zip(zh.notes[own:], en.notes[own:], strict=True)
                noted[_said(each)] = tuple(_text(*pair) for pair in pairs)
        self.rules.append(
            {
                "id": first.rule,
                "area": first.area,
                "scope": first.scope.value,
                "label": _pair(rule.label),
                "force": _pair(first.force.label) if first.force.rank else None,
                "part": first.component,
                "unit": self._unit(first.unit),
                "op": first.operator,
                "tree": [] if isinstance(rule, Quorum) else tree,
                "verdicts": "".join(str(each.verdict.rank) for each in findings),
                "values": self._values(findings, tree),
                "asked": _short([_asked(each) for each in findings]),
                "notes": _short(
                    [
                        self._notes[
                            (
                                *(_text(note.zh, note.en) for note in each.notes),
                                *noted[_said(each)],
                            )
                        ]
                        for each in findings
                    ]
                ),
                "sources": _short(
                    [[self._sources[c] for c in each.sources] for each in findings]
                ),
            }
        )
        return len(self.rules) - 1

    def _tree(
        self, finding: Finding, zh: Explanation, en: Explanation
    ) -> list[tuple[str, int]]:
        """Return the operands' names and depths, and keep their columns."""
        tree = []
        for a, b in zip(zh.operands, en.operands, strict=True):
            if a.name == _SIGNED or isinstance(
                self._law.rules[finding.rule][1], Quorum
            ):
                continue
            name = f"{a.name}{finding.area and '@'}{finding.area}"
            self._labels[name] = _text(a.label, b.label)
            columns = self._columns.setdefault(finding.scope.value, {})
            if name not in columns:
                column = self._sheets[finding.area].column(finding.scope, a.name)
                columns[name] = [self._unit(column.unit), _short(column.cells)]
            tree.append((name, a.depth))
        return tree

    def _values(self, findings: Sequence[Finding], tree: list[tuple[str, int]]) -> Any:
        """Return the values; None where they are the column that the tree starts at."""
        values = _short([_value(each) for each in findings])
        columns = self._columns.get(findings[0].scope.value, {})
        return None if tree and values == columns[tree[0][0]][1] else values

    def _unit(self, unit: Unit | None) -> str | None:
        if unit is None:
            return None
        labels = unit_label(unit, "zh"), unit_label(unit, "en")
        self._units[unit.value] = (*labels, decimals(unit))
        return unit.value

    def data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "labels": {name: _pair(text) for name, text in self._labels.items()},
            "columns": self._columns,
            "units": self._units,
            "sources": [self._cited(each) for each in self._sources],
            "notes": [[_pair(text) for text in each] for each in self._notes],
            "rules": self.rules,
        }

    def _cited(self, citation: Citation) -> list[Any]:
        source = self._law.source(citation.source)
        return [
            one_line(source.title),
            " ".join(filter(None, (source.number, citation.clause))),
            _pair(citation.read.label),
        ]


def _pair(text: Text) -> str | list[str]:
    return text.zh if text.zh == text.en else [text.zh, text.en]


def _value(finding: Finding) -> float | bool | None:
    value = finding.value
    return value if value is None or isinstance(value, bool) else rounded(value, 6)


def _asked(finding: Finding) -> float | str | None:
    asked = finding.threshold
    return f"{asked[0]:g} – {asked[1]:g}" if isinstance(asked, tuple) else asked


def _short(cells: Iterable[Any]) -> Any:
    """Return the cell that most are, and those that differ, where that is shorter."""
    many = [_whole(each) for each in cells]
    keys = [json.dumps(each) for each in many]
    usual, count = Counter(keys).most_common(1)[0]
    if count < len(many) * _MOSTLY:
        return many
    but = {at: each for at, each in enumerate(many) if keys[at] != usual}
    return {"all": many[keys.index(usual)], "but": but}


def _whole(cell: Any) -> Any:
    """Drop the decimals of a whole number, which JSON would write out."""
    whole = isinstance(cell, float) and cell.is_integer()
    return int(cell) if whole else cell
