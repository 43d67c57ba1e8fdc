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

    >>> import eduequity as ee
    >>> from eduequity.planning import Tally
    >>> verdicts = dict.fromkeys(ee.Verdict, 0)
    >>> tally = Tally(
    ...     counts={**verdicts, "met": 1, "unmet": 1, "unknown": 2, "not_applicable": 3}
    ... )
    >>> tally.asked, tally.met_of_assessed, tally.bounds  # 1 / 2; 1 / 4 and 3 / 4
    (4, 0.5, (0.25, 0.75))
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

    >>> import eduequity as ee
    >>> from eduequity.planning import RollUp, Tally
    >>> none = Tally(counts=dict.fromkeys(ee.Verdict, 0))
    >>> RollUp(
    ...     area="9999", counties=(), verdict=none, self_assessment=none, rules={}
    ... ).verdict.bounds is None
    True
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

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import roll_up
    >>> counties = [
    ...     ee.County(code="999901", key_schools=True),
    ...     ee.County(code="999902", key_schools=False),
    ... ]
    >>> city = roll_up(ee.evaluate(counties, on=dt.date(2024, 12, 31)))["9999"]
    >>> city.rules["vetoes.key_schools"].bounds  # one of two is met
    (0.5, 0.5)
    >>> city.verdict.bounds  # one is unmet, one unknown: from 0 / 2 to 1 / 2
    (0.0, 0.5)
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
