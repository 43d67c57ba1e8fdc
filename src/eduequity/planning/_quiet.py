"""
Keeping a solver's own messages off the standard output.

HiGHS prints lines of its own while it works, past Python; printed JSON would be spoilt.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path


__all__ = ["quietly"]


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Send what is written past Python to nowhere, where the system lets us."""
    try:
        sys.stdout.flush()
        kept = os.dup(_STDOUT)
    except (AttributeError, OSError, ValueError):  # no standard output to guard
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            _flush()
            os.dup2(nowhere.fileno(), _STDOUT)
            try:
                yield
            finally:
                _flush()
                os.dup2(kept, _STDOUT)
    finally:
        os.close(kept)


_STDOUT = 1


def _flush() -> None:
    """Write out what the C library still holds, or it would come out later."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).fflush(None)
