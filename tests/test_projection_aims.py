"""A plan's dated targets on the paths of a projection, worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.cli import run


RULE = "resources.above_degree_teachers"


def document(teachers: int) -> dict[str, Any]:
    """Return one primary school where Nan'an's plan reaches, of 390 pupils."""
    grades = {1: 40, 2: 50, 3: 60, 4: 70, 5: 80, 6: 90}
    school = {
        "code": "1",
        "name": "合成小学",
        "kind": "primary",
        "primary_pupils": 390,
        "primary_above_degree_teachers": teachers,
    }
    classes = [
        {"id": f"{g}", "school": "1", "stage": "primary", "grade": g, "pupils": n}
        for g, n in grades.items()
    ]
    county = {"code": "350583", "name": "合成县", "synthetic": True}
    return {"county": [county], "schools": [school], "classes": classes}


def projected(years: int, *, on: dt.date = dt.date(2024, 12, 31)) -> ee.Projection:
    """Return its projection with new first-graders half to one and a half times."""
    result = ee.evaluate(io.read(document(15)), on=on)
    return ee.project(result, years=years, entrants=(0.5, 1.5))


def test_a_target_is_held_against_every_path() -> None:
    """15 teachers for 320, 340 or 360 pupils: the high path misses 4.3 in 2025."""
    aims = [
        each
        for each in projected(2).aims
        if each.rule == RULE and each.stage == "primary"
    ]

    (aim,) = aims
    assert (dt.date(2025, 12, 31), 4.3) == (aim.milestone.day, aim.milestone.value)
    assert aim.on == aim.milestone.day
    assert pytest.approx((100 * 15 / 320, 100 * 15 / 340, 100 * 15 / 360)) == aim.values
    assert (True, True, False) == aim.reached
    assert "4.69 / 4.41 / 4.17 → 达到 / 达到 / 未达到" in str(projected(2))


def test_targets_before_and_beyond_are_left_out() -> None:
    """2023 is past and 2027 beyond two years; three years ahead 2027 is there."""
    days = {each.milestone.day.year for each in projected(2).aims}
    assert {2025} == days
    assert 2027 in {each.milestone.day.year for each in projected(3).aims}


def test_a_day_within_the_year() -> None:
    """At the end of 2025 the last projected day is that of June."""
    (aim,) = [
        each
        for each in projected(2, on=dt.date(2024, 6, 30)).aims
        if each.rule == RULE and each.stage == "primary"
    ]
    assert dt.date(2025, 6, 30) == aim.on


def test_targets_without_figures_are_counted() -> None:
    """What nothing is known of is not silent, and never reached."""
    projection = projected(2)
    silent = [each for each in projection.aims if not each.known]

    assert silent
    assert all((None, None, None) == each.reached for each in silent)
    assert f"另有 {len(silent)} 项规划目标没有可推算的数据" in str(projection)


def test_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """JSON has the targets, in both languages the lines have them."""
    path = tmp_path / "county.json"
    path.write_text(json.dumps(document(15)), "utf-8")
    given = ["project", str(path), "--on", "2024-12-31", "--years", "1"]

    assert 0 == run([*given, "--format", "json"])
    made = json.loads(capfd.readouterr().out)
    (aim,) = [
        each
        for each in made["targets"]
        if (each["rule"], each["stage"]) == (RULE, "primary")
    ]
    assert 4.3 == aim["target"]
    assert 0 == run([*given, "--lang", "en"])
    assert "Targets of the plans" in capfd.readouterr().out
