"""
What is missing: the smallest whole change that meets a rule, in natural units.

Every change is found by trying it with the judges themselves: it meets the rule, and
one unit less does not. Here it is decided which shape of a rule asks for what; a
quorum's cheapest way is in `engine._quorum`, a county's in `engine._county_ways`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from eduequity.engine._columns import UNIT_TABLES, point
from eduequity.engine._county_ways import of_county, side_of, why_nothing
from eduequity.engine._findings import Finding
from eduequity.engine._lacking import NOTHING, Change, Shortfall, Shortfalls
from eduequity.engine._place import Place, Target
from eduequity.engine._pulls import of_coefficient, of_mean
from eduequity.engine._quorum import of_quorum
from eduequity.engine._row_changes import of_items, of_rows
from eduequity.rules import (
    AllOf,
    Attested,
    Dispersion,
    Every,
    MeanDispersion,
    Quorum,
    Range,
    Threshold,
    Veto,
)
from eduequity.vocab import Basis, Force, Scope, Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine._assessment import CountyResult


__all__ = ["shortfall", "shortfalls"]


def shortfall(finding: Finding) -> Shortfall | None:
    """
    Return what an unmet finding lacks; None where it is not unmet.

    The finding that joins a rule's units gets the changes of all of them.

    Args:
        finding: The finding.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity import engine
    >>> county = ee.County(
    ...     code="999901", rotated_teachers=100, rotation_eligible_teachers=1200
    ... )
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (finding,) = result.findings(rule="government.teacher_rotation")
    >>> engine.shortfall(finding).changes[0].amount  # 10 % of 1200 are 120
    20.0
    """
    if finding.verdict is not Verdict.UNMET:
        return None
    if finding.place.unit >= 0:
        return _of_findings([finding])[0]
    county = finding.assessment[finding.assessment.facts.codes[finding.place.county]]
    units = [
        each
        for each in county.findings(
            rule=finding.rule, area=finding.area, verdict="unmet"
        )
        if "summary" not in each.flags
    ]
    found = _of_findings(units)
    return Shortfall(
        finding=finding,
        changes=tuple(change for each in found for change in each.changes),
        sufficient=all(each.sufficient and each.changes for each in found),
    )


def shortfalls(counties: Iterable[CountyResult]) -> Shortfalls:
    """Return what the counties' unmet requirements lack, unit by unit."""
    found: list[Shortfall] = []
    for county in counties:
        unmet = county.findings(
            verdict=Verdict.UNMET.value, force=Force.REQUIREMENT.value
        )
        found += _of_findings([f for f in unmet if "summary" not in f.flags])
        shown = {(each.finding.area, each.finding.rule) for each in found}
        found += [
            Shortfall(finding=each, note=_NOBODY_KNOWS)
            for each in unmet
            if "summary" in each.flags and (each.area, each.rule) not in shown
        ]
    return Shortfalls(tuple(found))


_NOBODY_KNOWS = Text(
    "由公布数判定，没有逐个单位的数据，无从得知哪些单位差多少",
    "a published figure says so: without the units' data nobody knows which lack what",
)


def _of_findings(findings: Sequence[Finding]) -> list[Shortfall]:
    """Work findings out together by rule and level: trials are cheaper by the dozen."""
    together: dict[tuple[int, str, str], list[Finding]] = {}
    for each in findings:
        key = (each.place.county, each.area, each.rule)
        together.setdefault(key, []).append(each)
    places: dict[tuple[int, str], Place] = {}
    found: dict[str, Shortfall] = {}
    for (county, area, _), some in together.items():
        place = places.get((county, area))
        if place is None:
            place = places[county, area] = Place(some[0])
        found |= {each.finding.id: each for each in _of(place, some)}
    return [_or_no_records(found[each.id]) for each in findings]


def _or_no_records(found: Shortfall) -> Shortfall:
    """Say where nothing can be changed because only a published ratio is known."""
    said = found.changes or found.alternatives or found.note not in (None, NOTHING)
    of_unit = found.finding.scope in _SCHOOLS
    if said or not of_unit or found.finding.basis is not Basis.REPORTED:
        return found
    return attrs.evolve(found, note=_NO_RECORDS)


_NO_RECORDS = Text(
    "由公布的比值判定，没有原始数据，算不出差多少",
    "published ratios say so: without the records behind them nobody knows how much",
)


def _of(place: Place, findings: Sequence[Finding]) -> Iterator[Shortfall]:
    """Yield the shortfalls of one rule's findings."""
    name = findings[0].rule
    rule = attrs.evolve(place.law.rules[name][1], force=findings[0].force)
    if isinstance(rule, Quorum):
        yield from of_quorum(place, findings, name, rule)
    elif isinstance(rule, Threshold) and rule.scope in _SCHOOLS:
        yield from _threshold(place, findings, Target(name, rule))
    elif isinstance(rule, Range) and rule.scope in _SCHOOLS:
        for each in findings:
            yield from _threshold(place, [each], Target(name, rule, side=side_of(each)))
    elif isinstance(rule, AllOf | Attested | Veto):
        yield from (_yes_no(place, each, rule) for each in findings)
    elif isinstance(rule, Dispersion):
        yield from (of_coefficient(place, each, rule) for each in findings)
    elif isinstance(rule, MeanDispersion):
        yield from (of_mean(place, each, rule) for each in findings)
    elif isinstance(rule, Every):
        yield from (of_items(place, each, name, rule) for each in findings)
    elif isinstance(rule, Threshold | Range) and rule.scope in UNIT_TABLES:
        yield from of_rows(place, findings, Target(name, rule))
    else:
        yield from (of_county(place, each, name, rule) for each in findings)


_SCHOOLS = (Scope.SECTION, Scope.SCHOOL)


def _threshold(
    place: Place, findings: Sequence[Finding], target: Target
) -> Iterator[Shortfall]:
    found = place.first_changes(findings, target)
    fewer = place.fewer_pupils(findings, target)
    for each in findings:
        change, other = found.get(each.id), fewer.get(each.id)
        if change is None:
            change, other = other, None
        if change is not None and other is not None:
            other = None if other.column == change.column else other
        yield Shortfall(
            finding=each,
            changes=() if change is None else (change,),
            alternatives=() if other is None else (other,),
            note=why_nothing(place, target.rule) if change is None else None,
        )


# -- yes and no ------------------------------------------------------------------------


def _yes_no(place: Place, finding: Finding, rule: AllOf | Attested | Veto) -> Shortfall:
    names = rule.of if isinstance(rule, AllOf) else (rule.field,)
    wrong = 1.0 if isinstance(rule, Veto) else 0.0
    columns, unit = place.work.at(rule.scope), finding.place.unit
    entity, where = finding.entity, Text(finding.entity, finding.entity)
    if rule.scope in (Scope.SCHOOL, Scope.COUNTY):
        table = "schools" if rule.scope is Scope.SCHOOL else "county"
        entity, where = place.named(table, unit)
    said = {name: float(point(columns[name])[unit]) for name in names if name}
    turned = {name: place.label(name) for name, value in said.items() if value == wrong}
    # Where no column says so it was signed.
    turned = turned or {finding.rule: rule.label}
    changes = [
        Change(
            column=name,
            entity=entity,
            amount=-1.0 if wrong else 1.0,
            unit=Unit.YES_NO,
            label=label,
            where=where,
            rule=finding.rule,
        )
        for name, label in turned.items()
    ]
    return Shortfall(
        finding=finding,
        changes=tuple(changes),
        sufficient=not any(map(math.isnan, said.values())),
    )
