"""
Docstrings: every example runs, and of every public name nothing is left out.

What has to be told is a rule each: a function from a public name to what is missing.
`test_rule_notices` takes one thing away after the other and sees the rule complain.
"""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import inspect
import itertools
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import attrs
import pytest

import eduequity
from eduequity import measures, model
from eduequity.indicators import NATIONAL, Indicator
from eduequity.model._fields import fields_of
from eduequity.registry import Registry
from eduequity.vocab import Unit


FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _modules() -> Iterator[str]:
    yield "eduequity"
    for found in pkgutil.walk_packages(eduequity.__path__, "eduequity."):
        if found.name != "eduequity.__main__":
            yield found.name


@pytest.mark.parametrize("name", list(_modules()))
def test_examples(name: str) -> None:
    """The examples of one module."""
    module = importlib.import_module(name)
    assert 0 == doctest.testmod(module, optionflags=FLAGS).failed


def test_examples_of_indicators() -> None:
    """The examples of indicators, which doctest does not see as functions."""
    module = importlib.import_module("eduequity.indicators")
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    finder = doctest.DocTestFinder()
    for made in NATIONAL:
        for example in finder.find(made.function, made.name, module, vars(module)):
            runner.run(example)
    assert runner.summarize(verbose=False).attempted >= len(NATIONAL)
    assert 0 == runner.summarize(verbose=False).failed


# -- what is public --------------------------------------------------------------------

SPACES = (
    "eduequity",
    "eduequity.errors",
    "eduequity.hooks",
    "eduequity.measures",
    "eduequity.vocab",
    "eduequity.model",
    "eduequity.facts",
    "eduequity.indicators",
    "eduequity.rules",
    "eduequity.engine",
    "eduequity.planning",
    "eduequity.ledger",
    "eduequity.registry",
    "eduequity.testing",
)
"""Where people import from; every name of `__all__` is public."""

LAYERS = ("eduequity.io", "eduequity.report")
"""Between our own layers: everything is asked of them but an example."""

CONTRACT = "eduequity.testing.PackContract"

NOT_ASKED: Mapping[str, Mapping[str, str]] = {
    "parameters": {
        f"{CONTRACT}.pytest_generate_tests": "pytest hands it in",
        f"{CONTRACT}.test_case": "pytest hands it in",
    },
    "raises": {"eduequity.measures.lorenz": "its groups are its own: whole numbers"},
    "example": {
        f"{CONTRACT}.pytest_generate_tests": "pytest calls it",
        f"{CONTRACT}.test_": "tests, shown by how they are inherited",
        "eduequity.Assessment.citations": "a store that findings share",
        "eduequity.Plan.prices": "one programme to solve per rule: tests/test_plan.py",
        "eduequity.engine.OperandColumn": "made by a Worksheet alone",
        "eduequity.engine.Workspace": "one evaluation at work, between our layers",
        "eduequity.engine.judge": "between our layers: takes a Workspace",
        "eduequity.facts.Coded": "text as readers hand it to Facts",
        "eduequity.facts.Counts": "counts as readers hand them to Facts",
        "eduequity.facts.Records": "the declarations of RECORDS",
        "eduequity.facts.Test": "the declarations of RECORDS",
        "eduequity.facts.Words": "text as readers hand it to Facts",
        "eduequity.ledger.Edition": "a workbook as it is read, shown by `joined`",
        "eduequity.ledger.LedgerColumn": "the declarations of COLUMNS",
        "eduequity.rules.Law.memory": "a store of the engine",
    },
}
"""What is let off, by rule, with the reason; a name stands for all that begin so."""


