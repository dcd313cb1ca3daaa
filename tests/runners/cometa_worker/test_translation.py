"""What of a runner's files may be stored, and in what form."""

import pytest

from cometa_core.clock import SystemClock
from cometa_worker.attempt_evidence import AttemptEvidence
from cometa_worker.redaction import MASK
from cometa_worker.translation import Translator

SECRET = "correct horse battery"
LEAF = {"index": 0, "uuid": "u", "text": "Press Enter", "owner": {"feature_id": 1, "feature_name": "F"}}


@pytest.fixture
def translator(tmp_path):
    """Collect what is stored and logged."""
    folder = tmp_path / "attempt"
    (folder / "artifacts").mkdir(parents=True)
    (tmp_path / "outside.html").write_text("outside")

    stored = []

    def store(path):
        stored.append(path.read_text())
        return "0" * 64, path.stat().st_size

    evidence = AttemptEvidence(10_000, SystemClock().now)
    evidence.know((SECRET,))
    made = Translator([LEAF], folder, store, evidence)
    made.stored, made.evidence, made.folder = stored, evidence, folder
    yield made
    evidence.close()


def test_a_page_source_is_stored_without_the_secrets_that_were_typed_into_it(translator):
    """X-118, runner G.5."""
    (translator.folder / "artifacts" / "source.html").write_text(f"<p>{SECRET}</p><p>correct+horse+battery</p>")
    translator.add({"type": "source", "n": 1, "t": 1, "seq": 1, "file": "source.html", "url": "http://x/"})
    assert translator.stored == [f"<p>{MASK}</p><p>{MASK}</p>"]


@pytest.mark.parametrize("name", ["../../outside.html", "/etc/hostname", "missing.html"])
@pytest.mark.parametrize("kind", ["source", "file", "screenshot"])
def test_a_file_outside_of_the_attempt_is_refused_and_logged(translator, kind, name):
    """X-130."""
    translator.add({"type": kind, "n": 1, "t": 1, "seq": 1, "file": name, "kind": "download", "name": "x"})
    assert translator.stored == []
    assert name in translator.evidence.log_tail()
    assert (translator.folder.parent / "outside.html").read_text() == "outside"


def test_a_link_that_leads_out_of_the_folder_is_not_followed(translator):
    """X-130."""
    (translator.folder / "artifacts" / "link.html").symlink_to(translator.folder.parent / "outside.html")
    translator.add({"type": "source", "n": 1, "t": 1, "seq": 1, "file": "link.html", "url": None})
    assert translator.stored == []


def test_a_long_message_is_cut_with_a_note_in_the_row_and_in_its_parts(translator):
    """runner D.5."""
    error = {"code": "assertion", "message": "x" * 9000, "expected": "a", "found": "b", "tried": [], "waited_ms": None}
    translator.add({"type": "step_begin", "n": 1, "t": 1, "seq": 1, "index": 0, "keyword": "When", "text": "Press"})
    translator.add({"type": "step_end", "n": 2, "t": 2, "seq": 1, "status": "Failed", "duration_ms": 1, "error": error})
    values = translator.take_batch().steps[-1].values
    assert len(values["error"]) == 4000
    assert values["error"].endswith("(text cut)")
    assert values["detail"]["error"]["message"] == values["error"]
