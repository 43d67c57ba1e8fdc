"""Workbooks as bureaus have them: every layout gives the facts, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from eduequity.__main__ import main
from eduequity.cli import _streams
from eduequity.errors import InputError, Problem
from eduequity.facts import Facts
from eduequity.io import Limits, read
from eduequity.io._crosschecks import CHECKS
from eduequity.vocab import Kind, Stage


Rows = Sequence[Sequence[Any]]

COUNTY: Rows = (("区县代码", "区县名称"), ("999901", "合成县"))


# -- writing workbooks like those of bureaus ---------------------------------------


def write(path: Path, sheets: Mapping[str, Rows], merged: Iterable[str] = ()) -> Path:
    """Write sheets of rows; *merged* are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for each in merged:
        book.worksheets[0].merge_cells(each)
    book.save(path)
    return path


MESSY: Rows = (
    ("合成县义务教育学校办学条件统计表",),
    ("填报单位：合成县教育局", *[None] * 8, "单位：人、㎡、万元"),
    (
        "序 号",
        "学校 代码",
        "学 校 名 称",
        "办学类型",
        "在校学生数（人）",
        None,
        "教职工数(人)",
        None,
        "办学条件",
        None,
        "备注",
    ),
    (
        *[None] * 4,
        "小 学",
        "初 中",
        "合计",
        "其中：专任教师",
        "教学及辅助用房面积（㎡）",
        "教学仪器设备值",
        None,
    ),
    ("甲", "乙", "丙", "丁", 1, 2, 3, 4, 5, 6, 7),
    (1, "S1", "城关小学", "小 学", "300", "—", 30, "28", "1,500.5", 80, ""),
    (2, "S2", "东门初中", "初中", "/", 410, 40, 38, 3200, 100.5, "新建"),
    (None, "小 计", None, None, 300, 410, 70, 66, 4700.5, 180.5, None),
    (3, "S3", "西山学校", "九年一贯制", 200, 100, 30, 28, 1800, 60, None),
    (4, None, None, None, None, None, None, None, None, None, None),
    ("合 计", None, None, None, 500, 510, 100, 94, 6500.5, 240.5, None),
    ("注：1. 本表数据以教育事业统计为准。",),
    ("填表人：某某", None, None, "审核人：某某", None, "填报日期：2024年9月1日"),
)
MERGED = ("A1:K1", "E3:F3", "G3:H3", "I3:J3", "A3:A4", "B3:B4", "C3:C4", "D3:D4")


def codes(facts: Facts) -> list[str]:
    """Return the codes of the notices, without those of absent columns."""
    return [each.code for each in facts.notices if each.code != "absent-columns"]


def notice(facts: Facts, code: str) -> tuple[str, str]:
    """Return place and sentence of the only notice of that code."""
    (found,) = [each for each in facts.notices if each.code == code]
    return found.place, found.en


def problems(source: Any, **options: Any) -> list[Problem]:
    """Return what is wrong with a source."""
    with pytest.raises(InputError) as error:
        read(source, **options)
    return list(error.value.problems)


def of_school(facts: Facts, name: str) -> dict[str, float]:
    """Return a column of schools by school code; blanks are left out."""
    pairs = zip(facts.schools.words("code"), facts.schools.numbers(name), strict=True)
    return {str(code): float(value) for code, value in pairs if not math.isnan(value)}


def of_section(facts: Facts, name: str) -> dict[str, float]:
    """Return a column of sections by ``code/stage``; blanks are left out."""
    names = facts.schools.words("code")[facts.section_school]
    stages = [("primary", "junior")[each] for each in facts.section_stage]
    rows = zip(names, stages, facts.sections.numbers(name), strict=True)
    return {
        f"{code}/{stage}": float(value)
        for code, stage, value in rows
        if not math.isnan(value)
    }


# -- one row for each school -------------------------------------------------------


def test_a_messy_table(tmp_path: Path) -> None:
    """Titles, two rows of headings, signs for blanks, totals and notes are no data."""
    path = write(tmp_path / "a.xlsx", {"2024年": MESSY, "区县": COUNTY}, MERGED)

    facts = read(path)

    assert ["S1", "S2", "S3"] == list(facts.schools.words("code"))
    assert {
        "S1/primary": 300,
        "S2/junior": 410,
        "S3/primary": 200,
        "S3/junior": 100,
    } == (of_section(facts, "pupils"))
    assert {"S1": 1500.5, "S2": 3200, "S3": 1800} == of_school(facts, "teaching_area")
    assert {"S1": 800_000, "S2": 1_005_000, "S3": 600_000} == of_school(
        facts, "equipment_value"
    )
    assert {"S1/primary": 28, "S2/junior": 38} == of_section(
        facts, "full_time_teachers"
    )
    assert [Kind.PRIMARY.rank, Kind.JUNIOR.rank, Kind.NINE_YEAR.rank] == list(
        facts.schools.codes("kind")
    )
    assert sorted(codes(facts)) == [
        "notes-not-read",
        "rows-above-headings",
        "sign-for-blank",
        "sign-for-blank",
        "totals-not-read",
        "unread-column",
        "unread-column",
    ]


def test_blank_cells_continue_a_group_that_is_not_merged(tmp_path: Path) -> None:
    """A workbook whose group headings were typed once and not merged reads the same."""
    path = write(tmp_path / "a.xlsx", {"2024年": MESSY, "区县": COUNTY})

    assert {"S1": 800_000, "S2": 1_005_000, "S3": 600_000} == of_school(
        read(path), "equipment_value"
    )


