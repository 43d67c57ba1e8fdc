"""
Basic balance (教督〔2012〕3号): the eight coefficients, their mean, published tables.

The published tables are those of `tests/data/basic-balance-published.csv`, each row
with its source; the composites printed beside them stand in `PUBLISHED`.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from eduequity import evaluate, explain, io
from eduequity.engine import Assessment, Finding
from eduequity.registry import Registry
from eduequity.rules import Dispersion


Row = dict[str, Any]

PROGRAMME = "basic-balance"
CODE = "999901"
ON = dt.date(2016, 12, 31)
DATA = Path(__file__).parent / "data" / "basic-balance-published.csv"
EIGHT = (
    "teaching_area",
    "sports_area",
    "equipment_value",
    "computers",
    "books",
    "teacher_ratio",
    "above_degree_teachers",
    "intermediate_title_teachers",
)
PUBLISHED = {
    ("340103", "primary"): 0.592,
    ("340103", "junior"): 0.314,
    ("500101", "primary"): 0.302,
    ("500114", "junior"): 0.442,
    ("220102", "primary"): 0.359,
}
"""The composite that each table prints (安徽, 重庆, 吉林; see the rows' sources)."""


# -- helpers -------------------------------------------------------------------------


@functools.cache
def national() -> Registry:
    """Return the national packs alone."""
    return Registry.of()


def assessed(
    *,
    schools: Iterable[Row] = (),
    reported: Iterable[Row] = (),
    counties: Iterable[Row] = ({"code": CODE},),
    on: dt.date = ON,
    programme: str = PROGRAMME,
    options: Mapping[str, str] | None = None,
) -> Assessment:
    """Evaluate tables."""
    tables = {"county": [*counties], "schools": [*schools], "reported": [*reported]}
    facts = io.read({name: rows for name, rows in tables.items() if rows})
    return evaluate(
        facts, on=on, programme=programme, options=options, registry=national()
    )


def found(
    result: Assessment, rule: str, stage: str = "primary", code: str = CODE
) -> Finding:
    """Return a county's finding of one stage."""
    (one,) = result.findings(county=code, rule=f"balance.{rule}", stage=stage)
    return one


def published() -> list[Row]:
    """Return the rows of the published tables."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return [{**row, "value": float(row["value"])} for row in csv.DictReader(file)]


def figures(
    values: Mapping[str, float], stage: str = "primary", **more: Any
) -> list[Row]:
    """Return reported coefficients of the county by their short names."""
    return [
        {
            "entity": CODE,
            "indicator": name,
            "stage": stage,
            "statistic": "cv",
            "value": value,
            "source": "test",
            **more,
        }
        for name, value in values.items()
    ]


def school(code: str, pupils: int, kind: str = "primary", **figures: Any) -> Row:
    """Return a public school with 10 m², 10 yuan, … a pupil in everything."""
    return {
        "code": code,
        "name": code,
        "kind": kind,
        "owner": "public",
        "pupils": pupils,
        "teaching_area": 10 * pupils,
        "outdoor_sports_area": 10 * pupils,
        "sports_hall_area": 0,
        "equipment_value": 1000 * pupils,
        "computers": pupils,
        "books": 20 * pupils,
        "full_time_teachers": pupils // 10,
        "above_degree_teachers": pupils // 10,
        "intermediate_title_teachers": pupils // 10,
    } | figures


# -- published tables ----------------------------------------------------------------


@pytest.mark.parametrize(("code", "stage"), PUBLISHED)
def test_published_composite(code: str, stage: str) -> None:
    """The mean of the published eight is the published composite, and is met."""
    rows = published()
    codes = dict.fromkeys(row["entity"] for row in rows)
    result = assessed(counties=[{"code": each} for each in codes], reported=rows)
    composite = found(result, "composite", stage, code)
    assert isinstance(composite.value, float)
    assert round(composite.value, 3) == PUBLISHED[code, stage]
    assert ("met", "reported", "requirement") == (
        composite.verdict.value,
        composite.basis.value,
        composite.force.value,
    )


def test_published_table_of_both_stages_decides() -> None:
    """With both stages the county is met; with one the other stays unknown."""
    rows = published()
    codes = dict.fromkeys(row["entity"] for row in rows)
    result = assessed(counties=[{"code": each} for each in codes], reported=rows)
    verdicts = {code: county.verdict.value for code, county in result.items()}
    assert verdicts == {
        "220102": "unknown",
        "340103": "met",
        "500101": "unknown",
        "500114": "unknown",
    }


def test_a_large_coefficient_decides_nothing_alone() -> None:
    """庐阳's sports area (1.299) is above the line, its composite is not."""
    result = assessed(counties=[{"code": "340103"}], reported=_of("340103"))
    alone = found(result, "cv_sports_area", code="340103")
    assert (1.299, "unmet", "benchmark") == (
        alone.value,
        alone.verdict.value,
        alone.force.value,
    )
    assert alone.component
    assert result["340103"].verdict.value == "met"


def _of(code: str) -> list[Row]:
    return [row for row in published() if row["entity"] == code]


def test_published_figures_are_explained() -> None:
    """An explanation of a reported figure prints its value and its law."""
    result = assessed(counties=[{"code": "340103"}], reported=_of("340103"))
    for rule in ("composite", "cv_books"):
        words = str(explain(found(result, rule, code="340103")))
        assert "教督〔2012〕3号" in words


# -- the line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "value", "verdict"),
    [
        ("primary", 0.649, "met"),
        ("primary", 0.65, "met"),
        ("primary", 0.651, "unmet"),
        ("junior", 0.549, "met"),
        ("junior", 0.55, "met"),
        ("junior", 0.551, "unmet"),
    ],
)
def test_line(stage: str, value: float, verdict: str) -> None:
    """Below and at the line is met, above it is not."""
    rows = figures(dict.fromkeys(EIGHT, value), stage)
    assert found(assessed(reported=rows), "composite", stage).verdict.value == verdict


