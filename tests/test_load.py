"""Load packs: an invented country's works, and every defect is told with its place."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

import eduequity as ee
from eduequity import engine, hookimpl, io
from eduequity.engine import Assessment, Finding
from eduequity.errors import PackConflictError, PackError, UnknownNameError
from eduequity.registry import Plugin, Registry
from eduequity.rules import Pack, Rulebook, load_pack
from eduequity.vocab import How
from tests import tiny


Row = dict[str, Any]

ON = dt.date(2020, 6, 1)
CODE = "990101"

GOOD = """
[pack]
format = 1
id = "p"
programme = "p"
areas = [""]
title = { zh = "甲", en = "A" }
reviewed = 2020-01-01

[sources.law]
title = "法"
issuer = "国"
kind = "law"
read = "full"

[rules.books]
kind = "threshold"
dimension = "d"
scope = "school"
indicator = "books"
operator = ">="
parameter = "books_minimum"
label = { zh = "书", en = "Books" }

[parameters.books_minimum]
unit = "books"
stricter = "higher"

[[parameters.books_minimum.values]]
from = 2020-01-01
value = 10
source = "law"

[[parameters.books_minimum.values]]
from = 2021-01-01
value = 12
source = "law"
"""


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a pack."""
    for name, text in files.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def told(folder: Path) -> list[str]:
    """Load a bad pack; return its problems, one line each, without the folder."""
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    lines = [problem.text("en") for problem in caught.value.problems]
    assert "\n".join(lines) == str(caught.value)
    return [line.replace(f"{folder}/", "") for line in lines]


def line_of(text: str, wanted: str) -> int:
    """Return the number of the only line that begins with *wanted*."""
    (number,) = (n for n, x in enumerate(text.splitlines(), 1) if x.startswith(wanted))
    return number


# -- good packs --------------------------------------------------------------------


