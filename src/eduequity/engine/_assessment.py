"""The result of an evaluation: a mapping of counties, columnar inside."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._below import Level, needs
from eduequity.engine._evaluate import decides, evaluate_levels, joined
from eduequity.engine._findings import (
    RUN,
    AskedRule,
    Finding,
    findings_by_county,
    findings_of,
    is_aggregate,
    rules_at,
)
from eduequity.engine._lacking import Shortfalls
from eduequity.engine._plain import hand_over
from eduequity.engine._selection import Filter, Findings, MetShare, dimension_of
from eduequity.engine._shortfall import shortfalls
from eduequity.errors import OptionError, UnknownNameError
from eduequity.facts import Facts
from eduequity.indicators import Indicator
from eduequity.rules import Citation, Law, Rule, Rulebook
from eduequity.vocab import Area, Verdict


__all__ = [
    "Assessment",
    "CountyResult",
    "DimensionResult",
    "LevelVerdict",
    "ReadingChange",
    "evaluate",
]

SCHEMA = "eduequity/assessment/1"

_BY_RANK: tuple[Verdict, ...] = tuple(Verdict)


@attrs.frozen
class LevelVerdict:
    """
    The verdict that counts in an area, with the stricter of all levels above it.

    Args:
        area: The area's code; ``""`` is the nation.

        verdict: The verdict by its law and by that of all levels above it.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))[
    ...     "999901"
    ... ]
    >>> [(level.area, level.verdict.value) for level in county.levels]
    [('', 'unknown')]
    """

    area: str
    verdict: Verdict


@attrs.frozen(kw_only=True)
class ReadingChange:
    """
    A verdict that another reading of an ambiguous text would change.

    Args:
        county: The county's code.

        option: The reading.

        choice: What would be chosen in place of what is.

        rule: The rule whose verdict would change.

        verdict: What it would be.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> change = result.readings()[0]
    >>> change.option, change.choice, change.rule, change.verdict.value
    ('relaxations', 'always', 'government.art_rooms', 'met')
    """

    county: str
    option: str
    choice: str
    rule: str
    verdict: Verdict


@attrs.frozen(kw_only=True)
class DimensionResult:
    """
    One dimension of one county.

    Args:
        id: Such as ``resources``.

        verdict: Its deciding rules joined by *all*.

        rules: The verdict of every rule in it, deciding or not.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))[
    ...     "999901"
    ... ]
    >>> vetoes = county["vetoes"]
    >>> vetoes.id, vetoes.verdict.value, vetoes.rules["vetoes.key_schools"].value
    ('vetoes', 'unknown', 'unknown')
    """

    id: str
    verdict: Verdict
    rules: Mapping[str, Verdict]


@attrs.frozen(eq=False)
class CountyResult:
    """
    One county of an assessment.

    Args:
        assessment: The whole result.

        row: The county's place in it, from 0.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> county = ee.evaluate(demo, on=dt.date(2024, 12, 31))["999901"]
    >>> county.code, county.name
    ('999901', '示例县(合成数据)')
    >>> county.verdict.value, county.self_assessment.value
    ('unmet', 'unmet')
    >>> [level.area for level in county.levels]
    ['']
    >>> [each.id for each in county.dimensions]
    ['eligibility', 'resources', 'government', 'quality', 'recognition', 'vetoes']
    >>> county["government"].verdict.value
    'unmet'
    >>> finding = county.findings(verdict="unmet", dimension="resources")[0]
    >>> county.finding(finding.id) == finding
    True
    >>> len(county.shortfall())
    7
    """

    assessment: Assessment = attrs.field(repr=False)
    row: int

    @property
    def code(self) -> str:
        """The county's code."""
        return self.assessment.facts.codes[self.row]

    @property
    def name(self) -> str | None:
        """The county's name, if it is given."""
        name = self.assessment.facts.counties.words("name")[self.row]
        return None if name is None else str(name)

    @property
    def verdict(self) -> Verdict:
        """The programme's own verdict: national values only."""
        return _BY_RANK[int(self.assessment.verdicts[self.row])]

    @property
    def self_assessment(self) -> Verdict:
        """The verdict without the items that only the nation can determine."""
        return _BY_RANK[int(self.assessment.self_assessments[self.row])]

    @property
    def levels(self) -> tuple[LevelVerdict, ...]:
        """The verdict at each level that has a pack, from the nation down."""
        rules = self.assessment.law.rules
        ranks: dict[str, int] = {}
        found = []
        for level in self.assessment.levels:
            if self.row not in level:
                continue
            for name, verdicts in level.counties.items():
                if decides(rules[name][1]):
                    ranks[name] = int(verdicts[self.row - level.first])
            worst = max(ranks.values(), default=0)
            if self.row in self.assessment.aggregates:
                worst = _undetermined(worst)
            found.append(LevelVerdict(level.area, _BY_RANK[worst]))
        return tuple(found)

    @property
    def dimensions(self) -> tuple[DimensionResult, ...]:
        """Its dimensions in the order of the programme, ``local`` last."""
        return tuple(self[each] for each in self.assessment.dimensions)

    def __getitem__(self, dimension: str) -> DimensionResult:
        return self.assessment.dimension(self.row, dimension)

    @cached_property
    def _all(self) -> tuple[Finding, ...]:
        return findings_of(self.assessment, self.row)

    def findings(self, **filters: Any) -> tuple[Finding, ...]:
        """
        Return its findings, built at once.

        Args:
            filters: What `Assessment.findings` takes.
        """
        wanted = Filter(**filters)
        return tuple(each for each in self._all if wanted.matches(each))

    def shortfall(self) -> Shortfalls:
        """Return what its unmet requirements lack, unit by unit, with the totals."""
        return shortfalls([self])

    def _repr_html_(self) -> str | None:
        html = self.assessment.html
        return None if html is None else html(self)

    def finding(self, finding_id: str) -> Finding:
        """
        Return the finding of an id.

        Args:
            finding_id: ``<area>:<rule>@<entity>[#<item>]``.

        Raises:
            UnknownNameError: There is none; the error suggests the closest.
        """
        for each in self._all:
            if each.id == finding_id:
                return each
        raise UnknownNameError("finding", finding_id, (f.id for f in self._all))


