"""Whatever becomes of a runner, its attempt ends with one verdict, complete sums and nothing left behind."""

import os
import signal
import threading
import time
from pathlib import Path

import psutil
from waiting import eventually

from cometa_executions.api import Parameter, Result
from cometa_executions.services.cancel import cancel_result
from cometa_executions.services.reading import visible_result
from cometa_worker.attempt import Attempt
from cometa_worker.cleanup import marked_processes
from cometa_worker.launch import ColdLauncher
from cometa_worker.preparation import mark_of, work_folder

LONG = 'Sleep "60" seconds'


def verdict(result):
    return result.state, result.reason


def check_sums(tried, total):
    """X-071, R-193."""
    result = tried.result
    assert result.total == result.ok + result.fails + result.skipped == total == len(tried.steps)
    kinds = [event.type for event in tried.bench.events(tried.run_id)]
    assert (kinds.count("result.finished"), kinds.count("run.completed"), kinds[-1]) == (1, 1, "run.completed")


def check_aftermath(tried):
    """runner B.6: no process and no folder of the attempt is left."""
    own = mark_of(tried.bench.runtime, tried.result_id, 1)
    assert [process for process, mark in marked_processes() if mark == own] == []
    assert list(work_folder(tried.bench.runtime).iterdir()) == []


def began(tried, count=1):
    """Wait until so many steps have begun."""
    eventually(lambda: len(tried.steps) >= count, 10, f"the begin of step {count}")


def runner_of(tried):
    return psutil.Process(eventually(lambda: tried.result.pid, 10, "the runner"))


def test_a_feature_whose_steps_pass_ends_as_success(attempt):
    """runner A.1, X-071."""
    tried = attempt("Pass", "Pass", "Pass")
    result = tried.end()
    assert (verdict(result), result.ok, result.attempt) == (("Success", ""), 3, 1)
    assert tried.statuses == ["Success"] * 3
    assert result.started_at is not None
    check_sums(tried, 3)
    check_aftermath(tried)


def test_a_failed_step_skips_the_rest(attempt):
    """R-099."""
    tried = attempt("Pass", "Fail", "Pass")
    assert verdict(tried.end()) == ("Failed", "")
    assert tried.statuses == ["Success", "Failed", "Skipped"]
    assert "Expected a duck" in tried.steps[1].error
    check_sums(tried, 3)


def test_events_are_stored_in_the_order_of_the_contract(attempt):
    """R-192, X-143."""
    tried = attempt("Pass", "Fail")
    tried.end()
    events = tried.bench.events(tried.run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.type for event in events if event.type != "step.detail"] == [
        "result.queued", "result.initializing", "result.started", "step.begin", "step.end", "step.begin", "step.end",
        "result.finished", "run.completed",
    ]  # fmt: skip
    ends = [event.data for event in events if event.type == "step.end"]
    assert [data["counts"] for data in ends] == [
        {"Success": 1, "Failed": 0, "Skipped": 0},
        {"Success": 1, "Failed": 1, "Skipped": 0},
    ]


def test_a_killed_runner_ends_as_runner_died(attempt):
    """runner M: within 5 s; the running step is Failed, the rest skipped, the log kept."""
    tried = attempt('Print "hello"', LONG, "Pass")
    began(tried, 2)
    begin = time.monotonic()
    os.kill(runner_of(tried).pid, signal.SIGKILL)
    result = tried.end()
    assert time.monotonic() - begin < 5
    assert verdict(result) == ("Error", "runner_died")
    assert tried.statuses == ["Success", "Failed", "Skipped"]
    assert "hello" in tried.log
    check_sums(tried, 3)
    check_aftermath(tried)


def test_a_runner_that_dies_by_itself_ends_as_runner_died(attempt):
    """runner B.3: ending without finished is runner_died."""
    tried = attempt("Pass", "Die", "Pass")
    assert verdict(tried.end()) == ("Error", "runner_died")
    check_sums(tried, 3)


