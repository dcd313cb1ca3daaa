"""All permissions of a runtime and the answer to "may this identity do that".

Contract: rest-api A3.1, A2.4.
"""

from collections.abc import Mapping

from cometa_core.contracts.identity import Identity
from cometa_core.contracts.permissions import AUTHENTICATED, PUBLIC, KeyScope, Permission
from cometa_core.errors import Forbidden

__all__ = ["AUTHENTICATED", "PUBLIC", "PermissionTable"]


class PermissionTable:
    """Permissions by name, as the active plugins declare them."""

    def __init__(self, permissions: Mapping[str, Permission]) -> None:
        self.permissions = dict(permissions)

    def flags_of(self, role: str) -> frozenset[str]:
        """Name the flags that a shipped role has by declaration."""
        return frozenset(name for name, found in self.permissions.items() if role in found.roles)

    def require(self, identity: Identity, name: str, *, safe: bool, runner: bool = False) -> None:
        """Check scope and flag for one request.

        Args:
            identity: who is calling.
            name: AUTHENTICATED or the name of a flag.
            safe: True for a request without effect (scope ``read`` is enough).
            runner: True for the calls of runners (scope ``runner`` is enough).

        Raises:
            Forbidden: ``scope_missing`` or ``permission_missing``; the sentence names what is missing.
        """
        scope = self._scope(name, safe=safe)
        enough = {scope, KeyScope.RUNNER} if runner else {scope}
        if identity.key_scopes is not None and not enough & identity.key_scopes:
            raise Forbidden(f"The credentials of this request do not have the scope {scope}.", code="scope_missing")
        if name != AUTHENTICATED and not identity.may(name):
            raise Forbidden(f"You do not have the permission {name}.")

    def _scope(self, name: str, *, safe: bool) -> str:
        if safe:
            return KeyScope.READ
        found = self.permissions.get(name)
        return found.key_scope if found is not None else KeyScope.WRITE
