"""Levels beside each other: judged together they are what each is by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from benchmarks import provinces
from benchmarks.nation import PROVINCES, tables
from eduequity import Facts
from eduequity.engine import Assessment, _below, _evaluate, evaluate
from eduequity.engine._judge import judge
from eduequity.model import dictionary
from eduequity.registry import Plugin, Registry


ON = dt.date(2024, 12, 31)
SAMPLE = '{ zh = "合成示例", en = "synthetic sample" }'

VALUE = """
[[parameters.NAME.values]]
from = 2020-01-01
source = "sample"
"""

STATED = {
    "class_size": [
        ("pupils", "primary = 43\njunior = 48"),
        ("pupils", "junior = 45"),
        ("pupils", 'primary = 43\nwhere = [{ locale = "rural" }]'),
        ("pupils", 'value = 60\nreplaces = "示例"'),
    ],
    "teaching_area_minimum": [
        ("m2_per_pupil", "primary = 4.6\njunior = 5.9"),
        ("m2_per_pupil", "primary = 5.5"),
        ("m2_per_pupil", 'value = 6.1\nforce = "target"'),
    ],
    "sports_area_minimum": [
        ("m2_per_pupil", "primary = 7.7\njunior = 10.4"),
        ("m2_per_pupil", 'value = 5\nreplaces = "示例"'),
    ],
    "school_size": [
        ("pupils", "value = 1500"),
        ("pupils", 'value = 1200\nwhere = [{ owner = "public" }]'),
        ("pupils", "value = 1800"),
    ],
    "quorum_floor": [("share", "value = 0.9"), ("share", "value = 0.88")],
    "quorum_minimum": [("count", "value = 7")],
    "small_school_pupils": [("pupils", "value = 120"), ("pupils", "value = 150")],
    "migrant_enrolment": [("share", "value = 0.9"), ("share", "value = 0.95")],
    "junior_retention": [("share", "value = 0.96")],
    "coefficient_maximum": [("ratio", "primary = 0.45\njunior = 0.4")],
}
"""Thresholds of the nation, and how a province may state them."""

OWN = f"""
[[fields]]
table = "schools"
name = "synthetic_AREA_rooms"
type = "number"
unit = "rooms"
label = {SAMPLE}

[[fields]]
table = "schools"
name = "synthetic_AREA_safe"
type = "yes_no"
label = {SAMPLE}

[[fields]]
table = "schools"
name = "synthetic_AREA_kept"
type = "yes_no"
label = {SAMPLE}

[[fields]]
table = "county"
name = "synthetic_AREA_plan"
type = "yes_no"
label = {SAMPLE}

[[fields]]
table = "county"
name = "synthetic_AREA_funds"
type = "number"
unit = "yuan"
label = {SAMPLE}

[parameters.synthetic_AREA_rooms_minimum]
unit = "rooms"
stricter = "higher"
[[parameters.synthetic_AREA_rooms_minimum.values]]
from = 2020-01-01
VALUES
source = "sample"

[parameters.synthetic_AREA_funds_minimum]
unit = "yuan"
stricter = "higher"
[[parameters.synthetic_AREA_funds_minimum.values]]
from = FROM
value = 3THIRD
source = "sample"

[rules.rooms]
kind = "threshold"
scope = "school"
population = [{{ kind = {{ in = ["primary", "junior"] }} }}]
indicator = "synthetic_AREA_rooms"
operator = ">="
parameter = "synthetic_AREA_rooms_minimum"
label = {SAMPLE}

[rules.few]
kind = "threshold"
scope = "school"
population = [{{ kind = "twelve_year", pupils = {{ min = 400 }} }}]
indicator = "synthetic_AREA_rooms"
operator = ">="
parameter = "synthetic_AREA_rooms_minimum"
label = {SAMPLE}

[rules.some]
kind = "threshold"
scope = "school"
population = [{{ synthetic_AREA_safe = true }}]
indicator = "synthetic_AREA_rooms"
operator = ">="
parameter = "synthetic_AREA_rooms_minimum"
label = {SAMPLE}

[rules.safe]
kind = "all"
scope = "school"
of = ["synthetic_AREA_safe"]
source = "sample"
label = {SAMPLE}

[rules.kept]
kind = "all"
scope = "school"
of = ["synthetic_AREA_kept"]
source = "sample"
label = {SAMPLE}

[rules.large]
kind = "threshold"
scope = "section"
indicator = "teaching_area_per_pupil"
operator = ">="
parameter = "teaching_area_minimum"
label = {SAMPLE}

