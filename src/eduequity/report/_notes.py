"""What should be known of data, law and packs, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from eduequity.report._words import one_line
from eduequity.vocab import How, Text


if TYPE_CHECKING:
    from eduequity.engine import Assessment
    from eduequity.rules import Pack


__all__ = ["Note", "notes_of"]

_MOST_NOTICES = 40


@attrs.frozen
class Note:
    """One remark, and what it is about: ``data``, ``law``, ``pack`` or ``plugin``."""

    about: str
    text: Text


def notes_of(assessment: Assessment) -> tuple[Note, ...]:
    """Return the remarks: on the data, law to come, packs, plugins not loaded."""
    return (
        *_of_data(assessment),
        *_options(assessment),
        *_upcoming(assessment),
        *(Note("pack", _pack(pack, assessment)) for pack in assessment.law.packs),
        *_not_loaded(assessment),
    )


def _of_data(assessment: Assessment) -> Iterator[Note]:
    notices = assessment.facts.notices
    for each in notices[:_MOST_NOTICES]:
        place = one_line(each.place)
        zh, en = one_line(each.zh), one_line(each.en)
        told = Text(f"{place}：{zh}", f"{place}: {en}") if place else Text(zh, en)
        yield Note("data", told)
    rest = len(notices) - _MOST_NOTICES
    if rest > 0:
        yield Note("data", Text(f"另有 {rest} 条提示", f"{rest} more remarks"))
    for note in assessment.notes:
        yield Note("data", Text(one_line(note), one_line(note)))


def _options(assessment: Assessment) -> Iterator[Note]:
    law = assessment.law
    if assessment.as_area is not None:
        area = assessment.as_area
        yield Note(
            "law",
            Text(f"按 {area or '全国'} 的规定评估", f"law of {area or 'the nation'}"),
        )
    for name, choice in law.options.items():
        if choice != law.defaults[name]:
            label = law.readings[name].label
            yield Note(
                "law",
                Text(
                    f"另选的口径 {name}={choice}（{label.zh}）",
                    f"option {name}={choice} ({label.en})",
                ),
            )


def _upcoming(assessment: Assessment) -> Iterator[Note]:
    law = assessment.law
    for each in assessment.head()["upcoming"]:
        label, value = law.rules[each["rule"]][1].label, each["value"]
        parts = value if isinstance(value, list) else [value]
        shown = "、".join(f"{v:g}" if isinstance(v, float) else str(v) for v in parts)
        yield Note(
            "law",
            Text(
                f"{each['from']} 起施行：{label.zh} {shown}",
                f"in force from {each['from']}: {label.en} {shown}",
            ),
        )


def _pack(pack: Pack, assessment: Assessment) -> Text:
    day = pack.info.reviewed
    weak = [s.title for s in pack.sources.values() if s.read in _WEAK]
    zh = f"规则包 {pack.info.id} {pack.version}（{day} 复核）"
    en = f"Pack {pack.info.id} {pack.version} (reviewed {day})"
    if day < assessment.on:
        zh += "，评估日期晚于复核日，其后的规定可能未收入"
        en += ", before the day of this assessment: later law may be missing"
    if weak:
        named = "、".join(f"《{one_line(title)}》" for title in weak)
        zh += f"；仅凭二手或未核实来源：{named}"
        en += f"; known only at second hand or not verified: {named}"
    return Text(zh, en)


_WEAK = (How.SECONDARY, How.UNVERIFIED)


def _not_loaded(assessment: Assessment) -> Iterator[Note]:
    for each in assessment.not_loaded:
        name = one_line(f"{each['distribution']} {each['version']}")
        reason = one_line(each["reason"])
        yield Note(
            "plugin",
            Text(
                f"未加载的插件 {name}：{reason}", f"plugin {name} not loaded: {reason}"
            ),
        )
