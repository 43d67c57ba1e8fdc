"""The ledger 整改台账: evidence strikes off, edits are kept, nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import openpyxl
import pytest

import eduequity as ee
from eduequity import io
from eduequity.__main__ import main
from eduequity.engine import evaluate_levels
from eduequity.ledger import Ledger, Progress, Status, Turn
from eduequity.registry import Registry


pytestmark = pytest.mark.usefixtures("national_only")

THEN, NOW = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
LATER = dt.date(2025, 12, 31)
SIZE = "government.class_size"
ROOMS = "government.music_rooms"
HEADING_ROW = 4

Row = dict[str, Any]


def school(code: str = "1", **facts: Any) -> Row:
    """Return the row of a primary school."""
    name = f"示例小学{code}"
    return {"code": code, "name": name, "kind": "primary", **facts}


def listed(code: str, *pupils: int | None, year: str = "") -> list[Row]:
    """Return a school's classes, one of so many pupils each."""
    return [
        {"id": f"{code}-{year}{nth}", "school": code, "stage": "primary", "pupils": n}
        for nth, n in enumerate(pupils, start=1)
    ]


def judged(
    *schools: Row, on: dt.date = NOW, code: str = "999901", **tables: Any
) -> ee.Assessment:
    """Judge a county of these schools."""
    county = {"code": code, "name": "示例县", "synthetic": True}
    data = {"county": [county], "schools": list(schools), **tables}
    return ee.evaluate(io.read(data), on=on)


def of_rule(ledger: Ledger, rule: str) -> dict[str, Status]:
    """Return the status of a rule's items, by what stands behind the @ of the id."""
    return {e.id.partition("@")[2]: e.status for e in ledger if e.rule == rule}


def edited(path: Path, edits: Mapping[tuple[str, str], Any], to: Path) -> Path:
    """Copy a ledger with cells edited, by id and Chinese heading, as Excel would."""
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    heads = {cell.value: cell.column for cell in sheet[HEADING_ROW]}
    rows = {
        sheet.cell(row, heads["编号"]).value: row
        for row in range(HEADING_ROW + 1, sheet.max_row + 1)
    }
    for (item, heading), value in edits.items():
        if heading not in heads:
            heads[heading] = sheet.max_column + 1
            sheet.cell(HEADING_ROW, heads[heading], heading)
        sheet.cell(rows[item], heads[heading], value)
    book.save(to)
    return to


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Ledger], Path]:
    """Write ledgers into files of their own."""
    numbers = iter(range(100))

    def write(ledger: Ledger, lang: str = "zh") -> Path:
        path = tmp_path / f"ledger{next(numbers)}.xlsx"
        ee.write_ledger(ledger, path, lang=lang)
        return path

    return write


Written = Callable[..., Path]


# -- what an assessment does -----------------------------------------------------------


def test_one_item_for_every_unmet_requirement_at_the_finest_unit() -> None:
    """The items are the unmet findings of units, and nothing else."""
    result = judged(
        school("1", primary_pupils=2100, primary_classes=50, music_room_areas=[96.0]),
        school("2", primary_pupils=400, primary_classes=9, music_room_areas=[50.0]),
    )

    ledger = ee.ledger_of(result)

    unmet = {
        f.id
        for f in result["999901"].findings(verdict="unmet", force="requirement")
        if "summary" not in f.flags
    }
    assert unmet == {item.id for item in ledger}
    assert {"1", "2"} == set(of_rule(ledger, ROOMS))
    item = ledger[f":{ROOMS}@1"]
    # 50 classes need ceil(50 / 12) = 5 rooms; there is one.
    assert (4, "rooms") == (item.amount, item.unit and item.unit.value)


def test_oversized_classes_are_items_of_their_own() -> None:
    """One item a class where classes are given, by how many pupils it is too large."""
    result = judged(school("1"), classes=listed("1", 45, 46, 51, None))

    ledger = ee.ledger_of(result)

    items = [item for item in ledger if item.rule == SIZE]
    assert {("1-2", 1.0), ("1-3", 6.0)} == {(i.class_id, i.amount) for i in items}


def test_without_classes_the_section_is_the_item() -> None:
    """What nobody lists cannot be an item of its own."""
    ledger = ee.ledger_of(judged(school("1", primary_largest_class=50)))

    assert {"1/primary": Status.OPEN} == of_rule(ledger, SIZE)


