"""Encrypting texts for steps and variables, and opening them for those who may.  Contract: rest-api A6.15."""

from typing import Literal

from cometa_core.audit import record
from cometa_core.scope import Scope
from cometa_core.security.rate_limits import rate_limits, too_many
from cometa_variables.ciphers import ciphers

MOST_DECRYPTIONS = "30/minute"
"""How often an account may decrypt."""

PERMISSIONS = {"encrypt": "edit_variable", "decrypt": "manage_configurations"}
"""Action -> flag."""


def require_action(scope: Scope, action: object) -> None:
    """Check scope and flag for an action; for whatever is no action, for the one that more callers have.

    Raises:
        Forbidden: ``permission_missing`` or ``scope_missing``.
    """
    name = PERMISSIONS["decrypt"] if action == "decrypt" else PERMISSIONS["encrypt"]
    scope.runtime.permissions.require(scope.identity, name, safe=False)


def encrypt_or_decrypt(scope: Scope, action: Literal["encrypt", "decrypt"], text: str) -> str:
    """Encrypt or decrypt a text; the audit log keeps who did it, never the text.

    Raises:
        TooManyRequests: more decryptions than an account may make.
        Invalid: ``not_ciphertext`` or ``key_unknown``.

    Contract: R-180 to R-182.
    """
    known = ciphers(scope.runtime)
    if action == "encrypt":
        result = known.seal(text)
    else:
        seconds = rate_limits(scope.runtime).hit(f"decrypt:{scope.identity.account_id}", MOST_DECRYPTIONS)
        if seconds:
            raise too_many(seconds)
        result = known.open(text)
    record(scope, action, "/encrypt/")
    return result
