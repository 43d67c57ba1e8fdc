"""
Make a synthetic nation and compare eduequity with what one would use instead.

Run ``python benchmarks/run.py [--scale 1] [--repeat 7] [--only NAME ...]``. Contenders
take turns; a ratio is the median of the rounds' ratios. Only ratios within one run mean
anything: times differ from machine to machine. The exit status is 0 however they turn
out, for timing never fails a build. ``--page FILE`` writes the documentation's page.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import evaluation, frames, page, reading, report, starting
from benchmarks.measuring import Section, Table


PARTS: Mapping[str, Callable[[float, int], Section]] = {
    "evaluation": evaluation.judging,
    "growth": evaluation.growth,
    "memory": evaluation.memory,
    "levels": evaluation.levels,
    "frames": frames.frames,
    "records": frames.records,
    "reading": reading.reading,
    "report": report.report,
    "starting": starting.starting,
    "demo": starting.demo,
}
NAMES = (
    *("eduequity", "numpy", "narwhals", "polars", "duckdb", "pandas", "pyarrow"),
    *("python-calamine", "openfisca-core", "pandera"),
)


def main() -> int:
    """Run the parts and print what they found; the status is always 0."""
    options = _options()
    machine = _machine(options.scale, options.repeat)
    print("\n".join(machine))
    found = {}
    for name in options.only or PARTS:
        found[name] = PARTS[name](options.scale, options.repeat)
        for table in found[name].tables:
            print(_text(table))
    print(_text(page.targets(found)))
    if options.page:
        options.page.write_text(page.page(machine, found), "utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="times the nation")
    parser.add_argument("--repeat", type=int, default=7, help="rounds of timing")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone")
    parser.add_argument("--page", type=Path, help="write the results as Markdown too")
    return parser.parse_args()


def _machine(scale: float, repeat: int) -> list[str]:
    versions = ", ".join(f"{name} {_version(name)}" for name in NAMES)
    load = os.getloadavg()[0]
    processors = f"{platform.machine()}, {os.cpu_count()} processors"
    return [
        f"Python {platform.python_version()}, {versions}",
        f"{processors}, of which eduequity judges on one, Polars and DuckDB on all",
        f"load at the start (other work on the machine): {load:.1f}",
        f"scale {scale:g}, {repeat} rounds; every school and teacher is synthetic",
    ]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _text(table: Table) -> str:
    """Set a table in columns."""
    lines = [[table.title if n == 0 else h for n, h in enumerate(table.headings)]]
    lines += [[f"  {row[0]}", *row[1:]] for row in table.rows]
    first = max(len(line[0]) for line in lines[1:] or lines)
    widths = [max(len(line[n]) for line in lines) for n in range(len(table.headings))]
    shown = [table.title] if len(table.title) > first else []
    if shown:
        lines[0][0] = ""
    for line in lines:
        cells = (each.rjust(w) for each, w in zip(line[1:], widths[1:], strict=True))
        shown.append("  ".join([line[0].ljust(first), *cells]))
    return "\n".join(["", *shown, *(f"  ({each})" for each in table.remarks)])


if __name__ == "__main__":
    sys.exit(main())
