"""Projection: grades move up as by hand, and the years in which rules turn."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.cli import run


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
PRIMARY = {1: 40, 2: 50, 3: 60, 4: 70, 5: 80, 6: 90}
JUNIOR = {"2": {7: 50, 8: 60, 9: 70}, "3": {7: 30, 8: 20, 9: 10}}


def document() -> dict[str, Any]:
    """Return a primary and two junior schools with classes by grade."""
    schools = [
        {
            "code": "1",
            "name": "合成小学",
            "kind": "primary",
            "locale": "town",
            "owner": "public",
            "primary_pupils": sum(PRIMARY.values()),
            "primary_above_degree_teachers": 17,
        }
    ]
    classes = [
        {"id": f"1-{g}", "school": "1", "stage": "primary", "grade": g, "pupils": n}
        for g, n in PRIMARY.items()
    ]
    for code, grades in JUNIOR.items():
        schools.append(
            {
                "code": code,
                "name": f"合成初中{code}",
                "kind": "junior",
                "locale": "town",
                "owner": "public",
                "junior_pupils": sum(grades.values()),
                "junior_above_degree_teachers": 30,
            }
        )
        classes += [
            {"id": f"{code}-{g}", "school": code, "stage": "junior", "grade": g}
            | {"pupils": n}
            for g, n in grades.items()
        ]
    return {
        "county": [{"code": "999901", "synthetic": True}],
        "schools": schools,
        "classes": classes,
    }


def result() -> ee.Assessment:
    """Judge it."""
    return ee.evaluate(io.read(document()), on=ON)


def test_grades_move_up() -> None:
    """Two years ahead, worked out by hand."""
    projection = ee.project(result(), years=2, entrants=(0.5, 1.5))
    now, first, second = (dict(year.pupils) for year in projection.years)

    assert {"primary": (390, 390, 390), "junior": (240, 240, 240)} == now
    # 90 leave, 40 × 0.5, 1 or 1.5 arrive; junior: 80 leave, 90 arrive.
    assert {"primary": (320, 340, 360), "junior": (250, 250, 250)} == first
    # 80 leave, 40 × 0.25, 1 or 2.25 arrive; junior: 60 + 20 leave, 80 arrive.
    assert {"primary": (250, 300, 370), "junior": (250, 250, 250)} == second
    assert [2024, 2025, 2026] == [year.on.year for year in projection.years]
    # Those who leave primary spread over the junior schools as 50 : 30 do.
    (facts,) = {year.assessments[0].facts for year in projection.years[1:2]}
    assert [320, 50 + 60 + 56, 30 + 20 + 34] == facts.sections.numbers(
        "pupils"
    ).tolist()


def test_year_of_change_is_a_range() -> None:
    """A school of 1950 may have 2000: by 0 % never, by 2 % in 2026, by 4 % in 2025."""
    made = document()
    del made["classes"]
    made["schools"][0]["primary_pupils"] = 1950
    projection = ee.project(
        ee.evaluate(io.read(made), on=ON),
        years=3,
        growth={"primary": (0.0, 0.04), "junior": (0.0, 0.01)},
    )

    pupils = [year.pupils["primary"] for year in projection.years]
    assert [(1950, 1950, 1950), (1950, 1989, 2028)] == pupils[:2]
    rules = {each.rule: each for each in projection.outlooks}
    size = rules["government.school_size"]
    met, unmet = ee.Verdict.MET, ee.Verdict.UNMET
    assert ((met, met, met), (met, met, unmet), (met, unmet, unmet)) == size.verdicts[
        :3
    ]
    assert (None, 2026, 2025) == size.changes
    assert "不变 / 2026 未达标 / 2025 未达标" in str(projection)


def test_what_cannot_be() -> None:
    """One number is no range; no grades and no growth is no projection."""
    wrong: Any = 0.01
    with pytest.raises(ee.InputError, match="never one number"):
        ee.project(result(), growth={"primary": wrong})
    with pytest.raises(ee.InputError) as caught:
        ee.project(result(), years=0, growth={"primary": (0.2, 0.1)})
    assert 2 == len(caught.value.problems)
    with pytest.raises(ee.errors.UnknownNameError):
        ee.project(result(), growth={"senior": (0.0, 0.1)})
    bare = {key: rows for key, rows in document().items() if key != "classes"}
    with pytest.raises(ee.InputError, match="grade"):
        ee.project(ee.evaluate(io.read(bare), on=ON))


def test_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The projection on the command line, in two languages and as JSON."""
    path = tmp_path / "county.json"
    path.write_text(json.dumps(document()), "utf-8")
    given = ["project", str(path), "--on", "2024-12-31", "--years", "2"]

    assert 0 == run(given)
    assert "假定" in capfd.readouterr().out
    assert 0 == run([*given, "--lang", "en"])
    assert "Assumed" in capfd.readouterr().out
    assert 0 == run([*given, "--format", "json"])
    made = json.loads(capfd.readouterr().out)
    assert ["2024-12-31", "2025-12-31", "2026-12-31"] == [
        y["on"] for y in made["years"]
    ]
    assert 2 == run([*given, "--growth", "primary=0.1"])
    assert "--growth" in capfd.readouterr().err
