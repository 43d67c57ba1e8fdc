"""
The published JSON Schemas (draft 2020-12), made from the declarations.

``assessment`` is what `Assessment.to_dict` gives, ``county`` the document that
`eduequity.read` takes, ``pack`` the TOML of a rule pack as one document, ``case`` that
of a case file.
"""

from __future__ import annotations

import datetime as dt
import enum
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from eduequity.engine import FLAGS
from eduequity.model import Field, dictionary
from eduequity.report._made_schema import MADE_SCHEMAS
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
from eduequity.rules import RULE_KINDS, Condition, Operator, Pack, Source, Threshold
from eduequity.vocab import Basis, Force, How, Scope, Stage, Text, Unit, Verdict


__all__ = [
    "SCHEMAS",
    "assessment_schema",
    "case_schema",
    "county_schema",
    "data_dictionary",
    "pack_schema",
    "shortfall_schema",
]

# -- the result -----------------------------------------------------------------


def assessment_schema() -> Schema:
    """Return the schema of a result: closed, with every key that there is."""
    citation = {"source": TEXT, "clause": or_null(TEXT), "read": word_of(How)}
    body = closed(
        {
            "schema": {"const": "eduequity/assessment/1"},
            "engine": TEXT,
            "programme": TEXT,
            "on": DATE,
            "as_area": or_null(AREA),
            "synthetic": {"type": "boolean"},
            "warnings": list_of(closed({"place": TEXT, "zh": TEXT, "en": TEXT})),
            "sources": map_of(_source()),
            "rules": map_of(closed({"zh": TEXT, "en": TEXT, "dimension": TEXT})),
            "data": closed({"digest": DIGEST}),
            "packs": packs_named(),
            "not_loaded": list_of(
                closed({"distribution": TEXT, "version": TEXT, "reason": TEXT})
            ),
            "upcoming": list_of(_upcoming()),
            "options": map_of(TEXT),
            "counties": list_of({"$ref": "#/$defs/county"}),
        }
    )
    body["$defs"] = {
        "verdict": word_of(Verdict),
        "citation": closed(citation),
        "county": _county_result(),
        "finding": _finding(),
    }
    return root("assessment", "Result of an assessment 评估结果", body)


_VERDICT: Schema = {"$ref": "#/$defs/verdict"}


def _source() -> Schema:
    return closed(
        {
            "title": TEXT,
            "issuer": TEXT,
            "number": or_null(TEXT),
            "issued": or_null(DATE),
            "kind": {"enum": list(get_args(get_type_hints(Source)["kind"]))},
            "read": word_of(How),
        }
    )


def _upcoming() -> Schema:
    either = {"type": ["string", "number"]}
    value = {"type": ["number", "boolean", "array"], "items": either}
    return closed(
        {
            "rule": TEXT,
            "area": AREA,
            "stage": or_null(word_of(Stage)),
            "from": DATE,
            "value": value,
            "source": TEXT,
        }
    )


def _county_result() -> Schema:
    reading = {"option": TEXT, "choice": TEXT, "rule": TEXT, "verdict": _VERDICT}
    return closed(
        {
            "code": TEXT,
            "name": or_null(TEXT),
            "verdict": _VERDICT,
            "self_assessment": _VERDICT,
            "levels": list_of(closed({"area": AREA, "verdict": _VERDICT})),
            "dimensions": list_of(closed({"id": TEXT, "verdict": _VERDICT})),
            "readings": list_of(closed(reading)),
            "findings": list_of({"$ref": "#/$defs/finding"}),
        }
    )


def _finding() -> Schema:
    schema = _finding_as_ever()
    # Added later: there only where something is to be said.
    schema["properties"]["notes"] = list_of(closed({"zh": TEXT, "en": TEXT}))
    return schema


def _finding_as_ever() -> Schema:
    number = {"type": "number"}
    between = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    return closed(
        {
            "id": {"type": "string", "pattern": r"^\d*:[^@]+@[^#]+(#.+)?$"},
            "item": or_null(TEXT),
            "rule": TEXT,
            "area": AREA,
            "scope": word_of(Scope),
            "entity": TEXT,
            "stage": or_null(word_of(Stage)),
            "verdict": _VERDICT,
            "value": {"type": ["number", "boolean", "null"]},
            "operator": {"enum": [*get_args(Operator), "=", "in", None]},
            "threshold": {"anyOf": [number, between, {"type": "null"}]},
            "unit": word_of(Unit),
            "force": word_of(Force),
            "basis": word_of(Basis),
            "determined_by": {"enum": ["nation", None]},
            "flags": {
                "type": "array",
                "items": {"enum": list(FLAGS)},
                "uniqueItems": True,
            },
            "sources": list_of({"$ref": "#/$defs/citation"}),
        }
    )