@attrs.frozen(kw_only=True)
class Thing:
    """A public name and what is said of it."""

    name: str
    made: Any
    doc: str
    around: str = ""
    owner: type | None = None

    @property
    def short(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return inspect.isclass(self.made)

    @property
    def examples(self) -> str:
        """The code of its examples, and of its class's."""
        both = f"{self.doc}\n\n{self.around}"
        found = doctest.DocTestParser().get_examples(both)
        return "".join(each.source for each in found)


def _things(*spaces: str) -> Iterator[Thing]:
    seen: set[int] = set()
    for space in spaces:
        module = importlib.import_module(space)
        hooks = [name for name in vars(module) if name.startswith("eduequity_")]
        for name in (*module.__all__, *hooks):
            made = getattr(module, name)
            if not isinstance(made, ModuleType | Indicator) and id(made) not in seen:
                seen.add(id(made))
                yield from _of(f"{space}.{name}", made)


def _of(name: str, made: Any) -> Iterator[Thing]:
    if not inspect.isclass(made):
        doc = inspect.getdoc(made) if inspect.isfunction(made) else _below(name, made)
        yield Thing(name=name, made=made, doc=doc or "")
        return
    ours = [each for each in made.__mro__ if each.__module__.startswith("eduequity")]
    docs = [inspect.cleandoc(each.__doc__ or "") for each in ours]
    yield Thing(name=name, made=made, doc=docs[0], around="\n\n".join(docs[1:]))
    for member, each in vars(made).items():
        function = _function(each)
        if function is not None and not member.startswith("_"):
            yield Thing(
                name=f"{name}.{member}",
                made=each if _is_property(each) else function,
                doc=inspect.getdoc(function) or "",
                around=docs[0],
                owner=made,
            )
    for member, said in _cached(made) if attrs.has(made) else ():
        yield Thing(
            name=f"{name}.{member}", made=None, doc=said, around=docs[0], owner=made
        )


def _cached(made: type) -> Iterator[tuple[str, str]]:
    """Yield the cached properties of a class with slots, where attrs hides them."""
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(made)))):
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
            decorators = [getattr(each, "id", "") for each in node.decorator_list]
            if "cached_property" in decorators:
                yield node.name, ast.get_docstring(node) or ""


def _is_property(each: Any) -> bool:
    return isinstance(each, property | functools.cached_property)


def _function(each: Any) -> Any:
    if isinstance(each, property):
        return each.fget
    if isinstance(each, functools.cached_property):
        return each.func
    if isinstance(each, classmethod | staticmethod):
        return each.__func__
    return each if inspect.isfunction(each) else None


def _below(name: str, made: Any) -> str:
    """Return the string below the assignment of a value, in the module that has it."""
    short = name.rpartition(".")[2]
    for module in _below_assignments():
        text = _below_assignments()[module].get(short)
        if text and getattr(sys.modules[module], short, None) is made:
            return inspect.cleandoc(text)
    return ""


@functools.cache
def _below_assignments() -> dict[str, dict[str, str]]:
    return {
        module: dict(_strings(inspect.getsource(importlib.import_module(module))))
        for module in _modules()
    }


def _strings(source: str) -> Iterator[tuple[str, str]]:
    for node, below in itertools.pairwise(ast.parse(source).body):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        text = getattr(getattr(below, "value", None), "value", None)
        if isinstance(below, ast.Expr) and isinstance(text, str):
            yield from ((each.id, text) for each in targets if hasattr(each, "id"))


PUBLIC = list(_things(*SPACES))
ALL = list(_things(*SPACES, *LAYERS))


# -- the rules -------------------------------------------------------------------------


def _said(thing: Thing) -> Iterator[str]:
    """Ask for a docstring; of a value, for a string below it."""
    if not thing.doc:
        yield "has no docstring"


def _parameters(thing: Thing) -> Iterator[str]:
    """Ask for every parameter: in ``Args:`` or, of a function, *in italics*."""
    said = f"{thing.doc}\n{thing.around}" if thing.is_class else thing.doc
    for name in _names_of(thing.made):
        told = re.search(rf"^ +\*{{0,2}}{name}: ", said, re.MULTILINE)
        if not told and (thing.is_class or f"*{name}*" not in said):
            yield f"says nothing of its parameter {name}"


