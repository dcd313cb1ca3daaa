"""Settings of executions whose texts must have a form."""

import pytest

from cometa_executions.plugin import as_prefix, as_see


@pytest.mark.parametrize("text", ["AMVARA_", "", "a-b_9", "x" * 32])
def test_a_prefix_of_pictures_is_made_of_letters_digits_and_two_signs(text):
    assert as_prefix(text) == text


@pytest.mark.parametrize("text", ["a/b", "../", "x" * 33, "ü", "a b"])
def test_another_prefix_is_refused(text):
    """R-160: a name of a picture can never lead out of anything."""
    with pytest.raises(ValueError, match="at most 32"):
        as_prefix(text)


def test_seeing_is_one_of_two_words():
    assert as_see(" Visible ") == "visible"
    with pytest.raises(ValueError, match="present or visible"):
        as_see("perhaps")
