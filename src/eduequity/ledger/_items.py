"""The items of a ledger: one for everything unmet, at the finest unit there is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import attrs

from eduequity.vocab import Choice, Text, Unit


__all__ = [
    "HUMAN",
    "Conflict",
    "ConflictKind",
    "Event",
    "LedgerItem",
    "Progress",
    "State",
    "Status",
    "Turn",
    "refuse_unless",
]


class Status(Choice):
    """
    Where an item stands; only an assessment sets it.

    >>> from eduequity.ledger import Status
    >>> [status.label.zh for status in Status]
    ['未销号', '已销号', '重新列入', '不再适用']
    """

    OPEN = "open", "未销号", "open"
    STRUCK_OFF = "struck_off", "已销号", "struck off"
    REOPENED = "reopened", "重新列入", "reopened"
    LAPSED = "lapsed", "不再适用", "lapsed"


class State(Choice):
    """
    What the last assessment found of an item.

    >>> from eduequity.ledger import State
    >>> State.ABSENT.label.zh
    '数据中没有'
    """

    UNMET = "unmet", "未达标", "unmet"
    MET = "met", "达标", "met"
    UNKNOWN = "unknown", "证据不足", "unknown"
    NOT_APPLICABLE = "not_applicable", "不适用", "not applicable"
    ABSENT = "absent", "数据中没有", "not in the data"


class Turn(Choice):
    """
    What the last assessment did to an item.

    >>> from eduequity.ledger import Turn
    >>> Turn.STRUCK_OFF.label.zh
    '本次销号'
    """

    ADDED = "added", "新列入", "added"
    KEPT = "kept", "继续整改", "kept open"
    STRUCK_OFF = "struck_off", "本次销号", "struck off now"
    REOPENED = "reopened", "本次重新列入", "reopened now"
    UNPROVED = "unproved", "证据不足，未销号", "not known, so not struck off"
    LAPSED = "lapsed", "本次不再适用", "lapsed now"
    SETTLED = "settled", "此前已了结", "settled before"


class Progress(Choice):
    """
    What people say of an item; it strikes nothing off.

    >>> from eduequity.ledger import Progress
    >>> Progress.parse("整改中").value
    'under_way'
    """

    NOT_BEGUN = "not_begun", "未开始", "not begun"
    UNDER_WAY = "under_way", "整改中", "under way"
    DONE = "done", "已完成待核实", "done, to be verified"
    WITHDRAWN = "withdrawn", "已停办或并入", "closed or merged"


@attrs.frozen
class Event:
    """
    A day on which the status became another one.

    Args:
        on: The day.

        status: The status from then on.

    >>> import datetime as dt
    >>> from eduequity.ledger import Event, Status
    >>> Event(dt.date(2024, 12, 31), Status.OPEN).sentence("zh")
    '2024-12-31 未销号'
    """

    on: dt.date
    status: Status

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it: ``2024-12-31 未销号``.

        Args:
            lang: ``zh``, or English for anything else.
        """
        return f"{self.on} {self.status.label.get(lang)}"


HUMAN = ("department", "deadline", "cost", "progress", "evidence", "note")
"""The columns that people edit; all others are the assessment's."""


