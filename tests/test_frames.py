"""Data frames of every kind in, the same facts out; and back into frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from eduequity import evaluate
from eduequity.errors import InputError, UnknownNameError
from eduequity.facts import Facts
from eduequity.io import Limits, read
from eduequity.vocab import Owner


Columns: TypeAlias = Mapping[str, list[Any]]
Make: TypeAlias = Callable[[Columns], Any]

COUNTY: dict[str, list[Any]] = {"code": ["350881"]}
SCHOOLS: dict[str, list[Any]] = {
    "学校代码": ["S1", "S2", "S3"],
    "学校名称": ["城关小学", "溪南学校", "新桥小学"],
    "学校类型": ["小学", "九年一贯制", "primary"],
    "举办者类型": ["public", None, "private"],
    "primary_pupils": [500, 200, None],
    "junior_pupils": [None, 100, None],
    "教学及辅助用房面积": [4100.55, 3000.0, None],
    "是否寄宿制": [False, True, None],
}

TEACHERS: dict[str, list[Any]] = {
    "school": ["S1", "S1", "S1", "S1", "S2", "S2", "S2", "S2"],
    "stage": ["小学", "小学", "小学", "小学", "初中", "初中", "小学", "小学"],
    "degree": ["专科", "高中", "本科", "bachelor", "专科", "硕士", "本科", "本科"],
    "subject": ["语文", "体育", "音乐", "音乐 ", "数学", "美术", "体育", "体育"],
    "full_time": [True, True, False, True, True, True, None, True],
    "backbone_level": [
        "none", "county", "national", "school", "province", None, "city", "city",
    ],
    "certified": [True, True, False, False, True, True, True, True],
    "training_hours": [360.0, 100.0, 400.0, 359.5, 500.0, 300.0, 400.0, 400.0],
    "years_of_service": [10.0, 1.0, 20.0, 4.0, 6.0, 30.0, 9.0, 9.0],
}  # fmt: skip
"""Eight invented teachers."""

UNKNOWN = np.nan

COUNTED: dict[str, list[Any]] = {
    "full_time_teachers": [3, UNKNOWN, UNKNOWN, 2],
    "above_degree_teachers": [2, UNKNOWN, UNKNOWN, 1],
    "backbone_teachers": [1, UNKNOWN, UNKNOWN, UNKNOWN],
    "pe_arts_teachers": [2, UNKNOWN, UNKNOWN, 1],
    "certified_teachers": [2, UNKNOWN, UNKNOWN, 2],
    "trained_teachers": [1, UNKNOWN, UNKNOWN, 1],
    "trained_teachers_pro_rata": [3, UNKNOWN, UNKNOWN, 1],
    "experienced_teachers": [1, UNKNOWN, UNKNOWN, 2],
    "trained_experienced_teachers": [1, UNKNOWN, UNKNOWN, 1],
}
"""
Counted by hand: the sections are S1, S2 and S3 primary, then S2 junior.

