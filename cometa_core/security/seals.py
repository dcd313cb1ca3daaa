"""Sealed secrets: AES-256-GCM with a key id, bound to the row that they belong to.

Format ``v1.<key id>.<base64url of nonce, ciphertext and tag>``; the authenticated data is the place of the value, so a
ciphertext that is moved to another row cannot be opened.
"""

import base64
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cometa_core.errors import CometaError, ConfigurationError

NONCE_BYTES = 12
KEY_BYTES = 32
MINIMUM_SECRET_LENGTH = 16
KEY_ENTRY = re.compile(r"(?P<id>[A-Za-z0-9_-]{1,32}):(?P<secret>.+)")
VERSION = "v1"


class SealBroken(CometaError):
    """A sealed value cannot be opened: it was changed, moved, or its key is gone."""

    code = "seal_broken"


class KeyRing:
    """Keys by id; the first one seals, all of them open."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self._keys: dict[str, AESGCM] = {}
        for entry in entries:
            found = KEY_ENTRY.fullmatch(entry)
            if found is None or len(found["secret"]) < MINIMUM_SECRET_LENGTH:
                raise ConfigurationError(
                    "cometa.encryption_key must be id:secret with a secret of at least "
                    f"{MINIMUM_SECRET_LENGTH} characters, newest first."
                )
            self._keys[found["id"]] = AESGCM(_derive(found["secret"], found["id"]))
        if not self._keys:
            raise ConfigurationError("cometa.encryption_key is empty. Set it to id:secret.")
        self.primary = next(iter(self._keys))

    def seal(self, text: str, place: str) -> str:
        """Encrypt a text for one place, for instance ``executions_run:parameters:12``."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self.primary].encrypt(nonce, text.encode(), place.encode())
        return f"{VERSION}.{self.primary}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"

    def open(self, sealed: str, place: str) -> str:
        """Decrypt a text that was sealed for the same place.

        Raises:
            SealBroken: changed, moved, or sealed with an unknown key.
        """
        version, _, rest = sealed.partition(".")
        key_id, _, payload = rest.partition(".")
        key = self._keys.get(key_id)
        if version != VERSION or key is None:
            raise SealBroken(f"A sealed value needs the key {key_id!r}, which is not in cometa.encryption_key.")
        try:
            raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A sealed value was changed or belongs to another row.") from error


def _derive(secret: str, key_id: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, None, f"cometa/seal/{key_id}".encode()).derive(secret.encode())
