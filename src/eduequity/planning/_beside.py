"""
What a plan can add beside the quorum and the coefficients: classes and special rooms.

Every school needs its own number of them, whatever is planned elsewhere. So the least
of each is worked out school by school, and the judges have the last word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import attrs
import numpy as np

from eduequity.engine import Change, judge, point
from eduequity.errors import InputError, Problem, UnknownNameError
from eduequity.facts import STAGES, Facts
from eduequity.indicators import Bounds
from eduequity.planning._county import CountyModel
from eduequity.rules import Rule, Threshold
from eduequity.vocab import Text, Unit, Verdict


__all__ = ["ALSO", "Beside", "beside", "columns_of", "refuse_unknown", "rules_of"]

ALSO: Mapping[str, Mapping[str, str]] = {
    "classes": {"largest_class_size": "classes"},
    "rooms": {
        "qualifying_music_rooms": "music_room_areas",
        "qualifying_art_rooms": "art_room_areas",
    },
}
"""What may be planned besides: the indicators that are mended, and what is added."""


@attrs.frozen(eq=False, kw_only=True)
class Beside:
    """
    What is added besides.

    Args:
        changes: School by school.

        amounts: How much of every column in all.

        cost: What it costs.

        bound: What it costs at least.

        beyond: Whether a bound is exceeded: by what is needed at least (proven), or
            only by what surely suffices (None: it is not known).
    """

    changes: tuple[Change, ...]
    amounts: Mapping[str, int]
    cost: float
    bound: float
    beyond: bool | None


def wanted(also: Iterable[str]) -> dict[str, str]:
    """Return the indicators that are mended, and what is added, in their order."""
    given = set(also)
    for each in given:
        if each not in ALSO:
            raise UnknownNameError("also", each, ALSO)
    if "classes" in given:
        given.add("rooms")  # more classes need more rooms
    return {
        k: v for name, some in ALSO.items() if name in given for k, v in some.items()
    }


def columns_of(also: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that are added to."""
    return tuple(wanted(also).values())


def rules_of(model: CountyModel, also: Iterable[str]) -> dict[str, Threshold]:
    """Return the rules that are mended, classes before the rooms that they need."""
    found: dict[str, Threshold] = {}
    for indicator in wanted(also):
        for name, (_, rule) in model.law.rules.items():
            if name.partition(".")[0].isdigit() or not isinstance(rule, Threshold):
                continue  # a local pack's own rule, or another shape
            if rule.indicator == indicator:
                found[name] = rule
    return found


def refuse_unknown(model: CountyModel, also: Iterable[str]) -> None:
    """Refuse what cannot be planned because it is not known."""
    problems = [
        Problem(
            code="unknown-evidence",
            sheet=_entity(model, rule, int(unit)),
            zh=f"{rule.label.zh} 证据不足，无法规划；请先补齐数据",
            en=f"{rule.label.en}: unknown, so no plan can be made; fill in the data",
        )
        for name, rule in rules_of(model, also).items()
        for unit in np.flatnonzero(
            judge(model.work, name, rule).verdicts == Verdict.UNKNOWN.rank
        )
    ]
    if problems:
        raise InputError(problems)


def _entity(model: CountyModel, rule: Rule, unit: int) -> str:
    table = "sections" if rule.scope.value == "section" else "schools"
    return model.entity(table, unit)


def beside(
    model: CountyModel,
    facts: Facts,
    also: Iterable[str],
    costs: Mapping[str, float],
    bounds: Mapping[str, float],
) -> Beside:
    """
    Work out what is added besides, on top of planned facts.

    Args:
        model: The county.

        facts: The facts with the plan carried out.

        also: What is planned besides: ``classes``, ``rooms``.

        costs: What one more costs; 1 where none is given.

        bounds: The most that may be added, of a column or to one school.
    """
    changes: list[Change] = []
    needs: list[_Need] = []
    for name, rule in rules_of(model, also).items():
        column = wanted(also)[rule.indicator]
        make = _classes if column == "classes" else _rooms
        some = list(make(model, facts, name, rule, column))
        needs += some
        made = [change for each in some for change in each.changes]
        facts = facts.change(*made)
        changes += made
    amounts = _summed(needs, surely=True)
    beyond: bool | None = False
    for key, most in bounds.items():
        if _exceeded(_summed(needs, surely=False), key, most):
            beyond = True
        elif beyond is False and _exceeded(amounts, key, most):
            beyond = None
    return Beside(
        changes=tuple(changes),
        amounts={key: n for key, n in amounts.items() if "." not in key and n},
        cost=sum(costs.get(each.column, 1.0) * each.amount for each in needs),
        bound=sum(costs.get(each.column, 1.0) * each.least for each in needs),
        beyond=beyond,
    )


class _Need(NamedTuple):
    """What one school or section needs: surely enough, and at least."""

    entity: str
    column: str
    amount: int
    least: int
    changes: tuple[Change, ...]


def _summed(needs: Iterable[_Need], *, surely: bool) -> dict[str, int]:
    """Add up by column, and by cell."""
    found: dict[str, int] = {}
    for each in needs:
        for key in (each.column, f"{each.entity}.{each.column}"):
            more = each.amount if surely else each.least
            found[key] = found.get(key, 0) + more
    return found


