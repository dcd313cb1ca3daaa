"""API keys: random secrets of which only a hash is stored.  Contract: rest-api A2, A2.4, R-030 to R-032, R-079."""

import hmac
import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from cometa_accounts.hashing import hash_of
from cometa_accounts.models import Account, ApiKey
from cometa_accounts.services.accounts import refuse_power, visible_account
from cometa_core.contracts.permissions import KeyScope
from cometa_core.errors import Forbidden, Invalid, NotFound
from cometa_core.scope import Scope

KEY = re.compile(r"cmt_(?P<id>[a-z0-9]{10})_(?P<secret>[A-Za-z0-9_-]{43})")
ID_ALPHABET = string.ascii_lowercase + string.digits
USED_RESOLUTION = timedelta(minutes=1)


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; its full text exists only here."""

    row: ApiKey
    text: str


def make_key(
    scope: Scope, account: Account, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> NewKey:
    """Make a key for an account.

    Raises:
        Invalid: an unknown scope, or an expiry in the past or beyond ``cometa.api_key_max_days``.
    """
    known = {found.value for found in KeyScope}
    unknown = sorted(set(scopes) - known)
    if unknown:
        raise Invalid.field("scopes", f"unknown scope {unknown[0]}; known are {', '.join(sorted(known))}")
    latest = scope.now() + timedelta(days=scope.runtime.settings.integer("cometa.api_key_max_days"))
    expiry = expires_at or latest
    if not scope.now() < expiry <= latest:
        raise Invalid.field("expires_on", f"must be in the future and not after {latest:%Y-%m-%d}")
    key_id = "".join(secrets.choice(ID_ALPHABET) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    row = ApiKey(
        key_id=key_id,
        name=name,
        account_id=account.id,
        secret_hash=hash_of(secret),
        scopes=sorted(set(scopes)),
        created_at=scope.now(),
        expires_at=expiry,
    )
    scope.session.add(row)
    scope.session.flush()
    return NewKey(row, f"cmt_{key_id}_{secret}")


def owner_of_new_key(scope: Scope, owner_id: int) -> Account:
    """Return the account that a new key is for.

    Raises:
        Forbidden: ``permission_missing`` for keys of others, ``role_too_powerful`` for keys of the more powerful.
        Invalid: unknown or not visible.
    """
    refuse_foreign_owner(scope, owner_id)
    try:
        owner = visible_account(scope, owner_id)
    except NotFound as error:
        raise Invalid.field("user_id", f"unknown id {owner_id}") from error
    refuse_power(scope, owner.role)
    return owner


def is_secret(row: ApiKey, secret: str) -> bool:
    """Compare a secret with the stored hash in constant time."""
    return hmac.compare_digest(row.secret_hash, hash_of(secret))


def keys_of(scope: Scope, user_id: int | None) -> Select[ApiKey]:
    """Select the keys of the caller, or of another account.

    Raises:
        Forbidden: keys of others need manage_configurations.
    """
    owner = scope.identity.account_id if user_id is None else user_id
    refuse_foreign_owner(scope, owner)
    return select(ApiKey).where(ApiKey.account_id == owner).order_by(ApiKey.created_at.desc(), ApiKey.key_id)


def revoke_key(scope: Scope, key_id: str) -> None:
    """Delete a key; it stops working at once.

    Raises:
        NotFound: there is no such key, or it is somebody else's.
        Forbidden: ``role_too_powerful`` for keys of the more powerful.
    """
    row = scope.session.get(ApiKey, key_id)
    own = row is not None and row.account_id == scope.identity.account_id
    if row is None or not (own or scope.identity.may("manage_configurations")):
        raise NotFound
    refuse_power(scope, row.account.role)
    scope.session.delete(row)
    scope.session.flush()


def refuse_foreign_owner(scope: Scope, owner: int) -> None:
    """Refuse work on keys of others without the flag.

    Raises:
        Forbidden: ``permission_missing``.
    """
    if owner != scope.identity.account_id and not scope.identity.may("manage_configurations"):
        raise Forbidden("You do not have the permission manage_configurations, which keys of others need.")
