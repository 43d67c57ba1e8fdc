"""The four provinces beside each other: what each finds alone, all find together."""

from __future__ import annotations

import datetime as dt
import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.registry import Plugin, Registry


ROOT = Path(__file__).parents[1]
PROVINCES = ("fujian", "shandong", "shanxi", "xinjiang")
ON = dt.date(2024, 12, 31)

pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(f"eduequity_{name}") for name in PROVINCES),
    reason="the four provinces are not installed",
)


def brought(*names: str) -> Registry:
    """Return our own packs and those of some provinces."""
    return Registry.of(
        *(
            Plugin(importlib.import_module(f"eduequity_{name}"), f"eduequity-{name}")
            for name in names
        )
    )


def cases() -> list[dict[str, Any]]:
    """Return the data of every province's cases, each with a code of its own."""
    found = []
    for name in PROVINCES:
        files = sorted((ROOT / f"plugins/eduequity-{name}/cases").glob("*.toml"))
        for file in files:
            case = tomllib.loads(file.read_text("utf-8"))
            if case.get("programme", "quality-balance") != "quality-balance":
                continue
            for key in ("title", "on", "expect", "options", "programme", "as_area"):
                case.pop(key, None)
            found.append(case)
    return found


def joined() -> dict[str, list[dict[str, Any]]]:
    """Join the first case of every county into one file."""
    tables: dict[str, list[dict[str, Any]]] = {}
    seen: set[str] = set()
    for case in cases():
        county = case.pop("county")
        if county["code"] in seen:
            continue
        seen.add(county["code"])
        tables.setdefault("county", []).append(county)
        for table, rows in case.items():
            for row in rows:
                mine = {"county": county["code"], **row}
                for key in ("code", "school", "parent"):
                    if table in ("schools", "teachers", "classes") and key in mine:
                        mine[key] = f"{county['code']}-{mine[key]}"
                if table in ("teachers", "classes", "attestations", "reported"):
                    mine.pop("county")
                if "id" in mine:
                    mine["id"] = f"{county['code']}-{mine['id']}"
                tables.setdefault(table, []).append(mine)
    return tables


def said(result: ee.CountyResult) -> list[dict[str, Any]]:
    """Return everything that is found of a county."""
    whole = result.assessment.county_dict(result.code, ())
    found: list[dict[str, Any]] = whole["findings"]
    return [{**each, "levels": whole["levels"]} for each in found]


def test_together_is_as_one_by_one() -> None:
    """One call over counties of four provinces equals a call for each."""
    registry = brought(*PROVINCES)
    facts = io.read(joined(), extra_fields=registry.fields)
    together = ee.evaluate(facts, on=ON, registry=registry)

    assert {"35", "37", "14", "65"} == {code[:2] for code in together}
    for row, code in enumerate(together):
        alone = ee.evaluate(facts.select(row, row + 1), on=ON, registry=registry)
        assert said(together[code]) == said(alone[code])
        local = [each for each in said(alone[code]) if each["area"]]
        assert local, code


@pytest.mark.parametrize("name", PROVINCES)
def test_a_province_finds_beside_others_what_it_finds_alone(name: str) -> None:
    """Which other provinces are installed makes no difference to a county."""
    every, one = brought(*PROVINCES), brought(name)
    facts = io.read(joined(), extra_fields=every.fields)
    code = {"fujian": "35", "shandong": "37", "shanxi": "14", "xinjiang": "65"}[name]
    beside = ee.evaluate(facts, on=ON, registry=every)
    by_itself = ee.evaluate(facts, on=ON, registry=one)
    own = [each for each in beside if each.startswith(code)]

    assert own
    for each in own:
        assert said(beside[each]) == said(by_itself[each])


@pytest.mark.parametrize("name", PROVINCES)
def test_the_national_findings_are_as_without_any_province(name: str) -> None:
    """A province adds findings of its own and turns none of the nation's."""
    registry = brought(name)
    facts = io.read(joined(), extra_fields=brought(*PROVINCES).fields)
    nation = ee.evaluate(facts, on=ON, registry=Registry.of())
    with_it = ee.evaluate(facts, on=ON, registry=registry)

    for code in nation:
        assert nation[code].verdict is with_it[code].verdict
        above = [f for f in with_it[code].findings(components=True) if not f.area]
        alone = nation[code].findings(components=True)
        assert [(f.id, f.verdict, f.value, f.threshold) for f in above] == [
            (f.id, f.verdict, f.value, f.threshold) for f in alone
        ]
