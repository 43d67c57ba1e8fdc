"""
Collect ``cases/*.toml`` with pytest: each file is a test.

Opt in from a ``conftest.py``::

    pytest_plugins = ["eduequity.testing.cases"]

The packs are those that are installed, with the modules that the ini option
``eduequity_plugins`` names.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eduequity.errors import EduEquityError
from eduequity.registry import Registry
from eduequity.testing._cases import load_case


__all__ = ["CaseFile", "CaseItem", "pytest_addoption", "pytest_collect_file"]

OPTION = "eduequity_plugins"


class CaseFailed(Exception):  # noqa: N818 - a failure of a test, no error
    """What a case expects is not so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option."""
    parser.addini(
        OPTION,
        "modules with eduequity hooks that are used besides those installed",
        type="args",
        default=[],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    """Collect the TOML files of folders named ``cases``."""
    if file_path.suffix == ".toml" and file_path.parent.name == "cases":
        collected: CaseFile = CaseFile.from_parent(parent, path=file_path)
        return collected
    return None


class CaseFile(pytest.File):
    """A case file as pytest sees it."""

    def collect(self) -> Iterator[CaseItem]:
        """Yield its one test."""
        item: CaseItem = CaseItem.from_parent(self, name=self.path.stem)
        yield item


class CaseItem(pytest.Item):
    """A case as a test."""

    def runtest(self) -> None:
        """Read the file, judge its county and compare."""
        case = load_case(self.path)
        wrong = case.run(_registry(tuple(self.config.getini(OPTION))))
        if wrong:
            raise CaseFailed("\n\n".join(map(str, wrong)))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *a: Any
    ) -> str:
        """Show rule, expected, found and why; or what is wrong with the file."""
        error = excinfo.value
        if isinstance(error, CaseFailed | EduEquityError):
            return str(error)
        return str(super().repr_failure(excinfo, *a))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say where the case stands."""
        return self.path, None, f"case {self.name}"


@functools.cache
def _registry(modules: tuple[str, ...]) -> Registry:
    """Return what is installed, with modules that are not."""
    found = Registry.discover()
    there = {getattr(plugin.module, "__name__", None) for plugin in found.plugins}
    beside = (importlib.import_module(m) for m in modules if m not in there)
    _, *installed = found.plugins
    return Registry.of(*installed, *beside)
