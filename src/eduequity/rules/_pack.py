"""
The shape of a rule pack: what its TOML may say, as types.

`Rule` is a closed union tagged by ``kind``; a new rule is one of these shapes with
parameters, a new formula is a Python indicator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

import attrs

from eduequity.vocab import Force, How, Scope, Text, Unit


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
    "MeanDispersion",
    "Operator",
    "Pack",
    "PackInfo",
    "Parameter",
    "Quorum",
    "Range",
    "Reading",
    "Renamed",
    "Rule",
    "Share",
    "Source",
    "Test",
    "Threshold",
    "Trend",
    "Unencoded",
    "Value",
    "Veto",
]

Operator: TypeAlias = Literal[">=", "<=", ">", "<"]
"""How a value is compared with its limit; 以上/不低于/不超过 include it."""

Stricter: TypeAlias = Literal["higher", "lower", "narrower", "union", "only"]
"""Which of two values of a parameter asks more."""

SourceKind: TypeAlias = Literal[
    "law", "measure", "notice", "form", "plan", "report", "news"
]


@attrs.frozen(kw_only=True, cache_hash=True)
class Test:
    """
    One test of one column, indicator or ``stage``.

    Args:
        field: What is tested.

        kind: ``is``, ``in``, ``not_in``, ``min``, ``max``, ``above`` or ``below``.

        operand: What it is compared with.
    """

    field: str
    kind: Literal["is", "in", "not_in", "min", "max", "above", "below"]
    operand: str | float | bool | tuple[str, ...]


Condition: TypeAlias = tuple[tuple[Test, ...], ...]
"""Tables joined by *or*, the tests of each joined by *and*; empty: every unit."""


@attrs.frozen(kw_only=True)
class Source:
    """A document, and how well we know it; no number that nobody has read."""

    title: str
    issuer: str
    kind: SourceKind
    read: How
    number: str | None = None
    issued: dt.date | None = None
    url: str | None = None
    note: str | None = None


@attrs.frozen(kw_only=True)
class Citation:
    """Where a number or a sentence stands, and how we know it."""

    source: str
    clause: str | None = None
    read: How


@attrs.frozen(kw_only=True)
class Value:
    """One dated value of a parameter."""

    start: dt.date
    source: str
    value: float | bool | tuple[str, ...] | tuple[float, float] | None = None
    primary: float | None = None
    junior: float | None = None
    until: dt.date | None = None
    force: Force = Force.REQUIREMENT
    clause: str | None = None
    read: How | None = None
    where: Condition = ()
    relaxation: str | None = None
    repealed: bool = False
    replaces: str | None = None
    note: Text | None = None

    def numbers(self) -> tuple[float | None, float | None]:
        """Return the value for the primary and for the junior stage."""
        if isinstance(self.value, tuple):
            return None, None
        whole = None if self.value is None else float(self.value)
        return (
            whole if self.primary is None else self.primary,
            whole if self.junior is None else self.junior,
        )


@attrs.frozen(kw_only=True)
class Parameter:
    """
    A number of the law with its history.

    ``responsible`` names the departments (责任单位) that a plan holds to it.
    """

    unit: Unit
    stricter: Stricter | None = None
    label: Text | None = None
    responsible: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()


@attrs.frozen(kw_only=True)
class _RuleBase:
    """
    What every rule says.

    ``years`` is how many years a published figure must span to be the rule's (每年: 1,
    三年巩固率: 3); None where any will do. ``responsible`` names the departments
    (责任单位) that a plan holds to it.
    """

    label: Text
    scope: Scope
    dimension: str | None = None
    sentence: Text | None = None
    population: Condition = ()
    component: bool = False
    determined_by: Literal["nation"] | None = None
    force: Force = Force.REQUIREMENT
    source: str | None = None
    clause: str | None = None
    read: How | None = None
    start: dt.date | None = None
    until: dt.date | None = None
    years: int | None = None
    responsible: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, cache_hash=True)
class Threshold(_RuleBase):
    """
    A value of each unit is compared with a parameter or with another value.

    ``breaches`` names a section column that counts breaches of just this rule: stated
    as a county total it settles what the sections leave open.
    """

    kind: ClassVar[str] = "threshold"
    indicator: str
    operator: Operator
    parameter: str | None = None
    against: str | None = None
    breaches: str | None = None
    combine: Literal["every"] = "every"


@attrs.frozen(kw_only=True)
class Range(_RuleBase):
    """A value of each unit lies in an interval, its ends included."""

    kind: ClassVar[str] = "range"
    indicator: str
    parameter: str
    operator: ClassVar[str] = "in"


@attrs.frozen(kw_only=True)
class Quorum(_RuleBase):
    """At least so many of several thresholds, the missed ones above a floor."""

    kind: ClassVar[str] = "quorum"
    of: tuple[str, ...]
    minimum: str
    floor: str


@attrs.frozen(kw_only=True)
class Dispersion(_RuleBase):
    """The weighted coefficient of variation between the sections of a stage."""

    kind: ClassVar[str] = "dispersion"
    indicator: str
    weight: str
    operator: Operator
    parameter: str


@attrs.frozen(kw_only=True)
class MeanDispersion(_RuleBase):
    """The plain mean of several coefficients, stage by stage."""

    kind: ClassVar[str] = "mean_dispersion"
    of: tuple[str, ...]
    operator: Operator
    parameter: str


@attrs.frozen(kw_only=True)
class Share(_RuleBase):
    """
    A county-wide share: the sum of one column over the sum of another.

    ``over`` says whose columns are added. With ``meets`` in place of numerator and
    denominator the units are counted: those for which it holds, of the population.
    With ``reaches`` those are counted that stand a threshold: a rule of this pack or of
    one above it, over the same units, with the numbers that are in force there.
    """

    kind: ClassVar[str] = "share"
    operator: Operator
    parameter: str
    numerator: str | None = None
    denominator: str | None = None
    meets: Condition = ()
    reaches: str | None = None
    over: Scope = Scope.SECTION
    per_stage: bool = False


@attrs.frozen(kw_only=True)
class Every(_RuleBase):
    """Every listed item of a table must be there and stand its threshold."""

    kind: ClassVar[str] = "every"
    table: Literal["monitoring", "survey"]
    item: str
    items: str
    indicator: str
    operator: Operator
    parameter: str
    rows: Condition = ()
    latest: bool = False


@attrs.frozen(kw_only=True)
class AllOf(_RuleBase):
    """Several yes/no columns must all be yes."""

    kind: ClassVar[str] = "all"
    of: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Attested(_RuleBase):
    """Somebody signs that it is fulfilled; also a yes/no column where one is named."""

    kind: ClassVar[str] = "attested"
    field: str | None = None


@attrs.frozen(kw_only=True)
class Veto(_RuleBase):
    """Something that must not have occurred."""

    kind: ClassVar[str] = "veto"
    field: str | None = None


@attrs.frozen(kw_only=True)
class Trend(_RuleBase):
    """A figure of the latest year is compared with that of the year before."""

    kind: ClassVar[str] = "trend"
    table: Literal["finance"]
    indicator: str
    operator: Operator
    parameter: str | None = None
    rows: Condition = ()


@attrs.frozen(kw_only=True)
class Check(_RuleBase):
    """A named Python function of a plugin says yes, no or unknown of each unit."""

    kind: ClassVar[str] = "check"
    function: str


Rule: TypeAlias = (
    Threshold
    | Range
    | Quorum
    | Dispersion
    | MeanDispersion
    | Share
    | Every
    | AllOf
    | Attested
    | Veto
    | Trend
    | Check
)

RULE_KINDS: Mapping[str, type[Rule]] = {
    shape.kind: shape
    for shape in (
        Threshold,
        Range,
        Quorum,
        Dispersion,
        MeanDispersion,
        Share,
        Every,
        AllOf,
        Attested,
        Veto,
        Trend,
        Check,
    )
}


@attrs.frozen(kw_only=True)
class Reading:
    """An ambiguity of the text: the choices there are and the one taken."""

    choices: tuple[str, ...]
    default: str
    label: Text
    source: str
    clause: str | None = None
    read: How | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Unencoded:
    """Something that a source says and the pack does not judge."""

    row: str
    reason: str


@attrs.frozen(kw_only=True)
class FieldSpec:
    """
    An input that a pack asks for, declared like a field of the model.

    ``choices`` lists words as ``{ code = "…", zh = "…", en = "…" }``.
    """

    table: Literal[
        "areas",
        "county",
        "townships",
        "schools",
        "sections",
        "teachers",
        "classes",
        "kindergartens",
    ]
    name: str
    label: Text
    type: Literal["integer", "number", "yes_no", "choice", "date"]
    unit: Unit | None = None
    min: float | None = None
    max: float | None = None
    period: Text | None = None
    per_stage: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[Word, ...] = ()


@attrs.frozen(kw_only=True)
class Word:
    """One word that a choice offers."""

    code: str
    zh: str
    en: str


@attrs.frozen(kw_only=True)
class Renamed:
    """An area whose law is that of ``now`` from a day on."""

    code: str
    now: str
    source: str
    start: dt.date | None = None


@attrs.frozen(kw_only=True)
class PackInfo:
    """The head of a pack."""

    id: str
    programme: str
    areas: tuple[str, ...]
    title: Text
    reviewed: dt.date
    format: int = 1
    excluded: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Pack:
    """
    A rule pack as loaded.

    Args:
        info: Its head.

        sources: The documents it cites, by id.

        parameters: The numbers of the law, by id.

        rules: The rules, by full id (``government.class_size``).

        readings: The ambiguities, by id.

        unencoded: What it does not judge, with reasons.

        fields: The inputs it needs beyond the model's.

        aliases: Areas that were renamed or merged.

        version: The version of its distribution.

        distribution: The distribution that brought it.

        digest: sha256 of its files in name order.
    """

    info: PackInfo
    sources: Mapping[str, Source] = attrs.field(factory=dict)
    parameters: Mapping[str, Parameter] = attrs.field(factory=dict)
    rules: Mapping[str, Rule] = attrs.field(factory=dict)
    readings: Mapping[str, Reading] = attrs.field(factory=dict)
    unencoded: tuple[Unencoded, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    aliases: tuple[Renamed, ...] = ()
    version: str = ""
    distribution: str = ""
    digest: str = ""
