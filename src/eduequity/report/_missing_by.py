"""What a finding lacks, in words: the one place where files ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.engine import measured, shortfall
from eduequity.report._words import one_line
from eduequity.vocab import Verdict


if TYPE_CHECKING:
    from eduequity.engine import Finding


__all__ = ["distance", "missing_by"]


def missing_by(finding: Finding, lang: str) -> str:
    """
    Say what an unmet finding lacks, "" where there is nothing to say.

    It is the smallest whole change that meets the rule (so many teachers, so many
    rooms); of a coefficient and of other figures that no count changes alone it is the
    distance to the limit. A finding that joins others leaves it to them.
    """
    if finding.verdict is not Verdict.UNMET or "summary" in finding.flags:
        return ""
    found = shortfall(finding)
    if found is None or not (found.changes or found.alternatives):
        return distance(finding, lang)
    zh = lang == "zh"
    said = ("；" if zh else "; ").join(each.quantity(lang) for each in found.changes)
    for each in found.alternatives:
        said += f"{'；或者 ' if zh else '; or '}{each.quantity(lang)}"
    if not found.sufficient:
        said += "（此外还缺证据）" if zh else " (evidence is missing besides)"
    return one_line(said)


def distance(finding: Finding, lang: str) -> str:
    """Say how far an unmet finding is from its limit, in the indicator's unit."""
    if finding.verdict is not Verdict.UNMET or "summary" in finding.flags:
        return ""
    value, limit = finding.value, finding.threshold
    if value is None or isinstance(value, bool) or not isinstance(limit, int | float):
        return ""
    gap = measured(abs(limit - value), finding.unit, lang, places=_PLACES)
    sign = "-" if finding.operator in (">=", ">") else "+"
    return f"{sign}{gap}"


_PLACES = 4
"""A miss by less than the forms print still shows as a miss."""
