"""The documentation: every page runs, nothing is left out, no translation is old."""

from __future__ import annotations

import ast
import html
import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

sys.path.insert(0, str(DOCS))

from making import code as code_pages  # noqa: E402
from making import follow, model, translations, words  # noqa: E402
from making.markdown import plain  # noqa: E402

import eduequity as ee  # noqa: E402
from eduequity import errors, hooks, indicators, ledger, planning, testing  # noqa: E402
from eduequity.model import TABLES, dictionary  # noqa: E402
from eduequity.report import SCHEMAS  # noqa: E402
from eduequity.rules import RULE_KINDS, Condition, Pack  # noqa: E402


def _pages() -> Iterator[str]:
    for lang in ("zh", "en"):
        yield from (f"{lang}/{name}" for name in translations.pages(lang))


def _runs(name: str) -> bool:
    text = (DOCS / name).read_text(encoding="utf-8")
    return any(b.language not in follow.NOT_RUN for b in follow.blocks(text))


@pytest.mark.parametrize("name", [name for name in _pages() if _runs(name)])
def test_page_runs(name: str, tmp_path: Path) -> None:
    """Every command and every line of code of a page does what the page says."""
    assert follow.follow(DOCS / name, tmp_path) > 0


def test_runner_notices(tmp_path: Path) -> None:
    """A transcript that lies, an unshown status and a wrong doctest are noticed."""
    page = tmp_path / "page.md"
    for block in (
        "```console\n$ echo a\nb\n```",
        "```console\n$ false\n```",
        "```console\n$ false\n$ echo $?\n2\n```",
        "```pycon\n>>> 1 + 1\n3\n```",
        "```python\nassert False\n```",
        "```fortran\nstop\n```",
        "```powershell\nGet-ChildItem wheels\n```",
        "```powershell\ncopy $env:TEMP\\wheels .\n```",
    ):
        page.write_text(block, encoding="utf-8")
        with pytest.raises(follow.MismatchError):
            follow.follow(page, tmp_path)


def test_no_translation_is_old() -> None:
    """Every page is there in both languages, each translation up to date."""
    names = list(translations.from_english("en"))

    assert [] == list(translations.behind())
    assert {"cases/index.md", "explanation/decisions/0001-facade-module.md"} < {*names}


