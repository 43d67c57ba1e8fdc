"""The Word report and the school notice: what they say, in styles to be edited."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

import eduequity as ee
from eduequity.__main__ import main
from eduequity.errors import OutputError, UnknownNameError
from eduequity.registry import Registry
from eduequity.report import RENDERERS
from eduequity.report._evidence import evidence_of


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"
DAY = dt.date(2024, 12, 31)
NASTY = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\"引号\" & '撇号' <b>",
    "长" * 200,
    "🏫学校",
    "\u202eLTR\u200f",
    "坏\x00字\x1b符",
)


@pytest.fixture(scope="module")
def demo() -> ee.Assessment:
    """Judge the demo county by the national rules."""
    registry = Registry.of()
    return ee.evaluate(ee.read(DEMO, registry=registry), on=DAY, registry=registry)


def style_of(thing: Any) -> str:
    """Return the name of the style of a paragraph or table."""
    return str(thing.style.name)


def made(result: ee.Assessment, lang: str = "zh") -> Document:
    """Return the result as a Word file, read again."""
    stream = io.BytesIO()
    RENDERERS[".docx"](result, stream, lang=lang)
    return docx.Document(stream)


@pytest.fixture(scope="module")
def paper(demo: ee.Assessment) -> Document:
    """Write the report of the demo county."""
    return made(demo)


def text_of(document: Document) -> str:
    """Return every word of a document, its tables too."""
    cells = (
        cell.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
    )
    return "\n".join((*(each.text for each in document.paragraphs), *cells))


def headings(document: Document, level: int = 1) -> list[str]:
    """Return the headings of a level."""
    return [p.text for p in document.paragraphs if style_of(p) == f"Heading {level}"]


def rows_under(document: Document, head: str) -> list[list[str]]:
    """Return the rows of the first table whose head holds *head*."""
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if head in rows[0]:
            return rows
    raise AssertionError(head)


class TestReport:
    """The county's 自评报告, a draft."""

    def test_chapters(self, paper: Document) -> None:
        """Basics, verdict, every dimension, problems, what is unknown, two annexes."""
        assert [
            "一、基本情况",
            "二、自评结论",
            "三、申报条件",
            "四、资源配置",
            "五、政府保障程度",
            "六、教育质量",
            "七、社会认可度",
            "八、一票否决事项",
            "九、存在的问题与差额",
            "十、证据不足的项目",
            "附件1 佐证材料目录",
            "附件2 依据的文件与知悉程度",
        ] == headings(paper)

    def test_contents(self, paper: Document) -> None:
        """A field lists titles and headings; until Word updates it, as they are now."""
        (told,) = paper.element.body.xpath(".//w:instrText")
        assert 'TOC \\h \\z \\t "Title,1,Heading 1,2,Heading 2,3"' == told.text
        kinds = paper.element.body.xpath(".//w:fldChar/@w:fldCharType")
        assert ["begin", "separate", "end"] == kinds
        rows = [p.text.strip() for p in paper.paragraphs if style_of(p) == "目录行"]
        listed = ("Title", "Heading 1", "Heading 2")
        assert [
            p.text.strip() for p in paper.paragraphs if style_of(p) in listed
        ] == rows[:-1]
        assert rows[-1] == ""

    def test_synthetic(self, paper: Document) -> None:
        """Made-up data is said to be, under the title and on every page."""
        notice = "合成数据（synthetic）"
        assert any(p.text.startswith(notice) for p in paper.paragraphs)
        assert all(
            notice in section.header.paragraphs[0].text for section in paper.sections
        )

    def test_tables_of_the_forms(self, paper: Document) -> None:
        """Ⅱ-1, Ⅲ and Ⅵ say what the forms say."""
        met = rows_under(paper, "小学达标学校总数")
        assert ["综合评估", "31", "96.9", "14", "93.3"] == met[-1]
        spread = rows_under(paper, "小学差异系数")
        assert [
            "每百名学生拥有县级以上骨干教师数",
            "1.66",
            "0.544",
            "1.56",
            "0.090",
        ] in (spread)
        assert "92.4" in rows_under(paper, "调查对象")[1]

    def test_unmet_items(self, demo: ee.Assessment, paper: Document) -> None:
        """Every rule that is not met has a heading, its schools and its clause."""
        county = demo["999901"]
        unmet = {
            name
            for each in county.dimensions
            for name, verdict in each.rules.items()
            if verdict is ee.Verdict.UNMET and not demo.law.rules[name][1].component
        }
        labels = {demo.law.rules[name][1].label.zh for name in unmet}
        assert labels == set(headings(paper, 2))
        rows = [row for table in paper.tables for row in table.rows]
        told = [[cell.text for cell in row.cells] for row in rows]
        assert ["示例县第四小学 小学", "47人（应≤ 45）", "最大班额 减少 2人"] in told

    def test_plots(self, paper: Document) -> None:
        """Seven pictures, each with words for those who do not see it."""
        pictures = list(paper.element.body.iter(qn("wp:docPr")))
        assert 7 == len(pictures) == len(paper.inline_shapes)
        assert "生均教学及辅助用房面积" in [each.get("descr") for each in pictures]

    def test_styles(self, paper: Document) -> None:
        """Every paragraph has a named style with a Chinese font; no local fonts."""
        used = set(map(style_of, paper.paragraphs))
        assert used <= {
            "Normal",
            "Title",
            "Subtitle",
            "Heading 1",
            "Heading 2",
            "目录行",
            "Caption",
            "List Bullet",
            "说明文字",
            "合成数据提示",
        }
        for name in (*used, "表格文字", "落款"):
            fonts = paper.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) in {"仿宋", "宋体", "黑体"}
            assert fonts.get(qn("w:eastAsiaTheme")) is None
        assert not [f for run in paper.element.body.iter(qn("w:rFonts")) for f in run]
        assert {"评估表"} == set(map(style_of, paper.tables))

    def test_fonts_have_stand_ins(self, demo: ee.Assessment) -> None:
        """A machine without 仿宋 is told what to take."""
        stream = io.BytesIO()
        RENDERERS[".docx"](demo, stream)
        with zipfile.ZipFile(stream) as parts:
            table = parts.read("word/fontTable.xml").decode()
        assert re.search(r'w:name="仿宋"><w:altName w:val="FangSong', table)

    def test_tables_break_well(self, paper: Document) -> None:
        """Heads are repeated on every page, no row is cut."""
        for table in paper.tables:
            first, *others = (row._tr.get_or_add_trPr() for row in table.rows)
            assert first.find(qn("w:tblHeader")) is not None
            for row in (first, *others):
                assert row.find(qn("w:cantSplit")) is not None

    def test_english(self, demo: ee.Assessment) -> None:
        """In English but for names, titles of documents and quoted evidence."""
        document = made(demo, "en")
        assert "4. Resources" in headings(document)
        assert "Annex 1: register of evidence" in headings(document)
        heads = [cell.text for table in document.tables for cell in table.rows[0].cells]
        assert not [each for each in heads if re.search("[\u4e00-\u9fff]", each)]
        basics = rows_under(document, "Figure")
        assert ["Resident population (10 000)", "41.23"] == basics[1][:2]

    def test_little_is_known(self) -> None:
        """A county that tells nothing gets a report that says so."""
        document = made(ee.evaluate(ee.County(code="999901"), on=DAY))
        assert "没有未达标的要求。" in text_of(document)
        assert not document.inline_shapes

    def test_no_junior_school(self) -> None:
        """The stage that is not there is dashes in the tables."""
        section = ee.Section(pupils=100, above_degree_teachers=9)
        one = ee.School(code="1", name="独", kind=ee.Kind.PRIMARY, primary=section)
        county = ee.County(code="999901", name="小县", schools=(one,))
        document = made(ee.evaluate(county, on=DAY))
        row = rows_under(document, "小学达标学校总数")[1]
        assert ["1", "100.0", "——", "——"] == row[1:]
        assert 1 == len(document.inline_shapes)

    def test_several_counties(self) -> None:
        """Chapters stand, annexes lie; too many counties are refused."""
        counties = [ee.County(code=str(990101 + n)) for n in range(21)]
        document = made(ee.evaluate(counties[:2], on=DAY))
        wide = [(s.page_width or 0) > (s.page_height or 0) for s in document.sections]
        assert [False, True, False, True] == wide
        with pytest.raises(OutputError, match="at most 20"):
            made(ee.evaluate(counties, on=DAY))

    def test_hostile_names(self) -> None:
        """Names stand as they are, what could break the file does not."""
        schools = tuple(
            ee.School(
                code=str(at),
                name=name,
                kind=ee.Kind.PRIMARY,
                primary=ee.Section(pupils=2100, largest_class=70),
            )
            for at, name in enumerate(NASTY)
        )
        county = ee.County(code="999901", name=NASTY[0], schools=schools)
        said = text_of(made(ee.evaluate(county, on=DAY)))
        for name in (*NASTY[:5], "?LTR\u200f", "坏?字?符"):
            assert name in said


