"""
Random contract documents around every threshold, for differential tests.

Every school is first made whole and consistent; cells are blanked afterwards (left
out or null), so that what is left obeys the contract whatever is missing.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any


Row = dict[str, Any]

STAGES = ("primary", "junior")
WEIGHT = {
    "primary": Fraction(1),
    "junior": Fraction(11, 10),
    "senior": Fraction(132, 100),
}
CLASS_LIMIT = {"primary": 45, "junior": 50}
BANDS = (
    ("classes_le25", 25),
    ("classes_26_30", 30),
    ("classes_31_35", 35),
    ("classes_36_40", 40),
    ("classes_41_45", 45),
    ("classes_46_50", 50),
    ("classes_51_55", 55),
    ("classes_56_60", 60),
    ("classes_61_65", 65),
    ("classes_ge66", 10**6),
)
SUBJECTS = (
    ("数学", "体育与健康", "心理健康"),
    ("语文", "艺术", "英语"),
    ("德育", "科学", "劳动"),
)
KINDS = {
    "primary": 30,
    "teaching_point": 14,
    "junior": 16,
    "nine_year": 14,
    "twelve_year": 6,
    "complete_secondary": 7,
    "senior": 5,
    "special": 4,
    "vocational": 4,
}
KIND_STAGES: dict[str, tuple[str, ...]] = {
    "primary": ("primary",),
    "teaching_point": ("primary",),
    "junior": ("junior",),
    "nine_year": STAGES,
    "twelve_year": STAGES,
    "complete_secondary": ("junior",),
    "senior": (),
    "special": (),
    "vocational": (),
}
SENIOR_KINDS = ("twelve_year", "complete_secondary", "senior", "vocational")
PER_HUNDRED = {
    "above_degree_teachers": {"primary": "4.2", "junior": "5.3"},
    "backbone_teachers": {"primary": "1", "junior": "1"},
    "pe_arts_teachers": {"primary": "0.9", "junior": "0.9"},
}
SHARED = {
    "teaching_area": {"primary": "4.5", "junior": "5.8"},
    "sports_area": {"primary": "7.5", "junior": "10.2"},
    "equipment_value": {"primary": "2000", "junior": "2500"},
    "multimedia_classrooms": {"primary": "0.023", "junior": "0.024"},
}
COHORT = (
    "graduates",
    "entrants_three_years_ago",
    "transfers_in",
    "transfers_out",
    "deaths",
)
QUALITATIVE = {
    "quality.charter_and_ict": ("charter", "ict_management", "ict_instruction"),
    "quality.ict_teaching": ("ict_teaching", "equipment_in_use"),
    "quality.moral_education": ("moral_education_good", "campus_culture_good"),
    "quality.curriculum": ("curriculum_complete",),
    "quality.homework_load": ("no_excessive_load",),
}
COUNTY_YES = {
    "eligibility.annual_monitoring": ("annual_monitoring",),
    "government.siting_plan": ("siting_plan",),
    "government.unified_standards": (
        "unified_construction",
        "unified_staffing",
        "unified_funding",
        "unified_equipment",
    ),
    "government.performance_pay": ("performance_pay_approved",),
    "government.staffing_allocation": ("staffing_allocation",),
    "government.rural_quota_tilt": ("rural_quota_tilt",),
    "government.left_behind_care": ("left_behind_care",),
}
VETOES = (
    "exam_admission",
    "school_choice",
    "key_schools",
    "unfilled_posts",
    "serious_incident",
    "falsification",
    "tutoring_governance",
)
DATES = (
    "2015",
    "2016-10",
    "2014-11-05",
    "2017-06-30",
    "2019",
    "2019-10",
    "2019-10-31",
    "2019-11-01",
    "2020-02-29",
    "2021",
    "2021-12-31",
    "2022-01-01",
    "2021-12",
    "2023",
)
# The cells that are never blanked: who the row is, and what makes an attached
# section a section.
KEPT = {"code", "name", "kind", "parent", "counts_as_school"}


class Maker:
    """One random county in the making."""

    def __init__(self, rng: random.Random, code: str) -> None:
        """Draw the county's character: how good, how blank, how spread."""
        self.rng = rng
        self.code = code
        # On average about eight cells in a hundred are blank.
        self.blank = rng.choice((0.0, 0.0, 0.02, 0.08, 0.08, 0.12, 0.2))
        self.good = rng.choice((0.5, 0.9, 0.99, 1.0, 1.0))
        self.steady = rng.random() < 0.6
        self.no_zero = rng.random() < 0.7
        self.quota = {
            "primary": rng.choice((650, 720, "720.5")),
            "junior": rng.choice((850, 940)),
        }
        self.top_up = rng.choice((0, 200, 300))

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < probability

    def well(self) -> bool:
        """Say whether this value shall be on the good side of its line."""
        return self.chance(self.good)

    def whole(self, line: Fraction) -> int:
        """Return a whole number near the line."""
        exact = math.ceil(line)
        if self.well():
            return exact + self.rng.choice((0, 0, 1, 2, max(1, exact // 4)))
        low = math.ceil(line * Fraction(85, 100))
        picks = [exact - 1, low, low - 1, exact // 2]
        if not self.steady:
            picks.append(exact * 5)
        if not self.no_zero:
            picks.append(0)
        return max(0, self.rng.choice(picks))

    def cents(self, line: Fraction) -> Fraction:
        """Return an amount with two decimals near the line."""
        exact = Fraction(math.ceil(line * 100), 100)
        cent = Fraction(1, 100)
        if self.well():
            quarter = Fraction(math.ceil(line * 25), 100)
            return exact + self.rng.choice((Fraction(0), Fraction(0), cent, quarter))
        low = Fraction(math.ceil(line * 85), 100)
        picks = [exact - cent, low, low - cent, Fraction(math.ceil(line * 50), 100)]
        if not self.steady:
            picks.append(exact * 5)
        if not self.no_zero:
            picks.append(Fraction(0))
        return max(Fraction(0), self.rng.choice(picks))

    def amount(self, value: Fraction) -> int | float | str:
        """Write an amount as an integer, a string or a float of two decimals."""
        if value.denominator == 1 and self.chance(0.7):
            return int(value)
        text = f"{int(value * 100) // 100}.{int(value * 100) % 100:02d}"
        return text if self.chance(0.5) else float(text)

    def yes(self) -> bool:
        """Answer yes, mostly."""
        return self.chance(0.5 + self.good / 2) or self.good == 1.0

    # --- schools

    def stage_pupils(self, kind: str) -> int:
        """Draw the pupils of one section."""
        rng = self.rng
        if kind == "teaching_point":
            return rng.choice((30, 49, 50, 51, 80, rng.randint(30, 80)))
        if self.well():
            sizes = (50, 60, 80, 99, 100, 200, 300, 400, 500, 600, 1000, 1250, 2000)
            return rng.choice((*sizes, rng.randint(50, 1500)))
        bad = (20, 40, 49, 1999, 2000, 2001, 2400, 2401, 1300, 1500, 1501)
        return rng.choice((*bad, rng.randint(20, 2600)))

    def classes(self, stage: str, pupils: int) -> Row:
        """Draw the classes of one section, consistent with its pupils."""
        rng = self.rng
        limit = CLASS_LIMIT[stage]
        size = rng.choice((20, 25, 28, 35, 40, limit, limit))
        if not self.well():
            size = rng.choice((limit + 1, limit + 6))
        count = math.ceil(pupils / size)
        if count > 1 and self.chance(0.3):
            # Often exactly a dozen or two, or one more.
            count = max(count, rng.choice((12, 13, 24, 25, 36, 37)))
            count = min(count, pupils)
        mean = math.ceil(pupils / count)
        room = pupils - (count - 1)
        wanted = rng.choice((mean, 29, 30, 44, 45, limit, limit))
        if not self.well():
            wanted = rng.choice((46, 50, 51, limit + 1, 66))
        largest = max(mean, min(wanted, room))
        band = next(i for i, (_, top) in enumerate(BANDS) if largest <= top)
        rest = next(i for i, (_, top) in enumerate(BANDS) if mean <= top)
        bands = [0] * len(BANDS)
        bands[band] += 1
        bands[rest] += count - 1
        first_over = {45: 5, 50: 6}[limit]
        return {
            "classes": count,
            "largest_class": largest,
            "oversized_classes": sum(bands[first_over:]),
            **{name: bands[i] for i, (name, _) in enumerate(BANDS)},
        }

    def section(self, stage: str, pupils: int) -> Row:
        """Make one whole section, keys without prefix."""
        rng = self.rng
        row: Row = {"pupils": pupils, **self.classes(stage, pupils)}
        for name, lines in PER_HUNDRED.items():
            row[name] = self.whole(Fraction(lines[stage]) * pupils / 100)
        row["visiting_pe_arts_teachers"] = rng.choice((0, 0, 1, 2))
        degrees = [0, 0, 0, 0]
        for _ in range(row["above_degree_teachers"]):
            degrees[rng.randrange(0 if stage == "primary" else 1, 4)] += 1
        if stage == "junior":
            degrees[0] = rng.choice((0, 1, 3))
        names = ("college", "bachelor", "master", "doctor")
        row.update({f"teachers_{n}": d for n, d in zip(names, degrees, strict=True)})
        least = max(sum(degrees), row["backbone_teachers"], row["pe_arts_teachers"], 1)
        teachers = least + rng.choice((0, 0, 1, 3))
        row["full_time_teachers"] = teachers
        for name in ("trained_teachers", "certified_teachers"):
            row[name] = teachers - (0 if self.well() else rng.choice((0, 1)))
        row["pupils_in_zone"] = pupils
        if not self.well() or (stage == "junior" and self.chance(0.4)):
            near = math.ceil(pupils * Fraction(95, 100))
            row["pupils_in_zone"] = rng.choice((pupils, near, near - 1, pupils - 1))
        row["boarders"] = rng.choice((0, pupils // 10, pupils // 2))
        if stage == "junior":
            row.update(self.cohort(pupils))
        return row

    def cohort(self, pupils: int) -> Row:
        """Make the five figures of the retention."""
        rng = self.rng
        start = max(20, round(pupils / 3)) if self.chance(0.7) else 100
        deaths = rng.choice((0, 0, 0, 1))
        arrived, left = rng.choice(((0, 0), (0, 0), (5, 3), (2, 2)))
        line = Fraction(95, 100) * (start - deaths)
        kept = math.ceil(line) + (0 if self.well() else -rng.choice((1, 2)))
        kept = min(rng.choice((kept, kept, start - deaths)), start - deaths)
        if start == 0 or self.chance(0.01):
            return dict.fromkeys(COHORT, 0)
        figures = (kept + arrived - left, start, arrived, left, deaths)
        return dict(zip(COHORT, figures, strict=True))

    def shared(self, row: Row, sections: dict[str, Row]) -> None:
        """Draw the resources of the whole school near the line of one stage."""
        rng = self.rng
        divisor = sum(
            (WEIGHT[s] * part["pupils"] for s, part in sections.items()), Fraction(0)
        )
        divisor += WEIGHT["senior"] * (row.get("senior_pupils") or 0)
        if divisor == 0:
            divisor = Fraction(100)

        def line(name: str) -> Fraction:
            """Return what the school needs so that all its stages are on the line."""
            needs = [
                Fraction(SHARED[name][s]) * divisor / WEIGHT[s]
                for s in (sections or {"junior": {}})
            ]
            return max(needs) if self.well() else rng.choice(needs)

        indoor = rng.choice((Fraction(0), Fraction(0), Fraction("120.5"), divisor / 10))
        indoor = Fraction(math.floor(indoor * 100), 100)
        teaching = self.cents(line("teaching_area")) + indoor
        # The hall may differ, but stays inside the building.
        hall = indoor if self.chance(0.8) else min(teaching, indoor + 50)
        sports = max(Fraction(0), self.cents(line("sports_area")) - hall)
        row["teaching_area"] = self.amount(teaching)
        row["indoor_sports_area"] = self.amount(indoor)
        row["sports_hall_area"] = self.amount(hall)
        row["outdoor_sports_area"] = self.amount(sports)
        if self.chance(0.08):
            row.pop(rng.choice(("indoor_sports_area", "sports_hall_area")))
        row["equipment_value"] = self.amount(self.cents(line("equipment_value")))
        row["multimedia_classrooms"] = self.whole(line("multimedia_classrooms"))
        row["dense_centre"] = self.chance(0.15)
        row["other_sports_area"] = rng.choice((0, 0, "35.5", 400))
        row["leased_sports_area"] = rng.choice((0, 0, "80.25", 500))
        row["lease_conditions"] = self.chance(0.7)

    def rooms(self, row: Row, sections: dict[str, Row]) -> None:
        """Draw the music and art rooms near every line."""
        rng = self.rng
        need = math.ceil(sum(part["classes"] for part in sections.values()) / 12)
        lines = {
            "music_room_areas": ("96", "95.99", "73", "72.99"),
            "art_room_areas": ("90", "89.99", "67", "66.99"),
        }
        for column, edges in lines.items():
            small = (*edges, "61", "60.99", "54", "53.99")
            count = need + rng.choice((0, 0, 1))
            sizes = [rng.choice((edges[0], "98.5", "120")) for _ in range(count)]
            if not self.well():
                count = max(0, need + rng.choice((-1, 0, 0, 0)))
                sizes = [rng.choice((edges[0], *small)) for _ in range(count)]
            if sizes and self.chance(0.7):
                row[column] = ";".join(sizes)
            else:
                row[column] = [float(size) for size in sizes]

    def money(self, row: Row, sections: dict[str, Row]) -> None:
        """Draw the public funds."""
        rng = self.rng
        budget = rng.choice((100000, 250000, 333333))
        line = Fraction(budget) * Fraction(5, 100)
        row["public_funds_budget"] = budget
        row["training_budget"] = self.amount(min(self.cents(line), Fraction(budget)))
        if self.chance(0.02):
            row["public_funds_budget"] = row["training_budget"] = 0
        pupils = sum(part["pupils"] for part in sections.values())
        row["funded_pupils"] = max(pupils, 100)
        if pupils < 100:
            # Funded by heads or as a hundred: the allocation often decides.
            row["funded_pupils"] = rng.choice((pupils, pupils, 99, 100))
        elif self.chance(0.4):
            row["funded_pupils"] = rng.choice((99, 100, 101, pupils))
        boarders = sum(part["boarders"] for part in sections.values())
        quota = sum(
            (part["pupils"] * Fraction(self.quota[s]) for s, part in sections.items()),
            Fraction(0),
        )
        need = 100 * quota / pupils if pupils else Fraction(72000)
        if row["boarding"]:
            need += boarders * self.top_up
        row["public_funds_allocated"] = self.amount(self.cents(need))

    def school(self, index: int, kind: str | None = None) -> Row:
        """Make one whole school."""
        rng = self.rng
        kind = kind or rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
        stages = list(KIND_STAGES[kind])
        if kind == "junior" and self.chance(0.15):
            stages.insert(0, "primary")
        if kind in {"senior", "vocational"} and self.chance(0.4):
            stages.append("junior")
        if kind == "special" and self.chance(0.15):
            stages.append("primary")
        row: Row = {
            "code": f"{self.code}-{index:02d}",
            "name": f"第{index}学校",
            "kind": kind,
            "county": self.code,
            "owner": rng.choice(("public", "public", "public", "7", 9, "private", 10)),
            "locale": rng.choice(("urban", "town", "rural")),
            "boarding": self.chance(0.3),
            "rectification_plan": self.chance(0.8),
        }
        if self.chance(0.6):
            row["built_year"] = rng.choice((1998, 2010, 2011, 2016, 2017, 2020))
        else:
            row["built_by_2010"] = self.chance(0.4)
            row["built_by_2016"] = row["built_by_2010"] or self.chance(0.5)
        if kind == "teaching_point" or (kind == "primary" and self.chance(0.1)):
            row["locale"] = "rural"
        sections: dict[str, Row] = {}
        for stage in stages:
            own = stage in KIND_STAGES[kind]
            pupils = self.stage_pupils(kind)
            if not own:
                pupils = rng.choice((30, 60, 90, 150, 300))
            if own and self.chance(0.03):
                row[f"{stage}_pupils"] = row[f"{stage}_classes"] = 0
                continue
            sections[stage] = self.section(stage, pupils)
        if kind in SENIOR_KINDS:
            row["senior_pupils"] = rng.choice((0, 100, 300, 700, 900))
        if kind in {"primary", "nine_year"} and self.chance(0.2):
            row["kindergarten_pupils"] = rng.choice((0, 25, 60))
        self.shared(row, sections)
        self.rooms(row, sections)
        self.money(row, sections)
        pupils = sum(part["pupils"] for part in sections.values())
        row["migrant_pupils"] = rng.choice((0, pupils // 3, pupils // 2, pupils))
        if not row["migrant_pupils"] * 2 > pupils and self.chance(0.2):
            row["migrant_pupils"] = pupils // 2 + (1 if pupils else 0)
        for columns in QUALITATIVE.values():
            for column in columns:
                row[column] = self.yes()
        if kind == "special" and not sections:
            for column in ("music_room_areas", "art_room_areas", "funded_pupils"):
                row.pop(column)
        row["sections"] = sections
        return row

    def pair(self) -> list[Row]:
        """Make two schools on, or one unit off, the line of a coefficient."""
        rng = self.rng
        stage = rng.choice(STAGES)
        # Equal pupils and 1 : 3 give 0.50 exactly, 11 : 29 give 0.45.
        factors = {"primary": (1, 3), "junior": (11, 29)}[stage]
        schools = [self.school(index, stage) for index in (1, 2)]
        column = rng.choice(("equipment_value", "multimedia_classrooms"))
        unit = {"equipment_value": 250000, "multimedia_classrooms": 3}[column]
        for school, factor in zip(schools, factors, strict=True):
            for other in STAGES:
                school.pop(f"{other}_pupils", None)
                school.pop(f"{other}_classes", None)
            school["sections"] = {stage: self.section(stage, 100)}
            self.tidy(school)
            school[column] = unit * factor
        schools[1][column] += rng.choice((-1, 0, 0, 1))
        return schools

    def tidy(self, school: Row) -> None:
        """Redraw what depends on the sections of a changed school."""
        school.pop("kindergarten_pupils", None)
        self.shared(school, school["sections"])
        self.rooms(school, school["sections"])
        self.money(school, school["sections"])
        school["migrant_pupils"] = 0

    # --- the shape of the table

    def written(self, school: Row) -> Row:
        """Write the sections as columns: prefixed, unprefixed or undivided."""
        row = {k: v for k, v in school.items() if k != "sections"}
        sections: dict[str, Row] = {s: dict(p) for s, p in school["sections"].items()}
        for part in sections.values():
            self.choose_sources(part)
        own = KIND_STAGES[school["kind"]]
        if len(sections) == 2 and set(own) == set(STAGES) and self.chance(0.15):
            names = set(sections["primary"]) & set(sections["junior"])
            if self.chance(0.5):
                names &= {
                    "full_time_teachers",
                    "trained_teachers",
                    "certified_teachers",
                    "largest_class",
                    "classes",
                    "boarders",
                }
            for name in sorted(names):
                values = [part.pop(name) for part in sections.values()]
                row[name] = max(values) if name == "largest_class" else sum(values)
        bare = (
            len(sections) == 1
            and set(own) == set(sections)
            and school["kind"] in {"primary", "junior", "teaching_point"}
            and self.chance(0.2)
        )
        for stage, part in sections.items():
            for name, value in part.items():
                row[name if bare else f"{stage}_{name}"] = value
        return row

    def choose_sources(self, part: Row) -> None:
        """Keep one way of telling class sizes and degrees."""
        bands = [name for name, _ in BANDS]
        way = self.rng.choice(("largest", "largest", "both", "oversized", "bands"))
        if way in {"largest", "both", "oversized"}:
            for name in bands:
                part.pop(name)
        if way in {"oversized", "bands"}:
            part.pop("largest_class")
        if way in {"largest", "bands"}:
            part.pop("oversized_classes")
        counts = [name for name in part if name.startswith("teachers_")]
        if self.chance(0.7):
            for name in counts:
                part.pop(name)
        else:
            part.pop("above_degree_teachers")

    def blanked(self, row: Row, kept: set[str], rate: float | None = None) -> Row:
        """Blank cells: half are left out, half are null."""
        result: Row = {}
        for name, value in row.items():
            if name in kept or not self.chance(self.blank if rate is None else rate):
                result[name] = value
            elif self.chance(0.5):
                result[name] = None
        return result

    # --- county

    def county(self, schools: list[Row]) -> Row:
        """Make the county row, its totals in step with the whole schools."""
        rng = self.rng
        eligible = rng.choice((0, 50, 100, 333))
        rotated = self.capped(Fraction(eligible, 10), eligible)
        places = rng.choice((0, 100, 501, 1000))
        allocated = self.capped(Fraction(places, 2), places)
        migrants = rng.choice((0, 100, 333, 1000))
        served = self.capped(Fraction(85, 100) * migrants, migrants)
        purchased = rng.choice((0, served // 5))
        disabled = rng.choice((0, 20, 40, 100))
        enrolled = self.capped(Fraction(95, 100) * disabled, disabled)
        special = rng.choice((0, 40, 60, 60, 77))
        pay = self.cents(Fraction(98000))
        row: Row = {
            "code": self.code,
            "name": "某县",
            "year": 2024,
            "resident_population": rng.choice((100000, 200000, 333333, 250001)),
            "basic_balance_recognised_on": rng.choice(
                DATES[:4] if self.well() else DATES
            ),
            "special_education_pupils": special,
            "special_education_funds": self.amount(
                self.cents(Fraction(6000 * special)) if special else Fraction(0)
            ),
            "teacher_mean_pay": self.amount(pay),
            "civil_servant_mean_pay": 98000,
            "rotation_eligible_teachers": eligible,
            "rotated_teachers": rotated,
            "rotated_backbone_teachers": self.capped(Fraction(rotated, 5), rotated),
            "senior_high_places": places,
            "senior_high_allocated_places": allocated,
            "senior_high_rural_places": allocated // 2,
            "migrant_children_eligible": migrants,
            "migrant_children_public": served - purchased,
            "migrant_children_purchased": purchased,
            "disabled_children": disabled,
            "primary_funding_quota": self.quota["primary"],
            "junior_funding_quota": self.quota["junior"],
            "boarding_top_up": self.top_up,
        }
        if self.chance(0.5):
            row["disabled_children_enrolled"] = enrolled
        else:
            parts = (enrolled // 3, enrolled // 4)
            row["disabled_in_special"], row["disabled_in_regular"] = parts
            row["disabled_home_taught"] = enrolled - sum(parts)
        for columns in COUNTY_YES.values():
            for column in columns:
                row[column] = self.yes()
        for name in VETOES:
            row[name] = not self.yes() and self.chance(0.5)
        self.totals(row, schools)
        return row

    def capped(self, line: Fraction, most: int) -> int:
        """Return a whole number near the line, not above the most."""
        return min(self.whole(line), most)

    def totals(self, row: Row, schools: list[Row]) -> None:
        """State schools and totals, sometimes more than the rows hold."""
        rng = self.rng
        counted = [
            s
            for s in schools
            if s["kind"] == "teaching_point" or s.get("counts_as_school") is not False
        ]
        kinds = {
            "primary_schools": "primary",
            "junior_schools": "junior",
            "nine_year_schools": "nine_year",
            "twelve_year_schools": "twelve_year",
            "complete_secondary_schools": "complete_secondary",
            "special_schools": "special",
            "teaching_points": "teaching_point",
        }
        stated: Row = {}
        if self.chance(0.5):
            for column, kind in kinds.items():
                stated[column] = sum(s["kind"] == kind for s in counted)
            if row["special_education_pupils"] > 0 == stated["special_schools"]:
                # Special pupils and no special school would contradict.
                del stated["special_schools"]
            stated["teaching_points_50"] = sum(
                s["kind"] == "teaching_point"
                and sum(p["pupils"] for p in s["sections"].values()) >= 50
                for s in schools
            )
        for stage in STAGES:
            parts = [s["sections"][stage] for s in schools if stage in s["sections"]]
            if not parts:
                continue
            for column in ("pupils", "classes"):
                if self.chance(0.3):
                    stated[f"{stage}_{column}"] = sum(p[column] for p in parts)
            if self.chance(0.3):
                for column in (
                    "full_time_teachers",
                    "trained_teachers",
                    "certified_teachers",
                ):
                    row[f"{stage}_{column}"] = sum(p[column] for p in parts)
            if stage == "junior" and self.chance(0.3):
                for column in COHORT:
                    row[f"junior_{column}"] = sum(p[column] for p in parts)
            if self.chance(0.04):
                row[f"{stage}_oversized_classes"] = sum(
                    p["oversized_classes"] for p in parts
                )
        if stated and self.chance(0.15):
            stated[rng.choice(list(stated))] += rng.choice((1, 1, 30))
        row.update(stated)

    # --- the other tables

    def monitoring(self) -> list[Row]:
        """Make the results of one or two years."""
        rng = self.rng
        years = rng.choice(((2021, 2024), (2022, 2023), (2022,), (2024,), (2023,), ()))
        rows: list[Row] = []
        for year in years:
            for subject in SUBJECTS[(year - 2021) % 3]:
                if self.chance(self.blank / 2):
                    continue
                rows.extend(
                    self.monitored(year, subject, grade, "national")
                    for grade in rng.choice(((4,), (8,), (4, 8)))
                )
            if self.chance(0.15):
                subject = rng.choice(SUBJECTS[year % 3])
                organiser = rng.choice(("provincial", "city"))
                rows.append(self.monitored(year, subject, 8, organiser))
        if self.chance(0.1):
            rows.append(self.monitored(2024, "数学", 8, "provincial"))
        return rows

    def monitored(self, year: int, subject: str, grade: int, organiser: str) -> Row:
        """Make one result."""
        good = self.well()
        row = {
            "county": self.code,
            "year": year,
            "organiser": organiser,
            "subject": subject,
            "grade": grade,
            "level": self.rng.choice("ⅢⅣ" if good else "ⅠⅡⅢⅣ"),
            "between_school_rate": self.rng.choice(
                (0.1, "0.149", 0.1499) if good else (0.15, "0.1501", 0.2, 0.1)
            ),
        }
        return self.blanked(row, {"county", "year", "organiser", "subject", "grade"})

    def survey(self, population: int) -> list[Row]:
        """Make the survey of one or two years."""
        rng = self.rng
        rows: list[Row] = []
        for year in rng.choice(((2021, 2023), (2022,), (2024,), (2022, 2024), ())):
            for channel in ("questionnaire", "interview"):
                if self.chance(self.blank / 3):
                    continue
                need = math.ceil(Fraction(15, 10000) * population)
                sent = need + rng.choice((-1, 0, 0, 1, 50))
                valid = rng.choice((sent, sent - 20))
                satisfied = min(self.whole(Fraction(85, 100) * valid), valid)
                key = {"county": self.code, "year": year, "channel": channel}
                total = {
                    "group": "total",
                    "distributed": sent,
                    "valid": valid,
                    "satisfied": satisfied,
                }
                names = {"county", "year", "channel", "group"}
                rows.append(self.blanked(key | total, names))
                if channel == "questionnaire" and self.chance(0.8):
                    half = math.ceil(valid / 2) + rng.choice((-1, 0, 0, 3))
                    parents = {
                        "group": "parents",
                        "distributed": half + rng.choice((0, 5)),
                        "valid": half,
                        "satisfied": min(half, satisfied),
                    }
                    rows.append(self.blanked(key | parents, names))
        return rows

    def finance(self) -> list[Row]:
        """Make the spending of some years."""
        rng = self.rng
        rows: list[Row] = []
        spent = Fraction(500_000_000)
        pupils = 20000
        for year in rng.choice(((2022, 2023), (2021, 2022, 2023), (2021, 2023), ())):
            row = {
                "county": self.code,
                "year": year,
                "measure": "一般公共预算教育支出",
                "education_spending": self.amount(spent),
                "enrolled_pupils": pupils,
            }
            rows.append(self.blanked(row, {"county", "year", "measure"}))
            step = rng.choice((Fraction(0), Fraction(1, 100), Fraction(-1, 100)))
            spent += step if self.chance(0.5) else Fraction(1_000_000)
            pupils += rng.choice((-100, 0, 1, 300))
        return rows

    def attestations(self, county: Row, rows: list[Row]) -> list[Row]:
        """Sign for county items and every-school items that are blank."""
        notes: list[Row] = []

        def sign(entity: str, rule: str, value: bool) -> None:
            prefix = "quality-balance/" if self.chance(0.5) else ""
            notes.append(
                {
                    "entity": entity,
                    "rule": prefix + rule,
                    "value": value,
                    "issuer": "某县教育局",
                    "level": "self",
                    "date": "2024-10-01",
                }
            )

        items = {**COUNTY_YES, **{f"vetoes.{v}": (v,) for v in VETOES}}
        for rule, columns in items.items():
            if not self.chance(0.08):
                continue
            for column in columns:
                county.pop(column, None)
            veto = rule.startswith("vetoes.")
            sign(self.code, rule, veto is not self.yes())
        for rule, columns in QUALITATIVE.items():
            if self.chance(0.1):
                # The county signs; some or all schools say nothing themselves.
                sign(self.code, rule, True)
                for row in rows:
                    if self.chance(0.7):
                        for column in columns:
                            row.pop(column, None)
            if self.chance(0.1):
                units = [
                    r for r in rows if not r.get("parent") and KIND_STAGES[r["kind"]]
                ]
                if not units:
                    continue
                row = self.rng.choice(units)
                for column in columns:
                    row.pop(column, None)
                sign(row["code"], rule, self.yes())
        return notes

    def document(self, count: int) -> dict[str, Any]:
        """Make the whole document."""
        rng = self.rng
        if count == 2 and self.chance(0.6):
            schools = self.pair()
        else:
            schools = [self.school(i + 1) for i in range(count)]
        parents = [s for s in schools if s["kind"] == "primary" and s["sections"]]
        for school in schools:
            others = [p for p in parents if p is not school and "parent" not in p]
            if not others or any(s.get("parent") == school["code"] for s in schools):
                continue
            if school["kind"] == "teaching_point" and self.chance(0.3):
                school["parent"] = rng.choice(others)["code"]
            elif school["kind"] == "primary" and self.chance(0.08):
                school["parent"] = rng.choice(others)["code"]
                school["counts_as_school"] = False
        county = self.county(schools)
        for school in schools:
            if "counts_as_school" not in school and self.chance(0.3):
                school["counts_as_school"] = school["kind"] != "teaching_point"
        rows: list[Row] = []
        for school in schools:
            kept = set(KEPT)
            if school.get("counts_as_school") is False:
                # A merged site keeps both halves of the sports rooms.
                kept |= {"indoor_sports_area", "sports_hall_area"}
            for stage in school["sections"]:
                if stage not in KIND_STAGES[school["kind"]]:
                    kept.add(f"{stage}_pupils")
            rows.append(self.blanked(self.written(school), kept))
        population = county["resident_population"]
        county = self.blanked(county, {"code", "name"}, self.blank / 2)
        document: dict[str, Any] = {
            "county": [county],
            "schools": rows,
            "attestations": self.attestations(county, rows),
            "monitoring": self.monitoring(),
            "survey": self.survey(population),
            "finance": self.finance(),
        }
        for table in ("attestations", "monitoring", "survey", "finance"):
            if not document[table] and self.chance(0.5):
                del document[table]
        return document


def random_county(
    rng: random.Random, *, code: str = "350881", schools: int | None = None
) -> dict[str, Any]:
    """
    Make a random, valid contract document of one county.

    Args:
        rng: Where the randomness comes from.

        code: The county's area code.

        schools: How many schools; one to twelve when not given.

    """
    count = rng.randint(1, 12) if schools is None else schools
    return Maker(rng, code).document(count)


def documents(n: int, seed: int) -> list[dict[str, Any]]:
    """Make *n* random documents, the same for the same seed."""
    rng = random.Random(seed)
    return [random_county(rng) for _ in range(n)]


def with_classes(document: dict[str, Any], seed: str) -> dict[str, Any]:
    """
    Give some sections a list of their classes in place of figures of class size.

    Some classes have no size, some are larger than their stage may have.

    Args:
        document: A document of `documents`; it stays as it is.

        seed: What the choice depends on.

    """
    rng = random.Random(seed)
    rows = [dict(row) for row in document["schools"]]
    merged = {str(row.get("parent")) for row in rows} | {
        str(row["code"]) for row in rows if row.get("parent")
    }
    names = ("largest_class", "oversized_classes", *(name for name, _ in BANDS))
    classes: list[Row] = []
    for row in rows:
        if row["code"] in merged or rng.random() < 0.3:
            continue
        stages = KIND_STAGES[row["kind"]] & CLASS_LIMIT.keys()
        if len(stages) > 1:  # totals that the lists would contradict
            for name in ("classes", "pupils", *names):
                row.pop(name, None)
        for stage in sorted(stages):
            limit = CLASS_LIMIT[stage]
            drop = names if rng.random() < 0.7 else (*names, "classes")
            for name in drop:
                row.pop(f"{stage}_{name}", None)
                row.pop(name, None)
            sizes: list[int | None] = [
                rng.choice((20, 29, 30, limit - 1, limit))
                for _ in range(rng.randint(1, 6))
            ]
            if rng.random() < 0.4:
                sizes[0] = limit + rng.choice((1, 6))
            if rng.random() < 0.5:
                sizes[-1] = None
            classes += [
                {"id": f"{row['code']}-{stage}-{n}", "school": row["code"]}
                | {"stage": stage}
                | ({} if size is None else {"pupils": size})
                for n, size in enumerate(sizes)
            ]
    return {**document, "schools": rows, "classes": classes}
