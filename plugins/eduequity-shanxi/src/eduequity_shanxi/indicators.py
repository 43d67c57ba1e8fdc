"""Formulas of the packs."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from eduequity import Unit, indicator
from eduequity.vocab import Scope


__all__ = ["pupils_with_seniors"]

Floats: TypeAlias = npt.NDArray[np.float64]


@indicator(
    Unit.PUPILS,
    zh="全校学生数（含高中）",
    en="Pupils of the whole school, seniors included",
    scope=Scope.SCHOOL,
    formula="义务教育阶段学生数 + 高中学生数",
)
def pupils_with_seniors(pupils: Floats, senior_pupils: Floats) -> Floats:
    """
    Count every pupil of a school: “千人以上学校” asks of the school, not of a stage.

    >>> pupils_with_seniors(np.array([600.0]), np.array([400.0]))
    array([1000.])
    """
    return pupils + senior_pupils
