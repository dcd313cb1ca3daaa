"""Sources are small, documented and say why they silence a checker."""

import ast
import re

import pytest

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
MOST_ARGUMENTS = 6
SILENCED_PER_1000_LINES = 2
SILENCER = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)(?P<codes>[^\n#]*)")
REASON = re.compile(r"(?: - |# )\w+")
FILLERS = {"a", "an", "and", "for", "in", "of", "on", "the", "to", "with"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module")
def trees(sources):
    return {path: ast.parse(text) for path, text in sources.items()}


@pytest.fixture(scope="module")
def functions(trees):
    """All functions with the place where they stand."""
    return [
        (f"{path}:{node.lineno} {node.name}", node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]


def public_definitions(body):
    """Public functions and classes of a module, and the public methods of its public classes."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not needs_none(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body)


def needs_none(node):
    """Setters and overloads are described by what they belong to."""
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(name.endswith((".setter", "overload")) for name in decorators)


def says_only_its_name(name, docstring):
    words = set(re.findall(r"[a-z]+", docstring.partition("\n")[0].lower())) - FILLERS
    return words <= set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))


def test_every_module_class_and_public_function_has_a_docstring(trees):
    bare = [str(path) for path, tree in trees.items() if not ast.get_docstring(tree)]
    bare += [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees.items()
        for node in public_definitions(tree.body)
        if not ast.get_docstring(node)
    ]
    assert not bare, "\n".join(bare)


def test_a_docstring_says_more_than_the_name(trees):
    empty = [
        f"{path}:{node.lineno} {node.name}: {ast.get_docstring(node)}"
        for path, tree in trees.items()
        for node in public_definitions(tree.body)
        if says_only_its_name(node.name, ast.get_docstring(node) or "More words.")
    ]
    assert not empty, "\n".join(empty)


def test_no_module_is_too_long(sources):
    lengths = {path: len(text.splitlines()) for path, text in sources.items()}
    long = [f"{path}: {length} lines" for path, length in lengths.items() if length > LONGEST_MODULE]
    assert not long, "\n".join(long)


def test_no_function_is_too_long(functions):
    lengths = [(place, node.end_lineno - node.lineno + 1) for place, node in functions]
    long = [f"{place}: {length} lines" for place, length in lengths if length > LONGEST_FUNCTION]
    assert not long, "\n".join(long)


def test_no_function_takes_too_many_arguments(functions):
    greedy = []
    for place, node in functions:
        names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        taken = [name for name in names if name not in {"self", "cls"}]
        if len(taken) > MOST_ARGUMENTS:
            greedy.append(f"{place}: {len(taken)} arguments")
    assert not greedy, "\n".join(greedy)


def test_checkers_are_silenced_rarely_and_with_a_reason(sources):
    silenced = [
        (f"{path}:{number} {line.strip()}", found["codes"])
        for path, text in sources.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := SILENCER.search(line))
    ]
    without_reason = [place for place, codes in silenced if not REASON.search(place.partition("#")[2])]
    assert not without_reason, "\n".join(without_reason)
    lines = sum(len(text.splitlines()) for text in sources.values())
    allowed = max(1, lines * SILENCED_PER_1000_LINES // 1000)
    assert len(silenced) <= allowed, "\n".join(place for place, _ in silenced)
