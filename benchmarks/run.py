"""
Compare eduequity with what one would write by hand, and print the ratios.

Run ``python benchmarks/run.py [--scale 1] [--repeat 7]``. Only ratios within one run
mean anything; times differ from machine to machine. The exit status is always 0:
timing never fails a build.

Time is wall time, the contenders taking turns, the median of all rounds. Peak memory
is that of a process of its own: for eduequity the allocations that ``tracemalloc``
traces (numpy reports to it), and for all the rise of the resident set's high-water mark
during the first run (``VmHWM``, reset after the columns are loaded and freed memory is
given back), which also sees what Polars and DuckDB allocate.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import datetime as dt
import gc
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np


ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import eduequity  # noqa: E402
from benchmarks import provinces  # noqa: E402 - the folder is no distribution
from benchmarks.nation import PROVINCES, nation  # noqa: E402
from benchmarks.rivals import INDICATORS, RIVALS, Answer, columns_of  # noqa: E402
from eduequity import Facts, Verdict  # noqa: E402
from eduequity.engine import Assessment, evaluate  # noqa: E402
from eduequity.facts import Floats  # noqa: E402
from eduequity.registry import Registry  # noqa: E402


ON = dt.date(2024, 12, 31)
OURS = "eduequity, whole programme"
LIKE_FOR_LIKE = "Polars, two passes"
STARTS = 15
TOLERANCE = 1e-9
MILLI, MEGA = 1e3, 1e6

Job: TypeAlias = Callable[[], object]


def main() -> int:
    """Run everything and print it; the status is always 0."""
    options = _options()
    if options.memory:
        print(json.dumps(_memory(options.memory, options.scale)))
        return 0
    print(_versions())
    judged = [
        *_evaluation(options.scale, options.repeat),
        *_provinces(options.scale, options.repeat),
        *_loading(),
        *_memories(options.scale),
        *_imports(),
        *_demo(options.repeat),
    ]
    print("\nTargets")
    for what, ratio, limit in judged:
        verdict = "PASS" if ratio <= limit else "FAIL"
        print(f"  {verdict}  {what:<55} {ratio:6.2f}   at most {limit:g}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="times the nation")
    parser.add_argument("--repeat", type=int, default=7, help="rounds of timing")
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    return parser.parse_args()


def _versions() -> str:
    names = ("eduequity", "numpy", "polars", "duckdb", "pyarrow")
    found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return (
        f"Python {platform.python_version()}, {found}\n"
        f"{platform.machine()}, {os.cpu_count()} processors "
        "(Polars and DuckDB use all of them, eduequity one)"
    )


# -- the evaluation ------------------------------------------------------------------


def _evaluation(scale: float, repeat: int) -> list[tuple[str, float, float]]:
    facts = nation(scale)
    ours = _evaluator(facts)
    columns = columns_of(facts)
    queries = {name: prepare(columns) for name, prepare in RIVALS.items()}
    print(
        f"\n{len(facts):,} counties, {facts.schools.size:,} schools, "
        f"{facts.sections.size:,} sections, {facts.nbytes / MEGA:.1f} MB of columns"
    )
    expected = _answer_of(ours())
    for name, query in queries.items():
        _agree(name, query(), expected)
    misses = sum(expected.missed.values())
    print(
        f"All agree: {misses:,} misses of the seven indicators, {expected.unmet:,} "
        f"sections fail the quorum, {expected.met:,} pass it"
    )
    times = _alternate({OURS: ours, **queries}, repeat)
    base = times[LIKE_FOR_LIKE]
    print(f"\n{'Evaluation':<34}{'median ms':>10}{'least ms':>10}{'ratio':>8}")
    for name, (median, least) in times.items():
        print(
            f"  {name:<32}{median * MILLI:10.1f}{least * MILLI:10.1f}"
            f"{median / base[0]:8.2f}"
        )
    rules = len(ours().levels[0].units)
    what = f"evaluation of {rules} rules / Polars in two passes"
    return [(what, times[OURS][0] / base[0], 1.0)]


def _evaluator(facts: Facts) -> Callable[[], Assessment]:
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


def _alternate(jobs: Mapping[str, Job], rounds: int) -> dict[str, tuple[float, float]]:
    """Time jobs in turns: the median and the least of every one, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    gc.disable()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - start)
    gc.enable()
    return {name: (statistics.median(t), min(t)) for name, t in times.items()}


# -- the provinces ---------------------------------------------------------------------


def _provinces(scale: float, repeat: int) -> list[tuple[str, float, float]]:
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

    levels = again().levels
    judged = sum(len(level.units) for level in levels[1:])
    times = _alternate({alone: _evaluator(facts), both: again}, repeat)
    print(f"\n{'Levels':<34}{'median ms':>10}{'least ms':>10}")
    for name, (median, least) in times.items():
        print(f"  {name:<32}{median * MILLI:10.1f}{least * MILLI:10.1f}")
    print(f"  {len(levels) - 1} levels below the nation, {judged} rules on them")
    ratio = times[both][1] / times[alone][1]
    return [("evaluation with provinces / the nation's law alone", ratio, 1.3)]


