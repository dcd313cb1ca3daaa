"""What steps put right after their picture."""

from cometa_runner.steps.afterwards import Afterwards


def test_the_last_thing_is_undone_first_and_once() -> None:
    undone: list[int] = []
    afterwards = Afterwards()
    afterwards.add(lambda: undone.append(1))
    afterwards.add(lambda: undone.append(2))
    afterwards.run()
    afterwards.run()
    assert undone == [2, 1]


def test_what_cannot_be_undone_goes_to_the_log(caplog) -> None:
    undone: list[int] = []
    afterwards = Afterwards()
    afterwards.add(lambda: undone.append(1))
    afterwards.add(lambda: 1 / 0)
    afterwards.run()
    assert undone == [1]
    assert "ZeroDivisionError" in caplog.text
