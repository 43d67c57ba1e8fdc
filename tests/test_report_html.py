"""The HTML report as a file: offline, escaped, small, right, whatever the county."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import eduequity as ee
from benchmarks.nation import nation
from benchmarks.report import demo_tables
from eduequity.cli import run
from eduequity.engine import Worksheet, _findings
from eduequity.errors import MissingExtraError
from eduequity.report import RENDERERS, _html, write, write_html
from eduequity.report._curves import lorenz_path, strip
from eduequity.vocab import Scope


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Finding


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"
DAY = dt.date(2024, 12, 31)
MOST_BYTES = 300_000
HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(2)'>",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}{% raw %}",
    "长" * 200,
    "希望小学🏫👩‍🏫",
    "\u200fمدرسة\u202e反",
    "</script><!--",
)


def html_of(assessment: Assessment, **options: Any) -> str:
    """Render a result."""
    stream = io.BytesIO()
    write_html(assessment, stream, **options)
    return stream.getvalue().decode()


def demo() -> Assessment:
    """Judge the demo's county."""
    return ee.evaluate(ee.read(DEMO), on=DAY)


def judged(*schools: dict[str, Any], **tables: Any) -> Assessment:
    """Judge a county with these schools."""
    county = {"code": "990101", "name": "试县", "synthetic": "yes"}
    given = {"county": [county], "schools": list(schools), **tables}
    return ee.evaluate(ee.read({k: v for k, v in given.items() if v}), on=DAY)


def school(code: str, **more: Any) -> dict[str, Any]:
    """Describe a primary school of 500 pupils that has hardly any figures."""
    return {
        "code": code,
        "name": f"学校{code}",
        "kind": "primary",
        "primary_pupils": 500,
        "primary_classes": 12,
        **more,
    }


class Page(HTMLParser):
    """What the tests look at: elements with their attributes, scripts, cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element and its attributes."""
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        """Keep words with the element they came after."""
        self.texts.append((self._open, data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of that name."""
        return [attrs for name, attrs in self.elements if name == tag]


def rows_of(text: str) -> list[list[str]]:
    """Return the table of schools as words, cell by cell, with the cells' kinds."""
    body = text.split('<table class="grid cells">')[1].split("</tbody>", maxsplit=1)[0]
    rows = re.split(r"<tr [^>]*>", body.split("<tbody>")[1])[1:]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.split(r"<t[dh][^>]*>", row)
        ][1:]
        for row in rows
    ]


# -- the file --------------------------------------------------------------------


def test_html_is_a_format_like_any_other(tmp_path: Path) -> None:
    """By the suffix, from Python and from the command line's table."""
    demo().write(tmp_path / "report.html")
    write(demo(), tmp_path / "REPORT.HTML", RENDERERS)

    written = (tmp_path / "report.html").read_text("utf-8")
    assert written.startswith("<!doctype html>")
    assert written == (tmp_path / "REPORT.HTML").read_text("utf-8")


def test_nothing_is_asked_of_a_network_and_nothing_foreign_can_run() -> None:
    """No address outside the file; style and script are those the policy names."""
    text = html_of(demo())
    page = Page(text)

    for _tag, attrs in page.elements:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("src", "srcset", "href", "action", "data", "poster"):
            assert (attrs.get(name) or "#").startswith(("#", "data:,"))
    style = text.split("<style>")[1].split("</style>")[0]
    script = text.split("<script>")[1].split("</script>")[0]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(m for m in page.of("meta") if "http-equiv" in m)["content"]
    assert policy is not None
    for kind, inline in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize("messy", [False, True])
def test_a_county_of_100_schools_takes_300_kilobytes_at_most(messy: bool) -> None:
    """The stated budget, for a page in both languages; also where much is wrong."""
    tables = demo_tables(102)
    for at, row in enumerate(tables["schools"] if messy else ()):
        for column in row:
            if column.endswith(("_teachers", "_area", "_value")) and row[column]:
                figure = float(row[column])
                less = (figure * 0.7, figure * 0.3, figure)[at % 3]
                row[column] = str(round(less)) if (at + len(column)) % 7 else ""
    result = ee.evaluate(ee.read(tables), on=DAY)
    size = len(html_of(result).encode())

    assert 100 == result.facts.schools.size  # two are campuses of others
    assert size <= MOST_BYTES, size


