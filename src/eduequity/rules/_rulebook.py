"""
The rulebook: the packs of a programme, and the law in force on a day.

`Rulebook` holds what was loaded; `Law` is what of it applies on one date under one set
of readings. Neither knows any data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from eduequity.errors import (
    OptionError,
    PackConflictError,
    PackError,
    Problem,
    UnknownNameError,
)
from eduequity.rules._pack import (
    Citation,
    FieldSpec,
    Pack,
    Parameter,
    Reading,
    Rule,
    Source,
    Value,
)
from eduequity.vocab import Force


__all__ = ["Fault", "Law", "Rulebook", "Upcoming", "faults"]

RELAXATIONS = "relaxations"
"""The reading that switches the transitional relaxations."""


@attrs.frozen(kw_only=True)
class Upcoming:
    """
    A value of the law that is not yet in force.

    Args:
        area: The area whose law it is.

        parameter: Its parameter.

        value: The value, with the day it begins.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> law = ee.Registry.of().rulebook.law("quality-balance", dt.date(2016, 1, 1))
    >>> coming = next(u for u in law.upcoming if u.parameter == "class_size")
    >>> coming.area, coming.value.start
    ('', datetime.date(2017, 4, 26))
    """

    area: str
    parameter: str
    value: Value


def _packs(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    return tuple(packs)


@attrs.frozen
class Rulebook:
    """
    The packs that were loaded.

    Args:
        packs: All of them, whatever their programme.

    Raises:
        PackConflictError: Two packs claim one programme and area, or one rule, or
            declare one field differently.

        PackError: A pack lowers a value above it without saying why, or aliases of
            areas run in a circle.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> book = ee.rules.Rulebook(ee.Registry.of().packs)
    >>> book.programmes
    ('quality-balance', 'basic-balance', 'preschool-universal')
    >>> book.law("quality-balance", dt.date(2024, 12, 31)).on
    datetime.date(2024, 12, 31)
    """

    packs: tuple[Pack, ...] = attrs.field(converter=_packs)

    def __attrs_post_init__(self) -> None:
        """Refuse packs that cannot be used together."""
        found = list(faults(self.packs))
        for kind in (PackConflictError, PackError):
            problems = [problem for _, of, problem in found if of is kind]
            if problems:
                raise kind(problems)

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes there is a national pack for."""
        return tuple(p.info.programme for p in self.packs if "" in p.info.areas)

    def law(
        self,
        programme: str,
        on: dt.date,
        *,
        options: Mapping[str, str] | None = None,
    ) -> Law:
        """
        Return what is in force on a day.

        Args:
            programme: Such as ``quality-balance``.

            on: The day.

            options: The readings chosen, by id; the others keep their default.

        Raises:
            UnknownNameError: No such programme or reading.

            OptionError: The reading does not offer that choice.
        """
        if programme not in self.programmes:
            raise UnknownNameError("programme", programme, self.programmes)
        packs = tuple(p for p in self.packs if p.info.programme == programme)
        law = Law(programme=programme, on=on, packs=packs)
        chosen = law.defaults | law.checked(options or {})
        key = (programme, on, *sorted(chosen.items()))
        if key not in self._laws:
            self._laws.clear()  # people ask again for the law they asked for last
            self._laws[key] = attrs.evolve(law, options=chosen)
        return self._laws[key]

    @cached_property
    def _laws(self) -> dict[tuple[object, ...], Law]:
        return {}


def _home(rule: str, pack: Pack) -> str:
    """Return the area of a rule: a local one carries it in front."""
    head = rule.partition(".")[0]
    return head if head in pack.info.areas else pack.info.areas[0]


Fault: TypeAlias = tuple[Pack, type[PackConflictError | PackError], Problem]
"""The pack that should give way, the kind of error, and what is wrong."""


def faults(packs: Iterable[Pack]) -> Iterator[Fault]:
    """
    Yield what keeps packs from being used together; of two the first stays.

    Args:
        packs: The packs.

    Returns:
        For each the pack that should give way, the kind of error, and what is wrong.

    >>> import eduequity as ee
    >>> list(ee.rules.faults(ee.Registry.of().packs))
    []
    """
    packs = tuple(packs)
    for conflicts in (_area_conflicts, _rule_conflicts, _field_conflicts):
        for pack, problem in conflicts(packs):
            yield pack, PackConflictError, problem
    for defects in (_lowered, _alias_cycles):
        for pack, problem in defects(packs):
            yield pack, PackError, problem


