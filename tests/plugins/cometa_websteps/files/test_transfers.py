"""Sentences that hand files to pages and take files from them."""

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