A blank level leaves S2 junior's 骨干 unknown; whether a teacher of S2 primary is
full-time is blank, and S3 has no rows.
"""

CLASSES: dict[str, list[Any]] = {
    "school": ["S1", "S1", "S2", "S2", "S2", "S2"],
    "stage": ["小学", "小学", "初中", "初中", "小学", "小学"],
    "grade": [1, 2, 7, 8, 1, 2],
    "pupils": [46, 45, 50, 51, None, 30],
}
CLASSES_COUNTED: dict[str, list[Any]] = {
    "classes": [2, 2, UNKNOWN, 2],
    "oversized_classes": [1, UNKNOWN, UNKNOWN, 1],
    "largest_class": [46, UNKNOWN, UNKNOWN, 51],
    "banded_low": [UNKNOWN, 30, UNKNOWN, UNKNOWN],  # of S2 primary 30 is known
}


# -- engines -------------------------------------------------------------------------


def polars(columns: Columns) -> pl.DataFrame:
    """Make a Polars frame."""
    return pl.DataFrame(dict(columns))


def polars_lazy(columns: Columns) -> pl.LazyFrame:
    """Make a Polars query."""
    return polars(columns).lazy()


def arrow(columns: Columns) -> pa.Table:
    """Make an Arrow table."""
    return pa.table(dict(columns))


def pandas_object(columns: Columns) -> pd.DataFrame:
    """Make a pandas frame of Python objects."""
    frame = pd.DataFrame(dict(columns), dtype=object)
    for name, cells in columns.items():
        if any(isinstance(cell, int | float) for cell in cells) and not any(
            isinstance(cell, bool) for cell in cells
        ):
            frame[name] = frame[name].astype(float)
    return frame


def pandas_nullable(columns: Columns) -> pd.DataFrame:
    """Make a pandas frame of the types that know a null."""
    return pandas_object(columns).convert_dtypes()


def pandas_arrow(columns: Columns) -> pd.DataFrame:
    """Make a pandas frame of Arrow types."""
    return arrow(columns).to_pandas(types_mapper=pd.ArrowDtype)


def duck(columns: Columns) -> duckdb.DuckDBPyRelation:
    """Make a DuckDB relation."""
    return duckdb.from_arrow(arrow(columns))


def in_engine(make: Make) -> Make:
    """Let a frame that is in memory be counted by its engine like a lazy one."""
    return lambda columns: nw.from_native(make(columns)).lazy()


EAGER: Mapping[str, Make] = {
    "polars": polars,
    "pyarrow": arrow,
    "pandas of objects": pandas_object,
    "pandas with nulls": pandas_nullable,
    "pandas of Arrow types": pandas_arrow,
}
LAZY: Mapping[str, Make] = {
    "polars, lazy": polars_lazy,
    "DuckDB": duck,
    **{f"{name}, in its engine": in_engine(make) for name, make in EAGER.items()},
}
ENGINES = {"columns": dict, **EAGER, **LAZY}


@pytest.fixture(params=[*ENGINES, pytest.param("PySpark", marks=pytest.mark.spark)])
def make(request: pytest.FixtureRequest) -> Make:
    """Return what makes a table of every engine."""
    return _make(request)


@pytest.fixture(params=[*LAZY, pytest.param("PySpark", marks=pytest.mark.spark)])
def make_lazy(request: pytest.FixtureRequest) -> Make:
    """Return what makes a table that stays in its engine."""
    return _make(request)


def _make(request: pytest.FixtureRequest) -> Make:
    if request.param == "PySpark":
        session = request.getfixturevalue("spark")
        return lambda columns: _spark_frame(session, columns)
    found: Make = ENGINES[request.param]
    return found


def _spark_frame(session: Any, columns: Columns) -> Any:
    from pyspark.sql import types

    kinds = {bool: types.BooleanType, int: types.LongType, float: types.DoubleType}
    fields = []
    for name, cells in columns.items():
        kind = next((type(cell) for cell in cells if cell is not None), str)
        fields.append(
            types.StructField(name, kinds.get(kind, types.StringType)(), nullable=True)
        )
    rows = list(zip(*columns.values(), strict=True))
    return session.createDataFrame(rows, types.StructType(fields))


def read_tables(make: Make, limits: Limits | None = None, **tables: Columns) -> Facts:
    """Read tables that an engine holds; county and schools are Polars'."""
    frames = {name: make(columns) for name, columns in tables.items()}
    given = {"county": polars(COUNTY), "schools": polars(SCHOOLS), **frames}
    return read(given, limits=limits or Limits())


def problems_of(
    make: Make, limits: Limits | None = None, **tables: Columns
) -> list[tuple[str, str]]:
    """Return code and place of every problem, by place."""
    with pytest.raises(InputError) as caught:
        read_tables(make, limits, **tables)
    return sorted((each.code, each.place) for each in caught.value.problems)


# -- the same facts ------------------------------------------------------------------


def test_same_facts_from_every_engine(make: Make) -> None:
    """Whatever holds the county and the schools, the facts are the same."""
    facts = read({"county": make(COUNTY), "schools": make(SCHOOLS)})

    assert read({"county": COUNTY, "schools": SCHOOLS}).digest == facts.digest
    assert ["城关小学", "溪南学校", "新桥小学"] == facts.schools.words("name").tolist()
    assert [0, -1, 1] == facts.schools.codes("owner").tolist()


def test_teachers_are_counted_alike_in_every_engine(make: Make) -> None:
    """One definition: rows and engines count what a hand counts."""
    facts = read_tables(make, teachers=TEACHERS)

    for name, expected in COUNTED.items():
        np.testing.assert_array_equal(
            facts.sections.numbers(name), expected, err_msg=name
        )


