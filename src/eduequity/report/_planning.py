"""
Plans, scenarios, sweeps, projections and comparisons as files of their own.

As a workbook each is a sheet of what is to be said, its tables, and native charts in
which the limits are drawn; as JSON it is what its ``to_dict`` gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias

from eduequity.engine import Assessment, unit_label
from eduequity.ledger import Comparison
from eduequity.planning import Plan, Projection, Scenarios, Sweep
from eduequity.report._comparison import comparison_tables
from eduequity.report._figures import SUFFIXES, write_plot
from eduequity.report._html import write_html
from eduequity.report._speaker import Teller
from eduequity.report._tables import Drawn, Picture, Table, write_tables
from eduequity.report._tabs import result_of
from eduequity.report._write import check_target, write_bytes
from eduequity.rules import Dispersion
from eduequity.vocab import Stage, Verdict


__all__ = ["MADE", "Made", "write_made"]

Made: TypeAlias = Plan | Scenarios | Sweep | Projection | Comparison
"""What is made from results and can be written."""

MADE: Sequence[str] = (".html", ".json", ".png", ".svg", ".xlsx")
"""The suffixes with which it can be."""


def write_made(made: Made, path: str | os.PathLike[str], *, lang: str = "zh") -> None:
    """
    Write a plan, scenarios, a sweep, a projection or a comparison into a file.

    Args:
        made: What to write.

        path: A workbook (``.xlsx``), ``.json``, the HTML report with a tab that shows
            it (``.html``), or its plot (``.png``, ``.svg``). What stood there is
            replaced at once, or stays as it was.

        lang: ``zh`` or ``en``; JSON has both, and so has the report.

    Raises:
        OutputError: The file cannot be written, has another suffix, or there is
            nothing to draw.

        MissingExtraError: A workbook needs the extra ``excel``, the report ``report``,
            a plot ``charts``.
    """
    check_target(path, MADE)
    suffix = Path(path).suffix.casefold()
    if suffix == ".html":
        of = result_of(made)
        write_bytes(path, lambda out: write_html(of, out, lang=lang, tabs=[made]))
        return
    if suffix in SUFFIXES:
        write_plot(made, path, lang=lang)
        return
    if suffix == ".json":
        text = json.dumps(made.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        write_bytes(path, lambda stream: stream.write(f"{text}\n".encode()))
        return
    write_bytes(path, lambda stream: _write_workbook(stream, made, lang))


def _write_workbook(stream: IO[bytes], made: Made, lang: str) -> None:
    of, tables = _TABLES[type(made)](made, lang)
    write_tables(stream, tables, lang, synthetic=of.synthetic)


# -- what they share -------------------------------------------------------------------


def _coefficients(of: Assessment) -> Mapping[tuple[str, str], tuple[Any, Any]]:
    """Return the nation's coefficients of the one county, each with its limit."""
    (county,) = of.values()
    return {
        (each.stage or "", each.rule): (each.value, each.threshold)
        for each in county.findings(force="requirement", area="")
        if isinstance(of.law.rules[each.rule][1], Dispersion)
        and "summary" not in each.flags
    }


