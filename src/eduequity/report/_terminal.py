"""
A result on the terminal: readable at 80 columns, in words before colours.

Every text of the data goes through `one_line`, so that it cannot steer the terminal;
consoles that do not speak UTF-8 get plain ASCII frames (rich sees to it).
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from eduequity.report import _counties, _groups
from eduequity.report._levels import verdict_at
from eduequity.report._words import (
    LEVELS,
    MARKS,
    STYLES,
    UNITS,
    dimension,
    one_line,
    wrapped,
)
from eduequity.vocab import Area, Force, How, Scope, Verdict


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eduequity.engine import Assessment, CountyResult, Finding
    from eduequity.report._groups import Group as RuleGroup


__all__ = ["render"]

_MOST_UNITS = 8
_MOST_NOTICES = 8
_MOST_READINGS = 10
_MOST_UPCOMING = 5
_NARROWEST = 40
_FEW = 3
_WEAK = (How.SECONDARY, How.UNVERIFIED)


def render(
    assessment: Assessment, *, console: Console, lang: str, level: str, source: str
) -> None:
    """Print a result: one county in full, several as a table."""
    width = max(console.width, _NARROWEST)
    page = _Page(assessment, lang=lang, level=level, source=source, width=width)
    parts = page.one() if len(assessment) == 1 else page.several()
    for part in parts:
        soft = isinstance(part, Text) and part.no_wrap is True
        console.print(part, soft_wrap=soft, markup=False, highlight=False, emoji=False)


class _Page:
    """One result in one language, on its way to the console."""

    def __init__(
        self,
        assessment: Assessment,
        *,
        lang: str,
        level: str,
        source: str,
        width: int,
    ) -> None:
        self.assessment = assessment
        self.law = assessment.law
        self.lang = lang
        self.level = level
        self.source = source
        self.width = width

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def join(self, parts: Iterable[str]) -> str:
        return self.say("、", ", ").join(parts)

    def label(self, rule: str) -> str:
        return one_line(self.law.rules[rule][1].label.get(self.lang))

    def verdict(self, verdict: Verdict) -> Text:
        words = f"{MARKS[verdict]} {verdict.label.get(self.lang)}"
        return Text(words, style=STYLES[verdict])

    # -- the two pages ----------------------------------------------------------

    def one(self) -> Iterator[RenderableType]:
        """Yield the report of one county."""
        county = next(iter(self.assessment.values()))
        groups = _groups.groups_of(county, self.level)
        yield self._head(county, groups)
        yield self._dimensions(county)
        yield from self._unmet(county, groups)
        yield from self._unknown(county, groups)
        yield from self._readings(county)
        yield from self._remarks(_weak_sources(county.findings()))
        yield from self._next_steps(groups)

    def several(self) -> Iterator[RenderableType]:
        """Yield the report of several counties."""
        yield self._several_head()
        yield from _counties.tables(
            self.assessment, self.level, self.lang, self.verdict
        )
        yield from self._remarks(self._weak_documents())
        worst = _counties.worst_first(self.assessment, self.level)[:1]
        groups = (_groups.groups_of(each, self.level) for each in worst)
        yield from self._next_steps(next(groups, ()))

    # -- the head ---------------------------------------------------------------

    def _head(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> RenderableType:
        name = one_line(county.name or "")
        title = Text(f"{name}  {county.code}".strip(), style="bold")
        rows = [
            *self._common_rows(),
            (self.say("结论", "Verdict"), self.verdict(county.verdict)),
            (self.say("自评结论", "Self-assessment"), self._self_assessment(county)),
            *self._level_rows(county),
            (self.say("要求", "Requirements"), self._totals(groups)),
        ]
        return self._panel(title, rows)

    def _panel(self, title: Text, rows: list[tuple[str, Text]]) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        for label, value in rows:
            grid.add_row(label, value)
        lines: list[RenderableType] = [title]
        if self.assessment.synthetic:
            lines.append(Text(self._synthetic(), style="bold yellow"))
        return Panel(Group(*lines, Text(), grid), box=box.ROUNDED)

    def _synthetic(self) -> str:
        return self.say(
            "合成数据（synthetic）：全部是编造的，不代表任何真实的县和学校",
            "Synthetic data (合成数据): all invented, no real county or school",
        )

    def _common_rows(self) -> list[tuple[str, Text]]:
        rows = [
            (self.say("评估项目", "Programme"), Text(self._programme())),
            (self.say("评估日期", "Law as of"), Text(self.assessment.on.isoformat())),
        ]
        if self.assessment.as_area is not None:
            area = self.assessment.as_area or self.say("全国", "the nation")
            rows.append((self.say("按何地规定", "Law of"), Text(area)))
        chosen = {
            name: choice
            for name, choice in self.law.options.items()
            if choice != self.law.defaults[name]
        }
        if chosen:
            words = self.join(f"{name}={choice}" for name, choice in chosen.items())
            rows.append((self.say("另选的口径", "Options"), Text(words)))
        return rows

    def _programme(self) -> str:
        for pack in self.law.packs:
            if "" in pack.info.areas:
                return pack.info.title.get(self.lang)
        return self.law.programme

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
        for verdict in (
            Verdict.UNMET,
            Verdict.UNKNOWN,
            Verdict.MET,
            Verdict.NOT_APPLICABLE,
        ):
            if counts[verdict]:
                words = f"{verdict.label.get(self.lang)} {counts[verdict]}"
                line.append(words, style=STYLES[verdict]).append("  ")
        return line

    def _several_head(self) -> RenderableType:
        count = len(self.assessment)
        title = self.say(f"{count} 个区县", f"{count} counties")
        rows = [
            *self._common_rows(),
            (
                self.say("采用层级", "Level"),
                Text(LEVELS[self.level].get(self.lang)),
            ),
            *_counties.totals(self.assessment, self.level, self.lang),
        ]
        return self._panel(Text(title, style="bold"), rows)

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
            decided = [v for name, v in each.rules.items() if self._decides(name)]
            numbers = (decided.count(verdict) for verdict in shown)
            table.add_row(
                dimension(each.id, self.lang),
                self.verdict(each.verdict),
                *(Text(str(n) if n else "-") for n in numbers),
            )
        return table

    def _decides(self, name: str) -> bool:
        rule = self.law.rules[name][1]
        return not rule.component and rule.force is Force.REQUIREMENT

    # -- what is not met, what is not known -------------------------------------

    def _unmet(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> Iterator[RenderableType]:
        found = [each for each in groups if each.verdict is Verdict.UNMET]
        if not found:
            return
        yield self._heading(
            f"未达标的要求：{len(found)} 项（差距大的在前）",
            f"Requirements not met: {len(found)} (furthest first)",
            Verdict.UNMET,
        )
        for each in sorted(found, key=lambda g: g.badness, reverse=True):
            yield self._rule_line(each, Verdict.UNMET)
            yield from self._unmet_units(county, each)
            yield self._indented(self._clauses(each.head), 2, style="dim")

    def _unmet_units(
        self, county: CountyResult, group: RuleGroup
    ) -> Iterator[RenderableType]:
        units = group.of(Verdict.UNMET)
        if group.summary is not None:
            yield self._indented(self._share(group, units), 2)
        elif len(units) == 1 and units[0].item is None:
            yield self._indented(_groups.reading(units[0], self.lang), 2)
            return
        yield self._unit_table(county, units)
        if len(units) > _MOST_UNITS:
            yield self._indented(
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
            yield self._indented(words, 6)

    def _unknown(
        self, county: CountyResult, groups: tuple[RuleGroup, ...]
    ) -> Iterator[RenderableType]:
        found = [each for each in groups if each.verdict is Verdict.UNKNOWN]
        if not found:
            return
        yield self._heading(
            f"证据不足，无法判定：{len(found)} 项（补齐材料后才有结论）",
            f"Not known, evidence is missing: {len(found)}",
            Verdict.UNKNOWN,
        )
        by_reason: dict[str, list[RuleGroup]] = {}
        for each in found:
            by_reason.setdefault(self._what_is_missing(county, each), []).append(each)
        for reason, rules in by_reason.items():
            for each in rules:
                yield self._rule_line(each, Verdict.UNKNOWN)
            yield self._indented(reason, 2)

    def _what_is_missing(self, county: CountyResult, group: RuleGroup) -> str:
        units = group.of(Verdict.UNKNOWN)
        said: list[str] = []
        if units and units[0].scope is not Scope.COUNTY:
            said.append(self._who(county, group, units))
        lacking = self.join(
            one_line(each) for each in _groups.missing(county, group, self.lang)
        )
        if lacking:
            said.append(self.say(f"缺 {lacking}", f"missing: {lacking}"))
        elif not county.assessment.facts.schools.size and group.about_schools:
            said.append(
                self.say(
                    "没有学校数据（schools 表）", "there are no schools (table schools)"
                )
            )
        elif any("incomplete" in each.flags for each in (group.head, *units)):
            said.append(
                self.say(
                    "所列学校、班级或学生少于县里申报的数",
                    "fewer schools, classes or pupils are listed than stated",
                )
            )
        if group.head.determined_by is not None:
            said.append(self.say("只能由国家认定", "only the nation determines it"))
        words = said or [self.say("缺相关材料", "nothing was handed in for it")]
        return self.say("；", "; ").join(words)

    def _who(
        self, county: CountyResult, group: RuleGroup, units: tuple[Finding, ...]
    ) -> str:
        noun = UNITS.get(units[0].scope, UNITS[Scope.COUNTY])
        if len(units) == group.judged and len(units) > _FEW:
            return self.say(
                f"全部 {len(units)} {noun.zh}", f"all {len(units)} {noun.en}"
            )
        names = [
            one_line(_groups.unit_name(county, each, self.lang))
            for each in units[:_FEW]
        ]
        more = self.say("等", ", …") if len(units) > len(names) else ""
        return self.say(
            f"{group.judged} {noun.zh}中 {len(units)} {noun.zh[0]}"
            f"（{self.join(names)}{more}）",
            f"{len(units)} of {group.judged} {noun.en} ({self.join(names)}{more})",
        )

    def _heading(self, zh: str, en: str, verdict: Verdict | None = None) -> Text:
        style = "bold" if verdict is None else STYLES[verdict]
        return Text(f"\n{self.say(zh, en)}", style=style)

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
            weak = f"[{each.read.label.get(self.lang)}]" if each.read in _WEAK else ""
            cited.append(f"《{title}》{each.clause or ''}{weak}")
        return self.say("依据 ", "Source: ") + self.say("；", "; ").join(cited)

    def _indented(self, words: str, by: int, *, style: str = "") -> RenderableType:
        lines = Text(wrapped(words, self.width - by), style=style)
        return Padding(lines, (0, 0, 0, by), expand=False)

    # -- readings ---------------------------------------------------------------

    def _readings(self, county: CountyResult) -> Iterator[RenderableType]:
        changes = [
            each
            for each in self.assessment.readings()
            if each.county == county.code and self._decides(each.rule)
        ]
        if not changes:
            return
        yield self._heading(
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
            yield self._indented(self.say(f"…… 另 {rest} 条", f"… and {rest} more"), 2)

    def _dimension(self, rule: str) -> str:
        return self.law.rules[rule][1].dimension or "local"

    # -- remarks ----------------------------------------------------------------

    def _remarks(self, weak: tuple[tuple[str, How], ...]) -> Iterator[RenderableType]:
        said = [*self._notices(), *self._upcoming(), *self._not_loaded()]
        said.append(self._packs(weak))
        yield self._heading("说明", "Remarks")
        grid = Table.grid(padding=(0, 1))
        grid.add_column()
        grid.add_column(overflow="fold")
        for each in said:
            grid.add_row("-", Text(wrapped(each, self.width - 2)))
        yield grid

    def _notices(self) -> Iterator[str]:
        notices = self.assessment.facts.notices
        for each in notices[:_MOST_NOTICES]:
            words = one_line(self.say(each.zh, each.en))
            colon = self.say("：", ": ")
            yield f"{one_line(each.place)}{colon}{words}" if each.place else words
        if len(notices) > _MOST_NOTICES:
            rest = len(notices) - _MOST_NOTICES
            yield self.say(
                f"数据方面的提示另有 {rest} 条（--format json 可见全部）",
                f"{rest} more remarks on the data (all in --format json)",
            )

    def _upcoming(self) -> Iterator[str]:
        upcoming = self.assessment.head()["upcoming"]
        for each in upcoming[:_MOST_UPCOMING]:
            value = each["value"]
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            new = f"{self.label(each['rule'])} {shown}"
            yield self.say(
                f"{each['from']} 起施行的新规定：{new}",
                f"in force from {each['from']}: {new}",
            )
        if len(upcoming) > _MOST_UPCOMING:
            rest = len(upcoming) - _MOST_UPCOMING
            yield self.say(
                f"另有 {rest} 条将施行的规定", f"{rest} more upcoming values"
            )

    def _not_loaded(self) -> Iterator[str]:
        for each in self.assessment.not_loaded:
            name = f"{each['distribution']} {each['version']}".strip()
            yield one_line(
                self.say(
                    f"未加载的插件 {name}：{each['reason']}",
                    f"plugin {name} was not loaded: {each['reason']}",
                )
            )

    def _packs(self, weak: tuple[tuple[str, How], ...]) -> str:
        packs = self.join(
            f"{pack.info.id} {pack.version}".strip()
            + self.say(
                f"（{pack.info.reviewed} 复核）", f" (reviewed {pack.info.reviewed})"
            )
            + self._stale(pack.info.reviewed < self.assessment.on)
            for pack in self.law.packs
        )
        said = self.say(f"规则包 {packs}", f"Packs: {packs}")
        if weak:
            titles = self.join(self._weakly_known(name, read) for name, read in weak)
            said += self.say(
                f"；仅凭二手或未核实来源：{titles}",
                f"; known only at second hand or not verified: {titles}",
            )
        return said

    def _weakly_known(self, name: str, read: How) -> str:
        source = self.law.source(name)
        some = "" if source.read in _WEAK else self.say("部分条款", " in part ")
        return f"《{one_line(source.title)}》{some}[{read.label.get(self.lang)}]"

    def _stale(self, stale: bool) -> str:
        if not stale:
            return ""
        return self.say(
            "，评估日期晚于复核日，其后的规定可能未收入",
            ", before the day of this assessment: later law may be missing",
        )

    def _weak_documents(self) -> tuple[tuple[str, How], ...]:
        return tuple(
            (f"{pack.info.id}/{name}", source.read)
            for pack in self.law.packs
            for name, source in pack.sources.items()
            if source.read in _WEAK
        )

    # -- what to do next --------------------------------------------------------

    def _next_steps(self, groups: tuple[RuleGroup, ...]) -> Iterator[RenderableType]:
        yield self._heading("下一步", "Next")
        example = _example(groups)
        tail = self._repeated()
        if example is not None:
            yield Text(
                self.say(
                    "为什么是这个结论（逐条给出算式和依据）：",
                    "Why a finding is what it is, with arithmetic and clause:",
                )
            )
            yield self._command(f'explain {self.source} "{example.id}"{tail}')
        yield Text(self.say("保存全部结果：", "Keep the whole result:"))
        level = "" if self.level == "nation" else f" --level {self.level}"
        yield self._command(f"evaluate {self.source}{tail}{level} --out result.json")

    def _command(self, words: str) -> Text:
        return Text(f"  eduequity {words}", style="cyan", no_wrap=True)

    def _repeated(self) -> str:
        """Return the options that give the same result again."""
        options = [
            f"--option {name}={choice}"
            for name, choice in self.law.options.items()
            if choice != self.law.defaults[name]
        ]
        if self.assessment.as_area is not None:
            options.append(f"--as-area {self.assessment.as_area or shlex.quote('')}")
        if self.law.programme != "quality-balance":
            options.append(f"--programme {self.law.programme}")
        if self.lang != "zh":
            options.append(f"--lang {self.lang}")
        return "".join(f" {o}" for o in (f"--on {self.assessment.on}", *options))


def _example(groups: tuple[RuleGroup, ...]) -> Finding | None:
    """Return the finding that most needs explaining."""
    for verdict in (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET):
        found = [g for g in groups if g.verdict is verdict and g.of(verdict)]
        if found:
            worst = max(found, key=lambda g: g.badness)
            return worst.of(verdict)[0]
    return None


def _weak_sources(findings: Iterable[Finding]) -> tuple[tuple[str, How], ...]:
    """Return the documents cited that nobody has read, and how we know them."""
    found = {
        cited.source: cited.read
        for each in findings
        for cited in each.sources
        if cited.read in _WEAK
    }
    return tuple(found.items())
