"""
Figures that somebody published, where records are absent: which count, and for what.

A figure counts for a rule only where it says that it is the rule's: its area, its
years, what was counted and how. Otherwise it is refused, and one sentence says why.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import attrs
import numpy as np

from eduequity.engine._columns import Workspace
from eduequity.facts import STAGES, DateRange, Frame
from eduequity.rules import (
    AllOf,
    Attested,
    Dispersion,
    Every,
    MeanDispersion,
    Quorum,
    Range,
    Rule,
    Share,
    Threshold,
    Trend,
    Veto,
)
from eduequity.vocab import Scope, Stage, Text, Unit


__all__ = [
    "Published",
    "SectionRow",
    "claims",
    "implied",
    "printed_half",
    "published",
    "quoted",
    "ratio_rows",
]

Interval: TypeAlias = tuple[float, float]

_DEFAULT = "quality-balance"
"""The programme whose rules a figure may name alone."""

_LONGEST = 200
_WHOLE = ("share_met", "count_met", "count_all", "breaches", "mean")
"""What may be said of all units of a county at once."""


@attrs.frozen(kw_only=True)
class Published:
    """
    One published figure that names a rule.

    Args:
        county: Its county's row.

        stage: ``primary``, ``junior`` or None for both together.

        statistic: What the figure is; ``value`` where nothing is said.

        value: The figure, worked out from its parts where only these are given.

        numerator: What was counted, or NaN.

        denominator: Of how many, or NaN; what numerator and value imply where they do.

        sections: Whether it counts sections, not schools.

        source: Where it stands.

        when: Its period, else its date.

        day: The day it is of: the last of its period, else its date; or None.

        contradiction: Why its own parts do not agree, if they do not.

        refusal: Why it is not accepted for the rule; None where it is.
    """

    county: int
    stage: Stage | None
    statistic: str
    value: float
    numerator: float
    denominator: float
    sections: bool
    source: str
    when: str
    day: dt.date | None
    contradiction: Text | None
    refusal: Text | None

    @property
    def misses(self) -> float:
        """How many units miss, at least; NaN where it does not say."""
        if self.statistic == "breaches":
            return self.value
        if self.statistic == "share_met":
            lost = self.denominator - self.numerator
            return lost if np.isfinite(lost) else float(self.value < 1)
        return np.nan


def quoted(text: str | None) -> str:
    """Return what somebody wrote on one line, not too long."""
    line = " ".join((text or "").split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


# -- which rows speak of a rule -------------------------------------------------------


def published(
    work: Workspace, name: str, rule: Rule, *, any_year: bool = False
) -> tuple[Published, ...]:
    """
    Return the figures that name a rule or its indicator, accepted or refused.

    Args:
        work: The evaluation at work.

        name: The rule's full id.

        rule: The rule.

        any_year: Whether a figure of an earlier year is accepted too.
    """
    table = work.facts.other("reported")
    if not table.size:
        return ()
    found = tuple(_found(work, table, name, rule, any_year=any_year))
    return tuple(_counts_joined(found))


def _found(
    work: Workspace, table: Frame, name: str, rule: Rule, *, any_year: bool
) -> Iterator[Published]:
    indicators = {name.rpartition(".")[2], getattr(rule, "indicator", None) or ""}
    rows = work.told_of(name, indicators)
    if not rows:
        return
    cells, taken = _Cells(work, table, any_year=any_year), _allowed(rule)
    others, asked = _taken_elsewhere(work, rule), table.words("rule")
    for row in rows:
        statistic = cells.word("statistic", row) or "value"
        theirs = asked[row] is None and statistic in others
        # 表Ⅲ has means and coefficients: each is for the rules that ask for it.
        if not cells.of_school[row] and (statistic in taken or not theirs):
            yield cells.read(row, rule)


def _taken_elsewhere(work: Workspace, rule: Rule) -> frozenset[str]:
    """Return the statistics that rules about the same indicator can take."""
    memory: dict[str, frozenset[str]] = work.law.memory.setdefault(_taken_elsewhere, {})
    if not memory:
        for _, each in work.law.rules.values():
            name = str(getattr(each, "indicator", None) or "")
            memory[name] = memory.get(name, frozenset()).union(_allowed(each))
    return memory.get(str(getattr(rule, "indicator", None) or ""), frozenset())


def _counts_joined(found: tuple[Published, ...]) -> Iterator[Published]:
    """Join ``count_met`` with its ``count_all`` into the share that they make."""
    totals = {
        (f.county, f.stage): f.value
        for f in found
        if f.statistic == "count_all" and f.refusal is None
    }
    for each in found:
        total = totals.get((each.county, each.stage), np.nan)
        if each.statistic != "count_met":
            yield each
        elif np.isfinite(total) and total > 0:
            yield attrs.evolve(
                each,
                statistic="share_met",
                numerator=each.value,
                denominator=total,
                value=each.value / total,
            )


@attrs.frozen(kw_only=True)
class SectionRow:
    """
    One published ratio of one section.

    Args:
        section: The section's row.

        value: The figure.

        source: Where it stands.

        when: Its period, else its date.

        day: The day it is of; None where nothing is said.

        refusal: Why it does not count; None where it does.
    """

    section: int
    value: float
    source: str
    when: str
    day: dt.date | None
    refusal: Text | None

    @property
    def place(self) -> str:
        """Where it stands, and of when it is."""
        return ", ".join(filter(None, (self.source, self.when)))


def ratio_rows(
    work: Workspace, rules: Mapping[str, Rule], by_name: Mapping[str, str]
) -> Iterator[tuple[str, SectionRow]]:
    """
    Yield the published ratios of single sections, each with its indicator.

    Args:
        work: The evaluation at work.

        rules: The indicators that are asked for, each with a rule about it.

        by_name: The indicators by the full ids of rules about them.
    """
    table = work.facts.other("reported")
    if not table.size:
        return
    cells = _Cells(work, table, any_year=False)
    named, asked = table.words("indicator"), table.words("rule")
    wanted = {f"{work.law.programme}/{rule}": name for rule, name in by_name.items()}
    if work.law.programme == _DEFAULT:
        wanted.update(by_name)
    for row in np.flatnonzero(cells.of_school).tolist():
        rule = asked[row]
        indicator = named[row] if rule is None else wanted.get(str(rule))
        section = cells.section(row) if indicator in rules else None
        if section is not None:
            yield str(indicator), cells.of_section(row, section, rules[str(indicator)])


class _Cells:
    """The cells of the table of published figures."""

    def __init__(self, work: Workspace, table: Frame, *, any_year: bool) -> None:
        self.work = work
        self.any_year = any_year
        self.owner = work.facts.other_county("reported")
        self.values = table.numbers("value")
        self.numerators = table.numbers("numerator")
        self.denominators = table.numbers("denominator")
        self.stages = table.codes("stage")
        self.words: Mapping[str, np.ndarray[tuple[int], np.dtype[np.object_]]] = {
            key: table.words(key)
            for key in (
                "entity",
                "statistic",
                "unit",
                "period",
                "covers",
                "definition",
                "source",
            )
        }
        dates = table.columns.get("date")
        self.dates = dates if isinstance(dates, DateRange) else None
        placed = table.columns.get("of_school")
        self.of_school = (
            placed
            if isinstance(placed, np.ndarray)
            else np.zeros(table.size, dtype=np.bool_)
        )

    def word(self, key: str, row: int) -> str | None:
        cell = self.words[key][row]
        return None if cell is None else str(cell)

    def read(self, row: int, rule: Rule) -> Published:
        """Return one row as the rule sees it."""
        n, d = float(self.numerators[row]), float(self.denominators[row])
        value = float(self.values[row])
        contradiction = _contradiction(value, n, d)
        if np.isnan(value):
            value = n / d if d else np.nan
        elif np.isnan(d):
            d = implied(n, value)[1] if n > 0 else np.nan
        stage = int(self.stages[row])
        return Published(
            county=int(self.owner[row]),
            stage=STAGES[stage] if 0 <= stage < len(STAGES) else None,
            statistic=self.word("statistic", row) or "value",
            value=value,
            numerator=n,
            denominator=d,
            sections=self.word("unit", row) == "sections",
            source=quoted(self.word("source", row)),
            when=quoted(self.word("period", row)) or self._date(row),
            day=self._day(row),
            contradiction=contradiction,
            refusal=self._refusal(row, rule, value),
        )

    def section(self, row: int) -> int | None:
        """Return the section that a row speaks of; None: of none, or of several."""
        code, _, part = str(self.word("entity", row)).partition("/")
        school = self.work.school_rows[code]
        stage = Stage.parse(part) if part else None
        rank = stage.rank if stage else int(self.stages[row])
        rows, none = self.work.section_rows[:, school], self.work.facts.sections.size
        there = rows[rows < none]
        if 0 <= rank < len(STAGES):
            there = rows[rank : rank + 1][rows[rank : rank + 1] < none]
        return int(there[0]) if len(there) == 1 else None

    def of_section(self, row: int, section: int, rule: Rule) -> SectionRow:
        """Return one row about a section as a rule about its ratio sees it."""
        value = float(self.values[row])
        if np.isnan(value) and self.denominators[row]:
            value = float(self.numerators[row] / self.denominators[row])
        refusal = (
            self._of_another(row)
            or self._other_years(row, rule)
            or self._other_thing(row, rule)
            or self._no_ratio(row, rule, value)
        )
        return SectionRow(
            section=section,
            value=value,
            source=quoted(self.word("source", row)),
            when=quoted(self.word("period", row)) or self._date(row),
            day=self._day(row),
            refusal=refusal,
        )

    def _of_another(self, row: int) -> Text | None:
        entity, covers = str(self.word("entity", row)), self.word("covers", row)
        county = self.work.facts.codes[int(self.owner[row])]
        if covers in (None, entity, entity.partition("/")[0], county):
            return None
        return Text(
            f"说的是 {covers}，不是 {entity}", f"it speaks of {covers}, not of {entity}"
        )

    def _no_ratio(self, row: int, rule: Rule, value: float) -> Text | None:
        statistic = self.word("statistic", row) or "value"
        if statistic != "value":
            return Text(
                f"统计量为 {statistic}，不是本学段的数值",
                f"the figure is a {statistic}, not the section's value",
            )
        if not np.isfinite(value) or value < 0:
            return Text("没有可用的数值", "there is no usable number")
        unit = self.word("unit", row)
        asked = self.work.indicators[str(getattr(rule, "indicator", ""))].unit
        if unit is not None and unit not in (asked, "ratio"):
            return Text(
                f"单位为 {unit}，本项为 {asked}", f"the unit is {unit}, not {asked}"
            )
        return None

    def _date(self, row: int) -> str:
        if self.dates is None or np.isnat(self.dates.first[row]):
            return ""
        first, last = self.dates.first[row], self.dates.last[row]
        return str(first) if first == last else f"{first} – {last}"

    def _day(self, row: int) -> dt.date | None:
        years = _years(self.word("period", row))
        if years is not None:
            return dt.date(years[1], 12, 31)
        if self.dates is None or np.isnat(self.dates.last[row]):
            return None
        day: dt.date = self.dates.last[row].astype("datetime64[D]").astype(object)
        return day

    # -- why not -------------------------------------------------------------------

    def _refusal(self, row: int, rule: Rule, value: float) -> Text | None:
        return (
            self._elsewhere(row)
            or self._other_years(row, rule)
            or self._other_thing(row, rule)
            or self._other_statistic(row, rule, value)
        )

    def _elsewhere(self, row: int) -> Text | None:
        entity = self.work.facts.codes[int(self.owner[row])]
        covers = self.word("covers", row) or self.word("entity", row)
        if covers == entity:
            return None
        return Text(
            f"说的是 {covers}，不是 {entity}", f"it speaks of {covers}, not of {entity}"
        )

    def _other_years(self, row: int, rule: Rule) -> Text | None:
        on, said = self.work.law.on, self.word("period", row)
        late = self.dates is not None and self.dates.first[row] > np.datetime64(on)
        if late:
            return Text(
                f"公布于 {self._date(row)}，晚于评估日 {on}",
                f"published on {self._date(row)}, after {on}",
            )
        years = _years(said)
        if years is None:
            return _span_unknown(rule, said)
        first, last, span = years
        if (last < on.year - 1 and not self.any_year) or first > on.year:
            return Text(
                f"时段为 {said}，{on.year} 年的评估看上一年或当年",
                f"it is of {said}; an evaluation in {on.year} takes the year before "
                "or the year itself",
            )
        if rule.years is not None and span != rule.years:
            return Text(
                f"时段为 {said}（{span} 年），本项要求的是 {rule.years} 年的数",
                f"it spans {span} year(s) ({said}), the rule asks for {rule.years}",
            )
        return None

    def _other_thing(self, row: int, rule: Rule) -> Text | None:
        said = self.word("definition", row)
        if said is None or _is_ours(self.work, said, rule):
            return None
        return Text(
            f"口径为“{quoted(said)}”，本项要求的是“{rule.label.zh}”",
            f"what was counted is “{quoted(said)}”, the rule asks for "
            f"“{rule.label.en}”",
        )

    def _other_statistic(self, row: int, rule: Rule, value: float) -> Text | None:
        statistic = self.word("statistic", row) or "value"
        if isinstance(rule, AllOf | Attested | Veto):
            return Text("本项问是与否，不看数字", "the rule asks yes or no, no figure")
        if isinstance(rule, Every | Trend):
            return Text(
                "本项要逐项逐年列表，一个数不够",
                "the rule asks for a table of items or years, not for one figure",
            )
        if statistic not in _allowed(rule):
            return Text(
                f"统计量为 {statistic}，不能说明本项"
                + ("的每所学校" if _of_units(rule) else ""),
                f"the figure is a {statistic}, which does not tell "
                + ("of every school" if _of_units(rule) else "what the rule asks"),
            )
        if not np.isfinite(value) or value < 0:
            return Text("没有可用的数值", "there is no usable number")
        return self._other_unit(row, rule, statistic, value)

    def _other_unit(
        self, row: int, rule: Rule, statistic: str, value: float
    ) -> Text | None:
        unit = self.word("unit", row)
        of_share = statistic == "share_met" or isinstance(rule, Share)
        if of_share and (unit not in _SHARE_UNITS or value > 1):
            return Text(
                f"比例应为0至1的小数，所填为 {value:g} {unit or ''}".rstrip(),
                f"a share is a fraction from 0 to 1, found {value:g} {unit or ''}",
            )
        asked = self._unit(rule)
        plain = statistic in ("value", "mean") and not of_share and asked is not None
        if plain and unit is not None and unit not in (asked, "ratio"):
            return Text(
                f"单位为 {unit}，本项为 {asked}", f"the unit is {unit}, not {asked}"
            )
        return None

    def _unit(self, rule: Rule) -> Unit | None:
        name = getattr(rule, "parameter", None)
        law = self.work.law
        if name is None or not law.has_parameter(name):
            return None
        return law.parameter(name, self.work.areas[-1]).unit


_SHARE_UNITS = (None, "share", "schools", "sections", "classes")


def _of_units(rule: Rule) -> bool:
    return rule.scope is not Scope.COUNTY


def _allowed(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Dispersion | MeanDispersion):
        return ("cv",)
    if isinstance(rule, Quorum):
        return ("share_met", "count_met", "count_all", "breaches")
    if _of_units(rule):
        return _WHOLE
    if isinstance(rule, Share):
        return ("value", "share_met")
    return ("value",) if isinstance(rule, Threshold | Range) else ()


def _span_unknown(rule: Rule, said: str | None) -> Text | None:
    if rule.years is None or said is None:
        return None
    return Text(
        f"时段“{quoted(said)}”不明，本项要求的是 {rule.years} 年的数",
        f"its years ({quoted(said)}) are not clear, the rule asks for {rule.years}",
    )


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def _years(period: str | None) -> tuple[int, int, int] | None:
    """
    Return first and last year of a period, and how many years it spans.

    >>> _years("2021-2023"), _years("2022-2023学年"), _years("2023-12")
    ((2021, 2023, 3), (2022, 2023, 1), (2023, 2023, 1))
    """
    found = [int(each) for each in _YEAR.findall(period or "")]
    if not found:
        return None
    first, last = min(found), max(found)
    span = last - first + ("学年" not in (period or "") or first == last)
    return first, last, span


def _is_ours(work: Workspace, definition: str, rule: Rule) -> bool:
    """Whether a definition names the rule, its words or the document that has it."""
    said = "".join(definition.split())
    numbers = (s.number for pack in work.law.packs for s in pack.sources.values())
    if work.law.programme in definition or any(n in said for n in numbers if n):
        return True
    made = work.indicators.get(getattr(rule, "indicator", ""))
    words = [rule.label, rule.sentence, made and made.label]
    known = {"".join(w.split()) for text in words if text for w in (text.zh, text.en)}
    return said in known


# -- figures against themselves -------------------------------------------------------


def printed_half(value: float) -> float:
    """
    Return half a unit of the last digit that a share was printed with.

    A trailing zero is lost in a number, so nothing coarser than whole percents counts.

    >>> printed_half(0.5577), printed_half(0.5)
    (5e-05, 0.005)
    """
    _, _, digits = repr(value).partition(".")
    if "e" in digits or value in (0.0, 1.0):
        return 0.0
    places = max(len(digits), 2)
    return float(5 * 10.0 ** -(places + 1))


def implied(numerator: float, share: float) -> Interval:
    """
    Return the smallest and the largest whole number that a share is of.

    >>> implied(198, 0.5577), implied(252, 0.7241)
    ((355.0, 355.0), (348.0, 348.0))
    """
    if not (np.isfinite(numerator) and 0 < share <= 1):
        return np.nan, np.nan
    half = printed_half(share)
    low = np.ceil(numerator / min(share + half, 1.0) - 1e-9)
    high = np.floor(numerator / (share - half) + 1e-9)
    return (float(low), float(high)) if low <= high else (np.nan, np.nan)


def _contradiction(value: float, n: float, d: float) -> Text | None:
    if not (np.isfinite(value) and n > 0 and 0 < value <= 1):
        return None
    if np.isfinite(d) and d > 0:
        if abs(n / d - value) <= printed_half(value) + 1e-12:
            return None
        return Text(
            f"公布 {value:.6g}，但 {n:g} ÷ {d:g} = {n / d:.6g}",
            f"published as {value:.6g}, but {n:g} ÷ {d:g} = {n / d:.6g}",
        )
    if np.isfinite(implied(n, value)[0]):
        return None
    return Text(
        f"公布 {value:.6g}，没有整数的总数使 {n:g} 占这个比例",
        f"published as {value:.6g}, but {n:g} is that share of no whole number",
    )


# -- claims without a number ---------------------------------------------------------


def claims(work: Workspace, name: str) -> Iterator[Text]:
    """Yield what was signed for a rule that asks for a number: it decides nothing."""
    table = work.facts.other("attestations")
    if not table.size:
        return
    issuers, evidence = table.words("issuer"), table.words("evidence")
    values = table.numbers("value")
    for row in work.signed_for(name):
        word = Text("是", "yes") if values[row] == 1 else Text("否", "no")
        by_zh = quoted(issuers[row]) or "未署名"
        by_en = quoted(issuers[row]) or "nobody named"
        told = f"“{quoted(evidence[row])}”" if evidence[row] else ""
        yield Text(
            f"有声明（{by_zh}：{word.zh}）{told}，没有数字，不能据以判定",
            f"claimed ({by_en}: {word.en}) {told} without a number: it decides nothing",
        )
