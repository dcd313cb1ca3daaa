"""How many events a worker stores."""

import time

import pytest

PER_SECOND = 1000
PER_SECOND_BESIDE_OTHER_TESTS = 300


def check_rate(tried, count, seconds, wanted):
    begin = time.monotonic()
    result = tried.end(seconds * 3 + 20)
    taken = time.monotonic() - begin
    assert result.state == "Success"
    print(f"{count / taken:,.0f} events per second")  # noqa: T201 - the figure is asked for
    assert count / taken >= wanted
    with tried.bench.runtime.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT count(*) FROM core_event WHERE type = 'step.detail'").scalar()
    assert stored == count


def test_many_events_are_stored_in_each_second(attempt):
    """X-049: the short form, which runs beside other tests; runner B.4."""
    check_rate(attempt('Say "4000" texts'), 4000, 4, PER_SECOND_BESIDE_OTHER_TESTS)


@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_a_thousand_events_are_stored_in_each_second_of_a_minute(attempt):
    """X-049."""
    step = {"step_content": 'Say "60000" texts', "timeout": 200}
    check_rate(attempt(step), 60_000, 60, PER_SECOND)
