"""Load the packs, run their cases, and try every line on both sides."""
# ruff: noqa: D103

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import eduequity_shandong
import pytest

import eduequity as ee
from eduequity.errors import PackError
from eduequity.registry import Plugin, Registry
from eduequity.rules import Pack, Rulebook, load_pack


HERE = Path(__file__).parents[1]
FOLDER = Path(eduequity_shandong.__file__).parent
PACKS = FOLDER / "packs"
CASES = sorted((HERE / "cases").glob("*.toml"))
CODE = "371302"
ON = dt.date(2024, 12, 31)
PRESCHOOL = "preschool-universal"
PLUGIN = Plugin(eduequity_shandong, "eduequity-shandong", "26.1.0", ("37",))
REGISTRY = Registry.of(PLUGIN)

Tables = dict[str, Any]


def assessed(
    tables: Tables, on: dt.date = ON, programme: str = "quality-balance"
) -> tuple[ee.CountyResult, dict[str, str]]:
    """Return the county, and the verdict of every rule at the lowest level it has."""
    result = ee.evaluate(
        ee.read(tables, registry=REGISTRY),
        on=on,
        programme=programme,
        registry=REGISTRY,
    )
    (code,) = result
    verdicts = {
        rule: list(ee.Verdict)[int(ranks[0])].value
        for level in result.levels
        for rule, ranks in level.counties.items()
    }
    return result[code], verdicts


def verdict(
    rule: str, tables: Tables, on: dt.date = ON, programme: str = "quality-balance"
) -> str:
    """Return what becomes of one rule."""
    return assessed(tables, on, programme)[1][rule]


def county(**cells: Any) -> Tables:
    """Return a county without schools."""
    return {"county": [{"code": CODE, **cells}]}


def school(kind: str = "primary", **cells: Any) -> Tables:
    """Return a county with one school."""
    row = {"code": "1", "name": "示例学校", "kind": kind, "pupils": 500, **cells}
    return {**county(), "schools": [row]}


def kindergarten(**cells: Any) -> Tables:
    """Return a county with one kindergarten."""
    row = {"code": "k", "children": 100, "classes": 4, **cells}
    return {**county(), "kindergartens": [row]}


# -- the packs -------------------------------------------------------------------------


def test_they_load_without_failures() -> None:
    loaded = {pack.info.id: pack.info.areas for pack in REGISTRY.packs}
    assert REGISTRY.failures == []
    assert loaded["shandong-quality-balance"] == ("37",)
    assert loaded["shandong-preschool-universal"] == ("37",)
    assert loaded["qingdao-preschool-universal"] == ("3702",)
    assert loaded["zhifu-quality-balance"] == ("370602",)


def test_every_rule_names_its_row() -> None:
    for path in PACKS.glob("*/*.toml"):
        headers = re.findall(r"^(.*)\n\[rules\.", path.read_text("utf-8"), re.MULTILINE)
        assert all(line.startswith("# row: ") for line in headers), path


def test_no_document_number_is_made_up_and_nothing_is_replaced() -> None:
    """No source of the dossier gives a number for what is cited here."""
    for pack in REGISTRY.packs:
        if pack.distribution != "eduequity-shandong":
            continue
        assert all(source.number is None for source in pack.sources.values())
        values = [v for p in pack.parameters.values() for v in p.values]
        assert not any(value.replaces for value in values)


def test_only_statutes_and_staffing_and_money_decide() -> None:
    """Plans, planning figures and what is only reported never are requirements."""
    weak = {
        "balance-plan",
        "residential-opinion",
        "conditions-guide",
        "recess-2025",
        "rotation-news",
        "district-2019",
        "work-report-2020",
        "staffing-reform-2016",
    }
    for pack in REGISTRY.packs:
        if pack.distribution != "eduequity-shandong":
            continue
        for parameter in pack.parameters.values():
            for value in parameter.values:
                decides = value.force is ee.Force.REQUIREMENT
                assert not (decides and value.source in weak), value
        for name, rule in pack.rules.items():
            decides = rule.force is ee.Force.REQUIREMENT
            assert not (decides and rule.source in weak), name


# -- the cases -------------------------------------------------------------------------


def test_every_rule_is_tried_met_and_unmet() -> None:
    tried: dict[str, set[str]] = {}
    for path in CASES:
        for rule, word in tomllib.loads(path.read_text("utf-8"))["expect"].items():
            tried.setdefault(rule, set()).add(word)
    for rule in (*AT_SCHOOLS, *AT_COUNTIES, *AT_KINDERGARTENS, *TRIED_BELOW):
        tried.setdefault(rule, set()).update({"met", "unmet"})
    for pack in REGISTRY.packs:
        if pack.distribution == "eduequity-shandong":
            for rule in pack.rules:
                assert {"met", "unmet"} <= tried.get(rule, set()), rule


