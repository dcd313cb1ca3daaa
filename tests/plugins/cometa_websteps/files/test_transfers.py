"""Sentences that hand files to pages and take files from them."""

import os

import pytest

pytestmark = pytest.mark.browser

NAMES = "[...document.querySelector('input').files].map((file) => file.name)"


@pytest.fixture(autouse=True)
def uploads(run):
    """Files of the department."""
    for name in ("photo.png", "b.txt"):
        (run.workdir / "uploads" / name).write_text(name)


@pytest.mark.parametrize(
    ("body", "selector"),
    [
        ("<input type=file id=f multiple>", "#f"),
        ("<input type=file id=f multiple hidden><label for=f>Photo</label>", "Photo"),
        ("<input type=file id=f multiple style='display:none'>", "#f"),
        ("<input type=file id=f multiple hidden><button onclick='f.click()'>Choose</button>", "Choose"),
    ],
)
def test_files_are_handed_over(show, say, js, body, selector) -> None:
    show(body)
    say(f'Upload a file by clicking on "{selector}" using file "uploads/photo.png;Uploads/b.txt"')
    assert js(NAMES) == ["photo.png", "b.txt"]


@pytest.mark.parametrize(
    ("selector", "name", "code"),
    [
        ("#f", "uploads/../../etc/passwd", "file"),
        ("#f", "uploads/none.png", "file"),
        ("#f", "/etc/passwd", "file"),
        ("#f", "", "bad-value"),
        ("#none", "uploads/photo.png", "not-found"),
        ("p", "uploads/photo.png", "not-operable"),
    ],
)
def test_files_that_cannot_be_handed_over_fail(show, fails, js, selector, name, code) -> None:
    """X-130."""
    show("<input type=file id=f><p>text</p>")
    assert fails(f'Upload a file by clicking on "{selector}" using file "{name}"').code == code
    assert js(NAMES) == []


def test_a_download_is_waited_for_and_attached(show, say, run) -> None:
    show("<a href='/file'>Export</a>")
    for name in ("report.csv", "report (1).csv"):
        say('Download a file by clicking on "Export"')
        assert run.files == [(run.workdir / "downloads" / name, "download")]
        assert run.details == [f"Downloaded {name}, 400 bytes."]
        assert run.files[0][0].read_text() == "data" * 100


def test_a_click_without_download_fails(show, fails) -> None:
    show("<a href='#x'>Export</a>")
    failure = fails('Download a file by clicking on "Export"')
    assert (failure.code, failure.expected) == ("file", 'a file after the click on "Export"')
    assert failure.found == "no new file"


@pytest.fixture
def downloads(run):
    """The empty downloads of the run."""
    folder = run.workdir / "downloads"
    for path in folder.iterdir():
        path.unlink()
    return folder


def test_a_file_of_the_run_is_handed_over(show, say, js, downloads) -> None:
    (downloads / "made.csv").write_text("a")
    (downloads / "older.txt").write_text("b")
    show("<input type=file id=f multiple>")
    say('Upload a file by clicking on "#f" using file "downloads/last_downloaded_file.csv;Downloads/older.txt"')
    assert js(NAMES) == ["made.csv", "older.txt"]


@pytest.mark.parametrize("name", ["report.csv", "downloads/report.csv", "Last_Downloaded_File.csv"])
def test_a_download_is_attached(say, run, downloads, name) -> None:
    """X-070."""
    (downloads / "report.csv").write_text("data")
    say(f'Attach the "{name}" from Downloads folder to the current execution results')
    assert run.files == [(downloads / "report.csv", "attachment")]
    assert run.details == ["Attached report.csv, 4 bytes."]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.csv", 'Expected the file "downloads/none.csv", found in downloads/: report.csv'),
        ("../uploads/photo.png", "which leads elsewhere"),
        ("", "a file name that begins with"),
        ("last_downloaded_file.pdf", "Expected a download that ends with .pdf, found in downloads/: report.csv"),
    ],
)
def test_what_is_no_download_is_not_attached(fails, run, downloads, name, says) -> None:
    """X-070, X-130."""
    (downloads / "report.csv").write_text("data")
    failure = fails(f'Attach the "{name}" from Downloads folder to the current execution results')
    assert failure.code == "file"
    assert says in str(failure)
    assert run.files == []


def test_a_download_of_an_earlier_step_is_waited_for(show, say, run, downloads) -> None:
    """X-070."""
    show("<script>setTimeout(() => { location.href = '/file' }, 300)</script>")
    say('Wait at most "4" seconds for download "REPORT*.c?v"')
    assert run.files == [(downloads / "report.csv", "download")]
    assert run.details == ["Downloaded report.csv, 400 bytes."]


def test_the_newest_of_several_fitting_downloads_is_attached(say, run, downloads) -> None:
    for age, name in enumerate(("c.pdf", "a [1].pdf", "b.pdf", "other.csv")):
        (downloads / name).write_text("x")
        os.utime(downloads / name, (1000 - age, 1000 - age))
    say('Wait at most "0" seconds for download "*.pdf"')
    assert [path.name for path, _ in run.files] == ["c.pdf"]
    say('Wait at most "0" seconds for download "a [1].*"')
    assert [path.name for path, _ in run.files] == ["a [1].pdf"]


def test_a_download_that_does_not_come_fails(fails, downloads) -> None:
    """X-070, X-081."""
    (downloads / "other.csv").write_text("x")
    (downloads / "big.pdf.crdownload").write_text("x")
    (downloads / "big.pdf").write_text("")
    failure = fails('Wait at most "0.2" seconds for download "*.pdf"')
    assert (failure.code, failure.expected) == ("file", 'a complete download "*.pdf"')
    assert failure.found == "other.csv, the unfinished big.pdf.crdownload"
    assert 150 <= failure.waited_ms <= 2000


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ('Wait at most "8000" seconds for download "*.pdf"', "a number of seconds from 0 to 7200"),
        ('Wait at most "1" seconds for download ""', "a file name with * and ?, without folders"),
        ('Wait at most "1" seconds for download "../*.png"', "a file name with * and ?, without folders"),
        ('Delete files matching "" from local download folder', "a file name with * and ?, without folders"),
        ('Delete files matching "../uploads/*" from local download folder', "without folders"),
    ],
)
def test_a_bad_pattern_or_time_is_said(fails, downloads, sentence, says) -> None:
    """X-079, X-130."""
    (downloads / "kept.pdf").write_text("x")
    failure = fails(sentence)
    assert failure.code == "bad-value"
    assert says in str(failure)
    assert (downloads / "kept.pdf").exists()


def test_matching_downloads_are_deleted(say, run, downloads) -> None:
    """X-070."""
    for name in ("a.csv", "b.CSV", "c.txt", ".hidden.csv", "d.csv.part"):
        (downloads / name).write_text("x")
    say('Delete files matching "*.csv" from local download folder')
    assert run.details == ["Deleted 2 files: a.csv, b.CSV."]
    assert sorted(path.name for path in downloads.iterdir()) == [".hidden.csv", "c.txt", "d.csv.part"]
    say('Delete files matching "*.csv" from local download folder')
    assert run.details == ["Deleted 0 files."]


def test_links_among_the_downloads_are_not_followed(say, fails, run, downloads) -> None:
    """X-130."""
    (downloads / "link.csv").symlink_to(run.workdir / "uploads" / "b.txt")
    assert fails('Attach the "link.csv" from Downloads folder to the current execution results').code == "file"
    assert fails('Wait at most "0" seconds for download "link.csv"').found == "no download"
    say('Delete files matching "*" from local download folder')
    assert run.details == ["Deleted 0 files."]
