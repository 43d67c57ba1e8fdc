"""
The official application forms 申报表 as input: 表Ⅱ-1, Ⅱ-2, Ⅲ and Ⅵ.

They hold what a county computed: ratios by section, counts of schools that pass,
coefficients, answers of a survey. Ratios become rows of the table ``reported``, pupils
and classes become columns of schools, answers become rows of ``survey``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from eduequity.io._grids import Cells, spread
from eduequity.io._tables import Layout, Log, Place, Raw, is_blank, letters
from eduequity.model import heading_key
from eduequity.vocab import Kind, Stage, SurveyGroup, Text


__all__ = ["THE_COUNTY", "official_form"]

THE_COUNTY = "@county"
"""Stands for the code of the county that the file speaks of, until that is known."""

SEVEN: Mapping[str, str] = {
    "每百名学生拥有高于规定学历教师数": "above_degree_teachers_per_100",
    "每百名学生拥有县级及以上骨干教师数": "backbone_teachers_per_100",
    "每百名学生拥有县级以上骨干教师数": "backbone_teachers_per_100",
    "每百名学生拥有体育、艺术(美术、音乐)专任教师数": "pe_arts_teachers_per_100",
    "生均教学及辅助用房面积": "teaching_area_per_pupil",
    "生均体育运动场馆面积": "sports_area_per_pupil",
    "生均教学仪器设备值": "equipment_value_per_pupil",
    "每百名学生拥有网络多媒体教室数": "multimedia_classrooms_per_100",
}
"""The seven indicators as the forms head their columns."""

_DEFINED_IN = "教督〔2017〕6号"
"""The document that the seven are of: those of 2012 are counted otherwise."""

_OF_FIGURE = ("entity", "indicator", "stage", "statistic", "value")
_ROWS_LOOKED_AT = 15
_ENOUGH = 4
_UNIT = re.compile(r"\((?:㎡|m2|平方米|元|人|间)\)\Z")
_STATISTICS: Mapping[str, tuple[str, float]] = {
    "达标学校总数": ("count_met", 1),
    "达标学校比例(%)": ("share_met", 0.01),
    "全县平均值": ("mean", 1),
    "差异系数": ("cv", 1),
}
_COUNTED = re.compile(r"(小学|初中)学校总数(\d+)所")
_OF_NOTE = {"小学": Stage.PRIMARY, "初中": Stage.JUNIOR}
_NUMBER_OF_COLUMN = re.compile(r"l\d{1,2}\Z")
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "…", "……"})


def official_form(cells: Cells, place: Place, log: Log) -> list[Raw] | None:
    """Return the tables in a sheet that is one of the official forms, else None."""
    for row, line in enumerate(cells.rows[:_ROWS_LOOKED_AT]):
        keys = [_UNIT.sub("", heading_key(c)) if type(c) is str else "" for c in line]
        if sum(key in SEVEN for key in keys) >= _ENOUGH:
            form = _Form(cells, row, keys, place, log)
            return form.by_school() if "学校名称" in keys else form.by_statistic()
    return _survey(cells, place)


def _plain(cell: Any) -> str:
    return heading_key(cell) if type(cell) is str else ""


@attrs.frozen
class _Figure:
    """One published figure: whose, of what, and the cell it stands in."""

    entity: str
    indicator: str
    stage: Stage
    statistic: str
    value: Any
    spot: str


@attrs.define
class _School:
    """One school of 表Ⅱ-2: the rows of its stages."""

    name: str
    code: str
    rows: dict[Stage, int] = attrs.field(factory=dict)


class _Form:
    """A form whose columns are the seven indicators."""

    def __init__(
        self, cells: Cells, top: int, keys: Sequence[str], place: Place, log: Log
    ) -> None:
        self.cells, self.top, self.keys = cells, top, keys
        self.place, self.log = place, log
        self.source = place.get("sheet", "")

    def spot(self, row: int, column: int) -> str:
        return f"{letters((self.cells.first_column or 0) + column)}" + str(
            self.cells.numbers[row]
        )

    def cell(self, row: int, column: int) -> Any:
        line = self.cells.rows[row]
        return line[column] if column < len(line) else None

    def column(self, *names: str) -> int | None:
        return next((n for n, key in enumerate(self.keys) if key in names), None)

    def raw(
        self,
        table: str,
        headings: Sequence[str],
        columns: Sequence[Sequence[Any]],
        spots: Mapping[tuple[int, int], str],
    ) -> Raw:
        layout: Layout = "form"
        return Raw(
            table=table,
            file=self.place.get("file", ""),
            sheet=self.place.get("sheet", ""),
            headings=headings,
            columns=columns,
            rows=range(1, len(columns[0]) + 1),
            heading_row=self.cells.numbers[self.top],
            first_column=self.cells.first_column,
            layout=layout,
            spots=spots,
        )

    def reported(self, figures: Sequence[_Figure]) -> Raw:
        """Return published figures as rows of the table ``reported``."""
        names = (*_OF_FIGURE, "definition", "source")
        columns: list[list[Any]] = [
            [each.entity for each in figures],
            [each.indicator for each in figures],
            [each.stage for each in figures],
            [each.statistic for each in figures],
            [each.value for each in figures],
            [_DEFINED_IN for _ in figures],
            [self.source for _ in figures],
        ]
        spots = {
            (column, row): each.spot
            for row, each in enumerate(figures)
            for column in range(len(names))
        }
        return self.raw("reported", names, columns, spots)

    # -- 表Ⅱ-1 and 表Ⅲ ---------------------------------------------------------------

    def by_statistic(self) -> list[Raw]:
        """Read rows of statistics of the county, a stage each."""
        figures: list[_Figure] = []
        stage: Stage | None = None
        for row in range(self.top + 1, len(self.cells.rows)):
            words = [_plain(cell) for cell in self.cells.rows[row][: self._first()]]
            stage = next((s for s in map(Stage.parse, words) if s), stage)
            found = next((_STATISTICS[w] for w in words if w in _STATISTICS), None)
            if found and stage:
                figures += self._figures(row, THE_COUNTY, stage, *found)
        return [self.reported(figures)] if figures else []

    def _first(self) -> int:
        return next(n for n, key in enumerate(self.keys) if key in SEVEN)

    def _figures(
        self, row: int, entity: str, stage: Stage, statistic: str, factor: float
    ) -> Iterator[_Figure]:
        for column, key in enumerate(self.keys):
            cell = self.cell(row, column)
            if key not in SEVEN or is_blank(cell):
                continue
            if type(cell) is str and _plain(cell) in _NOTHING:
                continue
            is_number = isinstance(cell, int | float)
            value = cell * factor if is_number and factor != 1 else cell
            spot = self.spot(row, column)
            yield _Figure(entity, SEVEN[key], stage, statistic, value, spot)

    # -- 表Ⅱ-2 ------------------------------------------------------------------------

    def by_school(self) -> list[Raw]:
        """Read one row for each section: schools, and their figures."""
        schools = self._schools()
        if not schools:
            return []
        figures = [
            figure
            for school in schools
            for stage, row in school.rows.items()
            for figure in self._figures(
                row, f"{school.code}/{stage}", stage, "value", 1
            )
        ]
        self._say_assumed(schools)
        raws = [self._school_columns(schools)]
        return [*raws, self.reported(figures)] if figures else raws

    def _schools(self) -> list[_School]:
        """Group the rows of sections by their school."""
        name_at = self.column("学校名称")
        code_at = self.column("学校代码", "机构编码", "学校标识码")
        assert name_at is not None
        found: dict[str, _School] = {}
        staged = self._stages(name_at)
        for row, stage in staged:
            name = _without_stage(str(self.cell(row, name_at)))
            code = None if code_at is None else self.cell(row, code_at)
            code = name.replace("/", "／") if is_blank(code) else str(code)
            school = found.setdefault(code, _School(name, code))
            if stage in school.rows:
                self._say_twice(name, stage, row, name_at)
            else:
                school.rows[stage] = row
        return list(found.values())

    def _stages(self, name_at: int) -> Iterator[tuple[int, Stage]]:
        """Yield each row of a section with its stage."""
        stage_at = self.column("学段", "学段类别", "小学/初中")
        counter, only = self.column("序号"), self._only_stage()
        block, last = 0, 0.0
        for row in range(self.top + 1, len(self.cells.rows)):
            name = self.cell(row, name_at)
            plain = _plain(name)
            if plain in _NOTHING or _NUMBER_OF_COLUMN.match(plain) or _is_end(plain):
                continue
            if all(is_blank(self.cell(row, n)) for n in self._figures_at(name_at)):
                continue  # a name alone, as in a form nobody filled
            number = self.cell(row, counter) if counter is not None else None
            if isinstance(number, int | float):
                block, last = block + (number <= last), number
            said = self.cell(row, stage_at) if stage_at is not None else None
            stage = _stage_said(said) or _stage_named(plain) or only
            if stage is None and block:
                stage = Stage.JUNIOR
            elif stage is None and counter is not None and self._has_second_block():
                stage = Stage.PRIMARY
            if stage is None:
                self._say_no_stage(str(name), row, name_at)
            else:
                yield row, stage

    def _only_stage(self) -> Stage | None:
        """Return the stage that there is alone, as the form's note counts schools."""
        said = "".join(_plain(cell) for line in self.cells.rows for cell in line)
        counted = {stage: int(n) for stage, n in _COUNTED.findall(said)}
        here = [stage for stage, n in counted.items() if n]
        alone = len(counted) == len(_OF_NOTE) and len(here) == 1
        return _OF_NOTE[here[0]] if alone else None

    def _figures_at(self, name_at: int) -> list[int]:
        return [n for n, key in enumerate(self.keys) if key and n > name_at]

    def _has_second_block(self) -> bool:
        """Whether the running number starts again: primary schools, then junior."""
        counter = self.column("序号")
        numbers = [
            cell
            for row in range(self.top + 1, len(self.cells.rows))
            if isinstance(cell := self.cell(row, counter or 0), int | float)
        ]
        return any(b <= a for a, b in itertools.pairwise(numbers))

    def _school_columns(self, schools: Sequence[_School]) -> Raw:
        names = ["code", "name", "kind"]
        columns: list[list[Any]] = [
            [each.code for each in schools],
            [each.name for each in schools],
            [self._kind(each) for each in schools],
        ]
        spots = {
            (n, row): self.spot(
                next(iter(each.rows.values())), self.column("学校名称") or 0
            )
            for row, each in enumerate(schools)
            for n in range(3)
        }
        for key, name, per_stage in _COLUMNS:
            at = self.column(key)
            if at is None:
                continue
            for stage in (Stage.PRIMARY, Stage.JUNIOR) if per_stage else (None,):
                cells = []
                for row, each in enumerate(schools):
                    here = each.rows.get(stage) if stage else min(each.rows.values())
                    cells.append(None if here is None else self.cell(here, at))
                    if here is not None:
                        spots[len(names), row] = self.spot(here, at)
                names.append(f"{stage}_{name}" if stage else name)
                columns.append(cells)
        return self.raw("schools", names, columns, spots)

    def _kind(self, school: _School) -> Any:
        at = self.column("办学类型", "学校类型")
        said = None if at is None else self.cell(min(school.rows.values()), at)
        if not is_blank(said):
            return said
        if len(school.rows) > 1:
            return Kind.NINE_YEAR
        return Kind(str(next(iter(school.rows))))

    def _say_assumed(self, schools: Sequence[_School]) -> None:
        if self.column("学校代码", "机构编码", "学校标识码") is None:
            self.log.notice(
                "names-as-codes",
                Text(
                    "表中没有学校代码，以学校名称为代码",
                    "there are no school codes, the names of schools serve as codes",
                ),
                self.place,
            )
        both = [each.name for each in schools if len(each.rows) > 1]
        if self.column("办学类型", "学校类型") is None:
            self.log.notice(
                "kinds-inferred",
                Text(
                    "表中没有学校类型：只有一个学段的按小学或初中，"
                    f"两个学段都有的（{len(both)} 所）按九年一贯制学校",
                    "there are no kinds of schools: those of one stage count as "
                    f"primary or junior, the {len(both)} of both as nine-year schools",
                ),
                self.place,
            )

    def _say_twice(self, name: str, stage: Stage, row: int, column: int) -> None:
        self.log.problem(
            "doubled-code",
            Text(
                f"“{name}”的{stage.label.zh}出现两次，应只有一行",
                f"{name!r} has two rows for one stage ({stage}), expected one",
            ),
            {**self.place, "cell": self.spot(row, column)},
        )

    def _say_no_stage(self, name: str, row: int, column: int) -> None:
        self.log.problem(
            "stage-unknown",
            Text(
                f"看不出“{name}”这一行是小学部还是初中部；"
                "请在校名后写（小学部）或（初中部），或加一列学段",
                f"is the row of {name!r} its primary or its junior part? expected "
                "（小学部） or （初中部） after the name, or a column 学段",
            ),
            {**self.place, "cell": self.spot(row, column)},
        )


