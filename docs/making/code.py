"""The pages on code: command line, errors, hooks, schemas, API, plugins."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

import eduequity as ee
from eduequity import (
    errors,
    hooks,
    indicators,
    ledger,
    measures,
    planning,
    rules,
    testing,
)
from eduequity.cli import app
from eduequity.io._crosschecks import CHECKS
from eduequity.report import SCHEMAS
from eduequity.vocab import Text
from making.markdown import (
    Writer,
    anchor,
    code,
    example,
    page,
    plain,
    prose,
    table,
)
from making.words import MODULES, NAMES, OPTIONS


__all__ = [
    "CURES",
    "HOOKS",
    "Code",
    "chinese",
    "commands",
    "hook_specs",
    "option",
    "problem_codes",
]

ROOT = Path(__file__).parents[2]

CURES: Mapping[str, tuple[Text, Text]] = {
    "EduEquityError": (
        Text(
            "所有可由调用者纠正的错误的共同基类",
            "the base of every error a caller can mend",
        ),
        Text(
            "不确定会出哪一种时捕获它；其余异常是程序缺陷，请报告",
            "catch it where any of them may come; anything else is a bug, report it",
        ),
    ),
    "EduEquityWarning": (
        Text("所有警告的共同基类", "the base of every warning"),
        Text("按 Python 的警告过滤器处理", "filter it as any Python warning"),
    ),
    "InputError": (
        Text("数据不可用：缺列、错值、自相矛盾", "the data cannot be used"),
        Text(
            "逐条看 `problems`，每条有文件、表、单元格；`eduequity check --out` 把错处标在副本上",
            "go through `problems`, each with file, sheet and cell; `eduequity check --out` marks them in a copy",
        ),
    ),
    "MissingExtraError": (
        Text("用到了没有安装的可选部分", "an optional part is not installed"),
        Text(
            "照提示安装：`pip install 'eduequity[…]'`",
            "install it as the message says: `pip install 'eduequity[…]'`",
        ),
    ),
    "MissingFontWarning": (
        Text(
            "本机没有中文字体，图中文字改用英文",
            "no font on this machine shows Chinese, plots are labelled in English",
        ),
        Text(
            "安装中文字体，如 Debian 的 `fonts-noto-cjk`",
            "install one, such as Debian's `fonts-noto-cjk`",
        ),
    ),
    "OptionError": (
        Text("口径没有这个选项", "a reading does not offer that choice"),
        Text("从 `choices` 里选一个", "take one of `choices`"),
    ),
    "OutputError": (
        Text(
            "文件写不出来；原有文件保持不变",
            "a file cannot be written; what was there is untouched",
        ),
        Text(
            "换一个路径，关闭正打开它的程序，或检查权限与磁盘空间",
            "choose another path, close what holds it open, look at permissions and space",
        ),
    ),
    "PackConflictError": (
        Text("两个规则包声明了同一件事", "two packs claim the same thing"),
        Text(
            "卸载其一，或用 `EDUEQUITY_DISABLE_PLUGINS` 停用",
            "uninstall one of them, or name it in `EDUEQUITY_DISABLE_PLUGINS`",
        ),
    ),
    "PackError": (
        Text("规则包有错", "a rule pack has defects"),
        Text(
            "按文件、行号和路径修改；`eduequity packs check` 一次列全",
            "mend them by file, line and path; `eduequity packs check` lists all",
        ),
    ),
    "PluginError": (
        Text("插件加载失败", "a plugin could not be loaded"),
        Text(
            "看 `reason`，升级或停用该发行包",
            "read `reason`; upgrade or disable that distribution",
        ),
    ),
    "Problem": (
        Text(
            "一处问题：代码、位置、中英文说明（不是异常）",
            "one thing wrong at one place (no exception)",
        ),
        Text(
            "`place` 是位置，`text(lang)` 是一行说明",
            "`place` says where, `text(lang)` says all on one line",
        ),
    ),
    "UnknownNameError": (
        Text(
            "没有这个名字：评估项目、规则、指标、口径、规则包",
            "nobody declares that name",
        ),
        Text(
            "照 `did_you_mean` 改正，或从 `known` 里选",
            "mend it as `did_you_mean` says, or take one of `known`",
        ),
    ),
}
"""Cause and cure of every public name of `eduequity.errors`."""

HOOKS: Mapping[str, str] = {
    "eduequity_packs": "返回插件带来的规则包文件夹。注册表第一次要规则包时调用一次。有错的规则包被剔除并报告，同一插件的其他规则包照用。",
    "eduequity_indicators": "返回指标（用 `@indicator` 标记的函数），供规则引用。第一次要指标时调用一次。名字已被占用时整个插件被剔除，并指出双方。",
    "eduequity_checks": "返回形态为 `check` 的规则所用的判断函数：1 是，0 否，NaN 证据不足。声明方式与指标相同，单位为 `Unit.YES_NO`。",
    "eduequity_readers": '按文件后缀返回读取函数，如 `{".dbf": read_dbf}`。函数收到路径，返回各表（按行或按列），随后照常检查。',
    "eduequity_renderers": '按文件后缀返回输出函数，如 `{".pdf": write_pdf}`，以 `(assessment, stream, *, lang)` 调用，`stream` 是二进制流。',
    "eduequity_review": "对评估结果提出意见；意见列在结果的提示之中，不能改变结果。",
}
"""What each hook does, in Chinese; the English is its docstring."""

COMMANDS: Mapping[str, str] = {
    "evaluate": "评估一个或多个县：哪些未达标，哪些证据不足。",
    "explain": "说明一条结论的理由：算式、数值、条款、知悉程度。",
    "notice": "给一所学校写一页《学校告知单》（.docx）。",
    "demo": "评估内置的合成示例县；退出码总是 0。",
    "check": "检查数据，一次列出全部问题，不作判断；没有问题退出码为 0，否则为 2。",
    "template": "写出空白工作簿，填好后即可评估。",
    "shortfall": "差多少：使未达标项达标的最小整数改动及合计。",
    "roadmap": "路线图：分阶段目标、现状、距离国家标准还有多远、责任单位。",
    "compare": "前后对比：两次评估之间哪些结论变了，为什么变。",
    "ledger": "整改台账：未达标事项逐项列出，以后的数据表明已整改才销号。",
    "plan": "最省方案：用最少的投入达到资源配置要求，逐校列出要做的事。",
    "what-if": "假如：改动若干数据之后，结论会怎样；几种情景可以并列。",
    "project": "推算：由现有学生数推算今后各年的学生数和结论，以区间表示。",
    "verify": "复核：按结果里记录的规则包、口径和日期重新评估，说出不同之处。",
    "schema": "输出 JSON Schema（draft 2020-12）或数据字典。",
    "packs list": "列出已安装的规则包，以及未能加载的。",
    "packs show": "列出某地现行的每条规则、数值、出处和所在层级。",
    "packs check": "规则包体检，一行一个缺陷；有缺陷退出码为 1。",
    "packs new": "新建一个规则包发行包，自带的测试立刻能通过。",
}
"""What each command does, in Chinese; the English is its docstring."""


OTHER_CODES: Mapping[str, Text] = {
    "more-problems": Text("另有 … 处问题未列出", "… further problems"),
    "pack-area": Text(
        "规则包的地区不在发行包声明的地区之内：…",
        "the area of a pack is not one that its distribution declares: …",
    ),
    "unknown-id": Text(
        "台账记录中没有这个编号；编号不可改动，新项由评估列入",
        "no id of the ledger's record; ids are not edited, new items come from "
        "assessments",
    ),
    "unknown-name": Text(
        "规则用到的列、指标、参数或规则没有声明，附最接近的名字",
        "a rule names a column, indicator, parameter or rule that nobody declares; the "
        "closest name is given",
    ),
    "impossible-change": Text(
        "这样的改动做不到，说明中写有原因和可行的改法",
        "a change that cannot be made; the sentence says why and what can",
    ),
    "no-pupils": Text(
        "改动后学生数为 0，应大于 0；撤并学校请用合并",
        "a change leaves no pupils, expected more than 0; to close a school merge it",
    ),
    "negative-number": Text(
        "… 小于 0，应不小于此数", "… is below 0, the least that can be right"
    ),
    "too-small": Text(
        "… 小于 …，应不小于此数", "… is below …, the least that can be right"
    ),
    "unread-column": Text("这一列不读入", "a column that is not read"),
    "wrong-type": Text("类型不对", "of the wrong type"),
    "wrong-unit": Text(
        "单位不对，应为表头所写的单位",
        "of the wrong unit, expected that of the heading",
    ),
}
"""Codes whose sentences are put together elsewhere than where they are named."""


def commands() -> dict[str, Any]:
    """Return the commands by the words that call them."""
    own = [name for name in app if not name.startswith("-") and name != "packs"]
    inner = [name for name in app["packs"] if not name.startswith("-")]
    return {name: app[name] for name in own} | {
        f"packs {name}": app["packs"][name] for name in inner
    }


def hook_specs() -> dict[str, Any]:
    """Return the hook specifications by name."""
    return {
        name: each
        for name, each in vars(hooks).items()
        if name.startswith("eduequity_") and callable(each)
    }


_CODE = re.compile(r"[a-z]+(-[a-z]+)+\Z")


def problem_codes() -> dict[str, tuple[str, str, set[str]]]:
    """
    Return every code of a `Problem` with its sentences and modules, from the source.

    A part of a sentence that is known only when it happens stands as ``…``.
    """
    found: dict[str, tuple[str, str, set[str]]] = {
        name: (said.zh, said.en, set()) for name, said in OTHER_CODES.items()
    }
    found.update(
        (
            each.id,
            (f"应当：{each.sentence.zh}", f"expected: {each.sentence.en}", {"io"}),
        )
        for each in CHECKS.values()
    )
    for folder in ("io", "model", "facts", "rules", "testing"):
        for path in sorted((ROOT / "src" / "eduequity" / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    _codes_in(function, f"{folder}.{path.stem}", found)
    for name in ("registry", "_verify"):
        path = ROOT / "src" / "eduequity" / f"{name}.py"
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                _codes_in(function, name, found)
    return found


def _codes_in(
    function: ast.FunctionDef, where: str, found: dict[str, tuple[str, str, set[str]]]
) -> None:
    sentences = {
        target.id: pair
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and isinstance(target := node.targets[0], ast.Name)
        and (pair := _pair(node.value))
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            given = [*node.args, *(k.value for k in node.keywords)]
        elif isinstance(node, ast.Tuple):
            given = node.elts
        else:
            continue
        names = [
            each.value
            for each in given
            if isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and _CODE.match(each.value)
        ]
        pair = _pair_among(node, given, sentences)
        if len(names) == 1 and pair:
            zh, en, there = found.get(names[0], (*pair, set()))
            found[names[0]] = (zh, en, there | {where})


def _pair_among(
    node: ast.AST, given: list[ast.expr], sentences: Mapping[str, tuple[str, str]]
) -> tuple[str, str] | None:
    if isinstance(node, ast.Call):
        words = {k.arg: k.value for k in node.keywords}
        if "zh" in words and "en" in words:
            return _template(words["zh"]), _template(words["en"])
    for each in given:
        pair = _pair(each)
        if pair:
            return pair
        if isinstance(each, ast.Name) and each.id in sentences:
            return sentences[each.id]
        owner = getattr(getattr(each, "value", None), "id", "")
        if owner in sentences:
            return sentences[owner]
    strings = [
        _template(e) for e in given if isinstance(e, ast.Constant | ast.JoinedStr)
    ]
    spoken = [e for e in strings if e and not _CODE.match(e)]
    chinese = [e for e in spoken if re.search(r"[\u4e00-\u9fff]", e)]
    if len(spoken) >= 2 and chinese and chinese[0] == spoken[0]:
        return spoken[0], spoken[1]
    return None


def _pair(node: ast.expr) -> tuple[str, str] | None:
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Text":
        return None
    if len(node.args) != 2:
        return None
    return _template(node.args[0]), _template(node.args[1])


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values
        )
    if isinstance(node, ast.BinOp):
        return _template(node.left) + _template(node.right)
    return "…"


class Code(Writer):
    """What is written from the code itself, in one language."""

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the text of every page."""
        yield "reference/command-line.md", self.command_line()
        yield "reference/errors.md", self.errors()
        yield "reference/json-schemas.md", self.schemas()
        yield "reference/api.md", self.api()
        yield "reference/index.md", self.index()
        yield "plugins/hooks.md", self.hooks()
        yield "plugins/directory.md", self.directory()
        yield "explanation/architecture.md", self.architecture()
        for name, make in SCHEMAS.items():
            made = json.dumps(make(self.registry.fields), ensure_ascii=False, indent=1)
            yield f"reference/{name}.schema.json", made + "\n"

    def index(self) -> str:
        """Return the contents of the reference."""
        names = (
            "data-dictionary",
            "indicators",
            "rule-shapes",
            "command-line",
            "errors",
            "json-schemas",
            "api",
            "form-headings",
            "checks",
            "benchmarks",
        )
        return page(
            self.say("参考", "Reference"),
            self.say(
                "本部分全部由代码生成：改了代码，页面就变；漏了说明，测试就不过。",
                "All of this is made from the code: change the code and the page "
                "changes; leave something undocumented and a test fails.",
            ),
            "```{toctree}\n" + "\n".join(names) + "\n```",
        )

    # -- command line ------------------------------------------------------------

    def command_line(self) -> str:
        """Return every command with every option."""
        parts = [
            self.say(
                "`evaluate` 的退出码：0 达标，1 未达标，3 证据不足（多个县时：有未达标为 1，否则有证据不足为 3）；"
                "2 输入、规则包或用法有误，错误逐行写到标准错误；70 程序缺陷。",
                "Exit status of `evaluate`: 0 met, 1 unmet, 3 unknown (several counties: "
                "any unmet 1, else any unknown 3); 2 the input, the packs or the usage "
                "cannot be used, one line a problem on stderr; 70 a bug of ours.",
            )
        ]
        for name, command in commands().items():
            parts.append(f"({anchor('command', name)})=\n\n## eduequity {name}")
            english = _summary(command.default_command)
            parts.append(COMMANDS.get(name, english) if self.lang == "zh" else english)
            parts.append(self._arguments(name, command))
        return page(self.say("命令行", "Command line"), *parts)

    def _arguments(self, name: str, command: Any) -> str:
        rows, usage = [], [f"eduequity {name}"]
        for each in command.assemble_argument_collection():
            if not each.show:
                continue
            flag = each.names[0]
            positional = not flag.startswith("-")
            usage += [flag] if positional and each.required else []
            usage += [f"{flag} …"] if each.required and not positional else []
            default = each.field_info.default
            if each.required:
                shown = self.say("必填", "required")
            elif default in (None, ()) or default is inspect.Parameter.empty:
                shown = ""
            else:
                shown = code(default)
            names = self.say("、", ", ").join(map(code, each.names))
            said = self.say(option(name, each), plain(_help(command, each)))
            rows.append((names, said, _choices(each.hint), shown))
        head = self._head("参数 说明 取值 默认值", "argument|meaning|choices|default")
        return f"```text\n{' '.join(usage)}\n```\n\n" + table(head, rows)

    # -- errors ----------------------------------------------------------------------

    def errors(self) -> str:
        """Return every class with cause and cure, then every code of a problem."""
        parts = []
        for name in errors.__all__:
            cause, cure = CURES.get(name, (Text("", ""), Text("", "")))
            made = getattr(errors, name)
            bases = [
                b.__name__ for b in made.__mro__[1:-1] if not b.__name__.startswith("_")
            ]
            rows = [
                (self.say("原因", "cause"), cause.get(self.lang)),
                (self.say("办法", "cure"), cure.get(self.lang)),
                (self.say("继承自", "derives from"), "、".join(map(code, bases[:3]))),
                (self.say("字段", "fields"), "、".join(map(code, _arguments_of(made)))),
            ]
            parts.append(f"({anchor('error', name)})=\n\n## {code(name)}")
            parts.append(table(["", ""], [row for row in rows if row[1]]))
        parts.append(f"## {self.say('问题代码', 'Codes of problems')}")
        parts.append(
            self.say(
                "`InputError` 和 `PackError` 里每条 `Problem` 的 `code`。“…”处在运行时填上实际看到的内容；"
                "“应…”之后就是改法。",
                "The `code` of each `Problem` in an `InputError` or a `PackError`. What "
                "is known only when it happens stands as “…”; after “expected” comes "
                "the cure.",
            )
        )
        rows = [
            (code(name), plain(zh if self.lang == "zh" else en))
            for name, (zh, en, _) in sorted(problem_codes().items())
        ]
        parts.append(table(self._head("代码 说明", "code|sentence"), rows))
        return page(self.say("错误", "Errors"), *parts)

    # -- schemas, API ------------------------------------------------------------

    def schemas(self) -> str:
        """Return the published schemas, each to download and in full."""
        parts = [
            self.say(
                "与 `eduequity schema 名称` 输出的内容相同（含已安装规则包的数据项）。",
                "The same as `eduequity schema NAME` prints, with the fields of the "
                "packs that are installed.",
            )
        ]
        for name in SCHEMAS:
            parts.append(f"({anchor('schema', name)})=\n\n## {code(name)}")
            parts.append(
                f"{{download}}`{name}.schema.json`\n\n:::{{dropdown}} {name}\n"
                f"```{{literalinclude}} {name}.schema.json\n:language: json\n```\n:::"
            )
        return page(self.say("JSON 格式定义", "JSON Schemas"), *parts)

    def api(self) -> str:
        """Return the public names, each documented once from its docstring."""
        parts = [
            self.say(
                "公开的名字都在 `eduequity` 之下。每个名字先有一行中文说明，"
                "其后的英文取自源代码的文档字符串。",
                "Public names stand in `eduequity`; the text comes from the source.",
            )
        ]
        modules = [n for n in ee.__all__ if isinstance(getattr(ee, n), ModuleType)]
        functions = [n for n in ee.__all__ if inspect.isfunction(getattr(ee, n))]
        classes = [n for n in ee.__all__ if inspect.isclass(getattr(ee, n))]
        others = [n for n in ee.__all__ if n not in {*modules, *functions, *classes}]
        own = [n for n in classes if n not in errors.__all__]
        groups = [
            (self.say("函数", "Functions"), "eduequity", functions),
            (self.say("类", "Classes"), "eduequity", own),
            (self.say("插件标记", "Markers for plugins"), "eduequity", others),
        ]
        spaces: list[ModuleType] = [errors, measures, planning, ledger, rules, testing]
        spaces += [hooks, indicators]
        groups += [(f"`{m.__name__}`", m.__name__, list(m.__all__)) for m in spaces]
        seen: set[int] = set()
        for title, module, names in groups:
            parts.append(f"## {title}")
            if self.lang == "zh" and module.partition(".")[2] in MODULES:
                parts.append(MODULES[module.partition(".")[2]])
            directives = [_directive(module, name, seen, self.lang) for name in names]
            parts.append(
                "```{eval-rst}\n" + "\n".join(filter(None, directives)) + "\n```"
            )
        return page("API", *parts)

    # -- plugins ------------------------------------------------------------------------

    def hooks(self) -> str:
        """Return every hook with its exact signature."""
        parts = [
            self.say(
                "插件是一个模块，其中的函数与钩子同名，并用 `eduequity.hookimpl` 标记；"
                "实现时可以少写参数。内置的国家规则走的也是这些钩子。",
                "A plugin is a module with functions of these names, each marked with "
                "`eduequity.hookimpl`; it may name fewer arguments. Our own national "
                "rules come through the same hooks.",
            )
        ]
        for name, spec in hook_specs().items():
            signature = str(inspect.signature(spec)).replace("'", "")
            parts.append(f"({anchor('hook', name)})=\n\n## {code(name)}")
            parts.append(f"```python\n{name}{signature}\n```")
            parts.append(HOOKS.get(name, "") if self.lang == "zh" else prose(spec))
            parts.append(example(spec))
            users = self._users(name)
            if users:
                parts.append(
                    self.say("使用者：", "Used by ") + "、".join(map(code, users))
                )
        return page(self.say("钩子", "Hooks"), *parts)

    def _users(self, hook: str) -> list[str]:
        return [
            plugin.distribution
            for plugin in self.registry.plugins
            if hasattr(plugin.module, hook)
        ]

    def directory(self) -> str:
        """Return the distributions that live in this repository."""
        rows = []
        for path in sorted((ROOT / "plugins").glob("*/pyproject.toml")):
            project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
            packs = [
                f"[{code(p.info.id)}](../regulations/{p.info.id}.md)"
                for p in self.registry.packs
                if p.distribution == project["name"]
            ]
            rows.append(
                (
                    code(project["name"]),
                    project["version"],
                    self.say("、", ", ").join(packs),
                )
            )
        return page(
            self.say("插件目录", "Directory of plugins"),
            self.say(
                "本仓库维护的发行包。安装即生效：`pip install 名称`。",
                "The distributions kept in this repository. Installing one is enough: "
                "`pip install NAME`.",
            ),
            table(self._head("发行包 版本 规则包", "distribution|version|packs"), rows),
        )

    def architecture(self) -> str:
        """Return the drawing of the layers, from the contract that CI checks."""
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        contract = tomllib.loads(text)["tool"]["importlinter"]["contracts"][0]
        rows = []
        for layer in contract["layers"]:
            names = [part.strip(" ()") for part in layer.split("|")]
            rows.append([n for n in names if _exists(n)])
        rows = [row for row in rows if row]
        facts = [
            (
                self.say("、", ", ").join(map(code, row)),
                " ".join(self.say(MODULES.get(n, ""), plain(_first(n))) for n in row),
            )
            for row in rows
        ]
        return page(
            self.say("架构", "Architecture"),
            self.say(
                "一次评估，就是一列事实与一列法规的比较：记录在边缘，中间全是列，法规也是列。"
                "下图由 `pyproject.toml` 里的分层约定画出；CI 用 import-linter 检查：只许从上往下引用。",
                "An assessment compares a column of facts with a column of law: records "
                "at the edge, columns inside, the law as a column. The drawing is made "
                "from the contract in `pyproject.toml`, which import-linter checks in "
                "CI: imports run downwards only.",
            ),
            "```{raw} html\n" + _drawing(rows) + "\n```",
            table(self._head("模块 内容", "module|what it is"), facts),
        )