def test_classes_are_counted_alike_in_every_engine(make: Make) -> None:
    """Sums, numbers of rows and the largest; a blank leaves them unknown."""
    facts = read_tables(make, classes=CLASSES)

    for name, expected in CLASSES_COUNTED.items():
        np.testing.assert_array_equal(
            facts.sections.numbers(name), expected, err_msg=name
        )
    assert [500, 200] == facts.sections.numbers("pupils")[:2].tolist()  # as stated


@pytest.mark.parametrize(
    ("known", "verdict"), [(45, "unknown"), (46, "unmet"), (60, "unmet")]
)
def test_a_known_class_that_is_too_large(make: Make, known: int, verdict: str) -> None:
    """Beside a class of unknown size one of 46 breaks the limit, one of 45 not."""
    classes: dict[str, list[Any]] = {
        "school": ["S2"] * 3,
        "stage": ["小学"] * 3,
        "pupils": [30, None, known],
    }
    facts = read_tables(make, classes=classes)
    result = evaluate(facts, on=dt.date(2024, 12, 31))
    (one,) = (
        each
        for each in result.findings(rule="government.class_size")
        if each.entity == "S2/primary"
    )

    assert (verdict, None) == (one.verdict.value, one.value)
    assert "bounded" in one.flags


def test_only_section_rows_come_back(make_lazy: Make) -> None:
    """A lazy table's rows stay where they are, and the result says so."""
    facts = read_tables(make_lazy, teachers=TEACHERS)

    assert "teachers" not in facts.others
    assert ["records-counted"] == [
        each.code for each in facts.notices if each.code.startswith("records")
    ]


def test_frames_may_be_mixed() -> None:
    """Every table may come from another engine."""
    mixed = read(
        {
            "county": pandas_nullable(COUNTY),
            "schools": duck(SCHOOLS),
            "teachers": polars_lazy(TEACHERS),
            "classes": arrow(CLASSES),
        }
    )
    alike = read_tables(dict, teachers=TEACHERS, classes=CLASSES)

    for name in alike.sections.columns:
        np.testing.assert_array_equal(
            mixed.sections.numbers(name), alike.sections.numbers(name), err_msg=name
        )


def test_text_stays_in_its_frame() -> None:
    """Names and codes are handles until somebody asks; codes of counties are coded."""
    from eduequity.facts import Coded, Words

    facts = read_tables(polars)
    stored = facts.schools.stored

    assert isinstance(stored["code"], Words)
    assert isinstance(stored["name"], Words)
    assert isinstance(stored["county"], Coded)
    assert ["S1", "S2", "S3"] == facts.schools.words("code").tolist()


# -- back into frames ----------------------------------------------------------------


@pytest.mark.parametrize("backend", ["polars", "pyarrow", "pandas", "duckdb"])
def test_facts_go_back_into_frames(backend: str) -> None:
    """What is written as frames reads back as the same facts."""
    facts = read_tables(polars, classes=CLASSES)

    back = read(
        {
            table: facts.to_frame(table, backend=backend)
            for table in ("county", "schools", "classes")
        }
        if backend != "duckdb"
        else {
            "county": facts.to_frame("county", backend=backend),
            "schools": facts.to_frame("schools", backend=backend),
            "classes": facts.to_frame("classes", backend="pyarrow"),
        }
    )

    assert facts.digest == back.digest


def test_columns_of_a_frame() -> None:
    """Choices are words, yes/no booleans, and blanks nulls."""
    frame = read_tables(polars).to_frame("schools", backend="polars")

    assert ["primary", "nine_year", "primary"] == frame["kind"].to_list()
    assert [False, True, None] == frame["boarding"].to_list()
    assert [4100.55, 3000.0, None] == frame["teaching_area"].to_list()
    assert [None, 100.0, None] == frame["junior_pupils"].to_list()


def test_sections_as_a_frame() -> None:
    """Every section has its county, school and stage beside its figures."""
    frame = read_tables(polars, teachers=TEACHERS).to_frame("sections")

    assert ["S1", "S2", "S3", "S2"] == frame["school"].to_list()
    assert ["primary", "primary", "primary", "junior"] == frame["stage"].to_list()
    assert [3, None, None, 2] == frame["full_time_teachers"].to_list()


def test_unknown_table_or_backend() -> None:
    """What there is is named."""
    facts = read_tables(polars)

    with pytest.raises(UnknownNameError, match="no table 'pupils'"):
        facts.to_frame("pupils")
    with pytest.raises(UnknownNameError, match="no backend 'panda'; did you mean"):
        facts.to_frame(backend="panda")


