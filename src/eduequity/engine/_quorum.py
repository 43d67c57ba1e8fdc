"""
The cheapest way to a quorum, in the number of quantities that are changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from eduequity.engine._findings import Finding
from eduequity.engine._judge import judge
from eduequity.engine._judged import MET, UNMET, Judged
from eduequity.engine._lacking import Change, Shortfall
from eduequity.engine._place import Place, Target, afloat, stage_of
from eduequity.engine._trials import Lever, SchoolTrials
from eduequity.rules import Quorum, Threshold


__all__ = ["of_quorum"]


def of_quorum(
    place: Place, findings: Sequence[Finding], name: str, rule: Quorum
) -> Iterator[Shortfall]:
    head = name.rpartition(".")[0]
    parts = [_Part(place, findings, f"{head}.{each}", rule.floor) for each in rule.of]
    minimum = place.work.section.limit(rule.minimum).low
    target = Target(name, rule)
    fewer = place.fewer_pupils(findings, target)
    plans = []
    for nth, each in enumerate(findings):
        allowed = len(rule.of) - int(minimum[each.place.unit])
        plans.append(_plan([part.miss(nth) for part in parts], allowed))
    enough = _verdicts_after(place, findings, target, plans)
    for each, plan, rank in zip(findings, plans, enough, strict=True):
        other = fewer.get(each.id)
        yield Shortfall(
            finding=each,
            changes=() if plan is None or rank == UNMET else plan,
            alternatives=() if other is None else (other,),
            sufficient=plan is not None and rank == int(MET),
        )


def _verdicts_after(
    place: Place,
    findings: Sequence[Finding],
    target: Target,
    plans: Sequence[tuple[Change, ...] | None],
) -> list[int]:
    """Judge every section again with its plan carried out."""
    schools = place.schools(findings)
    stage = np.array([stage_of(each) for each in findings], dtype=np.intp)
    trials = SchoolTrials(place.work, schools)
    for nth, plan in enumerate(plans):
        for change in plan or ():
            table = "sections" if "/" in change.entity else "schools"
            lever = Lever(
                table, change.column, change.unit, 1 if change.amount > 0 else -1
            )
            row = trials.rows(table, stage)[nth : nth + 1]
            steps = round(abs(change.amount) * lever.per_unit)
            trials.moved(lever, row, np.array([steps]))
    verdicts = judge(trials.work(), target.name, target.rule).verdicts
    return [int(rank) for rank in verdicts[trials.rows("sections", stage)]]


class _Miss(NamedTuple):
    """
    One indicator of a section that is missed.

    Args:
        full: The change that meets its threshold; None where none is known.

        floor: The change that reaches its floor; None where it is there already.

        sunk: Whether it is below its floor.

        effort: How far it is from the threshold, relative to it.
    """

    full: Change | None
    floor: Change | None
    sunk: bool
    effort: float

    @property
    def saving(self) -> float:
        """
        What staying missed saves of lifting it in full, relative to the threshold.

        A floor that takes as many whole units as the threshold saves nothing.
        """
        if not self.sunk or self.full is None or self.floor is None:
            return self.effort
        return self.effort * (1 - self.floor.amount / self.full.amount)


class _Part:
    """One of a quorum's indicators in the sections that miss the quorum."""

    def __init__(
        self, place: Place, findings: Sequence[Finding], name: str, floor: str
    ) -> None:
        rule = place.law.rules[name][1]
        assert isinstance(rule, Threshold)
        target = Target(name, rule)
        judged = judge(place.work, name, rule)
        units = [each.place.unit for each in findings]
        self._ids = [each.id for each in findings]
        self._missed = judged.verdicts[units] == UNMET
        low = afloat(place.work, judged, target.with_floor(floor))
        self._sunk = self._missed & ~low[units]
        self._gap = self._gaps(judged, units)
        missing = [f for f, m in zip(findings, self._missed, strict=True) if m]
        sunk = [f for f, s in zip(findings, self._sunk, strict=True) if s]
        self._full = place.first_changes(missing, target) if missing else {}
        below = target.with_floor(floor)
        self._floor = place.first_changes(sunk, below) if sunk else {}

    @staticmethod
    def _gaps(judged: Judged, units: list[int]) -> list[float]:
        assert judged.low is not None
        assert judged.limit is not None
        limit = judged.limit.low[units]
        gaps: list[float] = (np.abs(limit - judged.low[units]) / limit).tolist()
        return gaps

    def miss(self, nth: int) -> _Miss | None:
        """Return what a section misses of it; None where it does not."""
        if not self._missed[nth]:
            return None
        return _Miss(
            full=self._full.get(self._ids[nth]),
            floor=self._floor.get(self._ids[nth]),
            sunk=bool(self._sunk[nth]),
            effort=self._gap[nth],
        )


def _plan(misses: Iterable[_Miss | None], allowed: int) -> tuple[Change, ...] | None:
    """
    Return the fewest changes that leave at most *allowed* misses, none below its floor.

    An indicator that may stay missed costs nothing if it is above its floor, else one
    change that is smaller than lifting it in full. So those above their floor stay
    first, and of equals those whose staying saves most.
    """
    missed = [each for each in misses if each is not None]
    kept = sorted(
        missed, key=lambda each: (each.full is not None, each.sunk, -each.saving)
    )
    changes: list[Change | None] = []
    for nth, each in enumerate(kept):
        if nth >= allowed:
            changes.append(each.full)
        elif each.sunk:
            changes.append(each.floor)
    if any(each is None for each in changes):
        return None
    return tuple(each for each in changes if each is not None)
