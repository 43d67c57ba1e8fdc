"""Formulas of 南安's plan that no column or national indicator gives."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from eduequity import Stage, Unit, indicator


__all__ = ["ALL"]

Floats: TypeAlias = npt.NDArray[np.float64]


@indicator(
    Unit.TEACHERS,
    zh="本科及以上学历专任教师数",
    en="Full-time teachers with 本科 or higher",
    formula="本科 + 硕士 + 博士；初中也可取高于规定学历教师数",
)
def nanan_bachelor_teachers(
    stage: npt.NDArray[Any],
    above_degree_teachers: Floats,
    teachers_bachelor: Floats,
    teachers_master: Floats,
    teachers_doctor: Floats,
) -> Floats:
    """Add the counts by degree; of junior schools 高于规定学历 means just this."""
    counted: Floats = teachers_bachelor + teachers_master + teachers_doctor
    same = (stage == Stage.JUNIOR.rank) & np.isnan(counted)
    return np.where(same, above_degree_teachers, counted)


@indicator(
    Unit.SHARE,
    zh="51–55人班额比例",
    en="Share of classes of 51 to 55",
    formula="51–55人班级数 ÷ 班级总数",
)
def nanan_classes_51_55_share(classes_51_55: Floats, classes: Floats) -> Floats:
    """Divide the county's classes of 51 to 55 pupils by all its classes."""
    return classes_51_55 / classes


@indicator(
    Unit.SHARE,
    zh="民办义务教育在校生比例",
    en="Share of compulsory pupils in private schools",
    formula="民办义务教育在校生数 ÷ 义务教育在校生数",
)
def nanan_private_share(private_compulsory_pupils: Floats, pupils: Floats) -> Floats:
    """Divide pupils in private schools by all compulsory pupils of the county."""
    return private_compulsory_pupils / pupils


ALL = (
    nanan_bachelor_teachers,
    nanan_classes_51_55_share,
    nanan_private_share,
)
