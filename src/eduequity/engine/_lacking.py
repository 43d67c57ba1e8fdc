"""
What an unmet finding lacks: changes in natural units, their sentences and totals.

Nothing is worked out here; `engine._shortfall` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from eduequity import measures
from eduequity.engine._findings import Finding
from eduequity.engine._words import figure, unit_label
from eduequity.vocab import Text, Unit


__all__ = ["NOTHING", "Change", "Pull", "Shortfall", "Shortfalls", "Spread"]


@attrs.frozen(kw_only=True)
class Change:
    """
    One quantity to change by a whole number of units.

    Args:
        column: The column of the data.

        entity: Whose: a school's code, ``<school code>/<stage>`` or the county's.

        amount: By how much; below 0 where less is needed. People and rooms are whole,
            areas and money are to the hundredth. A yes or no turns by 1.

        unit: Its unit.

        label: The column's name.

        where: The name of whose it is.

        rule: The rule that this change serves.

        floor: Whether it only lifts the indicator to the floor of a quorum.

    >>> import eduequity as ee
    >>> change = ee.Change(
    ...     column="backbone_teachers",
    ...     entity="1/primary",
    ...     amount=3,
    ...     unit=ee.Unit.TEACHERS,
    ...     label=ee.Text("县级以上骨干教师数", "Backbone teachers"),
    ...     where=ee.Text("示例小学·小学", "示例小学, primary"),
    ...     rule="resources.backbone_teachers",
    ... )
    >>> print(change.sentence("zh"))
    示例小学·小学：县级以上骨干教师数 增加 3人
    >>> print(change.quantity("en"))
    Backbone teachers +3 teachers
    >>> change.to_dict()["amount"]
    3
    """

    column: str
    entity: str
    amount: float
    unit: Unit
    label: Text
    where: Text
    rule: str
    floor: bool = False

    def sentence(self, lang: str = "zh") -> str:
        """
        Say it: ``示例小学：县级以上骨干教师数 增加 3人``.

        Areas and money are rounded up to whole units here, never down.

        Args:
            lang: ``zh``, or English for anything else.
        """
        colon = "：" if lang == "zh" else ": "
        return f"{self.where.get(lang)}{colon}{self.quantity(lang)}"

    def quantity(self, lang: str = "zh") -> str:
        """
        Say what changes by how much, without whose it is.

        Args:
            lang: ``zh``, or English for anything else.
        """
        label = self.label.get(lang)
        if self.unit is Unit.YES_NO:
            before, after = ("否", "是") if self.amount > 0 else ("是", "否")
            if lang == "zh":
                return f"{label} 由“{before}”改为“{after}”"
            return f"{label} from {'no to yes' if self.amount > 0 else 'yes to no'}"
        count = _counted(abs(self.amount), self.unit, lang)
        if lang == "zh":
            return f"{label} {'增加' if self.amount > 0 else '减少'} {count}"
        return f"{label} {'+' if self.amount > 0 else '-'}{count}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "column": self.column,
            "entity": self.entity,
            "amount": self.amount,
            "unit": self.unit.value,
            "zh": self.sentence("zh"),
            "en": self.sentence("en"),
            "rule": self.rule,
            "floor": self.floor,
        }


def _counted(amount: float, unit: Unit, lang: str) -> str:
    """
    Write so much of a unit; hours may have tenths, levels have a word of their own.

    >>> _counted(1.0, Unit.LEVEL, "zh"), _counted(0.5, Unit.CLOCK_HOURS, "en")
    ('1级', '0.5 hours')
    """
    if unit is Unit.LEVEL:
        return f"{figure(amount, 0)}{'级' if lang == 'zh' else ' level(s)'}"
    number = figure(amount, 1) if unit is Unit.CLOCK_HOURS else _rounded_up(amount)
    return f"{number}{unit_label(unit, lang)}"


def _rounded_up(amount: float) -> str:
    """
    Write an amount rounded up to a whole number, thousands apart.

    >>> _rounded_up(84599.2), _rounded_up(3.0)
    ('84 600', '3')
    """
    return f"{int(np.ceil(round(amount, 2))):,}".replace(",", " ")


@attrs.frozen(kw_only=True)
class Pull:
    """
    A section that pulls a coefficient up.

    Args:
        entity: ``<school code>/<stage>``.

        name: The school's name.

        value: Its indicator, in the unit of the spread.

        share: Its share of the weighted variance, from 0 to 1.

    >>> from eduequity.engine import Pull
    >>> pull = Pull(entity="1/primary", name="示例小学", value=9.5, share=0.25)
    >>> pull.share  # a quarter of the sum of squares is this school's
    0.25
    """

    entity: str
    name: str
    value: float
    share: float


@attrs.frozen(kw_only=True)
class Spread:
    """
    What makes a coefficient as large as it is.

    Args:
        mean: The mean weighted by pupils.

        coefficient: The coefficient of variation.

        limit: The most that it may be.

        unit: The indicator's unit.

        pulls: The sections by their share of the variance, the largest first.

        theil: The Theil index of the indicator, with the parts ``within`` and
            ``between`` urban, town and rural schools; None where a locale is blank.

        rule: The coefficient's rule.

        label: The indicator's name.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> spread = next(m.spread for m in result.shortfall() if m.spread is not None)
    >>> spread.coefficient > spread.limit
    True
    >>> round(sum(pull.share for pull in spread.pulls), 9)  # shares of one whole
    1.0
    >>> next(spread.lines("en", most=1)).endswith("of the variance")
    True
    >>> spread.to_dict()["rule"] == spread.rule
    True
    """

    mean: float
    coefficient: float
    limit: float | None
    unit: Unit
    pulls: tuple[Pull, ...]
    theil: measures.TheilParts[float] | None
    rule: str
    label: Text

    def lines(self, lang: str = "zh", *, most: int = 5) -> Iterator[str]:
        """
        Yield what to say of it: the schools, then the parts.

        Args:
            lang: ``zh``, or English for anything else.

            most: How many schools are named.
        """
        for each in self.pulls[:most]:
            value = f"{figure(each.value, 2)}{unit_label(self.unit, lang)}"
            part = figure(100 * each.share, 1)
            yield (
                f"{each.name}（{each.entity}）：{value}，占离差平方和 {part}%"
                if lang == "zh"
                else f"{each.name} ({each.entity}): {value}, {part}% of the variance"
            )
        if self.theil is not None and self.theil.total > 0:
            between = 100 * self.theil.between / self.theil.total
            high, low = figure(between, 1), figure(100 - between, 1)
            yield (
                f"泰尔指数 {figure(self.theil.total, 4)}：城区、镇区、乡村之间占 "
                f"{high}%，各自内部占 {low}%"
                if lang == "zh"
                else f"Theil index {figure(self.theil.total, 4)}: {high}% between "
                f"urban, town and rural schools, {low}% within them"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        theil = self.theil
        return {
            "mean": self.mean,
            "coefficient": self.coefficient,
            "limit": self.limit,
            "rule": self.rule,
            "unit": self.unit.value,
            "pulls": [attrs.asdict(each) for each in self.pulls],
            "theil": None if theil is None else theil._asdict(),
        }


@attrs.frozen(kw_only=True)
class Shortfall:
    """
    What an unmet finding lacks.

    Args:
        finding: The finding.

        changes: What to change, all of it together; empty where no quantity of the
            data can be counted out (a coefficient, a level of learning).

        alternatives: Single changes that each do as well in place of all of them.

        sufficient: Whether the changes make the rule met; otherwise they only mend
            what is known to fail, and evidence is missing besides.

        spread: What makes a coefficient as large as it is.

        parts: Of a mean of coefficients what makes each of them as large as it is, the
            largest first.

        note: One sentence besides: why nothing is counted out, or who is meant.

    >>> import datetime as dt
    >>> import eduequity as ee
    >>> section = ee.Section(pupils=500, above_degree_teachers=19)
    >>> school = ee.School(code="1", name="示例小学", kind="primary", primary=section)
    >>> county = ee.County(code="999901", name="示例县", schools=(school,))
    >>> result = ee.evaluate(county, on=dt.date(2024, 12, 31))
    >>> (finding,) = result.findings(rule="resources.above_degree_teachers", school="1")
    >>> missing = finding.shortfall()
    >>> print(
    ...     missing.sentence("zh")
    ... )  # 21 teachers are asked, or at most 19 / 4.2 * 100
    示例小学·小学：高于规定学历教师数 增加 2人；或者 示例小学·小学：在校生数 减少 48人
    >>> missing.to_dict()["sufficient"]
    True
    """

    finding: Finding
    changes: tuple[Change, ...] = ()
    alternatives: tuple[Change, ...] = ()
    sufficient: bool = True
    spread: Spread | None = None
    parts: tuple[Spread, ...] = ()
    note: Text | None = None

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, lang: str = "zh") -> str:
        """
        Say on one line what to change, and what would do in its place.

        Args:
            lang: ``zh``, or English for anything else.
        """
        zh = lang == "zh"
        together = "；" if zh else "; "
        said = together.join(each.sentence(lang) for each in self.changes)
        for each in self.alternatives:
            said += f"{'；或者 ' if zh else '; or '}{each.sentence(lang)}"
        if self.spread is not None:
            said = together.join(self.spread.lines(lang, most=3))
        if self.parts:
            said = together.join(self._of_parts(lang, most=3))
        if self.changes and not self.sufficient:
            said += "（此外还缺证据）" if zh else " (evidence is missing besides)"
        if self.note is not None:
            said = together.join(filter(None, (said, self.note.get(lang))))
        return said or NOTHING.get(lang)

    def _of_parts(self, lang: str, *, most: int) -> Iterator[str]:
        """Yield of the largest coefficients their share of the sum, and who pulls."""
        whole = sum(each.coefficient for each in self.parts)
        for each in self.parts[:most]:
            label, size = each.label.get(lang), figure(each.coefficient, 3)
            part = figure(100 * each.coefficient / whole, 1)
            puller = next(each.lines(lang, most=1), "")
            yield (
                f"{label} 差异系数 {size}，占各项之和 {part}%，其中 {puller}"
                if lang == "zh"
                else f"{label}: coefficient {size}, {part}% of the sum, of it {puller}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data (schema ``eduequity/shortfall/1``)."""
        return {
            "finding": self.finding.id,
            "changes": [each.to_dict() for each in self.changes],
            "alternatives": [each.to_dict() for each in self.alternatives],
            "sufficient": self.sufficient,
            "spread": None if self.spread is None else self.spread.to_dict(),
            "parts": [each.to_dict() for each in self.parts],
            "note": self.note and {"zh": self.note.zh, "en": self.note.en},
        }


