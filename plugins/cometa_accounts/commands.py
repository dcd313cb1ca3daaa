"""``cometa api-key`` and ``cometa invite``: keys and invitations, made on the machine of the server."""

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from cometa_accounts.models import ApiKey
from cometa_accounts.presenting import present_key
from cometa_accounts.schemas import valid_email
from cometa_accounts.services.accounts import ensure_account
from cometa_accounts.services.departments import DEFAULT_DEPARTMENT
from cometa_accounts.services.keys import make_key
from cometa_accounts.services.registration import INVITATION_DAYS
from cometa_accounts.services.registration import invite as make_invitation
from cometa_core.cli.context import CommandContext
from cometa_core.db.migrations import check_current
from cometa_core.errors import Invalid, NotFound

PERSONAL_SCOPES = ("read", "run", "write", "admin")


@click.group("api-key")
def api_key() -> None:
    """Make, list and revoke API keys."""


@api_key.command("create")
@click.option("--email", required=True, help="Account that the key belongs to; created when it is missing.")
@click.option("--role", help="Role of the account; default: keep it, DEVOPS for a new one.")
@click.option("--department", "departments", multiple=True, help="Department it belongs to; created when missing.")
@click.option("--scope", "scopes", multiple=True, help="Scope of the key; default: read, run, write, admin.")
@click.option("--name", default="command line", show_default=True, help="Name of the key.")
@click.pass_obj
def create(
    context: CommandContext, email: str, role: str | None, departments: tuple[str, ...], scopes: tuple[str, ...],
    name: str,
) -> None:  # fmt: skip
    """Make a key and print it once."""
    address = checked_email(email)
    with context.runtime() as runtime:
        check_current(runtime.engine, runtime.histories)
        with runtime.unit_of_work() as scope:
            names = departments or (DEFAULT_DEPARTMENT,)
            account = ensure_account(scope, address, role=role, departments=names)
            made = make_key(scope, account, name, scopes or PERSONAL_SCOPES)
            document = {**present_key(made.row).model_dump(mode="json"), "key": made.text}
    context.answer(document, lambda console: console.print(made.text))


@api_key.command("list")
@click.pass_obj
def list_keys(context: CommandContext) -> None:
    """List all keys without their secrets."""
    with context.runtime() as runtime, runtime.reading() as session:
        rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.key_id)).all()
        found = [(present_key(row), row.account.email) for row in rows]

    def show(console: Console) -> None:
        table = Table("Key", "Name", "Account", "Scopes", "Expires", "Last used")
        for key, email in found:
            used = f"{key.last_used:%Y-%m-%d %H:%M}" if key.last_used else "never"
            table.add_row(key.key_id, key.name, email, " ".join(key.scopes), f"{key.expires_on:%Y-%m-%d}", used)
        console.print(table if found else "There are no keys. `cometa api-key create --email YOU` makes one.")

    context.answer([{**key.model_dump(mode="json"), "email": email} for key, email in found], show)


@api_key.command("revoke")
@click.argument("key_id")
@click.pass_obj
def revoke(context: CommandContext, key_id: str) -> None:
    """Revoke a key at once."""
    with context.runtime() as runtime, runtime.unit_of_work() as scope:
        row = scope.session.get(ApiKey, key_id)
        if row is None:
            raise NotFound(f"There is no key {key_id}. `cometa api-key list` shows all.")
        scope.session.delete(row)
    context.answer({"success": True}, lambda console: console.print(f"The key {key_id} is revoked."))


@click.command("invite")
@click.argument("email")
@click.option("--department", "departments", multiple=True, help="Department to belong to; created when missing.")
@click.pass_obj
def invite(context: CommandContext, email: str, departments: tuple[str, ...]) -> None:
    """Make a code that EMAIL may register with once, and print it."""
    address = checked_email(email)
    names = departments or (DEFAULT_DEPARTMENT,)
    with context.runtime() as runtime:
        check_current(runtime.engine, runtime.histories)
        with runtime.unit_of_work() as scope:
            code = make_invitation(scope, address, names)
    document = {"email": address, "departments": list(names), "code": code, "valid_days": INVITATION_DAYS}
    context.answer(document, lambda console: console.print(code))


def checked_email(email: str) -> str:
    """Return an address in the form that is stored.

    Raises:
        Invalid: it is no address.
    """
    try:
        return valid_email(email)
    except ValueError as error:
        raise Invalid.field("email", str(error)) from error
