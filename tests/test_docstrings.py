"""Docstrings: every example runs, and of every public name nothing is left out."""

from __future__ import annotations

import ast
import doctest
import enum
import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import attrs
import pytest

import eduequity
from eduequity import measures
from eduequity.indicators import NATIONAL, Indicator
from eduequity.model import TABLES
from eduequity.registry import Registry


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

NOT_ASKED = {
    "parameters": {
        # pytest hands them in; nobody calls these
        "eduequity.testing.PackContract.pytest_generate_tests",
        "eduequity.testing.PackContract.test_case",
    },
    "raises": set[str](),
    "example": {
        # tests that pytest runs: the class shows how to inherit them
        *(
            f"eduequity.testing.PackContract.{name}"
            for name in vars(importlib.import_module("eduequity.testing").PackContract)
            if name.startswith(("test_", "pytest_"))
        ),
    },
}
"""What is let off, by rule, and why."""


@attrs.frozen(kw_only=True)
class Thing:
    """A public name and what is said of it."""

    name: str
    made: Any
    doc: str
    around: str = ""
    owner: type | None = None

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return inspect.isclass(self.made)

    @property
    def examples(self) -> str:
        """The code of its examples, and of its class's."""
        parser = doctest.DocTestParser()
        both = f"{self.doc}\n\n{self.around}"
        return "".join(each.source for each in parser.get_examples(both))


def _things(spaces: tuple[str, ...]) -> Iterator[Thing]:
    seen: set[int] = set()
    for space in spaces:
        module = importlib.import_module(space)
        for name in module.__all__:
            made = getattr(module, name)
            if isinstance(made, ModuleType) or id(made) in seen:
                continue
            seen.add(id(made))
            yield from _of(f"{space}.{name}", made)


def _of(name: str, made: Any) -> Iterator[Thing]:
    if isinstance(made, Indicator):
        return
    if not inspect.isclass(made):
        if inspect.isfunction(made):
            yield Thing(name=name, made=made, doc=inspect.getdoc(made) or "")
        return
    docs = [inspect.cleandoc(each.__doc__ or "") for each in _bases(made)]
    yield Thing(name=name, made=made, doc=docs[0], around="\n\n".join(docs[1:]))
    for member, each in vars(made).items():
        function = _function(each)
        if function is not None and not member.startswith("_"):
            said = inspect.getdoc(function) or ""
            yield Thing(
                name=f"{name}.{member}",
                made=function if not _is_property(each) else each,
                doc=said,
                around=docs[0],
                owner=made,
            )


def _bases(made: type) -> list[type]:
    return [each for each in made.__mro__ if each.__module__.startswith("eduequity")]


def _is_property(each: Any) -> bool:
    return isinstance(each, property | functools.cached_property)


def _function(each: Any) -> Callable[..., Any] | None:
    if isinstance(each, property):
        return each.fget
    if isinstance(each, functools.cached_property):
        return each.func
    if isinstance(each, classmethod | staticmethod):
        return each.__func__
    return each if inspect.isfunction(each) else None


PUBLIC = list(_things(SPACES))
ALL = list(_things((*SPACES, *LAYERS)))


# -- the rules -------------------------------------------------------------------------


def _parameters(thing: Thing) -> Iterator[str]:
    """Every parameter is told of: in ``Args:`` or, of a method, *in italics*."""
    said = f"{thing.doc}\n{thing.around}" if thing.is_class else thing.doc
    for name in _names_of(thing):
        told = re.search(rf"^ +\*{{0,2}}{name}: ", said, re.MULTILINE)
        if not told and (thing.is_class or f"*{name}*" not in said):
            yield f"says nothing of its parameter {name}"


def _names_of(thing: Thing) -> list[str]:
    made = thing.made
    if _is_property(made) or (thing.is_class and issubclass(made, enum.Enum)):
        return []
    if thing.is_class and attrs.has(made):
        return [a.name for a in attrs.fields(made) if a.init and a.name[0] != "_"]
    if thing.is_class and issubclass(made, tuple):
        return list(made._fields)  # type: ignore[attr-defined]
    if thing.is_class and not issubclass(made, BaseException):
        return []
    try:
        names = inspect.signature(made).parameters
    except ValueError:  # the language's own
        return []
    return [name for name in names if name not in ("self", "cls", "args", "kwargs")]