_Faulty: TypeAlias = Iterator[tuple[Pack, Problem]]


def _area_conflicts(packs: tuple[Pack, ...]) -> _Faulty:
    owner: dict[tuple[str, str], Pack] = {}
    for pack in packs:
        for area in pack.info.areas:
            first = owner.setdefault((pack.info.programme, area), pack)
            if first is not pack:
                what = f"{pack.info.programme} in area {area!r}"
                yield pack, _conflict("pack.areas", what, first, pack)


def _rule_conflicts(packs: tuple[Pack, ...]) -> _Faulty:
    owner: dict[tuple[str, str], Pack] = {}
    for pack in packs:
        for rule in pack.rules:
            first = owner.setdefault((pack.info.programme, rule), pack)
            if first is not pack:
                path = f"rules.{rule.rpartition('.')[2]}"
                yield pack, _conflict(path, f"rule {rule}", first, pack)


def _field_conflicts(packs: tuple[Pack, ...]) -> _Faulty:
    owner: dict[tuple[str, str], tuple[Pack, FieldSpec]] = {}
    for pack in packs:
        for number, spec in enumerate(pack.fields):
            first, declared = owner.setdefault((spec.table, spec.name), (pack, spec))
            if declared != spec:
                what = f"field {spec.table}.{spec.name}"
                yield pack, _conflict(f"fields[{number}]", what, first, pack)


def _alias_cycles(packs: tuple[Pack, ...]) -> _Faulty:
    """Tell of circles; the last pack with a part in one should give way."""
    renamed = {alias.code: alias.now for pack in packs for alias in pack.aliases}
    told: set[frozenset[str]] = set()
    for code, now in renamed.items():
        seen, at = [code], now
        while at in renamed and at not in seen:
            seen.append(at)
            at = renamed[at]
        if at == code and frozenset(seen) not in told:
            told.add(frozenset(seen))
            yield _circle(packs, [*seen, code])


def _circle(packs: tuple[Pack, ...], codes: list[str]) -> tuple[Pack, Problem]:
    circle = " → ".join(codes)
    pack, number = next(
        (pack, number)
        for pack in reversed(packs)
        for number, alias in enumerate(pack.aliases)
        if alias.code in codes
    )
    return pack, Problem(
        code="alias-cycle",
        file=pack.info.id,
        sheet=f"aliases[{number}]",
        zh=f"地区别名成环：{circle}",
        en=f"aliases of areas run in a circle: {circle}",
    )


def _lowered(packs: tuple[Pack, ...]) -> _Faulty:
    """Tell of local requirements that ask less than the level above, unexplained."""
    for pack in packs:
        for above in (each for each in packs if _is_above(each, pack)):
            for name, parameter in pack.parameters.items():
                if name in above.parameters:
                    for problem in _lower_values(pack, above, name, parameter):
                        yield pack, problem


def _is_above(above: Pack, pack: Pack) -> bool:
    return above.info.programme == pack.info.programme and any(
        mine != theirs and mine.startswith(theirs)
        for mine in pack.info.areas
        for theirs in above.info.areas
    )


def _lower_values(
    pack: Pack, above: Pack, name: str, parameter: Parameter
) -> Iterator[Problem]:
    stricter = above.parameters[name].stricter
    sign = {"higher": 1.0, "lower": -1.0}.get(stricter or "")
    for number, value in enumerate(parameter.values):
        path = f"parameters.{name}.values[{number}]"
        explained = value.replaces or value.relaxation or value.repealed
        if value.force is not Force.REQUIREMENT or explained:
            continue
        base = _plain_value(above.parameters[name], value.start)
        if base is None:
            continue
        if stricter == "only":
            yield _restated(path, pack, above, value, base)
            continue
        if sign is None:
            continue
        for mine, theirs in zip(value.numbers(), base.numbers(), strict=True):
            if mine is not None and theirs is not None and sign * (mine - theirs) < 0:
                yield _lowering(path, pack, above, (value, mine), (base, theirs))
                break


