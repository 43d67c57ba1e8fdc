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


def test_classes_move_up() -> None:
    """The class of 46 leaves; 89 new pupils are 45 and 44, 98 are twice 49."""
    made = document()
    sizes = {1: (45, 44), 2: (30,), 3: (30,), 4: (30,), 5: (30,), 6: (46,)}
    made["classes"] = [each for each in made["classes"] if each["school"] != "1"] + [
        {"id": f"1-{g}-{n}", "school": "1", "stage": "primary", "grade": g, "pupils": p}
        for g, some in sizes.items()
        for n, p in enumerate(some)
    ]
    made["schools"][0]["primary_pupils"] = sum(map(sum, sizes.values()))
    projection = ee.project(
        ee.evaluate(io.read(made), on=ON), years=2, entrants=(0.9, 1.1)
    )

    first = [
        {
            name: year.facts.sections.numbers(name)[0]
            for name in ("classes", "largest_class", "oversized_classes")
        }
        for year in projection.years[1].assessments
    ]
    # 2 new, 2 that were in grade 1, and 4 more; 89 × 0.9 = 80, 89 × 1.1 = 98
    assert [
        {"classes": 8, "largest_class": 45, "oversized_classes": 0},
        {"classes": 8, "largest_class": 45, "oversized_classes": 0},
        {"classes": 8, "largest_class": 49, "oversized_classes": 2},
    ] == first
    rules = {each.rule: each for each in projection.outlooks}
    assert "government.class_size" in rules
    assert "各班随学生升级" in str(projection)


def test_class_size_turns() -> None:
    """One primary school whose only oversized class leaves: met, unless many come."""
    classes = [
        {"id": f"{g}", "school": "1", "stage": "primary", "grade": g, "pupils": n}
        for g, n in {1: 42, 2: 30, 3: 30, 4: 30, 5: 30, 6: 46}.items()
    ]
    made = {
        "county": [{"code": "999901", "synthetic": True}],
        "schools": [
            {"code": "1", "name": "合成小学", "kind": "primary", "primary_pupils": 208}
        ],
        "classes": classes,
    }
    projection = ee.project(
        ee.evaluate(io.read(made), on=ON), years=1, entrants=(1.0, 1.1)
    )
    (size,) = [e for e in projection.outlooks if e.rule == "government.class_size"]

    met, unmet = ee.Verdict.MET, ee.Verdict.UNMET
    # 42 × 1.05 is 44, 42 × 1.1 is 46
    assert ((unmet, unmet, unmet), (met, met, unmet)) == size.verdicts
    assert (2025, 2025, None) == size.changes


def test_without_classes_class_size_is_not_projected() -> None:
    """How classes are formed is not known: it is said, and the rule left out."""
    made = document()
    del made["classes"]
    growth = {"primary": (0.0, 0.1), "junior": (0.0, 0.1)}
    projection = ee.project(ee.evaluate(io.read(made), on=ON), years=1, growth=growth)

    assert "government.class_size" not in {e.rule for e in projection.outlooks}
    assert "不推算班额" in str(projection)


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
