"""Routes of pictures.  Contract: rest-api A6.12."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field
from pyramid.response import Response

from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Updated
from cometa_core.web.fields import Timestamp
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import Body, Query, read_bytes
from cometa_executions.api import (
    StepResult,
    StepResultOut,
    present_steps,
    require_runner_or,
    visible_step_result,
)
from cometa_features.api import Feature, visible_feature
from cometa_screenshots.forms import wanted_form
from cometa_screenshots.models import Baseline
from cometa_screenshots.services.baselines import OwnRules, decide
from cometa_screenshots.services.explaining import explanation
from cometa_screenshots.services.pictures import (
    PicturePath,
    Stored,
    deliver,
    picture_at,
    picture_names,
    remove_picture,
    role_of,
    step_of_picture,
    stored_picture,
)
from cometa_screenshots.services.thresholds import as_limit, own_limit_of_feature, set_limit_of_feature
from cometa_screenshots.services.uploading import Sent, store_sent

TAG = "Screenshots"
FOREVER = "private, max-age=31536000, immutable"
ANEW = "private, no-cache"
"""Of templates: another picture may take the place of one under the same name."""


def _limit(value: float | str) -> str:
    text = as_limit(value)
    if text is None:
        raise ValueError("must be a number of pixels or a share such as 0.1%")
    return text


Threshold = Annotated[float | str, AfterValidator(_limit)]
Region = Annotated[list[Annotated[int, Field(ge=0, le=100_000)]], Field(min_length=4, max_length=4)]

names = Service("screenshots", r"/screenshots/{step_result_id:\d{1,18}}/", description="Pictures of a step.", tag=TAG)
one_picture = Service("screenshot", "/screenshot/{name}/", description="One picture.", tag=TAG)
picture_path = Service(
    "screenshot_path",
    r"/screenshot/{feature_id:\d{1,18}}/{run_id:\d{1,18}}/{feature_result_id:\d{1,18}}"
    r"/{run_hash:[0-9a-f]{1,16}}/{stamp:[0-9A-Za-z._-]{1,40}}/{name}/",
    description="One picture, by the way to it.",
    tag=TAG,
)
baseline = Service(
    "baseline", r"/api/step_results/{step_result_id:\d{1,18}}/baseline/", description="Decide about a picture.", tag=TAG
)
picture_rules = Service(
    "picture_rules", r"/api/features/{feature_id:\d{1,18}}/picture_rules/", description="Rules of comparisons.", tag=TAG
)
removal = Service("remove_screenshot", "/removeScreenshot/{name}/", description="Remove a picture.", tag=TAG)


class RemovedPicture(BaseModel):
    """What was removed, and the template that is still there after the removal of a style."""

    success: bool = True
    removed: list[str]
    template: str | None


class StoredPicture(BaseModel):
    """A picture that was stored, and the differing pixels of its step; null when they could not be counted."""

    success: bool = True
    name: str
    pixel_diff: int | None


class UploadQuery(Query):
    """What is to be done with an uploaded picture."""

    compare: bool = Field(default=False, description="Compare it with the template; only for current pictures.")


class Decision(Body):
    """What somebody decided about a picture, and the rules that an approved one gets; sent ones replace the former."""

    action: Literal["approve", "reject"]
    max_diff: Threshold | None = Field(default=None, description="Threshold of this baseline and its successors.")
    ignore_regions: Annotated[list[Region], Field(max_length=100)] | None = Field(
        default=None, description="Rectangles [x, y, width, height] that are left out, also by its successors."
    )


class BaselineOut(BaseModel):
    """A picture that others are compared with."""

    state: str
    created_at: Timestamp
    valid_from: Timestamp | None
    valid_until: Timestamp | None
    decided_by: int | None
    decided_at: Timestamp | None
    max_diff: str | None
    ignore_regions: list[Any]


class ExplanationOut(BaseModel):
    """Why a picture was compared with what it was."""

    step_uuid: str
    path: str
    family: str
    platform: str
    viewport: str
    name: str
    verdict: str
    pixel_diff: int | None
    allowed: int | None = Field(
        description="Differing pixels that were allowed; null without threshold and for equal files."
    )
    reason: str
    compared_with: BaselineOut | None
    in_force: BaselineOut | None


class PictureRules(Body):
    """How much the pictures of a feature may differ where its steps say nothing."""

    max_diff: Threshold | None = Field(description="Pixels, or a share such as 0.1%; null = that of the department.")


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
    return _delivered(request, stored_picture(request.scope, request.matchdict["name"]))


@picture_path.get(permission="view_feature", query=PictureQuery, media_type="image/*", runner="feature_result_id")
def read_picture_by_path(request: Request) -> Response:
    """Give the picture of a step by feature, run, result, hash and sequence; the stamp only tells copies apart."""
    parts = request.matchdict
    path = PicturePath(
        feature_id=int(parts["feature_id"]),
        run_id=int(parts["run_id"]),
        result_id=int(parts["feature_result_id"]),
        run_hash=parts["run_hash"],
        name=parts["name"],
    )
    return _delivered(request, picture_at(request.scope, path))


def _delivered(request: Request, stored: Stored) -> Response:
    form = wanted_form(request.headers.get("Accept"), original=request.query_model.original)
    delivery = deliver(request.scope, stored, form)
    response = Response(body=delivery.content, conditional_response=True)
    response.content_type = delivery.form.value
    response.etag = f"{delivery.digest[:32]}-{delivery.form.suffix}"
    response.vary = ("Accept",)
    response.headers["Cache-Control"] = ANEW if stored.is_template else FOREVER
    return response


@one_picture.delete(permission="remove_screenshot", answer=RemovedPicture)
@removal.get(permission="remove_screenshot", effect=True, answer=RemovedPicture)
def remove_one_picture(request: Request) -> RemovedPicture:
    """Remove one picture of a step, or the templates of a step, whose next picture is then a first one again."""
    removed = remove_picture(request.scope, request.matchdict["name"])
    return RemovedPicture(removed=[removed.name], template=removed.template)


def reported_step(request: Request) -> StepResult:
    """Find the step row of the path's picture, for people with the flag and the runner of its result."""
    require_runner_or(request.scope, "run_feature")
    return step_of_picture(request.scope, request.matchdict["name"])