def test_a_good_pack_is_loaded_with_its_digest(tmp_path: Path) -> None:
    """The digest is of the files in name order, whatever folder they stand in."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        written(folder, {"pack.toml": GOOD})
    pack = load_pack(one, distribution="eduequity-p", version="1.0")

    assert ("p", "p", ("",)) == (
        pack.info.id,
        pack.info.programme,
        pack.info.areas,
    )
    assert ("eduequity-p", "1.0") == (pack.distribution, pack.version)
    assert ["d.books"] == list(pack.rules)
    assert [10.0, 12.0] == [v.value for v in pack.parameters["books_minimum"].values]
    assert load_pack(other).digest == pack.digest
    written(other, {"pack.toml": GOOD + "\n# noted\n"})
    assert load_pack(other).digest != pack.digest


def test_the_files_of_a_pack_are_one_document(tmp_path: Path) -> None:
    """Tables may be spread over files; folders below are not read."""
    head, tail = GOOD.split("[rules.books]")
    (tmp_path / "cases").mkdir()
    written(tmp_path / "cases", {"wrong.toml": "this is no TOML"})
    written(tmp_path, {"a.toml": head, "b.toml": "[rules.books]" + tail})

    assert ["d.books"] == list(load_pack(tmp_path).rules)


def test_a_byte_order_mark_is_no_part_of_a_pack(tmp_path: Path) -> None:
    """Editors on Windows write one; the pack is the same."""
    (tmp_path / "pack.toml").write_text(GOOD, encoding="utf-8-sig")

    assert "p" == load_pack(tmp_path).info.id


def test_a_whole_number_is_a_number_and_yes_is_a_yes(tmp_path: Path) -> None:
    """``value = 10`` is 10.0; ``value = true`` stays a truth value."""
    text = GOOD.replace("value = 12", "value = true")
    values = (
        load_pack(written(tmp_path, {"pack.toml": text}))
        .parameters["books_minimum"]
        .values
    )

    assert [float, bool] == [type(value.value) for value in values]


def test_the_national_pack_loads_and_says_how_everything_is_known() -> None:
    """Every source says how it was read, and no local number stands in it."""
    pack = Registry.of().pack("national-quality-balance")

    assert {each.read for each in pack.sources.values()} <= set(How)
    assert "教督〔2017〕6号" == pack.sources["measure-2017"].number
    assert None is pack.sources["application-form"].number


# -- defects, one at a time --------------------------------------------------------

BAD: dict[str, tuple[str, str, str, str]] = {
    # what: (what is replaced, by what, the line's beginning, path: found, expected)
    "an unknown key": (
        'unit = "books"',
        'unit = "books"\nstrict = "higher"',
        "strict =",
        "parameters.books_minimum.strict: unknown key",
    ),
    "an unknown table": (
        "[rules.books]",
        "[rule.books]",
        "[rule.books]",
        "rule: unknown table, expected one of pack, sources, parameters, rules, ",
    ),
    "a word for a number": (
        "value = 10",
        'value = "10"',
        'value = "10"',
        "parameters.books_minimum.values[0].value: '10', expected int or float",
    ),
    "a yes for a whole number": (
        "format = 1",
        "format = true",
        "format = true",
        "pack.format: True, expected int",
    ),
    "a number for a word": (
        'id = "p"',
        "id = 1",
        "id = 1",
        "pack.id: 1, expected str",
    ),
    "a yes for a number": (
        "value = 10",
        "primary = true",
        "primary = true",
        "parameters.books_minimum.values[0].primary: True, expected int or float",
    ),
    "a time for a day": (
        "reviewed = 2020-01-01",
        "reviewed = 2020-01-01T00:00:00",
        "reviewed =",
        "pack.reviewed: datetime.datetime(2020, 1, 1, 0, 0), expected date",
    ),
    "a word for a list": (
        'areas = [""]',
        'areas = ""',
        "areas =",
        "pack.areas: '', expected a list",
    ),
    "an unknown shape": (
        'kind = "threshold"',
        'kind = "treshold"',
        'kind = "treshold"',
        "rules.books.kind: 'treshold', expected one of threshold, range, quorum, ",
    ),
    "an unknown operator": (
        'operator = ">="',
        'operator = "=>"',
        "operator =",
        "rules.books.operator: '=>', expected one of >=, <=, >, <",
    ),
    "an unknown scope": (
        'scope = "school"',
        'scope = "skool"',
        "scope =",
        "rules.books.scope: 'skool', expected one of area, county, ",
    ),
    "an unknown unit": (
        'unit = "books"',
        'unit = "boks"',
        "unit =",
        "parameters.books_minimum.unit: 'boks', expected one of pupils, ",
    ),
    "an unknown way of knowing": (
        'read = "full"',
        'read = "fully"',
        "read =",
        "sources.law.read: 'fully', expected one of full, excerpt, transcription, ",
    ),
    "an unknown parameter": (
        'parameter = "books_minimum"',
        'parameter = "book_minimum"',
        "[rules.books]",
        "rules.books: no parameter or reading 'book_minimum' in this pack",
    ),
    "not a number": (
        "value = 10",
        "value = nan",
        "value = nan",
        "parameters.books_minimum.values[0].value: nan, expected a finite number",
    ),
    "no finite number": (
        "value = 10",
        "value = inf",
        "value = inf",
        "parameters.books_minimum.values[0].value: inf, expected a finite number",
    ),
    "a missing key": (
        'issuer = "国"\n',
        "",
        "[sources.law]",
        "sources.law: missing key 'issuer'",
    ),
    "a missing unit": (
        'unit = "books"\n',
        "",
        "[parameters.books_minimum]",
        "parameters.books_minimum: missing key 'unit'",
    ),
    "a value without a source": (
        'value = 12\nsource = "law"',
        "value = 12",
        "",
        "parameters.books_minimum.values[1]: missing key 'source'",
    ),
    "a value without a number": (
        "value = 12\n",
        "",
        "",
        "parameters.books_minimum.values[1]: no `value`, `primary` or `junior`",
    ),
    "days that are not in order": (
        "from = 2021-01-01",
        "from = 2019-01-01",
        "from = 2019-01-01",
        "parameters.books_minimum.values[1].from: 2019-01-01, expected a day after ",
    ),
    "the same day twice": (
        "from = 2021-01-01",
        "from = 2020-01-01 # again",
        "from = 2020-01-01 # again",
        "parameters.books_minimum.values[1].from: 2020-01-01, expected a day after ",
    ),
    "days that overlap": (
        "value = 10",
        "value = 10\nuntil = 2021-06-30",
        "from = 2021-01-01",
        "parameters.books_minimum.values[1].from: 2021-01-01 overlaps the value that ",
    ),
    "an end before its beginning": (
        "value = 12",
        "value = 12\nuntil = 2020-12-31",
        "until =",
        "parameters.books_minimum.values[1].until: before `from`",
    ),
    "another format": (
        "format = 1",
        "format = 2",
        "format = 2",
        "pack.format: 2, expected 1",
    ),
    "a bad area": (
        'areas = [""]',
        'areas = ["3x"]',
        "areas =",
        "pack.areas: '3x' is no area code; expected 0, 2, 4 or 6 digits",
    ),
    "a national rule without a dimension": (
        'dimension = "d"\n',
        "",
        "[rules.books]",
        "rules.books.dimension: None, expected a dimension",
    ),
    "both a parameter and another value": (
        'parameter = "books_minimum"',
        'parameter = "books_minimum"\nagainst = "pupils"',
        "[rules.books]",
        "rules.books: expected exactly one of `parameter` and `against`",
    ),
    "a condition that is no list": (
        'parameter = "books_minimum"',
        'parameter = "books_minimum"\npopulation = { kind = "primary" }',
        "population =",
        "rules.books.population: {'kind': 'primary'}, expected a list of tables",
    ),
    "an unknown test": (
        'parameter = "books_minimum"',
        'parameter = "books_minimum"\npopulation = [{ pupils = { least = 5 } }]',
        "population =",
        "rules.books.population: unknown test pupils.least, expected one of in, ",
    ),
    "a test with the wrong operand": (
        'parameter = "books_minimum"',
        'parameter = "books_minimum"\npopulation = [{ pupils = { min = "5" } }]',
        "population =",
        "rules.books.population: pupils.min = '5', expected a number",
    ),
    "a test with a number that is none": (
        'parameter = "books_minimum"',
        'parameter = "books_minimum"\npopulation = [{ pupils = { min = nan } }]',
        "population =",
        "rules.books.population: pupils.min = nan, expected a",
    ),
    "an interval upside down": (
        "value = 10",
        "value = [10, 5]",
        "value = [10, 5]",
        "parameters.books_minimum.values[0].value: [10, 5], expected words or [low, ",
    ),
    "a list of mixed things": (
        "value = 10",
        'value = ["a", 1]',
        'value = ["a", 1]',
        "parameters.books_minimum.values[0].value: ",
    ),
    "a rule that is no table": (
        "[rules.books]",
        '[rules]\nmaps = "threshold"\n[rules.books]',
        "maps =",
        "rules.maps.kind: None, expected one of threshold, ",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_defect_is_told_with_file_line_path_found_and_expected(
    what: str, tmp_path: Path
) -> None:
    """``file:line: path: found, expected`` for whatever a pack may get wrong."""
    old, new, at, expected = BAD[what]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    problems = told(written(tmp_path, {"pack.toml": text}))

    (problem,) = (each for each in problems if expected in each)
    match = re.match(r"pack\.toml:(\d+): ", problem)
    assert match, problem
    line = int(match.group(1))
    if at:
        assert line_of(text, at) == line, problem
    else:
        assert "[[parameters.books_minimum.values]]" == text.splitlines()[line - 1]
    assert problem.startswith(f"pack.toml:{line}: {expected}")


def test_an_unknown_source_is_told_with_those_there_are(tmp_path: Path) -> None:
    """The second value cites a document that the pack does not have."""
    head, _, _tail = GOOD.rpartition('source = "law"')
    text = f'{head}source = "lav"\n'
    line = len(text.splitlines())

    place = f"pack.toml:{line}: parameters.books_minimum.values[1].source"
    assert [f"{place}: unknown source 'lav'; the pack has: law"] == told(
        written(tmp_path, {"pack.toml": text})
    )


def test_all_defects_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a pack one error at a time."""
    text = (
        GOOD.replace('unit = "books"', 'unit = "boks"')
        .replace('kind = "threshold"', 'kind = "treshold"')
        .replace('read = "full"', 'read = "fully"')
        .replace('title = "法"', "title = 1")
    )
    problems = told(written(tmp_path, {"pack.toml": text}))
    paths = {problem.split(": ")[1] for problem in problems}

    expected = {"parameters.books_minimum.unit", "rules.books.kind"}
    assert expected | {"sources.law.read", "sources.law.title"} <= paths


