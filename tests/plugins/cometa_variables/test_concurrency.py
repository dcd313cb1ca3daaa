"""Writers at the same time lose nothing, and the database itself refuses two rows with one key."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from cometa_variables.models import Variable

BOTH = pytest.mark.parametrize("runtime", ["sqlite", "postgresql"], indirect=True)
WRITERS = 8


@BOTH
def test_eight_writers_lose_nothing(api, entry):
    """R-166, R-171."""

    def write(number):
        for turn in range(3):
            own = [entry(f"own_{number}_{turn}_{place}", str(place)) for place in range(4)]
            rows = api.set(entry("shared", f"{number}"), entry("wide", f"{number}", based="department"), *own)
            assert len(rows) == 6

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    names = [row["variable_name"] for row in api.get("/api/variables/").json]
    assert len(names) == len(set(names)) == WRITERS * 3 * 4 + 2


@BOTH
@pytest.mark.parametrize("scope", ["department", "environment"])
def test_the_database_takes_nulls_for_equal(runtime, scope):
    """R-171."""
    environment = {"department": {}, "environment": {"environment_id": 2, "environment_key": 2}}[scope]
    with runtime.sessions() as session:
        moment = runtime.clock.now()
        row = {"department_id": 1, "name": "a", "value": "1", "based": scope, "environment_key": 0, "feature_key": 0,
               "encrypted": False, "created_at": moment, "updated_at": moment, **environment}  # fmt: skip
        session.execute(insert(Variable), [row])
        with pytest.raises(IntegrityError):
            session.execute(insert(Variable), [row])