# -- what is missing ------------------------------------------------------------


def shortfall_schema() -> Schema:
    """Return the schema of what ``shortfall`` gives: changes, and their totals."""
    number = {"type": "number"}
    change = {
        "column": TEXT,
        "entity": TEXT,
        "amount": number,
        "unit": word_of(Unit),
        "zh": TEXT,
        "en": TEXT,
        "rule": TEXT,
        "floor": {"type": "boolean"},
    }
    changes = list_of({"$ref": "#/$defs/change"})
    body = closed(
        {
            "schema": {"const": "eduequity/shortfall/1"},
            "shortfalls": list_of({"$ref": "#/$defs/shortfall"}),
            "totals": changes,
        }
    )
    body["$defs"] = {
        "change": closed(change),
        "shortfall": closed(
            {
                "finding": TEXT,
                "changes": changes,
                "alternatives": changes,
                "sufficient": {"type": "boolean"},
                "spread": or_null({"$ref": "#/$defs/spread"}),
                "parts": list_of({"$ref": "#/$defs/spread"}),
                "note": or_null(closed({"zh": TEXT, "en": TEXT})),
            }
        ),
        "spread": _spread(),
    }
    return root("shortfall", "What is missing 缺口", body)


def _spread() -> Schema:
    number = {"type": "number"}
    parts = dict.fromkeys(("total", "within", "between"), number)
    pull = {"entity": TEXT, "name": TEXT, "value": number, "share": number}
    return closed(
        {
            "mean": number,
            "coefficient": number,
            "limit": or_null(number),
            "rule": TEXT,
            "unit": word_of(Unit),
            "pulls": list_of(closed(pull)),
            "theil": or_null(closed(parts)),
        }
    )


# -- the input ------------------------------------------------------------------


def county_schema(extra: Iterable[Field] = ()) -> Schema:
    """
    Return the schema of a county document: its tables by name, each a list of rows.

    Args:
        extra: Fields that rule packs declare.

    It describes the English names and plain values. Reading is more lenient (Chinese
    headings, ``24.4%``, tables as columns), and further columns are let through.
    """
    tables = {name: list_of(_row(of)) for name, of in dictionary(extra).items()}
    body = {
        "type": "object",
        "properties": {"$schema": TEXT, **tables},
        "required": ["county"],
    }
    return root("county", "Data of one or more counties 区县数据", body)


def case_schema(extra: Iterable[Field] = ()) -> Schema:
    """
    Return the schema of a case file: a county's data and what the law says of it.

    Args:
        extra: Fields that rule packs declare.

    A table is a row or a list of rows, with the columns of the county document.
    """
    rows = county_schema(extra)["properties"]
    rule = r"^(\d*:)?[^@#:]+(@[^#]+)?(#.+)?$"
    tables = {
        name: {"anyOf": [table["items"], table]}
        for name, table in rows.items()
        if name != "$schema"
    }
    body = {
        "type": "object",
        "properties": {
            "title": TEXT,
            "on": DATE,
            "programme": TEXT,
            "options": map_of(TEXT),
            "as_area": AREA,
            "expect": {**map_of(word_of(Verdict)), "propertyNames": {"pattern": rule}},
            **tables,
        },
        "required": ["on", "expect"],
        "additionalProperties": False,
    }
    return root("case", "A case: a county and what is expected 用例", body)


def data_dictionary(extra: Iterable[Field] = ()) -> Schema:
    """
    Return the data dictionary: every column of every table as people need to know it.

    Args:
        extra: Fields that rule packs declare.
    """
    return {
        table: [
            {
                "name": name,
                "zh": field.label_of(name).zh,
                "en": field.label_of(name).en,
                "type": field.type,
                "unit": field.unit,
                "required": field.required,
                "minimum": field.minimum if field.unit else None,
                "maximum": field.maximum,
                "period": field.period and field.period.zh,
                "choices": [w.value for w in field.choices] if field.choices else None,
                "aliases": list(field.aliases),
            }
            for field in fields
            for name in field.names
        ]
        for table, fields in dictionary(extra).items()
    }


def _row(fields: tuple[Field, ...]) -> Schema:
    columns = {name: _column(field, name) for field in fields for name in field.names}
    required = [field.name for field in fields if field.required]
    return {"type": "object", "properties": columns, "required": required}


def _column(field: Field, name: str) -> Schema:
    label = field.label_of(name)
    cell = _cell(field) if field.required else or_null(_cell(field))
    schema = {"title": f"{label.zh} {label.en}", **cell}
    notes = [f"unit: {field.unit.value}"] if field.unit is not None else []
    if field.period is not None:
        notes.append(f"{field.period.zh} {field.period.en}")
    if notes:
        schema["description"] = "; ".join(notes)
    return schema


