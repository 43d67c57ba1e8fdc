"""Ratios of single sections that somebody published: what is judged by them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import openpyxl
import pytest

import eduequity as ee
from eduequity.engine import CountyResult, Finding, Worksheet
from eduequity.report._calculations import Calculations
from eduequity.report._groups import groups_of, remarks
from tests.reference import counties, quality_balance


ON = dt.date(2023, 6, 30)
QUORUM = "resources.section_quorum"

SEVEN = {
    "above_degree_teachers": "above_degree_teachers_per_100",
    "backbone_teachers": "backbone_teachers_per_100",
    "pe_arts_teachers": "pe_arts_teachers_per_100",
    "teaching_area": "teaching_area_per_pupil",
    "sports_area": "sports_area_per_pupil",
    "equipment_value": "equipment_value_per_pupil",
    "multimedia_classrooms": "multimedia_classrooms_per_100",
}
ENOUGH = (5.0, 1.2, 1.0, 5.0, 8.0, 2100.0, 3.0)
"""Seven ratios of a primary section well above 第六条's lines."""

Row: TypeAlias = dict[str, Any]

pytestmark = pytest.mark.usefixtures("national_only")


def told(
    entity: str, values: Sequence[float | None] = ENOUGH, **more: Any
) -> list[Row]:
    """Return the seven published ratios of a section, but for those left out."""
    return [
        {
            "entity": entity,
            "indicator": name,
            "value": value,
            "source": "表Ⅱ-2",
            **more,
        }
        for name, value in zip(SEVEN.values(), values, strict=True)
        if value is not None
    ]


def primary(code: str, pupils: float | None = 600, **more: Any) -> Row:
    """Return a primary school without any records of its resources."""
    return {
        "code": code,
        "name": code,
        "kind": "primary",
        "primary_pupils": pupils,
        **more,
    }


def assessed(
    schools: Sequence[Row], reported: Sequence[Row], on: dt.date = ON, **more: Any
) -> CountyResult:
    """Return the county judged from schools and published figures."""
    tables = {"county": [{"code": "999901", **more}], "schools": list(schools)}
    return ee.evaluate(ee.read({**tables, "reported": list(reported)}), on=on)["999901"]


def found(county: CountyResult, rule: str, unit: str = "999901") -> Finding:
    """Return the finding of a rule for a section, a stage or the county."""
    (one,) = (
        each
        for each in county.findings(rule=rule, components=True)
        if each.id.partition("@")[2] == unit
    )
    return one


# -- the quorum ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "verdict", "count"),
    [
        (ENOUGH, "met", 7),
        # 1700 is 85 % of 2000, 1699 is below it.
        ((5, 1.2, 1, 5, 8, 1700, 3), "met", 6),
        ((5, 1.2, 1, 5, 8, 1699, 3), "unmet", 6),
        ((5, 1.2, 1, 5, 7.4, 1900, 3), "unmet", 5),
        ((5, 1.2, 1, 5, 8, None, 3), "unknown", None),
        # Two misses, or one below its floor, whatever is missing.
        ((None, 1.2, 1, 5, 7.4, 1900, 3), "unmet", None),
        ((None, 1.2, 1, 5, 6, 2100, 3), "unmet", None),
    ],
)
def test_a_quorum_of_published_ratios(
    values: tuple[float | None, ...], verdict: str, count: int | None
) -> None:
    """At least 6 of 7, the other at 85 %: from 表Ⅱ-2 alone, and marked as reported."""
    county = assessed([primary("A")], told("A/primary", values))

    one, whole = found(county, QUORUM, "A/primary"), found(county, QUORUM)
    assert (verdict, count, "reported") == (one.verdict, one.value, one.basis)
    assert (verdict, "reported") == (whole.verdict, whole.basis)
    assert "依据公布的数（表Ⅱ-2；没有原始数据）" in one.notes[0].zh
    assert "rests on published figures (表Ⅱ-2)" in one.notes[0].en
    assert "1 个学段单位中 1 个依据公布的数" in whole.notes[0].zh
    assert "of 1 sections 1 rest on published figures" in whole.notes[0].en


