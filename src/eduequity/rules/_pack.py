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

    In TOML ``{ pupils = { below = 100 } }`` is:

    >>> from eduequity.rules import Test
    >>> Test(field="pupils", kind="below", operand=100.0).operand
    100.0
    """

    field: str
    kind: Literal["is", "in", "not_in", "min", "max", "above", "below"]
    operand: str | float | bool | tuple[str, ...]


Condition: TypeAlias = tuple[tuple[Test, ...], ...]
"""Tables joined by *or*, the tests of each joined by *and*; empty: every unit."""


@attrs.frozen(kw_only=True)
class Source:
    """
    A document, and how well we know it; no number that nobody has read.

    Args:
        title: Its title.

        issuer: Who issued it.

        kind: ``law``, ``measure``, ``notice``, ``form``, ``plan``, ``report`` or
            ``news``.

        read: How well we know it.

        number: Its number 文号; None where nobody has read it.

        issued: The day of issue; None where it is not known.

        url: Where it was read.

        note: What else is to be known of it.

    >>> import eduequity as ee
    >>> source = (
    ...     ee.Registry.of().pack("national-quality-balance").sources["measure-2017"]
    ... )
    >>> source.number, source.read.value
    ('教督〔2017〕6号', 'excerpt')
    """

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
    """
    Where a number or a sentence stands, and how we know it.

    Args:
        source: ``<pack id>/<source id>``.

        clause: The article, or form and item; None where nobody has read it.

        read: How well we know it.

    >>> import eduequity as ee
    >>> from eduequity.rules import Citation
    >>> Citation(
    ...     source="national-quality-balance/measure-2017", read=ee.How.EXCERPT
    ... ).clause
    """

    source: str
    clause: str | None = None
    read: How


@attrs.frozen(kw_only=True)
class Value:
    """
    One dated value of a parameter.

    Args:
        start: The first day of it (``from`` in TOML).

        source: The id of the document it stands in.

        value: The number, in the parameter's unit (a share as a fraction), yes or no,
            words, or an interval; None where the stages differ.

        primary: The number for the primary stage where it differs.

        junior: The number for the junior stage where it differs.

        until: The last day of it; None while it stands.

        force: Whether it decides or is only shown.

        clause: Where in the document; None where nobody has read it.

        read: How well this value is known, where not as the document is.

        where: The units it is for; empty: all.

        relaxation: The transitional relaxation that it is, such as ``R-3``.

        repealed: Whether it ends the series.

        replaces: Why a lower level may ask less.

        note: What else is to be known of it.

    >>> import eduequity as ee
    >>> parameters = ee.Registry.of().pack("national-quality-balance").parameters
    >>> size = parameters["class_size"].values[0]
    >>> size.numbers(), size.clause  # 45 in primary, 50 in junior classes
    ((45.0, 50.0), '表Ⅳ-5')
    """

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

    Args:
        unit: Its unit.

        stricter: Which of two values asks more: ``higher``, ``lower``, ``narrower``,
            ``union`` or ``only``.

        label: What it is called.

        responsible: The departments (责任单位) that a plan holds to it.

        values: Its dated values in file order.

    >>> import eduequity as ee
    >>> parameters = ee.Registry.of().pack("national-quality-balance").parameters
    >>> coefficient = parameters["coefficient_maximum"]
    >>> coefficient.unit.value, coefficient.stricter, coefficient.values[0].numbers()
    ('ratio', 'lower', (0.5, 0.45))
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

    Args:
        label: What it is called.

        scope: The unit it judges.

        dimension: The dimension it stands in; None for a local rule.

        sentence: The words of the law, where a document that we know prints them.

        population: The units it is for; empty: all.

        component: Whether it is shown only, as part of another rule.

        determined_by: ``nation`` where only the nation can determine it.

        force: Whether it decides or is only shown.

        source: The id of the document, where the rule has no parameter to cite.

        clause: Where in the document; None where nobody has read it.

        read: How well it is known, where not as the document is.

        start: The first day it is in force; None: from ever.

        until: The last day; None while it stands.

        years: How many years a published figure must span to be the rule's (每年: 1,
            三年巩固率: 3); None where any will do.

        responsible: The departments (责任单位) that a plan holds to it.
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

    Args:
        indicator: The value, an indicator or a column.

        operator: ``>=``, ``<=``, ``>`` or ``<``.

        parameter: The limit, a parameter of the law.

        against: The limit, another value of the unit, in place of a parameter.

        breaches: A section column that counts breaches of just this rule: stated as a
            county total it settles what the sections leave open.

        combine: How units join: ``every`` one has to meet it.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rule = rules["government.class_size"]
    >>> rule.kind, rule.indicator, rule.operator, rule.parameter
    ('threshold', 'largest_class_size', '<=', 'class_size')
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
    """
    A value of each unit lies in an interval, its ends included.

    Args:
        indicator: The value, an indicator or a column.

        parameter: The interval, a parameter of the law.

    >>> import eduequity as ee
    >>> from eduequity.rules import Range
    >>> Range(
    ...     label=ee.Text("师生比", "ratio"),
    ...     scope=ee.Scope.SCHOOL,
    ...     indicator="teachers_per_pupil",
    ...     parameter="teachers_per_pupil_range",
    ... ).operator
    'in'
    """

    kind: ClassVar[str] = "range"
    indicator: str
    parameter: str
    operator: ClassVar[str] = "in"


@attrs.frozen(kw_only=True)
class Quorum(_RuleBase):
    """
    At least so many of several thresholds, the missed ones above a floor.

    Args:
        of: The thresholds, by their ids in the pack.

        minimum: How many have to be met, a parameter.

        floor: What share of its limit a missed one has to reach, a parameter.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rule = rules["resources.section_quorum"]
    >>> len(rule.of), rule.minimum, rule.floor
    (7, 'quorum_minimum', 'quorum_floor')
    """

    kind: ClassVar[str] = "quorum"
    of: tuple[str, ...]
    minimum: str
    floor: str


@attrs.frozen(kw_only=True)
class Dispersion(_RuleBase):
    """
    The weighted coefficient of variation between the sections of a stage.

    Args:
        indicator: The value of a section.

        weight: What it is weighted by, a column such as ``pupils``.

        operator: ``<=`` or ``<``.

        parameter: The limit, a parameter of the law.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rule = rules["resources.cv_teaching_area"]
    >>> rule.indicator, rule.weight, rule.operator
    ('teaching_area_per_pupil', 'pupils', '<=')
    """

    kind: ClassVar[str] = "dispersion"
    indicator: str
    weight: str
    operator: Operator
    parameter: str


@attrs.frozen(kw_only=True)
class MeanDispersion(_RuleBase):
    """
    The plain mean of several coefficients, stage by stage.

    Args:
        of: The coefficients, by their ids in the pack.

        operator: ``<=`` or ``<``.

        parameter: The limit, a parameter of the law.

    >>> import eduequity as ee
    >>> rule = (
    ...     ee.Registry.of().pack("national-basic-balance").rules["balance.composite"]
    ... )
    >>> len(rule.of), rule.operator
    (8, '<=')
    """

    kind: ClassVar[str] = "mean_dispersion"
    of: tuple[str, ...]
    operator: Operator
    parameter: str


@attrs.frozen(kw_only=True)
class Share(_RuleBase):
    """
    A county-wide share: the sum of one column over the sum of another.

    With *meets* in place of numerator and denominator the units are counted: those for
    which it holds, of the population. With *reaches* those are counted that stand a
    threshold: a rule of this pack or of one above it, over the same units, with the
    numbers that are in force there.

    Args:
        operator: ``>=``, ``<=``, ``>`` or ``<``.

        parameter: The limit, a fraction from 0 to 1.

        numerator: The column that is added up above the line.

        denominator: The column that is added up below it.

        meets: The units that are counted, a condition.

        reaches: The threshold that counted units stand, a rule's id.

        over: Whose columns are added, or which units are counted.

        per_stage: Whether each stage has a share of its own.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rule = rules["government.nearby_enrolment"]
    >>> rule.numerator, rule.denominator, rule.per_stage
    ('pupils_in_zone', 'pupils', True)
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
    """
    Every listed item of a table must be there and stand its threshold.

    Args:
        table: ``monitoring`` or ``survey``.

        item: The column that says which item a row is of.

        items: The parameter or reading that lists the items.

        indicator: The value of a row.

        operator: ``>=``, ``<=``, ``>`` or ``<``.

        parameter: The limit, a parameter of the law.

        rows: The rows that count; empty: all.

        latest: Whether only the latest year counts.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rule = rules["quality.monitoring_level"]
    >>> rule.table, rule.item, rule.items
    ('monitoring', 'subject', 'monitoring_subjects')
    """

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
    """
    Several yes/no columns must all be yes.

    Args:
        of: The columns.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> len(rules["government.unified_standards"].of)
    4
    """

    kind: ClassVar[str] = "all"
    of: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Attested(_RuleBase):
    """
    Somebody signs that it is fulfilled; also a yes/no column where one is named.

    Args:
        field: The column; None where only an attestation will do.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rules["government.siting_plan"].field
    'siting_plan'
    """

    kind: ClassVar[str] = "attested"
    field: str | None = None


