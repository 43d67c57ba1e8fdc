"""The law in force for one area, rule by rule, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines
from eduequity.cli._errors import UsageError
from eduequity.engine import measured
from eduequity.engine._below import needs
from eduequity.rules import Range, Test
from eduequity.testing._expect import Setting, line
from eduequity.vocab import Area, Force, Stage, Text, Unit


if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from eduequity.registry import Registry
    from eduequity.rules import Citation, Condition, Law, Pack, Rule, Value


__all__ = ["show_law"]

_STAGES = (Stage.PRIMARY, Stage.JUNIOR)
_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "in": "∈"}
_TESTS = {
    "is": "=",
    "in": "∈",
    "not_in": "∉",
    "min": "≥",
    "max": "≤",
    "above": ">",
    "below": "<",
}
_KINDS = {
    "attested": Text("须有签认", "to be attested"),
    "veto": Text("不得发生", "must not have occurred"),
    "all": Text("各项均为是", "every item yes"),
    "check": Text("由程序判定", "judged by a function"),
}


def show_law(area: str, on: dt.date, programme: str, lang: str) -> None:
    """
    Print every rule in force for an area, with its values and where they stand.

    Raises:
        UsageError: *area* is no code of an area.

        UnknownNameError: There is no such programme.
    """
    from eduequity._facade import installed

    try:
        Area(area)
    except ValueError:
        raise UsageError(
            f"{area}：不是地区代码，应为2、4或6位数字",
            f"{area}: no area code, expected 2, 4 or 6 digits",
        ) from None
    registry = installed()
    law = registry.rulebook.law(programme, on)
    for each in _Page(registry, law, area, lang).lines():
        print_lines(each)


class _Page:
    """The law of one area on one day."""

    def __init__(self, registry: Registry, law: Law, area: str, lang: str) -> None:
        self.registry = registry
        self.law = law
        self.area = area
        self.lang = lang
        self.code = law.jurisdiction(area)
        reached = (pack for pack in law.packs if self._reaches(pack))
        self.packs = sorted(reached, key=lambda pack: len(pack.info.areas[0]))

    def _reaches(self, pack: Pack) -> bool:
        info = pack.info
        inside = any(self.code.startswith(each) for each in info.areas)
        return inside and not any(self.code.startswith(each) for each in info.excluded)

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def home(self, pack: Pack) -> str:
        """Return the area for which a pack is asked here."""
        return next(each for each in pack.info.areas if self.code.startswith(each))

    def level(self, area: str) -> str:
        return area or self.say("全国", "nation")

    # -- lines -----------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        law = self.law
        if self.code != self.area:
            yield self.say(
                f"{self.area} 适用 {self.code} 的规定",
                f"{self.area} is under the law of {self.code}",
            )
        yield f"{self.code}  {law.programme}  {law.on}"
        for pack in self.packs:
            yield (
                f"  {self.level(self.home(pack))}  {pack.info.title.get(self.lang)}"
                f"  ({pack.info.id}, {pack.distribution} {pack.version})"
            )
        for name, (home, rule) in law.rules.items():
            if self.code.startswith(home) and self._known(home):
                yield ""
                yield from self._rule(name, home, rule)

    def _known(self, home: str) -> bool:
        return any(home in pack.info.areas for pack in self.packs)

    def _rule(self, name: str, home: str, rule: Rule) -> Iterator[str]:
        force = (
            "" if rule.force is Force.REQUIREMENT else f" 【{self._word(rule.force)}】"
        )
        yield f"{name}  {rule.label.get(self.lang)}{force}"
        cited = self.law.rule_citation(home, rule)
        if cited is not None:
            kind = _KINDS.get(rule.kind)
            words = f"{kind.get(self.lang)}  " if kind else ""
            yield f"    {words}{self._cited(home, cited)}"
        for parameter in self._parameters(rule):
            direct = parameter == getattr(rule, "parameter", None)
            sign = _SIGNS.get(getattr(rule, "operator", "")) if direct else None
            head = f"{sign} " if sign else f"{parameter} = "
            yield from self._values(parameter, rule, head)

    def _parameters(self, rule: Rule) -> list[str]:
        asked = needs(rule, self.law, self.registry.indicators)
        found = sorted(name for name in asked if self.law.has_parameter(name))
        own = getattr(rule, "parameter", None)
        return sorted(found, key=lambda name: name != own)

    def _values(self, name: str, rule: Rule, head: str) -> Iterator[str]:
        unit = self.law.parameter(name).unit
        for pack in self.packs:
            area = self.home(pack)
            for value in self.law.values(name, area):
                cited = self.law.citation(area, value)
                yield "".join(
                    (
                        f"    {head}{self._amount(value, unit)}",
                        f"  {self._condition(value.where)}" if value.where else "",
                        self._standing(name, rule, value),
                        f"  {self._cited(area, cited)}",
                    )
                )
                if value.replaces:
                    why = self.say("取代上一级：", "in place of the level above: ")
                    yield f"        {why}{value.replaces}"

    def _standing(self, name: str, rule: Rule, value: Value) -> str:
        """Say what a value is beside the others: target, overridden, overriding."""
        if value.force is not Force.REQUIREMENT:
            return f"  【{self._word(value.force)}】"
        if value.where:
            return ""
        interval = isinstance(rule, Range)
        governs = set()
        for stage in _STAGES:
            at = Setting(on=self.law.on, stage=stage, options=self.law.options)
            found = line(name, self.packs, value.force, at, interval=interval)
            governs.add(id(found.value) if found else None)
        if id(value) not in governs and not interval:
            return self.say("  【已被取代】", "  [overridden]")
        above = [p for p in self.packs if self._stands_above(p, name, value)]
        if not above:
            return ""
        over = ", ".join(self.level(self.home(pack)) for pack in above)
        return self.say(f"  【严于 {over}】", f"  [overrides {over}]")

    def _stands_above(self, pack: Pack, name: str, value: Value) -> bool:
        """Tell whether a pack above says something else of the same parameter."""
        if name not in pack.parameters or value in pack.parameters[name].values:
            return False
        mine = next(p for p in self.packs if self._says(p, name, value))
        return len(self.home(pack)) < len(self.home(mine))

    @staticmethod
    def _says(pack: Pack, name: str, value: Value) -> bool:
        there = pack.parameters.get(name)
        return there is not None and any(each is value for each in there.values)

    # -- words -------------------------------------------------------------------------

    def _word(self, force: Force) -> str:
        return force.label.get(self.lang)

    def _amount(self, value: Value, unit: Unit) -> str:
        if isinstance(value.value, tuple):
            words = (
                each if isinstance(each, str) else self._number(each, unit)
                for each in value.value
            )
            return " – ".join(words) if unit is not Unit.COUNT else "、".join(words)
        if isinstance(value.value, bool):
            return measured(value.value, unit, self.lang)
        primary, junior = value.numbers()
        if primary == junior:
            return self._number(primary, unit)
        named = zip(_STAGES, (primary, junior), strict=True)
        return " · ".join(
            f"{stage.label.get(self.lang)} {self._number(number, unit)}"
            for stage, number in named
            if number is not None
        )

    def _number(self, number: float | None, unit: Unit) -> str:
        return measured(number, unit, self.lang, places=6)

    def _condition(self, where: Condition) -> str:
        tables = (", ".join(_test(test) for test in tests) for tests in where)
        joined = self.say(" 或 ", " or ").join(tables)
        return self.say(f"（若 {joined}）", f"(if {joined})")

    def _cited(self, area: str, cited: Citation) -> str:
        source = self.law.source(cited.source)
        title = f"《{source.title}》" if self.lang == "zh" else source.title
        parts = (title, source.number, cited.clause)
        known = cited.read.label.get(self.lang)
        return f"{self.level(area)} {' '.join(p for p in parts if p)} [{known}]"


def _test(test: Test) -> str:
    operand = test.operand
    if isinstance(operand, tuple):
        words = "|".join(operand)
    elif isinstance(operand, bool):
        words = "yes" if operand else "no"
    else:
        words = operand if isinstance(operand, str) else f"{operand:g}"
    return f"{test.field} {_TESTS[test.kind]} {words}"