_GIVES = (
    "Return Yield Say Draw Make Build Load Read Measure Join Hold Judge Find Look "
    "Whether Turn Count Tell Put Keep Compare Run Draw Move Roll Write Set Work Plan"
).split()


def _returns(thing: Thing) -> Iterator[str]:
    """What comes back is told of: by ``Returns:`` or by the first word."""
    if thing.is_class or _is_property(thing.made):
        return
    given = inspect.signature(thing.made).return_annotation
    if given in (None, "None") or "Returns:" in thing.doc:
        return
    if thing.doc.split(" ")[0].rstrip(":") not in _GIVES:
        yield f"says nothing of what it returns ({given})"


def _raises(thing: Thing) -> Iterator[str]:
    """Every error that it raises itself is told of in ``Raises:``."""
    told = thing.doc.partition("Raises:")[2]
    for name in sorted(_raised_by(thing)):
        if not re.search(rf"^ +{name}: ", told, re.MULTILINE):
            yield f"raises {name} and does not say so"


def _raised_by(thing: Thing) -> set[str]:
    if _is_property(thing.made):
        return _raised(_function(thing.made), thing.owner, set())
    if not thing.is_class:
        return _raised(thing.made, thing.owner, set())
    makers = ("__init__", "__attrs_post_init__", "_check")
    own = [vars(thing.made).get(name) for name in makers]
    found: set[str] = set()
    for each in own:
        if inspect.isfunction(each) and each.__code__.co_filename.endswith(".py"):
            found |= _raised(each, thing.made, set())
    return found


def _raised(function: Any, owner: type | None, seen: set[Any]) -> set[str]:
    """Return the errors that a function and its module's private ones raise."""
    if function in seen or not function.__module__.startswith("eduequity"):
        return set()
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found: set[str] = set()
    caught: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught |= {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = getattr(node.exc.func, "id", "")
            maker = function.__globals__.get(name)
            if inspect.isfunction(maker):
                name = str(inspect.signature(maker).return_annotation)
            found |= {name} if re.fullmatch(r"[A-Z]\w+Error", name) else set()
        if isinstance(node, ast.Call):
            inner = _private(node.func, function, owner)
            if inner is not None:
                found |= _raised(inner, owner, seen) - caught
    return found


def _private(called: ast.expr, function: Any, owner: type | None) -> Any:
    if isinstance(called, ast.Name) and called.id.startswith("_"):
        found = function.__globals__.get(called.id)
    elif isinstance(called, ast.Attribute) and called.attr.startswith("_"):
        mine = getattr(called.value, "id", "") in ("self", "cls")
        found = vars(owner).get(called.attr) if owner is not None and mine else None
        found = _function(found)
    else:
        return None
    return found if inspect.isfunction(found) else None


def _example(thing: Thing) -> Iterator[str]:
    """An example shows it: its own, or of a method its class's."""
    if "+SKIP" in thing.doc:
        yield "has an example that is not run"
    if thing.owner is None:
        if ">>> " not in thing.doc:
            yield "has no example"
    elif f".{thing.name.rpartition('.')[2]}" not in thing.examples:
        yield "is in no example"


RULES: dict[str, Callable[[Thing], Iterator[str]]] = {
    "parameters": _parameters,
    "returns": _returns,
    "raises": _raises,
    "example": _example,
}


def _missing(rule: str, things: list[Thing]) -> list[str]:
    """Return what a rule finds left out."""
    return [
        f"{thing.name} {said}"
        for thing in things
        if thing.name not in NOT_ASKED.get(rule, ())
        for said in RULES[rule](thing)
    ]


@pytest.mark.parametrize("rule", ["parameters", "returns", "raises"])
def test_nothing_is_left_out(rule: str) -> None:
    """Parameters, results and errors of everything public are told of."""
    assert [] == _missing(rule, ALL)


def test_everything_has_an_example() -> None:
    """Everything that people import is shown by an example, which is run above."""
    assert [] == _missing("example", PUBLIC)
