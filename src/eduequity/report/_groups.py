"""Findings by rule: what is unmet, what is unknown, and which evidence is missing."""

from __future__ import annotations

import math
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from eduequity.engine import Explanation, Finding, comparison, explain
from eduequity.model import TABLES
from eduequity.report._levels import rank_of
from eduequity.rules import Dispersion, Quorum, Rule, Threshold, Veto
from eduequity.vocab import (
    LEVEL_NAMES,
    Force,
    Scope,
    Stage,
    SurveyChannel,
    Verdict,
    combine,
)


if TYPE_CHECKING:
    from collections.abc import Iterator

    from eduequity.engine import CountyResult


__all__ = [
    "Group",
    "counted",
    "effort",
    "groups_of",
    "is_quorum",
    "item_word",
    "missing",
    "parts",
    "reading",
    "remarks",
    "unit_name",
]

_SAMPLE = 3
_MOST_LABELS = 4
_ADDING_UP = ("share", "dispersion", "mean_dispersion")


@attrs.frozen(kw_only=True)
class Group:
    """
    One rule at one level in one county.

    Args:
        rule: The rule's id.

        area: The area at whose level it counts.

        verdict: Its units joined.

        units: The findings of its units, without the one that joins them.

        summary: The one that joins them, where there is one.
    """

    rule: str
    area: str
    verdict: Verdict
    units: tuple[Finding, ...]
    summary: Finding | None

    @property
    def head(self) -> Finding:
        """The finding that stands for the rule."""
        return self.summary or self.units[0]

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """Return the units of that verdict, those furthest from their limit first."""
        found = (each for each in self.units if each.verdict is verdict)
        return tuple(sorted(found, key=_gap, reverse=True))

    @property
    def judged(self) -> int:
        """How many units the rule speaks of."""
        return sum(u.verdict is not Verdict.NOT_APPLICABLE for u in self.units)

    @property
    def about_schools(self) -> bool:
        """Whether it judges schools or sections, or adds up over them."""
        rule = _rule(self.head)
        return rule.scope is not Scope.COUNTY or rule.kind in _ADDING_UP

    @property
    def badness(self) -> float:
        """How far its worst unit misses; a plain no misses by everything."""
        return max((_gap(each) for each in self.of(Verdict.UNMET)), default=0.0)


def _gap(finding: Finding) -> float:
    value: Any = finding.value
    limit: Any = finding.threshold
    if value is None or limit is None or isinstance(value, bool):
        return math.inf
    ends = limit if isinstance(limit, tuple | list) else (limit,)
    gaps: list[float] = [abs(value - end) / (abs(end) or 1.0) for end in ends]
    return min(gaps)


def groups_of(county: CountyResult, level: str) -> tuple[Group, ...]:
    """Return the deciding rules of a county, from the nation down to *level*."""
    depth = LEVEL_NAMES.index(level)
    found: dict[tuple[str, str], list[Finding]] = {}
    for each in county.findings(force=Force.REQUIREMENT.value):
        if rank_of(each.area) <= depth:
            found.setdefault((each.area, each.rule), []).append(each)
    return tuple(_group(*key, findings) for key, findings in found.items())


def _group(area: str, rule: str, findings: list[Finding]) -> Group:
    units = tuple(each for each in findings if "summary" not in each.flags)
    summary = next((each for each in findings if "summary" in each.flags), None)
    return Group(
        rule=rule,
        area=area,
        verdict=summary.verdict if summary else combine(u.verdict for u in units),
        units=units,
        summary=summary,
    )


def counted(groups: tuple[Group, ...]) -> dict[Verdict, int]:
    """Count the rules by verdict."""
    return {v: sum(each.verdict is v for each in groups) for v in Verdict}


# -- words ----------------------------------------------------------------------


def unit_name(county: CountyResult, finding: Finding, lang: str) -> str:
    """Name the unit of a finding: school and stage, or the item."""
    if finding.scope in (Scope.SCHOOL, Scope.SECTION):
        code = finding.entity.partition("/")[0]
        schools = county.assessment.facts.schools
        names, codes = schools.words("name"), schools.words("code")
        row = next(row for row, each in enumerate(codes) if each == code)
        stage = item_word(finding.stage, lang)
        return f"{names[row] or code} {stage}".strip()
    return item_word(finding.item, lang) or (county.name or county.code)


def item_word(item: str | None, lang: str) -> str:
    """Name a stage, a channel or a subject; nothing where there is none."""
    if item is None:
        return ""
    for choices in (Stage, SurveyChannel):
        found = choices.parse(item)
        if found is not None:
            return found.label.get(lang)
    return item