def test_hostile_names_stay_words() -> None:
    """Markup, formulas, templates, emoji and marks of direction are only text."""
    schools = [school(f"S{at}", name=name) for at, name in enumerate(HOSTILE)]
    county = {"code": "990101", "name": HOSTILE[0], "synthetic": "yes"}
    text = html_of(judged(*schools, county=[county]))
    page = Page(text)

    assert 2 == len(page.of("script"))  # ours, and the data
    assert not page.of("img")
    names = [each[1] for each in data_of(text)["schools"]]
    assert set(HOSTILE[:5]) <= set(names)
    assert any("🏫" in name for name in names)
    assert "49" not in "".join(names)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    shown = {words for tag, words in page.texts if tag == "bdi"}
    assert set(HOSTILE[:5]) <= shown


def data_of(text: str) -> dict[str, Any]:
    """Return the data that stands in the page for its script."""
    found = text.split('<script type="application/json" class=data>')[1]
    data: dict[str, Any] = json.loads(found.split("</script>")[0])
    return data


def test_without_its_extra_the_report_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra is named; nothing else of the package needs it."""
    _html._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with pytest.raises(MissingExtraError, match=r"eduequity\[report\]"):
        html_of(demo())


# -- what it says ----------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_verdict_stands_on_top_with_levels_and_self_assessment(lang: str) -> None:
    """Both languages stand in the file; one is shown."""
    text = html_of(demo(), lang=lang)
    head = text.split("<nav class=parts")[0]

    assert f'data-lang="{lang}"' in text
    for words in (
        "示例县(合成数据)",
        "未达标",
        "unmet",
        "自评结论",
        "各级结论",
        "2024-12-31",
    ):
        assert words in head
    assert "合成数据（synthetic）" in head


def test_the_cells_are_those_of_the_raw_table() -> None:
    """Teachers above the degree, worked out here from the CSV: value and mark."""
    with (DEMO / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        raw = list(csv.DictReader(file))
    names = {row["code"]: row["name"] for row in raw}
    teachers: Counter[tuple[str, str]] = Counter()
    pupils: Counter[tuple[str, str]] = Counter()
    for row in raw:
        # A campus that does not count as a school belongs to its parent.
        name = names[row["parent" if row["counts_as_school"] == "no" else "code"]]
        for stage, word in (("primary", "小学"), ("junior", "初中")):
            here = int(row[f"{stage}_pupils"] or 0)
            if here and not (row["kind"] == "teaching_point" and here < 50):
                pupils[name, word] += here
                teachers[name, word] += int(row[f"{stage}_above_degree_teachers"])
    expected = {}
    for section, count in pupils.items():
        value = Decimal(100 * teachers[section]) / count
        asked = Decimal("4.2") if section[1] == "小学" else Decimal("5.3")
        near = value >= Decimal("0.85") * asked
        mark = "" if value >= asked else "△" if near else "×"
        shown = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        expected[section] = f"{shown}{mark}"
    found = {
        (row[0], row[1][:2]): row[4]
        for row in rows_of(html_of(demo()))
        if row[4] != "–"
    }

    assert 47 == len(expected)
    assert expected == found


def test_operands_travel_in_the_page_as_they_were_given() -> None:
    """Whole columns: of schools, of sections, lists of rooms, blanks as null."""
    with (DEMO / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        raw = {row["code"]: row for row in csv.DictReader(file)}
    sheet = Worksheet(demo()["999901"])
    data = data_of(html_of(demo()))
    codes = [each[0] for each in data["schools"]]
    rooms = sheet.column(Scope.SCHOOL, "music_room_areas").cells
    for code, cell in zip(codes, rooms, strict=True):
        given = raw[code]["music_room_areas"]
        if raw[code]["kind"] != "nine_year":  # one has a campus that adds rooms
            assert cell == (given.replace(";", "; ") if given else None)
    teachers = sheet.column(Scope.SECTION, "above_degree_teachers").cells
    sections = [
        (codes[school], stage)
        for at, stage in enumerate(data["stages"])
        for school, each in enumerate(data["schools"])
        if at in each[4]
    ]
    for (code, stage), cell in zip(sections, teachers, strict=True):
        if raw[code]["kind"] != "nine_year":
            assert cell == float(raw[code][f"{stage}_above_degree_teachers"])
    unit, cells = data["columns"]["section"]["above_degree_teachers"]
    assert ("teachers", list(teachers)) == (unit, cells)


def test_failing_sections_stand_on_top() -> None:
    """Those unmet, then those that miss an indicator, then the others."""
    rows = rows_of(html_of(demo()))

    assert ["5/7 ×", "5/7 ×", "6/7 √", "7/7 √"] == [row[3] for row in rows[:4]]
    assert 50 == len(rows)


def test_a_shortfall_is_shown_where_somebody_works_it_out() -> None:
    """Handed in as a function of a finding and a language; said once, on top."""

    def shortfall(finding: Finding, lang: str) -> str | None:
        if finding.rule != "government.small_school_funding":
            return None
        return "还差36人" if lang == "zh" else "36 more pupils"

    stream = io.BytesIO()
    _html.write_html(demo(), stream, shortfall=shortfall)
    text = stream.getvalue().decode()

    assert 1 == text.count("还差36人") == text.count("36 more pupils")
    assert "还差" not in html_of(demo())


def test_what_is_missing_is_named_with_the_rules_that_wait() -> None:
    """The demo lacks a budget of one school and a subject of the monitoring."""
    part = html_of(demo()).split("<section class=next")[1].split("</section>")[0]

    assert "缺 教师培训经费预算" in part
    assert "心理健康" in part
    assert "只能由国家认定" in part


# -- any county ------------------------------------------------------------------


BARE = {"code": "999901", "name": "试县"}


def of_primary(most: int | None = None) -> Assessment:
    """Judge a county with the demo's primary schools alone, or some of them."""
    rows = [row for row in demo_tables()["schools"] if row["kind"] == "primary"]
    return ee.evaluate(ee.read({"county": [BARE], "schools": rows[:most]}), on=DAY)


