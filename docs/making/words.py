"""
Words that the code itself says in one language only, or leaves to its reader.

Docstrings are English. What stands here is put above them on the Chinese site; tests
fail when a public name, an option, a module, a flag or a choice lacks its words.
"""

from __future__ import annotations

from collections.abc import Mapping

from eduequity.vocab import Text


__all__ = [
    "CHOICES",
    "COLUMNS",
    "FLAGS",
    "INSTEAD",
    "KEYS",
    "MODULES",
    "NAMES",
    "OPTIONS",
    "PARAMETERS",
    "TYPES",
    "WORDS",
]

INSTEAD: Mapping[str, str] = {
    "阈值": "限值",
    "公布值": "公布数",
    "变异系数": "差异系数",
    "整改清单": "整改台账",
    "法规包": "规则包",
    "网络服务": "Web 服务",
    "老师": "教师",
    "证据缺失": "证据不足",
}
"""One word for one thing: what is not written, and what is written instead."""

NAMES: Mapping[str, Mapping[str, str]] = {
    "eduequity": {
        "Amend": "一项改动：把某些单元格设为某数，或按数量、倍数增减。",
        "Area": "地区，用 GB/T 2260 代码表示：空串为国家，2 位为省，4 位为市，6 位为县。",
        "Assessment": "评估结果：从区县代码到 `CountyResult` 的映射，也是取结论、写报告的入口。",
        "Attestation": "签认：由责任人签字的“是”或“否”。",
        "Basis": "结论的依据：由原始数据测算、采用公布数，还是签认。",
        "Bounds": "只知道介于两列之间的值；某一侧为 NaN，表示该侧没有界限。",
        "Cause": "使结论翻转的原因。",
        "Change": "一个量应增减几个整数单位。",
        "Checked": "检查数据所得：全部错误和提示，逐条排列。",
        "Comparison": "两次评估的对比。",
        "County": "一个县（市、区）及已知的全部数据。",
        "CountyResult": '一个县的评估结果；各方面用 `county["resources"]` 取得。',
        "DegreeLevel": "教师的最高学历，由低到高。",
        "Difference": "复核时发现的一处不同。",
        "DimensionResult": "一个县在一个方面的结果。",
        "Facts": "数据的列式形态，可含一个或许多个县。",
        "Finding": "一条结论：一条规则对一个单位的判定，含数值、限值和出处。",
        "Findings": "按条件取出的结论；逐条查看时才构造。",
        "Flip": "同一单位与上次不同的结论。",
        "Force": "法规数值的效力：要求、目标或参照。",
        "How": "知悉程度：我们怎样知道这个数值。",
        "Indicator": "指标：有名字的算式。",
        "Kind": "学校类型。",
        "Kindergarten": "一所幼儿园。",
        "Ledger": "整改台账：若干县现有和曾有的全部整改事项。",
        "LedgerItem": "台账中的一项整改事项。",
        "Level": "骨干教师级别，由低到高。",
        "LevelVerdict": "某一级（国家、省、市、县）的结论，已计入其上各级中较严的数值。",
        "Locale": "城乡类型：城区、镇区、乡村。",
        "Merge": "一所学校并入另一所：数量相加，其余以后者为准。",
        "MetShare": "达标的比例：已判定单位中的比例，以及把未知全算达标、全算未达标时的上下限。",
        "Monitoring": "一项质量监测结果。",
        "Move": "从一所学校调到另一所的人或物，如交流轮岗的教师。",
        "Owner": "举办者类型。",
        "PartialDate": "只知道到日、到月或到年的日期。",
        "Plan": "使资源配置各项达标的最省方案；没有可行方案时说明原因。",
        "Projection": "今后各年的学生数和结论，以区间表示。",
        "ReadingChange": "换一种口径会改变的一个结论。",
        "Registry": "注册表：找到的插件，以及未能加载的插件和原因。",
        "Reported": "一个公布数。",
        "Scenarios": "并列的几种情景，第一种是现状。",
        "School": "一所学校。",
        "SchoolClass": "一个教学班。",
        "Scope": "规则的判定单位。",
        "Section": "学段单位：一所学校的一个学段；在表格里，各列加学段前缀。",
        "Shortfall": "一条未达标的结论还差多少。",
        "Shortfalls": "若干县全部未达标结论的缺口及合计。",
        "Spending": "一年的教育经费。",
        "Split": "从一所学校分出一部分，另成一所学校。",
        "Spread": "差异系数为什么这么大：各校的份额，城乡之间与内部的份额。",
        "Stage": "学段；小学、初中为义务教育。",
        "Survey": "社会认可度调查的一行。",
        "Sweep": "把一个输入从一端移到另一端所得的各个结论。",
        "Teacher": "一名教师；绝不要求姓名、民族和身份证号。",
        "Text": "同一句话的中文和英文。",
        "Unit": "计量单位；附带 pint 使用的表达式。",
        "Verdict": "一条规则对一个单位的结论：达标、未达标、证据不足、不适用。",
        "Verification": "复核的结果：重新评估后，与记录有何不同。",
        "check": "找出数据里的全部问题，不作判定。",
        "compare": "对比两次评估：不同的年份、日期、规则包版本或口径。",
        "errors": "调用者可以纠正的各种错误。",
        "evaluate": "按评估项目的规则判定一个或许多个县。",
        "explain": "说明一条结论的理由：数值、算式、条款、知悉程度。",
        "hookimpl": "标记插件中实现钩子的函数。",
        "indicator": "把函数变为指标；参数名就是它需要的输入。",
        "ledger_of": "由未达标事项建立整改台账，或按新的评估更新原有台账。",
        "measures": "差异程度的度量：加权平均、差异系数、基尼系数、泰尔指数等。",
        "plan": "求使资源配置各项达标的最省整数改动。",
        "plot": "把对比、台账、方案、推算、路线图、情景或扫描的结果画成图。",
        "project": "由现有学生数向后推算，说明各条规则在哪一年达标、哪一年不再达标。",
        "read": "读入数据：工作簿、CSV 文件夹、JSON、数据框或记录对象。",
        "read_ledger": "读回人工编辑过的台账工作簿；几份可以合并。",
        "roadmap": "把规划的分阶段目标与各县现状并列。",
        "rules": "规则包：写成数据的法规，从 TOML 读入，按日期取用。",
        "school_notice": "给一所学校写一页《学校告知单》：哪些达标，哪些未达标。",
        "shortfall": "求缺口：使未达标项达标的最小整数改动。",
        "sweep": "把一个输入取一系列值，找出结论在何处翻转。",
        "template": "写出空白工作簿，填好后 `read` 可直接读入。",
        "verify": "按结果里记录的规则包、口径和摘要重新评估，并比较。",
        "what_if": "把几种设想与现状并列评估。",
        "write_ledger": "把台账写成供人编辑的工作簿，`read_ledger` 可以读回。",
    },
    "eduequity.measures": {
        "Column": "一列数，每个成员或每组一个，形状为 `(n,)`。",
        "TheilParts": "泰尔指数及相加等于它的两部分：组内与组间。",
        "atkinson": "阿特金森指数：若完全均等，平均数可以节省的比例。",
        "atkinson_by": "分组计算阿特金森指数，形状为 `(k,)`。",
        "coefficient_of_variation": "差异系数：标准差与平均数之比，用总体形式，可加权。",
        "coefficient_of_variation_by": "分组计算差异系数，形状为 `(k,)`。",
        "gini": "基尼系数，用总体形式，可加权。",
        "gini_by": "分组计算基尼系数，形状为 `(k,)`。",
        "lorenz": "洛伦兹曲线：从最小值起，累计多少成员占有多少总量。",
        "quantile_ratio": "加权分位数之比：上分位数与下分位数之比。",
        "quantile_ratio_by": "分组计算分位数之比，形状为 `(k,)`。",
        "range_ratio": "极差率：最大值与最小值之比。",
        "range_ratio_by": "分组计算极差率，形状为 `(k,)`。",
        "share_of_variance": "每个成员在方差中所占的份额，形状为 `(n,)`。",
        "share_of_variance_by": "每个成员在本组方差中所占的份额，形状为 `(n,)`。",
        "theil": "泰尔指数（泰尔 T）。",
        "theil_by": "分组计算泰尔指数，形状为 `(k,)`。",
        "theil_parts": "把泰尔指数分解为类内与类间两部分，如城区、镇区、乡村。",
        "theil_parts_by": "分组分解泰尔指数，每部分形状为 `(k,)`。",
        "weighted_mean": "加权平均数。",
        "weighted_mean_by": "分组计算加权平均数，形状为 `(k,)`。",
    },
    "eduequity.rules": {
        "RULE_KINDS": "各种规则形态，按 `kind` 索引。",
        "AllOf": "形态 `all`：若干个是否列全部为“是”。",
        "Attested": "形态 `attested`：由责任人签认；也可以指明一个是否列。",
        "Check": "形态 `check`：由插件的 Python 函数逐个单位给出是、否或证据不足。",
        "Citation": "一个数值或一句条文的出处，以及知悉程度。",
        "Condition": "条件：几张表之间是“或”，一张表里各项之间是“且”；空为全部单位。",
        "Dispersion": "形态 `dispersion`：同一学段各单位之间的加权差异系数。",
        "Every": "形态 `every`：表中列明的每一项都有数据且都达到限值。",
        "Fault": "规则包不能同时使用的一处原因：让位的规则包、错误种类和说明。",
        "FieldSpec": "规则包另外需要的一个数据项，声明方式与数据模型相同。",
        "Law": "一个评估项目在某一天有效的全部规则和数值。",
        "MeanDispersion": "形态 `mean_dispersion`：若干差异系数的简单平均数，分学段。",
        "Operator": "数值与限值怎样比较；“以上”“不低于”“不超过”都含本数。",
        "Pack": "加载好的一个规则包。",
        "PackInfo": "规则包的开头部分：编号、评估项目、地区、标题、最近核对。",
        "Parameter": "法规中的一个数及其沿革。",
        "Place": "文件和行号，从 1 起。",
        "Quorum": "形态 `quorum`：若干项限值至少达到几项，余项不低于底线。",
        "Range": "形态 `range`：值落在区间内，含两端。",
        "Reading": "一处歧义：有哪些取法，默认哪一种。",
        "Rule": "一条规则，是各种形态之一。",
        "Rulebook": "已加载的全部规则包。",
        "Share": "形态 `share`：全县的比例，一列之和除以另一列之和。",
        "Source": "一份文件，以及知悉程度；没有人读到的文号不写。",
        "Test": "条件中的一项：对一列、一个指标或学段的检验。",
        "Threshold": "形态 `threshold`：各单位的值与参数或另一个值比较。",
        "Trend": "形态 `trend`：最近一年的数与上一年比较。",
        "Unencoded": "文件里写了、而规则包不作判定的一条。",
        "Upcoming": "尚未施行的一个数值。",
        "Value": "参数的一个数值，注明施行日期。",
        "Veto": "形态 `veto`：不得发生的事项。",
        "faults": "找出使规则包不能同时使用的全部原因；两者冲突时保留先加载的。",
        "load_pack": "加载一个文件夹里的规则包，其中全部 `.toml` 合为一份。",
        "located": "给规则包的一处问题补上文件和行号。",
        "place_of": "由 `rules.class_size` 这样的路径查得文件和行号。",
    },
    "eduequity.testing": {
        "BoundaryCase": "一个边界用例：一条规则、一天、一个值。",
        "Case": "一个案例文件。",
        "CaseError": "案例文件不能用；`problems` 逐条列出原因和行号。",
        "Coverage": "规则包有多少在边界上测试过。",
        "Mismatch": "案例预期的结论与实际不符的一处。",
        "PackContract": "每个规则包都应通过的一组测试；继承它即可。",
        "boundary_cases": "为规则包生成边界用例：线上、线下各试一次。",
        "counties": "随机生成县；每个都注明是合成的。",
        "coverage": "说明规则包的边界用例覆盖了多少。",
        "facts": "随机生成若干县的列式数据，含规则包声明的列。",
        "folders": "列出插件带来的每个规则包的文件夹，不论是否加载成功。",
        "health": "规则包体检：列出全部缺陷。",
        "load_case": "严格读入一个案例文件。",
        "packs": "随机生成地方规则包：数据项、注明日期的参数和规则。",
        "rows": "随机生成一张表的各行；非必填的可以空白。",
        "schools": "随机生成学校，学段与学校类型相符。",
        "sections": "随机生成学段单位。",
        "teachers": "随机生成教师。",
        "values": "随机生成一列的取值。",
    },
    "eduequity.hooks": {
        "GROUP": "入口点组名，也是 pluggy 的项目名。",
        "hookspec": "标记钩子的声明；插件用不到。",
    },
    "eduequity.indicators": {
        "NATIONAL": "国家各评估项目的指标。",
        "check_indicators": "检查每个指标都能算出，按名字返回。",
        "column_names": "返回全部列名，含规则包声明的数据项。",
    },
    "eduequity.planning": {
        "Aim": "规划中一个有日期的目标，以及在各条路径上能否达到。",
        "Course": "某一天，一个县离分阶段目标的情形。",
        "LeftOut": "方案不涉及、实施后仍未达标的一项要求。",
        "Milestone": "一个有日期的目标。",
        "Outlook": "一条规则今后各年的结论。",
        "OversizedClass": "一个大班额班级，即台账中的一项。",
        "PlanStatus": "求解的结果：最省、可行、已证明做不到，或限时内没有结论。",
        "Point": "扫描中的一步。",
        "Price": "一条规则的代价：只免去它、其余不变，能省多少。",
        "Recheck": "只靠放宽条款达标、按完整标准尚未达标的一条规则。",
        "RecheckState": "靠放宽条款达标的事项是否还有时间。",
        "Roadmap": "各县的分阶段目标：由 `Track` 组成的序列。",
        "RollUp": "一个市所辖各县的汇总。",
        "Rotation": "不新增人员、只靠交流能走多远，以及是否已证明到头。",
        "Scenario": "一个县的一种情景。",
        "Tally": "各种结论各有多少个县。",
        "Total": "方案对一种数量的要求合计。",
        "Track": "一个县的一项指标，及其走向目标的过程。",
        "Turn": "结论翻转之处。",
        "Version": "同一个县的同一条规则，由几方分别得出的结论之一。",
        "Year": "推算的一年。",
        "make_plan": "为结果中唯一的县求方案；见 `eduequity.plan`。",
        "make_projection": "把结果中唯一的县逐年推算；见 `eduequity.project`。",
        "make_sweep": "把一个输入取一系列值；见 `eduequity.sweep`。",
        "oversized_classes": "把几份文件里的大班额班级逐个接续成台账。",
        "rechecks": "已认定的县，哪些还须达到完整标准（监测复查）。",
        "roll_up": "逐市统计所辖各县的结论。",
        "side_by_side": "把自评、市、省、国家几次评估并列。",
        "summed": "返回每条规则的结论、未达标单位数和数值，县的在前。",
        "try_scenarios": "把几种情景与现状并列评估；见 `eduequity.what_if`。",
    },
    "eduequity.ledger": {
        "COLUMNS": "台账工作表的各列。",
        "CONFLICTS": "列出未采用的修改的工作表名。",
        "COUNTS": "按状态和部门计数的工作表名。",
        "HOW_TO": "说明怎样填写的工作表名。",
        "LEDGER": "供人编辑的工作表名。",
        "RECORD": "保存写出时原样的隐藏工作表名。",
        "SETTLED": "标明冲突已处理的表头。",
        "CoefficientMove": "一项差异系数变了多少，涉及哪些学校，由哪些学校引起。",
        "Conflict": "一处没有采用的修改；内容不会丢失。",
        "ConflictKind": "什么没有采用、留待人处理。",
        "Edition": "某人编辑后的一份台账工作簿。",
        "Event": "状态改变的一天。",
        "Flips": "翻转的结论；取个数和计数时不逐条构造。",
        "IndicatorMove": "一项指标在两次评估都有的单位中怎样变化。",
        "LedgerColumn": "工作表的一列。",
        "Population": "两次评估中，哪些单位都有，哪些只在一边。",
        "Progress": "人对一项的说法；填了并不销号。",
        "SchoolChange": "只在一次评估中有的学校或学段。",
        "SchoolFate": "两次评估之间一所学校的去向。",
        "SchoolPull": "一个学段单位在差异系数变化中的份额。",
        "State": "最近一次评估对一项的发现。",
        "Status": "一项所处的状态；只由评估决定。",
        "Terms": "空着的单元格里写入什么：部门、时限、单价。",
        "Turn": "最近一次评估对一项做了什么。",
        "draw_up": "由评估的未达标项建立台账。",
        "joined": "合并同一份台账的几个版本：任何一方的修改都采用。",
        "said": "把单元格的值写成文字。",
        "updated": "按后来的评估更新台账；人写的内容保留。",
    },
}
"""One line on every public name, in Chinese; errors have theirs in `code.CURES`."""

