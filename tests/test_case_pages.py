"""The pages of the cases, in both languages: commands print what the pages show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eduequity.__main__ import main


ROOT = Path(__file__).parent.parent
FOLDERS = {"en": ROOT / "docs" / "cases", "zh": ROOT / "docs" / "zh" / "cases"}
PAGES = {lang: sorted(each.glob("[!i]*.md")) for lang, each in FOLDERS.items()}
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"^\$ eduequity ([^\n]*)\n(.*?)^# exit (\d+)$", re.MULTILINE | re.DOTALL
)

RUNS = [
    pytest.param(*found.groups(), id=f"{lang}-{page.stem}-{number}")
    for lang, pages in PAGES.items()
    for page in pages
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
    for number, found in enumerate(COMMAND.finditer(block))
]


def test_every_case_has_its_page() -> None:
    """Each case has a page in each language with at least two commands."""
    cases = {each.parent.name for each in ROOT.glob("examples/cases/*/expected.toml")}

    for pages in PAGES.values():
        assert cases == {page.stem for page in pages}
    assert len(RUNS) >= 2 * sum(map(len, PAGES.values()))


def test_transcripts_are_kept_literally() -> None:
    """The translation shows the very transcripts of its source."""
    for english, chinese in zip(PAGES["en"], PAGES["zh"], strict=True):
        shown = [
            BLOCK.findall(page.read_text(encoding="utf-8"))
            for page in (english, chinese)
        ]

        assert shown[0] == shown[1], english.stem


@pytest.mark.parametrize(("command", "shown", "status"), RUNS)
def test_commands_print_what_the_page_shows(
    command: str,
    shown: str,
    status: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Status and every line shown are those of a run, in this order."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "80")
    found = main(command.split())
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    assert int(status) == found
    for line in shown.splitlines():
        if line != "…":
            assert line in printed, line
            printed = printed[printed.index(line) + 1 :]
