"""
What makes a coefficient as large as it is: who pulls, and between which schools.
"""

from __future__ import annotations

import numpy as np

from eduequity import measures
from eduequity.engine._columns import point
from eduequity.engine._findings import Finding
from eduequity.engine._judge import judge
from eduequity.engine._lacking import Pull, Shortfall, Spread
from eduequity.engine._place import Place, plain
from eduequity.facts import STAGES
from eduequity.rules import Dispersion, MeanDispersion
from eduequity.vocab import Text


__all__ = ["of_coefficient", "of_mean"]


def of_coefficient(place: Place, finding: Finding, rule: Dispersion) -> Shortfall:
    """Return who pulls a coefficient up."""
    limit = finding.threshold
    spread = _spread(
        place,
        finding,
        finding.rule,
        rule,
        None if isinstance(limit, tuple) else limit,
    )
    note = None if spread is not None else _PUBLISHED
    return Shortfall(finding=finding, spread=spread, note=note)


def of_mean(place: Place, finding: Finding, rule: MeanDispersion) -> Shortfall:
    """Return of each coefficient in a mean who pulls it up, the largest first."""
    head, found = finding.rule.rpartition(".")[0], []
    for each in rule.of:
        name = f"{head}.{each}"
        component = place.law.rules[name][1]
        assert isinstance(component, Dispersion)
        limit = place.work.group.limit(component.parameter, component.force).low
        own = float(limit[finding.place.unit % len(STAGES)])
        one = _spread(place, finding, name, component, None if np.isnan(own) else own)
        if one is not None:
            found.append(one)
    parts = sorted(found, key=lambda each: -each.coefficient)
    return Shortfall(
        finding=finding, parts=tuple(parts), note=None if parts else _PUBLISHED
    )


_PUBLISHED = Text(
    "差异系数是公布的数，没有学校数据，说不出由哪些学校拉高",
    "the coefficient was published and no school is listed: nobody can say who pulls",
)


def _spread(
    place: Place, finding: Finding, name: str, rule: Dispersion, limit: float | None
) -> Spread | None:
    judged = judge(place.work, name, rule)
    assert judged.members is not None
    facts, stage = place.facts, finding.place.unit % len(STAGES)
    rows = np.flatnonzero(judged.members & (facts.section_stage == stage))
    value = point(place.work.section[rule.indicator])[rows]
    weight = point(place.work.section[rule.weight])[rows]
    if not len(rows):
        return None
    share = measures.share_of_variance(value, weight)
    order = np.argsort(-share, kind="stable")
    locale = facts.schools.codes("locale")[facts.section_school[rows]]
    blank = bool((locale < 0).any())
    made = place.work.indicators[rule.indicator]
    return Spread(
        mean=measures.weighted_mean(value, weight),
        coefficient=measures.coefficient_of_variation(value, weight),
        limit=limit,
        unit=made.unit,
        rule=name,
        label=plain(made.label),
        pulls=tuple(
            _pull(place, int(rows[at]), float(value[at]), float(share[at]))
            for at in order
        ),
        theil=None
        if blank
        else measures.theil_parts(value, weight, locale.astype(np.intp)),
    )


def _pull(place: Place, row: int, value: float, share: float) -> Pull:
    entity, name = place.named("sections", row)
    return Pull(entity=entity, name=name.zh, value=value, share=share)
