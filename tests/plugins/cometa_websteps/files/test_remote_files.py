"""Files that travel through the session of a browser on another machine: a real Selenium Grid."""

import pytest
from selenium.webdriver import ChromeOptions, Remote
from selenium.webdriver.remote.file_detector import UselessFileDetector

from cometa_runner.steps import Match, StepFailure
from cometa_runner.steps.downloads import downloads_of
from cometa_runner.steps.plain_context import PlainContext

pytestmark = [pytest.mark.browser, pytest.mark.grid]

CONTENT = (
    "(async () => { const file = document.querySelector('input').files[0]; return file.name + await file.text() })()"
)


class RemoteBrowser(Remote):
    """A browser that says that it runs elsewhere."""

    is_remote = True


@pytest.fixture(scope="module")
def remote(grid, tmp_path_factory):
    """A run whose browser is behind the Grid."""

    def opened(_workdir):
        options = ChromeOptions()
        options.enable_downloads = True
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        return RemoteBrowser(grid.url, options=options, file_detector=UselessFileDetector())

    run = PlainContext(tmp_path_factory.mktemp("remote"), opened, timeout=15)
    run.open_browser()
    yield run
    run.close_browser()


@pytest.fixture
def far(remote, vocabulary):
    """Give a function that says a sentence to the remote browser."""

    def far(sentence: str) -> None:
        match = vocabulary.match(sentence)
        assert isinstance(match, Match), sentence
        remote.perform(match.definition, match.values)

    return far


def test_an_upload_travels_through_the_session(site, far, remote) -> None:
    """Runner I.2; X-070."""
    (remote.workdir / "uploads" / "note.txt").write_text(" says hello")
    site.pages["/far"] = "<input type=file>"
    far(f'StartBrowser and call URL "{site.url}/far"')
    far('Upload a file by clicking on "input" using file "uploads/note.txt"')
    assert remote.driver.execute_script(f"return {CONTENT}") == "note.txt says hello"
    # Outside of this step a typed path stays a text: files of this machine must not leave it.
    assert isinstance(remote.driver.file_detector, UselessFileDetector)


def test_downloads_are_fetched_from_the_session(site, far, remote) -> None:
    """Runner I.2; X-070."""
    folder = remote.workdir / "downloads"
    site.pages["/far"] = "<a href='/file'>Export</a>"
    far(f'StartBrowser and call URL "{site.url}/far"')
    far('Download a file by clicking on "Export"')
    assert remote.files == [(folder / "report.csv", "download")]
    assert (folder / "report.csv").read_text() == "data" * 100
    remote.driver.find_element("css selector", "a").click()
    far('Wait at most "10" seconds for download "report (1).csv"')
    assert (folder / "report (1).csv").read_text() == "data" * 100
    far('Delete files matching "*.csv" from local download folder')
    assert remote.details == ["Deleted 2 files: report (1).csv, report.csv."]
    far('Download a file by clicking on "Export"')
    assert [path.name for path, _ in remote.files] == ["report.csv"]
    remote.driver.find_element("css selector", "a").click()
    of_run = downloads_of(remote, remote.workdir, lambda: remote.driver)
    remote.deadline.poll(lambda: len(of_run.look().finished) == 2 or None)
    assert sorted(path.name for path in folder.iterdir()) == ["report (1).csv", "report.csv"]


def test_a_session_without_downloads_is_said_to_be_so(far, remote, monkeypatch) -> None:
    monkeypatch.delitem(remote.driver.caps, "se:downloadsEnabled")
    with pytest.raises(StepFailure) as failure:
        far('Download a file by clicking on "Export"')
    assert failure.value.code == "file"
    assert "a browser whose downloads can be fetched, found a remote session that does not offer them" in str(
        failure.value
    )
