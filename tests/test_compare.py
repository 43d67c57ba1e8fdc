"""Two assessments side by side: what flipped, because of what, and over whom."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import attrs
import pytest

import eduequity as ee
from eduequity import io
from eduequity.__main__ import main
from eduequity.ledger import Cause, SchoolFate
from eduequity.registry import Registry
from tests.reference import counties


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
DEGREES = "resources.above_degree_teachers"
MUSIC = "government.music_rooms"
SPREAD = "resources.cv_above_degree_teachers"


def school(code: str, teachers: float | None, **facts: Any) -> dict[str, Any]:
    """Return the row of a primary school of 100 pupils."""
    return {
        "code": code,
        "name": f"示例小学{code}",
        "kind": "primary",
        "primary_pupils": 100,
        "primary_above_degree_teachers": teachers,
        **facts,
    }


def judged(
    *schools: dict[str, Any], code: str = "999901", on: dt.date = ON, **facts: Any
) -> ee.Assessment:
    """Judge a county of these schools."""
    county = {"code": code, "name": "示例县", "synthetic": True, **facts}
    return ee.evaluate(io.read({"county": [county], "schools": list(schools)}), on=on)


def by_hand(old: ee.Assessment, new: ee.Assessment) -> set[tuple[str, str, str]]:
    """Return what flipped by laying the findings side by side, one by one."""
    before, after = (
        {
            f.id: f.verdict.value
            for c in side.values()
            for f in c.findings(components=True)
        }
        for side in (old, new)
    )
    return {
        (name, before[name], after[name])
        for name in before.keys() & after.keys()
        if before[name] != after[name]
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flips_are_those_of_the_findings_one_by_one(seed: int) -> None:
    """Whatever differs between findings of the same id is a flip, and nothing else."""
    old, new = counties.documents(2, seed=seed)
    for key in ("code",):
        new["county"][0][key] = old["county"][0][key]
    for row in new["schools"]:
        row.pop("county", None)
    sides = []
    for document, day in ((old, dt.date(2022, 6, 1)), (new, ON)):
        sides.append(ee.evaluate(io.read(document), on=day))

    found = ee.compare(*sides).flips
    flipped = {
        (f.id, f.before.value, f.after.value)
        for f in found
        if f.rule and f.before is not None and f.after is not None
    }

    assert flipped == by_hand(*sides)
    assert len(flipped) > 5


def test_data_alone_is_the_cause() -> None:
    """The same law and other data: the data, and nothing else."""
    found = ee.compare(judged(school("1", 4)), judged(school("1", 5)))

    assert (Cause.DATA,) == found.causes
    assert [("unmet", "met")] == [
        (f.before and f.before.value, f.after and f.after.value)
        for f in found.flips.where(rule=DEGREES)
        if f.now is not None and f.now.scope == "section"
    ]
    assert all((Cause.DATA,) == f.causes for f in found.flips)


def relaxed() -> dict[str, Any]:
    """Return a school whose music room of 80 m² only R-3 (73 m²) lets pass."""
    return school(
        "1",
        5,
        built_year=2012,
        rectification_plan=True,
        music_room_areas=[80.0],
        primary_classes=6,
    )


def test_the_law_in_force_is_the_cause() -> None:
    """The same data on a day after a relaxation ended: the law, and nothing else."""
    old = judged(relaxed(), on=dt.date(2022, 6, 1))
    new = ee.evaluate(old.facts, on=ON)

    found = ee.compare(old, new)

    assert (Cause.LAW,) == found.causes
    flips = found.flips.where(rule=MUSIC)
    assert ("met", "unmet") in [(f.before, f.after) for f in flips]
    assert {(Cause.LAW,)} == {f.causes for f in flips}


def corrected(registry: Registry, value: float) -> dict[str, Any]:
    """Return the law with another limit of the coefficient than was first typed in."""
    pack = next(
        p for p in registry.rulebook.packs if p.info.id == "national-quality-balance"
    )
    limit = pack.parameters["class_size"]
    values = tuple(attrs.evolve(v, primary=value) for v in limit.values)
    parameters = {**pack.parameters, "class_size": attrs.evolve(limit, values=values)}
    return {"pack": attrs.evolve(pack, parameters=parameters, digest="corrected")}


def test_a_correction_of_a_pack_is_the_cause(national_only: Registry) -> None:
    """The same data and day, a pack whose number was mended: the pack."""
    row = school("1", 5, primary_largest_class=47, primary_classes=3)
    old = judged(row)
    mended = corrected(national_only, 48)["pack"]
    packs = tuple(mended if p.info.id == mended.info.id else p for p in old.law.packs)
    law = attrs.evolve(old.law, packs=packs)
    from eduequity.engine import evaluate_levels

    levels = evaluate_levels(old.facts, law, old.indicators)
    new = attrs.evolve(old, law=law, levels=levels)

    flips = ee.compare(old, new).flips.where(rule="government.class_size")

    assert {("unmet", "met", (Cause.PACK,))} == {
        (f.before, f.after, f.causes) for f in flips
    }


def test_two_causes_are_told_apart() -> None:
    """One verdict that the data turn and one that the law turns, in one comparison."""
    old = judged(relaxed(), school("2", 4), on=dt.date(2022, 6, 1))
    new = judged(relaxed(), school("2", 5))

    found = ee.compare(old, new)

    causes = {
        (f.rule, f.id.rpartition("@")[2]): f.causes
        for f in found.flips
        if f.now is not None and f.now.scope in ("section", "school")
    }
    assert (Cause.DATA,) == causes[DEGREES, "2/primary"]
    assert (Cause.LAW,) == causes[MUSIC, "1"]


def test_another_reading_is_the_cause() -> None:
    """The same data, law and packs under another reading."""
    facts = judged(relaxed(), on=dt.date(2022, 6, 1)).facts
    old = ee.evaluate(facts, on=ON)
    new = ee.evaluate(facts, on=ON, options={"relaxations": "always"})

    found = ee.compare(old, new)

    assert (Cause.READING,) == found.causes
    assert len(found.flips)
    assert any("relaxations" in note.en for note in found.notes)


def test_schools_opened_closed_and_merged_are_told() -> None:
    """A school that is gone went into its parent where the data say so."""
    old = judged(school("1", 5), school("2", 5), school("3", 5))
    new = judged(
        school("1", 5),
        school("2", 5, parent="1", counts_as_school=False, name="示例小学2"),
        school("4", 5, name="示例小学3"),
    )

    found = ee.compare(old, new)

    told = {(c.fate, c.entity): (c.into, c.namesake) for c in found.population.changes}
    assert ("1", None) == told[SchoolFate.MERGED, "2"]
    assert (None, "4") == told[SchoolFate.CLOSED, "3"]
    assert (None, "3") == told[SchoolFate.OPENED, "4"]
    assert any("not the same schools" in note.en for note in found.notes)


def test_coefficients_say_over_which_schools() -> None:
    """The move of the coefficient adds up from the schools, and says who they are."""
    old = judged(school("1", 4), school("2", 6))
    new = judged(school("1", 4), school("2", 8), school("3", 6))

    (move,) = [c for c in ee.compare(old, new).coefficients if c.rule == SPREAD]

    # By hand: 4, 6 have mean 5, deviation 1; 4, 8, 6 have mean 6, variance 8/3.
    assert move.before == pytest.approx(1 / 5)
    assert move.after == pytest.approx(math.sqrt(8 / 3) / 6)
    assert move.after_same == pytest.approx(2 / 6)  # 4 and 8: mean 6, deviation 2
    assert (2, 3, 2) == move.members
    assert not move.same_population
    total = sum(each.part for each in move.pulls)
    assert total == pytest.approx(8 / 3 / 36 - 1 / 25)
    assert "not the same schools" in move.sentence("en")


def test_indicators_are_better_or_worse() -> None:
    """Counted over the sections in both, each by its own direction."""
    old = judged(school("1", 4), school("2", 6), school("3", None), school("9", 1))
    new = judged(school("1", 5), school("2", 5), school("3", 5), school("8", 1))

    (move,) = [m for m in ee.compare(old, new).indicators if m.rule == DEGREES]

    assert (1, 1, 0, 1) == (move.better, move.worse, move.same, move.unknown)
    assert (5, 5) == (move.before, move.after)


def test_other_counties_and_programmes_are_refused() -> None:
    """Different populations are an error where nothing is in both, else a note."""
    here, there = judged(school("1", 5)), judged(school("1", 5), code="999902")
    with pytest.raises(ee.InputError, match="no county in both"):
        ee.compare(here, there)
    other = ee.evaluate(here.facts, on=ON, programme="basic-balance")
    with pytest.raises(ee.InputError, match="programmes differ"):
        ee.compare(here, other)


def test_counties_of_one_side_are_named() -> None:
    """A county that left or joined is never passed over."""
    rows = [{"code": code, "name": code} for code in ("999901", "999902")]
    both = ee.evaluate(io.read({"county": rows, "schools": []}), on=ON)

    found = ee.compare(both, judged())

    assert ("999902",) == found.population.left
    assert any("999902" in note.zh for note in found.notes)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_and_writes_json(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`eduequity compare OLD NEW`, for people and for programs."""
    paths = []
    for name, teachers in (("old", 4), ("new", 5)):
        path = tmp_path / f"{name}.json"
        data = {
            "county": [{"code": "999901", "name": "示例县"}],
            "schools": [school("1", teachers)],
        }
        path.write_text(json.dumps(data), encoding="utf-8")
        paths.append(str(path))

    assert 0 == main(["compare", *paths, "--on", "2024-12-31", "--lang", lang])
    said = capsys.readouterr().out
    assert {"zh": "原因：数据", "en": "because of the data"}[lang] in said

    assert 0 == main(["compare", *paths, "--on", "2024-12-31", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert "eduequity/comparison/1" == told["schema"]
    assert any(f["rule"] == DEGREES and f["causes"] == ["data"] for f in told["flips"])


def test_the_command_tells_corrections_of_packs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was recorded then otherwise than the packs of today find is told apart."""
    path, record = tmp_path / "county.json", tmp_path / "then.json"
    county = [{"code": "999901", "name": "示例县"}]
    path.write_text(json.dumps({"county": county, "schools": [school("1", 5)]}))
    law = ["--on", "2024-12-31"]
    main(["evaluate", str(path), *law, "--out", str(record)])
    told = json.loads(record.read_text("utf-8"))
    (finding,) = [
        f for f in told["counties"][0]["findings"] if f["id"] == f":{DEGREES}@1/primary"
    ]
    finding["verdict"] = "unmet"  # as the mistaken pack of then had it
    told["packs"][0]["digest"] = "0" * 64
    record.write_text(json.dumps(told), encoding="utf-8")
    capsys.readouterr()

    args = ["compare", str(path), str(path), *law, "--recorded", str(record)]
    assert 0 == main([*args, "--format", "json"])

    corrections = json.loads(capsys.readouterr().out)["corrections"]
    assert {"pack", "finding"} == {each["what"] for each in corrections}
    assert ("unmet", "met") in [(c["recorded"], c["found"]) for c in corrections]


def test_the_command_refuses_another_county(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and one line, no traceback."""
    paths = []
    for code in ("999901", "999902"):
        path = tmp_path / f"{code}.json"
        path.write_text(json.dumps({"county": [{"code": code}], "schools": []}))
        paths.append(str(path))

    assert 2 == main(["compare", *paths])
    said = capsys.readouterr().err
    assert "999902" in said
    assert "Traceback" not in said


# -- counties that were renamed or merged ----------------------------------------------

MERGER = dt.date(2023, 7, 1)


def renamed(assessment: ee.Assessment, *codes: str, now: str) -> ee.Assessment:
    """Judge again under packs that say what became of counties, from `MERGER` on."""
    from eduequity.engine import evaluate_levels
    from eduequity.rules._pack import Renamed

    more = tuple(Renamed(code=c, now=now, source="s", start=MERGER) for c in codes)
    packs = tuple(
        attrs.evolve(pack, aliases=(*pack.aliases, *more)) if nth == 0 else pack
        for nth, pack in enumerate(assessment.law.packs)
    )
    law = attrs.evolve(assessment.law, packs=packs)
    levels = evaluate_levels(assessment.facts, law, assessment.indicators)
    return attrs.evolve(assessment, law=law, levels=levels)


def counties_of(
    day: dt.date, schools: dict[str, list[dict[str, Any]]]
) -> ee.Assessment:
    """Judge counties by their codes, each with its schools."""
    rows = [
        {"code": code, "name": f"示例{code}", "synthetic": True} for code in schools
    ]
    listed = [{**row, "county": code} for code in schools for row in schools[code]]
    return ee.evaluate(io.read({"county": rows, "schools": listed}), on=day)


THEN = dt.date(2022, 12, 31)


def test_a_renamed_county_is_the_same_county() -> None:
    """By a dated alias: its schools, its coefficients and its verdicts are compared."""
    old = counties_of(THEN, {"999901": [school("1", 4), school("2", 6)]})
    new = counties_of(ON, {"999903": [school("1", 5), school("2", 6)]})
    old, new = (renamed(side, "999901", now="999903") for side in (old, new))

    found = ee.compare(old, new)

    assert [(("999901",), "999903")] == [tuple(m) for m in found.population.merged]
    assert ((), ()) == (found.population.left, found.population.joined)
    assert () == found.population.changes
    assert any("999901 → 999903" in note.zh for note in found.notes)
    turned = {f.id: (f.before, f.after) for f in found.flips.where(rule=DEGREES)}
    assert ("unmet", "met") == turned[f":{DEGREES}@1/primary"]
    assert ("unmet", "met") == turned[f":{DEGREES}@999903"]
    (move,) = [c for c in found.coefficients if c.rule == SPREAD]
    # By hand: 4, 6 have mean 5, deviation 1; 5, 6 have mean 5.5, deviation 0.5.
    assert (1 / 5, 0.5 / 5.5) == pytest.approx((move.before, move.after))
    assert move.same_population


def test_merged_counties_are_compared_school_by_school_alone() -> None:
    """The whole of two counties is not the whole of one: that is said, not compared."""
    old = counties_of(
        THEN,
        {
            "999901": [school("1", 4), school("2", 5)],
            "999902": [school("3", 5), school("5", 5)],
        },
    )
    new = counties_of(
        ON,
        {"999903": [school("1", 5), school("2", 5), school("3", 4), school("4", 5)]},
    )
    old, new = (renamed(e, "999901", "999902", now="999903") for e in (old, new))

    found = ee.compare(old, new)

    merged = [(("999901", "999902"), "999903")]
    assert merged == [tuple(each) for each in found.population.merged]
    assert {("closed", "5"), ("opened", "4")} == {
        (change.fate.value, change.entity) for change in found.population.changes
    }
    assert {(f":{DEGREES}@1/primary", "met"), (f":{DEGREES}@3/primary", "unmet")} == {
        (f.id, f.after and f.after.value) for f in found.flips.where(rule=DEGREES)
    }
    assert () == found.coefficients
    assert not [f for f in found.flips if not f.rule]
    assert any("merged counties" in note.en for note in found.notes)
    told = found.to_dict()["population"]["counties_merged"]
    assert [{"old": ["999901", "999902"], "new": "999903"}] == told


def test_a_county_merged_into_one_that_stays() -> None:
    """The one that keeps its code is not silently compared with the larger one."""
    old = counties_of(THEN, {"999901": [school("1", 4)], "999902": [school("2", 5)]})
    new = counties_of(ON, {"999902": [school("1", 5), school("2", 5)]})
    old, new = (renamed(side, "999901", now="999902") for side in (old, new))

    found = ee.compare(old, new)

    assert [(("999901", "999902"), "999902")] == [
        tuple(each) for each in found.population.merged
    ]
    assert [":" + DEGREES + "@1/primary"] == [
        f.id for f in found.flips.where(rule=DEGREES)
    ]
    assert () == found.coefficients


def test_an_alias_counts_from_its_day() -> None:
    """Before that day nobody knows that the one code stands for the other."""
    before = MERGER - dt.timedelta(days=1)
    old = counties_of(THEN, {"999901": [school("1", 4)]})
    new = counties_of(before, {"999903": [school("1", 5)]})
    old, new = (renamed(side, "999901", now="999903") for side in (old, new))

    with pytest.raises(ee.InputError, match="no county in both"):
        ee.compare(old, new)


def test_no_merger_is_left_unsaid() -> None:
    """More than are named one by one are counted."""
    many = 11
    old = counties_of(THEN, {f"9999{nth:02}": [] for nth in range(many)})
    new = counties_of(ON, {f"9998{nth:02}": [] for nth in range(many)})
    for nth in range(many):
        code, now = f"9999{nth:02}", f"9998{nth:02}"
        old, new = (renamed(side, code, now=now) for side in (old, new))

    notes = [note.en for note in ee.compare(old, new).notes]

    assert 8 == sum("renamed:" in note for note in notes)
    assert any(note.startswith("3 more") for note in notes)


def test_a_school_merged_by_the_parent_of_then() -> None:
    """A row that is gone went into the parent that it named before."""
    old = judged(school("1", 5), school("2", 5, parent="1"))
    new = judged(school("1", 5))

    (change,) = ee.compare(old, new).population.changes

    assert ("merged", "2", "1") == (change.fate.value, change.entity, change.into)
    assert "并入" in change.sentence("zh")


def test_a_stage_that_came_or_went_is_told() -> None:
    """A primary school that became a nine-year school has a section more."""
    old = judged(school("1", 5))
    row = school("1", 5, junior_pupils=90, junior_above_degree_teachers=9)
    new = judged({**row, "kind": "nine_year"})

    there = ee.compare(old, new).population.changes
    back = ee.compare(new, old).population.changes

    assert [("stage_opened", "1/junior")] == [(c.fate, c.entity) for c in there]
    assert [("stage_closed", "1/junior")] == [(c.fate, c.entity) for c in back]


def test_other_kindergartens_are_told() -> None:
    """Units that are no schools are counted too where rules judge them one by one."""

    def judged_gardens(*codes: str) -> ee.Assessment:
        rows = [
            {"code": code, "name": code, "owner": "public", "children": 90}
            for code in codes
        ]
        data = {"county": [{"code": "999901"}], "kindergartens": rows}
        return ee.evaluate(io.read(data), on=ON, programme="preschool-universal")

    same = ee.compare(judged_gardens("a", "b"), judged_gardens("a", "b"))
    other = ee.compare(judged_gardens("a", "b"), judged_gardens("b", "c", "d"))

    assert not [note for note in same.notes if "not the same" in note.en]
    (note,) = [note for note in other.notes if "not the same" in note.en]
    assert "2 then, 3 now, 1 in both" in note.en
    assert "原 2 个，现 3 个，共有 1 个" in note.zh