MODULES: Mapping[str, str] = {
    "__main__": "命令 eduequity：启动快，退出码正确。",
    "cli": "命令行：带类型的函数和它们的文档字符串，就是命令和帮助。",
    "_facade": "大多数调用者需要的：读入、检查、评估、说明，使用已安装的规则包。",
    "testing": "供编写规则包的人使用：约定、案例、边界、随机数据。",
    "registry": "注册表：装了什么，查找一次，交给引擎。",
    "_verify": "复核：按记录重新评估一次，并比较。",
    "report": "报告：终端显示、写成文件，以及公开的 JSON Schema。",
    "io": "读入：把文件夹、文档、工作簿、数据框和记录变成 Facts。",
    "planning": "规划：目标是什么、是否在达标的路上、下一步做什么。",
    "ledger": "台账：与上次相比变了什么，还有什么没有整改。",
    "engine": "引擎：evaluate 按规则判定，explain 说明理由。",
    "rules": "规则包：写成数据的法规，从 TOML 读入，按日期取用。",
    "indicators": "指标：对列作运算的纯函数，参数名就是它需要的输入。",
    "facts": "列式数据：任意多个县的列，按县排序一次。",
    "model": "数据模型：各种记录，每个数据项声明一次。",
    "vocab": "封闭的词表：学段、结论及其逻辑、地区、单位、文字。",
    "measures": "差异程度的度量。",
    "hooks": "钩子：插件可以提供什么，经入口点组 eduequity 登记。",
    "errors": "调用者可以纠正的各种错误。",
}
"""What each layer is, in Chinese; the English is its docstring."""

