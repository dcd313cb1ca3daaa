"""The messages between worker and runner."""

import subprocess
import sys

import pytest

from cometa_runner.protocol import ProtocolError, decode, encode, encode_within, read_plan

PLAN = {"v": 1, "type": "plan", "feature": {"id": 1}, "tree": [], "workdir": "/w", "libraries": []}


def test_a_message_is_one_line_whatever_it_holds():
    """X-056."""
    message = {"text": 'line\nbreak "quoted" ñ 漢 \u2028'}
    line = encode(message)
    assert line.count(b"\n") == 1
    assert decode(line) == message


def test_half_a_surrogate_pair_does_not_break_a_message():
    assert decode(encode({"text": "\ud83d"})) == {"text": "?"}


def test_long_texts_are_cut_until_the_line_fits_and_say_so():
    line = encode_within({"type": "log", "text": "x" * 200_000, "tried": ["y" * 200_000]}, 10_000)
    assert len(line) <= 10_000
    assert "196,000 more characters" in decode(line)["text"]


def test_a_line_that_cannot_be_shortened_is_refused():
    with pytest.raises(ProtocolError, match="allowed are 100"):
        encode_within({"type": "console", "entries": list(range(1000))}, 100)


@pytest.mark.parametrize("line", [b"", b"[]", b"{", b"\xff\n"])
def test_what_is_not_an_object_is_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_a_plan_without_browser_and_with_unknown_keys_is_read():
    plan = read_plan(encode({**PLAN, "surprise": 1}))
    assert plan["browser"] is None


@pytest.mark.parametrize("change", [{"v": 2}, {"v": None}, {"type": "tick"}, {"tree": None}, {"workdir": 1}])
def test_a_plan_of_another_version_or_shape_is_refused(change):
    """X-038."""
    with pytest.raises(ProtocolError):
        read_plan(encode({**PLAN, **change}))


def test_the_protocol_loads_nothing_heavy():
    code = "import sys, cometa_runner.protocol as p; print({'selenium', 'behave', 'psutil'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"
