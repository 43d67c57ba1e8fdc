"""Laws that hold of every county: what may and what may not change a verdict."""

from __future__ import annotations

import copy
import datetime as dt
import math
import random
from fractions import Fraction
from functools import cache
from typing import Any

import attrs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from eduequity import engine, evaluate, io
from eduequity.engine import Assessment
from eduequity.model import TABLES
from eduequity.registry import Registry
from eduequity.rules import Pack, Parameter, Rulebook, Value
from eduequity.vocab import Unit, Verdict, combine
from tests.reference import counties


Row = dict[str, Any]
Tables = dict[str, list[Row]]
Key = tuple[str, str, str]

# How long an example takes is no part of any law.
law = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

days = st.sampled_from(
    [
        dt.date(2020, 6, 1),
        dt.date(2022, 10, 31),
        dt.date(2022, 11, 1),
        dt.date(2024, 12, 31),
    ]
)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


@st.composite
def documents(draw: st.DrawFn, code: str = "350881", most: int = 8) -> Tables:
    """Draw a random county that obeys the contract, blanks and all."""
    size = draw(st.integers(min_value=1, max_value=most), label="schools")
    rng = random.Random(draw(seeds, label="seed"))
    return counties.random_county(rng, code=code, schools=size)


@cache
def registry() -> Registry:
    """Return what comes with eduequity, loaded once."""
    return Registry.of()


def judged(tables: Tables, on: dt.date, pack: Pack | None = None) -> Assessment:
    """Evaluate a document, under a changed pack if one is given."""
    book = registry().rulebook if pack is None else Rulebook([pack])
    return engine.evaluate(io.read(tables), book, registry().indicators, on=on)


def verdicts(result: Assessment) -> dict[Key, str]:
    """Return the verdict of every unit, rule and dimension of the only county."""
    (county,) = result.values()
    found: dict[Key, str] = {
        (f.rule, f.entity, f.item or ""): f.verdict.value
        for f in county.findings(components=True)
    }
    found["verdict", "", ""] = county.verdict.value
    found["self_assessment", "", ""] = county.self_assessment.value
    for dimension in county.dimensions:
        found["dimension", dimension.id, ""] = dimension.verdict.value
        for rule, verdict in dimension.rules.items():
            found["rule", rule, ""] = verdict.value
    return found


# -- joining verdicts --------------------------------------------------------------

verdict = st.sampled_from(list(Verdict))


@given(verdict, verdict, verdict)
def test_joining_is_a_lattice(a: Verdict, b: Verdict, c: Verdict) -> None:
    """Order, grouping and doubling do not matter; not-applicable changes nothing."""
    assert combine([a, b]) is combine([b, a])
    assert combine([combine([a, b]), c]) is combine([a, combine([b, c])])
    assert a is combine([a, a])
    assert a is combine([a, Verdict.NOT_APPLICABLE])
    assert Verdict.UNMET is combine([a, Verdict.UNMET])


@given(st.lists(verdict))
def test_joining_is_by_all(several: list[Verdict]) -> None:
    """One unmet is unmet, else one unknown is unknown, else one met is met."""
    worst = combine(several)

    for each in (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET):
        if each in several:
            assert each is worst
            break
    else:
        assert Verdict.NOT_APPLICABLE is worst


# -- what does not matter ----------------------------------------------------------


@law
@given(documents(), days, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    tables: Tables, on: dt.date, rng: random.Random
) -> None:
    """Every table may be shuffled; no verdict changes."""
    shuffled = copy.deepcopy(tables)
    for rows in shuffled.values():
        rng.shuffle(rows)

    assert verdicts(judged(tables, on)) == verdicts(judged(shuffled, on))


@settings(law, max_examples=12)
@given(documents("110101", 4), documents("350881", 4), documents("990001", 4), days)
def test_counties_together_are_as_one_by_one(
    first: Tables, second: Tables, third: Tables, on: dt.date
) -> None:
    """What is said of a county does not depend on who is read with it."""
    together: Tables = {}
    for tables in (third, first, second):
        code = tables["county"][0]["code"]
        for table, rows in tables.items():
            own = [] if table in ("county", "attestations") else ["county"]
            filled = [row | dict.fromkeys(own, code) for row in rows]
            together.setdefault(table, []).extend(filled)
    joint = judged(together, on)

    expected = {
        code: result.county_dict(code)
        for tables in (first, second, third)
        for result in [judged(tables, on)]
        for code in result
    }
    assert expected == {code: joint.county_dict(code) for code in joint}


