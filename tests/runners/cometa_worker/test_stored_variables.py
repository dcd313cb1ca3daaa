"""Runs see stored variables as they are when the run is claimed; encrypted ones leave no trace."""

import pytest
from run_bench import PLUGINS as BENCH_PLUGINS
from run_bench import make_template
from small_installation import initialise, runtime_in

from cometa_executions.api import Parameter
from cometa_variables.ciphers import ciphers
from cometa_variables.schemas import VariablesIn
from cometa_variables.services.storing import set_variables

PLUGINS = ("accounts", "catalog", "features", "executions", "variables", "worker", "sample")
SECRET = "correct horse battery"


@pytest.fixture(scope="module")
def worker_template(tmp_path_factory):
    """A migrated data folder that has the tables of variables, too."""
    folder = tmp_path_factory.mktemp("stored-variables") / "template"
    make_template(folder)
    runtime = runtime_in(folder, (*BENCH_PLUGINS, "variables"))
    initialise(runtime)
    runtime.close()
    return folder


@pytest.fixture
def begin(attempt_with):
    """An installation with variables and its ``attempt``."""
    return attempt_with(cometa__plugins="\n".join(PLUGINS))


def store(bench, *entries):
    """Set variables of the environment Default: name, value and further fields."""
    variables = [{"variable_name": name, "variable_value": value, **others} for name, value, others in entries]
    with bench.runtime.unit_of_work(bench.member) as scope:
        set_variables(scope, VariablesIn(environment_name="Default", variables=variables))


def test_a_step_sees_the_stored_variable_of_the_environment(begin):
    """R-169, runner G.4."""
    bench, attempt = begin
    store(bench, ("shop", "https://wide.test", {"based": "department"}), ("shop", "https://shop.test", {}))
    tried = attempt('Print "$shop"', 'Print "$unknown"')
    assert tried.end().state == "Success"
    assert "https://shop.test" in tried.log
    assert "https://wide.test" not in tried.log


def test_what_is_supplied_with_the_run_beats_every_stored_value(begin):
    """R-058, R-169: and it is not stored."""
    bench, attempt = begin
    store(bench, ("shop", "stored-value", {}))
    tried = attempt('Print "$shop"', order={"parameters": [Parameter("shop", "run-value")]})
    assert tried.end().state == "Success"
    assert "run-value" in tried.log
    again = attempt('Print "$shop"')
    again.end()
    assert "stored-value" in again.log


def test_an_encrypted_variable_is_used_and_masked_in_log_and_step_results(begin):
    """R-167, runner G.5."""
    bench, attempt = begin
    store(bench, ("password", SECRET, {"encrypted": True}))
    tried = attempt('Print "$password"', 'Fail because of "$password"')
    assert tried.end().state == "Failed"
    assert "[MASKED]" in tried.steps[1].error
    assert "[MASKED]" in tried.log
    assert not any(SECRET in str(text) for text in (tried.log, tried.steps[1].detail, tried.steps[1].error))


def test_a_ciphertext_in_a_step_is_used_and_masked(begin):
    """runner G.1, G.4."""
    bench, attempt = begin
    sealed = ciphers(bench.runtime).seal(SECRET)
    tried = attempt(f'Fail because of "{sealed}"')
    tried.end()
    assert "[MASKED]" in tried.steps[0].error
    assert SECRET not in tried.log


def test_a_run_does_not_begin_without_the_key_of_a_variable_that_it_names(begin):
    """The sentence says what is missing; variables that it does not name do not matter."""
    bench, attempt = begin
    store(bench, ("lost", f"cmt1:gone:{'A' * 40}", {"encrypted": True}), ("word", "hello", {}))
    assert attempt('Print "$word"').end().state == "Success"
    result = attempt('Print "$lost"').end()
    assert result.state == "Error"
