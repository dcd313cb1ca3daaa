"""``cometa api-key``."""

import json

import pytest

from cometa_core.cli.main import run


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An initialised data folder, away from any ini file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COMETA_BROWSER_LOCAL", "false")
    assert run(["init", "--json"]) == 0
    return tmp_path / "data"


def answer(capsys, *arguments):
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_key_is_made_with_account_and_departments(data, capsys):
    made = answer(
        capsys, "api-key", "create", "--email", "ci@example.org", "--role", "MANAGER", "--department", "A",
        "--department", "B",
    )  # fmt: skip
    assert made["key"].startswith("cmt_")
    assert made["scopes"] == ["admin", "read", "run", "write"]
    (row,) = answer(capsys, "api-key", "list")
    assert row["email"] == "ci@example.org"
    assert "key" not in row


def test_a_revoked_key_is_gone_from_the_list(data, capsys):
    made = answer(capsys, "api-key", "create", "--email", "ci@example.org")
    answer(capsys, "api-key", "revoke", made["key_id"])
    assert answer(capsys, "api-key", "list") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--email", "nonsense"], "e-mail"),
        (["--email", "a@example.org", "--role", "KING"], "known are SUPERUSER"),
        (["--email", "a@example.org", "--scope", "fly"], "unknown scope fly"),
    ],
)
def test_bad_input_is_one_sentence_and_makes_nothing(data, capsys, options, words):
    capsys.readouterr()
    assert run(["api-key", "create", *options]) == 2
    assert words in capsys.readouterr().err
    assert answer(capsys, "api-key", "list") == []


def test_a_database_that_is_not_migrated_is_named_with_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETA_DATA", str(tmp_path / "empty"))
    assert run(["api-key", "create", "--email", "a@example.org"]) == 2
    assert "cometa init" in capsys.readouterr().err


def test_an_empty_list_says_what_to_do(data, capsys):
    capsys.readouterr()
    assert run(["api-key", "list"]) == 0
    assert "cometa api-key create" in capsys.readouterr().out
