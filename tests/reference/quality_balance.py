"""
A slow reading of the quality-balance programme, for tests only.

Written from the dossier and the data contract by somebody who has not read the
engine. Everything is a plain loop over dictionaries with exact fractions; where
the papers leave a question open, a comment beginning ``CHOICE:`` says which
reading was taken.

Only the units of a rule's population (certain or possible members) have a key in
the result: compare with ``result.get(key, "not_applicable")``.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any


Row = dict[str, Any]
Key = tuple[str, str, str]

MET = "met"
UNMET = "unmet"
UNKNOWN = "unknown"
NOT_APPLICABLE = "not_applicable"

STAGES = ("primary", "junior")

# The stages a school has because of its kind.
KIND_STAGES: dict[str, tuple[str, ...]] = {
    "primary": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "twelve_year": ("primary", "junior", "senior"),
    "complete_secondary": ("junior", "senior"),
    "senior": ("senior",),
    "vocational": ("senior",),
    "teaching_point": ("primary",),
    "special": (),
}

WEIGHT = {
    "primary": Fraction(1),
    "junior": Fraction(11, 10),
    "senior": Fraction(132, 100),
}

SEVEN = (
    "above_degree_teachers",
    "backbone_teachers",
    "pe_arts_teachers",
    "teaching_area",
    "sports_area",
    "equipment_value",
    "multimedia_classrooms",
)

LINE: dict[str, dict[str, Fraction]] = {
    "above_degree_teachers": {"primary": Fraction("4.2"), "junior": Fraction("5.3")},
    "backbone_teachers": {"primary": Fraction(1), "junior": Fraction(1)},
    "pe_arts_teachers": {"primary": Fraction("0.9"), "junior": Fraction("0.9")},
    "teaching_area": {"primary": Fraction("4.5"), "junior": Fraction("5.8")},
    "sports_area": {"primary": Fraction("7.5"), "junior": Fraction("10.2")},
    "equipment_value": {"primary": Fraction(2000), "junior": Fraction(2500)},
    "multimedia_classrooms": {"primary": Fraction("2.3"), "junior": Fraction("2.4")},
}
FLOOR = Fraction(85, 100)
CV_LIMIT = {"primary": Fraction(1, 2), "junior": Fraction(45, 100)}
CLASS_LIMIT = {"primary": 45, "junior": 50}
RELAXED_UNTIL = date(2022, 10, 31)

# (name, smallest, largest number of pupils in a class); the last has no top.
BANDS: tuple[tuple[str, int, int | None], ...] = (
    ("classes_le25", 1, 25),
    ("classes_26_30", 26, 30),
    ("classes_31_35", 31, 35),
    ("classes_36_40", 36, 40),
    ("classes_41_45", 41, 45),
    ("classes_46_50", 46, 50),
    ("classes_51_55", 51, 55),
    ("classes_56_60", 56, 60),
    ("classes_61_65", 61, 65),
    ("classes_ge66", 66, None),
)

SECTION_NUMBERS = (
    "pupils",
    "classes",
    "oversized_classes",
    *(name for name, _, _ in BANDS),
    "full_time_teachers",
    "staff",
    "above_degree_teachers",
    "teachers_college",
    "teachers_bachelor",
    "teachers_master",
    "teachers_doctor",
    "backbone_teachers",
    "pe_arts_teachers",
    "visiting_pe_arts_teachers",
    "intermediate_title_teachers",
    "certified_teachers",
    "trained_teachers",
    "pupils_in_zone",
    "boarders",
    "graduates",
    "entrants_three_years_ago",
    "transfers_in",
    "transfers_out",
    "deaths",
)
SCHOOL_NUMBERS = (
    "migrant_pupils",
    "inclusive_pupils",
    "teaching_area",
    "indoor_sports_area",
    "sports_hall_area",
    "outdoor_sports_area",
    "other_sports_area",
    "leased_sports_area",
    "equipment_value",
    "multimedia_classrooms",
    "public_funds_budget",
    "public_funds_settled",
    "training_budget",
    "public_funds_allocated",
    "funded_pupils",
    "computers",
    "books",
)
SCHOOL_LISTS = ("music_room_areas", "art_room_areas")
SCHOOL_YES_NO = (
    "boarding",
    "dense_centre",
    "built_by_2010",
    "built_by_2016",
    "rectification_plan",
    "lease_conditions",
    "charter",
    "ict_management",
    "ict_instruction",
    "ict_teaching",
    "equipment_in_use",
    "moral_education_good",
    "campus_culture_good",
    "curriculum_complete",
    "no_excessive_load",
)

# Every-school yes/no rules and the columns that must all be yes.
QUALITATIVE: dict[str, tuple[str, ...]] = {
    "quality.charter_and_ict": ("charter", "ict_management", "ict_instruction"),
    "quality.ict_teaching": ("ict_teaching", "equipment_in_use"),
    "quality.moral_education": ("moral_education_good", "campus_culture_good"),
    "quality.curriculum": ("curriculum_complete",),
    "quality.homework_load": ("no_excessive_load",),
}
# County yes/no rules and the columns that must all be yes.
ATTESTED: dict[str, tuple[str, ...]] = {
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
# CHOICE: tutoring_governance is read like the other vetoes: yes = it occurred.
VETOES = (
    "exam_admission",
    "school_choice",
    "key_schools",
    "unfilled_posts",
    "serious_incident",
    "falsification",
    "tutoring_governance",
)

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "eligibility": ("basic_balance_years", "annual_monitoring"),
    "resources": (
        *SEVEN,
        "section_quorum",
        *(f"cv_{name}" for name in SEVEN),
    ),
    "government": (
        "siting_plan",
        "unified_standards",
        "music_rooms",
        "art_rooms",
        "school_size",
        "class_size",
        "small_school_funding",
        "special_education_funding",
        "teacher_pay",
        "performance_pay",
        "teacher_training",
        "staffing_allocation",
        "teacher_rotation",
        "backbone_rotation",
        "teacher_certification",
        "nearby_enrolment",
        "senior_high_quota",
        "rural_quota_tilt",
        "left_behind_care",
        "migrant_enrolment",
        "spending_total",
        "spending_per_pupil",
    ),
    "quality": (
        "junior_retention",
        "disabled_enrolment",
        "charter_and_ict",
        "training_funds",
        "ict_teaching",
        "moral_education",
        "curriculum",
        "homework_load",
        "monitoring_level",
        "monitoring_gap",
    ),
    "recognition": ("satisfaction", "sample_size", "parent_share"),
    "vetoes": VETOES,
}
RULES = tuple(
    f"{dimension}.{name}" for dimension, names in DIMENSIONS.items() for name in names
)
# Components and benchmarks: shown, decide nothing.
SILENT = frozenset(
    {
        *(f"resources.{name}" for name in SEVEN),
        "government.spending_total",
        "government.spending_per_pupil",
        "recognition.sample_size",
        "recognition.parent_share",
        "vetoes.tutoring_governance",
    }
)
NATIONAL_ONLY = frozenset(
    {
        "quality.monitoring_level",
        "quality.monitoring_gap",
        "recognition.satisfaction",
    }
)

DEFAULTS: dict[str, str] = {
    "relaxations": "by_date",
    "room_counting": "per_type",
    "satisfaction_channels": "both",
    "small_primary_under_50": "in",
    "retention_formula": "adjust_graduates",
    "relaxed_size_twelve_year": "no",
    "attached_kindergarten_weight": "0",
    "small_school_scope": "all",
}

SUBJECTS = (
    ("数学", "体育与健康", "心理健康"),
    ("语文", "艺术", "英语"),
    ("德育", "科学", "劳动"),
)
LEVELS = {
    "Ⅰ": 1,
    "Ⅱ": 2,
    "Ⅲ": 3,
    "Ⅳ": 4,
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
}


# --- Values and three-valued logic --------------------------------------------


def number(value: Any) -> Fraction | None:
    """Return the exact number in a cell, or None for a blank."""
    if value is None or (isinstance(value, str) and value.strip() == ""):
        return None
    return Fraction(str(value).strip())


def flag(value: Any) -> bool | None:
    """Return the yes/no in a cell, or None for a blank."""
    if isinstance(value, bool):
        return value
    if value is None or str(value).strip() == "":
        return None
    return {"yes": True, "true": True, "是": True, "1": True}.get(
        str(value).strip().lower(), False
    )


def areas(value: Any) -> list[Fraction] | None:
    """Return the room areas in a cell, or None for a blank."""
    if value is None:
        return None
    if isinstance(value, str):
        if value.strip() == "":
            return None
        parts: Iterable[Any] = value.replace("；", ";").split(";")
    elif isinstance(value, list | tuple):
        # CHOICE: an empty JSON list says that there is no such room; it is not
        # a blank.
        parts = value
    else:
        parts = [value]
    return [n for n in (number(part) for part in parts) if n is not None]


def every(verdicts: Iterable[str]) -> str:
    """Combine with *all*: not_applicable is the identity."""
    found = set(verdicts)
    if UNMET in found:
        return UNMET
    if UNKNOWN in found:
        return UNKNOWN
    return MET if MET in found else NOT_APPLICABLE


def agree(verdicts: Iterable[str]) -> str:
    """Return the verdict all completions share, else unknown."""
    found = set(verdicts)
    return found.pop() if len(found) == 1 else UNKNOWN


def judged(answer: bool | None) -> str:
    """Turn yes, no or blank into a verdict."""
    if answer is None:
        return UNKNOWN
    return MET if answer else UNMET


def kleene_and(*answers: bool | None) -> bool | None:
    """Three-valued *and*."""
    if any(a is False for a in answers):
        return False
    return None if any(a is None for a in answers) else True


def kleene_or(*answers: bool | None) -> bool | None:
    """Three-valued *or*."""
    if any(a is True for a in answers):
        return True
    return None if any(a is None for a in answers) else False


def possible(answer: bool | None) -> tuple[bool, ...]:
    """Return the values a yes/no may have."""
    return (True, False) if answer is None else (answer,)


def add(values: Iterable[Fraction | None]) -> Fraction | None:
    """Sum; one blank makes the sum unknown."""
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total


def greatest(values: Iterable[Fraction | None]) -> Fraction | None:
    """Return the maximum; one blank makes it unknown."""
    top = Fraction(0)
    for value in values:
        if value is None:
            return None
        top = max(top, value)
    return top


def at_least_share(
    part: Fraction | None, whole: Fraction | None, line: Fraction
) -> str:
    """Judge ``part / whole >= line``; a stated whole of zero is no population."""
    if whole == 0:
        return NOT_APPLICABLE
    # CHOICE: a numerator with a blank part is unknown, even where its known part
    # alone would reach the line or the zero would miss it.
    if part is None or whole is None:
        return UNKNOWN
    return judged(part >= line * whole)


# --- Schools and sections -----------------------------------------------------


def stages_of(row: Row) -> tuple[str, ...]:
    """Return the compulsory stages of which the school has a section."""
    kind_stages = KIND_STAGES[row["kind"]]
    own = [s for s in STAGES if s in kind_stages]
    attached = [
        s
        for s in STAGES
        if s not in own and (number(row.get(f"{s}_pupils")) or Fraction(0)) > 0
    ]
    # CHOICE: attached classes make a section only where their pupils are stated
    # and above zero; classes without pupils do not.
    found = list(attached)
    for stage in own:
        pupils = number(row.get(f"{stage}_pupils"))
        classes = number(row.get(f"{stage}_classes"))
        if len(own) + len(attached) == 1:
            pupils = number(row.get("pupils")) if pupils is None else pupils
            classes = number(row.get("classes")) if classes is None else classes
        # CHOICE: pupils stand exactly where classes stand, so one stated zero
        # beside a blank already says that there is no section.
        # CHOICE: zero pupils with classes above zero cannot be; no section.
        if pupils == 0 or (pupils is None and classes == 0):
            continue
        found.append(stage)
    return tuple(s for s in STAGES if s in found)


def figure(row: Row, stage: str, column: str) -> Fraction | None:
    """Return a section's figure; unprefixed in a one-stage school."""
    value = number(row.get(f"{stage}_{column}"))
    # CHOICE: a complete secondary has one compulsory stage, so an unprefixed
    # section column is its junior figure (seniors have their own column).
    if value is None and stages_of(row) == (stage,):
        value = number(row.get(column))
    # CHOICE: a stage is not worked out as total minus the other stage.
    return value


