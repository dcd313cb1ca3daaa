"""The resource over HTTP."""

import pytest


@pytest.fixture(scope="module")
def devops(installation):
    """What a caller who may add points sends."""
    return installation.headers("DEVOPS")


def points(player="Ada", number=3, department=1):
    """The body of a POST."""
    return {"player": player, "points": number, "department_id": department}


def test_points_add_up_and_the_best_player_is_first(app, devops):
    """POST adds to what is there."""
    first = app.post_json("/api/scoreboard/", points("Ada", 3), headers=devops, status=201).json
    assert (first["player"], first["points"]) == ("Ada", 3)
    app.post_json("/api/scoreboard/", points("Grace", 5), headers=devops, status=201)
    assert app.post_json("/api/scoreboard/", points("Ada", 4), headers=devops, status=201).json["points"] == 7
    listed = app.get("/api/scoreboard/", headers=devops)
    assert [(row["player"], row["points"]) for row in listed.json] == [("Ada", 7), ("Grace", 5)]
    assert listed.headers["X-Total-Count"] == "2"


def test_the_list_comes_in_pages(app, devops):
    """Total and neighbours are in the headers."""
    for number in range(3):
        app.post_json("/api/scoreboard/", points(f"Player {number}"), headers=devops, status=201)
    page = app.get("/api/scoreboard/?page=2&size=2", headers=devops)
    assert len(page.json) == 2
    assert 'rel="prev"' in page.headers["Link"]


def test_reading_needs_no_right_to_write(app, installation):
    """Each flag is checked for itself, and the refusal names it."""
    analyst = installation.headers("ANALYSIS")
    app.get("/api/scoreboard/", headers=analyst)
    refused = app.post_json("/api/scoreboard/", points(), headers=analyst, status=403).json
    assert (refused["code"], "edit_scoreboard" in refused["error"]) == ("permission_missing", True)


def test_nobody_reads_without_identity(app):
    """Permissions imply an identity."""
    assert app.get("/api/scoreboard/", status=401).json["code"] == "no_identity"


def test_scores_of_other_departments_do_not_exist(app, installation, devops):
    """Neither reading nor writing tells what is in them."""
    app.post_json("/api/scoreboard/", points("Secret agent"), headers=devops, status=201)
    stranger = installation.headers("DEVOPS", "Elsewhere")
    assert app.get("/api/scoreboard/", headers=stranger).json == []
    refused = app.post_json("/api/scoreboard/", points(), headers=stranger, status=422).json
    assert list(refused["fields"]) == ["department_id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": "3"}, "points"),
        ({"player": " "}, "player"),
        ({"player": "a/b"}, "player"),
        ({"department_id": 10**15}, "department_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_fields_are_named(app, devops, change, field):
    """Unknown fields are refused like wrong ones."""
    refused = app.post_json("/api/scoreboard/", {**points(), **change}, headers=devops, status=422).json
    assert list(refused["fields"]) == [field]
