"""Two assessments side by side on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from eduequity.cli._assess import print_lines
from eduequity.cli._streams import put_json


if TYPE_CHECKING:
    from eduequity._verify import Difference
    from eduequity.cli._options import Format
    from eduequity.engine import Assessment
    from eduequity.ledger import Comparison


__all__ = ["show"]

_MOST = 100
_LEAST_MOVE = 0.0005


def show(
    old: Assessment,
    new: Assessment,
    form: Format,
    lang: str,
    *,
    sources: str,
    recorded: str | None = None,
    out: str | None = None,
) -> None:
    """Print what differs between two assessments, after writing it where asked."""
    import eduequity as ee

    try:
        found = ee.compare(old, new)
    except ee.InputError as error:
        raise error.placed(sources) from error
    if out is not None:
        found.write(out, lang=lang)
    corrections = () if recorded is None else _corrections(recorded, old)
    if form == "json":
        told = found.to_dict()
        told["corrections"] = [
            {"what": e.what, "where": e.where, "recorded": e.recorded, "found": e.found}
            for e in corrections
        ]
        put_json(told)
        return
    for line in _lines(found, lang):
        print_lines(line)
    if recorded is not None:
        word = (
            "与当时记录的结果不同" if lang == "zh" else "Otherwise than recorded then"
        )
        print_lines(f"{word}{'：' if lang == 'zh' else ': '}{len(corrections)}")
        for line in _some([each.sentence(lang) for each in corrections], lang):
            print_lines(line)


def _corrections(recorded: str, old: Assessment) -> tuple[Difference, ...]:
    """Return what today's packs find in the old data otherwise than was recorded."""
    import eduequity as ee

    differing = ee.verify(recorded, old.facts).differences
    return tuple(
        each
        for each in differing
        if each.what in ("data", "engine", "pack", "law")
        or (each.what == "finding" and each.where.endswith(" verdict"))
    )


def _lines(found: Comparison, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield "范围" if zh else "Population"
    yield from _under(each.get(lang) for each in found.notes)
    changes = [each.sentence(lang) for each in found.population.changes]
    yield f"学校变动：{len(changes)}" if zh else f"Schools changed: {len(changes)}"
    yield from _some(changes, lang)
    flips = found.flips
    yield f"结论变化：{len(flips)}" if zh else f"Verdicts flipped: {len(flips)}"
    some = [each for each, _ in zip(flips, range(_MOST), strict=False)]
    yield from _under(each.sentence(lang) for each in some)
    yield from _more(len(flips) - len(some), lang)
    yield "指标" if zh else "Indicators"
    yield from _under(
        each.sentence(lang) for each in found.indicators if each.better or each.worse
    )
    moved = [
        each.sentence(lang)
        for each in found.coefficients
        if abs((each.after or 0.0) - (each.before or 0.0)) >= _LEAST_MOVE
    ]
    yield f"差异系数变化：{len(moved)}" if zh else f"Coefficients moved: {len(moved)}"
    yield from _some(moved, lang)


def _some(lines: Sequence[str], lang: str) -> Iterator[str]:
    yield from _under(lines[:_MOST])
    yield from _more(len(lines) - _MOST, lang)


def _more(left: int, lang: str) -> Iterator[str]:
    if left > 0:
        yield f"  …… 另 {left} 项" if lang == "zh" else f"  … {left} more"


def _under(lines: Iterable[str]) -> Iterator[str]:
    return ("  " + " ".join(line.split()) for line in lines)
