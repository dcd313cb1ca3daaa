"""States and the transitions between them."""

import itertools

import pytest

from cometa_executions.states import TERMINAL, State, is_allowed, state_of_run

ALLOWED = {
    "Queued": {"Initializing", "Canceled", "Error"},
    "Initializing": {"Running", "Queued", "Canceled", "Error", "Timeout"},
    "Running": {"Success", "Failed", "Canceled", "Error", "Timeout", "Queued"},
}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(State, State)))
def test_exactly_the_transitions_of_the_contract_exist(old, new):
    """X-006: all 64 pairs."""
    assert is_allowed(old, new) is (new.value in ALLOWED.get(old.value, set()))


@pytest.mark.parametrize("state", TERMINAL)
def test_terminal_states_have_no_transition(state):
    """X-007."""
    assert not any(is_allowed(state, other) for other in State)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["Success", "Queued"], "Queued"),
        (["Running", "Failed"], "Running"),
        (["Initializing", "Running"], "Initializing"),
        (["Success", "Failed"], "Failed"),
        (["Failed", "Success"], "Failed"),
        (["Failed", "Timeout", "Success"], "Timeout"),
        (["Timeout", "Error"], "Error"),
        (["Error", "Canceled", "Failed"], "Canceled"),
        (["Success", "Success"], "Success"),
    ],
)
def test_the_state_of_a_run_follows_from_its_results(states, expected):
    """R-118."""
    assert state_of_run(State(state) for state in states) is State(expected)
