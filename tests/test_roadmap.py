"""Roadmaps: staged targets beside what is known, by hand-worked dates and values."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import eduequity as ee
from eduequity.engine import Point
from eduequity.errors import OutputError
from eduequity.planning import Course, Milestone, Roadmap, Track
from eduequity.report._roadmap import roadmap_plot
from eduequity.rules import Citation


NANAN = Path(__file__).parent.parent / "examples" / "cases" / "nanan"
YEAR_END = (12, 31)


def track(
    *known: tuple[int, float],
    on: dt.date,
    aims: tuple[tuple[int, float], ...] = ((2023, 76), (2025, 80), (2027, 85)),
    operator: str = ">=",
) -> Track:
    """Return a track of year-end values and year-end targets."""
    return Track(
        county="999901",
        area="999901",
        rule="999901.example",
        label=ee.Text("例", "example"),
        stage=None,
        operator=operator,
        unit=ee.Unit.COUNT,
        milestones=tuple(
            Milestone(
                day=dt.date(year, *YEAR_END),
                value=value,
                citation=Citation(source="x/plan", read=ee.How.SECONDARY),
            )
            for year, value in aims
        ),
        national=None,
        points=tuple(
            Point(
                day=dt.date(year, *YEAR_END),
                value=value,
                stage=None,
                basis=ee.Basis.REPORTED,
            )
            for year, value in known
        ),
        on=on,
    )


ON = dt.date(2024, 12, 31)


@pytest.mark.parametrize(
    ("known", "course"),
    [
        ((), Course.NO_FIGURE),
        (((2021, 74.86),), Course.NO_NEWS),
        (((2021, 90.0),), Course.REACHED),
        (((2021, 74.86), (2024, 78.01)), Course.ON_COURSE),  # 76 + 4 × 366 ÷ 731
        (((2021, 74.86), (2024, 78.0)), Course.BEHIND),
        (((2021, 74.86), (2023, 76.0)), Course.ON_COURSE),
        (((2021, 74.86), (2023, 75.9)), Course.BEHIND),
        (((2021, 74.86), (2022, 75.9)), Course.NO_NEWS),  # before the stage of 2023
        (((2021, 74.86), (2024, 85.0)), Course.REACHED),
    ],
)
def test_course(known: tuple[tuple[int, float], ...], course: Course) -> None:
    """On course is at or above the straight line between two stages, on its day."""
    assert course is track(*known, on=ON).course


def test_the_line_between_stages() -> None:
    """From the baseline to the first stage, then from stage to stage, then flat."""
    way = track((2021, 74.0), on=ON)

    assert None is way.asked_on(dt.date(2020, 1, 1))
    assert 75 == pytest.approx(way.asked_on(dt.date(2022, 12, 31)))
    assert 76 == way.asked_on(dt.date(2023, 12, 31))
    assert 85 == way.asked_on(dt.date(2030, 1, 1))


def test_targets_that_fall() -> None:
    """Where less is better, below the line is on course."""
    aims = ((2025, 10.0),)
    below = track((2021, 20.0), (2023, 14.0), on=ON, aims=aims, operator="<=")
    above = track((2021, 20.0), (2023, 16.0), on=ON, aims=aims, operator="<=")

    assert (Course.ON_COURSE, Course.BEHIND) == (below.course, above.course)


def nanan(on: dt.date, **tables: Any) -> Roadmap:
    """Return the roadmap of 南安's case, or of the county with other tables."""
    source: Any = {"county": [{"code": "350583"}], **tables} if tables else NANAN
    return ee.roadmap(ee.evaluate(ee.read(source), on=on))


def found(roadmap: Roadmap, rule: str, stage: str | None = None) -> Track:
    """Return the one track of a rule and stage."""
    (one,) = (t for t in roadmap if t.rule == rule and t.stage == stage)
    return one


def test_nanan_has_the_stages_of_its_plan() -> None:
    """Baseline, stages, national line and departments are those of the document."""
    road = nanan(dt.date(2024, 3, 15))
    degree = found(road, "resources.above_degree_teachers", "primary")
    area = found(road, "350583.teaching_area_pass")
    junior = found(road, "350583.backbone_mean", "junior")
    schools = found(road, "350583.backbone_schools", "primary")

    assert [(2023, 4.0), (2025, 4.3)] == [
        (m.day.year, m.value) for m in degree.milestones
    ]
    assert (3.96, 4.2, Course.NO_NEWS) == (
        degree.baseline and degree.baseline.value,
        degree.national,
        degree.course,
    )
    assert [0.76, 0.80, 0.85] == [m.value for m in area.milestones]
    assert ("市教育局", "市财政局", "南翼集团") == area.responsible
    # 72.41 % is of both stages: it is shown, and says nothing of primary schools.
    assert (None, [0.7241], Course.NO_FIGURE) == (
        schools.baseline,
        [p.value for p in schools.together],
        schools.course,
    )
    assert (2.19, Course.REACHED) == (
        junior.baseline and junior.baseline.value,
        junior.course,
    )


