"""
Evaluating: every rule of every level, kept as one small verdict per unit.

Values, limits, citations and flags are worked out again for one county when somebody
asks for its findings; nothing is recorded per finding before.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._beside import Beside, is_plain
from eduequity.engine._columns import Workspace
from eduequity.engine._judge import judge
from eduequity.engine._judged import Judged, Verdicts
from eduequity.engine._lent import Lent
from eduequity.facts import Facts
from eduequity.indicators import Indicator
from eduequity.rules import Law, MeanDispersion, Quorum, Rule, Test
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
    """
    Judge every rule in force, from the nation down.

    A level below asks only its own rules and those above that it touches, and takes
    over what the nation's has worked out and its own values do not change.
    """
    lower = _Lower.of(law, indicators)
    tasks = [
        _Task(area, first, last, lower.rules(area))
        for area, first, last in _reached(facts, law, as_area)
    ]
    nation = next((task for task in tasks if not task.area), None)
    if nation is None or (nation.first, nation.last) != (0, len(facts)):
        nation = _Task("", 0, len(facts), {})  # nobody asks it, or not everybody
        below = tasks
    else:
        below = [task for task in tasks if task is not nation]
    of_counties: dict[Any, Any] = {}
    for start, part, by_rows in _blocks(facts):
        with contextlib.closing(Workspace(part, law, indicators)) as work:
            work.lends = bool(below)
            if by_rows:  # what was worked out for the counties serves every block
                rows = slice(start, start + len(part))
                work.county._cache = Lent(of_counties, lambda _: True, rows)  # noqa: SLF001
            nation.judge(work, _read(nation.rules, by_rows))
            if by_rows is False:
                of_counties = work.county._cache  # noqa: SLF001
            if by_rows is not False:
                lower.judge(below, work, start)
    return tuple(task.level() for task in tasks)


@attrs.define(eq=False)
class _Task:
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
        """Join what was found end to end, in the order of the rules."""
        units, counties = (
            {name: _end_to_end([p[n] for p in self.found[name]]) for name in self.rules}
            for n in (0, 1)
        )
        return Level(
            area=self.area,
            first=self.first,
            last=self.last,
            units=units,
            counties=counties,
        )


class _Part(NamedTuple):
    """The counties of a level that lie in a block, by their places in it."""

    task: _Task
    first: int
    last: int

    def keep(self, name: str, judged: Judged, facts: Facts) -> None:
        """Keep of what was found of the whole block that of the level."""
        first, last = self.first, self.last
        starts = {
            "section": facts.group_starts[::2],
            "school": facts.school_starts,
            "group": range(0, 2 * len(facts) + 1, 2),
        }.get(judged.units, range(len(facts) + 1))
        units = judged.verdicts[starts[first] : starts[last]]
        self.task.keep(name, units, judged.counties[first:last])


def _reached(
    facts: Facts, law: Law, as_area: str | None
) -> Iterator[tuple[str, int, int]]:
    """Yield every area that has a pack, with the run of counties that lie in it."""
    codes = facts.codes
    if as_area is not None:
        codes = [law.jurisdiction(as_area)] * len(codes)
    elif law.renamed:
        codes = law.jurisdictions(codes)
    places = sorted(range(len(codes)), key=codes.__getitem__)  # all but in order
    codes = [codes[place] for place in places]
    areas = {area: pack for pack in law.packs for area in pack.info.areas}
    for area in sorted(areas, key=lambda each: (len(each), each)):
        excluded = areas[area].info.excluded
        first = bisect.bisect_left(codes, area)
        last = bisect.bisect_left(codes, f"{area}:")  # it stands after every digit
        inside = places[first:last] if area else places
        if excluded:
            kept = zip(inside, codes[first:last], strict=True)
            inside = [n for n, code in kept if not code.startswith(excluded)]
        for start, end in _runs(sorted(inside)):
            yield area, start, end
        if not (area or codes or excluded):
            yield area, 0, 0


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and one past the last of every run of neighbouring rows."""
    if not rows:
        return
    if rows[-1] - rows[0] == len(rows) - 1:
        yield rows[0], rows[-1] + 1
        return
    edges = np.flatnonzero(np.diff(rows) > 1) + 1
    for run in np.split(np.array(rows), edges):
        yield int(run[0]), int(run[-1]) + 1


