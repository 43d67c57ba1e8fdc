"""The quick reader of TOML says what `tomllib` says, or what it refuses."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduequity.rules import _toml


ROOT = Path(__file__).parents[1]
PACKS = sorted(
    [
        *ROOT.glob("src/eduequity/rules/national/*/*.toml"),
        *ROOT.glob("plugins/*/src/*/packs/*/*.toml"),
        *ROOT.glob("src/eduequity/template/src/*/packs/*/*.toml"),
    ]
)


def read(reader: Any, text: str) -> str:
    """Return what a reader makes of a text, types and order and all."""
    try:
        return repr(reader(text))
    except tomllib.TOMLDecodeError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("path", PACKS, ids=str)
def test_our_packs_are_read_without_giving_up(path: Path) -> None:
    """What is meant to be quick is read by itself, and is the same."""
    text = path.read_text("utf-8")

    assert repr(tomllib.loads(text)) == repr(_toml._Document().read(text))


ODD = [
    "",
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a.b]\n[a]\nc = 1",
    "[a.b]\n[a]\nb = 1",
    "[[a]]\n[a]",
    "[a]\n[[a]]",
    "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3",
    "[[a.b]]\nc = 1\n[a.b.d]\n[[a.b]]\n[a.b.d]",
    "a = []\n[[a]]",
    "a = {}\n[a.b]",
    "a = { b = 1 }\n[a]",
    "a = { b = 1, b = 2 }",
    "a.b = 1\na.c = 2",
    "[a]\nb.c = 1\n[a.b]",
    '"a" = 1',
    '["a".b]\nc = 1',
    'a = "\\u4e2d"',
    'a = "\t"',
    'a = """x\n[b]\nc = 1\n"""',
    "a = '''\nb = 1\n'''",
    "a = [\n1,\n# no\n2,\n]\nb = 1",
    "a = [\n1\n]]\n",
    "a = [1, 2,]",
    'a = ["x", "y = 1"]\nb = { zh = "a = 1", en = "x" }',
    "a = 2020-13-01",
    "a = 2020-01-01T00:00:00Z",
    "a = 0123",
    "a = -0",
    "a = 1_000",
    "a = 1e3",
    "a = 1.0",
    "a = .5",
    "a = +1",
    "a = inf",
    "a = true # yes",
    "a = True",
    "a = 1 b = 2",
    "# \x01",
    "a = 1\r\nb = 2\r\n",
    "a = 1\rb = 2",
    "  a = 1\n\t[b]\n c = 2",
    "[ a . b ]\nc = 1",
    "a =\n1",
    "a = ١",
    "é = 1",
    'a = "b" "c"',
    "[a]]",
    "[[a]",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts(text: str) -> None:
    """Whatever TOML has a rule for."""
    assert read(tomllib.loads, text) == read(_toml.loads, text)


LINES = [
    "[a]",
    "[a.b]",
    "[[a]]",
    "[[a.b]]",
    "[b.a.b]",
    "a = 1",
    "b = 2.50",
    "b = { a = 1 }",
    'a = ["x", "y"]',
    "a = []",
    "a.b = 1",
    "a = [",
    "]",
    "",
    "# x",
    'c = "中"',
    "c = 2020-01-01",
    'a = """',
    "d = [{ a = { b = [1] } }]",
]


@given(st.lists(st.sampled_from(LINES), max_size=8).map("\n".join))
def test_any_rows_of_statements(text: str) -> None:
    """Tables and keys that stand twice, lists that never end, in any order."""
    assert read(tomllib.loads, text) == read(_toml.loads, text)


@given(
    st.sampled_from(PACKS).map(lambda path: path.read_text("utf-8")),
    st.floats(0, 1),
    st.integers(0, 3),
    st.sampled_from([*'"[]{}=#.,\\\n\r\t -0aZ中', "", '"""', "[[", "a = 1\n"]),
)
def test_packs_with_a_slip(text: str, at: float, gone: int, put: str) -> None:
    """A pack in which somebody mistyped something somewhere."""
    start = text.rfind("\n[", 0, int(at * len(text))) + 1
    piece = text[start : start + 400]
    here = int(at * 1000) % max(len(piece), 1)
    spoilt = piece[:here] + put + piece[here + gone :]

    assert read(tomllib.loads, spoilt) == read(_toml.loads, spoilt)
