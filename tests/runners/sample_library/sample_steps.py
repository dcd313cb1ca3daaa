"""A step library for tests of the runner: steps that pass, fail, wait, hang and break things."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psutil

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import Code, Number, Option, Seconds, Text, Url, Variable

LOOP = 'Loop "{x}" times starting at "{index}" and do'
FOR_EACH = 'For each "{variable}" in list "{items}" do'
REPEAT = 'Repeat at most "{times}" times until "{left}" is "{operator}" "{right}" do'
CONDITION = 'Only if "{left}" is "{operator}" "{right}" do'


@step("Pass", category="test", example="Pass")
def succeed(context: StepContext) -> None:
    """Do nothing."""


@step("Fail", category="test", example="Fail")
def fail(context: StepContext) -> None:
    """Fail as a check does."""
    raise StepFailure("assertion", expected="a duck", found="a goose", tried=("looking",), waited_ms=1500)


@step("Crash", category="test", example="Crash")
def crash(context: StepContext) -> None:
    """Raise what no tester understands."""
    raise ZeroDivisionError("division by zero")


@step("Leave the process", category="test", example="Leave the process")
def leave(context: StepContext) -> None:
    """Try to end the runner."""
    raise SystemExit(7)


@step('Say "{text}"', category="test", example='Say "hello"', text="what to say")
def say(context: StepContext, text: Text) -> None:
    """Report a text."""
    context.detail(text)


@step('Warn "{text}"', category="test", example='Warn "hello"', text="what to warn of")
def warn(context: StepContext, text: Text) -> None:
    """Warn, note and pass."""
    context.warn(text)
    context.note("Title", text)


@step(
    'Keep "{value}" as "{name}" in "{scope}"',
    category="test",
    example='Keep "1" as "a" in "run"',
    value="any text",
    name="of the variable",
    scope="run or environment",
)
def keep(context: StepContext, value: Text, name: Variable, scope: Option) -> None:
    """Set a variable; names that begin with secret are secret."""
    context.store_variable(name, value, scope, secret=name.startswith("secret"))


@step('Sleep "{seconds}" seconds', category="test", example='Sleep "1" seconds', waits="seconds", seconds="how long")
def sleep(context: StepContext, seconds: Seconds) -> None:
    """Sleep as sentences do."""
    context.deadline.pause(float(seconds))


@step("Wait for something that never comes", category="test", example="Wait for something that never comes")
def wait(context: StepContext) -> None:
    """Poll until the time is up."""
    context.deadline.poll(lambda: None)
    context.deadline.check()


@step(
    'Ignore the time for "{seconds}" seconds', category="test", example='Ignore the time for "1" seconds', seconds="s"
)
def ignore_time(context: StepContext, seconds: Number) -> None:
    """Block without asking the deadline."""
    time.sleep(float(seconds))


@step('Write "{name}" to the downloads', category="test", example='Write "a.txt" to the downloads', name="file name")
def write_file(context: StepContext, name: Text) -> None:
    """Make a file and attach it."""
    path = context.workdir / "downloads" / name
    path.write_text("content", encoding="utf-8")
    context.attach(path, "attachment")


@step('Attach "{path}"', category="test", example='Attach "/etc/passwd"', path="any path")
def attach(context: StepContext, path: Text) -> None:
    """Attach any file."""
    context.attach(Path(path), "attachment")


@step("Report environment and files", category="test", example="Report environment and files")
def report_process(context: StepContext) -> None:
    """Say what the process was given."""
    for name in sorted(os.environ):
        context.detail(f"env {name}={os.environ[name]}")
    for entry in sorted(Path("/proc/self/fd").iterdir()):
        with contextlib.suppress(OSError):
            context.detail(f"fd {entry.name}={entry.readlink()}")
    context.detail(f"args {Path('/proc/self/cmdline').read_bytes()!r}")
    context.detail(f"local {time.strftime('%Z')}")
    context.detail(f"group {os.getpgrp() == os.getpid()} session {os.getsid(0) == os.getpid()}")


@step('Open "{url}"', category="test", example='Open "https://shop.example"', url="address")
def open_page(context: StepContext, url: Url) -> None:
    """Load a page."""
    context.driver.get(url)


@step('Run "{script}"', category="test", example='Run "return 1"', script="JavaScript")
def run_script(context: StepContext, script: Code) -> None:
    """Report what a script gives."""
    context.detail(str(context.driver.execute_script(script)))


@step('Type "{text}" and read it', category="test", example='Type "a" and read it', text="what to type")
def type_text(context: StepContext, text: Text) -> None:
    """Type into the field of the page and report what it holds."""
    field = context.driver.find_element("tag name", "input")
    field.send_keys(text)
    context.detail(str(field.get_property("value")))


@step('Title is "{title}"', category="test", example='Title is "Shop"', title="expected title")
def title_is(context: StepContext, title: Text) -> None:
    """Compare the title."""
    found = context.driver.title
    if found != title:
        raise StepFailure("assertion", expected=f"the title {title}", found=found)


@step(
    'Kill "{name}" and ask for the title',
    category="test",
    example='Kill "chromium" and ask for the title',
    name="of it",
)
def kill(context: StepContext, name: Text) -> None:
    """Kill processes of this runner by name, then use the browser."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if name in process.name():
                os.kill(process.pid, signal.SIGKILL)
    context.driver.title  # noqa: B018 - asking is the point


