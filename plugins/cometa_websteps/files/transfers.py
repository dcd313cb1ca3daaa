"""Sentences that hand files to pages and take files from them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from selenium.webdriver.remote.file_detector import LocalFileDetector
from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, run_script
from cometa_runner.selectors.look import CLICK, FILE_INPUT
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import quoted
from cometa_runner.steps.kinds import File, Seconds, Selector, Text
from cometa_runner.steps.values import seconds as read_seconds
from cometa_websteps.files.finding import downloads, find, find_all, matching

# Catches the file input whose dialog a page is about to open; no dialog can be operated from outside.
_CATCH = """
window.__cometaFileInput = null;
window.addEventListener("click", (event) => {
  const input = event.composedPath()[0];
  if (input.tagName !== "INPUT" || input.type !== "file") return;
  event.preventDefault();
  window.__cometaFileInput = input;
}, { capture: true });
"""
_CAUGHT = "return window.__cometaFileInput"


@step(
    'Upload a file by clicking on "{file_input_selector}" using file "{filename}"',
    category="downloads-uploads",
    example='Upload a file by clicking on "#file" using file "uploads/photo.png"',
    file_input_selector="file input, or an element that opens the file dialog",
    filename="`uploads/x` or `downloads/x`; several with semicolons",
)
def upload(context: StepContext, file_input_selector: Selector, filename: File) -> None:
    """Hands one or more files of the department or of this run to the file input, also on a remote browser.

    A path that leaves its folder is refused.

    Contract: X-130.
    """
    names = "\n".join(str(path) for path in find_all(context, filename))

    def hand_over(element: WebElement, facts: Facts) -> None:
        with _travelling_files(context):
            if facts.type == "file":
                element.send_keys(names)
            else:
                _opened_input(context, element).send_keys(names)

    context.elements.act(file_input_selector, context.deadline, hand_over, look=FILE_INPUT)


def _travelling_files(context: StepContext) -> AbstractContextManager[object]:
    """Let files travel to a browser that runs elsewhere; everywhere else typed paths stay texts."""
    if not getattr(context.driver, "is_remote", False):
        return nullcontext()
    return context.driver.file_detector_context(LocalFileDetector)


def _opened_input(context: StepContext, opener: WebElement) -> WebElement:
    run_script(context.driver, _CATCH)
    opener.click()
    caught: WebElement | None = context.deadline.within(2).poll(lambda: run_script(context.driver, _CAUGHT))
    if caught is None:
        raise StepFailure("not-operable", expected="a click that opens a file dialog", found="no dialog")
    return caught


@step(
    'Download a file by clicking on "{linktext}"',
    category="downloads-uploads",
    example='Download a file by clicking on "Export"',
    linktext="link text or any selector form",
)
def download(context: StepContext, linktext: Selector) -> None:
    """Clicks and waits until at least one new file is complete, and attaches it to the step and the result.

    It is copied from a remote browser when needed.
    """
    of_run = downloads(context)
    if of_run.are_out_of_reach():
        raise StepFailure(
            "file",
            expected="a browser whose downloads can be fetched",
            found="a remote session that does not offer them",
        )
    before = of_run.look().finished
    context.elements.act(linktext, context.deadline, lambda element, _facts: element.click(), first="link", look=CLICK)
    arrived = context.deadline.poll(lambda: _arrived(context, before))
    if not arrived:
        raise StepFailure(
            "file",
            expected=f'a file after the click on "{linktext}"',
            found=_unfinished(context) or "no new file",
            waited_ms=context.deadline.elapsed_ms(),
        )
    for path in arrived:
        _attach_download(context, path)


def _arrived(context: StepContext, before: Mapping[Path, int]) -> list[Path] | None:
    """Give the new or newly written files once the browser writes none any more."""
    listing = downloads(context).look()
    if listing.unfinished:
        return None
    return [path for path, changed in listing.finished.items() if before.get(path) != changed] or None


def _attach_download(context: StepContext, path: Path) -> None:
    context.attach(path, "download")
    context.detail(f"Downloaded {path.name}, {path.stat().st_size:,} bytes.")


def _unfinished(context: StepContext) -> str:
    names = downloads(context).look().unfinished
    return f"the unfinished {', '.join(names)}" if names else ""


@step(
    'Attach the "{filename}" from Downloads folder to the current execution results',
    category="downloads-uploads",
    example='Attach the "report.xlsx" from Downloads folder to the current execution results',
    filename="file in the downloads of this run",
)
def attach(context: StepContext, filename: File) -> None:
    """Attaches an already downloaded file to this step and to the result."""
    name = filename.strip()
    folder = name.partition("/")[0]
    path = find(context, name if folder.lower() == "downloads" else f"downloads/{name}")
    if path in downloads(context).secret:
        raise StepFailure("file", expected="a file without secrets", found=f"{path.name}, into which a step wrote one")
    context.attach(path, "attachment")
    context.detail(f"Attached {path.name}, {path.stat().st_size:,} bytes.")


@step(
    'Wait at most "{seconds}" seconds for download "{pattern}"',
    category="downloads-uploads",
    example='Wait at most "60" seconds for download "*.pdf"',
    waits="seconds",
    seconds="longest wait",
    pattern="file name pattern",
)
def wait_for_download(context: StepContext, seconds: Seconds, pattern: Text) -> None:
    """Waits for a complete download whose name fits, started by any earlier step, and attaches it."""
    deadline = context.deadline.within(read_seconds(seconds, "seconds"))
    found = deadline.poll(lambda: matching(context, pattern) or None)
    if not found:
        listing = downloads(context).look()
        names = [*(path.name for path in listing.finished), *(f"the unfinished {name}" for name in listing.unfinished)]
        raise StepFailure(
            "file",
            expected=f"a complete download {quoted(pattern)}",
            found=", ".join(names[:20]) or "no download",
            waited_ms=deadline.elapsed_ms(),
        )
    _attach_download(context, found[0])


@step(
    'Delete files matching "{pattern}" from local download folder',
    category="downloads-uploads",
    example='Delete files matching "*.csv" from local download folder',
    pattern="file name pattern with * and ?, no folders",
)
def delete_files(context: StepContext, pattern: Text) -> None:
    """Deletes matching files from the downloads of this run and says how many."""
    found = matching(context, pattern)
    downloads(context).delete(found)
    names = f": {', '.join(sorted(path.name for path in found)[:20])}" if found else ""
    context.detail(f"Deleted {len(found)} file{'' if len(found) == 1 else 's'}{names}.")
