"""Sentences that compare texts of elements with list variables."""

import pytest

pytestmark = pytest.mark.browser

NAMES = "<ul><li> Ada\n Byron <li>Bob<li hidden>Eve</ul>"
LIST = 'Test list of "{}" elements to contain "{}" values from list variable "{}" use prefix "{}" and suffix "{}"'
WHOLE = LIST.replace('"{}" values', "all or partial values")


@pytest.fixture
def names(run):
    run.store_variable("names", ["Ada Byron", "Bob"], "run")
    run.store_variable("more", "Zoe; Bob", "run")
    run.store_variable("parts", "Byron", "run")
    run.store_variable("none", "", "run")


@pytest.mark.parametrize(
    ("selector", "how", "lists", "prefix"),
    [
        ("li", "All", "names", ""),
        ("//li", "partial", "$more", ""),
        ("li", "partial", "names|more", ""),
        ("li", "all", "parts", "Ada "),
    ],
)
def test_the_elements_hold_the_values(show, say, run, names, *, selector, how, lists, prefix) -> None:
    show(NAMES)
    say(LIST.format(selector, how, lists.replace("$", ""), prefix, ""))
    assert run.details[0].endswith(" values are in the list.")


@pytest.mark.parametrize("sentence", [LIST.format("li", "all", "more", "", ""), WHOLE.format("li", "more", "", "")])
def test_a_missing_value_is_named_and_the_report_tells_of_each(show, fails, run, names, sentence) -> None:
    """X-070, X-081."""
    show(NAMES)
    failure = fails(sentence)
    assert (failure.code, failure.expected) == ("assertion", 'all of 2 values in the list "li"')
    assert failure.found == '"Zoe" missing in "Ada Byron", "Bob", "Eve"'
    [(path, kind)] = run.files
    assert kind == "report"
    assert path.read_text(encoding="utf-8").splitlines() == ["value,found", "Zoe,no", "Bob,yes"]


def test_the_older_form_means_all_and_values_are_waited_for(show, say, js, names) -> None:
    show("<ul><li>Bob</ul>")
    js("setTimeout(() => document.querySelector('ul').innerHTML += '<li>Ada Byron', 200)")
    say(WHOLE.format("li", "names", "", ""))


@pytest.mark.parametrize(
    ("values", "code", "found"),
    [
        (("li", "some", "names", "", ""), "bad-value", '"some"'),
        (("li", "all", "unknown", "", ""), "bad-value", "no variable of this name"),
        (("li", "all", "none", "", ""), "bad-value", "none"),
        (("b", "partial", "names", "", ""), "not-found", "no match"),
        (("li", "partial", "names", "Dr. ", ""), "assertion", None),
    ],
)
def test_lists_that_cannot_be_compared_fail(show, fails, names, *, values, code, found) -> None:
    show(NAMES)
    failure = fails(LIST.format(*values))
    assert failure.code == code
    assert found is None or failure.found == found
