"""
Levels below the nation: what they ask, and what they need not work out.

A level takes over what the nation's has worked out and its own values do not change.
What many levels ask, the nation's rules by other numbers or rules alike of their own,
is judged for all of them together; the rest level by level.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs
import numpy as np

from eduequity.engine._alike import Alike, alike, has_plain_inputs, judge_alike
from eduequity.engine._beside import Beside, is_plain
from eduequity.engine._columns import Columns, Workspace
from eduequity.engine._judge import judge
from eduequity.engine._judged import Judged, Verdicts
from eduequity.engine._lent import Lent
from eduequity.facts import Facts
from eduequity.indicators import Indicator
from eduequity.rules import Law, MeanDispersion, Quorum, Rule, Test
from eduequity.vocab import Force, Scope


__all__ = ["Level", "Lower", "Task", "level_rules", "needs", "shown_rules"]


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


@attrs.define(eq=False)
class Task:
    """A level on its way: the rules to judge on a run of counties."""

    area: str
    first: int
    last: int
    rules: dict[str, Rule]
    found: dict[str, list[tuple[Verdicts, Verdicts]]] = attrs.field(factory=dict)

    def judge(self, work: Workspace, rules: Mapping[str, Rule]) -> None:
        """Judge some of the rules on the next counties."""
        for name, rule in rules.items():
            judged = judge(work, name, rule)
            self.keep(name, judged.verdicts, judged.counties)

    def keep(self, name: str, units: Verdicts, counties: Verdicts) -> None:
        """Add what was found of the next counties."""
        self.found.setdefault(name, []).append((units, counties))

    def level(self) -> Level:
        """Return what was found of every rule, in their order."""
        return Level(
            area=self.area,
            first=self.first,
            last=self.last,
            units=_EndToEnd(self.rules, self.found, 0),
            counties=_EndToEnd(self.rules, self.found, 1),
        )


class _EndToEnd(Mapping[str, Verdicts]):
    """
    The verdicts of every rule, joined end to end when they are asked for.

    Args:
        rules: The rules, in their order.

        found: What was found of each, part by part.

        which: 0 for the verdicts of units, 1 for those of counties.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule],
        found: Mapping[str, list[tuple[Verdicts, Verdicts]]],
        which: int,
    ) -> None:
        self._rules = rules
        self._found = found
        self._which = which
        self._joined: dict[str, Verdicts] = {}

    def __getitem__(self, name: str) -> Verdicts:
        joined = self._joined.get(name)
        if joined is None:
            if name not in self._rules:
                raise KeyError(name)
            parts = [found[self._which] for found in self._found[name]]
            joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
            self._joined[name] = joined
        return joined

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


class _Part(NamedTuple):
    """What of a level lies in a block: its rows there, by what is judged."""

    task: Task
    rows: Mapping[str, slice]
    done: set[str]

    def keep(self, name: str, judged: Judged) -> None:
        """Keep of what was found of the whole block that of the level."""
        self.done.add(name)
        units = judged.verdicts[self.rows[judged.units]]
        self.task.keep(name, units, judged.counties[self.rows["county"]])


def _parts(tasks: Iterable[Task], facts: Facts, start: int) -> list[_Part]:
    """Return what of the levels lies in the block that begins with county *start*."""
    size = len(facts)
    spans = [
        (task, max(task.first - start, 0), min(task.last - start, size))
        for task in tasks
        if task.rules
    ]
    spans = [span for span in spans if span[1] < span[2] or not size]
    cuts = np.array([span[1:] for span in spans], dtype=np.intp).reshape(-1, 2)
    ends = {
        "county": cuts,
        "group": 2 * cuts,
        "school": facts.school_starts[cuts],
        "section": facts.group_starts[2 * cuts],
    }
    by_level = zip(*(each.tolist() for each in ends.values()), strict=True)
    return [
        _Part(
            span[0], {of: slice(*at) for of, at in zip(ends, rows, strict=True)}, set()
        )
        for span, rows in zip(spans, by_level, strict=True)
    ]


