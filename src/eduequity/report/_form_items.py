"""
The official 申报表 Ⅳ and Ⅴ of one county: each item's sentence, conclusion and verdict.

Every number that an item's sentence prints is the national value in force on the day,
not the one that some copy of the form happens to print; what is asked locally stands
behind it. A gap that no evidence fills stays ``＿＿``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs
import numpy as np

from eduequity.engine import Finding, figure, measured, point, rounded
from eduequity.facts import STAGES
from eduequity.model import OVERSIZED
from eduequity.report._forms import Cell, Form, Reader, known, percent, verdict_cell
from eduequity.report._words import LEVELS, one_line
from eduequity.vocab import Area, Force, Kind, Stage, Unit, Verdict, combine


__all__ = ["prose_forms"]

GAP = "＿＿"

_PRIMARY, _JUNIOR = STAGES


@attrs.frozen
class _Item:
    """
    One row of a form.

    Args:
        sentence: What the row asks, its limits by name.

        blanks: What it wants filled in, its gaps by name; "" for a plain conclusion.

        rules: The rules it is judged by.
    """

    sentence: str
    blanks: str
    rules: tuple[str, ...]


_GOVERNMENT = (
    _Item(
        "县域内义务教育学校规划布局合理，符合国家规定要求",
        "",
        ("government.siting_plan",),
    ),
    _Item(
        "县域内城乡义务教育学校建设标准统一、教师编制标准统一、"
        "生均公用经费基准定额统一、基本装备配置标准统一",
        "",
        ("government.unified_standards",),
    ),
    _Item(
        "所有小学、初中每{classes_per_room}个班级配备音乐、美术专用教室1间以上；其中，"
        "每间音乐专用教室面积不小于{music_room_area}平方米，"
        "每间美术专用教室面积不小于{art_room_area}平方米",
        "",
        ("government.music_rooms", "government.art_rooms"),
    ),
    _Item(
        "所有小学、初中学校规模不超过{school_size}人，九年一贯制学校、"
        "十二年一贯制学校义务教育阶段规模不超过{school_size_combined}人",
        "超过{school_size}人的小学{large_primary}所，初中{large_junior}所，"
        "超过{school_size_combined}人的一贯制学校{large_combined}所",
        ("government.school_size",),
    ),
    _Item(
        "小学、初中所有班级学生数分别不超过{class_size_primary}人、"
        "{class_size_junior}人",
        "超过{class_size_primary}人的小学班级{oversized_primary}个，"
        "超过{class_size_junior}人的初中班级{oversized_junior}个",
        ("government.class_size",),
    ),
    _Item(
        "不足{small_school_pupils}人的规模较小学校（包括乡镇中心校附设的村小）"
        "按不低于{small_school_pupils}人核定公用经费",
        "不足{small_school_pupils}人的规模较小学校学生数{small_pupils}人，"
        "公用经费{small_funds}元。",
        ("government.small_school_funding",),
    ),
    _Item(
        "特殊教育学校生均公用经费不低于{special_education_funds_minimum}元",
        "特殊教育学校公用经费为{special_funds}万元，"
        "特殊教育学生数为{special_education_pupils}人，"
        "特殊教育学校生均公用经费为{special_per_pupil}元",
        ("government.special_education_funding",),
    ),
    _Item(
        "全县义务教育学校教师平均工资收入水平不低于当地公务员平均工资收入水平，"
        "按规定足额核定教师绩效工资总量",
        "全县义务教育学校教师年平均工资收入为{teacher_mean_pay}元，"
        "当地公务员年平均工资收入{civil_servant_mean_pay}元",
        ("government.teacher_pay", "government.performance_pay"),
    ),
    _Item(
        "教师5年360学时培训完成率达到{training_completion}%",
        "完成360学时培训的教师{trained}人，全县教师{teachers}人，"
        "教师培训完成率{trained_share}%",
        ("government.teacher_training",),
    ),
    _Item(
        "县级教育行政部门在核定的教职工编制总额和岗位总量内，"
        "统筹分配各校教职工编制和岗位数量",
        "",
        ("government.staffing_allocation",),
    ),
    _Item(
        "全县每年交流轮岗教师的比例不低于符合交流轮岗条件教师总数的"
        "{rotation_minimum}%；其中，骨干教师不低于交流轮岗教师总数的"
        "{backbone_rotation_minimum}%",
        "全县符合交流轮岗条件教师总数{rotation_eligible_teachers}名，"
        "上一年度交流轮岗教师{rotated_teachers}名，"
        "交流轮岗教师占符合交流轮岗条件教师总数的比例{rotated_share}%；"
        "交流轮岗的骨干教师{rotated_backbone_teachers}名，"
        "占交流轮岗教师总数的比例{backbone_share}%",
        ("government.teacher_rotation", "government.backbone_rotation"),
    ),
    _Item(
        "专任教师持有教师资格证上岗率达到{certification}%",
        "全县在岗专任教师{full_time_teachers}人，"
        "其中持有教师资格证的专任教师{certified_teachers}人，占比{certified_share}%",
        ("government.teacher_certification",),
    ),
    _Item(
        "城区和镇区公办小学、初中（均不含寄宿制学校）就近划片入学比例分别达到"
        "{nearby_enrolment_primary}%、{nearby_enrolment_junior}%以上",
        "城区和镇区公办小学、初中（均不含寄宿制学校）就近划片入学比例分别"
        "{nearby_primary}%、{nearby_junior}%。",
        ("government.nearby_enrolment",),
    ),
    _Item(
        "全县优质高中招生名额分配比例不低于{senior_high_allocated}%，并向农村初中倾斜",
        "全县优质高中招生名额总数{senior_high_places}人，"
        "分配名额{senior_high_allocated_places}人，占比{allocated_share}%。"
        "其中分配农村学校的名额{senior_high_rural_places}人，"
        "占分配名额总数的{rural_share}%",
        ("government.senior_high_quota", "government.rural_quota_tilt"),
    ),
    _Item(
        "留守儿童关爱体系健全，全县符合条件的随迁子女在公办学校和政府购买服务的民办"
        "学校就读的比例不低于{migrant_enrolment}%",
        "全县符合条件的随迁子女数{migrant_children_eligible}人，"
        "在公办学校就读{migrant_children_public}人，在政府购买服务的民办学校就读"
        "{migrant_children_purchased}人，合计{migrant_together}人，"
        "占比{migrant_share}%",
        ("government.left_behind_care", "government.migrant_enrolment"),
    ),
)
_QUALITY = (
    _Item(
        "全县初中三年巩固率达到{junior_retention}%以上",
        "全县初中毕业班学生数为{junior_graduates}人，"
        "三年前该年级入学学生数为{junior_entrants_three_years_ago}人，"
        "毕业年级三年转入学生数为{junior_transfers_in}人，"
        "死亡学生数为{junior_deaths}人，转出学生数为{junior_transfers_out}人，"
        "全县初中三年巩固率为{retained_share}%",
        ("quality.junior_retention",),
    ),
    _Item(
        "全县残疾儿童少年入学率达到{disabled_enrolment}%以上",
        "全县残疾儿童少年为{disabled_children}人，入学{disabled_children_enrolled}人，"
        "入学率为{disabled_share}%。其中，在特殊教育学校就读{disabled_in_special}人，"
        "占比{special_share}%。",
        ("quality.disabled_enrolment",),
    ),
    _Item(
        "所有学校建立章程，实现学校管理与教学信息化", "", ("quality.charter_and_ict",)
    ),
    _Item(
        "全县所有学校按照不低于学校年度公用经费预算总额的{training_funds}%安排教师培训"
        "经费",
        "",
        ("quality.training_funds",),
    ),
    _Item(
        "教师能熟练运用信息化手段组织教学，设施设备利用率达到较高水平",
        "",
        ("quality.ict_teaching",),
    ),
    _Item(
        "所有学校德育工作、校园文化建设达到良好以上", "", ("quality.moral_education",)
    ),
    _Item(
        "课程开齐开足，教学秩序规范，综合实践活动有效开展", "", ("quality.curriculum",)
    ),
    _Item("无过重课业负担", "", ("quality.homework_load",)),
    _Item(
        "在国家义务教育质量监测中，相关科目学生学业水平达到{monitoring_level}级以上，"
        "且校际差异率低于{monitoring_gap}",
        "{monitored}",
        ("quality.monitoring_level", "quality.monitoring_gap"),
    ),
)


def prose_forms(reader: Reader) -> Mapping[str, Callable[[], Form]]:
    """Return what fills each form of sentences, by its number."""
    return {
        "Ⅳ": lambda: _form(
            reader,
            "Ⅳ",
            "表Ⅳ 政府保障程度评估指标",
            _GOVERNMENT,
            ("注：表中所有比例数值保留一位小数，其余保留整数。",),
        ),
        "Ⅴ": lambda: _form(reader, "Ⅴ", "表Ⅴ 教育质量评估指标", _QUALITY, ()),
    }


def _form(
    reader: Reader,
    number: str,
    title: str,
    items: tuple[_Item, ...],
    notes: tuple[str, ...],
) -> Form:
    filled = _Filled(_figures(reader))
    return Form(
        id=number,
        title=title,
        head=(("名称", "指标值或简要结论", "是否达标"),),
        body=tuple(_row(reader, at, item, filled) for at, item in enumerate(items, 1)),
        widths=(46, 66, 12),
        notes=notes,
        prose=True,
    )


class _Filled(dict[str, str]):
    """What stands in the gaps; one that nothing fills stays a gap."""

    def __missing__(self, key: str) -> str:
        return GAP


def _row(reader: Reader, at: int, item: _Item, filled: _Filled) -> tuple[Cell, ...]:
    rules = [rule for rule in item.rules if rule in reader.law.rules]
    sentence = item.sentence.format_map(filled) + _asked_locally(reader, rules)
    told = item.blanks.format_map(filled) if item.blanks else _conclusion(reader, rules)
    return f"{at}.{sentence}", told, _judged(reader, rules)


# -- verdicts and conclusions ------------------------------------------------------


def _judged(reader: Reader, rules: Iterable[str]) -> str:
    """Return the national verdict, and behind it a local one that differs."""
    verdict = _joined(reader, rules, "")
    told = verdict_cell(verdict)
    for level in reader.county.levels[1:]:
        local = _joined(reader, rules, level.area)
        if local.rank > verdict.rank:
            name = LEVELS[Area(level.area).level].zh
            told += f"（{name}：{local.label.zh}）"
    return told


def _joined(reader: Reader, rules: Iterable[str], area: str) -> Verdict:
    found: list[Verdict] = []
    for rule in rules:
        units = [
            each
            for each in reader.county.findings(rule=rule, area=area)
            if each.force is Force.REQUIREMENT
        ]
        joined = [each for each in units if "summary" in each.flags] or units
        found += [each.verdict for each in joined]
    return combine(found)


def _asked_locally(reader: Reader, rules: Iterable[str]) -> str:
    """Say what levels below the nation ask, where that is another value."""
    asked = [
        each
        for rule in rules
        for each in reader.county.findings(rule=rule)
        if each.area and each.threshold is not None and "summary" not in each.flags
    ]
    said = dict.fromkeys(
        f"{LEVELS[Area(each.area).level].zh}要求{_stage(each)}{_threshold(each)}"
        for each in asked
        if each.force is Force.REQUIREMENT
    )
    return f"（{'；'.join(said)}）" if said else ""


def _stage(finding: Finding) -> str:
    return Stage(finding.stage).label.zh if finding.stage else ""


def _threshold(finding: Finding) -> str:
    ends = finding.threshold
    limits = ends if isinstance(ends, tuple) else (ends,)
    return "–".join(measured(each, finding.unit, "zh", places=6) for each in limits)


def _conclusion(reader: Reader, rules: Iterable[str]) -> str:
    """Say in a few words what was found, "" where evidence is missing."""
    said = (_found(reader, rule) for rule in rules)
    return "；".join(each for each in said if each)


def _found(reader: Reader, rule: str) -> str:
    joined = reader.summary(rule)
    if joined is not None:
        return _found_in_schools(reader, rule)
    (finding,) = reader.findings(rule) or (None,)
    if finding is None or finding.verdict is Verdict.UNKNOWN:
        return ""
    words = {Verdict.MET: "符合", Verdict.UNMET: "不符合"}
    told = words.get(finding.verdict, finding.verdict.label.zh)
    signed = "、".join(_signed(reader, rule))
    return f"{told}（佐证材料：{signed}）" if signed else told


def _found_in_schools(reader: Reader, rule: str) -> str:
    units = reader.findings(rule)
    judged = [u for u in units if u.verdict is not Verdict.NOT_APPLICABLE]
    met = sum(u.verdict is Verdict.MET for u in judged)
    open_ = sum(u.verdict is Verdict.UNKNOWN for u in judged)
    if not judged or open_ == len(judged):
        return ""
    label = reader.law.rules[rule][1].label.zh
    tail = f"，{open_}所缺数据" if open_ else ""
    return f"{label}：{len(judged)}所学校中{met}所达标{tail}"


def _signed(reader: Reader, rule: str) -> Iterator[str]:
    """Yield the documents that were handed in for a rule of the county."""
    table = reader.facts.other("attestations")
    wanted = {rule, f"{reader.law.programme}/{rule}"}
    columns = (table.words(name) for name in ("rule", "entity", "evidence"))
    for named, entity, evidence in zip(*columns, strict=True):
        if named in wanted and entity == reader.county.code and evidence:
            yield f"《{one_line(str(evidence))}》"


# -- what fills the gaps -----------------------------------------------------------


def _figures(reader: Reader) -> dict[str, str]:
    found: dict[str, str | None] = {
        **_limits(reader),
        **_totals(reader),
        **_shares(reader),
        **_sizes(reader),
        "monitored": _monitored(reader),
    }
    return {name: words for name, words in found.items() if words is not None}


_SHARE_LIMITS = (
    "training_completion",
    "rotation_minimum",
    "backbone_rotation_minimum",
    "certification",
    "senior_high_allocated",
    "migrant_enrolment",
    "junior_retention",
    "disabled_enrolment",
    "training_funds",
)
_PLAIN_LIMITS = (
    "classes_per_room",
    "music_room_area",
    "art_room_area",
    "school_size",
    "small_school_pupils",
    "special_education_funds_minimum",
    "monitoring_gap",
)


def _limits(reader: Reader) -> dict[str, str | None]:
    """Return the limits in force that the items print."""
    limits = {name: _plain(reader.limit(name)) for name in _PLAIN_LIMITS}
    limits |= {name: _hundredths(reader.limit(name)) for name in _SHARE_LIMITS}
    for stage in STAGES:
        zoned = reader.limit("nearby_enrolment", stage)
        limits[f"nearby_enrolment_{stage}"] = _hundredths(zoned)
        limits[f"class_size_{stage}"] = _plain(reader.limit("class_size", stage))
    limits["school_size_combined"] = _plain(
        reader.limit("school_size", kind=Kind.NINE_YEAR)
    )
    level = reader.limit("monitoring_level")
    if level is not None:
        limits["monitoring_level"] = measured(level, Unit.LEVEL, "zh")
    return limits


def _plain(value: float | None) -> str | None:
    return None if value is None else figure(value)


def _hundredths(value: float | None) -> str | None:
    return None if value is None else figure(100 * value)


def _whole(value: float | None) -> str | None:
    return None if value is None else figure(value, 0)


def _tenth(value: float | None) -> str | None:
    return None if value is None else f"{rounded(value, 1):.1f}"


_TOTALS = (
    "special_education_pupils",
    "teacher_mean_pay",
    "civil_servant_mean_pay",
    "rotation_eligible_teachers",
    "rotated_teachers",
    "rotated_backbone_teachers",
    "full_time_teachers",
    "certified_teachers",
    "senior_high_places",
    "senior_high_allocated_places",
    "senior_high_rural_places",
    "migrant_children_eligible",
    "migrant_children_public",
    "migrant_children_purchased",
    "junior_graduates",
    "junior_entrants_three_years_ago",
    "junior_transfers_in",
    "junior_deaths",
    "junior_transfers_out",
    "disabled_children",
    "disabled_children_enrolled",
    "disabled_in_special",
)


def _totals(reader: Reader) -> dict[str, str | None]:
    told = {name: _whole(reader.total(name)) for name in _TOTALS}
    funds = reader.total("special_education_funds")
    public = reader.total("migrant_children_public")
    bought = reader.total("migrant_children_purchased")
    per_pupil = _value(reader, "government.special_education_funding")
    return told | {
        "special_funds": _whole(None if funds is None else funds / 1e4),
        "special_per_pupil": _whole(per_pupil),
        "migrant_together": _whole(
            None if public is None or bought is None else public + bought
        ),
        "trained": _whole(reader.total("trained_in_full")),
        "teachers": _whole(reader.total("teachers_due_training")),
    }


def _value(reader: Reader, rule: str, stage: Stage | None = None) -> float | None:
    """Return what a rule's finding measured."""
    for each in reader.findings(rule):
        if (stage is None or each.stage == stage) and "partial" not in each.flags:
            return None if each.value is None else float(each.value)
    return None


