"""What if: changed facts are those of a changed document, and the verdict turns."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eduequity as ee
from eduequity import io
from eduequity.cli import DEMO, run
from eduequity.facts import Ragged, parse


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
Document = dict[str, Any]


def school(code: str, kind: str, **figures: Any) -> Document:
    """Return a row of a school with plenty of everything but what is given."""
    stages = {"nine_year": ("primary", "junior")}.get(kind, (kind,))
    row: Document = {
        "code": code,
        "name": f"合成{code}",
        "kind": kind,
        "owner": "public",
        "locale": "town",
        "boarding": False,
        "indoor_sports_area": 0,
        "sports_hall_area": 0,
        "teaching_area": 9000,
        "outdoor_sports_area": 16000,
        "equipment_value": 4000000,
        "multimedia_classrooms": 40,
        "music_room_areas": [100, 96],
        "art_room_areas": [95],
    }
    for stage in stages:
        row |= {
            f"{stage}_pupils": 600,
            f"{stage}_classes": 15,
            f"{stage}_largest_class": 42,
            f"{stage}_pupils_in_zone": 600,
            f"{stage}_above_degree_teachers": 36,
            f"{stage}_backbone_teachers": 8,
            f"{stage}_pe_arts_teachers": 7,
        }
    return row | figures


@pytest.fixture
def document() -> Document:
    """Return a made-up county of three schools."""
    return {
        "county": [
            {
                "code": "999901",
                "name": "合成县",
                "synthetic": True,
                "primary_schools": 2,
                "primary_pupils": 900,
                "nine_year_schools": 1,
            }
        ],
        "schools": [
            school("1", "primary"),
            school("2", "primary", primary_pupils=300, primary_pupils_in_zone=290),
            school("3", "nine_year"),
        ],
    }


def same(first: ee.Facts, second: ee.Facts) -> bool:
    """Whether two facts are judged alike, finding by finding."""
    said = [
        sorted(
            (f.id, f.verdict, repr(f.value))
            for f in ee.evaluate(facts, on=ON).findings(components=True)
        )
        for facts in (first, second)
    ]
    return said[0] == said[1]


def row(document: Document, code: str) -> Document:
    """Return the row of a school."""
    (found,) = [each for each in document["schools"] if each["code"] == code]
    return found  # type: ignore[no-any-return]


def test_change_is_the_changed_document(document: Document) -> None:
    """Facts that are changed equal those read from a document changed by hand."""
    facts = io.read(copy.deepcopy(document))
    digest = facts.digest
    changed = facts.change(
        "1/primary.backbone_teachers += 3",
        "move 2 pe_arts_teachers 1/primary -> 3/primary",
        "2.teaching_area = 1234.56",
        "3.art_room_areas += 90,91.5",
        "2/primary.pupils = 330",
    )

    by_hand = copy.deepcopy(document)
    row(by_hand, "1")["primary_backbone_teachers"] = 11
    row(by_hand, "1")["primary_pe_arts_teachers"] = 5
    row(by_hand, "3")["primary_pe_arts_teachers"] = 9
    row(by_hand, "2")["teaching_area"] = 1234.56
    row(by_hand, "3")["art_room_areas"] = [95, 90, 91.5]
    row(by_hand, "2")["primary_pupils"] = 330
    row(by_hand, "2")["primary_pupils_in_zone"] = 319  # 290/300 of 330
    by_hand["county"][0]["primary_pupils"] = 930

    assert same(changed, io.read(by_hand))
    assert not same(changed, facts)
    assert digest == facts.digest


def test_growth_of_all(document: Document) -> None:
    """A factor reaches every section of the stage, in whole pupils, half up."""
    facts = io.read(document).change("*/primary.pupils *= 1.015")

    assert [609, 305, 609] == facts.sections.numbers("pupils")[:3].tolist()
    assert 600 == facts.sections.numbers("pupils")[3]


def test_merge_is_the_parent_of_the_document(document: Document) -> None:
    """A merged school is one that the document says does not count."""
    merged = io.read(copy.deepcopy(document)).change("merge 2 -> 1")

    by_hand = copy.deepcopy(document)
    row(by_hand, "2").update(parent="1", counts_as_school=False)
    by_hand["county"][0]["primary_schools"] = 1

    assert same(merged, io.read(by_hand))
    assert ["1", "3"] == list(merged.schools.words("code"))
    assert 900 == merged.sections.numbers("pupils")[0]
    assert 3 == len(io.read(document).schools.words("code"))


def test_split_keeps_every_pupil(document: Document) -> None:
    """What is split adds up to what there was."""
    facts = io.read(document)
    split = facts.change("split 3 -> 4 0.4")

    assert ["1", "2", "3", "4"] == list(split.schools.words("code"))
    for name in ("pupils", "backbone_teachers", "classes"):
        assert facts.sections.numbers(name).sum() == split.sections.numbers(name).sum()
    assert facts.schools.numbers("teaching_area").sum() == pytest.approx(
        split.schools.numbers("teaching_area").sum()
    )
    assert [360, 240] == split.sections.numbers("pupils")[2:4].tolist()
    assert split.change("merge 4 -> 3").sections.numbers("pupils").tolist() == (
        facts.sections.numbers("pupils").tolist()
    )


def test_shortfall_carried_out() -> None:
    """The changes of a shortfall are changes, and do what they say."""
    result = ee.evaluate(ee.read(DEMO), on=ON)
    (county,) = result.values()
    quorum = [
        each
        for each in county.shortfall()
        if each.finding.rule == "resources.section_quorum"
    ]
    changed = result.facts.change(*(c for each in quorum for c in each.changes))

    before, after = (
        len(
            ee.evaluate(f, on=ON).findings(
                rule="resources.section_quorum", verdict="unmet"
            )
        )
        for f in (result.facts, changed)
    )
    assert before > 0
    assert 0 == after


def test_every_change_that_cannot_be_is_named(document: Document) -> None:
    """All at once, each with its place; nothing is changed."""
    facts = io.read(document)
    wrong = [
        "1/primary.pupils -= 601",
        "1/primary.pupils = 0",
        "1/primary.backbone_teachers += 0.5",
        "1/primary.certified_teachers += 1",  # blank
        "move 9 backbone_teachers 1/primary -> 2/primary",
        "move -1 backbone_teachers 1/primary -> 2/primary",
        "1/junior.pupils += 1",
        "split 1 -> 2 0.5",
        "split 1 -> 9 1.5",
        "merge 1 -> 1",
        "1.art_room_areas -= 90",
        "more teachers",
    ]
    with pytest.raises(ee.InputError) as caught:
        facts.change(*wrong)
    assert len(wrong) == len(caught.value.problems)
    for problem in caught.value.problems:
        assert problem.zh
        assert problem.place

    for name in ("9/primary.pupils += 1", "1/senior.pupils += 1", "1.pupls += 1"):
        with pytest.raises(ee.errors.UnknownNameError):
            facts.change(name)


def test_records_and_sentences_are_the_same() -> None:
    """What is read from a sentence is the record."""
    assert ee.Amend("1/primary", "pupils", "-=", 3) == parse("1/primary.pupils -= 3")
    assert ee.Amend("1", "art_room_areas", "=", (90.0,)) == parse(
        "1.art_room_areas = 90"
    )
    assert ee.Move(2, "pe_arts_teachers", "1/primary", "2/primary") == parse(
        "move 2 pe_arts_teachers 1/primary -> 2/primary"
    )
    assert ee.Merge("1", "2") == parse("merge 1 -> 2")
    assert ee.Split("1", "2", 0.25) == parse("split 1 -> 2 0.25")


def test_no_part_of_a_split_is_empty(document: Document) -> None:
    """Of 300 pupils 0.1 % would be none; 0.2 % is one."""
    facts = io.read(document)
    for share in ("0.001", "0.999"):
        with pytest.raises(ee.InputError, match="without pupils"):
            facts.change(f"split 2 -> 9 {share}")
    pupils = facts.change("split 2 -> 9 0.002").sections.numbers("pupils").tolist()
    assert (1, 1) == (pupils.count(1), pupils.count(299))


def test_a_campus_that_becomes_a_school(document: Document) -> None:
    """Of 3 rooms, 2 music and 1 art, half go: 1 music room, and by rounding no art."""
    facts = io.read(document).change("split 1 -> 9 0.5")
    at = list(facts.schools.words("code")).index("9")
    rooms = []
    for kind in ("music", "art"):
        areas = facts.schools[f"{kind}_room_areas"]
        assert isinstance(areas, Ragged)
        rooms.append(int(areas.starts[at + 1] - areas.starts[at]))

    assert [1, 0] == rooms
    assert [300, 300] == [
        facts.sections.numbers("pupils")[row]
        for row in np.flatnonzero(np.isin(facts.section_school, (0, at)))
    ]


def test_names_that_there_are_not_stand_beside_the_rest(document: Document) -> None:
    """One unknown school hides no other change that cannot be made."""
    facts = io.read(document)
    wrong = ["9/primary.pupils += 1", "1/primary.pupils -= 601", "1.pupls += 1"]

    with pytest.raises(ee.InputError) as caught:
        facts.change(*wrong)

    assert ["9/primary.pupils += 1", "1.pupls += 1"] == [
        each.sheet for each in caught.value.problems if each.code == "unknown-name"
    ]
    assert 3 == len(caught.value.problems)
    result = ee.evaluate(facts, on=ON)
    with pytest.raises(ee.InputError) as caught:
        ee.what_if(result, {"甲": [wrong[0]], "乙": [wrong[1]], "丙": ["merge 1 -> 2"]})
    places = [each.place.partition(":")[0] for each in caught.value.problems]
    assert ["甲", "乙"] == places
    with pytest.raises(ee.errors.UnknownNameError):
        ee.what_if(result, {"甲": [wrong[0]]})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--scenario", "a: 1/primary.pupils -= 601"], ("a:1/primary", "-1")),
        (["--scenario", "a: 1/primary.pupils = -3"], ("a:1/primary", "-3")),
        (["--scenario", "a: 1/primary.pupils *= -1"], ("a:1/primary", "-600")),
        (["--sweep", "1/primary.pupils=-10..10"], ("1/primary", "-10")),
    ],
    ids=repr,
)
def test_pupils_are_never_below_0(
    given: list[str],
    said: tuple[str, ...],
    lang: str,
    document: Document,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Exit 2, one line with place, found and expected; no file, no traceback."""
    path, out = tmp_path / "county.json", tmp_path / "out.xlsx"
    path.write_text(json.dumps(document), "utf-8")
    law = ["--on", "2024-12-31", "--lang", lang, "--out", str(out)]

    assert 2 == run(["what-if", str(path), *given, *law])

    told = capfd.readouterr()
    assert "" == told.out
    assert 1 == len(told.err.splitlines())
    assert all(word in told.err for word in said)
    assert (lang == "zh") == ("应" in told.err)
    assert not out.exists()


