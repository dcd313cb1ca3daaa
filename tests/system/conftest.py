"""Installations that the system tests share."""

from contextlib import ExitStack

import pytest
from live_installation import installation

from cometa_demo.server import SampleShop


@pytest.fixture(scope="session", params=["embedded", "machines"])
def live(request, tmp_path_factory):
    """An installation: one process tree on SQLite, or web and worker apart on PostgreSQL and Redis."""
    # Long, as people have them: browsers put sockets below it, whose addresses are limited to 107 bytes.
    folder = tmp_path_factory.mktemp(request.param) / "a-folder-with-a-rather-long-name-such-as-people-have-them"
    folder.mkdir()
    with ExitStack() as stack:
        if request.param == "embedded":
            yield stack.enter_context(installation(folder))
        else:
            postgres = request.getfixturevalue("postgres_server")
            redis = request.getfixturevalue("redis_server")
            redis.flush()
            urls = f"sqlalchemy.url = {postgres.create_database()}\nhuey.url = {redis.url()}"
            yield stack.enter_context(installation(folder, urls, apart=True))


@pytest.fixture(scope="session")
def shop():
    """The sample shop; its pages are what features are run against."""
    with SampleShop() as server:
        yield server


CHROME = [{"browser": "chrome"}]


@pytest.fixture
def feature(live):
    """Store a feature and return its id."""
    client = live.client()

    def store(*sentences, name="A feature", **fields):
        steps = [sentence if isinstance(sentence, dict) else {"step_content": sentence} for sentence in sentences]
        body = {"feature_name": name, "app_id": 1, "environment_id": 1, "department_id": 1, "browsers": CHROME,
                "steps_content": steps, **fields}  # fmt: skip
        answer = client.post("/api/features/", body)
        assert answer.status == 201, answer.body
        return answer.json["feature_id"]

    return store
