"""
Verdicts that flipped: found on the verdicts that evaluations kept, built when asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine import (
    UNIT_TABLES,
    Assessment,
    Finding,
    Workspace,
    comparison,
    decides,
    judge,
)
from eduequity.facts import STAGES, Facts, Index
from eduequity.ledger._causes import Cause, Step
from eduequity.ledger._population import Pairs, Population, codes_of
from eduequity.rules import Every, Rule, Share
from eduequity.vocab import Scope, SurveyChannel, Text, Verdict


__all__ = ["PROGRAMME", "Flip", "Flips", "flips"]

PROGRAMME = ""
"""In place of a rule: the verdict of the whole programme."""

_ABSENT = -1
_BY_RANK: tuple[Verdict, ...] = tuple(Verdict)
_GROUPED = ("dispersion", "mean_dispersion")

Ranks = npt.NDArray[np.int8]


@attrs.frozen(kw_only=True)
class Flip:
    """
    A verdict that is another one than before, for the same unit.

    Args:
        county: The county's code, as the new assessment has it.

        rule: The rule's full id; empty for the verdict of the whole programme.

        area: The area at whose level it counts; ``""`` is the nation.

        id: The finding's id in the new assessment; empty for the programme's verdict.

        label: What the rule, or the programme, is called.

        name: Whose verdict it is.

        before: The verdict of then; None where the rule was not judged.

        after: The verdict of now; None where it is judged no more.

        causes: What turned it, in the order of the way from then to now. Two of them
            turned it together, or one turned it and the next turned it further.

        decides: Whether it has a say in the programme's or the area's verdict.

        was: The finding of then, None for the programme's verdict.

        now: The finding of now.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> def found(occurred):
    ...     county = ee.County(code="999901", name="示例县", key_schools=occurred)
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> comparison = ee.compare(found(True), found(False))
    >>> (flip,) = comparison.flips.where(rule="vetoes.key_schools")
    >>> flip.before.value, flip.after.value, flip.worse
    ('unmet', 'met', False)
    >>> print(flip.sentence("zh"))
    重点学校或重点班：未达标 → 达标，是 → 否（原因：数据）
    >>> flip.to_dict()["causes"]
    ['data']
    """

    county: str
    rule: str
    area: str
    id: str
    label: Text
    name: Text
    before: Verdict | None
    after: Verdict | None
    causes: tuple[Cause, ...]
    decides: bool
    was: Finding | None = attrs.field(default=None, repr=False, eq=False)
    now: Finding | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def worse(self) -> bool:
        """Whether what was met, or not asked, is so no longer."""
        return self.after is Verdict.UNMET or self.before is Verdict.MET

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it on one line: whose, what, from what to what, because of what.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        head = self.label.get(lang) + (
            f" · {self.name.get(lang)}" if self.name.zh else ""
        )
        turned = " → ".join(_said(each, lang) for each in (self.before, self.after))
        values = [_value(each, lang) for each in (self.was, self.now)]
        if any(values):
            arrow = " → ".join(each or "—" for each in values)
            turned += f"，{arrow}" if zh else f", {arrow}"
        causes = ("、" if zh else ", ").join(
            each.label.get(lang) for each in self.causes
        )
        return (
            f"{head}：{turned}（原因：{causes}）"
            if zh
            else f"{head}: {turned} (because of {causes})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/comparison/1``)."""
        return {
            "county": self.county,
            "id": self.id,
            "rule": self.rule,
            "area": self.area,
            "before": self.before and self.before.value,
            "after": self.after and self.after.value,
            "causes": [each.value for each in self.causes],
            "decides": self.decides,
            "was": _brief(self.was),
            "now": _brief(self.now),
            "zh": self.sentence("zh"),
            "en": self.sentence("en"),
        }


def _said(verdict: Verdict | None, lang: str) -> str:
    if verdict is None:
        return "未评" if lang == "zh" else "not judged"
    return verdict.label.get(lang)


