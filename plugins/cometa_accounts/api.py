"""What other plugins may import of the accounts plugin."""

from cometa_accounts.models import Account, Department, Role
from cometa_accounts.services.accounts import ensure_account
from cometa_accounts.services.departments import department_settings, visible_departments
from cometa_accounts.services.identities import identity_of
from cometa_accounts.services.slugs import unique_slug

__all__ = [
    "Account",
    "Department",
    "Role",
    "department_settings",
    "ensure_account",
    "identity_of",
    "unique_slug",
    "visible_departments",
]
