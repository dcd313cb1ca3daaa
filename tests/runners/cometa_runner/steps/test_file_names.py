"""Parameters of kind ``file`` (steps section 3, runner I.2)."""

import pytest

from cometa_runner.steps import StepFailure, file_names


@pytest.fixture
def workdir(tmp_path):
    for name in ("uploads/a.txt", "uploads/inner/b.txt", "downloads/c.txt", "secret.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "uploads/link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "uploads/linked").symlink_to(tmp_path)
    return tmp_path


def test_files_of_both_folders_are_found(workdir) -> None:
    names = file_names.split_names("uploads/a.txt; Downloads/c.txt;uploads/inner/b.txt")
    found = [file_names.existing_file(workdir, name) for name in names]
    assert [path.name for path in found] == ["a.txt", "c.txt", "b.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "uploads/../secret.txt",
        "uploads//etc/passwd",
        "uploads/link.txt",
        "uploads/linked/secret.txt",
        "secret.txt",
        "/etc/passwd",
        "uploads/",
        "uploads/none.txt",
        "UPLOADS/a.txt",
        "uploads/a.txt/more",
        "uploads/" + "x" * 300,
        "uploads/a\0.txt",
        "uploads/b\nc.txt",
        "uploads/./../uploads/../secret.txt",
    ],
)
def test_a_file_outside_of_its_folder_is_refused(workdir, name) -> None:
    """X-130."""
    with pytest.raises(StepFailure) as failure:
        file_names.existing_file(workdir, name)
    assert failure.value.code == "file"


def test_no_file_at_all_is_a_bad_value() -> None:
    with pytest.raises(StepFailure) as failure:
        file_names.split_names(" ; ")
    assert failure.value.code == "bad-value"
