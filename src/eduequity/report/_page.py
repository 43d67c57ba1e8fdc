"""What the terminal pages have in common: head, remarks and next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from eduequity.report._words import MARKS, STYLES, one_line, wrapped
from eduequity.vocab import Force, How, Verdict


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from eduequity.engine import Assessment, Finding
    from eduequity.report._groups import Group as RuleGroup


__all__ = ["WEAK", "Page"]

WEAK = (How.SECONDARY, How.UNVERIFIED)
"""How a document is known that nobody has read."""

_EMPTY = '""'
_MOST_NOTICES = 8
_MOST_UPCOMING = 5


class Page:
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
        """Return the words in the page's language."""
        return zh if self.lang == "zh" else en

    def join(self, parts: Iterable[str]) -> str:
        """List *parts* as the language does."""
        return self.say("、", ", ").join(parts)

    def label(self, rule: str) -> str:
        """Return the name of a rule."""
        return one_line(self.law.rules[rule][1].label.get(self.lang))

    def verdict(self, verdict: Verdict) -> Text:
        """Return a verdict as mark and word, coloured."""
        words = f"{MARKS[verdict]} {verdict.label.get(self.lang)}"
        return Text(words, style=STYLES[verdict])

    def tally(self, counts: Mapping[Verdict, int], order: Iterable[Verdict]) -> Text:
        """Return how often each verdict was found, coloured, none left at 0."""
        line = Text()
        for verdict in order:
            if counts[verdict]:
                words = f"{verdict.label.get(self.lang)} {counts[verdict]}"
                line.append(words, style=STYLES[verdict]).append("  ")
        return line

    def decides(self, name: str) -> bool:
        """Whether a rule has a say in its dimension's verdict."""
        rule = self.law.rules[name][1]
        return not rule.component and rule.force is Force.REQUIREMENT

    # -- the head ---------------------------------------------------------------

    def panel(self, title: Text, rows: list[tuple[str, Text]]) -> RenderableType:
        """Frame the head of the page."""
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

    def common_rows(self) -> list[tuple[str, Text]]:
        """Say which law was applied to what."""
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

    # -- pieces -----------------------------------------------------------------

    def heading(self, zh: str, en: str, verdict: Verdict | None = None) -> Text:
        """Return the heading of a part."""
        style = "bold" if verdict is None else STYLES[verdict]
        return Text(f"\n{self.say(zh, en)}", style=style)

    def indented(self, words: str, by: int, *, style: str = "") -> RenderableType:
        """Return *words* wrapped and indented."""
        lines = Text(wrapped(words, self.width - by), style=style)
        return Padding(lines, (0, 0, 0, by), expand=False)

    # -- remarks ----------------------------------------------------------------

    def remarks(self, weak: tuple[tuple[str, How], ...]) -> Iterator[RenderableType]:
        """Yield what should be known of data, law and packs."""
        cities = (each[self.lang] for each in self.assessment.aggregate_notes)
        said = [*cities, *self._notices(), *self._upcoming(), *self._not_loaded()]
        said.append(self._packs(weak))
        yield self.heading("说明", "Remarks")
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
        some = "" if source.read in WEAK else self.say("部分条款", " in part ")
        return f"《{one_line(source.title)}》{some}[{read.label.get(self.lang)}]"

    def _stale(self, stale: bool) -> str:
        if not stale:
            return ""
        return self.say(
            "，评估日期晚于复核日，其后的规定可能未收入",
            ", before the day of this assessment: later law may be missing",
        )

    # -- what to do next --------------------------------------------------------

    def next_steps(self, groups: tuple[RuleGroup, ...]) -> Iterator[RenderableType]:
        """Yield the commands that lead on."""
        yield self.heading("下一步", "Next")
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
        if any(each.verdict is Verdict.UNMET for each in groups):
            yield Text(self.say("差多少，逐处列出：", "What is missing, unit by unit:"))
            yield self._command(f"shortfall {self.source}{tail}")
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
            options.append(f"--as-area {self.assessment.as_area or _EMPTY}")
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