def test_an_old_translation_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed source fails, be it Chinese or English, and so does a missing page."""
    monkeypatch.setattr(translations, "DOCS", tmp_path)
    sources = {"how-to/a.md": "zh/how-to/a.md", "cases/b.md": "cases/b.md"}
    for name in ("zh/how-to/a.md", "en/how-to/a.md", "cases/b.md", "zh/cases/b.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# 1\n", encoding="utf-8")
    for name in sources:
        translations.record(name)

    assert [] == list(translations.behind())
    for name, source in sources.items():
        (tmp_path / source).write_text("# 2\n", encoding="utf-8")
        assert [f"{name}: the translation is older than its source"] == list(
            translations.behind()
        )
        translations.record(name)
    (tmp_path / "zh" / "cases" / "b.md").unlink()
    assert ["cases/b.md: only in en"] == list(translations.behind())


# -- pictures -----------------------------------------------------------------------


_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")


def test_every_picture_is_made_shown_and_described() -> None:
    """Every picture stands on a page, the same in both languages, in its language."""
    from making.pictures import PICTURES

    shown: dict[str, dict[str, list[str]]] = {"zh": {}, "en": {}}
    for name in _pages():
        lang, _, page = name.partition("/")
        for said, target in _IMAGE.findall((DOCS / name).read_text(encoding="utf-8")):
            shown[lang].setdefault(page, []).append(target)
            assert len(said) > 15, f"{name}: {target} is not described"
            chinese = re.search("[\u4e00-\u9fff]{4}", said) is not None
            assert chinese == (lang == "zh"), f"{name}: {said}"
    assert shown["zh"] == shown["en"]
    targets = {each for page in shown["zh"].values() for each in page}
    assert {f"/pictures/{name}" for name in PICTURES} == targets


def test_a_terminal_gives_chinese_its_room() -> None:
    """A Chinese character takes two cells, so that columns stand below each other."""
    from making.pictures import terminal

    drawn = terminal("evaluate", "\x1b[1;31m未达标\x1b[0m  5\nunmet   5\n≥ 4.2")
    found = {
        html.unescape(words).strip("\xa0"): (float(left), float(room))
        for left, room, words in re.findall(
            r'<text class="[^"]*" x="([^"]*)" y="[^"]*" textLength="([^"]*)"[^>]*>'
            r"(.*?)</text>",
            drawn,
        )
    }
    cell = 12.2
    assert found["未达标"] == pytest.approx((0, 6 * cell))
    assert found["≥"] == pytest.approx((0, cell))
    assert found["5"][0] == pytest.approx(6 * cell)  # after it, with its two spaces
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert drawn == terminal("evaluate", "\x1b[1;31m未达标\x1b[0m  5\nunmet   5\n≥ 4.2")


def test_a_picture_left_out_is_not_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a browser it is named and replaced; where it is required, an error."""
    from making import pictures

    monkeypatch.setattr(pictures.Studio, "file", lambda *_: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(pictures.HOW, raising=False)
    assert ["report.png: chromium"] == pictures.make("zh", tmp_path, ["report.png"])
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.setenv(pictures.HOW, "required")
    with pytest.raises(pictures.MissingProgramError):
        pictures.make("zh", tmp_path, ["report.png"])


def test_a_drawing_is_the_same_every_time(tmp_path: Path) -> None:
    """The same numbers, the same bytes."""
    from making import pictures

    if pictures.make("zh", tmp_path / "a", ["weighted.svg"]):
        pytest.skip("no font with Chinese")
    pictures.make("zh", tmp_path / "b", ["weighted.svg"])
    first, second = ((tmp_path / n / "weighted.svg").read_bytes() for n in "ab")
    assert first == second


# -- nothing is left out ---------------------------------------------------------------


CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


def _made(lang: str) -> dict[str, str]:
    from making.site import made_pages

    return dict(made_pages(lang))


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, str]]:
    """Every page that is made, by language and path."""
    pytest.importorskip("sphinx", reason="needs the extra docs; .ci/run installs it")
    return {lang: _made(lang) for lang in ("zh", "en")}


def _options(said: str) -> set[str]:
    """Return the options that a help page lists, not those that its words mention."""
    heads = re.findall(
        r"^[ │*]*((?:-[\w-]+[, ]+)*--[\w-]+(?:[, ]+--[\w-]+)*)", said, re.MULTILINE
    )
    return {word for head in heads for word in re.findall(r"--[\w-]+", head)}


def test_every_command_and_option(made: dict[str, dict[str, str]]) -> None:
    """Every option that ``--help`` prints stands on the page, with its meaning."""
    from making.code import commands

    for lang, pages in made.items():
        parts = pages["reference/command-line.md"].split("\n## eduequity ")
        sections = {part.split("\n")[0]: part for part in parts[1:]}
        for name in commands():
            said = subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-m", "eduequity", *name.split(), "--help"],
                capture_output=True,
                text=True,
                check=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "300"},
            ).stdout
            for option in _options(said):
                if option not in ("--help", "--version"):
                    row = re.search(
                        rf"\| [^|]*`{option}`[^|]* \| [^|\s][^|]* \|", sections[name]
                    )
                    assert row, f"{lang}: {name} {option}"
            if lang == "zh":
                opening = sections[name].split("\n\n")[1]
                assert CHINESE.search(opening), name
                for row in re.findall(r"^\| `.*", sections[name], re.MULTILINE):
                    assert CHINESE.search(row.split(" | ")[1]), f"{name}: {row}"


def test_no_option_is_described_in_vain() -> None:
    """Every Chinese sentence on an option belongs to one that is there."""
    there = {
        name
        for command, made in code_pages.commands().items()
        for each in made.assemble_argument_collection()
        for name in (each.field_info.name, f"{command} {each.field_info.name}")
    }
    assert set() == set(words.OPTIONS) - there


def test_every_error() -> None:
    """Every public name of `errors` has a cause and a cure in both languages."""
    assert set(errors.__all__) == set(code_pages.CURES)
    for name, said in code_pages.CURES.items():
        for each in said:
            assert CHINESE.search(each.zh), name
            assert re.search("[a-z]{3}", each.en), name


