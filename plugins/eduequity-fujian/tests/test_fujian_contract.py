"""The packs of Fujian keep what every rule pack promises."""

from __future__ import annotations

import eduequity_fujian

from eduequity.testing import PackContract


class TestFujian(PackContract):
    """Loading, citations, rows, cases, boundaries."""

    plugin = eduequity_fujian
    rows = "src/eduequity_fujian/rows.csv"
    cases = "cases"
