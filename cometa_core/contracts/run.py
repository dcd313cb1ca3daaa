"""What plugins are told about runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class RunInfo:
    """The run and result that an event belongs to.

    Attributes:
        run_id: key of the run.
        feature_result_id: key of the result, None for events of the whole run.
        feature_id: key of the feature.
        feature_name: its name.
        department_id: department of the feature.
    """

    run_id: int
    feature_result_id: int | None
    feature_id: int
    feature_name: str
    department_id: int


@dataclass(frozen=True)
class RunEvent:
    """Something that happened to a run.  Contract: runner K.1, K.3.

    Attributes:
        type: for instance ``result.queued``, ``step.end``, ``run.completed``.
        seq: place in the run, from 1 without gaps.
        at: moment in UTC.
        data: fields by type.
    """

    type: str
    seq: int
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ResultEnding:
    """How a result ended.

    Attributes:
        state: terminal state: ``Success``, ``Failed``, ``Canceled``, ``Error`` or ``Timeout``.
        reason: machine word of runner A.3; empty for Success and Failed.
        text: sentence for people; empty for Success and Failed.
        event: the stored event ``result.finished``, whose data has the totals.
    """

    state: str
    reason: str
    text: str
    event: RunEvent
