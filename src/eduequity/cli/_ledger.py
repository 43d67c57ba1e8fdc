"""The ledger 整改台账 on the command line."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eduequity.cli._assess import print_lines
from eduequity.cli._errors import UsageError
from eduequity.cli._streams import put_json, say_error


if TYPE_CHECKING:
    from eduequity.cli._options import Format
    from eduequity.engine import Assessment
    from eduequity.ledger import Ledger


__all__ = ["check", "show", "terms", "write"]

_MOST = 50

SHOWN = (".html", ".png", ".svg")
"""What shows a ledger and is never read back."""


def terms(
    departments: Sequence[str], deadline: dt.date | None, costs: Sequence[str]
) -> dict[str, Any]:
    """Return what is written into items where nothing stands yet."""
    prices: dict[str, float] = {}
    for name, word in _pairs("--cost", costs, "above_degree_teachers=90000"):
        try:
            prices[name] = float(word)
        except ValueError:
            raise UsageError(
                f"--cost {name}={word}：不是数，应如 above_degree_teachers=90000",
                f"--cost {name}={word}: no number, expected such as "
                "above_degree_teachers=90000",
            ) from None
    named = _pairs("--department", departments, "government.class_size=教育局")
    return {"departments": dict(named), "deadline": deadline, "costs": prices}


def _pairs(
    option: str, given: Sequence[str], example: str
) -> Iterator[tuple[str, str]]:
    for each in given:
        name, equals, word = each.partition("=")
        if not equals or not name.strip() or not word.strip():
            raise UsageError(
                f"{option} {each}：应写成 名称=值，如 {example}",
                f"{option} {each}: expected NAME=VALUE, such as {example}",
            )
        yield name.strip(), word.strip()


def check(source: str, out: str, previous: Sequence[str]) -> None:
    """Refuse a file that could not or must not be written, before any work."""
    from eduequity.report import check_target, check_workbook

    target = Path(out)
    if target.suffix.casefold() != ".xlsx":
        check_target(out, (".xlsx", *SHOWN))
        return
    known = target.exists() and any(
        Path(each).exists() and target.samefile(each) for each in previous
    )
    check_workbook(out, apart_from=source, must_be_new=not known)


def _save(made: Ledger, assessment: Assessment, out: str, lang: str) -> None:
    """Write the workbook that people edit, or what only shows the ledger."""
    import eduequity as ee

    suffix = Path(out).suffix.casefold()
    if suffix == ".html":
        assessment.write(out, lang=lang, tabs=[made])
    elif suffix in SHOWN:
        ee.plot(made, out, lang=lang)
    else:
        ee.write_ledger(made, out, lang=lang)


def write(
    assessment: Assessment,
    previous: Sequence[str],
    given: dict[str, Any],
    out: str,
    lang: str,
) -> tuple[Ledger, Path | None]:
    """Write the ledger; return it, and where the one written over is kept."""
    import eduequity as ee

    made = ee.ledger_of(assessment, previous=previous or None, **given)
    there = Path(out)
    over = there.suffix.casefold() == ".xlsx" and there.exists()
    kept = _set_aside(there, made.revision - 1) if over else None
    _save(made, assessment, out, lang)
    return made, kept


def _set_aside(workbook: Path, revision: int) -> Path:
    """Copy the workbook that is written over: it may hold more than a ledger does."""
    from eduequity.report import write_bytes

    names = (f"{workbook.stem}.{nth}" for nth in itertools.count(revision))
    beside = (workbook.with_name(f"{name}{workbook.suffix}") for name in names)
    kept = next(each for each in beside if not each.exists())
    data = workbook.read_bytes()
    write_bytes(kept, lambda stream: stream.write(data))
    return kept


def show(made: Ledger, kept: Path | None, out: str, form: Format, lang: str) -> int:
    """Say what the assessment did to it, and what is to be settled: then 1."""
    if form == "json":
        put_json(made.to_dict())
    else:
        _tell(made, kept, out, lang)
    zh = lang == "zh"
    conflicts = made.conflicts
    for each in conflicts[:_MOST]:
        say_error(" ".join(each.sentence(lang).split()))
    if len(conflicts) > _MOST:
        more = len(conflicts) - _MOST
        say_error(f"…… 另 {more} 处" if zh else f"… {more} more")
    return 1 if conflicts else 0


def _tell(made: Ledger, kept: Path | None, out: str, lang: str) -> None:
    zh = lang == "zh"
    if kept is not None:
        print_lines(f"原台账另存为 {kept}" if zh else f"the one of before: {kept}")
    print_lines(f"已写出 {out}" if zh else f"written: {out}")
    for turn, count in made.turns.items():
        if count:
            print_lines(f"  {turn.label.get(lang)} {count}")
    for note in made.notes:
        print_lines(f"  {note[0 if zh else 1]}")
