"""
Measure how unequally values are spread over weighted members.

Every measure comes twice.  The flat form takes one group of members and returns
a number.  The grouped form, named with `_by`, takes the members of many groups
laid end to end, with the index at which each group starts, and returns one
number per group; it runs no Python loop over the groups.

In both forms `values` has shape `(n,)` and `weights` has shape `(n,)` or is
`None`, which gives every member the same weight.  In the grouped form `starts`
has shape `(k,)`, begins at 0 and never falls: group `i` is
`values[starts[i]:starts[i + 1]]`, and the last group runs to the end.  Two equal
starts, or a start of `n`, make an empty group.

What follows is stated rather than left to arithmetic.  A member *counts* if its
weight is not zero; "ratios" are `quantile_ratio` and `range_ratio`.

=================================================  ==================================
Of the members that count                          Result
=================================================  ==================================
there are none (empty group, or no weight at all)  NaN
one is missing (NaN) or infinite                   NaN: never skipped
one has a missing, infinite or negative weight     NaN
there is one, and it is positive                   CV, Gini, Theil, Atkinson 0; ratios 1
all are equal, and positive                        CV, Gini, Theil, Atkinson 0; ratios 1
all are zero                                       CV, Gini, Theil, Atkinson 0;
                                                   ratios NaN (0 / 0)
one is negative                                    Gini, Theil, Atkinson, ratios NaN;
                                                   CV as its formula has it, so it
                                                   takes the sign of the mean
the mean is zero but they differ                   CV NaN (as are the others, above)
one is zero, not all                               Theil takes 0 ln 0 as 0;
                                                   Atkinson 1 if epsilon is 1 or more;
                                                   range ratio infinite; quantile
                                                   ratio infinite if the lower one
                                                   is 0, NaN if both are
they do not vary                                   each share of the variance is 0
=================================================  ==================================

A member that does not count is left out, even if its value is missing.  No case
above lets a numpy warning out.  Arguments that do not fit together (lengths that
differ, starts that fall) raise `ValueError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt


__all__ = [
    "Column",
    "TheilParts",
    "atkinson",
    "atkinson_by",
    "coefficient_of_variation",
    "coefficient_of_variation_by",
    "gini",
    "gini_by",
    "lorenz",
    "quantile_ratio",
    "quantile_ratio_by",
    "range_ratio",
    "range_ratio_by",
    "share_of_variance",
    "share_of_variance_by",
    "theil",
    "theil_by",
    "theil_parts",
    "theil_parts_by",
    "weighted_mean",
    "weighted_mean_by",
]


Column = npt.NDArray[np.float64]
"""
One number for each member, or for each group: an array of shape `(n,)`.
"""

_Index = npt.NDArray[np.intp]
"""
Positions in a column, or codes: an array of shape `(n,)`.
"""

_Mask = npt.NDArray[np.bool_]
"""
Yes or no for each member, or for each group: an array of shape `(n,)`.
"""

_T = TypeVar("_T", float, Column)

# The start of a single group: what makes the flat form of the grouped one.
_WHOLE: _Index = np.zeros(1, dtype=np.intp)

# How far a cumulated share of weight may fall short of a quantile and still reach
# it: eight tenths of the weight must count as 0.8 however the tenths were added.
_SHORTFALL = 1e-12

# The least that a member weighs beside its group's heaviest, about 1e-150.  Nothing
# that was counted or measured is so light, but anything lighter could vanish, and
# what was divided by it with it.
_LIGHTEST = 2.0**-500

# A mean this small beside the mean size is what rounding left of a mean of zero.
_CANCELLED = 4 * np.finfo(np.float64).eps


class TheilParts(NamedTuple, Generic[_T]):
    """
    Hold a Theil index and the two parts that add up to it.

    Each part is a number in the flat form, and has shape `(k,)` in the grouped.

    Args:
        total: The index of all members, 0 or more.

        within: What lies within labels.

        between: What lies between them.

    >>> from eduequity.measures import theil_parts
    >>> within = theil_parts([0.0, 2.0], None, [0, 0])
    >>> within.total == within.within, within.between
    (True, 0.0)
    """

    total: _T
    within: _T
    between: _T


# --- Measures ---------------------------------------------------------------------


def weighted_mean(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> float:
    """
    Return the weighted mean, `sum(w * x) / sum(w)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import weighted_mean
    >>> weighted_mean([1.0, 3.0], [3.0, 1.0])  # (3 * 1 + 1 * 3) / 4
    1.5
    """
    return _only(weighted_mean_by(values, weights, _WHOLE))


def weighted_mean_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return the `weighted_mean` of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import weighted_mean_by
    >>> weighted_mean_by([1.0, 3.0, 8.0], None, [0, 2, 3])  # (1 + 3) / 2, 8 / 1, nobody
    array([ 2.,  8., nan])
    """
    members = _gather(values, weights, starts)
    mean, _ = _centred(members)
    return mean / members.scale


def coefficient_of_variation(
    values: npt.ArrayLike, weights: npt.ArrayLike | None
) -> float:
    """
    Return the standard deviation over the mean, in the population form (差异系数).

    With `m = sum(w * x) / sum(w)`, this is `sqrt(sum(w * (x - m)**2) / sum(w)) / m`.
    With pupils as weights it is the coefficient of the national programmes.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    The mean of these eight is 5; their squared distances, 9, 1, 1, 1, 0, 0, 4 and 16,
    are 4 on average, and the root of that over the mean is 2 / 5:

    >>> from eduequity.measures import coefficient_of_variation
    >>> coefficient_of_variation([2, 4, 4, 4, 5, 5, 7, 9], None)
    0.4
    """
    return _only(coefficient_of_variation_by(values, weights, _WHOLE))


def coefficient_of_variation_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return the `coefficient_of_variation` of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import coefficient_of_variation_by
    >>> both = coefficient_of_variation_by([1.0, 3.0, 8.0], None, [0, 2])
    >>> both  # 1 / 2; alone
    array([0.5, 0. ])
    """
    plain = _plain_variation(values, weights, starts)
    return _safe_variation(values, weights, starts) if plain is None else plain


def _safe_variation(values: Any, weights: Any, starts: Any) -> Column:
    """Return the coefficients of any numbers, however large, small or close."""
    members = _gather(values, weights, starts)
    mean, distances = _centred(members)
    spread = np.sqrt(members.average(np.square(distances, out=distances)))
    mean = _without_residue(mean, members)
    result = np.where(spread == 0, 0.0, np.nan)
    # A mean of zero keeps what the line above says: 0 without spread, NaN with.
    np.divide(spread, mean, out=result, where=mean != 0)
    # Adding zero turns the -0.0 of a negative mean into 0.0.
    return np.add(result, 0.0, out=result)


_SAFE = 1e70
"""Numbers between this and its inverse can be squared and weighed as they are."""

_SAFE_BITS = np.float64(_SAFE).view(np.uint64)

_CLOSE = 1e-6
"""With a smaller coefficient the error of the mean is felt in that of the spread."""


def _plain(column: Column) -> bool:
    """
    Tell whether all numbers lie from 0 to below `_SAFE`, in one pass for both ends.

    Read as integers floats from 0 up keep their order; those below 0 and NaN are larger
    than any of them.

    >>> [_plain(np.array([x])) for x in (0.0, 9.5, -1.0, np.nan, np.inf, 1e80)]
    [True, True, False, False, False, False]
    """
    bits = np.ascontiguousarray(column).view(np.uint64)
    return bool(bits.max() < _SAFE_BITS)


def _plain_variation(values: Any, weights: Any, starts: Any) -> Column | None:
    """
    Return the coefficients by the textbook's two passes where nothing is special.

    That is: finite values from 0 up, weights from 0 up, and of ordinary size; None
    otherwise. It spares the passes that make the general way safe for any number.
    """
    x, w, first = (np.asarray(each) for each in (values, weights, starts))
    if x.dtype != np.float64 or w.dtype != np.float64 or not x.size or not first.size:
        return None
    sizes = _check(x, w, first := _whole_numbers("starts", first))
    if not (_plain(x) and _plain(w)):
        return None
    there = np.flatnonzero(sizes)
    at, sizes = first[there], sizes[there]
    total = np.add.reduceat(w, at)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = w * x
        mean = np.add.reduceat(distance, at) / total
        np.subtract(x, np.repeat(mean, sizes), out=distance)
        distance *= distance
        distance *= w
        spread = np.sqrt(np.add.reduceat(distance, at) / total)
        tiny = ((each > 0) & (each < 1 / _SAFE) for each in (mean, total))
        if any(each.any() for each in tiny):
            return None
        alike = (mean == 0) | ((sizes == 1) & (total > 0))
        result = np.full(len(first), np.nan)
        result[there] = np.where(alike, 0.0, spread / mean)
        close = (spread <= _CLOSE * mean) & ~alike
    if close.any():
        rows = np.repeat(close, sizes)
        starts = np.append(0, np.cumsum(sizes[close]))[:-1]
        result[there[close]] = _safe_variation(x[rows], w[rows], starts)
    return result


def gini(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> float:
    """
    Return the Gini coefficient, in the population form.

    It is half the mean difference between two members over the mean: with
    shares of weight `p = w / sum(w)` and the mean `m`, it is
    `sum(p[i] * p[j] * abs(x[i] - x[j]) for i for j) / (2 * m)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import gini
    >>> gini([0.0, 1.0], None)  # (1/4 + 1/4) / (2 * 1/2)
    0.5
    """
    return _only(gini_by(values, weights, _WHOLE))


def gini_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return the `gini` of each group, shape `(k,)`.

    With the members in order of value and `f` the share of weight below a step
    from one value to the next, the double sum is `sum(f * (1 - f) * step) / m`:
    no term is negative, so nothing cancels.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import gini_by
    >>> gini_by([0.0, 1.0, 8.0], None, [0, 2, 3])  # as above, alone, nobody
    array([0.5, 0. , nan])
    """
    members = _gather(values, weights, starts)
    order = _ascending(members.values, members)
    x, w = members.values[order], members.weights[order]
    below = _before(_running(w, members.starts), members.starts)
    steps = x - _before(x, members.starts)
    return _sums(below * (1 - below) * steps, members.starts) / _divisors(members)


