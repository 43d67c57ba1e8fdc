"""``eduequity packs``: what is there, what the law says, what is wrong, a new one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import eduequity as ee
from eduequity.__main__ import main
from eduequity.cli._new_pack import TEMPLATE
from eduequity.registry import Plugin, Registry


PACK = """[pack]
id = "sample"
programme = "quality-balance"
areas = ["33"]
title = { zh = "某省", en = "sample" }
reviewed = 2026-01-01

[sources.s]
title = "某省某文"
issuer = "某厅"
kind = "notice"
read = "secondary"

[parameters.class_size]
unit = "pupils"
stricter = "lower"

[[parameters.class_size.values]]
from = 2020-01-01
primary = 40
source = "s"
clause = "第三条"

[[parameters.class_size.values]]
from = 2021-01-01
value = 35
force = "target"
source = "s"

[parameters.special_education_funds_minimum]
unit = "yuan_per_pupil"
stricter = "higher"

[[parameters.special_education_funds_minimum.values]]
from = 2020-01-01
value = 5000
replaces = "某款准许"
source = "s"

[rules.inspector]
kind = "attested"
scope = "county"
source = "s"
from = 2022-01-01
label = { zh = "督学", en = "inspector" }
"""

Output = pytest.CaptureFixture[str]
Installed = Callable[..., None]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Give a function that installs packs, each a distribution of its own."""

    def install(*texts: str) -> None:
        plugins = []
        for number, text in enumerate(texts):
            folder = tmp_path / f"pack{number}"
            folder.mkdir()
            (folder / "pack.toml").write_text(text, "utf-8")
            hooks = SimpleNamespace(
                eduequity_packs=ee.hookimpl(lambda folder=folder: [folder])
            )
            plugins.append(Plugin(hooks, f"ee-{number}", "1.0"))
        registry = Registry.of(*plugins)
        monkeypatch.setattr("eduequity._facade.installed", lambda: registry)

    return install


class TestList:
    """The packs that there are."""

    def test_json(self, installed: Installed, capsys: Output) -> None:
        """A pack has its source and digest; a plugin without packs its failures."""
        installed(PACK, PACK.replace('"33"', '"34"').replace("[rules", "[rule"))

        assert 0 == main(["packs", "list", "--format", "json"])
        *_, sample, broken = json.loads(capsys.readouterr().out)
        digest = sample.pop("digest")
        assert 64 == len(digest)
        assert {
            "id": "sample",
            "programme": "quality-balance",
            "areas": ["33"],
            "version": "1.0",
            "distribution": "ee-0",
            "reviewed": "2026-01-01",
            "failures": [],
        } == sample
        assert (None, "ee-1", None) == (
            broken["id"],
            broken["distribution"],
            broken["digest"],
        )
        assert "unknown table" in broken["failures"][0]

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_table(self, lang: str, installed: Installed, capsys: Output) -> None:
        """The table says where a pack is from."""
        installed(PACK)

        assert 0 == main(["packs", "list", "--lang", lang])
        assert "ee-0 1.0" in capsys.readouterr().out


