"""Reading the step libraries again, and what clients are told about the catalog."""

import sys

import pytest

from cometa_catalog.services.actions import read_libraries_again
from cometa_catalog.vocabulary import KEPT_VOCABULARY, vocabulary
from cometa_core.errors import CometaError
from cometa_core.events import after, department_stream
from cometa_runner.steps import StepLibrary, load_vocabulary

LIBRARY = '''
from cometa_runner.steps import step


@step("{sentence}", category="Sample", example="{sentence}")
def sample(context):
    """Does nothing."""
'''


def parse(caller, **options):
    return caller.call("POST", "/parseActions/", **options)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a step library to disk, again and again: ``written("I do nothing")``."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield lambda sentence: (tmp_path / "changing_steps.py").write_text(LIBRARY.format(sentence=sentence))
    sys.modules.pop("changing_steps", None)


@pytest.fixture
def changing_runtime(runtime, written, monkeypatch):
    """The installation with a library that is being written, and nothing of it left afterwards."""
    written("I do nothing")
    monkeypatch.setattr(
        "cometa_catalog.services.actions.libraries", lambda _runtime: (StepLibrary("changing", "changing_steps", "C"),)
    )
    before = vocabulary(runtime)
    yield runtime
    runtime.replace(KEPT_VOCABULARY, before)


def test_parsing_counts_and_names_the_sentences_and_tells_every_client(root, member):
    """R-082."""
    names = [row["action_name"] for row in member.get("/api/actions/").json]
    answer = parse(root).json
    assert answer == {"success": True, "count": len(names), "actions": names}
    assert [row["action_name"] for row in member.get("/api/actions/").json] == names


def test_new_sentences_of_a_changed_file_replace_the_old(changing_runtime, written):
    """R-082."""
    load_vocabulary([StepLibrary("changing", "changing_steps", "C")])
    written("I do something")
    with changing_runtime.unit_of_work() as scope:
        read_libraries_again(scope)
    assert [found.pattern for found in vocabulary(changing_runtime).definitions] == ["I do something"]


def test_a_library_that_cannot_be_read_keeps_the_old_sentences(changing_runtime, written):
    """R-083."""
    before = vocabulary(changing_runtime)
    written('I am broken"')
    with pytest.raises(CometaError, match=r"changing.*stay as they were"), changing_runtime.unit_of_work() as scope:
        read_libraries_again(scope)
    assert vocabulary(changing_runtime) is before


def test_parsing_needs_manage_configurations(member):
    """R-083."""
    for refused in (parse(member, status=403), member.get("/parseActions/", status=403)):
        assert refused.json["code"] == "permission_missing"
        assert "manage_configurations" in refused.json["error"]


def test_the_documented_get_does_the_same(root):
    """Contract: rest-api A1.7."""
    assert root.get("/parseActions/").json == parse(root).json
    assert root.call("HEAD", "/parseActions/", status=405)


@pytest.mark.parametrize(
    ("path", "name", "kind", "fields"),
    [
        ("/api/applications/", "app_name", "application", {"app", "app_id"}),
        ("/api/environments/", "environment_name", "environment", {"env", "environment", "environment_id"}),
    ],
)
def test_each_change_of_a_name_is_announced(runtime, root, path, name, kind, fields):
    """R-087.  Contract: rest-api A7."""
    with runtime.reading() as session:
        since = last_place(session)
    row = root.post(path, {name: f"Announced {kind}"}, status=201).json
    key = row["app_id" if kind == "application" else "environment_id"]
    root.patch(f"{path}{key}/", {name: f"Renamed {kind}"})
    root.delete(f"{path}{key}/")
    with runtime.reading() as session:
        told = after(session, department_stream(0), since, 10)
    assert [event.type for event in told] == [f"{kind}.added", f"{kind}.changed", f"{kind}.removed"]
    assert all(set(event.data) == fields for event in told)
    assert [next(iter(event.data.values()))[name] for event in told] == [
        f"Announced {kind}", f"Renamed {kind}", f"Renamed {kind}",
    ]  # fmt: skip


def test_changes_of_browsers_are_announced(runtime, root):
    """Contract: rest-api A7."""
    with runtime.reading() as session:
        since = last_place(session)
    key = root.post("/api/browsers/", {"browser_json": {"browser": "announced"}}, status=201).json["browser_id"]
    root.patch(f"/api/browsers/{key}/", {"browser_json": {"browser": "announced", "browser_version": "2"}})
    root.delete(f"/api/browsers/{key}/")
    with runtime.reading() as session:
        told = after(session, department_stream(0), since, 10)
    assert [event.type for event in told] == ["browsers.changed", "browsers.changed", "browser.removed"]
    assert told[-1].data == {"browser_id": key}


def last_place(session):
    """The place of the newest site-wide event."""
    events = after(session, department_stream(0), 0, 10_000)
    return events[-1].seq if events else 0
