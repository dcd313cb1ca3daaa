"""Routes of folders: the tree, creating, renaming and moving."""

import re

import pytest

FIELDS = {
    "folder_id", "name", "owner", "owner_name", "department", "department_name", "parent_id", "created_on", "features",
    "folders",
}  # fmt: skip


@pytest.fixture
def folder(api):
    """Create a folder and return its id: ``folder("Shop", parent_id=3)``."""
    return lambda name="Shop", **fields: create(api, name, **fields)["folder_id"]


def create(caller, name="Shop", **fields):
    return caller.post("/api/folders/", {"name": name, **fields}, status=201).json


def chain(caller, length, parent_id=None):
    """Create folders inside each other and return their ids from the outermost."""
    ids = []
    for level in range(length):
        ids.append(create(caller, f"Level {level}", parent_id=ids[-1] if ids else parent_id)["folder_id"])
    return ids


def names(tree):
    """Give the names of a tree as nested dictionaries."""
    return {each["name"]: names(each) for each in tree["folders"]}


def home(caller):
    return caller.get("/api/folders/").json


def test_the_tree_has_features_at_the_top_and_in_nested_folders(api, folder):
    """R-141."""
    outer = folder("Outer")
    inner = folder("Inner", parent_id=outer)
    loose, sorted_in = api.create(feature_name="Loose"), api.create(feature_name="Sorted", folder_id=inner)
    tree = home(api)
    assert set(tree) == {"features", "folders"}
    assert tree["features"] == [loose]
    (shown,) = tree["folders"]
    assert set(shown) == FIELDS
    assert shown["features"] == []
    assert shown["folders"][0]["features"] == [sorted_in]
    assert (sorted_in["folder_id"], shown["folders"][0]["parent_id"]) == (inner, outer)


def test_siblings_stand_by_id_and_may_have_one_name(api, folder):
    """Contract: rest-api A5, A6.9."""
    ids = [folder("Same"), folder("Same"), folder("Before")]
    assert [each["folder_id"] for each in home(api)["folders"]] == ids


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_one_folder_is_read_with_everything_in_it_and_nothing_else(api, folder):
    """Contract: rest-api A6.9."""
    outer = folder("Outer")
    inner = folder("Inner", parent_id=outer)
    folder("Beside")
    feature = api.create(folder_id=inner)
    read = api.get(f"/backend/api/folders/{outer}").json
    assert names(read) == {"Inner": {}}
    assert read["folders"][0]["features"] == [feature]
    assert read == home(api)["folders"][0]


@pytest.mark.parametrize("parent", [{}, {"parent_id": None}, {"parent_id": 0}])
def test_without_a_parent_a_folder_is_below_home(api, parent):
    """R-013, R-014, R-142."""
    made = create(api, "  New  ", **parent)
    assert set(made) == FIELDS
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", made.pop("created_on"))
    assert made == {
        "folder_id": 1, "name": "New", "owner": api.account_id, "owner_name": "ada", "department": 1,
        "department_name": "Default", "parent_id": None, "features": [], "folders": [],
    }  # fmt: skip


def test_the_department_is_that_of_the_parent_else_the_sent_one_else_the_lowest(caller):
    """R-143."""
    member = caller(departments=("Default", "Other", "Third"))
    assert create(member)["department"] == 1
    assert create(member, department_id=3)["department"] == 3
    parent = create(member, department=2)
    assert parent["department"] == 2
    assert create(member, parent_id=parent["folder_id"])["department"] == 2
    assert create(member, parent_id=parent["folder_id"], department=3)["department"] == 2


def test_somebody_without_department_cannot_create_a_folder(caller):
    """Contract: rest-api A6.9."""
    nobody = caller("nobody@example.org", departments=())
    assert nobody.post("/api/folders/", {"name": "x"}, status=422).json["fields"].keys() == {"department"}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "validation_failed"),
        ({"name": None}, "name", "validation_failed"),
        ({"name": " "}, "name", "validation_failed"),
        ({"name": "x" * 256}, "name", "validation_failed"),
        ({"name": "a\0b"}, "name", "validation_failed"),
        ({"name": "x", "parent_id": 99}, "parent_id", "validation_failed"),
        ({"name": "x", "parent_id": -1}, "parent_id", "validation_failed"),
        ({"name": "x", "parent_id": 10**18 - 1}, "parent_id", "validation_failed"),
        ({"name": "x", "department": 99}, "department", "validation_failed"),
        ({"name": "x", "department": 2}, "department", "validation_failed"),
        ({"name": "x", "department": 1, "department_id": 2}, "body", "validation_failed"),
        ({"name": "x", "new_folder": 1}, "new_folder", "validation_failed"),
        ({"name": "x", "colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_wrong_fields_of_a_new_folder_are_named_and_nothing_is_stored(api, caller, body, field, code):
    """R-011, R-020, R-022."""
    caller("eve@example.org", departments=("Other",))
    answer = api.post("/api/folders/", body, status=422).json
    assert (answer["code"], list(answer["fields"])) == (code, [field])
    assert home(api)["folders"] == []


def test_old_and_new_folder_move_and_create_nothing(api, folder):
    """R-144."""
    old, new = folder("Old"), folder("New")
    inside = folder("Inside", parent_id=old)
    feature = api.create(folder_id=inside)
    moved = api.post("/api/folders/", {"old_folder": old, "new_folder": new}, status=200).json
    assert moved["success"] is True
    assert moved["data"]["parent_id"] == new
    assert moved["data"]["folders"][0]["features"] == [feature]
    assert names(home(api)) == {"New": {"Old": {"Inside": {}}}}
    for place, name in ((0, "First"), (None, "Second")):
        api.post("/api/folders/", {"old_folder": old, "new_folder": new})
        api.post("/api/folders/", {"old_folder": old, "new_folder": place, "name": name}, status=200)
        assert names(home(api)) == {"New": {}, name: {"Inside": {}}}


def test_what_cannot_be_moved_is_404_and_where_it_cannot_be_moved_to_is_422(api, caller, folder):
    """R-020, R-022."""
    own = folder("Own")
    foreign = create(caller("eve@example.org", departments=("Other",)))["folder_id"]
    for number in (99, foreign):
        assert (
            api.post("/api/folders/", {"old_folder": number, "new_folder": 0}, status=404).json["code"] == "not_found"
        )
        answer = api.post("/api/folders/", {"old_folder": own, "new_folder": number}, status=422).json
        assert list(answer["fields"]) == ["new_folder"]
    for body in ({"old_folder": own}, {"old_folder": own, "new_folder": 0, "parent_id": 1}):
        assert api.post("/api/folders/", body, status=422).json["code"] == "validation_failed"
    assert api.post("/api/folders/", {"old_folder": "1", "new_folder": 0}, status=422).json["fields"].keys() == {
        "old_folder"
    }


def test_a_folder_never_gets_into_itself(api):
    """R-022, R-145."""
    outer, middle, inner = chain(api, 3)
    before = home(api)
    for target in (outer, middle, inner):
        for answer in (
            api.post("/api/folders/", {"old_folder": outer, "new_folder": target}, status=409),
            api.patch("/api/folders/", {"folder_id": outer, "parent_id": target, "name": "x"}, status=409),
        ):
            assert answer.json["code"] == "folder_cycle"
    assert home(api) == before


def test_twenty_levels_are_created_and_the_next_is_too_deep(api):
    """R-146."""
    ids = chain(api, 20)
    answer = api.post("/api/folders/", {"name": "x", "parent_id": ids[-1]}, status=422).json
    assert (answer["code"], list(answer["fields"])) == ("folder_too_deep", ["parent_id"])
    tree, levels = home(api), 0
    while tree["folders"]:
        (tree,), levels = tree["folders"], levels + 1
    assert levels == 20


def test_a_moved_folder_counts_with_everything_below_it(api, folder):
    """R-146."""
    seventeen, three, four = chain(api, 17), chain(api, 3), chain(api, 4)
    answer = api.post("/api/folders/", {"old_folder": four[0], "new_folder": seventeen[-1]}, status=422).json
    assert (answer["code"], list(answer["fields"])) == ("folder_too_deep", ["new_folder"])
    patch = {"folder_id": four[0], "parent_id": seventeen[-1]}
    assert api.patch("/api/folders/", patch, status=422).json["code"] == "folder_too_deep"
    api.post("/api/folders/", {"old_folder": three[0], "new_folder": seventeen[-1]}, status=200)
    api.post("/api/folders/", {"old_folder": seventeen[0], "new_folder": folder("One too many")}, status=422)


@pytest.mark.parametrize("key", ["folder_name", "name"])
def test_patch_renames_by_either_name_of_the_field(api, folder, key):
    """R-147."""
    number = folder("Before")
    changed = api.patch("/api/folders/", {"folder_id": number, key: "After"}, status=200).json
    assert (changed["success"], changed["data"]["name"]) == (True, "After")
    assert names(home(api)) == {"After": {}}


def test_patch_moves_and_leaves_alone_what_is_not_sent(api, folder):
    """Contract: rest-api A6.9."""
    outer = folder("Outer")
    inner = folder("Inner")
    moved = api.patch("/api/folders/", {"folder_id": inner, "parent_id": outer}).json["data"]
    assert (moved["name"], moved["parent_id"]) == ("Inner", outer)
    renamed = api.patch("/api/folders/", {"folder_id": inner, "name": "Renamed", "department": 1}).json["data"]
    assert renamed["parent_id"] == outer
    assert api.patch("/api/folders/", {"folder_id": inner, "parent_id": 0}).json["data"]["parent_id"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "folder_id"),
        ({"folder_id": "1"}, "folder_id"),
        ({"folder_id": 1, "name": "x", "folder_name": "y"}, "body"),
        ({"folder_id": 1, "parent_id": 99}, "parent_id"),
        ({"folder_id": 1, "department": 99}, "department"),
        ({"folder_id": 1, "colour": "red"}, "colour"),
    ],
)
def test_wrong_fields_of_a_change_are_named(api, folder, body, field):
    """R-022."""
    folder()
    assert list(api.patch("/api/folders/", body, status=422).json["fields"]) == [field]
    assert names(home(api)) == {"Shop": {}}


