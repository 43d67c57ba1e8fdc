"""The packs of Xinjiang keep what every rule pack promises."""

from __future__ import annotations

import eduequity_xinjiang

from eduequity.testing import PackContract


class TestXinjiang(PackContract):
    """Loading, citations, rows, cases, boundaries."""

    plugin = eduequity_xinjiang
    rows = "src/eduequity_xinjiang/rows.csv"
    cases = "cases"
