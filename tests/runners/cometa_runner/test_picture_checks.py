"""What a verdict means for a step, in words for testers."""

import pytest

from cometa_runner.picture_checks import failure_by
from cometa_runner.protocol import encode

SIZE = (1920, 1080)


@pytest.mark.parametrize("word", ["equal", "within", "new"])
def test_good_verdicts_fail_nothing(word):
    """F.5."""
    assert failure_by({"verdict": word, "pixel_diff": 0, "limit": 0}, SIZE) is None


@pytest.mark.parametrize("word", ["different", "size_changed", "pending", "error"])
def test_the_worker_says_whether_a_bad_verdict_fails(word):
    """F.5, X-108: a worker that does not say so leaves it to the word."""
    verdict = {"verdict": word, "pixel_diff": 5, "limit": 0}
    assert failure_by({**verdict, "fails": False}, SIZE) is None
    assert failure_by({**verdict, "fails": True}, SIZE).code == "visual"
    assert failure_by(verdict, SIZE).code == "visual"


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        ({"verdict": "different", "pixel_diff": 2501, "limit": 500}, "2,501 pixels differ (0.12 %), allowed 500."),
        ({"verdict": "different", "pixel_diff": 1, "limit": 0}, "1 pixel differs (less than 0.01 %), allowed 0."),
        (
            {"verdict": "size_changed", "pixel_diff": 38_400, "limit": 0},
            "38,400 pixels differ (1.85 %), allowed 0. The picture has another size than the baseline: "
            "1920 x 1080 pixels now.",
        ),
        (
            {"verdict": "pending", "pixel_diff": 0, "limit": 0, "reason": "Nobody has approved one yet."},
            "Expected an approved picture to compare with, found none: Nobody has approved one yet.",
        ),
        (
            {"verdict": "different", "pixel_diff": 0, "limit": 0, "reason": "It was rejected before."},
            "0 pixels differ (0.00 %), allowed 0. It was rejected before.",
        ),
        (
            {"verdict": "error", "pixel_diff": None, "limit": 0, "reason": "The baseline is missing."},
            "Expected a comparison with the baseline, found that it is impossible: The baseline is missing.",
        ),
        (
            {},
            "Expected a comparison with the baseline, found that it is impossible: no verdict came in time.",
        ),
    ],
)
def test_the_message_says_what_was_expected_and_found(verdict, line):
    """D.5, F.5."""
    failure = failure_by(verdict, SIZE)
    assert str(failure).splitlines()[0] == line
    assert failure.expected
    assert failure.found
    assert encode({"error": str(failure)})
    assert str(failure_by(verdict, SIZE, "basket")).startswith(f'Picture "basket": {line}')
