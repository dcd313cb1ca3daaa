"""Four processes that fire the same schedules while they are killed and their clock jumps."""

import os
import random
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import ticker_process
from sqlalchemy import func, insert, select
from waiting import eventually

from cometa_executions.api import Run
from cometa_schedules.models import Fire, Schedule

TICKERS = 4
BEGIN = datetime(2026, 1, 31, 9, 0, 30, tzinfo=UTC)


class Tickers:
    """Processes that fire, of which any may be killed and replaced."""

    def __init__(self, planner, folder):
        self._planner = planner
        self._file = folder / "moment"
        self.set_time(BEGIN)
        self.processes = [self._start() for _ in range(TICKERS)]

    def _start(self):
        runtime = self._planner.runtime
        url = runtime.engine.url.render_as_string(hide_password=False)
        command = [
            sys.executable,
            "-W",
            "ignore",
            ticker_process.__file__,
            str(runtime.locations.data),
            url,
            self._file,
        ]
        path = os.pathsep.join([str(Path(ticker_process.__file__).parent), *sys.path])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path})
        assert process.stdout.readline() == b"ready\n"
        return process

    def set_time(self, moment):
        """Move the clock of all, as one step."""
        written = self._file.with_suffix(".new")
        written.write_text(moment.isoformat())
        written.replace(self._file)

    def kill_one(self, chance):
        """Kill one with KILL, wherever it is, and start another in its place."""
        place = chance.randrange(TICKERS)
        self.processes[place].send_signal(signal.SIGKILL)
        self.processes[place].communicate()
        self.processes[place] = self._start()

    def stop(self):
        for process in self.processes:
            process.kill()
            process.communicate()


@contextmanager
def tickers(planner, folder):
    running = Tickers(planner, folder)
    try:
        yield running
    finally:
        running.stop()


def add_schedules(planner, api, create, count):
    """Give features a schedule each minute; they are stored in one go, since only their firing matters."""
    feature_ids = [create(api, feature_name=f"Feature {number}") for number in range(count)]
    row = {
        "version": 1, "cron": "* * * * *", "timezone": "UTC", "missed": "skip", "dst": "shift", "overlap": "allow",
        "active": True, "parameters": {}, "owner_id": api.account_id, "next_fire_at": BEGIN.replace(minute=1, second=0),
    }  # fmt: skip
    with planner.runtime.unit_of_work() as scope:
        scope.session.execute(insert(Schedule), [{**row, "feature_id": feature_id} for feature_id in feature_ids])


def records(planner):
    with planner.runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(Fire)) or 0


def check_all(planner, schedules, minutes):
    """Each planned time of each schedule has one record, and each fired one its own run."""
    with planner.runtime.reading() as session:
        fires = session.scalars(select(Fire)).all()
        runs = session.scalar(select(func.count()).select_from(Run))
    planned = {(fire.schedule_id, fire.planned_at) for fire in fires}
    assert len(planned) == len(fires) == schedules * minutes
    fired = [fire.run_id for fire in fires if fire.outcome == "fired"]
    assert None not in fired
    assert len(set(fired)) == len(fired) == runs


def run_through(planner, running, schedules, minutes, chance):
    """Let minutes pass, with a kill in each and the clock set back in some."""
    for minute in range(1, minutes + 1):
        moment = BEGIN + timedelta(minutes=minute)
        running.set_time(moment)
        running.kill_one(chance)
        if minute % 3 == 0:
            # Somebody sets the clock back by an hour and forward again; planned times stay what they are.
            running.set_time(moment - timedelta(hours=1))
            running.set_time(moment)
        eventually(lambda expected=minute * schedules: records(planner) >= expected, 120, "the last record")


@pytest.mark.parametrize("planner", ["sqlite", "postgresql"], indirect=True)
def test_every_planned_time_has_one_record_and_at_most_one_run(planner, api, create, tmp_path):
    """X-139, X-137: KILL at random points of firing, and jumps of the clock."""
    schedules, minutes = 8, 2
    add_schedules(planner, api, create, schedules)
    with tickers(planner, tmp_path) as running:
        run_through(planner, running, schedules, minutes, random.Random(4))
    check_all(planner, schedules, minutes)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("planner", ["postgresql"], indirect=True)
def test_two_thousand_schedules_are_fired_once_each(planner, api, create, tmp_path):
    """X-137, X-139 in full."""
    schedules, minutes = 2000, 3
    add_schedules(planner, api, create, schedules)
    with tickers(planner, tmp_path) as running:
        run_through(planner, running, schedules, minutes, random.Random(5))
    check_all(planner, schedules, minutes)