def _is_code(word: object) -> bool:
    return isinstance(word, str) and bool(re.fullmatch(r"[a-z]+(?:-[a-z]+)+", word))


def test_every_problem_code(made: dict[str, dict[str, str]]) -> None:
    """Every code that the source gives to a problem stands on the page."""
    no_codes = {
        "demo-county",
        "eduequity-example",
        "example-quality-balance",
        "quality-balance",
        "basic-balance",
        "preschool-universal",
        "national-basic-balance",
        "national-quality-balance",
    }
    found: set[str] = set()
    for path in (ROOT / "src" / "eduequity").rglob("*.py"):
        if path.name == "_ods.py":  # its words with hyphens are those of OpenDocument
            continue
        if path.parts[-2] in ("io", "rules", "model", "facts"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            words_in = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
            found |= {str(each) for each in words_in if _is_code(each)}
    assert len(found) > 80
    for pages in made.values():
        missing = {c for c in found if f"| `{c}` |" not in pages["reference/errors.md"]}
        assert set() == missing - no_codes
    for code, (zh, en, _) in code_pages.problem_codes().items():
        assert CHINESE.search(zh), code
        assert re.search("[a-z]{2}", en), code


def test_every_hook(made: dict[str, dict[str, str]]) -> None:
    """Every hook stands there with its exact arguments and a Chinese description."""
    specs = {n: f for n, f in vars(hooks).items() if n.startswith("eduequity_")}
    assert len(specs) > 5
    assert set(specs) == set(code_pages.HOOKS)
    for pages in made.values():
        for name, spec in specs.items():
            written = re.search(
                rf"```python\n{name}\((.*?)\)", pages["plugins/hooks.md"]
            )
            assert written, name
            names = [w.split(":")[0].strip() for w in written[1].split(",") if w]
            assert list(inspect.signature(spec).parameters) == names
            said = inspect.getdoc(spec) or ""
            for name_ in names:
                assert re.search(rf"^ +{name_}: \w", said, re.MULTILINE), (name, name_)
    for name, line in code_pages.HOOKS.items():
        assert CHINESE.search(line), name


SPACES = (
    *(ee, errors, ee.measures, planning, ledger, ee.rules, testing, hooks, indicators),
)


def test_every_public_name(made: dict[str, dict[str, str]]) -> None:
    """Every public name is on the page of the API, and has a docstring."""
    page = made["en"]["reference/api.md"]
    for name in ee.__all__:
        thing = getattr(ee, name)
        documented = (
            rf":: eduequity\.(\w+\.)?{name}\b"
            if not inspect.ismodule(thing)
            else rf"`eduequity\.{name}`"
        )
        assert re.search(documented, page), name
        assert thing.__doc__, name  # its own, not that of a class above it
    for space in SPACES[1:]:
        for name in space.__all__:
            thing = getattr(space, name)
            place = re.escape(f"{space.__name__}.{name}")
            elsewhere = any(thing is getattr(ee, each) for each in ee.__all__)
            assert elsewhere or re.search(rf":: {place}\b", page), place
            told = inspect.isclass(thing) or inspect.isfunction(thing)
            assert not told or thing.__doc__, place


def test_every_public_name_in_chinese() -> None:
    """Every public name of every public module has its line, and no other has."""
    for space in SPACES:
        module = space.__name__
        for name in space.__all__:
            assert CHINESE.search(code_pages.chinese(module, name)), f"{module}.{name}"
        known = set(words.NAMES.get(module, ()))
        assert set() == known - set(space.__all__), module
    assert "" == code_pages.chinese("eduequity.Assessment", "compare")


def test_one_word_for_one_thing() -> None:
    """No page, message or label says in another word what has one."""
    pages = [DOCS / "zh" / name for name in translations.pages("zh")]
    pages += [DOCS / "zh" / name for name in translations.from_english("zh")]
    pages += [ROOT / "README.zh-CN.md", *(ROOT / "changelog.d").glob("*.md")]
    source = [*(ROOT / "src").rglob("*.py"), *(DOCS / "making").glob("*.py")]
    for path in (*pages, *source):
        text = path.read_text(encoding="utf-8") if path.name != "words.py" else ""
        assert [] == [word for word in words.INSTEAD if word in text], path


def test_every_layer_in_chinese() -> None:
    """Every module of the drawing of layers is described in Chinese."""
    folder = ROOT / "src" / "eduequity"
    found = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    assert set() == set(words.MODULES) - found
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = contract.split("layers = [")[1].split("]")[0]
    named = set(re.findall(r"\w+", layers)) & found
    assert len(named) > 15
    assert set() == named - set(words.MODULES)


def test_every_word_of_the_law(made: dict[str, dict[str, str]]) -> None:
    """No name of a column, choice, flag, key or list stands there bare."""
    from making.law import Law
    from making.model import vocabularies

    from eduequity._facade import installed
    from eduequity.engine import FLAGS

    assert set(FLAGS) == set(words.FLAGS)
    assert set(vocabularies()) == set(words.WORDS)
    registry = installed()
    for lang in ("zh", "en"):
        law = Law(registry, lang)
        for pack in registry.packs:
            for name, reading in pack.readings.items():
                assert set(reading.choices) == set(words.CHOICES[name]), name
            for condition in _conditions(pack):
                for test in (each for tests in condition for each in tests):
                    field, asked = test.field, test.operand
                    assert field in law.labels
                    for each in asked if isinstance(asked, tuple) else (asked,):
                        if lang == "zh" and isinstance(each, str):
                            assert not law.word(field, each).isascii(), field
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \| .* \| .* \|$",
        made["zh"]["reference/rule-shapes.md"],
        re.MULTILINE,
    )
    assert {name for name, _ in rows} == set(words.KEYS)
    assert all(CHINESE.search(meaning) for _, meaning in rows)
    types = {f.type for fs in dictionary(registry.fields).values() for f in fs}
    assert types <= set(words.TYPES)