NOTHING = Text(
    "单独改变任何一个可以计数的量都达不到要求",
    "no single quantity that can be counted, changed alone, meets the rule",
)
"""Said where nothing else can be."""


@attrs.frozen(eq=False, repr=False)
class Shortfalls(Sequence[Shortfall]):
    """
    What the unmet findings of some counties lack, and the totals.

    Args:
        items: One per unmet finding, in the order of the findings.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> lacking = ee.evaluate(demo, on=dt.date(2024, 12, 31)).shortfall()
    >>> {total.entity for total in lacking.totals}  # totals are the county's
    {'999901'}
    >>> len(lacking.to_dict()["shortfalls"]) == len(lacking)
    True
    """

    items: tuple[Shortfall, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<shortfall of {len(self)} findings>"

    def __str__(self) -> str:
        return "\n".join(f"{each.finding.id}  {each}" for each in self.items)

    @property
    def totals(self) -> tuple[Change, ...]:
        """
        The totals by county and column.

        What several rules ask of the same cell counts once, at the most that any of
        them asks; more and less of a quantity are added up apart.
        """
        return _totals(self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return all as plain data (schema ``eduequity/shortfall/1``)."""
        return {
            "schema": SCHEMA,
            "shortfalls": [each.to_dict() for each in self.items],
            "totals": [each.to_dict() for each in self.totals],
        }


SCHEMA = "eduequity/shortfall/1"


_NO_SUM = ("largest_class",)
"""Columns whose changes say nothing when they are added up."""


def _totals(items: Iterable[Shortfall]) -> tuple[Change, ...]:
    most: dict[tuple[Any, ...], float] = {}
    first: dict[tuple[Any, ...], tuple[Finding, Change]] = {}
    for item in items:
        if "summary" in item.finding.flags:
            continue
        county = item.finding.place.county
        for each in item.changes:
            if not each.unit.additive or each.column in _NO_SUM:
                continue
            cell = (county, each.column, each.amount > 0, each.entity, each.where)
            first.setdefault(cell[:3], (item.finding, each))
            most[cell] = max(most.get(cell, 0.0), abs(each.amount))
    added: dict[tuple[Any, ...], float] = {}
    for cell, amount in most.items():
        added[cell[:3]] = round(added.get(cell[:3], 0.0) + amount, 2)
    return tuple(
        attrs.evolve(
            change,
            entity=finding.assessment.facts.codes[finding.place.county],
            where=_county_name(finding),
            amount=added[key] if key[2] else -added[key],
            floor=False,
        )
        for key, (finding, change) in first.items()
    )


def _county_name(finding: Finding) -> Text:
    facts, row = finding.assessment.facts, finding.place.county
    name = str(facts.counties.words("name")[row] or facts.codes[row])
    return Text(name, name)