# -- both sides of every line ----------------------------------------------------------

Line = tuple[str, float, float, dict[str, Any]]

AT_SCHOOLS: dict[str, Line] = {
    "37.daily_sport": ("daily_sport_hours", 1, 0.01, {}),
    "37.morning_break": ("morning_break_minutes", 30, 1, {}),
    "37.fitness_tests": ("fitness_tests", 1, 1, {}),
    "37.fitness_coverage": (
        "fitness_tested_pupils",
        490,
        1,
        {"fitness_exempt_pupils": 10},
    ),
    "37.sports_meeting": ("sports_meetings", 1, 1, {}),
    "37.health_check": ("health_checks", 1, 1, {}),
    "37.eye_care": ("eye_care_sessions", 2, 1, {}),
    "37.eyesight_checks": ("eyesight_checks", 2, 1, {}),
    "37.class_time": ("daily_class_hours", 6, -0.01, {}),
    "37.bullying_inquiry": ("bullying_inquiry_days", 10, -1, {"bullying_cases": 1}),
    "37.class_count": (
        "classes",
        36,
        -1,
        {"residential_supporting_school": True, "built_year": 2019},
    ),
    "37.service_radius": (
        "service_radius",
        500,
        -1,
        {"residential_supporting_school": True, "built_year": 2019},
    ),
    "37.new_school_classes": ("classes", 36, -1, {"built_year": 2020}),
    "37.green_area": ("green_area_share", 0.35, 0.001, {"built_year": 2020}),
    "37.classroom_lighting": ("classroom_lamps", 9, 1, {"built_year": 2020}),
}
"""Rule: the column, its line, a step into what is allowed, and what else holds."""


@pytest.mark.parametrize("rule", AT_SCHOOLS)
def test_a_school_at_its_line(rule: str) -> None:
    column, line, step, more = AT_SCHOOLS[rule]
    assert verdict(rule, school(**{**more, column: line - step})) == "unmet"
    assert verdict(rule, school(**{**more, column: line})) == "met"
    assert verdict(rule, school(**{**more, column: line + step})) == "met"
    assert verdict(rule, school(**more)) == "unknown"


AT_COUNTIES: dict[str, Line] = {
    "37.primary_staffing": (
        "primary_public_pupils",
        1900,
        -1,
        {"primary_established_staff": 100},
    ),
    "37.junior_staffing": (
        "junior_public_pupils",
        1350,
        -1,
        {"junior_established_staff": 100},
    ),
    "37.senior_staffing": (
        "senior_public_pupils",
        1250,
        -1,
        {"senior_established_staff": 100},
    ),
    "37.boarding_top_up": (
        "boarding_top_up",
        200,
        1,
        {"primary_boarders": 1, "junior_boarders": 0},
    ),
    "37.inclusive_education_funding": (
        "disabled_mainstream_funds",
        6000,
        1,
        {"disabled_in_regular": 1},
    ),
    "37.disabled_funding_multiple": (
        "special_education_funds",
        54_600,
        1,
        {
            "special_education_pupils": 10,
            "primary_funding_quota": 710,
            "junior_funding_quota": 910,
        },
    ),
    "37.primary_boarder_allowance": (
        "primary_boarder_allowance",
        1000,
        1,
        {"primary_boarders": 1},
    ),
    "37.junior_boarder_allowance": (
        "junior_boarder_allowance",
        1250,
        1,
        {"junior_boarders": 1},
    ),
    "37.boarder_allowance_coverage": (
        "subsidised_boarders",
        30,
        1,
        {"primary_boarders": 40, "junior_boarders": 60},
    ),
}


@pytest.mark.parametrize("rule", AT_COUNTIES)
def test_a_county_at_its_line(rule: str) -> None:
    column, line, step, more = AT_COUNTIES[rule]
    assert verdict(rule, county(**more, **{column: line - step})) == "unmet"
    assert verdict(rule, county(**more, **{column: line})) == "met"
    assert verdict(rule, county(**more, **{column: line + step})) == "met"
    assert verdict(rule, county(**more)) == "unknown"


NEW: dict[str, Any] = {"residential_supporting": True, "planned_year": 2019}
AT_KINDERGARTENS: dict[str, Line] = {
    "37.outdoor_time": ("outdoor_hours", 2, 0.1, {}),
    "37.kindergarten_handover": (
        "handover_months",
        3,
        -0.5,
        {"residential_supporting": True, "accepted_year": 2020},
    ),
    "37.residential_kindergarten_class": ("children", 120, -1, NEW),
    "37.residential_kindergarten_classes": ("classes", 12, -1, NEW),
    "37.kindergarten_radius": ("kindergarten_radius", 300, -1, NEW),
}


