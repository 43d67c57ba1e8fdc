"""Test the inequality measures: by hand, against exact arithmetic, and by law."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import product
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from eduequity import measures


Flat: TypeAlias = Callable[[list[float], list[float] | None], float]
Grouped: TypeAlias = Callable[
    [list[float], list[float] | None, list[int]], measures.Column
]
Member: TypeAlias = tuple[float, float]

NAN = math.nan
INF = math.inf

FLAT: dict[str, Flat] = {
    "mean": measures.weighted_mean,
    "cv": measures.coefficient_of_variation,
    "gini": measures.gini,
    "theil": measures.theil,
    "atkinson": measures.atkinson,
    "atkinson-1": partial(measures.atkinson, epsilon=1.0),
    "atkinson-3": partial(measures.atkinson, epsilon=3.0),
    "quantiles": measures.quantile_ratio,
    "range": measures.range_ratio,
}
GROUPED: dict[str, Grouped] = {
    "mean": measures.weighted_mean_by,
    "cv": measures.coefficient_of_variation_by,
    "gini": measures.gini_by,
    "theil": measures.theil_by,
    "atkinson": measures.atkinson_by,
    "atkinson-1": partial(measures.atkinson_by, epsilon=1.0),
    "atkinson-3": partial(measures.atkinson_by, epsilon=3.0),
    "quantiles": measures.quantile_ratio_by,
    "range": measures.range_ratio_by,
}
INDICES = ["cv", "gini", "theil", "atkinson", "atkinson-1", "atkinson-3"]
RATIOS = ["quantiles", "range"]
RELATIVE = [*INDICES, *RATIOS]
EVERY = list(FLAT)

# How long an example takes is no part of any law.
law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

amounts = st.one_of(
    st.just(0.0),
    st.integers(min_value=1, max_value=1000).map(float),
    st.floats(min_value=1e-3, max_value=1e6),
)
signed = st.one_of(amounts, amounts.map(lambda amount: -amount))
heads = st.integers(min_value=1, max_value=2000).map(float)
awkward = st.one_of(signed, st.sampled_from([NAN, INF, -INF, -0.0]))
awkward_heads = st.one_of(heads, st.sampled_from([0.0, 0.0, NAN, INF, -1.0]))

crowds = st.lists(st.tuples(amounts, heads), min_size=1, max_size=30)
any_crowds = st.lists(st.tuples(awkward, awkward_heads), max_size=8)

# From the smallest number that can be told from zero to the largest there is.
extremes = st.one_of(
    st.floats(min_value=0, allow_infinity=False),
    st.sampled_from([0.0, 5e-324, 2.3e-308, 1e-160, 1.0, 1e160, 1.7e308]),
)


def columns(members: list[Member]) -> tuple[list[float], list[float]]:
    """Return the values and the weights of some members."""
    return [value for value, _ in members], [weight for _, weight in members]


def laid_out(groups: list[list[Member]]) -> tuple[list[float], list[float], list[int]]:
    """Return the values, the weights and the starts of some groups laid end to end."""
    sizes = [len(group) for group in groups]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    return *columns([member for group in groups for member in group]), starts


def near(expected: object) -> object:
    """Return something equal to whatever is `expected` but for rounding."""
    return pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def same(expected: object) -> object:
    """Return something equal to `expected` to the last digit, where NaN equals NaN."""
    return pytest.approx(expected, rel=0, abs=0, nan_ok=True)


def results(
    names: list[str], values: list[float], weights: list[float] | None
) -> dict[str, float]:
    """Return each of the named measures of one group."""
    return {name: FLAT[name](values, weights) for name in names}


def grouped(groups: list[list[Member]]) -> dict[str, list[float]]:
    """Return every measure of some groups taken together."""
    return {name: of(*laid_out(groups)).tolist() for name, of in GROUPED.items()}


def exact(members: list[Member]) -> tuple[list[Fraction], list[Fraction], Fraction]:
    """Return the values, the shares of weight and the mean as fractions."""
    x = [Fraction(value) for value, _ in members]
    total = sum(Fraction(weight) for _, weight in members)
    p = [Fraction(weight) / total for _, weight in members]
    return x, p, sum((a * b for a, b in zip(p, x, strict=True)), Fraction(0))


def gini_of(x: list[Fraction], p: list[Fraction]) -> Fraction:
    """Return half the mean difference: the Gini coefficient, times the mean."""
    pairs = product(zip(x, p, strict=True), repeat=2)
    return sum((s * t * abs(a - b) for (a, s), (b, t) in pairs), Fraction(0)) / 2


class TestByHand:
    """Measures of members few enough to check on paper."""

    WEIGHTS = (45, 37, 89, 76, 55)
    TOTALS = (279, 137, 935, 160, 402)

    def values(self) -> list[float]:
        """Return what each of the five published items has per unit of weight."""
        return [
            total / weight
            for total, weight in zip(self.TOTALS, self.WEIGHTS, strict=True)
        ]

    def test_published_weighted_cv(self) -> None:
        """The worked example circulated with 教督〔2012〕3号 prints 0.52, weighted."""
        weights = [float(weight) for weight in self.WEIGHTS]

        actual = measures.coefficient_of_variation(self.values(), weights)

        assert pytest.approx(0.515257, abs=5e-7) == actual
        assert "0.52" == f"{actual:.2f}"

    def test_published_unweighted_cv(self) -> None:
        """The same five items of 教督〔2012〕3号, unweighted, have a CV of 0.488771."""
        actual = measures.coefficient_of_variation(self.values(), None)

        assert pytest.approx(0.488771, abs=5e-7) == actual

    def test_published_mean(self) -> None:
        """The weighted mean of the five items is their totals over their weights."""
        weights = [float(weight) for weight in self.WEIGHTS]

        actual = measures.weighted_mean(self.values(), weights)

        assert near(1913 / 302) == actual

    def test_textbook_cv(self) -> None:
        """The textbook's eight values have a mean of 5 and a deviation of 2."""
        actual = measures.coefficient_of_variation([2, 4, 4, 4, 5, 5, 7, 9], None)

        assert 0.4 == actual

    def test_cv_takes_the_sign_of_the_mean(self) -> None:
        """A negative mean gives a negative CV, as the formula has it."""
        assert -0.5 == measures.coefficient_of_variation([-1.0, -3.0], None)

    @pytest.mark.parametrize(
        ("values", "weights", "expected"),
        [
            ([1.0, 2.0, 3.0, 4.0], None, 0.25),
            ([0.0, 0.0, 0.0, 1.0], None, 0.75),
            ([0.0, 1.0], [3.0, 1.0], 0.75),
            ([4.0, 1.0, 3.0, 2.0], [1.0, 1.0, 1.0, 1.0], 0.25),
        ],
    )
    def test_gini(
        self, values: list[float], weights: list[float] | None, expected: float
    ) -> None:
        """Gini coefficients come out as the double sum does by hand."""
        assert near(expected) == measures.gini(values, weights)

    @pytest.mark.parametrize(
        ("values", "weights", "expected"),
        [
            ([0.0, 1.0], None, math.log(2)),
            ([0.0, 1.0], [3.0, 1.0], math.log(4)),
            ([1.0, 3.0], None, (0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2),
        ],
    )
    def test_theil(
        self, values: list[float], weights: list[float] | None, expected: float
    ) -> None:
        """Theil indices come out as the sum does by hand, with 0 ln 0 as 0."""
        assert near(expected) == measures.theil(values, weights)

    def test_theil_between(self) -> None:
        """Labels whose members are all alike leave nothing within."""
        actual = measures.theil_parts([0.0, 1.0, 0.0, 1.0], None, [7, -2, 7, -2])

        assert near((math.log(2), 0.0, math.log(2))) == tuple(actual)

    def test_theil_within(self) -> None:
        """A single label leaves nothing between."""
        actual = measures.theil_parts([0.0, 1.0], [3.0, 1.0], [5, 5])

        assert near((math.log(4), math.log(4), 0.0)) == tuple(actual)

    @pytest.mark.parametrize(
        ("epsilon", "expected"),
        [
            (0.0, 0.0),
            (0.5, 0.1),
            (1.0, 0.2),
            (2.0, 0.36),
            (3.0, 1 - math.sqrt(2 / (1 + 1 / 16)) / 2.5),
        ],
    )
    def test_atkinson(self, epsilon: float, expected: float) -> None:
        """Of 1 and 4 the square, geometric and harmonic means are 2.25, 2 and 1.6."""
        actual = measures.atkinson([1.0, 4.0], None, epsilon=epsilon)

        assert near(expected) == actual

    def test_atkinson_of_a_large_epsilon(self) -> None:
        """As epsilon grows without end, only the smallest value is left to matter."""
        actual = measures.atkinson([1.0, 2.0], None, epsilon=1e6)

        assert pytest.approx(1 / 3, abs=1e-5) == actual

    @pytest.mark.parametrize("side", [-1, 1])
    def test_atkinson_near_one(self, side: int) -> None:
        """An epsilon beside 1 gives what an epsilon of 1 does, on either side."""
        actual = measures.atkinson([1.0, 4.0], None, epsilon=1 + side * 1e-13)

        assert near(0.2) == actual

    @pytest.mark.parametrize("epsilon", [1.0, 1.5, 2.0, 7.0])
    def test_atkinson_of_a_zero(self, epsilon: float) -> None:
        """From an epsilon of 1 upward a single zero makes inequality complete."""
        assert 1.0 == measures.atkinson([0.0, 4.0, 5.0], None, epsilon=epsilon)

    def test_atkinson_of_a_zero_below_one(self) -> None:
        """Below an epsilon of 1 a zero is a value like any other."""
        assert near(0.5) == measures.atkinson([0.0, 4.0], None, epsilon=0.5)

    @pytest.mark.parametrize(
        ("weights", "upper", "lower", "expected"),
        [
            (None, 0.8, 0.2, 4.0),
            (None, 0.81, 0.2, 5.0),
            (None, 0.8, 0.21, 2.0),
            (None, 1.0, 0.0, 5.0),
            (None, 0.5, 0.5, 1.0),
            ([0.1, 0.2, 0.3, 0.2, 0.2], 0.8, 0.3, 2.0),
            ([1.0, 1.0, 1.0, 1.0, 6.0], 0.8, 0.2, 2.5),
        ],
    )
    def test_quantile_ratio(
        self, weights: list[float] | None, upper: float, lower: float, expected: float
    ) -> None:
        """A quantile is the smallest value at which the cumulated share reaches it."""
        actual = measures.quantile_ratio(
            [3.0, 2.0, 1.0, 5.0, 4.0] if weights is None else [1.0, 2.0, 3.0, 4.0, 5.0],
            weights,
            upper=upper,
            lower=lower,
        )

        assert expected == actual

    def test_quantile_of_tenths(self) -> None:
        """Ten weights of 0.1 reach every tenth, though their sums round."""
        values = [float(value) for value in range(1, 11)]

        actual = [
            measures.quantile_ratio(values, [0.1] * 10, upper=tenth / 10, lower=0.0)
            for tenth in range(1, 11)
        ]

        assert values == actual

    def test_range_ratio(self) -> None:
        """The range ratio is the largest over the smallest of those with weight."""
        assert 4.0 == measures.range_ratio([2.0, 8.0, 5.0, 1.0], [1.0, 1.0, 1.0, 0.0])

    def test_range_ratio_above_zero(self) -> None:
        """A smallest value of zero, of either sign, makes the range ratio infinite."""
        assert INF == measures.range_ratio([0.0, 3.0], None)
        assert INF == measures.range_ratio([-0.0, 3.0], None)

    def test_share_of_variance(self) -> None:
        """Shares of the variance are by weight and by the square of the distance."""
        actual = measures.share_of_variance([0.0, 3.0, NAN], [2.0, 1.0, 0.0])

        assert near([1 / 3, 2 / 3, 0.0]) == actual.tolist()

    def test_share_of_no_variance(self) -> None:
        """Where nothing varies no one has a share."""
        assert [0.0, 0.0] == measures.share_of_variance([0.1, 0.1], [3.0, 7.0]).tolist()

    def test_lorenz(self) -> None:
        """The curve climbs from the smallest value up, past members without weight."""
        weight, value = measures.lorenz([6.0, 1.0, NAN, 0.0], [1.0, 2.0, 0.0, 1.0])

        assert [0.0, 0.25, 0.75, 1.0] == weight.tolist()
        assert [0.0, 0.0, 0.25, 1.0] == value.tolist()


class TestStatedResults:
    """The table at the head of the module, line by line."""

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("values", [[], [1.0, 2.0], [NAN, 2.0]])
    def test_no_weight(self, name: str, values: list[float]) -> None:
        """Nobody, or nobody with weight, has a measure of NaN."""
        assert math.isnan(FLAT[name](values, [0.0] * len(values)))

    @pytest.mark.parametrize("name", FLAT)
    def test_nobody(self, name: str) -> None:
        """An empty group has a measure of NaN."""
        assert math.isnan(FLAT[name]([], None))

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("value", [NAN, INF, -INF])
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_missing_value(self, name: str, value: float, place: int) -> None:
        """A missing or infinite value is never skipped."""
        values = [1.0, 2.0]
        values.insert(place, value)

        assert math.isnan(FLAT[name](values, None))

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("value", [NAN, INF, -INF])
    def test_lone_missing_value(self, name: str, value: float) -> None:
        """A missing value is never skipped when there is no other either."""
        assert math.isnan(FLAT[name]([value], [2.0]))

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("weight", [NAN, INF, -INF, -1.0])
    def test_senseless_weight(self, name: str, weight: float) -> None:
        """A missing, infinite or negative weight makes the measure NaN."""
        assert math.isnan(FLAT[name]([1.0, 2.0], [weight, 1.0]))
        assert math.isnan(FLAT[name]([NAN, 2.0], [weight, 1.0]))

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("value", [NAN, INF, -5.0, 7.0])
    def test_left_out(self, name: str, value: float) -> None:
        """A member without weight is as good as absent, whatever its value."""
        expected = FLAT[name]([1.0, 2.0, 4.0], [1.0, 3.0, 2.0])

        actual = FLAT[name]([1.0, value, 2.0, 4.0], [1.0, 0.0, 3.0, 2.0])

        assert expected == actual

    @pytest.mark.parametrize("value", [0.1, 7.0, 1e300, 1e-300, 5e-324])
    @pytest.mark.parametrize("count", [1, 2, 3, 1000])
    def test_all_equal(self, value: float, count: int) -> None:
        """One member, or any number that are equal, have no inequality whatever."""
        values, weights = [value] * count, [0.1 * (1 + at % 7) for at in range(count)]

        expected = [0.0] * len(INDICES) + [1.0] * len(RATIOS)

        assert value == measures.weighted_mean(values, weights)
        assert pytest.approx(expected, rel=0, abs=1e-15) == [
            FLAT[name](values, weights) for name in RELATIVE
        ]
        assert 0.0 == measures.coefficient_of_variation(values, weights)

    @pytest.mark.parametrize("values", [[0.0], [0.0, -0.0], [0.0, 0.0, 0.0]])
    def test_all_zero(self, values: list[float]) -> None:
        """Zeros alone are equal to each other, but have no ratio."""
        assert [0.0] * len(INDICES) == [FLAT[name](values, None) for name in INDICES]
        assert all(math.isnan(FLAT[name](values, None)) for name in RATIOS)
        assert 0.0 == measures.weighted_mean(values, None)

    @pytest.mark.parametrize(
        "values", [[1.0, -1.0], [0.1, 0.2, -0.3], [-1.0, 0.5, 0.5]]
    )
    def test_zero_mean(self, values: list[float]) -> None:
        """A mean of zero with spread about it has no relative measure."""
        assert all(math.isnan(FLAT[name](values, None)) for name in RELATIVE)

    @pytest.mark.parametrize(
        "name", ["gini", "theil", "atkinson", "atkinson-3", *RATIOS]
    )
    @pytest.mark.parametrize("values", [[-1.0, 5.0], [-1.0], [-2.0, -1.0], [-1.0, 0.0]])
    def test_negative(self, name: str, values: list[float]) -> None:
        """What a negative value leaves undefined is NaN."""
        assert math.isnan(FLAT[name](values, None))

    def test_equal_and_negative(self) -> None:
        """Equal negative values have a CV of zero, and not of minus zero."""
        actual = measures.coefficient_of_variation([-0.1, -0.1, -0.1], None)

        assert "0.0" == repr(actual)

    @pytest.mark.parametrize("name", INDICES)
    def test_no_minus_zero(self, name: str) -> None:
        """No inequality is zero, and not minus zero."""
        assert "0.0" == repr(FLAT[name]([3.0, 3.0], None))

    @pytest.mark.parametrize(
        ("values", "weights"),
        [([], None), ([1.0], [0.0]), ([NAN, 1.0], None), ([-1.0, 3.0], None)],
    )
    def test_no_lorenz_curve(
        self, values: list[float], weights: list[float] | None
    ) -> None:
        """Where the Gini coefficient is NaN, so is the whole curve."""
        weight, value = measures.lorenz(values, weights)

        assert weight.shape == value.shape
        assert np.isnan(weight).all()
        assert np.isnan(value).all()

    def test_lorenz_of_zeros(self) -> None:
        """Zeros alone lie on the diagonal."""
        weight, value = measures.lorenz([0.0, 0.0], None)

        assert [0.0, 0.5, 1.0] == weight.tolist() == value.tolist()

    def test_theil_parts(self) -> None:
        """The parts of the Theil index are NaN where it is, and 0 where it is."""
        values = [1.0, NAN, 0.0, 0.0, -1.0, 4.0, 5.0, NAN, 5.0]
        weights = [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 0.0, 1.0]
        labels = [0, 1, 0, 1, 0, 0, 2, 0, 1]

        actual = measures.theil_parts_by(values, weights, labels, [0, 2, 4, 6, 9])

        for part in actual:
            assert near([NAN, 0.0, NAN, 0.0, NAN]) == part.tolist()

    def test_share_of_variance(self) -> None:
        """Shares of the variance are NaN throughout a group without a mean."""
        values = [1.0, NAN, 4.0, 4.0, 7.0, -1.0, 1.0, NAN]
        weights = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0]

        actual = measures.share_of_variance_by(values, weights, [0, 2, 4, 5])

        assert near([NAN, NAN, NAN, NAN, 0.0, 0.5, 0.5, 0.0]) == actual.tolist()