_LANG = "输出语言：`zh` 中文，`en` 英文"
_JSON = "打印什么：`table` 供阅读，`json` 只打印 JSON"

OPTIONS: Mapping[str, str] = {
    "path": "数据：工作簿、装有工作簿或 CSV 的文件夹，或 JSON 文件",
    "previous": "上年数据；升降过大的数列为提示",
    "county": "数据有几个县时，只要其中一个：区县代码",
    "on": "评估日期，用这一天有效的规定，如 `2024-12-31`；默认今天（`demo` 默认 2024-12-31）",
    "programme": "评估项目",
    "option": "口径，写成 `名=值`；可重复",
    "as_area": "按这个地区代码的规定评估，不按本县所在地区",
    "lang": _LANG,
    "level": "退出码采用哪一级的结论",
    "out": "另存为文件，按后缀定格式：`.json`、`.html`、`.xlsx`、`.docx`、`.csv`、`.md`；可重复",
    "format": _JSON,
    "explain finding_id": "结论的编号，如 `:resources.section_quorum@9999010003/primary`",
    "notice school": "学校代码",
    "notice out": "要写的 Word 文件",
    "roadmap out": "把图画到文件（`.svg`、`.png`）；可重复",
    "demo save": "把示例数据另存到这个文件夹，供试用",
    "check out": "另存标注过的工作簿（`.xlsx`）：出错的单元格涂色、加批注，另有可点击的问题清单",
    "template path": "要写的工作簿（`.xlsx`）；已有的文件不覆盖",
    "template programme": "用于哪个评估项目；`preschool-universal` 含幼儿园表",
    "template area": "地区代码；只有其他地区规则包才要的列不列出",
    "template lang": "表头的语言：`zh` 中文，`en` 英文",
    "what-if scenario": '情景，写成 `"名称: 改动; 改动"`，可重复。改动的写法：`代码/primary.列名 += 3`（或 `=`、`-=`、`*=`），'
    "`*/primary.列名 *= 1.03`，`move 2 列名 甲/primary -> 乙/primary`，`merge 甲 -> 乙`，`split 甲 -> 新代码 0.4`",
    "what-if sweep": "单项扫描，写成 `代码/primary.列名=起..止` 或 `起..止..步长`",
    "what-if finding": "扫描时看哪条结论（编号）；默认看全县结论",
    "what-if out": "另存为工作簿（`.xlsx`）",
    "plan cost": "单价，写成 `名=数`：某列每增加一个单位的费用，或调动一名教师（`rotate`）的费用；默认 1；可重复",
    "plan bound": "上限，写成 `名=数`：某列最多增加多少，可具体到一格（如 `代码/primary.backbone_teachers`），或最多调动多少（`rotate`）；可重复",
    "plan rotation": "是否允许教师在学校之间交流",
    "plan level": "按哪一级的数值：国家，或更严的地方数值",
    "plan seconds": "最多求解多少秒",
    "plan gap": "费用可以高出已证明的最小值多少，如 `0.01`",
    "plan also": "另行规划：`rooms` 音乐、美术专用教室；`classes` 班额，连同增班所需的专用教室；可重复",
    "plan out": "另存为工作簿（`.xlsx`）",
    "project years": "推算多少年",
    "project growth": "没有分年级数据时的年增长率，写成 `学段=低..高`，如 `primary=-0.04..0`；可重复",
    "project out": "另存为工作簿（`.xlsx`）",
    "compare old": "原来的数据",
    "compare new": "现在的数据",
    "compare old_on": "原评估日期；默认与 `--on` 相同",
    "compare old_option": "原来的口径，写成 `名=值`；默认与 `--option` 相同",
    "compare recorded": "当时写出的评估结果（`evaluate --out` 的 JSON）；它与今天的规则包所得不同之处，算作对规则包的更正",
    "ledger out": "要写的台账工作簿；已有的文件只有同时由 `--from` 指明才覆盖",
    "ledger previous": "原台账，含人工编辑；几个人各改了一份的，可重复",
    "ledger department": "责任部门，写成 `规则=名称`，规则可以是一条规则、一个方面或 `*`；可重复",
    "ledger deadline": "新增事项的完成时限",
    "ledger cost": "单价，写成 `列=元`，如 `above_degree_teachers=90000`；可重复",
    "verify result": "当时写出的评估结果（JSON）",
    "verify data": "当时评估的数据",
    "schema name": "哪一种：评估结果、案例、输入数据、数据字典、规则包、缺口",
    "packs list format": _JSON,
    "packs show area": "县、市或省的代码",
    "packs show on": "日期，看这一天有效的规定；默认今天",
    "packs check name": "规则包的编号；默认全部",
    "packs new name": "名称，如 `zhejiang`",
    "packs new area": "地区代码，如 `33`",
    "packs new zh": "地区的中文名，如浙江省",
    "packs new en": "地区的英文名，如 `Zhejiang`",
    "packs new into": "建在哪个文件夹里",
}
"""What an option does, in Chinese: by its name, or by command and name."""

