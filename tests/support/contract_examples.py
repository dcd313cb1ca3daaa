"""The JSON examples of the API's contract, and how a real answer is compared with one."""

import json
import re

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
DECIMAL = re.compile(r"\d+\.\d\d")
FREE = frozenset(
    {"settings", "user_permissions", "browser", "browsers[]", "browser_json", "notes", "current_step_variables_value"}
)
"""Objects whose keys the contract leaves open or shows only in part."""

ACCOUNT = json.loads("""
{"user_id": 2, "name": "Alex", "email": "alex@example.org", "user_role": "DEVOPS", "permission_name": "DEVOPS",
 "created_on": "2026-01-17T13:50:56.584849Z", "last_login": "2026-01-31T21:07:47.920158Z", "login_counter": 3,
 "favourite_browsers": [], "user_permissions": {"permission_id": 3, "run_feature": true}, "departments": ["Default"],
 "department_ids": [1], "settings": {}, "stripe_customer_id": ""}
""")
ACCOUNT_ROLE = {"account_role_id": 1, "user": 1, "department": 1}
SESSION_USER = json.loads("""
{"user_id": 4, "name": "Ada L", "email": "ada@example.org", "user_role": "DEVOPS", "permission_name": "DEVOPS",
 "created_on": "2026-01-02T09:00:00.000000Z", "last_login": "2026-01-31T08:00:00.000000Z", "login_counter": 12,
 "favourite_browsers": [], "settings": {"percentMode": true}, "stripe_customer_id": "",
 "user_permissions": {"permission_id": 2, "permission_name": "DEVOPS", "permission_power": 20, "run_feature": true},
 "permissions": ["ANALYSIS", "ANONYMOUS", "DEVOPS"],
 "departments": [{"department_id": 1, "department_name": "Default", "slug": "default", "settings": {},
                  "created_on": "2026-01-01T00:00:00.000000Z", "files": []}],
 "clouds": [{"id": 1, "name": "local", "active": true, "concurrency": false, "max_concurrency": 0}],
 "step_keywords": ["Given", "When", "Then", "and"], "encryption_prefix": "cmt1:",
 "integration_apps": ["Discord", "Mattermost"], "subscriptions": [], "requires_payment": false,
 "feedback_mail": "help@example.org"}
""")
ACTION = {
    "action_id": 1, "action_name": 'Goto URL "{url}"', "values": 1, "description": "Opens a page", "department": "DIF",
    "application": "amvara", "date_created": "2026-01-01T00:00:00.000000Z", "step_type": "BROWSER",
}  # fmt: skip
APPLICATION = {"app_id": 1, "app_name": "App 1", "slug": "app-1", "created_on": "2026-01-01T00:00:00.000000Z"}
ENVIRONMENT = {"environment_id": 1, "environment_name": "QA", "created_on": "2026-01-01T00:00:00.000000Z"}
BROWSER = {"browser_id": 1, "browser_json": {"browser": "chrome"}}
DEPARTMENT = {
    "department_id": 1, "department_name": "Department 1", "slug": "department-1", "settings": {},
    "created_on": "2026-01-01T00:00:00.000000Z", "files": [],
}  # fmt: skip
STEP = json.loads("""
{"id": 91, "step_uuid": "6f0d2c1e-3a52-4c2e-9a8e-5f4b0a7c1d11", "feature_id": 7, "step_name": "Press Enter",
 "step_content": "Press Enter", "step_keyword": "Given", "step_action": "Press Enter", "enabled": true,
 "step_type": "normal", "screenshot": true, "compare": false, "belongs_to": 7, "timeout": 60,
 "continue_on_failure": false}
""")
FEATURE_RESULT = json.loads("""
{"feature_result_id": 31, "run_id": 12, "feature_id": 7, "result_date": "2026-01-31T08:10:00.000000Z",
 "feature_name": "Buy a book", "app_id": 2, "app_name": "Shop", "environment_id": 1, "environment_name": "QA",
 "department_id": 1, "department_name": "Default", "browser_id": 8, "browser_name": "Firefox",
 "browser": {"browser": "firefox", "browser_version": "135.0"}, "mobile": [], "description": null, "total": 6, "ok": 5,
 "fails": 1, "skipped": 0, "execution_time": "5.57", "execution_time_ms": 5567, "pixel_diff": 42, "success_rate": 83,
 "success": false, "status": "Failed", "state": "Failed", "reason": "", "status_reason": "", "override": null,
 "attempts": 1, "waiting": null, "running": false, "archived": false, "is_removed": false,
 "screen_style": "AMVARA_63_style.png", "screen_actual": "AMVARA_63.png", "screen_diff": "AMVARA_63.png_diff.png",
 "video_url": "/videos/ab12.mp4", "files": [], "executed_by": 4, "executed_by_name": "Ada L", "origin": "",
 "x_server": "none", "pid": null, "session_id": "ab12", "run_hash": "5900455d57a86cde",
 "network_logging_enabled": false, "started_on": "2026-01-31T08:10:02.000000Z",
 "finished_on": "2026-01-31T08:10:08.000000Z"}
""")
STEP_RESULT = json.loads("""
{"step_result_id": 63, "feature_result_id": 31, "step_id": 91, "step_uuid": "6f0d2c1e-3a52-4c2e-9a8e-5f4b0a7c1d11",
 "step_name": "Press Enter", "step_execution_sequence": 1, "step_type": "BROWSER", "execution_time": "0.95",
 "execution_time_ms": 950, "relative_execution_time": "0.95", "relative_execution_time_ms": 950, "pixel_diff": 42,
 "ok": 1, "fails": 0, "skipped": 0, "success": true, "status": "Success", "screenshot_current": "AMVARA_63.png",
 "screenshot_style": "AMVARA_63_style.png", "screenshot_difference": "AMVARA_63.png_diff.png",
 "screenshot_template": "AMVARA_7_0.png", "template_name": "AMVARA_7_0.png", "diff": "", "verdict": "different",
 "baseline_state": "approved", "files": [], "belongs_to": {"feature_id": 7, "feature_name": "Buy a book"}, "notes": {},
 "healing_data": null, "rest_api": null, "database_query_result": [], "current_step_variables_value": {}}
""")
FEATURE_RUN = {
    "run_id": 12, "feature": 7, "date_time": "2026-01-31T08:10:00.000000Z", "status": "Failed", "state": "Failed",
    "success": False, "running": False, "total": 6, "ok": 5, "fails": 1, "skipped": 0, "execution_time": "5.57",
    "execution_time_ms": 5567, "pixel_diff": 42, "success_rate": 83, "archived": False, "is_removed": False,
    "origin": "", "x_server": "none", "executed_by": 4, "feature_results": [FEATURE_RESULT],
}  # fmt: skip
FEATURE = {
    "feature_id": 7, "version": 1, "feature_name": "Buy a book", "slug": "buy-a-book", "description": "happy path",
    "app_id": 2, "app_name": "Shop", "environment_id": 1, "environment_name": "QA", "department_id": 1,
    "department_name": "Default", "folder_id": 1, "steps": 1, "browsers": [{"browser": "chrome"}], "mobiles": [],
    "cloud": "local", "schedule": "", "original_cron": "", "original_timezone": "", "video": True,
    "network_logging": False, "generate_dataset": False, "continue_on_failure": False, "need_help": False,
    "depends_on_others": False, "depends_on_other": False, "send_mail": False, "send_mail_on_error": False,
    "attach_pdf_report_to_email": True, "do_not_use_default_template": False,
    "check_maximum_notification_on_error": False, "maximum_notification_on_error": 0, "number_notification_sent": 0,
    "email_address": [], "email_cc_address": [], "email_bcc_address": [], "email_subject": "", "email_body": "",
    "send_telegram_notification": False, "telegram_options": None, "screenshot": "", "compare": "",
    "is_feature_file_being_created": False, "created_on": "2026-01-31T08:10:00.000000Z",
    "last_edited_date": "2026-01-31T08:10:00.000000Z",
    "created_by": {"user_id": 4, "name": "Ada L", "email": "ada@example.org"},
    "last_edited": {"user_id": 4, "name": "Ada L", "email": "ada@example.org"}, "info": None,
}  # fmt: skip
FOLDER = {
    "features": [FEATURE], "folder_id": 1, "folders": [], "name": "New", "owner": 1, "owner_name": "Ada L",
    "department": 1, "department_name": "Default", "parent_id": None, "created_on": "2026-01-31T08:10:00.000000Z",
}  # fmt: skip
VARIABLE = json.loads("""
{"id": 9, "department": 1, "department_name": "Default", "environment": 1, "environment_name": "QA", "feature": null,
 "feature_name": null, "variable_name": "shop", "variable_value": "https://shop.test", "encrypted": false,
 "based": "environment", "in_use": [7], "created_by": 4, "created_by_name": "Ada L", "updated_by": 4,
 "updated_by_name": "Ada L", "created_on": "2026-01-05T10:00:00.000000Z", "updated_on": "2026-01-05T10:00:00.000000Z"}
""")
SCHEDULE = {
    "schedule": "0 13 * * 1", "timezone": "America/New_York", "missed": "skip", "dst": "shift", "overlap": "allow",
    "owner": 4, "state": "active", "last_fire": None, "next_runs": ["2026-02-23T18:00:00.000000Z"],
}  # fmt: skip


