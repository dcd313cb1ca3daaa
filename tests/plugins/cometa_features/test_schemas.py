"""Limits of the fields of features and steps."""

import pytest

from cometa_core.errors import Invalid
from cometa_core.web.validation import validate_body
from cometa_features.schemas import FeatureCreate, FeatureUpdate

LEAST = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"feature_name": ""}, "feature_name"),
        ({"feature_name": "x" * 256}, "feature_name"),
        ({"feature_name": "a\0b"}, "feature_name"),
        ({"app_id": "1"}, "app_id"),
        ({"description": "x" * 65_537}, "description"),
        ({"maximum_notification_on_error": 1001}, "maximum_notification_on_error"),
        ({"video": "yes"}, "video"),
        ({"email_address": ["a@example.org", "nonsense"]}, "email_address[1]"),
        ({"email_cc_address": [f"{number}@example.org" for number in range(51)]}, "email_cc_address"),
        ({"browsers": [{}]}, "browsers[0]"),
        ({"browsers": [{"browser": "chrome", "x": "y" * 9000}]}, "browsers[0]"),
        ({"browsers": [{"browser": "chrome"}] * 51}, "browsers"),
        ({"telegram_options": {"x": "y" * 17_000}}, "telegram_options"),
        ({"steps_content": [{"step_content": "a"}, {}]}, "steps_content[1].step_content"),
        ({"steps_content": [{"step_content": ""}]}, "steps_content[0].step_content"),
        ({"steps_content": [{"step_content": "x" * 10_001}]}, "steps_content[0].step_content"),
        ({"steps_content": [{"step_content": "a", "step_name": "b"}]}, "steps_content[0]"),
        ({"steps_content": [{"step_content": "a", "timeout": 0}]}, "steps_content[0].timeout"),
        ({"steps_content": [{"step_content": "a", "timeout": 7201}]}, "steps_content[0].timeout"),
        ({"steps_content": [{"step_content": "a", "step_keyword": "Soon"}]}, "steps_content[0].step_keyword"),
        ({"steps_content": [{"step_content": "a", "step_action": "x" * 256}]}, "steps_content[0].step_action"),
        ({"steps_content": [{"step_content": "a"}] * 2001}, "steps_content"),
        ({"depends_on_other": True, "depends_on_others": False}, "body"),
    ],
)
def test_fields_beyond_their_limits_are_refused_by_their_path(fields, path):
    """R-011, R-126, R-132, R-133."""
    with pytest.raises(Invalid) as refused:
        validate_body(FeatureCreate, {**LEAST, **fields})
    assert [found for found in refused.value.fields if found.startswith(path)]


@pytest.mark.parametrize("name", LEAST)
def test_a_new_feature_needs_its_name_and_its_place(name):
    with pytest.raises(Invalid) as refused:
        validate_body(FeatureCreate, {key: value for key, value in LEAST.items() if key != name})
    assert refused.value.fields == {name: ["Field required"]}


def test_a_change_needs_nothing_and_refuses_null_where_a_value_belongs():
    assert validate_body(FeatureUpdate, {}).model_fields_set == set()
    with pytest.raises(Invalid):
        validate_body(FeatureUpdate, {"feature_name": None})


def test_unknown_keys_are_ignored():
    """R-009."""
    body = validate_body(FeatureCreate, {**LEAST, "unheard_of": 1, "steps_content": [{"step_content": "a", "x": 1}]})
    assert body.steps_content[0].step_content == "a"


@pytest.mark.parametrize(("sent", "kept"), [(5, "5.0"), ("12", "12"), ("0.1%", "0.1%"), (0.5, "0.5")])
def test_a_threshold_is_a_number_of_pixels_or_a_share(sent, kept):
    """Runner F."""
    body = validate_body(FeatureCreate, {**LEAST, "steps": [{"step_content": "a", "max_diff": sent}]})
    assert body.steps_content[0].max_diff == kept


@pytest.mark.parametrize("sent", ["many", "-1", "%", "1%%", True, []])
def test_another_threshold_is_refused(sent):
    with pytest.raises(Invalid):
        validate_body(FeatureCreate, {**LEAST, "steps": [{"step_content": "a", "max_diff": sent}]})


@pytest.mark.parametrize("address", ["ada@example.org", "a.b+c@sub.example.org", "root@localhost", " a@b "])
def test_mail_addresses_are_accepted(address):
    body = validate_body(FeatureCreate, {**LEAST, "email_bcc_address": [address]})
    assert body.email_bcc_address == [address.strip()]


@pytest.mark.parametrize(
    "address", ["ada", "@example.org", "ada@", "a b@example.org", "a@b@c", "a@.org", "a@b..c", "<a@b>"]
)
def test_other_texts_are_no_mail_addresses(address):
    with pytest.raises(Invalid) as refused:
        validate_body(FeatureCreate, {**LEAST, "email_address": ["", address]})
    assert set(refused.value.fields) == {"email_address[1]"}
