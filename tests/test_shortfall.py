"""The shortfall: carried out it meets the rule, and one unit less does not."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.engine import Change, Shortfall
from eduequity.vocab import Unit
from tests.reference import counties, quality_balance


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
RELAXED = dt.date(2022, 6, 1)
DOCUMENTS = counties.documents(14, seed=20261122)
COUNTED = ("resources.", "government.", "quality.")
HUNDREDTHS = (Unit.M2, Unit.YUAN)

Document = dict[str, Any]


def assessed(document: Document, on: dt.date = ON) -> ee.CountyResult:
    """Return the one county of a document, judged."""
    (county,) = ee.evaluate(io.read(copy.deepcopy(document)), on=on).values()
    return county


def one_less(change: Change) -> Change:
    """Return a change that is one unit smaller: the least that can be counted."""
    step = 0.01 if change.unit in HUNDREDTHS else 1
    less = step if change.amount > 0 else -step
    amount = round(change.amount - less, 2)
    return Change(
        column=change.column,
        entity=change.entity,
        amount=amount,
        unit=change.unit,
        label=change.label,
        where=change.where,
        rule=change.rule,
    )


def column_of(row: Document, change: Change) -> str | None:
    """Return the column of a row that holds what is changed."""
    stage = change.entity.partition("/")[2]
    names = [f"{stage}_{change.column}", change.column] if stage else [change.column]
    if change.column == "above_degree_teachers":
        names.insert(1, f"{stage}_teachers_bachelor")  # counts for either stage
    return next((name for name in names if row.get(name) is not None), None)


def carried_out(document: Document, changes: Iterator[Change] | Any) -> Document | None:
    """Return a document with the changes made by hand; None where it cannot be."""
    made = copy.deepcopy(document)
    for change in changes:
        code = change.entity.partition("/")[0]
        rows = [*made["schools"], *made["county"]]
        (row,) = [row for row in rows if row["code"] == code]
        name = column_of(row, change)
        if change.column == change.rule:
            return None  # a signature
        if change.unit is Unit.YES_NO:
            row[change.column] = change.amount > 0
        elif name is None:
            return None
        elif change.column.endswith("_room_areas"):
            given = row[name] if isinstance(row[name], list) else row[name].split(";")
            row[name] = [float(each) for each in given if each] + [1000.0] * round(
                change.amount
            )
        else:
            exact = Fraction(str(row[name])) + Fraction(str(change.amount))
            row[name] = int(exact) if exact.denominator == 1 else float(exact)
            follow(row, change.entity.partition("/")[2])
    return made


def follow(row: Document, stage: str) -> None:
    """Let what no rule of resources asks follow, so that the data stay possible."""
    for most in ("full_time_teachers", "staff"):
        name = f"{stage}_{most}"
        if row.get(name) is not None:
            row[name] = max(row[name], 10_000)
    for part in ("pupils_in_zone", "boarders"):
        name = f"{stage}_{part}"
        if row.get(name) is not None and row.get(f"{stage}_pupils") is not None:
            row[name] = min(row[name], row[f"{stage}_pupils"])


def readable(document: Document) -> bool:
    """Whether the data can be so: not more backbone teachers than teachers, say."""
    try:
        io.read(copy.deepcopy(document))
    except ee.InputError:
        return False
    return True


def verdicts(document: Document, each: Shortfall, on: dt.date) -> tuple[str, str]:
    """Return what the engine and the reference in fractions say of a finding."""
    finding = each.finding
    (engine,) = {
        f.verdict.value
        for f in assessed(document, on).findings(rule=finding.rule)
        if f.id == finding.id
    }
    item = "" if finding.scope.value in ("section", "school") else "*"
    key = (finding.rule, finding.entity, item)
    said = quality_balance.evaluate(document, on=on)
    return engine, said.get(key, "not_applicable")


def tried(
    number: int, on: dt.date
) -> Iterator[tuple[Shortfall, Document, tuple[Change, ...]]]:
    """Yield the shortfalls of a county with every way of mending that they name."""
    document = DOCUMENTS[number]
    merged = {row.get("parent") for row in document["schools"]}
    for each in assessed(document, on).shortfall():
        if not each.finding.rule.startswith(COUNTED):
            continue
        if each.finding.entity.partition("/")[0] in merged:
            continue  # its figures are those of several rows
        for way in (each.changes, *((other,) for other in each.alternatives)):
            if way and (each.sufficient or way is not each.changes):
                yield each, document, way


@pytest.mark.parametrize("on", [ON, RELAXED])
@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_what_is_named_is_enough_and_nothing_less_is(number: int, on: dt.date) -> None:
    """Engine and reference agree: met with the change, and not with one unit less."""
    for each, document, way in tried(number, on):
        if each.finding.stage and each.finding.scope.value == "county":
            continue  # shared out over sections: tested below
        enough = carried_out(document, way)
        if enough is None or not readable(enough):
            continue

        assert ("met", "met") == verdicts(enough, each, on), (each.finding.id, way)

        for nth, change in enumerate(way):
            if change.unit is Unit.YES_NO:
                continue
            short = [*way[:nth], one_less(change), *way[nth + 1 :]]
            too_little = carried_out(document, short)
            assert too_little is not None
            assert "met" not in verdicts(too_little, each, on), (each.finding.id, way)


def test_the_random_counties_try_every_kind_of_change() -> None:
    """The test above is no empty one."""
    seen = {
        (change.column, change.amount > 0)
        for number in range(len(DOCUMENTS))
        for _, document, way in tried(number, ON)
        if carried_out(document, way) is not None
        for change in way
    }

    assert seen >= {
        ("above_degree_teachers", True),
        ("backbone_teachers", True),
        ("pe_arts_teachers", True),
        ("teaching_area", True),
        ("outdoor_sports_area", True),
        ("equipment_value", True),
        ("multimedia_classrooms", True),
        ("music_room_areas", True),
        ("largest_class", False),
        ("pupils", False),
        ("funded_pupils", True),
        ("training_budget", True),
    }


# -- by hand ---------------------------------------------------------------------------

LINES = {
    "above_degree_teachers": Fraction("4.2"),
    "backbone_teachers": Fraction(1),
    "pe_arts_teachers": Fraction("0.9"),
}
AREAS = {
    "teaching_area": Fraction("4.5"),
    "outdoor_sports_area": Fraction("7.5"),
    "equipment_value": Fraction(2000),
}


def primary(code: str = "1", **cells: Any) -> Document:
    """Return a primary school of 500 pupils that meets everything, but for *cells*."""
    return {
        "code": code,
        "name": f"示例小学{code}",
        "kind": "primary",
        "locale": "rural",
        "primary_pupils": 500,
        "primary_above_degree_teachers": 21,
        "primary_backbone_teachers": 5,
        "primary_pe_arts_teachers": 5,
        "teaching_area": 2250,
        "indoor_sports_area": 0,
        "sports_hall_area": 0,
        "outdoor_sports_area": 3750,
        "equipment_value": 1_000_000,
        "multimedia_classrooms": 12,
        **cells,
    }


def county_of(*schools: Document, **cells: Any) -> Document:
    """Return a document of one county."""
    return {
        "county": [{"code": "999901", "name": "示例县", **cells}],
        "schools": schools,
    }


def lacking(document: Document, rule: str) -> Shortfall:
    """Return the one shortfall of a rule, whatever its force."""
    (finding,) = [
        each
        for each in assessed(document).findings(rule=rule, verdict="unmet")
        if "summary" not in each.flags
    ]
    found = finding.shortfall()
    assert found is not None
    return found


def fewest(row: Document) -> int:
    """Count by trying every choice: each indicator left, lifted to 85 % or in full."""
    pupils, missed = row["primary_pupils"], []
    for name, line in LINES.items():
        value = Fraction(row[f"primary_{name}"] * 100, pupils)
        missed.append((value >= line, value >= line * Fraction(85, 100)))
    for name, line in AREAS.items():
        value = Fraction(str(row[name])) / pupils
        missed.append((value >= line, value >= line * Fraction(85, 100)))
    best = len(missed)
    for choice in itertools.product(("left", "floor", "full"), repeat=len(missed)):
        states = [
            (met or how == "full", afloat or how != "left")
            for (met, afloat), how in zip(missed, choice, strict=True)
        ]
        fails = sum(not met for met, _ in states)
        if fails <= 1 and all(afloat for _, afloat in states):
            best = min(best, sum(how != "left" for how in choice))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_a_quorum_is_reached_by_the_fewest_changes(seed: int) -> None:
    """No choice of what to lift, tried one by one, needs fewer quantities."""
    rng = random.Random(seed)
    row = primary(
        primary_above_degree_teachers=rng.choice([21, 20, 18, 17, 9]),
        primary_backbone_teachers=rng.choice([5, 4, 2]),
        primary_pe_arts_teachers=rng.choice([5, 4, 3]),
        teaching_area=rng.choice([2250, 2249.99, 1912.5, 1912.49]),
        outdoor_sports_area=rng.choice([3750, 3749.99, 3187.49]),
        equipment_value=rng.choice([1_000_000, 999_999.99, 100]),
    )
    found = [
        each
        for each in assessed(county_of(row)).shortfall()
        if each.finding.rule == "resources.section_quorum"
    ]

    assert fewest(row) == (len(found[0].changes) if found else 0)


def test_a_share_lacks_what_its_sums_lack() -> None:
    """12 + 9 teachers of whom 10 + 5 are trained: 6 more; no school above its all."""
    staff: Document = {"primary_above_degree_teachers": 5}
    document = county_of(
        primary(
            "1", **staff, primary_full_time_teachers=12, primary_trained_teachers=10
        ),
        primary("2", **staff, primary_full_time_teachers=9, primary_trained_teachers=5),
    )
    (change,) = lacking(document, "government.teacher_training").changes

    assert ("trained_teachers", "999901", 6.0) == (
        change.column,
        change.entity,
        change.amount,
    )


def test_a_combined_school_needs_more_in_all_than_its_section_lacks() -> None:
    """800 + 400 pupils weigh 1240; the juniors get 440/1240 and ask for 5.8 × 400."""
    school = primary(
        kind="nine_year",
        primary_pupils=800,
        junior_pupils=400,
        teaching_area=6200,
        outdoor_sports_area=1e6,
        equipment_value=1e8,
        multimedia_classrooms=500,
    )
    school |= {f"{stage}_{n}": 100 for n in LINES for stage in ("primary", "junior")}
    school |= {"junior_backbone_teachers": 3}
    found = lacking(county_of(school), "resources.section_quorum")

    # 5.5 ≥ 85 % of 5.8 may stay, so the backbone teachers are lifted, or the area is.
    (change,) = found.changes
    needed = Fraction("5.8") * 400 * 1240 / 440 - 6200
    assert change.column in ("backbone_teachers", "teaching_area")
    component = assessed(county_of(school)).finding(":resources.teaching_area@1/junior")
    lacks = component.shortfall()
    assert lacks is not None
    exact = lacks.changes[0].amount
    assert 0 <= Fraction(str(exact)) - needed < Fraction(1, 100)
    assert "339㎡" in lacks.sentence("zh")


def test_what_two_stages_ask_of_one_school_counts_once() -> None:
    """The total is the larger of two demands on the same area, not their sum."""
    school = primary(
        kind="nine_year",
        primary_pupils=500,
        junior_pupils=500,
        teaching_area=1000,
        outdoor_sports_area=1000,
        equipment_value=1e8,
        multimedia_classrooms=500,
    )
    school |= {f"{stage}_{n}": 100 for n in LINES for stage in ("primary", "junior")}
    found = assessed(county_of(school)).shortfall()
    asked: dict[str, list[float]] = {}
    for each in found:
        for change in each.changes:
            asked.setdefault(change.column, []).append(change.amount)
    totals = {each.column: each.amount for each in found.totals}

    assert any(len(amounts) > 1 for amounts in asked.values())
    assert {name: max(amounts) for name, amounts in asked.items()} == totals


def test_a_coefficient_names_its_schools_and_its_parts() -> None:
    """Three schools of 100: 1, 1 and 7 computers' worth; by hand."""
    document = county_of(
        *(
            primary(str(n), locale=locale, primary_pupils=100, equipment_value=value)
            for n, locale, value in [
                (1, "rural", 200_000),
                (2, "rural", 200_000),
                (3, "urban", 1_400_000),
            ]
        )
    )
    spread = lacking(document, "resources.cv_equipment_value").spread
    assert spread is not None

    # mean 6000; distances −4000, −4000, 8000: squares 16, 16, 64 of 96
    assert 6000 == pytest.approx(spread.mean)
    assert "3/primary" == spread.pulls[0].entity
    assert [2 / 3, 1 / 6, 1 / 6] == pytest.approx([p.share for p in spread.pulls])
    assert spread.theil is not None
    assert 0 == pytest.approx(spread.theil.within)
    expected = (2 * math.log(1 / 3) / 3 + 7 * math.log(7 / 3) / 3) / 3
    assert expected == pytest.approx(spread.theil.between)


