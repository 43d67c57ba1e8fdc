"""The workbook: re-read by two other libraries, its forms worked out again by hand."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import io
import math
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

import eduequity as ee
from eduequity.errors import MissingExtraError, OutputError
from eduequity.registry import Registry
from eduequity.report import RENDERERS, write
from eduequity.report._form_items import prose_forms
from eduequity.report._forms import Reader, numeric_forms


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"
HEADINGS = Path(__file__).parent / "data" / "application-form-headings.csv"
DAY = dt.date(2024, 12, 31)
FORMS = ("表Ⅰ", "表Ⅱ-1", "表Ⅱ-2", "表Ⅲ", "表Ⅳ", "表Ⅴ", "表Ⅵ")
NASTY = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\"引号\" & '撇号' <b>",
    "长" * 200,
    "🏫学校",
    "\u202eLTR\u200f",
    "坏\x00字\x1b符",
    "https://example.org",
)


def made(result: ee.Assessment, lang: str = "zh") -> bytes:
    """Return the result as a workbook."""
    stream = io.BytesIO()
    RENDERERS[".xlsx"](result, stream, lang=lang)
    return stream.getvalue()


@pytest.fixture(scope="module")
def demo() -> ee.Assessment:
    """Judge the demo county by the national rules."""
    registry = Registry.of()
    return ee.evaluate(ee.read(DEMO, registry=registry), on=DAY, registry=registry)


@pytest.fixture(scope="module")
def book(demo: ee.Assessment) -> bytes:
    """Write its workbook."""
    return made(demo)


def judged(*counties: ee.County) -> ee.Assessment:
    """Judge counties by the national rules."""
    return ee.evaluate(counties, on=DAY)


def cells(book: bytes, sheet: str) -> list[list[Any]]:
    """Return the cells of a sheet, as openpyxl reads them."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    return [list(row) for row in opened[sheet].iter_rows(values_only=True)]


def found(rows: list[list[Any]], *words: str) -> list[Any]:
    """Return the first row that holds *words* after the one before it."""
    at = iter(rows)
    row: list[Any] = []
    for word in words:
        row = next(each for each in at if word in each)
    return row


