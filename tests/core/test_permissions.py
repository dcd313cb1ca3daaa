"""Who may do what: the first authenticator that knows the caller decides, then scope and flag."""

from types import SimpleNamespace

import pytest

from cometa_core.contracts.identity import Identity
from cometa_core.contracts.permissions import AUTHENTICATED, PUBLIC, KeyScope, Permission
from cometa_core.errors import Forbidden, Unauthenticated
from cometa_core.security.authentication import SecurityPolicy
from cometa_core.security.permission import PermissionTable
from cometa_core.web.request import Request

FLY = Permission("fly", "Fly.", ("BIRD",))
EXECUTE = Permission("execute", "Execute.", ("BIRD", "WORM"), KeyScope.RUN)
TABLE = PermissionTable({found.name: found for found in (FLY, EXECUTE)})


def somebody(*permissions, scopes=None, **others):
    keys = None if scopes is None else frozenset(scopes)
    return Identity(1, "ada@example.org", "Ada", "BIRD", 1, frozenset(permissions), key_scopes=keys, **others)


def policy(*ways):
    """A policy whose authenticators answer with what is given, in the order of their place."""
    asked = []

    def way(position, answer):
        def identify(_request):
            asked.append(position)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return SimpleNamespace(name=str(position), position=position, identify=identify)

    return SecurityPolicy([way(position, answer) for position, answer in ways], TABLE), asked


def request(method="GET"):
    found = Request.blank("/", method=method)
    found.matched_route = None
    return found


def test_shipped_roles_have_the_flags_that_name_them():
    assert TABLE.flags_of("BIRD") == {"fly", "execute"}
    assert TABLE.flags_of("WORM") == {"execute"}


@pytest.mark.parametrize(
    ("flags", "scopes", "name", "safe"),
    [
        (["fly"], None, "fly", False),
        ([], None, AUTHENTICATED, False),
        (["fly"], ["write"], "fly", False),
        (["fly"], ["read"], "fly", True),
        (["execute"], ["run"], "execute", False),
        ([], ["write"], AUTHENTICATED, False),
    ],
)
def test_flag_and_scope_together_allow(flags, scopes, name, safe):
    """R-033, R-034."""
    TABLE.require(somebody(*flags, scopes=scopes), name, safe=safe)


@pytest.mark.parametrize(
    ("flags", "scopes", "name", "safe", "code"),
    [
        ([], None, "fly", False, "permission_missing"),
        ([], ["read", "run", "write", "admin"], "fly", False, "permission_missing"),
        (["fly"], ["read"], "fly", False, "scope_missing"),
        (["fly"], ["write"], "fly", True, "scope_missing"),
        (["execute"], ["read", "write"], "execute", False, "scope_missing"),
        ([], [], AUTHENTICATED, True, "scope_missing"),
    ],
)
def test_what_is_missing_is_named(flags, scopes, name, safe, code):
    """R-033, R-034: a key never gives more than its account has."""
    with pytest.raises(Forbidden, match=r"scope|permission fly") as refused:
        TABLE.require(somebody(*flags, scopes=scopes), name, safe=safe)
    assert refused.value.code == code


def test_the_first_that_knows_the_caller_decides_whatever_the_order_of_plugins():
    first, second = somebody(), somebody(way="session")
    chain, asked = policy((40, second), (10, None), (20, first))
    assert chain.identity(request()) is first
    assert asked == [10, 20]


def test_the_chain_is_asked_once_a_request():
    chain, asked = policy((10, somebody()))
    asking = request()
    assert chain.identity(asking) is chain.identity(asking)
    assert chain.authenticated_userid(asking) == "1"
    assert asked == [10]


def test_wrong_credentials_end_the_chain():
    """R-031."""
    chain, asked = policy((10, Unauthenticated("Wrong key.")), (40, somebody()))
    with pytest.raises(Unauthenticated, match="Wrong key"):
        chain.identity(request())
    assert asked == [10]


def test_public_routes_ask_nobody():
    chain, asked = policy((10, Unauthenticated("Wrong key.")))
    assert chain.permits(request(), None, PUBLIC)
    assert asked == []


def test_nobody_is_told_how_to_be_somebody():
    chain, _asked = policy((10, None))
    assert chain.authenticated_userid(request()) is None
    with pytest.raises(Unauthenticated, match="Authorization: Bearer"):
        chain.permits(request(), None, AUTHENTICATED)


def test_a_route_needs_its_permission():
    chain, _asked = policy((10, somebody("fly")))
    assert chain.permits(request("POST"), None, "fly")
    with pytest.raises(Forbidden, match="permission execute"):
        chain.permits(request("POST"), None, "execute")


def test_the_policy_keeps_no_sessions():
    chain, _asked = policy()
    assert chain.remember(request(), "1") == chain.forget(request()) == []


def test_rows_without_department_are_only_for_those_who_see_all():
    """Contract: rest-api A3.3."""
    assert somebody(departments=frozenset({1})).sees_department(1)
    assert not somebody(departments=frozenset({1})).sees_department(2)
    assert not somebody(departments=frozenset({1})).sees_department(None)
    assert somebody(sees_all=True).sees_department(None)
