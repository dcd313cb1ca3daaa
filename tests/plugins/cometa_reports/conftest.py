"""Reports made by hand, and an installation whose runs are moved by hand."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from run_bench import PLUGINS, Bench, make_template
from small_installation import make_caller
from webtest import TestApp

from cometa_core.app import build_app
from cometa_reports.document import Picture, Report, ReportedResult, ReportedStep


def png(colour="red"):
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "PNG")
    return stream.getvalue()


PICTURE = Picture("result-31-step-2-current.png", "image/png", png)
STEPS = (
    ReportedStep(1, "Given", 'StartBrowser and call URL "$shop"', "Success", 1500, 0, "", ""),
    ReportedStep(2, "Then", 'I can see "<b>Thank you</b>"', "Failed", 250, 1500,
                 'Expected the text "<b>Thank you</b>", found none.\nTried: text.\x1b', "Buy", PICTURE),
    ReportedStep(3, "", "# the rest", "Skipped", 0, 1750, "", ""),
)  # fmt: skip


@pytest.fixture
def report():
    """A run in two browsers: one failed, one could not be executed."""
    begun = datetime(2026, 1, 31, 8, 15, 30, tzinfo=UTC)
    failed = ReportedResult(31, "chrome 134.0, Linux", "Failed", "", "Failed", begun, 1750, STEPS)
    broken = ReportedResult(32, "firefox 135.0", "Error", "There is no such browser.", "Error", begun, 0, ())
    return Report(12, 7, "Buy a <book>", "From the shelf", "Default", (failed, broken))


@pytest.fixture(scope="session")
def shared_bench(tmp_path_factory):
    """An installation with the reports plugin."""
    folder = tmp_path_factory.mktemp("reports")
    make_template(folder / "template")
    settings = {"cometa.plugins": "\n".join((*PLUGINS, "reports"))}
    bench = Bench(folder / "data", folder / "template", **settings)
    yield bench
    bench.close()


@pytest.fixture
def bench(shared_bench):
    yield shared_bench
    shared_bench.clean()


@pytest.fixture(scope="session")
def caller(shared_bench):
    app = TestApp(build_app(shared_bench.runtime))

    def make(name, **options):
        return make_caller(shared_bench.runtime, app, f"{name}@example.org", **options)

    return make
