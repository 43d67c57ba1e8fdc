"""Evaluating from the command line: read, judge, write, print, and the exit status."""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eduequity.cli._errors import UsageError
from eduequity.cli._streams import console, is_utf8, progress, put, say_error
from eduequity.errors import MissingFontWarning


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eduequity.cli._options import LawOptions, OutputOptions
    from eduequity.engine import Assessment, Finding


__all__ = ["assess", "find", "keep", "print_lines", "report", "status", "terms"]

MET, UNMET, UNKNOWN = 0, 1, 3

_LISTED = 5


def assess(source: str, law: LawOptions, *, previous: str | None = None) -> Assessment:
    """Read *source* and judge it by the law that the options name."""
    import eduequity as ee

    area = _area(law.as_area)
    options = _readings(law.option)
    with progress(law.lang) as told:
        facts = ee.read(source, previous=previous, progress=told)
    assessment = ee.evaluate(
        facts,
        on=law.on or dt.date.today(),  # noqa: DTZ011 - the law's days are local days
        programme=law.programme,
        options=options,
        as_area=area,
    )
    if not len(assessment):
        raise UsageError(
            f"{source}：没有区县，county 表应至少有一行",
            f"{source}: there is no county, the table county needs a row",
        )
    return assessment


def _readings(given: Sequence[str]) -> Mapping[str, str]:
    chosen: dict[str, str] = {}
    for each in given:
        name, equals, choice = each.partition("=")
        if not equals or not name or not choice:
            raise UsageError(
                f"--option {each}：应写成 名称=选项，如 room_counting=sum",
                f"--option {each}: expected NAME=VALUE, such as room_counting=sum",
            )
        chosen[name.strip()] = choice.strip()
    return chosen


def _area(code: str | None) -> str | None:
    from eduequity.vocab import Area

    if code is not None:
        try:
            Area(code)
        except ValueError:
            raise UsageError(
                f"--as-area {code}：不是地区代码，应为2、4或6位数字（全国为空）",
                f"--as-area {code}: no area code, expected 2, 4 or 6 digits "
                "(empty for the nation)",
            ) from None
    return code


# -- what comes out -------------------------------------------------------------


def check(source: str, output: OutputOptions) -> None:
    """Refuse output files that could not be written, before any work is done."""
    from eduequity.report import check_target

    for path in output.out:
        check_target(path, _renderers(path))
        keep(source, path)


def keep(source: str, out: str) -> None:
    """Refuse to write over the input."""
    if Path(out).exists() and Path(source).exists() and _same(source, out):
        raise UsageError(
            f"{out}：会覆盖输入文件，请换一个文件名",
            f"{out}: would overwrite the input, choose another name",
        )


def _renderers(path: str) -> Mapping[str, Callable[..., None]]:
    """Return our renderers, with those of plugins where ours do not know the suffix."""
    from eduequity._facade import installed
    from eduequity.report import RENDERERS

    if Path(path).suffix.casefold() in RENDERERS:
        return RENDERERS
    return {**installed().renderers(), **RENDERERS}


def _same(source: str, path: str) -> bool:
    return Path(source).samefile(path)


def report(
    assessment: Assessment, law: LawOptions, output: OutputOptions, *, source: str
) -> None:
    """Write the files that are asked for, then print the result."""
    from eduequity.report import json_chunks, render_terminal, write

    _check_level(assessment, output.level)
    for path in output.out:
        with warnings_told(law.lang):
            write(assessment, path, _renderers(path), lang=law.lang)
    if output.format == "json":
        put(json_chunks(assessment, ascii_only=not is_utf8(sys.stdout)))
        return
    render_terminal(
        assessment,
        console=console(),
        lang=law.lang,
        level=output.level,
        source=quoted(source),
    )
    if output.out:
        written = "已写出 " if law.lang == "zh" else "written: "
        print_lines(written + ", ".join(output.out))


@contextmanager
def warnings_told(lang: str) -> Iterator[None]:
    """Say our own warnings in one line each, and let all others be as they are."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MissingFontWarning)
        yield
    for each in caught:
        if isinstance(each.message, MissingFontWarning):
            say_error(each.message.zh if lang == "zh" else each.message.en)
        else:
            warnings.warn_explicit(
                each.message, each.category, each.filename, each.lineno
            )


def print_lines(text: str) -> None:
    """Print *text* as it is, without what could steer the terminal."""
    from eduequity.report import clean

    put([clean(text), "\n"])


def quoted(path: str) -> str:
    """
    Quote a path for a command to be copied, in any shell.

    >>> quoted("county.xlsx"), quoted("my county.xlsx")
    ('county.xlsx', '"my county.xlsx"')
    """
    plain = all(each.isalnum() or each in "._-/\\:" for each in path)
    return path if plain else f'"{path}"'


def _check_level(assessment: Assessment, level: str) -> None:
    from eduequity.report import lacking

    codes = lacking(assessment, level)
    if not codes:
        return
    named = ", ".join(codes[:_LISTED]) + (", …" if len(codes) > _LISTED else "")
    raise UsageError(
        f"--level {level}：没有适用于 {named} 的该级规则包；"
        "用 eduequity packs list 查看已安装的规则包",
        f"--level {level}: no pack of that level reaches {named}; "
        "see eduequity packs list for what is installed",
    )


def status(assessment: Assessment, level: str) -> int:
    """Return the exit status: any unmet 1, else any unknown 3, else 0."""
    from eduequity.report import verdict_at
    from eduequity.vocab import Verdict, combine

    worst = combine(verdict_at(each, level) for each in assessment.values())
    return {Verdict.UNMET: UNMET, Verdict.UNKNOWN: UNKNOWN}.get(worst, MET)


# -- one finding ----------------------------------------------------------------


def terms(assessment: Assessment, lang: str) -> str:
    """Say on one line which day's law was used, and whether the data is made up."""
    made_up = "；合成数据（synthetic）" if lang == "zh" else "; synthetic data"
    day = "评估日期" if lang == "zh" else "law as of"
    return f"  {day} {assessment.on}{made_up if assessment.synthetic else ''}"


def find(assessment: Assessment, finding_id: str) -> Finding:
    """
    Return the finding of that id.

    Raises:
        UnknownNameError: There is none; it names a close one.
    """
    from eduequity.errors import UnknownNameError

    known: list[str] = []
    for code in _candidates(assessment, finding_id):
        for each in assessment[code].findings(components=True):
            if each.id == finding_id:
                return each
            known.append(each.id)
    raise UnknownNameError("finding", finding_id, known)


def _candidates(assessment: Assessment, finding_id: str) -> list[str]:
    """Return the counties that may hold the finding: by their code or a school's."""
    codes = list(assessment)
    if len(codes) == 1:
        return codes
    entity = finding_id.rpartition("@")[2].partition("#")[0].partition("/")[0]
    if entity in codes:
        return [entity]
    facts = assessment.facts
    rows = facts.school_county[facts.schools.words("code") == entity]
    found = [codes[row] for row in dict.fromkeys(rows.tolist())]
    if not found:
        raise UsageError(
            f"{finding_id}：数据中没有区县或学校“{entity}”",
            f"{finding_id}: the data has no county or school {entity!r}",
        )
    return found
