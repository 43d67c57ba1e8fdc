"""The levels of a verdict: which one counts when a level is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.vocab import LEVEL_NAMES, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, CountyResult


__all__ = ["lacking", "rank_of", "verdict_at"]


def rank_of(area: str) -> int:
    """
    Return the depth of an area's level, from 0 for the nation.

    >>> rank_of(""), rank_of("35"), rank_of("350881")
    (0, 1, 3)
    """
    return len(area) // 2


def verdict_at(county: CountyResult, level: str) -> Verdict:
    """
    Return the verdict of the deepest level that is not below a level.

    Args:
        county: The county.

        level: ``nation``, ``province``, ``city`` or ``county``.
    """
    most = LEVEL_NAMES.index(level)
    found = [each for each in county.levels if rank_of(each.area) <= most]
    return found[-1].verdict if found else county.verdict


def lacking(assessment: Assessment, level: str) -> tuple[str, ...]:
    """
    Return the codes of the counties that no pack reaches at a level.

    Args:
        assessment: The result.

        level: ``nation``, ``province``, ``city`` or ``county``.
    """
    depth = LEVEL_NAMES.index(level)
    reaching = [each for each in assessment.levels if rank_of(each.area) == depth]
    return tuple(
        code
        for row, code in enumerate(assessment)
        if not any(row in each for each in reaching)
    )
