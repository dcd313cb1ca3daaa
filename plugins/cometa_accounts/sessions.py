"""Who is calling: by a browser session, or by what a trusted proxy says.  Contract: rest-api A2, A2.2."""

import hmac
import ipaddress
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from cometa_accounts.models import Account
from cometa_accounts.naming import name_key
from cometa_accounts.schemas import valid_email
from cometa_accounts.services.identities import identity_for, with_memberships
from cometa_accounts.services.registration import claim_session, count_login, count_session, register
from cometa_accounts.services.sign_ins import (
    LONGEST_EMAIL,
    SEEN_RESOLUTION,
    Claims,
    account_of,
    bind_subject,
    csrf_token,
    find_session,
    limits_of,
    note_seen,
)
from cometa_core.contracts.identity import Identity
from cometa_core.errors import ConfigurationError
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_core.security.session_protection import CSRF_ATTRIBUTE

SESSION_COOKIE = "cometa_session"
CSRF_COOKIE = "XSRF-TOKEN"
REGISTERING_ROUTE = "addoidcaccount"
SECRET_HEADER = "X-Cometa-Proxy-Secret"  # noqa: S105 - the name of the header, not a secret


class ProxyAuthenticator:
    """Believes the address that a listed proxy with the shared secret sends; other headers are ignored.  R-035."""

    name = "proxy"
    position = 30

    def identify(self, request: Any) -> Identity | None:
        """Return the account of the address; on /addoidcaccount/ it is created when it is missing.

        Raises:
            Forbidden: registration is only for those who are invited.
        """
        runtime: Runtime = request.registry["cometa.runtime"]
        claims = proxy_claims(request, runtime) if is_trusted_proxy(request, runtime) else None
        if claims is None:
            return None
        if is_registering(request):
            seen_after, _ = limits_of(runtime)
            in_transaction(request, lambda scope: welcome_by_proxy(scope, claims, seen_after, invite_code(request)))
        with runtime.reading() as session:
            account = loaded_account(session, account_of(session, claims))
            return None if account is None else identity_for(account, runtime.permissions, self.name)


class SessionAuthenticator:
    """The cookie of a browser that signed in; one that is unknown or over identifies nobody."""

    name = "session"
    position = 40

    def identify(self, request: Any) -> Identity | None:
        """Return the account of the session; on /addoidcaccount/ it is created when it is missing.  Contract: R-042.

        Raises:
            Forbidden: registration is only for those who are invited.
        """
        token = request.cookies.get(SESSION_COOKIE, "")
        runtime: Runtime = request.registry["cometa.runtime"]
        if not token:
            return None
        with runtime.reading() as session:
            row = find_session(session, token, runtime)
        if row is None:
            return None
        claims = Claims(row.email, row.name, row.provider, row.issuer, row.subject)
        if is_registering(request) and not (row.counted and row.account_id):
            in_transaction(request, lambda scope: welcome(scope, token, claims, invite_code(request)))
        if runtime.clock.now() - row.last_seen > SEEN_RESOLUTION:
            self._note_seen(runtime, token)
        with runtime.reading() as session:
            row = find_session(session, token, runtime)
            account = None if row is None else loaded_account(session, row.account_id)
            if account is None:
                return None
            identity = identity_for(account, runtime.permissions, self.name)
        identity.attributes[CSRF_ATTRIBUTE] = csrf_token(token)
        return identity

    @staticmethod
    def _note_seen(runtime: Runtime, token: str) -> None:
        """Let the session go on; a database that is busy must not refuse the request for it."""
        try:
            with runtime.unit_of_work() as scope:
                note_seen(scope, token)
        except OperationalError:
            return


def welcome(scope: Scope, token: str, claims: Claims, code: str) -> None:
    """Give a session its account, which is created when it is missing, and count the login once."""
    account_id = account_of(scope.session, claims)
    if account_id is None:
        account_id = register(scope, claims, code).id
    else:
        bind_subject(scope.session, account_id, claims)
    claim_session(scope, token, account_id)
    count_session(scope, token, account_id, claims.name)


def welcome_by_proxy(scope: Scope, claims: Claims, seen_after: datetime, code: str) -> None:
    """Create the account of a proxy's address when it is missing; count its login once in the time of a session."""
    account_id = account_of(scope.session, claims)
    if account_id is None:
        account_id = register(scope, claims, code).id
    count_login(scope, account_id, claims.name, unless_after=seen_after)


def in_transaction(request: Any, work: Callable[[Scope], None]) -> None:
    """Carry something out in a transaction of its own, before the one of the request begins.

    A page may make several first calls at once: who finds that another one just created the account, uses that.
    """
    try:
        _attempt(request, work)
    except IntegrityError:
        _attempt(request, work)


def _attempt(request: Any, work: Callable[[Scope], None]) -> None:
    with request.transaction_apart() as scope:
        work(scope)


def is_registering(request: Any) -> bool:
    """Tell whether the request is the one that may register its caller."""
    return bool(request.method == "GET" and request.matched_route.name == REGISTERING_ROUTE)


def invite_code(request: Any) -> str:
    """Return the code of an invitation that the request brings; often empty."""
    return str(request.GET.get("invite", ""))


def loaded_account(session: Session, account_id: int | None) -> Account | None:
    """Load an account with all that its identity is made of."""
    query = select(Account).where(Account.id == account_id).options(with_memberships())
    return None if account_id is None else session.scalars(query).unique().first()


def is_trusted_proxy(request: Any, runtime: Runtime) -> bool:
    """Tell whether a request comes from a listed address and knows the shared secret."""
    secret = runtime.settings.text("cometa.proxy.secret")
    sent = request.headers.get(SECRET_HEADER, "")
    if not secret or not hmac.compare_digest(sent.encode(), secret.encode()):
        return False
    networks = runtime.once("accounts.proxy_networks", lambda: proxy_networks(runtime))
    try:
        address = ipaddress.ip_address(request.environ.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def proxy_networks(runtime: Runtime) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read the addresses and networks of trusted proxies.

    Raises:
        ConfigurationError: one is neither, or there is no secret.
    """
    words = runtime.settings.words("cometa.proxy.addresses")
    if words and not runtime.settings.text("cometa.proxy.secret"):
        raise ConfigurationError("cometa.proxy.addresses needs cometa.proxy.secret, which the proxy sends as well.")
    try:
        return tuple(ipaddress.ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise ConfigurationError(f"cometa.proxy.addresses: {error}.") from error


def proxy_claims(request: Any, runtime: Runtime) -> Claims | None:
    """Read what the proxy says; None without a usable address."""
    settings = runtime.settings
    try:
        email = valid_email(header_text(request, settings.text("cometa.proxy.user_header")))
    except ValueError:
        return None
    if len(email) > LONGEST_EMAIL or len(name_key(email)) > LONGEST_EMAIL * 3:
        return None
    return Claims(email, header_text(request, settings.text("cometa.proxy.name_header")).strip())


def header_text(request: Any, name: str) -> str:
    """Return a header as text: UTF-8 where it is that, else as HTTP has it."""
    sent = str(request.headers.get(name, ""))
    try:
        return sent.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return sent
