"""What no file of the repository may hold."""

import re

import pytest

# Put together from parts, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
PACKAGE_INDEX = re.compile(
    "|".join(("py" + r"pi\.org", "pythonho" + r"sted\.org", "npm" + r"js\.(org|com)", "--(extra-)?index" + "-url"))
)
FOREIGN_FOLDER = re.compile(r"(?<![\w.-])/(wo" + r"rk|ro" + r"ot)/")


@pytest.mark.parametrize(
    ("forbidden", "instead"),
    [
        (UNFINISHED, "finish it or write an issue"),
        (PACKAGE_INDEX, "everybody installs from the index of their own configuration"),
        (FOREIGN_FOLDER, "a folder of one machine exists on no other"),
    ],
    ids=["unfinished work", "address of a package index", "folder of one machine"],
)
def test_no_file_holds(texts, forbidden, instead):
    found = [
        f"{path}:{number} {line.strip()[:100]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found, f"{instead}:\n" + "\n".join(found)