def test_an_id_that_stands_in_two_files_is_told(tmp_path: Path) -> None:
    """The second file is named with its line, and the first by name."""
    again = GOOD[GOOD.index("[rules.books]") :].split("[parameters", maxsplit=1)[0]
    problems = told(written(tmp_path, {"a.toml": GOOD, "b.toml": "\n\n" + again}))

    assert ["b.toml:3: rules.books: doubled, it stands in a.toml already"] == problems


def test_an_id_that_stands_twice_in_one_file_is_no_toml(tmp_path: Path) -> None:
    """TOML itself refuses it, with the line."""
    text = GOOD + "\n[sources.law]\n"
    (problem,) = told(written(tmp_path, {"pack.toml": text}))

    assert re.match(r"pack\.toml:\d+: no TOML: ", problem)


def test_a_defect_in_the_second_file_is_told_of_the_second_file(tmp_path: Path) -> None:
    """Lists are joined over files; an entry keeps the file and line it came from."""
    first = GOOD + '\n[[unencoded]]\nrow = "1"\nreason = "…"\n'
    second = '[[unencoded]]\nrow = "2"\nreason = "…"\n\n[[unencoded]]\nrow = 3\n'
    problems = told(written(tmp_path, {"a.toml": first, "b.toml": second}))

    assert problems
    for problem in problems:
        assert re.match(r"b\.toml:[56]: unencoded", problem), problem


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """One byte more than 1 MiB is too many."""
    room = (1 << 20) - len(GOOD.encode()) - 2
    written(tmp_path, {"pack.toml": f"#{'x' * room}\n{GOOD}"})
    assert "p" == load_pack(tmp_path).info.id
    written(tmp_path, {"pack.toml": f"#{'x' * (room + 1)}\n{GOOD}"})

    assert ["pack.toml: larger than 1048576 bytes"] == told(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"this is no TOML", b"[pack]\nid = \xff", b"a = " + b"[" * 5000, b"[pack\n"],
    ids=["words", "bytes", "depth", "bracket"],
)
def test_what_is_no_toml_is_told(content: bytes, tmp_path: Path) -> None:
    """Not TOML, not UTF-8, or nested without end: one problem with the file."""
    (tmp_path / "pack.toml").write_bytes(content)
    (problem,) = told(tmp_path)

    assert re.match(r"pack\.toml(:\d+)?: no TOML: ", problem)


def test_a_folder_without_toml_is_told(tmp_path: Path) -> None:
    """An empty folder is no pack."""
    with pytest.raises(PackError, match=r"no \.toml file, expected at least one"):
        load_pack(tmp_path)


def test_a_pack_without_a_head_is_told(tmp_path: Path) -> None:
    """Without [pack] nothing else can be made sense of."""
    text = GOOD[GOOD.index("[sources.law]") :]
    problems = told(written(tmp_path, {"pack.toml": text}))

    assert any("no [pack] table" in problem for problem in problems)