def _plain_value(parameter: Parameter, day: dt.date) -> Value | None:
    found = [
        value
        for value in parameter.values
        if not value.where
        and value.force is Force.REQUIREMENT
        and value.start <= day
        and (value.until is None or day <= value.until)
    ]
    return found[-1] if found else None


def _lowering(
    path: str,
    pack: Pack,
    above: Pack,
    mine: tuple[Value, float],
    theirs: tuple[Value, float],
) -> Problem:
    low, high = _cited(pack, *mine), _cited(above, *theirs)
    return Problem(
        code="lowered",
        file=pack.info.id,
        sheet=path,
        zh=f"低于上一级而未写明 replaces：{low}；上一级：{high}",
        en=f"lower than the level above without `replaces`: {low}; above: {high}",
    )


def _restated(path: str, pack: Pack, above: Pack, value: Value, base: Value) -> Problem:
    mine, theirs = (
        _cited(of, each, _stated(each)) for of, each in ((pack, value), (above, base))
    )
    return Problem(
        code="lowered",
        file=pack.info.id,
        sheet=path,
        zh=f"上一级规定 only 的数值须写明 replaces 才可另定：{mine}；上一级：{theirs}",
        en="stated anew without `replaces` though the level above says `only`: "
        f"{mine}; above: {theirs}",
    )


def _stated(value: Value) -> str:
    if value.value is not None:
        whole = value.value
        return " ".join(map(str, whole)) if isinstance(whole, tuple) else f"{whole:g}"
    return " / ".join("—" if n is None else f"{n:g}" for n in value.numbers())


def _cited(of: Pack, value: Value, amount: float | str) -> str:
    source = of.sources[value.source]
    number = amount if isinstance(amount, str) else f"{amount:g}"
    parts = (number, source.title, source.number, value.clause)
    return " ".join(part for part in parts if part)


def _conflict(path: str, what: str, first: Pack, second: Pack) -> Problem:
    names = [
        f"{p.info.id} ({p.distribution or 'no distribution'} {p.version})".strip()
        for p in (first, second)
    ]
    return Problem(
        code="pack-conflict",
        file=second.info.id,
        sheet=path,
        zh=f"{what} 由两个规则包声明：{names[0]} 与 {names[1]}",
        en=f"{what} is claimed by two packs: {names[0]} and {names[1]}",
    )


