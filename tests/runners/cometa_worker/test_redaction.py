"""Secrets are masked in every form in which they may leave a runner."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cometa_core.security.redaction import MASK, Redactor
from cometa_worker.redaction import EventRedactor

SECRET = "p@ss/wörd \"<&>' 1?"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
    ids=["raw", "url", "url-lower", "plus", "json", "json-utf8", "html", "base64", "base64url"],
)
def test_each_encoding_is_masked(form):
    """X-118."""
    masked = Redactor([SECRET]).text(f"before {form} after")
    assert masked.startswith("before ")
    assert MASK in masked
    assert form not in masked


@pytest.mark.parametrize("lead", [b"", b"a", b"ab"])
def test_base64_is_found_at_every_alignment(lead):
    """X-118."""
    secret = "correct horse battery"
    text = base64.b64encode(lead + secret.encode() + b"-tail").decode()
    masked = Redactor([secret]).text(text)
    assert MASK in masked
    # What is left are the neighbours and at most two characters at each end, which mix both.
    assert len(masked.replace(MASK, "")) <= len(base64.b64encode(lead + b"-tail")) + 4


def test_each_line_of_a_secret_of_several_lines_is_masked():
    masked = Redactor(["first line\nsecond line"]).text("log: second line; log: first line")
    assert masked == f"log: {MASK}; log: {MASK}"


def test_a_secret_that_ends_in_punctuation_is_masked():
    """X-120."""
    assert Redactor(["hunter2!"]).text("said hunter2!.") == f"said {MASK}."


def test_a_short_secret_is_masked_only_as_a_whole_value():
    """X-120."""
    redactor = Redactor(["abc"])
    assert redactor.text("abc") == MASK
    assert redactor.text("the alphabet begins abcde") == "the alphabet begins abcde"


def test_of_two_secrets_the_longer_one_is_masked_as_a_whole():
    assert Redactor(["secret", "secret-and-more"]).text("x secret-and-more y") == f"x {MASK} y"


def test_an_announced_secret_is_learnt_before_the_next_event():
    redactor = EventRedactor()
    redactor.event({"n": 1, "type": "secret", "value": "one-time-code"})
    event = redactor.event({"n": 2, "type": "log", "text": "typed one-time-code"})
    assert event["text"] == f"typed {MASK}"


def test_words_that_programs_read_are_left_alone():
    event = EventRedactor(["step_end", "Success"]).event(
        {"n": 1, "type": "step_end", "status": "Success", "error": {"message": "Success step_end"}}
    )
    assert (event["type"], event["status"]) == ("step_end", "Success")
    assert event["error"]["message"] == f"{MASK} {MASK}"


@given(st.text(min_size=4).filter(str.strip), st.text(), st.text())
def test_no_raw_secret_survives_between_any_two_texts(secret, before, after):
    """X-118."""
    assert secret not in Redactor([secret]).text(before + secret + after).replace(MASK, "\0")
