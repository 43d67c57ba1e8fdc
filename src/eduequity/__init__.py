"""
Tells whether a Chinese county meets the rules of 义务教育优质均衡发展, and why.

>>> import eduequity as ee
>>> import datetime as dt
>>> school = ee.School(
...     code="1",
...     name="示例小学",
...     kind=ee.Kind.PRIMARY,
...     primary=ee.Section(pupils=500, above_degree_teachers=21),
... )
>>> county = ee.County(code="999901", name="示例县", schools=(school,))
>>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
>>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
>>> finding.value, finding.operator, finding.threshold, finding.verdict.value
(4.2, '>=', 4.2, 'met')

Every name below is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from eduequity import errors, measures, rules
    from eduequity._facade import (
        check,
        compare,
        evaluate,
        explain,
        ledger_of,
        plan,
        plot,
        project,
        read,
        read_ledger,
        roadmap,
        school_notice,
        shortfall,
        sweep,
        template,
        verify,
        what_if,
        write_ledger,
    )
    from eduequity._verify import Difference, Verification
    from eduequity.engine import (
        Assessment,
        Change,
        CountyResult,
        DimensionResult,
        Finding,
        Findings,
        LevelVerdict,
        MetShare,
        ReadingChange,
        Shortfall,
        Shortfalls,
        Spread,
    )
    from eduequity.errors import EduEquityError, InputError, PackError
    from eduequity.facts import Amend, Facts, Merge, Move, Split
    from eduequity.hooks import hookimpl
    from eduequity.indicators import Bounds, Indicator, indicator
    from eduequity.io import Checked
    from eduequity.ledger import Cause, Comparison, Flip, Ledger, LedgerItem
    from eduequity.model import (
        Attestation,
        County,
        Kindergarten,
        Monitoring,
        PartialDate,
        Reported,
        School,
        SchoolClass,
        Section,
        Spending,
        Survey,
        Teacher,
    )
    from eduequity.planning import Plan, Projection, Scenarios, Sweep
    from eduequity.registry import Registry
    from eduequity.vocab import (
        Area,
        Basis,
        DegreeLevel,
        Force,
        How,
        Kind,
        Level,
        Locale,
        Owner,
        Scope,
        Stage,
        Text,
        Unit,
        Verdict,
    )

_HOMES = {
    "_facade": (
        "check",
        "compare",
        "evaluate",
        "explain",
        "ledger_of",
        "plan",
        "plot",
        "project",
        "read",
        "read_ledger",
        "roadmap",
        "school_notice",
        "shortfall",
        "sweep",
        "template",
        "verify",
        "write_ledger",
        "what_if",
    ),
    "_verify": ("Difference", "Verification"),
    "engine": (
        "Assessment",
        "Change",
        "CountyResult",
        "DimensionResult",
        "Finding",
        "Findings",
        "LevelVerdict",
        "MetShare",
        "ReadingChange",
        "Shortfall",
        "Shortfalls",
        "Spread",
    ),
    "errors": ("EduEquityError", "InputError", "PackError"),
    "facts": ("Amend", "Facts", "Merge", "Move", "Split"),
    "hooks": ("hookimpl",),
    "indicators": ("Bounds", "Indicator", "indicator"),
    "io": ("Checked",),
    "ledger": ("Cause", "Comparison", "Flip", "Ledger", "LedgerItem"),
    "model": (
        "Attestation",
        "County",
        "Kindergarten",
        "Monitoring",
        "PartialDate",
        "Reported",
        "School",
        "SchoolClass",
        "Section",
        "Spending",
        "Survey",
        "Teacher",
    ),
    "planning": ("Plan", "Projection", "Scenarios", "Sweep"),
    "registry": ("Registry",),
    "vocab": (
        "Area",
        "Basis",
        "DegreeLevel",
        "Force",
        "How",
        "Kind",
        "Level",
        "Locale",
        "Owner",
        "Scope",
        "Stage",
        "Text",
        "Unit",
        "Verdict",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = ("errors", "measures", "rules")

__all__ = [
    "Amend",
    "Area",
    "Assessment",
    "Attestation",
    "Basis",
    "Bounds",
    "Cause",
    "Change",
    "Checked",
    "Comparison",
    "County",
    "CountyResult",
    "DegreeLevel",
    "Difference",
    "DimensionResult",
    "EduEquityError",
    "Facts",
    "Finding",
    "Findings",
    "Flip",
    "Force",
    "How",
    "Indicator",
    "InputError",
    "Kind",
    "Kindergarten",
    "Ledger",
    "LedgerItem",
    "Level",
    "LevelVerdict",
    "Locale",
    "Merge",
    "MetShare",
    "Monitoring",
    "Move",
    "Owner",
    "PackError",
    "PartialDate",
    "Plan",
    "Projection",
    "ReadingChange",
    "Registry",
    "Reported",
    "Scenarios",
    "School",
    "SchoolClass",
    "Scope",
    "Section",
    "Shortfall",
    "Shortfalls",
    "Spending",
    "Split",
    "Spread",
    "Stage",
    "Survey",
    "Sweep",
    "Teacher",
    "Text",
    "Unit",
    "Verdict",
    "Verification",
    "check",
    "compare",
    "errors",
    "evaluate",
    "explain",
    "hookimpl",
    "indicator",
    "ledger_of",
    "measures",
    "plan",
    "plot",
    "project",
    "read",
    "read_ledger",
    "roadmap",
    "rules",
    "school_notice",
    "shortfall",
    "sweep",
    "template",
    "verify",
    "what_if",
    "write_ledger",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"eduequity.{_HOME[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"eduequity.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("eduequity")
    raise AttributeError(f"module 'eduequity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
