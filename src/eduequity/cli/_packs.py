"""Rule packs on the command line: list, show, check, begin a new one."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from eduequity.cli._assess import print_lines
from eduequity.cli._streams import is_utf8, put, say_error


if TYPE_CHECKING:
    from collections.abc import Iterator

    from eduequity.errors import PluginError
    from eduequity.registry import Registry
    from eduequity.rules import Pack


__all__ = ["check", "show"]

DEFECTS = 1
_SHORT = 12


# -- list ---------------------------------------------------------------------------


def show(format_: str, lang: str) -> None:
    """Print the packs; what could not be loaded is said on stderr."""
    from eduequity._facade import installed

    registry = installed()
    packs = registry.packs
    if format_ == "json":
        rows = list(_rows(registry))
        ascii_only = not is_utf8(sys.stdout)
        put([json.dumps(rows, ensure_ascii=ascii_only, indent=2), "\n"])
    else:
        for line in _lines(packs, lang):
            print_lines(line)
    for each in registry.failures:
        say_error(_not_loaded(each, lang))


def _not_loaded(failure: PluginError, lang: str) -> str:
    word = "未加载" if lang == "zh" else "not loaded"
    return f"{word}: {' '.join(str(failure).split())}"


def _rows(registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield a row a pack, then one a plugin of which nothing was loaded."""
    reasons: dict[tuple[str, str], list[str]] = {}
    _ = registry.packs
    for each in registry.failures:
        key = each.distribution, each.version
        reasons.setdefault(key, []).append(each.reason)
    for pack in registry.packs:
        yield {
            "id": pack.info.id,
            "programme": pack.info.programme,
            "areas": list(pack.info.areas),
            "version": pack.version,
            "distribution": pack.distribution,
            "reviewed": pack.info.reviewed.isoformat(),
            "digest": pack.digest,
            "failures": reasons.get((pack.distribution, pack.version), []),
        }
    loaded = {(pack.distribution, pack.version) for pack in registry.packs}
    for key, why in reasons.items():
        if key not in loaded:
            yield {
                "id": None,
                "programme": None,
                "areas": [],
                "version": key[1],
                "distribution": key[0],
                "reviewed": None,
                "digest": None,
                "failures": why,
            }


def _lines(packs: tuple[Pack, ...], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    for pack in packs:
        info = pack.info
        areas = ", ".join(each or ("全国" if zh else "nation") for each in info.areas)
        digest = pack.digest[:_SHORT]
        yield f"{info.id}  {info.title.get(lang)}"
        yield (
            f"  评估项目 {info.programme}；地区 {areas}；复核于 {info.reviewed}；"
            f"来自 {pack.distribution} {pack.version}；摘要 {digest}"
            if zh
            else f"  programme {info.programme}; areas {areas}; reviewed "
            f"{info.reviewed}; from {pack.distribution} {pack.version}; digest {digest}"
        )


# -- check --------------------------------------------------------------------------


def check(name: str | None, lang: str) -> int:
    """
    Print the defects of one pack or of all, one a line, and return the status.

    Raises:
        UnknownNameError: There is no pack of that id.
    """
    from eduequity._facade import installed
    from eduequity.testing import folders, health

    registry = installed()
    packs = registry.packs
    found = [line for each in _failures(registry, name) for line in _told(each, lang)]
    if name is not None:
        packs = (registry.pack(name),) if name not in _broken(registry) else ()
    where = folders(registry)
    for pack in packs:
        problems = health(pack, registry, folder=where.get(pack.info.id))
        found += [" ".join(problem.text(lang).split()) for problem in problems]
    for line in found:
        print_lines(line)
    if not found:
        names = ", ".join(pack.info.id for pack in packs)
        print_lines(f"{names}：没有缺陷" if lang == "zh" else f"{names}: no defects")
    return DEFECTS if found else 0


def _broken(registry: Registry) -> dict[str, str]:
    """Return the packs that were not loaded by id, each with its folder."""
    from eduequity.testing import folders

    loaded = {pack.info.id for pack in registry.packs}
    where = folders(registry)
    return {name: str(path) for name, path in where.items() if name not in loaded}


def _failures(registry: Registry, name: str | None) -> list[PluginError]:
    """Return the failures that concern a pack; all of them without a name."""
    if name is None:
        return registry.failures
    folder = _broken(registry).get(name)
    if folder is None:
        return []
    told = [e for e in registry.failures if folder in e.reason or name in e.reason]
    return told or registry.failures


def _told(failure: PluginError, lang: str) -> list[str]:
    """Say a failure, one line a reason; the reasons of a pack have their own place."""
    word = "未加载" if lang == "zh" else "not loaded"
    who = f"{failure.distribution} {failure.version}"
    return [
        f"{' '.join(line.split())} [{who} {word}]"
        for line in failure.reason.splitlines()
    ]
