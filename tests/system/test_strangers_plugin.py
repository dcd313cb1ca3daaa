"""A plugin that lives outside of the product works in an installation that knows nothing of it.

The product is installed as a wheel into an environment of its own, beside `examples/cometa-scoreboard`, which brings a
table, a REST resource, a step sentence and a listener to runs.  Libraries come from the environment of the tests, so
that nothing is fetched.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from contextlib import closing
from pathlib import Path

import live_installation
import pytest
from live_installation import Live, installation
from waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
NOT_SOURCE = shutil.ignore_patterns(".*", "build", "dist", "data", "*.egg-info", "__pycache__")
SENTENCE = 'Remember the score "{points}" of "{player}"'
WITHOUT_IT = "cometa.plugins = accounts catalog features executions screenshots websteps worker"


def run(*command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Folder of programs of a fresh environment with the product and the plugin, both installed from wheels."""
    folder = tmp_path_factory.mktemp("stranger")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    python = folder / "venv/bin/python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip())
    (packages / "libraries_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    # Builds leave files behind, which must not be among the sources.
    source = shutil.copytree(ROOT, folder / "source", ignore=NOT_SOURCE)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    run(*pip, "install", *offline, source, source / "examples/cometa-scoreboard", folder=folder)
    return python.parent


@pytest.fixture(scope="module")
def command(environment):
    """Let installations be started with `cometa` of the fresh environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_installation, "COMMAND", [str(environment / "cometa")])
        yield


@pytest.fixture(scope="module")
def live(command, tmp_path_factory):
    """An installation whose web process, worker and runners are those of the fresh environment."""
    with installation(tmp_path_factory.mktemp("scoreboard")) as started:
        yield started


def scores(live, **options):
    return {row["player"]: row["points"] for row in live.client(**options).get("/api/scoreboard/").json}


def test_product_and_plugin_are_installed_apart_from_the_sources(environment, tmp_path):
    for package in ("cometa_core", "cometa_executions", "cometa_runner", "cometa_scoreboard"):
        place = run(environment / "python", "-c", f"import {package}; print({package}.__file__)", folder=tmp_path)
        assert Path(place).is_relative_to(environment.parent)


def test_its_own_tests_pass_beside_the_installed_product(environment):
    tests = environment.parents[1] / "source/examples/cometa-scoreboard"
    run(environment / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tests)


def test_the_command_line_says_where_the_plugin_comes_from(live):
    rows = json.loads(live.command("plugins", "--json").stdout)
    (row,) = [row for row in rows if row["name"] == "scoreboard"]
    assert row["state"] == "active"
    assert "cometa-scoreboard" in row["distribution"]


def test_its_table_is_migrated_with_a_history_of_its_own(live):
    rows = json.loads(live.command("db", "state", "--json").stdout)
    (row,) = [row for row in rows if "scoreboard" in row.values()]
    assert "scoreboard_0001" in row.values()


def test_its_resource_is_answered_under_its_own_permissions(live):
    body = {"player": "Ada", "points": 3, "department_id": 1}
    added = live.client("DEVOPS").post("/api/scoreboard/", body)
    assert (added.status, added.json["points"]) == (201, 3)
    assert scores(live, role="ANALYSIS")["Ada"] == 3
    refused = live.client("ANALYSIS").post("/api/scoreboard/", body)
    assert (refused.status, refused.json["code"]) == (403, "permission_missing")
    assert "edit_scoreboard" in refused.json["error"]
    assert scores(live, role="DEVOPS", department="Elsewhere") == {}


def test_its_resource_is_documented(live):
    paths = live.client().get("/docs/openapi.json").json["paths"]
    assert set(paths["/api/scoreboard/"]) == {"get", "post"}


def test_its_sentence_is_listed_and_executed_and_the_listener_counts_the_end(live, shop, feature):
    client = live.client()
    assert SENTENCE in {action["action_name"] for action in client.get("/api/actions/").json}
    key = feature(
        f'StartBrowser and call URL "{shop.url}/"',
        'Remember the score "3" of "Ada"',
        'Value "$score_Ada" should equal "3"',
        name="Keep the score",
    )
    for _ in range(2):
        answer = client.post("/exectest/", {"feature_id": key, "wait": True})
        assert answer.status == 200, answer.body
        (result,) = answer.json["results"]
        assert (result["status"], result["ok"]) == ("Success", 3), live.log.read_text()[-3000:]
    # The listener is told after the commit that ends the wait.
    eventually(lambda: scores(live).get("Keep the score") == 2, 10, "the second point")


def test_a_failing_step_of_it_speaks_to_testers(live, shop, feature):
    key = feature(f'StartBrowser and call URL "{shop.url}/"', 'Remember the score "many" of "Ada"', name="Many")
    (result,) = live.client().post("/exectest/", {"feature_id": key, "wait": True}).json["results"]
    assert result["status"] == "Failed"
    steps = live.client().get(f"/api/feature_results/{result['feature_result_id']}/step_results/").json
    assert "points to be a whole number" in steps[1]["error"]


def test_switched_off_it_is_gone_and_keeps_its_table(command, tmp_path):
    Live(tmp_path).command("init")
    with installation(tmp_path, WITHOUT_IT) as without:
        client = without.client()
        assert client.get("/api/scoreboard/").json["code"] == "route_not_found"
        assert SENTENCE not in {action["action_name"] for action in client.get("/api/actions/").json}
    with closing(sqlite3.connect(without.data / "cometa.sqlite3")) as database:
        assert database.execute("select count(*) from scoreboard_score").fetchone() == (0,)
