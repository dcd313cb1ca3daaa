"""Delivery of pictures over HTTP."""

import hashlib
import io
import shutil

import pytest
from PIL import Image
from sqlalchemy import event

WEBP = {"Accept": "image/webp"}


def opened(response):
    return Image.open(io.BytesIO(response.body))


def test_the_pictures_of_a_step_are_listed_in_the_order_of_the_contract(app, own, step, store, picture):
    """R-157."""
    address = f"/screenshots/{step.id}/"
    assert app.get(address, headers=own).json == []
    for role in ("difference", "current", "style"):
        store(picture(), role)
    expected = [f"AMVARA_{step.id}.png", f"AMVARA_{step.id}_style.png", f"AMVARA_{step.id}.png_diff.png"]
    assert app.get(address, headers=own).json == expected
    assert app.get(f"/backend/screenshots/{step.id}", headers=own).json == expected


@pytest.mark.parametrize(
    ("accept", "form"), [({}, "image/jpeg"), ({"Accept": "*/*"}, "image/jpeg"), (WEBP, "image/webp")]
)
def test_a_picture_comes_in_the_form_that_the_client_knows(app, own, pictured, accept, form):
    """R-158, X-097."""
    answer = app.get(f"/screenshot/AMVARA_{pictured.id}.png", headers={**own, **accept})
    assert answer.headers["Content-Type"] == opened(answer).get_format_mimetype() == form
    assert opened(answer).size == (60, 40)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Accept" in answer.headers["Vary"]


def test_the_original_is_given_byte_by_byte(app, own, step, store, picture):
    """R-158, X-097: the PNG is never thrown away for other forms."""
    content = store(picture())
    app.get(f"/screenshot/AMVARA_{step.id}.png", headers={**own, **WEBP})
    answer = app.get(f"/screenshot/AMVARA_{step.id}.png?original=1", headers={**own, **WEBP})
    assert answer.body == content
    assert answer.headers["Content-Type"] == "image/png"


def test_roles_are_different_pictures(app, own, step, store, picture):
    names = {"current": ".png", "style": "_style.png", "difference": ".png_diff.png"}
    contents = {name: store(picture(colour=(len(role), 0, 0, 255)), role) for role, name in names.items()}
    assert len(set(contents.values())) == 3
    given = {name: app.get(f"/screenshot/AMVARA_{step.id}{name}?original=1", headers=own).body for name in contents}
    assert given == contents


@pytest.mark.parametrize("ending", ["webp", "png", "jpg"])
def test_the_whole_way_to_a_picture_is_a_name_of_it_too(app, own, step, store, picture, ending):
    """X-098."""
    content = store(picture(colour=(7, 7, 7, 255)))
    way = f"/screenshot/{step.feature_id}/{step.run_id}/{step.result_id}/{'0' * 16}/0815/AMVARA_step_1.{ending}"
    assert app.get(f"{way}?original=1", headers=own).body == content
    assert app.get(way, headers={**own, **WEBP}).content_type == "image/webp"


@pytest.mark.parametrize(
    "way",
    [
        "9999/{run}/{result}/{hash}/1/AMVARA_step_1.webp", "{feature}/9999/{result}/{hash}/1/AMVARA_step_1.webp",
        "{feature}/{run}/9999/{hash}/1/AMVARA_step_1.webp", "{feature}/{run}/{result}/1111/1/AMVARA_step_1.webp",
        "{feature}/{run}/{result}/{hash}/1/AMVARA_step_2.webp", "{feature}/{run}/{result}/{hash}/1/step_1.webp",
        "{feature}/{run}/{result}/{hash}/1/AMVARA_step_01.webp", "{feature}/{run}/{result}/{hash}/1/AMVARA_step_1.gif",
    ],
)  # fmt: skip
def test_every_part_of_the_way_must_fit(app, own, step, store, picture, way):
    """X-098, R-160."""
    store(picture())
    words = {"feature": step.feature_id, "run": step.run_id, "result": step.result_id, "hash": "0" * 16}
    app.get(f"/screenshot/{way.format_map(words)}", headers=own, status=404)


