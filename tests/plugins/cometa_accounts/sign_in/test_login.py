"""Signing in and out with a real OpenID Connect provider."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from webtest import TestApp

from cometa_accounts.models import SignIn, Subject
from cometa_core.db.tables import AuditRecord


def code(response):
    return response.status_int, response.json["code"]


def test_login_redirects_with_pkce_state_and_nonce(browser, provider, parameters_of):
    """R-038."""
    address = browser.begin()
    sent = parameters_of(address)
    assert address.startswith(f"{provider.issuer}/")
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert len(sent["code_challenge"]) == 43
    assert len({sent["state"], sent["nonce"], sent["code_challenge"]}) == 3
    assert parameters_of(browser.begin())["state"] != sent["state"]
    assert "not known" not in address


def test_the_callback_opens_a_session_and_leads_to_the_wanted_page(browser):
    """Rest-api A2, A2.1."""
    answer = browser.sign_in("ada", "&next=/features/?tab=2", email="ada@example.org", email_verified=True)
    assert answer.headers["Location"] == "http://localhost/features/?tab=2"
    cookie = browser.cookies["cometa_session"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert not browser.cookies["XSRF-TOKEN"].has_nonstandard_attr("HttpOnly")
    assert "cometa_login" not in browser.cookies


def test_only_the_hash_of_a_session_is_stored(browser, signing_in):
    """Rest-api A2: server-side sessions."""
    browser.enter("hashed")
    token = browser.cookies["cometa_session"].value
    with signing_in.runtime.reading() as session:
        rows = session.scalars(select(SignIn)).all()
        stored = " ".join(str(value) for row in rows for value in vars(row).values())
    assert token not in stored


def test_cookies_are_secure_unless_this_machine_talks_to_itself(signing_in):
    """Rest-api A2."""
    app = TestApp(signing_in.app.app)
    far = app.get("/auth/login", headers={"Host": "cometa.example.org"}, status=302)
    near = app.get("/auth/login", headers={"Host": "127.0.0.1:8001"}, status=302)
    assert "; secure" in far.headers["Set-Cookie"].lower()
    assert "; secure" not in near.headers["Set-Cookie"].lower()


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"])
def test_no_other_site_is_led_to(browser, path):
    """R-039."""
    browser.app.get("/auth/login", {"provider": "mock", "next": path}, status=302)
    location = browser.app.get("/auth/login", {"provider": "mock", "next": path}, status=302).headers["Location"]
    assert "evil" not in location
    back = urlsplit(browser._provider.sign_in(location, "wanderer@example.org"))
    browser._provider.know("wanderer@example.org", email="wanderer@example.org", email_verified=True)
    answer = browser.app.get(f"{back.path}?{back.query}", status=302)
    assert answer.headers["Location"] == "http://localhost/"


def test_a_wrong_state_is_401(browser, provider):
    """R-039."""
    back = urlsplit(provider.sign_in(browser.begin(), "ada"))
    query = back.query.replace("state=", "state=x")
    assert code(browser.app.get(f"{back.path}?{query}", status=401)) == (401, "invalid_credentials")
    assert "cometa_session" not in browser.cookies


def test_a_login_of_another_browser_is_401(browser, another_browser, provider):
    """R-039: state, nonce and PKCE are bound to the browser that began."""
    back = urlsplit(provider.sign_in(browser.begin(), "ada"))
    another_browser.begin()
    assert code(another_browser.app.get(f"{back.path}?{back.query}", status=401)) == (401, "invalid_credentials")


def test_a_callback_works_once(browser, provider):
    """Rest-api A2.1: the code cannot be used again, even with the cookie of the login."""
    location = browser.begin()
    kept = browser.cookies["cometa_login"].value
    provider.know("once", email="once@example.org", email_verified=True)
    back = urlsplit(provider.sign_in(location, "once"))
    browser.app.get(f"{back.path}?{back.query}", status=302)
    browser.app.reset()
    browser.app.get(f"{back.path}?{back.query}", status=401)
    browser.app.set_cookie("cometa_login", kept)
    assert code(browser.app.get(f"{back.path}?{back.query}", status=401)) == (401, "invalid_credentials")


def test_a_login_that_took_too_long_is_401(browser, provider, clock):
    """Rest-api A2.1."""
    back = urlsplit(provider.sign_in(browser.begin(), "ada"))
    clock.ahead = timedelta(minutes=11)
    browser.app.get(f"{back.path}?{back.query}", status=401)


@pytest.mark.parametrize("query", ["", "?state=&code=", "?error=access_denied&state=x"])
def test_a_callback_without_login_is_401(browser, query):
    """R-039."""
    assert code(browser.app.get(f"/auth/callback{query}", status=401)) == (401, "invalid_credentials")


def test_an_address_that_is_not_verified_signs_nobody_in(browser, provider):
    """Rest-api A2.1: without a known subject the address must be verified."""
    provider.know("mallory", email="root@example.org", email_verified=False)
    back = urlsplit(provider.sign_in(browser.begin(), "mallory"))
    browser.app.get(f"{back.path}?{back.query}", status=401)


def test_the_subject_is_bound_and_found_again_under_another_address(browser, another_browser, signing_in):
    """Rest-api A2.1: the account is found by issuer and subject, else by the verified address in any case."""
    known = signing_in.client("DEVOPS", email="Grace@Example.org")
    browser.sign_in("grace-subject", email="grace@example.ORG", email_verified=True)
    assert browser.app.get("/addoidcaccount/").json["user_id"] == known.account_id
    another_browser.sign_in("grace-subject", email="else@example.org", email_verified=False)
    assert another_browser.app.get("/addoidcaccount/").json["user_id"] == known.account_id
    with signing_in.runtime.reading() as session:
        query = select(func.count()).select_from(Subject).where(Subject.account_id == known.account_id)
        assert session.scalar(query) == 1


def test_another_address_of_the_account_unbinds_the_subject(browser, another_browser, signing_in):
    """Rest-api A6.2."""
    user = browser.enter("moving")
    signing_in.client().patch(f"/api/accounts/{user['user_id']}/", {"email": "moved@example.org"})
    another_browser.sign_in("moving", email="moving@example.org", email_verified=True)
    assert another_browser.app.get("/addoidcaccount/").json["user_id"] != user["user_id"]


def test_logout_ends_the_session_and_the_old_cookie_is_401(browser, provider):
    """R-040."""
    browser.enter("leaving")
    token = browser.cookies["cometa_session"].value
    answer = browser.app.get("/auth/logout", status=302)
    assert answer.headers["Location"].startswith(f"{provider.issuer}/oauth2/end_session?")
    assert "cometa_session" not in browser.cookies
    browser.app.set_cookie("cometa_session", token)
    assert code(browser.app.get("/addoidcaccount/", status=401)) == (401, "no_identity")


def test_logout_without_a_session_leads_home(browser):
    """Rest-api A2.1."""
    assert browser.app.post("/auth/logout", status=302).headers["Location"] == "http://localhost/"


def test_a_session_ends_after_a_day_without_requests(browser, clock):
    """Rest-api A2: 24 hours sliding."""
    browser.enter("idle")
    for hours in (20, 40):
        clock.ahead = timedelta(hours=hours)
        browser.app.get("/info/")
    clock.ahead = timedelta(hours=65)
    browser.app.get("/info/", status=401)


def test_a_session_ends_after_seven_days_however_much_it_is_used(browser, clock):
    """Rest-api A2: 7 days absolute."""
    browser.enter("busy")
    for hours in range(20, 168, 20):
        clock.ahead = timedelta(hours=hours)
        browser.app.get("/info/")
    clock.ahead = timedelta(hours=169)
    browser.app.get("/info/", status=401)


def test_a_wrong_key_is_401_even_with_a_valid_session(browser):
    """R-031."""
    browser.enter("both")
    headers = {"Authorization": f"Bearer cmt_aaaaaaaaaa_{'x' * 43}"}
    assert code(browser.app.get("/info/", headers=headers, status=401)) == (401, "invalid_credentials")


def test_role_changes_act_on_the_next_request_of_a_running_session(browser, signing_in):
    """R-050."""
    user = browser.enter("rising")
    signing_in.client().patch(f"/api/accounts/{user['user_id']}/", {"user_role": "MANAGER"})
    assert browser.app.get("/addoidcaccount/").json["user_role"] == "MANAGER"


def test_deleting_an_account_ends_its_sessions(browser, signing_in):
    """Rest-api A5."""
    user = browser.enter("doomed")
    signing_in.client().delete(f"/api/accounts/{user['user_id']}/")
    browser.app.get("/info/", status=401)


def test_logins_are_in_the_audit_log(browser, signing_in):
    """Rest-api A2.1, A6.19."""
    user = browser.enter("watched")
    browser.app.get("/auth/logout", status=302)
    browser.sign_in("watched", email="watched@example.org", email_verified=True)
    with signing_in.runtime.reading() as session:
        query = select(AuditRecord.action).where(AuditRecord.object == f"account:{user['user_id']}")
        actions = session.scalars(query.order_by(AuditRecord.id)).all()
    # On SQLite the log begins with what was done to a deleted account of the same number.
    assert actions[-3:] == ["account.registered", "signed_out", "signed_in"]


def test_an_unknown_provider_is_refused(browser):
    """Rest-api A2.1."""
    assert code(browser.app.get("/auth/login?provider=else", status=400)) == (400, "invalid_query")
