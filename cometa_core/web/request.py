"""Pyramid's request with the attributes that the core adds, so that type checkers know them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyramid.request
from sqlalchemy.orm import Session

from cometa_core.contracts.identity import Identity
from cometa_core.security.authentication import SAFE_METHODS

if TYPE_CHECKING:
    from cometa_core.scope import Scope
    from cometa_core.web.service import Operation

PREFIX = "/backend"
ORIGINAL_PATH = "cometa.original_path"
"""Key of the environment: the path as the caller wrote it, before prefix and slash were normalised."""


class Request(pyramid.request.Request):  # type: ignore[misc]  # Pyramid ships no types
    """A request of the API.

    Attributes:
        db: session of the request's transaction.
        scope: unit of work for services.
        raw_body_object: JSON object of the body before its fields are checked, for ``load`` of routes whose body
            names the row; None where the operation declares no body.
        body_model: validated body.
        query_model: validated query.
        resource: row that the path addresses, as ``load`` of the operation found it.
        request_id: id that answer and log share.
    """

    db: Session
    scope: "Scope"
    raw_body_object: dict[str, Any] | None = None
    body_model: Any = None
    query_model: Any = None
    resource: Any = None
    request_id: str = ""

    @property
    def operation(self) -> "Operation | None":
        """Return the operation that the request reaches; None when its route is no service or lacks the verb."""
        route = self.matched_route
        service = None if route is None else self.registry.cornice_services.get(route.pattern)
        verb = "GET" if self.method == "HEAD" else self.method
        found: Operation | None = getattr(service, "operations", {}).get(verb)
        return found

    @property
    def changes_something(self) -> bool:
        """Tell whether the request is one that changes something, by its verb or by the declaration of its GET."""
        operation = self.operation
        return self.method not in SAFE_METHODS if operation is None else operation.changes_by(self)

    @contextmanager
    def transaction_apart(self, actor: Identity | None = None) -> Iterator["Scope"]:
        """Open a unit of work apart from the request's own, which the audit log ascribes to this request.

        Args:
            actor: who is acting; None while nobody is identified.
        """
        with self.registry["cometa.runtime"].unit_of_work(actor) as scope:
            scope.address, scope.request_id = self.remote_addr or "", self.request_id
            yield scope

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that looks up who is calling.

        A request that only reads has one session for everything; the transaction of one that changes something belongs
        to its view, so the look-up has a short session of its own.
        """
        if not self.changes_something:
            yield self.db
            return
        with self.registry["cometa.runtime"].reading() as session:
            yield session

    @property
    def original_path(self) -> str:
        """Return the path as the caller wrote it, percent-encoded."""
        path: str = self.environ.get(ORIGINAL_PATH, self.path)
        return path

    @property
    def caller_base(self) -> str:
        """Return what stands before our paths in the caller's addresses: mount point and ``/backend``; often empty."""
        base: str = self.application_url.removeprefix(self.host_url)
        own_path = self.original_path.removeprefix(base)
        return base + PREFIX if f"{own_path}/".startswith(f"{PREFIX}/") else base