def test_every_finding_from_published_ratios_says_so() -> None:
    """Components, quorum and coefficients: reported, with a note that is explained."""
    county = assessed(
        [primary("A"), primary("B", 300)], [*told("A/primary"), *told("B/primary")]
    )
    resting = [
        each
        for each in county.findings(components=True)
        if each.rule.startswith("resources.") and each.verdict != "not_applicable"
    ]

    assert 7 * 3 + 3 + 7 == len(resting)
    for each in resting:
        assert "reported" == each.basis, each.id
        for lang in ("zh", "en"):
            assert f"※ {each.notes[0].get(lang)}" in str(ee.explain(each, lang=lang))


@pytest.mark.parametrize(
    ("value", "edge"), [(1999.99, False), (2000.0, True), (2000.01, False)]
)
def test_half_a_printed_digit(value: float, *, edge: bool) -> None:
    """2000.00 may be 1999.995 rounded up; beside another miss that decides."""
    values = (5, 1.2, 1, 5, 7.4, value, 3)
    county = assessed([primary("A")], told("A/primary", values))
    component = found(county, "resources.equipment_value", "A/primary")
    quorum = found(county, QUORUM, "A/primary")

    assert edge == ("knife_edge" in component.flags)
    assert edge == ("knife_edge" in quorum.flags)
    assert ("met" if value >= 2000 else "unmet") == quorum.verdict


# -- coefficients ----------------------------------------------------------------------


def coefficient(pairs: Sequence[tuple[float, float]]) -> float:
    """Return √Σ(p/P)(x−X̄)² ÷ X̄ as the law writes it, by hand and not by numpy."""
    pupils = math.fsum(p for _, p in pairs)
    mean = math.fsum(x * p for x, p in pairs) / pupils
    return math.sqrt(math.fsum(p / pupils * (x - mean) ** 2 for x, p in pairs)) / mean


def test_coefficients_weigh_published_ratios_by_pupils() -> None:
    """The mean of 2, 5 and 9 by 100, 400 and 250 pupils is 89/15, v is 0.4010."""
    pairs = [(2.0, 100), (5.0, 400), (9.0, 250)]
    rows = [
        row
        for n, (x, _) in enumerate(pairs)
        for row in told(f"S{n}/primary", (5, 1.2, 1, x, 8, 2100, 3))
    ]
    county = assessed([primary(f"S{n}", p) for n, (_, p) in enumerate(pairs)], rows)
    one = found(county, "resources.cv_teaching_area", "999901#primary")

    assert (one.verdict, one.basis) == ("met", "reported")
    assert one.value == pytest.approx(coefficient(pairs), rel=1e-12)
    assert one.value == pytest.approx(0.4010, abs=5e-5)
    assert "3 个学段单位中 3 个依据公布的数" in one.notes[0].zh


@pytest.mark.parametrize(
    ("schools", "values"),
    [
        ([primary("A"), primary("B", None)], ENOUGH),
        ([primary("A"), primary("B")], (None, *ENOUGH[1:])),
    ],
)
def test_a_coefficient_without_a_weight_or_a_ratio_is_unknown(
    schools: list[Row], values: tuple[float | None, ...]
) -> None:
    """Unknown stays unknown where anything is missing."""
    rows = [*told("A/primary"), *told("B/primary", values)]
    one = found(
        assessed(schools, rows),
        "resources.cv_above_degree_teachers",
        "999901#primary",
    )

    assert "unknown" == one.verdict
    assert "partial" in one.flags


@pytest.mark.parametrize(
    ("low", "verdict", "edge"),
    [
        (1.01, "met", True),  # (3.02−1.01)/4.03 = 0.49876; (3.025−1.005)/4.03 = 0.50124
        (1.00, "unmet", True),  # 0.50249; (3.015−1.005)/4.02 = 0.5 exactly
        (1.02, "met", False),  # 0.49505; (3.025−1.015)/4.04 = 0.49752
        (0.99, "unmet", False),  # 0.50623; (3.015−0.995)/4.01 = 0.50374
    ],
)
def test_half_a_printed_digit_of_every_ratio(
    low: float, verdict: str, *, edge: bool
) -> None:
    """Of two schools alike v is (a − b) ÷ (a + b): all digits move it together."""
    rows = [
        *told("A/primary", (5, 1.2, 1, 3.02, 8, 2100, 3)),
        *told("B/primary", (5, 1.2, 1, low, 8, 2100, 3)),
    ]
    county = assessed([primary("A"), primary("B")], rows)
    one = found(county, "resources.cv_teaching_area", "999901#primary")

    assert one.value == pytest.approx((3.02 - low) / (3.02 + low))
    assert (verdict, edge) == (one.verdict, "knife_edge" in one.flags)


