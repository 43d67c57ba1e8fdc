"""
Try every rule of the national programme on both sides of its line.

Everything starts from one invented county that meets every rule; a case changes a
few of its cells and says what becomes of one rule.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import pytest

from eduequity import evaluate, io
from eduequity.engine import Assessment, CountyResult
from eduequity.errors import OptionError
from eduequity.registry import Registry
from eduequity.rules import Attested, Law, Pack, Veto
from eduequity.vocab import Force


Row = dict[str, Any]
Tables = dict[str, list[Row]]
Change = Callable[[Tables], None]

ON = dt.date(2024, 12, 31)
CODE = "999901"
DAY = dt.timedelta(days=1)

RULES = (
    "eligibility.basic_balance_years",
    "eligibility.annual_monitoring",
    "resources.above_degree_teachers",
    "resources.backbone_teachers",
    "resources.pe_arts_teachers",
    "resources.teaching_area",
    "resources.sports_area",
    "resources.equipment_value",
    "resources.multimedia_classrooms",
    "resources.section_quorum",
    "resources.cv_above_degree_teachers",
    "resources.cv_backbone_teachers",
    "resources.cv_pe_arts_teachers",
    "resources.cv_teaching_area",
    "resources.cv_sports_area",
    "resources.cv_equipment_value",
    "resources.cv_multimedia_classrooms",
    "government.siting_plan",
    "government.unified_standards",
    "government.music_rooms",
    "government.art_rooms",
    "government.school_size",
    "government.class_size",
    "government.small_school_funding",
    "government.special_education_funding",
    "government.teacher_pay",
    "government.performance_pay",
    "government.teacher_training",
    "government.staffing_allocation",
    "government.teacher_rotation",
    "government.backbone_rotation",
    "government.teacher_certification",
    "government.nearby_enrolment",
    "government.senior_high_quota",
    "government.rural_quota_tilt",
    "government.left_behind_care",
    "government.migrant_enrolment",
    "government.spending_total",
    "government.spending_per_pupil",
    "quality.junior_retention",
    "quality.disabled_enrolment",
    "quality.charter_and_ict",
    "quality.training_funds",
    "quality.ict_teaching",
    "quality.moral_education",
    "quality.curriculum",
    "quality.homework_load",
    "quality.monitoring_level",
    "quality.monitoring_gap",
    "recognition.satisfaction",
    "recognition.sample_size",
    "recognition.parent_share",
    "vetoes.exam_admission",
    "vetoes.school_choice",
    "vetoes.key_schools",
    "vetoes.unfilled_posts",
    "vetoes.serious_incident",
    "vetoes.falsification",
    "vetoes.tutoring_governance",
)
SEVEN = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_classrooms",
)
BENCHMARKS = {
    "government.spending_total",
    "government.spending_per_pupil",
    "recognition.sample_size",
    "recognition.parent_share",
    "vetoes.tutoring_governance",
}
NATIONAL = {
    "quality.monitoring_level",
    "quality.monitoring_gap",
    "recognition.satisfaction",
}


# -- a county that meets everything ------------------------------------------------

YES_OF_SCHOOLS = (
    "charter",
    "ict_management",
    "ict_instruction",
    "ict_teaching",
    "equipment_in_use",
    "moral_education_good",
    "campus_culture_good",
    "curriculum_complete",
    "no_excessive_load",
)


def stage_figures(stage: str, pupils: int) -> Row:
    """Return the figures of a section, the same for every pupil."""
    classes = -(-pupils // 40)
    figures = {
        "pupils": pupils,
        "classes": classes,
        "largest_class": min(40, pupils),
        "full_time_teachers": pupils // 10,
        "above_degree_teachers": pupils // 10,
        "backbone_teachers": pupils // 20,
        "pe_arts_teachers": pupils // 20,
        "certified_teachers": pupils // 10,
        "trained_teachers": pupils // 10,
        "pupils_in_zone": pupils,
        "boarders": 0,
        "visiting_pe_arts_teachers": 0,
    }
    return {f"{stage}_{name}": figure for name, figure in figures.items()}


def school(code: str, kind: str, primary: int = 0, junior: int = 0, **more: Any) -> Row:
    """Return a school that meets everything, with the same for every weighed pupil."""
    weighed = 10 * primary + 11 * junior
    rooms = [100.0] * (-(-(primary + junior) // 480) + 1)
    row: Row = {
        "code": code,
        "name": f"学校{code}",
        "kind": kind,
        "owner": "public",
        "locale": "urban",
        "boarding": False,
        "dense_centre": False,
        "rectification_plan": True,
        "built_year": 2018,
        "migrant_pupils": 0,
        "teaching_area": weighed,
        "indoor_sports_area": 0,
        "sports_hall_area": 0,
        "outdoor_sports_area": 2 * weighed,
        "equipment_value": 500 * weighed,
        "multimedia_classrooms": weighed // 100,
        "music_room_areas": rooms,
        "art_room_areas": rooms,
        "public_funds_budget": 100_000,
        "training_budget": 5_000,
        "funded_pupils": max(primary + junior, 100),
        **dict.fromkeys(YES_OF_SCHOOLS, True),
    }
    if primary:
        row |= stage_figures("primary", primary)
    if junior:
        row |= stage_figures("junior", junior)
    return row | more


def good_county() -> Tables:
    """Return the tables of a county that meets every rule."""
    schools = [
        school("P", "primary", primary=500),
        school("J", "junior", junior=500),
        school("N", "nine_year", primary=400, junior=400),
        school("T", "teaching_point", primary=60, locale="rural"),
        school("S", "special"),
    ]
    for row in schools:
        if "junior_pupils" in row:
            row |= {
                "junior_graduates": 100,
                "junior_entrants_three_years_ago": 100,
                "junior_transfers_in": 0,
                "junior_transfers_out": 0,
                "junior_deaths": 0,
            }
    county: Row = {
        "code": CODE,
        "name": "示例县",
        "resident_population": 100_000,
        "basic_balance_recognised_on": "2015",
        "special_education_pupils": 50,
        "special_education_funds": 300_000,
        "teacher_mean_pay": 98_000,
        "civil_servant_mean_pay": 98_000,
        "rotation_eligible_teachers": 100,
        "rotated_teachers": 10,
        "rotated_backbone_teachers": 2,
        "senior_high_places": 100,
        "senior_high_allocated_places": 50,
        "migrant_children_eligible": 100,
        "migrant_children_public": 80,
        "migrant_children_purchased": 5,
        "disabled_children": 100,
        "disabled_children_enrolled": 95,
        "primary_funding_quota": 720,
        "junior_funding_quota": 940,
        "boarding_top_up": 300,
    }
    yes = (
        "annual_monitoring",
        "siting_plan",
        "unified_construction",
        "unified_staffing",
        "unified_funding",
        "unified_equipment",
        "performance_pay_approved",
        "staffing_allocation",
        "rural_quota_tilt",
        "left_behind_care",
    )
    county |= dict.fromkeys(yes, True)
    county |= dict.fromkeys(VETOES, False)
    return {
        "county": [county],
        "schools": schools,
        "monitoring": monitored(2024, ("数学", "体育与健康", "心理健康")),
        "survey": surveyed(2024),
        "finance": spending((2023, 100.0, 10), (2024, 100.0, 10)),
    }


VETOES = (
    "exam_admission",
    "school_choice",
    "key_schools",
    "unfilled_posts",
    "serious_incident",
    "falsification",
    "tutoring_governance",
)


def monitored(year: int, subjects: tuple[str, ...], **more: Any) -> list[Row]:
    """Return the national monitoring of a year, on its lines."""
    return [
        {
            "county": CODE,
            "year": year,
            "organiser": "national",
            "subject": subject,
            "grade": 8,
            "level": "Ⅲ",
            "between_school_rate": 0.149,
            **more,
        }
        for subject in subjects
    ]


def surveyed(year: int, satisfied: int = 170, by_talk: int = 170) -> list[Row]:
    """Return a survey of 200 by questionnaire (100 of them parents) and interview."""
    key = {"county": CODE, "year": year}
    asked = {"distributed": 200, "valid": 200, "satisfied": satisfied}
    by_mail = key | {"channel": "questionnaire"}
    talk = {"channel": "interview", "group": "total", "satisfied": by_talk}
    return [
        by_mail | {"group": "total"} | asked,
        by_mail | {"group": "parents", "valid": 100, "satisfied": 85},
        key | asked | talk,
    ]


def spending(*years: tuple[int, float, int]) -> list[Row]:
    """Return (year, spending, pupils) as rows of finance."""
    return [
        {
            "county": CODE,
            "year": year,
            "measure": "一般公共预算教育支出",
            "education_spending": spent,
            "enrolled_pupils": pupils,
        }
        for year, spent, pupils in years
    ]


# -- changing it -------------------------------------------------------------------


def county_with(**cells: Any) -> Change:
    """Change cells of the county."""

    def change(tables: Tables) -> None:
        tables["county"][0] |= cells

    return change


def school_with(code: str, **cells: Any) -> Change:
    """Change cells of one school."""

    def change(tables: Tables) -> None:
        (row,) = (each for each in tables["schools"] if each["code"] == code)
        row |= cells

    return change


def all_schools(**cells: Any) -> Change:
    """Change cells of every school."""

    def change(tables: Tables) -> None:
        for row in tables["schools"]:
            row.update(cells)

    return change


def with_rows(table: str, *rows: Row) -> Change:
    """Add rows to a table."""

    def change(tables: Tables) -> None:
        tables.setdefault(table, []).extend(copy.deepcopy(rows))

    return change


def only(table: str, *rows: Row) -> Change:
    """Put rows in place of a table's own; no rows, no table."""

    def change(tables: Tables) -> None:
        tables.pop(table, None)
        if rows:
            tables[table] = copy.deepcopy(list(rows))

    return change


