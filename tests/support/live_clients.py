"""Websocket clients of tests, and a live server in a thread of the test process."""

import asyncio
import json
import socket
import threading
from contextlib import ExitStack

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from cometa_core.cli.server import listening_socket
from cometa_live.server import LiveServer

LIMIT_S = 20


class Reader:
    """A client that reads one connection."""

    def __init__(self, url, key=None, **options):
        self._stack = ExitStack()
        self.socket = self._stack.enter_context(
            connect(url, proxy=None, compression=None, close_timeout=0.2, **options)
        )
        self.key = key

    def send(self, **message):
        if self.key is not None:
            message, self.key = {"token": self.key, **message}, None
        self.socket.send(json.dumps(message))

    def subscribe(self, **named):
        """Subscribe, and expect that it is confirmed."""
        self.send(op="subscribe", **named)
        answer = self.next()
        assert answer["type"] == "subscribed", answer
        return self

    def next(self, seconds=LIMIT_S):
        return json.loads(self.socket.recv(timeout=seconds))

    def events(self, count, seconds=LIMIT_S):
        return [self.next(seconds) for _ in range(count)]

    def until(self, kind, seconds=LIMIT_S):
        """Read up to the first message of a type; returns all of them."""
        found = [self.next(seconds)]
        while found[-1]["type"] != kind:
            found.append(self.next(seconds))
        return found

    def silence(self, seconds=0.3):
        """Expect that nothing comes; a ping shows that nothing was on its way either."""
        threading.Event().wait(seconds)
        self.send(op="ping")
        assert self.next() == {"type": "pong"}

    def close_code(self):
        """Read until the server ends the connection; returns its code."""
        try:
            while True:
                self.socket.recv(timeout=LIMIT_S)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def vanish(self):
        """End as a client does whose machine is gone: without a word of the protocol."""
        self.socket.socket.shutdown(socket.SHUT_RDWR)
        self.close()

    def close(self):
        self._stack.close()


class ServerThread:
    """A live server with its event loop in a thread."""

    def __init__(self, runtime):
        self.runtime = runtime
        self.url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-server")
        self._loop = self.server = None

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        self.server = LiveServer(self.runtime)
        with listening_socket("127.0.0.1", 0) as bound:
            self.url = f"ws://127.0.0.1:{bound.getsockname()[1]}/live/"
            await self.server.run(bound, self._ready.set)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(LIMIT_S)
        return self

    def __exit__(self, *_error):
        self._loop.call_soon_threadsafe(self.server.stop)
        self._thread.join(LIMIT_S)
        self.runtime.close()
