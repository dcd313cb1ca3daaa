"""One connected client: what it asks for, what it follows, and what is still unsent.  Contract: runner K.1, K.2.

Everything that is sent goes through one queue and one task that sends it, so nobody waits for a slow client.  Rights
are looked at in that task, immediately before an event is sent.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from cometa_core.contracts.identity import Identity
from cometa_core.errors import CometaError, Invalid, Unauthenticated
from cometa_core.events import department_stream, run_stream
from cometa_live import messages
from cometa_live.access import Access, Credentials
from cometa_live.hub import Hub
from cometa_live.messages import Command, Target, read_command
from cometa_live.permits import Permit, Permits
from cometa_live.reading import LiveEvent

logger = logging.getLogger(__name__)

UNSENT_MESSAGES = 1000
UNSENT_CHARACTERS = 4 * 1024 * 1024
BEHIND = 250
"""Unsent messages above which nothing more is read for a client that catches up."""

MOST_SUBSCRIPTIONS = 100
FIRST_MESSAGE_S = 10.0
CLOSE_S = 3.0
LOOK_AGAIN_S = 30.0
"""How often rights are looked at when nothing happens."""

NOBODY = 4001
SILENT = 4002
TOO_SLOW = 4008
RESTART = 1012
TRY_LATER = 1013


@dataclass(frozen=True)
class Service:
    """What all connections share.

    Attributes:
        hub: reads the streams.
        access: says who is who.
        permits: says who may read what.
        in_thread: calls a function with arguments in a thread.
    """

    hub: Hub
    access: Access
    permits: Permits
    in_thread: Callable[..., Awaitable[Any]]


@dataclass(eq=False)
class Subscription:
    """A stream that a client follows.

    Attributes:
        target: what the client named.
        stream: name of the stream.
        cursor: place of the last event that is sent or waits to be.
        permit: the client's right to it.
        connection: the client.
        over: whether nothing more of it may be sent.
    """

    target: Target
    stream: str
    cursor: int
    permit: Permit
    connection: "Connection"
    over: bool = False
    catching_up: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def take(self, event: LiveEvent) -> None:
        """Queue an event for the client, unless it has it already."""
        if event.seq > self.cursor and not self.over:
            self.cursor = event.seq
            self.connection.put(event.text, self, event)

    def is_behind(self) -> bool:
        """Tell whether much is still unsent."""
        return self.connection.is_behind()


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message in the queue of a client; events carry their subscription."""

    text: str
    subscription: Subscription | None
    event: LiveEvent | None


