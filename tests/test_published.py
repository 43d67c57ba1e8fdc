"""Published figures: which count for a rule, which are refused, and what is said."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

import jsonschema
import pytest

import eduequity as ee
from eduequity._facade import installed
from eduequity.engine import Finding
from eduequity.report import assessment_schema
from eduequity.rules import MeanDispersion, Quorum


ON = dt.date(2023, 6, 30)
ROTATION = "government.teacher_rotation"
RETENTION = "quality.junior_retention"

Tables: TypeAlias = dict[str, list[dict[str, Any]]]


def row(rule: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a published figure of the county, with what is said of it."""
    given = {"entity": "999901", "rule": rule, "value": value, "source": "公报"}
    return {**given, **more}


def found(*reported: dict[str, Any], rule: str, **more: Any) -> Finding:
    """Return the county's finding of a rule from published figures alone."""
    county = {"code": "999901", **more.pop("county", {})}
    tables = {"county": [county], "reported": list(reported)}
    result = ee.evaluate(ee.read(tables | more), on=ON)
    return next(f for f in result["999901"].findings(rule=rule) if f.entity == "999901")


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.1, "met"), (0.0999, "unmet"), (0.2443, "met")]
)
def test_a_figure_of_the_rule_is_used_and_marked(value: float, verdict: str) -> None:
    """What the rule asks for counts where records are absent, as reported."""
    finding = found(row(ROTATION, value, period="2022"), rule=ROTATION)

    assert (verdict, "reported", value) == (
        finding.verdict.value,
        finding.basis.value,
        finding.value,
    )
    assert "公报, 2022" in finding.notes[0].zh
    assert "公报, 2022" in finding.notes[0].en
    assert finding.notes[0].zh in str(ee.explain(finding))
    assert finding.notes[0].en in str(ee.explain(finding, lang="en"))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"period": "2020-2022"}, "（3 年），本项要求的是 1 年的数"),
        ({"period": "近三年"}, "时段“近三年”不明"),
        ({"period": "2019"}, "时段为 2019"),
        ({"period": "2024"}, "时段为 2024"),
        ({"covers": "9999"}, "说的是 9999，不是 999901"),
        ({"definition": "全部教师"}, "口径为“全部教师”"),
        ({"statistic": "cv"}, "统计量为 cv"),
        ({"date": "2023-07-01"}, "公布于 2023-07-01，晚于评估日"),
        ({"unit": "teachers"}, "单位为 teachers"),
    ],
)
def test_a_figure_of_another_thing_is_refused_with_the_reason(
    more: dict[str, Any], why: str
) -> None:
    """Another area, year, definition or statistic decides nothing, and it is said."""
    finding = found(row(ROTATION, 0.5, **more), rule=ROTATION)

    assert ("unknown", "computed", None) == (
        finding.verdict.value,
        finding.basis.value,
        finding.value,
    )
    (note,) = finding.notes
    assert "不采用" in note.zh
    assert why in note.zh
    assert "is not accepted" in note.en
    assert f"※ {note.zh}" in str(ee.explain(finding))


def test_a_citys_figure_is_not_its_counties() -> None:
    """A row about the city is shown to each county, and refused."""
    city = row(ROTATION, 0.5) | {"entity": "9999"}
    facts = ee.read(
        {"county": [{"code": "999901"}, {"code": "888801"}], "reported": [city]}
    )
    result = ee.evaluate(facts, on=ON)
    (mine,) = result.findings(county="999901", rule=ROTATION)
    (other,) = result.findings(county="888801", rule=ROTATION)

    assert "unknown" == mine.verdict.value
    assert "说的是 9999，不是 999901" in mine.notes[0].zh
    assert () == other.notes


def test_years_of_a_rule_are_those_that_its_words_ask() -> None:
    """A yearly rate is not the three-year one; the three-year one is."""
    yearly = found(row(RETENTION, 0.983, period="2022"), rule=RETENTION)
    of_three = found(row(RETENTION, 0.95, period="2020-2022"), rule=RETENTION)
    school_year = found(row(ROTATION, 0.2, period="2022-2023学年"), rule=ROTATION)

    assert "unknown" == yearly.verdict.value
    assert ("met", 0.95) == (of_three.verdict.value, of_three.value)
    assert "met" == school_year.verdict.value


def test_a_definition_in_the_rules_own_words_is_the_rules() -> None:
    """A figure may say that it follows the rule: by its label, sentence or document."""
    for words in (
        "交流轮岗教师比例",
        "教督〔2017〕6号",
        "Teachers rotated, of those eligible",
    ):
        finding = found(row(ROTATION, 0.2, definition=words), rule=ROTATION)
        assert "met" == finding.verdict.value, words


def test_records_decide_and_a_published_figure_that_differs_is_shown() -> None:
    """Computed before reported: the difference is flagged, both are seen."""
    county = {"rotation_eligible_teachers": 100, "rotated_teachers": 9}
    apart = found(row(ROTATION, 0.2), rule=ROTATION, county=county)
    alike = found(row(ROTATION, 0.09), rule=ROTATION, county=county)

    assert ("unmet", "computed", 0.09) == (
        apart.verdict.value,
        apart.basis.value,
        apart.value,
    )
    assert "discrepancy" in apart.flags
    assert "0.2" in apart.notes[0].zh
    assert "discrepancy" not in alike.flags


