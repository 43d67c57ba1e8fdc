"""
The 佐证材料目录: rule by rule what was handed in, what is missing, for when, by whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from eduequity.engine import CountyResult, needs
from eduequity.model import Field
from eduequity.report._groups import Group, groups_of, missing
from eduequity.report._words import dimension, one_line
from eduequity.rules import AllOf, Attested, Rule, Veto
from eduequity.vocab import Text, Verdict


__all__ = ["HAVE", "Evidence", "evidence_of"]

_MOST_FIELDS = 5

HAVE = {
    "yes": Text("有", "have"),
    "partly": Text("不全", "partly"),
    "unsigned": Text("仅填报，缺佐证文件", "stated only, no document"),
    "no": Text("缺", "lack"),
}
"""Whether the evidence of a rule is there."""


@attrs.frozen(kw_only=True)
class Evidence:
    """
    What a rule rests on, and what is missing.

    Args:
        dimension: The rule's dimension, as people read it.

        rule: The rule's id.

        label: Its name.

        area: The area at whose level it counts.

        verdict: What is said of it.

        have: A key of `HAVE`.

        material: The documents, or the figures, that it rests on.

        lacking: What is missing.

        period: For when.

        issuer: Who issued it.
    """

    dimension: str
    rule: str
    label: str
    area: str
    verdict: Verdict
    have: str
    material: str
    lacking: str
    period: str
    issuer: str


def evidence_of(county: CountyResult, lang: str) -> tuple[Evidence, ...]:
    """Return the register of evidence: every rule that decides, vetoes included."""
    signed = _signatures(county)
    fields = {
        name: field
        for of_table in county.assessment.facts.fields.values()
        for field in of_table
        for name in field.names
    }
    order = county.assessment.dimensions

    def place(group: Group) -> tuple[int, str]:
        rule = county.assessment.law.rules[group.rule][1]
        return order.index(rule.dimension or "local"), group.area

    return tuple(
        _Entry(county, group, signed, fields, lang).evidence()
        for group in sorted(groups_of(county, "county"), key=place)
    )


@attrs.frozen(kw_only=True)
class _Signature:
    """One line of the table of attestations."""

    evidence: str
    issuer: str
    period: str


def _signatures(county: CountyResult) -> Mapping[str, list[_Signature]]:
    """Return what was signed for each rule, for the county or its schools."""
    facts = county.assessment.facts.select(county.row, county.row + 1)
    table = facts.other("attestations")
    programme = county.assessment.programme
    names = ("rule", "evidence", "issuer", "period")
    found: dict[str, list[_Signature]] = {}
    for rule, *rest in zip(*(table.words(name) for name in names), strict=True):
        evidence, issuer, period = (one_line(str(each or "")) for each in rest)
        key = str(rule).removeprefix(f"{programme}/")
        line = _Signature(evidence=evidence, issuer=issuer, period=period)
        found.setdefault(key, []).append(line)
    return found


class _Entry:
    """One line of the register in the making."""

    def __init__(
        self,
        county: CountyResult,
        group: Group,
        signed: Mapping[str, list[_Signature]],
        fields: Mapping[str, Field],
        lang: str,
    ) -> None:
        self.county = county
        self.group = group
        self.lang = lang
        self.rule: Rule = county.assessment.law.rules[group.rule][1]
        self.signed = signed.get(group.rule, [])
        self.fields = fields

    def evidence(self) -> Evidence:
        have = self._have()
        return Evidence(
            dimension=dimension(self.rule.dimension or "local", self.lang),
            rule=self.group.rule,
            label=one_line(self.rule.label.get(self.lang)),
            area=self.group.area,
            verdict=self.group.verdict,
            have=have,
            material=self._material(),
            lacking=self._lacking(have),
            period=self._period(),
            issuer=self._issuer(),
        )

    def _say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def _have(self) -> str:
        units = self.group.units
        open_ = sum(unit.verdict is Verdict.UNKNOWN for unit in units)
        if open_ and open_ == len(units):
            return "no"
        if open_ or self.group.verdict is Verdict.UNKNOWN:
            return "partly"
        return "unsigned" if self._asks_document() and not self._documents() else "yes"

    def _asks_document(self) -> bool:
        """Whether a yes or no of the county wants a paper behind it."""
        asks = isinstance(self.rule, AllOf | Attested | Veto)
        return asks and self.group.verdict is not Verdict.NOT_APPLICABLE

    def _documents(self) -> tuple[str, ...]:
        named = (each.evidence for each in self.signed if each.evidence)
        return tuple(dict.fromkeys(named))

    def _material(self) -> str:
        documents = self._documents()
        if documents:
            return self._listed(
                [f"《{each}》" if self.lang == "zh" else each for each in documents]
            )
        labels = [each for each, known in self._figures().items() if known]
        return self._listed(labels)

    def _figures(self) -> dict[str, bool]:
        """Return the figures that the rule needs, and whether any is given."""
        assessment = self.county.assessment
        asked = needs(self.rule, assessment.law, assessment.indicators)
        facts = assessment.facts.select(self.county.row, self.county.row + 1)
        frames = (facts.counties, facts.schools, facts.sections, *facts.others.values())
        found: dict[str, bool] = {}
        for name in sorted(asked & self.fields.keys()):
            field = self.fields[name]
            bare = {name, *field.names}
            given = any(
                _given(frame[n]) for frame in frames for n in bare if n in frame
            )
            found[one_line(field.label.get(self.lang))] = given
        return found

    def _lacking(self, have: str) -> str:
        if have in ("no", "partly"):
            labels = missing(self.county, self.group, self.lang)
            words = [one_line(each) for each in labels]
            if not words:
                words = [each for each, known in self._figures().items() if not known]
            if self.rule.determined_by is not None:
                words.append(self._say("须由国家认定", "the nation determines it"))
            return self._listed(words) or self._say("相关材料", "material for it")
        if have == "unsigned":
            return self._say("佐证文件", "a document")
        return ""

    def _listed(self, words: list[str]) -> str:
        shown = words[:_MOST_FIELDS]
        if len(words) > _MOST_FIELDS:
            rest = len(words) - _MOST_FIELDS
            shown.append(self._say(f"另{rest}项", f"{rest} more"))
        return self._say("、", ", ").join(shown)

    def _period(self) -> str:
        told = dict.fromkeys(each.period for each in self.signed if each.period)
        return self._listed(list(told)) or self._listed(list(self._periods()))

    def _periods(self) -> Iterator[str]:
        """Yield the periods that the needed figures are declared for, or the year."""
        assessment = self.county.assessment
        asked = needs(self.rule, assessment.law, assessment.indicators)
        periods = {
            period.get(self.lang)
            for name in asked & self.fields.keys()
            if (period := self.fields[name].period) is not None
        }
        if periods:
            yield from sorted(periods)
            return
        year = float(assessment.facts.counties.numbers("year")[self.county.row])
        if not np.isnan(year):
            yield self._say(f"{year:.0f}年", f"{year:.0f}")

    def _issuer(self) -> str:
        told = dict.fromkeys(each.issuer for each in self.signed if each.issuer)
        if not told and self.rule.determined_by is not None:
            return self._say("国家", "the nation")
        return self._listed(list(told))


def _given(column: object) -> bool:
    """Whether any cell of a column is filled."""
    if not isinstance(column, np.ndarray):
        return True
    if column.dtype == object:
        return any(each is not None for each in column)
    if column.dtype == np.int8:
        return bool((column >= 0).any())
    return not bool(np.isnan(column).all()) if len(column) else False
