"""The pages of the cases: their commands print what the pages show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eduequity.__main__ import main


ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "cases").glob("[!i]*.md"))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"^\$ eduequity ([^\n]*)\n(.*?)^# exit (\d+)$", re.MULTILINE | re.DOTALL
)

RUNS = [
    pytest.param(*found.groups(), id=f"{page.stem}-{number}")
    for page in PAGES
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
    for number, found in enumerate(COMMAND.finditer(block))
]


def test_every_case_has_its_page() -> None:
    """Each case has a page with at least two commands."""
    cases = {each.parent.name for each in ROOT.glob("examples/cases/*/expected.toml")}

    assert cases == {page.stem for page in PAGES}
    assert len(RUNS) >= 2 * len(PAGES)


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
