"""Checks that every cloud of ``cometa_clouds`` passes; call ``check_cloud`` in a test of yours."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cometa_core.contracts.clouds import Cloud, SessionOrder

STANDARD: Mapping[str, tuple[type, ...]] = {
    "browserName": (str,),
    "browserVersion": (str,),
    "platformName": (str,),
    "acceptInsecureCerts": (bool,),
    "pageLoadStrategy": (str,),
    "proxy": (dict,),
    "setWindowRect": (bool,),
    "timeouts": (dict,),
    "strictFileInteractability": (bool,),
    "unhandledPromptBehavior": (str, dict),
    "userAgent": (str,),
    "webSocketUrl": (bool, str),
}
"""Capabilities of the standard -> type of their values."""

PROXY_TYPES = {"pac", "direct", "autodetect", "system", "manual"}


def check_cloud(cloud: Cloud, order: SessionOrder) -> None:
    """Check what a cloud says about a session.

    Args:
        cloud: the cloud.
        order: a session that it can open.

    Raises:
        AssertionError: a promise of ``cometa_core.contracts.clouds.Cloud`` is broken; the text says which.
    """
    account = cloud.account()
    assert cloud.name == cloud.name.lower(), f"The name {cloud.name} is not in lower case."
    assert cloud.name, "The cloud has no name."
    assert cloud.resolve(order.spec) == "", f"The cloud refuses the spec: {cloud.resolve(order.spec)}"
    assert urlsplit(account.url).scheme in {"http", "https"}, (
        f"The hub {account.url} has no address with http or https."
    )
    assert "@" not in urlsplit(account.url).netloc, "The address of the hub has credentials."
    assert account.password not in repr(account) or not account.password, (
        "The password shows in the text of the account."
    )
    capabilities = cloud.capabilities(order)
    check_capabilities(capabilities)
    for secret in filter(None, (account.username, account.password)):
        outside = {name: value for name, value in capabilities.items() if ":" not in name}
        assert secret not in str(outside), "Credentials are outside of the vendor's block."
    assert not {"username", "password", "url"} & set(cloud.options(order)), "Credentials come from account() alone."


def check_capabilities(capabilities: Mapping[str, Any]) -> None:
    """Check that capabilities are those of the standard, or carry a vendor's prefix.  Contract: X-122.

    Raises:
        AssertionError: one of them is neither, or has a value of the wrong type.
    """
    for name, value in capabilities.items():
        if ":" in name:
            continue
        assert name in STANDARD, f"{name} is no capability of the standard and has no prefix."
        assert isinstance(value, STANDARD[name]), f"{name} is {value!r}."
    proxy = capabilities.get("proxy", {"proxyType": "direct"})
    assert proxy["proxyType"] in PROXY_TYPES, f"proxyType is {proxy['proxyType']!r}."