def whole(row: Row, column: str) -> Fraction | None:
    """Return a school's compulsory total of a section column."""
    total = add(figure(row, stage, column) for stage in stages_of(row))
    return number(row.get(column)) if total is None else total


def merged(rows: Sequence[Row]) -> list[Row]:
    """Merge the sites that do not count as schools into their parents."""
    result: dict[str, Row] = {}
    sites: dict[str, list[Row]] = {}
    for row in rows:
        one_stage_campus = flag(row.get("campus")) is True and len(stages_of(row)) == 1
        # CHOICE: a one-stage campus stays a row of its own for every rule; the
        # reading size_unit is not modelled.
        if (
            flag(row.get("counts_as_school")) is False
            and row["kind"] != "teaching_point"
            and not one_stage_campus
        ):
            sites.setdefault(str(row["parent"]), []).append(row)
        else:
            result[str(row["code"])] = row
    for parent, children in sites.items():
        result[parent] = _merge(result[parent], children)
    return list(result.values())


def _merge(parent: Row, sites: Sequence[Row]) -> Row:
    """Add the sites' figures to the parent's."""
    rows = [parent, *sites]
    new = dict(parent)
    combined = len(stages_of(parent)) > 1
    for stage in STAGES:
        # CHOICE: a site without that stage adds nothing (its blank cells are not
        # blanks of the sum).
        having = [row for row in rows if stage in stages_of(row)]
        if not having:
            continue
        for column in SECTION_NUMBERS:
            new[f"{stage}_{column}"] = add(figure(row, stage, column) for row in having)
        new[f"{stage}_largest_class"] = greatest(
            figure(row, stage, "largest_class") for row in having
        )
        largest = [figure(row, stage, "largest_class") for row in having]
        new[f"{stage}_known_class"] = max(
            (size for size in largest if size is not None), default=None
        )
    for column in (*SECTION_NUMBERS, "largest_class"):
        new.pop(column, None)
        if combined and number(parent.get(column)) is not None:
            totals = [whole(row, column) for row in rows if stages_of(row)]
            by_size = column == "largest_class"
            new[column] = greatest(totals) if by_size else add(totals)
    for column in SCHOOL_NUMBERS:
        new[column] = add(number(row.get(column)) for row in rows)
    new["senior_pupils"] = add(
        number(row.get("senior_pupils"))
        for row in rows
        if "senior" in KIND_STAGES[row["kind"]]
        or number(row.get("senior_pupils")) is not None
    )
    if all(number(row.get("senior_pupils")) is None for row in rows):
        new["senior_pupils"] = None
    new["kindergarten_pupils"] = add(
        number(row.get("kindergarten_pupils")) or Fraction(0) for row in rows
    )
    for column in SCHOOL_LISTS:
        lists = [areas(row.get(column)) for row in rows]
        # CHOICE: one blank list makes the joined list unknown.
        known = [part for part in lists if part is not None]
        new[column] = (
            [area for part in known for area in part]
            if len(known) == len(lists)
            else None
        )
    for column in SCHOOL_YES_NO:
        new[column] = kleene_and(*(flag(row.get(column)) for row in rows))
    # CHOICE: built_year is a year, not an amount: it is the parent's. But a site that
    # is known not to have been built by then says so for the whole.
    new["not_built_by"] = {
        year for year in (2010, 2016) for row in sites if built_by(row, year) is False
    }
    return new


