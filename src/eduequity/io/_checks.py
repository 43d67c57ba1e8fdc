"""
Checks of whole tables: figures that contradict each other, codes that lead nowhere.

Only what is known is compared; a blank contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from eduequity.facts import Coded
from eduequity.io._crosschecks import say
from eduequity.io._tables import Cells, Log, Table, elsewhere, shown
from eduequity.model import BANDS, TABLES, Field
from eduequity.vocab import Area, Kind, Stage, Text


__all__ = ["check", "check_records"]

Tables = Mapping[str, Table]
"""The tables that were read, by name."""


def check(tables: Tables, log: Log) -> None:
    """
    Check all tables against themselves and each other; every problem is logged.

    In a file of one county the rows of schools and kindergartens get its code.
    """
    _fill_county(tables)
    if "county" not in tables or not tables["county"].size:
        _say_no_county(tables, log)
    for each in (_check_codes, _check_figures, _check_places):
        each(tables, log)


def check_records(table: Table, log: Log) -> None:
    """Check teachers or classes by themselves."""
    _check_doubled(table, _KEYS[table.raw.table], log)


def _fill_county(tables: Tables) -> None:
    """Let rows without a county be of the only one: of all, or of their folder."""
    if "county" not in tables:
        return
    counties = tables["county"]
    codes = set(counties.get("code"))
    for name in ("schools", "kindergartens"):
        if name in tables and len(codes) == 1:
            _fill(tables[name], next(iter(codes)))
        elif name in tables and tables[name].parts:
            _fill_by_folder(tables[name], counties)


def _fill_by_folder(table: Table, counties: Table) -> None:
    """Give the rows of workbooks in a folder the only county of that folder."""
    by_folder: dict[str, set[Any]] = {}
    for row, code in enumerate(counties.get("code")):
        by_folder.setdefault(_folder(counties, row), set()).add(code)
    if by_folder.keys() - {""}:
        table.columns["county"] = [
            each or _only(by_folder.get(_folder(table, row), set()))
            for row, each in enumerate(table.get("county"))
        ]


def _folder(table: Table, row: int) -> str:
    """Return the folder, below the one that is read, that a row's file is in."""
    return table.part(row)[0].raw.file.rpartition("/")[0]


def _only(codes: set[Any]) -> Any:
    return next(iter(codes)) if len(codes) == 1 else None


def _fill(table: Table, code: str) -> None:
    """Give rows without a county the only one that there is."""
    given = table.coded("county")
    if given is not None and not (given.codes < 0).any():
        return
    if "county" not in table.columns:
        only = Coded(np.zeros(table.size, np.int32), np.array([code], dtype=object))
        table.columns["county"] = Cells(_field(table, "county"), only)
    else:
        table.columns["county"] = [each or code for each in table.get("county")]


def _field(table: Table, name: str) -> Field:
    return next(each for each in TABLES[table.raw.table] if each.name == name)


def _say_no_county(tables: Tables, log: Log) -> None:
    if log.may_be_there("county"):
        return
    table = tables.get("county")
    log.problem(
        "no-county",
        Text(
            "缺少县级表 county，应至少有一行，含区县代码",
            "the table county is missing or empty, expected a row with the code",
        ),
        table.raw.place if table else {"file": log.source},
    )


# -- figures -----------------------------------------------------------------------


@attrs.frozen
class _AtMost:
    """
    The sum of some columns is never above another column.

    Args:
        table: The table.

        parts: The columns that are added up.

        whole: The column they are part of.

        code: The code of the problem.
    """

    table: str
    parts: tuple[str, ...]
    whole: str
    code: str = "part-above-whole"


_OF_TEACHERS = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "intermediate_title_teachers",
    "certified_teachers",
    "trained_teachers",
)
_DEGREES = tuple(f"teachers_{d}" for d in ("college", "bachelor", "master", "doctor"))


def _of_sections(table: str, prefix: str) -> Iterator[_AtMost]:
    """Yield the rules of the section columns of one stage, or without a stage."""
    for part in _OF_TEACHERS:
        yield _AtMost(
            table,
            (prefix + part,),
            f"{prefix}full_time_teachers",
            "more-than-full-time-teachers",
        )
    yield _AtMost(
        table,
        tuple(prefix + each for each in _DEGREES),
        f"{prefix}full_time_teachers",
        "degrees-above-teachers",
    )
    yield _AtMost(
        table,
        (f"{prefix}oversized_classes",),
        f"{prefix}classes",
        "oversized-above-classes",
    )
    pairs: tuple[tuple[Iterable[str], str], ...] = (
        (BANDS, "classes"),
        (("largest_class",), "pupils"),
        (("pupils_in_zone",), "pupils"),
        (("boarders",), "pupils"),
    )
    for parts, whole in pairs:
        yield _AtMost(table, tuple(prefix + each for each in parts), prefix + whole)