def test_groups_that_are_headings_themselves(tmp_path: Path) -> None:
    """Where every group is known by itself the stages below are still seen."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "在校生数", None, "专任教师数", None),
        (None, None, None, "小学", "初中", "小学", "初中"),
        ("S1", "甲学校", "九年一贯制", 300, 200, 20, 18),
    ]
    path = write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY})

    facts = read(path)

    assert {"S1/primary": 300, "S1/junior": 200} == of_section(facts, "pupils")
    assert {"S1/primary": 20, "S1/junior": 18} == of_section(
        facts, "full_time_teachers"
    )


def test_an_ods_with_merged_headings(tmp_path: Path) -> None:
    """An ODS workbook has groups of headings too."""
    facts = read(write_ods(tmp_path / "a.ods", {"表": MESSY, "区县": COUNTY}))

    assert {"S1": 800_000, "S2": 1_005_000, "S3": 600_000} == of_school(
        facts, "equipment_value"
    )


def write_ods(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """Write an ODS workbook by hand."""

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str) and value.startswith("<table:"):
            return value  # written as a spreadsheet program does
        if isinstance(value, str):
            kind = 'office:value-type="string"'
        else:
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(
            f"<table:table-row>{''.join(map(cell, row))}</table:table-row>"
            for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content '
            f'xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
            f'xmlns:text="{names}text:1.0" xmlns:calcext="urn:org:documentfoundation:'
            f'names:experimental:calc:xmlns:calcext:1.0"><office:body><office:spreadsheet>{tables}'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml", f'<m:manifest xmlns:m="{names}manifest:1.0"/>'
        )
    return path


@pytest.mark.parametrize(
    ("row", "column", "cell", "place"),
    [(10, 7, 95, "H11"), (10, 9, 250, "J11"), (7, 5, 400, "F8")],
    ids=["total", "in the unit above", "subtotal"],
)
def test_totals_that_disagree(
    tmp_path: Path, row: int, column: int, cell: float, place: str
) -> None:
    """A wrong total is a warning at its cell and changes nothing."""
    rows = [list(each) for each in MESSY]
    rows[row][column] = cell
    path = write(tmp_path / "a.xlsx", {"2024年": rows, "区县": COUNTY}, MERGED)

    facts = read(path)

    assert notice(facts, "total-disagrees")[0] == f"{path}:2024年!{place}"
    assert {
        "S1/primary": 300,
        "S2/junior": 410,
        "S3/primary": 200,
        "S3/junior": 100,
    } == (of_section(facts, "pupils"))


def test_a_total_over_unknown_figures(tmp_path: Path) -> None:
    """Where a figure is unknown the total may be more, never less."""
    head = ("学校代码", "学校名称", "学校类型", "在校生数")
    rows = [("S1", "甲小学", "小学", 100), ("S2", "乙小学", "小学", None)]

    def said(total: int) -> list[str]:
        last = ("合计", None, None, total)
        sheets: dict[str, Rows] = {"学校": [head, *rows, last], "区县": COUNTY}
        return codes(read(write(tmp_path / "a.xlsx", sheets)))

    assert said(150) == ["totals-not-read"]
    assert "total-disagrees" in said(90)


def test_a_school_named_like_a_total_is_a_school(tmp_path: Path) -> None:
    """Only a word that is a total is one: 会计 and 设计 are schools."""
    rows = [
        ("学校代码", "学校名称", "学校类型"),
        ("S1", "合计划小学", "小学"),
        ("S2", "设计院小学", "小学"),
    ]
    path = write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY})

    assert ["S1", "S2"] == list(read(path).schools.words("code"))


def test_in_a_survey_the_total_is_a_group(tmp_path: Path) -> None:
    """合计 among those who were asked is a row of its own."""
    survey = [
        ("区县代码", "调查方式", "调查对象", "发放数", "有效数", "满意数"),
        ("999901", "问卷", "合计", 100, 90, 80),
        ("999901", "问卷", "家长", 60, 55, 50),
    ]
    path = write(tmp_path / "a.xlsx", {"县": COUNTY, "满意度调查": survey})

    assert [100, 60] == list(read(path).other("survey").numbers("distributed"))


def test_repeated_headings_are_skipped(tmp_path: Path) -> None:
    """A page's headings again, or the English names below, are no school."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "在校生数"),
        ("code", "name", "kind", "pupils"),
        ("S1", "甲小学", "小学", 100),
        ("学校代码", "学校名称", "学校类型", "在校生数"),
        ("S2", "乙小学", "小学", 200),
    ]
    path = write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY})

    assert {"S1/primary": 100, "S2/primary": 200} == of_section(read(path), "pupils")


def test_percent_cells(tmp_path: Path) -> None:
    """A cell shown as percent is a fraction; one with the sign as text is divided."""
    path = tmp_path / "a.xlsx"
    head = ["区县代码", "监测年份", "组织者", "学科", "校际差异率"]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("县")
        sheet.write_row(0, 0, ["区县代码"])
        sheet.write_row(1, 0, ["999901"])
        sheet = book.add_worksheet("质量监测")
        sheet.write_row(0, 0, head)
        sheet.write_row(1, 0, ["999901", 2024, "国家", "数学"])
        sheet.write_number(1, 4, 0.145, book.add_format({"num_format": "0.0%"}))
        sheet.write_row(2, 0, ["999901", 2024, "国家", "德育", "14.5％"])

    found = read(path).other("monitoring").numbers("between_school_rate")

    assert [0.145, 0.145] == list(found)


# -- one item on each row ----------------------------------------------------------

ITEMS = ("序号", "类别", "填报项目", "单位", "填报值", "是否必填", "备注说明")

SCHOOL: dict[tuple[str, str, str], Any] = {
    ("基本信息", "学校名称", ""): "合成一小",
    ("基本信息", "学校类型", "小学/初中/九年一贯制/十二年一贯制/完全中学"): "小学",
    ("基本信息", "学校代码", ""): "S1",
    ("基本信息", "建校时间", "年"): 1998,
    ("基本信息", "是否2010年及之前规划并建成", "是/否"): "是",
    ("基本信息", "是否最大班额低于30人的农村小规模学校", "是/否"): "否",
    ("学生信息", "小学学生人数", "人"): 600,
    ("学生信息", "初中学生人数", "人"): 0,
    ("学生信息", "家庭住址在划片范围内的在校学生人数（小学）", "人"): 590,
    ("班级信息", "班级总数", "个"): 15,
    ("班级信息", "每班36-40人班级个数", "个"): 14,
    ("班级信息", "每班66人以上班级个数", "个"): 1,
    ("教师学历信息", "专任教师总人数", "人"): 36,
    ("教师学历信息", "专科学历教师人数（小学）", "人"): 6,
    ("体育艺术教师", "体育专任教师人数", "人"): 3,
    ("体育艺术教师", "音乐专任教师人数", "人"): 2,
    ("体育艺术教师", "美术专任教师人数", "人"): 2,
    ("体育艺术教师", "艺术专任教师人数", "人"): 1,
    ("体育艺术教师", "体育交流轮岗/兼职/走教教师人数", "人"): None,
    ("教学用房面积", "教学及辅助用房总面积", "平方米"): 5000,
    ("教学设备", "教学仪器设备资产值（账面原值）", "万元"): 120.5,
    ("音乐美术教室", "单间面积≥96㎡的音乐教室间数", "间"): 2,
    ("音乐美术教室", "73㎡≤单间面积＜96㎡的音乐教室间数", "间"): 1,
    ("巩固率数据", "本届毕业学生人数", "人"): None,
}

