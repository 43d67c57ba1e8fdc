"""The plan: as cheap as exhaustive search finds, met when judged again, minimal."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eduequity as ee
from eduequity import io
from eduequity.cli import DEMO, run


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
RESOURCES = "resources"
TEACHERS = ("above_degree_teachers", "backbone_teachers", "pe_arts_teachers")
SHARED = (
    "teaching_area",
    "outdoor_sports_area",
    "equipment_value",
    "multimedia_classrooms",
)
# 教督〔2017〕6号 第六条, by stage: per 100 pupils, or per pupil.
LINES = {
    "primary": dict(
        zip(
            (*TEACHERS, *SHARED),
            map(Fraction, ("0.042", "0.01", "0.009", "4.5", "7.5", "2000", "0.023")),
            strict=True,
        )
    ),
    "junior": dict(
        zip(
            (*TEACHERS, *SHARED),
            map(Fraction, ("0.053", "0.01", "0.009", "5.8", "10.2", "2500", "0.024")),
            strict=True,
        )
    ),
}
LIMITS = {"primary": Fraction(1, 2), "junior": Fraction(9, 20)}
FLOOR = Fraction(85, 100)
WEIGHT = {"primary": Fraction(1), "junior": Fraction(11, 10)}
SIZES = (40, 50, 60, 80, 100, 120, 150)
COSTS = {
    "above_degree_teachers": 3.0,
    "backbone_teachers": 2.0,
    "pe_arts_teachers": 4.0,
    "teaching_area": 0.5,
    "outdoor_sports_area": 0.25,
    "equipment_value": 0.125,
    "multimedia_classrooms": 5.0,
    "rotate": 0.75,
}

Document = dict[str, Any]


def small_county(seed: int) -> Document:
    """Draw two primary schools and a nine-year school, everything near its line."""
    rng = random.Random(seed)
    schools = []
    for nth, kind in enumerate(("primary", "primary", "nine_year")):
        stages = ("primary", "junior") if kind == "nine_year" else ("primary",)
        row: Document = {
            "code": f"9{nth}",
            "name": f"合成{nth}",
            "kind": kind,
            "owner": "public",
            "locale": "town",
            "indoor_sports_area": 0,
            "sports_hall_area": 0,
        }
        weighted = Fraction(0)
        for stage in stages:
            pupils = rng.choice(SIZES)
            row[f"{stage}_pupils"] = pupils
            weighted += WEIGHT[stage] * pupils
            for name in TEACHERS:
                line = math.ceil(LINES[stage][name] * pupils)
                extra = rng.choice((-2, -1, -1, 0, 0, 1, 5))
                row[f"{stage}_{name}"] = max(0, line + extra)
        for name in SHARED:
            need = max(LINES[s][name] * weighted / WEIGHT[s] for s in stages)
            short = rng.choice((-3, -2, -1, 0, 0, 2))
            row[name] = max(0, math.ceil(need) + short)
        schools.append(row)
    return {"county": [{"code": "999901", "synthetic": True}], "schools": schools}


def assessed(document: Document) -> ee.Assessment:
    """Judge a document."""
    return ee.evaluate(io.read(document), on=ON)


# -- exhaustive search -----------------------------------------------------------------


class Part(NamedTuple):
    """A section: its cell, what one unit of it adds per pupil, its stage and pupils."""

    cell: int
    slope: Fraction
    stage: str
    pupils: int


def parts_of(document: Document, name: str) -> tuple[list[int], list[Part]]:
    """Return the cells of a column as they are, and the sections that they serve."""
    cells: list[int] = []
    parts: list[Part] = []
    for row in document["schools"]:
        stages = [s for s in LINES if f"{s}_pupils" in row]
        weighted = sum(WEIGHT[s] * row[f"{s}_pupils"] for s in stages)
        if name in SHARED:
            cells.append(row[name])
        for stage in stages:
            pupils = row[f"{stage}_pupils"]
            if name in TEACHERS:
                cells.append(row[f"{stage}_{name}"])
                slope = Fraction(1, pupils)
            else:
                slope = WEIGHT[stage] / weighted
            parts.append(Part(len(cells) - 1, slope, stage, pupils))
    return cells, parts


def even(parts: list[Part], amounts: tuple[int, ...]) -> bool:
    """Whether every stage's coefficient is within its limit, in exact numbers."""
    for stage, limit in LIMITS.items():
        mine = [each for each in parts if each.stage == stage]
        if len(mine) < 2:
            continue
        whole = sum(each.pupils for each in mine)
        values = [each.slope * amounts[each.cell] for each in mine]
        mean = sum(v * e.pupils for v, e in zip(values, mine, strict=True)) / whole
        square = sum(
            e.pupils * (v - mean) ** 2 for v, e in zip(values, mine, strict=True)
        )
        if square / whole > (limit * mean) ** 2:
            return False
    return True


