"""Mail servers that encrypt and want to know who sends.  Contract: runner L (TLS)."""

import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from cometa_notifications.mail.smtp import hand_over
from cometa_notifications.settings import MailServer

from .conftest import MailServer as Process

PASSWORD = "p@ss: word"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with the certificate of localhost, signed by itself, and its key."""
    path = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture(scope="module", params=["starttls", "tls"])
def server(request, tmp_path_factory, certificate):
    """A mail server with this security, and its address without authority and password."""
    process = Process(tmp_path_factory.mktemp("mail"), certificate, request.param)
    yield process, {"host": "localhost", "port": process.port, "security": request.param, "user": "cometa"}
    process.close()


@pytest.fixture
def mail():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Cometa <cometa@example.org>", "qa@example.org", "Hello"
    message.set_content("Text")
    return message


def test_mail_is_encrypted_and_signed_in(server, mail, certificate):
    process, address = server
    outcome = hand_over(
        MailServer(**address, password=PASSWORD, ca_file=str(certificate)), mail, ["qa@example.org"], 5
    )  # fmt: skip
    assert (outcome.sent, outcome.text) == (True, "")
    assert process.mails()[-1][0] == ["qa@example.org"]


def test_a_wrong_password_is_told_without_it_and_tried_again(server, mail, certificate):
    _, address = server
    outcome = hand_over(MailServer(**address, password="wrong-word", ca_file=str(certificate)), mail, ["a@b.org"], 5)
    assert (outcome.sent, outcome.final, outcome.unreachable) == (False, False, True)
    assert outcome.text.startswith("The mail server refused the connection: 535 ")
    assert "wrong-word" not in outcome.text


def test_nothing_is_said_to_a_server_whose_certificate_nobody_knows(server, mail):
    process, address = server
    before = len(process.mails())
    outcome = hand_over(MailServer(**address, password=PASSWORD), mail, ["a@b.org"], 5)
    assert (outcome.sent, outcome.final, outcome.unreachable) == (False, False, True)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.text
    assert len(process.mails()) == before


def test_a_server_that_cannot_encrypt_gets_no_password_and_no_mail(mail_server, mail):
    address = MailServer("127.0.0.1", mail_server.port, "starttls", "cometa", PASSWORD)
    outcome = hand_over(address, mail, ["a@b.org"], 5)
    assert (outcome.sent, outcome.unreachable) == (False, True)
    assert "STARTTLS extension not supported" in outcome.text
