"""The pages on the law, made from the packs: every rule, value, clause and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from eduequity.engine import measured, needs
from eduequity.model import dictionary
from eduequity.registry import Registry
from eduequity.report._words import DIMENSIONS, LEVELS
from eduequity.rules import (
    Condition,
    Dispersion,
    MeanDispersion,
    Pack,
    Parameter,
    Quorum,
    Rule,
    Rulebook,
    Share,
    Test,
    Value,
)
from eduequity.vocab import Area, Stage, Text, Unit
from making.markdown import Writer, anchor, code, page, plain, table
from making.words import CHOICES, COLUMNS, PARAMETERS


__all__ = ["Law"]

_TESTS = {
    "is": Text("为", "is"),
    "in": Text("属于", "is one of"),
    "not_in": Text("不属于", "is none of"),
    "min": Text("≥", "≥"),
    "max": Text("≤", "≤"),
    "above": Text("＞", "＞"),
    "below": Text("＜", "＜"),
}
_SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "in": "∈"}
_YES_NO = {
    "all": Text("全部为“是”：", "all yes: "),
    "attested": Text("签认或填报为“是”：", "signed, or stated as yes: "),
    "veto": Text("不得发生：", "must not have occurred: "),
}
_STRICTER = {
    "higher": Text("数值越高越严", "a higher value is stricter"),
    "lower": Text("数值越低越严", "a lower value is stricter"),
    "narrower": Text("区间越窄越严", "a narrower interval is stricter"),
    "union": Text("各级事项合并", "the lists of all levels are joined"),
    "only": Text("写明 replaces 方可另定", "may be stated anew only with `replaces`"),
}


def _day(day: dt.date) -> str:
    """Write a day so that no line breaks within it."""
    return f'<span class="day">{day}</span>'


class Law(Writer):
    """The packs that are installed, written down in one language."""

    def __init__(self, registry: Registry, lang: str) -> None:
        super().__init__(registry, lang)
        self.rulebook: Rulebook = registry.rulebook
        self.labels = {
            name: field.label_of(name)
            for fields in dictionary(registry.fields).values()
            for field in fields
            for name in field.names
        } | {each.name: each.label for each in registry.indicators.values()}
        self.labels |= COLUMNS
        self.units = {
            name: field.unit
            for fields in dictionary(registry.fields).values()
            for field in fields
            for name in field.names
        } | {each.name: each.unit for each in registry.indicators.values()}
        for pack in registry.packs:
            self.labels |= {n: each.label for n, each in pack.readings.items()}

    # -- pages -------------------------------------------------------------------

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the text of every page."""
        for pack in self.registry.packs:
            yield f"regulations/{pack.info.id}.md", self.pack(pack)
        yield "regulations/provinces.md", self.provinces()
        yield "regulations/index.md", self.index()

    def index(self) -> str:
        """Return the list of packs, nation first."""
        rows = [
            (
                f"[{plain(p.info.title.get(self.lang))}]({p.info.id}.md)",
                self.areas(p),
                code(p.info.programme),
                str(len(p.rules)),
                str(p.info.reviewed),
                plain(f"{p.distribution} {p.version}"),
            )
            for p in self.registry.packs
        ]
        return page(
            self.say("法规与标准", "Regulations"),
            self.say(
                "每条规则、每个注明施行日期的数值、条款、出处和知悉程度，"
                "都由已安装的规则包生成，没有一处手写。\n"
                "“知悉程度”说的是**我们**怎样知道这一条：没有通读原文的，一律照实写明。",
                "Every rule, every dated value with clause, source and how it is "
                "known, made from the installed packs; nothing here is written by "
                "hand.\n“Known” says how **we** know it: what nobody has read in full "
                "says so.",
            ),
            table(
                self._head(
                    "规则包 地区 评估项目 规则数 最近核对 发行包",
                    "pack|area|programme|rules|last reviewed|distribution",
                ),
                rows,
            ),
            "```{toctree}\n:hidden:\n\nprovinces\n"
            + "\n".join(p.info.id for p in self.registry.packs)
            + "\n```",
        )

    def areas(self, pack: Pack) -> str:
        """Name the areas of a pack by code and level."""
        return self.say("、", ", ").join(
            f"{each or ''} {LEVELS[Area(each).level].get(self.lang)}".strip()
            for each in pack.info.areas
        )

    def pack(self, pack: Pack) -> str:
        """Return the page of one pack."""
        info = pack.info
        excluded = self.say("、", ", ").join(info.excluded)
        facts = [
            (self.say("编号", "id"), code(info.id)),
            (self.say("评估项目", "programme"), code(info.programme)),
            (self.say("地区", "areas"), self.areas(pack)),
            (self.say("除外地区", "except"), excluded),
            (self.say("最近核对", "last reviewed"), str(info.reviewed)),
            (
                self.say("发行包", "distribution"),
                plain(f"{pack.distribution} {pack.version}"),
            ),
        ]
        return page(
            plain(info.title.get(self.lang)),
            table(["", ""], [fact for fact in facts if fact[1]]),
            f"## {self.say('文件', 'Documents')}",
            self._sources(pack),
            *self._rules(pack),
            *self._lone_parameters(pack),
            *self._readings(pack),
            *self._fields(pack),
            *self._unencoded(pack),
        )

    def provinces(self) -> str:
        """Return what each local pack changes against the level above."""
        parts = [
            self.say(
                "地方规则包只能提高、不能降低国家标准；写明依据（`replaces`）的除外。"
                "地方要求只影响本级及以下的结论，国家级结论只看国家标准。",
                "A local pack may raise a national value and never lower it, unless it "
                "says why (`replaces`). Local requirements count at their own level and "
                "below; the national verdict is by national values alone.",
            )
        ]
        for pack in self.registry.packs:
            if pack.info.areas != ("",):
                parts += self._changes(pack)
        return page(self.say("各地有何不同", "What each province changes"), *parts)

    def _changes(self, pack: Pack) -> Iterator[str]:
        info = pack.info
        yield f"## {plain(info.title.get(self.lang))}"
        yield f"[{code(info.id)}]({info.id}.md) · {self.areas(pack)}"
        above = [
            p
            for p in self.registry.packs
            if p.info.programme == info.programme
            and p is not pack
            and info.areas[0].startswith(p.info.areas[0])
        ]
        restated = [
            (
                f"{code(name)}<br>{plain(self.asked(pack, name))}",
                self._all_values(next(p for p in above if name in p.parameters), name),
                self._all_values(pack, name),
            )
            for name in pack.parameters
            if any(name in p.parameters for p in above)
        ]
        yield table(
            self._head("参数 上一级 本级", "parameter|level above|here"), restated
        )
        rules = [
            (
                (
                    f"[{plain(rule.label.get(self.lang))}]"
                    f"({info.id}.md#{anchor('rule', info.id, name)})"
                ),
                code(name),
                rule.force.label.get(self.lang),
            )
            for name, rule in pack.rules.items()
        ]
        yield table(self._head("增加的规则 编号 效力", "rules added|id|force"), rules)
        readings = [
            (
                f"{code(n)}<br>{plain(r.label.get(self.lang))}",
                self._choice(n, r.default),
            )
            for n, r in pack.readings.items()
        ]
        yield table(self._head("口径 本地取法", "reading|choice here"), readings)
        if not (restated or rules or readings):
            yield self.say("没有改变任何规则。", "It changes no rule.")

    def _all_values(self, pack: Pack, name: str) -> str:
        parameter = pack.parameters[name]
        return " · ".join(
            f"{self._since(value.start)}{plain(self.amount(value, parameter.unit))}"
            + (
                self._aside(value.force.label.get(self.lang))
                if value.force.value != "requirement"
                else ""
            )
            for value in parameter.values
        )

    def _since(self, day: dt.date) -> str:
        return self.say(f"{_day(day)} 起 ", f"from {_day(day)} ")

    def asked(self, pack: Pack, name: str) -> str:
        """Return what a parameter is about: its label, or that of its first rule."""
        packs = [
            p for p in self.registry.packs if p.info.programme == pack.info.programme
        ]
        for each in packs:
            found = each.parameters.get(name)
            if found is not None and found.label:
                return found.label.get(self.lang)
        law = self.rulebook.law(pack.info.programme, pack.info.reviewed)
        for each in packs:
            for rule in each.rules.values():
                if getattr(rule, "parameter", None) == name:
                    return rule.label.get(self.lang)
        for each in packs:
            for rule in each.rules.values():
                if name in needs(rule, law, self.registry.indicators):
                    return rule.label.get(self.lang)
        return ""

    # -- parts of a pack -----------------------------------------------------------

    def _sources(self, pack: Pack) -> str:
        rows = [
            (
                code(key),
                plain(self._title(each.title)),
                plain(each.issuer),
                plain(each.number or "—"),
                _day(each.issued) if each.issued else "—",
                each.read.label.get(self.lang),
                plain(each.note or ""),
            )
            for key, each in pack.sources.items()
        ]
        return table(
            self._head(
                "编号 标题 发布机关 文号 印发日期 知悉程度 说明",
                "id|title|issuer|number|issued|known|note",
            ),
            rows,
        )

    def _rules(self, pack: Pack) -> Iterator[str]:
        dimension = ""
        for name, rule in pack.rules.items():
            here = rule.dimension or "local"
            if here != dimension:
                dimension = here
                title = DIMENSIONS.get(here, Text(here, here)).get(self.lang)
                yield f"## {plain(title)}"
            yield f"({anchor('rule', pack.info.id, name)})="
            yield f"### {plain(rule.label.get(self.lang))}"
            yield self._facts(pack, name, rule)
            for parameter in self._asked(pack, rule):
                yield self._values(pack, parameter)

    def _facts(self, pack: Pack, name: str, rule: Rule) -> str:
        cited = self._cited(pack, rule.source, rule.clause, rule.read)
        sentence = rule.sentence.get(self.lang) if rule.sentence else ""
        facts = [
            (self.say("规则编号", "rule id"), code(name)),
            (self.say("条文", "sentence"), plain(sentence)),
            (self.say("判定单位", "unit judged"), rule.scope.label.get(self.lang)),
            (
                self.say("规则形态", "shape"),
                f"[{code(rule.kind)}](../reference/rule-shapes.md#shape-{anchor(rule.kind)})",
            ),
            (self.say("判定", "test"), self._comparison(rule)),
            (
                self.say("适用范围", "population"),
                self.condition(rule.population) if rule.population else "",
            ),
            (self.say("出处", "source"), cited),
            (self.say("效力", "force"), self._force(rule)),
            (
                self.say("施行", "in force"),
                self._span(rule.start, rule.until),
            ),
        ]
        return table(["", ""], [fact for fact in facts if fact[1]])

    def _span(self, start: dt.date | None, until: dt.date | None) -> str:
        words = []
        if start:
            words.append(self.say(f"{start} 起", f"from {start}"))
        if until:
            words.append(self.say(f"到 {until} 止", f"until {until}"))
        return self.say("，", " ").join(words)

    def _force(self, rule: Rule) -> str:
        words = [rule.force.label.get(self.lang)]
        if rule.component:
            words.append(
                self.say("分项：只显示，不单独决定", "component: decides nothing alone")
            )
        if rule.determined_by:
            words.append(self.say("只能由国家认定", "determined by the nation alone"))
        return self.say("；", "; ").join(words)

    def _comparison(self, rule: Rule) -> str:
        sign = _SIGNS.get(getattr(rule, "operator", "") or "", "")
        left = self._left(rule)
        if not left:
            return ""
        parameter = getattr(rule, "parameter", None)
        right = code(parameter) if parameter else ""
        against = getattr(rule, "against", None)
        right = self.label(against) if against else right
        if rule.kind == "trend" and not right:
            right = self.say("上一年", "that of the year before")
        return " ".join(part for part in (left, sign, right) if part)

    def _left(self, rule: Rule) -> str:
        """Say what a rule looks at."""
        if isinstance(rule, Share):
            return self._share(rule)
        if isinstance(rule, Quorum | MeanDispersion):
            return self._joined(rule)
        indicator = getattr(rule, "indicator", None)
        if isinstance(rule, Dispersion):
            label, weight = self.label(rule.indicator), self.label(rule.weight)
            said = self.say(
                f"{label}的差异系数（以{weight}加权）",
                f"coefficient of variation of {label}, weighted by {weight}",
            )
        elif indicator is not None:
            said = self.label(indicator, getattr(rule, "table", None))
        else:
            names = getattr(rule, "of", ()) or (getattr(rule, "field", None),)
            said = self.say("、", "; ").join(self.label(name) for name in names if name)
            how = _YES_NO.get(rule.kind)
            if how is not None:
                said = said or self.say("责任人的声明", "what is signed for it")
                said = f"{how.get(self.lang)}{said}"
        return plain(said)

    def _joined(self, rule: Quorum | MeanDispersion) -> str:
        names = [f"{rule.dimension}.{name}" for name in rule.of]
        said = plain(self.say("；", "; ").join(map(self._rule_label, names)))
        if isinstance(rule, MeanDispersion):
            return self.say(f"以下各项的简单平均数（{said}）", f"plain mean of {said}")
        minimum, floor = code(rule.minimum), code(rule.floor)
        return self.say(
            f"以下各项至少 {minimum} 项达标，余项不低于限值的 {floor}：{said}",
            f"at least {minimum} of these met, the missed one at {floor} or more of "
            f"its threshold: {said}",
        )

    def _share(self, rule: Share) -> str:
        if rule.numerator and rule.denominator:
            return plain(
                f"{self.label(rule.numerator)} ÷ {self.label(rule.denominator)}"
            )
        unit = rule.over.label.get(self.lang)
        if rule.reaches:
            asked = plain(self._rule_label(rule.reaches))
            return self.say(
                f"“{asked}”达标的{unit}所占比例", f"share that meets “{asked}” ({unit})"
            )
        asked = self.condition(rule.meets)
        return self.say(
            f"符合以下条件的{unit}所占比例（{asked}）",
            f"share for which it holds that {asked} ({unit})",
        )

    def _rule_label(self, name: str) -> str:
        for pack in self.registry.packs:
            if name in pack.rules:
                return pack.rules[name].label.get(self.lang)
        return name

    def label(self, name: str, among: str | None = None) -> str:
        """Return the label of a column or an indicator, first of those *among* a table."""
        own = dictionary(self.registry.fields).get(among or "", ())
        for field in own:
            if name in field.names:
                return field.label_of(name).get(self.lang)
        found = self.labels.get(name)
        return found.get(self.lang) if found else name

    def _asked(self, pack: Pack, rule: Rule) -> list[str]:
        law = self.rulebook.law(pack.info.programme, pack.info.reviewed)
        asked = needs(rule, law, self.registry.indicators)
        own = getattr(rule, "parameter", None)
        return sorted(
            (name for name in asked if name in pack.parameters),
            key=lambda name: (name != own, name),
        )

    def _lone_parameters(self, pack: Pack) -> Iterator[str]:
        """Yield what is restated for a rule of the level above."""
        shown = {n for r in pack.rules.values() for n in self._asked(pack, r)}
        rest = [name for name in pack.parameters if name not in shown]
        if rest:
            yield f"## {self.say('另行规定的数值', 'Values for rules of other packs')}"
        for name in rest:
            yield f"({anchor('parameter', pack.info.id, name)})="
            yield f"### {code(name)} {plain(self.asked(pack, name))}".rstrip()
            yield self._values(pack, name)

    def _values(self, pack: Pack, name: str) -> str:
        parameter = pack.parameters[name]
        stricter = _STRICTER.get(parameter.stricter or "")
        head = f"**{code(name)}**"
        label = parameter.label or PARAMETERS.get(name)
        if label:
            head += f" {plain(label.get(self.lang))}"
        if stricter:
            head += f" · {stricter.get(self.lang)}"
        rows = [self._value(pack, parameter, value) for value in parameter.values]
        return f"{head}\n\n" + table(
            self._head(
                "起 止 数值 条件 效力 出处与知悉程度 说明",
                "from|until|value|where|force|source and how known|note",
            ),
            rows,
        )

    def _value(self, pack: Pack, parameter: Parameter, value: Value) -> list[str]:
        notes = [value.note.get(self.lang) if value.note else ""]
        if value.relaxation:
            notes.insert(0, self.say("放宽条款 ", "relaxation ") + value.relaxation)
        if value.replaces:
            notes.insert(
                0,
                self.say("取代上一级：", "in place of the level above: ")
                + value.replaces,
            )
        shown = (
            self.say("废止", "repealed")
            if value.repealed
            else self.amount(value, parameter.unit)
        )
        return [
            _day(value.start),
            _day(value.until) if value.until else "",
            plain(shown),
            self.condition(value.where),
            value.force.label.get(self.lang),
            self._cited(pack, value.source, value.clause, value.read),
            plain(self.say("；", "; ").join(note for note in notes if note)),
        ]

    def _readings(self, pack: Pack) -> Iterator[str]:
        if not pack.readings:
            return
        yield f"## {self.say('口径', 'Readings')}"
        yield self.say(
            "条文有歧义之处做成选项；默认值加粗。",
            "Where the text is ambiguous the choice is an option; the default is bold.",
        )
        for name, each in pack.readings.items():
            yield f"({anchor('reading', pack.info.id, name)})="
            yield f"### {code(name)} {plain(each.label.get(self.lang))}"
            choices = self.say("；", "; ").join(
                f"**{self._choice(name, choice)}**"
                if choice == each.default
                else self._choice(name, choice)
                for choice in each.choices
            )
            cited = self._cited(pack, each.source, each.clause, each.read)
            note = plain(each.note.get(self.lang)) if each.note else ""
            yield "\n".join(
                part for part in (choices, "", cited, "", note) if part is not None
            )

    def _choice(self, reading: str, choice: str) -> str:
        said = CHOICES.get(reading, {}).get(choice)
        return f"{code(choice)} {said.get(self.lang)}" if said else code(choice)

    def _fields(self, pack: Pack) -> Iterator[str]:
        if not pack.fields:
            return
        yield f"## {self.say('需要另外填报的数据', 'Inputs that the pack asks for')}"
        yield table(
            self._head("表 列 名称 类型 单位", "table|column|label|type|unit"),
            (
                (
                    code(f.table),
                    code(f.name),
                    plain(f.label.get(self.lang)),
                    code(f.type),
                    plain(f.unit.label.get(self.lang) if f.unit else ""),
                )
                for f in pack.fields
            ),
        )

    def _unencoded(self, pack: Pack) -> Iterator[str]:
        if not pack.unencoded:
            return
        yield f"## {self.say('没有编码的条文', 'What is not encoded')}"
        yield table(
            self._head("编号 原因", "row|reason"),
            ((code(each.row), plain(each.reason)) for each in pack.unencoded),
        )

    # -- words ------------------------------------------------------------------------

    def _cited(
        self, pack: Pack, source: str | None, clause: str | None, read: object
    ) -> str:
        if source is None:
            return ""
        document = pack.sources[source]
        known = (read or document.read).label.get(self.lang)  # type: ignore[attr-defined]
        parts = (self._title(document.title), document.number, clause)
        return plain(" ".join(p for p in parts if p)) + self._aside(known)

    def _title(self, title: str) -> str:
        """Put a title in 《》, one within it in 〈〉; a description has none."""
        if self.lang != "zh" or title.startswith("（"):
            return title
        return f"《{title.replace('《', '〈').replace('》', '〉')}》"

    def _aside(self, words: str) -> str:
        return self.say(f"（{words}）", f" ({words})")

    def amount(self, value: Value, unit: Unit) -> str:
        """Write a value with its unit, stage by stage where they differ."""
        if isinstance(value.value, bool):
            return measured(value.value, unit, self.lang)
        if isinstance(value.value, tuple):
            words = [
                e if isinstance(e, str) else self._number(e, unit) for e in value.value
            ]
            return (
                "、".join(words)
                if isinstance(value.value[0], str)
                else " – ".join(words)
            )
        primary, junior = value.numbers()
        if primary == junior:
            return self._number(primary, unit)
        return " · ".join(
            f"{stage.label.get(self.lang)} {self._number(number, unit)}"
            for stage, number in zip(
                (Stage.PRIMARY, Stage.JUNIOR), (primary, junior), strict=True
            )
            if number is not None
        )

    def _number(self, number: float | None, unit: Unit) -> str:
        return measured(number, unit, self.lang, places=6)

    def condition(self, where: Condition) -> str:
        """Write a condition with the labels of what is tested."""
        both = self.say("，且", " and ")
        either = self.say("；或", "; or ")
        return either.join(both.join(map(self._test, tests)) for tests in where)

    def _test(self, test: Test) -> str:
        operand = test.operand
        if test.field in CHOICES and isinstance(operand, str):
            label, word = self.label(test.field), self.word(test.field, operand)
            return plain(
                self.say(
                    f"口径“{label}”取“{word}”", f"the reading “{label}” is “{word}”"
                )
            )
        if isinstance(operand, bool) and self.lang == "zh":
            label = self.label(test.field).removeprefix("是否")
            return plain(f"“{label}”为{'是' if operand else '否'}")
        if isinstance(operand, tuple):
            words = self.say("、", ", ").join(self.word(test.field, e) for e in operand)
        elif isinstance(operand, bool):
            words = "yes" if operand else "no"
        elif isinstance(operand, str):
            words = self.word(test.field, operand)
        else:
            share = self.units.get(test.field) is Unit.SHARE
            words = f"{100 * operand:.10g}%" if share else f"{operand:.10g}"
        parts = (self._within(test.field), _TESTS[test.kind].get(self.lang), words)
        close = self.lang == "zh" and test.kind in ("is", "in", "not_in")
        return plain(("" if close else " ").join(parts))

    def _within(self, name: str) -> str:
        """Return a label as it stands within a sentence."""
        label = self.label(name)
        return label[:1].lower() + label[1:] if label[1:2].islower() else label

    def word(self, field: str, word: str) -> str:
        """Return the label of a word of a column, a reading or the stages."""
        for fields in dictionary(self.registry.fields).values():
            for each in fields:
                if field in each.names and each.choices:
                    found = each.choices.parse(word)
                    if found is not None:
                        return found.label.get(self.lang)
        if field == "stage":
            return Stage(word).label.get(self.lang)
        choice = CHOICES.get(field, {}).get(word)
        return choice.get(self.lang) if choice else word
