"""The packs of Fujian: they load, cite every row, and hold on both sides of a line."""
# ruff: noqa: D103

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import eduequity_fujian
import pytest

import eduequity as ee
from eduequity.registry import Plugin, Registry


Row = dict[str, Any]

HERE = Path(__file__).parents[1]
PACKAGE = Path(eduequity_fujian.__file__).parent
CASES = sorted((HERE / "cases").glob("*.toml"))
REGISTRY = Registry.of(Plugin(eduequity_fujian, "eduequity-fujian", "26.1.0", ("35",)))
PROVINCE, NANAN = "fujian-quality-balance", "fujian-nanan-quality-balance-plan"
END_2024 = dt.date(2024, 12, 31)


def assess(county: Row, *schools: Row, on: dt.date = END_2024) -> ee.CountyResult:
    """Judge one county."""
    named = [{"code": str(n), "name": f"校{n}", **s} for n, s in enumerate(schools)]
    tables: dict[str, object] = {"county": [county]}
    if named:
        tables["schools"] = named
    facts = ee.read(tables, registry=REGISTRY)
    return ee.evaluate(facts, on=on, registry=REGISTRY)[county["code"]]


def verdict_of(result: ee.CountyResult, rule: str) -> str:
    """Return a rule's verdict for the county at the lowest level that judges it."""
    found = ""
    for level in result.assessment.levels:
        if result.row in level and rule in level.counties:
            found = tuple(ee.Verdict)[level.counties[rule][result.row]].value
    return found


def targets(result: ee.CountyResult, rule: str) -> list[ee.Finding]:
    """Return what the plan of 南安 says beside a rule of a level above."""
    kept = result.findings(rule=rule, force="target", area="350583")
    return [each for each in kept if "summary" not in each.flags]


# -- the packs ------------------------------------------------------------------------


def test_loads() -> None:
    assert {PROVINCE, NANAN} <= {pack.info.id for pack in REGISTRY.packs}
    assert not REGISTRY.failures
    assert REGISTRY.indicators


def test_plan_never_decides() -> None:
    pack = REGISTRY.pack(NANAN)
    forces = {rule.force for rule in pack.rules.values()}
    forces |= {v.force for p in pack.parameters.values() for v in p.values}
    assert ee.Force.REQUIREMENT not in forces


def test_rules_match_the_force_of_their_values() -> None:
    for name in (PROVINCE, NANAN):
        pack = REGISTRY.pack(name)
        for rule in pack.rules.values():
            parameter = pack.parameters.get(getattr(rule, "parameter", None) or "")
            for value in parameter.values if parameter else ():
                assert value.force is rule.force


def test_85_percent_is_never_shared() -> None:
    programme = "quality-balance"
    packs = [p for p in REGISTRY.packs if p.info.programme == programme]
    of_85 = {
        name
        for pack in packs
        for name, parameter in pack.parameters.items()
        for value in parameter.values
        if 0.85 in value.numbers()
    }
    assert of_85 == {
        "management_duty_score_minimum",
        "quorum_floor",
        "satisfaction",
        "migrant_enrolment",
        "nanan_teaching_area_pass",
        "nanan_sports_area_pass",
        "nanan_bachelor_share",
    }
    users: dict[str, set[str]] = {}
    for pack in packs:
        for key, rule in pack.rules.items():
            for part in ("parameter", "floor"):
                name = getattr(rule, part, None)
                if name in of_85:
                    users.setdefault(str(name), set()).add(key.rstrip("123456"))
    assert all(len(keys) == 1 for keys in users.values())


# -- the cases ------------------------------------------------------------------------


def test_there_are_cases() -> None:
    assert len(CASES) >= 4


# -- both sides of each line ----------------------------------------------------------

QUOTAS = {"primary_funding_quota": 750, "junior_funding_quota": 950}
NOTHING_PAID = {"boarding": False, "public_funds_allocated": 0}
"""Without them an allocation that nobody stated might pay for enough pupils."""

COUNTY_LINES = [
    ("35.primary_quota", "primary_funding_quota", 750, 0.01),
    ("35.junior_quota", "junior_funding_quota", 950, 0.01),
    ("35.boarding_top_up", "boarding_top_up", 400, 0.01),
    ("35.inclusive_funding", "inclusive_funds_per_pupil", 6800, 0.01),
    ("35.primary_exercise_books", "primary_exercise_book_funds", 30, 0.01),
    ("35.junior_exercise_books", "junior_exercise_book_funds", 40, 0.01),
    ("35.boarder_nutrition", "boarder_nutrition_aid", 1000, 0.01),
    ("35.primary_boarder_living", "primary_poor_boarder_living_aid", 1000, 0.01),
    ("35.junior_boarder_living", "junior_poor_boarder_living_aid", 1250, 0.01),
    ("government.special_education_funding", "special_education_funds", 340000, 1),
]


