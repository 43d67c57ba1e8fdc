"""The console: no character may ever be its undoing."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TextIO


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console


__all__ = [
    "console",
    "is_utf8",
    "progress",
    "put",
    "put_json",
    "say_error",
    "settle_streams",
]

_PLAIN = {
    "≥": ">=",
    "≤": "<=",
    "²": "2",
    "㎡": "m2",
    "·": "-",
    "…": "...",
    "—": "-",
    "–": "-",
    "×": "x",
    "√": "sqrt ",
    "⌈": "ceil(",
    "⌉": ")",
    "（": " (",
    "）": ")",
    "：": ": ",
    "；": "; ",
    "，": ", ",
    "、": ", ",
    "《": '"',
    "》": '"',
    "「": '"',
    "」": '"',
    "“": '"',
    "”": '"',
    "Ⅰ": "I",
    "Ⅱ": "II",
    "Ⅲ": "III",
    "Ⅳ": "IV",
    "Ⅴ": "V",
    "Ⅵ": "VI",
    "※": "*",
}
_HANDLER = "eduequity.plain"


def settle_streams() -> None:
    """Make stdout and stderr write what they can and replace what they cannot."""
    codecs.register_error(_HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(_PLAIN.get(each, "?") for each in lost), error.end


def is_utf8(stream: TextIO) -> bool:
    """Whether *stream* can write every character."""
    return (stream.encoding or "").casefold().startswith("utf")


def console() -> Console:
    """Return rich's console on stdout as it is now; a closed pipe raises."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    settings: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
    return _Console(file=sys.stdout, **settings)


@contextlib.contextmanager
def progress(lang: str) -> Iterator[Callable[[int, int, str], None] | None]:
    """
    Yield what shows, on a terminal alone, how far the reading of a folder is.

    It is shown on stderr and leaves nothing behind; elsewhere nothing is yielded.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    shown = Progress(
        TextColumn("读取" if lang == "zh" else "reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(file=sys.stderr),
        transient=True,
    )
    with shown as bar:
        task = bar.add_task("", total=None, visible=False)

        def tell(done: int, files: int, name: str) -> None:
            plain = "".join(c if c.isprintable() else "?" for c in name)
            bar.update(
                task, completed=done, total=files, description=plain, visible=True
            )

        yield tell


def put(chunks: Iterable[str]) -> None:
    """Write *chunks* on stdout as they come."""
    for chunk in chunks:
        sys.stdout.write(chunk)


def put_json(told: object) -> None:
    """Write plain data on stdout as JSON, escaped where the console needs it."""
    ascii_only = not is_utf8(sys.stdout)
    put([json.dumps(told, ensure_ascii=ascii_only, indent=1, allow_nan=False), "\n"])


def say_error(message: str) -> None:
    """Write *message* on stderr, undecorated."""
    sys.stderr.write(f"{message}\n")
