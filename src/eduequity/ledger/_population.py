"""
Who is compared with whom: counties, schools and sections of two sets of facts.

Units are matched by their codes within their county; a county that was renamed or
merged by a dated alias is matched with the one in its place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import attrs
import numpy as np

from eduequity.engine import Assessment
from eduequity.facts import STAGES, Facts, Index
from eduequity.vocab import Choice


__all__ = [
    "CountyMatch",
    "Pairs",
    "Population",
    "SchoolChange",
    "SchoolFate",
    "Units",
    "codes_of",
    "matched",
]


Units: TypeAlias = set[tuple[int, str]]
"""Units of another table, by the row of their county and their code."""


def codes_of(facts: Facts, table: str) -> list[str]:
    """Return the codes, or the ids, of the rows of another table."""
    frame = facts.other(table)
    codes: list[str] = frame.words("code" if "code" in frame else "id").tolist()
    return codes


class Pairs(NamedTuple):
    """The rows of units that are in both, in the order of the old ones."""

    old: Index
    new: Index


class SchoolFate(Choice):
    """
    What became of a school between two assessments.

    >>> from eduequity.ledger import SchoolFate
    >>> [fate.label.zh for fate in SchoolFate]
    ['新设', '停办', '并入', '增设学段', '撤销学段']
    """

    OPENED = "opened", "新设", "opened"
    CLOSED = "closed", "停办", "closed"
    MERGED = "merged", "并入", "merged"
    STAGE_OPENED = "stage_opened", "增设学段", "stage added"
    STAGE_CLOSED = "stage_closed", "撤销学段", "stage dropped"


@attrs.frozen(kw_only=True)
class SchoolChange:
    """
    A school or a stage of one that is in one of two assessments only.

    Args:
        fate: What became of it.

        county: The county's code.

        entity: The school's code, or ``<school code>/<stage>``.

        name: The school's name.

        into: The school that it was merged into, by ``parent``.

        namesake: A school of the same name and county that is only in the other
            assessment: perhaps the same one under a new code. It is not matched.

    >>> from eduequity.ledger import SchoolChange, SchoolFate
    >>> change = SchoolChange(
    ...     fate=SchoolFate.MERGED,
    ...     county="999901",
    ...     entity="2",
    ...     name="示例小学",
    ...     into="1",
    ... )
    >>> print(change.sentence("zh"))
    并入 示例小学（2） → 1
    >>> change.to_dict()["into"]
    '1'
    """

    fate: SchoolFate
    county: str
    entity: str
    name: str
    into: str | None = None
    namesake: str | None = None

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        said = f"{self.name}（{self.entity}）" if zh else f"{self.name} ({self.entity})"
        said = f"{self.fate.label.get(lang)}{'' if zh else ':'} {said}"
        if self.into is not None:
            said += f" → {self.into}"
        if self.namesake is not None:
            said += (
                f"；与 {self.namesake} 同名，可能是更换代码，未作为同一学校比较"
                if zh
                else f"; {self.namesake} has the same name and may be the same school "
                "under a new code; they are not compared"
            )
        return said

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**attrs.asdict(self), "fate": self.fate.value}


class CountyMatch(NamedTuple):
    """The old counties that stand behind a new one, by code."""

    old: tuple[str, ...]
    new: str


@attrs.frozen(eq=False, kw_only=True)
class Population:
    """
    Who is in both of two assessments, and who is not.

    Args:
        old: The facts of then.

        new: The facts of now.

        counties: The rows of counties that are one and the same.

        schools: The rows of schools that are in both.

        sections: The rows of sections that are in both.

        merged: Counties that stand in the place of several, whose own verdicts are
            not compared; and counties that were renamed.

        left: The codes of old counties that have no counterpart.

        joined: The codes of new counties that have none.

        counterpart: For every old county the row of the new one in its place, or -1.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> def found(*codes):
    ...     schools = tuple(
    ...         ee.School(code=code, name=code, kind="primary", primary=ee.Section())
    ...         for code in codes
    ...     )
    ...     county = ee.County(code="999901", schools=schools)
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> population = ee.compare(found("1", "2"), found("1")).population
    >>> [(change.entity, change.fate.value) for change in population.changes]
    [('2', 'closed')]
    >>> population.rows_of("kindergartens")  # there are none
    (set(), set())
    >>> population.old_rows(0)  # the first new county is the first old one
    (0,)
    >>> population.rows_of("kindergartens")  # none then, none now
    (set(), set())
    """

    old: Facts = attrs.field(repr=False)
    new: Facts = attrs.field(repr=False)
    counties: Pairs
    schools: Pairs
    sections: Pairs
    merged: tuple[CountyMatch, ...]
    left: tuple[str, ...]
    joined: tuple[str, ...]
    counterpart: Index = attrs.field(repr=False)

    def old_rows(self, county: int) -> tuple[int, ...]:
        """
        Return the old counties behind a new one.

        Args:
            county: The new county's row.
        """
        return tuple(np.flatnonzero(self.counterpart == county).tolist())

    def rows_of(self, table: str) -> tuple[Units, Units]:
        """
        Return the units of another table, of the counties in both: then and now.

        Args:
            table: Such as ``kindergartens``.

        Returns:
            Sets of the new county's row and the unit's code.
        """
        known = set(self.counterpart.tolist()) - {-1}
        then = zip(
            self.counterpart[self.old.other_county(table)].tolist(),
            codes_of(self.old, table),
            strict=True,
        )
        now = zip(
            self.new.other_county(table).tolist(),
            codes_of(self.new, table),
            strict=True,
        )
        sides = ({key for key in some if key[0] in known} for some in (then, now))
        return next(sides), next(sides)

    @cached_property
    def changes(self) -> tuple[SchoolChange, ...]:
        """The schools and stages that are in one only, of the counties in both."""
        return tuple(
            sorted(self._changes(), key=lambda e: (e.county, e.fate.rank, e.entity))
        )

    def _changes(self) -> Iterator[SchoolChange]:
        closed = _rest(self.old.schools.size, self.schools.old)
        opened = _rest(self.new.schools.size, self.schools.new)
        known = np.zeros(len(self.new), dtype=np.bool_)
        known[self.counterpart[self.counterpart >= 0]] = True
        closed = closed[self.counterpart[self.old.school_county[closed]] >= 0]
        opened = opened[known[self.new.school_county[opened]]]
        gone = self._named(self.old, closed)
        come = self._named(self.new, opened)
        yield from self._closed(closed, come)
        for row in opened.tolist():
            key = self._key(self.new, row)
            yield _change(
                self.new, row, SchoolFate.OPENED, namesake=gone.get(key) or None
            )
        yield from self._stages(self.old, self.sections.old, self.schools.old, "old")
        yield from self._stages(self.new, self.sections.new, self.schools.new, "new")

    def _closed(
        self, rows: Index, come: dict[tuple[str, str], str]
    ) -> Iterator[SchoolChange]:
        there = set(self.new.schools.words("code").tolist()) if len(rows) else set()
        parents = self.old.schools.words("parent")
        for row in rows.tolist():
            code = str(self.old.schools.words("code")[row])
            into = self.new.merged_into.get(code)
            if into is None and parents[row] in there:
                into = str(parents[row])
            yield _change(
                self.old,
                row,
                SchoolFate.CLOSED if into is None else SchoolFate.MERGED,
                into=into,
                namesake=come.get(self._key(self.old, row)) if into is None else None,
            )

    def _named(self, facts: Facts, rows: Index) -> dict[tuple[str, str], str]:
        codes = facts.schools.words("code")
        return {self._key(facts, row): str(codes[row]) for row in rows.tolist()}

    def _key(self, facts: Facts, row: int) -> tuple[str, str]:
        """Return a school's county, as the new facts call it, and its name."""
        county = int(facts.school_county[row])
        at = int(self.counterpart[county]) if facts is self.old else county
        return self.new.codes[at], str(facts.schools.words("name")[row] or "")

    def _stages(
        self, facts: Facts, sections: Index, schools: Index, side: str
    ) -> Iterator[SchoolChange]:
        """Yield the stages that a school of both has in one only."""
        stays = np.zeros(facts.schools.size, dtype=np.bool_)
        stays[schools] = True
        rows = _rest(facts.sections.size, sections)
        rows = rows[stays[facts.section_school[rows]]]
        fate = SchoolFate.STAGE_CLOSED if side == "old" else SchoolFate.STAGE_OPENED
        for row in rows.tolist():
            stage = STAGES[facts.section_stage[row]]
            yield _change(facts, int(facts.section_school[row]), fate, stage=stage)


