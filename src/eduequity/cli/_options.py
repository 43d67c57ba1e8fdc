"""The options that several commands share, declared once."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, TypeAlias

import attrs
from cyclopts import Parameter


__all__ = ["Format", "Lang", "LawOptions", "Level", "OutputOptions", "Repeated"]

Lang: TypeAlias = Literal["zh", "en"]
Repeated: TypeAlias = Annotated[
    tuple[str, ...], Parameter(negative=(), show_default=False)
]
Format: TypeAlias = Literal["table", "json"]
Level: TypeAlias = Literal["nation", "province", "city", "county"]


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class LawOptions:
    """
    Which law is applied.

    Args:
        on: The day whose law counts, such as 2024-12-31; today by default, in the
            demo 2024-12-31. 评估日期

        programme: The programme. 评估项目

        option: NAME=VALUE, a reading of an ambiguous text; may be repeated. 口径

        as_area: Use the law of this area code in place of the county's own. 按何地规定

        lang: The language, zh or en. 语言
    """

    on: dt.date | None = None
    programme: str = "quality-balance"
    option: Repeated = ()
    as_area: str | None = None
    lang: Lang = "zh"


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class OutputOptions:
    """
    What is written, and which verdict counts.

    Args:
        level: The level whose verdict counts for the exit status. 采用哪一级的结论

        out: A file for the whole result (.json, .html, .xlsx, .docx, .csv, .md); may
            repeat.
            另存为文件

        format: What is printed: a table to read, or JSON and nothing else. 输出格式
    """

    level: Level = "nation"
    out: Repeated = ()
    format: Format = "table"
