"""Ask an assessment for everything it can say, and hold it against what is known."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import random
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eduequity as ee
from eduequity import engine, io, measures
from eduequity.engine import FLAGS, Assessment, CountyResult, Finding
from eduequity.errors import OptionError, UnknownNameError
from eduequity.indicators import NATIONAL
from eduequity.registry import Registry
from eduequity.vocab import Basis, Force, Scope, Stage, Verdict
from tests.reference import counties


Row = dict[str, Any]

ON = dt.date(2024, 12, 31)
CODE = "999901"
HERE = Path(__file__).parent
DEMO = HERE.parent / "examples" / "demo_county"
INDICATORS = {each.name: each for each in NATIONAL}
SEVEN = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_classrooms",
)


pytestmark = pytest.mark.usefixtures("national_only")


def published(name: str) -> list[dict[str, str]]:
    """Read a table of published figures; its first line names the source."""
    text = (HERE / "data" / f"{name}.csv").read_text(encoding="utf-8")
    note, *lines = text.splitlines()
    assert note.startswith("# 来源：")
    return list(csv.DictReader(lines))


def assessed(
    schools: Iterable[Row] = (),
    *,
    on: dt.date = ON,
    county: Row | None = None,
    **more: Any,
) -> Assessment:
    """Evaluate one county of some schools."""
    tables = {
        "county": [{"code": CODE, "name": "示例县", **(county or {})}],
        "schools": list(schools),
        **{
            table: more.pop(table)
            for table in list(more)
            if isinstance(more[table], list)
        },
    }
    facts = io.read({name: rows for name, rows in tables.items() if rows})
    return ee.evaluate(facts, on=on, **more)


def school(code: str, kind: str = "primary", **cells: Any) -> Row:
    """Return a row of the schools table."""
    return {"code": code, "name": f"第{code}学校", "kind": kind, **cells}


def one(result: Assessment, **filters: Any) -> Finding:
    """Return the only finding that the filters leave."""
    (finding,) = result.findings(**filters)
    return finding


@cache
def demo() -> Assessment:
    """Evaluate the demo county."""
    with resources.as_file(resources.files("eduequity.cli") / "demo") as folder:
        return ee.evaluate(io.read(folder), on=ON)


@cache
def random_counties() -> tuple[dict[str, Any], ...]:
    """Return a few random counties with codes of their own."""
    rng = random.Random(7)
    return tuple(
        counties.random_county(rng, code=str(110101 + number), schools=2 + number)
        for number in range(5)
    )


def joined(documents: Iterable[dict[str, Any]]) -> dict[str, list[Row]]:
    """Put the tables of several counties into one."""
    tables: dict[str, list[Row]] = {}
    for document in documents:
        (county,) = document["county"]
        for table, rows in document.items():
            filled = ({**row, "county": county["code"]} for row in rows)
            placed = table in ("county", "attestations")
            tables.setdefault(table, []).extend(rows if placed else filled)
    return tables


# -- looking at a result -----------------------------------------------------------


def test_an_assessment_is_a_mapping_of_counties() -> None:
    """Codes are its keys, in order, and a county knows its code and name."""
    facts = io.read(joined(random_counties()))
    result = ee.evaluate(facts, on=ON)
    codes = [document["county"][0]["code"] for document in random_counties()]

    assert codes == list(result)
    assert len(codes) == len(result)
    assert codes[3] in result
    assert "000000" not in result
    assert (codes[3], "某县") == (result[codes[3]].code, result[codes[3]].name)
    assert all(isinstance(county, CountyResult) for county in result.values())
    assert None is ee.evaluate(io.read({"county": [{"code": CODE}]}), on=ON)[CODE].name


def test_a_county_that_is_not_there_is_named() -> None:
    """Asking for an unknown county or dimension says which there are."""
    with pytest.raises(UnknownNameError, match="999901"):
        demo()["999902"]
    with pytest.raises(UnknownNameError, match="resources"):
        demo()[CODE]["resource"]
    with pytest.raises(UnknownNameError, match="section_quorum"):
        demo()[CODE].finding(":resources.section_quorum@nobody")


def test_the_dimensions_come_in_the_order_of_the_programme() -> None:
    """They are those of the contract, and each joins its deciding rules by *all*."""
    county = demo()[CODE]
    rules = demo().law.rules

    expected = ("eligibility", "resources", "government", "quality", "recognition")
    assert (*expected, "vetoes") == tuple(each.id for each in county.dimensions)
    for dimension in county.dimensions:
        deciding = [
            verdict
            for name, verdict in dimension.rules.items()
            if rules[name][1].force is Force.REQUIREMENT
            and not rules[name][1].component
        ]
        assert max(deciding, key=lambda v: v.rank) is dimension.verdict, dimension.id
        assert county[dimension.id] == dimension


def test_the_verdict_joins_the_dimensions() -> None:
    """The programme's verdict is all of them; the nation is the only level here."""
    for document in random_counties():
        (county,) = ee.evaluate(io.read(document), on=ON).values()
        verdicts = [dimension.verdict for dimension in county.dimensions]

        assert max(verdicts, key=lambda v: v.rank) is county.verdict
        assert [("", county.verdict)] == [(x.area, x.verdict) for x in county.levels]


