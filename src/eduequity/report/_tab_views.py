"""What the tabs of a page show, gathered before it is set in type."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from eduequity.engine import comparison as compared
from eduequity.engine import dimension_of, figure, measured, unit_label
from eduequity.facts import Amend, Merge, Move, Split
from eduequity.ledger import (
    Cause,
    Comparison,
    IndicatorMove,
    Ledger,
    LedgerItem,
    SchoolFate,
    Status,
)
from eduequity.planning import Plan, Projection, Roadmap, Scenarios, Sweep
from eduequity.report import _drawings, _tracks
from eduequity.report._drawings import Drawing
from eduequity.report._series import (
    Band,
    Due,
    Dumbbell,
    Target,
    bands,
    before_after,
    column_label,
    dated_targets,
    dumbbells,
    named,
    price_label,
    staged,
    steps,
    targets,
    watched_label,
)
from eduequity.report._words import one_line
from eduequity.vocab import Text, Unit, Verdict


if TYPE_CHECKING:
    from eduequity.engine import Assessment, Change, Finding
    from eduequity.ledger import Flip
    from eduequity.planning import Track

__all__ = [
    "MOST_FLIPS",
    "MOST_ITEMS",
    "ComparisonView",
    "LedgerView",
    "PlanView",
    "ProjectionView",
    "RoadmapView",
    "ScenariosView",
    "SweepView",
]

MOST_FLIPS, MOST_ITEMS = 1_000, 2_000
"""So many rows a table holds; the rest is counted."""

_MOST_CHANGES, _MOST_COUNTIES, _MOST_PULLS = 200, 40, 3


def both(make: Callable[[str], str]) -> Text:
    """Return what *make* says in either language, on one line each."""
    return Text(one_line(make("zh")), one_line(make("en")))


def money(amount: float) -> str:
    """
    Write an amount with thousands marked, and hundredths where there are any.

    >>> money(1234567.0), money(0.5)
    ('1,234,567', '0.5')
    """
    text = f"{amount:,.2f}"
    return text.rstrip("0").rstrip(".")


# -- a comparison ----------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class FlipRow:
    """One verdict that flipped."""

    label: Text
    name: Text
    county: str
    before: Verdict | None
    after: Verdict | None
    values: Text
    causes: tuple[Cause, ...]
    worse: bool
    decides: bool


class CoefficientsView:
    """Coefficients before and after on one axis, and the schools that moved them."""

    def __init__(self, found: Comparison) -> None:
        self.rows: tuple[Dumbbell, ...] = tuple(dumbbells(found))
        self._end = _drawings.dumbbell_scale(self.rows)

    @property
    def drawn(self) -> Iterator[tuple[Dumbbell, Drawing, Text, tuple[Text, ...]]]:
        """Each coefficient: its numbers, its drawing, its population, its movers."""
        for each in self.rows:
            yield (
                each,
                _drawings.dumbbell(each, self._end),
                _members(each),
                _pulls(each),
            )

    @property
    def axis(self) -> Drawing:
        """The axis that all rows share."""
        return _drawings.dumbbell_axis(self._end)


def _members(each: Dumbbell) -> Text:
    """Say of which sections a coefficient is, where they are not the same."""
    move = each.move
    if move.same_population:
        return Text("", "")
    old, new, shared = move.members
    then, now = figure(move.before_same, 3), figure(move.after_same, 3)
    return Text(
        f"学校不同：原 {old}、现 {new}、共有 {shared}；共有学校 {then} → {now}",
        f"not the same schools: {old} then, {new} now, {shared} in both; over those "
        f"{then} → {now}",
    )


def _pulls(each: Dumbbell) -> tuple[Text, ...]:
    if figure(each.before, 3) == figure(each.after, 3):
        return ()
    changed = [pull for pull in each.move.pulls if pull.before != pull.after]
    pulls = changed[:_MOST_PULLS]
    said = [
        one_line(f"{pull.name} {figure(pull.before, 2)} → {figure(pull.after, 2)}")
        for pull in pulls
    ]
    return tuple(Text(each, each) for each in said)


class ComparisonView:
    """Two assessments side by side."""

    def __init__(self, found: Comparison, _assessment: Assessment) -> None:
        self.found = found
        self.notes = found.notes
        self.several = len(found.new) > 1
        self.detailed = len(found.new) <= _MOST_COUNTIES

    @property
    def sides(self) -> Iterator[tuple[Text, Assessment]]:
        """The two, named."""
        yield Text("原评估", "Then"), self.found.old
        yield Text("现评估", "Now"), self.found.new

    @property
    def counts(self) -> Mapping[Cause, int]:
        """In how many flips each cause has a part."""
        return self.found.flips.counts

    @cached_property
    def flips(self) -> tuple[FlipRow, ...]:
        """
        The flips, those that decide and those for the worse on top.

        Of many counties their own verdicts alone: for these no finding is built.
        """
        found = self.found.flips
        some = found if self.detailed else found.where(rule="")
        rows = [_flip_row(each) for each in itertools.islice(some, MOST_FLIPS)]
        return tuple(sorted(rows, key=lambda r: (not r.decides, not r.worse)))

    @property
    def more(self) -> int:
        """How many flips are not listed."""
        return len(self.found.flips) - len(self.flips)

    @property
    def by_rule(self) -> Iterator[tuple[Text, int]]:
        """How many verdicts of each rule flipped, where not all are listed."""
        counts: dict[str, int] = {}
        for batch in self.found.flips.batches if self.more else ():
            counts[batch.rule] = counts.get(batch.rule, 0) + len(batch.old)
        rules = {**self.found.old.law.rules, **self.found.new.law.rules}
        for rule, count in sorted(counts.items(), key=lambda each: -each[1]):
            yield (both(rules[rule][1].label.get) if rule else _VERDICT), count

    @property
    def causes(self) -> Iterator[tuple[str, Text]]:
        """The causes, or several together, that the listed flips have."""
        for causes in dict.fromkeys(each.causes for each in self.flips):
            yield causes_key(causes), causes_label(causes)

    @cached_property
    def changes(self) -> tuple[tuple[Text, int, tuple[Text, ...]], ...]:
        """The schools that opened, closed and merged: kind, how many, sentences."""
        found = self.found.population.changes
        kinds = []
        for fate in SchoolFate:
            mine = [each for each in found if each.fate is fate]
            if mine:
                said = tuple(both(each.sentence) for each in mine[:_MOST_CHANGES])
                kinds.append((fate.label, len(mine), said))
        return tuple(kinds)

    @property
    def indicators(self) -> Iterator[tuple[IndicatorMove, Text, Text, Text]]:
        """Every indicator that moved: its counts, its name, its mean then and now."""
        for each in self.found.indicators:
            if each.better or each.worse:
                yield (each, staged(each.label, each.stage), *_means(each))

    @cached_property
    def coefficients(self) -> CoefficientsView | None:
        """The coefficients; None where there are too many counties to show them."""
        return CoefficientsView(self.found) if self.detailed else None


def _means(each: IndicatorMove) -> tuple[Text, Text]:
    return mean(each.before, each.unit), mean(each.after, each.unit)


def mean(value: float | None, unit: Unit) -> Text:
    """Write a value with its unit."""
    return both(lambda lang: measured(value, unit, lang))


_COUNTY = Text("全县", "the county")
_VERDICT = Text("评估结论", "Verdict")


def _flip_row(flip: Flip) -> FlipRow:
    return FlipRow(
        label=both(flip.label.get),
        name=both(flip.name.get) if flip.name.zh else _COUNTY,
        county=flip.county,
        before=flip.before,
        after=flip.after,
        values=both(lambda lang: _turned(flip.was, flip.now, lang)),
        causes=flip.causes,
        worse=flip.worse,
        decides=flip.decides,
    )


def _turned(was: Finding | None, now: Finding | None, lang: str) -> str:
    said = [
        "—"
        if each is None or (each.value is None and each.threshold is None)
        else compared(each, lang)
        for each in (was, now)
    ]
    return "" if said == ["—", "—"] else " → ".join(said)


def causes_key(causes: Iterable[Cause]) -> str:
    """Return a word for causes that stand together."""
    return "-".join(each.value for each in causes)


def causes_label(causes: Iterable[Cause]) -> Text:
    """Name causes that stand together."""
    listed = tuple(causes)
    return Text(
        "、".join(each.label.zh for each in listed),
        ", ".join(each.label.en for each in listed),
    )


# -- a ledger --------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Heap:
    """Items that have something in common, counted."""

    name: Text
    counts: Mapping[Status, int]
    overdue: int
    cost: float | None

    @property
    def open(self) -> int:
        """How many are still to be put right."""
        return self.counts[Status.OPEN] + self.counts[Status.REOPENED]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


@attrs.frozen(kw_only=True)
class ItemRow:
    """One item as it is shown."""

    item: LedgerItem
    where: Text
    label: Text
    problem: Text
    gap: Text
    class_id: str
    department: str
    overdue: bool
    cost: str
    evidence: str


_NOBODY = Text("未填", "not given")


class LedgerView:
    """A ledger: how far it is, whose turn it is, every item."""

    def __init__(self, ledger: Ledger, _assessment: Assessment) -> None:
        self.ledger = ledger
        self.notes = tuple(Text(zh, en) for zh, en in ledger.notes)
        self.items = ledger.items[:MOST_ITEMS]
        self.more = len(ledger.items) - len(self.items)
        self.several = len(ledger.counties) > 1

    @property
    def whole(self) -> Heap:
        """All items."""
        return _heap(Text("全部", "all"), self.ledger.items, self.ledger)

    @property
    def departments(self) -> tuple[Heap, ...]:
        """The items of each department, those with most open ones on top."""
        heaps = self._by(lambda item: one_line(item.department) or None)
        return tuple(sorted(heaps, key=lambda each: (-each.open, each.name.zh)))

    @property
    def deadlines(self) -> tuple[Heap, ...]:
        """The items by the day until which they are to be put right, in order."""
        heaps = self._by(_deadline)
        return tuple(
            sorted(heaps, key=lambda each: (each.name == _NOBODY, each.name.zh))
        )

    def _by(self, key: Callable[[LedgerItem], str | None]) -> Iterator[Heap]:
        found: dict[str | None, list[LedgerItem]] = {}
        for item in self.ledger.items:
            found.setdefault(key(item), []).append(item)
        for name, items in found.items():
            label = _NOBODY if name is None else Text(name, name)
            yield _heap(label, items, self.ledger)

    @property
    def conflicts(self) -> tuple[Text, ...]:
        """What people's edits left to be settled."""
        return tuple(both(each.sentence) for each in self.ledger.conflicts)

    @property
    def rows(self) -> Iterator[ItemRow]:
        """Every item; what people wrote is cleaned like what data say."""
        for each in self.items:
            yield ItemRow(
                item=each,
                where=both(each.where.get),
                label=both(each.label.get),
                problem=both(each.problem.get),
                gap=both(each.gap.get),
                class_id=one_line(each.class_id or ""),
                department=one_line(each.department),
                overdue=_overdue(each, self.ledger),
                cost="" if each.cost is None else money(each.cost),
                evidence=one_line(each.evidence),
            )


