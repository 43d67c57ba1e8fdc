"""What a roadmap says of a track, in words: for the terminal and for the page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from eduequity.engine import measured, unit_label
from eduequity.report._words import one_line
from eduequity.vocab import How, Unit


if TYPE_CHECKING:
    from eduequity.engine import Point
    from eduequity.planning import Milestone, Track

__all__ = [
    "aimed",
    "asked",
    "baseline",
    "known",
    "name_of",
    "nation",
    "plain",
    "stands",
    "unit_of",
]

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "in": ""}


def name_of(track: Track, lang: str) -> str:
    """Name what is measured, with its stage and the schools that it is of."""
    stage = track.stage.label.get(lang) if track.stage else ""
    note = track.milestones[0].note
    only = one_line(note.get(lang)) if track.where and note else ""
    named = f"{one_line(track.label.get(lang))} {stage}".strip()
    return f"{named}：{only}" if only and lang == "zh" else f"{named} {only}".strip()


def unit_of(track: Track, lang: str) -> str:
    """Write the unit in brackets; nothing for shares."""
    label = "" if track.unit is Unit.SHARE else unit_label(track.unit, lang).strip()
    if not label:
        return ""
    return f"（{label}）" if lang == "zh" else f" ({label})"


def _day(day: dt.date) -> str:
    """Write a day; the last day of a year is the year."""
    return str(day.year) if (day.month, day.day) == (12, 31) else str(day)


def baseline(track: Track, lang: str) -> str:
    """Write the value that the way starts from."""
    if track.baseline is None and track.together:
        both = "（不分学段）" if lang == "zh" else " (both stages)"
        return f"{known(track.together[0], track)}{both}"
    return known(track.baseline, track)


def known(point: Point | None, track: Track) -> str:
    """Write a known value with its day."""
    if point is None:
        return "—"
    return f"{_day(point.day)}: {plain(point.value, track)}"


def plain(value: float, track: Track) -> str:
    """Write a value of a track without its unit; a share as a percentage."""
    return measured(value, track.unit, "zh", places=4, bare=True)


def asked(track: Track, value: float | tuple[float, float]) -> str:
    """Write a target with the sign by which it is compared."""
    if isinstance(value, tuple):
        return "–".join(plain(each, track) for each in value)
    return f"{_SIGNS[track.operator]}{plain(value, track)}"


def aimed(track: Track, milestone: Milestone) -> str:
    """Write a target with its day; a star where it is not verified."""
    weak = "*" if milestone.citation.read is How.UNVERIFIED else ""
    return f"{_day(milestone.day)}{weak}: {asked(track, milestone.value)}"


def stands(track: Track, lang: str) -> str:
    """Say how the county stands, with the latest value."""
    word = track.course.label.get(lang)
    latest = track.latest
    if latest is None or latest is track.baseline:
        return word
    return f"{word}\n{known(latest, track)}"


def nation(track: Track) -> str:
    """Write what the nation asks, or a dash."""
    return "—" if track.national is None else asked(track, track.national)
