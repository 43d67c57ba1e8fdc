"""
Measure the HTML report: bytes and seconds for 100 schools, and a nation's index.

Run ``python benchmarks/report.py``. Times differ from machine to machine and fail
nothing; the size is asserted by a test. All schools are synthetic: those of the demo,
again and again under other codes.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import eduequity as ee  # noqa: E402
from benchmarks.nation import nation  # noqa: E402 - the folder is no distribution
from eduequity.engine import Assessment  # noqa: E402
from eduequity.report import write_html  # noqa: E402


DEMO = Path(ee.__file__).parent / "cli" / "demo"
ON = dt.date(2024, 12, 31)
ROUNDS = 5
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


def _seconds(job: Callable[[], object]) -> str:
    """Say how long a job takes: on the clock and of the processor, the medians."""
    walls, processor = [], []
    for _ in range(ROUNDS):
        start, spent = time.perf_counter(), time.process_time()
        job()
        walls.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    wall, own = statistics.median(walls), statistics.median(processor)
    return f"{wall:6.3f} s ({own:.3f} s of the processor)"


def main() -> None:
    """Print bytes and seconds."""
    for schools in (48, 100, 200):
        result = county(schools)
        size, spent = len(page(result)), _seconds(functools.partial(page, result))
        print(f"{schools:5} schools: {size / KILO:7.1f} kB  {spent}")
    whole = ee.evaluate(nation(), on=ON)
    size, spent = len(page(whole)), _seconds(functools.partial(page, whole))
    print(f"{len(whole)} counties, index: {size / KILO:.1f} kB  {spent}")
    code = next(iter(whole))
    print(f"one of them on demand: {_seconds(lambda: page(whole.only(code)))}")


if __name__ == "__main__":
    main()
