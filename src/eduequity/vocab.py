"""
The closed vocabularies: stages, verdicts and their logic, areas, units, words.

Nothing here knows about arrays; `Verdict.rank` is the number that the engine keeps.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterable
from typing import Self

import attrs


__all__ = [
    "Area",
    "Basis",
    "Choice",
    "DegreeLevel",
    "Force",
    "How",
    "Kind",
    "KindergartenOwner",
    "Level",
    "Locale",
    "Organiser",
    "Owner",
    "Scope",
    "Stage",
    "SurveyChannel",
    "SurveyGroup",
    "Text",
    "Unit",
    "Verdict",
    "combine",
]


@attrs.frozen
class Text:
    """
    The same words in Chinese and in English.

    Args:
        zh: In Chinese.

        en: In English.

    >>> import eduequity as ee
    >>> said = ee.Text("差异系数", "coefficient of variation")
    >>> said.get("zh"), said.get("en")
    ('差异系数', 'coefficient of variation')
    """

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """
        Return the words in a language.

        Args:
            lang: ``zh``, or English for anything else.
        """
        return self.zh if lang == "zh" else self.en


class Choice(enum.StrEnum):
    """
    A closed list of words; each has a Chinese label and other accepted spellings.

    A member is a ``str``: its code compares, sorts and serialises as one.

    >>> import eduequity as ee
    >>> ee.Kind("nine_year").label.zh
    '九年一贯制学校'
    >>> ee.Kind.parse(" 九年一贯制 ") is ee.Kind.NINE_YEAR  # code, label or spelling
    True
    >>> ee.Kind.parse("大学") is None
    True
    >>> ee.Stage.JUNIOR.rank, ee.Owner.COUNTY_EDUCATION.broader.value
    (1, 'public')
    """

    label: Text
    words: tuple[str, ...]

    def __new__(cls, value: str, zh: str = "", en: str = "", *words: str) -> Self:
        """Make a member from its code, its labels and its other spellings."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = Text(zh, en or value.replace("_", " "))
        member.words = words
        return member

    @property
    def rank(self) -> int:
        """The position in the list, from 0: what a column of this choice holds."""
        return _ranks(type(self))[self]

    @property
    def broader(self) -> Self | None:
        """The member that this one is a kind of: a condition on that holds for it."""
        return None

    @classmethod
    def parse(cls, word: str) -> Self | None:
        """
        Return the member that a word names, or None.

        Args:
            word: A code, a label or another spelling; white space and case are ignored.
        """
        found = _spellings(cls).get(re.sub(r"\s+", "", word).casefold())
        return None if found is None else cls(found)


@functools.cache
def _ranks(cls: type[Choice]) -> dict[Choice, int]:
    return {member: rank for rank, member in enumerate(cls)}


@functools.cache
def _spellings(cls: type[Choice]) -> dict[str, str]:
    return {
        re.sub(r"\s+", "", word).casefold(): member.value
        for member in cls
        for word in (member.value, member.label.zh, member.label.en, *member.words)
    }


class Stage(Choice):
    """
    A stage of schooling 学段; the first two are compulsory.

    >>> import eduequity as ee
    >>> [stage.label.zh for stage in ee.Stage]
    ['小学', '初中', '高中']
    """

    PRIMARY = "primary", "小学", "primary", "小学部"
    JUNIOR = "junior", "初中", "junior secondary", "初中部"
    SENIOR = "senior", "高中", "senior secondary", "高中部", "普通高中"


