"""Sentences that hand files to pages and take files from them."""

from collections.abc import Mapping
from pathlib import Path

from selenium.webdriver.remote.webelement import WebElement

from cometa_runner.selectors import Facts, run_script
from cometa_runner.selectors.look import CLICK, FILE_INPUT
from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.kinds import File, Selector
from cometa_runner.steps.values import files

UNFINISHED = (".crdownload", ".part", ".tmp")
"""Endings of files that a browser is still writing."""

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
    names = "\n".join(str(path) for path in files(context.workdir, filename))

    def hand_over(element: WebElement, facts: Facts) -> None:
        if facts.type == "file":
            element.send_keys(names)
        else:
            _opened_input(context, element).send_keys(names)

    context.elements.act(file_input_selector, context.deadline, hand_over, look=FILE_INPUT)


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
    """Clicks and waits until at least one new file is complete, and attaches it to the step and the result."""
    folder = context.workdir / "downloads"
    before = _finished(folder)
    context.elements.act(linktext, context.deadline, lambda element, _facts: element.click(), first="link", look=CLICK)
    arrived = context.deadline.poll(lambda: _arrived(folder, before))
    if not arrived:
        raise StepFailure(
            "file",
            expected=f'a file after the click on "{linktext}"',
            found=_unfinished(folder) or "no new file",
            waited_ms=context.deadline.elapsed_ms(),
        )
    for path in arrived:
        context.attach(path, "download")
        context.detail(f"Downloaded {path.name}, {path.stat().st_size:,} bytes.")


def _arrived(folder: Path, before: Mapping[Path, int]) -> list[Path] | None:
    """Give the new or newly written files once the browser writes none any more."""
    if _unfinished(folder):
        return None
    return [path for path, changed in _finished(folder).items() if before.get(path) != changed] or None


def _finished(folder: Path) -> dict[Path, int]:
    return {
        path: path.stat().st_mtime_ns
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.suffix not in UNFINISHED
    }


def _unfinished(folder: Path) -> str:
    names = [path.name for path in folder.iterdir() if path.suffix in UNFINISHED or path.name.startswith(".")]
    return f"the unfinished {', '.join(names)}" if names else ""