@law
@given(
    documents(),
    st.sampled_from(["equipment_value", "multimedia_classrooms"]),
    st.sampled_from([2, 3, 10, 1000]),
)
def test_scaling_a_resource_leaves_its_coefficient(
    tables: Tables, column: str, factor: int
) -> None:
    """Yuan or fen, rooms or desks: inequality has no unit."""
    scaled = copy.deepcopy(tables)
    for row in scaled["schools"]:
        if row.get(column) is not None:
            exact = Fraction(str(row[column])) * factor
            row[column] = float(exact) if exact.denominator > 1 else int(exact)
    on = dt.date(2024, 12, 31)
    rule = f"resources.cv_{column}"

    for before, after in zip(
        judged(tables, on).findings(rule=rule),
        judged(scaled, on).findings(rule=rule),
        strict=True,
    ):
        assert (before.id, before.verdict) == (after.id, after.verdict)
        if before.value is None or after.value is None:
            assert before.value is after.value
        else:
            assert math.isclose(before.value, after.value, rel_tol=1e-12, abs_tol=1e-15)


@settings(law, max_examples=6)
@given(documents(most=4), days)
def test_judging_twice_says_the_same(tables: Tables, on: dt.date) -> None:
    """An evaluation keeps nothing and hangs on nothing but its inputs."""
    facts = io.read(tables)
    first, second = (
        engine.evaluate(facts, registry().rulebook, registry().indicators, on=on)
        for _ in range(2)
    )

    assert first.to_dict() == second.to_dict()
    assert facts.digest == io.read(copy.deepcopy(tables)).digest


# -- a stricter law ----------------------------------------------------------------


def stricter(value: Value, which: str, factor: float) -> Value:
    """Return a value that asks more by *factor*."""
    sign = 1 if which == "higher" else -1

    def moved(number: float | None) -> float | None:
        return None if number is None else number * (1 + sign * factor)

    whole = value.value
    return attrs.evolve(
        value,
        value=moved(whole) if isinstance(whole, float) else whole,
        primary=moved(value.primary),
        junior=moved(value.junior),
    )


def national() -> Pack:
    """Return the national pack."""
    return registry().pack("national-quality-balance")


def tightened(name: str, factor: float) -> Pack:
    """Return the national pack with all values of one parameter stricter."""
    pack = national()
    parameter: Parameter = pack.parameters[name]
    assert parameter.stricter is not None
    values = tuple(
        stricter(value, parameter.stricter, factor) for value in parameter.values
    )
    changed = attrs.evolve(parameter, values=values)
    return attrs.evolve(pack, parameters={**pack.parameters, name: changed})


LINES = sorted(
    name
    for name, parameter in national().parameters.items()
    if parameter.stricter in ("higher", "lower")
)


def test_the_lines_are_all_but_weights_and_subjects() -> None:
    """Every number that asks something says what stricter means."""
    rest = national().parameters.keys() - set(LINES)
    yes_no = {n for n, p in national().parameters.items() if p.unit is Unit.YES_NO}

    weights = {"weight_primary", "weight_junior", "weight_senior"}
    assert weights | yes_no | {"monitoring_subjects"} == rest


@law
@given(
    documents(),
    days,
    st.sampled_from(LINES),
    st.floats(min_value=1e-6, max_value=1),
)
def test_a_stricter_line_never_helps(
    tables: Tables, on: dt.date, name: str, factor: float
) -> None:
    """What is unmet stays unmet, and what is met under more was met before."""
    before = verdicts(judged(tables, on))
    after = verdicts(judged(tables, on, tightened(name, factor)))

    assert before.keys() == after.keys()
    for key, said in before.items():
        if said == "unmet":
            assert "unmet" == after[key], key
        if after[key] == "met":
            assert "met" == said, key
        assert (said == "not_applicable") == (after[key] == "not_applicable"), key


# -- blanks ------------------------------------------------------------------------

