"""Plugins: what goes wrong is told with names and versions, and stops nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import eduequity as ee
from eduequity.__main__ import main
from eduequity.registry import Plugin, Registry
from eduequity.vocab import Unit


TEXT = '{ zh = "试", en = "sample" }'
SOURCES = (
    '[sources.s]\ntitle = "某文"\nissuer = "某厅"\nkind = "notice"\nread = "full"\n'
)
RULE = f"""[rules.signed]
kind = "attested"
scope = "county"
source = "s"
label = {TEXT}
"""

Make = Callable[..., Plugin]


def pack(
    area: str = "33", *, name: str = "sample", body: str = RULE, form: int = 1
) -> str:
    """Return the TOML of a small pack."""
    return (
        f'[pack]\nformat = {form}\nid = "{name}"\nprogramme = "quality-balance"\n'
        f'areas = ["{area}"]\ntitle = {TEXT}\nreviewed = 2026-01-01\n{SOURCES}{body}'
    )


@pytest.fixture
def plugin(tmp_path: Path) -> Make:
    """Give a function that makes a plugin of a distribution with one pack."""

    def make(
        name: str,
        text: str | None = None,
        *,
        release: str = "1.0",
        areas: tuple[str, ...] = (),
        **hooks: Any,
    ) -> Plugin:
        given = {key: ee.hookimpl(function) for key, function in hooks.items()}
        if text is not None:
            folder = tmp_path / name
            folder.mkdir()
            (folder / "pack.toml").write_text(text, "utf-8")
            given["eduequity_packs"] = ee.hookimpl(lambda: [folder])
        return Plugin(SimpleNamespace(**given), name, release, areas)

    return make


def told(registry: Registry) -> list[tuple[str, str, str]]:
    """Return what a result says of the plugins that were not loaded."""
    assert registry.rulebook
    result = ee.evaluate(ee.County(code="330106"), registry=registry).to_dict()
    listed: list[dict[str, str]] = result["not_loaded"]
    return [(e["distribution"], e["version"], e["reason"]) for e in listed]


def loaded(registry: Registry) -> set[str]:
    """Return the packs of plugins that were loaded."""
    return {p.info.id for p in registry.packs if p.distribution != "eduequity"}


class TestConflicts:
    """Two distributions that claim the same thing."""

    def test_area(self, plugin: Make) -> None:
        """Of two packs for one programme and area the first stays; both are named."""
        registry = Registry.of(
            plugin("first", pack()), plugin("second", pack(name="other"), release="2.0")
        )

        ((name, release, reason),) = told(registry)

        assert {"sample"} == loaded(registry)
        assert ("second", "2.0") == (name, release)
        assert "quality-balance in area '33' is claimed by two packs" in reason
        assert "sample (first 1.0)" in reason
        assert "other (second 2.0)" in reason

    def test_rule(self, plugin: Make) -> None:
        """A rule that two packs declare leaves the second out; both are named."""
        doubled = pack(name="other")
        registry = Registry.of(plugin("first", pack()), plugin("second", doubled))

        ((_, _, reason),) = told(registry)

        assert "rule 33.signed is claimed by two packs" in reason
        assert "(first 1.0)" in reason
        assert "(second 1.0)" in reason

    def test_indicator(self, plugin: Make) -> None:
        """An indicator that is taken is told with the name of who has it."""

        @ee.indicator(Unit.RATIO, zh="某比", en="some ratio")
        def some_ratio(pupils: Any, classes: Any) -> Any:
            return pupils / classes

        hook = {"eduequity_indicators": lambda: [some_ratio]}
        registry = Registry.of(plugin("first", **hook), plugin("second", **hook))

        assert [
            (
                "second",
                "1.0",
                "ValueError: indicator 'some_ratio' is taken by first 1.0",
            )
        ] == told(registry)
        assert registry.indicators["some_ratio"] is some_ratio

    def test_field(self, plugin: Make) -> None:
        """A field that another pack declares otherwise leaves the second out."""
        body = (
            '[[fields]]\ntable = "county"\nname = "parks"\ntype = "integer"\n'
            f'unit = "count"\nlabel = {TEXT}\n'
        )
        registry = Registry.of(
            plugin("first", pack(body=body)),
            plugin("second", pack("34", name="other", body=f"{body}max = 9\n")),
        )

        ((_, _, reason),) = told(registry)

        assert "field county.parks is claimed by two packs" in reason


class TestBroken:
    """A plugin that cannot be used."""

    def test_misspelt_hook(self, plugin: Make) -> None:
        """A hook that there is not is found, and the others go on."""

        def misspelt() -> None:
            raise AssertionError

        odd = plugin("odd", eduequity_pack=misspelt)
        registry = Registry.of(odd, plugin("good", pack()))

        ((name, release, reason),) = told(registry)

        assert ("odd", "1.0") == (name, release)
        assert "unknown hook 'eduequity_pack'" in reason
        assert {"sample"} == loaded(registry)

    @pytest.mark.parametrize(
        "hook",
        ["eduequity_packs", "eduequity_indicators", "eduequity_checks"],
    )
    def test_raises(self, hook: str, plugin: Make) -> None:
        """A hook that raises is told with its error, and the others go on."""

        def raises() -> None:
            raise RuntimeError("no luck")

        registry = Registry.of(plugin("odd", **{hook: raises}), plugin("good", pack()))

        assert [("odd", "1.0", "RuntimeError: no luck")] == told(registry)
        assert {"sample"} == loaded(registry)

    @pytest.mark.parametrize(
        ("hook", "result"),
        [
            ("eduequity_packs", 5),
            ("eduequity_packs", [None]),
            ("eduequity_indicators", [np.mean]),
            ("eduequity_indicators", 5),
            ("eduequity_readers", [".x"]),
        ],
    )
    def test_returns_nonsense(self, hook: str, result: Any, plugin: Make) -> None:
        """A hook that returns something else is told, and the others go on."""
        registry = Registry.of(
            plugin("odd", **{hook: lambda: result}), plugin("good", pack())
        )
        registry.readers()

        assert ["odd"] == [name for name, _, _ in told(registry)]
        assert {"sample"} == loaded(registry)

    def test_indicator_asks_for_nothing_known(self, plugin: Make) -> None:
        """An indicator with an input that nobody declares is left out alone."""

        @ee.indicator(Unit.RATIO, zh="某比", en="some ratio")
        def some_ratio(pupls: Any) -> Any:
            return pupls

        odd = plugin("odd", eduequity_indicators=lambda: [some_ratio])
        registry = Registry.of(odd, plugin("good", pack()))

        ((name, _, reason),) = told(registry)

        assert "odd" == name
        assert "no input of some_ratio 'pupls'; did you mean 'pupils'?" in reason
        assert "some_ratio" not in registry.indicators

    def test_other_format(self, plugin: Make) -> None:
        """A pack of another format is not loaded, with file and line."""
        registry = Registry.of(plugin("odd", pack(form=2)))

        ((name, _, reason),) = told(registry)

        assert "odd" == name
        assert reason.endswith("pack.toml:2: pack.format: 2, expected 1")

    def test_other_area(self, plugin: Make) -> None:
        """A pack of an area that its distribution does not declare is refused."""
        registry = Registry.of(plugin("odd", pack("34"), areas=("33",)))

        ((_, _, reason),) = told(registry)

        assert reason.endswith(
            "odd/pack.toml:5: pack.areas: '34', but odd 1.0 declares 33"
        )

    def test_defects(self, plugin: Make) -> None:
        """A pack with defects is left out; the plugin's distribution is named."""
        registry = Registry.of(
            plugin("odd", pack(body="[rules.x]\nkind = 'thresold'\n")),
            plugin("good", pack(name="good")),
        )

        ((name, _, reason),) = told(registry)

        assert "odd" == name
        assert "rules.x.kind: 'thresold', expected one of threshold" in reason
        assert {"good"} == loaded(registry)

    def test_misspelt_parameter(self, plugin: Make) -> None:
        """A local rule whose parameter nobody declares is refused at loading."""
        body = (
            '[rules.pay]\nkind = "threshold"\nscope = "county"\noperator = ">="\n'
            f'indicator = "teacher_pay_ratio"\nparameter = "pay_min"\nlabel = {TEXT}\n'
        )
        registry = Registry.of(plugin("odd", pack(body=body)))

        ((name, _, reason),) = told(registry)

        assert "odd" == name
        assert "no parameter of 33.pay 'pay_min'" in reason


