"""The permission matrix of the contract, written out once more: verb and path -> who may.  Contract: rest-api A3.2.

A route that is not listed here fails the tests, and so does a line without a route.
"""

from dataclasses import dataclass

PUBLIC = "public"
ANYBODY = "anybody"


@dataclass(frozen=True)
class Rule:
    """Who may use one verb of one path.

    Attributes:
        flag: name of the flag, PUBLIC, or ANYBODY with an identity.
        foreign: status for what belongs to a department that the caller does not see; None: it belongs to none.
        own: the row's creator, owner or the account itself may do it without the flag.
        hidden: for all others without the flag the row does not exist.
        body: what is sent; words in braces are filled in.
    """

    flag: str
    foreign: int | None = None
    own: bool = False
    hidden: bool = False
    body: dict | None = None


def dep(flag, body=None, **options):
    """A rule for what belongs to a department."""
    return Rule(flag, options.pop("foreign", 404), body=body, **options)


STEP = {"step_content": "Press Enter"}
FEATURE = {"feature_name": "New", "app_id": 1, "environment_id": 1, "department_id": "{department}"}
SPEC = {"browser_json": {"browser": "opera"}}
RESULT = {
    "feature_id": "{feature}", "result_date": "2026-01-31T08:10:00Z", "feature_name": "F", "app_name": "A",
    "department_name": "D", "browser_name": "B", "environment_name": "E", "app_id": 1, "environment_id": 1,
    "department_id": "{department}", "browser_id": 0, "total": 0, "fails": 0, "ok": 0, "skipped": 0, "pixel_diff": 0,
    "execution_time": 0, "success": True, "screen_style": "", "screen_actual": "", "screen_diff": "",
}  # fmt: skip
STEP_RESULT = {
    "feature_result_id": "{running}", "step_name": "Press Enter", "step_id": 0, "execution_time": 0, "pixel_diff": 0,
    "success": True,
}  # fmt: skip
TASK = {"action": "heartbeat", "feature_id": "{feature}", "feature_result_id": "{running}", "pid": 4242}
VARIABLES = {
    "environment_name": "Default", "department_id": "{department}",
    "variables": [{"variable_name": "new", "variable_value": "1"}],
}  # fmt: skip
MEMBERSHIP = {"user": "{spare_account}", "department": "{department}"}
HOOK = {"department": "{department}", "application": "Slack", "hook": "https://hooks.example.org/new"}
MAILBOX = {"host": "imap.example.org", "user_name": "qa", "password": "secret"}
CRON = {"schedule": "0 13 * * 1"}

