"""Identity providers: OpenID Connect with authorization code and PKCE.  Contract: rest-api A2.1, R-038, R-039."""

import base64
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
import urllib3

from cometa_accounts.services.sign_ins import Claims
from cometa_core.clock import Clock
from cometa_core.errors import BadRequest, ConfigurationError, NotFound, Unauthenticated, Unavailable
from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

ISSUER_KEY = "cometa.oidc.<id>.issuer"
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA")
CACHED_S = 3600.0
LEEWAY_S = 60
LARGEST_ANSWER = 1024 * 1024
TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)


@dataclass(frozen=True)
class Login:
    """One attempt to sign in; the browser keeps it sealed until it comes back.

    Attributes:
        provider: id of the provider.
        state: comes back with the browser.
        nonce: comes back in the ID token.
        verifier: secret of PKCE, of which the provider first sees only the hash.
        redirect_uri: address of our callback.
        target: path that the browser is sent to at last.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    target: str


@dataclass
class Provider:
    """One configured provider; what it publishes about itself is read once an hour.

    Attributes:
        id: name in the settings.
        issuer: its address, as configured.
        client_id: what it calls this server.
        client_secret: empty for public clients.
        clock: tells when what was read is too old.
        name: what people call it.
    """

    id: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    clock: Clock
    name: str = ""
    _http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(timeout=TIMEOUT, retries=False))
    _document: dict[str, Any] | None = None
    _read_at: float = 0.0
    _keys: jwt.PyJWKClient | None = None

    def login_url(self, login: Login) -> str:
        """Return where the browser is sent to sign in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(login.verifier.encode()).digest()).decode().rstrip("=")
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": login.redirect_uri,
            "scope": "openid email profile",
            "state": login.state,
            "nonce": login.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return with_parameters(str(self.document()["authorization_endpoint"]), parameters)

    def logout_url(self, back_to: str) -> str | None:
        """Return where the browser is sent to end the session at the provider; None when it offers no such place."""
        try:
            endpoint = self.document().get("end_session_endpoint")
        except Unavailable:
            return None
        parameters = {"client_id": self.client_id, "post_logout_redirect_uri": back_to}
        return with_parameters(str(endpoint), parameters) if endpoint else None

    def claims(self, login: Login, code: str) -> Claims:
        """Exchange the code of a login and return what the provider says about the person.

        Raises:
            Unauthenticated: ``invalid_credentials``: the code or the ID token is not good.
            Unavailable: the provider does not answer.
        """
        document = self.document()
        tokens = self._exchange(str(document["token_endpoint"]), login, code)
        told = self._checked(str(tokens.get("id_token", "")), login.nonce)
        endpoint = document.get("userinfo_endpoint")
        if "email" not in told and endpoint and tokens.get("access_token"):
            more = self._json("GET", str(endpoint), headers={"Authorization": f"Bearer {tokens['access_token']}"})
            if more.get("sub") == told["sub"]:
                told = {**more, **told}
        verified = told.get("email_verified") in {True, "true"}
        email = told.get("email")
        name = told.get("name")
        return Claims(
            email=email.strip() if verified and isinstance(email, str) else "",
            name=name.strip() if isinstance(name, str) else "",
            provider=self.id,
            issuer=str(told["iss"]),
            subject=str(told["sub"]),
        )

    def document(self) -> dict[str, Any]:
        """Return what the provider publishes about itself.

        Raises:
            Unavailable: it does not answer, or it is another issuer.
        """
        now = self.clock.monotonic()
        if self._document is None or now - self._read_at > CACHED_S:
            found = self._json("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
            if not needed <= set(found) or str(found["issuer"]).rstrip("/") != self.issuer.rstrip("/"):
                raise self._away("publishes no configuration of this issuer")
            self._keys = jwt.PyJWKClient(str(found["jwks_uri"]), lifespan=CACHED_S, timeout=10)
            self._document, self._read_at = found, now
        return self._document

    def _exchange(self, endpoint: str, login: Login, code: str) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": login.redirect_uri,
            "code_verifier": login.verifier,
            "client_id": self.client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        methods = self.document().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self.client_secret and "client_secret_basic" in methods:
            user = urlencode({"": self.client_id})[1:], urlencode({"": self.client_secret})[1:]
            headers["Authorization"] = f"Basic {base64.b64encode(':'.join(user).encode()).decode()}"
        elif self.client_secret:
            fields["client_secret"] = self.client_secret
        return self._json("POST", endpoint, headers=headers, body=urlencode(fields))

    def _json(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            headers = {"Accept": "application/json", **options.pop("headers", {})}
            answer = self._http.request(method, url, headers=headers, redirect=False, preload_content=False, **options)
            try:
                text, status = answer.read(LARGEST_ANSWER, decode_content=True), answer.status
            finally:
                answer.release_conn()
            found = json.loads(text) if 200 <= status < 500 else None
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            raise self._away(f"does not answer: {type(error).__name__}") from error
        if 400 <= status < 500:
            logger.warning("The identity provider %s refused a request with %d", self.id, status)
            raise refused()
        if status != 200 or not isinstance(found, dict):
            raise self._away(f"answers with {status}")
        return found

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        document = self.document()
        try:
            told: dict[str, Any] = jwt.decode(
                token,
                self._key_of(token),
                algorithms=ALGORITHMS,
                audience=self.client_id,
                issuer=str(document["issuer"]),
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise self._away("does not give its keys") from error
        except jwt.PyJWTError as error:
            logger.warning("The ID token of the identity provider %s is not good: %s", self.id, error)
            raise refused() from error
        several = isinstance(told["aud"], list) and len(told["aud"]) > 1
        party = told.get("azp", "" if several else self.client_id)
        if told.get("nonce") != nonce or party != self.client_id:
            logger.warning("The ID token of the identity provider %s is for another login", self.id)
            raise refused()
        return told

    def _key_of(self, token: str) -> jwt.PyJWK:
        """Find the key that signed a token; one that names none was signed by the only one that there is."""
        assert self._keys is not None  # the document was read before
        if jwt.get_unverified_header(token).get("kid"):
            return self._keys.get_signing_key_from_jwt(token)
        keys = self._keys.get_signing_keys()
        if len(keys) != 1:
            raise jwt.InvalidTokenError("it names no key, and the provider has several")
        return keys[0]

    def _away(self, what: str) -> Unavailable:
        logger.warning("The identity provider %s %s", self.id, what)
        return Unavailable(f"The identity provider {self.name or self.id} {what}. Try again later.")


def refused() -> Unauthenticated:
    """Build the answer to a login that is not good; why stands in the log."""
    return Unauthenticated("The sign-in was not successful. Start it again.", code="invalid_credentials")


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to an address that may have some."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


def providers_of(runtime: Runtime) -> dict[str, Provider]:
    """Return the configured providers by id, made once a runtime."""
    return runtime.once("accounts.providers", lambda: configured_providers(runtime))


def configured_providers(runtime: Runtime) -> dict[str, Provider]:
    """Build the providers of the settings."""
    settings = runtime.settings

    def value(name: str, part: str) -> str:
        return settings.text(f"cometa.oidc.{name}.{part}")

    return {
        name: Provider(
            name,
            value(name, "issuer"),
            value(name, "client_id"),
            value(name, "client_secret"),
            runtime.clock,
            value(name, "name") or name,
        )
        for name in settings.chosen(ISSUER_KEY)
    }


def provider_named(runtime: Runtime, name: str) -> Provider:
    """Return a provider; without a name the only one.

    Raises:
        NotFound: none is configured.
        BadRequest: ``invalid_query``: unknown, or not named where there are several.
    """
    known = providers_of(runtime)
    if not known:
        raise NotFound("No identity provider is configured here.")
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        raise BadRequest(f"Name one of the identity providers as provider: {', '.join(known)}.")
    return known[name]


def refuse_incomplete_providers(runtime: Runtime) -> None:
    """Refuse to start with a provider that nobody could sign in with.

    Raises:
        ConfigurationError: issuer or client_id is missing.
    """
    for provider in providers_of(runtime).values():
        for part in ("issuer", "client_id"):
            if not getattr(provider, part):
                raise ConfigurationError(f"cometa.oidc.{provider.id}.{part} is missing. Set it as the provider says.")
