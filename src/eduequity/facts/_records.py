"""
Teachers and classes counted into their sections, by the law's definitions.

The definitions are data: what `Facts` count from rows and what a query engine sums
where the rows lie (`eduequity.io`) are read from the same declarations.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.facts._columns import Floats, Frame, Index
from eduequity.model import OVERSIZED
from eduequity.vocab import Choice, DegreeLevel, Level, Stage


__all__ = [
    "FULL_AFTER",
    "KNOWN_CLASS",
    "RECORDS",
    "Counts",
    "Records",
    "Test",
    "counted",
]


@attrs.frozen(kw_only=True)
class Test:
    """
    A question that a row answers with yes, no or a blank.

    Args:
        field: The column that answers it; by itself where it is yes/no.

        least: The word, of those in ascending order, or the number that is enough.

        junior: What is enough in a junior section, where that is another.

        among: The words that mean yes.

        years: The column with the years after which all of *least* is due; before
            that as much of it as of `FULL_AFTER` years has passed.
    """

    __test__ = False  # pytest need not look

    field: str
    least: Choice | float | None = None
    junior: Choice | float | None = None
    among: frozenset[str] = frozenset()
    years: str = ""

    def bound(self, stage: Stage) -> Choice | float | None:
        """Return the value that the test compares with for *stage*."""
        return self.junior if stage is Stage.JUNIOR and self.junior else self.least


@attrs.frozen(kw_only=True)
class Records:
    """
    How a table of single teachers or classes is counted into sections.

    Args:
        counts: For every section column the questions that a row has to answer with
            yes, all of them. One no settles it whatever else is blank.

        rows: The section column that is the number of rows.

        sums: The section columns that are the sum of a column.

        largest: The section columns that are the largest cell of a column.

        known: The section columns that are the largest cell known of a column,
            whatever other cells are blank: the largest of all is at least that.
    """

    counts: Mapping[str, tuple[Test, ...]]
    rows: str = ""
    sums: Mapping[str, str] = attrs.field(factory=dict)
    largest: Mapping[str, str] = attrs.field(factory=dict)
    known: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The section columns that the rows make."""
        rows = (self.rows,) if self.rows else ()
        return (*self.counts, *rows, *self.sums, *self.largest, *self.known)


FULL_AFTER = 5.0
"""The years over which the hours of training are due."""

KNOWN_CLASS = "known_class"
"""The largest of the classes of known size."""

_FULL_TIME = Test(field="full_time")
_TRAINED = Test(field="training_hours", least=360.0)
_SERVED = Test(field="years_of_service", least=FULL_AFTER)

RECORDS: Mapping[str, Records] = {
    "teachers": Records(
        counts={
            "full_time_teachers": (_FULL_TIME,),
            # 高于规定学历: 专科 or higher in a primary, 本科 in a junior section.
            "above_degree_teachers": (
                _FULL_TIME,
                Test(
                    field="degree",
                    least=DegreeLevel.COLLEGE,
                    junior=DegreeLevel.BACHELOR,
                ),
            ),
            # 县级以上骨干教师
            "backbone_teachers": (
                _FULL_TIME,
                Test(field="backbone_level", least=Level.COUNTY),
            ),
            # 体育、艺术（美术、音乐）专任教师
            "pe_arts_teachers": (
                _FULL_TIME,
                Test(
                    field="subject",
                    among=frozenset({"体育", "体育与健康", "音乐", "美术", "艺术"}),
                ),
            ),
            "certified_teachers": (_FULL_TIME, Test(field="certified")),
            # 五年360学时
            "trained_teachers": (_FULL_TIME, _TRAINED),
            "trained_teachers_pro_rata": (
                _FULL_TIME,
                attrs.evolve(_TRAINED, years="years_of_service"),
            ),
            "experienced_teachers": (_FULL_TIME, _SERVED),
            "trained_experienced_teachers": (_FULL_TIME, _SERVED, _TRAINED),
        }
    ),
    "classes": Records(
        counts={
            "oversized_classes": (
                Test(
                    field="pupils",
                    least=OVERSIZED[Stage.PRIMARY] + 1.0,
                    junior=OVERSIZED[Stage.JUNIOR] + 1.0,
                ),
            )
        },
        rows="classes",
        sums={"pupils": "pupils"},
        largest={"largest_class": "pupils"},
        known={KNOWN_CLASS: "pupils"},
    ),
}
"""The tables of records and what is made of them."""


