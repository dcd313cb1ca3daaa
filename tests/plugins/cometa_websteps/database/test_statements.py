"""Asking and changing databases, the same for both kinds."""

import threading
import time

import pytest

from cometa_runner.steps import Cancelled, Deadline, Match

SLOW = {
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n",
    "postgresql": "select pg_sleep(30)",
}


def test_rows_are_kept_as_a_list_of_objects(shop, say, run, value) -> None:
    say('Ask database "shop" for "select id, state, price from orders order by id" and remember rows as "orders"')
    assert value("orders") == [
        {"id": 1, "state": "paid", "price": 19.9},
        {"id": 2, "state": "open", "price": 5},
        {"id": 3, "state": None, "price": 7.25},
    ]
    assert run.details == ["Rows: 3"]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select id from orders where state like 'p%'", [{"id": 1}]),
        ("select id from orders where state = ':x'", []),
        ("-- all\n /* of\nthem */ select count(*) as n from orders", [{"n": 3}]),
        ("select 1 as a, 2 as a, 3 as b", [{"a": 1, "a_2": 2, "b": 3}]),
    ],
)
def test_statements_are_passed_on_letter_by_letter(shop, say, value, sql, rows) -> None:
    say(f'Ask database "shop" for "{sql}" and remember rows as "rows"')
    assert value("rows") == rows


def test_more_rows_than_allowed_are_left_out_with_a_warning(shop, say, settle, run, value) -> None:
    settle(sql_rows=2)
    say('Ask database "shop" for "select id from orders order by id" and remember rows as "rows"')
    assert value("rows") == [{"id": 1}, {"id": 2}]
    assert run.warnings == ["The query gives more than 2 rows; the others are left out (cometa.step.sql_rows)."]
    settle(sql_rows=3)
    say('Ask database "shop" for "select id from orders" and remember rows as "rows"')
    assert run.warnings == []


def test_a_change_is_committed_and_its_rows_are_counted(shop, say, run, value) -> None:
    say('Change database "shop" with "delete from orders where test = 1"')
    assert run.details == ["Rows touched: 2"]
    assert run.notes == [("Change of a database", "delete from orders where test = 1\n\nRows touched: 2")]
    say('Ask database "shop" for "select count(*) as n from orders" and remember rows as "rows"')
    assert value("rows") == [{"n": 1}]
    say('Change database "shop" with "create table notes (a text)"')
    assert run.details == ["Done; such a statement touches no rows."]
    say('Change database "shop" with "drop table notes"')


@pytest.mark.parametrize("sql", ["delete from orders", "create table x (a text)", "insert into orders (id) values (9)"])
def test_a_query_changes_nothing(shop, say, fails, value, sql) -> None:
    failure = fails(f'Ask database "shop" for "{sql}" and remember rows as "rows"')
    assert failure.code == "database"
    assert failure.expected == "the query to be answered by the database shop"
    assert "read" in failure.found
    say('Ask database "shop" for "select count(*) as n from orders" and remember rows as "rows"')
    assert value("rows") == [{"n": 3}]


def test_a_statement_without_rows_is_no_query(shop, fails) -> None:
    sql = {"sqlite": "pragma foreign_keys = on", "postgresql": "set application_name = 'x'"}[shop]
    failure = fails(f'Ask database "shop" for "{sql}" and remember rows as "rows"')
    assert (failure.code, failure.expected, failure.found) == ("bad-value", "a query that gives rows", f'"{sql}"')


@pytest.mark.parametrize("sql", ["select 1; select 2", "select 1; commit; delete from orders"])
def test_several_statements_are_refused(shop, say, fails, value, sql) -> None:
    for sentence in (
        f'Ask database "shop" for "{sql}" and remember rows as "rows"',
        f'Change database "shop" with "{sql}"',
    ):
        assert fails(sentence).code == "database"
    say('Ask database "shop" for "select count(*) as n from orders" and remember rows as "rows"')
    assert value("rows") == [{"n": 3}]


def test_what_the_database_says_about_an_error_is_shown(shop, fails) -> None:
    failure = fails('Ask database "shop" for "select * from nothing" and remember rows as "rows"')
    assert failure.code == "database"
    assert failure.expected == "the query to be answered by the database shop"
    assert "nothing" in failure.found
    failure = fails('Change database "shop" with "updat orders"')
    assert failure.expected == "the statement to be carried out by the database shop"
    assert "syntax error" in failure.found
    assert "\n" not in failure.found


@pytest.mark.parametrize(
    ("sentence", "code", "expected"),
    [
        ('Ask database "shop" for " " and remember rows as "rows"', "bad-value", "one SQL statement"),
        ('Change database "shop" with ""', "bad-value", "one SQL statement"),
        ('Ask database "shop" for "select 1" and remember rows as "a b"', "bad-value", "a variable name"),
        (
            'Ask database "none" for "select 1" and remember rows as "rows"',
            "database",
            'an open database with the name "none"',
        ),
        ('Change database "none" with "select 1"', "database", 'an open database with the name "none"'),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_happens(shop, fails, sentence, code, expected) -> None:
    failure = fails(sentence)
    assert failure.code == code
    assert failure.expected.startswith(expected)
    if code == "database":
        assert failure.found == 'only "shop"'


def test_a_statement_that_takes_too_long_ends_with_the_step(shop, say, fails) -> None:
    begin = time.monotonic()
    failure = fails(f'Ask database "shop" for "{SLOW[shop]}" and remember rows as "rows"', timeout=0.5)
    assert failure.code == "timeout"
    assert time.monotonic() - begin < 2
    say('Ask database "shop" for "select 1 as a" and remember rows as "rows"')


def test_a_statement_ends_with_a_cancel_and_the_connection_can_be_used(shop, say, run, vocabulary, value) -> None:
    cancel = threading.Event()
    run.deadline = Deadline(20, cancel)
    match = vocabulary.match(f'Ask database "shop" for "{SLOW[shop]}" and remember rows as "rows"')
    assert isinstance(match, Match)
    threading.Timer(0.2, cancel.set).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        match.definition.function(run, **match.values)
    assert time.monotonic() - begin < 2
    say('Ask database "shop" for "select count(*) as n from orders" and remember rows as "rows"')
    assert value("rows") == [{"n": 3}]
