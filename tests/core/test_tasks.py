"""Tasks: by name, after the commit, through a queue that may be away, lose or forge messages."""

import pickle
import socket
import threading
import time
from pathlib import Path

import pytest
from huey.consumer import Consumer
from waiting import eventually

from cometa_core.contracts.tasks import Task
from cometa_core.errors import ConfigurationError
from cometa_core.tasks import QUEUES, TaskQueue, open_huey
from cometa_core.testing.server_process import free_port

SECRET = "a-secret-of-the-tests"
KINDS = [
    "sqlite",
    pytest.param("redis", marks=pytest.mark.system),
    pytest.param("postgresql", marks=pytest.mark.system),
]


class Forged:
    """What a stranger would put into the queue: reading it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.fixture(params=KINDS)
def url(request, tmp_path):
    """Address of an empty queue, one for each kind of server."""
    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        server.flush()
        return server.url()
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_server").create_database()
    return f"sqlite:///{tmp_path / 'queue.sqlite3'}"


@pytest.fixture
def make_tasks():
    opened = []

    def make(url, *tasks, runtime="the runtime", secret=SECRET):
        opened.append(TaskQueue(runtime, {task.name: task for task in tasks}, url, secret))
        return opened[-1]

    yield make
    for tasks in opened:
        tasks.close()


def execute(huey):
    """Do what a consumer does with the next message; returns whether there was one."""
    task = huey.dequeue()
    if task is not None:
        huey.execute(task)
    return task is not None


def test_a_task_gets_the_runtime_and_what_was_enqueued(url, make_tasks):
    done = []
    tasks = make_tasks(url, Task("note", lambda *arguments: done.append(arguments)))
    assert tasks.enqueue("note", 1, "zwei")
    assert execute(tasks.hueys["service"])
    assert done == [("the runtime", 1, "zwei")]


def test_each_queue_has_its_own_messages(url, make_tasks):
    done = []
    tasks = make_tasks(
        url,
        Task("work", lambda _runtime: done.append("work"), queue="runs"),
        Task("note", lambda _runtime: done.append("note")),
    )
    assert tasks.enqueue("work")
    assert tasks.enqueue("note")
    assert execute(tasks.hueys["service"])
    assert done == ["note"]
    assert execute(tasks.hueys["runs"])
    assert done == ["note", "work"]


def test_another_process_finds_the_task_by_its_name(url, make_tasks):
    """Where the function stands in the source does not matter."""
    done = []
    make_tasks(url, Task("note", lambda _runtime: None)).enqueue("note")
    other = make_tasks(url, Task("note", lambda _runtime: done.append("other")))
    assert execute(other.hueys["service"])
    assert done == ["other"]


def test_a_foreign_pickle_is_refused_before_it_is_read(url, make_tasks, tmp_path):
    tasks = make_tasks(url, Task("note", lambda _runtime: None))
    mark = tmp_path / "code of a stranger was here"
    tasks.hueys["service"].storage.enqueue(pickle.dumps(Forged(mark)))
    with pytest.raises(ValueError, match=r"(?i)separator"):
        tasks.hueys["service"].dequeue()
    assert not mark.exists()


def test_a_consumer_survives_a_foreign_pickle_and_takes_the_next_message(tmp_path, make_tasks):
    done = threading.Event()
    tasks = make_tasks(f"sqlite:///{tmp_path / 'queue.sqlite3'}", Task("note", lambda _runtime: done.set()))
    tasks.hueys["service"].storage.enqueue(pickle.dumps(Forged(tmp_path / "mark")))
    tasks.enqueue("note")
    consumer = Consumer(tasks.hueys["service"], workers=1, initial_delay=0.01, check_worker_health=False)
    consumer.start()
    assert done.wait(10)
    consumer.stop(graceful=True)
    assert not (tmp_path / "mark").exists()


def test_a_message_signed_with_another_key_is_refused(url, make_tasks):
    note = Task("note", lambda _runtime: None)
    make_tasks(url, note, secret="a-secret-of-somebody-else").enqueue("note")
    with pytest.raises(ValueError, match=r"(?i)signature"):
        make_tasks(url, note).hueys["service"].dequeue()


def test_a_queue_that_answers_passes_the_check(url, make_tasks):
    make_tasks(url).check()


def test_every_minute_means_once_a_minute(tmp_path, make_tasks):
    done = []
    tick = Task("tick", lambda _runtime: done.append("tick"), every_minute=True)
    huey = make_tasks(f"sqlite:///{tmp_path / 'queue'}", tick).hueys["service"]
    (periodic,) = huey._registry.periodic_tasks
    huey.execute(periodic)
    assert done == ["tick"]


def test_a_redis_that_is_away_holds_nobody_up_and_raises_nothing(make_tasks, caplog):
    """X-013: a request never waits longer than 200 ms for the queue."""
    tasks = make_tasks(f"redis://127.0.0.1:{free_port()}/0", Task("note", lambda _runtime: None))
    begun = time.monotonic()
    assert not tasks.enqueue("note")
    assert time.monotonic() - begun < 0.3
    assert "did not take note in time" in caplog.text
    with pytest.raises(Exception, match=r"(?i)connect"):
        tasks.check()


def test_a_server_that_accepts_and_never_answers_holds_nobody_up(make_tasks):
    """X-013; more attempts than there are threads that enqueue."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        tasks = make_tasks(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", Task("note", lambda _runtime: None))
        for _ in range(6):
            begun = time.monotonic()
            assert not tasks.enqueue("note")
            assert time.monotonic() - begun < 0.4


@pytest.mark.system
def test_a_redis_that_comes_back_takes_messages_again(make_tasks, redis_server):
    done = []
    tasks = make_tasks(redis_server.url(), Task("note", lambda _runtime: done.append("note")))
    assert tasks.enqueue("note")
    redis_server.restart()
    eventually(lambda: tasks.enqueue("note"), 10, "the return of the queue")
    assert execute(tasks.hueys["service"])
    assert done == ["note"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://somewhere", "huey.url starts with 'ftp'"),
        ("queue", "huey.url starts with 'queue'"),
        ("sqlite:////there/is/no/such/folder/queue", "cannot be used: unable to open database file"),
        ("postgresql://ada:hunter2@127.0.0.1:1/x", r"The queue 127\.0\.0\.1:1/x cannot be used"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_sentence_without_credentials(url, words):
    with pytest.raises(ConfigurationError, match=words) as refused:
        open_huey(url, QUEUES[0], SECRET)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)
