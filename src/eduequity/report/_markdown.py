"""A result as Markdown: what a county is told, to paste into a report or a message."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from eduequity.report import _groups
from eduequity.report._words import dimension, one_line
from eduequity.vocab import Verdict


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from eduequity.engine import Assessment, CountyResult


__all__ = ["write_markdown"]

_MARKUP = re.compile(r"([\\`*_{}\[\]|~])")
_FIRST = re.compile(r"^([#+=-]|\d+(?=[.)](?:\s|$)))")


def write_markdown(
    assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
) -> None:
    """
    Write the result: several counties as a table, then each.

    Args:
        assessment: The result.

        stream: Where to.

        lang: ``zh``, or English for anything else.
    """
    for line in _Writer(assessment, lang).lines():
        stream.write(f"{line}\n".encode())


def _plain(text: str) -> str:
    r"""
    Write *text* so that Markdown and HTML take it as it is.

    >>> print(_plain("<b>*a*|b"), _plain("- 1"))
    &lt;b&gt;\*a\*\|b \- 1
    """
    escaped = _FIRST.sub(_escaped_first, _MARKUP.sub(r"\\\1", one_line(text)))
    return (
        escaped.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("://", "&#58;//")
    )


def _escaped_first(found: re.Match[str]) -> str:
    """Keep the first word from beginning a list or a heading."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


class _Writer:
    """A result in one language."""

    def __init__(self, assessment: Assessment, lang: str) -> None:
        self.assessment = assessment
        self.lang = lang

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def word(self, verdict: Verdict) -> str:
        return verdict.label.get(self.lang)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the whole document."""
        result = self.assessment
        yield f"# {self.say('评估结果', 'Assessment')} · {_plain(result.programme)}"
        yield ""
        if result.synthetic:
            made_up = self.say("合成数据，全部是编造的", "Synthetic data, all invented")
            yield f"**{made_up}**"
            yield ""
        day = self.say("评估日期", "Law as of")
        packs = ", ".join(f"{p.info.id} {p.version}".strip() for p in result.law.packs)
        yield f"{day} {result.on} · {self.say('规则包', 'packs')} {_plain(packs)}"
        yield ""
        if len(result) != 1:
            yield from self._index()
        for county in result.values():
            yield from self._county(county)

    def _index(self) -> Iterator[str]:
        share = self.assessment.share()
        yield from self._table(
            (
                self.say("达标", "met"),
                self.say("未达标", "unmet"),
                self.say("证据不足", "unknown"),
                self.say("已评估中达标比例", "of those assessed"),
                self.say("上下界", "bounds"),
            ),
            [
                (
                    str(share.met),
                    str(share.unmet),
                    str(share.unknown),
                    _percent(share.of_assessed),
                    f"{_percent(share.low)}–{_percent(share.high)}",
                )
            ],
        )
        heads = (
            self.say("代码", "Code"),
            self.say("区县", "County"),
            self.say("结论", "Verdict"),
        )
        yield from self._table(
            heads,
            (
                (each.code, _plain(each.name or ""), self.word(each.verdict))
                for each in self.assessment.values()
            ),
        )

    def _table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> Iterator[str]:
        yield f"| {' | '.join(heads)} |"
        yield f"|{'---|' * len(heads)}"
        for row in rows:
            yield f"| {' | '.join(row)} |"
        yield ""

    def _county(self, county: CountyResult) -> Iterator[str]:
        yield f"## {_plain(county.name or '')} {county.code}"
        yield ""
        verdict = self.say("结论", "Verdict")
        own = self.say("自评结论", "Self-assessment")
        yield (
            f"{verdict} **{self.word(county.verdict)}** · "
            f"{own} **{self.word(county.self_assessment)}**"
        )
        yield ""
        yield from self._table(
            (self.say("方面", "Dimension"), verdict),
            (
                (dimension(each.id, self.lang), self.word(each.verdict))
                for each in county.dimensions
            ),
        )
        groups = _groups.groups_of(county, "county")
        yield from self._unmet(county, groups)
        yield from self._unknown(groups)

    def _unmet(
        self, county: CountyResult, groups: Sequence[_groups.Group]
    ) -> Iterator[str]:
        found = [each for each in groups if each.verdict is Verdict.UNMET]
        if not found:
            return
        lacking = county.shortfall()
        said = {each.finding.id: each.sentence(self.lang) for each in lacking}
        yield f"### {self.say('未达标，以及差多少', 'Unmet, and what is missing')}"
        yield ""
        for group in found:
            yield f"- **{self._label(group)}** `{group.rule}`"
            for unit in group.of(Verdict.UNMET):
                name = _groups.unit_name(county, unit, self.lang)
                reading = _groups.reading(unit, self.lang)
                what = said.get(unit.id, "")
                yield f"  - {_plain(name)} {_plain(reading)}"
                if what:
                    yield f"    - {_plain(what)}"
        yield ""
        totals = lacking.totals
        if totals:
            yield f"### {self.say('缺口合计', 'Missing in all')}"
            yield ""
            yield from (f"- {_plain(each.sentence(self.lang))}" for each in totals)
            yield ""

    def _unknown(self, groups: Sequence[_groups.Group]) -> Iterator[str]:
        found = [each for each in groups if each.verdict is Verdict.UNKNOWN]
        if found:
            yield f"### {self.say('证据不足', 'Not known')}"
            yield ""
            yield from (f"- {self._label(each)} `{each.rule}`" for each in found)
            yield ""

    def _label(self, group: _groups.Group) -> str:
        label = self.assessment.law.rules[group.rule][1].label.get(self.lang)
        return _plain(f"{label} {group.area}".strip())


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f}%"