def without_schools(*codes: str) -> Change:
    """Leave schools out."""

    def change(tables: Tables) -> None:
        tables["schools"] = [s for s in tables["schools"] if s["code"] not in codes]

    return change


def several(*changes: Change) -> Change:
    """Make several changes, one after the other."""

    def change(tables: Tables) -> None:
        for each in changes:
            each(tables)

    return change


def signed(rule: str, value: bool | None, entity: str = CODE) -> Change:
    """Let somebody sign for a rule."""
    return with_rows("attestations", {"entity": entity, "rule": rule, "value": value})


def assessed(
    *changes: Change, on: dt.date = ON, options: Mapping[str, str] | None = None
) -> Assessment:
    """Evaluate the good county after some changes."""
    tables = good_county()
    for change in changes:
        change(tables)
    return evaluate(io.read(tables), on=on, options=options, registry=registry())


def verdict(
    rule: str,
    *changes: Change,
    on: dt.date = ON,
    options: Mapping[str, str] | None = None,
) -> str:
    """Return what becomes of one rule in the county."""
    county = assessed(*changes, on=on, options=options)[CODE]
    return county[rule.partition(".")[0]].rules[rule].value


@functools.cache
def registry() -> Registry:
    """Return what comes with eduequity, loaded once."""
    return Registry.of()


def national() -> Pack:
    """Return the national pack."""
    return registry().pack("national-quality-balance")


# -- what rules there are ----------------------------------------------------------


def test_the_pack_has_exactly_the_rules_of_the_contract() -> None:
    """The rule ids are those that other systems rely on, no more and no fewer."""
    assert sorted(RULES) == sorted(national().rules)


def test_components_and_benchmarks_are_those_of_the_contract() -> None:
    """The seven indicators and five benchmarks decide nothing; three are national."""
    rules = national().rules

    assert {f"resources.{name}" for name in SEVEN} == {
        name for name, rule in rules.items() if rule.component
    }
    assert BENCHMARKS == {
        name for name, rule in rules.items() if rule.force is Force.BENCHMARK
    }
    shown_only = {"recognition.sample_size", "recognition.parent_share"}
    assert NATIONAL | shown_only == {
        name for name, rule in rules.items() if rule.determined_by == "nation"
    }


def test_the_good_county_meets_every_rule() -> None:
    """The county that all cases start from is met throughout."""
    county = assessed()[CODE]
    found = {
        name: said.value
        for dimension in county.dimensions
        for name, said in dimension.rules.items()
    }

    assert dict.fromkeys(RULES, "met") == found
    assert ("met", "met") == (county.verdict.value, county.self_assessment.value)


# -- below, at, above; missing; stated to be zero ----------------------------------

Case = tuple[str, str, Change, str]

POOR = {"above_degree_teachers": 25, "backbone_teachers": 4, "pe_arts_teachers": 4}
"""What is too little for the 500 junior pupils of school J: 5.3, 1 and 0.9 per 100."""


def of_sections() -> Iterator[Case]:
    """Yield the seven indicators and the quorum, at school P (primary, 500 pupils)."""
    lines: dict[str, tuple[str, float, float, str]] = {
        "above_degree_teachers": ("primary_above_degree_teachers", 21, 20, "resources"),
        "backbone_teachers": ("primary_backbone_teachers", 5, 4, "resources"),
        "pe_arts_teachers": ("primary_pe_arts_teachers", 5, 4, "resources"),
        "teaching_area": ("teaching_area", 2250, 2249.99, "resources"),
        "sports_area": ("outdoor_sports_area", 3750, 3749.99, "resources"),
        "equipment_value": ("equipment_value", 1_000_000, 999_999.99, "resources"),
        "multimedia_classrooms": ("multimedia_classrooms", 12, 11, "resources"),
    }
    for name, (column, at, below, dimension) in lines.items():
        rule = f"{dimension}.{name}"
        yield rule, "at", school_with("P", **{column: at}), "met"
        yield rule, "below", school_with("P", **{column: below}), "unmet"
        yield rule, "missing", school_with("P", **{column: None}), "unknown"
        yield rule, "no pupils", school_with("P", primary_pupils=None), "unknown"
    quorum = "resources.section_quorum"
    yield quorum, "one miss", school_with("P", multimedia_classrooms=11), "met"
    yield (
        quorum,
        "two misses",
        school_with("P", multimedia_classrooms=11, teaching_area=2249.99),
        "unmet",
    )
    yield quorum, "below its floor", school_with("P", teaching_area=1912.49), "unmet"
    yield quorum, "on its floor", school_with("P", teaching_area=1912.50), "met"
    yield quorum, "one missing", school_with("P", teaching_area=None), "unknown"
    yield (
        quorum,
        "one missing, one miss",
        school_with("P", teaching_area=None, multimedia_classrooms=11),
        "unknown",
    )
    yield (
        quorum,
        "two misses whatever is missing",
        school_with(
            "P",
            teaching_area=None,
            multimedia_classrooms=11,
            primary_pe_arts_teachers=4,
        ),
        "unmet",
    )
    yield (
        quorum,
        "sunk whatever is missing",
        school_with("P", teaching_area=None, equipment_value=100),
        "unmet",
    )


