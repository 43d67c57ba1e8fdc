"""Checking without judging: every problem, in words and marked in a copy."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import eduequity as ee
from eduequity.__main__ import main
from eduequity.errors import OutputError


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"
RED, YELLOW = "FFF4A7A0", "FFFFE699"
FORMULA = '=HYPERLINK("http://x","乙校")'

Rows = list[list[Any]]
COUNTY: Rows = [["code", "name"], ["999901", "示例县"]]
SCHOOLS: Rows = [
    ["学校代码", "学校名称", "学校类型", "小学在校生数", "小学班级数", "备注"],
    ["01", "甲校", "小学", 300, 7, None],
    ["02", FORMULA, "中专", "约300", 7, "@SUM(A1)"],
    ["02", "丙校", "小学", -3, 7, None],
]
BAD = {"C3": "中专", "D3": "约300", "D4": -3, "A4": "02"}
"""The cells of `SCHOOLS` that are wrong, each with what stands there."""


def workbook(path: Path, **sheets: Rows) -> Path:
    """Write a workbook in which every string is a string."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def folder(path: Path, **tables: Rows) -> Path:
    """Write a folder of CSV files."""
    path.mkdir()
    for name, rows in tables.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def document(path: Path, **tables: Rows) -> Path:
    """Write a JSON document."""
    written = {
        name: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        for name, rows in tables.items()
    }
    path.write_text(json.dumps(written, ensure_ascii=False), "utf-8")
    return path


def marked(source: Any, path: Path, **options: str) -> Any:
    """Write the marked copy and open it."""
    ee.check(source).write(path, **options)
    return openpyxl.load_workbook(path)


def coloured(sheet: Any, colour: str = RED) -> dict[str, Any]:
    """Return the cells of a sheet that have a colour."""
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == colour
    }


def listed(book: Any) -> list[list[Any]]:
    """Return the lines of the list of problems."""
    rows = list(book.worksheets[0].iter_rows(min_row=5))
    return [list(row) for row in rows]


