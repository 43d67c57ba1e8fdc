"""
What a pack asks on a day, worked out a second time and simply.

The engine resolves the law for columns; here it is done for one unit at a time, by
going through the values one by one. Boundary cases compare the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from eduequity.rules import Condition, Pack, Parameter, Rule, Test, Value
from eduequity.vocab import Force, Stage, Verdict


__all__ = [
    "Line",
    "Setting",
    "holds",
    "line",
    "meets",
    "same_series",
    "verdict_of",
    "witnesses",
]

NEAR = 1e-11
"""Relative distance at which two numbers count as the same."""

Cell = str | float | bool


@attrs.frozen(kw_only=True)
class Setting:
    """
    Where one unit stands, and when.

    Args:
        on: The day.

        stage: Its stage, or None where the scope has none.

        cells: The columns that conditions ask for, with the unit's values.

        options: The readings chosen.
    """

    on: dt.date
    stage: Stage | None = None
    cells: Mapping[str, Cell] = attrs.field(factory=dict)
    options: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Line:
    """What a unit is compared with, and the value of the law that says so."""

    low: float
    high: float
    value: Value


# -- conditions --------------------------------------------------------------------


def holds(condition: Condition, at: Setting) -> bool:
    """Tell whether a condition holds for a unit of which everything is known."""
    if not condition:
        return True
    return any(all(_stands(test, at) for test in tests) for tests in condition)


def _stands(test: Test, at: Setting) -> bool:
    cell = at.cells.get(test.field, at.options.get(test.field))
    if test.field == "stage" and at.stage is not None:
        cell = at.stage.value
    return cell is not None and _agrees(test, cell)


def _agrees(test: Test, cell: Cell) -> bool:
    if test.kind == "is":
        return cell == test.operand
    if isinstance(test.operand, tuple):
        return (str(cell) in test.operand) == (test.kind == "in")
    bar, number = float(test.operand), float(cell)
    if test.kind == "min":
        return number >= bar
    if test.kind == "max":
        return number <= bar
    return number > bar if test.kind == "above" else number < bar


def witnesses(
    condition: Condition,
    others: Iterable[Condition],
    choices: Mapping[str, Sequence[str]],
) -> Iterator[dict[str, Cell]]:
    """
    Yield for each alternative of a condition a unit for which it holds.

    Args:
        condition: The tables joined by *or*.

        others: Conditions beside it; where it leaves a choice they do not hold.

        choices: The words that columns and readings offer.
    """
    beside = [test for other in others for tests in other for test in tests]
    for tests in condition or ((),):
        names = dict.fromkeys(test.field for test in (*tests, *beside))
        cells = {name: _cell(name, tests, beside, choices) for name in names}
        found = {name: cell for name, cell in cells.items() if cell is not None}
        if len(found) == len(names):
            yield found


def _cell(
    name: str,
    tests: Sequence[Test],
    beside: Sequence[Test],
    choices: Mapping[str, Sequence[str]],
) -> Cell | None:
    """Return what stands the tests and as few as can be of those beside them."""
    asked = [test for test in tests if test.field == name]
    other = [test for test in beside if test.field == name]
    tries = [c for test in (*asked, *other) for c in _tries(test)]
    fits = (
        cell
        for cell in choices.get(name) or tries
        if all(_agrees(test, cell) for test in asked)
    )
    return min(fits, key=lambda c: sum(_agrees(t, c) for t in other), default=None)


def _tries(test: Test) -> tuple[Cell, ...]:
    if isinstance(test.operand, bool):
        return test.operand, not test.operand
    if isinstance(test.operand, str):
        return test.operand, "-"
    if isinstance(test.operand, tuple):
        return (*test.operand, "-")
    bar = float(test.operand)
    near = abs(bar) / 8 or 1.0
    return bar, bar + near, bar - near


# -- the number in force -----------------------------------------------------------


def line(
    name: str, packs: Sequence[Pack], force: Force, at: Setting, *, interval: bool
) -> Line | None:
    """
    Return what governs a unit, or None where nothing is in force.

    Args:
        name: The parameter.

        packs: Those of the unit's areas, from the nation down.

        force: Requirements, targets or benchmarks.

        at: The unit and the day.

        interval: Whether the values are intervals.
    """
    found: Line | None = None
    stricter: str | None = None
    for pack in packs:
        parameter = pack.parameters.get(name)
        if parameter is None:
            continue
        stricter = stricter or parameter.stricter
        for here in _at_level(parameter, force, at, interval=interval):
            found = _joined(found, here, stricter, interval=interval)
    return found


def _at_level(
    parameter: Parameter, force: Force, at: Setting, *, interval: bool
) -> Iterator[Line]:
    """Yield every interval that applies, or the one number that governs."""
    governing: Line | None = None
    for value in parameter.values:
        if value.force is not force or not _in_force(value, parameter, at):
            continue
        if not holds(value.where, at):
            continue
        ends = _ends(value, at.stage)
        if ends is None or interval != isinstance(value.value, tuple):
            continue
        governing = Line(low=ends[0], high=ends[1], value=value)
        if interval:
            yield governing
    if governing is not None and not interval:
        yield governing


def _in_force(value: Value, parameter: Parameter, at: Setting) -> bool:
    """Tell whether a value has begun, has not ended and was not replaced."""
    choice = at.options.get("relaxations", "by_date")
    if value.relaxation and choice != "by_date":
        return choice == "always" and not value.repealed
    ended = value.until is not None and at.on > value.until
    if value.start > at.on or value.repealed or ended:
        return False
    return not any(
        later.start > value.start
        and later.start <= at.on
        and same_series(later, value)
        and _speaks(later, at.stage)
        for later in parameter.values
    )


def same_series(one: Value, other: Value) -> bool:
    """Tell whether the later of two values takes the place of the other."""
    first, second = ((v.where, v.force, v.relaxation) for v in (one, other))
    return first == second


def _speaks(value: Value, stage: Stage | None) -> bool:
    silent = value.repealed and value.value is value.primary is value.junior is None
    return silent or _ends(value, stage) is not None


def _ends(value: Value, stage: Stage | None) -> tuple[float, float] | None:
    if isinstance(value.value, tuple):
        if any(isinstance(each, str) for each in value.value):
            return None
        low, high = value.value
        return float(low), float(high)
    primary, junior = value.numbers()
    number = junior if stage is Stage.JUNIOR else primary
    if number is None or (stage is None and primary != junior):
        return None
    return number, number


def _joined(
    above: Line | None, here: Line, stricter: str | None, *, interval: bool
) -> Line:
    if above is None:
        return here
    if interval:
        low, high = max(above.low, here.low), min(above.high, here.high)
        return Line(low=low, high=high, value=here.value)
    if here.value.replaces is not None or stricter not in ("higher", "lower"):
        return here
    tighter = here.low > above.low if stricter == "higher" else here.low < above.low
    return here if tighter else above


# -- the verdict -------------------------------------------------------------------


def meets(found: float, operator: str, asked: float) -> bool:
    """Compare; what is nearer than any rounding of floats is equal."""
    if abs(found - asked) <= NEAR * abs(asked):
        return "=" in operator
    return found > asked if operator[0] == ">" else found < asked


def verdict_of(rule: Rule, on: dt.date, answer: bool | None) -> Verdict:
    """Return a rule's verdict from the comparison; None: there is no line."""
    begun = rule.start is None or rule.start <= on
    if answer is None or not begun or (rule.until is not None and on > rule.until):
        return Verdict.NOT_APPLICABLE
    return Verdict.MET if answer else Verdict.UNMET