@attrs.frozen(kw_only=True)
class Veto(_RuleBase):
    """
    Something that must not have occurred; a blank is unknown, never "no".

    Args:
        field: The column that says whether it did; None where only an attestation will
            do.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rules["vetoes.key_schools"].field
    'key_schools'
    """

    kind: ClassVar[str] = "veto"
    field: str | None = None


@attrs.frozen(kw_only=True)
class Trend(_RuleBase):
    """
    A figure of the latest year is compared with that of the year before.

    Args:
        table: ``finance``.

        indicator: The value of a year.

        operator: ``>=``, ``<=``, ``>`` or ``<``.

        parameter: What the year before is multiplied by; None: by 1.

        rows: The rows that count; empty: all.

    >>> import eduequity as ee
    >>> rules = ee.Registry.of().pack("national-quality-balance").rules
    >>> rules["government.spending_total"].operator
    '>='
    """

    kind: ClassVar[str] = "trend"
    table: Literal["finance"]
    indicator: str
    operator: Operator
    parameter: str | None = None
    rows: Condition = ()


@attrs.frozen(kw_only=True)
class Check(_RuleBase):
    """
    A named Python function of a plugin says yes, no or unknown of each unit.

    Args:
        function: Its name, as the hook ``eduequity_checks`` brings it.

    >>> import eduequity as ee
    >>> from eduequity.rules import Check
    >>> Check(
    ...     label=ee.Text("有章程", "charter"),
    ...     scope=ee.Scope.SCHOOL,
    ...     function="has_charter",
    ... ).kind
    'check'
    """

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
"""A rule of any shape; `RULE_KINDS` names the shapes."""

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
"""The shapes of rules by the word that ``kind`` has in TOML."""


