"""Plans worked out by hand: prices, rotation, levels, classes, rooms, a lie."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import eduequity as ee
from benchmarks import provinces
from eduequity import io
from eduequity.cli import run
from eduequity.planning import _programme
from eduequity.registry import Plugin, Registry


ON = dt.date(2024, 12, 31)
# 100 primary pupils ask for so much (教督〔2017〕6号 第六条).
ENOUGH = {
    "primary_above_degree_teachers": 5,
    "primary_backbone_teachers": 1,
    "primary_pe_arts_teachers": 1,
    "teaching_area": 450,
    "outdoor_sports_area": 750,
    "equipment_value": 200_000,
    "multimedia_classrooms": 3,
}
DEAR = {
    "above_degree_teachers": 10,
    "backbone_teachers": 10,
    "pe_arts_teachers": 10,
    "teaching_area": 1,
}


def county(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a county of primary schools of 100 pupils with just enough, changed."""
    schools = [
        {"code": str(nth), "name": f"合成{nth}", "kind": "primary", "owner": "public"}
        | {"primary_pupils": 100, "indoor_sports_area": 0, "sports_hall_area": 0}
        | ENOUGH
        | change
        for nth, change in enumerate(changes)
    ]
    return {
        "county": [{"code": "999901", "synthetic": True} | more],
        "schools": schools,
    }


def judged(document: dict[str, Any], **options: Any) -> ee.Assessment:
    """Judge a document."""
    return ee.evaluate(io.read(document), on=ON, **options)


def bought(plan: ee.Plan) -> dict[str, float]:
    """Return the cells that are added to."""
    return {f"{each.entity}.{each.column}": each.amount for each in plan.changes}


# -- prices ----------------------------------------------------------------------------


def test_prices_by_hand() -> None:
    """
    3 of 5 teachers and 445 of 450 m²: one teacher (to 85 %) and 5 m² cost 15.

    Without the rule of teachers the m² may stay missed: all 15 are saved. Without that
    of m² one teacher to the floor does: 5 are saved. Without the quorum all.
    """
    short = {"primary_above_degree_teachers": 3, "teaching_area": 445}
    plan = ee.plan(judged(county(short, {})), costs=DEAR, rotation=False)

    assert {
        "0/primary.above_degree_teachers": 1,
        "0.teaching_area": 5,
    } == bought(plan)
    assert [15.0, 15.0] == pytest.approx([plan.cost, plan.bound])
    assert {
        "resources.section_quorum": 15,
        "resources.above_degree_teachers": 15,
        "resources.teaching_area": 5,
    } == {each.rule: pytest.approx(each.saving) for each in plan.prices}
    assert [10, 5] == [each.cost for each in plan.totals]
    assert ["0", "0/primary"] == [row["entity"] for row in plan.rows()]


def test_the_price_of_a_coefficient_by_hand() -> None:
    """
    Backbone teachers 1 and 5 of 100 pupils each: 2 ÷ 3 is above 0.5.

    One more: 1.5 ÷ 3.5 is 0.43. Only the coefficient asks for it.
    """
    plan = ee.plan(judged(county({}, {"primary_backbone_teachers": 5})), rotation=False)

    assert {"0/primary.backbone_teachers": 1} == bought(plan)
    (price,) = plan.prices
    assert ("resources.cv_backbone_teachers", "primary") == (price.rule, price.stage)
    assert 1 == price.saving


# -- rotation --------------------------------------------------------------------------


def test_rotation_by_hand() -> None:
    """
    One school has 3 backbone and 2 PE teachers, the other none: one of each moves.

    Of 20 who are due 2 are 10 %, and 1 of 2 is backbone, above 20 %.
    """
    none = {"primary_backbone_teachers": 0, "primary_pe_arts_teachers": 0}
    some = {"primary_backbone_teachers": 3, "primary_pe_arts_teachers": 2}
    result = judged(county(none, some, rotation_eligible_teachers=20))
    plan = ee.plan(result, costs={"rotate": 0.5})
    rotation = plan.rotation
    assert rotation is not None

    # A section, and the coefficients of both kinds: 0 and 3 are 1, 0 and 2 are 1.
    assert (3, 0) == (rotation.before, rotation.after)
    assert {
        ("backbone_teachers", "1/primary", "0/primary", 1),
        ("pe_arts_teachers", "1/primary", "0/primary", 1),
    } == {(m.column, m.source, m.target, m.amount) for m in rotation.moves}
    assert (2, 1, 20) == (rotation.moved, rotation.backbone, rotation.eligible)
    assert (0.1, 0.5) == (rotation.share, rotation.backbone_share)
    assert "10%" in str(plan)
    assert (1, ()) == (plan.cost, plan.changes)


