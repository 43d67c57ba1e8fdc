"""What the index of many counties says, from columns: no finding is built for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from eduequity.report._words import DIMENSIONS, one_line
from eduequity.rules import Rule
from eduequity.vocab import Force, Text, Verdict


if TYPE_CHECKING:
    import numpy.typing as npt

    from eduequity.engine import Assessment


__all__ = ["IndexRow", "IndexView"]

_MOST_RULES = 12
_BY_RANK = tuple(Verdict)


@attrs.frozen(kw_only=True)
class IndexRow:
    """One county: its verdicts, and how many requirements are unmet and unknown."""

    code: str
    name: str
    verdict: Verdict
    self_assessment: Verdict
    dimensions: tuple[Verdict, ...]
    unmet: int
    unknown: int
    sections: int


class IndexView:
    """
    The counties of an assessment by the programme's own (national) values.

    Args:
        assessment: The result.
    """

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self._law = assessment.law

    def _rule(self, name: str) -> Rule:
        return self._law.rules[name][1]

    @cached_property
    def _verdicts(self) -> Mapping[str, npt.NDArray[np.int8]]:
        """The deciding rules, each with the rank of every county's verdict."""
        return {
            name: ranks
            for name, ranks in self.assessment.levels[0].counties.items()
            if not self._rule(name).component
            and self._rule(name).force is Force.REQUIREMENT
        }

    @cached_property
    def dimensions(self) -> Mapping[str, Text]:
        """The programme's dimensions."""
        named = {self._rule(name).dimension for name in self._verdicts}
        order = self.assessment.dimensions
        return {d: DIMENSIONS.get(d, Text(d, d)) for d in order if d in named}

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many counties have which verdict."""
        ranks = self.assessment.verdicts
        return {
            v: int((ranks == v.rank).sum())
            for v in (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET)
        }

    @property
    def shares(self) -> Mapping[str, float | None]:
        """The share met of those with a verdict, and its bounds over all."""
        met, unmet = self.counts[Verdict.MET], self.counts[Verdict.UNMET]
        unknown = self.counts[Verdict.UNKNOWN]
        every = met + unmet + unknown
        return {
            "judged": met / (met + unmet) if met + unmet else None,
            "low": met / every if every else None,
            "high": (met + unknown) / every if every else None,
        }

    @property
    def rows(self) -> Iterator[IndexRow]:
        """The counties, those with most unmet on top."""
        unmet, unknown = self._how_many(Verdict.UNMET), self._how_many(Verdict.UNKNOWN)
        verdicts, own = self.assessment.verdicts, self.assessment.self_assessments
        parts = [self._joined(each) for each in self.dimensions]
        facts = self.assessment.facts
        names = facts.counties.words("name")
        sections = np.diff(facts.group_starts).reshape(-1, 2).sum(axis=1)
        for at in np.lexsort((-unknown, -unmet, -verdicts)).tolist():
            yield IndexRow(
                code=facts.codes[at],
                name=one_line(str(names[at] or facts.codes[at])),
                verdict=_BY_RANK[verdicts[at]],
                self_assessment=_BY_RANK[own[at]],
                dimensions=tuple(_BY_RANK[each[at]] for each in parts),
                unmet=int(unmet[at]),
                unknown=int(unknown[at]),
                sections=int(sections[at]),
            )

    def _how_many(self, verdict: Verdict) -> npt.NDArray[np.int64]:
        total = np.zeros(len(self.assessment), dtype=np.int64)
        for ranks in self._verdicts.values():
            total += ranks == verdict.rank
        return total

    def _joined(self, dimension: str) -> npt.NDArray[np.int8]:
        ranks = [
            v for n, v in self._verdicts.items() if self._rule(n).dimension == dimension
        ]
        joined: npt.NDArray[np.int8] = np.maximum.reduce(ranks)
        return joined

    @property
    def unmet_most(self) -> Iterator[tuple[Text, int, int]]:
        """The rules that most counties do not meet: label, unmet and unknown."""
        found = {
            name: (int((ranks == Verdict.UNMET.rank).sum()), ranks)
            for name, ranks in self._verdicts.items()
        }
        worst = sorted(found.items(), key=lambda each: -each[1][0])[:_MOST_RULES]
        for name, (count, ranks) in worst:
            if count:
                unknown = int((ranks == Verdict.UNKNOWN.rank).sum())
                yield self._rule(name).label, count, unknown
