"""
Judging the rows of other tables: listed items of a year, and one year after another.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Columns, Workspace, latest_year, point
from eduequity.engine._judged import (
    MET,
    NOT_APPLICABLE,
    UNKNOWN,
    UNMET,
    Judged,
    compare,
)
from eduequity.engine._limits import Limit
from eduequity.facts import Floats
from eduequity.rules import Every, Trend
from eduequity.vocab import SurveyChannel


__all__ = ["compared_years", "item_words", "judge_every", "judge_trend"]


def judge_every(work: Workspace, _name: str, rule: Every) -> Judged:
    """Every listed item must be there, and all its rows must stand the threshold."""
    facts, table = work.facts, work.table(rule.table)
    owner = facts.other_county(rule.table)
    match = table.match(rule.rows).sure
    year, latest = latest_year(work, rule.table, match)
    match = match & (year == latest[owner])
    value = point(table[rule.indicator])
    limit = table.limit(rule.parameter, rule.force)
    stood = compare(value, rule.operator, limit.low)
    rows = np.where(np.isnan(value), UNKNOWN, np.where(stood, MET, UNMET))
    here: dict[str, npt.NDArray[np.bool_]] = {}
    years, nth = np.unique(latest, return_inverse=True)
    asked = _items_asked(work, rule, years)
    items = tuple(dict.fromkeys(item for each in asked.values() for item in each))
    words = item_words(table, rule)
    verdicts = np.full((len(facts), len(items)), NOT_APPLICABLE)
    for column, item in enumerate(items):
        due = np.array([item in asked[y] for y in years], dtype=np.bool_)[nth]
        here[item] = match & (words == item)
        worst = np.zeros(len(facts), dtype=np.int8)
        np.maximum.at(worst, owner[here[item]], rows[here[item]])
        verdicts[:, column] = due * np.maximum(worst, UNKNOWN * (worst == 0))
    none = np.array([not asked[y] for y in years], dtype=np.bool_)[nth]
    counties = np.max(verdicts, axis=1, initial=0)
    counties[none] = UNKNOWN
    if work.verdicts_only:
        return Judged(
            units="item", verdicts=verdicts.ravel(), counties=counties, items=items
        )
    values = np.full(verdicts.shape, np.nan)
    for column, item in enumerate(items):
        args = value, owner, here[item], rule.operator, len(facts)
        values[:, column] = _worst(*args)
    threshold = work.county.limit(rule.parameter, rule.force)
    flat = Limit(
        np.repeat(threshold.low, len(items)),
        np.repeat(threshold.high, len(items)),
        np.repeat(threshold.origin, len(items)),
        threshold.values,
    )
    return Judged(
        units="item",
        verdicts=verdicts.ravel(),
        counties=counties,
        low=values.ravel(),
        high=values.ravel(),
        limit=flat,
        items=items,
    )


def _items_asked(
    work: Workspace, rule: Every, years: Floats
) -> dict[float, tuple[str, ...]]:
    """Return the items asked for each year that occurs (a reading: always the same)."""
    choice = work.law.options.get(rule.items)
    asked: dict[float, tuple[str, ...]] = {}
    for year in years:
        if choice is not None:
            both = ("questionnaire", "interview")
            asked[float(year)] = both if choice == "both" else (choice,)
            continue
        day = work.law.on if np.isinf(year) else dt.date(int(year), 12, 31)
        values = (work.law.values(rule.items, area, on=day) for area in work.areas)
        named = [v.value for here in values for v in here if isinstance(v.value, tuple)]
        words = (str(word) for each in named for word in each)
        asked[float(year)] = tuple(dict.fromkeys(words))
    return asked


def item_words(table: Columns, rule: Every) -> npt.NDArray[np.object_]:
    """Return the item that every row is about."""
    if rule.item == "channel":
        names = np.array([*SurveyChannel, None], dtype=object)
        words: npt.NDArray[np.object_] = names[table.frame.codes("channel")]
        return words
    return table.frame.words(rule.item)


def _worst(
    value: Floats,
    owner: npt.NDArray[np.intp],
    rows: npt.NDArray[np.bool_],
    operator: str,
    size: int,
) -> Floats:
    """Return each county's value furthest from the threshold."""
    rising = operator[0] == ">"
    worst = np.full(size, np.inf if rising else -np.inf)
    (np.minimum if rising else np.maximum).at(worst, owner[rows], value[rows])
    return np.where(np.isinf(worst), np.nan, worst)


def compared_years(
    work: Workspace, rule: Trend
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return each county's rows of its latest pair of years, -1 where it has none."""
    table, owner = work.table(rule.table), work.facts.other_county(rule.table)
    match = table.match(rule.rows).sure
    year = table.frame.numbers("year")
    now, before = np.full((2, len(work.facts)), -1, dtype=np.intp)
    there = {
        (int(owner[row]), int(year[row])): row
        for row in np.flatnonzero(match & (year <= work.law.on.year))
    }
    best: dict[int, int] = {}
    for (county, at), row in there.items():
        earlier = there.get((county, at - 1))
        if earlier is not None and at > best.get(county, at - 1):
            best[county] = at
            now[county], before[county] = row, earlier
    return now, before


def judge_trend(work: Workspace, _name: str, rule: Trend) -> Judged:
    """Compare the latest year, whose year before is there, with that year."""
    size = len(work.facts)
    # A row one past the last has no figure.
    value = np.append(point(work.table(rule.table)[rule.indicator]), np.nan)
    now, before = (value[rows] for rows in compared_years(work, rule))
    if rule.parameter is not None:
        before = before * work.county.limit(rule.parameter, rule.force).low
    verdicts = np.where(
        np.isnan(now) | np.isnan(before),
        UNKNOWN,
        np.where(compare(now, rule.operator, before), MET, UNMET),
    ).astype(np.int8)
    none = np.broadcast_to(np.int16(-1), size)
    return Judged(
        units="county",
        verdicts=verdicts,
        counties=verdicts,
        low=now,
        high=now,
        limit=Limit(before, before, none, ()),
    )