def _value(finding: Finding | None, lang: str) -> str:
    if finding is None or (finding.value is None and finding.threshold is None):
        return ""
    return comparison(finding, lang)


def _brief(finding: Finding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    told = finding.to_dict()
    return {key: told[key] for key in ("id", "value", "operator", "threshold", "unit")}


class _Batch(NamedTuple):
    """The flips of one rule at one level, as columns."""

    area: str
    rule: str
    units: str
    old: Index
    new: Index
    ranks: npt.NDArray[np.int8]
    bits: npt.NDArray[np.int8]
    items: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Flips(Sequence[Flip]):
    """
    The verdicts that flipped; ``len`` and ``counts`` build none of them.

    Args:
        old: The assessment of then.

        new: The assessment of now.

        population: Who is in both.

        causes: What differs between the two at all.

        batches: What flipped, as columns.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> def found(occurred):
    ...     county = ee.County(code="999901", key_schools=occurred)
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> flips = ee.compare(found(True), found(False)).flips
    >>> len(flips), {cause.value: n for cause, n in flips.counts.items()}
    (2, {'data': 2})
    >>> [flip.rule for flip in flips.where(county="999901")]  # "": the programme's own
    ['', 'vetoes.key_schools']
    """

    old: Assessment
    new: Assessment
    population: Population
    causes: tuple[Cause, ...]
    batches: tuple[_Batch, ...]

    def __len__(self) -> int:
        return sum(len(each.old) for each in self.batches)

    def __getitem__(self, index: Any) -> Any:
        return self._all[index]

    def __iter__(self) -> Iterator[Flip]:
        return self._built(None, None)

    def __repr__(self) -> str:
        return f"<{len(self)} verdicts flipped>"

    @property
    def counts(self) -> Mapping[Cause, int]:
        """How many flips each cause has a part in."""
        found = dict.fromkeys(self.causes, 0)
        for batch in self.batches:
            for bit, cause in enumerate(self.causes):
                found[cause] += int(((batch.bits >> bit) & 1).sum())
        return found

    def where(
        self, *, rule: str | None = None, county: str | None = None
    ) -> tuple[Flip, ...]:
        """
        Return those of one rule, of one county, or both; builds no others.

        Args:
            rule: The rule's full id; empty for the verdict of the whole programme.

            county: The county's code.
        """
        return tuple(self._built(rule, county))

    @cached_property
    def _all(self) -> tuple[Flip, ...]:
        return tuple(self._built(None, None))

    def _built(self, rule: str | None, county: str | None) -> Iterator[Flip]:
        row = None if county is None else self.new[county].row
        wanted = [b for b in self.batches if rule is None or b.rule == rule]
        places = [
            (int(at), nth, place)
            for nth, batch in enumerate(wanted)
            for place, at in enumerate(_county_rows(self.new.facts, batch))
            if row is None or at == row
        ]
        builder = _Builder(self)
        for at, nth, place in sorted(places):
            yield builder.flip(wanted[nth], place, at)


def _county_rows(facts: Facts, batch: _Batch) -> Index:
    """Return the new county of every flip."""
    if batch.units == "section":
        return facts.section_county[batch.new]
    if batch.units == "school":
        return facts.school_county[batch.new]
    if batch.units in ("county", "summary"):
        return batch.new
    if batch.units == "group":
        return batch.new // len(STAGES)
    if batch.units == "item":
        return batch.new // len(batch.items)
    return facts.other_county(batch.units)[batch.new]


class _Builder:
    """Builds flips county by county, with the findings of both sides."""

    def __init__(self, flips_: Flips) -> None:
        self.flips = flips_
        self.county = -1
        self.found: tuple[Mapping[str, Finding], Mapping[str, Finding]] = ({}, {})
        pairs = flips_.population.counties
        self.old_row = dict(zip(pairs.new.tolist(), pairs.old.tolist(), strict=True))

    def flip(self, batch: _Batch, place: int, county: int) -> Flip:
        new, rank = self.flips.new, batch.ranks[place].tolist()
        code = new.facts.codes[county]
        before, after = (None if r == _ABSENT else _BY_RANK[r] for r in rank)
        causes = tuple(
            cause
            for bit, cause in enumerate(self.flips.causes)
            if batch.bits[place] >> bit & 1
        )
        if batch.rule == PROGRAMME:
            name = new[code].name or code
            return Flip(
                county=code,
                rule=PROGRAMME,
                area=batch.area,
                id="",
                label=Text("评估结论", "Verdict"),
                name=Text(name, name),
                before=before,
                after=after,
                causes=causes,
                decides=True,
            )
        entities, tail, whose = self._named(batch, place, county)
        ids = [f"{batch.area}:{batch.rule}@{e}{tail}" for e in entities]
        self._read(county)
        rule = _rule(batch.rule, new, self.flips.old)
        return Flip(
            county=code,
            rule=batch.rule,
            area=batch.area,
            id=ids[1],
            label=rule.label,
            name=whose,
            before=before,
            after=after,
            causes=causes,
            decides=decides(rule),
            was=self.found[0].get(ids[0]),
            now=self.found[1].get(ids[1]),
        )

    def _read(self, county: int) -> None:
        """Build the findings of a county's two sides once."""
        if county == self.county:
            return
        old, new = self.flips.old, self.flips.new
        rows = [self.flips.population.old_rows(county), (county,)]
        self.county = county
        self.found = tuple(  # type: ignore[assignment]
            {
                each.id: each
                for row in some
                for each in side[side.facts.codes[row]].findings(components=True)
            }
            for side, some in zip((old, new), rows, strict=True)
        )

    def _named(
        self, batch: _Batch, place: int, county: int
    ) -> tuple[tuple[str, str], str, Text]:
        """Return the entity of then and now, what follows it, and a name."""
        old, new = self.flips.old.facts, self.flips.new.facts
        at = int(batch.new[place])
        if batch.units in ("section", "school"):
            row = int(new.section_school[at]) if batch.units == "section" else at
            code = str(new.schools.words("code")[row])
            word = str(new.schools.words("name")[row] or code)
            if batch.units == "school":
                return (code, code), "", Text(word, word)
            stage = STAGES[new.section_stage[at]]
            both = (f"{code}/{stage.value}",) * 2
            zh, en = f"{word}·{stage.label.zh}", f"{word}, {stage.label.en}"
            return both, "", Text(zh, en)
        codes = old.codes[self.old_row.get(county, 0)], new.codes[county]
        if batch.units == "group":
            stage = STAGES[at % len(STAGES)]
            return codes, f"#{stage.value}", stage.label
        if batch.units == "item":
            item = batch.items[at % len(batch.items)]
            channel = SurveyChannel.parse(item)
            return codes, f"#{item}", channel.label if channel else Text(item, item)
        if batch.units in ("county", "summary"):
            return codes, "", Text("", "")
        frame = new.other(batch.units)
        code = str(frame.words("code" if "code" in frame else "id")[at])
        return (code, code), "", Text(code, code)


def _rule(name: str, *sides: Assessment) -> Rule:
    return next(s.law.rules[name][1] for s in sides if name in s.law.rules)


# -- finding them ----------------------------------------------------------------------


def flips(
    old: Assessment, new: Assessment, way: Sequence[Step], population: Population
) -> Flips:
    """Find every verdict that differs between the ends of a way, and at which step."""
    search = _Search(old, way, population)
    return Flips(
        old=old,
        new=new,
        population=population,
        causes=tuple(step.cause for step in way),
        batches=tuple(search.all()) if way else (),
    )


class _Search:
    def __init__(
        self, old: Assessment, way: Sequence[Step], population: Population
    ) -> None:
        self.sides = [old, *(step.assessment for step in way)]
        self.population = population
        self.works: dict[tuple[int, str], Workspace] = {}

    def all(self) -> Iterator[_Batch]:
        pairs = self.population.counties
        stacked = [
            side.verdicts[pairs.old if nth == 0 else pairs.new]
            for nth, side in enumerate(self.sides)
        ]
        yield from _batch("", PROGRAMME, "county", pairs, stacked)
        areas = dict.fromkeys(
            level.area for side in self.sides for level in side.levels
        )
        for area in areas:
            yield from self._level(area)

    def _level(self, area: str) -> Iterator[_Batch]:
        levels = [[e for e in side.levels if e.area == area] for side in self.sides]
        names = dict.fromkeys(n for some in levels for each in some for n in each.units)
        pairs = self._pairs_of(levels)
        for name in names:
            rule = _rule(name, *reversed(self.sides))
            units = _units_of(rule)
            if isinstance(rule, Every):
                yield from self._items(area, name, pairs["county"])
            else:
                kind = units if units in pairs else "row"
                of = pairs[kind] if kind != "row" else self._rows(units)
                yield from self._of_units(levels, name, units, of, area)
            if units not in ("county", "group"):
                stacked = [
                    self._ranks(nth, some, name, pairs["county"], None)
                    for nth, some in enumerate(levels)
                ]
                yield from _batch(area, name, "summary", pairs["county"], stacked)

    def _of_units(
        self, levels: Sequence[Any], name: str, units: str, pairs: Pairs, area: str
    ) -> Iterator[_Batch]:
        stacked = [
            self._ranks(nth, some, name, pairs, units)
            for nth, some in enumerate(levels)
        ]
        yield from _batch(area, name, units, pairs, stacked)

    def _pairs_of(self, levels: Sequence[Any]) -> dict[str, Pairs]:
        """Return the pairs of units whose counties a level reaches on any side."""
        population = self.population
        found = {"county": population.counties}
        if all(
            some and (some[0].first, some[0].last) == (0, len(side.facts))
            for some, side in zip(levels, self.sides, strict=True)
        ):
            found["section"], found["school"] = population.sections, population.schools
        else:
            for kind in ("county", "section", "school"):
                pairs: Pairs = getattr(
                    population, {"county": "counties"}.get(kind, f"{kind}s")
                )
                keep = self._reached(levels, kind, pairs)
                found[kind] = Pairs(pairs.old[keep], pairs.new[keep])
        one = found["county"]
        found["group"] = Pairs(*(_doubled(rows) for rows in one))
        return found

    def _reached(self, levels: Sequence[Any], kind: str, pairs: Pairs) -> Index:
        keep = np.zeros(len(pairs.old), dtype=np.bool_)
        for nth, (some, side) in enumerate(zip(levels, self.sides, strict=True)):
            rows = pairs.old if nth == 0 else pairs.new
            starts = _starts(side.facts, kind)
            for level in some:
                a, b = starts[level.first], starts[level.last]
                keep |= (rows >= a) & (rows < b)
        return np.flatnonzero(keep)

    def _ranks(
        self,
        nth: int,
        levels: Iterable[Any],
        name: str,
        pairs: Pairs,
        units: str | None,
    ) -> Ranks:
        """Return one side's verdicts of the paired units, -1 where none was judged."""
        side = self.sides[nth]
        rows = pairs.old if nth == 0 else pairs.new
        starts = _starts(side.facts, units or "county")
        ranks = np.full(len(rows), _ABSENT, dtype=np.int8)
        for level in levels:
            kept = (level.counties if units is None else level.units).get(name)
            if kept is None:
                continue
            a, b = int(starts[level.first]), int(starts[level.last])
            if len(kept) != b - a:
                continue  # the rule judges other units here
            if (a, b) == (0, int(starts[-1])):
                ranks[:] = kept[rows]
                return ranks
            inside = np.flatnonzero((rows >= a) & (rows < b))
            ranks[inside] = kept[rows[inside] - a]
        return ranks

    def _rows(self, table: str) -> Pairs:
        """Match the rows of another table by code within the counties in both."""
        pairs = self.population.counties
        to = dict(zip(pairs.old.tolist(), pairs.new.tolist(), strict=True))
        old, new = self.population.old, self.population.new
        at = {
            key: row for row, key in enumerate(zip(*_row_keys(new, table), strict=True))
        }
        found = [
            (row, at[to.get(county, -1), code])
            for row, (county, code) in enumerate(
                zip(*_row_keys(old, table), strict=True)
            )
            if (to.get(county, -1), code) in at
        ]
        both = np.array(found, dtype=np.intp).reshape(-1, 2)
        return Pairs(both[:, 0], both[:, 1])

    def _items(self, area: str, name: str, pairs: Pairs) -> Iterator[_Batch]:
        """Compare the items that both years ask for; a subject of one year has none."""
        judged = []
        for nth, side in enumerate(self.sides):
            if name not in side.law.rules:
                return
            judged.append(judge(self._work(nth, area), name, side.law.rules[name][1]))
        items = tuple(e for e in judged[-1].items if all(e in j.items for j in judged))
        if not items:
            return
        stacked = []
        for nth, each in enumerate(judged):
            table = each.verdicts.reshape(-1, len(each.items))
            columns = [each.items.index(item) for item in items]
            rows = pairs.old if nth == 0 else pairs.new
            stacked.append(table[rows][:, columns].ravel())
        asked = (stacked[0] > 0) & (stacked[-1] > 0)
        stacked = [np.where(asked, each, _ABSENT).astype(np.int8) for each in stacked]
        wide = np.arange(len(items))
        spread = Pairs(*((len(items) * rows[:, None] + wide).ravel() for rows in pairs))
        for batch in _batch(area, name, "item", spread, stacked):
            yield batch._replace(items=items)

    def _work(self, nth: int, area: str) -> Workspace:
        key = (nth, area)
        if key not in self.works:
            side = self.sides[nth]
            self.works[key] = Workspace(side.facts, side.law, side.indicators, area)
        return self.works[key]


def _batch(
    area: str, name: str, units: str, pairs: Pairs, stacked: Sequence[Ranks]
) -> Iterator[_Batch]:
    turned = np.flatnonzero(stacked[0] != stacked[-1])
    if not len(turned):
        return
    cut = [each[turned] for each in stacked]
    bits = np.zeros(len(turned), dtype=np.int8)
    for bit, (before, after) in enumerate(itertools.pairwise(cut)):
        bits |= ((before != after) << bit).astype(np.int8)
    yield _Batch(
        area,
        name,
        units,
        pairs.old[turned],
        pairs.new[turned],
        np.stack([cut[0], cut[-1]], axis=1),
        bits,
    )


def _units_of(rule: Rule) -> str:
    if rule.scope in (Scope.SECTION, Scope.SCHOOL):
        return rule.scope.value
    if rule.scope in UNIT_TABLES:
        return UNIT_TABLES[rule.scope]
    if isinstance(rule, Every):
        return "item"
    grouped = rule.kind in _GROUPED or (isinstance(rule, Share) and rule.per_stage)
    return "group" if grouped else "county"


def _starts(facts: Facts, units: str) -> Index:
    if units == "section":
        return facts.group_starts[::2]
    if units == "school":
        return facts.school_starts
    if units in facts.other_starts:
        return facts.other_starts[units]
    each = len(STAGES) if units == "group" else 1
    return np.arange(len(facts) + 1) * each


def _doubled(rows: Index) -> Index:
    return (len(STAGES) * rows[:, None] + np.arange(len(STAGES))).ravel()


def _row_keys(facts: Facts, table: str) -> tuple[list[int], list[str]]:
    return facts.other_county(table).tolist(), codes_of(facts, table)