def reading(finding: Finding, lang: str) -> str:
    """Say what was found and what was asked, as people read it."""
    rule = _rule(finding)
    if isinstance(rule, Quorum) and "summary" not in finding.flags:
        least = finding.threshold or 0
        got = "—" if finding.value is None else f"{finding.value:g}"
        if lang == "zh":
            return f"{len(rule.of)}项中{got}项达标（应≥ {least:g}）"
        return f"{got} of {len(rule.of)} met (asked ≥ {least:g})"
    if isinstance(rule, Veto) and finding.value is not None:
        if finding.value:
            return "已发生" if lang == "zh" else "it has occurred"
        return "未发生" if lang == "zh" else "it has not occurred"
    if finding.operator is None and finding.value is False:
        return "不符合" if lang == "zh" else "not fulfilled"
    return comparison(finding, lang, exact="knife_edge" in finding.flags)


def _rule(finding: Finding) -> Rule:
    return finding.assessment.law.rules[finding.rule][1]


def is_quorum(finding: Finding) -> bool:
    """Whether a finding counts single indicators."""
    return isinstance(_rule(finding), Quorum)


def parts(county: CountyResult, finding: Finding, verdict: Verdict) -> list[Finding]:
    """Return the single indicators of a quorum's unit that have *verdict*."""
    rule, head = _rule(finding), finding.rule.rpartition(".")[0]
    if not isinstance(rule, Quorum):
        return []
    names = {f"{head}.{each}" for each in rule.of}
    return [
        each
        for each in county.findings(components=True, verdict=verdict.value)
        if each.entity == finding.entity and each.rule in names
    ]


# -- missing evidence -----------------------------------------------------------


def _lacking(county: CountyResult, group: Group, lang: str) -> tuple[str, ...]:
    labels = dict.fromkeys(
        label
        for unit in _lacking_units(county, group)[:_SAMPLE]
        for label in _blanks(unit, lang)
    ) or dict.fromkeys(_unknown_parts(county, group, lang))
    return tuple(labels)


def effort(county: CountyResult, group: Group) -> tuple[int, int]:
    """
    Say how long the way to a rule's evidence is, to sort by.

    First what the county can state at once, by how much is missing; then what has to
    be collected from schools; last what only the nation determines.
    """
    if group.head.determined_by is not None:
        return 2, 0
    return int(group.about_schools), len(_lacking(county, group, "zh"))


def remarks(group: Group, lang: str) -> tuple[str, ...]:
    """
    Return what is said of the published figures and claims for a rule.

    What is said of one school's figures stands with its own finding: the head tells of
    how many there are.
    """
    alone = (Scope.SCHOOL, Scope.SECTION)
    found = (group.head, *(each for each in group.units if each.scope not in alone))
    said = dict.fromkeys(note for each in found for note in each.notes)
    return tuple(note.get(lang) for note in said)


def missing(county: CountyResult, group: Group, lang: str) -> tuple[str, ...]:
    """Say which evidence a rule lacks, from the first of its unknown units."""
    found = _lacking(county, group, lang)
    if len(found) > _MOST_LABELS:
        rest = len(found) - _MOST_LABELS
        more = f"另{rest}项" if lang == "zh" else f"{rest} more"
        found = (*found[:_MOST_LABELS], more)
    return found


def _unknown_parts(county: CountyResult, group: Group, lang: str) -> Iterator[str]:
    """Yield the names of the unknown rules that a rule is made from."""
    law, head = county.assessment.law, group.rule.rpartition(".")[0]
    for name in getattr(_rule(group.head), "of", ()):
        part = f"{head}.{name}"
        if part in law.rules and county.findings(rule=part, verdict="unknown"):
            yield law.rules[part][1].label.get(lang)


def _lacking_units(county: CountyResult, group: Group) -> list[Finding]:
    """Return the unknown findings whose operands tell what is blank."""
    unknown = list(group.of(Verdict.UNKNOWN))
    rule = _rule(group.head)
    if isinstance(rule, Quorum):
        found = (p for u in unknown for p in parts(county, u, Verdict.UNKNOWN))
        return list(islice(found, _SAMPLE)) or unknown
    if isinstance(rule, Dispersion):
        stages = {each.stage for each in unknown}
        return [
            each
            for each in county.findings(components=True, verdict="unknown")
            if each.stage in stages and _measures(_rule(each), rule)
        ] or unknown
    return unknown or [group.head]


def _measures(rule: Rule, dispersion: Dispersion) -> bool:
    return isinstance(rule, Threshold) and rule.indicator == dispersion.indicator


def _blanks(finding: Finding, lang: str) -> Iterator[str]:
    if finding.item is not None and finding.value is None and finding.stage is None:
        yield item_word(finding.item, lang)
        return
    told = explain(finding, lang=lang)
    yield from _blank_operands(told)
    for line in told.arithmetic:
        if _GAP.search(line):
            yield line.partition(" = ")[0]


_BLANK = ("缺", "blank", "NaT – NaT")
_FIELDS = {name for fields in TABLES.values() for f in fields for name in f.names}
_GAP = re.compile(r"（\d+ 个单位缺）|\(\d+ blank\)")


def _blank_operands(told: Explanation) -> Iterator[str]:
    for each in told.operands:
        if each.value in _BLANK and each.name in _FIELDS:
            yield each.label
