"""
A pack's health: what strict loading cannot see, each defect with file and line.

`eduequity packs check` and `PackContract` say the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from eduequity.errors import PackError, Problem
from eduequity.indicators import Indicator
from eduequity.model import Field, dictionary
from eduequity.registry import Registry
from eduequity.rules import (
    Dispersion,
    MeanDispersion,
    Pack,
    Quorum,
    Range,
    Rule,
    Share,
    Threshold,
)
from eduequity.testing._boundary import boundary_cases, coverage
from eduequity.testing._files import folders, place_of
from eduequity.vocab import Force, Text, Unit


__all__ = ["health"]


def health(
    pack: Pack,
    registry: Registry | None = None,
    *,
    folder: Path | None = None,
    today: dt.date | None = None,
    boundaries: bool = True,
) -> tuple[Problem, ...]:
    """
    Return every defect of a pack that was loaded.

    Args:
        pack: The pack.

        registry: The packs above it and the indicators; ours by default.

        folder: Where its files are, for the places; found through the registry.

        today: The day against which its day of review is held; today by default.

        boundaries: Whether its boundary cases are made and run.

    >>> from eduequity import Registry
    >>> from eduequity.testing import health
    >>> registry = Registry.of()
    >>> pack = registry.pack("national-basic-balance")
    >>> health(pack, registry, boundaries=False)
    ()
    """
    known = registry or Registry.of()
    where = folder or folders(known).get(pack.info.id)
    day = today or dt.date.today()  # noqa: DTZ011 - the law's days are local days
    checkup = _Checkup(pack, known, where)
    checkup.gather(day, boundaries=boundaries)
    return tuple(checkup.problems)


_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@attrs.define
class _Checkup:
    """One pack, and what was found."""

    pack: Pack
    registry: Registry
    folder: Path | None
    problems: list[Problem] = attrs.field(factory=list)

    def say(self, code: str, path: str, zh: str, en: str) -> None:
        place = place_of(self.folder, path)
        self.problems.append(
            Problem(
                code=code,
                zh=zh,
                en=en,
                file=place.file,
                line=place.line,
                sheet=path,
            )
        )

    def gather(self, today: dt.date, *, boundaries: bool) -> None:
        self._cited()
        self._bilingual()
        self._dates(today)
        self._values()
        self._rules()
        if boundaries:
            self._boundaries()

    # -- citations --------------------------------------------------------------------

    def _cited(self) -> None:
        """Every value names a source, and every source says who and what."""
        for name, source in self.pack.sources.items():
            if not (source.title.strip() and source.issuer.strip()):
                self.say(
                    "uncited",
                    f"sources.{name}",
                    "来源缺少标题或发布机关",
                    "the source has no title or no issuer",
                )
        for name, parameter in self.pack.parameters.items():
            for number, value in enumerate(parameter.values):
                if value.source not in self.pack.sources:
                    self.say(
                        "uncited",
                        f"parameters.{name}.values[{number}]",
                        "数值没有出处",
                        "the value has no source",
                    )

    # -- two languages ----------------------------------------------------------------

    def _bilingual(self) -> None:
        for path, text in self._texts():
            if not _CHINESE.search(text.zh):
                self.say(
                    "untranslated",
                    path,
                    f"中文为“{text.zh}”，应有汉字",
                    f"the Chinese is {text.zh!r}, expected Chinese words",
                )
            if not _english(text.en):
                self.say(
                    "untranslated",
                    path,
                    f"英文为“{text.en}”，应为英文",
                    f"the English is {text.en!r}, expected English words",
                )

    def _texts(self) -> Iterator[tuple[str, Text]]:
        """Yield every text of the pack with its path."""
        for path, text in (*self._texts_of_rules(), *self._texts_of_the_rest()):
            if text is not None:
                yield path, text

    def _texts_of_rules(self) -> Iterator[tuple[str, Text | None]]:
        for name, rule in self.pack.rules.items():
            yield _path_of_rule(name), rule.label
            yield _path_of_rule(name), rule.sentence
        for name, parameter in self.pack.parameters.items():
            yield f"parameters.{name}", parameter.label
            for number, value in enumerate(parameter.values):
                yield f"parameters.{name}.values[{number}]", value.note

    def _texts_of_the_rest(self) -> Iterator[tuple[str, Text | None]]:
        yield "pack.title", self.pack.info.title
        for name, reading in self.pack.readings.items():
            yield f"readings.{name}", reading.label
            yield f"readings.{name}", reading.note
        for number, spec in enumerate(self.pack.fields):
            yield f"fields[{number}]", spec.label
            yield f"fields[{number}]", spec.period
            for word in spec.choices:
                yield f"fields[{number}]", Text(word.zh, word.en)

    # -- dates ------------------------------------------------------------------------

    def _dates(self, today: dt.date) -> None:
        info = self.pack.info
        if info.reviewed > today:
            self.say(
                "reviewed",
                "pack.reviewed",
                f"复核日期 {info.reviewed} 在今天（{today}）之后",
                f"reviewed on {info.reviewed}, which is after today ({today})",
            )
        for name, source in self.pack.sources.items():
            if source.issued and source.issued > info.reviewed:
                self.say(
                    "dates",
                    f"sources.{name}.issued",
                    f"印发于 {source.issued}，晚于复核日期 {info.reviewed}",
                    f"issued on {source.issued}, after the review on {info.reviewed}",
                )
        for name, rule in self.pack.rules.items():
            if rule.start and rule.until and rule.until < rule.start:
                self.say(
                    "dates",
                    f"{_path_of_rule(name)}.until",
                    f"终止于 {rule.until}，早于起始 {rule.start}",
                    f"ends on {rule.until}, before it begins on {rule.start}",
                )

    # -- values and units -------------------------------------------------------------

    def _values(self) -> None:
        for name, parameter in self.pack.parameters.items():
            for above in self._above():
                same = above.parameters.get(name)
                if same and same.unit is not parameter.unit:
                    self.say(
                        "units",
                        f"parameters.{name}.unit",
                        f"单位 {parameter.unit} 与上一级的 {same.unit} 不同",
                        f"the unit {parameter.unit} differs from {same.unit} of "
                        f"{above.info.id}",
                    )
            if parameter.unit is not Unit.SHARE:
                continue
            for number, value in enumerate(parameter.values):
                ends = (
                    value.value if isinstance(value.value, tuple) else value.numbers()
                )
                if any(isinstance(e, float | int) and not 0 <= e <= 1 for e in ends):
                    self.say(
                        "units",
                        f"parameters.{name}.values[{number}]",
                        "比例应在 0 与 1 之间",
                        "a share is expected between 0 and 1",
                    )

    def _above(self) -> Iterator[Pack]:
        info = self.pack.info
        for other in self.registry.packs:
            same = other.info.programme == info.programme and other.info.id != info.id
            if same and any(
                mine.startswith(theirs)
                for mine in info.areas
                for theirs in other.info.areas
            ):
                yield other

    # -- rules ------------------------------------------------------------------------

    def _rules(self) -> None:
        columns = {
            name: field
            for fields in dictionary(self.registry.fields).values()
            for field in fields
            for name in field.names
        }
        for name, rule in self.pack.rules.items():
            for key, unit in _asked(rule, self.registry.indicators, columns):
                self._parameter(name, rule, key, unit)

    def _parameter(self, name: str, rule: Rule, key: str, unit: Unit | None) -> None:
        path = f"{_path_of_rule(name)}.{key}"
        parameter = getattr(rule, key)
        declared = [
            pack.parameters[parameter]
            for pack in (*self._above(), self.pack)
            if parameter in pack.parameters
        ]
        if not declared:
            self.say(
                "no-parameter",
                path,
                f"没有参数“{parameter}”",
                f"there is no parameter {parameter!r}",
            )
            return
        if unit is not None and not _alike(unit, declared[0].unit):
            self.say(
                "units",
                path,
                f"指标的单位是 {unit}，参数的单位是 {declared[0].unit}",
                f"the indicator is in {unit}, the parameter in {declared[0].unit}",
            )
        forces = {value.force for each in declared for value in each.values}
        force = Force.REQUIREMENT if isinstance(rule, Quorum) else rule.force
        if force not in forces:
            self.say(
                "force",
                path,
                f"规则是{force.label.zh}，而参数没有这一效力的数值，规则永不适用",
                f"the rule is a {force}, but no value of its parameter is: it never "
                "applies",
            )

    # -- boundaries -------------------------------------------------------------------

    def _boundaries(self) -> None:
        if any(problem.code == "no-parameter" for problem in self.problems):
            return
        try:
            cases = boundary_cases(self.pack, self.registry)
        except PackError as error:  # lowered, or in conflict with another pack
            self.problems += error.problems
            return
        for case in cases:
            found = case.run()
            if found is not case.expected:
                self.say(
                    "boundary",
                    _path_of_rule(case.rule),
                    f"边界情形 {case.id}：应为{case.expected.label.zh}，"
                    f"得到{found.label.zh}",
                    f"boundary case {case.id}: expected {case.expected}, found {found}",
                )
        for each in coverage(self.pack, cases).uncovered:
            path = each.partition("@")[0]
            value = "[" in path
            self.say(
                "untested",
                f"parameters.{path}" if value else _path_of_rule(path),
                f"{each} 未被任何边界情形测试：没有规则用到，或被别的数值取代",
                f"{each} is tested by no boundary case: no rule asks for it, or "
                "another value takes its place",
            )


def _english(words: str) -> bool:
    """Tell whether words are English; they may quote Chinese ones."""
    latin = len(_LATIN.findall(words))
    return latin > len(_CHINESE.findall(words))


def _path_of_rule(name: str) -> str:
    return f"rules.{name.rpartition('.')[2]}"


def _asked(
    rule: Rule, indicators: Mapping[str, Indicator], columns: Mapping[str, Field]
) -> Iterator[tuple[str, Unit | None]]:
    """Yield the keys that name parameters, with the unit that each must have."""
    if isinstance(rule, Quorum):
        yield from (("minimum", Unit.COUNT), ("floor", Unit.SHARE))
        return
    if getattr(rule, "parameter", None) is None:
        return
    unit: Unit | None = None
    if isinstance(rule, Threshold | Range):
        made = indicators.get(rule.indicator)
        column = columns.get(rule.indicator)
        if made is not None:
            unit = made.unit
        elif column is not None:
            unit = column.unit
    elif isinstance(rule, Share):
        unit = Unit.SHARE
    elif isinstance(rule, Dispersion | MeanDispersion):
        unit = Unit.RATIO
    yield "parameter", unit


def _alike(first: Unit, second: Unit) -> bool:
    """Tell whether two units can be compared; a count may be of anything."""
    counts = {unit for unit in (first, second) if unit.counted}
    return first.dimension == second.dimension or len(counts) == len({first, second})
