"""Runs plans for tests: in runner processes as the worker starts them, or in this process where speed matters."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cometa_worker.cleanup import end_attempt
from cometa_worker.launch import ColdLauncher, Launcher, RunnerProcess, ZygoteLauncher

LIBRARY = Path(__file__).parent / "sample_library"
BROWSER = {
    "kind": "local",
    "family": "chrome",
    "binary": "/usr/bin/chromium",
    "driver": "/usr/bin/chromedriver",
    "timezone": "Asia/Tokyo",
}
# Tests may run in several processes at once, and none may end the runners of another.
MARK = f"31:2:{os.getpid()}"


class PlanMaker:
    """Makes nodes with running indexes; ``uuid`` of index 7 is ``00000007-...``."""

    loop_pattern = 'Loop "{x}" times starting at "{index}" and do'
    for_each_pattern = 'For each "{variable}" in list "{items}" do'
    repeat_pattern = 'Repeat at most "{times}" times until "{left}" is "{operator}" "{right}" do'
    condition_pattern = 'Only if "{left}" is "{operator}" "{right}" do'

    def __init__(self) -> None:
        self._indexes = count()

    def step(self, pattern: str, *, problem: Any = None, **options: Any) -> dict[str, Any]:
        flags = {"screenshot": False, "compare": False, "continue_on_failure": False, "timeout": 20}
        flags.update({name: options.pop(name) for name in list(options) if name in {*flags, "max_diff"}})
        index = next(self._indexes)
        return {
            "kind": "step",
            "uuid": f"{index:08d}-0000-4000-8000-000000000000",
            "index": index,
            "keyword": "When",
            "text": pattern,
            "pattern": None if problem else pattern,
            "params": options,
            "flags": flags,
            "owner": {"feature_id": 1, "feature_name": "Sample"},
            "problem": problem,
        }

    def loop(self, rounds: object, start: object, body: Callable[[], list[Any]], **flags: Any) -> dict[str, Any]:
        head = self.step(self.loop_pattern, x=str(rounds), index=str(start), **flags)
        return {"kind": "loop", "head": head, "count": str(rounds), "start": str(start), "body": body()}

    def foreach(self, name: str, items: str, body: Callable[[], list[Any]], **flags: Any) -> dict[str, Any]:
        head = self.step(self.for_each_pattern, variable=name, items=items, **flags)
        return {"kind": "foreach", "head": head, "name": name, "list": items, "body": body()}

    def repeat(
        self, times: object, test: tuple[str, str, str], body: Callable[[], list[Any]], **flags: Any
    ) -> dict[str, Any]:
        words = dict(zip(("left", "operator", "right"), test, strict=True))
        head = self.step(self.repeat_pattern, times=str(times), **words, **flags)
        return {"kind": "repeat", "head": head, "times": str(times), "test": words, "body": body()}

    def cond(self, *branches: tuple[tuple[str, str, str] | None, Callable[[], list[Any]]]) -> dict[str, Any]:
        return {"kind": "cond", "branches": [self._branch(test, body) for test, body in branches]}

    def _branch(self, test: tuple[str, str, str] | None, body: Callable[[], list[Any]]) -> dict[str, Any]:
        if test is None:
            return {"head": None, "test": None, "body": body()}
        words = dict(zip(("left", "operator", "right"), test, strict=True))
        return {"head": self.step(self.condition_pattern, **words), "test": words, "body": body()}

    def call(self, name: str, body: Callable[[], list[Any]]) -> dict[str, Any]:
        return {"kind": "call", "row_uuid": f"ca{name}-row", "feature": {"id": 9, "name": name}, "body": body()}


def plan_of(tree: list[Any], workdir: Path, **more: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "type": "plan",
        "feature": {"id": 1, "name": "Sample"},
        "tree": tree,
        "workdir": str(workdir),
        "libraries": [{"name": "sample", "module": "sample_steps"}],
        "browser": None,
        **more,
    }


@dataclass
class Ended:
    """What a runner left."""

    events: list[dict[str, Any]]
    status: int | None
    log: str
    workdir: Path

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]

    def rows(self) -> list[str]:
        """Steps as ``index status`` in the order of reporting."""
        begun = {event["seq"]: event["index"] for event in self.of("step_begin")}
        return [
            f"{begun[event['seq']]} {event['status']}"
            if event["type"] == "step_end"
            else f"{event['index']} {event['reason']}"
            for event in self.events
            if event["type"] in {"step_end", "step_skip"}
        ]

    def details(self) -> list[str]:
        return [event["text"] for event in self.of("step_detail")]

    @property
    def error(self) -> dict[str, Any]:
        """The first error of a step."""
        return next(event["error"] for event in self.of("step_end") if event["error"])

    @property
    def finished(self) -> dict[str, Any]:
        return self.events[-1]


@dataclass
class Live:
    """A runner that is executing."""

    process: RunnerProcess
    workdir: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Read events up to one of a kind."""
        for line in self.process.events:
            event: dict[str, Any] = json.loads(line)
            self.events.append(event)
            if event["type"] == kind and fields.items() <= event.items():
                return event
        pytest.fail(f"The runner ended without {kind}: {self.process.log.read().decode()}")

    def end(self) -> Ended:
        """Read all that is left and wait for the end."""
        self.events += [json.loads(line) for line in self.process.events]
        log = self.process.log.read().decode()
        return Ended(self.events, self.process.wait(10), log, self.workdir)


class Runners:
    """Starts runners and leaves nothing of them behind."""

    def __init__(self, launcher: Launcher, folder: Path) -> None:
        self.launcher = launcher
        self._folder = folder
        self._started: list[RunnerProcess] = []

    def start(
        self, tree: list[Any], environment: Mapping[str, str] | None = None, workdir: Path | None = None, **more: Any
    ) -> Live:
        workdir = workdir or Path(tempfile.mkdtemp(prefix="w", dir=self._folder))
        process = self.launcher.start(MARK, workdir, {"PYTHONPATH": str(LIBRARY), **(environment or {})})
        self._started.append(process)
        process.send(plan_of(tree, workdir, **more))
        return Live(process, workdir)

    def run(self, tree: list[Any], **more: Any) -> Ended:
        return self.start(tree, **more).end()

    def close(self) -> None:
        for process in self._started:
            end_attempt(process, MARK)
            process.events.close()
            process.log.close()


@pytest.fixture
def maker() -> PlanMaker:
    return PlanMaker()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short path: Chromium makes sockets in it, whose names may have 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="cr"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def zygotes() -> Iterator[ZygoteLauncher]:
    launcher = ZygoteLauncher(["cometa_runner.steps"], {"PYTHONPATH": str(LIBRARY)})
    yield launcher
    launcher.close()


@pytest.fixture
def runners(zygotes: ZygoteLauncher, short_path: Path) -> Iterator[Runners]:
    """Runners forked from a zygote."""
    started = Runners(zygotes, short_path)
    yield started
    started.close()


@pytest.fixture
def cold_runners(short_path: Path) -> Iterator[Runners]:
    """Runners that are new Python processes."""
    started = Runners(ColdLauncher(), short_path)
    yield started
    started.close()


@pytest.fixture
def local_browser() -> dict[str, Any]:
    return dict(BROWSER)


@pytest.fixture
def sample_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``sample_steps`` importable in this process."""
    monkeypatch.syspath_prepend(LIBRARY)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe: its reading and its writing end; both may be closed by the test."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue
