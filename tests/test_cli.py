"""The command line: statuses, errors one a line, files whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import eduequity as ee
from eduequity.__main__ import main
from eduequity.cli import _assess, _streams
from eduequity.cli._errors import lines_of
from eduequity.errors import MissingExtraError, OptionError, UnknownNameError
from eduequity.report import SCHEMAS


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


pytestmark = pytest.mark.usefixtures("national_only")

DEMO = str(Path(ee.__file__).parent / "cli" / "demo")
DAY = ("--on", "2024-12-31")
FINDING = ":resources.section_quorum@9999010003/primary"


def run(
    *arguments: str, env: Mapping[str, str] | None = None, code: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, or *code* in its place."""
    program = ["-c", code] if code else ["-m", "eduequity"]
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *program, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


@pytest.fixture
def county(tmp_path: Path) -> Callable[..., str]:
    """Give a function that writes a county document and returns its path."""

    def write(*rows: Mapping[str, Any], **tables: Any) -> str:
        path = tmp_path / "county.json"
        path.write_text(json.dumps({"county": rows or [{"code": "999901"}], **tables}))
        return str(path)

    return write


Output = pytest.CaptureFixture[str]


class TestVersion:
    """The version, answered first."""

    def test_printed(self, capsys: Output) -> None:
        """The version is that of the distribution."""
        assert 0 == main(["--version"])
        assert f"eduequity {ee.__version__}\n" == capsys.readouterr().out

    def test_before_anything_is_imported(self) -> None:
        """Neither cyclopts, rich nor numpy is imported to say the version."""
        done = run(
            code="import sys; from eduequity.__main__ import main\n"
            "main(['--version'])\n"
            "print(sorted({'cyclopts', 'rich', 'numpy', 'attrs'} & set(sys.modules)))"
        )

        assert b"[]" == done.stdout.splitlines()[-1]

    @pytest.mark.parametrize("gone", ["cyclopts", "rich"])
    def test_extra_is_missing(self, gone: str) -> None:
        """Without the extra the message says what to install, with status 2."""
        done = run(
            code=f"import sys; sys.modules[{gone!r}] = None\n"
            "from eduequity.__main__ import main; sys.exit(main(['demo']))"
        )

        assert 2 == done.returncode
        assert done.stderr.decode().splitlines() == [
            "eduequity's command line needs an extra: run pip install 'eduequity[cli]'"
        ]


class TestHelp:
    """Help and wrong usage."""

    @pytest.mark.parametrize(
        "arguments",
        [[], ["--help"], ["evaluate", "--help"], ["packs"], ["demo", "-h"]],
        ids=" ".join,
    )
    def test_printed(self, arguments: Sequence[str], capsys: Output) -> None:
        """Help is printed on stdout, with status 0."""
        assert 0 == main(arguments)
        assert "Usage: eduequity" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "arguments",
        [
            ["evalute", "x"],
            ["evaluate"],
            ["evaluate", "x", "--on", "someday"],
            ["evaluate", "x", "--level", "village"],
            ["evaluate", "x", "--lang", "fr"],
            ["evaluate", "x", "y"],
            ["demo", "--nonsense"],
            ["schema", "law"],
        ],
        ids=" ".join,
    )
    def test_wrong_usage(self, arguments: Sequence[str], capsys: Output) -> None:
        """Wrong usage is one plain line on stderr, with status 2."""
        assert 2 == main(arguments)
        out, err = capsys.readouterr()
        assert "" == out
        assert 1 == len(err.splitlines())
        assert err.startswith("用法有误：")
        assert "--help" in err

    def test_wrong_usage_in_english(self, capsys: Output) -> None:
        """The language that was asked for holds for usage errors too."""
        assert 2 == main(["demo", "--nonsense", "--lang", "en"])
        assert capsys.readouterr().err.startswith("usage: ")


