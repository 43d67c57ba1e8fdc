"""
Selecting findings: filters, and counts that build no record.

`Findings` knows how many there are from the verdicts that the evaluation kept; records
are built county by county, when somebody looks at them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import attrs
import numpy as np
import numpy.typing as npt

from eduequity.engine._below import Level
from eduequity.engine._columns import UNIT_TABLES, Flags
from eduequity.engine._findings import RUN, AskedRule, Finding, findings_by_county
from eduequity.errors import MissingExtraError, UnknownNameError
from eduequity.facts import STAGES, Facts
from eduequity.rules import Every, Rule, Share
from eduequity.vocab import Choice, Force, Scope, Stage, Verdict


if TYPE_CHECKING:
    from eduequity.engine._assessment import Assessment


__all__ = ["Filter", "Findings", "MetShare", "dimension_of"]

_GROUPED = ("dispersion", "mean_dispersion")


def dimension_of(rule: str) -> str:
    """
    Return the dimension of a rule; local rules stand in ``local``.

    Args:
        rule: Its full id.

    >>> from eduequity.engine import dimension_of
    >>> dimension_of("resources.section_quorum"), dimension_of("35.pay")
    ('resources', 'local')
    """
    head = rule.partition(".")[0]
    return "local" if head.isdigit() else head


@attrs.frozen(kw_only=True)
class MetShare:
    """
    The share that is met, of those assessed and as bounds.

    Args:
        met: How many are met.

        unmet: How many are not met.

        unknown: For how many evidence is missing.

    >>> import eduequity as ee
    >>> share = ee.MetShare(met=3, unmet=1, unknown=4)
    >>> share.of_assessed  # 3 / 4
    0.75
    >>> share.low, share.high  # 3 / 8 and 7 / 8
    (0.375, 0.875)
    """

    met: int
    unmet: int
    unknown: int

    @property
    def of_assessed(self) -> float | None:
        """The share of those assessed, from 0 to 1; None where nobody is."""
        return _quotient(self.met, self.met + self.unmet)

    @property
    def low(self) -> float | None:
        """The share if every unknown failed."""
        return _quotient(self.met, self.met + self.unmet + self.unknown)

    @property
    def high(self) -> float | None:
        """The share if every unknown passed."""
        return _quotient(self.met + self.unknown, self.met + self.unmet + self.unknown)


def _quotient(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _words(value: Any) -> frozenset[str] | None:
    """Take one word or several; None asks nothing."""
    if value is None:
        return None
    return frozenset([value] if isinstance(value, str) else map(str, value))


def _choice(kind: type[Choice]) -> Any:
    def check(
        _: Any, field: attrs.Attribute[Any], value: frozenset[str] | None
    ) -> None:
        for word in value or ():
            if word not in [each.value for each in kind]:
                raise UnknownNameError(field.name, word, (e.value for e in kind))

    return attrs.field(default=None, converter=_words, validator=check)


def _named() -> Any:
    return attrs.field(default=None, converter=_words)


@attrs.frozen(kw_only=True)
class Filter:
    """What is asked of findings: one word or several of each kind; None: anything."""

    verdict: frozenset[str] | None = _choice(Verdict)
    rule: frozenset[str] | None = _named()
    dimension: frozenset[str] | None = _named()
    force: frozenset[str] | None = _choice(Force)
    county: frozenset[str] | None = _named()
    school: frozenset[str] | None = _named()
    stage: frozenset[str] | None = _choice(Stage)
    scope: frozenset[str] | None = _choice(Scope)
    area: frozenset[str] | None = _named()
    components: bool = False

    def asks(self, area: str, name: str, rule: Rule) -> bool:
        """Whether findings of a rule at a level can be wanted at all."""
        return self._about(area, name, rule.force, component=rule.component)

    def _about(self, area: str, name: str, force: Force, *, component: bool) -> bool:
        return (
            (self.components or self.rule is not None or not component)
            and (self.rule is None or name in self.rule)
            and (self.dimension is None or dimension_of(name) in self.dimension)
            and (self.force is None or force.value in self.force)
            and (self.area is None or area in self.area)
        )

    def keeps(self, each: Finding) -> bool:
        """Whether a finding of a rule that is asked for is wanted."""
        return (
            (self.verdict is None or each.verdict.value in self.verdict)
            and (self.school is None or each.entity.split("/")[0] in self.school)
            and (self.stage is None or each.stage in self.stage)
            and (self.scope is None or each.scope.value in self.scope)
        )

    def matches(self, each: Finding) -> bool:
        """Whether a finding is wanted."""
        about = self._about(each.area, each.rule, each.force, component=each.component)
        return about and self.keeps(each)


@attrs.frozen(eq=False, repr=False)
class Findings(Sequence[Finding]):
    """
    Findings that were asked for: a sequence whose records are built when looked at.

    ``len``, `counts` and `share` read the verdicts that the evaluation kept and build
    nothing, whatever the number of counties.

    Args:
        assessment: The result.

        wanted: The filters.

        rows: The counties' places in the result.

    >>> import datetime as dt
    >>> from importlib.resources import files
    >>> import eduequity as ee
    >>> demo = ee.read(files("eduequity.cli") / "demo")
    >>> result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
    >>> found = result.findings(rule="government.class_size", scope="section")
    >>> len(found), found.counts[ee.Verdict.MET], found.counts[ee.Verdict.UNMET]
    (50, 48, 2)
    >>> found.share.of_assessed == found.counts[ee.Verdict.MET] / len(found)
    True
    >>> found.to_dict()[0]["rule"]
    'government.class_size'
    >>> found.to_frame(backend="polars").height == len(found)
    True
    """

    assessment: Assessment
    wanted: Filter
    rows: tuple[int, ...]

    # -- counting --------------------------------------------------------------------

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many findings there are of each verdict, counted without building one."""
        total = self._counted.sum(axis=0)
        return {verdict: int(total[verdict.rank]) for verdict in Verdict}

    @property
    def share(self) -> MetShare:
        """The share that is met of those assessed, and its bounds."""
        counts = self.counts
        return MetShare(
            met=counts[Verdict.MET],
            unmet=counts[Verdict.UNMET],
            unknown=counts[Verdict.UNKNOWN],
        )

    @cached_property
    def _counted(self) -> npt.NDArray[np.int64]:
        """How many findings of each verdict every county of *rows* has."""
        counter = _Counter(self.assessment, self.wanted)
        return counter.counts()[list(self.rows)]

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        return np.cumsum(self._counted.sum(axis=1))

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self.rows) else 0

    # -- building --------------------------------------------------------------------

    def __iter__(self) -> Iterator[Finding]:
        # Counties without any are not looked at.
        some = np.flatnonzero(self._counted.any(axis=1)) if len(self.rows) else ()
        for first, last in _runs(tuple(self.rows[nth] for nth in some)):
            for found in self._of(first, last):
                yield from found

    def _of(self, first: int, last: int) -> Iterator[tuple[Finding, ...]]:
        for found in findings_by_county(self.assessment, first, last, self.wanted.asks):
            yield tuple(each for each in found if self.wanted.keeps(each))

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        size = len(self)
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(size)))
        at = index + size if index < 0 else index
        if not 0 <= at < size:
            raise IndexError(f"finding {index} of {size}")
        nth = int(np.searchsorted(self._ends, at, side="right"))
        before = int(self._ends[nth - 1]) if nth else 0
        return self._county(nth)[at - before]

    def _county(self, nth: int) -> tuple[Finding, ...]:
        """Return the findings of one county; the last one is kept."""
        if nth not in self._kept:
            row = self.rows[nth]
            self._kept.clear()
            (self._kept[nth],) = self._of(row, row + 1)
        return self._kept[nth]

    @cached_property
    def _kept(self) -> dict[int, tuple[Finding, ...]]:
        return {}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        told = ", ".join(f"{v.value} {n}" for v, n in self.counts.items() if n)
        return f"<{len(self)} findings: {told or 'none'}>"

    def _repr_html_(self) -> str | None:
        html = self.assessment.html
        return None if html is None else html(self)

    # -- plain data ------------------------------------------------------------------

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the findings in the result's JSON form, each with its county."""
        codes = self.assessment.facts.codes
        return [{"county": codes[f.place.county], **f.to_dict()} for f in self]

    def to_frame(self, backend: str = "polars") -> Any:
        """
        Return the findings as a data frame, one row each.

        Args:
            backend: ``polars``, ``pandas``, ``pyarrow`` or another eager one that
                narwhals knows; it must be installed.

        Returns:
            A frame of that library. A yes or no in ``value`` is 1 or 0; an interval
            stands in ``threshold`` and ``threshold_high``; flags and sources are
            joined by a semicolon and a space.

        Raises:
            MissingExtraError: The library is not installed.

            UnknownNameError: narwhals does not know it.
        """
        import narwhals as nw

        columns: dict[str, list[Any]] = {name: [] for name in _FRAME}
        for each in self:
            for name, cell in _row(each).items():
                columns[name].append(cell)
        kinds = {"number": nw.Float64(), "text": nw.String()}
        schema = {name: kinds[kind] for name, kind in _FRAME.items()}
        try:
            frame = nw.from_dict(columns, schema, backend=backend)  # type: ignore[arg-type]
        except ImportError as error:
            raise MissingExtraError(
                backend, f"to_frame(backend={backend!r})"
            ) from error
        except (ValueError, TypeError, AssertionError) as error:
            raise UnknownNameError("backend", backend, _BACKENDS) from error
        return frame.to_native()


