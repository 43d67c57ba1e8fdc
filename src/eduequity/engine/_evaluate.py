"""
Evaluating: every rule of every level, kept as one small verdict per unit.

Values, limits, citations and flags are worked out again for one county when somebody
asks for its findings; nothing is recorded per finding before.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from eduequity.engine._below import Level, Lower, Task
from eduequity.engine._columns import Workspace
from eduequity.engine._lent import Lent
from eduequity.facts import Facts
from eduequity.indicators import Indicator
from eduequity.rules import Law, Rule
from eduequity.vocab import Force, Scope


__all__ = ["decides", "evaluate_levels", "joined"]


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

    Args:
        facts: The data.

        law: What is in force.

        indicators: The formulas, by name.

        as_area: Use the law of this area in place of the counties' own.

    Returns:
        The levels, the nation's first, each with the verdicts of its rules.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import evaluate_levels
    >>> registry = ee.Registry.of()
    >>> law = registry.rulebook.law("quality-balance", dt.date(2024, 12, 31))
    >>> facts = ee.Facts.of(ee.County(code="999901"))
    >>> [level.area for level in evaluate_levels(facts, law, registry.indicators)]
    ['']
    """
    lower = Lower.of(law, indicators)
    tasks = [
        Task(area, first, last, lower.rules(area))
        for area, first, last in _reached(facts, law, as_area)
    ]
    nation = next((task for task in tasks if not task.area), None)
    if nation is None or (nation.first, nation.last) != (0, len(facts)):
        nation = Task("", 0, len(facts), {})  # nobody asks it, or not everybody
        below = tasks
    else:
        below = [task for task in tasks if task is not nation]
    of_counties: dict[Any, Any] = {}
    for start, part, by_rows in _blocks(facts):
        with contextlib.closing(Workspace(part, law, indicators)) as work:
            # Published figures are compared with what was worked out.
            work.verdicts_only = not facts.other("reported").size
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


def _reached(
    facts: Facts, law: Law, as_area: str | None
) -> Iterator[tuple[str, int, int]]:
    """Yield every area that has a pack, with the run of counties that lie in it."""
    areas = {area: pack for pack in law.packs for area in pack.info.areas}
    if set(areas) == {""} and not areas[""].info.excluded:
        yield "", 0, len(facts)
        return
    codes = facts.codes
    if as_area is not None:
        codes = [law.jurisdiction(as_area)] * len(codes)
    elif law.renamed:
        codes = law.jurisdictions(codes)
    places = sorted(range(len(codes)), key=codes.__getitem__)  # all but in order
    codes = [codes[place] for place in places]
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


def decides(rule: Rule) -> bool:
    """
    Tell whether a rule has a say in its dimension's verdict.

    Args:
        rule: The rule.

    Returns:
        Whether it is a requirement and no component of another rule.

    >>> import eduequity as ee
    >>> from eduequity.engine import decides
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> decides(rules["resources.section_quorum"])
    True
    >>> decides(rules["resources.above_degree_teachers"])  # the quorum counts it
    False
    """
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
