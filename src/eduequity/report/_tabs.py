"""
What a page shows beside the result: a comparison, a ledger, a plan, years to come.

Each is a tab of the HTML report. What belongs to other counties is refused, what was
made from other data is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from eduequity.errors import InputError, Problem
from eduequity.ledger import Comparison, Ledger
from eduequity.planning import Plan, Projection, Roadmap, Scenarios, Sweep
from eduequity.report._tab_views import (
    ComparisonView,
    LedgerView,
    PlanView,
    ProjectionView,
    RoadmapView,
    ScenariosView,
    SweepView,
)
from eduequity.vocab import Text


if TYPE_CHECKING:
    from eduequity.engine import Assessment

__all__ = ["Tab", "Tabbed", "result_of", "tabs_of"]

Tabbed: TypeAlias = (
    Comparison | Ledger | Plan | Projection | Roadmap | Scenarios | Sweep
)
"""What can be shown in a tab of its own."""


@attrs.frozen(kw_only=True)
class Tab:
    """
    One tab.

    Args:
        id: Its anchor.

        label: What stands on it.

        template: Which template sets it.

        view: What that shows.

        notes: What should be known of it before all else.
    """

    id: str
    label: Text
    template: str
    view: Any
    notes: tuple[Text, ...]


def tabs_of(made: Sequence[object], assessment: Assessment) -> tuple[Tab, ...]:
    """
    Return the tabs that show *made*, in that order.

    Args:
        made: What `eduequity.compare`, ``ledger_of``, ``plan``, ``project``,
            ``roadmap``, ``what_if`` and ``sweep`` return.

        assessment: The result on whose page they stand.

    Raises:
        InputError: Something is of other counties than the result.

        TypeError: Something is none of these.
    """
    problems = []
    kinds: dict[str, int] = {}
    tabs = []
    for each in made:
        kind = next((kind for kind in _KINDS if isinstance(each, kind.made)), None)
        if kind is None:
            raise TypeError(f"there is no tab for {type(each).__name__}")
        source = kind.source(each)
        if not set(source.counties) <= set(assessment):
            problems.append(_other(kind.label, source.counties, assessment))
            continue
        nth = kinds[kind.name] = kinds.get(kind.name, 0) + 1
        last = "" if nth == 1 else f" {nth}"
        tabs.append(
            Tab(
                id=f"tab-{kind.name}{last.strip() and f'-{nth}'}",
                label=Text(kind.label.zh + last, kind.label.en + last),
                template=f"tab_{kind.name}.html",
                view=kind.view(each, assessment),
                notes=tuple(_notes(source, assessment)),
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(tabs)


def result_of(made: Comparison | Plan | Projection | Scenarios | Sweep) -> Assessment:
    """Return the result that something was made from, on whose page it stands."""
    kind = next(kind for kind in _KINDS if isinstance(made, kind.made))
    of = kind.source(made).of
    assert of is not None
    return of


def _other(label: Text, of: Sequence[str], assessment: Assessment) -> Problem:
    theirs, ours = ("、".join(sorted(each)[:8]) or "—" for each in (of, assessment))
    return Problem(
        code="other-county",
        sheet=label.zh,
        zh=f"{label.zh}是 {theirs} 的，报告是 {ours} 的；请用同样区县的结果",
        en=f"the {label.en.lower()} is of {theirs}, the report of {ours}; use results "
        "of the same counties".replace("、", ", "),
    )


def _notes(source: _Source, assessment: Assessment) -> Iterator[Text]:
    """Say where a tab rests on other data or another day than the page."""
    if source.on != assessment.on:
        yield Text(
            f"此页按 {source.on} 施行的规定，评估报告按 {assessment.on}",
            f"this tab is by the law of {source.on}, the report by that of "
            f"{assessment.on}",
        )
    if source.of is None or source.of is assessment:
        return
    several = len(source.counties) == 1 < len(assessment)
    alone = assessment.only(source.counties[0]) if several else assessment
    if source.of.facts.digest != alone.facts.digest:
        yield Text(
            "此页所用的数据与评估报告的数据不同",
            "this tab rests on other data than the report",
        )


# -- which is which --------------------------------------------------------------------


@attrs.frozen
class _Source:
    """Of which counties something is, of which day, and of which result if it says."""

    counties: tuple[str, ...]
    on: dt.date
    of: Assessment | None = None


@attrs.frozen(kw_only=True)
class _Kind:
    """What a made thing is called, what it is made from, and its view."""

    made: type
    name: str
    label: Text
    source: Callable[[Any], _Source]
    view: Callable[[Any, Assessment], Any]


def _from(judged: Callable[[Any], Assessment]) -> Callable[[Any], _Source]:
    """Return what finds the result that something was made from."""

    def source(made: Any) -> _Source:
        of = judged(made)
        return _Source(tuple(of), of.on, of)

    return source


def _of_ledger(made: Ledger) -> _Source:
    return _Source(tuple(made.counties), made.on)


def _of_roadmap(made: Roadmap) -> _Source:
    return _Source(tuple({each.county for each in made}), made.on)


_KINDS = (
    _Kind(
        made=Comparison,
        name="compare",
        label=Text("前后对比", "Comparison"),
        source=_from(lambda made: made.new),
        view=ComparisonView,
    ),
    _Kind(
        made=Ledger,
        name="ledger",
        label=Text("整改台账", "Ledger"),
        source=_of_ledger,
        view=LedgerView,
    ),
    _Kind(
        made=Plan,
        name="plan",
        label=Text("整改方案", "Plan"),
        source=_from(lambda made: made.assessment),
        view=PlanView,
    ),
    _Kind(
        made=Projection,
        name="project",
        label=Text("推算", "Projection"),
        source=_from(lambda made: made.assessment),
        view=ProjectionView,
    ),
    _Kind(
        made=Roadmap,
        name="roadmap",
        label=Text("路线图", "Roadmap"),
        source=_of_roadmap,
        view=RoadmapView,
    ),
    _Kind(
        made=Scenarios,
        name="scenarios",
        label=Text("假如", "What if"),
        source=_from(lambda made: made.assessment),
        view=ScenariosView,
    ),
    _Kind(
        made=Sweep,
        name="sweep",
        label=Text("单项扫描", "Sweep"),
        source=_from(lambda made: made.assessment),
        view=SweepView,
    ),
)
