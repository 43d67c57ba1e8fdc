"""Load the region's pack, run its cases, and try every line on both sides."""
# ruff: noqa: D103

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import eduequity_xinjiang
import numpy as np
import pytest
from eduequity_xinjiang.indicators import LEVELS, mandarin_rank

import eduequity as ee
from eduequity.registry import Plugin, Registry


HERE = Path(__file__).parents[1]
PACKS = Path(eduequity_xinjiang.__file__).parent / "packs"
CASES = sorted((HERE / "cases").glob("*.toml"))
CODE = "652901"
ON = dt.date(2026, 1, 31)
THEN = dt.date(2008, 12, 31)
PLUGIN = Plugin(eduequity_xinjiang, "eduequity-xinjiang", "26.1.0", ("65",))
REGISTRY = Registry.of(PLUGIN)

Tables = dict[str, Any]


def assessed(
    tables: Tables, on: dt.date = ON, **options: str
) -> tuple[ee.CountyResult, dict[str, str]]:
    """Return the county and its verdicts, of each rule at the lowest level it has."""
    result = ee.evaluate(
        ee.read(tables, registry=REGISTRY),
        on=on,
        options=options,
        registry=REGISTRY,
    )
    (code,) = result
    verdicts = {}
    for level in result.levels:
        for rule, ranks in level.counties.items():
            verdicts[rule] = list(ee.Verdict)[int(ranks[0])].value
    return result[code], verdicts


def verdict(rule: str, tables: Tables, on: dt.date = ON, **options: str) -> str:
    """Return what becomes of one rule."""
    return assessed(tables, on, **options)[1][rule]


def of_county(**cells: Any) -> Tables:
    """Return a county with one boarding school of each stage."""
    schools = [
        {"code": "1", "name": "1", "kind": "primary", "pupils": 9, "boarders": 1},
        {"code": "2", "name": "2", "kind": "junior", "pupils": 9, "boarders": 1},
    ]
    return {"county": [{"code": CODE, **cells}], "schools": schools}


def teacher(**cells: Any) -> Tables:
    """Return a county with one teacher."""
    row = {"id": "t", "school": "1", "stage": "primary", "subject": "数学", **cells}
    return {**of_county(), "teachers": [row]}


# -- the pack --------------------------------------------------------------------------


def test_loads_without_failures() -> None:
    loaded = {pack.info.id: pack.info.areas for pack in REGISTRY.packs}
    assert REGISTRY.failures == []
    assert loaded["xinjiang-quality-balance"] == ("65",)
    assert loaded["xinjiang-bohu-quality-balance"] == ("652829",)


def test_nothing_asks_for_ethnicity() -> None:
    asked = {name for field in REGISTRY.fields for name in field.headings()}
    words = " ".join(f"{name} {heading}" for name, heading in asked)
    assert not re.search(r"民族|ethnic", words, re.IGNORECASE)


def test_every_own_rule_names_its_row() -> None:
    for path in PACKS.glob("*/*.toml"):
        if path.name == "history.toml":
            continue  # the dossier gives these no row
        text = path.read_text("utf-8")
        headers = re.findall(
            r"^(.*)\n\[\[?(?:rules\.|.*\.values\]\])", text, re.MULTILINE
        )
        assert all(line.startswith("# row: ") for line in headers), path


# -- the cases -------------------------------------------------------------------------


def case(path: Path) -> tuple[Tables, dt.date, dict[str, str]]:
    """Return the tables of a case, its day and what it expects."""
    tables = tomllib.loads(path.read_text("utf-8"))
    on, expected = tables.pop("on"), tables.pop("expect")
    return {**tables, "county": [tables["county"]]}, on, expected


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_finding_of_a_case_can_be_explained(path: Path) -> None:
    tables, on, _ = case(path)
    for finding in assessed(tables, on)[0].findings(components=True):
        for lang in ("zh", "en"):
            assert str(ee.explain(finding, lang=lang))


# -- both sides of every line ----------------------------------------------------------

COUNTY_LINES = (
    ("primary_quota", "primary_funding_quota", 720),
    ("junior_quota", "junior_funding_quota", 940),
    ("boarding_supplement", "boarding_top_up", 300),
    ("heating_supplement", "heating_supplement", 120),
    ("inclusive_quota", "inclusive_funding_quota", 6000),
    ("nutrition", "nutrition_per_day", 5),
    ("primary_boarder_aid", "primary_boarder_aid", 1250),
    ("junior_boarder_aid", "junior_boarder_aid", 1500),
    ("primary_day_pupil_aid", "primary_day_pupil_aid", 625),
    ("junior_day_pupil_aid", "junior_day_pupil_aid", 750),
    ("special_boarder_aid", "special_boarder_aid", 1750),
    ("surcharge_use", "surcharges_for_education", 5_000),
)
WITH = {
    "disabled_in_regular": 1,
    "nutrition_programme": True,
    "surcharges_collected": 5_000,
}


