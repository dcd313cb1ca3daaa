"""A runner process from plan to end, without a browser."""

import os
import re
import time

import pytest


def test_the_events_of_a_run_come_in_order_and_without_gaps(runners, maker):
    """X-039; runner B.3."""
    ended = runners.run([maker.step("Pass"), maker.step('Say "{text}"', text="hello")])
    assert [event["n"] for event in ended.events] == list(range(1, len(ended.events) + 1))
    assert [event["type"] for event in ended.events if event["type"] != "heartbeat"] == [
        "hello",
        "started",
        "step_begin",
        "step_end",
        "step_begin",
        "step_detail",
        "step_end",
        "finished",
    ]
    hello, started = ended.events[:2]
    assert hello["libraries"] == ["sample"]
    assert hello["behave"].startswith("1.3")
    assert started["session_id"] is None
    assert ended.finished["outcome"] == "completed"
    assert ended.finished["counts"] == {"ok": 2, "fails": 0, "skipped": 0}
    assert ended.status == 0


def test_a_new_process_does_what_a_forked_one_does(runners, cold_runners, maker):
    """X-053."""
    report = "Report environment and files"
    tree = [maker.step("Pass"), maker.step("Fail", continue_on_failure=True), maker.step(report)]
    forked, cold = runners.run(tree), cold_runners.run(tree)
    assert forked.rows() == cold.rows() == ["0 Success", "1 Failed", "2 Success"]
    own = r"pipe:\[\d+\]|/tmp/cr\w+/\w+|/proc/\d+/fd"
    same = [[re.sub(own, "", text) for text in ended.details() if "args" not in text] for ended in (forked, cold)]
    assert same[0] == same[1]


