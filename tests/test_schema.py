"""The published schemas take what is right and refuse what is not."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import eduequity as ee
from eduequity.engine import FLAGS
from eduequity.model import TABLES
from eduequity.report import SCHEMAS, assessment_schema, county_schema, pack_schema
from eduequity.rules import RULE_KINDS, national
from eduequity.vocab import Verdict


DEMO = Path(ee.__file__).parent / "cli" / "demo"
PACKS = [Path(folder) for folder in national.eduequity_packs()]


def errors(schema: dict[str, Any], document: Any) -> list[str]:
    """Say what a schema has against a document."""
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Give the demo's result in its JSON form."""
    facts = ee.read(DEMO)
    return ee.evaluate(facts, on=dt.date(2024, 12, 31)).to_dict()


def toml(folder: Path) -> dict[str, Any]:
    """Merge a pack's TOML files into one document, with dates as text."""
    merged: dict[str, Any] = {}
    for file in sorted(folder.glob("*.toml")):
        for key, table in tomllib.loads(file.read_text("utf-8")).items():
            if isinstance(table, list):
                merged.setdefault(key, []).extend(table)
            else:
                merged.setdefault(key, {}).update(table)
    plain: dict[str, Any] = as_text(merged)
    return plain


def as_text(value: Any) -> Any:
    """Turn the dates in a TOML document into JSON's text."""
    if isinstance(value, dict):
        return {key: as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


class TestAll:
    """All schemas."""

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_each_is_a_schema(self, name: str) -> None:
        """Every schema is itself valid under draft 2020-12."""
        Draft202012Validator.check_schema(SCHEMAS[name](()))

    @pytest.mark.parametrize("name", ["assessment", "pack"])
    def test_results_and_packs_are_closed(self, name: str) -> None:
        """Every object with named keys refuses others."""
        open_ = [each for each in objects(SCHEMAS[name](())) if is_open(each)]

        assert [] == open_


def objects(schema: Any) -> list[dict[str, Any]]:
    """List the object schemas in a schema."""
    if isinstance(schema, list):
        return [each for part in schema for each in objects(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [each for part in schema.values() for each in objects(part)]


def is_open(schema: dict[str, Any]) -> bool:
    """Whether keys beyond the named ones pass unseen."""
    return "properties" in schema and schema.get("additionalProperties") is not False


class TestAssessment:
    """The schema of a result."""

    def test_the_demo(self, result: dict[str, Any]) -> None:
        """The demo's result is valid."""
        assert [] == errors(assessment_schema(), result)

    def test_nothing_known(self) -> None:
        """A result in which all is unknown is valid, with null for what is missing."""
        facts = ee.read({"county": [{"code": "999901"}]})
        document = ee.evaluate(facts, on=dt.date(2024, 12, 31)).to_dict()

        assert [] == errors(assessment_schema(), document)
        assert {None} == {f["value"] for f in document["counties"][0]["findings"]}

    def test_before_the_law(self) -> None:
        """A result from before the law lists it as upcoming, validly."""
        facts = ee.read({"county": [{"code": "999901"}]})
        document = ee.evaluate(facts, on=dt.date(2016, 1, 1)).to_dict()

        assert document["upcoming"]
        assert [] == errors(assessment_schema(), document)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("verdict",), "passed"),
            (("findings", 0, "flags"), ["odd"]),
            (("findings", 0, "operator"), "=>"),
            (("findings", 0, "value"), "4.2"),
            (("findings", 0, "threshold"), [1]),
            (("findings", 0, "more"), 1),
            (("findings", 0, "sources", 0, "read"), "heard"),
            (("levels", 0, "area"), "3"),
        ],
    )
    def test_refused(
        self, result: dict[str, Any], path: tuple[Any, ...], value: Any
    ) -> None:
        """Anything outside the contract is refused."""
        document = copy.deepcopy(result)
        *way, last = path
        part = document["counties"][0]
        for step in way:
            part = part[step]
        part[last] = value

        assert errors(assessment_schema(), document)

    def test_words_come_from_the_code(self) -> None:
        """The closed lists of verdicts and flags are those of the engine."""
        defs = assessment_schema()["$defs"]

        assert [each.value for each in Verdict] == defs["verdict"]["enum"]
        flags = defs["finding"]["properties"]["flags"]
        assert list(FLAGS) == flags["items"]["enum"]


