"""
Measure the HTML report: bytes and seconds for 100 schools, and a nation's index.

Times differ from machine to machine and fail nothing; the size is asserted by a test.
All schools are synthetic: those of the demo, again and again under other codes.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import sys
from collections.abc import Callable
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import eduequity as ee  # noqa: E402
from benchmarks.measuring import Section, alternate  # noqa: E402
from benchmarks.nation import nation  # noqa: E402 - the folder is no distribution
from eduequity.engine import Assessment  # noqa: E402
from eduequity.report import write_html  # noqa: E402


DEMO = Path(ee.__file__).parent / "cli" / "demo"
ON = dt.date(2024, 12, 31)
KILO = 1e3

_TOTALS = (
    *(f"{kind}_schools" for kind in ("primary", "junior", "nine_year", "twelve_year")),
    *("complete_secondary_schools", "special_schools"),
    *("teaching_points", "teaching_points_50", "primary_classes", "junior_classes"),
)
"""What the demo's county states of its 48 schools."""

Table = list[dict[str, str]]


def demo_tables(schools: int | None = None) -> dict[str, Table]:
    """
    Return the demo's tables, with as many schools as asked for.

    Args:
        schools: How many; the demo's own 48 if None. Further ones repeat the demo's
            under codes and names of their own.
    """
    tables = {}
    for path in sorted(DEMO.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    own = tables["schools"]
    if schools is not None:
        tables["schools"] = [_again(own, number) for number in range(schools)]
        for column in list(tables["county"][0]):
            if column in _TOTALS or column.startswith(("primary_p", "junior_p")):
                tables["county"][0].pop(column)
    return tables


def _again(schools: Table, number: int) -> dict[str, str]:
    """Return a school of the demo, from the second time on under another code."""
    turn, at = divmod(number, len(schools))
    school = dict(schools[at])
    if turn:
        school["code"] = f"{school['code']}-{turn}"
        school["name"] = f"{school['name']}（{turn}）"
        if school["parent"]:
            school["parent"] = f"{school['parent']}-{turn}"
    return school


def county(schools: int) -> Assessment:
    """Judge a synthetic county of that many schools."""
    return ee.evaluate(ee.read(demo_tables(schools)), on=ON)


def page(assessment: Assessment) -> bytes:
    """Return the HTML of a result."""
    stream = io.BytesIO()
    write_html(assessment, stream)
    return stream.getvalue()


def report(scale: float, repeat: int) -> Section:
    """Time the page of a county, an index of all, and one of them on demand."""
    whole = ee.evaluate(nation(scale), on=ON)
    one = next(iter(whole))
    jobs: dict[str, Callable[[], bytes]] = {
        f"{schools} schools": functools.partial(page, county(schools))
        for schools in (48, 100, 200)
    }
    jobs[f"index of {len(whole):,} counties"] = lambda: page(whole)
    jobs["one of them on demand"] = lambda: page(whole.only(one))
    sizes = [f"{name}: {len(job()) / KILO:.1f} kB" for name, job in jobs.items()]
    return Section([alternate(jobs, repeat).table("HTML report", "", *sizes)])
