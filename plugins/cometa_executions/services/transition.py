"""The one place that changes the state of a result: a conditional update.  Contract: runner A.3, X-006, X-007."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cometa_executions.models import Result
from cometa_executions.states import ACTIVE, State, is_allowed


@dataclass(frozen=True)
class Lease:
    """The right to write about a result: whoever holds its fence.  Contract: runner A.4.

    Attributes:
        result_id: key of the result.
        fence: number of the claim.
        beat: writes of the holder that it knows to be committed; each write names the one before it.
    """

    result_id: int
    fence: int
    beat: int = 0

    def after_write(self) -> "Lease":
        """Return the lease for the next write."""
        return replace(self, beat=self.beat + 1)


class LeaseLost(Exception):
    """The fence was taken by somebody else: roll back, kill the runner, touch nothing else."""


def change_state(
    session: Session, result_id: int, old: State, new: State, *, fence: int | None = None, **values: object
) -> bool:
    """Change the state of a result if it still is what the caller believes.

    Args:
        session: open transaction.
        result_id: key of the result.
        old: state it must have.
        new: state it gets.
        fence: fence it must have, for writers that hold a lease.
        values: further columns to set.

    Returns:
        Whether the change was made; False when somebody else was faster.

    Raises:
        ValueError: there is no such transition.
    """
    if not is_allowed(old, new):
        raise ValueError(f"A result never goes from {old} to {new}.")
    condition = [Result.id == result_id, Result.state == old.value]
    if fence is not None:
        condition.append(Result.fence == fence)
    statement = (
        update(Result).where(*condition).values(state=new.value, **values).execution_options(synchronize_session=False)
    )
    return session.connection().execute(statement).rowcount == 1


def raise_beat(session: Session, lease: Lease) -> bool:
    """Begin a fenced transaction: prove that the lease is still held and let observers see it.

    Returns:
        Whether the write is to be made; False when it was made already, by a commit whose answer was lost.
        Contract: X-034.

    Raises:
        LeaseLost: the result is no longer active under this fence.
    """
    statement = (
        update(Result)
        .where(
            Result.id == lease.result_id,
            Result.fence == lease.fence,
            Result.beat == lease.beat,
            Result.state.in_([state.value for state in ACTIVE]),
        )
        .values(beat=Result.beat + 1)
        .execution_options(synchronize_session=False)
    )
    if session.connection().execute(statement).rowcount == 1:
        return True
    found = session.execute(select(Result.fence, Result.beat).where(Result.id == lease.result_id)).first()
    if found is not None and tuple(found) == (lease.fence, lease.beat + 1):
        return False
    raise LeaseLost(f"Result {lease.result_id} is no longer held with fence {lease.fence}.")
