"""Compare every verdict of the engine with the slow reference's on random counties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from eduequity import evaluate, io
from eduequity.engine import CountyResult
from tests.reference import counties, quality_balance


Key = tuple[str, str, str]
"""The rule (or total), the unit, and the stage or item; ``*`` for the whole county."""

DATES = (
    dt.date(2019, 10, 1),
    dt.date(2021, 6, 1),
    dt.date(2022, 10, 31),
    dt.date(2022, 11, 1),
    dt.date(2023, 12, 31),
    dt.date(2024, 12, 31),
    dt.date(2026, 2, 28),
)
OPTIONS: tuple[dict[str, str], ...] = (
    {},
    {"relaxations": "always"},
    {"relaxations": "never"},
    {"room_counting": "sum"},
    {"satisfaction_channels": "questionnaire"},
    {"small_primary_under_50": "out"},
    {"retention_formula": "adjust_entrants"},
    {"relaxed_size_twelve_year": "yes", "relaxations": "always"},
    {"attached_kindergarten_weight": "1"},
    {"small_school_scope": "village_and_points"},
    {"room_counting": "sum", "relaxations": "always", "small_primary_under_50": "out"},
)


pytestmark = pytest.mark.usefixtures("national_only")
# 7 dates and 11 sets of readings: every pair comes up within 77 counties.
COUNTIES = counties.documents(100, seed=20240602)


def verdicts(county: CountyResult) -> dict[Key, str]:
    """Return what the engine says of one county, by the reference's keys."""
    found: dict[Key, str] = {}
    for each in county.findings(components=True):
        if "summary" in each.flags:
            continue
        of_unit = each.scope.value in ("section", "school")
        item = "" if of_unit else (each.item or "*")
        found[each.rule, each.entity, item] = each.verdict.value
    for dimension in county.dimensions:
        found[f"dimension:{dimension.id}", county.code, "*"] = dimension.verdict.value
        for rule, verdict in dimension.rules.items():
            found[rule, county.code, "*"] = verdict.value
    found["verdict", county.code, "*"] = county.verdict.value
    found["self_assessment", county.code, "*"] = county.self_assessment.value
    return found


def comparable(expected: dict[Key, str], key: Key) -> bool:
    """Leave out subjects where the reference, without national rows, names none."""
    rule, _, item = key
    return not (
        rule.startswith("quality.monitoring_")
        and item != "*"
        and not any(r == rule and i != "*" for r, _, i in expected)
    )


def differences(
    document: dict[str, Any], on: dt.date, options: dict[str, str]
) -> list[str]:
    """Return one line for every verdict in which engine and reference differ."""
    expected = quality_balance.evaluate(document, on=on, options=options)
    (county,) = evaluate(io.read(document), on=on, options=options).values()
    found = verdicts(county)
    return [
        f"{rule} @ {entity} {item}: reference {said}, engine {got}"
        for key in sorted(expected.keys() | found.keys())
        if comparable(expected, key)
        for rule, entity, item in [key]
        for said in [expected.get(key, "not_applicable")]
        for got in [found.get(key, "not_applicable")]
        if said != got
    ]


@pytest.mark.parametrize("number", range(len(COUNTIES)))
def test_engine_agrees_with_the_slow_reference(number: int) -> None:
    """Two independent readings of the rules give every unit the same verdict."""
    on = DATES[number % len(DATES)]
    options = OPTIONS[number % len(OPTIONS)]

    assert [] == differences(COUNTIES[number], on, options), (on, options)


LISTED = [
    counties.with_classes(document, f"classes {number}")
    for number, document in enumerate(counties.documents(40, seed=20261122))
]


@pytest.mark.parametrize("number", range(len(LISTED)))
def test_engine_agrees_where_classes_are_listed(number: int) -> None:
    """A list of classes, some of unknown size, gives every unit the same verdict."""
    on = DATES[number % len(DATES)]
    options = OPTIONS[number % len(OPTIONS)]

    assert [] == differences(LISTED[number], on, options), (on, options)


def test_lists_of_classes_reach_every_verdict() -> None:
    """Some section is unmet by a class known beside one that is not."""
    seen: set[tuple[str, bool]] = set()
    for document in LISTED:
        found = quality_balance.evaluate(document, on=dt.date(2024, 12, 31))
        blank = {
            f"{row['school']}/{row['stage']}"
            for row in document["classes"]
            if "pupils" not in row
        }
        seen |= {
            (verdict, entity in blank)
            for (rule, entity, _), verdict in found.items()
            if rule == "government.class_size" and "/" in entity
        }

    assert {("unmet", True), ("unknown", True), ("met", False)} <= seen