def test_members_of_other_departments_find_no_picture_by_any_name(app, headers, step, store, picture):
    """X-098."""
    for role in ("current", "style", "difference"):
        store(picture(), role)
    stranger = headers("eve@example.org", department="Elsewhere")
    way = f"{step.feature_id}/{step.run_id}/{step.result_id}/{'0' * 16}/1/AMVARA_step_1.webp"
    for name in (f"AMVARA_{step.id}.png", f"AMVARA_{step.id}_style.png", f"AMVARA_{step.id}.png_diff.png", way):
        app.get(f"/screenshot/{name}", headers=stranger, status=404)


def test_a_known_tag_is_answered_with_304(app, own, step, store, picture):
    """R-159."""
    store(picture())
    address = f"/screenshot/AMVARA_{step.id}.png"
    tag = app.get(address, headers={**own, **WEBP}).headers["ETag"]
    assert not tag.startswith("W/")
    again = app.get(address, headers={**own, **WEBP, "If-None-Match": tag}, status=304)
    assert again.body == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"].endswith("immutable")


def test_every_form_has_a_tag_of_its_own(app, own, step, store, picture):
    """R-159: a tag of one form never validates another."""
    store(picture())
    address = f"/screenshot/AMVARA_{step.id}.png"
    webp, jpeg = (app.get(address, headers={**own, "Accept": kind}) for kind in ("image/webp", "*/*"))
    original = app.get(f"{address}?original=1", headers=own)
    assert len({answer.headers["ETag"] for answer in (webp, jpeg, original)}) == 3
    app.get(address, headers={**own, "If-None-Match": webp.headers["ETag"]}, status=200)


def test_head_says_what_get_would_send(app, own, step, store, picture):
    store(picture())
    address = f"/screenshot/AMVARA_{step.id}.png"
    got = app.get(address, headers=own)
    told = app.head(address, headers=own)
    assert told.body == b""
    assert told.headers["Content-Length"] == str(len(got.body))
    assert told.headers["ETag"] == got.headers["ETag"]


def test_a_part_can_be_asked_for(app, own, step, store, picture):
    content = store(picture())
    answer = app.get(f"/screenshot/AMVARA_{step.id}.png?original=1", headers={**own, "Range": "bytes=0-7"}, status=206)
    assert answer.body == content[:8]


def test_a_picture_that_is_too_tall_for_webp_is_jpeg(app, own, step, store, picture):
    store(picture(size=(2, 16_384)), size=(2, 16_384))
    answer = app.get(f"/screenshot/AMVARA_{step.id}.png", headers={**own, **WEBP})
    assert (opened(answer).format, answer.headers["ETag"][-6:]) == ("JPEG", '-jpeg"')


def test_a_tall_picture_of_unknown_size_is_derived_once(runtime, app, own, step, store, picture):
    content = store(picture(size=(3, 16_384)))
    address = f"/screenshot/AMVARA_{step.id}.png"
    first, second = (app.get(address, headers={**own, **WEBP}).body for _ in range(2))
    assert first == second
    digest = hashlib.sha256(content).hexdigest()
    made = [path.name for path in (runtime.locations.data / "derived" / digest[:2]).iterdir()]
    assert made == [f"{digest}.jpeg"]


def test_derived_forms_are_cached_and_made_anew_when_the_cache_is_gone(runtime, app, own, step, store, picture):
    store(picture(colour=(1, 2, 3, 255)))
    address = f"/screenshot/AMVARA_{step.id}.png"
    first = app.get(address, headers=own).body
    shutil.rmtree(runtime.locations.data / "derived")
    assert app.get(address, headers=own).body == first


def test_the_cache_spares_the_store(runtime, app, own, step, store, picture):
    content = store(picture(colour=(9, 9, 9, 255)))
    address = f"/screenshot/AMVARA_{step.id}.png"
    first = app.get(address, headers=own).body
    runtime.artifacts.delete(1, hashlib.sha256(content).hexdigest())
    assert app.get(address, headers=own).body == first
    assert app.get(f"{address}?original=1", headers=own, status=404).json["code"] == "not_found"


