"""What every file says alike: names of levels and rules, clauses, the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.report._words import LEVELS, one_line
from eduequity.vocab import Area, Force


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Finding

__all__ = ["Speaker"]


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
