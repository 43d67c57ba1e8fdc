"""The page of the documentation that says what was measured, made by ``run.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.measuring import Section, Table, Target


__all__ = ["page", "targets"]

TOP = """\
# Benchmarks

本页是一次运行 `python benchmarks/run.py --page …` 的输出，\
学校和教师全是合成数据；只有同一次运行中的比值有意义。
手写的 Polars、DuckDB、pandas 只算七项指标、\
七项中六项达标和差异系数，\
eduequity 计时的是全部规则；\
OpenFisca 和 pandera 只能做其中一部分，详见下文。

This page is the output of one run of `python benchmarks/run.py --page …`, which makes a
synthetic nation and times everything below in turns.
Nobody's school is in it: the figures are random numbers around the thresholds.
Only ratios within one run mean anything.
A ratio is the median of the rounds' ratios, by wall time and by processor time of all
threads.
On a machine that does other work too the latter is the steadier of the two: contenders
that use several threads then wait for a free processor.
"""

SAME_WORK = """\
## What is and is not the same work

- **Polars, DuckDB, pandas by hand** work out the seven indicators, the quorum of six in
  seven and the fourteen coefficients of every county, blanks included, from section
  columns that already lie in their own memory format.
  Their answers have to equal eduequity's, coefficients to 1e-9, before anything is
  timed.
  What is timed of eduequity is the whole programme: all its rules, the dated
  thresholds, the levels.
  The queries do not know where a threshold stands in the law and cannot say why.
- **Polars in one pass** takes the variance as the difference of two moments, which
  loses digits where schools are alike; eduequity and the others take two passes.
- **OpenFisca** does less: the seven indicators, who misses which, the quorum; no
  coefficients.
  It knows no blank, and its numbers have 32 bits, so that sections at a threshold fall
  on the wrong side of it; the table says how far its counts differ.
  Building the simulation is timed with it, as its users have to do it for every input;
  the rules are built beforehand, as ours are.
- **pandera** does less still: it is given the indicators ready made and checks the
  thresholds. A blank passes.
- **calamine, Polars' own read, the group-by by hand** only move data: they check no
  cell, know no other spelling of a word and look for no unknown school.
  They are yardsticks of what reading costs at least.
- **Peak memory** is that of a process of its own, which the input columns are not
  counted in.
"""


def targets(found: Mapping[str, Section]) -> Table:
    """Return all ratios beside the most that they should be."""
    rows = [_row(target) for part in found.values() for target in part.targets]
    return Table("Targets", ["", "ratio", "CPU ratio", "at most", ""], rows)


def _row(target: Target) -> list[str]:
    return [
        target.what,
        f"{target.ratio:.2f}",
        "" if target.cpu is None else f"{target.cpu:.2f}",
        f"{target.limit:g}",
        target.verdict,
    ]


def page(machine: Sequence[str], found: Mapping[str, Section]) -> str:
    """Return the page as Markdown."""
    tables = [targets(found), *(t for part in found.values() for t in part.tables)]
    return "\n".join(
        [
            TOP,
            *(f"- {line}" for line in machine),
            "",
            SAME_WORK,
            *(_markdown(table) for table in tables),
        ]
    )


def _markdown(table: Table) -> str:
    rule = ["---", *("---:" for _ in table.headings[1:])]
    lines = [table.headings, rule, *table.rows]
    rows = ("| " + " | ".join(line) + " |" for line in lines)
    remarks = (f"- {each}" for each in table.remarks)
    return "\n".join([f"## {table.title}", "", *rows, "", *remarks, ""])
