"""
Read a pack's TOML, strictly: every defect at once, each with file, line and path.

cattrs checks shapes and types; this module adds what it cannot see: exact scalar
types, the tag of a rule, conditions, references between tables, and dates.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import math
import re
import sys
import tomllib
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import (
    Any,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, override

from eduequity.errors import PackError, Problem
from eduequity.model import TABLES
from eduequity.rules import _pack, _toml
from eduequity.rules._pack import (
    RULE_KINDS,
    Condition,
    FieldSpec,
    MeanDispersion,
    Pack,
    PackInfo,
    Parameter,
    Quorum,
    Reading,
    Renamed,
    Rule,
    Source,
    Test,
    Unencoded,
    Value,
    Word,
)
from eduequity.vocab import Area, Force, How, Scope, Text, Unit


__all__ = ["Place", "load_pack", "located", "place_of"]

FORMAT = 1
"""The pack format that this version reads."""

MAX_BYTES = 1 << 20
"""No file of a pack may be larger."""

_COMPARISONS = ("in", "not_in", "min", "max", "above", "below")
_TABLES = ("pack", "sources", "parameters", "rules", "readings")
_LISTS = ("unencoded", "fields", "aliases")
_SECTIONS = (*_TABLES, *_LISTS)
_TOML_NAMES = {"start": "from", "excluded": "except"}
"""What is called otherwise in TOML, as Python has the word for itself."""

_RECORDS = (
    PackInfo,
    Source,
    Parameter,
    Value,
    Reading,
    Unencoded,
    FieldSpec,
    Word,
    Renamed,
    Text,
)
"""What a table of a pack may be, besides a rule."""


class _BadValueError(ValueError):
    """What is wrong with one value: what was found, what was expected."""


def load_pack(folder: Path, *, distribution: str = "", version: str = "") -> Pack:
    """
    Load the pack in *folder*: all its ``.toml`` files as one document.

    Args:
        folder: The folder; files below it (such as ``cases``) are not read.

        distribution: The distribution it came with.

        version: That distribution's version.

    Raises:
        PackError: With every defect found.

    >>> from pathlib import Path
    >>> import eduequity as ee
    >>> from eduequity.rules import national
    >>> folder = Path(national.__file__).parent / "quality_balance"
    >>> ee.rules.load_pack(folder).info.id
    'national-quality-balance'
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise PackError([_problem(folder, "", "no .toml file, expected at least one")])
    documents, digest = [], hashlib.sha256()
    problems: list[Problem] = []
    for file in files:
        data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else None
        if data is None:
            problems.append(_problem(file, "", f"larger than {MAX_BYTES} bytes"))
            continue
        digest.update(file.name.encode() + b"\0" + data)
        try:
            documents.append((file, _toml.loads(data.decode("utf-8-sig"))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            problems.append(_problem(file, "", f"no TOML: {error}", _line_in(error)))
    if problems:
        raise PackError(problems)
    pack = _Loader(documents).pack()
    return attrs.evolve(
        pack, distribution=distribution, version=version, digest=digest.hexdigest()
    )


def _problem(file: Path, path: str, sentence: str, line: int | None = None) -> Problem:
    return Problem(
        code="pack",
        zh=sentence,
        en=sentence,
        file=str(file),
        sheet=path,
        line=line,
    )


def _line_in(error: Exception) -> int | None:
    found = re.search(r"line (\d+)", str(error))
    return int(found.group(1)) if found else None


class _Loader:
    """One pack on its way from documents to types, gathering problems."""

    def __init__(self, documents: list[tuple[Path, dict[str, Any]]]) -> None:
        self.documents = documents
        self.problems: list[Problem] = []
        self.home: dict[str, Path] = {}
        self.listed: dict[str, tuple[Path, str]] = {}

    def pack(self) -> Pack:
        merged = self._merged()
        info = self._one("pack", merged.get("pack"), PackInfo)
        if info is None:
            self._say("pack", "no [pack] table, or one with errors")
            raise PackError(self.problems)
        if info.format != FORMAT:
            self._say("pack.format", f"{info.format}, expected {FORMAT}")
            raise PackError(self.problems)
        rules = self._rules(merged.get("rules", {}), info)
        pack = Pack(
            info=info,
            rules=rules,
            unencoded=self._list(merged, "unencoded", Unencoded),
            fields=self._list(merged, "fields", FieldSpec),
            aliases=self._list(merged, "aliases", Renamed),
            sources=self._table(merged, "sources", Source),
            parameters=self._table(merged, "parameters", Parameter),
            readings=self._table(merged, "readings", Reading),
        )
        self._check(pack)
        if self.problems:
            raise PackError(self.problems)
        return pack

    # -- putting the files together ------------------------------------------------

    def _merged(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for file, document in self.documents:
            for section, content in document.items():
                self.home.setdefault(section, file)
                if section not in _SECTIONS:
                    known = ", ".join(_SECTIONS)
                    self._say(section, f"unknown table, expected one of {known}")
                elif section in _LISTS and isinstance(content, list):
                    known_rows = merged.setdefault(section, [])
                    for number in range(len(content)):
                        row = f"{section}[{len(known_rows) + number}]"
                        self.listed[row] = (file, f"{section}[{number}]")
                    known_rows.extend(content)
                elif not isinstance(content, dict):
                    self._say(section, f"{content!r}, expected a table")
                else:
                    self._merge(merged.setdefault(section, {}), section, content, file)
        return merged

    def _merge(
        self, into: dict[str, Any], section: str, content: dict[str, Any], file: Path
    ) -> None:
        for key, value in content.items():
            path = f"{section}.{key}"
            if key in into:
                first = self.home[path].name
                self.home[path] = file
                self._say(path, f"doubled, it stands in {first} already")
            else:
                into[key] = value
                self.home[path] = file

    # -- one table at a time -------------------------------------------------------

    def _table(
        self, merged: Mapping[str, Any], section: str, cls: type[Any]
    ) -> dict[str, Any]:
        found = {}
        for key, value in merged.get(section, {}).items():
            made = self._one(f"{section}.{key}", value, cls)
            if made is not None:
                found[key] = made
        return found

    def _list(
        self, merged: Mapping[str, Any], section: str, cls: type[Any]
    ) -> tuple[Any, ...]:
        made = (
            self._one(f"{section}[{number}]", each, cls)
            for number, each in enumerate(merged.get(section, []))
        )
        return tuple(each for each in made if each is not None)

    def _rules(self, tables: Mapping[str, Any], info: PackInfo) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        national = info.areas == ("",)
        for key, table in tables.items():
            path = f"rules.{key}"
            kind = table.get("kind") if isinstance(table, dict) else None
            shape = RULE_KINDS.get(kind) if isinstance(kind, str) else None
            if shape is None:
                known = ", ".join(RULE_KINDS)
                self._say(f"{path}.kind", f"{kind!r}, expected one of {known}")
                continue
            content = {k: v for k, v in table.items() if k != "kind"}
            rule = self._one(path, content, shape)
            if rule is None:
                continue
            if national == (rule.dimension is None):
                expected = "a dimension" if national else "none (it stands in `local`)"
                self._say(
                    f"{path}.dimension", f"{rule.dimension!r}, expected {expected}"
                )
            for area in info.areas:
                rules[f"{rule.dimension if national else area}.{key}"] = rule
        return rules

    def _one(self, path: str, content: Any, cls: type[Any]) -> Any:
        try:
            return _record(content, cls)
        except Exception:  # noqa: BLE001, S110 - cattrs says where and what is wrong
            pass
        try:
            return _converter().structure(content, cls)
        except Exception as error:  # noqa: BLE001 - cattrs raises whatever a hook raises
            for inner, sentence in _flatten(error, path):
                self._say(inner, sentence)
            return None

    # -- what only the whole pack shows --------------------------------------------

    def _check(self, pack: Pack) -> None:
        for area in (*pack.info.areas, *pack.info.excluded):
            try:
                Area(area)
            except ValueError as error:
                self._say("pack.areas", str(error))
        for key, rule in pack.rules.items():
            self._check_rule(f"rules.{key.rpartition('.')[2]}", rule, pack)
        for number, renamed in enumerate(pack.aliases):
            self._check_source(f"aliases[{number}]", renamed.source, pack)
        for number, spec in enumerate(pack.fields):
            self._check_field(f"fields[{number}]", spec)
        for key, parameter in pack.parameters.items():
            self._check_values(f"parameters.{key}", parameter, pack)
        for key, reading in pack.readings.items():
            path = f"readings.{key}"
            if reading.default not in reading.choices:
                self._say(path, f"default {reading.default!r} is none of its choices")
            self._check_source(path, reading.source, pack)

    def _check_field(self, path: str, spec: FieldSpec) -> None:
        table = "schools" if spec.table == "sections" else spec.table
        taken = {f.name for f in TABLES.get(table, ())}
        if spec.name in taken:
            self._say(f"{path}.name", f"{spec.name!r} is a field of the model already")
        if not spec.name.isidentifier():
            self._say(f"{path}.name", f"{spec.name!r}, expected letters, digits and _")
        if (spec.type == "choice") != bool(spec.choices):
            self._say(f"{path}.choices", "a choice needs them, nothing else has them")
        if spec.type in ("integer", "number") and spec.unit is None:
            self._say(f"{path}.unit", "no unit, expected one for a number")

    def _check_source(self, path: str, source: str, pack: Pack) -> None:
        if source not in pack.sources:
            known = ", ".join(pack.sources) or "none"
            self._say(
                f"{path}.source", f"unknown source {source!r}; the pack has: {known}"
            )

    def _check_rule(self, path: str, rule: Rule, pack: Pack) -> None:
        local = {key.rpartition(".")[2] for key in pack.rules}
        if isinstance(rule, Quorum | MeanDispersion):
            for each in rule.of:
                if each not in local:
                    self._say(f"{path}.of", f"no rule {each!r} in this pack")
        self._check_one_way(path, rule)
        if pack.info.areas == ("",):
            for name in _parameters_of(rule):
                if name not in pack.parameters and name not in pack.readings:
                    self._say(path, f"no parameter or reading {name!r} in this pack")
        if rule.source is not None:
            self._check_source(path, rule.source, pack)
        elif not _parameters_of(rule):
            self._say(path, "no source: a rule without a parameter must cite one")

    def _check_one_way(self, path: str, rule: Rule) -> None:
        """Of the ways to say what is compared a rule takes one."""
        ways: list[Any]
        if isinstance(rule, _pack.Threshold):
            ways = [rule.parameter, rule.against]
            said = "`parameter` and `against`"
        elif isinstance(rule, _pack.Share):
            both = rule.numerator and rule.denominator
            either = rule.numerator or rule.denominator
            ways = [both, rule.meets, rule.reaches, None if both else either]
            said = "`numerator` with `denominator`, `meets` and `reaches`"
        else:
            return
        whole = not isinstance(rule, _pack.Share) or not ways[-1]
        if sum(map(bool, ways)) != 1 or not whole:
            self._say(path, f"expected exactly one of {said}")

    def _check_values(self, path: str, parameter: Parameter, pack: Pack) -> None:
        if not parameter.values:
            self._say(path, "no values")
        series: dict[Any, Value] = {}
        for number, value in enumerate(parameter.values):
            here = f"{path}.values[{number}]"
            self._check_source(here, value.source, pack)
            if (
                not value.repealed
                and value.value is None
                and value.numbers()
                == (
                    None,
                    None,
                )
            ):
                self._say(here, "no `value`, `primary` or `junior`")
            if value.until and value.until < value.start:
                self._say(f"{here}.until", "before `from`")
            keys = list(_series(value))
            before = next((series[key] for key in keys if key in series), None)
            if before:
                self._check_dates(here, before, value)
            series |= dict.fromkeys(keys, value)

    def _check_dates(self, path: str, before: Value, value: Value) -> None:
        if value.start <= before.start:
            self._say(
                f"{path}.from",
                f"{value.start}, expected a day after {before.start}: sort by date",
            )
        elif before.until and before.until >= value.start:
            self._say(
                f"{path}.from",
                f"{value.start} overlaps the value that runs to {before.until}",
            )

    # -- saying where --------------------------------------------------------------

    def _say(self, path: str, sentence: str) -> None:
        parts = path.split(".")
        if parts[0] in self.listed:  # its number in its own file
            file, row = self.listed[parts[0]]
            path = ".".join([row, *parts[1:]])
            line = _find_line(file.read_text("utf-8-sig"), path)
            self.problems.append(_problem(file, path, sentence, line))
            return
        home = self.home.get(".".join(parts[:2])) or self.home.get(parts[0])
        file = home or self.documents[0][0]
        line = _find_line(file.read_text("utf-8-sig"), path)
        self.problems.append(_problem(file, path, sentence, line))


def _series(value: Value) -> Iterator[tuple[Any, ...]]:
    """Values of one series follow one another: same stage, force and condition."""
    key = (value.where, value.force, value.relaxation)
    primary, junior = value.numbers()
    if primary is not None or value.repealed or isinstance(value.value, tuple):
        yield ("primary", *key)
    if junior is not None:
        yield ("junior", *key)


def _parameters_of(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Quorum):
        return rule.minimum, rule.floor
    names = [getattr(rule, "parameter", None), getattr(rule, "items", None)]
    return tuple(name for name in names if name)


# -- lines, worked out only when there is something to say -------------------------

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r'\s*((?:[\w-]+|"[^"]*"|\'[^\']*\')(?:\s*\.\s*[\w-]+)*)\s*=')


def _find_line(text: str, path: str) -> int | None:
    """Return the line of *path*, or of the longest part of it that has one."""
    lines = _lines(text)
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", path)
    while parts:
        found = lines.get("".join(f".{p}" if p[0] != "[" else p for p in parts)[1:])
        if found:
            return found
        parts.pop()
    return None


@attrs.frozen
class Place:
    """
    A file and the line in it, counted from 1.

    Args:
        file: The file; empty where none is known.

        line: The line; None where none is known.

    >>> from eduequity.rules import Place
    >>> Place("pack.toml", 12).line
    12
    """

    file: str
    line: int | None


def place_of(folder: Path | None, path: str) -> Place:
    """
    Return the file and line of a path such as ``rules.class_size``.

    Args:
        folder: The pack's folder.

        path: A path in the pack; rows of a list are numbered over all its files.

    >>> from pathlib import Path
    >>> from eduequity.rules import national, place_of
    >>> folder = Path(national.__file__).parent / "quality_balance"
    >>> place = place_of(folder, "rules.class_size")
    >>> Path(place.file).suffix, place.line > 1
    ('.toml', True)
    """
    if folder is None:
        return Place("", None)
    section, _, rest = path.partition(".")
    section, _, number = section.rstrip("]").partition("[")
    name, row = re.split(r"[.\[]", rest)[0], int(number or 0)
    for file in sorted(folder.glob("*.toml")):
        text = file.read_text("utf-8-sig")
        content = _document(text).get(section)
        if isinstance(content, dict) and (not name or name in content):
            return Place(str(file), _find_line(text, path))
        if isinstance(content, list):
            if row < len(content):
                at = f"{section}[{row}].{rest}" if rest else f"{section}[{row}]"
                return Place(str(file), _find_line(text, at))
            row -= len(content)
    return Place(str(folder), None)


def _document(text: str) -> dict[str, Any]:
    try:
        return _toml.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def located(folder: Path, problem: Problem) -> Problem:
    """
    Return a problem of a pack with the file and the line of its path.

    Args:
        folder: The pack's folder.

        problem: A problem whose ``sheet`` is a path in the pack.

    >>> from pathlib import Path
    >>> from eduequity.errors import Problem
    >>> from eduequity.rules import located, national
    >>> folder = Path(national.__file__).parent / "quality_balance"
    >>> problem = Problem(code="units", zh="…", en="…", sheet="parameters.class_size")
    >>> Path(located(folder, problem).file).suffix
    '.toml'
    """
    place = place_of(folder, problem.sheet)
    return attrs.evolve(problem, file=place.file, line=place.line)


def _lines(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            prefix = header.group(2).replace('"', "").replace(" ", "")
            if header.group(1) == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = f"{prefix}[{counts[prefix]}]"
            found.setdefault(prefix, number)
            parts = prefix.split(".")
            for length in range(1, len(parts)):
                found.setdefault(".".join(parts[:length]), number)
            continue
        key = _KEY.match(line)
        if key:
            name = key.group(1).strip("\"'").replace(" ", "")
            found.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return found


# -- what is surely right ----------------------------------------------------------
#
# Making a converter takes longer than reading all packs that are installed. A table
# is first made by what is below, which accepts nothing that cattrs would refuse and
# says nothing of what is wrong; cattrs is asked only about what this gives up on.

Make: TypeAlias = Callable[[Any], Any]


class _NotPlainError(Exception):
    """Something is not surely right; cattrs will say."""


@functools.cache
def _plain(cls: Any) -> Make:
    """Return what makes a *cls* of a table, or raises whatever it likes."""
    made = _annotated()
    parts = {
        _TOML_NAMES.get(each.name, each.name): (each.name, made[each.type])
        for each in attrs.fields(cls)
    }

    def make(content: Any) -> Any:
        if type(content) is not dict:
            raise _NotPlainError
        given = {}
        for key, value in content.items():
            name, part = parts[key]
            given[name] = part(value)
        return cls(**given)

    return make


@functools.cache
def _annotated() -> dict[Any, Make]:
    """Return what makes a value of each annotation, every one looked up once."""
    found: dict[Any, Make] = {}
    for cls in (*_RECORDS, *RULE_KINDS.values()):
        texts = {a.type: a.type for a in attrs.fields(cls) if a.type not in found}
        holder = types.SimpleNamespace(__annotations__=texts)
        spaces = {**vars(_pack), **vars(sys.modules[cls.__module__])}
        hints = get_type_hints(holder, globalns=spaces)
        found |= {text: _of(hint) for text, hint in hints.items()}
    return found


def _of(hint: Any) -> Make:
    """Return what makes a value of a type."""
    if hint == Condition:
        return lambda value: _condition(value, hint)
    if hint == _SCALAR_OR_LIST:
        return lambda value: _scalar_or_list(value, hint)
    if hint in _EXACT:
        return functools.partial(_EXACT[hint], _type=hint)
    origin, members = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (one,) = (each for each in members if each is not types.NoneType)
        return _of(one)  # TOML knows no null
    if origin is tuple:
        return _list_of(_of(members[0]))
    word = _literal if origin is Literal else _record if attrs.has(hint) else _word
    return lambda value: word(value, hint)


def _record(value: Any, cls: Any) -> Any:
    return _plain(cls)(value)


def _list_of(part: Make) -> Make:
    def make(value: Any) -> Any:
        if type(value) is not list:
            raise _NotPlainError
        return tuple(map(part, value))

    return make


# -- cattrs: exact types, no coercion ----------------------------------------------


def _exactly(*types: type) -> Any:
    names = " or ".join(t.__name__ for t in types)

    def structure(value: Any, _type: Any) -> Any:
        if type(value) not in types:
            raise _BadValueError(f"{value!r}, expected {names}")
        if isinstance(value, float) and not math.isfinite(value):
            raise _BadValueError(f"{value!r}, expected a finite number")
        return float(value) if types == (int, float) else value

    return structure


_EXACT: Mapping[type, Any] = {
    str: _exactly(str),
    bool: _exactly(bool),
    int: _exactly(int),
    float: _exactly(int, float),
    dt.date: _exactly(dt.date),
}
"""What makes a scalar of each type."""


def _word(value: Any, cls: Any) -> Any:
    try:
        return cls(value)
    except ValueError:
        words = ", ".join(each.value for each in cls)
        raise _BadValueError(f"{value!r}, expected one of {words}") from None


def _literal(value: Any, cls: Any) -> Any:
    allowed = get_args(cls)
    if value not in allowed:
        raise _BadValueError(
            f"{value!r}, expected one of {', '.join(map(str, allowed))}"
        )
    return value


def _scalar_or_list(value: Any, _type: Any) -> float | bool | tuple[Any, ...]:
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return tuple(value)
        pair = tuple(_exactly(int, float)(each, float) for each in value)
        if len(pair) != 2 or pair[0] > pair[1]:  # noqa: PLR2004 - an interval
            raise _BadValueError(f"{value!r}, expected words or [low, high]")
        return pair
    if isinstance(value, bool):
        return value
    number: float = _exactly(int, float)(value, float)
    return number


def _condition(value: Any, _type: Any) -> Condition:
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise _BadValueError(f"{value!r}, expected a list of tables")
    return tuple(
        tuple(test for name, spec in table.items() for test in _tests(name, spec))
        for table in value
    )


def _tests(name: str, spec: Any) -> Iterator[Test]:
    if not isinstance(spec, dict):
        yield Test(field=name, kind="is", operand=_operand(name, spec))
        return
    for kind, operand in spec.items():
        if kind not in _COMPARISONS:
            known = ", ".join(_COMPARISONS)
            raise _BadValueError(f"unknown test {name}.{kind}, expected one of {known}")
        if kind in ("in", "not_in"):
            if not isinstance(operand, list):
                raise _BadValueError(f"{name}.{kind} = {operand!r}, expected a list")
            yield Test(field=name, kind=kind, operand=tuple(map(str, operand)))
        else:
            wrong = isinstance(operand, bool) or not isinstance(operand, int | float)
            if wrong or not math.isfinite(operand):
                raise _BadValueError(f"{name}.{kind} = {operand!r}, expected a number")
            yield Test(field=name, kind=kind, operand=float(operand))


def _operand(name: str, value: Any) -> str | float | bool:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise _BadValueError(f"{name} = {value!r}, expected a word, a number or yes/no")


def _tuple_of(value: Any, cls: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _BadValueError(f"{value!r}, expected a list")
    made, errors = [], []
    for index, each in enumerate(value):
        try:
            made.append(_converter().structure(each, get_args(cls)[0]))
        except Exception as error:  # noqa: BLE001 - whatever a hook raises is told
            error.add_note(cattrs.IterableValidationNote("", index, cls))
            errors.append(error)
    if errors:
        raise cattrs.IterableValidationError("in a list", errors, cls)
    return tuple(made)


def _origin(cls: Any) -> Any:
    return get_origin(cls)


@functools.cache
def _converter() -> cattrs.Converter:
    """Make the converter when the first pack is loaded, not at import."""
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for scalar, hook in _EXACT.items():
        converter.register_structure_hook(scalar, hook)
    for words in (Force, How, Scope, Unit):
        converter.register_structure_hook(words, _word)
    converter.register_structure_hook_func(
        lambda cls: _origin(cls) is Literal, _literal
    )
    converter.register_structure_hook_func(lambda cls: _origin(cls) is tuple, _tuple_of)
    converter.register_structure_hook_func(
        lambda cls: cls == _SCALAR_OR_LIST, _scalar_or_list
    )
    converter.register_structure_hook_func(lambda cls: cls == Condition, _condition)
    for cls in (PackInfo, Parameter, Value, Renamed, *RULE_KINDS.values()):
        names = {key: override(rename=name) for key, name in _TOML_NAMES.items()}
        there = {a.name for a in attrs.fields(attrs.resolve_types(cls))}
        converter.register_structure_hook(
            cls,
            make_dict_structure_fn(
                cls,
                converter,
                _cattrs_forbid_extra_keys=True,
                **{k: v for k, v in names.items() if k in there},  # type: ignore[arg-type]
            ),
        )
    return converter


_SCALAR_OR_LIST = float | bool | tuple[str, ...] | tuple[float, float] | None


def _flatten(error: BaseException, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for every leaf of what cattrs raised."""
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield f"{path}.{name}", "unknown key"
        return
    if isinstance(error, ExceptionGroup):
        for inner in error.exceptions:
            yield from _flatten(inner, path + _step(inner))
        return
    if isinstance(error, KeyError):
        yield path, f"missing key {error.args[0]!r}"
    else:
        yield path, str(error)


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, cattrs.AttributeValidationNote):
            return (
                ""
                if isinstance(error, KeyError)
                else f".{_TOML_NAMES.get(note.name, note.name)}"
            )
        if isinstance(note, cattrs.IterableValidationNote):
            return (
                f"[{note.index}]" if isinstance(note.index, int) else f".{note.index}"
            )
    return ""
