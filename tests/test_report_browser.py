"""
The HTML report in real headless Chromium: what a reader does with it.

Needs Debian's chromium (and fonts-noto-cjk); skipped where there is none, unless
``EDUEQUITY_BROWSER=required``. Pictures are kept in ``artefacts/report/``.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import eduequity as ee
from benchmarks.report import demo_tables
from tests.test_report_html import HOSTILE, judged, school


if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from eduequity.engine import Assessment, Finding


CHROMIUM = "/usr/bin/chromium"
REQUIRED = os.environ.get("EDUEQUITY_BROWSER") == "required"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ARTEFACTS = Path(__file__).parents[1] / "artefacts" / "report"
DAY = dt.date(2024, 12, 31)
DESKTOP, PHONE = (1280, 900), (390, 844)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("national_only"),
    pytest.mark.skipif(
        not REQUIRED and shutil.which(CHROMIUM) is None,
        reason=f"no {CHROMIUM}: apt-get install chromium fonts-noto-cjk",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


class Reader:
    """A page that is open, and everything it complained of or asked for."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        self.own = path.as_uri()

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)

    def content_is_quiet(self) -> None:
        """Assert that nothing was complained of and nothing else was asked for."""
        assert [] == self.said
        assert [self.own] == self.asked

    def rows(self) -> list[list[str]]:
        """Return the words of the visible rows of the table of schools."""
        rows: list[list[str]] = self.page.evaluate(
            "[...document.querySelectorAll('.cells tbody tr:not([hidden])')]"
            ".map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        )
        return rows


@pytest.fixture
def demo() -> Assessment:
    """Judge the demo's county."""
    folder = Path(ee.__file__).parent / "cli" / "demo"
    return ee.evaluate(ee.read(folder), on=DAY)


def opened(
    browser: Browser,
    result: Assessment,
    path: Path,
    size: tuple[int, int] = DESKTOP,
    **options: object,
) -> Reader:
    """Write a report and open it."""
    result.write(path)
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
    return Reader(page, path)


# -- what a reader does ----------------------------------------------------------


def test_the_report_opens_without_a_word_or_a_request(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """At both widths, in light and dark, nothing runs over the edge."""
    for name, size, scheme in (
        ("desktop", DESKTOP, "light"),
        ("phone", PHONE, "light"),
        ("dark", DESKTOP, "dark"),
    ):
        path = tmp_path / "report.html"
        reader = opened(browser, demo, path, size, color_scheme=scheme)
        for lang in ("zh", "en"):
            reader.page.click(f"[data-set={lang}]")
            reader.shoot(f"{name}-{lang}")
            wide = reader.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0]
        reader.content_is_quiet()
        reader.page.close()


def test_sort_filter_find_and_language(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """Sort by an indicator, filter to failing sections, find, switch the language."""
    reader = opened(browser, demo, tmp_path / "report.html")
    page = reader.page
    assert "5/7 ×" == reader.rows()[0][3]

    head = page.locator(".cells thead th").nth(9)
    head.locator("button").click()
    values = [float(row[9]) for row in reader.rows() if row[9] != "–"]
    assert sorted(values) == values
    assert "ascending" == head.get_attribute("aria-sort")
    head.locator("button").press("Enter")
    assert sorted(values, reverse=True) == [
        float(row[9]) for row in reader.rows() if row[9] != "–"
    ]
    assert ["–"] * 3 == [row[9] for row in reader.rows()[-3:]]

    page.click('[data-only="3"]')
    assert ["5/7 ×"] * 2 == [row[3] for row in reader.rows()]
    assert "显示 2 / 50" == page.inner_text(".shown")
    page.click("[data-set=en]")
    assert "2 of 50 shown" == page.inner_text(".shown")
    assert {"primary", "junior secondary"} == {row[1] for row in reader.rows()}
    assert "en" == page.evaluate("document.documentElement.lang")
    assert page.title().endswith("assessment")
    assert not page.locator("h2 span", has_text="未达标的要求").is_visible()
    assert page.locator("h2 span", has_text="Requirements not met").is_visible()

    page.click('[data-only=""]')
    page.fill("[data-find]", "镇")
    page.select_option("[data-stage]", "junior")
    assert {"junior secondary"} == {row[1] for row in reader.rows()}
    assert all("镇" in row[0] for row in reader.rows())
    reader.content_is_quiet()
    page.close()


def expected(finding: Finding, lang: str) -> list[str]:
    """Return the lines of `explain` that a calculation shows."""
    told = ee.explain(finding, lang=lang)
    return [f"{each.label} = {each.value}" for each in told.operands] + [
        *(line for line in told.arithmetic if "quorum" not in finding.rule),
        *told.notes,
    ]


def shown(entry: Locator) -> list[str]:
    """Return the lines of an opened calculation."""
    return [
        " ".join(line.split()) for line in entry.locator(".calc li").all_inner_texts()
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_calculation_opened_by_a_click_is_that_of_explain(
    browser: Browser, demo: Assessment, tmp_path: Path, lang: str
) -> None:
    """Every calculation of two schools, word for word and number for number."""
    reader = opened(browser, demo, tmp_path / "report.html")
    page = reader.page
    page.click(f"[data-set={lang}]")
    codes = [str(each) for each in demo.facts.schools.words("code")]
    compared = 0
    for name in ("示例县第三小学", "示例县滨河九年一贯制学校"):
        page.locator(".cells tbody tr", has_text=name).first.locator("button").click()
        code = page.inner_text("dialog .meta").split(" · ")[0]
        page.evaluate(
            "for (const d of document.querySelectorAll('dialog details')) d.open = true"
        )
        page.wait_for_selector("dialog .calc >> nth=0")
        numbers = page.evaluate(
            "[...document.querySelectorAll('dialog details')].map(d => "
            "[Number(d.dataset.rule), Number(d.dataset.unit)])"
        )
        rules = page.evaluate(
            "JSON.parse(document.querySelector('script.data').textContent)"
            ".rules.map(r => [r.id, r.scope])"
        )
        for at, (number, unit) in enumerate(numbers):
            rule, scope = rules[number]
            finding = next(
                each
                for each in demo["999901"].findings(rule=rule, components=True)
                if each.scope.value == scope and each.place.unit == unit
            )
            assert code == finding.entity.split("/")[0]
            lines = shown(page.locator("dialog details").nth(at))
            if rule.endswith("section_quorum"):
                lines = lines[:7]
            told = [" ".join(line.split()) for line in expected(finding, lang)]
            # A list of rooms is written with its unit close or apart.
            assert [x.replace(" ㎡", "㎡") for x in told] == [
                x.replace(" m²", "㎡").replace(" ㎡", "㎡") if "; " in x else x
                for x in lines
            ] or [x.replace("㎡", "m²") for x in told] == [
                x.replace("㎡", "m²") for x in lines
            ], (told, lines)
            compared += 1
        page.click("dialog .close")
    assert compared > 40
    assert codes
    reader.content_is_quiet()
    page.close()


def test_a_cell_opens_its_own_calculation_and_the_keyboard_does_it_too(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """A click on 4.18 opens it with the 47 teachers and 1124 pupils it came from."""
    reader = opened(browser, demo, tmp_path / "report.html")
    page = reader.page
    page.click(".cells td.near >> nth=0")
    page.wait_for_selector("dialog details[open] .calc")
    words = page.inner_text("dialog details[open]")
    assert "高于规定学历教师数 = 47人" in words
    assert "在校生数 = 1124人" in words
    assert "4.181495人/百名学生（应≥ 4.2）" in words
    assert "摘录可见" in words
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / "calculation-zh.png")
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()

    page.locator(".cells tbody button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] summary")
    page.locator("dialog summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog details[open] .calc")
    page.click("dialog .close")

    summary = page.locator("#d-999901-resources summary").first
    summary.click()
    assert "差异系数 S/X̄ = 0.54395" in page.inner_text("#d-999901-resources")
    reader.content_is_quiet()
    page.close()


def test_a_dot_tells_whose_it_is_and_leads_there(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """The dot at 4.18 is 示例县第三小学, the only primary section below 4.2."""
    reader = opened(browser, demo, tmp_path / "report.html")
    page = reader.page
    dot = page.locator(".dot.near").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box is not None
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*place)
    assert "示例县第三小学" == page.inner_text(".tip")
    page.mouse.click(*place)
    assert "示例县第三小学" == page.inner_text("dialog h2")
    assert not page.locator(".tip").is_visible()
    reader.content_is_quiet()
    page.close()


def test_it_prints_and_its_chinese_is_set_in_a_chinese_font(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """A PDF of several pages; headings in a CJK font, never boxes."""
    reader = opened(browser, demo, tmp_path / "report.html")
    page = reader.page
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("h1", ".dim h3", ".cells tbody bdi", "blockquote span"):
        found = session.send(
            "DOM.querySelector", {"nodeId": root, "selector": selector}
        )
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})
        families = [font["familyName"] for font in used["fonts"]]
        assert any("CJK" in each for each in families), (selector, families)

    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    made = page.pdf(
        path=ARTEFACTS / "report.pdf", prefer_css_page_size=True, print_background=True
    )
    assert made.startswith(b"%PDF-")
    assert 4 < made.count(b"/Type /Page\n") < 40
    assert page.locator("details[data-print]").first.get_attribute("open") is not None
    reader.content_is_quiet()
    page.close()


def test_text_stands_out_from_its_ground(
    browser: Browser, demo: Assessment, tmp_path: Path
) -> None:
    """At least 4.5 to 1 in light and in dark, measured on what is shown."""
    for scheme in ("light", "dark"):
        path = tmp_path / "report.html"
        reader = opened(browser, demo, path, color_scheme=scheme)
        poor = reader.page.evaluate(CONTRAST)
        assert [] == poor, (scheme, poor)
        reader.page.close()


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility()) continue;
    if (e.closest('svg, script, style, .skip')) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return [...poor];
}"""


# -- tabs ------------------------------------------------------------------------


@pytest.fixture
def tabbed(demo: Assessment) -> list[object]:
    """Make everything that has a tab."""
    then = ee.evaluate(
        demo.facts.change(
            "9999010003/primary.backbone_teachers -= 5",
            "merge 9999010021 -> 9999010010",
        ),
        on=dt.date(2020, 12, 31),
    )
    cell = "9999010003/primary.above_degree_teachers"
    ledger = ee.ledger_of(
        then,
        deadline=dt.date(2022, 12, 31),
        departments={"resources": "教育局", "*": "县政府"},
    )
    return [
        ee.compare(then, demo),
        ee.ledger_of(demo, previous=ledger),
        ee.plan(demo, seconds=4),
        ee.project(demo, years=4, growth={"primary": (-0.05, 0), "junior": (0, 0.04)}),
        ee.what_if(demo, {"再聘一人": [f"{cell} += 1"]}),
        ee.sweep(demo, cell, range(40, 56), finding=WATCHED),
    ]


WATCHED = ":resources.above_degree_teachers@9999010003/primary"
TABS = ("result", "compare", "ledger", "plan", "project", "scenarios", "sweep")


def seen(page: Page) -> list[str]:
    """Return the panels that are seen, and assert that their tabs say so."""
    shown: list[str] = page.evaluate(
        "[...document.querySelectorAll('[role=tabpanel]')]"
        ".filter(e => e.checkVisibility()).map(e => e.id)"
    )
    chosen = page.evaluate(
        "[...document.querySelectorAll('[role=tab][aria-selected=true]')]"
        ".map(e => [e.getAttribute('aria-controls'), e.tabIndex])"
    )
    assert [[each, 0] for each in shown] == chosen
    return shown


def test_tabs_by_mouse_keyboard_and_address(
    browser: Browser, demo: Assessment, tabbed: list[object], tmp_path: Path
) -> None:
    """One panel at a time; arrows, Home and End; a link into a tab opens it."""
    path = tmp_path / "tabs.html"
    demo.write(path, tabs=tabbed)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    reader = Reader(page, path)
    assert ["tab-compare"] == seen(page)

    for name in TABS:
        page.click(f"#for-tab-{name}")
        assert [f"tab-{name}"] == seen(page)
        assert f"#tab-{name}" == page.evaluate("location.hash")
    for key, name in (
        ("Home", "result"),
        ("ArrowLeft", "sweep"),
        ("ArrowRight", "result"),
        ("ArrowRight", "compare"),
        ("End", "sweep"),
    ):
        page.keyboard.press(key)
        assert [f"tab-{name}"] == seen(page)
        assert f"for-tab-{name}" == page.evaluate("document.activeElement.id")
    page.keyboard.press("Home")
    page.locator(".todo a").first.click()  # to a rule, within the first tab
    assert ["tab-result"] == seen(page)
    page.evaluate("location.hash = 'tab-ledger-items'")
    page.wait_for_function("document.querySelector('#tab-ledger').checkVisibility()")
    assert ["tab-ledger"] == seen(page)
    page.go_back()
    page.wait_for_function("document.querySelector('#tab-result').checkVisibility()")
    reader.content_is_quiet()

    again = Reader(browser.new_page(), path)
    again.page.goto(path.as_uri() + "#d-999901-resources")
    again.page.reload()
    assert ["tab-result"] == seen(again.page)
    assert [] == again.said
    again.page.close()
    page.close()


def test_every_tab_fits_reads_and_is_looked_at(
    browser: Browser, demo: Assessment, tabbed: list[object], tmp_path: Path
) -> None:
    """Both languages at both widths, light and dark: nothing runs over, all legible."""
    path = tmp_path / "tabs.html"
    demo.write(path, tabs=tabbed)
    for name, size, scheme in (
        ("desktop", DESKTOP, "light"),
        ("phone", PHONE, "light"),
        ("dark", DESKTOP, "dark"),
    ):
        page = browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        reader = Reader(page, path)
        for lang in ("zh", "en"):
            page.click(f"[data-set={lang}]")
            for tab in TABS[1:]:
                page.click(f"#for-tab-{tab}")
                reader.shoot(f"tab-{tab}-{name}-{lang}")
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= size[0], (tab, name, lang)
                assert [] == page.evaluate(CONTRAST), (tab, name, lang)
                assert [] == page.evaluate(OUTSIDE), (tab, name, lang)
        reader.content_is_quiet()
        page.close()


OUTSIDE = """() => [...document.querySelectorAll('.draw text')]
  .filter(e => e.checkVisibility() && e.textContent.trim())
  .filter(e => {
    const word = e.getBoundingClientRect();
    const box = e.closest('.fig, .scroll').getBoundingClientRect();
    return word.left < box.left - 1 || word.bottom > box.bottom + 1 ||
      (!e.closest('.scroll') && word.right > box.right + 1);
  }).map(e => e.textContent)"""
"""Words of plots that stand outside the box of their plot."""


def test_the_ledger_is_filtered_by_status_department_and_words(
    browser: Browser, demo: Assessment, tabbed: list[object], tmp_path: Path
) -> None:
    """As the table of schools is; the words follow the language."""
    path = tmp_path / "tabs.html"
    ledger = tabbed[1]
    assert isinstance(ledger, ee.Ledger)
    demo.write(path, tabs=[ledger])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    reader = Reader(page, path)
    rows = page.locator(".items tbody tr:not([hidden])")
    assert len(ledger) == rows.count()

    page.click("#tab-ledger [data-only=struck_off]")
    struck = [each for each in ledger if each.status == "struck_off"]
    assert len(struck) == rows.count() > 0
    page.click('#tab-ledger [data-only=""]')
    page.select_option("#tab-ledger [data-stage]", "教育局")
    assert sum(each.department == "教育局" for each in ledger) == rows.count() > 0
    page.fill("#tab-ledger [data-find]", "第三小学")
    assert {"示例县第三小学·小学"} == {
        words.strip() for words in rows.locator("th").all_inner_texts()
    }
    page.click("[data-set=en]")
    told = page.inner_text("#tab-ledger .shown")
    assert f"{rows.count()} of {len(ledger)} shown" == told
    reader.content_is_quiet()
    page.close()


def test_all_tabs_print_and_read_without_the_script(
    browser: Browser, demo: Assessment, tabbed: list[object], tmp_path: Path
) -> None:
    """On paper and with scripts off every panel stands, the open one or not."""
    path = tmp_path / "tabs.html"
    demo.write(path, tabs=tabbed)
    page = browser.new_page()
    reader = Reader(page, path)
    page.emulate_media(media="print")
    panels = page.locator("[role=tabpanel]")
    assert len(TABS) == panels.count()
    for nth in range(len(TABS)):
        assert panels.nth(nth).is_visible()
    assert not page.locator("[role=tablist]").is_visible()
    made = page.pdf(
        path=ARTEFACTS / "tabs.pdf", prefer_css_page_size=True, print_background=True
    )
    assert 10 < made.count(b"/Type /Page\n") < 60
    reader.content_is_quiet()
    page.close()

    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(path.as_uri())
    for nth in range(len(TABS)):
        assert plain.locator("[role=tabpanel]").nth(nth).is_visible()
    context.close()


# -- hostile and odd -------------------------------------------------------------


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    """Nothing runs; the layout holds at both widths, in the dialog too."""
    schools = [school(f"S{at}", name=name) for at, name in enumerate(HOSTILE)]
    county = {"code": "990101", "name": HOSTILE[0], "synthetic": "yes"}
    result = judged(*schools, county=[county])
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        reader = opened(browser, result, tmp_path / "report.html", size)
        page = reader.page
        page.on("dialog", lambda box: pytest.fail(box.message))
        reader.shoot(f"hostile-{name}")
        for at in range(len(HOSTILE)):
            page.locator(".cells tbody button").nth(at).click()
            assert page.locator("dialog").evaluate(
                "d => d.scrollWidth <= d.clientWidth"
            )
            page.click("dialog .close")
        assert size[0] >= page.evaluate("document.documentElement.scrollWidth")
        reader.content_is_quiet()
        page.close()


def test_from_the_index_to_a_county_to_a_school(
    browser: Browser, tmp_path: Path
) -> None:
    """One file, one page at a time, and back."""
    tables = demo_tables()
    first = tables["county"][0]
    counties = [first, {**first, "code": "999902", "name": "乙县（合成数据）"}]
    schools = [
        {**row, "county": county["code"], "code": f"{county['code']}{row['code']}"}
        | ({"parent": f"{county['code']}{row['parent']}"} if row["parent"] else {})
        for county in counties
        for row in tables["schools"]
    ]
    result = ee.evaluate(ee.read({"county": counties, "schools": schools}), on=DAY)
    reader = opened(browser, result, tmp_path / "several.html")
    page = reader.page
    reader.shoot("index-zh")
    assert page.locator("#index").is_visible()
    assert not page.locator(".county:visible").count()

    page.click("#index a >> text=乙县")
    assert ["c-999902"] == page.locator(".county:visible").evaluate_all(
        "all => all.map(each => each.id)"
    )
    page.locator(".county:visible .cells tbody button").first.click()
    assert page.inner_text("dialog .meta").startswith("9999029999")
    page.keyboard.press("Escape")
    page.click(".home")
    assert page.locator("#index").is_visible()
    page.go_back()
    assert page.locator("#c-999902").is_visible()
    reader.content_is_quiet()
    page.close()