class TestCounty:
    """The schema of the input."""

    def document(self) -> dict[str, Any]:
        """Give a small county document."""
        return {
            "county": [
                {
                    "code": "999901",
                    "name": "示例县",
                    "basic_balance_recognised_on": "2016-10",
                    "annual_monitoring": True,
                    "synthetic": True,
                }
            ],
            "schools": [
                {
                    "code": "1",
                    "name": "示例小学",
                    "kind": "primary",
                    "primary_pupils": 500,
                    "music_room_areas": [96, 98.5],
                    "teaching_area": None,
                }
            ],
        }

    def test_rows(self) -> None:
        """A document of lists of rows is valid and can be read."""
        document = self.document()

        assert [] == errors(county_schema(), document)
        assert ["999901"] == ee.read(document).codes

    def test_the_demo(self) -> None:
        """The demo's tables are valid as soon as their cells have types."""
        document = {
            path.stem: [typed(path.stem, row) for row in csv.DictReader(lines)]
            for path in sorted(DEMO.glob("*.csv"))
            if (lines := path.read_text("utf-8-sig").splitlines())
        }

        assert [] == errors(county_schema(), document)

    @pytest.mark.parametrize(
        ("table", "column", "value"),
        [
            ("county", "code", None),
            ("county", "annual_monitoring", "maybe"),
            ("county", "basic_balance_recognised_on", "last year"),
            ("schools", "kind", "kindergarten"),
            ("schools", "primary_pupils", -1),
            ("schools", "primary_pupils", 1.5),
            ("schools", "music_room_areas", 96),
        ],
    )
    def test_refused(self, table: str, column: str, value: Any) -> None:
        """Wrong types, words, signs and blanks where something is required."""
        document = self.document()
        document[table][0][column] = value

        assert errors(county_schema(), document)

    def test_required(self) -> None:
        """A school without a name is refused."""
        document = self.document()
        del document["schools"][0]["name"]

        assert 1 == len(errors(county_schema(), document))

    def test_columns_are_the_dictionary(self) -> None:
        """Every column of every table is there, with both labels in its title."""
        tables = county_schema()["properties"]
        for table, fields in TABLES.items():
            columns = tables[table]["items"]["properties"]
            assert [n for f in fields for n in f.names] == list(columns)
        pupils = tables["schools"]["items"]["properties"]["primary_pupils"]
        assert "小学在校生数" in pupils["title"]


def typed(table: str, row: dict[str, str]) -> dict[str, Any]:
    """Give a CSV row the types of its columns."""
    kinds = {name: f.type for f in TABLES[table] for name in f.names}
    return {name: cell(kinds[name], word) for name, word in row.items()}


def cell(kind: str, word: str) -> Any:
    """Give one CSV cell its type."""
    if word == "":
        return None
    if kind == "yes_no":
        return word == "yes"
    if kind in ("integer", "number"):
        return "ⅠⅡⅢⅣ".find(word) + 1 or float(word)
    if kind == "areas":
        return [float(each) for each in word.split(";")]
    return word


class TestPack:
    """The schema of a pack."""

    @pytest.mark.parametrize("folder", PACKS, ids=lambda p: p.name)
    def test_national(self, folder: Path) -> None:
        """The national packs are valid, all files of one merged."""
        assert [] == errors(pack_schema(), toml(folder))

    def test_every_shape(self) -> None:
        """Every rule shape is there, told apart by its kind."""
        shapes = pack_schema()["properties"]["rules"]["additionalProperties"]["oneOf"]

        assert list(RULE_KINDS) == [s["properties"]["kind"]["const"] for s in shapes]

    @pytest.mark.parametrize(
        ("rule", "change"),
        [
            ("class_size", {"operater": "<="}),
            ("class_size", {"kind": "treshold"}),
            ("class_size", {"scope": "galaxy"}),
            ("class_size", {"population": [{"kind": {"near": 1}}]}),
            ("class_size", {"against": "rooms_needed"}),
            ("class_size", {"label": {"zh": "班额"}}),
        ],
    )
    def test_refused(self, rule: str, change: dict[str, Any]) -> None:
        """Misspelt keys, unknown words and contradictions are refused."""
        document = toml(PACKS[0])
        document["rules"][rule] |= change

        assert errors(pack_schema(), document)

    def test_toml_names(self) -> None:
        """Dates begin with `from`, areas are taken out by `except`."""
        schema = pack_schema()

        assert "except" in schema["properties"]["pack"]["properties"]
        assert errors(schema, toml(PACKS[0]) | {"pack": {"start": "2017-01-01"}})


CASES = sorted(
    [
        *Path(ee.__file__).parent.glob("template/cases/*.toml"),
        *Path(__file__).parents[1].glob("plugins/*/cases/*.toml"),
    ]
)


class TestCase:
    """The schema of case files."""

    @pytest.mark.parametrize("file", CASES, ids=str)
    def test_ours(self, file: Path) -> None:
        """Every case that we ship is right by it, with its pack's fields let in."""
        case = as_text(tomllib.loads(file.read_text("utf-8")))

        assert [] == errors(SCHEMAS["case"](()), case)

    @pytest.mark.parametrize(
        "change",
        [
            {"expect": {"quality.curriculum": "yes"}},
            {"expect": {"@1": "met"}},
            {"on": 2024},
            {"schoolz": []},
            {"county": {"name": "x"}},
            {"schools": [{"code": "1", "name": "x", "kind": "palace"}]},
            {"as_area": "3x"},
        ],
        ids=str,
    )
    def test_refused(self, change: dict[str, Any]) -> None:
        """A slip in any part is found."""
        sound = {"on": "2024-12-31", "expect": {}, "county": {"code": "350000"}}

        assert [] == errors(SCHEMAS["case"](()), sound)
        assert errors(SCHEMAS["case"](()), sound | change)

    @pytest.mark.parametrize("key", ["on", "expect"])
    def test_required(self, key: str) -> None:
        """The day and what is expected must be there, as for `load_case`."""
        sound = {"on": "2024-12-31", "expect": {}, "county": {"code": "350000"}}
        del sound[key]

        assert errors(SCHEMAS["case"](()), sound)
