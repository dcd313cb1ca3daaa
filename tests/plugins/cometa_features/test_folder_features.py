"""Features in folders, and what clients are told of folders.  Contract: rest-api A6.8, A6.9, A7."""

import pytest

from cometa_accounts.api import Role
from cometa_core.events import after, department_stream


@pytest.fixture
def both(caller):
    """Call as a member of ``Default`` and ``Other``, whose id is 2."""
    return caller("both@example.org", departments=("Default", "Other"))


@pytest.fixture
def told(runtime):
    """Read the events of folders in a department from the last call on, and who receives them."""
    seen = {1: 0, 2: 0}

    def read(department_id=1):
        with runtime.reading() as session:
            events = after(session, department_stream(department_id), seen[department_id], 500)
        seen[department_id] = max((event.seq for event in events), default=seen[department_id])
        assert {event.audience for event in events if event.type != "feature.changed"} <= {None}
        return [(event.type, event.data) for event in events if event.type != "feature.changed"]

    return read


def create(caller, name="Shop", **fields):
    return caller.post("/api/folders/", {"name": name, **fields}, status=201).json["folder_id"]


def changed(department_id=1):
    return ("folders.changed", {"department_id": department_id})


def test_a_feature_is_created_and_changed_in_folders_of_its_department(api):
    """Contract: rest-api A6.8."""
    first, second = create(api), create(api)
    feature = api.create(folder_id=first)
    path = f"/api/features/{feature['feature_id']}/"
    assert feature["folder_id"] == first
    assert api.patch(path, {"folder_id": second}).json["data"]["folder_id"] == second
    assert api.patch(path, {"feature_name": "Other"}).json["data"]["folder_id"] == second
    assert api.patch(path, {"folder_id": 0}).json["data"]["folder_id"] is None
    assert api.create(folder_id=None)["folder_id"] is None


def test_a_folder_that_is_unknown_foreign_or_of_another_department_is_an_invalid_reference(api, both):
    """R-124: the same pattern for folders; nothing is stored."""
    folder = create(both, department=2)
    feature = api.create(folder_id=create(api))
    wanted = {"feature_name": "x", "app_id": 1, "environment_id": 1, "department_id": 1}
    for caller in (api, both):
        for number in (folder, 99, -1):
            sentence = "Invalid folder_id , not found in Folder model"
            answer = caller.post("/api/features/", {**wanted, "folder_id": number}, status=400).json
            assert (answer["code"], answer["error"], answer["Error"]) == ("invalid_reference", sentence, sentence)
            assert answer["fields"] == {"folder_id": [f"unknown id {number}"]}
            path = f"/api/features/{feature['feature_id']}/"
            assert caller.patch(path, {"folder_id": number}, status=400).json["code"] == "invalid_reference"
    assert api.get("/api/features/").json == [feature]


def test_a_folder_of_a_foreign_department_is_not_given_away(api, both):
    """R-020."""
    wanted = {"feature_name": "x", "app_id": 1, "environment_id": 1, "department_id": 2}
    for number in (create(both, department=2), 99):
        answer = api.post("/api/features/", {**wanted, "folder_id": number}, status=400).json
        assert answer["fields"] == {"department_id": ["unknown id 2"], "folder_id": [f"unknown id {number}"]}


@pytest.mark.parametrize("folder", [{}, {"folder_id": 1}, {"folder_id": None}])
def test_a_new_department_takes_a_feature_out_of_its_folder(both, folder):
    """R-149 and rest-api A6.8; also when an editor sends the folder that it knows."""
    feature = both.create(folder_id=create(both))
    path = f"/api/features/{feature['feature_id']}/"
    moved = both.patch(path, {"department_id": 2, **folder}, status=200).json["data"]
    assert (moved["department_id"], moved["folder_id"]) == (2, None)


def test_a_new_department_may_come_with_one_of_its_folders(both):
    """Contract: rest-api A6.8."""
    feature, folder = both.create(), create(both, department=2)
    moved = both.patch(f"/api/features/{feature['feature_id']}/", {"department_id": 2, "folder_id": folder})
    assert (moved.json["data"]["department_id"], moved.json["data"]["folder_id"]) == (2, folder)


@pytest.mark.parametrize("root", [{}, {"new_folder": None}, {"new_folder": 0}])
def test_features_are_put_into_folders_and_back_to_the_root(api, root):
    """R-149; an editor who has the feature open is not disturbed."""
    feature, folder = api.create()["feature_id"], create(api)
    put = api.patch("/api/folder/feature/", {"feature_id": feature, "new_folder": folder}, status=200).json
    assert (put["success"], put["data"]["folder_id"], put["data"]["version"]) == (True, folder, 1)
    assert api.get(f"/api/folders/{folder}/").json["features"] == [put["data"]]
    back = api.patch("/api/folder/feature/", {"feature_id": feature, **root}, status=200).json["data"]
    assert back["folder_id"] is None
    assert api.get("/api/folders/").json["features"] == [back]


