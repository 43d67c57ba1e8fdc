"""The headings of the official forms: each is read, or it is written why not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from eduequity.io._form_headings import UNREAD
from eduequity.io._headings import Heading, meanings_of
from eduequity.model import TABLES


DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """Return the script that makes the pages."""
    path = DOCS / "make_input_pages.py"
    if not path.exists():
        pytest.skip("the documentation is not in the source distribution")
    spec = importlib.util.spec_from_file_location("make_input_pages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_heading_is_read_or_excused(pages: ModuleType) -> None:
    """No heading of the list is left without a column or a reason."""
    rows = list(pages.rows())
    lost = [
        heading
        for template, table, _, heading, who in rows
        if not pages.target(table, heading, who)
        and not pages.reason(template, table, heading)
    ]

    assert 261 == len(rows)
    assert [] == lost


def test_columns_that_headings_are_read_into_exist(pages: ModuleType) -> None:
    """What the page names are columns of the contract."""
    names = {
        f"{table}.{name}"
        for table, fields in TABLES.items()
        for f in fields
        for name in f.names
    }
    found = {
        each
        for _, table, _, heading, who in pages.rows()
        for each in (pages.target(table, heading, who) or "").split(", ")
    }

    plain = {each for each in found if each and "(" not in each}
    assert len(plain) > 100
    assert set() == plain - names


@pytest.mark.parametrize(
    ("table", "heading", "column"),
    [
        (
            "schools",
            "教师学历信息/专科学历教师人数（小学） (人)",
            "primary_teachers_college",
        ),
        ("schools", "体育艺术教师/艺术专任教师人数 (人)", "pe_arts_teachers"),
        ("schools", "专任教师/#按学历分/硕士研究生", "teachers_master"),
        ("schools", "教基1102/县级以上骨干教师(初中)", "junior_backbone_teachers"),
        (
            "schools",
            "教学设备/教学仪器设备资产值（账面原值） (万元)",
            "equipment_value",
        ),
        ("schools", "巩固率数据/毕业年级三年转入学生数 (人)", "junior_transfers_in"),
        ("county", "教职工数(人)/初中/其 中 专 任 教 师", "junior_full_time_teachers"),
        ("county", "小学教学点数(个)/其 中：50人及以上", "teaching_points_50"),
        (
            "county",
            "工资收入/当地公务员年平均工资收入 (万元)",
            "civil_servant_mean_pay",
        ),
    ],
)
def test_headings_by_hand(table: str, heading: str, column: str) -> None:
    """Some headings of the list and the column that a reader of the form means."""
    meant = meanings_of(TABLES[table]).of(heading)

    assert isinstance(meant, Heading)
    assert column == meant.name


@pytest.mark.parametrize(
    "heading",
    [
        "其中:女/专任教师数",
        "附设班/在校生数",
        "女教师/专任教师数",
        "非学校产权/教学及辅助用房面积",
        "教学及辅助用房面积(危房)",
        "专任教师/#按授课课程分/艺术/音乐",
        "教基1102/县级以上骨干教师(高中)",
        "在校生数/其中:女",
        "高中/班级数",
    ],
)
def test_a_part_is_not_taken_for_the_whole(heading: str) -> None:
    """A group that narrows a figure is not dropped."""
    meant = meanings_of(TABLES["schools"]).of(heading)

    assert not isinstance(meant, Heading), meant


def test_reasons_are_in_both_languages() -> None:
    """What is not read says why in Chinese and in English."""
    assert all(reason.zh and reason.en for reason in UNREAD.values())


@pytest.mark.parametrize("name", ["form-headings.md", "checks.md"])
def test_pages_are_up_to_date(pages: ModuleType, name: str) -> None:
    """Run ``python docs/make_input_pages.py`` when this fails."""
    assert pages.PAGES[name]() == (DOCS / "reference" / name).read_text("utf-8")
