"""Route of the stored events of runs and departments.  Contract: rest-api A6.19, A7, R-192."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

from pydantic import BaseModel, Field
from pyramid.response import Response

from cometa_core.contracts.events import EVERYBODY, Audience
from cometa_core.db.tables import Event
from cometa_core.errors import BadRequest, NotFound
from cometa_core.events import after, department_stream, oldest, run_stream
from cometa_core.scope import Scope
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.fields import Timestamp
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Query
from cometa_executions.services.reading import visible_run

SITE = 0
"""Number under which events of the whole site are asked for."""

EVENT_STREAM = "text/event-stream"
RECONNECT_MS = 1000
PAGE = 500
NO_CURSOR = "Last-Event-ID must be the id of an event."


class EventsQuery(Query):
    """Which events of which run or department."""

    run_id: Annotated[int, Field(ge=1, description="Events of this run.")] | None = None
    department_id: Annotated[int, Field(ge=0, description="Events of a department; 0 = the whole site.")] | None = None
    since: Annotated[int, Field(ge=0, description="Place in the stream behind which to begin.")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EventOut(BaseModel):
    """A stored event: its place in the stream, what it is about and its data by type."""

    seq: int
    type: str
    feature_id: int | None
    run_id: int | None
    feature_result_id: int | None
    department_id: int
    at: Timestamp
    data: dict[str, Any]


class GapOut(BaseModel):
    """First entry when events that were asked for are no longer kept."""

    type: str = "gap"
    oldest: Annotated[int, Field(description="Place of the oldest event that is kept.")]


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
    stream = _visible_stream(scope, query)
    received = islice(_received(scope, stream, since), query.limit)
    seen = [EventOut.model_validate(event, from_attributes=True) for event in received]
    first = oldest(scope.session, stream)
    if first is not None and first > since + 1:
        return [GapOut(oldest=first), *seen]
    return list(seen)


def _visible_stream(scope: Scope, query: EventsQuery) -> str:
    if query.run_id is not None:
        return run_stream(visible_run(scope, query.run_id).id)
    if query.department_id is None:
        raise BadRequest("Name a run_id or a department_id.", code="missing_parameter")
    if query.department_id != SITE and not scope.identity.sees_department(query.department_id):
        raise NotFound
    return department_stream(query.department_id)


def _received(scope: Scope, stream: str, since: int) -> Iterator[Event]:
    # Events for others are passed over, so that a page is only empty at the end of the stream.
    while stored := after(scope.session, stream, since, PAGE):
        yield from (event for event in stored if _audience(event).includes(scope.identity))
        since = stored[-1].seq


def _audience(event: Event) -> Audience:
    if event.audience is None:
        return EVERYBODY
    return Audience(**{name: tuple(values) for name, values in event.audience.items()})


def _as_stream(found: Sequence[EventOut | GapOut]) -> str:
    parts = [f"retry: {RECONNECT_MS}\n\n"]
    for entry in found:
        number = f"id: {entry.seq}\n" if isinstance(entry, EventOut) else ""
        parts.append(f"{number}event: {entry.type}\ndata: {json.dumps(entry.model_dump(mode='json'))}\n\n")
    return "".join(parts)