class Verdict(Choice):
    """
    What an assessment says of one rule for one unit.

    Unknown means that evidence is missing: it is neither a pass nor a fail.
    `eduequity.vocab.combine` joins verdicts by *all*: the highest rank wins, so that
    one unmet is unmet, else one unknown is unknown, and not-applicable is the identity.

    >>> import eduequity as ee
    >>> [(verdict.value, verdict.rank) for verdict in ee.Verdict]
    [('not_applicable', 0), ('met', 1), ('unknown', 2), ('unmet', 3)]
    """

    NOT_APPLICABLE = "not_applicable", "不适用", "not applicable"
    MET = "met", "达标", "met"
    UNKNOWN = "unknown", "证据不足", "unknown"
    UNMET = "unmet", "未达标", "unmet"


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """
    Join verdicts by *all* (Kleene's logic, with not-applicable as identity).

    Args:
        verdicts: Any number of them.

    Returns:
        The one of highest rank; not applicable where there are none.

    >>> from eduequity.vocab import Verdict, combine
    >>> combine([Verdict.MET, Verdict.UNKNOWN]).value
    'unknown'
    >>> combine([Verdict.UNKNOWN, Verdict.UNMET]).value
    'unmet'
    >>> combine([]).value
    'not_applicable'
    """
    return max(verdicts, key=lambda v: v.rank, default=Verdict.NOT_APPLICABLE)


class Force(Choice):
    """
    What a value of the law does: a requirement decides at its level, the rest is shown.

    >>> import eduequity as ee
    >>> [force.label.zh for force in ee.Force]
    ['要求', '目标', '参照']
    """

    REQUIREMENT = "requirement", "要求", "requirement"
    TARGET = "target", "目标", "target"
    BENCHMARK = "benchmark", "参照", "benchmark"


class Basis(Choice):
    """
    What a finding rests on; where two are there, what is computed decides.

    >>> import eduequity as ee
    >>> [basis.label.zh for basis in ee.Basis]
    ['测算', '公布', '签认']
    """

    COMPUTED = "computed", "测算", "computed from records or counts"
    REPORTED = "reported", "公布", "a figure that somebody published"
    ATTESTED = "attested", "签认", "a yes or no that somebody signed for"


class How(Choice):
    """
    How we know a value of the law, from read in full down to not verified.

    >>> import eduequity as ee
    >>> ee.How("secondary").label.zh
    '二手来源'
    """

    FULL = "full", "全文已核", "read in full"
    EXCERPT = "excerpt", "摘录可见", "read in excerpt"
    TRANSCRIPTION = "transcription", "转录可见", "read in a transcription"
    SECONDARY = "secondary", "二手来源", "known at second hand"
    UNVERIFIED = "unverified", "未核实", "not verified"


class Scope(Choice):
    """
    The unit that a rule judges.

    >>> import eduequity as ee
    >>> ee.Scope.SECTION.label.zh
    '学段单位'
    """

    AREA = "area", "地区", "area"
    COUNTY = "county", "县", "county"
    TOWNSHIP = "township", "乡镇", "township"
    SCHOOL = "school", "学校", "school"
    SECTION = "section", "学段单位", "section"
    CLASS = "class", "班级", "class"
    TEACHER = "teacher", "教师", "teacher"
    KINDERGARTEN = "kindergarten", "幼儿园", "kindergarten"