def _rest(size: int, taken: Index) -> Index:
    left = np.ones(size, dtype=np.bool_)
    left[taken] = False
    return np.flatnonzero(left)


def _change(
    facts: Facts,
    row: int,
    fate: SchoolFate,
    *,
    stage: str | None = None,
    into: str | None = None,
    namesake: str | None = None,
) -> SchoolChange:
    code = str(facts.schools.words("code")[row])
    return SchoolChange(
        fate=fate,
        county=facts.codes[int(facts.school_county[row])],
        entity=code if stage is None else f"{code}/{stage}",
        name=str(facts.schools.words("name")[row] or code),
        into=into,
        namesake=namesake,
    )


def matched(old: Assessment, new: Assessment) -> Population:
    """Match the counties, schools and sections of two assessments."""
    counterpart = _counterparts(old, new)
    counts = np.bincount(counterpart[counterpart >= 0], minlength=len(new.facts))
    alone = np.flatnonzero(counterpart >= 0)
    alone = alone[counts[counterpart[alone]] == 1]
    schools = _schools(old.facts, new.facts, counterpart)
    return Population(
        old=old.facts,
        new=new.facts,
        counties=Pairs(alone, counterpart[alone]),
        schools=schools,
        sections=_sections(old.facts, new.facts, schools),
        merged=tuple(_merged(old.facts, new.facts, counterpart)),
        left=_codes(old.facts, np.flatnonzero(counterpart < 0)),
        joined=_codes(new.facts, np.flatnonzero(counts == 0)),
        counterpart=counterpart,
    )