def _deadline(item: LedgerItem) -> str | None:
    return None if item.deadline is None else item.deadline.isoformat()


def _overdue(item: LedgerItem, ledger: Ledger) -> bool:
    return item.is_open and item.deadline is not None and item.deadline < ledger.on


def _heap(name: Text, items: Sequence[LedgerItem], ledger: Ledger) -> Heap:
    costs = [each.cost for each in items if each.is_open and each.cost is not None]
    return Heap(
        name=name,
        counts={s: sum(each.status is s for each in items) for s in Status},
        overdue=sum(_overdue(each, ledger) for each in items),
        cost=sum(costs) if costs else None,
    )


# -- scenarios and one input moved -----------------------------------------------------


class ScenariosView:
    """Scenarios side by side."""

    def __init__(self, made: Scenarios, _assessment: Assessment) -> None:
        self.made = made

    @property
    def heads(self) -> Iterator[tuple[Text, tuple[str, ...]]]:
        """The name of each scenario, and its changes."""
        for each in self.made:
            name = Text("现状", "as it is") if not each.name else None
            own = one_line(each.name)
            yield name or Text(own, own), tuple(map(_edit, each.edits))

    @property
    def rows(self) -> Iterator[tuple[Text, bool, tuple[tuple[Verdict, str], ...]]]:
        """Each rule: its name, whether the scenarios differ, what each comes to."""
        for row in self.made.rows:
            cells = tuple(
                (verdict, figure(value, 3) if value is not None else _count(unmet))
                for verdict, unmet, value in row.cells
            )
            yield staged(row.label, row.stage), row.differs, cells


