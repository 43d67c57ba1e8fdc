"""
Indicators: pure functions on columns whose argument names say what they need.

An argument is a column of the model, another indicator, a parameter of the law (it
arrives as the column in force), a reading, ``stage`` or ``on``. Where evidence leaves
room an indicator returns `Bounds`; a blank in leads to NaN out, never to zero.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import attrs
import numpy as np

from eduequity.errors import UnknownNameError
from eduequity.facts import STAGES, DateRange, Floats, Ragged, distinct
from eduequity.model import OVERSIZED, TABLES
from eduequity.vocab import KindergartenOwner, Scope, Stage, Text, Unit


__all__ = [
    "NATIONAL",
    "Bounds",
    "Indicator",
    "check_indicators",
    "column_names",
    "indicator",
]


class Bounds(NamedTuple):
    """
    A value known to lie between two columns; NaN means no bound on that side.

    Args:
        low: The least that it can be, one number per unit, shape `(n,)`.

        high: The most that it can be, shape `(n,)`.

    >>> import numpy as np
    >>> import eduequity as ee
    >>> ee.Bounds(low=np.array([4.0]), high=np.array([np.nan])).low
    array([4.])
    """

    low: Floats
    high: Floats


Result: TypeAlias = Floats | Bounds


@attrs.frozen(kw_only=True)
class Indicator:
    """
    A named formula.

    Args:
        name: Its name, which is the function's; never that of a column.

        unit: The unit of the result.

        label: Its name in Chinese and English.

        inputs: What it needs, in order.

        function: The formula.

        scope: The unit it is worked out for; None: that of the rule which asks.

        formula: How a reader would write it down.

    >>> import numpy as np
    >>> from eduequity import Registry
    >>> books = Registry.of().indicators["books_per_pupil"]
    >>> books.inputs, books.unit.value
    (('books', 'split_share', 'pupils'), 'books_per_pupil')
    >>> books(np.array([9000.0]), np.array([1.0]), np.array([300.0]))  # 9000 / 300
    array([30.])
    """

    name: str
    unit: Unit
    label: Text
    inputs: tuple[str, ...]
    function: Callable[..., Result]
    scope: Scope | None = None
    formula: str = ""

    def __call__(self, *arguments: Any) -> Result:
        """Work it out."""
        return self.function(*arguments)


def indicator(
    unit: Unit, *, zh: str, en: str, scope: Scope | None = None, formula: str = ""
) -> Callable[[Callable[..., Result]], Indicator]:
    """
    Turn a function into an `Indicator`; its argument names are its inputs.

    Columns arrive as float64 with NaN for a blank, one number per unit; a blank in must
    lead to NaN out (or to `Bounds`), never to zero.

    Args:
        unit: The unit of the result.

        zh: Its name in Chinese.

        en: Its name in English.

        scope: The unit it is worked out for; None: that of the rule which asks.

        formula: How a reader would write it down.

    Returns:
        What makes an `Indicator` of a function.

    >>> import numpy as np
    >>> import eduequity as ee
    >>> @ee.indicator(ee.Unit.RATIO, zh="生师比", en="pupils per teacher")
    ... def pupils_per_teacher(pupils, full_time_teachers):
    ...     return pupils / full_time_teachers
    >>> pupils_per_teacher.inputs
    ('pupils', 'full_time_teachers')
    >>> pupils_per_teacher(np.array([36.0, np.nan]), np.array([2.0, 2.0]))  # 36 / 2
    array([18., nan])
    """

    def make(function: Callable[..., Result]) -> Indicator:
        return Indicator(
            name=function.__name__,
            unit=unit,
            label=Text(zh, en),
            inputs=tuple(inspect.signature(function).parameters),
            function=function,
            scope=scope,
            formula=formula,
        )

    return make


def column_names(extra: Iterable[str] = ()) -> set[str]:
    """
    Return every name that a column has, those of packs' fields included.

    Args:
        extra: The names of columns that packs declare.

    >>> from eduequity.indicators import column_names
    >>> {"pupils", "primary_pupils", "mars"} <= column_names(["mars"])
    True
    """
    return {n for t in TABLES.values() for f in t for n in f.names} | DERIVED | {*extra}


def check_indicators(
    indicators: Iterable[Indicator],
    others: Iterable[str] = (),
    extra: Iterable[str] = (),
) -> dict[str, Indicator]:
    """
    Return *indicators* by name after checking that each can be worked out.

    Args:
        indicators: All that were contributed.

        others: The names of parameters and readings that packs declare.

        extra: The names of columns that packs declare.

    Raises:
        UnknownNameError: An input that nobody declares.

        ValueError: A doubled name, one that a column has, or a cycle.

    >>> import eduequity as ee
    >>> from eduequity.indicators import check_indicators
    >>> @ee.indicator(ee.Unit.RATIO, zh="生师比", en="pupils per teacher")
    ... def pupils_per_teacher(pupils, full_time_teachers):
    ...     return pupils / full_time_teachers
    >>> list(check_indicators([pupils_per_teacher]))
    ['pupils_per_teacher']
    """
    columns = column_names(extra)
    named: dict[str, Indicator] = {}
    for each in indicators:
        if each.name in named:
            raise ValueError(f"two indicators are named {each.name!r}")
        if each.name in columns:
            raise ValueError(f"indicator {each.name!r} is named like a column")
        named[each.name] = each
    known = columns | named.keys() | set(others) | _GIVEN
    for each in named.values():
        for name in each.inputs:
            if name not in known:
                raise UnknownNameError(f"input of {each.name}", name, known)
    _refuse_cycles(named)
    return named


def _refuse_cycles(named: Mapping[str, Indicator]) -> None:
    from graphlib import CycleError, TopologicalSorter

    graph = {k: [i for i in v.inputs if i in named] for k, v in named.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ValueError(f"indicators need each other: {circle}") from None


_GIVEN = {"stage", "on"}
DERIVED = {
    "sections",
    "independent",
    "merged_pupils",
    "largest_campus",
    "campus_pupils",
    "school_largest_class",
    "banded_low",
    "banded_high",
    "whole_banded_low",
    "whole_banded_high",
    "whole_largest_class",
    "whole_oversized_classes",
    "trained_teachers_pro_rata",
    "experienced_teachers",
    "trained_experienced_teachers",
    "survey_distributed",
    "survey_valid_total",
    "survey_valid_parents",
}
"""Columns that no file carries: they follow from others."""


# -- splitting a combined school -----------------------------------------


@indicator(
    Unit.PUPILS,
    zh="折算学生数",
    en="Weighted pupils",
    scope=Scope.SCHOOL,
    formula="小学生×1 + 初中生×1.1 + 高中生×1.32",
)
def weighted_pupils(
    primary_pupils: Floats,
    junior_pupils: Floats,
    senior_pupils: Floats,
    kindergarten_pupils: Floats,
    weight_primary: Floats,
    weight_junior: Floats,
    weight_senior: Floats,
    attached_kindergarten_weight: str,
) -> Floats:
    """
    Weigh the pupils of every stage for the split of a combined school.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ）.

    >>> one = np.ones(1)
    >>> weighted_pupils(  # 800 * 1 + 400 * 1.1
    ...     800 * one, 400 * one, 0 * one, 0 * one, one, 1.1 * one, 1.32 * one, "0"
    ... )
    array([1240.])
    """
    total: Floats = (
        primary_pupils * weight_primary
        + junior_pupils * weight_junior
        + senior_pupils * weight_senior
        + kindergarten_pupils * float(attached_kindergarten_weight)
    )
    return total


@indicator(
    Unit.SHARE,
    zh="学段拆分比例",
    en="Share of the school's resources that falls to the stage",
    formula="本学段折算学生数 ÷ 全校折算学生数",
)
def split_share(
    stage: Floats,
    pupils: Floats,
    weighted_pupils: Floats,
    weight_primary: Floats,
    weight_junior: Floats,
) -> Floats:
    """
    Divide the school between its stages; exactly 1 where there is only one.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ）.

    >>> split_share(  # the junior stage's 400 * 1.1 = 440 of 1240
    ...     np.array([1.0]),
    ...     np.array([400.0]),
    ...     np.array([1240.0]),
    ...     np.ones(1),
    ...     np.array([1.1]),
    ... ).round(6)
    array([0.354839])
    """
    junior = stage == Stage.JUNIOR.rank
    own = pupils * np.where(junior, weight_junior, weight_primary)
    share = own / weighted_pupils  # a number over itself is exactly 1
    share[(own == 0) & (weighted_pupils == 0)] = 1.0
    return share


# -- the seven indicators of 第六条 ---------------------------------------


@indicator(
    Unit.TEACHERS_PER_100,
    zh="每百名学生拥有高于规定学历教师数",
    en="Teachers above the required degree per 100 pupils",
    formula="高于规定学历教师数 ÷ 在校生数 × 100",
)
def above_degree_teachers_per_100(
    above_degree_teachers: Floats, pupils: Floats
) -> Floats:
    """
    Divide teachers above the required degree by pupils.

    Source: 教督〔2017〕6号 第六条第一项.

    >>> above_degree_teachers_per_100(np.array([21.0]), np.array([500.0]))  # 21 / 5
    array([4.2])
    """
    return 100 * above_degree_teachers / pupils


@indicator(
    Unit.TEACHERS_PER_100,
    zh="每百名学生拥有县级以上骨干教师数",
    en="Backbone teachers per 100 pupils",
    formula="县级以上骨干教师数 ÷ 在校生数 × 100",
)
def backbone_teachers_per_100(backbone_teachers: Floats, pupils: Floats) -> Floats:
    """
    Divide backbone teachers (county level or above) by pupils.

    Source: 教督〔2017〕6号 第六条第二项.

    >>> backbone_teachers_per_100(np.array([5.0]), np.array([500.0]))  # 5 / 5
    array([1.])
    """
    return 100 * backbone_teachers / pupils


@indicator(
    Unit.TEACHERS_PER_100,
    zh="每百名学生拥有体育、艺术（美术、音乐）专任教师数",
    en="PE and arts teachers per 100 pupils",
    formula="体育艺术专任教师数（R-1：+ 交流、兼职、走教）÷ 在校生数 × 100",
)
def pe_arts_teachers_per_100(
    pe_arts_teachers: Floats,
    visiting_pe_arts_teachers: Floats,
    count_visiting_pe_arts: Floats,
    pupils: Floats,
) -> Result:
    """
    Divide PE and arts teachers by pupils; under R-1 visiting ones may be counted.

    A blank number of visiting teachers leaves the value without them as lower bound.

    Source: 教督〔2017〕6号 第六条第三项.

    >>> one = np.ones(1)
    >>> pe_arts_teachers_per_100(4 * one, 1 * one, 0 * one, 500 * one)  # 4 / 5
    array([0.8])
    >>> pe_arts_teachers_per_100(4 * one, 1 * one, one, 500 * one).high  # (4 + 1) / 5
    array([1.])
    """
    counted = distinct(count_visiting_pe_arts) == 1
    if not counted.any():
        return 100 * pe_arts_teachers / pupils
    extra = np.where(counted, visiting_pe_arts_teachers, 0.0)
    return Bounds(
        100 * (pe_arts_teachers + np.nan_to_num(extra)) / pupils,
        100 * (pe_arts_teachers + extra) / pupils,
    )


@indicator(
    Unit.M2_PER_PUPIL,
    zh="生均教学及辅助用房面积",
    en="Teaching and auxiliary floor area per pupil",
    formula="（教学及辅助用房 − 室内体育用房）× 拆分比例 ÷ 在校生数",
)
def teaching_area_per_pupil(
    teaching_area: Floats,
    indoor_sports_area: Floats,
    sports_hall_area: Floats,
    split_share: Floats,
    pupils: Floats,
) -> Floats:
    """
    Divide the teaching area without its indoor sports rooms by pupils.

    The statistics include indoor sports rooms, so they are subtracted; where only the
    sports hall is given it serves for both.

    Source: 教督〔2017〕6号 第六条第四项.

    >>> one = np.ones(1)
    >>> teaching_area_per_pupil(  # 6200 * 440 / 1240 = 2200, for 400 pupils
    ...     6200 * one, 0 * one, 0 * one, 440 / 1240 * one, 400 * one
    ... )
    array([5.5])
    """
    indoor = np.where(
        np.isnan(indoor_sports_area), sports_hall_area, indoor_sports_area
    )
    return (teaching_area - indoor) * split_share / pupils


@indicator(
    Unit.M2_PER_PUPIL,
    zh="生均体育运动场馆面积",
    en="Sports grounds and halls per pupil",
    formula="（室外场地 + 体育馆，R-2：+ 专用与租借场地）× 拆分比例 ÷ 在校生数",
)
def sports_area_per_pupil(
    outdoor_sports_area: Floats,
    indoor_sports_area: Floats,
    sports_hall_area: Floats,
    other_sports_area: Floats,
    leased_sports_area: Floats,
    lease_conditions: Floats,
    count_extra_sports: Floats,
    split_share: Floats,
    pupils: Floats,
) -> Result:
    """
    Divide sports grounds and halls by pupils; under R-2 extra space may be counted.

    Leased venues count where the lease meets its conditions; a blank leaves the value
    without them as lower bound.

    Source: 教督〔2017〕6号 第六条第五项.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> sports_area_per_pupil(  # (3500 + 250) / 500
    ...     3500 * one, none, 250 * one, none, none, none, none, one, 500 * one
    ... )
    array([7.5])
    """
    hall = np.where(np.isnan(sports_hall_area), indoor_sports_area, sports_hall_area)
    base = outdoor_sports_area + hall
    counted = distinct(count_extra_sports) == 1
    if not counted.any():
        return base * split_share / pupils
    other = np.where(counted, other_sports_area, 0.0)
    leased = np.where(counted & (lease_conditions != 0), leased_sports_area, 0.0)
    sure = np.where(lease_conditions == 1, np.nan_to_num(leased), 0.0)
    # Same order of operations as above, so that equal facts give equal floats.
    return Bounds(
        (base + np.nan_to_num(other) + sure) * split_share / pupils,
        (base + other + leased) * split_share / pupils,
    )


@indicator(
    Unit.YUAN_PER_PUPIL,
    zh="生均教学仪器设备值",
    en="Teaching equipment per pupil",
    formula="教学仪器设备值（账面原值）× 拆分比例 ÷ 在校生数",
)
def equipment_value_per_pupil(
    equipment_value: Floats, split_share: Floats, pupils: Floats
) -> Floats:
    """
    Divide teaching equipment at book original value by pupils.

    Source: 教督〔2017〕6号 第六条第六项.

    >>> one = np.ones(1)
    >>> equipment_value_per_pupil(1e6 * one, one, 500 * one)  # 1,000,000 / 500
    array([2000.])
    """
    return equipment_value * split_share / pupils


@indicator(
    Unit.ROOMS_PER_100,
    zh="每百名学生拥有网络多媒体教室数",
    en="Networked multimedia classrooms per 100 pupils",
    formula="网络多媒体教室数 × 拆分比例 ÷ 在校生数 × 100",
)
def multimedia_classrooms_per_100(
    multimedia_classrooms: Floats, split_share: Floats, pupils: Floats
) -> Floats:
    """
    Divide networked multimedia classrooms by pupils.

    Source: 教督〔2017〕6号 第六条第七项.

    >>> one = np.ones(1)
    >>> multimedia_classrooms_per_100(12 * one, one, 500 * one)  # 12 / 5
    array([2.4])
    """
    return 100 * multimedia_classrooms * split_share / pupils


# -- government, 第七条 ----------------------------------------------------


@indicator(
    Unit.ROOMS,
    zh="应配专用教室数",
    en="Rooms needed",
    formula="⌈班级数 ÷ 12⌉",
)
def rooms_needed(classes: Floats, classes_per_room: Floats) -> Floats:
    """
    Round up: one room of each kind per 12 classes.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-3.

    >>> rooms_needed(np.array([24.0, 25.0]), np.array([12.0, 12.0]))  # 24 / 12, 25 / 12
    array([2., 3.])
    """
    return np.ceil(classes / classes_per_room)


def _rooms(
    own: Ragged, area: Floats, other: Ragged, other_area: Floats, counting: str
) -> Bounds:
    sure, maybe = own.count_at_least(area)
    if counting == "sum":
        more, perhaps = other.count_at_least(other_area)
        # Rooms of the other kind may be blank: those at hand still count.
        return Bounds(_known_sum(sure, more), maybe + perhaps)
    return Bounds(sure, maybe)


def _known_sum(first: Floats, second: Floats) -> Floats:
    both_blank = np.isnan(first) & np.isnan(second)
    return np.where(both_blank, np.nan, np.nan_to_num(first) + np.nan_to_num(second))


@indicator(Unit.ROOMS, zh="达标音乐教室数", en="Music rooms that are large enough")
def qualifying_music_rooms(
    music_room_areas: Ragged,
    music_room_area: Floats,
    art_room_areas: Ragged,
    art_room_area: Floats,
    room_counting: str,
) -> Bounds:
    """
    Count music rooms of at least the area in force (with art rooms under `sum`).

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-3.

    >>> music, art = Ragged.of([[(96, 96), (80, 80)]]), Ragged.of([[(90, 90)]])
    >>> asked = 96 * np.ones(1), 90 * np.ones(1)
    >>> qualifying_music_rooms(music, asked[0], art, asked[1], "per_type").low  # 96
    array([1.])
    >>> qualifying_music_rooms(music, asked[0], art, asked[1], "sum").low  # 96 and 90
    array([2.])
    """
    return _rooms(
        music_room_areas, music_room_area, art_room_areas, art_room_area, room_counting
    )


@indicator(Unit.ROOMS, zh="达标美术教室数", en="Art rooms that are large enough")
def qualifying_art_rooms(
    art_room_areas: Ragged,
    art_room_area: Floats,
    music_room_areas: Ragged,
    music_room_area: Floats,
    room_counting: str,
) -> Bounds:
    """
    Count art rooms of at least the area in force (with music rooms under `sum`).

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-3.

    >>> music, art = Ragged.of([[(96, 96)]]), Ragged.of([[(90, 90), (60, 60)]])
    >>> asked = 96 * np.ones(1), 90 * np.ones(1)
    >>> qualifying_art_rooms(art, asked[1], music, asked[0], "per_type").low  # 90
    array([1.])
    """
    return _rooms(
        art_room_areas, art_room_area, music_room_areas, music_room_area, room_counting
    )


@indicator(
    Unit.PUPILS,
    zh="学校规模（义务教育阶段学生数）",
    en="Pupils in the compulsory stages",
)
def pupils_of_unit(
    pupils: Floats,
    campus_pupils: Floats,
    merged_pupils: Floats,
    largest_campus: Floats,
    size_unit: str,
) -> Floats:
    """
    Count the pupils of the school with its campuses, or of its largest campus.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-4.

    >>> one = np.ones(1)
    >>> pupils_of_unit(
    ...     1800 * one, 300 * one, 0 * one, 300 * one, "school"
    ... )  # 1800 + 300
    array([2100.])
    """
    if size_unit == "campus":
        return np.maximum(pupils - merged_pupils, largest_campus)
    return pupils + campus_pupils


@indicator(Unit.SHARE, zh="随迁子女占比", en="Share of migrant workers' children")
def migrant_share(migrant_pupils: Floats, pupils: Floats) -> Floats:
    """
    Divide migrant workers' children by the compulsory pupils of the school.

    Source: 国教督办函〔2019〕30号.

    >>> migrant_share(np.array([120.0]), np.array([480.0]))  # 120 / 480
    array([0.25])
    """
    return migrant_pupils / pupils


@indicator(Unit.PUPILS, zh="最大班额", en="Pupils in the largest class")
def largest_class_size(
    stage: Floats,
    largest_class: Floats,
    banded_low: Floats,
    banded_high: Floats,
    oversized_classes: Floats,
    whole_largest_class: Floats,
    whole_banded_low: Floats,
    whole_banded_high: Floats,
    whole_oversized_classes: Floats,
) -> Bounds:
    """
    Take the largest class, else what the size bands or oversized classes settle.

    Of a total that nobody divided between two stages: at most 45 holds for both, more
    than 50 breaks a limit whichever stage it is in, and between them 50 bounds both.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-5.

    >>> junior, blank = np.ones(1), np.full(1, np.nan)
    >>> largest_class_size(junior, 52 * junior, *[blank] * 7)  # stated
    Bounds(low=array([52.]), high=array([52.]))
    >>> largest_class_size(  # no class above the standard: at most 50 in a junior one
    ...     junior, blank, blank, blank, 0 * junior, *[blank] * 4
    ... )
    Bounds(low=array([nan]), high=array([50.]))
    """
    blank = np.flatnonzero(np.isnan(largest_class))
    low, high = largest_class.copy(), largest_class.copy()
    others = (
        banded_low,
        banded_high,
        oversized_classes,
        whole_largest_class,
        whole_banded_low,
        whole_banded_high,
        whole_oversized_classes,
    )
    least, most = _class_bounds(stage[blank], *(each[blank] for each in others))
    low[blank], high[blank] = least, most
    return Bounds(low, high)


def _class_bounds(
    stage: Floats,
    banded_low: Floats,
    banded_high: Floats,
    oversized: Floats,
    whole_largest: Floats,
    whole_banded_low: Floats,
    whole_banded_high: Floats,
    whole_oversized: Floats,
) -> Bounds:
    """Bound a largest class that is blank by all that is known of the section."""
    primary, junior = OVERSIZED[STAGES[0]], OVERSIZED[STAGES[1]]
    limit = np.where(stage == Stage.JUNIOR.rank, junior, primary)

    def settled(count: Floats) -> Bounds:
        return Bounds(
            np.where(count > 0, limit + 1, np.nan), np.where(count == 0, limit, np.nan)
        )

    whole_low = _first(whole_largest, whole_banded_low)
    whole_high = _first(whole_largest, whole_banded_high)
    own = _narrowed(Bounds(banded_low, banded_high), settled(oversized))
    # The school's large classes are the other stage's where this one has none.
    silent = ~((own.low > limit) | (own.high <= limit))
    other = np.where(silent & ~(whole_high <= limit), whole_oversized, np.nan)
    above = np.where(silent & (whole_low > junior), whole_low, np.nan)
    none = np.where(whole_oversized == 0, 0.0, other)
    return _narrowed(own, Bounds(above, whole_high), settled(none))


def _first(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


def _narrowed(*known: Bounds) -> Bounds:
    """Return the narrowest bounds that all sources leave."""
    low = np.fmax.reduce([bounds.low for bounds in known])
    high = np.fmin.reduce([bounds.high for bounds in known])
    return Bounds(low, np.where(low > high, np.nan, high))  # at odds: keep the worse


@indicator(
    Unit.PUPILS,
    zh="核定公用经费的学生数",
    en="Pupils that the funds were fixed for",
    formula="核定学生数，或（拨付公用经费 − 寄宿生 × 增补）÷ 生均定额",
)
def funded_as_pupils(
    funded_pupils: Floats,
    public_funds_allocated: Floats,
    boarders: Floats,
    boarding: Floats,
    boarding_top_up: Floats,
    primary_pupils: Floats,
    junior_pupils: Floats,
    primary_funding_quota: Floats,
    junior_funding_quota: Floats,
) -> Bounds:
    """
    Take the pupils stated, or what the allocation net of top-ups would pay for.

    Either suffices, so that one blank leaves the other as lower bound. The quota of a
    school with both stages is the mean by pupils.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-6.

    >>> one, blank = np.ones(1), np.full(1, np.nan)
    >>> funded_as_pupils(  # (77,000 - 25 * 200) / 720; the pupils stated are blank
    ...     blank,
    ...     77e3 * one,
    ...     25 * one,
    ...     one,
    ...     200 * one,
    ...     80 * one,
    ...     0 * one,
    ...     720 * one,
    ...     blank,
    ... ).low
    array([100.])
    """
    none = (boarding == 0) | (boarders == 0) | (boarding_top_up == 0)
    top_ups = np.where(none, 0.0, boarders * boarding_top_up)
    quota = (
        np.where(primary_pupils > 0, primary_pupils * primary_funding_quota, 0.0)
        + np.where(junior_pupils > 0, junior_pupils * junior_funding_quota, 0.0)
    ) / (primary_pupils + junior_pupils)
    paid = (public_funds_allocated - top_ups) / quota
    # A school that may not board at all may have had no top-ups to take off.
    unsure = np.isnan(boarding) & ~np.isnan(top_ups)
    most = np.where(unsure, public_funds_allocated / quota, paid)
    return Bounds(np.fmax(funded_pupils, paid), np.maximum(funded_pupils, most))


@indicator(
    Unit.YUAN_PER_PUPIL,
    zh="特殊教育学校生均公用经费",
    en="Public funds per pupil of special schools",
)
def special_education_funds_per_pupil(
    special_education_funds: Floats, special_education_pupils: Floats
) -> Floats:
    """
    Divide the funds of special schools by their pupils.

    Source: 教督〔2017〕6号.

    >>> special_education_funds_per_pupil(  # 856,800 / 126
    ...     np.array([856_800.0]), np.array([126.0])
    ... )
    array([6800.])
    """
    return special_education_funds / special_education_pupils


@indicator(
    Unit.RATIO, zh="教师与公务员平均工资之比", en="Teachers' pay over civil servants'"
)
def teacher_pay_ratio(
    teacher_mean_pay: Floats, civil_servant_mean_pay: Floats
) -> Floats:
    """
    Divide the mean pay of teachers by that of local civil servants.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-8.

    >>> teacher_pay_ratio(np.array([101_000.0]), np.array([100_000.0]))  # 101 / 100
    array([1.01])
    """
    return teacher_mean_pay / civil_servant_mean_pay


@indicator(Unit.TEACHERS, zh="完成培训的教师数", en="Teachers trained in full")
def trained_in_full(
    trained_teachers: Floats,
    trained_teachers_pro_rata: Floats,
    trained_experienced_teachers: Floats,
    new_teacher_hours: str,
) -> Floats:
    """
    Count trained teachers as the reading of under five years' service asks.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-9.

    >>> all_, pro_rata, experienced = (np.array([n]) for n in (90.0, 96.0, 80.0))
    >>> trained_in_full(all_, pro_rata, experienced, "pro_rata")  # the second
    array([96.])
    """
    if new_teacher_hours == "pro_rata":
        return trained_teachers_pro_rata
    if new_teacher_hours == "exclude":
        return trained_experienced_teachers
    return trained_teachers


@indicator(Unit.TEACHERS, zh="应完成培训的教师数", en="Teachers who are due training")
def teachers_due_training(
    full_time_teachers: Floats, experienced_teachers: Floats, new_teacher_hours: str
) -> Floats:
    """
    Count full-time teachers, or those of five years' service alone.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-9.

    >>> teachers_due_training(
    ...     np.array([100.0]), np.array([82.0]), "exclude"
    ... )  # the second
    array([82.])
    """
    return (
        experienced_teachers if new_teacher_hours == "exclude" else full_time_teachers
    )


@indicator(Unit.SHARE, zh="交流轮岗教师比例", en="Teachers rotated, of those eligible")
def rotation_share(
    rotated_teachers: Floats, rotation_eligible_teachers: Floats
) -> Floats:
    """
    Divide rotated teachers by those eligible.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-11.

    >>> rotation_share(np.array([144.0]), np.array([1200.0]))  # 144 / 1200
    array([0.12])
    """
    return rotated_teachers / rotation_eligible_teachers


@indicator(
    Unit.SHARE, zh="交流轮岗中骨干教师比例", en="Backbone teachers of those rotated"
)
def backbone_rotation_share(
    rotated_backbone_teachers: Floats, rotated_teachers: Floats
) -> Floats:
    """
    Divide rotated backbone teachers by all rotated ones (not by the eligible).

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-11.

    >>> backbone_rotation_share(np.array([36.0]), np.array([144.0]))  # 36 / 144
    array([0.25])
    """
    return rotated_backbone_teachers / rotated_teachers


@indicator(Unit.SHARE, zh="优质高中招生名额分配比例", en="Places that are allocated")
def senior_high_allocated_share(
    senior_high_allocated_places: Floats, senior_high_places: Floats
) -> Floats:
    """
    Divide allocated places by all places of quality senior high schools.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-14.

    >>> senior_high_allocated_share(
    ...     np.array([1080.0]), np.array([1800.0])
    ... )  # 1080 / 1800
    array([0.6])
    """
    return senior_high_allocated_places / senior_high_places


@indicator(
    Unit.SHARE,
    zh="随迁子女在公办和政府购买服务的民办学校就读比例",
    en="Migrant workers' children in public schools or purchased places",
)
def migrant_enrolment_share(
    migrant_children_public: Floats,
    migrant_children_purchased: Floats,
    migrant_children_eligible: Floats,
) -> Floats:
    """
    Divide those in public schools and purchased places by those eligible.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅳ-15.

    >>> migrant_enrolment_share(  # (800 + 100) / 1000
    ...     np.array([800.0]), np.array([100.0]), np.array([1000.0])
    ... )
    array([0.9])
    """
    enrolled = migrant_children_public + migrant_children_purchased
    return enrolled / migrant_children_eligible


# -- quality, 第八条 -------------------------------------------------------


@indicator(
    Unit.SHARE,
    zh="初中三年巩固率",
    en="Three-year retention",
    formula="（毕业生 − 转入 + 转出）÷（三年前入学 − 死亡）",
)
def junior_retention_rate(
    junior_graduates: Floats,
    junior_entrants_three_years_ago: Floats,
    junior_transfers_in: Floats,
    junior_transfers_out: Floats,
    junior_deaths: Floats,
    retention_formula: str,
) -> Floats:
    """
    Divide those who stayed by those who entered.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅴ-1.

    >>> one = np.ones(1)
    >>> facts = (480 * one, 490 * one, 20 * one, 15 * one, one)
    >>> junior_retention_rate(*facts, "adjust_graduates").round(4)  # 475 / 489
    array([0.9714])
    >>> junior_retention_rate(*facts, "adjust_entrants").round(4)  # 480 / 494
    array([0.9717])
    """
    if retention_formula == "adjust_entrants":
        return junior_graduates / (
            junior_entrants_three_years_ago
            + junior_transfers_in
            - junior_transfers_out
            - junior_deaths
        )
    return (junior_graduates - junior_transfers_in + junior_transfers_out) / (
        junior_entrants_three_years_ago - junior_deaths
    )


@indicator(Unit.SHARE, zh="残疾儿童少年入学率", en="Enrolment of disabled children")
def disabled_enrolment_share(
    disabled_children_enrolled: Floats, disabled_children: Floats
) -> Floats:
    """
    Divide enrolled disabled children by all of school age.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅴ-2.

    >>> disabled_enrolment_share(np.array([38.0]), np.array([40.0]))  # 38 / 40
    array([0.95])
    """
    return disabled_children_enrolled / disabled_children


@indicator(
    Unit.SHARE, zh="教师培训经费占公用经费预算比例", en="Training funds of the budget"
)
def training_funds_share(
    training_budget: Floats, public_funds_budget: Floats
) -> Floats:
    """
    Divide the budget of teacher training by that of public funds.

    Source: 义务教育优质均衡发展县（市、区）申报表（表Ⅰ—表Ⅵ） 表Ⅴ-4.

    >>> training_funds_share(np.array([50_000.0]), np.array([1_000_000.0]))  # 5 / 100
    array([0.05])
    """
    return training_budget / public_funds_budget


# -- eligibility, recognition, finance --------------------------------------


def _years(since: np.ndarray[Any, np.dtype[np.datetime64]], on: dt.date) -> Floats:
    """Whole years and the fraction of the year begun; an anniversary counts in full."""
    years = np.full(len(since), np.nan)
    for row, day in enumerate(since.astype(object)):
        if day is not None:
            years[row] = _years_between(day, on)
    return years


def _years_between(day: dt.date, on: dt.date) -> float:
    whole = on.year - day.year
    if _anniversary(day, on.year) > on:
        whole -= 1
    last = _anniversary(day, day.year + whole)
    following = _anniversary(day, day.year + whole + 1)
    return whole + (on - last) / (following - last)


def _anniversary(day: dt.date, year: int) -> dt.date:
    """Return the same day of *year*; 29 February falls on the 28th if need be."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@indicator(Unit.YEARS, zh="基本均衡认定以来年数", en="Years since basic balance")
