"""What service tokens open, and when they stop."""

from contextlib import contextmanager

import pytest
from run_bench import CHROME
from sqlalchemy import select
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.cli.context import CommandContext
from cometa_core.errors import CometaError
from cometa_core.testing.installation import Client
from cometa_executions.api import Ending, Result, State, end_result, issue_token
from cometa_executions.models import ServiceToken
from cometa_executions.services.reading import run_info
from cometa_executions.token_command import token

DAY_S = 86_400
VALID_S = 7500 + 15 * 60


@pytest.fixture
def waiting(bench):
    """A queued result of a feature with three steps."""
    return bench.results(bench.accept(bench.feature()).run_id)[0]


def token_for(bench, result_id):
    with bench.runtime.unit_of_work() as scope:
        return issue_token(scope, result_id)


@pytest.fixture
def runner(bench, app, waiting):
    """Call as the external runner of ``waiting``."""
    return Client(app, token_for(bench, waiting.id).text, 0)


def end(bench, result):
    with bench.runtime.unit_of_work() as scope:
        held = scope.session.get_one(Result, result.id)
        assert end_result(scope, run_info(held), State(held.state), Ending(State.CANCELED))


def code_of(app, token, path, status=401):
    headers = {"Authorization": f"Bearer {token}"}
    return app.get(path, headers=headers, status=status).json["code"]


def test_only_the_hash_of_a_token_is_stored(bench, waiting):
    """R-030, rest-api A2.6: of service tokens too."""
    text = token_for(bench, waiting.id).text
    assert text.startswith("cms_")
    with bench.runtime.reading() as session:
        (row,) = session.scalars(select(ServiceToken)).all()
    assert text[4:] not in repr(vars(row))
    assert len(row.token_hash) == 64


def test_a_token_reads_its_feature_steps_and_result(bench, runner, waiting):
    """rest-api A2.6."""
    feature, result = waiting.feature_id, waiting.id
    assert runner.get(f"/api/features/{feature}/").json["feature_id"] == feature
    for path in (f"/steps/{feature}/", f"/api/steps/{feature}/", f"/getJson/{feature}/"):
        assert len(runner.get(path).json) == 3
    for path in (f"/api/feature_results/{feature}/", f"/api/features/{feature}/feature_results/"):
        assert [row["feature_result_id"] for row in runner.get(path).json] == [result]
    assert runner.get(f"/feature_results/{result}/").json["feature_result_id"] == result
    assert runner.get(f"/api/feature_results/{result}/step_results/").json == []


def test_other_rows_do_not_exist_for_a_token(bench, app):
    """R-046, rest-api A2.6: another result is 404, of the same feature and department too."""
    other = bench.finished()
    waiting = bench.results(bench.accept(bench.feature()).run_id)[0]
    sibling = bench.accept(waiting.feature_id).result_ids[0]
    runner = Client(app, token_for(bench, waiting.id).text, 0)
    step = bench.steps(other.result_ids[0])[0].id
    feature = bench.run(other.run_id).feature_id
    for path in (
        f"/feature_results/{sibling}/", f"/api/feature_results/{sibling}/step_results/", f"/api/step_results/{step}/",
        f"/screenshots/{step}/", f"/api/features/{feature}/", f"/steps/{feature}/", f"/api/feature_results/{feature}/",
    ):  # fmt: skip
        assert runner.get(path, status=404).json["code"] in {"not_found", "route_not_found"}
    assert [row["feature_result_id"] for row in runner.get(f"/api/feature_results/{waiting.feature_id}/").json] == [
        waiting.id
    ]
    task = {"action": "start", "pid": 1, "browser": CHROME}
    runner.post("/updateTask/", {**task, "feature_id": feature}, status=404)
    runner.post("/updateTask/", {**task, "feature_id": waiting.feature_id, "feature_result_id": sibling}, status=404)
    runner.post(f"/api/feature_results/{sibling}/step_results/", {}, status=404)
    runner.patch(f"/api/step_results/{step}/", {"notes": {}}, status=404)
    runner.post(f"/steps/{step}/pixel_diff/1/", {}, status=404)


def test_everything_else_is_closed_to_tokens(app, runner, waiting):
    """R-046, rest-api A2.6: 403 scope_missing; every declared operation but those of runners."""
    refused = [
        ("GET", "/api/features/"), ("GET", "/api/feature_results/?feature_id=1"), ("GET", "/api/departments/"),
        ("GET", "/api/accounts/"), ("GET", "/api/api_keys/"), ("GET", "/addoidcaccount/"), ("GET", "/info/"),
        ("GET", "/events/?department_id=0"), ("GET", f"/feature_results/{waiting.id}/log/"),
        ("GET", f"/feature_runs/{waiting.run_id}/"), ("GET", "/api/steps/"), ("GET", "/api/actions/"),
        ("POST", "/exectest/"), ("POST", f"/killTask/{waiting.feature_id}/"), ("POST", "/api/features/"),
        ("POST", f"/feature_results/{waiting.id}/cancel/"), ("DELETE", f"/feature_results/{waiting.id}/"),
        ("PATCH", f"/api/features/{waiting.feature_id}/"),
    ]  # fmt: skip
    for method, path in refused:
        answer = runner.call(method, path, None if method in {"GET", "DELETE"} else {}, status=403)
        assert answer.json["code"] == "scope_missing", path


