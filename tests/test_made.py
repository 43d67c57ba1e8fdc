"""What is made from results: JSON that keeps its schema, workbooks with charts."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

import eduequity as ee
from eduequity import engine
from eduequity.__main__ import main
from eduequity.cli import DEMO
from eduequity.report import SCHEMAS


ON = dt.date(2024, 12, 31)
CASES = Path(__file__).parents[1] / "examples" / "cases"
BACKBONE = ":resources.backbone_teachers@9999010003/primary"
CELL = "9999010003/primary.backbone_teachers"
MORE = "*/primary.pupils *= 1.1"
MERGED = "merge 9999010020 -> 9999010010"


@pytest.fixture(scope="module")
def demo() -> ee.Assessment:
    """Return the made-up county, judged."""
    return ee.evaluate(ee.read(DEMO), on=ON)


@pytest.fixture(scope="module")
def made(demo: ee.Assessment) -> dict[str, Any]:
    """Return everything that is made of the demo county."""
    later = ee.evaluate(demo.facts.change(MORE, MERGED), on=ON)
    scenarios: dict[str, list[Any]] = {
        "增一成": [MORE],
        "=1+1": [MERGED],
        "记录": [
            ee.Amend("9999010003/primary", "backbone_teachers", "+=", 3),
            ee.Move(1, "pe_arts_teachers", "9999010001/primary", "9999010003/primary"),
            *demo.shortfall()[0].changes,
        ],
    }
    growth = {"primary": (-0.04, 0.0), "junior": (0.0, 0.03)}
    return {
        "comparison": ee.compare(demo, later),
        "ledger": ee.ledger_of(demo, costs={"above_degree_teachers": 0.1}),
        "plan": ee.plan(demo, costs={"rotate": 0.2, "teaching_area": 0.1}),
        "projection": ee.project(demo, growth=growth, years=3),
        "roadmap": ee.roadmap(demo),
        "sweep": ee.sweep(demo, CELL, range(0, 40, 4), finding=BACKBONE),
        "what-if": ee.what_if(demo, scenarios),
    }


NAMES = ("comparison", "ledger", "plan", "projection", "roadmap", "sweep", "what-if")
WRITTEN = ("comparison", "plan", "projection", "sweep", "what-if")


def errors(name: str, document: Any) -> list[str]:
    """Say what a published schema has against a document."""
    found = Draft202012Validator(SCHEMAS[name](())).iter_errors(document)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]


def as_json(told: Any) -> Any:
    """Return a document as whoever reads the JSON gets it; NaN is an error."""
    return json.loads(json.dumps(told, allow_nan=False))


def numbers(document: Any) -> Iterator[float]:
    """Yield every number of a document that is no whole one."""
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from numbers(each)
    elif isinstance(document, float):
        yield document


# -- JSON ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_what_is_made_keeps_its_schema(name: str, made: dict[str, Any]) -> None:
    """The demo county's, down to the last key, under the version that it names."""
    document = as_json(made[name].to_dict())

    assert [] == errors(name, document)
    assert f"eduequity/{name}/1" == document["schema"]
    head = document.get("assessment") or document.get("new") or document
    assert head["synthetic"] is True


@pytest.mark.parametrize("name", NAMES)
def test_no_number_has_the_fuzz_of_floats(name: str, made: dict[str, Any]) -> None:
    """No number says more than 12 significant digits."""
    for number in numbers(as_json(made[name].to_dict())):
        assert float(f"{number:.12g}") == number


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_closed(name: str, made: dict[str, Any]) -> None:
    """One key more, or one less, at the top or within, is refused."""
    document = as_json(made[name].to_dict())
    assert errors(name, document | {"more": 1})
    for key in document:
        assert errors(name, {k: v for k, v in document.items() if k != key}), key
    for key, part in document.items():
        if isinstance(part, list) and part and isinstance(part[0], dict):
            assert errors(name, document | {key: [part[0] | {"more": 1}]})


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("comparison", ("flips", 0, "after"), "passed"),
        ("comparison", ("flips", 0, "causes"), ["weather"]),
        ("comparison", ("coefficients", 0, "before"), "0.5"),
        ("ledger", ("items", 0, "status"), "closed"),
        ("ledger", ("items", 0, "cost"), -1),
        ("ledger", ("items", 0, "deadline"), "end of the year"),
        ("plan", ("status",), "good"),
        ("plan", ("totals", 0, "unit"), "apples"),
        ("projection", ("rules", 0, "changes"), [2025]),
        ("projection", ("years", 0, "pupils", "primary", "low"), 1.5),
        ("sweep", ("points", 0, "measured"), "much"),
        ("what-if", ("scenarios", 1, "edits"), [{"change": "wish"}]),
        ("what-if", ("rows", 0, "stage"), "senior high"),
    ],
)
def test_what_is_wrong_is_refused(
    name: str, path: tuple[Any, ...], value: Any, made: dict[str, Any]
) -> None:
    """Words, types and units outside the contract."""
    document = as_json(made[name].to_dict())
    *way, last = path
    part = document
    for step in way:
        part = part[step]
    part[last] = value

    assert errors(name, document)