def years_since_basic_balance(
    basic_balance_recognised_on: DateRange, on: dt.date
) -> Bounds:
    """
    Count the years since recognition for basic balance.

    Source: 教督〔2017〕6号.

    >>> day = np.array(["2015-11-20"], dtype="datetime64[D]")
    >>> years_since_basic_balance(
    ...     DateRange(day, day), dt.date(2018, 11, 20)
    ... ).low  # to the day
    array([3.])
    """
    return Bounds(
        _years(basic_balance_recognised_on.last, on),
        _years(basic_balance_recognised_on.first, on),
    )


@indicator(Unit.SHARE, zh="满意度", en="Share of satisfied answers")
def satisfaction_share(satisfied: Floats, valid: Floats) -> Floats:
    """
    Divide satisfied by valid answers.

    Source: 教督〔2017〕6号.

    >>> satisfaction_share(np.array([342.0]), np.array([380.0]))  # 342 / 380
    array([0.9])
    """
    return satisfied / valid


@indicator(Unit.RATIO, zh="样本量占常住人口", en="Sample of the resident population")
def survey_sample_per_resident(
    survey_distributed: Floats, resident_population: Floats
) -> Floats:
    """
    Divide the questionnaires handed out by the resident population.

    Source: 某县社会认可度调查通知（引用办法与规程）.

    >>> survey_sample_per_resident(np.array([600.0]), np.array([400_000.0]))  # 6 / 4000
    array([0.0015])
    """
    return survey_distributed / resident_population