class TestReadBack:
    """What other libraries make of the file."""

    def test_two_libraries_read_the_same(self, book: bytes) -> None:
        """Calamine and openpyxl see the same sheets and the same texts and numbers."""
        calamine = CalamineWorkbook.from_filelike(io.BytesIO(book))
        opened = openpyxl.load_workbook(io.BytesIO(book))
        assert opened.sheetnames == calamine.sheet_names
        compared = 0
        for name in opened.sheetnames:
            rows = calamine.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for row, line in enumerate(rows, 1):
                for column, cell in enumerate(line, 1):
                    other = opened[name].cell(row, column).value
                    if cell != "" or other is not None:
                        assert cell == other, (name, row, column)
                        compared += 1
        assert compared > 5000

    def test_sheets(self, book: bytes) -> None:
        """The overview comes first, the seven forms last, every name fits Excel."""
        names = openpyxl.load_workbook(io.BytesIO(book)).sheetnames
        assert "概览" == names[0]
        assert list(FORMS) == names[-7:]
        assert all(len(name) <= 31 for name in names)

    def test_set_up_for_a4(self, book: bytes) -> None:
        """Every sheet prints on A4, one page wide."""
        for sheet in openpyxl.load_workbook(io.BytesIO(book)):
            assert sheet.page_setup.paperSize == 9
            assert sheet.page_setup.fitToHeight == 0
            assert sheet.sheet_properties.pageSetUpPr.fitToPage

    def test_says_that_it_is_synthetic(self, book: bytes) -> None:
        """Every sheet of made-up data says so, on the screen and on paper."""
        for sheet in openpyxl.load_workbook(io.BytesIO(book)):
            assert "合成数据" in str(sheet["A2"].value)
            assert "合成数据" in str(sheet.oddHeader.right.text)

    def test_overview(self, book: bytes) -> None:
        """Verdict, self-assessment and the six dimensions are seen at once."""
        rows = cells(book, "概览")
        assert "未达标" == found(rows, "结论")[1]
        assert ["资源配置", "未达标", 2, 0, 6, 0] == found(rows, "资源配置")[:6]
        assert "2024-12-31" == found(rows, "评估日期")[1]

    def test_failing_findings_first(self, demo: ee.Assessment, book: bytes) -> None:
        """No finding that is met stands above one that is not; each has its clause."""
        rows = cells(book, "结论明细")
        at = next(i for i, row in enumerate(rows) if row[0] == "结论")
        words = [row[0] for row in rows[at + 1 :]]
        order = ["未达标", "证据不足", "达标", "不适用"]
        assert sorted(words, key=order.index) == words
        assert len(demo.findings(components=True)) == len(words)
        clause = rows[at].index("条款与来源")
        assert all("《" in row[clause] for row in rows[at + 1 :] if row[0] == "未达标")

    def test_charts(self, book: bytes) -> None:
        """Seven indicators in two stages: value, limit and its 85 % in each chart."""
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            charts = [
                parts.read(name).decode()
                for name in parts.namelist()
                if name.startswith("xl/charts/chart")
            ]
        assert 14 == len(charts)
        assert all(3 == chart.count("<c:ser>") for chart in charts)
        assert any("标准 4.2" in chart and "85% 3.57" in chart for chart in charts)

    def test_conditional_formats(self, book: bytes) -> None:
        """Values are coloured against the limit of their own stage."""
        sheet = openpyxl.load_workbook(io.BytesIO(book))["各校结果"]
        rules = [
            (rule.operator, rule.formula)
            for area in sheet.conditional_formatting
            for rule in area.rules
            if rule.type == "cellIs"
        ]
        for asked in ("4.2", "5.3", "2000.0", "2500.0"):
            assert ("greaterThanOrEqual", [asked]) in rules
        assert ("between", ["3.57", "4.2"]) in rules

    def test_english(self, demo: ee.Assessment) -> None:
        """Our own words are English, the forms stay as they are."""
        book = made(demo, "en")
        names = openpyxl.load_workbook(io.BytesIO(book)).sheetnames
        assert ["Overview", "Schools", "Charts", "Findings", "Evidence"] == names[:5]
        assert "unmet" == found(cells(book, "Overview"), "Verdict")[1]
        assert cells(made(demo), "表Ⅳ")[3:] == cells(book, "表Ⅳ")[3:]

    def test_same_bytes_again(self, demo: ee.Assessment, book: bytes) -> None:
        """The same result gives the same file."""
        assert book == made(demo)


# -- the forms, worked out again from the raw tables by a few lines of their own ----

SHARED = (
    "teaching_area",
    "indoor_sports_area",
    "sports_hall_area",
    "outdoor_sports_area",
    "equipment_value",
    "multimedia_classrooms",
)
TEACHERS = ("above_degree_teachers", "backbone_teachers", "pe_arts_teachers")
LIMITS = {
    "primary": (4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3),
    "junior": (5.3, 1, 0.9, 5.8, 10.2, 2500, 2.4),
}


def raw_schools() -> list[dict[str, Any]]:
    """Return the rows of schools.csv, campuses that count for none in their parent."""
    with (DEMO / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}
    for row in rows:
        if row["counts_as_school"] == "no" and row["kind"] != "teaching_point":
            parent = by_code[row["parent"]]
            for name, cell in row.items():
                if name in SHARED or name.startswith(("primary_", "junior_")):
                    parent[name] = str(number(parent[name]) + number(cell))
            rows = [each for each in rows if each is not row]
    return rows


def number(cell: str) -> Fraction:
    """Return an exact number; the demo's blanks here are stages a school lacks."""
    return Fraction(cell or "0")


