"""Ciphertexts that people may copy: ``cmt1:`` with the keys of the installation, and an older form that is only read.

Unlike ``cometa_core.security.seals`` they are not bound to a row, so that a text sealed once can stand in any step or
variable.  Contract: rest-api A6.15, R-180, R-181.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cometa_core.embedded import encryption_keys
from cometa_core.errors import Invalid
from cometa_core.runtime import Runtime

PREFIX = "cmt1:"
LEGACY_PREFIX = "U2FsdGVkX1"

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
BLOCK_BYTES = 16
SALT = slice(8, 16)
"""Place of the salt in the older form, behind the eight letters ``Salted__``."""

SEALED = re.compile(r"cmt1:(?P<key>[A-Za-z0-9_-]{1,32}):(?P<payload>[A-Za-z0-9_-]{38,})")
LEGACY = re.compile(r"U2FsdGVkX1[A-Za-z0-9+/]{33,}={0,2}")
CIPHERTEXT = re.compile(f"{SEALED.pattern}|{LEGACY.pattern}".replace("?P<key>", "?:").replace("?P<payload>", "?:"))
"""Finds ciphertexts inside of texts."""


class Ciphers:
    """Keys by id, of which the first one seals, and the passphrase of the older form.

    Args:
        entries: ``id:secret``, newest first.
        passphrase: of the older form; empty = texts of this form cannot be opened.
    """

    def __init__(self, entries: Iterable[str], passphrase: str = "") -> None:
        pairs = [entry.split(":", 1) for entry in entries]
        self._keys = {key_id: AESGCM(derive(secret, key_id)) for key_id, secret in pairs}
        self._primary = pairs[0][0]
        self._passphrase = passphrase.encode()

    def seal(self, text: str) -> str:
        """Encrypt a text; each call gives another ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        head = f"{PREFIX}{self._primary}:"
        sealed = self._keys[self._primary].encrypt(nonce, text.encode(), head.encode())
        return head + base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, ciphertext: str) -> str:
        """Decrypt a text of either form.

        Raises:
            Invalid: ``not_ciphertext``, it has neither form or was changed; ``key_unknown``, its key is not there.
        """
        found = SEALED.fullmatch(ciphertext)
        if found is not None:
            return self._open_sealed(found["key"], found["payload"])
        if LEGACY.fullmatch(ciphertext):
            return self._open_legacy(ciphertext)
        raise not_ciphertext()

    def _open_sealed(self, key_id: str, payload: str) -> str:
        key = self._keys.get(key_id)
        if key is None:
            text = f"The text needs the key {key_id}, which is not in cometa.encryption_key."
            raise Invalid(text, code="key_unknown", fields={"text": [f"unknown key {key_id}"]})
        try:
            raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            # The last character of Base64 can hold bits that say nothing: a text that differs in them was changed, too.
            if base64.urlsafe_b64encode(raw).decode().rstrip("=") != payload:
                raise not_ciphertext()
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{PREFIX}{key_id}:".encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise not_ciphertext() from error

    def _open_legacy(self, ciphertext: str) -> str:
        if not self._passphrase:
            text = "The text has the older form, for which cometa.encryption_legacy_passphrase is not set."
            raise Invalid(text, code="key_unknown", fields={"text": ["no passphrase for the older form"]})
        try:
            raw = base64.b64decode(ciphertext, validate=True)
            key, vector = legacy_key(self._passphrase, raw[SALT])
            decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
            padded = decryptor.update(raw[SALT.stop :]) + decryptor.finalize()
            unpadder = padding.PKCS7(BLOCK_BYTES * 8).unpadder()
            return (unpadder.update(padded) + unpadder.finalize()).decode()
        except (binascii.Error, ValueError) as error:
            raise not_ciphertext() from error


def derive(secret: str, key_id: str) -> bytes:
    """Make the key of an entry; another one than that of the seals of rows."""
    return HKDF(hashes.SHA256(), KEY_BYTES, None, f"cometa/cmt1/{key_id}".encode()).derive(secret.encode())


def legacy_key(passphrase: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Make key and vector of the older form by chained MD5, as ``openssl enc -aes-256-cbc -md md5`` does."""
    made = block = b""
    while len(made) < KEY_BYTES + BLOCK_BYTES:
        # Not a choice: the form is given, and texts are only read.
        block = hashlib.md5(block + passphrase + salt, usedforsecurity=False).digest()
        made += block
    return made[:KEY_BYTES], made[KEY_BYTES : KEY_BYTES + BLOCK_BYTES]


def not_ciphertext() -> Invalid:
    """Build the refusal of a text that is damaged, masked or was never encrypted."""
    return Invalid.field("text", "is not an encrypted text, or was changed", code="not_ciphertext")


def is_ciphertext(text: str) -> bool:
    """Tell whether a text has one of the two forms."""
    return CIPHERTEXT.fullmatch(text) is not None


def ciphers(runtime: Runtime) -> Ciphers:
    """Return the ciphers of a runtime, with the keys of its settings."""

    def make() -> Ciphers:
        settings = runtime.settings
        entries = encryption_keys(settings, runtime.locations.data)
        return Ciphers(entries, settings.text("cometa.encryption_legacy_passphrase"))

    return runtime.once("variables.ciphers", make)