def _shares(reader: Reader) -> dict[str, str | None]:
    rules = {
        "trained_share": "government.teacher_training",
        "rotated_share": "government.teacher_rotation",
        "backbone_share": "government.backbone_rotation",
        "certified_share": "government.teacher_certification",
        "allocated_share": "government.senior_high_quota",
        "migrant_share": "government.migrant_enrolment",
        "retained_share": "quality.junior_retention",
        "disabled_share": "quality.disabled_enrolment",
    }
    shares = {name: _of_hundred(_value(reader, rule)) for name, rule in rules.items()}
    for stage in STAGES:
        zoned = _value(reader, "government.nearby_enrolment", stage)
        shares[f"nearby_{stage}"] = _of_hundred(zoned)
    rural = reader.total("senior_high_rural_places")
    allocated = reader.total("senior_high_allocated_places")
    special = reader.total("disabled_in_special")
    enrolled = reader.total("disabled_children_enrolled")
    shares["rural_share"] = _tenth(percent(rural, allocated))
    shares["special_share"] = _tenth(percent(special, enrolled))
    return shares


def _of_hundred(share: float | None) -> str | None:
    return _tenth(None if share is None else 100 * share)


# -- counts over schools -----------------------------------------------------------


def _sizes(reader: Reader) -> dict[str, str | None]:
    pupils, funds = _small_schools(reader)
    return {
        "large_primary": _large(reader, "school_size", Kind.PRIMARY),
        "large_junior": _large(
            reader, "school_size", Kind.JUNIOR, Kind.COMPLETE_SECONDARY
        ),
        "large_combined": _large(
            reader, "school_size", Kind.NINE_YEAR, Kind.TWELVE_YEAR
        ),
        "oversized_primary": _oversized(reader, _PRIMARY),
        "oversized_junior": _oversized(reader, _JUNIOR),
        "small_pupils": pupils,
        "small_funds": funds,
    }