@step("Close the browser", category="test", example="Close the browser")
def close_browser(context: StepContext) -> None:
    """Close the browser."""
    context.close_browser()


@step("Open another browser", category="test", example="Open another browser")
def open_browser(context: StepContext) -> None:
    """Open a browser."""
    context.open_browser()


@step(LOOP, category="test", example='Loop "2" times starting at "1" and do', block="loop", x="rounds", index="first")
def loop(context: StepContext, x: Number, index: Number) -> None:
    """Repeat."""


@step(
    CONDITION,
    category="test",
    example='Only if "1" is "equal to" "1" do',
    block="condition",
    left="left",
    operator="word",
    right="right",
)
def condition(context: StepContext, left: Text, operator: Option, right: Text) -> None:
    """Decide."""


@step(
    FOR_EACH, category="test", example='For each "a" in list "1;2" do', block="for_each", variable="name", items="list"
)
def for_each(context: StepContext, variable: Variable, items: Text) -> None:
    """Repeat for entries."""


@step(
    REPEAT,
    category="test",
    example='Repeat at most "2" times until "1" is "equal to" "1" do',
    block="repeat",
    times="rounds",
    left="left",
    operator="word",
    right="right",
)
def repeat(context: StepContext, times: Number, left: Text, operator: Option, right: Text) -> None:
    """Repeat until."""


@step('Leave with "{message}"', category="test", example='Leave with "a"', block="leave", message="text")
def leave_feature(context: StepContext, message: Text) -> None:
    """Fail and end the feature."""
    raise StepFailure("assertion", message)


@step(
    'Word the next failure "{error_message}"',
    category="test",
    example='Word the next failure "a"',
    block="error_text",
    error_message="text",
)
def word_failure(context: StepContext, error_message: Text) -> None:
    """Define the text of the next failure."""


@step("#{comment}", category="test", example="# a", block="comment", comment="remark")
def remark(context: StepContext, comment: Text) -> None:
    """Remark."""


@step("Break Loop", category="test", example="Break Loop", block="break")
def break_loop(context: StepContext) -> None:
    """Leave the loop."""


@step("Continue Loop", category="test", example="Continue Loop", block="continue")
def continue_loop(context: StepContext) -> None:
    """Go to the next round."""


@step("Finish the feature here", category="test", example="Finish the feature here", block="finish")
def finish(context: StepContext) -> None:
    """End the feature."""
