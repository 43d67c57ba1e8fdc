"""
Rules alike: those of several areas that differ only in names of their own.

Provinces ask the same kind of thing of inputs of their own: what one asks of
``rooms_11`` by its parameter, another asks of ``rooms_12``. Told apart by names alone
they are one rule on one column, each county's figures taken from the input of its area.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import attrs
import numpy as np

from eduequity.engine._beside import Beside
from eduequity.engine._columns import Columns, Workspace
from eduequity.engine._judge import judge_shape
from eduequity.engine._judged import Judged
from eduequity.engine._limits import Limit
from eduequity.facts import STAGES, Facts, Floats, constant
from eduequity.rules import AllOf, Attested, Law, Rule, Threshold, Veto
from eduequity.vocab import Scope, Text


__all__ = ["Alike", "alike", "has_plain_inputs", "judge_alike"]


class Alike(NamedTuple):
    """
    A rule without its own names.

    Args:
        name: The rule's full id.

        shape: The rule with places in place of what is its area's alone.

        inputs: The area's own inputs, place by place.

        parameter: The area's own parameter.
    """

    name: str
    shape: Rule
    inputs: tuple[str, ...]
    parameter: str | None


_NOTHING = Text(zh="", en="")
_PARAMETER = "~"
_TABLES = {Scope.SCHOOL: "schools", Scope.COUNTY: "county"}
_NUMBERS = frozenset({"integer", "number", "yes_no"})
_JOINED = tuple(f"{word}_" for word in (*STAGES, "whole"))
"""What names begin with that stand for more than a column of the table."""


def alike(
    law: Law, area: str, name: str, rule: Rule, formulas: Collection[str]
) -> Alike | None:
    """Return a rule without its own names; None where more sets it apart."""
    here, above = law.pack_of(area), law.pack_of("")
    if here is None or above is None or rule.scope not in _TABLES:
        return None
    own = {
        field.name
        for field in here.fields
        if field.table == _TABLES[rule.scope]
        and field.type in _NUMBERS
        and not (field.per_stage or field.name.startswith(_JOINED))
    }
    own -= {*formulas, *law.options, *above.parameters, *here.parameters}
    changes: dict[str, Any] = {}
    inputs: tuple[str, ...] = ()
    parameter = None
    if isinstance(rule, Threshold):
        if rule.parameter is None or rule.breaches or rule.component:
            return None
        if rule.parameter not in above.parameters:
            parameter, changes["parameter"] = rule.parameter, _PARAMETER
        inputs, (changes["indicator"],) = _places((rule.indicator,), own)
    elif isinstance(rule, AllOf):
        inputs, changes["of"] = _places(rule.of, own)
    elif isinstance(rule, Attested | Veto):
        if rule.field:
            inputs, (changes["field"],) = _places((rule.field,), own)
    else:
        return None
    shape = attrs.evolve(rule, **_PLAIN, **changes)
    return Alike(name, shape, inputs, parameter)


_PLAIN: dict[str, Any] = {
    "label": _NOTHING,
    **dict.fromkeys(
        (
            "dimension",
            "sentence",
            "determined_by",
            "source",
            "clause",
            "read",
            "start",
            "until",
        )
    ),
}
"""What a rule says that its judging does not ask."""


def _places(
    names: Iterable[str], own: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names that are own, and all of them with places in their stead."""
    inputs: list[str] = []
    places = []
    for name in names:
        if name in own:
            places.append(f"~{len(inputs)}")
            inputs.append(name)
        else:
            places.append(name)
    return tuple(inputs), tuple(places)


def has_plain_inputs(each: Alike, facts: Facts) -> bool:
    """Whether the own inputs are columns of the rule's table here, or nowhere."""
    schools = each.shape.scope is Scope.SCHOOL
    frame, other = facts.schools, facts.counties
    if not schools:
        frame, other = other, frame
    for name in each.inputs:
        column = frame.stored.get(name)
        if name in facts.section_fields or (column is None and name in other):
            return False
        if column is not None and getattr(column, "dtype", None) != np.float64:
            return False
    return True


def judge_alike(work: Workspace, members: Sequence[tuple[str, Alike, slice]]) -> Judged:
    """
    Judge rules of one shape, each on the units of its area.

    Args:
        work: All units, and the areas beside each other.

        members: An area, its rule, and the rows of the area's units.
    """
    first = members[0][1]
    shape = first.shape
    columns = work.at(shape.scope)
    made: dict[object, object] = {
        f"~{place}": _input(columns, place, members)
        for place in range(len(first.inputs))
    }
    if first.parameter is not None:
        assert isinstance(shape, Threshold)
        names = {area: str(each.parameter) for area, each, _ in members}
        made["limit", _PARAMETER, shape.force] = _limit(work, shape, names)
    cache = columns._cache  # noqa: SLF001
    cache.update(made)
    judged = judge_shape(work, first.name, shape)
    for key in made:
        del cache[key]
    return judged


def _input(
    columns: Columns, place: int, members: Iterable[tuple[str, Alike, slice]]
) -> Floats:
    """Join the own inputs of the areas to one column."""
    found: Floats | None = None
    stored = columns.frame.stored
    for _, each, rows in members:
        column = stored.get(each.inputs[place])
        if not isinstance(column, np.ndarray):
            continue  # nobody gave it
        if found is None:
            found = np.full(columns.size, np.nan)
        found[rows] = column[rows]
    return constant(np.nan, columns.size) if found is None else found


def _limit(work: Workspace, shape: Threshold, names: Mapping[str, str]) -> Limit:
    """Return the areas' own values as the limit of every unit."""
    beside, facts = work.beside, work.facts
    assert isinstance(beside, Beside)
    memory = beside.law.memory.setdefault((Alike, beside.areas), {})
    key = (shape.force, *names.items())
    if key not in memory:
        memory[key] = beside.table(names, shape.force)
    stated = memory[key]
    if stated is None:
        low = constant(np.nan, len(facts))
    else:
        low = stated.amounts[beside.at, -1]
    limit = Limit(low, low, constant(np.int16(-1), len(facts)), ())
    if shape.scope is Scope.SCHOOL:
        limit = limit.repeated(np.diff(facts.school_starts))
    return limit