@pytest.mark.parametrize(("rule", "column", "line", "step"), COUNTY_LINES)
def test_county_lines(rule: str, column: str, line: float, step: float) -> None:
    county = {
        "code": "350881",
        "disabled_in_regular": 1,
        "special_education_pupils": 50,
    }
    schools = (
        {"kind": "primary", "primary_pupils": 300, "primary_boarders": 5},
        {"kind": "junior", "junior_pupils": 300, "junior_boarders": 5},
    )
    for value, verdict in (
        (line - step, "unmet"),
        (line, "met"),
        (line + step, "met"),
        (None, "unknown"),
    ):
        given = county | ({} if value is None else {column: value})
        assert verdict_of(assess(given, *schools), rule) == verdict


@pytest.mark.parametrize(
    ("on", "quota", "verdict"),
    [
        (dt.date(2016, 12, 31), 650, "met"),
        (dt.date(2016, 12, 31), 649, "unmet"),
        (dt.date(2017, 1, 1), 650, "unmet"),
        (dt.date(2016, 3, 30), 1, "not_applicable"),
    ],
)
def test_quota_is_dated(on: dt.date, quota: float, verdict: str) -> None:
    result = assess({"code": "350881", "primary_funding_quota": quota}, on=on)
    assert verdict_of(result, "35.primary_quota") == verdict


@pytest.mark.parametrize(
    ("kind", "pupils", "line"),
    [
        ("primary", 99, 100),
        ("teaching_point", 99, 100),
        ("primary", 100, 200),
        ("primary", 199, 200),
        ("primary", 200, None),
        ("teaching_point", 100, None),
        ("junior", 299, 300),
        ("junior", 300, None),
    ],
)
def test_small_school_tiers(kind: str, pupils: int, line: int | None) -> None:
    stage = "junior" if kind == "junior" else "primary"
    school = {"kind": kind, "owner": "public", f"{stage}_pupils": pupils}
    for short in (1, 0, -1):
        funded = 1000 if line is None else line - short
        given = school | NOTHING_PAID | {"funded_pupils": funded}
        result = assess(QUOTAS | {"code": "350881"}, given)
        wanted = "unmet" if short == 1 else "met"
        found = verdict_of(result, "35.small_school_tiers")
        assert found == ("not_applicable" if line is None else wanted)


@pytest.mark.parametrize("duty", range(1, 7))
def test_management_duties(duty: int) -> None:
    rule, column = f"35.management_duty_{duty}", f"management_duty_{duty}_score"
    school = {
        "kind": "primary",
        "primary_pupils": 300,
        "management_standard_applied": True,
    }
    for score, verdict in (
        (0.8499, "unmet"),
        (0.85, "met"),
        (0.8501, "met"),
        (None, "unknown"),
    ):
        given = school | ({} if score is None else {column: score})
        assert verdict_of(assess({"code": "350881"}, given), rule) == verdict
    aside = school | {"management_standard_applied": False, column: 0.1}
    assert verdict_of(assess({"code": "350881"}, aside), rule) == "not_applicable"


@pytest.mark.parametrize(
    ("met", "passed", "verdict"),
    [
        (True, True, "met"),
        (True, False, "unmet"),
        (False, True, "unmet"),
        (True, None, "unknown"),
    ],
)
def test_management_certification(met: bool, passed: bool | None, verdict: str) -> None:
    school = {
        "kind": "primary",
        "primary_pupils": 300,
        "management_standard_applied": True,
        "management_preconditions_met": met,
        "management_review_passed": passed,
    }
    result = assess({"code": "350881"}, school)
    assert verdict_of(result, "35.management_certification") == verdict


def test_zhangping_pass_rate_is_only_a_benchmark() -> None:
    """漳平 2024: 50 of 57 schools, 87.72 %; there is no provincial mark."""
    schools = [
        {
            "kind": "primary",
            "primary_pupils": 300,
            "management_standard_certified": n < 50,
        }
        for n in range(57)
    ]
    result = assess({"code": "350881"}, *schools)
    (finding,) = result.findings(rule="35.management_standard_schools")
    assert isinstance(finding.value, float)
    assert round(finding.value, 4) == 0.8772
    assert finding.force is ee.Force.BENCHMARK
    assert finding.verdict is ee.Verdict.MET


# -- the plan of 南安 ----------------------------------------------------------------


def test_plan_reaches_no_other_county() -> None:
    result = assess({"code": "350881", "compulsory_dropouts": 9})
    assert not [r for r in result["local"].rules if r.startswith("350583")]
    assert [each.area for each in result.levels] == ["", "35"]


def test_missed_targets_change_no_verdict() -> None:
    county = {"code": "350583", "compulsory_dropouts": 9}
    result = assess(county, on=dt.date(2028, 1, 1))
    assert verdict_of(result, "350583.no_dropouts") == "unmet"
    assert {each.verdict.value for each in result.levels} == {"unknown"}