# -- side by side ----------------------------------------------------------------------


def test_scenarios_are_evaluations_side_by_side(document: Document) -> None:
    """Every cell of the table is what evaluating the changed facts says."""
    result = ee.evaluate(io.read(document), on=ON)
    scenarios = {
        "涨": ["*/primary.pupils *= 1.6"],
        "并": ["merge 2 -> 1"],
    }
    table = ee.what_if(result, scenarios)

    assert ["", "涨", "并"] == [each.name for each in table]
    seen = 0
    for each in table:
        nth = list(table).index(each)
        again = ee.evaluate(result.facts.change(*each.edits), on=ON)
        for line in table.rows:
            verdict, unmet, value = line.cells[nth]
            if not line.rule:
                assert again["999901"].verdict is verdict
                continue
            found = again.findings(rule=line.rule, force="requirement")
            single = [f for f in found if "summary" not in f.flags]
            if line.stage:
                (one,) = [f for f in single if f.stage == line.stage]
                assert (one.verdict, one.value) == (verdict, value)
            else:
                assert unmet == sum(f.verdict is ee.Verdict.UNMET for f in single)
                seen += unmet
    assert seen > 0
    assert any(each.differs for each in table.rows)


def test_bad_scenarios_are_all_named(document: Document) -> None:
    """Every scenario that cannot be is named with its changes."""
    result = ee.evaluate(io.read(document), on=ON)
    with pytest.raises(ee.InputError) as caught:
        ee.what_if(result, {"甲": ["1/primary.pupils = -1"], "乙": ["nonsense"]})
    assert ["甲", "乙"] == [each.file for each in caught.value.problems]