# -- what a level below takes over -----------------------------------------------------


_MANY = 4
"""So many levels are judged by one rule together rather than one by one."""

_PROVINCE = 2
"""The digits of a province's code."""

_SIDE_BY_SIDE = frozenset(
    {"threshold", "quorum", "dispersion", "mean_dispersion", "share"}
)
"""Shapes that say the same of a county whatever other counties are there."""

_ROWS = frozenset({Scope.COUNTY, Scope.SCHOOL, Scope.SECTION})


class _Lower:
    """The levels below the nation: what they ask, and what they need not work out."""

    def __init__(self, law: Law, indicators: Mapping[str, Indicator]) -> None:
        self.law = law
        self.indicators = indicators
        self.needed: dict[str, set[str]] = {}
        self.asked: dict[Any, set[str]] = {}
        self.spared: dict[tuple[str, ...], _Spared] = {}
        self.plainly: dict[str, tuple[str, ...]] = {}
        self.asks: dict[str, dict[str, Rule]] = {}
        self.own: dict[str, dict[str, Rule]] = {}
        for name, (home, rule) in law.rules.items():
            self.own.setdefault(home, {})[name] = rule

    @classmethod
    def of(cls, law: Law, indicators: Mapping[str, Indicator]) -> _Lower:
        """Return what there is for a law already: it asks for no data."""
        found: _Lower | None = law.memory.get(_Lower)
        if found is None or found.indicators is not indicators:
            found = law.memory[_Lower] = cls(law, indicators)
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
            for name, rule in self.own.get(home, {}).items():
                if not stated.isdisjoint(self._needs(name, rule)):
                    yield name, rule
        yield from self.own.get(area, {}).items()

    def _needs(self, name: str, rule: Rule) -> set[str]:
        if name not in self.needed:
            self.needed[name] = needs(rule, self.law, self.indicators)
        return self.needed[name]

    def judge(self, tasks: Iterable[_Task], above: Workspace, start: int) -> None:
        """Judge levels on the part of their counties that the block above holds."""
        size = len(above.facts)
        parts = [
            _Part(task, max(task.first - start, 0), min(task.last - start, size))
            for task in tasks
            if task.rules
        ]
        parts = [part for part in parts if part.first < part.last or not size]
        together = self._together(parts)
        if together:
            self._judge_together(together, above)
        for number, (task, first, last) in enumerate(parts):
            rules = {
                name: rule
                for name, rule in task.rules.items()
                if number not in together.get(name, ())
            }
            if rules:
                lent = self._lent(above, task.area, first, last)
                with contextlib.closing(lent) as work:
                    task.judge(work, rules)

    def _together(self, parts: list[_Part]) -> dict[str, dict[int, _Part]]:
        """Return the rules that are judged for many levels at once, and for which."""
        found: dict[str, dict[int, _Part]] = {}
        for number, part in enumerate(parts):
            for name in self._plainly(part.task.area):
                found.setdefault(name, {})[number] = part
        return {name: here for name, here in found.items() if len(here) >= _MANY}

    def _plainly(self, area: str) -> tuple[str, ...]:
        """Return the nation's rules for which a province only states other numbers."""
        if area not in self.plainly:
            stated = _stated(self.law, area, None) if len(area) == _PROVINCE else ()
            special = {
                name
                for name in stated
                if not all(map(is_plain, self.law.values(name, area)))
            }
            self.plainly[area] = tuple(
                name
                for name, rule in (self.rules(area) if stated else {}).items()
                if self.law.rules[name][0] == ""
                and rule.kind in _SIDE_BY_SIDE
                and rule.scope in _ROWS
                and self.law.has_numbers(rule, ("",))
                and special.isdisjoint(self._closure(name, rule))
            )
        return self.plainly[area]

    def _closure(self, name: str, rule: Rule) -> set[str]:
        """Return every name that judging a rule can ask for."""
        found = self._asked(rule) | self._asked(rule.population)
        found |= self._asked(getattr(rule, "meets", ()))
        head = name.rpartition(".")[0]
        others = [f"{head}.{each}" for each in getattr(rule, "of", ())]
        for other in (*others, getattr(rule, "reaches", None)):
            if other in self.law.rules:
                found |= self._closure(other, self.law.rules[other][1])
        return found

    def _judge_together(
        self, together: Mapping[str, Mapping[int, _Part]], above: Workspace
    ) -> None:
        """Judge rules on a whole block, each county by the values of its own area."""
        parts = {n: part for here in together.values() for n, part in here.items()}
        areas = sorted({part.task.area for part in parts.values()})
        at = np.full(len(above.facts), len(areas))
        for task, first, last in parts.values():
            at[first:last] = areas.index(task.area)
        with contextlib.closing(
            Workspace(above.facts, self.law, self.indicators)
        ) as work:
            work.beside = Beside(self.law, areas, at)
            self._lend(work, above, self._spares(*areas), {})
            work.__dict__["incomplete"] = above.incomplete
            for name, rule in self.own[""].items():
                if name in together:
                    judged = judge(work, name, rule)
                    for part in together[name].values():
                        part.keep(name, judged, above.facts)

    def _lent(self, above: Workspace, area: str, first: int, last: int) -> Workspace:
        """Return a workspace over some counties that takes over what it can."""
        facts = above.facts
        work = Workspace(facts.select(first, last), self.law, self.indicators, area)
        rows = {
            "county": slice(first, last),
            "group": slice(2 * first, 2 * last),
            "school": slice(*facts.school_starts[[first, last]]),
            "section": slice(*facts.group_starts[[2 * first, 2 * last]]),
        }
        areas = [area[:n] for n in range(2, len(area) + 1, 2)]
        self._lend(work, above, self._spares(*areas), rows)
        work.__dict__["incomplete"] = above.incomplete[first:last]
        return work

    @staticmethod
    def _lend(
        work: Workspace,
        above: Workspace,
        same: Callable[[Any], bool],
        rows: Mapping[str, slice],
    ) -> None:
        """Let a workspace take over what it can of all units, or of some *rows*."""
        for scope in ("county", "group", "school", "section"):
            columns, whole = getattr(work, scope), getattr(above, scope)
            columns._cache = Lent(whole._cache, same, rows.get(scope))  # noqa: SLF001
        tallies = {k: v for k, v in above.decided.items() if isinstance(k, tuple)}
        # All of them are of sections.
        work.decided = Lent(tallies, same, rows.get("section"))

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


