"""A running installation is backed up while runs go on, and restored elsewhere with results and pictures."""

import json

import pytest
from live_installation import Client, Live
from waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(180)]

CHROME = [{"browser": "chrome"}]


@pytest.fixture
def embedded(tmp_path):
    """Make an installation of one machine; it is stopped at the end."""
    made = []

    def make(name):
        (tmp_path / name).mkdir()
        made.append(Live(tmp_path / name))
        return made[-1]

    yield make
    for live in made:
        live.stop()


def store(client, *steps):
    body = {"feature_name": f"Feature of {len(steps)}", "app_id": 1, "environment_id": 1, "department_id": 1,
            "browsers": CHROME, "steps_content": steps}  # fmt: skip
    answer = client.post("/api/features/", body)
    assert answer.status == 201, answer.body
    return answer.json["feature_id"]


def state_of(client, result_id):
    return client.get(f"/feature_results/{result_id}/").json["state"]


def errors_of(client, result_id):
    return [step["error"] for step in client.get(f"/api/feature_results/{result_id}/step_results/").json]


def picture_of(client, result_id):
    (first, *_) = client.get(f"/api/feature_results/{result_id}/step_results/").json
    return client.get(f"/screenshot/{first['screenshot_current']}/?original=1").body


def test_a_copy_of_a_running_installation_works_elsewhere(embedded, shop, tmp_path):
    """runner I.4, M: what was active when the copy was made is lost after the restore; nothing stays active."""
    first = embedded("first").start()
    client = first.client()
    page = {"step_content": f'StartBrowser and call URL "{shop.url}/"', "screenshot": True}
    done = client.post("/exectest/", {"feature_id": store(client, page), "wait": True}).json["results"][0]
    assert done["status"] == "Success"
    picture = picture_of(client, done["feature_result_id"])
    assert picture.startswith(b"\x89PNG")
    going = client.post(
        "/exectest/", {"feature_id": store(client, page, {"step_content": 'I sleep "50" seconds'})}
    ).json
    (going_id,) = going["feature_result_ids"]
    eventually(lambda: state_of(client, going_id) == "Running", 20, "a running result")

    made = json.loads(first.command("backup", str(tmp_path / "b.tar.gz"), "--with-keys", "--json").stdout)
    assert made["objects"] >= 1
    assert state_of(client, going_id) == "Running", errors_of(client, going_id)
    first.stop()

    second = embedded("second")
    second.command("restore", str(tmp_path / "b.tar.gz"))
    second.start()
    restored = Client(second.url, client.key)
    assert state_of(restored, done["feature_result_id"]) == "Success"
    assert picture_of(restored, done["feature_result_id"]) == picture
    eventually(lambda: state_of(restored, going_id) == "Error", 30, "the end of the lost result")