def under(programme: str) -> Assessment:
    """Judge the demo by another programme."""
    return ee.evaluate(ee.read(DEMO), on=DAY, programme=programme)


ODD: dict[str, Callable[[], Assessment]] = {
    "no junior school": of_primary,
    "one school": lambda: of_primary(1),
    "all unknown": lambda: judged(school("A"), school("B")),
    "no school": judged,
    "no name": lambda: ee.evaluate(ee.read({"county": [{"code": "999901"}]}), on=DAY),
    "basic balance": lambda: under("basic-balance"),
    "preschool": lambda: under("preschool-universal"),
}


@pytest.mark.parametrize("which", ODD)
def test_any_county_makes_a_page(which: str) -> None:
    """No cell says nan or None, and every section has its row."""
    text = html_of(ODD[which]())
    words = "".join(w for tag, w in Page(text).texts if tag not in ("script", "style"))

    assert not re.search(r"\b(nan|None|undefined|inf)\b", words)
    assert 1 == len(re.findall("<h1>", text))
    data_of(text)


def test_every_cell_is_unknown_where_nothing_is_known() -> None:
    """A blank is neither 0 nor a miss."""
    rows = rows_of(html_of(judged(school("A"), school("B"))))

    assert [["?"] * 7] * 2 == [row[4:] for row in rows]


# -- many counties ---------------------------------------------------------------