def of_coefficients() -> Iterator[Case]:
    """Yield the seven coefficients over the primary sections P, N and T."""
    columns = {
        "above_degree_teachers": ("primary_above_degree_teachers", 0),
        "backbone_teachers": ("primary_backbone_teachers", 0),
        "pe_arts_teachers": ("primary_pe_arts_teachers", 0),
        "teaching_area": ("teaching_area", 0),
        "sports_area": ("outdoor_sports_area", 0),
        "equipment_value": ("equipment_value", 0),
        "multimedia_classrooms": ("multimedia_classrooms", 0),
    }
    for name, (column, nothing) in columns.items():
        rule = f"resources.cv_{name}"
        yield rule, "uneven", school_with("P", **{column: nothing}), "unmet"
        yield rule, "missing", school_with("P", **{column: None}), "unknown"
        yield rule, "no schools", only("schools"), "unknown"
        yield (
            rule,
            "one school a stage",
            without_schools("P", "J", "T"),
            "met",
        )
        yield (
            rule,
            "nobody to compare",
            several(without_schools("P", "J", "N", "T")),
            "not_applicable",
        )


def of_schools() -> Iterator[Case]:
    """Yield the rules over schools and classes."""
    for kind, line, below in (("music", 96, 95.99), ("art", 90, 89.99)):
        rule, column = f"government.{kind}_rooms", f"{kind}_room_areas"
        # P has 500 pupils in 13 classes: two rooms.
        yield rule, "at", school_with("P", **{column: [line, line]}), "met"
        yield rule, "below", school_with("P", **{column: [line, below]}), "unmet"
        yield rule, "too few", school_with("P", **{column: [line]}), "unmet"
        yield rule, "none", school_with("P", **{column: []}), "unmet"
        yield rule, "missing", school_with("P", **{column: None}), "unknown"
        yield rule, "no classes", school_with("P", primary_classes=None), "unknown"
        yield rule, "points", school_with("T", **{column: []}), "met"
        yield (
            rule,
            "points alone",
            without_schools("P", "J", "N", "S"),
            "not_applicable",
        )
    size = "government.school_size"
    yield size, "at", school_with("P", primary_pupils=2000), "met"
    yield size, "above", school_with("P", primary_pupils=2001), "unmet"
    yield size, "nine-year, at", school_with("N", primary_pupils=2100), "met"
    yield size, "nine-year, above", school_with("N", primary_pupils=2101), "unmet"
    yield size, "missing", school_with("P", primary_pupils=None), "unknown"
    yield size, "points", school_with("T", primary_pupils=3000), "met"
    classes = "government.class_size"
    yield classes, "at", school_with("P", primary_largest_class=45), "met"
    yield classes, "above", school_with("P", primary_largest_class=46), "unmet"
    yield classes, "junior, at", school_with("J", junior_largest_class=50), "met"
    yield classes, "junior, above", school_with("J", junior_largest_class=51), "unmet"
    yield classes, "missing", school_with("P", primary_largest_class=None), "unknown"
    yield classes, "points too", school_with("T", primary_largest_class=46), "unmet"
    yield (
        classes,
        "counted",
        school_with("P", primary_largest_class=None, primary_oversized_classes=1),
        "unmet",
    )
    yield (
        classes,
        "counted, none",
        school_with("P", primary_largest_class=None, primary_oversized_classes=0),
        "met",
    )
    yield (
        classes,
        "in a band",
        school_with("P", primary_largest_class=None, primary_classes_46_50=1),
        "unmet",
    )
    funding = "government.small_school_funding"
    yield funding, "at", school_with("T", funded_pupils=100), "met"
    yield (
        funding,
        "below",
        school_with("T", funded_pupils=99, public_funds_allocated=71_999.99),
        "unmet",
    )
    yield (
        funding,
        "by the allocation",
        school_with("T", funded_pupils=60, public_funds_allocated=72_000),
        "met",
    )
    yield funding, "missing", school_with("T", funded_pupils=None), "unknown"
    yield (
        funding,
        "below, allocation missing",
        school_with("T", funded_pupils=60),
        "unknown",
    )
    yield (
        funding,
        "private",
        school_with("T", owner="private", funded_pupils=1),
        ("not_applicable"),
    )
    yield funding, "large", without_schools("T"), "not_applicable"
    yield funding, "no pupils told", school_with("T", primary_pupils=None), "unknown"
    enrolment = "government.nearby_enrolment"
    yield enrolment, "primary", school_with("P", primary_pupils_in_zone=499), "unmet"
    # 900 junior pupils in J and N: 95 % are 855.
    yield enrolment, "at", school_with("J", junior_pupils_in_zone=455), "met"
    yield enrolment, "below", school_with("J", junior_pupils_in_zone=454), "unmet"
    yield enrolment, "missing", school_with("J", junior_pupils_in_zone=None), "unknown"
    yield enrolment, "rural", school_with("T", primary_pupils_in_zone=0), "met"
    yield (
        enrolment,
        "boarding",
        school_with("P", boarding=True, primary_pupils_in_zone=0),
        "met",
    )
    yield (
        enrolment,
        "private",
        school_with("P", owner="private", primary_pupils_in_zone=0),
        "met",
    )
    yield enrolment, "none asked", all_schools(locale="rural"), "not_applicable"
    yield (
        enrolment,
        "perhaps rural",
        school_with("P", locale=None, primary_pupils_in_zone=0),
        "unknown",
    )


def of_teachers() -> Iterator[Case]:
    """Yield training and certification."""
    for rule, name in (
        ("government.teacher_training", "trained_teachers"),
        ("government.teacher_certification", "certified_teachers"),
    ):
        column = f"primary_{name}"
        yield rule, "one fewer", school_with("P", **{column: 49}), "unmet"
        yield rule, "missing", school_with("P", **{column: None}), "unknown"
        yield (
            rule,
            "nobody knows how many",
            school_with("P", primary_full_time_teachers=None),
            "unknown",
        )
        yield (
            rule,
            "missing but told for the county",
            several(
                school_with("P", **{column: None}),
                county_with(**{column: 96, "primary_full_time_teachers": 96}),
            ),
            "met",
        )
        yield (
            rule,
            "no teachers",
            all_schools(
                **{
                    f"{stage}_{each}": 0
                    for stage in ("primary", "junior")
                    for each in (
                        "full_time_teachers",
                        "above_degree_teachers",
                        "backbone_teachers",
                        "pe_arts_teachers",
                        "certified_teachers",
                        "trained_teachers",
                    )
                }
            ),
            "not_applicable",
        )


