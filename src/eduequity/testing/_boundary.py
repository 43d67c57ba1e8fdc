"""
Boundary cases: what a pack says on both sides of each of its numbers and dates.

They are made from the pack. Every number is tried a little below, at and a little
above its line, on the day before, on and after each date on which it begins or ends,
for every stage and for every alternative of its condition. What should come out is
worked out a second time, without the engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import attrs

from eduequity import engine
from eduequity.engine import Assessment
from eduequity.model import dictionary
from eduequity.registry import Registry, _field
from eduequity.rules import (
    Every,
    Law,
    Pack,
    Parameter,
    Quorum,
    Range,
    Rule,
    Rulebook,
    Share,
    Threshold,
    Value,
)
from eduequity.testing import _probe
from eduequity.testing._expect import (
    Cell,
    Line,
    Setting,
    line,
    meets,
    same_series,
    verdict_of,
    witnesses,
)
from eduequity.testing._probe import STAGES, Probe
from eduequity.vocab import Choice, Force, Scope, Stage, Text, Verdict, combine


__all__ = ["BoundaryCase", "Coverage", "boundary_cases", "coverage"]

DAY = dt.timedelta(days=1)

_TABLES: Mapping[Scope, tuple[str, ...]] = {
    Scope.COUNTY: ("county",),
    Scope.TOWNSHIP: ("townships", "county"),
    Scope.SCHOOL: ("schools", "county"),
    Scope.SECTION: ("schools", "county"),
    Scope.CLASS: ("classes", "schools", "county"),
    Scope.TEACHER: ("teachers", "schools", "county"),
    Scope.KINDERGARTEN: ("kindergartens", "county"),
}
"""The tables whose columns a unit sees, its own first."""


@attrs.frozen(kw_only=True)
class BoundaryCase:
    """
    One value on one day before one rule.

    Args:
        id: Rule, value of the law, stage, day and side, as a test's name.

        rule: The rule's full id.

        on: The day.

        expected: The verdict that the pack's words ask for.

        tested: The value of the law that is tested, as `coverage` lists it; empty
            where another value governs here.

    >>> from eduequity import Registry
    >>> from eduequity.testing import boundary_cases
    >>> registry = Registry.of()
    >>> pack = registry.pack("national-basic-balance")
    >>> case, *_ = boundary_cases(pack, registry)
    >>> case.run() is case.expected, len(case.assessment())
    (True, 1)
    """

    id: str
    rule: str
    on: dt.date
    expected: Verdict
    tested: str = ""
    _evaluate: Callable[[], Assessment] = attrs.field(repr=False, eq=False)
    _found: Callable[[Assessment], Verdict] = attrs.field(repr=False, eq=False)

    def assessment(self) -> Assessment:
        """Return what the engine makes of it, to be explained."""
        return self._evaluate()

    def run(self) -> Verdict:
        """Return the verdict that the engine finds."""
        return self._found(self._evaluate())


@attrs.frozen(kw_only=True)
class Coverage:
    """
    How much of a pack is tested at its boundaries.

    Args:
        share: Numbers and dates that are tested, of all.

        tested: Those that are.

        uncovered: Those that are not.

    >>> from eduequity.testing import Coverage
    >>> Coverage(
    ...     share=0.5, tested=("a.values[0]",), uncovered=("b.values[0]",)
    ... ).uncovered
    ('b.values[0]',)
    """

    share: float
    tested: tuple[str, ...]
    uncovered: tuple[str, ...]


def boundary_cases(pack: Pack, registry: Registry | None = None) -> list[BoundaryCase]:
    """
    Make the boundary cases of a pack.

    >>> from eduequity import Registry
    >>> from eduequity.testing import boundary_cases
    >>> registry = Registry.of()
    >>> case, *_ = boundary_cases(registry.packs[0], registry)
    >>> case.run() is case.expected
    True

    Args:
        pack: The pack.

        registry: The packs above it; the national ones by default.
    """
    return list(_Maker(pack, registry or Registry.of()).cases())


def coverage(
    pack: Pack,
    cases: Iterable[BoundaryCase] | None = None,
    *,
    registry: Registry | None = None,
) -> Coverage:
    """
    Tell how much of a pack its boundary cases test.

    Args:
        pack: The pack.

        cases: Its cases; all that can be made by default.

        registry: The packs above it; the national ones by default.

    >>> from eduequity import Registry
    >>> from eduequity.testing import coverage
    >>> registry = Registry.of()
    >>> coverage(registry.pack("national-basic-balance"), registry=registry).share
    1.0
    """
    given = boundary_cases(pack, registry) if cases is None else cases
    tried = {case.tested for case in given}
    every = list(dict.fromkeys(_everything(pack)))
    tested = tuple(each for each in every if each in tried)
    return Coverage(
        share=len(tested) / len(every) if every else 1.0,
        tested=tested,
        uncovered=tuple(each for each in every if each not in tried),
    )


def _everything(pack: Pack) -> Iterator[str]:
    for name, parameter in pack.parameters.items():
        for number, value in enumerate(parameter.values):
            if value.repealed:
                yield _item(name, number, value, None)
            for stage in _stages_of(value):
                yield _item(name, number, value, stage)
    for name, rule in pack.rules.items():
        if _has_no_parameter(rule):
            yield name


def _item(name: str, number: int, value: Value, stage: Stage | None) -> str:
    tail = f"/{stage.value}" if stage else ""
    return f"{name}.values[{number}]@{value.start}{tail}"


def _stages_of(value: Value) -> tuple[Stage | None, ...]:
    """Return the stages that a value states a number for; None: for both the same."""
    if value.repealed:
        return ()
    if isinstance(value.value, tuple):
        words = any(isinstance(each, str) for each in value.value)
        return () if words else (None,)
    primary, junior = value.numbers()
    if primary == junior:
        return () if primary is None else (None,)
    numbers = zip(STAGES, (primary, junior), strict=True)
    return tuple(stage for stage, number in numbers if number is not None)


def _has_no_parameter(rule: Rule) -> bool:
    return not _named(rule)


def _named(rule: Rule) -> tuple[str, ...]:
    keys = ("parameter", "minimum", "floor")
    return tuple(name for key in keys if (name := getattr(rule, key, None)))


class _Aim(NamedTuple):
    """One rule and one of the parameters that it is compared with."""

    name: str
    rule: Rule
    parameter: str | None
    force: Force


class _Maker:
    """The cases of one pack."""

    def __init__(self, pack: Pack, registry: Registry) -> None:
        self.pack = pack
        self.area = pack.info.areas[0]
        self.registry = registry
        own = tuple(_field(spec) for spec in pack.fields)
        self.fields = tuple(dict.fromkeys((*registry.fields, *own)))
        others = [p for p in registry.packs if p.info.id != pack.info.id]
        self.all = Rulebook((*others, pack))
        chain = [p for p in self.all.packs if self._above(p)]
        self.chain = sorted(chain, key=lambda each: len(each.info.areas[0]))

    def _above(self, other: Pack) -> bool:
        same = other.info.programme == self.pack.info.programme
        return same and any(self.area.startswith(area) for area in other.info.areas)

    @cached_property
    def options(self) -> dict[str, str]:
        """The readings with their defaults."""
        readings = (each for pack in self.chain for each in pack.readings.items())
        return {name: reading.default for name, reading in readings}

    def choices(self, rule: Rule) -> dict[str, type[Choice]]:
        """Return the words of each column of choices that a rule's units see."""
        tables = dictionary(self.fields)
        return {
            name: field.choices
            for table in reversed(_TABLES[rule.scope])
            for field in tables[table]
            if field.choices is not None
            for name in field.names
        }

    def words(self, rule: Rule) -> dict[str, tuple[str, ...]]:
        """Return the words that columns and readings offer."""
        found = {
            name: tuple(word.value for word in choices if word.broader is None)
            for name, choices in self.choices(rule).items()
        }
        found["stage"] = tuple(stage.value for stage in Stage)
        for pack in self.chain:
            found |= {name: each.choices for name, each in pack.readings.items()}
        return found

    def law(self, on: dt.date, options: Mapping[str, str] | None = None) -> Law:
        return Law(
            programme=self.pack.info.programme,
            on=on,
            packs=tuple(self.chain),
            options={**self.options, **(options or {})},
        )

    # -- what is aimed at ------------------------------------------------------------

    def cases(self) -> Iterator[BoundaryCase]:
        seen: set[str] = set()
        for aim in self._aims():
            for case in self._of(aim):
                if case.id not in seen:
                    seen.add(case.id)
                    yield case

    def _aims(self) -> Iterator[_Aim]:
        for name, rule in self.pack.rules.items():
            if _has_no_parameter(rule):
                yield _Aim(name, rule, None, rule.force)
            for parameter in _named(rule):
                if parameter not in self.pack.parameters:
                    yield _Aim(name, rule, parameter, _force(rule, parameter))
        for parameter in self.pack.parameters:
            yield from self._aims_at(parameter)

    def _aims_at(self, parameter: str) -> Iterator[_Aim]:
        named = False
        for pack in self.chain:
            for name, rule in pack.rules.items():
                if parameter not in _named(rule) or not self._here(name, pack):
                    continue
                named = True
                yield _Aim(name, rule, parameter, _force(rule, parameter))
                if pack is not self.pack and not isinstance(rule, Quorum):
                    for force in (Force.TARGET, Force.BENCHMARK):
                        yield _Aim(name, rule, parameter, force)
        if not named:
            yield self._stand_in(parameter)

    def _here(self, name: str, pack: Pack) -> bool:
        head = name.partition(".")[0]
        return head not in pack.info.areas or self.area.startswith(head)

    def _stand_in(self, parameter: str) -> _Aim:
        """Return a rule for a parameter that only indicators ask for."""
        declared = next(p for c in self.chain if (p := c.parameters.get(parameter)))
        rule = Threshold(
            label=Text("试", "probe"),
            scope=self._scope_of(self.pack.parameters[parameter]),
            dimension=None if self.area else "probe",
            indicator="",
            operator="<=" if declared.stricter == "lower" else ">=",
            parameter=parameter,
        )
        return _Aim(f"{self.area or 'probe'}.{parameter}", rule, parameter, rule.force)

    @staticmethod
    def _scope_of(parameter: Parameter) -> Scope:
        staged = any(None not in _stages_of(v) for v in parameter.values)
        return Scope.SECTION if staged else Scope.SCHOOL

    # -- one aim, every value ----------------------------------------------------------

    def _of(self, aim: _Aim) -> Iterator[BoundaryCase]:
        if aim.parameter is None:
            yield from self._of_dates(aim)
            return
        owner = self.pack.parameters.get(aim.parameter)
        parameter = owner or self._declared(aim.parameter)
        if parameter is None:
            return
        for number, value in enumerate(parameter.values):
            if value.force is not aim.force:
                continue
            if value.repealed:
                yield from self._of_repeal(aim, number, value, parameter)
            else:
                yield from self._of_value(aim, number, value, own=owner is not None)

    def _declared(self, parameter: str) -> Parameter | None:
        found = [
            p.parameters[parameter] for p in self.chain if parameter in p.parameters
        ]
        return found[-1] if found else None

    def _of_dates(self, aim: _Aim) -> Iterator[BoundaryCase]:
        rule = aim.rule
        days = _days(rule.start, rule.until)
        for on in days or [self.pack.info.reviewed]:
            for stage in STAGES if _probe.has_stages(rule) else STAGES[:1]:
                setting = Setting(on=on, stage=stage, options=self.options)
                for side, given in _sides_without_line(rule):
                    answer = _compares(rule, given, 1.0)
                    expected = verdict_of(rule, on, answer)
                    in_force = expected is not Verdict.NOT_APPLICABLE
                    yield self._case(
                        aim,
                        setting,
                        stage,
                        given,
                        expected,
                        label=f"{aim.name}/{stage.value}/{on}/{side}",
                        tested=aim.name if in_force else "",
                    )

    def _of_value(
        self,
        aim: _Aim,
        number: int,
        value: Value,
        *,
        own: bool,
        days: Sequence[dt.date] = (),
    ) -> Iterator[BoundaryCase]:
        name = aim.parameter
        assert name is not None
        begins = _days(value.start, *self._dates(aim.rule), value.until)
        for which, cells in enumerate(self._units(aim.rule, name, value)):
            options = {k: str(v) for k, v in cells.items() if k in self.options}
            at = {k: v for k, v in cells.items() if k not in options}
            for stage in self._stages(aim.rule, value, at):
                item = _item(name, number, value, _speaks_to(value, stage))
                for on in days or begins:
                    setting = Setting(
                        on=on,
                        stage=stage if _probe.has_stages(aim.rule) else None,
                        cells=at,
                        options=self.options | options,
                    )
                    head = f"{aim.name}/{name}.values[{number}]"
                    label = f"{head}/{stage.value}/{which}/{on}/{aim.force.value}"
                    yield from self._of_day(
                        aim, value, setting, stage, label, item if own else ""
                    )

    @staticmethod
    def _stages(rule: Rule, value: Value, cells: Mapping[str, Cell]) -> Sequence[Stage]:
        """Return the stages for which a rule can be put before a value."""
        word = cells.get("stage")
        if rule.scope in _probe.OF_A_STAGE:
            return (Stage(str(word)) if word else STAGES[0],)
        if not _probe.has_stages(rule):
            return STAGES[:1]
        named = _stages_of(value)
        found = STAGES if None in named else tuple(s for s in named if s is not None)
        asks = any(test.field == "stage" for tests in value.where for test in tests)
        return tuple(s for s in found if not asks or s.value == word)

    def _of_repeal(
        self, aim: _Aim, number: int, repeal: Value, parameter: Parameter
    ) -> Iterator[BoundaryCase]:
        """Try the number that was repealed, on the days around its repeal."""
        assert aim.parameter is not None
        item = _item(aim.parameter, number, repeal, None)
        before = [v for v in parameter.values[:number] if same_series(v, repeal)]
        for value in before[-1:]:
            for case in self._of_value(
                aim, number, value, own=False, days=_days(repeal.start)
            ):
                gone = case.on == repeal.start and case.id.endswith("/at")
                yield attrs.evolve(case, tested=item) if gone else case

    def _dates(self, rule: Rule) -> Iterator[dt.date | None]:
        """Yield when a rule begins, and the lists of items that it asks for."""
        yield rule.start
        if isinstance(rule, Every):
            lists = (p for pack in self.chain if (p := pack.parameters.get(rule.items)))
            yield from (value.start for each in lists for value in each.values)

    def _units(self, rule: Rule, name: str, value: Value) -> Iterator[dict[str, Cell]]:
        """Yield units for which a value is meant, and no other if that can be."""
        others = [
            other.where
            for pack in self.chain
            if name in pack.parameters
            for other in pack.parameters[name].values
            if other.where != value.where
        ]
        return witnesses(value.where, others, self.words(rule))

    def _of_day(
        self,
        aim: _Aim,
        value: Value,
        setting: Setting,
        stage: Stage,
        label: str,
        item: str,
    ) -> Iterator[BoundaryCase]:
        assert aim.parameter is not None
        interval = isinstance(aim.rule, Range)
        asked = line(aim.parameter, self.chain, aim.force, setting, interval=interval)
        if isinstance(aim.rule, Quorum):
            yield from self._of_quorum(aim, value, setting, stage, label, item)
            return
        for side, given in _sides(aim.rule, value, stage):
            answer = None if asked is None else _fits(aim.rule, given, asked)
            expected = verdict_of(aim.rule, setting.on, answer)
            if isinstance(aim.rule, Every) and not self._lists_items(aim.rule, setting):
                continue
            governs = asked is not None and _says(asked, value, stage)
            judged = expected is not Verdict.NOT_APPLICABLE
            at = side in ("at", "at low", "at high")
            yield self._case(
                aim,
                setting,
                stage,
                given,
                expected,
                label=f"{label}/{side}",
                tested=item if at and governs and judged else "",
            )

    def _lists_items(self, rule: Every, setting: Setting) -> bool:
        return bool(
            _probe.items(rule, self.law(setting.on, setting.options), setting.on)
        )

    def _of_quorum(
        self,
        aim: _Aim,
        value: Value,
        setting: Setting,
        stage: Stage,
        label: str,
        item: str,
    ) -> Iterator[BoundaryCase]:
        """Try one component fewer, as many and one more; or the floor on both sides."""
        rule = aim.rule
        assert isinstance(rule, Quorum)
        force = Force.REQUIREMENT
        minimum = line(rule.minimum, self.chain, force, setting, interval=False)
        floor = line(rule.floor, self.chain, force, setting, interval=False)
        asked = minimum if aim.parameter == rule.minimum else floor
        number = _number_of(value, stage)
        for side, shift in (("below", -1), ("at", 0), ("above", 1)):
            if aim.parameter == rule.minimum:
                met = round(number) + shift
                missed = floor.low if floor else 1.0
            else:
                met = len(rule.of) - 1
                missed = number + shift * _probe.step(number)
            if not 0 <= met <= len(rule.of) or missed >= 1:
                continue
            answer = None
            if minimum and floor:
                afloat = met == len(rule.of) or meets(missed, ">=", floor.low)
                answer = met >= round(minimum.low) and afloat
            expected = verdict_of(rule, setting.on, answer)
            governs = asked is not None and _says(asked, value, stage)
            judged = expected is not Verdict.NOT_APPLICABLE
            made = _probe.quorum(
                aim.name, rule, self.law(setting.on), stage, met, missed
            )
            yield self._made(
                aim,
                setting,
                made,
                expected,
                label=f"{label}/{side}",
                tested=item if side == "at" and governs and judged else "",
            )

    # -- one case ---------------------------------------------------------------------

    def _case(
        self,
        aim: _Aim,
        setting: Setting,
        stage: Stage,
        given: float,
        expected: Verdict,
        *,
        label: str,
        tested: str,
    ) -> BoundaryCase:
        law = self.law(setting.on, setting.options)
        made = _probe.probe(aim.name, aim.rule, law, setting.on, stage, given)
        return self._made(aim, setting, made, expected, label=label, tested=tested)

    def _made(
        self,
        aim: _Aim,
        setting: Setting,
        made: Probe,
        expected: Verdict,
        *,
        label: str,
        tested: str,
    ) -> BoundaryCase:
        def evaluate() -> Assessment:
            return engine.evaluate(
                made.facts(self.fields),
                self._rulebook(made, aim.name),
                {
                    **self.registry.indicators,
                    **made.indicators(setting.cells, self.choices(aim.rule)),
                },
                on=setting.on,
                programme=self.pack.info.programme,
                options={
                    name: choice
                    for name, choice in setting.options.items()
                    if self.options.get(name) != choice
                },
                as_area=self.area or None,
            )

        return BoundaryCase(
            id=label,
            rule=aim.name,
            on=setting.on,
            expected=expected,
            tested=tested,
            evaluate=evaluate,
            found=lambda assessment: self._found(assessment, aim),
        )

    def _rulebook(self, made: Probe, name: str) -> Rulebook:
        """Return the packs with nothing but the rules of the probe."""
        packs = []
        for pack in self.chain:
            rules = {key: rule for key, rule in made.rules.items() if key in pack.rules}
            if pack is self.pack and name not in self.all_rules:
                rules |= {name: made.rules[name]}
            packs.append(attrs.evolve(pack, rules=rules))
        return Rulebook(packs)

    @cached_property
    def all_rules(self) -> set[str]:
        """The full ids of every rule that there is."""
        return {name for pack in self.chain for name in pack.rules}

    def _found(self, assessment: Assessment, aim: _Aim) -> Verdict:
        above = aim.name in self.all_rules and aim.name not in self.pack.rules
        if not above or aim.force is Force.REQUIREMENT:
            for level in reversed(assessment.levels):
                if aim.name in level.counties:
                    return tuple(Verdict)[int(level.counties[aim.name][0])]
            return Verdict.NOT_APPLICABLE
        shown = assessment.findings(
            rule=aim.name, force=aim.force.value, area=self.area, components=True
        )
        return combine(f.verdict for f in shown if "summary" not in f.flags)