@pytest.mark.parametrize(
    ("on", "primary", "junior"),
    [
        (dt.date(2023, 12, 30), None, None),
        (dt.date(2023, 12, 31), 4.0, 5.3),
        (dt.date(2025, 12, 31), 4.3, 5.5),
    ],
)
def test_above_degree_stages(
    on: dt.date, primary: float | None, junior: float | None
) -> None:
    school = {"kind": "nine_year", "primary_pupils": 500, "junior_pupils": 500}
    found = targets(
        assess({"code": "350583"}, school, on=on), "resources.above_degree_teachers"
    )
    wanted = [] if primary is None else [("primary", primary), ("junior", junior)]
    assert [(each.stage, each.threshold) for each in found] == wanted


@pytest.mark.parametrize(
    ("on", "line"), [(dt.date(2023, 12, 31), 0.55), (dt.date(2025, 12, 31), 0.75)]
)
def test_pe_arts_stages(on: dt.date, line: float) -> None:
    school = {"kind": "primary", "primary_pupils": 500, "primary_pe_arts_teachers": 3}
    result = assess({"code": "350583"}, school, on=on)
    (finding,) = targets(result, "resources.pe_arts_teachers")
    assert finding.threshold == line
    assert (finding.verdict is ee.Verdict.MET) == (line < 0.6)


def test_2027() -> None:
    on = dt.date(2027, 12, 31)
    county = {
        "code": "350583",
        "disabled_children": 100,
        "disabled_children_enrolled": 98,
    }
    school = {"kind": "nine_year", "primary_pupils": 1500, "junior_pupils": 1000}
    result = assess(county, school, on=on)
    (size,) = targets(result, "government.school_size")
    assert (size.threshold, size.verdict) == (2500.0, ee.Verdict.MET)
    classes = targets(result, "government.class_size")
    assert [each.threshold for each in classes] == [45.0, 50.0]
    (disabled,) = targets(result, "quality.disabled_enrolment")
    assert (disabled.threshold, disabled.verdict) == (0.99, ee.Verdict.UNMET)
    assert verdict_of(result, "quality.disabled_enrolment") == "met"
    satisfied = targets(result, "recognition.satisfaction")
    assert {each.threshold for each in satisfied} == {0.95}
    (certified,) = targets(result, "35.management_standard_schools")
    assert certified.threshold == 0.80


def test_nanan_special_funds_are_a_benchmark() -> None:
    county = {
        "code": "350583",
        "special_education_funds": 6800 * 530,
        "special_education_pupils": 530,
    }
    rule = "government.special_education_funding"
    result = assess(county)
    assert verdict_of(result, rule) == "met"
    (seen,) = result.findings(rule=rule, force="benchmark")
    assert (seen.threshold, seen.verdict) == (9500.0, ee.Verdict.UNMET)


@pytest.mark.parametrize(
    ("kind", "pupils", "line"),
    [
        ("primary", 99, 150),
        ("primary", 100, 240),
        ("primary", 200, 240),
        ("primary", 201, None),
        ("junior", 299, 360),
        ("junior", 300, None),
    ],
)
def test_small_school_uplift(kind: str, pupils: int, line: int | None) -> None:
    school = {"kind": kind, "owner": "public", f"{kind}_pupils": pupils}
    rule = "350583.small_school_uplift"
    for short in (1, 0):
        funded = 1000 if line is None else line - short
        given = school | NOTHING_PAID | {"funded_pupils": funded}
        result = assess(QUOTAS | {"code": "350583"}, given)
        wanted = ("met", "unmet")[short]
        found = verdict_of(result, rule)
        assert found == ("not_applicable" if line is None else wanted)


@pytest.mark.parametrize(
    ("on", "primary", "junior"),
    [
        (dt.date(2023, 12, 31), 0.60, 0.98),
        (dt.date(2025, 12, 31), 0.80, 1.0),
        (dt.date(2027, 12, 31), 0.80, 1.0),
    ],
)
def test_backbone_school_stages(on: dt.date, primary: float, junior: float) -> None:
    school = {
        "kind": "nine_year",
        "primary_pupils": 500,
        "primary_backbone_teachers": 5,
        "junior_pupils": 500,
        "junior_backbone_teachers": 4,
    }
    result = assess({"code": "350583"}, school, on=on)
    found = result.findings(rule="350583.backbone_schools")
    assert [(each.threshold, each.value) for each in found] == [
        (primary, 1.0),
        (junior, 0.0),
    ]


def test_everything_is_explained() -> None:
    result = assess({"code": "350583"}, on=dt.date(2027, 12, 31))
    for finding in result.findings(components=True):
        assert str(ee.explain(finding, lang="zh"))
        assert str(ee.explain(finding, lang="en"))
