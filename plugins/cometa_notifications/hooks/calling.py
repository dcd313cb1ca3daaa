"""Calling a webhook: within the egress policy, without redirects, in bounded time.  Contract: runner L, B.1."""

from collections.abc import Mapping
from dataclasses import replace

from cometa_core.runtime import Runtime
from cometa_notifications.outcomes import LONGEST_ANSWER, Outcome, failed
from cometa_notifications.settings import CA_FILE, HOOK_SECONDS, INTERNAL_HOOKS
from cometa_runner.egress import Denied, EgressPolicy, TimeLimit, Unreachable, read_rules
from cometa_runner.egress.http import HttpClient, HttpProblem, HttpRequest
from cometa_worker.api import egress_policy

PRIVATE_NETWORKS = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""Denied to webhooks besides what the egress policy denies to steps.  Contract: rest-api B5 (integrations)."""


def policy_for(runtime: Runtime, department_id: int) -> EgressPolicy:
    """Give the egress policy of a department for webhooks: exceptions for it hold, private networks are denied."""
    policy = egress_policy(runtime, department_id)
    if runtime.settings.flag(INTERNAL_HOOKS):
        return policy
    return replace(policy, deny=(*policy.deny, *read_rules(PRIVATE_NETWORKS)))


def call_hook(runtime: Runtime, department_id: int, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Send a JSON document to an address.

    Args:
        runtime: runtime of the worker.
        department_id: department whose exceptions of the egress policy hold.
        url: where to.
        headers: further headers.
        body: the document.
    """
    seconds = runtime.settings.seconds(HOOK_SECONDS)
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Cometa-Core", **headers}
    client = HttpClient(policy_for(runtime, department_id), runtime.settings.text(CA_FILE))
    try:
        answer = client.send(HttpRequest("POST", url, sent, body), TimeLimit(seconds), most_redirects=0)
    except Denied as error:
        return failed(f"The address is not allowed: {error}")
    except Unreachable as error:
        return failed(f"The address cannot be reached: {error}", unreachable=True)
    except HttpProblem as error:
        return failed(f"There was no usable answer: {error.found}", unreachable=True)
    except TimeoutError:
        return failed(f"There was no answer within {seconds:g} s.", unreachable=True)
    if 200 <= answer.status < 300:
        return Outcome(sent=True)
    text = answer.body[:LONGEST_ANSWER].decode("utf-8", "replace").replace("\0", "\ufffd")
    return failed(f"HTTP {answer.status}: {text}")
