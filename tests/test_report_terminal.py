"""The terminal report: readable at 80 columns, in both languages, on any console."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.console import Console

import eduequity as ee
from eduequity.errors import OutputError
from eduequity.report import (
    RENDERERS,
    json_chunks,
    lacking,
    render_terminal,
    verdict_at,
    write,
    write_bytes,
    write_json,
)
from eduequity.report._words import wrapped


if TYPE_CHECKING:
    from eduequity.engine import Assessment


DEMO = Path(ee.__file__).parent / "cli" / "demo"
pytestmark = pytest.mark.usefixtures("national_only")

DAY = dt.date(2024, 12, 31)

PROVINCE = """
[pack]
format = 1
id = "somewhere"
programme = "quality-balance"
areas = ["99"]
title = { zh = "某省", en = "Some province" }
reviewed = 2024-01-01
[sources.notice]
title = "某省办法"
issuer = "某省"
kind = "notice"
read = "secondary"
[parameters.class_size]
unit = "pupils"
stricter = "lower"
[[parameters.class_size.values]]
from = 2020-01-01
value = 40
source = "notice"
[[parameters.class_size.values]]
from = 2026-01-01
value = 38
source = "notice"
[rules.management]
kind = "attested"
scope = "county"
source = "notice"
label = { zh = "管理标准校", en = "Management" }
"""


def page(assessment: Assessment, width: int = 80, **options: Any) -> str:
    """Render a result as plain text."""
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    render_terminal(assessment, console=console, **options)
    return stream.getvalue()


def judged(*rows: dict[str, Any], **tables: Any) -> Assessment:
    """Judge a county that is given in rows."""
    document = {"county": list(rows) or [{"code": "999901"}], **tables}
    return ee.evaluate(ee.read(document), on=DAY)


@pytest.fixture(scope="module")
def demo() -> Assessment:
    """Judge the demo county."""
    return ee.evaluate(ee.read(DEMO), on=DAY)


@pytest.fixture
def provincial(tmp_path: Path) -> Assessment:
    """Judge the demo county under a stricter province."""
    (tmp_path / "pack.toml").write_text(PROVINCE, "utf-8")

    class Plugin:
        @staticmethod
        @ee.hookimpl
        def eduequity_packs() -> list[Path]:
            return [tmp_path]

    registry = ee.Registry.of(Plugin)
    return ee.evaluate(ee.read(DEMO), on=DAY, registry=registry)


def part(text: str, start: str, end: str) -> str:
    """Return what stands between two headings."""
    return text.partition(start)[2].partition(end)[0]


class TestOneCounty:
    """The page of one county."""

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_fits(self, demo: Assessment, lang: str) -> None:
        """No line but the commands to copy is wider than 80 cells."""
        lines = page(demo, lang=lang).splitlines()

        assert [] == [
            line
            for line in lines
            if cell_len(line) > 80 and not line.startswith("  eduequity ")
        ]

    def test_head(self, demo: Assessment) -> None:
        """The head says who, when, under what, and what came out."""
        head = page(demo).partition("方面")[0]

        for words in (
            "999901",
            "合成数据",
            "2024-12-31",
            "优质均衡",
            "x 未达标",
            "47 项",
        ):
            assert words in head

    def test_dimensions(self, demo: Assessment) -> None:
        """Every dimension has a verdict in words and its rules counted."""
        rows = re.findall(
            r"^ (\S+) +([+x?-]) (\S+) +(\S+) +(\S+) +(\S+) +(\S+)",
            page(demo),
            re.MULTILINE,
        )

        assert [
            ("申报条件", "?", "证据不足", "1", "-", "1", "-"),
            ("资源配置", "x", "未达标", "6", "2", "-", "-"),
            ("政府保障程度", "x", "未达标", "17", "3", "-", "-"),
            ("教育质量", "?", "证据不足", "7", "-", "3", "-"),
            ("社会认可度", "+", "达标", "1", "-", "-", "-"),
            ("一票否决事项", "+", "达标", "6", "-", "-", "-"),
        ] == rows

    def test_unmet(self, demo: Assessment) -> None:
        """The five unmet rules stand worst first, each with units and clause."""
        unmet = part(page(demo), "未达标的要求：5 项", "证据不足，无法判定")

        rules = re.findall(r"^x .* (\w+\.\w+)$", unmet, re.MULTILINE)
        assert [
            "government.small_school_funding",
            "government.art_rooms",
            "resources.section_quorum",
            "resources.cv_backbone_teachers",
            "government.class_size",
        ] == rules
        for words in (
            "50 个学段单位中 2 个未达标",
            "9999010004/primary  47人（应≤ 45）",
            "7项中5项达标（应≥ 6）",
            "4.18人/百名学生（应≥ 4.2）",
            "《县域义务教育优质均衡发展督导评估办法》第六条",
        ):
            assert words in unmet

    def test_unknown(self, demo: Assessment) -> None:
        """What is not known says which evidence is missing."""
        unknown = part(page(demo), "证据不足，无法判定：4 项", "条文有歧义")

        assert "白鹭镇中心小学" in unknown
        assert "缺 教师培训经费预算" in unknown
        assert "缺 心理健康；只能由国家认定" in unknown

    def test_readings(self, demo: Assessment) -> None:
        """Other readings are shown with both verdicts, components left out."""
        readings = part(page(demo), "条文有歧义", "说明")

        assert "room_counting=sum" in readings
        assert "美术专用教室：x 未达标 -> + 达标" in readings
        assert "attached_kindergarten_weight" not in readings

    def test_remarks_and_next(self, demo: Assessment) -> None:
        """Warnings, weak sources and the commands that lead on close the page."""
        text = page(demo, source="county.xlsx")

        assert "county.csv：有" in text
        assert "[未核实]" in text
        command = 'eduequity explain county.xlsx ":government.small_school_funding@'
        assert command in text
        assert "--on 2024-12-31 --out result.json" in text

    def test_english(self, demo: Assessment) -> None:
        """The English page says the same."""
        text = page(demo, lang="en")

        for words in (
            "Synthetic data",
            "x unmet",
            "2 of 50 sections",
            "47 pupils (asked ≤ 45)",
            "missing: Budget of teacher training",
            "--lang en",
        ):
            assert words in text

    def test_nothing_known(self) -> None:
        """Rules that lack the same thing are listed together."""
        text = page(judged())

        assert 1 == text.count("没有学校数据（schools 表）")
        assert "缺 基本均衡认定日期" in text
        assert "合成数据" not in text

    def test_veto(self) -> None:
        """A veto says that it has occurred, and stands first."""
        text = page(judged({"code": "999901", "exam_admission": True}))

        assert "以考试方式招生  vetoes.exam_admission\n  已发生\n" in text

    def test_many_units(self) -> None:
        """Eight failing units are shown, the others counted."""
        schools = [
            {
                "code": str(n),
                "name": f"第{n}小学",
                "kind": "primary",
                "primary_pupils": 600,
                "primary_largest_class": 50 + n,
            }
            for n in range(1, 13)
        ]
        text = page(judged(schools=schools))

        assert "12 个学段单位中 12 个未达标" in text
        assert "…… 共 12 个" in text
        assert text.index("第12小学 小学") < text.index("第5小学 小学")
        assert "第4小学 小学  4/primary  54" not in text

    def test_more_is_stated_than_listed(self) -> None:
        """A rule that all listed schools meet is open while others are missing."""
        school = {"code": "1", "name": "小学", "kind": "primary"}
        size = {"primary_pupils": 90, "primary_largest_class": 40}
        text = page(
            judged(
                {"code": "999901", "primary_schools": 2}, schools=[{**school, **size}]
            )
        )

        assert (
            "班额  government.class_size\n  所列学校、班级或学生少于县里申报的数"
            in text
        )

    def test_unknown_beside_unmet(self) -> None:
        """Where some units fail and others are not known, both are counted."""
        schools = [
            {
                "code": "1",
                "name": "甲校",
                "kind": "primary",
                "primary_largest_class": 50,
            },
            {"code": "2", "name": "乙校", "kind": "primary"},
        ]
        text = page(judged(schools=schools))

        assert "2 个学段单位中 1 个未达标，另有 1 个证据不足：" in text

    def test_names_are_data(self) -> None:
        """Markup in a name is shown, what steers the terminal is not."""
        text = page(judged({"code": "999901", "name": "[bold]县[/bold] :smile:"}))

        assert "[bold]县[/bold] :smile:" in text
        record = ee.County(code="999901", name="\x1b[31m县\u202e\n县")
        assert "?[31m县? 县  999901" in page(ee.evaluate(record, on=DAY))

    def test_options_are_repeated(self) -> None:
        """A reading that was chosen is said, and stands in the commands."""
        facts = ee.read(DEMO)
        chosen = {"room_counting": "sum"}
        text = page(ee.evaluate(facts, on=DAY, options=chosen, as_area="35"))

        assert "另选的口径  room_counting=sum" in text
        assert "按何地规定  35" in text
        assert "--option room_counting=sum --as-area 35 --out" in text

    def test_ascii_console(self, demo: Assessment) -> None:
        """Frames are plain where the console does not speak UTF-8."""
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="gbk")
        render_terminal(demo, console=Console(file=stream, width=80))
        stream.flush()
        text = raw.getvalue().decode("gbk")

        assert text.startswith("+----")
        assert "x 未达标" in text

    def test_plugin_not_loaded(self) -> None:
        """A plugin that could not be loaded is named with its reason."""
        registry = ee.Registry.of()
        registry.failures.append(ee.errors.PluginError("odd", "1.0", "no such pack"))
        result = ee.evaluate(ee.read(DEMO), on=DAY, registry=registry)

        assert "未加载的插件 odd 1.0：no such pack" in page(result)


class TestLevels:
    """Provinces that ask more."""

    def test_nation(self, provincial: Assessment) -> None:
        """At the nation's level a province's value and rule stay out."""
        text = page(provincial)

        assert "各级结论  国家 x 未达标   省级 99 x 未达标" in text
        assert "班额（省级 99）" not in text

    def test_province(self, provincial: Assessment) -> None:
        """At its level they are there, marked, and law to come is announced."""
        text = page(provincial, level="province")

        assert "班额（省级 99）" in text
        assert "管理标准校（省级 99）  99.management" in text
        assert "2026-01-01 起施行的新规定：班额 38" in text
        assert "评估日期晚于复核日" in text
        assert "--level province --out" in text

    def test_verdict_at(self, provincial: Assessment) -> None:
        """The deepest level that is not below the one asked for counts."""
        county = provincial["999901"]

        assert county.levels[0].verdict is verdict_at(county, "nation")
        assert county.levels[1].verdict is verdict_at(county, "county")

    def test_lacking(self, provincial: Assessment) -> None:
        """A county that no pack reaches at a level is named."""
        assert () == lacking(provincial, "province")
        assert ("999901",) == lacking(provincial, "city")


class TestSeveral:
    """The page of several counties."""

    def several(self, count: int) -> Assessment:
        """Judge several counties, every second with a veto."""
        rows = [
            {"code": str(110101 + n), "name": f"{n}号县", "exam_admission": n % 2 == 0}
            for n in range(count)
        ]
        return judged(*rows)

    def test_table(self) -> None:
        """Counties stand in a table, the worst first, with totals and bounds."""
        text = page(self.several(4))

        assert "未达标 2  证据不足 2" in text
        assert "0.0%—50.0%" in text
        assert ["110101", "110103", "110102", "110104"] == re.findall(
            r"^ (\d{6})", text, re.MULTILINE
        )
        assert "2  以考试方式招生  vetoes.exam_admission" in text

    def test_capped(self) -> None:
        """Forty rows are shown, and that there are more."""
        text = page(self.several(45))

        assert 40 == len(re.findall(r"^ (\d{6})", text, re.MULTILINE))
        assert "共 45 个区县，只列前 40 个" in text

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_fits(self, lang: str) -> None:
        """The table fits into 80 cells."""
        lines = page(self.several(3), lang=lang).splitlines()
        printed = [line for line in lines if not line.startswith("  eduequity ")]

        assert max(map(cell_len, printed)) <= 80


class TestJson:
    """The streamed JSON."""

    def test_equals_to_dict(self, demo: Assessment) -> None:
        """What is streamed is what `to_dict` gives."""
        stream = io.BytesIO()
        write_json(demo, stream)

        assert demo.to_dict() == json.loads(stream.getvalue())

    def test_ascii(self, demo: Assessment) -> None:
        """The escaped form says the same in ASCII alone."""
        text = "".join(json_chunks(demo, ascii_only=True))

        assert text.isascii()
        assert demo.to_dict() == json.loads(text)

    def test_several(self) -> None:
        """Counties are separated rightly, readings go to their county."""
        result = TestSeveral().several(3)

        assert result.to_dict() == json.loads("".join(json_chunks(result)))


class TestWrite:
    """Files, whole or not at all."""

    def test_written(self, demo: Assessment, tmp_path: Path) -> None:
        """A file is written by its suffix, in any case, and nothing beside it."""
        write(demo, tmp_path / "out.JSON", RENDERERS)

        assert demo.to_dict() == json.loads((tmp_path / "out.JSON").read_bytes())
        assert ["out.JSON"] == [each.name for each in tmp_path.iterdir()]

    def test_failure_leaves_the_old_file(self, tmp_path: Path) -> None:
        """If writing fails half-way the old file stands and no other is left."""
        path = tmp_path / "out.json"
        path.write_text("old")

        def fail(stream: Any) -> None:
            stream.write(b"half")
            raise OSError(28, "No space left on device")

        with pytest.raises(OutputError, match="No space left"):
            write_bytes(path, fail)
        assert "old" == path.read_text()
        assert ["out.json"] == [each.name for each in tmp_path.iterdir()]

    def test_open_elsewhere(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file that another program holds must be closed first."""
        path = tmp_path / "out.json"
        path.write_text("old")

        def locked(*_: Any) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "replace", locked)
        with pytest.raises(OutputError) as caught:
            write_bytes(path, lambda stream: stream.write(b"new"))
        assert "请先关闭该文件" in caught.value.zh
        assert "close it first" in caught.value.en
        assert "old" == path.read_text()
        assert ["out.json"] == [each.name for each in tmp_path.iterdir()]

    def test_keeps_mode_and_link(self, tmp_path: Path) -> None:
        """A link stays a link, and the file keeps its permissions."""
        real, link = tmp_path / "real.json", tmp_path / "link.json"
        real.write_text("old")
        real.chmod(0o640)
        link.symlink_to(real)
        write_bytes(link, lambda stream: stream.write(b"new"))

        assert "new" == real.read_text()
        assert link.is_symlink()
        assert 0o640 == real.stat().st_mode & 0o777


class TestWrapped:
    """Breaking lines."""

    @pytest.mark.parametrize("width", range(10, 60))
    def test_width(self, width: int) -> None:
        """No line is too wide, and only white space is lost."""
        text = (
            "缺 教师培训经费预算、年度公用经费预算（含《办法》第六条）；0.9。end of it"
        )
        lines = wrapped(text, width).splitlines()

        assert max(map(cell_len, lines)) <= width
        assert text.replace(" ", "") == "".join(lines).replace(" ", "")

    def test_punctuation(self) -> None:
        """No line begins with a mark that closes, none ends with one that opens."""
        text = "一二三四五，六七（八九）十《一二》三。" * 5
        for width in range(8, 40):
            lines = wrapped(text, width).splitlines()
            assert not [line for line in lines if line[0] in "，）》。"]
            assert not [line for line in lines[:-1] if line[-1] in "（《"]
