"""Plans and scenarios on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eduequity.cli._assess import keep, print_lines, terms
from eduequity.cli._errors import UsageError
from eduequity.cli._streams import put_json


if TYPE_CHECKING:
    from eduequity.cli._options import Format
    from eduequity.engine import Assessment
    from eduequity.planning import Plan


__all__ = [
    "alone",
    "check_out",
    "numbers",
    "ranges",
    "scenarios",
    "show",
    "show_plan",
    "sweep_of",
]

MET, UNMET, UNKNOWN = 0, 1, 3


def check_out(out: str | None, *sources: str) -> None:
    """Refuse an output file that could not or must not be written, before any work."""
    if out is not None:
        from eduequity.report import MADE, check_target

        check_target(out, MADE)
        for source in sources:
            keep(source, out)


def alone(assessment: Assessment, county: str | None) -> Assessment:
    """Return the result of the one county that is meant."""
    return assessment if county is None else assessment.only(county)


def numbers(option: str, given: Sequence[str]) -> Mapping[str, float]:
    """
    Read NAME=NUMBER options.

    >>> numbers("--cost", ["rotate=0.5"])
    {'rotate': 0.5}
    """
    found: dict[str, float] = {}
    for each in given:
        name, equals, number = each.rpartition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            raise UsageError(
                f"{option} {each}：应写成 名称=数，如 teaching_area=2500",
                f"{option} {each}: expected NAME=NUMBER, such as teaching_area=2500",
            )
    return found


def ranges(option: str, given: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """
    Read NAME=LOW..HIGH options.

    >>> ranges("--growth", ["primary=-0.04..0"])
    {'primary': (-0.04, 0.0)}
    """
    found: dict[str, tuple[float, float]] = {}
    for each in given:
        name, _, ends = each.partition("=")
        try:
            low, high = (float(end) for end in ends.split(".."))
        except ValueError:
            raise UsageError(
                f"{option} {each}：应写成 名称=低..高，如 primary=-0.04..0",
                f"{option} {each}: expected NAME=LOW..HIGH, such as primary=-0.04..0",
            ) from None
        found[name.strip()] = (low, high)
    return found


def scenarios(given: Sequence[str]) -> Mapping[str, list[str]]:
    """
    Read ``NAME: CHANGE; CHANGE`` options.

    >>> scenarios(["a: 1/primary.pupils += 3; merge 2 -> 1"])
    {'a': ['1/primary.pupils += 3', 'merge 2 -> 1']}
    """
    found: dict[str, list[str]] = {}
    for each in given:
        name, colon, edits = each.replace("：", ":", 1).partition(":")
        parts = [part.strip() for part in edits.split(";") if part.strip()]
        if not colon or not name.strip() or not parts or name.strip() in found:
            raise UsageError(
                f"--scenario {each}：应写成 名称: 改动; 改动，名称各不相同",
                f"--scenario {each}: expected NAME: CHANGE; CHANGE, each name once",
            )
        found[name.strip()] = parts
    return found


_MOST = 1000


def sweep_of(given: str) -> tuple[str, list[float]]:
    """
    Read ``CELL=FROM..TO`` or ``CELL=FROM..TO..STEP``.

    >>> sweep_of("1/primary.pupils=10..30..10")
    ('1/primary.pupils', [10.0, 20.0, 30.0])
    """
    cell, _, ends = given.partition("=")
    try:
        low, high, *rest = (float(each) for each in ends.split(".."))
        step = rest[0] if rest else max((high - low) / 10, 1.0)
        count = int((high - low) / step + 1e-9) + 1
        if len(rest) > 1 or not step > 0 or not 1 <= count <= _MOST:
            raise ValueError(given)  # noqa: TRY301 - said once, below
    except (ValueError, ArithmeticError):
        raise UsageError(
            f"--sweep {given}：应写成 学校代码/primary.列名=起..止 或 起..止..步长，"
            f"最多 {_MOST} 个取值",
            f"--sweep {given}: expected CODE/primary.COLUMN=FROM..TO or "
            f"FROM..TO..STEP, at most {_MOST} values",
        ) from None
    return cell.strip(), [round(low + nth * step, 2) for nth in range(count)]


def show(found: Any, form: Format, lang: str, out: str | None = None) -> None:
    """Print whatever has lines and plain data, after writing it where asked."""
    if out is not None:
        found.write(out, lang=lang)
    if form == "json":
        put_json(found.to_dict())
        return
    print_lines(terms(found.assessment, lang).strip())
    for line in found.lines(lang):
        print_lines(line)


def show_plan(plan: Plan, form: Format, lang: str, out: str | None) -> int:
    """Print a plan; 0 if there is one, 1 if there is provably none, else 3."""
    show(plan, form, lang, out)
    if plan.feasible:
        return MET
    return UNMET if plan.status == "infeasible" else UNKNOWN
