"""Every indicator has the dimension that it says it has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pint
import pytest

from eduequity.indicators import NATIONAL, Bounds, Indicator
from eduequity.model import TABLES
from eduequity.registry import Registry
from eduequity.vocab import Unit


REGISTRY: Any = pint.UnitRegistry()
for _name in (
    "pupil",
    "person",
    "teacher",
    "class_",
    "school",
    "room",
    "device",
    "book",
    "grade_level",
    "yuan",
):
    REGISTRY.define(f"{_name} = [{_name}]")

FIELDS = {f: field for t in TABLES.values() for field in t for f in field.names}
PACKS = Registry.of().packs
PARAMETERS = {name: p for pack in PACKS for name, p in pack.parameters.items()}
READINGS = {name for pack in PACKS for name in pack.readings}
BY_NAME = {each.name: each for each in NATIONAL}
FLAGS = {"stage", "boarding", "count_visiting_pe_arts", "count_extra_sports"}
HAND_CHECKED = {
    "years_since_basic_balance": "dates become years",
    "qualifying_music_rooms": "a count of list entries",
    "qualifying_art_rooms": "a count of list entries",
    "largest_class_size": "bounds set by constants of the statistic",
    "population_3_6_spread": "persons over a count of rows",
    "rooms_needed": "classes over classes a room, rounded up to rooms",
    "survey_sample_per_resident": "persons over persons",
}
"""Indicators whose dimension arithmetic cannot show, and why."""


def _quantity(name: str) -> Any:
    """Return one unit of the column, parameter or indicator *name*."""
    if name in BY_NAME:
        return 3.0 * REGISTRY(BY_NAME[name].unit.dimension)
    if name in PARAMETERS:
        return 1.0 * REGISTRY(PARAMETERS[name].unit.dimension)
    field = FIELDS.get(name)
    unit = field.unit if field and field.unit else Unit.PUPILS
    return 2.0 * REGISTRY(unit.dimension)


@pytest.mark.parametrize(
    "made", [i for i in NATIONAL if i.name not in HAND_CHECKED], ids=lambda i: i.name
)
def test_dimension(made: Indicator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formula, run on quantities with units, gives the unit it declares."""
    arguments: list[Any] = []
    for name in made.inputs:
        if name in READINGS:
            arguments.append("1" if "weight" in name else "all")
        elif name in FLAGS:
            arguments.append(np.zeros(1))
        else:
            quantity = _quantity(name)
            size = quantity.magnitude + len(arguments)
            arguments.append(np.array([size]) * quantity.units)
    monkeypatch.setattr(np, "where", _where)
    monkeypatch.setattr(np, "fmax", np.maximum)  # pint knows the one, not the other
    monkeypatch.setattr(np, "isnan", lambda x: np.zeros(np.shape(_bare(x)), bool))
    result = made(*arguments)
    value = result.high if isinstance(result, Bounds) else result
    declared = REGISTRY(made.unit.dimension)
    found = getattr(value, "units", REGISTRY("dimensionless"))
    assert (1 * declared).dimensionality == (1.0 * found).dimensionality


def _bare(value: Any) -> Any:
    return getattr(value, "magnitude", value)


def _where(condition: Any, yes: Any, no: Any) -> Any:
    """Choose like numpy, keeping the unit of whichever branch has one."""
    unit = getattr(yes, "units", None) or getattr(no, "units", None)
    chosen = _original(_bare(condition), _bare(yes), _bare(no))
    return chosen if unit is None else chosen * unit


_original = np.where


def test_every_unit_is_known() -> None:
    """Every unit's expression is one that pint can read."""
    for unit in Unit:
        assert REGISTRY(unit.dimension) is not None


def test_hand_checked_exist() -> None:
    """The list of indicators checked by hand names only indicators there are."""
    assert HAND_CHECKED.keys() <= BY_NAME.keys()
