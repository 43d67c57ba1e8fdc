"""The roadmap on the command line: the table, JSON, and the plot as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.cli import _assess
from eduequity.cli._errors import UsageError
from eduequity.cli._streams import console, put_json


if TYPE_CHECKING:
    from collections.abc import Sequence

    from eduequity.cli._options import Format, LawOptions
    from eduequity.planning import Roadmap

__all__ = ["show"]


def show(source: str, law: LawOptions, out: Sequence[str], form: Format) -> None:
    """Read *source*, print its roadmap and write the plots that are asked for."""
    import eduequity as ee
    from eduequity.report import check_target
    from eduequity.report._roadmap import PLOTS, plot_writer
    from eduequity.report._write import write_bytes

    for path in out:
        check_target(path, (*PLOTS, ".html"))
    result = _assess.assess(source, law)
    made = ee.roadmap(result)
    if not made and any(map(_is_report, out)):
        raise _none(source)
    for path in out:
        if _is_report(path):
            result.write(path, lang=law.lang, tabs=[made])
        else:
            write_bytes(path, plot_writer(made, path, law.lang))
    if form == "json":
        put_json(made.to_dict())
        return
    _print(source, made, law.lang)
    if out:
        written = "已写出 " if law.lang == "zh" else "written: "
        _assess.print_lines(written + ", ".join(out))


def _is_report(path: str) -> bool:
    return path.casefold().endswith(".html")


def _none(source: str) -> UsageError:
    return UsageError(
        f"{source}：没有分年度目标；适用的规则包中没有规划目标",
        f"{source}: no staged targets, no pack that applies has any",
    )


def _print(source: str, made: Roadmap, lang: str) -> None:
    from eduequity.report._roadmap import roadmap_table

    if not made:
        raise _none(source)
    console().print(roadmap_table(made, lang), markup=False, highlight=False)
    weak = {
        "zh": "* 年份或数值未核实；目标只看进度，不改变任何达标判定",
        "en": "* year or value unverified; targets show progress and decide nothing",
    }
    _assess.print_lines(weak[lang])
