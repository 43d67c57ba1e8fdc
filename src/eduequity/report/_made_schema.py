"""
The published JSON Schemas of what is made from results: comparison, ledger, plan, ….

Every number either has its unit beside it or says its unit in its description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args, get_type_hints

from eduequity.ledger import (
    Cause,
    ConflictKind,
    Progress,
    SchoolFate,
    State,
    Status,
    Turn,
)
from eduequity.planning import Course, PlanStatus
from eduequity.report._schema_parts import (
    AREA,
    DATE,
    DIGEST,
    TEXT,
    Schema,
    closed,
    list_of,
    map_of,
    or_null,
    packs_named,
    root,
    word_of,
)
from eduequity.rules import Operator, Test
from eduequity.vocab import Basis, How, Stage, Unit, Verdict


__all__ = ["MADE_SCHEMAS"]

_YES_NO: Schema = {"type": "boolean"}
_BOTH = closed({"zh": TEXT, "en": TEXT})
_STAGE: Schema = {"enum": ["", *(each.value for each in Stage)]}
_OPERATOR: Schema = {"enum": [*get_args(Operator), "=", "in", None]}
_NUMBER: Schema = {"type": "number"}
_ENDS: Schema = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
_VALUE: Schema = {"type": ["number", "boolean", "null"]}
_OF_UNIT = "in the unit beside it"


def _in(unit: str) -> Schema:
    """Return a number whose unit is always the same, and said."""
    return {"type": "number", "description": f"unit: {unit}"}


def _count(unit: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": f"unit: {unit}"}


def _said(unit: str = _OF_UNIT) -> Schema:
    return {"type": "number", "description": unit}


def _origin() -> Schema:
    """Return what a result rests on."""
    return closed(
        {
            "engine": TEXT,
            "programme": TEXT,
            "on": DATE,
            "as_area": or_null(AREA),
            "data": closed({"digest": DIGEST}),
            "packs": packs_named(),
            "options": map_of(TEXT),
            "counties": list_of(TEXT),
            "synthetic": _YES_NO,
        }
    )


# -- then and now ----------------------------------------------------------------------


def comparison_schema() -> Schema:
    """Return the schema of a comparison of two results."""
    body = closed(
        {
            "schema": {"const": "eduequity/comparison/1"},
            "programme": TEXT,
            "synthetic": _YES_NO,
            "old": _origin(),
            "new": _origin(),
            "causes": list_of(word_of(Cause)),
            "population": _population(),
            "notes": list_of(_BOTH),
            "flips": list_of({"$ref": "#/$defs/flip"}),
            "indicators": list_of({"$ref": "#/$defs/indicator"}),
            "coefficients": list_of({"$ref": "#/$defs/coefficient"}),
        }
    )
    # There only where a result of then was handed in.
    body["properties"]["corrections"] = list_of(
        closed({"what": TEXT, "where": TEXT, "recorded": {}, "found": {}})
    )
    body["$defs"] = {
        "verdict": word_of(Verdict),
        "flip": _flip(),
        "indicator": _indicator(),
        "coefficient": _coefficient(),
    }
    return root("comparison", "Two results side by side 前后对比", body)


def _population() -> Schema:
    change = {
        "fate": word_of(SchoolFate),
        "county": TEXT,
        "entity": TEXT,
        "name": TEXT,
        "into": or_null(TEXT),
        "namesake": or_null(TEXT),
    }
    return closed(
        {
            "counties": _count("counties in both"),
            "schools": _count("schools in both"),
            "sections": _count("sections in both"),
            "counties_left": list_of(TEXT),
            "counties_joined": list_of(TEXT),
            "counties_merged": list_of(closed({"old": list_of(TEXT), "new": TEXT})),
            "changes": list_of(closed(change)),
        }
    )


def _flip() -> Schema:
    verdict = or_null({"$ref": "#/$defs/verdict"})
    found = {
        "id": TEXT,
        "value": _VALUE,
        "operator": _OPERATOR,
        "threshold": {"anyOf": [_NUMBER, _ENDS, {"type": "null"}]},
        "unit": word_of(Unit),
    }
    return closed(
        {
            "county": TEXT,
            "id": TEXT,
            "rule": TEXT,
            "area": AREA,
            "before": verdict,
            "after": verdict,
            "causes": list_of(word_of(Cause)),
            "decides": _YES_NO,
            "was": or_null(closed(found)),
            "now": or_null(closed(found)),
            "zh": TEXT,
            "en": TEXT,
        }
    )


def _indicator() -> Schema:
    return closed(
        {
            "rule": TEXT,
            "stage": or_null(word_of(Stage)),
            **dict.fromkeys(("better", "worse", "same", "unknown"), _count("units")),
            "before": or_null(_said()),
            "after": or_null(_said()),
            "unit": word_of(Unit),
        }
    )


def _coefficient() -> Schema:
    members: Schema = list_of(_count("sections: then, now, in both"))
    pull = {
        "entity": TEXT,
        "name": TEXT,
        "before": or_null(_said("in the unit of the coefficient's indicator")),
        "after": or_null(_said("in the unit of the coefficient's indicator")),
        "part": _in("none; the parts add up to the change of the square"),
    }
    return closed(
        {
            "county": TEXT,
            "rule": TEXT,
            "stage": word_of(Stage),
            **dict.fromkeys(
                ("before", "after", "before_same", "after_same", "limit"),
                or_null(_said()),
            ),
            "unit": word_of(Unit),
            "members": members | {"minItems": 3, "maxItems": 3},
            "partial": _YES_NO,
            "pulls": list_of(closed(pull)),
        }
    )


# -- the ledger ------------------------------------------------------------------------


def ledger_schema() -> Schema:
    """Return the schema of a ledger."""
    pair: Schema = {"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2}
    body = closed(
        {
            "schema": {"const": "eduequity/ledger/1"},
            "programme": TEXT,
            "counties": map_of(TEXT),
            "as_area": or_null(AREA),
            "options": map_of(TEXT),
            "on": DATE,
            "begun": DATE,
            "revision": {"type": "integer", "minimum": 1},
            "synthetic": _YES_NO,
            "columns": list_of(TEXT),
            "notes": list_of(pair | {"description": "zh, en"}),
            "items": list_of({"$ref": "#/$defs/item"}),
            "conflicts": list_of({"$ref": "#/$defs/conflict"}),
        }
    )
    conflict: dict[str, Schema] = dict.fromkeys(
        ("item", "field", "kept", "other", "file"), TEXT
    )
    body["$defs"] = {
        "item": _ledger_item(),
        "conflict": closed({"kind": word_of(ConflictKind), **conflict}),
    }
    return root("ledger", "The ledger of what is to be mended 整改台账", body)


def _ledger_item() -> Schema:
    yuan = or_null(_in("yuan") | {"minimum": 0})
    return closed(
        {
            **dict.fromkeys(("id", "finding", "county", "rule"), TEXT),
            "area": AREA,
            "entity": TEXT,
            "class_id": or_null(TEXT),
            **dict.fromkeys(("label", "where", "problem", "gap"), _BOTH),
            "amount": or_null(_said()),
            "unit": or_null(word_of(Unit)),
            "status": word_of(Status),
            "state": word_of(State),
            "turn": word_of(Turn),
            "history": list_of(closed({"on": DATE, "status": word_of(Status)})),
            "department": TEXT,
            "deadline": or_null(DATE),
            "cost": yuan,
            "worked_out_cost": yuan,
            "progress": or_null(word_of(Progress)),
            "evidence": TEXT,
            "note": TEXT,
            "extra": map_of(TEXT),
        }
    )


# -- what if ---------------------------------------------------------------------------


def what_if_schema() -> Schema:
    """Return the schema of scenarios side by side."""
    cell = {
        "verdict": word_of(Verdict),
        "unmet": _count("units that are unmet"),
        "value": or_null(_in("ratio")),
    }
    row = {"rule": TEXT, "stage": _STAGE, "zh": TEXT, "en": TEXT}
    body = closed(
        {
            "schema": {"const": "eduequity/what-if/1"},
            "assessment": _origin(),
            "scenarios": list_of(closed({"name": TEXT, "edits": list_of(_edit())})),
            "rows": list_of(closed({**row, "cells": list_of(closed(cell))})),
        }
    )
    return root("what-if", "Scenarios side by side 情景对照", body)


def _edit() -> Schema:
    amount = _said("in the unit of the column")
    several: Schema = {"type": "array", "items": amount}
    amend: dict[str, Schema] = {
        "how": {"enum": ["=", "+=", "-=", "*="]},
        "value": {"anyOf": [amount, several]},
    }
    kinds: Mapping[str, Mapping[str, Schema]] = {
        "amend": {"entity": TEXT, "column": TEXT, **amend},
        "move": {"amount": amount, "column": TEXT, "source": TEXT, "target": TEXT},
        "merge": {"school": TEXT, "into": TEXT},
        "split": {"school": TEXT, "code": TEXT, "share": _in("share, 0 to 1")},
        "add": {"entity": TEXT, "column": TEXT, "amount": amount},
    }
    return {
        "oneOf": [
            TEXT,
            *(closed({"change": {"const": k}, **v}) for k, v in kinds.items()),
        ]
    }


def sweep_schema() -> Schema:
    """Return the schema of one input moved from end to end."""
    value = _said("in the unit of the input: unit")
    measured = or_null(_said("in measured_unit"))
    point = {
        "value": value,
        "verdict": word_of(Verdict),
        "measured": measured,
        "threshold": measured,
    }
    turn = {
        "below": value,
        "above": value,
        "before": word_of(Verdict),
        "after": word_of(Verdict),
    }
    body = closed(
        {
            "schema": {"const": "eduequity/sweep/1"},
            "assessment": _origin(),
            "entity": TEXT,
            "column": TEXT,
            "unit": or_null(word_of(Unit)),
            "watched": TEXT,
            "operator": _OPERATOR,
            "measured_unit": or_null(word_of(Unit)),
            "now": or_null(value),
            "points": list_of(closed(point)),
            "turns": list_of(closed(turn)),
        }
    )
    return root("sweep", "One input from end to end 单项扫描", body)


# -- plans and years to come -----------------------------------------------------------

_COST = "in the units of the unit costs given; 1 a unit where none is"


def plan_schema() -> Schema:
    """Return the schema of a plan."""
    move = closed(
        {
            "amount": _in("teachers"),
            "column": TEXT,
            "source": TEXT,
            "target": TEXT,
        }
    )
    body = closed(
        {
            "schema": {"const": "eduequity/plan/1"},
            "assessment": _origin(),
            "county": TEXT,
            "name": TEXT,
            "status": {"enum": list(get_args(PlanStatus))},
            "feasible": _YES_NO,
            "cost": or_null(_said(_COST)),
            "bound": or_null(_said(_COST)),
            "gap": or_null(_in("share of the cost")),
            "changes": list_of({"$ref": "#/$defs/change"}),
            "moves": list_of({"$ref": "#/$defs/move"}),
            "totals": list_of(_total()),
            "unmet": list_of(TEXT),
            "rotation": or_null(_rotation()),
            "prices": or_null(list_of(_price())),
            "left_out": list_of(
                closed({"rule": TEXT, "label": _BOTH, "units": _count("units")})
            ),
            "assumptions": list_of(_BOTH),
        }
    )
    change = {
        "column": TEXT,
        "entity": TEXT,
        "amount": _said(),
        "unit": word_of(Unit),
        "zh": TEXT,
        "en": TEXT,
        "rule": TEXT,
        "floor": _YES_NO,
    }
    body["$defs"] = {"change": closed(change), "move": move}
    return root("plan", "The cheapest plan 最省方案", body)


def _total() -> Schema:
    return closed(
        {
            "column": TEXT,
            "label": _BOTH,
            "unit": word_of(Unit),
            "amount": _said(),
            "unit_cost": _said(_COST),
            "cost": _said(_COST),
        }
    )


def _price() -> Schema:
    return closed(
        {
            "rule": TEXT,
            "stage": _STAGE,
            "label": _BOTH,
            "saving": _said(_COST),
            "most": _said(_COST),
        }
    )


def _rotation() -> Schema:
    left = _count("sections and coefficients that are unmet")
    return closed(
        {
            "moves": list_of({"$ref": "#/$defs/move"}),
            "before": left,
            "after": left,
            "moved": _count("teachers"),
            "backbone": _count("teachers"),
            "eligible": or_null(_in("teachers")),
            "share": or_null(_in("share of those eligible")),
            "backbone_share": or_null(_in("share of those who move")),
            "proven": {"type": "boolean", "description": "nothing goes further"},
        }
    )


def projection_schema() -> Schema:
    """Return the schema of a projection."""
    three = dict.fromkeys(("low", "middle", "high"), _count("pupils"))
    verdicts = list_of(word_of(Verdict)) | {"minItems": 3, "maxItems": 3}
    year = or_null({"type": "integer", "description": "a year; null: it stays"})
    rule = {
        "rule": TEXT,
        "stage": _STAGE,
        "zh": TEXT,
        "en": TEXT,
        "verdicts": list_of(verdicts) | {"description": "by year: low, middle, high"},
        "changes": list_of(year) | {"minItems": 3, "maxItems": 3},
    }
    body = closed(
        {
            "schema": {"const": "eduequity/projection/1"},
            "assessment": _origin(),
            "years": list_of(closed({"on": DATE, "pupils": map_of(closed(three))})),
            "rules": list_of(closed(rule)),
            "targets": list_of(_aim()),
            "assumptions": list_of(_BOTH),
        }
    )
    return root("projection", "The years to come 推算", body)


def _aim() -> Schema:
    paths = {"minItems": 3, "maxItems": 3, "description": "low, middle, high; in unit"}
    return closed(
        {
            **dict.fromkeys(("rule", "where", "source", "clause", "zh", "en"), TEXT),
            "area": AREA,
            "stage": or_null(word_of(Stage)),
            "operator": _OPERATOR,
            "unit": word_of(Unit),
            "day": DATE,
            "target": {"anyOf": [_said(), _ENDS]},
            "on": DATE,
            "values": list_of(or_null(_said())) | paths,
            "reached": list_of(or_null(_YES_NO)) | paths,
        }
    )


def roadmap_schema() -> Schema:
    """Return the schema of a roadmap."""
    body = closed(
        {
            "schema": {"const": "eduequity/roadmap/1"},
            "on": DATE,
            "programme": TEXT,
            "synthetic": _YES_NO,
            "tracks": list_of({"$ref": "#/$defs/track"}),
        }
    )
    known = {"on": DATE, "value": _said(), "basis": word_of(Basis), "source": TEXT}
    body["$defs"] = {"point": closed(known), "track": _track()}
    return root("roadmap", "Staged targets 路线图", body)


def _track() -> Schema:
    point = or_null({"$ref": "#/$defs/point"})
    operand: Schema = {"type": ["string", "number", "boolean", "array"], "items": TEXT}
    test = closed({"field": TEXT, "kind": {"enum": list(_TESTS)}, "operand": operand})
    aimed: dict[str, Schema] = {
        "on": DATE,
        "value": {"anyOf": [_said(), _ENDS]},
        "source": TEXT,
        "clause": or_null(TEXT),
        "read": word_of(How),
        "note": or_null(_BOTH),
    }
    return closed(
        {
            "county": TEXT,
            "area": AREA,
            "rule": TEXT,
            "label": _BOTH,
            "stage": or_null(word_of(Stage)),
            "where": list_of(list_of(test)),
            "operator": {"enum": [*get_args(Operator), "=", "in"]},
            "unit": word_of(Unit),
            "national": or_null(_said()),
            "baseline": point,
            "latest": point,
            "together": point,
            "milestones": list_of(closed(aimed)),
            "course": {"enum": [each.value for each in Course]},
            "responsible": list_of(TEXT),
        }
    )


_TESTS = get_args(get_type_hints(Test)["kind"])


MADE_SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "comparison": comparison_schema,
    "ledger": ledger_schema,
    "plan": plan_schema,
    "projection": projection_schema,
    "roadmap": roadmap_schema,
    "sweep": sweep_schema,
    "what-if": what_if_schema,
}
"""By the name that ``eduequity schema`` takes."""
