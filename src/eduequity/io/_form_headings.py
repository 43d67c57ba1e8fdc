"""
Headings of the official forms and exports that no column of the model takes.

The documentation page of the forms' headings is made from this table, so that what is
not read, and why, is written once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from eduequity.model import heading_key
from eduequity.vocab import Text


__all__ = ["UNREAD", "unread"]

_COUNTER = Text("序号只用于排列，不含信息", "a running number says nothing of its own")
_AREA = Text(
    "区划名称不是代码；区县以县级表的区县代码为准",
    "a name of an area is no code; the county is known by its code",
)
_TWICE = Text("与相邻列“办学类型”相同，读取名称", "says the same as 办学类型 beside it")
_OWNER = Text(
    "公办、民办由“举办者类型”得出", "public or private follows from 举办者类型"
)
_FLOW = Text(
    "在册学校的变动说明，评估只用本年数据",
    "says what changed since last year; only this year's figures are judged",
)
_SIZE = Text(
    "由学生数与城乡类型计算，不采用填报结论",
    "computed from pupils and locale, not taken from the form",
)
_LARGEST = Text(
    "由最大班额与城乡类型计算，不采用填报结论",
    "computed from the largest class and locale, not taken from the form",
)
_JUDGED = Text(
    "结论由本工具判定，填报结论不采用", "the verdict is ours to find, not the form's"
)
_REMARK = Text("备注供人阅读", "a remark for readers")
_SENIOR = Text("高中阶段不参与评估", "the senior stage is not assessed")

UNREAD: Mapping[str, Text] = {
    "序号": _COUNTER,
    "备注": _REMARK,
    "备注说明": _REMARK,
    "是否必填": Text("填报说明", "an instruction of the form"),
    "该校综合评估是否达标": _JUDGED,
    "备注(注明有哪几项指标达标,哪几项指标达到85%)": _REMARK,
    "是否50人及以上但不足100人的乡村小规模学校和教学点": _SIZE,
    "是否最大班额低于30人的农村小规模学校": _LARGEST,
    "所属学校名称": Text(
        "只用于把不计校数的机构并入所属学校",
        "serves to merge what does not count as a school into its school",
    ),
    "统计三级": _AREA,
    "所在地区划一级…五级": _AREA,
    "统计一级…三级": _AREA,
    "采集一级…五级": _AREA,
    "办学类型(编码)": _TWICE,
    "举办者性质": _OWNER,
    "是否上年撤销": _FLOW,
    "是否本年新增": _FLOW,
    "教基1102/县级以上骨干教师(高中)": _SENIOR,
}
"""Headings of single columns, and why nothing is read from them."""

_COMPUTED = Text(
    "由各校数据计算，不采用县级填报数",
    "computed from the schools' own figures, not taken from the county's form",
)
_NO_YEAR = Text(
    "表中没有监测年份和年级；请填“质量监测”表",
    "the form gives neither year nor grade; use the table 质量监测",
)
_BOTH_STAGES = Text(
    "小学与初中合计数不能分学段；由各校数据计算",
    "a figure of both stages together; computed from the schools' own",
)
_SHARE = Text(
    "由问卷数与满意数计算", "computed from the answers and the satisfied ones"
)

ITEMS: Mapping[str, Text] = {
    "综合评估": _JUDGED,
    "综合": _JUDGED,
    "问卷调查综合满意度(%)": _SHARE,
    "实地走访满意度(%)": _SHARE,
    "所有小学、初中每 12 个班级配备音乐、美术专用教室 1 间以上": _COMPUTED,
    "所有小学、初中学校规模不超过 2000 人": _COMPUTED,
    "小学、初中所有班级学生数分别不超过 45 人、50 人": _COMPUTED,
    "不足 100 人的规模较小学校": _COMPUTED,
    "教师 5 年 360 学时培训完成率达到 100%": _BOTH_STAGES,
    "专任教师持有教师资格证上岗率达到 100%": _BOTH_STAGES,
    "城区和镇区公办小学、初中": _COMPUTED,
    "全县所有学校按照不低于学校年度公用经费预算总额的 5%安排教师培训经费": _COMPUTED,
    "在国家义务教育质量监测中": _NO_YEAR,
}
"""Items of the application form, by how they begin, and why nothing is read."""

_WHOLE_TABLE = Text(
    "是统计报表的名称或单元格位置说明，不是一列的表头；其数据从教基宽表导出读取",
    "the name of a table of the statistics, or of places in it, no column's heading; "
    "its figures are read from the wide export",
)
_SENIOR_TOO = Text(
    "中学数含高中，不能分出初中", "figures of 中学 hold senior schools too"
)

STATISTICS: Mapping[str, Text] = {
    "教基3118": _SENIOR,
    "教基4149": _SENIOR_TOO,
    "教基4156": _SENIOR_TOO,
    "教基": _WHOLE_TABLE,
    "基础基": _WHOLE_TABLE,
}
"""Tables of the statistics, by how their number begins; the first that fits counts."""

_KEYS = {heading_key(heading): reason for heading, reason in UNREAD.items()}
_REMARK_LAST = re.compile(r"\([^()]*\)\Z")


def unread(heading: str) -> Text | None:
    """
    Return why *heading* of an official form is not read, or None.

    >>> unread("序 号").en
    'a running number says nothing of its own'
    """
    key = heading_key(heading)
    plain = _REMARK_LAST.sub("", key)
    return (
        _KEYS.get(key)
        or _KEYS.get(plain.rpartition("/")[2])
        or _KEYS.get(key.rpartition("/")[2])
    )