@pytest.mark.parametrize("path", ["/api/folders/{}/remove/", "/api/folders/{}/"])
def test_removing_takes_sub_folders_and_returns_features_to_the_root(api, folder, path):
    """R-148."""
    outer = folder("Outer")
    inner = folder("Inner", parent_id=outer)
    folder("Beside")
    numbers = [api.create(folder_id=each)["feature_id"] for each in (outer, inner)]
    assert api.delete(path.format(outer), status=200).json == {"success": True}
    tree = home(api)
    assert names(tree) == {"Beside": {}}
    assert [feature["feature_id"] for feature in tree["features"]] == numbers
    assert {feature["folder_id"] for feature in tree["features"]} == {None}
    api.delete(path.format(outer), status=404)
    api.get(f"/api/folders/{inner}/", status=404)


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("PUT", "/api/folders/", {"GET", "HEAD", "OPTIONS", "PATCH", "POST"}),
        ("POST", "/api/folders/1/", {"DELETE", "GET", "HEAD", "OPTIONS"}),
        ("GET", "/api/folders/1/remove/", {"DELETE", "OPTIONS"}),
        ("GET", "/api/folder/feature/", {"OPTIONS", "PATCH"}),
    ],
)
def test_wrong_verbs_are_refused_with_the_right_ones(app, verb, path, allowed):
    """R-004."""
    answer = app.request(path, method=verb, status=405)
    assert answer.json["code"] == "method_not_allowed"
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_the_tree_takes_the_same_number_of_queries_whatever_its_size(api, caller, queries):
    """Contract: rest-api A6.9."""

    def grow():
        for place in chain(api, 3):
            api.create(folder_id=place)
            api.create()

    def asked(path):
        queries.clear()
        api.get(path)
        return len(queries)

    grow()
    before = asked("/api/folders/"), asked("/api/folders/1/")
    for email in ("bob@example.org", "cy@example.org"):
        create(caller(email), parent_id=1)
        grow()
    assert (asked("/api/folders/"), asked("/api/folders/1/")) == before
