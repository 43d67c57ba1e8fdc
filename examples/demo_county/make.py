"""
Make the synthetic demo county.

Run ``python examples/demo_county/make.py [FOLDER]``.

Every school, name and figure is invented. GB/T 2260 has no province 99.
The same seed always gives the same bytes. First every school is made to
meet every rule; then PLANTED breaks a few on purpose (see README.md).
"""

from __future__ import annotations

import csv
import math
import random
import sys
from pathlib import Path
from typing import Any


Row = dict[str, Any]

SEED = 20241231
COUNTY = "999901"
YEAR = 2024
HERE = Path(__file__).resolve()
TARGET = HERE.parents[2] / "src" / "eduequity" / "cli" / "demo"

STAGES = ("primary", "junior")
WEIGHT = {"primary": 1.0, "junior": 1.1, "senior": 1.32}
QUOTA = {"primary": 720, "junior": 940}  # yuan a pupil and year
TOP_UP = 200  # yuan a boarder and year
COMPULSORY = {
    "primary",
    "junior",
    "nine_year",
    "twelve_year",
    "complete_secondary",
    "teaching_point",
}

# no | name | kind | locale | owner | primary | junior | senior | more
SCHOOLS = """
01|示例县第一小学|primary|urban|public|1960|||
02|示例县第二小学|primary|urban|public|1880|||
03|示例县第三小学|primary|urban|public|1124|||
04|示例县第四小学|primary|urban|public|1420|||
05|示例县第五小学|primary|urban|public|1050|||
06|示例县第六小学|primary|urban|public|1360|||
07|示例县城东小学|primary|urban|public|980|||
08|示例县城南小学|primary|urban|public|1180|||
09|示例县晨光小学|primary|urban|private|640|||
10|云溪镇中心小学|primary|town|public|1080|||
11|松塘镇中心小学|primary|town|public|920|||
12|白鹭镇中心小学|primary|town|public|860|||
13|青岭镇中心小学|primary|town|public|780|||
14|竹湾镇中心小学|primary|town|public|740|||
15|沙洲镇中心小学|primary|town|public|690|||
16|云溪镇第二小学|primary|town|public|560|||
17|杏坪村小学|primary|rural|public|240|||
18|柳河村小学|primary|rural|public|186|||
19|石鼓村小学|primary|rural|public|128|||
20|双桥村小学|primary|rural|public|64|||
21|长堤村小学|primary|rural|public|92|||
22|红枫乡中心小学|primary|rural|public|420|||kindergarten=60
23|马栏乡中心小学|primary|rural|public|360|||kindergarten=45
24|石门村教学点|teaching_point|rural|public|112|||parent=10
25|上湾村教学点|teaching_point|rural|public|78|||parent=11
26|大坪村教学点|teaching_point|rural|public|62|||parent=12
27|下溪村教学点|teaching_point|rural|public|41|||parent=10
28|荷塘村教学点|teaching_point|rural|public|33|||parent=13
29|岭背村教学点|teaching_point|rural|public|26|||parent=22
30|示例县第一初级中学|junior|urban|public||1850||
31|示例县第二初级中学|junior|urban|public||1480||
32|示例县第三初级中学|junior|urban|public||1260||
33|云溪镇初级中学|junior|town|public||880||
34|松塘镇初级中学|junior|town|public||760||boarding=40
35|白鹭镇初级中学|junior|town|public||690||
36|青岭镇初级中学|junior|town|public||540||boarding=45
37|竹湾初级中学（附设小学班）|junior|rural|public|120|420||boarding=60
38|示例县启明初级中学|junior|urban|private||520||
39|示例县滨河九年一贯制学校|nine_year|urban|public|800|400||
40|沙洲镇九年一贯制学校|nine_year|town|public|620|410||
41|沙洲镇九年一贯制学校东校区|nine_year|town|public|180|120||campus_of=40
42|红枫乡九年一贯制学校|nine_year|rural|public|330|260||boarding=50
43|示例县博文九年一贯制学校|nine_year|urban|private|540|360||
44|示例县远志十二年一贯制学校|twelve_year|urban|private|480|360|300|
45|示例县第五中学|complete_secondary|urban|public||600|900|
46|示例县第一中学|senior|urban|public|||2100|
47|示例县特殊教育学校|special|urban|public||||
48|示例县职业技术学校|vocational|urban|public||||
"""

