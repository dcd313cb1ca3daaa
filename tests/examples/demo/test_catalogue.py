"""The sample features as texts: complete, parsable, and only with sentences that exist."""

import re

import pytest
from behave.parser import parse_feature

from cometa_demo.catalogue import FEATURES, SampleFeature, sample_features, sample_variables

CALL = re.compile(r'Run feature with name "(.+)" before continuing')


def steps_of(feature: SampleFeature) -> list[str]:
    parsed = parse_feature(feature.path.read_text(encoding="utf-8"))
    assert parsed.name == feature.name
    assert len(parsed.scenarios) == 1
    return [step.name for step in parsed.scenarios[0].steps]


def by_name(name: str) -> SampleFeature:
    return next(feature for feature in sample_features() if feature.name == name)


def test_every_file_is_in_the_catalogue_once():
    assert sorted(feature.file for feature in sample_features()) == sorted(path.name for path in FEATURES.iterdir())


def test_names_are_unique_because_features_are_called_by_name():
    names = [feature.name for feature in sample_features()]

    assert len(set(names)) == len(names)


def test_what_a_feature_calls_comes_before_it():
    known = set()
    for feature in sample_features():
        called = {match[1] for step in steps_of(feature) if (match := CALL.fullmatch(step))}
        assert called <= known
        known.add(feature.name)


@pytest.mark.parametrize("feature", sample_features(), ids=lambda feature: feature.file)
def test_pictures_are_taken_at_steps_that_exist_and_are_executed(feature):
    steps = steps_of(feature)

    for place in feature.screenshots:
        assert not steps[place - 1].startswith(("#", "End ", "Otherwise do", "Run feature"))


def test_one_passing_feature_has_at_least_twenty_steps():
    assert by_name("Buy a book").intended == "Success"
    assert len([step for step in steps_of(by_name("Buy a book")) if not step.startswith("#")]) >= 20


def test_one_feature_fails_on_purpose_and_nothing_else_does():
    assert [feature.name for feature in sample_features() if feature.intended == "Failed"] == ["Broken basket"]


def test_one_feature_uses_a_variable_and_a_sub_feature():
    steps = steps_of(by_name("Visit with login"))

    assert any(CALL.fullmatch(step) for step in steps)
    assert any("$customer" in step for step in steps)


def test_every_variable_is_set_by_the_demonstration_or_by_a_step_before():
    given = {variable.name for variable in sample_variables("http://shop")}
    for feature in sample_features():
        set_by_steps = set()
        for step in steps_of(feature):
            used = set(re.findall(r"\$(\w+)", step))
            assert used <= given | set_by_steps, step
            set_by_steps |= set(re.findall(r'(?: as | in | in the )"(\w+)"', step))


def test_the_password_is_the_only_secret():
    assert [variable.name for variable in sample_variables("http://shop") if variable.secret] == ["customer_password"]
