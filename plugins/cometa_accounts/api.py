"""What other plugins may import of the accounts plugin."""

from cometa_accounts.models import Account, Department, Role
from cometa_accounts.naming import LONGEST_KEY, name_key, unique_slug
from cometa_accounts.services.accounts import ensure_account
from cometa_accounts.services.departments import department_settings, visible_departments
from cometa_accounts.services.identities import identity_of

__all__ = [
    "LONGEST_KEY",
    "Account",
    "Department",
    "Role",
    "department_settings",
    "ensure_account",
    "identity_of",
    "name_key",
    "unique_slug",
    "visible_departments",
]