def _names_of(made: Any) -> list[str]:
    if inspect.isclass(made):
        if attrs.has(made):
            return [a.name for a in attrs.fields(made) if a.init and a.name[0] != "_"]
        if issubclass(made, tuple):
            return list(made._fields)  # type: ignore[attr-defined]
        if not issubclass(made, BaseException):
            return []
    elif not inspect.isfunction(made):
        return []
    try:
        names = inspect.signature(made).parameters
    except ValueError:  # an error that takes what every exception takes
        return []
    return [name for name in names if name not in ("self", "cls", "args", "kwargs")]


GIVING = ("Build", "Draw", "Load", "Make", "Read", "Return", "Say", "Tell", "Yield")
"""First words that say what comes back."""


def _returns(thing: Thing) -> Iterator[str]:
    """Ask what comes back: in ``Returns:`` or by the first word."""
    if inspect.isfunction(thing.made) and "Returns:" not in thing.doc:
        given = inspect.signature(thing.made).return_annotation
        if (
            given not in (None, "None")
            and thing.doc.split()[0].strip(":") not in GIVING
        ):
            yield f"says nothing of what it returns ({given})"


def _raises(thing: Thing) -> Iterator[str]:
    """Ask in ``Raises:`` for every error that it, or a private part of it, raises."""
    told = thing.doc.partition("Raises:")[2]
    for name in sorted(_raised_by(thing)):
        if not re.search(rf"^ +{name}: \S", told, re.MULTILINE):
            yield f"raises {name} and does not say so"


def _raised_by(thing: Thing) -> set[str]:
    if thing.is_class:
        makers = ("__attrs_post_init__", "_check")
        own = [vars(thing.made).get(name) for name in makers]
        return set().union(*(_raised(each, thing.made) for each in own if each))
    function = _function(thing.made)
    return set() if function is None else _raised(function, thing.owner)