class TestStatus:
    """The exit statuses of the contract."""

    def test_unmet(self, capsys: Output) -> None:
        """The demo county does not meet the rules: status 1."""
        assert 1 == main(["evaluate", DEMO, *DAY])
        out, err = capsys.readouterr()
        assert "x 未达标" in out
        assert "" == err

    def test_unknown(self, county: Callable[..., str], capsys: Output) -> None:
        """A county of which nothing is known: status 3, and the day is printed."""
        assert 3 == main(["evaluate", county()])
        assert dt.date.today().isoformat() in capsys.readouterr().out  # noqa: DTZ011

    @pytest.mark.parametrize(
        ("vetoes", "status"), [((False, True), 1), ((False, None), 3)]
    )
    def test_several(
        self,
        county: Callable[..., str],
        vetoes: tuple[bool | None, ...],
        status: int,
    ) -> None:
        """Any unmet county gives 1, else any unknown 3."""
        rows = [
            {"code": str(999901 + n), "exam_admission": veto}
            for n, veto in enumerate(vetoes)
        ]

        assert status == main(["evaluate", county(*rows), "--format", "json"])

    @pytest.mark.parametrize(
        ("verdicts", "status"),
        [
            (("met", "met"), 0),
            (("not_applicable",), 0),
            (("met", "unknown"), 3),
            (("unknown", "unmet", "met"), 1),
        ],
    )
    def test_of_verdicts(
        self,
        verdicts: Sequence[str],
        status: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The status follows the verdicts at the level asked for."""
        found = dict(enumerate(map(ee.Verdict, verdicts)))
        monkeypatch.setattr("eduequity.report.verdict_at", lambda county, _: county)

        assert status == _assess.status(found, "nation")  # type: ignore[arg-type]

    def test_our_bug(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        """What nobody expected is told as our bug, with a traceback: status 70."""
        monkeypatch.setattr(_assess, "assess", lambda *_: 1 // 0)

        assert 70 == main(["demo"])
        err = capsys.readouterr().err
        assert "ZeroDivisionError" in err
        assert "This is a bug of eduequity" in err

    def test_interrupted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C ends with 130."""

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(_assess, "assess", stop)
        assert 130 == main(["demo"])

    def test_process(self) -> None:
        """The status is that of the process."""
        assert 1 == run("evaluate", DEMO, *DAY, "--format", "json").returncode


class TestErrors:
    """What the caller can mend."""

    def test_input(self, tmp_path: Path, capsys: Output) -> None:
        """Every problem of the input is one line with its place; nothing is written."""
        for table in Path(DEMO).glob("*.csv"):
            text = table.read_text("utf-8-sig")
            text = text.replace(",1994,", ",19x4,", 1).replace(",urban,", ",mars,", 1)
            (tmp_path / table.name).write_text(text, "utf-8")
        out = tmp_path / "result.json"
        assert 2 == main(["evaluate", str(tmp_path), "--out", str(out)])
        printed, err = capsys.readouterr()

        assert "" == printed
        lines = err.splitlines()
        assert 2 == len(lines)
        assert all(line.startswith("schools.csv:row 2, ") for line in lines)
        assert not out.exists()

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["evaluate", "nowhere.xlsx"], "nowhere.xlsx: 没有这个文件"),
            (["demo", "--option", "room_counting"], "名称=选项"),
            (["demo", "--option", "room_countin=sum"], "是不是“room_counting”"),
            (["demo", "--option", "room_counting=some"], "应为 per_type、sum"),
            (["demo", "--programme", "quality"], "没有名为“quality”的评估项目"),
            (["demo", "--as-area", "351"], "不是地区代码"),
            (["demo", "--level", "city"], "没有适用于 999901 的该级规则包"),
            (["demo", "--out", "x.pdf"], "应为 .csv, .docx, .html, .json, .md, .xlsx"),
            (["explain", DEMO, FINDING[:-1]], f"是不是“{FINDING}”"),
            (["explain", DEMO, "nonsense"], "没有名为“nonsense”的结论。"),
        ],
    )
    def test_zh(self, arguments: Sequence[str], words: str, capsys: Output) -> None:
        """What can be mended is said in Chinese on one line, with status 2."""
        assert 2 == main(arguments)
        out, err = capsys.readouterr()
        assert "" == out
        assert words in err
        assert 1 == len(err.splitlines())

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["evaluate", "nowhere.xlsx"], "there is no such file"),
            (["demo", "--option", "x=y"], "there is no option 'x'. There are: "),
            (["demo", "--option", "room_counting=a"], "expected one of per_type, sum"),
            (["demo", "--level", "city"], "no pack of that level reaches 999901"),
            (["explain", DEMO, FINDING[:-1]], f"did you mean {FINDING!r}?"),
        ],
    )
    def test_en(self, arguments: Sequence[str], words: str, capsys: Output) -> None:
        """The same in English."""
        assert 2 == main([*arguments, "--lang=en"])
        assert words in capsys.readouterr().err

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_every_kind(self, lang: str) -> None:
        """Every error has a sentence in either language."""
        errors = [
            UnknownNameError("pack", "x", ()),
            UnknownNameError("indicator", "x", [f"name{n}" for n in range(50)]),
            OptionError("a", "b", ("c",)),
            MissingExtraError("excel", "reading a workbook"),
        ]
        for error in errors:
            said = lines_of(error, lang)
            assert 1 == len(said.splitlines())
            assert (lang == "zh") == any("一" <= each <= "龥" for each in said)

    def test_several_counties(self, county: Callable[..., str], capsys: Output) -> None:
        """A finding is sought in its county; an unknown unit is said to be one."""
        path = county({"code": "999901"}, {"code": "999902"})
        rule = "eligibility.basic_balance_years"

        assert 0 == main(["explain", path, f":{rule}@999902"])
        assert f":{rule}@999902" in capsys.readouterr().out
        assert 2 == main(["explain", path, f":{rule}@999903"])
        assert "没有区县或学校“999903”" in capsys.readouterr().err