def test_rotation_that_cannot_help() -> None:
    """Nobody can be spared: nobody moves, one is hired; the shares have no base."""
    plan = ee.plan(judged(county({"primary_backbone_teachers": 0}, {})))
    rotation = plan.rotation
    assert rotation is not None

    assert (2, 2, ()) == (rotation.before, rotation.after, rotation.moves)
    assert (None, None) == (rotation.share, rotation.backbone_share)
    assert {"0/primary.backbone_teachers": 1} == bought(plan)


def test_nobody_moves_where_that_is_bounded() -> None:
    """With no move allowed the same county must hire."""
    short = county({"primary_backbone_teachers": 0}, {"primary_backbone_teachers": 3})
    moving = ee.plan(judged(short))
    hiring = ee.plan(judged(short), bounds={"rotate": 0})

    assert (1, 1) == (len(moving.moves), moving.cost)
    assert ((), 1) == (hiring.moves, sum(bought(hiring).values()))


# -- the engine has the last word ------------------------------------------------------


def test_a_false_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that leaves one unit out is found out by judging again."""
    solve = _programme.Programme.solve

    def lying(self: Any, **options: Any) -> Any:
        answer = solve(self, **options)
        less = answer.bought.copy()
        at = less.nonzero()[0]
        less[at[:1]] -= 1
        return attrs.evolve(answer, bought=less)

    monkeypatch.setattr(_programme.Programme, "solve", lying)
    short = {"primary_backbone_teachers": 0}
    plan = ee.plan(judged(county(short, {})), rotation=False)

    assert not plan.feasible
    assert plan.unmet
    assert "重新评估后仍未达标" in str(plan)


def test_a_false_answer_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command line says so by its exit status."""
    monkeypatch.setattr(
        _programme.Programme,
        "whole",
        lambda self, **_: attrs.evolve(self.none("optimal"), cost=0.0, bound=0.0),
    )
    path = tmp_path / "county.json"
    path.write_text(json.dumps(county({"primary_backbone_teachers": 0}, {})), "utf-8")
    given = ["plan", str(path), "--on", "2024-12-31", "--no-rotation"]

    assert 3 == run([*given, "--seconds", "1"])


