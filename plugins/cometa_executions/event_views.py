"""Route of the stored events of runs and departments.  Contract: rest-api A6.19, A7, R-192."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Annotated

from pydantic import Field
from pyramid.response import Response

from cometa_core.errors import BadRequest
from cometa_core.events import gap_after, received
from cometa_core.scope import Scope
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Query
from cometa_executions.event_schemas import EventOut, GapOut
from cometa_executions.services.event_streams import visible_stream

EVENT_STREAM = "text/event-stream"
RECONNECT_MS = 1000
NO_CURSOR = "Last-Event-ID must be the id of an event."


class EventsQuery(Query):
    """Which events of which run or department."""

    run_id: Annotated[int, Field(ge=1, description="Events of this run.")] | None = None
    department_id: Annotated[int, Field(ge=0, description="Events of a department; 0 = the whole site.")] | None = None
    since: Annotated[int, Field(ge=0, description="Place in the stream behind which to begin.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


events = Service("events", "/events/", description="Stored events of a run or a department.", tag="Executions")


@events.get(permission=AUTHENTICATED, query=EventsQuery, answer=list[EventOut | GapOut], errors=("missing_parameter",))
def list_events(request: Request) -> list[EventOut | GapOut] | Response:
    """List stored events after a place in their stream, ascending.

    With ``Accept: text/event-stream`` they come as Server-Sent Events whose ids are the places; the answer ends with
    what is stored, and the browser asks again for what comes after the last id.
    """
    query: EventsQuery = request.query_model
    found = _found(request.scope, query, _since(request, query))
    if EVENT_STREAM not in request.headers.get("Accept", ""):
        return found
    return Response(_as_stream(found), content_type=EVENT_STREAM, charset="utf-8", cache_control="no-store")


def _since(request: Request, query: EventsQuery) -> int:
    resumed = request.headers.get("Last-Event-ID", "")
    if not resumed:
        return query.since
    if not (resumed.isascii() and resumed.isdigit() and len(resumed) <= 18):
        raise BadRequest(NO_CURSOR)
    return int(resumed)


def _found(scope: Scope, query: EventsQuery, since: int) -> list[EventOut | GapOut]:
    stream = _named_stream(scope, query)
    page = islice(received(scope.session, stream, since, scope.identity), query.limit)
    seen = [EventOut.model_validate(event, from_attributes=True) for event in page]
    first = gap_after(scope.session, stream, since)
    return list(seen) if first is None else [GapOut(oldest=first), *seen]


def _named_stream(scope: Scope, query: EventsQuery) -> str:
    if query.run_id is None and query.department_id is None:
        raise BadRequest("Name a run_id or a department_id.", code="missing_parameter")
    return visible_stream(scope, query.run_id, query.department_id or 0)


def _as_stream(found: Sequence[EventOut | GapOut]) -> str:
    parts = [f"retry: {RECONNECT_MS}\n\n"]
    for entry in found:
        number = f"id: {entry.seq}\n" if isinstance(entry, EventOut) else ""
        parts.append(f"{number}event: {entry.type}\ndata: {json.dumps(entry.model_dump(mode='json'))}\n\n")
    return "".join(parts)
