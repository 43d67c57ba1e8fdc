"""Writing a file: whole or not at all, and never over something that must stay."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from eduequity.errors import OutputError


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from eduequity.engine import Assessment


__all__ = ["Renderer", "check_target", "check_workbook", "write", "write_bytes"]


class Renderer(Protocol):
    """Writes a result into a binary stream, in ``zh`` or ``en``."""

    def __call__(
        self, assessment: Assessment, stream: IO[bytes], *, lang: str = "zh"
    ) -> None:
        """Write *assessment* into *stream*."""


def write(
    assessment: Assessment,
    path: str | os.PathLike[str],
    renderers: Mapping[str, Renderer],
    *,
    lang: str = "zh",
    tabs: Sequence[object] = (),
) -> None:
    """
    Write a result into a file; the renderer is found by its suffix.

    Args:
        assessment: The result.

        path: The file. What stood there is replaced at once, or stays as it was.

        renderers: By suffix, such as ``.json``.

        lang: ``zh`` or ``en``.

        tabs: What stands beside the result in tabs; only ``.html`` has any.

    Raises:
        OutputError: Nobody writes that suffix, or the file cannot be written.

        InputError: A tab is of other counties.
    """
    if tabs:
        from eduequity.report import _html

        check_target(path, (".html",))
        write_bytes(
            path, lambda out: _html.write_html(assessment, out, lang=lang, tabs=tabs)
        )
        return
    check_target(path, renderers)
    renderer = renderers[Path(path).suffix.casefold()]
    write_bytes(path, lambda stream: renderer(assessment, stream, lang=lang))


def check_target(path: str | os.PathLike[str], suffixes: Iterable[str]) -> None:
    """
    Refuse a file that could not be written, before any work is done.

    Args:
        path: The file.

        suffixes: Those that can be written, such as ``.json``.

    Raises:
        OutputError: With the reason.
    """
    _check_suffix(path, suffixes)
    _check_place(path)


def _check_suffix(path: str | os.PathLike[str], suffixes: Iterable[str]) -> None:
    suffix = Path(path).suffix.casefold()
    known = ", ".join(sorted(suffixes))
    if suffix not in known.split(", "):
        raise OutputError(
            os.fspath(path),
            f"不支持写出“{suffix}”类型的文件，应为 {known}",
            f"files of type {suffix!r} cannot be written, expected {known}",
        )


def check_workbook(
    path: str | os.PathLike[str],
    *,
    apart_from: str | os.PathLike[str] | None = None,
    must_be_new: bool = False,
) -> None:
    """
    Refuse a workbook that could not or must not be written.

    Args:
        path: The ``.xlsx`` that somebody wants to write.

        apart_from: The data: *path* must neither be it nor lie in it.

        must_be_new: Whether a file that is there already is refused.

    Raises:
        OutputError: With the reason.
    """
    _check_suffix(path, (".xlsx",))
    _check_place(path)
    target = Path(os.path.realpath(path))
    if must_be_new and target.exists():
        raise OutputError(
            os.fspath(path),
            "已有此文件，不会覆盖（可能已填写数据）；请换一个文件名",
            "is there already and may be filled in, so it is not overwritten; choose "
            "another name",
        )
    source = Path(os.path.realpath(apart_from)) if apart_from is not None else None
    if source is not None and (
        source == target
        or (source.is_dir() and target.is_relative_to(source))
        or (source.exists() and target.exists() and source.samefile(target))
    ):
        raise OutputError(
            os.fspath(path),
            "会写到数据本身或其文件夹中；请换一个文件名或文件夹",
            "would be written over or among the data; choose another name or folder",
        )


def _check_place(path: str | os.PathLike[str]) -> None:
    target, name = Path(path), os.fspath(path)
    if target.is_dir():
        raise OutputError(
            name, "这是文件夹，应为文件名", "this is a folder, expected a file"
        )
    if not target.absolute().parent.is_dir():
        raise OutputError(
            name,
            "所在的文件夹不存在，请先建立",
            "its folder does not exist, create it first",
        )
    if target.exists():
        mode = target.stat().st_mode
        if not stat.S_ISREG(mode):
            raise OutputError(name, "不是普通文件", "this is no regular file")
        if not mode & stat.S_IWUSR or not os.access(target, os.W_OK):
            raise OutputError(
                name,
                "文件是只读的；请改用别的文件名，或取消只读",
                "the file is read-only; choose another name or make it writable",
            )


def write_bytes(
    path: str | os.PathLike[str], fill: Callable[[IO[bytes]], object]
) -> None:
    """
    Let *fill* write a temporary file beside *path*, then put it in its place.

    Raises:
        OutputError: The file cannot be written; what stood there is untouched.
    """
    _check_place(path)
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.tmp")
    with _told_as_output_error(os.fspath(path)):
        try:
            with beside.open("xb") as stream:
                fill(stream)
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def _told_as_output_error(path: str) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except PermissionError as error:
        raise OutputError(
            path,
            "无法写入：没有权限，或正被别的程序打开；请先关闭该文件",
            "cannot be written: no permission, or another program has it open; "
            "close it first",
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            path, f"无法写入：{reason}", f"cannot be written: {reason}"
        ) from error