TABLE = {
    # Execute
    ("POST", "/exectest/"): dep("run_feature", {"feature_id": "{feature}"}),
    ("GET", "/exectest/?feature_id={feature}"): dep("run_feature"),
    ("POST", "/run_test/"): dep("run_feature", {"feature_id": "{feature}"}),
    ("GET", "/killTask/{feature}/"): dep("run_feature"),
    ("POST", "/killTask/{feature}/"): dep("run_feature"),
    ("GET", "/killTaskPID/{pid}/"): Rule("run_feature"),
    ("POST", "/killTaskPID/{pid}/"): Rule("run_feature"),
    ("GET", "/killTaskPID/?pid={pid}"): Rule("run_feature"),
    ("POST", "/killTaskPID/?pid={pid}"): Rule("run_feature"),
    ("GET", "/killTaskPID//?pid={pid}"): Rule("run_feature"),
    ("POST", "/killTaskPID//?pid={pid}"): Rule("run_feature"),
    ("POST", "/feature_results/{running}/cancel/"): dep("run_feature"),
    ("GET", "/updateTask/?action=heartbeat&feature_id={feature}&feature_result_id={running}&pid=1"): dep("run_feature"),
    ("POST", "/updateTask/"): dep("run_feature", TASK),
    # Accounts
    ("GET", "/api/account_roles/"): Rule(ANYBODY),
    ("POST", "/api/account_roles/"): Rule("edit_account", body=MEMBERSHIP),
    ("DELETE", "/api/account_roles/{membership}/"): Rule("edit_account"),
    ("GET", "/api/accounts/"): Rule(ANYBODY),
    ("GET", "/api/accounts/{account}/"): Rule("view_accounts", own=True),
    ("POST", "/api/accounts/"): Rule("create_account", body={"name": "New", "email": "new@example.org"}),
    ("PATCH", "/api/accounts/{account}/"): Rule("edit_account", own=True, body={"name": "New"}),
    ("DELETE", "/api/accounts/{account}/"): Rule("delete_account"),
    ("GET", "/api/permissions/"): Rule(ANYBODY),
    ("GET", "/api/api_keys/"): Rule(ANYBODY),
    ("POST", "/api/api_keys/"): Rule(ANYBODY, body={"name": "new"}),
    ("DELETE", "/api/api_keys/{key}/"): Rule("manage_configurations", own=True, hidden=True),
    ("GET", "/addoidcaccount/"): Rule(ANYBODY),
    ("GET", "/info/"): Rule(ANYBODY),
    ("GET", "/api/audit_log/"): Rule("manage_configurations"),
    ("GET", "/auth/login/"): Rule(PUBLIC),
    ("GET", "/auth/callback/"): Rule(PUBLIC),
    ("GET", "/auth/logout/"): Rule(PUBLIC),
    ("POST", "/auth/logout/"): Rule(PUBLIC),
    # Departments
    ("GET", "/api/departments/"): Rule(ANYBODY),
    ("GET", "/user/departments/"): Rule(ANYBODY),
    ("GET", "/api/departments/{department}/"): dep(ANYBODY),
    ("POST", "/api/departments/"): Rule("create_department", body={"department_name": "New"}),
    ("PATCH", "/api/departments/{department}/"): dep("edit_department", {"department_name": "Renamed"}),
    ("DELETE", "/api/departments/{spare_department}/"): dep("delete_department"),
    # Catalog
    ("GET", "/api/actions/"): Rule(ANYBODY),
    ("GET", "/parseActions/"): Rule("manage_configurations"),
    ("POST", "/parseActions/"): Rule("manage_configurations"),
    ("GET", "/parseBrowsers/"): Rule("edit_browser"),
    ("POST", "/parseBrowsers/"): Rule("edit_browser"),
    ("GET", "/browsers/browserstack/"): Rule(ANYBODY),
    ("GET", "/api/applications/"): Rule(ANYBODY),
    ("GET", "/api/applications/1/"): Rule(ANYBODY),
    ("POST", "/api/applications/"): Rule("create_application", body={"app_name": "New"}),
    ("PATCH", "/api/applications/1/"): Rule("edit_application", body={"app_name": "New"}),
    ("DELETE", "/api/applications/{spare_application}/"): Rule("delete_application"),
    ("GET", "/api/environments/"): Rule(ANYBODY),
    ("GET", "/api/environments/1/"): Rule(ANYBODY),
    ("POST", "/api/environments/"): Rule("create_environment", body={"environment_name": "New"}),
    ("PATCH", "/api/environments/1/"): Rule("edit_environment", body={"environment_name": "New"}),
    ("DELETE", "/api/environments/{spare_environment}/"): Rule("delete_environment"),
    ("GET", "/api/browsers/"): Rule(ANYBODY),
    ("GET", "/api/browsers/1/"): Rule(ANYBODY),
    ("POST", "/api/browsers/"): Rule("create_browser", body=SPEC),
    ("PATCH", "/api/browsers/1/"): Rule("edit_browser", body=SPEC),
    ("DELETE", "/api/browsers/1/"): Rule("delete_browser"),
    # Results and runs
    ("GET", "/api/feature_results/{feature}/"): dep("view_feature"),
    ("GET", "/api/feature_results/?feature_id={feature}"): dep("view_feature"),
    ("GET", "/api/features/{feature}/feature_results/"): dep("view_feature"),
    ("POST", "/api/feature_results/"): dep("run_feature", RESULT),
    ("PATCH", "/api/feature_results/"): dep(
        "change_result_status", {"feature_result_id": "{result}", "archived": True}
    ),
    ("GET", "/feature_results/{result}/"): dep("view_feature"),
    ("PATCH", "/feature_results/{result}/"): dep("change_result_status", {"archived": True}),
    ("DELETE", "/feature_results/{result}/"): dep("remove_feature_result"),
    ("GET", "/feature_results/{result}/remove/{result}/"): dep("remove_feature_result"),
    ("GET", "/feature_results/{result}/log/"): dep("view_feature"),
    ("GET", "/feature_results/{result}/evidence/"): dep("view_feature"),
    ("GET", "/feature_results/{result}/console/"): dep("view_feature"),
    ("GET", "/feature_results/{result}/network/"): dep("view_feature"),
    ("GET", "/feature_results/{result}/network/har/"): dep("view_feature"),
    ("GET", "/feature_runs/{run}/"): dep("view_feature"),
    ("GET", "/feature_runs/{run}/report/"): dep("view_feature"),
    ("GET", "/feature_results/{result}/report/"): dep("view_feature"),
    ("PATCH", "/feature_runs/{run}/"): dep("change_result_status", {"archived": True}),
    ("DELETE", "/feature_runs/{run}/"): dep("remove_feature_runs"),
    ("GET", "/feature_runs/{run}/remove/"): dep("remove_feature_runs"),
    ("GET", "/events/?run_id={run}"): dep(ANYBODY),
    ("GET", "/api/live/"): Rule(ANYBODY),
    ("GET", "/download/{result}/report.txt/"): dep("download_result_files"),
    ("GET", "/videos/{video}/"): dep("view_feature"),
    # Step results and pictures
    ("GET", "/api/feature_results/{result}/step_results/"): dep("view_feature"),
    ("POST", "/api/feature_results/{running}/step_results/"): dep("run_feature", STEP_RESULT),
    ("GET", "/api/step_results/{step_result}/"): dep("view_feature"),
    ("GET", "/api/step_results/{step_result}/evidence/"): dep("view_feature"),
    ("GET", "/api/step_results/{step_result}/source/"): dep("view_feature"),
    ("PATCH", "/api/step_results/{step_result}/"): dep("change_result_status", {"notes": {}}),
    ("GET", "/api/step_results/{step_result}/baseline/"): dep("view_feature"),
    ("GET", "/api/features/{feature}/picture_rules/"): dep("view_feature"),
    ("PATCH", "/api/features/{feature}/picture_rules/"): dep("edit_feature", {"max_diff": "0.1%"}),
    ("POST", "/api/step_results/{step_result}/baseline/"): dep("change_result_status", {"action": "approve"}),
    ("GET", "/steps/{running_step}/pixel_diff/7/"): dep("run_feature"),
    ("POST", "/steps/{running_step}/pixel_diff/7/"): dep("run_feature"),
    ("GET", "/screenshots/{step_result}/"): dep("view_feature"),
    ("GET", "/screenshot/{picture}/"): dep("view_feature"),
    ("GET", "/screenshot/{feature}/{run}/{result}/0000000000000000/1/AMVARA_step_1.webp/"): dep("view_feature"),
    ("PUT", "/screenshot/{running_picture}/"): dep("run_feature"),
    ("DELETE", "/screenshot/{picture}/"): dep("remove_screenshot"),
    ("GET", "/removeScreenshot/{picture}/"): dep("remove_screenshot"),
    # Features and steps
    ("GET", "/api/features/"): Rule("view_feature"),
    ("POST", "/api/features/"): dep("create_feature", FEATURE, foreign=400),
    ("PATCH", "/api/features/"): dep("edit_feature", {"feature_id": "{feature}", "feature_name": "Renamed"}),
    ("GET", "/api/features/{feature}/"): dep("view_feature"),
    ("PATCH", "/api/features/{feature}/"): dep("edit_feature", {"feature_name": "Renamed"}),
    ("DELETE", "/api/features/{spare_feature}/"): dep("delete_feature", own=True),
    ("GET", "/api/features/{feature}/history/"): dep("view_feature"),
    ("GET", "/api/features/{feature}/history/1/"): dep("view_feature"),
    ("POST", "/api/features/{feature}/history/1/restore/"): dep("edit_feature", {}),
    ("GET", "/steps/{feature}/"): dep("view_feature"),
    ("GET", "/api/steps/"): Rule("view_feature"),
    ("GET", "/api/steps/{feature}/"): dep("view_feature"),
    ("POST", "/steps/{feature}/patch/"): dep("edit_feature", {"steps": [STEP]}),
    ("GET", "/getJson/{feature}/"): dep("view_feature"),
    ("GET", "/stepsByName/?feature_name={feature_name}"): dep("view_feature"),
    ("POST", "/stepsByName/"): dep("view_feature", {"feature_name": "{feature_name}"}),
    # Folders
    ("GET", "/api/folders/"): Rule(ANYBODY),
    ("POST", "/api/folders/"): dep("create_folder", {"name": "New", "parent_id": "{folder}"}, foreign=422),
    ("PATCH", "/api/folders/"): dep("create_folder", {"folder_id": "{folder}", "folder_name": "Renamed"}, own=True),
    ("GET", "/api/folders/{folder}/"): dep(ANYBODY),
    ("DELETE", "/api/folders/{folder}/"): dep("delete_folder", own=True),
    ("DELETE", "/api/folders/{folder}/remove/"): dep("delete_folder", own=True),
    ("PATCH", "/api/folder/feature/"): dep("edit_feature", {"feature_id": "{feature}", "new_folder": 0}),
    # Variables
    ("GET", "/api/variables/"): Rule(ANYBODY),
    ("GET", "/api/variables/Default/"): Rule(ANYBODY),
    ("POST", "/api/variables/"): dep("create_variable", VARIABLES, foreign=422),
    ("PATCH", "/api/variables/{variable}/"): dep("edit_variable", {"variable_value": "2"}),
    ("DELETE", "/api/variables/{variable}/"): dep("delete_variable"),
    ("GET", "/encrypt/?action=encrypt&text=x"): Rule("edit_variable"),
    ("POST", "/encrypt/"): Rule("edit_variable", body={"action": "encrypt", "text": "x"}),
    # Schedules
    # Notifications
    ("GET", "/api/integrations/"): Rule(ANYBODY),
    ("POST", "/api/integrations/"): dep("edit_department", HOOK),
    ("PATCH", "/api/integrations/{integration}/"): dep("edit_department", {"active": False}),
    ("DELETE", "/api/integrations/{integration}/"): dep("edit_department"),
    ("GET", "/api/mailboxes/"): Rule(ANYBODY),
    ("POST", "/api/mailboxes/{department}/"): dep("edit_department", MAILBOX),
    ("DELETE", "/api/mailboxes/{department}/"): dep("edit_department"),
    ("GET", "/api/notifications/"): Rule("view_feature"),
    ("POST", "/api/notifications/{notification}/retry/"): dep("edit_feature"),
    # Schedules
    ("GET", "/schedule/{feature}/"): dep("view_feature"),
    ("POST", "/schedule/{feature}/"): dep("edit_feature", CRON),
    ("PATCH", "/schedule/{feature}/"): dep("edit_feature", CRON),
    ("DELETE", "/schedule/{feature}/"): dep("edit_feature"),
    ("GET", "/schedule/{feature}/fires/"): dep("view_feature"),
    ("GET", "/schedule/{feature}/preview/"): dep("view_feature"),
    # Operation
    ("GET", "/health/"): Rule(PUBLIC),
    ("GET", "/ready/"): Rule(PUBLIC),
    ("GET", "/metrics/"): Rule(PUBLIC),
    ("GET", "/docs/"): Rule(PUBLIC),
    ("GET", "/docs/openapi.json/"): Rule(PUBLIC),
    ("GET", "/docs/files/swagger-ui.css/"): Rule(PUBLIC),
    ("GET", "/"): Rule(PUBLIC),
}  # fmt: skip
"""Words in braces are those of ``world.Objects``; a path with a query stands for the route without it."""