class TestGroups:
    """The grouped forms, and the groups with nobody in them."""

    @pytest.mark.parametrize("name", GROUPED)
    @pytest.mark.parametrize(
        "starts",
        [
            [0, 2],
            [0, 0, 2],
            [0, 2, 2],
            [0, 2, 5],
            [0, 0, 0, 2, 2, 2, 5, 5],
            [0, 5],
            [0, 0],
        ],
    )
    def test_empty_groups(self, name: str, starts: list[int]) -> None:
        """An empty group is NaN at the start, in the middle and at the end."""
        values, weights = [1.0, 3.0, 2.0, 2.0, 8.0], [2.0, 1.0, 1.0, 4.0, 1.0]
        spans = list(zip(starts, [*starts[1:], 5], strict=True))
        expected = [FLAT[name](values[a:b], weights[a:b]) for a, b in spans]

        actual = GROUPED[name](values, weights, starts)

        assert near(expected) == actual.tolist()
        assert [a == b for a, b in spans] == np.isnan(actual).tolist()

    @pytest.mark.parametrize("name", GROUPED)
    @pytest.mark.parametrize("starts", [[], [0], [0, 0]])
    def test_nobody_at_all(self, name: str, starts: list[int]) -> None:
        """Without a single member every group, if there is one, is NaN."""
        actual = GROUPED[name]([], None, starts)

        assert near([NAN] * len(starts)) == actual.tolist()

    def test_empty_groups_of_labels(self) -> None:
        """Empty groups are NaN in each part of the Theil index."""
        actual = measures.theil_parts_by([0.0, 1.0], None, [1, 1], [0, 0, 2])

        assert near([NAN, math.log(2), NAN]) == actual.total.tolist()
        assert near([NAN, math.log(2), NAN]) == actual.within.tolist()
        assert near([NAN, 0.0, NAN]) == actual.between.tolist()

    def test_empty_groups_share_nothing(self) -> None:
        """Empty groups add no shares of variance."""
        actual = measures.share_of_variance_by([0.0, 1.0], None, [0, 0, 2])

        assert [0.5, 0.5] == actual.tolist()

    @pytest.mark.parametrize("name", GROUPED)
    def test_no_spill(self, name: str) -> None:
        """A group keeps its digits beside one that is larger or has no result."""
        small, large = [1.0, 2.0, 4.0], [1e200, 3e200, 9e200]
        values = [*large, *small, NAN, 1.0, *small]
        weights = [1e15, 3e14, 7e13, 0.1, 0.2, 0.4, 1.0, 1.0, 0.1, 0.2, 0.4]
        expected = FLAT[name](small, [0.1, 0.2, 0.4])

        actual = GROUPED[name](values, weights, [0, 3, 6, 8])

        assert pytest.approx([expected] * 2, rel=1e-14) == actual[[1, 3]].tolist()
        assert math.isnan(actual[2])

    @pytest.mark.parametrize("name", GROUPED)
    def test_arguments_are_left_alone(self, name: str) -> None:
        """No argument is written to."""
        values, weights = np.array([3.0, 1.0, NAN, 2.0]), np.array([1.0, 2.0, 0.0, 1.0])
        starts = np.array([0, 2], dtype=np.int32)
        for array in (values, weights, starts):
            array.flags.writeable = False

        actual = GROUPED[name](values, weights, starts)  # type: ignore[arg-type]

        assert (2,) == actual.shape


