"""Sentences about schedules: what they ask the worker for, and what they do with its answer."""

import pytest

from cometa_runner.steps import StepFailure
from cometa_runner.steps.plain_context import PlainContext

JOB = 'Schedule Job "{feature_name}" using parameters "{parameters}" and crontab pattern "{schedule}"'
DELETE = "Delete schedule that executed this feature"


@pytest.fixture
def run(tmp_path, vocabulary):
    """Say a sentence to a worker that gives an answer; returns the details and what was asked for."""

    def say(pattern, answer, **values):
        asked = []

        def reply(what, data):
            asked.append((what, data))
            return answer

        context = PlainContext(tmp_path, answer=reply)
        context.perform(vocabulary.by_pattern(pattern), values)
        return context.details, asked

    return say


def test_a_job_is_asked_for_with_its_parameters_and_the_next_start_is_told(run):
    values = {"feature_name": "Clean up", "parameters": "order:7; shop : https://a.example:8080", "schedule": "@daily"}
    details, asked = run(JOB, {"next_run": "2026-02-01T00:00:00.000000Z"}, **values)
    assert asked == [
        (
            "schedule_add",
            {
                "feature_name": "Clean up",
                "parameters": {"order": "7", "shop": "https://a.example:8080"},
                "schedule": "@daily",
            },
        )
    ]
    assert details == ["Next start: 2026-02-01T00:00:00.000000Z"]


def test_a_job_whose_end_comes_before_its_first_start_says_so(run):
    details, _ = run(JOB, {"next_run": None}, feature_name="a", parameters="", schedule="0 0 1 1 *")
    assert details == ["Next start: none before the schedule ends"]


@pytest.mark.parametrize(("parameters", "found"), [("order", '"order"'), ("a b:1", '"a b"')])
def test_parameters_that_are_no_pairs_fail_before_anything_is_asked(run, parameters, found):
    with pytest.raises(StepFailure) as failed:
        run(JOB, {}, feature_name="a", parameters=parameters, schedule="@daily")
    assert failed.value.code == "bad-value"
    assert found in failed.value.found


@pytest.mark.parametrize(
    ("removed", "said"), [(True, "The schedule is removed."), (False, "No schedule started this run.")]
)
def test_the_schedule_of_the_run_is_removed_where_there_is_one(run, removed, said):
    details, asked = run(DELETE, {"removed": removed})
    assert asked == [("schedule_remove", {})]
    assert details == [said]