_RULES = (
    *_of_sections("schools", ""),
    *_of_sections("schools", "primary_"),
    *_of_sections("schools", "junior_"),
    *_of_sections("county", "primary_"),
    *_of_sections("county", "junior_"),
    _AtMost(
        "schools",
        ("indoor_sports_area",),
        "teaching_area",
        "indoor-above-teaching-area",
    ),
    _AtMost("county", ("rotated_teachers",), "rotation_eligible_teachers"),
    _AtMost("county", ("rotated_backbone_teachers",), "rotated_teachers"),
    _AtMost("county", ("senior_high_allocated_places",), "senior_high_places"),
    _AtMost("county", ("senior_high_rural_places",), "senior_high_allocated_places"),
    _AtMost("county", ("disabled_children_enrolled",), "disabled_children"),
    _AtMost(
        "county",
        ("disabled_in_special", "disabled_in_regular", "disabled_home_taught"),
        "disabled_children",
    ),
    _AtMost("survey", ("valid",), "distributed"),
    _AtMost("survey", ("satisfied",), "valid"),
    _AtMost("kindergartens", ("oversized_classes",), "classes"),
    _AtMost("kindergartens", ("certified_teachers",), "full_time_teachers"),
    _AtMost("kindergartens", ("certified_heads",), "heads"),
)

_DENOMINATORS = (
    ("county", "special_education_funds", "special_education_pupils"),
    ("county", "migrant_children_public", "migrant_children_eligible"),
    ("county", "migrant_children_purchased", "migrant_children_eligible"),
)
"""A figure above zero whose denominator is zero can be no share and no mean."""


def _check_figures(tables: Tables, log: Log) -> None:
    for rule in _RULES:
        if rule.table in tables:
            _check_at_most(tables[rule.table], rule, log)
    for name, part, whole in _DENOMINATORS:
        if name in tables:
            _check_zero(tables[name], part, whole, log)
    for name in ("schools", "county"):
        for prefix in ("", "primary_", "junior_"):
            if name in tables:
                _check_classes(tables[name], prefix, log)
                _check_class_sizes(tables[name], prefix, log)


def _check_at_most(table: Table, rule: _AtMost, log: Log) -> None:
    given = [name for name in rule.parts if name in table.columns]
    if rule.whole not in table.columns or not given:
        return
    columns = [table.numbers(name) for name in given]
    wholes = table.numbers(rule.whole)
    sums = sum((np.nan_to_num(column) for column in columns), np.zeros(table.size))
    for row in np.flatnonzero(sums > wholes).tolist():  # a blank is above nothing
        known = [float(column[row]) for column in columns if column[row] == column[row]]
        whole = float(wholes[row])
        first = next(n for n, c in zip(given, columns, strict=True) if c[row] > 0)
        parts = Text(*(_names(table, given, lang) for lang in ("zh", "en")))
        label = _label(table, rule.whole)
        say(
            rule.code,
            Text(
                f"{parts.zh}为 {shown(sum(known))}，多于{label.zh} {shown(whole)}，"
                "应不多于后者",
                f"{parts.en} {shown(sum(known))}, more than {label.en} {shown(whole)}, "
                "expected at most as many",
            ),
            table.place(first, row),
            log,
        )


def _check_zero(table: Table, part: str, whole: str, log: Log) -> None:
    some = table.numbers(part)
    for row in np.flatnonzero((some > 0) & (table.numbers(whole) == 0)).tolist():
        labels, found = (_label(table, part), _label(table, whole)), float(some[row])
        log.problem(
            "zero-denominator",
            Text(
                f"{labels[0].zh}为 {shown(found)}，而{labels[1].zh}为 0，应大于 0",
                f"{labels[0].en}: {shown(found)}, but {labels[1].en}: 0, "
                "expected more than 0",
            ),
            table.place(whole, row),
        )


