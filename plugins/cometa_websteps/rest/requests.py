"""Sentences that send requests."""

import re

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import Option, Text, Url
from cometa_runner.steps.values import option
from cometa_websteps.rest.conversation import conversation
from cometa_websteps.rest.headers import field_name, field_value, secret_of

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
"""Methods of requests, as options are compared."""

_CATEGORY = "rest-api"
_HOST = re.compile(r"[\w.-]+|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?")


@step(
    'Send "{method}" request to "{url}"',
    category=_CATEGORY,
    step_type="API",
    example='Send "GET" request to "https://api.shop.example/orders/7"',
    method="GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS",
    url="absolute address",
)
def send(context: StepContext, method: Option, url: Url) -> None:
    """Calls the address with certificate checking, the headers set before and no browser cookies.

    Keeps the exchange as the last response; any status passes.

    Contract: X-054, X-087.
    """
    word = option(method, METHODS, "the method")
    conversation(context).send(context, word.upper(), url, None)


@step(
    'Send "{method}" request to "{url}" with body "{body}"',
    category=_CATEGORY,
    step_type="API",
    example='Send "POST" request to "https://api.shop.example/orders" with body "{"item": 7}"',
    method="request method",
    url="absolute address",
    body="JSON or any text, may be multi-line",
)
def send_body(context: StepContext, method: Option, url: Url, body: Text) -> None:
    """Same with a body; text that is valid JSON is sent as JSON unless a content type was set."""
    word = option(method, METHODS, "the method")
    conversation(context).send(context, word.upper(), url, body)


@step(
    'Use request header "{name}" with value "{value}"',
    category=_CATEGORY,
    step_type="API",
    example='Use request header "Authorization" with value "Bearer $token"',
    name="header name",
    value="header value; empty removes the header",
)
def use_header(context: StepContext, name: Text, value: Text) -> None:
    """Adds a header to all later requests of this run."""
    field, content = field_name(name), field_value(value)
    headers = conversation(context).headers
    headers.pop(field.lower(), None)
    if not content:
        return
    secret = secret_of(field, content)
    if secret:
        context.announce_secret(secret)
    headers[field.lower()] = (field, content)


@step(
    'Let requests carry the browser cookies of "{host}"',
    category=_CATEGORY,
    step_type="API",
    example='Let requests carry the browser cookies of "api.shop.example"',
    host="host name; cookies go to this host only",
)
def carry_cookies(context: StepContext, host: Text) -> None:
    """From here on requests to this host carry the cookies the browser holds for it.

    Contract: X-087.
    """
    name = host.strip().lower()
    if not _HOST.fullmatch(name):
        raise StepFailure("bad-value", expected="the name of a host, such as api.shop.example", found=quoted(host))
    conversation(context).cookie_hosts.add(name.strip("[]"))