@pytest.mark.parametrize(("rule", "column", "line"), COUNTY_LINES)
def test_lines_of_the_county(rule: str, column: str, line: float) -> None:
    sides = {-0.01: "unmet", 0.0: "met", 0.01: "met"}
    for step, said in sides.items():
        cells = {**WITH, column: line + step}
        assert verdict(f"65.{rule}", of_county(**cells)) == said
    assert verdict(f"65.{rule}", of_county(**WITH)) == "unknown"


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("inclusive_quota", {"disabled_in_regular": 0}),
        ("nutrition", {"nutrition_programme": False}),
        ("surcharge_use", {"surcharges_collected": 0, "surcharges_for_education": 0}),
    ],
)
def test_what_a_county_does_not_have_is_not_asked(
    rule: str, cells: dict[str, Any]
) -> None:
    assert verdict(f"65.{rule}", of_county(**cells)) == "not_applicable"


def test_no_boarders_no_top_up() -> None:
    tables = of_county(boarding_top_up=0, primary_boarder_aid=0)
    for school in tables["schools"]:
        school["boarders"] = 0
    found = assessed(tables)[1]
    assert found["65.boarding_supplement"] == "not_applicable"
    assert found["65.primary_boarder_aid"] == "not_applicable"


@pytest.mark.parametrize(
    ("day", "primary", "junior", "top_up"),
    [
        (dt.date(2018, 1, 1), 600, 800, 200),
        (dt.date(2023, 12, 31), 600, 800, 200),
        (dt.date(2024, 1, 1), 720, 940, 300),
    ],
)
def test_quotas_follow_their_dates(
    day: dt.date, primary: float, junior: float, top_up: float
) -> None:
    for step, said in ((0, "met"), (-0.01, "unmet")):
        cells = {
            "primary_funding_quota": primary + step,
            "junior_funding_quota": junior + step,
            "boarding_top_up": top_up + step,
        }
        found = assessed(of_county(**cells), day)[1]
        for rule in ("primary_quota", "junior_quota", "boarding_supplement"):
            assert found[f"65.{rule}"] == said


# -- Mandarin --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "level", "said"),
    [
        ("数学", "三级甲等", "unmet"),
        ("数学", "二级乙等", "met"),
        ("数学", "二级甲等", "met"),
        ("语文", "二级乙等", "unmet"),
        ("语文", "二级甲等", "met"),
        ("语文", "一级乙等", "met"),
        ("数学", None, "unknown"),
        ("数学", "合格", "unknown"),
        (None, "二级乙等", "unknown"),
        (None, "二级甲等", "met"),
        (None, "三级甲等", "unmet"),
    ],
)
def test_mandarin_certificate(
    subject: str | None, level: str | None, said: str
) -> None:
    tables = teacher(subject=subject, mandarin_level=level)
    assert verdict("65.mandarin_certificate", tables) == said


def test_mandarin_of_seniors_is_not_asked() -> None:
    tables = teacher(stage="senior", mandarin_level="三级乙等")
    assert verdict("65.mandarin_certificate", tables) == "not_applicable"


def test_mandarin_finding_names_the_teacher() -> None:
    county, _ = assessed(teacher(mandarin_level="三级甲等"))
    rows = county.findings(rule="65.mandarin_certificate", scope="teacher")
    assert [(f.entity, f.value, f.threshold) for f in rows] == [("t", 2.0, 3.0)]


def test_every_level_has_its_rank() -> None:
    words = np.array([*LEVELS, " 一 甲 ", "2级乙等", None, ""], dtype=object)
    expected = [1, 2, 3, 4, 5, 6, 6, 3, np.nan, np.nan]
    np.testing.assert_array_equal(mandarin_rank(words), expected)


# -- coverage, towns -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "choice", "rural", "urban"),
    [
        ("rural", "rural", "unmet", "not_applicable"),
        ("urban", "rural", "not_applicable", "met"),
        ("town", "rural", "unmet", "not_applicable"),
        ("town", "urban", "not_applicable", "met"),
    ],
)
def test_boarder_coverage_by_locale(
    locale: str, choice: str, rural: str, urban: str
) -> None:
    tables = of_county()
    for school in tables["schools"]:
        school |= {"locale": locale, "boarders": 5, "aided_boarders": 2}
    found = assessed(tables, aid_of_towns=choice)[1]
    assert found["65.rural_boarder_coverage"] == rural
    assert found["65.urban_boarder_coverage"] == urban


# -- same as the nation: no lowering, no change ----------------------------------------


def test_equal_values_change_nothing() -> None:
    cells = {"special_education_pupils": 1}
    for funds, said in ((5999.99, "unmet"), (6000, "met"), (6000.01, "met")):
        tables = of_county(**cells, special_education_funds=funds)
        county, _ = assessed(tables)
        rule = "government.special_education_funding"
        found = {f.area: f.verdict.value for f in county.findings(rule=rule)}
        assert found == {"": said, "65": said}


def test_candidates_and_history_decide_nothing() -> None:
    deciding = {
        finding.rule
        for finding in assessed(of_county())[0].findings(area="65", force="requirement")
    }
    assert "65.mandarin_certificate" in deciding
    for rule in ("migrant_public_enrolment", "special_school", "surcharge_use"):
        assert f"65.{rule}" not in deciding


