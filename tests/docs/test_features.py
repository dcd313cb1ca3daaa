"""Steps that the pages show are sentences of the vocabulary, and the first features of the manual pass."""

import json
import re
import subprocess
import sys

import pytest

from cometa_demo.server import SampleShop
from cometa_features.api import parse_feature_file
from cometa_runner.steps.matching import Match

STEP = re.compile(r"^\s*(?:Given|When|Then|And|But|\*) (?P<sentence>.+)$")


def features_of(page):
    return [block for block in page.blocks("gherkin") if block.startswith("Feature:")]


def test_steps_of_all_pages_are_sentences_of_the_vocabulary(pages, vocabulary):
    shown = [
        (page.name, found["sentence"])
        for page in pages
        if not page.name.startswith(("docs/plugins", "examples"))
        for block in page.blocks("gherkin")
        for line in block.splitlines()
        if (found := STEP.match(line))
    ]
    assert len(shown) > len(vocabulary.definitions)
    assert [step for step in shown if not isinstance(vocabulary.match(step[1]), Match)] == []


def test_each_example_is_an_example_of_its_own_sentence(page, vocabulary):
    sections = re.split(r"^#### (?=`)", page("tester/steps.md").text, flags=re.MULTILINE)[1:]
    assert len(sections) == len(vocabulary.definitions)
    wrong = []
    for section in sections:
        pattern = section.partition("\n")[0].strip("`")
        example = re.search(r"```gherkin\n\* (.*?)\n```", section, re.DOTALL)[1]
        match = vocabulary.match(example)
        if not isinstance(match, Match) or match.definition.pattern != pattern:
            wrong.append((pattern, example))
    assert wrong == []


def test_features_of_all_pages_can_be_read(pages):
    features = [(page.name, text) for page in pages for text in features_of(page)]
    assert len(features) >= 2
    for name, text in features:
        assert parse_feature_file(text, name).steps


@pytest.mark.browser
def test_the_features_of_the_manual_pass(page, tmp_path):
    files = []
    for name in ("tester/README.md", "tester/blocks.md"):
        (text,) = features_of(page(name))
        files.append(tmp_path / f"{len(files)}.feature")
        files[-1].write_text(text, encoding="utf-8")
    with SampleShop() as shop:
        command = [sys.executable, "-W", "ignore", "-m", "cometa_core.cli", "run", *map(str, files)]
        done = subprocess.run(
            [*command, "--var", f"shop={shop.url}", "--json"],
            capture_output=True, text=True, timeout=100, check=False, cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [result["status"] for result in json.loads(done.stdout)["results"]] == ["Success", "Success"]
