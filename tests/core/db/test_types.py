"""Column types mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text

from cometa_core.db.base import JsonDocument, UtcDateTime

KATHMANDU = timezone(timedelta(hours=5, minutes=45))


def table_in(engine):
    made = Table(
        "things",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("at", UtcDateTime()),
        Column("data", JsonDocument),
    )
    made.create(engine)
    return made


def test_a_moment_of_any_zone_comes_back_in_utc_with_its_microseconds(engine):
    things = table_in(engine)
    moment = datetime(2026, 3, 29, 2, 30, 0, 123456, KATHMANDU)
    with engine.begin() as connection:
        connection.execute(insert(things).values(id=1, at=moment))
        found = connection.execute(select(things.c.at)).scalar_one()
    assert found == moment
    assert found.tzinfo is UTC
    assert found.microsecond == 123456


def test_moments_are_compared_as_moments(engine):
    things = table_in(engine)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(insert(things), [{"id": 1, "at": noon}, {"id": 2, "at": noon + timedelta(hours=1)}])
        later = select(things.c.id).where(things.c.at > (noon + timedelta(minutes=1)).astimezone(KATHMANDU))
        assert connection.execute(later).scalars().all() == [2]


def test_the_zone_of_the_connection_changes_nothing(engine):
    things = table_in(engine)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("set local time zone 'Asia/Kathmandu'"))
        connection.execute(insert(things).values(id=1, at=noon))
        assert connection.execute(select(things.c.at)).scalar_one().isoformat() == "2026-01-01T12:00:00+00:00"


def test_no_moment_stays_none_and_documents_come_back(engine):
    things = table_in(engine)
    document = {"name": "Grüße 🦆", "list": [1, 2.5, None, True]}
    with engine.begin() as connection:
        connection.execute(insert(things).values(id=1, at=None, data=document))
        assert connection.execute(select(things.c.at, things.c.data)).one() == (None, document)