def test_more_pupils_stated_than_listed() -> None:
    """A form that leaves schools out is never met, and has no coefficient."""
    county = assessed([primary("A")], told("A/primary"), primary_pupils=601)

    assert "unknown" == found(county, QUORUM).verdict
    assert "incomplete" in found(county, QUORUM).flags


def test_exact_ratios_give_the_verdicts_of_the_records() -> None:
    """
    What the slow reference works out of records, published in their place, agrees.

    The ratios are the reference's own fractions; the records behind them are taken
    away, so that nothing but the published figures can be judged.
    """
    taken = (
        *("teaching_area", "indoor_sports_area", "sports_hall_area"),
        *("outdoor_sports_area", "equipment_value", "multimedia_classrooms"),
        *("above_degree", "teachers_college", "teachers_bachelor", "teachers_master"),
        *("teachers_doctor", "backbone_teachers", "pe_arts_teachers"),
    )
    on, seen = dt.date(2024, 12, 31), set()
    for document in counties.documents(40, seed=20260122):
        county = quality_balance.County(
            document, document["county"][0], on, dict(quality_balance.DEFAULTS)
        )
        expected = quality_balance.evaluate(document, on=on)
        rows = list(ratios_of(county))
        bare = {
            **document,
            "schools": [
                {
                    k: v
                    for k, v in row.items()
                    if not k.startswith(taken)
                    and not (k.partition("_")[2].startswith(taken))
                }
                for row in document["schools"]
            ],
            "reported": rows,
        }
        result = ee.evaluate(ee.read(bare), on=on)[county.code]
        for each in result.findings(components=True):
            key = (each.rule, each.entity, each.item or "")
            if not each.rule.startswith("resources.") or "summary" in each.flags:
                continue
            assert expected.get(key, "not_applicable") == each.verdict, each.id
            seen.add((each.rule.startswith("resources.cv_"), each.verdict.value))

    verdicts = {"met", "unmet", "unknown"}
    assert {(cv, one) for cv in (True, False) for one in verdicts} <= seen


def ratios_of(county: quality_balance.County) -> Any:
    """Yield what the reference works out, as published ratios."""
    for row in county.schools:
        for stage in quality_balance.stages_of(row):
            for short, indicator in SEVEN.items():
                values = quality_balance.resource_values(
                    row, stage, short, county.options, county.relaxed
                )
                if values is not None:
                    (value,) = values
                    yield {
                        "entity": f"{row['code']}/{stage}",
                        "indicator": indicator,
                        "value": float(value),
                        "source": "表Ⅱ-2",
                    }


# -- beside records --------------------------------------------------------------------


def test_records_decide_and_a_published_ratio_that_differs_is_shown() -> None:
    """26 teachers of 600 pupils are 4.33: 4.1 is shown and decides nothing."""
    school = primary("A", primary_above_degree_teachers=26)
    apart = assessed([school], told("A/primary", (4.1, *ENOUGH[1:])))
    alike = assessed([school], told("A/primary", (4.33, *ENOUGH[1:])))
    rule = "resources.above_degree_teachers"
    one, other = (found(each, rule, "A/primary") for each in (apart, alike))

    assert ("met", "computed") == (one.verdict, one.basis)
    assert one.value == pytest.approx(2600 / 600)
    assert "discrepancy" in one.flags
    assert (
        "公布为 4.1（表Ⅱ-2），由原始数据算得 4.33333，以算得的为准" in one.notes[0].zh
    )
    assert "the records give 4.33333, which counts" in one.notes[0].en
    assert ("computed", False, ()) == (
        other.basis,
        "discrepancy" in other.flags,
        other.notes,
    )
    quorum = found(apart, QUORUM, "A/primary")
    assert ("met", 7, "reported") == (quorum.verdict, quorum.value, quorum.basis)
    assert "discrepancy" in quorum.flags
    assert "高于规定学历" not in quorum.notes[0].zh  # it rests on the other six
    assert "discrepancy" in found(apart, QUORUM).flags


