"""What plugins are told about schedules."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MissedStart:
    """Planned starts of a feature, decided about together, that started nothing.  Contract: runner J.5.

    Attributes:
        fire_id: key of the record of the first one.
        feature_id: key of the feature.
        feature_name: its name.
        department_id: its department.
        outcome: ``missed`` or ``skipped``.
        reason: machine word of runner J.5, for instance ``downtime`` or ``no_browser``.
        first: earliest planned time, UTC.
        last: latest planned time, UTC; the same where there is one.
        count: how many planned times.
    """

    fire_id: int
    feature_id: int
    feature_name: str
    department_id: int
    outcome: str
    reason: str
    first: datetime
    last: datetime
    count: int