def test_the_self_assessment_leaves_out_what_the_nation_determines() -> None:
    """A county that lacks only monitoring and survey has settled its own items."""
    county = demo()[CODE]
    own = [
        verdict
        for dimension in county.dimensions
        for name, verdict in dimension.rules.items()
        for rule in [demo().law.rules[name][1]]
        if rule.force is Force.REQUIREMENT
        and not rule.component
        and rule.determined_by is None
    ]

    assert max(own, key=lambda v: v.rank) is county.self_assessment


# -- findings ----------------------------------------------------------------------


def test_the_filters_of_findings() -> None:
    """Each filter keeps exactly what it names, and they combine."""
    everything = demo().findings(components=True)
    filters: dict[str, tuple[str, Any]] = {
        "verdict": ("unmet", lambda f: f.verdict is Verdict.UNMET),
        "dimension": ("resources", lambda f: f.rule.startswith("resources.")),
        "force": ("benchmark", lambda f: f.force is Force.BENCHMARK),
        "school": ("9999010039", lambda f: f.entity.split("/")[0] == "9999010039"),
        "stage": ("junior", lambda f: f.stage == "junior"),
        "scope": ("section", lambda f: f.scope is Scope.SECTION),
        "area": ("", lambda f: f.area == ""),
    }
    for name, (value, keep) in filters.items():
        found = demo().findings(components=True, **{name: value})
        assert [f.id for f in everything if keep(f)] == [f.id for f in found], name
        assert found, name
    both = demo().findings(verdict="unmet", scope="section", stage="junior")
    assert {
        ":resources.section_quorum@9999010039/junior",
        ":government.class_size@9999010035/junior",
    } == {f.id for f in both}
    assert [] == demo().findings(area="35")
    assert everything == demo().findings(county=CODE, components=True)


def test_components_are_left_out_unless_asked_for() -> None:
    """By the flag or by naming their rule they are there."""
    usual = demo().findings()
    everything = demo().findings(components=True)
    named = demo().findings(rule="resources.sports_area")

    assert [f for f in everything if not f.component] == usual
    assert named
    assert all(f.component for f in named)
    assert {f"resources.{name}" for name in SEVEN} == {
        f.rule for f in everything if f.component
    }


ID = re.compile(r"(?P<area>\d*):(?P<rule>[a-z_.]+)@(?P<entity>[^#]+)(#(?P<item>.+))?\Z")


def test_the_ids_of_findings_are_unique_and_say_what_they_are_of() -> None:
    """``<area>:<rule>@<entity>[#<item>]``, no two alike."""
    findings = demo().findings(components=True)
    by_id = {f.id: f for f in findings}
    assert len(findings) == len(by_id)
    assert findings[5] == demo()[CODE].finding(findings[5].id)
    for finding in findings:
        match = ID.match(finding.id)
        assert match, finding.id
        parts = (finding.area, finding.rule, finding.entity, finding.item)
        assert parts == match.group("area", "rule", "entity", "item")


def test_every_finding_says_all_of_itself() -> None:
    """Scope, entity, basis, force, flags and sources fit together."""
    rules = demo().law.rules
    codes = {str(c) for c in demo().facts.schools.words("code")}
    for finding in demo().findings(components=True):
        rule = rules[finding.rule][1]
        signed = rule.kind in ("all", "attested", "veto")
        head, _, stage = finding.entity.partition("/")
        assert finding.sources, finding.id
        assert rule.force is finding.force
        assert rule.determined_by == finding.determined_by
        assert (Basis.ATTESTED if signed else Basis.COMPUTED) is finding.basis
        assert set(finding.flags) <= set(FLAGS), finding.id
        assert sorted(finding.flags) == list(finding.flags)
        if finding.scope is Scope.SECTION:
            assert head in codes
            assert stage == finding.stage
        elif finding.scope is Scope.SCHOOL:
            assert finding.entity in codes
        else:
            assert (Scope.COUNTY, CODE) == (finding.scope, finding.entity)
        if finding.verdict is Verdict.MET:
            assert finding.value is not None, finding.id