def test_a_local_rule_has_no_dimension(tmp_path: Path) -> None:
    """It stands in ``local``; a local pack that names a dimension is refused."""
    text = GOOD.replace('areas = [""]', 'areas = ["35"]')
    line = line_of(text, "dimension =")

    found = "'d', expected none (it stands in `local`)"
    assert [f"pack.toml:{line}: rules.books.dimension: {found}"] == told(
        written(tmp_path, {"pack.toml": text})
    )
    text = text.replace('dimension = "d"\n', "")
    pack = load_pack(written(tmp_path, {"pack.toml": text}))
    assert ["35.books"] == list(pack.rules)


def test_a_rule_without_a_parameter_cites_a_document(tmp_path: Path) -> None:
    """A signed rule rests on a source of its own."""
    rule = """
    [rules.plan]
    kind = "attested"
    dimension = "d"
    scope = "county"
    field = "siting_plan"
    label = { zh = "规", en = "Plan" }
    """
    text = GOOD + textwrap.dedent(rule)
    line = line_of(text, "[rules.plan]")

    found = "no source: a rule without a parameter must cite one"
    assert [f"pack.toml:{line}: rules.plan: {found}"] == told(
        written(tmp_path, {"pack.toml": text})
    )


def test_a_quorum_names_rules_of_its_pack(tmp_path: Path) -> None:
    """A part that is not there is told at the list."""
    rule = """
    [rules.most]
    kind = "quorum"
    dimension = "d"
    scope = "section"
    of = ["books", "maps"]
    minimum = "books_minimum"
    floor = "books_minimum"
    label = { zh = "多", en = "Most" }
    """
    text = GOOD + textwrap.dedent(rule)
    line = line_of(text, "of =")

    assert [f"pack.toml:{line}: rules.most.of: no rule 'maps' in this pack"] == told(
        written(tmp_path, {"pack.toml": text})
    )


READING = """
[readings.counted]
choices = ["in", "out"]
default = "perhaps"
label = { zh = "计", en = "Counted" }
source = "letter"
"""


def test_a_reading_offers_its_default_and_cites_a_document(tmp_path: Path) -> None:
    """Both of its defects are told."""
    problems = told(written(tmp_path, {"pack.toml": GOOD + READING}))

    assert 2 == len(problems)
    assert "readings.counted: default 'perhaps' is none of its choices" in problems[0]
    assert "readings.counted.source: unknown source 'letter'" in problems[1]


FIELD = """
[[fields]]
table = "schools"
name = "{name}"
type = "{type}"
label = {{ zh = "项", en = "Thing" }}
{more}
"""


@pytest.mark.parametrize(
    ("name", "kind", "more", "expected"),
    [
        ("books", "yes_no", "", "'books' is a field of the model already"),
        ("a-b", "yes_no", "", "'a-b', expected letters, digits and _"),
        ("things", "number", "", "no unit, expected one for a number"),
        ("things", "choice", "", "a choice needs them, nothing else has them"),
        ("things", "text", "", "'text', expected one of integer, number, yes_no"),
    ],
)
def test_a_field_is_declared_like_one_of_the_model(
    name: str, kind: str, more: str, expected: str, tmp_path: Path
) -> None:
    """Names, types and units of a pack's fields are checked."""
    text = GOOD + FIELD.format(name=name, type=kind, more=more)
    (problem,) = told(written(tmp_path, {"pack.toml": text}))

    assert re.match(r"pack\.toml:\d+: fields\[0\]", problem)
    assert expected in problem


# -- names that nobody has declared ------------------------------------------------


@attrs.define
class Bringer:
    """A plugin that brings packs by their folders."""

    folders: Sequence[Path]

    @hookimpl
    def eduequity_packs(self) -> Sequence[Path]:
        """Return the folders."""
        return self.folders


SHARE = """
[rules.books]
kind = "share"
dimension = "d"
scope = "county"
numerator = "{numerator}"
denominator = "{denominator}"
operator = ">="
parameter = "books_minimum"
label = {{ zh = "书", en = "Books" }}
"""
SIGNED = """
[rules.books]
kind = "{kind}"
dimension = "d"
scope = "county"
{what}
source = "law"
label = {{ zh = "书", en = "Books" }}
"""
SPREAD = """
[rules.books]
kind = "dispersion"
dimension = "d"
scope = "county"
indicator = "books"
weight = "no_such_thing"
operator = ">="
parameter = "books_minimum"
label = { zh = "书", en = "Books" }
"""
RULE = GOOD[GOOD.index("[rules.books]") : GOOD.index("[parameters.")]
NAMELESS: dict[str, str] = {
    "indicator": RULE.replace('"books"', '"no_such_thing"'),
    "against": RULE.replace(
        'parameter = "books_minimum"', 'against = "no_such_thing"\nsource = "law"'
    ),
    "numerator": SHARE.format(numerator="no_such_thing", denominator="pupils"),
    "denominator": SHARE.format(numerator="pupils", denominator="no_such_thing"),
    "weight": SPREAD,
    "of": SIGNED.format(kind="all", what='of = ["no_such_thing"]'),
    "field of an attested rule": SIGNED.format(
        kind="attested", what='field = "no_such_thing"'
    ),
    "field of a veto": SIGNED.format(kind="veto", what='field = "no_such_thing"'),
    "function": SIGNED.format(kind="check", what='function = "no_such_thing"'),
    "reaches": SHARE.format(numerator="", denominator="").replace(
        'numerator = ""\ndenominator = ""', 'reaches = "no_such_thing"'
    ),
    "population": RULE + "population = [{ no_such_thing = { min = 50 } }]\n",
    "meets": SHARE.format(numerator="", denominator="").replace(
        'numerator = ""\ndenominator = ""', "meets = [{ no_such_thing = true }]"
    ),
}


