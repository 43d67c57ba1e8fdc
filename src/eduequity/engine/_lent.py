"""What a level takes over from the one above: cut from what was worked out for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from eduequity.engine._limits import Limit
from eduequity.facts import DateRange, Ragged


__all__ = ["Lent"]


class Lent(dict[Any, Any]):
    """
    A memory of some units that looks into the memory of all.

    Args:
        whole: What was worked out for all units.

        same: Whether what is kept under a key is the same for the units here.

        rows: Where the units here stand among all; None: they are all.
    """

    def __init__(
        self, whole: Mapping[Any, Any], same: Callable[[Any], bool], rows: slice | None
    ) -> None:
        super().__init__()
        self.whole = whole
        self.same = same
        self.rows = rows

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what there is, here or above."""
        found = super().get(key)
        if found is None:
            whole = self.whole.get(key)
            if whole is None or not self.same(key):
                return default
            found = self[key] = self._cut(whole)
        return found

    def above(self, key: Any) -> Any:
        """Return what there is above, the same here or not; None: nothing."""
        whole = self.whole.get(key)
        return None if whole is None else self._cut(whole)

    def _cut(self, cell: Any) -> Any:
        return cell if self.rows is None else _cut(cell, self.rows)


def _cut(cell: Any, rows: slice) -> Any:
    """Return the *rows* of a cell; parts that were one column stay one."""
    if isinstance(cell, np.ndarray):
        return cell[rows]
    if isinstance(cell, Limit):
        return cell.cut(rows)
    if isinstance(cell, Ragged | DateRange):
        return cell.take(rows)
    if not hasattr(cell, "_fields"):
        return cell  # a word, a day, the values of a limit
    parts: dict[int, Any] = {}
    for part in cell:
        if id(part) not in parts:
            parts[id(part)] = _cut(part, rows)
    return type(cell)(*(parts[id(part)] for part in cell))
