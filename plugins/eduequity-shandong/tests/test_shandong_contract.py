"""The packs of Shandong keep what every rule pack promises."""

from __future__ import annotations

import eduequity_shandong

from eduequity.testing import PackContract


class TestShandong(PackContract):
    """Loading, citations, rows, cases, boundaries."""

    plugin = eduequity_shandong
    rows = "src/eduequity_shandong/rows.csv"
    cases = "cases"
