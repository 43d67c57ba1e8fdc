"""
What the plots of comparisons, plans and projections show, as numbers.

The page draws them as SVG and `eduequity.plot` with matplotlib: one set of numbers.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from eduequity.engine import Assessment
from eduequity.facts import STAGES
from eduequity.ledger import CoefficientMove, Comparison, compare
from eduequity.planning import (
    Plan,
    Price,
    Projection,
    Sweep,
    Track,
    roadmap,
    summed,
)
from eduequity.report._words import one_line
from eduequity.vocab import Basis, Stage, Text, Unit, Verdict


__all__ = [
    "LADDER",
    "STAGE_LABELS",
    "Band",
    "Dated",
    "Due",
    "Dumbbell",
    "Step",
    "Target",
    "bands",
    "before_after",
    "column_label",
    "dated_targets",
    "dumbbells",
    "named",
    "price_label",
    "staged",
    "steps",
    "targets",
    "watched_label",
]

STAGE_LABELS = {each.value: each.label for each in STAGES}


def staged(label: Text, stage: Stage | str | None) -> Text:
    """Return a name followed by its stage, each on one line."""
    zh, en = one_line(label.zh), one_line(label.en)
    if not stage:
        return Text(zh, en)
    of = STAGE_LABELS[str(stage)]
    return Text(f"{zh} · {of.zh}", f"{en} · {of.en}")


# -- before and after ------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Dumbbell:
    """
    A coefficient before and after.

    Args:
        label: What it is of, with its stage; with the county where there are several.

        before: The coefficient of then; None where it is not known.

        after: The coefficient of now.

        limit: What it must not be above.

        move: Whose numbers these are.
    """

    label: Text
    before: float | None
    after: float | None
    limit: float | None
    move: CoefficientMove


def dumbbells(found: Comparison) -> Iterator[Dumbbell]:
    """Yield every coefficient that is known on either side, with its limit of now."""
    several = len(found.new) > 1
    for move in found.coefficients:
        if move.before is None and move.after is None:
            continue
        label = staged(move.label, move.stage)
        if several:
            name = one_line(found.new[move.county].name or move.county)
            label = Text(f"{name} · {label.zh}", f"{name} · {label.en}")
        yield Dumbbell(
            label=label,
            before=move.before,
            after=move.after,
            limit=move.limit,
            move=move,
        )


def _limits(assessment: Assessment, county: str) -> dict[tuple[str, str], float]:
    """Return what coefficients must not be above, by rule and stage."""
    return {
        (each.rule, each.stage): float(each.threshold)
        for each in assessment[county].findings(force="requirement", area="")
        if each.stage
        and isinstance(each.threshold, int | float)
        and assessment.law.rules[each.rule][1].kind == "dispersion"
        and "summary" not in each.flags
    }


@functools.lru_cache(maxsize=4)
def before_after(plan: Plan) -> Comparison | None:
    """Return the county before a plan beside the county after it; None without one."""
    return None if plan.after is None else compare(plan.before, plan.after)


def price_label(price: Price) -> Text:
    """Return the name of the rule that a price is of."""
    return staged(price.label, price.stage)


# -- one input moved -------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Step:
    """
    One step of a sweep as a point of a plot.

    Args:
        x: What the cell holds.

        y: The rule's value, or the place of the verdict where there is none.

        limit: What is asked at this step.

        verdict: The verdict.
    """

    x: float
    y: float | None
    limit: float | None
    verdict: Verdict


LADDER = (Verdict.UNMET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE, Verdict.MET)
"""From the bottom up: how verdicts stand where there is no value to plot."""


def steps(sweep: Sweep) -> tuple[Step, ...]:
    """Return the points of a sweep; verdicts one above the other without a value."""
    valued = any(each.measured is not None for each in sweep.points)
    return tuple(
        Step(
            x=each.value,
            y=each.measured if valued else float(LADDER.index(each.verdict)),
            limit=each.threshold if valued else None,
            verdict=each.verdict,
        )
        for each in sweep.points
    )


def watched_label(sweep: Sweep) -> Text:
    """Return what a sweep watches: a rule of a unit, or the county's verdict."""
    if not sweep.watched:
        return Text("评估结论", "Verdict")
    (county,) = sweep.assessment.values()
    known = county.findings(components=True)
    found = next(each for each in known if each.id == sweep.watched)
    label = sweep.assessment.law.rules[found.rule][1].label
    whose = named(sweep.assessment, found.entity)
    label = staged(label, found.stage if "/" not in found.entity else "")
    return Text(f"{whose.zh}：{label.zh}", f"{whose.en}: {label.en}")


