"""Listing the rule packs that are installed."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines
from eduequity.cli._streams import is_utf8, put, say_error


if TYPE_CHECKING:
    from collections.abc import Iterator

    from eduequity.rules import Pack


__all__ = ["show"]


def show(format_: str, lang: str) -> None:
    """Print the packs; what could not be loaded is said on stderr."""
    from eduequity._facade import installed

    registry = installed()
    packs = registry.packs
    if format_ == "json":
        rows = [_row(pack) for pack in packs]
        ascii_only = not is_utf8(sys.stdout)
        put([json.dumps(rows, ensure_ascii=ascii_only, indent=2), "\n"])
    else:
        for line in _lines(packs, lang):
            print_lines(line)
    for each in registry.failures:
        word = "未加载" if lang == "zh" else "not loaded"
        say_error(f"{word}: {' '.join(str(each).split())}")


def _row(pack: Pack) -> dict[str, object]:
    return {
        "id": pack.info.id,
        "programme": pack.info.programme,
        "areas": list(pack.info.areas),
        "version": pack.version,
        "distribution": pack.distribution,
    }


def _lines(packs: tuple[Pack, ...], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    for pack in packs:
        info = pack.info
        areas = ", ".join(each or ("全国" if zh else "nation") for each in info.areas)
        yield f"{info.id}  {info.title.get(lang)}"
        yield (
            f"  评估项目 {info.programme}；地区 {areas}；复核于 {info.reviewed}；"
            f"{pack.distribution} {pack.version}"
            if zh
            else f"  programme {info.programme}; areas {areas}; reviewed "
            f"{info.reviewed}; {pack.distribution} {pack.version}"
        )
