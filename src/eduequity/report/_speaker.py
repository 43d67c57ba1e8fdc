"""What every file says alike: names of levels and rules, clauses, the programme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from eduequity.report._words import LEVELS, one_line
from eduequity.vocab import Area, Force, Stage, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Finding

__all__ = ["Speaker", "Teller"]


class Speaker:
    """
    One result in one language.

    Args:
        assessment: The result.

        lang: ``zh`` or ``en``.
    """

    def __init__(self, assessment: Assessment, lang: str) -> None:
        self.assessment = assessment
        self.law = assessment.law
        self.lang = lang

    def say(self, zh: str, en: str) -> str:
        """Return the words in the language."""
        return zh if self.lang == "zh" else en

    def programme(self) -> str:
        """Name the programme."""
        titles = (p.info.title for p in self.law.packs if "" in p.info.areas)
        found = next(titles, None)
        return self.law.programme if found is None else found.get(self.lang)

    def level(self, area: str) -> str:
        """Name a level with its area."""
        return f"{LEVELS[Area(area).level].get(self.lang)} {area}".strip()

    def label(self, rule: str, area: str = "") -> str:
        """Name a rule, with its level where that is not the nation's."""
        label = one_line(self.law.rules[rule][1].label.get(self.lang))
        return f"{label}（{self.level(area)}）" if area else label

    def clause(self, finding: Finding) -> str:
        """Cite the documents and clauses that a finding rests on."""
        return self.say("；", "; ").join(
            f"《{one_line(self.law.source(each.source).title)}》{each.clause or ''}"
            for each in finding.sources
        )

    def decides(self, rule: str) -> bool:
        """Whether a rule has a say in its dimension's verdict."""
        asked = self.law.rules[rule][1]
        return not asked.component and asked.force is Force.REQUIREMENT


class Teller(Speaker):
    """Says what the tables that are made from results have in common."""

    def terms(self) -> Iterator[Sequence[Any]]:
        """Yield the lines that say whose figures these are, and by which law."""
        of = self.assessment
        named = "、".join(f"{of[code].name or code}  {code}" for code in of)
        yield [self.say(f"区县：{named}", f"County: {named}")]
        yield [
            self.say(
                f"评估项目：{self.programme()}；按 {of.on} 施行的规定",
                f"Programme: {self.programme()}; law as of {of.on}",
            )
        ]
        if of.synthetic:
            yield [self.say("合成数据（synthetic），全部是编造的", "Synthetic data")]

    def stage(self, stage: str | None) -> str:
        """Name a stage."""
        found = Stage.parse(stage) if stage else None
        return found.label.get(self.lang) if found is not None else ""

    def verdict(self, verdict: Verdict) -> str:
        """Name a verdict."""
        return verdict.label.get(self.lang)

    def indicator(self, rule: str) -> str:
        """Name the indicator of a coefficient: shorter than the rule itself."""
        shape = self.law.rules[rule][1]
        made = self.assessment.indicators.get(getattr(shape, "indicator", ""))
        return (made or shape).label.get(self.lang)