@pytest.mark.parametrize("rule", AT_KINDERGARTENS)
def test_a_kindergarten_at_its_line(rule: str) -> None:
    column, line, step, more = AT_KINDERGARTENS[rule]
    for shift, word in ((-step, "unmet"), (0, "met"), (step, "met")):
        tables = kindergarten(**{**more, column: line + shift})
        assert verdict(rule, tables, programme=PRESCHOOL) == word
    tables = kindergarten(**{**more, column: None})
    assert verdict(rule, tables, programme=PRESCHOOL) == "unknown"


def test_the_share_of_the_preschool_budget() -> None:
    def at(budget: float, runs: bool | None) -> str:
        row = {
            "code": "370202",
            "preschool_budget": budget,
            "education_budget": 100,
            "runs_senior_high": runs,
        }
        rule = "3702.preschool_budget"
        return verdict(rule, {"county": [row]}, programme=PRESCHOOL)

    assert [at(4.99, True), at(5, True)] == ["unmet", "met"]
    assert [at(9.99, False), at(10, False)] == ["unmet", "met"]
    assert [at(4.99, None), at(7, None), at(10, None)] == ["unmet", "unknown", "met"]
    rule = "37.disabled_kindergarten_funding"
    elsewhere = assessed(county(), programme=PRESCHOOL)[1]
    assert rule in elsewhere
    assert "3702.preschool_budget" not in elsewhere


# -- whom and when ---------------------------------------------------------------------

TRIED_BELOW = (
    "37.junior_funding_quota",
    "37.primary_funding_quota",
    "37.recess",
    "37.recognised_counties",
    "37.residential_secondary_class",
    "3702.preschool_budget",
    "370602.ever_rotated",
    "370602.fitness_pass_rate",
    "370602.recruitment",
    "370602.rotation_growth",
    "370602.suburban_service",
)
"""Rules that have a test of their own."""


@pytest.mark.parametrize("kind", ["primary", "junior", "nine_year"])
def test_the_cap_on_classes_is_for_new_residential_schools(kind: str) -> None:
    def at(**cells: Any) -> str:
        row = {"residential_supporting_school": True, "built_year": 2019} | cells
        return verdict("37.class_count", school(kind, **row))

    most = 45 if kind == "nine_year" else 36
    assert [at(classes=most), at(classes=most + 1)] == ["met", "unmet"]
    assert at(classes=99, built_year=2018) == "not_applicable"
    assert at(classes=99, residential_supporting_school=False) == "not_applicable"
    assert at(classes=99, built_year=None) == "unknown"


def test_a_new_school_is_one_built_in_2020_or_later() -> None:
    for rule in ("37.new_school_classes", "37.green_area", "37.classroom_lighting"):
        cells: dict[str, Any] = {
            "classes": 99,
            "green_area_share": 0,
            "classroom_lamps": 0,
        }
        assert verdict(rule, school(**cells, built_year=2019)) == "not_applicable"
        assert verdict(rule, school(**cells, built_year=2020)) == "unmet"


@pytest.mark.parametrize(
    ("kind", "most"), [("primary", 500), ("junior", 1000), ("complete_secondary", 1000)]
)
def test_the_service_radius_by_kind(kind: str, most: int) -> None:
    cells: dict[str, Any] = {"residential_supporting_school": True, "built_year": 2019}
    for radius, word in ((most, "met"), (most + 1, "unmet")):
        tables = school(kind, **cells, service_radius=radius)
        assert verdict("37.service_radius", tables) == word


@pytest.mark.parametrize(
    ("stage", "rule", "most"),
    [
        ("primary", "37.residential_primary_class", 45),
        ("junior", "37.residential_secondary_class", 50),
        ("senior", "37.residential_secondary_class", 50),
    ],
)
def test_the_class_size_of_residential_schools(
    stage: str, rule: str, most: int
) -> None:
    cells: dict[str, Any] = {"residential_supporting_school": True, "built_year": 2019}
    for pupils, word in ((most, "met"), (most + 1, "unmet")):
        tables = school("twelve_year", **cells)
        tables["classes"] = [
            {"id": "c", "school": "1", "stage": stage, "pupils": pupils}
        ]
        assert verdict(rule, tables) == word


