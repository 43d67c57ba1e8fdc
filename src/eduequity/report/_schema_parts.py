"""The parts that the published JSON Schemas are put together from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eduequity.vocab import Choice


__all__ = [
    "AREA",
    "DATE",
    "DIGEST",
    "TEXT",
    "Schema",
    "closed",
    "list_of",
    "map_of",
    "or_null",
    "packs_named",
    "root",
    "word_of",
]

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

AREA = {"type": "string", "pattern": r"^(\d{2}){0,3}$"}
DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TEXT: Schema = {"type": "string"}


def root(name: str, title: str, body: Schema) -> Schema:
    head = {"$schema": DRAFT, "$id": f"urn:eduequity:schema:{name}:1", "title": title}
    return head | body


def closed(properties: Mapping[str, Schema], **more: Any) -> Schema:
    """Return an object with exactly these keys, all of them there."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def map_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return schema | {"enum": [*schema["enum"], None]}
    return {"anyOf": [schema, {"type": "null"}]}


def word_of(choices: type[Choice]) -> Schema:
    return {"enum": [each.value for each in choices]}


def packs_named() -> Schema:
    """Return the packs of a result: id, version, digest and areas of each."""
    return list_of(
        closed({"id": TEXT, "version": TEXT, "digest": DIGEST, "areas": list_of(AREA)})
    )
