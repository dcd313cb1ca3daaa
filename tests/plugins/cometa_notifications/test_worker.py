"""A whole worker process: it executes, rings for the delivery, sends, and tells the step what became of its mail."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import without_browser
from run_bench import Bench
from waiting import eventually

from cometa_core.clock import SystemClock
from cometa_core.companions import READY_VARIABLE

PROGRAM = Path(without_browser.__file__).parent / "worker_without_browser.py"


@pytest.fixture
def bench(tmp_path, template, keys, programs):
    made = Bench(tmp_path / "data", template, clock=SystemClock(), **{**keys, **programs})
    yield made
    made.close()


@pytest.fixture
def worker(bench, tmp_path, mail_server):
    """A worker process that takes work."""
    mail_server.forget()
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({**bench.settings, "cometa.worker.slots": "1"}))
    reader, writer = os.pipe()
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(PROGRAM), str(file)], stdin=subprocess.DEVNULL, stderr=log,
            env={**os.environ, READY_VARIABLE: str(writer)}, pass_fds=(writer,),
        )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as pipe:
        assert pipe.read(1) == "1", (tmp_path / "worker.log").read_text()
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.mark.timeout(90)
@pytest.mark.usefixtures("worker")
def test_mail_of_a_step_and_of_its_result_are_sent_by_the_worker_that_executed_it(bench, mail_server, outbox):
    """Runner L, X-150; steps.json, library mail: the outcome is written to the step."""
    sentence = 'Send an email notification with subject "half way" and message "$feature_name" with recipients "{}"'
    accepted = bench.accept(
        bench.feature(
            sentence.format('{"to": "step@example.org"}'), feature_name="Buy", send_mail=True,
            email_address=["qa@example.org"],
        )
    )  # fmt: skip
    eventually(lambda: [row.state for row in outbox()] == ["sent", "sent"], 30, "the delivery")
    subjects = {mail["To"]: mail["Subject"] for _, mail in mail_server.mails()}
    assert subjects == {"step@example.org": "half way", "qa@example.org": "Buy: Success"}
    (step,) = bench.steps(accepted.result_ids[0])
    assert step.notes["content"] == "Taken by the mail server for step@example.org."
