"""Registration at the first call, invitations, and trusted proxies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from webtest import TestApp

from cometa_core.errors import ConfigurationError, Invalid
from cometa_core.runtime import Role, make_runtime
from cometa_core.testing.installation import Installation

SECRET = "a secret that proxy and server share"


def code(response):
    return response.status_int, response.json["code"]


def names(user):
    return [department["department_name"] for department in user["departments"]]


def test_a_session_without_account_is_401_everywhere_but_where_it_registers(browser):
    """R-042."""
    browser.sign_in("new", email="new@example.org", email_verified=True, name="New Person")
    for path in ("/info/", "/api/features/", "/api/accounts/"):
        assert code(browser.app.get(path, status=401)) == (401, "no_identity")
    user = browser.app.get("/addoidcaccount/").json
    assert (user["email"], user["name"]) == ("new@example.org", "New Person")
    assert browser.app.get("/info/").json["version"]


def test_the_new_account_is_an_anonymous_member_of_the_first_department(browser):
    """R-043: nobody becomes SUPERUSER by being the first."""
    user = browser.enter("first")
    assert (user["user_role"], names(user)) == ("ANONYMOUS", ["Default"])


def test_exactly_the_configured_address_becomes_superuser(browser, another_browser):
    """R-044."""
    assert browser.enter("boss")["user_role"] == "SUPERUSER"
    assert another_browser.enter("bossy")["user_role"] == "ANONYMOUS"


def test_logins_are_counted_once_a_session(browser, another_browser):
    """Rest-api A6.16."""
    browser.enter("counted")
    assert browser.app.get("/addoidcaccount/").json["login_counter"] == 1
    again = another_browser.enter("counted", nickname="again")
    assert again["login_counter"] == 2
    assert again["last_login"]


def test_an_invitation_works_once_and_for_its_address(browser, another_browser, signing_in):
    """R-045."""
    invited = signing_in.command("invite", "guest@example.org", "--department", "North", "--department", "South")
    another_browser.sign_in("thief", email="thief@example.org", email_verified=True)
    assert names(another_browser.app.get(f"/addoidcaccount/?invite={invited['code']}").json) == ["Default"]
    browser.sign_in("guest", email="Guest@example.org", email_verified=True)
    user = browser.app.get(f"/addoidcaccount/?invite={invited['code']}").json
    assert names(user) == ["North", "South"]
    signing_in.client().delete(f"/api/accounts/{user['user_id']}/")
    another_browser.sign_in("guest", email="guest@example.org", email_verified=True)
    assert names(another_browser.app.get(f"/addoidcaccount/?invite={invited['code']}").json) == ["Default"]


def test_an_invitation_is_void_after_seven_days(browser, signing_in, clock):
    """R-045."""
    invited = signing_in.command("invite", "late@example.org", "--department", "North")
    clock.ahead = timedelta(days=7, seconds=1)
    browser.sign_in("late", email="late@example.org", email_verified=True)
    assert names(browser.app.get(f"/addoidcaccount/?invite={invited['code']}").json) == ["Default"]


def test_only_an_address_is_invited(signing_in):
    with pytest.raises(Invalid, match="e-mail"):
        signing_in.command("invite", "nobody")


def test_where_only_the_invited_may_register_others_are_403(tmp_path):
    """Rest-api A2.2."""
    settings = {"cometa.invite_only": "true", "cometa.proxy.addresses": "192.0.2.7", "cometa.proxy.secret": SECRET}
    installation = Installation(tmp_path, ["accounts", "catalog"], {"cometa.browser.local": "false", **settings})
    app = TestApp(installation.app.app, extra_environ={"REMOTE_ADDR": "192.0.2.7"})
    headers = {"Proxy-User": "ada@example.org", "X-Cometa-Proxy-Secret": SECRET}
    assert code(app.get("/addoidcaccount/", headers=headers, status=403)) == (403, "permission_missing")
    assert code(app.get("/info/", headers=headers, status=401)) == (401, "no_identity")
    invited = installation.command("invite", "ada@example.org")
    assert app.get(f"/addoidcaccount/?invite={invited['code']}", headers=headers).json["email"] == "ada@example.org"
    installation.close()


def test_a_listed_proxy_with_the_secret_names_the_caller(by_proxy):
    """R-035, R-042."""
    assert code(by_proxy("ada@proxy.example", "/info/", status=401)) == (401, "no_identity")
    user = by_proxy("ada@proxy.example", **{"Proxy-Fullname": "Ada Löv".encode().decode("latin-1")}).json
    assert (user["email"], user["name"], user["login_counter"]) == ("ada@proxy.example", "Ada Löv", 1)
    assert by_proxy("ADA@proxy.example", peer="2001:db8::1").json["login_counter"] == 1
    assert by_proxy("ada@proxy.example", "/info/").json["version"]


def test_several_first_calls_at_once_make_one_account(by_proxy):
    """R-042."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: by_proxy("crowd@proxy.example").json, range(4)))
    assert len({answer["user_id"] for answer in answers}) == 1
    assert by_proxy("crowd@proxy.example").json["login_counter"] == 1


