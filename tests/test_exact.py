"""
Hold every line of the national pack against exact arithmetic.

A value on the line is met whatever floats make of it; the next value that the
contract can carry (one pupil, teacher or room, 0.01 m², 0.01 yuan) is not.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

from eduequity import evaluate, io
from eduequity.engine import Assessment
from eduequity.indicators import NATIONAL
from eduequity.registry import Registry
from eduequity.rules import Value
from eduequity.vocab import Unit, Verdict


Row = dict[str, Any]

F = Fraction
ON = dt.date(2024, 12, 31)
STAGES = ("primary", "junior")
CENT = F(1, 100)
ONE = F(1)
SLACK = F(1, 2**40)
SMALLEST_GAP = F(4, 10**11)
"""What the contract promises: no real value comes nearer to its line than this."""

VERDICTS = tuple(each.value for each in Verdict)


class Line(NamedTuple):
    """One of the seven indicators: its column, its grid, and its two lines."""

    column: str
    step: Fraction
    scale: int
    primary: Fraction
    junior: Fraction

    def at(self, stage: str) -> Fraction:
        """Return the line of *stage*."""
        return self.primary if stage == "primary" else self.junior


TEACHERS = {
    "above_degree_teachers": Line(
        "above_degree_teachers", ONE, 100, F("4.2"), F("5.3")
    ),
    "backbone_teachers": Line("backbone_teachers", ONE, 100, F(1), F(1)),
    "pe_arts_teachers": Line("pe_arts_teachers", ONE, 100, F("0.9"), F("0.9")),
}
SHARED = {
    "teaching_area": Line("teaching_area", CENT, 1, F("4.5"), F("5.8")),
    "sports_area": Line("outdoor_sports_area", CENT, 1, F("7.5"), F("10.2")),
    "equipment_value": Line("equipment_value", CENT, 1, F(2000), F(2500)),
    "multimedia_classrooms": Line(
        "multimedia_classrooms", ONE, 100, F("2.3"), F("2.4")
    ),
}
SEVEN = TEACHERS | SHARED
FLOOR = F(85, 100)
WEIGHT = {"primary": ONE, "junior": F(11, 10), "senior": F(132, 100)}
KINDS = {
    "nine_year": ("primary", "junior"),
    "twelve_year": ("primary", "junior", "senior"),
    "complete_secondary": ("junior", "senior"),
}


# -- building and reading ----------------------------------------------------------


def cell(amount: Fraction) -> int | float:
    """Write an exact amount as a file would: whole, or with two decimals."""
    assert (amount * 100).denominator == 1, amount
    return int(amount) if amount.denominator == 1 else float(amount)


def down(amount: Fraction, step: Fraction) -> Fraction:
    """Return the largest multiple of *step* that is strictly below *amount*."""
    return (math.ceil(amount / step) - 1) * step


def up(amount: Fraction, step: Fraction) -> Fraction:
    """Return the smallest multiple of *step* that is not below *amount*."""
    return math.ceil(amount / step) * step


def on_grid(amount: Fraction, step: Fraction) -> bool:
    """Tell whether *amount* is one that the contract can carry."""
    return (amount / step).denominator == 1


def assessed(
    schools: Iterable[Row] = (),
    *,
    options: Mapping[str, str] | None = None,
    **more: Any,
) -> Assessment:
    """Evaluate a county of *schools*, or the tables given by name."""
    on = more.pop("on", ON)
    tables = {"county": [{"code": "999901"}], "schools": list(schools), **more}
    facts = io.read({name: rows for name, rows in tables.items() if rows})
    return evaluate(facts, on=on, options=options)


def of_sections(result: Assessment, rule: str) -> dict[str, str]:
    """Return the verdict of a rule over sections by ``<school>/<stage>``."""
    facts = result.facts
    codes = facts.schools.words("code")
    return {
        f"{codes[school]}/{STAGES[stage]}": VERDICTS[rank]
        for school, stage, rank in zip(
            facts.section_school,
            facts.section_stage,
            result.levels[0].units[rule],
            strict=True,
        )
    }


def of_schools(result: Assessment, rule: str) -> dict[str, str]:
    """Return the verdict of a rule over schools by code."""
    ranks = result.levels[0].units[rule]
    codes = result.facts.schools.words("code")
    return {str(c): VERDICTS[rank] for c, rank in zip(codes, ranks, strict=True)}


def of_counties(result: Assessment, rule: str) -> dict[str, str]:
    """Return the verdict of a rule by county."""
    ranks = result.levels[0].counties[rule]
    return {c: VERDICTS[rank] for c, rank in zip(result, ranks, strict=True)}


def section(code: str, stage: str, pupils: int, **figures: Any) -> Row:
    """Make a one-stage school with plenty of everything but what is given."""
    plenty: Row = dict.fromkeys(TEACHERS, pupils)
    plenty |= {line.column: 10_000 * pupils for line in SHARED.values()}
    row = plenty | figures | {"pupils": pupils}
    return {
        "code": code,
        "name": code,
        "kind": stage,
        "indoor_sports_area": 0,
        "sports_hall_area": 0,
        **row,
    }


# -- what the pack says ------------------------------------------------------------

LIMITS: dict[str, dict[str, Fraction]] = {
    **{
        f"{name}_minimum": {s: line.at(s) for s in STAGES}
        for name, line in SEVEN.items()
    },
    "coefficient_maximum": {"primary": F(1, 2), "junior": F(45, 100)},
    "nearby_enrolment": {"primary": ONE, "junior": F(95, 100)},
    "class_size": {"primary": F(45), "junior": F(50)},
    "quorum_minimum": {"": F(6)},
    "quorum_floor": {"": FLOOR},
    "basic_balance_years": {"": F(3)},
    "classes_per_room": {"": F(12)},
    "music_room_area": {"": F(96), "R-3": F(73), "R-4": F(54), "R-4 junior": F(61)},
    "art_room_area": {"": F(90), "R-3": F(67), "R-4": F(54), "R-4 junior": F(61)},
    "school_size": {"": F(2000), "both": F(2500), "R-5": F(2400), "R-5 both": F(3000)},
    "small_school_pupils": {"": F(100)},
    "special_education_funds_minimum": {"": F(6000)},
    "teacher_pay_ratio_minimum": {"": ONE},
    "training_completion": {"": ONE},
    "rotation_minimum": {"": F(1, 10)},
    "backbone_rotation_minimum": {"": F(1, 5)},
    "certification": {"": ONE},
    "senior_high_allocated": {"": F(1, 2)},
    "migrant_enrolment": {"": F(85, 100)},
    "junior_retention": {"": F(95, 100)},
    "disabled_enrolment": {"": F(95, 100)},
    "training_funds": {"": F(5, 100)},
    "monitoring_level": {"": F(3)},
    "monitoring_gap": {"": F(15, 100)},
    "satisfaction": {"": F(85, 100)},
    "survey_sample": {"": F(15, 10_000)},
    "survey_parents": {"": F(1, 2)},
    "weight_primary": {"": ONE},
    "weight_junior": {"": F(11, 10)},
    "weight_senior": {"": F(132, 100)},
}
"""Every number of the national pack, as the dossier has it; each is tested below."""


def stated(value: Value) -> Iterator[Fraction]:
    """Yield the numbers of one value of a parameter, as they are printed."""
    amounts = {value.value, value.primary, value.junior}
    yield from (F(repr(each)) for each in amounts if isinstance(each, float))


def test_every_number_of_the_pack_is_tested_here() -> None:
    """The lines of this module are those of the pack, no fewer and no more."""
    pack = Registry.of().pack("national-quality-balance")
    numbers = {
        name: {n for value in parameter.values for n in stated(value)}
        for name, parameter in pack.parameters.items()
        if parameter.unit is not Unit.YES_NO and name != "monitoring_subjects"
    }

    assert {name: set(lines.values()) for name, lines in LIMITS.items()} == numbers


# -- the seven indicators of one-stage schools -------------------------------------


def sections_near(
    line: Line, stage: str, share: Fraction = ONE
) -> Iterator[tuple[str, int, Fraction, bool]]:
    """
    Yield (code, pupils, amount, whether it is enough) on and next to a line.

    The line comes out even at every multiple of some number of pupils; where that is
    more than a school has, the first three are tried all the same.
    """
    per_pupil = share * line.at(stage) / line.scale
    even = (per_pupil / line.step).denominator
    usual = {*range(50, 2501, 10), *range(even, 2501, even)} - {0, 1}
    for pupils in sorted(usual | {even * n for n in (1, 2, 3) if even > 833}):
        least = up(per_pupil * pupils, line.step)
        yield f"at-{pupils}", pupils, least, True
        yield f"below-{pupils}", pupils, least - line.step, False
        if per_pupil * pupils == least:
            yield f"above-{pupils}", pupils, least + line.step, True
            yield f"more-{pupils}", pupils + 1, least, False
            yield f"fewer-{pupils}", pupils - 1, least, True


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", SEVEN)
def test_an_indicator_on_its_line_is_met_and_the_next_below_is_not(
    name: str, stage: str
) -> None:
    """One teacher, room, 0.01 m² or 0.01 yuan fewer, or one pupil more, is unmet."""
    line, rows, expected = SEVEN[name], [], {}
    for code, pupils, amount, enough in sections_near(line, stage):
        rows.append(section(code, stage, pupils, **{line.column: cell(amount)}))
        expected[f"{code}/{stage}"] = "met" if enough else "unmet"

    assert any(each.startswith("above") for each in expected)
    assert expected == of_sections(assessed(rows), f"resources.{name}")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", SEVEN)
def test_a_miss_on_its_floor_keeps_the_quorum_and_the_next_below_does_not(
    name: str, stage: str
) -> None:
    """Six met and the seventh at exactly 85 % of its line is met."""
    line, rows, expected = SEVEN[name], [], {}
    for code, pupils, amount, enough in sections_near(line, stage, FLOOR):
        rows.append(section(code, stage, pupils, **{line.column: cell(amount)}))
        expected[f"{code}/{stage}"] = "met" if enough else "unmet"

    assert any(each.startswith("above") for each in expected)
    assert expected == of_sections(assessed(rows), "resources.section_quorum")


def test_the_quorum_asks_for_six_whatever_the_second_miss_is() -> None:
    """One miss at 99 % is met, two misses at 99 % are not."""
    near = {"above_degree_teachers": 41}  # of 42
    second = {"equipment_value": 1_999_999.99}  # of 2,000,000
    rows = [
        section("none", "primary", 1000),
        section("one", "primary", 1000, **near),
        section("two", "primary", 1000, **near, **second),
    ]

    expected = {"none/primary": "met", "one/primary": "met", "two/primary": "unmet"}
    assert expected == of_sections(assessed(rows), "resources.section_quorum")


# -- combined schools --------------------------------------------------------------


class Split(NamedTuple):
    """A combined school with one of its resources near a line of one of its stages."""

    kind: str
    pupils: dict[str, int]
    name: str
    stage: str
    amount: Fraction
    bar: Fraction

    @property
    def value(self) -> Fraction:
        """The indicator in exact arithmetic."""
        weighed = sum((WEIGHT[s] * n for s, n in self.pupils.items()), F(0))
        return SHARED[self.name].scale * self.amount * WEIGHT[self.stage] / weighed

    @property
    def tie(self) -> bool:
        """Whether it is exactly on the line."""
        return self.value == self.bar

    @property
    def gap(self) -> Fraction:
        """How far it is off the line, of the line."""
        return abs(self.value - self.bar) / self.bar

    def row(self, code: str) -> Row:
        """Write the school, with plenty of everything else."""
        size = 10_000 * sum(self.pupils.values())
        row: Row = {"code": code, "name": code, "kind": self.kind}
        row |= {line.column: size for line in SHARED.values()}
        row |= {"indoor_sports_area": 0, "sports_hall_area": 0}
        for stage, pupils in self.pupils.items():
            row[f"{stage}_pupils"] = pupils
            if stage != "senior":
                row |= {f"{stage}_{teachers}": pupils for teachers in TEACHERS}
        return row | {SHARED[self.name].column: cell(self.amount)}


def sizes(rng: random.Random) -> tuple[str, dict[str, int]]:
    """Draw a combined school; half are such that rooms may fit exactly."""
    kind = rng.choice(list(KINDS))
    pupils = {"primary": rng.randint(1, 2000), "junior": rng.randint(1, 2000)}
    pupils["senior"] = rng.randint(0, 1000)
    pupils = {stage: pupils[stage] for stage in KINDS[kind]}
    if rng.random() < 0.5:
        pupils["junior"] = 10 * rng.randint(1, 200)
        if "senior" in pupils:
            pupils["senior"] = 25 * rng.randint(0, 40)
        rest = sum(WEIGHT[s] * n for s, n in pupils.items() if s != "primary")
        if "primary" in pupils:
            pupils["primary"] = int(-rest % rng.choice((275, 1000))) or 1000
    return kind, pupils


def splits(share: Fraction) -> Iterator[Split]:
    """Yield, for a few thousand combined schools, what lies on and next to a line."""
    rng = random.Random(1)
    for _ in range(2000):
        kind, pupils = sizes(rng)
        weighed = sum((WEIGHT[s] * n for s, n in pupils.items()), F(0))
        for name, line in SHARED.items():
            stage = rng.choice([s for s in KINDS[kind] if s != "senior"])
            bar = share * line.at(stage)
            exact = bar * weighed / WEIGHT[stage] / line.scale
            for amount in (up(exact, line.step), down(exact, line.step)):
                yield Split(kind, pupils, name, stage, amount, bar)


LINE_SPLITS = list(splits(ONE))
FLOOR_SPLITS = list(splits(FLOOR))


def judged_splits(cases: list[Split], rule: str = "") -> list[tuple[Split, str, float]]:
    """Evaluate every case; return it with its verdict and the float value."""
    found: list[tuple[Split, str, float]] = []
    for name in SHARED:
        chosen = [case for case in cases if case.name == name]
        result = assessed(case.row(str(number)) for number, case in enumerate(chosen))
        verdicts = of_sections(result, rule or f"resources.{name}")
        floats = in_floats(name, chosen)
        for number, case in enumerate(chosen):
            verdict = verdicts[f"{number}/{case.stage}"]
            found.append((case, verdict, floats[number]))
    return found


def in_floats(name: str, cases: list[Split]) -> list[float]:
    """Work the indicator out in floats, by the formulas that the engine uses."""
    formulas = {each.name: each for each in NATIONAL}
    zeros = np.zeros(len(cases))
    given: dict[str, Any] = {
        f"{stage}_pupils": np.array([float(c.pupils.get(stage, 0)) for c in cases])
        for stage in WEIGHT
    }
    given |= {f"weight_{s}": zeros + float(weight) for s, weight in WEIGHT.items()}
    given["attached_kindergarten_weight"] = "0"
    given["stage"] = np.array([STAGES.index(c.stage) for c in cases])
    given["pupils"] = np.array([float(c.pupils[c.stage]) for c in cases])
    given[SHARED[name].column] = np.array([float(c.amount) for c in cases])

    def worked_out(column: str) -> Any:
        if column in formulas:
            return formulas[column](*map(worked_out, formulas[column].inputs))
        return given.get(column, zeros)

    tail = "_per_100" if name == "multimedia_classrooms" else "_per_pupil"
    values: list[float] = worked_out(name + tail).tolist()
    return values


@pytest.fixture(scope="module")
def line_splits() -> list[tuple[Split, str, float]]:
    """Judge the combined schools on and next to the lines themselves."""
    return judged_splits(LINE_SPLITS)


@pytest.fixture(scope="module")
def floor_splits() -> list[tuple[Split, str, float]]:
    """Judge the combined schools on and next to the 85 % floors."""
    return judged_splits(FLOOR_SPLITS, "resources.section_quorum")


@pytest.mark.parametrize("which", ["line_splits", "floor_splits"])
def test_a_split_value_is_met_exactly_where_fractions_say_so(
    which: str, request: pytest.FixtureRequest
) -> None:
    """After a split the verdict is that of exact arithmetic, tie or near miss."""
    judged: list[tuple[Split, str, float]] = request.getfixturevalue(which)

    for case, verdict, _ in judged:
        assert ("met" if case.value >= case.bar else "unmet") == verdict, case


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", SHARED)
def test_the_search_finds_exact_ties_of_every_line(name: str, stage: str) -> None:
    """Each of the four divided resources is tried on its line in both stages."""
    found = [c for c in LINE_SPLITS if (c.name, c.stage) == (name, stage) and c.tie]

    assert 20 < len(found)


def test_plain_floats_would_call_exact_ties_unmet(
    line_splits: list[tuple[Split, str, float]],
) -> None:
    """Without the slack a good part of the schools on the line would fail."""
    on_line = [(case, value) for case, _, value in line_splits if case.tie]
    below = [case for case, value in on_line if value < float(case.bar)]

    assert 0.05 * len(on_line) < len(below)
    assert all(value >= float(c.bar) * (1 - 2**-40) for c, value in on_line)


def test_no_near_miss_is_as_near_as_the_slack_is_wide() -> None:
    """The next input off the line is more than forty times the slack away."""
    smallest = min(c.gap for c in (*LINE_SPLITS, *FLOOR_SPLITS) if not c.tie)

    assert SMALLEST_GAP < smallest
    assert 40 * SLACK < SMALLEST_GAP


# -- coefficients ------------------------------------------------------------------


def coefficient_ties(limit: Fraction) -> Iterator[tuple[int, int, Fraction]]:
    """
    Yield (a, b, x/y): two schools of a²m and b²m pupils with values x and y.

    Their coefficient is ab|x − y| / (a²x + b²y), which is rational, so that it can
    be the limit exactly.
    """
    for a in range(1, 10):
        for b in range(1, 10):
            if b > limit * a and math.gcd(a, b) == 1:
                ratio = b * (a + limit * b) / (a * (b - limit * a))
                yield a, b, ratio


def squared_coefficient(pairs: list[tuple[Fraction, int]]) -> Fraction:
    """Return the square of the weighted coefficient of (value, pupils) pairs."""
    total = sum(n for _, n in pairs)
    mean = sum((x * n for x, n in pairs), F(0)) / total
    return sum((n * (x - mean) ** 2 for x, n in pairs), F(0)) / total / mean**2


@pytest.mark.parametrize("stage", STAGES)
def test_a_coefficient_on_its_limit_is_met_and_the_next_above_is_not(
    stage: str,
) -> None:
    """0.50 and 0.45 exactly are met; 0.01 yuan more in the richer school is not."""
    limit = LIMITS["coefficient_maximum"][stage]
    counties, expected = [], {}
    schools: list[Row] = []
    for number, (a, b, ratio) in enumerate(coefficient_ties(limit)):
        for step, extra in enumerate((F(0), CENT, -CENT)):
            code = str(100_000 + 10 * number + step)
            counties.append({"code": code})
            rich, poor = a * a * 60, b * b * 60
            money = (ratio.numerator * rich, ratio.denominator * poor)
            amounts = (F(money[0]) + extra, F(money[1]))
            for pupils, amount in zip((rich, poor), amounts, strict=True):
                row = section(f"{code}-{len(schools)}", stage, pupils)
                row |= {"county": code, "equipment_value": cell(amount)}
                schools.append(row)
            square = squared_coefficient(
                [(amounts[0] / rich, rich), (amounts[1] / poor, poor)]
            )
            assert (square > limit**2) == (extra > 0)
            expected[code] = "unmet" if extra > 0 else "met"

    result = assessed(schools, county=counties)
    assert 30 < len(counties)
    assert expected == of_counties(result, "resources.cv_equipment_value")


@pytest.mark.parametrize("name", SEVEN)
@pytest.mark.parametrize("stage", STAGES)
def test_every_one_of_the_fourteen_coefficients_has_its_own_limit(
    name: str, stage: str
) -> None:
    """Two equal schools at 1 : 3 have 0.50, at 11 : 29 they have 0.45."""
    first, second = {"primary": (1, 3), "junior": (11, 29)}[stage]
    line = SEVEN[name]
    found = []
    for extra in (0, line.step):
        rows = [
            section("1", stage, 100, **{line.column: first}),
            section("2", stage, 100, **{line.column: cell(second + F(extra))}),
        ]
        county = assessed(rows)["999901"]
        (one,) = county.findings(rule=f"resources.cv_{name}", stage=stage)
        found.append((one.verdict.value, one.threshold))

    limit = float(LIMITS["coefficient_maximum"][stage])
    assert [("met", limit), ("unmet", limit)] == found


# -- shares ------------------------------------------------------------------------

SHARES = {
    "government.teacher_rotation": (
        "rotated_teachers",
        "rotation_eligible_teachers",
        LIMITS["rotation_minimum"][""],
    ),
    "government.backbone_rotation": (
        "rotated_backbone_teachers",
        "rotated_teachers",
        LIMITS["backbone_rotation_minimum"][""],
    ),
    "government.senior_high_quota": (
        "senior_high_allocated_places",
        "senior_high_places",
        LIMITS["senior_high_allocated"][""],
    ),
    "government.migrant_enrolment": (
        "migrant_children_public",
        "migrant_children_eligible",
        LIMITS["migrant_enrolment"][""],
    ),
    "government.teacher_training": (
        "trained_teachers",
        "full_time_teachers",
        LIMITS["training_completion"][""],
    ),
    "government.teacher_certification": (
        "certified_teachers",
        "full_time_teachers",
        LIMITS["certification"][""],
    ),
    "quality.junior_retention": (
        "junior_graduates",
        "junior_entrants_three_years_ago",
        LIMITS["junior_retention"][""],
    ),
    "quality.disabled_enrolment": (
        "disabled_children_enrolled",
        "disabled_children",
        LIMITS["disabled_enrolment"][""],
    ),
    "recognition.satisfaction": ("satisfied", "valid", LIMITS["satisfaction"][""]),
    "recognition.parent_share": ("parents", "valid", LIMITS["survey_parents"][""]),
    "recognition.sample_size": (
        "distributed",
        "resident_population",
        LIMITS["survey_sample"][""],
    ),
}
ZERO = {
    "migrant_children_purchased": 0,
    "junior_transfers_in": 0,
    "junior_transfers_out": 0,
    "junior_deaths": 0,
}


def share_tables(rule: str, cases: list[tuple[str, int, int]]) -> dict[str, list[Row]]:
    """Write (county, part, whole) as the tables that *rule* looks at."""
    part, whole, _ = SHARES[rule]
    if rule.startswith("recognition."):
        return surveyed(part, cases)
    if whole == "full_time_teachers":
        rows = [
            {
                "code": f"{code}-1",
                "name": code,
                "kind": "primary",
                "county": code,
                "pupils": 1000,
                part: some,
                whole: every,
            }
            for code, some, every in cases
        ]
        return {"county": [{"code": code} for code, _, _ in cases], "schools": rows}
    return {
        "county": [
            {"code": code, part: some, whole: every, **ZERO}
            for code, some, every in cases
        ]
    }


def surveyed(part: str, cases: list[tuple[str, int, int]]) -> dict[str, list[Row]]:
    """Write (county, part, whole) as surveys of both channels."""
    counties, rows = [], []
    for code, some, every in cases:
        counties.append({"code": code, "resident_population": every})
        asked = some if part == "distributed" else every
        for channel in ("questionnaire", "interview"):
            key = {"county": code, "year": 2024, "channel": channel}
            total = {"distributed": asked, "valid": asked, "satisfied": 0}
            if part == "satisfied":
                total["satisfied"] = some
            rows.append({**key, "group": "total", **total})
            rows.append({**key, "group": "parents", "valid": min(some, asked)})
    return {"county": counties, "survey": rows}


@pytest.mark.parametrize("rule", SHARES)
def test_a_share_on_its_line_is_met_and_one_fewer_is_not(rule: str) -> None:
    """For every denominator the least number that reaches the share is met."""
    *_, line = SHARES[rule]
    cases, expected, exact = [], {}, 0
    wholes = range(2000, 800_001, 500) if line < F(1, 100) else range(20, 1500)
    for number, whole in enumerate(wholes):
        least = math.ceil(line * whole)
        exact += line * whole == least
        for step, verdict in ((0, "met"), (1, "unmet")):
            code = str(100_000 + 2 * number + step)
            cases.append((code, least - step, whole))
            expected[code] = verdict

    assert 3 < exact
    tables: dict[str, Any] = share_tables(rule, cases)
    assert expected == of_counties(assessed(**tables), rule)


def test_every_share_of_the_pack_is_tested_on_its_line() -> None:
    """The rules above and below are all rules whose parameter is a share."""
    pack = Registry.of().pack("national-quality-balance")
    shares = {
        name
        for name, rule in pack.rules.items()
        for parameter in [getattr(rule, "parameter", None)]
        if parameter and pack.parameters[parameter].unit is Unit.SHARE
    }
    by_hand = {"government.nearby_enrolment", "quality.training_funds"}

    assert shares == (SHARES.keys() - {"recognition.sample_size"}) | by_hand


@pytest.mark.parametrize("formula", ["adjust_graduates", "adjust_entrants"])
def test_retention_on_its_line_with_pupils_who_came_left_and_died(formula: str) -> None:
    """Both readings of the formula hold exact ties with all five figures."""
    rng = random.Random(1)
    counties, expected = [], {}
    line = LIMITS["junior_retention"][""]
    for number in range(1500):
        came, left, dead = (rng.randint(0, 40) for _ in range(3))
        start = 20 * rng.randint(10, 100) + dead
        if formula == "adjust_entrants":
            start += left - came
            least = math.ceil(line * (start + came - left - dead))
        else:
            least = math.ceil(line * (start - dead)) + came - left
        for step, verdict in ((0, "met"), (1, "unmet")):
            code = str(100_000 + 2 * number + step)
            counties.append(
                {
                    "code": code,
                    "junior_graduates": least - step,
                    "junior_entrants_three_years_ago": start,
                    "junior_transfers_in": came,
                    "junior_transfers_out": left,
                    "junior_deaths": dead,
                }
            )
            expected[code] = verdict

    result = assessed(county=counties, options={"retention_formula": formula})
    assert expected == of_counties(result, "quality.junior_retention")


@pytest.mark.parametrize("stage", STAGES)
def test_nearby_enrolment_on_its_line_over_several_schools(stage: str) -> None:
    """The sum of the schools decides: one pupil from outside is the difference."""
    line = LIMITS["nearby_enrolment"][stage]
    counties, rows, expected = [], [], {}
    for number, whole in enumerate(range(40, 1400)):
        least = math.ceil(line * whole)
        for step, verdict in ((0, "met"), (1, "unmet")):
            code = str(100_000 + 2 * number + step)
            counties.append({"code": code})
            expected[code] = verdict
            inside = least - step
            for part, (pupils, near) in enumerate(
                ((whole // 3, inside // 3), (whole - whole // 3, inside - inside // 3))
            ):
                row = section(f"{code}-{part}", stage, pupils, pupils_in_zone=near)
                row |= {"county": code, "locale": "town", "owner": "public"}
                rows.append(row | {"boarding": False})

    result = assessed(rows, county=counties)
    assert expected == of_counties(result, "government.nearby_enrolment")


def test_training_funds_on_their_line() -> None:
    """5 % of the budget is met, 0.01 yuan less is not."""
    rng = random.Random(1)
    line = LIMITS["training_funds"][""]
    rows, expected = [], {}
    for number in range(1500):
        budget = F(rng.randint(10**6, 10**9), 100)
        least = up(line * budget, CENT)
        for tail, amount, verdict in (
            ("at", least, "met"),
            ("below", least - CENT, "unmet"),
        ):
            code = f"{tail}-{number}"
            funds = {"public_funds_budget": cell(budget)}
            rows.append(
                section(code, "primary", 500, training_budget=cell(amount), **funds)
            )
            expected[code] = verdict

    assert expected == of_schools(assessed(rows), "quality.training_funds")


# -- money of the county -----------------------------------------------------------


def test_special_education_funds_on_their_line() -> None:
    """6000 yuan a pupil is met, 0.01 yuan less in all is not."""
    line = LIMITS["special_education_funds_minimum"][""]
    counties, expected = [], {}
    for pupils in range(1, 1500):
        for step, verdict in ((0, "met"), (1, "unmet")):
            code = str(100_000 + 2 * pupils + step)
            funds = cell(line * pupils - step * CENT)
            counties.append(
                {
                    "code": code,
                    "special_education_pupils": pupils,
                    "special_education_funds": funds,
                }
            )
            expected[code] = verdict

    result = assessed(county=counties)
    assert expected == of_counties(result, "government.special_education_funding")


def test_teacher_pay_on_its_line() -> None:
    """The same pay as civil servants is met, 0.01 yuan less is not."""
    rng = random.Random(1)
    counties, expected = [], {}
    for number in range(1500):
        pay = F(rng.randint(3 * 10**6, 3 * 10**7), 100)
        for step, verdict in ((0, "met"), (1, "unmet")):
            code = str(100_000 + 2 * number + step)
            counties.append(
                {
                    "code": code,
                    "teacher_mean_pay": cell(pay - step * CENT),
                    "civil_servant_mean_pay": cell(pay),
                }
            )
            expected[code] = verdict

    result = assessed(county=counties)
    assert expected == of_counties(result, "government.teacher_pay")


# -- whole numbers and areas -------------------------------------------------------

OLD = {"built_year": 2010, "rectification_plan": True}
TOWN = {"locale": "town"}
SMALL = {"locale": "rural", "rectification_plan": True, "largest_class": 29}
ROOMS: list[tuple[str, Row, str, str, dict[str, str]]] = [
    ("primary", {}, "", "", {}),
    ("junior", {}, "", "", {}),
    ("primary", OLD | TOWN, "R-3", "R-3", {"relaxations": "always"}),
    ("junior", OLD | TOWN, "R-3", "R-3", {"relaxations": "always"}),
    ("primary", SMALL, "R-4", "R-4", {"relaxations": "always"}),
    ("junior", SMALL, "R-4 junior", "R-4 junior", {"relaxations": "always"}),
    ("primary", OLD | SMALL, "R-4", "R-4", {"relaxations": "always"}),
]


@pytest.mark.parametrize(("stage", "about", "music", "art", "options"), ROOMS)
def test_a_room_of_exactly_its_area_counts_and_one_of_a_hundredth_less_does_not(
    stage: str, about: Row, music: str, art: str, options: dict[str, str]
) -> None:
    """96 and 90 m², or what a relaxation asks, and 0.01 m² below."""
    found, expected = {}, {}
    for kind, key in (("music", music), ("art", art)):
        area = LIMITS[f"{kind}_room_area"][key]
        for room, verdict in ((area, "met"), (area - CENT, "unmet")):
            rows = [
                section(
                    "1",
                    stage,
                    80,
                    classes=4,
                    **about,
                    **{f"{kind}_room_areas": [cell(room)]},
                )
            ]
            rule = f"government.{kind}_rooms"
            expected[kind, room] = verdict
            found[kind, room] = of_schools(assessed(rows, options=options), rule)["1"]

    assert expected == found


@pytest.mark.parametrize("classes", [1, 11, 12, 13, 24, 25, 36, 37, 120, 121])
def test_one_room_per_twelve_classes_rounds_up(classes: int) -> None:
    """Twelve classes need one room, thirteen need two."""
    need = -(-classes // 12)
    rows = [
        section(
            str(rooms), "primary", 30 * classes, classes=classes, music_room_areas=areas
        )
        for rooms in (need, need - 1)
        for areas in [[96.0] * rooms]
    ]

    expected = {str(need): "met", str(need - 1): "unmet"}
    assert expected == of_schools(assessed(rows), "government.music_rooms")


MIGRANTS = {"migrant_pupils": 1999, "built_year": 2011, "rectification_plan": True}
SIZES: list[tuple[str, Row, str, dict[str, str]]] = [
    ("primary", {}, "", {}),
    ("junior", {}, "", {}),
    ("complete_secondary", {"senior_pupils": 900}, "", {}),
    ("nine_year", {}, "both", {}),
    ("twelve_year", {"senior_pupils": 900}, "both", {}),
    ("primary", OLD, "R-5", {"relaxations": "always"}),
    ("junior", MIGRANTS, "R-5", {"relaxations": "always"}),
    ("complete_secondary", OLD, "R-5", {"relaxations": "always"}),
    ("nine_year", OLD, "R-5 both", {"relaxations": "always"}),
    ("nine_year", MIGRANTS, "R-5 both", {"relaxations": "always"}),
    ("twelve_year", OLD, "both", {"relaxations": "always"}),
    (
        "twelve_year",
        OLD,
        "R-5 both",
        {"relaxations": "always", "relaxed_size_twelve_year": "yes"},
    ),
]


@pytest.mark.parametrize(("kind", "about", "key", "options"), SIZES)
def test_a_school_of_exactly_its_size_is_met_and_one_pupil_more_is_not(
    kind: str, about: Row, key: str, options: dict[str, str]
) -> None:
    """2000 and 2500 pupils, relaxed 2400 and 3000, and one more."""
    limit = int(LIMITS["school_size"][key])
    rows = []
    for pupils in (limit, limit + 1):
        row: Row = {"code": str(pupils), "name": "x", "kind": kind, **about}
        if kind in ("nine_year", "twelve_year"):
            row |= {"primary_pupils": 1400, "junior_pupils": pupils - 1400}
        else:
            row["junior_pupils" if kind != "primary" else "primary_pupils"] = pupils
        rows.append(row)

    expected = {str(limit): "met", str(limit + 1): "unmet"}
    assert expected == of_schools(
        assessed(rows, options=options), "government.school_size"
    )


def test_more_than_half_migrant_children_is_strictly_more() -> None:
    """Exactly half of 2400 pupils is no relaxation, one more child is."""
    about = {"built_year": 2011, "rectification_plan": True}
    rows = [
        section(str(migrants), "primary", 2400, migrant_pupils=migrants, **about)
        for migrants in (1200, 1201)
    ]

    expected = {"1200": "unmet", "1201": "met"}
    result = assessed(rows, options={"relaxations": "always"})
    assert expected == of_schools(result, "government.school_size")


@pytest.mark.parametrize("stage", STAGES)
def test_a_class_of_exactly_its_size_is_met_and_one_pupil_more_is_not(
    stage: str,
) -> None:
    """45 and 50 pupils, and one more."""
    limit = int(LIMITS["class_size"][stage])
    rows = [section(str(n), stage, 500, largest_class=n) for n in (limit, limit + 1)]

    expected = {f"{limit}/{stage}": "met", f"{limit + 1}/{stage}": "unmet"}
    assert expected == of_sections(assessed(rows), "government.class_size")


def test_a_small_school_is_one_of_under_a_hundred_and_funded_as_for_a_hundred() -> None:
    """99 pupils are asked, 100 are not; 100 funded pupils are met, 99 are not."""
    rows = [
        section(f"{pupils}-{funded}", "primary", pupils, funded_pupils=funded)
        | {"owner": "public", "public_funds_allocated": 0, "boarding": False}
        for pupils, funded in ((99, 100), (99, 99), (100, 99))
    ]
    county = [{"code": "999901", "primary_funding_quota": 720}]

    expected = {"99-100": "met", "99-99": "unmet", "100-99": "not_applicable"}
    result = assessed(rows, county=county)
    assert expected == of_schools(result, "government.small_school_funding")


def test_an_allocation_of_exactly_a_hundred_quotas_is_met() -> None:
    """A hundred quotas net of the boarders' top-ups, and 0.01 yuan less."""
    rows, expected = [], {}
    quotas = {"primary": F("720.53"), "junior": F("940.07")}
    for number in range(1, 99):
        stage = STAGES[number % 2]
        boarders = number // 2
        least = 100 * quotas[stage] + boarders * 300
        for tail, amount, verdict in (
            ("at", least, "met"),
            ("below", least - CENT, "unmet"),
        ):
            code = f"{tail}-{number}"
            row = section(code, stage, number, funded_pupils=number, boarders=boarders)
            row |= {"owner": "public", "boarding": True}
            rows.append(row | {"public_funds_allocated": cell(amount)})
            expected[code] = verdict
    county = {"code": "999901", "boarding_top_up": 300}
    county |= {f"{stage}_funding_quota": cell(quotas[stage]) for stage in STAGES}

    result = assessed(rows, county=[county])
    assert expected == of_schools(result, "government.small_school_funding")


