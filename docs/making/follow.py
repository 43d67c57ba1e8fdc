"""
Follow a page to the letter: run its commands and code, write its files, compare.

``python docs/making/follow.py PAGE…`` runs each page in a folder of its own with the
interpreter that runs this; ``--install`` also runs the lines that make an environment
and install into it; ``--jobs 2`` follows two pages at a time. Only the standard library
is used.

- a block with a caption is a file: it is written under that name;
- ``console`` is a transcript: ``$`` before a command, then what it prints; a line ``…``
  stands for any lines, ``…`` in a line for anything; a status other than 0 must be
  followed by ``$ echo $?``;
- ``python`` is run, ``pycon`` is a doctest; both share one interpreter per page;
- ``powershell`` is turned into sh (`as_sh`), on a machine without Windows, and run with
  ``--install``;
- ``toml`` and ``json`` without a caption are parsed;
- ``text`` is no code; the languages in `NOT_RUN` are listed with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple


__all__ = ["NOT_RUN", "Block", "MismatchError", "as_sh", "blocks", "follow"]

NOT_RUN = {
    "text": "no code",
    "toctree": "Sphinx",
    "raw": "Sphinx",
    "eval-rst": "Sphinx",
    "mermaid": "a drawing",
    "yaml": "the file of another system",
}
PARSED = {"toml": tomllib.loads, "json": json.loads}
INSTALL = re.compile(r"(python3? -m venv|\. \S*activate|pip install|python3? -m pip) ?")

_WINDOWS = (
    (r"^py -3\.\d+ ", "python "),
    (r"^([A-Z]):\\(\w+)\\Scripts\\", r"./\1/\2/bin/"),
    (r" ([A-Z]):\\(\w+)$", r" ./\1/\2"),
    (r" --platform win_amd64 --python-version 3\.\d+", ""),
    # Nothing but the folder that the page names, whatever this machine is set to.
    (r"^(.* --no-index )", r"env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null \1"),
)

_FENCE = re.compile(r"^(`{3,}|:{3,})(\{[\w:-]+\}|[\w-]*)[ ]*(.*)$")


class MismatchError(AssertionError):
    """A page does not do what it says."""


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    caption: str
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """Yield the code blocks of a page, those within other directives too."""
    lines = iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        match = _FENCE.match(line.strip())
        if not match or not match[1].startswith("`"):
            continue
        inside = []
        for _, each in lines:
            if each.strip() == match[1]:
                break
            inside.append(each)
        word, said, caption = match[2], match[3].strip(), ""
        if word == "{code-block}":
            word = said
            while inside and inside[0].startswith(":"):
                option, _, value = inside.pop(0)[1:].partition(":")
                caption = value.strip() if option == "caption" else caption
        yield Block(word.strip("{}"), caption, "\n".join(inside).strip("\n"), number)


def follow(page: Path, folder: Path, *, install: bool = False) -> int:
    """
    Run *page* in *folder*; return how many blocks ran.

    Raises:
        MismatchError: With page and line of the first block that fails.
    """
    shell, ran = _Shell(folder, install=install), 0
    try:
        for block in blocks(page.read_text(encoding="utf-8")):
            try:
                ran += _run(block, shell, install=install)
            except MismatchError as error:
                raise MismatchError(f"{page}:{block.line}: {error}") from None
    finally:
        shell.close()
    return ran


def _run(block: Block, shell: _Shell, *, install: bool) -> bool:
    if block.caption:
        path = shell.folder() / block.caption
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text + "\n", encoding="utf-8")
    elif block.language in ("console", "powershell"):
        _commands(block, shell, install=install)
    elif block.language in ("python", "pycon"):
        shell.python(block.language, block.text)
    elif block.language in PARSED:
        try:
            PARSED[block.language](block.text)
        except ValueError as error:
            raise MismatchError(f"not {block.language}: {error}") from None
    elif block.language not in NOT_RUN:
        raise MismatchError(
            f"a block of {block.language!r}: nobody knows how to run it"
        )
    else:
        return False
    return True


def _commands(block: Block, shell: _Shell, *, install: bool) -> None:
    windows = block.language == "powershell"
    for command, expected in (
        [(as_sh(line), list[str]()) for line in block.text.splitlines()]
        if windows
        else _transcript(block.text)
    ):
        installs = windows or (INSTALL.match(command) and ".whl" not in command)
        if installs and not install:
            continue
        _compare(command, expected, shell.run(command))
    shell.settled()


def as_sh(line: str) -> str:
    """
    Return what does on this machine what *line* of PowerShell does on Windows.

    Only the start of the interpreter, the folders of an environment and the platform
    that is asked for differ; anything else of Windows is refused.

    Raises:
        MismatchError: The line has something that cannot be turned.
    """
    turned = line
    for pattern, ours in _WINDOWS:
        turned = re.sub(pattern, ours, turned)
    if re.search(r"\\|\$env:|`|^\w+-\w+ |[A-Z]:", turned):
        raise MismatchError(f"not turned into sh: {line}")
    return turned


def _transcript(text: str) -> Iterator[tuple[str, list[str]]]:
    command, expected = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], []
        elif command.endswith("\\"):
            command = f"{command[:-1]}{line.lstrip()}"
        else:
            expected.append(line)
    yield command, expected


def _compare(command: str, expected: list[str], found: str) -> None:
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if line.strip() in ("…", "……")
        else ".*?".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
        for line in expected
    )
    said = "\n".join(line.rstrip() for line in found.splitlines()) + "\n"
    said = said.strip("\n") + "\n" if said.strip() else ""
    if expected and not re.fullmatch(r"\n*" + pattern + r"\n*", said):
        wanted = "\n".join(expected)
        raise MismatchError(f"$ {command}\n--- expected\n{wanted}\n--- found\n{found}")


class _Shell:
    """One bash and one Python for a page."""

    END = "=== done"

    def __init__(self, folder: Path, *, install: bool) -> None:
        here = Path(sys.executable).parent
        env = {
            **os.environ,
            "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
            "NO_COLOR": "1",
        }
        if not install:  # a wheel that a page builds goes beside it
            env["PIP_TARGET"] = str(folder / ".site")
            known = [env["PIP_TARGET"], *filter(None, [env.get("PYTHONPATH")])]
            env["PYTHONPATH"] = os.pathsep.join(known)
        self.env = env
        self.bash = _open(["bash"], folder, env)
        self.worker: subprocess.Popen[str] | None = None
        self.status = 0

    def run(self, command: str) -> str:
        """Run one command and return what it printed."""
        asked = command.strip() == "echo $?"
        if self.status and not asked:
            self.settled()
        found, status = self._said(f"(exit {self.status})\n{command}")
        self.status = 0 if asked else status
        self.last = f"$ {command}\n{found}"
        return found

    def settled(self) -> None:
        """Refuse a status that the page does not show."""
        if self.status:
            raise MismatchError(f"ended with {self.status}: {self.last}")

    def folder(self) -> Path:
        """Return where the shell is."""
        return Path(self._said("pwd")[0].strip())

    def _said(self, command: str) -> tuple[str, int]:
        assert self.bash.stdin is not None
        assert self.bash.stdout is not None
        self.bash.stdin.write(f"{command}\nprintf '\\n{self.END} %d\\n' $?\n")
        self.bash.stdin.flush()
        lines = []
        for line in self.bash.stdout:
            if line.startswith(self.END):
                return "".join(lines)[:-1], int(line.removeprefix(self.END))
            lines.append(line)
        raise MismatchError(f"the shell ended in: {command}\n{''.join(lines)}")

    def python(self, kind: str, source: str) -> None:
        """Run Python in the page's interpreter, which starts where the shell is."""
        if self.worker is None:
            python = self._said("command -v python")[0].strip()
            self.worker = _open([python, "-u", "-c", _WORKER], self.folder(), self.env)
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        self.worker.stdin.write(json.dumps([kind, source]) + "\n")
        self.worker.stdin.flush()
        lines = []
        for line in self.worker.stdout:
            if line.startswith(self.END):
                if "bad" in line:
                    raise MismatchError("".join(lines))
                return
            lines.append(line)
        raise MismatchError("the interpreter ended: " + "".join(lines))

    def close(self) -> None:
        """End both."""
        for each in (self.bash, self.worker):
            if each is not None:
                assert each.stdin is not None
                assert each.stdout is not None
                each.stdin.close()
                each.stdout.close()
                each.terminate()
                each.wait()


def _open(words: list[str], folder: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own pages
        words,
        cwd=folder,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


_WORKER = """
import doctest, json, sys, traceback
sys.path.insert(0, "")
space = {"__name__": "page"}
flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
parser = doctest.DocTestParser()
for line in sys.stdin:
    kind, source = json.loads(line)
    good = True
    try:
        if kind == "python":
            exec(compile(source, "page", "exec"), space)
        else:
            test = parser.get_doctest(source.replace("…", "...") + "\\n", space, "page", None, 0)
            runner = doctest.DocTestRunner(optionflags=flags)
            good = not runner.run(test, clear_globs=False).failed
            space.update(test.globs)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        good = False
    print("\\n=== done", "good" if good else "bad", flush=True)
"""


def _main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("pages", nargs="+", type=Path)
    asked.add_argument("--install", action="store_true")
    asked.add_argument("--jobs", type=int, default=1)
    given = asked.parse_args()

    def alone(page: Path) -> str:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            ran = follow(page, Path(folder), install=given.install)
        return f"{page}: {ran} blocks, {time.monotonic() - start:.0f} s\n"

    with ThreadPoolExecutor(given.jobs) as at_once:
        sys.stdout.writelines(at_once.map(alone, given.pages))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
