"""The chain of ways to find out who is calling, and Pyramid's security policy over it."""

from collections.abc import Sequence
from typing import Any, Protocol

from pyramid.request import RequestLocalCache
from pyramid.security import Allowed

from cometa_core.contracts.identity import Identity
from cometa_core.errors import MethodNotAllowed, NotFound, Unauthenticated
from cometa_core.security.permission import PUBLIC, PermissionTable
from cometa_core.security.session_protection import SAFE_METHODS, refuse_foreign_pages

__all__ = ["SAFE_METHODS", "Authenticator", "SecurityPolicy"]


class Authenticator(Protocol):
    """One way to find out who is calling.

    Attributes:
        name: unique name, for instance ``api_key``.
        position: place in the chain, lowest first (rest-api A2: keys 10, tokens 20, proxy 30, session 40,
            development 50).
    """

    name: str
    position: int

    def identify(self, request: Any) -> Identity | None:
        """Return who is calling, or None when this way does not apply.

        Raises:
            Unauthenticated: credentials of this way are present and wrong; the others are not tried.
        """


class SecurityPolicy:
    """Pyramid's ISecurityPolicy: the first authenticator that knows the caller decides."""

    def __init__(self, authenticators: Sequence[Authenticator], permissions: PermissionTable) -> None:
        self._authenticators = sorted(authenticators, key=lambda found: found.position)
        self._permissions = permissions
        self._cache = RequestLocalCache(self._identify)

    def _identify(self, request: Any) -> Identity | None:
        for authenticator in self._authenticators:
            identity = authenticator.identify(request)
            if identity is not None:
                return identity
        return None

    def identity(self, request: Any) -> Identity | None:
        """Return who is calling, found once a request."""
        found: Identity | None = self._cache.get_or_create(request)
        return found

    def authenticated_userid(self, request: Any) -> str | None:
        """Return the account id as text."""
        identity = self.identity(request)
        return None if identity is None else str(identity.account_id)

    def permits(self, request: Any, _context: object, permission: str) -> Allowed:
        """Check a route's permission.

        Raises:
            Unauthenticated: nobody is calling.
            Forbidden: another site may have made the browser send it, or scope or flag is missing.
        """
        if permission == PUBLIC:
            return Allowed("public")
        self._refuse_legacy(request)
        identity = self.identity(request)
        if identity is None:
            raise Unauthenticated("This request names no identity. Send an API key: Authorization: Bearer cmt_…")
        refuse_foreign_pages(request, identity)
        runner = False if request.operation is None else request.operation.runner
        self._permissions.require(identity, permission, safe=not request.changes_something, runner=runner is not False)
        if isinstance(runner, str):
            self._refuse_foreign_row(request, identity, runner)
        return Allowed(permission)

    @staticmethod
    def _refuse_foreign_row(request: Any, identity: Identity, parameter: str) -> None:
        """Refuse a row of the path that is another one than that which credentials are bound to."""
        own = identity.attributes.get(parameter)
        if own is not None and int(request.matchdict[parameter]) != own:
            raise NotFound

    @staticmethod
    def _refuse_legacy(request: Any) -> None:
        """Refuse GETs that change something where they are switched off, and HEAD of them.  Contract: rest-api A1.7."""
        if request.method not in SAFE_METHODS or not request.changes_something:
            return
        if request.method == "HEAD":
            raise MethodNotAllowed("HEAD is not possible here, because GET changes something.")
        if not request.registry["cometa.runtime"].settings.flag("cometa.legacy_get_writes"):
            raise MethodNotAllowed(
                "GET must not change anything on this server (cometa.legacy_get_writes). Use POST or DELETE.",
                code="legacy_get_disabled",
            )

    def remember(self, _request: Any, _userid: str, **_options: Any) -> list[tuple[str, str]]:
        """Return no headers: authenticators that keep sessions set their own cookies."""
        return []

    def forget(self, _request: Any, **_options: Any) -> list[tuple[str, str]]:
        """Return no headers: authenticators that keep sessions drop their own cookies."""
        return []
