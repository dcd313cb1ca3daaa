"""Who is calling: an external runner with its service token.  Contract: rest-api A2, A2.6."""

from typing import Any

from cometa_core.contracts.identity import Identity
from cometa_core.errors import Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.security.rate_limits import rate_limits, too_many
from cometa_executions.services.tokens import TOKEN, WAY, runner_of_token

PREFIX = "cms_"
WRONG_TOKENS = "10/10 minutes"


class ServiceTokenAuthenticator:
    """``Authorization: Bearer cms_<token>``; present and wrong is 401 whatever else the request carries.

    It stands before API keys, which refuse every Authorization header that is not one of theirs.
    """

    name = WAY
    position = 9

    def identify(self, request: Any) -> Identity | None:
        """Return the runner of the token's result.

        Raises:
            Unauthenticated: unknown, wrong or expired.
            TooManyRequests: ten wrong tokens of one address within ten minutes.
        """
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token.startswith(PREFIX):
            return None
        runtime: Runtime = request.registry["cometa.runtime"]
        limits, counter = rate_limits(runtime), f"service_token:{request.remote_addr}"
        seconds = limits.blocked(counter, WRONG_TOKENS)
        if seconds:
            raise too_many(seconds)
        try:
            return self._runner(runtime, token)
        except Unauthenticated as error:
            if error.code == "invalid_credentials":
                limits.hit(counter, WRONG_TOKENS)
            raise

    @staticmethod
    def _runner(runtime: Runtime, token: str) -> Identity:
        if not TOKEN.fullmatch(token):
            raise Unauthenticated("The service token is not one of this server.", code="invalid_credentials")
        return runner_of_token(runtime, token)
