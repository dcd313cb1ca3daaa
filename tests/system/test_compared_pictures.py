"""A changed page is found by the workers of both kinds of installation, and approved over their API."""

import pytest
from compared_runs import Site, boxes, serve

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site():
    made = Site()
    serve(made)
    yield made
    made.shutdown()
    made.server_close()


def test_a_changed_page_fails_until_its_picture_is_approved(live, site, feature):
    """F.3, F.5, X-102, X-108: worker process, store, database and API together."""
    flags = {"compare": True, "max_diff": 500}
    key = feature({"step_content": f'StartBrowser and call URL "{site.url}/"', **flags})
    client = live.client(role="SUPERUSER")

    def execute(body):
        site.body = body
        (result,) = client.post("/exectest/", {"feature_id": key, "wait": True}).json["results"]
        (step,) = client.get(f"/api/feature_results/{result['feature_result_id']}/step_results/").json
        return result, step

    one, two = (10, 10, 50, 50), (200, 200, 50, 50)
    result, step = execute(boxes(one))
    assert (result["status"], step["verdict"]) == ("Success", "new"), (result, live.log.read_text()[-3000:])
    result, step = execute(boxes(one, two))
    assert (result["status"], step["verdict"], result["pixel_diff"]) == ("Failed", "different", 2500)
    assert step["error"].startswith("2,500 pixels differ (0.1")
    for role in ("current", "style", "difference", "template"):
        assert client.get(f"/screenshot/{step[f'screenshot_{role}']}/").status == 200
    path = f"/api/step_results/{step['step_result_id']}/baseline/"
    assert client.post(path, {"action": "approve"}).json["data"]["baseline_state"] == "approved"
    result, step = execute(boxes(one, two))
    assert (result["status"], step["verdict"], result["pixel_diff"]) == ("Success", "equal", 0)