@pytest.mark.parametrize(
    ("day", "force", "line"),
    [
        (dt.date(2016, 12, 31), "target", 0.90),
        (dt.date(2017, 4, 26), "", 0.95),
        (dt.date(2026, 1, 31), "benchmark", 0.97),
    ],
)
def test_enrolment_of_disabled_children(day: dt.date, force: str, line: float) -> None:
    tables = of_county(disabled_children=1000, disabled_children_enrolled=965)
    rule = "quality.disabled_enrolment"
    found = {
        f.force.value: f.threshold
        for f in assessed(tables, day)[0].findings(rule=rule)
        if f.threshold is not None
    }
    assert found.get(force or "requirement") == pytest.approx(line)
    assert force or set(found) == {"requirement"}


# -- time ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "recognised", "said"),
    [
        (dt.date(2025, 1, 26), 0, "not_applicable"),
        (dt.date(2027, 12, 30), 0, "not_applicable"),
        (dt.date(2027, 12, 31), 39, "unmet"),
        (dt.date(2027, 12, 31), 40, "met"),
        (dt.date(2027, 12, 31), 41, "met"),
        (dt.date(2027, 12, 31), None, "unknown"),
        (dt.date(2035, 12, 30), 99, "met"),
        (dt.date(2035, 12, 31), 99, "unmet"),
        (dt.date(2035, 12, 31), 100, "met"),
    ],
)
def test_timetable(day: dt.date, recognised: int | None, said: str) -> None:
    cells = {
        "autonomous_region_counties": 100,
        "autonomous_region_quality_counties": recognised,
    }
    assert verdict("65.quality_counties_share", of_county(**cells), day) == said


def test_timetable_is_a_target() -> None:
    rule = "65.quality_counties_share"
    assert rule not in assessed(of_county(), dt.date(2025, 1, 25))[1]
    (finding,) = assessed(of_county(), dt.date(2028, 1, 1))[0].findings(rule=rule)
    assert finding.force is ee.Force.TARGET


# -- 2006, by kind of area -------------------------------------------------------------

HISTORY = (
    ("primary_enrolment", 1, 0.98, 0.97, -1),
    ("junior_enrolment", 1, 0.95, 0.95, -1),
    ("disabled_children_enrolment", 0.80, 0.60, 0.60, -1),
    ("primary_dropout", 0.01, 0.015, 0.015, 1),
    ("junior_dropout", 0.02, 0.03, 0.03, 1),
    ("primary_completion", 0.99, 0.95, 0.95, -1),
)


@pytest.mark.parametrize(("rule", "urban", "farming", "pastoral", "worse"), HISTORY)
def test_lines_of_2006(
    rule: str, urban: float, farming: float, pastoral: float, worse: int
) -> None:
    column = "township_" + rule.replace("disabled_children", "disabled")
    kinds = {"urban": urban, "farming": farming, "pastoral": pastoral}
    for kind, line in kinds.items():
        sides = [(line, "met"), (line + worse * 1e-4, "unmet")]
        if 0 < line - worse * 1e-4 <= 1:
            sides.append((line - worse * 1e-4, "met"))
        for value, said in sides:
            row = {"code": "x", "county": CODE, "area_type": kind, column: value}
            tables = {**of_county(), "townships": [row]}
            assert verdict(f"65.{rule}_2006", tables, THEN) == said


def test_2006_ends() -> None:
    last = dt.date(2011, 6, 19)
    rule = "65.primary_enrolment_2006"
    assert rule in assessed(of_county(), last)[1]
    assert rule not in assessed(of_county(), last + dt.timedelta(days=1))[1]


# -- whose law it is -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "areas"),
    [
        ("652829", ["", "65", "652829"]),
        ("652826", ["", "65"]),
        ("659001", [""]),
        ("659012", [""]),
        ("660100", [""]),
        ("620102", [""]),
    ],
)
def test_levels(code: str, areas: list[str]) -> None:
    county, _ = assessed({"county": [{"code": code}]})
    assert [level.area for level in county.levels] == areas
    law = county.assessment.law
    assert law.jurisdiction(code)[:2] == ("66" if code[:4] == "6590" else code[:2])


def test_xpcc_beside_the_region_in_one_file() -> None:
    codes = ("652829", "652901", "659001", "659012")
    tables = {"county": [{"code": code} for code in codes]}
    result = ee.evaluate(ee.read(tables, registry=REGISTRY), on=ON, registry=REGISTRY)
    under = {code: "65" in [lv.area for lv in result[code].levels] for code in codes}
    assert under == {code: not code.startswith("6590") for code in codes}


def test_goal_of_bohu() -> None:
    rule = "652829.creation_goal"
    for value, said in ((True, "met"), (False, "unmet"), (None, "unknown")):
        tables: Tables = {"county": [{"code": "652829"}]}
        if value is not None:
            row = {"entity": "652829", "rule": rule, "value": value}
            tables["attestations"] = [row]
        county, found = assessed(tables, dt.date(2024, 12, 31))
        assert found[rule] == said
        (finding,) = county.findings(rule=rule)
        assert finding.force is ee.Force.TARGET
