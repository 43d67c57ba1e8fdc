"""Areas beside each other: what they state of a parameter, county by county."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eduequity.facts import Floats
from eduequity.rules import Law, Value
from eduequity.vocab import Force


__all__ = ["Beside", "Stated", "is_plain"]


class Stated(NamedTuple):
    """
    What areas state of one parameter, a row to an area; the last row is of none.

    *amounts* and *numbers* have a column for each stage and one for what knows no
    stages; NaN and -1 where nothing is stated. *numbers* are places in *values*.
    """

    amounts: Floats
    numbers: npt.NDArray[np.int16]
    values: tuple[tuple[str, Value], ...]


class Beside:
    """
    The areas of one depth whose values are taken together.

    Args:
        law: What is in force.

        areas: The areas, none inside another.

        at: The place of every county's area in *areas*; their number for no area.
    """

    def __init__(
        self, law: Law, areas: Sequence[str], at: npt.NDArray[np.intp]
    ) -> None:
        self.law = law
        self.areas = tuple(areas)
        self.at = at

    def stated(self, name: str, force: Force) -> Stated | None:
        """Return the plain values of a parameter in force there; None: none are."""
        memory = self.law.memory.setdefault((Beside, self.areas), {})
        key = (name, force)
        if key not in memory:
            memory[key] = self._stated(name, force)
        found: Stated | None = memory[key]
        return found

    def _stated(self, name: str, force: Force) -> Stated | None:
        amounts = np.full((len(self.areas) + 1, 3), np.nan)
        numbers = np.full(amounts.shape, -1, dtype=np.int16)
        listed: list[tuple[str, Value]] = []
        for row, area in enumerate(self.areas):
            values = self.law.values(name, area, force=force)
            if not all(map(is_plain, values)):
                continue  # nobody asks what it is there
            for value in values:  # the last that speaks of a stage governs
                primary, junior = (
                    np.nan if each is None else each for each in value.numbers()
                )
                both = primary if primary == junior else np.nan
                said = np.array([primary, junior, both])
                spoken = ~np.isnan(said)
                amounts[row, spoken] = said[spoken]
                numbers[row, spoken] = len(listed)
                listed.append((area, value))
        return Stated(amounts, numbers, tuple(listed)) if listed else None


def is_plain(value: Value) -> bool:
    """Whether a value is one number, or one for each stage, wherever it applies."""
    return not value.where and not isinstance(value.value, tuple)