def _spreads(
    say: Teller, name: str, sides: Mapping[str, Assessment], *, pair: bool
) -> Table:
    """Return the coefficients of several results side by side, drawn stage by stage."""
    found = {head: _coefficients(side) for head, side in sides.items()}
    keys = sorted(
        dict.fromkeys(key for each in found.values() for key in each),
        key=lambda key: _STAGES.index(key[0]),
    )
    rows = [
        [
            say.indicator(rule),
            say.stage(stage),
            *(each.get((stage, rule), (None, None))[0] for each in found.values()),
            next((each[stage, rule][1] for each in found.values() if each), None),
            rule,
            say.indicator(rule),
        ]
        for stage, rule in keys
    ]
    last = 2 + len(found)
    looks = ["before", *("after" if pair else "bar" for _ in range(len(found) - 1))]
    drawn = [Drawn(column=2 + nth, look=look) for nth, look in enumerate(looks)]  # type: ignore[arg-type]
    title = say.say("校际差异系数", "Coefficients between schools")
    return Table(
        name=name,
        head=[
            say.say("指标", "Indicator"),
            say.say("学段", "Stage"),
            *found,
            say.say("限值（≤）", "Limit (≤)"),
            say.say("编号", "Id"),
            say.say("作图用名称", "Name (drawn)"),
        ],
        rows=rows,
        forms=dict.fromkeys(range(2, last + 1), "0.000"),
        names=last + 2,
        pictures=[
            Picture(
                title=f"{title} · {say.stage(stage)}",
                across=last + 2,
                rows=at,
                drawn=(*drawn, Drawn(column=last, look="limit")),
                form="0.00",
            )
            for stage, at in _runs([key[0] for key in keys])
        ],
    )


_STAGES = ("", *(each.value for each in Stage))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """
    Yield the first and last place of each run of one word.

    >>> list(_runs(["a", "a", "b"]))
    [('a', (0, 1)), ('b', (2, 2))]
    """
    start = 0
    for at, word in enumerate(words):
        if at + 1 == len(words) or words[at + 1] != word:
            yield word, (start, at)
            start = at + 1


# -- a plan ----------------------------------------------------------------------------


def _plan(plan: Plan, lang: str) -> tuple[Assessment, list[Table]]:
    say = Teller(plan.assessment, lang)
    tables = [
        Table(
            name=say.say("说明", "Summary"),
            rows=[
                [say.say(f"最省方案：{plan.name}", f"The plan of {plan.name}")],
                *say.terms(),
                *([line] for line in list(plan.lines(lang))[1:]),
            ],
        ),
        _bought(plan, say),
        _moved(plan, say),
        _totals(plan, say),
        _prices(plan, say),
    ]
    if plan.after is not None:
        heads = [say.say("现状", "As it is"), say.say("规划后", "As planned")]
        sides = dict(zip(heads, (plan.before, plan.after), strict=True))
        tables.append(
            _spreads(say, say.say("差异系数", "Coefficients"), sides, pair=True)
        )
    return plan.assessment, tables


def _bought(plan: Plan, say: Teller) -> Table:
    return Table(
        name=say.say("各校增加", "Schools"),
        head=[
            say.say("学校或学段", "School or section"),
            say.say("名称", "Name"),
            say.say("项目", "What"),
            say.say("增加", "More"),
            say.say("单位", "Unit"),
        ],
        rows=[
            [
                each.entity,
                each.where.get(say.lang),
                each.label.get(say.lang),
                each.amount,
                unit_label(each.unit, say.lang).strip(),
            ]
            for each in plan.changes
        ],
    )


def _moved(plan: Plan, say: Teller) -> Table:
    labels = {each.name: each.label for each in plan.facts.fields["schools"]}
    alone = plan.rotation.moves if plan.rotation is not None else ()
    of_plan = say.say("本方案", "the plan")
    of_alone = say.say("只交流、不新增", "rotation alone")
    return Table(
        name=say.say("教师交流", "Moves"),
        head=[
            say.say("方案", "Of"),
            say.say("调出", "From"),
            say.say("调入", "To"),
            say.say("类别", "Kind"),
            say.say("人数", "Teachers"),
        ],
        rows=[
            [
                whose,
                each.source,
                each.target,
                labels[each.column].get(say.lang),
                each.amount,
            ]
            for whose, moves in ((of_plan, plan.moves), (of_alone, alone))
            for each in moves
        ],
    )


def _totals(plan: Plan, say: Teller) -> Table:
    rows = [
        [
            each.label.get(say.lang),
            each.amount,
            unit_label(each.unit, say.lang).strip(),
            each.unit_cost,
            each.cost,
        ]
        for each in plan.totals
    ]
    return Table(
        name=say.say("合计", "Totals"),
        head=[
            say.say("项目", "What"),
            say.say("数量", "Amount"),
            say.say("单位", "Unit"),
            say.say("单价", "Unit cost"),
            say.say("金额", "Cost"),
        ],
        rows=rows,
        pictures=_bars(say.say("方案的成本", "What the plan costs"), len(rows), 4),
    )


