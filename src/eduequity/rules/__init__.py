"""
Rule packs: the law as data, read from TOML and resolved for a day.

`load_pack` reads one folder; `Rulebook` joins packs; `Law` is what is in force.
"""

from __future__ import annotations

from eduequity.rules._load import Place, load_pack, located, place_of
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
from eduequity.rules._rulebook import Fault, Law, Rulebook, Upcoming, faults


__all__ = [
    "RULE_KINDS",
    "AllOf",
    "Attested",
    "Check",
    "Citation",
    "Condition",
    "Dispersion",
    "Every",
    "Fault",
    "FieldSpec",
    "Law",
    "MeanDispersion",
    "Operator",
    "Pack",
    "PackInfo",
    "Parameter",
    "Place",
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
    "located",
    "place_of",
]
