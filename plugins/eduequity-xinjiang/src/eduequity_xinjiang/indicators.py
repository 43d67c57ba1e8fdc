"""Formulas of the region's rules: day pupils, ranks of Mandarin certificates."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from eduequity import Unit, indicator


__all__ = ["LEVELS", "day_pupils", "mandarin_rank"]

LEVELS = ("三级乙等", "三级甲等", "二级乙等", "二级甲等", "一级乙等", "一级甲等")
"""The six levels of the national scale, from the lowest; their ranks are 1 to 6."""

_RANKS = {
    spelling: float(rank)
    for rank, level in enumerate(LEVELS, 1)
    for spelling in (level, level[0] + level[2])
}
_DIGITS = str.maketrans("123１２３", "一二三一二三")


@indicator(
    Unit.PUPILS,
    zh="非寄宿生数",
    en="Day pupils",
    formula="在校生数 − 寄宿生数",
)
def day_pupils(
    pupils: npt.NDArray[np.float64], boarders: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """
    Take the boarders off the pupils; a blank of either leaves it unknown.

    >>> day_pupils(np.array([500.0, 500.0]), np.array([120.0, np.nan]))
    array([380.,  nan])
    """
    return pupils - boarders


@indicator(
    Unit.COUNT,  # Unit.LEVEL is printed as Ⅰ to Ⅳ, the levels of 质量监测
    zh="普通话等级（三级乙等为1，一级甲等为6）",
    en="Level of the Mandarin certificate, 1 (lowest) to 6",
)
def mandarin_rank(mandarin_level: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """
    Rank the written level; a blank, or a word that is no level, is unknown.

    >>> words = np.array(["二级甲等", "二乙", "3级甲等", "合格", None], dtype=object)
    >>> mandarin_rank(words)
    array([ 4.,  3.,  2., nan, nan])
    """
    words, rows = np.unique(mandarin_level.astype(str), return_inverse=True)
    ranks = np.array([_rank(word) for word in words], dtype=np.float64)
    return ranks[rows]


def _rank(word: object) -> float:
    if not isinstance(word, str):
        return float("nan")
    plain = re.sub(r"\s+", "", word).translate(_DIGITS)
    return _RANKS.get(plain, float("nan"))