@pytest.mark.parametrize("what", NAMELESS)
def test_a_rule_that_names_nothing_is_refused(what: str, tmp_path: Path) -> None:
    """A column, indicator or function that nobody declares is no blank column."""
    text = GOOD.replace(RULE, NAMELESS[what].lstrip() + "\n")
    registry = Registry.of(Bringer([written(tmp_path, {"pack.toml": text})]))
    _ = registry.packs
    reasons = [failure.reason for failure in registry.failures]

    assert 1 == len(reasons), registry.packs[1:]
    assert "no_such_thing" in reasons[0]


@pytest.mark.parametrize(
    "ways",
    [
        "",
        'numerator = "pupils"',
        'numerator = "pupils"\ndenominator = "pupils"\nreaches = "d.books"',
        'meets = [{ boarding = true }]\nreaches = "d.books"',
        'denominator = "pupils"\nmeets = [{ boarding = true }]',
    ],
)
def test_a_share_says_in_one_way_what_it_counts(ways: str, tmp_path: Path) -> None:
    """Neither no way nor two: told with file and line."""
    rule = SHARE.format(numerator="", denominator="").replace(
        'numerator = ""\ndenominator = ""', ways
    )
    text = GOOD.replace(RULE, rule.lstrip() + "\n")
    (problem,) = told(written(tmp_path, {"pack.toml": text}))

    assert re.match(r"pack\.toml:\d+: rules\.\w+: expected exactly one of ", problem)
    assert problem.endswith("`numerator` with `denominator`, `meets` and `reaches`")


def test_a_file_of_thirty_megabytes_is_not_read(tmp_path: Path) -> None:
    """It is refused by its size alone, whatever else the pack has wrong."""
    written(tmp_path, {"pack.toml": GOOD.replace('unit = "books"', 'unit = "boks"')})
    with (tmp_path / "large.toml").open("wb") as file:
        file.truncate(30_000_000)

    assert ["large.toml: larger than 1048576 bytes"] == told(tmp_path)


def test_a_condition_of_a_value_that_names_nothing_is_refused(tmp_path: Path) -> None:
    """``where`` tests a column that there is."""
    where = "value = 10\nwhere = [{ no_such_thing = { min = 50 } }]"
    text = GOOD.replace("value = 10", where)
    registry = Registry.of(Bringer([written(tmp_path, {"pack.toml": text})]))
    _ = registry.packs

    assert ["no_such_thing" in each.reason for each in registry.failures] == [True]


def test_a_local_rule_with_a_parameter_of_nobody_is_refused(tmp_path: Path) -> None:
    """Neither the local pack nor one above it declares the parameter."""
    text = (
        GOOD.replace('areas = [""]', 'areas = ["35"]')
        .replace('programme = "p"', 'programme = "quality-balance"')
        .replace('dimension = "d"\n', "")
        .replace('parameter = "books_minimum"', 'parameter = "no_such_thing"')
    )
    registry = Registry.of(Bringer([written(tmp_path, {"pack.toml": text})]))
    _ = registry.packs

    assert ["no_such_thing" in each.reason for each in registry.failures] == [True]


def test_a_plugin_with_a_bad_pack_is_reported_and_the_rest_works(
    tmp_path: Path,
) -> None:
    """The result says what was not loaded, and why."""
    bad = Bringer([written(tmp_path, {"pack.toml": GOOD.replace("10", "nan")})])
    registry = Registry.of(Plugin(bad, "eduequity-bad", "0.1"))
    facts = io.read({"county": [{"code": CODE}]})
    result = ee.evaluate(facts, on=ON, registry=registry)
    (left_out,) = result.to_dict()["not_loaded"]

    assert ("eduequity-bad", "0.1") == (left_out["distribution"], left_out["version"])
    assert "nan, expected a finite number" in left_out["reason"]


def test_two_packs_may_not_claim_the_same(tmp_path: Path) -> None:
    """Both are named, with their distributions."""
    pack = load_pack(written(tmp_path, {"pack.toml": GOOD}), distribution="one")
    other = attrs.evolve(pack, info=attrs.evolve(pack.info, id="q"), distribution="two")

    with pytest.raises(PackConflictError) as caught:
        Rulebook([pack, other])
    assert "p in area '' is claimed by two packs: p (one ) and q (two )".replace(
        " )", ")"
    ) in str(caught.value).replace(" )", ")")


# -- an invented country -----------------------------------------------------------


@functools.cache
def littleland() -> Registry:
    """Return a registry of the invented country alone."""
    return Registry.of(tiny, builtin=False)


def nation() -> Pack:
    """Return the invented nation's pack."""
    return littleland().pack("littleland")


