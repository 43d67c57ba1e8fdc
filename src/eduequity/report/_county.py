"""One county on the terminal: verdict, what is unmet, what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from eduequity.engine import Shortfalls
from eduequity.report import _groups
from eduequity.report._levels import rank_of, verdict_at
from eduequity.report._missing import what_is_missing
from eduequity.report._page import WEAK, Page
from eduequity.report._words import (
    LEVELS,
    MARKS,
    STYLES,
    UNITS,
    dimension,
    one_line,
    wrapped,
)
from eduequity.vocab import LEVEL_NAMES, Area, How, Scope, Verdict


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eduequity.engine import CountyResult, Finding
    from eduequity.report._groups import Group as RuleGroup


__all__ = ["CountyPage"]

_MOST_UNITS = 8
_MOST_READINGS = 10


class CountyPage(Page):
    """The report of one county."""

    def parts(self) -> Iterator[RenderableType]:
        """Yield the report of one county."""
        county = next(iter(self.assessment.values()))
        groups = _groups.groups_of(county, self.level)
        yield self._head(county, groups)
        yield self._dimensions(county)
        yield from self._unmet(county, groups)
        yield from self._lacking(county)
        yield from self._unknown(county, groups)
        yield from self._readings(county)
        yield from self.remarks(_weak_sources(county.findings()))
        yield from self.next_steps(groups)

    def _head(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> RenderableType:
        name = one_line(county.name or "")
        title = Text(f"{name}  {county.code}".strip(), style="bold")
        rows = [
            *self.common_rows(),
            (self.say("结论", "Verdict"), self.verdict(county.verdict)),
            (self.say("自评结论", "Self-assessment"), self._self_assessment(county)),
            *self._level_rows(county),
            (self.say("要求", "Requirements"), self._totals(groups)),
        ]
        return self.panel(title, rows)

    def _self_assessment(self, county: CountyResult) -> Text:
        note = self.say(
            "（不含只能由国家认定的项目）", " (without what only the nation determines)"
        )
        return self.verdict(county.self_assessment).append(note, style="dim")

    def _level_rows(self, county: CountyResult) -> Iterator[tuple[str, Text]]:
        if len(county.levels) == 1 and self.level == "nation":
            return
        line = Text()
        for each in county.levels:
            name = LEVELS[Area(each.area).level].get(self.lang)
            line.append(f"{name} {each.area}".strip() + " ")
            line.append_text(self.verdict(each.verdict)).append("   ")
        yield self.say("各级结论", "By level"), line
        asked = Text(f"{LEVELS[self.level].get(self.lang)} ")
        asked.append_text(self.verdict(verdict_at(county, self.level)))
        yield self.say("本次采用", "This report"), asked

    def _totals(self, groups: tuple[RuleGroup, ...]) -> Text:
        counts = _groups.counted(groups)
        line = Text(self.say(f"{len(groups)} 项：", f"{len(groups)}: "))
        met, unmet, unknown = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
        return line + self.tally(counts, (unmet, unknown, met, Verdict.NOT_APPLICABLE))

    # -- dimensions -------------------------------------------------------------

    def _dimensions(self, county: CountyResult) -> RenderableType:
        table = Table(box=box.SIMPLE, header_style="bold", pad_edge=False)
        table.add_column(self.say("方面", "Dimension"))
        table.add_column(self.say("结论", "Verdict"), no_wrap=True)
        shown = (
            Verdict.MET,
            Verdict.UNMET,
            Verdict.UNKNOWN,
            Verdict.NOT_APPLICABLE,
        )
        for verdict in shown:
            table.add_column(verdict.label.get(self.lang), justify="right")
        for each in county.dimensions:
            decided = [v for name, v in each.rules.items() if self.decides(name)]
            numbers = (decided.count(verdict) for verdict in shown)
            table.add_row(
                dimension(each.id, self.lang),
                self.verdict(each.verdict),
                *(Text(str(n) if n else "-") for n in numbers),
            )
        return table

    # -- what is not met, what is not known -------------------------------------

    def _unmet(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> Iterator[RenderableType]:
        found = [each for each in groups if each.verdict is Verdict.UNMET]
        if not found:
            return
        yield self.heading(
            f"未达标的要求：{len(found)} 项（差距大的在前）",
            f"Requirements not met: {len(found)} (furthest first)",
            Verdict.UNMET,
        )
        for each in sorted(found, key=lambda g: g.badness, reverse=True):
            yield self._rule_line(each, Verdict.UNMET)
            yield from self._remarks(each)
            yield from self._unmet_units(county, each)
            yield self.indented(self._clauses(each.head), 2, style="dim")

    def _unmet_units(
        self, county: CountyResult, group: RuleGroup
    ) -> Iterator[RenderableType]:
        units = group.of(Verdict.UNMET)
        if not units:  # a published figure of all its units says so
            return
        if group.summary is not None:
            yield self.indented(self._share(group, units), 2)
        elif len(units) == 1 and units[0].item is None:
            yield self.indented(_groups.reading(units[0], self.lang), 2)
            return
        yield self._unit_table(county, units)
        if len(units) > _MOST_UNITS:
            yield self.indented(
                self.say(f"…… 共 {len(units)} 个", f"… {len(units)} in all"), 4
            )

    def _share(self, group: RuleGroup, units: tuple[Finding, ...]) -> str:
        noun = UNITS.get(group.units[0].scope, UNITS[Scope.COUNTY])
        rest = len(group.of(Verdict.UNKNOWN))
        zh = f"{group.judged} {noun.zh}中 {len(units)} {noun.zh[0]}未达标"
        en = f"{len(units)} of {group.judged} {noun.en}"
        if rest:
            zh, en = f"{zh}，另有 {rest} {noun.zh[0]}证据不足", f"{en}, {rest} unknown"
        return self.say(f"{zh}：", f"{en}:")

    def _unit_table(
        self, county: CountyResult, units: tuple[Finding, ...]
    ) -> RenderableType:
        if _groups.is_quorum(units[0]):
            lines = [
                line for u in units[:_MOST_UNITS] for line in self._quorum(county, u)
            ]
            return Group(*lines)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(overflow="fold")
        grid.add_column(overflow="fold", style="dim")
        grid.add_column(overflow="fold")
        for each in units[:_MOST_UNITS]:
            name = one_line(_groups.unit_name(county, each, self.lang))
            code = "" if each.scope is Scope.COUNTY else one_line(each.entity)
            grid.add_row(name, code, Text(_groups.reading(each, self.lang)))
        return Padding(grid, (0, 0, 0, 4), expand=False)

    def _quorum(self, county: CountyResult, unit: Finding) -> Iterator[RenderableType]:
        """Yield a unit of a quorum, and beneath it the indicators that it misses."""
        line = Text(one_line(_groups.unit_name(county, unit, self.lang)))
        line.append(f"  {one_line(unit.entity)}  ", style="dim")
        line.append(_groups.reading(unit, self.lang))
        yield Padding(line, (0, 0, 0, 4), expand=False)
        for part in _groups.parts(county, unit, Verdict.UNMET):
            words = f"{self.label(part.rule)}  {_groups.reading(part, self.lang)}"
            yield self.indented(words, 6)

    def _lacking(self, county: CountyResult) -> Iterator[RenderableType]:
        """Yield what would meet what is unmet, and how much that is in all."""
        found = [
            each
            for each in county.shortfall()
            if rank_of(each.finding.area) <= LEVEL_NAMES.index(self.level)
        ]
        counted = [each for each in found if each.changes or each.alternatives]
        if not counted:
            return
        yield self.heading(
            "差多少：每处改动到此数即达标", "What is missing: so much meets the rule"
        )
        for each in counted[:_MOST_UNITS]:
            yield self.indented(f"- {one_line(each.sentence(self.lang))}", 2)
        if len(counted) > _MOST_UNITS:
            rest = len(counted) - _MOST_UNITS
            yield self.indented(self.say(f"…… 另 {rest} 处", f"… {rest} more"), 2)
        totals = Shortfalls(tuple(counted)).totals
        if totals:
            yield self.indented(self.say("合计：", "In all:"), 2, style="bold")
        for total in totals:
            yield self.indented(one_line(total.quantity(self.lang)), 4)

    def _unknown(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> Iterator[RenderableType]:
        found = [each for each in groups if each.verdict is Verdict.UNKNOWN]
        if not found:
            return
        yield self.heading(
            f"证据不足，无法判定：{len(found)} 项（补齐材料后才有结论；易补的在前）",
            f"Not known, evidence is missing: {len(found)} (shortest way first)",
            Verdict.UNKNOWN,
        )
        by_reason: dict[str, list[RuleGroup]] = {}
        for each in sorted(found, key=lambda g: _groups.effort(county, g)):
            reason = what_is_missing(county, each, self.lang)
            by_reason.setdefault(reason, []).append(each)
        for reason, rules in by_reason.items():
            for each in rules:
                yield self._rule_line(each, Verdict.UNKNOWN)
                yield from self._remarks(each)
            yield self.indented(reason, 2)

    def _remarks(self, group: RuleGroup) -> Iterator[RenderableType]:
        for each in _groups.remarks(group, self.lang):
            yield self.indented(f"※ {one_line(each)}", 2, style="dim")

    def _rule_line(self, group: RuleGroup, verdict: Verdict) -> RenderableType:
        label = self.label(group.rule)
        if group.area:
            level = LEVELS[Area(group.area).level].get(self.lang)
            label += self.say(f"（{level} {group.area}）", f" ({level} {group.area})")
        words = Text(wrapped(label, self.width - 2), style="bold")
        beside = cell_len(f"{label}  {group.rule}") <= self.width - 2
        words.append(f"{'  ' if beside else chr(10)}{group.rule}", style="not bold dim")
        grid = Table.grid(padding=(0, 1))
        grid.add_row(Text(MARKS[verdict], style=STYLES[verdict]), words)
        return grid

    def _clauses(self, finding: Finding) -> str:
        cited = []
        for each in finding.sources:
            title = one_line(self.law.source(each.source).title)
            weak = f"[{each.read.label.get(self.lang)}]" if each.read in WEAK else ""
            cited.append(f"《{title}》{each.clause or ''}{weak}")
        return self.say("依据 ", "Source: ") + self.say("；", "; ").join(cited)

    # -- readings ---------------------------------------------------------------

    def _readings(self, county: CountyResult) -> Iterator[RenderableType]:
        changes = [
            each
            for each in self.assessment.readings()
            if each.county == county.code and self.decides(each.rule)
        ]
        if not changes:
            return
        yield self.heading(
            "条文有歧义：换一种理解，下列结论会改变（用 --option 选择）",
            "Another reading of the text would change these (choose with --option)",
        )
        for each in changes[:_MOST_READINGS]:
            before = county[self._dimension(each.rule)].rules[each.rule]
            line = Text(f"{each.option}={each.choice}", style="bold")
            label = one_line(self.law.readings[each.option].label.get(self.lang))
            beside = cell_len(f"{line.plain}  {label}") <= self.width
            yield line.append(f"{'  ' if beside else chr(10)}{label}", style="not bold")
            change = Text(self.label(each.rule) + self.say("：", ": "))
            change.append_text(self.verdict(before)).append(" -> ")
            change.append_text(self.verdict(each.verdict))
            yield Padding(change, (0, 0, 0, 2), expand=False)
        if len(changes) > _MOST_READINGS:
            rest = len(changes) - _MOST_READINGS
            yield self.indented(self.say(f"…… 另 {rest} 条", f"… and {rest} more"), 2)

    def _dimension(self, rule: str) -> str:
        return self.law.rules[rule][1].dimension or "local"


def _weak_sources(findings: Iterable[Finding]) -> tuple[tuple[str, How], ...]:
    """Return the documents cited that nobody has read, and how we know them."""
    found = {
        cited.source: cited.read
        for each in findings
        for cited in each.sources
        if cited.read in WEAK
    }
    return tuple(found.items())
