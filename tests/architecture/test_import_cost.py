"""What an import may load: the command line, the web process and the runner start fast only when these hold."""

import json
import subprocess
import sys

import pytest

WEB_AND_DATABASE = {"pyramid", "cornice", "sqlalchemy", "alembic", "huey"}
BROWSER = {"selenium", "behave"}

STEP_MODULES = """
import importlib, pkgutil, cometa_websteps
for found in pkgutil.walk_packages(cometa_websteps.__path__, "cometa_websteps."):
    if found.name != "cometa_websteps.plugin":
        importlib.import_module(found.name)
"""


def loaded_by(statements):
    """Run statements in a new interpreter; return the top-level packages that it then holds."""
    report = "; import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    statements = statements if "\n" not in statements else f"exec({statements!r})"
    answer = subprocess.run([sys.executable, "-c", statements + report], capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("statements", "forbidden"),
    [
        ("import cometa_core", WEB_AND_DATABASE | BROWSER | {"pydantic"}),
        ("import cometa_runner.protocol", WEB_AND_DATABASE | BROWSER | {"cometa_core"}),
        ("import cometa_runner.steps.definition", WEB_AND_DATABASE | BROWSER | {"cometa_core"}),
        ("import cometa_runner.steps.matching", WEB_AND_DATABASE | BROWSER | {"cometa_core"}),
        (STEP_MODULES, WEB_AND_DATABASE | {"cometa_core"}),
    ],
    ids=["the core", "the protocol of runners", "declaring sentences", "matching sentences", "the step libraries"],
)
def test_importing_stays_cheap(statements, forbidden):
    assert loaded_by(statements) & forbidden == set()