def test_met_is_struck_off_fallen_back_is_reopened_new_is_added() -> None:
    """The life of an item over three assessments, with its history."""
    first = ee.ledger_of(
        judged(
            school("1", primary_largest_class=50),
            school("2", primary_largest_class=40),
            on=THEN,
        )
    )
    assert {"1/primary": Status.OPEN} == of_rule(first, SIZE)

    second = ee.ledger_of(
        judged(
            school("1", primary_largest_class=45),
            school("2", primary_largest_class=46),
        ),
        previous=first,
    )
    expected = {"1/primary": Status.STRUCK_OFF, "2/primary": Status.OPEN}
    assert expected == of_rule(second, SIZE)
    assert Turn.STRUCK_OFF is second[f":{SIZE}@1/primary"].turn
    assert Turn.ADDED is second[f":{SIZE}@2/primary"].turn

    third = ee.ledger_of(
        judged(
            school("1", primary_largest_class=46),
            school("2", primary_largest_class=46),
            on=LATER,
        ),
        previous=second,
    )
    expected = {"1/primary": Status.REOPENED, "2/primary": Status.OPEN}
    assert expected == of_rule(third, SIZE)
    history = third[f":{SIZE}@1/primary"].history
    assert [
        (THEN, Status.OPEN),
        (NOW, Status.STRUCK_OFF),
        (LATER, Status.REOPENED),
    ] == [(each.on, each.status) for each in history]


@pytest.mark.parametrize("after", [school("1"), None], ids=["blank", "no row"])
def test_what_became_unknown_is_never_struck_off(after: Row | None) -> None:
    """A blank cell is no evidence, and neither is a school left out of the data."""
    first = ee.ledger_of(judged(school("1", primary_largest_class=50), on=THEN))
    rows = [after] if after else [school("9")]

    second = ee.ledger_of(judged(*rows), previous=first)

    item = second[f":{SIZE}@1/primary"]
    assert item.is_open
    assert Turn.UNPROVED is item.turn


def test_what_was_struck_off_and_became_unknown_is_not_reopened() -> None:
    """Nobody knows that it fell back."""
    first = ee.ledger_of(judged(school("1", primary_largest_class=50), on=THEN))
    met = judged(school("1", primary_largest_class=40))
    second = ee.ledger_of(met, previous=first)

    third = ee.ledger_of(judged(school("1"), on=LATER), previous=second)

    assert {"1/primary": Status.STRUCK_OFF} == of_rule(third, SIZE)


def test_classes_are_struck_off_one_by_one() -> None:
    """Each class by its own number; a new one is added."""
    first = ee.ledger_of(judged(school("1"), classes=listed("1", 46, 47, 48), on=THEN))

    second = ee.ledger_of(
        judged(school("1"), classes=listed("1", 45, 47, None, 50)), previous=first
    )

    assert {
        "1/primary/class=1-1": Status.STRUCK_OFF,
        "1/primary/class=1-2": Status.OPEN,
        "1/primary/class=1-3": Status.OPEN,
        "1/primary/class=1-4": Status.OPEN,
    } == of_rule(second, SIZE)


def test_classes_of_last_year_go_with_evidence_alone() -> None:
    """A class no longer listed needs a complete list, or a section that passes."""
    first = ee.ledger_of(judged(school("1"), classes=listed("1", 46, 40), on=THEN))
    name = f":{SIZE}@1/primary/class=1-1"

    part = judged(
        school("1", primary_classes=3), classes=listed("1", 46, 40, year="25-")
    )
    assert ee.ledger_of(part, previous=first)[name].is_open

    whole = judged(
        school("1", primary_classes=2), classes=listed("1", 46, 40, year="25-")
    )
    assert Status.LAPSED is ee.ledger_of(whole, previous=first)[name].status

    passes = judged(school("1"), classes=listed("1", 45, 40, year="25-"))
    assert Status.STRUCK_OFF is ee.ledger_of(passes, previous=first)[name].status


def test_a_closed_school_lapses_when_somebody_signs(written: Written) -> None:
    """Absent from the data, said to be closed, with what proves it."""
    first = ee.ledger_of(judged(school("1", primary_largest_class=50), on=THEN))
    name = f":{SIZE}@1/primary"
    path = written(first)
    cells = {(name, "整改进展"): "已停办或并入", (name, "佐证材料"): "示例批复"}
    edited(path, cells, path)

    gone = ee.ledger_of(judged(school("9")), previous=path)

    assert Status.LAPSED is gone[name].status


def test_departments_deadlines_and_costs_are_given_once() -> None:
    """By rule, by dimension, by star; costs follow the gap."""
    given: dict[str, Any] = {
        "departments": {ROOMS: "教育局", "government": "政府", "*": "其他"},
        "deadline": LATER,
        "costs": {"music_room_areas": 1000.0},
    }
    rows = {"primary_pupils": 2100, "primary_classes": 24}
    first = ee.ledger_of(
        judged(school("1", **rows, music_room_areas=[50.0]), on=THEN), **given
    )
    second = ee.ledger_of(
        judged(school("1", **rows, music_room_areas=[96.0])), previous=first, **given
    )

    item = first[f":{ROOMS}@1"]
    assert ("教育局", LATER, 2000.0) == (item.department, item.deadline, item.cost)
    assert 1000.0 == second[f":{ROOMS}@1"].cost
    assert "政府" == first[":government.school_size@1"].department


