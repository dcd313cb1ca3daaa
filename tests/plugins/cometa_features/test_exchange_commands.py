"""``cometa export`` and ``cometa import``."""

import json

import pytest

from cometa_core.cli.main import run


@pytest.fixture
def cometa(tmp_path, monkeypatch, capsys, runtime, identity):
    """Run commands on the installation; gives what they answer as JSON."""
    identity("root@example.org", role="SUPERUSER")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COMETA_PLUGINS", "accounts catalog features websteps")
    monkeypatch.setenv("COMETA_BROWSER_LOCAL", "false")

    def call(*arguments, status=0):
        capsys.readouterr()
        found = run([*arguments, "--json"])
        out = capsys.readouterr().out
        assert found == status, out
        return json.loads(out)

    return call


STEPS = [
    {"step_content": 'Goto URL "/"', "step_keyword": "And", "timeout": 7, "screenshot": True},
    {"step_content": 'Run script "a\n  b\n\nc"', "continue_on_failure": True, "max_diff": "0.1%"},
    {"step_content": "odd\r\nline", "enabled": False, "compare": True, "params": {"a": "b"}, "step_action": "x"},
]
OWN = {"feature_id", "step_uuid", "id", "belongs_to"}


def content(api, number):
    return [{k: v for k, v in row.items() if k not in OWN} for row in api.get(f"/steps/{number}/").json]


@pytest.fixture
def exported(api, caller, cometa):
    root = caller("root@example.org", role="SUPERUSER")
    folder = root.post("/api/folders/", {"name": "My shop"}, status=201).json["folder_id"]
    made = api.create(
        feature_name="Buy", folder_id=folder, steps_content=STEPS, description="one\n  two", video=False,
        browsers=[{"browser": "chrome"}], email_address=["a@example.org"], email_body="hello\nyou",
    )  # fmt: skip
    answer = cometa("export", "--to", "out")
    assert answer["files"] == ["my-shop/buy.feature", "my-shop/buy.json"]
    return made


def test_a_round_trip_is_exact(api, cometa, exported):
    before, steps = exported, content(api, exported["feature_id"])
    api.delete(f"/api/features/{before['feature_id']}/")
    (row,) = cometa("import", "out")["features"]
    assert row["action"] == "created"
    after = api.get(f"/api/features/{row['feature_id']}/").json
    own = {"feature_id", "created_on", "last_edited_date", "created_by", "last_edited"}
    assert {k: v for k, v in after.items() if k not in own} == {k: v for k, v in before.items() if k not in own}
    assert content(api, row["feature_id"]) == steps


def test_importing_again_changes_nothing(api, cometa, exported):
    (row,) = cometa("import", "out")["features"]
    assert (row["action"], row["feature_id"]) == ("unchanged", exported["feature_id"])
    assert api.get(f"/api/features/{exported['feature_id']}/").json["version"] == 1


def test_a_changed_text_changes_its_step_alone_and_a_trial_nothing(api, cometa, exported, tmp_path):
    before = content(api, exported["feature_id"])
    path = tmp_path / "out/my-shop/buy.feature"
    path.write_text(path.read_text().replace('Goto URL "/"', 'Goto URL "/cart"'))
    assert [row["action"] for row in cometa("import", "out", "--dry-run")["features"]] == ["updated"]
    assert content(api, exported["feature_id"]) == before
    cometa("import", "out")
    after = content(api, exported["feature_id"])
    assert after[0]["step_content"] == 'Goto URL "/cart"'
    assert (after[0]["timeout"], after[0]["screenshot"], after[0]["step_keyword"]) == (7, True, "And")
    assert after[1:] == before[1:]


def test_a_list_of_steps_is_a_feature_and_is_updated_the_second_time(api, cometa, tmp_path):
    (tmp_path / "Sell.json").write_text(json.dumps([{**STEPS[0], "step_type": "normal"}]))
    assert cometa("import", "Sell.json")["features"][0]["action"] == "created"
    (tmp_path / "Sell.json").write_text(json.dumps([{**STEPS[0], "step_type": "normal", "timeout": 8}]))
    (row,) = cometa("import", "Sell.json")["features"]
    assert row["action"] == "updated"
    assert content(api, row["feature_id"])[0]["timeout"] == 8


def test_all_is_stored_or_nothing_and_the_file_is_named(api, cometa, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.feature").write_text('Feature: A\n  Scenario: A\n    Given Goto URL "/"\n')
    (tmp_path / "in/b.json").write_text('[{"step_content": "x", "timeout": 0}]')
    assert "b.json: " in cometa("import", "in", status=2)["error"]
    assert api.get("/api/features/").json == []
    (tmp_path / "in/b.json").write_text("[\n{")
    assert "b.json:2: " in cometa("import", "in", status=2)["error"]
    (tmp_path / "in/b.json").write_text("[]")
    (tmp_path / "in/a.feature").write_text("Feature: A\n  Scenario: A\n    Givn x\n")
    assert "a.feature:3: " in cometa("import", "in", status=2)["error"]


def test_an_archive_holds_the_same(cometa, exported):
    cometa("export", "--department", "default", "--feature", str(exported["feature_id"]), "--to", "out.zip")
    assert [row["action"] for row in cometa("import", "out.zip")["features"]] == ["unchanged"]


def test_unknown_names_are_refused(cometa, exported):
    assert "--application" in cometa("import", "out", "--application", "Nowhere", status=2)["error"]
    assert "Nowhere" in cometa("export", "--department", "Nowhere", "--to", "x", status=2)["error"]
    assert "999" in cometa("export", "--feature", "999", "--to", "x", status=2)["error"]
    assert "nothing" in cometa("import", "nothing", status=2)["error"]