_BLOCK = 2**17
"""
About how many sections are worked on at a time.

What is worked out from columns of this length takes no more memory for a nation than
for a province, and is still there for the next block without asking for it again.
"""


def _blocks(facts: Facts) -> Iterator[tuple[int, Facts, bool | None]]:
    """
    Yield the facts for rules that read no rows, then for those that do, in blocks.

    With each part go the number of its first county, and whether it is for rules that
    read rows (None: for all).
    """
    if not len(facts):
        yield 0, facts, None
        return
    yield 0, facts, False
    starts = facts.group_starts[::2]
    blocks = max(1, round(starts[-1] / _BLOCK))
    cuts = np.linspace(0, starts[-1], blocks + 1)[1:-1]
    edges = np.unique([0, *np.searchsorted(starts, cuts), len(facts)])
    for first, last in itertools.pairwise(edges.tolist()):
        yield first, facts.select(first, last), True


def _read(rules: Mapping[str, Rule], by_rows: bool | None) -> Mapping[str, Rule]:
    """Return the rules that read rows, those that do not, or (None) all."""
    if by_rows is None:
        return rules
    return {n: rule for n, rule in rules.items() if _reads_rows(rule) is by_rows}


def _reads_rows(rule: Rule) -> bool:
    return rule.scope is not Scope.COUNTY or rule.kind in _FROM_ROWS


_FROM_ROWS = frozenset({"dispersion", "mean_dispersion", "share"})


def _end_to_end(parts: list[Verdicts]) -> Verdicts:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def level_rules(
    law: Law, indicators: Mapping[str, Indicator], area: str
) -> Iterator[tuple[str, Rule]]:
    """Yield the rules above that an area's requirements touch, then its own."""
    yield from _Lower.of(law, indicators).rules(area).items()


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
