"""Routes of signing in and out with an identity provider.  Contract: rest-api A2.1, R-038 to R-040."""

import dataclasses
import hmac
import json
import secrets

from pyramid.response import Response

from cometa_accounts import schemas
from cometa_accounts.authenticators import is_loopback
from cometa_accounts.services.providers import Login, provider_named, providers_of, refused
from cometa_accounts.services.sign_ins import csrf_token, end_session, open_session
from cometa_accounts.sessions import CSRF_COOKIE, SESSION_COOKIE
from cometa_core.runtime import Runtime
from cometa_core.security.permission import PUBLIC
from cometa_core.security.seals import SealBroken
from cometa_core.web.request import Request
from cometa_core.web.service import Service

TAG = "Sign-in"
LOGIN_COOKIE = "cometa_login"
LOGIN_SECONDS = 600
SEALED_FOR = "accounts:login"

login_service = Service("auth_login", "/auth/login/", description="Begin to sign in.", tag=TAG)
callback_service = Service("auth_callback", "/auth/callback/", description="Come back from the provider.", tag=TAG)
logout_service = Service("auth_logout", "/auth/logout/", description="Sign out.", tag=TAG)


@login_service.get(permission=PUBLIC, query=schemas.LoginQuery, status=302, media_type="text/plain")
def begin_login(request: Request) -> Response:
    """Send the browser to an identity provider."""
    runtime, query = runtime_of(request), request.query_model
    provider = provider_named(runtime, query.provider)
    login = Login(
        provider=provider.id,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=f"{request.host_url}{request.caller_base}/auth/callback",
        target=own_path(query.next),
    )
    response = redirect(provider.login_url(login))
    kept = {**dataclasses.asdict(login), "until": runtime.clock.now().timestamp() + LOGIN_SECONDS}
    sealed = runtime.seals.seal(json.dumps(kept), SEALED_FOR)
    set_cookie(request, response, LOGIN_COOKIE, sealed, LOGIN_SECONDS)
    return response


@callback_service.get(permission=PUBLIC, query=schemas.CallbackQuery, status=302, media_type="text/plain",
                      errors=("invalid_credentials",))  # fmt: skip
def finish_login(request: Request) -> Response:
    """Check what the provider says, open a session and send the browser where it wanted to go."""
    runtime, query = runtime_of(request), request.query_model
    login = kept_login(request)
    if not hmac.compare_digest(login.state.encode(), query.state.encode()) or not query.code:
        raise refused()
    # The provider is asked before the transaction begins, so that nobody waits for it.
    claims = provider_named(runtime, login.provider).claims(login, query.code)
    with request.transaction_apart() as scope:
        token = open_session(scope, claims)
    response = redirect(login.target)
    response.delete_cookie(LOGIN_COOKIE)
    lifetime = runtime.settings.integer("cometa.session_max_days") * 86400
    set_cookie(request, response, SESSION_COOKIE, token, lifetime)
    set_cookie(request, response, CSRF_COOKIE, csrf_token(token), lifetime, httponly=False)
    return response


@logout_service.get(permission=PUBLIC, status=302, media_type="text/plain")
@logout_service.post(permission=PUBLIC, status=302, media_type="text/plain", audited=False)
def end_login(request: Request) -> Response:
    """End the session of the browser, here and where it was signed in."""
    runtime = runtime_of(request)
    with request.transaction_apart() as scope:
        known = end_session(scope, request.cookies.get(SESSION_COOKIE, ""))
    provider = providers_of(runtime).get(known or "")
    response = redirect((provider and provider.logout_url(f"{request.host_url}{request.caller_base}/")) or "/")
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name)
    return response


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that answers a request."""
    runtime: Runtime = request.registry["cometa.runtime"]
    return runtime


def kept_login(request: Request) -> Login:
    """Return the login that the browser began.

    Raises:
        Unauthenticated: ``invalid_credentials``: it began none, or too long ago.
    """
    runtime = runtime_of(request)
    try:
        kept = json.loads(runtime.seals.open(request.cookies.get(LOGIN_COOKIE, ""), SEALED_FOR))
    except SealBroken as error:
        raise refused() from error
    if kept.pop("until") < runtime.clock.now().timestamp():
        raise refused()
    return Login(**kept)


def own_path(path: str) -> str:
    """Return a path of this server, ``/`` instead of whatever browsers could take for another one.  Contract: R-039."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    return path


def redirect(target: str) -> Response:
    """Send the browser somewhere; what it does there must not be kept by caches."""
    response = Response("You are sent elsewhere.\n", status=302, content_type="text/plain", charset="utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.location = target
    return response


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int, *, httponly: bool = True
) -> None:
    """Set a cookie that browsers send only here, and only encrypted unless this machine talks to itself."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=httponly,
        samesite="Lax",
        secure=not is_loopback(request.domain.strip("[]")),
    )
