"""
For those who write packs: contracts, cases, boundaries, strategies.

::

    import eduequity_fujian
    from eduequity.testing import PackContract


    class TestFujian(PackContract):
        plugin = eduequity_fujian
        cases = "cases"

`boundary_cases`, `coverage` and `health` need nothing but eduequity; the rest needs
the extra ``testing``. Every name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from eduequity.errors import MissingExtraError


if TYPE_CHECKING:
    from eduequity.testing._boundary import (
        BoundaryCase,
        Coverage,
        boundary_cases,
        coverage,
    )
    from eduequity.testing._cases import Case, CaseError, Mismatch, load_case
    from eduequity.testing._contract import PackContract
    from eduequity.testing._files import folders
    from eduequity.testing._health import health
    from eduequity.testing._strategies import (
        counties,
        facts,
        packs,
        rows,
        schools,
        sections,
        teachers,
        values,
    )

_HOMES = {
    "_boundary": ("BoundaryCase", "Coverage", "boundary_cases", "coverage"),
    "_cases": ("Case", "CaseError", "Mismatch", "load_case"),
    "_contract": ("PackContract",),
    "_files": ("folders",),
    "_health": ("health",),
    "_strategies": (
        "counties",
        "facts",
        "packs",
        "rows",
        "schools",
        "sections",
        "teachers",
        "values",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
_OF_THE_EXTRA = ("hypothesis", "pytest")

__all__ = [
    "BoundaryCase",
    "Case",
    "CaseError",
    "Coverage",
    "Mismatch",
    "PackContract",
    "boundary_cases",
    "counties",
    "coverage",
    "facts",
    "folders",
    "health",
    "load_case",
    "packs",
    "rows",
    "schools",
    "sections",
    "teachers",
    "values",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'eduequity.testing' has no attribute {name!r}")
    try:
        home = importlib.import_module(f"eduequity.testing.{_HOME[name]}")
    except ModuleNotFoundError as error:
        if error.name not in _OF_THE_EXTRA:
            raise
        raise MissingExtraError("testing", f"eduequity.testing.{name}") from error
    return getattr(home, name)


def __dir__() -> list[str]:
    return list(__all__)
