"""Pyramid's request with the attributes that the core adds, so that type checkers know them."""

from typing import TYPE_CHECKING, Any

import pyramid.request
from sqlalchemy.orm import Session

from cometa_core.contracts.identity import Identity

if TYPE_CHECKING:
    from cometa_core.scope import Scope


class Request(pyramid.request.Request):  # type: ignore[misc]  # Pyramid ships no types
    """A request of the API.

    Attributes:
        db: session of the request's transaction.
        scope: unit of work for services.
        body_model: validated body.
        query_model: validated query.
        resource: row that the path addresses, as ``load`` of the operation found it.
        request_id: id that answer and log share.
        caller_prefix: ``/backend`` when the caller used it, else empty.
    """

    db: Session
    scope: "Scope"
    body_model: Any
    query_model: Any
    resource: Any
    request_id: str = ""
    caller_prefix: str = ""

    @property
    def caller(self) -> Identity | None:
        """Return who is calling, as the security policy found it."""
        found: Identity | None = self.identity
        return found