def _conditions(pack: Pack) -> Iterator[Condition]:
    for rule in pack.rules.values():
        yield from (getattr(rule, name, ()) for name in ("population", "meets", "rows"))
    for parameter in pack.parameters.values():
        yield from (value.where for value in parameter.values)


def test_benchmarks_and_checks_in_one_language(made: dict[str, dict[str, str]]) -> None:
    """The pages that are kept in both languages show one, and its newest words."""
    from making import benchmarks

    kept = (DOCS / "reference" / "benchmarks.md").read_text(encoding="utf-8")
    assert benchmarks.TRANSLATED == benchmarks.digest(kept)
    assert benchmarks.TRANSLATED != benchmarks.digest(kept.replace("blank", "gap"))
    for line in made["zh"]["reference/benchmarks.md"].splitlines():
        words = [
            word
            for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"`[^`]*`", "", line))
            if not PROPER.fullmatch(word)
        ]
        assert not words or CODE.match(line), f"{words}: {line}"
    for name in ("benchmarks", "checks"):
        assert not CHINESE.search(
            re.sub(r"[专本硕博]\S", "", made["en"][f"reference/{name}.md"])
        )


ENGLISH = re.compile(r"(?:[A-Za-z][a-z']+[ ,]+){3,}[A-Za-z]+")


def test_no_english_prose_on_chinese_pages(made: dict[str, dict[str, str]]) -> None:
    """No sentence stays English on a page that is made, docstrings excepted."""
    for name, text in made["zh"].items():
        if name in ("reference/api.md", "glossary.md") or not name.endswith(".md"):
            continue
        bare = re.sub(r"(?ms)^```.*?^```|<[^>]*>|\]\([^)]*\)", "", text)
        for line in re.sub(r"`[^`\n]*`", "", bare).splitlines():
            assert not ENGLISH.search(line) or CODE.match(line), f"{name}: {line}"


PROPER = re.compile(
    r"polars|duckdb|pandas|numpy|narwhals|pyarrow|python|calamine|openfisca|core|pandera"
    r"|eduequity|cpu|parquet|resident|traced|tracemalloc|html|import",
    re.IGNORECASE,
)
CODE = re.compile(r"\| (import |from |registry |python |eduequity --|\| |---)")


