"""How long after its commit an event reaches websocket clients.

Run by ``make bench``; prints a table.  Contract: X-148, p95 below 100 ms with 100 subscribers.  Server, writer and
clients share the machine, so the figures contain the work of all clients.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lists import key_of, prepared
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

from cometa_core.events import announce, department_stream, newest
from cometa_core.runtime import Runtime

CLIENTS = (1, 100, 200)
EVENTS = 200
PER_SECOND = 50
LIMIT_S = 60


def main() -> int:
    """Serve a scratch installation, let clients follow it and print how late they are."""
    with tempfile.TemporaryDirectory(prefix="cometa-live-") as folder:
        runtime = prepared(Path(folder))
        key = key_of(runtime)
        with served(Path(folder)) as url:
            rows = {count: asyncio.run(measure(runtime, url, key, count)) for count in CLIENTS}
        runtime.close()
    show(rows)
    return 0


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Run ``cometa live`` on a free port; the block gets its address."""
    command = [sys.executable, "-W", "ignore", "-m", "cometa_core.cli", "--data", str(folder), "live"]
    process = subprocess.Popen([*command, "--port", "0", "--json"], stdout=subprocess.PIPE, cwd=folder)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(LIMIT_S)


async def measure(runtime: Runtime, url: str, key: str, count: int) -> list[float]:
    """Let clients follow the site while events are written; returns the delays of all of them in milliseconds."""
    committed: dict[int, float] = {}
    sockets = [await connect(url, proxy=None, compression=None) for _ in range(count)]
    for socket in sockets:
        since = newest_place(runtime)
        await socket.send(json.dumps({"op": "subscribe", "department_id": 0, "since": since, "token": key}))
        await socket.recv()
    writer = threading.Thread(target=write, args=(runtime, committed))
    writer.start()
    received = await asyncio.gather(*(read(socket) for socket in sockets))
    writer.join()
    for socket in sockets:
        await socket.close()
    return [(at - committed[number]) * 1000 for found in received for number, at in found.items()]


def newest_place(runtime: Runtime) -> int:
    """Return the place of the newest event of the site."""
    stream = department_stream(0)
    with runtime.reading() as session:
        return newest(session, [stream]).get(stream, 0)


async def read(socket: ClientConnection) -> dict[int, float]:
    """Receive all events; returns when each came."""
    found: dict[int, float] = {}
    while len(found) < EVENTS:
        event = json.loads(await asyncio.wait_for(socket.recv(), LIMIT_S))
        found[event["data"]["number"]] = time.perf_counter()
    return found


def write(runtime: Runtime, committed: dict[int, float]) -> None:
    """Store events at an even pace and note when each was committed."""
    begun, never = time.perf_counter(), threading.Event()
    for number in range(EVENTS):
        never.wait(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        with runtime.unit_of_work() as scope:
            announce(scope, "bench.event", {"number": number, "text": "x" * 300})
            # Just before the commit: a client that is quicker than the next line would have a negative delay.
            committed[number] = time.perf_counter()


def show(rows: dict[int, list[float]]) -> None:
    """Print the delays in milliseconds."""
    table = Table(title=f"Delay of live events in ms, {PER_SECOND} events a second, SQLite")
    for column in ("clients", "p50", "p95", "p99", "most"):
        table.add_column(column, justify="right")
    for count, delays in rows.items():
        cuts = statistics.quantiles(delays, n=100)
        table.add_row(str(count), *(f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], max(delays))))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