_MANY = 4
"""So many levels are judged by one rule together rather than one by one."""

_PROVINCE = 2
"""The digits of a province's code."""

_SIDE_BY_SIDE = frozenset(
    {"threshold", "quorum", "dispersion", "mean_dispersion", "share"}
)
"""Shapes that say the same of a county whatever other counties are there."""

_ROWS = frozenset({Scope.COUNTY, Scope.SCHOOL, Scope.SECTION})


class Lower:
    """The levels below the nation: what they ask, and what they need not work out."""

    def __init__(self, law: Law, indicators: Mapping[str, Indicator]) -> None:
        self.law = law
        self.indicators = indicators
        self.needed: dict[str, set[str]] = {}
        self.asked: dict[Any, set[str]] = {}
        self.spared: dict[tuple[str, ...], _Spared] = {}
        self.plainly: dict[str, tuple[str, ...]] = {}
        self.alike: dict[str, tuple[Alike, ...]] = {}
        self.shapes: dict[Rule, Rule] = {}
        self.asks: dict[str, dict[str, Rule]] = {}
        self.homes: dict[str, dict[str, Rule]] = {}
        for name, (home, rule) in law.rules.items():
            self.homes.setdefault(home, {})[name] = rule

    @classmethod
    def of(cls, law: Law, indicators: Mapping[str, Indicator]) -> Lower:
        """Return what there is for a law already: it asks for no data."""
        found: Lower | None = law.memory.get(Lower)
        if found is None or found.indicators is not indicators:
            found = law.memory[Lower] = cls(law, indicators)
        return found

    def rules(self, area: str) -> dict[str, Rule]:
        """Return the rules above that an area's requirements touch, and its own."""
        if area not in self.asks:
            self.asks[area] = dict(self._rules(area))
        return self.asks[area]

    def _rules(self, area: str) -> Iterator[tuple[str, Rule]]:
        stated = _stated(self.law, area, Force.REQUIREMENT)
        homes = [area[:n] for n in range(0, len(area), 2)] if stated else []
        for home in homes:
            for name, rule in self.homes.get(home, {}).items():
                if not stated.isdisjoint(self._needs(name, rule)):
                    yield name, rule
        yield from self.homes.get(area, {}).items()

    def _needs(self, name: str, rule: Rule) -> set[str]:
        if name not in self.needed:
            self.needed[name] = needs(rule, self.law, self.indicators)
        return self.needed[name]

    def judge(self, tasks: Iterable[Task], above: Workspace, start: int) -> None:
        """Judge levels on the part of their counties that the block above holds."""
        for key in [key for key in above.decided if not isinstance(key, tuple)]:
            del above.decided[key]  # what is left are tallies, all of them of sections
        parts = _parts(tasks, above.facts, start)
        if not above.facts.other("reported").size:  # figures that name their rule
            self._judge_together(parts, above)
        for task, rows, done in parts:
            rules = {n: rule for n, rule in task.rules.items() if n not in done}
            if rules:
                lent = self._lent(above, task.area, rows)
                with contextlib.closing(lent) as work:
                    task.judge(work, rules)

    def _judge_together(self, parts: list[_Part], above: Workspace) -> None:
        """Judge on a whole block what many levels ask, each by its own values."""
        touched = self._touched(parts)
        own = self._own(parts, above)
        here = [part for each in touched.values() for part in each]
        here += [part for each in own for part, _ in each]
        areas = sorted({part.task.area for part in here})
        if not areas:
            return
        at = np.full(len(above.facts), len(areas))
        for task, rows, _ in parts:
            if task.area in areas:
                at[rows["county"]] = areas.index(task.area)
        alone = Workspace(above.facts, self.law, self.indicators)
        with contextlib.closing(alone) as work:
            work.beside = Beside(self.law, areas, at)
            self._lend(work, above, self._spares(*areas), {})
            work.__dict__["incomplete"] = above.incomplete
            for name, rule in self.homes.get("", {}).items():
                if name in touched:
                    judged = judge(work, name, rule)
                    for part in touched[name]:
                        part.keep(name, judged)
            for members in own:
                cuts = [
                    (part.task.area, each, part.rows[each.shape.scope.value])
                    for part, each in members
                ]
                judged = judge_alike(work, cuts)
                for part, each in members:
                    part.keep(each.name, judged)

    def _touched(self, parts: list[_Part]) -> dict[str, list[_Part]]:
        """Return the nation's rules that many levels touch, and which levels."""
        found: dict[str, list[_Part]] = {}
        for part in parts:
            for name in self._plainly(part.task.area):
                found.setdefault(name, []).append(part)
        return {name: here for name, here in found.items() if len(here) >= _MANY}

    def _own(
        self, parts: list[_Part], above: Workspace
    ) -> list[list[tuple[_Part, Alike]]]:
        """Return what many levels ask alike, each in a rule of its own."""
        found: dict[tuple[int, int], list[tuple[_Part, Alike]]] = {}
        for part in parts:
            before: Counter[int] = Counter()  # a level may have several alike
            for each in self._alike(part.task.area):
                if above.signed_for(each.name):
                    continue
                if has_plain_inputs(each, above.facts):
                    shape = id(each.shape)
                    found.setdefault((shape, before[shape]), []).append((part, each))
                    before[shape] += 1
        return [here for here in found.values() if len(here) >= _MANY]

    def _plainly(self, area: str) -> tuple[str, ...]:
        """Return the nation's rules for which a province only states other numbers."""
        if area not in self.plainly:
            special = self._special(area)
            self.plainly[area] = tuple(
                name
                for name, rule in self.rules(area).items()
                if len(area) == _PROVINCE
                and self.law.rules[name][0] == ""
                and rule.kind in _SIDE_BY_SIDE
                and rule.scope in _ROWS
                and self.law.has_numbers(rule, ("",))
                and special.isdisjoint(self._closure(name, rule))
            )
        return self.plainly[area]

    def _alike(self, area: str) -> tuple[Alike, ...]:
        """Return a province's own rules that others may have alike."""
        if area not in self.alike:
            special = self._special(area)
            found = (
                alike(self.law, area, name, rule, self.indicators)
                for name, rule in self.homes.get(area, {}).items()
                if len(area) == _PROVINCE
                and self.law.has_numbers(rule, ("", area))
                and special.isdisjoint(self._closure(name, rule))
            )
            self.alike[area] = tuple(
                each._replace(shape=self.shapes.setdefault(each.shape, each.shape))
                for each in found
                if each
            )
        return self.alike[area]

    def _special(self, area: str) -> set[str]:
        """Return what an area states otherwise than as plain numbers."""
        return {
            name
            for name in _stated(self.law, area, None)
            if not all(map(is_plain, self.law.values(name, area)))
        }

    def _closure(self, name: str, rule: Rule) -> set[str]:
        """Return every name that judging a rule can ask for."""
        found = self._asked(rule) | self._asked(rule.population)
        found |= self._asked(getattr(rule, "meets", ()))
        others: list[Any] = [getattr(rule, "reaches", None)]
        if isinstance(rule, Quorum | MeanDispersion):
            others += [f"{name.rpartition('.')[0]}.{each}" for each in rule.of]
        for other in others:
            if other in self.law.rules:
                found |= self._closure(other, self.law.rules[other][1])
        return found

    def _lent(
        self, above: Workspace, area: str, rows: Mapping[str, slice]
    ) -> Workspace:
        """Return a workspace over some counties that takes over what it can."""
        inside = rows["county"]
        facts = above.facts.select(inside.start, inside.stop)
        work = Workspace(facts, self.law, self.indicators, area)
        areas = [area[:n] for n in range(2, len(area) + 1, 2)]
        self._lend(work, above, self._spares(*areas), rows)
        work.__dict__["incomplete"] = above.incomplete[inside]
        return work

    @staticmethod
    def _lend(
        work: Workspace,
        above: Workspace,
        same: Callable[[Any], bool],
        rows: Mapping[str, slice],
    ) -> None:
        """Let a workspace take over what it can of all units, or of some *rows*."""

        def lender(scope: str) -> Lent:
            columns: Columns = getattr(above, scope)
            return Lent(columns._cache, same, rows.get(scope))  # noqa: SLF001

        work.verdicts_only = above.verdicts_only
        work.lender = lender
        work.decided = Lent(above.decided, same, rows.get("section"))
        if not above.facts.other("attestations").size:
            work.__dict__["_signed"] = {}

    def _spares(self, *areas: str) -> Callable[[Any], bool]:
        """Return what tells whether a column or condition is the same as above."""
        if areas not in self.spared:
            stated = {name for each in areas for name in _stated(self.law, each, None)}
            self.spared[areas] = _Spared(stated, self._asked)
        return self.spared[areas].__getitem__

    def _asked(self, key: Any) -> set[str]:
        """Return every name that something asks for, through indicators and values."""
        found = self.asked.get(key)
        if found is None:
            open_ = list(_names(key, self.law, self.indicators))
            found = self.asked[key] = set()
            while open_:
                name = open_.pop()
                if name in found:
                    continue
                found.add(name)
                if name in self.indicators:
                    open_ += self.indicators[name].inputs
                for value in self.law.values(name):
                    open_ += [test.field for tests in value.where for test in tests]
        return found


