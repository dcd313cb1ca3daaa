"""`cometa demo` from a shell: real server, worker, runners and browsers in a data folder of its own."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3

from cometa_demo.catalogue import sample_features
from cometa_demo.client import ApiClient
from cometa_demo.demonstration import LOG_FILE
from cometa_demo.installation import Installation

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

BUDGET_S = 60
END_LIMIT_S = 60
NAMES = [sample.name for sample in sample_features()]


def environment_of(data: Path, **extra: str) -> dict[str, str]:
    return {**os.environ, "COMETA_DATA": str(data), **extra}


def begun(data: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cometa_core.cli", "demo", *arguments],
        cwd=data,
        env=environment_of(data, **extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True)
class Finished:
    status: int
    output: str
    progress: str
    seconds: float
    data: Path

    def document(self) -> dict[str, Any]:
        return json.loads(self.output)


def finished(data: Path, *arguments: str, **extra: str) -> Finished:
    start = time.monotonic()
    child = begun(data, *arguments, **extra)
    try:
        output, progress = child.communicate(timeout=200)
    finally:
        child.terminate()
        child.wait(END_LIMIT_S)
    return Finished(child.returncode, output, progress, time.monotonic() - start, data)


def processes_of(data: Path) -> list[psutil.Process]:
    """Find every process that knows the data folder: server, worker, runners, drivers and browsers."""

    def knows(process: psutil.Process) -> bool:
        try:
            return any(str(data) in text for text in (*process.environ().values(), *process.cmdline()))
        except psutil.Error:
            return False

    return [process for process in psutil.process_iter() if process.pid != os.getpid() and knows(process)]


def command_lines(data: Path) -> Iterator[list[str]]:
    """Yield the command lines of these processes; some end while they are looked at."""
    for process in processes_of(data):
        with suppress(psutil.Error):
            yield process.cmdline()


def wait_for(question, limit_s: float = END_LIMIT_S) -> bool:
    end = time.monotonic() + limit_s
    while not (answer := question()) and time.monotonic() < end:
        psutil.wait_procs([psutil.Process()], timeout=0.1)
    return bool(answer)


@pytest.fixture
def data(tmp_path_factory) -> Iterator[Path]:
    # A short name: the sockets of a browser lie below the data folder, and their paths may have 107 characters.
    folder = tmp_path_factory.mktemp("d")
    yield folder
    for process in processes_of(folder):
        process.kill()


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Finished:
    return finished(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def second(first) -> Finished:
    return finished(first.data, "--json")


def test_every_feature_ends_as_intended_within_the_budget(first):
    assert first.status == 0, first.output + first.progress
    assert f"{len(NAMES)} of {len(NAMES)} features ended as intended." in first.output
    assert first.seconds < BUDGET_S


def test_tables_pictures_and_the_message_of_the_failure_are_printed(first):
    assert all(f"{name}: " in first.output for name in NAMES)
    assert first.output.count("/screenshot/") > len(NAMES)
    message = first.output.split("Step 7 failed: ")[1]
    assert "#voucher-applied" in message
    assert "✓ Failed, as intended" in message


def test_nothing_that_was_started_is_left(first):
    assert processes_of(first.data) == []


def test_the_password_is_printed_and_logged_nowhere(first):
    log = (first.data / LOG_FILE).read_text(encoding="utf-8")

    assert "lantern-42" not in first.output + first.progress + log


def test_a_second_demonstration_changes_features_and_answers_in_json(second):
    document = second.document()

    assert second.status == 0
    assert "Running the sample features" not in second.progress
    assert document["success"] is True
    assert [feature["name"] for feature in document["features"]] == NAMES
    assert all(feature["as_intended"] for feature in document["features"])


def test_steps_of_the_sub_feature_are_reported_with_its_name(second):
    visit = next(feature for feature in second.document()["features"] if feature["name"] == "Visit with login")

    assert "Log in" in {step["called"] for step in visit["steps"]}


def test_afterwards_server_key_and_pictures_are_there_and_no_feature_is_double(second):
    """Contract: rest-api A6.8, A6.12."""
    document = second.document()
    key = shlex.split(document["next"][1]["command"])[2].removeprefix("Authorization: Bearer ")
    picture = next(step["screenshot"] for step in document["features"][2]["steps"] if step["screenshot"])
    with (
        Installation(environment_of(second.data), second.data / "again.log") as server,
        ApiClient(server.url, key, 30) as client,
    ):
        features = client.get("/api/features/")
        found = urllib3.request(
            "GET",
            server.url + urllib3.util.parse_url(picture).path + "?original=1",
            headers={"Authorization": f"Bearer {key}"},
        )

    assert sorted(feature["feature_name"] for feature in features) == sorted(NAMES)
    assert (found.status, found.data[:4]) == (200, b"\x89PNG")


def test_without_a_browser_it_says_what_to_install_and_leaves_nothing(data):
    done = finished(data, COMETA_BROWSER_LOCAL="false")

    assert done.status == 2
    assert "`cometa doctor` says what to install" in done.progress
    assert processes_of(data) == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_however_it_is_ended_nothing_is_left(data, end):
    child = begun(data)
    assert wait_for(lambda: any("--headless=new" in line for line in command_lines(data)))

    child.send_signal(end)
    child.communicate(timeout=END_LIMIT_S)

    assert child.returncode == (-end if end is signal.SIGKILL else 130)
    assert wait_for(lambda: not processes_of(data))


def test_with_keep_all_stays_open_until_ctrl_c_and_then_one_feature_that_ended_otherwise_makes_the_status_1(data):
    child = begun(data, "--keep", "--json", COMETA_LIMIT_FEATURE_SECONDS="0.5")
    line = next(line for line in child.stderr if "press Ctrl-C" in line)
    server, shop = (word for word in line.replace(",", " ").split() if word.startswith("http"))

    assert urllib3.request("GET", f"{server}health").status == 200
    assert urllib3.request("GET", f"{shop}index.html").status == 200
    child.send_signal(signal.SIGINT)
    output, _ = child.communicate(timeout=END_LIMIT_S)
    document = json.loads(output)

    assert child.returncode == 1
    assert document["success"] is False
    assert not any(feature["status"] == "Success" for feature in document["features"])
    assert processes_of(data) == []