def test_a_published_coefficient_beside_computed_ones() -> None:
    """表Ⅲ's coefficient is compared with that of 表Ⅱ-2's ratios, to their digits."""
    # v of (5, 3) alike is 0.25; of ratios printed as 5.00 and 3.00 it may be 0.2511.
    rows = [
        *told("A/primary", (5, 1.2, 1, 5, 8, 2100, 3)),
        *told("B/primary", (5, 1.2, 1, 3, 8, 2100, 3)),
    ]
    rule, flags = "resources.cv_teaching_area", []
    for value in (0.25, 0.251, 0.249, 0.27):
        cv = {"entity": "999901", "rule": rule, "statistic": "cv", "stage": "primary"}
        county = assessed(
            [primary("A"), primary("B")],
            [*rows, {**cv, "value": value, "source": "表Ⅲ"}],
        )
        one = found(county, rule, "999901#primary")
        assert ("met", "reported", 0.25) == (one.verdict, one.basis, one.value)
        flags.append("discrepancy" in one.flags)

    assert [False, False, False, True] == flags


@pytest.mark.parametrize(
    ("own", "printed", "verdict", "basis", "apart"),
    [
        (0, 1.11, "met", "reported", False),  # 0 or more: 1 of 90 may be
        (0, 0.0, "unmet", "reported", False),
        (1, 1.11, "met", "computed", False),  # 1.11 or more is enough already
        (1, 0.5, "met", "computed", True),  # less than there are
    ],
)
def test_bounds_of_records_admit_what_lies_between(
    own: int, printed: float, verdict: str, basis: str, *, apart: bool
) -> None:
    """Under R-1 visiting teachers, of whom nothing is told, may be added."""
    school = primary("A", 90, primary_pe_arts_teachers=own, locale="rural")
    rows = told("A/primary", (*ENOUGH[:2], printed, *ENOUGH[3:]))
    county = assessed([school], rows, dt.date(2021, 6, 30))
    one = found(county, "resources.pe_arts_teachers", "A/primary")

    assert (verdict, apart) == (one.verdict, "discrepancy" in one.flags)
    if basis == "reported":
        assert (basis, printed) == (one.basis, one.value)


# -- which count -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"period": "2019"}, "时段为 2019"),
        ({"date": "2023-07-01"}, "晚于评估日"),
        ({"covers": "999902"}, "说的是 999902，不是 A/primary"),
        ({"definition": "教督〔2012〕3号"}, "口径为“教督〔2012〕3号”"),
        ({"statistic": "mean"}, "统计量为 mean"),
        ({"unit": "yuan"}, "单位为 yuan"),
    ],
)
def test_a_ratio_of_another_thing_is_refused_with_the_reason(
    more: Mapping[str, Any], why: str
) -> None:
    """It decides nothing, and the finding says why."""
    county = assessed([primary("A")], told("A/primary", **more))
    one = found(county, "resources.teaching_area", "A/primary")

    assert ("unknown", "computed") == (one.verdict, one.basis)
    assert "unknown" == found(county, QUORUM, "A/primary").verdict
    assert "不采用" in one.notes[0].zh
    assert why in one.notes[0].zh
    assert "is not accepted" in one.notes[0].en


def test_of_two_ratios_the_later_counts_and_of_one_day_neither() -> None:
    """A correction replaces what stood before; two of one day contradict each other."""
    old = told("A/primary", (5, 1.2, 1, 4, 8, 2100, 3), date="2022-09-01")
    new = told("A/primary", date="2023-01-01")
    rule = "resources.teaching_area"
    later = found(assessed([primary("A")], [*new, *old]), rule, "A/primary")
    twice = [{**row, "value": row["value"] + 1} for row in new]
    neither = found(assessed([primary("A")], [*new, *twice]), rule, "A/primary")

    assert ("met", 5.0) == (later.verdict, later.value)
    assert "unknown" == neither.verdict
    assert "公布数互相矛盾（5、6），均不采用" in neither.notes[0].zh