SCHOOL_COLUMNS = """
code name kind parent counts_as_school campus owner locale boarding
dense_centre built_year rectification_plan school_system senior_pupils
kindergarten_pupils migrant_pupils teaching_area indoor_sports_area
sports_hall_area outdoor_sports_area equipment_value multimedia_classrooms
music_room_areas art_room_areas public_funds_budget public_funds_settled
training_budget public_funds_allocated funded_pupils charter ict_management
ict_instruction ict_teaching equipment_in_use moral_education_good
campus_culture_good curriculum_complete no_excessive_load
""".split()
QUALITATIVE = SCHOOL_COLUMNS[SCHOOL_COLUMNS.index("charter") :]
SECTION_COLUMNS = """
pupils classes grades largest_class oversized_classes full_time_teachers
above_degree_teachers backbone_teachers pe_arts_teachers
visiting_pe_arts_teachers certified_teachers trained_teachers pupils_in_zone
boarders
""".split()
RETENTION = """
graduates entrants_three_years_ago transfers_in transfers_out deaths
""".split()
COLUMNS = [
    *SCHOOL_COLUMNS,
    *(f"primary_{name}" for name in SECTION_COLUMNS),
    *(f"junior_{name}" for name in SECTION_COLUMNS + RETENTION),
]

# What is broken on purpose, school by school; the letters are README.md's.
PLANTED: dict[str, Row] = {
    # a: 47/1124 = 4.18 of 4.2 and 10/1124 = 0.89 of 0.9
    "03": {
        "primary_full_time_teachers": 58,
        "primary_certified_teachers": 58,
        "primary_trained_teachers": 58,
        "primary_above_degree_teachers": 47,
        "primary_pe_arts_teachers": 10,
    },
    # b: 13912 m² for 1480 pupils = 9.40 of 10.2, above the floor of 8.67
    "31": {
        "indoor_sports_area": 960,
        "sports_hall_area": 960,
        "outdoor_sports_area": 12952,
    },
    # c: 6200 m² and 10800 m² for 800 + 400 pupils
    "39": {
        "teaching_area": 6680,
        "indoor_sports_area": 480,
        "sports_hall_area": 480,
        "outdoor_sports_area": 10320,
    },
    # d: two big schools with three times the backbone teachers of the rest
    "01": {"primary_backbone_teachers": 71},
    "02": {"primary_backbone_teachers": 67},
    # e: nobody filled in the training budget
    "12": {"training_budget": None},
    # f: one class over 45, one over 50
    "04": {"primary_largest_class": 47, "primary_oversized_classes": 1},
    "35": {"junior_largest_class": 52, "junior_oversized_classes": 1},
    # g: 25 classes need three art rooms; the third is smaller than 90 m²
    "05": {
        "primary_classes": 25,
        "primary_largest_class": 44,
        "built_year": 2012,
        "rectification_plan": "yes",
        "music_room_areas": "98;98;102.5",
        "art_room_areas": "92;91;72",
    },
    # h: public funds counted on the 64 real pupils instead of 100
    "20": {"funded_pupils": 64, "public_funds_allocated": 64 * QUOTA["primary"]},
}


def per_hundred(pupils: int, rate: float) -> int:
    """Count what *rate* per 100 pupils comes to, never less than the rate."""
    return math.ceil(pupils * rate / 100)


