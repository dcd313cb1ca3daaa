"""Values of databases as JSON."""

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest

from cometa_websteps.database.rows import plain, unique


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**70, 2**70),
        ("ä", "ä"),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (Decimal("19.90"), 19.9),
        (Decimal("5.00"), 5),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1e400"), "1E+400"),
        (Decimal("NaN"), "NaN"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), "2026-01-02T03:04:05+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(3, 4), "03:04:00"),
        (dt.timedelta(days=1), "1 day, 0:00:00"),
        (b"\x00\xff", "00ff"),
        (memoryview(b"a"), "61"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": [Decimal(1), {2: b"a"}]}, {"a": [1, {"2": "61"}]}),
        ((1, {2}), [1, [2]]),
    ],
)
def test_a_value_becomes_json_without_loss(value, written) -> None:
    assert plain(value) == written
    assert type(plain(value)) is type(written)
    json.dumps(plain(value), allow_nan=False)


def test_columns_of_one_name_are_told_apart() -> None:
    assert unique(["id", "name", "id", "id_2", "id"]) == ["id", "name", "id_2", "id_2_2", "id_3"]
