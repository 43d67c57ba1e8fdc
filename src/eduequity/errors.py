"""
Everything that can go wrong in a way the caller can mend.

::

    EduEquityError
    ├── InputError(ValueError)          every problem of an input, with its place
    ├── PackError(ValueError)           every problem of a rule pack, with its place
    │   └── PackConflictError           two packs claim the same thing
    ├── PluginError(RuntimeError)       a plugin could not be loaded
    ├── UnknownNameError(LookupError)   a name nobody has declared; .did_you_mean
    ├── OptionError(ValueError)         a choice that a reading does not offer
    ├── OutputError(OSError)            a file that could not be written
    └── MissingExtraError(ImportError)  .extra → pip install 'eduequity[…]'

    EduEquityWarning(UserWarning)
    └── MissingFontWarning              no font on this machine shows Chinese

Each class carries typed fields besides its message, and every `Problem` carries its
sentence in Chinese and in English.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import attrs


__all__ = [
    "EduEquityError",
    "EduEquityWarning",
    "InputError",
    "MissingExtraError",
    "MissingFontWarning",
    "OptionError",
    "OutputError",
    "PackConflictError",
    "PackError",
    "PluginError",
    "Problem",
    "UnknownNameError",
]


@attrs.frozen(kw_only=True)
class Problem:
    """
    One thing that is wrong at one place.

    Args:
        code: A stable name such as ``negative-number``.

        zh: What was found and what was expected, in Chinese.

        en: The same in English.

        file: The file as the caller named it.

        sheet: The sheet, table or (in a pack) the path inside the file.

        cell: ``B7`` in a workbook, ``row 7, pupils`` elsewhere.

        line: The line in a text file, counted from 1.

    >>> from eduequity.errors import Problem
    >>> found = Problem(
    ...     code="negative-number",
    ...     zh="-3 小于 0，应不小于此数",
    ...     en="-3 is below 0, the least that can be right",
    ...     file="county.xlsx",
    ...     sheet="schools",
    ...     cell="B7",
    ... )
    >>> found.place
    'county.xlsx:schools!B7'
    >>> print(found.text("zh"))
    county.xlsx:schools!B7: -3 小于 0，应不小于此数
    """

    code: str
    zh: str
    en: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """``file:sheet!cell`` or ``file:line: path``, as far as it is known."""
        if self.line is not None:
            head = f"{self.file}:{self.line}"
            return f"{head}: {self.sheet}" if self.sheet else head
        inner = "!".join(part for part in (self.sheet, self.cell) if part)
        return ":".join(part for part in (self.file, inner) if part)

    def text(self, lang: str = "en") -> str:
        """
        Say place and sentence on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        sentence = self.zh if lang == "zh" else self.en
        return f"{self.place}: {sentence}" if self.place else sentence


class EduEquityError(Exception):
    """
    The base of every error that a caller can mend; anything else is a bug of ours.

    >>> import eduequity as ee
    >>> try:
    ...     ee.read({"schools": []})
    ... except ee.EduEquityError as error:
    ...     print(error)
    the table county is missing or empty, expected a row with the code
    """


class EduEquityWarning(UserWarning):
    """
    The base of every warning, for Python's filters.

    >>> import warnings
    >>> from eduequity.errors import EduEquityWarning, MissingFontWarning
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("ignore", EduEquityWarning)
    ...     warnings.warn(MissingFontWarning())
    >>> len(caught)
    0
    """


class MissingFontWarning(EduEquityWarning):
    """
    No font on this machine shows Chinese: the labels of plots are in English.

    Install one, such as Debian's ``fonts-noto-cjk``.

    >>> from eduequity.errors import MissingFontWarning
    >>> str(MissingFontWarning()).partition(" · ")[0]
    '本机没有中文字体，图中文字改用英文；请安装字体，如 fonts-noto-cjk'
    """

    zh = "本机没有中文字体，图中文字改用英文；请安装字体，如 fonts-noto-cjk"
    en = (
        "no font on this machine shows Chinese, so the labels of plots are in "
        "English; install one, such as fonts-noto-cjk"
    )

    def __init__(self) -> None:
        super().__init__(f"{self.zh} · {self.en}")