def _count(unmet: int) -> str:
    return f"({unmet})" if unmet else ""


def _edit(edit: object) -> str:
    """Write a change as the command line takes it."""
    if isinstance(edit, str):
        return one_line(edit)
    if isinstance(edit, Amend):
        values = edit.value if isinstance(edit.value, tuple) else (edit.value,)
        numbers = ", ".join(f"{each:g}" for each in values)
        return one_line(f"{edit.entity}.{edit.column} {edit.how} {numbers}")
    if isinstance(edit, Move):
        way = f"{edit.source} -> {edit.target}"
        return one_line(f"move {edit.amount:g} {edit.column} {way}")
    if isinstance(edit, Merge):
        return one_line(f"merge {edit.school} -> {edit.into}")
    if isinstance(edit, Split):
        return one_line(f"split {edit.school} -> {edit.code} {edit.share:g}")
    entity, column, amount = (
        getattr(edit, name) for name in ("entity", "column", "amount")
    )
    return one_line(f"{entity}.{column} += {amount:g}")


class SweepView:
    """One input moved from end to end."""

    def __init__(self, sweep: Sweep, _assessment: Assessment) -> None:
        assessment = sweep.assessment
        self.sweep = sweep
        self.points = steps(sweep)
        self.input = column_label(assessment, sweep.column)
        self.whose = named(assessment, sweep.entity)
        self.watched = watched_label(sweep)
        self.unit = sweep.measured_unit or Unit.COUNT
        self.valued = any(each.measured is not None for each in sweep.points)

    @property
    def drawing(self) -> Drawing:
        """The value over the input."""
        turns = [each.above for each in self.sweep.turns]
        return _drawings.line(self.points, turns, self.sweep.now)

    def value(self, number: float | None) -> Text:
        """Write a value of the rule that is watched."""
        return both(lambda lang: measured(number, self.unit, lang, places=4))


