"""Who a reader is and what it may read, found by the same chain of ways as for requests.  Contract: runner K.1, K.2."""

from dataclasses import dataclass, replace

from cometa_core.app import policy_of
from cometa_core.contracts.identity import Identity
from cometa_core.errors import Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.security.session_protection import is_own_origin
from cometa_executions.api import visible_stream
from cometa_live.handshake import Handshake
from cometa_live.messages import Target


@dataclass(frozen=True)
class Credentials:
    """What a client was introduced by; kept only in memory, for as long as it is connected.

    Attributes:
        headers: headers of its opening request, names in lower case.
        address: address that it came from.
    """

    headers: tuple[tuple[str, str], ...]
    address: str

    def with_token(self, token: str) -> "Credentials":
        """Return the credentials of a client that sent a token: nothing else of it is looked at."""
        kept = tuple((name, text) for name, text in self.headers if name not in {"authorization", "cookie"})
        return replace(self, headers=(*kept, ("authorization", f"Bearer {token}")))

    def __repr__(self) -> str:
        """Show nothing that is secret."""
        return f"Credentials(address={self.address!r})"


class Access:
    """Answers who may read what; its questions block, so they belong into threads."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._policy = policy_of(runtime)

    def identify(self, credentials: Credentials) -> Identity:
        """Return who a client is.

        Raises:
            Unauthenticated: nobody, or its credentials are wrong or over.
            Forbidden: ``scope_missing``, the key may not read.
            TooManyRequests: too many wrong secrets.
        """
        identity = self._policy.identity(self._handshake(credentials))
        if identity is None:
            raise Unauthenticated('Nobody is signed in. Send an API key as "token" in the first message.')
        self._runtime.permissions.require(identity, AUTHENTICATED, safe=True)
        return identity

    def reader_of(self, credentials: Credentials, target: Target) -> Identity:
        """Return who a client is, when it may read a stream at this moment.

        Raises:
            CometaError: as ``identify``; ``not_found`` when the stream is none of the client's.
        """
        identity = self.identify(credentials)
        with self._runtime.reading() as session:
            visible_stream(Scope(self._runtime, session, identity), target.run_id, target.department_id or 0)
        return identity

    def is_own_page(self, credentials: Credentials, origin: str) -> bool:
        """Tell whether pages of an origin may connect: those of this server and those that the settings list."""
        if origin in self._runtime.settings.words("cometa.live.origins"):
            return True
        return is_own_origin(self._handshake(credentials), origin)

    def _handshake(self, credentials: Credentials) -> Handshake:
        return Handshake.of(self._runtime, credentials.headers, credentials.address)
