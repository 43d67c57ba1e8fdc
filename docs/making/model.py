"""The pages on data and words: dictionary, indicators, glossary, rule shapes."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from eduequity import vocab
from eduequity.engine import FLAGS
from eduequity.model import Field, dictionary
from eduequity.registry import Registry
from eduequity.report._words import DIMENSIONS, LEVELS
from eduequity.rules import RULE_KINDS
from eduequity.vocab import Choice, Text
from making.markdown import Writer, anchor, code, page, plain, prose, table
from making.words import FLAGS as MEANT
from making.words import KEYS, TYPES, WORDS


__all__ = ["SHAPES", "TABLES", "TERMS", "Model", "terms", "vocabularies"]

TABLES: Mapping[str, Text] = {
    "county": Text("县：每县一行", "county: a row per county"),
    "schools": Text("学校：每校一行", "schools: a row per school"),
    "teachers": Text("教师：每人一行", "teachers: a row per teacher"),
    "classes": Text("班级：每班一行", "classes: a row per class"),
    "kindergartens": Text("幼儿园：每园一行", "kindergartens: a row per kindergarten"),
    "monitoring": Text("质量监测：每科目一行", "monitoring: a row per subject"),
    "survey": Text("社会认可度调查：每类对象一行", "survey: a row per group asked"),
    "finance": Text("教育经费：每年一行", "finance: a row per year"),
    "attestations": Text(
        "签认：每个是否判断一行", "attestations: a row per signed yes or no"
    ),
    "reported": Text("公布数：每个数据一行", "reported: a row per published figure"),
    "areas": Text("地区（规则包的数据项用）", "areas (for the fields of packs)"),
    "townships": Text("乡镇（规则包的数据项用）", "townships (for fields of packs)"),
}

SHAPES: Mapping[str, str] = {
    "threshold": "逐个单位比较：指标值与参数（或另一个值）相比。`breaches` 指明一个专记本规则不达标数的"
    "列，县级合计可据此补足各校未报的部分。",
    "range": "逐个单位判断：指标值落在区间内，含两端。",
    "quorum": "若干项门槛中至少达到规定项数，未达的一项不低于门槛的规定比例（“6+1”）。",
    "dispersion": "同一学段各学段单位之间按学生数加权的差异系数，与参数相比。",
    "mean_dispersion": "若干差异系数的简单平均数（2012年的综合差异系数），分学段与参数相比。",
    "share": "全县的比例：一列之和除以另一列之和；或符合条件（`meets`）、达到某门槛（`reaches`）的单位所占比例。",
    "every": "表中列明的每一项都必须有数据，且都达到门槛，如国家义务教育质量监测的各科目。",
    "all": "若干个是否判断全部为“是”。",
    "attested": "由责任人签认；也可以指明一个是否列作为依据。",
    "veto": "一票否决事项：不得发生。",
    "trend": "最近一年的数据与上一年相比，如两个“只增不减”。",
    "check": "由规则包自带的 Python 函数逐个单位给出“是、否、证据不足”。",
}
"""What each shape does, in Chinese; the English is its docstring."""

TERMS: Mapping[str, tuple[str, str, str]] = {
    "差异系数": (
        "coefficient of variation",
        "标准差与平均数之比，衡量校际差距；优质均衡按学生数加权，逐项、分学段计算，小学不超过0.50，初中不超过0.45",
        "standard deviation over mean: how far schools differ; weighted by pupils, each indicator and stage by itself, at most 0.50 in primary and 0.45 in junior schools",
    ),
    "校际差异": (
        "difference between schools",
        "同一县内学校之间的差距",
        "how far the schools of a county differ",
    ),
    "优质均衡": (
        "quality balance",
        "县域义务教育优质均衡发展，督导评估依据教督〔2017〕6号",
        "quality-balanced compulsory education, evaluated under 教督〔2017〕6号",
    ),
    "基本均衡": (
        "basic balance",
        "县域义务教育基本均衡发展，督导评估依据教督〔2012〕3号；申报优质均衡须先通过",
        "basically balanced compulsory education, 教督〔2012〕3号; passed before quality balance",
    ),
    "普及普惠": (
        "universal and inclusive preschool",
        "县域学前教育普及普惠督导评估",
        "the evaluation of preschool education",
    ),
    "督导评估": (
        "supervisory evaluation",
        "教育督导机构按办法对县级政府履职和学校办学的评估",
        "the evaluation of a county by the education inspectorate",
    ),
    "学段单位": (
        "section",
        "计算的单位，每个一行：独立小学、独立初中、一贯制学校的小学部或初中部、完全中学的初中部、50人以上教学点",
        "a row of computation: one stage of one school",
    ),
    "余项": (
        "the missed indicator",
        "七项中没有达到的那一项，不得低于要求的85%",
        "the one indicator of the seven that is missed; it must reach 85 %",
    ),
    "申报表": (
        "application form",
        "义务教育优质均衡发展县（市、区）申报表，表Ⅰ至表Ⅵ",
        "the official forms Ⅰ to Ⅵ",
    ),
    "质量监测": (
        "monitoring of learning",
        "国家义务教育质量监测，只能由国家组织认定",
        "national monitoring of compulsory education",
    ),
    "社会认可度": (
        "public recognition",
        "家长、教师、校长、人大代表等的满意度，85%以上",
        "satisfaction of parents, teachers, heads and others, at least 85 %",
    ),
    "一票否决": (
        "veto",
        "出现任何一项即不予认定",
        "any one of them and the county is not recognised",
    ),
    "骨干教师": (
        "backbone teacher",
        "县级以上教育行政部门认定的骨干教师",
        "a teacher with a title awarded at county level or above",
    ),
    "规模较小学校": (
        "small school",
        "不足100名学生的学校，公用经费按不低于100人核定",
        "a school of under 100 pupils, funded as if it had 100",
    ),
    "随迁子女": (
        "migrant children",
        "进城务工人员随迁子女",
        "children who moved with their working parents",
    ),
    "交流轮岗": (
        "rotation",
        "教师校长在校际间交流任教",
        "teachers moving between schools",
    ),
    "大班额": (
        "oversized class",
        "超过标准人数的班级",
        "a class above the standard size",
    ),
    "规则包": (
        "rule pack",
        "写成数据的法规：规则、数值、出处",
        "the law as data: rules, values, sources",
    ),
    "口径": ("reading", "条文有歧义时的取法", "how an ambiguous text is taken"),
    "知悉程度": (
        "how it is known",
        "我们通读过、见过摘录，还是只有二手来源",
        "read in full, in excerpt, or known at second hand",
    ),
    "整改台账": (
        "ledger",
        "未达标事项的清单：每项注明责任部门、完成时限、进展和佐证，逐项销号",
        "the list of what is to be put right, item by item, until struck off",
    ),
    "销号": (
        "striking off",
        "以后的数据表明已达标，台账中的这一项即告完成；手工改字不能销号",
        "an item is done when later data show it met; typing does not do it",
    ),
    "缺口": (
        "shortfall",
        "使未达标项达标还差的最小整数改动",
        "the smallest whole change that meets what is unmet",
    ),
    "最省方案": (
        "plan",
        "费用最少而使资源配置各项达标的一组改动",
        "the cheapest changes that meet the rules of resources",
    ),
    "限值": (
        "threshold",
        "规则拿来比较的数：标准值、上限或下限",
        "what a value is compared with",
    ),
    "放宽条款": (
        "relaxation",
        "2019年《工作规程》对部分学校的过渡性放宽，R-1至R-5",
        "the transitional easing of 2019, R-1 to R-5",
    ),
    "自评结论": (
        "self-assessment",
        "去掉只能由国家认定的项目之后的结论",
        "the verdict without what only the nation determines",
    ),
    "公布数": (
        "reported figure",
        "他人公布、没有原始数据的数",
        "a figure that somebody published",
    ),
}
"""The field's terms that are no label of the model: English, Chinese, English meaning."""