def test_a_plan_names_the_departments() -> None:
    """Where nothing is given, whom the plan of 南安 holds to the rule (责任单位)."""
    county = [{"code": "350583", "name": "示例", "synthetic": True}]
    rows = [school("1", primary_largest_class=50, primary_pupils=2100)]
    facts = io.read({"county": county, "schools": rows})
    result = ee.evaluate(facts, on=NOW, registry=Registry.discover())

    ledger = ee.ledger_of(result, departments={"government.school_size": "学区办"})

    size = ledger[f":{SIZE}@1/primary"].department.split("、")
    assert {"市教育局", "市发改局"} <= set(size)
    assert "学区办" == ledger[":government.school_size@1"].department


def test_a_rule_in_force_no_longer_lapses() -> None:
    """What the law does not ask any more is not met, and not open either."""
    first = ee.ledger_of(judged(school("1", primary_largest_class=50), on=THEN))
    after = judged(school("1", primary_largest_class=50))
    packs = tuple(
        attrs.evolve(p, rules={k: r for k, r in p.rules.items() if k != SIZE})
        for p in after.law.packs
    )
    law = attrs.evolve(after.law, packs=packs)
    levels = evaluate_levels(after.facts, law, after.indicators)

    second = ee.ledger_of(attrs.evolve(after, law=law, levels=levels), previous=first)

    assert {"1/primary": Status.LAPSED} == of_rule(second, SIZE)


# -- the workbook ----------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_untouched_workbook_reads_back_as_it_was(
    lang: str, written: Written
) -> None:
    """Writing and reading change nothing, in either language."""
    ledger = ee.ledger_of(
        judged(school("1"), classes=listed("1", 46, 47)),
        departments={"*": "=1+1"},
        deadline=LATER,
    )

    again = ee.read_ledger(written(ledger, lang))

    assert ledger.to_dict() == again.to_dict()


def test_1352_classes_round_trip_without_losing_an_edit(written: Written) -> None:
    """Every edit of every kind comes back, and again after the next assessment."""
    pupils = [46 + nth % 20 for nth in range(1352)]
    result = judged(school("1"), classes=listed("1", *pupils), on=THEN)
    ledger = ee.ledger_of(result)
    classes = [item.id for item in ledger if item.class_id is not None]
    assert 1352 == len(classes)
    path = written(ledger)
    edits: dict[tuple[str, str], Any] = {}
    for nth, item in enumerate(classes):
        edits[item, "责任部门"] = f"示例部门{nth}"
        edits[item, "完成时限"] = THEN + dt.timedelta(days=nth)
        edits[item, "所需资金（元）"] = nth * 100.5
        edits[item, "整改进展"] = list(Progress)[nth % 3].label.zh
        edits[item, "佐证材料"] = f"材料 {nth}\n第二行"
        edits[item, "备注"] = f"@备注{nth}"
        edits[item, "分管领导岗位"] = f"岗位{nth}"
    edited(path, edits, path)

    now = judged(school("1"), classes=listed("1", *[n - 5 for n in pupils]))
    later = ee.ledger_of(now, previous=path)
    later = ee.read_ledger(written(later))

    lost = [
        item
        for nth, item in enumerate(classes)
        if (
            later[item].department,
            later[item].deadline,
            later[item].cost,
            later[item].progress,
            later[item].evidence,
            later[item].note,
            later[item].extra,
        )
        != (
            f"示例部门{nth}",
            THEN + dt.timedelta(days=nth),
            nth * 100.5,
            list(Progress)[nth % 3],
            f"材料 {nth}\n第二行",
            f"@备注{nth}",
            {"分管领导岗位": f"岗位{nth}"},
        )
    ]
    assert [] == lost
    assert () == later.conflicts
    struck = sum(later[item].status is Status.STRUCK_OFF for item in classes)
    assert sum(n - 5 <= 45 for n in pupils) == struck


def test_no_cell_is_a_formula(written: Written) -> None:
    """What looks like a formula is text, in the ledger and in its record."""
    ledger = ee.ledger_of(
        judged(school("1", name="=cmd|' /C calc'!A0", primary_largest_class=50)),
        departments={"*": "=1+1"},
    )
    book = openpyxl.load_workbook(written(ledger))

    kinds = {c.data_type for sheet in book for row in sheet.rows for c in row}

    assert "f" not in kinds


