"""Route that says where live events are."""

from typing import Annotated

from pydantic import BaseModel, Field

from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_live.discovery import websocket_url


class LiveOut(BaseModel):
    """Where the live server is."""

    websocket_url: Annotated[
        str | None, Field(description="Address for websocket clients; null when there is no live server.")
    ]


live_events = Service("live", "/api/live/", description="Where live events are.", tag="Executions")


@live_events.get(permission=AUTHENTICATED, answer=LiveOut)
def find_live_server(request: Request) -> LiveOut:
    """Say where websocket clients find the events that `/events/` lists, as they happen."""
    return LiveOut(websocket_url=websocket_url(request.registry["cometa.runtime"], request.domain.strip("[]")))
