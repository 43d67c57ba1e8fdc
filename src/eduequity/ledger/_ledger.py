"""
The ledger 整改台账: drawn up from an assessment, kept up to date by later ones.

Evidence alone strikes an item off 销号: what is met is struck off, what fell back is
reopened, what is new is added, and what became unknown stays as it was.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from eduequity.engine import Assessment, dimension_of, plain
from eduequity.errors import InputError, Problem, UnknownNameError, joined
from eduequity.ledger._items import (
    Conflict,
    Event,
    LedgerItem,
    Progress,
    State,
    Status,
    Turn,
    refuse_unless,
)
from eduequity.ledger._observed import Observed, observed
from eduequity.rules import Law


__all__ = ["Ledger", "Terms", "draw_up", "updated"]

SCHEMA = "eduequity/ledger/1"


@attrs.frozen(kw_only=True)
class Terms:
    """
    What is written into items where nothing stands yet.

    Args:
        departments: Who is responsible, by rule (``government.class_size``), by
            dimension (``resources``), or ``*`` where the packs say nothing either.

        deadline: Until when new items are to be put right.

        costs: Yuan per unit by column of the data (``above_degree_teachers``), such
            as a year's pay of a teacher or the price of 1 m².

    Raises:
        InputError: A cost is below 0 or no finite number.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.ledger import Terms
    >>> terms = Terms(departments={"vetoes": "教育局"}, costs={"staff": 90_000.0})
    >>> (
    ...     terms.cost((("staff", 2.0),)),
    ...     terms.cost((("books", 10.0),)),
    ... )  # no price of books
    (180000.0, None)
    >>> county = ee.County(code="999901", key_schools=True)
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (item,) = ee.ledger_of(result)
    >>> terms.department(item, result.law)
    '教育局'
    """

    departments: Mapping[str, str] = attrs.field(factory=dict)
    deadline: dt.date | None = None
    costs: Mapping[str, float] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        problems = [
            Problem(
                code="bad-cost",
                sheet=name,
                zh=f"单价 {cost:g}，应为不小于 0 的数（元）",
                en=f"the unit cost is {cost:g}, expected a number of yuan from 0 up",
            )
            for name, cost in self.costs.items()
            if not (math.isfinite(cost) and cost >= 0)
        ]
        if problems:
            raise InputError(problems)

    def department(self, item: LedgerItem, law: Law) -> str:
        """
        Return who is responsible for an item; empty where nobody says.

        Args:
            item: The item.

            law: What is in force: packs may name the departments (责任单位).
        """
        for key in (item.rule, dimension_of(item.rule)):
            if key in self.departments:
                return self.departments[key]
        return _responsible(item, law) or self.departments.get("*", "")

    def cost(self, asked: tuple[tuple[str, float], ...]) -> float | None:
        """
        Return the cost of changes in yuan, None where a unit cost is not given.

        Args:
            asked: The columns that change, each with its amount.
        """
        if not asked or any(column not in self.costs for column, _ in asked):
            return None
        return round(sum(self.costs[column] * amount for column, amount in asked), 2)


def _responsible(item: LedgerItem, law: Law) -> str:
    """Return the departments 责任单位 that the most local plan holds to a rule."""
    if item.rule not in law.rules:
        return ""  # it is in force no longer
    under = law.jurisdiction(item.county)
    named = getattr(law.rules[item.rule][1], "parameter", None)
    for length in range(len(under), -1, -2):
        pack = law.pack_of(under[:length])
        if pack is None:
            continue
        rule, parameter = pack.rules.get(item.rule), pack.parameters.get(named or "")
        for each in (parameter, rule):
            if each is not None and each.responsible:
                return "、".join(each.responsible)
    return ""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Ledger:
    """
    Everything that is, or was, to be put right in some counties.

    Args:
        programme: Such as ``quality-balance``.

        counties: The counties' names by code.

        as_area: The area whose law is used in place of their own.

        options: The readings under which it was last brought up to date.

        on: The day of the last assessment.

        begun: The day of the first.

        revision: How many assessments it has seen.

        synthetic: Whether the data are made up.

        items: The items in the order of county and rule.

        conflicts: Edits that were not taken over, until somebody settles them.

        columns: The headings of columns that people added.

        notes: What should be known of the last assessment, (zh, en).

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", name="示例县", key_schools=True)
    >>> ledger = ee.ledger_of(ee.evaluate(county, on=dt.date(2024, 12, 31)))
    >>> len(ledger), ledger.counts["open"], ledger.turns["added"]
    (1, 1, 1)
    >>> [item.rule for item in ledger]
    ['vetoes.key_schools']
    >>> ledger.head()["schema"], ledger.to_dict()["revision"]
    ('eduequity/ledger/1', 1)
    >>> ee.Ledger.from_dict(ledger.to_dict()).to_dict() == ledger.to_dict()
    True
    """

    programme: str
    counties: Mapping[str, str]
    as_area: str | None
    options: Mapping[str, str]
    on: dt.date
    begun: dt.date
    revision: int = 1
    synthetic: bool = False
    items: tuple[LedgerItem, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    columns: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        told = ", ".join(f"{k.value} {n}" for k, n in self.counts.items() if n)
        return f"<ledger of {len(self.items)} items: {told or 'none'}>"

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[LedgerItem]:
        return iter(self.items)

    def __getitem__(self, item_id: str) -> LedgerItem:
        return self._by_id[item_id]

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._by_id

    @cached_property
    def _by_id(self) -> dict[str, LedgerItem]:
        return {each.id: each for each in self.items}

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many items have each status."""
        return {s: sum(e.status is s for e in self.items) for s in Status}

    @property
    def turns(self) -> Mapping[Turn, int]:
        """To how many items the last assessment did what."""
        return {t: sum(e.turn is t for e in self.items) for t in Turn}

    def head(self) -> dict[str, Any]:
        """Return all but items and conflicts as plain data."""
        return {
            "schema": SCHEMA,
            "programme": self.programme,
            "counties": dict(self.counties),
            "as_area": self.as_area,
            "options": dict(self.options),
            "on": self.on.isoformat(),
            "begun": self.begun.isoformat(),
            "revision": self.revision,
            "synthetic": self.synthetic,
            "columns": list(self.columns),
            "notes": [list(each) for each in self.notes],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/ledger/1``)."""
        told = {
            **self.head(),
            "items": [each.to_dict() for each in self.items],
            "conflicts": [each.to_dict() for each in self.conflicts],
        }
        return dict(plain(told))

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Ledger:
        """
        Build it from plain data.

        Args:
            told: What `to_dict` made.

        Raises:
            KeyError: Something is missing.

            ValueError: Something is not what `to_dict` makes.

            TypeError: Something is of another type.
        """
        made = {key: value for key, value in told.items() if key != "schema"}
        if told["schema"] != SCHEMA:
            raise ValueError(told["schema"])
        refuse_unless(str, made["programme"], *made["columns"])
        for key in ("counties", "options"):
            refuse_unless(str, *made[key], *made[key].values())
        refuse_unless(str | None, made["as_area"])
        refuse_unless(int, made["revision"])
        for key in ("on", "begun"):
            made[key] = dt.date.fromisoformat(made[key])
        made["columns"] = tuple(made["columns"])
        made["notes"] = tuple((zh, en) for zh, en in made["notes"])
        refuse_unless(str, *(word for note in made["notes"] for word in note))
        made["items"] = tuple(map(LedgerItem.from_dict, made["items"]))
        made["conflicts"] = tuple(map(Conflict.from_dict, made["conflicts"]))
        return cls(**made)


def draw_up(assessment: Assessment, terms: Terms | None = None) -> Ledger:
    """
    Draw up the ledger of what an assessment found unmet.

    Args:
        assessment: The result.

        terms: What is written into items; nothing by default.

    Returns:
        One item for everything unmet, at the finest unit there is.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.ledger import draw_up
    >>> county = ee.County(code="999901", key_schools=True)
    >>> len(draw_up(ee.evaluate(county, on=dt.date(2024, 12, 31))))
    1
    """
    terms = terms or Terms()
    _refuse_unknown(terms, assessment)
    found = observed(assessment)
    empty = Ledger(
        programme=assessment.programme,
        counties=_names(assessment),
        as_area=assessment.as_area,
        options=dict(assessment.law.options),
        on=assessment.on,
        begun=assessment.on,
        synthetic=assessment.synthetic,
    )
    return attrs.evolve(empty, items=tuple(_new_items(empty, assessment, found, terms)))


def updated(
    ledger: Ledger, assessment: Assessment, terms: Terms | None = None
) -> Ledger:
    """
    Return a ledger brought up to date by a later assessment; what people wrote is kept.

    Args:
        ledger: The ledger.

        assessment: The result, of the same counties and programme.

        terms: What is written into new items; nothing by default.

    Raises:
        InputError: The assessment is of other counties, another programme or area, or
            of an earlier day.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.ledger import draw_up, updated
    >>> def found(occurred, on):
    ...     return ee.evaluate(ee.County(code="999901", key_schools=occurred), on=on)
    >>> ledger = draw_up(found(True, dt.date(2023, 12, 31)))
    >>> (item,) = updated(ledger, found(False, dt.date(2024, 12, 31)))
    >>> item.status.value
    'struck_off'
    """
    terms = terms or Terms()
    _refuse_unknown(terms, assessment)
    problems = list(_unfit(ledger, assessment))
    if problems:
        raise InputError(problems)
    found = observed(assessment)
    fresh = {each.id: each for each in found.unmet}
    kept = [
        _kept(item, fresh.get(item.id), assessment, found, terms)
        for item in ledger.items
    ]
    return attrs.evolve(
        ledger,
        counties=_names(assessment),
        options=dict(assessment.law.options),
        on=assessment.on,
        revision=ledger.revision + 1,
        synthetic=ledger.synthetic or assessment.synthetic,
        items=_ordered((*kept, *_new_items(ledger, assessment, found, terms))),
        notes=tuple(_notes(ledger, assessment)),
    )


def _refuse_unknown(terms: Terms, assessment: Assessment) -> None:
    """Refuse departments of rules and costs of columns that there are not."""
    rules = {name for pack in assessment.law.packs for name in pack.rules}
    heads = {dimension_of(name) for name in rules}
    fields = (each for table in assessment.facts.fields.values() for each in table)
    columns = {name for field in fields for name in (field.name, *field.names)}
    wrong = [
        (name, UnknownNameError(what, name, known))
        for what, given, known in (
            ("rule", terms.departments, {"*", "local", *rules, *heads}),
            ("cost", terms.costs, columns),
        )
        for name in given
        if name not in known
    ]
    if wrong:
        raise joined(wrong)


def _names(assessment: Assessment) -> dict[str, str]:
    return {code: county.name or code for code, county in assessment.items()}


def _ordered(items: tuple[LedgerItem, ...]) -> tuple[LedgerItem, ...]:
    """Keep the old ones in their order, each county's and rule's new ones behind."""
    place: dict[tuple[str, str, str], int] = {}
    for each in items:
        place.setdefault((each.county, each.area, each.rule), len(place))
    return tuple(
        sorted(items, key=lambda e: (e.county, place[e.county, e.area, e.rule]))
    )


def _unfit(ledger: Ledger, assessment: Assessment) -> Iterator[Problem]:
    ours, theirs = set(ledger.counties), set(assessment)
    if ours != theirs:
        named = "、".join(sorted(ours))
        yield Problem(
            code="other-county",
            zh=f"台账是 {named} 的，评估是 {'、'.join(sorted(theirs))} 的；"
            "请用同样区县的数据",
            en=f"the ledger is of {', '.join(sorted(ours))}, the assessment of "
            f"{', '.join(sorted(theirs))}; use data of the same counties",
        )
    for what, zh, mine, other in (
        ("programme", "评估项目", ledger.programme, assessment.programme),
        ("as-area", "所用规定的地区", ledger.as_area, assessment.as_area),
    ):
        if mine != other:
            yield Problem(
                code=f"other-{what}",
                zh=f"台账的{zh}是 {mine or '—'}，评估的是 {other or '—'}",
                en=f"the ledger's {what} is {mine or 'none'}, the assessment's "
                f"{other or 'none'}",
            )
    if assessment.on < ledger.on:
        yield Problem(
            code="earlier-day",
            zh=f"评估日期 {assessment.on} 早于台账的 {ledger.on}；"
            "台账只能用同日或以后的评估更新",
            en=f"the assessment is of {assessment.on}, the ledger of {ledger.on}; only "
            "an assessment of that day or later brings it up to date",
        )


def _notes(ledger: Ledger, assessment: Assessment) -> Iterator[tuple[str, str]]:
    options = assessment.law.options
    for name in sorted(ledger.options.keys() | options.keys()):
        then, now = ledger.options.get(name) or "—", options.get(name) or "—"
        if then != now:
            yield (
                f"口径 {name} 由 {then} 改为 {now}，销号可能因此而来",
                (
                    f"the reading {name} was {then} and is {now}: items may be struck "
                    "off because of that"
                ),
            )


# -- items -----------------------------------------------------------------------------


def _new_items(
    ledger: Ledger, assessment: Assessment, found: Observed, terms: Terms
) -> Iterator[LedgerItem]:
    for each in found.unmet:
        if each.id in ledger:
            continue
        cost = terms.cost(found.costed[each.id])
        yield attrs.evolve(
            each,
            history=(Event(assessment.on, Status.OPEN),),
            department=terms.department(each, assessment.law),
            deadline=terms.deadline,
            cost=cost,
            worked_out_cost=cost,
        )


def _kept(
    item: LedgerItem,
    fresh: LedgerItem | None,
    assessment: Assessment,
    found: Observed,
    terms: Terms,
) -> LedgerItem:
    """Return an item as a later assessment leaves it."""
    state = _state(item, assessment, found)
    status = _status(item, state, found)
    made = attrs.evolve(
        item,
        state=state,
        status=status,
        turn=_turn(item, status, state),
        department=item.department or terms.department(item, assessment.law),
    )
    if status is not item.status:
        event = Event(assessment.on, status)
        made = attrs.evolve(made, history=(*item.history, event))
    if fresh is None:
        return made
    return attrs.evolve(
        made,
        **{
            name: getattr(fresh, name)
            for name in ("label", "where", "problem", "gap", "amount", "unit")
        },
        **_cost(item, found, terms),
    )


def _cost(item: LedgerItem, found: Observed, terms: Terms) -> dict[str, Any]:
    """Work the cost out again, unless somebody wrote another one."""
    cost = terms.cost(found.costed[item.id])
    if cost is None or item.cost != item.worked_out_cost:
        return {}
    return {"cost": cost, "worked_out_cost": cost}


def _state(item: LedgerItem, assessment: Assessment, found: Observed) -> State:
    own = found.states.get(item.id)
    if own is not None:
        return own
    law = assessment.law
    pack = law.pack_of(item.area)
    if pack is not None and item.rule not in {
        each.name for each in assessment.rules_at(item.area)
    }:
        return State.NOT_APPLICABLE
    section = found.states.get(item.finding) if item.class_id is not None else None
    if section in (State.MET, State.NOT_APPLICABLE):
        return section  # then every class of it is
    return State.ABSENT


def _status(item: LedgerItem, state: State, found: Observed) -> Status:
    if state is State.UNMET:
        return item.status if item.is_open else Status.REOPENED
    if state is State.MET:
        return Status.LAPSED if item.status is Status.LAPSED else Status.STRUCK_OFF
    if not item.is_open or state is State.UNKNOWN:
        return item.status  # what nobody knows strikes nothing off
    if state is State.NOT_APPLICABLE:
        return Status.LAPSED
    signed = item.progress is Progress.WITHDRAWN and item.evidence
    dissolved = item.class_id is not None and item.finding in found.complete
    return Status.LAPSED if signed or dissolved else item.status


def _turn(item: LedgerItem, status: Status, state: State) -> Turn:
    if status is not item.status:
        return {
            Status.STRUCK_OFF: Turn.STRUCK_OFF,
            Status.REOPENED: Turn.REOPENED,
            Status.LAPSED: Turn.LAPSED,
        }[status]
    if not item.is_open:
        return Turn.SETTLED
    return Turn.KEPT if state is State.UNMET else Turn.UNPROVED