def test_where_evidence_is_missing_the_change_is_not_said_to_suffice() -> None:
    """One indicator is blank: two misses are mended, the quorum stays unknown."""
    row = primary(
        primary_backbone_teachers=0, primary_pe_arts_teachers=0, teaching_area=None
    )
    found = lacking(county_of(row), "resources.section_quorum")

    assert not found.sufficient
    assert {"backbone_teachers", "pe_arts_teachers"} >= {
        each.column for each in found.changes
    }
    assert "还缺证据" in found.sentence("zh")


def test_what_is_not_unmet_lacks_nothing() -> None:
    """No shortfall for a finding that is met, unknown or not applicable."""
    county = assessed(county_of(primary()))
    for finding in county.findings(components=True):
        if finding.verdict.value != "unmet":
            assert finding.shortfall() is None


def test_the_joined_finding_has_the_changes_of_its_units() -> None:
    """`ee.shortfall` of a summary, a county and a result."""
    document = county_of(
        *(primary(str(n), primary_largest_class=45 + n) for n in (1, 2))
    )
    county = assessed(document)
    summary = next(
        f for f in county.findings(rule="government.class_size") if "summary" in f.flags
    )
    whole = ee.shortfall(summary)
    assert whole is not None

    assert [-1.0, -2.0] == [each.amount for each in whole.changes]
    assert len(ee.shortfall(county)) == len(ee.shortfall(county.assessment))