OF_COUNTY: dict[tuple[str, str, str], Any] = {
    ("基本信息", "区县名称", ""): "合成县",
    ("基本信息", "区县代码", ""): "999901",
    ("基本信息", "填报年度", ""): 2024,
    ("经费标准", "规定的小学生均公用经费标准", "元"): 1150,
    ("工资收入", "当地公务员年平均工资收入", "万元"): 9.2,
    ("教师交流轮岗", "符合交流条件教师总数", "人"): 300,
}


def form(items: Mapping[tuple[str, str, str], Any], **changed: Any) -> list[list[Any]]:
    """Return a form with one item on each row."""
    rows: list[list[Any]] = [list(ITEMS)]
    for number, ((group, item, unit), value) in enumerate(items.items(), start=1):
        given = changed.get(item, value)
        rows.append([number, group, item, unit, given, "是", ""])
    return rows


def folder_of_forms(folder: Path) -> Path:
    """Write the forms of a county and of two schools."""
    folder.mkdir(exist_ok=True)
    write(folder / "区县填报.xlsx", {"区县填报数据": form(OF_COUNTY)})
    extra = [["指标名称", "计算公式"], ["班额", "学生÷班级"]]
    for code, kind, primary, junior in (
        ("S1", "小学", 600, 0),
        ("S3", "九年一贯制", 300, 300),
    ):
        rows = form(
            SCHOOL,
            学校代码=code,
            学校名称=f"合成{code}",
            学校类型=kind,
            小学学生人数=primary,
            初中学生人数=junior,
            **{"家庭住址在划片范围内的在校学生人数（小学）": primary - 10},
            本届毕业学生人数=95 if junior else None,
        )
        write(folder / f"{code}.xlsx", {"学校填报数据": rows, "指标计算说明": extra})
    return folder


def test_a_folder_of_forms(tmp_path: Path) -> None:
    """One workbook a school and one for the county are one county."""
    facts = read(folder_of_forms(tmp_path / "县"))

    assert ["999901"] == facts.codes
    assert [92_000.0] == list(facts.counties.numbers("civil_servant_mean_pay"))
    assert ["S1", "S3"] == list(facts.schools.words("code"))
    assert {"S1/primary": 600, "S3/primary": 300, "S3/junior": 300} == of_section(
        facts, "pupils"
    )
    assert {"S1": 1_205_000, "S3": 1_205_000} == of_school(facts, "equipment_value")
    # 体育 3 + 音乐 2 + 美术 2 + 艺术 1; in a combined school nobody said of which stage
    assert {"S1/primary": 8} == of_section(facts, "pe_arts_teachers")
    assert {"S3": 8} == of_school(facts, "pe_arts_teachers")
    assert {"S3/junior": 95} == of_section(facts, "graduates")
    assert {"S1": 2, "S3": 2} == of_school(facts, "music_rooms_ge96")


def test_notices_that_files_share_are_said_once(tmp_path: Path) -> None:
    """A hundred workbooks of one form do not give a hundred equal notices."""
    facts = read(folder_of_forms(tmp_path / "县"))

    place, sentence = notice(facts, "unknown-table")
    assert place == "S1.xlsx:指标计算说明"
    assert sentence.endswith("(in 2 files)")


def test_progress_is_told(tmp_path: Path) -> None:
    """A caller hears of every file before it is read, and of the end."""
    heard: list[tuple[int, int, str]] = []

    read(folder_of_forms(tmp_path / "县"), progress=lambda *told: heard.append(told))

    assert heard == [
        (0, 3, "S1.xlsx"),
        (1, 3, "S3.xlsx"),
        (2, 3, "区县填报.xlsx"),
        (3, 3, ""),
    ]


def test_a_folder_of_counties(tmp_path: Path) -> None:
    """In a folder of counties the schools are of the county beside them."""
    for code in ("999901", "999902"):
        folder = folder_of_forms(tmp_path / code)
        write(folder / "区县填报.xlsx", {"填报": form(OF_COUNTY, 区县代码=code)})
        for name in ("S1", "S3"):
            rows = form(SCHOOL, 学校代码=f"{code}{name}")
            write(folder / f"{name}.xlsx", {"填报": rows})

    facts = read(tmp_path)

    assert ["999901", "999902"] == facts.codes
    assert ["999901S1", "999901S3", "999902S1", "999902S3"] == list(
        facts.schools.words("code")
    )
    assert ["999901"] * 2 + ["999902"] * 2 == list(facts.schools.words("county"))


def test_places_in_a_folder(tmp_path: Path) -> None:
    """A bad cell of a form is named with its file, sheet and cell."""
    folder = folder_of_forms(tmp_path / "县")
    write(folder / "S4.xlsx", {"填报": form(SCHOOL, 学校代码="S4", 班级总数="约15")})
    write(folder / "S5.xlsx", {"填报": form(SCHOOL, 学校代码="S5", 建校时间=3)})

    places = [problem.place for problem in problems(folder)]

    assert places == ["S4.xlsx:填报!E11", "S5.xlsx:填报!E5"]


def test_a_school_in_two_workbooks(tmp_path: Path) -> None:
    """Both files are named."""
    folder = folder_of_forms(tmp_path / "县")
    write(folder / "副本.xlsx", {"填报": form(SCHOOL, 学校代码="S3")})

    (problem,) = problems(folder)

    assert problem.code == "doubled-code"
    assert problem.place == "副本.xlsx:填报!E4"
    assert "S3.xlsx:学校填报数据!E4" in problem.en


def test_only_some_subjects_make_no_sum(tmp_path: Path) -> None:
    """体育 alone is not the number of PE and arts teachers."""
    head = ("学校代码", "学校名称", "学校类型", "体育专任教师数", "音乐专任教师数")
    row = ("S1", "甲小学", "小学", 3, 2)
    path = write(tmp_path / "a.xlsx", {"学校": [head, row], "区县": COUNTY})

    facts = read(path)

    assert {} == of_section(facts, "pe_arts_teachers")
    assert "incomplete-parts" in codes(facts)


# -- official forms ----------------------------------------------------------------

