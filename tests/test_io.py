"""Reading: every source gives the same facts, every mistake is named with its place."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import struct
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import narwhals as nw
import numpy as np
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from eduequity.errors import InputError, MissingExtraError, Problem
from eduequity.facts import Facts
from eduequity.io import Limits, read
from eduequity.io._cells import CellError, hundredths, parser
from eduequity.model import (
    TABLES,
    Attestation,
    County,
    Field,
    Kindergarten,
    Monitoring,
    PartialDate,
    Reported,
    School,
    SchoolClass,
    Section,
    Spending,
    Survey,
    Teacher,
)
from eduequity.vocab import (
    DegreeLevel,
    Kind,
    KindergartenOwner,
    Locale,
    Organiser,
    Owner,
    Stage,
    SurveyChannel,
    SurveyGroup,
    Text,
    Unit,
)


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


Tables = dict[str, list[dict[str, Any]]]


# -- the same county in every form -------------------------------------------------


def example() -> County:
    """Return a small county that uses every table and every type of cell."""
    return County(
        code="350881",
        name="漳平市",
        year=2024,
        resident_population=240_000,
        basic_balance_recognised_on=PartialDate.parse("2015"),
        special_education_funds=856_800.25,
        special_education_pupils=126,
        siting_plan=True,
        exam_admission=False,
        schools=(
            School(
                code="3508810001",
                name="城关小学",
                kind=Kind.PRIMARY,
                owner=Owner.PUBLIC,
                locale=Locale.TOWN,
                boarding=False,
                school_system="6-3",
                teaching_area=4100.55,
                equipment_value=1_234_500.0,
                music_room_areas=(96.0, 98.5),
                primary=Section(
                    pupils=500, classes=12, full_time_teachers=30, certified_teachers=30
                ),
            ),
            School(
                code="3508810002",
                name="溪南学校",
                kind=Kind.NINE_YEAR,
                teaching_area=3000.0,
                primary=Section(pupils=200, classes=6),
                junior=Section(graduates=40),
            ),
        ),
        teachers=(
            Teacher(
                id="t1",
                school="3508810002",
                stage=Stage.JUNIOR,
                degree=DegreeLevel.BACHELOR,
                full_time=True,
                training_hours=360.5,
            ),
        ),
        classes=(
            SchoolClass(school="3508810002", stage=Stage.JUNIOR, grade=7, pupils=40),
        ),
        kindergartens=(
            Kindergarten(code="K1", owner=KindergartenOwner.PUBLIC, children=90),
        ),
        monitoring=(
            Monitoring(
                county="350881",
                year=2024,
                organiser=Organiser.NATIONAL,
                subject="数学",
                level=3,
                between_school_rate=0.112,
            ),
        ),
        survey=(
            Survey(
                county="350881",
                channel=SurveyChannel.QUESTIONNAIRE,
                group=SurveyGroup.TOTAL,
                distributed=900,
                valid=890,
                satisfied=830,
            ),
        ),
        finance=(
            Spending(county="350881", year=2023, education_spending=812_400_000.0),
        ),
        attestations=(
            Attestation(
                entity="350881",
                rule="siting_plan",
                value=True,
                date=PartialDate.parse("2024-11-30"),
            ),
        ),
        reported=(
            Reported(
                entity="350881", indicator="cv_books", value=0.31, source="市教育局"
            ),
        ),
    )


def plain(value: Any) -> Any:
    """Return a value as it stands in JSON."""
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def as_word(value: Any) -> str:
    """Return a value as it stands in CSV."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return str(plain(value))


def tables_of(county: County) -> Tables:
    """Return the flat rows of a county with typed values."""
    from eduequity.model import rows_of

    return rows_of((county,))


def headings_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return every column that a row has."""
    return list(dict.fromkeys(key for row in rows for key in row))


def write_folder(folder: Path, tables: Tables, encoding: str = "utf-8") -> Path:
    """Write tables as a folder of CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if not rows:
            continue
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            names = headings_of(rows)
            writer.writerow(names)
            for row in rows:
                writer.writerow([as_word(row[n]) if n in row else "" for n in names])
    return folder


def write_json(path: Path, tables: Tables) -> Path:
    """Write tables as one JSON document."""
    path.write_text(
        json.dumps(tables, default=plain, ensure_ascii=False), encoding="utf-8"
    )
    return path


def write_workbook(path: Path, tables: Tables, *, chinese: bool = False) -> Path:
    """Write tables as a workbook, the sheets named in English or in Chinese."""
    sheets = {"county": "区县", "schools": "学校", "teachers": "教师"}
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(sheets.get(name, name) if chinese else name)
            names = headings_of(rows)
            for column, heading in enumerate(names):
                sheet.write(0, column, heading)
                for row, each in enumerate(rows, start=1):
                    value = each.get(heading)
                    if isinstance(value, (tuple, PartialDate, str)):
                        sheet.write(row, column, as_word(value))
                    elif value is not None:
                        sheet.write(row, column, value)
    return path


def small(**columns: Any) -> Tables:
    """Return one county with one sound school, changed by *columns* of the school."""
    school = {"code": "S1", "name": "城关小学", "kind": "小学", **columns}
    return {"county": [{"code": "350881"}], "schools": [school]}


def problems(source: Any, **options: Any) -> list[Problem]:
    """Return what is wrong with *source*."""
    with pytest.raises(InputError) as caught:
        read(source, **options)
    for problem in caught.value.problems:
        assert problem.zh
        assert problem.en
    return list(caught.value.problems)


def codes(source: Any, **options: Any) -> list[str]:
    """Return the codes of what is wrong with *source*."""
    return [problem.code for problem in problems(source, **options)]


def notices(facts: Facts) -> list[tuple[str, str]]:
    """Return code and place of the notices, but of absent columns."""
    return [(n.code, n.place) for n in facts.notices if n.code != "absent-columns"]