def _check_classes(table: Table, prefix: str, log: Log) -> None:
    """Refuse pupils without classes and classes without pupils."""
    names = f"{prefix}pupils", f"{prefix}classes"
    counts = [table.numbers(name) for name in names]
    odd = (counts[0] > 0) != (counts[1] > 0)
    odd &= ~np.isnan(counts[0]) & ~np.isnan(counts[1])
    for row in np.flatnonzero(odd).tolist():
        pupils, classes = (float(each[row]) for each in counts)
        if pupils:
            log.problem(
                "pupils-without-classes",
                Text(
                    f"有学生 {shown(pupils)} 人而班级数为 0，应至少有 1 个班",
                    f"{shown(pupils)} pupils but 0 classes, expected at least 1 class",
                ),
                table.place(names[1], row),
            )
        else:
            log.problem(
                "classes-without-pupils",
                Text(
                    f"有班级 {shown(classes)} 个而学生数为 0，应有学生",
                    f"{shown(classes)} classes but 0 pupils, expected pupils",
                ),
                table.place(names[0], row),
            )


_IMPLAUSIBLE = 3
_MANY_CLASSES = 2


def _check_class_sizes(table: Table, prefix: str, log: Log) -> None:
    """Compare pupils with classes, the largest class and the bands of class sizes."""
    name = f"{prefix}largest_class"
    if name in table.columns and f"{prefix}pupils" in table.columns:
        largest, classes = table.numbers(name), table.numbers(f"{prefix}classes")
        pupils = table.numbers(f"{prefix}pupils")
        taught = (pupils > 0) & (classes > 0)
        mean = np.divide(pupils, classes, out=np.zeros(table.size), where=taught)
        for row in np.flatnonzero(taught & (mean > largest)).tolist():
            _say_mean(table, name, row, float(mean[row]), log)
        odd = taught & (largest > _IMPLAUSIBLE * mean) & (classes >= _MANY_CLASSES)
        for row in np.flatnonzero(odd).tolist():
            most = shown(float(largest[row]))
            say(
                "largest-class-implausible",
                Text(
                    f"最大班额 {most}，超过平均班额 {mean[row]:.1f} 的 3 倍，请核实",
                    f"the largest class of {most} is more than three times the mean "
                    f"of {mean[row]:.1f}, please check",
                ),
                table.place(name, row),
                log,
            )
    _check_bands(table, prefix, log)


def _say_mean(table: Table, name: str, row: int, mean: float, log: Log) -> None:
    most = shown(table.columns[name][row])
    say(
        "mean-above-largest-class",
        Text(
            f"最大班额 {most}，而学生数÷班级数为 {mean:.1f}，应不大于最大班额",
            f"the largest class has {most}, but pupils ÷ classes is {mean:.1f}, "
            "expected at most the largest",
        ),
        table.place(name, row),
        log,
    )


def _check_bands(table: Table, prefix: str, log: Log) -> None:
    """Compare pupils with the least and most that the bands of class sizes allow."""
    names = [prefix + band for band in BANDS]
    if not {*names, f"{prefix}pupils"} <= table.columns.keys():
        return
    pupils = table.numbers(f"{prefix}pupils")
    counts = np.array([table.numbers(name) for name in names])
    low, high = (
        np.array([span[end] for span in BANDS.values()]) @ counts for end in (0, 1)
    )
    outside = (counts.sum(axis=0) > 0) & ((pupils < low) | (pupils > high))
    for row in np.flatnonzero(outside).tolist():
        some, least, most = (shown(float(x[row])) for x in (pupils, low, high))
        say(
            "pupils-outside-bands",
            Text(
                f"学生 {some} 人，按班额分段应在 {least} 至 {most} 人之间",
                f"{some} pupils, expected {least} to {most} by the class-size bands",
            ),
            table.place(f"{prefix}pupils", row),
            log,
        )


def _label(table: Table, name: str) -> Text:
    for field in TABLES[table.raw.table]:
        if name in field.names:
            return Text(field.label_of(name).zh, name)
    return Text(name, name)


def _names(table: Table, names: Sequence[str], lang: str) -> str:
    return " + ".join(_label(table, name).get(lang) for name in names)


# -- codes -------------------------------------------------------------------------

_KEYS = {
    "county": ("code",),
    "schools": ("code",),
    "kindergartens": ("code",),
    "teachers": ("school", "stage", "id"),
    "classes": ("school", "stage", "grade", "id"),
}
"""What may stand only once in each table."""

_OF_COUNTIES = ("schools", "kindergartens", "monitoring", "survey", "finance")
_OF_SCHOOLS = ("teachers", "classes")


