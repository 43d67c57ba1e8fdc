"""By how much a finding misses, in words: the one place where files ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.engine import measured
from eduequity.vocab import Verdict


if TYPE_CHECKING:
    from eduequity.engine import Finding


__all__ = ["missing_by"]


def missing_by(finding: Finding, lang: str) -> str:
    """
    Say by how much an unmet finding misses its limit, "" where there is no number.

    The distance is in the unit of the indicator. Whoever knows the smallest whole
    change that meets the rule (so many teachers, so many rooms) answers here.
    """
    value, limit = finding.value, finding.threshold
    if finding.verdict is not Verdict.UNMET or isinstance(value, bool):
        return ""
    if value is None or not isinstance(limit, int | float):
        return ""
    gap = measured(abs(limit - value), finding.unit, lang, places=_PLACES)
    sign = "-" if finding.operator in (">=", ">") else "+"
    return f"{sign}{gap}"


_PLACES = 4
"""A miss by less than the forms print still shows as a miss."""
