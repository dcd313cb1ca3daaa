"""What a run says and logs is kept with time and step, masked, and within limits."""

import io
import json
import re
import resource
from datetime import UTC, datetime

import pytest

from cometa_executions.api import Parameter
from cometa_worker.attempt_evidence import AttemptEvidence
from cometa_worker.evidence_files import CONSOLE_ENTRIES
from cometa_worker.masked_files import is_text
from cometa_worker.reading import blocks_of

SECRET = "correct horse battery"
MOMENT = datetime(2026, 1, 31, 8, 10, 2, 125000, UTC)


@pytest.fixture
def evidence():
    """The evidence of an attempt with one secret and 100 kB for each kind."""
    made = AttemptEvidence(100_000, lambda: MOMENT)
    made.know((SECRET,))
    yield made
    made.close()


@pytest.fixture
def stored(evidence):
    """Give a function that stores the evidence and returns content by role."""

    def store():
        contents = []

        def put(stream):
            contents.append(stream.read())
            return "0" * 64, len(contents[-1])

        reports = evidence.store(put)
        return {report.values["role"]: content for report, content in zip(reports, contents, strict=True)}

    return store


def entry(text, level="info"):
    return {"level": level, "text": text, "url": None, "line": None, "at": None}


def exchange(path, status=200):
    return {"request": {"url": path}, "response": {"status": status}}


def test_lines_of_the_log_have_time_and_step_and_no_secrets(evidence):
    """runner I.1, X-118."""
    evidence.log("INFO before")
    evidence.begin_step(3)
    evidence.log(f"INFO typed {SECRET}\nWARNING slow\n")
    assert evidence.log_tail().splitlines() == [
        "08:10:02.125 [-] INFO before",
        "08:10:02.125 [3] INFO typed [MASKED]",
        "08:10:02.125 [3] WARNING slow",
    ]


def test_a_secret_of_two_lines_is_masked_in_the_log(evidence):
    evidence.know(("first line\nsecond line",))
    evidence.log("said first line\nsecond line")
    assert "line" not in evidence.log_tail()


def test_of_short_secrets_the_log_says_that_they_are_masked_as_whole_values_alone(evidence):
    """runner G.5, X-120."""
    evidence.know(("abc",))
    evidence.log("abc\nabcde")
    lines = [line.partition("] ")[2] for line in evidence.log_tail().splitlines()]
    assert lines[0].startswith("WARNING A secret has fewer than 4 characters")
    assert lines[1:] == ["[MASKED]", "abcde"]


def test_a_line_that_came_before_the_announcement_of_its_secret_is_masked(evidence, stored):
    """X-118, X-121: log and events come through pipes of their own."""
    evidence.log("typed the code 493021")
    evidence.redactor.event({"n": 1, "type": "secret", "value": "493021"})
    assert stored()["log"].endswith(b"typed the code [MASKED]\n")
    assert evidence.log_tail().endswith("typed the code [MASKED]\n")


def test_the_console_is_one_entry_a_line_and_counted_by_step(evidence, stored):
    """runner I.1."""
    evidence.add_console({"seq": 1, "entries": [entry("a", "error"), entry("b", "warning"), entry("c")]})
    evidence.add_console({"seq": 2, "entries": [entry("d")], "left_out": 5})
    lines = [json.loads(line) for line in stored()["console"].splitlines()]
    assert [(line["seq"], line["text"]) for line in lines] == [(1, "a"), (1, "b"), (1, "c"), (2, "d")]
    assert evidence.counts(1) == {"console": {"entries": 3, "errors": 1, "warnings": 1}}
    assert evidence.counts(2) == {"console": {"entries": 6, "left_out": 5}}
    assert evidence.counts(3) == {}


def test_of_a_talkative_step_a_thousand_entries_are_kept_and_the_rest_is_counted(evidence, stored):
    """runner I.1."""
    for _ in range(12):
        evidence.add_console({"seq": 1, "entries": [entry("x")] * 100})
    assert len(stored()["console"].splitlines()) == CONSOLE_ENTRIES
    assert evidence.counts(1)["console"] == {"entries": 1200, "left_out": 200}


