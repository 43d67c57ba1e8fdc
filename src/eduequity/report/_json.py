"""A result as JSON: the form of `Assessment.to_dict`, written county by county."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eduequity.engine import Assessment, Finding


__all__ = ["json_chunks", "write_json"]


def write_json(assessment: Assessment, stream: IO[bytes], *, lang: str = "zh") -> None:
    """
    Write the result as UTF-8.

    Args:
        assessment: The result.

        stream: Where to.

        lang: Makes no difference.
    """
    del lang
    for chunk in json_chunks(assessment):
        stream.write(chunk.encode())


def json_chunks(assessment: Assessment, *, ascii_only: bool = False) -> Iterator[str]:
    """
    Yield the JSON of a result piece by piece, one finding a line.

    Only a few counties' findings are held at a time.

    Args:
        assessment: The result.

        ascii_only: Whether other characters are escaped.
    """
    encoder = json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False)
    dumped = encoder.encode
    head = json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False, indent=2)
    yield head.encode(assessment.head()).removesuffix("\n}")
    yield ',\n  "counties": ['
    line = _Line(dumped)
    for number, (county, findings) in enumerate(assessment.county_dicts()):
        yield ",\n" if number else "\n"
        yield dumped(county).removesuffix("}") + ', "findings": ['
        yield ",".join(f"\n{line(each)}" for each in findings)
        yield "\n]}"
    yield "\n]}\n"


_OWN = ("id", "entity", "value")
"""What no finding shares with another."""


class _Line:
    """
    Writes one finding as JSON.

    Most of a finding is the same in thousands of others (its citations above all):
    such parts are written once and kept.
    """

    def __init__(self, dumped: Callable[[Any], str]) -> None:
        self._dumped = dumped
        self._shared: dict[Any, tuple[str, ...]] = {}

    def __call__(self, each: Finding) -> str:
        key = (
            each.rule,
            each.area,
            each.stage,
            each.item,
            each.verdict,
            each.threshold,
            each.flags,
            each.sources,
            each.basis,
        )
        parts = self._shared.get(key)
        if parts is None:
            parts = self._shared[key] = self._parts(each)
        start, before_entity, before_value, rest = parts
        value = self._dumped(each.value) if each.value is not None else "null"
        return (
            f"{start}{self._dumped(each.id)}{before_entity}"
            f"{self._dumped(each.entity)}{before_value}{value}{rest}"
        )

    def _parts(self, each: Finding) -> tuple[str, ...]:
        """Return what stands before, between and after what is the finding's own."""
        parts: list[str] = []
        part = ""
        for name, cell in each.to_dict().items():
            part += f"{', ' if parts or part else '{'}{self._dumped(name)}: "
            if name in _OWN:
                parts.append(part)
                part = ""
            else:
                part += self._dumped(cell)
        return (*parts, f"{part}}}")