def ranges(cells: list[int], name: str, up: int, *, rotation: bool) -> list[range]:
    """Return what is tried for every cell: more, and where people move, less."""
    moving = rotation and name in TEACHERS
    return [range(max(0, each - 5) if moving else each, each + up) for each in cells]


def price(
    name: str, cells: list[int], amounts: tuple[int, ...], parts: list[Part]
) -> float | None:
    """Return what it costs to come from the one to the other; None if one cannot."""
    cost = COSTS[name]
    if name not in TEACHERS:
        return cost * (sum(amounts) - sum(cells))
    total = 0.0
    for stage in LIMITS:
        mine = {each.cell for each in parts if each.stage == stage}
        more = sum(max(amounts[c] - cells[c], 0) for c in mine)
        less = sum(max(cells[c] - amounts[c], 0) for c in mine)
        if less > more:
            return None
        total += (more - less) * cost + less * COSTS["rotate"]
    return total


def cheapest_by_spared(
    document: Document, name: str, *, rotation: bool, up: int = 6
) -> dict[int, float]:
    """Return the least cost of a column for every set of sections that it may miss."""
    if up > 30:
        return {}
    cells, parts = parts_of(document, name)
    best: dict[int, float] = {}
    full = [math.ceil(LINES[p.stage][name] / p.slope) for p in parts]
    floor = [math.ceil(FLOOR * LINES[p.stage][name] / p.slope) for p in parts]
    tried = ranges(cells, name, up if name in TEACHERS else 5, rotation=rotation)
    for amounts in itertools.product(*tried):
        held = [amounts[part.cell] for part in parts]
        if any(h < f for h, f in zip(held, floor, strict=True)):
            continue
        missed = sum(
            1 << nth for nth, (h, f) in enumerate(zip(held, full, strict=True)) if h < f
        )
        cost = price(name, cells, amounts, parts)
        if cost is None or cost >= best.get(missed, math.inf):
            continue
        if even(parts, amounts):
            best[missed] = cost
    # Nothing so near suffices: look further.
    return best or cheapest_by_spared(document, name, rotation=rotation, up=up + 5)


def exhaustive(document: Document, *, rotation: bool) -> float:
    """Return the least cost over all that can be missed, by trying everything."""
    states = {0: 0.0}
    for name in (*TEACHERS, *SHARED):
        found = cheapest_by_spared(document, name, rotation=rotation)
        after: dict[int, float] = {}
        for (used, spent), (missed, cost) in itertools.product(
            states.items(), found.items()
        ):
            if not used & missed:  # one indicator a section, and no second
                key = used | missed
                after[key] = min(after.get(key, math.inf), spent + cost)
        states = after
    return min(states.values(), default=math.inf)


@pytest.mark.parametrize("seed", range(50))
def test_cost_is_that_of_exhaustive_search(seed: int) -> None:
    """On random small counties nothing is cheaper, and the engine finds it met."""
    rotation = seed % 2 == 1
    document = small_county(seed)
    costs = COSTS if rotation else {k: v for k, v in COSTS.items() if k != "rotate"}

    plan = ee.plan(assessed(document), costs=costs, rotation=rotation)

    assert "optimal" == plan.status
    assert plan.feasible
    assert exhaustive(document, rotation=rotation) == pytest.approx(plan.cost)


