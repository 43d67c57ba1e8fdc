"""Roll-ups, versions side by side, rechecks, and the two that may not fall."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import eduequity as ee
from eduequity.planning import (
    RecheckState,
    Tally,
    oversized_classes,
    rechecks,
    roll_up,
    side_by_side,
)


ON = dt.date(2022, 6, 30)
FOUR = (
    "unified_construction",
    "unified_staffing",
    "unified_funding",
    "unified_equipment",
)


def county(code: str, *, unified: bool | None = None, **more: Any) -> dict[str, Any]:
    """Return a county of which only the four unified standards are told."""
    return {"code": code, **dict.fromkeys(FOUR, unified), **more}


def test_a_city_counts_its_counties_with_bounds() -> None:
    """One met, one unmet, two unknown of four: half of those assessed, ¼ to ¾."""
    rows = [
        county("140402", unified=True),
        county("140403", unified=False),
        county("140404"),
        county("140405"),
        county("140502", unified=True),
        county("1404", unified=True),
    ]
    made = roll_up(ee.evaluate(ee.read({"county": rows}), on=ON))
    changzhi = made["1404"]
    rule = changzhi.rules["government.unified_standards"]

    assert {"1404", "1405"} == set(made)
    assert ("140402", "140403", "140404", "140405") == changzhi.counties
    assert (0.5, (0.25, 0.75)) == (rule.met_of_assessed, rule.bounds)
    assert 1 == changzhi.verdict.counts[ee.Verdict.UNMET]
    assert 3 == changzhi.verdict.counts[ee.Verdict.UNKNOWN]


def test_a_tally_of_nothing() -> None:
    """Where a rule applies to none there is no share."""
    none = Tally(counts=dict.fromkeys(ee.Verdict, 0))

    assert (None, None, 0) == (none.met_of_assessed, none.bounds, none.asked)


def test_versions_side_by_side() -> None:
    """Two that say different things disagree; unknown contradicts nobody."""
    results = {
        name: ee.evaluate(ee.read({"county": [county("140402", unified=said)]}), on=ON)
        for name, said in (("self", True), ("city", None), ("province", False))
    }
    made = {v.rule: v for v in side_by_side(results)}
    unified = made["government.unified_standards"]

    assert ["met", "unknown", "unmet"] == [str(v) for v in unified.verdicts.values()]
    assert not unified.agree
    assert made["government.siting_plan"].agree
    two = {name: results[name] for name in ("self", "city")}
    assert all(version.agree for version in side_by_side(two))


# A school of 2100 pupils built before 2010: lawful while relaxation R-5 stands.
SCHOOL = {
    "code": "1",
    "name": "一",
    "kind": "primary",
    "owner": "public",
    "primary_pupils": 2100,
    "built_by_2010": True,
    "rectification_plan": True,
}


def _rechecks(on: dt.date, recognised: str | None) -> dict[str, Any]:
    row = {"code": "140402", "primary_schools": 1, "junior_schools": 0}
    row |= {"quality_balance_recognised_on": recognised}
    facts = ee.read({"county": [row], "schools": [SCHOOL]})
    return {each.rule: each for each in rechecks(ee.evaluate(facts, on=on))}


@pytest.mark.parametrize(
    ("on", "recognised", "due", "state"),
    [
        (dt.date(2022, 6, 30), None, None, RecheckState.NOT_RECOGNISED),
        (
            dt.date(2022, 6, 30),
            "2021-05-01",
            dt.date(2024, 5, 1),
            RecheckState.OPEN,
        ),
        (dt.date(2024, 5, 1), "2021-05-01", dt.date(2024, 5, 1), RecheckState.OPEN),
        (dt.date(2024, 5, 2), "2021-05-01", dt.date(2024, 5, 1), RecheckState.OVERDUE),
        (dt.date(2023, 6, 1), "2020-02-29", dt.date(2023, 3, 1), RecheckState.OVERDUE),
        (dt.date(2023, 1, 1), "2021", dt.date(2024, 12, 31), RecheckState.OPEN),
    ],
)
def test_relaxed_items_are_due_three_years_after_recognition(
    on: dt.date, recognised: str | None, due: dt.date | None, state: RecheckState
) -> None:
    """School size is met by a relaxation only: it is listed, with its day."""
    found = _rechecks(on, recognised)["government.school_size"]

    assert (due, state) == (found.due, found.state)


def test_what_is_met_in_full_is_no_recheck() -> None:
    """A school of 1900 pupils needs no relaxation."""
    schools = [{**SCHOOL, "primary_pupils": 1900}]
    facts = ee.read({"county": [{"code": "140402"}], "schools": schools})

    assert () == rechecks(ee.evaluate(facts, on=ON))


def test_the_two_that_may_not_fall_over_the_years() -> None:
    """The total rises from year to year; per pupil it falls as pupils grow faster."""
    measure = "一般公共预算教育支出"
    finance = [
        {
            "county": "140402",
            "year": year,
            "measure": measure,
            "education_spending": spending,
            "enrolled_pupils": pupils,
        }
        for year, spending, pupils in (
            (2020, 100_000_000, 10_000),
            (2021, 110_000_000, 10_500),
            (2022, 111_000_000, 11_100),
        )
    ]
    facts = ee.read({"county": [{"code": "140402"}], "finance": finance})
    result = ee.evaluate(facts, on=dt.date(2022, 12, 31))
    (total,) = result.findings(rule="government.spending_total")
    (each,) = result.findings(rule="government.spending_per_pupil")
    told = str(ee.explain(each))

    assert ("met", "unmet") == (total.verdict.value, each.verdict.value)
    assert (10_000.0, 110_000_000 / 10_500) == (each.value, each.threshold)
    assert "2020 年：10000（上年缺）" in told
    assert "2021 年：10476.190476（不减）" in told
    assert "2022 年：10000（减）" in told
    assert "2022: 10000 (falls)" in str(ee.explain(each, lang="en"))


# -- the ledger of oversized classes ---------------------------------------------------

TWO = [
    {"code": "1", "name": "一", "kind": "primary"},
    {"code": "2", "name": "二", "kind": "junior"},
]


def of_year(year: int, *classes: tuple[str, str, int | None]) -> ee.Assessment:
    """Return the assessment of a year's file that lists these classes."""
    rows = [
        {
            "id": name,
            "school": school,
            "stage": "primary" if school == "1" else "junior",
            "pupils": pupils,
        }
        for school, name, pupils in classes
    ]
    tables = {"county": [{"code": "140402"}], "schools": TWO, "classes": rows}
    return ee.evaluate(ee.read(tables), on=dt.date(year, 12, 31))


def test_an_oversized_class_stays_open_until_a_later_file_shows_it_gone() -> None:
    """46 and 51 are over, 45 and 50 not; no rows and blanks close nothing."""
    files = [
        of_year(2021, ("1", "a", 46), ("1", "b", 45), ("2", "c", 51), ("2", "d", 50)),
        of_year(2022, ("2", "c", 52), ("2", "d", 50)),
        of_year(2022, ("1", "a", None), ("1", "b", 45)),
        of_year(2023, ("1", "a", 44), ("1", "b", 45), ("2", "d", 50)),
        of_year(2024, ("1", "a", 47), ("1", "b", 45), ("2", "d", 50)),
    ]
    made = [
        (i.school, i.id, i.opened.year, i.pupils, i.closed and i.closed.year)
        for i in oversized_classes(files[::-1])
    ]

    assert [
        ("1", "a", 2021, 44, 2023),
        ("2", "c", 2021, 52, 2023),
        ("1", "a", 2024, 47, None),
    ] == made
