"""
Teachers and classes counted into their sections, by the law's definitions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eduequity.facts._columns import Floats, Frame, Index
from eduequity.model import OVERSIZED
from eduequity.vocab import DegreeLevel, Level, Stage


__all__ = ["class_counts", "teacher_counts"]


def _counted(flags: Floats, row: Index, size: int) -> Floats:
    """Sum flags into sections: a blank makes the sum unknown, and so do no rows."""
    there = row >= 0
    sums = np.bincount(row[there], weights=flags[there], minlength=size).astype(float)
    rows = np.bincount(row[there], minlength=size)
    return np.where(rows > 0, sums, np.nan)


_PE_ARTS = frozenset({"体育", "体育与健康", "音乐", "美术", "艺术"})
_HOURS, _YEARS = 360.0, 5.0


def teacher_counts(frame: Frame, row: Index, size: int) -> dict[str, Floats]:
    """
    Count teachers by the law's definitions 高于规定学历, 县级以上骨干, 体育艺术专任.

    Only full-time teachers count. A blank in a row leaves that count unknown.
    """
    full = frame.numbers("full_time")
    degree = frame.codes("degree")
    stages = frame.codes("stage")
    enough = np.where(
        stages == Stage.JUNIOR.rank, DegreeLevel.BACHELOR.rank, DegreeLevel.COLLEGE.rank
    )
    level = frame.codes("backbone_level")
    hours, years = frame.numbers("training_hours"), frame.numbers("years_of_service")
    subject = np.array(
        [np.nan if s is None else s in _PE_ARTS for s in frame.words("subject")],
        dtype=float,
    )
    due = _HOURS * np.minimum(years, _YEARS) / _YEARS
    served = _flag(years >= _YEARS, np.isnan(years))
    trained = _flag(hours >= _HOURS, np.isnan(hours))
    flags = {
        "full_time_teachers": np.ones(frame.size),
        "above_degree_teachers": _flag(degree >= enough, degree < 0),
        "backbone_teachers": _flag(level >= Level.COUNTY.rank, level < 0),
        "pe_arts_teachers": subject,
        "certified_teachers": frame.numbers("certified"),
        "trained_teachers": trained,
        "trained_teachers_pro_rata": _flag(
            hours >= due, np.isnan(hours) | np.isnan(due)
        ),
        "experienced_teachers": served,
        "trained_experienced_teachers": np.where(served == 0, 0, trained * served),
    }
    return {
        name: _counted(np.where(full == 0, 0, flag * full), row, size)
        for name, flag in flags.items()
    }


def _flag(yes: npt.NDArray[np.bool_], blank: npt.NDArray[np.bool_]) -> Floats:
    return np.where(blank, np.nan, yes.astype(float))


def class_counts(frame: Frame, row: Index, size: int) -> dict[str, Floats]:
    """Count classes, their pupils, the largest and the oversized ones."""
    pupils = frame.numbers("pupils")
    limit = np.where(
        frame.codes("stage") == Stage.JUNIOR.rank,
        OVERSIZED[Stage.JUNIOR],
        OVERSIZED[Stage.PRIMARY],
    )
    largest = np.full(size, -np.inf)
    there = row >= 0
    np.maximum.at(largest, row[there], pupils[there])
    return {
        "pupils": _counted(pupils, row, size),
        "classes": _counted(np.ones(frame.size), row, size),
        "oversized_classes": _counted(
            _flag(pupils > limit, np.isnan(pupils)), row, size
        ),
        "largest_class": np.where(np.isinf(largest), np.nan, largest),
    }
