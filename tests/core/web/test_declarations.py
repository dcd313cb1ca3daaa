"""What declarations of services are refused."""

import pytest

from cometa_core.errors import PluginError
from cometa_core.security.permission import AUTHENTICATED, PUBLIC
from cometa_core.web.collisions import refuse_collisions
from cometa_core.web.service import Service

VERBS = ("get", "post", "put", "patch", "delete")


def view(_request):
    return {}


def readable(name, path):
    service = Service(name, path)
    service.get(permission=PUBLIC)(view)
    return service


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("declared", [{}, {"permission": None}, {"permission": ""}])
def test_a_verb_without_permission_is_refused(verb, declared):
    """Pyramid would take a missing permission for a public route."""
    service = Service("open", "/open/")
    with pytest.raises(TypeError, match=f"{verb.upper()} /open/ declares no permission"):
        getattr(service, verb)(**declared)(view)


def test_a_misspelt_word_of_a_declaration_is_refused():
    with pytest.raises(TypeError, match="boby"):
        Service("open", "/open/").post(permission=PUBLIC, boby=dict)(view)


@pytest.mark.parametrize("path", ["/things", "things/", "api/things/"])
def test_a_path_without_outer_slashes_is_refused(path):
    """It would never match."""
    with pytest.raises(ValueError, match="must begin and end with /"):
        Service("things", path)


def test_each_verb_is_kept_as_declared():
    service = Service("things", "/things/")
    for verb in VERBS:
        getattr(service, verb)(permission=AUTHENTICATED, errors=("in_use",))(view)
    assert list(service.operations) == ["GET", "POST", "PUT", "PATCH", "DELETE"]
    assert {operation.errors for operation in service.operations.values()} == {("in_use",)}


def collide(configured, *services):
    """Add services as plugins do, each committed before the next."""
    config = configured()
    for service in services:
        config.add_cornice_service(service)
        config.commit()
    refuse_collisions(config.introspector, config.registry.cornice_services)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/things/", "/things/"),
        (r"/things/{id:\d+}/", r"/things/{id:\d+}/"),
        (r"/things/{id:\d+}/", r"/things/{thing_id:\d+}/"),
        ("/things/{name}/", "/things/{key}/"),
    ],
)
def test_two_services_of_one_path_are_refused(configured, one, other):
    """Whatever the placeholders are called: the second would never be reached."""
    with pytest.raises(PluginError, match=r"/things/.*(first, second)") as error:
        collide(configured, readable("first", one), readable("second", other))
    assert "cometa.plugins.disabled" in str(error.value)


def test_two_services_of_one_name_are_refused(configured):
    """The second would take the route of the first away."""
    with pytest.raises(PluginError, match="things"):
        collide(configured, readable("things", "/things/"), readable("things", "/other/"))


def test_a_route_outside_of_services_must_not_share_a_path_either(configured):
    config = configured(readable("things", r"/things/{id:\d+}/"))
    config.add_route("foreign", "/things/{key:[0-9]+}/")
    config.commit()
    with pytest.raises(PluginError, match=r"/things/.*: foreign, things"):
        refuse_collisions(config.introspector, config.registry.cornice_services)


def test_a_service_that_is_added_again_is_no_collision(configured):
    service = readable("things", "/things/")
    collide(configured, service, service)


@pytest.mark.parametrize("other", ["/other/", "/things/{name}/", r"/things/{id:\d+}/more/"])
def test_services_of_different_paths_live_together(configured, other):
    collide(configured, readable("first", "/things/"), readable("second", other))


def test_one_service_may_serve_several_applications(serve):
    service = readable("things", "/things/")
    for _ in range(2):
        assert serve(service).get("/things").json == {}
