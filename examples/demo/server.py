"""The web server of the sample shop: static pages, two endpoints that take their time, one file to download.

It listens on the loopback address only, serves nothing outside its own folder and lives in daemon threads, so that
neither a test nor the demonstration can leave it behind.  Run it by hand with ``python -m cometa_demo.server``.
"""

import csv
import io
import json
import logging
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import parse_qs, urlsplit

import click

SITE = Path(__file__).parent / "site"
LONGEST_ANSWER_SECONDS = 30.0
HEARTBEAT_SECONDS = 0.25
# Declared here because the table of the machine may call scripts "text/plain", which browsers refuse.
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

log = logging.getLogger(__name__)


class SampleShop:
    """The sample shop as a context manager: serving while the block lasts.

    Args:
        port: TCP port on 127.0.0.1; 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._server: _ShopServer | None = None

    @property
    def url(self) -> str:
        """Base address without closing slash, for example ``http://127.0.0.1:45123``.

        Raises:
            RuntimeError: The shop is not open.
        """
        if self._server is None:
            raise RuntimeError("The sample shop is not open; call start() first.")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> Self:
        """Open the shop; returns once connections are accepted.  Opening an open shop does nothing."""
        if self._server is None:
            self._server = _ShopServer(("127.0.0.1", self._port), partial(_ShopHandler, directory=str(SITE)))
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sample-shop", daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the shop and release answers that are still held open.  Closing a closed shop does nothing."""
        if self._server is not None:
            self._server.closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _ShopServer(ThreadingHTTPServer):
    """One daemon thread for each connection; ``closing`` ends the answers that wait."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: partial["_ShopHandler"]) -> None:
        self.closing = threading.Event()
        super().__init__(address, handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about browsers that hang up, which is what they do with ``/hang``."""
        if isinstance(sys.exception(), ConnectionError):
            log.debug("%s hung up", client_address)
        else:
            log.error("A request of %s failed: %s", client_address, request, exc_info=sys.exception())


class _ShopHandler(SimpleHTTPRequestHandler):
    """Answers one request: an endpoint of the table below or a file of the site."""

    server: _ShopServer
    server_version = "SampleShop"

    def do_GET(self) -> None:
        """Answer an endpoint by its own method, everything else with a file."""
        path = urlsplit(self.path).path
        if path == "/slow":
            self._answer_slowly()
        elif path == "/hang":
            self._never_finish()
        elif path == "/price-list.csv":
            self._send(price_list(), "text/csv; charset=utf-8", download="price-list.csv")
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Forbid caching: the pages of two shops on one port must not mix."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def guess_type(self, path: str | PathLike[str]) -> str:
        """Name the media type by the table of the shop."""
        return MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Open the file asked for, and only if it lies in the folder of the site, links followed."""
        if not Path(self.translate_path(self.path)).resolve().is_relative_to(SITE.resolve()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:
        """Refuse: the shop has pages, not listings."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Write access lines to the log instead of standard error."""
        log.debug(format, *args)

    def _answer_slowly(self) -> None:
        text = parse_qs(urlsplit(self.path).query).get("seconds", ["1"])[0]
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= LONGEST_ANSWER_SECONDS:
            self.send_error(HTTPStatus.BAD_REQUEST, f"seconds must be a number from 0 to {LONGEST_ANSWER_SECONDS:g}")
            return
        self.server.closing.wait(seconds)
        page = (SITE / "late.html").read_text(encoding="utf-8")
        self._send(page.replace("{seconds}", f"{seconds:g}"), "text/html; charset=utf-8")

    def _never_finish(self) -> None:
        """Send the beginning of a page and keep the connection until the browser or the shop gives up."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write((SITE / "endless.html").read_bytes())
        while not self.server.closing.wait(HEARTBEAT_SECONDS):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _send(self, text: str, media_type: str, download: str = "") -> None:
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if download:
            self.send_header("Content-Disposition", f'attachment; filename="{download}"')
        self.end_headers()
        self.wfile.write(body)


def price_list() -> str:
    """Return the products of the shop as CSV: one heading, then number, title, author and price in EUR."""
    books = json.loads((SITE / "products.json").read_text(encoding="utf-8"))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["number", "title", "author", "price"])
    writer.writerows([book["id"], book["title"], book["author"], f"{book['cents'] / 100:.2f}"] for book in books)
    return lines.getvalue()


@click.command()
@click.option("--port", default=8765, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
def main(port: int) -> None:
    """Serve the sample shop until Ctrl-C."""
    with SampleShop(port) as shop:
        try:
            click.echo(f"The sample shop is open at {shop.url} - press Ctrl-C to close it.")
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("Closed.")


if __name__ == "__main__":
    main()
