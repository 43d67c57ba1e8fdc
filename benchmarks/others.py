"""
OpenFisca and pandera at the part of the programme that they can do.

OpenFisca works out the seven indicators, who misses which, and the quorum, over one
entity, with the thresholds of both stages chosen by ``where`` (its indexing of
parameters by a column of names takes longer). It keeps numbers in 32 bits and knows no
blank: NaN compares as false, so that what is unknown is not missed, but neither is it
said to be unknown.

pandera is given the seven indicators ready made and checks the thresholds of each stage
(one schema each); the cells that fail come back as a table. A null passes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from benchmarks.rivals import FLOOR, INDICATORS, SLACK, judged


__all__ = ["OTHERS"]

Missed: TypeAlias = Mapping[str, int]
Formula: TypeAlias = Callable[[Callable[[str], Any]], Any]
PERIOD = "2024"


# -- OpenFisca -----------------------------------------------------------------------


def _openfisca(columns: Mapping[str, Any]) -> Callable[[], Missed]:
    from openfisca_core.entities import Entity
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    members = _members(columns)
    given = {
        f"given_{name}": each.to_numpy()
        for name, each in members.drop("grp", "kind").to_dict().items()
    }
    section = Entity("section", "sections", "A section", "")
    system = TaxBenefitSystem([section])
    for name, formula in {**dict.fromkeys(given), **_formulas()}.items():
        system.add_variable(_variable(section, name, formula))

    def simulate() -> Missed:
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("section", np.arange(len(members)))
        simulation = builder.build(system)
        for name, column in given.items():
            simulation.set_input(name, PERIOD, column)
        answers = (*(f"{name}_missed" for name in INDICATORS), "unmet")
        return {
            name.removesuffix("_missed"): int(simulation.calculate(name, PERIOD).sum())
            for name in answers
        }

    return simulate


def _variable(entity: Any, name: str, formula: Formula | None) -> Any:
    from openfisca_core.periods import DateUnit
    from openfisca_core.variables import Variable

    body: dict[str, Any] = {
        "value_type": float,
        "entity": entity,
        "definition_period": DateUnit.YEAR,
    }
    if formula is not None:
        body["formula"] = lambda section, period: formula(
            lambda column: section(column, period)
        )
    return type(name, (Variable,), body)


def _formulas() -> dict[str, Formula]:
    """Return the indicators, the misses and the quorum, each a variable."""
    found: dict[str, Formula] = {
        "share": _share,
        "indoor": lambda of: _either(of, "indoor_sports_area", "sports_hall_area"),
        "hall": lambda of: _either(of, "sports_hall_area", "indoor_sports_area"),
        "teaching_area": lambda of: _shared(
            of, of("given_teaching_area") - of("indoor")
        ),
        "sports_area": lambda of: _shared(
            of, of("given_outdoor_sports_area") + of("hall")
        ),
        "equipment_value": lambda of: _shared(of, of("given_equipment_value")),
        "multimedia_classrooms": lambda of: _shared(
            of, 100 * of("given_multimedia_classrooms")
        ),
        "unmet": _unmet,
    }
    for name in ("above_degree_teachers", "backbone_teachers", "pe_arts_teachers"):
        found[name] = _per_hundred(name)
    for name in INDICATORS:
        found[f"{name}_missed"] = _below(name, 1.0)
        found[f"{name}_sunk"] = _below(name, FLOOR)
    return found


def _per_hundred(name: str) -> Formula:
    return lambda of: 100 * of(f"given_{name}") / of("given_pupils")


def _share(of: Callable[[str], Any]) -> Any:
    own = of("given_pupils") * np.where(of("given_stage") == 1, 1.1, 1.0)
    weighted = of("given_primary_pupils") + 1.1 * of("given_junior_pupils")
    return own / (weighted + 1.32 * of("given_senior_pupils"))


def _either(of: Callable[[str], Any], first: str, second: str) -> Any:
    one = of(f"given_{first}")
    return np.where(np.isnan(one), of(f"given_{second}"), one)


def _shared(of: Callable[[str], Any], whole: Any) -> Any:
    return whole * of("share") / of("given_pupils")


def _below(name: str, part: float) -> Formula:
    primary, junior = (each * SLACK * part for each in INDICATORS[name])
    return lambda of: of(name) < np.where(of("given_stage") == 1, junior, primary)


def _unmet(of: Callable[[str], Any]) -> Any:
    many = sum(of(f"{name}_missed") for name in INDICATORS) > 1
    return many | (sum(of(f"{name}_sunk") for name in INDICATORS) > 0)


# -- pandera -------------------------------------------------------------------------


def _pandera(columns: Mapping[str, Any]) -> Callable[[], Missed]:
    import pandera.polars as pa
    from pandera.errors import SchemaErrors

    values = _members(columns, values=True).select("stage", *INDICATORS)
    stages = [
        (
            values.filter(pl.col("stage") == stage).select(*INDICATORS),
            pa.DataFrameSchema(
                {
                    name: pa.Column(
                        float, pa.Check.ge(bounds[stage] * SLACK), nullable=True
                    )
                    for name, bounds in INDICATORS.items()
                }
            ),
        )
        for stage in (0, 1)
    ]

    def check() -> Missed:
        found: dict[str, int] = dict.fromkeys(INDICATORS, 0)
        for frame, schema in stages:
            try:
                schema.validate(frame, lazy=True)
            except SchemaErrors as error:
                counts = error.failure_cases.group_by("column").len()
                for name, count in counts.iter_rows():
                    found[name] += count
        return found

    return check


# -- both ----------------------------------------------------------------------------


def _members(columns: Mapping[str, Any], *, values: bool = False) -> pl.DataFrame:
    """Return the sections that count as given, or with the seven worked out."""
    frame = pl.DataFrame(columns, nan_to_null=True).with_row_index("row")
    kept = judged(frame.lazy()).filter(pl.col("member").fill_null(value=False))
    table = kept.collect()
    return table if values else pl.DataFrame(columns)[table["row"].to_numpy()]


OTHERS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Callable[[], Missed]]]]
OTHERS = {
    "OpenFisca": ("openfisca-core", _openfisca),
    "pandera": ("pandera", _pandera),
}
"""By name: the distribution, and what takes the columns in and returns the job."""
