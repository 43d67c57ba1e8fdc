"""The blank workbook: what it asks for, and that filled in it reads back equal."""

from __future__ import annotations

import csv
import functools
import io
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import eduequity as ee
from eduequity.__main__ import main
from eduequity.errors import InputError, OutputError, UnknownNameError
from eduequity.io._own import below_preamble, headings_of
from eduequity.model import Field, PartialDate, dictionary, rows_of
from eduequity.registry import Registry
from eduequity.testing import counties, rows
from eduequity.vocab import Choice, Text, Unit


PROGRAMMES = ("quality-balance", "preschool-universal")
LANGS = ("zh", "en")
HEADINGS, FIRST = 5, 6
NATIONAL = Registry.of()
EVERYTHING = Registry.discover()

Tables = dict[str, list[dict[str, Any]]]


def blank(folder: Path, lang: str = "zh", **options: Any) -> Any:
    """Write a blank workbook and open it."""
    path = folder / "blank.xlsx"
    path.unlink(missing_ok=True)
    ee.template(path, lang=lang, **{"registry": EVERYTHING, **options})
    return openpyxl.load_workbook(path)


@functools.cache
def shared(programme: str, lang: str) -> Any:
    """Open a blank workbook once; who fills it in empties it again."""
    with tempfile.TemporaryDirectory() as folder:
        return blank(Path(folder), lang, programme=programme)


def sheets(book: Any) -> dict[str, Any]:
    """Return the sheets of tables by the table's name."""
    from eduequity.io._headings import table_name

    named = {table_name(sheet.title): sheet for sheet in book}
    return {table: sheet for table, sheet in named.items() if table}


def positions(sheet: Any, table: str, registry: Registry) -> dict[str, int]:
    """Return the column of every name, found by the comment of its heading."""
    known = {n for f in dictionary(registry.fields)[table] for n in f.names}
    found = {}
    for cell in sheet[HEADINGS]:
        name = cell.comment.text.rpartition("column: ")[2]
        assert name in known
        found[name] = cell.column
    return found


def as_written(value: Any, lang: str) -> Any:
    """Write a value as a clerk does."""
    if isinstance(value, bool):
        yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
        return yes if value else no
    if isinstance(value, Choice):
        return value.label.zh if lang == "zh" else value.value
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return value


def fill(book: Any, tables: Tables, lang: str, registry: Registry) -> bytes:
    """Fill a blank workbook, save it, and empty it again."""
    touched = []
    for table, of_table in tables.items():
        if not of_table:
            continue
        sheet = sheets(book)[table]
        at = positions(sheet, table, registry)
        for number, row in enumerate(of_table, start=FIRST):
            for name, value in row.items():
                cell = sheet.cell(number, at[name])
                cell.value = as_written(value, lang)
                touched.append(cell)
    stream = io.BytesIO()
    book.save(stream)
    for cell in touched:
        cell.value = None
    return stream.getvalue()