def _loading() -> list[tuple[str, float, float]]:
    """Compare finding and loading what is installed with importing numpy."""
    theirs = "import numpy"
    ours = "registry = Registry.discover(); registry.rulebook"
    before = "from eduequity.registry import Registry"
    times: dict[str, list[float]] = {theirs: [], ours: []}
    for _ in range(STARTS):
        times[theirs].append(_import(theirs))
        times[ours].append(_import(ours, before))
    found = Registry.discover()
    count = len(found.packs)
    print(f"\n{'Loading':<60}{'median ms':>10}")
    for name, each in times.items():
        print(f"  {name:<58}{statistics.median(each) * MILLI:10.1f}")
    print(f"  {count} packs of {len(found.plugins)} distributions are installed")
    ratio = statistics.median(times[ours]) / statistics.median(times[theirs])
    return [("finding and loading installed packs / import numpy", ratio, 1.0)]


# -- memory --------------------------------------------------------------------------


def _memories(scale: float) -> list[tuple[str, float, float]]:
    print(f"\n{'Peak memory over the columns':<34}{'MB':>10}{'ratio':>8}")
    traced = 0.0
    for name in (OURS, *RIVALS):
        found = _child("--memory", name, "--scale", str(scale))
        columns = found["columns"]
        if "traced" in found:
            traced = found["traced"] / columns
            shown = f"{name}, traced"
            print(f"  {shown:<32}{found['traced'] / MEGA:10.1f}{traced:8.2f}")
        shown = f"{name}, resident"
        print(
            f"  {shown:<32}{found['resident'] / MEGA:10.1f}"
            f"{found['resident'] / columns:8.2f}"
        )
    return [("peak memory of evaluation / bytes of columns", traced, 3.0)]


def _child(*arguments: str) -> dict[str, float]:
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _memory(name: str, scale: float) -> dict[str, float]:
    """Measure one contender's peak, in a process of its own."""
    facts = nation(scale)
    columns = facts.nbytes
    job: Job = _evaluator(facts) if name == OURS else RIVALS[name](columns_of(facts))
    del facts
    found = {"columns": columns, "resident": _rise(job)}
    if name == OURS:
        tracemalloc.start()
        job()
        found["traced"] = tracemalloc.get_traced_memory()[1]
    return found


def _rise(job: Job) -> float:
    """Return by how much the resident set rises while a job runs, in bytes."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    try:
        Path("/proc/self/clear_refs").write_text("5")  # reset the high-water mark
    except OSError:
        return float("nan")
    before = _status("VmRSS")
    job()
    return _status("VmHWM") - before


def _status(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    line = next(each for each in lines if each.startswith(f"{key}:"))
    return 1024 * float(line.split()[1])


# -- starting ------------------------------------------------------------------------


def _imports() -> list[tuple[str, float, float]]:
    """Time imports inside, and commands around, processes of their own."""
    ours = "from eduequity import evaluate, read"
    theirs = "import attrs, cattrs, numpy, pluggy, narwhals"
    script = Path(sysconfig.get_path("scripts"), "eduequity")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "eduequity"]
    loaded = "import eduequity.engine, eduequity.io, eduequity.registry"
    jobs: dict[str, Callable[[], float]] = {
        ours: lambda: _import(ours),
        loaded: lambda: _import(loaded),
        theirs: lambda: _import(theirs),
        "eduequity --version": lambda: _process([*command, "--version"]),
        "python -c pass": lambda: _process([sys.executable, "-c", "pass"]),
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(STARTS):
        for name, job in jobs.items():
            times[name].append(job())
    medians = {name: statistics.median(each) for name, each in times.items()}
    print(f"\n{'Starting':<60}{'median ms':>10}")
    for name, median in medians.items():
        print(f"  {name:<58}{median * MILLI:10.1f}")
    ratio = medians[ours] / medians[theirs]
    start = medians["eduequity --version"] / medians["python -c pass"]
    print(f"  eduequity --version / python -c pass: {start:.2f}")
    return [("import / import of its dependencies", ratio, 1.25)]


def _import(statement: str, before: str = "") -> float:
    code = (
        f"{before}\nimport time; start = time.perf_counter()\n"
        f"{statement}\n"
        "print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", code]
    return float(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    )


def _process(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - start


# -- one county ----------------------------------------------------------------------


def _demo(repeat: int) -> list[tuple[str, float, float]]:
    """Compare judging the demo county with reading its files."""
    make = ROOT / "examples" / "demo_county" / "make.py"
    with tempfile.TemporaryDirectory() as folder:
        _process([sys.executable, str(make), folder])
        facts = eduequity.read(folder)
        reading, judging = "read the demo county", "evaluate it"
        times = _alternate(
            {reading: lambda: eduequity.read(folder), judging: _evaluator(facts)},
            max(repeat, STARTS),
        )
    print(f"\n{'The demo county':<34}{'median ms':>10}")
    for name, (median, _) in times.items():
        print(f"  {name:<32}{median * MILLI:10.1f}")
    ratio = times[judging][0] / times[reading][0]
    return [("evaluate / read, of the demo county", ratio, 1.0)]


if __name__ == "__main__":
    sys.exit(main())