# -- bad input -----------------------------------------------------------------------

BAD_SCHOOLS: dict[str, list[Any]] = {
    "code": ["S1", "S2", "S1", None, "S/5"],
    "name": ["甲", "乙", "丙", "丁", "戊"],
    "kind": ["小学", "小学校", "初中", "初中", "初中"],
    "owner": ["public", "public", "民营", "public", "public"],
    "primary_pupils": [-1.0, 2.5, None, 1e300, 10.0],
    "primary_classes": [1.0, 1.0, None, None, 0.0],
    "boarding": ["是", "也许", None, "否", "yes"],
    "teaching_area": [10.0, 20.0, 30.0, 40.0, 50.0],
    "indoor_sports_area": [10.0, 21.0, None, 1.0, 1.0],
    "parent": [None, None, None, "S9", None],
}

EXPECTED_OF_BAD_SCHOOLS = [
    ("blank-cell", "schools!row 4, code"),
    ("doubled-code", "schools!row 3, code"),
    ("fractional-count", "schools!row 2, primary_pupils"),
    ("indoor-above-teaching-area", "schools!row 2, indoor_sports_area"),
    ("negative-number", "schools!row 1, primary_pupils"),
    ("not-yes-no", "schools!row 2, boarding"),
    ("pupils-without-classes", "schools!row 5, primary_classes"),
    ("slash-in-code", "schools!row 5, code"),
    ("too-large", "schools!row 4, primary_pupils"),
    ("unknown-word", "schools!row 2, kind"),
    ("unknown-word", "schools!row 3, owner"),
]


@pytest.mark.parametrize("name", ["columns", *EAGER, "polars, lazy", "DuckDB"])
def test_all_that_is_wrong_with_schools(name: str) -> None:
    """A frame is refused for what rows are refused for, all at once, cell by cell."""
    make = ENGINES[name]
    with pytest.raises(InputError) as caught:
        read({"county": make(COUNTY), "schools": make(BAD_SCHOOLS)})

    found = sorted((each.code, each.place) for each in caught.value.problems)
    assert EXPECTED_OF_BAD_SCHOOLS == found


def test_parents_of_a_frame() -> None:
    """A parent that is not there is told by its row."""
    with pytest.raises(InputError) as caught:
        read_tables(polars, county=COUNTY, schools={**SCHOOLS, "parent": ["S9"] * 3})

    assert [f"schools!row {row}, parent" for row in (1, 2, 3)] == [
        each.place for each in caught.value.problems
    ]


def test_nan_is_no_null() -> None:
    """Polars and Arrow tell NaN from null: one is no number, the other a blank."""
    heading = "教学及辅助用房面积"
    bad = {**SCHOOLS, heading: [float("nan"), None, 1.0]}
    for make in (polars, arrow):
        with pytest.raises(InputError) as caught:
            read({"county": make(COUNTY), "schools": make(bad)})
        (problem,) = caught.value.problems
        assert ("not-finite", f"schools!row 1, {heading}") == (
            problem.code,
            problem.place,
        )
    facts = read({"county": COUNTY, "schools": pandas_object(bad)})  # NaN is its null
    assert [True, True, False] == np.isnan(
        facts.schools.numbers("teaching_area")
    ).tolist()


def test_doubled_columns_in_a_frame() -> None:
    """A Chinese and an English heading of one column are told apart by nobody."""
    doubled = {**SCHOOLS, "teaching_area": [1.0, 2.0, 3.0]}
    with pytest.raises(InputError) as caught:
        read({"county": polars(COUNTY), "schools": polars(doubled)})

    (problem,) = caught.value.problems
    assert "doubled-column" == problem.code
    assert "'教学及辅助用房面积' (教学及辅助用房面积) and 'teaching_area'" in problem.en


def test_text_in_a_column_of_numbers() -> None:
    """Text that is a number is one; other text is told cell by cell."""
    text = {**SCHOOLS, "教学及辅助用房面积": ["4100.55", "约3000", None]}
    with pytest.raises(InputError) as caught:
        read({"county": polars(COUNTY), "schools": polars(text)})

    (problem,) = caught.value.problems
    assert ("text-in-number", "schools!row 2, 教学及辅助用房面积") == (
        problem.code,
        problem.place,
    )