def test_the_small_counties_are_no_easy_ones() -> None:
    """Coefficients bind in some of them, and one indicator is spared in some."""
    binding = spared = 0
    for seed in range(50):
        result = assessed(small_county(seed))
        rules = {f.rule for f in result.findings(verdict="unmet", dimension=RESOURCES)}
        binding += any(each.startswith("resources.cv_") for each in rules)
        plan = ee.plan(result, costs=COSTS)
        assert plan.after is not None
        left = plan.after.findings(
            verdict="unmet", dimension=RESOURCES, components=True
        )
        spared += len(left) > 0

    assert binding > 5
    assert spared > 5


# -- what always holds -----------------------------------------------------------------

FEW = settings(max_examples=8, deadline=None, derandomize=True)
SEEDS = st.integers(100, 10_000)


@FEW
@given(seed=SEEDS, column=st.sampled_from(sorted(COSTS)), factor=st.floats(0, 1))
def test_what_is_cheaper_never_costs_more(
    seed: int, column: str, factor: float
) -> None:
    """One unit cost less, and the whole costs no more."""
    result = assessed(small_county(seed))
    cheaper = {**COSTS, column: COSTS[column] * factor}

    plan, other = (ee.plan(result, costs=each) for each in (COSTS, cheaper))
    assert ("optimal", "optimal") == (plan.status, other.status)
    assert other.cost <= plan.cost * (1 + 1e-6)


@FEW
@given(seed=SEEDS, column=st.sampled_from((*TEACHERS, *SHARED)))
def test_more_levers_never_cost_more(seed: int, column: str) -> None:
    """To hire, build and move costs no more than without one of these."""
    result = assessed(small_county(seed))
    free = ee.plan(result, costs=COSTS)
    without = ee.plan(result, costs=COSTS, bounds={column: 0})
    still = ee.plan(result, costs=COSTS, bounds={"rotate": 0})

    assert free.feasible
    assert free.cost <= without.cost * (1 + 1e-6)
    assert free.cost <= still.cost * (1 + 1e-6)
    assert without.feasible is (without.status != "infeasible")


@FEW
@given(seed=SEEDS)
def test_a_plan_makes_nothing_worse(seed: int) -> None:
    """No requirement that was met before is unmet after it, rotation or not."""
    result = assessed(small_county(seed))
    plan = ee.plan(result, costs=COSTS)
    assert plan.after is not None
    before, after = (
        {
            (each.rule, each.entity, each.stage)
            for each in one.findings(verdict="unmet", force="requirement")
        }
        for one in (result, plan.after)
    )
    assert after <= before


# -- the demo county -------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> ee.Assessment:
    """Return the made-up county, judged."""
    return ee.evaluate(ee.read(DEMO), on=ON)


@pytest.fixture(scope="module")
def planned(demo: ee.Assessment) -> ee.Plan:
    """Return its plan."""
    return ee.plan(demo, costs={"rotate": 0.2, "teaching_area": 0.1}, rotation=False)


def unmet(facts: ee.Facts) -> set[str]:
    """Return the rules of resources that are unmet."""
    found = ee.evaluate(facts, on=ON).findings(verdict="unmet", dimension=RESOURCES)
    return {each.rule for each in found}


def test_the_plan_is_met_when_judged_again(
    demo: ee.Assessment, planned: ee.Plan
) -> None:
    """What was unmet is met after it, and the facts it came from are untouched."""
    digest = ee.read(DEMO).digest

    assert {"resources.section_quorum", "resources.cv_backbone_teachers"} == unmet(
        demo.facts
    )
    assert planned.feasible
    assert set() == unmet(planned.facts)
    assert digest == demo.facts.digest


def test_one_unit_less_is_not_enough(demo: ee.Assessment, planned: ee.Plan) -> None:
    """Without one unit of any change a rule is unmet again."""
    assert planned.changes
    for nth, change in enumerate(planned.changes):
        less = [
            ee.Amend(each.entity, each.column, "+=", each.amount - (at == nth))
            for at, each in enumerate(planned.changes)
        ]
        assert unmet(demo.facts.change(*less)), change


