"""Who may see, change and delete which folders, and what happens between departments.  Contract: rest-api A3."""

import pytest
from small_installation import make_caller

from cometa_accounts.api import Role


@pytest.fixture
def other(caller):
    """Call as a member of the department ``Other``, whose id is 2."""
    return caller("eve@example.org", departments=("Other",))


@pytest.fixture
def both(caller):
    """Call as a member of ``Default`` and ``Other``."""
    return caller("both@example.org", departments=("Default", "Other"))


@pytest.fixture
def limited(runtime, caller):
    """Call as a member of ``Default`` with exactly the named flags."""

    def make(*flags):
        with runtime.unit_of_work() as scope:
            scope.session.add(Role(name="limited", power=0, flags=dict.fromkeys(flags, True)))
        return caller("limited@example.org", role="limited")

    return make


def create(caller, name="Shop", **fields):
    return caller.post("/api/folders/", {"name": name, **fields}, status=201).json["folder_id"]


def code(answer):
    return answer.status_int, answer.json["code"]


def test_members_see_their_own_departments_and_superusers_all(api, other, both, caller):
    """R-052."""
    mine, theirs = create(api, "Mine"), create(other, "Theirs")
    feature = other.create(department_id=2)
    seen = {who: who.get("/api/folders/").json for who in (api, other, both, caller("root@e.org", role="SUPERUSER"))}
    folders = [[folder["folder_id"] for folder in tree["folders"]] for tree in seen.values()]
    assert folders == [[mine], [theirs], [mine, theirs], [mine, theirs]]
    assert [tree["features"] for tree in seen.values()] == [[], [feature], [feature], [feature]]


def test_foreign_folders_are_as_unknown_as_missing_ones(api, other):
    """R-020."""
    for number in (create(other), 99):
        assert code(api.get(f"/api/folders/{number}/", status=404)) == (404, "not_found")
        assert code(api.delete(f"/api/folders/{number}/", status=404)) == (404, "not_found")
        assert code(api.delete(f"/api/folders/{number}/remove/", status=404)) == (404, "not_found")
        assert code(api.patch("/api/folders/", {"folder_id": number, "name": "x"}, status=404)) == (404, "not_found")
    assert other.get("/api/folders/").json["folders"][0]["name"] == "Shop"


def test_without_view_feature_folders_show_no_features(api, limited):
    """Contract: rest-api A3.2."""
    folder = create(api)
    api.create(folder_id=folder)
    api.create()
    blind = limited("create_folder")
    tree = blind.get("/api/folders/").json
    assert (tree["features"], tree["folders"][0]["features"]) == ([], [])
    assert blind.get(f"/api/folders/{folder}/").json["features"] == []
    assert blind.patch("/api/folders/", {"folder_id": folder, "name": "x"}).json["data"]["features"] == []


def test_creating_and_moving_need_create_folder(api, limited):
    """R-021."""
    folder = create(api)
    caller = limited("view_feature", "delete_folder")
    assert code(caller.post("/api/folders/", {"name": "x"}, status=403)) == (403, "permission_missing")
    move = {"old_folder": folder, "new_folder": 0}
    assert code(caller.post("/api/folders/", move, status=403)) == (403, "permission_missing")


def test_owners_change_and_delete_their_folders_without_flags(runtime, api, other, limited):
    """R-148; of others it is 403 when they are visible and 404 when not."""
    foreign, theirs = create(other), create(api)
    owner = limited("create_folder")
    mine = create(owner)
    with runtime.unit_of_work() as scope:
        scope.session.query(Role).filter_by(name="limited").one().flags = {}
    assert owner.patch("/api/folders/", {"folder_id": mine, "name": "x"}, status=200).json["data"]["name"] == "x"
    for number, expected in ((theirs, (403, "permission_missing")), (foreign, (404, "not_found"))):
        assert code(owner.patch("/api/folders/", {"folder_id": number, "name": "x"}, status="*")) == expected
        assert code(owner.patch("/api/folders/", {"folder_id": number, "colour": 1}, status="*")) == expected
        assert code(owner.delete(f"/api/folders/{number}/", status="*")) == expected
        assert code(owner.delete(f"/api/folders/{number}/remove/", status="*")) == expected
    create(api, parent_id=mine)
    owner.delete(f"/api/folders/{mine}/remove/", status=200)
    assert [folder["folder_id"] for folder in api.get("/api/folders/").json["folders"]] == [theirs]


def test_the_flags_allow_it_with_folders_of_others(api, limited):
    """Contract: rest-api A3.2."""
    theirs = create(api)
    caller = limited("create_folder", "delete_folder")
    caller.patch("/api/folders/", {"folder_id": theirs, "name": "x"}, status=200)
    caller.delete(f"/api/folders/{theirs}/", status=200)


