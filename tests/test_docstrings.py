"""Every example in a docstring runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import eduequity
from eduequity.indicators import Indicator


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
    for made in vars(module).values():
        if isinstance(made, Indicator):
            for example in finder.find(made.function, made.name, module, vars(module)):
                runner.run(example)
    assert runner.summarize(verbose=False).attempted > 5
    assert 0 == runner.summarize(verbose=False).failed