def sections(stage: str) -> list[tuple[Fraction, list[Fraction]]]:
    """Return pupils and the seven values of every section of a stage, exactly."""
    result = []
    for row in raw_schools():
        pupils = number(row[f"{stage}_pupils"])
        small_point = row["kind"] == "teaching_point" and pupils < 50
        if not pupils or small_point or row["kind"] == "special":
            continue
        weighted = (
            number(row["primary_pupils"])
            + Fraction("1.1") * number(row["junior_pupils"])
            + Fraction("1.32") * number(row["senior_pupils"])
        )
        per_pupil = (1 if stage == "primary" else Fraction("1.1")) / weighted
        teaching, indoor, hall, outdoor, equipment, rooms = (
            number(row[name]) for name in SHARED
        )
        values = [100 * number(row[f"{stage}_{name}"]) / pupils for name in TEACHERS]
        values += [
            (teaching - indoor) * per_pupil,
            (outdoor + hall) * per_pupil,
            equipment * per_pupil,
            100 * rooms * per_pupil,
        ]
        result.append((pupils, values))
    return result


def rounded(value: Fraction | float, places: int) -> float:
    """Round half up."""
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(repr(value))
    )
    return float(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def limit(stage: str, indicator: int) -> Fraction:
    """Return what the measure asks, exactly."""
    return Fraction(str(LIMITS[stage][indicator]))


class TestFormsOfTheDemo:
    """Ⅱ-1, Ⅱ-2 and Ⅲ against an independent calculation."""

    @pytest.mark.parametrize(
        ("stage", "word"), [("primary", "小学"), ("junior", "初中")]
    )
    def test_qualifying(self, book: bytes, stage: str, word: str) -> None:
        """Ⅱ-1: how many sections meet each indicator, and all of them together."""
        units = sections(stage)
        met = [
            [value >= limit(stage, at) for at, value in enumerate(values)]
            for _, values in units
        ]
        counts = [sum(each[at] for each in met) for at in range(7)]
        passing = sum(
            sum(each) == 7
            or (
                sum(each) == 6
                and all(
                    ok or value >= limit(stage, at) * Fraction("0.85")
                    for at, (ok, value) in enumerate(zip(each, values, strict=True))
                )
            )
            for each, (_, values) in zip(met, units, strict=True)
        )
        counts.append(passing)
        rows = cells(book, "表Ⅱ-1")
        at = next(i for i, row in enumerate(rows) if row[0] == word)
        assert ["达标学校总数", *counts] == rows[at][1:]
        shares = [rounded(Fraction(100 * n, len(units)), 1) for n in counts]
        assert ["达标学校比例（%）", *shares] == rows[at + 1][1:]

    @pytest.mark.parametrize(
        ("stage", "word"), [("primary", "小学"), ("junior", "初中")]
    )
    def test_balance(self, book: bytes, stage: str, word: str) -> None:
        """Ⅲ: means weighted by pupils, coefficients, and their plain mean."""
        units = sections(stage)
        pupils = sum(p for p, _ in units)
        means = [sum(p * v[at] for p, v in units) / pupils for at in range(7)]
        spreads = [
            math.sqrt(sum(p * (v[at] - means[at]) ** 2 for p, v in units) / pupils)
            / means[at]
            for at in range(7)
        ]
        rows = cells(book, "表Ⅲ")
        at = next(i for i, row in enumerate(rows) if row[0] == word)
        expected: list[Any] = [
            "全县平均值",
            *(rounded(each, 2) for each in means),
            "——",
        ]
        assert expected == rows[at][1:]
        every = [*spreads, sum(spreads) / 7]
        assert ["差异系数", *(rounded(e, 3) for e in every)] == rows[at + 1][1:]

    def test_by_school(self, book: bytes) -> None:
        """Ⅱ-2: every section a row, primary before junior, values with 2 decimals."""
        expected = [
            [float(pupils), *(rounded(value, 2) for value in values)]
            for stage in ("primary", "junior")
            for pupils, values in sections(stage)
        ]
        rows = cells(book, "表Ⅱ-2")
        at = next(i for i, row in enumerate(rows) if row[0] == "L1") + 1
        filled = [row for row in rows[at:] if isinstance(row[0], int | float)]
        assert sorted(expected) == sorted([row[3], *row[6:13]] for row in filled)

    def test_remarks(self, book: bytes) -> None:
        """The remark names the indicators that meet the standard or reach 85 %."""
        row = found(cells(book, "表Ⅱ-2"), "示例县第三小学")
        assert "未达标" == row[13]
        remark = "5项达标：L8、L10、L11、L12、L13；2项达到85%：L7、L9"
        assert remark == row[14]

    def test_owner(self, book: bytes) -> None:
        """A private school has the code 10; which public owner, nobody told us."""
        assert 10 == found(cells(book, "表Ⅱ-2"), "示例县启明初级中学")[2]
        assert found(cells(book, "表Ⅱ-2"), "示例县第一小学")[2] is None

    def test_read_back(self, book: bytes, tmp_path: Path) -> None:
        """`read` takes the forms in again: the figures are those they were made of."""
        path = tmp_path / "result.xlsx"
        path.write_bytes(book)
        again, before = ee.read(path), ee.read(DEMO, registry=Registry.of())

        assert ("999901",) == tuple(again.codes)
        for stage in ("primary", "junior"):
            rank = ee.Stage(stage).rank
            pupils = again.sections.numbers("pupils")[again.section_stage == rank]
            assert sorted(n for n, _ in sections(stage)) == sorted(pupils.tolist())
        compared = 0
        for field in before.fields["county"]:
            for name in field.names if field.unit is not None else ():
                new, old = (each.counties.numbers(name)[0] for each in (again, before))
                if np.isnan(new) or np.isnan(old):
                    continue
                # The form prints this one in units of 10 000 yuan.
                near = 5000 if name == "special_education_funds" else 0
                assert abs(new - old) <= near, name
                compared += 1
        assert compared >= 12
        new, old = (
            set(
                zip(
                    facts.other("survey").codes("group").tolist(),
                    facts.other("survey").numbers("valid").tolist(),
                    facts.other("survey").numbers("satisfied").tolist(),
                    strict=True,
                )
            )
            for facts in (again, before)
        )
        assert new
        assert new <= old

    def test_basics(self, book: bytes) -> None:
        """Ⅰ: people in units of 10 000 with 2 decimals; blank what nobody told."""
        rows = cells(book, "表Ⅰ")
        row = rows[next(i for i, each in enumerate(rows) if each[0] == "L1") + 1]
        assert [41.23, None, None] == row[:3]
        assert [23, 4, 9, 1, 1, 1, 6, 3, 574, 240, 22136, 10910] == row[8:20]
        assert row[20] is None

    def test_government(self, book: bytes) -> None:
        """Ⅳ: the gaps are filled, percentages with 1 decimal, all else with none."""
        rows = cells(book, "表Ⅳ")
        by_number = {str(row[0]).partition(".")[0]: row for row in rows}
        assert by_number["7"][:3] == [
            "7.特殊教育学校生均公用经费不低于6000元",
            (
                "特殊教育学校公用经费为86万元，特殊教育学生数为126人，"
                "特殊教育学校生均公用经费为6800元"
            ),
            "达标",
        ]
        assert "占比92.0%" in by_number["15"][1]
        assert "超过45人的小学班级1个，超过50人的初中班级1个" == by_number["5"][1]
        assert "未达标" == by_number["5"][2]

    def test_quality(self, book: bytes) -> None:
        """Ⅴ: a gap that nobody filled stays one, its verdict is left blank."""
        rows = cells(book, "表Ⅴ")
        retained = found(rows, "名称")
        row = rows[rows.index(retained) + 1]
        assert "三年巩固率为98.8%" in row[1]
        ninth = next(row for row in rows if str(row[0]).startswith("9."))
        assert "语文＿＿级" in ninth[1]
        assert "数学Ⅲ级、校际差异率0.138" in ninth[1]
        assert ninth[2] is None

    def test_recognition(self, book: bytes) -> None:
        """Ⅵ: questionnaires and interviews, in all and of parents."""
        rows = cells(book, "表Ⅵ")
        row = next(i for i, each in enumerate(rows) if each[1] == "L1") + 1
        assert ["计", 920, 897, 829, 92.4, 120, 110, 91.7] == rows[row][:8]
        assert ["其中：家长", 520, 508, 467, 91.9, 66, 60, 90.9] == rows[row + 1][:8]


def plain(heading: str) -> str:
    """Return a heading without white space, its brackets of one width."""
    narrow = str.maketrans("（）：，", "():,")
    return re.sub(r"\s+", "", heading).translate(narrow)


class TestHeadings:
    """The forms print what the official ones print."""

    @pytest.mark.parametrize("form", FORMS)
    def test_official(self, book: bytes, form: str) -> None:
        """Every heading of the transcription stands on the sheet, in its order."""
        with HEADINGS.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                row for row in csv.DictReader(file) if row["表"].startswith(form + " ")
            ]
        asked = [plain(row["列名原文"].partition(" ‖ ")[0]) for row in rows]
        asked = [each.rpartition("/")[2] for each in asked]
        there = "|".join(plain(str(cell)) for row in cells(book, form) for cell in row)
        local = plain("7. 特殊教育学校生均公用经费不低于 8000 元")
        national = plain("7.特殊教育学校生均公用经费不低于6000元")
        assert asked
        for each in asked:
            assert (national if each == local else each) in there


