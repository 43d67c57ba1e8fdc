"""What can be mended, in the caller's language: one line a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eduequity.errors import (
    EduEquityError,
    InputError,
    MissingExtraError,
    OptionError,
    OutputError,
    PackError,
    UnknownNameError,
)


if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["UsageError", "language", "lines_of"]

_MOST_NAMES = 12
_WHAT = {
    "programme": "评估项目",
    "option": "口径",
    "county": "区县",
    "finding": "结论",
    "pack": "规则包",
    "indicator": "指标",
    "dimension": "方面",
    "school": "学校",
    "stage": "学段",
    "level": "层级",
    "cost": "单价项目",
    "bound": "上限项目",
    "column": "数据项",
    "rule": "规则或方面",
}


class UsageError(EduEquityError):
    """
    The command line asks for something that cannot be done.

    Args:
        zh: What, and what to do, in Chinese.

        en: The same in English.
    """

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(en)

    def text(self, lang: str) -> str:
        """Say it in *lang*."""
        return self.zh if lang == "zh" else self.en


def language(arguments: Sequence[str]) -> str:
    """
    Find the language that the arguments ask for, however wrong they are otherwise.

    >>> language(["evaluate", "x", "--lang", "en"]), language(["demo"])
    ('en', 'zh')
    """
    for at, word in enumerate(arguments):
        if word == "--lang" and arguments[at + 1 : at + 2] == ["en"]:
            return "en"
        if word == "--lang=en":
            return "en"
    return "zh"


def lines_of(error: EduEquityError, lang: str) -> str:
    """Say what is wrong, one line a problem."""
    if isinstance(error, InputError | PackError | OutputError | UsageError):
        return error.text(lang)
    if isinstance(error, UnknownNameError):
        return _unknown(error, lang)
    if lang == "zh" and isinstance(error, OptionError):
        choices = "、".join(error.choices)
        return f"口径 {error.option} 没有选项“{error.choice}”，应为 {choices} 之一"
    if lang == "zh" and isinstance(error, MissingExtraError):
        return f"{error.purpose} 需要安装：pip install 'eduequity[{error.extra}]'"
    return str(error)


def _unknown(error: UnknownNameError, lang: str) -> str:
    zh = lang == "zh"
    close = error.did_you_mean
    if zh:
        what, _, owner = error.what.partition(" of ")
        said = (
            f"{owner and f'{owner}：'}没有名为“{error.name}”的{_WHAT.get(what, what)}"
        )
        said += f"，是不是“{close}”？" if close else "。"
    else:
        said = f"there is no {error.what} {error.name!r}"
        said += f", did you mean {close!r}? " if close else ". "
    if error.what == "finding":
        all_ = "evaluate PATH --format json"
        return said + (f"全部编号见 {all_}" if zh else f"All ids: {all_}")
    known = [each or '""' for each in error.known[:_MOST_NAMES]]
    if len(error.known) > _MOST_NAMES:
        known.append("…")
    if zh:
        return f"{said}已有：{'、'.join(known) or '无'}"
    return f"{said}There are: {', '.join(known) or 'none'}"
