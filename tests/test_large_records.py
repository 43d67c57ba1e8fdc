"""Files of very many teachers are counted where they lie, and that is said."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.frames import teachers_file
from benchmarks.nation import frames, nation
from eduequity.errors import InputError
from eduequity.facts import RECORDS
from eduequity.io import Limits, read


SCALE = 0.002
FEW = Limits(records=100)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a small synthetic nation with its teachers."""
    schools = frames(SCALE)
    own = set(RECORDS["teachers"].counts)
    counted = [
        name
        for name in schools["schools"].columns
        if name.removeprefix("primary_").removeprefix("junior_") in own
    ]
    schools["schools"] = schools["schools"].drop(counted)
    for name, frame in schools.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    teachers_file(tmp_path, SCALE)
    return tmp_path


def test_the_synthetic_nation_is_what_read_accepts() -> None:
    """Nothing is wrong with it, and its figures come back."""
    facts, expected = read(frames(0.01)), nation(0.01)

    assert {"absent-columns"} == {each.code for each in facts.notices}
    for name in ("pupils", "full_time_teachers", "above_degree_teachers"):
        np.testing.assert_array_equal(
            expected.sections.numbers(name), facts.sections.numbers(name)
        )


@pytest.mark.parametrize("missing", [(), ("polars",)], ids=["Polars", "DuckDB"])
def test_many_teachers_are_counted_in_an_engine(
    folder: Path, missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts are those of the rows, and who watches is told of the file."""
    fetched = read(folder)
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    told: list[tuple[int, int, str]] = []
    counted = read(folder, limits=FEW, progress=lambda *each: told.append(each))

    assert [] == [n.code for n in fetched.notices if n.code == "records-counted"]
    assert ["records-counted"] == [
        n.code for n in counted.notices if n.code == "records-counted"
    ]
    assert (0, 1, "teachers.parquet") in told
    assert (1, 1, "") == told[-1]
    for name in RECORDS["teachers"].counts:
        np.testing.assert_array_equal(
            fetched.sections.numbers(name), counted.sections.numbers(name), err_msg=name
        )


def test_without_an_engine_the_rows_are_fetched(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither Polars nor DuckDB is needed for what fits."""
    for name in ("polars", "duckdb"):
        monkeypatch.setitem(sys.modules, name, None)

    facts = read(folder, limits=FEW)

    assert "records-counted" not in {each.code for each in facts.notices}


def test_a_bad_cell_among_many_is_told_with_its_file(folder: Path) -> None:
    """The row, the column and the file are named although nothing was fetched."""
    file = folder / "teachers.parquet"
    rows = pl.read_parquet(file).with_row_index("row")
    odd = pl.when(pl.col("row") == 1500).then(pl.lit("博士后")).otherwise("degree")
    rows.with_columns(odd.alias("degree")).drop("row").write_parquet(file)

    with pytest.raises(InputError) as caught:
        read(folder, limits=FEW)

    problem = caught.value.problems[0]
    assert ("unknown-word", "teachers.parquet") == (problem.code, problem.file)
    assert "row 1501" in problem.cell


def test_a_broken_file_is_told(folder: Path) -> None:
    """A file that is none is refused in the words of every other."""
    (folder / "teachers.parquet").write_bytes(b"PAR1 nothing else")

    with pytest.raises(InputError) as caught:
        read(folder, limits=FEW)

    assert ["broken-file"] == [each.code for each in caught.value.problems]
