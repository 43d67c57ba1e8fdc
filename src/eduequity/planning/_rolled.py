"""Pupils and classes moved up year by year, on a low, a middle and a high path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from eduequity.engine import figure
from eduequity.errors import InputError, Problem
from eduequity.facts import STAGES, Amend, Facts, Floats
from eduequity.model import OVERSIZED
from eduequity.vocab import Text


__all__ = ["Rolled"]


class Rolled:
    """
    The pupils and classes of every section in the years to come, path by path.

    Args:
        facts: The facts of one county.

        growth: The lowest and highest yearly growth of a stage.

        entrants: The lowest and highest number of new first-graders, as a multiple of
            the year before, for stages without growth.
    """

    def __init__(
        self,
        facts: Facts,
        growth: Mapping[str, tuple[float, float]],
        entrants: tuple[float, float],
    ) -> None:
        self.facts = facts
        self.growth = growth
        self.entrants = entrants
        self.classes: dict[int, list[list[list[int]]]] = {}
        """The sizes of the classes, by stage, section and grade from the lowest."""
        self.grades = {
            rank: self._grades(rank)
            for rank, stage in enumerate(STAGES)
            if stage.value not in growth and (facts.section_stage == rank).any()
        }

    def _grades(self, rank: int) -> Floats:
        """Return the pupils by section and grade, from the classes."""
        facts = self.facts
        rows = np.flatnonzero(facts.section_stage == rank)
        classes = facts.other("classes")
        mine = classes.codes("stage") == rank
        grade = classes.numbers("grade")[mine]
        pupils = classes.numbers("pupils")[mine]
        if not len(grade) or np.isnan(grade).any() or np.isnan(pupils).any():
            raise self._no_grades(rank)
        place = {int(facts.section_school[row]): nth for nth, row in enumerate(rows)}
        schools = classes.numbers("in_school")[mine].astype(int) - facts.first_school
        named = np.unique(grade)
        sizes: list[list[list[int]]] = [[[] for _ in named] for _ in rows]
        for school, which, number in zip(
            schools.tolist(), np.searchsorted(named, grade), pupils, strict=True
        ):
            if school in place:  # else of a school without the stage, warned of before
                sizes[place[school]][which].append(int(number))
        table = np.array([[sum(each) for each in some] for some in sizes], dtype=float)
        if not (table.sum(axis=1) > 0).all():
            raise self._no_grades(rank)
        self.classes[rank] = sizes
        return table

    @staticmethod
    def _no_grades(rank: int) -> InputError:
        stage = STAGES[rank]
        return InputError(
            [
                Problem(
                    code="no-grades",
                    sheet=stage.value,
                    zh=f"{stage.label.zh}的班级表没有给全每班的年级和学生数；"
                    "请补齐，或给出年增长率区间",
                    en="the classes do not give grade and pupils of every class; fill "
                    "them in, or give a range of yearly growth",
                )
            ]
        )

    def edits(self, ahead: int, path: int) -> Iterator[Amend]:
        """Yield what every section is so many years ahead."""
        facts = self.facts
        codes = facts.schools.words("code")
        now = facts.sections.numbers("pupils")
        for rank, stage in enumerate(STAGES):
            rows = np.flatnonzero(facts.section_stage == rank)
            if not len(rows):
                continue
            if rank in self.classes:
                yield from self._class_edits(rank, rows.tolist(), ahead, path)
            factors = self._factors(rank, stage.value, ahead, path)
            for row, factor in zip(rows.tolist(), factors.tolist(), strict=True):
                if not math.isnan(now[row]):
                    pupils = max(math.floor(now[row] * factor + 0.5), 1)
                    code = codes[facts.section_school[row]]
                    yield Amend(f"{code}/{stage.value}", "pupils", "=", float(pupils))

    def _factors(self, rank: int, stage: str, ahead: int, path: int) -> Floats:
        count = int((self.facts.section_stage == rank).sum())
        if stage in self.growth:
            low, high = self.growth[stage]
            rate = (low, (low + high) / 2, high)[path]
            return np.full(count, (1 + rate) ** ahead)
        table = self._ahead(rank, ahead, path)
        factors: Floats = table.sum(axis=1) / self.grades[rank].sum(axis=1)
        return factors

    def _ahead(self, rank: int, ahead: int, path: int) -> Floats:
        """Return the grades after every pupil has moved up so many times."""
        table = self.grades[rank]
        for year in range(1, ahead + 1):
            first = self._first(rank, year, path)
            table = np.column_stack([first, table[:, :-1]])
        return table

    def _first(self, rank: int, year: int, path: int) -> Floats:
        """Return the pupils of every section's lowest grade in a year to come."""
        low, high = self.entrants
        factor = (low, (low + high) / 2, high)[path]
        now = self.grades[rank][:, 0]
        if rank and 0 in self.grades and now.any():
            leavers: float = self._ahead(0, year - 1, path)[:, -1].sum()
            spread: Floats = now / now.sum() * leavers
            return spread
        first: Floats = now * factor**year
        return first

    def _class_edits(
        self, rank: int, rows: list[int], ahead: int, path: int
    ) -> Iterator[Amend]:
        """Yield what becomes of the classes: how many there are, and how large."""
        facts, stage = self.facts, STAGES[rank]
        codes = facts.schools.words("code")
        known = [
            (name, facts.sections.numbers(name))
            for name in ("classes", "largest_class", "oversized_classes")
            if name in facts.sections
        ]
        for row, sizes in zip(rows, self._sizes(rank, ahead, path), strict=True):
            made = {
                "classes": len(sizes),
                "largest_class": max(sizes, default=0),
                "oversized_classes": sum(each > OVERSIZED[stage] for each in sizes),
            }
            place = f"{codes[facts.section_school[row]]}/{stage.value}"
            for name, now in known:
                if sizes and not math.isnan(now[row]):
                    yield Amend(place, name, "=", float(made[name]))

    def _sizes(self, rank: int, ahead: int, path: int) -> list[list[int]]:
        """Return every section's class sizes after so many years, grade by grade."""
        now = self.classes[rank]
        grades = self.grades[rank].shape[1]
        sizes = [
            [size for grade in some[: max(grades - ahead, 0)] for size in grade]
            for some in now
        ]
        for year in range(max(ahead - grades, 0) + 1, ahead + 1):
            first = self._first(rank, year, path)
            for nth, pupils in enumerate(first.tolist()):
                sizes[nth] += _even(math.floor(pupils + 0.5), len(now[nth][0]))
        return sizes

    def assumptions(self) -> Iterator[Text]:
        """Yield what is assumed."""
        for stage, (low, high) in self.growth.items():
            label = {each.value: each.label for each in STAGES}[stage]
            ends = f"{figure(100 * low, 2)}% – {figure(100 * high, 2)}%"
            yield Text(
                f"{label.zh}在校生每年增长 {ends}，各校相同",
                f"{label.en} pupils grow by {ends} a year, in every school alike",
            )
        if self.grades:
            low, high = self.entrants
            yield Text(
                f"各年级逐年升级；一年级新生每年为上年的 {low:g}–{high:g} 倍；"
                "小学毕业生按现有份额升入各初中",
                f"every grade moves up; each year's first grade is {low:g}–{high:g} "
                "times the last; those who leave primary spread over the junior "
                "schools as their first grades do now",
            )
        if self.classes:
            yield Text(
                "各班随学生升级，不拆不并；新生按该校最低年级现有班数平均编班",
                "classes move up as they are; those who are new are spread evenly over "
                "as many classes as the school's lowest grade has now",
            )
            yield Text(
                "教师、校舍、设备不变；按各年当日有效的规定判定",
                "teachers, buildings and equipment stay; each year by its own law",
            )
        else:
            yield Text(
                "教师、校舍、设备和班级数不变；不推算班额；按各年当日有效的规定判定",
                "teachers, buildings, equipment and classes stay; class sizes are not "
                "projected; each year by its own law",
            )


def _even(pupils: int, classes: int) -> list[int]:
    """
    Spread pupils over classes.

    >>> _even(100, 3)
    [34, 33, 33]
    """
    if not pupils:
        return []
    each, more = divmod(pupils, max(classes, 1))
    return [each + (nth < more) for nth in range(max(classes, 1))]