@pytest.mark.parametrize(
    "write",
    [
        lambda path, tables: write_folder(path / "漳平 市", tables),
        lambda path, tables: write_folder(path / "gb", tables, "gb18030"),
        lambda path, tables: write_folder(path / "bom", tables, "utf-8-sig"),
        lambda path, tables: write_json(path / "县.json", tables),
        lambda path, tables: write_workbook(path / "县.xlsx", tables),
        lambda path, tables: write_workbook(path / "县.xlsx", tables, chinese=True),
        lambda _, tables: tables,
    ],
    ids=["csv", "gb18030", "bom", "json", "xlsx", "chinese sheets", "mapping"],
)
def test_every_source_gives_the_same_facts(
    tmp_path: Path, write: Callable[[Path, Tables], Any]
) -> None:
    """Folder, document, workbook, mapping and records have one digest."""
    county = example()

    facts = read(write(tmp_path, tables_of(county)))

    assert facts.digest == Facts.of(county).digest
    assert notices(facts) == []
    assert read(county).digest == facts.digest
    assert read([county]).digest == facts.digest


def test_values_arrive() -> None:
    """Numbers, choices, dates and lists are what the file says."""
    facts = read(example())

    assert ["350881"] == facts.codes
    assert 856_800.25 == facts.counties.numbers("special_education_funds")[0]
    assert [500, 200, 40] == facts.sections.numbers("pupils").tolist()
    assert [96.0, 98.5] == facts.schools["music_room_areas"].low.tolist()  # type: ignore[union-attr]
    assert [30] == facts.sections.numbers("certified_teachers")[:1].tolist()


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_data_frames(engine: Any) -> None:
    """Any data frame that narwhals knows is a table; its nulls are blanks."""
    frames = {
        name: nw.from_dict(
            {key: [row.get(key) for row in rows] for key in headings_of(rows)},
            backend=engine,
        ).to_native()
        for name, rows in json.loads(
            json.dumps(tables_of(example()), default=plain)
        ).items()
        if rows
    }

    assert Facts.of(example()).digest == read(frames).digest


def test_columns_are_a_table() -> None:
    """A table may be a mapping from headings to lists or arrays."""
    facts = read(
        {
            "county": {"code": ["350881"], "resident_population": np.array([24.5])},
            "schools": {"学校代码": ["S1"], "学校名称": ["甲"], "学校类型": ["初中"]},
        }
    )

    assert [24.5] == facts.counties.numbers("resident_population").tolist()


def test_one_object_is_a_row() -> None:
    """In a document of one county the county may be one object."""
    assert ["350881"] == read({"county": {"code": "350881", "name": "漳平"}}).codes


def test_parquet(tmp_path: Path) -> None:
    """A folder may hold Parquet files."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    pq.write_table(pa.table({"code": ["350881"]}), tmp_path / "county.parquet")
    pq.write_table(
        pa.table({"code": ["S1"], "name": ["甲"], "kind": ["幼儿园"]}),
        tmp_path / "schools.parquet",
    )

    (problem,) = problems(tmp_path)
    assert problem.place == "schools.parquet:row 1, kind"


def test_missing_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without calamine a workbook names the extra."""
    path = write_workbook(tmp_path / "a.xlsx", small())
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    with pytest.raises(MissingExtraError, match=r"eduequity\[excel\]"):
        read(path)


def test_no_source_at_all() -> None:
    """Something that is no source is a mistake of the programmer."""
    with pytest.raises(TypeError, match="expected a path"):
        read(3)  # type: ignore[arg-type]


# -- places ---------------------------------------------------------------------


BAD = "约300"


def test_place_in_csv(tmp_path: Path) -> None:
    """In CSV a problem names file, line and column; quoted line breaks count."""
    (tmp_path / "county.csv").write_text("code\n350881\n", encoding="utf-8")
    (tmp_path / "schools.csv").write_text(
        f'code,name,kind,小学在校生数\nS1,"甲\n校",小学,1\n\nS2,乙,小学,{BAD}\n',
        encoding="utf-8",
    )

    (problem,) = problems(tmp_path)
    assert problem.place == "schools.csv:row 5, 小学在校生数"
    assert "'约300' is not a number, expected a number" in problem.en
    assert "应为数字" in problem.zh


def test_place_in_json(tmp_path: Path) -> None:
    """In JSON a problem names the table and counts the rows from 1."""
    path = write_json(tmp_path / "a.json", small(primary_pupils=BAD))

    (problem,) = problems(path)
    assert problem.place == f"{path}:schools!row 1, primary_pupils"


def test_place_in_a_workbook(tmp_path: Path) -> None:
    """In a workbook a problem names the cell, wherever the table starts."""
    path = tmp_path / "县.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("县")
        sheet.write_row(0, 0, ["code"])
        sheet.write_row(1, 0, [350881])
        sheet = book.add_worksheet("学校")
        sheet.write(1, 1, "漳平市学校基本情况表")
        sheet.write_row(
            2, 1, ["学校代码", "学校名称", "学校类型", "教师 数", "图书册数"]
        )
        sheet.write_row(4, 1, ["S1", "甲", "小学", 3, BAD])

    (problem,) = problems(path)
    assert problem.place == f"{path}:学校!F5"
    assert problem.file == str(path)


