"""Live events of whole installations: as a companion, behind nginx, across restarts, and with many clients."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import threading
from contextlib import contextmanager

import psutil
import pytest
import urllib3
from live_clients import Reader
from live_installation import installation
from waiting import eventually
from websockets.asyncio.client import connect

from cometa_core.testing.server_process import free_port

pytestmark = pytest.mark.system

LIVE = "cometa.live.enabled = true\ncometa.live.port = 0"
CLIENTS = 200
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin"
"""Debian has nginx where only administrators look."""

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {web};
            proxy_set_header Host $http_host;
        }}
        location /live/ {{
            proxy_pass {live};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $http_host;
            proxy_read_timeout 60s;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """An embedded installation with the live server beside the web process."""
    with installation(tmp_path_factory.mktemp("live"), LIVE) as started:
        yield started


@pytest.fixture
def feature(live):
    """Store a feature without browser work worth mentioning; returns its id."""

    def store(*sentences):
        body = {"feature_name": "Followed", "app_id": 1, "environment_id": 1, "department_id": 1,
                "browsers": [{"browser": "chrome"}],
                "steps_content": [{"step_content": sentence} for sentence in sentences]}  # fmt: skip
        answer = live.client().post("/api/features/", body)
        assert answer.status == 201, answer.body
        return answer.json["feature_id"]

    return store


def websocket_url(live):
    return live.client().get("/api/live/").json["websocket_url"]


def live_process(live):
    """The companion, found by its command line."""
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
            if "live" in line and "--owned" in line and live.belongs(process):
                return process
        except psutil.Error:
            continue
    return None


def start(live, feature_id):
    answer = live.client().post("/exectest/", {"feature_id": feature_id})
    assert answer.status == 200, answer.body
    return answer.json["run_id"]


@pytest.mark.browser
def test_a_real_run_is_followed_by_socket_and_in_the_terminal(live, feature):
    """K.1, K.3, X-143: what comes is what `/events/` has; `cometa watch` ends with the run."""
    run_id = start(live, feature('Remember "1" as "a"', 'Remember "2" as "b"'))
    reader = Reader(websocket_url(live), key=live.client().key).subscribe(run_id=run_id)
    events = reader.until("run.completed", seconds=60)
    reader.close()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["result.queued", "result.initializing", "result.started"]
    assert kinds.count("step.begin") == kinds.count("step.end") == 2
    assert kinds[-2:] == ["result.finished", "run.completed"]
    assert events == live.client().get(f"/events/?run_id={run_id}&limit=500").json
    watched = live.command("watch", str(run_id))
    assert 'Remember "2" as "b"' in watched.stdout
    lines = live.command("watch", str(run_id), "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == events


@pytest.mark.browser
def test_a_live_server_that_is_killed_loses_nothing(live, feature):
    """X-146: it is started again by `cometa up`; clients resume behind the last `seq`; the run is unaffected."""
    run_id = start(live, feature(*(f'Remember "{number}" as "a"' for number in range(20))))
    key = live.client().key
    reader = Reader(websocket_url(live), key=key).subscribe(run_id=run_id)
    events = reader.until("result.started", seconds=60)
    killed = live_process(live)
    killed.kill()
    reader.close()

    def again():
        try:
            return Reader(websocket_url(live), key=key).subscribe(run_id=run_id, since=len(events))
        except OSError:
            return None

    resumed = eventually(again, what="a new live server")
    events += resumed.until("run.completed", seconds=60)
    resumed.close()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert live_process(live).pid != killed.pid


def test_two_hundred_clients_get_everything(live):
    """X-142, X-148: every event once and in order, for each of 200 clients."""
    url, client = websocket_url(live), live.client()

    def change(number):
        answer = client.post("/api/applications/", {"app_name": f"Application {number}"})
        assert answer.status == 201, answer.body

    async def read(count):
        async with connect(url, proxy=None, compression=None, open_timeout=60) as socket:
            await socket.send(json.dumps({"op": "subscribe", "department_id": 0, "token": client.key}))
            numbers = []
            while len(numbers) < count:
                event = json.loads(await asyncio.wait_for(socket.recv(), 60))
                if event["type"] == "subscribed":
                    ready.append(socket)
                else:
                    numbers.append(event["seq"])
            return numbers

    ready = []
    change("before")
    before = len(client.get("/events/?department_id=0&limit=500").json)

    def write():
        eventually(lambda: len(ready) == CLIENTS, what="all clients")
        for number in range(20):
            change(number)

    async def read_all():
        return await asyncio.gather(*(read(before + 20) for _ in range(CLIENTS)))

    writer = threading.Thread(target=write)
    writer.start()
    found = asyncio.run(read_all())
    writer.join()
    assert all(numbers == list(range(1, before + 21)) for numbers in found)


def test_idle_memory_is_small(live):
    """B.8: the live server costs less than the web process beside it."""
    web = psutil.Process(live.processes[0].pid).memory_info().rss
    assert live_process(live).memory_info().rss < web


def test_behind_nginx_web_and_live_have_one_origin(live, tmp_path):
    """K.2.1: the same host and port for pages and socket; pages of others are refused."""
    if shutil.which("nginx", path=PLACES) is None:
        pytest.skip("nginx is not installed: install the Debian package nginx-light (make services)")
    with nginx_before(live, tmp_path) as url:
        answer = urllib3.request("GET", f"{url}/health/", retries=False, timeout=10)
        assert answer.status == 200
        socket_url = f"{url.replace('http', 'ws')}/live/"
        own = Reader(socket_url, key=live.client().key, origin=url).subscribe(department_id=0)
        assert live.client().post("/api/applications/", {"app_name": "Behind nginx"}).status == 201
        own.until("application.added")
        own.close()
        with pytest.raises(Exception, match="403"):
            Reader(socket_url, origin="https://elsewhere.test")


@contextmanager
def nginx_before(live, folder):
    """Run nginx as in the documentation; the block gets its address."""
    port = free_port()
    target = websocket_url(live).removesuffix("/live/").replace("ws://", "http://")
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, port=port, web=live.url, live=target))
    process = subprocess.Popen(
        [shutil.which("nginx", path=PLACES), "-c", str(file), "-p", str(folder)], stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"

    def answers():
        try:
            return urllib3.request("GET", f"{url}/health/", retries=False, timeout=2).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    try:
        eventually(answers, what="nginx")
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(10)