def _exceeded(amounts: Mapping[str, int], key: str, most: float) -> bool:
    return amounts.get(key, 0) > most


def _unmet(model: CountyModel, facts: Facts, name: str, rule: Rule) -> tuple[Any, Any]:
    judged = judge(model.at(facts), name, rule)
    return judged, np.flatnonzero(judged.verdicts == Verdict.UNMET.rank)


def _rooms(
    model: CountyModel, facts: Facts, name: str, rule: Threshold, column: str
) -> Iterator[_Need]:
    """Yield the rooms that every school lacks."""
    judged, rows = _unmet(model, facts, name, rule)
    if not len(rows):
        return
    value = model.at(facts).school[rule.indicator]
    held = value.low if isinstance(value, Bounds) else point(value)
    field = model.work.field(column)
    assert field is not None
    for row in rows.tolist():
        lacking = math.ceil(float(judged.limit.low[row]) - float(held[row]))
        change = _change(
            model, name, "schools", row, (column, field.label, Unit.ROOMS), lacking
        )
        yield _Need(change.entity, column, lacking, lacking, (change,))


def _classes(
    model: CountyModel, facts: Facts, name: str, rule: Threshold, column: str
) -> Iterator[_Need]:
    """Yield the classes that every section lacks, and what they make of the sizes."""
    judged, rows = _unmet(model, facts, name, rule)
    sections = facts.sections
    listed = _listed(facts)
    for row in rows.tolist():
        limit = math.floor(float(judged.limit.low[row]))
        numbers = {
            each: float(sections.numbers(each)[row]) if each in sections else math.nan
            for each in ("pupils", "classes", "largest_class", "oversized_classes")
        }
        if row in listed:
            more = least = _by_grade(listed[row], limit)
            largest = _largest(listed[row], limit)
        elif not any(map(math.isnan, numbers.values())):
            # Whoever is above the limit is divided: each in as many as it takes.
            parts = math.ceil(numbers["largest_class"] / limit)
            more = int(numbers["oversized_classes"]) * (parts - 1)
            least = max(math.ceil(numbers["pupils"] / limit - numbers["classes"]), 0)
            least, largest = min(least, more), limit
        else:
            continue  # said among what the plan leaves out
        after = {
            "classes": numbers["classes"] + more,
            "largest_class": largest,
            "oversized_classes": 0,
        }
        changes = []
        for each, new in after.items():
            by, field = new - numbers[each], model.work.field(each)
            assert field is not None
            assert field.unit is not None
            if by and not math.isnan(by):
                named = (each, field.label, field.unit)
                changes.append(_change(model, name, "sections", row, named, round(by)))
        entity = model.entity("sections", row)
        yield _Need(entity, column, more, least, tuple(changes))


def _listed(facts: Facts) -> dict[int, list[list[int]]]:
    """Return the sizes of the classes by grade, of sections that list all of theirs."""
    classes = facts.other("classes")
    if not classes.size:
        return {}
    place = {
        (int(school), int(stage)): row
        for row, (school, stage) in enumerate(
            zip(facts.section_school, facts.section_stage, strict=True)
        )
    }
    schools = classes.numbers("in_school") - facts.first_school
    found: dict[int, dict[float, list[int]]] = {}
    partly = set()
    for school, stage, grade, pupils in zip(
        schools.tolist(),
        classes.codes("stage").tolist(),
        classes.numbers("grade").tolist(),
        classes.numbers("pupils").tolist(),
        strict=True,
    ):
        row = place.get((int(school), stage), -1) if school == school else -1  # noqa: PLR0124 - NaN
        if math.isnan(grade) or math.isnan(pupils):
            partly.add(row)
        else:
            found.setdefault(row, {}).setdefault(grade, []).append(int(pupils))
    return {
        row: list(some.values())
        for row, some in found.items()
        if row >= 0 and row not in partly
    }


def _by_grade(grades: list[list[int]], limit: int) -> int:
    """
    Return how many classes more the grades need: pupils stay in their grade.

    >>> _by_grade([[47, 40], [46, 45]], 45)  # 87 pupils fit into two, 91 do not
    1
    """
    return sum(max(math.ceil(sum(each) / limit) - len(each), 0) for each in grades)


def _largest(grades: list[list[int]], limit: int) -> int:
    """Return the largest class once the grades with oversized ones are spread."""
    sizes = []
    for each in grades:
        count = max(len(each), math.ceil(sum(each) / limit))
        over = max(each) > limit
        sizes.append(math.ceil(sum(each) / count) if over else max(each))
    return max(sizes)


def _change(
    model: CountyModel,
    rule: str,
    table: str,
    row: int,
    named: tuple[str, Text, Unit],
    amount: int,
) -> Change:
    column, label, unit = named
    facts = model.facts
    school = row if table == "schools" else int(facts.section_school[row])
    entity = model.entity(table, row)
    zh = en = str(facts.schools.words("name")[school] or entity)
    if table == "sections":
        stage = STAGES[facts.section_stage[row]].label
        zh, en = f"{zh}·{stage.zh}", f"{en}, {stage.en}"
    return Change(
        column=column,
        entity=entity,
        amount=float(amount),
        unit=unit,
        label=Text(label.zh.partition("（")[0], label.en.partition(" (")[0]),
        where=Text(zh, en),
        rule=rule,
    )
