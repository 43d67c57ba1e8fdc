"""
Rule packs: the law as data, read from TOML and resolved for a day.

`load_pack` reads one folder; `Rulebook` joins packs; `Law` is what is in force.
"""

from __future__ import annotations

from eduequity.rules._load import load_pack
from eduequity.rules._pack import (
    RULE_KINDS,
    AllOf,
    Attested,
    Check,
    Citation,
    Condition,
    Dispersion,
    Every,
    FieldSpec,
    MeanDispersion,
    Operator,
    Pack,
    PackInfo,
    Parameter,
    Quorum,
    Range,
    Reading,
    Rule,
    Share,
    Source,
    Test,
    Threshold,
    Trend,
    Unencoded,
    Value,
    Veto,
)
from eduequity.rules._rulebook import Law, Rulebook, Upcoming, faults


__all__ = [
    "RULE_KINDS",
    "AllOf",
    "Attested",
    "Check",
    "Citation",
    "Condition",
    "Dispersion",
    "Every",
    "FieldSpec",
    "Law",
    "MeanDispersion",
    "Operator",
    "Pack",
    "PackInfo",
    "Parameter",
    "Quorum",
    "Range",
    "Reading",
    "Rule",
    "Rulebook",
    "Share",
    "Source",
    "Test",
    "Threshold",
    "Trend",
    "Unencoded",
    "Upcoming",
    "Value",
    "Veto",
    "faults",
    "load_pack",
]