@indicator(Unit.SHARE, zh="家长占比", en="Share of parents")
def survey_parent_share(
    survey_valid_parents: Floats, survey_valid_total: Floats
) -> Floats:
    """
    Divide the parents' valid questionnaires by all.

    Source: 某县社会认可度调查通知（引用办法与规程）.

    >>> survey_parent_share(np.array([300.0]), np.array([600.0]))  # 300 / 600
    array([0.5])
    """
    return survey_valid_parents / survey_valid_total


@indicator(
    Unit.YUAN_PER_PUPIL, zh="生均教育支出", en="Education spending per enrolled pupil"
)
def education_spending_per_pupil(
    education_spending: Floats, enrolled_pupils: Floats
) -> Floats:
    """
    Divide education spending by enrolled pupils.

    Source: 一般公共预算教育支出逐年只增不减、
    按在校学生人数平均的一般公共预算教育支出逐年只增不减.

    >>> education_spending_per_pupil(
    ...     np.array([4.2e8]), np.array([35_000.0])
    ... )  # 4.2e8 / 35e3
    array([12000.])
    """
    return education_spending / enrolled_pupils


# -- basic balance (教督〔2012〕3号) ------------------------------------------


@indicator(
    Unit.M2_PER_PUPIL,
    zh="生均教学及辅助用房面积（2012年口径）",
    en="Teaching and auxiliary floor area per pupil (2012)",
    formula="教学及辅助用房 × 拆分比例 ÷ 在校生数",
)
def teaching_area_per_pupil_2012(
    teaching_area: Floats,
    indoor_sports_area: Floats,
    sports_hall_area: Floats,
    split_share: Floats,
    pupils: Floats,
    basic_teaching_area: str,
) -> Floats:
    """
    Divide the teaching area by pupils: as the statistics print it, or without sports.

    Source: 教督〔2012〕3号.

    >>> one = np.ones(1)
    >>> facts = (6200 * one, 200 * one, np.nan * one, one, 1000 * one)
    >>> teaching_area_per_pupil_2012(*facts, "whole")  # 6200 / 1000
    array([6.2])
    >>> teaching_area_per_pupil_2012(
    ...     *facts, "less_indoor_sports"
    ... )  # (6200 - 200) / 1000
    array([6.])
    """
    if basic_teaching_area == "less_indoor_sports":
        indoor = np.where(
            np.isnan(indoor_sports_area), sports_hall_area, indoor_sports_area
        )
        return (teaching_area - indoor) * split_share / pupils
    return teaching_area * split_share / pupils