def test_which_section_a_row_is_about() -> None:
    """A school of one stage needs none named; one of two does."""
    rule = "resources.teaching_area"
    both: Row = {"code": "N", "name": "N", "kind": "nine_year"}
    both |= {"primary_pupils": 300, "junior_pupils": 200}
    county = assessed(
        [primary("A"), both],
        [*told("A"), *told("N", stage="junior", rule=None), *told("N")],
    )
    verdicts = [
        found(county, rule, unit).verdict
        for unit in ("A/primary", "N/junior", "N/primary")
    ]

    # 5 ㎡ is enough for primary schools (4.5), not for junior ones (5.8).
    assert ["met", "unmet", "unknown"] == verdicts


def test_a_ratio_may_name_its_rule() -> None:
    """By the rule's id, also with the programme before it."""
    rule = "resources.teaching_area"
    for name in (rule, f"quality-balance/{rule}"):
        row = {"entity": "A/primary", "rule": name, "value": 5, "source": "年报"}
        one = found(assessed([primary("A")], [row]), rule, "A/primary")
        assert ("met", "reported", 5.0) == (one.verdict, one.basis, one.value)


def test_ratios_of_2017_are_not_those_of_2012(tmp_path: Path) -> None:
    """What stands in the form of 优质均衡 says nothing under 基本均衡."""
    facts = ee.read(own_workbook(tmp_path))
    result = ee.evaluate(facts, on=ON, programme="basic-balance")
    (one,) = result.findings(
        rule="balance.cv_equipment_value", stage="primary", components=True
    )

    assert "unknown" == one.verdict


# -- workbooks -------------------------------------------------------------------------


RECORDS: list[Row] = [
    {
        "code": f"P{n}",
        "name": f"合成第{n}校",
        "kind": "primary",
        "primary_pupils": 300 + 137 * n,
        "primary_classes": 20,
        "primary_above_degree_teachers": 16 + 7 * n,
        "primary_backbone_teachers": 5 + n,
        "primary_pe_arts_teachers": 4 + n,
        "teaching_area": 2300 + 801 * n,
        "indoor_sports_area": 100,
        "sports_hall_area": 100,
        "outdoor_sports_area": 3000 + 1100 * n,
        "equipment_value": 700_000 + 260_001 * n,
        "multimedia_classrooms": 9 + 3 * n,
    }
    for n in range(4)
]


def own_workbook(folder: Path) -> Path:
    """Write the result of synthetic records as a workbook, and return it."""
    county = {"code": "999901", "name": "合成县", "synthetic": True}
    result = ee.evaluate(ee.read({"county": [county], "schools": RECORDS}), on=ON)
    result.write(folder / "own.xlsx")
    return folder / "own.xlsx"


def test_our_own_workbook_read_back(tmp_path: Path) -> None:
    """Its 表Ⅱ-2 gives the verdicts of the records, resting on reported figures."""
    before = ee.evaluate(
        ee.read({"county": [{"code": "999901"}], "schools": RECORDS}), on=ON
    )["999901"]
    after = ee.evaluate(ee.read(own_workbook(tmp_path)), on=ON)["999901"]

    names = {f"合成第{n}校/primary": f"P{n}/primary" for n in range(4)}
    compared = 0
    for each in after.findings(components=True):
        if not each.rule.startswith("resources.") or each.verdict == "not_applicable":
            continue
        unit = each.id.partition("@")[2]
        same = found(before, each.rule, names.get(unit, unit))
        assert ("reported", "computed") == (each.basis, same.basis)
        assert same.verdict == each.verdict, each.id
        assert each.value == pytest.approx(same.value, rel=0.02), each.id
        assert "discrepancy" not in each.flags, each.id
        compared += 1
    assert 4 * 8 + 8 + 7 == compared