def test_two_figures_that_differ_settle_nothing() -> None:
    """Of two published figures for one thing none is chosen."""
    finding = found(row(ROTATION, 0.2), row(ROTATION, 0.3), rule=ROTATION)

    assert "unknown" == finding.verdict.value


def test_a_whole_lies_between_its_stages() -> None:
    """Two stages' shares bound the county's; one alone does not."""
    rule = "government.migrant_enrolment"
    primary = row(rule, 1.0, stage="primary")
    both = found(primary, row(rule, 0.994, stage="junior"), rule=rule)
    split = found(primary, row(rule, 0.5, stage="junior"), rule=rule)
    alone = found(primary, rule=rule)

    assert ("met", None) == (both.verdict.value, both.value)
    assert "bounded" in both.flags
    assert "unknown" == split.verdict.value
    assert "unknown" == alone.verdict.value


# -- all schools together --------------------------------------------------------------


def test_breaches_of_all_schools_decide_the_county() -> None:
    """Some oversized class is unmet; none in either stage is met."""
    rule = "government.class_size"
    some = found(row(rule, 1, stage="primary", statistic="breaches"), rule=rule)
    none = [row(rule, 0, stage=s, statistic="breaches") for s in ("primary", "junior")]

    assert ("unmet", "reported") == (some.verdict.value, some.basis.value)
    assert "met" == found(*none, rule=rule).verdict.value
    assert "unknown" == found(none[0], rule=rule).verdict.value


def test_a_county_of_figures_beside_one_of_schools_is_as_alone() -> None:
    """Counties together are as one by one, also where one lists no school."""
    rule = "government.school_size"
    figure = row(rule, 0, statistic="breaches")
    told: Tables = {"county": [{"code": "999901"}], "reported": [figure]}
    listed: Tables = {
        "county": [{"code": "999902"}],
        "schools": [
            {
                "code": "1",
                "name": "甲",
                "county": "999902",
                "kind": "primary",
                "primary_pupils": 100,
                "primary_classes": 3,
            }
        ],
    }
    both: Tables = {
        table: [*told.get(table, []), *listed.get(table, [])]
        for table in (told | listed)
    }
    alone = ee.evaluate(ee.read(told), on=ON)["999901"]
    together = ee.evaluate(ee.read(both), on=ON)["999901"]

    for county in (alone, together):
        (one,) = (f for f in county.findings(rule=rule) if f.entity == "999901")
        assert "met" == one.verdict.value == county["government"].rules[rule].value


def test_a_count_against_the_full_standard_leaves_relaxed_schools_open() -> None:
    """While a relaxation is in force, 2000 pupils may be lawful: not decided."""
    rule = "government.school_size"
    facts = ee.read(
        {
            "county": [{"code": "999901"}],
            "reported": [row(rule, 10, statistic="breaches", period="2021")],
        }
    )
    verdicts = {
        on: ee.evaluate(facts, on=on)["999901"]["government"].rules[rule].value
        for on in (dt.date(2022, 10, 31), dt.date(2022, 11, 1))
    }

    assert ["unknown", "unmet"] == list(verdicts.values())


def parts_of(pack: str, rule: str) -> tuple[str, ...]:
    """Return the rules that a national rule joins."""
    packs = {each.info.id: each for each in installed().rulebook.packs}
    joined = packs[pack].rules[rule]
    assert isinstance(joined, Quorum | MeanDispersion)
    return joined.of


@pytest.mark.parametrize(
    ("pupils", "breaches", "verdict", "flagged"),
    [
        (1900, 0, "met", False),
        (1900, 1, "met", True),
        (2100, 1, "unmet", False),
        (2100, 0, "unmet", True),
    ],
)
def test_records_of_schools_decide_against_a_published_count(
    pupils: int, breaches: int, verdict: str, flagged: bool
) -> None:
    """What the rows show counts; a published count that differs is flagged."""
    school = {"code": "1", "name": "一", "kind": "primary", "primary_pupils": pupils}
    finding = found(
        row("government.school_size", breaches, statistic="breaches"),
        rule="government.school_size",
        schools=[school],
    )

    assert verdict == finding.verdict.value
    assert flagged == ("discrepancy" in finding.flags)


SEVEN = parts_of("national-quality-balance", "resources.section_quorum")


def shares(*met: int, of: int = 100, unit: str = "schools") -> list[dict[str, Any]]:
    """Return how many of *of* schools meet each of the seven indicators."""
    return [
        row(
            f"resources.{name}",
            statistic="share_met",
            numerator=number,
            denominator=of,
            unit=unit,
        )
        for name, number in zip(SEVEN, met, strict=True)
    ]


