"""
The official 申报表 Ⅰ–Ⅲ and Ⅵ of one county, filled, as cells for any kind of file.

Headings, order and rounding are those of the form (seven school values and means 2
decimals, coefficients 3, percentages 1, all else none); what no evidence was handed in
for stays blank. Ⅳ and Ⅴ, which are sentences, stand in `_form_items`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np

from eduequity.engine import (
    CountyResult,
    Finding,
    Workspace,
    compare,
    point,
    rounded,
)
from eduequity.facts import STAGES
from eduequity.report._words import one_line
from eduequity.vocab import (
    Kind,
    Owner,
    Stage,
    SurveyChannel,
    SurveyGroup,
    Verdict,
)


__all__ = [
    "BASICS",
    "INDICATORS",
    "Cell",
    "Figure",
    "Form",
    "Reader",
    "coefficient",
    "has_forms",
    "numeric_forms",
    "percent",
]

INDICATORS = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_classrooms",
)
"""The seven indicators of 资源配置, in the order of the forms."""

HEADINGS = (
    "每百名学生拥有高于规定学历教师数",
    "每百名学生拥有县级及以上骨干教师数",
    "每百名学生拥有体育、艺术(美术、音乐)专任教师数",
    "生均教学及辅助用房面积（㎡）",
    "生均体育运动场馆面积（㎡）",
    "生均教学仪器设备值(元)",
    "每百名学生拥有网络多媒体教室数",
)
"""What the forms print above them."""

_PROGRAMME = "quality-balance"
_QUORUM = "resources.section_quorum"
_NONE = "——"


@attrs.frozen
class Figure:
    """A number with the decimals that the form prints."""

    value: float
    places: int = 0

    def __str__(self) -> str:
        return f"{self.value:.{self.places}f}"


Cell: TypeAlias = str | Figure | None
"""Text, a number, or blank."""

Merge: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column of cells that are one."""


@attrs.frozen(kw_only=True)
class Form:
    """
    One form, filled.

    Args:
        id: Its number, such as ``Ⅱ-2``.

        title: Its official title.

        head: The rows of headings, as the form prints them.

        body: The rows that are filled in.

        merges: Cells that are one, counted from the first row of *head*.

        widths: Of the columns, in characters.

        notes: The form's own notes.

        remarks: What we say of this county's figures: why a cell is blank.

        prose: Whether the cells hold sentences.
    """

    id: str
    title: str
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    merges: tuple[Merge, ...] = ()
    widths: tuple[float, ...]
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    prose: bool = False


def has_forms(county: CountyResult) -> bool:
    """Whether the county was judged by the programme whose forms these are."""
    return county.assessment.programme == _PROGRAMME


def percent(part: float | None, whole: float | None) -> float | None:
    """Return *part* of *whole* in percent, None where either is not known."""
    if part is None or whole is None or whole == 0:
        return None
    return 100 * part / whole


def numeric_forms(reader: Reader) -> Mapping[str, Callable[[], Form]]:
    """Return what fills each form of figures, by its number."""
    return {
        "Ⅰ": lambda: _basics(reader),
        "Ⅱ-1": lambda: _qualifying(reader),
        "Ⅱ-2": lambda: _by_school(reader),
        "Ⅲ": lambda: _balance(reader),
        "Ⅵ": lambda: _recognition(reader),
    }


