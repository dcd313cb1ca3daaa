"""Sentences that keep or check what a browser tells about its pages."""

from pathlib import Path

from cometa_runner.steps import StepContext, StepFailure, step
from cometa_runner.steps.failure import shortened

_BEGIN = "try { return window.top.performance.timeOrigin } catch { return performance.timeOrigin }"
_LISTED = 10


@step(
    "Fetch Console.log from Browser and attach it to the feature result",
    category="diagnostics",
    example="Fetch Console.log from Browser and attach it to the feature result",
)
def attach_console(context: StepContext) -> None:
    """Attaches the console entries recorded so far to the step.

    Says "not available" where a browser cannot report them.
    """
    entries = context.console()
    if entries is None:
        context.note("Browser console", "not available: this browser does not report its console")
        return
    errors = sum(entry.level == "error" for entry in entries)
    context.note("Browser console", f"{len(entries)} entries, {errors} of them errors")
    _attach(context, "console", "txt", "\n".join(map(str, entries)))


@step(
    "Fetch HTML Source of current Browser page and attach it to the feature result",
    category="diagnostics",
    example="Fetch HTML Source of current Browser page and attach it to the feature result",
)
def attach_source(context: StepContext) -> None:
    """Attaches the current document, with secrets blanked out, to the step."""
    _attach(context, "source", "html", context.driver.page_source)


@step(
    "Browser console should have no errors",
    category="diagnostics",
    example="Browser console should have no errors",
)
def console_has_no_errors(context: StepContext) -> None:
    """Fails when the console recorded an error or an uncaught exception since the last navigation, and lists them."""
    entries = context.console()
    if entries is None:
        raise StepFailure(
            "not-implemented", expected="a browser that reports its console", found="one that does not report it"
        )
    begin = float(context.driver.execute_script(_BEGIN))
    errors = [entry for entry in entries if entry.level == "error" and entry.at >= begin]
    if errors:
        listed = "; ".join(shortened(str(entry), 300) for entry in errors[:_LISTED])
        further = f"; and {len(errors) - _LISTED} more" if len(errors) > _LISTED else ""
        raise StepFailure(
            "assertion", expected="no errors in the browser console", found=f"{len(errors)}: {listed}{further}"
        )


def _attach(context: StepContext, name: str, suffix: str, text: str) -> None:
    """Write a text under a name that is still free and attach it; the worker blanks secrets out of what it stores."""
    folder = context.workdir / "artifacts"
    folder.mkdir(exist_ok=True)
    path = _free(folder, name, suffix)
    path.write_text(text, encoding="utf-8", errors="replace")
    context.attach(path, "attachment")


def _free(folder: Path, name: str, suffix: str) -> Path:
    number = 1
    while (folder / f"{name}-{number}.{suffix}").exists():
        number += 1
    return folder / f"{name}-{number}.{suffix}"
