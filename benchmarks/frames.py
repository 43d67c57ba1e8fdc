"""
Data frames and record-level tables against what one would write by hand.

Run ``python benchmarks/frames.py [--scale 1] [--repeat 5]``, or call `compare` for the
ratios. The schools and the teachers are synthetic: random numbers around the
thresholds, none of them real. At scale 1 there are 200,000 sections and 10 million
teachers; the files are made anew in a temporary folder.

The queries by hand work out the same nine counts and the same blanks. They do not check
a cell, do not know other spellings of a word, and do not look for unknown schools.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.nation import tables
from eduequity import io
from eduequity.vocab import Kind, Locale, Owner, Stage


__all__ = ["compare", "schools_file", "teachers_file"]

TEACHERS = 10_000_000
SEED = 2017
FRAME_LIMIT, FILE_LIMIT, RECORDS_LIMIT = 10.0, 11.0, 1.3

DEGREES = {"高中": 0.05, "专科": 0.25, "本科": 0.6, "硕士": 0.1}
LEVELS = {"none": 0.6, "school": 0.2, "county": 0.12, "city": 0.06, "province": 0.02}
SUBJECTS = ("语文", "数学", "英语", "体育", "音乐", "美术", "科学")
BLANKS = 0.0002
"""The share of blank cells, so that a few sections stay unknown."""

Job = Callable[[], Any]


def compare(scale: float = 1.0, repeat: int = 5) -> list[tuple[str, float, float]]:
    """
    Return what was compared, its ratio and the most that it should be.

    Args:
        scale: How many times the nation.

        repeat: The rounds, in which the contenders take turns; medians are compared.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schools_file(folder, scale)
        teachers_file(folder, scale)
        return [*_frames(folder, repeat), *_records(folder, repeat)]


# -- synthetic files -------------------------------------------------------------------


def schools_file(folder: Path, scale: float = 1.0) -> None:
    """Write county.parquet and schools.parquet, of which no check complains."""
    made = tables(scale)
    county, schools = made["county"], made["schools"]
    for name, words in (("kind", Kind), ("owner", Owner), ("locale", Locale)):
        schools[name] = [list(words)[code].value for code in schools[name]]
    for stage in (Stage.PRIMARY, Stage.JUNIOR):
        _cap(schools, f"{stage}_largest_class", f"{stage}_pupils")
        for part in ("above_degree", "backbone", "pe_arts", "certified", "trained"):
            _cap(schools, f"{stage}_{part}_teachers", f"{stage}_full_time_teachers")
    _cap(schools, "indoor_sports_area", "teaching_area")
    schools["name"] = [f"示例学校{code}" for code in schools["code"]]
    county["synthetic"] = [True] * len(county["code"])
    pl.DataFrame(county).write_parquet(folder / "county.parquet")
    pl.DataFrame(schools).fill_nan(None).write_parquet(folder / "schools.parquet")


def _cap(columns: dict[str, Any], part: str, whole: str) -> None:
    columns[part] = np.minimum(columns[part], np.nan_to_num(columns[whole], nan=np.inf))


def teachers_file(folder: Path, scale: float = 1.0) -> None:
    """Write teachers.parquet beside schools.parquet, in the order of the schools."""
    rng = np.random.default_rng(SEED)
    schools = pl.read_parquet(folder / "schools.parquet", columns=["code", "kind"])
    size = round(TEACHERS * scale)
    row = np.sort(rng.integers(0, len(schools), size))
    ranks = np.array([each.rank for each in map(Kind, schools["kind"])])[row]
    only = {kind.rank: kind.stages[0].rank for kind in Kind if len(kind.stages) == 1}
    stage = rng.integers(0, 2, size)
    for rank, alone in only.items():
        stage[ranks == rank] = alone
    years = np.floor(rng.random(size) * 40)
    columns = {
        "school": schools["code"].gather(row),
        "stage": pl.Series(["小学", "初中"]).gather(stage),
        "degree": _words(rng, tuple(DEGREES), size, tuple(DEGREES.values())),
        "subject": _words(rng, SUBJECTS, size),
        "full_time": rng.random(size) < 0.95,  # noqa: PLR2004
        "backbone_level": _words(rng, tuple(LEVELS), size, tuple(LEVELS.values())),
        "certified": rng.random(size) < 0.98,  # noqa: PLR2004
        "training_hours": np.round(np.maximum(rng.normal(380, 40, size), 0)),
        "years_of_service": years,
    }
    frame = pl.DataFrame(columns).with_columns(
        pl.when(pl.Series(rng.random(size) >= BLANKS)).then(pl.col(name)).alias(name)
        for name in ("degree", "backbone_level", "training_hours")
    )
    frame.write_parquet(folder / "teachers.parquet")


