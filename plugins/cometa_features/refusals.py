"""The key ``Error`` in refusals of POST /api/features/.  Contract: rest-api A1.5, R-018."""

from pyramid.events import ContextFound
from pyramid.response import Response

from cometa_core.web.request import Request

ROUTE = "features"
"""Name of the service whose POST creates features."""


def explain_twice(event: ContextFound) -> None:
    """Let every refusal of POST /api/features/, of whatever layer, carry its sentence under ``Error`` too.

    The documented API has this key on this route alone; clients of it look nowhere else.
    """
    request: Request = event.request
    if request.method == "POST" and request.matched_route is not None and request.matched_route.name == ROUTE:
        request.add_response_callback(_add_key)


def _add_key(_request: Request, response: Response) -> None:
    if response.status_int >= 400:
        body = response.json_body
        response.json_body = {**body, "Error": body["error"]}
