"""The ledger of oversized classes (消除大班额工作台账): items, and 销号."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs
import numpy as np

from eduequity.engine import Assessment
from eduequity.facts import STAGES
from eduequity.vocab import Force, Stage


__all__ = ["OversizedClass", "oversized_classes"]

_PARAMETER = "class_size"


@attrs.frozen(kw_only=True)
class OversizedClass:
    """
    One oversized class, an item of the ledger.

    Args:
        school: The school's code.

        id: The class, as the files name it.

        stage: Its stage.

        opened: The day of the first file that shows it oversized.

        pupils: Its pupils in the last file that lists it.

        closed: The day of the file that shows it gone (销号); None while it is open.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import OversizedClass
    >>> item = OversizedClass(
    ...     school="1",
    ...     id="1班",
    ...     stage=ee.Stage.PRIMARY,
    ...     opened=dt.date(2024, 12, 31),
    ...     pupils=52,
    ... )
    >>> item.closed is None  # still open
    True
    """

    school: str
    id: str
    stage: Stage
    opened: dt.date
    pupils: int
    closed: dt.date | None = None


def oversized_classes(files: Sequence[Assessment]) -> tuple[OversizedClass, ...]:
    """
    Keep the ledger of oversized classes over several files.

    An item is closed by the first later file that lists its school's classes and has
    it no longer, or no longer oversized; a file that does not list the school's classes
    or leaves the class's pupils blank closes nothing. A class that grows again is
    opened as a new item.

    Args:
        files: Assessments in the order of their days; the limits are the nation's on
            the day of each.

    Returns:
        The items in the order in which they were opened.

    A class of 52 in 2021 (more than the 45 of a primary class) and of 44 in 2022 is one
    item, opened in 2021 and closed in 2022:

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import oversized_classes
    >>> def year(pupils, on):
    ...     school = ee.School(
    ...         code="1", name="示例小学", kind="primary", primary=ee.Section()
    ...     )
    ...     only = ee.SchoolClass(id="1班", school="1", stage="primary", pupils=pupils)
    ...     county = ee.County(code="999901", schools=(school,), classes=(only,))
    ...     return ee.evaluate(county, on=on)
    >>> files = [year(52, dt.date(2021, 12, 31)), year(44, dt.date(2022, 12, 31))]
    >>> (item,) = oversized_classes(files)
    >>> item.opened.year, item.closed.year, item.pupils
    (2021, 2022, 44)
    """
    items: list[OversizedClass] = []
    open_: dict[tuple[str, str], int] = {}
    for result in sorted(files, key=lambda each: each.on):
        limits = _limits(result)
        listed = dict(_rows(result))
        schools = {school for school, _ in listed}
        for key, at in list(open_.items()):
            pupils = listed[key].pupils if key in listed else None
            if pupils is not None and pupils > limits[items[at].stage]:
                items[at] = attrs.evolve(items[at], pupils=pupils)
            elif pupils is not None or (key not in listed and key[0] in schools):
                items[at] = _closed(items[at], result.on, pupils)
                del open_[key]
        for key, row in listed.items():
            over = row.pupils is not None and row.pupils > limits[row.stage]
            if over and key not in open_:
                open_[key] = len(items)
                items.append(row.item)
    return tuple(items)


def _closed(item: OversizedClass, on: dt.date, pupils: int | None) -> OversizedClass:
    left = item.pupils if pupils is None else pupils
    return attrs.evolve(item, closed=on, pupils=left)


def _limits(result: Assessment) -> dict[Stage, float]:
    """Return the nation's limits on the day; none where there is no such limit."""
    found = dict.fromkeys(STAGES, float("inf"))
    if result.law.has_parameter(_PARAMETER):
        for value in result.law.values(_PARAMETER, "", force=Force.REQUIREMENT):
            for stage, limit in zip(STAGES, value.numbers(), strict=True):
                if limit is not None and not value.where:
                    found[stage] = limit
    return found


class _Row(NamedTuple):
    """One class of a file; its pupils are None where they are blank."""

    stage: Stage
    pupils: int | None
    item: OversizedClass


def _rows(result: Assessment) -> Iterator[tuple[tuple[str, str], _Row]]:
    """Yield every class by its school and name."""
    table = result.facts.other("classes")
    schools, names = table.words("school"), table.words("id")
    stages, pupils = table.codes("stage"), table.numbers("pupils")
    for at in range(table.size):
        if names[at] is None or not 0 <= stages[at] < len(STAGES):
            continue
        stage, known = STAGES[stages[at]], not np.isnan(pupils[at])
        number = int(pupils[at]) if known else None
        key = str(schools[at]), str(names[at])
        item = OversizedClass(
            school=key[0], id=key[1], stage=stage, opened=result.on, pupils=number or 0
        )
        yield key, _Row(stage, number, item)
