"""Secrets of sentences are announced before anything shows the sentence (runner G.5)."""

import json

LIBRARIES = [{"name": "variables", "module": "cometa_websteps.variables"}]


def test_a_secret_in_a_sentence_is_announced_before_the_sentence(runners, maker) -> None:
    """X-121."""
    key = "JBSWY3DPEHPK3PXP"
    pattern = (
        'Create one-time password of "{x}" digits using pairing-key "{value}" and save it to crypted variable '
        '"{variable_name}"'
    )
    ended = runners.run([maker.step(pattern, x="6", value=key, variable_name="otp")], libraries=LIBRARIES)
    assert ended.rows() == ["0 Success"]
    assert next(event for event in ended.events if key in json.dumps(event))["type"] == "secret"
    (kept,) = ended.of("variable_set")
    assert (kept["scope"], kept["secret"]) == ("environment", True)
    first = next(event for event in ended.events if kept["value"] in json.dumps(event))
    assert first["type"] == "secret"


def test_the_value_of_a_secret_parameter_is_announced_expanded(runners, maker) -> None:
    variables = [{"name": "seen", "value": "t0k3n", "scope": "run", "secret": False}]
    step = maker.step('Remember secret "{value}" as "{variable}"', value="$seen", variable="token")
    ended = runners.run([step], variables=variables, libraries=LIBRARIES)
    assert ended.rows() == ["0 Success"]
    types = [event["type"] for event in ended.events if "t0k3n" in json.dumps(event)]
    assert types[0] == "secret"
    assert types[-1] == "step_end"


def test_an_expression_that_explodes_fails_its_step_in_time(runners, maker) -> None:
    """X-088."""
    step = maker.step('Value "{actual}" should match regex "{regex}"', actual="a" * 60 + "b", regex="(a|aa)+$")
    step["flags"]["timeout"] = 1
    ended = runners.run([step], libraries=LIBRARIES)
    assert ended.rows() == ["0 Failed"]
    assert ended.error["code"] == "limit"