def _undetermined(rank: int) -> int:
    """Return the rank of an aggregate: met by its sums is not yet determined."""
    return Verdict.UNKNOWN.rank if rank == Verdict.MET.rank else rank


@attrs.frozen(eq=False, kw_only=True)
class Assessment(Mapping[str, CountyResult]):
    """
    What an evaluation found: a mapping from county code to `CountyResult`.

    Args:
        facts: The data.

        law: The law in force on the day, under the readings chosen.

        indicators: The formulas, by name.

        levels: The verdicts, level by level.

        as_area: The area whose law was used in place of the counties' own.

        engine: The version of eduequity.

        not_loaded: The plugins that could not be loaded.

        notes: What plugins noted after the evaluation.

        writer: Writes the result, or what is made from it, into a file; handed in, as
            the engine knows no format.

        html: Draws the result, a county or findings for a notebook; handed in too.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> result.programme, result.on, result.synthetic
    ('quality-balance', datetime.date(2024, 12, 31), True)
    >>> list(result), result["999901"].verdict.value
    (['999901'], 'unmet')
    >>> result.verdicts, result.self_assessments  # as ranks of `Verdict`: 3 is unmet
    (array([3], dtype=int8), array([3], dtype=int8))
    >>> result.dimensions
    ('eligibility', 'resources', 'government', 'quality', 'recognition', 'vetoes')
    >>> result.dimension(0, "vetoes").verdict.value
    'met'
    >>> unmet = result.findings(verdict="unmet", force="requirement")
    >>> len(unmet), unmet[0].id
    (11, ':government.art_rooms@9999010005')
    >>> result.share().unmet, result.share("vetoes.key_schools").met
    (1, 1)
    >>> result.aggregates, result.aggregate_notes  # cities taken as one: none here
    (frozenset(), ())
    >>> asked = {each.name for each in result.rules_at("")}
    >>> "resources.section_quorum" in asked
    True
    >>> more = demo.change("9999010003/primary.above_degree_teachers += 5")
    >>> len(result.again(more).findings(verdict="unmet")) < len(unmet)
    True
    >>> {each.finding.verdict.value for each in result.shortfall()}
    {'unmet'}
    >>> result.head()["schema"], sorted(result.to_dict()["counties"][0])[:3]
    ('eduequity/assessment/1', ['code', 'dimensions', 'findings'])
    >>> result.county_dict("999901")["verdict"]
    'unmet'
    >>> ((county, findings),) = result.county_dicts()
    >>> county["code"], len(findings) > len(result.findings())  # components are in
    ('999901', True)
    >>> result.readings()[0].option
    'relaxations'
    """

    facts: Facts
    law: Law
    indicators: Mapping[str, Indicator]
    levels: tuple[Level, ...]
    as_area: str | None = None
    engine: str = ""
    not_loaded: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    writer: Callable[..., None] | None = attrs.field(default=None, repr=False)
    html: Callable[[Any], str] | None = attrs.field(default=None, repr=False)

    # -- the mapping ---------------------------------------------------------------

    def __getitem__(self, code: str) -> CountyResult:
        try:
            return CountyResult(self, self._rows[code])
        except KeyError:
            raise UnknownNameError("county", code, self._rows) from None

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {code: row for row, code in enumerate(self.facts.codes)}

    def only(self, code: str) -> Assessment:
        """
        Return the result of one county alone, under the same law and options.

        Args:
            code: The county's code.

        Raises:
            UnknownNameError: There is no such county.

        >>> import datetime as dt
        >>> import eduequity as ee
        >>> counties = [ee.County(code="999901"), ee.County(code="999902")]
        >>> result = ee.evaluate(counties, on=dt.date(2024, 12, 31))
        >>> list(result.only("999902"))
        ['999902']
        """
        row = self[code].row
        return self.again(self.facts.select(row, row + 1))

    def again(self, facts: Facts) -> Assessment:
        """
        Judge other facts under the same law and options.

        Args:
            facts: The data to judge in place of these.

        Returns:
            The result of these data; this one stays as it is.

        >>> import datetime as dt
        >>> import eduequity as ee
        >>> section = ee.Section(pupils=500, above_degree_teachers=20)
        >>> school = ee.School(
        ...     code="1", name="示例小学", kind="primary", primary=section
        ... )
        >>> county = ee.County(code="999901", schools=(school,))
        >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
        >>> more = result.facts.change("1/primary.above_degree_teachers += 1")
        >>> (now,) = result.again(more).findings(
        ...     rule="resources.above_degree_teachers", school="1"
        ... )
        >>> now.value  # 21 / 5
        4.2
        """
        levels = evaluate_levels(facts, self.law, self.indicators, as_area=self.as_area)
        return attrs.evolve(self, facts=facts, levels=levels)

    # -- joined verdicts -----------------------------------------------------------

    @property
    def programme(self) -> str:
        """The programme, such as ``quality-balance``."""
        return self.law.programme

    @property
    def on(self) -> dt.date:
        """The day whose law was used."""
        return self.law.on

    @property
    def synthetic(self) -> bool:
        """Whether any county says that it is synthetic."""
        return bool((self.facts.counties.numbers("synthetic") == 1).any())

    @cached_property
    def verdicts(self) -> npt.NDArray[np.int8]:
        """The programme's verdict of every county, as ranks of `Verdict`."""
        return self._national(None)

    @cached_property
    def self_assessments(self) -> npt.NDArray[np.int8]:
        """The same without the items that only the nation determines."""
        return self._national(lambda _name, rule: rule.determined_by is None)

    def _national(
        self, only: Callable[[str, Rule], bool] | None
    ) -> npt.NDArray[np.int8]:
        ranks = joined(self.levels[0], self.law, len(self), only=only)
        for row in self.aggregates:
            ranks[row] = _undetermined(int(ranks[row]))
        return ranks

    @property
    def aggregate_notes(self) -> tuple[Mapping[str, str], ...]:
        """What is to be said of each aggregate: ``place``, ``zh`` and ``en``."""
        return tuple(_said_of(self.facts.codes[row]) for row in sorted(self.aggregates))

    @cached_property
    def aggregates(self) -> frozenset[int]:
        """The rows that stand for a whole city, which is never determined."""
        codes = enumerate(self.facts.codes)
        return frozenset(row for row, code in codes if is_aggregate(code))

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The programme's dimensions in order, then ``local`` if there are any."""
        named = dict.fromkeys(
            rule.dimension or "local" for _, rule in self.law.rules.values()
        )
        order = [d for d in _ORDER if d in named]
        return (*order, *(d for d in named if d not in order))

    def dimension(self, row: int, name: str) -> DimensionResult:
        """
        Return one dimension of one county.

        Args:
            row: The county's place in the result, from 0.

            name: Such as ``resources``, or ``local``.

        Raises:
            UnknownNameError: The programme has no such dimension.
        """
        if name != "local" and name not in self.dimensions:
            raise UnknownNameError("dimension", name, self.dimensions)
        rules: dict[str, Verdict] = {}
        worst = 0
        for level in self.levels if name == "local" else self.levels[:1]:
            if row not in level:
                continue
            for rule_id, verdicts in level.counties.items():
                rule = self.law.rules[rule_id][1]
                if (rule.dimension or "local") == name:
                    rank = int(verdicts[row - level.first])
                    rules[rule_id] = _BY_RANK[rank]
                    worst = max(worst, rank if decides(rule) else 0)
        return DimensionResult(id=name, verdict=_BY_RANK[worst], rules=rules)

    # -- findings ------------------------------------------------------------------

    def findings(self, **filters: Any) -> Findings:
        """
        Return the findings that are asked for: a sequence, built when looked at.

        Its ``len``, ``counts`` and ``share`` build nothing.

        Args:
            filters: ``verdict``, ``rule``, ``dimension``, ``force``, ``county``,
                ``school``, ``stage``, ``scope``, ``area``: one word or several each;
                ``components=True`` adds the single indicators that decide nothing
                alone.

        Raises:
            UnknownNameError: No such county, rule or dimension, or no such word. A
                local rule may belong to a pack that reaches none of the counties: it
                has no findings.
        """
        wanted = Filter(**filters)
        for what, names, known in (
            ("county", wanted.county, self._rows),
            ("rule", wanted.rule, self.law.rules),
            ("dimension", wanted.dimension, (*self.dimensions, "local")),
        ):
            for name in names or ():
                local = what == "rule" and dimension_of(name) == "local"
                if name not in known and not local:
                    raise UnknownNameError(what, name, known)
        rows = self._rows
        asked = rows if wanted.county is None else wanted.county
        return Findings(self, wanted, tuple(sorted(rows[code] for code in asked)))

    def share(self, rule: str | None = None) -> MetShare:
        """
        Return the share of counties that are met: of those assessed, and its bounds.

        Args:
            rule: A rule's id; otherwise the programme's verdict is counted.

        Raises:
            UnknownNameError: No such rule.
        """
        ranks = self.verdicts if rule is None else self._ranks_of(rule)
        counted = np.bincount(ranks, minlength=len(Verdict))
        met, unmet, unknown = (
            int(counted[verdict.rank])
            for verdict in (Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN)
        )
        return MetShare(met=met, unmet=unmet, unknown=unknown)

    def shortfall(self) -> Shortfalls:
        """Return what the unmet requirements of all counties lack, with the totals."""
        return shortfalls(self.values())

    def _ranks_of(self, rule: str) -> npt.NDArray[np.int8]:
        """Return a rule's verdict in every county, at the highest level that has it."""
        if rule not in self.law.rules:
            raise UnknownNameError("rule", rule, self.law.rules)
        ranks = np.zeros(len(self), dtype=np.int8)
        seen = np.zeros(len(self), dtype=np.bool_)
        for level in self.levels:
            if rule in level.counties:
                part = slice(level.first, level.last)
                fresh = ~seen[part]
                ranks[part][fresh] = level.counties[rule][fresh]
                seen[part] = True
        return ranks

    def rules_at(self, area: str) -> tuple[AskedRule, ...]:
        """
        Return the rules that are judged at a level, or shown there.

        Args:
            area: The code of the level's area; ``""`` is the nation.
        """
        if area not in self._asked:
            self._asked[area] = rules_at(self.law, self.indicators, area)
        return self._asked[area]

    @cached_property
    def citations(self) -> dict[Any, tuple[Citation, ...]]:
        """Where rules and values stand, as far as anybody asked: findings share it."""
        return {}

    @cached_property
    def _asked(self) -> dict[str, tuple[AskedRule, ...]]:
        return {}

    def _repr_html_(self) -> str | None:
        return None if self.html is None else self.html(self)

    def readings(self) -> tuple[ReadingChange, ...]:
        """Return the rule verdicts that another reading of the text would change."""
        return tuple(self._changes())

    def _changes(self) -> Iterator[ReadingChange]:
        for option, reading in self.law.readings.items():
            for choice in reading.choices:
                if choice == self.law.options[option]:
                    continue
                law = Law(
                    programme=self.law.programme,
                    on=self.law.on,
                    packs=self.law.packs,
                    options={**self.law.options, option: choice},
                )
                levels = evaluate_levels(
                    self.facts, law, self.indicators, as_area=self.as_area
                )
                yield from self._flips(levels, option, choice)

    def _flips(
        self, levels: tuple[Level, ...], option: str, choice: str
    ) -> Iterator[ReadingChange]:
        for before, after in zip(self.levels, levels, strict=True):
            for rule, verdicts in after.counties.items():
                changed = np.flatnonzero(verdicts != before.counties[rule])
                for row in changed:
                    yield ReadingChange(
                        county=self.facts.codes[before.first + row],
                        option=option,
                        choice=choice,
                        rule=rule,
                        verdict=_BY_RANK[verdicts[row]],
                    )

    def write(
        self,
        path: str | os.PathLike[str],
        *,
        lang: str = "zh",
        tabs: Sequence[object] = (),
    ) -> None:
        """
        Write the result into a file, by its suffix.

        Args:
            path: The file, ``.json``, ``.html``, ``.xlsx``, ``.docx``, ``.md``,
                ``.csv`` or what a plugin writes. What stood there is replaced at once,
                or stays as it was.

            lang: ``zh`` or ``en``.

            tabs: What an HTML file shows besides, each in a tab and the first of them
                open: what `eduequity.compare`, ``ledger_of``, ``plan``, ``project``,
                ``roadmap``, ``what_if`` and ``sweep`` return.

        Raises:
            OutputError: Nobody writes that suffix, or the file cannot be written; or
                there are tabs and it is no ``.html``.

            InputError: A tab is of other counties than the result.

        >>> import datetime as dt
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import eduequity as ee
        >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
        >>> with TemporaryDirectory() as folder:
        ...     result.write(Path(folder, "result.json"))
        ...     [path.name for path in Path(folder).iterdir()]
        ['result.json']
        """
        more = {"tabs": tabs} if tabs else {}
        hand_over(self, self, path, lang=lang, **more)

    # -- plain data ----------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return the result in its JSON form (schema ``eduequity/assessment/1``)."""
        return {
            **self.head(),
            "counties": [
                {**county, "findings": [f.to_dict() for f in findings]}
                for county, findings in self.county_dicts()
            ],
        }

    def county_dicts(
        self,
    ) -> Iterator[tuple[dict[str, Any], tuple[Finding, ...]]]:
        """Yield every county's JSON form without findings, and its findings."""
        changes: dict[str, list[ReadingChange]] = {}
        for each in self.readings():
            changes.setdefault(each.county, []).append(each)
        for first in range(0, len(self), RUN):
            last = min(first + RUN, len(self))
            runs = findings_by_county(self, first, last)
            for row, findings in zip(range(first, last), runs, strict=True):
                code = self.facts.codes[row]
                yield self._county_dict(code, changes.get(code, ())), findings

    def head(self) -> dict[str, Any]:
        """Return what the JSON form says before its counties."""
        law = self.law
        return {
            "schema": SCHEMA,
            "engine": self.engine,
            "programme": self.programme,
            "on": self.on.isoformat(),
            "as_area": self.as_area,
            "synthetic": self.synthetic,
            "warnings": [
                {"place": n.place, "zh": n.zh, "en": n.en} for n in self.facts.notices
            ]
            + [{"place": "", "zh": note, "en": note} for note in self.notes]
            + [dict(each) for each in self.aggregate_notes],
            "sources": {
                f"{pack.info.id}/{key}": {
                    "title": source.title,
                    "issuer": source.issuer,
                    "number": source.number,
                    "issued": source.issued and source.issued.isoformat(),
                    "kind": source.kind,
                    "read": source.read.value,
                }
                for pack in law.packs
                for key, source in pack.sources.items()
            },
            "rules": {
                name: {
                    "zh": rule.label.zh,
                    "en": rule.label.en,
                    "dimension": rule.dimension or "local",
                }
                for name, (_, rule) in law.rules.items()
            },
            "data": {"digest": self.facts.digest},
            "packs": [
                {
                    "id": pack.info.id,
                    "version": pack.version,
                    "digest": pack.digest,
                    "areas": list(pack.info.areas),
                }
                for pack in law.packs
            ],
            "not_loaded": [dict(each) for each in self.not_loaded],
            "upcoming": list(self._upcoming()),
            "options": dict(law.options),
        }

    def _upcoming(self) -> Iterator[dict[str, Any]]:
        by_parameter = {
            parameter: name
            for name, (_, rule) in self.law.rules.items()
            for parameter in needs(rule, self.law, self.indicators)
        }
        for each in self.law.upcoming:
            value = each.value
            stages = {
                None: value.value,
                "primary": value.primary,
                "junior": value.junior,
            }
            for stage, amount in stages.items():
                if amount is not None and each.parameter in by_parameter:
                    yield {
                        "rule": by_parameter[each.parameter],
                        "area": each.area,
                        "stage": stage,
                        "from": value.start.isoformat(),
                        "value": list(amount) if isinstance(amount, tuple) else amount,
                        "source": self.law.citation(each.area, value).source,
                    }

    def county_dict(
        self, code: str, changes: Sequence[ReadingChange] = ()
    ) -> dict[str, Any]:
        """
        Return one county in its JSON form.

        Args:
            code: The county's code.

            changes: What other readings would change in it, to be listed.
        """
        return {
            **self._county_dict(code, changes),
            "findings": [f.to_dict() for f in self[code].findings(components=True)],
        }

    def _county_dict(
        self, code: str, changes: Sequence[ReadingChange]
    ) -> dict[str, Any]:
        county = self[code]
        return {
            "code": code,
            "name": county.name,
            "verdict": county.verdict.value,
            "self_assessment": county.self_assessment.value,
            "levels": [
                {"area": level.area, "verdict": level.verdict.value}
                for level in county.levels
            ],
            "dimensions": [
                {"id": each.id, "verdict": each.verdict.value}
                for each in county.dimensions
            ],
            "readings": [
                {
                    "option": each.option,
                    "choice": each.choice,
                    "rule": each.rule,
                    "verdict": each.verdict.value,
                }
                for each in changes
            ],
        }


