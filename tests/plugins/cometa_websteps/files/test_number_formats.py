"""Values of cells as spreadsheet programs show them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings, strategies

from cometa_websteps.files.number_formats import shown


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        ("ada", "General", "ada"),
        ("ada", "0.00", "ada"),
        ("ada", '"Name: "@', "Name: ada"),
        ("ada", '0;-0;0;"<"@">"', "<ada>"),
        (True, "General", "TRUE"),
        (False, "0", "FALSE"),
        (50, "General", "50"),
        (0, "General", "0"),
        (-3.5, "General", "-3.5"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012345, "General", "123456789012345"),
        (1e25, "General", "1E+25"),
        (1.5e-12, "General", "1.5E-12"),
        (1 / 3, "General", "0.333333333333333"),
        (1234.5, "0", "1235"),
        (2.5, "0", "3"),
        (1.005, "0.00", "1.01"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (0, "#,##0", "0"),
        (0.5, "#.##", ".5"),
        (7, "000", "007"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (-0.004, "0.00%", "-0.40%"),
        (-0.001, "0", "0"),
        (-5, "0;(0)", "(5)"),
        (0, '0;-0;"-"', "-"),
        (0, "0;-0;", ""),
        (-5, "[Red]0.0;[Blue]-0.0", "-5.0"),
        (1200000, '0.0,,"M"', "1.2M"),
        (12.5, '"€" 0.00', "€ 12.50"),
        (12.5, "[$€-407] #,##0.00", "€ 12.50"),
        (12.5, "#,##0.00\\ [$EUR]", "12.50 EUR"),
        (12.5, "_($* #,##0.00_)", " $12.50 "),
        (150, '[>100]"many";[<=100]0', "many"),
        (50, '[>100]"many";0', "50"),
        (12345, "0.00E+00", "1.23E+04"),
        (0.00012, "0.0E-0", "1.2E-4"),
        (9.99, "0.0E+00", "1.0E+01"),
        (1.5, "# ?/?", "1 1/2"),
        (0.25, "# ?/?", "1/4"),
        (2, "# ?/?", "2"),
        (0.5, "?/8", "4/8"),
        (1.25, "General", "1.25"),
        (date(2026, 1, 31), "yyyy-mm-dd", "2026-01-31"),
        (datetime.fromisoformat("2026-01-31 14:05:09"), "dd.mm.yyyy hh:mm:ss", "31.01.2026 14:05:09"),
        (datetime.fromisoformat("2026-01-31 14:05:09"), "d mmm yy", "31 Jan 26"),
        (datetime.fromisoformat("2026-01-31 14:05:00"), "dddd, mmmm d", "Saturday, January 31"),
        (datetime.fromisoformat("2026-01-31 14:05:00"), "h:mm AM/PM", "2:05 PM"),
        (datetime.fromisoformat("2026-01-31 00:05:00"), "hh:mm am/pm", "12:05 AM"),
        (datetime.fromisoformat("2026-01-31 14:05:09.250000"), "mm:ss.00", "05:09.25"),
        (datetime.fromisoformat("2026-01-31 00:00:00"), "mm-dd-yy", "2026-01-31"),
        (datetime.fromisoformat("2026-01-31 09:05:00"), "m/d/yy h:mm", "2026-01-31 09:05"),
        (
            datetime.fromisoformat("2026-01-31 00:00:00"),
            "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
            "Saturday, January 31, 2026",
        ),
        (datetime.fromisoformat("2026-01-31 00:00:00"), "[$-409]d\\-mmm\\-yy;@", "31-Jan-26"),
        (datetime.fromisoformat("2026-01-31 00:00:00"), "mmmmm yyyy", "J 2026"),
        (datetime.fromisoformat("2026-01-31 00:00:00"), "ddd dd/mm/yyyy", "Sat 31/01/2026"),
        (datetime.fromisoformat("2026-01-31 00:00:00"), "General", "2026-01-31"),
        (time(9, 30), "h:mm", "9:30"),
        (datetime.fromisoformat("2026-01-31 08:59:59.999999"), "hh:mm:ss", "09:00:00"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (timedelta(minutes=90), "[mm]:ss", "90:00"),
        (timedelta(hours=30), "General", "30:00:00"),
    ],
)
def test_a_value_is_written_in_its_number_format(value, number_format, text) -> None:
    assert shown(value, number_format) == text


PARTS = [
    *'0#?.,%;/@"\\_*[]-+ :()AaPpMmDdHhYySsEe€1x',
    "[Red]",
    "[h]",
    "[>=5]",
    "[$€-407]",
    "General",
    "AM/PM",
    "E+00",
    "?/?",
]
FORMATS = strategies.lists(strategies.sampled_from(PARTS), max_size=14).map("".join)
VALUES = strategies.one_of(
    strategies.floats(),
    strategies.integers(-(10**40), 10**40),
    strategies.datetimes(),
    strategies.times(),
    strategies.timedeltas(),
    strategies.text(max_size=5),
    strategies.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(value=VALUES, number_format=FORMATS)
def test_any_value_in_any_format_is_a_text(value, number_format) -> None:
    assert isinstance(shown(value, number_format), str)
