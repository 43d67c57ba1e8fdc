"""
How long a county workbook of a hundred schools takes to read and check.

The yardstick is calamine's own time for the same file: opening it and turning every
sheet into Python values. Both run in turn, so that what else the machine does meets
both alike. All schools are synthetic.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Section, alternate
from eduequity.io import read
from eduequity.model import BANDS, TABLES


__all__ = ["reading", "write_county"]

SCHOOLS = 100
TARGET = 5.0
"""At most so many times calamine's own time."""

_WHOLE = {"integer", "number"}


def write_county(path: Path, schools: int = SCHOOLS, *, seed: int = 7) -> Path:
    """Write a synthetic county workbook: every column of a school, in Chinese."""
    import xlsxwriter

    chance = random.Random(seed)
    rows = [_school(number, chance) for number in range(schools)]
    labels = {n: f.label_of(n).zh for f in TABLES["schools"] for n in f.names}
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("区县")
        sheet.write_row(0, 0, ["区县代码", "区县名称", "合成数据"])
        sheet.write_row(1, 0, ["999901", "合成县", "是"])
        sheet = book.add_worksheet("学校")
        sheet.write_row(0, 0, [labels[name] for name in rows[0]])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, list(row.values()))
    return path


def _school(number: int, chance: random.Random) -> dict[str, Any]:
    """Return a synthetic primary school whose figures do not contradict each other."""
    pupils = chance.randint(200, 900)
    classes = pupils // 40 + 1
    row: dict[str, Any] = {
        "code": f"99990100{number:03d}",
        "name": f"合成第{number}小学",
        "kind": "小学",
        "owner": "公办",
        "locale": chance.choice(["城区", "镇区", "乡村"]),
    }
    for field in TABLES["schools"]:
        name = f"primary_{field.name}" if field.per_stage else field.name
        if name in row or name == "county":
            continue
        if field.name in BANDS or field.name in _ZERO:
            row[name] = 0
        elif field.type == "yes_no" and field.name not in _ABSENT:
            row[name] = "是"
        elif field.name in _PEOPLE:
            row[name] = pupils
        elif field.name in _FIXED:
            row[name] = _FIXED[field.name]
        elif field.type in _WHOLE and field.name not in _ABSENT:
            row[name] = chance.randint(1, 4) if field.type == "integer" else pupils * 9
    return row | {
        "primary_pupils": pupils,
        "primary_classes": classes,
        "primary_classes_36_40": classes,
        "primary_full_time_teachers": classes * 3 + 36,
        "indoor_sports_area": 100.5,
    }


_ZERO = {"music_rooms_73_96", "music_rooms_61_73", "art_rooms_67_90", "art_rooms_61_67"}
_ABSENT = {"counts_as_school", "campus"}
_PEOPLE = {"entrants_three_years_ago"}
_FIXED = {"built_year": 1998, "largest_class": 40, "funded_pupils": 300}


def reading(scale: float, repeat: int) -> Section:
    """Compare reading with all checks and calamine's own time; a county stays one."""
    del scale
    theirs, ours = "calamine", "read and checked"
    with tempfile.TemporaryDirectory() as folder:
        path = write_county(Path(folder) / "county.xlsx")
        cells = _calamine(path)
        jobs = {theirs: lambda: _calamine(path), ours: lambda: read(path)}
        times = alternate(jobs, repeat)
    title = f"A county workbook of {SCHOOLS} schools, {cells:,} cells"
    what = f"{title} / calamine's own time"
    return Section(
        [times.table(title, theirs)],
        [times.target(what, ours, theirs, TARGET)],
    )


def _calamine(path: Path) -> int:
    import python_calamine

    with python_calamine.load_workbook(str(path)) as book:
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return sum(len(row) for rows in sheets for row in rows)
