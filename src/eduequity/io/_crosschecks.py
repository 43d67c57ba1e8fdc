"""
What is checked between figures, each check with its id, sentence and severity.

An error makes the input unusable; a warning travels with the result.
"""

from __future__ import annotations

from typing import Literal

import attrs

from eduequity.io._tables import Log, Place
from eduequity.vocab import Text


__all__ = ["CHECKS", "Check", "say"]


@attrs.frozen
class Check:
    """
    One check between figures.

    Args:
        id: Its stable name, which is the code of the problem or notice.

        severity: ``error``: the input is refused; ``warning``: it is said.

        sentence: What has to hold.
    """

    id: str
    severity: Literal["error", "warning"]
    sentence: Text


_ALL = (
    Check(
        "more-than-full-time-teachers",
        "error",
        Text(
            "各类教师（高于规定学历、骨干、体育艺术、中级职称、持证、完成培训）分别不多于专任教师",
            "teachers of any one sort are at most the full-time teachers",
        ),
    ),
    Check(
        "degrees-above-teachers",
        "error",
        Text(
            "专科、本科、硕士、博士学历教师之和不多于专任教师",
            "teachers with 专科, 本科, 硕士 and 博士 add up to at most the full-time "
            "teachers",
        ),
    ),
    Check(
        "indoor-above-teaching-area",
        "error",
        Text(
            "室内体育用房面积不大于教学及辅助用房面积",
            "indoor sports rooms are at most the teaching area, which includes them",
        ),
    ),
    Check(
        "oversized-above-classes",
        "error",
        Text("超标准班级数不多于班级数", "oversized classes are at most the classes"),
    ),
    Check(
        "part-above-whole",
        "error",
        Text("其他部分数之和不大于总数", "other parts are at most their whole"),
    ),
    Check(
        "zero-denominator",
        "error",
        Text("分子大于 0 时分母不为 0", "a figure above 0 has no denominator of 0"),
    ),
    Check(
        "pupils-without-classes",
        "error",
        Text("有学生就有班级", "where there are pupils there are classes"),
    ),
    Check(
        "classes-without-pupils",
        "error",
        Text("有班级就有学生", "where there are classes there are pupils"),
    ),
    Check(
        "mean-above-largest-class",
        "warning",
        Text(
            "学生数÷班级数不大于最大班额",
            "pupils ÷ classes is at most the largest class",
        ),
    ),
    Check(
        "largest-class-implausible",
        "warning",
        Text(
            "最大班额不超过平均班额的 3 倍",
            "the largest class is at most three times the mean class",
        ),
    ),
    Check(
        "pupils-outside-bands",
        "warning",
        Text(
            "学生数在班额分段所允许的范围内",
            "pupils are within what the class-size bands allow",
        ),
    ),
    Check(
        "total-disagrees",
        "warning",
        Text("合计行等于各行之和", "a row of totals is the sum of the rows"),
    ),
    Check(
        "differs-from-statistics",
        "warning",
        Text(
            "申报表与教育事业统计逐校逐格一致；不一致时以统计为准",
            "the application form says what the education statistics say, school by "
            "school and cell by cell; where not, the statistics count",
        ),
    ),
    Check(
        "sheets-disagree",
        "error",
        Text(
            "同一学校或区县的同一数据在各表中一致",
            "sheets of one input say the same of one school or county",
        ),
    ),
    Check(
        "reported-disagrees",
        "warning",
        Text(
            "公布的指标值与由原始数据算出的一致（按所印小数位）",
            "a reported figure is what the records give, to the decimals printed",
        ),
    ),
    Check(
        "count-fell",
        "warning",
        Text(
            "与上年相比下降不超过 30%",
            "a count falls by at most 30 % against last year's file",
        ),
    ),
    Check(
        "count-jumped",
        "warning",
        Text(
            "与上年相比上升不超过 50%",
            "a count rises by at most 50 % against last year's file",
        ),
    ),
    Check(
        "school-gone",
        "warning",
        Text("上年的学校本年仍在", "the schools of last year's file are still there"),
    ),
    Check(
        "school-new",
        "warning",
        Text("本年的学校上年已有", "the schools were in last year's file already"),
    ),
)

CHECKS = {check.id: check for check in _ALL}
"""Every check between figures, by its id."""


def say(check: str, sentence: Text, place: Place, log: Log) -> None:
    """Log what a check found, as problem or notice by its severity."""
    if CHECKS[check].severity == "error":
        log.problem(check, sentence, place)
    else:
        log.notice(check, sentence, place)
