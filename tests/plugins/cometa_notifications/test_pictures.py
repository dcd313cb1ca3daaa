"""Pictures of steps inside of mails.  Contract: runner L (``$screenshot[n]``)."""

import io

from run_bench import row

from cometa_executions.api import ArtifactReport, Batch, Ending, State, StepReport, store_batch
from cometa_notifications.mail.gallery import Gallery, Picture


def stored(bench, content):
    digest, size = bench.runtime.artifacts.put(1, io.BytesIO(content))
    return {"role": "current", "name": "p.png", "mime": "image/png", "size": size, "sha256": digest}


def test_pictures_are_named_from_either_end_and_stand_in_the_text(bench, work_off, mail_server):
    """Each picture is sent once, however often it is named; one that is gone is said so."""
    body = "First $screenshot[1], last $screenshot[last] or $screenshot[-1], gone $screenshot[2], none $screenshot[9]"
    claim = bench.running(send_mail=True, email_address=["qa@example.org"], email_body=body)
    pictures = [stored(bench, b"first"), {**stored(bench, b"gone"), "sha256": "0" * 64}, stored(bench, b"last")]
    with bench.runtime.unit_of_work() as scope:
        steps = [StepReport(number, row(number, "Success")) for number in (1, 2, 3)]
        artifacts = [ArtifactReport(number, picture) for number, picture in enumerate(pictures, start=1)]
        store_batch(scope, claim.run, claim.lease, claim.attempt, Batch(steps, artifacts))
    assert bench.end(claim, Ending(State.SUCCESS))
    work_off()
    [(_, mail)] = mail_server.mails()
    related = {part["Content-ID"]: part.get_content() for part in mail.walk() if part["Content-ID"]}
    assert sorted(related.values()) == [b"first", b"last"]
    text = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    assert all(f'src="cid:{name[1:-1]}"' in text for name in related)
    assert text.count("cid:") == 3
    assert "gone (screenshot 2 is not available), none (screenshot 9 is not available)" in text
    plain = mail.get_body(("plain",)).get_content()
    assert plain.startswith("First (screenshot 1), last (screenshot last) or (screenshot -1)")


def test_pictures_that_would_make_a_mail_too_large_are_left_out():
    def read(picture):
        return b"x" * picture.size

    gallery = Gallery([Picture("a" * 64, 6 << 20, 1), Picture("b" * 64, 6 << 20, 2), Picture("c" * 64, 1, 3)], read)
    assert [gallery.content_id(which) is not None for which in ("1", "2", "3", "0")] == [True, False, True, False]