@attrs.frozen(kw_only=True)
class LedgerItem:
    """
    One thing that is to be put right.

    Args:
        id: Stable: the finding's id, followed by ``/class=…`` for a class.

        finding: The finding's id.

        county: The county's code.

        rule: The rule's full id.

        area: The area at whose level it counts; ``""`` is the nation.

        entity: The county's code, a school's, or ``<school code>/<stage>``.

        class_id: The class, where classes are given; None otherwise.

        label: What the rule is called.

        where: Whose item it is.

        problem: What was found and what is asked.

        gap: What is missing, in natural units.

        amount: The gap as a number where it is one quantity; None otherwise.

        unit: Its unit.

        status: Where it stands.

        state: What the last assessment found.

        turn: What the last assessment did to it.

        history: The days on which the status became another.

        department: Who is responsible 责任部门.

        deadline: Until when 完成时限.

        cost: What it costs, in yuan; never below 0.

        worked_out_cost: The cost that unit costs gave; it follows the gap as long as
            nobody writes another one.

        progress: What people say of it.

        evidence: What proves it 佐证材料.

        note: Whatever else people write.

        extra: What people wrote into columns of their own, by heading.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", name="示例县", key_schools=True)
    >>> (item,) = ee.ledger_of(ee.evaluate(county, on=dt.date(2024, 12, 31)))
    >>> item.id, item.is_open, item.problem.zh
    (':vetoes.key_schools@999901', True, '是')
    >>> ee.LedgerItem.from_dict(item.to_dict()) == item
    True
    """

    id: str
    finding: str
    county: str
    rule: str
    area: str
    entity: str
    class_id: str | None = None
    label: Text
    where: Text
    problem: Text
    gap: Text
    amount: float | None = None
    unit: Unit | None = None
    status: Status = Status.OPEN
    state: State = State.UNMET
    turn: Turn = Turn.ADDED
    history: tuple[Event, ...] = ()
    department: str = ""
    deadline: dt.date | None = None
    cost: float | None = None
    worked_out_cost: float | None = None
    progress: Progress | None = None
    evidence: str = ""
    note: str = ""
    extra: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it still is to be put right."""
        return self.status in (Status.OPEN, Status.REOPENED)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = attrs.asdict(self, recurse=False)
        for name in ("label", "where", "problem", "gap"):
            text: Text = told[name]
            told[name] = {"zh": text.zh, "en": text.en}
        for name in ("unit", "status", "state", "turn", "progress"):
            told[name] = told[name] and told[name].value
        told["deadline"] = self.deadline and self.deadline.isoformat()
        told["history"] = [
            {"on": each.on.isoformat(), "status": each.status.value}
            for each in self.history
        ]
        told["extra"] = dict(self.extra)
        return told

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> LedgerItem:
        """
        Build it from plain data.

        Args:
            told: What `to_dict` made.

        Raises:
            KeyError: Something is missing.

            ValueError: Something is not what `to_dict` makes.

            TypeError: Something is of another type.
        """
        made = dict(told)
        texts = (made[name] for name in _WORDS)
        refuse_unless(str, *texts, *made["extra"], *made["extra"].values())
        refuse_unless(str | None, made["class_id"])
        for number in (made["amount"], made["cost"], made["worked_out_cost"]):
            refuse_unless(float | int | None, number)
        for name in ("label", "where", "problem", "gap"):
            refuse_unless(str, made[name]["zh"], made[name]["en"])
            made[name] = Text(made[name]["zh"], made[name]["en"])
        kinds = {"unit": Unit, "status": Status, "state": State, "turn": Turn}
        for name, kind in {**kinds, "progress": Progress}.items():
            made[name] = None if made[name] is None else kind(made[name])
        if made["deadline"] is not None:
            made["deadline"] = dt.date.fromisoformat(made["deadline"])
        made["history"] = tuple(
            Event(dt.date.fromisoformat(each["on"]), Status(each["status"]))
            for each in made["history"]
        )
        return cls(**made)


_WORDS = (
    *("id", "finding", "county", "rule", "area", "entity"),
    *("department", "evidence", "note"),
)


def refuse_unless(kind: Any, *found: Any) -> None:
    """
    Refuse plain data of another type, or numbers that are none.

    Raises:
        ValueError: Something is not of the *kind*.
    """
    for each in found:
        odd = isinstance(each, float) and not math.isfinite(each)
        if odd or not isinstance(each, kind):
            raise ValueError(each)


class ConflictKind(Choice):
    """
    What could not be taken over, and is kept for people to settle.

    >>> from eduequity.ledger import ConflictKind
    >>> ConflictKind.TWO_EDITS.label.zh
    '两人改了同一项'
    """

    TWO_EDITS = "two_edits", "两人改了同一项", "two people edited it"
    DELETED_ROW = "deleted_row", "该行被删除，已恢复", "its row was deleted; restored"
    SYSTEM_CELL = (
        "system_cell",
        "改了由评估填写的单元格，未采用",
        "a cell that the assessment fills was edited; not taken over",
    )
    OTHER_SHEET = (
        "other_sheet",
        "另有工作表，不带入新写出的台账",
        "a sheet was added; a ledger written anew does not have it",
    )
    DELETED_COLUMN = (
        "deleted_column",
        "该列被删除，已恢复",
        "the column was deleted; restored",
    )


@attrs.frozen(kw_only=True)
class Conflict:
    """
    An edit that was not taken over; nothing of it is lost.

    Args:
        kind: Why.

        item: The item's id; empty where it is about all of them.

        field: The column.

        kept: What stands in the ledger.

        other: What was written besides.

        file: In which workbook.

    >>> from eduequity.ledger import Conflict, ConflictKind
    >>> conflict = Conflict(
    ...     kind=ConflictKind.TWO_EDITS,
    ...     item=":vetoes.key_schools@999901",
    ...     field="note",
    ...     kept="已整改",
    ...     other="整改中",
    ...     file="乙.xlsx",
    ... )
    >>> conflict.sentence("zh").partition("：")[2]
    '两人改了同一项：保留“已整改”，另有“整改中”（乙.xlsx）'
    >>> Conflict.from_dict(conflict.to_dict()) == conflict
    True
    """

    kind: ConflictKind
    item: str
    field: str
    kept: str
    other: str
    file: str

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        from eduequity.ledger._sheet import BY_NAME  # it knows the headings of items

        column = BY_NAME.get(self.field)
        field = column.heading.get(lang) if column else self.field
        said = f"{self.item} {field}".strip()
        both = self.kept or self.other
        if lang == "zh":
            values = f"：保留“{self.kept}”，另有“{self.other}”" if both else ""
            return f"{said}：{self.kind.label.zh}{values}（{self.file}）"
        values = f": kept {self.kept!r}, besides {self.other!r}" if both else ""
        return f"{said}: {self.kind.label.en}{values} ({self.file})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**attrs.asdict(self), "kind": self.kind.value}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Conflict:
        """
        Build it from plain data.

        Args:
            told: What `to_dict` made.

        Raises:
            ValueError: It is something else.
        """
        refuse_unless(str, *told.values())
        return cls(**{**told, "kind": ConflictKind(told["kind"])})