class TestShow:
    """The law of one area."""

    def rule(self, out: str, name: str) -> list[str]:
        """Return the lines of one rule."""
        (block,) = (b for b in out.split("\n\n") if b.startswith(f"{name}  "))
        return block.splitlines()

    def test_stricter(self, installed: Installed, capsys: Output) -> None:
        """A stricter value says what it overrides; a target is marked."""
        installed(PACK)

        assert 0 == main(["packs", "show", "330106", "--on", "2024-12-31"])
        out = capsys.readouterr().out
        assert out.startswith("330106  quality-balance  2024-12-31\n")
        first, nation, own, target = self.rule(out, "government.class_size")
        assert "government.class_size  班额" == first
        assert nation.startswith("    ≤ 小学 45人 · 初中 50人  全国 ")
        assert (
            "    ≤ 小学 40人  【严于 全国】  33 《某省某文》 第三条 [二手来源]" == own
        )
        assert "    ≤ 35人  【目标】  33 《某省某文》 [二手来源]" == target

    def test_replaced(self, installed: Installed, capsys: Output) -> None:
        """A value that takes the place of the nation's says why."""
        installed(PACK)

        assert 0 == main(["packs", "show", "33", "--on", "2024-12-31", "--lang", "en"])
        out = capsys.readouterr().out
        _, nation, own, why = self.rule(out, "government.special_education_funding")
        assert "  [overridden]  nation " in nation
        assert own.startswith("    ≥ 5000 yuan per pupil  [overrides nation]  33 ")
        assert "        in place of the level above: 某款准许" == why

    def test_before(self, installed: Installed, capsys: Output) -> None:
        """What is not yet in force is not shown, nor what is another area's."""
        installed(PACK)

        main(["packs", "show", "330106", "--on", "2019-12-31"])
        early = capsys.readouterr().out
        main(["packs", "show", "350881", "--on", "2024-12-31"])
        elsewhere = capsys.readouterr().out
        main(["packs", "show", "330106", "--on", "2024-12-31"])
        there = capsys.readouterr().out

        assert "某省某文" not in early
        assert "某省" not in elsewhere
        assert "33.inspector  督学\n    须有签认  33 《某省某文》" in there

    def test_conditions(self, capsys: Output) -> None:
        """A value with a condition says for whom."""
        assert 0 == main(["packs", "show", "330106", "--on", "2024-12-31"])
        assert (
            "≤ 2500人  （若 kind ∈ nine_year|twelve_year）" in capsys.readouterr().out
        )

    @pytest.mark.parametrize("programme", ["basic-balance", "preschool-universal"])
    def test_programmes(self, programme: str, capsys: Output) -> None:
        """Every programme can be shown, in both languages."""
        for lang in ("zh", "en"):
            words = [
                "packs",
                "show",
                "330106",
                "--programme",
                programme,
                "--lang",
                lang,
            ]
            assert 0 == main(words)
            assert programme in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["3x"], "3x：不是地区代码，应为2、4或6位数字"),
            (["33", "--programme", "quality"], "没有名为“quality”的评估项目"),
        ],
    )
    def test_usage(self, arguments: list[str], said: str, capsys: Output) -> None:
        """A wrong area or programme is status 2."""
        assert 2 == main(["packs", "show", *arguments])
        assert capsys.readouterr().err.startswith(said)


class TestCheck:
    """The health of packs."""

    def test_sound(self, installed: Installed, capsys: Output) -> None:
        """A sound pack is status 0."""
        installed(PACK)

        assert 0 == main(["packs", "check", "sample", "--lang", "en"])
        assert "sample: no defects\n" == capsys.readouterr().out

    def test_defects(
        self, installed: Installed, tmp_path: Path, capsys: Output
    ) -> None:
        """A defect is one line with file and line, and status 1."""
        installed(PACK.replace('unit = "pupils"', 'unit = "hours"'))

        assert 1 == main(["packs", "check", "sample", "--lang", "en"])
        file = tmp_path / "pack0" / "pack.toml"
        assert (
            f"{file}:15: parameters.class_size.unit: the unit hours differs from "
            "pupils of national-quality-balance\n"
        ) == capsys.readouterr().out

    def test_not_loaded(
        self, installed: Installed, tmp_path: Path, capsys: Output
    ) -> None:
        """What could not be loaded is told with its distribution, and status 1."""
        installed(PACK.replace('kind = "attested"', 'kind = "attest"'))

        assert 1 == main(["packs", "check", "sample"])
        named = capsys.readouterr().out
        assert 1 == main(["packs", "check"])
        file = tmp_path / "pack0" / "pack.toml"
        assert named.startswith(f"{file}:41: rules.inspector.kind: 'attest'")
        assert named.endswith("[ee-0 1.0 未加载]\n")
        assert capsys.readouterr().out.startswith(named)

    def test_conflict(self, installed: Installed, capsys: Output) -> None:
        """Two packs for one area: the one left out is told."""
        installed(PACK, PACK.replace('"sample"', '"other"'))

        assert 1 == main(["packs", "check", "other"])
        assert "other (ee-1 1.0)" in capsys.readouterr().out
        assert 0 == main(["packs", "check", "sample"])

    def test_unknown(self, capsys: Output) -> None:
        """A pack that there is not is status 2."""
        assert 2 == main(["packs", "check", "national-quality-balanc"])
        assert "是不是“national-quality-balance”？" in capsys.readouterr().err

    def test_all(self, capsys: Output) -> None:
        """The national packs are sound."""
        assert 0 == main(["packs", "check", "national-basic-balance"])
        assert "没有缺陷" in capsys.readouterr().out