# -- a plan ----------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class SchoolChanges:
    """What a plan asks of one school."""

    name: Text
    code: str
    cost: float
    lines: tuple[Text, ...]


class PlanView:
    """A plan: what, where, what for, and what comes of it."""

    def __init__(self, plan: Plan, _assessment: Assessment) -> None:
        self.plan = plan
        self.there = plan.after is not None
        self.status = plan.label
        self.unmet = tuple(
            both(plan.before.law.rules[name][1].label.get) for name in plan.unmet
        )

    @property
    def rotation(self) -> tuple[Text, ...]:
        """How far moving teachers alone goes."""
        if self.plan.rotation is None:
            return ()
        pairs = zip(*(self.plan.rotation.lines(x) for x in ("zh", "en")), strict=True)
        return tuple(Text(zh, en) for zh, en in pairs)

    @cached_property
    def schools(self) -> tuple[SchoolChanges, ...]:
        """What is hired, built or bought, school by school, the dearest first."""
        costs = {each.column: each.unit_cost for each in self.plan.totals}
        found: dict[str, list[Change]] = {}
        for each in self.plan.changes:
            found.setdefault(each.entity.partition("/")[0], []).append(each)
        schools = [
            SchoolChanges(
                name=named(self.plan.before, code),
                code=code,
                cost=sum(costs.get(e.column, 1.0) * e.amount for e in changes),
                lines=tuple(_change(each) for each in changes),
            )
            for code, changes in found.items()
        ]
        return tuple(sorted(schools, key=lambda each: (-each.cost, each.code)))

    @property
    def moves(self) -> Iterator[tuple[Text, Text, Text, str]]:
        """Who moves: from where, to where, of which kind, how many."""
        for each in self.plan.moves:
            yield (
                named(self.plan.before, each.source),
                named(self.plan.before, each.target),
                column_label(self.plan.before, each.column),
                f"{each.amount:g}",
            )

    @property
    def totals(self) -> Iterator[tuple[Text, Text, str, str]]:
        """Each quantity: its name, how much, what one costs, what all cost."""
        for each in self.plan.totals:
            yield (
                both(each.label.get),
                _amount(each.amount, each.unit),
                money(each.unit_cost),
                money(each.cost),
            )

    @cached_property
    def prices(self) -> tuple[tuple[Text, str, str, Drawing], ...]:
        """The binding rules: name, saving, the most that it is, the bar."""
        prices = self.plan.prices if self.there else ()
        end = max((each.most for each in prices), default=1.0)
        return tuple(
            (
                price_label(each),
                money(each.saving),
                money(each.most) if each.most > each.saving * (1 + 1e-9) else "",
                _drawings.bar(each.saving, each.most, end),
            )
            for each in prices
        )

    @cached_property
    def after(self) -> Comparison | None:
        """The county before the plan beside the county after it."""
        return before_after(self.plan)

    @property
    def coefficients(self) -> CoefficientsView | None:
        """The coefficients before and after."""
        return None if self.after is None else CoefficientsView(self.after)

    @property
    def indicators(self) -> Iterator[tuple[Text, int, int, Text, Text]]:
        """Each indicator: its name, sections below before and after, the means."""
        if self.after is None:
            return
        before, after = (_missed(each) for each in (self.plan.before, self.after.new))
        for each in self.after.indicators:
            key = each.rule, each.stage and each.stage.value
            planned = dimension_of(each.rule) == "resources"
            missed = before.get(key) or after.get(key)
            if each.better or each.worse or (planned and missed):
                counts = before.get(key, 0), after.get(key, 0)
                yield (staged(each.label, each.stage), *counts, *_means(each))