@attrs.frozen(kw_only=True)
class Reading:
    """
    An ambiguity of the text: the choices there are and the one taken.

    Args:
        choices: The choices.

        default: The one that is taken where nobody chooses.

        label: What it is about.

        source: The id of the document that is ambiguous.

        clause: Where in it.

        read: How well it is known, where not as the document is.

        note: What else is to be known of it.

    >>> import eduequity as ee
    >>> readings = ee.Registry.of().pack("national-quality-balance").readings
    >>> readings["room_counting"].choices, readings["room_counting"].default
    (('per_type', 'sum'), 'per_type')
    """

    choices: tuple[str, ...]
    default: str
    label: Text
    source: str
    clause: str | None = None
    read: How | None = None
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Unencoded:
    """
    Something that a source says and the pack does not judge.

    Args:
        row: The id of the row of the policy dossier.

        reason: Why not.

    >>> import eduequity as ee
    >>> ee.Registry.of().pack("national-quality-balance").unencoded[0].row
    'QB-0.4'
    """

    row: str
    reason: str


@attrs.frozen(kw_only=True)
class FieldSpec:
    """
    An input that a pack asks for, declared like a field of the model.

    Args:
        table: The table it stands in; ``sections`` means the stage columns of
            ``schools``.

        name: The English name, which is the name in code.

        label: The column's name in Chinese and English.

        type: ``integer``, ``number``, ``yes_no``, ``choice`` or ``date``.

        unit: Its unit; a share is a fraction from 0 to 1.

        min: The smallest value that can be right; 0 by default.

        max: The largest value that can be right.

        period: What time the figure speaks of.

        per_stage: Whether it may carry the prefix ``primary_`` or ``junior_``.

        aliases: Other headings that mean this column.

        choices: The words of a ``choice``: ``{ code = "…", zh = "…", en = "…" }``.

    >>> import eduequity as ee
    >>> from eduequity.rules import FieldSpec
    >>> FieldSpec(
    ...     table="schools",
    ...     name="canteen_area",
    ...     label=ee.Text("食堂面积", "Canteen"),
    ...     type="number",
    ...     unit=ee.Unit.M2,
    ... ).unit.label.zh
    '㎡'
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
    """
    The head of a pack.

    Args:
        id: Its id.

        programme: The programme it belongs to.

        areas: The areas it is for: ``""`` nation, 2 digits province, 4 city, 6 county.

        title: What it is called.

        reviewed: The day somebody last checked it against the sources.

        format: The format of the file; another number is not loaded.

        excluded: Areas below that it is not for (``except`` in TOML).

    >>> import eduequity as ee
    >>> info = ee.Registry.of().pack("national-quality-balance").info
    >>> info.programme, info.areas, info.format
    ('quality-balance', ('',), 1)
    """

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

    >>> import eduequity as ee
    >>> pack = ee.Registry.of().pack("national-quality-balance")
    >>> pack.distribution, len(pack.digest), len(pack.rules) > 40
    ('eduequity', 64, True)
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