@pytest.mark.parametrize("case", ["zhangping", "nanan", "bohu"])
def test_published_cases_keep_the_schemas(case: str) -> None:
    """Counties of whom little but published figures is known."""
    facts = ee.read(CASES / case)
    result = ee.evaluate(facts, on=dt.date(2024, 4, 3))
    before = ee.evaluate(facts, on=dt.date(2020, 4, 3))
    code = next(iter(result))
    documents: dict[str, Any] = {
        "comparison": ee.compare(before, result),
        "ledger": ee.ledger_of(result, previous=ee.ledger_of(before)),
        "roadmap": ee.roadmap(result),
        "sweep": ee.sweep(result, f"{code}.teacher_mean_pay", [1.0, 2.5]),
        "what-if": ee.what_if(result, {"a": [f"{code}.teacher_mean_pay = 1"]}),
    }

    for name, each in documents.items():
        assert [] == errors(name, as_json(each.to_dict())), name
    if case == "nanan":
        assert documents["roadmap"].to_dict()["tracks"]


def test_no_plan_keeps_the_schema(demo: ee.Assessment) -> None:
    """Where it is proven that there is none, costs are null."""
    bounds = {"teaching_area": 0, "outdoor_sports_area": 0}
    document = as_json(ee.plan(demo, bounds=bounds, rotation=False).to_dict())

    assert [] == errors("plan", document)
    assert (None, None, None) == (
        document["cost"],
        document["gap"],
        document["rotation"],
    )


def test_plain_numbers() -> None:
    """Rounded to 12 digits, whatever the size; nothing that JSON has not."""
    assert [0.3, 1234567890.12, 1e-20, 0] == engine.plain(
        [0.1 + 0.2, 1234567890.1200001, 1.00000000000001e-20, 0]
    )
    assert "0.0" == json.dumps(engine.plain(-0.0))
    assert {"a": [None, True]} == engine.plain({"a": (math.inf, True)})


# -- the command line ------------------------------------------------------------------