class TestEvidence:
    """The 佐证材料目录: what is there, what is missing, for when, by whom."""

    def test_all_rules_and_vetoes(self, demo: ee.Assessment) -> None:
        """Every rule that decides has its line, vetoes too."""
        lines = evidence_of(demo["999901"], "zh")
        deciding = {
            name
            for each in demo["999901"].dimensions
            for name in each.rules
            if not demo.law.rules[name][1].component
            and demo.law.rules[name][1].force is ee.Force.REQUIREMENT
        }
        assert deciding == {each.rule for each in lines}
        assert 6 == sum(each.rule.startswith("vetoes.") for each in lines)

    def test_signed(self, demo: ee.Assessment) -> None:
        """A document that was handed in is named with who issued it."""
        lines = {each.rule: each for each in evidence_of(demo["999901"], "zh")}
        line = lines["vetoes.falsification"]
        assert ("yes", "《数据真实性承诺书(合成)》", "", "示例县教育局(合成)") == (
            line.have,
            line.material,
            line.lacking,
            line.issuer,
        )

    def test_stated_without_a_document(self, demo: ee.Assessment) -> None:
        """A yes or no in a table alone still lacks its paper."""
        lines = {each.rule: each for each in evidence_of(demo["999901"], "zh")}
        line = lines["vetoes.exam_admission"]
        assert ("unsigned", "佐证文件") == (line.have, line.lacking)

    def test_figures(self, demo: ee.Assessment) -> None:
        """Figures are evidence: which, and for what time."""
        lines = {each.rule: each for each in evidence_of(demo["999901"], "zh")}
        pay = lines["government.teacher_pay"]
        assert "yes" == pay.have
        assert "公务员" in pay.material
        assert "partly" == lines["quality.training_funds"].have
        assert "教师培训经费预算" in lines["quality.training_funds"].lacking

    def test_missing(self, demo: ee.Assessment) -> None:
        """What is unknown says what it lacks; what the nation settles says so."""
        lines = {each.rule: each for each in evidence_of(demo["999901"], "zh")}
        assert "no" == lines["eligibility.annual_monitoring"].have
        assert lines["eligibility.annual_monitoring"].lacking
        assert "须由国家认定" in lines["quality.monitoring_level"].lacking