@pytest.mark.parametrize(
    ("met", "unit", "verdict"),
    [
        ((0, 0, 100, 100, 100, 100, 100), "schools", "unknown"),  # 200 ≤ 2 × 100
        ((0, 0, 99, 100, 100, 100, 100), "schools", "unmet"),  # 201 > 2 × 100
        ((0, 100, 100, 100, 100, 100, 100), "sections", "unknown"),  # 100 ≤ 100
        ((0, 99, 100, 100, 100, 100, 100), "sections", "unmet"),  # 101 > 100
    ],
)
def test_more_misses_than_sections_leave_some_school_with_two(
    met: tuple[int, ...], unit: str, verdict: str
) -> None:
    """One miss is allowed to each section; a school has two sections at most."""
    finding = found(*shares(*met, unit=unit), rule="resources.section_quorum")

    assert verdict == finding.verdict.value


def test_a_mean_below_the_floor_shows_a_school_below_it() -> None:
    """0.76 < 0.85 × 0.9: some school misses the floor; 0.77 shows only a miss."""
    name = "resources.pe_arts_teachers"
    quorum = "resources.section_quorum"

    assert "unmet" == found(row(name, 0.76, statistic="mean"), rule=quorum).verdict
    assert "unknown" == found(row(name, 0.77, statistic="mean"), rule=quorum).verdict
    assert "unmet" == found(row(name, 0.77, statistic="mean"), rule=name).verdict
    assert "unknown" == found(row(name, 2.0, statistic="mean"), rule=name).verdict


# -- consistency ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "flagged"),
    [
        ({"value": 0.8772, "numerator": 50}, False),  # 50 ÷ 57
        ({"value": 0.8772, "numerator": 51}, True),  # of no whole number
        ({"value": 0.5577, "numerator": 198, "denominator": 355}, False),
        ({"value": 0.5577, "numerator": 198, "denominator": 356}, True),
    ],
)
def test_a_figure_that_contradicts_itself_is_flagged(
    more: dict[str, Any], flagged: bool
) -> None:
    """A share is checked against its parts, or against the whole that it implies."""
    finding = found(row(ROTATION, **more), rule=ROTATION)

    assert flagged == ("discrepancy" in finding.flags)
    assert flagged == any("前后不一致" in note.zh for note in finding.notes)


def test_a_total_that_its_stages_do_not_add_up_to_is_flagged() -> None:
    """5289 = 1673 + 3616; 5290 is not, and what needs pupils says so."""
    county = {"primary_pupils": 3616, "junior_pupils": 1673}
    for total, flagged in ((5289, False), (5290, True)):
        whole = {"entity": "999901", "indicator": "pupils", "source": "公报"}
        finding = found(
            {**whole, "value": total}, rule="resources.section_quorum", county=county
        )
        assert flagged == ("discrepancy" in finding.flags), total


# -- claims, schema --------------------------------------------------------------------


def test_a_claim_without_a_number_is_attested_and_decides_nothing() -> None:
    """Who says that pay is not below has given no number: unknown, the claim shown."""
    rule = "government.teacher_pay"
    signed = {
        "entity": "999901",
        "rule": rule,
        "value": True,
        "issuer": "县教育局",
        "evidence": "不低于公务员",
    }
    finding = found(rule=rule, attestations=[signed])

    assert ("unknown", "attested") == (finding.verdict.value, finding.basis.value)
    assert "县教育局：是" in finding.notes[0].zh
    assert "不低于公务员" in finding.notes[0].zh


def test_notes_stand_in_the_json_only_where_there_are_any() -> None:
    """The published schema knows notes, and asks for none."""
    tables = {
        "county": [{"code": "999901"}],
        "reported": [row(ROTATION, 0.5, covers="99")],
    }
    result = ee.evaluate(ee.read(tables), on=ON).to_dict()
    by_rule = {f["rule"]: f for f in result["counties"][0]["findings"]}

    jsonschema.validate(result, assessment_schema())
    assert {"zh", "en"} == set(by_rule[ROTATION]["notes"][0])
    assert "notes" not in by_rule["government.siting_plan"]


EIGHT = parts_of("national-basic-balance", "balance.composite")


@pytest.mark.parametrize(("code", "verdict"), [("140402", "met"), ("1404", "unknown")])
def test_a_city_is_an_aggregate_and_never_determined(code: str, verdict: str) -> None:
    """The same coefficients make a county met, of a city only its sums."""
    coefficients = [
        row(f"basic-balance/balance.{name}", 0.2, statistic="cv", stage=stage)
        | {"entity": code}
        for name in EIGHT
        for stage in ("primary", "junior")
    ]
    facts = ee.read({"county": [{"code": code}], "reported": coefficients})
    result = ee.evaluate(facts, on=ON, programme="basic-balance")
    composite = result.findings(rule="balance.composite")
    warnings = " ".join(each["zh"] for each in result.to_dict()["warnings"])

    assert {"met"} == {f.verdict.value for f in composite}
    assert verdict == result[code].verdict.value
    assert verdict == result[code].levels[0].verdict.value
    assert (code == "1404") == ("不作认定" in warnings)
    assert (code == "1404") == all("aggregate" in f.flags for f in composite)
