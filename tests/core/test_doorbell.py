"""The doorbell of the SQLite queue: consumers wait without polling and wake at once."""

import statistics
import threading
import time
from pathlib import Path

import pytest

from cometa_core.doorbell import DoorbellSqliteStorage

# In bytes; the address of a socket has 107 at most.
LONG_FOLDERS = ["short", "long-" * 12, "/".join(["a-folder-with-a-rather-long-name"] * 6), "Grüße-🦆-" * 8]


@pytest.fixture
def open_storage(tmp_path):
    opened = []

    def make(folder=tmp_path, name="cometa-runs"):
        folder.mkdir(parents=True, exist_ok=True)
        opened.append(DoorbellSqliteStorage(name, filename=str(folder / "queue.sqlite3"), strict_fifo=True))
        return opened[-1]

    yield make
    for storage in opened:
        storage.close()


def bells(folder):
    return sorted((folder / "queue.sqlite3.bells").glob("*"))


def open_descriptors():
    return list(Path("/proc/self/fd").iterdir())


def take_in_thread(storage):
    """Wait for a message in a thread that is known to wait."""
    taken = []
    thread = threading.Thread(target=lambda: taken.append((storage.dequeue(), time.monotonic())))
    thread.start()
    deadline = time.monotonic() + 5
    while storage._bell is None and time.monotonic() < deadline:
        thread.join(0.005)
    return thread, taken


def test_a_message_that_is_there_is_taken_at_once(open_storage):
    storage = open_storage()
    storage.enqueue(b"one")
    storage.enqueue(b"two")
    begun = time.monotonic()
    assert [storage.dequeue(), storage.dequeue()] == [b"one", b"two"]
    assert time.monotonic() - begun < 0.5


def test_an_empty_queue_is_given_up_after_a_second(open_storage):
    begun = time.monotonic()
    assert open_storage().dequeue() is None
    assert 0.9 < time.monotonic() - begun < 2


def test_a_waiting_consumer_wakes_when_something_is_enqueued(open_storage):
    """Runner A.7: waiting on the bell, not on the second."""
    consumer, producer = open_storage(), open_storage()
    delays = []
    for number in range(20):
        thread, taken = take_in_thread(consumer)
        begun = time.monotonic()
        producer.enqueue(b"%d" % number)
        thread.join(5)
        ((message, at),) = taken
        assert message == b"%d" % number
        delays.append(at - begun)
    assert statistics.quantiles(delays, n=20)[-1] < 0.5


@pytest.mark.parametrize("name", LONG_FOLDERS)
def test_folders_of_any_length_have_bells(open_storage, tmp_path, name, monkeypatch):
    monkeypatch.chdir("/")
    consumer, producer = open_storage(tmp_path / name), open_storage(tmp_path / name)
    thread, taken = take_in_thread(consumer)
    begun = time.monotonic()
    producer.enqueue(b"ring")
    thread.join(5)
    ((message, at),) = taken
    assert message == b"ring"
    assert at - begun < 0.5
    consumer.close()
    assert bells(tmp_path / name) == []


def test_a_bell_of_a_process_that_is_gone_is_taken_down(open_storage, tmp_path):
    consumer, producer = open_storage(), open_storage()
    consumer.dequeue()
    assert len(bells(tmp_path)) == 1
    # As the kernel does when the process is killed: the socket is closed and its name stays.
    consumer._bell.close()
    consumer._bell = None
    producer.enqueue(b"ring")
    assert bells(tmp_path) == []
    assert producer.dequeue() == b"ring"


def test_a_new_consumer_takes_down_what_killed_ones_left(open_storage, tmp_path):
    killed, successor = open_storage(), open_storage()
    killed.dequeue()
    killed._bell.close()
    killed._bell = None
    successor.dequeue()
    assert bells(tmp_path) == [successor._address()]


def test_only_consumers_of_the_same_queue_are_rung(open_storage):
    runs, service = open_storage(), open_storage(name="cometa-service")
    thread, taken = take_in_thread(runs)
    begun = time.monotonic()
    service.enqueue(b"ring")
    thread.join(5)
    ((message, at),) = taken
    assert message is None
    assert at - begun > 0.8


def take_until_found(storage, taken):
    """What a thread of a consumer does: it asks again when it was woken for nothing."""
    message = None
    while message is None:
        message = storage.dequeue()
    taken.append((message, time.monotonic()))


def test_of_messages_that_come_together_each_wakes_a_thread(open_storage):
    """Otherwise the second one would lie there while the first is worked on, though a slot is free."""
    consumer, producer = open_storage(), open_storage()
    for _ in range(5):
        taken = []
        waiting = [threading.Thread(target=take_until_found, args=(consumer, taken)) for _ in range(3)]
        for thread in waiting:
            thread.start()
        # Until all wait on the bell.
        waiting[0].join(0.2)
        begun = time.monotonic()
        for number in range(3):
            producer.enqueue(b"%d" % number)
        for thread in waiting:
            thread.join(5)
        assert {message for message, _ in taken} == {b"0", b"1", b"2"}
        assert max(at for _, at in taken) - begun < 0.5


def test_enqueuing_without_any_consumer_is_no_error(open_storage, tmp_path):
    open_storage().enqueue(b"ring")
    assert not (tmp_path / "queue.sqlite3.bells").exists()


def test_ringing_opens_nothing_that_stays_open(open_storage, tmp_path):
    folder = tmp_path / LONG_FOLDERS[2]
    consumer, producer = open_storage(folder), open_storage(folder)
    consumer.dequeue()
    producer.enqueue(b"ring")
    before = len(open_descriptors())
    for _ in range(20):
        producer.enqueue(b"ring")
    assert len(open_descriptors()) == before
