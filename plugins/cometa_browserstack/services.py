"""The list of browsers at BrowserStack.  Contract: rest-api A6.4, R-090."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import urllib3
from pydantic import TypeAdapter, ValidationError

from cometa_browserstack.schemas import CloudBrowser
from cometa_core.errors import Unavailable
from cometa_core.runtime import Runtime

KEPT_FOR = timedelta(hours=1)
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
BROWSERS = TypeAdapter(list[CloudBrowser])


@dataclass
class Answer:
    """The last good answer of the provider, shared by all requests of a process."""

    browsers: list[CloudBrowser] = field(default_factory=list)
    fetched_at: datetime | None = None
    asking: threading.Lock = field(default_factory=threading.Lock)

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it may still be given."""
        return self.fetched_at is not None and now - self.fetched_at < KEPT_FOR


def cloud_browsers(runtime: Runtime) -> list[CloudBrowser]:
    """Return the browsers usable at BrowserStack; a good answer is kept for an hour, a failure never.

    Without credentials the list is empty.

    Raises:
        Unavailable: ``browserstack_unavailable``, the provider does not answer or not with a list of browsers.
    """
    if credentials_of(runtime) is None:
        return []
    answer = runtime.once("browserstack.browsers", Answer)
    # One request at a time asks; the others wait for its answer instead of asking too.
    with answer.asking:
        if not answer.is_fresh(runtime.clock.now()):
            answer.browsers = ask(runtime)
            answer.fetched_at = runtime.clock.now()
        return answer.browsers


def credentials_of(runtime: Runtime) -> tuple[str, str] | None:
    """Return name and access key of the account; None without both."""
    username, key = (runtime.settings.text(f"cometa.browserstack.{part}") for part in ("username", "access_key"))
    return (username, key) if username and key else None


def ask(runtime: Runtime) -> list[CloudBrowser]:
    """Ask the provider.

    Raises:
        Unavailable: as ``cloud_browsers``.
    """
    settings = runtime.settings
    credentials = ":".join(credentials_of(runtime) or ())
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    try:
        with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
            response = pool.request(
                "GET",
                settings.text("cometa.browserstack.browsers_url"),
                headers=urllib3.make_headers(basic_auth=credentials),
            )
    except urllib3.exceptions.HTTPError as error:
        raise unavailable(type(error).__name__) from error
    if response.status != 200:
        raise unavailable(f"status {response.status}")
    try:
        return BROWSERS.validate_json(response.data)
    except ValidationError as error:
        raise unavailable("an answer that is no list of browsers") from error


def unavailable(found: str) -> Unavailable:
    """Build the refusal; it names what was found and never the credentials."""
    return Unavailable(
        f"BrowserStack did not give its list of browsers ({found}). Try again later.", code="browserstack_unavailable"
    )