def column_label(assessment: Assessment, column: str) -> Text:
    """Return the name of a column of the data, without what stands in brackets."""
    fields = assessment.facts.fields
    known = [*fields["schools"], *fields["county"]]
    label = next(
        (field.label_of(column) for field in known if column in field.names),
        Text(column, column),
    )
    return Text(label.zh.partition("（")[0], label.en.partition(" (")[0])


def named(assessment: Assessment, entity: str) -> Text:
    """Return the name of a school, a section or a county by its code."""
    code, _, stage = entity.partition("/")
    facts = assessment.facts
    rows = (facts.schools.words("code") == code).nonzero()[0]
    name = str(facts.schools.words("name")[rows[0]] or code) if len(rows) else code
    if code in assessment:
        name = assessment[code].name or code
    return staged(Text(name, name), stage if stage in STAGE_LABELS else None)


# -- years to come ---------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Dated:
    """A target of a plan and its day, drawn into a band."""

    on: dt.date
    value: float


@attrs.frozen(kw_only=True)
class Band:
    """
    A range over the years to come.

    Args:
        label: What it is of.

        kind: ``pupils``, ``coefficient``, ``unmet`` (how many units miss a rule) or
            ``target`` (the value that a plan has targets for).

        on: The days.

        low: The least of the paths in every year; None where any of them is unknown.

        middle: The middle path.

        high: The most of the paths.

        limit: What is asked in every year; empty where there is no line.

        aims: The dated targets of plans within these years.

        turns: The years in which the verdict turns on any path.

        rule: The rule; "" for pupils.

        stage: The stage, else "".
    """

    label: Text
    kind: str
    on: tuple[dt.date, ...]
    low: tuple[float | None, ...]
    middle: tuple[float | None, ...]
    high: tuple[float | None, ...]
    limit: tuple[float | None, ...] = ()
    aims: tuple[Dated, ...] = ()
    turns: tuple[dt.date, ...] = ()
    rule: str = ""
    stage: str = ""


def bands(projection: Projection) -> Iterator[Band]:
    """Yield pupils by stage, then coefficients, then how many units miss a rule."""
    on = tuple(year.on for year in projection.years)
    for stage in projection.years[0].pupils:
        pupils = [year.pupils[stage] for year in projection.years]
        label = staged(Text("在校生", "Pupils"), stage)
        yield _band(label, "pupils", on, pupils, stage=stage)
    found = [[summed(each) for each in year.assessments] for year in projection.years]
    limits = [_limits(middle, county) for middle, county in _middles(projection)]
    aimed = dated_targets(projection)
    for each in projection.outlooks:
        key = each.rule, each.stage
        kind = "coefficient" if each.stage else "unmet"
        at: Literal[1, 2] = 2 if each.stage else 1
        ranges = [[_number(one.get(key), at) for one in paths] for paths in found]
        if kind == "unmet" and not any(any(some) for some in ranges):
            continue
        yield _band(
            staged(each.label, each.stage),
            kind,
            on,
            ranges,
            limit=tuple(some.get(key) for some in limits) if each.stage else (),
            aims=aimed.get(key, ()) if each.stage else (),
            turns=tuple(day for day in on if day.year in each.changes),
            rule=each.rule,
            stage=each.stage,
        )


def _number(
    cell: tuple[Verdict, int, float | None] | None, at: Literal[1, 2]
) -> float | None:
    if cell is None or cell[0] is Verdict.UNKNOWN:
        return None  # of those that are known alone it would say little
    return cell[at]


def _middles(projection: Projection) -> Iterator[tuple[Assessment, str]]:
    for year in projection.years:
        middle = year.assessments[1]
        yield middle, next(iter(middle))


