"""The demo's data: copied on request, never over anything."""

from __future__ import annotations

import shutil
from pathlib import Path

from eduequity.errors import OutputError


__all__ = ["FOLDER", "hint", "save"]

FOLDER = "demo-county"
"""The folder that the demo suggests to save its data in."""


def save(demo: Path, folder: str) -> None:
    """
    Copy the demo's tables into *folder*, which is made if need be.

    Raises:
        OutputError: A table of that name is there already, or cannot be written.
    """
    target = Path(folder)
    tables = sorted(demo.glob("*.csv"))
    for table in tables:
        if (target / table.name).exists():
            raise OutputError(
                str(target / table.name),
                "已经存在，不会覆盖；请换一个文件夹",
                "is there already and is not overwritten; choose another folder",
            )
    try:
        target.mkdir(exist_ok=True)
        for table in tables:
            shutil.copyfile(table, target / table.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            folder, f"无法写入：{reason}", f"cannot be written: {reason}"
        ) from error


def hint(saved: str | None, lang: str) -> str:
    """Say where the data is, or how to get at it."""
    if saved is not None:
        return f"示例数据已存到 {saved}" if lang == "zh" else f"data saved in {saved}"
    command = f"eduequity demo --save {FOLDER}"
    if lang == "zh":
        return f"以上命令先要取得示例数据：{command}"
    return f"These commands need the demo's data first: {command}"
