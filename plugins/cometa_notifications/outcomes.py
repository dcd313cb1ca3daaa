"""What became of one try to send a message."""

from dataclasses import dataclass

LONGEST_ANSWER = 1024
"""Characters of a receiver's answer that are kept.  Contract: runner L."""


@dataclass(frozen=True)
class Outcome:
    """What became of it.

    Attributes:
        sent: whether the receiver took it.
        text: what went wrong, or what of it did; empty when all is well.
        final: it was refused for good, so trying again is useless.
        unreachable: nothing can be sent to the same server at the moment.
    """

    sent: bool
    text: str = ""
    final: bool = False
    unreachable: bool = False


def failed(text: str, *, final: bool = False, unreachable: bool = False) -> Outcome:
    """Say that a message was not sent, in at most as many characters as are kept."""
    return Outcome(sent=False, text=text[:LONGEST_ANSWER], final=final, unreachable=unreachable)