WORDS: Mapping[str, Text] = {
    "Basis": Text("依据", "what a finding rests on"),
    "DegreeLevel": Text("学历", "degree of a teacher"),
    "Force": Text("效力", "what a value of the law does"),
    "How": Text("知悉程度", "how we know a value"),
    "Kind": Text("学校类型", "kind of school"),
    "KindergartenOwner": Text("幼儿园举办者", "who runs a kindergarten"),
    "Level": Text("骨干教师级别", "level of recognition of a teacher"),
    "Locale": Text("城乡类型", "town or country"),
    "Organiser": Text("监测组织者", "who ran a monitoring"),
    "Owner": Text("举办者类型", "who runs a school"),
    "Scope": Text("判定单位", "the unit judged"),
    "Stage": Text("学段", "stage of schooling"),
    "SurveyChannel": Text("调查方式", "how people were asked"),
    "SurveyGroup": Text("调查对象", "who was asked"),
    "Verdict": Text("结论", "verdict"),
}
"""The closed vocabularies of the glossary."""

FLAGS: Mapping[str, Text] = {
    "aggregate": Text(
        "地市的汇总数，不作认定", "a whole city's figures, never determined"
    ),
    "bounded": Text("只知道数值的范围", "only known to lie between bounds"),
    "completeness_unchecked": Text(
        "没有填报总数，无从核对是否齐全", "no total is stated to check the rows against"
    ),
    "component": Text("分项：只显示，不单独决定", "shown, decides nothing alone"),
    "discrepancy": Text(
        "填报数与测算数不一致，以测算为准",
        "a stated figure differs from the one computed, which counts",
    ),
    "incomplete": Text(
        "填报的学校、班级或学生多于表中列出的",
        "more schools, classes or pupils are stated than listed",
    ),
    "knife_edge": Text(
        "临界：按表格位数取整后结论会改变",
        "rounding to the form's decimals would change the verdict",
    ),
    "partial": Text("只按已知部分计算的值", "the value over what is known"),
    "points_left_out": Text(
        "没有要求教学点（口径 `room_teaching_points`）",
        "teaching points are not asked (reading `room_teaching_points`)",
    ),
    "sports_area_shared": Text(
        "室内体育用房与体育馆面积只填了一个，两处共用",
        "one of indoor sports rooms and sports hall is given and serves for both",
    ),
    "summary": Text(
        "由各单位结论合并而成的全县结论", "joins the findings of the units"
    ),
    "undivided": Text(
        "依据的是学校总数，没有分学段",
        "rests on a school's total, not divided by stage",
    ),
    "vacuous": Text(
        "组内只有一个单位，差异系数为 0 不说明均衡",
        "a group of one: its coefficient of 0 shows nothing",
    ),
}
"""What each flag of a finding means."""

