"""Tables of departments, roles, accounts, memberships, API keys and sign-ins.  Contract: rest-api A2, A3.1, A4.2."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from cometa_accounts.naming import LONGEST_KEY, name_key
from cometa_core.db.base import Model


class Department(Model):
    """Who may see what: rows of a department are visible to its members."""

    __tablename__ = "accounts_department"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    slug: Mapped[str] = mapped_column(String(110), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    @validates("name")
    def follow_name(self, _key: str, name: str) -> str:
        """Keep the key of the name, by which names are unique whatever their case."""
        self.name_key = name_key(name)
        return name


class Role(Model):
    """A named set of flags with a power."""

    __tablename__ = "accounts_role"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    power: Mapped[int]
    # Flag name -> bool; a flag that is missing here has never been decided for this role.
    flags: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Account(Model):
    """A person or program that calls the API."""

    __tablename__ = "accounts_account"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(250))
    email: Mapped[str] = mapped_column(String(100))
    email_key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("accounts_role.id"))
    created_at: Mapped[datetime]
    last_login: Mapped[datetime | None]
    login_counter: Mapped[int] = mapped_column(default=0)
    favourite_browsers: Mapped[list[Any]] = mapped_column(default=list)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)

    role: Mapped[Role] = relationship(lazy="joined", innerjoin=True)
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", order_by="Membership.department_id", lazy="selectin"
    )

    @validates("email")
    def follow_email(self, _key: str, email: str) -> str:
        """Keep the key of the address, by which addresses are unique whatever their case."""
        self.email_key = name_key(email)
        return email


class Membership(Model):
    """An account belongs to a department."""

    __tablename__ = "accounts_membership"
    __audited__ = True
    __table_args__ = (UniqueConstraint("account_id", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id", ondelete="CASCADE"))
    department_id: Mapped[int] = mapped_column(ForeignKey("accounts_department.id", ondelete="CASCADE"), index=True)

    account: Mapped[Account] = relationship(back_populates="memberships")
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class ApiKey(Model):
    """A key of an account; only the hash of its secret is stored."""

    __tablename__ = "accounts_api_key"
    __audited__ = True

    key_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), info={"secret": True})
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Subject(Model):
    """An account is known to an identity provider under a subject.  Contract: rest-api A2.1."""

    __tablename__ = "accounts_subject"
    __audited__ = True
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts_account.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))


class SignIn(Model):
    """A browser session; only the hash of its cookie is stored.  Contract: rest-api A2.

    What the provider said is kept, because the account may be created after the sign-in (rest-api A2.2).
    """

    __tablename__ = "accounts_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_account.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)
    counted: Mapped[bool] = mapped_column(default=False)


class Invitation(Model):
    """Somebody may register with departments; only the hash of the code is stored.  Contract: R-045."""

    __tablename__ = "accounts_invitation"
    __audited__ = True

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True, info={"secret": True})
    email: Mapped[str] = mapped_column(String(100))
    email_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    # Ids of the departments that the new account becomes a member of.
    departments: Mapped[list[Any]]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