def test_several_counties_have_an_index_and_their_pages() -> None:
    """From the index to a county, from there to a school, in one file."""
    tables = demo_tables()
    county, twin = tables["county"][0], dict(tables["county"][0])
    twin |= {"code": "999902", "name": "乙县"}
    schools = [
        {**row, "county": code, "code": f"{code}{row['code']}"}
        | ({"parent": f"{code}{row['parent']}"} if row["parent"] else {})
        for code in ("999901", "999902")
        for row in tables["schools"]
    ]
    result = ee.evaluate(
        ee.read({"county": [county, twin], "schools": schools}), on=DAY
    )
    text = html_of(result)
    page = Page(text)

    pages = [a["id"] for a in page.of("article") if "data-county" in a]
    assert ["c-999901", "c-999902"] == pages
    links = {a["href"] for a in page.of("a")}
    assert {"#index", "#c-999901", "#c-999902"} <= links
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {link for link in links if link is not None} <= {f"#{each}" for each in ids}


def test_a_nation_is_an_index_without_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2,900 counties from columns; the page of one on demand."""
    result = ee.evaluate(nation(), on=DAY)
    code = result.facts.codes[1234]

    def built(*_: object) -> None:
        raise AssertionError("a finding was built")

    with monkeypatch.context() as patch:
        patch.setattr(_findings._Builder, "__init__", built)
        text = html_of(result)
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    rows = body.split("<tr ")[1:]
    listed = [re.search(r"<td class=num>(\d+)", row) for row in rows]

    assert 2900 == len(rows)
    assert set(result) == {each[1] for each in listed if each}
    unmet = int((result.verdicts == ee.Verdict.UNMET.rank).sum())
    assert unmet == sum(row.startswith("data-v=3") for row in rows)
    assert "--county" in text
    one = result.only(code)
    assert [code] == list(one)
    assert one[code].verdict is result[code].verdict
    assert f"c-{code}" in html_of(one)


def test_the_command_line_writes_the_page_of_one_county(tmp_path: Path) -> None:
    """With ``--county``, whatever stands in the data; an unknown code is refused."""
    twin = {**BARE, "code": "999902", "name": "乙县"}
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"county": [BARE, twin]}), "utf-8")
    page, none = tmp_path / "page.html", tmp_path / "none.html"

    assert 3 == run(["evaluate", str(data), "--county", "999902", "--out", str(page)])
    assert 2 == run(["evaluate", str(data), "--county", "999903", "--out", str(none)])
    assert ["c-999902"] == [
        a["id"] for a in Page(page.read_text("utf-8")).of("article") if "id" in a
    ][:1]
    assert not none.exists()


# -- pictures --------------------------------------------------------------------


def test_dots_stand_where_their_values_are() -> None:
    """On a linear axis from 0, with the lines of what is asked and of its 85 %."""
    values = np.array([2.0, 4.0, 8.0])
    drawn = strip(
        values, np.ones(3), [7, 8, 9], ["below", "met", "met"], threshold=4.0, floor=3.4
    )
    at = {
        row: float(x)
        for mark in drawn.marks
        for row, x in zip(mark.rows, re.findall(r"M([\d.]+) ", mark.path), strict=True)
    }

    assert {7, 8, 9} == set(at)
    assert at[8] - at[7] == pytest.approx((at[9] - at[8]) / 2, abs=1)
    assert drawn.threshold == pytest.approx(at[8], abs=1)
    assert drawn.floor is not None
    assert drawn.threshold is not None
    assert drawn.floor - 10 == pytest.approx((drawn.threshold - 10) * 0.85, abs=0.1)
    assert 0 == drawn.beyond


def test_a_value_far_out_is_drawn_at_the_edge_and_counted() -> None:
    """So that one absurd school does not press the others together."""
    drawn = strip(np.array([1.0, 1.1, 500.0]), np.ones(3), [0, 1, 2], ["plain"] * 3)

    assert 1 == drawn.beyond


def test_nobody_makes_an_empty_plot_without_a_curve() -> None:
    """No member, no mean and no curve; equal shares lie on the diagonal."""
    nobody = np.zeros(0)

    assert lorenz_path(nobody, nobody) is None
    assert strip(nobody, nobody, [], []).mean is None
    assert "M0 100L50 50L100 0" == lorenz_path(np.ones(2), np.ones(2))
