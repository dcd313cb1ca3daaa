"""Reading feature files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cometa_core.errors import Invalid
from cometa_features.gherkin import parse_feature_file

SAMPLES = Path(__file__).parents[3] / "examples" / "demo" / "features"


def sentences(text):
    return [(step.keyword, step.content) for step in parse_feature_file(text, "a.feature").steps]


def refusal(text):
    with pytest.raises(Invalid) as caught:
        parse_feature_file(text, "shop/a.feature")
    assert caught.value.code == "bad_feature_file"
    return str(caught.value)


def test_name_description_and_steps_are_read():
    found = parse_feature_file(
        "Feature: Buy\n  One.\n  Two.\n\n  Scenario: s\n    Given a\n    And b \n    * # c\n", "x"
    )
    assert (found.name, found.description) == ("Buy", "One.\nTwo.")
    assert [(step.keyword, step.content) for step in found.steps] == [("Given", "a"), ("And", "b"), ("*", "# c")]
    assert all(step.enabled and step.timeout is None and not step.uuid for step in found.steps)


def test_background_steps_stand_before_each_scenario():
    text = "Feature: F\n Background:\n  Given bg\n Scenario: a\n  When x\n Scenario: b\n  Then y\n"
    assert [content for _, content in sentences(text)] == ["bg", "x", "bg", "y"]


def test_steps_of_rules_are_read_in_order():
    text = "Feature: F\n Scenario: a\n  When x\n Rule: r\n  Background:\n   Given bg\n  Scenario: b\n   Then y\n"
    assert [content for _, content in sentences(text)] == ["x", "bg", "y"]


def test_scenario_outlines_are_expanded():
    text = "Feature: F\n Scenario Outline: o\n  Given a <n>\n  Examples:\n   | n |\n   | 1 |\n   | 2 |\n"
    assert [content for _, content in sentences(text)] == ["a 1", "a 2"]


def test_a_text_block_becomes_the_empty_value_at_the_end_of_a_sentence():
    text = 'Feature: F\n Scenario: s\n  Given Run ""\n   """\n   a "b"\n     c\n   """\n'
    assert sentences(text) == [("Given", 'Run "a "b"\n  c"')]


def test_keywords_of_other_languages_become_english():
    text = "# language: de\nFunktionalität: F\n Szenario: s\n  Angenommen a\n  Wenn b\n  Und c\n"
    assert sentences(text) == [("Given", "a"), ("When", "b"), ("When", "c")]


def test_a_byte_order_mark_is_ignored():
    assert sentences("\ufeffFeature: F\n Scenario: s\n  Given a\n") == [("Given", "a")]


@pytest.mark.parametrize(
    ("text", "beginning", "names"),
    [
        ("", "shop/a.feature:1: ", "no feature"),
        ("# nothing\n", "shop/a.feature:1: ", "no feature"),
        ("hello\n", "shop/a.feature:1: ", "hello"),
        ("Feature: F\n Scenario: s\n  Whenn foo\n  Given a\n", "shop/a.feature:3: ", "Whenn foo"),
        ("Feature: F\n Scenario: s\n  Given a\n\n  Whenn foo\n", "shop/a.feature:5: ", "Whenn foo"),
        ("Feature: F\n Background:\n  Givn x\n  Given a\n Scenario: s\n  Given b\n", "shop/a.feature:3: ", "Givn x"),
        ("Feature: F\n Rule: r\n  stray\n  Scenario: s\n   Given b\n", "shop/a.feature:3: ", "stray"),
        (
            "Feature: F\n Scenario Outline: s\n  Whn <n>\n  Given b\n  Examples:\n  | n |\n  | 1 |\n",
            "shop/a.feature:3: ",
            "Whn",
        ),
        ("Feature: F\n Scenario: s\n  And a\n", "shop/a.feature:3: ", "And"),
        ("Feature: F\n Scenario: s\n  Given a\nFeature: G\n", "shop/a.feature:4: ", "Multiple features"),
        ("# language: xx\nFeature: F\n", "shop/a.feature:1: ", "xx"),
        ("Feature:\n Scenario: s\n  Given a\n", "shop/a.feature:1: ", "no name"),
        ("Feature: F\n Scenario: s\n", "shop/a.feature:1: ", "no step"),
        ("Feature: F\n Given a\n", "shop/a.feature:1: ", "no step"),
        ("Feature: F\n Scenario: s\n  Given\n", "shop/a.feature:3: ", "Given"),
        ("Feature: F\n Scenario: s\n  Given a\n   | x |\n   | 1 |\n", "shop/a.feature:3: ", "table"),
        ('Feature: F\n Scenario: s\n  Given a\n   """\n   x\n   """\n', "shop/a.feature:3: ", "text block"),
        ("Feature: F\n Scenario: s\n  Given " + "a" * 10_001, "shop/a.feature:3: ", "10000"),
        ("Feature: F\n Scenario: s\n" + "  Given a\n" * 2001, "shop/a.feature:1: ", "2000"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_file_and_line(text, beginning, names):
    message = refusal(text)
    assert message.startswith(beginning)
    assert names in message


def test_a_data_table_becomes_the_list_of_a_loop():
    """steps.json, For each: a JSON array; each row is an object of headings and cells."""
    text = """Feature: F
 Scenario: s
  * For each "person" in list "" do
   | name         | mail            |
   | Ada Lovelace | ada@example.org |
   | Zoë "Z"      |                 |
"""
    (step,) = parse_feature_file(text, "a.feature").steps
    head, _, rest = step.content.partition('in list "')
    assert head == 'For each "person" '
    assert rest.endswith('" do')
    assert json.loads(rest.removesuffix('" do')) == [
        {"name": "Ada Lovelace", "mail": "ada@example.org"},
        {"name": 'Zoë "Z"', "mail": ""},
    ]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.feature")), ids=lambda path: path.stem)
def test_the_sample_features_can_be_read(path):
    found = parse_feature_file(path.read_text(encoding="utf-8"), path.name)
    assert found.name
    assert found.steps


STRUCTURE = ["Feature: F", "Rule: r", "Background:", "Scenario: s", "Scenario Outline: o", "Examples:", "@tag"]
LINES = [*STRUCTURE, "Given a", "And b", "| n |", "| 1 |", '"""', "stray", "", "# language: de", "# c", "@"]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_any_order_of_lines_is_read_or_refused(lines):
    try:
        found = parse_feature_file("\n".join(["Feature: F", *lines]), "a.feature")
    except Invalid as error:
        code, message = error.code, str(error)
    else:
        code, message = "bad_feature_file", f"a.feature: {found.steps[0].content}"
    assert code == "bad_feature_file"
    assert message.startswith("a.feature:")
