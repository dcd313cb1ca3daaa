"""What becomes of planned times that are due: plain rules without a database.  Contract: runner J.4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice, takewhile

from cometa_schedules.planning import Planned, Timetable

MOST_AT_ONCE = 10_000
"""Planned times that one fire decides about; after a long downtime several fires follow each other."""

MOST_OF_A_PAUSE = 600_000
"""Planned times of a pause that are counted: more than a year of minutes."""

MOST_RECORDS = 100
"""Missed times in a row that get a record each; more of them share one."""


class Outcome(StrEnum):
    """What became of a planned time."""

    FIRED = "fired"
    MISSED = "missed"
    SKIPPED = "skipped"


class FireReason(StrEnum):
    """Why nothing was started."""

    NONE = ""
    DOWNTIME = "downtime"
    DST_GAP = "dst_gap"
    OVERLAP = "overlap"
    INACTIVE = "inactive"
    EXPIRED = "expired"
    OWNER = "owner"
    NO_BROWSER = "no_browser"
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    """What is to become of planned times; a fire may still be prevented when it is tried.

    Attributes:
        first: planned time, the first one of several.
        last: the last one of several, else the same.
        outcome: what becomes of them.
        reason: why nothing is started.
        count: planned local times.
    """

    first: datetime
    last: datetime
    outcome: Outcome
    reason: FireReason = FireReason.NONE
    count: int = 1


@dataclass(frozen=True)
class Decided:
    """What is to become of everything that is due.

    Attributes:
        decisions: in the order of the planned times.
        following: the next planned time; None when there is none.
    """

    decisions: Sequence[Decision]
    following: datetime | None


@dataclass(frozen=True)
class MissedRule:
    """When a time counts as missed, and what then becomes of it.

    Attributes:
        grace: how late a planned time may be started.
        makes_up: whether the latest missed one is started nevertheless.
    """

    grace: timedelta
    makes_up: bool


def decide(timetable: Timetable, planned_at: datetime, now: datetime, rule: MissedRule) -> Decided:
    """Decide about the planned times from the earliest undecided one up to now.

    Args:
        timetable: when the schedule fires.
        planned_at: earliest planned time without a record; not later than ``now``.
        now: present moment.
        rule: what becomes of missed times.
    """
    coming = timetable.after(planned_at - timedelta(seconds=1))
    due: list[Planned] = []
    following = None
    for planned in islice(coming, MOST_AT_ONCE + 1):
        if planned.moment > now or len(due) == MOST_AT_ONCE:
            following = planned.moment
            break
        due.append(planned)
    is_all = following is None or following > now
    made_up = _latest_missed(due, now - rule.grace) if rule.makes_up and is_all else None
    decisions = [_decision(planned, now - rule.grace, made_up) for planned in due]
    return Decided(_with_shared_records(decisions), following)


def cut_off(decided: Decided, expires_at: datetime | None) -> Decided:
    """End a timetable: the first planned time after the end is recorded as the last one, as skipped."""
    beyond = next((each for each in decided.decisions if expires_at is not None and each.first > expires_at), None)
    if beyond is None or expires_at is None:
        return decided
    kept = [each for each in decided.decisions if each.first <= expires_at]
    end = Decision(beyond.first, beyond.first, Outcome.SKIPPED, FireReason.EXPIRED)
    return Decided([*kept, end], None)


def pause(timetable: Timetable, planned_at: datetime, now: datetime) -> Decision | None:
    """Sum up the planned times of a pause from the earliest undecided one up to now; None when there were none.

    A pause of many years ends its count at ``MOST_OF_A_PAUSE``.
    """
    due = takewhile(lambda each: each.moment <= now, timetable.after(planned_at - timedelta(seconds=1)))
    first = last = None
    count = 0
    for planned in islice(due, MOST_OF_A_PAUSE):
        first, last, count = first or planned.moment, planned.moment, count + planned.count
    if first is None or last is None:
        return None
    return Decision(first, last, Outcome.SKIPPED, FireReason.INACTIVE, count)


def _latest_missed(due: Sequence[Planned], limit: datetime) -> datetime | None:
    return next((planned.moment for planned in reversed(due) if planned.moment < limit and not planned.dropped), None)


def _decision(planned: Planned, limit: datetime, made_up: datetime | None) -> Decision:
    outcome, reason = Outcome.FIRED, FireReason.NONE
    if planned.dropped:
        outcome, reason = Outcome.SKIPPED, FireReason.DST_GAP
    elif planned.moment < limit and planned.moment != made_up:
        outcome, reason = Outcome.MISSED, FireReason.DOWNTIME
    return Decision(planned.moment, planned.moment, outcome, reason, planned.count)


def _with_shared_records(decisions: Iterable[Decision]) -> list[Decision]:
    """Let missed times in a row share a record when there are more than 100 of them."""
    found: list[Decision] = []
    row: list[Decision] = []
    for decision in decisions:
        if decision.outcome is Outcome.MISSED:
            row.append(decision)
            continue
        found += [*_shared(row), decision]
        row = []
    return [*found, *_shared(row)]


def _shared(row: list[Decision]) -> list[Decision]:
    if len(row) <= MOST_RECORDS:
        return row
    count = sum(decision.count for decision in row)
    return [Decision(row[0].first, row[-1].last, Outcome.MISSED, FireReason.DOWNTIME, count)]