def _summary(function: Any) -> str:
    doc = inspect.getdoc(function) or ""
    said = " ".join(doc.split("\n\n")[0].split())
    head, _, rest = said.partition(": ")
    return plain(rest[:1].upper() + rest[1:] if rest and not head.isascii() else said)


_CHINESE_END = re.compile(r"\s*[^\x00-\x7f]+\Z")
_ARGUMENT = re.compile(r"^    (\w+): ((?:.+\n?)(?:^ {8}.*\n?)*)", re.MULTILINE)


def _help(command: Any, argument: Any) -> str:
    """Return what the docstring says of an argument."""
    from eduequity.cli import _options

    owners = [command.default_command, _options.LawOptions, _options.OutputOptions]
    name = argument.field_info.name
    for owner in owners:
        said = dict(_ARGUMENT.findall(inspect.getdoc(owner) or ""))
        if name in said:
            return _CHINESE_END.sub("", " ".join(said[name].split()))
    return ""


def option(command: str, argument: Any) -> str:
    """Return in Chinese what an argument of *command* does, or nothing."""
    name = argument.field_info.name
    return OPTIONS.get(f"{command} {name}", OPTIONS.get(name, ""))


def chinese(module: str, name: str) -> str:
    """Return the line in Chinese on a public name, or nothing."""
    if name in errors.__all__ and module in ("eduequity", "eduequity.errors"):
        return CURES[name][0].zh if name in CURES else ""
    if module not in NAMES:
        return ""
    return NAMES[module].get(name) or NAMES["eduequity"].get(name, "")


