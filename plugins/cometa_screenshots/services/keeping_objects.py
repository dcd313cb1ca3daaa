"""Which objects of the artifact store baselines need.  Contract: runner I.4, X-132."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from cometa_screenshots.models import Baseline


def find_baselines(session: Session, department_id: int, digests: Collection[str]) -> set[str]:
    """Return which of some objects are pictures of baselines, whatever their state."""
    query = select(Baseline.sha256).where(Baseline.department_id == department_id, Baseline.sha256.in_(digests))
    return set(session.scalars(query.distinct()))