@indicator(
    Unit.M2_PER_PUPIL,
    zh="生均体育运动场馆面积（2012年口径）",
    en="Sports grounds and halls per pupil (2012)",
    formula="（室外场地 + 体育馆）× 拆分比例 ÷ 在校生数",
)
def sports_area_per_pupil_2012(
    outdoor_sports_area: Floats,
    indoor_sports_area: Floats,
    sports_hall_area: Floats,
    split_share: Floats,
    pupils: Floats,
) -> Floats:
    """
    Divide sports grounds and halls by pupils; leased venues are not of 2012.

    Source: 教督〔2012〕3号.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> sports_area_per_pupil_2012(  # (3500 + 250) / 500
    ...     3500 * one, none, 250 * one, one, 500 * one
    ... )
    array([7.5])
    """
    hall = np.where(np.isnan(sports_hall_area), indoor_sports_area, sports_hall_area)
    return (outdoor_sports_area + hall) * split_share / pupils


@indicator(
    Unit.DEVICES_PER_100,
    zh="每百名学生拥有计算机台数",
    en="Computers for teaching per 100 pupils",
    formula="教学用计算机台数 × 拆分比例 ÷ 在校生数 × 100",
)
def computers_per_100(computers: Floats, split_share: Floats, pupils: Floats) -> Floats:
    """
    Divide computers for teaching by pupils.

    Source: 教督〔2012〕3号.

    >>> one = np.ones(1)
    >>> computers_per_100(60 * one, one, 500 * one)  # 60 / 5
    array([12.])
    """
    return 100 * computers * split_share / pupils