class TestLimitsInForce:
    """The sentences print the nation's value of the day, never a local one."""

    def test_local_value_stands_behind(self, tmp_path: Path) -> None:
        """A province that asks 8000 changes neither the sentence nor the verdict."""
        (tmp_path / "pack.toml").write_text(
            """
            [pack]
            format = 1
            id = "province-99"
            programme = "quality-balance"
            areas = ["99"]
            title = { zh = "九九省（虚构）", en = "Province 99 (invented)" }
            reviewed = 2024-12-31
            [sources.letter]
            title = "九九省的信（虚构）"
            issuer = "九九省"
            kind = "notice"
            read = "excerpt"
            [parameters.special_education_funds_minimum]
            unit = "yuan_per_pupil"
            stricter = "higher"
            [[parameters.special_education_funds_minimum.values]]
            from = 2017-04-26
            value = 8000
            source = "letter"
            """,
            encoding="utf-8",
        )

        class Plugin:
            """Brings the province."""

            @ee.hookimpl
            def eduequity_packs(self) -> list[Path]:
                """Return its folder."""
                return [tmp_path]

        registry = Registry.of(Plugin())
        result = ee.evaluate(
            ee.read(DEMO, registry=registry), on=DAY, registry=registry
        )
        rows = prose_forms(Reader(result["999901"]))["Ⅳ"]().body
        sentence, _, verdict = rows[6]
        assert sentence == (
            "7.特殊教育学校生均公用经费不低于6000元（省级要求8000元/生）"
        )
        assert "达标（省级：未达标）" == verdict

    def test_before_the_law(self) -> None:
        """Before there was a value, its place is left blank."""
        result = ee.evaluate(ee.read(DEMO), on=dt.date(2016, 1, 1))
        rows = prose_forms(Reader(result["999901"]))["Ⅳ"]().body
        assert "7.特殊教育学校生均公用经费不低于＿＿元" == rows[6][0]