II_2_HEAD = (
    "序 号",
    "学校名称",
    "举办者 类型",
    "在校生数",
    "年级数",
    "班级数",
    "每百名学生拥有高于规定学历教师数",
    "每百名学生拥有县级及以上骨干教师数",
    "每百名学生拥有体育、艺术 (美术、音乐)专任教师数",
    "生均教学及辅助用 房面积（ ㎡）",
    "生均体育运动场馆面积（㎡）",
    "生均教学仪器设备值(元)",
    "每百名学生拥有网络多媒体 教室数",
    "该校综合评估是否达标",
    "备注（注 明有哪几项指标达标，哪几项指标达    到 85%）",
)
II_2: Rows = (
    ("表Ⅱ-2  小学、初中资源配置基本情况（分学校）",),
    II_2_HEAD,
    tuple(f"L{number}" for number in range(1, 15)),
    (1, "合成一小", 7, 600, 6, 15, 5.83, 1, 1.17, 7.5, 8, 2100, 3.1, "是", ""),
    (2, "西山学校（小学部）", 7, 300, 6, 8, 5.1, 1, 1, 5.5, 9, 2200, 2.5, "是", ""),
    (3, "小学 3", *[None] * 13),
    (None, "…", *[None] * 13),
    (1, "合成二中", 7, 500, 3, 12, 7, 1.2, 1.1, 9.8, 11, 2600, 3, "是", ""),
    (2, "西山学校（初中部）", 7, 200, 3, 5, 6.1, 1, 1, 6.5, 10.5, 2550, 2.4, "是", ""),
    ("注： 1.小学学校总数＿＿所",),
)


def test_official_sections(tmp_path: Path) -> None:
    """表Ⅱ-2: a row for each section becomes schools and published ratios."""
    facts = read(write(tmp_path / "a.xlsx", {"表2-2": II_2, "区县": COUNTY}))

    assert ["合成一小", "西山学校", "合成二中"] == list(facts.schools.words("name"))
    assert [Kind.PRIMARY.rank, Kind.NINE_YEAR.rank, Kind.JUNIOR.rank] == list(
        facts.schools.codes("kind")
    )
    assert of_section(facts, "pupils") == {
        "合成一小/primary": 600,
        "西山学校/primary": 300,
        "西山学校/junior": 200,
        "合成二中/junior": 500,
    }
    reported = facts.other("reported")
    assert 4 * 7 == reported.size
    found = dict(
        zip(
            zip(reported.words("entity"), reported.words("indicator"), strict=True),
            reported.numbers("value"),
            strict=True,
        )
    )
    assert 6.1 == found["西山学校/junior", "above_degree_teachers_per_100"]
    assert 2550 == found["西山学校/junior", "equipment_value_per_pupil"]
    assert {"value"} == set(reported.words("statistic"))
    assert {"names-as-codes", "kinds-inferred"} <= set(codes(facts))


def test_an_official_row_without_a_stage(tmp_path: Path) -> None:
    """Where nothing tells the stage of a row, that is asked for, not guessed."""
    row = ("西山学校", 7, 300, 6, 8, 5.1, 1, 1, 5.5, 9, 2200, 2.5, "是", "")
    rows = [II_2_HEAD[1:], row]

    (problem,) = problems(write(tmp_path / "a.xlsx", {"表2-2": rows, "区县": COUNTY}))

    assert problem.code == "stage-unknown"
    assert problem.place.endswith("表2-2!A2")


def test_official_statistics_of_the_county(tmp_path: Path) -> None:
    """表Ⅱ-1 and Ⅲ: counts, means and coefficients become published figures."""
    seven = II_2_HEAD[6:13]
    third = [
        ("表Ⅲ 县域义务教育校际均衡情况",),
        (None, None, *seven, "综合"),
        (None, None, *(f"L{n}" for n in range(1, 9))),
        ("小学", "全县平均值", 5, 1.1, 1.2, 6, 8, 2100, 3, "——"),
        (None, "差异系数", 0.41, 0.3, 0.25, 0.4, 0.2, 0.3, 0.123, None),
        ("初中", "全县平均值", None, None, None, None, None, None, None, "——"),
        (None, "差异系数", None, None, None, None, None, None, 0.444, None),
    ]
    second = [
        (None, None, *seven, "综合评估"),
        ("小学", "达标学校总数", 2, 2, 2, 2, 2, 2, 2, 2),
        (None, "达标学校比例（%）", 50, 50, 50, 50, 50, 50, 50, 50),
    ]
    sheets: dict[str, Rows] = {"表3": third, "表2-1": second, "区县": COUNTY}
    reported = read(write(tmp_path / "a.xlsx", sheets)).other("reported")
    rows = list(
        zip(
            reported.words("statistic"),
            reported.codes("stage"),
            reported.words("indicator"),
            reported.numbers("value"),
            strict=True,
        )
    )

    primary, junior = Stage.PRIMARY.rank, Stage.JUNIOR.rank
    assert 7 + 7 + 1 + 7 + 7 == len(rows)
    assert ("cv", primary, "above_degree_teachers_per_100", 0.41) in rows
    assert ("cv", junior, "multimedia_classrooms_per_100", 0.444) in rows
    assert ("mean", primary, "equipment_value_per_pupil", 2100) in rows
    assert ("share_met", primary, "sports_area_per_pupil", 0.5) in rows
    assert {"999901"} == set(reported.words("entity"))


FIRST: Rows = (
    ("表 I  义务教育优质均衡发展县(市、区)基本情况",),
    (),
    (
        "自然情况",
        None,
        "普通中小学校数(所)",
        None,
        "教学班数(个)",
        None,
        "教职工数(人)",
    ),
    (
        "人口总数 (万人)",
        "乡镇数(个)",
        "小学",
        "十  二  年 一  贯 制 学 校",
        "小学",
        "初 中",
        "小学",
    ),
    (*[None] * 6, "合计", "其 中 专 任 教 师"),
    tuple(f"L{n}" for n in range(1, 9)),
    (35.12, 8, 2, 0, 30, 20, 80, 70),
    ("注：“人口总数”按常住人口统计，数字保留两位小数。",),
)


def test_official_basics(tmp_path: Path) -> None:
    """表Ⅰ: three rows of merged headings are the county's columns."""
    merged = ("A3:B3", "C3:D3", "E3:F3", "G3:H3", "G4:H4")
    path = write(tmp_path / "a.xlsx", {"表1": FIRST, "区县": COUNTY}, merged)

    counties = read(path).counties

    assert {
        "resident_population": 351_200,
        "township_count": 8,
        "primary_schools": 2,
        "twelve_year_schools": 0,
        "primary_classes": 30,
        "junior_classes": 20,
        "primary_staff": 80,
        "primary_full_time_teachers": 70,
    } == {
        name: float(counties.numbers(name)[0])
        for name in (
            "resident_population",
            "township_count",
            "primary_schools",
            "twelve_year_schools",
            "primary_classes",
            "junior_classes",
            "primary_staff",
            "primary_full_time_teachers",
        )
    }