@indicator(
    Unit.BOOKS_PER_PUPIL,
    zh="生均图书册数",
    en="Books per pupil",
    formula="图书册数 × 拆分比例 ÷ 在校生数",
)
def books_per_pupil(books: Floats, split_share: Floats, pupils: Floats) -> Floats:
    """
    Divide books by pupils.

    Source: 教督〔2012〕3号.

    A nine-year school of 166 + 210 pupils has 23,226 books. Weighted it has
    166 + 1.1 * 210 = 397 pupils, of them 231 junior ones:

    >>> junior = books_per_pupil(  # 23,226 * 231 / 397 / 210
    ...     np.array([23226.0]), np.array([231 / 397]), np.array([210.0])
    ... )
    >>> junior.round(3)
    array([64.354])
    """
    return books * split_share / pupils


@indicator(
    Unit.TEACHERS_PER_PUPIL,
    zh="师生比",
    en="Teachers per pupil",
    formula="专任教师数 ÷ 在校生数",
)
def teachers_per_pupil(full_time_teachers: Floats, pupils: Floats) -> Floats:
    """
    Divide full-time teachers by pupils.

    Source: 教督〔2012〕3号.

    >>> teachers_per_pupil(np.array([30.0]), np.array([600.0]))  # 30 / 600
    array([0.05])
    """
    return full_time_teachers / pupils


