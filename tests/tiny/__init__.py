"""
Littleland: an invented country, whose law uses every shape that a rule may have.

Its documents, numbers and areas are made up for the tests. The module is a plugin.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eduequity import Indicator, Unit, hookimpl, indicator


Column = npt.NDArray[np.float64]

HERE = Path(__file__).parent
PROGRAMME = "little-balance"


@indicator(Unit.RATIO, zh="生师比", en="Pupils per teacher")
def pupils_per_teacher(pupils: Column, full_time_teachers: Column) -> Column:
    """Divide pupils by teachers."""
    ratio: Column = pupils / full_time_teachers
    return ratio


@indicator(Unit.RATIO, zh="生均图书", en="Books per pupil")
def books_per_pupil(books: Column, pupils: Column) -> Column:
    """Divide the books of the school by the pupils of the unit."""
    ratio: Column = books / pupils
    return ratio


@indicator(Unit.YES_NO, zh="教师不少于班级", en="No fewer teachers than classes")
def a_teacher_a_class(full_time_teachers: Column, classes: Column) -> Column:
    """Compare teachers with classes: 1, 0, or NaN where either is blank."""
    blank = np.isnan(full_time_teachers) | np.isnan(classes)
    return np.where(blank, np.nan, (full_time_teachers >= classes).astype(float))


@hookimpl
def eduequity_packs() -> Sequence[Path]:
    """Return the law of the nation and of its only province."""
    return (HERE / "nation", HERE / "province")


@hookimpl
def eduequity_indicators() -> Sequence[Indicator]:
    """Return the formulas that its rules name."""
    return (pupils_per_teacher, books_per_pupil)


@hookimpl
def eduequity_checks() -> Sequence[Indicator]:
    """Return the function that a rule of the shape ``check`` names."""
    return (a_teacher_a_class,)