class TestJson:
    """JSON on stdout."""

    def test_nothing_else(self, capsys: Output) -> None:
        """JSON is all that is printed, and it is the result."""
        assert 1 == main(["evaluate", DEMO, *DAY, "--format", "json"])
        out, err = capsys.readouterr()

        result = ee.evaluate(ee.read(DEMO), on=dt.date(2024, 12, 31))
        assert result.to_dict() == json.loads(out)
        assert "示例县" in out
        assert "" == err

    def test_valid(self, capsys: Output) -> None:
        """What is printed is valid under the schema that is printed."""
        main(["schema"])
        schema = json.loads(capsys.readouterr().out)
        main(["demo", "--format", "json"])

        Draft202012Validator(schema).validate(json.loads(capsys.readouterr().out))

    def test_ascii_where_it_must(self) -> None:
        """A console that does not speak UTF-8 gets escapes, not question marks."""
        done = run("demo", "--format", "json", env={"PYTHONIOENCODING": "gbk"})

        assert done.stdout.isascii()
        assert json.loads(done.stdout)["counties"][0]["name"].startswith("示例县")

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_schemas(self, name: str, capsys: Output) -> None:
        """Every schema is printed as it is."""
        assert 0 == main(["schema", name])
        assert SCHEMAS[name](()) == json.loads(capsys.readouterr().out)


class TestOut:
    """Files."""

    def test_written(self, tmp_path: Path, capsys: Output) -> None:
        """Files are written besides the table, which names them."""
        paths = [tmp_path / "a.json", tmp_path / "b.json"]
        outs = [word for path in paths for word in ("--out", str(path))]
        assert 1 == main(["evaluate", DEMO, *DAY, *outs])

        assert paths[0].read_bytes() == paths[1].read_bytes()
        assert "999901" == json.loads(paths[0].read_bytes())["counties"][0]["code"]
        assert f"已写出 {paths[0]}, {paths[1]}" in capsys.readouterr().out

    def test_refused(self, tmp_path: Path, capsys: Output) -> None:
        """Folders, missing folders, read-only files and other types are refused."""
        folder, fixed = tmp_path / "folder.json", tmp_path / "fixed.json"
        folder.mkdir()
        fixed.write_text("old")
        fixed.chmod(0o444)
        for path, words in [
            (folder, "文件夹"),
            (tmp_path / "none" / "x.json", "请先建立"),
            (fixed, "只读"),
            (tmp_path / "x.pdf", ".json"),
        ]:
            assert 2 == main(["evaluate", DEMO, "--out", str(path)])
            out, err = capsys.readouterr()
            assert "" == out
            assert err.startswith(f"{path}: ")
            assert words in err
        assert "old" == fixed.read_text()

    def test_never_over_the_input(
        self, county: Callable[..., str], capsys: Output
    ) -> None:
        """The input is not written over."""
        path = county()
        before = Path(path).read_text()

        assert 2 == main(["evaluate", path, "--out", path])
        assert "会覆盖输入文件" in capsys.readouterr().err
        assert before == Path(path).read_text()

    def test_not_at_a_level_without_pack(self, tmp_path: Path) -> None:
        """Nothing is written where the level asked for has no pack."""
        out = tmp_path / "x.json"

        assert 2 == main(["demo", "--level", "county", "--out", str(out)])
        assert not out.exists()


class TestDemo:
    """The demo."""

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_always_0(self, lang: str, capsys: Output) -> None:
        """The demo ends with 0, prints its day and says that it is made up."""
        assert 0 == main(["demo", "--lang", lang])
        out = capsys.readouterr().out
        assert "2024-12-31" in out
        assert "合成数据" in out
        assert "ynthetic" in out
        assert "eduequity demo --save demo-county" in out

    def test_saved(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
    ) -> None:
        """Its data can be had, and the commands that it suggests then work."""
        monkeypatch.chdir(tmp_path)
        assert 0 == main(["demo", "--save", "mine"])
        assert 'eduequity explain mine ":government.' in capsys.readouterr().out
        assert 1 == main(["evaluate", "mine", *DAY])

    def test_never_over_anything(self, tmp_path: Path, capsys: Output) -> None:
        """Tables that are there already are not written over."""
        (tmp_path / "schools.csv").write_text("mine")

        assert 2 == main(["demo", "--save", str(tmp_path)])
        assert "不会覆盖" in capsys.readouterr().err
        assert ["schools.csv"] == [each.name for each in tmp_path.iterdir()]

    def test_cannot_be_saved(self, tmp_path: Path, capsys: Output) -> None:
        """A folder that cannot be made is said with the reason."""
        assert 2 == main(["demo", "--save", str(tmp_path / "a" / "b")])
        assert "无法写入" in capsys.readouterr().err

    def test_day(self, capsys: Output) -> None:
        """Another day can be asked for."""
        assert 0 == main(["demo", "--on", "2018-01-01", "--format", "json"])
        assert "2018-01-01" == json.loads(capsys.readouterr().out)["on"]