def test_junior_schools_may_teach_eight_hours() -> None:
    for hours, word in ((8, "met"), (8.01, "unmet")):
        tables = school("junior", daily_class_hours=hours)
        assert verdict("37.class_time", tables) == word


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("37.daily_sport", dt.date(2018, 11, 1)),
        ("37.security_guards", dt.date(2019, 1, 1)),
        ("37.primary_staffing", dt.date(2011, 9, 26)),
        ("37.recess", dt.date(2025, 12, 1)),
        ("37.recognised_counties", dt.date(2027, 12, 31)),
    ],
)
def test_a_rule_begins_on_its_day(rule: str, first: dt.date) -> None:
    tables = school(
        daily_sport_hours=0, security_guards=False, recess_minutes=5, built_year=2000
    )
    tables["county"][0] |= {
        "primary_public_pupils": 2000,
        "primary_established_staff": 100,
        "shandong_counties": 100,
        "shandong_recognised_counties": 59,
    }
    before = assessed(tables, first - dt.timedelta(days=1))[1]
    assert before.get(rule, "not_applicable") == "not_applicable"
    assert verdict(rule, tables, first) == "unmet"


def test_the_share_of_recognised_counties_rises_in_2030() -> None:
    tables = county(shandong_counties=100, shandong_recognised_counties=60)
    rule = "37.recognised_counties"
    assert verdict(rule, tables, dt.date(2027, 12, 31)) == "met"
    assert verdict(rule, tables, dt.date(2030, 12, 30)) == "met"
    assert verdict(rule, tables, dt.date(2030, 12, 31)) == "unmet"


def test_breaks_of_fifteen_minutes_are_only_shown() -> None:
    on = dt.date(2026, 1, 31)
    for minutes, word in ((14, "unmet"), (15, "met")):
        tables = school(recess_minutes=minutes)
        assert verdict("37.recess", tables, on) == word


def test_zhifu_has_its_own_targets_and_benchmarks() -> None:
    def at(on: dt.date, rule: str, **cells: Any) -> str:
        return verdict(rule, {"county": [{"code": "370602", **cells}]}, on)

    day, later = dt.date(2020, 12, 31), dt.date(2021, 1, 1)
    grown = {"rotated_teachers": 119, "rotated_teachers_year_before": 100}
    assert at(day, "370602.rotation_growth", **grown) == "unmet"
    assert at(later, "370602.rotation_growth", **grown) == "not_applicable"
    every = {"primary_full_time_teachers": 60, "junior_full_time_teachers": 40}
    for stock, word in ((49, "unmet"), (50, "met")):
        cells = {**every, "teachers_ever_rotated": stock}
        assert at(day, "370602.ever_rotated", **cells) == word
    left = {"natural_attrition": 100, "recruited_teachers": 99}
    assert at(day, "370602.recruitment", **left) == "unmet"
    more = {"natural_attrition": 100, "recruited_teachers": 120}
    assert at(day, "370602.recruitment", **more) == "met"
    tested = {"primary_fitness_tested": 1000, "primary_fitness_passed": 949}
    assert at(day, "370602.fitness_pass_rate", **tested) == "unmet"
    assert at(day, "370602.suburban_service", suburban_service_counts=False) == "unmet"
    elsewhere = assessed(county())[1]
    assert not any(rule.startswith("370602.") for rule in elsewhere)


def test_98_percent_of_disabled_children_is_shown_and_decides_nothing() -> None:
    cells = {"disabled_children": 100, "disabled_children_enrolled": 97}
    found, verdicts = assessed({"county": [{"code": "370602", **cells}]})
    assert verdicts["quality.disabled_enrolment"] == "met"
    (shown,) = found.findings(rule="quality.disabled_enrolment", area="370602")
    assert (shown.verdict.value, shown.threshold) == ("unmet", 0.98)
    assert shown.force is ee.Force.BENCHMARK


def test_the_2020_figure_of_enrolment_is_a_target() -> None:
    tables = kindergarten(children=89, licensed=True)
    tables["county"][0]["population_3_6"] = 100
    found, verdicts = assessed(tables, programme=PRESCHOOL)
    assert verdicts["coverage.gross_enrolment"] == "met"
    (shown,) = found.findings(rule="coverage.gross_enrolment", area="37")
    assert (shown.verdict.value, shown.threshold) == ("unmet", 0.90)
    assert shown.force is ee.Force.TARGET


# -- what is looser, or out of date, must not override ---------------------------------

