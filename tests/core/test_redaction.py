"""Secrets are found however they are written, and nothing else is changed."""

import base64
import io
import json
import time
from html.entities import codepoint2name
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cometa_core.security.redaction import MASK, Redactor

SECRET = "s3cr3t-pä$$ <&>\"'/+=%"


def percent(character, case=str.upper):
    return "".join("%" + case(f"{octet:02x}") for octet in character.encode())


def wide(number):
    if number < 0x10000:
        return f"\\u{number:04X}"
    return f"\\u{0xD800 + ((number - 0x10000) >> 10):04x}\\u{0xDC00 + ((number - 0x10000) & 0x3FF):04x}"


ESCAPES = {
    "decimal": lambda each: f"&#{ord(each)};",
    "decimal with zeros": lambda each: f"&#000{ord(each)};",
    "hexadecimal": lambda each: f"&#x{ord(each):x};",
    "hexadecimal in capitals": lambda each: f"&#X{ord(each):X};",
    "named": lambda each: f"&{codepoint2name[ord(each)]};" if ord(each) in codepoint2name else each,
    "percent": percent,
    "percent in small letters": lambda each: percent(each, str.lower),
    "unicode": lambda each: wide(ord(each)),
    "braces": lambda each: f"\\u{{{ord(each):x}}}",
    "bytes": lambda each: "".join(f"\\x{octet:02x}" for octet in each.encode()),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_a_secret_is_found_with_all_its_characters_escaped(name):
    """X-118, runner G.5."""
    written = "".join(map(ESCAPES[name], SECRET))
    assert Redactor([SECRET]).text(f"before {written} after") == f"before {MASK} after"


@pytest.mark.parametrize(
    "written",
    [
        quote(SECRET, safe=""),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        quote_plus(SECRET).lower(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        repr(SECRET.encode())[2:-1],
        quote(quote(SECRET, safe=""), safe=""),
        json.dumps(json.dumps(SECRET))[3:-3],
        quote("".join(f"&#{ord(each)};" for each in SECRET), safe=""),
        json.dumps(quote_plus(SECRET))[1:-1].replace("%", "&#37;"),
    ],
)
def test_a_secret_is_found_in_what_programs_write(written):
    """X-118: addresses, JSON, Python, and one inside of the other."""
    assert Redactor([SECRET]).text(f"before {written} after") == f"before {MASK} after"


@given(st.data())
@settings(max_examples=200)
def test_a_secret_is_found_whatever_part_of_it_is_escaped(data):
    """X-118."""
    kind = data.draw(st.sampled_from([["decimal", "hexadecimal", "named"], ["percent", "percent in small letters"]]))
    secret = "".join(each for each in SECRET if each not in "&%+")
    written = "".join(
        data.draw(st.sampled_from([str, *(ESCAPES[name] for name in kind)]))(character) for character in secret
    )
    assert Redactor([secret]).text(f"({written})") == f"({MASK})"


@given(st.text(), st.lists(st.text(min_size=4, max_size=12), max_size=3))
def test_a_text_without_secrets_stays_as_it_is(text, secrets):
    redactor = Redactor(secrets)
    if redactor.text(text) != text:
        assert any(secret.strip() for secret in secrets)
        assert MASK in redactor.text(text)


@pytest.mark.parametrize("lead", [b"", b"u", b"us"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_found_in_headers_and_addresses(lead, encode):
    """X-118: as browsers write credentials."""
    coded = encode(lead + b"correct horse battery" + b"!").decode()
    for text in (f"Authorization: Basic {coded}", f"/?t={quote(coded, safe='')}", json.dumps({"t": coded})):
        masked = Redactor(["correct horse battery"]).text(text)
        assert MASK in masked
        assert coded[4:-6] not in masked


def test_one_time_codes_are_masked_as_soon_as_they_are_known():
    """X-121."""
    redactor = Redactor()
    assert redactor.text("code 493021") == "code 493021"
    redactor.add("493021")
    assert redactor.text("code 493021, again%3A493021") == f"code {MASK}, again%3A{MASK}"


def test_the_begin_of_a_secret_before_a_cut_is_masked():
    """X-119: texts are cut before they are masked."""
    redactor = Redactor(["correct horse battery"])
    assert redactor.text("typed correct horse b... (12 more characters)") == f"typed {MASK}... (12 more characters)"
    assert redactor.text("correct hor ... 99 bytes left out ...") == f"{MASK} ... 99 bytes left out ..."
    assert redactor.text("typed corporate... (1,200 more characters)").startswith("typed corporate")


def test_a_short_secret_is_masked_as_a_whole_value_alone():
    """X-120."""
    redactor = Redactor(["abc"])
    assert redactor.has_short
    assert redactor.text(" abc\n") == MASK
    assert redactor.document({"value": "abc", "text": "abcde", "message": 'found "abc".'}) == {
        "value": MASK,
        "text": "abcde",
        "message": f'found "{MASK}".',
    }


def test_names_of_keys_are_masked_too():
    assert Redactor(["token-4711"]).document({"token-4711": ["x", {"a": "token-4711"}]}) == {MASK: ["x", {"a": MASK}]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_text_are_masked_and_otherwise_kept(encoding):
    text = f"first\r\n{SECRET}\r\nlast ä"
    target = io.BytesIO()
    Redactor([SECRET]).stream(io.BytesIO(text.encode(encoding)), target)
    assert target.getvalue() == text.replace(SECRET, MASK).encode(encoding)


def test_bytes_that_are_no_text_are_kept():
    data = b"a\xff\xfe\x80b token-4711 \xe4"
    target = io.BytesIO()
    Redactor(["token-4711"]).stream(io.BytesIO(data), target)
    assert target.getvalue() == data.replace(b"token-4711", MASK.encode())


@pytest.mark.parametrize("written", [SECRET, quote(SECRET, safe=""), "".join(f"&#x{ord(each):x};" for each in SECRET)])
def test_a_secret_on_the_border_of_two_blocks_is_found(written):
    """X-119."""
    redactor, block = Redactor([SECRET]), 1 << 20
    for shift in range(0, len(written.encode()) + 1, 7):
        data = b"x" * (block - shift) + written.encode() + b"y" * 100
        target = io.BytesIO()
        redactor.stream(io.BytesIO(data), target)
        assert target.getvalue() == b"x" * (block - shift) + MASK.encode() + b"y" * 100, shift


def test_a_log_of_many_megabytes_is_masked_within_seconds():
    """runner B.4: 5 MB here stand for the 50 MB of a whole log."""
    redactor = Redactor([f"secret {number} of the run" for number in range(20)])
    line = "INFO the page https://shop.example/basket?step=2 was opened in 23 ms\n"
    block = line * 2000
    begin = time.process_time()
    for _ in range(5_000_000 // len(block)):
        assert redactor.text(block) == block
    assert time.process_time() - begin < 2