NUMBER = """[parameters.{name}]
unit = "{unit}"
[[parameters.{name}.values]]
from = 2020-01-01
value = {value}
source = "s"
{more}
"""

READING = """[readings.{name}]
choices = ["a", "b"]
default = "a"
label = {{ zh = "试", en = "sample" }}
source = "s"
"""


def reasons(*plugins: Plugin) -> list[str]:
    """Return why plugins were left out, without the folders."""
    registry = Registry.of(*plugins)
    assert registry.rulebook
    lines = "\n".join(each.reason for each in registry.failures).splitlines()
    return [line.rpartition("/")[2] for line in lines]


class TestTogether:
    """Packs that are sound alone and do not fit beside others."""

    def test_order_does_not_matter(self, plugin: Make) -> None:
        """A value may hang on a reading of a pack that is loaded later."""
        where = 'where = [{ late_reading = "a" }]'
        number = NUMBER.format(name="n", unit="count", value=1, more=where)
        asks = plugin("asks", pack("33", body=number))
        has = plugin(
            "has", pack("34", name="late", body=READING.format(name="late_reading"))
        )

        for order in ((asks, has), (has, asks)):
            assert {"sample", "late"} == loaded(Registry.of(*order))
        (reason,) = reasons(asks)
        assert reason.startswith(
            "pack.toml:19: parameters.n.values[0].where: no column or indicator "
            "'late_reading'"
        )

    def test_a_city_may_stand_before_its_province(self, plugin: Make) -> None:
        """The city's rule compares with the province's number."""
        rule = (
            '[rules.pupils]\nkind = "threshold"\nscope = "school"\noperator = ">="\n'
            f'indicator = "pupils"\nparameter = "n"\nlabel = {TEXT}\n'
        )
        city = plugin("city", pack("3301", name="city", body=rule))
        number = NUMBER.format(name="n", unit="pupils", value=1, more="")
        province = plugin("province", pack("33", name="province", body=number))

        for order in ((city, province), (province, city)):
            assert {"city", "province"} == loaded(Registry.of(*order))

    def test_what_hung_on_a_refused_pack_is_refused(self, plugin: Make) -> None:
        """Leaving one pack out leaves out what names something of it."""
        where = 'where = [{ late_reading = "a" }]'
        number = NUMBER.format(name="n", unit="count", value=1, more=where)
        asks = plugin("asks", pack("33", body=number))
        first = plugin("first", pack("34", name="first"))
        second = plugin(
            "second",
            pack("34", name="second", body=READING.format(name="late_reading")),
        )
        registry = Registry.of(asks, first, second)

        assert {"first"} == loaded(registry)
        assert ["second", "asks"] == [each.distribution for each in registry.failures]

    def test_all_that_is_wrong_at_once(self, plugin: Make) -> None:
        """Every name that nobody declares is told, each with its line."""
        body = (
            '[rules.a]\nkind = "threshold"\nscope = "school"\noperator = ">="\n'
            f'indicator = "pupls"\nparameter = "nowhere"\nlabel = {TEXT}\n'
            'population = [{ kimd = "primary" }]\n'
            + NUMBER.format(name="pupils", unit="pupils", value=1, more="")
        )
        told_ = reasons(plugin("odd", pack(body=body)))

        assert [
            "pack.toml:17: rules.a.indicator: no column or indicator 'pupls'",
            "pack.toml:18: rules.a.parameter: no parameter of 33.a 'nowhere'",
            "pack.toml:20: rules.a.population: no column or indicator 'kimd'",
            "pack.toml:21: parameters.pupils: 'pupils' is a column, an indicator, ",
        ] == sorted(re.split(r";| \(|(?<=indicator, )", line)[0] for line in told_)

    def test_a_lowered_value_is_told_with_its_line(self, plugin: Make) -> None:
        """File, line, and both citations; the pack is left out whole."""
        number = NUMBER.format(
            name="special_education_funds_minimum",
            unit="yuan_per_pupil",
            value=5000,
            more="",
        )
        (reason,) = reasons(plugin("odd", pack(body=RULE + number)))

        assert reason.startswith(
            "pack.toml:20: parameters.special_education_funds_minimum.values[0]: "
            "lower than the level above without `replaces`: 5000 某文; above: 6000 "
        )

    def test_only_is_not_stated_anew(self, plugin: Make) -> None:
        """What the level above says is so only, lower levels leave alone."""
        upper = NUMBER.format(name="n", unit="count", value=5, more="").replace(
            'unit = "count"', 'unit = "count"\nstricter = "only"'
        )
        above = plugin("above", pack("33", name="above", body=upper))
        for number, more in enumerate(("", 'replaces = "因故"', 'force = "target"')):
            name = f"below-{number}"
            body = NUMBER.format(name="n", unit="count", value=5, more=more)
            below = plugin(name, pack("3301", name=name, body=body))
            told_ = reasons(above, below)
            assert bool(told_) == (not more)
            for line in told_:
                place, said = "pack.toml:15: parameters.n.values[0]: ", line
                assert said == (
                    f"{place}stated anew without `replaces` though the level above "
                    "says `only`: 5 某文; above: 5 某文"
                )

    def test_aliases_in_a_circle(self, plugin: Make) -> None:
        """Two packs whose aliases run in a circle: the second is told, with line."""
        alias = '[[aliases]]\ncode = "{}"\nnow = "{}"\nsource = "s"\n'
        first = plugin("first", pack("33", body=alias.format("330101", "330102")))
        second = plugin(
            "second", pack("34", name="b", body=alias.format("330102", "330101"))
        )
        registry = Registry.of(first, second)

        assert {"sample"} == loaded(registry)
        (reason,) = reasons(first, second)
        assert reason == (
            "pack.toml:13: aliases[0]: aliases of areas run in a circle: "
            "330101 → 330102 → 330101"
        )


