"""A run without the runner."""

import threading

import pytest

from cometa_runner.steps import StepDefinition, StepFailure, load_vocabulary
from cometa_runner.steps.definition import Parameter
from cometa_runner.steps.library import StepLibrary
from cometa_runner.steps.plain_context import PlainContext
from cometa_runner.steps.variables import Variable


def perform(
    run: PlainContext, function, kinds: dict[str, str], values: dict[str, str], waits: str | None = None
) -> None:
    parameters = tuple(Parameter(name, kind, "") for name, kind in kinds.items())
    run.perform(StepDefinition("x", function, "a", "s", "x", parameters, "l", "BROWSER", None, waits), values)


def test_values_are_expanded_by_their_kind(tmp_path) -> None:
    run = PlainContext(tmp_path, variables=[Variable("who", "Ada", "run")])
    seen: dict[str, str] = {}
    perform(
        run,
        lambda _context, **values: seen.update(values),
        {"a": "selector", "b": "text"},
        {"a": "#today", "b": "$who"},
    )
    assert seen == {"a": "#today", "b": "Ada"}


def test_a_waiting_sentence_raises_its_own_timeout(tmp_path) -> None:
    """X-075."""
    run = PlainContext(tmp_path, timeout=2)
    perform(run, lambda _context, time: None, {"time": "seconds"}, {"time": "10"}, waits="time")
    assert run.deadline.seconds == 15
    perform(run, lambda _context: None, {}, {})
    assert run.deadline.seconds == 2


def test_what_a_step_tells_is_kept_until_the_next_one(tmp_path) -> None:
    run = PlainContext(tmp_path)

    def tell(context) -> None:
        context.warn("w")
        context.detail("d")
        context.note("title", "content")
        context.attach(tmp_path / "f", "report")
        context.store_variable("n", "v", "environment", secret=True)

    perform(run, tell, {}, {})
    assert (run.warnings, run.details, run.notes) == (["w"], ["d"], [("title", "content")])
    assert run.files == [(tmp_path / "f", "report")]
    perform(run, lambda _context: None, {}, {})
    assert (run.warnings, run.details, run.notes, run.files) == ([], [], [], [])
    assert run.variables.expand("$n") == "v"


def test_similar_names_are_warnings_of_the_step(tmp_path) -> None:
    run = PlainContext(tmp_path, variables=[Variable("user", "Ada", "run")])
    perform(run, lambda _context, a: None, {"a": "text"}, {"a": "$usr"})
    assert run.warnings == ["There is no $usr; a similar name is $user."]


def test_without_a_browser_its_sentences_fail(tmp_path) -> None:
    run = PlainContext(tmp_path)
    run.close_browser()
    with pytest.raises(StepFailure) as failure:
        run.elements.resolve("p")
    assert failure.value.code == "browser-lost"


def test_vocabularies_are_loaded_in_parallel_without_influence(tmp_path) -> None:
    """X-068."""
    libraries = [StepLibrary("flow", "cometa_websteps.flow", "Flow")]
    sizes: list[int] = []
    threads = [
        threading.Thread(target=lambda: sizes.append(len(load_vocabulary(libraries).definitions)))
        for _number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sizes) == 8
    assert len(set(sizes)) == 1