def _raised(function: Any, owner: type | None, above: tuple[Any, ...] = ()) -> set[str]:
    """Return the errors of a function, and those of private ones that pass it."""
    own, inner, caught = set[str](), set[str](), set[str]()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            own |= _error(node.exc.func, function)
        elif isinstance(node, ast.Call):
            called = _private(node.func, function, owner)
            if inspect.isfunction(called) and called not in (function, *above):
                inner |= _raised(called, owner, (function, *above))
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught |= {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
    return own | (inner - caught)


def _error(called: ast.expr, function: Any) -> set[str]:
    """Return the name of an error that is raised, made by a function or not."""
    name = getattr(called, "id", "")
    maker = function.__globals__.get(name)
    if inspect.isfunction(maker):
        name = str(inspect.signature(maker).return_annotation)
    return {name} if re.fullmatch(r"[A-Z]\w+Error", name) else set()


def _private(called: ast.expr, function: Any, owner: type | None) -> Any:
    """Return the private function of the module, or method, that is called."""
    if isinstance(called, ast.Name) and called.id.startswith("_"):
        return function.__globals__.get(called.id)
    if isinstance(called, ast.Attribute) and called.attr.startswith("_"):
        mine = getattr(called.value, "id", "") in ("self", "cls")
        return _function(vars(owner).get(called.attr)) if owner and mine else None
    return None


def _example(thing: Thing) -> Iterator[str]:
    """Ask for an example: its own, or of a method its class's."""
    if "+SKIP" in thing.doc:
        yield "has an example that is not run"
    if thing.owner is not None:
        if not re.search(rf"\.{thing.short}\b", thing.examples):
            yield "is in no example"
    elif ">>> " not in thing.doc and (thing.is_class or inspect.isfunction(thing.made)):
        yield "has no example"


RULES: Mapping[str, Callable[[Thing], Iterator[str]]] = {
    "said": _said,
    "parameters": _parameters,
    "returns": _returns,
    "raises": _raises,
    "example": _example,
}


def _missing(rule: str, things: Iterable[Thing]) -> list[str]:
    """Return what a rule finds left out of things that are not let off."""
    let_off = tuple(NOT_ASKED.get(rule, ()))
    return [
        f"{thing.name} {said}"
        for thing in things
        if not (let_off and thing.name.startswith(let_off))
        for said in RULES[rule](thing)
    ]


@pytest.mark.parametrize("rule", ["said", "parameters", "returns", "raises"])
def test_nothing_is_left_out(rule: str) -> None:
    """Parameters, results and errors of everything public are told of."""
    assert [] == _missing(rule, ALL)


def test_everything_has_an_example() -> None:
    """Everything that people import is shown by an example, which is run above."""
    assert [] == _missing("example", PUBLIC)


@pytest.mark.parametrize("rule", sorted(NOT_ASKED))
def test_let_off(rule: str) -> None:
    """Who is let off is public, and would not stand the rule."""
    for name in NOT_ASKED[rule]:
        meant = [thing for thing in PUBLIC if thing.name.startswith(name)]
        assert any(list(RULES[rule](thing)) for thing in meant), name


BY_NAME = {thing.name: thing for thing in ALL}


@pytest.mark.parametrize(
    ("rule", "name", "taken"),
    [
        ("said", "eduequity.facts.Floats", ".+"),
        ("said", "eduequity.hookimpl", ".+"),
        ("said", "eduequity.hooks.eduequity_packs", ".+"),
        ("parameters", "eduequity.evaluate", "    as_area: "),
        ("parameters", "eduequity.Finding", "    threshold: "),
        ("parameters", "eduequity.School", "    teaching_area: "),
        ("parameters", "eduequity.measures.TheilParts", "    within: "),
        ("parameters", "eduequity.errors.PluginError", "    reason: "),
        ("parameters", "eduequity.Area.under", r"\*other\*"),
        ("parameters", "eduequity.report.write_csv", "    stream: "),
        ("returns", "eduequity.check", "Returns:"),
        ("returns", "eduequity.Facts.select", "Return "),
        ("raises", "eduequity.read_ledger", "    TypeError: "),
        ("raises", "eduequity.Assessment.dimension", "    UnknownNameError: "),
        ("raises", "eduequity.Area", "Raises:"),
        ("raises", "eduequity.ledger.Terms", "    InputError: "),
        ("raises", "eduequity.measures.gini_by", "    ValueError: "),
        ("example", "eduequity.plan", ">>> "),
        ("example", "eduequity.Verdict", ">>> "),
        ("example", "eduequity.hooks.eduequity_review", ">>> "),
    ],
)
def test_rule_notices(rule: str, name: str, taken: str) -> None:
    """A rule complains where what it asks for is taken away, and only then."""
    thing = BY_NAME[name]
    assert [] == list(RULES[rule](thing))

    less = attrs.evolve(thing, doc=re.sub(taken, "", thing.doc, flags=re.DOTALL))

    assert [] != list(RULES[rule](less))


@pytest.mark.parametrize("name", ["eduequity.Ledger.head", "eduequity.Plan.feasible"])
def test_example_of_methods_notices(name: str) -> None:
    """A method that its class's examples show no longer is noticed."""
    thing = BY_NAME[name]
    assert [] == list(_example(thing))
    less = attrs.evolve(thing, around=thing.around.replace(f".{thing.short}", ""))
    assert [] != list(_example(less))


# -- numbers -------------------------------------------------------------------------


MEASURES = [name for name in measures.__all__ if name[0].islower()]


def _measure(name: str, doc: str) -> Iterator[str]:
    """Ask of a measure its formula, and an example whose comment works it out."""
    of = name.removesuffix("_by")
    if name != of:
        if f"`{of}`" not in doc and of != "share_of_variance":
            yield "does not name the measure of one group"
    elif not re.search(r"`[^`]*[*/(][^`]*`", doc):
        yield "has no formula"
    yield from _worked_out(doc)


def _worked_out(doc: str) -> Iterator[str]:
    """Ask for an example worked out by hand, in its comment or the words above it."""
    examples = doctest.DocTestParser().get_examples(doc)
    printed = [each for each in examples if each.want]
    if not printed:
        yield "has no example"
    elif not any("# " in each.source for each in printed) and ":\n\n>>>" not in doc:
        yield "has no example that is worked out"


@pytest.mark.parametrize("name", MEASURES)
def test_measures(name: str) -> None:
    """Every measure has a formula, and a number that can be checked by hand."""
    assert [] == list(_measure(name, inspect.getdoc(getattr(measures, name)) or ""))


@pytest.mark.parametrize("made", NATIONAL, ids=lambda made: made.name)
def test_indicators(made: Indicator) -> None:
    """Every indicator has its source, and a number that can be checked by hand."""
    doc = inspect.getdoc(made.function) or ""
    assert [] == [*_worked_out(doc), *_sourced(made.name, doc)]


def _sourced(name: str, doc: str) -> Iterator[str]:
    """Ask for the source of the law's number that the indicator is compared with."""
    found = re.search(r"^Source: (.+?)\.$", doc, re.MULTILINE | re.DOTALL)
    told = "".join(found[1].split()) if found else ""
    cited = {"".join(f"{source}{clause}".split()) for source, clause in _cited(name)}
    if not told or (cited and told not in cited):
        yield f"cites {told or 'nothing'}, expected one of {sorted(cited)}"


def _cited(name: str) -> Iterator[tuple[str, str]]:
    for pack in Registry.of().packs:
        for rule in pack.rules.values():
            keys = ("indicator", "numerator", "denominator")
            if name not in [getattr(rule, key, None) for key in keys]:
                continue
            parameter = pack.parameters.get(getattr(rule, "parameter", None) or "")
            values = () if parameter is None else parameter.values[:1]
            for each in (*values, rule):
                if each.source is not None:
                    source = pack.sources[each.source]
                    yield source.number or source.title, each.clause or ""


def test_numbers_are_noticed() -> None:
    """Without formula, reckoning or the right source there is a complaint."""
    gini = inspect.getdoc(measures.gini) or ""
    assert [] == list(_measure("gini", gini))
    assert ["has no formula"] == list(_measure("gini", gini.replace("`", "")))
    assert ["has no example that is worked out"] == list(
        _measure("gini", gini.replace("# ", ""))
    )
    name = "teaching_area_per_pupil"
    area = next(inspect.getdoc(m.function) or "" for m in NATIONAL if m.name == name)
    assert [] == list(_sourced(name, area))
    assert [] != list(_sourced(name, area.replace("第四项", "第五项")))
    assert [] != list(_sourced(name, area.replace("Source:", "")))


# -- the data --------------------------------------------------------------------------

RECORDS = {
    name: made
    for name in model.__all__
    if attrs.has(made := getattr(model, name)) and made.__module__.endswith("_records")
}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_records(name: str) -> None:
    """A record says where its columns come from, and of each what it is."""
    record = RECORDS[name]
    doc = inspect.getdoc(record) or ""
    assert re.search(r"^Source: \S", doc, re.MULTILINE)
    for field in fields_of(record, ""):
        (line,) = re.findall(rf"^ +{field.name}: (.+)", doc, re.MULTILINE)
        assert line.startswith(f"{field.label.zh}, {field.label.en}: ")
        if field.type in ("integer", "number", "areas"):
            assert field.unit is not None
        if field.unit is Unit.SHARE:
            assert "fraction from 0 to 1" in line
        elif field.unit not in (None, Unit.COUNT):
            assert (field.unit.label.en or field.unit.value) in line
        assert line.endswith("required.") is field.required