class TestHooks:
    """The hooks that are called when something happens."""

    def test_review(self, plugin: Make) -> None:
        """What a plugin notes on a result stands among its warnings."""
        noted = plugin(
            "noter", eduequity_review=lambda assessment: [f"{len(assessment)}!"]
        )
        result = ee.evaluate(ee.County(code="330106"), registry=Registry.of(noted))

        assert {"place": "", "zh": "1!", "en": "1!"} in result.to_dict()["warnings"]

    def test_review_raises(self, plugin: Make) -> None:
        """A review that raises is told, and the result stands."""

        def review(assessment: ee.Assessment) -> list[str]:
            raise RuntimeError(f"{len(assessment)} is too many")

        registry = Registry.of(plugin("noter", eduequity_review=review))
        ee.evaluate(ee.County(code="330106"), registry=registry)

        assert ["noter 1.0: RuntimeError: 1 is too many"] == [
            str(each) for each in registry.failures
        ]

    def test_reader(self, plugin: Make, tmp_path: Path) -> None:
        """A file of a suffix that a plugin reads is read by it."""
        file = tmp_path / "county.dbf"
        file.write_text("330106")

        def read(path: Path) -> Mapping[str, Any]:
            return {"county": [{"code": path.read_text()}]}

        registry = Registry.of(plugin("dbf", eduequity_readers=lambda: {".dbf": read}))

        assert ["330106"] == ee.read(file, registry=registry).codes

    def test_renderer(self, plugin: Make, tmp_path: Path) -> None:
        """A file of a suffix that a plugin writes is written by it."""

        def write(assessment: ee.Assessment, stream: Any, *, lang: str = "zh") -> None:
            stream.write(f"{lang} {len(assessment)}".encode())

        registry = Registry.of(
            plugin("odt", eduequity_renderers=lambda: {".odt": write})
        )
        result = ee.evaluate(ee.County(code="330106"), registry=registry)
        result.write(tmp_path / "result.odt", lang="en")

        assert b"en 1" == (tmp_path / "result.odt").read_bytes()

    def test_renderer_on_the_command_line(
        self, plugin: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """``--out`` takes a suffix that only a plugin writes, and no other."""

        def write(assessment: ee.Assessment, stream: Any, *, lang: str = "zh") -> None:
            stream.write(f"{lang} {len(assessment)}".encode())

        registry = Registry.of(
            plugin("odt", eduequity_renderers=lambda: {".odt": write})
        )
        monkeypatch.setattr("eduequity._facade.installed", lambda: registry)
        out = tmp_path / "result.odt"
        data = tmp_path / "county.json"
        data.write_text('{"county": [{"code": "330106"}]}', "utf-8")
        status = main(["evaluate", str(data), "--on", "2024-12-31", "--out", str(out)])

        assert 3 == status
        assert b"zh 1" == out.read_bytes()

    def test_suffix_is_taken(self, plugin: Make) -> None:
        """Of two readers of one suffix the first stays, and the second is told."""
        hook = {"eduequity_readers": lambda: {".dbf": dict}}
        registry = Registry.of(plugin("first", **hook), plugin("second", **hook))

        assert [".dbf"] == list(registry.readers())
        assert ["second 1.0: ValueError: .dbf is taken by first 1.0"] == [
            str(each) for each in registry.failures
        ]

    def test_check(self, plugin: Make) -> None:
        """A rule of the shape check asks the plugin's function."""

        @ee.indicator(Unit.YES_NO, zh="有乡镇", en="has townships")
        def has_townships(township_count: Any) -> Any:
            return np.where(np.isnan(township_count), np.nan, township_count > 0)

        body = (
            '[rules.townships]\nkind = "check"\nscope = "county"\nsource = "s"\n'
            f'function = "has_townships"\nlabel = {TEXT}\n'
        )
        checking = plugin(
            "checking", pack(body=body), eduequity_checks=lambda: [has_townships]
        )
        county = ee.County(code="330106", township_count=0)
        result = ee.evaluate(county, registry=Registry.of(checking))

        assert "unmet" == result["330106"]["local"].rules["33.townships"].value


# -- what is installed ---------------------------------------------------------


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a function that puts a distribution with a module on the path."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(name: str, code: str, *, release: str = "1.0", keywords: str = "") -> None:
        module = name.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(code, "utf-8")
        info = tmp_path / f"{module}-{release}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n"
            + (f"Keywords: {keywords}\n" if keywords else "")
        )
        (info / "entry_points.txt").write_text(f"[eduequity]\n{module} = {module}\n")
        monkeypatch.delitem(sys.modules, module, raising=False)

    return put


