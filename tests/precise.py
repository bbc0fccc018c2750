"""Functions of mathematics with as many digits as the context of :mod:`decimal` asks for."""

from decimal import Decimal, getcontext, localcontext
from functools import cache


def exp(x: Decimal) -> Decimal:
    return x.exp()


def ln(x: Decimal) -> Decimal:
    return x.ln()


def pi() -> Decimal:
    return _pi(getcontext().prec)


@cache
def _pi(digits: int) -> Decimal:
    """16·arctan(1/5) − 4·arctan(1/239), which J. Machin found in 1706."""
    with localcontext(prec=digits + 10):
        return 16 * _arctan_of_inverse(5) - 4 * _arctan_of_inverse(239)


def _arctan_of_inverse(x: int) -> Decimal:
    power = total = Decimal(1) / x
    n = 1
    while abs(power) > Decimal(10) ** -getcontext().prec:
        power /= -x * x
        n += 2
        total += power / n
    return total


def erfc(x: Decimal) -> Decimal:
    """1 − erf(x), by erf(x) = 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, whose terms have one sign.

    The difference loses the digits that both have in common, about x²/ln 10 for a positive x; so
    many more are taken along.  (M. Abramowitz, I. Stegun, "Handbook of mathematical functions",
    7.1.6.)
    """
    with localcontext() as context:
        if x * x > 760:  # no float is as small as what is left of it, or is missing to 2
            return Decimal(0) if x > 0 else Decimal(2)
        context.prec += int(x * x / 2) + 10
        part = total = x
        n = 0
        while abs(part) > abs(total) * Decimal(10) ** -context.prec:
            n += 1
            part *= 2 * x * x / (2 * n + 1)
            total += part
        return 1 - 2 / pi().sqrt() * (-x * x).exp() * total
