"""Findings as a sequence: counted without being built, filtered, and as frames."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from typing import Any

import pytest

import eduequity as ee
from eduequity import io
from eduequity.engine import _selection
from eduequity.errors import MissingExtraError, UnknownNameError
from eduequity.vocab import Scope, Verdict
from tests.reference import counties


pytestmark = pytest.mark.usefixtures("national_only")

ON = dt.date(2024, 12, 31)
HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" 'name' & Co",
    "=cmd|' /C calc'!A0",
    "校" * 200,
    "小学🏫🎒",
    "\u202eمدرسة\u202c שלום",
    "| a | *b* `c` [d](http://x.example)",
)


def several() -> ee.Assessment:
    """Return six counties in one result."""
    tables: dict[str, list[Any]] = {}
    for number, document in enumerate(counties.documents(6, seed=5)):
        code = f"11010{number}"
        for table, rows in document.items():
            for row in rows:
                renamed = {
                    key: value.replace("350881", code)
                    if isinstance(value, str)
                    else value
                    for key, value in row.items()
                }
                if table == "schools" or "county" in renamed:
                    renamed["county"] = code
                tables.setdefault(table, []).append(renamed)
    return ee.evaluate(io.read(tables), on=ON)


def hostile() -> ee.Assessment:
    """Return a county whose schools have names that mean harm."""
    schools = [
        ee.School(
            code=f"S{number}",
            name=name,
            kind=ee.Kind.PRIMARY,
            locale=ee.Locale.RURAL,
            teaching_area=100.0,
            primary=ee.Section(pupils=500, backbone_teachers=number),
        )
        for number, name in enumerate(HOSTILE)
    ]
    county = ee.County(code="110101", name=HOSTILE[0], schools=tuple(schools))
    return ee.evaluate(county, on=ON)


FILTERS: dict[str, list[Any]] = {
    "verdict": [None, "unmet", ("met", "unknown")],
    "rule": [None, "government.class_size", "resources.cv_sports_area"],
    "scope": [None, "section", "county"],
    "stage": [None, "junior"],
    "dimension": [None, ["resources", "vetoes"]],
    "school": [None, "110102-01", "110102"],
    "county": [None, "110102", ["110101", "110104"]],
    "components": [True, False],
}


def test_counting_agrees_with_building_for_all_filters() -> None:
    """What is counted from verdicts is what is built, however filters combine."""
    result = several()
    every = list(itertools.product(*FILTERS.values()))
    for values in random.Random(1).sample(every, 80):
        found = result.findings(**dict(zip(FILTERS, values, strict=True)))
        built = list(found)
        counts = {v: sum(f.verdict is v for f in built) for v in Verdict}

        assert counts == found.counts, values
        assert len(built) == len(found), values


def test_counting_builds_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """`len`, counts and shares never ask for a finding."""
    result = several()
    expected = len(list(result.findings(verdict="unmet")))
    monkeypatch.setattr(_selection, "findings_by_county", None)
    found = result.findings(verdict="unmet")

    assert expected == len(found) == found.share.unmet > 0


def test_an_index_gives_what_iterating_gives() -> None:
    """Places from either end, and slices."""
    found = several().findings(scope="school")
    built = list(found)

    assert built[0] == found[0]
    assert built[-1] == found[-1]
    assert built[len(built) // 2] == found[len(built) // 2]
    assert tuple(built[3:9:2]) == found[3:9:2]
    with pytest.raises(IndexError):
        found[len(built)]


def test_several_words_and_wrong_ones() -> None:
    """A filter takes one word or several; one that nobody knows is refused."""
    result = several()

    both = result.findings(verdict=["met", "unmet"])
    assert len(both) == len(result.findings(verdict="met")) + len(
        result.findings(verdict="unmet")
    )
    for wrong in (
        {"verdict": "failed"},
        {"stage": "senior-ish"},
        {"rule": "government.clas_size"},
        {"county": "999999"},
        {"dimension": "resource"},
    ):
        with pytest.raises(UnknownNameError):
            result.findings(**wrong)


def test_the_share_of_counties_is_of_those_assessed_and_bounded() -> None:
    """The three numbers are those counted county by county."""
    result = several()
    for rule in (None, "government.class_size", "vetoes.school_choice"):
        share = result.share(rule)
        told = [
            county.verdict if rule is None else county["government"].rules[rule]
            for county in result.values()
            if rule is None or rule.startswith("government.")
        ]
        if told:
            assert told.count(Verdict.MET) == share.met
            assert told.count(Verdict.UNKNOWN) == share.unknown
        assessed = share.met + share.unmet
        whole = assessed + share.unknown
        assert share.of_assessed == (share.met / assessed if assessed else None)
        assert (share.met / whole, (share.met + share.unknown) / whole) == (
            share.low,
            share.high,
        )


@pytest.mark.parametrize("backend", ["polars", "pandas", "pyarrow"])
def test_frames_of_every_library_hold_the_same(backend: str) -> None:
    """One row a finding, with numbers as numbers and blanks as blanks."""
    pytest.importorskip(backend)
    import narwhals as nw

    found = several().findings(county="110102", components=True)
    frame = nw.from_native(found.to_frame(backend), eager_only=True)

    assert [f.id for f in found] == frame["id"].to_list()
    assert {"110102"} == set(frame["county"].to_list())
    assert [f.verdict.value for f in found] == frame["verdict"].to_list()
    for finding, value in zip(found, frame["value"].to_list(), strict=True):
        blank = value is None or math.isnan(value)
        assert blank == (finding.value is None)
        assert blank or float(finding.value or 0) == value


def test_a_frame_of_nothing_has_its_columns() -> None:
    """No finding gives an empty frame, not an error."""
    frame = several().findings(area="35").to_frame("pyarrow")

    assert 0 == frame.num_rows
    assert {"id", "verdict", "value"} <= set(frame.column_names)


def test_a_library_that_nobody_knows_is_refused() -> None:
    """The error names those that can be asked for."""
    with pytest.raises((UnknownNameError, MissingExtraError)):
        several().findings(county="110102").to_frame("excel")


def test_plain_data_is_the_json_form_with_the_county() -> None:
    """`to_dict` of the sequence is that of each finding."""
    found = several().findings(verdict="unmet")

    assert [
        {"county": f.id and f.assessment.facts.codes[f.place.county], **f.to_dict()}
        for f in found
    ] == found.to_dict()


def test_notebooks_escape_every_name() -> None:
    """No name of the data reaches a notebook as markup."""
    result = hostile()
    county = result["110101"]
    for shown in (result, county, result.findings(scope="school")):
        drawn = shown._repr_html_()

        assert drawn is not None
        assert "<script" not in drawn
        assert "\u202e" not in drawn
        assert "<table>" in drawn


def test_synthetic_data_is_said_in_notebooks() -> None:
    """As on every output."""
    county = ee.County(code="999901", name="示例县", synthetic=True)
    result = ee.evaluate(county, on=ON)

    for shown in (result, result["999901"], result.findings()):
        assert "合成数据" in str(shown._repr_html_())


def test_what_the_facade_did_not_hand_in_is_not_drawn() -> None:
    """The engine alone knows no HTML; a notebook falls back to the text."""
    import attrs

    bare = attrs.evolve(several(), html=None)

    assert bare._repr_html_() is None
    assert bare.findings()._repr_html_() is None
    assert "unmet" in repr(bare.findings(verdict="unmet"))


def test_scopes_are_told_apart_without_building() -> None:
    """Every scope that occurs is counted as itself."""
    result = several()
    for scope in Scope:
        found = result.findings(scope=scope.value, components=True)
        assert all(each.scope is scope for each in found)
        assert len(found) == len(list(found))
