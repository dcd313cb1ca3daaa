"""Routes of accounts, memberships, roles, keys and the session user."""

import platform
import time
from typing import Any

from sqlalchemy import select

from cometa_accounts import schemas
from cometa_accounts.announcing import announce_account
from cometa_accounts.models import Account, Membership, Role
from cometa_accounts.presenting import (
    present_account,
    present_key,
    present_membership,
    present_role,
    present_session_user,
)
from cometa_accounts.services import accounts as service
from cometa_accounts.services import keys
from cometa_accounts.services import memberships as membership_service
from cometa_core import API_VERSION, __version__
from cometa_core.contracts.permissions import KeyScope
from cometa_core.errors import Forbidden
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service

TAG = "Accounts"
STARTED = "cometa.started_at"

accounts = Service("accounts", "/api/accounts/", description="Accounts.", tag=TAG)
one_account = Service("account", r"/api/accounts/{user_id:\d{1,18}}/", description="One account.", tag=TAG)
memberships = Service("account_roles", "/api/account_roles/", description="Memberships.", tag=TAG)
one_membership = Service(
    "account_role", r"/api/account_roles/{account_role_id:\d{1,18}}/", description="One membership.", tag=TAG
)
roles = Service("permissions", "/api/permissions/", description="Roles with their flags.", tag=TAG)
api_keys = Service("api_keys", "/api/api_keys/", description="API keys.", tag=TAG)
one_api_key = Service("api_key", "/api/api_keys/{key_id}/", description="One API key.", tag=TAG)
session_user = Service("addoidcaccount", "/addoidcaccount/", description="Whoever is calling.", tag=TAG)
info = Service("info", "/info/", description="Versions of the server.", tag="Operation")


def addressed_account(request: Request) -> Account:
    """Find the account of the path."""
    return service.visible_account(request.scope, int(request.matchdict["user_id"]))


def addressed_membership(request: Request) -> Membership:
    """Find the membership of the path."""
    return membership_service.visible_membership(request.scope, int(request.matchdict["account_role_id"]))


@accounts.get(permission=AUTHENTICATED, query=schemas.AccountsQuery, answer=list[schemas.AccountOut])
def list_accounts(request: Request) -> Page:
    """List accounts, newest first; an empty list without the right to read them."""
    scope, query = request.scope, request.query_model
    if not service.may_list(scope):
        return Page([], 0)
    rows = paged(scope.session, service.visible_accounts(scope, query.search), query)
    return Page([present_account(scope, account) for account in rows.items], rows.total)


@accounts.post(permission="create_account", body=schemas.AccountIn, answer=schemas.AccountOut, status=201,
               errors=("duplicate_email", "role_too_powerful"))  # fmt: skip
def create_account(request: Request) -> Created:
    """Add an account; without departments it becomes a member of the first one."""
    body, scope = request.body_model, request.scope
    account = service.create_account(scope, body.name, body.email, body.user_role, body.departments)
    announce_account(scope, "account.added", account)
    return Created(present_account(scope, account))


@one_account.get(permission=AUTHENTICATED, answer=schemas.AccountOut)
def read_account(request: Request) -> schemas.AccountOut:
    """Read one account."""
    account = service.readable_account(request.scope, int(request.matchdict["user_id"]))
    return present_account(request.scope, account)


@one_account.patch(permission=AUTHENTICATED, load=addressed_account, body=schemas.AccountPatch,
                   answer=schemas.AccountOut,
                   errors=("duplicate_email", "last_superuser", "role_too_powerful", "permission_missing"))  # fmt: skip
def change_account(request: Request) -> Updated:
    """Change an account; nothing is saved when any key is refused."""
    account = service.change_account(request.scope, request.resource, request.body_model.changes())
    announce_account(request.scope, "account.changed", account)
    return Updated(present_account(request.scope, account))


@one_account.delete(permission="delete_account", load=addressed_account,
                    errors=("own_account", "last_superuser", "role_too_powerful"))  # fmt: skip
def delete_account(request: Request) -> Done:
    """Delete an account with its memberships, keys and sessions."""
    announce_account(request.scope, "account.removed", request.resource)
    service.delete_account(request.scope, request.resource)
    return Done()