def _words(
    rng: np.random.Generator,
    words: tuple[str, ...],
    size: int,
    shares: tuple[float, ...] | None = None,
) -> pl.Series:
    return pl.Series(words).gather(rng.choice(len(words), size, p=shares))


# -- frames and files ------------------------------------------------------------------


def _frames(folder: Path, repeat: int) -> list[tuple[str, float, float]]:
    """Compare facts from a frame, and from Parquet, with Polars' own read."""
    names = ("county", "schools")
    nation = folder / "nation"
    nation.mkdir()
    for name in names:
        (nation / f"{name}.parquet").hardlink_to(folder / f"{name}.parquet")

    def polars_read() -> dict[str, pl.DataFrame]:
        return {name: pl.read_parquet(nation / f"{name}.parquet") for name in names}

    frames = polars_read()
    size = io.read(frames).sections.size
    times = _alternate(
        {
            "Polars reads the Parquet": polars_read,
            "facts from the Polars frame": lambda: io.read(frames),
            "facts from the Parquet": lambda: io.read(nation),
        },
        repeat,
    )
    base, of_frame, of_file = times.values()
    _show(f"{size:,} synthetic sections", times, base)
    return [
        ("facts from a Polars frame / Polars' read", of_frame / base, FRAME_LIMIT),
        ("facts from Parquet / Polars' read", of_file / base, FILE_LIMIT),
    ]


# -- records ---------------------------------------------------------------------------


def _records(folder: Path, repeat: int) -> list[tuple[str, float, float]]:
    """Compare the counting of teachers with a group-by in the same engine."""
    file = folder / "teachers.parquet"
    engines: Mapping[str, tuple[Job, Job]] = {
        "Polars": (lambda: _by_hand_polars(file), lambda: pl.scan_parquet(file)),
        "DuckDB": (
            lambda: _by_hand_duckdb(file),
            lambda: duckdb.read_parquet(str(file)),
        ),
    }
    for by_hand, table in engines.values():
        _agree(by_hand(), _section_rows(table()))
    jobs: dict[str, Job] = {}
    for name, (by_hand, table) in engines.items():
        jobs[f"{name}, by hand"] = by_hand
        jobs[f"{name}, eduequity"] = functools.partial(_counted, table)
    times = _alternate(jobs, repeat)
    rows = pl.scan_parquet(file).select(pl.len()).collect().item()
    _show(f"{rows:,} synthetic teachers", times, times["Polars, by hand"])
    return [
        (
            f"teachers to sections / group-by by hand, {name}",
            times[f"{name}, eduequity"] / times[f"{name}, by hand"],
            RECORDS_LIMIT,
        )
        for name in engines
    ]


def _section_rows(table: Any) -> pl.DataFrame:
    """Return the section rows as eduequity's query makes them, blanks as nulls."""
    counts = io.count_records("teachers", table)
    return pl.DataFrame(
        {
            "school": counts.school,
            "stage": ["小学" if rank == 0 else "初中" for rank in counts.stage],
            **counts.columns,
        },
        nan_to_null=True,
    )


def _counted(table: Job) -> pl.DataFrame:
    return _section_rows(table())


def _agree(by_hand: pl.DataFrame, ours: pl.DataFrame) -> None:
    """Stop where the two do not say the same."""
    keys = ["school", "stage"]
    columns = [*keys, *(name for name in ours.columns if name not in keys)]
    left, right = (
        each.select(columns).cast(dict.fromkeys(columns[2:], pl.Float64)).sort(keys)
        for each in (by_hand, ours)
    )
    if not left.equals(right):
        raise SystemExit("eduequity and the query by hand disagree")


