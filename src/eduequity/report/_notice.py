"""
The 学校告知单: one page that tells a school what it meets, what it misses, by how much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from eduequity.engine import figure, measured
from eduequity.errors import UnknownNameError
from eduequity.report._groups import is_quorum, item_word, reading
from eduequity.report._missing_by import missing_by
from eduequity.report._paper import NOTE, SIGN, Paper
from eduequity.report._sheets import width_of
from eduequity.report._speaker import Speaker
from eduequity.report._words import one_line
from eduequity.vocab import Force, Scope, Stage, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, CountyResult, Finding

__all__ = ["fill_notice"]

_MOST_RULES, _LEAST_RULES = 14, 4
_MOST_STEPS, _LEAST_STEPS = 8, 3
_MOST_LACKING = 24
_LONGEST_NAME = 60
_MARGIN = 1.6

_PAGE, _FIXED = 55, 26
"""The lines of a page, and those that stand on every one: title, captions, feet."""

_FIRST, _NAME, _WIDE = 5.0, 8.0, 17.4
"""How wide the first columns and whole lines are, in cm."""

_A_CM = 5.6
"""Letters to a cm; a Chinese character is as wide as two."""


def _lines(words: str, cm: float) -> int:
    return max(1, math.ceil(width_of(words, most=math.inf) / (_A_CM * cm)))


def _fitted(rules: Sequence[int], steps: Sequence[int], room: float) -> tuple[int, int]:
    """
    Return how many rules and steps fit; steps give way first, then the rules.

    >>> _fitted([1, 1], [1], 10), _fitted([2] * 9, [2] * 9, 20)
    ((2, 1), (7, 3))
    """
    most = min(len(rules), _MOST_RULES), min(len(steps), _MOST_STEPS)
    for few in range(most[1], min(most[1], _LEAST_STEPS) - 1, -1):
        if sum(rules[: most[0]]) + sum(steps[:few]) <= room:
            return most[0], few
    few = min(most[1], _LEAST_STEPS)
    for many in range(most[0], _LEAST_RULES, -1):
        if sum(rules[:many]) + sum(steps[:few]) <= room:
            return many, few
    return min(most[0], _LEAST_RULES), few


def fill_notice(assessment: Assessment, school: str, lang: str) -> Paper:
    """
    Return the notice of a school, ready to be saved.

    Raises:
        UnknownNameError: No school has that code.

        MissingExtraError: python-docx is not installed.
    """
    codes = assessment.facts.schools.words("code")
    rows = np.flatnonzero(codes == school)
    if not len(rows):
        raise UnknownNameError("school", school, (str(code) for code in codes))
    row = int(rows[0])
    county_row = int(assessment.facts.school_county[row])
    county = assessment[assessment.facts.codes[county_row]]
    name = one_line(str(assessment.facts.schools.words("name")[row] or school))
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}…"
    paper = Paper(
        name,
        lang=lang,
        day=assessment.on,
        synthetic=assessment.synthetic,
        margin=_MARGIN,
    )
    _Notice(paper, county, school, name).write()
    return paper


class _Notice(Speaker):
    """One school's notice."""

    def __init__(
        self, paper: Paper, county: CountyResult, school: str, name: str
    ) -> None:
        super().__init__(county.assessment, paper.lang)
        self.paper = paper
        self.county = county
        self.school = school
        self.name = name
        self.findings = tuple(
            each
            for each in county.findings(components=True, school=school)
            if each.scope in (Scope.SCHOOL, Scope.SECTION)
            and each.force is Force.REQUIREMENT
            and each.verdict is not Verdict.NOT_APPLICABLE
        )
        self.stages = tuple(
            stage
            for stage in Stage
            if any(each.stage == stage for each in self.findings)
        )

    def write(self) -> None:
        """Write the page: what does not fit is counted, so that it stays one."""
        on = self.county.assessment.on
        county = one_line(self.county.name or self.county.code)
        self.paper.title(
            self.say("学校告知单", "Notice to a school"),
            self.say(f"{self.name}（{self.school}）", f"{self.name} ({self.school})"),
            self.say(f"{county}　按 {on} 施行的规定测算", f"{county}, law as of {on}"),
        )
        if not self.findings:
            words = self.say(
                "没有对本校适用的要求。", "No requirement applies to this school."
            )
            self.paper.text(words)
        rows, found = self._indicator_rows(), self._judged()
        steps = list(dict.fromkeys(self._unmet()))
        last = [*self._lacking(), *self._cited()]
        used = _FIXED + sum(_lines(row[0], _FIRST) for row in rows)
        used += sum(_lines(line, _WIDE) for line in last)
        rules, shown = _fitted(
            [_lines(self._named(each), _NAME) for each in found],
            [_lines(f"· {each}", _WIDE) for each in steps],
            _PAGE - used,
        )
        self._indicators(rows)
        self._rules(found, rules)
        self._steps(steps, shown)
        self._foot()

    # -- the single indicators --------------------------------------------------

    def _indicator_rows(self) -> list[list[str]]:
        found = [each for each in self.findings if each.component]
        names = dict.fromkeys(each.rule for each in found)
        return [self._indicator_row(name, found) for name in names]

    def _indicators(self, rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        heads = [self.say("指标", "Indicator")]
        for stage in self.stages:
            label = stage.label.get(self.lang)
            heads.append(self.say(f"{label}：数值", f"{label}: found"))
            heads.append(self.say("应达到", "asked"))
            heads.append(self.say("结论", "verdict"))
        each_ = 11.0 / (3 * len(self.stages))
        self.paper.caption(self.say("一、各项指标", "1. Indicators"))
        self.paper.table(heads, rows, (_FIRST, *(each_,) * (3 * len(self.stages))))

    def _indicator_row(self, rule: str, found: Sequence[Finding]) -> list[str]:
        row = [self.label(rule)]
        for stage in self.stages:
            part = next((f for f in found if f.rule == rule and f.stage == stage), None)
            if part is None:
                row += ["—", "—", "—"]
                continue
            value = part.value
            places = 6 if "knife_edge" in part.flags else None
            limit = part.threshold
            row += [
                measured(value, part.unit, self.lang, places=places, bare=True),
                f"{_SIGNS.get(part.operator or '', '')} {figure(limit)}"
                if isinstance(limit, float)
                else "—",
                part.verdict.label.get(self.lang),
            ]
        return row

    # -- the other rules --------------------------------------------------------

    def _judged(self) -> list[Finding]:
        """Return what has a verdict, the unmet first."""
        return sorted(
            (
                each
                for each in self.findings
                if not each.component and each.verdict is not Verdict.UNKNOWN
            ),
            key=lambda each: -each.verdict.rank,
        )

    def _rules(self, found: Sequence[Finding], shown: int) -> None:
        if not found:
            return
        heads = (
            self.say("要求", "Rule"),
            self.say("情况", "Found"),
            self.say("结论", "Verdict"),
        )
        rows = [
            (
                self._named(each),
                reading(each, self.lang),
                each.verdict.label.get(self.lang),
            )
            for each in found[:shown]
        ]
        if len(found) > shown:
            rows.append((self._more(len(found) - shown), "", ""))
        self.paper.caption(
            self.say("二、各项要求（有结论的）", "2. Requirements with a verdict")
        )
        self.paper.table(heads, rows, (_NAME, 5.6, 2.4))

    def _more(self, count: int) -> str:
        return self.say(f"另有 {count} 项", f"{count} more")

    def _named(self, finding: Finding) -> str:
        label = self.label(finding.rule, finding.area)
        stage = item_word(finding.stage, self.lang)
        return f"{label} · {stage}" if stage else label

    # -- what to do -------------------------------------------------------------

    def _steps(self, steps: Sequence[str], shown: int) -> None:
        self.paper.caption(self.say("三、需要整改和补充", "3. What is asked of you"))
        lacking = list(self._lacking())
        if not steps and not lacking:
            self.paper.text(self.say("没有。", "Nothing."))
            return
        said = list(steps[:shown])
        if len(steps) > shown:
            said.append(self._more(len(steps) - shown))
        for each in (*said, *lacking):
            self.paper.text(f"· {each}", NOTE)

    def _lacking(self) -> Iterator[str]:
        """Yield one line on what is not known, of too much how much more."""
        lacking = list(dict.fromkeys(self._open()))
        if not lacking:
            return
        words = self.say("、", ", ").join(lacking[:_MOST_LACKING])
        if len(lacking) > _MOST_LACKING:
            words += self.say("；", "; ") + self._more(len(lacking) - _MOST_LACKING)
        yield self.say(
            f"缺数据或材料，请补报：{words}",
            f"data is missing, please hand it in: {words}",
        )

    def _unmet(self) -> Iterator[str]:
        """Yield what is not met and by how much; a count of indicators is not said."""
        for each in self.findings:
            if each.verdict is not Verdict.UNMET or is_quorum(each):
                continue
            gap = missing_by(each, self.lang)
            by = self.say(f"，差额 {gap}", f", missing by {gap}") if gap else ""
            yield f"{self._named(each)}：{reading(each, self.lang)}{by}"

    def _open(self) -> Iterator[str]:
        """Yield what is not known; of a quorum its indicators are said."""
        for each in self.findings:
            if each.verdict is Verdict.UNKNOWN and not is_quorum(each):
                yield self.label(each.rule)

    def _cited(self) -> Iterator[str]:
        cited = dict.fromkeys(
            f"《{one_line(self.law.source(source.source).title)}》"
            for each in self.findings
            if each.verdict is not Verdict.MET
            for source in each.sources
        )
        if cited:
            basis = self.say("依据：", "Source: ")
            yield basis + self.say("、", ", ").join(cited)

    def _foot(self) -> None:
        for line in self._cited():
            self.paper.text(line, NOTE)
        gap = "＿" * 8
        inspectorate = self.say(f"教育督导部门（盖章）：{gap}", f"Inspectorate: {gap}")
        head = self.say(f"学校负责人（签收）：{gap}", f"Head of school: {gap}")
        self.paper.text(f"{inspectorate}　{head}", SIGN)
        self.paper.text(self.say("日期：＿＿＿＿年＿＿月＿＿日", f"Date: {gap}"), SIGN)


_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
