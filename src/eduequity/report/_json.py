"""A result as JSON: the form of `Assessment.to_dict`, written county by county."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import IO, TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator

    from eduequity.engine import Assessment, ReadingChange


__all__ = ["json_chunks", "write_json"]


def write_json(assessment: Assessment, stream: IO[bytes], *, lang: str = "zh") -> None:
    """Write the result into *stream* as UTF-8; *lang* makes no difference."""
    del lang
    for chunk in json_chunks(assessment):
        stream.write(chunk.encode())


def json_chunks(assessment: Assessment, *, ascii_only: bool = False) -> Iterator[str]:
    """
    Yield the JSON of a result piece by piece, one finding a line.

    Only one county's findings are held at a time.

    Args:
        assessment: The result.

        ascii_only: Whether other characters are escaped.
    """

    def dumped(value: Any, indent: int | None = None) -> str:
        return json.dumps(
            value, ensure_ascii=ascii_only, allow_nan=False, indent=indent
        )

    yield dumped(assessment.head(), 2).removesuffix("\n}")
    yield ',\n  "counties": ['
    changes = _by_county(assessment)
    for number, code in enumerate(assessment):
        county = assessment.county_dict(code, changes.get(code, ()))
        findings = county.pop("findings")
        yield ",\n" if number else "\n"
        yield dumped(county).removesuffix("}") + ', "findings": ['
        yield ",".join(f"\n{dumped(each)}" for each in findings)
        yield "\n]}"
    yield "\n]}\n"


def _by_county(assessment: Assessment) -> dict[str, list[ReadingChange]]:
    found: dict[str, list[ReadingChange]] = defaultdict(list)
    for each in assessment.readings():
        found[each.county].append(each)
    return found