class Reader:
    """
    What the forms ask, read from one county's data and findings.

    Args:
        county: The county.

        lang: Of our own remarks; the forms themselves are Chinese.
    """

    def __init__(self, county: CountyResult, lang: str = "zh") -> None:
        self.county = county
        self.lang = lang
        assessment = county.assessment
        self.facts = assessment.facts.select(county.row, county.row + 1)
        self.law = assessment.law
        self.work = Workspace(self.facts, self.law, assessment.indicators)

    def say(self, zh: str, en: str) -> str:
        """Return the words in the language of the remarks."""
        return zh if self.lang == "zh" else en

    def total(self, name: str) -> float | None:
        """Return a county's figure, None where it is not known."""
        return known(float(point(self.work.county[name])[0]))

    def whole(self, name: str, places: int = 0, *, per: float = 1) -> Figure | None:
        """Return a county's figure as the form prints it."""
        return printed(self.total(name), places, per=per)

    def findings(self, rule: str) -> tuple[Finding, ...]:
        """Return the national findings of a rule, the one that joins them left out."""
        return tuple(
            each
            for each in self.county.findings(rule=rule, area="")
            if "summary" not in each.flags
        )

    def summary(self, rule: str) -> Finding | None:
        """Return the finding that joins a rule's units, if there is one."""
        found = self.county.findings(rule=rule, area="")
        return next((each for each in found if "summary" in each.flags), None)

    @cached_property
    def components(self) -> Mapping[tuple[str, str], Finding]:
        """The single indicators by indicator and section."""
        return {
            (name, each.entity): each
            for name in INDICATORS
            for each in self.findings(f"resources.{name}")
        }

    @cached_property
    def sections(self) -> tuple[tuple[int, Finding], ...]:
        """
        The rows of form Ⅱ-2, with the finding of their quorum.

        They are every section that the seven indicators are about, and those of which
        that is not known.
        """
        rows = enumerate(self.findings(_QUORUM))
        return tuple(
            (row, each)
            for row, each in rows
            if each.verdict is not Verdict.NOT_APPLICABLE
        )

    def of_stage(self, stage: Stage) -> tuple[tuple[int, Finding], ...]:
        """Return the rows of one stage."""
        return tuple((row, each) for row, each in self.sections if each.stage == stage)

    def absent(self, stage: Stage) -> bool:
        """Whether the county surely has no school of a stage."""
        listed = bool(self.facts.schools.size) and not self.incomplete
        return listed and not self.of_stage(stage)

    def school(self, row: int) -> int:
        """Return the school's row of a section's row."""
        return int(self.facts.section_school[row])

    def section_name(self, row: int) -> str:
        """Name a section: the school, and of a school with both stages the part."""
        school = self.school(row)
        name = self.facts.schools.words("name")[school]
        told = one_line(str(name or self.facts.schools.words("code")[school]))
        both = int((self.facts.section_school == school).sum()) > 1
        stage = STAGES[self.facts.section_stage[row]]
        return f"{told}（{stage.label.zh}部）" if both else told

    def kind(self, row: int) -> Kind | None:
        """Return the kind of the school in *row*."""
        code = int(self.facts.schools.codes("kind")[row])
        return None if code < 0 else tuple(Kind)[code]

    def figure(self, row: int, name: str) -> float | None:
        """Return a section's figure, None where it is not known."""
        return known(float(point(self.work.section[name])[row]))

    @cached_property
    def incomplete(self) -> bool:
        """Whether the county states more schools, classes or pupils than are listed."""
        return bool(self.work.incomplete[0])

    def reaches_floor(self, finding: Finding) -> bool:
        """Whether a missed indicator reaches the share that a quorum still allows."""
        value, limit = finding.value, finding.threshold
        floor = self.limit("quorum_floor")
        if value is None or not isinstance(limit, float) or floor is None:
            return False
        return bool(compare(np.array([float(value)]), ">=", np.array([limit * floor])))

    def limit(
        self,
        parameter: str,
        stage: Stage | None = None,
        *,
        kind: Kind | None = None,
        area: str = "",
    ) -> float | None:
        """
        Return the value in force of a parameter, as a form prints it.

        Args:
            parameter: Its id.

            stage: Whose value, where each stage has its own.

            kind: The kind of school whose own value is meant; the general one
                otherwise. A relaxation is never printed.

            area: The level.
        """
        found: Any = None
        for value in self.law.values(parameter, area):
            if value.relaxation is None and _about(value.where, kind):
                own = getattr(value, stage.value) if stage is not None else None
                found = value.value if own is None else own
        return float(found) if isinstance(found, int | float) else None


def _about(where: Any, kind: Kind | None) -> bool:
    """Whether a condition is none at all, or asks for nothing but *kind*."""
    if not where:
        return True
    return kind is not None and any(
        all(
            test.field == "kind"
            and (
                kind.value in test.operand
                if isinstance(test.operand, tuple)
                else test.operand == kind.value
            )
            for test in table
        )
        for table in where
    )


def known(value: float) -> float | None:
    """Return a number, None for NaN."""
    return value if math.isfinite(value) else None


def printed(value: float | None, places: int = 0, *, per: float = 1) -> Figure | None:
    """Round a number as the forms do, None where it is not known."""
    if value is None:
        return None
    return Figure(rounded(value / per, places), places)


# -- Ⅰ ----------------------------------------------------------------------------