def test_every_field(made: dict[str, dict[str, str]]) -> None:
    """Every column of the model and of the packs is in the dictionary."""
    from eduequity._facade import installed

    tables = dictionary(installed().fields)
    assert set(tables) <= set(model.TABLES)
    assert set(TABLES) <= set(tables)
    for lang, pages in made.items():
        parts = pages["reference/data-dictionary.md"].split("(table-")
        for table, fields in tables.items():
            (part,) = [p for p in parts if p.startswith((f"{table}-)=", f"{table})="))]
            for field in fields:
                row = re.search(rf"^\| `{field.name}`[^|]* \|.*$", part, re.MULTILINE)
                assert row, f"{lang} {table}.{field.name}"
                assert plain(field.label.get(lang)) in row[0], field.name
                assert CHINESE.search(field.label.zh), field.name
                assert re.search("[A-Za-z]{2}", field.label.en), field.name


def test_every_rule_and_value(made: dict[str, dict[str, str]]) -> None:
    """Every rule id, parameter, reading and source of every pack is on its page."""
    from eduequity._facade import installed

    for lang, pages in made.items():
        for pack in installed().packs:
            page = pages[f"regulations/{pack.info.id}.md"]
            for name, rule in pack.rules.items():
                assert plain(rule.label.get(lang)) in page, name
                assert CHINESE.search(rule.label.zh), name
                assert re.search("[a-z]{2}", rule.label.en), name
            for name in (*pack.rules, *pack.parameters, *pack.readings, *pack.sources):
                assert f"`{name}`" in page, f"{pack.info.id} {name}"
            for name, parameter in pack.parameters.items():
                after = page.split(f"**`{name}`**")[1].split("\n\n")[1]
                assert len(parameter.values) == len(after.splitlines()) - 2, name
                for value in parameter.values:
                    assert f">{value.start}</span> |" in after


def test_every_shape_and_schema(made: dict[str, dict[str, str]]) -> None:
    """Every rule shape is described in Chinese; every schema can be downloaded."""
    assert set(RULE_KINDS) == set(model.SHAPES)
    for pages in made.values():
        for kind in RULE_KINDS:
            assert f"## `{kind}`" in pages["reference/rule-shapes.md"]
        for name in SCHEMAS:
            assert f"reference/{name}.schema.json" in pages


# -- for those who carry on ------------------------------------------------------------


def test_every_place_that_contributing_names() -> None:
    """Its paths are there, CI runs its commands, its kinds are those of towncrier."""
    from making import news

    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")  # CI runs its tests
    for path in (ROOT / "CONTRIBUTING.md", DOCS / "zh" / "contributing.md"):
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"`((?:src|docs|plugins|tests|\.ci)/[\w/.]*)`", text)
        assert len(named) > 10
        assert [] == [each for each in named if not (ROOT / each).exists()]
        _, checks = (b.text for b in follow.blocks(text) if b.language == "sh")
        for command in checks.split(" && "):
            assert command in ci + readme, command
        for kind in news.kinds():
            assert f"`{kind}`" in text, kind
        example = next(b for b in follow.blocks(text) if b.language == "toml")
        tomllib.loads(example.text)
        assert example.text.replace("\n", "") in re.sub(
            "\n", "", _law_of_class_sizes()
        ), "the example is no longer that of the pack"


def _law_of_class_sizes() -> str:
    folder = ROOT / "src" / "eduequity" / "rules" / "national" / "quality_balance"
    return (folder / "government.toml").read_text(encoding="utf-8")


def test_issues_ask_for_what_is_needed() -> None:
    """The two templates ask for document and day, and for the finding without data."""
    folder = ROOT / ".github" / "ISSUE_TEMPLATE"
    law = (folder / "law_changed.md").read_text(encoding="utf-8")
    wrong = (folder / "wrong_verdict.md").read_text(encoding="utf-8")
    for asked in ("文件", "原文", "施行日期", "怎么知道"):
        assert asked in law
    for asked in ("请勿附真实数据", "eduequity explain", "依据", "eduequity --version"):
        assert asked in wrong
    for text in (law, wrong):
        assert re.match(r"---\nname: .+\nabout: .+\nlabels: \w+\n---\n", text)
    assert "Report a vulnerability" in (ROOT / "SECURITY.md").read_text("utf-8")


