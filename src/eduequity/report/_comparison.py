"""A comparison of two assessments as tables: flips, schools, coefficients drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from eduequity.engine import measured
from eduequity.report._tables import Drawn, Picture, Table


if TYPE_CHECKING:
    from eduequity.engine import Finding
    from eduequity.ledger import CoefficientMove, Comparison, Flip
    from eduequity.report._speaker import Teller


__all__ = ["comparison_tables"]

_MOST_DRAWN = 4
"""The coefficients of so many counties are drawn, the first; tables have all."""


def comparison_tables(made: Comparison, say: Teller) -> Iterator[Table]:
    """Yield the sheets of a comparison."""
    yield _summary(made, say)
    yield _flips(made, say)
    yield _changes(made, say)
    yield _indicators(made, say)
    yield _moves(made, say)
    yield _pulls(made, say)


def _summary(made: Comparison, say: Teller) -> Table:
    counts = say.say("、", ", ").join(
        f"{cause.label.get(say.lang)} {count}"
        for cause, count in made.flips.counts.items()
    )
    lines = [
        say.say("前后对比", "Then and now"),
        f"{say.say('评估项目', 'Programme')}{say.say('：', ': ')}{say.programme()}",
        *(note.get(say.lang) for note in made.notes),
        say.say(
            f"结论变化 {len(made.flips)} 项；原因（可不止一个）：{counts or '—'}",
            f"{len(made.flips)} verdicts flipped; because of (maybe more than one): "
            f"{counts or '—'}",
        ),
    ]
    if len(made.population.counties.new) > _MOST_DRAWN:
        lines.append(
            say.say(
                f"差异系数只画前 {_MOST_DRAWN} 个区县，表中列全",
                f"coefficients are drawn of the first {_MOST_DRAWN} counties; the "
                "table has all",
            )
        )
    return Table(name=say.say("说明", "Summary"), rows=[[line] for line in lines])


def _flips(made: Comparison, say: Teller) -> Table:
    return Table(
        name=say.say("结论变化", "Flips"),
        head=[
            say.say("区县", "County"),
            say.say("层级", "Level"),
            say.say("规则", "Rule"),
            say.say("对象", "Whose"),
            say.say("原结论", "Before"),
            say.say("现结论", "After"),
            say.say("原因", "Because of"),
            say.say("原值", "Value then"),
            say.say("原标准", "Asked then"),
            say.say("现值", "Value now"),
            say.say("现标准", "Asked now"),
            say.say("编号", "Id"),
        ],
        rows=[_flip(each, say) for each in made.flips],
    )


def _flip(each: Flip, say: Teller) -> list[Any]:
    absent = say.say("未评", "not judged")
    return [
        each.county,
        say.level(each.area),
        each.label.get(say.lang),
        each.name.get(say.lang) or each.county,
        *(
            absent if verdict is None else say.verdict(verdict)
            for verdict in (each.before, each.after)
        ),
        say.say("、", ", ").join(cause.label.get(say.lang) for cause in each.causes),
        *_found_and_asked(each.was, say),
        *_found_and_asked(each.now, say),
        each.id,
    ]


def _found_and_asked(finding: Finding | None, say: Teller) -> tuple[str, str]:
    if finding is None:
        return "", ""
    limit = finding.threshold
    ends = limit if isinstance(limit, tuple) else (limit,)
    asked = "–".join(measured(end, finding.unit, say.lang, places=6) for end in ends)
    found = measured(finding.value, finding.unit, say.lang)
    sign = _SIGNS.get(finding.operator or "", finding.operator or "")
    return (
        "" if finding.value is None else found,
        "" if limit is None else f"{sign} {asked}".strip(),
    )


_SIGNS = {">=": "≥", "<=": "≤", "in": "", "=": "="}


def _changes(made: Comparison, say: Teller) -> Table:
    return Table(
        name=say.say("学校变动", "Schools"),
        head=[
            say.say("变动", "What became of it"),
            say.say("区县", "County"),
            say.say("代码", "Code"),
            say.say("名称", "Name"),
            say.say("并入", "Into"),
            say.say("同名学校（未作为同一学校）", "Same name, not matched"),
        ],
        rows=[
            [
                each.fate.label.get(say.lang),
                each.county,
                each.entity,
                each.name,
                each.into,
                each.namesake,
            ]
            for each in made.population.changes
        ],
    )


def _indicators(made: Comparison, say: Teller) -> Table:
    moved = [each for each in made.indicators if each.better or each.worse]
    rest = [each for each in made.indicators if not (each.better or each.worse)]
    rows = [
        [
            " · ".join(filter(None, [each.label.get(say.lang), say.stage(each.stage)])),
            each.better,
            each.worse,
            each.same,
            each.unknown,
            each.before,
            each.after,
            each.unit.label.get(say.lang),
            each.rule,
        ]
        for each in (*moved, *rest)
    ]
    title = say.say("指标：多少个单位好转、变差", "Indicators: units better and worse")
    picture = Picture(
        title=title,
        across=0,
        rows=(0, len(moved) - 1),
        drawn=(Drawn(column=1, look="after"), Drawn(column=2, look="worse")),
        lying=True,
    )
    return Table(
        name=say.say("指标", "Indicators"),
        head=[
            say.say("指标", "Indicator"),
            say.say("好转", "Better"),
            say.say("变差", "Worse"),
            say.say("未变", "Same"),
            say.say("无法比较", "Not comparable"),
            say.say("原平均", "Mean then"),
            say.say("现平均", "Mean now"),
            say.say("单位", "Unit"),
            say.say("编号", "Id"),
        ],
        rows=rows,
        forms={5: "#,##0.00##", 6: "#,##0.00##"},
        pictures=[picture] if moved else [],
    )


_NAMES = 13
"""The column of the names that stand below the bars."""


def _moves(made: Comparison, say: Teller) -> Table:
    moves = sorted(made.coefficients, key=lambda e: (e.county, e.stage.rank))
    rows = [
        [
            say.indicator(each.rule),
            each.county,
            say.stage(each.stage),
            each.before,
            each.after,
            each.limit,
            each.before_same,
            each.after_same,
            *each.members,
            _population(each, say),
            each.rule,
            say.indicator(each.rule),
        ]
        for each in moves
    ]
    return Table(
        name=say.say("差异系数", "Coefficients"),
        head=[
            say.say("指标", "Indicator"),
            say.say("区县", "County"),
            say.say("学段", "Stage"),
            say.say("原", "Then"),
            say.say("现", "Now"),
            say.say("限值（≤）", "Limit (≤)"),
            say.say("原（仅共有学校）", "Then, schools in both"),
            say.say("现（仅共有学校）", "Now, schools in both"),
            say.say("原学校数", "Schools then"),
            say.say("现学校数", "Schools now"),
            say.say("共有", "In both"),
            say.say("范围", "Population"),
            say.say("编号", "Id"),
            say.say("作图用名称", "Name (drawn)"),
        ],
        rows=rows,
        forms=dict.fromkeys(range(3, 8), "0.000"),
        names=_NAMES,
        pictures=list(_drawn(moves, say)),
    )


def _population(each: CoefficientMove, say: Teller) -> str:
    if each.same_population:
        return say.say("学校相同", "the same schools")
    if each.partial:
        return say.say("学校不同或有数据缺失", "other schools, or figures missing")
    return say.say("学校不同", "other schools")


def _drawn(moves: Sequence[CoefficientMove], say: Teller) -> Iterator[Picture]:
    """Draw the coefficients of then and now with their limits, stage by stage."""
    groups: dict[tuple[str, str], list[int]] = {}
    for at, each in enumerate(moves):
        groups.setdefault((each.county, each.stage.value), []).append(at)
    counties = list(dict.fromkeys(county for county, _ in groups))[:_MOST_DRAWN]
    title = say.say("校际差异系数", "Coefficients between schools")
    for (county, stage), rows in groups.items():
        if county in counties:
            yield Picture(
                title=f"{title} · {county} · {say.stage(stage)}",
                across=_NAMES,
                rows=(rows[0], rows[-1]),
                drawn=(
                    Drawn(column=3, look="before"),
                    Drawn(column=4, look="after"),
                    Drawn(column=5, look="limit"),
                ),
                form="0.00",
            )


def _pulls(made: Comparison, say: Teller) -> Table:
    return Table(
        name=say.say("牵动学校", "Schools that moved them"),
        head=[
            say.say("指标", "Coefficient of"),
            say.say("区县", "County"),
            say.say("学段", "Stage"),
            say.say("学校", "School"),
            say.say("学段单位", "Section"),
            say.say("原值", "Then"),
            say.say("现值", "Now"),
            say.say("对差异系数平方的影响", "Part in the square's change"),
        ],
        rows=[
            [
                say.indicator(move.rule),
                move.county,
                say.stage(move.stage),
                each.name,
                each.entity,
                each.before,
                each.after,
                each.part,
            ]
            for move in made.coefficients
            for each in move.pulls
        ],
        forms={5: "#,##0.00##", 6: "#,##0.00##", 7: "0.00000"},
    )