def _cell(field: Field) -> Schema:
    if field.type == "choice" and field.choices is not None:
        return word_of(field.choices)
    if field.type == "yes_no":
        return {"type": "boolean"}
    if field.type == "text":
        return {"type": "string", **({"minLength": 1} if field.required else {})}
    if field.type == "date":
        return {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
    number = {"type": "integer" if field.type == "integer" else "number"}
    bounded = number | _bounds(field)
    return list_of(bounded) if field.type == "areas" else bounded


def _bounds(field: Field) -> Schema:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    return {key: value for key, value in bounds.items() if value is not None}


# -- the law --------------------------------------------------------------------

_TOML_NAMES = {"start": "from", "excluded": "except"}
_OF_THE_LOADER = ("version", "distribution", "digest")
_TABLES_OF_PACK = {"info": "pack"}


def pack_schema() -> Schema:
    """Return the schema of a rule pack: all its TOML files as one document."""
    hints = get_type_hints(Pack)
    properties = {
        _TABLES_OF_PACK.get(field.name, field.name): _of(hints[field.name])
        for field in attrs.fields(Pack)
        if field.name not in _OF_THE_LOADER
    }
    properties["rules"] = map_of(
        {"oneOf": [_shape(each) for each in RULE_KINDS.values()]}
    )
    body = {
        "type": "object",
        "properties": properties,
        "required": ["pack"],
        "additionalProperties": False,
    }
    body["$defs"] = {"condition": _condition(), "text": _record(Text)}
    return root("pack", "A rule pack 规则包", body)


def _shape(cls: type[Any]) -> Schema:
    """Return a rule's shape, told apart by its ``kind``."""
    schema = _record(cls)
    schema["title"] = cls.kind
    schema["properties"] = {"kind": {"const": cls.kind}, **schema["properties"]}
    schema["required"] = ["kind", *schema["required"]]
    if cls is Threshold:
        schema["oneOf"] = [{"required": ["parameter"]}, {"required": ["against"]}]
    return schema


def _record(cls: type[Any]) -> Schema:
    """Return the schema of an attrs class; what has a default may be left out."""
    hints = get_type_hints(cls)
    fields = attrs.fields(cls)
    names = {each.name: _TOML_NAMES.get(each.name, each.name) for each in fields}
    return {
        "type": "object",
        "properties": {names[f.name]: _of(hints[f.name]) for f in fields},
        "required": [names[f.name] for f in fields if f.default is attrs.NOTHING],
        "additionalProperties": False,
    }


_PLAIN: Mapping[type, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    dt.date: DATE,
}


def _of(hint: Any) -> Schema:
    """Turn a type into a schema. TOML knows no null, so None drops out."""
    if hint == Condition:
        return {"$ref": "#/$defs/condition"}
    if hint is Text:
        return {"$ref": "#/$defs/text"}
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin = get_origin(hint)
    if origin in _GENERIC:
        return _GENERIC[origin](get_args(hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"enum": [each.value for each in hint]}
    return _record(hint)


def _tuple(members: tuple[Any, ...]) -> Schema:
    items = list_of(_of(members[0]))
    if members[-1] is Ellipsis:
        return items
    return items | {"minItems": len(members), "maxItems": len(members)}


def _union(members: tuple[Any, ...]) -> Schema:
    kept = [_of(each) for each in members if each is not types.NoneType]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


_GENERIC: Mapping[Any, Callable[[tuple[Any, ...]], Schema]] = {
    Literal: lambda words: {"enum": list(words)},
    tuple: _tuple,
    Mapping: lambda members: map_of(_of(members[1])),
    Union: _union,
    types.UnionType: _union,
}


def _condition() -> Schema:
    """Return the tables of a ``where`` or a ``population``."""
    number = {"type": "number"}
    words = list_of({"type": ["string", "number", "boolean"]})
    tests = {
        "type": "object",
        "properties": {
            "in": words,
            "not_in": words,
            **dict.fromkeys(("min", "max", "above", "below"), number),
        },
        "additionalProperties": False,
    }
    return list_of(
        map_of({"anyOf": [{"type": ["string", "number", "boolean"]}, tests]})
    )


def _alone(make: Callable[[], Schema]) -> Callable[[Iterable[Field]], Schema]:
    """Return what makes a schema that no field of a pack has a part in."""
    return lambda _: make()


SCHEMAS: Mapping[str, Callable[[Iterable[Field]], Schema]] = {
    "assessment": lambda _: assessment_schema(),
    "case": case_schema,
    "county": county_schema,
    "dictionary": data_dictionary,
    "pack": lambda _: pack_schema(),
    "shortfall": lambda _: shortfall_schema(),
    **{name: _alone(make) for name, make in MADE_SCHEMAS.items()},
}
"""By the name that ``eduequity schema`` takes; each is told the fields of packs."""
