"""Verifying: the same data and law give the same, and every change is told."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import eduequity as ee
from eduequity.cli import run
from eduequity.errors import InputError, UnknownNameError
from eduequity.registry import Registry


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = Path(ee.__file__).parent / "cli" / "demo"
ON = dt.date(2022, 6, 1)


def recorded(**options: Any) -> dict[str, Any]:
    """Return the demo's result as it is read back from its file."""
    result = ee.evaluate(ee.read(DEMO), on=ON, **options)
    read: dict[str, Any] = json.loads(json.dumps(result.to_dict()))
    return read


def test_a_result_of_the_same_data_is_the_same() -> None:
    """Readings, day and area are taken from the record."""
    told = recorded(options={"room_counting": "sum", "relaxations": "never"})
    found = ee.verify(told, DEMO)

    assert () == found.differences
    assert found.same
    assert (1, len(told["counties"][0]["findings"])) == (
        found.counties,
        found.findings,
    )


def test_a_changed_cell_is_told_with_what_it_changed(tmp_path: Path) -> None:
    """The digest of the data differs, and the verdicts that follow from the cell."""
    told = recorded()
    for table in DEMO.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    county = tmp_path / "county.csv"
    rows = county.read_text("utf-8").splitlines()
    heads, cells = rows[0].split(","), rows[1].split(",")
    cells[heads.index("rotation_eligible_teachers")] = "100000"
    county.write_text("\n".join([rows[0], ",".join(cells)]) + "\n", "utf-8")
    found = ee.verify(told, tmp_path)

    assert {"data", "finding"} == {each.what for each in found.differences}
    assert ":government.teacher_rotation@999901 verdict" in {
        each.where for each in found.differences
    }


def test_what_was_tampered_with_is_told() -> None:
    """A verdict, a figure, a finding or a county that is not what comes out."""
    told = recorded()
    county = told["counties"][0]
    county["verdict"] = "met"
    county["findings"][0]["value"] = 1e9
    gone = county["findings"].pop()
    county["findings"].append({**gone, "id": ":vetoes.invented@999901"})
    told["counties"].append({**county, "code": "999902", "findings": []})
    found = {(each.what, each.where) for each in ee.verify(told, DEMO).differences}

    assert {
        ("county", "999901 verdict"),
        ("finding", f"{county['findings'][0]['id']} value"),
        ("finding", gone["id"]),
        ("finding", ":vetoes.invented@999901"),
        ("county", "999902"),
    } == found


def test_another_engine_and_another_pack_are_told() -> None:
    """By version and digest."""
    told = recorded()
    told["engine"] = "25.1.0"
    told["packs"][0]["digest"] = "0" * 64
    told["packs"].append({"id": "elsewhere", "version": "1", "digest": "1" * 64})
    found = [(each.what, each.where) for each in ee.verify(told, DEMO).differences]

    assert [
        ("engine", ""),
        ("pack", "national-quality-balance"),
        ("pack", "elsewhere"),
    ] == found


def test_a_changed_law_is_told(national_only: Registry) -> None:
    """A pack whose numbers changed gives another digest and other findings."""
    told = recorded()
    changed = []
    for pack in national_only.packs:
        size = pack.parameters.get("class_size")
        if size is not None:
            values = tuple(attrs.evolve(v, primary=60) for v in size.values)
            size = attrs.evolve(size, values=values)
            parameters = {**pack.parameters, "class_size": size}
            changed.append(attrs.evolve(pack, parameters=parameters, digest="f" * 64))
        else:
            changed.append(pack)
    registry = Registry.of()
    registry._cache["packs"] = tuple(changed)
    found = ee.verify(told, DEMO, registry=registry).differences

    assert ("pack", "national-quality-balance") in {(d.what, d.where) for d in found}
    assert any("government.class_size" in each.where for each in found)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '"text"',
        "{}",
        "[" * 100_000,
        '{"schema": "eduequity/assessment/2"}',
        '{"schema": "eduequity/assessment/1"}',
        '{"schema": "eduequity/assessment/1", "engine": 1, "programme": [], "on": 2}',
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, content: str) -> None:
    """With exit status 2 and a sentence, never a traceback."""
    file = tmp_path / "result.json"
    file.write_text(content, "utf-8")

    with pytest.raises(InputError):
        ee.verify(file, DEMO)
    assert 2 == run(["verify", str(file), str(DEMO)])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("counties", [1, {"code": "1"}, {"code": "1", "findings": [2]}]),
        ("packs", ["x"]),
        ("on", "yesterday"),
        ("options", []),
    ],
)
def test_a_result_with_broken_parts_is_refused(key: str, value: Any) -> None:
    """Each part that is not as it should be is named."""
    with pytest.raises(InputError) as error:
        ee.verify({**recorded(), key: value}, DEMO)

    assert all(key in each.sheet for each in error.value.problems)


def test_an_unknown_programme_cannot_be_run() -> None:
    """It is neither the same nor different."""
    with pytest.raises(UnknownNameError):
        ee.verify({**recorded(), "programme": "no-such"}, DEMO)


def test_the_command_says_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 0, 1 and 2, in both languages."""
    told = recorded()
    file = tmp_path / "result.json"
    file.write_text(json.dumps(told), "utf-8")

    assert 0 == run(["verify", str(file), str(DEMO)])
    assert capsys.readouterr().out.startswith("一致：1 个区县")
    told["counties"][0]["verdict"] = "met"
    file.write_text(json.dumps(told), "utf-8")
    assert 1 == run(["verify", str(file), str(DEMO), "--lang", "en"])
    out = capsys.readouterr().out
    assert "1 differences" in out
    assert "county 999901 verdict: recorded met, now unmet" in out
    assert 2 == run(["verify", str(tmp_path / "none.json"), str(DEMO)])
    assert "none.json" in capsys.readouterr().err
