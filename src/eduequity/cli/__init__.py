"""
The command line: typed functions and their docstrings are its commands and its help.

Heavy modules are imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from eduequity.cli._errors import language, lines_of
from eduequity.cli._options import (
    Format,
    Lang,
    LawOptions,
    Level,
    OutputOptions,
    Repeated,
)
from eduequity.cli._streams import console, is_utf8, put, say_error, settle_streams
from eduequity.errors import EduEquityError


if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["app", "run"]

DEMO = Path(__file__).parent / "demo"
DEMO_DAY = "2024-12-31"
UNUSABLE = 2

_DEFAULT_LAW = LawOptions()
_DEFAULT_OUTPUT = OutputOptions()

app = App(
    name="eduequity",
    help=(
        "Tells whether a Chinese county meets the rules of 义务教育优质均衡发展, why, "
        "and by which clause. 县域义务教育优质均衡发展：达不达标、为什么、依据哪一条。"
    ),
    help_format="plaintext",
    help_epilogue=(
        "Exit status of evaluate 退出状态: 0 met 达标, 1 unmet 未达标, "
        "3 unknown 证据不足; 2 input, packs or usage cannot be used 无法使用, "
        "70 a bug of ours 程序错误."
    ),
    version_flags=["--version", "-V"],
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
packs = App(name="packs", help="规则包: rule packs, the law as data.")
app.command(packs)


def run(arguments: Sequence[str]) -> int:
    """
    Run one command and return the exit status.

    What the caller can mend is said on stderr, one line a problem; anything else is
    raised.
    """
    settle_streams()
    lang = language(arguments)
    try:
        status = app(
            list(arguments),
            exit_on_error=False,
            print_error=False,
            console=console(),
        )
    except CycloptsError as error:
        say_error(_usage(error, lang))
        return UNUSABLE
    except EduEquityError as error:
        say_error(lines_of(error, lang))
        return UNUSABLE
    return status if isinstance(status, int) else 0


def _usage(error: CycloptsError, lang: str) -> str:
    error.verbose = False
    said = " ".join(str(error).split())
    command = " ".join(["eduequity", *(error.command_chain or ())])
    if lang == "zh":
        return f"用法有误：{said} 用法见 {command} --help"
    return f"usage: {said} See {command} --help"


# -- judging --------------------------------------------------------------------


@app.command
def evaluate(
    path: str,
    /,
    *,
    previous: str | None = None,
    county: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    output: OutputOptions = _DEFAULT_OUTPUT,
) -> int:
    """
    评估: judge a county, or several; what is unmet, what is not known.

    Args:
        path: A workbook, a folder of workbooks or CSV files, or a JSON document. 数据

        previous: Last year's data; counts that fall or jump become warnings. 上年数据

        county: The code of the one county wanted, where the data has several. 区县代码

        law: Which law is applied.

        output: What is written, and which verdict counts.
    """
    from eduequity.cli import _assess

    _assess.check(path, output)
    assessment = _assess.assess(path, law, previous=previous)
    if county is not None:
        assessment = assessment.only(county)
    _assess.report(assessment, law, output, source=path)
    return _assess.status(assessment, output.level)


@app.command
def explain(path: str, finding_id: str, /, *, law: LawOptions = _DEFAULT_LAW) -> int:
    """
    说明理由: why a finding is what it is, with arithmetic and clause.

    Args:
        path: The same data as for evaluate. 数据

        finding_id: Such as :resources.section_quorum@9999010003/primary. 结论的编号

        law: Which law is applied.
    """
    import eduequity as ee
    from eduequity.cli import _assess

    assessment = _assess.assess(path, law)
    finding = _assess.find(assessment, finding_id)
    _assess.print_lines(str(ee.explain(finding, lang=law.lang)))
    _assess.print_lines(_assess.terms(assessment, law.lang))
    return 0


@app.command
def notice(
    path: str,
    /,
    *,
    school: str,
    out: str,
    law: LawOptions = _DEFAULT_LAW,
) -> int:
    """
    学校告知单: write one page for one school (.docx): what it meets, what it misses.

    Args:
        path: The same data as for evaluate. 数据

        school: The school's code. 学校代码

        out: The Word file to write. 告知单文件

        law: Which law is applied.
    """
    from eduequity.cli import _assess
    from eduequity.report import write_notice

    assessment = _assess.assess(path, law)
    write_notice(assessment, school, out, lang=law.lang)
    _assess.print_lines(f"{'已写出' if law.lang == 'zh' else 'written:'} {out}")
    return 0


@app.command
def roadmap(
    path: str,
    /,
    *,
    law: LawOptions = _DEFAULT_LAW,
    out: Repeated = (),
    format: Format = "table",  # noqa: A002
) -> int:
    """
    路线图: staged targets, the way to them, and who is responsible.

    Args:
        path: The same data as for evaluate. 数据

        law: Which law is applied.

        out: A file to draw the plot into (.svg, .png), or the report with a tab of it
            (.html); may be repeated. 另存为文件

        format: What is printed: a table to read, or JSON and nothing else. 输出格式
    """
    from eduequity.cli import _roadmap

    _roadmap.show(path, law, out, format)
    return 0


@app.command
def demo(
    *,
    save: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    output: OutputOptions = _DEFAULT_OUTPUT,
) -> int:
    """
    示例（合成数据）: judge a made-up county; always ends with 0.

    Args:
        save: Also copy its data into this folder, to try things out. 把数据另存到文件夹

        law: Which law is applied.

        output: What is written, and which verdict counts.
    """
    import datetime as dt

    import attrs

    from eduequity.cli import _assess, _demo

    law = attrs.evolve(law, on=law.on or dt.date.fromisoformat(DEMO_DAY))
    _assess.check(str(DEMO), output)
    assessment = _assess.assess(str(DEMO), law)
    if save is not None:
        _demo.save(DEMO, save)
    _assess.report(assessment, law, output, source=save or _demo.FOLDER)
    if output.format == "table":
        _assess.print_lines(_demo.hint(save, law.lang))
    return 0


# -- data ----------------------------------------------------------------------------


@app.command
def check(
    path: str,
    /,
    *,
    out: str | None = None,
    previous: str | None = None,
    lang: Lang = "zh",
) -> int:
    """
    检查数据: every problem at once, without judging; 0 if there is none, 2 otherwise.

    Args:
        path: A workbook, a folder of workbooks or CSV files, or a JSON document. 数据

        out: A workbook (.xlsx) to write: the values with every bad cell coloured and
            commented, and a list of problems that links to them. 标注问题的副本

        previous: Last year's data; counts that fall or jump become warnings. 上年数据

        lang: The language, zh or en. 语言
    """
    from eduequity.cli import _data

    return _data.check(path, out, lang, previous=previous)


@app.command
def template(
    path: str,
    /,
    *,
    programme: str = "quality-balance",
    area: str | None = None,
    lang: Lang = "zh",
) -> int:
    """
    空白模板: write the blank workbook that is filled in and then evaluated.

    Args:
        path: The workbook (.xlsx) to write; never over a file that is there. 文件名

        programme: Whose tables: preschool-universal has kindergartens. 评估项目

        area: The code of your area, to leave out the columns that only other areas'
            rule packs ask for. 地区代码

        lang: The language of the headings, zh or en. 语言
    """
    from eduequity.cli import _data

    _data.template(path, programme, area, lang)
    return 0


@app.command
def shortfall(
    path: str,
    /,
    *,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    差多少: the smallest whole changes that meet what is unmet, and their totals.

    Args:
        path: The same data as for evaluate. 数据

        law: Which law is applied.

        format: Lines to read, or JSON and nothing else. 输出格式
    """
    from eduequity.cli import _assess, _shortfall

    _shortfall.show(_assess.assess(path, law), format, law.lang)
    return 0