def test_formula_errors_are_named(tmp_path: Path) -> None:
    """A failed formula is no blank."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("county")
        sheet.write_row(0, 0, ["code", "year"])
        sheet.write(1, 0, "350881")
        sheet.write_formula(1, 1, "=VLOOKUP(1,A1:A2,1)", None, "#N/A")

    (problem,) = problems(path)
    assert problem.place == f"{path}:county!B2"
    assert "#N/A" in problem.en


def test_everything_in_one_go(tmp_path: Path) -> None:
    """All problems of all files are named at once."""
    tables = small(primary_pupils=-1, teaching_area="大")
    tables["teachers"] = [{"school": "S9", "stage": "小学"}]
    write_folder(tmp_path, tables)
    (tmp_path / "survey.csv").write_bytes(b"\x00\x01")

    assert {
        ("negative-number", "schools.csv:row 2, primary_pupils"),
        ("text-in-number", "schools.csv:row 2, teaching_area"),
        ("unknown-school", "teachers.csv:row 2, school"),
        ("binary-file", "survey.csv"),
    } == {(p.code, p.place) for p in problems(tmp_path)}


# -- headings -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "column", "value"),
    [
        ("教学仪器设备值（万元）", 123.45, "equipment_value", 1_234_500),
        ("教学仪器设备资产值（账面原值） (万元)", "1.1", "equipment_value", 11_000),
        ("教学仪器设备值(亿元)", 0.07, "equipment_value", 7_000_000),
        ("教学仪器设备值（元）", 5, "equipment_value", 5),
        ("教学及辅助用房面积（㎡）", 12.5, "teaching_area", 12.5),
        ("教学及辅助用房面积(m²)", 12.5, "teaching_area", 12.5),
        ("教学及辅助用房面积(平方米)", 12.5, "teaching_area", 12.5),
        ("教学用房面积/教学及辅助用房总面积 (平方米)", 9, "teaching_area", 9),
        ("图 书 册 数（册）", 9, "books", 9),
        ("图书册数(万册)", 1.5, "books", 15_000),
        ("随迁子女在校生数（万人）", 0.0413, "migrant_pupils", 413),
        ("建校时间 (年)", 1998, "built_year", 1998),
        ("是否寄宿制 (是/否)", "是", "boarding", 1),
    ],
)
def test_units_in_headings(heading: str, cell: Any, column: str, value: float) -> None:
    """A unit in brackets is stripped and its numbers are converted exactly."""
    facts = read(small(**{heading: cell}))

    assert [value] == facts.schools.numbers(column).tolist()


@pytest.mark.parametrize(
    "heading",
    [
        "小学在校生数",
        "小学部/在校生数",
        "在校生数（小学）",
        "在校学生数(人)/小 学",
        "在校学生数_小学",
        "在校学生数（人） - 小学",
        "小学：在校生数",
        "小学部—在校生数",
        "primary_pupils",
    ],
)
def test_stages_in_headings(heading: str) -> None:
    """A stage may stand before or after the label."""
    facts = read(small(**{heading: 300}))

    assert [300] == facts.sections.numbers("pupils").tolist()


def test_percent(tmp_path: Path) -> None:
    """Shares are fractions; a percent sign in heading or cell divides by 100."""
    tables: Tables = {
        "county": [{"code": "350881"}],
        "monitoring": [
            {"county": "350881", "year": 2024, "organiser": "国家", "subject": "数学"}
        ],
    }
    row = tables["monitoring"][0]

    def rate(**cells: Any) -> list[float]:
        tables["monitoring"] = [row | cells]
        path = write_workbook(tmp_path / "a.xlsx", tables)
        return [*read(path).other("monitoring").numbers("between_school_rate")]

    assert [0.244] == rate(between_school_rate="24.4%")
    assert [0.244] == rate(校际差异率="24.4％")
    assert [0.112] == rate(**{"校际差异率（%）": 11.2})
    assert [0.112] == rate(**{"校际差异率（%）": "11.2%"})
    tables["monitoring"] = [row | {"校际差异率": 24.4}]
    assert ["share-above-one"] == codes(tables)
    tables["monitoring"] = [row | {"校际差异率（%）": 0.112}]
    assert ["fraction-or-percent"] == codes(tables)


@pytest.mark.parametrize("level", ["Ⅲ", "III", "3", 3, 3.0, "Ⅲ级", " iii "], ids=repr)
def test_levels(level: Any) -> None:
    """Levels of learning are Roman or Arabic."""
    monitoring = [
        {
            "county": "350881",
            "year": "2024",
            "organiser": "national",
            "subject": "数学",
            "level": level,
        }
    ]
    facts = read({"county": [{"code": "350881"}], "monitoring": monitoring})

    assert [3] == facts.other("monitoring").numbers("level").tolist()


def test_no_level() -> None:
    """Anything else is no level."""
    row = {"county": "350881", "year": 2024, "organiser": "省级", "subject": "数学"}

    assert ["not-a-level"] == codes(
        {"county": [{"code": "350881"}], "monitoring": [row | {"level": "V"}]}
    )


@pytest.mark.parametrize("heading", ["教学仪器设备值(㎡)", "小学在校生数(万元)"])
def test_a_unit_that_cannot_be(heading: str) -> None:
    """A unit of something else is an error."""
    (problem,) = problems(small(**{heading: 1}))

    assert problem.code == "wrong-unit"
    assert "no unit of" in problem.en
    assert problem.place == f"schools!{heading}"


def test_unknown_columns() -> None:
    """Close to a known name is an error, anything else a notice."""
    assert ("unknown-column", "schools!食堂面积") in notices(read(small(食堂面积=1)))
    assert ("unknown-column", "schools!在校生数(高中)") in notices(
        read(small(**{"在校生数(高中)": 1}))
    )
    assert ("unknown-column", "schools!高中班级数") in notices(
        read(small(高中班级数=1))
    )

    (problem,) = problems(small(primary_pupls=3))
    assert problem.code == "misspelt-column"
    assert "did you mean 'primary_pupils'?" in problem.en
    (problem,) = problems(small(小学在校升数=3))
    assert "是否应为“小学在校生数”" in problem.zh


def test_a_misspelt_required_column_is_one_problem() -> None:
    """The misspelling is named, not also that the column is missing."""
    tables = {"county": [{"code": "350881"}], "schools": [{"code": "S1", "nmae": "甲"}]}
    tables["schools"][0]["kind"] = "小学"

    assert ["missing-column"] == codes(tables)  # nmae is too far from name
    tables["schools"] = [{"学校代马": "S1", "name": "甲", "kind": "小学"}]
    assert ["missing-column"] == codes(tables)
    tables["schools"] = [{"code": "S1", "name": "甲", "kinds": "小学"}]
    assert ["misspelt-column"] == codes(tables)


def test_doubled_columns(tmp_path: Path) -> None:
    """Two headings of one column are an error that names both."""
    (problem,) = problems(small(学校名称="乙"))
    assert problem.code == "doubled-column"
    assert "'name'" in problem.en
    assert "'学校名称'" in problem.en

    write_folder(tmp_path, small())
    (tmp_path / "county.csv").write_text("code,code\n350881,350881\n", encoding="utf-8")
    assert ["doubled-column"] == [
        p.code for p in problems(tmp_path) if p.code != "no-county"
    ]


def test_missing_columns_and_cells() -> None:
    """A required column or cell that is not there is an error."""
    tables: Tables = {"county": [{"name": "漳平"}], "schools": [{"code": "S1"}]}
    assert ["missing-column"] * 3 == codes(tables)

    (problem,) = problems(small(name=" "))
    assert problem.code == "blank-cell"
    assert problem.place == "schools!row 1, name"


def test_absent_columns_are_one_notice() -> None:
    """Columns that nobody gave are said once for each of the two main tables."""
    absent = [n.code for n in read(small()).notices]

    assert ["absent-columns", "absent-columns"] == absent


def test_column_without_heading(tmp_path: Path) -> None:
    """Cells without a heading are not read, and that is said."""
    write_folder(tmp_path, small())
    (tmp_path / "county.csv").write_text("code,,\n350881,7,\n", encoding="utf-8")

    assert [("unknown-column", "county.csv:row 1, column 2")] == notices(read(tmp_path))


def test_extra_fields_are_checked() -> None:
    """Fields of packs are headings and are validated like those of the contract."""
    extra = [
        Field(
            table="sections",
            name="canteen_seats",
            type="integer",
            label=Text("食堂座位数", "Canteen seats"),
            unit=Unit.COUNT,
        ),
        Field(
            table="townships",
            name="bus_lines",
            type="integer",
            label=Text("公交线路数", "Bus lines"),
            unit=Unit.COUNT,
        ),
    ]
    tables = small(初中食堂座位数=2.5)
    tables["townships"] = [{"代码": "350881100", "公交线路数": -1}]

    assert ["fractional-count", "negative-number"] == codes(tables, extra_fields=extra)


# -- tables ---------------------------------------------------------------------


def test_tables_by_name(tmp_path: Path) -> None:
    """Misspelt sheets are errors, others notices, doubled ones errors."""
    tables = small()
    tables["填报说明"] = [{"a": 1}]
    path = write_workbook(tmp_path / "a.xlsx", tables)
    assert [("unknown-table", f"{path}:填报说明")] == notices(read(path))

    (problem,) = problems(small() | {"school": [], "teacher": []} | {"Schools ": []})[
        1:2
    ]
    assert problem.code == "misspelt-table"
    assert "did you mean 'teachers'?" in problem.en
    assert "doubled-table" in codes(small() | {"学校": [{"code": "S2"}]})


def test_county_is_needed(tmp_path: Path) -> None:
    """Without a county there is nothing to say."""
    assert ["no-county"] == codes({})
    (problem,) = problems(write_json(tmp_path / "a.json", {}))
    assert problem.place == str(tmp_path / "a.json")
    assert ["no-county"] == codes([])
    assert ["no-county"] == codes({"county": []})


def test_schools_may_be_absent() -> None:
    """Published figures alone are data."""
    facts = read({"county": [{"code": "350881"}], "reported": []})

    assert len(facts) == 1
    assert facts.schools.size == 0


# -- cells ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"primary_pupils": "三百"}, "text-in-number"),
        ({"primary_pupils": "没有"}, "text-in-number"),
        ({"primary_pupils": "1,23"}, "text-in-number"),
        ({"primary_pupils": True}, "text-in-number"),
        ({"primary_pupils": dt.date(2024, 1, 1)}, "date-in-number"),
        ({"primary_pupils": "12%"}, "text-in-number"),
        ({"primary_pupils": -1}, "negative-number"),
        ({"primary_pupils": "−1"}, "negative-number"),
        ({"primary_pupils": 30.5}, "fractional-count"),
        ({"primary_pupils": float("nan")}, "not-finite"),
        ({"primary_pupils": "NaN"}, "not-finite"),
        ({"primary_pupils": float("inf")}, "not-finite"),
        ({"primary_pupils": "-Infinity"}, "not-finite"),
        ({"primary_pupils": 10**400}, "too-large"),
        ({"primary_pupils": 2**53 + 1}, "too-large"),
        ({"primary_pupils": "1e300"}, "too-large"),
        ({"teaching_area": "9e9999"}, "not-finite"),
        ({"built_year": 19}, "too-small"),
        ({"built_year": 20_241}, "too-large"),
        ({"boarding": "有"}, "not-yes-no"),
        ({"boarding": 2}, "not-yes-no"),
        ({"owner": "校长"}, "unknown-word"),
        ({"owner": 11}, "unknown-word"),
        ({"owner": Kind.PRIMARY}, "unknown-word"),
        ({"music_room_areas": "96;大"}, "text-in-number"),
        ({"music_room_areas": [96, -1]}, "negative-number"),
        ({"code": "S/1"}, "slash-in-code"),
        ({"code": 1e18}, "digits-lost"),
        ({"school_system": dt.date(2024, 6, 3)}, "date-in-text"),
        ({"name": True}, "not-text"),
        ({"name": "甲" * 1001}, "text-too-long"),
        ({"name": "\ud800"}, "not-text"),
        ({"name": "#REF!"}, "not-text"),
        ({"county": "35088"}, "bad-area-code"),
    ],
    ids=str,
)
def test_bad_cells(cells: dict[str, Any], code: str) -> None:
    """Each kind of bad cell is named with its place."""
    found = problems(small(**cells))

    assert code in [problem.code for problem in found]
    assert found[0].place == f"schools!row 1, {next(iter(cells))}"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" 1,234 ", 1234),
        ("１２３", 123),
        ("12.0", 12),
        (2.9999999999999996, 3),
        (np.int64(7), 7),
        (np.float64(7), 7),
    ],
    ids=repr,
)
def test_good_numbers(cell: Any, value: float) -> None:
    """Separators, wide digits and what formulas leave behind are numbers."""
    assert [value] == read(small(computers=cell)).schools.numbers("computers").tolist()


@pytest.mark.parametrize(
    "cell", ["是", "YES", "true", 1, 1.0, "1", "√", True], ids=repr
)
def test_yes(cell: Any) -> None:
    """A yes has several spellings."""
    assert [1] == read(small(boarding=cell)).schools.numbers("boarding").tolist()


@pytest.mark.parametrize("cell", ["否", "No", "FALSE", 0, "0", "×", False], ids=repr)
def test_no(cell: Any) -> None:
    """So has a no."""
    assert [0] == read(small(boarding=cell)).schools.numbers("boarding").tolist()


@pytest.mark.parametrize(
    "cell", ["96;98.5", "96；98.5", "96，98.5；", "96、98.5", [96, 98.5]]
)
def test_lists_of_areas(cell: Any) -> None:
    """Areas are separated as people separate them."""
    facts = read(small(music_room_areas=cell))

    assert [96, 98.5] == facts.schools["music_room_areas"].low.tolist()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        (2015, "2015-01-01", "2015-12-31"),
        (2015.0, "2015-01-01", "2015-12-31"),
        ("2016-10", "2016-10-01", "2016-10-31"),
        ("2016年10月9日", "2016-10-09", "2016-10-09"),
        ("2016-10-09 00:00:00", "2016-10-09", "2016-10-09"),
        (dt.date(2016, 10, 9), "2016-10-09", "2016-10-09"),
        (dt.datetime(2016, 10, 9, 8, 0), "2016-10-09", "2016-10-09"),  # noqa: DTZ001
    ],
)
def test_dates(cell: Any, first: str, last: str) -> None:
    """Dates are known to the day, the month or the year."""
    facts = read({"county": [{"code": "350881", "基本均衡认定日期": cell}]})
    dates: Any = facts.counties["basic_balance_recognised_on"]

    assert (first, last) == (str(dates.first[0]), str(dates.last[0]))


@pytest.mark.parametrize("cell", ["2015-02-30", "去年", 42_000, True, 15.5])
def test_bad_dates(cell: Any) -> None:
    """What is no date is an error."""
    tables = {"county": [{"code": "350881", "basic_balance_recognised_on": cell}]}

    assert ["not-a-date"] == codes(tables)


def test_codes_from_numbers(tmp_path: Path) -> None:
    """A workbook's 350881.0 is the code 350881."""
    path = write_workbook(
        tmp_path / "a.xlsx", {"county": [{"code": 350881, "name": " 漳\x0b平\n市 "}]}
    )
    facts = read(path)

    assert ["350881"] == facts.codes
    assert "漳平 市" == facts.counties.words("name")[0]