class TestRefusals:
    """Arguments that do not fit together."""

    @pytest.mark.parametrize("name", FLAT)
    def test_lengths(self, name: str) -> None:
        """Values and weights of different lengths are refused."""
        with pytest.raises(ValueError, match="one length"):
            FLAT[name]([1.0, 2.0], [1.0])

    def test_tables(self) -> None:
        """A table is refused, as it is not a column."""
        with pytest.raises(ValueError, match="columns"):
            measures.gini([[1.0, 2.0]], None)

    @pytest.mark.parametrize("starts", [[1], [0, 2, 1], [0, 3], [-1, 0], [], [[0]]])
    def test_starts(self, starts: list[int]) -> None:
        """Starts that do not rise from 0 to at most the length are refused."""
        with pytest.raises(ValueError, match="starts must rise from 0 to at most 2"):
            measures.gini_by([1.0, 2.0], None, starts)

    def test_fractions_of_starts(self) -> None:
        """Starts that are not integers are refused, not cut."""
        with pytest.raises(TypeError, match="starts must be integers"):
            measures.gini_by([1.0, 2.0], None, [0.0, 1.5])

    def test_labels(self) -> None:
        """Labels of another length, or that are not integers, are refused."""
        with pytest.raises(ValueError, match="one length"):
            measures.theil_parts([1.0, 2.0], None, [1])
        with pytest.raises(TypeError, match="labels must be integers"):
            measures.theil_parts([1.0, 2.0], None, [0.0, NAN])

    @pytest.mark.parametrize("epsilon", [-0.1, INF, NAN])
    def test_epsilon(self, epsilon: float) -> None:
        """An epsilon that is negative or not a number is refused."""
        with pytest.raises(ValueError, match="epsilon must be"):
            measures.atkinson([1.0, 2.0], None, epsilon=epsilon)

    @pytest.mark.parametrize(
        ("upper", "lower"),
        [(0.2, 0.8), (1.1, 0.2), (0.8, -0.1), (NAN, 0.2), (0.8, NAN)],
    )
    def test_quantiles(self, upper: float, lower: float) -> None:
        """Quantiles out of order or out of bounds are refused."""
        with pytest.raises(ValueError, match="quantiles must have"):
            measures.quantile_ratio([1.0, 2.0], None, upper=upper, lower=lower)


