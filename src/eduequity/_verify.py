"""
Verifying: an assessment is run again from what it recorded, and compared.

A result says which packs, readings and data it rests on. `verify` judges the data
again under the same readings with what is installed now, and lists every difference:
of the engine, of the data, of the packs, and of each verdict and figure.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from eduequity import engine
from eduequity.errors import InputError, Problem


if TYPE_CHECKING:
    from eduequity.engine import Assessment
    from eduequity.facts import Facts
    from eduequity.registry import Registry


__all__ = ["Difference", "Verification", "load", "verify"]

SCHEMA = "eduequity/assessment/1"
MOST_BYTES = 4 * 2**30
_CLOSE = 1e-12


@attrs.frozen(kw_only=True)
class Difference:
    """
    One thing that is not as it was recorded.

    Args:
        what: ``engine``, ``data``, ``pack``, ``law``, ``option``, ``county`` or
            ``finding``.

        where: Which one: a pack's id, a county's code, a finding's id with its key.

        recorded: What the result says; None where it says nothing.

        found: What is found now; None where there is nothing.

    >>> import eduequity as ee
    >>> print(
    ...     ee.Difference(
    ...         what="engine", where="", recorded="26.1.0", found="26.2.0"
    ...     ).sentence("en")
    ... )
    engine: recorded 26.1.0, now 26.2.0
    """

    what: str
    where: str
    recorded: Any
    found: Any

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it on one line.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh, en = _WORDS[self.what]
        head = f"{zh if lang == 'zh' else en} {self.where}".strip()
        before, now = (_shown(each, lang) for each in (self.recorded, self.found))
        if lang == "zh":
            return f"{head}：记录为 {before}，现为 {now}"
        return f"{head}: recorded {before}, now {now}"


_WORDS = {
    "engine": ("程序版本", "engine"),
    "data": ("数据摘要", "data"),
    "pack": ("规则包", "pack"),
    "law": ("规则内容", "law"),
    "option": ("口径", "option"),
    "county": ("区县", "county"),
    "finding": ("结论", "finding"),
}
_LONGEST = 60


def _shown(value: Any, lang: str) -> str:
    if value is None:
        return "无" if lang == "zh" else "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@attrs.frozen(kw_only=True)
class Verification:
    """
    What running an assessment again showed.

    Args:
        differences: Everything that is not as it was recorded.

        counties: How many counties were compared.

        findings: How many findings were compared.

    >>> import eduequity as ee
    >>> ee.Verification(differences=(), counties=1, findings=12).same
    True
    """

    differences: tuple[Difference, ...]
    counties: int
    findings: int

    @property
    def same(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.differences


# -- reading what was recorded ---------------------------------------------------------


def load(path: Path) -> dict[str, Any]:
    """
    Read the JSON of a result.

    Raises:
        InputError: It is no such file, and why.
    """
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise _refused(path, "too-large", "文件过大", "the file is too large")
        recorded = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refused(
            path, "unreadable", f"无法打开：{reason}", f"cannot be opened: {reason}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _refused(
            path,
            "broken-json",
            "不是完整的 JSON，应为 eduequity 写出的评估结果",
            "this is no complete JSON, expected a result that eduequity wrote",
        ) from error
    return _checked(recorded, str(path))


def _refused(path: Path | str, code: str, zh: str, en: str) -> InputError:
    return InputError([Problem(code=code, zh=zh, en=en, file=str(path))])


_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "engine": str,
    "programme": str,
    "on": str,
    "as_area": (str, type(None)),
    "data": dict,
    "packs": list,
    "options": dict,
    "counties": list,
}
"""What has to be in a result so that it can be run again."""


def _checked(recorded: Any, place: str) -> dict[str, Any]:
    """Return the result if it can be run again; else say all that is wrong with it."""
    if not isinstance(recorded, dict) or recorded.get("schema") != SCHEMA:
        raise _refused(
            place,
            "no-result",
            f"不是评估结果：schema 应为 {SCHEMA}",
            f"this is no result: schema should be {SCHEMA}",
        )
    problems = [
        Problem(
            code="bad-key",
            zh=f"缺少，或类型不对，应为 {_type_name(kind)}",
            en=f"is missing or of another type, expected {_type_name(kind)}",
            file=place,
            sheet=key,
        )
        for key, kind in _KEYS.items()
        if key not in recorded or not isinstance(recorded[key], kind)
    ]
    problems += _bad_rows(recorded, place)
    if not problems and _day(recorded["on"]) is None:
        problems = [
            Problem(
                code="bad-date",
                zh="不是日期，应如 2024-12-31",
                en="is no date, expected such as 2024-12-31",
                file=place,
                sheet="on",
            )
        ]
    if problems:
        raise InputError(problems)
    return dict(recorded)


def _type_name(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return "/".join(_JSON_TYPES[each] for each in kinds)


_JSON_TYPES = {str: "string", dict: "object", list: "array", type(None): "null"}


def _bad_rows(recorded: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for key, name in (("packs", "id"), ("counties", "code")):
        rows = recorded.get(key)
        for nth, row in enumerate(rows if isinstance(rows, list) else ()):
            good = isinstance(row, dict) and isinstance(row.get(name), str)
            if good and (key == "packs" or _good_findings(row)):
                continue
            yield Problem(
                code="bad-row",
                zh=f"不是评估结果中的一项，应有 {name}",
                en=f"is no entry of a result, expected one with {name}",
                file=place,
                sheet=f"{key}[{nth}]",
            )


def _good_findings(county: Mapping[str, Any]) -> bool:
    findings = county.get("findings")
    return isinstance(findings, list) and all(
        isinstance(each, dict) and isinstance(each.get("id"), str) for each in findings
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


# -- running it again ------------------------------------------------------------------


def verify(
    recorded: Mapping[str, Any], facts: Facts, registry: Registry, *, version: str
) -> Verification:
    """
    Run an assessment again from what it recorded, and compare.

    Args:
        recorded: The JSON form of the result.

        facts: The data.

        registry: The packs and indicators of today.

        version: The version of eduequity of today.

    Raises:
        InputError: *recorded* is no result.

        UnknownNameError: Its programme, or a reading that it chose, is not known.
    """
    told = _checked(recorded, "")
    again = engine.evaluate(
        facts,
        registry.rulebook,
        registry.indicators,
        on=dt.date.fromisoformat(told["on"]),
        programme=told["programme"],
        options=told["options"],
        as_area=told["as_area"],
        engine=version,
        not_loaded=registry.not_loaded,
    )
    differences = [*_heads(told, again), *_counties(told, again)]
    findings = sum(len(county["findings"]) for county in told["counties"])
    return Verification(
        differences=tuple(differences),
        counties=len(told["counties"]),
        findings=findings,
    )


def _heads(told: Mapping[str, Any], again: Assessment) -> Iterator[Difference]:
    head = again.head()
    for what, old, new in (
        ("engine", told["engine"], head["engine"]),
        ("data", told["data"].get("digest"), head["data"]["digest"]),
    ):
        if old != new:
            yield Difference(what=what, where="", recorded=old, found=new)
    before, now = (
        {pack["id"]: _pack(pack) for pack in packs}
        for packs in (told["packs"], head["packs"])
    )
    yield from _mapped("pack", before, now)
    yield from _mapped("option", told["options"], head["options"])
    for key in ("rules", "sources"):
        old = told.get(key)
        yield from _mapped("law", old if isinstance(old, dict) else {}, head[key])
    if told.get("upcoming") != head["upcoming"]:
        yield Difference(
            what="law",
            where="upcoming",
            recorded=told.get("upcoming"),
            found=head["upcoming"],
        )


def _pack(pack: Mapping[str, Any]) -> str:
    digest = str(pack.get("digest"))
    return f"{pack.get('version')} {digest[:12]}" if digest else str(pack)


def _mapped(
    what: str, old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = ""
) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *new)):
        if not _equal(old.get(key), new.get(key)):
            yield Difference(
                what=what,
                where=f"{prefix}{key}",
                recorded=old.get(key),
                found=new.get(key),
            )


def _equal(old: Any, new: Any) -> bool:
    """Compare; figures may differ in their last digits, as machines do."""
    if isinstance(old, float | int) and isinstance(new, float | int):
        same = isinstance(old, bool) == isinstance(new, bool)
        return same and math.isclose(old, new, rel_tol=_CLOSE, abs_tol=0.0)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_equal, old, new))
    return bool(old == new)


def _counties(told: Mapping[str, Any], again: Assessment) -> Iterator[Difference]:
    recorded = {county["code"]: county for county in told["counties"]}
    for county, findings in again.county_dicts():
        code = county["code"]
        old = recorded.pop(code, None)
        if old is None:
            yield Difference(
                what="county", where=code, recorded=None, found=county["verdict"]
            )
            continue
        bare = {key: value for key, value in old.items() if key != "findings"}
        yield from _mapped("county", bare, county, f"{code} ")
        yield from _findings(old["findings"], (each.to_dict() for each in findings))
    for code, county in recorded.items():
        yield Difference(
            what="county", where=code, recorded=county.get("verdict"), found=None
        )


def _findings(
    old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]
) -> Iterator[Difference]:
    before = {each["id"]: each for each in old}
    for now in new:
        was = before.pop(now["id"], None)
        if was is None:
            yield Difference(
                what="finding", where=now["id"], recorded=None, found=now["verdict"]
            )
        elif was != now:
            yield from _mapped("finding", was, now, f"{now['id']} ")
    for name, each in before.items():
        yield Difference(
            what="finding", where=name, recorded=each.get("verdict"), found=None
        )