@indicator(
    Unit.TEACHERS_PER_PUPIL,
    zh="生均高于规定学历教师数",
    en="Teachers above the required degree per pupil",
    formula="高于规定学历教师数 ÷ 在校生数",
)
def above_degree_teachers_per_pupil(
    above_degree_teachers: Floats, pupils: Floats
) -> Floats:
    """
    Divide teachers above the required degree by pupils.

    Source: 教督〔2012〕3号.

    >>> above_degree_teachers_per_pupil(np.array([24.0]), np.array([600.0]))  # 24 / 600
    array([0.04])
    """
    return above_degree_teachers / pupils


@indicator(
    Unit.TEACHERS_PER_PUPIL,
    zh="生均中级及以上专业技术职务教师数",
    en="Teachers of intermediate title or above per pupil",
    formula="中级及以上专业技术职务教师数 ÷ 在校生数",
)
def intermediate_title_teachers_per_pupil(
    intermediate_title_teachers: Floats, pupils: Floats
) -> Floats:
    """
    Divide teachers of intermediate title or above by pupils.

    Source: 教督〔2012〕3号.

    >>> intermediate_title_teachers_per_pupil(
    ...     np.array([18.0]), np.array([600.0])
    ... )  # 18 / 600
    array([0.03])
    """
    return intermediate_title_teachers / pupils


