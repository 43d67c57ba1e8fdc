"""
Reading: from folders, documents, workbooks, tables and records to `Facts`.

Everything wrong with an input is found in one go: `read` raises one
`eduequity.errors.InputError` with every problem, each with file, sheet and cell, what
was found and what was expected.
"""

from __future__ import annotations

from eduequity.io._examine import Checked, Copy, copies, examine
from eduequity.io._ledgers import read_ledger, record_rows
from eduequity.io._read import count_records, read
from eduequity.io._sources import Source
from eduequity.io._tables import Limits


__all__ = [
    "Checked",
    "Copy",
    "Limits",
    "Source",
    "copies",
    "count_records",
    "examine",
    "read",
    "read_ledger",
    "record_rows",
]