def test_sweep_turns_where_the_law_says(document: Document) -> None:
    """4.2 per 100 of 600 pupils are 25.2: the 26th teacher turns the indicator."""
    result = ee.evaluate(io.read(document), on=ON)
    finding = ":resources.above_degree_teachers@1/primary"
    found = ee.sweep(
        result, "1/primary.above_degree_teachers", range(0, 101, 20), finding=finding
    )

    (turn,) = found.turns
    assert (25, 26) == (turn.below, turn.above)
    assert (ee.Verdict.UNMET, ee.Verdict.MET) == (turn.before, turn.after)
    assert 36 == found.now
    assert 100 * 20 / 600 == found.points[1].measured
    assert "---- 25 未达标 | 26 达标 ----" in str(found)


def test_sweep_to_the_hundredth(document: Document) -> None:
    """Areas turn at 0.01 m²: 4.5 × 600 pupils."""
    result = ee.evaluate(io.read(document), on=ON)
    finding = ":resources.teaching_area@1/primary"
    found = ee.sweep(result, "1.teaching_area", [2000, 3000], finding=finding)

    (turn,) = found.turns
    assert (2699.99, 2700) == (turn.below, turn.above)


CELLS = (
    ("1/primary.backbone_teachers", ":resources.backbone_teachers@1/primary", 1.0),
    ("1/primary.pupils", ":resources.above_degree_teachers@1/primary", 1.0),
    ("3.outdoor_sports_area", ":resources.sports_area@3/junior", 0.01),
    ("2.multimedia_classrooms", ":resources.section_quorum@2/primary", 1.0),
    ("1/primary.largest_class", ":government.class_size@1/primary", 1.0),
)