# -- levels ----------------------------------------------------------------------------


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a made-up province that asks for 5.5 m² a pupil, and a coefficient 0.3."""
    text = provinces.HEAD.format(area=99)
    for name, unit, value in (
        ("teaching_area_minimum", "m2_per_pupil", 5.5),
        ("coefficient_maximum", "ratio", 0.3),
    ):
        text += (
            f'\n[parameters.{name}]\nunit = "{unit}"\n[[parameters.{name}.values]]\n'
            f'from = 2020-01-01\nsource = "sample"\nprimary = {value}\n'
        )
    (tmp_path / "pack.toml").write_text(text, "utf-8")
    found = Registry.of(Plugin(provinces.bringing(tmp_path), "synthetic-99", "1"))
    assert not found.failures
    return found


def test_the_level_decides_whose_values(registry: Registry) -> None:
    """
    The nation asks for 4.5 m², the province for 5.5: 100 m² at each of two schools.

    One of the seven may stay at 85 % (4.675 m²): 18 m² each suffice. Backbone teachers
    1 and 2: 0.5 ÷ 1.5 is met by the nation's 0.5, not by the province's 0.3.
    """
    result = judged(county({}, {"primary_backbone_teachers": 2}), registry=registry)
    nation = ee.plan(result, rotation=False)
    province = ee.plan(result, rotation=False, level="province")

    assert (0, True) == (nation.cost, nation.feasible)
    assert {
        "0.teaching_area": 18,
        "1.teaching_area": 18,
        "0/primary.backbone_teachers": 1,
    } == bought(province)
    assert province.feasible
    unmet = result.findings(verdict="unmet", dimension="resources")
    assert {"99"} == {each.area for each in unmet}
    assert province.after is not None
    assert not province.after.findings(verdict="unmet", dimension="resources")


def test_a_level_without_values_of_its_own() -> None:
    """Where no province says more, every level asks what the nation asks."""
    result = judged(county({"teaching_area": 100}, {}))
    plans = [
        ee.plan(result, rotation=False, level=level)
        for level in ("nation", "province", "city", "county")
    ]
    # 85 % of 450 m²: 383, where no other is missed
    assert [283] * 4 == [each.cost for each in plans]


# -- classes and rooms -----------------------------------------------------------------


def with_classes(**more: Any) -> dict[str, Any]:
    """Return a county with a school of 25 classes, 3 oversized, and few rooms."""
    figures = {
        "primary_classes": 24,
        "primary_largest_class": 47,
        "primary_oversized_classes": 3,
        "music_room_areas": [100, 96],
        "art_room_areas": [95, 60],
    }
    return county(figures | more)


def test_what_is_not_planned_is_said() -> None:
    """Class size and art rooms are left out, and listed with how many are unmet."""
    plan = ee.plan(judged(with_classes()), rotation=False)

    assert plan.feasible
    assert {"government.class_size": 1, "government.art_rooms": 1} == {
        each.rule: each.units for each in plan.left_out
    }
    assert "未列入规划、仍未达标：" in str(plan)
    assert "班额：1" in str(plan)
    assert "Not planned" in "\n".join(plan.lines("en"))
    said = plan.to_dict()["left_out"]
    assert {"government.class_size", "government.art_rooms"} == {
        each["rule"] for each in said
    }


def test_rooms_besides() -> None:
    """24 classes ask for two rooms of each kind; of two art rooms one is too small."""
    plan = ee.plan(
        judged(with_classes()),
        rotation=False,
        also=["rooms"],
        costs={"art_room_areas": 7},
    )

    assert {"0.art_room_areas": 1} == bought(plan)
    assert (7, 7) == (plan.cost, plan.bound)
    assert ["government.class_size"] == [each.rule for each in plan.left_out]
    assert plan.feasible


def test_classes_besides_and_the_rooms_they_need() -> None:
    """Three classes are halved: 27 classes ask for three rooms of each kind."""
    plan = ee.plan(judged(with_classes()), rotation=False, also=["classes"])
    cells = bought(plan)

    assert (3, -3) == (
        cells["0/primary.classes"],
        cells["0/primary.oversized_classes"],
    )
    assert (1, 2) == (cells["0.music_room_areas"], cells["0.art_room_areas"])
    assert 3 + 1 + 2 == plan.cost
    # 100 pupils would fit into fewer classes: that three are needed is not proven.
    assert plan.bound == 3
    assert ((), ()) == (plan.left_out, plan.unmet)
    amounts = {each.column: each.amount for each in plan.totals}
    assert {"classes": 3, "music_room_areas": 1, "art_room_areas": 2} == amounts
    again = judged(with_classes()).facts.change(*plan.changes)
    assert plan.facts.digest == again.digest


def test_classes_by_grade() -> None:
    """46 and 44 are spread as 45 and 45; 47 and 45 need a third class."""
    rows = [
        {"id": f"{g}{n}", "school": "0", "stage": "primary", "grade": g, "pupils": p}
        for g, some in {1: (46, 44), 2: (47, 45)}.items()
        for n, p in enumerate(some)
    ]
    made = with_classes()
    for name in ("classes", "largest_class", "oversized_classes", "pupils"):
        del made["schools"][0][f"primary_{name}"]
    made["schools"][0] |= {
        "primary_pupils": 182,
        **{name: 2 * most for name, most in ENOUGH.items()},
    }
    plan = ee.plan(judged(made | {"classes": rows}), rotation=False, also=["classes"])
    cells = bought(plan)

    assert {
        "0/primary.classes": 1,
        "0/primary.largest_class": -2,  # 45 and 45; 92 pupils are 31, 31, 30
        "0/primary.oversized_classes": -2,
    } == {key: n for key, n in cells.items() if "/primary" in key}
    assert (1, 1) == (plan.cost, plan.bound)
    assert plan.feasible


def test_bounds_besides() -> None:
    """A room too few is proven impossible; what is not proven is not called so."""
    result = judged(with_classes())

    none = ee.plan(result, rotation=False, also=["rooms"], bounds={"art_room_areas": 0})
    assert ("infeasible", (), ()) == (none.status, none.changes, none.totals)
    some = ee.plan(
        result, rotation=False, also=["rooms"], bounds={"0.art_room_areas": 1}
    )
    assert some.feasible
    open_ = ee.plan(result, rotation=False, also=["classes"], bounds={"classes": 2})
    assert "unsolved" == open_.status


def test_bad_besides() -> None:
    """What is not known is named; so is what cannot be planned."""
    blank = with_classes()
    del blank["schools"][0]["art_room_areas"]
    with pytest.raises(ee.InputError, match="Art rooms"):
        ee.plan(judged(blank), also=["rooms"])
    with pytest.raises(ee.errors.UnknownNameError, match="classes"):
        ee.plan(judged(blank), also=["class"])
    with pytest.raises(ee.errors.UnknownNameError):
        ee.plan(judged(with_classes()), costs={"art_room_areas": 1})


def test_command_besides(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command line plans classes and rooms too."""
    path = tmp_path / "county.json"
    path.write_text(json.dumps(with_classes()), "utf-8")
    given = ["plan", str(path), "--on", "2024-12-31", "--no-rotation"]

    assert 0 == run([*given, "--also", "classes", "--format", "json"])
    made = json.loads(capfd.readouterr().out)
    assert (6, []) == (made["cost"], made["left_out"])
    assert 2 == run([*given, "--also", "class"])
    assert "class" in capfd.readouterr().err