[rules.funds]
kind = "threshold"
scope = "county"
indicator = "synthetic_AREA_funds"
operator = ">="
parameter = "synthetic_AREA_funds_minimum"
label = {SAMPLE}

[rules.plan]
kind = "veto"
scope = "county"
field = "synthetic_AREA_plan"
source = "sample"
label = {SAMPLE}

[rules.signed]
kind = "attested"
scope = "school"
source = "sample"
label = {SAMPLE}
"""


def pack(number: int, area: int) -> str:
    """Return a province's pack, each a little unlike the others."""
    text = provinces.HEAD.format(area=area) + OWN.replace(
        "VALUES", f"value = {20 + number % 3}"
    ).replace("FROM", "2030-01-01" if number % 5 == 0 else "2020-01-01").replace(
        "THIRD", str(number % 4)
    )
    for turn, (name, ways) in enumerate(STATED.items()):
        if (number + turn) % 3 == 0:
            continue
        unit, value = ways[(number + turn) % len(ways)]
        text += f'\n[parameters.{name}]\nunit = "{unit}"\n'
        text += VALUE.replace("NAME", name) + value + "\n"
    return text.replace("AREA", str(area))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Return 31 provinces' packs."""
    plugins = []
    for number, area in enumerate(PROVINCES):
        home = tmp_path_factory.mktemp(str(area))
        (home / "pack.toml").write_text(pack(number, area), "utf-8")
        plugins.append(Plugin(provinces.bringing(home), f"synthetic-{area}", "1"))
    found = Registry.of(*plugins)
    assert not found.failures, found.failures
    assert len(found.packs) == len(Registry.of().packs) + len(PROVINCES)
    return found


@pytest.fixture(scope="module")
def facts(registry: Registry) -> Facts:
    """Return 145 counties of which some gave what their province asks for."""
    whole: dict[str, dict[str, Any]] = tables(0.05)
    rng = np.random.default_rng(7)
    schools, county = whole["schools"], whole["county"]
    for area in PROVINCES[::2]:  # of the others nobody gave anything
        for columns, name, most in (
            (schools, "rooms", 40),
            (schools, "safe", 2),
            (schools, "kept", 2),
            (county, "plan", 2),
            (county, "funds", 60),
        ):
            given = rng.integers(0, most, len(columns["code"])) * 1.0
            given[rng.random(len(given)) < 0.2] = np.nan
            columns[f"synthetic_{area}_{name}"] = given  # also outside the province
    signed = [
        {"rule": f"{area}.signed", "entity": code, "value": value}
        for area, value in ((11, 1.0), (12, 0.0))
        for code in (*county["code"][:9:2], *schools["code"][:40:3])
    ]
    whole["attestations"] = {
        name: [each[name] for each in signed] for name in ("rule", "entity", "value")
    }
    return Facts.from_columns(whole, fields=dictionary(registry.fields))


def judged(facts: Facts, registry: Registry) -> Assessment:
    """Judge on the day."""
    return evaluate(facts, registry.rulebook, registry.indicators, on=ON)


@pytest.mark.parametrize("block", [700, 2**17])
def test_together_is_as_one_by_one(
    registry: Registry, facts: Facts, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """Every verdict of every unit is the same, whatever is judged together."""
    monkeypatch.setattr(_evaluate, "_BLOCK", block)
    together = judged(facts, registry)
    monkeypatch.setattr(_below, "_MANY", 10**9)
    apart = judged(facts, registry)

    ranks: set[int] = set()
    assert len(together.levels) == 1 + len(PROVINCES)
    for one, other in zip(together.levels, apart.levels, strict=True):
        assert one.area == other.area
        assert list(one.units) == list(other.units)
        for name, units in other.units.items():
            np.testing.assert_array_equal(one.units[name], units, name)
            np.testing.assert_array_equal(
                one.counties[name], other.counties[name], name
            )
            if one.area:
                ranks |= set(units.tolist())
    assert ranks == {0, 1, 2, 3}


def test_most_is_judged_together(
    registry: Registry, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what conditions, signatures or own inputs set apart is judged apart."""
    asked: list[tuple[str, str]] = []

    def counting(work: Any, name: str, rule: Any) -> Any:
        if len(work.areas) > 1:
            asked.append((work.areas[-1], name))
        return judge(work, name, rule)

    monkeypatch.setattr(_below, "judge", counting)
    whole = judged(facts, registry)
    every = sum(len(level.units) for level in whole.levels[1:])

    assert asked
    assert len(asked) < every / 4
    assert {"11.signed", "12.signed", "11.some"} <= {name for _, name in asked}
    assert not any(name.endswith((".few", ".safe", ".plan")) for _, name in asked)