def differences(example, answer, place="", added=frozenset()):
    """Say where an answer has other keys or types than the example.

    Null on one of both sides says nothing about the type, and empty lists nothing about what would be in them.
    Keys that the answer has besides must be named in ``added``.
    """
    if example is None or answer is None:
        return []
    if kind_of(example) != kind_of(answer):
        return [f"{place or 'top'}: {kind_of(answer)} instead of {kind_of(example)}"]
    if isinstance(example, list):
        pairs = [(example[0], item) for item in answer] if example else []
        return [found for ours, item in pairs for found in differences(ours, item, f"{place}[]", added)]
    if not isinstance(example, dict):
        return []
    found = [f"{place}.{key} is missing" for key in example.keys() - answer.keys()]
    if place.rpartition(".")[2] in FREE:
        return [] if place.rpartition(".")[2] != "user_permissions" else found
    found += [f"{place}.{key} is not in the contract" for key in answer.keys() - example.keys() - added]
    for key in example.keys() & answer.keys():
        found += differences(example[key], answer[key], f"{place}.{key}", added)
    return found


def kind_of(value):
    """The type of a JSON value; dates and decimals are told from other texts."""
    if isinstance(value, bool | int | list | dict):
        return type(value).__name__
    if isinstance(value, str):
        return "date" if DATE.fullmatch(value) else "decimal" if DECIMAL.fullmatch(value) else "text"
    return "number"
