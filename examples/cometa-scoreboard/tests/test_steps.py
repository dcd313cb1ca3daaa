"""The sentence, without server and browser."""

import pytest
from cometa_runner.steps import Match, StepFailure, StepLibrary, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext


@pytest.fixture
def context(tmp_path):
    """A run without a runner."""
    return PlainContext(tmp_path)


@pytest.fixture
def perform(context):
    """Carry out a sentence as the runner does."""
    vocabulary = load_vocabulary([StepLibrary("scoreboard", "cometa_scoreboard.steps", "Scores of players")])

    def do(sentence):
        match = vocabulary.match(sentence)
        assert isinstance(match, Match)
        context.perform(match.definition, match.values)

    return do


def test_the_score_is_a_variable_for_later_steps(context, perform):
    """Later steps write `$score_<player>`."""
    perform('Remember the score "3" of "Ada"')
    assert context.variables.expand("$score_Ada points") == "3 points"
    assert context.details == ["Ada has 3 points"]


def test_blanks_of_a_name_become_underscores(context, perform):
    """Names of variables hold no blanks."""
    perform('Remember the score "12" of "Ada  Lovelace"')
    assert context.variables.expand("$score_Ada_Lovelace") == "12"


@pytest.mark.parametrize("points", ["three", "1.5", "-1", ""])
def test_points_that_are_no_whole_number_fail_the_step(perform, points):
    """The failure says which parameter is wrong."""
    with pytest.raises(StepFailure, match="points"):
        perform(f'Remember the score "{points}" of "Ada"')