def test_every_rule_over_units_has_one_summary() -> None:
    """Its value is the share met of those assessed, its verdict the rule's."""
    county = demo()[CODE]
    for name, (_, rule) in demo().law.rules.items():
        findings = county.findings(rule=name)
        summaries = [f for f in findings if "summary" in f.flags]
        units = [f for f in findings if "summary" not in f.flags]
        alone = rule.scope is Scope.COUNTY and rule.kind != "every"
        assert ([] if alone else [1.0]) == [f.threshold for f in summaries], name
        for summary in summaries:
            said = [f.verdict for f in units]
            known = said.count(Verdict.MET) + said.count(Verdict.UNMET)
            assert said.count(Verdict.MET) / known == summary.value, name
            verdict = county[name.split(".", maxsplit=1)[0]].rules[name]
            assert verdict is summary.verdict


SHAPES: dict[str, tuple[str, dict[str, Any], tuple[object, ...]]] = {
    # rule: filters -> value, operator, threshold, unit, basis
    "resources.sports_area": (
        "9999010039/junior",
        {},
        (9.580645, ">=", 10.2, "m2_per_pupil", "computed"),
    ),
    "resources.section_quorum": (
        "9999010039/junior",
        {},
        (5.0, ">=", 6.0, "count", "computed"),
    ),
    "resources.cv_backbone_teachers": (
        CODE,
        {"stage": "primary"},
        (0.54395, "<=", 0.5, "ratio", "computed"),
    ),
    "government.unified_standards": (
        CODE,
        {},
        (True, None, None, "yes_no", "attested"),
    ),
    "vetoes.key_schools": (CODE, {}, (False, None, None, "yes_no", "attested")),
    "government.class_size": (
        "9999010035/junior",
        {},
        (52.0, "<=", 50.0, "pupils", "computed"),
    ),
    "government.teacher_training": (
        CODE,
        {},
        (1.0, ">=", 1.0, "share", "computed"),
    ),
    "government.spending_total": (
        CODE,
        {},
        (883_600_000.0, ">=", 845_100_000.0, "yuan", "computed"),
    ),
}


@pytest.mark.parametrize("rule", SHAPES)
def test_value_operator_threshold_and_unit(rule: str) -> None:
    """A finding of every shape carries what was compared with what."""
    entity, filters, expected = SHAPES[rule]
    (finding,) = (
        f
        for f in demo().findings(rule=rule, **filters)
        if f.entity == entity and "summary" not in f.flags
    )
    value = finding.value
    shown = round(value, 6) if isinstance(value, float) else value

    assert expected == (
        shown,
        finding.operator,
        finding.threshold,
        finding.unit.value,
        finding.basis.value,
    )


def test_a_level_of_learning_is_a_number_from_one_to_four() -> None:
    """Ⅲ is 3, and an item of another year has no finding."""
    found = {f.item: f.value for f in demo().findings(rule="quality.monitoring_level")}

    assert {"数学", "体育与健康", "心理健康", None} == found.keys()
    assert (3.0, None) == (found["数学"], found["心理健康"])


# -- flags -------------------------------------------------------------------------


def plain(code: str, pupils: int = 100, **more: Any) -> Row:
    """Return a primary school whose four divided resources are given."""
    figures: Row = {
        "primary_pupils": pupils,
        "primary_backbone_teachers": pupils // 20,
        "teaching_area": 5 * pupils,
        "indoor_sports_area": 0,
        "sports_hall_area": 0,
    }
    return school(code, **{**figures, **more})


def test_a_group_of_one_is_vacuous() -> None:
    """Its coefficient is 0 and met, and flagged."""
    found = one(
        assessed([plain("1")]), rule="resources.cv_backbone_teachers", stage="primary"
    )

    assert ("met", 0.0) == (found.verdict.value, found.value)
    assert "vacuous" in found.flags


def test_a_coefficient_with_a_gap_is_partial() -> None:
    """It is unknown, and shows the value over the known members."""
    rows = [plain("1"), plain("2", primary_backbone_teachers=15)]
    rows.append(plain("3", primary_backbone_teachers=None))
    found = one(assessed(rows), rule="resources.cv_backbone_teachers", stage="primary")

    assert ("unknown", 0.5) == (found.verdict.value, found.value)
    assert "partial" in found.flags


@pytest.mark.parametrize(
    ("area", "verdict", "edge"),
    [
        (449.6, "unmet", True),  # 4.496 shows as 4.50
        (449.5, "unmet", True),  # 4.495 is rounded half up
        (449.49, "unmet", False),
        (450, "met", False),
        (450.4, "met", False),
    ],
)
def test_a_value_that_only_rounding_would_turn_is_a_knife_edge(
    area: float, verdict: str, edge: bool
) -> None:
    """4.496 m² is below 4.5 and shows as 4.50: unmet, flagged."""
    found = one(
        assessed([plain("1", teaching_area=area)]),
        rule="resources.teaching_area",
        school="1",
    )

    assert (verdict, edge) == (found.verdict.value, "knife_edge" in found.flags)
    if edge:
        assert 4.5 == engine.rounded(float(found.value or 0), 2)


