"""
The records: what a county file may say, table by table.

Every field has its Chinese label beside it; ``also=`` lists other headings that mean
the same column. A blank is None and means unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from eduequity.model._fields import (
    Field,
    PartialDate,
    areas,
    choice,
    count,
    date,
    described,
    fields_of,
    integer,
    number,
    text,
    yes_no,
)
from eduequity.vocab import (
    DegreeLevel,
    Kind,
    KindergartenOwner,
    Level,
    Locale,
    Organiser,
    Owner,
    Stage,
    SurveyChannel,
    SurveyGroup,
    Text,
    Unit,
)


__all__ = [
    "BANDS",
    "OVERSIZED",
    "TABLES",
    "Attestation",
    "County",
    "Kindergarten",
    "Monitoring",
    "Reported",
    "School",
    "SchoolClass",
    "Section",
    "Spending",
    "Survey",
    "Teacher",
    "dictionary",
    "rows_of",
]

OVERSIZED = {Stage.PRIMARY: 45, Stage.JUNIOR: 50}
"""What the statistic 超标准班级数 counts: classes of more than so many pupils."""

BANDS: dict[str, tuple[int, int]] = {
    "classes_le25": (1, 25),
    "classes_26_30": (26, 30),
    "classes_31_35": (31, 35),
    "classes_36_40": (36, 40),
    "classes_41_45": (41, 45),
    "classes_46_50": (46, 50),
    "classes_51_55": (51, 55),
    "classes_56_60": (56, 60),
    "classes_61_65": (61, 65),
    "classes_ge66": (66, 10_000),
}
"""The class-size bands of the official forms: smallest and largest class in each."""

_SCHOOL_YEAR = Text("学年初", "start of the school year")
_LAST_YEAR = Text("上一年度", "the year before")


@attrs.frozen(kw_only=True)
class Section:
    """
    One stage of one school 学段单位; in tables its columns carry the prefix.

    Source: 申报表 表Ⅱ-2 and the national education statistics 教基, and what 表Ⅳ and
    表Ⅴ ask of schools; the data dictionary lists the headings that mean each column.

    >>> import eduequity as ee
    >>> ee.Section(pupils=500, full_time_teachers=None).full_time_teachers is None
    True
    >>> ee.Section(pupils=-1)
    Traceback (most recent call last):
    ValueError: Section.pupils: -1 is below 0, the least that can be right
    """

    pupils: int | None = count(
        "在校生数",
        "Pupils",
        Unit.PUPILS,
        period=_SCHOOL_YEAR,
        also="在校学生数 学生数 学生人数 在校生 在校生数/合计",
    )
    classes: int | None = count(
        "班级数", "Classes", Unit.CLASSES, also="教学班数 班级总数"
    )
    grades: int | None = count("年级数", "Grades", Unit.GRADES)
    largest_class: int | None = count(
        "最大班额", "Pupils in the largest class", Unit.PUPILS
    )
    oversized_classes: int | None = count(
        "超标准班级数",
        "Classes of more than 45 (primary) or 50 (junior) pupils",
        Unit.CLASSES,
    )
    classes_le25: int | None = count(
        "25人及以下班级数",
        "Classes of at most 25",
        Unit.CLASSES,
        also="每班25人以下班级个数",
    )
    classes_26_30: int | None = count(
        "26-30人班级数", "Classes of 26–30", Unit.CLASSES, also="每班26-30人班级个数"
    )
    classes_31_35: int | None = count(
        "31-35人班级数", "Classes of 31–35", Unit.CLASSES, also="每班31-35人班级个数"
    )
    classes_36_40: int | None = count(
        "36-40人班级数", "Classes of 36–40", Unit.CLASSES, also="每班36-40人班级个数"
    )
    classes_41_45: int | None = count(
        "41-45人班级数", "Classes of 41–45", Unit.CLASSES, also="每班41-45人班级个数"
    )
    classes_46_50: int | None = count(
        "46-50人班级数", "Classes of 46–50", Unit.CLASSES, also="每班46-50人班级个数"
    )
    classes_51_55: int | None = count(
        "51-55人班级数", "Classes of 51–55", Unit.CLASSES, also="每班51-55人班级个数"
    )
    classes_56_60: int | None = count(
        "56-60人班级数", "Classes of 56–60", Unit.CLASSES, also="每班56-60人班级个数"
    )
    classes_61_65: int | None = count(
        "61-65人班级数", "Classes of 61–65", Unit.CLASSES, also="每班61-65人班级个数"
    )
    classes_ge66: int | None = count(
        "66人及以上班级数",
        "Classes of 66 or more",
        Unit.CLASSES,
        also="每班66人以上班级个数",
    )
    full_time_teachers: int | None = count(
        "专任教师数",
        "Full-time teachers",
        Unit.TEACHERS,
        also="专任教师总人数 专任教师 专任教师/合计 专任教师/计",
    )
    staff: int | None = count("教职工数", "Staff", Unit.TEACHERS)
    above_degree_teachers: int | None = count(
        "高于规定学历教师数",
        "Teachers above the required degree (primary: 专科 or higher; "
        "junior: 本科 or higher)",
        Unit.TEACHERS,
    )
    teachers_college: int | None = count(
        "专科学历教师数",
        "Teachers with 专科",
        Unit.TEACHERS,
        also="专科学历教师人数 专任教师/#按学历分/专科",
    )
    teachers_bachelor: int | None = count(
        "本科学历教师数",
        "Teachers with 本科",
        Unit.TEACHERS,
        also="本科学历教师人数 专任教师/#按学历分/本科",
    )
    teachers_master: int | None = count(
        "硕士学历教师数",
        "Teachers with 硕士",
        Unit.TEACHERS,
        also="硕士学历教师人数 专任教师/#按学历分/硕士研究生",
    )
    teachers_doctor: int | None = count(
        "博士学历教师数",
        "Teachers with 博士",
        Unit.TEACHERS,
        also="博士研究生学历教师人数 专任教师/#按学历分/博士研究生",
    )
    backbone_teachers: int | None = count(
        "县级以上骨干教师数",
        "Backbone teachers (county level or above)",
        Unit.TEACHERS,
        also="县级及以上骨干教师数 县级以上骨干教师",
    )
    pe_arts_teachers: int | None = count(
        "体育艺术专任教师数",
        "Full-time PE and arts (fine art, music) teachers",
        Unit.TEACHERS,
        also="体育、艺术(美术、音乐)专任教师数",
    )
    visiting_pe_arts_teachers: int | None = count(
        "交流/兼职/走教体艺教师数",
        "Rotating, part-time and itinerant PE and arts teachers (R-1)",
        Unit.TEACHERS,
    )
    intermediate_title_teachers: int | None = count(
        "中级及以上职称教师数",
        "Teachers of intermediate title or above",
        Unit.TEACHERS,
        also="中级及以上职称",
    )
    certified_teachers: int | None = count(
        "持证专任教师数",
        "Certified full-time teachers",
        Unit.TEACHERS,
        also="持有教师资格证的专任教师人数",
    )
    trained_teachers: int | None = count(
        "五年360学时教师数",
        "Full-time teachers with 360 hours of training in five years",
        Unit.TEACHERS,
        also="近5年培训满360学时专任教师人数",
    )
    pupils_in_zone: int | None = count(
        "划片范围内学生数",
        "Pupils living inside the school's zone",
        Unit.PUPILS,
        also="家庭住址在划片范围内的在校学生人数",
    )
    boarders: int | None = count("寄宿生数", "Boarders", Unit.PUPILS)
    graduates: int | None = count(
        "毕业生数", "Graduates of this year", Unit.PUPILS, also="本届毕业学生人数"
    )
    entrants_three_years_ago: int | None = count(
        "三年前入学学生数",
        "Pupils of this year group when they entered",
        Unit.PUPILS,
        also="毕业年级初一时在校学生数",
    )
    transfers_in: int | None = count(
        "三年转入学生数",
        "Transfers in over the three years",
        Unit.PUPILS,
        also="毕业年级三年转入学生数",
    )
    transfers_out: int | None = count(
        "三年转出学生数",
        "Transfers out over the three years",
        Unit.PUPILS,
        also="毕业年级三年转出学生数",
    )
    deaths: int | None = count(
        "三年死亡学生数",
        "Deaths over the three years",
        Unit.PUPILS,
        also="毕业年级三年死亡学生数",
    )


@attrs.frozen(kw_only=True)
class School:
    """
    One school 学校.

    Stage figures stand in `primary` and `junior`; `undivided` holds the totals of a
    combined school that nobody has divided (in a one-stage school: that stage's).

    Source: 申报表 表Ⅱ-2 and the national education statistics 教基, and what 表Ⅳ and
    表Ⅴ ask of schools; the data dictionary lists the headings that mean each column.

    >>> import eduequity as ee
    >>> school = ee.School(
    ...     code="1",
    ...     name="示例小学",
    ...     kind="primary",
    ...     teaching_area=2500,  # m²
    ...     primary=ee.Section(pupils=500),
    ... )
    >>> school.kind is ee.Kind.PRIMARY
    True

    Args:
        primary: The primary stage 小学部; None where it has none or nothing is known.

        junior: The junior stage 初中部; None likewise.

        undivided: The totals of both stages that nobody has divided.
    """

    code: str = text("学校代码", "School code", required=True, also="机构编码")
    name: str = text("学校名称", "School name", required=True, also="机构名称")
    kind: Kind = choice(
        "学校类型", "Kind of school", Kind, required=True, also="办学类型"
    )
    county: str | None = text("区县代码", "County code")
    parent: str | None = text("所属学校代码", "Code of the school it belongs to")
    counts_as_school: bool | None = yes_no("是否计校数", "Counts as a school")
    campus: bool | None = yes_no("校区", "Is a campus of its parent")
    owner: Owner | None = choice("举办者类型", "Who runs it", Owner)
    locale: Locale | None = choice("城乡类型", "Town or country", Locale)
    boarding: bool | None = yes_no("是否寄宿制", "Boarding school")
    dense_centre: bool | None = yes_no(
        "是否人口密度过高的中心城区",
        "In an over-dense city centre",
        also="是否人口密度过高的大城市中心城区学校",
    )
    built_year: int | None = integer(
        "规划并建成年份",
        "Year by which it was planned and built",
        unit=Unit.COUNT,
        minimum=1000,
        maximum=2100,
        also="建校时间",
    )
    built_by_2010: bool | None = yes_no(
        "是否2010年及之前规划并建成", "Planned and built in or before 2010"
    )
    built_by_2016: bool | None = yes_no(
        "是否2016年及之前规划并建成", "Planned and built in or before 2016"
    )
    rectification_plan: bool | None = yes_no(
        "建设规划及跟踪复查", "Construction plan and follow-up (condition of R-3…R-5)"
    )
    school_system: str | None = text("学制", "School system (6-3 or 5-4)")
    senior_pupils: int | None = count(
        "高中学生数", "Senior pupils", Unit.PUPILS, also="高中在校生数"
    )
    kindergarten_pupils: int | None = count(
        "附设幼儿班幼儿数", "Children in attached kindergarten classes", Unit.PUPILS
    )
    migrant_pupils: int | None = count(
        "随迁子女在校生数",
        "Pupils who are migrant workers' children",
        Unit.PUPILS,
        also="进城务工人员随迁子女在校生人数",
    )
    inclusive_pupils: int | None = count(
        "随班就读学生数", "Disabled pupils in regular classes", Unit.PUPILS
    )
    teaching_area: float | None = number(
        "教学及辅助用房面积",
        "Teaching and auxiliary floor area (includes indoor sports rooms)",
        Unit.M2,
        also="教学及辅助用房总面积 本学年校舍建筑面积/教学及辅助用房/计",
    )
    indoor_sports_area: float | None = number(
        "室内体育用房面积",
        "Indoor sports rooms (subtracted from the teaching area)",
        Unit.M2,
        also="室内体育用房 本学年校舍建筑面积/教学及辅助用房/室内体育用房",
    )
    sports_hall_area: float | None = number(
        "学校体育馆面积", "Sports hall (added to the sports area)", Unit.M2
    )
    outdoor_sports_area: float | None = number(
        "室外运动场地面积",
        "Outdoor sports grounds",
        Unit.M2,
        also="校内体育场面积 运动场地面积",
    )
    other_sports_area: float | None = number(
        "校园其他专用运动场地",
        "Other dedicated sports space on campus (R-2)",
        Unit.M2,
        also="校内其他体育场面积",
    )
    leased_sports_area: float | None = number(
        "校外租借场馆",
        "Leased sports venues off campus (R-2)",
        Unit.M2,
        also="校外租赁场馆面积",
    )
    lease_conditions: bool | None = yes_no(
        "租借条件符合", "The lease meets its conditions (R-2)"
    )
    equipment_value: float | None = number(
        "教学仪器设备值",
        "Teaching equipment at book original value",
        Unit.YUAN,
        also="教学仪器设备资产值 教学仪器设备资产值(账面原值)",
    )
    multimedia_classrooms: int | None = count(
        "网络多媒体教室数",
        "Networked multimedia classrooms",
        Unit.ROOMS,
        also="网络多媒体教室间数 网络多媒体教室",
    )
    music_room_areas: tuple[float, ...] | None = areas(
        "音乐教室面积", "Areas of the music rooms"
    )
    art_room_areas: tuple[float, ...] | None = areas(
        "美术教室面积", "Areas of the art rooms"
    )
    music_rooms: int | None = count("音乐教室总间数", "Music rooms in all", Unit.ROOMS)
    music_rooms_ge96: int | None = count(
        "96㎡及以上音乐教室间数",
        "Music rooms of at least 96 m²",
        Unit.ROOMS,
        also="单间面积≥96㎡的音乐教室间数",
    )
    music_rooms_73_96: int | None = count(
        "73-96㎡音乐教室间数",
        "Music rooms of 73 to less than 96 m²",
        Unit.ROOMS,
        also="73㎡≤单间面积＜96㎡的音乐教室间数",
    )
    music_rooms_61_73: int | None = count(
        "61-73㎡音乐教室间数",
        "Music rooms of 61 to less than 73 m²",
        Unit.ROOMS,
        also="61㎡≤单间面积＜73㎡的音乐教室间数",
    )
    art_rooms: int | None = count("美术教室总间数", "Art rooms in all", Unit.ROOMS)
    art_rooms_ge90: int | None = count(
        "90㎡及以上美术教室间数",
        "Art rooms of at least 90 m²",
        Unit.ROOMS,
        also="单间面积≥90㎡的美术教室间数",
    )
    art_rooms_67_90: int | None = count(
        "67-90㎡美术教室间数",
        "Art rooms of 67 to less than 90 m²",
        Unit.ROOMS,
        also="67㎡≤单间面积＜90㎡的美术教室间数",
    )
    art_rooms_61_67: int | None = count(
        "61-67㎡美术教室间数",
        "Art rooms of 61 to less than 67 m²",
        Unit.ROOMS,
        also="61㎡≤单间面积＜67㎡的美术教室间数",
    )
    public_funds_budget: float | None = number(
        "年度公用经费预算",
        "Budget of public funds",
        Unit.YUAN,
        period=_LAST_YEAR,
        also="上一年度公用经费预算总额",
    )
    public_funds_settled: float | None = number(
        "年度公用经费决算",
        "Settled public funds",
        Unit.YUAN,
        period=_LAST_YEAR,
        also="上一年度公用经费决算总额",
    )
    training_budget: float | None = number(
        "教师培训经费预算",
        "Budget of teacher training",
        Unit.YUAN,
        period=_LAST_YEAR,
        also="上一年度教师培训经费预算总额",
    )
    public_funds_allocated: float | None = number(
        "拨付公用经费", "Public funds allocated", Unit.YUAN, period=_LAST_YEAR
    )
    funded_pupils: int | None = count(
        "公用经费核定学生数", "Pupils that the public funds were fixed for", Unit.PUPILS
    )
    computers: int | None = count(
        "教学用计算机台数", "Computers for teaching", Unit.DEVICES, also="计算机台数"
    )
    books: int | None = count("图书册数", "Books", Unit.BOOKS, also="图书总册数")
    charter: bool | None = yes_no("建立章程", "Has a charter")
    ict_management: bool | None = yes_no(
        "学校管理信息化", "Management supported by ICT"
    )
    ict_instruction: bool | None = yes_no("教学信息化", "Instruction supported by ICT")
    ict_teaching: bool | None = yes_no(
        "教师熟练运用信息化手段", "Teachers use ICT with skill"
    )
    equipment_in_use: bool | None = yes_no(
        "设施设备利用率较高", "Facilities and equipment well used"
    )
    moral_education_good: bool | None = yes_no(
        "德育工作良好以上", "Moral education rated good or better"
    )
    campus_culture_good: bool | None = yes_no(
        "校园文化建设良好以上", "Campus culture rated good or better"
    )
    curriculum_complete: bool | None = yes_no(
        "课程开齐开足", "Every course of the curriculum taught in full"
    )
    no_excessive_load: bool | None = yes_no(
        "无过重课业负担", "No excessive load of homework"
    )
    primary: Section | None = None
    junior: Section | None = None
    undivided: Section | None = None


@attrs.frozen(kw_only=True)
class Teacher:
    """
    One teacher; no name, no ethnicity and no identity number is ever asked for.

    Teachers are only counted, by school and stage.

    Source: our own; the counts of 教督〔2017〕6号 第六条 and of 表Ⅳ-9 to 表Ⅳ-12 are
    made from it.

    >>> import eduequity as ee
    >>> teacher = ee.Teacher(school="1", stage="primary", degree="本科")
    Traceback (most recent call last):
    ValueError: '本科' is not a valid DegreeLevel
    >>> ee.Teacher(school="1", stage="primary", degree="bachelor").degree.label.zh
    '本科'
    """

    id: str | None = text("教师编号", "Teacher id")
    school: str = text("学校代码", "School code", required=True)
    stage: Stage = choice("任教学段", "Stage taught", Stage, required=True, also="学段")
    degree: DegreeLevel | None = choice("学历", "Degree", DegreeLevel)
    subject: str | None = text("任教学科", "Subject", also="学科 任教课程")
    full_time: bool | None = yes_no(
        "是否专任教师", "Full-time teacher", also="专任教师"
    )
    backbone_level: Level | None = choice(
        "骨干教师级别", "Level of recognition as a backbone teacher", Level
    )
    certified: bool | None = yes_no("持有教师资格证", "Holds a teacher's certificate")
    training_hours: float | None = number(
        "近五年培训学时", "Training in the last five years", Unit.HOURS
    )
    years_of_service: float | None = number("教龄", "Years of service", Unit.YEARS)
    mandarin_level: str | None = text("普通话等级", "Mandarin certificate level")
    rotation_eligible: bool | None = yes_no("符合交流条件", "Eligible for rotation")
    rotated: bool | None = yes_no("已交流轮岗", "Rotated this year")


@attrs.frozen(kw_only=True)
class SchoolClass:
    """
    One class 教学班, from which class sizes and the pupils by grade are known.

    Source: our own; the class sizes of 申报表 表Ⅳ-5 are made from it.

    >>> import eduequity as ee
    >>> ee.SchoolClass(id="1班", school="1", stage="primary", grade=1, pupils=46).pupils
    46
    """

    id: str | None = text("班级编号", "Class id")
    school: str = text("学校代码", "School code", required=True)
    stage: Stage = choice("学段", "Stage", Stage, required=True)
    grade: int | None = integer("年级", "Grade", unit=Unit.COUNT, minimum=1, maximum=12)
    pupils: int | None = count("学生数", "Pupils", Unit.PUPILS)


@attrs.frozen(kw_only=True)
class Kindergarten:
    """
    One kindergarten 幼儿园, for the programme ``preschool-universal``.

    Source: 教督〔2020〕1号.

    >>> import eduequity as ee
    >>> ee.Kindergarten(
    ...     code="K1", owner="inclusive_private", children=180
    ... ).owner.label.zh
    '普惠性民办'
    """

    code: str = text("幼儿园代码", "Kindergarten code", required=True)
    name: str | None = text("幼儿园名称", "Kindergarten name")
    county: str | None = text("区县代码", "County code")
    owner: KindergartenOwner | None = choice(
        "办园性质", "Who runs it", KindergartenOwner
    )
    children: int | None = count("在园幼儿数", "Children", Unit.PUPILS)
    planned_year: int | None = integer(
        "规划建设年份",
        "Year it was planned",
        unit=Unit.COUNT,
        minimum=1000,
        maximum=2100,
    )
    residential_supporting: bool | None = yes_no(
        "小区配套园", "Supports a residential quarter"
    )
    licensed: bool | None = yes_no("有办园许可证", "Licensed")
    outdoor_area: float | None = number(
        "户外活动场地面积", "Outdoor play area", Unit.M2
    )
    activity_area: float | None = number("幼儿活动用房面积", "Activity rooms", Unit.M2)
    floor_area: float | None = number("园舍建筑面积", "Floor area", Unit.M2)
    classes: int | None = count("班级数", "Classes", Unit.CLASSES)
    oversized_classes: int | None = count(
        "超标准班级数", "Classes above the limit", Unit.CLASSES
    )
    full_time_teachers: int | None = count(
        "专任教师数", "Full-time teachers", Unit.TEACHERS
    )
    certified_teachers: int | None = count(
        "持证专任教师数", "Certified full-time teachers", Unit.TEACHERS
    )
    heads: int | None = count("园长数", "Heads", Unit.TEACHERS)
    certified_heads: int | None = count("持证园长数", "Certified heads", Unit.TEACHERS)


@attrs.frozen(kw_only=True)
class Monitoring:
    """
    The result of one subject of a monitoring of learning 义务教育质量监测.

    Source: 申报表 表Ⅴ-9.

    >>> import eduequity as ee
    >>> ee.Monitoring(
    ...     county="999901",
    ...     year=2024,
    ...     organiser="national",
    ...     subject="数学",
    ...     level=3,  # Ⅲ
    ...     between_school_rate=0.12,
    ... ).organiser.label.zh
    '国家'
    """

    county: str = text("区县代码", "County code", required=True)
    year: int = integer(
        "监测年份", "Year", unit=Unit.COUNT, minimum=1900, maximum=2100, required=True
    )
    organiser: Organiser = choice("组织者", "Organiser", Organiser, required=True)
    subject: str = text("学科", "Subject", required=True)
    grade: int | None = integer("年级", "Grade", unit=Unit.COUNT, minimum=1, maximum=12)
    level: int | None = integer(
        "学业水平等级", "Level Ⅰ–Ⅳ", unit=Unit.LEVEL, minimum=1, maximum=4, also="等级"
    )
    between_school_rate: float | None = number(
        "校际差异率", "Between-school rate", Unit.SHARE
    )


@attrs.frozen(kw_only=True)
class Survey:
    """
    One line of a satisfaction survey 社会认可度调查.

    Source: 申报表表Ⅵ.

    >>> import eduequity as ee
    >>> line = ee.Survey(
    ...     county="999901",
    ...     channel="questionnaire",
    ...     group="parents",
    ...     distributed=400,
    ...     valid=380,
    ...     satisfied=342,
    ... )
    >>> line.satisfied / line.valid  # 342 / 380
    0.9
    """

    county: str = text("区县代码", "County code", required=True)
    year: int | None = integer(
        "年份", "Year", unit=Unit.COUNT, minimum=1900, maximum=2100
    )
    channel: SurveyChannel = choice(
        "调查方式", "How people were asked", SurveyChannel, required=True
    )
    group: SurveyGroup = choice("调查对象", "Who was asked", SurveyGroup, required=True)
    distributed: int | None = count(
        "发放数", "Questionnaires handed out", Unit.PERSONS, also="问卷总数 问卷总数/计"
    )
    valid: int | None = count(
        "有效数",
        "Valid answers",
        Unit.PERSONS,
        also="回收有效问卷数 实地走访人数 实地走访人数/计",
    )
    satisfied: int | None = count(
        "满意数", "Satisfied answers", Unit.PERSONS, also="满意问卷数 满意人数"
    )


@attrs.frozen(kw_only=True)
class Spending:
    """
    One year of education finance 教育经费.

    Source: our own; the benchmarks ``government.spending_total`` and
    ``government.spending_per_pupil`` ask for it.

    >>> import eduequity as ee
    >>> year = ee.Spending(county="999901", year=2024, education_spending=4.2e8)
    >>> year.enrolled_pupils is None
    True
    """

    county: str = text("区县代码", "County code", required=True)
    year: int = integer(
        "年份", "Year", unit=Unit.COUNT, minimum=1900, maximum=2100, required=True
    )
    measure: str | None = text("口径", "What is counted as spending")
    education_spending: float | None = number(
        "教育支出", "Education spending", Unit.YUAN, also="一般公共预算教育支出"
    )
    enrolled_pupils: int | None = count("在校学生数", "Enrolled pupils", Unit.PUPILS)
    recurrent_revenue: float | None = number(
        "财政经常性收入", "Recurrent revenue", Unit.YUAN
    )
    public_funds_per_pupil: float | None = number(
        "生均公用经费", "Public funds per pupil", Unit.YUAN_PER_PUPIL
    )
    teacher_pay_mean: float | None = number(
        "教师平均工资", "Mean pay of teachers", Unit.YUAN
    )


@attrs.frozen(kw_only=True)
class Attestation:
    """
    A yes or no that somebody signed for 签认.

    Source: our own; rules of the shapes ``attested`` and ``veto`` ask for it.

    >>> import eduequity as ee
    >>> signed = ee.Attestation(
    ...     entity="999901",
    ...     rule="government.left_behind_care",
    ...     value=True,
    ...     issuer="示例县教育局",
    ...     date="2024-11",
    ... )
    >>> str(signed.date)
    '2024-11'
    """

    entity: str = text("对象", "County code or school code", required=True)
    rule: str = text("规则", "Rule id", required=True)
    value: bool | None = yes_no(
        "结论", "Fulfilled (a veto: it occurred)", required=True
    )
    evidence: str | None = text("证据", "Evidence")
    issuer: str | None = text("出具单位", "Issuer")
    level: str | None = text("层级", "self, city, province or nation")
    period: str | None = text("时段", "Period")
    date: PartialDate | None = date("日期", "Date")


@attrs.frozen(kw_only=True)
class Reported:
    """
    A figure that somebody published 公布数据, with what it speaks of.

    Where a figure can be computed too, the computed one decides and a finding shows
    both.

    Source: our own; the figure's own source is a required column.

    >>> import eduequity as ee
    >>> ee.Reported(
    ...     entity="999901",
    ...     rule="resources.cv_teaching_area",
    ...     stage="primary",
    ...     value=0.42,
    ...     source="示例县2024年公报",
    ... ).stage.label.zh
    '小学'
    """

    entity: str = text("对象", "Area, school or section", required=True)
    rule: str | None = text("规则", "Rule id")
    indicator: str | None = text("指标", "Indicator")
    stage: Stage | None = choice("学段", "Stage", Stage)
    statistic: str | None = text("统计量", "What the figure is")
    value: float | None = number("数值", "Value", Unit.RATIO, minimum=None)
    unit: str | None = text("单位", "Unit")
    numerator: float | None = number("分子", "Numerator", Unit.RATIO)
    denominator: float | None = number("分母", "Denominator", Unit.RATIO)
    period: str | None = text("时段", "Period")
    covers: str | None = text("覆盖范围", "Area it speaks of")
    definition: str | None = text("口径", "What was counted")
    source: str = text("来源", "Source", required=True)
    date: PartialDate | None = date("日期", "Date")


@attrs.frozen(kw_only=True)
class County:
    """
    One county 县（市、区） with all that is known of it.

    Source: 申报表 表Ⅰ, 表Ⅳ and 表Ⅴ, and the vetoes of 教督〔2017〕6号; the data
    dictionary lists the headings that mean each column. Codes are those of GB/T 2260.

    >>> import eduequity as ee
    >>> county = ee.County(
    ...     code="999901", name="示例县", basic_balance_recognised_on="2015-11"
    ... )
    >>> county.basic_balance_recognised_on.last  # a month's last day
    datetime.date(2015, 11, 30)
    >>> county.exam_admission is None  # nobody said: unknown, not no
    True

    Args:
        primary: Totals that the county states for the primary stage.

        junior: Totals that it states for the junior stage.

        schools: Its schools.

        teachers: Single teachers, where they are given.

        classes: Single classes, where they are given.

        kindergartens: Its kindergartens.

        monitoring: The results of monitoring, by year and subject.

        survey: The lines of the satisfaction survey.

        finance: Education finance, by year.

        attestations: What somebody signed for.

        reported: Figures that somebody published.
    """

    code: str = text("区县代码", "County code", required=True)
    name: str | None = text("区县名称", "County name")
    year: int | None = integer(
        "年度", "Year", unit=Unit.COUNT, minimum=1900, maximum=2100, also="填报年度"
    )
    resident_population: float | None = number(
        "常住人口", "Resident population", Unit.PERSONS, also="人口总数"
    )
    basic_balance_recognised_on: PartialDate | None = date(
        "基本均衡认定日期", "Recognised for basic balance on"
    )
    quality_balance_recognised_on: PartialDate | None = date(
        "优质均衡认定日期", "Recognised for quality balance on"
    )
    agricultural_population: float | None = number(
        "农业人口", "Agricultural population", Unit.PERSONS, also="农业人口数"
    )
    township_count: int | None = count("乡镇数", "Townships")
    village_count: int | None = count("行政村数", "Villages")
    primary_schools: int | None = count(
        "小学校数", "Primary schools", Unit.SCHOOLS, also="普通中小学校数/小学"
    )
    junior_schools: int | None = count(
        "初中校数", "Junior schools", Unit.SCHOOLS, also="普通中小学校数/初中"
    )
    nine_year_schools: int | None = count(
        "九年一贯制学校数",
        "Nine-year schools",
        Unit.SCHOOLS,
        also="普通中小学校数/九年一贯制学校",
    )
    twelve_year_schools: int | None = count(
        "十二年一贯制学校数",
        "Twelve-year schools",
        Unit.SCHOOLS,
        also="普通中小学校数/十二年一贯制学校",
    )
    complete_secondary_schools: int | None = count(
        "完全中学校数",
        "Complete secondary schools",
        Unit.SCHOOLS,
        also="普通中小学校数/完全中学",
    )
    special_schools: int | None = count(
        "特殊教育学校数", "Special schools", Unit.SCHOOLS, also="特殊教育学校"
    )
    teaching_points: int | None = count(
        "教学点数", "Teaching points", Unit.SCHOOLS, also="小学教学点数 小学教学点数/计"
    )
    teaching_points_50: int | None = count(
        "50人及以上教学点数",
        "Teaching points of 50 pupils or more",
        Unit.SCHOOLS,
        also="小学教学点数/其中:50人及以上",
    )
    gdp_per_capita: float | None = number(
        "年人均国内生产总值", "GDP per head", Unit.YUAN
    )
    fiscal_revenue_per_capita: float | None = number(
        "年人均地方财政收入", "Fiscal revenue per head", Unit.YUAN
    )
    rural_income_per_capita: float | None = number(
        "农民年人均纯收入", "Net income per rural head", Unit.YUAN
    )
    urban_income_per_capita: float | None = number(
        "城镇居民年人均可支配收入", "Disposable income per urban head", Unit.YUAN
    )
    population_3_6: int | None = count(
        "3-6岁人口数", "Children aged 3 to 6", Unit.PERSONS
    )
    special_education_funds: float | None = number(
        "特殊教育学校公用经费",
        "Public funds of the special schools",
        Unit.YUAN,
        also="特殊教育学校经费总额",
    )
    special_education_pupils: int | None = count(
        "特殊教育学校在校生数",
        "Pupils of the special schools",
        Unit.PUPILS,
        also="特殊教育学校学生人数",
    )
    teacher_mean_pay: float | None = number(
        "教师年平均工资收入",
        "Mean pay of teachers",
        Unit.YUAN,
        period=_LAST_YEAR,
        also="上年度义务教育学校教师年平均工资收入水平(不含民办学校)",
    )
    civil_servant_mean_pay: float | None = number(
        "当地公务员年平均工资收入",
        "Mean pay of local civil servants",
        Unit.YUAN,
        period=_LAST_YEAR,
    )
    rotation_eligible_teachers: int | None = count(
        "符合交流条件教师总数", "Teachers eligible for rotation", Unit.TEACHERS
    )
    rotated_teachers: int | None = count(
        "交流轮岗教师数",
        "Teachers rotated",
        Unit.TEACHERS,
        period=_LAST_YEAR,
        also="实际交流轮岗教师数",
    )
    rotated_backbone_teachers: int | None = count(
        "交流轮岗骨干教师数",
        "Backbone teachers rotated",
        Unit.TEACHERS,
        period=_LAST_YEAR,
        also="实际交流骨干教师数量",
    )
    senior_high_places: int | None = count(
        "优质高中招生计划总人数", "Places at quality senior high schools", Unit.PUPILS
    )
    senior_high_allocated_places: int | None = count(
        "优质高中招生分配名额",
        "Places allocated to junior schools",
        Unit.PUPILS,
        also="优质高中招生分配指标数",
    )
    senior_high_rural_places: int | None = count(
        "分配农村学校名额",
        "Places allocated to rural junior schools",
        Unit.PUPILS,
        also="向农村学校分配指标数",
    )
    migrant_children_eligible: int | None = count(
        "符合条件的随迁子女总人数", "Eligible migrant workers' children", Unit.PUPILS
    )
    migrant_children_public: int | None = count(
        "在公办学校就读的随迁子女数",
        "… in public schools",
        Unit.PUPILS,
        also="在县域内公办学校就读的随迁子女人数",
    )
    migrant_children_purchased: int | None = count(
        "在政府购买服务的民办学校就读的随迁子女数",
        "… in private schools at places that government buys",
        Unit.PUPILS,
        also="在政府购买服务的民办学校就读随迁子女人数",
    )
    disabled_children: int | None = count(
        "适龄残疾儿童少年总数", "Disabled children of school age", Unit.PUPILS
    )
    disabled_children_enrolled: int | None = count(
        "残疾儿童少年入学人数",
        "… who are enrolled",
        Unit.PUPILS,
        also="适龄残疾儿童少年入学总人数",
    )
    disabled_in_special: int | None = count(
        "在特殊教育学校就读残疾儿童少年数", "… in special schools", Unit.PUPILS
    )
    disabled_in_regular: int | None = count(
        "随班就读残疾儿童少年数", "… in regular schools", Unit.PUPILS
    )
    disabled_home_taught: int | None = count(
        "送教上门残疾儿童少年数", "… taught at home", Unit.PUPILS
    )
    primary_funding_quota: float | None = number(
        "小学生均公用经费基准定额",
        "Funding quota, primary",
        Unit.YUAN_PER_PUPIL,
        also="规定的小学生均公用经费标准",
    )
    junior_funding_quota: float | None = number(
        "初中生均公用经费基准定额",
        "Funding quota, junior",
        Unit.YUAN_PER_PUPIL,
        also="规定的初中生均公用经费标准",
    )
    boarding_top_up: float | None = number(
        "寄宿生公用经费增补", "Top-up per boarder", Unit.YUAN_PER_PUPIL
    )
    unified_construction: bool | None = yes_no(
        "建设标准统一", "Building standards are one for town and country"
    )
    unified_staffing: bool | None = yes_no(
        "教师编制标准统一", "Staffing standards are one"
    )
    unified_funding: bool | None = yes_no(
        "生均公用经费基准定额统一", "Funding quotas are one"
    )
    unified_equipment: bool | None = yes_no(
        "基本装备配置标准统一", "Basic equipment standards are one"
    )
    performance_pay_approved: bool | None = yes_no(
        "按规定足额核定绩效工资总量", "Performance pay fixed in full"
    )
    annual_monitoring: bool | None = yes_no(
        "年度监测持续保持较高水平", "Annual monitoring stays high"
    )
    siting_plan: bool | None = yes_no("学校规划布局合理", "School siting is sound")
    staffing_allocation: bool | None = yes_no(
        "统筹分配各校编制和岗位", "Posts are allocated by the county"
    )
    rural_quota_tilt: bool | None = yes_no(
        "优质高中名额向农村初中倾斜", "Places tilt to rural junior schools"
    )
    left_behind_care: bool | None = yes_no(
        "留守儿童关爱体系健全", "Care for left-behind children is in place"
    )
    exam_admission: bool | None = yes_no("以考试方式招生", "Admission by examination")
    school_choice: bool | None = yes_no("违规择校行为", "Irregular school choice")
    key_schools: bool | None = yes_no("重点学校或重点班", "Key schools or key classes")
    unfilled_posts: bool | None = yes_no(
        "有编不补或长期聘用编外教师",
        "Posts left unfilled or long-term off-quota teachers",
    )
    serious_incident: bool | None = yes_no(
        "重大安全责任事故和严重违纪违规事件",
        "Major safety accident or serious breach of discipline",
    )
    falsification: bool | None = yes_no("弄虚作假", "Falsification")
    tutoring_governance: bool | None = yes_no(
        "规范治理校外培训机构及减轻课外负担不力", "Weak governance of tutoring"
    )
    synthetic: bool | None = yes_no("合成数据", "Synthetic data")
    primary: Section | None = None
    junior: Section | None = None
    schools: tuple[School, ...] = ()
    teachers: tuple[Teacher, ...] = ()
    classes: tuple[SchoolClass, ...] = ()
    kindergartens: tuple[Kindergarten, ...] = ()
    monitoring: tuple[Monitoring, ...] = ()
    survey: tuple[Survey, ...] = ()
    finance: tuple[Spending, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    reported: tuple[Reported, ...] = ()


_RECORDS: Mapping[str, type] = {
    "county": County,
    "schools": School,
    "teachers": Teacher,
    "classes": SchoolClass,
    "kindergartens": Kindergarten,
    "monitoring": Monitoring,
    "survey": Survey,
    "finance": Spending,
    "attestations": Attestation,
    "reported": Reported,
}

described((*_RECORDS.values(), Section))


def _tables() -> dict[str, tuple[Field, ...]]:
    tables = {name: fields_of(record, name) for name, record in _RECORDS.items()}
    sections = fields_of(Section, "schools", per_stage=True)
    totals = tuple(
        attrs.evolve(field, table="county", period=None) for field in sections
    )
    tables["schools"] += sections
    tables["county"] += totals
    return tables


TABLES: Mapping[str, tuple[Field, ...]] = _tables()
"""Every table of the contract with its fields, in the order of the dictionary."""


_OWN_COLUMNS = {"areas": ("code", "name"), "townships": ("code", "name", "county")}
_OWN_LABELS = {
    "code": Text("代码", "Code"),
    "name": Text("名称", "Name"),
    "county": Text("区县代码", "County code"),
}


def dictionary(extra: Iterable[Field] = ()) -> dict[str, tuple[Field, ...]]:
    """
    Return the fields of every table, with those that rule packs declare.

    Args:
        extra: Fields of packs; ``table="sections"`` means the stage columns of
            ``schools``. The tables ``areas`` and ``townships`` exist for them.

    Returns:
        The fields by table, in the order of the data dictionary.

    >>> from eduequity.model import dictionary
    >>> pupils = next(f for f in dictionary()["schools"] if f.name == "pupils")
    >>> pupils.label.zh, pupils.unit.value, pupils.per_stage
    ('在校生数', 'pupils', True)
    """
    tables = dict(TABLES)
    for table, names in _OWN_COLUMNS.items():
        tables[table] = tuple(
            Field(
                table=table,
                name=name,
                type="text",
                label=_OWN_LABELS[name],
                required=name == "code",
            )
            for name in names
        )
    for field in dict.fromkeys(extra):
        if field.table == "sections":
            field = attrs.evolve(field, table="schools", per_stage=True)  # noqa: PLW2901
        tables[field.table] = (*tables[field.table], field)
    return tables


def rows_of(counties: tuple[County, ...]) -> dict[str, list[dict[str, Any]]]:
    """
    Turn records into the flat rows of the contract, one list a table.

    Args:
        counties: The records.

    Returns:
        Rows by table; a row names its columns and leaves blanks out.

    >>> import eduequity as ee
    >>> from eduequity.model import rows_of
    >>> school = ee.School(
    ...     code="1", name="示例小学", kind="primary", primary=ee.Section(pupils=500)
    ... )
    >>> rows = rows_of((ee.County(code="999901", schools=(school,)),))
    >>> rows["schools"][0]["primary_pupils"], rows["schools"][0]["county"]
    (500, '999901')
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _RECORDS}
    for county in counties:
        rows["county"].append(_flat(county, "county"))
        for table in _RECORDS.keys() - {"county"}:
            for record in getattr(county, table):
                row = _flat(record, table)
                if table in ("schools", "kindergartens"):
                    row["county"] = row.get("county") or county.code
                rows[table].append(row)
    return rows


def _flat(record: Any, table: str) -> dict[str, Any]:
    declared = fields_of(type(record), table)
    row = {field.name: getattr(record, field.name) for field in declared}
    if isinstance(record, School | County):
        for part, prefix in (
            (record.primary, "primary_"),
            (record.junior, "junior_"),
            (getattr(record, "undivided", None), ""),
        ):
            if part is not None:
                row |= {prefix + key: each for key, each in _flat(part, "").items()}
    return {key: value for key, value in row.items() if value is not None}
