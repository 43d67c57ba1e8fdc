"""The words of a report: marks and colours, names of dimensions, clean text."""

from __future__ import annotations

import re

from eduequity.vocab import Scope, Text, Verdict


__all__ = [
    "DIMENSIONS",
    "HTML_MARKS",
    "LEVELS",
    "MARKS",
    "STYLES",
    "UNITS",
    "clean",
    "dimension",
    "harmless",
    "one_line",
    "wrapped",
]

MARKS = {
    Verdict.MET: "+",
    Verdict.UNMET: "x",
    Verdict.UNKNOWN: "?",
    Verdict.NOT_APPLICABLE: "-",
}
"""A sign that any console can show; the word always stands beside it."""

HTML_MARKS = {
    Verdict.MET: "√",
    Verdict.UNMET: "×",
    Verdict.UNKNOWN: "?",
    Verdict.NOT_APPLICABLE: "–",
}
"""A sign that every Chinese font has; on a page the word stands beside it too."""

STYLES = {
    Verdict.MET: "green",
    Verdict.UNMET: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}

LEVELS = {
    "nation": Text("国家", "nation"),
    "province": Text("省级", "province"),
    "city": Text("市级", "city"),
    "county": Text("县级", "county"),
}

UNITS = {
    Scope.SECTION: Text("个学段单位", "sections"),
    Scope.SCHOOL: Text("所学校", "schools"),
    Scope.COUNTY: Text("项", "items"),
    Scope.CLASS: Text("个班级", "classes"),
    Scope.KINDERGARTEN: Text("所幼儿园", "kindergartens"),
}
"""What a rule counts."""

DIMENSIONS = {
    "eligibility": Text("申报条件", "Eligibility"),
    "resources": Text("资源配置", "Resources"),
    "government": Text("政府保障程度", "Government support"),
    "quality": Text("教育质量", "Quality of education"),
    "recognition": Text("社会认可度", "Public recognition"),
    "vetoes": Text("一票否决事项", "Vetoes"),
    "balance": Text("校际均衡", "Balance between schools"),
    "coverage": Text("普及普惠水平", "Coverage"),
    "care": Text("保教质量", "Quality of care"),
    "local": Text("地方要求", "Local rules"),
}


def dimension(name: str, lang: str) -> str:
    """Return the name of a dimension in *lang*."""
    return DIMENSIONS.get(name, Text(name, name)).get(lang)


_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """
    Return text without what could steer a terminal, or what no file may hold.

    Args:
        text: The text; line breaks stay.

    >>> clean("示例" + chr(27) + "[31m小学")
    '示例?[31m小学'
    """
    return _STEERING.sub("?", text)


def one_line(text: str) -> str:
    """Clean *text* and put it on one line."""
    return clean(" ".join(text.split()))


def harmless(text: str) -> str:
    """
    Put an apostrophe before a text that a spreadsheet would take for a formula.

    >>> harmless("=cmd|' /C calc'!A0"), harmless("示例小学")
    ("'=cmd|' /C calc'!A0", '示例小学')
    """
    return f"'{text}" if text.lstrip()[:1] in _FORMULA else text


_FORMULA = frozenset("=+-@\t\r＝＋－＠")


_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffff]+|.")
_NEVER_FIRST = "、，。；：）》」！？…"
_NEVER_LAST = "（《「“"


def wrapped(text: str, width: int) -> str:
    """
    Break *text* into lines of at most *width* cells: Chinese anywhere, else at spaces.

    >>> wrapped("缺 教师培训经费预算、年度公用经费预算", 20).splitlines()
    ['缺 教师培训经费预', '算、年度公用经费预算']
    """
    from rich.cells import cell_len

    lines: list[list[str]] = [[]]
    for piece in _PIECES.findall(text):
        line = lines[-1]
        if cell_len("".join(line) + piece) <= width:
            line.append(piece)
        elif piece.isspace():
            lines.append([])
        elif len(line) > 1 and (piece in _NEVER_FIRST or line[-1] in _NEVER_LAST):
            lines.append([line.pop(), piece])
        else:
            lines.append([piece])
    joined = ("".join(line).strip() for line in lines)
    return "\n".join(line for line in joined if line)
