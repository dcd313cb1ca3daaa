"""Runs see stored variables as they are when the run is claimed; encrypted ones leave no trace."""

import pytest
from run_bench import PLUGINS as BENCH_PLUGINS
from run_bench import make_template
from small_installation import initialise, runtime_in
from sqlalchemy import select

from cometa_executions.api import Parameter
from cometa_variables.ciphers import ciphers
from cometa_variables.models import Variable
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


def stored(bench):
    """Name -> scope, value and whether it is encrypted."""
    with bench.runtime.reading() as session:
        return {row.name: (row.based, row.value, row.encrypted) for row in session.scalars(select(Variable))}


def test_what_a_step_sets_for_the_environment_is_stored_at_once(begin):
    """runner G.3: in the row that supplied the name, else in a new one; variables of the run are not stored."""
    bench, attempt = begin
    store(bench, ("wide", "old", {"based": "department"}))
    tried = attempt('Keep "new" as "wide" in "environment"', 'Keep "7" as "order" in "environment"',
                    'Keep "x" as "mine" in "run"', 'Print "$order"')  # fmt: skip
    assert tried.end().state == "Success"
    assert stored(bench) == {"wide": ("department", "new", False), "order": ("environment", "7", False)}


def test_secrets_that_a_step_stores_are_encrypted(begin):
    """runner G.3, G.5."""
    bench, attempt = begin
    attempt(f'Keep "{SECRET}" as "secret_x" in "environment"', f'Keep "a {SECRET}" as "y" in "environment"').end()
    found = stored(bench)
    assert {name: ciphers(bench.runtime).open(row[1]) for name, row in found.items()} == {
        "secret_x": SECRET, "y": f"a {SECRET}"
    }  # fmt: skip
    assert all(row[2] for row in found.values())


def test_a_value_that_cannot_be_stored_is_a_warning_of_the_step(begin):
    """runner G.3."""
    _, attempt = begin
    tried = attempt('Keep "x" as "1st" in "environment"', "Pass")
    assert tried.end().state == "Success"
    assert "was not stored" in str(tried.steps[0].detail["warnings"])
