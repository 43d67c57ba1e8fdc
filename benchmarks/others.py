"""
OpenFisca and pandera at the part of the programme that they can do.

OpenFisca works out the seven indicators, who misses which, and the quorum, over one
entity, with the thresholds of both stages as dated parameters chosen by ``where`` (its
indexing by a column of names is some fifty times slower). It keeps numbers in 32 bits
and knows no blank: a formula's NaN compares as false, so that what is unknown is not
missed, but neither is it said to be unknown.

pandera is given the seven indicators ready made and checks the thresholds of each stage
(one schema each); the rows that fail come back as a table. A null passes.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from benchmarks.rivals import FLOOR, INDICATORS, SLACK, values_of


__all__ = ["OTHERS"]

Missed: TypeAlias = Mapping[str, int]
PERIOD = "2024"


def openfisca(columns: Mapping[str, Any]) -> Callable[[], Missed]:
    """Return what simulates all sections once, from columns in memory."""
    from openfisca_core.entities import Entity
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    section = Entity("section", "sections", "A section", "")
    system = TaxBenefitSystem([section])
    kept = _members(columns)
    given = {name: each for name, each in kept.items() if name != "grp"}
    formulas = {**_INDICATORS, **_quorum()}
    for name in given:
        system.add_variable(_variable(section, f"given_{name}"))
    for name, formula in formulas.items():
        system.add_variable(_variable(section, name, formula))

    def simulate() -> Missed:
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("section", np.arange(len(kept["stage"])))
        simulation = builder.build(system)
        for name, column in given.items():
            simulation.set_input(f"given_{name}", PERIOD, column)
        simulation.calculate("unmet", PERIOD)
        return {
            name: int((simulation.calculate(f"{name}_missed", PERIOD) == 1).sum())
            for name in INDICATORS
        }

    return simulate