def mine_of(row: Row, raw: Sequence[Row], classes: Sequence[Row]) -> list[Row]:
    """Return the classes of a school and of the sites that were merged into it."""
    codes = {str(row["code"])}
    for each in raw:
        if flag(each.get("counts_as_school")) is False and each.get("parent"):
            codes |= {str(each["code"])} if str(each["parent"]) in codes else set()
    return [each for each in classes if str(each["school"]) in codes]


def listed(row: Row, classes: Sequence[Row]) -> Row:
    """Fill blank figures of a school's sections from the list of its classes."""
    new = dict(row)
    for stage in stages_of(row):
        sizes = [number(c.get("pupils")) for c in classes if c["stage"] == stage]
        if not sizes:
            continue
        known = [size for size in sizes if size is not None]
        whole_list = len(known) == len(sizes)
        over = sum(size > CLASS_LIMIT[stage] for size in known)
        counted = {
            "classes": Fraction(len(sizes)),
            "pupils": add(sizes),
            "largest_class": greatest(sizes),
            "oversized_classes": Fraction(over) if whole_list else None,
        }
        for column, value in counted.items():
            if figure(row, stage, column) is None:
                new[f"{stage}_{column}"] = value
        # A class whose size is blank may be the largest, but not make it smaller.
        before = number(row.get(f"{stage}_known_class"))
        known += [] if before is None else [before]
        new[f"{stage}_known_class"] = max(known, default=None)
    return new


def is_public(row: Row) -> bool | None:
    """Say whether the owner is public (form codes 1-9)."""
    owner = row.get("owner")
    if owner is None or str(owner).strip() == "":
        return None
    return str(owner).strip() not in {"private", "10"}


def is_rural(row: Row) -> bool | None:
    """Say whether the school is rural."""
    locale = row.get("locale")
    if locale is None or str(locale).strip() == "":
        return None
    return bool(locale == "rural")


def largest_class(row: Row, prefix: str) -> tuple[Fraction, Fraction | None]:
    """
    Return the least and the greatest the largest class may be.

    The greatest is None where nothing limits it.
    """

    def cell(column: str) -> Fraction | None:
        if prefix == "":
            return number(row.get(column))
        return figure(row, prefix.removesuffix("_"), column)

    stated = cell("largest_class")
    if stated is not None:
        return stated, stated
    low, high = Fraction(0), Fraction(0)
    unlimited = False
    for name, bottom, top in BANDS:
        count = cell(name)
        if count is None or count > 0:
            if top is None:
                unlimited = True
            else:
                high = Fraction(top)
        if count is not None and count > 0:
            low = Fraction(bottom)
    # CHOICE: a band given beside blank bands bounds the largest class from one
    # side only; absent bands are blank, not zero. An oversized class has at least
    # one pupil more than the limit of its stage.
    over = cell("oversized_classes")
    if over is not None and over > 0:
        low = max(low, Fraction(51 if prefix == "junior_" else 46))
    low = max(low, number(row.get(f"{prefix}known_class")) or Fraction(0))
    # CHOICE: where the sources are at odds the larger one counts.
    return low, (None if unlimited or high < low else high)


def school_largest_class(row: Row) -> tuple[Fraction, Fraction | None]:
    """Return the bounds of the largest class of the whole school."""
    bounds = [largest_class(row, f"{stage}_") for stage in stages_of(row)]
    low = max((b[0] for b in bounds), default=Fraction(0))
    high = greatest(b[1] for b in bounds)
    total_low, total_high = largest_class(row, "")
    low = max(low, total_low)
    if total_high is not None:
        high = total_high if high is None else min(high, total_high)
    return low, high


def is_below(bounds: tuple[Fraction, Fraction | None], line: int) -> bool | None:
    """Say whether a bounded number is certainly below, or not below, the line."""
    low, high = bounds
    if high is not None and high < line:
        return True
    return False if low >= line else None


def may_reach(value: Fraction | None, line: int) -> bool:
    """Say whether a number, perhaps blank, may be at least the line."""
    return value is None or value >= line


# --- The seven resources ------------------------------------------------------

# "A blank may be as large as one likes": large enough to meet any line.
ENORMOUS = Fraction(10) ** 15


def extra_visiting(row: Row, stage: str) -> list[Fraction]:
    """Return the visiting teachers R-1 may add: the possible numbers."""
    # CHOICE: the 50-100 pupils of R-1 are the pupils of the section judged.
    pupils = figure(row, stage, "pupils")
    small = None if pupils is None else 50 <= pupils < 100
    relaxed = kleene_and(is_rural(row), small)
    visiting = figure(row, stage, "visiting_pe_arts_teachers")
    amounts = [Fraction(0), ENORMOUS] if visiting is None else [visiting]
    found: list[Fraction] = []
    for applies in possible(relaxed):
        found.extend(amounts if applies else [Fraction(0)])
    return found


def extra_sports(row: Row) -> list[Fraction]:
    """Return the sports area R-2 may add: the possible areas."""
    other = number(row.get("other_sports_area"))
    leased = number(row.get("leased_sports_area"))
    others = [Fraction(0), ENORMOUS] if other is None else [other]
    found: list[Fraction] = []
    for dense in possible(flag(row.get("dense_centre"))):
        if not dense:
            found.append(Fraction(0))
            continue
        for fit in possible(flag(row.get("lease_conditions"))):
            if not fit:
                leases = [Fraction(0)]
            else:
                leases = [Fraction(0), ENORMOUS] if leased is None else [leased]
            found.extend(a + b for a in others for b in leases)
    return found


def sports_areas(row: Row) -> tuple[Fraction | None, Fraction | None]:
    """Return the indoor area to subtract and the hall area to add."""
    indoor = number(row.get("indoor_sports_area"))
    hall = number(row.get("sports_hall_area"))
    if indoor is None:
        return hall, hall
    return indoor, (indoor if hall is None else hall)


def above_degree(row: Row, stage: str) -> Fraction | None:
    """Return the teachers above the required degree."""
    stated = figure(row, stage, "above_degree_teachers")
    if stated is not None:
        return stated
    degrees = ["teachers_bachelor", "teachers_master", "teachers_doctor"]
    if stage == "primary":
        degrees.append("teachers_college")
    return add(figure(row, stage, degree) for degree in degrees)


def shared_per_pupil(
    row: Row, stage: str, amount: Fraction | None, options: Mapping[str, str]
) -> Fraction | None:
    """Split a shared resource by weighted pupils; return it per pupil."""
    divisor = Fraction(0)
    for other in stages_of(row):
        pupils = figure(row, other, "pupils")
        if pupils is None:
            return None
        divisor += WEIGHT[other] * pupils
    senior = number(row.get("senior_pupils"))
    # CHOICE: blank senior pupils of a senior or vocational school with an attached
    # section are as unknown as those of a complete secondary; elsewhere blank
    # means none.
    if senior is None and "senior" in KIND_STAGES[row["kind"]]:
        return None
    divisor += WEIGHT["senior"] * (senior or 0)
    weight = Fraction(options["attached_kindergarten_weight"])
    divisor += weight * (number(row.get("kindergarten_pupils")) or 0)
    if amount is None or divisor == 0:
        return None
    return amount * WEIGHT[stage] / divisor


