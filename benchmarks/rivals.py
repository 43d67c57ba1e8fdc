"""
What a good analyst would write by hand for the core of the programme, four times.

Each works out the seven indicators (shared resources split 1 : 1.1 : 1.32), the quorum
of six in seven and the fourteen coefficients of every county, with blanks as the
contract has them, from section columns that already lie in its own memory format with
the school's figures repeated beside them. None of them judges the other rules, knows
where a threshold stands in the law, or can say why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs
import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]
import polars as pl

from eduequity import Facts
from eduequity.vocab import Kind


__all__ = ["FLOOR", "INDICATORS", "RIVALS", "SLACK", "Answer", "columns_of", "judged"]

Floats: TypeAlias = npt.NDArray[np.float64]

INDICATORS = {
    "above_degree_teachers": (4.2, 5.3),
    "backbone_teachers": (1.0, 1.0),
    "pe_arts_teachers": (0.9, 0.9),
    "teaching_area": (4.5, 5.8),
    "sports_area": (7.5, 10.2),
    "equipment_value": (2000.0, 2500.0),
    "multimedia_classrooms": (2.3, 2.4),
}
"""The thresholds of the seven, primary and junior."""

FLOOR = 0.85
SLACK = 1 - 2.0**-40
SMALL = 50
POINT = Kind.TEACHING_POINT.rank

_OWN = (
    "pupils",
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
)
_SHARED = (
    "senior_pupils",
    "teaching_area",
    "indoor_sports_area",
    "sports_hall_area",
    "outdoor_sports_area",
    "equipment_value",
    "multimedia_classrooms",
    "kind",
)


@attrs.frozen(eq=False)
class Answer:
    """
    What is compared before anything is timed.

    Args:
        missed: Sections below each of the seven thresholds.

        unmet: Sections that fail the quorum.

        met: Sections that pass it.

        coefficients: By indicator one per (county, stage); NaN where it is unknown.
    """

    missed: Mapping[str, int]
    unmet: int
    met: int
    coefficients: Mapping[str, Floats]


def columns_of(facts: Facts) -> dict[str, npt.NDArray[Any]]:
    """Return the section columns that all rivals start from; NaN for a blank."""
    school = facts.section_school
    groups = np.arange(2 * len(facts), dtype=np.int32)
    columns: dict[str, npt.NDArray[Any]] = {
        "grp": np.repeat(groups, np.diff(facts.group_starts)),
        "stage": facts.section_stage,
        **{name: facts.sections.numbers(name) for name in _OWN},
        **{name: np.asarray(facts.schools[name])[school] for name in _SHARED},
    }
    for rank, stage in enumerate(("primary", "junior")):
        at = facts.section_stage == rank
        pupils = np.zeros(facts.schools.size)
        pupils[school[at]] = facts.sections.numbers("pupils")[at]
        columns[f"{stage}_pupils"] = pupils[school]
    return columns


# -- Polars --------------------------------------------------------------------------


def _values() -> dict[str, pl.Expr]:
    """Return the seven indicators as expressions."""
    col = pl.col
    weighted = (
        col("primary_pupils") + 1.1 * col("junior_pupils") + 1.32 * col("senior_pupils")
    )
    own = col("pupils") * pl.when(col("stage") == 1).then(1.1).otherwise(1.0)
    share = pl.when(own == weighted).then(1.0).otherwise(own / weighted)
    indoor = pl.coalesce("indoor_sports_area", "sports_hall_area")
    hall = pl.coalesce("sports_hall_area", "indoor_sports_area")
    pupils = col("pupils")
    return {
        "above_degree_teachers": 100 * col("above_degree_teachers") / pupils,
        "backbone_teachers": 100 * col("backbone_teachers") / pupils,
        "pe_arts_teachers": 100 * col("pe_arts_teachers") / pupils,
        "teaching_area": (col("teaching_area") - indoor) * share / pupils,
        "sports_area": (col("outdoor_sports_area") + hall) * share / pupils,
        "equipment_value": col("equipment_value") * share / pupils,
        "multimedia_classrooms": 100 * col("multimedia_classrooms") * share / pupils,
    }


def judged(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Add the indicators, what is missed, and the quorum; leave out small points."""
    member = (pl.col("kind") != POINT) | (pl.col("pupils") >= SMALL)
    junior = pl.col("stage") == 1
    bars = {
        name: pl.when(junior).then(second).otherwise(first) * SLACK
        for name, (first, second) in INDICATORS.items()
    }
    met = [pl.col(name) >= bar for name, bar in bars.items()]
    sunk = [pl.col(name) < bar * FLOOR for name, bar in bars.items()]
    many = pl.sum_horizontal((~each).cast(pl.Int8) for each in met) > 1
    none = pl.sum_horizontal(each.is_null().cast(pl.Int8) for each in met) == 0
    unmet = many | pl.any_horizontal(each.fill_null(value=False) for each in sunk)
    return (
        frame.with_columns(member=member)
        .filter(pl.col("member").fill_null(value=True))
        .with_columns(**_values())
        .with_columns(
            **{f"{name}_missed": ~each for name, each in zip(bars, met, strict=True)},
            unmet=unmet,
            met=none & ~unmet & pl.col("member"),
        )
    )