def test_a_coefficient_is_rounded_to_three_decimals_for_its_edge() -> None:
    """0.5004 shows as 0.500: unmet and a knife edge, 0.51 is not."""
    edges = {}
    for teachers in (30_020, 31_000):
        rows = [
            plain("1", 10_000, primary_backbone_teachers=10_000),
            plain("2", 10_000, primary_backbone_teachers=teachers),
        ]
        found = one(
            assessed(rows), rule="resources.cv_backbone_teachers", stage="primary"
        )
        edges[teachers] = (found.verdict.value, "knife_edge" in found.flags)

    assert {30_020: ("unmet", True), 31_000: ("unmet", False)} == edges


def test_a_percentage_is_rounded_to_one_decimal_for_its_edge() -> None:
    """99.96 % of teachers shows as 100.0 %: unmet and a knife edge."""
    row = school("1", pupils=10, full_time_teachers=10_000, trained_teachers=9_996)
    found = one(assessed([row]), rule="government.teacher_training")

    assert ("unmet", 0.9996) == (found.verdict.value, found.value)
    assert "knife_edge" in found.flags


def test_a_stated_total_that_differs_is_a_discrepancy() -> None:
    """The schools' figures decide; the finding says that the county's differ."""
    row = school("1", pupils=10, full_time_teachers=10, trained_teachers=10)
    stated = {"primary_trained_teachers": 9, "primary_full_time_teachers": 10}
    result = assessed([row], county=stated)
    found = one(result, rule="government.teacher_training")

    assert ("met", 1.0) == (found.verdict.value, found.value)
    assert "discrepancy" in found.flags
    notes = ee.explain(found, lang="en").notes
    assert any("stated 9, schools add up to 10" in note for note in notes)
    other = one(result, rule="government.teacher_certification")
    assert "discrepancy" not in other.flags


def test_more_schools_stated_than_listed_is_incomplete() -> None:
    """Rules over schools may be unmet but never met, coefficients are unknown."""
    rows = [plain("1", primary_largest_class=45), plain("2", primary_largest_class=45)]
    result = assessed(rows, county={"primary_schools": 3})
    size = next(
        f for f in result.findings(rule="government.class_size") if f.entity == CODE
    )
    cv = one(result, rule="resources.cv_backbone_teachers", stage="primary")

    assert ("unknown", True) == (size.verdict.value, "incomplete" in size.flags)
    assert ("unknown", True) == (cv.verdict.value, "incomplete" in cv.flags)


def test_where_nothing_is_stated_completeness_was_not_checked() -> None:
    """The result says so, and says nothing of it where totals are stated."""
    rule = "government.class_size"
    flags = []
    for county in ({}, {"primary_schools": 1}):
        result = assessed([plain("1", primary_largest_class=45)], county=county)
        flags.append([f.flags for f in result.findings(rule=rule) if f.entity == CODE])

    assert [[("completeness_unchecked", "summary")], [("summary",)]] == flags


def test_an_undivided_total_is_flagged() -> None:
    """A class of 51 somewhere in a nine-year school is unmet for both stages."""
    row = school(
        "1", "nine_year", primary_pupils=90, junior_pupils=90, largest_class=51
    )
    found = assessed([row]).findings(rule="government.class_size", school="1")

    assert ["unmet", "unmet"] == [f.verdict.value for f in found]
    assert all("undivided" in f.flags for f in found)


def test_a_value_of_which_only_bounds_are_known_is_flagged() -> None:
    """Classes in the band 36 to 40 are met; the value itself is not known."""
    row = school("1", primary_pupils=80, primary_classes=2, primary_classes_36_40=2)
    row |= {f"primary_{band}": 0 for band in ("classes_41_45", "classes_46_50")}
    row |= {
        f"primary_classes_{band}": 0 for band in ("51_55", "56_60", "61_65", "ge66")
    }
    row |= {f"primary_classes_{band}": 0 for band in ("le25", "26_30", "31_35")}
    found = one(assessed([row]), rule="government.class_size", school="1")

    assert ("met", None) == (found.verdict.value, found.value)
    assert "bounded" in found.flags


def test_rooms_say_that_teaching_points_are_left_out() -> None:
    """The reading is an option, so the finding points at it while it is in use."""
    rule = "government.music_rooms"
    flags = [
        {
            f.flags
            for f in assessed([plain("1")], options=o).findings(rule=rule, school="1")
        }
        for o in ({}, {"room_teaching_points": "in"})
    ]

    assert [{("points_left_out",)}, {()}] == flags