class _ProblemsError(EduEquityError, ValueError):
    """
    Several problems found in one go.

    Args:
        problems: Every one of them, each with its place.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__(self.text())

    def __reduce__(self) -> tuple[type, tuple[Sequence[Problem]]]:
        return type(self), (self.problems,)

    def text(self, lang: str = "en") -> str:
        """
        Say all of it, one line a problem.

        Args:
            lang: ``zh``, or English for anything else.
        """
        return "\n".join(problem.text(lang) for problem in self.problems)


class InputError(_ProblemsError):
    """
    The data could not be used; `problems` holds every reason with its place.

    Args:
        problems: Every one of them; mend the cells that they name and read again.

    >>> import eduequity as ee
    >>> try:
    ...     ee.read({"county": [{"code": "999901", "year": 20244}]})
    ... except ee.InputError as error:
    ...     for problem in error.problems:
    ...         print(problem.code, "|", problem.place)
    ...     print(error.placed("county.json").problems[0].place)
    too-large | county!row 1, year
    county.json:county!row 1, year
    """

    def placed(self, file: str) -> InputError:
        """
        Return the same with *file* where a problem names none.

        Args:
            file: The file as the caller named it.
        """
        return InputError(
            attrs.evolve(each, file=each.file or file) for each in self.problems
        )


class PackError(_ProblemsError):
    """
    A rule pack could not be used; `problems` holds every reason with its place.

    Args:
        problems: Every one of them, with file, line and path inside the file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import eduequity as ee
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "pack.toml").write_text("[pack]")
    ...     try:
    ...         ee.rules.load_pack(Path(folder))
    ...     except ee.PackError as error:
    ...         print(error.problems[0].sheet, error.problems[0].line)
    pack 1
    """


class PackConflictError(PackError):
    """
    Two packs claim the same programme and area, the same rule or the same field.

    Uninstall one of them, or name it in ``EDUEQUITY_DISABLE_PLUGINS``.

    Args:
        problems: What is claimed, and by which two.

    >>> import attrs
    >>> import eduequity as ee
    >>> (ours, *_) = ee.Registry.of().packs
    >>> try:
    ...     book = ee.rules.Rulebook([ours, attrs.evolve(ours, version="0")])
    ... except ee.errors.PackConflictError as error:
    ...     print(error.problems[0].code)
    pack-conflict
    """


class PluginError(EduEquityError, RuntimeError):
    """
    A plugin could not be loaded; `Registry` keeps it in ``failures`` and goes on.

    Args:
        distribution: The name of the distribution it came from.

        version: That distribution's version.

        reason: Why.

    >>> from eduequity.errors import PluginError
    >>> print(PluginError("eduequity-mars", "1.0", "No module named 'mars'"))
    eduequity-mars 1.0: No module named 'mars'
    """

    def __init__(self, distribution: str, version: str, reason: str) -> None:
        self.distribution = distribution
        self.version = version
        self.reason = reason
        super().__init__(f"{distribution} {version}: {reason}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.distribution, self.version, self.reason)


_SHOWN = 20


class UnknownNameError(EduEquityError, LookupError):
    """
    A name that nobody has declared.

    Args:
        what: What kind of name it is, such as ``programme``.

        name: The name that was asked for.

        known: The names there are; the closest one stands in `did_you_mean`, or None.

    >>> import eduequity as ee
    >>> try:
    ...     ee.Registry.of().pack("national-quality-balanc")
    ... except ee.errors.UnknownNameError as error:
    ...     print(error.did_you_mean)
    national-quality-balance
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.what = what
        self.name = name
        self.known = tuple(sorted(known))
        close = difflib.get_close_matches(name, self.known, n=1)
        self.did_you_mean = close[0] if close else None
        hint = f"; did you mean {close[0]!r}?" if close else ""
        there = ", ".join(self.known[:_SHOWN]) or "none"
        more = f", … ({len(self.known)} in all)" if len(self.known) > _SHOWN else ""
        super().__init__(f"no {what} {name!r}{hint} (known: {there}{more})")

    def __reduce__(self) -> tuple[type, tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.what, self.name, self.known)

    def problem(self, place: str = "") -> Problem:
        """
        Return it as one problem among several.

        Args:
            place: Where the name was written.

        >>> from eduequity.errors import UnknownNameError
        >>> UnknownNameError("stage", "junor", ["junior"]).problem("1/junor").text()
        "1/junor: there is no stage 'junor'; did you mean 'junior'?"
        """
        close, what = self.did_you_mean, _CHINESE.get(self.what, "名称")
        return Problem(
            code="unknown-name",
            sheet=place,
            zh=f"没有名为“{self.name}”的{what}"
            + (f"，是不是“{close}”？" if close else ""),
            en=f"there is no {self.what} {self.name!r}"
            + (f"; did you mean {close!r}?" if close else ""),
        )


