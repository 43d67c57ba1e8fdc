"""
Published figures at work: they settle what records leave open, and never the reverse.

A figure of all schools together can show that some school misses; that every school
is met it shows only where it counts all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._columns import Workspace
from eduequity.engine._judged import (
    MET,
    UNKNOWN,
    UNMET,
    Judged,
    Verdicts,
    compare,
    per_county,
)
from eduequity.engine._limits import Limit
from eduequity.engine._published import (
    Interval,
    Published,
    claims,
    printed_half,
    published,
    quoted,
)
from eduequity.facts import STAGES, Floats
from eduequity.rules import (
    Dispersion,
    MeanDispersion,
    Quorum,
    Range,
    Rule,
    Threshold,
    Trend,
)
from eduequity.vocab import Scope, Stage, Text


__all__ = ["Note", "notes", "with_published"]


@attrs.frozen
class Note:
    """
    A sentence about the evidence of a rule in one county.

    Args:
        stage: The stage it is about, or None.

        text: The sentence.

        claim: Whether it tells of a claim without a number.

        refused: Whether it tells of a figure that is not accepted.
    """

    stage: Stage | None
    text: Text
    claim: bool = False
    refused: bool = False


def with_published(work: Workspace, name: str, rule: Rule, judged: Judged) -> Judged:
    """
    Let published figures settle the units and counties that records leave unknown.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.

        judged: What the records say.
    """
    if isinstance(rule, Dispersion | MeanDispersion):
        return judged  # coefficients are joined with their groups where they arise
    if judged.units in ("county", "group"):
        return _of_counties(published(work, name, rule), rule, judged)
    if isinstance(rule, Quorum):
        return _settled(work, judged, dict(_quorum(work, name, rule)))
    if rule.scope is not Scope.COUNTY and isinstance(rule, Threshold):
        told = published(work, name, rule)
        return _settled(work, judged, dict(_wholes(work, rule, told)))
    return judged


# -- a figure of a county, or of a stage --------------------------------------------


def _by_county(told: tuple[Published, ...]) -> dict[int, list[Published]]:
    """Return the figures that are accepted, county by county."""
    found: dict[int, list[Published]] = {}
    for each in told:
        if each.refusal is None:
            found.setdefault(each.county, []).append(each)
    return found


def _of_counties(told: tuple[Published, ...], rule: Rule, judged: Judged) -> Judged:
    if judged.limit is None or judged.low is None or judged.high is None:
        return judged
    groups = len(STAGES) if judged.units == "group" else 1
    verdicts: Verdicts = np.array(judged.verdicts, copy=True)
    low: Floats = np.array(judged.low, copy=True)
    high: Floats = np.array(judged.high, copy=True)
    used, apart, edge = (np.zeros(verdicts.size, dtype=np.bool_) for _ in range(3))
    by_county = _by_county(told)
    for unit in (groups * c + g for c in by_county for g in range(groups)):
        found = _interval(by_county[unit // groups], unit, groups)
        if found is None:
            continue
        if verdicts[unit] != UNKNOWN:
            apart[unit] = low[unit] == high[unit] and _differs(found, float(low[unit]))
            continue
        used[unit] = True
        low[unit], high[unit] = found
        verdicts[unit] = _decided(found, rule, judged.limit, unit)
        edge[unit] = _on_edge(found, rule, judged.limit, unit, int(verdicts[unit]))
    if not (used.any() or apart.any()):
        return judged
    return attrs.evolve(
        judged,
        verdicts=verdicts,
        counties=verdicts.reshape(-1, groups).max(axis=1),
        low=low,
        high=high,
        reported=used,
        flagged={
            **{key: mask & ~used for key, mask in judged.flagged.items()},
            "discrepancy": apart,
            "knife_edge": edge,
        },
    )


def _interval(mine: list[Published], unit: int, groups: int) -> Interval | None:
    """Return between what the published figures of a unit lie, or None."""
    by_stage = {
        stage: {f.value for f in mine if f.stage is stage} for stage in (None, *STAGES)
    }
    if any(len(values) > 1 for values in by_stage.values()):
        return None  # two figures that differ
    asked = by_stage[STAGES[unit % groups]] if groups > 1 else by_stage[None]
    if asked:
        (value,) = asked
        return value, value
    both = [value for stage in STAGES for value in by_stage[stage]]
    if groups == 1 and len(both) == len(STAGES):
        return min(both), max(both)  # the whole lies between its parts
    return None


def _decided(found: Interval, rule: Rule, limit: Limit, unit: int) -> int:
    low, high = found
    if isinstance(rule, Range):
        least, most = limit.low[unit], limit.high[unit]
        if compare(low, ">=", least) and compare(high, "<=", most):
            return int(MET)
        inside = compare(high, ">=", least) and compare(low, "<=", most)
        return int(UNKNOWN if inside else UNMET)
    operator = str(getattr(rule, "operator", ">="))
    worst, best = (low, high) if operator[0] == ">" else (high, low)
    if compare(worst, operator, limit.low[unit]):
        return int(MET)
    return int(UNKNOWN if compare(best, operator, limit.low[unit]) else UNMET)


def _on_edge(
    found: Interval, rule: Rule, limit: Limit, unit: int, verdict: int
) -> bool:
    """Whether half the last printed digit could flip the verdict."""
    if found[0] != found[1] or isinstance(rule, Range) or not 0 < found[0] < 1:
        return False
    half = printed_half(found[0])
    ends = (found[0] - half, found[0] + half)
    return any(_decided((e, e), rule, limit, unit) != verdict for e in ends)


def _differs(found: Interval, computed: float) -> bool:
    low, high = found
    half = printed_half(low) if 0 < low < 1 else abs(low) * 5e-4
    return bool(computed < low - half or computed > high + half)


# -- a figure of all schools or sections together --------------------------------------


def _settled(
    work: Workspace, judged: Judged, found: dict[int, tuple[int, float]]
) -> Judged:
    """Settle the counties that *found* gives a verdict and the share that is met."""
    counties: Verdicts = np.array(judged.counties, copy=True)
    whole: dict[int, float] = {}
    listed = per_county(judged.verdicts, _starts(work, judged)) > 0
    for county, (verdict, share) in found.items():
        settles = verdict == UNMET or (verdict == MET and not listed[county])
        if counties[county] == UNKNOWN and settles:
            counties[county] = verdict
            whole[county] = share
    if not whole:
        return judged
    return attrs.evolve(judged, counties=counties, whole=whole)


def _starts(work: Workspace, judged: Judged) -> npt.NDArray[np.intp]:
    """Return where the units of every county begin, and where the last ends."""
    facts = work.facts
    if judged.units == "section":
        return facts.group_starts[:: len(STAGES)]
    if judged.units == "school":
        return facts.school_starts
    nowhere = np.zeros(len(facts) + 1, dtype=np.intp)
    return facts.other_starts.get(judged.table, nowhere)


def _wholes(
    work: Workspace, rule: Threshold, told: tuple[Published, ...]
) -> Iterator[tuple[int, tuple[int, float]]]:
    if _relaxed(work, rule):
        return
    for county, mine in _by_county(told).items():
        counts = [f for f in mine if np.isfinite(f.misses)]
        means = [f for f in mine if f.statistic == "mean"]
        if any(f.misses > 0 for f in counts) or any(
            _mean_misses(work, rule, f, 1.0) for f in means
        ):
            yield county, (int(UNMET), _share(counts))
        elif counts and {f.stage for f in counts} >= set(_stages_asked(rule, counts)):
            yield county, (int(MET), 1.0)


def _relaxed(work: Workspace, rule: Threshold) -> bool:
    """Whether some unit may be judged by a relaxed value that a count leaves out."""
    values = (
        value
        for area in work.areas
        for value in work.law.values(rule.parameter or "", area, force=rule.force)
    )
    return any(value.relaxation is not None for value in values)


def _stages_asked(rule: Rule, counts: list[Published]) -> tuple[Stage | None, ...]:
    whole = any(f.stage is None for f in counts) or rule.scope is not Scope.SECTION
    return (None,) if whole else tuple(STAGES)


def _share(counts: list[Published]) -> float:
    """Return the share that is met, where it is published for all together."""
    for each in counts:
        if each.stage is None and each.statistic == "share_met":
            return each.value
    return np.nan


def _mean_misses(
    work: Workspace, rule: Threshold, told: Published, part: float
) -> bool:
    """
    Whether a mean shows that some unit misses *part* of its threshold.

    However it is weighted, a mean is never below the smallest of its members.
    """
    if rule.parameter is None:
        return False
    limits = work.group.limit(rule.parameter, rule.force).low.reshape(-1, len(STAGES))
    mine = limits[told.county]
    rising = rule.operator[0] == ">"
    if told.stage is not None:
        limit = mine[told.stage.rank]
    else:
        limit = mine.min() if rising else mine.max()
    bar = limit * part if rising else limit / part
    return bool(np.isfinite(bar)) and not compare(told.value, rule.operator, bar)


# -- at least six of seven -------------------------------------------------------------


def _quorum(
    work: Workspace, name: str, rule: Quorum
) -> Iterator[tuple[int, tuple[int, float]]]:
    """
    Yield the counties in which some school surely misses too many.

    Every school may miss so many; where all misses together are more than the schools
    together may have, some school misses one more. A school with two stages may have
    twice as many. A mean below the floor shows a school below it.
    """
    minimum = work.county.limit(rule.minimum).low
    floor = work.county.limit(rule.floor).low
    own = _by_county(published(work, name, rule))
    named = list(_parts(work, name, rule))
    for county in sorted({f.county for _, f in named} | own.keys()):
        parts = [(each, f) for each, f in named if f.county == county]
        allowed = len(rule.of) - float(minimum[county])
        counts = own.get(county, [])
        sunk = any(
            f.statistic == "mean" and _mean_misses(work, each, f, float(floor[county]))
            for each, f in parts
        )
        some = any(np.isfinite(f.misses) and f.misses > 0 for f in counts)
        if some or sunk or _too_many(parts, allowed):
            yield county, (int(UNMET), _share(counts))


def _parts(
    work: Workspace, name: str, rule: Quorum
) -> Iterator[tuple[Threshold, Published]]:
    head = name.rpartition(".")[0]
    for part in rule.of:
        component = work.law.rules[f"{head}.{part}"][1]
        assert isinstance(component, Threshold)
        for each in published(work, f"{head}.{part}", component):
            if each.refusal is None:
                yield component, each


def _too_many(parts: list[tuple[Threshold, Published]], allowed: float) -> bool:
    missed, most = _pigeonhole([each for _, each in parts])
    return most > 0 and missed > allowed * most


def _pigeonhole(parts: list[Published]) -> tuple[float, float]:
    """Return all misses, and among how many sections they are at most."""
    counts = [f for f in parts if f.statistic == "share_met" and f.stage is None]
    counts = [f for f in counts if np.isfinite(f.misses) and f.denominator > 0]
    if not counts:
        return 0.0, 0.0
    most = max(f.denominator * (1 if f.sections else len(STAGES)) for f in counts)
    return sum(f.misses for f in counts), most


# -- what is said of it -------------------------------------------------------------


def notes(work: Workspace, name: str, rule: Rule) -> tuple[Note, ...]:
    """
    Return what is to be said of published figures and claims for a rule in one county.

    Args:
        work: An evaluation of a single county.

        name: The rule's full id.

        rule: The rule.
    """
    return tuple(_notes(work, name, rule))


def _notes(work: Workspace, name: str, rule: Rule) -> Iterator[Note]:
    for each in published(work, name, rule):
        at = ", ".join(filter(None, (each.source, each.when)))
        if each.refusal is not None:
            cv = isinstance(rule, Dispersion | MeanDispersion)
            if not cv or each.statistic != "cv":
                yield Note(each.stage, _refused(each, at), refused=True)
            continue
        yield Note(each.stage, _accepted(each, at))
        if each.contradiction is not None:
            said = each.contradiction
            yield Note(
                each.stage,
                Text(
                    f"公布数前后不一致：{said.zh}", f"it contradicts itself: {said.en}"
                ),
            )
    if isinstance(rule, Quorum):
        yield from _quorum_notes(work, name, rule)
    if isinstance(rule, Threshold) and rule.scope is not Scope.COUNTY:
        yield from _relaxation_note(work, name, rule)
    if isinstance(rule, Trend):
        yield from _other_measures(work, rule)
    if getattr(rule, "parameter", None) or rule.kind == "trend":
        yield from (Note(None, each, claim=True) for each in claims(work, name))


def _other_measures(work: Workspace, rule: Trend) -> Iterator[Note]:
    """Yield what the rows that are there count, where it is not what is asked."""
    table = work.table(rule.table)
    asked = sorted({str(t.operand) for tests in rule.rows for t in tests})
    rest = ~table.match(rule.rows).possible
    named = dict.fromkeys(table.frame.words("measure")[rest].tolist())
    for measure in named:
        said, of = quoted(measure), "、".join(asked)
        yield Note(
            None,
            Text(
                f"所列口径为“{said}”，不是“{of}”，不采用",
                f"what is listed is “{said}”, not “{of}”: it is not accepted",
            ),
            refused=True,
        )


def _relaxation_note(work: Workspace, name: str, rule: Threshold) -> Iterator[Note]:
    if _by_county(published(work, name, rule)) and _relaxed(work, rule):
        yield Note(
            None,
            Text(
                "评估日有过渡性放宽条款：按全标准计的数不能定论",
                "a relaxation is in force on the day: figures against the full "
                "standard do not settle it",
            ),
        )


def _refused(each: Published, at: str) -> Text:
    assert each.refusal is not None
    return Text(
        f"公布数 {each.value:.6g}（{at}）不采用：{each.refusal.zh}",
        f"published {each.value:.6g} ({at}) is not accepted: {each.refusal.en}",
    )


def _accepted(each: Published, at: str) -> Text:
    of_zh = of_en = ""
    if np.isfinite(each.numerator) and np.isfinite(each.denominator):
        of_zh = f" = {each.numerator:g} ÷ {each.denominator:g}"
        of_en = of_zh
    stage = each.stage.label if each.stage else Text("", "")
    what = _STATISTICS.get(each.statistic, Text(each.statistic, each.statistic))
    return Text(
        f"公布数：{f'{stage.zh}{what.zh} '.lstrip()}{each.value:.6g}{of_zh}（{at}）",
        f"published: {what.en} {each.value:.6g}{of_en} ({at})"
        + (f", {stage.en}" if stage.en else ""),
    )


_STATISTICS = {
    "value": Text("", "value"),
    "share_met": Text("达标比例", "share met"),
    "breaches": Text("不达标个数", "breaches"),
    "mean": Text("均值", "mean"),
    "cv": Text("差异系数", "coefficient"),
    "count_met": Text("达标个数", "count met"),
    "count_all": Text("总数", "count of all"),
}


def _quorum_notes(work: Workspace, name: str, rule: Quorum) -> Iterator[Note]:
    parts = list(_parts(work, name, rule))
    allowed = len(rule.of) - float(work.county.limit(rule.minimum).low[0])
    missed, most = _pigeonhole([each for _, each in parts])
    if _too_many(parts, allowed):
        terms = " + ".join(
            f"({f.denominator:g} − {f.numerator:g})"
            for _, f in parts
            if f.statistic == "share_met" and f.stage is None
        )
        yield Note(
            None,
            Text(
                f"各项未达标 {terms} = {missed:g} 次，学段单位至多 {most:g} 个"
                f"（一校至多两个学段），每个可差 {allowed:g} 项："
                f"必有学校差 {allowed + 1:g} 项以上",
                f"{terms} = {missed:g} misses among at most {most:g} sections (two to "
                f"a school), each of which may miss {allowed:g}: some school misses "
                "more",
            ),
        )
    head = name.rpartition(".")[0]
    for part in rule.of:
        component = work.law.rules[f"{head}.{part}"][1]
        for said in _notes(work, f"{head}.{part}", component):
            if not (said.claim or said.refused):
                continue
            label = component.label
            text = Text(f"{label.zh}：{said.text.zh}", f"{label.en}: {said.text.en}")
            yield attrs.evolve(said, text=text)
    floor = float(work.county.limit(rule.floor).low[0])
    for component, each in parts:
        if each.statistic == "mean" and _mean_misses(work, component, each, floor):
            yield Note(
                each.stage,
                Text(
                    f"{component.label.zh}均值 {each.value:g} 低于 {100 * floor:g}%"
                    " 线：必有学校低于该线",
                    f"{component.label.en}: the mean {each.value:g} is below the "
                    f"{100 * floor:g} % floor, so some school is",
                ),
            )