_COLUMNS = (
    ("举办者类型", "owner", False),
    ("城乡类型", "locale", False),
    ("在校生数", "pupils", True),
    ("年级数", "grades", True),
    ("班级数", "classes", True),
)
"""The columns of 表Ⅱ-2 that are columns of schools."""

_PART = re.compile(r"[(\[/-]?(小学|初中)部?[)\]]?\Z")
_MIDDLE = re.compile(r"(?:中学|[一二三四五六七八九十\d附]中)\Z")
_OF_BOTH = re.compile(r"九年|十二年|一贯|完全中学|完中")


def _without_stage(name: str) -> str:
    """
    Return a school's name without the stage that a form adds to it.

    >>> _without_stage("西山学校（小学部）"), _without_stage("东门小学")
    ('西山学校', '东门小学')
    """
    return re.sub(
        r"[(（\[－/-]\s*(?:小学|初中)部?\s*[)）\]]?\s*\Z|(?:小学部|初中部)\Z", "", name
    ).strip()


def _stage_said(cell: Any) -> Stage | None:
    found = Stage.parse(_plain(cell)) if type(cell) is str else None
    return found if found in (Stage.PRIMARY, Stage.JUNIOR) else None


def _stage_named(name: str) -> Stage | None:
    """
    Return the stage that the name of a school tells, if it tells one.

    >>> [_stage_named(n) and str(_stage_named(n)) for n in ("一小", "二中", "山中学校")]
    ['primary', 'junior', None]
    """
    part = _PART.search(name)
    if part and part[0] != name:
        return Stage.PRIMARY if part[1] == "小学" else Stage.JUNIOR
    if _OF_BOTH.search(name):
        return None
    primary, junior = (
        "小学" in name or "完小" in name,
        "初中" in name or "初级中学" in name,
    )
    if primary != junior:
        return Stage.PRIMARY if primary else Stage.JUNIOR
    if name.endswith("小"):
        return Stage.PRIMARY
    return Stage.JUNIOR if _MIDDLE.search(name) else None