def _codes(facts: Facts, rows: Index) -> tuple[str, ...]:
    return tuple(facts.codes[row] for row in rows.tolist())


def _counterparts(old: Assessment, new: Assessment) -> Index:
    """Return for every old county the row of the new one in its place, or -1."""
    if old.facts.codes == new.facts.codes:
        return np.arange(len(old.facts))
    rows = {code: row for row, code in enumerate(new.facts.codes)}
    found = (
        rows.get(code, rows.get(new.law.jurisdiction(code), -1))
        for code in old.facts.codes
    )
    return np.fromiter(found, np.intp, len(old.facts))


def _merged(old: Facts, new: Facts, counterpart: Index) -> Iterator[CountyMatch]:
    behind: dict[int, list[str]] = {}
    for row, to in enumerate(counterpart.tolist()):
        if to >= 0:
            behind.setdefault(to, []).append(old.codes[row])
    for to, codes in sorted(behind.items()):
        if codes != [new.codes[to]]:
            yield CountyMatch(tuple(codes), new.codes[to])


def _schools(old: Facts, new: Facts, counterpart: Index) -> Pairs:
    before, after = (facts.schools.words("code") for facts in (old, new))
    of_old = counterpart[old.school_county]
    if len(before) == len(after) and (
        np.array_equal(of_old, new.school_county) and np.array_equal(before, after)
    ):
        return Pairs(np.arange(len(before)), np.arange(len(before)))
    alone = dict(zip(after.tolist(), range(len(after)), strict=True))
    if len(alone) == len(after):  # no code stands in two counties
        places = map(alone.get, before.tolist(), itertools.repeat(-1))
        found = np.fromiter(places, np.intp, len(before))
        found[new.school_county[found] != of_old] = -1
        both = np.flatnonzero(found >= 0)
        return Pairs(both, found[both])
    rows = dict(zip(_keys(new.school_county, after), range(len(after)), strict=True))
    found = np.fromiter(
        (rows.get(key, -1) for key in _keys(of_old, before)), np.intp, len(before)
    )
    both = np.flatnonzero(found >= 0)
    return Pairs(both, found[both])


def _keys(county: Index, codes: Iterable[str]) -> Iterator[tuple[int, str]]:
    return zip(county.tolist(), codes, strict=True)


def _sections(old: Facts, new: Facts, schools: Pairs) -> Pairs:
    at = np.full((len(STAGES), new.schools.size + 1), -1, dtype=np.intp)
    at[new.section_stage, new.section_school] = np.arange(new.sections.size)
    to = np.full(old.schools.size, -1, dtype=np.intp)
    to[schools.old] = schools.new
    found = at[old.section_stage, to[old.section_school]]  # -1: the spare column
    both = np.flatnonzero(found >= 0)
    return Pairs(both, found[both])
