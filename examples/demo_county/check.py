"""
Judge the demo county by hand.

Run ``python examples/demo_county/check.py [--write]``.

Plain fractions over the CSV files, written from the policy and not from
eduequity, so that the two can be compared. Without an argument the script
checks the data and compares expected.toml and README.md with what it finds;
with ``--write`` it writes expected.toml.
"""

from __future__ import annotations

import csv
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any


HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "src" / "eduequity" / "cli" / "demo"
EXPECTED = HERE / "expected.toml"
ON = "2024-12-31"

F = Fraction
Row = dict[str, str]
Rule = dict[str, Any]

STAGES = ("primary", "junior")
OF_KIND = {
    "primary": ("primary",),
    "junior": ("junior",),
    "nine_year": STAGES,
    "twelve_year": STAGES,
    "complete_secondary": ("junior",),
    "teaching_point": ("primary",),
}
OUT = ("special", "vocational", "senior")
WEIGHT = {"primary": F(1), "junior": F(11, 10), "senior": F(132, 100)}
LINE = {
    "above_degree_teachers": (F("4.2"), F("5.3")),
    "backbone_teachers": (F(1), F(1)),
    "pe_arts_teachers": (F("0.9"), F("0.9")),
    "teaching_area": (F("4.5"), F("5.8")),
    "sports_area": (F("7.5"), F("10.2")),
    "equipment_value": (F(2000), F(2500)),
    "multimedia_classrooms": (F("2.3"), F("2.4")),
}
CV_LINE = {"primary": F("0.50"), "junior": F("0.45")}
SUBJECTS = ("数学", "体育与健康", "心理健康")  # 2021, 2024, 2027 …
LEVELS = {"Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4}
NATIONAL = {"quality.monitoring_level", "quality.monitoring_gap"}
NATIONAL |= {"recognition.satisfaction"}
BENCHMARKS = {
    "government.spending_total",
    "government.spending_per_pupil",
    "recognition.sample_size",
    "recognition.parent_share",
    "vetoes.tutoring_governance",
}
# Everything a school states once, added up where a campus is merged.
LISTS = ("music_room_areas", "art_room_areas")
SUMS = """
senior_pupils kindergarten_pupils migrant_pupils teaching_area
indoor_sports_area sports_hall_area outdoor_sports_area equipment_value
multimedia_classrooms public_funds_budget public_funds_settled training_budget
public_funds_allocated funded_pupils
""".split()


def load(name: str) -> list[Row]:
    """Read one CSV file of the demo county."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def merge(rows: list[Row]) -> list[Row]:
    """Merge a site that does not count as a school into its parent."""
    schools = {row["code"]: dict(row) for row in rows}
    for row in rows:
        if row["counts_as_school"] != "no" or row["kind"] == "teaching_point":
            continue
        parent = schools[row["parent"]]
        for name, value in row.items():
            if name in LISTS:
                parent[name] += f";{value}"
            elif name.endswith("largest_class") and value:
                parent[name] = str(max(int(value), int(parent[name])))
            elif name.endswith("_grades"):
                continue
            elif value and (name in SUMS or name.startswith(STAGES)):
                parent[name] = str(F(value) + F(parent[name]))
        del schools[row["code"]]
    return list(schools.values())


def stages(school: Row) -> list[str]:
    """Return the stages of the kind and those with pupils."""
    usual = OF_KIND.get(school["kind"], ())
    return [s for s in STAGES if s in usual or F(school[f"{s}_pupils"] or 0) > 0]


def compulsory(school: Row) -> F:
    """Return the pupils of grades 1 to 9."""
    return sum((F(school[f"{s}_pupils"]) for s in stages(school)), F())


def seven(school: Row, stage: str) -> dict[str, F]:
    """Return the seven resource indicators of one section."""
    pupils = F(school[f"{stage}_pupils"])
    weighted = sum((WEIGHT[s] * F(school[f"{s}_pupils"]) for s in stages(school)), F())
    weighted += WEIGHT["senior"] * F(school["senior_pupils"])
    share = WEIGHT[stage] / weighted  # of each shared resource, per pupil
    hall, indoor = F(school["sports_hall_area"]), F(school["indoor_sports_area"])
    return {
        **{
            name: 100 * F(school[f"{stage}_{name}"]) / pupils for name in list(LINE)[:3]
        },
        "teaching_area": (F(school["teaching_area"]) - indoor) * share,
        "sports_area": (F(school["outdoor_sports_area"]) + hall) * share,
        "equipment_value": F(school["equipment_value"]) * share,
        "multimedia_classrooms": 100 * F(school["multimedia_classrooms"]) * share,
    }


def cv_squared(values: list[F], pupils: list[F]) -> F:
    """Return the square of the student-weighted coefficient of variation."""
    total = sum(pupils, F())
    mean = sum((x * p for x, p in zip(values, pupils, strict=True)), F()) / total
    spread = sum(
        (p * (x - mean) ** 2 for x, p in zip(values, pupils, strict=True)), F()
    )
    return spread / total / mean**2


def verdict(failing: list[str], unknown: list[str]) -> str:
    """Combine with all."""
    return "unmet" if failing else "unknown" if unknown else "met"


def rule(
    failing: list[str] | None = None,
    unknown: list[str] | None = None,
    **more: Any,
) -> Rule:
    """Make one entry of expected.toml."""
    failing, unknown = failing or [], unknown or []
    entry: Rule = {"verdict": verdict(failing, unknown), "failing": failing}
    return entry | ({"unknown": unknown} if unknown else {}) | more


def judge_resources(schools: list[Row], county: str) -> dict[str, Rule]:
    """Judge the seven indicators, the quorum and the fourteen coefficients."""
    sections = {
        f"{school['code']}/{stage}": (stage, seven(school, stage), school)
        for school in schools
        if not (school["kind"] == "teaching_point" and compulsory(school) < 50)
        for stage in stages(school)
    }
    rules: dict[str, Rule] = {}
    missed: dict[str, list[str]] = {entity: [] for entity in sections}
    floor: set[str] = set()
    for name, lines in LINE.items():
        for entity, (stage, values, _) in sections.items():
            line = lines[STAGES.index(stage)]
            if values[name] < line:
                missed[entity].append(name)
            if values[name] < line * F(85, 100):
                floor.add(entity)
        failing = [e for e in sections if name in missed[e]]
        rules[f"resources.{name}"] = rule(failing, component=True)
    failing = [e for e in sections if len(missed[e]) > 1 or e in floor]
    rules["resources.section_quorum"] = rule(failing, sections=len(sections))
    for name in LINE:
        shown: dict[str, Any] = {}
        failing = []
        for stage in STAGES:
            group = [s for s in sections.values() if s[0] == stage]
            square = cv_squared(
                [values[name] for _, values, _ in group],
                [F(school[f"{stage}_pupils"]) for *_, school in group],
            )
            shown[stage] = round(math.sqrt(square), 6)
            if square > CV_LINE[stage] ** 2:
                failing.append(f"{county}/{stage}")
        rules[f"resources.cv_{name}"] = rule(failing, **shown)
    return rules


def few_rooms(schools: list[Row], column: str, line: int) -> list[str]:
    """Return the schools with fewer rooms of *line* m² than classes / 12."""
    failing = []
    for school in schools:
        if school["kind"] in (*OUT, "teaching_point"):
            continue
        classes = sum(int(F(school[f"{s}_classes"])) for s in stages(school))
        rooms = sum(F(area) >= line for area in school[column].split(";"))
        if rooms < -(-classes // 12):
            failing.append(school["code"])
    return failing


def underfunded(schools: list[Row], county: Row) -> list[str]:
    """Return the public schools under 100 pupils not funded for 100."""
    quota, top_up = F(county["primary_funding_quota"]), F(county["boarding_top_up"])
    failing = []
    for school in schools:
        if school["kind"] in OUT or school["owner"] != "public":
            continue
        boarders = sum((F(school[f"{s}_boarders"]) for s in stages(school)), F())
        net = F(school["public_funds_allocated"]) - top_up * boarders
        counted = F(school["funded_pupils"]) >= 100 or net >= 100 * quota
        if compulsory(school) < 100 and not counted:
            failing.append(school["code"])
    return failing


def oversized(schools: list[Row]) -> list[str]:
    """Return the sections with a class above 45 (primary) or 50 (junior)."""
    return [
        f"{school['code']}/{stage}"
        for school in schools
        for stage, limit in zip(STAGES, (45, 50), strict=True)
        if stage in stages(school) and F(school[f"{stage}_largest_class"]) > limit
    ]


def far_enrolment(schools: list[Row], county: str) -> list[str]:
    """Return the stages in which too few pupils live inside the zone."""
    failing = []
    for stage, line in zip(STAGES, (F(1), F(95, 100)), strict=True):
        group = [
            school
            for school in schools
            if stage in stages(school)
            and school["locale"] in ("urban", "town")
            and school["owner"] == "public"
            and school["boarding"] == "no"
        ]
        inside = sum(F(school[f"{stage}_pupils_in_zone"]) for school in group)
        if inside / sum(F(school[f"{stage}_pupils"]) for school in group) < line:
            failing.append(f"{county}/{stage}")
    return failing


def judge_government(schools: list[Row], county: Row) -> dict[str, Rule]:
    """Judge the fifteen government items."""
    code = county["code"]

    def all_teachers(column: str) -> Rule:
        return rule(
            [
                f"{school['code']}/{stage}"
                for school in schools
                for stage in stages(school)
                if school[f"{stage}_{column}"] != school[f"{stage}_full_time_teachers"]
            ]
        )

    def at_least(over: F, under: str, line: str) -> Rule:
        return rule([] if over / F(county[under]) >= F(line) else [code])

    def figure(name: str) -> F:
        return F(county[name])

    big = [
        school["code"]
        for school in schools
        if compulsory(school)
        > (2500 if school["kind"] in ("nine_year", "twelve_year") else 2000)
    ]
    unified = ("construction", "staffing", "funding", "equipment")
    signed = {row["rule"]: row["value"] for row in load("attestations")}
    attested = "siting_plan staffing_allocation rural_quota_tilt left_behind_care"
    migrants = figure("migrant_children_public") + figure("migrant_children_purchased")
    rules = {
        "unified_standards": rule(
            [] if all(county[f"unified_{n}"] == "yes" for n in unified) else [code]
        ),
        "music_rooms": rule(few_rooms(schools, "music_room_areas", 96)),
        "art_rooms": rule(few_rooms(schools, "art_room_areas", 90)),
        "school_size": rule(big),
        "class_size": rule(oversized(schools)),
        "small_school_funding": rule(underfunded(schools, county)),
        "special_education_funding": at_least(
            figure("special_education_funds"), "special_education_pupils", "6000"
        ),
        "teacher_pay": at_least(
            figure("teacher_mean_pay"), "civil_servant_mean_pay", "1"
        ),
        "performance_pay": rule(
            [] if county["performance_pay_approved"] == "yes" else [code]
        ),
        "teacher_training": all_teachers("trained_teachers"),
        "teacher_rotation": at_least(
            figure("rotated_teachers"), "rotation_eligible_teachers", "0.1"
        ),
        "backbone_rotation": at_least(
            figure("rotated_backbone_teachers"), "rotated_teachers", "0.2"
        ),
        "teacher_certification": all_teachers("certified_teachers"),
        "nearby_enrolment": rule(far_enrolment(schools, code)),
        "senior_high_quota": at_least(
            figure("senior_high_allocated_places"), "senior_high_places", "0.5"
        ),
        "migrant_enrolment": at_least(migrants, "migrant_children_eligible", "0.85"),
    }
    for name in attested.split():
        yes = signed[f"government.{name}"] == "yes"
        rules[name] = rule([] if yes else [code])
    years = sorted(load("finance"), key=lambda row: row["year"])
    total = [F(row["education_spending"]) for row in years]
    each = [t / F(row["enrolled_pupils"]) for t, row in zip(total, years, strict=True)]
    for name, series in {"total": total, "per_pupil": each}.items():
        entry = rule([] if series == sorted(series) else [code])
        rules[f"spending_{name}"] = entry
    return {f"government.{name}": entry for name, entry in rules.items()}


def judge_quality(schools: list[Row], county: Row) -> dict[str, Rule]:
    """Judge the nine quality items."""
    code = county["code"]
    units = [school for school in schools if school["kind"] != "teaching_point"]

    def every(*columns: str) -> Rule:
        return rule([u["code"] for u in units if any(u[c] != "yes" for c in columns)])

    def total(name: str) -> F:
        return sum(
            (F(s[f"junior_{name}"]) for s in schools if "junior" in stages(s)), F()
        )

    stayed = total("graduates") - total("transfers_in") + total("transfers_out")
    retention = stayed / (total("entrants_three_years_ago") - total("deaths"))
    disabled = F(county["disabled_children_enrolled"]) / F(county["disabled_children"])
    known = [u for u in units if u["training_budget"]]
    poor = [
        u["code"]
        for u in known
        if F(u["training_budget"]) / F(u["public_funds_budget"]) < F(5, 100)
    ]
    blank = [u["code"] for u in units if not u["training_budget"]]
    rows = [r for r in load("monitoring") if r["organiser"] == "national"]
    missing = [s for s in SUBJECTS if s not in {r["subject"] for r in rows}]
    low = [code for r in rows if LEVELS[r["level"]] < 3]
    wide = [code for r in rows if F(r["between_school_rate"]) >= F(15, 100)]
    lacking = [code] if missing else []
    return {
        "quality.junior_retention": rule(
            [] if retention >= F(95, 100) else [code],
            value=round(float(retention), 6),
        ),
        "quality.disabled_enrolment": rule([] if disabled >= F(95, 100) else [code]),
        "quality.charter_and_ict": every(
            "charter", "ict_management", "ict_instruction"
        ),
        "quality.training_funds": rule(poor, blank),
        "quality.ict_teaching": every("ict_teaching", "equipment_in_use"),
        "quality.moral_education": every("moral_education_good", "campus_culture_good"),
        "quality.curriculum": every("curriculum_complete"),
        "quality.homework_load": every("no_excessive_load"),
        "quality.monitoring_level": rule(low, lacking, missing=missing),
        "quality.monitoring_gap": rule(wide, lacking, missing=missing),
    }


def judge_rest(county: Row) -> dict[str, Rule]:
    """Judge eligibility, recognition and the vetoes."""
    code = county["code"]
    recognised = county["basic_balance_recognised_on"]
    three_years = f"{int(recognised[:4]) + 3}{recognised[4:]}" <= ON
    survey = {(r["channel"], r["group"]): r for r in load("survey")}

    def ratio(channel: str, group: str, over: str, under: str) -> F:
        return F(survey[channel, group][over]) / F(survey[channel, "total"][under])

    channels = ("questionnaire", "interview")
    happy = all(
        ratio(channel, "total", "satisfied", "valid") >= F(85, 100)
        for channel in channels
    )
    valid = F(survey["questionnaire", "total"]["valid"])
    sampled = valid >= F(15, 10000) * F(county["resident_population"])
    parents = ratio("questionnaire", "parents", "valid", "valid") >= F(1, 2)
    monitored = {"yes": rule(), "no": rule([code]), "": rule([], [code])}
    signed = {row["rule"]: row["value"] for row in load("attestations")}
    vetoes = "exam_admission school_choice key_schools unfilled_posts"
    vetoes += " serious_incident falsification tutoring_governance"
    rules = {
        "eligibility.basic_balance_years": rule([] if three_years else [code]),
        "eligibility.annual_monitoring": monitored[county["annual_monitoring"]],
        "recognition.satisfaction": rule([] if happy else [code]),
        "recognition.sample_size": rule([] if sampled else [code]),
        "recognition.parent_share": rule([] if parents else [code]),
    }
    for name in vetoes.split():
        occurred = signed.get(f"vetoes.{name}") or county[name]
        rules[f"vetoes.{name}"] = rule([] if occurred == "no" else [code])
    return rules


def combine(rules: dict[str, Rule]) -> str:
    """Combine what decides."""
    verdicts = {
        entry["verdict"]
        for name, entry in rules.items()
        if name not in BENCHMARKS and "component" not in entry
    }
    return next(v for v in ("unmet", "unknown", "met") if v in verdicts)


def to_toml(rules: dict[str, Rule]) -> str:
    """Write the rules as TOML, dimensions and verdicts first."""

    def show(value: object) -> str:
        if isinstance(value, list):
            return f"[{', '.join(show(item) for item in value)}]"
        if isinstance(value, bool):
            return str(value).lower()
        return f'"{value}"' if isinstance(value, str) else str(value)

    dimensions: dict[str, dict[str, Rule]] = {}
    for name, entry in rules.items():
        dimensions.setdefault(name.split(".")[0], {})[name] = entry
    own = {name: entry for name, entry in rules.items() if name not in NATIONAL}
    lines = [
        "# Written by check.py from plain fractions, not by eduequity.",
        "# failing, unknown: a school, <school>/<stage>, the county, or",
        "# <county>/<stage> where the county is judged stage by stage.",
        "# component: decides nothing alone. benchmark: decides nothing.",
        "# primary, junior: the coefficient of the stage, six decimals.",
        'county = "999901"',
        f"on = {ON}",
        f'verdict = "{combine(rules)}"',
        f'self_assessment = "{combine(own)}"',
        "",
        "[dimensions]",
        *(f'{name} = "{combine(group)}"' for name, group in dimensions.items()),
    ]
    for name, entry in rules.items():
        more: Rule = {"benchmark": True} if name in BENCHMARKS else {}
        more |= {"determined_by": "nation"} if name in NATIONAL else {}
        lines += ["", f'[rules."{name}"]']
        lines += [f"{key} = {show(value)}" for key, value in (entry | more).items()]
    return "\n".join(lines) + "\n"


def check_data(rows: list[Row], county: Row) -> None:
    """Check that the files make sense before anybody judges them."""
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == len(codes)
    for row in rows:
        assert not row["parent"] or row["parent"] in codes, row["code"]
        check_school(row)
    for stage in STAGES:
        for name in ("pupils", "classes"):
            total = sum(int(row[f"{stage}_{name}"] or 0) for row in rows)
            assert total == int(county[f"{stage}_{name}"]), (stage, name)
    for kind in [*OF_KIND, "special"]:
        count = sum(r["kind"] == kind and r["counts_as_school"] != "no" for r in rows)
        name = "teaching_points" if kind == "teaching_point" else f"{kind}_schools"
        assert count == int(county[name]), kind


def check_school(row: Row) -> None:
    """Check the figures of one row against each other."""
    for stage in stages(row):
        n = {
            name.removeprefix(f"{stage}_"): int(value)
            for name, value in row.items()
            if name.startswith(f"{stage}_") and value
        }
        assert n["pupils"] <= n["classes"] * n["largest_class"], row["code"]
        assert n["largest_class"] <= n["pupils"], row["code"]
        full = n["full_time_teachers"]
        assert full == n["certified_teachers"] == n["trained_teachers"], row["code"]
        for part in ("above_degree", "backbone", "pe_arts"):
            assert n[f"{part}_teachers"] <= full, (row["code"], part)
        assert max(n.get("pupils_in_zone", 0), n["boarders"]) <= n["pupils"]
    if stages(row):
        assert F(row["indoor_sports_area"]) <= F(row["teaching_area"]), row["code"]


def check_design(schools: list[Row], rules: dict[str, Rule]) -> None:
    """Check the lessons README.md promises, beyond the verdicts."""
    by_code = {school["code"]: school for school in schools}
    nine = by_code["9999010039"]
    net = F(nine["teaching_area"]) - F(nine["indoor_sports_area"])
    sports = F(nine["outdoor_sports_area"]) + F(nine["sports_hall_area"])
    for area, name in ((net, "teaching_area"), (sports, "sports_area")):
        primary, junior = LINE[name]
        assert area >= 800 * primary + 400 * junior, name  # enough undivided
        assert F(85, 100) * junior <= seven(nine, "junior")[name] < junior, name
        assert seven(nine, "primary")[name] >= primary, name
    for row in load("schools"):  # a campus passes merged or on its own
        if row["code"] in ("9999010040", "9999010041"):
            for stage in STAGES:
                values = seven(row, stage)
                line = STAGES.index(stage)
                assert all(values[n] >= lines[line] for n, lines in LINE.items())
    ratios = [
        seven(school, "primary")["backbone_teachers"]
        for school in schools
        if "primary" in stages(school) and compulsory(school) >= 50
    ]
    plain = math.sqrt(cv_squared(ratios, [F(1)] * len(ratios)))
    sample = plain * math.sqrt(len(ratios) / (len(ratios) - 1))
    assert plain < sample < 0.48, (plain, sample)
    weighted = rules["resources.cv_backbone_teachers"]["primary"]
    assert weighted > 0.52, weighted
    print(f"backbone, primary: weighted {weighted}, unweighted {plain:.6f}")


def check_readme(rules: dict[str, Rule]) -> None:
    """Check that README.md names every planted defect beside its rule, twice."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for name, entry in rules.items():
        if "component" in entry:
            continue
        for entity in [*entry["failing"], *entry.get("unknown", [])]:
            hits = [r for r in rows if f"`{name}`" in r and f"`{entity}`" in r]
            assert len(hits) == 2, (name, entity, len(hits))


def main(*arguments: str) -> None:
    """Check everything, or write expected.toml."""
    (county,) = load("county")
    rows = load("schools")
    check_data(rows, county)
    schools = merge(rows)
    rules = judge_rest(county)
    rules |= judge_resources(schools, county["code"])
    rules |= judge_government(schools, county)
    rules |= judge_quality(schools, county)
    order = "eligibility resources government quality recognition vetoes".split()
    rules = dict(
        sorted(rules.items(), key=lambda item: order.index(item[0].split(".")[0]))
    )
    check_design(schools, rules)
    text = to_toml(rules)
    if "--write" in arguments:
        EXPECTED.write_text(text, encoding="utf-8", newline="\n")
        return
    assert EXPECTED.read_text(encoding="utf-8") == text, "expected.toml is stale"
    check_readme(rules)


if __name__ == "__main__":
    main(*sys.argv[1:])
