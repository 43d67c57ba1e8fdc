"""Beginning a distribution of rule packs: a working example, copied and renamed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from eduequity.cli._errors import UsageError
from eduequity.errors import OutputError
from eduequity.vocab import Area


__all__ = ["TEMPLATE", "new_pack"]

TEMPLATE = Path(__file__).parents[1] / "template"
"""A distribution that works, for the made-up area 99; modules end in ``.py.txt``."""

PREFIX = "eduequity-"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_UNFIT = re.compile(r"[\"'\\{}\x00-\x1f\x7f]")
_COUNTY = 6


def new_pack(name: str, *, area: str, zh: str, en: str, into: str) -> Path:
    """
    Copy the example, renamed, into a new folder below *into*.

    Args:
        name: Of the distribution, with or without ``eduequity-``.

        area: The code of its area.

        zh: The area's name in Chinese.

        en: The same in English.

        into: Where the new folder is made.

    Returns:
        The new folder.

    Raises:
        UsageError: A name or the area cannot be used.

        OutputError: The folder is there already, or cannot be written.
    """
    short = name.removeprefix(PREFIX)
    _check(short, area, zh, en)
    target = Path(into) / f"{PREFIX}{short}"
    if target.exists():
        raise OutputError(
            str(target),
            "已经存在，不会覆盖；请换一个名称或文件夹",
            "is there already and is not overwritten; choose another name or folder",
        )
    module = short.replace("-", "_")
    words = {
        "eduequity_example": f"eduequity_{module}",
        "eduequity-example": f"{PREFIX}{short}",
        "example-quality-balance": f"{short}-quality-balance",
        "example_": f"{module}_",
        "TestExample": f"Test{''.join(w.capitalize() for w in short.split('-'))}",
        "示例省": zh,
        "Example Province": en,
        "999901": (area + "0001")[:_COUNTY] if len(area) < _COUNTY else area,
    }
    try:
        _copy(TEMPLATE, target, words, area)
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        reason = error.strerror or str(error)
        raise OutputError(
            str(target), f"无法写入：{reason}", f"cannot be written: {reason}"
        ) from error
    return target


def _check(short: str, area: str, zh: str, en: str) -> None:
    if not _NAME.match(short):
        raise UsageError(
            f"{short}：不能用作名称，应为小写字母、数字和连字符，如 zhejiang",
            f"{short}: cannot be a name, expected lower-case letters, digits and "
            "hyphens, such as zhejiang",
        )
    try:
        Area(area)
    except ValueError:
        area = ""
    if not area:
        raise UsageError(
            "--area：应为2、4或6位数字的地区代码",
            "--area: expected the code of an area, 2, 4 or 6 digits",
        )
    for option, words in (("--zh", zh), ("--en", en)):
        if not words.strip() or _UNFIT.search(words):
            raise UsageError(
                f"{option}：不能为空，也不能含引号、反斜杠或括号",
                f"{option}: expected words without quotes, backslashes and braces",
            )


def _copy(source: Path, target: Path, words: dict[str, str], area: str) -> None:
    """Copy a folder, renaming folders, files and what stands in them."""
    target.mkdir()
    for each in sorted(source.iterdir()):
        name = _renamed(each.name, words, area).removesuffix(".txt")
        if each.is_dir():
            _copy(each, target / name, words, area)
        else:
            text = _renamed(each.read_text("utf-8"), words, area)
            (target / name).write_text(text, "utf-8", newline="\n")


_AREA = re.compile(r"(?<![\d.])99(?![\d%])")


def _renamed(text: str, words: dict[str, str], area: str) -> str:
    pattern = re.compile("|".join(map(re.escape, words)))
    done = pattern.sub(lambda found: words[found.group()], _AREA.sub("\0", text))
    return done.replace("\0", area)