TYPES: Mapping[str, Text] = {
    "text": Text("文本", "text"),
    "integer": Text("整数", "whole number"),
    "number": Text("数，可带小数", "number"),
    "yes_no": Text("是或否", "yes or no"),
    "choice": Text("从所列取值中选一个", "one of the values listed"),
    "date": Text("日期，可以只到年或月", "date, or only its month or year"),
    "areas": Text("一组面积，用分号隔开", "areas, separated by semicolons"),
}
"""The types of the data dictionary."""

KEYS: Mapping[str, Text] = {
    "label": Text("名称", "its name"),
    "scope": Text("判定单位", "the unit judged"),
    "dimension": Text("方面；地方规则包不写", "the dimension; none in a local pack"),
    "sentence": Text("条文原句", "the sentence of the document"),
    "population": Text(
        "适用范围，空为全部单位", "whom it is about; all units if empty"
    ),
    "component": Text(
        "分项：只显示，不单独决定", "only shown; another rule joins the components"
    ),
    "determined_by": Text("只能由国家认定", "only the nation can determine it"),
    "force": Text("效力", "what it does"),
    "source": Text("出处，`[sources]` 中的编号", "the document, an id of `[sources]`"),
    "clause": Text("条款；没有读到就不写", "the clause, only where somebody read it"),
    "read": Text(
        "知悉程度，取代出处自身的", "how it is known, in place of the source's"
    ),
    "from": Text("施行日", "the first day it is in force"),
    "until": Text("最后有效日", "the last day it is in force"),
    "years": Text("公布数须跨几年", "how many years a published figure must span"),
    "responsible": Text("责任单位", "the departments held to it"),
    "indicator": Text("被判定的指标或数据列", "the indicator or column judged"),
    "operator": Text("怎样比较", "how it is compared"),
    "parameter": Text("与哪个参数比较", "the parameter it is compared with"),
    "against": Text("与哪个值比较，代替参数", "a value to compare with instead"),
    "breaches": Text("专记不达标数的列", "a column that counts the breaches"),
    "combine": Text("各单位怎样合并", "how the units are joined"),
    "of": Text("由哪些规则或列合成", "the rules or columns that it joins"),
    "minimum": Text("至少达到几项（参数）", "how many must be met (a parameter)"),
    "floor": Text(
        "余项的底线比例（参数）", "the floor of the missed one (a parameter)"
    ),
    "weight": Text("权重列", "the column of weights"),
    "numerator": Text("分子列", "the column summed above"),
    "denominator": Text("分母列", "the column summed below"),
    "meets": Text(
        "符合什么条件的单位计入分子", "which units are counted, in place of columns"
    ),
    "reaches": Text(
        "达到哪条规则限值的单位计入分子", "the rule whose threshold is to be reached"
    ),
    "over": Text("对哪种单位求和", "the units summed over"),
    "per_stage": Text("是否分学段", "whether stage by stage"),
    "table": Text("哪张表", "the table"),
    "item": Text("区分各项的列", "the column that tells the items apart"),
    "items": Text("应有哪些项（参数）", "the items that must be there (a parameter)"),
    "rows": Text("只看哪些行", "which rows count"),
    "latest": Text("只看最近一年", "whether the latest year alone counts"),
    "field": Text("作为依据的是否列", "a yes/no column that settles it"),
    "function": Text("插件的判断函数", "the function of the plugin"),
}
"""What each key of a rule means."""

