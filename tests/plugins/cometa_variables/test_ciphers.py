"""Ciphertexts have the form of the contract, and whoever changes one finds nothing."""

import pytest

from cometa_core.errors import Invalid
from cometa_variables.ciphers import CIPHERTEXT, Ciphers, derive, is_ciphertext, legacy_key

SEALED = {
    "hello": "cmt1:k1:AQIDBAUGBwgJCgsMauvd05roKoLGOvP5dSauDc52k6KS",
    "": "cmt1:k1:AQIDBAUGBwgJCgsMqSH0TZBDhMt7vqllcCFmgg",
}
LEGACY = {
    "hello": "U2FsdGVkX18BAgMEBQYHCEjEiV4/T76mYoBn31P8xng=",
    "": "U2FsdGVkX18BAgMEBQYHCNOb0nmYSf4P9HVQhQxQhDw=",
    "Grüße": "U2FsdGVkX18BAgMEBQYHCKiamt5FB1Mc//sQRmL0kAc=",
}


@pytest.fixture
def ciphers():
    return Ciphers(["k1:test-pass"], "test-pass")


def code_of(ciphers, text):
    with pytest.raises(Invalid) as refused:
        ciphers.open(text)
    return refused.value.code


def test_the_keys_are_those_of_the_vectors():
    """R-181."""
    assert derive("test-pass", "k1").hex() == "766b04b42d8b48a2cff20d88cb87ab11eb491aa20d90763f7ebf25e04d142f5b"
    key, vector = legacy_key(b"test-pass", bytes(range(1, 9)))
    assert key.hex() == "fc9b02e50b563b4e382fff174cf40e19df9f5dfd28ec5b7df48f82470fa73a34"
    assert vector.hex() == "7941a823d2dc4110500e08e3c1a75921"


@pytest.mark.parametrize("vectors", [SEALED, LEGACY], ids=["cmt1", "legacy"])
def test_the_vectors_of_both_forms_are_opened(ciphers, vectors):
    """R-181."""
    assert {text: ciphers.open(ciphertext) for text, ciphertext in vectors.items()} == {text: text for text in vectors}
    assert all(is_ciphertext(ciphertext) for ciphertext in vectors.values())


def test_whatever_character_of_a_sealed_text_is_changed_it_is_refused(ciphers):
    """R-181."""
    sealed = SEALED["hello"]
    for place in range(len("cmt1:k1:"), len(sealed)):
        other = "A" if sealed[place] != "A" else "B"
        assert code_of(ciphers, sealed[:place] + other + sealed[place + 1 :]) == "not_ciphertext"


@pytest.mark.parametrize("text", ["", "hello", "cmt1:", "cmt1:k1:short", "cmt1:*0123456789abcdefghijkl", "[MASKED]",
                                  "U2FsdGVkX1", "U2FsdGVkX18BAgMEBQYHCNOb0nmYSf4P9HVQhQxQ",
                                  f" {SEALED['hello']}"])  # fmt: skip
def test_what_is_no_ciphertext_is_refused(ciphers, text):
    """R-181."""
    assert code_of(ciphers, text) == "not_ciphertext"


def test_a_key_that_is_not_there_is_named(ciphers):
    assert code_of(ciphers, Ciphers(["old:another secret"]).seal("x")) == "key_unknown"
    assert code_of(Ciphers(["k1:test-pass"]), LEGACY["hello"]) == "key_unknown"


def test_older_keys_open_what_they_sealed(ciphers):
    assert Ciphers(["k2:newer", "k1:test-pass"]).open(ciphers.seal("Grüße")) == "Grüße"


def test_the_same_text_gives_another_ciphertext_each_time(ciphers):
    """R-180."""
    made = {ciphers.seal("hello") for _ in range(3)}
    assert len(made) == 3
    assert all(text.startswith("cmt1:k1:") for text in made)


def test_ciphertexts_are_found_inside_of_sentences():
    sentence = f'Set value "{SEALED["hello"]}" for "#a" and "{LEGACY["hello"]}"'
    assert CIPHERTEXT.findall(sentence) == [SEALED["hello"], LEGACY["hello"]]
