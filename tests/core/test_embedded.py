"""The data folder: where everything is, and secrets that are made once."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import make_url

from cometa_core.declared import CORE_SETTINGS
from cometa_core.embedded import SECRETS_FILE, encryption_keys, locate, made_once, private_folder, queue_secret
from cometa_core.errors import ConfigurationError
from cometa_core.settings import load_settings


def settings_of(**keys):
    texts = {key.replace("__", "."): value for key, value in keys.items()}
    return load_settings(CORE_SETTINGS, texts, environment={})


def test_everything_is_in_the_data_folder_unless_it_is_said(tmp_path):
    places = locate(settings_of(cometa__data=str(tmp_path)))
    assert make_url(places.database_url).database == str(tmp_path / "cometa.sqlite3")
    assert places.queue_url == f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    assert places.artifacts_url == (tmp_path / "artifacts").as_uri()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["two words", "what?", "half#way", "100%25", "a@b:c", "Grüße 🦆"])
def test_folders_may_have_any_name(tmp_path, name):
    places = locate(settings_of(cometa__data=str(tmp_path / name)))
    assert make_url(places.database_url).database == str(tmp_path / name / "cometa.sqlite3")


def test_urls_that_are_said_are_taken(tmp_path):
    said = {"sqlalchemy__url": "postgresql://x/y", "huey__url": "redis://x", "cometa__artifacts": "file:///z"}
    places = locate(settings_of(cometa__data=str(tmp_path), **said))
    assert (places.database_url, places.queue_url, places.artifacts_url) == tuple(said.values())


def test_the_folder_is_private(tmp_path):
    folder = private_folder(tmp_path / "a" / "data")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"data folder .*file/data cannot be created .*--data or cometa\.data"):
        private_folder(tmp_path / "file" / "data")


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    first = made_once(tmp_path / "data", "queue")
    assert made_once(tmp_path / "data", "queue") == first
    assert made_once(tmp_path / "data", "encryption") != first
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_all_who_start_at_once_get_the_same_secret(tmp_path):
    for attempt in range(20):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda _, place=tmp_path / str(attempt): made_once(place, "queue"), range(8)))
        assert len(found) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"queue": "x"})])
def test_secrets_that_cannot_be_read_are_not_made_anew(tmp_path, text):
    """What was sealed with them would be lost."""
    (tmp_path / SECRETS_FILE).write_text(text)
    with pytest.raises(ConfigurationError, match="restore it from a backup"):
        made_once(tmp_path, "encryption")
    assert (tmp_path / SECRETS_FILE).read_text() == text


def test_configured_secrets_are_taken_and_none_are_made(tmp_path):
    settings = settings_of(cometa__encryption_key="k2:new-secret k1:old-secret", huey__secret="signs")
    assert encryption_keys(settings, tmp_path / "data") == ("k2:new-secret", "k1:old-secret")
    assert queue_secret(settings, tmp_path / "data") == "signs"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "  "])
def test_a_blank_secret_is_no_secret(tmp_path, text):
    settings = settings_of(cometa__encryption_key=text, huey__secret=text)
    assert encryption_keys(settings, tmp_path)[0].startswith("local:")
    assert queue_secret(settings, tmp_path)


@pytest.mark.parametrize(("find", "key"), [(encryption_keys, "cometa.encryption_key"), (queue_secret, "huey.secret")])
def test_production_makes_up_no_secret(tmp_path, find, key):
    with pytest.raises(ConfigurationError, match=rf"cometa\.production is on, so {key} must be set: {key} = "):
        find(settings_of(cometa__production="true"), tmp_path / "data")
    assert not (tmp_path / "data").exists()