# What a row is: blanking it makes another row, or a row that cannot be read.
IDENTITY = {
    "county": {"code"},
    "schools": {"code", "name", "kind", "county"},
    "attestations": {"entity", "rule", "value"},
    "monitoring": {"county", "year", "organiser", "subject"},
    "survey": {"county", "year", "channel", "group"},
    "finance": {"county", "year", "measure"},
}
# Cells whose blank has a meaning in the contract, which is not "unknown".
MEANT = {
    # blank: the row is a school of its own
    "parent",
    "counts_as_school",
    "campus",
    # blank: the other of the two serves for both
    "indoor_sports_area",
    "sports_hall_area",
    # blank: no kindergarten
    "kindergarten_pupils",
}
STAGES_OF = counties.KIND_STAGES


def blankable(tables: Tables) -> list[tuple[str, int, str]]:
    """Return the cells that may be blanked as (table, row, column)."""
    cells = []
    for table, rows in tables.items():
        for number, row in enumerate(rows):
            kept = IDENTITY[table] | MEANT
            if table == "schools":
                # A stage beyond the kind is a section only by its pupils.
                own = STAGES_OF[row["kind"]]
                kept |= {f"{s}_pupils" for s in counties.STAGES if s not in own}
            cells += [
                (table, number, column)
                for column, value in row.items()
                if value is not None and column not in kept
            ]
    return cells


@law
@given(documents(), days, st.data())
def test_a_blank_never_turns_a_verdict_round(
    tables: Tables, on: dt.date, data: st.DataObject
) -> None:
    """With one cell blank what was met or unmet stays, or is unknown."""
    cells = blankable(tables)
    assume(cells)
    table, number, column = data.draw(st.sampled_from(cells), label="cell")
    blanked = copy.deepcopy(tables)
    blanked[table][number][column] = None
    before, after = verdicts(judged(tables, on)), verdicts(judged(blanked, on))

    for key, said in before.items():
        if said in ("met", "unmet"):
            assert after.get(key) in (said, "unknown"), key


@settings(law, max_examples=15)
@given(documents(), days)
def test_a_county_without_figures_is_unknown_in_every_rule(
    tables: Tables, on: dt.date
) -> None:
    """Blank cells throughout: nothing is met and nothing is unmet."""
    names = {f.name for f in TABLES["county"]}
    county = {"code": tables["county"][0]["code"]}
    rows = [{k: r[k] for k in ("code", "name", "kind")} for r in tables["schools"]]
    (result,) = judged({"county": [county], "schools": rows}, on).values()
    one_a_stage = {"resources.cv_" in rule for rule in result["resources"].rules}

    assert names
    assert one_a_stage == {True, False}
    for dimension in result.dimensions:
        for rule, said in dimension.rules.items():
            known = "resources.cv_" in rule  # a group of one has coefficient 0
            assert said.value in ("unknown", "not_applicable") or known, rule
            assert "unmet" != said.value


@law
@given(documents(), days)
def test_incomplete_rows_never_help(tables: Tables, on: dt.date) -> None:
    """More schools stated than listed: nothing over schools becomes met."""
    short = copy.deepcopy(tables)
    listed = sum(row["kind"] == "primary" for row in short["schools"])
    short["county"][0]["primary_schools"] = listed + 1
    before, after = verdicts(judged(tables, on)), verdicts(judged(short, on))

    for key, said in before.items():
        kind, rule, _ = key
        if kind == "rule" and said == "unmet" and ".cv_" not in rule:
            assert after[key] in ("unmet", "unknown"), key
        if kind == "rule" and after[key] == "met":
            # A county's signature speaks for schools without a row as well.
            assert said in ("met", "not_applicable"), key


# -- readings ----------------------------------------------------------------------


@settings(law, max_examples=6)
@given(documents(most=5), days)
def test_the_readings_are_what_an_evaluation_with_the_option_says(
    tables: Tables, on: dt.date
) -> None:
    """Each listed change is what the other choice gives, and no other changes."""
    facts = io.read(tables)
    usual = evaluate(facts, on=on, registry=registry())
    changes = {(c.option, c.choice, c.rule): c.verdict.value for c in usual.readings()}
    expected = {}
    for option, reading in usual.law.readings.items():
        for choice in reading.choices[1:]:
            options = {option: choice}
            other = evaluate(facts, on=on, options=options, registry=registry())
            for before, after in zip(
                *(r["350881"].dimensions for r in (usual, other)), strict=True
            ):
                for rule, said in after.rules.items():
                    if said is not before.rules[rule]:
                        expected[option, choice, rule] = said.value

    assert expected == changes
