"""Round trip of features through files, whatever testers write."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some

from cometa_features.exchange_files import ExchangeDocument, document_text, read_drafts, story_text, write_files
from cometa_features.exchange_gherkin import Sentence, merged_steps
from cometa_features.texts import KEYWORDS

TEXT = some.text(some.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=40)
STEP = some.fixed_dictionaries(
    {"step_content": TEXT},
    optional={
        "step_keyword": some.sampled_from(KEYWORDS),
        "enabled": some.just(False),
        "screenshot": some.just(True),
        "timeout": some.integers(1, 7200),
        "params": some.dictionaries(TEXT, TEXT, max_size=2),
        "max_diff": some.sampled_from([5, 0.5, "0.1%"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, some.lists(STEP, max_size=5), some.sampled_from([".zip", ""]))
def test_what_was_written_is_read_back_exactly(name, description, steps, kind):
    document = ExchangeDocument(
        slug="buy", department="Default", application="Shop", environment="QA", folder=[name],
        feature={"feature_name": name, "description": description}, steps=steps,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"out{kind}"
        write_files({"a/buy.feature": story_text(document), "a/buy.json": document_text(document)}, target)
        (draft,) = read_drafts(target)
    assert draft.document == document
    assert (draft.fields, list(draft.steps), draft.folder) == (document.feature, document.steps, (name,))


def test_a_removed_step_takes_nothing_from_the_others():
    old = [{"step_content": name, "timeout": place + 1} for place, name in enumerate("abc")]
    before = [Sentence("Given", name) for name in "abc"]
    assert merged_steps(old, before, [before[0], before[2]]) == [old[0], old[2]]
    added = merged_steps(old, before, [*before, Sentence("Then", "d", enabled=False)])
    assert added == [*old, {"step_keyword": "Then", "step_content": "d", "enabled": False}]
