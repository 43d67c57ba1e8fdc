"""
Load the packs of 山西省, run the cases, and try every line on both sides.

``cases/*.toml`` say what becomes of a rule in an invented county; the tests here take
the one that meets everything and change a cell.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import Any

import eduequity_shanxi
import pytest

import eduequity as ee
from eduequity.engine import CountyResult
from eduequity.registry import Plugin, Registry


HERE = Path(__file__).resolve().parents[1]
SOURCE = Path(eduequity_shanxi.__file__).parent
OURS = {
    "shanxi-quality-balance",
    "shanxi-preschool-universal",
    "changzhi-quality-balance",
    "taiyuan-preschool-universal",
}
DEFAULT = "quality-balance"
PRESCHOOL = "preschool-universal"
MADE_UP = ("on", "programme", "expect")


@functools.cache
def registry() -> Registry:
    """Return our packs beside the national ones, whatever else is installed."""
    plugin = Plugin(eduequity_shanxi, "eduequity-shanxi", "26.1.0", ("14",))
    return Registry.of(plugin)


def judged(case: dict[str, Any], **options: str) -> CountyResult:
    """Evaluate the county of a case."""
    programme = case.get("programme", DEFAULT)
    if programme not in registry().rulebook.programmes:
        pytest.skip(f"no national pack of {programme}")
    tables = {
        name: [rows] if name == "county" else rows
        for name, rows in case.items()
        if name not in MADE_UP
    }
    facts = ee.read(tables, registry=registry())
    result = ee.evaluate(
        facts,
        on=case["on"],
        programme=programme,
        options=options,
        registry=registry(),
    )
    return result[case["county"]["code"]]


def verdicts(case: dict[str, Any], **options: str) -> dict[str, str]:
    """Return the verdict of every local rule."""
    found = judged(case, **options)["local"].rules
    return {rule: verdict.value for rule, verdict in found.items()}


def load(name: str) -> dict[str, Any]:
    """Read a case."""
    return tomllib.loads((HERE / "cases" / f"{name}.toml").read_text("utf-8"))


def changed(table: str, row: int, column: str, value: Any) -> dict[str, Any]:
    """Return the county that meets everything with one cell changed or emptied."""
    case = copy.deepcopy(load("changzhi_met"))
    cells = case[table] if table == "county" else case[table][row]
    cells.pop(column, None)
    if value is not None:
        cells[column] = value
    return case


# -- loading ---------------------------------------------------------------------------


def test_the_packs_load_without_failures() -> None:
    """Nothing is left out."""
    assert OURS <= {pack.info.id for pack in registry().packs}
    assert not registry().not_loaded
    assert "pupils_with_seniors" in registry().indicators


def test_no_document_number_is_invented() -> None:
    """The dossier proves no number of a document that a pack cites."""
    for pack in registry().packs:
        if pack.info.id in OURS:
            assert all(source.number is None for source in pack.sources.values())
            assert all(s.read.value != "full" for s in pack.sources.values())


# -- cases -----------------------------------------------------------------------------


def test_a_citys_rules_bind_only_there() -> None:
    """长治's rules and level are unknown elsewhere in the province."""
    elsewhere = judged(load("elsewhere_in_shanxi"))
    assert not [r for r in elsewhere["local"].rules if r.startswith("140")]
    assert [each.area for each in elsewhere.levels] == ["", "14"]
    assert [each.area for each in judged(load("changzhi_met")).levels] == [
        "",
        "14",
        "1404",
    ]


def test_benchmarks_decide_nothing() -> None:
    """A missed benchmark is shown and leaves the local verdict alone."""
    case = load("changzhi_met")
    case["county"] |= {"subject_tutoring_outlets": 9, "rotated_principals": 0}
    assert verdicts(case)["1404.tutoring_outlets"] == "unmet"
    assert judged(case)["local"].verdict is ee.Verdict.MET
    case["county"]["class_teacher_allowance"] = 499
    assert judged(case)["local"].verdict is ee.Verdict.UNMET


def test_the_citys_own_benchmark_of_a_provincial_rule_is_shown() -> None:
    """长治 has it from 2022, the province from 2025."""
    case = load("changzhi_met")
    for school in case["schools"]:
        school |= {"after_school_demand": True, "after_school_service": True}
    found = judged(case).findings(rule="14.after_school_coverage", area="1404")
    assert [each.verdict.value for each in found] == ["met"]


