"""Variables in ``cometa export`` and ``cometa import``."""

import json

import pytest

from cometa_core.cli.main import run


@pytest.fixture
def cometa(runtime, tmp_path, monkeypatch, capsys):
    """Run commands on the installation; gives what they answer as JSON."""
    settings = {"COMETA_DATA": str(runtime.locations.data), "COMETA_BROWSER_LOCAL": "false"}
    settings["COMETA_PLUGINS"] = " ".join(plugin.name for plugin in runtime.plugins.active)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def call(*arguments, status=0):
        capsys.readouterr()
        found = run([*arguments, "--json"])
        out = capsys.readouterr().out
        assert found == status, out
        return json.loads(out)

    return call


@pytest.fixture
def exported(root, cometa, tmp_path):
    """An export with a variable of each kind, one of them secret; returns the feature and the file of variables."""
    body = {"feature_name": "Buy", "app_id": 1, "environment_id": 1, "department_id": 1}
    feature = root.post("/api/features/", body, status=201).json["feature_id"]
    entries = [
        {"variable_name": "shop", "variable_value": "https://shop.test"},
        {"variable_name": "team", "variable_value": "blue", "based": "department"},
        {"variable_name": "word", "variable_value": "Welcome", "based": "feature", "feature_id": feature},
        {"variable_name": "password", "variable_value": "correct horse", "encrypted": True},
    ]
    root.post("/api/variables/", {"environment_name": "Default", "department_id": 1, "variables": entries}, status=201)
    cometa("export", "--to", "out")
    return feature, tmp_path / "out/cometa.variables.json"


def known(root):
    rows = root.get("/api/variables/").json
    return {row["variable_name"]: (row["variable_value"], row["based"], row["feature_name"]) for row in rows}


def test_a_round_trip_gives_all_but_the_secrets_back(root, cometa, exported):
    """Secrets stay in the installation and are named."""
    feature, _file = exported
    before = known(root)
    for row in root.get("/api/variables/").json:
        root.delete(f"/api/variables/{row['id']}/")
    root.delete(f"/api/features/{feature}/")
    answer = cometa("import", "out")["variables"]
    assert answer["stored"] == 3
    assert "password" in answer["notes"][0]
    assert known(root) == {name: row for name, row in before.items() if name != "password"}


def test_no_secret_is_in_the_files(exported):
    text = exported[1].read_text()
    assert "https://shop.test" in text
    assert "correct horse" not in text
    assert "cmt1:" not in text


def test_an_import_keeps_secrets_that_are_there_and_changes_values(root, cometa, exported):
    _feature, file = exported
    file.write_text(file.read_text().replace("https://shop.test", "https://other.test"))
    cometa("import", "out")
    assert known(root)["shop"][0] == "https://other.test"
    (row,) = [row for row in root.get("/api/variables/").json if row["variable_name"] == "password"]
    assert row["encrypted"]


def test_a_wrong_entry_takes_the_whole_import_back(root, cometa, exported):
    _feature, file = exported
    before = known(root)
    document = json.loads(file.read_text())
    document["entries"][0]["variable_name"] = "not a name"
    document["entries"][1]["variable_value"] = "changed"
    file.write_text(json.dumps(document))
    assert "variable_name" in cometa("import", "out", status=2)["error"]
    assert known(root) == before


def test_a_dry_run_stores_nothing(root, cometa, exported):
    _feature, file = exported
    before = known(root)
    file.write_text(file.read_text().replace("https://shop.test", "https://other.test"))
    assert cometa("import", "out", "--dry-run")["variables"]["stored"] == 3
    assert known(root) == before