def resource_values(
    row: Row, stage: str, name: str, options: Mapping[str, str], relaxed: bool
) -> list[Fraction] | None:
    """
    Return the values the indicator may have, or None for a missing one.

    There is more than one only where R-1 or R-2 may or may not add something.
    """
    pupils = figure(row, stage, "pupils")
    # CHOICE: a value with a blank part is missing, even where the known part alone
    # would decide; only the additions of are an exception.
    if pupils is None or pupils == 0:
        return None
    if name in {"above_degree_teachers", "backbone_teachers", "pe_arts_teachers"}:
        count = (
            above_degree(row, stage)
            if name == "above_degree_teachers"
            else figure(row, stage, name)
        )
        if count is None:
            return None
        extras = [Fraction(0)]
        if relaxed and name == "pe_arts_teachers":
            extras = extra_visiting(row, stage)
        return [100 * (count + extra) / pupils for extra in extras]
    indoor, hall = sports_areas(row)
    amounts: list[Fraction | None]
    if name == "teaching_area":
        area = number(row.get("teaching_area"))
        amounts = [None if area is None or indoor is None else area - indoor]
    elif name == "sports_area":
        base = add([number(row.get("outdoor_sports_area")), hall])
        extras = extra_sports(row) if relaxed else [Fraction(0)]
        amounts = [None if base is None else base + extra for extra in extras]
    elif name == "equipment_value":
        amounts = [number(row.get("equipment_value"))]
    else:
        rooms = number(row.get("multimedia_classrooms"))
        amounts = [None if rooms is None else 100 * rooms]
    values = [shared_per_pupil(row, stage, amount, options) for amount in amounts]
    return None if None in values else values  # type: ignore[return-value]


def level(value: Fraction, line: Fraction) -> int:
    """Return 2 at or above the line, 1 at or above its 85 %, else 0."""
    if value >= line:
        return 2
    return 1 if value >= FLOOR * line else 0


def quorum_holds(levels: Sequence[int]) -> bool:
    """Say whether at least six of seven meet and the missed one has its 85 %."""
    return levels.count(2) >= 6 and 0 not in levels


def component_verdict(levels: Sequence[int]) -> str:
    """Judge one indicator by the levels it may have."""
    return agree(MET if one == 2 else UNMET for one in levels)


def quorum_verdict(levels: Sequence[Sequence[int]]) -> str:
    """
    Judge the quorum at the worst and at the best of all completions.

    For an indicator that is missing altogether this is the contract's "two misses,
    or one below its floor, whatever is missing; otherwise unknown".
    """
    # CHOICE: an indicator that is only uncertain through between "85 %" and
    # "met" leaves the quorum met where both completions meet it.
    worst = quorum_holds([min(one) for one in levels])
    best = quorum_holds([max(one) for one in levels])
    return agree([judged(worst), judged(best)])


def in_resources(row: Row, options: Mapping[str, str]) -> bool | None:
    """Say whether the school's sections are in the population of the resources."""
    # CHOICE: a special school is out with all its pupils; of vocational and senior
    # schools only an attached compulsory section is a section at all.
    if row["kind"] == "special":
        return False
    under_50_out = row["kind"] == "teaching_point" or (
        row["kind"] == "primary" and options["small_primary_under_50"] == "out"
    )
    if not under_50_out:
        return True
    pupils = whole(row, "pupils")
    return None if pupils is None else pupils >= 50


def cv_verdict(members: Sequence[tuple[Fraction, Fraction]], limit: Fraction) -> str:
    """Judge the student-weighted coefficient of (value, pupils) pairs, squared."""
    if not members:
        return NOT_APPLICABLE
    pupils = sum((p for _, p in members), Fraction(0))
    mean = sum((x * p for x, p in members), Fraction(0)) / pupils
    variance = sum((p * (x - mean) ** 2 for x, p in members), Fraction(0)) / pupils
    # All members zero: 0 <= 0, met.
    return judged(variance <= limit**2 * mean**2)


# --- County facts -------------------------------------------------------------


class County:
    """One county's facts, merged and ready to be judged."""

    def __init__(
        self, document: Mapping[str, Any], row: Row, on: date, options: dict[str, str]
    ) -> None:
        """Keep the rows that belong to this county."""
        self.row = row
        self.code = str(row["code"])
        self.on = on
        self.options = options
        alone = len(document["county"]) == 1

        def mine(table: str) -> list[Row]:
            return [
                r
                for r in document.get(table) or []
                if str(r.get("county") or (self.code if alone else "")) == self.code
            ]

        raw = mine("schools")
        self.schools = [
            listed(row, mine_of(row, raw, document.get("classes") or []))
            for row in merged(raw)
        ]
        self.monitoring = mine("monitoring")
        self.survey = mine("survey")
        self.finance = mine("finance")
        self.attested: dict[tuple[str, str], list[bool]] = {}
        for note in document.get("attestations") or []:
            rule = str(note["rule"]).removeprefix("quality-balance/")
            value = flag(note.get("value"))
            if value is not None:
                key = (str(note["entity"]), rule)
                self.attested.setdefault(key, []).append(value)
        choice = options["relaxations"]
        self.relaxed = choice == "always" or (
            choice == "by_date" and on <= RELAXED_UNTIL
        )
        self.incomplete = self._incomplete()

    def number(self, column: str) -> Fraction | None:
        """Return one of the county's own figures."""
        return number(self.row.get(column))

    def attestation(self, entity: str, rule: str) -> bool | None:
        """Return what somebody signed; a no outweighs a yes."""
        found = self.attested.get((entity, rule))
        return kleene_and(*found) if found else None

    def _incomplete(self) -> bool:
        """Say whether the county states more than the rows hold."""
        # CHOICE: without any school row nothing can be complete.
        if not self.schools:
            return True
        counted = [
            s
            for s in self.schools
            if s["kind"] == "teaching_point"
            or flag(s.get("counts_as_school")) is not False
        ]

        def rows(kind: str) -> int:
            return sum(s["kind"] == kind for s in counted)

        held: dict[str, int] = {
            "primary_schools": rows("primary"),
            "junior_schools": rows("junior"),
            "nine_year_schools": rows("nine_year"),
            "twelve_year_schools": rows("twelve_year"),
            "complete_secondary_schools": rows("complete_secondary"),
            "special_schools": rows("special"),
            "teaching_points": rows("teaching_point"),
            "teaching_points_50": sum(
                s["kind"] == "teaching_point" and may_reach(whole(s, "pupils"), 50)
                for s in counted
            ),
        }
        for column, count in held.items():
            stated = self.number(column)
            if stated is not None and stated > count:
                return True
        # CHOICE: sections of every kind of row count here, special schools' too.
        # CHOICE: a row with a blank may hold any number, so a total is only "more
        # than the rows hold" where it exceeds the most they can hold; an undivided
        # figure counts for each stage, but once for both together.
        for column in ("pupils", "classes"):
            for stage in STAGES:
                stated = self.number(f"{stage}_{column}")
                most = add(
                    whole(s, column)
                    if figure(s, stage, column) is None
                    else figure(s, stage, column)
                    for s in self.schools
                    if stage in stages_of(s)
                )
                if stated is not None and most is not None and stated > most:
                    return True
            stated = add(self.number(f"{stage}_{column}") for stage in STAGES)
            most = add(whole(s, column) for s in self.schools if stages_of(s))
            if stated is not None and most is not None and stated > most:
                return True
        return False

    def over_schools(self, verdicts: Iterable[str]) -> str:
        """Combine a rule over schools; incomplete rows are never a pass."""
        verdict = every(verdicts)
        # CHOICE: incompleteness is county-wide (one missing primary school also
        # stops the junior rules), and "no such school among the rows" is then no
        # statement that there is none: not_applicable becomes unknown too.
        if self.incomplete and verdict != UNMET:
            return UNKNOWN
        return verdict

    # --- sums of section columns

    def stage_sum(
        self, stage: str, column: str, schools: Sequence[Row]
    ) -> Fraction | None:
        """Return a stage's county sum, the county's own total where blank."""
        having = [s for s in schools if stage in stages_of(s)]
        total = add(figure(s, stage, column) for s in having)
        # CHOICE: rows that are missing are blank sections: where the rows are
        # incomplete only the county's own total will do.
        if self.incomplete or total is None or not having:
            stated = self.number(f"{stage}_{column}")
            if stated is not None:
                return stated
            # Nothing stated and no section: none there, unless the county states
            # some other figure of the stage.
            if self.incomplete or (not having and self.states_some(stage)):
                return None
        return total

    def states_some(self, stage: str) -> bool:
        """Say whether the county states any figure of the stage above zero."""
        return any(
            (self.number(f"{stage}_{column}") or 0) > 0 for column in SECTION_NUMBERS
        )

    def county_sum(self, column: str) -> Fraction | None:
        """Return the sum over both stages; undivided school totals will do."""
        if not self.incomplete:
            schools = [s for s in self.schools if stages_of(s)]
            have = {stage for s in schools for stage in stages_of(s)}
            total = add(whole(s, column) for s in schools)
            if total is not None and (
                have == set(STAGES)
                or all(
                    self.number(f"{stage}_{column}") is None
                    for stage in STAGES
                    if stage not in have
                )
            ):
                return total
        return add(self.stage_sum(stage, column, self.schools) for stage in STAGES)