_PE_ARTS = ("体育", "体育与健康", "音乐", "美术", "艺术")
_DEGREE = ("本科", "硕士", "博士")
_COUNTY = ("county", "city", "province", "national")


def _by_hand_polars(file: Path) -> pl.DataFrame:
    full, degree = pl.col("full_time"), pl.col("degree")
    hours, years = pl.col("training_hours"), pl.col("years_of_service")
    enough = (
        pl.when(pl.col("stage") == "初中")
        .then(degree.is_in(_DEGREE))
        .otherwise(degree.is_in(("专科", *_DEGREE)))
    )
    flags = {
        "full_time_teachers": full,
        "above_degree_teachers": full & enough,
        "backbone_teachers": full & pl.col("backbone_level").is_in(_COUNTY),
        "pe_arts_teachers": full & pl.col("subject").is_in(_PE_ARTS),
        "certified_teachers": full & pl.col("certified"),
        "trained_teachers": full & (hours >= 360),  # noqa: PLR2004
        "trained_teachers_pro_rata": full & (hours >= 72 * years.clip(upper_bound=5)),
        "experienced_teachers": full & (years >= 5),  # noqa: PLR2004
        "trained_experienced_teachers": full & (years >= 5) & (hours >= 360),  # noqa: PLR2004
    }
    query = (
        pl.scan_parquet(file)
        .group_by("school", "stage")
        .agg(
            pl.when(flag.is_null().any()).then(None).otherwise(flag.sum()).alias(name)
            for name, flag in flags.items()
        )
    )
    return query.collect(engine="streaming")


def _by_hand_duckdb(file: Path) -> pl.DataFrame:
    flags = {
        "full_time_teachers": "full_time",
        "above_degree_teachers": "full_time AND CASE WHEN stage = '初中' "
        f"THEN degree IN {_DEGREE} ELSE degree IN {('专科', *_DEGREE)} END",
        "backbone_teachers": f"full_time AND backbone_level IN {_COUNTY}",
        "pe_arts_teachers": f"full_time AND subject IN {_PE_ARTS}",
        "certified_teachers": "full_time AND certified",
        "trained_teachers": "full_time AND training_hours >= 360",
        "trained_teachers_pro_rata": "full_time AND "
        "training_hours >= 72 * least(years_of_service, 5)",
        "experienced_teachers": "full_time AND years_of_service >= 5",
        "trained_experienced_teachers": "full_time AND years_of_service >= 5 "
        "AND training_hours >= 360",
    }
    counts = ", ".join(
        f"CASE WHEN count({flag}) = count(*) THEN "
        f"count(*) FILTER (WHERE {flag}) END AS {name}"
        for name, flag in flags.items()
    )
    query = f"SELECT school, stage, {counts} FROM teachers GROUP BY school, stage"  # noqa: S608
    relation = duckdb.read_parquet(str(file)).query("teachers", query)
    assert relation is not None
    return pl.DataFrame(relation.to_arrow_table())


# -- timing ----------------------------------------------------------------------------


def _alternate(jobs: Mapping[str, Job], rounds: int) -> dict[str, float]:
    """Time jobs in turns; the median of each, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def _show(title: str, times: Mapping[str, float], base: float) -> None:
    print(f"\n{title:<36}{'median ms':>10}{'ratio':>8}")
    for name, median in times.items():
        print(f"  {name:<34}{median * 1e3:10.1f}{median / base:8.2f}")


def main() -> int:
    """Run everything and print it; the status is always 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="times the nation")
    parser.add_argument("--repeat", type=int, default=5, help="rounds of timing")
    options = parser.parse_args()
    print("\nTargets")
    for what, ratio, limit in compare(options.scale, options.repeat):
        verdict = "PASS" if ratio <= limit else "FAIL"
        print(f"  {verdict}  {what:<55} {ratio:6.2f}   at most {limit:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