FOURTH: Rows = (
    ("名称", "指标值或简要结论", "是否达标"),
    ("1.  县域内义务教育学校规划布局合理，符合国家规定要求", None, "是"),
    (
        "7.  特殊教育学校生均公用经费不低于 8000 元",
        (
            "特殊教育学校公用经费为＿20.5＿万元，特殊教育学生数为 20 人，"
            "特殊教育 学校生均公用经费为＿＿元"
        ),
        None,
    ),
    (
        "8. 教师平均工资",
        "全县义务教育学校教师年平均工资收入为＿＿元， 当地公务员年平均工资 收入＿＿元",
        None,
    ),
    ("3.  所有学校建立章程，实现学校管理与教学信息化", None, "未达标"),
)


def test_sentences_with_blanks(tmp_path: Path) -> None:
    """表Ⅳ and Ⅴ: numbers in sentences are the county's; an empty blank is unknown."""
    facts = read(write(tmp_path / "a.xlsx", {"表4": FOURTH, "区县": COUNTY}))

    assert [205_000] == list(facts.counties.numbers("special_education_funds"))
    assert [20] == list(facts.counties.numbers("special_education_pupils"))
    assert [1] == list(facts.counties.numbers("siting_plan"))
    assert "teacher_mean_pay" not in facts.counties
    signed = facts.other("attestations")
    assert ["quality.charter_and_ict"] == list(signed.words("rule"))
    assert [0] == list(signed.numbers("value"))


def test_a_bad_number_in_a_sentence_is_located(tmp_path: Path) -> None:
    """The cell of the sentence is named."""
    rows = [list(row) for row in FOURTH]
    rows[2][1] = str(rows[2][1]).replace(" 20 ", "1,0,5")

    (problem,) = problems(write(tmp_path / "a.xlsx", {"表4": rows, "区县": COUNTY}))

    assert problem.place.endswith("表4!B3")


SIXTH: Rows = (
    ("表Ⅵ 社会认可度调查情况",),
    (
        None,
        "问卷总数",
        None,
        None,
        "问卷调查综合满意度（ %）",
        "实地走访人数",
        None,
        "实地走访满意度（ %）",
    ),
    (None, "计", "其中： 回收有效问卷数", None, None, "计", "其中：满意人数"),
    (None, None, "计", "其中：满意问卷数"),
    (None, *(f"L{n}" for n in range(1, 8))),
    ("计", 1000, 990, 950, 95.96, 100, 96, 96),
    ("其中：家长", 600, 590, 560, 94.9, 60, 58, 96.7),
)


def test_official_survey(tmp_path: Path) -> None:
    """表Ⅵ: both channels, all who were asked and the parents among them."""
    path = write(
        tmp_path / "a.xlsx",
        {"表6": SIXTH, "区县": COUNTY},
        ("B2:D2", "F2:G2", "C3:D3"),
    )

    survey = read(path).other("survey")

    assert [990, 100, 590, 60] == list(survey.numbers("valid"))
    assert [950, 96, 560, 58] == list(survey.numbers("satisfied"))
    assert [0, 1, 0, 1] == list(survey.codes("channel"))


def test_an_official_survey_in_ods(tmp_path: Path) -> None:
    """Merged cells of ODS are not known; the groups are found all the same."""
    path = write_ods(tmp_path / "a.ods", {"表6": SIXTH, "区县": COUNTY})

    assert [990, 100, 590, 60] == list(read(path).other("survey").numbers("valid"))


# -- exports of the statistics, and both together ----------------------------------

EXPORT_HEAD = (
    "机构编码",
    "机构名称",
    "学校名称",
    "办学类型",
    "办学类型(编码)",
    "举办者性质",
    "举办者类型",
    "城乡类型",
    "统计三级",
    "是否计校数",
    "在校生数/合计",
    "专任教师/#按学历分/本科",
    "专任教师/#按授课课程分/体育与健康",
    "专任教师/#按授课课程分/艺术/计",
    "专任教师/#按授课课程分/艺术/音乐",
    "占地面积及其他办学条件/固定资产总值/教学仪器设备资产值(万元)",
)


def institution(
    code: str, name: str, school: str, kind: str, counts: str, *cells: Any
) -> Any:
    """Return a row of an export."""
    return (
        code,
        name,
        school,
        kind,
        "211",
        "公办",
        "县级教育部门",
        "镇区",
        "合成县",
        counts,
        *cells,
    )


EXPORT: Rows = (
    EXPORT_HEAD,
    institution("E1", "合成一小", "合成一小", "小学", "是", 600, 30, 4, 3, 2, 120),
    institution("E2", "一小东校区", "合成一小", "小学", "否", 100, 5, 1, 1, 1, 10),
    institution("E3", "合成二中", "合成二中", "初级中学", "是", 500, 30, 3, 3, 1, 130),
    institution(
        "E3", "合成二中小学部", "合成二中", "附设小学班", "否", 80, 4, 1, 1, 1, 5
    ),
    institution("E9", "合成幼儿园", "合成幼儿园", "幼儿园", "是", 90, 9, 0, 0, 0, 3),
)


def test_an_export_of_the_statistics(tmp_path: Path) -> None:
    """Parts are merged into their school, kindergartens left out, subjects added."""
    facts = read(write(tmp_path / "a.xlsx", {"导出": EXPORT, "区县": COUNTY}))

    assert ["E1", "E3"] == list(facts.schools.words("code"))
    assert {"E1/primary": 700, "E3/primary": 80, "E3/junior": 500} == of_section(
        facts, "pupils"
    )
    assert {"E1": 1_300_000, "E3": 1_350_000} == of_school(facts, "equipment_value")
    # 体育 and 艺术 计, which already holds 音乐: 4 + 3 and 1 + 1
    assert 9 == of_section(facts, "pe_arts_teachers")["E1/primary"]
    assert {"institutions-left-out", "unread-column"} <= set(codes(facts))