def test_rows_may_be_sorted_and_columns_moved(written: Written) -> None:
    """Items are found by their ids, columns by their headings."""
    ledger = ee.ledger_of(judged(school("1"), classes=listed("1", 46, 47, 48)))
    path = written(ledger)
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=HEADING_ROW)]
    for nth, row in enumerate([rows[0], *reversed(rows[1:])]):
        for at, value in enumerate(reversed(row), start=1):
            sheet.cell(HEADING_ROW + nth, at).value = value
    book.save(path)

    assert ledger.to_dict() == ee.read_ledger(path).to_dict()


# -- what goes wrong -------------------------------------------------------------------


@pytest.fixture
def one(written: Written) -> tuple[str, Ledger, Path]:
    """Return an item, its ledger, and the workbook of that."""
    ledger = ee.ledger_of(judged(school("1", primary_largest_class=50)))
    return f":{SIZE}@1/primary", ledger, written(ledger)


def test_a_ledger_of_another_county_is_refused(one: tuple[str, Ledger, Path]) -> None:
    """Never is anything struck off by another county's data."""
    with pytest.raises(ee.InputError, match="999902"):
        ee.ledger_of(judged(school("1"), code="999902"), previous=one[2])


def test_an_earlier_assessment_is_refused(one: tuple[str, Ledger, Path]) -> None:
    """A ledger goes forward only."""
    with pytest.raises(ee.InputError, match="2023-12-31"):
        ee.ledger_of(judged(school("1"), on=THEN), previous=one[2])


def test_an_edited_id_is_an_error_with_its_cell(one: tuple[str, Ledger, Path]) -> None:
    """The file, the sheet, the cell, what was found, and the id that was meant."""
    item, ledger, path = one
    edited(path, {(item, "编号"): f"{item}x"}, path)

    with pytest.raises(ee.InputError) as caught:
        ee.read_ledger(path)

    (problem,) = caught.value.problems
    row = HEADING_ROW + 1 + [e.id for e in ledger].index(item)
    assert f"整改台账!R{row}" == problem.place.removeprefix(f"{path}:")
    assert item in problem.zh


def test_bad_cells_are_told_all_at_once(one: tuple[str, Ledger, Path]) -> None:
    """A negative cost, no date, an unknown word: one problem each."""
    item, _, path = one
    cells = {"所需资金（元）": -1, "完成时限": "年底", "整改进展": "已销号"}
    edited(path, {(item, heading): value for heading, value in cells.items()}, path)

    with pytest.raises(ee.InputError) as caught:
        ee.read_ledger(path)

    codes = {problem.code for problem in caught.value.problems}
    assert {"bad-cost", "bad-date", "bad-progress"} == codes


def test_a_formula_without_a_result_is_told(one: tuple[str, Ledger, Path]) -> None:
    """What cannot be read is never taken for what somebody wrote."""
    item, _, path = one
    edited(path, {(item, "备注"): "=A1"}, path)

    with pytest.raises(ee.InputError, match="formula"):
        ee.read_ledger(path)


@pytest.mark.parametrize("cost", [-1.0, float("nan"), float("inf")])
def test_a_negative_unit_cost_is_refused(cost: float) -> None:
    """A cost is a number of yuan from 0 up."""
    with pytest.raises(ee.InputError, match="yuan"):
        ee.ledger_of(judged(school("1")), costs={"books": cost})


def test_a_deleted_row_is_restored_and_told(one: tuple[str, Ledger, Path]) -> None:
    """Deleting a row strikes nothing off."""
    item, ledger, path = one
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    row = HEADING_ROW + 1 + [e.id for e in ledger].index(item)
    sheet.delete_rows(row)
    book.save(path)

    again = ee.read_ledger(path)

    assert ledger[item] == again[item]
    assert [("deleted_row", item)] == [(c.kind, c.item) for c in again.conflicts]


def test_an_edit_of_ours_is_not_taken_over_but_kept(
    one: tuple[str, Ledger, Path],
) -> None:
    """Nobody strikes off by typing; what was typed is not lost."""
    item, _, path = one
    edited(path, {(item, "状态"): "已销号"}, path)

    again = ee.read_ledger(path)

    assert Status.OPEN is again[item].status
    (conflict,) = again.conflicts
    assert ("system_cell", "未销号", "已销号") == (
        conflict.kind,
        conflict.kept,
        conflict.other,
    )


