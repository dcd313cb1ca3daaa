"""The shipped vocabulary and the sample features compile without faults."""

from pathlib import Path

import pytest

from cometa_executions.plan import Plan, PlanDefaults, compile_plan
from cometa_features.api import FeatureText, StepText, parse_feature_file
from cometa_runner.steps import load_vocabulary
from cometa_websteps.plugin import cometa_step_libraries

PATHS = sorted((Path(__file__).parents[4] / "examples" / "demo" / "features").glob("*.feature"))
STRUCTURE = [
    'Loop "2" times starting at "1" and do',
    'Only if "a" is "equal to" "b" do',
    "Continue Loop",
    "Otherwise do",
    'Run feature with name "Log in" before continuing',
    "End of condition",
    "End Loop",
]


@pytest.fixture(scope="module")
def shipped():
    return load_vocabulary(cometa_step_libraries())


@pytest.fixture(scope="module")
def samples():
    """All samples by id; they may call each other by name."""
    files = [parse_feature_file(path.read_text(encoding="utf-8"), path.name) for path in PATHS]
    found = [(file.name, [step.content for step in file.steps]) for file in files]
    return {number: text_of(number, *each) for number, each in enumerate(found, start=1)}


def text_of(number, name, sentences):
    steps = tuple(StepText(f"{number}-{place}", "Given", sentence) for place, sentence in enumerate(sentences))
    return FeatureText(number, name, 1, continue_on_failure=False, steps=steps)


@pytest.mark.parametrize("number", range(1, len(PATHS) + 1), ids=[path.stem for path in PATHS])
def test_every_sentence_of_a_sample_is_understood(number, samples, shipped):
    plan = compile_plan(samples[number], samples, shipped, PlanDefaults())
    assert isinstance(plan, Plan)
    assert [leaf.text for leaf in plan.leaves if leaf.problem is not None] == []


def test_the_shipped_sentences_shape_the_tree(shipped):
    called = text_of(2, "Log in", ['I can see "a" on page'])
    plan = compile_plan(text_of(1, "Buy", STRUCTURE), {2: called}, shipped, PlanDefaults())
    assert [leaf.text for leaf in plan.leaves] == [*STRUCTURE[:3], 'I can see "a" on page']
    assert [node["kind"] for node in plan.document()["tree"]] == ["loop"]