# --- Rules --------------------------------------------------------------------


def resources(county: County, out: dict[Key, str]) -> None:
    """Judge the seven resources, the quorum and the coefficients."""
    members: dict[str, list[tuple[Row, bool | None]]] = {s: [] for s in STAGES}
    for row in county.schools:
        inside = in_resources(row, county.options)
        if inside is False:
            continue
        for stage in stages_of(row):
            members[stage].append((row, inside))
            entity = f"{row['code']}/{stage}"
            levels: list[list[int]] = []
            for name in SEVEN:
                values = resource_values(
                    row, stage, name, county.options, county.relaxed
                )
                if values is None:
                    levels.append([0, 1, 2])
                else:
                    levels.append([level(v, LINE[name][stage]) for v in values])
                verdict = component_verdict(levels[-1])
                out[f"resources.{name}", entity, ""] = (
                    verdict if inside else agree([verdict, NOT_APPLICABLE])
                )
            verdict = quorum_verdict(levels)
            out["resources.section_quorum", entity, ""] = (
                verdict if inside else agree([verdict, NOT_APPLICABLE])
            )
    for stage in STAGES:
        for name in SEVEN:
            out[f"resources.cv_{name}", county.code, stage] = coefficient(
                county, members[stage], stage, name
            )


def coefficient(
    county: County,
    members: Sequence[tuple[Row, bool | None]],
    stage: str,
    name: str,
) -> str:
    """Judge one coefficient of one stage."""
    if county.incomplete:
        return UNKNOWN

    def judge(rows: Sequence[Row]) -> str:
        # CHOICE: a group of one has no differences, whatever its blanks.
        if len(rows) == 1:
            return MET
        pairs: list[tuple[Fraction, Fraction]] = []
        for row in rows:
            values = resource_values(row, stage, name, county.options, county.relaxed)
            pupils = figure(row, stage, "pupils")
            # CHOICE: the coefficient is taken over the same values as the line,
            # with what add; where that is uncertain it is unknown.
            if values is None or pupils is None or len(set(values)) > 1:
                return UNKNOWN
            pairs.append((values[0], pupils))
        return cv_verdict(pairs, CV_LIMIT[stage])

    certain = [row for row, inside in members if inside is True]
    widest = [row for row, _ in members]
    # A possible member is a point with blank pupils: its value is unknown too, so
    # with it the coefficient of two or more is unknown; only "all in" and "only the
    # certain ones" need judging.
    if len(widest) > len(certain):
        return agree([judge(widest), judge(certain)])
    return judge(certain)


def rooms(county: County, out: dict[Key, str]) -> None:
    """Judge the music and art rooms of every school."""
    for row in county.schools:
        # CHOICE: special schools have rooms of another standard: out. Vocational
        # and senior schools are judged on an attached compulsory section.
        if row["kind"] in {"teaching_point", "special"} or not stages_of(row):
            continue
        classes = whole(row, "classes")
        # CHOICE: any blank among the classes makes the need, and so the verdict,
        # unknown.
        need = None if classes is None else math.ceil(classes / 12)
        lines = room_lines(county, row)
        music = areas(row.get("music_room_areas"))
        art = areas(row.get("art_room_areas"))
        for rule, mine in (("music_rooms", music), ("art_rooms", art)):
            verdicts: list[str] = []
            for music_line, art_line in lines:
                if need is None:
                    verdicts.append(UNKNOWN)
                elif county.options["room_counting"] == "sum":
                    verdicts.append(
                        summed_rooms(music, music_line, art, art_line, need)
                    )
                elif mine is None:
                    verdicts.append(UNKNOWN)
                else:
                    line = music_line if rule == "music_rooms" else art_line
                    verdicts.append(judged(sum(a >= line for a in mine) >= need))
            out[f"government.{rule}", str(row["code"]), ""] = agree(verdicts)


def summed_rooms(
    music: list[Fraction] | None,
    music_line: int,
    art: list[Fraction] | None,
    art_line: int,
    need: int,
) -> str:
    """Judge the rooms of both kinds added up."""
    # CHOICE: with room_counting = sum both rules carry the verdict of the sum, and
    # one known list that suffices alone is enough.
    known = sum(a >= music_line for a in music or []) + sum(
        a >= art_line for a in art or []
    )
    if known >= need:
        return MET
    return UNKNOWN if music is None or art is None else UNMET


def built_by(row: Row, year: int) -> bool | None:
    """Say whether the school was planned and built by that year."""
    if year in row.get("not_built_by", ()):
        return False
    built = number(row.get("built_year"))
    if built is not None:
        return built <= year
    by_2010, by_2016 = flag(row.get("built_by_2010")), flag(row.get("built_by_2016"))
    # CHOICE: built by 2010 is also built by 2016, and the reverse for no.
    if year == 2010:
        return False if by_2010 is None and by_2016 is False else by_2010
    return True if by_2016 is None and by_2010 is True else by_2016


def room_lines(county: County, row: Row) -> list[tuple[int, int]]:
    """Return the (music, art) lines that may hold for the school."""
    if not county.relaxed:
        return [(96, 90)]
    plan = flag(row.get("rectification_plan"))
    r3 = kleene_and(built_by(row, 2016), plan)
    pupils = whole(row, "pupils")
    r4 = kleene_and(
        is_rural(row),
        None if pupils is None else pupils < 100,
        is_below(school_largest_class(row), 30),
        plan,
    )
    # CHOICE: every school with a junior section takes the junior 61 m2 of R-4.
    small = 61 if "junior" in stages_of(row) else 54
    lines: list[tuple[int, int]] = []
    for by_r4 in possible(r4):
        for by_r3 in possible(r3):
            if by_r4:
                lines.append((small, small))
            elif by_r3:
                lines.append((73, 67))
            else:
                lines.append((96, 90))
    return lines


