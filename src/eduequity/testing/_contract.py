"""`PackContract`: what every pack is asked, to be inherited by its tests."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

import pytest

from eduequity.engine import Assessment, explain
from eduequity.errors import Problem
from eduequity.registry import Plugin, Registry
from eduequity.rules import Pack
from eduequity.testing._boundary import boundary_cases, coverage
from eduequity.testing._cases import Case, load_case
from eduequity.testing._files import folders, rows_encoded, rows_listed
from eduequity.testing._health import health


__all__ = ["PackContract"]


class PackContract:
    """
    The tests that every rule pack should pass; inherit from it.

    ::

        import eduequity_fujian
        from eduequity.testing import PackContract


        class TestFujian(PackContract):
            plugin = eduequity_fujian
            rows = "src/eduequity_fujian/rows.csv"
            cases = "cases"

    Attributes:
        plugin: The module (or object) with the hooks.

        beside: Further plugins that it builds on.

        rows: The rows of the policy dossier (columns ``row`` and ``text``), each of
            which either a comment ``# row: ID`` above a table names or
            ``[[unencoded]]`` explains.

        cases: The folder of the case files.

        today: The day against which days of review are held; today by default.

    Paths are looked for beside the test's file and in the folders above it.

    A plugin that brings no pack has no defects, but does not pass ``test_loads``:

    >>> from eduequity.testing import PackContract
    >>> class TestEmpty(PackContract):
    ...     plugin = object()
    >>> contract = TestEmpty()
    >>> contract.packs, contract.problems("uncited", "untranslated")
    ((), [])
    >>> contract.registry.failures
    []
    """

    plugin: Any  # no ClassVar: mypy takes a module given to it for an instance variable
    beside: ClassVar[Sequence[Any]] = ()
    rows: ClassVar[str | Path | None] = None
    cases: ClassVar[str | Path | None] = None
    today: ClassVar[dt.date | None] = None

    # -- what is tested ------------------------------------------------------------

    @cached_property
    def registry(self) -> Registry:
        """The national packs, those beside, and the plugin's."""
        return _registry(type(self))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs that the plugin brings."""
        own = [p for p in self.registry.packs if p.distribution == _name(self.plugin)]
        return tuple(own)

    def problems(self, *codes: str) -> list[str]:
        """
        Return the defects of some kinds, one line each.

        Args:
            codes: The kinds, such as ``uncited`` or ``untranslated``.
        """
        return [
            problem.text()
            for pack in self.packs
            for problem in _health(self.registry, pack, self.today)
            if problem.code in codes
        ]

    # -- the tests -------------------------------------------------------------------

    def test_loads(self) -> None:
        """Every pack loads beside the national ones, and nothing is lowered unsaid."""
        packs = self.packs
        _none(str(each) for each in self.registry.failures)
        if not packs:
            _none(["the plugin brings no pack that could be loaded"])

    def test_cited(self) -> None:
        """Every value names its source, and every source says who and what."""
        _none(self.problems("uncited"))

    def test_bilingual(self) -> None:
        """Every text is there in Chinese and in English."""
        _none(self.problems("untranslated"))

    def test_dates(self) -> None:
        """Dates are in order, and nobody reviewed the pack in the future."""
        _none(self.problems("dates", "reviewed"))

    def test_values(self) -> None:
        """Units agree, and every rule has a parameter with values of its force."""
        _none(self.problems("units", "no-parameter", "force"))

    def test_rows(self) -> None:
        """
        Every row of the dossier is encoded or said not to be, never both.

        Raises:
            FileNotFoundError: *rows* is neither beside the test nor above it.
        """
        if self.rows is None:
            pytest.skip("no rows are named")
        _none(_rows_amiss(self.registry, self.packs, self._path(self.rows)))

    def test_case(self, case: Case | None) -> None:
        """What the case file expects is found, and every finding can be explained."""
        if case is None:
            pytest.skip("no cases are named")
        _none(str(each) for each in case.run(self.registry))
        areas = {area for pack in self.packs for area in pack.info.areas}
        _none(_unexplained(case.assessment(self.registry), areas))

    def test_boundaries(self) -> None:
        """Below, at and above each number, around each date, all is as it should be."""
        _none(
            f"{case.id}: expected {case.expected}, found {found}"
            for pack in self.packs
            for case in boundary_cases(pack, self.registry)
            if (found := case.run()) is not case.expected
        )

    def test_coverage(self) -> None:
        """Every number and date of the packs is tested at its boundary."""
        _none(
            f"tested by no boundary case: {each}"
            for pack in self.packs
            for each in coverage(pack, registry=self.registry).uncovered
        )

    # -- pytest ------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """
        Make one test of each case file.

        Raises:
            FileNotFoundError: *cases* is neither beside the test nor above it.
        """
        if "case" not in metafunc.fixturenames:
            return
        found: list[Case | None] = []
        if self.cases is not None:
            found += [
                load_case(f) for f in sorted(self._path(self.cases).glob("*.toml"))
            ]
        names = [case.name for case in found if case] or ["none"]
        metafunc.parametrize("case", found or [None], ids=names)

    def _path(self, path: str | Path) -> Path:
        here = Path(inspect.getfile(type(self)))
        for folder in here.parents:
            if (folder / path).exists():
                return folder / path
        raise FileNotFoundError(f"{path} is neither beside {here} nor above it")


def _none(amiss: Iterable[str]) -> None:
    """Fail with what is amiss, one line each, without a traceback."""
    found = sorted(amiss)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


_REGISTRIES: dict[type, Registry] = {}
_HEALTH: dict[tuple[int, str], tuple[Problem, ...]] = {}


def _registry(of: type[PackContract]) -> Registry:
    if of not in _REGISTRIES:
        plugins = (*of.beside, of.plugin)
        _REGISTRIES[of] = Registry.of(*(_plugin(each) for each in plugins))
    return _REGISTRIES[of]


def _plugin(module: Any) -> Plugin:
    if isinstance(module, Plugin):
        return module
    name = _name(module)
    try:
        release = version(name)
    except PackageNotFoundError:
        release = ""
    return Plugin(module, name, release)


def _name(module: Any) -> str:
    """Return the distribution's name that a plugin's module would have."""
    if isinstance(module, Plugin):
        return module.distribution
    name: str = getattr(module, "__name__", type(module).__name__)
    return name.partition(".")[0].replace("_", "-")


def _health(
    registry: Registry, pack: Pack, today: dt.date | None
) -> tuple[Problem, ...]:
    key = (id(registry), pack.info.id)
    if key not in _HEALTH:
        _HEALTH[key] = health(pack, registry, today=today, boundaries=False)
    return _HEALTH[key]


def _rows_amiss(registry: Registry, packs: Iterable[Pack], file: Path) -> Iterable[str]:
    packs = list(packs)
    where = folders(registry)
    marks = [mark for p in packs for mark in rows_encoded(where[p.info.id])]
    left = [
        (each.row, f"unencoded in {p.info.id}") for p in packs for each in p.unencoded
    ]
    named = {mark.row: mark.at for mark in marks}
    listed = rows_listed(file)
    for mark in marks:
        if not mark.above_table:
            yield f"{mark.row} ({mark.at}): its comment stands above no table"
    yield from (f"{row}: twice in {file.name}" for row in _twice(r for r, _ in listed))
    for row, place in left:
        if row in named:
            yield f"{row} ({named[row]}): both encoded and {place}"
    yield from (
        f"{row} (unencoded): listed twice" for row in _twice(r for r, _ in left)
    )
    named = dict(left) | named
    for row, text in listed:
        if row not in named:
            yield f"{row} {text}: neither encoded nor unencoded"
    known = dict(listed)
    yield from (
        f"{r} ({at}): not in {file.name}" for r, at in named.items() if r not in known
    )


def _twice(rows: Iterable[str]) -> Iterable[str]:
    return (row for row, count in Counter(rows).items() if count > 1)


def _unexplained(assessment: Assessment, areas: set[str]) -> Iterable[str]:
    """Yield the findings of some areas of which nothing is said in a language."""
    for finding in assessment.findings(components=True):
        if finding.area in areas:
            for lang in ("zh", "en"):
                if not str(explain(finding, lang=lang)).strip():
                    yield f"{finding.id}: no explanation in {lang}"