_COUNTED = {
    "primary_schools": Kind.PRIMARY,
    "nine_year_schools": Kind.NINE_YEAR,
    "junior_schools": Kind.JUNIOR,
    "complete_secondary_schools": Kind.COMPLETE_SECONDARY,
    "twelve_year_schools": Kind.TWELVE_YEAR,
    "special_schools": Kind.SPECIAL,
    "teaching_points": Kind.TEACHING_POINT,
}
_PEOPLE = 10_000.0
BASICS: tuple[tuple[str, str, str], ...] = (
    ("自然情况", "人口总数(万人)", "resident_population"),
    ("自然情况", "农业人口数(万人)", "agricultural_population"),
    ("自然情况", "乡镇数(个)", "township_count"),
    ("自然情况", "行政村数(个)", "village_count"),
    ("经济情况", "年人均国内生产总值(元)", "gdp_per_capita"),
    ("经济情况", "年人均地方财政收入(元)", "fiscal_revenue_per_capita"),
    ("经济情况", "农民年人均纯收入(元)", "rural_income_per_capita"),
    ("经济情况", "城镇居民年人均可支配收入(元)", "urban_income_per_capita"),
    ("普通中小学校数(所)", "小学", "primary_schools"),
    ("普通中小学校数(所)", "九年一贯制学校", "nine_year_schools"),
    ("普通中小学校数(所)", "初中", "junior_schools"),
    ("普通中小学校数(所)", "完全中学", "complete_secondary_schools"),
    ("普通中小学校数(所)", "十二年一贯制学校", "twelve_year_schools"),
    ("特殊教育学校(所)", "", "special_schools"),
    ("小学教学点数(个)", "计", "teaching_points"),
    ("小学教学点数(个)", "其中：50人及以上", "teaching_points_50"),
    ("教学班数(个)", "小学", "primary_classes"),
    ("教学班数(个)", "初中", "junior_classes"),
    ("在校学生数(人)", "小学", "primary_pupils"),
    ("在校学生数(人)", "初中", "junior_pupils"),
    ("教职工数(人)", "小学/合计", "primary_staff"),
    ("教职工数(人)", "小学/其中专任教师", "primary_full_time_teachers"),
    ("教职工数(人)", "初中/合计", "junior_staff"),
    ("教职工数(人)", "初中/其中专任教师", "junior_full_time_teachers"),
)
"""Column by column: the group, the heading under it, and our column."""


def _basics(reader: Reader) -> Form:
    cells: list[Cell] = []
    counted: list[str] = []
    for number, (_, _, name) in enumerate(BASICS, 1):
        cell = _basic(reader, name)
        if cell is None and (cell := _counted(reader, name)) is not None:
            counted.append(f"L{number}")
        cells.append(cell)
    groups = [group for group, _, _ in BASICS]
    words = [heading.partition("/") for _, heading, _ in BASICS]
    head = (
        tuple(groups),
        tuple(first for first, _, _ in words),
        tuple(last for _, _, last in words),
        _numbered(len(BASICS)),
    )
    return Form(
        id="Ⅰ",
        title="表Ⅰ 义务教育优质均衡发展县(市、区)基本情况",
        head=head,
        body=(tuple(cells),),
        merges=tuple(_merged_heads(head)),
        widths=(8.5,) * len(cells),
        notes=(
            (
                "注：“人口总数”和“农业人口数”按常住人口统计，数字保留两位小数。"
                "L5-L8列数字保留整数。"
            ),
        ),
        remarks=(_counted_remark(reader, counted),) if counted else (),
    )


def _counted_remark(reader: Reader, columns: list[str]) -> str:
    which = "、".join(columns)
    return reader.say(
        f"{which} 县里未申报，按所列学校计数",
        f"{which}: not stated by the county, counted from the schools listed",
    )


def _basic(reader: Reader, name: str) -> Figure | None:
    if name.endswith("_population"):
        return reader.whole(name, 2, per=_PEOPLE)
    return reader.whole(name)


def _counted(reader: Reader, name: str) -> Figure | None:
    """Count the schools of a kind that are listed; none listed gives nothing."""
    kinds = reader.facts.schools.codes("kind")
    if not len(kinds) or (kinds < 0).any():
        return None
    if name in _COUNTED:
        return Figure(float((kinds == _COUNTED[name].rank).sum()))
    if name != "teaching_points_50":
        return None
    points = kinds == Kind.TEACHING_POINT.rank
    pupils = point(reader.work.school["pupils"])[points]
    return None if np.isnan(pupils).any() else Figure(float((pupils >= 50).sum()))  # noqa: PLR2004