def _check_codes(tables: Tables, log: Log) -> None:
    for name, keys in _KEYS.items():
        if name in tables:
            _check_doubled(tables[name], keys, log)
    if "county" in tables and tables["county"].sound("code"):
        for name in _OF_COUNTIES:
            if name in tables:
                _check_county(tables[name], tables["county"], log)
    schools = tables.get("schools")
    if schools is not None and schools.sound("code"):
        _check_parents(schools, log)
    for name in _OF_SCHOOLS:
        if name in tables:
            _check_school(tables[name], schools, log)


def _check_doubled(table: Table, keys: tuple[str, ...], log: Log) -> None:
    if keys[-1] not in table.columns:
        return  # what has no key of its own is never doubled
    if len(keys) == 1 and table.unique(keys[0]):
        return
    first: dict[tuple[Any, ...], int] = {}
    for row, key in enumerate(zip(*(table.get(name) for name in keys), strict=True)):
        if key[-1] is None:
            continue
        if key not in first:
            first[key] = row
            continue
        here = table.place(keys[-1], row)
        other = elsewhere(table.place(keys[-1], first[key]), here)
        found = shown(key[-1])
        log.problem(
            "doubled-code",
            Text(
                f"{found} 与“{other}”重复，应只出现一次",
                f"{found} is doubled, it stands at {other!r} too, expected once",
            ),
            table.place(keys[-1], row),
        )


def _check_county(table: Table, counties: Table, log: Log) -> None:
    codes = set(counties.columns["code"])
    given = table.coded("county")
    if given is not None and (given.codes >= 0).all() and codes >= {*given.distinct}:
        return
    for row, code in enumerate(table.get("county")):
        if code is None:
            if len(codes) > 1 and ("county", row) not in table.bad:
                log.problem(
                    "blank-county",
                    Text(
                        "未填区县代码；有多个县时应填写",
                        "no county code, expected one where there are several counties",
                    ),
                    table.place("county", row),
                )
        elif code not in codes:
            log.problem(
                "unknown-county",
                Text(
                    f"区县代码 {code} 不在县级表中，应为其中之一",
                    f"the county {code} is not in the table county, expected one of it",
                ),
                table.place("county", row),
            )


def _check_school(table: Table, schools: Table | None, log: Log) -> None:
    """Every teacher and class is of a school, and of a stage that it teaches."""
    if schools is None or not schools.sound("code"):
        if schools is None and table.size and not log.may_be_there("schools"):
            log.problem(
                "no-schools",
                Text(
                    "缺少学校表 schools，无法归到学校",
                    "the table schools is missing, expected the schools of these rows",
                ),
                table.raw.place,
            )
        return
    rows = {code: row for row, code in enumerate(schools.columns["code"])}
    taught = _taught(schools)
    pairs = zip(table.get("school"), table.get("stage"), strict=True)
    for row, (code, stage) in enumerate(pairs):
        if code is not None and code not in rows:
            log.problem(
                "unknown-school",
                Text(
                    f"学校代码 {shown(code)} 不在学校表中，应为其中之一",
                    f"the school {shown(code)} is not in the table schools, expected "
                    "one of it",
                ),
                table.place("school", row),
            )
        elif code is not None and stage is not None and not taught(rows[code], stage):
            log.problem(
                "stage-not-taught",
                Text(
                    f"学校 {code} 无{stage.label.zh}学段（按类型及学生数），应填其学段",
                    f"the school {code} does not teach this stage ({stage}) by its "
                    "kind or pupils, expected a stage that it teaches",
                ),
                table.place("stage", row),
            )


def _taught(schools: Table) -> Callable[[int, Stage], bool]:
    kinds = schools.get("kind")
    pupils = {stage: schools.get(f"{stage}_pupils") for stage in Stage}

    def taught(row: int, stage: Stage) -> bool:
        kind: Kind | None = kinds[row]
        if kind is None or not kind.stages or stage is Stage.SENIOR:
            return True
        return stage in kind.stages or bool(pupils[stage][row])

    return taught


# -- schools that belong to schools ------------------------------------------------


