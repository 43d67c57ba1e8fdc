"""How exactly a published figure was printed, as far as its number still tells."""

from __future__ import annotations


__all__ = ["half_digit"]

_DIGITS = 2
_LARGE = 100.0


def half_digit(value: float) -> float:
    """
    Return half a unit of the last digit that a ratio was printed with.

    Reading loses zeros at the end. The form asks for two decimals, so no fewer are
    taken, but of large whole numbers: yuan are printed without any as often as with.

    Args:
        value: The ratio as it was read.

    >>> from eduequity.facts import half_digit
    >>> half_digit(4.2), half_digit(8.0), half_digit(0.925), half_digit(2000.0)
    (0.005, 0.005, 0.0005, 0.5)
    """
    _, _, digits = repr(float(value)).partition(".")
    if "e" in digits:
        return 0.0
    if value % 1 == 0 and value >= _LARGE:
        return 0.5
    return float(5 * 10.0 ** -(max(len(digits), _DIGITS) + 1))
