"""
What most callers need: read, check, judge, explain, with what is installed.

The engine is imported when the first of them is called.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload


if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from eduequity import report
    from eduequity._verify import Verification
    from eduequity.engine import (
        Assessment,
        CountyResult,
        Explanation,
        Finding,
        Shortfall,
        Shortfalls,
    )
    from eduequity.facts import Edit, Facts, Moved
    from eduequity.io import Checked, Limits
    from eduequity.ledger import Comparison, Ledger
    from eduequity.model import County
    from eduequity.planning import Plan, Projection, Roadmap, Scenarios, Sweep
    from eduequity.registry import Registry

__all__ = [
    "check",
    "compare",
    "evaluate",
    "explain",
    "installed",
    "ledger_of",
    "plan",
    "plot",
    "project",
    "read",
    "read_ledger",
    "roadmap",
    "school_notice",
    "shortfall",
    "sweep",
    "template",
    "verify",
    "what_if",
    "write_ledger",
]


@functools.cache
def installed() -> Registry:
    """Return the registry of everything that is installed, found once."""
    from eduequity.registry import Registry

    return Registry.discover()


def read(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    previous: str | os.PathLike[str] | Mapping[str, object] | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    registry: Registry | None = None,
) -> Facts:
    """
    Read a county file: a workbook, a folder of CSV files, or a JSON document.

    Args:
        source: A path, or tables by name (rows or columns).

        previous: Last year's data: counts that fall or jump against it become notices.

        limits: How much is taken in before the source is refused
            (`eduequity.io.Limits`).

        progress: Called with files done, files in all and the next file's name while a
            folder is read.

        registry: Whose packs' fields are read too; what is installed by default.

    Returns:
        The data as columns, with what should be known of it in ``notices``.

    Raises:
        InputError: With every problem found, each with its place.

        MissingExtraError: A workbook needs the extra ``excel``.

    >>> import eduequity as ee
    >>> facts = ee.read({"county": [{"code": "999901", "name": "示例县"}]})
    >>> facts.codes
    ['999901']
    >>> from importlib.resources import files
    >>> demo = ee.read(
    ...     files("eduequity.cli") / "demo"
    ... )  # a made-up county, a folder of CSV
    >>> len(demo), demo.schools.size
    (1, 47)
    """
    from eduequity import io

    known = registry or installed()
    return io.read(
        _opened(source, known),
        extra_fields=known.fields,
        previous=None if previous is None else _opened(previous, known),
        limits=limits or io.Limits(),
        progress=progress,
    )


def _opened(
    source: str | os.PathLike[str] | Mapping[str, object], known: Registry
) -> str | os.PathLike[str] | Mapping[str, object]:
    """Let a plugin read the files of the suffix that it reads."""
    if isinstance(source, str | os.PathLike):
        reader = known.readers().get(Path(source).suffix.casefold())
        if reader is not None:
            return reader(Path(source))
    return source


def check(
    source: str | os.PathLike[str] | Mapping[str, object],
    *,
    previous: str | os.PathLike[str] | Mapping[str, object] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    registry: Registry | None = None,
) -> Checked:
    """
    Look for everything that is wrong with data, without judging it.

    >>> import eduequity as ee
    >>> checked = ee.check({"county": [{"code": "999901", "year": 20244}]})
    >>> for problem in checked:
    ...     print(problem.place, "|", problem.en)
    county!row 1, year | 20244 is above 2100, the most that can be right

    Args:
        source: What `read` takes.

        previous: Last year's data: counts that fall or jump against it become notices.

        progress: Called with files done, files in all and the next file's name while a
            folder is read.

        registry: Whose packs' fields are read too; what is installed by default.

    Returns:
        The problems as a sequence, empty where the data can be used; with ``notices``,
        ``counts``, the ``absent`` columns, the ``facts``, and ``write(path)`` for a
        workbook in which every bad cell is marked.

    Raises:
        MissingExtraError: A workbook needs the extra ``excel``.
    """
    import attrs

    from eduequity import io

    known = registry or installed()
    given = _opened(source, known)
    checked = io.examine(
        given,
        extra_fields=known.fields,
        previous=None if previous is None else _opened(previous, known),
        progress=progress,
    )
    return attrs.evolve(checked, writer=_marker(source, given, known))


def _marker(
    source: str | os.PathLike[str] | Mapping[str, object],
    given: str | os.PathLike[str] | Mapping[str, object],
    known: Registry,
) -> Callable[..., None]:
    """Return what writes the marked copy of *given*, never over *source*."""

    def write(
        checked: Checked, path: str | os.PathLike[str], *, lang: str = "zh"
    ) -> None:
        from eduequity import io, report

        apart = source if isinstance(source, str | os.PathLike) else None
        report.check_workbook(path, apart_from=apart)
        copies = io.copies(given, extra_fields=known.fields)
        report.write_bytes(
            path,
            lambda stream: report.write_marked(stream, checked, copies, lang=lang),
        )

    return write


def template(
    path: str | os.PathLike[str],
    *,
    programme: str = "quality-balance",
    area: str | None = None,
    lang: str = "zh",
    registry: Registry | None = None,
) -> None:
    """
    Write the blank workbook that `read` takes once it is filled in.

    It has a sheet a table with headings, units, lists to choose from, comments and an
    example, which is never read as data.

    Args:
        path: The ``.xlsx`` to write; what is there already is never overwritten.

        programme: Whose tables it has; preschool has kindergartens and no schools.

        area: The code of the area whose packs' columns it has; those of all packs of
            the programme by default.

        lang: The language of the headings, ``zh`` or ``en``; the other stands above.

        registry: The packs; what is installed by default.

    Raises:
        UnknownNameError: There is no such programme.

        OutputError: The file is there already, or cannot be written.

        MissingExtraError: The extra ``excel`` is not installed.

    >>> import eduequity as ee
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "county.xlsx")
    ...     ee.template(path, area="350881", lang="zh")
    ...     path.stat().st_size > 10_000
    True
    """
    from eduequity import report
    from eduequity.model import dictionary

    known = registry or installed()
    today = dt.date.today()  # noqa: DTZ011 - the law's days are local days
    law = known.rulebook.law(programme, today)
    packs = law.packs if area is None else law.reaching([area]).packs
    report.check_workbook(path, must_be_new=True)
    tables = report.asked_tables(dictionary(known.fields_of(packs)), packs)
    national = next(pack for pack in packs if "" in pack.info.areas)
    report.write_bytes(
        path,
        lambda stream: report.write_blank(
            stream, tables, title=national.info.title, lang=lang
        ),
    )


def evaluate(
    data: Facts | County | Sequence[County],
    *,
    on: dt.date | None = None,
    programme: str = "quality-balance",
    options: Mapping[str, str] | None = None,
    as_area: str | None = None,
    registry: Registry | None = None,
) -> Assessment:
    """
    Judge counties by a programme's rules.

    Args:
        data: Facts, or county records.

        on: The day whose law counts; today by default.

        programme: Such as ``quality-balance``.

        options: Readings chosen in place of their defaults (see ``result.readings()``).

        as_area: Use the law of this area in place of the counties' own.

        registry: The packs and indicators; what is installed by default.

    Returns:
        A mapping from county code to the county's result.

    Raises:
        UnknownNameError: No such programme or option.

        OptionError: The option does not offer that choice.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=21)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> result["999901"].verdict  # six more indicators are not known
    <Verdict.UNKNOWN: 'unknown'>
    >>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> finding.value, finding.threshold, finding.verdict.value  # 21 / 5, at least 4.2
    (4.2, 4.2, 'met')
    """
    import attrs

    from eduequity import engine
    from eduequity.facts import Facts
    from eduequity.model import County
    from eduequity.registry import version

    known = registry or installed()
    if not isinstance(data, Facts):
        data = Facts.of(*((data,) if isinstance(data, County) else data))
    result = engine.evaluate(
        data,
        known.rulebook,
        known.indicators,
        on=on or dt.date.today(),  # noqa: DTZ011 - the law's days are local days
        programme=programme,
        options=options,
        as_area=as_area,
        engine=version(),
        not_loaded=known.not_loaded,
    )
    return attrs.evolve(
        result, notes=known.review(result), writer=_writer(known), html=_drawn
    )


def _drawn(shown: object) -> str:
    """Draw a result, a county or findings for a notebook."""
    from eduequity import report

    return report.notebook(shown)


def _writer(registry: Registry) -> Callable[..., None]:
    """Return what writes a result, and what is made from it; plugins have a say."""

    def write(
        result: Assessment | report.Made,
        path: str | os.PathLike[str],
        *,
        lang: str = "zh",
        tabs: Sequence[object] = (),
    ) -> None:
        from eduequity import engine, report

        if not isinstance(result, engine.Assessment):
            report.write_made(result, path, lang=lang)
            return
        renderers = {**registry.renderers(), **report.RENDERERS}
        report.write(result, path, renderers, lang=lang, tabs=tabs)

    return write


def explain(finding: Finding, *, lang: str = "zh") -> Explanation:
    """
    Say why a finding is what it is.

    Args:
        finding: From ``result.findings()``.

        lang: ``zh`` or ``en``.

    Returns:
        The rule's sentence, its operands with their values, the arithmetic, the clause
        and how well the document is known; ``print`` it, or read its parts.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=20)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> why = ee.explain(finding, lang="en")
    >>> why.arithmetic  # 20 / 5
    ('4 per 100 pupils (asked ≥ 4.2)',)
    >>> why.references[0].number, why.references[0].clause
    ('教督〔2017〕6号', '第六条第一项')
    >>> ee.explain(finding).operands[-1].value
    '500人'
    """
    from eduequity import engine

    return engine.explain(finding, lang=lang)


@overload
def shortfall(of: Finding) -> Shortfall | None: ...
@overload
def shortfall(of: CountyResult | Assessment) -> Shortfalls: ...
def shortfall(
    of: Finding | CountyResult | Assessment,
) -> Shortfall | Shortfalls | None:
    """
    Return what is missing: the smallest whole change that meets what is unmet.

    Args:
        of: A finding, a county or a whole result.

    Returns:
        For a finding its `Shortfall` (None where it is not unmet), otherwise a sequence
        of them with ``totals``; ``print`` it, or read its parts.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=19)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> missing = ee.shortfall(finding)
    >>> missing.changes[0].amount  # 500 pupils need 4.2 * 5 = 21 teachers
    2.0
    >>> print(missing)
    示例小学·小学：高于规定学历教师数 增加 2人；或者 示例小学·小学：在校生数 减少 48人
    """
    return of.shortfall()


def compare(old: Assessment, new: Assessment) -> Comparison:
    """
    Compare two assessments: of two years, days, versions of packs, or readings.

    >>> import eduequity as ee
    >>> import datetime as dt
    >>> def county(teachers):
    ...     section = ee.Section(pupils=500, above_degree_teachers=teachers)
    ...     school = ee.School(
    ...         code="1", name="示例小学", kind=ee.Kind.PRIMARY, primary=section
    ...     )
    ...     return ee.County(code="999901", name="示例县", schools=(school,))
    >>> day = dt.date(2024, 12, 31)
    >>> old, new = (ee.evaluate(county(n), on=day) for n in (20, 21))
    >>> rule = "resources.above_degree_teachers"
    >>> for flip in ee.compare(old, new).flips.where(rule=rule):
    ...     if flip.now.scope == "section":
    ...         print(
    ...             flip.before.value, flip.after.value, [c.value for c in flip.causes]
    ...         )
    unmet met ['data']

    Args:
        old: What `evaluate` returned then.

        new: What it returns now, for the same counties or some of them.

    Returns:
        ``flips`` (every verdict that flipped, with its ``causes``, the data, the law in
        force, a correction of a pack, another reading), ``population`` (schools opened,
        closed and merged), ``indicators`` (better and worse), ``coefficients`` (moved,
        and by which schools) and ``notes``: whatever is not the same on both sides.

    Raises:
        InputError: They are of different programmes, or have no county in common.
    """
    from eduequity import ledger

    return ledger.compare(old, new)


def _alone(of: CountyResult | Assessment) -> Assessment:
    """Return the result of the one county that is meant."""
    from eduequity.engine import CountyResult

    return of.assessment.only(of.code) if isinstance(of, CountyResult) else of


def what_if(
    of: CountyResult | Assessment,
    scenarios: Mapping[str, Sequence[str | Edit | Moved]],
) -> Scenarios:
    """
    Judge scenarios side by side with the county as it is.

    Args:
        of: A county, or a result of one county.

        scenarios: The changes of each scenario by its name, as `Facts.change` takes
            them.

    Returns:
        A sequence of scenarios, the first of them the county as it is; ``print`` it for
        the table, or read its ``rows``.

    Raises:
        InputError: With every change that cannot be made.

        UnknownNameError: No such school, stage or column.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> scenarios = ee.what_if(
    ...     result,
    ...     {
    ...         "再聘一人": ["9999010003/primary.above_degree_teachers += 1"],
    ...         "并一所小校": ["merge 9999010020 -> 9999010010"],
    ...     },
    ... )
    >>> [each.name for each in scenarios]
    ['', '再聘一人', '并一所小校']
    >>> print(next(scenarios.lines("zh")))
    | 现状 | 再聘一人 | 并一所小校
    """
    from eduequity import planning

    return planning.try_scenarios(_alone(of), scenarios)


def sweep(
    of: CountyResult | Assessment,
    cell: str,
    values: Sequence[float],
    *,
    finding: str | None = None,
) -> Sweep:
    """
    Move one input through values and say where the verdict turns.

    Args:
        of: A county, or a result of one county.

        cell: Such as ``9999010003/primary.backbone_teachers``.

        values: What it is set to; at most 1000 values.

        finding: The id of the finding to watch; the county's verdict by default.

    Returns:
        The points, and the turns to the smallest step of the input (one person or
        room, 0.01 m² or yuan).

    Raises:
        InputError: A value that cannot be.

        UnknownNameError: No such cell or finding.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=19)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> swept = ee.sweep(
    ...     result,
    ...     "1/primary.above_degree_teachers",
    ...     [19, 25],
    ...     finding=":resources.above_degree_teachers@1/primary",
    ... )
    >>> (turn,) = swept.turns
    >>> turn.below, turn.above  # 4.2 per 100 of 500 pupils: 21 teachers
    (20.0, 21.0)
    """
    from eduequity import planning

    return planning.make_sweep(_alone(of), cell, values, finding=finding)


def plan(
    of: CountyResult | Assessment,
    *,
    costs: Mapping[str, float] | None = None,
    bounds: Mapping[str, float] | None = None,
    rotation: bool = True,
    level: str = "nation",
    seconds: float = 15.0,
    gap: float = 0.0,
    also: Sequence[str] = (),
) -> Plan:
    """
    Return the cheapest whole changes after which the rules of resources are met.

    Every section then meets the quorum (教督〔2017〕6号 第六条: six of seven, the other
    at 85 %) and every coefficient its limit, or it is proven that no whole changes
    within the bounds suffice. The engine judges the planned facts again.

    Args:
        of: A county, or a result of one county. Whatever the rules need must be known.

        costs: What one more of a column costs, such as ``{"backbone_teachers": 80000,
            "teaching_area": 2500, "rotate": 3000}``; 1 where none is given.
            ``rotate`` is for moving one teacher to another school.

        bounds: The most that may be added of a column in the county, or of one cell
            (``9999010003/primary.backbone_teachers``, ``9999010003.teaching_area``),
            or the most teachers who may ``rotate``.

        rotation: Whether teachers may move between schools of their stage; then it is
            also worked out how far that alone goes.

        level: Whose values: those of the nation, or the stricter ones of ``province``,
            ``city`` or ``county``.

        seconds: How long to search for a better plan.

        gap: How far above the proven minimum the cost may be, relative; 0 searches
            for the cheapest until the time is up.

        also: What is planned besides: ``rooms`` (music and art rooms, 表Ⅳ-3), or
            ``classes`` (class size, 表Ⅳ-5) with the rooms that these need. What is
            unmet still is listed as `Plan.left_out`.

    Returns:
        The plan, or the proof that there is none; ``print`` it, or read its parts.

    Raises:
        InputError: Evidence is missing, or a cost or bound cannot be; every problem.

        UnknownNameError: A cost or bound for something that is not planned.

        MissingExtraError: It needs the extra ``plan``.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> costs = {"above_degree_teachers": 90_000}
    >>> plan = ee.plan(result, rotation=False, costs=costs, gap=0.05, seconds=120)
    >>> plan.feasible, plan.gap <= 0.05
    (True, True)
    """
    from eduequity import planning

    return planning.make_plan(
        _alone(of),
        costs=costs,
        bounds=bounds,
        rotation=rotation,
        level=level,
        seconds=seconds,
        gap=gap,
        also=also,
    )


def plot(
    made: Comparison | Ledger | Plan | Projection | Roadmap | Scenarios | Sweep,
    path: str | os.PathLike[str] | None = None,
    *,
    lang: str = "zh",
) -> Figure:
    """
    Draw what was compared, planned or projected; a notebook shows what is returned.

    Coefficients before and after with their limits, the ledger by department, the cost
    of each rule of a plan, ranges of the years to come, scenarios side by side, a value
    over the input that was moved: the plots of the HTML report's tabs.

    Args:
        made: What `compare`, `ledger_of`, `plan`, `project`, `roadmap`, `what_if` or
            `sweep` returned.

        path: A ``.png`` or ``.svg`` to write besides. What stood there is replaced at
            once, or stays as it was.

        lang: ``zh`` or ``en``; English, with a warning, where no font shows Chinese.

    Returns:
        The figure of matplotlib.

    Raises:
        OutputError: There is nothing to draw, or the file cannot be written.

        MissingExtraError: It needs the extra ``charts``.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(
    ...     code="999901", rotated_teachers=100, rotation_eligible_teachers=1200
    ... )
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> rule = ":government.teacher_rotation@999901"
    >>> swept = ee.sweep(result, "999901.rotated_teachers", [100, 150], finding=rule)
    >>> figure = ee.plot(swept, lang="en")
    >>> len(figure.axes)
    1
    """
    from eduequity.report import _figures

    if path is None:
        return _figures.plotted(made, lang=lang)
    return _figures.write_plot(made, path, lang=lang)


def project(
    of: CountyResult | Assessment,
    *,
    years: int = 5,
    growth: Mapping[str, tuple[float, float]] | None = None,
    entrants: tuple[float, float] = (0.95, 1.05),
    registry: Registry | None = None,
) -> Projection:
    """
    Roll enrolment forward and say in which year each rule is met or lost.

    Pupils move up grade by grade as the table ``classes`` has them, or grow by a range
    of yearly rates; all else stays. Every year is judged by the law then in force.

    Args:
        of: A county, or a result of one county.

        years: How many years ahead, from 1 to 15.

        growth: The lowest and highest yearly growth of a stage, such as
            ``{"primary": (-0.04, 0.0)}``, in place of moving grades up.

        entrants: The lowest and highest number of new first-graders, as a multiple of
            the year before.

        registry: The packs; what is installed by default.

    Returns:
        The years with a low, a middle and a high path, and what was assumed.

    Raises:
        InputError: A range that is none, or classes without grades.

        UnknownNameError: No such stage.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=1990)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> projection = ee.project(result, years=1, growth={"primary": (-0.01, 0.01)})
    >>> projection.years[1].pupils["primary"]  # 1990 * 0.99, * 1, * 1.01
    (1970, 1990, 2010)
    >>> (size,) = (o for o in projection.outlooks if o.rule == "government.school_size")
    >>> size.changes  # above 2000 on the high path alone
    (None, None, 2025)
    """
    from eduequity import planning

    alone = _alone(of)

    def judge(facts: Facts, on: dt.date) -> Assessment:
        return evaluate(
            facts,
            on=on,
            programme=alone.programme,
            options=alone.law.options,
            as_area=alone.as_area,
            registry=registry,
        )

    return planning.make_projection(
        alone, judge, years=years, growth=growth, entrants=entrants
    )


def verify(
    recorded: str | os.PathLike[str] | Mapping[str, Any],
    data: Facts | str | os.PathLike[str] | Mapping[str, object],
    *,
    registry: Registry | None = None,
) -> Verification:
    """
    Run an assessment again from its recorded packs, readings and digests.

    Args:
        recorded: The result: a JSON file that was written, or its ``to_dict()``.

        data: The data that it judged: facts, or what `read` takes.

        registry: The packs and indicators; what is installed by default.

    Returns:
        What differs; ``same`` where nothing does.

    Raises:
        InputError: *recorded* is no result, or the data cannot be used.

        UnknownNameError: Its programme or a reading is not known here.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", name="示例县")
    >>> recorded = ee.evaluate(county, on=dt.date(2024, 12, 31)).to_dict()
    >>> ee.verify(recorded, ee.Facts.of(county)).same
    True
    >>> recorded["data"]["digest"] = "of other data"
    >>> [each.what for each in ee.verify(recorded, ee.Facts.of(county)).differences]
    ['data']
    """
    from eduequity import _verify
    from eduequity.facts import Facts
    from eduequity.registry import version

    known = registry or installed()
    if not isinstance(recorded, Mapping):
        recorded = _verify.load(Path(recorded))
    if not isinstance(data, Facts):
        data = read(data, registry=known)
    return _verify.verify(recorded, data, known, version=version())


def school_notice(
    result: Assessment,
    school: str,
    path: str | os.PathLike[str],
    *,
    lang: str = "zh",
) -> None:
    """
    Write the one-page 学校告知单 of a school: what it meets, what it misses.

    Args:
        result: What `evaluate` returned.

        school: The school's code.

        path: A Word file. What stood there is replaced at once, or stays as it was.

        lang: ``zh`` or ``en``.

    Raises:
        UnknownNameError: No school has that code.

        OutputError: The file cannot be written, or is no ``.docx``.

        MissingExtraError: It needs the extra ``report``.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> with TemporaryDirectory() as folder:
    ...     ee.school_notice(result, "9999010001", Path(folder, "notice.docx"))
    ...     [path.name for path in Path(folder).iterdir()]
    ['notice.docx']
    """
    from eduequity import report

    report.write_notice(result, school, path, lang=lang)


def ledger_of(
    result: Assessment,
    *,
    previous: Ledger
    | str
    | os.PathLike[str]
    | Sequence[str | os.PathLike[str]]
    | None = None,
    departments: Mapping[str, str] | None = None,
    deadline: dt.date | None = None,
    costs: Mapping[str, float] | None = None,
) -> Ledger:
    """
    Draw up the ledger 整改台账 of what is unmet, or bring an earlier one up to date.

    >>> import eduequity as ee
    >>> import datetime as dt
    >>> def county(teachers):
    ...     section = ee.Section(pupils=500, above_degree_teachers=teachers)
    ...     school = ee.School(
    ...         code="1", name="示例小学", kind=ee.Kind.PRIMARY, primary=section
    ...     )
    ...     return ee.County(code="999901", name="示例县", schools=(school,))
    >>> days = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
    >>> ledger = ee.ledger_of(ee.evaluate(county(10), on=days[0]))
    >>> [(item.where.zh, item.amount, item.unit.value) for item in ledger]
    [('示例小学·小学', 8.0, 'teachers')]
    >>> later = ee.ledger_of(ee.evaluate(county(21), on=days[1]), previous=ledger)
    >>> [item.status.value for item in later]
    ['open']

    The item of the quorum stays open, as six more indicators are not known.

    Args:
        result: What `evaluate` returned.

        previous: The ledger of before, or its workbook; several where several people
            edited copies of it.

        departments: Who is responsible, by rule (``government.class_size``), dimension
            (``resources``), or ``*`` where the packs say nothing (``responsible``) of
            a rule either; what stands in the ledger already is kept.

        deadline: Until when new items are to be put right.

        costs: Yuan per unit by column of the data, such as
            ``{"above_degree_teachers": 90_000}``.

    Returns:
        One item for every unmet requirement at the finest unit, a class where
        ``classes`` are given, a school, a section or the county. Items that are met are
        struck off, those that fell back reopened, and what became unknown is left.

    Raises:
        InputError: A workbook is no ledger, was broken, or is of another county; the
            assessment is earlier than the ledger; a cost is below 0.

        MissingExtraError: A workbook needs the extra ``excel``.
    """
    from eduequity import ledger
    from eduequity.errors import InputError

    terms = ledger.Terms(
        departments=departments or {}, deadline=deadline, costs=costs or {}
    )
    if previous is None:
        return ledger.draw_up(result, terms)
    if isinstance(previous, ledger.Ledger):
        return ledger.updated(previous, result, terms)
    given = (previous,) if isinstance(previous, str | os.PathLike) else tuple(previous)
    before = read_ledger(*given)
    try:
        return ledger.updated(before, result, terms)
    except InputError as error:
        raise error.placed(", ".join(os.fspath(each) for each in given)) from error


def read_ledger(*paths: str | os.PathLike[str]) -> Ledger:
    """
    Read the workbook of a ledger with the edits of people; several are joined.

    Args:
        paths: The workbook, or the copies that several people edited. Where two of
            them changed one cell differently, that of the first stands and the other
            is in ``conflicts``.

    Returns:
        The ledger with what people wrote.

    Raises:
        InputError: With every problem found, each with its cell.

        MissingExtraError: The extra ``excel`` is not installed.

        TypeError: No path is given.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> ledger = ee.ledger_of(ee.evaluate(demo, on=dt.date(2024, 12, 31)))
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ledger.xlsx")
    ...     ee.write_ledger(ledger, path)
    ...     len(ee.read_ledger(path)) == len(ledger)
    True
    """
    from eduequity import io, ledger
    from eduequity.errors import InputError, Problem

    if not paths:
        raise TypeError("read_ledger() needs at least one path")
    editions: list[ledger.Edition] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            editions.append(io.read_ledger(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return ledger.joined(editions)


def write_ledger(
    ledger: Ledger, path: str | os.PathLike[str], *, lang: str = "zh"
) -> None:
    """
    Write a ledger into a workbook that people edit and `read_ledger` reads back.

    Args:
        ledger: The ledger.

        path: The ``.xlsx``. What stood there is replaced at once, or stays as it was.

        lang: ``zh`` or ``en``.

    Raises:
        OutputError: The file cannot be written.

        MissingExtraError: The extra ``excel`` is not installed.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", name="示例县")
    >>> ledger = ee.ledger_of(ee.evaluate(county, on=dt.date(2024, 12, 31)))
    >>> with TemporaryDirectory() as folder:
    ...     ee.write_ledger(ledger, Path(folder, "ledger.xlsx"), lang="zh")
    ...     [path.name for path in Path(folder).iterdir()]
    ['ledger.xlsx']
    """
    from eduequity import report

    report.check_workbook(path)
    report.write_bytes(
        path, lambda stream: report.write_ledger(stream, ledger, lang=lang)
    )


def roadmap(result: Assessment) -> Roadmap:
    """
    Put the staged targets of plans beside what is known of every county.

    Args:
        result: From `evaluate`; its day is the day of the question.

    Returns:
        A sequence of tracks, one for every target, stage and kind of school, with its
        baseline, milestones, national line, course on the day and departments.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> county = ee.County(code="999901", name="示例县")
    >>> tracks = ee.roadmap(ee.evaluate(county, on=dt.date(2024, 12, 31)))
    >>> len(tracks)  # no pack sets targets for this area
    0
    """
    from eduequity import planning

    return planning.roadmap(result)