def test_a_plan_of_another_protocol_version_ends_as_protocol(attempt, monkeypatch):
    """X-038."""
    monkeypatch.setattr("cometa_worker.preparation.PROTOCOL_VERSION", 99)
    tried = attempt("Pass")
    assert verdict(tried.end()) == ("Error", "protocol")
    assert tried.statuses == ["Skipped"]
    check_sums(tried, 1)
    check_aftermath(tried)


def test_a_few_lines_that_nobody_can_read_are_kept_in_the_log(attempt):
    """runner B.4."""
    tried = attempt('Send "3" unreadable lines', "Pass")
    assert verdict(tried.end()) == ("Success", "")
    assert tried.log.count("this is no event") == 3


def test_more_than_a_hundred_of_them_end_the_attempt(attempt):
    """runner B.4: ended with protocol."""
    tried = attempt('Send "101" unreadable lines', LONG, "Pass")
    assert verdict(tried.end()) == ("Error", "protocol")
    assert tried.log.count("this is no event") == 101
    check_sums(tried, 3)
    check_aftermath(tried)


def test_events_that_lack_what_their_type_needs_are_kept_in_the_log(attempt):
    """runner B.4: the attempt goes on, nothing of them is stored."""
    tried = attempt("Pass", "Send events without their fields", "Pass")
    assert verdict(tried.end()) == ("Success", "")
    assert tried.statuses == ["Success"] * 3
    assert "cannot be used" in tried.log
    check_sums(tried, 3)


def test_a_gap_in_the_numbers_of_events_is_logged(attempt):
    """X-039."""
    tried = attempt("Leave out event numbers", "Pass")
    assert verdict(tried.end()) == ("Success", "")
    assert "Event 999 follows event" in tried.log


def test_a_usual_run_has_no_gap(attempt):
    """X-039."""
    tried = attempt("Pass", 'Say "a"', "Fail")
    tried.end()
    assert "follows event" not in tried.log


def test_a_cancel_ends_within_ten_seconds_with_the_rest_skipped(attempt):
    """X-018, R-185."""
    tried = attempt("Pass", LONG, "Pass")
    began(tried, 2)
    begin = time.monotonic()
    with tried.bench.runtime.unit_of_work(tried.bench.member) as scope:
        cancel_result(scope, visible_result(scope, tried.result_id))
    result = tried.end()
    assert time.monotonic() - begin < 10
    assert (verdict(result), result.status_reason) == (("Canceled", "cancelled"), "Canceled by ada.")
    assert tried.statuses[0] == "Success"
    assert tried.statuses[2] == "Skipped"
    check_sums(tried, 3)
    check_aftermath(tried)


def test_a_cancel_of_a_step_that_does_not_listen_ends_by_force(attempt_with):
    """X-019."""
    bench, attempt = attempt_with(cometa__limit__cancel_grace_seconds="0.5")
    tried = attempt('Ignore the time for "60" seconds', "Pass")
    began(tried)
    with bench.runtime.unit_of_work(bench.member) as scope:
        cancel_result(scope, visible_result(scope, tried.result_id))
    result = tried.end(10)
    assert (verdict(result), result.status_reason) == (("Canceled", "cancelled"), "Canceled by ada.")
    assert tried.statuses == ["Skipped", "Skipped"]
    check_sums(tried, 2)
    check_aftermath(tried)


def test_a_step_that_ignores_its_deadline_is_killed(attempt_with):
    """X-041: row Failed, result Timeout."""
    _bench, attempt = attempt_with(cometa__limit__step_grace_seconds="0.5")
    tried = attempt({"step_content": 'Ignore the time for "60" seconds', "timeout": 1}, "Pass")
    assert verdict(tried.end()) == ("Timeout", "step_limit")
    assert [(step.status, step.error_code) for step in tried.steps] == [("Failed", "timeout"), ("Skipped", "")]
    check_sums(tried, 2)
    check_aftermath(tried)