COLUMNS: Mapping[str, Text] = {
    "sections": Text("义务教育学段数", "compulsory stages"),
    "independent": Text("独立（没有所属学校）", "independent (no parent school)"),
    "school_largest_class": Text("全校最大班额", "largest class of the school"),
    "stage": Text("学段", "stage"),
    "survey_valid_total": Text("有效问卷数", "valid questionnaires"),
}
"""Columns that are worked out before any rule is asked."""

PARAMETERS: Mapping[str, Text] = {
    "art_room_area": Text("美术教室面积", "area of an art room"),
    "classes_per_room": Text("每间对应班级数", "classes per room"),
    "count_extra_sports": Text("计入其他场地（R-2）", "count extra venues (R-2)"),
    "count_visiting_pe_arts": Text(
        "计入走教教师（R-1）", "count visiting teachers (R-1)"
    ),
    "music_room_area": Text("音乐教室面积", "area of a music room"),
    "quorum_floor": Text("余项底线", "floor of the missed one"),
    "quorum_minimum": Text("至少达标项数", "how many must be met"),
    "weight_junior": Text("初中生权重", "weight of a junior pupil"),
    "weight_primary": Text("小学生权重", "weight of a primary pupil"),
    "weight_senior": Text("高中生权重", "weight of a senior pupil"),
}
"""Parameters that stand under a rule whose name does not say what they are."""

