"""The web server of the sample shop."""

import csv
import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from cometa_demo.server import SITE, SampleShop


def fetch(shop: SampleShop, target: str, method: str = "GET") -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=10)
    try:
        connection.request(method, target)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("page", sorted(path.name for path in SITE.glob("*.html")))
def test_every_page_has_a_title_a_language_and_a_heading(shop, page):
    status, headers, text = fetch(shop, f"/{page}")

    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert '<html lang="en">' in text
    assert re.search(r"<title>[^<]+</title>", text)
    assert re.search(r"<h[12]\b", text)


def test_every_page_has_a_title_of_its_own():
    titles = [re.search(r"<title>(.+)</title>", page.read_text(encoding="utf-8"))[1] for page in SITE.glob("*.html")]

    assert len(set(titles)) == len(titles)


def test_nothing_in_the_site_names_another_host():
    found = {
        address
        for path in SITE.rglob("*.*")
        for address in re.findall(r"https?://[^\s\"')<]+|[\"'(]//[^\s\"')]+", path.read_text(encoding="utf-8"))
    }

    assert found <= {"http://www.w3.org/2000/svg"}


def test_the_bare_address_is_the_front_page(shop):
    assert "<title>Paper Lantern Books</title>" in fetch(shop, "/")[2]


def test_scripts_have_a_type_that_browsers_accept_as_module(shop):
    assert fetch(shop, "/scripts/layout.js")[1]["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "target", ["/../server.py", "/%2e%2e/server.py", "/..%2fserver.py", "//etc/passwd", "/scripts/../../server.py"]
)
def test_nothing_outside_the_site_is_served(shop, target):
    assert fetch(shop, target)[0] == 404


def test_links_that_leave_the_site_are_not_followed(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    (tmp_path / "site" / "way-out.html").symlink_to(tmp_path / "secret.html")
    monkeypatch.setattr("cometa_demo.server.SITE", tmp_path / "site")

    with SampleShop() as shop:
        assert fetch(shop, "/way-out.html")[0] == 404


@pytest.mark.parametrize("target", ["/scripts/", "/styles/", "/nothing-here.html"])
def test_folders_and_missing_pages_are_not_found(shop, target):
    assert fetch(shop, target)[0] == 404


def test_the_price_list_is_a_download_with_all_books(shop):
    status, headers, text = fetch(shop, "/price-list.csv")
    rows = list(csv.DictReader(text.splitlines()))

    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="price-list.csv"'
    assert len(rows) == 8
    assert rows[3] == {
        "number": "4",
        "title": "A Short History of Lighthouses",
        "author": "Per Lindqvist",
        "price": "32.00",
    }


def test_the_slow_page_waits_as_long_as_it_was_asked_to(shop):
    begun = time.monotonic()
    status, _, text = fetch(shop, "/slow?seconds=0.3")

    assert status == 200
    assert "0.3 s" in text
    assert 0.3 <= time.monotonic() - begun < 3


@pytest.mark.parametrize("seconds", ["soon", "-1", "31", "nan", "inf"])
def test_the_slow_page_refuses_what_is_no_reasonable_time(shop, seconds):
    assert fetch(shop, f"/slow?seconds={seconds}")[0] == 400


def test_the_endless_page_begins_at_once_and_ends_with_the_shop():
    with SampleShop() as shop:
        address = urlsplit(shop.url)
        connection = socket.create_connection((address.hostname, address.port), timeout=10)
        connection.sendall(b"GET /hang HTTP/1.0\r\n\r\n")
        received = b""
        while b"never finishes" not in received:
            received += connection.recv(4096)
    with connection:
        while connection.recv(4096):
            pass
    assert b"</html>" not in received


def test_a_browser_that_hangs_up_does_not_disturb_the_shop(shop, capfd):
    address = urlsplit(shop.url)
    before = threading.active_count()
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET /hang HTTP/1.0\r\n\r\n")
        connection.recv(1)
    until = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < until:
        fetch(shop, "/logo.svg")

    assert threading.active_count() <= before
    assert capfd.readouterr().err == ""


def test_two_shops_are_open_side_by_side_on_the_loopback_address():
    with SampleShop() as first, SampleShop() as second:
        assert first.url != second.url
        assert urlsplit(first.url).hostname == "127.0.0.1"
        assert fetch(first, "/")[0] == fetch(second, "/")[0] == 200


def test_a_shop_can_be_opened_and_closed_twice():
    shop = SampleShop()
    assert shop.start() is shop.start()
    shop.stop()
    shop.stop()

    with pytest.raises(RuntimeError, match="not open"):
        _ = shop.url
    with shop:
        assert fetch(shop, "/")[0] == 200


def test_a_port_that_is_taken_is_an_error_at_once(shop):
    with pytest.raises(OSError, match="in use"):
        SampleShop(urlsplit(shop.url).port).start()


def test_the_command_says_where_the_shop_is_and_stops_quietly():
    command = [sys.executable, "-m", "cometa_demo.server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        first_line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)

    assert "http://127.0.0.1:" in first_line
    assert "Closed." in rest
    assert errors == ""
    assert process.returncode == 0
