"""
Time jobs in turns, measure their memory, and keep what was found as tables.

Times are wall time and processor time (of all threads); jobs take turns, and a ratio
is the median of the rounds' ratios, so that what else the machine does meets both alike
as far as it can. Peak memory is the rise of the resident set's high-water mark
(``VmHWM``, reset beforehand) in a process of its own, which sees what every library
allocates.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import attrs


__all__ = [
    "MEGA",
    "Job",
    "Section",
    "Table",
    "Target",
    "Times",
    "alternate",
    "child",
    "process",
    "rise",
]

Job: TypeAlias = Callable[[], object]
MILLI, MEGA = 1e3, 1e6


@attrs.frozen
class Target:
    """
    A ratio and the most that it should be.

    Args:
        what: What is divided by what.

        ratio: The ratio, of wall times where it is one of times.

        limit: The most that it should be.

        cpu: The ratio of processor times, if it is one of times in one process.
    """

    what: str
    ratio: float
    limit: float
    cpu: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the ratio is within its limit, and by which clock."""
        if self.ratio <= self.limit:
            return "kept"
        if self.cpu is not None and self.cpu <= self.limit:
            return "kept by CPU time alone"
        return "NOT kept"


@attrs.frozen
class Table:
    """Cells as they are shown, under headings, with a title and remarks."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str] = ()


@attrs.frozen
class Section:
    """What one part of the benchmarks found."""

    tables: Sequence[Table]
    targets: Sequence[Target] = ()


@attrs.define
class Times:
    """Seconds of every job in every round: wall time and processor time."""

    wall: dict[str, list[float]]
    cpu: dict[str, list[float]]

    def target(self, what: str, ours: str, theirs: str, limit: float) -> Target:
        """Compare two of the jobs."""
        ratios = (_ratio(each[ours], each[theirs]) for each in (self.wall, self.cpu))
        wall, cpu = ratios
        return Target(what, wall, limit, cpu)

    def table(self, title: str, base: str = "", *remarks: str) -> Table:
        """Show the medians of all jobs, and their ratios to that of *base*."""
        rows = []
        for name, walls in self.wall.items():
            row = [name, *(_ms(each[name]) for each in (self.wall, self.cpu))]
            row.append(f"{min(walls) * MILLI:.1f}")
            if base:
                row += [
                    f"{_ratio(each[name], each[base]):.2f}"
                    for each in (self.wall, self.cpu)
                ]
            rows.append(row)
        headings = ["", "wall ms", "CPU ms", "least ms"]
        ratios = ["wall ratio", "CPU ratio"] if base else []
        return Table(title, headings + ratios, rows, remarks)


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * MILLI:.1f}"


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(a / max(b, sys.float_info.min) for a, b in pairs)


def alternate(jobs: Mapping[str, Job], rounds: int) -> Times:
    """
    Run jobs in turns, *rounds* times after one round that is not counted.

    Every round begins one job later, so that none always runs after the same other.
    """
    names = list(jobs)
    times = Times({name: [] for name in jobs}, {name: [] for name in jobs})
    for job in jobs.values():
        job()
    gc.collect()
    gc.disable()
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            wall, cpu = time.perf_counter(), time.process_time()
            jobs[name]()
            times.cpu[name].append(time.process_time() - cpu)
            times.wall[name].append(time.perf_counter() - wall)
    gc.enable()
    return times


# -- processes of their own ----------------------------------------------------------


def process(command: Sequence[str]) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


def child(script: str, *arguments: str) -> dict[str, float]:
    """Run a script of ours that prints numbers as JSON."""
    found: dict[str, float] = json.loads(process([sys.executable, script, *arguments]))
    return found


def rise(job: Job) -> float:
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
