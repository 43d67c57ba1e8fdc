"""The packs of Shanxi keep what every rule pack promises."""

from __future__ import annotations

import eduequity_shanxi

from eduequity.testing import PackContract


class TestShanxi(PackContract):
    """Loading, citations, rows, cases, boundaries."""

    plugin = eduequity_shanxi
    rows = "src/eduequity_shanxi/rows.csv"
    cases = "cases"
