"""Installations that a real identity provider and a trusted proxy sign people in to."""

from urllib.parse import parse_qs, urlsplit

import pytest
from provider_mock import running_provider
from webtest import TestApp

from cometa_core.clock import SystemClock
from cometa_core.testing.installation import Installation

BOSS = "boss@example.org"
SECRET = "a secret that proxy and server share"


class ShiftedClock(SystemClock):
    """The clock of the machine, put forward by a test."""

    ahead = None

    def now(self):
        return super().now() if self.ahead is None else super().now() + self.ahead


class Browser:
    """A browser of its own, with its cookies."""

    def __init__(self, installation, provider):
        self.app = TestApp(installation.app.app)
        self._provider = provider

    def begin(self, query=""):
        """Begin to sign in; return where the browser is sent."""
        return self.app.get(f"/auth/login?provider=mock{query}", status=302).headers["Location"]

    def sign_in(self, subject, query="", **claims):
        """Sign in as somebody; return the answer of the callback."""
        self._provider.know(subject, **claims)
        back = urlsplit(self._provider.sign_in(self.begin(query), subject))
        return self.app.get(f"{back.path}?{back.query}", status=302)

    def enter(self, name, **claims):
        """Sign in with a verified address and register; return the session user."""
        email = f"{name}@example.org"
        self.sign_in(name, email=email, email_verified=True, name=name.title(), **claims)
        return self.app.get("/addoidcaccount/").json

    @property
    def cookies(self):
        return {cookie.name: cookie for cookie in self.app.cookiejar}


def parameters(address):
    """Return the query of an address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture(scope="session")
def provider(tmp_path_factory):
    with running_provider(tmp_path_factory.mktemp("provider")) as mock:
        yield mock


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def signing_in(request, tmp_path_factory, provider):
    """An installation that people sign in to."""
    settings = {
        "cometa.browser.local": "false",
        "cometa.oidc.mock.issuer": provider.issuer,
        "cometa.oidc.mock.client_id": "cometa",
        "cometa.oidc.mock.client_secret": "not known to anybody",
        "cometa.bootstrap_superuser": BOSS,
        "cometa.cors_origins": "https://frontend.example.org",
        "cometa.proxy.addresses": "192.0.2.0/24 2001:db8::1",
        "cometa.proxy.secret": SECRET,
    }
    if request.param == "postgresql":
        settings["sqlalchemy.url"] = request.getfixturevalue("postgres_server").create_database()
    made = Installation(
        tmp_path_factory.mktemp("signing_in"), ("accounts", "catalog", "features", "websteps"), settings
    )
    made.runtime.clock = ShiftedClock()
    yield made
    made.close()


@pytest.fixture
def clock(signing_in):
    """The clock of the installation; ``ahead`` puts it forward until the end of the test."""
    yield signing_in.runtime.clock
    signing_in.runtime.clock.ahead = None


@pytest.fixture
def browser(signing_in, provider):
    return Browser(signing_in, provider)


@pytest.fixture
def browser_of(provider):
    """Make a browser for another installation."""
    return lambda installation: Browser(installation, provider)


@pytest.fixture
def another_browser(signing_in, provider):
    return Browser(signing_in, provider)


@pytest.fixture
def parameters_of():
    return parameters


@pytest.fixture
def by_proxy(signing_in):
    """Call as a proxy that names an address: ``by_proxy("ada@example.org", "/info/")``."""

    def call(email, path="/addoidcaccount/", *, peer="192.0.2.7", secret=SECRET, method="GET", status=200, **headers):
        sent = {"Proxy-User": email, "X-Cometa-Proxy-Secret": secret, **headers}
        app = TestApp(signing_in.app.app, extra_environ={"REMOTE_ADDR": peer})
        return app.request(path, method=method, headers=sent, status=status)

    return call