def of_counties() -> Iterator[Case]:
    """Yield the rules on the county's own figures."""
    years = "eligibility.basic_balance_years"
    for day, said in (
        ("2021-12-31", "met"),
        ("2022-01-01", "unmet"),
        ("2021", "met"),
        ("2022", "unmet"),
        ("2021-12", "met"),
        (None, "unknown"),
    ):
        change = county_with(basic_balance_recognised_on=day)
        yield years, str(day), change, said
    funds = "government.special_education_funding"
    yield funds, "below", county_with(special_education_funds=299_999.99), "unmet"
    yield funds, "missing", county_with(special_education_funds=None), "unknown"
    yield funds, "no pupils told", county_with(special_education_pupils=None), "unknown"
    none = county_with(special_education_pupils=0, special_education_funds=0)
    yield funds, "no pupils", none, "not_applicable"
    no_school = several(
        without_schools("S"),
        county_with(
            special_schools=0,
            special_education_pupils=None,
            special_education_funds=None,
        ),
    )
    yield funds, "no special school", no_school, "not_applicable"
    pay = "government.teacher_pay"
    yield pay, "above", county_with(teacher_mean_pay=98_000.01), "met"
    yield pay, "below", county_with(teacher_mean_pay=97_999.99), "unmet"
    yield pay, "missing", county_with(teacher_mean_pay=None), "unknown"
    yield pay, "other missing", county_with(civil_servant_mean_pay=None), "unknown"
    for rule, part, whole, least in (
        (
            "government.teacher_rotation",
            "rotated_teachers",
            "rotation_eligible_teachers",
            10,
        ),
        (
            "government.backbone_rotation",
            "rotated_backbone_teachers",
            "rotated_teachers",
            2,
        ),
        (
            "government.senior_high_quota",
            "senior_high_allocated_places",
            "senior_high_places",
            50,
        ),
        (
            "government.migrant_enrolment",
            "migrant_children_public",
            "migrant_children_eligible",
            80,
        ),
        (
            "quality.disabled_enrolment",
            "disabled_children_enrolled",
            "disabled_children",
            95,
        ),
    ):
        rest = {"rotated_backbone_teachers": 0} if part == "rotated_teachers" else {}
        yield rule, "above", county_with(**{part: least + 1}), "met"
        yield rule, "below", county_with(**{**rest, part: least - 1}), "unmet"
        yield rule, "missing", county_with(**{part: None}), "unknown"
        yield rule, "whole missing", county_with(**{whole: None}), "unknown"
        zeros = {part: 0, whole: 0, **rest}
        if rule == "government.backbone_rotation":
            zeros = {"rotated_backbone_teachers": 0, "rotated_teachers": 0}
        if rule == "government.migrant_enrolment":
            zeros |= {"migrant_children_purchased": 0}
        yield rule, "none", county_with(**zeros), "not_applicable"
    parts = {
        "disabled_children_enrolled": None,
        "disabled_in_special": 40,
        "disabled_in_regular": 40,
    }
    enrolled = "quality.disabled_enrolment"
    yield enrolled, "parts, at", county_with(**parts, disabled_home_taught=15), "met"
    yield (
        enrolled,
        "parts, below",
        county_with(**parts, disabled_home_taught=14),
        ("unmet"),
    )
    yield enrolled, "a part missing", county_with(**parts), "unknown"
    kept = "quality.junior_retention"
    # 200 entered J and N; 95 % of them are 190.
    yield kept, "at", school_with("J", junior_graduates=90), "met"
    yield kept, "below", school_with("J", junior_graduates=89), "unmet"
    yield kept, "missing", school_with("J", junior_graduates=None), "unknown"
    yield kept, "deaths missing", school_with("J", junior_deaths=None), "unknown"
    nobody = dict.fromkeys(
        (
            "junior_graduates",
            "junior_entrants_three_years_ago",
            "junior_transfers_in",
            "junior_transfers_out",
            "junior_deaths",
        ),
        0,
    )
    empty = several(school_with("J", **nobody), school_with("N", **nobody))
    yield kept, "nobody entered", empty, "not_applicable"
    total = several(
        school_with("J", junior_graduates=None), county_with(junior_graduates=189)
    )
    yield kept, "told for the county", total, "unmet"


def of_yes_and_no() -> Iterator[Case]:
    """Yield the attested county items and the every-school items."""
    for rule, column in (
        ("eligibility.annual_monitoring", "annual_monitoring"),
        ("government.siting_plan", "siting_plan"),
        ("government.unified_standards", "unified_construction"),
        ("government.unified_standards", "unified_staffing"),
        ("government.unified_standards", "unified_funding"),
        ("government.unified_standards", "unified_equipment"),
        ("government.performance_pay", "performance_pay_approved"),
        ("government.staffing_allocation", "staffing_allocation"),
        ("government.rural_quota_tilt", "rural_quota_tilt"),
        ("government.left_behind_care", "left_behind_care"),
    ):
        blank = county_with(**{column: None})
        yield rule, f"{column} no", county_with(**{column: False}), "unmet"
        yield rule, f"{column} blank", blank, "unknown"
        yield rule, f"{column} signed", several(blank, signed(rule, True)), "met"
        yield rule, f"{column} denied", several(blank, signed(rule, False)), "unmet"
        yield rule, f"{column} yes but denied", signed(rule, False), "unmet"
        long = f"quality-balance/{rule}"
        yield (
            rule,
            f"{column} by its full name",
            several(blank, signed(long, True)),
            ("met"),
        )
        both = several(blank, signed(rule, True), signed(rule, False))
        yield rule, f"{column} signed both ways", both, "unmet"
        other = several(blank, signed(f"basic-balance/{rule}", True))
        yield rule, f"{column} of another programme", other, "unknown"
    for rule, column in (
        ("quality.charter_and_ict", "charter"),
        ("quality.charter_and_ict", "ict_management"),
        ("quality.charter_and_ict", "ict_instruction"),
        ("quality.ict_teaching", "ict_teaching"),
        ("quality.ict_teaching", "equipment_in_use"),
        ("quality.moral_education", "moral_education_good"),
        ("quality.moral_education", "campus_culture_good"),
        ("quality.curriculum", "curriculum_complete"),
        ("quality.homework_load", "no_excessive_load"),
    ):
        blank = school_with("P", **{column: None})
        yield rule, f"{column} no", school_with("P", **{column: False}), "unmet"
        yield rule, f"{column} blank", blank, "unknown"
        for entity in (CODE, "P"):
            change = several(blank, signed(rule, True, entity))
            yield rule, f"{column} signed by {entity}", change, "met"
        yield (
            rule,
            f"{column} signed by another",
            (several(blank, signed(rule, True, "J"))),
            "unknown",
        )
        yield (
            rule,
            f"{column} no of a school beats the county's yes",
            (several(signed(rule, True), signed(rule, False, "P"))),
            "unmet",
        )
        yield (
            rule,
            f"{column} no in the cell beats the county's yes",
            (several(school_with("P", **{column: False}), signed(rule, True))),
            "unmet",
        )
        yield (
            rule,
            f"{column} special schools too",
            (school_with("S", **{column: False})),
            "unmet",
        )
        yield (
            rule,
            f"{column} a point is judged at its parent",
            (school_with("T", parent="P", **{column: False})),
            "met",
        )
    funds = "quality.training_funds"
    yield funds, "above", school_with("P", training_budget=5_000.01), "met"
    yield funds, "below", school_with("P", training_budget=4_999.99), "unmet"
    yield funds, "missing", school_with("P", training_budget=None), "unknown"
    yield funds, "budget missing", school_with("P", public_funds_budget=None), "unknown"
    none = all_schools(training_budget=0, public_funds_budget=0)
    yield funds, "no budget", none, "not_applicable"


def of_vetoes() -> Iterator[Case]:
    """Yield the vetoes: a yes says that it occurred."""
    for name in VETOES:
        rule = f"vetoes.{name}"
        blank = county_with(**{name: None})
        yield rule, "occurred", county_with(**{name: True}), "unmet"
        yield rule, "blank", blank, "unknown"
        yield (
            rule,
            "signed to have occurred",
            several(blank, signed(rule, True)),
            ("unmet"),
        )
        yield (
            rule,
            "signed not to have occurred",
            (several(blank, signed(rule, False))),
            "met",
        )
        yield rule, "denied, but signed", signed(rule, True), "unmet"
        both = several(blank, signed(rule, True), signed(rule, False))
        yield rule, "signed both ways", both, "unmet"


