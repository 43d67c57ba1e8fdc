"""Areas beside each other: what they state of a parameter, county by county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    *amounts* has a column for each stage and one for what knows no stages, NaN where
    nothing is stated. *replaces* tells where the value stands in place of those above,
    whatever they are; None: nowhere.
    """

    amounts: Floats
    replaces: npt.NDArray[np.bool_] | None


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
        return self.table(dict.fromkeys(self.areas, name), force)

    def table(self, names: Mapping[str, str], force: Force) -> Stated | None:
        """Return what areas state, each of a parameter of its own; None: nothing."""
        amounts = np.full((len(self.areas) + 1, 3), np.nan)
        replaces = np.zeros(amounts.shape, dtype=np.bool_)
        for area, name in names.items():
            row, values = (
                self.areas.index(area),
                self.law.values(name, area, force=force),
            )
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
                replaces[row, spoken] = value.replaces is not None
        if np.isnan(amounts).all():
            return None
        return Stated(amounts, replaces if replaces.any() else None)


def is_plain(value: Value) -> bool:
    """Whether a value is one number, or one for each stage, wherever it applies."""
    return not value.where and not isinstance(value.value, tuple)