# -- preschool (教督〔2020〕1号) ----------------------------------------------


@indicator(
    Unit.PERSONS,
    zh="全县3—6岁人口数（按幼儿园均摊）",
    en="The county's children aged 3 to 6, spread over its kindergartens",
    scope=Scope.KINDERGARTEN,
    formula="全县3—6岁人口数 ÷ 全县幼儿园数",
)
def population_3_6_spread(
    county: np.ndarray[Any, Any], children: Floats, population_3_6: Floats
) -> Floats:
    """
    Spread the county's population over its kindergartens, so that they add up to it.

    Blank where the kindergarten's children are: any number may attend it.

    Source: 教督〔2020〕1号.

    >>> counties = np.array(["350881", "350881", "350882"], dtype=object)
    >>> population_3_6_spread(  # 200 / 2, blank, 10 / 1
    ...     counties, np.array([90.0, np.nan, 5.0]), np.array([200.0, 200.0, 10.0])
    ... )
    array([100.,  nan,  10.])
    """
    codes = county.astype(str)
    blank = np.array([not isinstance(each, str) for each in county], dtype=np.bool_)
    if not blank.all():
        codes[blank] = codes[~blank][0]  # only a file of one county leaves it out
    _, group, rows = np.unique(codes, return_inverse=True, return_counts=True)
    return np.where(np.isnan(children), np.nan, population_3_6 / rows[group])


