"""Work on patterns and filters of testers in a process of its own, bounded in time and memory.

No library can be stopped from outside while it matches: a regular expression may take years, or fill the memory when
it is compiled, and a jq filter may loop for ever.  A small process with limits costs about 20 ms and can be ended.

Contract: runner X-088.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from cometa_runner.steps.confined_work import LIBRARIES
from cometa_runner.steps.deadline import Deadline

Work = Literal["fits", "finds", "filtered", "made"]
"""What can be asked for; see ``confined_work.py``."""

LONGEST_WAIT = 0.2
"""Seconds until a cancel is looked at while the process works."""


class RefusedWork(Exception):
    """What was given cannot be worked with; the text of the library says why."""


class UnfinishedWork(Exception):
    """The process ran out of time or memory; the text says of which."""


def confined(work: Work, given: Mapping[str, Any], deadline: Deadline) -> Any:
    """Do one piece of work in a process of its own.

    Args:
        work: what to do.
        given: what the work needs; JSON.
        deadline: when the process is ended.

    Returns:
        Its answer.

    Raises:
        RefusedWork: what was given is invalid.
        UnfinishedWork: time or memory was not enough.
        Cancelled: somebody stopped the run.
    """
    program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("confined_work.py"))]
    # The clock decides; the bound of processor time is for a runner that was killed meanwhile.
    arguments = [work, str(int(deadline.remaining()) + 2), *_folders(work)]
    with subprocess.Popen(
        [*program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as process:
        try:
            said = deadline.poll(_Conversation(process, json.dumps(given).encode(), deadline).go_on)
        finally:
            process.kill()
    if said is None:
        raise UnfinishedWork("time")
    return _answer(said)


class _Conversation:
    """Tells the process what it is given, and collects what it says."""

    def __init__(self, process: "subprocess.Popen[bytes]", given: bytes, deadline: Deadline) -> None:
        self._process = process
        self._given: bytes | None = given
        self._deadline = deadline

    def go_on(self) -> bytes | None:
        """Wait a moment for the end; None while it is working."""
        given, self._given = self._given, None
        try:
            return self._process.communicate(given, timeout=min(LONGEST_WAIT, self._deadline.remaining()))[0]
        except subprocess.TimeoutExpired:
            return None


def _folders(work: Work) -> list[str]:
    library = LIBRARIES.get(work)
    found = importlib.util.find_spec(library) if library else None
    if found is None or found.origin is None:
        return []
    place = Path(found.origin).parent
    return [str(place.parent if found.submodule_search_locations else place)]


def _answer(said: bytes) -> Any:
    try:
        answer = json.loads(said)
    except ValueError:
        # Libraries in C end the process when they get no memory.
        raise UnfinishedWork("memory or processor time") from None
    if "refused" in answer:
        raise RefusedWork(answer["refused"])
    if "exhausted" in answer:
        raise UnfinishedWork("memory")
    return answer["answer"]