def _prices(plan: Plan, say: Teller) -> Table:
    rows = [
        [
            " · ".join(filter(None, [say.label(each.rule), say.stage(each.stage)])),
            say.stage(each.stage),
            each.saving,
            each.most,
            each.rule,
        ]
        for each in plan.prices
    ]
    return Table(
        name=say.say("规则的代价", "Rules"),
        head=[
            say.say("规则", "Rule"),
            say.say("学段", "Stage"),
            say.say("免去后可省", "Saved if waived"),
            say.say("至多可省", "At most"),
            say.say("编号", "Id"),
        ],
        rows=rows,
        pictures=_bars(
            say.say(
                "每条规则的代价：免去后可省多少",
                "What each rule costs: saved if waived",
            ),
            len(rows),
            2,
        ),
    )


def _bars(title: str, count: int, column: int) -> Sequence[Picture]:
    """Draw one column as bars, where there is anything to draw."""
    if not count:
        return ()
    drawn = (Drawn(column=column, look="after"),)
    rows = (0, count - 1)
    return (Picture(title=title, across=0, rows=rows, drawn=drawn, lying=True),)


# -- scenarios -------------------------------------------------------------------------


def _scenarios(made: Scenarios, lang: str) -> tuple[Assessment, list[Table]]:
    of = made.assessment
    say = Teller(of, lang)
    names = [each.name or say.say("现状", "as it is") for each in made]
    lines = [
        [f"{name}：{'；'.join(map(str, each.edits))}" if each.edits else name]
        for name, each in zip(names, made, strict=True)
    ]
    rows = [
        [
            row.label.get(lang),
            say.stage(row.stage),
            *(row.text(nth, lang) for nth in range(len(made))),
            say.say("是", "yes") if row.differs else "",
            row.rule,
        ]
        for row in made.rows
    ]
    head = [
        say.say("规则", "Rule"),
        say.say("学段", "Stage"),
        *names,
        say.say("有差别", "Differs"),
        say.say("编号", "Id"),
    ]
    sides = {name: each.assessment for name, each in zip(names, made, strict=True)}
    return of, [
        Table(
            name=say.say("说明", "Summary"),
            rows=[[say.say("情景对照", "Scenarios")], *say.terms(), *lines],
        ),
        Table(name=say.say("情景", "Scenarios"), head=head, rows=rows),
        _spreads(say, say.say("差异系数", "Coefficients"), sides, pair=False),
    ]


# -- a sweep ---------------------------------------------------------------------------

_CODES = {Verdict.UNMET: 0, Verdict.UNKNOWN: 1, Verdict.MET: 2}


def _sweep(made: Sweep, lang: str) -> tuple[Assessment, list[Table]]:
    say = Teller(made.assessment, lang)
    cell = f"{made.entity}.{made.column}"
    lines = [line for line in made.lines(lang) if line.startswith("----")]
    told = say.say("没有转折：结论始终相同", "No turn: the verdict stays the same")
    turns = _turns(made, say)
    return made.assessment, [
        Table(
            name=say.say("说明", "Summary"),
            rows=[
                [say.say(f"单项扫描：{cell}", f"Sweep of {cell}")],
                *say.terms(),
                [_watched(made, say)],
                *([line.strip("- ")] for line in lines or [told]),
            ],
        ),
        _points(made, say, turns),
        turns,
    ]


def _watched(made: Sweep, say: Teller) -> str:
    if not made.watched:
        return say.say("关注：全县结论", "Watched: the county's verdict")
    rule = made.watched.partition(":")[2].partition("@")[0]
    return say.say(
        f"关注：{say.label(rule)}（{made.watched}）",
        f"Watched: {say.label(rule)} ({made.watched})",
    )


def _points(made: Sweep, say: Teller, turns: Table) -> Table:
    measured = any(each.measured is not None for each in made.points)
    unit = unit_label(made.measured_unit, say.lang) if made.measured_unit else ""
    picture = Picture(
        title=_watched(made, say),
        across=0,
        rows=(0, len(made.points) - 1),
        drawn=(
            Drawn(column=2 if measured else 4, look="line"),
            *((Drawn(column=3, look="limit"),) if measured else ()),
            *(
                (Drawn(column=4, look="mark", of=(turns.name, 1, len(turns.rows))),)
                if turns.rows
                else ()
            ),
        ),
        plot=True,
        words=None if measured else max(_CODES.values()),
        below=f"{made.entity}.{made.column}{_bracketed(made, say)}",
        beside=unit.strip() if measured else "",
        form="General" if measured else _worded(say),
    )
    return Table(
        name=say.say("扫描", "Sweep"),
        head=[
            say.say("取值", "Value"),
            say.say("结论", "Verdict"),
            say.say("指标值", "Measured"),
            say.say("标准", "Limit"),
            say.say("结论（作图）", "Verdict (drawn)"),
        ],
        rows=[
            [
                each.value,
                say.verdict(each.verdict),
                each.measured,
                each.threshold,
                _CODES.get(each.verdict),
            ]
            for each in made.points
        ],
        forms={4: _worded(say)},
        pictures=[picture],
    )


def _bracketed(made: Sweep, say: Teller) -> str:
    label = unit_label(made.unit, say.lang).strip() if made.unit else ""
    return f" ({label})" if label else ""


def _worded(say: Teller) -> str:
    """Return the format that shows the numbers of verdicts as words."""
    words = {code: say.verdict(verdict) for verdict, code in _CODES.items()}
    return f'[=2]"{words[2]}";[=1]"{words[1]}";"{words[0]}"'


def _turns(made: Sweep, say: Teller) -> Table:
    limits = {each.value: each.threshold for each in made.points}
    values = sorted(limits)

    def height(above: float, after: Verdict) -> float | None:
        limit = limits[next(each for each in values if each >= above)]
        return _CODES.get(after) if not made.watched or limit is None else limit

    return Table(
        name=say.say("转折", "Turns"),
        head=[
            say.say("最后一个旧结论的取值", "Last value before"),
            say.say("结论由此改变", "Turns at"),
            say.say("原结论", "Before"),
            say.say("新结论", "After"),
            say.say("转折处", "Turn"),
        ],
        rows=[
            [
                each.below,
                each.above,
                say.verdict(each.before),
                say.verdict(each.after),
                height(each.above, each.after),
            ]
            for each in made.turns
        ],
    )


# -- a projection ----------------------------------------------------------------------

_NEAR = 0.8
"""From this part of its limit on a coefficient is drawn."""


def _projection(made: Projection, lang: str) -> tuple[Assessment, list[Table]]:
    of = made.assessment
    say = Teller(of, lang)
    near = say.say(
        f"差异系数只画达到限值 {_NEAR:.0%} 以上的",
        f"coefficients are drawn where they reach {_NEAR:.0%} of their limit",
    )
    return of, [
        Table(
            name=say.say("说明", "Summary"),
            rows=[
                [say.say("推算", "Projection")],
                *say.terms(),
                *([line] for line in made.lines(lang)),
                [near],
            ],
        ),
        _pupils(made, say),
        _outlooks(made, say),
        _bands(made, say),
    ]


def _banded(say: Teller) -> list[str]:
    return [
        say.say("低", "Low"),
        say.say("中", "Middle"),
        say.say("高", "High"),
        say.say("区间下沿", "Foot of the range"),
        say.say("区间", "Range"),
    ]


def _band(low: float, middle: float, high: float) -> list[float]:
    """Return the three paths, and the foot and the height of the band they span."""
    foot = min(low, middle, high)
    return [low, middle, high, foot, max(low, middle, high) - foot]


def _pupils(made: Projection, say: Teller) -> Table:
    stages = list(made.years[0].pupils)
    rows = [
        [year.on.isoformat(), say.stage(stage), *_band(*year.pupils[stage])]
        for stage in stages
        for year in made.years
    ]
    many = len(made.years)
    word = say.say("在校生（区间）", "Pupils (range)")
    return Table(
        name=say.say("在校生", "Pupils"),
        head=[say.say("日期", "On"), say.say("学段", "Stage"), *_banded(say)],
        rows=rows,
        forms=dict.fromkeys(range(2, 7), "#,##0"),
        pictures=[
            Picture(
                title=f"{word} · {say.stage(stage)}",
                across=0,
                rows=(nth * many, (nth + 1) * many - 1),
                drawn=_RANGE,
                form="#,##0",
            )
            for nth, stage in enumerate(stages)
        ],
    )


_RANGE = (
    Drawn(column=5, look="low"),
    Drawn(column=6, look="band"),
    Drawn(column=3, look="line"),
)


def _outlooks(made: Projection, say: Teller) -> Table:
    paths = (say.say("低", "low"), say.say("中", "middle"), say.say("高", "high"))
    stays = say.say("不变", "stays")
    return Table(
        name=say.say("规则", "Rules"),
        head=[
            say.say("规则", "Rule"),
            say.say("学段", "Stage"),
            *(say.say(f"改变之年（{path}）", f"Changes in ({path})") for path in paths),
            *(f"{year.on.year} {path}" for year in made.years for path in paths),
            say.say("编号", "Id"),
        ],
        rows=[
            [
                say.label(each.rule),
                say.stage(each.stage),
                *(stays if year is None else year for year in each.changes),
                *(say.verdict(verdict) for three in each.verdicts for verdict in three),
                each.rule,
            ]
            for each in made.outlooks
        ],
    )


def _bands(made: Projection, say: Teller) -> Table:
    """Return the coefficients year by year, and draw those near their limits."""
    found = [[_coefficients(each) for each in year.assessments] for year in made.years]
    keys = [
        key
        for key in found[0][1]
        if all(isinstance(path.get(key, (0,))[0], float) for y in found for path in y)
    ]
    keys.sort(key=lambda key: _STAGES.index(key[0]))
    rows = [
        [
            year.on.isoformat(),
            say.stage(key[0]),
            *_band(*(path[key][0] for path in paths)),
            paths[1][key][1],
            say.indicator(key[1]),
            key[1],
        ]
        for key in keys
        for year, paths in zip(made.years, found, strict=True)
    ]
    return Table(
        name=say.say("差异系数", "Coefficients"),
        head=[
            say.say("日期", "On"),
            say.say("学段", "Stage"),
            *_banded(say),
            say.say("限值（≤）", "Limit (≤)"),
            say.say("指标", "Indicator"),
            say.say("编号", "Id"),
        ],
        rows=rows,
        forms=dict.fromkeys(range(2, 8), "0.000"),
        pictures=[
            Picture(
                title=f"{say.indicator(key[1])} · {say.stage(key[0])}",
                across=0,
                rows=at,
                drawn=(*_RANGE, Drawn(column=7, look="limit")),
                form="0.00",
            )
            for key, (_, at) in zip(
                keys, _runs([f"{row[1]} {row[9]}" for row in rows]), strict=True
            )
            if any(
                max(row[2:5]) >= _NEAR * row[7]
                for row in rows[at[0] : at[1] + 1]
                if row[7] is not None
            )
        ],
    )


def _compared(made: Comparison, lang: str) -> tuple[Assessment, list[Table]]:
    say = Teller(made.new, lang)
    return made.new, list(comparison_tables(made, say))


_TABLES: Mapping[type, Callable[[Any, str], tuple[Assessment, list[Table]]]] = {
    Comparison: _compared,
    Plan: _plan,
    Projection: _projection,
    Scenarios: _scenarios,
    Sweep: _sweep,
}