def _large(reader: Reader, parameter: str, *kinds: Kind) -> str | None:
    """Count the schools of some kinds above the limit that the item prints."""
    limit = reader.limit(parameter, kind=kinds[0])
    units = [
        each
        for row, each in enumerate(reader.findings("government.school_size"))
        if reader.kind(row) in kinds and each.verdict is not Verdict.NOT_APPLICABLE
    ]
    values = [each.value for each in units]
    if limit is None or not _all_listed(reader) or None in values:
        return None
    return str(sum(float(v) > limit for v in values if v is not None))


def _all_listed(reader: Reader) -> bool:
    return bool(reader.facts.schools.size) and not reader.incomplete


def _oversized(reader: Reader, stage: Stage) -> str | None:
    """Count the classes above the usual limit; a largest class below it has none."""
    limit = reader.limit("class_size", stage)
    if limit != OVERSIZED[stage]:
        return None
    stated = reader.total(f"{stage}_oversized_classes")
    if stated is not None:
        return _whole(stated) if reader.facts.schools.size else None
    at = reader.facts.section_stage == stage.rank
    given = point(reader.work.section["oversized_classes"])
    largest = point(reader.work.section["largest_class_size"])
    counts = np.where(np.isnan(given) & (largest <= limit), 0.0, given)
    return _whole(known(float(counts[at].sum()))) if _all_listed(reader) else None