class TestExact:
    """Agreement with the formulas in exact arithmetic."""

    @law
    @given(crowds)
    def test_mean(self, members: list[Member]) -> None:
        """The weighted mean is the exact one."""
        _, _, mean = exact(members)

        actual = measures.weighted_mean(*columns(members))

        assert pytest.approx(float(mean), rel=1e-14) == actual

    @law
    @given(crowds)
    def test_cv(self, members: list[Member]) -> None:
        """The square of the CV is the exact one."""
        x, p, mean = exact(members)
        assume(mean > 0)
        square = sum(b * (a - mean) ** 2 for a, b in zip(x, p, strict=True)) / mean**2

        actual = measures.coefficient_of_variation(*columns(members))

        assert pytest.approx(float(square), rel=1e-12, abs=1e-31) == actual**2

    @law
    @given(
        st.integers(min_value=10**6, max_value=10**15),
        st.lists(st.tuples(st.integers(0, 3), heads), min_size=2, max_size=20),
    )
    def test_cv_far_from_zero(
        self, base: int, members: list[tuple[int, float]]
    ) -> None:
        """The CV keeps its digits where values hardly differ beside their size."""
        crowd = [(float(base + extra), weight) for extra, weight in members]
        x, p, mean = exact(crowd)
        square = sum(b * (a - mean) ** 2 for a, b in zip(x, p, strict=True)) / mean**2

        actual = measures.coefficient_of_variation(*columns(crowd))

        assert pytest.approx(float(square), rel=1e-13, abs=0) == actual**2

    @law
    @given(
        st.integers(min_value=10**6, max_value=10**15),
        st.lists(st.tuples(st.integers(0, 3), heads), min_size=2, max_size=20),
    )
    def test_gini_far_from_zero(
        self, base: int, members: list[tuple[int, float]]
    ) -> None:
        """So does the Gini coefficient."""
        crowd = [(float(base + extra), weight) for extra, weight in members]
        x, p, mean = exact(crowd)

        actual = measures.gini(*columns(crowd))

        expected = gini_of(x, p) / mean
        assert pytest.approx(float(expected), rel=1e-12, abs=0) == actual

    @law
    @given(crowds)
    def test_gini(self, members: list[Member]) -> None:
        """The Gini coefficient is the exact double sum."""
        x, p, mean = exact(members)
        assume(mean > 0)
        expected = gini_of(x, p) / mean

        actual = measures.gini(*columns(members))

        assert pytest.approx(float(expected), rel=1e-12, abs=1e-15) == actual

    @law
    @given(crowds)
    def test_theil(self, members: list[Member]) -> None:
        """The Theil index is the plain sum."""
        x, p, mean = exact(members)
        assume(mean > 0)
        ratios = [float(value / mean) for value in x]
        expected = math.fsum(
            float(share) * ratio * math.log(ratio)
            for share, ratio in zip(p, ratios, strict=True)
            if ratio
        )

        assert near(expected) == measures.theil(*columns(members))

    @law
    @given(crowds, st.sampled_from([0.25, 0.5, 0.9, 1.1, 1.5, 2.0, 2.5, 4.0]))
    def test_atkinson(self, members: list[Member], epsilon: float) -> None:
        """The Atkinson index is the plain formula."""
        x, p, mean = exact(members)
        assume(min(x) > 0)
        power = 1 - epsilon
        level = math.fsum(
            float(share) * float(value / mean) ** power
            for value, share in zip(x, p, strict=True)
        )

        actual = measures.atkinson(*columns(members), epsilon=epsilon)

        assert near(1 - level ** (1 / power)) == actual

    @law
    @given(crowds, st.integers(0, 20), st.integers(0, 20))
    def test_quantile_ratio(self, members: list[Member], one: int, two: int) -> None:
        """Quantiles are found where the exact cumulated share reaches them."""
        lower, upper = sorted((one, two))
        ranked = sorted(members)
        _, p, _ = exact(ranked)
        low, high = (
            next(
                ranked[at][0]
                for at in range(len(p))
                if sum(p[: at + 1]) >= Fraction(share, 20)
            )
            for share in (lower, upper)
        )
        assume(low > 0)

        actual = measures.quantile_ratio(
            *columns(members), upper=upper / 20, lower=lower / 20
        )

        assert high / low == actual

    @law
    @given(st.lists(st.tuples(signed, heads), min_size=1, max_size=30))
    def test_share_of_variance(self, members: list[Member]) -> None:
        """Shares of the variance are the exact ones."""
        x, p, mean = exact(members)
        terms = [b * (a - mean) ** 2 for a, b in zip(x, p, strict=True)]
        total = sum(terms)
        expected = [float(term / total) if total else 0.0 for term in terms]

        actual = measures.share_of_variance(*columns(members))

        assert pytest.approx(expected, rel=1e-6, abs=1e-9) == actual.tolist()