def _one_pass(members: pl.LazyFrame) -> pl.LazyFrame:
    """Return per group the mean and the mean square of every indicator."""
    weight = pl.col("pupils")
    moments = members.with_columns(
        **{f"{name}_1": weight * pl.col(name) for name in INDICATORS},
        **{f"{name}_2": weight * pl.col(name) ** 2 for name in INDICATORS},
    )
    table = moments.group_by("grp").agg(
        *_groups(), pl.col("^.*_[12]$").sum(), pl.col("pupils").sum()
    )
    mean = {name: pl.col(f"{name}_1") / weight for name in INDICATORS}
    return table.select(
        "grp",
        *(
            _coefficient(
                name,
                (pl.col(f"{name}_2") / weight - mean[name] ** 2).clip(0).sqrt()
                / mean[name],
            )
            for name in INDICATORS
        ),
    )


def _two_passes(members: pl.LazyFrame) -> pl.LazyFrame:
    """Work out the means, bring them back to the sections, then the distances."""
    weight = pl.col("pupils")
    means = (
        members.with_columns(
            **{f"{name}_1": weight * pl.col(name) for name in INDICATORS}
        )
        .group_by("grp", maintain_order=True)
        .agg(*_groups(), pl.col("^.*_1$").sum(), pl.col("pupils").sum().alias("all"))
        .with_columns(pl.col("^.*_1$") / pl.col("all"))
    )
    squares = (
        members.join(means.select("grp", pl.col("^.*_1$")), on="grp", how="left")
        .with_columns(
            **{
                f"{name}_2": weight * (pl.col(name) - pl.col(f"{name}_1")) ** 2
                for name in INDICATORS
            }
        )
        .group_by("grp", maintain_order=True)
        .agg(pl.col("^.*_2$").sum())
    )
    spread = {name: (pl.col(f"{name}_2") / pl.col("all")).sqrt() for name in INDICATORS}
    return means.join(squares, on="grp").select(
        "grp",
        *(
            _coefficient(name, spread[name] / pl.col(f"{name}_1"))
            for name in INDICATORS
        ),
    )


def _groups() -> list[pl.Expr]:
    """Return what tells whether a group's coefficients are known."""
    return [
        pl.len().alias("size"),
        pl.col("member").all(ignore_nulls=False).alias("sure"),
        *(pl.col(name).null_count().alias(f"{name}_blank") for name in INDICATORS),
    ]


def _coefficient(name: str, formula: pl.Expr) -> pl.Expr:
    """Unknown with a blank among the members; 0 for a group of one."""
    return (
        pl.when((pl.col("size") == 1) & pl.col("sure"))
        .then(0.0)
        .when((pl.col(f"{name}_blank") == 0) & pl.col("sure"))
        .then(formula)
        .alias(name)
    )


def _polars(
    dispersion: Callable[[pl.LazyFrame], pl.LazyFrame],
) -> Callable[[Mapping[str, Any]], Callable[[], Answer]]:
    def prepare(columns: Mapping[str, Any]) -> Callable[[], Answer]:
        frame = pl.DataFrame(columns, nan_to_null=True)
        frame = frame.with_columns(pl.col("grp").set_sorted())
        groups = 1 + int(columns["grp"].max())

        def answer() -> Answer:
            given = judged(frame.lazy())
            sums = [f"{name}_missed" for name in INDICATORS] + ["unmet", "met"]
            member = pl.col("member").fill_null(value=False)
            table, totals = pl.collect_all(
                [
                    dispersion(given.select("grp", "member", "pupils", *INDICATORS)),
                    given.select((pl.col(each) & member).sum() for each in sums),
                ]
            )
            return _answer(table.to_dict(), totals.row(0), groups)

        return answer

    return prepare


