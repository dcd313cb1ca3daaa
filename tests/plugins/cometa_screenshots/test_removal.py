"""Removing pictures of steps."""

import pytest


@pytest.mark.parametrize("verb", ["delete", "get"])
def test_a_removed_picture_is_gone_and_no_field_names_it(app, headers, step, store, picture, verb):
    """R-162: removal needs the flag; afterwards the fields are empty."""
    store(picture())
    store(picture(colour=(1, 2, 3, 255)), "style")
    own, root = headers(), headers("root@example.org", role="SUPERUSER")
    name = f"AMVARA_{step.id}_style.png"
    address = f"/screenshot/{name}/" if verb == "delete" else f"/removeScreenshot/{name}/"
    refused = getattr(app, verb)(address, headers=own, status=403)
    assert refused.json["code"] == "permission_missing"
    answer = getattr(app, verb)(address, headers=root)
    assert answer.json == {"success": True, "removed": [name], "template": None}
    row = app.get(f"/api/step_results/{step.id}/", headers=own).json["results"]
    assert (row["screenshot_style"], row["screenshot_current"]) == ("", f"AMVARA_{step.id}.png")
    getattr(app, verb)(address, headers=root, status=404)
