"""The working method: versions side by side, and what recognition leaves to be done."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from eduequity.engine import Assessment
from eduequity.facts import DateRange
from eduequity.vocab import Text, Verdict


__all__ = ["Recheck", "RecheckState", "Version", "rechecks", "side_by_side"]

_RELAXED = "relaxations"
_YEARS = 3
"""放宽的项目认定后三年内达到标准（国教督办函〔2019〕30号，过渡性放宽条款）。"""


@attrs.frozen(kw_only=True)
class Version:
    """
    One rule of one county as several parties found it.

    Args:
        county: The county's code.

        rule: The rule's full id.

        verdicts: What each version says, in the order given; None where a version
            does not have the county or the rule.

    >>> import eduequity as ee
    >>> from eduequity.planning import Version
    >>> version = Version(
    ...     county="999901",
    ...     rule="government.class_size",
    ...     verdicts={"县": ee.Verdict.MET, "省": ee.Verdict.UNMET},
    ... )
    >>> version.agree
    False
    """

    county: str
    rule: str
    verdicts: Mapping[str, Verdict | None]

    @property
    def agree(self) -> bool:
        """Whether all that say something say the same; unknown says nothing."""
        said = {v for v in self.verdicts.values() if v not in (None, Verdict.UNKNOWN)}
        return len(said) <= 1


def side_by_side(versions: Mapping[str, Assessment]) -> tuple[Version, ...]:
    """
    Put several assessments beside each other: self, city, province, nation.

    Args:
        versions: Assessments by the name of who made them, in the order to be shown.

    Returns:
        One `Version` for every county and rule that occurs in any of them.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import side_by_side
    >>> def found(occurred):
    ...     county = ee.County(code="999901", key_schools=occurred)
    ...     return ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> versions = side_by_side({"县": found(False), "省": found(True)})
    >>> [each.rule for each in versions if not each.agree]
    ['vetoes.key_schools']
    """
    said = {name: dict(_verdicts(result)) for name, result in versions.items()}
    keys = dict.fromkeys(key for each in said.values() for key in each)
    return tuple(
        Version(
            county=county,
            rule=rule,
            verdicts={name: said[name].get((county, rule)) for name in versions},
        )
        for county, rule in keys
    )


def _verdicts(result: Assessment) -> Iterator[tuple[tuple[str, str], Verdict]]:
    for code, county in result.items():
        for dimension in county.dimensions:
            for rule, verdict in dimension.rules.items():
                yield (code, rule), verdict


# -- after recognition -----------------------------------------------------------


class RecheckState(enum.StrEnum):
    """
    Whether a relaxed item still has time.

    >>> from eduequity.planning import RecheckState
    >>> [state.label.zh for state in RecheckState]
    ['期限内', '已逾期', '尚未认定']
    """

    OPEN = "open"
    OVERDUE = "overdue"
    NOT_RECOGNISED = "not_recognised"

    @property
    def label(self) -> Text:
        """The word for people."""
        return _STATES[self]


_STATES = {
    RecheckState.OPEN: Text("期限内", "in time"),
    RecheckState.OVERDUE: Text("已逾期", "overdue"),
    RecheckState.NOT_RECOGNISED: Text("尚未认定", "not yet recognised"),
}


@attrs.frozen(kw_only=True)
class Recheck:
    """
    A rule that is not met by the full standard, only by a relaxation.

    Args:
        county: The county's code.

        rule: The rule's full id.

        due: The day by which the full standard is asked; None before recognition.

        state: Whether that day has passed.

    >>> import datetime as dt
    >>> from eduequity.planning import Recheck, RecheckState
    >>> Recheck(
    ...     county="999901",
    ...     rule="government.school_size",
    ...     due=dt.date(2025, 6, 30),
    ...     state=RecheckState.OPEN,
    ... ).due.year
    2025
    """

    county: str
    rule: str
    due: dt.date | None
    state: RecheckState


def rechecks(result: Assessment) -> tuple[Recheck, ...]:
    """
    Return what a recognised county still has to bring to the full standard (监测复查).

    Relaxed items are due three years after recognition
    (``county.quality_balance_recognised_on``; of a partial date the last day counts).

    Source: 国教督办函〔2019〕30号, the transitional relaxations.

    Args:
        result: An assessment.

    Returns:
        One item for every rule that the full standard would not let be met.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import rechecks
    >>> school = ee.School(  # 2300 pupils: met by R-5 (2400), not by the full 2000
    ...     code="1",
    ...     name="示例小学",
    ...     kind="primary",
    ...     built_by_2010=True,
    ...     rectification_plan=True,
    ...     primary=ee.Section(pupils=2300),
    ... )
    >>> county = ee.County(
    ...     code="999901", quality_balance_recognised_on="2022-06-30", schools=(school,)
    ... )
    >>> (item,) = rechecks(ee.evaluate(county, on=dt.date(2022, 10, 1)))
    >>> item.rule, item.due.isoformat(), item.state.value  # 2022-06-30 and three years
    ('government.school_size', '2025-06-30', 'open')
    """
    if _RELAXED not in result.law.readings:
        return ()
    strict = [
        (change.county, change.rule)
        for change in result.readings()
        if (change.option, change.choice) == (_RELAXED, "never")
        and change.verdict is Verdict.UNMET
    ]
    late = [
        (code, rule)
        for code, rule in _relaxed_before(result)
        if (code, rule) not in strict
    ]
    return tuple(_recheck(result, *each) for each in dict.fromkeys([*strict, *late]))


def _relaxed_before(result: Assessment) -> Iterator[tuple[str, str]]:
    """Yield what fails today but would be met if the relaxations still stood."""
    for change in result.readings():
        always = (change.option, change.choice) == (_RELAXED, "always")
        if always and change.verdict is Verdict.MET:
            yield change.county, change.rule


def _recheck(result: Assessment, code: str, rule: str) -> Recheck:
    recognised = _recognised(result, code)
    if recognised is None:
        state = RecheckState.NOT_RECOGNISED
        return Recheck(county=code, rule=rule, due=None, state=state)
    due = _years_after(recognised, _YEARS)
    state = RecheckState.OVERDUE if result.on > due else RecheckState.OPEN
    return Recheck(county=code, rule=rule, due=due, state=state)


def _recognised(result: Assessment, code: str) -> dt.date | None:
    dates = result.facts.counties.columns.get("quality_balance_recognised_on")
    row = result[code].row
    if not isinstance(dates, DateRange) or np.isnat(dates.last[row]):
        return None
    day: dt.date = dates.last[row].astype("datetime64[D]").astype(object)
    return day if day <= result.on else None


def _years_after(day: dt.date, years: int) -> dt.date:
    """Return the same day years later; 29 February gives 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
