"""Preschool (教督〔2020〕1号): every line below, at and above; blanks and zeros."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from eduequity import evaluate, explain, io
from eduequity.engine import Assessment, CountyResult
from eduequity.registry import Registry


Row = dict[str, Any]

PROGRAMME = "preschool-universal"
CODE = "999901"
ON = dt.date(2024, 12, 31)
IDS = {
    "coverage": ("gross_enrolment", "inclusive_share", "public_share"),
    "government": (
        "party_leadership",
        "planning",
        "service_network",
        "residential_kindergartens",
        "funding",
        "fees",
        "teacher_pay",
        "safety",
        "supervision",
    ),
    "care": ("premises", "class_size", "teacher_ratio", "certification", "practice"),
    "recognition": ("satisfaction",),
}
"""The rule ids of the contract."""

SIGNED = [f"government.{each}" for each in IDS["government"]] + ["care.practice"]


# -- helpers -------------------------------------------------------------------------


@functools.cache
def national() -> Registry:
    """Return the national packs alone."""
    return Registry.of()


def kindergarten(code: str, children: int | None = 150, **figures: Any) -> Row:
    """Return a public kindergarten of 2018 that is right in everything."""
    some = children or 0
    return {
        "code": code,
        "owner": "public",
        "licensed": "是",
        "children": children,
        "planned_year": 2018,
        "outdoor_area": 5 * some,
        "activity_area": 9 * some,
        "floor_area": 11 * some,
        "classes": 20,
        "oversized_classes": 0,
        "full_time_teachers": 20,
        "certified_teachers": 20,
        "heads": 1,
        "certified_heads": 1,
    } | figures


def assessed(
    kindergartens: Iterable[Row] = (), *, population: int | None = 150, **tables: Any
) -> Assessment:
    """Evaluate one county."""
    on = tables.pop("on", ON)
    given: dict[str, Any] = {
        "county": [{"code": CODE, "population_3_6": population}],
        "kindergartens": [*kindergartens],
        **tables,
    }
    facts = io.read({name: rows for name, rows in given.items() if rows})
    return evaluate(facts, on=on, programme=PROGRAMME, registry=national())


def verdict(result: Assessment, rule: str) -> str:
    """Return the county's verdict of a rule."""
    county: CountyResult = result[CODE]
    return county[rule.partition(".")[0]].rules[rule].value


def signed(*rules: str, value: str = "是", entity: str = CODE) -> list[Row]:
    """Return attestations of the programme's rules."""
    return [
        {"entity": entity, "rule": f"{PROGRAMME}/{rule}", "value": value}
        for rule in rules
    ]


def survey(satisfied: int | None, **more: Any) -> list[Row]:
    """Return a survey of a thousand answers."""
    return [
        {
            "county": CODE,
            "year": 2024,
            "channel": "questionnaire",
            "group": "total",
            "distributed": 1000,
            "valid": 1000,
            "satisfied": satisfied,
        }
        | more
    ]


# -- the whole -----------------------------------------------------------------------


def test_rule_ids_are_those_of_the_contract() -> None:
    """Nothing more and nothing less."""
    pack = national().pack("national-preschool-universal")
    assert set(pack.rules) == {
        f"{d}.{name}" for d, names in IDS.items() for name in names
    }


def test_a_county_that_is_right_in_everything() -> None:
    """All figures right, all items signed, the survey passed: met."""
    result = assessed(
        [kindergarten("k")], attestations=signed(*SIGNED), survey=survey(850)
    )
    county = result[CODE]
    assert {d.id: d.verdict.value for d in county.dimensions} == dict.fromkeys(
        IDS, "met"
    )
    assert county.verdict.value == "met"


def test_without_the_survey_the_self_assessment_stands() -> None:
    """The survey is not the county's own to settle."""
    county = assessed([kindergarten("k")], attestations=signed(*SIGNED))[CODE]
    assert ("unknown", "met") == (county.verdict.value, county.self_assessment.value)


def test_no_rows_are_no_evidence() -> None:
    """Without kindergartens every rule over them is unknown, never met."""
    county = assessed()[CODE]
    rules = {k: v.value for d in county.dimensions for k, v in d.rules.items()}
    assert set(rules.values()) == {"unknown"}