def _numbered(columns: int) -> tuple[Cell, ...]:
    return tuple(f"L{number}" for number in range(1, columns + 1))


def _merged_heads(head: tuple[tuple[Cell, ...], ...]) -> Iterator[Merge]:
    """Yield groups that span columns, and headings that span rows."""
    top, middle, bottom = head[0], head[1], head[2]
    yield from _runs(0, top, 1)
    parted = (
        f"{group}/{word}" if last else None
        for group, word, last in zip(top, middle, bottom, strict=True)
    )
    yield from _runs(1, tuple(parted), 1)
    for column, (word, last) in enumerate(zip(middle, bottom, strict=True)):
        if not word:
            yield 0, column, 2, column
        elif not last:
            yield 1, column, 2, column


def _runs(row: int, cells: tuple[Cell, ...], least: int) -> Iterator[Merge]:
    first = 0
    for column in range(1, len(cells) + 1):
        if column == len(cells) or cells[column] != cells[first]:
            if cells[first] and column - first > least:
                yield row, first, row, column - 1
            first = column


# -- Ⅱ-1 --------------------------------------------------------------------------


def _qualifying(reader: Reader) -> Form:
    rows: list[tuple[Cell, ...]] = []
    remarks: list[str] = []
    for stage in STAGES:
        sections = [finding for _, finding in reader.of_stage(stage)]
        counts = [
            _met(reader, [reader.components[name, each.entity] for each in sections])
            for name in INDICATORS
        ]
        counts.append(_met(reader, sections))
        units = len(sections)
        blank = _NONE if reader.absent(stage) else None
        cells = [blank if each is None else Figure(float(each)) for each in counts]
        shares = [printed(percent(each, units), 1) or blank for each in counts]
        rows.append((stage.label.zh, "达标学校总数", *cells))
        rows.append(("", "达标学校比例（%）", *shares))
        if units and None in counts:
            remarks.append(_blank_remark(reader, stage))
    head = (
        ("", "", *HEADINGS, "综合评估"),
        ("", "", *_numbered(len(HEADINGS) + 1)),
    )
    return Form(
        id="Ⅱ-1",
        title="表Ⅱ-1 小学、初中资源配置基本情况",
        head=head,
        body=tuple(rows),
        merges=((0, 0, 1, 1), (2, 0, 3, 0), (4, 0, 5, 0)),
        widths=(7, 18, *(13.0,) * 8),
        remarks=tuple(remarks),
    )


def _met(reader: Reader, findings: list[Finding]) -> int | None:
    """Count the sections that meet a rule, None where one is not known."""
    known_ = all(each.verdict is not Verdict.UNKNOWN for each in findings)
    if reader.incomplete or not findings or not known_:
        return None
    return sum(f.verdict is Verdict.MET for f in findings)


def _blank_remark(reader: Reader, stage: Stage) -> str:
    if reader.incomplete:
        return reader.say(
            f"{stage.label.zh}：所列学校、班级或学生少于县里申报的数，有关栏目留空",
            f"{stage.label.en}: fewer schools, classes or pupils are listed than "
            "the county states; such cells are blank",
        )
    return reader.say(
        f"{stage.label.zh}：有学校缺数据，有关栏目留空",
        f"{stage.label.en}: some schools lack data; such cells are blank",
    )


# -- Ⅱ-2 --------------------------------------------------------------------------

_FIRST_VALUE = 7
"""The seven values stand in L7 to L13."""


def _by_school(reader: Reader) -> Form:
    head = (
        (
            "序号",
            "学校名称",
            "举办者类型",
            "在校生数",
            "年级数",
            "班级数",
            *HEADINGS,
            "该校综合评估是否达标",
            "备注（注明有哪几项指标达标，哪几项指标达到85%）",
        ),
        (*_numbered(14), ""),
    )
    body = tuple(
        _section_row(reader, number, row, finding)
        for stage in STAGES
        for number, (row, finding) in enumerate(reader.of_stage(stage), 1)
    )
    return Form(
        id="Ⅱ-2",
        title="表Ⅱ-2 小学、初中资源配置基本情况（分学校）",
        head=head,
        body=body,
        widths=(5, 26, 7, 8, 6, 6, *(10.0,) * 7, 9, 48),
        notes=_section_notes(reader),
        remarks=tuple(_section_remarks(reader)),
    )


