"""
表Ⅳ and 表Ⅴ of the application form: sentences with blanks to fill in.

A clerk writes the numbers between the words; each blank is a column of the county.
Items that are a plain yes or no are read from 是否达标.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from eduequity.io._grids import Cells
from eduequity.io._official import THE_COUNTY
from eduequity.io._tables import Place, Raw, is_blank, letters
from eduequity.model import heading_key


__all__ = ["ATTESTED", "BLANKS", "STATED", "from_sentences", "sentence_key"]

_ROWS_LOOKED_AT = 15

BLANKS: Mapping[str, tuple[str, ...]] = {
    "特殊教育学校公用经费为＿＿万元，特殊教育学生数为＿＿人，"
    "特殊教育学校生均公用经费为＿＿元": (
        "special_education_funds（万元）",
        "special_education_pupils",
        "",
    ),
    "全县义务教育学校教师年平均工资收入为＿＿元，当地公务员年平均工资收入＿＿元": (
        "teacher_mean_pay",
        "civil_servant_mean_pay",
    ),
    "全县符合交流轮岗条件教师总数＿＿名，上一年度交流轮岗教师＿＿名，"
    "交流轮岗教师占符合交流轮岗条件教师总数的比例＿＿%；"
    "交流轮岗的骨干教师＿＿名，占交流轮岗教师总数的比例＿＿%": (
        "rotation_eligible_teachers",
        "rotated_teachers",
        "",
        "rotated_backbone_teachers",
        "",
    ),
    "全县优质高中招生名额总数＿＿人，分配名额＿＿人，占比＿＿%。"
    "其中分配农村学校的名额＿＿人，占分配名额总数的＿＿%": (
        "senior_high_places",
        "senior_high_allocated_places",
        "",
        "senior_high_rural_places",
        "",
    ),
    "全县符合条件的随迁子女数＿＿人，在公办学校就读＿＿人，"
    "在政府购买服务的民办学校就读＿＿人，合计＿＿人，占比＿＿%": (
        "migrant_children_eligible",
        "migrant_children_public",
        "migrant_children_purchased",
        "",
        "",
    ),
    "全县初中毕业班学生数为＿＿人，三年前该年级入学学生数为＿＿人，"
    "毕业年级三年转入学生数为＿＿人，死亡学生数为＿＿人，转出学生数为＿＿人，"
    "全县初中三年巩固率为＿＿%": (
        "junior_graduates",
        "junior_entrants_three_years_ago",
        "junior_transfers_in",
        "junior_deaths",
        "junior_transfers_out",
        "",
    ),
    "全县残疾儿童少年为＿＿人，入学＿＿人，入学率为＿＿%。"
    "其中，在特殊教育学校就读＿＿人，占比＿＿%。": (
        "disabled_children",
        "disabled_children_enrolled",
        "",
        "disabled_in_special",
        "",
    ),
}
"""Sentences with blanks, and the county's column that each blank is; "" is none."""

STATED: Mapping[str, tuple[str, ...]] = {
    "县域内义务教育学校规划布局合理，符合国家规定要求": ("siting_plan",),
    "县域内城乡义务教育学校建设标准统一、教师编制标准统一、"
    "生均公用经费基准定额统一、基本装备配置标准统一": (
        "unified_construction",
        "unified_staffing",
        "unified_funding",
        "unified_equipment",
    ),
    "县级教育行政部门在核定的教职工编制总额和岗位总量内，"
    "统筹分配各校教职工编制和岗位数量": ("staffing_allocation",),
}
"""Items of a plain yes or no, and the county's columns that they are."""

ATTESTED: Mapping[str, str] = {
    "所有学校建立章程，实现学校管理与教学信息化": "quality.charter_and_ict",
    "教师能熟练运用信息化手段组织教学，设施设备利用率达到较高水平": (
        "quality.ict_teaching"
    ),
    "所有学校德育工作、校园文化建设达到良好以上": "quality.moral_education",
    "课程开齐开足，教学秩序规范，综合实践活动有效开展": "quality.curriculum",
    "无过重课业负担": "quality.homework_load",
}
"""Items of a plain yes or no for all schools, and the rules that they attest."""

_BLANK = re.compile(r"_+")
_COUNTER = re.compile(r"\d{1,2}[.、．]")
_NUMBER = r"_{0,40}([\d.,]{0,20})_{0,40}"
_LONGEST = 1000
_YES = frozenset({"是", "达标", "已达标", "√", "yes"})
_NO = frozenset({"否", "不达标", "未达标", "×", "no"})


