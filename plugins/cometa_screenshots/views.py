"""Routes of pictures.  Contract: rest-api A6.12."""

from typing import Any

from pydantic import Field
from pyramid.response import Response

from cometa_core.web.dialect import Done
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Query
from cometa_screenshots.forms import wanted_form
from cometa_screenshots.services import deliver, picture, picture_names, remove_picture

TAG = "Screenshots"
FOREVER = "private, max-age=31536000, immutable"

names = Service("screenshots", r"/screenshots/{step_result_id:\d{1,18}}/", description="Pictures of a step.", tag=TAG)
one_picture = Service("screenshot", "/screenshot/{name}/", description="One picture.", tag=TAG)
removal = Service("remove_screenshot", "/removeScreenshot/{name}/", description="Remove a picture.", tag=TAG)


class PictureQuery(Query):
    """Which form of a picture is wanted."""

    original: bool = Field(default=False, description="Give the stored, lossless PNG.")


@names.get(permission="view_feature", answer=list[str], runner=True)
def list_names(request: Request) -> list[str]:
    """List the pictures that a step has."""
    return picture_names(request.scope, int(request.matchdict["step_result_id"]))


@one_picture.get(permission="view_feature", query=PictureQuery, media_type="image/*", runner=True)
def read_picture(request: Request) -> Response:
    """Give a picture: WebP when the client names it, else JPEG, or the original PNG.  Contract: R-158, R-159."""
    artifact = picture(request.scope, request.matchdict["name"])
    form = wanted_form(request.headers.get("Accept"), original=request.query_model.original)
    delivery = deliver(request.scope, artifact, form)
    response = Response(body=delivery.content, conditional_response=True)
    response.content_type = delivery.form.value
    response.etag = f"{delivery.digest[:32]}-{delivery.form.suffix}"
    response.vary = ("Accept",)
    response.headers["Cache-Control"] = FOREVER
    return response


@one_picture.delete(permission="remove_screenshot", answer=dict[str, Any])
@removal.get(permission="remove_screenshot", effect=True, answer=dict[str, Any])
def remove_one_picture(request: Request) -> Done:
    """Remove one picture of a step."""
    return Done({"removed": [remove_picture(request.scope, request.matchdict["name"])], "template": None})