def school_size(county: County, out: dict[Key, str]) -> None:
    """Judge the number of compulsory pupils of every school."""
    for row in county.schools:
        # CHOICE: only the five kinds named; teaching points, and the attached
        # sections of senior, vocational and special schools, are out.
        if row["kind"] not in {
            "primary",
            "junior",
            "complete_secondary",
            "nine_year",
            "twelve_year",
        } or not stages_of(row):
            continue
        pupils = whole(row, "pupils")
        if row["kind"] in {"nine_year", "twelve_year"}:
            limit, wide = 2500, 3000
        else:
            limit, wide = 2000, 2400
        if (
            row["kind"] == "twelve_year"
            and county.options["relaxed_size_twelve_year"] != "yes"
        ):
            wide = limit
        migrants = number(row.get("migrant_pupils"))
        many = None if pupils is None or migrants is None else migrants * 2 > pupils
        relaxed = kleene_and(
            county.relaxed,
            flag(row.get("rectification_plan")),
            kleene_or(built_by(row, 2010), many),
        )
        # CHOICE: one blank section makes the size unknown, even where the known
        # section alone is over the limit.
        out["government.school_size", str(row["code"]), ""] = agree(
            UNKNOWN
            if pupils is None
            else judged(pupils <= (wide if applies else limit))
            for applies in possible(relaxed)
        )


def class_size(county: County, out: dict[Key, str]) -> None:
    """Judge the largest class of every section."""
    verdicts: list[str] = []
    for row in county.schools:
        # CHOICE: special schools are out (their classes have another standard);
        # the compulsory classes of vocational and senior schools are in.
        if row["kind"] == "special":
            continue
        for stage in stages_of(row):
            verdict = section_class_size(row, stage)
            out["government.class_size", f"{row['code']}/{stage}", ""] = verdict
            # CHOICE: a county total of oversized classes settles, for the county,
            # the sections that are blank; the sections themselves stay unknown.
            stated = county.number(f"{stage}_oversized_classes")
            if verdict == UNKNOWN and stated is not None:
                verdict = UNKNOWN if stated > 0 else MET
            verdicts.append(verdict)
    for stage in STAGES:
        stated = county.number(f"{stage}_oversized_classes")
        blank = any(
            out.get(("government.class_size", f"{row['code']}/{stage}", "")) == UNKNOWN
            for row in county.schools
        )
        if stated is not None and stated > 0 and (blank or county.incomplete):
            verdicts.append(UNMET)
    out["government.class_size", county.code, "*"] = county.over_schools(verdicts)


def section_class_size(row: Row, stage: str) -> str:
    """Judge one section's classes from its largest class, count or bands."""
    limit = CLASS_LIMIT[stage]
    verdict = from_bounds(largest_class(row, f"{stage}_"), limit)
    if verdict != UNKNOWN:
        return verdict
    over = figure(row, stage, "oversized_classes")
    if over is not None:
        return judged(over == 0)
    if len(stages_of(row)) > 1:
        low, high = largest_class(row, "")
        if low >= 51:
            return UNMET
        if high is not None and high <= limit:
            return MET
        over = number(row.get("oversized_classes"))
        # CHOICE: an undivided count of classes over their own standard is a
        # breach whichever stage it is in: unmet for both, like a class of 51.
        if over is not None:
            return judged(over == 0)
    return UNKNOWN


def from_bounds(bounds: tuple[Fraction, Fraction | None], limit: int) -> str:
    """Judge ``number <= limit`` from what bounds the number."""
    return judged(is_below(bounds, limit + 1))


def small_school_funding(county: County, out: dict[Key, str]) -> None:
    """Judge the allocation of public schools under 100 pupils."""
    for row in county.schools:
        if row["kind"] == "special" or not stages_of(row):
            continue
        pupils = whole(row, "pupils")
        # CHOICE: "under 100 compulsory pupils" is taken literally: a complete
        # secondary or senior school with a small junior section is in.
        scope: bool | None = True
        if county.options["small_school_scope"] == "village_and_points":
            scope = row["kind"] == "teaching_point" or kleene_and(
                row["kind"] == "primary", is_rural(row)
            )
        inside = kleene_and(
            is_public(row), None if pupils is None else pupils < 100, scope
        )
        if inside is False:
            continue
        funded = number(row.get("funded_pupils"))
        by_count = None if funded is None else funded >= 100
        verdict = judged(kleene_or(by_count, allocation_suffices(county, row)))
        # CHOICE: a possible member that would be met is "met or not applicable":
        # the verdicts differ, so it is unknown (and so may be the county).
        out["government.small_school_funding", str(row["code"]), ""] = (
            verdict if inside else agree([verdict, NOT_APPLICABLE])
        )


def allocation_suffices(county: County, row: Row) -> bool | None:
    """Say whether the allocation net of boarding top-ups covers 100 pupils."""
    allocated = number(row.get("public_funds_allocated"))
    quota = school_quota(county, row)
    if allocated is None or quota is None:
        return None
    boarders = whole(row, "boarders")
    top_up = county.number("boarding_top_up")
    answers: set[bool | None] = set()
    for boards in possible(flag(row.get("boarding"))):
        if not boards or boarders == 0 or top_up == 0:
            extra: Fraction | None = Fraction(0)
        elif boarders is None or top_up is None:
            extra = None
        else:
            extra = boarders * top_up
        answers.add(None if extra is None else allocated - extra >= 100 * quota)
    return answers.pop() if len(answers) == 1 else None


def school_quota(county: County, row: Row) -> Fraction | None:
    """Return the per-pupil quota, weighted by pupils in a mixed school."""
    stages = stages_of(row)
    if len(stages) == 1:
        return county.number(f"{stages[0]}_funding_quota")
    # CHOICE: an undivided school has no quota, even where both quotas are equal.
    pupils = money = Fraction(0)
    for stage in stages:
        count = figure(row, stage, "pupils")
        quota = county.number(f"{stage}_funding_quota")
        if count is None or quota is None:
            return None
        pupils += count
        money += count * quota
    return money / pupils


def accounting_units(county: County) -> list[Row]:
    """Return the schools that are judged on their own on funds and quality."""
    # CHOICE: every row with a compulsory section, and special schools, of every
    # owner; a unit with a parent is judged there (its own figures are neither
    # judged nor added to the parent's).
    return [
        row
        for row in county.schools
        if (stages_of(row) or row["kind"] == "special")
        and str(row.get("parent") or "").strip() == ""
    ]


def quality_of_schools(county: County, out: dict[Key, str]) -> None:
    """Judge training funds and the qualitative items, school by school."""
    for row in accounting_units(county):
        code = str(row["code"])
        out["quality.training_funds", code, ""] = at_least_share(
            number(row.get("training_budget")),
            number(row.get("public_funds_budget")),
            Fraction(5, 100),
        )
        for rule, columns in QUALITATIVE.items():
            answers = [flag(row.get(column)) for column in columns]
            own = county.attestation(code, rule)
            general = county.attestation(county.code, rule)
            if False in answers or own is False:
                verdict = UNMET
            elif None not in answers or own is True:
                verdict = MET
            else:
                # CHOICE: a county that attests "no" fails its blank schools.
                verdict = judged(general)
            out[rule, code, ""] = verdict


