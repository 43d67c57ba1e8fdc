"""CSV, Markdown and JSON: whole, escaped, and written county by county."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import eduequity as ee
from eduequity.cli import run
from eduequity.report import SCHEMAS, json_chunks
from tests.test_findings import HOSTILE, ON, hostile, several


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"


def test_csv_has_every_finding_once(tmp_path: Path) -> None:
    """One row a finding, in order, with its county and its shortfall."""
    result = several()
    result.write(tmp_path / "x.csv", lang="en")
    text = (tmp_path / "x.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [f.id.lstrip() for f in result.findings(components=True)] == [
        row["id"] for row in rows
    ]
    lacking = {each.finding.id: each.sentence("en") for each in result.shortfall()}
    assert lacking
    assert lacking == {row["id"]: row["shortfall"] for row in rows if row["shortfall"]}


def test_no_cell_of_the_csv_is_a_formula(tmp_path: Path) -> None:
    """Names that begin like formulas get an apostrophe; numbers stay numbers."""
    hostile().write(tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]

    assert any(cell.startswith("'=cmd|") for cell in cells)
    for cell in cells:
        if cell.lstrip()[:1] in tuple("=+-@\t\r"):
            float(cell)  # nothing but a number may begin so
    assert "\u202e" not in text


def test_markdown_takes_names_as_they_are(tmp_path: Path) -> None:
    """No markup, no HTML and no link comes out of a name."""
    hostile().write(tmp_path / "x.md")
    text = (tmp_path / "x.md").read_text("utf-8")

    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "[d](http" not in text
    assert r"\| a \| \*b\* \`c\` \[d\]" in text
    assert HOSTILE[3] in text
    assert "\u202e" not in text


def test_markdown_says_what_is_missing(tmp_path: Path) -> None:
    """Verdict, dimensions, what is unmet and by how much, in both languages."""
    result = ee.evaluate(ee.read(DEMO), on=ON)
    result.write(tmp_path / "x.md", lang="zh")
    result.write(tmp_path / "y.md", lang="en")
    zh, en = ((tmp_path / name).read_text("utf-8") for name in ("x.md", "y.md"))

    assert "合成数据，全部是编造的" in zh
    assert "示例县第三小学·小学：高于规定学历教师数 增加 1人" in zh
    assert "Teachers above the required degree +1 teachers" in en


def test_json_comes_county_by_county() -> None:
    """The first county is there before the second is judged; all is as `to_dict`."""
    result = several()
    chunks = list(json_chunks(result))

    assert json.loads("".join(chunks)) == json.loads(json.dumps(result.to_dict()))
    assert len(chunks) > 3 * len(result)
    assert json.loads("".join(json_chunks(result, ascii_only=True))) == json.loads(
        "".join(chunks)
    )


def test_hostile_names_keep_json_whole() -> None:
    """Every name comes back as it went in."""
    told = json.loads("".join(json_chunks(hostile())))

    assert HOSTILE[0] == told["counties"][0]["name"]


def test_the_shortfall_command_prints_json_of_its_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing but JSON, and it is what the schema says."""
    arguments = ["shortfall", str(DEMO), "--on", "2024-12-31", "--format", "json"]

    assert 0 == run(arguments)
    told = json.loads(capsys.readouterr().out)
    schema = SCHEMAS["shortfall"](())
    assert [] == list(Draft202012Validator(schema).iter_errors(told))
    assert {"teaching_area", "above_degree_teachers"} <= {
        each["column"] for each in told["totals"]
    }


def test_the_shortfall_command_is_read_by_people(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By rule, then the totals."""
    assert 0 == run(["shortfall", str(DEMO), "--on", "2024-12-31", "--lang", "en"])
    out = capsys.readouterr().out

    assert "resources.section_quorum" in out
    assert "In all" in out
    assert "Theil index" in out