def sentence_key(cell: Any) -> str:
    """Return a sentence without white space, its number, and with narrow signs."""
    word = "".join(unicodedata.normalize("NFKC", str(cell)).split())
    return _COUNTER.sub("", word, count=1) if _COUNTER.match(word) else word


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return what recognises each sentence, with its columns."""
    made = []
    for sentence, columns in BLANKS.items():
        parts = _BLANK.split(sentence_key(sentence).rstrip("。"))
        pattern = _NUMBER.join(re.escape(part) for part in parts)
        made.append((re.compile(pattern + r"[。.]?\Z"), columns))
    return tuple(made)


@attrs.frozen
class _Said:
    """One value that the form gives: its column (or rule), and the cell it is in."""

    name: str
    value: Any
    spot: str


def from_sentences(cells: Cells, place: Place) -> list[Raw] | None:
    """Return what 表Ⅳ or 表Ⅴ says of the county; None where it is no such form."""
    top = next(
        (
            row
            for row, line in enumerate(cells.rows[:_ROWS_LOOKED_AT])
            if {"指标值或简要结论", "是否达标"} <= {heading_key(str(c)) for c in line}
        ),
        None,
    )
    if top is None:
        return None
    stated: list[_Said] = []
    attested: list[_Said] = []
    for said in _said(cells, top):
        (attested if "." in said.name else stated).append(said)
    raws = []
    if stated:
        raws.append(_raw("county", cells, place, *_row(stated)))
    if attested:
        names = ("entity", "rule", "value")
        columns = [
            [THE_COUNTY for _ in attested],
            [each.name for each in attested],
            [each.value for each in attested],
        ]
        spots = {(c, n): each.spot for n, each in enumerate(attested) for c in range(3)}
        raws.append(_raw("attestations", cells, place, names, columns, spots))
    return raws


def _row(
    said: Sequence[_Said],
) -> tuple[list[str], list[list[Any]], dict[tuple[int, int], str]]:
    spots = {(column, 0): each.spot for column, each in enumerate(said)}
    return [each.name for each in said], [[each.value] for each in said], spots


def _said(cells: Cells, top: int) -> Iterator[_Said]:
    """Yield every value in the rows of sentences."""
    keys = [heading_key(str(cell)) for cell in cells.rows[top]]
    verdict = keys.index("是否达标")
    stated = {sentence_key(item): names for item, names in STATED.items()}
    attested = {sentence_key(item): (rule,) for item, rule in ATTESTED.items()}
    for row in range(top + 1, len(cells.rows)):
        line = cells.rows[row]
        for column, cell in enumerate(line):
            if type(cell) is not str or not cell.strip() or len(cell) > _LONGEST:
                continue
            key = sentence_key(cell)
            names = stated.get(key) or attested.get(key)
            answer = _answer(line, verdict) if names else None
            if answer is not None and names:
                spot = _spot(cells, row, verdict)
                yield from (_Said(name, answer, spot) for name in names)
            yield from _filled(key, _spot(cells, row, column))


def _filled(key: str, spot: str) -> Iterator[_Said]:
    for pattern, names in _patterns():
        match = pattern.search(key)
        if match:
            pairs = zip(names, match.groups(), strict=True)
            yield from (
                _Said(name, word, spot) for name, word in pairs if name and word
            )


def _answer(line: Sequence[Any], column: int) -> str | None:
    if column >= len(line) or is_blank(line[column]):
        return None
    word = heading_key(str(line[column]))
    return "是" if word in _YES else "否" if word in _NO else word


def _spot(cells: Cells, row: int, column: int) -> str:
    return f"{letters((cells.first_column or 0) + column)}{cells.numbers[row]}"


def _raw(
    table: str,
    cells: Cells,
    place: Place,
    headings: Sequence[str],
    columns: Sequence[Sequence[Any]],
    spots: Mapping[tuple[int, int], str],
) -> Raw:
    return Raw(
        table=table,
        file=place.get("file", ""),
        sheet=place.get("sheet", ""),
        headings=headings,
        columns=columns,
        rows=range(1, len(columns[0]) + 1),
        first_column=cells.first_column,
        layout="form",
        spots=spots,
    )
