"""The shortfall on the command line: what is missing, unit by unit, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines
from eduequity.cli._streams import put_json


if TYPE_CHECKING:
    from eduequity.cli._options import Format
    from eduequity.engine import Assessment


__all__ = ["show"]


def show(assessment: Assessment, form: Format, lang: str) -> None:
    """Print what the unmet requirements of all counties lack."""
    found = assessment.shortfall()
    if form == "json":
        put_json(found.to_dict())
        return
    zh = lang == "zh"
    if not len(found):
        print_lines("没有未达标的要求" if zh else "no requirement is unmet")
        return
    rule = ""
    for each in found:
        if each.finding.rule != rule:
            rule = each.finding.rule
            label = assessment.law.rules[rule][1].label.get(lang)
            print_lines(f"{_flat(label)}  {rule}")
        print_lines(f"  {_flat(each.sentence(lang))}")
    print_lines("合计" if zh else "In all")
    for change in found.totals:
        print_lines(f"  {_flat(change.sentence(lang))}")


def _flat(text: str) -> str:
    return " ".join(text.split())