def test_rounding() -> None:
    """Areas and money are rounded half up to 0.01, and that is said once a column."""
    facts = read(small(teaching_area=2.675, equipment_value=1.5))

    assert [2.68] == facts.schools.numbers("teaching_area").tolist()
    assert [("rounded", "schools!row 1, teaching_area")] == notices(facts)


# -- whole tables -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"primary_pupils": 5, "primary_classes": 0}, "pupils-without-classes", 1),
        ({"primary_pupils": 0, "primary_classes": 5}, "classes-without-pupils", 0),
        ({"pupils": 5, "classes": 0}, "pupils-without-classes", 1),
        (
            {"primary_certified_teachers": 9, "primary_full_time_teachers": 8},
            "more-than-full-time-teachers",
            0,
        ),
        (
            {"junior_trained_teachers": 9, "junior_full_time_teachers": 8},
            "more-than-full-time-teachers",
            0,
        ),
        (
            {
                "primary_teachers_bachelor": 5,
                "primary_teachers_master": 4,
                "primary_full_time_teachers": 8,
            },
            "degrees-above-teachers",
            0,
        ),
        (
            {"indoor_sports_area": 9, "teaching_area": 8},
            "indoor-above-teaching-area",
            0,
        ),
        (
            {"primary_oversized_classes": 3, "primary_classes": 2},
            "oversized-above-classes",
            0,
        ),
        ({"primary_pupils_in_zone": 3, "primary_pupils": 2}, "part-above-whole", 0),
        ({"primary_boarders": 3, "primary_pupils": 2}, "part-above-whole", 0),
    ],
    ids=str,
)
def test_figures_that_contradict(cells: dict[str, Any], code: str, column: int) -> None:
    """Figures of one row that cannot both be right are named."""
    (problem,) = problems(small(**cells))

    assert code == problem.code
    assert problem.place == f"schools!row 1, {list(cells)[column]}"
    assert "expected" in problem.en
    assert "应" in problem.zh


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"rotated_teachers": 9, "rotation_eligible_teachers": 8}, "part-above-whole"),
        ({"rotated_backbone_teachers": 9, "rotated_teachers": 8}, "part-above-whole"),
        (
            {"senior_high_allocated_places": 9, "senior_high_places": 8},
            "part-above-whole",
        ),
        (
            {"disabled_children_enrolled": 9, "disabled_children": 8},
            "part-above-whole",
        ),
        (
            {"special_education_funds": 9, "special_education_pupils": 0},
            "zero-denominator",
        ),
        (
            {"migrant_children_public": 9, "migrant_children_eligible": 0},
            "zero-denominator",
        ),
    ],
    ids=str,
)
def test_county_figures_that_contradict(cells: dict[str, Any], code: str) -> None:
    """So are those of a county."""
    assert [code] == codes({"county": [{"code": "350881", **cells}]})


