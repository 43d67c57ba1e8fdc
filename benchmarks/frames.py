"""
Data frames and record-level tables against what one would write by hand.

At scale 1 there are 200,000 sections and 10 million teachers, synthetic all of them;
the files are made anew in a temporary folder.

The queries by hand work out the same nine counts and the same blanks. They do not check
a cell, do not know other spellings of a word, and do not look for unknown schools.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import nation
from benchmarks.measuring import MEGA, Job, Section, Table, alternate, child, rise
from eduequity import io
from eduequity.vocab import Kind


__all__ = ["frames", "records", "teachers_file"]

TEACHERS = 10_000_000
SAMPLE = 1000
WHO = ("by hand", "eduequity")
SEED = 2017
FRAME_LIMIT, FILE_LIMIT, RECORDS_LIMIT = 10.0, 11.0, 1.3

DEGREES = {"高中": 0.05, "专科": 0.25, "本科": 0.6, "硕士": 0.1}
LEVELS = {"none": 0.6, "school": 0.2, "county": 0.12, "city": 0.06, "province": 0.02}
SUBJECTS = ("语文", "数学", "英语", "体育", "音乐", "美术", "科学")
BLANKS = 0.0002
"""The share of blank cells, so that a few sections stay unknown."""


# -- synthetic files -------------------------------------------------------------------


def teachers_file(folder: Path, scale: float = 1.0) -> None:
    """Write teachers.parquet of the synthetic nation, in the order of its schools."""
    rng = np.random.default_rng(SEED)
    schools = nation.frames(scale)["schools"]
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


def frames(scale: float, repeat: int) -> Section:
    """Compare facts from a frame, and from Parquet, with Polars' own read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, frame in nation.frames(scale).items():
            frame.write_parquet(folder / f"{table}.parquet")

        def polars_read() -> dict[str, pl.DataFrame]:
            return {file.stem: pl.read_parquet(file) for file in folder.iterdir()}

        given = polars_read()
        size = io.read(given).sections.size
        base, of_frame = "Polars reads the Parquet", "facts from the Polars frame"
        of_file = "facts from the Parquet"
        times = alternate(
            {
                base: polars_read,
                of_frame: lambda: io.read(given),
                of_file: lambda: io.read(folder),
            },
            repeat,
        )
    return Section(
        [times.table(f"Frames: {size:,} sections", base)],
        [
            times.target(f"{of_frame} / Polars' read", of_frame, base, FRAME_LIMIT),
            times.target(f"{of_file} / Polars' read", of_file, base, FILE_LIMIT),
        ],
    )


# -- records ---------------------------------------------------------------------------


def _jobs(file: Path) -> Mapping[str, tuple[Job, Job]]:
    """Return by engine the query by hand and eduequity's."""
    return {
        "Polars": (
            lambda: _by_hand_polars(file),
            lambda: io.count_records("teachers", pl.scan_parquet(file)),
        ),
        "DuckDB": (
            lambda: _by_hand_duckdb(file),
            lambda: io.count_records("teachers", duckdb.read_parquet(str(file))),
        ),
    }


def records(scale: float, repeat: int) -> Section:
    """Compare the counting of teachers with a group-by in the same engine."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "teachers.parquet")
        teachers_file(file.parent, scale)
        rows = pl.scan_parquet(file).select(pl.len()).collect().item()
        engines = _jobs(file)
        _agree(_by_hand_polars(file), _section_rows(pl.scan_parquet(file)))
        _agree(_by_hand_duckdb(file), _section_rows(duckdb.read_parquet(str(file))))
        jobs = {
            f"{engine}, {who}": job
            for engine, both in engines.items()
            for who, job in zip(WHO, both, strict=True)
        }
        times = alternate(jobs, repeat)
        peaks = [[job, f"{_peak(file, *job.split(', ')) / MEGA:.0f}"] for job in jobs]
        sample = pl.scan_parquet(file).head(SAMPLE).collect()
    size = sample.estimated_size() / len(sample) * rows / MEGA
    return Section(
        [
            times.table(f"Records: {rows:,} teachers to sections", f"Polars, {WHO[0]}"),
            Table(
                "Records: peak memory",
                ["", "MB"],
                peaks,
                [f"the rows themselves would take {size:,.0f} MB as a Polars frame"],
            ),
        ],
        [
            times.target(
                f"teachers to sections / group-by by hand, {engine}",
                f"{engine}, {WHO[1]}",
                f"{engine}, {WHO[0]}",
                RECORDS_LIMIT,
            )
            for engine in engines
        ],
    )


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


def _peak(file: Path, engine: str, who: str) -> float:
    return child(__file__, str(file), engine, who)["resident"]


def main(file: str, engine: str, who: str) -> None:
    """Measure the peak memory of one job, in a process of its own."""
    job = _jobs(Path(file))[engine][WHO.index(who)]
    print(json.dumps({"resident": rise(job)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