class TestLaws:
    """What holds of the measures whatever the members."""

    @law
    @given(st.data(), crowds)
    def test_order(self, data: st.DataObject, members: list[Member]) -> None:
        """The order of the members does not matter."""
        other = data.draw(st.permutations(members))

        expected = results(EVERY, *columns(members))

        assert near(expected) == results(EVERY, *columns(other))

    @law
    @given(crowds, st.floats(min_value=1e-6, max_value=1e6))
    def test_scale(self, members: list[Member], factor: float) -> None:
        """Measuring in another unit changes no relative measure."""
        values, weights = columns(members)

        actual = results(RELATIVE, [value * factor for value in values], weights)

        assert near(results(RELATIVE, values, weights)) == actual

    @law
    @given(crowds, st.integers(min_value=-200, max_value=200))
    def test_exact_scale(self, members: list[Member], power: int) -> None:
        """A unit that is a power of two changes not even a digit."""
        values, weights = columns(members)

        actual = results(RELATIVE, [value * 2.0**power for value in values], weights)

        assert same(results(RELATIVE, values, weights)) == actual

    @law
    @given(crowds)
    def test_weights_doubled(self, members: list[Member]) -> None:
        """Doubling every weight changes not even a digit."""
        values, weights = columns(members)

        actual = results(EVERY, values, [2 * weight for weight in weights])

        assert same(results(EVERY, values, weights)) == actual

    @law
    @given(crowds, st.integers(min_value=2, max_value=4))
    def test_members_repeated(self, members: list[Member], times: int) -> None:
        """Each member met several times over changes nothing."""
        expected = results(EVERY, *columns(members))

        assert near(expected) == results(EVERY, *columns(members * times))

    @law
    @given(st.lists(st.tuples(amounts, st.integers(0, 4)), max_size=12))
    def test_weight_is_number(self, members: list[tuple[float, int]]) -> None:
        """A weight stands for as many members of the same value."""
        values = [value for value, weight in members for _ in range(weight)]
        crowd = [(value, float(weight)) for value, weight in members]

        assert near(results(EVERY, values, None)) == results(EVERY, *columns(crowd))

    @law
    @given(st.lists(any_crowds, min_size=1, max_size=6))
    def test_one_by_one(self, groups: list[list[Member]]) -> None:
        """Groups taken together give what each gives by itself."""
        alone = [results(EVERY, *columns(group)) for group in groups]

        actual = grouped(groups)

        for name in EVERY:
            assert near([each[name] for each in alone]) == actual[name]

    @law
    @given(st.lists(any_crowds, min_size=1, max_size=6))
    def test_shares_one_by_one(self, groups: list[list[Member]]) -> None:
        """Shares of the variance are those that each group gives by itself."""
        expected = [
            share
            for group in groups
            for share in measures.share_of_variance(*columns(group)).tolist()
        ]

        actual = measures.share_of_variance_by(*laid_out(groups))

        assert near(expected) == actual.tolist()

    @law
    @given(st.lists(any_crowds, min_size=1, max_size=6), st.data())
    def test_parts_one_by_one(
        self, groups: list[list[Member]], data: st.DataObject
    ) -> None:
        """The parts of the Theil index are those that each group gives by itself."""
        values, weights, starts = laid_out(groups)
        count = len(values)
        codes = st.lists(st.integers(-2, 2), min_size=count, max_size=count)
        labels = data.draw(codes)
        ends = [*starts[1:], count]
        expected = [
            measures.theil_parts(values[a:b], weights[a:b], labels[a:b])
            for a, b in zip(starts, ends, strict=True)
        ]

        actual = measures.theil_parts_by(values, weights, labels, starts)

        for at in range(3):
            assert near([parts[at] for parts in expected]) == actual[at].tolist()

    @law
    @given(
        st.lists(st.tuples(amounts, heads, st.integers(0, 4)), min_size=1, max_size=30)
    )
    def test_theil_adds_up(self, members: list[tuple[float, float, int]]) -> None:
        """The parts of the Theil index add up to it, and neither is negative."""
        values, weights = columns([member[:2] for member in members])
        labels = [label for _, _, label in members]

        parts = measures.theil_parts(values, weights, labels)

        assert near(parts.total) == parts.within + parts.between
        assert measures.theil(values, weights) == parts.total
        assert min(parts.within, parts.between) >= 0

    @law
    @given(
        st.lists(st.tuples(amounts, heads, st.integers(0, 4)), min_size=1, max_size=30)
    )
    def test_theil_parts_by_definition(
        self, members: list[tuple[float, float, int]]
    ) -> None:
        """The part between labels is the index with each member at its label's mean."""
        values, weights = columns([member[:2] for member in members])
        labels = [label for _, _, label in members]
        means = {
            label: measures.weighted_mean(
                *columns([member[:2] for member in members if member[2] == label])
            )
            for label in set(labels)
        }

        parts = measures.theil_parts(values, weights, labels)

        expected = measures.theil([means[label] for label in labels], weights)
        assert near(expected) == parts.between

    @law
    @given(
        st.lists(st.tuples(amounts, heads), min_size=2, max_size=20),
        st.floats(min_value=0, max_value=1),
    )
    def test_transfer(self, members: list[Member], part: float) -> None:
        """No measure rises when the rich give to the poor and do not change places."""
        (rich, much), (poor, little), *rest = sorted(members, reverse=True)
        level = (rich * much + poor * little) / (much + little)
        after = [
            (rich + part * (level - rich), much),
            (poor + part * (level - poor), little),
        ]

        unequal = results(INDICES, *columns(members))
        mended = results(INDICES, *columns([*after, *rest]))

        for name in INDICES:
            assert mended[name] <= unequal[name] + 1e-9

    @law
    @given(crowds)
    def test_bounds(self, members: list[Member]) -> None:
        """Each measure is at most what it is when the lightest member has it all."""
        values, weights = columns(members)
        least = min(weights) / sum(weights)
        most = {
            "cv": math.sqrt((1 - least) / least),
            "gini": 1 - least,
            "theil": -math.log(least),
            "atkinson": 1.0,
            "atkinson-1": 1.0,
            "atkinson-3": 1.0,
        }

        for name, bound in most.items():
            assert 0 <= FLAT[name](values, weights) <= bound + 1e-9

    @law
    @given(st.lists(st.tuples(amounts.filter(bool), heads), min_size=1, max_size=30))
    def test_ratios(self, members: list[Member]) -> None:
        """The quantile ratio lies between 1 and the range ratio."""
        values, weights = columns(members)

        widest = measures.range_ratio(values, weights)

        assert 1 <= measures.quantile_ratio(values, weights) <= widest
        assert widest == measures.quantile_ratio(values, weights, upper=1, lower=0)

    @law
    @given(crowds)
    def test_lorenz(self, members: list[Member]) -> None:
        """The curve climbs from 0 to 1 under the diagonal, ever more steeply."""
        weight, value = measures.lorenz(*columns(members))

        assert [0.0, 1.0] == weight[[0, -1]].tolist() == value[[0, -1]].tolist()
        assert (np.diff(weight) > 0).all()
        assert (np.diff(value) >= 0).all()
        assert (value <= weight + 1e-12).all()
        rises, runs = np.diff(value), np.diff(weight)
        assert (rises[:-1] * runs[1:] <= rises[1:] * runs[:-1] + 1e-12).all()

    @law
    @given(crowds)
    def test_lorenz_holds_gini(self, members: list[Member]) -> None:
        """The Gini coefficient is twice the area between diagonal and curve."""
        weight, value = measures.lorenz(*columns(members))
        area = float(np.sum(np.diff(weight) * (value[1:] + value[:-1])))

        assert near(1 - area) == measures.gini(*columns(members))

    @law
    @given(st.lists(st.tuples(signed, heads), min_size=1, max_size=30))
    def test_shares_add_up(self, members: list[Member]) -> None:
        """Shares of the variance add up to 1, or are all 0."""
        shares = measures.share_of_variance(*columns(members))

        assert (shares >= 0).all()
        assert not shares.any() or near(1.0) == shares.sum()