def of_the_nation() -> Iterator[Case]:
    """Yield monitoring, survey and finance."""
    subjects = ("数学", "体育与健康", "心理健康")
    level, gap = "quality.monitoring_level", "quality.monitoring_gap"
    for rule, column, good, bad in (
        (level, "level", "Ⅳ", "Ⅱ"),
        (gap, "between_school_rate", 0.0, 0.15),
    ):
        first, rest = monitored(2024, subjects[:1]), monitored(2024, subjects[1:])
        (row,) = first
        yield rule, "good", only("monitoring", row | {column: good}, *rest), "met"
        yield rule, "bad", only("monitoring", row | {column: bad}, *rest), "unmet"
        yield rule, "blank", only("monitoring", row | {column: None}, *rest), "unknown"
        yield rule, "a subject missing", only("monitoring", *rest), "unknown"
        yield rule, "no monitoring", only("monitoring"), "unknown"
        yield (
            rule,
            "provincial monitoring decides nothing",
            with_rows("monitoring", row | {"organiser": "provincial", column: bad}),
            "met",
        )
        yield (
            rule,
            "another grade counts too",
            with_rows("monitoring", row | {"grade": 4, column: bad}),
            "unmet",
        )
        yield (
            rule,
            "an earlier year does not",
            with_rows("monitoring", row | {"year": 2021, column: bad}),
            "met",
        )
        yield (
            rule,
            "nor does one to come",
            with_rows("monitoring", row | {"year": 2025, column: bad}),
            "met",
        )
    satisfied = "recognition.satisfaction"
    yield satisfied, "at", only("survey", *surveyed(2024, 170)), "met"
    yield satisfied, "below", only("survey", *surveyed(2024, 169)), "unmet"
    yield (
        satisfied,
        "below in the interviews",
        only("survey", *surveyed(2024, 170, 169)),
        "unmet",
    )
    yield satisfied, "one channel", only("survey", *surveyed(2024)[:2]), "unknown"
    yield satisfied, "no survey", only("survey"), "unknown"
    blank = surveyed(2024)
    blank[0] |= {"satisfied": None}
    yield satisfied, "blank", only("survey", *blank), "unknown"
    sample = "recognition.sample_size"
    yield sample, "at", county_with(resident_population=133_333), "met"
    yield sample, "below", county_with(resident_population=133_334), "unmet"
    yield sample, "missing", county_with(resident_population=None), "unknown"
    yield sample, "no survey", only("survey"), "unknown"
    parents = "recognition.parent_share"
    few = surveyed(2024)
    few[1] |= {"valid": 99}
    yield parents, "below", only("survey", *few), "unmet"
    none = surveyed(2024)
    none[1] |= {"valid": None}
    yield parents, "missing", only("survey", *none), "unknown"
    for rule in ("government.spending_total", "government.spending_per_pupil"):
        fewer = spending((2023, 100.0, 10), (2024, 99.99, 10))
        more = spending((2023, 100.0, 10), (2024, 100.01, 10))
        gap_year = spending((2022, 100.0, 10), (2024, 10.0, 10))
        yield rule, "less", only("finance", *fewer), "unmet"
        yield rule, "more", only("finance", *more), "met"
        yield rule, "no year before", only("finance", *gap_year), "unknown"
        yield rule, "no finance", only("finance"), "unknown"
        other = [row | {"measure": "全口径"} for row in more]
        yield rule, "another measure", only("finance", *other), "unknown"
    grown = spending((2023, 100.0, 10), (2024, 109.0, 11))
    yield "government.spending_total", "grown", only("finance", *grown), "met"
    yield "government.spending_per_pupil", "grown", only("finance", *grown), "unmet"


CASES: tuple[Case, ...] = (
    *of_sections(),
    *of_coefficients(),
    *of_schools(),
    *of_teachers(),
    *of_counties(),
    *of_yes_and_no(),
    *of_vetoes(),
    *of_the_nation(),
)


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [pytest.param(r, c, e, id=f"{r} {name}") for r, name, c, e in CASES],
)
def test_a_rule(rule: str, change: Change, expected: str) -> None:
    """The good county, changed in one respect, gives the rule this verdict."""
    assert expected == verdict(rule, change)


def test_every_rule_is_tried_met_unmet_and_unknown() -> None:
    """No rule of the pack is left out of the cases above."""
    tried = {(rule, said) for rule, _, _, said in CASES}

    # That the good county meets every rule is a test of its own.
    assert [] == [
        (rule, said)
        for rule in RULES
        for said in ("unmet", "unknown")
        if (rule, said) not in tried
    ]


def test_a_veto_fails_the_county_and_the_benchmark_does_not() -> None:
    """Six vetoes decide; weak governance of tutoring is only shown."""
    for name in VETOES:
        county = assessed(county_with(**{name: True}))[CODE]
        decides = name != "tutoring_governance"
        assert ("unmet" if decides else "met") == county.verdict.value, name
        assert ("unmet" if decides else "met") == county["vetoes"].verdict.value, name


def test_a_component_decides_nothing_alone() -> None:
    """A section that misses one of seven is shown as unmet; its county is met."""
    county = assessed(school_with("P", teaching_area=2249.99))[CODE]

    rule = county["resources"].rules["resources.teaching_area"]
    assert ("unmet", "met") == (rule.value, county["resources"].verdict.value)


@pytest.mark.parametrize("rule", sorted(NATIONAL))
def test_what_only_the_nation_determines_is_no_part_of_the_self_assessment(
    rule: str,
) -> None:
    """Without monitoring and survey the county's own verdict stands."""
    table = "survey" if rule.startswith("recognition") else "monitoring"
    county = assessed(only(table))[CODE]

    assert "unknown" == verdict(rule, only(table))
    assert ("unknown", "met") == (county.verdict.value, county.self_assessment.value)


def test_incomplete_rows_are_never_a_pass() -> None:
    """More primary schools stated than listed: rules over schools are unknown."""
    county = assessed(county_with(primary_schools=2))[CODE]
    rules = {n: v.value for d in county.dimensions for n, v in d.rules.items()}
    over_schools = {
        name
        for name, rule in national().rules.items()
        if rule.scope.value in ("school", "section")
        or rule.kind in ("dispersion", "share")
    }
    over_schools |= {"quality.junior_retention"}

    assert over_schools == {name for name, said in rules.items() if said == "unknown"}
    small = school_with("P", primary_largest_class=46)
    assert "unmet" == verdict(
        "government.class_size", county_with(primary_schools=2), small
    )


# -- days --------------------------------------------------------------------------


def dated() -> Iterator[tuple[str, int]]:
    """Yield every dated value of the pack as (parameter, position)."""
    for name, parameter in national().parameters.items():
        for number in range(len(parameter.values)):
            yield name, number


def law(on: dt.date, **options: str) -> Law:
    """Return the law of a day."""
    return registry().rulebook.law("quality-balance", on, options=options)


