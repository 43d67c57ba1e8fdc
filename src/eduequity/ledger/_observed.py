"""
What an assessment says of everything that a ledger may hold: unit by unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eduequity.engine import (
    Assessment,
    Finding,
    Shortfall,
    compare,
    comparison,
    figure,
    measured,
)
from eduequity.facts import STAGES
from eduequity.ledger._items import LedgerItem, State
from eduequity.rules import Threshold
from eduequity.vocab import (
    Choice,
    Force,
    Scope,
    Stage,
    SurveyChannel,
    Text,
    Unit,
    Verdict,
)


__all__ = ["Observed", "class_key", "observed"]

_OF_CLASSES = "oversized_classes"


class Observed(NamedTuple):
    """
    What an assessment found.

    Args:
        states: The state of every finding and class, by an item's id.

        unmet: The items that are unmet, as new ones.

        costed: The changes that every unmet item asks for: column and amount.

        complete: The findings of sections all of whose classes are listed.
    """

    states: Mapping[str, State]
    unmet: tuple[LedgerItem, ...]
    costed: Mapping[str, tuple[tuple[str, float], ...]]
    complete: frozenset[str]


def class_key(finding: str, class_id: str) -> str:
    """Return the id of a class's item."""
    return f"{finding}/class={class_id}"


def observed(assessment: Assessment) -> Observed:
    """Look at every requirement of every unit of an assessment."""
    states: dict[str, State] = {}
    items: list[LedgerItem] = []
    costed: dict[str, tuple[tuple[str, float], ...]] = {}
    complete: set[str] = set()
    lacking = {each.finding.id: each for each in assessment.shortfall()}
    classes = _Classes(assessment)
    for code, county in assessment.items():
        for finding in county.findings(force=Force.REQUIREMENT.value):
            if "summary" in finding.flags:
                continue
            states[finding.id] = _state(finding.verdict)
            listed = classes.of(finding)
            states |= {each.key: each.state for each in listed}
            if listed and classes.complete(finding, listed):
                complete.add(finding.id)
            over = [each for each in listed if each.state is State.UNMET]
            for each in over:
                items.append(_class_item(finding, code, each))
                costed[each.key] = ()
            if finding.verdict is not Verdict.UNMET:
                continue
            if not over or not classes.settles(finding, listed):
                items.append(_item(finding, code, lacking.get(finding.id)))
                costed[finding.id] = _asked(lacking.get(finding.id))
    return Observed(states, tuple(items), costed, frozenset(complete))


def _state(verdict: Verdict) -> State:
    return State(verdict.value)


def _asked(lacking: Shortfall | None) -> tuple[tuple[str, float], ...]:
    changes = () if lacking is None else lacking.changes
    return tuple((each.column, abs(each.amount)) for each in changes)


def _item(finding: Finding, county: str, lacking: Shortfall | None) -> LedgerItem:
    changes = () if lacking is None else lacking.changes
    only = changes[0] if len(changes) == 1 else None
    counted = only is not None and only.unit is not Unit.YES_NO
    return LedgerItem(
        id=finding.id,
        finding=finding.id,
        county=county,
        rule=finding.rule,
        area=finding.area,
        entity=finding.entity,
        label=_label(finding),
        where=_where(finding),
        problem=Text(comparison(finding, "zh"), comparison(finding, "en")),
        gap=_gap(lacking),
        amount=abs(only.amount) if only is not None and counted else None,
        unit=only.unit if only is not None and counted else None,
    )


def _gap(lacking: Shortfall | None) -> Text:
    if lacking is None:
        return Text("", "")
    zh, en = (_parts(lacking, lang) for lang in ("zh", "en"))
    return Text(zh, en)


def _parts(lacking: Shortfall, lang: str) -> str:
    """Say what changes without whose it is: that stands in a column of its own."""
    if not lacking.changes:
        return lacking.sentence(lang)
    owners = {each.entity for each in lacking.changes}
    said = (
        each.quantity(lang) if len(owners) == 1 else each.sentence(lang)
        for each in lacking.changes
    )
    text = ("；" if lang == "zh" else "; ").join(said)
    if not lacking.sufficient:
        text += "（此外还缺证据）" if lang == "zh" else " (evidence is missing besides)"
    return text


def _label(finding: Finding) -> Text:
    return finding.assessment.law.rules[finding.rule][1].label