def test_reconciliation(tmp_path: Path) -> None:
    """Where form and statistics differ the statistics count, and both are shown."""
    rows = [list(row) for row in II_2]
    rows[3][1:6] = ["合成一小", 7, 710, 6, 16]
    rows = [row for row in rows if "西山" not in str(row[1:2])]
    export = [EXPORT_HEAD, *(row for row in EXPORT if row[9] == "是")]
    sheets: dict[str, Rows] = {"表2-2": rows, "导出": export, "区县": COUNTY}
    path = write(tmp_path / "a.xlsx", sheets)

    facts = read(path)

    assert ["E1", "E3"] == list(facts.schools.words("code"))
    assert {"E1/primary": 600, "E3/junior": 500} == of_section(facts, "pupils")
    assert {"E1/primary": 16, "E3/junior": 12} == of_section(facts, "classes")
    place, sentence = notice(facts, "differs-from-statistics")
    assert place == f"{path}:表2-2!D4"
    assert "710 here, 600" in sentence
    assert "导出!K2" in sentence
    # 30 本科 of 600 pupils say nothing of 专科: only 二中's degrees can be compared
    entities = set(facts.other("reported").words("entity"))
    assert {"E1/primary", "E3/junior"} == entities


def test_ratios_that_the_records_do_not_give(tmp_path: Path) -> None:
    """A published ratio is compared to the decimals it was printed with."""
    head = (
        "学校代码",
        "学校名称",
        "学校类型",
        "在校生数",
        "县级以上骨干教师数",
        "教学仪器设备值（万元）",
        "体育艺术专任教师数",
    )
    schools = [
        head,
        ("S1", "合成一小", "小学", 600, 6, 120, 7),
        ("S2", "合成二中", "初中", 500, 6, 130, 5),
    ]
    rows = [row for row in II_2 if "西山" not in str(row[1:2])]
    path = write(tmp_path / "a.xlsx", {"学校": schools, "表2-2": rows, "区县": COUNTY})

    found = [n for n in read(path).notices if n.code == "reported-disagrees"]

    # 一小: 6/600, 1.17 = 7/600 rounded, 2100 ≠ 2000. 二中: 1.2 = 6/500, 1.1 ≠ 1.0
    assert ["L4", "I7"] == [each.place.partition("!")[2] for each in found]


@pytest.mark.parametrize(
    ("cells", "agree"),
    [
        # 8 × 600 = 4800 ㎡, 7.5 × 600 = 4500 ㎡; 7.996 is printed as 8.00.
        ({"outdoor": 4200, "hall": 600, "teaching": 5000, "indoor": 500}, True),
        ({"outdoor": 4197.6, "hall": 600, "teaching": 5000, "indoor": 500}, True),
        ({"outdoor": 4190, "hall": 600, "teaching": 5000, "indoor": 500}, False),
        # One figure serves for both rooms, and R-2 may add other grounds.
        ({"outdoor": 4300, "indoor": 500, "teaching": 5000}, True),
        ({"outdoor": 4300, "hall": 500, "teaching": 5000}, True),
        ({"outdoor": 4300, "indoor": 500, "teaching": 5000, "hall": 400}, False),
        ({"outdoor": 4000, "hall": 500, "leased": 400}, True),
        ({"outdoor": 4000, "hall": 500, "leased": 200}, False),
        ({"outdoor": 4000}, True),  # nothing of the halls: not to be compared
    ],
)
def test_published_areas_that_the_records_do_not_give(
    tmp_path: Path, cells: dict[str, float], *, agree: bool
) -> None:
    """生均体育运动场馆面积 is compared too: (grounds + hall) ÷ pupils, and areas."""
    headings = {
        "teaching": "教学及辅助用房面积（㎡）",
        "indoor": "室内体育用房面积（㎡）",
        "hall": "学校体育馆面积（㎡）",
        "outdoor": "室外运动场地面积（㎡）",
        "leased": "校外租借场馆（㎡）",
    }
    head = ("学校代码", "学校名称", "学校类型", "在校生数")
    schools = [
        (*head, *(headings[key] for key in cells)),
        ("S1", "合成一小", "小学", 600, *cells.values()),
    ]
    rows = [row for row in II_2 if "二中" not in str(row) and "西山" not in str(row)]
    path = write(tmp_path / "a.xlsx", {"学校": schools, "表2-2": rows, "区县": COUNTY})

    found = [n.place for n in read(path).notices if n.code == "reported-disagrees"]

    assert ([] if agree else [f"{path}:表2-2!K4"]) == found


def test_two_sheets_that_disagree(tmp_path: Path) -> None:
    """A form and a table of one school with different figures are an error."""
    head = ("学校代码", "学校名称", "学校类型", "小学在校生数")
    sheets: dict[str, Rows] = {
        "学校": [head, ("S1", "合成一小", "小学", 601)],
        "填报": form(SCHOOL),
        "区县": COUNTY,
    }

    (problem,) = problems(write(tmp_path / "a.xlsx", sheets))

    assert problem.code == "sheets-disagree"
    assert problem.place.endswith("填报!E8")
    assert "学校!D2" in problem.en


def test_an_official_form_needs_its_county(tmp_path: Path) -> None:
    """A form has no code of its county: without one it is asked for once."""
    found = problems(write(tmp_path / "a.xlsx", {"表6": SIXTH}))
    assert ["no-county"] == [each.code for each in found]

    two = [*COUNTY, ("999902", "另一县")]
    found = problems(write(tmp_path / "b.xlsx", {"表6": SIXTH, "区县": two}))
    assert ["blank-county"] == [each.code for each in found]


# -- bad workbooks -----------------------------------------------------------------


def test_two_rows_of_headings(tmp_path: Path) -> None:
    """Two tables on one sheet: neither is chosen."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "在校生数"),
        ("S1", "甲小学", "小学", 100),
        ("学校代码", "学校类型", "学校名称", "班级数"),
        ("S2", "小学", "乙小学", 3),
    ]

    found = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert "two-heading-rows" in [each.code for each in found]
    assert f"{tmp_path / 'a.xlsx'}:学校!row 3" in [each.place for each in found]


def test_doubled_columns_in_two_languages(tmp_path: Path) -> None:
    """A Chinese and an English heading of one column name each other."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "小学在校生数", "primary_pupils"),
        ("S1", "甲小学", "小学", 100, 100),
    ]

    (problem,) = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert problem.code == "doubled-column"
    assert "(D1)" in problem.en
    assert "(E1)" in problem.en


def test_charts(tmp_path: Path) -> None:
    """A chart is said to be one; where a table should be it is an error."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "区县"
    for row in COUNTY:
        sheet.append(row)
    book.create_chartsheet("图1").add_chart(BarChart())
    book.save(tmp_path / "a.xlsx")
    assert ["chart-sheet"] == codes(read(tmp_path / "a.xlsx"))

    book.create_chartsheet("学校").add_chart(BarChart())
    book.save(tmp_path / "a.xlsx")
    (problem,) = problems(tmp_path / "a.xlsx")
    assert problem.code == "chart-sheet"
    assert problem.place.endswith("a.xlsx:学校")


def test_formulas_without_results(tmp_path: Path) -> None:
    """A formula that was saved without its result is named, each cell of them."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "小学在校生数", "是否寄宿制"),
        ("S1", "甲小学", "小学", "=50+50", "否"),
        ("S2", "=A3", "小学", 100, '=IF(1,"是","否")'),
    ]

    found = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert {"formula-without-result"} == {each.code for each in found}
    assert {"D2", "B3", "E3"} == {each.cell for each in found}


def test_a_formula_whose_result_is_empty_text(tmp_path: Path) -> None:
    """``=IF(A1="","",A1)`` has a result, a blank, as Excel and LibreOffice save it."""
    path = tmp_path / "a.xlsx"
    rows = [("学校代码", "学校名称", "学校类型", "班级数"), ("S1", "甲", "小学", 3)]
    write(path, {"学校": rows, "区县": COUNTY})
    for kind, code in ((' t="str"', None), ("", "formula-without-result")):
        saved = f'<c r="D2" s="0"{kind}><f aca="false">IF(1=1,"",3)</f><v></v></c>'
        changed = tmp_path / f"b{len(kind)}.xlsx"
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
            for part in old.namelist():
                content = old.read(part).decode()
                new.writestr(part, re.sub(r'<c r="D2".*?</c>', saved, content))
        if code is None:
            assert {} == of_section(read(changed), "classes")
        else:
            assert [code] == [each.code for each in problems(changed)]


def test_formulas_of_an_ods(tmp_path: Path) -> None:
    """There too one without a result is named, and one that failed is no blank."""
    formula = '<table:table-cell table:formula="of:=1+1"'
    value = ' office:value-type="float" office:value="2"'
    failed = ' office:value-type="string" office:string-value="" '
    failed += 'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    note = "><office:annotation><text:p>注</text:p></office:annotation>"
    rows: Rows = [
        ("学校代码", "学校名称", "学校类型", "班级数", "小学在校生数"),
        ("S1", "甲", "小学", f"{formula}{value}/>", 9),
        ("S2", "乙", "小学", f"{formula}/>", 9),
        ("S3", "丙", "小学", f"{formula}><text:p/></table:table-cell>", 9),
        ("S4", "丁", "小学", f"{formula}{failed}", 9),
        ("S5", "戊", "小学", f'{formula} table:number-columns-repeated="2"/>'),
        ("S6", "己", "小学", 3, f"{formula}{note}</table:table-cell>"),
    ]
    path = write_ods(tmp_path / "a.ods", {"学校": rows, "区县": COUNTY})

    found = {each.cell: each for each in problems(path)}

    assert ["D3", "D5", "D6", "E6", "E7"] == sorted(found)
    assert "#N/A" in found.pop("D5").en
    assert {"formula-without-result"} == {each.code for each in found.values()}
    assert {f"{path}:学校!{cell}" for cell in found} == {
        each.place for each in found.values()
    }


def test_dates_in_number_cells(tmp_path: Path) -> None:
    """A number that a workbook turned into a date is no number."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "小学在校生数"),
        ("S1", "甲小学", "小学", dt.date(1901, 2, 3)),
    ]

    (problem,) = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert problem.code == "date-in-number"
    assert problem.cell == "D2"


@pytest.mark.parametrize("cell", ["80万元", "800000元", "８０ 万元"])
def test_mixed_units_in_a_column(tmp_path: Path, cell: str) -> None:
    """A unit in a cell is not guessed at."""
    rows = [
        ("学校代码", "学校名称", "学校类型", "教学仪器设备值（万元）"),
        ("S1", "甲小学", "小学", 80),
        ("S2", "乙小学", "小学", cell),
    ]

    (problem,) = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert problem.code == "mixed-units"
    assert problem.cell == "D3"


def test_percent_and_fractions_in_a_column(tmp_path: Path) -> None:
    """Below （%） a small number among large ones is read as percent, and said."""
    rows = [
        ("区县代码", "监测年份", "组织者", "学科", "校际差异率（%）"),
        ("999901", 2024, "国家", "数学", 14.5),
        ("999901", 2024, "国家", "德育", 0.145),
    ]
    path = write(tmp_path / "a.xlsx", {"质量监测": rows, "区县": COUNTY})

    facts = read(path)

    assert notice(facts, "mixed-percent")[0] == f"{path}:质量监测!E3"
    found = facts.other("monitoring").numbers("between_school_rate")
    assert [0.145, 0.00145] == pytest.approx(list(found))


def test_two_units_above_the_table(tmp_path: Path) -> None:
    """元 and 万元 above one table leave money columns undecided."""
    rows = [
        ("单位：元、万元",),
        ("学校代码", "学校名称", "学校类型", "教学仪器设备值"),
        ("S1", "甲小学", "小学", 80),
    ]

    (problem,) = problems(write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY}))

    assert problem.code == "ambiguous-unit"


def test_a_raised_limit_lets_a_large_workbook_in(tmp_path: Path) -> None:
    """What is refused for its size is read once the limit is raised."""
    rows = [
        ("学校代码", "学校名称", "学校类型"),
        *((f"S{number}", "同名小学" * 5, "小学") for number in range(100)),
    ]
    path = write(tmp_path / "a.xlsx", {"学校": rows, "区县": COUNTY})

    (problem,) = problems(path, limits=Limits(unzipped_bytes=9_000))
    assert problem.code == "zip-bomb"
    assert 100 == read(path, limits=Limits(unzipped_bytes=10**6)).schools.size


def test_everything_at_once(tmp_path: Path) -> None:
    """A folder with several kinds of mistakes gives all of them in one go."""
    folder = folder_of_forms(tmp_path / "县")
    write(folder / "副本.xlsx", {"填报": form(SCHOOL, 学校代码="S3")})
    write(folder / "S6.xlsx", {"填报": form(SCHOOL, 学校代码="S6", 班级总数="15个班")})
    (folder / "S7.xlsx").write_bytes(b"PK\x03\x04 broken")

    found = {each.file: each.code for each in problems(folder)}

    assert found == {
        "副本.xlsx": "doubled-code",
        "S6.xlsx": "text-in-number",
        "S7.xlsx": "broken-file",
    }


# -- checks between figures --------------------------------------------------------


def school(**cells: Any) -> dict[str, Any]:
    """Return tables of one school."""
    row = {"code": "S1", "name": "甲小学", "kind": "小学", **cells}
    return {"county": [{"code": "999901"}], "schools": [row]}


def said(source: Any, **options: Any) -> list[str]:
    """Return the codes of all problems or, without any, of the notices."""
    try:
        return codes(read(source, **options))
    except InputError as error:
        return [each.code for each in error.problems]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"pupils": 100, "classes": 2, "largest_class": 50}, []),
        (
            {"pupils": 101, "classes": 2, "largest_class": 50},
            ["mean-above-largest-class"],
        ),
        ({"pupils": 40, "classes": 2, "largest_class": 38}, []),
        ({"pupils": 30, "classes": 3, "largest_class": 30}, []),
        (
            {"pupils": 30, "classes": 4, "largest_class": 26},
            ["largest-class-implausible"],
        ),
        ({"pupils": 30, "classes": 4}, []),
    ],
    ids=str,
)
def test_class_sizes(cells: dict[str, Any], expected: list[str]) -> None:
    """Pupils ÷ classes above the largest class is impossible, far below it is odd."""
    cells = {f"primary_{name}": value for name, value in cells.items()}

    assert said(school(**cells)) == expected


def test_bands_and_pupils() -> None:
    """Two classes of 26–30 hold 52 to 60 pupils."""
    from eduequity.model import BANDS

    bands = {f"primary_{band}": 0 for band in BANDS} | {"primary_classes_26_30": 2}

    assert said(school(primary_pupils=52, **bands)) == []
    assert said(school(primary_pupils=60, **bands)) == []
    assert said(school(primary_pupils=61, **bands)) == ["pupils-outside-bands"]
    assert said(school(primary_pupils=51, **bands)) == ["pupils-outside-bands"]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (600, 420, []),
        (600, 419, ["count-fell"]),
        (600, 900, []),
        (600, 901, ["count-jumped"]),
        (20, 5, []),  # fewer than 20 pupils either way are not worth a word
        (600, None, []),
        (None, 600, []),
    ],
)
def test_against_last_year(
    before: int | None, now: int | None, expected: list[str]
) -> None:
    """A fall of more than 30 % or a rise of more than 50 % is a warning."""
    assert (
        said(school(primary_pupils=now), previous=school(primary_pupils=before))
        == expected
    )


def test_last_year_without_a_stage() -> None:
    """In a one-stage school last year's figure without a stage is the same figure."""
    assert ["count-fell"] == said(
        school(primary_pupils=100), previous=school(pupils=600)
    )