@pytest.mark.parametrize(("cell", "finding", "step"), CELLS)
def test_both_sides_of_every_turn(
    document: Document, cell: str, finding: str, step: float
) -> None:
    """Judged afresh, the last value below and the first above have their verdicts."""
    result = ee.evaluate(io.read(document), on=ON)
    ends = [1, 30_000] if step < 1 else [1, 1900]
    found = ee.sweep(result, cell, ends, finding=finding)

    turns = found.turns
    if not turns:
        assert len({each.verdict for each in found.points}) == 1
    for turn in turns:
        assert step == pytest.approx(turn.above - turn.below)
        sides = [
            ee.evaluate(result.facts.change(f"{cell} = {value}"), on=ON)["999901"]
            .finding(finding)
            .verdict
            for value in (turn.below, turn.above)
        ]
        assert [turn.before, turn.after] == sides


def test_turns_of_the_cells_are_there(document: Document) -> None:
    """6 backbone teachers, 857 pupils, class of 45: by hand, and the turns agree."""
    result = ee.evaluate(io.read(document), on=ON)
    asked = {
        "1/primary.backbone_teachers": 6,  # 1 % of 600
        "1/primary.pupils": 858,  # 36 ÷ 4.2 % is 857.1
        "1/primary.largest_class": 46,
    }
    for cell, finding, _ in CELLS:
        if cell in asked:
            (turn,) = ee.sweep(result, cell, [1, 1900], finding=finding).turns
            assert asked[cell] == turn.above


def test_bad_sweeps(document: Document) -> None:
    """No values, no cell and no finding of that name are said."""
    result = ee.evaluate(io.read(document), on=ON)
    with pytest.raises(ee.InputError):
        ee.sweep(result, "1/primary.pupils", [])
    with pytest.raises(ee.InputError):
        ee.sweep(result, "pupils", [1])
    with pytest.raises(ee.InputError):
        ee.sweep(result, "1/primary.pupils", [math.nan])
    with pytest.raises(ee.errors.UnknownNameError):
        ee.sweep(result, "1/primary.pupils", [1], finding="nothing")


def test_command(
    document: Document, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Scenarios and sweeps on the command line, as a table and as JSON."""
    path = tmp_path / "county.json"
    path.write_text(json.dumps(document), "utf-8")
    given = ["what-if", str(path), "--on", "2024-12-31"]
    scenario = ["--scenario", "并校: merge 2 -> 1; 1.art_room_areas += 95"]

    assert 0 == run([*given, *scenario])
    assert "并校" in capfd.readouterr().out
    assert 0 == run([*given, *scenario, "--format", "json"])
    made = json.loads(capfd.readouterr().out)
    assert ["", "并校"] == [each["name"] for each in made["scenarios"]]
    assert 0 == run(
        [
            *given,
            "--sweep",
            "1/primary.backbone_teachers=0..10..5",
            "--finding",
            ":resources.backbone_teachers@1/primary",
            "--lang",
            "en",
        ]
    )
    assert "---- 5 unmet | 6 met ----" in capfd.readouterr().out

    for wrong in (
        [],
        ["--scenario", "merge 2 -> 1"],
        ["--sweep", "1/primary.pupils=a..b"],
        ["--sweep", "1/primary.pupils=1..2..0"],
        ["--scenario", "a: 1/primary.pupils -= 9999"],
    ):
        assert 2 == run([*given, *wrong])
        assert capfd.readouterr().err