def _small_schools(reader: Reader) -> tuple[str | None, str | None]:
    """Add up pupils and public funds of the schools that are small."""
    if not _all_listed(reader) or reader.limit("small_school_pupils") is None:
        return None, None
    units = reader.findings("government.small_school_funding")
    at = np.array([u.verdict is not Verdict.NOT_APPLICABLE for u in units])
    pupils = point(reader.work.school["pupils"])[at].sum()
    funds = reader.facts.schools.numbers("public_funds_allocated")[at].sum()
    return _whole(known(float(pupils))), _whole(known(float(funds)))


# -- monitoring --------------------------------------------------------------------

_SUBJECTS = ("语文", "数学", "科学", "体育", "艺术", "德育")
"""What the form prints; a subject of the year that it does not print is added."""


def _monitored(reader: Reader) -> str:
    levels = _by_subject(reader, "quality.monitoring_level")
    gaps = _by_subject(reader, "quality.monitoring_gap")
    named = {_printed(subject): subject for subject in levels}
    subjects = dict.fromkeys((*_SUBJECTS, *named))
    return (
        "；".join(
            f"{each}{_level(levels.get(named.get(each, '')))}级、"
            f"校际差异率{_gap(gaps.get(named.get(each, '')))}"
            for each in subjects
        )
        + "。"
    )


def _by_subject(reader: Reader, rule: str) -> dict[str, Finding]:
    return {each.item: each for each in reader.findings(rule) if each.item}


def _printed(subject: str) -> str:
    """Return the subject as the form prints it: 体育与健康 is its 体育."""
    return next((each for each in _SUBJECTS if subject.startswith(each)), subject)


def _level(finding: Finding | None) -> str:
    value = None if finding is None else finding.value
    return GAP if value is None else measured(value, Unit.LEVEL, "zh")


def _gap(finding: Finding | None) -> str:
    value = None if finding is None else finding.value
    return GAP if value is None else figure(float(value))
