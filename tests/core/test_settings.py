"""Settings: declared once, read from ini and environment, unknown keys refused."""

import pytest

from cometa_core.errors import ConfigurationError
from cometa_core.settings import Setting, as_boolean, as_integer, as_seconds, as_words, load_settings

PORT = Setting("cometa.port", 8001, "Port.", as_integer)
SECRET = Setting("cometa.encryption_key", None, "Keys.", as_words, secret=True)


def test_the_default_holds_when_nothing_is_configured():
    settings = load_settings([PORT], {}, environment={})
    assert settings.integer("cometa.port") == 8001
    assert settings.values["cometa.port"].origin == "default"


@pytest.mark.parametrize(
    ("overrides", "environment", "expected", "origin"),
    [
        ({}, {}, 1, "ini"),
        ({}, {"COMETA_PORT": "2"}, 2, "environment"),
        ({"cometa.port": "3"}, {"COMETA_PORT": "2"}, 3, "command line"),
    ],
)
def test_command_line_beats_environment_beats_ini(overrides, environment, expected, origin):
    settings = load_settings([PORT], {"cometa.port": "1"}, environment=environment, overrides=overrides)
    assert settings.integer("cometa.port") == expected
    assert settings.values["cometa.port"].origin == origin


def test_an_unknown_key_of_our_namespace_names_the_nearest_valid_key():
    with pytest.raises(ConfigurationError, match=r"cometa\.prot is unknown\. Did you mean cometa\.port\?"):
        load_settings([PORT], {"cometa.prot": "1"}, environment={})


def test_keys_of_other_libraries_are_passed_through():
    settings = load_settings([PORT], {"pyramid.reload_templates": "true"}, environment={})
    assert settings.passed_through == {"pyramid.reload_templates": "true"}


def test_a_value_that_cannot_be_read_names_key_and_expectation():
    with pytest.raises(ConfigurationError, match=r"cometa\.port \(ini\) cannot be '-1': expected a whole number"):
        load_settings([PORT], {"cometa.port": "-1"}, environment={})


def test_a_secret_is_never_part_of_a_message():
    broken = Setting("cometa.secret", None, "Secret.", as_integer, secret=True)
    with pytest.raises(ConfigurationError) as raised:
        load_settings([broken], {"cometa.secret": "hunter2"}, environment={})
    assert "hunter2" not in str(raised.value)


def test_a_key_declared_twice_stops_the_start():
    with pytest.raises(ConfigurationError, match="declared twice"):
        load_settings([PORT, PORT], {}, environment={})


def test_reading_an_undeclared_key_is_an_error_of_the_code():
    with pytest.raises(ConfigurationError, match="declared nowhere"):
        load_settings([PORT], {}, environment={}).text("cometa.nothing")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("Off", False), ("1", True), ("no", False)])
def test_booleans_are_read_in_the_usual_words(text, value):
    assert as_boolean(text) is value


@pytest.mark.parametrize("text", ["maybe", "", "2"])
def test_other_words_are_no_booleans(text):
    with pytest.raises(ValueError, match="true or false"):
        as_boolean(text)


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "soon"])
def test_seconds_must_be_a_finite_number_from_zero(text):
    with pytest.raises(ValueError):
        as_seconds(text)


def test_lists_are_separated_by_line_ends_blanks_or_commas():
    assert as_words("a\nb, c  d") == ("a", "b", "c", "d")
