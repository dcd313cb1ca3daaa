"""Run as a program: a real mail server that writes what it takes into a folder, and its port to standard output.

Arguments: the folder, then optionally a PEM file with certificate and key and ``tls`` or ``starttls``; such a server
takes mail of the user ``cometa`` alone, whose password is ``p@ss: word``.
"""

import itertools
import signal
import socket
import ssl
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keeper:
    """Keeps mail; addresses that begin with ``refused`` are refused for good, with ``later`` for now."""

    def __init__(self, folder):
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - name of the library
        if address.startswith("refused"):
            return "550 no such user"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - name of the library
        path = self._folder / f"{next(self._numbers):04}.eml"
        path.with_suffix(".part").write_bytes(",".join(envelope.rcpt_tos).encode() + b"\n" + envelope.content)
        path.with_suffix(".part").rename(path)
        return "250 OK"


def signed_in(_server, _session, _envelope, _mechanism, data):
    return AuthResult(handled=False, success=(data.login, data.password) == (b"cometa", b"p@ss: word"))


def options(certificate, security):
    """What makes a server that encrypts and knows who mails."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    known = {"authenticator": signed_in, "auth_required": True}
    if security == "tls":
        # The library takes a connection that is encrypted from its beginning for one that is not.
        return {**known, "ssl_context": context, "auth_require_tls": False}
    return {**known, "tls_context": context, "require_starttls": True}


def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # The library asks itself for a greeting, so it needs to know the port.
    more = options(*sys.argv[2:4]) if len(sys.argv) > 2 else {}
    controller = Controller(Keeper(Path(sys.argv[1])), hostname="127.0.0.1", port=port, **more)
    controller.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
