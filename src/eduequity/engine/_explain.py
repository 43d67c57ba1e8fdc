"""Explaining: the rule's sentence, its operands, the arithmetic, the clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from eduequity import measures
from eduequity.engine._below import needs
from eduequity.engine._columns import Columns, Workspace, point
from eduequity.engine._findings import Finding, discrepancies
from eduequity.engine._judge import judge
from eduequity.engine._limits import Limit
from eduequity.engine._shares import reached
from eduequity.engine._shortfall import shortfall
from eduequity.engine._words import comparison, figure, measured
from eduequity.facts import STAGES, DateRange, Ragged
from eduequity.indicators import Bounds, Indicator
from eduequity.rules import (
    AllOf,
    Attested,
    Dispersion,
    Every,
    Quorum,
    Rule,
    Share,
    Threshold,
    Trend,
    Veto,
)
from eduequity.vocab import Basis, Choice, Scope, Text, Unit, Verdict


__all__ = ["Explanation", "Operand", "Reference", "explain", "unit_of"]

_MOST = 5
_BY_RANK: tuple[Verdict, ...] = tuple(Verdict)


@attrs.frozen(kw_only=True)
class Operand:
    """
    One thing that entered the arithmetic, as people read it.

    Args:
        name: The column, indicator or parameter.

        label: What it is called, in the language of the explanation.

        value: Its value with its unit.

        depth: How deep it stands: 0 for the indicator, 1 for what that is made of, …

    >>> from eduequity.engine import Operand
    >>> Operand(name="pupils", label="在校生数", value="500人", depth=1).value
    '500人'
    """

    name: str
    label: str
    value: str
    depth: int = 0


@attrs.frozen(kw_only=True)
class Reference:
    """
    A document: title, number, clause, and how well we know it.

    Args:
        title: Its title.

        number: Its number; None where nobody has read one.

        clause: The article, or form and item; None where nobody has read it.

        read: How well we know it, as `eduequity.How` labels it.

    >>> from eduequity.engine import Reference
    >>> Reference(
    ...     title="…", number="教督〔2017〕6号", clause="第六条", read="摘录可见"
    ... ).clause
    '第六条'
    """

    title: str
    number: str | None
    clause: str | None
    read: str


@attrs.frozen(kw_only=True)
class Explanation:
    """
    Why a finding is what it is; ``str`` writes it out.

    Args:
        finding: What is explained.

        lang: ``zh`` or ``en``.

        title: The rule's name, and the unit.

        sentence: The rule's words, where a document that we know prints them.

        operands: What entered the arithmetic.

        arithmetic: The arithmetic, line by line.

        contributors: The schools that contribute most to a coefficient, or that fail.

        references: Where rule and threshold stand.

        notes: What the flags mean here.

        lacking: What is missing: the smallest whole change that meets the rule.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=20)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> why = ee.explain(finding, lang="zh")
    >>> why.arithmetic, [each.value for each in why.operands]
    (('4人/百名学生（应≥ 4.2）',), ['4人/百名学生', '20人', '500人'])
    >>> print(str(why).splitlines()[0])
    每百名学生拥有高于规定学历教师数 · 示例小学·小学（1/primary）：未达标
    """

    finding: Finding
    lang: str
    title: str
    sentence: str | None
    operands: tuple[Operand, ...]
    arithmetic: tuple[str, ...]
    contributors: tuple[str, ...]
    references: tuple[Reference, ...]
    notes: tuple[str, ...]
    lacking: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        zh = self.lang == "zh"
        verdict = self.finding.verdict.label.get(self.lang)
        yield f"{self.title}：{verdict}" if zh else f"{self.title}: {verdict}"
        yield f"  {self.finding.id}"
        if self.sentence:
            yield f"  「{self.sentence}」" if zh else f"  “{self.sentence}”"
        for each in self.operands:
            yield f"  {'  ' * (each.depth + 1)}{each.label} = {each.value}"
        yield from (f"  {line}" for line in self.arithmetic)
        yield from (f"    {line}" for line in self.contributors)
        yield from (f"  {line}" for line in self.lacking)
        for ref in self.references:
            parts = (f"《{ref.title}》" if zh else ref.title, ref.number, ref.clause)
            known = "知悉程度：" if zh else "known: "
            yield f"  {' '.join(p for p in parts if p)} [{known}{ref.read}]"
        yield from (f"  ※ {note}" for note in self.notes)


def explain(finding: Finding, *, lang: str = "zh") -> Explanation:
    """
    Explain a finding; see `eduequity.explain`.

    Args:
        finding: The finding.

        lang: ``zh``, or English for anything else.

    Returns:
        The explanation, worked out from the finding's own facts and law.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity import engine
    >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
    >>> engine.explain(result.findings(rule="vetoes.key_schools")[0], lang="zh").title
    '重点学校或重点班 · 999901'
    """
    return _Explainer(finding, lang).explanation()


class _Explainer:
    def __init__(self, finding: Finding, lang: str) -> None:
        self.finding = finding
        self.lang = lang
        assessment, place = finding.assessment, finding.place
        self.law = assessment.law
        self.rule: Rule = self.law.rules[finding.rule][1]
        self.unit = place.unit
        self.work = Workspace(
            assessment.facts.select(place.county, place.county + 1),
            assessment.law,
            assessment.indicators,
            place.area,
        )

    def explanation(self) -> Explanation:
        return Explanation(
            finding=self.finding,
            lang=self.lang,
            title=self._title(),
            sentence=self.rule.sentence.get(self.lang) if self.rule.sentence else None,
            operands=tuple(self._operands()),
            arithmetic=tuple(self._arithmetic()),
            contributors=tuple(self._contributors()),
            references=tuple(self._references()),
            notes=tuple(self._notes()),
            lacking=tuple(self._lacking()),
        )

    # -- words ---------------------------------------------------------------------

    def _say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def _title(self) -> str:
        label = self.rule.label.get(self.lang)
        return f"{label} · {self._entity()}"

    def _entity(self) -> str:
        finding = self.finding
        if finding.scope in (Scope.SCHOOL, Scope.SECTION):
            school = finding.entity.split("/")[0]
            name = self._school_name(school)
            return (
                f"{name}{self._stage_word()}（{finding.entity}）"
                if (self.lang == "zh")
                else f"{name}{self._stage_word()} ({finding.entity})"
            )
        county = self.work.facts.counties.words("name")[0] or finding.entity
        item = self._item_word()
        return f"{county} {item}".strip()

    def _stage_word(self) -> str:
        stage = self.finding.stage
        if stage is None:
            return ""
        for each in STAGES:
            if each == stage:
                return self._say(f"·{each.label.zh}", f", {each.label.en}")
        return ""

    def _item_word(self) -> str:
        item = self.finding.item
        if item is None:
            return ""
        for choices in (type(STAGES[0]), *_item_choices()):
            found = choices.parse(item)
            if found is not None:
                return found.label.get(self.lang)
        return item

    def _school_name(self, code: str) -> str:
        codes = self.work.facts.schools.words("code")
        row = int(np.flatnonzero(codes == code)[0])
        return str(self.work.facts.schools.words("name")[row] or code)

    # -- operands ------------------------------------------------------------------

    def _operands(self) -> Iterator[Operand]:
        if self.unit < 0:
            return
        rule, columns = self.rule, self._columns()
        if isinstance(rule, Threshold) and columns is not None:
            names = [rule.indicator, *([rule.against] if rule.against else [])]
            seen: set[str] = set()
            for name in names:
                yield from self._operand(columns, name, 0, seen)
        elif isinstance(rule, Quorum):
            yield from self._quorum_operands(rule)
        elif isinstance(rule, AllOf) and columns is not None:
            for name in rule.of:
                yield from self._operand(columns, name, 0, set())
        elif isinstance(rule, Attested | Veto) and rule.field and columns is not None:
            yield from self._operand(columns, rule.field, 0, set())
        if isinstance(rule, AllOf | Attested | Veto):
            yield from self._signatures()

    def _signatures(self) -> Iterator[Operand]:
        """Yield who signed what for the rule: for the unit, or for its county."""
        table, name = self.work.facts.other("attestations"), self.finding.rule
        rules, entities = table.words("rule"), table.words("entity")
        issuers, values = table.words("issuer"), table.numbers("value")
        wanted = {name, f"{self.law.programme}/{name}"}
        about = {self.finding.entity, self.work.facts.codes[0]}
        for row in range(table.size):
            if rules[row] in wanted and str(entities[row]) in about:
                by = issuers[row] or self._say("未署名", "nobody named")
                yield Operand(
                    name="attestation",
                    label=self._say(f"签认（{by}）", f"signed ({by})"),
                    value=self._number(float(values[row]), Unit.YES_NO),
                )

    def _columns(self) -> Columns | None:
        return self.work.at(self.rule.scope)

    def _operand(
        self, columns: Columns, name: str, depth: int, seen: set[str]
    ) -> Iterator[Operand]:
        """Yield what *name* is, then what it was worked out from, each once."""
        if name in seen:
            return
        seen.add(name)
        made = self.work.indicators.get(name)
        value = columns[name]
        yield Operand(
            name=name,
            label=self._label(name, made),
            value=self._written(value, unit_of(self.work, name)),
            depth=depth,
        )
        for each in made.inputs if made is not None else ():
            if each in ("stage", "on") or each in self.law.options:
                continue
            yield from self._operand(columns, each, depth + 1, seen)

    def _label(self, name: str, made: Indicator | None) -> str:
        if made is not None:
            label = made.label.get(self.lang)
            shown = made.formula and self.lang == "zh"
            return f"{label} = {made.formula}" if shown else label
        field = self.work.field(name)
        if field is not None:
            return field.label_of(name).get(self.lang)
        if self.law.has_parameter(name):
            label_ = self.law.parameter(name).label
            if label_ is not None:
                return label_.get(self.lang)
        return _DERIVED_LABELS.get(name, Text(name, name)).get(self.lang)

    def _written(self, value: Any, unit: Unit | None) -> str:
        if isinstance(value, Limit):
            value = Bounds(value.low, value.high)
        if isinstance(value, DateRange):
            first, last = value.first[self.unit], value.last[self.unit]
            if np.isnat(first):
                return self._say("缺", "blank")
            return str(first) if first == last else f"{first} – {last}"
        if isinstance(value, Ragged):
            return self._areas(value)
        if isinstance(value, Bounds):
            return self._bounds(value, unit)
        if value.dtype == object:
            return str(value[self.unit] or self._say("缺", "blank"))
        return self._number(float(value[self.unit]), unit)

    def _number(self, value: float, unit: Unit | None) -> str:
        if np.isnan(value):
            return self._say("缺", "blank")
        if unit is Unit.YES_NO:
            return measured(bool(value), unit, self.lang)
        return measured(value, unit or Unit.RATIO, self.lang, places=6)

    def _bounds(self, value: Bounds, unit: Unit | None) -> str:
        low, high = float(value.low[self.unit]), float(value.high[self.unit])
        if low == high or (np.isnan(low) and np.isnan(high)):
            return self._number(low, unit)
        if np.isnan(low):
            return f"≤ {self._number(high, unit)}"
        if np.isnan(high):
            return f"≥ {self._number(low, unit)}"
        return f"{self._number(low, unit)} – {self._number(high, unit)}"

    def _areas(self, value: Ragged) -> str:
        if not value.known[self.unit]:
            return self._say("缺", "blank")
        part = slice(value.starts[self.unit], value.starts[self.unit + 1])
        rooms = "; ".join(figure(float(each)) for each in value.low[part])
        return f"{rooms or self._say('无', 'none')} ㎡".strip()

    def _quorum_operands(self, rule: Quorum) -> Iterator[Operand]:
        floor = float(self.work.section.limit(rule.floor).low[self.unit])
        head = self.finding.rule.rpartition(".")[0]
        for part in rule.of:
            component = self.law.rules[f"{head}.{part}"][1]
            assert isinstance(component, Threshold)
            judged = judge(self.work, f"{head}.{part}", component)
            assert judged.limit is not None
            assert judged.low is not None
            limit = float(judged.limit.low[self.unit])
            value = point(self.work.section[component.indicator])
            rank = int(judged.verdicts[self.unit])
            unit = self.work.indicators[component.indicator].unit
            note = self._component_note(rank, float(value[self.unit]), limit * floor)
            yield Operand(
                name=component.indicator,
                label=component.label.get(self.lang),
                value=f"{self._number(float(value[self.unit]), unit)}"
                f"  {component.operator.replace('>=', '≥')} {figure(limit)}  {note}",
            )

    def _component_note(self, rank: int, value: float, floor: float) -> str:
        verdict = _BY_RANK[rank]
        word = verdict.label.get(self.lang)
        if verdict is not Verdict.UNMET:
            return word
        kept = value >= floor * (1 - 2.0**-40)
        above = self._say("但不低于85%线", "but at or above the floor")
        below = self._say("且低于85%线", "and below the floor")
        return (
            f"{word}，{above if kept else below} {figure(floor)}"
            if (self.lang == "zh")
            else f"{word}, {above if kept else below} {figure(floor)}"
        )

    # -- arithmetic ----------------------------------------------------------------

    def _arithmetic(self) -> Iterator[str]:
        finding, rule = self.finding, self.rule
        if self.unit < 0:
            yield self._summary_line()
            return
        if isinstance(rule, Quorum) and not isinstance(finding.threshold, tuple):
            yield self._say(
                f"达标 {figure(finding.value)} 项，"
                f"应不少于 {figure(finding.threshold)} 项，余项不低于85%",
                f"{figure(finding.value)} met, at least {figure(finding.threshold)} "
                "asked, the other at the floor or above",
            )
            return
        if isinstance(rule, Share) and finding.basis is not Basis.REPORTED:
            yield from self._share_lines(rule)
        if isinstance(rule, Dispersion):
            yield from self._dispersion_lines(rule)
        if isinstance(rule, Trend):
            yield from self._trend_lines(rule)
            yield self._say("本年与上年相比", "the latest year against the year before")
        yield comparison(finding, self.lang, exact=True)

    def _summary_line(self) -> str:
        judged = judge(self.work, self.finding.rule, self.rule)
        counts = {
            verdict: int((judged.verdicts == verdict.rank).sum()) for verdict in Verdict
        }
        parts = [f"{v.label.get(self.lang)} {n}" for v, n in counts.items() if n]
        if not parts:
            return self._say("没有逐个单位的数据", "no single unit is told of")
        line = self._say("单位合计：", "units: ") + " · ".join(parts)
        met, unknown = counts[Verdict.MET], counts[Verdict.UNKNOWN]
        asked = met + unknown + counts[Verdict.UNMET]
        if not unknown:
            return line
        low, high = (
            figure(100 * met / asked, 1),
            figure(100 * (met + unknown) / asked, 1),
        )
        return line + self._say(
            f"；证据不足的全部未达标则达标率 {low}%，全部达标则 {high}%",
            f"; {low}% met if every unknown fails, {high}% if every one passes",
        )

    def _share_lines(self, rule: Share) -> Iterator[str]:
        columns = self.work.at(rule.over)
        member = columns.match(rule.population).possible
        if rule.per_stage:
            stage = self.unit % len(STAGES)
            member = member & (self.work.facts.section_stage == stage)
        if rule.meets or rule.reaches:
            fits = (
                reached(columns, rule.reaches) == 1
                if rule.reaches
                else columns.match(rule.meets).sure
            )
            met = int((member & fits).sum())
            yield self._say(
                f"{int(member.sum())} 个单位中 {met} 个符合",
                f"{met} of {int(member.sum())} units",
            )
            return
        for name in filter(None, (rule.numerator, rule.denominator)):
            label = self._label(name, self.work.indicators.get(name))
            value = point(columns[name])
            known = member & ~np.isnan(value)
            missing = int(member.sum() - known.sum())
            gap = self._say(f"（{missing} 个单位缺）", f" ({missing} blank)")
            yield f"{label} = {figure(float(value[known].sum()))}" + (
                gap if missing else ""
            )

    def _trend_lines(self, rule: Trend) -> Iterator[str]:
        """Yield every year that is given, and how it stands to the year before."""
        table = self.work.table(rule.table)
        match = table.match(rule.rows).sure
        years, values = table.frame.numbers("year"), point(table[rule.indicator])
        known = {int(years[r]): float(values[r]) for r in np.flatnonzero(match)}
        for year, value in sorted(known.items()):
            before = known.get(year - 1, np.nan)
            words = self._say("上年缺", "no year before")
            if np.isfinite(before) and np.isfinite(value):
                rises = value >= before
                words = (
                    self._say("不减", "no fall") if rises else self._say("减", "falls")
                )
            shown = self._number(value, None)
            yield self._say(
                f"{year} 年：{shown}（{words}）", f"{year}: {shown} ({words})"
            )

    def _dispersion_lines(self, rule: Dispersion) -> Iterator[str]:
        value, weight, _rows = self._members(rule)
        if not len(value):
            yield self._say("没有可计算的学校", "no school to compute from")
            return
        starts = np.zeros(1, dtype=np.intp)
        mean = float(measures.weighted_mean_by(value, weight, starts)[0])
        ratio = float(measures.coefficient_of_variation_by(value, weight, starts)[0])
        pupils = figure(float(weight.sum()))
        yield self._say(
            f"{len(value)} 个学段单位，{pupils} 名学生；全县平均 X̄ = {figure(mean)}",
            f"{len(value)} sections, {pupils} pupils; county mean X̄ = {figure(mean)}",
        )
        yield self._say(
            f"标准差 S = √Σ(Pᵢ/P)(Xᵢ−X̄)² = {figure(mean * ratio)}；"
            f"差异系数 S/X̄ = {figure(ratio)}",
            f"S = √Σ(Pᵢ/P)(Xᵢ−X̄)² = {figure(mean * ratio)}; S/X̄ = {figure(ratio)}",
        )

    def _members(self, rule: Dispersion) -> tuple[Any, Any, Any]:
        judged = judge(self.work, self.finding.rule, rule)
        assert judged.members is not None
        facts = self.work.facts
        rows = np.flatnonzero(
            judged.members & (facts.section_stage == self.unit % len(STAGES))
        )
        value = point(self.work.section[rule.indicator])[rows]
        return value, point(self.work.section[rule.weight])[rows], rows

    # -- who is behind it ----------------------------------------------------------

    def _contributors(self) -> Iterator[str]:
        if isinstance(self.rule, Dispersion) and self.unit >= 0:
            yield from self._largest_shares(self.rule)
        elif self.unit < 0:
            yield from self._failing()

    def _largest_shares(self, rule: Dispersion) -> Iterator[str]:
        value, weight, rows = self._members(rule)
        if len(value) < 2:  # noqa: PLR2004 - one member has no share
            return
        share = measures.share_of_variance(value, weight)
        codes = self.work.facts.schools.words("code")
        unit = self.work.indicators[rule.indicator].unit
        for at in np.argsort(-share, kind="stable")[:_MOST]:
            code = str(codes[self.work.facts.section_school[rows[at]]])
            shown = measured(float(value[at]), unit, self.lang)
            part = figure(100 * float(share[at]), 1)
            yield self._say(
                f"{self._school_name(code)}（{code}）：{shown}，占离差平方和 {part}%",
                f"{self._school_name(code)} ({code}): {shown}, {part}% of the variance",
            )

    def _failing(self) -> Iterator[str]:
        row = self.finding.assessment[self.work.facts.codes[0]]
        units = [
            each
            for each in row.findings(rule=self.finding.rule, area=self.finding.area)
            if each.verdict in (Verdict.UNMET, Verdict.UNKNOWN)
            and "summary" not in each.flags
        ]
        for each in units[: 2 * _MOST]:
            name = each.entity
            if each.scope in (Scope.SCHOOL, Scope.SECTION):
                name = f"{self._school_name(each.entity.split('/')[0])} {each.entity}"
            elif each.item:
                name = each.item
            said = comparison(each, self.lang)
            yield f"{name}：{each.verdict.label.get(self.lang)} {said}"
        if len(units) > 2 * _MOST:
            yield self._say(f"…… 共 {len(units)} 个", f"… {len(units)} in all")

    def _lacking(self) -> Iterator[str]:
        """Say what would meet the rule, or what a coefficient consists of."""
        found = shortfall(self.finding) if self.unit >= 0 else None
        if found is None:
            return
        head = self._say("差多少：", "missing: ")
        if found.spread is not None:
            yield from found.spread.lines(self.lang, most=0)
        elif found.changes or found.alternatives:
            yield f"{head}{found.sentence(self.lang)}"

    # -- documents and flags -------------------------------------------------------

    def _references(self) -> Iterator[Reference]:
        for citation in self.finding.sources:
            source = self.law.source(citation.source)
            yield Reference(
                title=source.title,
                number=source.number,
                clause=citation.clause,
                read=citation.read.label.get(self.lang),
            )

    def _notes(self) -> Iterator[str]:
        yield from (each.get(self.lang) for each in self.finding.notes)
        published = self.finding.basis is Basis.REPORTED
        for flag in self.finding.flags:
            if flag == "knife_edge" and published:
                yield _PRINTED_EDGE.get(self.lang)
            elif flag in _NOTES:
                yield _NOTES[flag].get(self.lang)
        if "discrepancy" in self.finding.flags:
            asked = needs(self.rule, self.law, self.work.indicators)
            for name, (stated, total) in discrepancies(self.work).items():
                if name in asked:
                    yield self._say(
                        f"{self._label(name, None)}：全县填报 {figure(stated)}，"
                        f"各校合计 {figure(total)}；按各校数测算",
                        f"{self._label(name, None)}: stated {figure(stated)}, schools "
                        f"add up to {figure(total)}, which is used",
                    )
        if self.finding.determined_by == "nation":
            yield self._say("只能由国家认定", "only the nation can determine it")
        if isinstance(self.rule, Every) and self.finding.verdict is Verdict.UNKNOWN:
            yield self._say("缺少应有的科目或渠道", "a listed item is missing")


def unit_of(work: Workspace, name: str) -> Unit | None:
    """Return the unit of an indicator, a column or a parameter."""
    made, field = work.indicators.get(name), work.field(name)
    if made is not None:
        return made.unit
    if field is not None:
        return Unit.YES_NO if field.type == "yes_no" else field.unit
    return work.law.parameter(name).unit if work.law.has_parameter(name) else None


def _item_choices() -> tuple[type[Choice], ...]:
    from eduequity.vocab import SurveyChannel

    return (SurveyChannel,)


_DERIVED_LABELS = {
    "banded_low": Text(
        "按班额分档或已知的班级：最大班额至少",
        "by size bands or the classes known: largest class, least",
    ),
    "banded_high": Text(
        "按班额分档：最大班额至多", "by size bands: largest class, most"
    ),
    "whole_largest_class": Text("全校最大班额（未分学段）", "largest class, undivided"),
    "whole_banded_low": Text(
        "全校按班额分档：最大班额至少", "undivided size bands: largest class, least"
    ),
    "whole_banded_high": Text(
        "全校按班额分档：最大班额至多", "undivided size bands: largest class, most"
    ),
    "whole_oversized_classes": Text(
        "全校超标准班级数（未分学段）", "oversized classes, undivided"
    ),
    "school_largest_class": Text("全校最大班额", "largest class of the school"),
    "school_oversized_classes": Text("全校超标准班级数", "oversized classes, school"),
    "merged_pupils": Text("并入校区学生数", "pupils of merged campuses"),
    "largest_campus": Text("最大校区学生数", "pupils of the largest campus"),
    "campus_pupils": Text("校区学生数", "pupils of its campuses"),
    "survey_valid_total": Text("有效问卷数", "valid questionnaires"),
    "survey_valid_parents": Text("家长有效问卷数", "valid questionnaires of parents"),
    "weight_primary": Text("小学生权重", "weight of a primary pupil"),
    "weight_junior": Text("初中生权重", "weight of a junior pupil"),
    "weight_senior": Text("高中生权重", "weight of a senior pupil"),
    "classes_per_room": Text("每间对应班级数", "classes per room"),
    "music_room_area": Text("音乐教室面积要求", "area asked of a music room"),
    "art_room_area": Text("美术教室面积要求", "area asked of an art room"),
    "count_visiting_pe_arts": Text(
        "计入走教教师（R-1）", "count visiting teachers (R-1)"
    ),
    "count_extra_sports": Text("计入其他场地（R-2）", "count extra venues (R-2)"),
}

_PRINTED_EDGE = Text(
    "公布数只印到末位，相差半个末位结论就会改变",
    "it was printed rounded: half its last digit would change the verdict",
)

_NOTES = {
    "aggregate": Text(
        "地市的汇总数，不作认定", "the figures of a whole city, which is not determined"
    ),
    "component": Text(
        "单项指标，不单独决定", "a single indicator; it decides nothing alone"
    ),
    "vacuous": Text(
        "只有一个学校，差异系数为0", "a single school, so the coefficient is 0"
    ),
    "partial": Text(
        "有缺项；所示为已知部分的值",
        "some are missing; the value is that of the others",
    ),
    "knife_edge": Text(
        "按申报表小数位四舍五入后结论会改变，以未舍入值为准",
        "rounding to the form's decimals would change the verdict; it is not rounded",
    ),
    "incomplete": Text(
        "申报的学校、班级或学生多于所列，不能判为达标",
        "more schools, classes or pupils are stated than listed, so it is never met",
    ),
    "completeness_unchecked": Text(
        "未填报学校总数，未核对是否齐全", "no totals are stated to check completeness"
    ),
    "bounded": Text("只知道取值范围", "only bounds of the value are known"),
    "sports_area_shared": Text(
        "室内体育用房与体育馆只填了一项，两处都用它",
        "of indoor sports rooms and sports hall one is given; it serves for both",
    ),
    "undivided": Text(
        "依据全校合计数，未分学段", "rests on the school's total, not divided by stage"
    ),
    "points_left_out": Text(
        "教学点不在此项要求之内（可用选项改变）",
        "teaching points are not asked (an option changes this)",
    ),
}