def _answer(table: Mapping[str, Any], totals: tuple[Any, ...], groups: int) -> Answer:
    rows = np.asarray(table["grp"])
    coefficients = {}
    for name in INDICATORS:
        column = np.full(groups, np.nan)
        column[rows] = np.ma.filled(np.ma.asarray(table[name]), np.nan)
        coefficients[name] = column
    *missed, unmet, met = (int(each) for each in totals)
    return Answer(dict(zip(INDICATORS, missed, strict=True)), unmet, met, coefficients)


# -- DuckDB --------------------------------------------------------------------------


def _sql() -> str:
    """Write the same in SQL: a table of sections, then one row per group."""
    values = """
        100 * above_degree_teachers / pupils AS above_degree_teachers,
        100 * backbone_teachers / pupils AS backbone_teachers,
        100 * pe_arts_teachers / pupils AS pe_arts_teachers,
        (teaching_area - coalesce(indoor_sports_area, sports_hall_area))
            * share / pupils AS teaching_area,
        (outdoor_sports_area + coalesce(sports_hall_area, indoor_sports_area))
            * share / pupils AS sports_area,
        equipment_value * share / pupils AS equipment_value,
        100 * multimedia_classrooms * share / pupils AS multimedia_classrooms
    """
    bars = {
        name: f"(CASE stage WHEN 1 THEN {second}::DOUBLE ELSE {first} END"
        f" * {SLACK!r}::DOUBLE)"
        for name, (first, second) in INDICATORS.items()
    }
    misses = {name: f"coalesce({name} < {bar}, false)" for name, bar in bars.items()}
    missed = ", ".join(f"{test} AS {name}_missed" for name, test in misses.items())
    many = " + ".join(f"{test}::INT" for test in misses.values())
    sunk = " OR ".join(
        f"coalesce({name} < {bar} * {FLOOR}::DOUBLE, false)"
        for name, bar in bars.items()
    )
    known = " AND ".join(f"{name} IS NOT NULL" for name in INDICATORS)
    means = ", ".join(
        f"sum(pupils * {name}) / sum(pupils) AS {name}_mean" for name in INDICATORS
    )
    grouped = ", ".join(
        f"""CASE WHEN count(*) = 1 AND bool_and(coalesce(member, false)) THEN 0
            WHEN count({name}) = count(*) AND count(member) = count(*)
            THEN sqrt(sum(pupils * ({name} - {name}_mean) ** 2) / sum(pupils))
                / any_value({name}_mean) END AS {name}"""
        for name in INDICATORS
    )
    counts = ", ".join(
        f"count(*) FILTER (member AND {each}) AS {each}"
        for each in [*(f"{name}_missed" for name in INDICATORS), "unmet", "met"]
    )
    return f"""
        WITH members AS (
            SELECT *, (kind <> {POINT} OR pupils >= {SMALL}) AS member,
                pupils * CASE stage WHEN 1 THEN 1.1::DOUBLE ELSE 1 END AS own,
                primary_pupils + 1.1::DOUBLE * junior_pupils
                    + 1.32::DOUBLE * senior_pupils AS weighted
            FROM sections
        ), shares AS (
            SELECT *, CASE WHEN own = weighted THEN 1 ELSE own / weighted END AS share
            FROM members WHERE member IS NOT false
        ), valued AS (
            SELECT grp, stage, member, pupils, {values} FROM shares
        ), judged AS (
            SELECT *, {missed}, {many} > 1 OR {sunk} AS unmet,
                NOT ({many} > 1 OR {sunk}) AND {known} AS met
            FROM valued
        ), means AS (
            SELECT grp, {means} FROM valued GROUP BY grp
        )
        SELECT grp, {grouped}, {counts} FROM judged JOIN means USING (grp) GROUP BY grp
    """  # noqa: S608 - every part is ours