def test_not_in_force_before_the_notice() -> None:
    """Before 20 January 2012 there is no line."""
    rows = figures(dict.fromkeys(EIGHT, 0.9))
    early = assessed(reported=rows, on=dt.date(2012, 1, 19))
    assert found(early, "composite").threshold is None
    first = assessed(reported=rows, on=dt.date(2012, 1, 20))
    assert found(first, "composite").verdict.value == "unmet"


# -- from schools --------------------------------------------------------------------


def test_five_schools_of_the_annex() -> None:
    """The annex' example: 0.515257 for books, weighted by pupils."""
    pupils_books = [(45, 279), (37, 137), (89, 935), (76, 160), (55, 402)]
    rows = [school(f"s{n}", p, books=b) for n, (p, b) in enumerate(pupils_books)]
    books = found(assessed(schools=rows), "cv_books")
    assert books.value == pytest.approx(0.515257, abs=1e-6)
    assert books.basis.value == "computed"


def test_composite_is_the_plain_mean_of_eight() -> None:
    """Only books differ: the composite is an eighth of their coefficient."""
    rows = [school("a", 100, books=1000), school("b", 100, books=3000)]
    result = assessed(schools=rows)
    assert found(result, "cv_books").value == 0.5
    assert found(result, "composite").value == 0.0625
    assert found(result, "composite").verdict.value == "met"
    assert found(result, "composite", "junior").verdict.value == "not_applicable"
    assert result[CODE].verdict.value == "met"


def test_five_resources_are_split() -> None:
    """Books and computers of a nine-year school are split 1 : 1.1, teachers are not."""
    both = {
        "primary_pupils": 100,
        "junior_pupils": 100,
        "primary_full_time_teachers": 10,
        "junior_full_time_teachers": 20,
        "books": 2100,
        "computers": 210,
    }
    nine = {"code": "n", "name": "n", "kind": "nine_year", "owner": "public"} | both
    # A primary school like the nine-year's primary section: 10 books, 1 computer.
    alike = school("p", 50, books=500, computers=50, full_time_teachers=5)
    result = assessed(schools=[nine, alike])
    for rule in ("cv_books", "cv_computers", "cv_teacher_ratio"):
        assert found(result, rule).value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("blank", ["books", "intermediate_title_teachers", "pupils"])
