"""How a run that goes on looks in the terminal."""

from rich.console import Console

from cometa_executions.api import EventOut
from cometa_live.board import Board


def test_steps_are_shown_as_they_go():
    def event(kind, **data):
        return EventOut(
            seq=1, type=kind, feature_id=1, run_id=1, feature_result_id=7, department_id=1,
            at="2026-01-31T08:10:02Z", data=data,
        )  # fmt: skip

    board = Board()
    for number in range(1, 8):
        board.take(event("step.begin", seq=number, keyword="When", text=f"I do {number}"))
    board.take(event("step.end", seq=6, status="Failed", duration_ms=12, error="expected [a]\nfound [b]"))
    console = Console(record=True, width=100)
    console.print(board.table())
    shown = console.export_text()
    assert "When I do 2" not in shown
    assert "When I do 7" in shown
    assert "expected [a]" in shown
    assert "found [b]" in shown
    board.take(event("result.error", reason="worker_lost", message="The worker is gone."))
    board.take(event("result.finished", state="Error"))
    console.print(board.table(most=None))
    shown = console.export_text()
    assert "When I do 1" in shown
    assert "The worker is gone." in shown
