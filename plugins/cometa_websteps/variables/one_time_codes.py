"""The sentence that computes one-time codes of authenticator apps."""

import base64
import binascii
import hmac
import time

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, SecretText, Variable
from cometa_runner.steps.values import variable_name as read_name
from cometa_runner.steps.values import whole_number

PERIOD = 30
"""Seconds that a code lives."""

LEAST_LIFE = 3
"""Seconds that a code must still live when it is handed out."""

DIGITS = (6, 7, 8)
"""Lengths of codes."""


@step(
    'Create one-time password of "{x}" digits using pairing-key "{value}" and save it to crypted variable '
    '"{variable_name}"',
    category="authentication",
    example='Create one-time password of "6" digits using pairing-key "$totp_key" and save it to crypted variable '
    '"otp"',
    x="6, 7 or 8",
    value="base32 pairing key, blanks allowed; treated as a secret",
    variable_name="variable that receives the code, stored encrypted",
)
def one_time_code(context: StepContext, x: Number, value: SecretText, variable_name: Variable) -> None:
    """Computes the time-based code.

    When less than 3 s of its life are left it waits for the next one; the code is a secret.

    Contract: runner G.5, X-121.
    """
    name = read_name(variable_name)
    digits = whole_number(x, "the number of digits")
    if digits not in DIGITS:
        raise StepFailure("bad-value", expected="6, 7 or 8 digits", found=str(digits))
    context.announce_secret(value)
    key = _key(value)
    context.announce_secret("".join(value.split()))
    left = PERIOD - time.time() % PERIOD
    if left < LEAST_LIFE:
        context.detail(f"The present code ends in {left:.1f} s; waiting for the next one.")
        context.deadline.pause(left)
    code = code_at(time.time(), key, digits)
    context.announce_secret(code)
    context.store_variable(name, code, "environment", secret=True)


def code_at(moment: float, key: bytes, digits: int) -> str:
    """Compute the code of a moment.

    Args:
        moment: seconds since 1970.
        key: the shared key.
        digits: length of the code.

    Contract: RFC 6238 with HMAC-SHA-1 and a period of 30 s, which is what authenticator apps do.
    """
    mac = hmac.digest(key, int(moment // PERIOD).to_bytes(8, "big"), "sha1")
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def _key(text: str) -> bytes:
    letters = "".join(text.split()).replace("-", "").rstrip("=").upper()
    try:
        key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error:
        key = b""
    if not key:
        # The value is a secret, so the message must not show it; its length helps to see what went wrong.
        raise StepFailure(
            "bad-value",
            expected="a pairing key of the letters A to Z and 2 to 7",
            found=f"a text of {len(text)} characters",
        ) from None
    return key