# -- plain data --------------------------------------------------------------------


def test_plain_data_has_null_for_what_is_missing() -> None:
    """No NaN and no infinity stands in the JSON form, whatever is blank."""
    bare: dict[str, Any] = {"county": [{"code": CODE}]}
    for document in (*random_counties(), bare):
        result = ee.evaluate(io.read(document), on=ON)
        text = json.dumps(result.to_dict(), allow_nan=False, ensure_ascii=False)
        assert "NaN" not in text


def test_plain_data_is_what_the_findings_say() -> None:
    """Counties, dimensions, levels, readings and findings are all there."""
    data = demo().to_dict()
    (county,) = data["counties"]
    result = demo()[CODE]

    assert "eduequity/assessment/1" == data["schema"]
    assert ("2024-12-31", "quality-balance") == (data["on"], data["programme"])
    assert data["synthetic"] is True
    assert dict(demo().law.options) == data["options"]
    assert demo().facts.digest == data["data"]["digest"]
    assert demo().law.rules.keys() == data["rules"].keys()
    assert ("unmet", "unmet") == (county["verdict"], county["self_assessment"])
    assert [{"area": "", "verdict": "unmet"}] == county["levels"]
    assert [
        {"id": d.id, "verdict": d.verdict.value} for d in result.dimensions
    ] == county["dimensions"]
    assert [f.to_dict() for f in result.findings(components=True)] == county["findings"]
    assert len(demo().readings()) == len(county["readings"])
    cited = {s["source"] for f in county["findings"] for s in f["sources"]}
    assert cited <= data["sources"].keys()
    (pack,) = (p for p in data["packs"] if p["id"] == "national-quality-balance")
    assert ([""], 64) == (pack["areas"], len(pack["digest"]))


def test_upcoming_law_is_listed_from_the_day_before_to_its_day() -> None:
    """The monitoring subjects of the next year are announced, then in force."""
    first = assessed(on=dt.date(2024, 12, 31)).to_dict()["upcoming"]
    later = assessed(on=dt.date(2025, 1, 1)).to_dict()["upcoming"]
    gone = [each for each in first if each not in later]

    assert {"2025-01-01"} == {each["from"] for each in gone}
    assert {("语文", "艺术", "英语")} == {tuple(each["value"]) for each in gone}
    assert {"national-quality-balance/monitoring-plan-2021"} == {
        each["source"] for each in gone
    }


# -- what does not matter, and what does -------------------------------------------


def without_place(county: dict[str, Any]) -> dict[str, Any]:
    """Return a county in its JSON form with its findings by id."""
    return county | {"findings": {f["id"]: f for f in county["findings"]}}


def test_many_counties_are_judged_as_one_by_one() -> None:
    """No county has a say in the verdicts of another."""
    documents = random_counties()
    together = ee.evaluate(io.read(joined(documents)), on=ON).to_dict()["counties"]
    alone = [
        ee.evaluate(io.read(document), on=ON).to_dict()["counties"][0]
        for document in documents
    ]

    assert alone == together


def test_the_order_of_schools_does_not_matter() -> None:
    """Shuffled rows give the same findings."""
    for document in random_counties()[:4]:
        rows = list(document["schools"])
        random.Random(3).shuffle(rows)
        shuffled = {**document, "schools": rows}
        usual, other = (
            {f.id: (f.verdict, f.flags) for f in one_county(each)}
            for each in (document, shuffled)
        )
        assert usual == other


def one_county(document: dict[str, Any]) -> list[Finding]:
    """Return the findings of a document."""
    return list(ee.evaluate(io.read(document), on=ON).findings(components=True))


def test_records_and_rows_give_the_same_result() -> None:
    """A county of records is judged like the same county as a table."""
    section = ee.Section(pupils=500, above_degree_teachers=21, largest_class=46)
    record = ee.County(
        code=CODE,
        name="示例县",
        schools=(
            ee.School(code="1", name="第1学校", kind=ee.Kind.PRIMARY, primary=section),
        ),
    )
    row = school("1", pupils=500, above_degree_teachers=21, largest_class=46)
    by_record = ee.evaluate(record, on=ON).to_dict()
    by_row = assessed([row]).to_dict()

    assert by_row["counties"] == by_record["counties"]
    assert by_row["counties"] == ee.evaluate([record], on=ON).to_dict()["counties"]


