"""
A result, a county or findings as a small table in a notebook.

Everything that comes from data or packs is escaped, and set apart so that a name in
right-to-left script cannot reorder what stands beside it.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterable, Sequence

from eduequity.engine import Assessment, CountyResult, Findings, comparison
from eduequity.report._words import dimension, one_line


__all__ = ["notebook"]

_MOST = 20
_LONGEST = 60


def notebook(shown: object) -> str:
    """
    Return HTML for a notebook.

    Args:
        shown: A result, a county or findings.
    """
    if isinstance(shown, Findings):
        return _findings(shown)
    if isinstance(shown, CountyResult):
        return _county(shown)
    assert isinstance(shown, Assessment)
    return _assessment(shown)


def _cell(text: object) -> str:
    return f"<bdi>{html.escape(_named(str(text)))}</bdi>"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _named(name: str | None) -> str:
    """Return a name for a caption, cleaned and not too long."""
    words = one_line(name or "")
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _made_up(assessment: Assessment) -> str:
    return "（synthetic 合成数据）" if assessment.synthetic else ""


def _more(size: int) -> str:
    return f"<p>… {size - _MOST} more 另有</p>" if size > _MOST else ""


def _findings(findings: Findings) -> str:
    told = ", ".join(f"{v.label.zh} {n}" for v, n in findings.counts.items() if n)
    rows = [
        (
            each.verdict.label.zh,
            each.assessment.law.rules[each.rule][1].label.zh,
            each.entity,
            comparison(each, "zh"),
            each.id,
        )
        for each in itertools.islice(findings, _MOST)
    ]
    title = f"{len(findings)} findings 结论：{told or '—'}" + _made_up(
        findings.assessment
    )
    heads = ("结论", "要求", "对象", "值", "id")
    return _table(title, heads, rows) + _more(len(findings))


def _county(county: CountyResult) -> str:
    title = f"{_named(county.name)} {county.code} {county.verdict.label.zh}"
    title += _made_up(county.assessment)
    rows = [
        (dimension(each.id, "zh"), each.verdict.label.zh) for each in county.dimensions
    ]
    return _table(title, ("方面", "结论"), rows)


def _assessment(result: Assessment) -> str:
    share = result.share()
    title = (
        f"{len(result)} counties 区县，{result.programme}，{result.on}："
        f"met 达标 {share.met}，unmet 未达标 {share.unmet}，unknown 证据不足 "
        f"{share.unknown}{_made_up(result)}"
    )
    rows = [
        (each.code, each.name or "", each.verdict.label.zh)
        for each in itertools.islice(result.values(), _MOST)
    ]
    return _table(title, ("代码", "区县", "结论"), rows) + _more(len(result))