def test_a_feature_of_many_short_steps_ends_at_its_limit(attempt_with):
    """X-042, R-066."""
    _bench, attempt = attempt_with(cometa__limit__feature_seconds="1")
    tried = attempt(*['Sleep "0.3" seconds'] * 10)
    result = tried.end()
    assert verdict(result) == ("Timeout", "feature_limit")
    assert "cometa.limit.feature_seconds" in result.status_reason or "1 second" in result.status_reason
    check_sums(tried, 10)


def test_a_stopped_runner_ends_by_the_idle_limit(attempt_with):
    """X-043."""
    _bench, attempt = attempt_with(cometa__limit__idle_seconds="2.5")
    tried = attempt(LONG, "Pass")
    began(tried)
    runner_of(tried).suspend()
    assert verdict(tried.end()) == ("Timeout", "idle_limit")
    check_sums(tried, 2)
    check_aftermath(tried)


def test_heartbeats_keep_a_quiet_runner_from_the_idle_limit(attempt_with):
    """X-043, X-075: a step may be silent as long as its runner lives."""
    _bench, attempt = attempt_with(cometa__limit__idle_seconds="2.5")
    tried = attempt('Sleep "4" seconds')
    assert verdict(tried.end()) == ("Success", "")


def test_a_browser_that_does_not_open_ends_as_no_browser(bench, without_browser):
    """X-127, runner H.5: with the message of driver or browser."""
    bench.accept(bench.feature("Pass", "Pass"))
    claim = bench.claim()
    Attempt(bench.runtime, without_browser.with_browser, claim, threading.Event()).execute()
    result = bench.result(claim.lease.result_id)
    assert verdict(result) == ("Error", "no_browser")
    assert "chromedriver unexpectedly exited" in result.status_reason
    assert (result.total, result.skipped) == (2, 2)


def test_a_browser_that_this_machine_has_not_ends_as_no_browser(attempt):
    """runner A.3: Initializing to Error."""
    tried = attempt("Pass", browsers=[{"browser": "firefox"}])
    result = tried.end()
    assert verdict(result) == ("Error", "no_browser")
    assert "firefox" in result.status_reason
    check_sums(tried, 1)
    check_aftermath(tried)


def test_a_runner_that_cannot_be_started_ends_as_runner_died(attempt, monkeypatch, without_browser):
    """runner A.3."""

    def refuse(*_arguments):
        raise OSError("no more processes")

    monkeypatch.setattr(without_browser, "start", refuse)
    tried = attempt("Pass")
    result = tried.end()
    assert verdict(result) == ("Error", "runner_died")
    assert "no more processes" in result.status_reason
    check_sums(tried, 1)


def test_a_store_that_takes_no_file_ends_as_store_failed(attempt):
    """runner M: artifact disk full."""
    tried = attempt('Sleep "0.5" seconds', 'Write "a.txt" to the downloads', LONG)
    root = Path(tried.bench.runtime.artifacts.root)
    root.rmdir() if root.is_dir() else root.parent.mkdir(exist_ok=True)
    root.write_text("a file where a folder should be")
    result = tried.end()
    assert verdict(result) == ("Error", "store_failed")
    assert tried.statuses[0] == "Success"
    check_sums(tried, 3)
    check_aftermath(tried)


def test_characters_that_no_database_stores_are_replaced(attempt):
    """Texts of steps and logs may hold anything; a result must end all the same."""
    tried = attempt("Say and print characters that no database stores", "Pass")
    assert verdict(tried.end()) == ("Failed", "")
    everything = tried.steps[0].error + tried.log + str([event.data for event in tried.bench.events(tried.run_id)])
    assert "\x00" not in everything
    assert "\\x00" not in everything
    assert "after" in tried.log
    check_sums(tried, 2)


