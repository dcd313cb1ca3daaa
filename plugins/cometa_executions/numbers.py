"""How numbers of results are written.  Contract: rest-api A1.3, R-097, R-098."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def seconds_text(milliseconds: int) -> str:
    """Write milliseconds as seconds with exactly two decimals, half rounded up."""
    return str((Decimal(milliseconds) / 1000).quantize(HUNDREDTH, ROUND_HALF_UP))


def success_rate(ok: int, total: int) -> int:
    """Return the share of successful steps in percent, half rounded up; 0 without steps."""
    if total == 0:
        return 0
    return int((Decimal(ok) * 100 / total).quantize(Decimal(1), ROUND_HALF_UP))
