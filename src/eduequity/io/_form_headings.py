"""
Headings of the official forms and exports that no column of the model takes.

The documentation page of the forms' headings is made from this table, so that what is
not read, and why, is written once.
"""

from __future__ import annotations

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

_KEYS = {heading_key(heading): reason for heading, reason in UNREAD.items()}


def unread(heading: str) -> Text | None:
    """
    Return why *heading* of an official form is not read, or None.

    >>> unread("序 号").en
    'a running number says nothing of its own'
    """
    key = heading_key(heading)
    return _KEYS.get(key) or _KEYS.get(key.rpartition("/")[2])
