"""Several counties on the terminal: totals, a table of verdicts, what is unmet most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rich import box
from rich.table import Table
from rich.text import Text

from eduequity.report._groups import groups_of
from eduequity.report._levels import rank_of, verdict_at
from eduequity.report._page import WEAK, Page
from eduequity.report._words import LEVELS, one_line
from eduequity.vocab import LEVEL_NAMES, Force, How, Verdict


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from eduequity.engine import Assessment, CountyResult


__all__ = ["CountiesPage"]

_MOST_COUNTIES = 40
_MOST_RULES = 10


class CountiesPage(Page):
    """The report of several counties."""

    def parts(self) -> Iterator[RenderableType]:
        """Yield the report of several counties."""
        yield self._several_head()
        yield from _tables(self.assessment, self.level, self.lang, self.verdict)
        yield from self.remarks(self._weak_documents())
        worst = _worst_first(self.assessment, self.level)[:1]
        groups = (groups_of(each, self.level) for each in worst)
        yield from self.next_steps(next(groups, ()))

    def _several_head(self) -> RenderableType:
        count = len(self.assessment)
        title = self.say(f"{count} 个区县", f"{count} counties")
        rows = [
            *self.common_rows(),
            (
                self.say("采用层级", "Level"),
                Text(LEVELS[self.level].get(self.lang)),
            ),
            *self._totals(),
        ]
        return self.panel(Text(title, style="bold"), rows)

    def _totals(self) -> Iterator[tuple[str, Text]]:
        """Yield the counts by verdict and the share that is met, with its bounds."""
        counts = Counter(
            verdict_at(each, self.level) for each in self.assessment.values()
        )
        met, unmet, unknown = Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN
        order = met, unmet, unknown, Verdict.NOT_APPLICABLE
        yield self.say("结论", "Verdicts"), self.tally(counts, order)
        share = _share(counts[met], counts[unmet], counts[unknown], self.lang)
        yield self.say("达标比例", "Share met"), Text(share)

    def _weak_documents(self) -> tuple[tuple[str, How], ...]:
        return tuple(
            (f"{pack.info.id}/{name}", source.read)
            for pack in self.law.packs
            for name, source in pack.sources.items()
            if source.read in WEAK
        )


def _share(met: int, unmet: int, unknown: int, lang: str) -> str:
    every = met + unmet + unknown
    if not every:
        return "—"
    low, high = met / every, (met + unknown) / every
    of_judged = f"{met / (met + unmet):.1%}" if met + unmet else "—"
    if lang == "zh":
        return (
            f"{of_judged}（有结论的 {met + unmet} 个中）；"
            f"证据不足的全不达标或全达标时为 {low:.1%}—{high:.1%}"
        )
    return (
        f"{of_judged} of the {met + unmet} with a verdict; "
        f"{low:.1%} to {high:.1%} if every unknown fails or passes"
    )


def _tables(
    assessment: Assessment,
    level: str,
    lang: str,
    worded: Callable[[Verdict], Text],
) -> Iterator[RenderableType]:
    """Yield the table of counties, those with problems first, and that of rules."""
    counties = _worst_first(assessment, level)
    yield _counties(counties[:_MOST_COUNTIES], level, lang, worded)
    if len(counties) > _MOST_COUNTIES:
        yield Text(
            f"…… 共 {len(counties)} 个区县，只列前 {_MOST_COUNTIES} 个"
            if lang == "zh"
            else f"… the first {_MOST_COUNTIES} of {len(counties)} counties"
        )
    yield from _rules(assessment, level, lang)


def _worst_first(assessment: Assessment, level: str) -> list[CountyResult]:
    """Return the counties, those with most rules unmet and then unknown first."""

    def badness(county: CountyResult) -> tuple[int, int, int]:
        ranks = _ranks(county, level)
        return (
            verdict_at(county, level).rank,
            ranks.count(Verdict.UNMET.rank),
            ranks.count(Verdict.UNKNOWN.rank),
        )

    return sorted(assessment.values(), key=badness, reverse=True)


def _counties(
    counties: list[CountyResult],
    level: str,
    lang: str,
    worded: Callable[[Verdict], Text],
) -> Table:
    heads = (
        ("代码", "区县", "结论", "自评结论", "未达标", "证据不足")
        if lang == "zh"
        else ("Code", "County", "Verdict", "Self-assessed", "Unmet", "Unknown")
    )
    table = Table(box=box.SIMPLE, header_style="bold", pad_edge=False)
    for number, head in enumerate(heads):
        right = "right" if number >= len(heads) - 2 else "left"
        table.add_column(head, justify=right, overflow="fold")  # type: ignore[arg-type]
    for each in counties:
        ranks = _ranks(each, level)
        table.add_row(
            each.code,
            one_line(each.name or ""),
            worded(verdict_at(each, level)),
            worded(each.self_assessment),
            str(ranks.count(Verdict.UNMET.rank)),
            str(ranks.count(Verdict.UNKNOWN.rank)),
        )
    return table


def _ranks(county: CountyResult, level: str) -> list[int]:
    """Return the verdicts of a county's deciding rules, the strictest of each."""
    worst: dict[str, int] = {}
    for each in county.assessment.levels:
        if rank_of(each.area) > LEVEL_NAMES.index(level) or county.row not in each:
            continue
        for rule, verdicts in each.counties.items():
            if _decides(county.assessment, rule):
                rank = int(verdicts[county.row - each.first])
                worst[rule] = max(rank, worst.get(rule, 0))
    return list(worst.values())


def _decides(assessment: Assessment, name: str) -> bool:
    rule = assessment.law.rules[name][1]
    return not rule.component and rule.force is Force.REQUIREMENT


def _rules(assessment: Assessment, level: str, lang: str) -> Iterator[RenderableType]:
    """Yield the rules that most counties do not meet."""
    unmet: dict[str, npt.NDArray[np.bool_]] = {}
    for each in assessment.levels:
        if rank_of(each.area) <= LEVEL_NAMES.index(level):
            for rule, verdicts in each.counties.items():
                if _decides(assessment, rule):
                    rows = unmet.setdefault(rule, np.zeros(len(assessment), np.bool_))
                    rows[each.first : each.last] |= verdicts == Verdict.UNMET.rank
    counts = Counter({rule: int(rows.sum()) for rule, rows in unmet.items()})
    most = [(rule, n) for rule, n in counts.most_common(_MOST_RULES) if n]
    if not most:
        return
    yield Text(
        "\n未达标区县最多的要求" if lang == "zh" else "\nUnmet in most counties",
        style="bold",
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right")
    grid.add_column(overflow="fold")
    grid.add_column(style="dim", overflow="fold")
    for rule, count in most:
        label = assessment.law.rules[rule][1].label.get(lang)
        grid.add_row(str(count), one_line(label), rule)
    yield grid