@app.command(name="what-if")
def what_if(
    path: str,
    /,
    *,
    scenario: Repeated = (),
    sweep: str | None = None,
    finding: str | None = None,
    county: str | None = None,
    out: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    假如: judge scenarios side by side, or move one input until the verdict turns.

    Args:
        path: The same data as for evaluate. 数据

        scenario: "NAME: CHANGE; CHANGE"; may be repeated. A change is
            CODE/primary.COLUMN += 3 (or =, -=, *=), */primary.COLUMN *= 1.03,
            move 2 COLUMN A/primary -> B/primary, merge A -> B, split A -> NEW 0.4.
            情景

        sweep: CODE/primary.COLUMN=FROM..TO or FROM..TO..STEP. 单项扫描

        finding: The id of the finding that the sweep watches; the county's verdict by
            default. 关注的结论编号

        county: The code of the one county wanted, where the data has several. 区县代码

        out: A workbook with charts (.xlsx), the report with a tab of it (.html), its
            plot (.svg, .png) or .json to write besides. 另存为文件

        law: Which law is applied.

        format: A table to read, or JSON and nothing else. 输出格式
    """
    import eduequity as ee
    from eduequity.cli import _assess, _planning
    from eduequity.cli._errors import UsageError

    if bool(scenario) == (sweep is not None):
        raise UsageError(
            "应给出 --scenario 或 --sweep 之一", "expected --scenario or --sweep, one"
        )
    _planning.check_out(out, path)
    tried = _planning.scenarios(scenario)
    cell, values = ("", []) if sweep is None else _planning.sweep_of(sweep)
    assessment = _planning.alone(_assess.assess(path, law), county)
    if sweep is None:
        _planning.show(ee.what_if(assessment, tried), format, law.lang, out)
    else:
        found = ee.sweep(assessment, cell, values, finding=finding)
        _planning.show(found, format, law.lang, out)
    return 0


@app.command
def plan(
    path: str,
    /,
    *,
    cost: Repeated = (),
    bound: Repeated = (),
    rotation: bool = True,
    level: Level = "nation",
    seconds: float = 15.0,
    gap: float = 0.0,
    also: Repeated = (),
    county: str | None = None,
    out: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    最省方案: the cheapest whole changes that meet the rules of resources; 0 found.

    1: proven that none within the bounds suffice; 3: neither found nor disproved.

    Args:
        path: The same data as for evaluate. 数据

        cost: NAME=NUMBER, what one more of a column costs, or moving one teacher
            (rotate); 1 by default; may be repeated. 单价

        bound: NAME=NUMBER, the most that may be added of a column, to one cell such
            as CODE/primary.backbone_teachers, or moved (rotate); may be repeated. 上限

        rotation: Whether teachers may move between schools. 是否允许教师交流

        level: Whose values: those of the nation, or stricter ones. 采用哪一级的要求

        seconds: How long to search. 限时（秒）

        gap: How far above the proven minimum the cost may be, such as 0.01. 允许差距

        also: rooms (music and art rooms) or classes (class size, with the rooms that
            these need); may be repeated. 另行规划：rooms、classes

        county: The code of the one county wanted, where the data has several. 区县代码

        out: A workbook with charts (.xlsx), the report with a tab of it (.html), its
            plot (.svg, .png) or .json to write besides. 另存为文件

        law: Which law is applied.

        format: Lines to read, or JSON and nothing else. 输出格式
    """
    import eduequity as ee
    from eduequity.cli import _assess, _planning

    _planning.check_out(out, path)
    costs = _planning.numbers("--cost", cost)
    bounds = _planning.numbers("--bound", bound)
    made = ee.plan(
        _planning.alone(_assess.assess(path, law), county),
        costs=costs,
        bounds=bounds,
        rotation=rotation,
        level=level,
        seconds=seconds,
        gap=gap,
        also=also,
    )
    return _planning.show_plan(made, format, law.lang, out)


@app.command
def project(
    path: str,
    /,
    *,
    years: int = 5,
    growth: Repeated = (),
    county: str | None = None,
    out: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    推算: pupils of the years to come, as ranges, and when rules are met or lost.

    Args:
        path: The same data as for evaluate. 数据

        years: How many years ahead. 年数

        growth: STAGE=LOW..HIGH, yearly growth such as primary=-0.04..0, where classes
            have no grades; may be repeated. 年增长率区间

        county: The code of the one county wanted, where the data has several. 区县代码

        out: A workbook with charts (.xlsx), the report with a tab of it (.html), its
            plot (.svg, .png) or .json to write besides. 另存为文件

        law: Which law is applied.

        format: Lines to read, or JSON and nothing else. 输出格式
    """
    import eduequity as ee
    from eduequity.cli import _assess, _planning

    _planning.check_out(out, path)
    ranges = _planning.ranges("--growth", growth)
    assessment = _planning.alone(_assess.assess(path, law), county)
    made = ee.project(assessment, years=years, growth=ranges)
    _planning.show(made, format, law.lang, out)
    return 0


@app.command
def compare(
    old: str,
    new: str,
    /,
    *,
    old_on: dt.date | None = None,
    old_option: Repeated = (),
    recorded: str | None = None,
    out: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    前后对比: what flipped between two assessments, and because of what.

    Args:
        old: The data of then. 原数据

        new: The data of now. 现数据

        old_on: The day whose law counted then; that of --on by default. 原评估日期

        old_option: NAME=VALUE, a reading of then; those of --option by default. 原口径

        recorded: The JSON of the result of then (evaluate --out): what it says
            otherwise than the packs of today is a correction of them. 当时的评估结果

        out: A workbook with charts (.xlsx), the report with a tab of it (.html), its
            plot (.svg, .png) or .json to write besides. 另存为文件

        law: Which law is applied now.

        format: Lines to read, or JSON and nothing else. 输出格式
    """
    import attrs

    from eduequity.cli import _assess, _compare, _planning

    _planning.check_out(out, old, new)
    then = attrs.evolve(law, on=old_on or law.on, option=old_option or law.option)
    before, after = _assess.assess(old, then), _assess.assess(new, law)
    both = f"{old}, {new}"
    _compare.show(
        *(before, after, format, law.lang), sources=both, recorded=recorded, out=out
    )
    return 0


@app.command
def ledger(
    path: str,
    /,
    *,
    out: str,
    previous: Annotated[Repeated, Parameter(name="--from")] = (),
    department: Repeated = (),
    deadline: dt.date | None = None,
    cost: Repeated = (),
    county: str | None = None,
    law: LawOptions = _DEFAULT_LAW,
    format: Format = "table",  # noqa: A002
) -> int:
    """
    整改台账: write or update the ledger (.xlsx); 0, or 1 if edits are to be settled.

    Args:
        path: The same data as for evaluate. 数据

        out: The workbook to write; over one that is there only if it is named by
            --from too. Or .html, .svg, .png, which show it and are not read back.
            台账文件

        previous: The ledger of before, with people's edits; may repeat where several
            people edited copies of it. 原台账

        department: RULE=NAME, who is responsible; RULE is a rule, a dimension or *; may
            be repeated. 责任部门

        deadline: Until when new items are to be put right. 完成时限

        cost: COLUMN=YUAN, the cost of one unit, such as above_degree_teachers=90000;
            may be repeated. 单价

        county: The code of the one county wanted, where the data has several. 区县代码

        law: Which law is applied.

        format: What was done, to read, or the ledger as JSON and nothing else. 输出格式
    """
    from eduequity.cli import _assess, _ledger

    terms = _ledger.terms(department, deadline, cost)
    _ledger.check(path, out, previous)
    assessment = _assess.assess(path, law)
    if county is not None:
        assessment = assessment.only(county)
    made, kept = _ledger.write(assessment, previous, terms, out, law.lang)
    return _ledger.show(made, kept, out, format, law.lang)


@app.command
def verify(result: str, data: str, /, *, lang: Literal["zh", "en"] = "zh") -> int:
    """
    复核: run an assessment again and say what differs; 0 nothing, 1 something.

    Args:
        result: The JSON of a result that was written. 评估结果文件

        data: The data that it judged. 数据

        lang: The language, zh or en. 语言
    """
    import eduequity as ee
    from eduequity.cli import _verify

    return _verify.show(ee.verify(result, data), lang)


# -- what is published ----------------------------------------------------------


@app.command
def schema(
    name: Literal[
        "assessment",
        "case",
        "comparison",
        "county",
        "dictionary",
        "ledger",
        "pack",
        "plan",
        "projection",
        "roadmap",
        "shortfall",
        "sweep",
        "what-if",
    ] = "assessment",
    /,
) -> int:
    """
    格式定义: print a JSON Schema (draft 2020-12), or the data dictionary.

    Args:
        name: Of a result, of the input document, or of a rule pack; or the dictionary
            of all columns; or of what is made from results: what is missing, a
            comparison, a ledger, scenarios, a plan.
            结果、数据、规则包；数据字典；缺口、对比、台账、方案
    """
    import json
    import sys

    from eduequity._facade import installed
    from eduequity.report import SCHEMAS

    ascii_only = not is_utf8(sys.stdout)
    made = SCHEMAS[name](installed().fields)
    put([json.dumps(made, ensure_ascii=ascii_only, indent=2), "\n"])
    return 0


@packs.command(name="list")
def list_packs(*, format: Format = "table", lang: Literal["zh", "en"] = "zh") -> int:  # noqa: A002
    """
    已安装的规则包: list the rule packs, and what could not be loaded.

    Args:
        format: A table to read, or JSON and nothing else. 输出格式

        lang: The language, zh or en. 语言
    """
    from eduequity.cli import _packs

    _packs.show(format, lang)
    return 0


@packs.command(name="show")
def show_packs(
    area: str,
    /,
    *,
    on: dt.date | None = None,
    programme: str = "quality-balance",
    lang: Literal["zh", "en"] = "zh",
) -> int:
    """
    某地现行规则: the law in force for one area: every value, its source, its level.

    Args:
        area: The code of the county, city or province. 地区代码

        on: The day whose law counts; today by default. 日期

        programme: The programme. 评估项目

        lang: The language, zh or en. 语言
    """
    from eduequity.cli import _law

    day = on or dt.date.today()  # noqa: DTZ011 - the law's days are local days
    _law.show_law(area, day, programme, lang)
    return 0


@packs.command(name="check")
def check_packs(name: str | None = None, /, *, lang: Literal["zh", "en"] = "zh") -> int:
    """
    规则包体检: check one pack or all, one defect a line; 1 if there is any.

    Args:
        name: The id of a pack; all packs by default. 规则包的编号

        lang: The language, zh or en. 语言
    """
    from eduequity.cli import _packs

    return _packs.check(name, lang)


@packs.command(name="new")
def new_packs(
    name: str,
    /,
    *,
    area: str,
    zh: str,
    en: str,
    into: str = ".",
    lang: Literal["zh", "en"] = "zh",
) -> int:
    """
    新建规则包: begin a distribution of rule packs; its tests pass at once.

    Args:
        name: Its name, such as zhejiang. 名称

        area: The code of its area, such as 33. 地区代码

        zh: The area's name in Chinese, such as 浙江省. 地区中文名

        en: The same in English, such as Zhejiang. 地区英文名

        into: The folder in which its folder is made. 放在哪个文件夹

        lang: The language, zh or en. 语言
    """
    from eduequity.cli import _new_pack
    from eduequity.cli._assess import print_lines

    made = _new_pack.new_pack(name, area=area, zh=zh, en=en, into=into)
    word = "已建立" if lang == "zh" else "made"
    print_lines(f"{word} {made}")
    return 0
