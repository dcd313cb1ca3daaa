"""What tests of other plugins stand on: an installation inside of the test process."""

import pytest

from cometa_core.errors import Invalid


def test_a_client_has_role_departments_and_scopes(installation):
    client = installation.client("MANAGER", departments=("North", "South"), scopes=("read",))
    user = client.get("/addoidcaccount/").json
    assert user["user_role"] == "MANAGER"
    assert [department["department_name"] for department in user["departments"]] == ["North", "South"]
    refused = client.post("/api/api_keys/", {"name": "more"}, status=403)
    assert refused.json["code"] == "scope_missing"


def test_the_same_question_gets_the_same_client_and_another_address_another_one(installation):
    assert installation.client("ANALYSIS") is installation.client("ANALYSIS")
    assert installation.client("ANALYSIS") is not installation.client("ANALYSIS", email="else@example.org")


def test_commands_answer_as_documents_and_refuse_as_errors(installation):
    listed = installation.command("api-key", "list")
    assert all(isinstance(row["created_on"], str) for row in listed)
    with pytest.raises(Invalid, match="unknown role"):
        installation.command("api-key", "create", "--email", "a@example.org", "--role", "KING")