def test_a_proxy_counts_a_login_once_in_the_time_of_a_session(by_proxy, clock):
    """Rest-api A6.16."""
    assert by_proxy("daily@proxy.example").json["login_counter"] == 1
    clock.ahead = timedelta(hours=23)
    assert by_proxy("daily@proxy.example").json["login_counter"] == 1
    clock.ahead = timedelta(hours=25)
    assert by_proxy("daily@proxy.example").json["login_counter"] == 2


@pytest.mark.parametrize(
    ("peer", "secret"),
    [("198.51.100.1", SECRET), ("192.0.2.7", "wrong"), ("192.0.2.7", ""), ("192.0.2.7", "ä"), ("127.0.0.1", SECRET)],
)
def test_from_elsewhere_or_without_the_secret_its_headers_are_ignored(by_proxy, peer, secret):
    """R-035."""
    assert code(by_proxy("boss@example.org", peer=peer, secret=secret, status=401)) == (401, "no_identity")


@pytest.mark.parametrize("email", ["", "nobody", "a" * 100 + "@example.org"])
def test_what_is_no_address_names_nobody(by_proxy, email):
    """R-035."""
    by_proxy(email, status=401)


def test_forwarded_addresses_do_not_make_a_proxy(by_proxy):
    """R-035, R-036."""
    by_proxy("boss@example.org", peer="198.51.100.1", status=401, **{"X-Forwarded-For": "192.0.2.7"})


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"cometa.proxy.addresses": "192.0.2.7"}, "cometa.proxy.secret"),
        ({"cometa.proxy.addresses": "everywhere", "cometa.proxy.secret": SECRET}, "everywhere"),
        ({"cometa.oidc.acme.issuer": "https://login.example.org"}, "cometa.oidc.acme.client_id"),
        ({"cometa.oidc.acme.client_id": "cometa"}, "cometa.oidc.acme.issuer"),
    ],
)
def test_what_cannot_work_stops_the_start(tmp_path, settings, complaint):
    installation = Installation(tmp_path, ["accounts"], settings)
    with pytest.raises(ConfigurationError, match=complaint):
        installation.runtime.start(Role.WEB)
    installation.close()


def test_providers_come_from_ini_and_environment(tmp_path):
    """Rest-api A1.8: ``oidc.<id>.…``."""
    environment = {"COMETA_OIDC_ACME_CLIENT_SECRET": "hidden", "COMETA_OIDC_OTHER_ISSUER": "https://other.example"}
    ini = {
        "cometa.data": str(tmp_path),
        "cometa.plugins": "accounts",
        "cometa.oidc.acme.issuer": "https://acme.example",
    }
    settings = make_runtime(ini, environment=environment).settings
    assert settings.chosen("cometa.oidc.<id>.issuer") == ("acme", "other")
    assert settings.text("cometa.oidc.acme.client_secret") == "hidden"
    assert settings.text("cometa.oidc.other.client_id") == ""
    with pytest.raises(ConfigurationError, match=r"cometa\.oidc\.acme\.issuer"):
        make_runtime({**ini, "cometa.oidc.acme.isuer": "x"}, environment={})
