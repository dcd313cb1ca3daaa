"""Sentences about schedules; the worker carries them out, for steps know no database."""

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Text
from cometa_runner.steps.values import variable_name

_CATEGORY = "scheduling"


@step(
    'Schedule Job "{feature_name}" using parameters "{parameters}" and crontab pattern "{schedule}"',
    category=_CATEGORY,
    example='Schedule Job "Clean up" using parameters "order:7" and crontab pattern "30 2 * * *"',
    step_type="API",
    feature_name="feature of the same department",
    parameters="`key:value; key2:value2`",
    schedule="cron expression",
)
def schedule_job(context: StepContext, feature_name: Text, parameters: Text, schedule: Text) -> None:
    """Asks the worker to create a schedule with the rights of the person who started the run.

    It expires after one day.
    """
    data = {"feature_name": feature_name.strip(), "parameters": _pairs(parameters), "schedule": schedule}
    answer = context.ask("schedule_add", data)
    context.detail(f"Next start: {answer['next_run'] or 'none before the schedule ends'}")


@step(
    "Delete schedule that executed this feature",
    category=_CATEGORY,
    example="Delete schedule that executed this feature",
    step_type="API",
)
def delete_schedule(context: StepContext) -> None:
    """Removes the schedule that started this run; does nothing in a run started by hand."""
    removed = context.ask("schedule_remove", {})["removed"]
    context.detail("The schedule is removed." if removed else "No schedule started this run.")


def _pairs(text: str) -> dict[str, str]:
    """Read ``key:value; key2:value2``; a value may hold further colons.

    Raises:
        StepFailure: ``bad-value`` for what is no pair, and for names that variables cannot have.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, colon, value = part.partition(":")
        if not colon:
            raise StepFailure("bad-value", expected="parameters as key:value; key2:value2", found=quoted(part))
        found[variable_name(name)] = value.strip()
    return found
