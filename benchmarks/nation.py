"""
Make a synthetic nation: every compulsory school of the country, none of them real.

The sizes are the nation's (200,000 sections in 2,900 counties of 31 provinces), the
figures are random numbers around the thresholds, and one cell in a hundred is blank.
Columns go straight to numpy: no record is ever made.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from eduequity import Facts
from eduequity.vocab import Kind, Locale, Owner, Stage


__all__ = ["COUNTIES", "PROVINCES", "SCHOOLS", "SECTIONS", "frames", "nation", "tables"]

Floats: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.intp]

COUNTIES = 2_900
SHARES = {
    Kind.PRIMARY: 55_000,
    Kind.TEACHING_POINT: 15_000,
    Kind.JUNIOR: 24_000,
    Kind.NINE_YEAR: 42_000,
    Kind.TWELVE_YEAR: 8_000,
    Kind.COMPLETE_SECONDARY: 6_000,
}
SCHOOLS = sum(SHARES.values())
SECTIONS = sum(len(kind.stages) * count for kind, count in SHARES.items())

STAGES = (Stage.PRIMARY, Stage.JUNIOR)

BLANKS = 0.01
PRIVATE = 0.1
WITH_HALL = 0.2
CLASS = 40
SEED = 2017

PROVINCES = (
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
)
COUNTIES_OF_A_CITY = 20

TYPICAL = {
    (Kind.PRIMARY, Stage.PRIMARY): 500,
    (Kind.TEACHING_POINT, Stage.PRIMARY): 40,
    (Kind.JUNIOR, Stage.JUNIOR): 700,
    (Kind.NINE_YEAR, Stage.PRIMARY): 450,
    (Kind.NINE_YEAR, Stage.JUNIOR): 350,
    (Kind.TWELVE_YEAR, Stage.PRIMARY): 600,
    (Kind.TWELVE_YEAR, Stage.JUNIOR): 500,
    (Kind.COMPLETE_SECONDARY, Stage.JUNIOR): 600,
}
"""The median number of pupils of a section."""

PER_HUNDRED = {
    "above_degree_teachers": {Stage.PRIMARY: 4.2, Stage.JUNIOR: 5.3},
    "backbone_teachers": {Stage.PRIMARY: 1.0, Stage.JUNIOR: 1.0},
    "pe_arts_teachers": {Stage.PRIMARY: 0.9, Stage.JUNIOR: 0.9},
}
"""The thresholds of teachers per 100 pupils."""

PER_PUPIL = {
    "teaching_area": {Stage.PRIMARY: 4.5, Stage.JUNIOR: 5.8},
    "outdoor_sports_area": {Stage.PRIMARY: 7.5, Stage.JUNIOR: 10.2},
    "equipment_value": {Stage.PRIMARY: 2000.0, Stage.JUNIOR: 2500.0},
    "multimedia_classrooms": {Stage.PRIMARY: 0.023, Stage.JUNIOR: 0.024},
}
"""The thresholds of what a combined school shares, per pupil."""


def nation(scale: float = 1.0, seed: int = SEED) -> Facts:
    """
    Return the facts of a synthetic nation.

    Args:
        scale: How many times the nation's 2,900 counties and 200,000 sections.

        seed: The same seed always gives the same nation.
    """
    return Facts.from_columns(tables(scale, seed))


def frames(scale: float = 1.0, seed: int = SEED) -> dict[str, pl.DataFrame]:
    """Return the same as data frames that `eduequity.read` takes, codes as words."""
    made = tables(scale, seed)
    for name, words in (("kind", Kind), ("owner", Owner), ("locale", Locale)):
        spelt = pl.Series([each.value for each in words])
        made["schools"][name] = spelt.gather(made["schools"][name])
    made["schools"]["name"] = [f"示例学校{code}" for code in made["schools"]["code"]]
    made["county"]["synthetic"] = made["county"]["synthetic"] == 1
    return {table: pl.DataFrame(each, nan_to_null=True) for table, each in made.items()}


def tables(scale: float = 1.0, seed: int = SEED) -> dict[str, dict[str, Any]]:
    """Return the same as columns of the data contract, table by table."""
    rng = np.random.default_rng(seed)
    codes = _codes(max(1, round(COUNTIES * scale)))
    kind = np.repeat(
        np.array([each.rank for each in SHARES], dtype=np.int8),
        [round(count * scale) for count in SHARES.values()],
    )
    rng.shuffle(kind)
    county = np.arange(len(kind)) % len(codes)
    return {
        "county": {
            "code": codes,
            "name": [f"示例县{code}" for code in codes],
            "synthetic": np.ones(len(codes)),
        },
        "schools": _schools(rng, kind, county, codes),
    }


def _codes(count: int) -> list[str]:
    """Return codes of six digits, shared out over the provinces."""
    places = (divmod(number, len(PROVINCES)) for number in range(count))
    return sorted(
        f"{PROVINCES[province]}{place // COUNTIES_OF_A_CITY + 1:02}"
        f"{place % COUNTIES_OF_A_CITY + 21:02}"
        for place, province in places
    )


def _schools(
    rng: np.random.Generator, kind: npt.NDArray[np.int8], county: Rows, codes: list[str]
) -> dict[str, Any]:
    size = len(kind)
    pupils = {stage: _pupils(rng, kind, stage) for stage in STAGES}
    seniors = np.isin(kind, [each.rank for each in SHARES if each.has_seniors])
    pupils[Stage.SENIOR] = np.where(seniors, _spread(rng, size, 900), 0.0)
    columns: dict[str, Floats] = {"senior_pupils": pupils[Stage.SENIOR]}
    for stage in STAGES:
        for name, column in _section(rng, stage, pupils[stage]).items():
            columns[f"{stage}_{name}"] = column
    columns |= _shared(rng, pupils)
    for column in columns.values():
        column[rng.random(size) < BLANKS] = np.nan
    public, private = (np.int8(o.rank) for o in (Owner.PUBLIC, Owner.PRIVATE))
    return {
        "code": [f"{codes[row]}{n:06}" for n, row in enumerate(county)],
        "county": [codes[row] for row in county],
        "kind": kind,
        "owner": np.where(rng.random(size) < PRIVATE, private, public),
        "locale": rng.integers(0, len(Locale), size, dtype=np.int8),
        **columns,
    }


def _pupils(
    rng: np.random.Generator, kind: npt.NDArray[np.int8], stage: Stage
) -> Floats:
    """Return the pupils of one stage, 0 where the kind does not have it."""
    typical = np.zeros(len(Kind))
    for (each, of_stage), count in TYPICAL.items():
        if of_stage is stage:
            typical[each.rank] = count
    return _spread(rng, len(kind), typical[kind])


def _spread(rng: np.random.Generator, size: int, median: float | Floats) -> Floats:
    return np.ceil(median * rng.lognormal(0.0, 0.5, size))


def _section(
    rng: np.random.Generator, stage: Stage, pupils: Floats
) -> dict[str, Floats]:
    """Return what a section counts by itself; blank where there is no section."""
    there = np.where(pupils > 0, 1.0, np.nan)
    classes = np.ceil(pupils / CLASS)
    teachers = np.ceil(pupils / 14)
    found = {
        "pupils": pupils,
        "classes": classes,
        "largest_class": np.minimum(
            np.ceil(pupils / np.maximum(classes, 1)) + rng.integers(0, 5, len(pupils)),
            pupils,
        ),
        "full_time_teachers": teachers,
        "certified_teachers": teachers - (rng.random(len(pupils)) < BLANKS),
        "trained_teachers": teachers - (rng.random(len(pupils)) < BLANKS),
    }
    for name, threshold in PER_HUNDRED.items():
        rate = threshold[stage] * rng.normal(1.3, 0.25, len(pupils)) / 100
        found[name] = np.clip(np.round(pupils * rate), 0, teachers)
    return {name: column * there for name, column in found.items()}


def _shared(rng: np.random.Generator, pupils: dict[Stage, Floats]) -> dict[str, Floats]:
    """Return what a school's stages share; the statistics include indoor sports."""
    juniors = pupils[Stage.JUNIOR] + pupils[Stage.SENIOR]
    size = len(juniors)
    found = {}
    for name, threshold in PER_PUPIL.items():
        need = pupils[Stage.PRIMARY] * threshold[Stage.PRIMARY]
        need += juniors * threshold[Stage.JUNIOR]
        found[name] = np.round(need * np.maximum(rng.normal(1.3, 0.25, size), 0), 2)
    hall = np.where(rng.random(size) < WITH_HALL, rng.integers(200, 1500, size), 0)
    found["multimedia_classrooms"] = np.ceil(found["multimedia_classrooms"])
    found["indoor_sports_area"] = hall.astype(np.float64)
    found["sports_hall_area"] = hall.astype(np.float64)
    found["teaching_area"] += hall
    return found