def test_shortfalls_are_plain_data_in_two_languages() -> None:
    """Exact amounts in the data, whole units in the sentence."""
    row = primary(teaching_area=1000.015, primary_backbone_teachers=4)
    told = assessed(county_of(row)).shortfall().to_dict()

    assert "eduequity/shortfall/1" == told["schema"]
    (change,) = [
        change
        for each in told["shortfalls"]
        for change in each["changes"]
        if change["column"] == "teaching_area"
    ]
    assert change["floor"]
    assert "㎡" in change["zh"]
    assert "m²" in change["en"]


# -- what has no section of its own ----------------------------------------------------

KINDERGARTEN: Document = {
    "code": "K1",
    "name": "示例园",
    "county": "999901",
    "owner": "public",
    "licensed": True,
    "children": 60,
    "planned_year": 2018,
    "outdoor_area": 240,
    "activity_area": 500,
    "floor_area": 700,
    "classes": 2,
    "oversized_classes": 0,
    "full_time_teachers": 4,
    "certified_teachers": 4,
    "heads": 1,
    "certified_heads": 1,
}


def preschool(*kindergartens: Document) -> ee.CountyResult:
    """Return a county of kindergartens with 200 children of that age, judged."""
    document = {
        "county": [{"code": "999901", "name": "示例县", "population_3_6": 200}],
        "kindergartens": [{**KINDERGARTEN, **each} for each in kindergartens],
    }
    (county,) = ee.evaluate(
        io.read(document), on=ON, programme="preschool-universal"
    ).values()
    return county