SCHOOLS: list[Row] = [
    {
        "code": "a",
        "name": "甲",
        "kind": "primary",
        "pupils": 100,
        "full_time_teachers": 5,
        "certified_teachers": 5,
        "classes": 4,
        "boarders": 0,
        "books": 1000,
        "heated": True,
    },
    {
        "code": "b",
        "name": "乙",
        "kind": "junior",
        "pupils": 60,
        "full_time_teachers": 4,
        "certified_teachers": 4,
        "classes": 3,
        "boarders": 10,
        "books": 600,
        "heated": False,
    },
]
YES = {
    "siting_plan": True,
    "unified_funding": True,
    "unified_staffing": True,
    "exam_admission": False,
    "bridges": 3,
}


def assessed(
    *schools: Row,
    on: dt.date = ON,
    codes: Sequence[str] = (CODE,),
    options: Mapping[str, str] | None = None,
    as_area: str | None = None,
    **county: Any,
) -> Assessment:
    """Evaluate the invented counties; *schools* are added to the two there are."""
    tables: dict[str, list[Row]] = {
        "county": [{"code": code, **YES, **county} for code in codes],
        "schools": [
            {**row, "code": f"{row['code']}{code}", "county": code}
            for code in codes
            for row in (*SCHOOLS, *schools)
        ],
        "kindergartens": [
            {"code": f"k{code}", "name": "园", "county": code, "outdoor_area": 100}
            for code in codes
        ],
        "monitoring": [
            {
                "county": code,
                "year": 2019,
                "organiser": "national",
                "subject": subject,
                "level": 2,
            }
            for code in codes
            for subject in ("阅读", "算术")
        ],
        "finance": [
            {"county": code, "year": year, "education_spending": 5}
            for code in codes
            for year in (2018, 2019)
        ],
    }
    facts = ee.read(tables, registry=littleland())
    return ee.evaluate(
        facts,
        on=on,
        programme=tiny.PROGRAMME,
        options=options,
        as_area=as_area,
        registry=littleland(),
    )


def rule_of(result: Assessment, rule: str, code: str = CODE) -> str:
    """Return the verdict of a rule."""
    return result[code][rule.partition(".")[0]].rules[rule].value


def of_unit(result: Assessment, rule: str, school: str, area: str = "") -> Finding:
    """Return the finding of a rule for a school at a level."""
    (found,) = (
        f
        for f in result[CODE].findings(rule=rule, area=area)
        if f.entity.partition("/")[0] == f"{school}{CODE}"
    )
    return found


def test_the_invented_country_loads() -> None:
    """Its packs use every shape of rule, and have no defect."""
    assert [] == littleland().failures
    assert ["littleland", "littleland-99"] == [p.info.id for p in littleland().packs]
    assert (tiny.PROGRAMME,) == littleland().rulebook.programmes
    shapes = {rule.kind for rule in nation().rules.values()}
    assert set(ee.rules.RULE_KINDS) == shapes
    assert ["heated", "bridges"] == [field.name for field in nation().fields]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("balance.teachers", "met"),
        ("balance.books", "met"),
        ("balance.cv_teachers", "met"),
        ("balance.cv_books", "met"),
        ("balance.cv_mean", "met"),
        ("balance.size", "met"),
        ("balance.certified", "met"),
        ("balance.heating", "met"),
        ("balance.a_teacher_a_class", "met"),
        ("care.playground", "met"),
        ("quality.reading_level", "met"),
        ("quality.spending", "met"),
        ("quality.plan", "met"),
        ("quality.unified", "met"),
        ("quality.exams", "met"),
    ],
)
def test_an_invented_county_meets_the_invented_law(rule: str, expected: str) -> None:
    """Every shape is judged without any of the national rules being there."""
    assert expected == rule_of(assessed(), rule)


def test_a_quorum_may_ask_for_at_most() -> None:
    """Of two thresholds, one upwards and one downwards, both met is met."""
    result = assessed()

    assert [2.0, 2.0] == [
        of_unit(result, "balance.quorum", school).value for school in "ab"
    ]
    assert "met" == rule_of(result, "balance.quorum")


def test_the_floor_of_a_threshold_downwards_lies_above_it() -> None:
    """With a floor of one half, 40 pupils a teacher are twice the 20 allowed."""
    verdicts = {}
    for pupils, teachers in ((200, 5), (201, 5)):
        row = {**SCHOOLS[0], "code": "c", "pupils": pupils, "books": 10 * pupils}
        row |= {"full_time_teachers": teachers}
        found = of_unit(assessed(row), "balance.quorum", "c")
        verdicts[pupils] = (found.verdict.value, found.value)

    assert {200: ("met", 1.0), 201: ("unmet", 1.0)} == verdicts


def test_a_share_may_have_an_upper_limit() -> None:
    """10 boarders of 160 pupils are under a fifth; 33 are above it."""
    many = {**SCHOOLS[0], "code": "c", "pupils": 40, "boarders": 40}

    assert "met" == rule_of(assessed(), "balance.boarders")
    assert "unmet" == rule_of(assessed(many), "balance.boarders")


@pytest.mark.parametrize(
    ("pupils", "expected"),
    [(19, "unmet"), (20, "met"), (500, "met"), (501, "unmet"), (None, "unknown")],
)
def test_a_range_includes_its_ends(pupils: int | None, expected: str) -> None:
    """From 20 to 500 pupils."""
    row = {**SCHOOLS[0], "code": "c", "pupils": pupils, "books": 9000}
    found = of_unit(assessed(row), "balance.size", "c")

    assert (expected, "in") == (found.verdict.value, found.operator)