def test_the_digest_is_of_the_facts_not_of_how_they_were_written() -> None:
    """A prefix that may be left out, or a blank column, changes no digest."""
    rows: list[Row] = [
        {"primary_pupils": 500, "primary_backbone_teachers": 21},
        {"pupils": 500, "backbone_teachers": 21},
        {"pupils": 500, "backbone_teachers": 21, "books": None},
        {"pupils": 500, "primary_pupils": 500, "primary_backbone_teachers": "21"},
    ]
    digests = {assessed([school("1", **row)]).facts.digest for row in rows}
    other = assessed([school("1", pupils=500, backbone_teachers=22)]).facts.digest

    assert 1 == len(digests)
    assert other not in digests


def test_the_law_of_another_area_may_be_used() -> None:
    """``as_area`` is told in the result, and the nation's law holds everywhere."""
    rows = [plain("1")]
    usual = assessed(rows)
    other = assessed(rows, as_area="350881")

    assert (None, "350881") == (usual.as_area, other.as_area)
    assert "350881" == other.to_dict()["as_area"]
    assert [f.id for f in usual.findings()] == [f.id for f in other.findings()]


def test_an_unknown_programme_or_option_is_named() -> None:
    """The error lists what there is and guesses what was meant."""
    with pytest.raises(UnknownNameError) as programme:
        assessed(programme="quality-balanc")
    with pytest.raises(UnknownNameError) as option:
        assessed(options={"relaxation": "always"})
    with pytest.raises(OptionError) as choice:
        assessed(options={"room_counting": "both"})

    assert "quality-balance" == programme.value.did_you_mean
    assert "relaxations" == option.value.did_you_mean
    assert ("per_type", "sum") == choice.value.choices


def test_today_is_the_day_unless_another_is_named() -> None:
    """An evaluation without a day is of today, and says so."""
    before = dt.date.today()  # noqa: DTZ011 - the law's days are local days
    result = ee.evaluate(io.read({"county": [{"code": CODE}]}))

    assert before <= result.on <= dt.date.today()  # noqa: DTZ011


def test_the_engine_needs_a_rulebook_and_indicators_only() -> None:
    """Without a registry it takes what it is handed."""
    known = Registry.of()
    facts = io.read({"county": [{"code": CODE}], "schools": [plain("1")]})
    result = engine.evaluate(facts, known.rulebook, known.indicators, on=ON)

    assert "unknown" == result[CODE].verdict.value
    assert ("", ()) == (result.engine, result.not_loaded)


# -- explaining --------------------------------------------------------------------


EXPLAINED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # finding: words in both languages, words in Chinese
    "threshold": (
        ":resources.sports_area@9999010039/junior",
        ("9.580645", "10.2", "第六条第五项", "教督〔2017〕6号"),
        ("未达标", "生均体育运动场馆面积", "折算学生数", "摘录可见"),
    ),
    "threshold against another value": (
        ":government.art_rooms@9999010005",
        ("表Ⅳ-3", "90"),
        ("未达标", "美术教室面积", "⌈班级数 ÷ 12⌉", "转录可见"),
    ),
    "quorum": (
        ":resources.section_quorum@9999010039/junior",
        ("9.580645", "10.2", "8.67", "第六条"),
        ("应不少于 6 项", "但不低于85%线", "摘录可见"),
    ),
    "dispersion": (
        ":resources.cv_backbone_teachers@999901#primary",
        ("0.54395", "1.65638", "22036", "第六条"),
        ("标准差", "示例县第一小学", "摘录可见"),
    ),
    "share": (
        ":government.teacher_training@999901",
        ("2287", "100%", "表Ⅳ-9"),
        ("应完成培训的教师数", "转录可见"),
    ),
    "every": (
        ":quality.monitoring_level@999901#数学",
        ("Ⅲ", "表Ⅴ-9"),
        ("只能由国家认定", "未核实"),
    ),
    "all": (
        ":quality.charter_and_ict@9999010001",
        ("表Ⅴ-3",),
        ("建立章程 = 是", "教学信息化 = 是"),
    ),
    "attested": (
        ":government.performance_pay@999901",
        ("表Ⅳ-8",),
        ("按规定足额核定绩效工资总量 = 是", "转录可见"),
    ),
    "veto": (
        ":vetoes.key_schools@999901",
        ("教督〔2017〕6号",),
        ("重点学校或重点班 = 否", "摘录可见"),
    ),
    "trend": (
        ":government.spending_total@999901",
        ("883600000", "845100000"),
        ("本年与上年相比", "摘录可见"),
    ),
    "summary": (
        ":resources.section_quorum@999901",
        ("9999010003/primary", "9999010039/junior", "第六条"),
        ("达标 45", "未达标 2"),
    ),
}


