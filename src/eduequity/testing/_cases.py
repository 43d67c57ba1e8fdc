"""
Case files: a county in TOML, and what the law says of it.

::

    title = "巩固率恰为百分之九十五"
    on = 2024-12-31

    [county]
    code = "350000"
    junior_graduates = 95

    [[schools]]
    code = "1"

    [expect]
    "quality.junior_retention" = "met"
    "35.small_school@1" = "unknown"

Besides ``on`` and ``expect`` a file may have ``title``, ``programme``, ``options`` and
``as_area``; every other key is a table of the data contract. What is expected is
named as in a finding's id, ``<area>:<rule>@<entity>#<item>``, of which all but the rule
may be left out: then the deepest level counts, and the county as a whole.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from eduequity import engine, io
from eduequity.engine import Assessment, Finding
from eduequity.errors import InputError, Problem
from eduequity.model import dictionary
from eduequity.registry import Registry
from eduequity.testing._files import place_of_key
from eduequity.vocab import Verdict


__all__ = ["Case", "CaseError", "Mismatch", "load_case"]

_OWN = ("as_area", "expect", "on", "options", "programme", "title")
_ID = re.compile(
    r"(?:(?P<area>\d*):)?(?P<rule>[^@#:]+)(?:@(?P<entity>[^#]+))?(?:#(?P<item>.+))?\Z"
)
_BY_RANK = tuple(Verdict)


class CaseError(InputError):
    """
    A case file that cannot be used; `problems` holds every reason with its line.

    Args:
        problems: Every one of them.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from eduequity.testing import CaseError, load_case
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "case.toml")
    ...     _ = path.write_text("on = 2024-12-31")
    ...     try:
    ...         load_case(path)
    ...     except CaseError as error:
    ...         print(error.problems[0].en)
    'expect' is missing
    """


@attrs.frozen(kw_only=True)
class Mismatch:
    """
    One thing that a case expects and that was not found.

    Args:
        rule: The rule, or the finding, as the case names it.

        expected: The verdict that it expects.

        found: The verdict that was found; None where there is no such finding.

        explanation: Why it was found; empty where there is nothing to explain.

    >>> import eduequity as ee
    >>> from eduequity.testing import Mismatch
    >>> amiss = Mismatch(
    ...     rule="vetoes.key_schools",
    ...     expected=ee.Verdict.MET,
    ...     found=ee.Verdict.UNKNOWN,
    ...     explanation="",
    ... )
    >>> print(amiss)
    vetoes.key_schools
      expected: met
      found:    unknown
    """

    rule: str
    expected: Verdict
    found: Verdict | None
    explanation: str

    def __str__(self) -> str:
        """Say rule, expected, found, and why it was found."""
        found = "no such finding" if self.found is None else self.found.value
        head = f"{self.rule}\n  expected: {self.expected.value}\n  found:    {found}"
        return f"{head}\n{self.explanation}" if self.explanation else head


@attrs.frozen(kw_only=True)
class Case:
    """
    One case file.

    Args:
        path: The file.

        title: What it shows.

        on: The day whose law counts.

        expect: The verdicts by rule, or by finding.

        tables: The county's data.

        programme: The programme.

        options: The readings chosen.

        as_area: The area whose law is used in place of the county's own.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from eduequity import Registry
    >>> from eduequity.testing import load_case
    >>> written = '''
    ... on = 2024-12-31
    ... [county]
    ... code = "999901"
    ... key_schools = false
    ... [expect]
    ... "vetoes.key_schools" = "met"
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "no-key-schools.toml")
    ...     _ = path.write_text(written)
    ...     case = load_case(path)
    >>> case.name, case.run(Registry.of())  # nothing is amiss
    ('no-key-schools', ())
    >>> case.assessment(Registry.of())["999901"]["vetoes"].rules[
    ...     "vetoes.key_schools"
    ... ].value
    'met'
    """

    path: Path
    on: dt.date
    expect: Mapping[str, Verdict]
    tables: Mapping[str, object]
    title: str = ""
    programme: str = "quality-balance"
    options: Mapping[str, str] = attrs.field(factory=dict)
    as_area: str | None = None

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    def assessment(self, registry: Registry) -> Assessment:
        """
        Judge the county.

        Args:
            registry: The packs and indicators.

        Returns:
            The result of the case's county.

        Raises:
            CaseError: The data has a column that nobody declares.
        """
        facts = io.read(self.tables, extra_fields=registry.fields)
        unknown = [n for n in facts.notices if n.code.startswith("unknown")]
        if unknown:
            raise CaseError(
                Problem(code=n.code, zh=n.zh, en=n.en, file=f"{self.path}:{n.place}")
                for n in unknown
            )
        return engine.evaluate(
            facts,
            registry.rulebook,
            registry.indicators,
            on=self.on,
            programme=self.programme,
            options=self.options,
            as_area=self.as_area,
        )

    def run(self, registry: Registry) -> tuple[Mismatch, ...]:
        """
        Return what was expected and is not so.

        Args:
            registry: The packs and indicators.

        Raises:
            CaseError: The file speaks of a rule or column that there is not.

            InputError: Its data cannot be used.
        """
        assessment = self.assessment(registry)
        self._check_rules(assessment)
        return tuple(self._mismatches(assessment))

    def _check_rules(self, assessment: Assessment) -> None:
        known = assessment.law.rules
        problems = []
        for key in self.expect:
            match = _ID.match(key)
            rule = match["rule"] if match else key
            if rule not in known:
                there = {r for p in assessment.law.packs for r in p.rules}
                zh, en = _hint(rule, there)
                if rule in there:
                    zh, en = "当日无效", "not in force on that day"
                problems.append(
                    _problem(
                        self.path,
                        key,
                        f"没有规则“{rule}”：{zh}",
                        f"no rule {rule!r}: {en}",
                    )
                )
        if problems:
            raise CaseError(problems)

    def _mismatches(self, assessment: Assessment) -> Iterator[Mismatch]:
        for key, expected in self.expect.items():
            match = _ID.match(key)
            assert match is not None
            found = _verdict(assessment, **match.groupdict())
            if found is not expected:
                yield Mismatch(
                    rule=key,
                    expected=expected,
                    found=found,
                    explanation=_explained(assessment, **match.groupdict()),
                )


def _verdict(
    assessment: Assessment,
    *,
    rule: str,
    area: str | None,
    entity: str | None,
    item: str | None,
) -> Verdict | None:
    if entity is None and item is None:
        for level in reversed(assessment.levels):
            if rule in level.counties and area in (None, level.area):
                return _BY_RANK[int(level.counties[rule].max())]
    found = _findings(assessment, rule=rule, area=area, entity=entity, item=item)
    return found[-1].verdict if found else None


def _findings(
    assessment: Assessment,
    *,
    rule: str,
    area: str | None,
    entity: str | None,
    item: str | None,
) -> list[Finding]:
    """Return the findings that are meant, the deepest level last."""
    whole = entity or next(iter(assessment))
    return [
        each
        for each in assessment.findings(rule=rule, components=True)
        if area in (None, each.area) and each.entity == whole and each.item == item
    ]


_MOST_EXPLAINED = 3


def _explained(assessment: Assessment, *, rule: str, **where: str | None) -> str:
    """Explain what is meant, and the units that are not met where it joins them."""
    meant = _findings(assessment, rule=rule, **where)
    shown = meant[-1:]
    if not shown or "summary" in shown[0].flags:
        units = assessment.findings(rule=rule, components=True)
        open_ = [f for f in units if f.verdict in (Verdict.UNMET, Verdict.UNKNOWN)]
        shown += [f for f in open_ or units if f not in shown][:_MOST_EXPLAINED]
    return "\n".join(str(engine.explain(each)) for each in shown)


# -- reading -----------------------------------------------------------------------


def load_case(path: Path) -> Case:
    r"""
    Read a case file, strictly.

    Args:
        path: The ``.toml`` file.

    Raises:
        CaseError: With every defect found.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from eduequity.testing import load_case
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "case.toml")
    ...     _ = path.write_text(
    ...         "on = 2024-12-31\n[county]\ncode = '999901'\n"
    ...         "[expect]\n'vetoes.key_schools' = 'unknown'"
    ...     )
    ...     load_case(path).on
    datetime.date(2024, 12, 31)
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        said = _problem(path, "", f"不是 TOML：{error}", f"no TOML: {error}")
        raise CaseError([said]) from error
    problems = list(_defects(path, document))
    if problems:
        raise CaseError(problems)
    own = {key: document[key] for key in _OWN if key in document}
    own["expect"] = {key: Verdict(word) for key, word in own["expect"].items()}
    tables = {
        key: [content] if isinstance(content, dict) else content
        for key, content in document.items()
        if key not in _OWN
    }
    return Case(path=path, tables=tables, **own)


_TYPES: Mapping[str, tuple[type, str]] = {
    "as_area": (str, "text"),
    "expect": (dict, "a table"),
    "on": (dt.date, "a date"),
    "options": (dict, "a table"),
    "programme": (str, "text"),
    "title": (str, "text"),
}


def _defects(path: Path, document: Mapping[str, Any]) -> Iterator[Problem]:
    tables = dictionary()
    for key, content in document.items():
        if key in _OWN:
            expected, words = _TYPES[key]
            if type(content) is not expected:
                found = f"{key} = {content!r}"
                yield _problem(
                    path, key, f"{found}，类型不对", f"{found}, expected {words}"
                )
        elif key not in tables:
            zh, en = _hint(key, {*_OWN, *tables})
            yield _problem(path, key, f"未知的键：{zh}", f"unknown key: {en}")
    for key in ("on", "expect"):
        if key not in document:
            yield _problem(path, key, f"缺少 {key}", f"{key!r} is missing")
    expect = document.get("expect")
    for key, word in expect.items() if isinstance(expect, dict) else ():
        if word not in set(Verdict):
            known = ", ".join(Verdict)
            yield _problem(
                path,
                key,
                f"“{word}”不是结论，应为 {known} 之一",
                f"{word!r}, expected one of {known}",
            )
        if not _ID.match(key):
            yield _problem(
                path,
                key,
                "应写成 规则 或 地区:规则@对象#项目",
                "expected a rule, or area:rule@entity#item",
            )


def _hint(name: str, known: set[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"是不是“{close[0]}”？", f"did you mean {close[0]!r}?"
    return "无此名", "there is no such name"


def _problem(path: Path, key: str, zh: str, en: str) -> Problem:
    return Problem(
        code="case",
        zh=zh,
        en=en,
        file=str(path),
        sheet=key,
        line=place_of_key(path, key),
    )
