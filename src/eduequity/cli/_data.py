"""Data on the command line: check it, or begin with a blank workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines, quoted
from eduequity.cli._errors import UsageError
from eduequity.cli._streams import progress


if TYPE_CHECKING:
    from collections.abc import Iterator

    from eduequity.io import Checked


__all__ = ["check", "template"]

DEFECTS = 2


def template(path: str, programme: str, area: str | None, lang: str) -> None:
    """Write the blank workbook and say what to do with it."""
    import eduequity as ee

    if area is not None and not _is_area(area):
        raise UsageError(
            f"--area {area}：不是地区代码，应为2、4或6位数字",
            f"--area {area}: no area code, expected 2, 4 or 6 digits",
        )
    ee.template(path, programme=programme, area=area, lang=lang)
    then = f"eduequity check {quoted(path)}"
    print_lines(
        f"已写出 {path}；填好后运行 {then}"
        if lang == "zh"
        else f"written: {path}; fill it in, then run  {then}"
    )


def _is_area(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in (2, 4, 6)


def check(path: str, out: str | None, lang: str, *, previous: str | None = None) -> int:
    """Print every problem and what is there; return the status."""
    import eduequity as ee
    from eduequity.report import check_workbook

    if out is not None:
        check_workbook(out, apart_from=path)
    with progress(lang) as told:
        checked = ee.check(path, previous=previous, progress=told)
    for problem in checked:
        print_lines(problem.text(lang))
    for line in _warnings(checked, lang):
        print_lines(line)
    for line in _summary(checked, lang):
        print_lines(line)
    if out is not None and _was_there(checked):
        checked.write(out, lang=lang)
        print_lines(f"已写出 {out}" if lang == "zh" else f"written: {out}")
    return DEFECTS if len(checked) else 0


def _was_there(checked: Checked) -> bool:
    """Whether there was any data: nothing is written for a path with a typing error."""
    return all(each.code != "not-found" for each in checked)


def _warnings(checked: Checked, lang: str) -> Iterator[str]:
    for each in checked.notices:
        said = each.zh if lang == "zh" else each.en
        where = f"{each.place}: " if each.place else ""
        yield f"{'提示 ' if lang == 'zh' else 'warning '}{where}{said}"


def _summary(checked: Checked, lang: str) -> Iterator[str]:
    errors, warnings = len(checked), len(checked.notices)
    if checked.facts is None:
        yield (
            f"发现 {errors} 处错误、{warnings} 处提示；改正错误后才能评估"
            if lang == "zh"
            else f"{errors} errors, {warnings} warnings; mend the errors first"
        )
        return
    there = checked.counts
    yield (
        f"数据可用：{there['counties']} 个区县、{there['schools']} 所学校、"
        f"{there['sections']} 个学段单位；没有错误，{warnings} 处提示"
        if lang == "zh"
        else f"the data can be used: {there['counties']} counties, {there['schools']} "
        f"schools, {there['sections']} sections; no errors, {warnings} warnings"
    )
    if checked.absent:
        parts = [f"{table} {len(names)}" for table, names in checked.absent.items()]
        yield (
            f"没有数据的列（视为未知）：{'、'.join(parts)}"
            if lang == "zh"
            else f"columns without data (unknown): {', '.join(parts)}"
        )
