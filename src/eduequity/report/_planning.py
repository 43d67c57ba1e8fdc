"""Plans, scenarios and projections as workbooks: one table a sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import IO, Any, TypeAlias

from eduequity.engine import unit_label
from eduequity.planning import Plan, Projection, Scenarios
from eduequity.report._sheets import Looks, new_workbook, put, width_of
from eduequity.report._write import check_workbook, write_bytes


__all__ = ["write_planning"]

Table: TypeAlias = tuple[str, list[Sequence[Any]]]
"""The name of a sheet, and its rows, the headings first."""


def write_planning(
    made: Plan | Scenarios | Projection,
    path: str | os.PathLike[str],
    *,
    lang: str = "zh",
) -> None:
    """
    Write a plan, scenarios or a projection as a workbook.

    Args:
        made: What to write.

        path: The ``.xlsx``. What stood there is replaced at once, or stays as it was.

        lang: ``zh`` or ``en``.

    Raises:
        OutputError: The file cannot be written, or is no ``.xlsx``.

        MissingExtraError: It needs the extra ``excel``.
    """
    check_workbook(path)
    tables = list(_tables(made, lang))
    write_bytes(path, lambda stream: _write(stream, tables))


def _write(stream: IO[bytes], tables: Sequence[Table]) -> None:
    book = new_workbook(stream, "a workbook")
    looks = Looks(book)
    for name, rows in tables:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                look = looks(bold=True, bottom=1) if at == 0 else looks()
                put(sheet, at, column, cell, look)
        for column in range(max(map(len, rows))):
            words = [str(row[column]) for row in rows if column < len(row)]
            sheet.set_column(column, column, max(map(width_of, words)))
    book.close()


def _tables(made: Plan | Scenarios | Projection, lang: str) -> Iterator[Table]:
    if isinstance(made, Plan):
        yield from _plan(made, lang)
    elif isinstance(made, Scenarios):
        yield _scenarios(made, lang)
    else:
        yield from _projection(made, lang)


def _pick(lang: str, zh: Sequence[str], en: Sequence[str]) -> Sequence[str]:
    return zh if lang == "zh" else en


def _plan(plan: Plan, lang: str) -> Iterator[Table]:
    zh = lang == "zh"
    lines: list[Sequence[Any]] = [[each] for each in plan.lines(lang)]
    yield ("说明" if zh else "Summary"), lines
    head = _pick(
        lang,
        ("学校或学段", "名称", "项目", "增加", "单位"),
        ("School or section", "Name", "What", "More", "Unit"),
    )
    changes: list[Sequence[Any]] = [
        (
            each.entity,
            each.where.get(lang),
            each.label.get(lang),
            each.amount,
            unit_label(each.unit, lang).strip(),
        )
        for each in plan.changes
    ]
    yield ("各校增加" if zh else "Schools"), [head, *changes]
    head = _pick(
        lang, ("调出", "调入", "类别", "人数"), ("From", "To", "Kind", "Teachers")
    )
    labels = {each.name: each.label for each in plan.facts.fields["schools"]}
    moves: list[Sequence[Any]] = [
        (each.source, each.target, labels[each.column].get(lang), each.amount)
        for each in plan.moves
    ]
    yield ("教师交流" if zh else "Moves"), [head, *moves]
    head = _pick(
        lang, ("项目", "数量", "单价", "金额"), ("What", "Amount", "Unit cost", "Cost")
    )
    totals: list[Sequence[Any]] = [
        (each.label.get(lang), each.amount, each.unit_cost, each.cost)
        for each in plan.totals
    ]
    yield ("合计" if zh else "Totals"), [head, *totals]
    head = _pick(
        lang, ("规则", "学段", "编号", "可省"), ("Rule", "Stage", "Id", "Saving")
    )
    prices: list[Sequence[Any]] = [
        (each.label.get(lang), each.stage, each.rule, each.saving)
        for each in plan.prices
    ]
    yield ("规则的代价" if zh else "Rules"), [head, *prices]


def _scenarios(made: Scenarios, lang: str) -> Table:
    zh = lang == "zh"
    names = [each.name or ("现状" if zh else "as it is") for each in made]
    rows: list[Sequence[Any]] = [
        (
            row.label.get(lang),
            row.stage,
            *(row.text(nth, lang) for nth in range(len(made))),
        )
        for row in made.rows
    ]
    head = ("规则" if zh else "Rule", "学段" if zh else "Stage", *names)
    return ("情景" if zh else "Scenarios"), [head, *rows]


def _projection(made: Projection, lang: str) -> Iterator[Table]:
    zh = lang == "zh"
    head = _pick(
        lang,
        ("日期", "学段", "在校生低", "中", "高"),
        ("On", "Stage", "Pupils, low", "middle", "high"),
    )
    rows: list[Sequence[Any]] = [
        (year.on.isoformat(), stage, *some)
        for year in made.years
        for stage, some in year.pupils.items()
    ]
    yield ("在校生" if zh else "Pupils"), [head, *rows]
    lines: list[Sequence[Any]] = [[each] for each in made.lines(lang)]
    yield ("规则" if zh else "Rules"), lines