class TestNotice:
    """The one-page 学校告知单."""

    def test_says_what_is_missed(self, demo: ee.Assessment, tmp_path: Path) -> None:
        """Indicators with limit and verdict, and by how much they miss."""
        target = tmp_path / "notice.docx"
        ee.school_notice(demo, "9999010039", target)
        document = docx.Document(str(target))
        said = text_of(document)
        assert "示例县滨河九年一贯制学校（9999010039）" in said
        rows = rows_under(document, "指标")
        row = next(row for row in rows if row[0] == "生均教学及辅助用房面积")
        assert ["5", "≥ 4.5", "达标", "5.5", "≥ 5.8", "未达标"] == row[1:]
        assert (
            "生均教学及辅助用房面积 · 初中：5.5㎡/生（应≥ 5.8），"
            "差额 教学及辅助用房面积 增加 339㎡" in said
        )
        assert "合成数据" in said
        assert "《县域义务教育优质均衡发展督导评估办法》" in said

    def test_missing_evidence(self, demo: ee.Assessment, tmp_path: Path) -> None:
        """What is not known is asked for."""
        target = tmp_path / "notice.docx"
        ee.school_notice(demo, "9999010012", target, lang="en")
        said = text_of(docx.Document(str(target)))
        assert "data is missing, please hand it in" in said

    def test_nothing_applies(self, demo: ee.Assessment, tmp_path: Path) -> None:
        """A senior school is told that nothing is asked of it."""
        target = tmp_path / "notice.docx"
        ee.school_notice(demo, "9999010046", target)
        assert "没有对本校适用的要求。" in text_of(docx.Document(str(target)))

    def test_unknown_school(self, demo: ee.Assessment, tmp_path: Path) -> None:
        """A code that no school has is refused, with a close one."""
        with pytest.raises(UnknownNameError) as caught:
            ee.school_notice(demo, "999901003", tmp_path / "notice.docx")
        assert caught.value.did_you_mean is not None
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("name", ["notice.pdf", "folder.docx", "old.docx"])
    def test_cannot_be_written(
        self, demo: ee.Assessment, tmp_path: Path, name: str
    ) -> None:
        """Another suffix, a folder, a read-only file: refused, nothing changed."""
        (tmp_path / "folder.docx").mkdir()
        old = tmp_path / "old.docx"
        old.write_bytes(b"old")
        old.chmod(0o444)
        with pytest.raises(OutputError):
            ee.school_notice(demo, "9999010003", tmp_path / name)
        assert b"old" == old.read_bytes()
        assert {"folder.docx", "old.docx"} == {each.name for each in tmp_path.iterdir()}