def test_the_threshold_of_a_range_is_its_two_ends() -> None:
    """The contract's [low, high], which levels make narrower."""
    result = assessed()
    found = of_unit(result, "balance.size", "a")
    local = of_unit(result, "balance.size", "a", area="99")

    assert [20.0, 500.0] == list(found.to_dict()["threshold"])
    assert [50.0, 500.0] == list(local.to_dict()["threshold"])


def test_units_are_counted_by_a_field_of_the_pack() -> None:
    """One heated school of two is half, of three it is not; a blank may be either."""
    cold = {**SCHOOLS[0], "code": "c", "heated": False}
    blank = {**SCHOOLS[0], "code": "c", "heated": None}

    assert "unmet" == rule_of(assessed(cold), "balance.heating")
    assert "unknown" == rule_of(assessed(blank), "balance.heating")


def test_a_check_says_yes_no_or_unknown() -> None:
    """The plugin's function is asked for every section."""
    verdicts = [
        of_unit(
            assessed({**SCHOOLS[0], "code": "c", "classes": classes}),
            "balance.a_teacher_a_class",
            "c",
        ).verdict.value
        for classes in (5, 6, None)
    ]

    assert ["met", "unmet", "unknown"] == verdicts


def test_the_mean_of_coefficients_decides_and_each_alone_does_not() -> None:
    """0.25 for the mean of the two; a component above its own limit is only shown."""
    # Books 10 and 30 per pupil over 100 pupils each: 0.5, teachers alike: 0.
    rich = {**SCHOOLS[0], "code": "c", "books": 3000}
    result = assessed(rich)
    mean = result[CODE].finding(f":balance.cv_mean@{CODE}#primary")

    assert ("met", 0.25) == (mean.verdict.value, mean.value)
    assert "unmet" == rule_of(result, "balance.cv_books")
    richer = {**rich, "books": 3001}
    assert "unmet" == rule_of(assessed(richer), "balance.cv_mean")


def test_a_value_has_its_time() -> None:
    """30 pupils a teacher until 2014, 20 and 15 from 2015 on."""
    row = {**SCHOOLS[0], "code": "c", "full_time_teachers": 4, "certified_teachers": 4}
    verdicts = [
        of_unit(assessed(row, on=on), "balance.teachers", "c").verdict.value
        for on in (dt.date(2014, 12, 31), dt.date(2015, 1, 1))
    ]

    assert ["met", "unmet"] == verdicts
    assert ["2030-01-01"] == sorted(
        {u["from"] for u in assessed().to_dict()["upcoming"]}
    )


def test_before_any_law_there_is_nothing_to_judge() -> None:
    """Nine years before the first value every rule with a number is out of force."""
    result = assessed(on=dt.date(2001, 1, 1))
    signed = {"plan", "unified", "exams", "spending", "a_teacher_a_class"}

    assert {"not_applicable"} == {
        verdict.value
        for dimension in result[CODE].dimensions
        for name, verdict in dimension.rules.items()
        if name.split(".")[1] not in signed
    }


def test_a_reading_of_the_invented_law() -> None:
    """Teaching points count or do not."""
    point = {**SCHOOLS[0], "code": "c", "kind": "teaching_point"}
    point |= {"full_time_teachers": 1, "certified_teachers": 1, "books": 9000}
    result = assessed(point)

    assert "met" == rule_of(result, "balance.teachers")
    (flip,) = (c for c in result.readings() if c.rule == "balance.teachers")
    assert ("points_counted", "in", "unmet") == (
        flip.option,
        flip.choice,
        flip.verdict.value,
    )


def test_a_county_without_kindergartens_is_unknown_whoever_is_read_with_it() -> None:
    """That no rows were given says nothing, alone or beside a county with rows."""
    rows = [{"code": "k", "name": "园", "county": "110101", "outdoor_area": 100}]
    counties = [{"code": "110101"}, {"code": "220101"}]
    verdicts = []
    for tables in (
        {"county": counties[1:]},
        {"county": counties, "kindergartens": rows},
    ):
        facts = ee.read(tables, registry=littleland())
        result = ee.evaluate(
            facts, on=ON, programme=tiny.PROGRAMME, registry=littleland()
        )
        verdicts.append(rule_of(result, "care.playground", "220101"))

    assert ["unknown", "unknown"] == verdicts


# -- levels ------------------------------------------------------------------------


def test_levels_run_from_the_nation_down() -> None:
    """The nation's verdict is its own; the province's has the stricter of both."""
    county = assessed(bridges=2)[CODE]
    elsewhere = assessed(codes=["880101"])["880101"]

    assert ["", "99"] == [level.area for level in county.levels]
    assert [""] == [level.area for level in elsewhere.levels]
    assert "unmet" == county.levels[1].verdict.value
    assert county.verdict is county.levels[0].verdict


