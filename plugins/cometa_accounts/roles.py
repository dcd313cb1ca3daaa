"""The shipped roles, and the flags of accounts, departments and menus.  Contract: rest-api A3.1."""

from cometa_core.contracts.permissions import KeyScope, Permission

SUPERUSER = "SUPERUSER"
SHIPPED_ROLES = {"SUPERUSER": 100, "MANAGER": 30, "DEVOPS": 20, "ANONYMOUS": 10, "ANALYSIS": 0}
"""Name -> power."""

S = ("SUPERUSER",)

PANELS = ("departments", "applications", "browsers", "environments", "features", "accounts")
ADMIN_PANELS = tuple(f"view_{panel}_panel" for panel in PANELS)
ADMIN_PANEL = "view_admin_panel"
"""Flag that is true when one of ADMIN_PANELS is."""

OWN_PERMISSIONS = (
    Permission("create_account", "Create accounts.", S, KeyScope.ADMIN),
    Permission("edit_account", "Edit accounts and memberships.", S, KeyScope.ADMIN),
    Permission("delete_account", "Delete accounts.", S, KeyScope.ADMIN),
    Permission("view_accounts", "Read accounts and memberships.", S, KeyScope.READ),
    Permission("create_department", "Create departments.", S, KeyScope.ADMIN),
    Permission("edit_department", "Edit departments.", S, KeyScope.ADMIN),
    Permission("delete_department", "Delete departments.", S, KeyScope.ADMIN),
    Permission(ADMIN_PANEL, "See details of the server.", S, KeyScope.READ),
    *(Permission(f"view_{panel}_panel", f"See the menu of {panel}.", S, KeyScope.READ) for panel in PANELS),
    Permission("view_others_panel", "See the menu of everything else.", S, KeyScope.READ),
    Permission("show_all_departments", "List all departments.", (), KeyScope.READ),
    Permission("show_department_users", "List the users of departments.", (), KeyScope.READ),
    Permission("manage_house_keeping_logs", "Read the log of house keeping.", S, KeyScope.ADMIN),
    Permission("manage_configurations", "Change the configuration; keys of others.", S, KeyScope.ADMIN),
    Permission("manage_mobiles", "Reserved for plugins.", (), KeyScope.ADMIN),
)