NEW = ("--area", "33", "--zh", "浙江省", "--en", "Zhejiang")


class TestNew:
    """A distribution begun."""

    def test_made(self, tmp_path: Path, capsys: Output) -> None:
        """Names and area are those that were given, everywhere."""
        assert 0 == main(["packs", "new", "zhejiang", *NEW, "--into", str(tmp_path)])
        home = tmp_path / "eduequity-zhejiang"
        files = [each for each in home.rglob("*") if each.is_file()]
        text = "".join(each.read_text("utf-8") for each in files)

        assert f"已建立 {home}\n" == capsys.readouterr().out
        assert (home / "src" / "eduequity_zhejiang" / "__init__.py").is_file()
        assert len([f for f in TEMPLATE.rglob("*") if f.is_file()]) == len(files)
        assert 'areas = ["33"]' in text
        assert 'keywords = ["eduequity-area-33"]' in text
        assert 'code = "330001"' in text
        for word in (
            "eduequity_example",
            "eduequity-example",
            "示例省",
            '"99',
            "999901",
        ):
            assert word not in text

    @pytest.mark.parametrize(("name", "area"), [("ning-bo", "3302"), ("hz", "330106")])
    def test_passes(self, name: str, area: str, tmp_path: Path) -> None:
        """Its tests pass at once, whatever the level of its area."""
        words = ["--area", area, "--zh", "某地", "--en", "Somewhere"]
        assert 0 == main(["packs", "new", name, *words, "--into", str(tmp_path)])
        home = tmp_path / f"eduequity-{name}"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )

        assert 0 == done.returncode, done.stdout
        assert "11 passed" in done.stdout

    def test_prefix(self, tmp_path: Path) -> None:
        """The name may be given with its prefix."""
        words = ["packs", "new", "eduequity-zj", *NEW, "--into", str(tmp_path)]

        assert 0 == main(words)
        assert ["eduequity-zj"] == [each.name for each in tmp_path.iterdir()]

    def test_there_already(self, tmp_path: Path, capsys: Output) -> None:
        """A folder that is there is left alone."""
        (tmp_path / "eduequity-zj").mkdir()

        assert 2 == main(["packs", "new", "zj", *NEW, "--into", str(tmp_path)])
        assert "已经存在，不会覆盖" in capsys.readouterr().err
        assert [] == list((tmp_path / "eduequity-zj").iterdir())

    def test_no_such_folder(self, tmp_path: Path, capsys: Output) -> None:
        """A folder that is not there is not made."""
        into = str(tmp_path / "nowhere")

        assert 2 == main(["packs", "new", "zj", *NEW, "--into", into, "--lang", "en"])
        assert "cannot be written" in capsys.readouterr().err
        assert [] == list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        ("name", "option", "value", "said"),
        [
            ("Zhejiang", "--en", "x", "Zhejiang：不能用作名称"),
            ("zj/../x", "--en", "x", "zj/../x：不能用作名称"),
            ("zj", "--area", "3", "--area：应为"),
            ("zj", "--area", "", "--area：应为"),
            ("zj", "--zh", '浙"江', "--zh：不能"),
            ("zj", "--en", " ", "--en：不能"),
        ],
    )
    def test_unfit(
        self,
        name: str,
        option: str,
        value: str,
        said: str,
        tmp_path: Path,
        capsys: Output,
    ) -> None:
        """What would not make a working distribution is refused."""
        given = dict(zip(NEW[::2], NEW[1::2], strict=True)) | {option: value}
        words = [word for pair in given.items() for word in pair]

        assert 2 == main(["packs", "new", name, *words, "--into", str(tmp_path)])
        assert capsys.readouterr().err.startswith(said)
        assert [] == list(tmp_path.iterdir())