NATIONAL = """
[pack]
id = "stub"
programme = "stub"
areas = [""]
title = { zh = "试", en = "stub" }
reviewed = 2026-11-21

[sources.nation]
title = "国家要求（试）"
issuer = "国家"
kind = "notice"
read = "unverified"

[parameters.sleep_hours]
unit = "hours"
stricter = "higher"

[[parameters.sleep_hours.values]]
from = 2018-01-01
primary = 10
junior = 9
source = "nation"

[parameters.population_for_a_special_school]
unit = "persons"
stricter = "lower"

[[parameters.population_for_a_special_school.values]]
from = 2022-01-01
value = 200000
source = "nation"

[parameters.funding_quota]
unit = "yuan_per_pupil"
stricter = "higher"

[[parameters.funding_quota.values]]
from = 2023-01-01
primary = 720
junior = 940
source = "nation"
"""

LOCAL = """
[pack]
id = "naive"
programme = "{programme}"
areas = ["3713"]
title = {{ zh = "试", en = "naive" }}
reviewed = 2026-11-21

[sources.province]
title = "山东规定（试）"
issuer = "山东省"
kind = "law"
read = "excerpt"

[parameters.{name}]
unit = "{unit}"
stricter = "{stricter}"

[[parameters.{name}.values]]
from = {start}
{value}
source = "province"
clause = "第零条"
"""

NAIVE = {
    # 睡眠8小时
    "SD-HLT-11": ("stub", "sleep_hours", "hours", "higher", "2018-11-01", "value = 8"),
    # 30万人口
    "SD-SPE-01": (
        "stub",
        "population_for_a_special_school",
        "persons",
        "lower",
        "2022-01-01",
        "value = 300000",
    ),
    # 710/910元
    "SD-FIN-01": (
        "stub",
        "funding_quota",
        "yuan_per_pupil",
        "higher",
        "2023-01-01",
        "primary = 710\njunior = 910",
    ),
    # 6 × 710 元
    "SD-FIN-05": (
        "quality-balance",
        "special_education_funds_minimum",
        "yuan_per_pupil",
        "higher",
        "2017-06-18",
        "value = 4260",
    ),
    # 没有56人以上的班
    "SD-CLS-02": (
        "quality-balance",
        "class_size",
        "pupils",
        "lower",
        "2020-01-18",
        "value = 55",
    ),
    # 西部80%
    "SD-PRE-03": (
        "preschool-universal",
        "gross_enrolment_minimum",
        "share",
        "higher",
        "2020-12-31",
        "value = 0.80",
    ),
}


def written(folder: Path, text: str) -> Pack:
    """Load a pack of one file."""
    folder.mkdir()
    (folder / "pack.toml").write_text(text, "utf-8")
    return load_pack(folder)


@pytest.mark.parametrize("row", NAIVE)
def test_a_looser_value_is_refused_with_both_citations(
    row: str, tmp_path: Path
) -> None:
    programme, name, unit, stricter, start, value = NAIVE[row]
    text = LOCAL.format(
        programme=programme,
        name=name,
        unit=unit,
        stricter=stricter,
        start=start,
        value=value,
    )
    stub = written(tmp_path / "stub", NATIONAL)
    naive = written(tmp_path / "naive", text)
    with pytest.raises(PackError) as caught:
        Rulebook((*REGISTRY.packs, stub, naive))
    (problem,) = caught.value.problems
    assert problem.code == "lowered"
    assert problem.sheet.startswith(f"parameters.{name}.values[")
    assert "第零条" in problem.zh
    above = next(p for p in (*REGISTRY.packs, stub) if name in p.parameters)
    assert above.sources[above.parameters[name].values[0].source].title in problem.zh


def test_old_quotas_say_nothing_once_the_nation_asks_more() -> None:
    last, after = dt.date(2022, 12, 31), dt.date(2023, 1, 1)
    tables = county(primary_funding_quota=709, junior_funding_quota=909)
    for rule in ("37.primary_funding_quota", "37.junior_funding_quota"):
        assert verdict(rule, tables, last) == "unmet"
        assert verdict(rule, tables, after) == "not_applicable"
    enough = county(primary_funding_quota=710, junior_funding_quota=910)
    for rule in ("37.primary_funding_quota", "37.junior_funding_quota"):
        assert verdict(rule, enough, last) == "met"


def test_the_looser_rows_are_listed_with_their_reasons() -> None:
    pack = REGISTRY.pack("shandong-quality-balance")
    reasons = {each.row: each.reason for each in pack.unencoded}
    for row in ("SD-HLT-11", "SD-SPE-01", "SD-CLS-02"):
        assert "国家" in reasons[row]
    (until_2022,) = pack.parameters["primary_funding_quota_minimum"].values
    assert until_2022.until == dt.date(2022, 12, 31)
    assert until_2022.note is not None
    assert "国家2023年基准定额已高于此数" in until_2022.note.zh
