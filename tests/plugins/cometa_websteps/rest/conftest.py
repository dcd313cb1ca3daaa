"""A REST interface over HTTP and HTTPS, and runs without a browser."""

import datetime as dt
import gzip
import ipaddress
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cometa_runner.steps import StepFailure, StepLibrary, load_vocabulary
from cometa_runner.steps.plain_context import PlainContext


class Interface(ThreadingHTTPServer):
    """Answers ``/echo`` with what it was sent, and other paths as their handlers say."""

    daemon_threads = True

    def __init__(self, tls=None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        self.requests = []
        self.closing = threading.Event()
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, address):
        """Stay silent: clients that refuse a certificate hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: Interface
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.server.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
        getattr(self, "on_" + path.strip("/").partition("/")[0], self.on_unknown)(path, query)
        self.close_connection = True

    def answer(self, status, body, *headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in (("Content-Length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def on_unknown(self, path, query):
        self.answer(404, "nothing here")

    def on_echo(self, path, query):
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = {"method": self.command, "path": self.path, "headers": headers, "body": self.body.decode()}
        self.answer(200, json.dumps(seen), ("Content-Type", "application/json"), ("Set-Cookie", "sid=s3cr3t"))

    def on_order(self, path, query):
        order = '{"id": 7, "price": 19.90, "state": "paid", "note": null, "items": [{"sku": "a"}, {"sku": "b"}]}'
        self.answer(200, order, ("Content-Type", "application/json"))

    def on_status(self, path, query):
        self.answer(int(path.rpartition("/")[2]), "the text of the answer")

    def on_text(self, path, query):
        self.answer(200, "grün".encode("latin-1"), ("Content-Type", "text/plain; charset=iso-8859-1"))

    def on_packed(self, path, query):
        self.answer(200, gzip.compress(b"unpacked"), ("Content-Encoding", "gzip"))

    def on_redirect(self, path, query):
        self.answer(int(query.get("status", ["302"])[0]), "", ("Location", query["to"][0]))

    def on_again(self, path, query):
        self.answer(302, "", ("Location", "/again"))

    def on_big(self, path, query):
        self.answer(200, gzip.compress(bytes(11 * 1024 * 1024)), ("Content-Encoding", "gzip"))

    def on_hang(self, path, query):
        self.server.closing.wait(20)

    def on_drip(self, path, query):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.server.closing.wait(0.05):
            self.wfile.write(b".")

    def on_gone(self, path, query):
        self.connection.close()

    def log_message(self, *args):
        """Stay silent."""


for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
    setattr(_Handler, f"do_{method}", _Handler.do_GET)


def serve(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="package")
def interface():
    """The interface over HTTP."""
    yield from serve(Interface())


@pytest.fixture(scope="package")
def other():
    """The interface at another port."""
    yield from serve(Interface())


@pytest.fixture(scope="package")
def authority(tmp_path_factory):
    """Certificates: ``authority.pem``, ``localhost.pem`` with its key, and ``old.pem``, which is out of date."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("authority", key, key, "authority", ca=True)
    (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    for name, days in (("localhost", 30), ("old", -1)):
        own = ec.generate_private_key(ec.SECP256R1())
        signed = certificate("localhost", own, key, "authority", days=days)
        private = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return folder


def certificate(name, key, signing_key, issuer, *, ca=False, days=30):
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=60))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


@pytest.fixture(scope="package")
def secure(authority):
    """Give a function that starts the interface over HTTPS with a certificate; started once each."""
    running = {}
    generators = []

    def start(name):
        if name not in running:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(authority / f"{name}.pem")
            generators.append(serve(Interface(tls)))
            running[name] = next(generators[-1])
        return running[name]

    yield start
    for generator in generators:
        next(generator, None)


@pytest.fixture(scope="package")
def vocabulary():
    """The sentences of the library."""
    return load_vocabulary([StepLibrary("rest", "cometa_websteps.rest", "REST")])


@pytest.fixture
def run(tmp_path):
    """A run without a browser."""
    made = PlainContext(tmp_path, timeout=4)
    yield made
    made.close_kept()


@pytest.fixture
def send(say, interface):
    """Give a function that sends a request to the interface."""
    return lambda path, method="GET": say(f'Send "{method}" request to "http://127.0.0.1:{interface.port}{path}"')


@pytest.fixture
def fails(run, say):
    """Give a function that carries out a sentence that must fail, and returns its failure."""

    def fails(sentence: str, timeout: float = 4) -> StepFailure:
        run.timeout = timeout
        with pytest.raises(StepFailure) as failure:
            say(sentence)
        run.timeout = 4
        return failure.value

    return fails


@pytest.fixture
def echoed(run, say):
    """Give a function that tells what the interface saw of the last request."""

    def echoed():
        say('Remember response at ".body" as "seen"')
        return run.variables.get("seen").value

    return echoed
