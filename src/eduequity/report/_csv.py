"""A result as CSV: one finding a row, written county by county."""

from __future__ import annotations

import csv
import functools
import io
from typing import IO, TYPE_CHECKING, Any

from eduequity.report._words import dimension, harmless, one_line
from eduequity.vocab import Scope, Stage, Text


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eduequity.engine import Assessment, CountyResult, Finding


__all__ = ["write_csv"]

_HEADS = {
    "county": Text("区县代码", "county"),
    "county_name": Text("区县", "county name"),
    "dimension": Text("方面", "dimension"),
    "rule": Text("规则", "rule"),
    "label": Text("要求", "requirement"),
    "level": Text("层级", "level"),
    "entity": Text("对象代码", "entity"),
    "name": Text("对象", "name"),
    "stage": Text("学段", "stage"),
    "verdict": Text("结论", "verdict"),
    "value": Text("值", "value"),
    "operator": Text("比较", "operator"),
    "threshold": Text("标准", "threshold"),
    "unit": Text("单位", "unit"),
    "force": Text("效力", "force"),
    "basis": Text("依据类型", "basis"),
    "flags": Text("标记", "flags"),
    "sources": Text("依据", "sources"),
    "shortfall": Text("缺口", "shortfall"),
    "id": Text("编号", "id"),
    "synthetic": Text("合成数据", "synthetic"),
}


def write_csv(assessment: Assessment, stream: IO[bytes], *, lang: str = "zh") -> None:
    """
    Write every finding as UTF-8 with a byte-order mark, as Excel likes.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        assessment: The result.

        stream: Where to.

        lang: ``zh``, or English for anything else.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(head.get(lang) for head in _HEADS.values())
    stream.write("\ufeff".encode())
    for county in assessment.values():
        for row in _rows(county, lang):
            rows.writerow(_safe(row[name]) for name in _HEADS)
        stream.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    stream.write(text.getvalue().encode())


def _safe(cell: Any) -> Any:
    return _text(cell) if isinstance(cell, str) else cell


@functools.lru_cache(maxsize=4096)
def _text(cell: str) -> str:
    """Return a text as one harmless line; most of them stand in many rows."""
    return harmless(one_line(cell))


def _rows(county: CountyResult, lang: str) -> Iterator[dict[str, Any]]:
    facts = county.assessment.facts
    part = slice(*facts.school_starts[county.row : county.row + 2])
    codes, names = (facts.schools.words(each)[part] for each in ("code", "name"))
    schools = dict(zip(codes, names, strict=True))
    made_up = county.assessment.synthetic
    lacking = {each.finding.id: each.sentence(lang) for each in county.shortfall()}
    for finding in county.findings(components=True):
        yield {
            "county": county.code,
            "county_name": county.name or "",
            **_row(finding, schools, lang),
            "shortfall": lacking.get(finding.id, ""),
            "synthetic": "synthetic" if made_up else "",
        }


def _row(finding: Finding, schools: Mapping[str, Any], lang: str) -> dict[str, Any]:
    law = finding.assessment.law
    rule = law.rules[finding.rule][1]
    limit: Any = finding.threshold
    return {
        "dimension": dimension(rule.dimension or "local", lang),
        "rule": finding.rule,
        "label": rule.label.get(lang),
        "level": finding.area,
        "entity": finding.entity,
        "name": _name(finding, schools),
        "stage": Stage(finding.stage).label.get(lang) if finding.stage else "",
        "verdict": finding.verdict.label.get(lang),
        "value": _value(finding.value),
        "operator": finding.operator or "",
        "threshold": "–".join(map(str, limit)) if isinstance(limit, tuple) else limit,
        "unit": finding.unit.value,
        "force": finding.force.label.get(lang) or finding.force.value,
        "basis": finding.basis.label.get(lang) or finding.basis.value,
        "flags": " ".join(finding.flags),
        "sources": "；".join(
            f"《{law.source(each.source).title}》{each.clause or ''}"
            for each in finding.sources
        ),
        "id": finding.id,
    }


def _name(finding: Finding, schools: Mapping[str, Any]) -> str:
    if finding.scope in (Scope.SCHOOL, Scope.SECTION):
        return str(schools.get(finding.entity.partition("/")[0]) or "")
    return finding.item or ""


def _value(value: float | bool | None) -> Any:
    return value if not isinstance(value, bool) else ("yes" if value else "no")