# -- counting rows -------------------------------------------------------------------


def counted(table: str, frame: Frame, row: Index, size: int) -> dict[str, Floats]:
    """
    Count the rows of *frame* into sections; *row* is each one's section, -1 for none.

    A blank in a row leaves what it decides unknown, and so do no rows at all.
    """
    made = RECORDS[table]
    there = row >= 0
    at = row[there]
    any_rows = np.bincount(at, minlength=size) > 0

    def total(values: Floats) -> Floats:
        sums = np.bincount(at, weights=values[there], minlength=size)
        return np.where(any_rows, sums, np.nan)

    found = {name: total(_answers(tests, frame)) for name, tests in made.counts.items()}
    if made.rows:
        found[made.rows] = total(np.ones(frame.size))
    found |= {name: total(frame.numbers(of)) for name, of in made.sums.items()}
    for name, of in made.largest.items():
        found[name] = _most(np.maximum, at, frame.numbers(of)[there], size)
    for name, of in made.known.items():
        found[name] = _most(np.fmax, at, frame.numbers(of)[there], size)
    return found


def _most(greater: np.ufunc, at: Index, cells: Floats, size: int) -> Floats:
    """Return the largest cell of each section; NaN where there is none."""
    most = np.full(size, -np.inf)
    greater.at(most, at, cells)
    return np.where(most == -np.inf, np.nan, most)


@attrs.frozen(eq=False)
class Counts:
    """
    Records that were counted where they lie: one row per school and stage.

    Args:
        school: The school's code.

        stage: The rank of the stage.

        columns: The section columns; NaN where a blank leaves one unknown.
    """

    school: npt.NDArray[np.object_]
    stage: npt.NDArray[np.int8]
    columns: Mapping[str, Floats]

    def into(self, table: str, row: Index, size: int) -> dict[str, Floats]:
        """
        Return the counts by column of a table.

        Args:
            table: The table of records they are of.

            row: The row that each school has.

            size: How many rows there are.
        """
        there = row >= 0
        at = row[there]
        any_rows = np.bincount(at, minlength=size) > 0
        made, found = RECORDS[table], {}
        for name, column in self.columns.items():
            if name in made.largest or name in made.known:
                greater = np.maximum if name in made.largest else np.fmax
                found[name] = _most(greater, at, column[there], size)
            else:
                joined = np.bincount(at, weights=column[there], minlength=size)
                found[name] = np.where(any_rows, joined, np.nan)
        return found


def _answers(tests: tuple[Test, ...], frame: Frame) -> Floats:
    """Answer whether all of it holds: 1 yes, 0 no (one no is enough), NaN blank."""
    answer = _answer(tests[0], frame)
    for test in tests[1:]:
        more = _answer(test, frame)
        answer = np.where((answer == 0) | (more == 0), 0.0, answer * more)
    return answer


def _answer(test: Test, frame: Frame) -> Floats:
    if test.among:
        words = frame.words(test.field)
        return np.array(
            [np.nan if word is None else word in test.among for word in words], float
        )
    if test.least is None:
        return frame.numbers(test.field)
    if isinstance(test.least, Choice):
        codes = frame.codes(test.field)
        value = np.where(codes < 0, np.nan, codes.astype(float))
    else:
        value = frame.numbers(test.field)
    enough = value >= _bounds(test, frame)
    blank = np.isnan(value)
    if test.years:
        assert not isinstance(test.least, Choice)
        years = frame.numbers(test.years)
        enough |= value >= years * test.least / FULL_AFTER
        blank = blank | np.isnan(years)
    return np.where(blank, np.nan, enough.astype(float))


def _bounds(test: Test, frame: Frame) -> float | Floats:
    least, junior = (
        float(bound.rank if isinstance(bound, Choice) else bound or 0)
        for bound in (test.bound(Stage.PRIMARY), test.bound(Stage.JUNIOR))
    )
    if least == junior:
        return least
    return np.where(frame.codes("stage") == Stage.JUNIOR.rank, junior, least)