PACKS = """
from pathlib import Path
from eduequity import hookimpl

@hookimpl
def eduequity_packs():
    return [Path({folder!r})]
"""


class TestDiscovery:
    """What entry points bring."""

    def test_raises_on_import(self, install: Callable[..., None]) -> None:
        """A plugin that raises on import is told with its error."""
        install("ee-odd", "raise RuntimeError('no luck')", release="3.1")

        failures = [str(each) for each in Registry.discover().failures]

        assert "ee-odd 3.1: RuntimeError: no luck" in failures

    def test_exits_on_import(self, install: Callable[..., None]) -> None:
        """A plugin that ends the program on import is told and stops nothing."""
        install("ee-exits", "raise SystemExit(3)", release="3.1")

        failures = [str(each) for each in Registry.discover().failures]

        assert "ee-exits 3.1: SystemExit: 3" in failures

    def test_found(self, install: Callable[..., None], tmp_path: Path) -> None:
        """A pack that is installed is used, with its distribution and version."""
        folder = tmp_path / "packs"
        folder.mkdir()
        (folder / "pack.toml").write_text(pack(), "utf-8")
        code = PACKS.format(folder=str(folder))
        install("ee-good", code, release="2.5", keywords="eduequity-area-33")

        found = Registry.discover().pack("sample")

        assert ("ee-good", "2.5") == (found.distribution, found.version)

    def test_area_is_declared(
        self, install: Callable[..., None], tmp_path: Path
    ) -> None:
        """The areas of the keywords bind the packs."""
        folder = tmp_path / "packs"
        folder.mkdir()
        (folder / "pack.toml").write_text(pack("34"), "utf-8")
        code = PACKS.format(folder=str(folder))
        install("ee-good", code, keywords="law, eduequity-area-33")
        registry = Registry.discover()

        assert "sample" not in {each.info.id for each in registry.packs}
        assert "pack.toml:5: pack.areas: '34', but ee-good 1.0 declares 33" in str(
            registry.failures[-1]
        )

    @pytest.mark.parametrize("named", ["*", "ee-good", "x, ee-good"])
    def test_disabled(
        self,
        named: str,
        install: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A plugin that is switched off is not even imported, and that is told."""
        install("ee-good", "raise AssertionError")
        monkeypatch.setenv("EDUEQUITY_DISABLE_PLUGINS", named)
        registry = Registry.discover()

        assert "ee-good 1.0: disabled by EDUEQUITY_DISABLE_PLUGINS" in [
            str(each) for each in registry.failures
        ]
        assert registry.pack("national-quality-balance")

    def test_traced(
        self,
        plugin: Make,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """The hook calls are printed on standard error when that is asked for."""
        monkeypatch.setenv("EDUEQUITY_TRACE_PLUGINS", "1")

        assert {"sample"} == loaded(Registry.of(plugin("good", pack())))
        assert "eduequity_packs" in capsys.readouterr().err


# -- from nothing to a finding --------------------------------------------------


def run(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a module of our interpreter; what it prints is UTF-8."""
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **env},
    )


