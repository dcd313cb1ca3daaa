"""Steps that do to the pipes of a runner what no runner should do, and say things that nobody should see."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from cometa_runner.protocol import EVENTS_DESCRIPTOR
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Number, Text

EVENTS_WITHOUT_FIELDS = (
    b'{"n": %d, "t": 1, "type": "step_begin", "seq": 99, "index": 12345, "deadline_ms": 1000}',
    b'{"n": %d, "t": 1, "type": "step_end"}',
    b'{"n": %d, "t": 1, "type": "step_begin"}',
    b'{"n": %d, "t": 1, "type": "screenshot"}',
    b'{"n": %d, "t": 1, "type": "no such type"}',
    b'{"n": %d, "t": 1, "type": "finished_"}',
    b'{"n": %d, "t": 1, "type": "file", "file": 7, "kind": "attachment"}',
)


@step('Send "{count}" unreadable lines', category="test", example='Send "3" unreadable lines', count="-")
def send_noise(context: StepContext, count: Number) -> None:
    """Write lines that nobody can read."""
    for _ in range(int(count)):
        os.write(EVENTS_DESCRIPTOR, b"this is no event\n")


@step("Send events without their fields", category="test", example="Send events without their fields")
def send_incomplete(context: StepContext) -> None:
    """Write events that are JSON but lack what their type needs."""
    for place, event in enumerate(EVENTS_WITHOUT_FIELDS):
        os.write(EVENTS_DESCRIPTOR, event % (1000 + place) + b"\n")


@step("Leave out event numbers", category="test", example="Leave out event numbers")
def leave_gap(context: StepContext) -> None:
    """Write an event whose number is far too high."""
    os.write(EVENTS_DESCRIPTOR, b'{"n": 999, "t": 1, "type": "heartbeat"}\n')


@step('Print "{text}"', category="test", example='Print "hello"', text="what to print")
def print_text(context: StepContext, text: Text) -> None:
    """Write to standard output, past all channels."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@step('Print "{count}" MB in one line', category="test", example='Print "1" MB in one line',
      count="how many")  # fmt: skip
def print_much(context: StepContext, count: Number) -> None:
    """Write one endless line."""
    for _ in range(int(count)):
        sys.stdout.write("x" * 1_000_000)
    sys.stdout.write("the end of the line\n")
    sys.stdout.flush()


@step('Print "{count}" MB in lines', category="test", example='Print "1" MB in lines', count="how many")
def print_lines(context: StepContext, count: Number) -> None:
    """Write many lines, as talkative libraries do."""
    lines = "".join(f"INFO {number:06d} opened https://shop.example/basket?step=2 in 23 ms\n" for number in range(1000))
    for _ in range(int(count) * 1_000_000 // len(lines)):
        sys.stdout.write(lines)
    sys.stdout.write("the last line\n")
    sys.stdout.flush()


@step('Print "{text}" in two writes', category="test", example='Print "hello" in two writes', text="what to print")
def print_in_two(context: StepContext, text: Text) -> None:
    """Let a moment pass in the middle of a word."""
    middle = len(text) // 2
    for part in (f"begin {text[:middle]}", f"{text[middle:]} end\n"):
        sys.stdout.write(part)
        sys.stdout.flush()
        context.deadline.pause(0.1)


@step("Say and print characters that no database stores", category="test",
      example="Say and print characters that no database stores")  # fmt: skip
def print_nul(context: StepContext) -> None:
    """Use U+0000 wherever a text may be."""
    sys.stdout.buffer.write(b"before\x00after\xff\n")
    sys.stdout.flush()
    context.detail("before\x00after")
    context.note("Title\x00", "Text\x00")
    raise StepFailure("assertion", expected="a\x00b", found="c\x00d")


@step('Fail because of "{text}"', category="test", example='Fail because of "it"', text="what was found")
def fail_because(context: StepContext, text: Text) -> None:
    """Say a value in every text that a failure has."""
    context.detail(f"looking for {text}")
    context.warn(f"still looking for {text}")
    context.note("Note", f"about {text}")
    raise StepFailure("assertion", expected=f"not {text}", found=text, tried=(f"asking for {text}",))


@step("Die", category="test", example="Die")
def die(context: StepContext) -> None:
    """End the runner as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


@step('Take "{count}" MB of memory', category="test", example='Take "64" MB of memory', count="how many")
def take_memory(context: StepContext, count: Number) -> None:
    """Touch memory in a process of its own and keep it."""
    program = f"import time; kept = bytearray(b'x') * ({int(count)} << 20); time.sleep(60)"
    subprocess.Popen([sys.executable, "-c", program])
    context.deadline.pause(60)


@step('Write "{count}" MB of files', category="test", example='Write "8" MB of files', count="how many")
def write_much(context: StepContext, count: Number) -> None:
    """Fill the folder for temporary files."""
    for number in range(int(count)):
        Path(os.environ["TMPDIR"], f"{number}.bin").write_bytes(b"x" * (1 << 20))
    context.deadline.pause(60)


@step('Say "{count}" texts', category="test", example='Say "1000" texts', count="how many")
def say_much(context: StepContext, count: Number) -> None:
    """Report as fast as it goes."""
    for number in range(int(count)):
        context.detail(f"{number:08d} " + "x" * 200)