def test_places_of_both_years(tmp_path: Path) -> None:
    """The warning stands at this year's cell and names last year's."""
    head = ("学校代码", "学校名称", "学校类型", "在校生数")
    old, new = (
        write(
            tmp_path / f"{year}.xlsx",
            {"学校": [head, ("S1", "甲小学", "小学", pupils)], "区县": COUNTY},
        )
        for year, pupils in ((2023, 600), (2024, 60))
    )

    place, sentence = notice(read(new, previous=old), "count-fell")

    assert place == f"{new}:学校!D2"
    assert f"{old}:学校!D2" in sentence


def test_schools_that_come_and_go() -> None:
    """A school that is new, or gone, is named."""
    tables, before = school(), school()
    before["schools"][0]["code"] = "S0"

    assert ["school-new", "school-gone"] == said(tables, previous=before)


def test_last_years_file_is_checked_too() -> None:
    """What is wrong with last year's file is an error."""
    assert ["negative-number"] == said(school(), previous=school(primary_pupils=-1))


def test_checks_are_declared() -> None:
    """Every check has a sentence in both languages and one of two severities."""
    assert {"error", "warning"} == {check.severity for check in CHECKS.values()}
    for name, check in CHECKS.items():
        assert name == check.id
        assert check.sentence.zh
        assert check.sentence.en


# -- the command line --------------------------------------------------------------


@pytest.mark.parametrize(("lang", "word"), [("zh", "重复"), ("en", "is doubled")])
def test_the_command_refuses_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    """Every problem is a line on stderr; the status is 2 and no file appears."""
    folder = folder_of_forms(tmp_path / "县")
    write(folder / "副本.xlsx", {"填报": form(SCHOOL, 学校代码="S3")})
    (folder / "坏.xlsx").write_bytes(b"PK broken")
    out = tmp_path / "out.json"

    status = main(["evaluate", str(folder), "--lang", lang, "--out", str(out)])

    lines = capsys.readouterr().err.splitlines()
    assert 2 == status
    assert 2 == len(lines)
    assert lines[0].startswith("坏.xlsx: ")
    assert lines[1].startswith("副本.xlsx:填报!E4: ")
    assert word in lines[1]
    assert not out.exists()


def test_the_command_compares_with_last_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings against last year's file travel with the result."""
    before = folder_of_forms(tmp_path / "2023")
    now = folder_of_forms(tmp_path / "2024")
    rows = form(SCHOOL, 学校代码="S1", 小学学生人数=6000, 班级总数=150)
    rows = [r for r in rows if "每班" not in str(r[2])]
    write(now / "S1.xlsx", {"填报": rows})
    arguments = ["evaluate", str(now), "--previous", str(before), "--format", "json"]

    main([*arguments, "--on", "2024-12-31"])

    found = [each["place"] for each in json.loads(capsys.readouterr().out)["warnings"]]
    assert "S1.xlsx:填报!E8" in found


def test_checking_compares_with_last_year_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``check`` prints the same warnings and ends with 0."""
    before = folder_of_forms(tmp_path / "2023")
    now = folder_of_forms(tmp_path / "2024")
    (now / "S3.xlsx").unlink()

    status = main(["check", str(now), "--previous", str(before), "--lang", "en"])

    assert 0 == status
    assert "is in last year's file and not in this one" in capsys.readouterr().out


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nothing is told; on one a bar is drawn and taken away."""
    with _streams.progress("zh") as told:
        assert told is None

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with _streams.progress("zh") as told:
        assert told is not None
        told(0, 2, "一校\x1b[2J.xlsx")
        told(2, 2, "")

    assert "读取" in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()