# -- the changelog ---------------------------------------------------------------------


def test_every_fragment() -> None:
    """Every fragment has a kind that is known, a line in Chinese and one in English."""
    from making import news

    for name, kind, lines in news.fragments():
        assert kind in news.kinds(), f"{name}: kinds are {news.kinds()}"
        assert 2 == len(lines), f"{name}: a line in Chinese, then one in English"
        assert re.search("[\u4e00-\u9fff]{4}", lines[0]), name
        assert re.match("[A-Za-z`*]", lines[1]), name


def _shown(root: Path, release: str, kinds: list[str]) -> None:
    """Assert that the fragments stand under *release*, each in its language alone."""
    from making import news

    zh, en = (news.changelog(lang, root) for lang in ("zh", "en"))
    assert f"## {release}" in zh
    assert zh.index("### 法规变动") < zh.index(f"第{kinds.index('pack')}条")
    assert en.index("### Changes of law") < en.index(f"Entry {kinds.index('pack')}.")
    for number in range(len(kinds)):
        assert f"- 第{number}条：改。（#{number}）\n" in f"{zh}\n"
        assert f"- Entry {number}. (#{number})\n" in f"{en}\n"
    assert "Entry" not in zh
    assert not re.search("[\u4e00-\u9fff]", en)


def test_every_kind_of_fragment_is_shown(tmp_path: Path) -> None:
    """A fragment of each kind is on the page while unreleased, and when released."""
    pytest.importorskip("towncrier", reason="needs the extra docs; .ci/run installs it")
    from making import news

    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    folder = tmp_path / "changelog.d"
    folder.mkdir()
    kinds = news.kinds(tmp_path)
    assert {"pack", "feature", "fix", "breaking", "deprecation"} == set(kinds)
    for number, kind in enumerate(kinds):
        fragment = folder / f"{number}.{kind}.md"
        fragment.write_text(f"第{number}条：改。\nEntry {number}.\n", encoding="utf-8")
    assert kinds == [kind for _, kind, _ in news.fragments(tmp_path)]
    _shown(tmp_path, "尚未发布", kinds)

    words = ["build", "--keep", "--version", "99.1", "--date", "2030-01-02"]
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "towncrier", *words, "--dir", str(tmp_path)],
        check=True,
        capture_output=True,
    )
    shutil.rmtree(folder)
    folder.mkdir()
    _shown(tmp_path, "99.1", kinds)


# -- the site itself -------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; a warning fails."""
    built = os.environ.get("EDUEQUITY_SITE")
    if built:
        return Path(built)
    pytest.importorskip("furo", reason="needs the extra docs; .ci/run installs it")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(DOCS / "build.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr[-4000:]
    return folder


def test_site_is_paired(site: Path) -> None:
    """Every page has its partner, and leads there."""
    names = {}
    for lang in ("zh", "en"):
        names[lang] = {
            path.relative_to(site / lang).as_posix()
            for path in (site / lang).rglob("*.html")
        }
    assert names["zh"] == names["en"]
    for lang, other in (("zh", "en"), ("en", "zh")):
        for name in names[lang]:
            text = (site / lang / name).read_text(encoding="utf-8")
            depth = "../" * (name.count("/") + 1)
            assert f'href="{depth}{other}/{html.escape(name)}"' in text, name


def test_chinese_stands_first(site: Path) -> None:
    """On the Chinese page of the API the Chinese line precedes the English one."""
    said = (site / "zh" / "reference" / "api.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", said))
    for module, names in words.NAMES.items():
        for name, line in names.items():
            if not inspect.ismodule(getattr(ee, name, None)):
                assert line.replace("`", "") in text, f"{module}.{name}"
    first, then = (
        text.index("求缺口：使未达标项达标的最小整数改动。"),
        text.index("Return what is missing: the smallest whole change"),
    )
    assert first < then
    assert "求缺口" not in (site / "en" / "reference" / "api.html").read_text("utf-8")


