"""Names of keys and chords, without a browser (X-082)."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from cometa_runner.steps import StepFailure
from cometa_websteps.browser.key_names import CHORD_KEYS, chords


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("CTRL+A", [[Keys.CONTROL, "a"]]),
        ("A", [["A"]]),
        ("A+B", [["A", "B"]]),
        ("alt+shift+Tab;ESC", [[Keys.ALT, Keys.SHIFT, Keys.TAB], [Keys.ESCAPE]]),
        ("CTRL+PLUS;SEMICOLON", [[Keys.CONTROL, "+"], [";"]]),
        ("CMD+İ", [[Keys.COMMAND, "İ"]]),
    ],
)
def test_a_plus_joins_keys_and_a_semicolon_separates_chords(written, read) -> None:
    assert chords(written) == read


@pytest.mark.parametrize(
    ("written", "name", "near"),
    [
        ("CTLR+A", "CTLR", "CTRL"),
        ("arrowdown", "arrowdown", "ARROW_DOWN"),
        ("F13", "F13", "F1"),
        ("Keys.ENTER", "Keys.ENTER", "ENTER"),
        ("???", "???", "such as CTRL, ENTER, ARROW_DOWN, F5, or one character"),
        ("\ue009", "\ue009", "one character"),
    ],
)
def test_an_unknown_name_lists_near_ones(written, name, near) -> None:
    with pytest.raises(StepFailure) as failure:
        chords(written)
    assert (failure.value.code, failure.value.found) == ("bad-value", f'"{name}"')
    assert near in failure.value.expected


@pytest.mark.parametrize("written", ["", " ", "CTRL+", "+", "A;", ";", "CTRL++A"])
def test_a_missing_key_fails_and_names_the_words_for_the_separators(written) -> None:
    with pytest.raises(StepFailure) as failure:
        chords(written)
    assert failure.value.code == "bad-value"
    assert "PLUS and SEMICOLON" in failure.value.expected
    assert failure.value.found == f'"{written}", in which a key is missing'


def test_the_table_holds_keys_only() -> None:
    assert all(len(value) == 1 for value in CHORD_KEYS.values())
    assert "NULL" not in CHORD_KEYS


def test_the_page_of_keys_lists_every_name() -> None:
    page = (Path(__file__).parents[3] / "docs" / "tester" / "keys.md").read_text(encoding="utf-8")
    assert [name for name in CHORD_KEYS if f"`{name}`" not in page] == []


ATTACKS = [
    "__import__('os').system('id')", "eval('1')", "exec('1')", "Keys.CONTROL", "keys.Keys.CONTROL", "Keys['ENTER']",
    "getattr(Keys, 'ENTER')", "lambda: 0", "1 if True else 0", "[x for x in ()]",
    "{}.__class__", "().__class__.__bases__",
    "''.join(())", "open('/etc/passwd')", "os.environ", "globals()", "locals()", "vars()", "dir()", "type('x', (), {})",
    "object.__subclasses__()", "breakpoint()", "input()", "print(1)", "compile('1', '', 'eval')", "f'{1}'",
    "{0.__class__}",
    "${jndi:ldap://x}", "{{7*7}}", "<%= 7*7 %>", "#{7*7}", "`id`", "$(id)", "| id", "&& id", "../../etc/passwd",
    "document.cookie", "alert(1)", "<script>alert(1)</script>", "javascript:alert(1)", "\\x1b[2J", "%0a%0d", "CTRL,A",
    "CTRL A", "CTRL-A", "__class__", "__dict__", "name", "mro", "import os",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_program_code_is_no_key(attack) -> None:
    """X-082: the list of 50 attack strings."""
    assert len(ATTACKS) == 50
    with pytest.raises(StepFailure) as failure:
        chords(attack)
    assert failure.value.code == "bad-value"