# -- counties that have little to say -----------------------------------------------


def school(code: str, name: str, **facts: Any) -> ee.School:
    """Return a primary school."""
    return ee.School(code=code, name=name, kind=ee.Kind.PRIMARY, **facts)


FULL = ee.Section(
    pupils=500,
    grades=6,
    classes=12,
    above_degree_teachers=21,
    backbone_teachers=5,
    pe_arts_teachers=5,
)


class TestLittleIsKnown:
    """Blank where evidence is missing; no stage, no figure."""

    def forms(self, county: ee.County) -> dict[str, tuple[tuple[Any, ...], ...]]:
        """Return the bodies of its forms of figures."""
        reader = Reader(judged(county)[county.code])
        return {name: form().body for name, form in numeric_forms(reader).items()}

    def test_nothing_at_all(self) -> None:
        """A county that tells nothing gets forms without a figure."""
        forms = self.forms(ee.County(code="999901"))
        assert {None} == set(forms["Ⅰ"][0])
        assert () == forms["Ⅱ-2"]
        assert {None} == set(forms["Ⅱ-1"][0][2:])
        assert {None} == set(forms["Ⅲ"][1][2:])
        assert {None} == set(forms["Ⅵ"][0][1:])

    def test_no_junior_school(self) -> None:
        """The rows of the stage that is not there have dashes, not zeros."""
        one = school("1", "独", primary=FULL, teaching_area=2250, indoor_sports_area=0)
        forms = self.forms(ee.County(code="999901", schools=(one,)))
        assert {"——"} == set(forms["Ⅱ-1"][2][2:]) == set(forms["Ⅲ"][2][2:])

    def test_one_school(self) -> None:
        """Known indicators are counted, of an unknown one nothing is said."""
        one = school("1", "独", primary=FULL, teaching_area=2250, indoor_sports_area=0)
        forms = self.forms(ee.County(code="999901", schools=(one,)))
        counts = [None if cell is None else cell.value for cell in forms["Ⅱ-1"][0][2:]]
        assert [1, 1, 1, 1, None, None, None, None] == counts
        means = [None if c is None else c.value for c in forms["Ⅲ"][0][2:9]]
        assert [4.2, 1, 1, 4.5, None, None, None] == means
        assert (
            "4项达标：L7、L8、L9、L10；3项缺数据：L11、L12、L13" == forms["Ⅱ-2"][0][14]
        )
        assert "" == forms["Ⅱ-2"][0][13]

    def test_fewer_rows_than_stated(self) -> None:
        """Where schools are missing neither counts nor means are given."""
        one = school("1", "独", primary=FULL)
        county = ee.County(code="999901", primary_schools=2, schools=(one,))
        forms = self.forms(county)
        assert {None} == set(forms["Ⅱ-1"][0][2:]) == set(forms["Ⅲ"][0][2:9])

    @pytest.mark.parametrize(
        ("owner", "code"), [("7", 7), ("县级教育部门", 7), (9, 9), ("公办", None)]
    )
    def test_owner_told_apart(self, owner: str | int, code: int | None) -> None:
        """Which public owner it is is printed; to the rules each is public."""
        told = {"code": "1", "name": "甲", "kind": "primary", "primary_pupils": 40}
        told |= {"funded_pupils": 30}
        county = {"code": "999901", "name": "示例县"}

        def of(word: str | int) -> ee.Assessment:
            schools = [{**told, "owner": word}]
            facts = ee.read({"county": [county], "schools": schools})
            return ee.evaluate(facts, on=DAY)

        result = of(owner)
        assert code == found(cells(made(result), "表Ⅱ-2"), "甲")[2]
        named = result.findings(rule="government.small_school_funding")
        assert "not_applicable" not in {each.verdict for each in named}
        assert [(f.id, f.verdict, f.value) for f in of("public").findings()] == [
            (f.id, f.verdict, f.value) for f in result.findings()
        ]
        private = of("10").findings(rule="government.small_school_funding")
        assert {"not_applicable"} == {each.verdict for each in private}

    def test_all_unknown(self) -> None:
        """Sections without any figure leave a row of blanks."""
        county = ee.County(
            code="999901", schools=(school("1", "甲"), school("2", "乙"))
        )
        book = made(judged(county))
        row = found(cells(book, "表Ⅱ-2"), "甲")
        assert [None] * 11 == row[2:13]
        assert "7项缺数据：L7、L8、L9、L10、L11、L12、L13" == row[14]

    @pytest.mark.parametrize("programme", ["basic-balance", "preschool-universal"])
    def test_other_programmes(self, programme: str) -> None:
        """The forms belong to one programme; the others are written without them."""
        result = ee.evaluate(ee.read(DEMO), on=DAY, programme=programme)
        names = openpyxl.load_workbook(io.BytesIO(made(result))).sheetnames
        assert not set(FORMS) & set(names)
        assert {"概览", "结论明细"} <= set(names)

    def test_several_counties(self) -> None:
        """Each has its own sheets up to a few, then only what concerns all is left."""
        counties = [ee.County(code=str(990101 + n)) for n in range(9)]
        few = openpyxl.load_workbook(io.BytesIO(made(judged(*counties[:2]))))
        assert {"表Ⅱ-2 990101", "表Ⅱ-2 990102"} <= set(few.sheetnames)
        many = openpyxl.load_workbook(io.BytesIO(made(judged(*counties))))
        assert ["概览", "结论明细"] == many.sheetnames
        said = [str(row[0].value) for row in many["概览"].iter_rows()]
        assert any("逐县评估" in each for each in said)


