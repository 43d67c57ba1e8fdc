"""
Time the plan of a synthetic county of 100 schools, and print its proven gap.

``python benchmarks/plan.py [SPREAD]``: the larger the spread between schools (0.3 by
default), the more coefficients are above their limits.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from typing import Any

import eduequity as ee
from eduequity import io


TEACHERS = ("above_degree_teachers", "backbone_teachers", "pe_arts_teachers")
SHARED = (
    "teaching_area",
    "outdoor_sports_area",
    "equipment_value",
    "multimedia_classrooms",
)
LINES = {
    "primary": (0.042, 0.01, 0.009, 4.5, 7.5, 2000, 0.023),
    "junior": (0.053, 0.01, 0.009, 5.8, 10.2, 2500, 0.024),
}
COSTS = {
    "above_degree_teachers": 80_000,
    "backbone_teachers": 100_000,
    "pe_arts_teachers": 80_000,
    "teaching_area": 3_000,
    "outdoor_sports_area": 500,
    "equipment_value": 1,
    "multimedia_classrooms": 30_000,
    "rotate": 5_000,
}
"""Made-up unit costs in yuan."""


def county(schools: int, spread: float, seed: int = 8) -> dict[str, Any]:
    """Draw a county; a seventh of its schools teach both stages."""
    rng = random.Random(seed)
    rows = []
    for nth in range(schools):
        kind = rng.choice(["primary"] * 4 + ["junior"] * 2 + ["nine_year"])
        row: dict[str, Any] = {"code": f"{nth:04}", "name": f"合成{nth}", "kind": kind}
        row |= {"indoor_sports_area": 0, "sports_hall_area": 0}
        row |= dict.fromkeys(SHARED, 0)
        for stage in LINES if kind == "nine_year" else (kind,):
            pupils = row[f"{stage}_pupils"] = rng.randint(60, 1800)
            for name, line in zip((*TEACHERS, *SHARED), LINES[stage], strict=True):
                held = round(line * pupils * rng.lognormvariate(0.25, spread))
                if name in TEACHERS:
                    row[f"{stage}_{name}"] = held
                else:
                    row[name] += held
        rows.append(row)
    return {"county": [{"code": "999901", "synthetic": True}], "schools": rows}


def main() -> None:
    """Plan it and print what came out."""
    spread = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    facts = io.read(county(100, spread))
    result = ee.evaluate(facts, on=dt.date(2024, 12, 31))
    start = time.perf_counter()
    plan = ee.plan(result, costs=COSTS)
    taken = time.perf_counter() - start
    print(f"{taken:.1f} s, {plan.status}, cost {plan.cost:,.0f}, gap {plan.gap:.3%}")
    print(f"met when judged again: {plan.feasible}; changes: {len(plan.changes)}")


if __name__ == "__main__":
    main()