def test_what_is_bought_by_hand(planned: ee.Plan) -> None:
    """The nine-year school lacks 5.8 m² a junior pupil: the area is worked out here."""
    (area,) = [each for each in planned.changes if each.column == "teaching_area"]
    rows = (DEMO / "schools.csv").read_text("utf-8-sig").splitlines()
    names = rows[0].split(",")
    (row,) = [
        dict(zip(names, each.split(","), strict=True))
        for each in rows
        if each.startswith(area.entity + ",")
    ]
    weighted = int(row["primary_pupils"]) + Fraction("1.1") * int(row["junior_pupils"])
    need = Fraction("5.8") / Fraction("1.1") * weighted + int(row["indoor_sports_area"])

    assert math.ceil(need - int(row["teaching_area"])) == area.amount
    assert {"teaching_area", *TEACHERS} >= {each.column for each in planned.changes}


def test_prices_are_what_waiving_saves(planned: ee.Plan) -> None:
    """The dearest rule costs nearly all; a coefficient that never binds is no rule."""
    rules = {(each.rule, each.stage): each for each in planned.prices}

    assert ("resources.cv_backbone_teachers", "primary") in rules
    assert ("resources.cv_teaching_area", "primary") not in rules
    quorum = rules["resources.section_quorum", ""]
    # Without the quorum only the coefficient is left to pay for.
    backbone = sum(e.amount for e in planned.changes if e.column == "backbone_teachers")
    assert quorum.saving == pytest.approx(planned.cost - backbone, abs=1.01)
    assert all(
        0 < e.saving <= e.most + 1e-9 <= planned.cost + 1e-6 for e in rules.values()
    )


def test_rotation_alone(demo: ee.Assessment) -> None:
    """Moving teachers alone mends what it can and takes nobody below what is asked."""
    plan = ee.plan(demo, costs={"rotate": 0.2})
    rotation = plan.rotation
    assert rotation is not None
    moved = demo.facts.change(*rotation.moves)

    assert (3, 1) == (rotation.before, rotation.after)
    assert {"resources.section_quorum"} == unmet(moved)
    for column in TEACHERS:
        for rank in (0, 1):
            held, left = (
                facts.sections.numbers(column)[facts.section_stage == rank].sum()
                for facts in (demo.facts, moved)
            )
            assert held == left
    assert rotation.eligible == demo.facts.counties.numbers(
        "rotation_eligible_teachers"
    )
    assert plan.cost < ee.plan(demo, rotation=False).cost


def test_infeasible_within_bounds_is_proven(demo: ee.Assessment) -> None:
    """Too little of either way out leaves no plan; a unit more and there is one."""
    area = 339  # as by hand above
    bounds = {"teaching_area": area - 1, "outdoor_sports_area": 0}

    none = ee.plan(demo, bounds=bounds, rotation=False)
    some = ee.plan(demo, bounds={**bounds, "teaching_area": area}, rotation=False)

    assert "infeasible" == none.status
    assert not none.feasible
    assert none.after is None
    assert () == none.changes
    assert "已证明" in str(none)
    assert some.feasible


def test_bounds_of_one_cell(demo: ee.Assessment) -> None:
    """A school that may take nothing takes nothing."""
    bounds = {"9999010039.teaching_area": 0, "rotate": 2}
    plan = ee.plan(demo, bounds=bounds)

    assert plan.feasible
    assert "9999010039.teaching_area" not in {
        f"{each.entity}.{each.column}" for each in plan.changes
    }
    assert sum(each.amount for each in plan.moves) <= 2


def test_a_county_that_meets_everything_needs_nothing(planned: ee.Plan) -> None:
    """The plan of planned facts is empty."""
    assert planned.after is not None
    plan = ee.plan(planned.after, rotation=False)

    assert (0.0, ()) == (plan.cost, plan.changes)
    assert plan.feasible


# -- what cannot be --------------------------------------------------------------------