def test_two_people_edit_copies(
    one: tuple[str, Ledger, Path], tmp_path: Path, written: Written
) -> None:
    """Both edits are taken over; where they differ both values are kept."""
    item, _, path = one
    mine = {(item, "责任部门"): "甲局", (item, "备注"): "甲"}
    other = {(item, "责任部门"): "乙局", (item, "佐证材料"): "乙"}
    a = edited(path, mine, tmp_path / "a.xlsx")
    b = edited(path, other, tmp_path / "b.xlsx")

    made = ee.read_ledger(a, b)

    found = made[item]
    assert ("甲局", "甲", "乙") == (found.department, found.note, found.evidence)
    (conflict,) = made.conflicts
    assert ("two_edits", "department", "甲局", "乙局") == (
        conflict.kind,
        conflict.field,
        conflict.kept,
        conflict.other,
    )
    # It stays until somebody settles it.
    later = written(made)
    assert made.conflicts == ee.read_ledger(later).conflicts
    book = openpyxl.load_workbook(later)
    book["待处理"].cell(2, 2, "是")
    book.save(later)
    assert () == ee.read_ledger(later).conflicts


def test_an_edit_of_an_older_copy_is_taken_over(
    one: tuple[str, Ledger, Path], tmp_path: Path, written: Written
) -> None:
    """Somebody hands in the copy of before the last assessment."""
    item, ledger, path = one
    late = edited(path, {(item, "备注"): "迟交"}, tmp_path / "late.xlsx")
    result = judged(school("1", primary_largest_class=49), on=LATER)
    newer = written(ee.ledger_of(result, previous=ledger))

    made = ee.read_ledger(newer, late)

    assert "迟交" == made[item].note
    assert 2 == made.revision
    assert "4" in made[item].gap.zh


def test_one_item_on_two_rows_keeps_both(one: tuple[str, Ledger, Path]) -> None:
    """A copied row with another edit is a conflict, not a loss."""
    item, ledger, path = one
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    row = HEADING_ROW + 1 + [e.id for e in ledger].index(item)
    values = [cell.value for cell in sheet[row]]
    values[7] = "乙局"
    sheet.cell(row, 8, "甲局")
    sheet.append(values)
    book.save(path)

    made = ee.read_ledger(path)

    assert "甲局" == made[item].department
    assert ["乙局"] == [c.other for c in made.conflicts]


@pytest.mark.parametrize("damage", ["text", "no record", "edited record"])
def test_what_is_no_ledger_is_refused(
    damage: str, one: tuple[str, Ledger, Path]
) -> None:
    """A sentence, no traceback."""
    path = one[2]
    if damage == "text":
        path.write_text("no workbook")
    else:
        book = openpyxl.load_workbook(path)
        if damage == "no record":
            del book["_eduequity"]
        else:
            text = book["_eduequity"].cell(2, 1).value
            book["_eduequity"].cell(2, 1, text.replace("open", "struck_off"))
        book.save(path)

    with pytest.raises(ee.InputError):
        ee.read_ledger(path)


def test_ledgers_of_two_counties_are_not_joined(
    one: tuple[str, Ledger, Path], written: Written
) -> None:
    """Two workbooks must be copies of one ledger."""
    other = written(ee.ledger_of(judged(school("1"), code="999902")))

    with pytest.raises(ee.InputError, match="not the same ledger"):
        ee.read_ledger(one[2], other)


# -- the command -----------------------------------------------------------------------