@pytest.mark.parametrize(("name", "number"), list(dated()))
def test_a_value_is_in_force_from_its_day_to_its_last(name: str, number: int) -> None:
    """The day before it is not there, on its day it is, and after its end it is not."""
    value = national().parameters[name].values[number]

    assert value not in law(value.start - DAY).values(name)
    assert value in law(value.start).values(name)
    if value.until is not None:
        assert value in law(value.until).values(name)
        assert value not in law(value.until + DAY).values(name)


@pytest.mark.parametrize(("name", "number"), list(dated()))
def test_a_relaxation_follows_its_reading_and_other_values_do_not(
    name: str, number: int
) -> None:
    """``always`` and ``never`` hold whatever the day; what is no relaxation stays."""
    value = national().parameters[name].values[number]
    for on in (value.start, dt.date(2030, 1, 1)):
        there = {
            choice: value in law(on, relaxations=choice).values(name)
            for choice in ("by_date", "always", "never")
        }
        if value.relaxation:
            expected = {"always": True, "never": False, "by_date": on == value.start}
            assert expected == there
        else:
            assert 1 == len(set(there.values()))


def test_relaxations_run_from_october_2019_to_october_2022() -> None:
    """R-1 to R-5 are dated as the dossier infers."""
    spans = {
        (value.relaxation, value.start, value.until)
        for parameter in national().parameters.values()
        for value in parameter.values
        if value.relaxation
    }

    first, last = dt.date(2019, 10, 1), dt.date(2022, 10, 31)
    assert {(f"R-{n}", first, last) for n in range(1, 6)} == spans


def test_before_the_measure_nothing_is_asked() -> None:
    """On 25 April 2017 every rule is out of force, a day later all but two are in."""
    before = assessed(on=dt.date(2017, 4, 25))[CODE]
    after = assessed(on=dt.date(2017, 4, 26))[CODE]
    late = {"recognition.sample_size", "recognition.parent_share"}

    assert "not_applicable" == before.verdict.value
    rules = {n: v.value for d in after.dimensions for n, v in d.rules.items()}
    assert set(RULES) == set(rules)
    assert late == {name for name, said in rules.items() if said == "not_applicable"}


SUBJECTS = {
    2021: ("数学", "体育与健康", "心理健康"),
    2022: ("语文", "艺术", "英语"),
    2023: ("德育", "科学", "劳动"),
    2024: ("数学", "体育与健康", "心理健康"),
    2025: ("语文", "艺术", "英语"),
    2026: ("德育", "科学", "劳动"),
}


@pytest.mark.parametrize("year", SUBJECTS)
def test_the_subjects_asked_are_those_of_the_year_of_the_monitoring(year: int) -> None:
    """Every subject of the three-year cycle is asked for, and no other."""
    right = only("monitoring", *monitored(year, SUBJECTS[year]))
    wrong = only("monitoring", *monitored(year, SUBJECTS[2021 + (year - 2020) % 3]))
    for on in (dt.date(year, 1, 1), dt.date(year, 12, 31), dt.date(2026, 12, 31)):
        assert "met" == verdict("quality.monitoring_level", right, on=on)
        assert "unknown" == verdict("quality.monitoring_level", wrong, on=on)
    if year > min(SUBJECTS):
        eve = dt.date(year - 1, 12, 31)
        assert "unknown" == verdict("quality.monitoring_level", right, on=eve)


def test_monitoring_before_the_cycle_says_nothing() -> None:
    """A monitoring of 2020 has no subjects to be held against."""
    rows = monitored(2020, SUBJECTS[2021])

    rule = "quality.monitoring_level"
    assert "unknown" == verdict(
        rule, only("monitoring", *rows), on=dt.date(2020, 12, 31)
    )


RELAXED: dict[str, tuple[str, Change]] = {
    "R-1": (
        "resources.pe_arts_teachers",
        school_with(
            "T", primary_pe_arts_teachers=0, primary_visiting_pe_arts_teachers=1
        ),
    ),
    "R-2": (
        "resources.sports_area",
        school_with(
            "P",
            dense_centre=True,
            outdoor_sports_area=3000,
            other_sports_area=500,
            leased_sports_area=250,
            lease_conditions=True,
        ),
    ),
    "R-3": (
        "government.music_rooms",
        school_with("P", built_year=2016, music_room_areas=[73, 73]),
    ),
    "R-3 art": (
        "government.art_rooms",
        school_with("P", built_year=2016, art_room_areas=[67, 67]),
    ),
    "R-4": (
        "government.music_rooms",
        with_rows(
            "schools",
            school("R", "primary", primary=80, locale="rural", music_room_areas=[54])
            | {"primary_largest_class": 29},
        ),
    ),
    "R-4 nine-year": (
        "government.art_rooms",
        with_rows(
            "schools",
            school(
                "R",
                "nine_year",
                primary=40,
                junior=40,
                locale="rural",
                art_room_areas=[61],
                primary_largest_class=29,
                junior_largest_class=29,
            ),
        ),
    ),
    "R-5": (
        "government.school_size",
        school_with("P", built_year=2010, primary_pupils=2400),
    ),
    "R-5 migrants": (
        "government.school_size",
        school_with("P", primary_pupils=2400, migrant_pupils=1201),
    ),
    "R-5 nine-year": (
        "government.school_size",
        school_with("N", built_year=2010, primary_pupils=2600),
    ),
}


@pytest.mark.parametrize("name", RELAXED)
def test_a_relaxation_holds_in_its_time_and_by_its_reading(name: str) -> None:
    """By date from 2019-10-01 to 2022-10-31; always; never."""
    rule, change = RELAXED[name]
    inside = (dt.date(2019, 10, 1), dt.date(2021, 6, 1), dt.date(2022, 10, 31))
    outside = (dt.date(2019, 9, 30), dt.date(2022, 11, 1), dt.date(2024, 12, 31))

    for on in (*inside, *outside):
        by_date = "met" if on in inside else "unmet"
        assert by_date == verdict(rule, change, on=on), on
        always, never = ({"relaxations": each} for each in ("always", "never"))
        assert "met" == verdict(rule, change, on=on, options=always), on
        assert "unmet" == verdict(rule, change, on=on, options=never), on


UNRELAXED: dict[str, tuple[str, Change]] = {
    "R-1 in town": ("R-1", school_with("T", locale="town")),
    "R-1 of 100": (
        "R-1",
        school_with("T", primary_pupils=100, primary_pupils_in_zone=100),
    ),
    "R-2 elsewhere": ("R-2", school_with("P", dense_centre=False)),
    "R-2 without conditions": ("R-2", school_with("P", lease_conditions=False)),
    "R-2 too small": ("R-2", school_with("P", leased_sports_area=249.99)),
    "R-3 built in 2017": ("R-3", school_with("P", built_year=2017)),
    "R-3 without a plan": ("R-3", school_with("P", rectification_plan=False)),
    "R-3 too small": ("R-3", school_with("P", music_room_areas=[73, 72.99])),
    "R-4 class of 30": ("R-4", school_with("R", primary_largest_class=30)),
    "R-4 in town": ("R-4", school_with("R", locale="town")),
    "R-4 without a plan": ("R-4", school_with("R", rectification_plan=False)),
    "R-4 too small": ("R-4", school_with("R", music_room_areas=[53.99])),
    "R-4 nine-year, junior class of 30": (
        "R-4 nine-year",
        school_with("R", junior_largest_class=30),
    ),
    "R-4 nine-year takes the junior area": (
        "R-4 nine-year",
        school_with("R", art_room_areas=[60.99]),
    ),
    "R-5 built in 2011": ("R-5", school_with("P", built_year=2011)),
    "R-5 without a plan": ("R-5", school_with("P", rectification_plan=False)),
    "R-5 too large": ("R-5", school_with("P", primary_pupils=2401)),
    "R-5 half are migrants": ("R-5 migrants", school_with("P", migrant_pupils=1200)),
    "R-5 nine-year too large": ("R-5 nine-year", school_with("N", primary_pupils=2601)),
    "R-5 twelve-year": ("R-5 nine-year", school_with("N", kind="twelve_year")),
}


