"""The documented GETs that change something, switched off.  Contract: rest-api A1.7."""

import pytest
from small_installation import runtime_in
from webtest import TestApp
from whole_world import PLUGINS

from cometa_core.app import build_app

DOCUMENTED = [
    "/exectest/?feature_id={feature}",
    "/updateTask/?action=heartbeat&feature_id={feature}&feature_result_id={running}&pid=1",
    "/killTask/{feature}/",
    "/killTaskPID/{pid}/",
    "/schedule/{feature}/?schedule=0+13+*+*+1",
    "/removeScreenshot/{picture}/",
    "/steps/{running_step}/pixel_diff/7/",
    "/encrypt/?action=encrypt&text=x",
    "/parseActions/",
    "/parseBrowsers/",
    "/feature_results/{result}/remove/{result}/",
    "/feature_runs/{run}/remove/",
]


@pytest.fixture(scope="module")
def strict_app(shared_world):
    """The same installation with the GETs switched off."""
    runtime = runtime_in(shared_world.runtime.locations.data, PLUGINS, **{"cometa.legacy_get_writes": "false"})
    yield TestApp(build_app(runtime))
    runtime.close()


@pytest.mark.parametrize("template", DOCUMENTED)
def test_each_works_with_a_key_unless_it_is_switched_off(world, strict_app, template):
    """R-027: 405 also for API keys, with the verbs that remain."""
    path = template.format_map(world.objects["own"])
    headers = {"Authorization": f"Bearer {world.root.key}"}
    refused = strict_app.get(path, headers=headers, status=405)
    assert refused.json["code"] == "legacy_get_disabled"
    assert {"POST", "DELETE"} & set(refused.headers["Allow"].split(", ")) or "remove" in path.lower()
    assert world.app.get(path, headers=headers, status=200)


def test_a_schedule_can_still_be_read(world, strict_app):
    """R-027."""
    headers = {"Authorization": f"Bearer {world.root.key}"}
    assert strict_app.get(f"/schedule/{world.objects['own']['feature']}/", headers=headers).json["state"] == "none"


def test_no_other_get_changes_anything(shared_world):
    """A GET that is not documented as one that changes something must be one that does not."""
    services = shared_world.app.app.registry.cornice_services.values()
    changing = {
        service.path for service in services if "GET" in service.operations and service.operations["GET"].effect
    }
    assert len(changing) == len(DOCUMENTED) + 2, "killTaskPID has two forms without the number"
