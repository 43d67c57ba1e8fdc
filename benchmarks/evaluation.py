"""
Judge the synthetic nation, beside what one would write by hand and what others can do.

Every contender starts from section columns in its own memory format and has to give the
same answer before it is timed.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import provinces
from benchmarks.measuring import (
    MEGA,
    Job,
    Section,
    Table,
    Target,
    alternate,
    child,
    rise,
)
from benchmarks.nation import PROVINCES, nation
from benchmarks.others import OTHERS
from benchmarks.rivals import INDICATORS, RIVALS, Answer, columns_of
from eduequity import Facts, Verdict
from eduequity.engine import Assessment, evaluate
from eduequity.facts import Floats
from eduequity.registry import Registry


__all__ = ["OURS", "evaluator", "growth", "judging", "levels", "memory"]

ON = dt.date(2024, 12, 31)
OURS = "eduequity, whole programme"
TWO_PASSES, ONE_PASS, DUCKDB = "Polars, two passes", "Polars, one pass", "DuckDB"
TOLERANCE = 1e-9
ROUNDED = 1e-3
"""The share of the misses that a contender with numbers of 32 bits may get wrong."""

LARGER = 10


# -- the nation ----------------------------------------------------------------------


def judging(scale: float, repeat: int) -> Section:
    """Compare the whole programme with the core of it by hand and by others."""
    facts = nation(scale)
    ours = evaluator(facts)
    columns = columns_of(facts)
    rivals = {name: prepare(columns) for name, prepare in RIVALS.items()}
    expected = _answer_of(ours())
    for name, query in rivals.items():
        _agree(name, query(), expected)
    others, remarks = _others(columns, expected)
    times = alternate({OURS: ours, **rivals, **others}, repeat)
    rules = len(ours().levels[0].units)
    table = times.table(
        f"Evaluation: {len(facts):,} counties, {facts.schools.size:,} schools, "
        f"{facts.sections.size:,} sections, {facts.nbytes / MEGA:.1f} MB of columns",
        TWO_PASSES,
        f"eduequity judges {rules} rules, the queries by hand the seven indicators, "
        "the quorum and the coefficients",
        f"all queries by hand agree: {sum(expected.missed.values()):,} misses, "
        f"{expected.unmet:,} sections fail the quorum, {expected.met:,} pass it",
        *remarks,
    )
    faster = min((DUCKDB, TWO_PASSES), key=lambda name: sum(times.wall[name]))
    return Section(
        [table],
        [
            times.target(f"evaluation / {TWO_PASSES}", OURS, TWO_PASSES, 1),
            times.target(f"evaluation / the faster, {faster}", OURS, faster, 0.3),
            times.target(f"evaluation / {ONE_PASS}", OURS, ONE_PASS, 0.6),
        ],
    )


def _others(
    columns: Mapping[str, Floats], expected: Answer
) -> tuple[dict[str, Job], list[str]]:
    """Return the jobs of those that are installed, and how far they agree."""
    jobs: dict[str, Job] = {}
    remarks = []
    for name, (distribution, prepare) in OTHERS.items():
        if importlib.util.find_spec(distribution.replace("-", "_")) is None:
            remarks.append(f"{name}: not installed (pip install {distribution})")
            continue
        job = prepare(columns)
        found = job()
        told = {**expected.missed, "unmet": expected.unmet}
        wrong = {each: abs(told[each] - count) for each, count in found.items()}
        if sum(wrong.values()) > ROUNDED * sum(told.values()):
            raise SystemExit(f"{name} disagrees: {found} instead of {told}")
        part = f"{name}, part of it"
        jobs[part] = job
        remarks.append(f"{part}: its counts differ by {sum(wrong.values())} in all")
    return jobs, remarks


def evaluator(facts: Facts) -> Callable[[], Assessment]:
    """Return what judges *facts* by our own packs."""
    registry = Registry.of()  # our own packs, whatever else is installed
    return lambda: evaluate(facts, registry.rulebook, registry.indicators, on=ON)


def _answer_of(assessment: Assessment) -> Answer:
    """Return what the rivals work out, as eduequity has it."""
    units = assessment.levels[0].units
    unmet, met, unknown = Verdict.UNMET.rank, Verdict.MET.rank, Verdict.UNKNOWN.rank
    quorum = units["resources.section_quorum"]
    return Answer(
        missed={
            name: int((units[f"resources.{name}"] == unmet).sum())
            for name in INDICATORS
        },
        unmet=int((quorum == unmet).sum()),
        met=int((quorum == met).sum()),
        coefficients={
            name: np.where(units[f"resources.cv_{name}"] == unknown, np.nan, cv)
            for name, cv in _coefficients(assessment).items()
        },
    )


def _coefficients(assessment: Assessment) -> dict[str, Floats]:
    """Work the coefficients out again: an assessment keeps only verdicts."""
    from eduequity.engine._columns import Workspace
    from eduequity.engine._judge import judge

    work = Workspace(assessment.facts, assessment.law, assessment.indicators)
    found = {}
    for name in INDICATORS:
        rule_id = f"resources.cv_{name}"
        judged = judge(work, rule_id, assessment.law.rules[rule_id][1])
        assert judged.low is not None
        found[name] = judged.low
    return found


def _agree(name: str, found: Answer, expected: Answer) -> None:
    """Stop where a rival and eduequity do not say the same."""
    if (found.missed, found.unmet, found.met) != (
        expected.missed,
        expected.unmet,
        expected.met,
    ):
        raise SystemExit(f"{name} disagrees: {found} instead of {expected}")
    for each, column in expected.coefficients.items():
        if not np.allclose(
            found.coefficients[each], column, rtol=TOLERANCE, atol=0, equal_nan=True
        ):
            raise SystemExit(f"{name} disagrees on the coefficient of {each}")


# -- ten times as many, and the provinces ----------------------------------------------


def growth(scale: float, repeat: int) -> Section:
    """Compare ten times the sections with the sections."""
    small, large = nation(scale), nation(scale * LARGER)
    names = [f"{each.sections.size:,} sections" for each in (small, large)]
    jobs = dict(zip(names, map(evaluator, (small, large)), strict=True))
    times = alternate(jobs, repeat)
    what = f"evaluation of {names[1]} / {names[0]}"
    return Section(
        [times.table("Evaluation of a larger nation", names[0])],
        [times.target(what, names[1], names[0], float(LARGER))],
    )


def levels(scale: float, repeat: int) -> Section:
    """Compare the law of nation and provinces with the nation's alone."""
    with tempfile.TemporaryDirectory() as folder:
        every = provinces.registry(folder)
        loaded = len(every.packs) - len(Registry.of().packs)
        if every.failures or loaded != len(PROVINCES):
            raise SystemExit(f"the synthetic packs do not load: {every.failures}")
    facts = provinces.facts(scale, every)
    alone, both = "the nation's law alone", f"with {len(PROVINCES)} provinces'"

    def again() -> Assessment:
        return evaluate(facts, every.rulebook, every.indicators, on=ON)

    below = again().levels[1:]
    judged = sum(len(level.units) for level in below)
    times = alternate({alone: evaluator(facts), both: again}, repeat)
    remark = f"{len(below)} levels below the nation, {judged} rules on them"
    what = "evaluation with provinces / the nation's law alone"
    return Section(
        [times.table("Provinces' law (synthetic packs)", alone, remark)],
        [times.target(what, both, alone, 1.3)],
    )