class TestExplain:
    """Explaining a finding."""

    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("zh", ("示例县第三小学", "未达标", "4.181495", "第六条", "评估日期 2024")),
            ("en", ("unmet", "4.181495", "law as of 2024-12-31; synthetic")),
        ],
    )
    def test_printed(self, lang: str, words: Sequence[str], capsys: Output) -> None:
        """Operands, arithmetic, clause and day are printed, with status 0."""
        assert 0 == main(["explain", DEMO, FINDING, *DAY, "--lang", lang])
        out = capsys.readouterr().out
        for each in words:
            assert each in out


class TestPacks:
    """Listing packs."""

    def test_json(self, capsys: Output) -> None:
        """The list has id, programme, areas, version and distribution."""
        assert 0 == main(["packs", "list", "--format", "json"])
        first, *_ = json.loads(capsys.readouterr().out)
        assert {
            "id": "national-quality-balance",
            "programme": "quality-balance",
            "areas": [""],
            "version": ee.__version__,
            "distribution": "eduequity",
        }.items() <= first.items()

    @pytest.mark.parametrize(("lang", "word"), [("zh", "全国"), ("en", "nation")])
    def test_table(self, lang: str, word: str, capsys: Output) -> None:
        """The list can be read."""
        assert 0 == main(["packs", "list", "--lang", lang])
        out = capsys.readouterr().out
        assert "national-quality-balance" in out
        assert word in out

    def test_failures(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        """What could not be loaded is said on stderr."""
        registry = ee.Registry.of()
        registry.failures.append(ee.errors.PluginError("odd", "1.0", "no\nreason"))
        monkeypatch.setattr("eduequity._facade.installed", lambda: registry)

        assert 0 == main(["packs", "list"])
        assert "未加载: odd 1.0: no reason\n" == capsys.readouterr().err


class TestConsoles:
    """Consoles that are poor, closed or full."""

    @pytest.mark.parametrize("encoding", ["gbk", "cp936", "ascii", "latin-1"])
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_any_encoding(self, encoding: str, lang: str) -> None:
        """No console is too poor: the demo is printed, frames in ASCII."""
        done = run("demo", "--lang", lang, env={"PYTHONIOENCODING": encoding})

        assert 0 == done.returncode
        assert b"" == done.stderr
        assert done.stdout.startswith(b"+--")

    def test_errors_on_a_poor_console(self) -> None:
        """Errors too are printed whatever the console speaks."""
        done = run("evaluate", "县.xlsx", env={"PYTHONIOENCODING": "ascii:strict"})

        assert 2 == done.returncode
        assert done.stderr.startswith(b"?.xlsx: ")

    def test_signs_have_plain_forms(self) -> None:
        """Signs that carry a meaning are spelt out, not lost."""
        lost = UnicodeEncodeError("ascii", "a≥4.2㎡县", 1, 2, "")

        assert (">=", 2) == _streams._plainly(lost)
        with pytest.raises(UnicodeDecodeError):
            _streams._plainly(UnicodeDecodeError("ascii", b"\xff", 0, 1, ""))

    @pytest.mark.skipif(not shutil.which("bash"), reason="needs a shell")
    @pytest.mark.parametrize(
        "command", ["demo", "demo --format json", "evaluate --help", "schema county"]
    )
    def test_closed_pipe(self, command: str) -> None:
        """A reader that leaves is no error to speak of."""
        shell = f"{sys.executable} -m eduequity {command} | head -c 1"
        shell += "; exit ${PIPESTATUS[0]}"
        done = subprocess.run(  # noqa: S603 - our own command
            ["bash", "-c", shell],  # noqa: S607
            capture_output=True,
            check=False,
        )

        assert done.returncode in (0, 141)
        assert b"" == done.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_full_disk(self) -> None:
        """Output that cannot be written is status 2, not our bug."""
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "eduequity", "demo"],
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )

        assert 2 == done.returncode
        assert 1 == len(done.stderr.splitlines())
