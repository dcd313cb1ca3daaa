"""Sentences that set variables, through runner, worker and store: what is kept, what is masked."""

import json

import pytest
from run_bench import PLUGINS as BENCH_PLUGINS
from run_bench import make_template
from small_installation import initialise, runtime_in
from sqlalchemy import select

from cometa_executions.api import Parameter
from cometa_variables.ciphers import ciphers
from cometa_variables.models import Variable

PLUGINS = ("accounts", "catalog", "features", "executions", "variables", "websteps", "worker")
PAIRING_KEY = "JBSW Y3DP EHPK 3PXP"
ONE_TIME = 'Create one-time password of "6" digits using pairing-key "{}" and save it to crypted variable "otp"'


@pytest.fixture(scope="module")
def worker_template(tmp_path_factory):
    """A migrated data folder that has the tables of variables, too."""
    folder = tmp_path_factory.mktemp("values-of-steps") / "template"
    make_template(folder)
    runtime = runtime_in(folder, (*BENCH_PLUGINS, "variables"))
    initialise(runtime)
    runtime.close()
    return folder


@pytest.fixture
def begin(attempt_with):
    """An installation with the sentences of the product and its ``attempt``."""
    return attempt_with(cometa__plugins="\n".join(PLUGINS))


def everything(bench, tried):
    """All that is kept of a run, as text."""
    rows = [{name: str(value) for name, value in vars(row).items()} for row in (*tried.steps, tried.result)]
    return json.dumps(rows) + tried.log


def stored(bench):
    with bench.runtime.reading() as session:
        return {row.name: row for row in session.scalars(select(Variable))}


def test_what_is_remembered_for_the_environment_is_seen_by_the_next_run_and_nothing_else_is(begin):
    """X-116."""
    _, attempt = begin
    first = attempt('Remember "kept" as "shop" for the environment', 'Remember "of this run" as "mine"',
                    'Value "$mine" should equal "of this run"')  # fmt: skip
    assert first.end().state == "Success"
    second = attempt('Value "$shop" should equal "kept"', 'Value "$mine" should equal "$"')
    assert second.end().state == "Failed"
    assert second.statuses[:2] == ["Success", "Failed"]
    assert '"$mine"' in second.steps[1].error


def test_a_name_of_the_data_is_set_for_the_run_and_never_stored(begin):
    """X-117."""
    bench, attempt = begin
    tried = attempt(
        'Remember "new" as "row" for the environment',
        'Value "$row" should equal "new"',
        order={"parameters": [Parameter("row", "1")]},
    )
    assert tried.end().state == "Success"
    assert stored(bench) == {}


def test_one_time_codes_and_pairing_keys_are_masked_everywhere(begin):
    """X-121: also where the sentence holds the key, and what later steps show of the code."""
    bench, attempt = begin
    tried = attempt(
        ONE_TIME.format(PAIRING_KEY),
        'Add a timestamp to the "code $otp" and save it to "stamp"',
        'Value "$otp" should equal "none"',
    )
    assert tried.end().state == "Failed"
    assert tried.statuses == ["Success", "Success", "Failed"]
    row = stored(bench)["otp"]
    code = ciphers(bench.runtime).open(row.value)
    assert row.encrypted
    assert len(code) == 6
    kept = everything(bench, tried)
    assert "[MASKED]" in kept
    assert code not in kept
    assert PAIRING_KEY not in json.dumps([step.detail for step in tried.steps], default=str) + tried.log
    assert PAIRING_KEY.replace(" ", "") not in kept


def test_a_remembered_secret_is_masked_everywhere(begin):
    """Runner G.5."""
    _, attempt = begin
    tried = attempt(
        'Remember "t0k3n-of-the-page" as "seen"',
        'Remember secret "$seen" as "token"',
        'Throw an error with "it is $token" and leave',
    )
    assert tried.end().state == "Failed"
    later = json.dumps([[step.detail, step.error] for step in tried.steps[1:]], default=str)
    assert "t0k3n-of-the-page" not in later
    assert "it is [MASKED]" in tried.steps[2].error


def test_structured_values_go_from_step_to_step(begin):
    """Runner G.1: as compact JSON."""
    _, attempt = begin
    tried = attempt(
        'Pick ".items" out of "{"items": [{"id": 1.10}, "ä"]}" and remember it as "items"',
        'Value "$items" should equal "[{"id":1.1},"ä"]"',
        'Pick ".[0].id" out of "$items" and remember it as "id"',
        'Work out "$id * 2" and remember it as "double"',
        'Number "$double" should be "equal to" "2.2"',
        'Convert "$double" to "decimal" and remember it as "typed"',
        'Value "$typed" should equal "2.2"',
        'Forget variable "typed"',
        'Value "$typed" should not equal "2.2"',
    )
    assert tried.end().state == "Success", [step.error for step in tried.steps]


def test_an_unknown_word_is_refused_before_the_run_and_fails_in_it(begin):
    """Steps 5.2, X-079."""
    bench, attempt = begin
    tried = attempt('Remember "roughly" as "word"', 'Number "1" should be "$word" "1"')
    assert tried.end().state == "Failed"
    assert 'one of "equal to"' in tried.steps[1].error
    with pytest.raises(Exception, match="roughly"):
        bench.accept(bench.feature('Number "1" should be "roughly" "1"'))
