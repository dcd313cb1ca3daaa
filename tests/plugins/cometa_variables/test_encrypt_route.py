"""Texts are encrypted for everybody who edits variables, and decrypted for few, seldom and on record."""

import pytest
from sqlalchemy import select

from cometa_core.db.tables import AuditRecord

CRYPT = "/encrypt/"


def crypt(client, action, text, status=200):
    return client.post(CRYPT, {"action": action, "text": text}, status=status).json


def audited(runtime):
    with runtime.reading() as session:
        return [(row.action, row.object, row.result, str(row.changes)) for row in session.scalars(select(AuditRecord))]


@pytest.mark.parametrize("text", ["hello", "", "Grüße 🎈\n"])
def test_what_was_encrypted_is_decrypted_to_the_same_text(root, text):
    """R-180."""
    one, other = (crypt(root, "encrypt", text)["result"] for _ in range(2))
    assert one.startswith("cmt1:")
    assert one != other
    assert crypt(root, "decrypt", one) == {"result": text}


def test_the_older_form_is_decrypted_with_its_passphrase(root):
    """R-181."""
    assert crypt(root, "decrypt", "U2FsdGVkX18BAgMEBQYHCKiamt5FB1Mc//sQRmL0kAc=") == {"result": "Grüße"}


def test_a_changed_text_is_not_a_ciphertext(root):
    """R-181."""
    sealed = crypt(root, "encrypt", "hello")["result"]
    changed = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
    assert crypt(root, "decrypt", changed, 422)["code"] == "not_ciphertext"
    assert crypt(root, "decrypt", "cmt1:gone:" + "A" * 40, 422)["code"] == "key_unknown"


def test_decrypting_needs_its_own_flag_and_leaves_an_audit_row_without_the_text(runtime, api, root):
    """R-182."""
    sealed = crypt(api, "encrypt", "my-word")["result"]
    assert crypt(api, "decrypt", sealed, 403)["code"] == "permission_missing"
    assert crypt(root, "decrypt", sealed)["result"] == "my-word"
    rows = audited(runtime)
    assert ("decrypt", CRYPT, "ok", "[]") in rows
    assert "my-word" not in str(rows)
    assert sealed not in str(rows)


def test_a_key_that_may_not_administer_does_not_decrypt(caller):
    """R-182."""
    writer = caller("root@example.org", role="SUPERUSER", scopes=("read", "write"))
    assert crypt(writer, "decrypt", crypt(writer, "encrypt", "x")["result"], 403)["code"] == "scope_missing"


def test_another_action_is_refused(root):
    assert crypt(root, "hash", "x", 422)["code"] == "validation_failed"


def test_the_form_with_get_does_the_same(root):
    """R-021."""
    sealed = root.get(f"{CRYPT}?action=encrypt&text=hello").json["result"]
    assert root.get(f"{CRYPT}?action=decrypt&text={sealed}").json == {"result": "hello"}


def test_an_account_decrypts_thirty_times_a_minute(root, caller):
    """rest-api A6.15."""
    sealed = crypt(root, "encrypt", "x")["result"]
    for _ in range(30):
        crypt(root, "decrypt", sealed)
    refused = root.post(CRYPT, {"action": "decrypt", "text": sealed}, status=429)
    assert refused.json["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    crypt(root, "encrypt", "x")
    crypt(caller("second@example.org", role="SUPERUSER"), "decrypt", sealed)
