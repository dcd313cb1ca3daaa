"""When schedules fire, against the contract's examples and a simulation of the clock.  Contract: runner J.2, J.3."""

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cometa_schedules.cron import parse_cron
from cometa_schedules.planning import Gap, Timetable, zone_of

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/Havana", "Asia/Beirut", "America/Santiago", "Pacific/Chatham", "UTC")  # fmt: skip


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def planned(cron, zone, after, until, gap="shift"):
    moments = Timetable(parse_cron(cron), zone_of(zone), Gap(gap)).after(utc(after))
    return list(takewhile(lambda each: each.moment < utc(until), moments))


def fired(*arguments):
    return [f"{each.moment:%d %H:%M}" for each in planned(*arguments) if not each.dropped]


def test_a_time_that_does_not_exist_is_shifted_or_dropped():
    """R-173."""
    night = ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T12:00")
    assert fired(*night) == ["29 01:00"]
    assert fired(*night, "skip") == []


def test_a_time_that_occurs_twice_fires_at_the_first():
    """R-173."""
    assert fired("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T12:00") == ["25 00:30"]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_every_fifteen_minutes_is_real_time(day):
    """R-174."""
    found = planned("*/15 * * * *", "Europe/Berlin", f"{day}T00:00", f"{day}T06:00")
    assert [each.moment for each in found] == [utc(f"{day}T00:00") + timedelta(minutes=15 * n) for n in range(1, 24)]


def test_weekdays_are_those_of_the_zone():
    """R-175."""
    assert fired("0 0 * * 1", "Asia/Kolkata", "2026-02-20T00:00", "2026-02-24T00:00") == ["22 18:30"]


@pytest.mark.parametrize("gap", ["shift", "skip"])
def test_several_times_in_one_gap_are_one_with_their_count(gap):
    """Contract: runner J.3."""
    (found,) = planned("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T12:00", gap)
    assert (found.moment, found.count, found.dropped) == (utc("2026-03-29T01:00"), 4, gap == "skip")


def test_steps_of_hours_drop_and_double_nothing():
    """Contract: runner J.3."""
    assert fired("0 */2 * * *", "Europe/Berlin", "2026-03-29T00:00", "2026-03-29T05:00", "skip") == [
        "29 01:00", "29 02:00", "29 04:00",
    ]  # fmt: skip
    assert fired("0 */2 * * *", "Europe/Berlin", "2026-10-24T23:00", "2026-10-25T04:00") == ["25 00:00", "25 03:00"]


def test_local_time_is_kept_in_summer_and_winter():
    """X-136."""
    found = Timetable(parse_cron("30 23 * * 1"), zone_of("America/New_York")).after(utc("2026-01-01T00:00"))
    local = [each.moment.astimezone(ZoneInfo("America/New_York")) for each in islice(found, 60)]
    assert {f"{each:%a %H:%M}" for each in local} == {"Mon 23:30"}


def test_a_preview_marks_changes_of_the_clock():
    """Contract: runner J.3."""
    timetable = Timetable(parse_cron("30 2 * * *"), zone_of("Europe/Berlin"))
    spring = timetable.preview(utc("2026-03-27T12:00"))
    assert len(spring) == 20
    assert [(each.local.isoformat(), each.mark) for each in spring[:3]] == [
        ("2026-03-28T02:30:00+01:00", ""), ("2026-03-29T03:00:00+02:00", "gap"), ("2026-03-30T02:30:00+02:00", ""),
    ]  # fmt: skip
    assert timetable.preview(utc("2026-10-24T12:00"), 1)[0].mark == "overlap"


@pytest.mark.parametrize("word", ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually",
                                  "0 9 * jan-mar MON,fri", "0-30/10 1,2 1-7/2 * 0", "0 0 1 1 7"])  # fmt: skip
def test_accepted_texts(word):
    """X-134."""
    assert parse_cron(word).text == word


def test_day_and_weekday_are_alternatives_when_both_are_restricted():
    """Contract: runner J.2."""
    assert fired("0 0 13 * 5", "UTC", "2026-01-08T12:00", "2026-01-17T00:00") == ["09 00:00", "13 00:00", "16 00:00"]


def simulated(minute, hour, zone, begin, days, gap):
    """Fires of one time a day, or each hour, found by looking at the clock on every minute."""
    fires, seen, before = [], set(), None
    for step in range(days * 1440):
        moment = begin + timedelta(minutes=step)
        local = moment.astimezone(zone).replace(tzinfo=None)
        jumped = [] if before is None else [
            before + timedelta(minutes=n) for n in range(1, int((local - before) / timedelta(minutes=1)))
        ]  # fmt: skip
        matches = local.minute == minute and (hour is None or local.hour == hour)
        if hour is None:
            due = matches
        else:
            missing = any((each.hour, each.minute) == (hour, minute) for each in jumped)
            due = (matches and local not in seen) or (missing and gap == "shift")
            seen.add(local)
        if due:
            fires.append(moment)
        before = local
    return fires


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    zone=st.sampled_from(ZONES),
    day=st.integers(0, 3652),
    minute=st.sampled_from((0, 15, 30, 45)),
    hour=st.one_of(st.none(), st.integers(0, 3)),
    gap=st.sampled_from(("shift", "skip")),
)
def test_fires_equal_a_simulation_of_the_clock(zone, day, minute, hour, gap):
    """X-135 in small: ten zones, ten years."""
    compare(zone, utc("2020-01-01T12:00") + timedelta(days=day), minute, hour, gap)


@pytest.mark.parametrize("zone", ZONES)
def test_fires_around_every_change_of_ten_years_equal_the_simulation(zone):
    """X-135 in small: every change of the clock of ten years."""
    place = zone_of(zone)
    start = utc("2020-01-01T12:00")
    days = [start + timedelta(days=number) for number in range(3652)]
    changes = [day for day in days if day.astimezone(place).utcoffset() !=
               (day + timedelta(days=1)).astimezone(place).utcoffset()]  # fmt: skip
    for day in changes:
        for minute, hour in ((30, 2), (0, 0), (15, 3), (45, 1), (30, None)):
            for gap in ("shift", "skip"):
                compare(zone, day, minute, hour, gap, days=1)


def compare(zone, begin, minute, hour, gap, days=2):
    cron = f"{minute} {'*' if hour is None else hour} * * *"
    timetable = Timetable(parse_cron(cron), zone_of(zone), Gap(gap))
    end = begin + timedelta(days=days)
    found = list(takewhile(lambda each: each < end, timetable.fires_after(begin - timedelta(minutes=1))))
    assert found == simulated(minute, hour, zone_of(zone), begin, days, gap), (zone, begin, cron, gap)