def test_every_finding_is_explained() -> None:
    """Each of them can be printed in both languages."""
    result = assessed([kindergarten("k")], attestations=signed(*SIGNED))
    for finding in result.findings(components=True):
        for lang in ("zh", "en"):
            assert str(explain(finding, lang=lang))


def test_before_the_notice_nothing_is_asked() -> None:
    """The lines begin with the notice."""
    early = assessed([kindergarten("k")], population=10_000, on=dt.date(2020, 3, 1))
    assert verdict(early, "coverage.gross_enrolment") == "not_applicable"
    late = assessed([kindergarten("k")], population=10_000, on=dt.date(2020, 3, 2))
    assert verdict(late, "coverage.gross_enrolment") == "unmet"


# -- coverage ------------------------------------------------------------------------

LINES = [
    ("coverage.gross_enrolment", 850, 1000),
    ("coverage.inclusive_share", 800, 1000),
    ("coverage.public_share", 500, 1000),
]


def _coverage(rule: str, part: int, whole: int) -> Assessment:
    if rule == "coverage.gross_enrolment":
        halves = [kindergarten("a", part - 333), kindergarten("b", 333)]
        return assessed(halves, population=whole)
    other = "private" if rule == "coverage.inclusive_share" else "inclusive_private"
    rows = [
        kindergarten("a", part - 100),
        kindergarten("b", 100),
        kindergarten("c", whole - part, owner=other),
    ]
    return assessed(rows)


@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize(("rule", "line", "whole"), LINES)
def test_line_of_coverage(rule: str, line: int, whole: int, step: int) -> None:
    """One child below the line is unmet, at and above it is met."""
    result = _coverage(rule, line + step, whole)
    assert verdict(result, rule) == ("unmet" if step < 0 else "met")
    (finding,) = result.findings(rule=rule)
    assert finding.value == pytest.approx((line + step) / whole)


def test_inclusive_private_counts_as_inclusive() -> None:
    """Public and inclusive private together; unlicensed ones are not of it."""
    rows = [
        kindergarten("a", 400),
        kindergarten("b", 400, owner="普惠性民办"),
        kindergarten("c", 200, owner="private"),
    ]
    assert verdict(assessed(rows), "coverage.inclusive_share") == "met"
    rows.append(kindergarten("d", 500, owner="private", licensed="否"))
    assert verdict(assessed(rows), "coverage.inclusive_share") == "met"
    rows.append(kindergarten("e", 1, owner="private", licensed=None))
    assert verdict(assessed(rows), "coverage.inclusive_share") == "unmet"


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("coverage.gross_enrolment", "children"),
        ("coverage.inclusive_share", "children"),
        ("coverage.inclusive_share", "owner"),
        ("coverage.public_share", "children"),
        ("coverage.public_share", "owner"),
        ("care.premises", "planned_year"),
        ("care.premises", "outdoor_area"),
        ("care.premises", "children"),
        ("care.class_size", "classes"),
        ("care.class_size", "oversized_classes"),
        ("care.teacher_ratio", "full_time_teachers"),
        ("care.teacher_ratio", "children"),
        ("care.certification", "certified_teachers"),
        ("care.certification", "heads"),
        ("care.certification", "certified_heads"),
    ],
)
def test_a_blank_is_unknown(rule: str, column: str) -> None:
    """One large kindergarten leaves a cell blank: neither met nor unmet."""
    rows = [kindergarten("a", 100), kindergarten("b", 900) | {column: None}]
    rows[0] |= {"full_time_teachers": 7, "certified_teachers": 7, "classes": 2}
    result = assessed(rows, population=1000)
    assert verdict(result, rule) == "unknown"


def test_a_blank_that_cannot_matter_is_no_bar() -> None:
    """Whoever owns the small one, or whatever it holds, the share is the same side."""
    rows = [kindergarten("a", 950), kindergarten("b", 50, owner=None)]
    result = assessed(rows, population=None)
    assert verdict(result, "coverage.public_share") == "met"
    assert verdict(result, "coverage.gross_enrolment") == "unknown"


