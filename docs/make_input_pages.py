"""
Make the pages on input: the forms' headings, and the checks between figures.

``python docs/make_input_pages.py`` writes both into docs/reference; a test fails when
a page is not what this makes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from eduequity.io._crosschecks import CHECKS
from eduequity.io._form_headings import ITEMS, STATISTICS, unread
from eduequity.io._headings import Heading, meanings_of
from eduequity.io._official import SEVEN
from eduequity.io._sentences import ATTESTED, BLANKS, STATED, sentence_key
from eduequity.model import TABLES, heading_key


ROOT = Path(__file__).parent
REFERENCE = ROOT / "reference"
HEADINGS = ROOT.parent / "tests" / "data" / "form-headings.csv"

SURVEY = {
    "问卷总数/计": "survey.distributed",
    "问卷总数/其中:回收有效问卷数/计": "survey.valid",
    "问卷总数/其中:回收有效问卷数/其中:满意问卷数": "survey.satisfied",
    "实地走访人数/计": "survey.valid",
    "实地走访人数/其中:满意人数": "survey.satisfied",
}


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield template, table, number, heading and who fills it in, for every heading."""
    with HEADINGS.open(encoding="utf-8", newline="") as file:
        for line in list(csv.reader(file))[1:]:
            if line[4].startswith("wincax88"):  # 表Ⅱ-2 was written without this column
                line.insert(2, "")
            yield line[0], line[1], line[2], line[3], line[4]


def target(table: str, heading: str, who: str) -> str | None:
    """Return the table and column that a heading is read into, or None."""
    item, _, filled = heading.partition(" ‖ 填写: ")
    names = _sentence(item, filled)
    if names:
        return ", ".join(names)
    key = heading_key(heading)
    bare = key.replace("(㎡)", "").replace("(元)", "")
    if bare in SEVEN:
        return f"reported ({SEVEN[bare]})"
    if table.startswith("表Ⅵ"):
        return SURVEY.get(key)
    name = "county" if who.startswith("县") else "schools"
    meant = meanings_of(TABLES[name]).of(heading)
    return f"{name}.{meant.name}" if isinstance(meant, Heading) else None


def _sentence(item: str, filled: str) -> list[str]:
    """Return the columns of an item of 表Ⅳ or 表Ⅴ."""
    blanks = {sentence_key(each).rstrip("。"): names for each, names in BLANKS.items()}
    stated = {sentence_key(each): names for each, names in STATED.items()}
    attested = {sentence_key(each): rule for each, rule in ATTESTED.items()}
    key = sentence_key(filled).rstrip("。")
    if key in blanks:
        return [f"county.{n.partition('（')[0]}" for n in blanks[key] if n]
    key = sentence_key(item)
    if key in stated:
        return [f"county.{name}" for name in stated[key]]
    return [f"attestations ({attested[key]})"] if key in attested else []


def reason(template: str, table: str, heading: str) -> str | None:
    """Return why a heading is not read, or None where nobody wrote it down."""
    found = unread(heading)
    item = sentence_key(heading)
    if found is None and template.startswith("官方申报表"):
        begins = (r for word, r in ITEMS.items() if item.startswith(sentence_key(word)))
        found = next(begins, None)
    if found is None and template.startswith("教基报表"):
        found = next(
            (r for word, r in STATISTICS.items() if table.startswith(word)), None
        )
    return None if found is None else f"{found.zh}. {found.en}"


def form_headings() -> str:
    """Return the page of the headings: what each is read into, or why it is not."""
    read, rest = [], []
    for template, table, number, heading, who in rows():
        shown = " ".join(heading.split()).replace("|", "\\|").replace("_", "＿")
        start = f"| {table} | {number} | {shown} |"
        meant = target(table, heading, who)
        why = None if meant else reason(template, table, heading)
        if meant:
            read.append(f"{start} `{meant}` |")
        else:
            rest.append(f"{start} {why} |")
    head = "| form | no. | heading | {} |\n|---|---|---|---|\n"
    return (
        "# Headings of the official forms\n\n"
        "What the headings of 申报表 Ⅰ–Ⅵ, of one city's collection forms and of "
        "exports of the education statistics are read into.\n"
        "White space and the width of brackets never matter.\n"
        "The list of headings is tests/data/form-headings.csv; its last column names "
        "the source.\n"
        "This page is made by `docs/make_input_pages.py`.\n\n"
        f"## Read ({len(read)})\n\n"
        + head.format("read into")
        + "\n".join(read)
        + f"\n\n## Not read ({len(rest)})\n\n"
        + head.format("reason")
        + "\n".join(rest)
        + "\n"
    )


def checks() -> str:
    """Return the page of the checks between figures."""
    lines = [
        f"| `{each.id}` | {each.severity} | {each.sentence.zh} | {each.sentence.en} |"
        for each in CHECKS.values()
    ]
    return (
        "# Checks between figures\n\n"
        "What is compared when data are read.\n"
        "An error makes the input unusable; a warning travels with the result.\n"
        "This page is made by `docs/make_input_pages.py`.\n\n"
        "| id | severity | 应当 | expected |\n|---|---|---|---|\n"
        + "\n".join(lines)
        + "\n\n## What cannot be seen\n\n"
        "A formula that failed or was saved without its result is an error at its cell "
        "in .xlsx and .ods.\n"
        "In an old .xls it is read as a blank, so as unknown and never as zero: what "
        "reads the file gives nothing else, and the format itself writes the same for "
        "a result that is empty text as for one that was never worked out.\n"
    )


PAGES = {"form-headings.md": form_headings, "checks.md": checks}


if __name__ == "__main__":
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")