def test_bad_costs_and_bounds(demo: ee.Assessment) -> None:
    """Every number that cannot be is named; so is a name that is not there."""
    with pytest.raises(ee.InputError) as caught:
        ee.plan(demo, costs={"backbone_teachers": -1, "rotate": math.nan})
    assert ["backbone_teachers", "rotate"] == [p.sheet for p in caught.value.problems]
    with pytest.raises(ee.InputError, match="teaching_area"):
        ee.plan(demo, bounds={"teaching_area": -1})
    with pytest.raises(ee.InputError) as caught:
        ee.plan(demo, costs={"rotat": 1, "rotate": -1}, bounds={"rotate": -2})
    assert [
        ("unknown-name", "rotat"),
        ("bad-cost", "rotate"),
        ("bad-bound", "rotate"),
    ] == [(each.code, each.sheet) for each in caught.value.problems]
    with pytest.raises(ee.errors.UnknownNameError, match="backbone_teachers"):
        ee.plan(demo, costs={"backbone_teacher": 1})
    with pytest.raises(ee.errors.UnknownNameError):
        ee.plan(demo, bounds={"9999010039.teaching_areas": 1})
    with pytest.raises(ee.errors.UnknownNameError):
        ee.plan(demo, level="village")
    with pytest.raises(ee.InputError):
        ee.plan(demo, seconds=0)


def test_what_is_unknown_is_not_planned() -> None:
    """A blank is named, place and indicator, and never taken for 0."""
    document = small_county(1)
    del document["schools"][1]["primary_backbone_teachers"]
    del document["schools"][2]["equipment_value"]

    with pytest.raises(ee.InputError) as caught:
        ee.plan(assessed(document))

    places = {each.sheet for each in caught.value.problems}
    assert {"91/primary", "92/primary", "92/junior"} == places


def test_a_programme_without_such_rules(demo: ee.Assessment) -> None:
    """The programme of 2012 decides by a mean of coefficients: nothing to plan for."""
    other = ee.evaluate(demo.facts, on=ON, programme="basic-balance")
    with pytest.raises(ee.InputError, match="no quorum"):
        ee.plan(other)


# -- the command line ------------------------------------------------------------------


def lines(capfd: pytest.CaptureFixture[str]) -> Iterator[str]:
    """Yield what was printed."""
    yield from capfd.readouterr().out.splitlines()


def test_command(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """It prints the plan; JSON is JSON alone, whatever the solver says."""
    path = tmp_path / "county.json"
    path.write_text(json.dumps(small_county(3)), "utf-8")
    given = ["plan", str(path), "--on", "2024-12-31", "--cost", "rotate=0.5"]

    assert 0 == run([*given, "--format", "json"])
    made = json.loads(capfd.readouterr().out)
    assert "eduequity/plan/1" == made["schema"]
    assert made["feasible"]

    assert 0 == run([*given, "--lang", "en"])
    assert "Judged again" in capfd.readouterr().out

    assert 1 == run([*given, "--bound", "rotate=0", *_nothing_to_buy()])
    assert "已证明" in capfd.readouterr().out

    assert 2 == run([*given, "--cost", "pe_arts_teachers=-1"])
    assert "pe_arts_teachers" in capfd.readouterr().err
    assert 2 == run([*given, "--cost", "pe_arts_teachers"])
    assert "--cost" in capfd.readouterr().err


def _nothing_to_buy() -> list[str]:
    names = (*TEACHERS, *SHARED)
    return [word for name in names for word in ("--bound", f"{name}=0")]


def test_workbook(planned: ee.Plan, tmp_path: Path) -> None:
    """The workbook has every change and the totals, and no formula."""
    openpyxl = pytest.importorskip("openpyxl")
    path = tmp_path / "plan.xlsx"
    planned.write(path)
    book = openpyxl.load_workbook(path)
    rows = list(book["各校增加"].iter_rows(values_only=True))[1:]

    assert [(c.entity, c.amount) for c in planned.changes] == [
        (row[0], row[3]) for row in rows
    ]
    assert planned.cost == pytest.approx(
        sum(row[4] for row in list(book["合计"].iter_rows(values_only=True))[1:])
    )
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    with pytest.raises(ee.errors.OutputError):
        planned.write(tmp_path / "plan.txt")
