"""Levels below the nation: many at once are each as it is alone."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import provinces
from benchmarks.nation import PROVINCES
from eduequity import County, Facts, Kind, School
from eduequity.engine import Assessment, _evaluate, evaluate
from eduequity.registry import Registry
from eduequity.rules import Rulebook, load_pack


ON = dt.date(2024, 12, 31)


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Return 31 synthetic provinces' packs, which raise what the nation asks."""
    with tempfile.TemporaryDirectory() as folder:
        found = provinces.registry(folder)
        assert found.packs
        yield found


@pytest.fixture(scope="module")
def facts(registry: Registry) -> Facts:
    """Return a synthetic nation of 145 counties."""
    return provinces.facts(0.05, registry)


def judged(facts: Facts, registry: Registry) -> Assessment:
    """Judge on the day."""
    return evaluate(facts, registry.rulebook, registry.indicators, on=ON)


def test_every_province_is_as_it_is_alone(
    registry: Registry, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that cut a province in two, and one block for all, say the same."""
    whole = judged(facts, registry)
    monkeypatch.setattr(_evaluate, "_BLOCK", 700)
    cut = judged(facts, registry)

    assert ["", *map(str, PROVINCES)] == [level.area for level in whole.levels]
    for one, other in zip(whole.levels[1:], cut.levels[1:], strict=True):
        alone = judged(facts.select(one.first, one.last), registry).levels[1]
        assert one.area == alone.area == other.area
        assert one.units.keys() == alone.units.keys() == other.units.keys()
        for name in one.units:
            for level in (alone, other):
                np.testing.assert_array_equal(one.units[name], level.units[name], name)
                np.testing.assert_array_equal(
                    one.counties[name], level.counties[name], name
                )


SUBJECT = """
[pack]
format = 1
id = "subject-33"
programme = "quality-balance"
areas = ["33"]
title = { zh = "测试用（虚构）", en = "invented, for a test" }
reviewed = 2026-01-01

[sources.letter]
title = "（虚构）"
issuer = "（虚构）"
kind = "notice"
read = "unverified"

[parameters.monitoring_subjects]
unit = "count"
stricter = "union"

[[parameters.monitoring_subjects.values]]
from = 2020-01-01
value = ["信息科技"]
source = "letter"
"""


def test_a_list_below_the_nation_asks_for_more(tmp_path: Path) -> None:
    """A province's subject counts at its level, beside the nation's, and is cited."""
    (tmp_path / "pack.toml").write_text(SUBJECT, encoding="utf-8")
    national = Registry.of()
    rulebook = Rulebook([*national.rulebook.packs, load_pack(tmp_path)])
    school = School(code="1", name="甲", kind=Kind.PRIMARY)
    county = County(code="330106", schools=(school,))
    result = evaluate(Facts.of(county), rulebook, national.indicators, on=ON)
    asked = {
        area: {
            each.item: {source.source for source in each.sources}
            for each in result["330106"].findings(
                rule="quality.monitoring_level", area=area
            )
            if each.item
        }
        for area in ("", "33")
    }

    assert {*asked[""], "信息科技"} == set(asked["33"])
    assert "信息科技" not in asked[""]
    assert "subject-33/letter" in asked["33"]["信息科技"]


def test_a_level_is_as_if_it_worked_everything_out_itself(
    registry: Registry, facts: Facts
) -> None:
    """What is taken over from the nation is what the level would have found."""
    from eduequity.engine._columns import Workspace
    from eduequity.engine._judge import judge

    whole = judged(facts, registry)
    raised = 0
    for level in whole.levels[1:]:
        part = facts.select(level.first, level.last)
        work = Workspace(part, whole.law, registry.indicators, level.area)
        for name, verdicts in level.units.items():
            found = judge(work, name, whole.law.rules[name][1])
            np.testing.assert_array_equal(found.verdicts, verdicts, name)
            above = whole.levels[0].units.get(name)
            raised += above is not None
    assert raised > len(PROVINCES)


def test_a_raised_threshold_turns_its_level_and_not_the_nation(
    registry: Registry, facts: Facts
) -> None:
    """The nation is as it is without any province; below, some more is not met."""
    alone = judged(facts, Registry.of()).levels[0]
    nation_, *levels = judged(facts, registry).levels
    stricter = 0
    for name, verdicts in alone.counties.items():
        np.testing.assert_array_equal(verdicts, nation_.counties[name], name)
    for level in levels:
        for name in level.counties.keys() & nation_.counties.keys():
            above = nation_.counties[name][level.first : level.last]
            assert (level.counties[name] >= above).all(), name
            stricter += int((level.counties[name] > above).sum())
    assert stricter > 0