# -- memory --------------------------------------------------------------------------


def memory(scale: float, repeat: int) -> Section:
    """Compare the peak memory of every contender with the bytes of its columns."""
    del repeat
    rows, traced = [], 0.0
    for name in (OURS, *RIVALS):
        found = child(__file__, name, str(scale))
        shown = {"resident": found["resident"]}
        if "traced" in found:
            shown["traced"] = found["traced"]
            traced = found["traced"] / found["columns"]
        rows += [
            [f"{name}, {how}", f"{size / MEGA:.1f}", f"{size / found['columns']:.2f}"]
            for how, size in shown.items()
        ]
    return Section(
        [
            Table(
                "Peak memory of evaluation, over the columns",
                ["", "MB", "times the columns"],
                rows,
                [
                    "resident: the rise of the high-water mark during the first run",
                    "traced: what numpy says it allocates (tracemalloc)",
                ],
            )
        ],
        [Target("peak memory of evaluation / bytes of columns", traced, 3.0)],
    )


def main(name: str, scale: str) -> None:
    """Measure one contender's peak, in a process of its own."""
    facts = nation(float(scale))
    columns = facts.nbytes
    job: Job = evaluator(facts) if name == OURS else RIVALS[name](columns_of(facts))
    del facts
    found = {"columns": columns, "resident": rise(job)}
    if name == OURS:
        tracemalloc.start()
        job()
        found["traced"] = tracemalloc.get_traced_memory()[1]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
