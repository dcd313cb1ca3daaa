"""A request and its answer as a text for people.

Contract: steps.json (keeps the exchange), X-087.
"""

from cometa_runner.egress.http import HttpAnswer, HttpRequest
from cometa_runner.steps.failure import shortened
from cometa_websteps.rest.headers import shown

LONGEST_BODY = 20_000
"""Characters of a body that are shown."""


def transcript(request: HttpRequest, answer: HttpAnswer) -> str:
    """Write what was sent and what came back; the values of secret header fields are left out."""
    sent = [f"{request.method} {request.url}", *shown(request.headers)]
    passed = [f"(redirected by {url})" for url in answer.redirects]
    came = [f"{answer.status} from {answer.url} after {answer.time_ms} ms", *shown(answer.headers)]
    parts = [
        "\n".join(sent),
        shortened((request.body or b"").decode("utf-8", "replace"), LONGEST_BODY),
        "\n".join([*passed, *came]),
        shortened(answer.text(), LONGEST_BODY),
    ]
    return "\n\n".join(part for part in parts if part)