class TestCommandLine:
    """`evaluate --out` and `notice`."""

    def test_both_files(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Workbook and report are written beside what is printed."""
        out = [str(tmp_path / name) for name in ("result.xlsx", "result.docx")]
        options = [word for path in out for word in ("--out", path)]
        assert 1 == main(["evaluate", str(DEMO), "--on", "2024-12-31", *options])
        assert "已写出" in capsys.readouterr().out
        assert all(zipfile.is_zipfile(path) for path in out)

    def test_notice(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One page for one school."""
        target = tmp_path / "n.docx"
        asked = ["--school", "9999010003", "--out", str(target), "--on", "2024-12-31"]
        assert 0 == main(["notice", str(DEMO), *asked])
        assert str(target) in capsys.readouterr().out
        assert "示例县第三小学" in text_of(docx.Document(str(target)))

    def test_no_such_school(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A wrong code is the caller's to mend: one line, status 2."""
        asked = ["--school", "none", "--out", str(tmp_path / "n.docx")]
        assert 2 == main(["notice", str(DEMO), *asked])
        error = capsys.readouterr().err
        assert "没有名为“none”的学校" in error
        assert "Traceback" not in error


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
class TestLaidOut:
    """What LibreOffice makes of the pages."""

    def pages(self, path: Path) -> int:
        """Convert a file to PDF and count its pages."""
        home = f"-env:UserInstallation=file://{path.parent}/profile"
        subprocess.run(  # noqa: S603 - our own file
            ["soffice", home, "--headless", "--convert-to", "pdf", str(path)],  # noqa: S607
            check=True,
            capture_output=True,
            cwd=path.parent,
        )
        return len(
            re.findall(rb"/Type\s*/Page[^s]", path.with_suffix(".pdf").read_bytes())
        )

    @pytest.mark.parametrize("school", ["9999010003", "9999010044"])
    def test_one_page(self, demo: ee.Assessment, tmp_path: Path, school: str) -> None:
        """The notice of one stage or of two fits a page."""
        target = tmp_path / "notice.docx"
        ee.school_notice(demo, school, target)
        assert 1 == self.pages(target)

    def test_worst_case_is_one_page(self, tmp_path: Path) -> None:
        """A long name, both stages, everything missed or unknown: still one page."""
        bad = ee.Section(pupils=2600, largest_class=90, above_degree_teachers=1)
        one: Any = ee.School(
            code="1",
            name="长" * 200,
            kind=ee.Kind.NINE_YEAR,
            primary=bad,
            junior=bad,
        )
        result = ee.evaluate(
            ee.County(code="999901", name="县", schools=(one,)), on=DAY
        )
        target = tmp_path / "notice.docx"
        ee.school_notice(result, "1", target)
        assert 1 == self.pages(target)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_everything_missed_is_one_page(self, tmp_path: Path, lang: str) -> None:
        """All that the nation and a province ask of a school, and none of it met."""
        row: dict[str, Any] = {
            "code": "1",
            "name": "合成市某某经济技术开发区第一九年一贯制实验学校",
            "kind": "nine_year",
            "owner": "public",
            "locale": "urban",
            "boarding": False,
            "teaching_area": 300,
            "outdoor_sports_area": 200,
            "indoor_sports_area": 0,
            "equipment_value": 1000,
            "multimedia_classrooms": 1,
            "music_room_areas": [10],
            "art_room_areas": [10],
            "public_funds_budget": 1000000,
            "training_budget": 10,
        }
        row |= dict.fromkeys(
            (
                *("charter", "ict_management", "ict_instruction", "ict_teaching"),
                *("equipment_in_use", "moral_education_good", "campus_culture_good"),
                *("curriculum_complete", "no_excessive_load"),
            ),
            False,
        )
        for stage in ("primary", "junior"):
            figures = {"pupils": 2600, "classes": 30, "largest_class": 70}
            kinds = ("above_degree", "backbone", "pe_arts")
            figures |= {f"{kind}_teachers": 1 for kind in kinds}
            row |= {f"{stage}_{name}": value for name, value in figures.items()}
        county = {"code": "370602", "name": "合成市合成区", "synthetic": True}
        facts = ee.read({"county": [county], "schools": [row]})
        target = tmp_path / "notice.docx"
        ee.school_notice(ee.evaluate(facts, on=DAY), "1", target, lang=lang)

        assert 1 == self.pages(target)
        said = text_of(docx.Document(str(target)))
        assert re.search({"zh": r"另有 \d+ 项", "en": r"\d+ more"}[lang], said)