def one_county(*schools: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a county of a few schools."""
    county = {"code": "350881", **more.pop("county", {})}
    rows = [{"name": each["code"], **each} for each in schools]
    return {"county": [county], "schools": rows, **more}


SIGNED = [{"entity": "350881", "rule": "quality.curriculum", "value": True}]
NO_SECTION = {"code": "V", "kind": "vocational"}
SOME = {"code": "A", "kind": "primary", "primary_pupils": 10}


@pytest.mark.parametrize(
    ("schools", "county", "signed", "verdict"),
    [
        ([], {}, True, "met"),
        ([SOME], {}, True, "met"),
        ([SOME], {"primary_pupils": 99}, True, "met"),
        ([SOME], {"primary_pupils": 99}, False, "unknown"),
        ([NO_SECTION], {"primary_pupils": 99}, True, "met"),
        ([NO_SECTION], {"primary_pupils": 99}, False, "unknown"),
        ([NO_SECTION], {}, True, "not_applicable"),
        (
            [{**SOME, "curriculum_complete": False}],
            {"primary_pupils": 99},
            True,
            "unmet",
        ),
    ],
)
def test_a_countys_signature_speaks_for_schools_without_a_row(
    schools: list[dict[str, Any]],
    county: dict[str, Any],
    verdict: str,
    *,
    signed: bool,
) -> None:
    """It satisfies an every-school rule, listed or not; one school's no overrides."""
    on = dt.date(2024, 12, 31)
    notes = {"attestations": SIGNED} if signed else {}
    document = one_county(*schools, county=county, **notes)
    expected = quality_balance.evaluate(document, on=on)
    (found,) = evaluate(io.read(document), on=on).values()

    key = ("quality.curriculum", "350881", "*")
    assert verdict == expected.get(key, "not_applicable")
    assert verdict == found["quality"].rules["quality.curriculum"].value


@pytest.mark.parametrize(
    ("parent", "site", "verdict"),
    [
        ({"built_year": 2010}, {}, "met"),
        ({"built_year": 2010}, {"built_by_2010": True}, "met"),
        ({"built_year": 2010}, {"built_by_2010": False}, "unmet"),
        ({"built_year": 2010}, {"built_by_2016": False}, "unmet"),
        ({"built_year": 2010}, {"built_year": 2011}, "unmet"),
        ({"built_year": 2010}, {"built_year": 2009}, "met"),
        ({"built_by_2010": True}, {"built_year": 2011}, "unmet"),
        ({"built_by_2010": True}, {}, "unknown"),
        ({}, {"built_year": 2009}, "unknown"),
        ({}, {"built_year": 2017}, "unmet"),
        ({"built_year": 2011}, {"built_by_2010": True}, "unmet"),
    ],
)
def test_a_whole_is_not_built_before_its_sites(
    parent: dict[str, Any], site: dict[str, Any], verdict: str
) -> None:
    """R-5 lets 2100 pupils of a school built by 2010 be; a later site says no."""
    main = {"code": "A", "kind": "primary", "primary_pupils": 2000, "migrant_pupils": 0}
    other = {"code": "B", "kind": "primary", "primary_pupils": 100, "migrant_pupils": 0}
    plan = {"rectification_plan": True}
    document = one_county(
        {**main, **plan, **parent},
        {**other, **plan, **site, "parent": "A", "counts_as_school": False},
    )
    on = dt.date(2022, 10, 31)
    (found,) = evaluate(io.read(document), on=on).values()
    (one,) = (
        each
        for each in found.findings(rule="government.school_size")
        if each.entity == "A"
    )

    expected = quality_balance.evaluate(document, on=on)
    assert verdict == expected["government.school_size", "A", ""]
    assert verdict == one.verdict.value


def test_the_random_counties_reach_every_verdict_of_the_rules() -> None:
    """The comparison is no empty one: both sides of each line occur."""
    seen: dict[str, set[str]] = {}
    for document in COUNTIES:
        found = quality_balance.evaluate(document, on=dt.date(2024, 12, 31))
        for (rule, _, _), verdict in found.items():
            seen.setdefault(rule, set()).add(verdict)

    for rule in quality_balance.RULES:
        assert {"met", "unmet", "unknown"} <= seen[rule], rule
