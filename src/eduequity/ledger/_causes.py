"""
Because of what: the way from an old assessment to a new one, one cause at a time.

The new data are judged under the old law, then by the day's law, then by the packs of
today, then under today's readings. A verdict is put down to each step that turns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import attrs

from eduequity.engine import Assessment, evaluate_levels
from eduequity.rules import Law
from eduequity.vocab import Choice


__all__ = ["Cause", "Step", "steps"]


class Cause(Choice):
    """
    What turned a verdict.

    >>> import eduequity as ee
    >>> [cause.label.zh for cause in ee.Cause]
    ['数据', '施行的规定', '规则包更正', '口径或适用地区']
    """

    DATA = "data", "数据", "the data"
    LAW = "law", "施行的规定", "the law in force"
    PACK = "pack", "规则包更正", "a correction of a pack"
    READING = "reading", "口径或适用地区", "the reading or area chosen"


class Step(NamedTuple):
    """An assessment on the way, and what alone differs from the one before."""

    cause: Cause
    assessment: Assessment


def steps(old: Assessment, new: Assessment) -> tuple[Step, ...]:
    """Return the steps from *old* (not included) to *new*, without those of nothing."""
    ways = list(_differing(old, new))
    if not ways:
        return ()
    found: list[Step] = []
    at = old
    for cause in ways[:-1]:
        at = _after(at, cause, new)
        found.append(Step(cause, at))
    return (*found, Step(ways[-1], new))


def _differing(old: Assessment, new: Assessment) -> Iterator[Cause]:
    if old.facts is not new.facts:
        yield Cause.DATA
    if old.on != new.on:
        yield Cause.LAW
    if _other_packs(old, new) or old.indicators != new.indicators:
        yield Cause.PACK
    if old.as_area != new.as_area or _chosen(old) != _chosen(new):
        yield Cause.READING


def _other_packs(old: Assessment, new: Assessment) -> bool:
    """Whether the packs that reach the counties of both say other things."""
    both = set(old.facts.codes).intersection(new.facts.codes)
    before, after = (
        {(pack.info.id, pack.digest or id(pack)) for pack in packs}
        for packs in (
            each.law.reaching(_areas(each, both)).packs for each in (old, new)
        )
    )
    return before != after


def _areas(assessment: Assessment, codes: set[str]) -> set[str]:
    return codes if assessment.as_area is None else {assessment.as_area}


def _chosen(assessment: Assessment) -> dict[str, str]:
    """Return the readings that were chosen against their defaults."""
    law = assessment.law
    return {k: v for k, v in law.options.items() if v != law.defaults.get(k)}


def _after(at: Assessment, cause: Cause, new: Assessment) -> Assessment:
    """Return an assessment in which one thing more is as in *new*."""
    if cause is Cause.DATA:
        made = attrs.evolve(at, facts=new.facts)
    elif cause is Cause.LAW:
        made = attrs.evolve(at, law=attrs.evolve(at.law, on=new.on))
    else:
        made = attrs.evolve(at, law=_corrected(at, new), indicators=new.indicators)
    levels = evaluate_levels(
        made.facts, made.law, made.indicators, as_area=made.as_area
    )
    return attrs.evolve(made, levels=levels)


def _corrected(at: Assessment, new: Assessment) -> Law:
    """Return today's packs under the readings of then, as far as they offer them."""
    law = attrs.evolve(new.law, on=at.on, options={})
    kept = {
        name: choice
        for name, choice in _chosen(at).items()
        if name in law.readings and choice in law.readings[name].choices
    }
    return attrs.evolve(law, options={**law.defaults, **kept})