def _is_end(name: str) -> bool:
    return name.startswith(("注", "合计", "总计", "小计", "填表"))


# -- 表Ⅵ ----------------------------------------------------------------------------

_ASKED: Mapping[str, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    "questionnaire": (
        ("distributed", lambda p: p == "问卷总数/计"),
        (
            "valid",
            lambda p: p in ("问卷总数/其中:回收有效问卷数/计", "回收有效问卷数/计"),
        ),
        ("satisfied", lambda p: p.endswith("其中:满意问卷数")),
    ),
    "interview": (
        ("valid", lambda p: p == "实地走访人数/计"),
        ("satisfied", lambda p: p.endswith("其中:满意人数")),
    ),
}


def _survey(cells: Cells, place: Place) -> list[Raw] | None:
    """Read 表Ⅵ: two rows, all who were asked and the parents among them."""
    top = next(
        (
            row
            for row, line in enumerate(cells.rows[:_ROWS_LOOKED_AT])
            if {"问卷总数", "实地走访人数"} <= {_plain(cell) for cell in line}
        ),
        None,
    )
    if top is None:
        return None
    body = next(
        (
            row
            for row in range(top + 1, len(cells.rows))
            if cells.rows[row] and _group(cells.rows[row][0])
        ),
        len(cells.rows),
    )
    paths = _paths(cells, top, body)
    rows = [
        (row, group, channel)
        for row in range(body, len(cells.rows))
        if (group := _group(cells.rows[row][0]))
        for channel in _ASKED
    ]
    names = ["county", "channel", "group", "distributed", "valid", "satisfied"]
    columns: list[list[Any]] = [
        [THE_COUNTY for _ in rows],
        [channel for _, _, channel in rows],
        [group for _, group, _ in rows],
        *([None] * len(rows) for _ in range(3)),
    ]
    spots: dict[tuple[int, int], str] = {}
    for number, (row, _, channel) in enumerate(rows):
        for name, is_meant in _ASKED[channel]:
            at = next((n for n, path in enumerate(paths) if is_meant(path)), None)
            if at is not None and at < len(cells.rows[row]):
                column = names.index(name)
                columns[column][number] = cells.rows[row][at]
                spot = letters((cells.first_column or 0) + at)
                spots[column, number] = f"{spot}{cells.numbers[row]}"
    if not any(each is not None and each != "" for c in columns[3:] for each in c):
        return []
    return [
        Raw(
            table="survey",
            file=place.get("file", ""),
            sheet=place.get("sheet", ""),
            headings=names,
            columns=columns,
            rows=range(1, len(rows) + 1),
            heading_row=cells.numbers[top],
            first_column=cells.first_column,
            layout="form",
            spots=spots,
        )
    ]


def _group(cell: Any) -> SurveyGroup | None:
    return SurveyGroup.parse(_plain(cell).removeprefix("其中:")) if cell else None


def _paths(cells: Cells, top: int, body: int) -> list[str]:
    """Return the headings of each column from above to below."""
    width = max(len(line) for line in cells.rows[top:body])
    lines: list[list[str]] = []
    for row in range(top, body):
        line = [_plain(c) for c in cells.rows[row]]
        if any(_NUMBER_OF_COLUMN.match(word) for word in line):
            break
        lines.append(line + [""] * (width - len(line)))
    for number, line in enumerate(lines[:-1]):
        spread(line, lines[number + 1 :], cells.merged_across(top + number))
    return ["/".join(line[n] for line in lines if line[n]) for n in range(width)]
