"""Types of fields that the whole contract shares.  Contract: rest-api A1.3."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from cometa_core.web.fields import DecimalText, Flag, Id, Integer, MomentIn, Name, Timestamp, moment_text

HOUR = timezone(timedelta(hours=1))


def read(kind, value):
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 31, 8, 15, 30, 123456, UTC), "2026-01-31T08:15:30.123456Z"),
        (datetime(2026, 1, 31, 0, 15, 30, 0, HOUR), "2026-01-30T23:15:30.000000Z"),
        (datetime(999, 1, 1, tzinfo=UTC), "0999-01-01T00:00:00.000000Z"),
    ],
)
def test_moments_are_written_in_utc_with_six_digits(moment, text):
    """R-010."""
    assert moment_text(moment) == text
    assert TypeAdapter(Timestamp).dump_json(moment).decode() == f'"{text}"'


@pytest.mark.parametrize("text", ["2026-01-31T08:15:30", "2026-01-31T08:15:30Z", "2026-01-31T09:15:30+01:00"])
def test_moments_without_offset_are_utc(text):
    assert read(MomentIn, text) == datetime(2026, 1, 31, 8, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01T00:00:00", "", None, [], "0001-01-01T00:00:00+14:00",
                                   1700000000, 1.5, "1700000000", "-1", "٢٠٢٦-01-31T08:15:30"])  # fmt: skip
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(ValidationError):
        read(MomentIn, value)


@pytest.mark.parametrize(("text", "name"), [("a", "a"), ("  trimmed \n", "trimmed"), ("x" * 100, "x" * 100),
                                            (" " + "x" * 100, "x" * 100), ("ä 🎻", "ä 🎻")])  # fmt: skip
def test_names_are_trimmed(text, name):
    assert read(Name, text) == name


@pytest.mark.parametrize(
    "text",
    ["", "  ", "x" * 101, "a/b", "a\\b", ".", "..", " .. ", "a\nb", "a\0b", "a\x7fb", "a\x85b", "a\x9fb", 1, None],
)
def test_what_breaks_the_name_rule_is_refused(text):
    with pytest.raises(ValidationError):
        read(Name, text)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0.00"), (1.5, "1.50"), ("1.005", "1.01"), (2.675, "2.68"), ("99999999.99", "99999999.99"), ("1e2", "100.00"),
     (Decimal("0.004"), "0.00"), (-0.0, "0.00"), ("-0", "0.00"), (" 7 ", "7.00"), (".5", "0.50")],
)  # fmt: skip
def test_decimals_are_rounded_half_up_and_written_with_two_digits(value, written):
    assert TypeAdapter(DecimalText).dump_json(read(DecimalText, value)).decode() == f'"{written}"'


@pytest.mark.parametrize(
    "value",
    [-1, "-0.01", "-0.001", -0.004, "99999999.995", 1e9, "x", "", ".", True, None, "NaN", "Infinity", [], "1e999999",
     "1_000", "\u0661", "0x1"],
)  # fmt: skip
def test_what_is_no_decimal_is_refused(value):
    with pytest.raises(ValidationError):
        read(DecimalText, value)


def test_a_long_text_is_refused_without_trying_its_digits_in_every_way():
    with pytest.raises(ValidationError):
        read(DecimalText, "1" * 1_000_000 + "x")


@pytest.mark.parametrize("value", [0, -1, 10**18, "1", 1.0, True, None])
def test_ids_are_positive_integers(value):
    with pytest.raises(ValidationError):
        read(Id, value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "1", 1.5, True])
def test_integers_are_those_that_every_reader_keeps(value):
    assert read(Integer, 2**53 - 1) == 2**53 - 1
    with pytest.raises(ValidationError):
        read(Integer, value)


@pytest.mark.parametrize("value", [0, 1, "true", "on", None])
def test_flags_are_json_booleans(value):
    with pytest.raises(ValidationError):
        read(Flag, value)