def test_survey_figures_that_contradict() -> None:
    """More are satisfied than answered, more answered than were asked."""
    row = {"county": "350881", "channel": "问卷", "group": "合计"}
    rows = [row | {"distributed": 5, "valid": 6, "satisfied": 7}]

    assert ["part-above-whole"] * 2 == codes(
        {"county": [{"code": "350881"}], "survey": rows}
    )


def test_doubled_codes() -> None:
    """A doubled code names both places."""
    tables = small()
    tables["schools"].append(dict(tables["schools"][0]))
    (problem,) = problems(tables)
    assert problem.code == "doubled-code"
    assert problem.place == "schools!row 2, code"
    assert "'row 1, code'" in problem.en

    assert ["doubled-code"] == codes({"county": [{"code": "350881"}] * 2})


def test_unknown_counties() -> None:
    """A school is of a county of the file; with several counties it says of which."""
    assert ["unknown-county"] == codes(small(county="350802"))
    tables = small()
    tables["county"].append({"code": "350802"})
    (problem,) = problems(tables)
    assert problem.code == "blank-county"
    assert problem.place == "schools!row 1"


def test_unknown_schools() -> None:
    """Teachers and classes are of schools in the file, at stages these teach."""
    tables = small()
    tables["teachers"] = [{"school": "S2", "stage": "小学"}]
    tables["classes"] = [{"school": "S1", "stage": "初中"}]
    assert ["unknown-school", "stage-not-taught"] == codes(tables)

    del tables["schools"]
    assert ["no-schools", "no-schools"] == codes(tables)


