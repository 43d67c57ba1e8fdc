"""
Make a rule pack for each of 31 provinces: synthetic, none of it the law of any.

Every pack raises three of nine thresholds of the nation, in turn, so that each pack
raises one of the quorum's, and adds three rules: one over schools and one over counties
with inputs of its own, and one that somebody signs for.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from benchmarks.nation import BLANKS, PROVINCES, SEED, tables
from eduequity import Facts, hookimpl
from eduequity.model import dictionary
from eduequity.registry import Plugin, Registry


__all__ = ["HEAD", "bringing", "facts", "pack", "registry"]

SAMPLE = '{{ zh = "合成示例", en = "synthetic sample" }}'

HEAD = f"""
[pack]
format = 1
id = "synthetic-{{area}}"
programme = "quality-balance"
areas = ["{{area}}"]
title = {SAMPLE}
reviewed = 2024-12-01

[sources.sample]
title = "合成示例"
issuer = "无"
kind = "notice"
read = "full"
"""

OWN = f"""
[[fields]]
table = "schools"
name = "synthetic_{{area}}_seats"
type = "integer"
unit = "count"
label = {SAMPLE}

[[fields]]
table = "county"
name = "synthetic_{{area}}_plan"
type = "yes_no"
label = {SAMPLE}

[parameters.synthetic_{{area}}_seats_minimum]
unit = "count"
stricter = "higher"
[[parameters.synthetic_{{area}}_seats_minimum.values]]
from = 2020-01-01
value = 20
source = "sample"

[rules.seats]
kind = "threshold"
scope = "school"
indicator = "synthetic_{{area}}_seats"
operator = ">="
parameter = "synthetic_{{area}}_seats_minimum"
label = {SAMPLE}

[rules.planned]
kind = "all"
scope = "county"
of = ["synthetic_{{area}}_plan"]
source = "sample"
label = {SAMPLE}

[rules.signed]
kind = "attested"
scope = "county"
source = "sample"
label = {SAMPLE}
"""


RAISED = (
    ("special_education_funds_minimum", "yuan_per_pupil", 6800, 6800),
    ("class_size", "pupils", 44, 49),
    ("teaching_area_minimum", "m2_per_pupil", 4.6, 5.9),
    ("junior_retention", "share", 0.96, 0.96),
    ("school_size", "pupils", 1900, 1900),
    ("multimedia_classrooms_minimum", "rooms_per_100", 2.4, 2.5),
    ("migrant_enrolment", "share", 0.9, 0.9),
    ("small_school_pupils", "pupils", 120, 120),
    ("sports_area_minimum", "m2_per_pupil", 7.6, 10.3),
)
"""Thresholds of the nation, with more than it asks of primary and junior schools."""

EACH = 3

VALUE = """
[parameters.{name}]
unit = "{unit}"
[[parameters.{name}.values]]
from = 2020-01-01
{values}
source = "sample"
"""


def pack(number: int, area: int) -> str:
    """Return the TOML of one province's pack."""
    turn = [RAISED[(number * EACH + n) % len(RAISED)] for n in range(EACH)]
    raised = (
        VALUE.format(name=name, unit=unit, values=_stages(primary, junior))
        for name, unit, primary, junior in turn
    )
    return (HEAD + OWN).format(area=area) + "".join(raised)


def _stages(primary: float, junior: float) -> str:
    if primary == junior:
        return f"value = {primary}"
    return f"primary = {primary}\njunior = {junior}"


def facts(scale: float, of: Registry) -> Facts:
    """Return the synthetic nation, in which provinces gave what their packs ask for."""
    whole = tables(scale)
    rng = np.random.default_rng(SEED)
    for table in ("schools", "county"):
        columns = whole[table]
        codes = columns["county"] if table == "schools" else columns["code"]
        province = np.array([int(code[:2]) for code in codes])
        for area in PROVINCES:
            given = rng.integers(19, 60, len(codes)) * 1.0
            name = f"synthetic_{area}_seats"
            if table == "county":
                given, name = given % 2, f"synthetic_{area}_plan"
            blank = (province != area) | (rng.random(len(codes)) < BLANKS)
            columns[name] = np.where(blank, np.nan, given)
    return Facts.from_columns(whole, fields=dictionary(of.fields))


def registry(folder: str | Path) -> Registry:
    """Return a registry of our own packs and 31 provinces', written into *folder*."""
    plugins = []
    for number, area in enumerate(PROVINCES):
        home = Path(folder, str(area))
        home.mkdir(parents=True)
        (home / "pack.toml").write_text(pack(number, area), "utf-8")
        plugins.append(Plugin(bringing(home), f"synthetic-{area}", "1"))
    return Registry.of(*plugins)


def bringing(home: Path) -> SimpleNamespace:
    """Return a plugin that brings one pack."""

    def packs() -> list[Path]:
        return [home]

    return SimpleNamespace(eduequity_packs=hookimpl(packs))