class _Links(HTMLParser):
    """What a page leads to, and where it can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag has of both."""
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif name in ("href", "src") and value:
                self.targets.append(value)


def _dead_links(site: Path) -> Iterator[str]:
    pages = {
        path.resolve(): _Links(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
    }
    for path, page in pages.items():
        for target in set(page.targets):
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            beside = path.parent / urllib.parse.unquote(parts.path)
            other = (beside if parts.path else path).resolve()
            anchor = urllib.parse.unquote(parts.fragment)
            name = path.relative_to(site.resolve())
            if not other.is_file():
                yield f"{name}: {target}: no such file"
            elif anchor and other in pages and anchor not in pages[other].anchors:
                yield f"{name}: {target}: no such place"


def test_site_has_no_dead_link(site: Path) -> None:
    """Every link, picture and script within the site is there, to the very heading."""
    assert [] == sorted(_dead_links(site))


def test_a_dead_link_is_noticed(tmp_path: Path) -> None:
    """A missing file and a missing heading are named, what is there is not."""
    page = '<a href="b.html#x">1</a><a href="b.html#y">2</a><img src="c%20d.png">'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h1 id="x"><a href="#">3</a>', encoding="utf-8")
    assert [
        "a.html: b.html#y: no such place",
        "a.html: c%20d.png: no such file",
    ] == sorted(_dead_links(tmp_path))


SEEN = (
    "index",
    "tutorials/first-assessment",
    "tutorials/workbook-to-report",
    "regulations/national-quality-balance",
    "explanation/architecture",
)
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
KEPT = ROOT / "artefacts" / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("EDUEQUITY_BROWSER") == "required":
            pytest.fail("no chromium")
        pytest.skip("no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--allow-file-access-from-files"],
        )
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_site_is_seen(site: Path, browser: Browser, lang: str, width: str) -> None:
    """Pages show without a complaint or a request, nothing runs over the edge."""
    wide, high = WIDTHS[width]
    page = browser.new_page(viewport={"width": wide, "height": high})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in SEEN:
        page.goto((site / lang / f"{name}.html").as_uri())
        missing = page.evaluate(
            "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        )
        assert [] == missing, name
        assert wide >= page.evaluate("document.documentElement.scrollWidth"), name
        shot = KEPT / f"{name.replace('/', '-')}-{lang}-{width}.png"
        page.screenshot(path=shot, full_page=name != SEEN[3])
    assert [] == said
    assert [] == [url for url in asked if not url.startswith(("file:", "data:"))]
    page.close()


SEVERAL, NOTHING = "骨干教师差异系数", "冥王星轨道"
TERMS = (
    "差异系数",
    "优质均衡",
    SEVERAL,
    "生均教学及辅助用房面积",
    "教学及辅助用房",
    "整改台账",
    "销号",
    "evaluate",
)


@pytest.mark.browser
@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize(
    ("lang", "asked"),
    [
        ("zh", TERMS),
        ("en", ("差异系数", "coefficient of variation", "evaluate")),
    ],
)
def test_search_finds_the_terms(
    site: Path, browser: Browser, lang: str, asked: tuple[str, ...], width: str
) -> None:
    """In a real browser a search finds pages and leads to one that has the words."""
    wide, high = WIDTHS[width]
    page = browser.new_page(viewport={"width": wide, "height": high})
    search = (site / lang / "search.html").as_uri()
    KEPT.mkdir(parents=True, exist_ok=True)
    first = page.locator("#search-results ul.search li a").first
    for term in asked:
        page.goto(f"{search}?q={urllib.parse.quote(term)}")
        first.wait_for(timeout=30000)
        if term == asked[0]:
            page.wait_for_timeout(500)  # the summaries come one by one
            page.screenshot(path=KEPT / f"search-{lang}-{width}.png")
        assert wide >= page.evaluate("document.documentElement.scrollWidth")
        first.click()
        page.wait_for_selector("article")
        if term != SEVERAL:
            assert term in page.inner_text("article"), term
    page.goto(f"{search}?q={urllib.parse.quote(NOTHING)}")
    page.wait_for_selector("#search-results p.search-summary:not(:empty)")
    assert 0 == page.locator("#search-results ul.search li").count()
    page.close()
