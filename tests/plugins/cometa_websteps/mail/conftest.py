"""A worker that answers, and a real mailbox in a process of its own."""

import os
import ssl
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from cometa_runner.steps import Match, StepFailure, StepLibrary, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext

SERVER = Path(__file__).parents[3] / "support" / "mailbox_server.py"


class Worker:
    """Stands for the worker: keeps what is asked for, and answers what a test sets."""

    def __init__(self):
        self.asked, self.answer = [], {}

    def __call__(self, what, data):
        self.asked.append((what, data))
        if isinstance(self.answer, StepFailure):
            raise self.answer
        return self.answer


class MailboxServer:
    """A mailbox over IMAP; ``put`` lets a mail arrive."""

    def __init__(self, folder, *tls):
        self._folder, self._number = folder, 0
        command = [sys.executable, str(SERVER), str(folder), *tls]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self._process.stdout.readline())

    def put(self, subject, text="", html="", age=0.0):
        """Let a mail arrive ``age`` seconds ago."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = subject, "shop@example.org", "ada@example.org"
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        self._number += 1
        part = self._folder / "new"
        part.write_bytes(mail.as_bytes())
        moment = datetime.now(UTC).timestamp() - age
        os.utime(part, (moment, moment))
        part.rename(self._folder / f"{self._number}.eml")

    def empty(self):
        for path in self._folder.glob("*.eml"):
            path.unlink()

    def close(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture(scope="package")
def vocabulary():
    """The sentences of the library."""
    return load_vocabulary([StepLibrary("mail", "cometa_websteps.mail", "Mail")])


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def run(tmp_path, worker):
    """A run without a browser whose worker answers what the test says."""
    made = PlainContext(tmp_path, timeout=4, answer=worker)
    yield made
    made.close_kept()


@pytest.fixture
def settle(run):
    """Give a function that changes settings of the site."""

    def settle(**values):
        run.settings = replace(run.settings, **values)

    return settle


@pytest.fixture
def say(run, vocabulary):
    """Give a function that carries out one sentence."""

    def say(sentence):
        match = vocabulary.match(sentence)
        assert isinstance(match, Match), sentence
        run.perform(match.definition, match.values)

    return say


@pytest.fixture
def fails(say):
    """Give a function that carries out a sentence that must fail, and returns its failure."""

    def fails(sentence):
        with pytest.raises(StepFailure) as failure:
            say(sentence)
        return failure.value

    return fails


@pytest.fixture(scope="package")
def certificate(tmp_path_factory):
    """A file with the certificate of localhost, signed by itself, and its key."""
    path = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    ssl.create_default_context(cafile=path)
    return path


@pytest.fixture(scope="package")
def servers(tmp_path_factory, certificate):
    """Give a function that starts a mailbox with a kind of security, once each."""
    running = {}

    def start(security):
        if security not in running:
            tls = () if security == "none" else (str(certificate), security)
            running[security] = MailboxServer(tmp_path_factory.mktemp("mailbox"), *tls)
        return running[security]

    yield start
    for server in running.values():
        server.close()


@pytest.fixture
def mailbox(servers, worker):
    """Give a function that sets the mailbox of the department and returns its server, which is empty."""

    def set_up(security="none", **fields):
        server = servers(security)
        server.empty()
        since = datetime.now(UTC) - timedelta(seconds=10)
        place = {"host": "127.0.0.1", "port": server.port, "security": security, "user_name": "ada", "folder": "INBOX"}
        worker.answer = {**place, "password": "right", "since": since.isoformat(), **fields}
        return server

    return set_up