@pytest.mark.parametrize("name", UNRELAXED)
def test_a_relaxation_is_for_whom_it_names(name: str) -> None:
    """One condition short, the full requirement stands even under ``always``."""
    of, change = UNRELAXED[name]
    rule, relaxed = RELAXED[of]

    assert "unmet" == verdict(rule, relaxed, change, options={"relaxations": "always"})


@pytest.mark.parametrize(
    ("of", "column", "code"),
    [
        ("R-1", "locale", "T"),
        ("R-1", "primary_visiting_pe_arts_teachers", "T"),
        ("R-2", "dense_centre", "P"),
        ("R-2", "lease_conditions", "P"),
        ("R-2", "leased_sports_area", "P"),
        ("R-3", "built_year", "P"),
        ("R-3", "rectification_plan", "P"),
        ("R-4", "primary_largest_class", "R"),
        ("R-4", "locale", "R"),
        ("R-5", "built_year", "P"),
        ("R-5 migrants", "migrant_pupils", "P"),
    ],
)
def test_a_relaxation_that_may_apply_leaves_the_rule_unknown(
    of: str, column: str, code: str
) -> None:
    """With its condition blank the rule is judged both ways, which differ here."""
    rule, change = RELAXED[of]
    blank = school_with(code, **{column: None})

    assert "unknown" == verdict(rule, change, blank, options={"relaxations": "always"})


# -- readings ----------------------------------------------------------------------

TRAINED = [
    {
        "id": str(n),
        "school": "P",
        "stage": "primary",
        "full_time": True,
        "training_hours": hours,
        "years_of_service": years,
    }
    for n, (hours, years) in enumerate([(360, 20)] * 49 + [(72, 1)])
]
NEW_TEACHER = several(
    without_schools("J", "N", "T"),
    school_with("P", primary_trained_teachers=None),
    with_rows("teachers", *TRAINED),
)
CAMPUS = with_rows(
    "schools",
    school(
        "C", "primary", primary=1600, parent="P", campus=True, counts_as_school=False
    ),
)
POOR_POINT = school_with("T", music_room_areas=[])
SMALL_TOWN_SCHOOL = with_rows(
    "schools",
    school("R", "primary", primary=80, funded_pupils=80)
    | {"public_funds_allocated": 80 * 720},
)
TINY_PRIMARY = with_rows(
    "schools",
    school("R", "primary", primary=40, primary_pe_arts_teachers=0, equipment_value=0),
)
CHILDREN = school_with("N", kindergarten_pupils=400, equipment_value=2_000_000)
OLD_TWELVE_YEAR = school_with(
    "N", kind="twelve_year", senior_pupils=0, built_year=2010, primary_pupils=2600
)
MOVED = several(
    school_with("N", junior_graduates=100, junior_entrants_three_years_ago=100),
    school_with(
        "J",
        junior_graduates=109,
        junior_entrants_three_years_ago=100,
        junior_transfers_in=20,
        junior_transfers_out=0,
    ),
)

READINGS: list[tuple[str, str, str, Change, str, str]] = [
    # option, choice, rule, county, by default, by the choice
    ("relaxations", "always", *RELAXED["R-5"], "unmet", "met"),
    (
        "room_counting",
        "sum",
        "government.music_rooms",
        school_with("P", music_room_areas=[96], art_room_areas=[90, 90]),
        "unmet",
        "met",
    ),
    (
        "room_teaching_points",
        "in",
        "government.music_rooms",
        POOR_POINT,
        "met",
        "unmet",
    ),
    (
        "satisfaction_channels",
        "questionnaire",
        "recognition.satisfaction",
        only("survey", *surveyed(2024)[:2]),
        "unknown",
        "met",
    ),
    (
        "small_primary_under_50",
        "out",
        "resources.section_quorum",
        TINY_PRIMARY,
        "unmet",
        "met",
    ),
    (
        "retention_formula",
        "adjust_entrants",
        "quality.junior_retention",
        MOVED,
        "unmet",
        "met",
    ),
    (
        "relaxed_size_twelve_year",
        "yes",
        "government.school_size",
        OLD_TWELVE_YEAR,
        "unmet",
        "met",
    ),
    (
        "new_teacher_hours",
        "pro_rata",
        "government.teacher_training",
        NEW_TEACHER,
        "unmet",
        "met",
    ),
    ("size_unit", "campus", "government.school_size", CAMPUS, "unmet", "met"),
    (
        "attached_kindergarten_weight",
        "1",
        "resources.equipment_value",
        CHILDREN,
        "met",
        "unmet",
    ),
    (
        "small_school_scope",
        "village_and_points",
        "government.small_school_funding",
        SMALL_TOWN_SCHOOL,
        "unmet",
        "met",
    ),
]


def test_every_reading_of_the_pack_is_tried() -> None:
    """The readings are those of the contract, each with its default first."""
    expected = {
        "relaxations": ("by_date", "always", "never"),
        "room_counting": ("per_type", "sum"),
        "room_teaching_points": ("out", "in"),
        "satisfaction_channels": ("both", "questionnaire"),
        "small_primary_under_50": ("in", "out"),
        "retention_formula": ("adjust_graduates", "adjust_entrants"),
        "relaxed_size_twelve_year": ("no", "yes"),
        "new_teacher_hours": ("all", "pro_rata", "exclude"),
        "size_unit": ("school", "campus"),
        "attached_kindergarten_weight": ("0", "1"),
        "small_school_scope": ("all", "village_and_points"),
    }
    readings = national().readings

    assert expected == {name: each.choices for name, each in readings.items()}
    assert {n: c[0] for n, c in expected.items()} == {
        name: each.default for name, each in readings.items()
    }
    assert expected.keys() == {option for option, *_ in READINGS}


@pytest.mark.parametrize(
    ("option", "choice", "rule", "change", "default", "other"),
    READINGS,
    ids=[option for option, *_ in READINGS],
)
def test_a_reading_changes_the_verdict_and_the_result_says_so(
    option: str, choice: str, rule: str, change: Change, default: str, other: str
) -> None:
    """Each choice has its verdict, and ``readings()`` names what another would do."""
    day = dt.date(2021, 6, 1) if option == "relaxed_size_twelve_year" else ON
    rows = monitored(2021, SUBJECTS[2021])
    if day != ON:  # in the time of the relaxations
        change = several(change, only("monitoring", *rows))
    usual = assessed(change, on=day)
    chosen = assessed(change, on=day, options={option: choice})

    assert default == rule_of(usual, rule)
    assert other == rule_of(chosen, rule)
    first = national().readings[option].default
    assert (choice, other) in flips(usual, option, rule)
    assert (first, default) in flips(chosen, option, rule)


def rule_of(result: Assessment, rule: str) -> str:
    """Return the verdict of a rule in the only county."""
    county: CountyResult = result[CODE]
    return county[rule.partition(".")[0]].rules[rule].value


