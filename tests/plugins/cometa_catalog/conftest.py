"""An installation with accounts and catalog for a whole module."""

import pytest

from cometa_core.testing.installation import Installation

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request, tmp_path_factory):
    """The same tests on both databases."""
    settings = {"cometa.browser.local": "false"}
    if request.param == "postgresql":
        settings["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    made = Installation(tmp_path_factory.mktemp("catalog"), PLUGINS, settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def runtime(installation):
    return installation.runtime


@pytest.fixture(scope="module")
def root(installation):
    return installation.client("SUPERUSER")


@pytest.fixture(scope="module")
def member(installation):
    return installation.client("DEVOPS")
