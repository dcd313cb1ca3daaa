"""From cron texts to moments: time zones and changes of the clock.  Contract: rest-api A6.14, runner J.3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from cometa_schedules.cron import Cron

SECOND = timedelta(seconds=1)
LOOK_AHEAD = timedelta(days=1)
PREVIEWED = 20
Mark = Literal["", "gap", "overlap"]
LAST_YEAR = 9990


class Gap(StrEnum):
    """What becomes of planned local times that do not exist."""

    SHIFT = "shift"
    SKIP = "skip"


@dataclass(frozen=True)
class Planned:
    """One moment of a schedule.

    Attributes:
        moment: in UTC; of times in a gap the first existing moment after it.
        count: planned local times that fall on it; more than 1 only after a gap.
        from_gap: whether any of them does not exist.
        dropped: whether nothing is started, since all of them do not exist and the schedule skips such times.
    """

    moment: datetime
    count: int = 1
    from_gap: bool = False
    dropped: bool = False


@dataclass(frozen=True)
class Preview:
    """A coming fire as people read it.

    Attributes:
        local: moment with the offset of the zone at that time.
        mark: ``gap``, ``overlap`` or empty: whether a change of the clock matters.
    """

    local: datetime
    mark: Mark


@cache
def zone_names() -> frozenset[str]:
    """Name the zones of the zone database."""
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo:
    """Return a zone.

    Raises:
        ValueError: the zone database has no such name.
    """
    if name not in zone_names():
        raise ValueError("must be a name of the IANA zone database, such as Europe/Berlin")
    return ZoneInfo(name)


@dataclass(frozen=True)
class Timetable:
    """When a schedule fires.

    Attributes:
        cron: what is planned.
        zone: zone whose clock counts.
        gap: what becomes of times that the clock leaves out.
    """

    cron: Cron
    zone: ZoneInfo
    gap: Gap = Gap.SHIFT

    def after(self, moment: datetime) -> Iterator[Planned]:
        """Iterate over what is planned after a moment, ascending, each moment once; also what is dropped."""
        moments = self._in_real_time(moment) if self.cron.is_hourly else self._by_the_clock(moment)
        return (each for each in moments if each.moment > moment)

    def fires_after(self, moment: datetime) -> Iterator[datetime]:
        """Iterate over the moments after another one at which something is started."""
        return (each.moment for each in self.after(moment) if not each.dropped)

    def preview(self, moment: datetime, count: int = PREVIEWED) -> list[Preview]:
        """Return the next fires with their offsets and with marks at changes of the clock."""
        coming = islice((each for each in self.after(moment) if not each.dropped), count)
        return [Preview(each.moment.astimezone(self.zone), self._mark(each)) for each in coming]

    def _mark(self, planned: Planned) -> Mark:
        local = planned.moment.astimezone(self.zone)
        if planned.from_gap:
            return "gap"
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return "overlap" if twice else ""

    def _in_real_time(self, moment: datetime) -> Iterator[Planned]:
        """Follow the real clock: between two changes its times are those of a clock that never jumps."""
        begin = moment
        while begin.year < LAST_YEAR:
            offset = self._offset(begin)
            change = None
            for local in self.cron.local_times(_naive(begin) + offset):
                found = (local - offset).replace(tzinfo=UTC)
                change = self._change(begin, found)
                if change is not None:
                    break
                yield Planned(found)
                begin = found
            if change is None:
                return
            # The moment of the change itself may be planned too.
            yield from self._at_change(change)
            begin = change

    def _at_change(self, change: datetime) -> Iterator[Planned]:
        local = _naive(change) + self._offset(change)
        if next(self.cron.local_times(local - SECOND), None) == local:
            yield Planned(change)

    def _by_the_clock(self, moment: datetime) -> Iterator[Planned]:
        """Follow the times on the wall; each day has each of them once, whatever the clock does."""
        waiting: Planned | None = None
        for local in self.cron.local_times(_naive(moment) + self._offset(moment)):
            found = self._planned(local)
            if waiting is None:
                waiting = found
            elif waiting.moment == found.moment:
                waiting = _joined(waiting, found)
            else:
                yield waiting
                waiting = found
        if waiting is not None:
            yield waiting

    def _planned(self, local: datetime) -> Planned:
        # Of a time that occurs twice, fold 0 is the first.
        found = local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == local:
            return Planned(found)
        before = local.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        dropped = self.gap is Gap.SKIP and not self.cron.steps_hours
        return Planned(self._first_with_new_offset(before - SECOND, found), from_gap=True, dropped=dropped)

    def _change(self, begin: datetime, end: datetime) -> datetime | None:
        """Find the first change of the offset after ``begin`` and up to ``end``."""
        here = begin
        while here < end:
            there = min(here + LOOK_AHEAD, end)
            if self._offset(here) != self._offset(there):
                return self._first_with_new_offset(here, there)
            here = there
        return None

    def _first_with_new_offset(self, early: datetime, late: datetime) -> datetime:
        """Find the moment of a change between two moments with different offsets, to the second."""
        old = self._offset(early)
        early, late = early.replace(microsecond=0), late + SECOND - timedelta(microseconds=late.microsecond or 10**6)
        while late - early > SECOND:
            middle = early + timedelta(seconds=(late - early) // SECOND // 2)
            early, late = (middle, late) if self._offset(middle) == old else (early, middle)
        return late

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta()


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _joined(one: Planned, other: Planned) -> Planned:
    """Join planned times of one moment: it is dropped only when all of them are."""
    return Planned(one.moment, one.count + other.count, one.from_gap or other.from_gap, one.dropped and other.dropped)