@pytest.mark.parametrize("shape", EXPLAINED)
def test_an_explanation_has_values_clause_and_how_it_is_known(shape: str) -> None:
    """One finding of every shape, in Chinese and in English."""
    finding_id, both, chinese = EXPLAINED[shape]
    finding = demo()[CODE].finding(finding_id)
    zh, en = (ee.explain(finding, lang=lang) for lang in ("zh", "en"))

    for words in (*both, *chinese, finding.id, finding.verdict.label.zh):
        assert words in str(zh)
    for words in (*both, finding.id, finding.verdict.label.en):
        assert words in str(en)
    for said in (zh, en):
        assert finding is said.finding
        assert len(finding.sources) == len(said.references)
        assert all(reference.read for reference in said.references)
    assert "known: " in str(en)


def test_the_rule_shapes_of_the_pack_are_all_explained() -> None:
    """No shape that the national rules use is left out above."""
    used = {rule.kind for _, rule in demo().law.rules.values()}

    assert used <= EXPLAINED.keys()


def test_every_finding_can_be_explained_in_both_languages() -> None:
    """Blanks, bounds and gaps too: no explanation fails or shows a NaN."""
    for document in random_counties()[1:4:2]:
        for finding in one_county(document):
            for lang in ("zh", "en"):
                text = str(ee.explain(finding, lang=lang))
                assert finding.id in text
                assert not re.search(r"\b(nan|inf|None)\b", text), text


def test_the_largest_contributors_of_a_coefficient_come_first() -> None:
    """They are those with the largest share of the variance, at most five."""
    finding = demo()[CODE].finding(":resources.cv_backbone_teachers@999901#primary")
    lines = ee.explain(finding, lang="en").contributors
    shares = [
        float(re.findall(r"([\d.]+)% of the variance", line)[0]) for line in lines
    ]

    assert 5 == len(lines)
    assert sorted(shares, reverse=True) == shares
    assert ["9999010001", "9999010002"] == [
        re.findall(r"\((\d+)\)", line)[0] for line in lines[:2]
    ]


def test_the_unmet_units_of_a_rule_are_listed_with_its_summary() -> None:
    """Every failing unit is named, with its value and line."""
    finding = demo()[CODE].finding(":government.class_size@999901")
    lines = ee.explain(finding, lang="en").contributors

    assert ["9999010004/primary", "9999010035/junior"] == [
        re.findall(r"\d+/\w+", line)[0] for line in lines
    ]
    assert "47 pupils (asked ≤ 45)" in lines[0]


# -- figures that others have published --------------------------------------------


def test_the_published_coefficient_of_five_schools() -> None:
    """0.515257 unrounded, published as 0.52."""
    rows = published("worked-cv-5-schools")
    pupils = [float(row["在校生数"]) for row in rows]
    books = [float(row["图书册数"]) for row in rows]
    values = [b / p for b, p in zip(books, pupils, strict=True)]
    total = {
        row["项目"]: row["公布值"] for row in published("worked-cv-5-schools-published")
    }

    found = measures.coefficient_of_variation(values, pupils)
    assert 0.515257 == round(found, 6)
    assert float(total["差异系数"]) == engine.rounded(found, 2)
    mean = measures.weighted_mean(values, pupils)
    assert float(total["全县生均"]) == engine.rounded(mean, 2)
    for row, value in zip(rows, values, strict=True):
        # 279 / 45 = 6.2, and so on: the table truncates 4.229… but not the ratios.
        assert float(row["公布_生均图书册数"]) == pytest.approx(value, abs=0.006)
    unweighted = measures.coefficient_of_variation(values, None)
    assert 0.488771 == round(unweighted, 6)  # which would have passed 0.50


def test_the_published_coefficients_of_ningguo() -> None:
    """Of the 14 that 宁国 published for 2022, 12 exceed the limits in force."""
    limits = Registry.of().rulebook.law("quality-balance", dt.date(2022, 12, 31))
    (value,) = limits.values("coefficient_maximum")
    limit = {"小学": value.primary, "初中": value.junior}
    unmet: list[tuple[str, str]] = []
    met: list[tuple[str, str]] = []
    for row in published("ningguo-2022-cv"):
        for name, cell in list(row.items())[5:-1]:
            bar = limit[row["学段"]]
            assert bar is not None
            (unmet if float(cell) > bar else met).append((row["学段"], name))

    assert (12, 2) == (len(unmet), len(met))
    assert {("小学", "生均教学仪器设备值"), ("初中", "生均教学仪器设备值")} == set(met)