def digest(folder: Path) -> str:
    """Return the digest of every file of a package."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


def test_from_template_to_finding(tmp_path: Path) -> None:
    """A pack begun, built and installed beside the core is used; the core is as was."""
    pytest.importorskip("hatchling")
    core = Path(ee.__file__).parent
    before = digest(core)

    words = ("--area", "33", "--zh", "浙江省", "--en", "Zhejiang")
    made = run("eduequity", "packs", "new", "zhejiang", *words, cwd=tmp_path)
    assert (0, "") == (made.returncode, made.stderr)
    home = tmp_path / "eduequity-zhejiang"

    tested = run("pytest", "-q", "-p", "no:cacheprovider", cwd=home)
    assert 0 == tested.returncode, tested.stdout

    built = run("build", "--wheel", "--no-isolation", cwd=home)
    assert 0 == built.returncode, built.stderr
    (wheel,) = (home / "dist").glob("*.whl")
    target = tmp_path / "site"
    options = ("--no-deps", "--no-index", "--disable-pip-version-check")
    put = run("pip", "install", *options, "--target", str(target), str(wheel), cwd=home)
    assert 0 == put.returncode, put.stderr

    county = tmp_path / "county.json"
    content = {
        "county": [
            {
                "code": "330106",
                "special_education_pupils": 10,
                "special_education_funds": 65000,
            }
        ],
        "schools": [
            {
                "code": "1",
                "name": "一",
                "kind": "primary",
                "primary_pupils": 400,
                "zhejiang_library_seats": 19,
            }
        ],
    }
    county.write_text(json.dumps(content), "utf-8")
    day = ("--on", "2024-12-31", "--format", "json")
    judged = run(
        "eduequity", "evaluate", str(county), *day, cwd=tmp_path, PYTHONPATH=str(target)
    )
    (result,) = json.loads(judged.stdout)["counties"]
    found = {each["id"]: each["verdict"] for each in result["findings"]}

    assert "" == judged.stderr
    assert "met" == found[":government.special_education_funding@330106"]
    assert "unmet" == found["33:government.special_education_funding@330106"]
    assert "unmet" == found["33:33.library_seats@1"]
    assert "unknown" == found["33:33.school_inspector@330106"]
    assert before == digest(core)


def test_every_operand_of_the_national_rules_has_a_label() -> None:
    """What an explanation lists is named in words, never by its column alone."""
    schools = [{"code": "S1", "name": "甲", "kind": "nine_year"}]
    facts = ee.read({"county": [{"code": "999901"}], "schools": schools})
    bare = {
        word
        for finding in ee.evaluate(facts, registry=Registry.of()).findings()
        if "summary" not in finding.flags
        for word in re.findall(r"[a-z]+(?:_[a-z]+)+", str(ee.explain(finding)))
        if word not in finding.id
    }

    assert not bare & {"banded_low", "banded_high", "whole_largest_class"}
    assert not {word for word in bare if word.startswith(("banded_", "whole_"))}