def _said_of(aggregate: str) -> dict[str, str]:
    return {
        "place": aggregate,
        "zh": f"{aggregate} 是地市的汇总，不作认定：达标也只说明汇总数达标",
        "en": f"{aggregate} is the aggregate of a city and never determined: met means "
        "that its sums are",
    }


_ORDER = (
    "eligibility",
    "resources",
    "government",
    "quality",
    "recognition",
    "vetoes",
    "balance",
    "coverage",
    "care",
    "local",
)


def evaluate(
    facts: Facts,
    rulebook: Rulebook,
    indicators: Mapping[str, Indicator],
    *,
    on: dt.date,
    programme: str = "quality-balance",
    options: Mapping[str, str] | None = None,
    as_area: str | None = None,
    engine: str = "",
    not_loaded: tuple[Mapping[str, str], ...] = (),
) -> Assessment:
    """
    Judge counties by a programme's rules on a day.

    Args:
        facts: The data of any number of counties.

        rulebook: The packs.

        indicators: The formulas that their rules name.

        on: The day whose law counts.

        programme: Such as ``quality-balance``.

        options: Readings chosen in place of their defaults.

        as_area: Use the law of this area in place of the counties' own.

        engine: The version to write into the result.

        not_loaded: What to say of plugins that failed.

    Returns:
        A mapping from county code to the county's result.

    Raises:
        UnknownNameError: No such programme or option.

        OptionError: The option does not offer that choice, or *as_area* is no code.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity import engine
    >>> registry = ee.Registry.of()
    >>> result = engine.evaluate(
    ...     ee.Facts.of(ee.County(code="999901")),
    ...     registry.rulebook,
    ...     registry.indicators,
    ...     on=dt.date(2024, 12, 31),
    ... )
    >>> result["999901"].verdict.value
    'unknown'
    """
    if as_area is not None:
        try:
            as_area = Area(as_area).code
        except ValueError:
            raise OptionError("as_area", as_area, ("0, 2, 4 or 6 digits",)) from None
    law = rulebook.law(programme, on, options=options)
    law = law.reaching([as_area] if as_area is not None else facts.codes)
    return Assessment(
        facts=facts,
        law=law,
        indicators=indicators,
        levels=evaluate_levels(facts, law, indicators, as_area=as_area),
        as_area=as_area,
        engine=engine,
        not_loaded=not_loaded,
    )