def test_a_folder_of_another_department_takes_no_feature(api, both):
    """R-022, R-149."""
    feature, folder = api.create(), create(both, department=2)
    for caller in (api, both):
        for number in (folder, 99):
            body = {"feature_id": feature["feature_id"], "new_folder": number}
            assert caller.patch("/api/folder/feature/", body, status=422).json["fields"].keys() == {"new_folder"}
    assert api.get("/api/features/").json == [feature]


def test_a_feature_is_put_into_another_department_and_its_folder_at_once(both):
    """R-149; that is a save of the feature."""
    feature, folder = both.create(folder_id=create(both)), create(both, department=2)
    body = {"feature_id": feature["feature_id"], "new_folder": folder, "department_id": 2}
    put = both.patch("/api/folder/feature/", body, status=200).json["data"]
    assert (put["department_id"], put["folder_id"], put["version"]) == (2, folder, 2)
    back = both.patch("/api/folder/feature/", {"feature_id": feature["feature_id"], "department_id": 1}).json["data"]
    assert (back["department_id"], back["folder_id"]) == (1, None)


def test_wrong_features_departments_and_keys_are_refused(runtime, api, both, caller):
    """R-020, R-021, R-022."""
    feature, foreign = api.create()["feature_id"], both.create(department_id=2)["feature_id"]
    for number in (foreign, 99):
        assert api.patch("/api/folder/feature/", {"feature_id": number}, status=404).json["code"] == "not_found"
    for body, field in (({}, "feature_id"), ({"feature_id": "1"}, "feature_id"),
                        ({"feature_id": feature, "department_id": 2}, "department_id"),
                        ({"feature_id": feature, "department_id": 99}, "department_id"),
                        ({"feature_id": feature, "colour": 1}, "colour")):  # fmt: skip
        assert api.patch("/api/folder/feature/", body, status=422).json["fields"].keys() == {field}
    with runtime.unit_of_work() as scope:
        scope.session.add(Role(name="reader", power=0, flags={"view_feature": True, "create_folder": True}))
    reader = caller("reader@example.org", role="reader")
    assert reader.patch("/api/folder/feature/", {"feature_id": 99}, status=403).json["code"] == "permission_missing"


def test_every_change_of_folders_is_announced_to_its_department(api, told):
    """Contract: rest-api A6.9, A7."""
    outer, inner = create(api, "Outer"), create(api, "Inner")
    assert told() == [changed(), changed()]
    api.post("/api/folders/", {"old_folder": inner, "new_folder": outer})
    assert told() == [changed()]
    api.patch("/api/folders/", {"folder_id": inner, "name": "Renamed"})
    (kind, data), also = told()
    assert (kind, also) == ("folder.renamed", changed())
    assert (data["department_id"], data["folder_id"], data["folder"]["name"]) == (1, inner, "Renamed")
    # Receivers may not be allowed to see features.
    assert "features" not in data["folder"]
    api.patch("/api/folders/", {"folder_id": inner, "name": "Renamed"})
    assert told() == [changed()]
    api.delete(f"/api/folders/{outer}/remove/")
    (kind, data), also = told()
    assert (kind, also) == ("folder.removed", changed())
    assert (data["department_id"], data["folder_id"]) == (1, outer)


def test_features_that_come_change_place_or_go_are_announced_as_changes_of_folders(api, told):
    """Contract: rest-api A6.8, A6.9."""
    feature = api.create()["feature_id"]
    api.patch(f"/api/features/{feature}/", {"feature_name": "x"})
    api.patch("/api/folder/feature/", {"feature_id": feature})
    api.delete(f"/api/features/{feature}/")
    assert told() == [changed()] * 4


def test_both_departments_are_told_of_what_changes_between_them(both, told):
    """Contract: rest-api A7."""
    folder, feature = create(both), both.create()["feature_id"]
    told(1)
    both.patch("/api/folders/", {"folder_id": folder, "department": 2})
    assert (told(1), told(2)) == ([changed(1)], [changed(2)])
    both.patch(f"/api/features/{feature}/", {"department_id": 2})
    assert (told(1), told(2)) == ([changed(1)], [changed(2)])


def test_refused_changes_are_not_announced(api, told):
    """R-022."""
    folder = create(api)
    told()
    api.patch("/api/folders/", {"folder_id": folder, "parent_id": folder}, status=409)
    api.patch("/api/folders/", {"folder_id": folder, "name": "x", "parent_id": 99}, status=422)
    assert told() == []
