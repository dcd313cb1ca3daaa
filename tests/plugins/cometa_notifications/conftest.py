"""Installations with notifications whose clock is moved by hand, and a real mail server in a process of its own."""

import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from run_bench import PLUGINS as BENCH_PLUGINS
from run_bench import Bench, make_template
from small_installation import initialise, runtime_in
from sqlalchemy import select, text

from cometa_notifications.models import Notification
from cometa_notifications.services.delivering import Courier

PLUGINS = (*BENCH_PLUGINS, "notifications", "reports", "schedules")
SERVER = Path(__file__).parents[2] / "support" / "mail_server.py"


class MailServer:
    """A mail server that keeps what it takes as files."""

    def __init__(self, folder, *tls):
        self.folder = folder
        command = [sys.executable, "-W", "ignore", str(SERVER), str(folder), *map(str, tls)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())

    def mails(self):
        """Return (recipients of the envelope, message) of everything taken, oldest first."""
        found = []
        for path in sorted(self.folder.glob("*.eml")):
            envelope, _, content = path.read_bytes().partition(b"\n")
            found.append((envelope.decode().split(","), message_from_bytes(content, policy=policy.default)))
        return found

    def forget(self):
        for path in self.folder.glob("*.eml"):
            path.unlink()

    def close(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture(scope="package")
def mail_server(tmp_path_factory):
    server = MailServer(tmp_path_factory.mktemp("mail"))
    yield server
    server.close()


@pytest.fixture(scope="package")
def template(tmp_path_factory):
    """A data folder with notifications, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "data"
    make_template(folder)
    runtime = runtime_in(folder, PLUGINS)
    initialise(runtime)
    runtime.close()
    return folder


@pytest.fixture(scope="package")
def keys(mail_server):
    """Settings of an installation that mails, and calls webhooks on this machine."""
    return {
        "cometa.plugins": "\n".join(PLUGINS),
        "cometa.mail.url": f"smtp://127.0.0.1:{mail_server.port}?tls=none",
        "cometa.notification.internal_webhooks": "true",
        "cometa.notification.webhook_seconds": "0.5",
    }


@pytest.fixture(scope="package")
def programs(tmp_path_factory):
    """Settings with a browser that says its version and a driver that fails; runners are told to open none."""
    folder = tmp_path_factory.mktemp("programs")
    for name, line in (("chromium", "echo Chromium 134.0"), ("chromedriver", "exit 1")):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    found = {f"cometa.browser.{name}": str(folder / name) for name in ("chromium", "chromedriver")}
    return {**found, "cometa.browser.local": "true", "cometa.runner.zygote": "false"}


@pytest.fixture(scope="package")
def shared_bench(tmp_path_factory, template, keys):
    bench = Bench(tmp_path_factory.mktemp("notifications") / "data", template, **keys)
    yield bench
    bench.close()


@pytest.fixture
def bench(shared_bench, mail_server):
    mail_server.forget()
    shared_bench.clock.reset()
    yield shared_bench
    shared_bench.clean()
    with shared_bench.runtime.engine.begin() as connection:
        connection.execute(text("DELETE FROM notifications_integration"))


@pytest.fixture
def outbox(bench):
    """Give a function that returns the rows of the outbox."""

    def rows():
        with bench.runtime.reading() as session:
            return session.scalars(select(Notification).order_by(Notification.id)).all()

    return rows


@pytest.fixture
def work_off(bench):
    """Give a function that sends what is due by one channel."""
    return lambda channel="mail": Courier(bench.runtime, channel).work_off()
