"""Routes of pictures."""

from typing import Any

from pydantic import Field
from pyramid.response import FileIter, Response

from cometa_core.scope import Scope
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Query
from cometa_executions.api import Artifact
from cometa_screenshots.forms import Form, derived, wanted_form
from cometa_screenshots.services import picture, picture_names

TAG = "Screenshots"
FOREVER = "private, max-age=31536000, immutable"

names = Service("screenshots", r"/screenshots/{step_result_id:\d{1,18}}/", description="Pictures of a step.", tag=TAG)
one_picture = Service("screenshot", "/screenshot/{name}/", description="One picture.", tag=TAG)


class PictureQuery(Query):
    """Which form of a picture is wanted."""

    original: bool = Field(default=False, description="Give the stored, lossless PNG.")


@names.get(permission="view_feature", answer=list[str])
def list_names(request: Request) -> list[str]:
    """List the pictures that a step has."""
    return picture_names(request.scope, int(request.matchdict["step_result_id"]))


@one_picture.get(permission="view_feature", query=PictureQuery, media_type="image/*")
def read_picture(request: Request) -> Response:
    """Give a picture: WebP when the client names it, else JPEG, or the original PNG."""
    artifact = picture(request.scope, request.matchdict["name"])
    form = wanted_form(request.headers.get("Accept"), original=request.query_model.original)
    response = Response(conditional_response=True)
    response.headers["Cache-Control"] = FOREVER
    response.vary = ("Accept",)
    fill(response, request.scope, artifact, form)
    return response


def fill(response: Response, scope: Scope, artifact: Artifact, form: Form) -> None:
    """Put the bytes of a form into an answer; its tag names content and form."""
    store = scope.runtime.artifacts

    def open_original() -> Any:
        return store.open(artifact.department_id, artifact.sha256)

    if form is Form.PNG:
        stream, size = open_original(), artifact.size
    else:
        path, form = derived(scope.runtime.locations.data / "derived", artifact.sha256, form, open_original)
        stream, size = path.open("rb"), path.stat().st_size
    response.content_type = form.value
    response.etag = f"{artifact.sha256[:32]}-{form.name.lower()}"
    response.app_iter = FileIter(stream)
    response.content_length = size
