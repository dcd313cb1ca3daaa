"""Who is calling: by API key, or by development sign-in from this machine.  Contract: rest-api A2."""

import ipaddress
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import lazyload

from cometa_accounts.models import Account, ApiKey
from cometa_accounts.naming import name_key
from cometa_accounts.services.identities import identity_for, with_memberships
from cometa_accounts.services.keys import KEY, USED_RESOLUTION, is_secret
from cometa_core.contracts.identity import Identity
from cometa_core.errors import ConfigurationError, TooManyRequests, Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.security.rate_limits import RateLimits, rate_limits

WRONG = "10/10 minutes"
CLOSED = "1/10 minutes"
LOOPBACK_NAMES = frozenset({"localhost"})


class WrongSecrets:
    """Counts wrong secrets; ten within ten minutes close a key id or an address for ten minutes.  Contract: R-032."""

    def __init__(self, counters: RateLimits) -> None:
        self._counters = counters

    def refuse_too_many(self, *names: str) -> None:
        """Refuse a name that had ten wrong secrets lately.

        Raises:
            TooManyRequests: with the seconds to wait.
        """
        for name in names:
            wait = self._counters.blocked(f"closed:{name}", CLOSED)
            if wait:
                raise TooManyRequests(
                    f"Too many wrong secrets. Try again in {wait} seconds.", extra={"retry_after": wait}
                )

    def count(self, *names: str) -> None:
        """Remember a wrong secret; the tenth closes the name."""
        for name in names:
            self._counters.hit(f"wrong:{name}", WRONG)
            if self._counters.blocked(f"wrong:{name}", WRONG):
                self._counters.hit(f"closed:{name}", CLOSED)


class ApiKeyAuthenticator:
    """``Authorization: Bearer cmt_<id>_<secret>``; present and wrong is 401 whatever else the request carries."""

    name = "api_key"
    position = 10

    def identify(self, request: Any) -> Identity | None:
        """Return the account of the key.

        Raises:
            Unauthenticated: unknown, wrong or expired.
            TooManyRequests: ten wrong secrets within ten minutes.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        runtime: Runtime = request.registry["cometa.runtime"]
        kind, _, token = header.partition(" ")
        found = KEY.fullmatch(token.strip()) if kind.lower() == "bearer" else None
        if found is None:
            raise Unauthenticated("The Authorization header is not a key of this server.", code="invalid_credentials")
        wrong = WrongSecrets(rate_limits(runtime))
        names = (f"key:{found['id']}", f"address:{request.remote_addr}")
        wrong.refuse_too_many(*names)
        with request.reading() as session:
            rows = session.execute(key_with_account(), {"key_id": found["id"]}).unique().first()
            if rows is None or not is_secret(rows[0], found["secret"]):
                wrong.count(*names)
                raise Unauthenticated("The API key is wrong or was revoked.", code="invalid_credentials")
            row, account = rows
            now = runtime.clock.now()
            if row.expires_at <= now:
                raise Unauthenticated("The API key has expired. Make a new one.", code="expired_credentials")
            identity = identity_for(account, runtime.permissions, self.name, frozenset(row.scopes))
            last_used = row.last_used
        if last_used is None or now - last_used > USED_RESOLUTION:
            note_use(runtime, found["id"], now)
        return identity


@cache
def key_with_account() -> Select[ApiKey, Account]:
    """Make the query of every request once; making it takes longer than asking it."""
    query = select(ApiKey, Account).join(Account).where(ApiKey.key_id == bindparam("key_id"))
    return query.options(lazyload(ApiKey.account), with_memberships())


def note_use(runtime: Runtime, key_id: str, now: datetime) -> None:
    """Remember that a key was used; a database that is busy must not refuse the request for it."""
    statement = update(ApiKey).where(ApiKey.key_id == key_id).values(last_used=now)
    try:
        with runtime.sessions() as session, session.begin():
            session.execute(statement.execution_options(synchronize_session=False))
    except OperationalError:
        return


class DevelopmentAuthenticator:
    """Signs every request from this machine in as ``cometa.dev_login``; only on a loopback address."""

    name = "development"
    position = 50

    def identify(self, request: Any) -> Identity | None:
        """Return the configured account for a request from this machine."""
        runtime: Runtime = request.registry["cometa.runtime"]
        email = runtime.settings.text("cometa.dev_login")
        # The name must be one of this machine too: a page of another site can make its own name point here.
        if (
            not email
            or not is_loopback(request.environ.get("REMOTE_ADDR", ""))
            or not is_loopback(request.domain.strip("[]"))
        ):
            return None
        with runtime.reading() as session:
            query = select(Account).where(Account.email_key == name_key(email)).options(with_memberships())
            account = session.scalars(query).unique().first()
            return None if account is None else identity_for(account, runtime.permissions, self.name)


def is_loopback(address: str) -> bool:
    """Tell whether an address or host name means this machine."""
    if address in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def refuse_unsafe_development_login(runtime: Runtime) -> None:
    """Refuse to start with development sign-in where others could reach it.  Contract: R-037.

    Raises:
        ConfigurationError: the address is not a loopback one, or this is production.
    """
    settings = runtime.settings
    if not settings.text("cometa.dev_login"):
        return
    if settings.flag("cometa.production"):
        raise ConfigurationError("cometa.production is on, so cometa.dev_login must not be set. Remove it.")
    host = settings.text("cometa.host")
    if not is_loopback(host):
        raise ConfigurationError(
            f"cometa.dev_login signs everybody in, so cometa.host must be a loopback address, not {host}. "
            "Remove cometa.dev_login or set cometa.host = 127.0.0.1."
        )