# -- days, levels and the strict line ----------------------------------------------


@pytest.mark.parametrize(
    ("recognised", "on", "verdict"),
    [
        ("2016-10-09", dt.date(2019, 10, 9), "met"),
        ("2016-10-09", dt.date(2019, 10, 8), "unmet"),
        ("2016-02-29", dt.date(2019, 2, 28), "met"),
        ("2016-02-29", dt.date(2019, 2, 27), "unmet"),
        ("2017-12-31", dt.date(2020, 12, 31), "met"),
        ("2017-12-31", dt.date(2020, 12, 30), "unmet"),
    ],
)
def test_three_years_are_up_on_the_anniversary(
    recognised: str, on: dt.date, verdict: str
) -> None:
    """The third anniversary itself counts, the day before does not."""
    county = [{"code": "999901", "basic_balance_recognised_on": recognised}]
    result = assessed(county=county, on=on)

    assert verdict == of_counties(result, "eligibility.basic_balance_years")["999901"]


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        ("0.15", "unmet"),
        (0.15, "unmet"),
        (0.1 + 0.05, "unmet"),  # a float above 0.15
        (math.nextafter(0.15, 0), "unmet"),
        ("0.1499", "met"),
        ("0.14999999", "met"),
        ("0.1501", "unmet"),
    ],
    ids=repr,
)
def test_the_monitoring_gap_is_strict(rate: str | float, verdict: str) -> None:
    """0.15 is not below 0.15, however its float came about."""
    rows = [
        {
            "county": "999901",
            "year": 2024,
            "organiser": "national",
            "subject": subject,
            "grade": 8,
            "level": "Ⅲ",
            "between_school_rate": rate,
        }
        for subject in ("数学", "体育与健康", "心理健康")
    ]
    result = assessed(monitoring=rows)

    assert verdict == of_counties(result, "quality.monitoring_gap")["999901"]
    assert "met" == of_counties(result, "quality.monitoring_level")["999901"]


@pytest.mark.parametrize(
    ("level", "verdict"),
    [("Ⅰ", "unmet"), ("Ⅱ", "unmet"), ("Ⅲ", "met"), ("Ⅳ", "met")],
)
def test_the_monitoring_level_is_three_or_more(level: str, verdict: str) -> None:
    """Ⅲ is met, Ⅱ is not."""
    rows = [
        {
            "county": "999901",
            "year": 2024,
            "organiser": "national",
            "subject": subject,
            "level": level,
        }
        for subject in ("数学", "体育与健康", "心理健康")
    ]
    result = assessed(monitoring=rows)

    assert verdict == of_counties(result, "quality.monitoring_level")["999901"]