def qualitative_county(county: County, rule: str, verdicts: Sequence[str]) -> str:
    """Combine an every-school yes/no rule; an attestation covers missing rows."""
    # CHOICE: a county's yes speaks for the schools without a row as well.
    signed = county.attestation(county.code, rule)
    if signed is False:
        return UNMET
    if signed is True and verdicts:
        return every(verdicts)
    # CHOICE: so it does where rows are missing and none that is there is asked.
    if signed is True and (county.incomplete or not county.schools):
        return MET
    return county.over_schools(verdicts)


def full_share(county: County, column: str) -> str:
    """Judge that all full-time teachers of all compulsory sections have it."""
    # CHOICE: the compulsory sections of special schools count here.
    # A known shortfall of a section, a school or a stage cannot be made good.
    pairs: list[tuple[Fraction | None, Fraction | None]] = []
    for row in county.schools:
        if stages_of(row):
            pairs.append((whole(row, column), whole(row, "full_time_teachers")))
        pairs += [
            (figure(row, stage, column), figure(row, stage, "full_time_teachers"))
            for stage in stages_of(row)
        ]
    for stage in STAGES:
        sums = [
            county.stage_sum(stage, name, county.schools)
            for name in (column, "full_time_teachers")
        ]
        pairs.append((sums[0], sums[1]))
        # The full-time teachers that are known are at least so many.
        known = [
            figure(row, stage, "full_time_teachers")
            for row in county.schools
            if stage in stages_of(row)
        ]
        pairs.append((sums[0], sum((k for k in known if k is not None), Fraction(0))))
    part = county.county_sum(column)
    teachers = county.county_sum("full_time_teachers")
    pairs.append((part, teachers))
    if any(p is not None and a is not None and p < a for p, a in pairs):
        return UNMET
    if teachers == 0:
        return NOT_APPLICABLE
    return UNKNOWN if part is None or teachers is None else MET


def nearby_enrolment(county: County, stage: str) -> str:
    """Judge the share of pupils living in the zone of their school."""
    line = Fraction(1) if stage == "primary" else Fraction(95, 100)
    # The share reaches the line when the sum of (in zone - line x pupils) is not
    # negative. Each school adds between a least and a most; None is no bound.
    worst: Fraction | None = Fraction(0)
    best: Fraction | None = Fraction(0)
    certain = maybe = 0
    for row in county.schools:
        # CHOICE: special schools have no zone: out.
        if row["kind"] == "special" or stage not in stages_of(row):
            continue
        rural = is_rural(row)
        boarding = flag(row.get("boarding"))
        inside = kleene_and(
            is_public(row),
            None if rural is None else not rural,
            None if boarding is None else not boarding,
        )
        if inside is False:
            continue
        pupils = figure(row, stage, "pupils")
        zone = figure(row, stage, "pupils_in_zone")
        low: Fraction | None = None
        high: Fraction | None = None
        if pupils is not None and zone is not None:
            low = high = zone - line * pupils
        elif pupils is not None:
            low, high = -line * pupils, (1 - line) * pupils
        elif zone is not None or line == 1:
            high = (1 - line) * (zone or 0)
        if inside is None:
            maybe += 1
            low = None if low is None else min(low, Fraction(0))
            high = None if high is None else max(high, Fraction(0))
        else:
            certain += 1
        worst = None if worst is None or low is None else worst + low
        best = None if best is None or high is None else best + high
    # CHOICE: a county total of pupils in zone is not used: its population is
    # wider than the rule's.
    if certain == 0:
        verdict = UNKNOWN if maybe else NOT_APPLICABLE
    elif worst is not None and worst >= 0:
        verdict = MET
    elif best is not None and best < 0:
        verdict = UNMET
    else:
        verdict = UNKNOWN
    # CHOICE: a share below the line stays unmet in an incomplete county.
    return county.over_schools([verdict])


COHORT = (
    "graduates",
    "entrants_three_years_ago",
    "transfers_in",
    "transfers_out",
    "deaths",
)


def junior_retention(county: County) -> str:
    """Judge the three-year retention of the county's junior schools."""
    # CHOICE: special schools are not counted among the junior schools.
    ordinary = [s for s in county.schools if s["kind"] != "special"]
    graduates, start, arrived, left, deaths = (
        county.stage_sum("junior", column, ordinary) for column in COHORT
    )
    if not any("junior" in stages_of(s) for s in ordinary):
        # No junior section among the rows: only the county's own totals can speak.
        graduates, start, arrived, left, deaths = totals = [
            county.number(f"junior_{column}") for column in COHORT
        ]
        if not county.incomplete and set(totals) == {None}:
            return NOT_APPLICABLE
    if county.options["retention_formula"] == "adjust_entrants":
        part = graduates
        base = combine([(1, start), (1, arrived), (-1, left), (-1, deaths)])
    else:
        part = combine([(1, graduates), (-1, arrived), (1, left)])
        base = combine([(1, start), (-1, deaths)])
    # CHOICE: no cohort (nobody entered three years ago) is no population, also
    # where another of the five figures is blank.
    if start == 0:
        return NOT_APPLICABLE
    return at_least_share(part, base, Fraction(95, 100))


