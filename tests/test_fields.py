"""Fields that a pack declares are read, judged and described like the model's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import eduequity as ee
from eduequity.registry import Plugin, Registry
from eduequity.report import SCHEMAS


ON = dt.date(2024, 12, 31)
PACK = """
[pack]
format = 1
id = "sample"
programme = "quality-balance"
areas = ["33"]
title = { zh = "试", en = "sample" }
reviewed = 2024-01-01

[sources.s]
title = "某文"
issuer = "某厅"
kind = "notice"
read = "full"

[[fields]]
table = "schools"
name = "reading_seats"
type = "integer"
unit = "count"
max = 900
label = { zh = "阅览座位数", en = "Seats in the library" }
aliases = ["图书馆座位"]

[[fields]]
table = "sections"
name = "reading_pupils"
type = "integer"
unit = "pupils"
label = { zh = "参加阅读学生数", en = "Pupils who read" }

[[fields]]
table = "county"
name = "reading_plan"
type = "choice"
label = { zh = "阅读计划", en = "Reading plan" }
choices = [
    { code = "adopted", zh = "已通过", en = "adopted" },
    { code = "draft", zh = "草案", en = "draft" },
]

[parameters.reading_seats_minimum]
unit = "count"
stricter = "higher"
[[parameters.reading_seats_minimum.values]]
from = 2020-01-01
value = 20
source = "s"

[rules.seats]
kind = "threshold"
scope = "school"
indicator = "reading_seats"
operator = ">="
parameter = "reading_seats_minimum"
label = { zh = "座位", en = "Seats" }

[rules.readers]
kind = "threshold"
scope = "section"
indicator = "reading_pupils"
operator = ">="
parameter = "reading_seats_minimum"
population = [{ reading_plan = "adopted" }]
label = { zh = "读者", en = "Readers" }
"""
COUNTY = "code,阅读计划\n330106,已通过\n"
SCHOOLS = (
    "学校代码,学校名称,学校类型,小学部在校生数,初中部在校生数,图书馆座位,"
    "小学部参加阅读学生数,junior_reading_pupils\n"
    "1,一,九年一贯制学校,300,300,{seats},21,19\n"
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Return our own packs and one with fields of its own."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "pack.toml").write_text(PACK, "utf-8")

    def packs() -> list[Path]:
        return [folder]

    module = SimpleNamespace(eduequity_packs=ee.hookimpl(packs))
    found = Registry.of(Plugin(module, "sample", "1"))
    assert found.pack("sample")
    return found


def written(folder: Path, seats: str) -> Path:
    """Write a county's files with the headings that people use."""
    (folder / "county.csv").write_text(COUNTY, "utf-8")
    (folder / "schools.csv").write_text(SCHOOLS.format(seats=seats), "utf-8")
    return folder


def test_read_and_judged(registry: Registry, tmp_path: Path) -> None:
    """By label, by alias, by stage and by word; the rules find them."""
    facts = ee.read(written(tmp_path, "19"), registry=registry)
    result = ee.evaluate(facts, on=ON, registry=registry)["330106"]
    found = {f.id: f.verdict.value for f in result.findings(dimension="local")}

    assert {"absent-columns"} == {notice.code for notice in facts.notices}
    assert "unmet" == found["33:33.seats@1"]
    assert "met" == found["33:33.readers@1/primary"]
    assert "unmet" == found["33:33.readers@1/junior"]


@pytest.mark.parametrize("seats", ["901", "-1", "1.5", "many"])
def test_a_bad_cell_is_told_with_its_place(
    seats: str, registry: Registry, tmp_path: Path
) -> None:
    """Bounds and types of a pack's field hold as the model's do."""
    with pytest.raises(ee.InputError) as caught:
        ee.read(written(tmp_path, seats), registry=registry)

    (problem,) = caught.value.problems
    assert "schools.csv" in problem.file
    assert "图书馆座位" in problem.text("zh") or "reading_seats" in problem.text("zh")


def test_without_the_pack_the_columns_are_unknown(tmp_path: Path) -> None:
    """Nobody else knows them: a warning travels with the result."""
    facts = ee.read(written(tmp_path, "19"), registry=Registry.of())

    assert {"unknown-column"} <= {notice.code for notice in facts.notices}


def test_described(registry: Registry) -> None:
    """Schema and dictionary have them, with words, bounds and both labels."""
    county = SCHEMAS["county"](registry.fields)
    schools = county["properties"]["schools"]["items"]["properties"]
    row: dict[str, Any] = {"code": "1", "name": "x", "kind": "primary"}
    listed = SCHEMAS["dictionary"](registry.fields)
    columns = {each["name"]: each for each in listed["schools"]}
    check = Draft202012Validator(county)

    assert {"primary_reading_pupils", "junior_reading_pupils"} <= schools.keys()
    assert "阅览座位数" == columns["reading_seats"]["zh"]
    assert "Seats in the library" == columns["reading_seats"]["en"]
    assert (0, 900) == tuple(
        columns["reading_seats"][key] for key in ("minimum", "maximum")
    )
    plan = next(e for e in listed["county"] if e["name"] == "reading_plan")
    assert ["adopted", "draft"] == plan["choices"]
    sound = {"county": [{"code": "330106", "reading_plan": "draft"}], "schools": [row]}
    assert check.is_valid(sound)
    row["reading_seats"] = 901
    assert not check.is_valid(sound)
    assert "reading_seats" not in str(SCHEMAS["county"](()))
