"""
A result as a Word file: the draft of a county's 自评报告, with its annexes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING

from eduequity.errors import OutputError
from eduequity.facts import STAGES
from eduequity.report._evidence import HAVE, evidence_of
from eduequity.report._forms import (
    BASICS,
    INDICATORS,
    Cell,
    Form,
    Reader,
    coefficient,
    has_forms,
    numeric_forms,
)
from eduequity.report._groups import (
    Group,
    groups_of,
    is_quorum,
    missing,
    parts,
    reading,
    unit_name,
)
from eduequity.report._levels import rank_of
from eduequity.report._missing_by import missing_by
from eduequity.report._paper import NOTE, Paper
from eduequity.report._plots import Strip, can_plot, plot_language, strip_plot
from eduequity.report._speaker import Speaker
from eduequity.report._words import UNITS, dimension, one_line
from eduequity.rules import Threshold
from eduequity.vocab import Scope, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, CountyResult, Finding

__all__ = ["write_document"]

MOST_COUNTIES = 20
"""A report is read county by county: a file of more is refused."""

_MOST_UNITS = 60
_SHOWN = (Verdict.UNMET, Verdict.UNKNOWN, Verdict.MET, Verdict.NOT_APPLICABLE)
_NUMERALS = "一二三四五六七八九十"


def write_document(
    assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
) -> None:
    """
    Write the draft of the self-assessment report, one chapter a county.

    Args:
        assessment: The result.

        stream: Where to.

        lang: ``zh`` or ``en``.

    Raises:
        MissingExtraError: python-docx is not installed.

        OutputError: There are too many counties for a file to be read.
    """
    counties = list(assessment.values())
    if len(counties) > MOST_COUNTIES:
        raise OutputError(
            ".docx",
            f"自评报告最多写 {MOST_COUNTIES} 个区县，这里有 {len(counties)} 个；"
            "请分县评估，或用 .xlsx、.json",
            f"a report holds at most {MOST_COUNTIES} counties, here are "
            f"{len(counties)}; evaluate fewer at a time, or use .xlsx or .json",
        )
    named = one_line(counties[0].name or counties[0].code) if counties else ""
    paper = Paper(named, lang=lang, day=assessment.on, synthetic=assessment.synthetic)
    for number, county in enumerate(counties):
        if number:
            paper.turn()  # back from the annexes of the one before
        _Report(paper, county).write(first=not number)
    paper.save(stream)


class _Report(Speaker):
    """The report of one county."""

    def __init__(self, paper: Paper, county: CountyResult) -> None:
        super().__init__(county.assessment, paper.lang)
        self.paper = paper
        self.county = county
        self.groups = groups_of(county, "county")
        self.reader = Reader(county, paper.lang)
        self.chapter = 0

    def write(self, *, first: bool = True) -> None:
        """Write the whole of it; the first has the contents of the file."""
        self._title()
        if first:
            self.paper.contents()
        self._basics()
        self._verdicts()
        for each in self.county.dimensions:
            self._dimension(each.id)
        self._problems()
        self._unknown()
        self.paper.turn()
        self._evidence()
        self._documents()

    def _title(self) -> None:
        name = one_line(self.county.name or self.county.code)
        on = self.county.assessment.on
        self.paper.title(
            self.say(f"{name}自评报告（草稿）", f"{name}: self-assessment (draft)"),
            self.programme(),
            self.say(
                f"区县代码 {self.county.code}　按 {on} 施行的规定测算　"
                f"eduequity {self.county.assessment.engine}",
                f"county {self.county.code}, law as of {on}, "
                f"eduequity {self.county.assessment.engine}",
            ),
        )

    def _heading(self, zh: str, en: str) -> None:
        self.chapter += 1
        at = self.chapter
        numeral = (
            _NUMERALS[at - 1]
            if at <= len(_NUMERALS)
            else f"十{_NUMERALS[at - len(_NUMERALS) - 1]}"
        )
        self.paper.heading(self.say(f"{numeral}、{zh}", f"{at}. {en}"))

    # -- basics and verdicts ----------------------------------------------------

    def _basics(self) -> None:
        self._heading("基本情况", "The county")
        if not has_forms(self.county):
            people = self.reader.total("resident_population")
            told = "＿＿" if people is None else f"{people:.0f}"
            self.paper.text(self.say(f"常住人口 {told} 人。", f"{told} residents."))
            return
        form = numeric_forms(self.reader)["Ⅰ"]()
        cells = form.body[0]
        pairs = [
            (self._basic(*words), _shown(cell))
            for words, cell in zip(BASICS, cells, strict=True)
        ]
        half = (len(pairs) + 1) // 2
        rows = [
            (*left, *right)
            for left, right in zip(pairs[:half], pairs[half:], strict=True)
        ]
        heads = (self.say("项目", "Figure"), self.say("数值", "Value")) * 2
        self.paper.caption(self.say("表Ⅰ 基本情况", "Form Ⅰ: the county"))
        self.paper.table(heads, rows, (5.4, 2.6, 5.4, 2.6))
        self._remarks(form)

    def _basic(self, group: str, heading: str, name: str) -> str:
        if self.lang == "zh":
            return f"{group}·{heading.replace('/', '·')}" if heading else group
        field = self.reader.work.field(name)
        if field is None:
            return name
        label = field.label_of(name).get("en")
        return f"{label} (10 000)" if name.endswith("_population") else label

    def _remarks(self, form: Form) -> None:
        for each in form.remarks:
            self.paper.text(f"※ {each}", NOTE)

    def _verdicts(self) -> None:
        self._heading("自评结论", "Verdict")
        verdict = self.county.verdict.label.get(self.lang)
        own = self.county.self_assessment.label.get(self.lang)
        counts = Counter(each.verdict for each in self.groups)
        tally = self.say("，", ", ").join(
            f"{v.label.get(self.lang)} {counts[v]}" for v in _SHOWN if counts[v]
        )
        self.paper.text(
            self.say(
                f"按国家规定，本县结论为“{verdict}”；不含只能由国家认定的项目，"
                f"自评结论为“{own}”。共 {len(self.groups)} 项要求：{tally}。",
                f"By the nation's rules the verdict is: {verdict}. Without what only "
                f"the nation determines it is: {own}. {len(self.groups)} "
                f"requirements: {tally}.",
            )
        )
        if len(self.county.levels) > 1:
            self.paper.bullets(
                f"{self.level(each.area)}：{each.verdict.label.get(self.lang)}"
                for each in self.county.levels
            )
        self.paper.caption(self.say("各方面结论", "By dimension"))
        heads = [self.say("方面", "Dimension"), self.say("结论", "Verdict")]
        heads += [v.label.get(self.lang) for v in _SHOWN]
        rows = []
        for each in self.county.dimensions:
            found = Counter(v for name, v in each.rules.items() if self.decides(name))
            rows.append(
                [
                    dimension(each.id, self.lang),
                    each.verdict.label.get(self.lang),
                    *(str(found[v]) for v in _SHOWN),
                ]
            )
        self.paper.table(heads, rows, (3.6, 2.8, *(2.4,) * 4))

    # -- one dimension ----------------------------------------------------------

    def _dimension(self, name: str) -> None:
        groups = [g for g in self.groups if self._place(g) == name]
        title = dimension(name, "zh"), dimension(name, "en")
        self._heading(*title)
        verdict = self.county[name].verdict.label.get(self.lang)
        self.paper.text(self.say(f"本方面结论：{verdict}。", f"Verdict: {verdict}."))
        if name == "resources" and has_forms(self.county):
            self._resources()
        if groups:
            self.paper.caption(self.say("逐项结论", "Rule by rule"))
            heads = (
                self.say("要求", "Rule"),
                self.say("情况", "Found"),
                self.say("结论", "Verdict"),
                self.say("依据", "Source"),
            )
            rows = [self._rule_row(group) for group in groups]
            self.paper.table(heads, rows, (4.6, 4.4, 2.2, 4.8))
        self._recognised(name)

    def _place(self, group: Group) -> str:
        return self.law.rules[group.rule][1].dimension or "local"

    def _rule_row(self, group: Group) -> tuple[str, str, str, str]:
        return (
            self.label(group.rule, group.area),
            self._found(group),
            group.verdict.label.get(self.lang),
            self.clause(group.head),
        )

    def _found(self, group: Group) -> str:
        """Say what was found: how many units meet the rule, or the value."""
        if not group.units:
            return "—"
        if group.summary is None and len(group.units) == 1:
            return reading(group.units[0], self.lang)
        if group.units[0].scope is Scope.COUNTY:
            return self.say("；", "; ").join(
                f"{unit_name(self.county, unit, self.lang)} {reading(unit, self.lang)}"
                for unit in group.units
            )
        noun = UNITS.get(group.units[0].scope, UNITS[Scope.COUNTY])
        met, open_ = (len(group.of(v)) for v in (Verdict.MET, Verdict.UNKNOWN))
        told = self.say(
            f"{group.judged} {noun.zh}中 {met} {noun.zh[0]}达标",
            f"{met} of {group.judged} {noun.en} met",
        )
        if open_:
            told += self.say(f"，{open_} {noun.zh[0]}证据不足", f", {open_} unknown")
        return told

    def _resources(self) -> None:
        """Write forms Ⅱ-1 and Ⅲ, and a plot of every indicator."""
        forms = numeric_forms(self.reader)
        for number, caption in (
            ("Ⅱ-1", self.say("表Ⅱ-1 达标学校数与比例", "Form Ⅱ-1: schools that meet")),
            ("Ⅲ", self.say("表Ⅲ 校际均衡情况", "Form Ⅲ: differences between schools")),
        ):
            self._transposed(forms[number](), caption)
        self._plots()

    def _transposed(self, form: Form, caption: str) -> None:
        """Write a form of eight columns as eight rows, to fit the page."""
        first, second = (row[1] for row in form.body[:2])
        names = [*(self._indicator(at) for at in range(len(form.head[0]) - 3))]
        names.append(self.say(str(form.head[0][-1]), "All together"))
        heads = [self.say("指标", "Indicator")]
        for stage in STAGES:
            for word, english in zip((first, second), _ENGLISH[form.id], strict=True):
                heads.append(
                    self.say(f"{stage.label.zh}{word}", f"{stage.label.en}: {english}")
                )
        columns = [row[2:] for row in form.body]
        rows = [
            (name, *(_shown(column[at]) for column in columns))
            for at, name in enumerate(names)
        ]
        self.paper.caption(caption)
        self.paper.table(heads, rows, (6.4, 2.4, 2.4, 2.4, 2.4))
        self._remarks(form)

    def _indicator(self, at: int) -> str:
        return self.label(f"resources.{INDICATORS[at]}")

    def _plots(self) -> None:
        if not self.reader.sections:
            return
        if not can_plot():
            words = self.say(
                "未安装 matplotlib（pip install 'eduequity[charts]'），没有图。",
                "No plots: matplotlib is missing (pip install 'eduequity[charts]').",
            )
            self.paper.text(words, NOTE)
            return
        self.paper.caption(
            self.say(
                "各指标在学校间的分布（○ 达到标准，× 未达到；"
                "实线为标准，虚线为标准的最低允许比例）",
                "Indicators over schools (○ met, × below; solid: limit, dashed: floor)",
            )
        )
        lang = plot_language(self.lang)
        for name in INDICATORS:
            rule = self.law.rules[f"resources.{name}"][1]
            strips = [each for stage in STAGES if (each := self._strip(stage, name))]
            if strips:
                assert isinstance(rule, Threshold)
                unit = self.law.parameter(rule.parameter or "").unit
                png = strip_plot(rule.label, unit, strips, lang)
                self.paper.picture(png, rule.label.get(self.lang))

    def _strip(self, stage: object, name: str) -> Strip | None:
        found = [
            part
            for _, each in self.reader.sections
            if each.stage == stage
            for part in (self.reader.components[name, each.entity],)
            if isinstance(part.value, float)
        ]
        if not found:
            return None
        known = next(each for each in STAGES if each == stage)
        limit = found[0].threshold
        return Strip(
            stage=known,
            values=[float(each.value or 0.0) for each in found],
            met=[each.verdict is Verdict.MET for each in found],
            limit=limit if isinstance(limit, float) else None,
            floor=self.reader.limit("quorum_floor"),
            cv=coefficient(self.reader, known, name),
        )

    def _recognised(self, name: str) -> None:
        if name != "recognition" or not has_forms(self.county):
            return
        form = numeric_forms(self.reader)["Ⅵ"]()
        heads = (
            self.say("调查对象", "Asked"),
            self.say("问卷总数", "Questionnaires"),
            self.say("有效问卷", "Valid"),
            self.say("满意问卷", "Satisfied"),
            self.say("满意度（%）", "%"),
            self.say("走访人数", "Interviewed"),
            self.say("满意人数", "Satisfied"),
            self.say("满意度（%）", "%"),
        )
        asked = (self.say("计", "all"), self.say("其中：家长", "parents"))
        rows = [
            (word, *map(_shown, row[1:]))
            for word, row in zip(asked, form.body, strict=True)
        ]
        self.paper.caption(self.say("表Ⅵ 社会认可度调查情况", "Form Ⅵ: the survey"))
        self.paper.table(heads, rows, (2.3, *(1.95,) * 7))

    # -- problems ---------------------------------------------------------------

    def _problems(self) -> None:
        found = [each for each in self.groups if each.verdict is Verdict.UNMET]
        self._heading("存在的问题与差额", "What is not met, and by how much")
        if not found:
            self.paper.text(self.say("没有未达标的要求。", "Nothing is unmet."))
            return
        for group in sorted(found, key=lambda each: each.badness, reverse=True):
            self.paper.heading(self.label(group.rule, group.area), 2)
            self.paper.text(self._found(group))
            units = group.of(Verdict.UNMET)
            heads = (
                self.say("单位", "Unit"),
                self.say("数值与标准", "Found and asked"),
                self.say("差额", "Missing by"),
            )
            rows = list(_limited(self._unit_rows(units), _MOST_UNITS, self._more))
            self.paper.table(heads, rows, (4.8, 5.4, 5.8))
            self.paper.text(
                self.say("依据：", "Source: ") + self.clause(group.head), NOTE
            )

    def _more(self, rest: int) -> tuple[str, str, str]:
        return self.say(f"另有 {rest} 行", f"{rest} more"), "", ""

    def _unit_rows(self, units: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
        for each in units:
            name = one_line(unit_name(self.county, each, self.lang))
            yield name, reading(each, self.lang), missing_by(each, self.lang)
            if is_quorum(each):
                for part in parts(self.county, each, Verdict.UNMET):
                    label = f"　— {self.label(part.rule)}"
                    told = reading(part, self.lang)
                    yield label, told, missing_by(part, self.lang)

    def _unknown(self) -> None:
        found = [each for each in self.groups if each.verdict is Verdict.UNKNOWN]
        self._heading("证据不足的项目", "What is not known")
        if not found:
            self.paper.text(self.say("没有。", "Nothing."))
            return
        heads = (self.say("要求", "Rule"), self.say("缺少", "Lacking"))
        rows = [
            (
                self.label(group.rule, group.area),
                self.say("、", ", ").join(missing(self.county, group, self.lang))
                or self.say("相关材料", "material for it"),
            )
            for group in sorted(found, key=lambda each: rank_of(each.area))
        ]
        self.paper.table(heads, rows, (7.0, 9.0))

    # -- annexes ----------------------------------------------------------------

    def _evidence(self) -> None:
        self.paper.heading(
            self.say("附件1　佐证材料目录", "Annex 1: register of evidence")
        )
        heads = (
            self.say("序号", "No."),
            self.say("方面", "Dimension"),
            self.say("指标或事项", "Rule"),
            self.say("有无", "Have"),
            self.say("材料或数据", "Material"),
            self.say("缺少", "Lacking"),
            self.say("时期", "Period"),
            self.say("出具单位", "Issuer"),
        )
        rows = [
            (
                str(number),
                each.dimension,
                f"{each.label}（{self.level(each.area)}）" if each.area else each.label,
                HAVE[each.have].get(self.lang),
                each.material,
                each.lacking,
                each.period,
                each.issuer,
            )
            for number, each in enumerate(evidence_of(self.county, self.lang), 1)
        ]
        widths = (1.1, 2.2, 5.2, 2.1, 5.6, 3.8, 2.0, 2.7)
        self.paper.table(heads, rows, widths)

    def _documents(self) -> None:
        self.paper.heading(
            self.say("附件2　依据的文件与知悉程度", "Annex 2: documents, and how known")
        )
        heads = (
            self.say("文件", "Document"),
            self.say("印发单位", "Issuer"),
            self.say("文号", "Number"),
            self.say("知悉程度", "How known"),
        )
        rows = [
            (
                source.title,
                source.issuer,
                source.number or "—",
                source.read.label.get(self.lang),
            )
            for pack in self.law.packs
            for source in pack.sources.values()
        ]
        self.paper.table(heads, rows, (12.0, 6.0, 4.0, 2.7))


_ENGLISH = {"Ⅱ-1": ("schools", "%"), "Ⅲ": ("mean", "coefficient")}


def _shown(cell: Cell) -> str:
    return "＿＿" if cell is None or cell == "" else str(cell)


def _limited(
    rows: Iterable[tuple[str, str, str]],
    most: int,
    more: Callable[[int], tuple[str, str, str]],
) -> Iterator[tuple[str, str, str]]:
    """Yield at most *most* rows, and how many more there are."""
    every = list(rows)
    yield from every[:most]
    if len(every) > most:
        yield more(len(every) - most)
