"""Browser sessions: opening, finding, ending.  Contract: rest-api A2, A2.1, R-040, R-042."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cometa_accounts.hashing import hash_of
from cometa_accounts.models import Account, SignIn, Subject
from cometa_accounts.naming import name_key
from cometa_core.audit import record
from cometa_core.errors import Unauthenticated
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope

SEEN_RESOLUTION = timedelta(minutes=1)
LONGEST_EMAIL = 100
LONGEST_NAME = 250
LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Claims:
    """What an identity provider, or a trusted proxy, says about a person.

    Attributes:
        email: address; empty when it is unknown or not verified.
        name: display name; may be empty.
        provider: id of the provider in the settings; empty for a proxy.
        issuer: issuer of the ID token.
        subject: what the issuer calls the person.
    """

    email: str
    name: str = ""
    provider: str = ""
    issuer: str = ""
    subject: str = ""


def open_session(scope: Scope, claims: Claims) -> str:
    """Open a session for somebody whom a provider identified, and return the text of its cookie.

    The account is that of issuer and subject, else that of the verified address, to which the subject is bound then.
    Without one the session waits for its registration.

    Raises:
        Unauthenticated: ``invalid_credentials``: unknown, and without a verified address that an account could have.
    """
    if not claims.subject or max(len(claims.issuer), len(claims.subject)) > LONGEST_SUBJECT:
        raise Unauthenticated("The provider names no usable subject.", code="invalid_credentials")
    account_id = account_of(scope.session, claims)
    if account_id is None and not 0 < len(claims.email) <= LONGEST_EMAIL:
        sentence = "The provider names no verified e-mail address. Verify yours there and sign in again."
        raise Unauthenticated(sentence, code="invalid_credentials")
    token, now = secrets.token_urlsafe(32), scope.now()
    forget_ended(scope)
    scope.session.add(
        SignIn(
            token_hash=hash_of(token),
            account_id=account_id,
            provider=claims.provider,
            issuer=claims.issuer,
            subject=claims.subject,
            email=claims.email[:LONGEST_EMAIL],
            name=claims.name[:LONGEST_NAME],
            created_at=now,
            last_seen=now,
        )
    )
    if account_id is not None:
        bind_subject(scope.session, account_id, claims)
    record(scope, "signed_in", f"account:{account_id or 'none'}", after={"email": claims.email, "way": claims.provider})
    return token


def account_of(session: Session, claims: Claims) -> int | None:
    """Return the id of the account that claims mean, or None."""
    query = select(Subject.account_id).where(Subject.issuer == claims.issuer, Subject.subject == claims.subject)
    found = session.scalar(query)
    if found is None and claims.email:
        found = session.scalar(select(Account.id).where(Account.email_key == name_key(claims.email)))
    return found


def bind_subject(session: Session, account_id: int, claims: Claims) -> None:
    """Remember what a provider calls an account, unless that is known."""
    query = select(Subject.id).where(Subject.issuer == claims.issuer, Subject.subject == claims.subject)
    if claims.subject and session.scalar(query) is None:
        session.add(Subject(account_id=account_id, issuer=claims.issuer, subject=claims.subject))
        session.flush()


def unbind_subjects(session: Session, account_id: int) -> None:
    """Forget what providers call an account, whose address changed."""
    session.execute(delete(Subject).where(Subject.account_id == account_id))


def find_session(session: Session, token: str, runtime: Runtime) -> SignIn | None:
    """Return the session of a cookie, or None when it is unknown or over."""
    row = session.get(SignIn, hash_of(token))
    seen_after, opened_after = limits_of(runtime)
    return row if row is not None and row.last_seen > seen_after and row.created_at > opened_after else None


def limits_of(runtime: Runtime) -> tuple[datetime, datetime]:
    """Return when a session must have been seen last, and when it must have been opened, to be alive."""
    now, settings = runtime.clock.now(), runtime.settings
    idle = timedelta(hours=settings.integer("cometa.session_hours"))
    return now - idle, now - timedelta(days=settings.integer("cometa.session_max_days"))


def note_seen(scope: Scope, token: str) -> None:
    """Let a session that is used go on."""
    statement = update(SignIn).where(SignIn.token_hash == hash_of(token)).values(last_seen=scope.now())
    scope.session.execute(statement.execution_options(synchronize_session=False))


def end_session(scope: Scope, token: str) -> str | None:
    """End the session of a cookie and return the id of its provider; None when there is no such session."""
    row = scope.session.get(SignIn, hash_of(token))
    if row is None:
        return None
    provider, account_id = row.provider, row.account_id
    scope.session.delete(row)
    record(scope, "signed_out", f"account:{account_id or 'none'}")
    return provider


def forget_ended(scope: Scope) -> None:
    """Delete sessions that are over."""
    seen_after, opened_after = limits_of(scope.runtime)
    over = or_(SignIn.last_seen <= seen_after, SignIn.created_at <= opened_after)
    scope.session.execute(delete(SignIn).where(over).execution_options(synchronize_session=False))


def csrf_token(token: str) -> str:
    """Derive from a session's cookie the value of the readable one, which reveals nothing about the first."""
    return hashlib.sha256(f"cometa csrf {token}".encode()).hexdigest()
