"""How many results wait and run, for Prometheus."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cometa_executions.models import Result
from cometa_executions.states import UNFINISHED


def unfinished_results(session: Session) -> Mapping[str, int]:
    """Count the results that are not finished, by state; zero where there are none."""
    query = (
        select(Result.state, func.count())
        .where(Result.state.in_(UNFINISHED), Result.removed.is_(False))
        .group_by(Result.state)
    )
    found = dict(session.execute(query).all())
    return {f"results_{state.lower()}": found.get(state, 0) for state in UNFINISHED}