def combine(terms: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    """Add signed terms; one blank makes the sum unknown."""
    return add(None if term is None else sign * term for sign, term in terms)


def county_figures(county: County, out: dict[Key, str]) -> None:
    """Judge the items that are settled by the county's own figures."""
    get = county.number

    def put(rule: str, verdict: str) -> None:
        out[rule, county.code, "*"] = verdict

    put("eligibility.basic_balance_years", basic_balance_years(county))
    for rule, columns in ATTESTED.items():
        answers = [flag(county.row.get(column)) for column in columns]
        signed = county.attestation(county.code, rule)
        if False in answers or signed is False:
            put(rule, UNMET)
        elif None not in answers or signed is True:
            put(rule, MET)
        else:
            put(rule, UNKNOWN)
    for name in VETOES:
        answers = [
            flag(county.row.get(name)),
            *county.attested.get((county.code, f"vetoes.{name}"), []),
        ]
        if True in answers:
            put(f"vetoes.{name}", UNMET)
        else:
            put(f"vetoes.{name}", MET if False in answers else UNKNOWN)

    special = get("special_education_pupils")
    # CHOICE: no special school stated is "stated to be 0" where the pupils are
    # blank; stated pupils go before the number of schools.
    if special is None and get("special_schools") == 0:
        special = Fraction(0)
    put(
        "government.special_education_funding",
        at_least_share(get("special_education_funds"), special, Fraction(6000)),
    )
    teachers, servants = get("teacher_mean_pay"), get("civil_servant_mean_pay")
    put(
        "government.teacher_pay",
        UNKNOWN
        if teachers is None or servants is None
        else judged(teachers >= servants),
    )
    put("government.teacher_training", full_share(county, "trained_teachers"))
    put("government.teacher_certification", full_share(county, "certified_teachers"))
    put(
        "government.teacher_rotation",
        at_least_share(
            get("rotated_teachers"), get("rotation_eligible_teachers"), Fraction(1, 10)
        ),
    )
    put(
        "government.backbone_rotation",
        at_least_share(
            get("rotated_backbone_teachers"), get("rotated_teachers"), Fraction(1, 5)
        ),
    )
    put(
        "government.senior_high_quota",
        at_least_share(
            get("senior_high_allocated_places"),
            get("senior_high_places"),
            Fraction(1, 2),
        ),
    )
    put(
        "government.migrant_enrolment",
        at_least_share(
            add([get("migrant_children_public"), get("migrant_children_purchased")]),
            get("migrant_children_eligible"),
            Fraction(85, 100),
        ),
    )
    put("quality.junior_retention", junior_retention(county))
    enrolled = get("disabled_children_enrolled")
    if enrolled is None:
        enrolled = add(
            get(column)
            for column in (
                "disabled_in_special",
                "disabled_in_regular",
                "disabled_home_taught",
            )
        )
    put(
        "quality.disabled_enrolment",
        at_least_share(enrolled, get("disabled_children"), Fraction(95, 100)),
    )
    spending(county, out)


def basic_balance_years(county: County) -> str:
    """Judge that three full years have passed since the recognition."""
    text = county.row.get("basic_balance_recognised_on")
    if text is None or str(text).strip() == "":
        return UNKNOWN
    parts = [int(part) for part in str(text).strip().split("-")]
    first = date(*[*parts, 1, 1][:3])
    if len(parts) == 1:
        last = date(parts[0], 12, 31)
    elif len(parts) == 2:
        last = date(parts[0], parts[1], calendar.monthrange(parts[0], parts[1])[1])
    else:
        last = first
    # Later days can only be worse: the ends speak for every day between.
    return agree(judged(three_years_after(day) <= county.on) for day in (first, last))


def three_years_after(day: date) -> date:
    """Return the day three years later; 29 February becomes the 28th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year + 3, 2, 28)
    return date(day.year + 3, day.month, day.day)


def spending(county: County, out: dict[Key, str]) -> None:
    """Judge that spending has not fallen between the latest two years running."""
    # CHOICE: only rows of the general public budget count, up to the year of the
    # assessment; the pair is the latest year whose previous year has a row too.
    years = {
        int(row["year"]): row
        for row in county.finance
        if row.get("measure") == "一般公共预算教育支出"
        and int(row["year"]) <= county.on.year
    }
    latest = max((y for y in years if y - 1 in years), default=None)
    total = per_pupil = UNKNOWN
    if latest is not None:
        rows = (years[latest - 1], years[latest])
        before, after = (number(row.get("education_spending")) for row in rows)
        old, new = (number(row.get("enrolled_pupils")) for row in rows)
        if before is not None and after is not None:
            total = judged(after >= before)
            if old == 0 or new == 0:
                per_pupil = NOT_APPLICABLE
            elif old is not None and new is not None:
                per_pupil = judged(after / new >= before / old)
    out["government.spending_total", county.code, "*"] = total
    out["government.spending_per_pupil", county.code, "*"] = per_pupil


def monitoring(county: County, out: dict[Key, str]) -> None:
    """Judge level and gap of every subject of the latest national monitoring."""
    rules = ("quality.monitoring_level", "quality.monitoring_gap")
    rows = [
        row
        for row in county.monitoring
        if row.get("organiser") == "national" and int(row["year"]) <= county.on.year
    ]
    year = max((int(row["year"]) for row in rows), default=0)
    if year < 2021:
        # No national monitoring, or one before the cycle: nothing can be said.
        for rule in rules:
            out[rule, county.code, "*"] = UNKNOWN
        return
    subjects = SUBJECTS[(year - 2021) % 3]
    # CHOICE: a subject outside the year's three is not asked for; of two grades of
    # one subject both must hold, but one grade is enough to have the subject.
    for subject in subjects:
        mine = [
            row
            for row in rows
            if int(row["year"]) == year and row.get("subject") == subject
        ]
        levels: list[str] = []
        gaps: list[str] = []
        for row in mine:
            grade = LEVELS.get(str(row.get("level") or "").strip())
            gap = number(row.get("between_school_rate"))
            levels.append(judged(None if grade is None else grade >= 3))
            gaps.append(judged(None if gap is None else gap < Fraction(15, 100)))
        for rule, verdicts in zip(rules, (levels, gaps), strict=True):
            out[rule, county.code, subject] = every(verdicts) if mine else UNKNOWN
    for rule in rules:
        out[rule, county.code, "*"] = every(out[rule, county.code, s] for s in subjects)


def recognition(county: County, out: dict[Key, str]) -> None:
    """Judge the survey: satisfaction, sample size and share of parents."""
    # CHOICE: the survey is that of the latest year, up to the year of the
    # assessment, with a row of any channel; a channel missing there is unknown.
    years = [int(r["year"]) for r in county.survey if int(r["year"]) <= county.on.year]
    year = max(years, default=None)

    def cell(channel: str, group: str, column: str) -> Fraction | None:
        for row in county.survey:
            key = (int(row["year"]), row.get("channel"), row.get("group"))
            if key == (year, channel, group):
                return number(row.get(column))
        return None

    channels = ["questionnaire", "interview"]
    if county.options["satisfaction_channels"] == "questionnaire":
        channels = ["questionnaire"]
    for channel in channels:
        out["recognition.satisfaction", county.code, channel] = at_least_share(
            cell(channel, "total", "satisfied"),
            cell(channel, "total", "valid"),
            Fraction(85, 100),
        )
    out["recognition.satisfaction", county.code, "*"] = every(
        out["recognition.satisfaction", county.code, channel] for channel in channels
    )
    # CHOICE: the sample is the questionnaires distributed (the total).
    out["recognition.sample_size", county.code, "*"] = at_least_share(
        cell("questionnaire", "total", "distributed"),
        county.number("resident_population"),
        Fraction(15, 10000),
    )
    out["recognition.parent_share", county.code, "*"] = at_least_share(
        cell("questionnaire", "parents", "valid"),
        cell("questionnaire", "total", "valid"),
        Fraction(1, 2),
    )


def evaluate_county(county: County) -> dict[Key, str]:
    """Judge one county."""
    out: dict[Key, str] = {}
    resources(county, out)
    rooms(county, out)
    school_size(county, out)
    class_size(county, out)
    small_school_funding(county, out)
    quality_of_schools(county, out)
    for stage in STAGES:
        out["government.nearby_enrolment", county.code, stage] = nearby_enrolment(
            county, stage
        )
    county_figures(county, out)
    monitoring(county, out)
    recognition(county, out)
    for rule in RULES:
        key = (rule, county.code, "*")
        if key in out:
            continue
        found = [verdict for (name, _, _), verdict in out.items() if name == rule]
        if rule.startswith("resources.cv_") or rule == "government.nearby_enrolment":
            out[key] = every(found)
        elif rule in QUALITATIVE:
            out[key] = qualitative_county(county, rule, found)
        else:
            out[key] = county.over_schools(found)
    deciding = {
        rule: out[rule, county.code, "*"] for rule in RULES if rule not in SILENT
    }
    for dimension, names in DIMENSIONS.items():
        out[f"dimension:{dimension}", county.code, "*"] = every(
            deciding[rule]
            for name in names
            if (rule := f"{dimension}.{name}") in deciding
        )
    out["verdict", county.code, "*"] = every(deciding.values())
    out["self_assessment", county.code, "*"] = every(
        verdict for rule, verdict in deciding.items() if rule not in NATIONAL_ONLY
    )
    return out


def evaluate(
    document: Mapping[str, Any],
    *,
    on: date,
    options: Mapping[str, Any] | None = None,
) -> dict[Key, str]:
    """
    Judge every county of a contract document.

    Args:
        document: The contract's JSON form.

        on: The day of the assessment.

        options: Readings that differ from the defaults.

    Returns:
        ``{(rule or total, entity, stage or item): verdict}``. Units that are
        certainly outside a rule's population have no key.

    """
    chosen = {**DEFAULTS, **{k: str(v) for k, v in (options or {}).items()}}
    if unknown := set(chosen) - set(DEFAULTS):
        msg = f"no such reading: {sorted(unknown)}"
        raise ValueError(msg)
    result: dict[Key, str] = {}
    for row in document["county"]:
        result.update(evaluate_county(County(document, row, on, chosen)))
    return result