def flips(result: Assessment, option: str, rule: str) -> list[tuple[str, str]]:
    """Return the (choice, verdict) that ``readings()`` lists for an option and rule."""
    return [
        (each.choice, each.verdict.value)
        for each in result.readings()
        if (each.county, each.option, each.rule) == (CODE, option, rule)
    ]


def test_the_good_county_does_not_hang_on_any_reading() -> None:
    """Where no reading matters but what needs more data, nothing is listed."""
    result = assessed()
    needs_teachers = {"new_teacher_hours"}

    assert [] == [
        each for each in result.readings() if each.option not in needs_teachers
    ]


@pytest.mark.parametrize(
    ("choice", "new", "expected"),
    [
        ("all", (72, 1), "unmet"),
        ("pro_rata", (72, 1), "met"),
        ("pro_rata", (71.9, 1), "unmet"),
        ("pro_rata", (360, 5), "met"),
        ("pro_rata", (359, 5), "unmet"),
        ("exclude", (0, 4), "met"),
        ("exclude", (359, 5), "unmet"),
        ("exclude", (None, 4), "met"),
        ("exclude", (None, None), "unknown"),
        ("pro_rata", (None, 1), "unknown"),
        ("all", (None, 1), "unknown"),
        ("all", (360, None), "met"),
    ],
)
def test_the_hours_of_a_new_teacher(
    choice: str, new: tuple[float | None, float | None], expected: str
) -> None:
    """All 360, 72 a year, or nothing before five years of service."""
    options = {"new_teacher_hours": choice}
    fresh = {**TRAINED[-1], "training_hours": new[0], "years_of_service": new[1]}
    alone = without_schools("J", "N", "T")
    blank = school_with("P", primary_trained_teachers=None)
    rows = with_rows("teachers", *TRAINED[:-1], fresh)

    rule = "government.teacher_training"
    assert expected == verdict(rule, alone, blank, rows, options=options)


def test_never_is_a_choice_of_its_own() -> None:
    """Inside the time of the relaxations ``never`` takes them back."""
    rule, change = RELAXED["R-3"]
    result = assessed(change, on=dt.date(2021, 6, 1))

    assert [("never", "unmet")] == flips(result, "relaxations", rule)


def test_a_choice_that_a_reading_does_not_offer_is_refused() -> None:
    """The error names the option and its choices."""
    with pytest.raises(OptionError, match="by_date, always, never") as caught:
        assessed(options={"relaxations": "sometimes"})

    assert ("relaxations", "sometimes") == (caught.value.option, caught.value.choice)


# -- populations -------------------------------------------------------------------


def judged(rule: str, row: Row, **options: str) -> dict[str, str]:
    """Return the verdict of a rule for the units of one more school."""
    result = assessed(with_rows("schools", row), options=options)
    return {
        each.entity: each.verdict.value
        for each in result[CODE].findings(rule=rule, school=row["code"])
    }


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (school("X", "primary", primary=40), {"X/primary": "met"}),
        (school("X", "teaching_point", primary=50), {"X/primary": "met"}),
        (school("X", "teaching_point", primary=49), {"X/primary": "not_applicable"}),
        (
            school("X", "teaching_point", primary=60, primary_pupils=None),
            {"X/primary": "unknown"},
        ),
        (school("X", "special", primary=60), {"X/primary": "not_applicable"}),
        (school("X", "senior", senior_pupils=100), {}),
        (
            school("X", "senior", junior=100, senior_pupils=0),
            {"X/junior": "met"},
        ),
        (school("X", "primary", primary=100, owner="private"), {"X/primary": "met"}),
        (
            school("X", "nine_year", primary=100, junior=100),
            {"X/primary": "met", "X/junior": "met"},
        ),
        (school("X", "nine_year", primary=100, junior_pupils=0), {"X/primary": "met"}),
        (
            school("X", "nine_year", primary=100),
            {"X/primary": "unknown", "X/junior": "unknown"},
        ),
    ],
    ids=range(11),
)
def test_who_is_asked_for_resources(row: Row, expected: dict[str, str]) -> None:
    """Every compulsory section of every owner, but small points and special schools."""
    assert expected == judged("resources.section_quorum", row)


def test_a_blank_number_of_seniors_leaves_what_is_divided_unknown() -> None:
    """In a complete secondary school the four divided values need the seniors."""
    row = school("X", "complete_secondary", junior=400)

    assert {"X/junior": "unknown"} == judged("resources.teaching_area", row)
    assert {"X/junior": "met"} == judged("resources.backbone_teachers", row)
    row["senior_pupils"] = 0
    assert {"X/junior": "met"} == judged("resources.teaching_area", row)


@pytest.mark.parametrize("kind", ["primary", "teaching_point", "special", "vocational"])
def test_a_class_above_its_size_counts_in_every_compulsory_section(kind: str) -> None:
    """Private schools, points under 50 and attached sections are asked too."""
    row = school("X", kind, primary=49, owner="private", senior_pupils=0)
    row["primary_largest_class"] = 46

    expected = "not_applicable" if kind == "special" else "unmet"
    assert {"X/primary": expected} == judged("government.class_size", row)


def test_an_undivided_total_settles_what_holds_for_both_stages() -> None:
    """A largest class of 51 breaks both limits, 45 keeps both, 48 only the junior."""
    found = {}
    for largest in (45, 48, 51):
        row = school("X", "nine_year", primary=400, junior=400)
        row |= {"primary_largest_class": None, "junior_largest_class": None}
        row["largest_class"] = largest
        found[largest] = tuple(judged("government.class_size", row).values())

    assert {
        45: ("met", "met"),
        48: ("unknown", "met"),
        51: ("unmet", "unmet"),
    } == found


def test_a_merged_site_adds_its_figures_to_its_parent() -> None:
    """A site that counts as no school is judged with the one it belongs to."""
    site = school("X", "primary", primary=1501, parent="P", counts_as_school=False)
    result = assessed(with_rows("schools", site))
    (size,) = result[CODE].findings(rule="government.school_size", school="P")

    assert (2001, "unmet") == (size.value, size.verdict.value)
    assert () == result[CODE].findings(rule="government.school_size", school="X")


def test_a_one_stage_campus_is_judged_by_itself_but_for_its_size() -> None:
    """It has resources of its own; its pupils count in the size of its school."""
    result = assessed(CAMPUS)
    county = result[CODE]
    (size,) = county.findings(rule="government.school_size", school="P")
    (own,) = county.findings(rule="resources.section_quorum", school="C")

    assert (2100, "unmet") == (size.value, size.verdict.value)
    assert "met" == own.verdict.value


# -- kinds of shapes ---------------------------------------------------------------


def test_yes_no_rules_name_a_column_and_cite_a_document() -> None:
    """Whatever rests on a signature alone says where the rule stands."""
    pack = national()
    signed_rules = [
        rule for rule in pack.rules.values() if isinstance(rule, Attested | Veto)
    ]

    assert 13 == len(signed_rules)
    assert all(rule.field and rule.source in pack.sources for rule in signed_rules)


def test_no_value_of_the_pack_has_a_number_that_its_source_lacks() -> None:
    """Every value and rule cites a document of the pack, with how it is known."""
    pack = national()
    at = dt.date(2024, 12, 31)
    for name, parameter in pack.parameters.items():
        for value in parameter.values:
            citation = law(at).citation("", value)
            assert citation.source == f"{pack.info.id}/{value.source}", name
            assert value.read in (None, citation.read), name
    assert pack == attrs.evolve(pack)
