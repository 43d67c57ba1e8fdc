"""Tabs of the HTML report and their plots: right, escaped, and only where asked for."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import html
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import eduequity as ee
from benchmarks.nation import nation
from benchmarks.report import demo_tables
from eduequity.__main__ import main
from eduequity.engine import _findings
from eduequity.errors import InputError, MissingFontWarning, OutputError
from eduequity.facts import Amend
from eduequity.ledger import Conflict, ConflictKind, Status
from eduequity.report import _drawings, _figures, _plots, _series, _tab_views
from eduequity.report._tab_views import money
from eduequity.vocab import Stage
from tests.test_report_html import DAY, DEMO, HOSTILE, Page, html_of, judged, school


national = pytest.mark.usefixtures("national_only")

CELL = "9999010003/primary.above_degree_teachers"
WATCHED = ":resources.above_degree_teachers@9999010003/primary"
GROWTH = {"primary": (-0.05, 0.0), "junior": (-0.01, 0.04)}


@functools.cache
def demo() -> ee.Assessment:
    """Judge the demo's county."""
    return ee.evaluate(ee.read(DEMO), on=DAY)


@functools.cache
def before() -> ee.Assessment:
    """Judge it with other figures, a school less and the law of another day."""
    changed = demo().facts.change(
        "9999010003/primary.backbone_teachers -= 5",
        "9999010020/primary.pupils += 40",
        "merge 9999010021 -> 9999010010",
    )
    return ee.evaluate(changed, on=dt.date(2020, 12, 31))


@functools.cache
def comparison() -> ee.Comparison:
    """Compare the two."""
    return ee.compare(before(), demo())


@functools.cache
def ledger() -> ee.Ledger:
    """Draw up a ledger then and bring it up to date now, with an edit in conflict."""
    then = ee.ledger_of(
        before(),
        deadline=dt.date(2022, 12, 31),
        departments={"resources": "教育局", "*": "县政府"},
        costs={"above_degree_teachers": 90_000},
    )
    now = ee.ledger_of(demo(), previous=then)
    conflict = Conflict(
        kind=ConflictKind.TWO_EDITS,
        item=now.items[0].id,
        field="department",
        kept="教育局",
        other="财政局",
        file="乙.xlsx",
    )
    return attrs.evolve(now, conflicts=(conflict,))


@functools.cache
def plan() -> ee.Plan:
    """Plan for the demo's county."""
    return ee.plan(demo(), costs={"teaching_area": 2500}, seconds=5)


@functools.cache
def projection() -> ee.Projection:
    """Roll the demo's county forward."""
    return ee.project(demo(), years=4, growth=GROWTH)


@functools.cache
def sweep() -> ee.Sweep:
    """Move one input from below to above what is asked."""
    return ee.sweep(demo(), CELL, range(40, 56), finding=WATCHED)


@functools.cache
def scenarios() -> ee.Scenarios:
    """Try two things."""
    tried: dict[str, Any] = {
        "再聘一人": [f"{CELL} += 1"],
        "并一所小校": [Amend("9999010003/primary", "pupils", "=", 900.0)],
    }
    return ee.what_if(demo(), tried)


@functools.cache
def nanan() -> ee.Assessment:
    """Judge the demo's schools as if they were those of a county with a plan."""
    tables = demo_tables()
    county = {**tables["county"][0], "code": "350583"}
    schools = [{**row, "county": "350583"} for row in tables["schools"]]
    facts = ee.read({"county": [county], "schools": schools})
    return ee.evaluate(facts, on=dt.date(2023, 12, 31))


EVERY: dict[str, Callable[[], Any]] = {
    "compare": comparison,
    "ledger": ledger,
    "plan": plan,
    "project": projection,
    "scenarios": scenarios,
    "sweep": sweep,
}


@functools.cache
def whole(lang: str = "zh") -> str:
    """Render the demo's page with every tab."""
    return html_of(demo(), lang=lang, tabs=[make() for make in EVERY.values()])


def panel(text: str, name: str) -> str:
    """Return one panel of a page."""
    part = text.split(f'id="tab-{name}" role="tabpanel"')[1]
    return part.split("</main>")[0].split('<section class="panel extra')[0]


