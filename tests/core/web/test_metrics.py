"""Figures for Prometheus: who may read them and what they say."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from small_installation import make_caller, runtime_in
from webtest import TestApp

from cometa_core.app import build_app
from cometa_core.web.metrics import is_from

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def measured(installation):
    """The installation with metrics switched on; ``measured(rate_limit="2/minute")`` sets more."""
    opened = []

    def make(**settings):
        plugins = [plugin.name for plugin in installation.plugins.active]
        chosen = {f"cometa.{name}": value for name, value in {"metrics": "true", **settings}.items()}
        opened.append(runtime_in(installation.locations.data, plugins, **chosen))
        return TestApp(build_app(opened[-1]), extra_environ={"REMOTE_ADDR": "127.0.0.1"})

    yield make
    for runtime in opened:
        runtime.close()


def figures(app, **options):
    text = app.get("/metrics", **options).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value for sample in samples}


def test_without_the_setting_there_are_none(whole):
    """R-190."""
    assert whole.get("/metrics", status=404).json["code"] == "not_found"


def test_this_machine_reads_them_without_identity(measured):
    """R-190."""
    app = measured()
    app.get("/health")
    found = figures(app)
    assert found["cometa_request_seconds_count", "GET", "/health/", "200"] == 1
    assert found["cometa_amount", "results_queued"] == 0


def test_routes_are_patterns_and_unknown_paths_are_one_series(measured):
    app = measured()
    for path in ("/api/applications/1/", "/api/applications/2/", "/no/such/path", "/neither"):
        app.get(path, status="*")
    labels = {key[2] for key in figures(app) if key[0] == "cometa_request_seconds_count"}
    assert labels == {r"/api/applications/{app_id:[0-9]{1,18}}/", "none"}


def test_other_addresses_need_the_panel(measured, installation):
    """R-190."""
    app = measured()
    assert app.get("/metrics", extra_environ=ELSEWHERE, status=401).json["code"] == "no_identity"
    elsewhere = TestApp(app.app, extra_environ=ELSEWHERE)
    member = make_caller(installation, elsewhere, "metrics.member@example.org")
    assert member.get("/metrics/", status=403).json["code"] == "permission_missing"
    assert make_caller(installation, elsewhere, "metrics.root@example.org", role="SUPERUSER").get("/metrics/")


@pytest.mark.parametrize(
    ("address", "reader", "allowed"),
    [
        ("127.0.0.1", "loopback", True), ("::1", "loopback", True), ("10.1.2.3", "loopback", False),
        ("10.1.2.3", "10.0.0.0/8", True), ("10.1.2.3", "10.1.2.3", True), ("10.1.2.3", "10.1.2.4", False),
        ("", "loopback", False), ("10.1.2.3", "nonsense", False),
    ],
)  # fmt: skip
def test_readers_are_addresses_networks_and_this_machine(address, reader, allowed):
    assert is_from(address, reader) is allowed


def test_requests_are_limited_by_key_and_address(measured, installation):
    """Contract: rest-api A1.5, 429."""
    app = measured(rate_limit="2/minute")
    ada = make_caller(installation, app, "limited.ada@example.org")
    bob = make_caller(installation, app, "limited.bob@example.org")
    for _ in range(2):
        ada.get("/info/")
    refused = ada.get("/info/", status=429)
    assert refused.json["code"] == "rate_limited"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert bob.get("/info/")
    for _ in range(5):
        app.get("/health")
