"""What the clients of a department are told about features."""

from cometa_core.events import after, department_stream


def told(runtime):
    with runtime.reading() as session:
        return [event for event in after(session, department_stream(1), 0, 100) if event.type == "feature.changed"]


def test_each_save_is_announced_with_the_state_after_it(runtime, api):
    """Contract: rest-api A7."""
    made = api.create(feature_name="Buy")
    api.patch(f"/api/features/{made['feature_id']}/", {"feature_name": "Sell"})
    first, second = told(runtime)
    assert (first.data["feature"]["feature_name"], second.data["feature"]["feature_name"]) == ("Buy", "Sell")
    assert second.data["feature"]["version"] == 2
    assert second.feature_id == made["feature_id"]


def test_its_author_has_it_already(runtime, api):
    """Contract: rest-api A7: all of the department except `exclude`."""
    api.create()
    (event,) = told(runtime)
    assert event.data["exclude"] == [api.account_id]
    assert event.audience["excluded"] == [api.account_id]


def test_a_save_that_fails_announces_nothing(runtime, api):
    """R-022."""
    made = api.create()
    api.patch(f"/api/features/{made['feature_id']}/", {"feature_name": "x", "version": 7}, status=409)
    assert len(told(runtime)) == 1
