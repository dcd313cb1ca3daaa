"""Command lines, make targets and addresses of the pages exist in the product."""

import re
import shlex
from pathlib import Path

import click
import pytest

from cometa_core.cli.context import CommandContext
from cometa_core.cli.main import cometa
from cometa_core.testing.installation import Installation

SERVER = re.compile(r"(?:\$\{?COMETA\}?|http://127\.0\.0\.1:8001)(?P<path>/[^?\s]*)")
NAMED_ROUTE = re.compile(r"(?P<verb>GET|POST|PUT|PATCH|DELETE) (?P<path>/[^\s?]+)")


def words_of(line):
    """Split a command line as a shell does; what is piped into it or out of it is another command."""
    words = shlex.split(line, comments=True)
    return words[: next((place for place, word in enumerate(words) if word in {"|", "<<END", "<<"}), len(words))]


@pytest.fixture(scope="module")
def root_context():
    """One for all command lines: it remembers the commands of the plugins."""
    return click.Context(cometa, info_name="cometa", obj=CommandContext())


def check_cometa(context, arguments, *, complete):
    """Let click read a command line, as far as possible without carrying it out."""
    command = context.command
    while isinstance(command, click.Group):
        _, arguments, _ = command.make_parser(context).parse_args(list(arguments))
        if not arguments:
            return
        name, *arguments = arguments
        command = command.get_command(context, name)
        if command is None:
            raise click.UsageError(f"There is no command {name}.")
        context = click.Context(command, info_name=name, parent=context)
    if complete:
        command.parse_args(context, list(arguments))
    else:
        command.make_parser(context).parse_args(list(arguments))


def refusal_of(context, arguments, *, complete):
    try:
        check_cometa(context, arguments, complete=complete)
    except click.ClickException as error:
        return error.format_message()
    return None


def test_command_lines_of_cometa_have_commands_and_options_that_exist(pages, root_context):
    checked = [
        (f"{page.name}: {line}", refusal_of(root_context, words[1:], complete=True))
        for page in pages
        for line in page.commands()
        if (words := words_of(line)) and Path(words[0]).name == "cometa"
    ]
    assert len(checked) > 20
    assert [(line, refusal) for line, refusal in checked if refusal] == []


def test_commands_in_the_text_exist(pages, root_context):
    checked = [
        (f"{page.name}: {code}", refusal_of(root_context, words_of(code)[1:], complete=False))
        for page in pages
        for code in page.inline_code
        if code.startswith("cometa ")
    ]
    assert len(checked) > 20
    assert [(code, refusal) for code, refusal in checked if refusal] == []


@pytest.mark.parametrize(
    "wrong", ["nonsense", "db nonsense", "up --nonsense", "api-key create", "up --port many", "run --json"]
)
def test_a_wrong_command_line_would_be_found(root_context, wrong):
    assert refusal_of(root_context, wrong.split(), complete=True)


def test_make_targets_exist(pages, root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (page.name, target)
        for page in pages
        for code in [*page.inline_code, *page.commands()]
        for target in re.findall(r"^make ([a-z]+)", code)
    }
    assert len(named) > 3
    assert {(name, target) for name, target in named if target not in targets} == set()


@pytest.fixture(scope="module")
def routes(tmp_path_factory, plugins):
    """Pattern of each path -> its verbs, as the API's own document lists them."""
    names = [plugin.name for plugin in plugins.active]
    settings = {"cometa.browser.local": "false"}
    installation = Installation(tmp_path_factory.mktemp("routes"), names, settings)
    try:
        paths = installation.app.get("/docs/openapi.json").json["paths"]
    finally:
        installation.close()
    found = {}
    for path, operations in paths.items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
        found.setdefault(re.compile(pattern), set()).update(verb.upper() for verb in operations)
    return found


def is_route(routes, verb, path):
    path = path if path.endswith("/") else f"{path}/"
    return any(verb in verbs and pattern.fullmatch(path) for pattern, verbs in routes.items())


def verb_of(words):
    if "-X" in words:
        return words[words.index("-X") + 1]
    return "POST" if "--data" in words else "GET"


def test_addresses_of_curl_are_routes_with_the_verb(pages, routes):
    asked = [
        (page.name, verb_of(words), found["path"])
        for page in pages
        for line in page.commands()
        if (words := words_of(line)) and words[0] == "curl"
        for word in words
        if (found := SERVER.fullmatch(word.partition("?")[0]))
    ]
    assert len(asked) > 20
    assert [request for request in asked if not is_route(routes, *request[1:])] == []


def test_routes_that_the_text_names_exist(pages, routes):
    named = [
        (page.name, found["verb"], found["path"])
        for page in pages
        for code in page.inline_code
        if (found := NAMED_ROUTE.fullmatch(code.partition("?")[0]))
        and not page.name.startswith(("docs/plugins", "examples"))
    ]
    assert len(named) > 5
    assert [route for route in named if not is_route(routes, *route[1:])] == []
