"""Numbers as people read them, in Chinese and in English."""

from __future__ import annotations

import math

from eduequity.engine._findings import Finding, decimals, rounded
from eduequity.vocab import Unit


__all__ = ["figure", "measured", "unit_label"]

_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "in": "∈"}


def figure(value: float | None, places: int = 6) -> str:
    """
    Write a number with at most so many decimals, half up, no trailing zeros.

    Args:
        value: The number; None and what is not finite are written as a dash.

        places: The most decimals.

    Returns:
        The number as text.

    >>> from eduequity.engine import figure
    >>> figure(4.2), figure(0.515257, 3), figure(20000.0), figure(None)
    ('4.2', '0.515', '20000', '—')
    """
    if value is None or not math.isfinite(value):
        return "—"
    text = f"{rounded(value, places):.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def measured(
    value: float | bool | None,
    unit: Unit,
    lang: str,
    *,
    places: int | None = None,
    bare: bool = False,
) -> str:
    """
    Write a value with its unit as the forms do; a share as a percentage.

    Args:
        value: The value in *unit*; a share is a fraction. None is written as a dash.

        unit: Its unit.

        lang: ``zh``, or English for anything else.

        places: How many decimals at most; those of the forms by default.

        bare: Whether the unit is left out.

    Returns:
        The value as text.

    >>> from eduequity import Unit
    >>> from eduequity.engine import measured
    >>> measured(0.8772, Unit.SHARE, "en"), measured(4.496, Unit.M2_PER_PUPIL, "zh")
    ('87.7%', '4.5㎡/生')
    """
    if value is None:
        return "—"
    if isinstance(value, bool):
        words = ("是", "否") if lang == "zh" else ("yes", "no")
        return words[0] if value else words[1]
    if unit is Unit.LEVEL and value in (1, 2, 3, 4):
        return "ⅠⅡⅢⅣ"[int(value) - 1]
    shown = decimals(unit) if places is None else places
    if unit is Unit.SHARE:
        return f"{figure(100 * value, max(shown - 2, 0))}%"
    return figure(value, shown) + ("" if bare else unit_label(unit, lang))


def unit_label(unit: Unit, lang: str) -> str:
    """
    Return the unit as it stands behind a number.

    Args:
        unit: The unit.

        lang: ``zh``, or English for anything else.

    >>> from eduequity import Unit
    >>> from eduequity.engine import unit_label
    >>> unit_label(Unit.ROOMS, "zh"), unit_label(Unit.ROOMS, "en")
    ('间', ' rooms')
    """
    label = unit.label.get(lang)
    if unit in (Unit.RATIO, Unit.COUNT, Unit.YES_NO, Unit.LEVEL):
        return ""
    if lang == "zh" or label in ("", "%"):
        return label
    return f" {label}"


def comparison(finding: Finding, lang: str, *, exact: bool = False) -> str:
    """
    Write value, sign and threshold of a finding: ``4.18人/百名学生（应≥ 4.2）``.

    The sign says what is asked, whether the value meets it or not.

    Args:
        finding: The finding.

        lang: ``zh``, or English for anything else.

        exact: Whether the value has up to 6 decimals, not those of the forms.

    Returns:
        The line.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> from eduequity.engine import comparison
    >>> section = ee.Section(pupils=500, above_degree_teachers=20)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (found,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> print(comparison(found, "zh"))  # 20 / 5
    4人/百名学生（应≥ 4.2）
    """
    places = 6 if exact else None
    value = measured(finding.value, finding.unit, lang, places=places)
    if finding.operator is None or finding.threshold is None:
        return value
    ends = finding.threshold
    limit = "–".join(
        measured(each, finding.unit, lang, places=6, bare=True)
        for each in (ends if isinstance(ends, tuple) else (ends,))
    )
    asked = "应" if lang == "zh" else "asked "
    return (
        f"{value}（{asked}{_SIGNS[finding.operator]} {limit}）"
        if lang == "zh"
        else (f"{value} ({asked}{_SIGNS[finding.operator]} {limit})")
    )
