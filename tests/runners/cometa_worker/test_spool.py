"""Events that cannot be written yet: kept in order, in memory, then encrypted on disk, then held back."""

import threading

import pytest
from waiting import eventually

from cometa_worker.spool import BLOCK_BYTES, EventBuffer, spool_folder

TEXT = "a confidential text " * 50
SIZE = 1000


@pytest.fixture
def make_buffer(tmp_path):
    made = []

    def make(memory=10 * SIZE * 4, file=64 << 20):
        made.append(EventBuffer(tmp_path, memory, file))
        return made[-1]

    yield make
    for buffer in made:
        buffer.close()


def put(buffer, first, last):
    for number in range(first, last):
        buffer.put({"n": number, "text": TEXT}, SIZE)


def taken(buffer, count):
    return [buffer.get(1)["n"] for _ in range(count)]


def test_events_come_in_order_through_memory_and_file(make_buffer):
    """runner B.4: in order, whatever is kept where."""
    buffer = make_buffer()
    put(buffer, 0, 3000)
    assert taken(buffer, 1500) == list(range(1500))
    put(buffer, 3000, 4000)
    buffer.end()
    assert taken(buffer, 2500) == list(range(1500, 4000))
    assert buffer.is_done()
    assert buffer.get(0) is None


def test_the_end_is_told_only_after_everything_was_taken(make_buffer):
    buffer = make_buffer()
    put(buffer, 0, 1)
    buffer.end()
    assert not buffer.is_done()
    taken(buffer, 1)
    assert buffer.is_done()


def test_the_file_is_encrypted_and_has_no_name(make_buffer, tmp_path):
    """runner B.4: nothing of it can be read, nothing is left when the worker dies."""
    buffer = make_buffer()
    put(buffer, 0, 3000)
    assert list(tmp_path.iterdir()) == []
    stream = buffer._file._stream
    stream.seek(0)
    content = stream.read()
    assert len(content) > BLOCK_BYTES
    assert b"confidential" not in content


def test_a_writer_is_held_back_when_the_file_is_full_and_goes_on_when_it_was_read(make_buffer):
    """runner B.4, X-048: nothing is dropped."""
    buffer = make_buffer(file=2 << 20)
    thread = threading.Thread(target=put, args=(buffer, 0, 6000))
    thread.start()
    eventually(lambda: buffer.held_back, 5, "the full file")
    assert taken(buffer, 6000) == list(range(6000))
    thread.join(5)
    assert not buffer.held_back


def test_a_disk_that_takes_nothing_holds_the_writer_back(make_buffer, monkeypatch):
    """runner M: disk full; nothing is dropped."""
    buffer = make_buffer()

    def refuse(*_arguments, **_options):
        raise OSError("No space left on device")

    monkeypatch.setattr("cometa_worker.spool.tempfile.mkstemp", refuse)
    thread = threading.Thread(target=put, args=(buffer, 0, 2000))
    thread.start()
    eventually(lambda: buffer.held_back, 5, "the full disk")
    assert taken(buffer, 2000) == list(range(2000))
    thread.join(5)


def test_a_writer_that_waits_goes_on_when_the_buffer_is_given_up(make_buffer):
    buffer = make_buffer(file=1 << 20)
    thread = threading.Thread(target=put, args=(buffer, 0, 6000))
    thread.start()
    eventually(lambda: buffer.held_back, 5, "the full file")
    buffer.close()
    thread.join(5)
    assert not thread.is_alive()


def test_the_folder_of_the_files_is_private(tmp_path):
    assert spool_folder(tmp_path).stat().st_mode & 0o777 == 0o700