def test_a_later_figure_says_whether_it_is_on_course() -> None:
    """Published figures of several years make the way; the latest decides."""
    rule = "350583.sports_area_pass"
    figures = [
        {
            "entity": "350583",
            "rule": rule,
            "value": v,
            "period": str(y),
            "source": "年报",
        }
        for y, v in ((2021, 0.8192), (2023, 0.835))
    ]
    way = found(nanan(dt.date(2024, 6, 30), reported=figures), rule)

    assert [0.8192, 0.835] == [p.value for p in way.points]
    assert Course.ON_COURSE is way.course


def test_what_the_records_give_is_the_latest_known() -> None:
    """With schools listed, the county's mean on the day stands beside the targets."""
    school = {
        "code": "1",
        "name": "一",
        "kind": "primary",
        "primary_pupils": 1000,
        "primary_above_degree_teachers": 41,
    }
    road = nanan(dt.date(2024, 12, 31), schools=[school])
    way = found(road, "resources.above_degree_teachers", "primary")

    assert [(dt.date(2024, 12, 31), 4.1)] == [(p.day, p.value) for p in way.points]


def test_no_plan_no_roadmap() -> None:
    """A county without a plan has no tracks."""
    facts = ee.read({"county": [{"code": "110101"}]})

    assert 0 == len(ee.roadmap(ee.evaluate(facts, on=ON)))


def test_plain_data() -> None:
    """The JSON form has everything that the table shows."""
    (one,) = (
        t
        for t in nanan(ON).to_dict()["tracks"]
        if t["rule"] == "350583.sports_area_pass"
    )

    assert json.loads(json.dumps(one)) == one
    assert ("no_news", 3, 0.8192) == (
        one["course"],
        len(one["milestones"]),
        one["baseline"]["value"],
    )
    assert "unverified" == one["milestones"][0]["read"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_plot_has_its_words_and_no_missing_character(lang: str) -> None:
    """Every character has a glyph (a missing one warns, which is an error here)."""
    pytest.importorskip("matplotlib")
    stream = io.BytesIO()
    roadmap_plot(nanan(ON), stream, form="svg", lang=lang)
    drawn = stream.getvalue()

    assert drawn.startswith(b"<?xml")
    again = io.BytesIO()
    roadmap_plot(nanan(ON), again, form="svg", lang=lang)
    assert drawn == again.getvalue()


def test_nothing_to_draw_is_said() -> None:
    """Without a line there is no plot, but a sentence."""
    pytest.importorskip("matplotlib")
    empty = Roadmap(on=ON, programme="quality-balance", tracks=())

    with pytest.raises(OutputError, match="nothing to draw"):
        roadmap_plot(empty, io.BytesIO(), form="png", lang="zh")


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "eduequity", "roadmap", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"},
        check=False,
    )


def test_the_command_prints_and_draws(tmp_path: Path) -> None:
    """The table names departments; files are written by their suffix."""
    plot = tmp_path / "road.svg"
    done = command(str(NANAN), "--on", "2024-03-15", "--out", str(plot))

    assert (0, "") == (done.returncode, done.stderr)
    assert "责任单位：市教育局、市财政局、南翼集团" in done.stdout
    assert max(map(_width, done.stdout.splitlines())) <= 80
    assert plot.read_bytes().startswith(b"<?xml")


def _width(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line.rstrip()) if "已写出" not in line else 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "road.pdf"), "不支持写出“.pdf”"),
        (("--out", "nowhere/road.svg"), "所在的文件夹不存在"),
    ],
)
def test_what_cannot_be_written_is_said_first(
    arguments: tuple[str, ...], said: str
) -> None:
    """A mistake ends with 2 and one line."""
    done = command(str(NANAN), *arguments)

    assert (2, "") == (done.returncode, done.stdout)
    assert said in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_a_county_without_a_plan_ends_with_2(tmp_path: Path) -> None:
    """There is nothing to show, and it is said."""
    (tmp_path / "county.csv").write_text("code\n110101\n", encoding="utf-8")
    done = command(str(tmp_path))

    assert 2 == done.returncode
    assert "没有分年度目标" in done.stderr