class Kind(Choice):
    """
    The kind of a school 学校类型.

    >>> import eduequity as ee
    >>> [stage.value for stage in ee.Kind.NINE_YEAR.stages]
    ['primary', 'junior']
    >>> ee.Kind.NINE_YEAR.has_seniors, ee.Kind.COMPLETE_SECONDARY.has_seniors
    (False, True)
    """

    PRIMARY = "primary", "小学", "primary school", "完全小学", "完小"
    JUNIOR = "junior", "初中", "junior secondary school", "初级中学"
    NINE_YEAR = "nine_year", "九年一贯制学校", "nine-year school", "九年一贯制"
    TWELVE_YEAR = (
        "twelve_year",
        "十二年一贯制学校",
        "twelve-year school",
        "十二年一贯制",
    )
    COMPLETE_SECONDARY = "complete_secondary", "完全中学", "complete secondary school"
    SENIOR = "senior", "高级中学", "senior secondary school", "高中", "普通高中"
    TEACHING_POINT = "teaching_point", "教学点", "teaching point", "小学教学点"
    SPECIAL = "special", "特殊教育学校", "special school", "特殊教育", "特教学校"
    VOCATIONAL = "vocational", "职业学校", "vocational school", "职业", "中等职业学校"

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The compulsory stages that a school of this kind has by its kind."""
        return _STAGES.get(self, ())

    @property
    def has_seniors(self) -> bool:
        """Whether a school of this kind teaches beyond the compulsory stages."""
        return self in _WITH_SENIORS


_BOTH = (Stage.PRIMARY, Stage.JUNIOR)
_STAGES = {
    Kind.PRIMARY: (Stage.PRIMARY,),
    Kind.TEACHING_POINT: (Stage.PRIMARY,),
    Kind.JUNIOR: (Stage.JUNIOR,),
    Kind.COMPLETE_SECONDARY: (Stage.JUNIOR,),
    Kind.NINE_YEAR: _BOTH,
    Kind.TWELVE_YEAR: _BOTH,
}
_WITH_SENIORS = {
    Kind.COMPLETE_SECONDARY,
    Kind.TWELVE_YEAR,
    Kind.SENIOR,
    Kind.VOCATIONAL,
}


class Owner(Choice):
    """
    Who runs a school 举办者类型.

    The official form (表Ⅱ-2) numbers ten owners; all but 10 民办 are public, and rules
    ask of them nothing else (`broader`).

    >>> import eduequity as ee
    >>> ee.Owner.parse("7") is ee.Owner.COUNTY_EDUCATION
    True
    >>> ee.Owner.COUNTY_EDUCATION.broader
    <Owner.PUBLIC: 'public'>
    >>> ee.Owner.PRIVATE.code, ee.Owner.PUBLIC.code
    (10, None)
    """

    PUBLIC = "public", "公办", "public"
    PRIVATE = "private", "民办", "private", "10"
    CENTRAL_EDUCATION = "central_education", "中央教育部门", "central education", "1"
    CENTRAL_OTHER = "central_other", "中央其他部门", "central, other", "2"
    PROVINCE_EDUCATION = (
        "province_education",
        "省级教育部门",
        "provincial education",
        "3",
    )
    PROVINCE_OTHER = "province_other", "省级其他部门", "provincial, other", "4"
    CITY_EDUCATION = "city_education", "地级教育部门", "prefectural education", "5"
    CITY_OTHER = "city_other", "地级其他部门", "prefectural, other", "6"
    COUNTY_EDUCATION = "county_education", "县级教育部门", "county education", "7"
    COUNTY_OTHER = "county_other", "县级其他部门", "county, other", "8"
    ENTERPRISE = "enterprise", "地方企业", "local enterprise", "9"

    @property
    def code(self) -> int | None:
        """The number in form Ⅱ-2; None where only "public" is known."""
        return next((int(word) for word in self.words if word.isdigit()), None)

    @property
    def broader(self) -> Owner | None:
        """Public, for those public owners that the form tells apart."""
        return None if self in (Owner.PUBLIC, Owner.PRIVATE) else Owner.PUBLIC


class KindergartenOwner(Choice):
    """
    Who runs a kindergarten, and whether at regulated fees.

    >>> from eduequity.vocab import KindergartenOwner
    >>> KindergartenOwner.parse("普惠性民办").value
    'inclusive_private'
    """

    PUBLIC = "public", "公办", "public"
    INCLUSIVE_PRIVATE = "inclusive_private", "普惠性民办", "inclusive private"
    PRIVATE = "private", "民办", "private", "非普惠性民办"


class Locale(Choice):
    """
    Town or country 城乡类型.

    >>> import eduequity as ee
    >>> ee.Locale.parse("县镇").value
    'town'
    """

    URBAN = "urban", "城区", "urban", "城市"
    TOWN = "town", "镇区", "town", "县镇"
    RURAL = "rural", "乡村", "rural", "农村"


class DegreeLevel(Choice):
    """
    The highest degree of a teacher, in rising order 学历.

    >>> import eduequity as ee
    >>> ee.DegreeLevel.parse("本科").rank > ee.DegreeLevel.parse("大专").rank
    True
    """

    SECONDARY = "secondary", "高中/中专", "upper secondary", "高中", "中专", "高中阶段"
    COLLEGE = "college", "专科", "three-year college", "大专"
    BACHELOR = "bachelor", "本科", "bachelor", "大学本科"
    MASTER = "master", "硕士", "master", "硕士研究生", "研究生"
    DOCTOR = "doctor", "博士", "doctor", "博士研究生"


class Level(Choice):
    """
    A level of recognition of a teacher, in rising order 骨干教师级别.

    >>> import eduequity as ee
    >>> ee.Level.parse("区县级").rank >= ee.Level.COUNTY.rank  # 县级以上
    True
    """

    NONE = "none", "无", "none", "否"
    SCHOOL = "school", "校级", "school"
    COUNTY = "county", "县级", "county", "区级", "区县级"
    CITY = "city", "市级", "city", "地市级"
    PROVINCE = "province", "省级", "province"
    NATIONAL = "national", "国家级", "national"


class Organiser(Choice):
    """
    Who ran a monitoring of learning 监测组织者; only the nation's decides.

    >>> from eduequity.vocab import Organiser
    >>> Organiser.parse("国家级") is Organiser.NATIONAL
    True
    """

    NATIONAL = "national", "国家", "national", "国家级"
    PROVINCIAL = "provincial", "省级", "provincial", "省"
    CITY = "city", "市级", "city", "市"


class SurveyChannel(Choice):
    """
    How people were asked 调查方式.

    >>> from eduequity.vocab import SurveyChannel
    >>> [channel.label.zh for channel in SurveyChannel]
    ['问卷调查', '实地走访']
    """

    QUESTIONNAIRE = "questionnaire", "问卷调查", "questionnaire", "问卷"
    INTERVIEW = "interview", "实地走访", "interview", "走访", "访谈"


class SurveyGroup(Choice):
    """
    Who was asked 调查对象; the total is never added to its parts.

    >>> from eduequity.vocab import SurveyGroup
    >>> SurveyGroup.parse("合计").value
    'total'
    """

    TOTAL = "total", "合计", "total", "计", "总计"
    PARENTS = "parents", "家长", "parents"
    TEACHERS = "teachers", "教师", "teachers"
    PRINCIPALS = "principals", "校长", "principals"
    DEPUTIES = "deputies", "人大代表", "people's deputies"
    CPPCC = "cppcc", "政协委员", "CPPCC members"
    PUPILS = "pupils", "学生", "pupils"
    PUBLIC = "public", "其他群众", "other public", "社会公众"


class Unit(Choice):
    """
    A unit of measure; its one further word is the expression for pint.

    Shares are fractions from 0 to 1, per-hundred figures are per 100 pupils, money is
    in yuan and areas are in m².

    >>> import eduequity as ee
    >>> ee.Unit.M2_PER_PUPIL.label.zh, ee.Unit.M2_PER_PUPIL.dimension
    ('㎡/生', 'meter ** 2 / pupil')
    >>> [ee.Unit(name).counted for name in ("rooms", "m2", "share")]
    [True, False, False]
    >>> [ee.Unit(name).additive for name in ("rooms", "m2", "share")]
    [True, True, False]
    """

    PUPILS = "pupils", "人", "pupils", "pupil"
    PERSONS = "persons", "人", "persons", "person"
    TEACHERS = "teachers", "人", "teachers", "teacher"
    CLASSES = "classes", "个", "classes", "class_"
    SCHOOLS = "schools", "所", "schools", "school"
    ROOMS = "rooms", "间", "rooms", "room"
    DEVICES = "devices", "台", "devices", "device"
    BOOKS = "books", "册", "books", "book"
    GRADES = "grades", "个", "grades", "grade_level"
    COUNT = "count", "个", "", ""
    M2 = "m2", "㎡", "m²", "meter ** 2"
    YUAN = "yuan", "元", "yuan", "yuan"
    SHARE = "share", "%", "%", ""
    RATIO = "ratio", "", "", ""
    YEARS = "years", "年", "years", "year"
    HOURS = "hours", "学时", "hours", "hour"
    CLOCK_HOURS = "clock_hours", "小时", "hours", "hour"
    DAYS = "days", "天", "days", "day"
    MONTHS = "months", "个月", "months", "month"
    MINUTES = "minutes", "分钟", "minutes", "minute"
    METRES = "metres", "米", "metres", "meter"
    MBPS = "mbps", "Mbps", "Mbps", ""
    LEVEL = "level", "级", "", ""
    YES_NO = "yes_no", "", "", ""
    TEACHERS_PER_100 = (
        "teachers_per_100",
        "人/百名学生",
        "per 100 pupils",
        "teacher / pupil",
    )
    TEACHERS_PER_PUPIL = (
        "teachers_per_pupil",
        "人/生",
        "teachers per pupil",
        "teacher / pupil",
    )
    DEVICES_PER_100 = (
        "devices_per_100",
        "台/百名学生",
        "per 100 pupils",
        "device / pupil",
    )
    BOOKS_PER_PUPIL = "books_per_pupil", "册/生", "books per pupil", "book / pupil"
    ROOMS_PER_100 = "rooms_per_100", "间/百名学生", "per 100 pupils", "room / pupil"
    M2_PER_PUPIL = "m2_per_pupil", "㎡/生", "m² per pupil", "meter ** 2 / pupil"
    YUAN_PER_PUPIL = "yuan_per_pupil", "元/生", "yuan per pupil", "yuan / pupil"
    PUPILS_PER_CLASS = "pupils_per_class", "人/班", "pupils a class", "pupil"

    @property
    def dimension(self) -> str:
        """The expression that the unit tests hand to pint."""
        return (self.words and self.words[0]) or "dimensionless"

    @property
    def counted(self) -> bool:
        """Whether it is of what is counted one by one: people, rooms, books."""
        return self in _COUNTED

    @property
    def additive(self) -> bool:
        """Whether figures of it add up: what is counted, areas and money."""
        return self.counted or self in (Unit.M2, Unit.YUAN)


_COUNTED = frozenset(
    {
        Unit.PUPILS,
        Unit.PERSONS,
        Unit.TEACHERS,
        Unit.CLASSES,
        Unit.SCHOOLS,
        Unit.ROOMS,
        Unit.DEVICES,
        Unit.BOOKS,
        Unit.COUNT,
    }
)

_CODE = re.compile(r"(?:|\d{2}|\d{4}|\d{6})\Z")


@attrs.frozen(order=True)
class Area:
    """
    An area by its GB/T 2260 code: ``""`` nation, 2 digits province, 4 city, 6 county.

    Codes are checked for form, not against a list.

    Args:
        code: The digits; none for the nation.

    Raises:
        ValueError: They are not 0, 2, 4 or 6 digits.

    >>> import eduequity as ee
    >>> ee.Area("350881").under(ee.Area("35"))
    True
    >>> [(area.code, area.level) for area in ee.Area("350881").levels()]
    [('', 'nation'), ('35', 'province'), ('3508', 'city'), ('350881', 'county')]
    """

    code: str = attrs.field()

    @code.validator
    def _check(self, _attribute: object, value: str) -> None:
        if not _CODE.match(value):
            raise ValueError(f"{value!r} is no area code; expected 0, 2, 4 or 6 digits")

    @property
    def level(self) -> str:
        """``nation``, ``province``, ``city`` or ``county``."""
        return LEVEL_NAMES[len(self.code) // 2]

    def under(self, other: Area) -> bool:
        """Tell whether this area is *other* or lies in it."""
        return self.code.startswith(other.code)

    def levels(self) -> tuple[Area, ...]:
        """Return the areas that this one lies in, from the nation down to itself."""
        return tuple(Area(self.code[:n]) for n in range(0, len(self.code) + 1, 2))


LEVEL_NAMES = ("nation", "province", "city", "county")
