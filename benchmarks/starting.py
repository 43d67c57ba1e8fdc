"""Starting: imports, finding and loading packs, and one small county."""

from __future__ import annotations

import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import eduequity
from benchmarks.evaluation import evaluator
from benchmarks.measuring import Section, Table, Target, alternate, process
from eduequity.registry import Registry


__all__ = ["demo", "starting"]

ROOT = Path(__file__).resolve().parents[1]
STARTS = 15
MILLI = 1e3

OURS = "from eduequity import evaluate, read"
THEIRS = "import attrs, cattrs, numpy, pluggy, narwhals"
ALL_OF_IT = "import eduequity.engine, eduequity.io, eduequity.registry"
NUMPY = "import numpy"
LOADING = "registry = Registry.discover(); registry.rulebook"
BEFORE = "from eduequity.registry import Registry"


def starting(scale: float, repeat: int) -> Section:
    """Time imports inside, and commands around, processes of their own."""
    del scale, repeat
    script = Path(sysconfig.get_path("scripts"), "eduequity")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "eduequity"]
    medians = _medians(
        {
            OURS: lambda: _import(OURS),
            ALL_OF_IT: lambda: _import(ALL_OF_IT),
            THEIRS: lambda: _import(THEIRS),
            LOADING: lambda: _import(LOADING, BEFORE),
            NUMPY: lambda: _import(NUMPY),
            "eduequity --version": lambda: _timed([*command, "--version"]),
            "python -c pass": lambda: _timed([sys.executable, "-c", "pass"]),
        }
    )
    found = Registry.discover()
    installed = f"{len(found.packs)} packs of {len(found.plugins)} distributions"
    return Section(
        [
            Table(
                "Starting, in processes of their own",
                ["", "wall ms"],
                [[name, f"{each * MILLI:.1f}"] for name, each in medians.items()],
                [f"{installed} are installed"],
            )
        ],
        [
            Target(
                "import / import of its dependencies",
                medians[OURS] / medians[THEIRS],
                1.25,
            ),
            Target(
                "finding and loading installed packs / import numpy",
                medians[LOADING] / medians[NUMPY],
                1.0,
            ),
        ],
    )


def demo(scale: float, repeat: int) -> Section:
    """Compare judging the demo county with reading its files."""
    del scale
    make = ROOT / "examples" / "demo_county" / "make.py"
    reading, judging = "read the demo county", "evaluate it"
    with tempfile.TemporaryDirectory() as folder:
        process([sys.executable, str(make), folder])
        jobs = {
            reading: lambda: eduequity.read(folder),
            judging: evaluator(eduequity.read(folder)),
        }
        times = alternate(jobs, max(repeat, STARTS))
    return Section(
        [times.table("The demo county", reading)],
        [times.target("evaluate / read, of the demo county", judging, reading, 1.0)],
    )


def _medians(jobs: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(STARTS):
        for name, job in jobs.items():
            times[name].append(job())
    return {name: statistics.median(each) for name, each in times.items()}


def _import(statement: str, before: str = "") -> float:
    code = (
        f"{before}\nimport time; start = time.perf_counter()\n"
        f"{statement}\n"
        "print(time.perf_counter() - start)"
    )
    return float(process([sys.executable, "-c", code]))


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    process(command)
    return time.perf_counter() - start