def _choices(hint: Any) -> str:
    from typing import Literal, get_args, get_origin

    return "、".join(map(code, get_args(hint))) if get_origin(hint) is Literal else ""


def _arguments_of(made: Any) -> list[str]:
    names = list(inspect.signature(made.__init__).parameters)[1:]
    return [n for n in names if n not in ("args", "kwargs")]


def _directive(module: str, name: str, seen: set[int], lang: str) -> str:
    made = getattr(import_module(module), name)
    full = f"{module}.{name}"
    if id(made) in seen:
        return ""
    if inspect.isclass(made):
        seen.add(id(made))
        if not made.__module__.startswith("eduequity"):
            return f".. autoclass:: {full}\n"
        more = [*_cached(made)]
        if made in rules.RULE_KINDS.values():
            keys = "每条规则都可以写的键：" if lang == "zh" else "Keys of every rule: "
            more.append(f"   {keys}:doc:`rule-shapes`\n")
        return f".. autoclass:: {full}\n   :members:\n\n" + "\n".join(more)
    if callable(made) and inspect.isfunction(made):
        seen.add(id(made))
        return f".. autofunction:: {full}\n"
    if isinstance(made, ModuleType):
        return ""
    paragraphs = _said_of(module, name).split("\n\n")
    if lang == "zh":
        paragraphs.insert(0, chinese(module, name))
    said = "\n\n   ".join(filter(None, paragraphs))
    return f".. py:data:: {full}\n\n   {said}\n"