def amounts(county: ee.CountyResult, finding: str) -> dict[str, float]:
    """Return what a finding lacks, by column."""
    found = county.finding(finding).shortfall()
    assert found is not None
    assert found.sufficient
    return {each.column: each.amount for each in found.changes}


def test_a_kindergarten_lacks_areas_each_of_its_own() -> None:
    """60 children: 4 × 60 − 200, 8.17 × 60 − 400; the floor area suffices."""
    short = {"outdoor_area": 200, "activity_area": 400}
    county = preschool(short)

    assert {"outdoor_area": 40.0, "activity_area": 90.2} == amounts(
        county, ":care.premises@K1"
    )
    for missing in ("outdoor_area", "activity_area"):
        mended = {"outdoor_area": 240, "activity_area": 490.2}
        for less, verdict in ((0, "met"), (0.01, "unmet")):
            given = {**mended, missing: mended[missing] - less}
            assert verdict == preschool(given).finding(":care.premises@K1").verdict


def test_certificates_are_no_more_than_there_are_teachers() -> None:
    """2 of 4 teachers and no head: both lack, and nobody is dismissed for it."""
    county = preschool({"certified_teachers": 2, "certified_heads": 0})

    assert {"certified_teachers": 2.0, "certified_heads": 1.0} == amounts(
        county, ":care.certification@K1"
    )