@pytest.mark.parametrize("flag", ["create_folder", "delete_folder"])
def test_all_shipped_roles_but_anonymous_have_the_flags(identity, flag):
    """Contract: rest-api A3.1."""
    roles = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS")
    able = [role for role in roles if identity(f"{role.lower()}@example.org", role=role).may(flag)]
    assert able == ["SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS"]


def test_a_key_that_only_reads_changes_nothing(runtime, app, api):
    """R-047."""
    folder = create(api)
    reader = make_caller(runtime, app, "ada@example.org", scopes=("read",))
    reader.get("/api/folders/", status=200)
    assert code(reader.delete(f"/api/folders/{folder}/", status=403)) == (403, "scope_missing")
    assert code(reader.patch("/api/folders/", {"folder_id": folder}, status=403)) == (403, "scope_missing")


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_a_new_department_takes_sub_folders_and_features_along(both, other):
    """Contract: rest-api A6.9."""
    outer = create(both, "Outer")
    place = create(both, "Place", parent_id=outer)
    inner = create(both, "Inner", parent_id=place)
    feature = both.create(folder_id=inner)["feature_id"]
    stays = both.create(folder_id=outer)["feature_id"]
    moved = both.patch("/api/folders/", {"folder_id": place, "department": 2}, status=200).json["data"]
    assert (moved["department"], moved["department_name"], moved["parent_id"]) == (2, "Other", None)
    (seen,) = other.get("/api/folders/").json["folders"]
    assert seen["folders"][0]["department"] == 2
    (shown,) = seen["folders"][0]["features"]
    assert (shown["feature_id"], shown["department_id"], shown["folder_id"]) == (feature, 2, inner)
    assert both.get(f"/api/features/{stays}/").json["department_id"] == 1


def test_moving_below_a_folder_of_another_department_changes_the_department(both, other):
    """Contract: rest-api A5: the department of a folder is that of its parent."""
    target, old = create(other), create(both, "Old")
    feature = both.create(folder_id=old)["feature_id"]
    moved = both.post("/api/folders/", {"old_folder": old, "new_folder": target}, status=200).json["data"]
    assert (moved["department"], moved["features"][0]["department_id"]) == (2, 2)
    assert other.get(f"/api/features/{feature}/").json["folder_id"] == old


def test_another_department_needs_edit_feature_too(runtime, both, caller, limited):
    """Contract: rest-api A3.2; nothing changes without."""
    target = create(both, department=2)
    limited("create_folder")
    sorter = caller("sorter@example.org", role="limited", departments=("Default", "Other"))
    folder = create(sorter, department=1)
    for body in ({"department": 2}, {"parent_id": target}):
        answer = sorter.patch("/api/folders/", {"folder_id": folder, "name": "x", **body}, status=403)
        assert code(answer) == (403, "permission_missing")
    assert code(sorter.post("/api/folders/", {"old_folder": folder, "new_folder": target}, status=403))[0] == 403
    read = sorter.get(f"/api/folders/{folder}/").json
    assert (read["department"], read["name"]) == (1, "Shop")


def test_the_new_department_must_be_an_own_one_and_that_of_the_parent(api, both, other, caller):
    """R-022."""
    folder, theirs = create(api), create(other)
    assert api.patch("/api/folders/", {"folder_id": folder, "department": 2}, status=422).json["fields"].keys() == {
        "department"
    }
    body = {"folder_id": folder, "parent_id": theirs, "department": 1}
    assert both.patch("/api/folders/", body, status=422).json["fields"].keys() == {"department"}
    root = caller("root@example.org", role="SUPERUSER", departments=())
    assert root.patch("/api/folders/", {"folder_id": folder, "department": 2}).json["data"]["department"] == 2


def test_owners_may_vanish(runtime, app, api):
    """Contract: rest-api A5."""
    folder = create(api)
    root = make_caller(runtime, app, "root@example.org", role="SUPERUSER")
    root.delete(f"/api/accounts/{api.account_id}/", status=200)
    read = root.get(f"/api/folders/{folder}/").json
    assert (read["owner"], read["owner_name"]) == (None, None)


@pytest.mark.parametrize("runtime", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)], indirect=True)
def test_a_department_without_features_is_deleted_with_its_folders(runtime, app, api, other):
    """Contract: rest-api A5."""
    root = make_caller(runtime, app, "root@example.org", role="SUPERUSER")
    create(other, parent_id=create(other))
    kept = create(api)
    feature = other.create(department_id=2)["feature_id"]
    assert code(root.delete("/api/departments/2/", status=409)) == (409, "in_use")
    root.delete(f"/api/features/{feature}/", status=200)
    root.delete("/api/departments/2/", status=200)
    assert [folder["folder_id"] for folder in root.get("/api/folders/").json["folders"]] == [kept]
