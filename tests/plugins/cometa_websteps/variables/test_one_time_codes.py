"""The sentence that computes one-time codes."""

import base64

import pytest
import time_machine

from cometa_websteps.variables.one_time_codes import code_at

KEY = b"12345678901234567890"
PAIRING_KEY = base64.b32encode(KEY).decode()
SENTENCE = 'Create one-time password of "{}" digits using pairing-key "{}" and save it to crypted variable "otp"'


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(moment, code) -> None:
    """RFC 6238, appendix B."""
    assert code_at(moment, KEY, 8) == code
    assert code_at(moment, KEY, 6) == code[2:]


@pytest.mark.parametrize("digits", ["6", "7", "8"])
@pytest.mark.parametrize("written", [PAIRING_KEY, PAIRING_KEY.lower(), "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"])
def test_a_code_and_its_key_are_secrets(say, run, digits, written) -> None:
    """X-121, runner G.5."""
    with time_machine.travel(1111111111, tick=True):
        say(SENTENCE.format(digits, written))
    code = "14050471"[-int(digits) :]
    found = run.variables.get("otp")
    assert (found.value, found.secret) == (code, True)
    assert {written, written.replace(" ", ""), code} <= set(run.secrets)
    assert not any(code in text for text in (*run.details, *run.warnings))


def test_a_code_that_soon_ends_is_not_handed_out(say, run) -> None:
    """steps.json: with less than 3 s of life left the next code is waited for."""
    with time_machine.travel(29.7, tick=True):
        say(SENTENCE.format("6", PAIRING_KEY))
    assert run.variables.get("otp").value == code_at(30, KEY, 6)
    assert "waiting for the next one" in run.details[0]


def test_waiting_for_a_code_ends_with_the_step(fails) -> None:
    """Runner D.2."""
    with time_machine.travel(28, tick=True):
        failure = fails(SENTENCE.format("6", PAIRING_KEY), timeout=0.1)
    assert failure.code == "timeout"


@pytest.mark.parametrize(
    ("digits", "key", "expected", "found"),
    [
        ("5", PAIRING_KEY, "6, 7 or 8 digits", "5"),
        ("9", PAIRING_KEY, "6, 7 or 8 digits", "9"),
        ("six", PAIRING_KEY, "the number of digits to be a whole number", '"six"'),
        ("6", "not base 32!", "a pairing key of the letters A to Z and 2 to 7", "a text of 12 characters"),
        ("6", "", "a pairing key of the letters A to Z and 2 to 7", "a text of 0 characters"),
    ],
)
def test_bad_keys_and_lengths_are_refused_without_showing_the_key(fails, run, digits, key, expected, found) -> None:
    """X-081, X-121."""
    failure = fails(SENTENCE.format(digits, key))
    assert (failure.code, failure.expected, failure.found) == ("bad-value", expected, found)
    assert run.variables.get("otp") is None