class Connection:
    """One client from its first message to its end."""

    def __init__(self, socket: ServerConnection, service: Service, credentials: Credentials) -> None:
        self._socket = socket
        self._service = service
        self._credentials = credentials
        self._subscriptions: dict[Target, Subscription] = {}
        self._unsent: deque[Unsent] = deque()
        self._unsent_characters = 0
        self._changed = asyncio.Event()
        self._sent = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer the client until it, or this server, ends the connection."""
        tasks = [asyncio.create_task(self._send_queue()), asyncio.create_task(self._look_again())]
        for task in tasks:
            task.add_done_callback(self._noticed)
        try:
            if await self._welcome():
                async for message in self._socket:
                    await self._answer(message)
        except ConnectionClosed:
            pass
        except Exception as error:  # drivers raise whatever they like when the database is away
            self._fail(error)
        finally:
            for subscription in tuple(self._subscriptions.values()):
                self._drop(subscription)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._ending is not None:
                await self._ending

    def put(self, text: str, subscription: Subscription | None = None, event: LiveEvent | None = None) -> None:
        """Queue a message; a client that has too many unsent is cut off.  Contract: X-145."""
        if self._ending is not None:
            return
        self._unsent.append(Unsent(text, subscription, event))
        self._unsent_characters += len(text)
        self._changed.set()
        # One message may be larger than the limit: nobody could ever read it otherwise.
        too_much = self._unsent_characters > UNSENT_CHARACTERS and len(self._unsent) > 1
        if len(self._unsent) > UNSENT_MESSAGES or too_much:
            self.end(TOO_SLOW, "too much is unsent; resume with since")

    def is_behind(self) -> bool:
        """Tell whether much is still unsent."""
        return len(self._unsent) > BEHIND

    def end(self, code: int, reason: str) -> None:
        """Close the connection without waiting for it; what is unsent is dropped."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._close(code, reason))
            self._unsent.clear()
            self._sent.set()
            for subscription in tuple(self._subscriptions.values()):
                self._drop(subscription)

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._socket.close(code, reason)
        except TimeoutError:
            # It reads nothing, not even the close frame.
            self._socket.transport.abort()

    def _fail(self, error: BaseException) -> None:
        logger.warning("A live connection ends: %s", type(error).__name__)
        self.end(TRY_LATER, "the server cannot read the event log at the moment")

    def _noticed(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ConnectionClosed):
            self._fail(error)

    # What the client says

    async def _welcome(self) -> bool:
        """Carry out the first message, by which the client is identified; False when it is not."""
        try:
            async with asyncio.timeout(FIRST_MESSAGE_S):
                message = await self._socket.recv()
        except TimeoutError:
            self.end(SILENT, f"no message within {FIRST_MESSAGE_S:.0f} s")
            return False
        try:
            command = read_command(message)
        except CometaError as error:
            await self._turn_away(error)
            return False
        if command.token is not None:
            self._credentials = self._credentials.with_token(command.token)
        try:
            await self._service.in_thread(self._service.access.identify, self._credentials)
        except CometaError as error:
            await self._turn_away(error)
            return False
        await self._carry_out(command)
        return True

    async def _turn_away(self, error: CometaError) -> None:
        """Say why, then close; sent directly, since nothing else was queued before."""
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._socket.send(messages.refusal(error))
        self.end(NOBODY, error.code)

    async def _answer(self, message: str | bytes) -> None:
        try:
            command = read_command(message)
        except CometaError as error:
            self.put(messages.refusal(error))
            return
        await self._carry_out(command)

    async def _carry_out(self, command: Command) -> None:
        if command.op == "ping":
            self.put(messages.pong())
        elif command.op == "unsubscribe":
            self._unsubscribe(command.target)
        else:
            await self._subscribe(command.target, command.since)

    def _unsubscribe(self, target: Target) -> None:
        subscription = self._subscriptions.get(target)
        if subscription is not None:
            self._drop(subscription)
        self.put(messages.unsubscribed(target))

    async def _subscribe(self, target: Target, since: int) -> None:
        if target in self._subscriptions:
            self._drop(self._subscriptions[target])
        if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            text = f"A connection follows at most {MOST_SUBSCRIPTIONS} streams; end one of them."
            self.put(messages.refusal(Invalid(text, code="too_many_subscriptions"), target))
            return
        permit = self._service.permits.permit(self._credentials, target)
        try:
            await permit.reader()
        except Unauthenticated as error:
            await self._turn_away(error)
            return
        except CometaError as error:
            self.put(messages.refusal(error, target))
            return
        stream = department_stream(target.department_id or 0) if target.run_id is None else run_stream(target.run_id)
        subscription = Subscription(target, stream, since, permit, self)
        self._subscriptions[target] = subscription
        self.put(messages.subscribed(target, since))
        subscription.catching_up = asyncio.create_task(self._catch_up(subscription))
        subscription.catching_up.add_done_callback(self._noticed)

    # What it gets

    async def _catch_up(self, subscription: Subscription) -> None:
        """Queue what is stored, page by page as the client takes it, then join those who get what comes."""
        hub = self._service.hub
        oldest = await hub.gap(subscription.stream, subscription.cursor)
        if oldest is not None:
            self.put(messages.gap(subscription.target, oldest))
        while not subscription.over:
            while self.is_behind() and self._ending is None:
                self._sent.clear()
                await self._sent.wait()
            page = await hub.page(subscription.stream, subscription.cursor)
            for event in page.events:
                subscription.take(event)
            if page.is_last and not subscription.over and hub.join(subscription):
                return

    async def _send_queue(self) -> None:
        while True:
            while not self._unsent:
                self._changed.clear()
                await self._changed.wait()
            # It stays in the queue, and counts as unsent, until it is sent.
            message = self._unsent[0]
            if await self._is_for_client(message):
                await self._socket.send(message.text)
            if self._unsent:
                self._unsent.popleft()
                self._unsent_characters -= len(message.text)
            self._sent.set()

    async def _is_for_client(self, message: Unsent) -> bool:
        subscription, event = message.subscription, message.event
        if subscription is None or event is None:
            return True
        if subscription.over:
            return False
        reader = await self._reader_of(subscription)
        return reader is not None and event.audience.includes(reader)

    async def _reader_of(self, subscription: Subscription) -> Identity | None:
        """Return who reads; without right the subscription ends, without identity the connection, and it is None."""
        try:
            return await subscription.permit.reader()
        except Unauthenticated as error:
            self.end(NOBODY, error.code)
        except CometaError as error:
            self._drop(subscription)
            self.put(messages.ended(subscription.target, error))
        return None

    async def _look_again(self) -> None:
        """End subscriptions whose reader lost the right while nothing happened."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            for subscription in tuple(self._subscriptions.values()):
                await self._reader_of(subscription)

    def _drop(self, subscription: Subscription) -> None:
        subscription.over = True
        self._service.hub.leave(subscription)
        if self._subscriptions.get(subscription.target) is subscription:
            del self._subscriptions[subscription.target]
        if subscription.catching_up is not None:
            subscription.catching_up.cancel()