LAW = ["--on", "2024-12-31"]
COMMANDS: dict[str, list[str]] = {
    "comparison": ["compare", str(DEMO), str(DEMO)],
    "plan": ["plan", str(DEMO), "--cost", "rotate=0.2"],
    "projection": [
        *("project", str(DEMO), "--years", "2"),
        *("--growth", "primary=-0.04..0", "--growth", "junior=0..0.03"),
    ],
    "roadmap": ["roadmap", str(CASES / "nanan")],
    "sweep": ["what-if", str(DEMO), "--sweep", f"{CELL}=0..20..5"],
    "what-if": ["what-if", str(DEMO), "--scenario", f"涨: {MORE}"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_prints_what_the_schema_says(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--format json` of every command, against what `schema NAME` prints."""
    assert 0 == main(["schema", name])
    schema = json.loads(capfd.readouterr().out)
    assert 0 == main([*COMMANDS[name], *LAW, "--format", "json"])
    document = json.loads(capfd.readouterr().out)

    assert [] == [e.message for e in Draft202012Validator(schema).iter_errors(document)]


def test_the_ledger_prints_what_the_schema_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`ledger --format json` is the ledger that it wrote."""
    out = tmp_path / "台账.xlsx"
    args = ["ledger", str(DEMO), "--out", str(out), *LAW, "--format", "json"]
    assert 0 == main(args)
    document = json.loads(capfd.readouterr().out)

    assert [] == errors("ledger", document)
    assert as_json(ee.read_ledger(out).to_dict()) == document


def test_corrections_keep_the_schema(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was recorded otherwise stands in the comparison."""
    record = tmp_path / "then.json"
    main(["evaluate", str(DEMO), *LAW, "--out", str(record)])
    told = json.loads(record.read_text("utf-8"))
    told["packs"][0]["digest"] = "0" * 64
    record.write_text(json.dumps(told))
    capfd.readouterr()

    args = [*COMMANDS["comparison"], *LAW, "--recorded", str(record)]
    assert 0 == main([*args, "--format", "json"])
    document = json.loads(capfd.readouterr().out)

    assert ["pack"] == [each["what"] for each in document["corrections"]]
    assert [] == errors("comparison", document)


OUT = [name for name in COMMANDS if name != "roadmap"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", OUT)
def test_the_command_writes_a_workbook_and_json(
    name: str, lang: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`--out` with either suffix; the sheets are named in the language."""
    book, text = tmp_path / "甲.xlsx", tmp_path / "甲.json"
    for out in (book, text):
        args = [*COMMANDS[name], *LAW, "--lang", lang, "--out", str(out)]
        assert 0 == main(args)
    said = capfd.readouterr().out
    if name != "comparison":
        assert {"zh": "合成数据", "en": "synthetic data"}[lang] in said.splitlines()[0]

    sheets = openpyxl.load_workbook(book).sheetnames
    assert {"zh": "说明", "en": "Summary"}[lang] == sheets[0]
    assert {"zh": True, "en": False}[lang] == any(s > "\u2e80" for s in sheets)
    assert [] == errors(name, json.loads(text.read_text("utf-8")))


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize("out", ["x.pdf", "nowhere/x.xlsx", "."])
def test_a_file_that_cannot_be_written_ends_with_2(
    name: str,
    out: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """One line, before any work, and nothing is left behind."""
    monkeypatch.chdir(tmp_path)

    assert 2 == main([*COMMANDS[name], *LAW, "--out", out])

    said = capfd.readouterr()
    assert "" == said.out
    assert 1 == said.err.count("\n")
    assert [] == list(tmp_path.iterdir())


# -- workbooks -------------------------------------------------------------------------


@pytest.fixture
def book(
    made: dict[str, Any], tmp_path: Path
) -> Callable[[str], tuple[openpyxl.Workbook, list[str]]]:
    """Write one and return it with the XML of its charts."""

    def written(name: str) -> tuple[openpyxl.Workbook, list[str]]:
        path = tmp_path / f"{name}.xlsx"
        made[name].write(path)
        with zipfile.ZipFile(path) as archive:
            charts = [
                archive.read(each).decode()
                for each in archive.namelist()
                if each.startswith("xl/charts/chart")
            ]
        return openpyxl.load_workbook(path), charts

    return written


Book = Callable[[str], tuple[openpyxl.Workbook, list[str]]]


def drawn(book: openpyxl.Workbook, chart: str) -> dict[str, list[Any]]:
    """Return what the series of a chart show, read from the cells they point to."""
    found = {}
    for series in re.findall("<c:ser>.*?</c:ser>", chart, re.DOTALL):
        places = re.findall("<c:f>(.*?)</c:f>", series)
        name, *_, values = (_cells(book, place) for place in places)
        found[str(name[0])] = values
    return found


def _cells(book: openpyxl.Workbook, place: str) -> list[Any]:
    sheet, _, area = place.rpartition("!")
    cells = book[sheet.strip("'")][area.replace("$", "")]
    if not isinstance(cells, tuple):
        return [cells.value]
    return [cell.value for row in cells for cell in row]


def charted(book: openpyxl.Workbook, charts: list[str]) -> list[dict[str, list[Any]]]:
    """Return what every chart shows."""
    return [drawn(book, chart) for chart in charts]


@pytest.mark.parametrize("name", WRITTEN)
def test_no_cell_and_no_title_is_a_formula(name: str, book: Book) -> None:
    """A scenario called =1+1 is a word, in the table and in the chart."""
    made, charts = book(name)

    kinds = {c.data_type for sheet in made for row in sheet.rows for c in row}
    assert "f" not in kinds
    places = [p for chart in charts for p in re.findall("<c:f>(.*?)</c:f>", chart)]
    assert charts
    for place in places:
        assert place.rpartition("!")[0].strip("'") in made.sheetnames


def test_a_comparison_draws_coefficients_with_their_limits(
    made: dict[str, Any], book: Book
) -> None:
    """Then and now as bars, the limit as a line: the numbers of the comparison."""
    workbook, charts = book("comparison")
    found = [each for each in charted(workbook, charts) if "限值（≤）" in each]

    moves = made["comparison"].coefficients
    limits = {"primary": 0.5, "junior": 0.45}  # 教督〔2017〕6号 第六条
    assert 2 == len(found)
    for stage, each in zip(limits, found, strict=True):
        mine = [move for move in moves if move.stage == stage]
        assert [m.before for m in mine] == pytest.approx(each["原"])
        assert [m.after for m in mine] == pytest.approx(each["现"])
        assert {limits[stage]} == set(each["限值（≤）"])
    flips = list(workbook["结论变化"].iter_rows(values_only=True))[1:]
    assert [f.id or None for f in made["comparison"].flips] == [r[-1] for r in flips]
    assert {"数据"} == {row[6] for row in flips}


def test_a_plan_draws_what_each_rule_costs(made: dict[str, Any], book: Book) -> None:
    """The savings, and the coefficients before and after with their limits."""
    workbook, charts = book("plan")
    found = charted(workbook, charts)

    (prices,) = [each for each in found if "免去后可省" in each]
    assert [p.saving for p in made["plan"].prices] == pytest.approx(
        prices["免去后可省"]
    )
    spreads = [each for each in found if "限值（≤）" in each]
    assert 2 == len(spreads)
    assert any(
        before > limit >= after
        for each in spreads
        for before, after, limit in zip(
            each["现状"], each["规划后"], each["限值（≤）"], strict=True
        )
    )
    assert all(
        after <= limit + 1e-9
        for each in spreads
        for after, limit in zip(each["规划后"], each["限值（≤）"], strict=True)
    )


def test_a_sweep_draws_the_limit_and_where_it_turns(
    made: dict[str, Any], book: Book
) -> None:
    """One backbone teacher per 100 pupils is asked (教督〔2017〕6号 第六条)."""
    workbook, charts = book("sweep")
    (found,) = charted(workbook, charts)

    (turn,) = made["sweep"].turns
    assert {1.0} == set(found["标准"])
    assert [1.0] == found["转折处"]
    assert turn.above == workbook["转折"]["B2"].value
    assert [p.measured for p in made["sweep"].points] == pytest.approx(found["指标值"])


def test_a_sweep_of_the_verdict_is_drawn_in_words(
    demo: ee.Assessment, tmp_path: Path
) -> None:
    """Where no value is measured the verdict stands on the axis."""
    path = tmp_path / "sweep.xlsx"
    ee.sweep(demo, CELL, [0, 10]).write(path)
    sheet = openpyxl.load_workbook(path)["扫描"]

    assert [0, 0] == [sheet["E2"].value, sheet["E3"].value]
    assert '"未达标"' in sheet["E2"].number_format


def test_a_projection_draws_a_band(made: dict[str, Any], book: Book) -> None:
    """The foot and the height of the range, from the low to the high path."""
    workbook, charts = book("projection")
    found = charted(workbook, charts)

    pupils = [each for each in found if "限值（≤）" not in each]
    for stage, each in zip(("primary", "junior"), pupils, strict=True):
        paths = [year.pupils[stage] for year in made["projection"].years]
        assert [min(p) for p in paths] == each["区间下沿"]
        assert [max(p) - min(p) for p in paths] == each["区间"]
        assert [p[1] for p in paths] == each["中"]
    limited = [each for each in found if "限值（≤）" in each]
    assert limited
    for each in limited:
        top = [a + b for a, b in zip(each["区间下沿"], each["区间"], strict=True)]
        assert max(top) >= 0.8 * min(each["限值（≤）"])


def test_scenarios_draw_their_coefficients(book: Book) -> None:
    """One bar a scenario, the limit as a line."""
    workbook, charts = book("what-if")
    found = charted(workbook, charts)

    assert {"现状", "增一成", "=1+1", "记录", "限值（≤）"} == set(found[0])


def test_charts_are_left_out_where_nothing_is_known(tmp_path: Path) -> None:
    """A county without a school has no coefficient: tables without charts."""
    code = {"code": "999901", "name": '=HYPERLINK("x")'}
    sides = [ee.evaluate(ee.read({"county": [code]}), on=ON) for _ in range(2)]
    path = tmp_path / "empty.xlsx"
    ee.compare(*sides).write(path, lang="en")

    made = openpyxl.load_workbook(path)
    assert "Charts" not in made.sheetnames
    assert {"s", "n"} >= {c.data_type for s in made for row in s.rows for c in row}
    ee.what_if(sides[0], {"a": ["999901.teacher_mean_pay = 1"]}).write(path)


def test_without_a_writer_nothing_is_written(
    demo: ee.Assessment, tmp_path: Path
) -> None:
    """A result that no writer was handed to says so."""
    import attrs

    bare = attrs.evolve(demo, writer=None)
    with pytest.raises(ee.errors.OutputError, match="writer"):
        ee.sweep(bare, CELL, [1]).write(tmp_path / "x.json")
    assert [] == list(tmp_path.iterdir())