def test_odd_but_right_cells_of_a_frame() -> None:
    """White space, full width and codes stored as numbers are read as everywhere."""
    odd: dict[str, list[Any]] = {
        "code": ["Ｓ１", " S2", "S3"],
        "name": [" 甲\n校 ", "乙", "丙"],
        "kind": ["小 学", " 初中", "九年一贯制"],
        "owner": [1, 10, None],
        "locale": ["", " ", "城 区"],
        "boarding": [1, 0, None],
        "teaching_area": [2.675, 1.0, 1e9 + 0.005],
    }
    facts = read({"county": polars(COUNTY), "schools": polars(odd)})

    assert read({"county": COUNTY, "schools": odd}).digest == facts.digest
    assert ["S1", "S2", "S3"] == facts.schools.words("code").tolist()
    assert ["甲 校", "乙", "丙"] == facts.schools.words("name").tolist()
    owners = [Owner.CENTRAL_EDUCATION.rank, Owner.PRIVATE.rank, -1]
    assert owners == facts.schools.codes("owner").tolist()
    assert 2.68 == facts.schools.numbers("teaching_area")[0]
    assert "rounded" in [each.code for each in facts.notices]


BAD_TEACHERS: dict[str, list[Any]] = {
    "id": ["t1", "t2", "t3", "t4", "t5", "t6", "t6", "t8"],
    "school": ["S1", "S9", "S1", "S1", None, "S1", "S1", "S1"],
    "stage": ["小学", "小学", "初中", "中学", "小学", "小学", "小学", "小学"],
    "degree": ["专科", "本科", "本科", "本科", "本科", "博士后", "本科", "本科"],
    "full_time": ["是", "是", "是", "是", "是", "否", "是", "兼职"],
    "training_hours": [1.0, 1.0, 1.0, 1.0, 1.0, -1.0, 1.0, float("inf")],
    "rotated": [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0],
}

EXPECTED_OF_BAD_TEACHERS = [
    ("blank-cell", "row 5", "school"),
    ("doubled-code", "row 7", "id"),
    ("negative-number", "row 6", "training_hours"),
    ("not-finite", "row 8", "training_hours"),
    ("not-yes-no", "row 8", "full_time"),
    ("not-yes-no", "row 8", "rotated"),
    ("stage-not-taught", "row 3", "stage"),
    ("unknown-school", "row 2", "school"),
    ("unknown-word", "row 4", "stage"),
    ("unknown-word", "row 6", "degree"),
]


def test_all_that_is_wrong_with_teachers(make: Make) -> None:
    """Whether rows are fetched or not, every bad cell is told by row and column."""
    found = problems_of(make, teachers=BAD_TEACHERS)

    if any("of school" in place for _, place in found):  # Spark numbers no rows
        wanted = [(code, column) for code, _, column in EXPECTED_OF_BAD_TEACHERS]
        assert sorted(wanted) == sorted(
            (code, place.split(", ")[1]) for code, place in found
        )
        return
    assert [
        (code, f"teachers!{row}, {column}")
        for code, row, column in EXPECTED_OF_BAD_TEACHERS
    ] == found


def test_unusual_spellings_in_an_engine(make_lazy: Make) -> None:
    """An engine learns the spellings that only the parser knows."""
    odd = {
        **TEACHERS,
        "school": ["S1", " S1", "S1 ", "Ｓ１", "S2", "S2", "S2", "S2"],
        "stage": ["小 学", *TEACHERS["stage"][1:4], "初 中", *TEACHERS["stage"][5:]],
        "degree": [" 专科", *TEACHERS["degree"][1:]],
        "full_time": ["是", "Yes", "否", "√", "YES", "yes", " ", "1"],
    }
    facts = read_tables(make_lazy, teachers=odd)

    for name, expected in COUNTED.items():
        np.testing.assert_array_equal(
            facts.sections.numbers(name), expected, err_msg=name
        )


def test_no_teacher_of_arts(make_lazy: Make) -> None:
    """Where no word means yes the count is zero, and unknown where one is blank."""
    facts = read_tables(
        make_lazy,
        teachers={
            "school": ["S1", "S1", "S2", "S2"],
            "stage": ["小学", "小学", "小学", "小学"],
            "subject": ["语文", " 数学", "语文", " "],
            "full_time": [True, True, True, True],
        },
    )

    np.testing.assert_array_equal(
        facts.sections.numbers("pe_arts_teachers"), [0, UNKNOWN, UNKNOWN, UNKNOWN]
    )