def test_shares_over_kindergartens_are_counted_out() -> None:
    """160 of 200 children, 60 of them in public ones; 11 teachers for 160."""
    county = preschool(
        {"full_time_teachers": 3, "certified_teachers": 3},
        {"code": "K2", "owner": "private", "children": 100, "full_time_teachers": 7}
        | {"classes": 4, "oversized_classes": 3},
    )

    assert {"children": 10.0} == amounts(county, ":coverage.gross_enrolment@999901")
    assert {"children_inclusive": 68.0} == amounts(
        county, ":coverage.inclusive_share@999901"
    )
    assert {"children_public": 20.0} == amounts(county, ":coverage.public_share@999901")
    assert {"full_time_teachers": 1.0} == amounts(county, ":care.teacher_ratio@999901")
    assert {"oversized_classes": -3.0} == amounts(county, ":care.class_size@999901")


def spending(year: int, yuan: float, pupils: int) -> Document:
    """Return one year of the county's education spending."""
    return {
        "county": "999901",
        "year": year,
        "measure": "一般公共预算教育支出",
        "education_spending": yuan,
        "enrolled_pupils": pupils,
    }


@pytest.mark.parametrize(
    ("rule", "pupils", "lacks"),
    [("spending_total", 1000, 500.25), ("spending_per_pupil", 1100, 100_500.25)],
)
def test_spending_lacks_yuan(rule: str, pupils: int, lacks: float) -> None:
    """999 499.75 after 1 000 000: in all, and for 1100 pupils in place of 1000."""
    document = county_of(primary())
    document["finance"] = [
        spending(2023, 1_000_000, 1000),
        spending(2024, 999_499.75, pupils),
    ]
    (change,) = lacking(document, f"government.{rule}").changes

    assert ("education_spending", lacks) == (change.column, change.amount)
    for less, verdict in ((0, "met"), (0.01, "unmet")):
        made = copy.deepcopy(document)
        made["finance"][1]["education_spending"] = round(999_499.75 + lacks - less, 2)
        finding = assessed(made).finding(f":government.{rule}@999901")
        assert verdict == finding.verdict.value


