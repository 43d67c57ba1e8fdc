"""The dated targets of plans beside what the projection makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from eduequity.engine import Assessment, figure
from eduequity.planning._roadmap import Milestone, Track, roadmap
from eduequity.vocab import Basis, Stage, Text, Unit


__all__ = ["Aim", "aims_of"]

Paths = tuple[Assessment, Assessment, Assessment]


@attrs.frozen(kw_only=True)
class Aim:
    """
    One dated target of a plan, and whether it is reached on every path.

    A target shows progress; it decides nothing.

    Args:
        rule: The full id of the rule whose target it is.

        area: The area whose plan it is.

        label: What is measured.

        stage: The stage that it is of, or None.

        where: To which schools alone it applies, as the pack has it; empty: to all.

        operator: How the value is compared.

        unit: The unit of the target and the values.

        milestone: The target: its day, its value and where it stands.

        on: The projected day that it is held against, the last up to the target's.

        values: The county's value on the low, middle and high path; None where there
            is nothing to project it from.

        reached: Whether each of these is where the target is.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import Aim, Milestone
    >>> from eduequity.rules import Citation
    >>> milestone = Milestone(
    ...     day=dt.date(2025, 12, 31),
    ...     value=4.3,
    ...     citation=Citation(source="example/plan", read=ee.How.UNVERIFIED),
    ... )
    >>> aim = Aim(
    ...     rule="resources.above_degree_teachers",
    ...     area="999901",
    ...     label=ee.Text("高于规定学历教师", "Teachers per 100 pupils"),
    ...     stage=ee.Stage.PRIMARY,
    ...     operator=">=",
    ...     unit=ee.Unit.TEACHERS_PER_100,
    ...     milestone=milestone,
    ...     on=dt.date(2025, 12, 31),
    ...     values=(4.4, 4.3, 4.2),
    ...     reached=(True, True, False),
    ... )
    >>> aim.known, aim.to_dict()["reached"]
    (True, [True, True, False])
    >>> print(aim.line("en"))
    2025-12-31 Teachers per 100 pupils, primary >= 4.3: 4.4 / 4.3 / 4.2 → \
reached / reached / missed
    """

    rule: str
    area: str
    label: Text
    stage: Stage | None
    where: str = ""
    operator: str
    unit: Unit
    milestone: Milestone
    on: dt.date
    values: tuple[float | None, float | None, float | None]
    reached: tuple[bool | None, bool | None, bool | None]

    @property
    def known(self) -> bool:
        """Whether there is anything to project it from."""
        return any(each is not None for each in self.values)

    def line(self, lang: str = "zh") -> str:
        """
        Say it in one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        stage = "" if self.stage is None else self.stage.label.get(lang)
        name = self.label.get(lang) + (f"{'·' if zh else ', '}{stage}" if stage else "")
        asked = self.milestone.value
        if isinstance(asked, tuple):
            aimed = " – ".join(self._figure(each) for each in asked)
        else:
            aimed = f"{self.operator} {self._figure(asked)}"
        values = " / ".join(map(self._figure, self.values))
        said = " / ".join(_REACHED[each].get(lang) for each in self.reached)
        colon = "：" if zh else ": "
        return f"{self.milestone.day} {name} {aimed}{colon}{values} → {said}"

    def _figure(self, value: float | None) -> str:
        if value is None:
            return "—"
        if self.unit is Unit.SHARE:
            return f"{figure(100 * value, 2)}%"
        return figure(value, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        asked = self.milestone.value
        return {
            "rule": self.rule,
            "area": self.area,
            "stage": self.stage,
            "where": self.where,
            **attrs.asdict(self.label),
            "operator": self.operator,
            "unit": self.unit.value,
            "day": self.milestone.day.isoformat(),
            "target": list(asked) if isinstance(asked, tuple) else asked,
            "source": self.milestone.citation.source,
            "clause": self.milestone.citation.clause,
            "on": self.on.isoformat(),
            "values": list(self.values),
            "reached": list(self.reached),
        }


_REACHED = {
    True: Text("达到", "reached"),
    False: Text("未达到", "missed"),
    None: Text("无数", "no figure"),
}


def aims_of(years: Sequence[tuple[dt.date, Paths]]) -> Iterator[Aim]:
    """
    Yield the targets whose day falls into the years, the earliest first.

    A target is held against the last projected day up to its own; what was due before
    the first day is the roadmap's.
    """
    days = [on for on, _ in years]
    end = days[-1] + (days[-1] - days[-2])
    tracks = roadmap(years[0][1][0])
    known = _Known(years)
    aims = [
        known.aim(track, milestone, max(n for n, on in enumerate(days) if on <= day))
        for track in tracks
        for milestone in track.milestones
        if days[0] < (day := milestone.day) < end
    ]
    yield from sorted(aims, key=lambda each: each.milestone.day)


class _Known:
    """The values of the paths, each year's roadmap made once."""

    def __init__(self, years: Sequence[tuple[dt.date, Paths]]) -> None:
        self.years = years
        self.tracks: dict[int, list[dict[tuple[Any, ...], Track]]] = {}

    def aim(self, track: Track, milestone: Milestone, year: int) -> Aim:
        """Hold one target against the paths of a year."""
        on, paths = self.years[year]
        if year not in self.tracks:
            self.tracks[year] = [
                {_key(each): each for each in roadmap(path)} for path in paths
            ]
        low, middle, high = (
            self._value(each.get(_key(track)), on) for each in self.tracks[year]
        )
        reached = [
            None if value is None else track.stands(value, milestone.value)
            for value in (low, middle, high)
        ]
        return Aim(
            rule=track.rule,
            area=track.area,
            label=track.label,
            stage=track.stage,
            where=repr(track.where) if track.where else "",
            operator=track.operator,
            unit=track.unit,
            milestone=milestone,
            on=on,
            values=(low, middle, high),
            reached=(reached[0], reached[1], reached[2]),
        )

    @staticmethod
    def _value(track: Track | None, on: dt.date) -> float | None:
        """Return what the records give on the day; what is published is of the past."""
        for each in () if track is None else track.points:
            if each.day == on and each.basis is Basis.COMPUTED:
                return each.value
        return None


def _key(track: Track) -> tuple[Any, ...]:
    return track.area, track.rule, track.stage, repr(track.where)