def data(path: Path, largest: int) -> str:
    """Write a county file."""
    county = {"code": "999901", "name": "示例县", "synthetic": True}
    rows = [school("1", primary_largest_class=largest)]
    path.write_text(json.dumps({"county": [county], "schools": rows}))
    return str(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_writes_and_updates(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drawn up, brought up to date in place, and never written over by mistake."""
    old, new = data(tmp_path / "old.json", 50), data(tmp_path / "new.json", 40)
    out = str(tmp_path / "台账.xlsx")
    law = ["--on", "2024-12-31", "--lang", lang]

    assert 0 == main(["ledger", old, "--out", out, *law, "--department", "*=教育局"])
    assert 2 == main(["ledger", old, "--out", out, *law])
    assert 0 == main(["ledger", new, "--from", out, "--out", out, *law])

    said = capsys.readouterr()
    assert {"zh": "本次销号 1", "en": "struck off now 1"}[lang] in said.out
    assert "台账.xlsx" in said.err
    assert "教育局" == ee.read_ledger(out)[f":{SIZE}@1/primary"].department


def test_the_command_says_conflicts_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is to be settled is on stderr."""
    source, out = data(tmp_path / "old.json", 50), tmp_path / "a.xlsx"
    law = ["--on", "2024-12-31"]
    assert 0 == main(["ledger", source, "--out", str(out), *law])
    edited(out, {(f":{SIZE}@1/primary", "状态"): "已销号"}, out)

    assert 1 == main(["ledger", source, "--from", str(out), "--out", str(out), *law])

    assert "已销号" in capsys.readouterr().err


@pytest.mark.parametrize(
    "bad", [["--cost", "books=-1"], ["--cost", "books=x"], ["--department", "x"]]
)
def test_bad_options_end_with_2_and_write_nothing(
    bad: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sentence, no file."""
    source, out = data(tmp_path / "old.json", 50), tmp_path / "a.xlsx"

    assert 2 == main(["ledger", source, "--out", str(out), *bad])

    assert not out.exists()
    assert "Traceback" not in capsys.readouterr().err


# -- what clerks and their programs do to a workbook -----------------------------------


@pytest.fixture
def three(written: Written) -> tuple[list[str], Ledger, Path]:
    """Return three classes' items, their ledger, and its workbook."""
    ledger = ee.ledger_of(
        judged(school("1"), classes=listed("1", 46, 47, 48)),
        departments={"*": "教育局"},
    )
    items = [item.id for item in ledger if item.class_id is not None]
    return items, ledger, written(ledger)


Three = tuple[list[str], Ledger, Path]


def opened(path: Path) -> tuple[Any, Any, dict[str, int], dict[str, int]]:
    """Open a ledger as Excel would: book, sheet, columns by heading, rows by id."""
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账"]
    heads = {cell.value: cell.column for cell in sheet[HEADING_ROW]}
    rows = {
        sheet.cell(row, heads["编号"]).value: row
        for row in range(HEADING_ROW + 1, sheet.max_row + 1)
    }
    return book, sheet, heads, rows


def test_merged_cells_count_for_every_row(three: Three) -> None:
    """One department written over three rows is that of all three, and none is lost."""
    items, ledger, path = three
    book, sheet, heads, rows = opened(path)
    first, last = rows[items[0]], rows[items[-1]]
    for heading in ("责任部门", "区县", "问题条目"):
        column = heads[heading]
        for row in range(first + 1, last + 1):
            sheet.cell(row, column).value = None
        sheet.merge_cells(
            start_row=first, end_row=last, start_column=column, end_column=column
        )
    sheet.cell(first, heads["责任部门"]).value = "合并后的部门"
    book.save(path)

    again = ee.read_ledger(path)

    assert ["合并后的部门"] * 3 == [again[item].department for item in items]
    assert () == again.conflicts
    assert [e.label for e in ledger] == [e.label for e in again]


def test_blank_rows_and_filters_change_nothing(three: Three) -> None:
    """A blank row in the middle, hidden rows, a filter that hides some."""
    items, ledger, path = three
    book, sheet, _, rows = opened(path)
    sheet.insert_rows(rows[items[1]], 2)
    sheet.row_dimensions[rows[items[0]]].hidden = True
    sheet.auto_filter.add_filter_column(13, ["已销号"])
    book.save(path)

    assert ledger.to_dict() == ee.read_ledger(path).to_dict()


def test_columns_of_a_clerk_are_kept_even_twice_under_one_name(three: Three) -> None:
    """Two columns of one name, and one named like ours, lose nothing."""
    items, _, path = three
    book, sheet, heads, rows = opened(path)
    last = sheet.max_column
    for nth, heading in enumerate(("分工", "分工", "备注"), start=1):
        sheet.cell(HEADING_ROW, last + nth, heading)
        sheet.cell(rows[items[0]], last + nth, f"=值{nth}"[nth == 2 :])
    sheet.cell(rows[items[0]], last + 1).data_type = "s"
    sheet.cell(rows[items[0]], last + 3).data_type = "s"
    sheet.cell(rows[items[0]], heads["备注"], "自己的备注")
    book.save(path)

    again = ee.read_ledger(path)
    assert {"分工": "=值1", "分工 (2)": "=值2"}.keys() <= again[items[0]].extra.keys()
    assert ["自己的备注", "=值3"] == [
        again[items[0]].note,
        again[items[0]].extra["备注 (2)"],
    ]
    twice = path.with_name("twice.xlsx")
    ee.write_ledger(again, twice)
    assert again.to_dict() == ee.read_ledger(twice).to_dict()
    cells = [c for row in openpyxl.load_workbook(twice)["整改台账"].rows for c in row]
    assert "f" not in {cell.data_type for cell in cells}


def test_a_column_without_a_heading_is_an_error_with_its_cell(three: Three) -> None:
    """What stands below no heading could not be kept, so it is said."""
    items, _, path = three
    book, sheet, _, rows = opened(path)
    column = sheet.max_column + 1
    sheet.cell(rows[items[1]], column, "随手写的")
    book.save(path)

    with pytest.raises(ee.InputError) as caught:
        ee.read_ledger(path)

    (problem,) = caught.value.problems
    assert "unnamed-column" == problem.code
    assert problem.place.endswith(f"整改台账!S{rows[items[1]]}")
    assert "随手写的" in problem.zh


def test_an_added_sheet_is_told(three: Three, tmp_path: Path) -> None:
    """A ledger written anew has it no more: nobody finds out too late."""
    _, _, path = three
    book = openpyxl.load_workbook(path)
    book.create_sheet("会议记录")["A1"] = "纪要"
    book.create_sheet("空表")
    book.save(path)

    again = ee.read_ledger(path)

    assert [("other_sheet", "会议记录")] == [(c.kind, c.field) for c in again.conflicts]
    for lang in ("zh", "en"):
        assert "会议记录" in again.conflicts[0].sentence(lang)
        assert "''" not in again.conflicts[0].sentence(lang)
    del tmp_path


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [
        ("2025-12-31", LATER),
        ("2025/12/31", LATER),
        ("2025.12.31", LATER),
        ("2025年12月31日", LATER),
        (" 2025 年 12 月 31 日 ", LATER),
        (dt.datetime.combine(LATER, dt.time()), LATER),
        (LATER, LATER),
    ],
    ids=repr,
)
def test_dates_as_text_are_dates(
    written_as: Any, expected: dt.date, three: Three
) -> None:
    """However a deadline was typed."""
    items, _, path = three
    edited(path, {(items[0], "完成时限"): written_as}, path)

    assert expected == ee.read_ledger(path)[items[0]].deadline


@pytest.mark.parametrize(
    "written_as", ["2025-02-30", "31/12/2025", "年底", 20251231, "2025", True]
)
def test_what_is_no_date_is_told(written_as: Any, three: Three) -> None:
    """Found and expected, in both languages, at its cell."""
    items, _, path = three
    edited(path, {(items[0], "完成时限"): written_as}, path)

    with pytest.raises(ee.InputError) as caught:
        ee.read_ledger(path)

    (problem,) = caught.value.problems
    assert "2025-12-31" in problem.zh
    assert "2025-12-31" in problem.en
    assert ":整改台账!I" in problem.place


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_of_either_language_are_understood(lang: str, written: Written) -> None:
    """A Chinese word in an English workbook and the other way round."""
    ledger = ee.ledger_of(judged(school("1"), classes=listed("1", 46, 47, 48)))
    path = written(ledger, lang)
    book = openpyxl.load_workbook(path)
    sheet = book["整改台账" if lang == "zh" else "Ledger"]
    heads = [cell.value for cell in sheet[HEADING_ROW]]
    column = heads.index("整改进展" if lang == "zh" else "Progress") + 1
    words = ("under way", "已完成待核实", " Done, to be verified ")
    for row, word in enumerate(words, start=HEADING_ROW + 1):
        sheet.cell(row, column, word)
    book.save(path)

    found = [item.progress for item in ee.read_ledger(path)][:3]

    assert [Progress.UNDER_WAY, Progress.DONE, Progress.DONE] == found


@pytest.mark.parametrize("word", ["已销号", "struck off", '=IF(1,"已销号","")'])
def test_whatever_stands_in_status_strikes_nothing_off(word: str, three: Three) -> None:
    """Typed, typed in English, or worked out by a formula: kept, never taken over."""
    items, _, path = three
    edited(path, {(items[0], "状态"): word}, path)

    again = ee.read_ledger(path)

    assert Status.OPEN is again[items[0]].status
    assert [("system_cell", items[0])] == [(c.kind, c.item) for c in again.conflicts]


def inline(path: Path) -> None:
    """Turn shared strings into strings in the cells, as WPS and others write them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    shared = re.findall(
        rb"<si>(.*?)</si>", parts["xl/sharedStrings.xml"], flags=re.DOTALL
    )
    for name in [each for each in parts if each.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(
            rb'<c r="(\w+)"((?: s="\d+")?) t="s"><v>(\d+)</v></c>',
            lambda m: (
                b'<c r="%s"%s t="inlineStr"><is>%s</is></c>'
                % (m[1], m[2], shared[int(m[3])])
            ),
            parts[name],
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def test_inline_strings_read_back(three: Three) -> None:
    """What another program wrote into the cells themselves is the same ledger."""
    _, ledger, path = three
    inline(path)
    with zipfile.ZipFile(path) as archive:
        assert b"inlineStr" in archive.read("xl/worksheets/sheet1.xml")

    assert ledger.to_dict() == ee.read_ledger(path).to_dict()


@pytest.mark.parametrize(
    "change",
    [
        {"counties": ["999901"]},
        {"counties": {"999901": 1}},
        {"revision": "1"},
        {"on": "soon"},
        {"notes": [1]},
        {"columns": [None]},
        {"more": 1},
        {"items": "1"},
        {"items": -1},
        {"items": 1e400},
        ["no object"],
        "no object",
    ],
    ids=str,
)
def test_a_forged_record_is_refused(change: Any, three: Three) -> None:
    """A hidden sheet whose digest was worked out anew gives a sentence too."""
    _, _, path = three
    book = openpyxl.load_workbook(path)
    sheet = book["_eduequity"]
    told = json.loads(sheet["A1"].value)
    sheet["A1"] = json.dumps(told | change if isinstance(change, dict) else change)
    book.save(path)

    with pytest.raises(ee.InputError):
        ee.read_ledger(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cost", float("inf")),
        ("cost", "much"),
        ("department", 1),
        ("extra", {"a": 1}),
        ("label", {"zh": 1, "en": 2}),
        ("history", [1]),
        ("id", None),
        ("status", "gone"),
    ],
)
def test_a_forged_item_is_refused(field: str, value: Any, three: Three) -> None:
    """An item of another make is no item."""
    _, ledger, _ = three
    told = ledger.to_dict()
    told["items"][0][field] = value

    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        Ledger.from_dict(told)


# -- the command says it, in both languages, and writes nothing ------------------------


def broken(tmp_path: Path, how: str) -> Path:
    """Write a ledger of the county of `data`, and break it."""
    source, path = data(tmp_path / "old.json", 50), tmp_path / "台账.xlsx"
    code = "999902" if how == "other county" else "999901"
    text = Path(source).read_text().replace("999901", code)
    Path(source).write_text(text)
    assert 0 == main(["ledger", source, "--out", str(path), "--on", "2024-12-31"])
    item = f":{SIZE}@1/primary"
    cells: dict[str, dict[str, Any]] = {
        "edited id": {"编号": f"{item}x"},
        "negative cost": {"所需资金（元）": -5},
        "bad cells": {"所需资金（元）": "很多", "完成时限": "年底", "整改进展": "快了"},
    }
    edited(path, {(item, head): v for head, v in cells.get(how, {}).items()}, path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("how", "lines", "said"),
    [
        ("other county", 1, ("999902", "999901")),
        ("edited id", 1, (f":{SIZE}@1/primaryx", f":{SIZE}@1/primary")),
        ("negative cost", 1, ("-5",)),
        ("bad cells", 3, ("很多", "年底", "快了", "2025-12-31")),
    ],
)
def test_broken_ledgers_end_with_2_and_nothing_is_written(
    how: str,
    lines: int,
    said: tuple[str, ...],
    lang: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every problem at once, one a line: file, cell, found, expected."""
    path = broken(tmp_path, how)
    new = data(tmp_path / "new.json", 40)
    capsys.readouterr()
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    for out in (path, tmp_path / "neu.xlsx"):
        args = ["ledger", new, "--from", str(path), "--out", str(out)]
        assert 2 == main([*args, "--on", "2024-12-31", "--lang", lang])

        told = capsys.readouterr()
        assert "" == told.out
        assert "Traceback" not in told.err
        assert lines == len(told.err.splitlines())
        assert all(str(path) in line for line in told.err.splitlines())
        assert all(word in told.err for word in said)
        sentence = told.err.replace(str(path), "").replace("整改台账!", "")
        assert (lang == "zh") == any(word in sentence for word in _ZH)
    assert before == {each: each.read_bytes() for each in tmp_path.iterdir()}


_ZH = ("台账是", "不可改动", "应为")


def test_the_workbook_written_over_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comments, colours and sheets of people stay in a copy beside it."""
    source, out = data(tmp_path / "old.json", 50), tmp_path / "台账.xlsx"
    law = ["--on", "2024-12-31"]
    assert 0 == main(["ledger", source, "--out", str(out), *law])
    first = out.read_bytes()
    update = ["ledger", source, "--from", str(out), "--out", str(out), *law]
    assert 0 == main(update)
    assert "台账.1.xlsx" in capsys.readouterr().out
    second = out.read_bytes()
    assert 0 == main(update)

    assert first == (tmp_path / "台账.1.xlsx").read_bytes()
    assert second == (tmp_path / "台账.2.xlsx").read_bytes()
    assert 3 == ee.read_ledger(out).revision


def test_departments_and_costs_of_nothing_are_refused() -> None:
    """A slip in a name is never passed over, and every one is said at once."""
    result = judged(school("1", primary_largest_class=50))
    with pytest.raises(ee.errors.UnknownNameError) as one:
        ee.ledger_of(result, costs={"book": 3})
    assert "books" == one.value.did_you_mean
    with pytest.raises(ee.InputError) as several:
        ee.ledger_of(
            result, costs={"book": 3}, departments={"government.class_sice": "甲"}
        )

    said = [problem.text("zh") for problem in several.value.problems]
    assert ["government.class_size" in said[0], "books" in said[1]] == [True, True]
    ee.ledger_of(result, costs={"books": 3}, departments={"local": "甲", "*": "乙"})