@pytest.mark.parametrize("launcher", ["runners", "cold_runners"])
def test_the_runner_is_given_only_what_the_contract_lists(request, monkeypatch, maker, launcher):
    """X-036."""
    monkeypatch.setenv("COMETA_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    ended = request.getfixturevalue(launcher).run([maker.step("Report environment and files")])
    details = ended.details()
    names = {text[4:].partition("=")[0] for text in details if text.startswith("env ")}
    assert names <= {"PATH", "LANG", "TZ", "HOME", "TMPDIR", "COMETA_ATTEMPT", "PYTHONPATH", "SE_OFFLINE", "LC_CTYPE"}
    assert f"env HOME={ended.workdir}" in details
    assert f"env TMPDIR={ended.workdir}/tmp" in details
    assert f"env COMETA_ATTEMPT=31:2:{os.getpid()}" in details
    files = [text for text in details if text.startswith("fd ")]
    assert [text[:5] for text in files if "pipe:" in text] == ["fd 0=", "fd 1=", "fd 2=", "fd 3="]
    assert all("pipe:" in text or "/proc/" in text for text in files), files
    assert not any("secret" in text for text in details)
    assert "group True session True" in details


def test_the_plan_is_never_written_to_disk(runners, maker):
    """X-037."""
    ended = runners.run([maker.step('Say "{text}"', text="canary-value")], secrets=["canary-secret"])
    written = [path for path in ended.workdir.rglob("*") if path.is_file()]
    assert written == []


def test_a_plan_of_an_unknown_version_ends_with_exit_code_3(runners):
    """X-038."""
    ended = runners.run([], v=2)
    assert ended.status == 3
    assert ended.events == []
    assert "protocol version 2" in ended.log


def test_a_plan_that_is_no_json_ends_with_exit_code_3(runners, zygotes):
    live = runners.start([])
    live.end()
    process = zygotes.start("31:3", runners._folder)
    process._control.write(b"rubbish\n")
    assert process.wait(10) == 3
    process.close_control()
    process.events.close()
    process.log.close()


def test_a_library_that_cannot_be_imported_is_named_in_the_log(runners):
    """runner M: a step library raises on import."""
    ended = runners.run([], libraries=[{"name": "ghosts", "module": "no_such_module"}])
    assert ended.status == 4
    assert "The step library ghosts (no_such_module) cannot be imported" in ended.log


def test_a_failure_skips_the_rest_unless_the_step_says_to_go_on(runners, maker):
    """X-074 for any failure; runner C.5."""
    tree = [maker.step("Fail", continue_on_failure=True), maker.step("Fail"), maker.step("Pass"), maker.step("Pass")]
    ended = runners.run(tree)
    assert ended.rows() == ["0 Failed", "1 Failed", "2 after_failure", "3 after_failure"]
    assert ended.finished["counts"] == {"ok": 0, "fails": 2, "skipped": 2}
    assert ended.finished["outcome"] == "completed"


def test_an_error_says_what_was_wanted_found_tried_and_waited_for(runners, maker):
    """X-081."""
    error = runners.run([maker.step("Fail")]).error
    assert error == {
        "code": "assertion",
        "message": "Expected a duck, found a goose.\nTried: looking. Waited 1.5 s.\nCode: assertion",
        "expected": "a duck",
        "found": "a goose",
        "tried": ["looking"],
        "waited_ms": 1500,
    }


def test_a_stack_trace_goes_to_the_log_and_not_to_testers(runners, maker):
    """runner D.5."""
    ended = runners.run([maker.step("Crash")])
    assert ended.error["code"] == "internal"
    assert ended.error["message"] == "The step is broken: ZeroDivisionError: division by zero\nCode: internal"
    assert "Traceback" in ended.log
    assert "sample_steps.py" in ended.log


def test_a_step_cannot_end_the_process(runners, maker):
    ended = runners.run([maker.step("Leave the process", continue_on_failure=True), maker.step("Pass")])
    assert ended.rows() == ["0 Failed", "1 Success"]
    assert ended.status == 0


@pytest.mark.parametrize("code", ["undefined", "ambiguous"])
def test_a_step_without_a_pattern_fails_with_near_sentences(runners, maker, code):
    """X-080."""
    tree = [
        maker.step("I dance", problem={"code": code, "near": ["I can {x}", "I click"]}, continue_on_failure=True),
        maker.step("Pass"),
    ]
    ended = runners.run(tree)
    assert ended.rows() == ["0 Failed", "1 Success"]
    assert ended.error["code"] == code
    assert "'I dance'" in ended.error["message"]
    assert "I can {x}; I click" in ended.error["message"]


def test_a_pattern_that_no_library_of_the_plan_knows_is_undefined(runners, maker):
    assert runners.run([maker.step("A sentence of another release")]).error["code"] == "undefined"


def test_values_reach_the_step_unchanged_but_expanded(runners, maker):
    """X-056, X-112."""
    text = 'a "quoted" value\nin two lines ñ漢 $shop'
    variables = [{"name": "shop", "value": "https://qa.example", "scope": "environment", "secret": False}]
    ended = runners.run([maker.step('Say "{text}"', text=text)], variables=variables)
    expanded = text.replace("$shop", "https://qa.example")
    assert ended.details() == [expanded]
    assert ended.of("step_end")[0]["values"] == {"text": expanded}


def test_a_variable_set_by_a_step_is_reported_and_seen_by_the_next_one(runners, maker):
    """runner G.3."""
    keep = 'Keep "{value}" as "{name}" in "{scope}"'
    tree = [
        maker.step(keep, value="7", name="answer", scope="environment"),
        maker.step(keep, value="hidden", name="secret_word", scope="run"),
        maker.step('Say "{text}"', text="$answer"),
    ]
    ended = runners.run(tree)
    fields = [{key: event[key] for key in ("name", "value", "scope", "secret")} for event in ended.of("variable_set")]
    assert fields == [
        {"name": "answer", "value": "7", "scope": "environment", "secret": False},
        {"name": "secret_word", "value": "hidden", "scope": "run", "secret": True},
    ]
    assert ended.details() == ["7"]
    first = next(event for event in ended.events if "hidden" in str(event) and event["type"] != "step_end")
    assert first["type"] == "secret"


def test_a_value_that_cannot_be_sent_fails_its_step(runners, maker):
    keep = maker.step('Keep "{value}" as "{name}" in "{scope}"', value="x" * 200_000, name="big", scope="run")
    ended = runners.run([keep])
    assert ended.error["code"] == "limit"
    assert ended.status == 0


def test_warnings_and_notes_never_change_the_status(runners, maker):
    """steps section 8."""
    end = runners.run([maker.step('Warn "{text}"', text="careful")]).of("step_end")[0]
    assert end["status"] == "Success"
    assert end["warnings"] == ["careful"]
    assert end["notes"] == {"title": "Title", "content": "careful"}


def test_an_unknown_name_that_resembles_a_known_one_warns(runners, maker):
    """runner G.1."""
    variables = [{"name": "customer", "value": "Ann", "scope": "run", "secret": False}]
    end = runners.run([maker.step('Say "{text}"', text="$custoner")], variables=variables).of("step_end")[0]
    assert end["warnings"] == ["There is no $custoner; a similar name is $customer."]


def test_a_file_is_attached_and_one_outside_the_folder_refused(runners, maker):
    """X-130."""
    tree = [
        maker.step('Write "{name}" to the downloads', name="a.txt"),
        maker.step('Attach "{path}"', path="/etc/passwd", continue_on_failure=True),
        maker.step('Attach "{path}"', path="../../../etc/passwd"),
    ]
    ended = runners.run(tree)
    assert ended.rows() == ["0 Success", "1 Failed", "2 Failed"]
    [event] = ended.of("file")
    assert (ended.workdir / "artifacts" / event["file"]).read_text() == "content"
    assert event["mime"] == "text/plain"
    assert ended.of("step_end")[0]["files"] == ["a.txt"]
    assert ended.error["code"] == "file"


def test_a_time_out_fails_the_step_and_respects_continue_on_failure(runners, maker):
    """X-074."""
    wait = maker.step("Wait for something that never comes", timeout=1, continue_on_failure=True)
    ended = runners.run([wait, maker.step("Pass")])
    assert ended.rows() == ["0 Failed", "1 Success"]
    assert ended.error["code"] == "timeout"
    assert 900 < ended.of("step_end")[0]["duration_ms"] < 1600


def test_a_sentence_that_waits_raises_its_own_time_out(runners, maker):
    """X-075, with shorter times."""
    ended = runners.run([maker.step('Sleep "{seconds}" seconds', seconds="1.3", timeout=1)])
    assert ended.of("step_begin")[0]["deadline_ms"] == 6300
    assert ended.rows() == ["0 Success"]


def test_a_cancel_ends_a_long_sleep_at_once(runners, maker):
    """X-018."""
    tree = [maker.step('Sleep "{seconds}" seconds', seconds="60", continue_on_failure=True), maker.step("Pass")]
    live = runners.start(tree)
    live.until("step_begin")
    begin = time.monotonic()
    live.process.send({"type": "cancel", "by": "ann"})
    ended = live.end()
    assert time.monotonic() - begin < 2
    assert ended.rows() == ["0 Skipped", "1 cancelled"]
    assert ended.finished["outcome"] == "cancelled"
    assert ended.finished["counts"] == {"ok": 0, "fails": 0, "skipped": 2}
    assert ended.status == 0


def test_a_cancel_before_the_first_step_executes_nothing(runners, maker):
    live = runners.start([maker.step('Ignore the time for "{seconds}" seconds', seconds="0.5"), maker.step("Pass")])
    live.process.send({"type": "cancel", "by": "ann"})
    ended = live.end()
    assert ended.finished["outcome"] == "cancelled"
    assert ended.rows()[-1] == "1 cancelled"


def test_a_step_that_ignores_its_deadline_is_left_to_the_worker(runners, maker):
    """X-041: the runner itself interrupts nothing."""
    live = runners.start([maker.step('Ignore the time for "{seconds}" seconds', seconds="2.5", timeout=1)])
    live.until("step_begin")
    assert live.until("heartbeat")["rss_mb"] > 5
    assert live.end().rows() == ["0 Success"]


def test_the_end_of_the_control_pipe_ends_a_hanging_runner(runners, maker):
    """X-040."""
    live = runners.start([maker.step('Ignore the time for "{seconds}" seconds', seconds="60")])
    live.until("step_begin")
    begin = time.monotonic()
    live.process.close_control()
    assert live.process.wait(10) == -9
    assert time.monotonic() - begin < 5


def test_the_end_of_the_control_pipe_ends_a_polling_runner_in_order(runners, maker):
    """X-040."""
    live = runners.start([maker.step('Sleep "{seconds}" seconds', seconds="60"), maker.step("Pass")])
    live.until("step_begin")
    live.process.close_control()
    ended = live.end()
    assert ended.finished["outcome"] == "aborted"
    assert ended.finished["reason"] == "worker_lost"
    assert ended.status == 0


def test_the_time_zone_of_the_browser_is_that_of_the_process(cold_runners, maker, local_browser):
    browser = {**local_browser, "kind": "remote"}
    ended = cold_runners.run([maker.step("Report environment and files")], browser=browser)
    assert ended.finished["outcome"] == "aborted"
    assert ended.finished["reason"] == "no_browser"
    assert "found remote chrome" in ended.finished["message"]
    assert ended.rows() == ["0 after_failure"]


def test_steps_that_use_no_browser_need_none(runners, maker):
    ended = runners.run([maker.step('Title is "{title}"', title="x"), maker.step("Pass")])
    assert ended.error["code"] == "browser-lost"
    assert "no browser is open" in ended.error["message"]
    assert ended.finished["outcome"] == "completed"