def test_a_blank_leaves_the_composite_unknown(blank: str) -> None:
    """One unknown coefficient and the mean of the eight is unknown."""
    rows = [school("a", 100), school("b", 100) | {blank: None}]
    result = assessed(schools=rows)
    composite = found(result, "composite")
    assert ("unknown", None) == (composite.verdict.value, composite.value)


def test_indoor_sports_rooms_follow_the_reading() -> None:
    """The teaching area is the statistics' own unless the reading takes rooms off."""
    rows = [school("a", 100, sports_hall_area=500), school("b", 100)]
    whole = assessed(schools=rows)
    less = assessed(schools=rows, options={"basic_teaching_area": "less_indoor_sports"})
    assert found(whole, "cv_teaching_area").value == 0
    assert found(less, "cv_teaching_area").value == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "outside",
    [
        {"owner": "private"},
        {"kind": "teaching_point"},
    ],
)
def test_private_schools_and_points_follow_the_reading(outside: Row) -> None:
    """They enter the coefficients only under the reading `all`."""
    rows = [school("a", 100), school("b", 100), school("c", 100, books=0) | outside]
    without = assessed(schools=rows)
    with_all = assessed(schools=rows, options={"basic_balance_scope": "all"})
    assert found(without, "cv_books").value == 0
    assert found(with_all, "cv_books").value == pytest.approx(0.5**0.5)


def test_special_schools_are_out_and_a_blank_owner_is_unknown() -> None:
    """Special schools never enter; whose a school is must be known."""
    rows = [school("a", 100), school("s", 50, kind="special", books=0)]
    assert found(assessed(schools=rows), "composite").verdict.value == "met"
    rows = [school("a", 100), school("b", 100, owner=None)]
    assert found(assessed(schools=rows), "composite").verdict.value == "unknown"


# -- published figures that do not count ---------------------------------------------

LOW = dict.fromkeys(EIGHT, 0.2)


def test_schools_decide_over_published_figures() -> None:
    """Where there are sections the published coefficient is not used."""
    result = assessed(schools=[school("a", 100)], reported=figures(LOW))
    composite = found(result, "composite")
    assert (0.0, "computed") == (composite.value, composite.basis.value)


@pytest.mark.parametrize(
    "change",
    [
        {"statistic": "mean"},
        {"statistic": None},
        {"covers": "350881"},
        {"unit": "%"},
        {"stage": None},
        {"stage": "senior"},
        {"value": -0.1},
        {"definition": "教督〔2017〕6号"},
        {"rule": "quality-balance/resources.cv_books"},
        {"indicator": "book"},
        {"date": "2017-03"},
    ],
    ids=str,
)
def test_a_figure_of_something_else_does_not_count(change: Row) -> None:
    """One of the eight speaks of something else: the composite is unknown."""
    rows = figures(LOW)
    rows[EIGHT.index("books")] |= change
    result = assessed(reported=rows)
    assert found(result, "cv_books").verdict.value == "unknown"
    assert found(result, "composite").verdict.value == "unknown"


def test_one_of_eight_missing_is_unknown() -> None:
    """Seven coefficients are no composite."""
    rows = figures(LOW)[:-1]
    assert found(assessed(reported=rows), "composite").verdict.value == "unknown"


def test_the_latest_figure_counts_and_a_contradiction_none() -> None:
    """Of several years the last up to the day; two figures of one day are none."""
    old = figures(LOW, date="2013-12-31")
    new = figures(dict.fromkeys(EIGHT, 0.8), date="2015-12-31")
    now = found(assessed(reported=[*new, *old]), "composite")
    assert now.value == pytest.approx(0.8)
    then = assessed(reported=[*new, *old], on=dt.date(2014, 6, 1))
    assert found(then, "composite").value == pytest.approx(0.2)
    twice = [*old, *figures({"books": 0.3}, date="2013-12-31")]
    assert found(assessed(reported=twice), "composite").verdict.value == "unknown"
    again = [*old, *figures({"books": 0.2}, date="2013-12-31")]
    assert found(assessed(reported=again), "composite").verdict.value == "met"