def theil(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> float:
    """
    Return the Theil index (Theil's T).

    With `p = w / sum(w)` and `r` each value over the mean, it is
    `sum(p * r * ln(r))`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import theil
    >>> round(theil([0.0, 1.0], None), 6)  # (0 + 2 ln 2) / 2 = ln 2
    0.693147
    """
    return _only(theil_by(values, weights, _WHOLE))


def theil_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return the `theil` of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import theil_by
    >>> theil_by([0.0, 1.0, 8.0], None, [0, 2, 3]).round(6)  # ln 2, alone, nobody
    array([0.693147, 0.      ,      nan])
    """
    members = _gather(values, weights, starts)
    ratios = _relative(members)
    logs = np.log(np.where(ratios > 0, ratios, 1.0))
    # As `r` averages 1, `1 - r` adds nothing to the sum, but with it no term is
    # negative and an error in the mean is felt only squared.
    terms = ratios * logs + (1 - ratios)
    return np.maximum(members.average(terms), 0.0)


def theil_parts(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    labels: npt.ArrayLike,
) -> TheilParts[float]:
    """
    Split the Theil index into what lies within labels and what between them.

    For each label let `t` be the Theil index of its members and `s` their share
    of the sum of `w * x`.  Then `within` is `sum(s * t)` over the labels, and
    `between` is what the index would be if each member had its label's mean.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        labels: One integer code per member, shape `(n,)`, in any order.

    Returns:
        The index and its two parts, `total == within + between` but for rounding.

    Raises:
        ValueError: The columns are not of one length.

        TypeError: `labels` is not of integers.

    >>> from eduequity.measures import theil_parts
    >>> parts = theil_parts([0.0, 2.0, 2.0, 4.0], None, [0, 1, 1, 0])
    >>> [round(part, 6) for part in parts]  # (0 + 0 + 0 + 2 ln 2) / 4 = ln 2 / 2
    [0.346574, 0.346574, 0.0]
    """
    return TheilParts(*map(_only, theil_parts_by(values, weights, labels, _WHOLE)))


def theil_parts_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    labels: npt.ArrayLike,
    starts: npt.ArrayLike,
) -> TheilParts[Column]:
    """
    Return the `theil_parts` of each group, each part of shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        labels: One integer code per member, shape `(n,)`, in any order.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `labels` or `starts` is not of integers.

    >>> from eduequity.measures import theil_parts_by
    >>> parts = theil_parts_by([1.0, 1.0, 0.0, 2.0], None, [0, 1, 0, 1], [0, 2])
    >>> parts.between.round(6)  # equal means; means 0 and 2 as in `theil`: ln 2
    array([0.      , 0.693147])
    """
    members = _gather(values, weights, starts)
    codes = _codes(labels, members)
    order = np.lexsort((codes, members.groups))
    cells = _changes(codes[order], members.groups)
    x, w = _relative(members)[order], members.weights[order]
    weight, mean = _sums(w, cells), weighted_mean_by(x, w, cells)
    # Where each group starts among the cells: as many cells start before it.
    outer = np.searchsorted(cells, members.starts)
    return TheilParts(
        total=theil_by(values, weights, starts),
        within=weighted_mean_by(mean * theil_by(x, w, cells), weight, outer),
        between=theil_by(mean, weight, outer),
    )


def atkinson(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    *,
    epsilon: float = 0.5,
) -> float:
    """
    Return the Atkinson index: the share of the mean that equality could spare.

    With `p = w / sum(w)` and `r` each value over the mean, it is
    `1 - sum(p * r**(1 - epsilon)) ** (1 / (1 - epsilon))`, and for an epsilon
    of 1 its limit, `1 - exp(sum(p * ln(r)))`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        epsilon: How much inequality is minded, 0 (not at all) or more.

    Raises:
        ValueError: The columns are not of one length,
            or `epsilon` is below 0 or infinite.

    >>> from eduequity.measures import atkinson
    >>> round(atkinson([1.0, 4.0], None), 6)  # 1 - ((1 + 2) / 2)**2 / 2.5
    0.1
    >>> round(atkinson([1.0, 4.0], None, epsilon=1.0), 6)  # 1 - sqrt(4) / 2.5
    0.2
    """
    return _only(atkinson_by(values, weights, _WHOLE, epsilon=epsilon))


def atkinson_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
    *,
    epsilon: float = 0.5,
) -> Column:
    """
    Return the `atkinson` index of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

        epsilon: How much inequality is minded, 0 (not at all) or more.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0,
            or `epsilon` is below 0 or infinite.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import atkinson_by
    >>> each = atkinson_by([1.0, 4.0, 8.0], None, [0, 2, 3])
    >>> each.round(6)  # as above, alone, nobody
    array([0.1, 0. , nan])
    """
    if not 0 <= epsilon < np.inf:
        raise ValueError(f"epsilon must be zero or more and finite, not {epsilon}")
    members = _gather(values, weights, starts)
    # The logarithm of a zero is minus infinity, and what follows wants it so.
    with np.errstate(divide="ignore", over="ignore"):
        logs = np.log(_relative(members))
        loss = 0.0 - np.expm1(_log_power_mean(logs, members, 1 - epsilon))
    return np.clip(loss, 0.0, 1.0)


def quantile_ratio(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    *,
    upper: float = 0.8,
    lower: float = 0.2,
) -> float:
    """
    Return the ratio of an upper to a lower weighted quantile.

    The quantile `q` is the smallest value at which the share of weight cumulated
    in order of value reaches `q`, so it is always the value of a member.  (A
    shortfall of 1e-12 counts as reached, being rounding.)

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        upper: The quantile above the line, from `lower` to 1.

        lower: The quantile below the line, from 0 to `upper`.

    Raises:
        ValueError: The columns are not of one length,
            or not 0 <= `lower` <= `upper` <= 1.

    >>> from eduequity.measures import quantile_ratio
    >>> quantile_ratio([1, 2, 3, 4, 5], None)  # shares .2, .4, .6, .8, 1: 4 / 1
    4.0
    >>> quantile_ratio([1, 2, 3, 4, 5], [1, 1, 1, 1, 6])  # .1, .2, .3, .4, 1: 5 / 2
    2.5
    """
    return _only(quantile_ratio_by(values, weights, _WHOLE, upper=upper, lower=lower))


def quantile_ratio_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
    *,
    upper: float = 0.8,
    lower: float = 0.2,
) -> Column:
    """
    Return the `quantile_ratio` of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

        upper: The quantile above the line, from `lower` to 1.

        lower: The quantile below the line, from 0 to `upper`.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0,
            or not 0 <= `lower` <= `upper` <= 1.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import quantile_ratio_by
    >>> quantile_ratio_by([1, 2, 3, 4, 5, 8], None, [0, 5, 6])  # 4 / 1, alone, nobody
    array([ 4.,  1., nan])
    """
    if not 0 <= lower <= upper <= 1:
        raise ValueError(
            f"quantiles must have 0 <= lower <= upper <= 1, not {lower} and {upper}"
        )
    members = _gather(values, weights, starts)
    order = _ascending(members.values, members)
    ranked = members.values[order]
    reach = _running(members.weights[order], members.starts) + _SHORTFALL
    high, low = (
        _fold(np.minimum, np.where(reach >= share, ranked, np.inf), members.starts)
        for share in (upper, lower)
    )
    return _quotient(high, low, members)


def range_ratio(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> float:
    """
    Return the largest value over the smallest, `max(x) / min(x)`.

    Weights matter only in that a member of weight zero is left out.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import range_ratio
    >>> range_ratio([2.0, 5.0, 99.0], [1.0, 1.0, 0.0])  # 5 / 2
    2.5
    """
    return _only(range_ratio_by(values, weights, _WHOLE))


def range_ratio_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return the `range_ratio` of each group, shape `(k,)`.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import range_ratio_by
    >>> range_ratio_by([2.0, 5.0, 8.0], None, [0, 2, 3])  # 5 / 2, alone, nobody
    array([2.5, 1. , nan])
    """
    members = _gather(values, weights, starts)
    return _quotient(members.high, members.low, members)


def share_of_variance(values: npt.ArrayLike, weights: npt.ArrayLike | None) -> Column:
    """
    Return each member's share of the variance, shape `(n,)`.

    With the mean `m`, it is `w * (x - m)**2 / sum(w * (x - m)**2)`.  The shares
    sum to 1, or are all 0 where nothing varies.  A member of weight zero has a
    share of 0.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import share_of_variance
    >>> share_of_variance([0.0, 2.0, 4.0], [1.0, 2.0, 1.0])  # 4, 0, 4 of 8
    array([0.5, 0. , 0.5])
    """
    return share_of_variance_by(values, weights, _WHOLE)


def share_of_variance_by(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> Column:
    """
    Return each member's share of its group's variance, shape `(n,)`.

    Every member of a group whose variance is NaN has a share of NaN.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

        starts: Where each group starts, shape `(k,)`: integers that rise from 0.

    Raises:
        ValueError: The columns are not of one length, or `starts` does not rise from 0.

        TypeError: `starts` is not of integers.

    >>> from eduequity.measures import share_of_variance_by
    >>> share_of_variance_by([0.0, 4.0, 8.0], None, [0, 2])  # 4 and 4 of 8; alone
    array([0.5, 0.5, 0. ])
    """
    members = _gather(values, weights, starts)
    _, distances = _centred(members)
    terms = members.weights * np.square(distances, out=distances)
    totals = _sums(terms, members.starts)
    first = _whole_numbers("starts", starts)
    # What a member that does not count gets: zero, or its group's NaN.
    shares = np.repeat(totals * 0, _sizes(first, members.counts.size))
    shares[members.counts] = terms / members.each(np.where(totals == 0, 1.0, totals))
    return shares


def lorenz(
    values: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[Column, Column]:
    """
    Return the Lorenz curve: who holds how much, from the smallest value up.

    Args:
        values: One number per member, shape `(n,)`; one NaN makes the result NaN.

        weights: One weight per member, shape `(n,)`; `None` weighs all members alike.

    Returns:
        The cumulated share of the weight and the cumulated share of `w * x`, each
        of shape `(m + 1,)` for the `m` members whose weight is not zero.  Both
        start at 0 and end at 1.  Values that are all zero lie on the diagonal;
        where the Gini coefficient is NaN, every point is.

    Raises:
        ValueError: The columns are not of one length.

    >>> from eduequity.measures import lorenz
    >>> lorenz([3.0, 1.0], None)  # half of the weight holds 1 of 4
    (array([0. , 0.5, 1. ]), array([0.  , 0.25, 1.  ]))
    """
    members = _gather(values, weights, _WHOLE)
    ratios = _relative(members)
    if not members.values.size or np.isnan(ratios).any():
        nowhere = np.full(members.values.size + 1, np.nan)
        return nowhere, nowhere.copy()
    order = _ascending(ratios, members)
    x, w = ratios[order], members.weights[order]
    return (
        np.append(0.0, _running(w, _WHOLE)),
        np.append(0.0, _running(w * x, _WHOLE)),
    )


# --- Members that count -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Members:
    """
    Hold the members that count, group after group, at a size that is safe.

    Values and weights are those given, times a power of two for each group that
    brings its largest to about one.  That is exact, and cancels in every measure;
    it keeps squares and products within range, and one group's sums comparable
    to the next's.
    """

    values: Column
    weights: Column
    starts: _Index
    counts: _Mask
    low: Column
    high: Column
    scale: Column
    totals: Column

    @property
    def groups(self) -> _Index:
        """Return the group that each member is in, shape `(m,)`."""
        sizes = _sizes(self.starts, self.values.size)
        return np.repeat(np.arange(self.starts.size), sizes)

    def each(self, column: Column) -> Column:
        """Return for each member what `column` has for its group: `(k,)` to `(m,)`."""
        return np.repeat(column, _sizes(self.starts, self.values.size))

    def average(self, column: Column) -> Column:
        """Return the weighted mean of `column` in each group: `(m,)` to `(k,)`."""
        return _sums(self.weights * column, self.starts) / self.totals


def _gather(
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    starts: npt.ArrayLike,
) -> _Members:
    """Check the arguments and return the members that count."""
    x = np.asarray(values, dtype=np.float64)
    w = np.ones_like(x) if weights is None else np.asarray(weights, dtype=np.float64)
    first = _whole_numbers("starts", starts)
    _check(x, w, first)
    if not (np.isfinite(x).all() and np.isfinite(w).all() and (w > 0).all()):
        x, w = _marked(x, w)
    counts = w > 0
    if not counts.all():
        first = np.append(0, np.cumsum(counts))[first]
        x, w = x[counts], w[counts]
    return _scaled(x, w, first, counts)


def _check(x: Column, w: Column, first: _Index) -> _Index:
    """Refuse columns that do not fit together, and return the groups' sizes."""
    if x.ndim != 1 or x.shape != w.shape:
        raise ValueError(
            "values and weights must be columns of one length, "
            f"not of shape {x.shape} and {w.shape}"
        )
    ends = np.append(first, x.size)
    sizes: _Index = ends[1:] - ends[:-1]
    if first.ndim != 1 or ends[0] != 0 or (sizes < 0).any():
        raise ValueError(f"starts must rise from 0 to at most {x.size}")
    return sizes


def _marked(x: Column, w: Column) -> tuple[Column, Column]:
    """
    Return the columns with NaN for the value of each member that makes no sense.

    Its weight becomes 1, so that it counts and its group's result is NaN.
    """
    weighed = np.isfinite(w) & (w >= 0)
    senseless = ~weighed | (~np.isfinite(x) & (w != 0))
    return np.where(senseless, np.nan, x), np.where(senseless, 1.0, w)


def _scaled(x: Column, w: Column, first: _Index, counts: _Mask) -> _Members:
    """Return the members, each group brought to a safe size."""
    sizes = _sizes(first, x.size)
    low, high = _fold(np.minimum, x, first), _fold(np.maximum, x, first)
    scale = _shrinkage(np.maximum(high, -low))
    # In place from here on: new columns of this length cost more than the sums.
    values = np.repeat(scale, sizes)
    values *= x
    weights = np.repeat(_shrinkage(_fold(np.maximum, w, first)), sizes)
    weights *= w
    np.maximum(weights, _LIGHTEST, out=weights)
    return _Members(
        values=values,
        weights=weights,
        starts=first,
        counts=counts,
        low=low * scale,
        high=high * scale,
        scale=scale,
        totals=_sums(weights, first),
    )


def _shrinkage(largest: Column) -> Column:
    """Return the power of two that brings each number to between a half and one."""
    # Within these bounds both the power and what it scales are ordinary numbers,
    # even where the number scaled is among the largest or smallest there are.
    exponents = np.clip(np.frexp(largest)[1], -1000, 1000)
    powers: Column = np.ldexp(1.0, -exponents)
    return powers


def _whole_numbers(name: str, column: npt.ArrayLike) -> _Index:
    """Return a column of integers, refusing what would have to be cut to fit."""
    array = np.asarray(column)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{name} must be integers, not {array.dtype}")
    return array.astype(np.intp, copy=False)


def _codes(labels: npt.ArrayLike, members: _Members) -> _Index:
    """Return the labels of the members that count, shape `(m,)`."""
    codes = _whole_numbers("labels", labels)
    if codes.shape != members.counts.shape:
        raise ValueError(
            "values and labels must be columns of one length, "
            f"not of shape {members.counts.shape} and {codes.shape}"
        )
    return codes[members.counts]


# --- Arithmetic by group ----------------------------------------------------------


def _sizes(starts: _Index, length: int) -> _Index:
    """Return how many members each group has, shape `(k,)`."""
    return np.diff(starts, append=length)


def _fold(fold: np.ufunc, values: Column, starts: _Index) -> Column:
    """Return `fold.reduce` of each group, and NaN for an empty one, shape `(k,)`."""
    full = _sizes(starts, values.size) > 0
    if full.all():
        return np.asarray(fold.reduceat(values, starts), dtype=np.float64)
    # For an empty group `reduceat` gives the next group's first value, or fails.
    # Left out, it moves no bound: the group before ends where the next one starts.
    result = np.full(starts.size, np.nan)
    if full.any():
        result[full] = fold.reduceat(values, starts[full])
    return result


def _sums(values: Column, starts: _Index) -> Column:
    """Return the sum of each group, and NaN for an empty one, shape `(k,)`."""
    return _fold(np.add, values, starts)


def _centred(members: _Members) -> tuple[Column, Column]:
    """
    Return the mean of each group, `(k,)`, and each member less its mean, `(m,)`.

    Both are at the members' scale.
    """
    # Measured from the lowest, values that hardly differ beside their size keep all
    # the digits in which they do, and equal ones are exactly at their mean.
    above = members.each(members.low)
    np.subtract(members.values, above, out=above)
    rise = members.average(above)
    above -= members.each(rise)
    return np.minimum(members.low + rise, members.high), above


def _without_residue(mean: Column, members: _Members) -> Column:
    """
    Return the means with 0 for each that is only what rounding left over.

    So 0.1, 0.2 and -0.3 have a mean of zero.  Without negative members nothing
    cancels, and the means are as they were.
    """
    if not (members.low < 0).any():
        return mean
    size = members.average(np.abs(members.values))
    return np.where(np.abs(mean) <= _CANCELLED * size, 0.0, mean)


def _divisors(members: _Members) -> Column:
    """
    Return what to divide by to make values relative, shape `(k,)`.

    That is the mean, but NaN with a negative value, as shares of the sum then mean
    nothing, and 1 with nothing but zeros, which stay what they are.
    """
    mean, _ = _centred(members)
    return np.where(members.low < 0, np.nan, np.where(members.high == 0, 1.0, mean))


def _relative(members: _Members) -> Column:
    """
    Return each value over its group's mean, shape `(m,)`.

    In a group that is all zero each is 1, as everyone has the same; in a group
    with a negative value each is NaN.
    """
    ratios = members.values / members.each(_divisors(members))
    return np.where(members.each(members.high == 0) & (ratios == 0), 1.0, ratios)


def _quotient(high: Column, low: Column, members: _Members) -> Column:
    """Return `high / low` for each group, NaN where a member is negative."""
    # Adding zero turns -0.0 into 0.0, below which the ratio is plus infinity.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(members.low < 0, np.nan, high / (low + 0.0))


def _log_power_mean(logs: Column, members: _Members, power: float) -> Column:
    """
    Return `log(mean(exp(logs) ** power)) / power` for each group, shape `(k,)`.

    As the power nears 0 this nears the mean of `logs`, which it is at 0.
    """
    if power == 0:
        return members.average(logs)
    exponents = power * logs
    if abs(power) <= 1:
        # Exact to the last digits for a power near 0, where `exp` would not be.
        return np.log1p(members.average(np.expm1(exponents))) / power
    # Taking out the largest keeps `exp` in range however large the power.  The cap
    # is for a zero, whose exponent is infinite: infinity less itself is NaN.
    peak = _fold(np.maximum, exponents, members.starts)
    peak = np.minimum(peak, np.finfo(np.float64).max)
    rest = members.average(np.exp(exponents - members.each(peak)))
    return (peak + np.log(rest)) / power


def _ascending(column: Column, members: _Members) -> _Index:
    """Return the order that sorts each group by `column` in place, shape `(m,)`."""
    if members.starts.size == 1:
        return np.argsort(column)
    return np.lexsort((column, members.groups))


def _changes(codes: _Index, groups: _Index) -> _Index:
    """Return where each run of one code in one group starts, shape `(c,)`."""
    change = np.ones(codes.size, dtype=np.bool_)
    change[1:] = (np.diff(codes) != 0) | (np.diff(groups) != 0)
    return np.flatnonzero(change)


def _before(column: Column, starts: _Index) -> Column:
    """Return for each member what the one before has, and 0 for a group's first."""
    result = np.append(0.0, column[:-1])[: column.size]
    result[starts[starts < column.size]] = 0.0
    return result


def _running(column: Column, starts: _Index) -> Column:
    """
    Return the cumulated share of `column` in each group, shape `(m,)`.

    Each group ends at exactly 1.  One `cumsum` serves every group: the step into
    a group also takes back the sum of the group before, so that what has been
    added up never grows beyond one group, and digits are not lost to it.
    """
    if not column.size:
        return column
    first = starts[_sizes(starts, column.size) > 0]
    sizes = _sizes(first, column.size)
    steps = column.copy()
    steps[first[1:]] -= np.add.reduceat(column, first)[:-1]
    total: Column = np.cumsum(steps)
    # What rounding has carried over from the groups before is known: drop it.
    total -= np.repeat(total[first] - column[first], sizes)
    total /= np.repeat(total[first + sizes - 1], sizes)
    return total


def _only(column: Column) -> float:
    """Return the result of a single group as a number."""
    return float(column[0])