def test_one_no_settles_a_question(make: Make) -> None:
    """Who is no teacher of sports is none, whether full-time or not."""
    facts = read_tables(
        make,
        teachers={
            "school": ["S1", "S1"],
            "stage": ["小学", "小学"],
            "subject": ["语文", "体育"],
            "full_time": [None, True],
        },
    )

    assert 1 == facts.sections.numbers("pe_arts_teachers")[0]
    assert np.isnan(facts.sections.numbers("full_time_teachers")[0])


def test_wrong_types_in_an_engine() -> None:
    """A query engine is not asked to reckon with words; all columns are told."""
    bad = {
        **TEACHERS,
        "training_hours": ["360"] * 8,
        "degree": [1] * 8,
        "教龄": [1.0] * 8,
    }
    found = problems_of(polars_lazy, teachers=bad)

    assert [
        ("doubled-column", "teachers!教龄"),
        ("wrong-type", "teachers!degree"),
        ("wrong-type", "teachers!training_hours"),
    ] == found


def test_no_more_rows_are_fetched_than_listed(make_lazy: Make) -> None:
    """What is not listed is counted."""
    with pytest.raises(InputError) as caught:
        read_tables(
            make_lazy,
            Limits(problems=3),
            teachers={"school": ["S9"] * 7, "stage": ["小学"] * 7},
        )

    codes = [each.code for each in caught.value.problems]
    assert [*["unknown-school"] * 3, "more-problems"] == codes
    assert "4 further problems" in caught.value.problems[-1].en


def test_doubled_ids_are_looked_for_up_to_a_limit() -> None:
    """Beyond it the result says that they were not."""
    ids = {**TEACHERS, "id": [f"t{row}" for row in range(8)]}
    facts = read_tables(polars_lazy, Limits(ids=7), teachers=ids)

    assert "ids-not-compared" in [each.code for each in facts.notices]
    assert "ids-not-compared" not in [
        each.code for each in read_tables(polars_lazy, teachers=ids).notices
    ]


def test_records_without_schools() -> None:
    """Teachers alone lead nowhere: one sentence for all of them."""
    with pytest.raises(InputError) as caught:
        read({"county": polars(COUNTY), "teachers": polars_lazy(TEACHERS)})

    assert ["no-schools"] == [each.code for each in caught.value.problems]


def test_missing_columns_of_records() -> None:
    """Without school or stage nothing can be counted."""
    found = problems_of(polars_lazy, teachers={"degree": ["本科"]})

    assert [("missing-column", "teachers")] * 2 == found


def test_records_of_merged_rows_are_counted_together() -> None:
    """Teachers of a row that does not count belong to its parent."""
    schools: dict[str, list[Any]] = {
        **SCHOOLS,
        "parent": [None, None, "S1"],
        "counts_as_school": [True, True, False],
    }
    teachers: dict[str, list[Any]] = {
        "school": ["S1", "S3"],
        "stage": ["小学"] * 2,
        "full_time": [True] * 2,
    }
    for make in (dict, polars, polars_lazy):
        facts = read({"county": COUNTY, "schools": schools, "teachers": make(teachers)})
        assert 2 == facts.sections.numbers("full_time_teachers")[0]


@pytest.mark.parametrize(
    ("parent", "site", "verdict"),
    [
        (45, 45, "met"),
        (45, None, "unknown"),
        (46, None, "unmet"),
        (None, 46, "unmet"),
        (None, None, "unknown"),
    ],
)
def test_largest_classes_of_merged_rows(
    parent: int | None, site: int | None, verdict: str
) -> None:
    """A blank at a site leaves a class known to be too large what it is."""
    schools: dict[str, list[Any]] = {
        **SCHOOLS,
        "学校类型": ["小学"] * 3,
        "parent": [None, None, "S1"],
        "counts_as_school": [True, True, False],
        "primary_pupils": [500, 200, 100],
        "最大班额": [parent, 40, site],
    }
    result = evaluate(
        read({"county": COUNTY, "schools": schools}), on=dt.date(2024, 12, 31)
    )
    (one,) = (
        each
        for each in result.findings(rule="government.class_size")
        if each.entity == "S1/primary"
    )

    assert verdict == one.verdict.value
