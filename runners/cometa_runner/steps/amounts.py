"""Numbers as people write them inside of texts: prices with currency, grouped thousands, decimal commas.

Contract: steps 5.3.
"""

import re
from decimal import Decimal

from cometa_runner.steps.failure import StepFailure, quoted

# Besides comma and point; a plain blank is none of them, since it stands between two numbers.
_GROUPING = "\u00a0\u2009\u202f'\u2019"
_CURRENCY = "$\u00a2-\u00a5\u20a0-\u20cf"
_AMOUNT = re.compile(
    # A sign counts unless it joins words ("A-17"); a currency sign may stand between it and the digits.
    rf"(?:(?<![\w.,])(?P<sign>[+\u2212-])[{_CURRENCY}]?[\u00a0 ]?(?=[{_CURRENCY}]?\d|[.,]\d)[{_CURRENCY}]?)?"
    rf"(?P<figures>[.,]?\d+(?:[.,{_GROUPING}]\d+)*)",
    re.ASCII,
)
_GROUPED = re.compile(r"\d{1,3}(,\d{2,3})*,\d{3}")


def amount(text: str, name: str) -> Decimal:
    """Read the single number that stands in a text.

    Of a comma and a point the last is the decimal one; a lone comma followed by exactly three digits, and a separator
    that occurs several times, group thousands.

    Args:
        text: such as ``10.05 EUR`` or ``Total: 1.234,50``.
        name: of the parameter, for messages.

    Raises:
        StepFailure: ``bad-value`` when there is no number or more than one.
    """
    found = list(_AMOUNT.finditer(text))
    if not found:
        raise StepFailure("bad-value", expected=f"{name} to hold a number", found=quoted(text))
    values = [_value(each["figures"]) for each in found]
    if len(values) > 1 or values[0] is None:
        raise StepFailure(
            "bad-value", expected=f"{name} to hold one number", found=f"{quoted(text)} with more than one"
        )
    return -values[0] if found[0]["sign"] in ("-", "\u2212") else values[0]


def _value(figures: str) -> Decimal | None:
    """Read digits with separators; None when they cannot be one number."""
    for blank in _GROUPING:
        figures = _without_groups(figures, blank)
    last = max(figures.rfind(","), figures.rfind("."))
    if last < 0:
        return Decimal(figures) if figures.isdigit() else None
    decimal, other = (",", ".") if figures[last] == "," else (".", ",")
    if other in figures or figures.count(decimal) == 1:
        if other not in figures and decimal == "," and _GROUPED.fullmatch(figures):
            return Decimal(figures.replace(",", ""))
        whole, _point, fraction = figures.rpartition(decimal)
        whole = _without_groups(whole, other)
        return Decimal(f"{whole or '0'}.{fraction}") if whole.isdigit() or not whole else None
    whole = _without_groups(figures, decimal)
    return Decimal(whole) if whole.isdigit() else None


def _without_groups(figures: str, separator: str) -> str:
    """Remove a separator of thousands where it stands as one; also the pairs that Indian prices group."""
    whole = figures.partition(".")[0].partition(",")[0] if separator in _GROUPING else figures
    if separator not in figures or not _GROUPED.fullmatch(whole.replace(separator, ",")):
        return figures
    return whole.replace(separator, "") + figures[len(whole) :]