CHOICES: Mapping[str, Mapping[str, Text]] = {
    "relaxations": {
        "by_date": Text("按日期，2022-10-31 以后不用", "by date, not after 2022-10-31"),
        "always": Text("一直适用", "always"),
        "never": Text("一律不用", "never"),
    },
    "room_counting": {
        "per_type": Text(
            "音乐、美术各自计数", "music and art rooms each by themselves"
        ),
        "sum": Text("两种合计", "both together"),
    },
    "room_teaching_points": {
        "out": Text("不及于教学点", "not asked of teaching points"),
        "in": Text("及于教学点", "asked of teaching points too"),
    },
    "satisfaction_channels": {
        "both": Text("问卷和走访都要达到", "questionnaire and interviews both"),
        "questionnaire": Text("只看问卷", "the questionnaire alone"),
    },
    "small_primary_under_50": {
        "in": Text("纳入", "included"),
        "out": Text("不纳入", "left out"),
    },
    "retention_formula": {
        "adjust_graduates": Text(
            "在分子（毕业生数）调整", "adjusted in the numerator, the graduates"
        ),
        "adjust_entrants": Text(
            "在分母（入学人数）调整", "adjusted in the denominator, the entrants"
        ),
    },
    "relaxed_size_twelve_year": {
        "no": Text("不及于", "it does not"),
        "yes": Text("及于", "it does"),
    },
    "new_teacher_hours": {
        "all": Text("同样要求360学时", "360 hours are asked of them too"),
        "pro_rata": Text("按教龄折算", "in proportion to their years"),
        "exclude": Text("不计入分子分母", "left out of both sums"),
    },
    "size_unit": {
        "school": Text("按学校", "by school"),
        "campus": Text("按校区", "by campus"),
    },
    "attached_kindergarten_weight": {
        "0": Text("不计", "not counted"),
        "1": Text("一名幼儿按一名小学生计", "a child counts as a primary pupil"),
    },
    "small_school_scope": {
        "all": Text("所有小规模学校", "every small school"),
        "village_and_points": Text(
            "只及于村小和教学点", "village schools and teaching points alone"
        ),
    },
    "basic_balance_scope": {
        "county_run": Text(
            "不含民办学校和教学点", "without private schools and teaching points"
        ),
        "all": Text("都计入", "all of them"),
    },
    "basic_teaching_area": {
        "whole": Text("不扣除", "not deducted"),
        "less_indoor_sports": Text("扣除", "deducted"),
    },
    "aid_of_towns": {
        "rural": Text("按农村", "as rural"),
        "urban": Text("按城市", "as urban"),
    },
    "shanxi_rural_scope": {
        "rural": Text("只指乡村", "villages alone"),
        "rural_and_town": Text("含镇区", "towns too"),
    },
}
"""What each choice of a reading means."""
