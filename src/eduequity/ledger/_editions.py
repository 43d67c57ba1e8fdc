"""
What people made of a ledger: their edits taken over, and joined where there are two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from eduequity.errors import InputError, Problem
from eduequity.ledger._items import Conflict, ConflictKind, LedgerItem
from eduequity.ledger._ledger import Ledger


__all__ = ["Edition", "joined", "said"]


@attrs.frozen(kw_only=True, eq=False)
class Edition:
    """
    One workbook of a ledger, as somebody left it.

    Args:
        file: Its name.

        base: The ledger as it was written.

        edits: By item and column what stands there now, where it is another value.

        extra: By item what stands in columns that people added, by heading.

        columns: The headings of those columns.

        settled: The conflicts of the base that somebody marked as settled.

        conflicts: What was edited and is not taken over.
    """

    file: str
    base: Ledger
    edits: Mapping[str, Mapping[str, Any]]
    extra: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    columns: tuple[str, ...] = ()
    settled: tuple[Conflict, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def said(value: Any) -> str:
    """
    Write a value of a cell as text.

    Args:
        value: The value; None is written as nothing.

    Returns:
        The text.

    >>> from eduequity.ledger import said
    >>> said(1200.50), said(None), said(True)
    ('1200.5', '', 'True')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(getattr(value, "value", value))


def joined(editions: Sequence[Edition]) -> Ledger:
    """
    Join the editions of one ledger: what either changed is taken over.

    Where two changed the same cell differently, that of the first edition stands in
    the ledger and the other one is kept as a conflict.

    Args:
        editions: The editions, at least one.

    Returns:
        The ledger.

    Raises:
        InputError: They are not of one ledger.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.ledger import Edition, joined
    >>> county = ee.County(code="999901", key_schools=True)
    >>> base = ee.ledger_of(ee.evaluate(county, on=dt.date(2024, 12, 31)))
    >>> (item,) = base
    >>> edition = Edition(
    ...     file="甲.xlsx", base=base, edits={item.id: {"note": "已整改"}}
    ... )
    >>> next(iter(joined([edition]))).note
    '已整改'
    """
    problems = list(_unlike(editions))
    if problems:
        raise InputError(problems)
    newest = max(editions, key=lambda each: each.base.revision)
    order = [newest, *(each for each in editions if each is not newest)]
    if newest.base.revision == editions[0].base.revision:
        order = list(editions)
    conflicts: list[Conflict] = []
    items = tuple(
        _item(item, newest.base, order, conflicts) for item in newest.base.items
    )
    settled = [each for edition in editions for each in edition.settled]
    kept = [
        each
        for edition in order
        for each in (*edition.base.conflicts, *edition.conflicts)
        if each not in settled
    ]
    columns = [*newest.base.columns, *(c for e in order for c in e.columns)]
    return attrs.evolve(
        newest.base,
        items=items,
        conflicts=tuple(dict.fromkeys([*kept, *conflicts])),
        columns=tuple(dict.fromkeys(columns)),
    )


def _unlike(editions: Sequence[Edition]) -> Iterator[Problem]:
    first = editions[0]
    for each in editions[1:]:
        mine, other = first.base, each.base
        keys = ("programme", "counties", "as_area", "begun")
        if any(getattr(mine, key) != getattr(other, key) for key in keys):
            yield Problem(
                code="other-ledger",
                file=each.file,
                zh=f"与 {first.file} 不是同一份台账",
                en=f"this is not the same ledger as {first.file}",
            )
        elif mine.revision == other.revision and mine.to_dict() != other.to_dict():
            yield Problem(
                code="parted-ledger",
                file=each.file,
                zh=f"与 {first.file} 由不同的评估分别更新过"
                f"（同为第 {mine.revision} 版），不能合并；请只用其中一份",
                en=f"this and {first.file} were brought up to date apart from each "
                f"other (both are revision {mine.revision}) and cannot be joined; use "
                "one of them",
            )


def _item(
    item: LedgerItem,
    base: Ledger,
    editions: Sequence[Edition],
    conflicts: list[Conflict],
) -> LedgerItem:
    """Return an item with what the editions made of it."""
    found: dict[str, tuple[Any, str]] = {}
    extra: dict[str, tuple[str, str]] = {}
    for edition in editions:
        for field, value in _edited(item, base, edition):
            _take(item, field, value, edition.file, found, conflicts)
        was = edition.base[item.id].extra if item.id in edition.base else {}
        for heading, text in edition.extra.get(item.id, {}).items():
            if text != was.get(heading, ""):
                _take(item, heading, text, edition.file, extra, conflicts)
    made = {field: value for field, (value, _) in found.items()}
    written = {heading: text for heading, (text, _) in extra.items()}
    return attrs.evolve(item, **made, extra={**item.extra, **written})


def _edited(
    item: LedgerItem, base: Ledger, edition: Edition
) -> Iterator[tuple[str, Any]]:
    """Yield what an edition changed; what a newer base says since counts first."""
    edits = edition.edits.get(item.id, {})
    older = edition.base is not base and item.id in edition.base
    for field, value in edits.items():
        now = getattr(item, field)
        if older and now != getattr(edition.base[item.id], field):
            if now == value:
                continue
            yield field, now
        yield field, value


def _take(
    item: LedgerItem,
    field: str,
    value: Any,
    file: str,
    found: dict[str, Any],
    conflicts: list[Conflict],
) -> None:
    if field not in found:
        found[field] = (value, file)
    elif found[field][0] != value:
        conflicts.append(
            Conflict(
                kind=ConflictKind.TWO_EDITS,
                item=item.id,
                field=field,
                kept=said(found[field][0]),
                other=said(value),
                file=file,
            )
        )