@pytest.mark.parametrize(
    "named",
    [
        {"indicator": "books_per_pupil"},
        {"indicator": None, "rule": "basic-balance/balance.cv_books"},
        {"value": None, "numerator": 1.2, "denominator": 6},
        {"definition": "basic-balance"},
        {"unit": "ratio", "covers": CODE},
    ],
    ids=str,
)
def test_other_ways_to_name_a_figure(named: Row) -> None:
    """The formula's name, the rule's id, mean and deviation, the programme."""
    rows = figures(LOW)
    rows[EIGHT.index("books")] |= named
    assert found(assessed(reported=rows), "composite").value == pytest.approx(0.2)


def test_a_deciding_coefficient_asks_for_its_definition() -> None:
    """
    In 2017 every coefficient decides: a bare name does not say whose figure it is.

    A table of 2012 must not fail a county under the rules of 2017.
    """
    rows = figures({"equipment_value": 0.48})

    def verdict(**more: Any) -> str:
        given = [{**row, **more} for row in rows]
        on = dt.date(2022, 12, 31)
        result = assessed(reported=given, programme="quality-balance", on=on)
        (one,) = result.findings(rule="resources.cv_equipment_value", stage="primary")
        return one.verdict.value

    assert verdict() == "unknown"
    assert verdict(definition="教督〔2012〕3号") == "unknown"
    assert verdict(definition="教督〔2017〕6号") == "met"
    assert verdict(indicator=None, rule="resources.cv_equipment_value") == "met"


SEVEN = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_classrooms",
)


def test_a_published_table_of_2017() -> None:
    """宁国 2022 published all fourteen coefficients: twelve are above the line."""
    table = {
        "primary": (0.677, 0.674, 0.618, 0.519, 0.597, 0.167, 0.759),
        "junior": (0.542, 1.055, 0.507, 0.587, 0.686, 0.254, 0.496),
    }
    rows = [
        row
        for stage, values in table.items()
        for name, value in zip(SEVEN, values, strict=True)
        for row in figures({name: value}, stage, definition="教督〔2017〕6号")
    ]
    on = dt.date(2022, 12, 31)
    result = assessed(reported=rows, programme="quality-balance", on=on)
    coefficients = [
        each
        for each in result.findings(dimension="resources")
        if ".cv_" in each.rule and each.basis.value == "reported"
    ]
    unmet = [each for each in coefficients if each.verdict.value == "unmet"]
    assert (14, 12) == (len(coefficients), len(unmet))
    assert {each.rule for each in coefficients if each not in unmet} == {
        "resources.cv_equipment_value"
    }
    # The 2012 programme does not take figures that follow the notice of 2017.
    other = assessed(reported=rows, on=on)
    assert found(other, "cv_equipment_value").verdict.value == "unknown"


# -- the pack ------------------------------------------------------------------------


def test_rule_ids_are_those_of_the_contract() -> None:
    """Eight coefficients that decide nothing alone, and the composite."""
    pack = national().pack("national-basic-balance")
    parts = {f"balance.cv_{each}" for each in EIGHT}
    assert pack.rules.keys() == {"balance.composite"} | parts
    for name in parts:
        rule = pack.rules[name]
        assert isinstance(rule, Dispersion)
        assert rule.component


def test_every_row_of_the_dossier_is_a_rule_or_unencoded() -> None:
    """BB-0 … BB-11 and the seventeen items of the government's score."""
    pack = national().pack("national-basic-balance")
    folder = Path(io.__file__).parents[1] / "rules" / "national" / "basic_balance"
    text = "".join(f.read_text("utf-8") for f in sorted(folder.glob("*.toml")))
    cited = {
        row
        for line in text.splitlines()
        if line.startswith("# row: ")
        for row in line.removeprefix("# row: ").split()
    }
    rows = {f"BB-{n}" for n in range(12)} | {f"BB-10.{n}" for n in range(1, 18)}
    assert rows <= cited | {each.row for each in pack.unencoded}
