"""Events of accounts and departments, and who receives them."""

import pytest
from sqlalchemy import select

from cometa_core.db.tables import Event


@pytest.fixture
def events(runtime):
    """Return the events of the site since the test began."""
    query = select(Event).where(Event.stream == "department:0").order_by(Event.seq)
    with runtime.reading() as session:
        before = len(session.scalars(query).all())

    def since():
        with runtime.reading() as session:
            return session.scalars(query).all()[before:]

    return since


def test_accounts_are_announced_to_those_who_may_read_them_and_to_themselves(root, events):
    """Rest-api A7."""
    made = root.post("/api/accounts/", {"name": "Told", "email": "told@example.org"}, status=201).json
    path = f"/api/accounts/{made['user_id']}/"
    root.patch(path, {"name": "Told again", "settings": {"private": True}})
    root.delete(path)
    added, changed, removed = events()
    assert [event.type for event in (added, changed, removed)] == [
        "account.added",
        "account.changed",
        "account.removed",
    ]
    assert all(event.data["account_id"] == made["user_id"] for event in (added, changed, removed))
    assert changed.data["account"]["name"] == "Told again"
    assert changed.data["account"]["settings"] == {}
    assert changed.audience == {"permissions": ["view_accounts"], "accounts": [made["user_id"]], "excluded": []}
    assert added.audience == removed.audience == {**changed.audience, "accounts": []}


def test_memberships_change_their_account(root, member, events):
    """Rest-api A7."""
    department = root.post("/api/departments/", {"department_name": "Joined"}, status=201).json["department_id"]
    row = root.post("/api/account_roles/", {"user": member.account_id, "department": department}, status=201).json
    root.delete(f"/api/account_roles/{row['account_role_id']}/")
    joined, left = [event for event in events() if event.type == "account.changed"]
    assert joined.data["account"]["departments"] == ["Default", "Joined"]
    assert left.data["account"]["departments"] == ["Default"]


def test_departments_are_announced_to_their_members_and_to_those_who_manage_them(root, events):
    """Rest-api A7."""
    made = root.post("/api/departments/", {"department_name": "Announced"}, status=201).json
    path = f"/api/departments/{made['department_id']}/"
    root.patch(path, {"department_name": "Announced again"})
    root.delete(path)
    added, changed, removed = events()
    assert (added.type, added.data) == ("department.added", {"department": made})
    assert changed.data["departmentId"] == made["department_id"]
    assert changed.data["options"]["department_name"] == "Announced again"
    assert (removed.type, removed.data) == ("department.removed", {"department_id": made["department_id"]})
    for event in (added, changed, removed):
        assert event.audience["permissions"] == ["view_departments_panel"]
        assert event.audience["accounts"] == [root.account_id]


def test_a_refused_change_announces_nothing(root, events):
    """R-022."""
    root.post("/api/accounts/", {"name": "X", "email": "member@example.org", "user_role": "KING"}, status=422)
    root.delete("/api/departments/1/", status=409)
    assert events() == []