class _Spared(dict[Any, bool]):
    """Which columns and conditions the values of a level do not change."""

    def __init__(self, stated: set[str], asked: Callable[[Any], set[str]]) -> None:
        super().__init__()
        self.stated = stated
        self.asked = asked

    def __missing__(self, key: Any) -> bool:
        """Look what a column asks for, once."""
        found = self[key] = self.stated.isdisjoint(self.asked(key))
        return found


def _names(key: Any, law: Law, indicators: Mapping[str, Indicator]) -> Iterable[str]:
    """Return the names that a key of the columns' or the workspace's memory has."""
    if isinstance(key, str):
        return (key,)
    if isinstance(key, Test):
        return (key.field,)
    if isinstance(key, tuple):
        if key[:1] == ("limit",):
            return (key[1],)
        return [test.field for tests in key for test in tests]
    return needs(key, law, indicators)


def level_rules(
    law: Law, indicators: Mapping[str, Indicator], area: str
) -> Iterator[tuple[str, Rule]]:
    """Yield the rules above that an area's requirements touch, then its own."""
    yield from Lower.of(law, indicators).rules(area).items()


def shown_rules(law: Law, area: str) -> Iterator[tuple[str, Rule]]:
    """Yield the rules above for which an area has a target or benchmark of its own."""
    for force in (Force.TARGET, Force.BENCHMARK):
        stated = _stated(law, area, force)
        for name, (home, rule) in law.rules.items():
            above = home != area and area.startswith(home)
            if above and getattr(rule, "parameter", None) in stated:
                yield name, attrs.evolve(rule, force=force, component=False)


def _stated(law: Law, area: str, force: Force | None) -> set[str]:
    pack = law.pack_of(area)
    names = pack.parameters if pack else ()
    return {name for name in names if law.values(name, area, force=force)}


def needs(rule: Rule, law: Law, indicators: Mapping[str, Indicator]) -> set[str]:
    """
    Return every name that a rule asks for, through its indicators.

    Args:
        rule: The rule.

        law: What is in force; a rule may name others of it.

        indicators: The formulas, by name.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import needs
    >>> registry = ee.Registry.of()
    >>> law = registry.rulebook.law("quality-balance", dt.date(2024, 12, 31))
    >>> _, rule = law.rules["government.teacher_pay"]
    >>> for name in sorted(needs(rule, law, registry.indicators)):
    ...     print(name)
    civil_servant_mean_pay
    teacher_mean_pay
    teacher_pay_ratio
    teacher_pay_ratio_minimum
    """
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
    reached = getattr(rule, "reaches", None)
    if reached in law.rules:
        parts += needs(law.rules[reached][1], law, indicators)
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