def test_time_and_levels_are_natural_quantities() -> None:
    """Recognised on 2022-06-01: three years are over in 2025; a subject at level Ⅱ."""
    document = county_of(primary(), basic_balance_recognised_on="2022-06-01")
    document["monitoring"] = [
        {"county": "999901", "year": 2024, "organiser": "national"}
        | {"subject": "数学", "grade": grade, "level": level}
        | {"between_school_rate": 0.2}
        for grade, level in [(4, 2), (8, 1)]
    ]
    (wait,) = lacking(document, "eligibility.basic_balance_years").changes
    levels = lacking(document, "quality.monitoring_level").changes
    gap = lacking(document, "quality.monitoring_gap")

    assert (1.0, Unit.YEARS) == (wait.amount, wait.unit)
    assert "年数 增加 1年" in wait.sentence()
    assert [1.0, 2.0] == [each.amount for each in levels]
    assert "示例县·8年级：学业水平等级 增加 2级" == levels[1].sentence()
    assert not gap.changes
    assert "校际差异率" in gap.sentence("zh")
    assert "rate" in gap.sentence("en")


def test_a_mean_of_coefficients_names_those_that_pull_it_up() -> None:
    """1 : 1 : 4 in seven of eight (√2 ÷ 2), books in one school alone (√2)."""
    numbers = {
        "computers": 50,
        "primary_full_time_teachers": 25,
        "primary_above_degree_teachers": 20,
        "primary_intermediate_title_teachers": 10,
        "teaching_area": 1000,
        "outdoor_sports_area": 2000,
        "equipment_value": 100_000,
    }
    document = county_of(
        *(
            primary(str(n), **{k: by * v for k, v in numbers.items()})
            | {"books": 3000 * (n == 3), "owner": "public"}
            for n, by in [(1, 1), (2, 1), (3, 4)]
        )
    )
    (county,) = ee.evaluate(
        io.read(document), on=ON, programme="basic-balance"
    ).values()
    (composite,) = county.findings(rule="balance.composite", stage="primary")
    found = composite.shortfall()
    assert found is not None

    assert 9 / 8 * math.sqrt(2) / 2 == pytest.approx(composite.value)
    assert "balance.cv_books" == found.parts[0].rule
    assert 8 == len(found.parts)
    assert math.sqrt(2) == pytest.approx(found.parts[0].coefficient)
    puller = found.parts[0].pulls[0]
    assert "3/primary" == puller.entity
    assert 2 / 3 == pytest.approx(puller.share)
    assert "占各项之和 22.2%" in found.sentence("zh")
    assert "22.2% of the sum" in found.sentence("en")


def test_where_only_totals_are_stated_a_share_lacks_what_they_lack() -> None:
    """100 + 60 teachers, 90 + 50 of them trained: 20 more, no stage above its all."""
    county = assessed(
        {
            "county": [
                {
                    "code": "999901",
                    "name": "示例县",
                    "primary_full_time_teachers": 100,
                    "primary_trained_teachers": 90,
                    "junior_full_time_teachers": 60,
                    "junior_trained_teachers": 50,
                }
            ]
        }
    )

    assert {"trained_teachers": 20.0} == amounts(
        county, ":government.teacher_training@999901"
    )


def test_every_unmet_finding_says_something() -> None:
    """A change, who pulls, or a sentence why nothing is counted out; no "None"."""
    told = 0
    for number in range(0, len(DOCUMENTS), 3):
        for finding in assessed(DOCUMENTS[number]).findings(verdict="unmet"):
            found = finding.shortfall()
            assert found is not None
            for lang in ("zh", "en"):
                assert found.sentence(lang)
                assert "None" not in found.sentence(lang)
                assert " nan" not in found.sentence(lang)
            told += 1

    assert told > 50
