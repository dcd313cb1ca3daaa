"""What steps keep until the end of the run."""

import pytest

from cometa_runner.steps.kept import Kept


def test_a_thing_is_made_once_and_given_again():
    """The second step gets what the first one made."""
    kept = Kept()
    first = kept.keep("rest.session", object, lambda _thing: None)
    assert kept.keep("rest.session", object, lambda _thing: None) is first


def test_everything_is_closed_the_youngest_first_and_once():
    """steps.json, Open database: all connections are closed at the end of the run."""
    kept, closed = Kept(), []
    for name in ("database.shop", "database.stock"):
        kept.keep(name, lambda name=name: name, closed.append)
    kept.close()
    kept.close()
    assert closed == ["database.stock", "database.shop"]


def test_a_thing_that_cannot_be_closed_keeps_no_other_open():
    """A broken connection is logged; the others are closed."""
    kept, closed = Kept(), []
    kept.keep("database.shop", lambda: "shop", closed.append)

    def refuse(_thing: object) -> None:
        raise OSError("gone")

    kept.keep("database.stock", lambda: "stock", refuse)
    kept.close()
    assert closed == ["shop"]


def test_what_cannot_be_made_is_not_kept():
    """The next step tries again."""
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.keep("database.shop", lambda: 1 / 0, lambda _thing: None)
    assert kept.keep("database.shop", lambda: "shop", lambda _thing: None) == "shop"
