"""Sentences about what a browser asks and is answered."""

from collections.abc import Mapping
from typing import Any

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Seconds, Text, Variable
from cometa_runner.steps.values import seconds as seconds_of
from cometa_runner.steps.values import variable_name

_TARGET = "name of the variable that receives the value, without the $ sign"


@step("Enable browser network logging", category="network", example="Enable browser network logging")
def enable_network_log(context: StepContext) -> None:
    """Starts recording requests and responses in any browser that offers it.

    Elsewhere the step fails and says so.
    """
    context.network().start()


@step("Disable browser network logging", category="network", example="Disable browser network logging")
def disable_network_log(context: StepContext) -> None:
    """Stops recording; what was recorded is kept."""
    context.network().stop()


@step(
    'Get all browser network requests and save in variable "{variable}"',
    category="network",
    example='Get all browser network requests and save in variable "calls"',
    variable=_TARGET,
)
def keep_exchanges(context: StepContext, variable: Variable) -> None:
    """Keeps all exchanges recorded so far as a list of objects, without removing them from the log.

    Each has ``url``, ``method``, ``status`` (0 without an answer), ``type``, ``size`` in bytes, ``time_ms`` and
    ``error``.
    """
    _keep(context, "", variable)


@step(
    'Get browser network requests filter by "{url}" and save in the variable "{variable}"',
    category="network",
    example='Get browser network requests filter by "/api/" and save in the variable "calls"',
    url="part of the address",
    variable=_TARGET,
)
def keep_exchanges_with(context: StepContext, url: Text, variable: Variable) -> None:
    """Keeps the recorded exchanges whose address contains the text, without removing them from the log."""
    if not url:
        raise StepFailure("bad-value", expected="a part of an address", found="an empty text")
    _keep(context, url, variable)


@step(
    'Wait until the network is quiet for "{seconds}" seconds',
    category="waiting",
    example='Wait until the network is quiet for "1" seconds',
    waits="seconds",
    seconds="how long no request may be open",
)
def wait_for_quiet_network(context: StepContext, seconds: Seconds) -> None:
    """Waits until no request has been open for this long.

    Fails at once when the session cannot report requests.
    """
    wanted = seconds_of(seconds, "seconds")
    network = context.network()
    if context.deadline.poll(lambda: True if network.quiet_seconds() >= wanted else None) is None:
        count = network.open_requests()
        raise StepFailure(
            "timeout",
            expected=f"no open request for {wanted:g} s",
            found=f"{count} open" if count else "requests again and again",
            waited_ms=context.deadline.elapsed_ms(),
        )


def _keep(context: StepContext, part: str, variable: str) -> None:
    name = variable_name(variable)
    found = [_object(entry) for entry in context.network().exchanges(part)]
    if not found:
        context.warn("No exchange was recorded: recording begins with `Enable browser network logging`.")
    context.store_variable(name, found, "run")


def _object(entry: Mapping[str, Any]) -> dict[str, Any]:
    request, response = entry["request"], entry["response"]
    return {
        "url": request["url"],
        "method": request["method"],
        "status": response["status"],
        "type": response["content"]["mimeType"],
        "size": max(0, response["content"]["size"]),
        "time_ms": round(entry["time"]),
        "error": response.get("_error", ""),
    }