def _duckdb(columns: Mapping[str, Any]) -> Callable[[], Answer]:
    connection = duckdb.connect()
    frame = pl.DataFrame(columns, nan_to_null=True)
    connection.register("given", frame.to_arrow())
    connection.execute("CREATE TABLE sections AS SELECT * FROM given")
    connection.unregister("given")
    groups = 1 + int(columns["grp"].max())
    query = _sql()

    def answer() -> Answer:
        table = connection.execute(query).fetchnumpy()
        totals = tuple(
            np.asarray(table[each]).sum()
            for each in [*(f"{name}_missed" for name in INDICATORS), "unmet", "met"]
        )
        return _answer(table, totals, groups)

    return answer


# -- pandas --------------------------------------------------------------------------


def _pandas_values(frame: Any) -> Any:
    """Return the seven indicators, one column each."""
    weighted = (
        frame["primary_pupils"]
        + 1.1 * frame["junior_pupils"]
        + 1.32 * frame["senior_pupils"]
    )
    pupils = frame["pupils"]
    own = pupils * np.where(frame["stage"] == 1, 1.1, 1.0)
    share = (own / weighted).where(own != weighted, 1.0)
    indoor = frame["indoor_sports_area"].fillna(frame["sports_hall_area"])
    hall = frame["sports_hall_area"].fillna(frame["indoor_sports_area"])
    return pd.DataFrame(
        {
            "above_degree_teachers": 100 * frame["above_degree_teachers"] / pupils,
            "backbone_teachers": 100 * frame["backbone_teachers"] / pupils,
            "pe_arts_teachers": 100 * frame["pe_arts_teachers"] / pupils,
            "teaching_area": (frame["teaching_area"] - indoor) * share / pupils,
            "sports_area": (frame["outdoor_sports_area"] + hall) * share / pupils,
            "equipment_value": frame["equipment_value"] * share / pupils,
            "multimedia_classrooms": 100
            * frame["multimedia_classrooms"]
            * share
            / pupils,
        }
    )


def _pandas(columns: Mapping[str, Any]) -> Callable[[], Answer]:
    frame = pd.DataFrame(columns)
    groups = 1 + int(columns["grp"].max())

    def answer() -> Answer:
        point = frame["kind"] == POINT
        members = frame[~(point & (frame["pupils"] < SMALL))]
        sure = (members["kind"] != POINT) | (members["pupils"] >= SMALL)
        values = _pandas_values(members)
        junior = (members["stage"] == 1).to_numpy()
        bars = {
            name: np.where(junior, second, first) * SLACK
            for name, (first, second) in INDICATORS.items()
        }
        missed = pd.DataFrame({name: values[name] < bars[name] for name in bars})
        sunk = pd.DataFrame({name: values[name] < bars[name] * FLOOR for name in bars})
        unmet = (missed.sum(axis=1) > 1) | sunk.any(axis=1)
        met = values.notna().all(axis=1) & ~unmet
        totals = (*missed[sure].sum(), unmet[sure].sum(), met[sure].sum())
        return _answer(_pandas_spread(members, values, sure), totals, groups)

    return answer


def _pandas_spread(members: Any, values: Any, sure: Any) -> dict[str, Any]:
    """Work out the coefficients in two passes."""
    by, weight = members["grp"], members["pupils"]
    everyone = weight.groupby(by).sum()
    mean = values.mul(weight, axis=0).groupby(by).sum().div(everyone, axis=0)
    away = values - mean.loc[by].to_numpy()
    squares = (away**2).mul(weight, axis=0).groupby(by).sum()
    spread = np.sqrt(squares.div(everyone, axis=0)) / mean
    size, certain = by.groupby(by).size(), sure.groupby(by).all()
    known = values.groupby(by).count().eq(size, axis=0).mul(certain, axis=0)
    alone = (size == 1) & certain
    spread = spread.where(known).mask(alone, 0.0)
    return {"grp": spread.index.to_numpy(), **{n: spread[n] for n in INDICATORS}}


RIVALS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[], Answer]]] = {
    "Polars, two passes": _polars(_two_passes),
    "Polars, one pass": _polars(_one_pass),
    "DuckDB": _duckdb,
    "pandas": _pandas,
}
"""By name: what takes the columns in and returns the query, ready to run."""
