"""What is made from a result: as plain data without the fuzz of floats, as a file."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from eduequity.errors import OutputError


if TYPE_CHECKING:
    from eduequity.engine._assessment import Assessment


__all__ = ["hand_over", "origin", "plain"]


def plain(told: Any) -> Any:
    """
    Return plain data whose numbers are what they are on paper: 12 significant digits.

    What is not a number becomes None: JSON has no NaN.

    Args:
        told: Numbers, words, and lists and mappings of them.

    >>> from eduequity.engine import plain
    >>> plain({"share": 0.1 + 0.2, "gap": float("nan"), "all": (33.9 + 0.2 * 7, 3)})
    {'share': 0.3, 'gap': None, 'all': [35.3, 3]}
    """
    if isinstance(told, float):
        return float(f"{told:.12g}") + 0.0 if math.isfinite(told) else None
    if isinstance(told, dict):
        return {key: plain(each) for key, each in told.items()}
    if isinstance(told, list | tuple):
        return [plain(each) for each in told]
    return told


def hand_over(
    made: object, of: Assessment, path: str | os.PathLike[str], **terms: Any
) -> None:
    """
    Write something with the writer that was handed in to the result it is made from.

    Args:
        made: What is written.

        of: The result that it is made from.

        path: The file.

        terms: What the writer takes besides, such as ``lang``.

    Raises:
        OutputError: None was handed in, or the file cannot be written.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> from eduequity.engine import hand_over
    >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
    >>> with TemporaryDirectory() as folder:
    ...     hand_over(result, result, Path(folder, "result.json"), lang="zh")
    ...     [path.name for path in Path(folder).iterdir()]
    ['result.json']
    """
    if of.writer is None:
        raise OutputError(
            os.fspath(path),
            "此结果没有可用的写出程序；请用 eduequity.evaluate 得到结果",
            "no writer was handed in; get the result from eduequity.evaluate",
        )
    of.writer(made, path, **terms)


def origin(of: Assessment) -> dict[str, Any]:
    """
    Return what a result rests on, so that it can be had again: data, packs, law.

    Args:
        of: The result.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import origin
    >>> result = ee.evaluate(ee.County(code="999901"), on=dt.date(2024, 12, 31))
    >>> origin(result)["counties"], origin(result)["on"]
    (['999901'], '2024-12-31')
    """
    head = of.head()
    told = {key: head[key] for key in _ORIGIN}
    return {**told, "counties": list(of), "synthetic": of.synthetic}


_ORIGIN = ("engine", "programme", "on", "as_area", "data", "packs", "options")
