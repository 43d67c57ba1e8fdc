"""
The data model: records, and one declaration for every field.

`TABLES` is the data dictionary; readers, schema and documentation are made from it.
"""

from __future__ import annotations

from eduequity.model._fields import Field, FieldType, PartialDate, heading_key
from eduequity.model._records import (
    BANDS,
    OVERSIZED,
    TABLES,
    Attestation,
    County,
    Kindergarten,
    Monitoring,
    Reported,
    School,
    SchoolClass,
    Section,
    Spending,
    Survey,
    Teacher,
    dictionary,
    rows_of,
)


__all__ = [
    "BANDS",
    "OVERSIZED",
    "TABLES",
    "Attestation",
    "County",
    "Field",
    "FieldType",
    "Kindergarten",
    "Monitoring",
    "PartialDate",
    "Reported",
    "School",
    "SchoolClass",
    "Section",
    "Spending",
    "Survey",
    "Teacher",
    "dictionary",
    "heading_key",
    "rows_of",
]
