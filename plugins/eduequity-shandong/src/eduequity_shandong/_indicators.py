"""The formulas of Shandong's rules; their arguments are columns."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from eduequity import Indicator, Unit, indicator


__all__ = ["INDICATORS"]

Floats: TypeAlias = npt.NDArray[np.float64]


# -- 编制 --------------------------------------------------------------------------


@indicator(
    Unit.RATIO,
    zh="小学学生与教职工编制之比",
    en="Primary pupils per approved post",
    formula="公办小学在校生数 ÷ 小学核定教职工编制数",
)
def primary_pupils_per_post(
    primary_public_pupils: Floats, primary_established_staff: Floats
) -> Floats:
    """
    Divide the pupils of public primary schools by their approved posts.

    >>> primary_pupils_per_post(np.array([1900.0]), np.array([100.0]))
    array([19.])
    """
    return primary_public_pupils / primary_established_staff


@indicator(
    Unit.RATIO,
    zh="初中学生与教职工编制之比",
    en="Junior pupils per approved post",
    formula="公办初中在校生数 ÷ 初中核定教职工编制数",
)
def junior_pupils_per_post(
    junior_public_pupils: Floats, junior_established_staff: Floats
) -> Floats:
    """Divide the pupils of public junior schools by their approved posts."""
    return junior_public_pupils / junior_established_staff


@indicator(
    Unit.RATIO,
    zh="高中学生与教职工编制之比",
    en="Senior pupils per approved post",
    formula="公办普通高中在校生数 ÷ 高中核定教职工编制数",
)
def senior_pupils_per_post(
    senior_public_pupils: Floats, senior_established_staff: Floats
) -> Floats:
    """Divide the pupils of public senior high schools by their approved posts."""
    return senior_public_pupils / senior_established_staff


@indicator(
    Unit.SHARE,
    zh="轮岗教师年增长率",
    en="Annual growth of rotating teachers",
    formula="（本年轮岗教师 − 上年轮岗教师）÷ 上年轮岗教师",
)
def rotation_growth(
    rotated_teachers: Floats, rotated_teachers_year_before: Floats
) -> Floats:
    """
    Divide the rise of rotating teachers by their number the year before.

    >>> rotation_growth(np.array([240.0]), np.array([200.0]))
    array([0.2])
    """
    return (
        rotated_teachers - rotated_teachers_year_before
    ) / rotated_teachers_year_before


# -- 经费 --------------------------------------------------------------------------


@indicator(
    Unit.RATIO,
    zh="残疾学生公用经费倍数",
    en="Funds per disabled pupil over those per ordinary pupil",
    formula="特殊教育生均公用经费 ÷ 普通学生生均公用经费（小学、初中从高）",
)
def disabled_funding_multiple(
    special_education_funds_per_pupil: Floats,
    primary_funding_quota: Floats,
    junior_funding_quota: Floats,
) -> Floats:
    """
    Divide by the higher of the two quotas: the text does not say which stage.

    >>> disabled_funding_multiple(
    ...     np.array([5460.0]), np.array([710.0]), np.array([910.0])
    ... )
    array([6.])
    """
    ordinary = np.maximum(primary_funding_quota, junior_funding_quota)
    return special_education_funds_per_pupil / ordinary


@indicator(
    Unit.SHARE,
    zh="学前教育经费占教育经费预算比例",
    en="Preschool funds of the education budget",
    formula="学前教育经费预算 ÷ 教育经费预算",
)
def preschool_budget_share(
    preschool_budget: Floats, education_budget: Floats
) -> Floats:
    """Divide the preschool budget by the education budget."""
    return preschool_budget / education_budget


# -- 学校与幼儿园 --------------------------------------------------------------------


@indicator(
    Unit.SHARE,
    zh="体质健康测试覆盖率",
    en="Coverage of the fitness test",
    formula="参测学生 ÷（在校生 − 经批准免测学生）",
)
def fitness_test_coverage(
    fitness_tested_pupils: Floats, pupils: Floats, fitness_exempt_pupils: Floats
) -> Floats:
    """
    Divide pupils tested by all without an approved exemption.

    >>> fitness_test_coverage(np.array([490.0]), np.array([500.0]), np.array([10.0]))
    array([1.])
    """
    return fitness_tested_pupils / (pupils - fitness_exempt_pupils)


@indicator(
    Unit.PUPILS_PER_CLASS,
    zh="幼儿园平均班额",
    en="Mean class size of a kindergarten",
    formula="在园幼儿数 ÷ 班级数",
)
def mean_kindergarten_class(children: Floats, classes: Floats) -> Floats:
    """Divide the children of a kindergarten by its classes."""
    return children / classes


INDICATORS: tuple[Indicator, ...] = tuple(
    each for each in list(globals().values()) if isinstance(each, Indicator)
)
"""All of them."""