def make_section(rng: random.Random, stage: str, pupils: int, school: Row) -> Row:
    """Make one section that meets every rule."""
    grades = {"primary": 6, "junior": 3}[stage]
    if school["kind"] == "teaching_point":
        grades = 4
    norm = {"urban": 43, "town": 41, "rural": 36}[school["locale"]]
    limit = {"primary": 45, "junior": 50}[stage]
    classes = max(grades, math.ceil(pupils / (norm + limit - 45)))
    ratio = rng.uniform(*{"primary": (14, 17), "junior": (11.5, 14)}[stage])
    teachers = max(classes + 2, math.ceil(pupils / ratio))
    degree = rng.uniform(*{"primary": (0.95, 1), "junior": (0.88, 0.97)}[stage])
    backbone = rng.uniform(*{"primary": (1.05, 1.3), "junior": (1.2, 1.7)}[stage])
    small = school["locale"] == "rural" and pupils < 100
    in_zone = {"primary": pupils, "junior": pupils * 97 // 100}[stage]
    if school["boarding"] == "yes" or school["locale"] == "rural":
        in_zone = pupils * 88 // 100
    return {
        "pupils": pupils,
        "classes": classes,
        "grades": grades,
        "largest_class": min(limit, math.ceil(pupils / classes) + rng.randint(0, 2)),
        "oversized_classes": 0,
        "full_time_teachers": teachers,
        "above_degree_teachers": math.ceil(teachers * degree),
        "backbone_teachers": per_hundred(pupils, backbone),
        "pe_arts_teachers": per_hundred(pupils, rng.uniform(1.0, 1.3)),
        "visiting_pe_arts_teachers": 1 if small else 0,
        "certified_teachers": teachers,
        "trained_teachers": teachers,
        "pupils_in_zone": None if school["owner"] == "private" else in_zone,
        "boarders": pupils * school["boarding_percent"] // 100,
    }


def make_retention(rng: random.Random, pupils: int) -> Row:
    """Make the three-year account of the grade that has just left."""
    entrants = pupils // 3 + rng.randint(-6, 6)
    came = round(entrants * rng.uniform(0.01, 0.03))
    left = round(entrants * rng.uniform(0.02, 0.04))
    dropped = math.ceil(entrants * rng.uniform(0.005, 0.015))
    values = (entrants + came - left - dropped, entrants, came, left, 0)
    return dict(zip(RETENTION, values, strict=True))


def make_resources(rng: random.Random, pupils: dict[str, int]) -> Row:
    """Make the shared resources, large enough for each stage after the split."""
    weighted = sum(WEIGHT[stage] * count for stage, count in pupils.items())
    # The junior line is up to 1.36 times the primary one, its share only 1.1.
    need = (4.5, 7.5, 2000.0, 2.3)
    if set(pupils) != {"primary"}:
        need = (5.8 / 1.1, 10.2 / 1.1, 2500 / 1.1, 2.3)
    net, sports, equipment, rooms = (
        line * weighted * rng.uniform(1.05, 1.9) for line in need
    )
    hall = 0 if weighted < 500 else round(weighted * rng.uniform(0.03, 0.06)) * 10
    return {
        "teaching_area": math.ceil(net) + hall,
        "indoor_sports_area": hall,
        "sports_hall_area": hall,
        "outdoor_sports_area": math.ceil(sports) - hall,
        "equipment_value": math.ceil(equipment / 100) * 100,
        "multimedia_classrooms": math.ceil(rooms / 100),
    }


def make_rooms(rng: random.Random, kind: str, classes: int) -> Row:
    """Make enough music and art rooms; a teaching point has one small one each."""
    if kind == "teaching_point":
        return {"music_room_areas": "56", "art_room_areas": "56"}
    count = math.ceil(classes / 12)

    def areas(line: int) -> str:
        return ";".join(f"{line + rng.randint(0, 28) / 2:g}" for _ in range(count))

    return {"music_room_areas": areas(96), "art_room_areas": areas(90)}


def make_school(rng: random.Random, line: str) -> Row:
    """Make one school from its line in SCHOOLS."""
    no, name, kind, locale, owner, *counts, more = line.split("|")
    extra = dict([more.split("=")]) if more else {}
    pupils = {
        stage: int(count)
        for stage, count in zip(("primary", "junior", "senior"), counts, strict=True)
        if count
    }
    parent = extra.get("parent") or extra.get("campus_of")
    percent = int(extra.get("boarding", 0))
    school: Row = {
        "code": f"{COUNTY}00{no}",
        "name": name,
        "kind": kind,
        "parent": f"{COUNTY}00{parent}" if parent else None,
        "counts_as_school": "no" if "campus_of" in extra else "yes",
        "campus": "yes" if "campus_of" in extra else "no",
        "owner": owner,
        "locale": locale,
        "boarding": "yes" if percent else "no",
        "boarding_percent": percent,
        "dense_centre": "no",
        "built_year": rng.randint(1986, 2022),
        "rectification_plan": "no",
    }
    if kind == "teaching_point":
        school["counts_as_school"] = None
    if kind in COMPULSORY:
        fill_compulsory(rng, school, pupils, int(extra.get("kindergarten", 0)))
    elif "senior" in pupils:
        school["senior_pupils"] = pupils["senior"]
    school |= PLANTED.get(no, {}) if kind in COMPULSORY else {}
    return school


def fill_compulsory(
    rng: random.Random, school: Row, pupils: dict[str, int], kindergarten: int
) -> None:
    """Add the sections and the resources of a school with compulsory stages."""
    school["school_system"] = "6-3"
    school["senior_pupils"] = pupils.get("senior", 0)
    school["kindergarten_pupils"] = kindergarten
    stages = [stage for stage in STAGES if stage in pupils]
    share = {"urban": 0.14, "town": 0.05, "rural": 0.01}[school["locale"]]
    school["migrant_pupils"] = round(share * sum(pupils[s] for s in stages))
    classes = 0
    for stage in stages:
        section = make_section(rng, stage, pupils[stage], school)
        classes += section["classes"]
        if stage == "junior":
            section |= make_retention(rng, pupils[stage])
        school |= {f"{stage}_{name}": value for name, value in section.items()}
    school |= make_resources(rng, pupils)
    school |= make_rooms(rng, school["kind"], classes)


def add_accounts(rng: random.Random, schools: list[Row]) -> None:
    """Add funds and the yes/no evidence; a teaching point's are its parent's."""
    allocated = {school["code"]: fund(school) for school in schools}
    for school in schools:
        points = [
            other["code"]
            for other in schools
            if other["parent"] == school["code"] and other["kind"] == "teaching_point"
        ]
        if school["kind"] == "teaching_point":
            continue
        own = [school["code"], *points]
        budget = sum(allocated[code] for code in own) + other_funds(school)
        school["public_funds_budget"] = budget
        school["public_funds_settled"] = round(budget * rng.uniform(0.96, 1))
        # Already blank where PLANTED says so.
        training = math.ceil(budget * rng.uniform(0.052, 0.07))
        school.setdefault("training_budget", training)
        school.update(dict.fromkeys(QUALITATIVE, "yes"))


def fund(school: Row) -> int:
    """Allocate public funds, on 100 pupils at least; return the allocation."""
    amount: int = 0
    people: int = 0
    for stage in STAGES:
        pupils = school.get(f"{stage}_pupils", 0)
        people += pupils
        boarders = school.get(f"{stage}_boarders", 0)
        amount += pupils * QUOTA[stage] + boarders * TOP_UP
    if school["kind"] == "special":
        people, amount = 126, 126 * 6800
    elif people:
        amount += max(0, 100 - people) * QUOTA["primary"]
    if school["owner"] == "public" and people:
        school.setdefault("funded_pupils", max(100, people))
        school.setdefault("public_funds_allocated", amount)
    return int(school.get("public_funds_allocated", amount))


def other_funds(school: Row) -> int:
    """Return public funds of the pupils above grade nine."""
    senior = school.get("senior_pupils") or 0
    return senior * 1400 + (1_900_000 if school["kind"] == "vocational" else 0)


def make_county(schools: list[Row]) -> Row:
    """Make the county row; whatever the rows can tell is counted from them."""

    def counted(kind: str) -> int:
        return sum(s["kind"] == kind and s["counts_as_school"] != "no" for s in schools)

    def total(column: str, owner: str | None = None) -> int:
        rows = [s for s in schools if owner in (None, s["owner"])]
        return sum(s.get(column) or 0 for s in rows)

    points = [s for s in schools if s["kind"] == "teaching_point"]
    public = total("migrant_pupils", "public")
    purchased = total("migrant_pupils", "private") // 3
    return {
        "code": COUNTY,
        "name": "示例县(合成数据)",
        "synthetic": "yes",
        "year": YEAR,
        "resident_population": 412300,
        "basic_balance_recognised_on": "2015-11-20",
        "annual_monitoring": None,  # e: left blank
        **{
            f"{kind}_schools": counted(kind)
            for kind in (
                "primary",
                "junior",
                "nine_year",
                "twelve_year",
                "complete_secondary",
                "special",
            )
        },
        "teaching_points": len(points),
        "teaching_points_50": sum(p["primary_pupils"] >= 50 for p in points),
        **{
            f"{stage}_{name}": total(f"{stage}_{name}")
            for stage in STAGES
            for name in ("pupils", "classes")
        },
        "unified_construction": "yes",
        "unified_staffing": "yes",
        "unified_funding": "yes",
        "unified_equipment": "yes",
        "primary_funding_quota": QUOTA["primary"],
        "junior_funding_quota": QUOTA["junior"],
        "boarding_top_up": TOP_UP,
        "special_education_funds": 126 * 6800,
        "special_education_pupils": 126,
        "teacher_mean_pay": 98600,
        "civil_servant_mean_pay": 97200,
        "performance_pay_approved": "yes",
        "rotation_eligible_teachers": 1200,
        "rotated_teachers": 144,
        "rotated_backbone_teachers": 36,
        "senior_high_places": 1800,
        "senior_high_allocated_places": 1080,
        "senior_high_rural_places": 432,
        "migrant_children_eligible": math.ceil((public + purchased) / 0.92),
        "migrant_children_public": public,
        "migrant_children_purchased": purchased,
        "disabled_children": 412,
        "disabled_children_enrolled": 400,
        "exam_admission": "no",
        "school_choice": "no",
        "key_schools": "no",
        "unfilled_posts": "no",
        "serious_incident": "no",
        "tutoring_governance": "no",
    }


def make_monitoring() -> list[Row]:
    """Make the monitoring results of 2024; 心理健康 has no national one (e)."""
    lines = """
    national 数学 4 Ⅲ 0.112
    national 数学 8 Ⅲ 0.138
    national 体育与健康 4 Ⅳ 0.087
    national 体育与健康 8 Ⅲ 0.124
    provincial 心理健康 4 Ⅲ 0.093
    provincial 心理健康 8 Ⅲ 0.105
    """
    names = ("organiser", "subject", "grade", "level", "between_school_rate")
    return [
        {"county": COUNTY, "year": YEAR} | dict(zip(names, line.split(), strict=True))
        for line in lines.strip().splitlines()
    ]


def make_survey() -> list[Row]:
    """Make both channels of the satisfaction survey; the total is its parts' sum."""
    channels = {
        "questionnaire": {
            "parents": (520, 508, 467),
            "teachers": (70, 69, 66),
            "principals": (60, 60, 58),
            "deputies": (60, 58, 54),
            "cppcc": (60, 57, 52),
            "pupils": (80, 79, 74),
            "public": (70, 66, 58),
        },
        "interview": {
            "parents": (66, 66, 60),
            "teachers": (18, 18, 17),
            "principals": (12, 12, 12),
            "public": (24, 24, 21),
        },
    }
    names = ("distributed", "valid", "satisfied")
    rows: list[Row] = []
    for channel, groups in channels.items():
        total = tuple(sum(column) for column in zip(*groups.values(), strict=True))
        for group, counts in {"total": total, **groups}.items():
            row = {"county": COUNTY, "year": YEAR, "channel": channel, "group": group}
            rows.append(row | dict(zip(names, counts, strict=True)))
    return rows


def make_finance() -> list[Row]:
    """Make three years in which spending rises, in total and per pupil."""
    figures = {
        2022: (812_400_000, 47_900),
        2023: (845_100_000, 47_600),
        2024: (883_600_000, 47_300),
    }
    return [
        {
            "county": COUNTY,
            "year": year,
            "measure": "一般公共预算教育支出",
            "education_spending": spending,
            "enrolled_pupils": pupils,
        }
        for year, (spending, pupils) in figures.items()
    ]


def make_attestations() -> list[Row]:
    """Make what somebody signed for; for a veto, yes would mean it occurred."""
    lines = """
    government.siting_plan yes 示例县义务教育学校布局专项规划(合成)
    government.staffing_allocation yes 教职工编制统筹分配表(合成)
    government.rural_quota_tilt yes 优质高中指标分配方案(合成)
    government.left_behind_care yes 留守儿童关爱台账(合成)
    vetoes.falsification no 数据真实性承诺书(合成)
    """
    names = ("rule", "value", "evidence")
    tail = {"issuer": "示例县教育局(合成)", "level": "self", "date": "2024-11-30"}
    return [
        {"entity": COUNTY, **dict(zip(names, line.split(), strict=True)), **tail}
        for line in lines.strip().splitlines()
    ]


def write(path: Path, rows: list[Row], columns: list[str] | None = None) -> None:
    """Write *rows* as UTF-8 with LF; None becomes a blank cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file,
            columns or list(rows[0]),
            extrasaction="ignore",
            lineterminator="\n",
        )
        writer.writeheader()
        writer.writerows(rows)


def main(target: Path = TARGET) -> None:
    """Write the six files of the county to *target*."""
    rng = random.Random(SEED)
    schools = [make_school(rng, line) for line in SCHOOLS.strip().splitlines()]
    add_accounts(rng, schools)
    target.mkdir(parents=True, exist_ok=True)
    write(target / "county.csv", [make_county(schools)])
    write(target / "schools.csv", schools, COLUMNS)
    write(target / "monitoring.csv", make_monitoring())
    write(target / "survey.csv", make_survey())
    write(target / "finance.csv", make_finance())
    write(target / "attestations.csv", make_attestations())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
