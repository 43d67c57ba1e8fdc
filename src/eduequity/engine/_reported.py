"""
Figures that somebody published: coefficients of a county, where no school is listed.

A figure counts for a rule only where it says that it is the rule's: the right county,
stage and statistic, the rule or its indicator, and the document that defines it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Workspace
from eduequity.engine._published import printed_half
from eduequity.facts import STAGES, DateRange, Floats, Frame
from eduequity.rules import Dispersion, Law


__all__ = ["differ", "reported_coefficients"]

_STATISTIC = "cv"
_DEFAULT = "quality-balance"
_NUMBER = re.compile(r"〔\d{4}〕\d+号")
_PLAIN_UNITS = frozenset({None, "", "ratio"})
_NEVER = np.datetime64("0001-01-01")


def reported_coefficients(work: Workspace, name: str, rule: Dispersion) -> Floats:
    """
    Return the published coefficient of every (county, stage) group, NaN where none is.

    The latest figure counts; two different ones of one date leave it unknown.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.
    """
    facts, table = work.facts, work.facts.other("reported")
    result = np.full(len(STAGES) * len(facts), np.nan)
    if not table.size:
        return result
    value, owner = _values(table), facts.other_county("reported")
    stage, day = table.codes("stage"), _days(table, work)
    latest: dict[int, np.datetime64] = {}
    for row in _rows(work, table, name, rule):
        if not 0 <= stage[row] < len(STAGES) or np.isnat(day[row]):
            continue
        group = len(STAGES) * int(owner[row]) + int(stage[row])
        before = latest.get(group)
        if before is None or day[row] > before:
            latest[group], result[group] = day[row], value[row]
        elif day[row] == before and result[group] != value[row]:
            result[group] = np.nan
    return result


def differ(published: Floats, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
    """
    Tell where a published coefficient is not the computed one, to its printed digits.

    >>> computed = np.array([0.4132, 0.4132, 0.3])
    >>> differ(np.array([0.412, 0.41, np.nan]), computed, computed)
    array([ True, False, False])

    Args:
        published: The published ones, NaN where none is.

        low: The computed ones, or what they are at least.

        high: The computed ones, or what they are at most.
    """
    half = np.array([printed_half(float(each)) for each in published]) + 1e-9
    apart: npt.NDArray[np.bool_] = (published < low - half) | (published > high + half)
    return apart


def _values(table: Frame) -> Floats:
    """Return the figures: as given, else S ÷ X̄; a negative one is none."""
    value = table.numbers("value")
    ratio = table.numbers("numerator") / table.numbers("denominator")
    value = np.where(np.isnan(value), ratio, value)
    return np.where(value >= 0, value, np.nan)


def _days(table: Frame, work: Workspace) -> npt.NDArray[np.datetime64]:
    """Return the day each figure is of, NaT where it is later than the day judged."""
    dates = table.columns.get("date")
    if not isinstance(dates, DateRange):
        return np.full(table.size, _NEVER, dtype="datetime64[D]")
    days = np.where(np.isnat(dates.last), _NEVER, dates.last)
    late = dates.first > np.datetime64(work.law.on)
    return np.where(late, np.datetime64("NaT"), days)


def _rows(work: Workspace, table: Frame, name: str, rule: Dispersion) -> Iterator[int]:
    """Yield the rows that speak of the rule and of nothing else."""
    law, codes = work.law, set(work.facts.codes)
    short = name.rpartition(".")[2].removeprefix("cv_")
    named = {rule.indicator, short}
    rules = {f"{law.programme}/{name}"}
    if law.programme == _DEFAULT:
        rules.add(name)
    entities, covers = table.words("entity"), table.words("covers")
    asked, indicators = table.words("rule"), table.words("indicator")
    statistics, units = table.words("statistic"), table.words("unit")
    definitions = table.words("definition")
    for row in range(table.size):
        if statistics[row] != _STATISTIC or units[row] not in _PLAIN_UNITS:
            continue
        if entities[row] not in codes or covers[row] not in (None, entities[row]):
            continue
        defined = _is_ours(law, definitions[row])
        if asked[row] is not None:
            ours = asked[row] in rules and defined is not False
        else:
            # A bare name does not say whose definition it follows: enough for one of
            # several coefficients, not for one that decides alone.
            ours = indicators[row] in named and (
                bool(defined) or (defined is None and rule.component)
            )
        if ours:
            yield row


def _is_ours(law: Law, definition: str | None) -> bool | None:
    """Whether a definition is the programme's own; None where it names no document."""
    if definition is None:
        return None
    numbers = {s.number for pack in law.packs for s in pack.sources.values()}
    if law.programme in definition or any(n in definition for n in numbers if n):
        return True
    return False if _NUMBER.search(definition) else None
