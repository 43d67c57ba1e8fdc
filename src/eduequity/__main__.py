"""
The command ``eduequity``: start quickly, end with the right status.

0 met, 1 unmet, 3 unknown; 2 the input, the packs or the usage cannot be used; 70 a bug
of ours; 130 interrupted. ``--version`` is answered before anything else is imported.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["main"]

UNUSABLE = 2
BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141

_OF_THE_EXTRA = ("cyclopts", "rich", "rich_rst", "docstring_parser")


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line and return its exit status.

    Args:
        arguments: What stands behind the command; those of the process by default.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        from importlib.metadata import version

        print(f"eduequity {version('eduequity')}")  # noqa: T201
        return 0
    try:
        return _run(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever else is raised is our bug
        return _failed(error)


def _failed(error: Exception) -> int:
    if isinstance(error, OSError) and error.filename is None:  # stdout, not a file
        _forget_stdout()
        if isinstance(error, BrokenPipeError):
            return BROKEN_PIPE
        _complain(f"输出失败 the output could not be written: {error.strerror}")
        return UNUSABLE
    _confess(error)
    return BUG


def _run(given: list[str]) -> int:
    try:
        import rich  # noqa: F401 - said now, not in the middle of the work

        from eduequity.cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        _complain(
            "eduequity's command line needs an extra: run pip install 'eduequity[cli]'"
        )
        return UNUSABLE
    status = run(given)
    sys.stdout.flush()
    return status


def _complain(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201


def _forget_stdout() -> None:
    """Nobody can read any more: let the interpreter's last flush go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _confess(error: Exception) -> None:
    import traceback
    from importlib.metadata import metadata, version

    traceback.print_exception(error, file=sys.stderr)
    links = dict(
        link.split(", ", 1) for link in metadata("eduequity").get_all("Project-URL", [])
    )
    where = links.get("Issues") or links.get("Repository") or "the eduequity project"
    _complain(
        "这是 eduequity 自身的错误，不是您的数据有误；请把以上内容报告给维护者。"
        f"This is a bug of eduequity {version('eduequity')}, not of your data: "
        f"please report it, with the text above, to {where}"
    )


if __name__ == "__main__":
    sys.exit(main())
