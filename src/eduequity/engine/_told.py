"""
Ratios of single sections that somebody published, as 表Ⅱ-2 of the official form does.

They stand in for an indicator where the records do not give it. What the records give
decides, and a published ratio that differs from it is shown beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import attrs
import numpy as np

from eduequity import measures
from eduequity.engine._columns import Columns, Flags, Told, Workspace
from eduequity.engine._judged import MET, NOT_APPLICABLE, UNKNOWN, UNMET, Judged
from eduequity.engine._published import SectionRow, ratio_rows
from eduequity.facts import STAGES, Floats, half_digit
from eduequity.indicators import Bounds
from eduequity.rules import Dispersion, Law, Quorum, Rule, Threshold
from eduequity.vocab import Scope, Text


__all__ = [
    "county_notes",
    "rests",
    "spread_ends",
    "told_notes",
    "told_ratios",
    "with_told",
]

_NEVER = dt.date.min


# -- which there are -------------------------------------------------------------------


def told_ratios(work: Workspace) -> Mapping[str, Told]:
    """
    Return the published ratio of every section, by indicator.

    The latest counts; of two different ones of one day neither does.

    Args:
        work: The evaluation at work.
    """
    asked = _asked(work.law)
    by_name = {name: indicator for indicator, (name, _) in asked.items()}
    rules = {indicator: rule for indicator, (_, rule) in asked.items()}
    found: dict[str, dict[int, list[SectionRow]]] = {}
    for indicator, each in ratio_rows(work, rules, by_name):
        found.setdefault(indicator, {}).setdefault(each.section, []).append(each)
    size = work.section.size
    return {indicator: _column(rows, size) for indicator, rows in found.items()}


def _asked(law: Law) -> dict[str, tuple[str, Rule]]:
    """Return the indicators that sections are compared by, each with its rule."""
    found: dict[str, tuple[str, Rule]] = {}
    for name, (_, rule) in law.rules.items():
        if isinstance(rule, Dispersion):
            found.setdefault(rule.indicator, (name, rule))
    for name, (_, rule) in law.rules.items():
        component = isinstance(rule, Threshold) and rule.component
        if component and rule.scope is Scope.SECTION:
            assert isinstance(rule, Threshold)
            found[rule.indicator] = (name, rule)
    return found


def _column(rows: Mapping[int, list[SectionRow]], size: int) -> Told:
    value = np.full(size, np.nan)
    source: dict[int, SectionRow] = {}
    refused: dict[int, tuple[Text, ...]] = {}
    for section, here in rows.items():
        fit = [each for each in here if each.refusal is None]
        latest = max((each.day or _NEVER for each in fit), default=_NEVER)
        fit = [each for each in fit if (each.day or _NEVER) == latest]
        why = [_refused(each) for each in here if each.refusal is not None]
        if len({each.value for each in fit}) == 1:
            value[section], source[section] = fit[0].value, fit[0]
        elif fit:
            why.append(_disagree(fit))
        if why:
            refused[section] = tuple(why)
    half = np.zeros(size)
    at = list(source)
    half[at] = [half_digit(value[each]) for each in at]
    return Told(value=value, half=half, source=source, refused=refused)


# -- what rests on them ----------------------------------------------------------------


class _Rests(NamedTuple):
    """Which sections rest on a published ratio, have one that differs, or none fit."""

    used: Flags
    apart: Flags
    refused: Flags


def rests(work: Workspace, indicator: str) -> _Rests:
    """
    Tell which sections take a published ratio, and which have one that differs.

    Args:
        work: The evaluation at work.

        indicator: The indicator's name.
    """
    told = work.told.get(indicator)
    if told is None:
        nowhere = np.zeros(work.section.size, dtype=np.bool_)
        return _Rests(nowhere, nowhere, nowhere)
    key = ("told", indicator)
    found: _Rests | None = work.members.get(key)
    if found is None:
        made = Columns._indicator(work.section, work.indicators[indicator])  # noqa: SLF001
        low, high = made if isinstance(made, Bounds) else (made, made)
        used = told.stands_in(low, high)
        close = told.half + 1e-9 * np.abs(told.value)
        with np.errstate(invalid="ignore"):
            apart = (told.value < low - close) | (told.value > high + close)
        refused = np.zeros(len(used), dtype=np.bool_)
        refused[list(told.refused)] = True
        found = work.members[key] = _Rests(used, apart, refused)
    return found


def _parts(work: Workspace, name: str, rule: Rule) -> list[str]:
    """Return the indicators of a rule about sections that somebody published."""
    if isinstance(rule, Quorum):
        head = name.rpartition(".")[0]
        parts = [work.law.rules[f"{head}.{each}"][1] for each in rule.of]
    else:
        parts = [rule]
    return [
        each.indicator
        for each in parts
        if isinstance(each, Threshold | Dispersion) and each.indicator in work.told
    ]


def _any(work: Workspace, names: Iterable[str]) -> _Rests:
    masks = [rests(work, name) for name in names]
    return _Rests(*(np.logical_or.reduce(each) for each in zip(*masks, strict=True)))


def with_told(work: Workspace, name: str, rule: Rule, judged: Judged) -> Judged:
    """
    Mark what rests on published ratios, what they contradict, what their digits leave.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.

        judged: What the columns say, published ratios among them.
    """
    parts = _parts(work, name, rule)
    if not parts or judged.units not in ("section", "group"):
        return judged
    used, apart, _ = _any(work, parts)
    if judged.units == "group":
        members, asked = judged.members, work.section.match(rule.population).possible
        used = _by_group(work, used if members is None else used & members)
        apart = _by_group(work, apart & asked)
        edge = judged.flagged.get("knife_edge", np.zeros_like(used))
    else:
        used, apart = (m & (judged.verdicts != NOT_APPLICABLE) for m in (used, apart))
        edge = used & _blurred(work, name, rule, judged)
    if not (used.any() or apart.any()):
        return judged
    before = judged.reported if judged.reported is not None else np.zeros_like(used)
    flagged = dict(judged.flagged)
    flagged["discrepancy"] = apart | flagged.get("discrepancy", apart)
    flagged["knife_edge"] = edge & used
    return attrs.evolve(judged, reported=before | used, flagged=flagged)


def _by_group(work: Workspace, sections: Flags) -> Flags:
    groups = work.facts.section_group[sections]
    found: Flags = np.bincount(groups, minlength=len(STAGES) * len(work.facts)) > 0
    return found


def _blurred(work: Workspace, name: str, rule: Rule, judged: Judged) -> Flags:
    """Tell where half the last printed digits could change the verdict."""
    from eduequity.engine._judge import judge_plain

    blurred = Workspace(work.facts, work.law, work.indicators, work.areas[-1])
    blurred.blurred = True
    blurred.__dict__["told"] = work.told
    again = judge_plain(blurred, name, rule)
    settled = (judged.verdicts == MET) | (judged.verdicts == UNMET)
    edge: Flags = settled & (again.verdicts == UNKNOWN)
    blurred.close()
    return edge


def spread_ends(
    work: Workspace, indicator: str, x: Floats, w: Floats, cv: Floats
) -> tuple[Floats, Floats]:
    """
    Return between what coefficients lie as far as printed digits tell.

    A value above X̄ (1 + v²) raises the coefficient v when it rises, one below lowers
    it; all are moved by half a digit to the same effect, both ways.

    Args:
        work: The evaluation at work.

        indicator: The indicator's name.

        x: The sections' values.

        w: Their weights, 0 where a section is no member.

        cv: The coefficients of the groups.
    """
    told = work.told.get(indicator)
    if told is None:
        return cv, cv
    half = np.where(rests(work, indicator).used, told.half, 0.0)
    if not half.any():
        return cv, cv
    starts, group = work.facts.group_starts[:-1], work.facts.section_group
    mean = measures.weighted_mean_by(x, w, starts)
    with np.errstate(invalid="ignore"):
        side = np.where(x > (mean * (1 + cv**2))[group], half, -half)
    ends = [
        measures.coefficient_of_variation_by(np.maximum(x + way * side, 0.0), w, starts)
        for way in (-1, 1)
    ]
    return np.fmin(ends[0], cv), np.fmax(ends[1], cv)


# -- what is said of it ----------------------------------------------------------------


def told_notes(
    work: Workspace, name: str, rule: Rule, judged: Judged, unit: int
) -> Iterator[Text]:
    """
    Yield what is to be said of the published ratios behind one verdict.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.

        judged: What was said of its units.

        unit: The section, or the (county, stage) group.
    """
    parts = _parts(work, name, rule) if work.told else []
    if not parts:
        return
    if judged.units == "section":
        yield from _of_section(work, parts, unit)
    elif judged.units == "group":
        rows = slice(*work.facts.group_starts[unit : unit + 2])
        asked = work.section.match(rule.population).possible
        yield from _of_many(_any(work, parts), rows, asked)


def county_notes(
    work: Workspace, name: str, rule: Rule, judged: Judged, county: int
) -> Iterator[Text]:
    """Yield what is to be said where all sections of a county are joined."""
    parts = _parts(work, name, rule) if work.told else []
    if parts and judged.units == "section":
        first, last = work.facts.group_starts[[2 * county, 2 * county + 2]]
        asked = judged.verdicts != NOT_APPLICABLE
        yield from _of_many(_any(work, parts), slice(first, last), asked)


def _of_many(mask: _Rests, rows: slice, asked: Flags) -> Iterator[Text]:
    size = int(asked[rows].sum())
    used, apart, refused = (int((each & asked)[rows].sum()) for each in mask)
    if used:
        yield Text(
            f"{size} 个学段单位中 {used} 个依据公布的数（没有原始数据）",
            f"of {size} sections {used} rest on published figures, for want of records",
        )
    if apart:
        yield Text(
            f"{apart} 个学段单位的公布数与由原始数据算得的不同，以算得的为准",
            f"in {apart} section(s) a published figure differs from what the records "
            "give, which counts",
        )
    if refused:
        yield Text(
            f"{refused} 个学段单位有公布的数不采用，原因见各学段单位",
            f"in {refused} section(s) published figures are not accepted: see there",
        )


def _of_section(work: Workspace, parts: Iterable[str], section: int) -> Iterator[Text]:
    used: dict[str, list[str]] = {}
    for indicator in parts:
        if rests(work, indicator).used[section]:
            used.setdefault(work.told[indicator].source[section].place, []).append(
                indicator
            )
    for place, names in used.items():
        yield _used(work, names, section, place)
    for indicator in parts:
        told = work.told[indicator]
        if rests(work, indicator).apart[section]:
            yield _apart(work, indicator, told.source[section])
        yield from told.refused.get(section, ())


def _used(work: Workspace, names: list[str], section: int, place: str) -> Text:
    values = [f"{work.told[name].source[section].value:.10g}" for name in names]
    labels = [work.indicators[name].label for name in names]
    zh = "、".join(f"{a.zh} {v}" for a, v in zip(labels, values, strict=True))
    en = "; ".join(f"{a.en} {v}" for a, v in zip(labels, values, strict=True))
    return Text(
        f"依据公布的数（{place}；没有原始数据）：{zh}",
        f"rests on published figures ({place}), for want of records: {en}",
    )


def _apart(work: Workspace, indicator: str, told: SectionRow) -> Text:
    label, value = work.indicators[indicator].label, work.section[indicator]
    low, high = value if isinstance(value, Bounds) else (value, value)
    ends = dict.fromkeys(f"{float(end[told.section]):.6g}" for end in (low, high))
    found = " – ".join(ends)
    return Text(
        f"{label.zh}公布为 {told.value:.10g}（{told.place}），"
        f"由原始数据算得 {found}，以算得的为准",
        f"{label.en} was published as {told.value:.10g} ({told.place}), "
        f"the records give {found}, which counts",
    )


def _refused(each: SectionRow) -> Text:
    assert each.refusal is not None
    return Text(
        f"公布数 {each.value:.10g}（{each.place}）不采用：{each.refusal.zh}",
        f"published {each.value:.10g} ({each.place}) is not accepted: "
        f"{each.refusal.en}",
    )


def _disagree(rows: list[SectionRow]) -> Text:
    values = sorted({f"{each.value:.10g}" for each in rows})
    return Text(
        f"公布数互相矛盾（{'、'.join(values)}），均不采用",
        f"published figures contradict each other ({', '.join(values)}): none counts",
    )