@attrs.frozen(kw_only=True)
class Law:
    """
    The rules and values of one programme that are in force on one day.

    Args:
        programme: The programme.

        on: The day.

        packs: The packs of the programme, whatever their area.

        options: The readings chosen, by id.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> law = ee.Registry.of().rulebook.law("quality-balance", dt.date(2024, 12, 31))
    >>> area, rule = law.rules["government.class_size"]
    >>> area, rule.parameter, law.has_numbers(rule, [""])
    ('', 'class_size', True)
    >>> [value.numbers() for value in law.values("class_size")]  # primary, junior
    [(45.0, 50.0)]
    >>> law.parameter("class_size").unit.value, law.has_parameter("class_size")
    ('pupils', True)
    >>> law.citation("", law.values("class_size")[0]).clause
    '表Ⅳ-5'
    >>> law.rule_citation("", law.rules["vetoes.key_schools"][1]).source
    'national-quality-balance/measure-2017'
    >>> law.source("national-quality-balance/measure-2017").number
    '教督〔2017〕6号'
    >>> law.readings["room_counting"].choices
    ('per_type', 'sum')
    >>> law.options == law.defaults, law.checked({"room_counting": "sum"})
    (True, {'room_counting': 'sum'})
    >>> law.pack_of("").info.id, law.pack_of("99") is None
    ('national-quality-balance', True)
    >>> law.reaching(["999901"]).packs == law.packs  # no pack here is of another area
    True
    >>> law.renamed, law.jurisdiction("659001"), law.jurisdictions(["350881"])
    (('6590',), '6601', ['350881'])
    >>> {each.parameter for each in law.upcoming}  # announced, not yet in force
    {'monitoring_subjects'}
    """

    programme: str
    on: dt.date
    packs: tuple[Pack, ...]
    options: Mapping[str, str] = attrs.field(factory=dict)

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """The ambiguities of the programme, by id."""
        return {key: r for pack in self.packs for key, r in pack.readings.items()}

    @property
    def defaults(self) -> dict[str, str]:
        """The choice that each reading takes by itself."""
        return {key: reading.default for key, reading in self.readings.items()}

    def checked(self, options: Mapping[str, str]) -> dict[str, str]:
        """
        Return *options* after checking their names and choices.

        Raises:
            UnknownNameError: There is no such reading.

            OptionError: It does not offer that choice.
        """
        for name, choice in options.items():
            if name not in self.readings:
                raise UnknownNameError("option", name, self.readings)
            if choice not in self.readings[name].choices:
                raise OptionError(name, choice, self.readings[name].choices)
        return dict(options)

    @cached_property
    def rules(self) -> dict[str, tuple[str, Rule]]:
        """The rules in force, by full id, each with the area of its pack."""
        return {
            key: (_home(key, pack), rule)
            for pack in self.packs
            for key, rule in pack.rules.items()
            if (rule.start is None or rule.start <= self.on)
            and (rule.until is None or self.on <= rule.until)
        }

    def has_numbers(self, rule: Rule, areas: Sequence[str]) -> bool:
        """
        Tell whether the numbers that a rule compares with are in force in any area.

        Args:
            rule: The rule.

            areas: The codes of the areas.
        """
        keys = ("parameter", "minimum", "floor")
        names = [name for key in keys if (name := getattr(rule, key, None))]
        return all(any(self.values(name, area) for area in areas) for name in names)

    def pack_of(self, area: str) -> Pack | None:
        """Return the pack of exactly *area*."""
        return self._packs.get(area)

    @cached_property
    def _packs(self) -> dict[str, Pack]:
        return {area: pack for pack in self.packs for area in pack.info.areas}

    def parameter(self, name: str, area: str = "") -> Parameter:
        """
        Return the declaration of a parameter: the uppermost above an area.

        Args:
            name: The parameter.

            area: The area's code.
        """
        for length in range(0, len(area) + 1, 2):
            pack = self.pack_of(area[:length])
            if pack is not None and name in pack.parameters:
                return pack.parameters[name]
        return self._parameters[name]

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        ordered = sorted(self.packs, key=lambda pack: len(pack.info.areas[0]))
        found: dict[str, Parameter] = {}
        for pack in ordered:
            for name, parameter in pack.parameters.items():
                found.setdefault(name, parameter)
        return found

    def has_parameter(self, name: str) -> bool:
        """Tell whether any pack declares the parameter *name*."""
        return name in self._parameters

    def values(
        self,
        name: str,
        area: str = "",
        *,
        force: Force | None = None,
        on: dt.date | None = None,
    ) -> tuple[Value, ...]:
        """
        Return the values of a parameter in force at exactly one area, in file order.

        Of a series (same stage, force and condition) only the latest that has begun
        stands; a relaxation follows the reading ``relaxations``.

        Args:
            name: The parameter.

            area: The area's code; ``""`` is the nation.

            force: Only values of that force; all by default.

            on: The day; the law's own by default.
        """
        key = (name, area, force, on)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._values(*key)
        return found

    @cached_property
    def _found(self) -> dict[tuple[object, ...], tuple[Value, ...]]:
        """What was asked for before: a law does not change."""
        return {}

    @cached_property
    def memory(self) -> dict[object, Any]:
        """What the engine has worked out of the law alone, by whatever key it likes."""
        return {}

    def _values(
        self, name: str, area: str, force: Force | None, on: dt.date | None
    ) -> tuple[Value, ...]:
        pack = self.pack_of(area)
        parameter = pack.parameters.get(name) if pack else None
        if parameter is None:
            return ()
        day = on or self.on
        current: dict[tuple[object, ...], Value] = {}
        for value in parameter.values:
            if force is not None and value.force is not force:
                continue
            if not self._begun(value, day):
                continue
            primary, junior = value.numbers()
            key = (
                value.where,
                value.force,
                value.relaxation,
                primary is not None or isinstance(value.value, tuple),
                junior is not None,
            )
            if value.repealed and value.numbers() == (None, None):
                gone = [each for each in current if each[:3] == key[:3]]
                for each in gone:  # a repeal without numbers is of the whole series
                    del current[each]
            current.pop(key, None)
            current[key] = value
        order = {id(value): n for n, value in enumerate(parameter.values)}
        alive = [v for v in current.values() if self._alive(v, day)]
        return tuple(sorted(alive, key=lambda value: order[id(value)]))

    def _begun(self, value: Value, day: dt.date) -> bool:
        if value.relaxation and self.options.get(RELAXATIONS) == "always":
            return True
        return value.start <= day

    def _alive(self, value: Value, day: dt.date) -> bool:
        if value.repealed:
            return False
        if value.relaxation:
            choice = self.options.get(RELAXATIONS, "by_date")
            if choice != "by_date":
                return choice == "always"
        return value.until is None or day <= value.until

    def reaching(self, codes: Iterable[str]) -> Law:
        """Return the law without the packs that reach none of the areas *codes*."""
        under = set(self.jurisdictions(codes))
        lengths = {len(area) for pack in self.packs for area in pack.info.areas}
        reached = {code[:length] for length in lengths for code in under} | {""}
        packs = tuple(p for p in self.packs if not reached.isdisjoint(p.info.areas))
        if len(packs) == len(self.packs):
            return self
        key = tuple(pack.info.id for pack in packs)
        if key not in self._narrowed:
            self._narrowed[key] = self._only(packs)
        return self._narrowed[key]

    @cached_property
    def _narrowed(self) -> dict[tuple[str, ...], Law]:
        """The law of some of the packs, as it was asked for before."""
        return {}

    def _only(self, packs: tuple[Pack, ...]) -> Law:
        known = {name for pack in packs for name in pack.readings}
        options = {name: each for name, each in self.options.items() if name in known}
        return attrs.evolve(self, packs=packs, options=options)

    def jurisdictions(self, codes: Iterable[str]) -> list[str]:
        """Return the `jurisdiction` of every area of *codes*."""
        renamed = self.renamed
        return [
            self.jurisdiction(code) if code.startswith(renamed) else code
            for code in codes
        ]

    def jurisdiction(self, code: str) -> str:
        """
        Return the code whose law the area *code* is under on the day.

        A renamed or merged area is under the law of the one in its place.
        """
        if not code.startswith(self.renamed):
            return code
        seen = {code}
        while True:
            renamed = [
                alias
                for pack in self.packs
                for alias in pack.aliases
                if code.startswith(alias.code)
                and (alias.start is None or alias.start <= self.on)
            ]
            if not renamed:
                return code
            alias = max(renamed, key=lambda each: len(each.code))
            code = (alias.now + code[len(alias.code) :])[: max(len(code), 2)]
            if code in seen:
                return code
            seen.add(code)

    @cached_property
    def renamed(self) -> tuple[str, ...]:
        """The areas whose law is, or will be, that of another."""
        return tuple(alias.code for pack in self.packs for alias in pack.aliases)

    @cached_property
    def upcoming(self) -> tuple[Upcoming, ...]:
        """The values that are announced but not yet in force."""
        return tuple(
            Upcoming(area=pack.info.areas[0], parameter=name, value=value)
            for pack in self.packs
            for name, parameter in pack.parameters.items()
            for value in parameter.values
            if value.start > self.on
        )

    def citation(self, area: str, value: Value) -> Citation:
        """
        Return where a value stands and how it is known.

        Args:
            area: The area whose pack has it.

            value: The value.
        """
        pack = self.pack_of(area)
        assert pack is not None
        source = pack.sources[value.source]
        return Citation(
            source=f"{pack.info.id}/{value.source}",
            clause=value.clause,
            read=value.read or source.read,
        )

    def rule_citation(self, area: str, rule: Rule) -> Citation | None:
        """
        Return where a rule itself stands; None where it cites no document.

        Args:
            area: The area whose pack has it.

            rule: The rule.
        """
        pack = self.pack_of(area)
        if pack is None or rule.source is None:
            return None
        source = pack.sources[rule.source]
        return Citation(
            source=f"{pack.info.id}/{rule.source}",
            clause=rule.clause,
            read=rule.read or source.read,
        )

    def source(self, name: str) -> Source:
        """Return the document *name*, ``<pack id>/<source id>``."""
        pack, _, source = name.partition("/")
        return next(p for p in self.packs if p.info.id == pack).sources[source]