def school(code: str, **cells: Any) -> dict[str, Any]:
    """Return a row of a nine-year school that does not count as a school."""
    base = {"code": code, "name": code, "kind": "nine_year", "counts_as_school": "否"}
    return {**base, **cells}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([school("A")], ["unknown-parent"]),
        ([school("A", parent="B")], ["unknown-parent"]),
        ([school("A", kind="teaching_point")], []),
        ([school("A", kind="primary", campus="是")], []),
        ([school("A", parent="A")], ["parent-circle"]),
        ([school("A", parent="B"), school("B", parent="A")], ["parent-circle"] * 2),
        (
            [
                school("A", parent="B", county="350881"),
                school("B", counts_as_school="是", county="350802"),
            ],
            ["unknown-parent"],
        ),
        ([school("A", parent="B"), school("B", counts_as_school="是")], []),
    ],
)
def test_parents(rows: list[dict[str, Any]], expected: list[str]) -> None:
    """What is merged needs a parent in the same county, and no circle."""
    counties = [{"code": "350881"}]
    if any("county" in row for row in rows):
        counties.append({"code": "350802"})
    tables = {"county": counties, "schools": rows}

    if expected:
        assert expected == codes(tables)
    else:
        read(tables)


def test_entities_of_attestations() -> None:
    """An attestation of nobody is an error; one of a province is not."""
    tables = small()
    row = {"rule": "siting_plan", "value": "是"}
    tables["attestations"] = [
        row | {"entity": each} for each in ("S1", "S1/primary", "350881", "35", "S2")
    ]
    (problem,) = problems(tables)
    assert problem.code == "unknown-entity"
    assert problem.place == "attestations!row 5, entity"

    tables["attestations"] = [row | {"entity": "S1", "value": ""}]
    assert ["blank-cell"] == codes(tables)


def test_reported_needs_a_name_and_a_value() -> None:
    """A published figure says of what it is one."""
    tables = small() | {"reported": [{"entity": "350881", "source": "年报"}]}

    assert ["blank-cell"] * 2 == codes(tables)


def test_one_mistake_is_one_problem() -> None:
    """A code that cannot be read makes no further problems elsewhere."""
    tables = small(code="S/1")
    tables["teachers"] = [{"school": "S1", "stage": "小学"}]

    assert ["slash-in-code"] == codes(tables)


# -- files that are no data ---------------------------------------------------------


def test_no_such_file(tmp_path: Path) -> None:
    """Paths that lead nowhere, and files of other kinds, are named."""
    assert ["not-found"] == codes(tmp_path / "无.xlsx")
    assert ["not-found"] == codes("a\0b.json")
    assert ["empty-folder"] == codes(tmp_path)
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    assert ["unknown-format"] == codes(tmp_path / "a.txt")
    (tmp_path / "b.txt").mkdir()
    assert ["empty-folder"] == codes(tmp_path / "b.txt")


@pytest.mark.parametrize("suffix", ["json", "xlsx", "xls", "ods"])
def test_empty_and_binary_files(tmp_path: Path, suffix: str) -> None:
    """Empty and binary files are one problem each."""
    path = tmp_path / f"县.{suffix}"
    path.write_bytes(b"")
    assert ["empty-file"] == codes(path)
    path.write_bytes(bytes(range(256)))
    (problem,) = problems(path)
    assert problem.code in {"binary-file", "broken-file"}
    assert problem.file == str(path)


def test_empty_tables(tmp_path: Path) -> None:
    """A file or sheet without headings is named."""
    (tmp_path / "county.csv").write_text("\n\n", encoding="utf-8")
    assert ["empty-file"] == codes(tmp_path)
    (tmp_path / "county.csv").write_text(",,\n ,\n", encoding="utf-8")
    assert ["empty-table"] == codes(tmp_path)
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("county")
    assert ["empty-table"] == codes(path)


def test_truncated_files(tmp_path: Path) -> None:
    """A file cut short is an error, never less data."""
    write_folder(tmp_path, small(primary_pupils=3, primary_classes=1))
    path = tmp_path / "schools.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b",")])
    (problem,) = problems(tmp_path)
    assert problem.place == "schools.csv:row 2"
    path.write_bytes(whole + b'S2,"')
    assert ["broken-csv"] == codes(tmp_path)

    path = write_json(tmp_path / "a.json", small())
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    (problem,) = problems(path)
    assert problem.code == "broken-json"
    assert problem.line == 1
    path.write_bytes(whole[:-6])
    assert ["broken-file"] == codes(path)

    path = write_workbook(tmp_path / "a.xlsx", small())
    path.write_bytes(path.read_bytes()[:-200])
    assert ["broken-file"] == codes(path)


