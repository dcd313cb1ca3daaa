"""The permission table of the contract, compared with what the built-in plugins declare."""

import re

import pytest

from cometa_core.runtime import make_runtime

S, M, D, A, N = "SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS"
EVERYBODY = {S, M, D, A, N}
TABLE = {
    "create_account edit_account delete_account view_accounts": {S},
    "create_application edit_application delete_application": {S},
    "create_environment edit_environment delete_environment": {S},
    "create_department edit_department delete_department": {S},
    "create_browser edit_browser delete_browser": {S},
    "create_feature edit_feature": EVERYBODY,
    "delete_feature": {S},
    "run_feature view_feature": EVERYBODY,
    "remove_screenshot": {S},
    "change_result_status": {S, M},
    "remove_feature_result remove_feature_runs": {S},
    "download_result_files": {S, M, D, A},
    "view_admin_panel view_departments_panel view_applications_panel view_browsers_panel": {S},
    "view_environments_panel view_features_panel view_accounts_panel view_others_panel": {S},
    "show_all_departments show_department_users": set(),
    "create_folder delete_folder": {S, M, D, A},
    "create_variable edit_variable": EVERYBODY,
    "delete_variable": {S},
    "manage_house_keeping_logs manage_configurations": {S},
    "manage_mobiles": set(),
}
EXPECTED = {flag: roles for flags, roles in TABLE.items() for flag in flags.split()}


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    runtime = make_runtime({"cometa.data": str(tmp_path_factory.mktemp("flags"))}, environment={})
    found = runtime.permissions.permissions
    runtime.close()
    return found


def test_the_built_in_plugins_declare_the_44_flags_of_the_contract(declared):
    """R-047."""
    assert len(EXPECTED) == 44
    assert set(declared) == set(EXPECTED)


@pytest.mark.parametrize("flag", sorted(EXPECTED))
def test_shipped_roles_have_the_values_of_the_contract(declared, flag):
    """R-047."""
    assert set(declared[flag].roles) == EXPECTED[flag]


def test_flags_are_words_that_keys_of_answers_may_be(declared):
    assert all(re.fullmatch(r"[a-z_]+", flag) for flag in declared)
