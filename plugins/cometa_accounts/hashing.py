"""Hashes under which random secrets are stored."""

import hashlib


def hash_of(secret: str) -> str:
    """Hash a random 256-bit secret; a slow hash would add nothing to its entropy."""
    return hashlib.sha256(secret.encode()).hexdigest()