def test_before_a_rule_begins_it_is_not_asked() -> None:
    """The article is the first day that the sources prove."""
    case = load("changzhi_met") | {"on": dt.date(2022, 7, 10)}
    found = verdicts(case)
    assert "1404.rural_boarding_conditions" not in found
    assert found["1404.class_teacher_allowance"] == "not_applicable"
    found = verdicts(case | {"on": dt.date(2022, 7, 11)})
    assert found["1404.class_teacher_allowance"] == "met"


# -- below, at and above every line ----------------------------------------------------

LINES: list[tuple[str, int, str, Any, str, str]] = [
    # table, row, column, value, rule, what becomes of it
    (
        "county",
        0,
        "class_teacher_allowance",
        499.99,
        "class_teacher_allowance",
        "unmet",
    ),
    ("county", 0, "class_teacher_allowance", 500, "class_teacher_allowance", "met"),
    ("county", 0, "class_teacher_allowance", 500.01, "class_teacher_allowance", "met"),
    (
        "county",
        0,
        "class_teacher_allowance",
        None,
        "class_teacher_allowance",
        "unknown",
    ),
    ("county", 0, "incremental_pay_share", 0.0999, "incremental_pay", "unmet"),
    ("county", 0, "incremental_pay_share", 0.10, "incremental_pay", "met"),
    ("county", 0, "incremental_pay_share", 0.20, "incremental_pay", "met"),
    ("county", 0, "incremental_pay_share", 0.30, "incremental_pay", "met"),
    ("county", 0, "incremental_pay_share", 0.3001, "incremental_pay", "unmet"),
    ("county", 0, "incremental_pay_share", None, "incremental_pay", "unknown"),
    ("schools", 1, "junior_largest_class", 54, "large_classes", "met"),
    ("schools", 1, "junior_largest_class", 55, "large_classes", "met"),
    ("schools", 1, "junior_largest_class", 56, "large_classes", "unmet"),
    ("schools", 1, "junior_largest_class", None, "large_classes", "unknown"),
    ("schools", 1, "homework_disclosed", False, "homework_disclosure", "unmet"),
    ("schools", 1, "homework_disclosed", None, "homework_disclosure", "unknown"),
    ("schools", 0, "homework_time_met", False, "homework_time", "unmet"),
    ("schools", 0, "homework_time_met", None, "homework_time", "unknown"),
    ("schools", 1, "deputy_party_secretary", False, "deputy_party_secretary", "unmet"),
    ("schools", 1, "deputy_party_secretary", None, "deputy_party_secretary", "unknown"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "rule", "wanted"), LINES)
def test_line_of_the_city(
    table: str, row: int, column: str, value: Any, rule: str, wanted: str
) -> None:
    """One cell is changed, one rule follows."""
    assert verdicts(changed(table, row, column, value))[f"1404.{rule}"] == wanted


@pytest.mark.parametrize(
    ("boarders", "wanted"), [(0, "met"), (1, "unmet"), (None, "unknown")]
)
def test_no_boarding_in_grades_1_to_3(boarders: int | None, wanted: str) -> None:
    """None may board; below none there is nothing."""
    case = changed("schools", 0, "lower_grade_boarders", boarders)
    assert verdicts(case)["14.no_lower_grade_boarding"] == wanted


@pytest.mark.parametrize(
    ("junior", "senior", "wanted"),
    [
        (999, 0, "not_applicable"),
        (1000, 0, "unmet"),
        (1001, 0, "unmet"),
        (600, 399, "not_applicable"),
        (600, 400, "unmet"),
        (600, None, "unknown"),
    ],
)
def test_schools_of_a_thousand(junior: int, senior: int | None, wanted: str) -> None:
    """千人以上 includes 1,000 and counts seniors."""
    case = changed("schools", 1, "deputy_party_secretary", False)
    case["schools"][1] |= {"kind": "complete_secondary", "junior_pupils": junior}
    if senior is not None:
        case["schools"][1]["senior_pupils"] = senior
    assert verdicts(case)["1404.deputy_party_secretary"] == wanted


@pytest.mark.parametrize(
    ("population", "schools", "least", "most"),
    [
        (14999, 0, "met", "met"),
        (14999, 1, "met", "met"),
        (15000, 0, "unmet", "met"),
        (15000, 1, "met", "met"),
        (15001, 0, "unmet", "met"),
        (20001, 1, "met", "met"),  # 2万—3万人标准未言明，按1所
        (29999, 2, "met", "unmet"),
        (30000, 1, "met", "met"),
        (30000, 2, "met", "met"),
        (30000, 3, "met", "unmet"),
        (None, 0, "unknown", "met"),
        (None, 1, "met", "met"),
        (None, 2, "met", "unknown"),
        (15000, None, "unknown", "unknown"),
    ],
)
def test_junior_schools_by_township(
    population: int | None, schools: int | None, least: str, most: str
) -> None:
    """1.5万 and 3万 are included; a blank leaves only what is certain."""
    case = load("changzhi_met")
    row: dict[str, Any] = {"code": "A", "name": "甲乡", "county": "140499"}
    if population is not None:
        row["township_population"] = population
    if schools is not None:
        row["junior_schools_in_township"] = schools
    found = verdicts(case | {"townships": [row]})
    assert found["14.township_junior_schools"] == least
    assert found["14.township_junior_schools_most"] == most