class TestExtremes:
    """Numbers at the ends of what a float can hold."""

    @law
    @given(st.lists(st.tuples(extremes, extremes), max_size=6))
    def test_no_warnings(self, members: list[Member]) -> None:
        """Whatever the size of the numbers nothing warns, and no index is lost."""
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            actual = results(EVERY, *columns(members))

        nobody = not any(weight for _, weight in members)
        assert dict.fromkeys(INDICES, nobody) == {
            name: math.isnan(actual[name]) for name in INDICES
        }

    @law
    @given(st.lists(any_crowds, max_size=4))
    def test_no_warnings_of_groups(self, groups: list[list[Member]]) -> None:
        """Missing, infinite and negative numbers do not warn either."""
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            actual = grouped(groups)

        assert {len(groups)} == {len(result) for result in actual.values()}

    @pytest.mark.parametrize("name", RELATIVE)
    @pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-160, 1e160, 2.0**1021])
    def test_size_of_values(self, name: str, size: float) -> None:
        """Neither vast nor minute values change a relative measure."""
        expected = FLAT[name]([1.0, 2.0, 4.0], [1.0, 2.0, 1.0])

        actual = FLAT[name]([size, 2 * size, 4 * size], [1.0, 2.0, 1.0])

        assert near(expected) == actual

    @pytest.mark.parametrize("name", FLAT)
    @pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-160, 1e160, 2.0**1022])
    def test_size_of_weights(self, name: str, size: float) -> None:
        """Neither vast nor minute weights change a measure."""
        expected = FLAT[name]([1.0, 2.0, 4.0], [1.0, 2.0, 1.0])

        actual = FLAT[name]([1.0, 2.0, 4.0], [size, 2 * size, size])

        assert near(expected) == actual

    @pytest.mark.parametrize("count", [10**5, 10**6])
    def test_many_equal_members(self, count: int) -> None:
        """A million equal members have no inequality, whatever their weights."""
        weights = np.linspace(0.1, 3.7, count)

        assert 0.0 == measures.coefficient_of_variation(np.full(count, 0.1), weights)
        assert 0.0 == measures.gini(np.full(count, 0.1), weights)

    def test_many_members(self) -> None:
        """The first million numbers have the Gini coefficient and CV of a formula."""
        count = 10**6
        values = np.arange(1.0, count + 1)
        deviation = math.sqrt((count**2 - 1) / 12)

        gini = measures.gini(values, None)
        cv = measures.coefficient_of_variation(values, None)

        assert pytest.approx((count - 1) / (3 * count), rel=1e-13) == gini
        assert pytest.approx(deviation / ((count + 1) / 2), rel=1e-13) == cv
