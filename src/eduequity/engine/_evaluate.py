"""
Evaluating: every rule of every level, kept as one small verdict per unit.

Values, limits, citations and flags are worked out again for one county when somebody
asks for its findings; nothing is recorded per finding before.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Workspace
from eduequity.engine._judge import judge
from eduequity.engine._judged import Verdicts
from eduequity.facts import Facts
from eduequity.indicators import Indicator
from eduequity.rules import Law, MeanDispersion, Quorum, Rule
from eduequity.vocab import Force, Scope


__all__ = ["Level", "decides", "evaluate_levels", "joined", "needs"]


@attrs.frozen(eq=False, kw_only=True)
class Level:
    """
    One level of the law over the counties it reaches.

    Args:
        area: The area whose values and rules are added; ``""`` is the nation.

        first: The first county it reaches.

        last: One past the last.

        units: The verdicts of every rule's units.

        counties: The verdicts of every rule, county by county.
    """

    area: str
    first: int
    last: int
    units: Mapping[str, Verdicts]
    counties: Mapping[str, Verdicts]

    def __contains__(self, county: int) -> bool:
        return self.first <= county < self.last


def evaluate_levels(
    facts: Facts,
    law: Law,
    indicators: Mapping[str, Indicator],
    *,
    as_area: str | None = None,
) -> tuple[Level, ...]:
    """Judge every rule in force, from the nation down."""
    return tuple(
        _level(facts, law, indicators, area, first, last)
        for area, first, last in _reached(facts, law, as_area)
    )


def _reached(
    facts: Facts, law: Law, as_area: str | None
) -> Iterator[tuple[str, int, int]]:
    """Yield every area that has a pack, with the run of counties that lie in it."""
    areas = {area: pack for pack in law.packs for area in pack.info.areas}
    codes: list[str] = []
    for area in sorted(areas, key=lambda each: (len(each), each)):
        excluded = areas[area].info.excluded
        if not area and not excluded:
            yield area, 0, len(facts)
            continue
        codes = codes or law.jurisdictions(
            facts.codes if as_area is None else [as_area] * len(facts)
        )
        under = [
            code.startswith(area) and not code.startswith(excluded) for code in codes
        ]
        rows = np.flatnonzero(under)
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
            if len(run):
                yield area, int(run[0]), int(run[-1]) + 1


def _level(
    facts: Facts,
    law: Law,
    indicators: Mapping[str, Indicator],
    area: str,
    first: int,
    last: int,
) -> Level:
    whole = first == 0 and last == len(facts)
    part = facts if whole else facts.select(first, last)
    rules = dict(level_rules(law, indicators, area))
    judged: dict[str, list[tuple[Verdicts, Verdicts]]] = {name: [] for name in rules}
    for some, asked in _blocks(part, rules):
        with contextlib.closing(Workspace(some, law, indicators, area)) as work:
            for name in asked:
                found = judge(work, name, rules[name])
                judged[name].append((found.verdicts, found.counties))
    return Level(
        area=area,
        first=first,
        last=last,
        units={k: _end_to_end([units for units, _ in v]) for k, v in judged.items()},
        counties={k: _end_to_end([each for _, each in v]) for k, v in judged.items()},
    )


_BLOCK = 2**17
"""
About how many sections are worked on at a time.

What is worked out from columns of this length takes no more memory for a nation than
for a province, and is still there for the next block without asking for it again.
"""


def _blocks(
    facts: Facts, rules: Mapping[str, Rule]
) -> Iterator[tuple[Facts, list[str]]]:
    """Yield facts with the rules to judge on them: rows in blocks of whole counties."""
    if not len(facts):
        yield facts, list(rules)
        return
    by_rows = [name for name, rule in rules.items() if _reads_rows(rule)]
    yield facts, [name for name in rules if name not in by_rows]
    starts = facts.group_starts[::2]
    blocks = max(1, round(starts[-1] / _BLOCK))
    cuts = np.linspace(0, starts[-1], blocks + 1)[1:-1]
    edges = np.unique([0, *np.searchsorted(starts, cuts), len(facts)])
    for first, last in itertools.pairwise(edges.tolist()):
        yield facts.select(first, last), by_rows


def _reads_rows(rule: Rule) -> bool:
    return rule.scope is not Scope.COUNTY or rule.kind in _FROM_ROWS


_FROM_ROWS = frozenset({"dispersion", "mean_dispersion", "share"})


def _end_to_end(parts: list[Verdicts]) -> Verdicts:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def level_rules(
    law: Law, indicators: Mapping[str, Indicator], area: str
) -> Iterator[tuple[str, Rule]]:
    """Yield an area's own rules and those above that its requirements touch."""
    stated = _stated(law, area, Force.REQUIREMENT)
    for name, (home, rule) in law.rules.items():
        if home == area or (
            area.startswith(home) and stated & needs(rule, law, indicators)
        ):
            yield name, rule


def shown_rules(law: Law, area: str) -> Iterator[tuple[str, Rule]]:
    """Yield the rules above for which an area has a target or benchmark of its own."""
    for force in (Force.TARGET, Force.BENCHMARK):
        stated = _stated(law, area, force)
        for name, (home, rule) in law.rules.items():
            above = home != area and area.startswith(home)
            if above and getattr(rule, "parameter", None) in stated:
                yield name, attrs.evolve(rule, force=force, component=False)


def _stated(law: Law, area: str, force: Force) -> set[str]:
    pack = law.pack_of(area)
    names = pack.parameters if pack else ()
    return {name for name in names if law.values(name, area, force=force)}


def needs(rule: Rule, law: Law, indicators: Mapping[str, Indicator]) -> set[str]:
    """Return every name that a rule asks for, through its indicators."""
    parts: list[Any] = [
        getattr(rule, key, None)
        for key in (
            "indicator",
            "parameter",
            "against",
            "minimum",
            "floor",
            "numerator",
            "denominator",
            "weight",
            "items",
            "field",
        )
    ]
    parts += getattr(rule, "of", ())
    if isinstance(rule, Quorum | MeanDispersion):
        names = {name.rpartition(".")[2]: name for name in law.rules}
        for each in rule.of:
            if each in names:
                parts += needs(law.rules[names[each]][1], law, indicators)
    open_ = [part for part in parts if part]
    found: set[str] = set()
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            if name in indicators:
                open_ += indicators[name].inputs
    return found


def decides(rule: Rule) -> bool:
    """Whether a rule has a say in its dimension's verdict."""
    return not rule.component and rule.force is Force.REQUIREMENT


def joined(
    level: Level, law: Law, size: int, *, only: Any = None
) -> npt.NDArray[np.int8]:
    """Join the verdicts of a level's deciding rules, county by county."""
    total = np.zeros(size, dtype=np.int8)
    for name, verdicts in level.counties.items():
        rule = law.rules[name][1]
        if decides(rule) and (only is None or only(name, rule)):
            here = total[level.first : level.last]
            np.maximum(here, verdicts, out=here)
    return total
