"""ID tokens that are not good, from a provider that sends whatever a test says."""

import base64
import json
import threading
from datetime import UTC, datetime, timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cometa_accounts.services.providers import Login, Provider
from cometa_core.clock import SystemClock
from cometa_core.errors import Unauthenticated, Unavailable

LOGIN = Login("liar", "state", "the nonce", "v" * 64, "http://localhost/auth/callback", "/")
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
EDWARDS_KEY = ed25519.Ed25519PrivateKey.generate()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments):
        """Say nothing."""


class Liar:
    """A provider whose answers are set by tests."""

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.keys = [public("one", KEY)]
        self.token = ""
        self.status = "200 OK"

    def __call__(self, environ, start_response):
        answers = {
            "/.well-known/openid-configuration": self.document,
            "/keys": {"keys": self.keys},
            "/token": {"id_token": self.token, "access_token": "x", "token_type": "Bearer"},
        }
        status = self.status if environ["PATH_INFO"] == "/token" else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answers[environ["PATH_INFO"]]).encode()]

    def sign(self, key=KEY, algorithm="RS256", headers=None, **changes):
        """Sign the claims of a good token with some changes; None leaves one out."""
        now = datetime.now(UTC)
        good = {"iss": self.issuer, "sub": "ada", "aud": "cometa", "nonce": "the nonce", "iat": now,
                "exp": now + timedelta(minutes=5), "email": "ada@example.org", "email_verified": True}  # fmt: skip
        claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
        self.token = jwt.encode(claims, key, algorithm, headers={"kid": "one"} if headers is None else headers)


def public(name, key):
    """Return the public half of a key as a provider publishes it."""
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.OKPAlgorithm
    return {**json.loads(kind.to_jwk(key.public_key())), "kid": name}


@pytest.fixture
def liar():
    server = make_server("127.0.0.1", 0, None, handler_class=Quiet)
    made = Liar(server.server_port)
    server.set_app(made)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def provider(liar):
    return Provider("liar", liar.issuer, "cometa", "secret", SystemClock())


def test_a_good_token_is_taken(liar, provider):
    liar.sign()
    claims = provider.claims(LOGIN, "code")
    assert (claims.issuer, claims.subject, claims.email) == (liar.issuer, "ada", "ada@example.org")


def test_keys_of_edwards_curves_are_taken(liar, provider):
    liar.keys = [public("edwards", EDWARDS_KEY)]
    liar.sign(EDWARDS_KEY, "EdDSA", {"kid": "edwards"})
    assert provider.claims(LOGIN, "code").subject == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["cometa", "another"]},
        {"aud": None},
        {"azp": "another"},
        {"iss": "https://else.example"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"sub": None},
        {"key": OTHER_KEY},
        {"headers": {"kid": "unknown"}},
    ],
)
def test_a_token_for_somebody_or_something_else_is_refused(liar, provider, changes):
    """Rest-api A2.1: nonce, signature, audience and issuer are checked."""
    liar.sign(**changes)
    with pytest.raises(Unauthenticated) as refused:
        provider.claims(LOGIN, "code")
    assert refused.value.code == "invalid_credentials"


def test_algorithms_without_a_private_key_are_refused(liar, provider):
    """Rest-api A2.1: nobody else can sign; neither ``none`` nor a MAC with the public key."""
    claims = {"iss": liar.issuer, "sub": "ada", "aud": "cometa", "nonce": "the nonce", "iat": 1, "exp": 9999999999}
    liar.token = jwt.encode(claims, None, "none", headers={"kid": "one"})
    with pytest.raises(Unauthenticated):
        provider.claims(LOGIN, "code")
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "kid": "one"}, claims)
    )
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(f"{header}.{body}".encode(), pem)
    liar.token = f"{header}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    with pytest.raises(Unauthenticated):
        provider.claims(LOGIN, "code")


def test_a_token_that_names_no_key_needs_a_provider_with_one_key(liar, provider):
    liar.sign(headers={})
    assert provider.claims(LOGIN, "code").subject == "ada"
    liar.keys.append(public("two", OTHER_KEY))
    another = Provider("liar", liar.issuer, "cometa", "secret", SystemClock())
    with pytest.raises(Unauthenticated):
        another.claims(LOGIN, "code")


@pytest.mark.parametrize(
    ("status", "error"), [("400 Bad Request", Unauthenticated), ("500 Broken", Unavailable), ("302 Found", Unavailable)]
)
def test_a_refused_code_is_401_and_a_broken_provider_503(liar, provider, status, error):
    liar.sign()
    liar.status = status
    with pytest.raises(error):
        provider.claims(LOGIN, "code")


def test_a_provider_that_is_another_issuer_or_away_is_503(liar):
    liar.document["issuer"] = "https://else.example"
    with pytest.raises(Unavailable, match="issuer"):
        Provider("liar", liar.issuer, "cometa", "", SystemClock()).login_url(LOGIN)
    with pytest.raises(Unavailable, match="does not answer"):
        Provider("away", "http://127.0.0.1:9", "cometa", "", SystemClock()).login_url(LOGIN)