def test_operations_of_runners_are_those_of_the_contract(app):
    """rest-api A2.6: nobody opens another one by mistake."""
    services = app.app.registry.cornice_services
    open_paths = {
        (verb, path.split("/")[1] + "/" + path.split("/")[2].split("{")[0])
        for path, service in services.items()
        for verb, operation in getattr(service, "operations", {}).items()
        if operation.runner is not False
    }
    assert open_paths <= {
        ("GET", "api/features"), ("GET", "steps/"), ("GET", "api/steps"), ("GET", "getJson/"),
        ("GET", "api/feature_results"), ("POST", "api/feature_results"), ("PATCH", "api/feature_results"),
        ("GET", "feature_results/"), ("PATCH", "feature_results/"), ("GET", "api/step_results"),
        ("PATCH", "api/step_results"), ("GET", "updateTask/"), ("POST", "updateTask/"), ("POST", "steps/"),
        ("GET", "screenshots/"), ("GET", "screenshot/"), ("PUT", "screenshot/"),
    }  # fmt: skip


def test_a_key_with_the_scope_runner_makes_the_calls_of_runners_alone(bench, caller, waiting):
    """R-033, R-034, rest-api A2.4: with the flags of its account."""
    key = caller("machine", scopes=("runner",))
    body = {"action": "start", "feature_id": waiting.feature_id, "pid": 1, "browser": CHROME}
    assert key.post("/updateTask/", body).json["feature_result_id"] == waiting.id
    key.get(f"/feature_results/{waiting.id}/")
    assert key.get("/api/departments/", status=403).json["code"] == "scope_missing"
    assert key.post("/exectest/", {}, status=403).json["code"] == "scope_missing"


def test_wrong_tokens_are_refused_even_with_other_credentials(bench, app, waiting):
    """R-031, rest-api A2: 401 whatever else the request carries."""
    text = token_for(bench, waiting.id).text
    path = f"/feature_results/{waiting.id}/"
    for wrong in (f"cms_{'x' * 43}", "cms_", text[:-1], f"{text}x"):
        assert code_of(app, wrong, path) == "invalid_credentials"
    assert app.get(path, headers={"Authorization": f"bearer  {text}"}).status_int == 200


def test_ten_wrong_tokens_close_the_address_for_a_while(make_bench):
    """R-032: as for keys."""
    bench = make_bench()
    app = TestApp(build_app(bench.runtime))
    for _ in range(10):
        app.get("/info/", headers={"Authorization": f"Bearer cms_{'x' * 43}"}, status=401)
    answer = app.get("/info/", headers={"Authorization": f"Bearer cms_{'x' * 43}"}, status=429)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_token_lives_as_long_as_a_feature_may_take_and_a_little_longer(bench, app, waiting):
    """rest-api A2.6."""
    token = token_for(bench, waiting.id)
    path = f"/feature_results/{waiting.id}/"
    bench.clock.pass_by(VALID_S - 1)
    app.get(path, headers={"Authorization": f"Bearer {token.text}"})
    bench.clock.pass_by(1)
    assert token.expires_at == bench.clock.now()
    assert code_of(app, token.text, path) == "expired_credentials"


def test_a_token_is_dead_ten_minutes_after_the_end(bench, app, runner, waiting):
    """R-046, rest-api A2.6."""
    end(bench, waiting)
    bench.clock.pass_by(599)
    runner.get(f"/feature_results/{waiting.id}/")
    bench.clock.pass_by(1)
    assert code_of(app, runner.key, f"/feature_results/{waiting.id}/") == "expired_credentials"


def test_a_token_of_a_removed_result_is_wrong(bench, app, runner, waiting, root):
    """rest-api A2.6."""
    end(bench, waiting)
    root.delete(f"/feature_results/{waiting.id}/")
    assert code_of(app, runner.key, f"/feature_results/{waiting.id}/") == "invalid_credentials"


def test_expired_tokens_are_forgotten_when_new_ones_are_made(bench, waiting):
    """rest-api A2.6."""
    token_for(bench, waiting.id)
    bench.clock.pass_by(DAY_S)
    token_for(bench, waiting.id)
    assert bench.count(ServiceToken) == [1]


def test_tokens_are_made_for_results_that_wait_for_a_runner(bench):
    """rest-api A2.6: not for those of workers, ended or unknown ones."""
    ended = bench.finished().result_ids[0]
    held = bench.running().lease.result_id
    for result_id, code in ((ended, "terminal_state"), (held, "result_running"), (999_999, "not_found")):
        with pytest.raises(CometaError) as error:
            token_for(bench, result_id)
        assert error.value.code == code


def test_no_worker_takes_a_result_whose_token_was_made(bench, waiting):
    """rest-api A2.6, runner A.8: one result, one runner."""
    token_for(bench, waiting.id)
    assert bench.claim() is None
    free = bench.accept(waiting.feature_id).result_ids[0]
    assert bench.claim().lease.result_id == free


class OpenContext(CommandContext):
    """Gives the command the open runtime and keeps its answer."""

    def __init__(self, runtime):
        super().__init__(json=True)
        self.opened = runtime

    @contextmanager
    def runtime(self, **_overrides):
        yield self.opened

    def answer(self, document, _show):
        self.document = document


def test_the_command_line_makes_a_token(bench, app, waiting):
    """rest-api A2.6: for operators of external runners."""
    context = OpenContext(bench.runtime)
    token.main(args=[str(waiting.id)], obj=context, standalone_mode=False)
    answer = context.document
    assert (answer["feature_result_id"], answer["expires_on"]) == (waiting.id, "2026-01-31T10:35:30.123456Z")
    path = f"/feature_results/{waiting.id}/"
    assert Client(app, answer["token"], 0).get(path).json["feature_result_id"] == waiting.id