def shown(made: object, result: ee.Assessment | None = None) -> str:
    """Return the panel of one tab."""
    for name, make in EVERY.items():
        if result is None and make() is made:
            return panel(whole(), name)
    text = html_of(result or demo(), tabs=[made])
    (name,) = re.findall(r'<section class="panel extra on" id="tab-(\w+)"', text)
    return panel(text, name)


def words(markup: str, lang: str = "zh") -> str:
    """Return what a reader of one language sees of some markup, on one line."""
    other = "en" if lang == "zh" else "zh"
    kept = re.sub(rf"<(span|bdi) lang={other}>.*?</\1>", "", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", kept)).split())


def keyed(markup: str, key: str) -> list[str]:
    """Return the words of every element with a key."""
    found = re.findall(rf"data-key=\"?{key}\"?(?=[\s>])[^>]*>([^<]*)", markup)
    return [each.strip() for each in found]


def rows(markup: str, table: str) -> list[list[str]]:
    """Return the cells of the body of the first table of a class, in Chinese."""
    body = re.split(rf'<table class="{table}">', markup)[1].split("<tbody>")[1]
    lines = re.split(r"<tr[^>]*>", body.split("</tbody>")[0])[1:]
    return [
        [words(c) for c in re.split(r"<t[hd](?:\s[^>]*)?>", each)[1:]] for each in lines
    ]


# -- the page --------------------------------------------------------------------------


@national
def test_without_tabs_a_page_has_nothing_of_them() -> None:
    """Neither markup nor style nor script: the page is as small as before."""
    text = html_of(demo())
    for sign in ('role="tab', "tabpanel", ".panel", 'class="draw', "ArrowRight"):
        assert sign not in text


@national
def test_tabs_and_panels_belong_together() -> None:
    """Each tab has its panel and each panel its tab; the first one given is open."""
    text = whole()
    page = Page(text)
    by_id = {attrs["id"]: attrs for _, attrs in page.elements if "id" in attrs}
    tabs = [each for each in page.of("a") if each.get("role") == "tab"]
    names = ["result", *EVERY]

    assert [f"tab-{name}" for name in names] == [each["aria-controls"] for each in tabs]
    assert ["false", "true", *["false"] * 5] == [e["aria-selected"] for e in tabs]
    for tab in tabs:
        held = by_id[tab["aria-controls"]]
        assert ("tabpanel", tab["id"]) == (held["role"], held["aria-labelledby"])
        assert f"#{tab['aria-controls']}" == tab["href"]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {e["href"] for e in page.of("a")} <= {f"#{each}" for each in ids}
    for _tag, given in page.elements:
        for name in ("aria-labelledby", "aria-controls"):
            assert (given.get(name) or ids[0]) in [*ids, "school-name"]


@national
def test_nothing_foreign_can_run_in_a_page_with_tabs() -> None:
    """No address, no inline style or handler; the policy names style and script."""
    text = whole()
    page = Page(text)

    for _tag, given in page.elements:
        assert not [name for name in given if name.startswith("on") or name == "style"]
        for name in ("src", "srcset", "href", "action", "data", "poster"):
            assert (given.get(name) or "#").startswith(("#", "data:,"))
    policy = next(m for m in page.of("meta") if "http-equiv" in m)["content"]
    for kind in ("style", "script"):
        inline = text.split(f"<{kind}>")[1].split(f"</{kind}>")[0]
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in str(policy)
    shown_words = "".join(w for tag, w in page.texts if tag not in ("script", "style"))
    assert not re.search(r"\b(nan|None|undefined|inf)\b", shown_words)


@national
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_panel_says_both_languages_and_that_it_is_synthetic(lang: str) -> None:
    """The language given is shown first, the other stands in the file."""
    text = whole(lang)
    assert f'data-lang="{lang}"' in text
    for name in EVERY:
        part = panel(text, name)
        assert "不代表任何真实的县和学校" in words(part)
        assert "no real county or school" in words(part, "en")


@national
def test_what_is_of_another_county_is_refused_with_all_that_is() -> None:
    """Two tabs, two problems; nothing is written."""
    other = ee.evaluate(
        ee.read({"county": [{"code": "990101", "synthetic": "yes"}]}), on=DAY
    )
    with pytest.raises(InputError) as caught:
        html_of(other, tabs=[ledger(), sweep(), ee.ledger_of(other)])

    assert ["other-county"] * 2 == [each.code for each in caught.value.problems]
    assert "999901" in caught.value.problems[0].zh
    with pytest.raises(TypeError, match="no tab for int"):
        html_of(demo(), tabs=[1])


@national
def test_other_data_and_another_day_are_said() -> None:
    """A plan of other facts, a ledger of an earlier day."""
    again = demo().again(demo().facts.change(f"{CELL} += 1"))
    part = words(shown(sweep(), again))
    assert "此页所用的数据与评估报告的数据不同" in part
    assert "不同" not in words(shown(sweep()).split("</header>")[0])

    early = words(shown(ee.ledger_of(before())))
    assert "此页按 2020-12-31 施行的规定，评估报告按 2024-12-31" in early


# -- a comparison ----------------------------------------------------------------------


@national
def test_a_comparison_lists_every_flip_with_its_cause() -> None:
    """As many rows as flips, each with its verdicts; the causes are counted."""
    found, part = comparison(), shown(comparison())
    listed = rows(part, "grid listed")

    assert [str(len(found.flips))] == keyed(part, "flips")
    assert len(found.flips) == len(listed)
    for cause, count in found.flips.counts.items():
        assert [str(count)] == keyed(part, f"cause-{cause.value}")
    expected = sorted(
        (
            flip.label.zh,
            *("未评" if v is None else v.label.zh for v in (flip.before, flip.after)),
            *(each.label.zh for each in flip.causes),
        )
        for flip in found.flips
    )
    told = sorted(
        (
            cells[0].removesuffix(" 不单独决定"),
            *(re.sub("^. ", "", each) for each in cells[2:4]),
            *cells[5].split(),
        )
        for cells in listed
    )
    assert expected == told
    for note in found.notes:
        assert note.zh in words(part)
        assert note.en in words(part, "en")
    for change in found.population.changes:
        assert " ".join(change.sentence("zh").split()) in words(part)


@national
def test_coefficients_stand_where_their_numbers_are() -> None:
    """Before, after and limit, in words and as places on one axis from 0."""
    part = shown(comparison())
    known = [m for m in comparison().coefficients if m.after is not None]

    assert 14 == len(known)
    assert [f"{m.before:.3f}" for m in known] == keyed(part, "before")
    assert [f"{m.after:.3f}" for m in known] == keyed(part, "after")
    drawn = part.split('<table class="plain dumbbells">')[1]
    for kind, numbers in (
        ("then", [m.before for m in known]),
        ("limit", [m.limit for m in known]),
    ):
        path = rf'<path class="{kind}" d="M([\d.]+) '
        places = [
            float(x) + (5 if kind == "then" else 0) for x in re.findall(path, drawn)
        ]
        assert len(known) == len(places)
        scale = {
            round((x - 8) / float(n or 1), 0)
            for x, n in zip(places, numbers, strict=True)
        }
        assert max(scale) - min(scale) <= 2  # one axis, to the tenth of a unit
    over = [m for m in known if m.limit is not None and float(m.after or 0) > m.limit]
    assert len(over) == drawn.count('class="now over"') == 1
    for pull in over[0].pulls[:1]:
        assert pull.name in words(drawn)


@national
def test_indicators_better_and_worse_are_counted() -> None:
    """The numbers of the comparison, row by row."""
    part = shown(comparison()).split('id="tab-compare-indicators"')[1]
    expected = [
        [str(n) for n in (each.better, each.worse, each.same, each.unknown)]
        for each in comparison().indicators
        if each.better or each.worse
    ]

    assert expected == [cells[1:5] for cells in rows(part, "plain")]


@national
def test_what_is_not_listed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flips and items beyond the most that a table holds."""
    monkeypatch.setattr(_tab_views, "MOST_FLIPS", 5)
    monkeypatch.setattr(_tab_views, "MOST_ITEMS", 3)
    part = shown(comparison(), demo())
    assert 5 == len(rows(part, "grid listed"))
    assert f"另有 {len(comparison().flips) - 5} 项" in words(part)
    by_rule = [int(cells[1]) for cells in rows(part, "plain counts-by-rule")]
    assert len(comparison().flips) == sum(by_rule)
    part = shown(ledger(), demo())
    assert 3 == len(rows(part, "grid listed items"))
    assert f"另有 {len(ledger()) - 3} 项" in words(part)


@national
def test_a_nation_is_compared_without_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2,900 counties: their verdicts one by one, all else counted from columns."""
    then, now = (
        ee.evaluate(nation(), on=dt.date(year, 12, 31)) for year in (2020, 2024)
    )
    found = ee.compare(then, now)

    def built(*_: object) -> None:
        raise AssertionError("a finding was built")

    with monkeypatch.context() as patch:
        patch.setattr(_findings._Builder, "__init__", built)
        part = shown(found, now)
    by_rule = [int(cells[1]) for cells in rows(part, "plain counts-by-rule")]
    turned = int((then.verdicts != now.verdicts).sum())
    listed = rows(part, "grid listed") if turned else []
    assert len(found.flips) == sum(by_rule) > 1000
    assert min(turned, _tab_views.MOST_FLIPS) == len(listed)
    assert "区县太多，未列出" in words(part)


# -- a ledger --------------------------------------------------------------------------


@national
def test_a_ledger_shows_items_counts_and_conflicts() -> None:
    """By status, department and deadline; what is overdue; nothing is left out."""
    made, part = ledger(), shown(ledger())
    listed = rows(part, "grid listed items")

    for status, count in made.counts.items():
        assert [str(count)] == keyed(part, status.value)
    assert [str(made.counts[Status.STRUCK_OFF])] == keyed(part, "struck")
    assert f'aria-valuenow="{made.counts[Status.STRUCK_OFF]}"' in part
    assert len(made) == len(listed)
    for item, cells in zip(made, listed, strict=True):
        assert item.where.zh == cells[0]
        assert [item.label.zh, item.status.label.zh] == cells[1:3]
        assert [item.problem.zh, item.gap.zh] == cells[3:5]
        assert item.department == cells[5]
        late = item.is_open and item.deadline is not None and item.deadline < made.on
        assert late == ("逾期" in cells[6])
    heaps = {cells[0]: cells[1] for cells in rows(part, "plain")}
    for name, open_items in heaps.items():
        mine = [i for i in made if (i.department or "未填") == name and i.is_open]
        assert str(len(mine)) == open_items
    assert made.conflicts[0].sentence("zh") in words(part)


# -- a plan ----------------------------------------------------------------------------


@national
def test_a_plan_shows_cost_schools_and_what_each_rule_costs() -> None:
    """The numbers of the plan; the dearest school stands on top."""
    made, part = plan(), shown(plan())

    assert made.feasible
    assert [f"{made.cost:,.6g}"] == keyed(part, "cost")
    assert [f"{made.bound:,.6g}"] == keyed(part, "bound")
    assert [f"{100 * made.gap:.2f}%"] == keyed(part, "gap")
    assert [money(each.cost) for each in made.totals] == keyed(part, "total")
    assert made.cost == pytest.approx(sum(each.cost for each in made.totals))
    assert [money(each.saving) for each in made.prices] == keyed(part, "saving")
    costs = [float(cells[2].replace(",", "")) for cells in rows(part, "plain schools")]
    assert sorted(costs, reverse=True) == costs
    assert len({change.entity.split("/")[0] for change in made.changes}) == len(costs)
    moved = sum(each.cost for each in made.totals if each.column == "rotate")
    assert made.cost == pytest.approx(sum(costs) + moved)
    for change in made.changes:
        assert change.quantity("zh") in words(part)
        assert change.quantity("en") in words(part, "en")
    bars = re.findall(r'<path class="fill" d="M0 4H([\d.]+)V', part)
    longest = max(each.most for each in made.prices)
    for length, price in zip(bars, made.prices, strict=True):
        assert float(length) == pytest.approx(
            max(358 * price.saving / longest, 1), abs=0.1
        )


@national
def test_a_plan_that_cannot_be_says_so() -> None:
    """Without moving or hiring: the proof, no table, no made-up number."""
    bounds = {"backbone_teachers": 0}
    made = ee.plan(demo(), bounds=bounds, rotation=False, seconds=5)
    part = shown(made)

    assert "infeasible" == made.status
    assert made.label.zh in words(part)
    assert not keyed(part, "cost")
    with pytest.raises(OutputError, match="within the bounds"):
        ee.plot(made)


# -- years to come ---------------------------------------------------------------------


@national
def test_a_projection_is_a_range_of_every_year() -> None:
    """Pupils as numbers and as places; verdicts of three paths; what was assumed."""
    made, part = projection(), shown(projection())
    pupils = rows(part, "plain")

    for (stage, low_middle_high), cells in zip(
        ((s, [y.pupils[s] for y in made.years]) for s in made.years[0].pupils),
        pupils,
        strict=True,
    ):
        assert stage in ("primary", "junior")
        assert [
            f"{middle:,} {low:,}–{high:,}" for low, middle, high in low_middle_high
        ] == cells[1:]
    outlook = {cells[0]: cells[1:] for cells in rows(part, "plain outlook")}
    for each in made.outlooks:
        label = _series.staged(each.label, each.stage).zh
        for verdicts, cell in zip(each.verdicts, outlook[label], strict=True):
            told = re.findall("证据不足|未达标|不适用|达标", cell)
            paths = [v.label.zh for v in verdicts]
            assert told == (paths[:1] if len(set(paths)) == 1 else paths)
    for text in made.assumptions:
        assert text.zh in words(part)
    figures = part.count('<svg class="draw band"')
    assert figures > 14
    for kind in ("range", "middle"):  # and one more in the legend
        assert figures + 1 == part.count(f'<path class="{kind}"')


@national
def test_a_range_is_drawn_from_its_least_to_its_most() -> None:
    """The places are those of the numbers; unknown years are blank."""
    on = tuple(dt.date(year, 12, 31) for year in range(2024, 2029))
    band = _series.Band(
        label=ee.Text("例", "example"),
        kind="coefficient",
        on=on,
        low=(0.3, 0.2, None, 0.1, 0.1),
        middle=(0.3, 0.3, None, 0.3, 0.3),
        high=(0.3, 0.4, None, 0.5, 0.6),
        limit=(0.5,) * 5,
        aims=(_series.Dated(on=dt.date(2026, 12, 31), value=0.4),),
        turns=(on[3],),
    )
    drawing = _drawings.band(band)
    ranges = [path for name, path in drawing.paths if name == "range"]
    points = [
        [tuple(map(float, p.split())) for p in path[1:-1].split("L")] for path in ranges
    ]

    assert [4, 4] == list(map(len, points))
    (high0, high1, low1, low0), (high3, high4, _low4, _low3) = points
    assert high0 == low0
    up = (low1[1] - high1[1]) / 0.2
    assert low1[1] - high0[1] == pytest.approx(0.1 * up, abs=0.2)
    assert high3[1] - high4[1] == pytest.approx(0.1 * up, abs=0.2)
    assert high3[0] > high1[0]
    paths = dict(drawing.paths)
    (limit_y,) = {p.split()[1] for p in paths["limit"][1:].split("L")}
    assert float(limit_y) == pytest.approx(high3[1], abs=0.2)
    aim = re.match(r"M([\d.]+) ([\d.]+)l", paths["aim"])
    assert aim is not None
    assert float(aim[2]) + 5.5 == pytest.approx(high1[1], abs=0.2)
    assert high1[0] < float(aim[1]) < high3[0]
    assert paths["turn"].startswith(f"M{high3[0]:g} ")


def test_targets_of_a_plan_are_drawn_in_and_judged_year_by_year() -> None:
    """4.3 and then 5.5 of 100 pupils are asked of 南安; teachers stay, pupils grow."""
    growth = {"primary": (-0.02, 0.12), "junior": (-0.01, 0.15)}
    made = ee.project(nanan(), years=5, growth=growth)
    found = {
        (each.track.rule, each.track.stage): each for each in _series.targets(made)
    }
    junior = found["resources.above_degree_teachers", Stage.JUNIOR]

    assert [5.3, 5.3, 5.5, 5.5, 5.5, 5.5] == [each.asked for each in junior.due]
    now = junior.due[0].values[0]
    assert now is not None
    for ahead, due in enumerate(junior.due):
        pupils = made.years[ahead].pupils["junior"]
        base = made.years[0].pupils["junior"][0]
        expected = [now * base / each for each in pupils]
        assert due.values == pytest.approx(expected, rel=2e-3)
        assert [v >= float(due.asked) for v in due.values] == list(due.met)  # type: ignore[arg-type, operator]
    assert (True, True, False) == junior.due[3].met
    assert junior.band is not None
    assert [(2023, 5.3), (2025, 5.5)] == [
        (a.on.year, a.value) for a in junior.band.aims
    ]

    part = shown(made, nanan())
    cells = {row[0]: row[1:] for row in rows(part, "plain outlook aims")}
    cell = cells["每百名学生拥有高于规定学历教师数 初中（人/百名学生）"][3]
    assert ["达标", "达标", "未达标"] == re.findall("未达标|达标", cell)
    assert "◆ ≥5.5" in cell
    assert part.count('<path class="aim" d="M') >= 4
    for aim in made.aims:
        assert aim.known == (" ".join(aim.line("zh").split()) in words(part))
    missing = sum(not aim.known for aim in made.aims)
    assert f"另有 {missing} 项规划目标没有可推算的数据" in words(part)


@national
def test_a_roadmap_has_its_tab() -> None:
    """Without a plan that applies it says so."""
    assert "没有分年度目标" in words(shown(ee.roadmap(demo())))


def test_a_roadmap_shows_its_tracks() -> None:
    """A row for each; those with a way are drawn."""
    made = ee.roadmap(nanan())
    part = shown(made, nanan())

    assert len(made) == len(rows(part, "plain"))
    assert "已达最后目标" in words(part)
    assert part.count('<svg class="draw band"') >= 4


# -- what if ---------------------------------------------------------------------------


@national
def test_scenarios_stand_side_by_side_with_their_changes() -> None:
    """Every row and cell of the table; a change given as a record is written out."""
    made, part = scenarios(), shown(scenarios())
    listed = rows(part, "plain scenarios")

    assert [_series.staged(r.label, r.stage).zh for r in made.rows] == [
        c[0] for c in listed
    ]
    for row, cells in zip(made.rows, listed, strict=True):
        for (verdict, unmet, value), cell in zip(row.cells, cells[1:], strict=True):
            assert verdict.label.zh in cell
            if value is not None:
                assert cell.endswith(ee.engine.figure(value, 3))
            elif unmet:
                assert cell.endswith(f"({unmet})")
    assert f"{CELL} += 1" in words(part)
    assert "9999010003/primary.pupils = 900" in words(part)
    assert part.count("<tr class=turns>") == sum(row.differs for row in made.rows)


@national
def test_a_sweep_is_a_line_with_the_limit_and_the_turning_point() -> None:
    """47 teachers are too few, 48 enough; 4.2 is asked of 1,124 pupils."""
    made, part = sweep(), shown(sweep())
    (turn,) = made.turns

    assert (47, 48) == (turn.below, turn.above)
    assert ["48"] == keyed(part, "turn")
    paths = dict(
        re.findall(
            r'<path class="([\w-]+)" d="([^"]+)"',
            part.split('svg class="draw sweep"')[1],
        )
    )
    line = [tuple(map(float, p.split())) for p in paths["value"][1:].split("L")]
    assert len(made.points) == len(line)
    turn_x = float(re.findall(r"M([\d.]+) ", paths["turn"])[0])
    below, above = line[7], line[8]
    assert turn_x == above[0]
    limit_y = float(paths["limit"].split("L")[0].split()[1])
    assert above[1] < limit_y < below[1]  # the line crosses what is asked just there
    scale = (line[0][1] - line[-1][1]) / (100 * 15 / 1124)
    assert below[1] - limit_y == pytest.approx((4.2 - 4700 / 1124) * scale, abs=0.2)
    assert 7 == paths["dot-unmet"].count("M") - 1
    points = rows(part, "plain points")
    assert [f"{p.value:g}" for p in made.points] == [c[0].split()[0] for c in points]


@national
def test_a_sweep_of_the_countys_verdict_shows_verdicts() -> None:
    """Without a value the verdicts stand one above the other."""
    part = shown(ee.sweep(demo(), CELL, [40, 47, 48]))

    assert "在此区间内不转变" in words(part)
    assert 'class="limit" d="M0 7' in part  # in the legend alone
    assert 1 == part.count('class="limit"')


# -- hostile ---------------------------------------------------------------------------


@national
def test_hostile_names_stay_words_in_every_tab(tmp_path: Path) -> None:
    """Names, departments, evidence, scenarios: nothing becomes markup or a formula."""
    schools = [
        school(f"S{at}", name=name, primary_above_degree_teachers=10)
        for at, name in enumerate(HOSTILE)
    ]
    county = {"code": "990101", "name": HOSTILE[0], "synthetic": "yes"}
    result = judged(*schools, county=[county])
    fewer = judged(*schools[1:], county=[county])
    made = ee.ledger_of(result, departments={"*": HOSTILE[1]})
    made = attrs.evolve(
        made,
        items=tuple(
            attrs.evolve(e, evidence=HOSTILE[0], note=HOSTILE[7]) for e in made
        ),
        columns=(HOSTILE[0],),
    )
    cell = "S0/primary.above_degree_teachers"
    tabs: list[Any] = [
        ee.compare(fewer, result),
        made,
        ee.what_if(
            result, {HOSTILE[0]: [f"{cell} += 1"], HOSTILE[7]: [f"{cell} += 2"]}
        ),
        ee.sweep(result, cell, [9, 40]),
        ee.project(result, years=1, growth={"primary": (-0.1, 0.1)}),
    ]
    text = html_of(result, tabs=tabs)
    page = Page(text)

    assert 2 == len(page.of("script"))
    assert not page.of("img")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert HOSTILE[0] in {w for tag, w in page.texts if tag == "bdi"}
    for tab in tabs[1:]:
        ee.plot(tab, tmp_path / "plot.png")  # no name is taken for mathematics
    named = attrs.evolve(
        made, items=tuple(attrs.evolve(e, department="$x^$_{") for e in made)
    )
    ee.plot(named, tmp_path / "plot.svg")


# -- files -----------------------------------------------------------------------------


@national
def test_what_is_made_writes_its_page_and_its_plot(tmp_path: Path) -> None:
    """By the suffix; the report that it is of stands in the first tab."""
    plan().write(tmp_path / "plan.html", lang="en")
    text = (tmp_path / "plan.html").read_text("utf-8")
    assert text == html_of(demo(), lang="en", tabs=[plan()])
    assert 'id="c-999901"' in text

    sweep().write(tmp_path / "sweep.svg")
    assert "<svg" in (tmp_path / "sweep.svg").read_text("utf-8")
    demo().write(tmp_path / "all.html", tabs=[ledger(), sweep(), sweep()])
    both = (tmp_path / "all.html").read_text("utf-8")
    assert 'id="tab-sweep-2"' in both
    for bad in ("all.docx", "all.json"):
        with pytest.raises(OutputError, match="html"):
            demo().write(tmp_path / bad, tabs=[ledger()])
        assert not (tmp_path / bad).exists()


@national
def test_the_command_line_writes_pages_and_plots(tmp_path: Path) -> None:
    """Every command that makes something, by the suffix of --out."""
    data, day = str(DEMO), ["--on", "2024-12-31"]
    growth = ["--growth", "primary=-0.05..0", "--growth", "junior=-0.01..0.04"]
    commands = {
        "plan": ["plan", data, "--seconds", "4"],
        "compare": ["compare", data, data, "--old-on", "2020-12-31"],
        "project": ["project", data, "--years", "2", *growth],
        "scenarios": ["what-if", data, "--scenario", f"a: {CELL} += 1"],
        "sweep": [
            "what-if",
            data,
            "--sweep",
            f"{CELL}=46..49..1",
            "--finding",
            WATCHED,
        ],
        "ledger": ["ledger", data],
    }
    for name, words_ in commands.items():
        page, plot = tmp_path / f"{name}.html", tmp_path / f"{name}.png"
        assert 0 == main([*words_, *day, "--out", str(page)])
        assert f'id="tab-{name}"' in page.read_text("utf-8")
        if name in ("ledger", "sweep"):
            assert 0 == main([*words_, *day, "--out", str(plot)])
            assert plot.read_bytes().startswith(b"\x89PNG")
    assert 2 == main(["ledger", data, *day, "--out", str(tmp_path / "ledger.pdf")])
    assert 2 == main(["roadmap", data, *day, "--out", str(tmp_path / "road.html")])
    assert not (tmp_path / "road.html").exists()


@national
def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    """A JSON document given as data and as --out stays as it was."""
    data = tmp_path / "county.json"
    data.write_text('{"county": [{"code": "999901", "synthetic": true}]}', "utf-8")
    before_ = data.read_bytes()
    growth = ["--growth", "primary=-0.05..0"]
    for given in (
        ["plan", str(data)],
        ["compare", str(data), str(data)],
        ["project", str(data), *growth],
        ["what-if", str(data), "--scenario", "a: 1/primary.pupils += 1"],
    ):
        assert 2 == main([*given, "--out", str(data)])
        assert before_ == data.read_bytes()


# -- plots -----------------------------------------------------------------------------


@national
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_plots_show_every_sign_and_the_numbers(name: str, lang: str) -> None:
    """No glyph is missing, in either language; the figure is one of matplotlib."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = ee.plot(EVERY[name](), lang=lang)
        stream = io.BytesIO()
        _figures._save(figure, stream, "png")
    assert stream.getvalue().startswith(b"\x89PNG")
    assert {"sweep": 1, "plan": 2}.get(name, 1) <= len(figure.axes)


def lines_of(axes: Any) -> dict[str, list[list[float]]]:
    """Return the places along and up of the lines of a plot, by their label."""
    return {
        str(line.get_label()): [
            [float(n) for n in side] for side in (line.get_xdata(), line.get_ydata())
        ]
        for line in axes.get_lines()
    }


@national
def test_a_plot_has_the_numbers_of_the_page() -> None:
    """The sweep's points and limit; the plan's bars; the projection's range."""
    (axes,) = ee.plot(sweep(), lang="en").axes
    drawn = lines_of(axes)
    points = sweep().points
    for word, some in (("unmet", points[:8]), ("met", points[8:])):
        along, up = drawn[word]
        assert [each.value for each in some] == along
        assert [each.measured for each in some] == up
    assert {4.2} == set(drawn["asked"][1])

    upper, lower = ee.plot(plan(), lang="en").axes
    widths = [bar.get_width() for bar in upper.containers[0]]
    assert [each.saving for each in reversed(plan().prices)] == widths
    assert 14 == len(lower.get_yticks())

    first = ee.plot(projection(), lang="en").axes[0]
    (_, middle), *_ = lines_of(first).values()
    assert [year.pupils["primary"][1] for year in projection().years] == middle


@national
def test_without_a_chinese_font_a_plot_is_in_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It warns, and no box is drawn."""
    monkeypatch.setattr(_plots, "chinese_font", lambda: None)
    monkeypatch.setattr(_figures, "chinese_font", lambda: None)
    with pytest.warns(MissingFontWarning):
        figure = ee.plot(sweep())
    assert "asked" in lines_of(figure.axes[0])


def test_a_thing_without_a_plot_is_refused() -> None:
    """A programmer's mistake."""
    with pytest.raises(TypeError, match="no plot of int"):
        ee.plot(1)  # type: ignore[arg-type]