def _force(rule: Rule, parameter: str) -> Force:
    """Return the force of the values that a rule is compared with."""
    quorum = isinstance(rule, Quorum) and parameter in (rule.minimum, rule.floor)
    return Force.REQUIREMENT if quorum else rule.force


def _days(*dates: dt.date | None) -> list[dt.date]:
    """Return the day before, of and after each date that there is."""
    given = {day for day in dates if day is not None}
    return sorted({day + n * DAY for day in given for n in (-1, 0, 1)})


def _speaks_to(value: Value, stage: Stage) -> Stage | None:
    return None if None in _stages_of(value) else stage


def _number_of(value: Value, stage: Stage) -> float:
    primary, junior = value.numbers()
    number = junior if stage is Stage.JUNIOR else primary
    assert number is not None
    return number


def _says(asked: Line, value: Value, stage: Stage) -> bool:
    """Tell whether a value governs, or says the same as the one that does."""
    if isinstance(value.value, tuple):
        return asked.value is value
    return asked.value is value or asked.low == _number_of(value, stage)


def _sides(rule: Rule, value: Value, stage: Stage) -> Iterator[tuple[str, float]]:
    """Yield what is tried: below, at and above the value's own number."""
    if isinstance(rule, Range):
        if isinstance(value.value, tuple):
            low, high = (float(end) for end in value.value)
            yield from (("below", low - _probe.step(low)), ("at low", low))
            yield from (("at high", high), ("above", high + _probe.step(high)))
        return
    if isinstance(value.value, tuple) or not _stages_of(value):
        return
    asked = _number_of(value, stage)
    if isinstance(rule, Share) and (rule.meets or rule.reaches):
        yield from _sides_of_count(asked)
        return
    small = _probe.step(asked)
    for side, given in (
        ("below", asked - small),
        ("at", asked),
        ("above", asked + small),
    ):
        if given >= 0:
            yield side, given


def _sides_of_count(asked: float) -> Iterator[tuple[str, float]]:
    """Yield shares that whole units can have: one fewer, as many, one more."""
    share = Fraction(asked).limit_denominator(_probe.MOST_UNITS)
    units = share.denominator
    for side, shift in (("below", -1), ("at", 0), ("above", 1)):
        given = share + Fraction(shift, units)
        if 0 <= given <= 1:
            yield side, float(given)


def _fits(rule: Rule, given: float, asked: Line) -> bool:
    if isinstance(rule, Range):
        return meets(given, ">=", asked.low) and meets(given, "<=", asked.high)
    operator: str = getattr(rule, "operator", ">=")
    return meets(given, operator, asked.low)


def _sides_without_line(rule: Rule) -> Iterator[tuple[str, float]]:
    """Yield what is tried where no number is asked: yes and no, or around 1."""
    if rule.kind in ("threshold", "trend"):
        small = _probe.step(1.0)
        yield from (("below", 1 - small), ("at", 1.0), ("above", 1 + small))
    else:
        yield from (("no", 0.0), ("yes", 1.0))


def _compares(rule: Rule, given: float, asked: float) -> bool:
    return meets(given, getattr(rule, "operator", ">="), asked)
