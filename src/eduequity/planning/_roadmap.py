"""Staged targets: baseline, milestones, the national line, and whether on course."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, overload

import attrs

from eduequity.engine import Assessment, Point, history, plain
from eduequity.rules import Citation, Condition, Pack, Rule, Value
from eduequity.vocab import Force, How, Stage, Text, Unit


__all__ = ["Course", "Milestone", "Roadmap", "Track", "roadmap"]

_SLACK = 2.0**-40


class Course(enum.StrEnum):
    """
    How a county stands to a staged target on a day.

    >>> from eduequity.planning import Course
    >>> [course.label.zh for course in Course]
    ['已达最后目标', '在进度上', '落后于进度', '基线之后无新数', '无数']
    """

    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    NO_NEWS = "no_news"
    NO_FIGURE = "no_figure"

    @property
    def label(self) -> Text:
        """The word for people."""
        return _COURSES[self]


_COURSES = {
    Course.REACHED: Text("已达最后目标", "last target reached"),
    Course.ON_COURSE: Text("在进度上", "on course"),
    Course.BEHIND: Text("落后于进度", "behind"),
    Course.NO_NEWS: Text("基线之后无新数", "no figure since the baseline"),
    Course.NO_FIGURE: Text("无数", "no figure"),
}


@attrs.frozen(kw_only=True)
class Milestone:
    """
    One dated target.

    Args:
        day: The day from which it is aimed for.

        value: The target; an interval where both ends are aimed for.

        citation: Where it stands, and how we know it.

        note: What the pack remarks on it.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import Milestone
    >>> from eduequity.rules import Citation
    >>> Milestone(
    ...     day=dt.date(2025, 12, 31),
    ...     value=0.5,
    ...     citation=Citation(source="example/plan", read=ee.How.UNVERIFIED),
    ... ).value
    0.5
    """

    day: dt.date
    value: float | tuple[float, float]
    citation: Citation
    note: Text | None = None


@attrs.frozen(kw_only=True)
class Track:
    """
    One indicator of one county on its way.

    Args:
        county: The county's code.

        area: The area whose plan it is.

        rule: The full id of the rule whose target it is.

        label: What is measured.

        stage: The stage that it is of, or None.

        where: To which schools alone it applies; empty: to all.

        operator: How the value is compared: ``>=``, ``<=``, ``in``, …

        unit: The unit of every number.

        milestones: The targets, the earliest first.

        national: The national line on the day; None where the nation has none.

        points: What is known, the earliest first, none after the day.

        on: The day.

        together: What is known of both stages together, where a target of one stage
            has nothing else: it is shown and decides nothing.

        responsible: The departments that the plan names (责任单位).

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import Point
    >>> from eduequity.planning import Milestone, Track
    >>> from eduequity.rules import Citation
    >>> aim = Milestone(
    ...     day=dt.date(2025, 1, 1),
    ...     value=0.5,
    ...     citation=Citation(source="example/plan", read=ee.How.UNVERIFIED),
    ... )
    >>> points = tuple(
    ...     Point(day=day, value=value, stage=None, basis=ee.Basis.REPORTED)
    ...     for day, value in ((dt.date(2023, 1, 1), 0.3), (dt.date(2024, 1, 1), 0.38))
    ... )
    >>> track = Track(
    ...     county="999901",
    ...     area="99",
    ...     rule="99.example",
    ...     label=ee.Text("示例比例", "Example share"),
    ...     stage=None,
    ...     operator=">=",
    ...     unit=ee.Unit.SHARE,
    ...     milestones=(aim,),
    ...     national=None,
    ...     points=points,
    ...     on=dt.date(2024, 6, 30),
    ... )
    >>> track.baseline.value, track.latest.value, track.meets_first
    (0.3, 0.38, False)
    >>> round(track.asked_on(dt.date(2024, 1, 1)), 3)  # 0.3 + 0.2 * 365 / 731 days
    0.4
    >>> track.course.value, track.to_dict()["course"]  # 0.38 is below that
    ('behind', 'behind')

    >>> track.stands(0.5, 0.5), track.stands(0.49, 0.5)  # at least 0.5 is asked
    (True, False)
    """

    county: str
    area: str
    rule: str
    label: Text
    stage: Stage | None
    where: Condition = ()
    operator: str
    unit: Unit
    milestones: tuple[Milestone, ...]
    national: float | None
    points: tuple[Point, ...]
    on: dt.date
    together: tuple[Point, ...] = ()
    responsible: tuple[str, ...] = ()

    @property
    def baseline(self) -> Point | None:
        """The earliest known value, which the way starts from."""
        return self.points[0] if self.points else None

    @property
    def latest(self) -> Point | None:
        """The latest known value."""
        return self.points[-1] if self.points else None

    @property
    def meets_first(self) -> bool:
        """Whether the baseline is already where the first target is."""
        start = self.baseline
        return start is not None and self.stands(start.value, self.milestones[0].value)

    def asked_on(self, day: dt.date) -> float | None:
        """
        Return what is asked on a day: on the straight line between two stages.

        Before the first stage the line starts at the baseline, after the last stage it
        stays; None where the targets are intervals or nothing is known.

        Args:
            day: The day.
        """
        ends = [(m.day, m.value) for m in self.milestones]
        if self.baseline is None or any(isinstance(v, tuple) for _, v in ends):
            return None
        line: list[tuple[dt.date, Any]] = [
            (self.baseline.day, self.baseline.value),
            *((at, v) for at, v in ends if at > self.baseline.day),
        ]
        for (start, low), (end, high) in itertools.pairwise(line):
            if start <= day < end:
                part = (day - start).days / (end - start).days
                return float(low + part * (high - low))
        return float(line[-1][1]) if day >= line[-1][0] else None

    @property
    def course(self) -> Course:
        """Whether the county is on course on the day, by its latest known value."""
        latest, last = self.latest, self.milestones[-1].value
        if latest is None:
            return Course.NO_FIGURE
        if self.stands(latest.value, last):
            return Course.REACHED
        due = [m for m in self.milestones if m.day <= self.on]
        if latest is self.baseline and latest.day < self.on:
            return Course.NO_NEWS  # one figure shows no movement
        asked = self.asked_on(latest.day)
        if asked is None or (due and latest.day < due[-1].day):
            return Course.NO_NEWS
        met = self.stands(latest.value, asked)
        return Course.ON_COURSE if met else Course.BEHIND

    def stands(self, value: float, asked: float | tuple[float, float]) -> bool:
        """
        Tell whether a value is where a target is, in the way it is compared.

        Args:
            value: The value.

            asked: The target, or both ends of an interval.
        """
        if isinstance(asked, tuple):
            return asked[0] <= value <= asked[1]
        slack = _SLACK * abs(asked)
        if self.operator[0] == ">":
            return value >= asked - slack
        return value <= asked + slack

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "county": self.county,
            "area": self.area,
            "rule": self.rule,
            "label": {"zh": self.label.zh, "en": self.label.en},
            "stage": self.stage,
            "where": [[attrs.asdict(each) for each in some] for some in self.where],
            "operator": self.operator,
            "unit": self.unit.value,
            "national": self.national,
            "baseline": _point(self.baseline),
            "latest": _point(self.latest),
            "together": _point(self.together[0] if self.together else None),
            "milestones": [
                {
                    "on": each.day.isoformat(),
                    "value": list(each.value)
                    if isinstance(each.value, tuple)
                    else each.value,
                    "source": each.citation.source,
                    "clause": each.citation.clause,
                    "read": each.citation.read.value,
                    "note": each.note and {"zh": each.note.zh, "en": each.note.en},
                }
                for each in self.milestones
            ],
            "course": self.course.value,
            "responsible": list(self.responsible),
        }


def _point(each: Point | None) -> dict[str, Any] | None:
    if each is None:
        return None
    day, basis = each.day.isoformat(), each.basis.value
    return {"on": day, "value": each.value, "basis": basis, "source": each.source}


@attrs.frozen(kw_only=True)
class Roadmap(Sequence[Track]):
    """
    The staged targets of an assessment's counties: a sequence of `Track`.

    Args:
        on: The day of the question.

        programme: The programme.

        tracks: One for every target, stage and kind of school.

        synthetic: Whether the data are made up.

    >>> import datetime as dt
    >>> from eduequity.planning import Roadmap
    >>> tracks = Roadmap(
    ...     on=dt.date(2024, 12, 31), programme="quality-balance", tracks=()
    ... )
    >>> len(tracks), tracks.to_dict()["schema"]
    (0, 'eduequity/roadmap/1')
    """

    on: dt.date
    programme: str
    tracks: tuple[Track, ...]
    synthetic: bool = False

    def __len__(self) -> int:
        return len(self.tracks)

    @overload
    def __getitem__(self, index: int) -> Track: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Track, ...]: ...
    def __getitem__(self, index: int | slice) -> Track | tuple[Track, ...]:
        return self.tracks[index]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        told = {
            "schema": "eduequity/roadmap/1",
            "on": self.on.isoformat(),
            "programme": self.programme,
            "synthetic": self.synthetic,
            "tracks": [each.to_dict() for each in self.tracks],
        }
        return dict(plain(told))


def roadmap(result: Assessment) -> Roadmap:
    """
    Put the dated targets of the plans beside what is known of every county.

    Args:
        result: An assessment; its day is the day of the question.

    Returns:
        One `Track` for every target, stage and kind of school, in the order of the
        packs; none where no pack with targets reaches a county.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.planning import roadmap
    >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
    >>> len(roadmap(result))  # no pack sets targets for this area
    0
    """
    tracks = [
        track
        for code in result
        for pack in _plans(result, code)
        for track in _tracks(result, code, pack)
    ]
    return Roadmap(
        on=result.on,
        programme=result.programme,
        tracks=tuple(tracks),
        synthetic=result.synthetic,
    )


def _plans(result: Assessment, code: str) -> Iterator[Pack]:
    place = result.law.jurisdiction(result.as_area or code)
    for pack in result.law.packs:
        if any(place.startswith(area) for area in pack.info.areas) and not (
            place.startswith(pack.info.excluded) if pack.info.excluded else False
        ):
            yield pack


def _tracks(result: Assessment, code: str, pack: Pack) -> Iterator[Track]:
    for name, parameter in pack.parameters.items():
        targets = [v for v in parameter.values if v.force is Force.TARGET]
        for rule_id, rule in _rules_with(result, name) if targets else ():
            known = history(result, code, rule_id, rule)
            for where, stage, values in _split(_kinds(targets), known):
                yield Track(
                    county=code,
                    area=pack.info.areas[0],
                    rule=rule_id,
                    label=rule.label,
                    stage=stage,
                    where=where,
                    operator=str(getattr(rule, "operator", ">=")),
                    unit=result.law.parameter(name, pack.info.areas[0]).unit,
                    milestones=tuple(_milestones(pack, values, stage)),
                    national=_national(result, name, stage, where),
                    points=_of_stage(known, stage),
                    on=result.on,
                    together=_together(known, stage),
                    responsible=parameter.responsible or rule.responsible,
                )


def _rules_with(result: Assessment, parameter: str) -> Iterator[tuple[str, Rule]]:
    """Yield the rules that compare with a parameter, in force or to come."""
    for pack in result.law.packs:
        for name, rule in pack.rules.items():
            if getattr(rule, "parameter", None) == parameter:
                yield name, rule


def _kinds(
    targets: list[Value],
) -> Iterator[tuple[Condition, Stage | None, list[Value]]]:
    """Yield the targets of one kind of school and one stage."""
    for where in dict.fromkeys(value.where for value in targets):
        mine = [value for value in targets if value.where == where]
        staged = any(v.primary is not None or v.junior is not None for v in mine)
        stages = (Stage.PRIMARY, Stage.JUNIOR) if staged else (None,)
        for stage in stages:
            of_stage = [v for v in mine if _aimed(v, stage) is not None]
            if of_stage:
                yield where, stage, sorted(of_stage, key=lambda v: v.start)


def _split(
    kinds: Iterator[tuple[Condition, Stage | None, list[Value]]],
    known: tuple[Point, ...],
) -> Iterator[tuple[Condition, Stage | None, list[Value]]]:
    """Look at both stages apart where figures are known of each, but not together."""
    apart = {each.stage for each in known}
    for where, stage, values in kinds:
        if stage is None and apart and None not in apart:
            yield where, Stage.PRIMARY, values
            yield where, Stage.JUNIOR, values
        else:
            yield where, stage, values


def _aimed(value: Value, stage: Stage | None) -> float | tuple[float, float] | None:
    if isinstance(value.value, tuple):
        low, high = value.value
        return (float(low), float(high)) if not isinstance(low, str) else None
    primary, junior = value.numbers()
    return primary if stage in (None, Stage.PRIMARY) else junior


def _milestones(
    pack: Pack, values: list[Value], stage: Stage | None
) -> Iterator[Milestone]:
    for value in values:
        aimed = _aimed(value, stage)
        assert aimed is not None
        read: How = value.read or pack.sources[value.source].read
        source = f"{pack.info.id}/{value.source}"
        yield Milestone(
            day=value.start,
            value=aimed,
            citation=Citation(source=source, clause=value.clause, read=read),
            note=value.note,
        )


def _national(
    result: Assessment, name: str, stage: Stage | None, where: Condition
) -> float | None:
    """Return the nation's own value: of the same schools, else without condition."""
    values = result.law.values(name, "", force=Force.REQUIREMENT)
    mine = [v for v in values if v.where == where] or [v for v in values if not v.where]
    aimed = _aimed(mine[-1], stage) if mine else None
    return None if isinstance(aimed, tuple) else aimed


def _of_stage(known: tuple[Point, ...], stage: Stage | None) -> tuple[Point, ...]:
    return tuple(each for each in known if each.stage is stage)


def _together(known: tuple[Point, ...], stage: Stage | None) -> tuple[Point, ...]:
    """Return what is known of both stages where nothing is known of *stage* alone."""
    alone = stage is None or _of_stage(known, stage)
    return () if alone else _of_stage(known, None)