def test_the_published_split_of_a_nine_year_school() -> None:
    """9711 and 13515 books, published from a rounded ratio: within one book."""
    cells = {row["项目"]: row["公布值"] for row in published("worked-split-nine-year")}
    primary, junior, books = (
        np.array([float(cells[name])])
        for name in ("小学在校生数", "初中在校生数", "图书总册数")
    )
    one_, none = np.ones(1), np.zeros(1)
    weights = (one_, float(cells["初中折算权重"]) * one_)
    weighted = INDICATORS["weighted_pupils"](
        primary, junior, none, none, *weights, 1.32 * one_, "0"
    )
    parts = [
        books * INDICATORS["split_share"](stage.rank * one_, own, weighted, *weights)
        for stage, own in ((Stage.PRIMARY, primary), (Stage.JUNIOR, junior))
    ]

    assert float(cells["折算学生数(分母)"]) == pytest.approx(float(weighted[0]))
    assert float(cells["拆分_小学部图书"]) == pytest.approx(float(parts[0][0]), abs=1)
    assert float(cells["拆分_初中部图书"]) == pytest.approx(float(parts[1][0]), abs=1)
    assert float(books[0]) == pytest.approx(float(parts[0][0] + parts[1][0]))


@pytest.mark.parametrize(
    ("kind", "pupils", "area", "expected"),
    [
        (
            "nine_year",
            {"primary": 800, "junior": 400},
            6200,
            {"primary": 5.0, "junior": 5.5},
        ),
        (
            "twelve_year",
            {"primary": 600, "junior": 400, "senior": 300},
            9000,
            {"primary": 6.2674, "junior": 6.8942},
        ),
        (
            "complete_secondary",
            {"junior": 500, "senior": 700},
            9000,
            {"junior": 6.7164},
        ),
    ],
)
def test_the_splits_of_the_dossier(
    kind: str, pupils: dict[str, int], area: int, expected: dict[str, float]
) -> None:
    """Junior pupils count 1.1, seniors 1.32, and their share is dropped."""
    row = school(
        "1", kind, teaching_area=area, indoor_sports_area=0, sports_hall_area=0
    )
    row |= {f"{stage}_pupils": number for stage, number in pupils.items()}
    found = assessed([row]).findings(rule="resources.teaching_area", school="1")

    assert expected == {f.stage: round(float(f.value or 0), 4) for f in found}


# -- the demo county ---------------------------------------------------------------


EXPECTED = tomllib.loads((DEMO / "expected.toml").read_text(encoding="utf-8"))


def entity_of(finding: Finding) -> str:
    """Name a finding's unit as expected.toml does."""
    staged = finding.scope is Scope.COUNTY and finding.stage
    return f"{finding.entity}/{finding.stage}" if staged else finding.entity


def test_the_demo_county_as_a_whole() -> None:
    """Its verdicts are those that somebody worked out from plain fractions."""
    county = demo()[CODE]

    assert dt.date.fromisoformat(str(EXPECTED["on"])) == ON
    assert (EXPECTED["verdict"], EXPECTED["self_assessment"]) == (
        county.verdict.value,
        county.self_assessment.value,
    )
    assert EXPECTED["dimensions"] == {d.id: d.verdict.value for d in county.dimensions}
    assert EXPECTED["rules"].keys() == demo().law.rules.keys()


@pytest.mark.parametrize("rule", EXPECTED["rules"])
def test_a_rule_of_the_demo_county(rule: str) -> None:
    """Verdict, failing units and coefficients are those of expected.toml."""
    expected = EXPECTED["rules"][rule]
    county = demo()[CODE]
    findings = [f for f in county.findings(rule=rule) if "summary" not in f.flags]

    assert expected["verdict"] == county[rule.partition(".")[0]].rules[rule].value
    failing = [entity_of(f) for f in findings if f.verdict is Verdict.UNMET]
    assert sorted(expected["failing"]) == sorted(failing)
    unknown = {entity_of(f) for f in findings if f.verdict is Verdict.UNKNOWN}
    assert set(expected.get("unknown", ())) == unknown
    assert expected.get("component", False) == findings[0].component
    benchmark = findings[0].force is Force.BENCHMARK
    assert expected.get("benchmark", False) == benchmark
    assert expected.get("determined_by") == (
        None if benchmark else findings[0].determined_by
    )
    for stage in ("primary", "junior"):
        if stage in expected:
            (found,) = (f for f in findings if f.stage == stage)
            assert expected[stage] == round(float(found.value or 0), 6)
    if "missing" in expected:
        items = [f.item for f in findings if f.verdict is Verdict.UNKNOWN]
        assert expected["missing"] == items
    if "value" in expected:
        assert expected["value"] == round(float(findings[0].value or 0), 6)
    if "sections" in expected:
        judged = [f for f in findings if f.verdict is not Verdict.NOT_APPLICABLE]
        assert expected["sections"] == len(judged)


def test_the_demo_county_says_that_it_is_synthetic() -> None:
    """Invented data says so on every output."""
    assert demo().synthetic
    assert not assessed([plain("1")]).synthetic
    assert not math.isnan(float(demo().facts.counties.numbers("synthetic")[0]))