def as_folder(folder: Path, tables: Tables) -> Path:
    """Write tables as CSV files with the names of columns."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for table, of_table in tables.items():
        names = list(dict.fromkeys(name for row in of_table for name in row))
        if not of_table:
            continue
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            for row in of_table:
                written = {n: as_written(v, "en") for n, v in row.items()}
                writer.writerow(written)
    return folder


@st.composite
def filled(draw: st.DrawFn, programme: str) -> Tables:
    """Draw the tables of a county, with columns of packs and other tables."""
    extra = EVERYTHING.fields_of(
        pack for pack in EVERYTHING.packs if pack.info.programme == programme
    )
    tables: Tables = rows_of((draw(counties(min_size=1)),))
    (county,) = tables["county"]
    code = county["code"]
    for field in extra:
        if field.table == "county" and field.names == (field.name,):
            county.update(_one(draw, field))
    for school in tables["schools"]:
        for field in extra:
            if field.table == "schools":
                school.update(_one(draw, field))
    if programme == "preschool-universal":
        tables = {"county": tables["county"], "survey": tables["survey"]}
        gardens = draw(
            st.lists(
                rows("kindergartens"), max_size=2, unique_by=lambda row: row["code"]
            )
        )
        tables["kindergartens"] = gardens
        staged = [n for n in county if n.startswith(("primary_", "junior_"))]
        county_names = {
            n for f in dictionary()["county"] if not f.per_stage for n in f.names
        }
        for name in staged:
            if name not in county_names:
                del county[name]
    said: dict[str, dict[str, Any]] = {
        "attestations": {},
        "reported": {"rule": "x.y", "value": 0.25},
    }
    for table, more in said.items():
        drawn = draw(st.lists(rows(table), max_size=2))
        tables[table] = [{**row, "entity": code, **more} for row in drawn]
    return {
        table: [_sayable(row) for row in of_table]
        for table, of_table in tables.items()
        if of_table
    }


def _sayable(row: dict[str, Any]) -> dict[str, Any]:
    """
    Keep to what a cell can say.

    Workbooks keep 15 digits, and no cell can tell an empty list of areas from a blank.
    """
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in row.items()
        if value != ()
    }


def _one(draw: st.DrawFn, field: Field) -> dict[str, Any]:
    from eduequity.testing import values

    return {field.name: draw(values(field))} if draw(st.booleans()) else {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("programme", PROGRAMMES)
@settings(
    max_examples=6,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # a workbook is slow to shrink
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(data=st.data())
def test_reads_back_equal(
    tmp_path: Path, programme: str, lang: str, data: st.DataObject
) -> None:
    """Filled in it gives the facts of the same rows, and of a folder of CSV files."""
    tables = data.draw(filled(programme))
    book = shared(programme, lang)
    path = tmp_path / "filled.xlsx"
    path.write_bytes(fill(book, tables, lang, EVERYTHING))

    read = ee.read(path, registry=EVERYTHING)

    mapping: dict[str, object] = {**tables}
    assert ee.read(mapping, registry=EVERYTHING).digest == read.digest
    folder = as_folder(tmp_path / "csv", tables)
    assert ee.read(folder, registry=EVERYTHING).digest == read.digest
    assert ["template-example"] == [
        each.code for each in read.notices if each.place == str(path)
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("programme", [*PROGRAMMES, "basic-balance"])
class TestWhatItHas:
    """Every declaration of the model stands in it."""

    def test_every_column(self, programme: str, lang: str) -> None:
        """Every heading is read as its own column; none is left out."""
        book = shared(programme, lang)
        fields = dictionary(
            EVERYTHING.fields_of(
                p for p in EVERYTHING.packs if p.info.programme == programme
            )
        )
        everywhere = dictionary(EVERYTHING.fields)
        for table, sheet in sheets(book).items():
            at = positions(sheet, table, EVERYTHING)
            given = [cell.value for cell in sheet[HEADINGS]]
            from eduequity.io._headings import columns_of
            from eduequity.io._tables import Limits, Log, Raw

            raw = Raw(table=table, headings=given, columns=[[] for _ in given], rows=[])
            meant = columns_of(raw, everywhere[table], Log(Limits()))
            assert {n: c - 1 for n, c in at.items()} == {
                each.name: column for column, each in meant.items()
            }
            expected = {n for f in fields[table] for n in f.names}
            if (table, programme) == ("county", "preschool-universal"):
                expected = {
                    n for f in fields[table] if not f.per_stage for n in f.names
                }
            assert expected == set(at)

    def test_example_is_sound(self, tmp_path: Path, programme: str, lang: str) -> None:
        """The example, its mark taken off and copied into the data, can be read."""
        book = shared(programme, lang)
        for sheet in sheets(book).values():
            for cell in sheet[HEADINGS - 1]:
                value = cell.value
                if cell.column == 1:
                    assert value.startswith(("示例 ", "Example "))
                    value = value.split()[1]
                sheet.cell(FIRST, cell.column).value = value
        path = tmp_path / "example.xlsx"
        book.save(path)
        for sheet in sheets(book).values():
            for cell in sheet[FIRST]:
                cell.value = None

        assert [] == [p.text() for p in ee.check(path, registry=EVERYTHING)]

    def test_lists_and_ranges(self, programme: str, lang: str) -> None:
        """Choices and yes/no have a list that reading knows, numbers their bounds."""
        fields = dictionary(EVERYTHING.fields)
        book = shared(programme, lang)
        for table, sheet in sheets(book).items():
            by_name = {n: f for f in fields[table] for n in f.names}
            rules = {
                next(iter(each.sqref.ranges)).min_col: each
                for each in sheet.data_validations.dataValidation
            }
            for name, column in positions(sheet, table, EVERYTHING).items():
                field, rule = by_name[name], rules.get(column)
                if field.type in ("text", "date", "areas"):
                    assert rule is None or rule.type == "textLength"
                    continue
                assert rule is not None
                assert f"{FIRST}" in str(rule.sqref)
                words = rule.formula1.strip('"').split(",")
                if field.choices:
                    assert list(field.choices) == list(map(field.choices.parse, words))
                elif field.type == "yes_no":
                    assert words in (["是", "否"], ["yes", "no"])
                elif field.maximum is not None:
                    assert field.minimum == float(rule.formula1)
                    assert field.maximum == float(rule.formula2)

    def test_protected(self, programme: str, lang: str) -> None:
        """Headings are locked without a password, what is filled in is not."""
        book = shared(programme, lang)
        for sheet in sheets(book).values():
            assert sheet.protection.sheet
            assert not sheet.protection.password
            assert f"C{FIRST}" == sheet.freeze_panes
            assert all(cell.protection.locked for cell in sheet[HEADINGS])
            free = [
                column
                for each in sheet.column_dimensions.values()
                if not each.protection.locked
                for column in range(each.min, each.max + 1)
            ]
            assert list(range(1, 2**14 + 1)) == sorted(free)


class TestTables:
    """Which sheets there are."""

    def test_by_programme(self, tmp_path: Path) -> None:
        """Kindergartens have their own programme, and no schools."""
        quality = sheets(blank(tmp_path, registry=NATIONAL))
        preschool = sheets(
            blank(tmp_path, programme="preschool-universal", registry=NATIONAL)
        )

        assert {
            "county", "schools", "teachers", "classes", "monitoring", "survey",
            "finance", "attestations", "reported",
        } == set(quality)  # fmt: skip
        assert {"county", "kindergartens", "survey", "attestations", "reported"} == set(
            preschool
        )

    def test_by_area(self, tmp_path: Path) -> None:
        """With an area only the columns of packs that reach it are asked for."""
        names = {
            area: set(
                positions(
                    sheets(blank(tmp_path, area=area))["schools"],
                    "schools",
                    EVERYTHING,
                )
            )
            for area in ("350881", "140402", "110101")
        }

        assert "rural_warm_campus" in names["350881"]
        assert "lunch_service" in names["140402"]
        assert names["110101"] == names["350881"] & names["140402"]

    def test_required_are_marked(self, tmp_path: Path) -> None:
        """Required columns say so, and have a colour of their own."""
        sheet = sheets(blank(tmp_path))["schools"]
        at = positions(sheet, "schools", EVERYTHING)
        colours = {
            name: sheet.cell(HEADINGS, column).fill.fgColor.rgb
            for name, column in at.items()
        }

        assert {"code", "name", "kind"} == {
            name
            for name, column in at.items()
            if sheet.cell(3, column).value.startswith("必填")
        }
        assert 1 == len({colours[name] for name in ("code", "name", "kind")})
        assert colours["code"] not in {
            colour
            for name, colour in colours.items()
            if name not in ("code", "name", "kind")
        }


class TestExample:
    """The example is never data."""

    def test_not_read(self, tmp_path: Path) -> None:
        """A blank workbook has no county: its example is none."""
        path = tmp_path / "blank.xlsx"
        ee.template(path)

        with pytest.raises(InputError) as caught:
            ee.read(path)
        assert ["no-county"] == [each.code for each in caught.value.problems]

    def test_copied_with_its_mark(self, tmp_path: Path) -> None:
        """Copied among the data as it is, its code is refused."""
        book = blank(tmp_path)
        sheet = sheets(book)["county"]
        for cell in sheet[HEADINGS - 1]:
            sheet.cell(FIRST, cell.column).value = cell.value
        path = tmp_path / "copied.xlsx"
        book.save(path)

        assert {"bad-area-code"} <= {each.code for each in ee.check(path)}

    def test_overwritten(self) -> None:
        """Where somebody overwrote the example nothing is cut off unseen."""
        grid = [["eduequity template/1 · x"], ["a"], ["b"], ["999901"], ["区县代码"]]

        assert below_preamble(0, grid) is None
        grid[3] = ["示例 999901"]
        assert (4, [["区县代码"]]) == below_preamble(0, grid)


def test_headings_without_known_units() -> None:
    """A heading that reading would not know goes without its unit, or by its name."""

    def field(name: str, zh: str, unit: Unit) -> Field:
        label = Text(zh, name)
        return Field(table="schools", name=name, type="number", label=label, unit=unit)

    fields = (
        field("speed", "带宽", Unit.MBPS),
        field("area", "面积", Unit.M2),
        field("rate", "比率", Unit.SHARE),
        field("other", "面积", Unit.M2),
    )
    named = [(each, each.name) for each in fields]

    assert ["带宽", "area", "比率", "other"] == headings_of(fields, named, "zh")
    assert ["speed", "area (m²)", "rate", "other (m²)"] == headings_of(
        fields, named, "en"
    )


class TestRefused:
    """What is not written."""

    def test_never_over_a_file(self, tmp_path: Path) -> None:
        """A file that is there may be filled in: it stays."""
        path = tmp_path / "mine.xlsx"
        path.write_bytes(b"mine")

        with pytest.raises(OutputError, match="may be filled in"):
            ee.template(path)
        assert b"mine" == path.read_bytes()

    def test_programme(self, tmp_path: Path) -> None:
        """An unknown programme is named, and nothing is written."""
        with pytest.raises(UnknownNameError, match="quality-balance"):
            ee.template(tmp_path / "x.xlsx", programme="quality-balanced")
        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("x.csv",), ".xlsx"),
            (("x.xlsx", "--area", "福建"), "--area"),
            (("x.xlsx", "--programme", "x"), "quality-balance"),
            (("no/x.xlsx",), "文件夹"),
        ],
    )
    def test_command(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        arguments: tuple[str, ...],
        said: str,
    ) -> None:
        """The command says why on stderr, ends with 2 and writes nothing."""
        monkeypatch.chdir(tmp_path)

        assert 2 == main(["template", *arguments])
        assert said in capsys.readouterr().err
        assert [] == list(tmp_path.iterdir())

    def test_command_writes(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The command writes the workbook and says what comes next."""
        path = tmp_path / "x.xlsx"

        assert 0 == main(["template", str(path), "--lang", "en"])
        assert "eduequity check" in capsys.readouterr().out
        assert "How to fill in" == openpyxl.load_workbook(path).sheetnames[0]
