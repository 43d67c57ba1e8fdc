"""
One rule alone before a value that we choose: the columns it asks for are constants.

The rule keeps its comparison, its parameter and its dates; its indicator is replaced
by a constant and its population by everybody. The county it meets is made up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from eduequity.facts import Facts, Floats
from eduequity.indicators import Indicator
from eduequity.model import TABLES, Field, dictionary
from eduequity.rules import (
    AllOf,
    Attested,
    Check,
    Dispersion,
    Every,
    Law,
    MeanDispersion,
    Quorum,
    Range,
    Rule,
    Share,
    Test,
    Threshold,
    Trend,
    Veto,
)
from eduequity.vocab import Choice, Kind, Scope, Stage, SurveyChannel, Text, Unit


__all__ = [
    "MOST_UNITS",
    "OF_A_STAGE",
    "STAGES",
    "Probe",
    "has_stages",
    "items",
    "probe",
    "quorum",
    "step",
]

CODE = "999901"
STAGES = (Stage.PRIMARY, Stage.JUNIOR)
KINDS = {
    Stage.PRIMARY: Kind.PRIMARY,
    Stage.JUNIOR: Kind.JUNIOR,
    Stage.SENIOR: Kind.SENIOR,
}
OF_A_STAGE = (Scope.TEACHER, Scope.CLASS)
"""Scopes whose rows have a column for their stage."""


VALUE, OTHER = "probed_value", "probed_other"
MOST_UNITS = 1000

Rows = dict[str, list[dict[str, Any]]]


@attrs.frozen(kw_only=True)
class Probe:
    """
    A rule made ready, and the made-up county for it.

    Args:
        rules: The rule and those it joins, by full id.

        rows: The tables of the county.

        columns: The constants, by the name of the column.
    """

    rules: Mapping[str, Rule]
    rows: Rows
    columns: Mapping[str, Callable[[Any], Any]]

    def facts(self, fields: Sequence[Field]) -> Facts:
        """Return the county as columns."""
        return Facts.from_rows(self.rows, fields=dictionary(fields))

    def indicators(
        self, cells: Mapping[str, Any], choices: Mapping[str, type[Choice]]
    ) -> dict[str, Indicator]:
        """Return the constants as indicators, with those that conditions ask for."""
        made = {
            name: _constant(cell, choices.get(name))
            for name, cell in cells.items()
            if name != "stage"  # the made-up unit has a stage of its own
        }
        return {
            name: Indicator(
                name=name,
                unit=Unit.RATIO,
                label=Text("试值", "probed value"),
                inputs=("synthetic",),  # a column that is always there: how many units
                function=function,
            )
            for name, function in {**made, **self.columns}.items()
        }


def _constant(cell: Any, choices: type[Choice] | None) -> Callable[[Any], Any]:
    if choices is not None:
        rank = choices(cell).rank
        return lambda there: np.full(len(there), rank, dtype=np.int8)
    if isinstance(cell, str):
        return lambda there: np.full(len(there), cell, dtype=object)
    return lambda there: np.full(len(there), float(cell))


def has_stages(rule: Rule) -> bool:
    """Tell whether a rule is judged stage by stage."""
    if isinstance(rule, Dispersion | MeanDispersion | Quorum):
        return True
    if isinstance(rule, Share):
        return rule.per_stage
    return rule.scope is Scope.SECTION


def step(asked: float) -> float:
    """Return how far below and above a line is tried."""
    return 1e-6 * max(1.0, abs(asked))


def probe(
    name: str, rule: Rule, law: Law, on: dt.date, stage: Stage, value: float
) -> Probe:
    """
    Put a rule before *value*.

    Args:
        name: The rule's full id.

        rule: The rule; a quorum is put before so many components that are met.

        law: The law, for the rules that it joins and the items that it lists.

        on: The day.

        stage: The stage that the made-up school has.

        value: What the rule meets in place of its indicator.
    """
    make: Any = _MAKERS[type(rule)]
    made: Probe = make(name, attrs.evolve(rule, population=()), law, on, stage, value)
    return made


# -- the county --------------------------------------------------------------------


def _county() -> Rows:
    return {"county": [{"code": CODE, "synthetic": True}]}


def _units(scope: Scope, stage: Stage, count: int = 1) -> Rows:
    rows = _county()
    numbered = [f"{number:04}" for number in range(1, count + 1)]
    if scope in (Scope.TOWNSHIP, Scope.KINDERGARTEN):
        table = f"{scope.value}s"
        rows[table] = [{"code": each, "county": CODE} for each in numbered]
    elif scope in OF_A_STAGE:
        rows |= _units(Scope.SCHOOL, stage)
        table = "teachers" if scope is Scope.TEACHER else "classes"
        rows[table] = [
            {"id": each, "school": "0001", "stage": stage} for each in numbered
        ]
    elif scope is not Scope.COUNTY:
        rows["schools"] = [
            {
                "code": each,
                "name": "试",
                "kind": KINDS[stage],
                "county": CODE,
                f"{stage}_pupils": 1,
            }
            for each in numbered
        ]
    return rows


def _number(value: float) -> Callable[[Any], Floats]:
    return lambda there: np.full(len(there), float(value))


# -- one maker a shape ---------------------------------------------------------------


def _threshold(
    name: str, rule: Threshold, _law: Law, _on: dt.date, stage: Stage, value: float
) -> Probe:
    against = None if rule.against is None else OTHER
    made = attrs.evolve(rule, indicator=VALUE, against=against, breaches=None)
    return Probe(
        rules={name: made},
        rows=_units(rule.scope, stage),
        columns={VALUE: _number(value), OTHER: _number(1)},
    )


def _range(
    name: str, rule: Range, _law: Law, _on: dt.date, stage: Stage, value: float
) -> Probe:
    return Probe(
        rules={name: attrs.evolve(rule, indicator=VALUE)},
        rows=_units(rule.scope, stage),
        columns={VALUE: _number(value)},
    )


def _share(
    name: str, rule: Share, _law: Law, _on: dt.date, stage: Stage, value: float
) -> Probe:
    if not (rule.meets or rule.reaches):
        made = attrs.evolve(rule, numerator=VALUE, denominator=OTHER)
        columns = {VALUE: _number(value), OTHER: _number(1)}
        return Probe(rules={name: made}, rows=_units(rule.over, stage), columns=columns)
    share = Fraction(value).limit_denominator(MOST_UNITS)
    count, met = max(share.denominator, 1), share.numerator
    answers = np.arange(count) < met
    yes = Test(field=VALUE, kind="is", operand=1.0)
    return Probe(
        rules={name: attrs.evolve(rule, meets=((yes,),), reaches=None)},
        rows=_units(rule.over, stage, count),
        columns={VALUE: lambda _there: answers.astype(np.float64)},
    )


def _spread(
    name: str, rule: Dispersion, _law: Law, _on: dt.date, stage: Stage, value: float
) -> Probe:
    """Two schools of equal weight, at 1 + value and 1 − value."""
    made = attrs.evolve(rule, indicator=VALUE, weight=OTHER)
    return Probe(
        rules={name: made},
        rows=_units(Scope.SECTION, stage, 2),
        columns={
            VALUE: lambda _there: np.array([1 + value, 1 - value]),
            OTHER: _number(1),
        },
    )


def _mean(
    name: str, rule: MeanDispersion, law: Law, on: dt.date, stage: Stage, value: float
) -> Probe:
    rules: dict[str, Rule] = {name: rule}
    columns: Mapping[str, Any] = {}
    rows: Rows = {}
    for full, part in _parts(name, rule.of, law):
        assert isinstance(part, Dispersion)
        made = _spread(full, attrs.evolve(part, population=()), law, on, stage, value)
        rules |= made.rules
        columns, rows = made.columns, made.rows
    return Probe(rules=rules, rows=rows, columns=columns)


def _parts(name: str, of: Sequence[str], law: Law) -> Iterator[tuple[str, Rule]]:
    head = name.rpartition(".")[0]
    for each in of:
        full = f"{head}.{each}"
        yield full, law.rules[full][1]


FLOOR_OF = 100.0
"""The threshold that the components of a quorum get."""


def quorum(
    name: str, rule: Quorum, law: Law, stage: Stage, met: int, missed: float
) -> Probe:
    """Put a quorum before *met* components above their line, the others at *missed*."""
    rules: dict[str, Rule] = {name: attrs.evolve(rule, population=())}
    columns: dict[str, Callable[[Any], Any]] = {OTHER: _number(FLOOR_OF)}
    for number, (full, part) in enumerate(_parts(name, rule.of, law)):
        assert isinstance(part, Threshold)
        column = f"{VALUE}_{number}"
        columns[column] = _number(FLOOR_OF if number < met else missed * FLOOR_OF)
        rules[full] = attrs.evolve(
            part, indicator=column, parameter=None, against=OTHER, population=()
        )
    return Probe(rules=rules, rows=_units(Scope.SECTION, stage), columns=columns)


def _every(
    name: str, rule: Every, law: Law, on: dt.date, _stage: Stage, value: float
) -> Probe:
    rows = _county()
    rows[rule.table] = [
        {"county": CODE, "year": on.year, rule.item: _typed(rule, item)}
        for item in items(rule, law, on)
    ]
    return Probe(
        rules={name: attrs.evolve(rule, indicator=VALUE, rows=())},
        rows=rows,
        columns={VALUE: _number(value)},
    )


def _typed(rule: Every, item: str) -> Any:
    """Return an item as its column holds it: a word of a list, or text."""
    (field,) = (f for f in TABLES[rule.table] if f.name == rule.item)
    return item if field.choices is None else field.choices(item)


def items(rule: Every, law: Law, on: dt.date) -> list[str]:
    """Return what a rule lists for the year of a day."""
    choice = law.options.get(rule.items)
    if choice is not None:
        return [each.value for each in SurveyChannel] if choice == "both" else [choice]
    values = law.values(rule.items, on=dt.date(on.year, 12, 31))
    return [str(w) for v in values if isinstance(v.value, tuple) for w in v.value]


def _trend(
    name: str, rule: Trend, _law: Law, on: dt.date, _stage: Stage, value: float
) -> Probe:
    rows = _county()
    rows[rule.table] = [
        {"county": CODE, "year": on.year - 1},
        {"county": CODE, "year": on.year},
    ]
    return Probe(
        rules={name: attrs.evolve(rule, indicator=VALUE, rows=())},
        rows=rows,
        columns={VALUE: lambda _there: np.array([1.0, value])},
    )


def _yes_no(
    name: str,
    rule: AllOf | Attested | Veto | Check,
    _law: Law,
    _on: dt.date,
    stage: Stage,
    value: float,
) -> Probe:
    answer = 1 - value if isinstance(rule, Veto) else value
    made: Rule
    if isinstance(rule, AllOf):
        made = attrs.evolve(rule, of=(VALUE,))
    elif isinstance(rule, Check):
        made = attrs.evolve(rule, function=VALUE)
    else:
        made = attrs.evolve(rule, field=VALUE)
    return Probe(
        rules={name: made},
        rows=_units(rule.scope, stage),
        columns={VALUE: _number(answer)},
    )


_MAKERS: Mapping[type, Any] = {
    Threshold: _threshold,
    Range: _range,
    Share: _share,
    Dispersion: _spread,
    MeanDispersion: _mean,
    Every: _every,
    Trend: _trend,
    AllOf: _yes_no,
    Attested: _yes_no,
    Veto: _yes_no,
    Check: _yes_no,
}