def vocabularies() -> dict[str, type[Choice]]:
    """Return the closed lists of words, by name."""
    found = {
        name: each
        for name, each in vars(vocab).items()
        if isinstance(each, type) and issubclass(each, Choice) and each is not Choice
    }
    return {name: each for name, each in found.items() if name != "Unit"}


def terms(registry: Registry) -> list[str]:
    """Return every Chinese term of the glossary and the model: jieba's dictionary."""
    words = [
        *TERMS,
        *(each.zh for each in DIMENSIONS.values()),
        *(each.label.zh for kind in vocabularies().values() for each in kind),
        *(each.label.zh for each in registry.indicators.values()),
        *(f.label.zh for fs in dictionary(registry.fields).values() for f in fs),
        *(rule.label.zh for pack in registry.packs for rule in pack.rules.values()),
    ]
    parts = [part for word in words for part in _split(word)]
    return sorted({each for each in parts if 2 <= len(each) <= 12})


def _split(word: str) -> list[str]:
    import re

    return re.findall(r"[\u4e00-\u9fff]+", word)


class Model(Writer):
    """The words and the data of everything that is installed, in one language."""

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the text of every page."""
        yield "reference/data-dictionary.md", self.data_dictionary()
        yield "reference/indicators.md", self.indicators()
        yield "reference/rule-shapes.md", self.shapes()
        yield "glossary.md", self.glossary()

    def data_dictionary(self) -> str:
        """Return every column of every table."""
        parts = [
            self.say(
                "每一列都认得英文名、中文名和官方表的表头；空格和括号的全半角都不影响。\n"
                "**空白就是未知**，不是零。比例（`share`）一律用 0–1 的小数；"
                "表头带“（%）”或单元格写成 `24.4%` 时自动换算。\n"
                "官方表的表头逐条对照见 {doc}`form-headings`，数据之间的核对见 {doc}`checks`。",
                "Every column is known by its English name, its Chinese label and the "
                "headings of the official forms; white space and bracket width never "
                "matter.\n**A blank is unknown**, never zero. Shares are fractions "
                "from 0 to 1; a heading in （%） or a cell `24.4%` is converted.\n"
                "For the forms' headings see {doc}`form-headings`, for what is compared "
                "on reading {doc}`checks`.",
            )
        ]
        parts.append(
            table(
                self._head("类型 含义", "type|meaning"),
                ((code(name), said.get(self.lang)) for name, said in TYPES.items()),
            )
        )
        for name, fields in dictionary(self.registry.fields).items():
            label = TABLES.get(name, Text(name, name))
            parts.append(
                f"({anchor('table', name)})=\n\n## {code(name)} {label.get(self.lang)}"
            )
            parts.append(
                table(
                    self._head(
                        "列 名称 类型 单位 取值 时点 其他表头",
                        "column|label|type|unit|values|period|other headings",
                    ),
                    map(self._field, fields),
                )
            )
        return page(self.say("数据字典", "Data dictionary"), *parts)

    def _field(self, field: Field) -> list[str]:
        names = code(field.name)
        if field.required:
            names += " " + self.say("（必填）", "(required)")
        if field.per_stage:
            names += self.say(
                "<br>可加前缀 `primary_`、`junior_`",
                "<br>also with `primary_`, `junior_`",
            )
        low, high = field.minimum, field.maximum
        year = (low or 0) >= 1000  # a year is no number of anything
        bounds = ""
        if field.choices:
            bounds = self.say("、", ", ").join(
                f"{code(each)} {each.label.get(self.lang)}" for each in field.choices
            )
        elif field.type in ("integer", "number", "areas"):
            bounds = f"{'' if low is None else f'{low:g}'} – {'' if high is None else f'{high:g}'}"
        return [
            names,
            plain(field.label.get(self.lang)),
            code(field.type),
            plain(field.unit.label.get(self.lang) if field.unit and not year else ""),
            bounds,
            plain(field.period.get(self.lang) if field.period else ""),
            plain("、".join(field.aliases)),
        ]

    def indicators(self) -> str:
        """Return every formula that rules may name."""
        parts = [
            self.say(
                "指标是有类型的纯函数，参数名就是它需要的列、指标或法规参数。缺一个，结果就是未知。",
                "An indicator is a typed pure function whose argument names say what it "
                "needs: columns, indicators, parameters of the law. What lacks one is "
                "unknown.",
            )
        ]
        for name, each in self.registry.indicators.items():
            parts.append(f"({anchor('indicator', name)})=\n\n## {code(name)}")
            rows = [
                (self.say("名称", "label"), plain(each.label.get(self.lang))),
                (
                    self.say("单位", "unit"),
                    plain(each.unit.label.get(self.lang)) or "—",
                ),
                (self.say("算式", "formula"), code(each.formula)),
                (self.say("所需", "needs"), "、".join(map(code, each.inputs))),
            ]
            parts.append(table(["", ""], [row for row in rows if row[1]]))
        return page(self.say("指标", "Indicators"), *parts)

    def shapes(self) -> str:
        """Return the closed union of rule shapes with their keys."""
        parts = [
            self.say(
                "规则的形态只有这些（封闭集合，由 `kind` 区分）。新规则＝一种形态＋参数；"
                "新公式＝规则包自带的 Python 指标。每种形态都在 `eduequity schema pack` 里。",
                "A closed union, tagged by `kind`. A new rule is one of these shapes with "
                "parameters, a new formula a Python indicator. All of them are in "
                "`eduequity schema pack`.",
            )
        ]
        base = [each.name for each in attrs.fields(RULE_KINDS["veto"])]
        base.remove("field")
        parts += [
            f"## {self.say('每条规则都可以写的键', 'Keys of every rule')}",
            self._keys(RULE_KINDS["veto"], base),
        ]
        for kind, shape in RULE_KINDS.items():
            english = prose(shape)
            parts.append(f"({anchor('shape', kind)})=\n\n## {code(kind)}")
            parts.append(SHAPES.get(kind, english) if self.lang == "zh" else english)
            own = [e.name for e in attrs.fields(shape) if e.name not in base]
            parts.append(self._keys(shape, own))
            parts.append(self._used(kind))
        return page(self.say("规则形态", "Rule shapes"), *parts)

    def _keys(self, shape: type[Any], names: list[str]) -> str:
        hints = get_type_hints(shape)
        fields = attrs.fields_dict(shape)
        rows = []
        for name in names:
            default = fields[name].default
            if default is attrs.NOTHING:
                shown = self.say("必填", "required")
            else:
                shown = code(default) if default not in (None, (), False) else ""
            toml = {"start": "from"}.get(name, name)
            meaning = KEYS[toml].get(self.lang) if toml in KEYS else ""
            rows.append((code(toml), meaning, _type(hints[name]), shown))
        return table(
            self._head("键 含义 类型 默认值", "key|meaning|type|default"), rows
        )

    def _used(self, kind: str) -> str:
        found = [
            f"[{code(name)}](../regulations/{p.info.id}.md#{anchor('rule', p.info.id, name)})"
            for p in self.registry.packs
            for name, rule in p.rules.items()
            if rule.kind == kind
        ]
        if not found:
            return self.say("已安装的规则包都没有用到。", "No installed pack uses it.")
        more = " …" if len(found) > 6 else ""
        return self.say("例：", "Used by ") + "、".join(found[:6]) + more

    def glossary(self) -> str:
        """Return the terms: ours, then every label of the closed vocabularies."""
        rows = [
            (
                f"**{plain(zh)}**",
                plain(en),
                plain(means_zh if self.lang == "zh" else means),
            )
            for zh, (en, means_zh, means) in TERMS.items()
        ]
        parts = [
            table(self._head("中文 英文 含义", "Chinese|English|meaning"), rows),
            f"## {self.say('方面', 'Dimensions')}",
            self._words(dict(DIMENSIONS.items())),
            f"## {self.say('层级', 'Levels')}",
            self._words(LEVELS),
        ]
        for name, kind in sorted(vocabularies().items()):
            said = WORDS[name].get(self.lang) if name in WORDS else ""
            parts.append(f"## {said[:1].upper()}{said[1:]} {code(name)}")
            parts.append(self._words({each.value: each.label for each in kind}))
        parts.append(f"## {self.say('标记', 'Flags')}")
        parts.append(
            table(
                self._head("标记 含义", "flag|meaning"),
                (
                    (code(flag), MEANT[flag].get(self.lang) if flag in MEANT else "")
                    for flag in FLAGS
                ),
            )
        )
        return page(self.say("术语", "Glossary"), *parts)

    def _words(self, words: Mapping[str, Text]) -> str:
        return table(
            self._head("代码 中文 英文", "code|Chinese|English"),
            ((code(k), plain(v.zh), plain(v.en)) for k, v in words.items()),
        )


def _type(hint: Any) -> str:
    """Write a type as an official would need to know it."""
    origin = get_origin(hint)
    if origin is Literal:
        return "、".join(code(each) for each in get_args(hint))
    if origin in (Union, types.UnionType):
        members = [each for each in get_args(hint) if each is not type(None)]
        return " / ".join(dict.fromkeys(map(_type, members)))
    if origin is tuple:
        return f"[{_type(get_args(hint)[0])}, …]"
    if isinstance(hint, type) and issubclass(hint, Choice):
        return "、".join(code(each.value) for each in hint)
    if hint is Text:
        return "{zh, en}"
    named = {
        "Test": "where",
        "str": "text",
        "int": "integer",
        "float": "number",
        "bool": "boolean",
    }
    name = getattr(hint, "__name__", str(hint))
    return named.get(name, name)