def _cached(made: type) -> Iterator[str]:
    """Yield the cached properties of a class with slots, where attrs hides them."""
    tree = (
        ast.parse(textwrap.dedent(inspect.getsource(made))) if attrs.has(made) else None
    )
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            decorators = [getattr(each, "id", "") for each in node.decorator_list]
            if "cached_property" in decorators:
                said = (ast.get_docstring(node) or "").replace("\n", "\n      ")
                yield f"   .. py:property:: {node.name}\n\n      {said}\n"


def _said_of(module: str, name: str) -> str:
    """Return the string below an assignment, wherever the name comes from."""
    found = import_module(module)
    tree = ast.parse(inspect.getsource(found))
    for node, below in zip(tree.body, [*tree.body[1:], ast.Pass()], strict=True):
        imported = (
            getattr(node, "names", ()) if isinstance(node, ast.ImportFrom) else ()
        )
        if any(each.name == name for each in imported):
            assert isinstance(node, ast.ImportFrom)
            if node.module:
                return _said_of(node.module, name)
        names = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if any(getattr(each, "id", None) == name for each in names):
            text = getattr(getattr(below, "value", None), "value", "")
            return inspect.cleandoc(text) if isinstance(text, str) else ""
    return ""


def _exists(name: str) -> bool:
    folder = ROOT / "src" / "eduequity"
    return (folder / name).is_dir() or (folder / f"{name}.py").is_file()