def _children_of(
    owner: np.ndarray[Any, np.dtype[np.int8]],
    children: Floats,
    owners: tuple[KindergartenOwner, ...],
) -> Floats:
    """Return the children where the owner is one of *owners*, else 0."""
    among = np.isin(owner, [each.rank for each in owners])
    return np.where(owner < 0, np.nan, np.where(among, children, 0.0))


@indicator(
    Unit.PUPILS,
    zh="经批准设立幼儿园在园幼儿数",
    en="Children in registered kindergartens",
    scope=Scope.KINDERGARTEN,
)
def children_registered(children: Floats, licensed: Floats) -> Floats:
    """
    Count children; a kindergarten stated to have no licence is left out.

    Source: 教督〔2020〕1号.

    >>> children_registered(  # licensed, not licensed, not known
    ...     np.array([90.0, 60.0, 30.0]), np.array([1.0, 0.0, np.nan])
    ... )
    array([90.,  0., 30.])
    """
    return np.where(licensed == 0, 0.0, children)


@indicator(
    Unit.PUPILS,
    zh="普惠性幼儿园在园幼儿数",
    en="Children in public and inclusive private kindergartens",
    scope=Scope.KINDERGARTEN,
    formula="公办园 + 普惠性民办园在园幼儿数",
)
def children_inclusive(
    owner: np.ndarray[Any, np.dtype[np.int8]], children_registered: Floats
) -> Floats:
    """
    Count children of public and inclusive private kindergartens.

    Source: 教督〔2020〕1号.

    >>> owners = [KindergartenOwner(o).rank for o in ("public", "private")]
    >>> children_inclusive(  # the first is public
    ...     np.array(owners, dtype=np.int8), np.array([90.0, 60.0])
    ... )
    array([90.,  0.])
    """
    inclusive = KindergartenOwner.PUBLIC, KindergartenOwner.INCLUSIVE_PRIVATE
    counted = _children_of(owner, children_registered, inclusive)
    return np.where(children_registered == 0, 0.0, counted)


@indicator(
    Unit.PUPILS,
    zh="公办园在园幼儿数",
    en="Children in public kindergartens",
    scope=Scope.KINDERGARTEN,
)
def children_public(
    owner: np.ndarray[Any, np.dtype[np.int8]], children: Floats
) -> Floats:
    """
    Count children of public kindergartens.

    Source: 教督〔2020〕1号.

    >>> owners = [KindergartenOwner(o).rank for o in ("public", "inclusive_private")]
    >>> children_public(  # the first is public
    ...     np.array(owners, dtype=np.int8), np.array([90.0, 60.0])
    ... )
    array([90.,  0.])
    """
    return _children_of(owner, children, (KindergartenOwner.PUBLIC,))


@indicator(
    Unit.RATIO,
    zh="生均面积达标程度（三项中最低）",
    en="Areas per child against what is asked (the least of three)",
    scope=Scope.KINDERGARTEN,
    formula="生均户外活动场地、活动用房、园舍建筑面积各除以要求，取最小",
)
def premises_fulfilment(
    outdoor_area: Floats,
    activity_area: Floats,
    floor_area: Floats,
    children: Floats,
    outdoor_area_per_child: Floats,
    activity_area_per_child: Floats,
    floor_area_per_child: Floats,
) -> Bounds:
    """
    Take the worst of three areas per child, each over what the law asks.

    A blank area leaves the worst of the others as upper bound.

    Source: 某县学前教育普及普惠督导评估指标表（“国家标准”栏）.

    >>> one = np.ones(1)
    >>> asked = (4 * one, 8.17 * one, 10.44 * one)
    >>> premises_fulfilment(  # 400 / 100 / 4 = 1 and 1000 / 100 / 8.17 = 1.22
    ...     400 * one, 1000 * one, np.nan * one, 100 * one, *asked
    ... )
    Bounds(low=array([nan]), high=array([1.]))
    """
    outdoor = outdoor_area / children / outdoor_area_per_child
    activity = activity_area / children / activity_area_per_child
    floor = floor_area / children / floor_area_per_child
    low = np.minimum(np.minimum(outdoor, activity), floor)
    return Bounds(low, _least(_least(outdoor, activity), floor))


def _least(first: Floats, second: Floats) -> Floats:
    """Return the smaller of two, or the one that is known."""
    least = np.minimum(first, second)
    return np.where(np.isnan(least), _first(first, second), least)


@indicator(
    Unit.CLASSES,
    zh="班额达标班级数",
    en="Classes within the limit",
    scope=Scope.KINDERGARTEN,
    formula="班级数 − 超标准班级数",
)
def classes_within_limit(classes: Floats, oversized_classes: Floats) -> Floats:
    """
    Subtract the classes above the limit.

    Source: 教督〔2020〕1号.

    >>> classes_within_limit(np.array([12.0]), np.array([2.0]))  # 12 - 2
    array([10.])
    """
    return classes - oversized_classes


@indicator(
    Unit.SHARE,
    zh="园长、专任教师持证率",
    en="Certified heads and teachers",
    scope=Scope.KINDERGARTEN,
    formula="（持证专任教师 + 持证园长）÷（专任教师 + 园长）",
)
def kindergarten_certified_share(
    certified_teachers: Floats,
    full_time_teachers: Floats,
    certified_heads: Floats,
    heads: Floats,
) -> Bounds:
    """
    Divide certified teachers and heads by all.

    Where one of the two is blank the share of the other shows who is missing.

    Source: 教督〔2020〕1号.

    >>> one, blank = np.ones(1), np.full(1, np.nan)
    >>> kindergarten_certified_share(9 * one, 10 * one, blank, one)  # at most 9 / 10
    Bounds(low=array([nan]), high=array([0.9]))
    """
    share = (certified_teachers + certified_heads) / (full_time_teachers + heads)
    teachers = certified_teachers / full_time_teachers
    either = _least(teachers, certified_heads / heads)
    return Bounds(share, np.where(np.isnan(share), either, share))


NATIONAL: tuple[Indicator, ...] = tuple(
    each for each in list(globals().values()) if isinstance(each, Indicator)
)
"""The indicators of the national programmes."""