class TestApi:
    """What `ee.check` returns."""

    def test_sound(self) -> None:
        """Sound data has no problems, and says how much there is."""
        with (DEMO / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [r for r in csv.DictReader(file) if r["counts_as_school"] != "no"]
        taught = [
            (row["code"], stage)
            for row in rows
            for stage in ("primary", "junior")
            if row[f"{stage}_pupils"]
        ]

        checked = ee.check(DEMO)

        assert not checked
        assert [] == list(checked)
        assert {
            "counties": 1,
            "schools": len(rows),
            "sections": len(taught),
        } == checked.counts
        assert checked.facts is not None
        assert ee.read(DEMO).digest == checked.facts.digest

    def test_absent(self) -> None:
        """Columns are absent that no row fills in, tables without rows are not told."""
        checked = ee.check(
            {
                "county": [{"code": "999901", "name": None, "annual_monitoring": True}],
                "schools": [
                    {"code": "1", "name": "一", "kind": "primary", "primary_pupils": 9}
                ],
                "survey": [],
            }
        )

        assert {"county", "schools"} == checked.absent.keys()
        assert "name" in checked.absent["county"]
        assert not {"code", "annual_monitoring"} & {*checked.absent["county"]}
        assert "classes" in checked.absent["schools"]
        assert not {"pupils", "kind"} & {*checked.absent["schools"]}

    def test_problems(self, tmp_path: Path) -> None:
        """Every problem has its file, sheet and cell; nothing is raised."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY, schools=SCHOOLS)

        checked = ee.check(path)

        assert checked
        assert len(BAD) == len(checked)
        assert {(str(path), "schools", cell) for cell in BAD} == {
            (each.file, each.sheet, each.cell) for each in checked
        }
        assert checked[0] in checked.problems
        assert {} == checked.counts
        assert {} == checked.absent
        assert ["unread-column"] == [
            n.code for n in checked.notices if n.place.endswith("F1")
        ]

    def test_same_as_reading(self, tmp_path: Path) -> None:
        """What reading raises is what checking returns."""
        path = folder(tmp_path / "f", county=COUNTY, schools=SCHOOLS)

        with pytest.raises(ee.InputError) as caught:
            ee.read(path)
        assert list(caught.value.problems) == list(ee.check(path))


class TestMarked:
    """The copy in which problems are marked."""

    def test_workbook(self, tmp_path: Path) -> None:
        """Every bad cell is red with a comment, every value stands where it stood."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY, schools=SCHOOLS)

        book = marked(path, tmp_path / "marked.xlsx")

        assert ["问题清单", "county", "schools"] == book.sheetnames
        sheet = book["schools"]
        assert BAD == coloured(sheet)
        assert {"F1": "备注"} == coloured(sheet, YELLOW)
        assert SCHOOLS == [list(row) for row in sheet.iter_rows(values_only=True)]
        problems = {each.cell: each.zh for each in ee.check(path)}
        for cell, said in problems.items():
            assert said in sheet[cell].comment.text
        assert {} == coloured(book["county"])

    @pytest.mark.parametrize("make", [folder, document])
    def test_other_sources(self, tmp_path: Path, make: Any) -> None:
        """CSV files and JSON documents get a sheet a table, marked alike."""
        path = make(tmp_path / "x.json", county=COUNTY, schools=SCHOOLS)

        book = marked(path, tmp_path / "marked.xlsx")

        assert {cell: str(found) for cell, found in BAD.items()} == {
            cell: str(found) for cell, found in coloured(book["schools"]).items()
        }
        assert FORMULA == book["schools"]["B3"].value

    def test_mapping(self, tmp_path: Path) -> None:
        """Tables in memory are marked too."""
        book = marked(
            {"county": [{"code": "999901"}, {"code": "x"}]}, tmp_path / "m.xlsx"
        )

        assert {"A3": "x"} == coloured(book["county"])

    def test_links(self, tmp_path: Path) -> None:
        """Every line of the list links to its cell and says what stands there."""
        path = workbook(
            tmp_path / "x.xlsx", county=COUNTY, **{"学校": SCHOOLS, "it's": [[1]]}
        )

        book = marked(path, tmp_path / "marked.xlsx")

        lines = listed(book)
        errors = [line for line in lines if line[1].value == "错误"]
        assert len(BAD) == len(errors)
        for line in errors:
            sheet, cell = re.match(r"'(.+)'!(.+)", line[2].hyperlink.location).groups()  # type: ignore[union-attr]
            assert f"{sheet}!{cell}" == line[2].value
            assert BAD[cell] == line[3].value == book[sheet][cell].value
        assert "'it''s'!A1" in [
            line[2].hyperlink.location for line in lines if line[2].hyperlink
        ]

    def test_no_formula(self, tmp_path: Path) -> None:
        """What looks like a formula or a link is a string, wherever it is written."""
        schools = [
            [*SCHOOLS[0]],
            ["=1+1", "+2", "=cmd|' /C calc'!A0", "-1+1", "@A1", 1],
        ]
        path = folder(tmp_path / "f", county=COUNTY, schools=schools)
        target = tmp_path / "marked.xlsx"

        book = marked(path, target)

        kinds = {cell.data_type for sheet in book for row in sheet for cell in row}
        assert "f" not in kinds
        assert "=cmd|' /C calc'!A0" in [line[3].value for line in listed(book)]

    def test_read_again(self, tmp_path: Path) -> None:
        """The marked copy, checked again, has the problems of its source."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY, schools=SCHOOLS)
        again = tmp_path / "marked.xlsx"
        marked(path, again)

        def said(checked: ee.Checked) -> Sequence[tuple[str, str]]:
            return [(each.code, each.cell) for each in checked]

        assert said(ee.check(path)) == said(ee.check(again))
        assert len(ee.check(path).notices) == len(ee.check(again).notices)

    def test_sound(self, tmp_path: Path) -> None:
        """Of sound data the copy says so, and lists the columns not given."""
        book = marked(DEMO, tmp_path / "marked.xlsx", lang="en")

        assert book.worksheets[0]["A1"].value.startswith("0 errors")
        absent = [row[1].value for row in book["Columns not given"].iter_rows()]
        assert "resident_population" not in absent
        assert len(absent) - 1 == sum(map(len, ee.check(DEMO).absent.values()))
        for sheet in book:
            assert {} == coloured(sheet)

    def test_cannot_be_opened(self, tmp_path: Path) -> None:
        """Of what cannot be opened there is the list alone."""
        path = tmp_path / "x.xlsx"
        path.write_bytes(b"no workbook")

        book = marked(path, tmp_path / "marked.xlsx")

        assert ["问题清单"] == book.sheetnames
        assert ["broken-file"] == [line[5].value for line in listed(book)]

    def test_strange_values(self, tmp_path: Path) -> None:
        """Whatever a cell holds is written, as text where a workbook has no such."""
        strange = [10**400, float("inf"), "\ud800", [1, {"a": 2}], "x" * 40_000, "\x00"]
        rows: list[Mapping[str, Any]] = [
            {"code": "1", "name": "n", "kind": "primary", "books": value}
            for value in strange
        ]

        book = marked(
            {"county": [{"code": "999901"}], "schools": rows}, tmp_path / "m.xlsx"
        )

        assert len(strange) == book["schools"].max_row - 1
        assert "inf" == book["schools"]["D3"].value


class TestWhere:
    """The copy is never written over or among the data."""

    def test_over(self, tmp_path: Path) -> None:
        """The data itself is no target, by whatever name."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY)
        before = path.read_bytes()
        (tmp_path / "link.xlsx").symlink_to(path)
        (tmp_path / "hard.xlsx").hardlink_to(path)

        for name in ("x.xlsx", "link.xlsx", "hard.xlsx"):
            with pytest.raises(OutputError, match="choose another"):
                ee.check(path).write(tmp_path / name)
        assert before == path.read_bytes()

    def test_among(self, tmp_path: Path) -> None:
        """A folder of data gets no workbook of ours."""
        path = folder(tmp_path / "f", county=COUNTY)

        with pytest.raises(OutputError, match="among the data"):
            ee.check(path).write(path / "marked.xlsx")
        assert ["county.csv"] == [each.name for each in path.iterdir()]

    def test_suffix(self, tmp_path: Path) -> None:
        """Only workbooks are written."""
        with pytest.raises(OutputError, match=r"\.xlsx"):
            ee.check(DEMO).write(tmp_path / "marked.csv")


Output = pytest.CaptureFixture[str]


class TestCommand:
    """``eduequity check``."""

    def test_sound(self, capsys: Output) -> None:
        """Sound data ends with 0 and is told at a glance."""
        assert 0 == main(["check", str(DEMO)])
        out = capsys.readouterr().out
        assert "1 个区县、47 所学校、50 个学段单位" in out
        assert "没有错误" in out
        assert "schools " in out

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_defects(self, tmp_path: Path, capsys: Output, lang: str) -> None:
        """Defects end with 2, one a line, warnings after them, and are written."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY, schools=SCHOOLS)
        out = tmp_path / "marked.xlsx"

        status = main(["check", str(path), "--out", str(out), "--lang", lang])

        said = capsys.readouterr()
        lines = said.out.splitlines()
        assert 2 == status
        assert "" == said.err
        assert [each.text(lang) for each in ee.check(path)] == lines[: len(BAD)]
        warning = "提示 " if lang == "zh" else "warning "
        assert lines[len(BAD)].startswith(f"{warning}{path}")
        assert lines[-1].endswith(str(out))
        assert BAD == coloured(openpyxl.load_workbook(out)["schools"])

    def test_misspelt_path(self, tmp_path: Path, capsys: Output) -> None:
        """For a path that does not exist nothing is written."""
        out = tmp_path / "marked.xlsx"

        status = main(["check", str(tmp_path / "no.xlsx"), "--out", str(out)])

        assert 2 == status
        assert "没有这个文件" in capsys.readouterr().out
        assert not out.exists()

    def test_refused_before_reading(self, tmp_path: Path, capsys: Output) -> None:
        """A target that cannot be is refused on stderr, and the data stays."""
        path = workbook(tmp_path / "x.xlsx", county=COUNTY)
        before = path.read_bytes()

        assert 2 == main(["check", str(path), "--out", str(path)])
        said = capsys.readouterr()
        assert "数据本身" in said.err
        assert "" == said.out
        assert before == path.read_bytes()