def _first(name: str) -> str:
    folder = ROOT / "src" / "eduequity"
    path = folder / name / "__init__.py"
    path = path if path.is_file() else folder / f"{name}.py"
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split()).replace("`", "")


def _drawing(rows: list[list[str]]) -> str:
    wide, high, gap = 440, 30, 12
    total = len(rows) * (high + gap)
    parts = [
        (
            f'<svg class="layers" role="img" aria-label="layers" viewBox="0 0 {wide} {total}"'
            f' style="max-width:{wide}px;width:100%" font-size="14" font-family="monospace">'
        )
    ]
    for line, row in enumerate(rows):
        top, each = line * (high + gap) + 1, wide / len(row)
        for place, name in enumerate(row):
            left = place * each
            parts.append(
                f'<rect x="{left + 2:g}" y="{top}" width="{each - 4:g}" height="{high}"'
                ' rx="5" fill="none" stroke="currentColor"/>'
                f'<text x="{left + each / 2:g}" y="{top + 20}" text-anchor="middle"'
                f' fill="currentColor">{name}</text>'
            )
        if line + 1 < len(rows):
            parts.append(
                f'<text x="{wide / 2}" y="{top + high + 10}" text-anchor="middle"'
                ' fill="currentColor" font-size="10">▼</text>'
            )
    return "\n".join([*parts, "</svg>"])