def test_a_blank_may_hold_more_than_its_share_of_the_population() -> None:
    """A kindergarten with unknown children can make up for an empty one."""
    rows = [kindergarten("a", 1), kindergarten("b", None)]
    result = assessed(rows, population=100)
    assert verdict(result, "coverage.gross_enrolment") == "unknown"


def test_a_population_of_zero_is_not_applicable() -> None:
    """Stated zeros: no child of that age, no child, no class."""
    none = kindergarten(
        "a",
        0,
        classes=0,
        full_time_teachers=0,
        certified_teachers=0,
        heads=0,
        certified_heads=0,
    )
    result = assessed([none], population=0)
    rules = [f"coverage.{each}" for each in IDS["coverage"]]
    rules += [f"care.{each}" for each in IDS["care"] if each != "practice"]
    assert {rule: verdict(result, rule) for rule in rules} == dict.fromkeys(
        rules, "not_applicable"
    )


def test_counties_are_added_up_apart() -> None:
    """The population of each county is spread over its own kindergartens."""
    facts = io.read(
        {
            "county": [
                {"code": "999901", "population_3_6": 100},
                {"code": "999902", "population_3_6": 1000},
            ],
            "kindergartens": [
                kindergarten("a", 85, county="999901"),
                kindergarten("b", 400, county="999902"),
                kindergarten("c", 449, county="999902"),
            ],
        }
    )
    result = evaluate(facts, on=ON, programme=PROGRAMME, registry=national())
    found = [f.verdict.value for f in result.findings(rule="coverage.gross_enrolment")]
    assert found == ["met", "unmet"]


# -- care ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "asked"),
    [("outdoor_area", 400), ("activity_area", 817), ("floor_area", 1044)],
)
@pytest.mark.parametrize("step", [-0.01, 0, 0.01])
def test_line_of_each_area(column: str, asked: float, step: float) -> None:
    """A hundred children: 4, 8.17 and 10.44 m² each, all three of them."""
    row = kindergarten("k", 100) | {column: round(asked + step, 2)}
    assert verdict(assessed([row]), "care.premises") == ("unmet" if step < 0 else "met")


def test_one_area_too_small_is_unmet_whatever_else_is_blank() -> None:
    """A blank area does not hide a small one."""
    row = kindergarten("k", 100, outdoor_area=399, floor_area=None)
    assert verdict(assessed([row]), "care.premises") == "unmet"


@pytest.mark.parametrize(
    ("year", "expected"), [(2016, "not_applicable"), (2017, "unmet"), (2018, "unmet")]
)
def test_premises_are_asked_of_those_planned_from_2017(
    year: int, expected: str
) -> None:
    """What is asked of earlier ones is unclear and not judged."""
    row = kindergarten("k", 100, outdoor_area=100, planned_year=year)
    assert verdict(assessed([row]), "care.premises") == expected


def test_every_new_kindergarten_must_comply() -> None:
    """One small kindergarten among many is unmet, and named."""
    rows = [kindergarten(f"k{n}") for n in range(9)]
    rows.append(kindergarten("small", 100, floor_area=1043))
    result = assessed(rows)
    assert verdict(result, "care.premises") == "unmet"
    unmet = result.findings(rule="care.premises", verdict="unmet", scope="kindergarten")
    assert [each.entity for each in unmet] == ["small"]


@pytest.mark.parametrize(
    ("oversized", "expected"), [(2, "met"), (3, "met"), (4, "unmet")]
)
def test_line_of_class_size(oversized: int, expected: str) -> None:
    """At least 85 % of the classes; 17 of 20 are exactly that."""
    rows = [kindergarten("a", classes=15), kindergarten("b", classes=5)]
    rows[0]["oversized_classes"] = oversized
    assert verdict(assessed(rows), "care.class_size") == expected


@pytest.mark.parametrize(
    ("children", "expected"), [(149, "met"), (150, "met"), (151, "unmet")]
)
def test_line_of_teacher_ratio(children: int, expected: str) -> None:
    """One teacher for fifteen children, county-wide."""
    few = {"full_time_teachers": 1, "certified_teachers": 1}
    rest = {"full_time_teachers": 9, "certified_teachers": 9}
    rows = [kindergarten("a", 100, **few), kindergarten("b", children - 100, **rest)]
    result = assessed(rows)
    assert verdict(result, "care.teacher_ratio") == expected


