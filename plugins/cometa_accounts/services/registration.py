"""Registration of those whom a provider or proxy identified; invitations.  Contract: rest-api A2.2, R-042 to R-045."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from cometa_accounts.announcing import announce_account
from cometa_accounts.hashing import hash_of
from cometa_accounts.models import Account, Department, Invitation, Membership, Role, SignIn
from cometa_accounts.naming import name_key
from cometa_accounts.roles import SUPERUSER
from cometa_accounts.services.accounts import department_named
from cometa_accounts.services.sign_ins import LONGEST_NAME, Claims, bind_subject
from cometa_core.audit import record
from cometa_core.errors import Forbidden
from cometa_core.scope import Scope

INVITATION_DAYS = 7
FIRST_ROLE = "ANONYMOUS"


def invite(scope: Scope, email: str, departments: Sequence[str]) -> str:
    """Make an invitation and return its code, which exists only here.

    Args:
        scope: unit of work.
        email: address that the code is for.
        departments: names of the departments that the account will belong to; created when they are missing.
    """
    code = secrets.token_urlsafe(24)
    invitation = Invitation(
        code_hash=hash_of(code),
        email=email,
        email_key=name_key(email),
        departments=[department_named(scope, name).id for name in departments],
        expires_at=scope.now() + timedelta(days=INVITATION_DAYS),
    )
    scope.session.add(invitation)
    record(scope, "account.invited", f"address:{email}"[:100])
    return code


def use_invitation(scope: Scope, code: str, email: str) -> list[int] | None:
    """Use a code up and return ids of departments; None for one that is unknown, foreign, used or too old."""
    statement = (
        update(Invitation)
        .where(
            Invitation.code_hash == hash_of(code),
            Invitation.email_key == name_key(email),
            Invitation.used_at.is_(None),
            Invitation.expires_at > scope.now(),
        )
        .values(used_at=scope.now())
        .returning(Invitation.departments)
        .execution_options(synchronize_session=False)
    )
    return scope.session.scalar(statement) if code else None


def register(scope: Scope, claims: Claims, code: str = "") -> Account:
    """Create the account of a verified address.

    Raises:
        Forbidden: ``permission_missing``: ``cometa.invite_only``, and the code is none for this address.
    """
    settings, session = scope.runtime.settings, scope.session
    first = name_key(settings.text("cometa.bootstrap_superuser")) == name_key(claims.email)
    invited = use_invitation(scope, code, claims.email)
    if invited is None and not first and settings.flag("cometa.invite_only"):
        raise Forbidden("Only who is invited may register here. Ask for an invitation.")
    account = Account(
        name=(claims.name or claims.email.partition("@")[0])[:LONGEST_NAME],
        email=claims.email,
        role=session.scalars(select(Role).where(Role.name == (SUPERUSER if first else FIRST_ROLE))).one(),
        created_at=scope.now(),
    )
    # A department of the invitation may be gone by now; the first one, whatever its name is, always exists.
    found = session.scalars(select(Department).where(Department.id.in_(invited or [1]))).all()
    chosen = found or [session.get_one(Department, 1)]
    account.memberships = [Membership(department=department) for department in chosen]
    session.add(account)
    session.flush()
    bind_subject(session, account.id, claims)
    record(scope, "account.registered", f"account:{account.id}")
    announce_account(scope, "account.added", account)
    return account


def claim_session(scope: Scope, token: str, account_id: int) -> None:
    """Give a session that waited for its registration the new account."""
    statement = update(SignIn).where(SignIn.token_hash == hash_of(token), SignIn.account_id.is_(None))
    scope.session.execute(statement.values(account_id=account_id).execution_options(synchronize_session=False))


def count_login(scope: Scope, account_id: int, name: str, *, unless_after: datetime | None = None) -> None:
    """Note that somebody signed in, with the name that the provider knows.

    Args:
        scope: unit of work.
        account_id: who signed in.
        name: display name; empty = keep the present one.
        unless_after: count nothing when the last login is younger than this.
    """
    changes: dict[str, Any] = {"last_login": scope.now(), "login_counter": Account.login_counter + 1}
    if name:
        changes["name"] = name[:LONGEST_NAME]
    statement = update(Account).where(Account.id == account_id).values(changes)
    if unless_after is not None:
        statement = statement.where(or_(Account.last_login.is_(None), Account.last_login <= unless_after))
    scope.session.execute(statement.execution_options(synchronize_session=False))


def count_session(scope: Scope, token: str, account_id: int, name: str) -> None:
    """Count the login of a session, the first time that it is asked for."""
    statement = (
        update(SignIn).where(SignIn.token_hash == hash_of(token), SignIn.counted.is_(False)).values(counted=True)
    ).returning(SignIn.token_hash)
    if scope.session.scalar(statement.execution_options(synchronize_session=False)) is not None:
        count_login(scope, account_id, name)