def _check_parents(schools: Table, log: Log) -> None:
    """Check that parents are there, in the same county and in no circle."""
    asked = sorted({*schools.known("parent"), *_merged(schools)})
    if not asked:
        return
    rows = {code: row for row, code in enumerate(schools.columns["code"])}
    parents, counties = list(schools.get("parent")), list(schools.get("county"))
    for row in asked:
        parent = parents[row]
        sentence = None
        if parent is None:
            if ("parent", row) not in schools.bad:
                sentence = Text(
                    "不计校数的学校未填所属学校代码，应填写",
                    "the school does not count as a school but has no parent, "
                    "expected the code of its parent",
                )
        elif parent not in rows:
            sentence = Text(
                f"所属学校 {shown(parent)} 不在学校表中，应为其中之一",
                f"the parent {shown(parent)} is not in the table schools, expected "
                "one of it",
            )
        elif counties[rows[parent]] != counties[row]:
            sentence = Text(
                f"所属学校 {parent} 在另一个县，应在同一个县",
                f"the parent {parent} is in another county, expected the same county",
            )
        if sentence:
            log.problem("unknown-parent", sentence, schools.place("parent", row))
    for row in _in_circles(parents, rows):
        log.problem(
            "parent-circle",
            Text(
                f"所属学校 {parents[row]} 最终又属于本校，应为不循环的隶属关系",
                f"the parent {parents[row]} belongs to this school in turn, expected "
                "no circle",
            ),
            schools.place("parent", row),
        )


def _merged(schools: Table) -> list[int]:
    """Rows that are added to their parents: not points, not one-stage campuses."""
    rows = np.flatnonzero(schools.numbers("counts_as_school") == 0).tolist()
    kinds, campus = schools.get("kind"), schools.numbers("campus")
    return [
        row
        for row in rows
        if kinds[row] not in (None, Kind.TEACHING_POINT)
        and not (campus[row] == 1 and len(kinds[row].stages) == 1)
    ]


def _in_circles(parents: Sequence[Any], rows: Mapping[Any, int]) -> list[int]:
    """Return the rows that are their own ancestors."""
    state = [0] * len(parents)  # 1 on the way, 2 done
    circle: list[int] = []
    for start in range(len(parents)):
        path: list[int] = []
        row: int | None = start
        while row is not None and state[row] == 0:
            state[row] = 1
            path.append(row)
            row = rows.get(parents[row]) if parents[row] is not None else None
        if row is not None and state[row] == 1:
            circle += path[path.index(row) :]
        for each in path:
            state[each] = 2
    return circle


# -- what attestations and published figures speak of ------------------------------


_WITH_ENTITIES = ("attestations", "reported")


def _check_places(tables: Tables, log: Log) -> None:
    reported = tables.get("reported")
    if reported is not None:
        _check_reported(reported, log)
    schools = tables.get("schools")
    if tables.keys().isdisjoint(_WITH_ENTITIES):
        return
    if "county" not in tables or schools is None:
        return  # without schools, figures may speak of schools that nobody listed
    if not (tables["county"].sound("code") and schools.sound("code")):
        return
    known = {*tables["county"].columns["code"], *schools.columns["code"]}
    for name in _WITH_ENTITIES:
        if name in tables:
            _check_entities(tables[name], known, log)


def _check_entities(table: Table, known: set[str], log: Log) -> None:
    for row, entity in enumerate(table.get("entity")):
        if entity is None or entity.split("/")[0] in known or _is_area(entity):
            continue
        log.problem(
            "unknown-entity",
            Text(
                f"对象 {shown(entity)} 不在县级表和学校表中，应为其中的代码",
                f"{shown(entity)} is neither in county nor in schools, expected a code "
                "of one of them",
            ),
            table.place("entity", row),
        )


def _is_area(entity: str) -> bool:
    """Whether *entity* has the form of a province or a city."""
    try:
        return Area(entity).level in ("province", "city")
    except ValueError:
        return False


def _check_reported(table: Table, log: Log) -> None:
    rules, indicators = table.get("rule"), table.get("indicator")
    values = table.get("value")
    parts = list(zip(table.get("numerator"), table.get("denominator"), strict=True))
    for row in range(table.size):
        if rules[row] is None and indicators[row] is None:
            log.problem(
                "blank-cell",
                Text(
                    "规则和指标都为空，应至少填一项",
                    "neither rule nor indicator is given, expected one of them",
                ),
                table.place("rule", row),
            )
        bad = ("value", row) in table.bad
        if values[row] is None and None in parts[row] and not bad:
            log.problem(
                "blank-cell",
                Text(
                    "数值为空，应填数值或分子与分母",
                    "no value, expected one, or numerator and denominator",
                ),
                table.place("value", row),
            )