def _where(finding: Finding) -> Text:
    """Name the unit: school and stage, or the county with its stage or subject."""
    facts = finding.assessment.facts
    county = facts.codes[finding.place.county]
    if finding.scope in (Scope.SCHOOL, Scope.SECTION):
        code = finding.entity.partition("/")[0]
        first, last = facts.school_starts[finding.place.county :][:2]
        codes = facts.schools.words("code")[first:last].tolist()
        word = str(facts.schools.words("name")[first + codes.index(code)] or code)
    elif finding.entity == county:
        word = str(facts.counties.words("name")[finding.place.county] or county)
    else:
        word = finding.entity
    for each in dict.fromkeys(filter(None, (finding.stage, finding.item))):
        label = _word(each)
        return Text(f"{word}·{label.zh}", f"{word}, {label.en}")
    return Text(word, word)


def _word(word: str) -> Text:
    kinds: tuple[type[Choice], ...] = (Stage, SurveyChannel)
    for kind in kinds:
        found = kind.parse(word)
        if found is not None:
            return found.label
    return Text(word, word)


# -- classes ---------------------------------------------------------------------------


class _Class(NamedTuple):
    key: str
    id: str
    pupils: float
    state: State


class _Classes:
    """The classes that are listed one by one, by the section that has them."""

    def __init__(self, assessment: Assessment) -> None:
        self.law = assessment.law
        self.facts = facts = assessment.facts
        frame = facts.other("classes")
        self.rows: dict[str, list[tuple[str, float]]] = {}
        ids, schools = frame.words("id"), frame.words("school")
        stages, pupils = frame.codes("stage"), frame.numbers("pupils")
        words = [each.value for each in Stage]
        for row in range(frame.size):
            code = facts.merged_into.get(str(schools[row]), str(schools[row]))
            entity = f"{code}/{words[stages[row]]}"
            named = (str(ids[row] or ""), float(pupils[row]))
            self.rows.setdefault(entity, []).append(named)
        self.at: dict[str, int] = {}
        if self.rows:
            codes = facts.schools.words("code")[facts.section_school]
            for row, (code, stage) in enumerate(
                zip(codes, facts.section_stage.tolist(), strict=True)
            ):
                self.at[f"{code}/{STAGES[stage].value}"] = row

    def of(self, finding: Finding) -> list[_Class]:
        """Return the classes of a finding about class size, those with an id."""
        rows = self.rows.get(finding.entity)
        rule = self.law.rules[finding.rule][1]
        limit = finding.threshold
        if (
            not rows
            or not isinstance(rule, Threshold)
            or rule.breaches != _OF_CLASSES
            or not isinstance(limit, float)
        ):
            return []
        names = [name for name, _ in rows]
        return [
            _Class(
                class_key(finding.id, name), name, pupils, _judged(rule, pupils, limit)
            )
            for name, pupils in rows
            if name and names.count(name) == 1
        ]

    def complete(self, finding: Finding, listed: Sequence[_Class]) -> bool:
        """Whether the section's classes are all listed, each with an id of its own."""
        stated = float(self.facts.sections.numbers("classes")[self.at[finding.entity]])
        return len(listed) == len(self.rows[finding.entity]) == stated

    def settles(self, finding: Finding, listed: Sequence[_Class]) -> bool:
        """Whether the listed classes are all that make the section unmet."""
        if len(listed) < len(self.rows[finding.entity]):
            return False
        stated = float(
            self.facts.sections.numbers(_OF_CLASSES)[self.at[finding.entity]]
        )
        over = sum(each.state is State.UNMET for each in listed)
        return bool(np.isnan(stated)) or over >= stated


def _judged(rule: Threshold, pupils: float, limit: float) -> State:
    if np.isnan(pupils):
        return State.UNKNOWN
    return State.MET if bool(compare(pupils, rule.operator, limit)) else State.UNMET


def _class_item(finding: Finding, county: str, each: _Class) -> LedgerItem:
    assert isinstance(finding.threshold, float)
    over = each.pupils - finding.threshold
    where = _where(finding)
    found, limit = (
        [measured(v, Unit.PUPILS, lang) for lang in ("zh", "en")]
        for v in (each.pupils, finding.threshold)
    )
    return LedgerItem(
        id=each.key,
        finding=finding.id,
        county=county,
        rule=finding.rule,
        area=finding.area,
        entity=finding.entity,
        class_id=each.id,
        label=_label(finding),
        where=Text(f"{where.zh}·{each.id}班", f"{where.en}, class {each.id}"),
        problem=Text(
            f"{found[0]}（应≤ {limit[0]}）", f"{found[1]} (asked ≤ {limit[1]})"
        ),
        gap=Text(f"学生数 减少 {figure(over)}人", f"pupils -{figure(over)}"),
        amount=over,
        unit=Unit.PUPILS,
    )