def test_the_coefficients_of_a_form_without_schools(tmp_path: Path) -> None:
    """表Ⅲ alone: its coefficients are those of 教督〔2017〕6号 and decide, reported."""
    book = openpyxl.load_workbook(own_workbook(tmp_path))
    for name in book.sheetnames:
        if name not in ("表Ⅲ", "区县"):
            del book[name]
    book.save(tmp_path / "b.xlsx")
    county = ee.evaluate(ee.read(tmp_path / "b.xlsx"), on=ON)["999901"]
    one = found(county, "resources.cv_teaching_area", "999901#primary")
    pairs = [
        ((row["teaching_area"] - 100) / row["primary_pupils"], row["primary_pupils"])
        for row in RECORDS
    ]

    assert ("met", "reported") == (one.verdict, one.basis)
    assert one.value == pytest.approx(coefficient(pairs), abs=5e-4)


def test_what_is_lacking_is_not_known_without_records() -> None:
    """A ratio that misses says how far it misses, not how many rooms or yuan."""
    values = (5, 1.2, 1, 4, 8, 1600, 3)
    county = assessed([primary("A"), primary("B")], told("A/primary", values))
    for rule in (QUORUM, "resources.teaching_area"):
        lacking = found(county, rule, "A/primary").shortfall()

        assert lacking is not None
        assert () == lacking.changes == lacking.alternatives
        assert "由公布的比值判定，没有原始数据" in lacking.sentence("zh")
        assert "without the records" in lacking.sentence("en")


def test_the_page_keeps_what_is_said_of_each_section() -> None:
    """Two sections with the same flags rest on their own figures, not on one's."""
    rows = [
        *told("A/primary", (5, 1.2, 1, 5.25, 8, 2100, 3)),
        *told("B/primary", (5, 1.2, 1, 6.75, 8, 2100, 3)),
    ]
    county = assessed([primary("A"), primary("B")], rows)
    units = [
        found(county, "resources.teaching_area", unit)
        for unit in ("A/primary", "B/primary")
    ]
    sums = Calculations(county.assessment.law, {"": Worksheet(county)})
    sums.add(units)
    notes = sums.data()["notes"]

    assert units[0].flags == units[1].flags
    for said, value in zip(notes, ("5.25", "6.75"), strict=True):
        assert said[0][0].endswith(f"生均教学及辅助用房面积 {value}")


def test_what_is_said_of_sections_is_summed_up_for_the_county() -> None:
    """The county's list tells how many rest on figures, not every one of them."""
    county = assessed([primary("A"), primary("B")], [*told("A/primary"), *told("B")])
    (group,) = (g for g in groups_of(county, "nation") if g.rule == QUORUM)

    assert ("2 个学段单位中 2 个依据公布的数（没有原始数据）",) == remarks(group, "zh")


def test_a_coefficient_named_by_its_indicator_is_refused_by_no_other_rule() -> None:
    """表Ⅲ has means and coefficients: what one rule asks is no fault of another."""
    rows = [
        {
            "entity": "999901",
            "indicator": SEVEN["teaching_area"],
            "stage": "primary",
            "statistic": statistic,
            "value": value,
            "definition": "教督〔2017〕6号",
            "source": "表Ⅲ",
        }
        for statistic, value in (("mean", 6.0), ("cv", 0.2), ("count", 3))
    ]
    county = assessed([primary("A")], rows)
    said = [
        note.zh
        for each in county.findings(components=True)
        for note in each.notes
        if "不采用" in note.zh
    ]

    assert said
    assert all("统计量为 count" in each for each in said)


def test_what_is_lacking_where_the_rest_is_published() -> None:
    """Of two misses one is known by its records: 100 yuan more for 600 pupils."""
    rows = told("A/primary", (5, 1.2, 1, 5, 7.4, None, 3))
    county = assessed([primary("A", equipment_value=1_140_000)], rows)
    lacking = found(county, QUORUM, "A/primary").shortfall()

    assert lacking is not None
    assert [("equipment_value", 60_000)] == [
        (each.column, each.amount) for each in lacking.changes
    ]
    assert lacking.sufficient
