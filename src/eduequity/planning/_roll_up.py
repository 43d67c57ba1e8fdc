"""A prefecture's counties taken together: counted, never determined."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from eduequity.engine import Assessment, CountyResult
from eduequity.vocab import Verdict


__all__ = ["RollUp", "Tally", "roll_up"]


@attrs.frozen(kw_only=True)
class Tally:
    """
    How many counties have which verdict.

    Args:
        counts: The number of counties by verdict.
    """

    counts: Mapping[Verdict, int]

    @property
    def asked(self) -> int:
        """The counties to which it applies."""
        return sum(n for v, n in self.counts.items() if v is not Verdict.NOT_APPLICABLE)

    @property
    def met_of_assessed(self) -> float | None:
        """The share that is met of those with a verdict, from 0 to 1."""
        met, unmet = self.counts[Verdict.MET], self.counts[Verdict.UNMET]
        return met / (met + unmet) if met + unmet else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The share that is met if every unknown fails, and if every one passes."""
        if not self.asked:
            return None
        met, open_ = self.counts[Verdict.MET], self.counts[Verdict.UNKNOWN]
        return met / self.asked, (met + open_) / self.asked


@attrs.frozen(kw_only=True)
class RollUp:
    """
    A city's counties taken together.

    Args:
        area: The city's four digits.

        counties: Their codes.

        verdict: The programme's verdicts.

        self_assessment: The same without what only the nation determines.

        rules: The verdicts of every rule of the nation, by its id.
    """

    area: str
    counties: tuple[str, ...]
    verdict: Tally
    self_assessment: Tally
    rules: Mapping[str, Tally]


def roll_up(result: Assessment) -> dict[str, RollUp]:
    """
    Count the verdicts of every city's counties.

    An aggregate row of a city itself is left out: it is no county.

    Args:
        result: An assessment of counties.

    Returns:
        The roll-ups by the city's code.

    Example:
        ``roll_up(result)["1404"].verdict.bounds`` is ``(0.25, 0.75)`` where of four
        counties one is met, two are unknown and one is unmet.
    """
    by_city: dict[str, list[CountyResult]] = {}
    for code, county in result.items():
        if len(code) > len("1404"):
            by_city.setdefault(code[:4], []).append(county)
    return {city: _of(city, counties) for city, counties in by_city.items()}


def _of(city: str, counties: list[CountyResult]) -> RollUp:
    rules: dict[str, list[Verdict]] = {}
    for county in counties:
        for dimension in county.dimensions:
            if dimension.id != "local":
                for rule, verdict in dimension.rules.items():
                    rules.setdefault(rule, []).append(verdict)
    return RollUp(
        area=city,
        counties=tuple(each.code for each in counties),
        verdict=_tally([each.verdict for each in counties]),
        self_assessment=_tally([each.self_assessment for each in counties]),
        rules={rule: _tally(verdicts) for rule, verdicts in rules.items()},
    )


def _tally(verdicts: list[Verdict]) -> Tally:
    return Tally(counts={each: verdicts.count(each) for each in Verdict})