def _missed(assessment: Assessment) -> dict[tuple[str, str | None], int]:
    """Count the units that miss each single rule, by stage."""
    found: dict[tuple[str, str | None], int] = {}
    (county,) = assessment.values()
    for each in county.findings(components=True, area="", verdict="unmet"):
        if "summary" not in each.flags:
            key = each.rule, each.stage
            found[key] = found.get(key, 0) + 1
    return found


def _amount(amount: float, unit: Unit) -> Text:
    return both(lambda lang: f"{amount:,}{unit_label(unit, lang)}")


def _change(each: Change) -> Text:
    """Say what one school gets, with the stage it is for."""
    stage = each.entity.partition("/")[2]
    said = both(each.quantity)
    if not stage:
        return said
    label = staged(Text("", ""), stage)
    zh, en = label.zh.removeprefix(" · "), label.en.removeprefix(" · ")
    return Text(f"{zh}：{said.zh}", f"{en}: {said.en}")


# -- years to come ---------------------------------------------------------------------


class ProjectionView:
    """Years to come, as ranges."""

    def __init__(self, made: Projection, _assessment: Assessment) -> None:
        self.made = made
        self.assumptions = made.assumptions
        self._aims = dated_targets(made)

    @cached_property
    def bands(self) -> tuple[tuple[Band, Drawing], ...]:
        """Every range with its drawing, those that plans aim at among them."""
        aimed = (each.band for each in self.targets)
        ranges = (*bands(self.made), *(each for each in aimed if each is not None))
        return tuple((each, _drawings.band(each)) for each in ranges)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The staged targets of plans beside the years."""
        return tuple(targets(self.made))

    @property
    def due(self) -> Iterator[Text]:
        """What becomes of each target on its day, as `Projection.aims` has it."""
        return (both(each.line) for each in self.made.aims if each.known)

    @property
    def unprojected(self) -> int:
        """How many targets there is nothing to project from."""
        return sum(not each.known for each in self.made.aims)

    @property
    def aimed(
        self,
    ) -> Iterator[tuple[Text, tuple[Due, ...], tuple[Text, ...], tuple[str, ...]]]:
        """Each staged target: its name, what is due, the range, the target."""
        for each in self.targets:
            ranges = tuple(_range_of(each.track, due) for due in each.due)
            asked = tuple(
                "" if due.asked is None else _tracks.asked(each.track, due.asked)
                for due in each.due
            )
            yield _track_name(each.track), each.due, ranges, asked

    @property
    def gaps(self) -> bool:
        """Whether there are years without a range."""
        return any(None in each.low for each, _ in self.bands)

    @property
    def pupils(self) -> Iterator[tuple[Text, tuple[tuple[str, str, str], ...]]]:
        """The pupils of each stage: low, middle and high in every year."""
        for stage in self.made.years[0].pupils:
            label = staged(Text("在校生", "Pupils"), stage)
            yield (
                label,
                tuple(
                    (f"{low:,}", f"{middle:,}", f"{high:,}")
                    for low, middle, high in (y.pupils[stage] for y in self.made.years)
                ),
            )

    @property
    def rules(self) -> Iterator[tuple[Text, bool, tuple[tuple[Any, str], ...]]]:
        """Each rule: its name, whether it turns, its verdicts and targets by year."""
        every = sorted(self.made.outlooks, key=lambda each: not any(each.changes))
        for each in every:
            targets = {
                aim.on.year: f"{aim.value:g}"
                for aim in self._aims.get((each.rule, each.stage), ())
            }
            cells = tuple(
                (verdicts, targets.get(year.on.year, ""))
                for verdicts, year in zip(each.verdicts, self.made.years, strict=True)
            )
            yield staged(each.label, each.stage), any(each.changes), cells


def _range_of(track: Track, due: Due) -> Text:
    """Write the least and the most of the paths, one number where they are equal."""
    known = [each for each in due.values if each is not None]
    if len(known) < len(due.values):
        return Text("—", "—")
    ends = dict.fromkeys(_tracks.plain(n, track) for n in (min(known), max(known)))
    return Text("–".join(ends), "–".join(ends))


# -- a roadmap -------------------------------------------------------------------------


class RoadmapView:
    """Staged targets beside what is known."""

    def __init__(self, made: Roadmap, _assessment: Assessment) -> None:
        self.made = made

    @property
    def rows(self) -> tuple[TrackRow, ...]:
        """The tracks in the order of the packs."""
        return tuple(map(_track_row, self.made))

    @property
    def drawings(self) -> Iterator[tuple[Text, Drawing]]:
        """The tracks that have a way to draw."""
        for each in self.made:
            drawn = _drawings.track(each)
            if drawn is not None:
                share = "（%）", " (%)"
                zh, en = share if each.unit is Unit.SHARE else ("", "")
                name = _track_name(each)
                yield Text(name.zh + zh, name.en + en), drawn


@attrs.frozen(kw_only=True)
class TrackRow:
    """One staged target."""

    course: str
    name: Text
    baseline: Text
    aims: tuple[str, ...]
    nation: str
    stands: Text
    responsible: Text


def _track_row(track: Track) -> TrackRow:
    who = one_line("、".join(track.responsible))
    return TrackRow(
        course=track.course.value,
        name=_track_name(track),
        baseline=both(lambda lang: _tracks.baseline(track, lang)),
        aims=tuple(_tracks.aimed(track, each) for each in track.milestones),
        nation=_tracks.nation(track),
        stands=both(lambda lang: _tracks.stands(track, lang)),
        responsible=Text(who, who),
    )


def _track_name(track: Track) -> Text:
    return both(
        lambda lang: _tracks.name_of(track, lang) + _tracks.unit_of(track, lang)
    )