def _section_row(
    reader: Reader, number: int, row: int, finding: Finding
) -> tuple[Cell, ...]:
    parts = [reader.components[name, finding.entity] for name in INDICATORS]
    values = (printed(None if p.value is None else float(p.value), 2) for p in parts)
    return (
        Figure(float(number)),
        reader.section_name(row),
        _owner(reader, row),
        *(printed(reader.figure(row, n)) for n in ("pupils", "grades", "classes")),
        *values,
        verdict_cell(finding.verdict),
        _remark(reader, parts),
    )


def verdict_cell(verdict: Verdict) -> str:
    """Return the word for 是否达标: blank where evidence is missing."""
    return "" if verdict is Verdict.UNKNOWN else verdict.label.zh


def _owner(reader: Reader, row: int) -> Cell:
    """Return the owner's code; blank where we only know that it is a public one."""
    owner = _owner_of(reader, row)
    return None if owner is None or owner.code is None else Figure(float(owner.code))


def _owner_of(reader: Reader, row: int) -> Owner | None:
    rank = int(reader.facts.schools.codes("owner")[reader.school(row)])
    return tuple(Owner)[rank] if rank >= 0 else None


def _remark(reader: Reader, parts: list[Finding]) -> str:
    """Say which indicators meet the standard and which reach 85 %, as L7 to L13."""
    groups: dict[str, list[str]] = {}
    for number, each in enumerate(parts, _FIRST_VALUE):
        groups.setdefault(_standing(reader, each), []).append(f"L{number}")
    return "；".join(
        f"{len(groups[word])}项{word}：{'、'.join(groups[word])}"
        for word in _STANDINGS
        if word in groups
    )


_STANDINGS = ("达标", "达到85%", "未达到85%", "缺数据")


def _standing(reader: Reader, part: Finding) -> str:
    if part.verdict is Verdict.UNMET:
        return "达到85%" if reader.reaches_floor(part) else "未达到85%"
    return "达标" if part.verdict is Verdict.MET else "缺数据"


_OWNER_CODES = (
    "2.举办者类型处填写代码：中央教育部门代码为1、中央其他部门为2、省级教育部门为3、"
    "省级其他部门为4、地级教育部门为5、地级其他部门为6、县级教育部门为7、"
    "县级其他部门为8、地方企业为9、民办为10。"
)


def _section_notes(reader: Reader) -> tuple[str, ...]:
    def units(stage: Stage, *kinds: Kind) -> int:
        rows = (reader.kind(reader.school(row)) for row, _ in reader.of_stage(stage))
        return sum(kind in kinds for kind in rows) if kinds else len(tuple(rows))

    combined = (Kind.NINE_YEAR, Kind.TWELVE_YEAR)
    primary, junior = STAGES
    return (
        (
            f"注：1.小学学校总数{units(primary)}所（其中：一贯制学校的小学部有"
            f"{units(primary, *combined)}所，50人及以上教学点有"
            f"{units(primary, Kind.TEACHING_POINT)}个），初中学校总数{units(junior)}所"
            f"（其中：一贯制学校的初中部{units(junior, *combined)}所，完全中学的初中部"
            f"{units(junior, Kind.COMPLETE_SECONDARY)}所）。"
        ),
        _OWNER_CODES,
        "3.L7-L13数值均保留两位小数。",
    )


def _section_remarks(reader: Reader) -> Iterator[str]:
    if any(_owner_of(reader, row) is Owner.PUBLIC for row, _ in reader.sections):
        yield reader.say(
            "有公办学校只填“公办”，未填举办者代码（1—9），请补填",
            "Of some public schools the data does not tell the owner (1–9); "
            "please fill in",
        )
    if reader.incomplete:
        yield reader.say(
            "所列学校、班级或学生少于县里申报的数，本表不全",
            "Fewer schools, classes or pupils are listed than the county states",
        )


# -- Ⅲ ----------------------------------------------------------------------------


