"""Every setting, permission, sentence, error code, state and reason is documented, and nothing that does not exist."""

import ast
import re

import pytest

from cometa_executions.states import Reason, State
from cometa_runner.selectors.states import OFFERED_STATES
from cometa_runner.steps.comparison import OPERATORS
from cometa_runner.steps.failure import ERROR_CODES

GENERATED = ("tester/steps.md", "operator/settings.md", "api/permissions.md")
SOURCES = ("cometa_core", "plugins", "runners/cometa_worker")
KEY = re.compile(r"(?<![\w.])(?:cometa|sqlalchemy|huey)\.[a-z_]+(?:\.(?:[a-z_]+|<id>))*(?!\w)")
CHOSEN = re.compile(r"^(cometa\.(?:oidc|cloud))\.[a-z_]+\.")
"""Keys with a part that whoever deploys chooses."""

FILES = {"cometa.dump"}
EXAMPLES = ("docs/plugins", "examples/")  # they declare a setting of their own
VARIABLE = re.compile(r"\bCOMETA_[A-Z_]+(?:<ID>(?:_[A-Z_]+)?)?(?!\w)")
OTHER_VARIABLES = {"COMETA_INI", "COMETA_ALLOW_SKIP"}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_those_of_the_present_code(page, reference, plugins, name):
    assert set(reference.PAGES) == set(GENERATED)
    assert page(name).text == reference.PAGES[name](plugins), "run tools/write_reference.py"


def test_the_program_writes_what_is_missing_and_names_it(reference, tmp_path, monkeypatch, capsys):
    for name in GENERATED:
        (tmp_path / name).parent.mkdir()
    monkeypatch.setattr(reference, "DOCS", tmp_path)
    reference.main()
    assert capsys.readouterr().out.splitlines() == [f"docs/{name} changed" for name in GENERATED]
    reference.main()
    assert capsys.readouterr().out == ""


def test_every_sentence_has_a_section(page, vocabulary):
    headings = re.findall(r"^#### `(.+)`$", page("tester/steps.md").text, re.MULTILINE)
    assert sorted(headings) == sorted(definition.pattern for definition in vocabulary.definitions)


def test_every_setting_has_a_line_with_its_variable(page, settings):
    rows = re.findall(r"^\| `([\w.<>]+)` \| `([\w<>]+)` \|", page("operator/settings.md").text, re.MULTILINE)
    assert dict(rows) == {key: setting.variable for key, setting in settings.items()}


def test_every_permission_has_a_line(page, plugins):
    rows = re.findall(r"^\| `(\w+)` \|", page("api/permissions.md").text, re.MULTILINE)
    assert sorted(rows) == sorted(plugins.dispatch.collect("cometa_permissions"))


def test_defaults_in_words_are_of_settings_that_exist(reference, settings):
    assert set(reference.DEFAULTS_OF_THE_MACHINE) <= set(settings)


def test_keys_and_variables_that_pages_mention_exist(pages, settings):
    known = {*settings, *(setting.key.rpartition(".")[0] for setting in settings.values())}
    variables = {setting.variable for setting in settings.values()} | OTHER_VARIABLES
    unknown = [
        f"{page.name}: {word}"
        for page in pages
        if not page.name.startswith(EXAMPLES)
        for code in [*page.inline_code, *page.blocks("console", "ini")]
        for word in [
            *{CHOSEN.sub(r"\1.<id>.", key) for key in KEY.findall(code)} - known - FILES,
            *set(VARIABLE.findall(code)) - variables,
        ]
    ]
    assert unknown == []


@pytest.fixture(scope="session")
def trees(root):
    return [ast.parse(path.read_text(encoding="utf-8")) for folder in SOURCES for path in (root / folder).rglob("*.py")]


@pytest.fixture(scope="session")
def error_classes(trees):
    """Name of each error class -> its code and status, inherited ones included."""
    classes = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def facts(name):
        node = classes.get(name)
        if node is None:
            return {}
        inherited = {key: value for base in node.bases for key, value in facts(ast.unparse(base)).items()}
        own = {
            ast.unparse(found.targets[0]): found.value.value
            for found in node.body
            if isinstance(found, ast.Assign) and isinstance(found.value, ast.Constant)
        }
        return {**inherited, **own, "is_error": name == "CometaError" or inherited.get("is_error", False)}

    return {name: facts(name) for name in classes if facts(name).get("is_error")}


@pytest.fixture(scope="session")
def answered_codes(trees, error_classes):
    """Code -> statuses, as the sources raise them."""
    codes = {}
    for found in error_classes.values():
        codes.setdefault(found["code"], set()).add(found["status"])
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        raised = error_classes.get(ast.unparse(call.func).partition(".")[0])
        for keyword in call.keywords:
            if raised and keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                codes.setdefault(keyword.value.value, set()).add(raised["status"])
    return codes


def test_every_error_code_is_listed_with_its_status(page, listed, answered_codes):
    """R-018: codes are what programs rely on."""
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", page("api/errors.md").text, re.MULTILINE)
    of_commands = listed(page("api/errors.md"), "Only on the command line")
    expected = {code: statuses for code, statuses in answered_codes.items() if code not in of_commands}
    assert {code: {int(status)} for code, status in rows} == expected
    assert len(rows) == len(dict(rows))
    assert set(of_commands) <= set(answered_codes)


def test_every_code_that_a_route_declares_is_listed(page, trees):
    declared = {
        element.value
        for tree in trees
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "errors" and isinstance(keyword.value, ast.Tuple)
        for element in keyword.value.elts
        if isinstance(element, ast.Constant)
    }
    assert len(declared) > 10
    assert declared <= set(re.findall(r"^\| `(\w+)` \| \d{3} \|", page("api/errors.md").text, re.MULTILINE))


def test_every_code_of_a_failed_step_has_a_section(page):
    """Runner D.6: each code has its place in the manual."""
    assert set(re.findall(r"^### `([a-z-]+)`$", page("tester/errors.md").text, re.MULTILINE)) == ERROR_CODES


def test_every_reason_of_a_result_is_explained(page, listed):
    reasons = listed(page("operator/troubleshooting.md"), "Reasons of results")
    assert sorted(reasons) == sorted(reason.value for reason in Reason if reason)


def test_every_state_of_a_result_is_explained(page):
    section = page("tester/results.md").text.partition("## States of a result")[2]
    assert set(re.findall(r"^\| (\w+) \| (?:yes|no) \|", section, re.MULTILINE)) == {state.value for state in State}


def test_every_state_of_an_element_is_explained(page, listed):
    states = listed(page("tester/selectors.md"), 'What "visible" means')
    assert sorted(states) == sorted(OFFERED_STATES)


def test_every_comparison_word_is_explained(page, listed):
    section = page("tester/variables.md").text.partition("## Comparing")[2]
    signs = re.findall(r"`([=!<>]+)`", section)
    words = listed(page("tester/variables.md"), "Comparing")
    assert sorted([*words, *signs]) == sorted(OPERATORS)