_CHINESE = {
    "school": "学校",
    "stage": "学段",
    "cost": "单价项目",
    "bound": "上限项目",
    "rule": "规则或方面",
}


def joined(
    found: Sequence[tuple[str, InputError | UnknownNameError]],
) -> InputError | UnknownNameError:
    """
    Return several errors as one; one alone stays what it is.

    Args:
        found: The errors, each with the place of the names that nobody knows.
    """
    if len(found) == 1:
        return found[0][1]
    problems = (
        error.problems if isinstance(error, InputError) else (error.problem(place),)
        for place, error in found
    )
    return InputError(each for some in problems for each in some)


class OptionError(EduEquityError, ValueError):
    """
    A choice that a reading does not offer; take one of `choices`.

    Args:
        option: The reading.

        choice: What was asked for.

        choices: What it offers.

    >>> from eduequity.errors import OptionError
    >>> print(OptionError("room_counting", "each", ["per_type", "sum"]))
    room_counting='each' is no choice; expected one of per_type, sum
    """

    def __init__(self, option: str, choice: str, choices: Iterable[str]) -> None:
        self.option = option
        self.choice = choice
        self.choices = tuple(choices)
        super().__init__(
            f"{option}={choice!r} is no choice; expected one of "
            f"{', '.join(self.choices)}"
        )

    def __reduce__(self) -> tuple[type, tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.option, self.choice, self.choices)


class OutputError(EduEquityError, OSError):
    """
    A file that could not be written; what stood there before is untouched.

    Args:
        path: The file.

        zh: Why, and what to do, in Chinese.

        en: The same in English.

    >>> import eduequity as ee
    >>> try:
    ...     ee.template("blank.csv")
    ... except ee.errors.OutputError as error:
    ...     print(error.text("zh"))
    blank.csv: 不支持写出“.csv”类型的文件，应为 .xlsx
    """

    def __init__(self, path: str, zh: str, en: str) -> None:
        self.path = path
        self.zh = zh
        self.en = en
        super().__init__(f"{path}: {en}")

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.path, self.zh, self.en)

    def text(self, lang: str = "en") -> str:
        """
        Say path and reason on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        return f"{self.path}: {self.zh if lang == 'zh' else self.en}"


class MissingExtraError(EduEquityError, ImportError):
    """
    Something that is not installed is needed: install the extra that it names.

    Args:
        extra: The extra of eduequity that brings it.

        purpose: What it is needed for.

    >>> from eduequity.errors import MissingExtraError
    >>> print(MissingExtraError("excel", "reading county.xlsx"))
    reading county.xlsx needs an extra: run  pip install 'eduequity[excel]'
    """

    def __init__(self, extra: str, purpose: str) -> None:
        self.extra = extra
        self.purpose = purpose
        super().__init__(
            f"{purpose} needs an extra: run  pip install 'eduequity[{extra}]'"
        )

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.extra, self.purpose)
