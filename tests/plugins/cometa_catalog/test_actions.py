"""The list of step sentences."""

from cometa_catalog.api import vocabulary


def test_actions_are_the_sentences_of_the_real_registry(runtime, member):
    """R-081."""
    rows = member.get("/api/actions/").json
    assert [row["action_name"] for row in rows] == [found.pattern for found in vocabulary(runtime).definitions]
    assert len(rows) >= 40
    assert [row["action_id"] for row in rows] == list(range(1, len(rows) + 1))


def test_an_action_describes_summary_parameters_and_example(member):
    (row,) = [row for row in member.get("/api/actions/").json if row["action_name"].startswith('Goto URL "')]
    assert row["values"] == 1
    assert "<b>url</b>" in row["description"]
    assert "Example: Goto URL &quot;" in row["description"]
    assert (row["department"], row["application"], row["step_type"]) == ("DIF", "amvara", "BROWSER")


def test_filters_are_exact(member):
    """R-081."""
    everything = len(member.get("/api/actions/").json)
    assert len(member.get("/api/actions/?department=DIF&app=amvara").json) == everything
    assert member.get("/api/actions/?department=dif").json == []
    assert member.get("/api/actions/?app=other").json == []


def test_pages_follow_the_rules_of_lists(member):
    page = member.get("/api/actions/?page=2&size=10")
    assert page.json[0]["action_id"] == 11
    assert int(page.headers["X-Total-Count"]) > 40


def test_actions_cannot_be_posted(member):
    """R-081."""
    response = member.post("/api/actions/", {}, status=405)
    assert "GET" in response.headers["Allow"]
