"""Verifying a result from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines


if TYPE_CHECKING:
    from eduequity._verify import Verification


__all__ = ["show"]

_MOST = 50


def show(verification: Verification, lang: str) -> int:
    """Say what differs; return 0 where nothing does, else 1."""
    zh = lang == "zh"
    counted = (
        f"{verification.counties} 个区县、{verification.findings} 条结论"
        if zh
        else f"{verification.counties} counties, {verification.findings} findings"
    )
    if verification.same:
        print_lines(f"一致：{counted}" if zh else f"the same: {counted}")
        return 0
    found = verification.differences
    total = len(found)
    print_lines(
        f"不一致：{total} 处（{counted}）" if zh else f"{total} differences ({counted})"
    )
    for each in found[:_MOST]:
        print_lines(f"  {' '.join(each.sentence(lang).split())}")
    if total > _MOST:
        print_lines(
            f"  …… 另 {total - _MOST} 处" if zh else f"  … {total - _MOST} more"
        )
    return 1