def test_the_network_is_a_har_and_says_what_is_left_out(evidence, stored):
    """runner I.1, B.5."""
    evidence.know_browser({"family": "chrome", "version": "134.0", "features": {"network": True}})
    evidence.add_network({"seq": 1, "entries": [exchange("/a"), exchange("/b", 404), exchange("/c", 0)]})
    evidence.add_network({"seq": 2, "entries": [exchange("/" + "x" * 200_000)], "left_out": 2})
    har = json.loads(stored()["network"])["log"]
    assert (har["version"], har["browser"]) == ("1.2", {"name": "chrome", "version": "134.0"})
    assert [each["request"]["url"] for each in har["entries"]] == ["/a", "/b", "/c"]
    assert har["comment"].startswith("1 exchanges are left out")
    assert evidence.counts(1) == {"network": {"exchanges": 3, "failed": 2}}
    assert evidence.counts(2)["network"]["left_out"] == 3


def test_what_was_not_recorded_is_no_file(stored):
    """runner I.1: not available is no empty list."""
    assert set(stored()) == {"log"}


@pytest.mark.parametrize(
    ("name", "content", "mime", "expected"),
    [
        ("a.csv", b"\xe4;1", "text/csv", True), ("a", b"plain", None, True), ("a.json", b"{}", None, True),
        ("a", "wide".encode("utf-16"), None, True), ("a.png", b"\x89PNG\r\n\0", "image/png", False),
        ("a.xlsx", b"PK\x03\x04\0\0", None, False), ("a.svg", b"<svg/>", "image/svg+xml", True),
    ],
)  # fmt: skip
def test_text_files_are_told_from_others(tmp_path, name, content, mime, expected):
    """runner G.5: only text can be masked."""
    path = tmp_path / name
    path.write_bytes(content)
    assert is_text(path, mime) is expected


def test_a_stored_copy_is_masked_and_the_file_of_the_step_stays(evidence, tmp_path):
    """X-118: a later step may read what was downloaded."""
    path, contents = tmp_path / "orders.csv", []
    path.write_text(f"1;{SECRET}\n")

    def store(copy):
        contents.append(copy.read_text())
        return "0" * 64, 1

    evidence.store_file(path, "text/csv", store, tmp_path)
    assert contents == ["1;[MASKED]\n"]
    assert path.read_text() == f"1;{SECRET}\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_lines_are_never_given_in_parts(piece):
    """X-119."""

    class Pieces(io.BytesIO):
        def read1(self, size=-1):
            return super().read1(piece)

    blocks = list(blocks_of(Pieces(b"one\ntwo\n\nthree")))
    assert b"".join(blocks) == b"one\ntwo\n\nthree"
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_a_secret_that_was_printed_in_two_writes_is_masked(attempt):
    """X-119: with a real runner."""
    parameters = [Parameter("secret", SECRET, secret=True)]
    tried = attempt('Print "$secret" in two writes', order={"parameters": parameters})
    tried.end()
    assert re.search(r"begin \[MASKED\] end", tried.log)
    assert "correct" not in tried.log


def test_a_hundred_megabytes_of_output_are_cut_with_a_marker_in_bounded_memory(attempt_with):
    """X-131."""
    _, attempt = attempt_with(cometa__limit__log_mb="2")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parameters = [Parameter("secret", SECRET, secret=True)]
    tried = attempt('Print "100" MB in lines', "Pass", order={"parameters": parameters})
    assert tried.end(60).state == "Success"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    log = tried.log
    # Each line has also got a time and a step.
    assert int(re.search(r"\.\.\. (\d+) bytes left out \.\.\.", log)[1]) > 98_000_000
    assert "the last line" in log
    assert len(log) < 2.1 * (1 << 20)
