"""Run the command line inside the test process, in an empty folder."""

import json

import pytest

from cometa_core.cli.main import run


class CommandLine:
    """Runs commands; ``answer`` expects success and reads the JSON, ``refusal`` expects one sentence and status 2."""

    def __init__(self, folder, capsys):
        self.folder = folder
        self.data = folder / "data"
        self._capsys = capsys

    def __call__(self, *arguments):
        """Run a command; returns status, standard output and standard error."""
        self._capsys.readouterr()
        status = run(list(arguments))
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err

    def answer(self, *arguments, status=0):
        found, out, err = self(*arguments, "--json")
        assert found == status, out + err
        assert len(out.splitlines()) == 1
        return json.loads(out)

    def refusal(self, *arguments):
        status, out, err = self(*arguments)
        assert status == 2
        assert out == ""
        assert err.count("\n") == 1, err
        body = self.answer(*arguments, status=2)
        assert (body["success"], body["error"]) == (False, err.strip())
        return err.strip()

    def ini(self, *lines):
        """Write an ini file with some settings; returns its name for ``-c``."""
        path = self.folder / "test.ini"
        path.write_text("\n".join(["[app:main]", "use = egg:cometa-core", *lines, ""]))
        return str(path)


@pytest.fixture
def cometa(tmp_path, monkeypatch, capsys) -> CommandLine:
    """The command line in an empty folder, whose data folder does not exist yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COMETA_BROWSER_LOCAL", "false")
    return CommandLine(tmp_path, capsys)


@pytest.fixture
def initialised(cometa) -> CommandLine:
    """The same after ``cometa init``."""
    cometa.answer("init")
    return cometa