@one_picture.put(permission=AUTHENTICATED, load=reported_step, query=UploadQuery, answer=StoredPicture,
                 takes="image/png", errors=("terminal_state",), audited=False, runner=True)  # fmt: skip
def store_picture(request: Request) -> StoredPicture:
    """Store a picture of a step; with `compare` it is compared with the template, and the first one becomes it."""
    name = request.matchdict["name"]
    limit = request.registry.settings["cometa.max_screenshot_bytes"]
    sent = Sent(role_of(request.scope, name), read_bytes(request, limit), request.query_model.compare)
    return StoredPicture(name=name, pixel_diff=store_sent(request.scope, request.resource, sent))


def decided_step(request: Request) -> StepResult:
    """Find the step row of the path."""
    return visible_step_result(request.scope, int(request.matchdict["step_result_id"]))


@baseline.get(permission="view_feature", load=decided_step, answer=ExplanationOut)
def explain_baseline(request: Request) -> ExplanationOut:
    """Say why the picture of a step was compared with what it was: key, state, since when and by whom."""
    row, found = request.resource, explanation(request.scope, request.resource)
    parts = {name: value for name, value in vars(found.key).items() if name != "feature_id"}
    return ExplanationOut(
        **parts, verdict=row.verdict, pixel_diff=row.pixel_diff, allowed=found.allowed, reason=found.reason,
        compared_with=presented(found.compared_with), in_force=presented(found.in_force),
    )  # fmt: skip


def presented(found: Baseline | None) -> BaselineOut | None:
    """Present a baseline; its picture has a name of its own."""
    if found is None:
        return None
    return BaselineOut(
        state=found.state, created_at=found.created_at, valid_from=found.valid_from, valid_until=found.valid_until,
        decided_by=found.decided_by, decided_at=found.decided_at, max_diff=found.max_diff,
        ignore_regions=found.regions,
    )  # fmt: skip


@baseline.post(permission="change_result_status", load=decided_step, body=Decision, answer=StepResultOut)
def decide_baseline(request: Request) -> Updated:
    """Approve the current picture of a compared step as the new template, or reject it."""
    body = request.body_model
    own = OwnRules(body.ignore_regions, body.max_diff)
    decide(request.scope, request.resource, body.action, own)
    return Updated(present_steps(request.scope, [request.resource])[0])


def ruled_feature(request: Request) -> Feature:
    """Find the feature of the path."""
    return visible_feature(request.scope, int(request.matchdict["feature_id"]))


@picture_rules.get(permission="view_feature", load=ruled_feature, answer=PictureRules)
def read_picture_rules(request: Request) -> PictureRules:
    """Give the threshold of a feature; null where nobody set one."""
    return PictureRules(max_diff=own_limit_of_feature(request.scope.session, request.resource.id))


@picture_rules.patch(permission="edit_feature", load=ruled_feature, body=PictureRules, answer=PictureRules)
def set_picture_rules(request: Request) -> PictureRules:
    """Set how much the pictures of a feature may differ where its steps say nothing."""
    limit = request.body_model.max_diff
    set_limit_of_feature(request.scope, request.resource.id, limit)
    return PictureRules(max_diff=limit)
