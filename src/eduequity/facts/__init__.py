"""
Facts: the data of any number of counties as columns, sorted by county once.

Numbers and yes/no are float64 with NaN for a blank; choices are int8 positions with
-1 for a blank; a date is a `DateRange`, a list of areas a `Ragged`. A column that
nobody gave is not stored: every one of its cells is blank.
"""

from __future__ import annotations

from eduequity.facts._changes import Amend, Edit, Merge, Move, Moved, Split, parse
from eduequity.facts._columns import (
    STAGES,
    Coded,
    DateRange,
    Floats,
    Frame,
    Index,
    Notice,
    Ragged,
    Words,
    constant,
    distinct,
    is_constant,
)
from eduequity.facts._facts import Facts
from eduequity.facts._printed import half_digit
from eduequity.facts._records import FULL_AFTER, RECORDS, Counts, Records, Test


__all__ = [
    "FULL_AFTER",
    "RECORDS",
    "STAGES",
    "Amend",
    "Coded",
    "Counts",
    "DateRange",
    "Edit",
    "Facts",
    "Floats",
    "Frame",
    "Index",
    "Merge",
    "Move",
    "Moved",
    "Notice",
    "Ragged",
    "Records",
    "Split",
    "Test",
    "Words",
    "constant",
    "distinct",
    "half_digit",
    "is_constant",
    "parse",
]