@pytest.mark.parametrize("teachers", range(1, 400, 7))
def test_a_tie_of_teacher_ratio_is_met(teachers: int) -> None:
    """1/15 has no exact float: every exact tie is met, one child more is not."""
    figures = {"full_time_teachers": teachers, "certified_teachers": teachers}
    at = assessed([kindergarten("k", 15 * teachers, **figures)])
    over = assessed([kindergarten("k", 15 * teachers + 1, **figures)])
    rule = "care.teacher_ratio"
    assert ("met", "unmet") == (verdict(at, rule), verdict(over, rule))


@pytest.mark.parametrize(
    "change",
    [
        {"certified_teachers": 19},
        {"certified_heads": 0},
        {"certified_teachers": 19, "heads": None},
        {"certified_heads": 0, "full_time_teachers": None},
    ],
    ids=str,
)
def test_one_without_a_certificate_is_unmet(change: Row) -> None:
    """Heads and teachers: all of them, whatever else is blank."""
    rows = [kindergarten("a"), kindergarten("b") | change]
    result = assessed(rows)
    assert verdict(assessed(rows[:1]), "care.certification") == "met"
    assert verdict(result, "care.certification") == "unmet"


def test_an_absent_column_is_not_taken_from_the_schools() -> None:
    """Teachers of schools are no teachers of kindergartens."""
    rows = [kindergarten("k")]
    del rows[0]["full_time_teachers"]
    school = {
        "code": "s",
        "name": "s",
        "kind": "primary",
        "pupils": 100,
        "full_time_teachers": 90,
    }
    result = assessed(rows, schools=[school])
    assert verdict(result, "care.teacher_ratio") == "unknown"


# -- what is signed for, and the survey ----------------------------------------------


@pytest.mark.parametrize("rule", SIGNED)
def test_signed_items(rule: str) -> None:
    """Yes is met, no is unmet, nothing is unknown; another programme's is nothing."""
    assert verdict(assessed(), rule) == "unknown"
    assert verdict(assessed(attestations=signed(rule)), rule) == "met"
    assert verdict(assessed(attestations=signed(rule, value="否")), rule) == "unmet"


def test_another_programme_is_not_signed_for() -> None:
    """`government.teacher_pay` alone is that of quality balance."""
    row = {"entity": CODE, "rule": "government.teacher_pay", "value": "是"}
    result = assessed(attestations=[row])
    assert verdict(result, "government.teacher_pay") == "unknown"


@pytest.mark.parametrize(
    ("satisfied", "expected"),
    [(849, "unmet"), (850, "met"), (851, "met"), (None, "unknown")],
)
def test_line_of_satisfaction(satisfied: int | None, expected: str) -> None:
    """85 % of the valid questionnaires."""
    result = assessed(survey=survey(satisfied))
    assert verdict(result, "recognition.satisfaction") == expected
    (finding, _) = result.findings(rule="recognition.satisfaction")
    assert finding.determined_by == "nation"


def test_interviews_alone_are_not_the_questionnaire() -> None:
    """The single figure asked is that of the questionnaire."""
    result = assessed(survey=survey(900, channel="interview"))
    assert verdict(result, "recognition.satisfaction") == "unknown"


# -- the pack ------------------------------------------------------------------------


def test_every_row_of_the_dossier_is_a_rule_or_unencoded() -> None:
    """PK-1 … PK-19."""
    pack = national().pack("national-preschool-universal")
    folder = Path(io.__file__).parents[1] / "rules" / "national" / "preschool_universal"
    text = "".join(f.read_text("utf-8") for f in sorted(folder.glob("*.toml")))
    cited = {
        line.removeprefix("# row: ")
        for line in text.splitlines()
        if line.startswith("# row: ")
    }
    rows = {f"PK-{n}" for n in range(1, 20)}
    assert rows <= cited | {each.row for each in pack.unencoded}