def test_broken_bytes(tmp_path: Path) -> None:
    """A byte that is no text is named with its line, in either encoding."""
    write_folder(tmp_path, small())
    path = tmp_path / "schools.csv"
    head = "code,name,kind\nS1,城关小学,小学\nS2,东门小学"
    path.write_bytes(head.encode() + b"\xff,\xe5\xb0\x8f\xe5\xad\xa6\n")
    (problem,) = problems(tmp_path)
    assert problem.place == "schools.csv:3"
    assert "0xFF" in problem.en
    path.write_bytes(head.encode("gb18030") + b"\xff\n")
    assert ["broken-encoding"] == codes(tmp_path)
    path.write_bytes(b"\xef\xbb\xbfcode\n\xb0\xa1\n")
    (problem,) = problems(tmp_path)
    assert problem.line == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", ["not-tables"]),
        ("3", ["not-tables"]),
        ('{"county": 3}', ["not-a-table"]),
        ('{"county": [3]}', ["not-a-row", "no-county"]),
        ('{"county": {"code": ["1"], "name": "x"}}', ["not-a-column"]),
        ('{"county": {"code": ["1"], "name": []}}', ["uneven-columns"]),
        ('{"county": [{"code": "350881", "code": "350881"}]}', ["doubled-key"]),
        (
            '{"county": [{"code": "350881"}], "county": []}',
            ["doubled-key", "no-county"],
        ),
        ('{"county": [{"code": "350881", "year": NaN}]}', ["not-finite"]),
        ('{"county": [{"code": "350881", "year": -Infinity}]}', ["not-finite"]),
        ('{"county": [{"code": "350881", "year": 1e999}]}', ["not-finite"]),
        (f'{{"county": [{{"code": "350881", "year": {"9" * 5000}}}]}}', ["not-finite"]),
        ('{"county": [{"code": "350881", "year": {}}]}', ["text-in-number"]),
        ("[" * 100_000, ["too-deep"]),
        ('{"county": ' + '{"a":' * 100_000, ["too-deep"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_documents(tmp_path: Path, text: str, expected: list[str]) -> None:
    """JSON that is no set of tables is named, however odd."""
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")

    assert expected == codes(path)


def test_limits(tmp_path: Path) -> None:
    """Nothing is read beyond the limits."""
    path = write_json(tmp_path / "a.json", small())
    assert ["file-too-large"] == codes(path, limits=Limits(file_bytes=10))
    assert ["too-many-cells"] == codes(path, limits=Limits(cells=3))
    assert "text-too-long" in codes(path, limits=Limits(text=3))

    tables = small()
    tables["schools"] = [small(computers="x")["schools"][0]] * 5
    found = problems(tables, limits=Limits(problems=3))
    assert len(found) == 4
    assert "6 further problems" in found[-1].en


def test_wide_lines(tmp_path: Path) -> None:
    """A line of a million commas is refused before it is split; so is a wide row."""
    (tmp_path / "county.csv").write_text("code" + "," * 10**6, encoding="utf-8")

    assert ["too-many-columns"] == codes(tmp_path)
    assert ["too-many-columns"] == codes({"county": [dict.fromkeys(range(10**5), 1)]})


def test_zip_bombs(tmp_path: Path) -> None:
    """A workbook that unzips to far more than its size is refused unread."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 20 * 2**20)

    assert ["zip-bomb"] == codes(path)
    assert ["zip-bomb"] == codes(path, limits=Limits(unzipped_bytes=10))


def test_stray_cells(tmp_path: Path) -> None:
    """A cell at the far corner does not make a table of billions of blanks."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("county")
        sheet.write_row(0, 0, ["code"])
        sheet.write_row(1, 0, ["350881"])
        sheet.write(1_048_575, 16_383, "x")
    (problem,) = problems(path)
    assert problem.code == "too-many-cells"
    assert problem.place == f"{path}:county"


def test_formatted_cells_far_out_are_harmless(tmp_path: Path) -> None:
    """Blank cells with a format do not make a sheet too large."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("county")
        sheet.write_row(0, 0, ["code"])
        sheet.write_row(1, 0, ["350881"])
        bold = book.add_format({"bold": True})
        sheet.write_blank(1_048_575, 16_383, None, bold)

    assert ["350881"] == read(path).codes


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return path


@pytest.mark.parametrize(
    ("part", "old", "new", "code"),
    [
        # The reference of a cell is believed, whatever its row says.
        ("xl/worksheets/sheet1.xml", b'r="B2"', b'r="XFD1048576"', "too-many-cells"),
        ("xl/worksheets/sheet1.xml", b'r="B2"', b'r="xfd99999999"', "too-many-cells"),
        ("xl/worksheets/sheet1.xml", b'r="B2"', b'r = "ZZZZZ2"', "too-many-cells"),
        # A cell with a sign of its end inside an attribute is no blank cell.
        (
            "xl/worksheets/sheet1.xml",
            b'r="B2"',
            b'r="XFD1048576" x="/>"',
            "too-many-cells",
        ),
        # Cells without a reference follow the one before.
        (
            "xl/worksheets/sheet1.xml",
            b"</row></sheetData>",
            b'</row><row r="1000000">'
            + b"<c><v>1</v></c>" * 100
            + b"</row></sheetData>",
            "too-many-cells",
        ),
        # Room is made for as many strings as are announced.
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="9999', "broken-file"),
        ("xl/workbook.xml", b"<workbook", b"<work\0book", "broken-file"),
        ("xl/workbook.xml", b"<workbook", b"<work book=", "broken-file"),
        ("xl/workbook.xml", b"UTF-8", b"UTF-99", "broken-file"),
    ],
    ids=str,
)
def test_hostile_workbooks(
    tmp_path: Path, part: str, old: bytes, new: bytes, code: str
) -> None:
    """What would make calamine take all memory is refused before."""
    tables = {"county": [{"code": "350881", "name": "漳平"}]}
    path = with_part(
        write_workbook(tmp_path / "a.xlsx", tables),
        part,
        lambda content: content.replace(old, new),
    )

    assert code in codes(path)


def test_other_workbooks(tmp_path: Path) -> None:
    """Encrypted parts and binary workbooks are named as what they are."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    assert ["unknown-format"] == codes(path)

    path = write_workbook(path, small())
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    assert ["password-protected"] == codes(path)


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
<office:spreadsheet><table:table table:name="county">
<table:table-row><table:table-cell office:value-type="string"><text:p>code</text:p>
</table:table-cell><table:table-cell table:number-columns-repeated="16383"/>
</table:table-row><table:table-row{rows}>
<table:table-cell office:value-type="string"><text:p>350881</text:p></table:table-cell>
<table:table-cell{cells}/></table:table-row>
<table:table-row table:number-rows-repeated="1048574">
<table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def write_ods(path: Path, rows: str, cells: str) -> Path:
    """Write a sheet of one county with attributes of our own on row and cell."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = ODS.format(rows=rows, cells=cells).replace("\n", "")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns'
            ':manifest:1.0"/>',
        )
    return path


def test_ods(tmp_path: Path) -> None:
    """An ODS workbook is read; its repeated cells are counted before."""
    path = write_ods(tmp_path / "a.ods", "", ' table:number-columns-repeated="16383"')
    assert ["350881"] == read(path).codes
    many = ' table:number-rows-repeated="1000000"'
    wide = ' table:number-columns-repeated="9999" office:value-type="float"'
    path = write_ods(tmp_path / "b.ods", many, wide + ' office:value="1"')
    assert ["too-many-cells"] == codes(path)


def container(stream: str) -> bytes:
    """Return an OLE container of one empty stream, as encrypted workbooks are."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, 4096, end, 0, end, 0),
    )
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    table = struct.pack("<II", fat, end) + struct.pack("<I", free) * 126

    def entry(name: str, kind: int, child: int) -> bytes:
        word = (name + "\0").encode("utf-16le")
        return struct.pack(
            "<64sHBBIII36xIQ", word, len(word), kind, 1, free, free, child, end, 0
        )

    directory = entry("Root Entry", 5, 1) + entry(stream, 2, free)
    return head + table + directory + bytes(512 - len(directory))


def test_password_protected(tmp_path: Path) -> None:
    """A workbook with a password says so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(container("EncryptedPackage"))

    assert ["password-protected"] == codes(path)


@pytest.mark.parametrize(
    "records",
    [
        "09081000 00060500 bb0dcc07 00000000 06000000 2f003600 01000100",
        "09081000 00060500 bb0dcc07 00000000 06000000 86000000 2f003600 0100",
        "09080800 00050500 bb0dcc07 2f000400 01020304",
    ],
    ids=["Excel 97", "Excel 97, write-protected", "Excel 95"],
)
def test_an_old_workbook_with_a_password(tmp_path: Path, records: str) -> None:
    """FILEPASS behind BOF, as LibreOffice writes it: calamine says no such thing."""
    path = tmp_path / "a.xls"
    path.write_bytes(container("Workbook") + bytes.fromhex(records))

    assert ["password-protected"] == codes(path)


def test_an_ods_with_a_password(tmp_path: Path) -> None:
    """The parts are noise, the manifest says that they are encrypted."""
    path = tmp_path / "a.ods"
    name = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", bytes(range(256)))
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{name}"><manifest:file-entry>'
            "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
        )

    assert ["password-protected"] == codes(path)


# -- anything at all --------------------------------------------------------------


def read_or_refuse(source: Any) -> None:
    """Read *source*; nothing but an `InputError` may be raised."""
    with contextlib.suppress(InputError):
        read(source)


ANYTHING = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

CSV_LIKE = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "code",
                "name",
                "kind",
                "学校代码",
                ",",
                ",",
                "\n",
                "\n",
                '"',
                "小学",
                "1",
                "-3",
            ]
        ),
        max_size=40,
    ).map(lambda words: "".join(words).encode()),
)


@ANYTHING
@given(data=CSV_LIKE)
def test_any_bytes_as_csv(tmp_path: Path, data: bytes) -> None:
    """No CSV file makes a traceback."""
    for name in ("county", "schools", "reported"):
        (tmp_path / f"{name}.csv").write_bytes(data)

    read_or_refuse(tmp_path)


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["county", "schools", "code", "name", "kind", "areas", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@ANYTHING
@given(data=st.binary(max_size=300) | JSON_LIKE.map(lambda v: json.dumps(v).encode()))
def test_any_bytes_as_json(tmp_path: Path, data: bytes) -> None:
    """No JSON document makes a traceback."""
    path = tmp_path / "a.json"
    path.write_bytes(data)

    read_or_refuse(path)


@ANYTHING
@given(
    tables=st.dictionaries(st.sampled_from(list(TABLES)), JSON_LIKE, max_size=4),
)
def test_any_mapping(tables: dict[str, Any]) -> None:
    """Nor does a mapping of whatever."""
    read_or_refuse(tables)


@ANYTHING
@given(data=st.binary(max_size=300), at=st.integers(0, 10**6), cut=st.booleans())
def test_any_bytes_as_a_workbook(
    tmp_path: Path, data: bytes, at: int, *, cut: bool
) -> None:
    """Nor does a workbook, be it noise or a sound one damaged somewhere."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("county").write_row(0, 0, ["code", "year"])
    sound = buffer.getvalue()
    at %= len(sound)
    path = tmp_path / "a.xlsx"
    for content in (
        data,
        sound[:at] + data + (b"" if cut else sound[at + len(data) :]),
    ):
        path.write_bytes(content)
        read_or_refuse(path)


CELLS = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.floats() | st.text(max_size=5), max_size=4),
    st.none(),
)


