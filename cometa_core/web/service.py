"""Cornice services whose operations declare permission, body, query, answer and errors.

Cornice brings the routing; everything else is done here, in the order of rest-api A1.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cornice.service
from pydantic import BaseModel
from pyramid.response import Response

from cometa_core.errors import NotFound, UnsupportedMediaType
from cometa_core.security.authentication import SAFE_METHODS
from cometa_core.web.request import Request
from cometa_core.web.validation import read_object, read_parameters, validate_body, validate_query

View = Callable[[Request], Any]


@dataclass(frozen=True)
class Operation:
    """One verb of a service, as declared.

    Attributes:
        permission: PUBLIC, AUTHENTICATED or the name of a flag.
        body: model of the JSON body.
        query: model of the query parameters.
        answer: type of the success body.
        status: status of success, for the documentation.
        other_answers: statuses of further kinds of success -> types of their bodies, for the documentation.
        errors: codes beyond the general ones.
        load: finds the addressed row before the fields of the body are checked; where the body names the row it
            reads ``request.raw_body_object``, in which any key may be missing or of any type.
        media_type: type of an answer that is not JSON.
        takes: type of a body that is not JSON; others are refused, and the view reads it with ``read_bytes``.
        effect: for GET: it changes something (rest-api A1.7), always or for the requests that a function picks.  Then
            its parameters come from the query string or a JSON body and are checked as ``body``.
        audited: whether the audit log keeps it when it changes something; reports of runners would flood it.
        runner: whether the scope ``runner`` is enough, which service tokens have alone (rest-api A2.6).  The name of a
            parameter of the path says besides that a token reaches only the row that it is bound to: others are 404.
    """

    permission: str
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    other_answers: Mapping[int, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    load: Callable[[Request], Any] | None = None
    media_type: str | None = None
    takes: str | None = None
    effect: bool | Callable[[Request], bool] = False
    audited: bool = True
    runner: bool | str = False
    view: View | None = field(default=None, compare=False)

    def changes_by(self, request: Request) -> bool:
        """Tell whether a request of this operation changes something."""
        if request.method not in SAFE_METHODS:
            return True
        return self.effect(request) if callable(self.effect) else self.effect


class Service(cornice.service.Service):  # type: ignore[misc]  # Cornice ships no types
    """A path of the API; each verb is declared with at least a permission.

    Attributes:
        tag: chapter of the documentation.
        operations: declared verbs.

    Raises:
        ValueError: the path does not begin and end with a slash: requests are matched with both.
    """

    default_validators = ()
    default_filters = ()

    def __init__(self, name: str, path: str, *, description: str = "", tag: str = "") -> None:
        self.tag = tag
        self.operations: dict[str, Operation] = {}
        if not (path.startswith("/") and path.endswith("/")):
            raise ValueError(f"The path {path} of the service {name} must begin and end with /.")
        # Digits in paths are 0 to 9; in Python they are also those of other scripts.
        path = path.replace(r"\d", "[0-9]")
        # Cornice attaches its scan callback to the module of the caller; we are one call further away.
        super().__init__(name, path, description=description, depth=2)

    def decorator(self, method: str, **declared: Any) -> Callable[[View], View]:
        """Return a decorator that adds a view for a verb; see ``add_view``."""

        def add(view: View) -> View:
            self.add_view(method, view, **declared)
            return view

        return add

    def get(self, **declared: Any) -> Callable[[View], View]:
        """Declare GET (and with it HEAD)."""
        return self.decorator("GET", **declared)

    def post(self, **declared: Any) -> Callable[[View], View]:
        """Declare POST."""
        return self.decorator("POST", **declared)

    def put(self, **declared: Any) -> Callable[[View], View]:
        """Declare PUT."""
        return self.decorator("PUT", **declared)

    def patch(self, **declared: Any) -> Callable[[View], View]:
        """Declare PATCH."""
        return self.decorator("PATCH", **declared)

    def delete(self, **declared: Any) -> Callable[[View], View]:
        """Declare DELETE."""
        return self.decorator("DELETE", **declared)

    def add_view(self, method: str, view: View, **declared: Any) -> None:
        """Add a verb.

        Args:
            method: HTTP verb.
            view: takes the request and returns a model, a result of ``cometa_core.web.dialect`` or a response.
            declared: fields of ``Operation``.

        Raises:
            TypeError: no permission is declared.
        """
        if not declared.get("permission"):
            raise TypeError(f"{method} {self.path} declares no permission.")
        operation = Operation(**declared, view=view)
        self.operations[method.upper()] = operation
        super().add_view(method, checked(view, operation), permission=operation.permission)


def checked(view: View, operation: Operation) -> Callable[[Request], Response]:
    """Wrap a view so that it only sees what was checked: body, addressed row, fields, in this order."""

    def call(request: Request) -> Response:
        changes = request.changes_something
        if operation.body is not None and request.method in SAFE_METHODS:
            request.raw_body_object = read_parameters(operation.body, request) if changes else None
        elif operation.body is not None:
            request.raw_body_object = read_object(request)
        if operation.takes is not None and request.content_type.lower() != operation.takes:
            raise UnsupportedMediaType(f"Send {operation.takes}, not {request.content_type or 'a body without type'}.")
        if operation.query is not None:
            request.query_model = validate_query(operation.query, request)
        if any("\0" in value for value in request.matchdict.values()):
            # No name contains U+0000, and PostgreSQL refuses to look for one.
            raise NotFound
        if operation.load is not None:
            request.resource = operation.load(request)
        if operation.body is not None and request.raw_body_object is not None:
            request.body_model = validate_body(operation.body, request.raw_body_object)
        answer = view(request)
        if changes and operation.audited:
            request.registry["cometa.auditor"].done(request)
        response: Response = request.registry["cometa.dialect"].answer(request, answer)
        return response

    call.__doc__ = view.__doc__
    return call
