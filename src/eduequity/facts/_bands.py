"""Counts by band, of the official forms: rooms by area and classes by size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eduequity.facts._columns import Floats, Frame, Index, Ragged
from eduequity.model import BANDS


__all__ = ["ROOM_BANDS", "banded", "banded_rooms", "joined", "pairs"]

ROOM_BANDS = {
    "music": {"ge96": (96, np.inf), "73_96": (73, 96), "61_73": (61, 73)},
    "art": {"ge90": (90, np.inf), "67_90": (67, 90), "61_67": (61, 67)},
}
"""Area bands of the official forms in m², the upper end not included."""


def banded(frame: Frame) -> tuple[Floats, Floats]:
    """Bound the largest class by the counts of classes in each size band."""
    low, high = np.full(frame.size, -np.inf), np.full(frame.size, -np.inf)
    for band, (least, most) in BANDS.items():
        count = frame.numbers(band)
        low = np.where(count > 0, least, low)
        high = np.where((count > 0) | np.isnan(count), most, high)
    given = np.any([~np.isnan(frame.numbers(band)) for band in BANDS], axis=0)
    return (
        np.where(given & np.isfinite(low), low, np.nan),
        np.where(given & (high > -np.inf) & (high < _TOP), high, np.nan),
    )


_TOP = max(most for _, most in BANDS.values())


def pairs(lists: Ragged, row: int) -> list[tuple[float, float]]:
    part = slice(lists.starts[row], lists.starts[row + 1])
    return list(zip(lists.low[part], lists.high[part], strict=True))


def joined(lists: Ragged, merged: Index, into: Index) -> Ragged:
    rows: list[list[tuple[float, float]] | None] = [
        pairs(lists, row) if lists.known[row] else None
        for row in range(len(lists.known))
    ]
    for row, parent in zip(merged, into, strict=True):
        own, added = rows[parent], rows[row]
        rows[parent] = None if own is None or added is None else own + added
    return Ragged.of(rows)


def banded_rooms(
    schools: Frame, kind: str, bands: Mapping[str, tuple[float, float]]
) -> list[list[tuple[float, float]] | None] | None:
    names = {f"{kind}_rooms_{band}": bounds for band, bounds in bands.items()}
    if not any(name in schools for name in names):
        return None
    counts = {name: schools.numbers(name) for name in names}
    total = schools.numbers(f"{kind}_rooms")
    lists: list[list[tuple[float, float]] | None] = []
    for row in range(schools.size):
        held = {name: counts[name][row] for name in names}
        if any(np.isnan(each) for each in held.values()):
            lists.append(None)
            continue
        rooms = [
            (low, float(np.nextafter(high, 0)))
            for name, (low, high) in names.items()
            for _ in range(int(held[name]))
        ]
        rest = total[row] - len(rooms)
        lowest = min(low for low, _ in names.values())
        if rest > 0:
            rooms += [(0.0, float(np.nextafter(lowest, 0)))] * int(rest)
        lists.append(rooms)
    return lists
