"""The columns of a ledger's workbook: what is written is what is read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from eduequity.ledger._items import HUMAN, LedgerItem
from eduequity.ledger._ledger import Ledger
from eduequity.vocab import Text, Unit


__all__ = [
    "COLUMNS",
    "CONFLICTS",
    "COUNTS",
    "HOW_TO",
    "LEDGER",
    "RECORD",
    "SETTLED",
    "LedgerColumn",
]

LEDGER = Text("整改台账", "Ledger")
"""The name of the sheet that people edit."""

CONFLICTS = Text("待处理", "To settle")
"""The name of the sheet of edits that were not taken over."""

COUNTS = Text("汇总", "Counts")
"""The name of the sheet that counts items by status and department."""

HOW_TO = Text("说明", "How to use it")
"""The name of the sheet that tells people how to fill the ledger."""

SETTLED = Text("已处理（填“是”）", "Settled (write yes)")
"""The heading under which people mark a conflict as settled."""

RECORD = "_eduequity"
"""The hidden sheet that holds the ledger as it was written."""


@attrs.frozen(kw_only=True)
class LedgerColumn:
    """
    One column of the sheet.

    Args:
        name: The field of the item.

        heading: What stands above it.

        width: How wide it is.

        shown: What stands in its cells, by language; of columns that people edit the
            value itself.
    """

    name: str
    heading: Text
    width: float
    shown: Callable[[Ledger, LedgerItem, str], Any]

    @property
    def human(self) -> bool:
        """Whether people edit it."""
        return self.name in HUMAN


def _own(name: str) -> Callable[[Ledger, LedgerItem, str], Any]:
    return lambda _ledger, item, _lang: getattr(item, name)


def _text(name: str) -> Callable[[Ledger, LedgerItem, str], Any]:
    return lambda _ledger, item, lang: getattr(item, name).get(lang)


def _label(name: str) -> Callable[[Ledger, LedgerItem, str], Any]:
    def shown(_ledger: Ledger, item: LedgerItem, lang: str) -> str:
        value = getattr(item, name)
        return "" if value is None else str(value.label.get(lang))

    return shown


def _county(ledger: Ledger, item: LedgerItem, _lang: str) -> str:
    return ledger.counties.get(item.county, item.county)


def _unit(_ledger: Ledger, item: LedgerItem, lang: str) -> str:
    plain = item.unit in (None, Unit.RATIO, Unit.COUNT, Unit.YES_NO, Unit.LEVEL)
    return "" if plain or item.unit is None else item.unit.label.get(lang)


def _history(_ledger: Ledger, item: LedgerItem, lang: str) -> str:
    return ("；" if lang == "zh" else "; ").join(e.sentence(lang) for e in item.history)


def _column(
    name: str, zh: str, en: str, width: float, shown: Callable[..., Any]
) -> LedgerColumn:
    return LedgerColumn(name=name, heading=Text(zh, en), width=width, shown=shown)


COLUMNS: tuple[LedgerColumn, ...] = (
    _column("county", "区县", "County", 12, _county),
    _column("where", "对象", "Whose", 24, _text("where")),
    _column("label", "问题条目", "Rule", 30, _text("label")),
    _column("problem", "现状与要求", "Found and asked", 26, _text("problem")),
    _column("gap", "差距", "Gap", 36, _text("gap")),
    _column("amount", "差距数量", "Gap as a number", 10, _own("amount")),
    _column("unit", "单位", "Unit", 8, _unit),
    _column("department", "责任部门", "Department", 22, _own("department")),
    _column("deadline", "完成时限", "Deadline", 12, _own("deadline")),
    _column("cost", "所需资金（元）", "Cost (yuan)", 14, _own("cost")),
    _column("progress", "整改进展", "Progress", 14, _label("progress")),
    _column("evidence", "佐证材料", "Evidence", 24, _own("evidence")),
    _column("note", "备注", "Note", 20, _own("note")),
    _column("status", "状态", "Status", 12, _label("status")),
    _column("state", "评估结论", "Last finding", 12, _label("state")),
    _column("turn", "本次变化", "This time", 16, _label("turn")),
    _column("history", "历程", "History", 26, _history),
    _column("id", "编号", "Id", 44, _own("id")),
)
"""The columns in the order in which they stand."""

BY_NAME: Mapping[str, LedgerColumn] = {each.name: each for each in COLUMNS}
