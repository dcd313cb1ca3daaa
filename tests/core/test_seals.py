"""Sealed secrets are bound to key and place."""

import pytest

from cometa_core.errors import ConfigurationError
from cometa_core.security.seals import KeyRing, SealBroken

OLD = "old:0123456789abcdef"
NEW = "new:fedcba9876543210"


@pytest.mark.parametrize("text", ["", "hello", "Grüße 🦆", "x" * 10_000])
def test_what_was_sealed_can_be_opened_at_its_place(text):
    ring = KeyRing((NEW,))
    assert ring.open(ring.seal(text, "table:column:1"), "table:column:1") == text


def test_sealing_the_same_text_twice_gives_different_ciphertexts():
    ring = KeyRing((NEW,))
    assert ring.seal("hello", "p") != ring.seal("hello", "p")


def test_a_ciphertext_moved_to_another_row_cannot_be_opened():
    ring = KeyRing((NEW,))
    with pytest.raises(SealBroken, match="another row"):
        ring.open(ring.seal("hello", "table:column:1"), "table:column:2")


def test_a_changed_byte_is_noticed():
    ring = KeyRing((NEW,))
    sealed = ring.seal("hello", "p")
    changed = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    with pytest.raises(SealBroken):
        ring.open(changed, "p")


def test_an_older_key_still_opens_and_the_first_one_seals():
    sealed = KeyRing((OLD,)).seal("hello", "p")
    ring = KeyRing((NEW, OLD))
    assert ring.open(sealed, "p") == "hello"
    assert ring.seal("hello", "p").startswith("v1.new.")


def test_a_missing_key_is_named():
    with pytest.raises(SealBroken, match="'old'"):
        KeyRing((NEW,)).open(KeyRing((OLD,)).seal("hello", "p"), "p")


@pytest.mark.parametrize("entries", [(), ("short:abc",), ("noid",), (":0123456789abcdef",)])
def test_weak_or_malformed_keys_stop_the_start(entries):
    with pytest.raises(ConfigurationError, match="encryption_key"):
        KeyRing(entries)