# -- hostile data, files that cannot be written --------------------------------------


@pytest.fixture(scope="module")
def nasty() -> bytes:
    """Write a workbook of schools with the worst names."""
    schools = tuple(school(str(n), name, primary=FULL) for n, name in enumerate(NASTY))
    signed = ee.Attestation(
        entity="999901",
        rule="government.siting_plan",
        value=True,
        evidence=NASTY[1],
        issuer=NASTY[0],
    )
    county = ee.County(
        code="999901", name=NASTY[1], schools=schools, attestations=(signed,)
    )
    return made(ee.evaluate(county, on=DAY, registry=Registry.of()))


class TestHostile:
    """Nothing in the data becomes a formula, a link or a broken file."""

    def test_no_formula_no_link(self, nasty: bytes) -> None:
        """No cell has a formula; none is a link."""
        with zipfile.ZipFile(io.BytesIO(nasty)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/sheet"):
                    text = parts.read(name).decode()
                    assert "<f>" not in text
                    assert "<f " not in text
                    assert "hyperlink" not in text
        opened = openpyxl.load_workbook(io.BytesIO(nasty))
        kinds = {c.data_type for sheet in opened for row in sheet for c in row}
        assert kinds <= {"s", "n"}

    def test_names_are_kept(self, nasty: bytes) -> None:
        """Names stand as they were; what could steer or break a reader does not."""
        names = {row[1] for row in cells(nasty, "表Ⅱ-2")}
        assert {*NASTY[:8], NASTY[10]} <= names
        assert {"?LTR\u200f", "坏?字?符"} <= names


class Full(io.BytesIO):
    """A disk that is full after a few bytes."""

    def write(self, data: Any) -> int:
        """Write nothing."""
        del data
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
class TestCannotBeWritten:
    """Refused with a clear error, the old file as it was."""

    def test_folder(self, demo: ee.Assessment, tmp_path: Path, suffix: str) -> None:
        """A folder is no file."""
        target = tmp_path / f"folder{suffix}"
        target.mkdir()
        with pytest.raises(OutputError, match="folder"):
            demo.write(target)

    def test_read_only(self, demo: ee.Assessment, tmp_path: Path, suffix: str) -> None:
        """A file that may not be written is not replaced."""
        target = tmp_path / f"old{suffix}"
        target.write_bytes(b"old")
        target.chmod(0o444)
        with pytest.raises(OutputError, match="read-only"):
            demo.write(target)
        assert b"old" == target.read_bytes()

    def test_full(self, demo: ee.Assessment, tmp_path: Path, suffix: str) -> None:
        """A full disk says so, leaves the old file and nothing half-written."""
        target = tmp_path / f"old{suffix}"
        target.write_bytes(b"old")

        def on_full_disk(
            assessment: ee.Assessment, stream: IO[bytes], *, lang: str = "zh"
        ) -> None:
            del stream
            RENDERERS[suffix](assessment, Full(), lang=lang)

        with pytest.raises(OutputError, match="No space left") as caught:
            write(demo, target, {suffix: on_full_disk})
        assert "无法写入" in caught.value.zh
        assert b"old" == target.read_bytes()
        assert [target] == list(tmp_path.iterdir())

    def test_extra_missing(
        self,
        demo: ee.Assessment,
        tmp_path: Path,
        suffix: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Without the library it says which extra brings it."""
        module, extra = {
            ".xlsx": ("xlsxwriter", "excel"),
            ".docx": ("docx", "report"),
        }[suffix]
        monkeypatch.setitem(__import__("sys").modules, module, None)
        with pytest.raises(MissingExtraError) as caught:
            demo.write(tmp_path / f"new{suffix}")
        assert extra == caught.value.extra
        assert not list(tmp_path.iterdir())