# -- the six aspects of boarding -------------------------------------------------------

SIX = (
    "boarding_toilets",
    "boarding_water",
    "boarding_bathing",
    "boarding_heating",
    "boarding_canteen",
    "boarding_dormitory",
)


@pytest.mark.parametrize("column", SIX)
def test_each_of_the_six_aspects_counts_and_is_named(column: str) -> None:
    """The explanation shows which of the six failed."""
    county = judged(changed("schools", 0, column, False))
    rule = "1404.rural_boarding_conditions"
    (finding,) = county.findings(rule=rule, school="1")
    assert finding.verdict is ee.Verdict.UNMET
    operands = ee.explain(finding).operands
    assert [each.name for each in operands] == list(SIX)
    failed = [each.name for each in operands if each.value in ("0", "否")]
    assert failed == [column]
    blank = verdicts(changed("schools", 0, column, None))
    assert blank[rule] == "unknown"


def test_only_rural_boarding_schools_are_asked() -> None:
    """镇区 schools are asked under the other reading only."""
    rule = "1404.rural_boarding_conditions"
    broken = changed("schools", 0, "boarding_heating", False)
    broken["schools"][0]["locale"] = "town"
    assert verdicts(broken)[rule] == "not_applicable"
    towns = verdicts(broken, shanxi_rural_scope="rural_and_town")
    assert towns[rule] == "unmet"
    broken["schools"][0] |= {"locale": "rural", "boarding": False}
    assert verdicts(broken)[rule] == "not_applicable"


# -- preschool: targets only -----------------------------------------------------------


def test_the_provinces_figures_are_targets() -> None:
    """90, 80 and 55 %, none of which decides."""
    pack = registry().pack("shanxi-preschool-universal")
    assert not pack.rules
    wanted = {
        "gross_enrolment_minimum": 0.90,
        "inclusive_share_minimum": 0.80,
        "public_share_minimum": 0.55,
    }
    for name, number in wanted.items():
        (value,) = pack.parameters[name].values
        assert value.value == number
        assert value.force is ee.Force.TARGET
        assert value.start == dt.date(2020, 12, 31)


@pytest.mark.parametrize(
    ("public", "wanted"), [(549, "unmet"), (550, "met"), (551, "met")]
)
def test_share_of_public_kindergartens_beside_the_national_rule(
    public: int, wanted: str
) -> None:
    """The province's 55 % stands beside the nation's 50 %."""
    children = {"public": public, "inclusive_private": 1000 - public}
    case = {
        "programme": PRESCHOOL,
        "on": dt.date(2024, 12, 31),
        "county": {"code": "140499", "population_3_6": 1100},
        "kindergartens": [
            {"code": owner, "county": "140499", "owner": owner, "children": number}
            for owner, number in children.items()
        ],
    }
    county = judged(case)
    found = county.findings(rule="coverage.public_share", force="target")
    assert [(f.area, f.verdict.value) for f in found] == [("14", wanted)]
    (national,) = county.findings(rule="coverage.public_share", force="requirement")
    assert national.verdict is ee.Verdict.MET


@pytest.mark.parametrize(
    ("district", "number", "wanted"),
    [
        (True, 2, "unmet"),
        (True, 3, "met"),
        (True, 4, "met"),
        (False, 1, "unmet"),
        (False, 2, "met"),
        (False, 3, "met"),
        (None, 1, "unmet"),
        (None, 2, "unknown"),
        (None, 3, "met"),
    ],
)
def test_new_public_kindergartens_of_taiyuan(
    district: bool | None, number: int, wanted: str
) -> None:
    """Three in an urban district, two elsewhere, until 2025."""
    case = load("taiyuan_county")
    case["county"] |= {"new_public_kindergartens": number}
    del case["county"]["urban_district"]
    if district is not None:
        case["county"]["urban_district"] = district
    assert verdicts(case)["1401.new_public_kindergartens"] == wanted
    later = verdicts(case | {"on": dt.date(2026, 1, 1)})
    assert later["1401.new_public_kindergartens"] == "not_applicable"