def _balance(reader: Reader) -> Form:
    rows: list[tuple[Cell, ...]] = []
    remarks: list[str] = []
    for stage in STAGES:
        means = [_mean(reader, stage, name) for name in INDICATORS]
        spreads = [coefficient(reader, stage, name) for name in INDICATORS]
        known_ = [each for each in spreads if each is not None]
        every = len(known_) == len(spreads)
        composite = sum(known_) / len(known_) if every else None
        blank = _NONE if reader.absent(stage) else None
        rows.append(
            (
                stage.label.zh,
                "全县平均值",
                *(printed(each, 2) or blank for each in means),
                _NONE,
            )
        )
        rows.append(
            (
                "",
                "差异系数",
                *(printed(each, 3) or blank for each in (*spreads, composite)),
            )
        )
        if reader.of_stage(stage) and not every:
            remarks.append(_blank_remark(reader, stage))
    head = (
        ("", "", *HEADINGS, "综合"),
        ("", "", *_numbered(len(HEADINGS) + 1)),
    )
    return Form(
        id="Ⅲ",
        title="表Ⅲ 县域义务教育校际均衡情况",
        head=head,
        body=tuple(rows),
        merges=((0, 0, 1, 1), (2, 0, 3, 0), (4, 0, 5, 0)),
        widths=(7, 12, *(13.0,) * 8),
        notes=("注：全县平均值保留两位小数，差异系数保留三位小数。",),
        remarks=tuple(remarks),
    )


def coefficient(reader: Reader, stage: Stage, name: str) -> float | None:
    """Return an indicator's coefficient, None where a member is not known."""
    for each in reader.findings(f"resources.cv_{name}"):
        if each.stage == stage and each.verdict in (Verdict.MET, Verdict.UNMET):
            return None if each.value is None else float(each.value)
    return None


def _mean(reader: Reader, stage: Stage, name: str) -> float | None:
    """Return the mean weighted by pupils: the county's total over its pupils."""
    if reader.incomplete:
        return None
    above = below = 0.0
    for row, finding in reader.of_stage(stage):
        value = reader.components[name, finding.entity].value
        pupils = reader.figure(row, "pupils")
        if value is None or pupils is None:
            return None
        above += float(value) * pupils
        below += pupils
    return above / below if below else None


# -- Ⅵ ----------------------------------------------------------------------------


_SURVEY_HEADINGS = (
    (
        "",
        "问卷总数",
        "问卷总数",
        "问卷总数",
        "问卷调查综合满意度（%）",
        "实地走访人数",
        "实地走访人数",
        "实地走访满意度（%）",
    ),
    (
        "",
        "计",
        "其中：回收有效问卷数",
        "其中：回收有效问卷数",
        "",
        "计",
        "其中：满意人数",
        "",
    ),
    ("", "", "计", "其中：满意问卷数", "", "", "", ""),
)


def _recognition(reader: Reader) -> Form:
    groups = (
        ("计", SurveyGroup.TOTAL),
        ("其中：家长", SurveyGroup.PARENTS),
    )
    return Form(
        id="Ⅵ",
        title="表Ⅵ 社会认可度调查情况",
        head=(*_SURVEY_HEADINGS, ("", *_numbered(7))),
        body=tuple((word, *_surveyed(reader, group)) for word, group in groups),
        merges=(
            (0, 0, 3, 0),
            (0, 1, 0, 3),
            (0, 4, 2, 4),
            (0, 5, 0, 6),
            (0, 7, 2, 7),
            (1, 1, 2, 1),
            (1, 2, 1, 3),
            (1, 5, 2, 5),
            (1, 6, 2, 6),
        ),
        widths=(13, 12, 14, 16, 16, 14, 16, 16),
    )


def _surveyed(reader: Reader, group: SurveyGroup) -> Iterator[Cell]:
    asked = _survey(reader, SurveyChannel.QUESTIONNAIRE, group)
    yield from (printed(asked[name]) for name in ("distributed", "valid", "satisfied"))
    yield printed(percent(asked["satisfied"], asked["valid"]), 1)
    visited = _survey(reader, SurveyChannel.INTERVIEW, group)
    yield printed(visited["valid"])
    yield printed(visited["satisfied"])
    yield printed(percent(visited["satisfied"], visited["valid"]), 1)


def _survey(
    reader: Reader, channel: SurveyChannel, group: SurveyGroup
) -> Mapping[str, float | None]:
    """Return the figures of the latest year up to the day of the assessment."""
    table = reader.facts.other("survey")
    year = np.nan_to_num(table.numbers("year"), nan=float(reader.law.on.year))
    past = year <= reader.law.on.year
    at = past & (year == year[past].max(initial=-np.inf))
    at &= (table.codes("channel") == channel.rank) & (
        table.codes("group") == group.rank
    )
    names = ("distributed", "valid", "satisfied")
    if not at.any():
        return dict.fromkeys(names)
    return {name: known(float(table.numbers(name)[at].sum())) for name in names}