def test_a_local_rule_stands_in_its_own_dimension() -> None:
    """It is named by its area and has no say in the programme's dimensions."""
    result = assessed(bridges=2)
    local = result[CODE]["local"]

    assert {"99.bridges": "unmet"} == {n: v.value for n, v in local.rules.items()}
    assert "99.bridges" not in result[CODE]["balance"].rules
    found = result[CODE].finding(f"99:99.bridges@{CODE}")
    assert ("99", 2.0, 3.0) == (found.area, found.value, found.threshold)
    assert {} == assessed(codes=["880101"])["880101"]["local"].rules


def test_a_stricter_value_counts_at_its_level_and_below() -> None:
    """16 pupils a primary teacher in the province; juniors keep the nation's 15."""
    result = assessed()
    found = {
        (area, school): (f.threshold, f.verdict.value)
        for area in ("", "99")
        for school in "ab"
        for f in [of_unit(result, "balance.teachers", school, area)]
    }

    assert {
        ("", "a"): (20.0, "met"),
        ("", "b"): (15.0, "met"),
        ("99", "a"): (16.0, "unmet"),
        ("99", "b"): (15.0, "met"),
    } == found
    cited = of_unit(result, "balance.teachers", "a", "99").sources
    assert "littleland-99/province-letter" in {each.source for each in cited}


def test_a_lower_value_needs_a_reason() -> None:
    """With ``replaces`` it governs; without, the two packs do not go together."""
    row = {**SCHOOLS[0], "code": "c", "books": 900}
    result = assessed(row)
    national, local = (of_unit(result, "balance.books", "c", x) for x in ("", "99"))

    assert (("unmet", 10.0), ("met", 8.0)) == (
        (national.verdict.value, national.threshold),
        (local.verdict.value, local.threshold),
    )
    province = littleland().pack("littleland-99")
    books = province.parameters["books_minimum"]
    bare = attrs.evolve(
        books, values=tuple(attrs.evolve(v, replaces=None) for v in books.values)
    )
    lowered = attrs.evolve(
        province, parameters={**province.parameters, "books_minimum": bare}
    )
    with pytest.raises(
        PackError, match=r"without `replaces`: 8 .* above: 10 "
    ) as caught:
        Rulebook([nation(), lowered])
    assert "小小国学校法 第1号 § 2" in str(caught.value)


def test_a_target_is_shown_and_decides_nothing() -> None:
    """All teachers certified is only what the province aims for."""
    row = {**SCHOOLS[0], "code": "c", "certified_teachers": 4}
    result = assessed(row)
    target = result[CODE].finding(f"99:balance.certified@{CODE}#target")

    assert ("target", 1.0, "unmet") == (
        target.force.value,
        target.threshold,
        target.verdict.value,
    )
    assert "met" == rule_of(result, "balance.certified")


def test_the_law_of_an_area_may_be_lent_and_excepted() -> None:
    """``as_area`` brings the province's law, ``except`` keeps it away."""
    lent = assessed(codes=["880101"], as_area="990101")["880101"]
    excepted = assessed(codes=["990701"])["990701"]

    assert ["", "99"] == [level.area for level in lent.levels]
    assert [""] == [level.area for level in excepted.levels]


@pytest.mark.parametrize(
    ("on", "areas"),
    [(dt.date(2014, 12, 31), [""]), (dt.date(2016, 1, 1), ["", "99"])],
)
def test_a_renamed_area_is_under_the_law_of_its_new_name(
    on: dt.date, areas: list[str]
) -> None:
    """98 became 99 on the first day of 2015."""
    county = assessed(codes=["980101"], on=on)["980101"]

    assert areas == [level.area for level in county.levels]


# -- without a registry ------------------------------------------------------------


def test_the_engine_works_with_a_rulebook_and_a_few_lines_of_toml(
    tmp_path: Path,
) -> None:
    """The arithmetic can be tried without plugins."""
    pack = load_pack(written(tmp_path, {"pack.toml": GOOD}))
    schools = [
        {"code": str(books), "name": "x", "kind": "primary", "books": books}
        for books in (9, 10, 12)
    ]
    facts = io.read({"county": [{"code": CODE}], "schools": schools})
    found = {}
    for day in (dt.date(2020, 6, 1), dt.date(2021, 6, 1)):
        result = engine.evaluate(facts, Rulebook([pack]), {}, on=day, programme="p")
        found[day.year] = [
            f.verdict.value for f in result.findings(rule="d.books", scope="school")
        ]

    expected = {2020: ["unmet", "met", "met"], 2021: ["unmet", "unmet", "met"]}
    assert {y: dict(zip("cab", v, strict=True)) for y, v in expected.items()} == {
        # Schools stand in the order of the file.
        y: dict(zip("cab", v, strict=True))
        for y, v in found.items()
    }


def test_everything_of_the_invented_country_can_be_told() -> None:
    """Plain data and explanations hold for every shape and level."""
    result = assessed({**SCHOOLS[0], "code": "c", "books": None, "heated": None})
    json.dumps(result.to_dict(), allow_nan=False)

    for finding in result.findings(components=True):
        for lang in ("zh", "en"):
            text = str(ee.explain(finding, lang=lang))
            assert finding.id in text
            assert not re.search(r"\b(nan|inf|None)\b", text), text


def test_a_programme_that_nobody_has_is_named() -> None:
    """The programmes there are stand in the error."""
    with pytest.raises(UnknownNameError, match="little-balance"):
        littleland().rulebook.law("quality-balance", ON)
