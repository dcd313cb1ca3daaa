"""Running the stored sample features through the HTTP API, and collecting what came out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cometa_core.errors import CometaError
from cometa_demo.catalogue import SampleVariable
from cometa_demo.client import ApiClient
from cometa_demo.outcomes import NOT_RUN, FeatureOutcome, StepOutcome
from cometa_demo.storing import StoredFeature

PARALLEL = 2
"""Requests that wait for their run at the same time; the worker decides how many runs that are."""


def run_features(
    client: ApiClient,
    features: Sequence[StoredFeature],
    variables: Sequence[SampleVariable],
    ended: Callable[[FeatureOutcome], object],
) -> list[FeatureOutcome]:
    """Run all features, each in a request that waits for the end of its run.

    Args:
        client: calls the server.
        features: what to run.
        variables: variables of every run.
        ended: is told each outcome as soon as it is there, in a thread of its own.

    Returns:
        Outcomes in the order of the features; a refusal of the server is an outcome too.
    """

    def run(feature: StoredFeature) -> FeatureOutcome:
        outcome = _outcome(client, feature, variables)
        ended(outcome)
        return outcome

    pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="demo")
    try:
        return list(pool.map(run, features))
    finally:
        # After a Ctrl-C nobody waits for requests: they end with the server.
        pool.shutdown(wait=False, cancel_futures=True)


def _outcome(client: ApiClient, feature: StoredFeature, variables: Sequence[SampleVariable]) -> FeatureOutcome:
    try:
        answer = client.send("POST", "/exectest/", order(feature.feature_id, variables))
        result: dict[str, Any] = answer["results"][0]
        steps = client.get(f"/api/feature_results/{result['feature_result_id']}/step_results/")
    except CometaError as error:
        return FeatureOutcome(feature.sample, NOT_RUN, reason=str(error))
    return FeatureOutcome(
        feature.sample,
        result["status"],
        result["feature_result_id"],
        result["execution_time_ms"],
        result["status_reason"],
        tuple(step_outcome(step, feature.feature_id) for step in steps),
    )


def order(feature_id: int, variables: Sequence[SampleVariable]) -> dict[str, Any]:
    """Build the body of ``POST /exectest/``.  Contract: rest-api A6.1."""
    return {
        "feature_id": feature_id,
        "wait": True,
        "variables": [
            {"variable_name": variable.name, "variable_value": variable.value, "encrypted": variable.secret}
            for variable in variables
        ],
    }


def step_outcome(row: dict[str, Any], feature_id: int) -> StepOutcome:
    """Read one step result of the API.  Contract: rest-api A4.7."""
    owner = row["belongs_to"]
    return StepOutcome(
        number=row["step_execution_sequence"],
        text=row["step_name"],
        status=row["status"],
        milliseconds=row["execution_time_ms"],
        screenshot=row["screenshot_current"],
        error=row["error"] or "",
        called="" if owner["feature_id"] == feature_id else owner["feature_name"],
    )
