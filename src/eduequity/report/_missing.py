"""Why a rule is unknown: whose evidence is missing, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.report._groups import missing, unit_name
from eduequity.report._words import UNITS, one_line
from eduequity.vocab import Scope, Text, Verdict


if TYPE_CHECKING:
    from eduequity.engine import CountyResult, Finding
    from eduequity.report._groups import Group


__all__ = ["listed", "what_is_missing"]

_FEW = 3


def listed(parts: tuple[str, ...], lang: str) -> str:
    """List *parts* as the language does."""
    return ("、" if lang == "zh" else ", ").join(parts)


def what_is_missing(county: CountyResult, group: Group, lang: str) -> str:
    """
    Say on one line what an unknown rule lacks.

    Args:
        county: The county.

        group: The rule, at one level.

        lang: ``zh`` or ``en``.
    """
    units = group.of(Verdict.UNKNOWN)
    said: list[str] = []
    if units and units[0].scope is not Scope.COUNTY:
        said.append(_who(county, group, units, lang))
    lacking = listed(tuple(map(one_line, missing(county, group, lang))), lang)
    if lacking:
        said.append(f"缺 {lacking}" if lang == "zh" else f"missing: {lacking}")
    elif not county.assessment.facts.schools.size and group.about_schools:
        said.append(_NO_SCHOOLS.get(lang))
    elif any("incomplete" in each.flags for each in (group.head, *units)):
        said.append(_TOO_FEW.get(lang))
    if group.head.determined_by is not None:
        said.append(_NATION_ONLY.get(lang))
    return ("；" if lang == "zh" else "; ").join(said or [_NOTHING.get(lang)])


_NO_SCHOOLS = Text("没有学校数据（schools 表）", "there are no schools (table schools)")
_TOO_FEW = Text(
    "所列学校、班级或学生少于县里申报的数",
    "fewer schools, classes or pupils are listed than stated",
)
_NATION_ONLY = Text("只能由国家认定", "only the nation determines it")
_NOTHING = Text("缺相关材料", "nothing was handed in for it")


def _who(
    county: CountyResult, group: Group, units: tuple[Finding, ...], lang: str
) -> str:
    noun = UNITS.get(units[0].scope, UNITS[Scope.COUNTY])
    if len(units) == group.judged and len(units) > _FEW:
        every = Text(f"全部 {len(units)} {noun.zh}", f"all {len(units)} {noun.en}")
        return every.get(lang)
    names = listed(
        tuple(one_line(unit_name(county, each, lang)) for each in units[:_FEW]), lang
    )
    more = len(units) > _FEW
    if lang == "zh":
        return (
            f"{group.judged} {noun.zh}中 {len(units)} {noun.zh[0]}"
            f"（{names}{'等' if more else ''}）"
        )
    return f"{len(units)} of {group.judged} {noun.en} ({names}{', …' if more else ''})"