def test_a_damaged_picture_is_given_as_it_is_stored(app, own, step, store, picture):
    content = store(picture()[:60])
    answer = app.get(f"/screenshot/AMVARA_{step.id}.png", headers={**own, **WEBP})
    assert answer.body == content
    assert (answer.headers["Content-Type"], answer.headers["ETag"][-5:]) == ("image/png", '-png"')


def test_the_newest_picture_of_a_role_counts(app, own, step, store, picture):
    store(picture(colour=(1, 1, 1, 255)))
    newest = store(picture(colour=(2, 2, 2, 255)))
    assert app.get(f"/screenshot/AMVARA_{step.id}.png?original=1", headers=own).body == newest


@pytest.mark.parametrize(
    "path",
    ["..", "../secret.key", "..%2Fsecret.key", "%2e%2e%2fsecret.key", "..%5Csecret.key", "OTHER_{id}.png", "{id}.png",
     "AMVARA_{id}.png%00", "AMVARA_{id}.jpg", "AMVARA_0{id}.png", "AMVARA_{id}_style.png", "AMVARA_{id}.png%2F..",
     "x%2FAMVARA_{id}.png"],
)  # fmt: skip
def test_other_names_are_404_and_touch_no_file(runtime, app, own, pictured, monkeypatch, path):
    """R-160."""

    def touched(*_arguments):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(type(runtime.artifacts), "open", touched)
    monkeypatch.setattr("cometa_screenshots.cache.PictureCache.read", touched)
    answer = app.get(f"/screenshot/{path.format(id=pictured.id)}", headers=own, status=404)
    assert answer.json["code"] in {"not_found", "route_not_found"}


def test_a_picture_that_does_not_exist_is_404(app, own, step):
    assert app.get(f"/screenshot/AMVARA_{step.id}.png", headers=own, status=404).json["code"] == "not_found"
    assert app.get(f"/screenshot/AMVARA_{10**17}.png", headers=own, status=404).json["code"] == "not_found"
    assert app.get(f"/screenshots/{10**17}/", headers=own, status=404).json["code"] == "not_found"


def test_pictures_of_another_department_do_not_exist(app, headers, step, store, picture):
    """R-160."""
    store(picture())
    foreign = headers("eve@example.org", department="Elsewhere")
    for address in (f"/screenshots/{step.id}/", f"/screenshot/AMVARA_{step.id}.png"):
        assert app.get(address, headers=foreign, status=404).json["code"] == "not_found"
    everywhere = headers("root@example.org", role="SUPERUSER", department="Elsewhere")
    assert len(app.get(f"/screenshots/{step.id}/", headers=everywhere).json) == 1


def test_nobody_sees_pictures_without_identity(app, step):
    assert app.get(f"/screenshot/AMVARA_{step.id}.png", status=401).json["code"] == "no_identity"


def test_a_word_that_is_no_boolean_is_refused(app, own, step):
    answer = app.get(f"/screenshot/AMVARA_{step.id}.png?original=perhaps", headers=own, status=400)
    assert answer.json["code"] == "invalid_query"


def test_a_picture_costs_the_same_queries_whatever_the_step_has(runtime, app, own, step, store, picture):
    def count():
        statements = []

        def note(*arguments):
            statements.append(arguments[2])

        event.listen(runtime.engine, "before_cursor_execute", note)
        app.get(f"/screenshot/AMVARA_{step.id}.png", headers=own)
        event.remove(runtime.engine, "before_cursor_execute", note)
        return len(statements)

    store(picture())
    first = count()
    assert first > 0
    for shade in range(5):
        store(picture(colour=(shade, 50, 50, 255)), "style")
    assert count() == first


def test_the_flag_of_removal_is_declared_for_superusers(runtime):
    """R-162: the first part, the flag."""
    assert runtime.permissions.permissions["remove_screenshot"].roles == ("SUPERUSER",)