@memberships.get(permission=AUTHENTICATED, query=Paging, answer=list[schemas.MembershipOut])
def list_memberships(request: Request) -> Page:
    """List memberships by id; an empty list without the right to read them."""
    scope = request.scope
    if not service.may_list(scope):
        return Page([], 0)
    rows = paged(scope.session, membership_service.visible_memberships(scope), request.query_model)
    return Page([present_membership(row) for row in rows.items], rows.total)


@memberships.post(permission="edit_account", body=schemas.MembershipIn, answer=schemas.MembershipOut, status=201,
                  errors=("duplicate_row", "role_too_powerful"))  # fmt: skip
def add_membership(request: Request) -> Created:
    """Make an account a member of a department."""
    body = request.body_model
    made = membership_service.add_membership(request.scope, body.user, body.department)
    announce_account(request.scope, "account.changed", made.account)
    return Created(present_membership(made))


@one_membership.delete(permission="edit_account", load=addressed_membership, errors=("role_too_powerful",))
def remove_membership(request: Request) -> Done:
    """End a membership."""
    account = request.resource.account
    membership_service.end_membership(request.scope, request.resource)
    announce_account(request.scope, "account.changed", account)
    return Done()


@roles.get(permission=AUTHENTICATED, query=Paging, answer=list[dict[str, Any]])
def list_roles(request: Request) -> Page:
    """List the roles whose power is at most the caller's own."""
    scope = request.scope
    query = select(Role).where(Role.power <= scope.identity.power).order_by(Role.power.desc(), Role.id)
    rows = paged(scope.session, query, request.query_model)
    return Page([present_role(role, scope.runtime.permissions) for role in rows.items], rows.total)


@api_keys.get(permission=AUTHENTICATED, query=schemas.KeysQuery, answer=list[schemas.KeyOut],
              errors=("permission_missing",))  # fmt: skip
def list_keys(request: Request) -> Page:
    """List own keys, or those of another account."""
    query = request.query_model
    rows = paged(request.scope.session, keys.keys_of(request.scope, query.user_id), query)
    return Page([present_key(row) for row in rows.items], rows.total)


@api_keys.post(permission=AUTHENTICATED, body=schemas.KeyIn, answer=schemas.NewKeyOut, status=201,
               errors=("scope_missing", "permission_missing"))  # fmt: skip
def create_key(request: Request) -> Created:
    """Make an API key; its full text is shown this once."""
    scope, body = request.scope, request.body_model
    require_admin_scope(request)
    owner = keys.owner_of_new_key(scope, body.user_id or scope.identity.account_id)
    made = keys.make_key(scope, owner, body.name, body.scopes, body.expires_on)
    return Created(schemas.NewKeyOut(**present_key(made.row).model_dump(), key=made.text))


@one_api_key.delete(permission=AUTHENTICATED)
def revoke_key(request: Request) -> Done:
    """Revoke an API key at once."""
    require_admin_scope(request)
    keys.revoke_key(request.scope, request.matchdict["key_id"])
    return Done()


def require_admin_scope(request: Request) -> None:
    """Refuse writes to keys by a key without the scope ``admin``.

    Raises:
        Forbidden: ``scope_missing``.
    """
    scopes = request.scope.identity.key_scopes
    if scopes is not None and KeyScope.ADMIN not in scopes:
        raise Forbidden("This API key does not have the scope admin.", code="scope_missing")


@session_user.get(permission=AUTHENTICATED, answer=schemas.SessionUser)
def read_session_user(request: Request) -> schemas.SessionUser:
    """Tell who is calling and what they may do."""
    scope = request.scope
    account = scope.session.get_one(Account, scope.identity.account_id)
    extra = request.registry.get("cometa.session_user", lambda _scope: {})(scope)
    return schemas.SessionUser(**present_session_user(scope, account, extra))


@info.get(permission=AUTHENTICATED, answer=schemas.InfoDetails | schemas.Info)
def read_info(request: Request) -> schemas.Info:
    """Tell the versions; parts and uptime only to administrators."""
    if not request.scope.identity.may("view_admin_panel"):
        return schemas.Info(version=__version__, api_version=API_VERSION)
    active = request.scope.runtime.plugins.active
    return schemas.InfoDetails(
        version=__version__,
        api_version=API_VERSION,
        python=platform.python_version(),
        plugins=[{"name": plugin.name, "version": plugin.candidate.version} for plugin in active],
        uptime_s=round(time.monotonic() - request.registry[STARTED]),
    )
