"""Service tokens: what an external runner identifies itself with.  Contract: rest-api A2.6."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cometa_core.contracts.identity import Identity
from cometa_core.contracts.permissions import KeyScope
from cometa_core.errors import Conflict, NotFound, Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.models import Result, Run, ServiceToken
from cometa_executions.states import UNFINISHED
from cometa_features.api import Feature

WAY = "service_token"
TOKEN = re.compile(r"cms_[A-Za-z0-9_-]{43}")
PERMISSIONS = frozenset({"run_feature", "view_feature"})
BEYOND_THE_LIMIT = timedelta(minutes=15)
AFTER_THE_END = timedelta(minutes=10)
REPORT_RESOLUTION = timedelta(seconds=5)
"""Calls that follow each other closer than this renew the lease once."""


@dataclass(frozen=True)
class IssuedToken:
    """A token that was just made; its full text exists only here."""

    text: str
    result_id: int
    expires_at: datetime


def issue_token(scope: Scope, result_id: int) -> IssuedToken:
    """Make a token for the external runner of a result; earlier ones of the result stay valid.

    From now on no worker takes the result.
    No right is checked: whoever hands out jobs decides who gets one.

    Raises:
        NotFound: there is no such result, or it was removed.
        Conflict: ``terminal_state``, it has ended; ``result_running``, a worker executes it.
    """
    session, now = scope.session, scope.now()
    _reserve(session, result_id)
    limit = timedelta(seconds=scope.runtime.settings.seconds("cometa.limit.feature_seconds"))
    text = f"cms_{secrets.token_urlsafe(32)}"
    session.execute(delete(ServiceToken).where(ServiceToken.expires_at <= now))
    row = ServiceToken(
        token_hash=hash_of(text), result_id=result_id, created_at=now, expires_at=now + limit + BEYOND_THE_LIMIT
    )
    session.add(row)
    session.flush()
    return IssuedToken(text, result_id, row.expires_at)


def _reserve(session: Session, result_id: int) -> None:
    """Take a result from the workers: whoever has its token executes it."""
    free = (Result.id == result_id, Result.state.in_([state.value for state in UNFINISHED]), Result.worker == "")
    statement = update(Result).where(*free, Result.removed.is_(False)).values(external=True)
    if session.connection().execute(statement.execution_options(synchronize_session=False)).rowcount == 1:
        return
    result = session.get(Result, result_id, populate_existing=True)
    if result is None or result.removed:
        raise NotFound(f"There is no result {result_id}.")
    if result.state not in {state.value for state in UNFINISHED}:
        raise Conflict(f"The result already ended as {result.state}.", code="terminal_state")
    raise Conflict(f"The worker {result.worker} executes this result.", code="result_running")


def hash_of(token: str) -> str:
    """Hash a random 256-bit secret; a slow hash would add nothing to its entropy."""
    return hashlib.sha256(token.encode()).hexdigest()


def runner_of_token(runtime: Runtime, token: str) -> Identity:
    """Return the runner that a token belongs to, and renew its lease.

    Raises:
        Unauthenticated: ``invalid_credentials`` for unknown tokens; ``expired_credentials`` for those that are too old
            or whose result ended more than 10 minutes ago.
    """
    now = runtime.clock.now()
    query = (
        select(ServiceToken.expires_at, Result, Feature.department_id, Run.executed_by)
        .join(ServiceToken.result)
        .join(Result.feature)
        .join(Result.run)
        .where(ServiceToken.token_hash == hash_of(token), Result.removed.is_(False))
    )
    # A short session of its own: the request's transaction belongs to the view.
    with runtime.reading() as session:
        found = session.execute(query).first()
        if found is None:
            raise Unauthenticated("The service token is wrong, or its result was removed.", code="invalid_credentials")
        expires_at, result, department_id, executed_by = found
    if expires_at <= now or (result.finished_at is not None and result.finished_at + AFTER_THE_END <= now):
        raise Unauthenticated("The service token has expired; a new job gets a new one.", code="expired_credentials")
    note_report(runtime, result, now)
    return _identity(result, department_id, executed_by)


def _identity(result: Result, department_id: int, executed_by: int | None) -> Identity:
    return Identity(
        account_id=executed_by or 0,
        email="",
        name=f"runner of result {result.id}",
        role="",
        power=0,
        permissions=PERMISSIONS,
        departments=frozenset({department_id}),
        key_scopes=frozenset({KeyScope.RUNNER.value}),
        way=WAY,
        attributes={"feature_result_id": result.id, "run_id": result.run_id, "feature_id": result.feature_id},
    )


def note_report(runtime: Runtime, result: Result, now: datetime) -> None:
    """Renew the lease of a runner; a database that is busy must not refuse its call for that."""
    if result.reported_at is not None and now - result.reported_at < REPORT_RESOLUTION:
        return
    statement = (
        update(Result)
        .where(Result.id == result.id, Result.state.in_([state.value for state in UNFINISHED]))
        .values(reported_at=now)
        .execution_options(synchronize_session=False)
    )
    try:
        with runtime.sessions() as session, session.begin():
            session.execute(statement)
    except OperationalError:
        return


def is_runner(scope: Scope) -> bool:
    """Tell whether a runner is calling with its service token."""
    return scope.identity.way == WAY
