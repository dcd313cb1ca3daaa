"""``cometa watch``: one run in the terminal, from the beginning to the end."""

import json
import threading

import pytest
from rich.console import Console

from cometa_core.cli.context import CommandContext
from cometa_core.errors import NotFound
from cometa_live.watch_command import watch

# Nothing here depends on the bell.
pytestmark = pytest.mark.parametrize("shared_bench", ["doorbell", "notify"], indirect=True)


class Context(CommandContext):
    """Gives the command the open runtime and a console whose text is kept."""

    def __init__(self, runtime, **options):
        super().__init__(console=Console(record=True, width=200, highlight=False), **options)
        self._opened = runtime

    def runtime(self, **_overrides):
        opened = self._opened

        class Lent:
            def __enter__(self):
                return opened

            def __exit__(self, *_error):
                return None

        return Lent()


@pytest.fixture
def run_watch(bench):
    """Carry the command out; returns its status and its context."""

    def run(run_id, *, as_json=False):
        context = Context(bench.runtime, json=as_json)
        return watch.main(args=[str(run_id)], prog_name="watch", obj=context, standalone_mode=False), context

    return run


def test_a_run_that_succeeded_is_shown_with_its_steps(bench, run_watch):
    run = bench.finished()
    status, context = run_watch(run.run_id)
    assert status == 0
    shown = context.console.export_text()
    assert "chrome" in shown
    assert "Success" in shown


def test_a_run_that_failed_ends_with_status_1(bench, run_watch):
    run = bench.finished("Success", "Failed", "Skipped")
    status, context = run_watch(run.run_id)
    assert status == 1
    assert "Failed" in context.console.export_text()


def test_lines_of_json_are_the_stored_events(bench, api, run_watch, capsys):
    run = bench.finished()
    capsys.readouterr()
    status, _ = run_watch(run.run_id, as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert lines == api.get(f"/events/?run_id={run.run_id}&limit=500").json
    assert lines[-1]["type"] == "run.completed"


def test_a_run_is_followed_until_it_ends(bench, run_watch, capsys):
    accepted = bench.accept(bench.feature())
    found = []
    watcher = threading.Thread(target=lambda: found.append(run_watch(accepted.run_id, as_json=True)[0]))
    watcher.start()
    claim = bench.report(bench.begin(bench.claim()), "Success", "Success", "Success")
    assert watcher.is_alive()
    assert bench.end(claim)
    watcher.join(10)
    assert found == [0]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["type"] == "run.completed"


def test_a_run_that_was_never_started_is_refused(run_watch):
    with pytest.raises(NotFound, match=r"no run 4711"):
        run_watch(4711)