def test_an_endless_line_is_cut_and_what_follows_is_kept(attempt):
    """X-131: memory stays bounded."""
    tried = attempt('Print "5" MB in one line', 'Print "still here"')
    assert verdict(tried.end()) == ("Success", "")
    assert "still here" in tried.log
    assert "bytes left out" in tried.log
    assert len(tried.log) < 2_200_000


def test_a_lease_lost_in_the_middle_ends_the_runner_and_writes_nothing_more(attempt):
    """X-025, X-026."""
    tried = attempt("Pass", LONG, "Pass")
    began(tried, 2)
    runner = runner_of(tried)
    tried.bench.change(Result, tried.result_id, fence=99)
    before = (tried.result.beat, tried.statuses, len(tried.bench.events(tried.run_id)))
    result = tried.end()
    assert (verdict(result), result.fence) == (("Running", ""), 99)
    assert (result.beat, tried.statuses, len(tried.bench.events(tried.run_id))) == before
    assert not runner.is_running()
    check_aftermath(tried)


def test_a_worker_that_must_hurry_treats_a_running_result_as_lost(attempt):
    """X-021, runner A.7."""
    tried = attempt("Pass", LONG, "Pass")
    began(tried, 2)
    tried.hurry.set()
    assert verdict(tried.end()) == ("Error", "worker_lost")
    assert tried.statuses == ["Success", "Failed", "Skipped"]
    check_sums(tried, 3)
    check_aftermath(tried)


def test_a_worker_that_must_hurry_queues_again_what_has_not_begun(bench):
    """X-021, X-031: the browser is still being opened."""
    bench.accept(bench.feature("Pass"))
    claim = bench.claim()
    hurry = threading.Event()
    hurry.set()
    Attempt(bench.runtime, ColdLauncher(), claim, hurry).execute()
    result = bench.result(claim.lease.result_id)
    assert (verdict(result), result.requeues) == (("Queued", ""), 1)


def test_files_of_steps_are_stored_and_those_outside_of_the_folder_are_not(attempt):
    """X-130, runner I.3."""
    tried = attempt('Write "a.txt" to the downloads', 'Attach "/etc/passwd"')
    tried.end()
    with tried.bench.runtime.unit_of_work(tried.bench.member) as scope:
        files = scope.runtime.artifacts.root.rglob("*")
        contents = [path.read_bytes() for path in files if path.is_file()]
    assert b"content" in contents
    assert not any(content.startswith(b"root:") for content in contents)


SECRET = "correct horse battery"


def test_secrets_are_masked_in_everything_that_is_stored(attempt):
    """X-118: errors, details, warnings, notes, events and log; the plan is sealed."""
    parameters = [Parameter("password", SECRET, secret=True)]
    tried = attempt('Print "$password"', 'Fail because of "$password"', order={"parameters": parameters})
    assert verdict(tried.end()) == ("Failed", "")
    failed = tried.steps[1]
    assert "[MASKED]" in failed.error
    assert failed.step_name == 'Fail because of "$password"'
    assert "[MASKED]" in tried.log
    check_canary(tried, SECRET)


def test_a_value_that_a_step_calls_secret_is_masked_from_then_on(attempt):
    """X-118."""
    parameters = [Parameter("first", SECRET.split(maxsplit=1)[0])]
    whole = f'"$first {SECRET.partition(" ")[2]}"'
    tried = attempt(
        f'Keep {whole} as "secret_x" in "run"', 'Print "$secret_x"', 'Fail because of "$secret_x"',
        order={"parameters": parameters},
    )  # fmt: skip
    tried.end()
    assert tried.statuses == ["Success", "Success", "Failed"]
    assert "[MASKED]" in tried.log
    assert "[MASKED]" in tried.steps[2].error
    check_canary(tried, SECRET)


def check_canary(tried, secret):
    """Look for a secret in every byte of database, log and files."""
    tried.bench.runtime.engine.dispose()
    data = Path(tried.bench.settings["cometa.data"])
    hits = [str(path) for path in data.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert hits == []
