"""The shortfall: carried out it meets the rule, and one unit less does not."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.engine import Change, Shortfall
from eduequity.vocab import Unit
from tests.reference import counties, quality_balance


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
RELAXED = dt.date(2022, 6, 1)
DOCUMENTS = counties.documents(30, seed=20261122)
COUNTED = ("resources.", "government.", "quality.")
HUNDREDTHS = (Unit.M2, Unit.YUAN)

Document = dict[str, Any]


def assessed(document: Document, on: dt.date = ON) -> ee.CountyResult:
    """Return the one county of a document, judged."""
    (county,) = ee.evaluate(io.read(copy.deepcopy(document)), on=on).values()
    return county


def one_less(change: Change) -> Change:
    """Return a change that is one unit smaller: the least that can be counted."""
    step = 0.01 if change.unit in HUNDREDTHS else 1
    less = step if change.amount > 0 else -step
    amount = round(change.amount - less, 2)
    return Change(
        column=change.column,
        entity=change.entity,
        amount=amount,
        unit=change.unit,
        label=change.label,
        where=change.where,
        rule=change.rule,
    )


def column_of(row: Document, change: Change) -> str | None:
    """Return the column of a row that holds what is changed."""
    stage = change.entity.partition("/")[2]
    names = [f"{stage}_{change.column}", change.column] if stage else [change.column]
    if change.column == "above_degree_teachers":
        names.insert(1, f"{stage}_teachers_bachelor")  # counts for either stage
    return next((name for name in names if row.get(name) is not None), None)


def carried_out(document: Document, changes: Iterator[Change] | Any) -> Document | None:
    """Return a document with the changes made by hand; None where it cannot be."""
    made = copy.deepcopy(document)
    for change in changes:
        code = change.entity.partition("/")[0]
        rows = [*made["schools"], *made["county"]]
        (row,) = [row for row in rows if row["code"] == code]
        name = column_of(row, change)
        if change.column == change.rule:
            return None  # a signature
        if change.unit is Unit.YES_NO:
            row[change.column] = change.amount > 0
        elif name is None:
            return None
        elif change.column.endswith("_room_areas"):
            given = row[name] if isinstance(row[name], list) else row[name].split(";")
            row[name] = [float(each) for each in given if each] + [1000.0] * round(
                change.amount
            )
        else:
            exact = Fraction(str(row[name])) + Fraction(str(change.amount))
            row[name] = int(exact) if exact.denominator == 1 else float(exact)
    return made


def readable(document: Document) -> bool:
    """Whether the data can be so: not more backbone teachers than teachers, say."""
    try:
        io.read(copy.deepcopy(document))
    except ee.InputError:
        return False
    return True


def verdicts(document: Document, each: Shortfall, on: dt.date) -> tuple[str, str]:
    """Return what the engine and the reference in fractions say of a finding."""
    finding = each.finding
    (engine,) = {
        f.verdict.value
        for f in assessed(document, on).findings(rule=finding.rule)
        if f.id == finding.id
    }
    item = "" if finding.scope.value in ("section", "school") else "*"
    key = (finding.rule, finding.entity, item)
    said = quality_balance.evaluate(document, on=on)
    return engine, said.get(key, "not_applicable")


def tried(
    number: int, on: dt.date
) -> Iterator[tuple[Shortfall, Document, tuple[Change, ...]]]:
    """Yield the shortfalls of a county with every way of mending that they name."""
    document = DOCUMENTS[number]
    merged = {row.get("parent") for row in document["schools"]}
    for each in assessed(document, on).shortfall():
        if not each.finding.rule.startswith(COUNTED):
            continue
        if each.finding.entity.partition("/")[0] in merged:
            continue  # its figures are those of several rows
        for way in (each.changes, *((other,) for other in each.alternatives)):
            if way and (each.sufficient or way is not each.changes):
                yield each, document, way


@pytest.mark.parametrize("on", [ON, RELAXED])
@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_what_is_named_is_enough_and_nothing_less_is(number: int, on: dt.date) -> None:
    """Engine and reference agree: met with the change, and not with one unit less."""
    for each, document, way in tried(number, on):
        if each.finding.stage and each.finding.scope.value == "county":
            continue  # shared out over sections: tested below
        enough = carried_out(document, way)
        if enough is None or not readable(enough):
            continue

        assert ("met", "met") == verdicts(enough, each, on), (each.finding.id, way)

        for nth, change in enumerate(way):
            if change.unit is Unit.YES_NO:
                continue
            short = [*way[:nth], one_less(change), *way[nth + 1 :]]
            too_little = carried_out(document, short)
            assert too_little is not None
            assert "met" not in verdicts(too_little, each, on), (each.finding.id, way)


def test_the_random_counties_try_every_kind_of_change() -> None:
    """The test above is no empty one."""
    seen = {
        (change.column, change.amount > 0)
        for number in range(len(DOCUMENTS))
        for _, document, way in tried(number, ON)
        if carried_out(document, way) is not None
        for change in way
    }

    assert seen >= {
        ("above_degree_teachers", True),
        ("backbone_teachers", True),
        ("pe_arts_teachers", True),
        ("teaching_area", True),
        ("outdoor_sports_area", True),
        ("equipment_value", True),
        ("multimedia_classrooms", True),
        ("music_room_areas", True),
        ("largest_class", False),
        ("pupils", False),
        ("funded_pupils", True),
        ("training_budget", True),
    }