def _band(
    label: Text,
    kind: str,
    on: tuple[dt.date, ...],
    ranges: Sequence[Sequence[float | None]],
    **more: Any,
) -> Band:
    known = [None if None in some else [float(n or 0) for n in some] for some in ranges]
    return Band(
        label=label,
        kind=kind,
        on=on,
        low=tuple(None if some is None else min(some) for some in known),
        middle=tuple(None if some is None else some[1] for some in known),
        high=tuple(None if some is None else max(some) for some in known),
        **more,
    )


def dated_targets(projection: Projection) -> dict[tuple[str, str], tuple[Dated, ...]]:
    """Return the dated targets of plans by rule and stage, within the projection."""
    first, last = projection.years[0].on, projection.years[-1].on
    found: dict[tuple[str, str], tuple[Dated, ...]] = {}
    for track in roadmap(projection.years[0].assessments[1]):
        within = tuple(
            Dated(on=each.day, value=each.value)
            for each in track.milestones
            if first <= each.day <= last and isinstance(each.value, float)
        )
        if within and not track.where:
            found[track.rule, track.stage.value if track.stage else ""] = within
    return found


@attrs.frozen(kw_only=True)
class Due:
    """
    What a plan asks by one day, and where the three paths then are.

    Args:
        values: The county's value on the low, middle and high path; None where unknown.

        asked: The target whose day has come last; None before the first of them.

        met: Whether each path is there; None where value or target is not known.
    """

    values: tuple[float | None, ...]
    asked: float | tuple[float, float] | None
    met: tuple[bool | None, ...]


@attrs.frozen(kw_only=True)
class Target:
    """
    A plan's staged target beside the years to come.

    Args:
        track: The targets, and what is known now.

        due: What is asked and where the paths are, in every year.

        band: The range with the targets drawn in; None where a target is an interval.
    """

    track: Track
    due: tuple[Due, ...]
    band: Band | None


def targets(projection: Projection) -> Iterator[Target]:
    """Yield the staged targets of plans whose values the projection gives."""
    now = roadmap(projection.years[0].assessments[1])
    ways = [[roadmap(each) for each in year.assessments] for year in projection.years]
    for nth, track in enumerate(now or ()):
        due = tuple(
            _due(track, year.on, [_computed(way[nth], year.on) for way in paths])
            for year, paths in zip(projection.years, ways, strict=True)
            if all(len(way) == len(now) for way in paths)
        )
        if len(due) == len(projection.years) and any(None not in d.values for d in due):
            yield Target(
                track=track, due=due, band=_target_band(track, due, projection)
            )


def _computed(track: Track, on: dt.date) -> float | None:
    """Return what the records give on the day itself."""
    latest = track.latest
    known = latest is not None and latest.day == on and latest.basis is Basis.COMPUTED
    return latest.value if latest is not None and known else None


def _due(track: Track, on: dt.date, values: Sequence[float | None]) -> Due:
    come = [each.value for each in track.milestones if each.day <= on]
    asked = come[-1] if come else None
    met = tuple(
        None if value is None or asked is None else track.stands(value, asked)
        for value in values
    )
    return Due(values=tuple(values), asked=asked, met=met)


def _target_band(
    track: Track, due: Sequence[Due], projection: Projection
) -> Band | None:
    if any(isinstance(each.value, tuple) for each in track.milestones):
        return None
    factor = 100.0 if track.unit is Unit.SHARE else 1.0
    on = tuple(year.on for year in projection.years)
    ranges = [[None if n is None else factor * n for n in e.values] for e in due]
    share = "（%）", " (%)"
    units = share if track.unit is Unit.SHARE else ("", "")
    label = staged(track.label, track.stage)
    return _band(
        Text(label.zh + units[0], label.en + units[1]),
        "target",
        on,
        ranges,
        aims=tuple(
            Dated(on=each.day, value=factor * each.value)
            for each in track.milestones
            if on[0] <= each.day <= on[-1] and isinstance(each.value, float)
        ),
        rule=track.rule,
        stage=track.stage.value if track.stage else "",
    )
