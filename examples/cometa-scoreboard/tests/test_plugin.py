"""The product finds the plugin through its entry point."""


def test_the_plugin_is_found_with_its_distribution(installation):
    """`cometa plugins` says where a plugin comes from."""
    (row,) = [row for row in installation.command("plugins") if row["name"] == "scoreboard"]
    assert row["state"] == "active"
    assert row["distribution"].startswith("cometa-scoreboard")


def test_its_sentence_is_listed_for_testers(installation, app):
    """The library is collected with those of the product."""
    actions = app.get("/api/actions/", headers=installation.headers("ANALYSIS")).json
    assert 'Remember the score "{points}" of "{player}"' in {action["action_name"] for action in actions}


def test_its_routes_are_documented(app):
    """OpenAPI is read from the declared operations."""
    assert set(app.get("/docs/openapi.json").json["paths"]["/api/scoreboard/"]) == {"get", "post"}