_BACKENDS = ("modin", "pandas", "polars", "pyarrow")

_FRAME = {
    "county": "text",
    "id": "text",
    "item": "text",
    "rule": "text",
    "dimension": "text",
    "area": "text",
    "scope": "text",
    "entity": "text",
    "stage": "text",
    "verdict": "text",
    "value": "number",
    "operator": "text",
    "threshold": "number",
    "threshold_high": "number",
    "unit": "text",
    "force": "text",
    "basis": "text",
    "determined_by": "text",
    "flags": "text",
    "sources": "text",
}
"""The columns of a frame of findings, and what they hold."""


def _row(finding: Finding) -> dict[str, Any]:
    told = finding.to_dict()
    limit = finding.threshold
    low, high = limit if isinstance(limit, tuple) else (limit, None)
    cited = (
        " ".join(filter(None, (each.source, each.clause))) for each in finding.sources
    )
    return {
        "county": finding.assessment.facts.codes[finding.place.county],
        **told,
        "dimension": dimension_of(finding.rule),
        "value": None if finding.value is None else float(finding.value),
        "threshold": low,
        "threshold_high": high,
        "flags": "; ".join(finding.flags),
        "sources": "; ".join(cited),
    }


def _runs(rows: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbouring counties, none longer than is judged in one go."""
    for _, neighbours in itertools.groupby(enumerate(rows), lambda at: at[1] - at[0]):
        run = [row for _, row in neighbours]
        for first in range(0, len(run), RUN):
            part = run[first : first + RUN]
            yield part[0], part[-1] + 1


# -- counting without building -------------------------------------------------------


class _Counter:
    """Counts findings from the verdicts that an evaluation kept."""

    def __init__(self, assessment: Assessment, wanted: Filter) -> None:
        self.assessment = assessment
        self.wanted = wanted
        self.facts = assessment.facts

    def counts(self) -> npt.NDArray[np.int64]:
        """Return how many findings of each verdict (columns) counties (rows) have."""
        total = np.zeros((len(self.facts), len(Verdict)), dtype=np.int64)
        for level in self.assessment.levels:
            here = total[level.first : level.last]
            facts = self.facts.select(level.first, level.last)
            judged = dict.fromkeys(level.units)
            for asked in self.assessment.rules_at(level.area):
                if not self.wanted.asks(level.area, asked.name, asked.rule):
                    continue
                # What is only shown beside a rule comes after those judged.
                kept = asked.name in judged
                judged.pop(asked.name, None)
                if kept:
                    here += self._of_rule(level, facts, asked)
                else:
                    here += self._built(level, asked)
        if self.wanted.verdict is not None:
            ranks = [v.rank for v in Verdict if v.value not in self.wanted.verdict]
            total[:, ranks] = 0
        return total

    def _built(self, level: Level, asked: AskedRule) -> npt.NDArray[np.int64]:
        """Count what the evaluation did not keep: a level's targets for rules above."""
        total = np.zeros((level.last - level.first, len(Verdict)), dtype=np.int64)
        runs = findings_by_county(
            self.assessment,
            level.first,
            level.last,
            lambda area, name, rule: (
                area == level.area and name == asked.name and rule == asked.rule
            ),
        )
        for row, found in enumerate(runs):
            for each in found:
                total[row, each.verdict.rank] += self.wanted.keeps(each)
        return total

    def _of_rule(
        self, level: Level, facts: Facts, asked: AskedRule
    ) -> npt.NDArray[np.int64]:
        rule, ranks = asked.rule, level.units[asked.name]
        units = _units_of(facts, rule, len(ranks))
        keep = self._kept(facts, units, len(ranks))
        if isinstance(rule, Every):
            keep = keep & (ranks > 0)  # an item of another year
        total = _tally(units.county[keep], ranks[keep], len(facts))
        if units.joined and self.wanted.stage is None and self._asks(Scope.COUNTY):
            rows = np.flatnonzero(self._own_codes(np.array(facts.codes)))
            total += _tally(rows, level.counties[asked.name][rows], len(facts))
        return total

    def _kept(self, facts: Facts, units: _Units, size: int) -> Flags:
        keep = np.full(size, self._asks(units.scope))
        wanted = self.wanted
        if wanted.stage is not None:
            ranks = [STAGES.index(Stage(word)) for word in wanted.stage & set(STAGES)]
            keep &= False if units.stage is None else np.isin(units.stage, ranks)
        if wanted.school is not None:
            keep &= self._own_codes(units.codes(facts))
        return keep

    def _asks(self, scope: Scope) -> bool:
        return self.wanted.scope is None or scope.value in self.wanted.scope

    def _own_codes(self, codes: npt.NDArray[Any]) -> Flags:
        """Units whose own code the filter for schools lets through."""
        if self.wanted.school is None:
            return np.ones(len(codes), dtype=np.bool_)
        return np.isin(codes.astype(str), list(self.wanted.school))


class _Units(NamedTuple):
    """The units of a rule: whose they are, and what the filters can ask of them."""

    county: npt.NDArray[np.intp]
    scope: Scope
    codes: Callable[[Facts], npt.NDArray[Any]]
    stage: npt.NDArray[np.int8] | None = None
    joined: bool = True


def _units_of(facts: Facts, rule: Rule, size: int) -> _Units:
    """Tell what kind of units a rule judges, as its judging does."""
    if rule.scope is Scope.SECTION:
        return _Units(
            facts.section_county,
            Scope.SECTION,
            lambda f: f.schools.words("code")[f.section_school],
            facts.section_stage,
        )
    if rule.scope is Scope.SCHOOL:
        return _Units(
            facts.school_county, Scope.SCHOOL, lambda f: f.schools.words("code")
        )
    table = UNIT_TABLES.get(rule.scope)
    if table is not None:
        frame = facts.other(table)
        named = "code" if "code" in frame else "id"
        return _Units(
            facts.other_county(table), rule.scope, lambda _: frame.words(named)
        )
    each = size // len(facts) if len(facts) else 1
    county = np.repeat(np.arange(len(facts)), each)
    grouped = rule.kind in _GROUPED or (isinstance(rule, Share) and rule.per_stage)
    return _Units(
        county,
        Scope.COUNTY,
        lambda f: np.array(f.codes)[county],
        np.tile(np.arange(len(STAGES), dtype=np.int8), len(facts)) if grouped else None,
        joined=isinstance(rule, Every),
    )


def _tally(
    rows: npt.NDArray[np.intp], ranks: npt.NDArray[np.int8], size: int
) -> npt.NDArray[np.int64]:
    width = len(Verdict)
    flat = np.bincount(rows * width + ranks, minlength=size * width)
    return flat.reshape(size, width).astype(np.int64)