@ANYTHING
@given(cell=CELLS, field=st.sampled_from([f for t in TABLES.values() for f in t]))
def test_any_cell(cell: Any, field: Field) -> None:
    """A parser gives a value that the field allows, or says what is wrong."""
    with contextlib.suppress(CellError):
        assert field.problem(parser(field)(cell)) is None


@given(st.integers(0, 2**53))
def test_whole_numbers_are_exact(number: int) -> None:
    """Every whole number up to 2⁵³ arrives as it was written."""
    field = next(f for f in TABLES["schools"] if f.name == "computers")
    for cell in (number, float(number), str(number), f"{number:,}"):
        assert number == parser(field)(cell)


@given(st.decimals(0, 10**9, places=2))
def test_hundredths_are_exact(number: Any) -> None:
    """Every amount of two decimals arrives as it was written."""
    field = next(f for f in TABLES["schools"] if f.name == "equipment_value")

    assert float(number) == hundredths(parser(field)(str(number)))


@given(st.floats(0, 10**9))
def test_rounding_is_idempotent(number: float) -> None:
    """Rounding twice is rounding once, and never moves by more than half a unit."""
    once = hundredths(number)

    assert once == hundredths(once)
    assert abs(once - number) <= 0.005 * (1 + 1e-6)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("👩\u200d🏫小学", "👩\u200d🏫小学"),
        ("示\u200d例小学\u200b", "示例小学"),
        ("\u200d🏫小学", "🏫小学"),
    ],
)
def test_a_joiner_stays_only_between_two_pictures(given: str, kept: str) -> None:
    """One emoji stays one; between characters it cannot be seen and goes."""
    schools = [{"code": "S1", "name": given, "kind": "primary"}]
    facts = read({"county": [{"code": "999901"}], "schools": schools})

    assert [kept] == facts.schools.words("name").tolist()
