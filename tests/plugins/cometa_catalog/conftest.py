"""An installation with accounts and catalog for a whole module."""

import pytest
from small_installation import installation_on

from cometa_catalog.models import Browser
from cometa_core.scope import Scope

PLUGINS = ("accounts", "catalog", "features", "websteps")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request, tmp_path_factory):
    """The same tests on both databases."""
    made = installation_on(request, tmp_path_factory.mktemp("catalog"), PLUGINS)
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


@pytest.fixture
def scope(runtime):
    """A unit of work that is rolled back."""
    with runtime.sessions() as session:
        session.query(Browser).delete()
        yield Scope(runtime, session)
        session.rollback()
