"""Routes of features and steps.  Contract: rest-api A6.8, A6.11."""

from typing import Any

from cometa_core.errors import BadRequest, Invalid
from cometa_core.security.permission import AUTHENTICATED
from cometa_core.web.dialect import Created, Done, Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_features import schemas
from cometa_features.answers import FeatureOut, StepOut, present_feature, present_features, present_steps
from cometa_features.folder_views import named_in_body
from cometa_features.models import Feature
from cometa_features.services.reading import (
    FeatureFilter,
    visible_feature,
    visible_feature_named,
    visible_features,
    visible_steps,
)
from cometa_features.services.saving import change_feature, delete_feature, store_feature
from cometa_features.services.texts import ListedStep, kind_of, listed_steps

TAG = "Features"
FEATURE = r"{feature_id:\d{1,18}}"
SAVE_ERRORS = ("invalid_reference", "invalid_cron", "feature_cycle")
CHANGE_ERRORS = (*SAVE_ERRORS, "id_mismatch", "version_conflict")

features = Service("features", "/api/features/", description="Features.", tag=TAG)
one_feature = Service("feature", f"/api/features/{FEATURE}/", description="One feature.", tag=TAG)


def addressed(request: Request) -> Feature:
    """Find the feature of the path."""
    return visible_feature(request.scope, int(request.matchdict["feature_id"]))


def addressed_for_change(request: Request) -> Feature:
    """Find the feature of the path and hold it until the end of the transaction."""
    return visible_feature(request.scope, int(request.matchdict["feature_id"]), for_change=True)


def named_for_change(request: Request) -> Feature | None:
    """Find the feature that the body names and hold it until the end of the transaction."""
    number = named_in_body(request.raw_body_object, "feature_id")
    return None if number is None else visible_feature(request.scope, number, for_change=True)


@features.get(permission="view_feature", query=schemas.FeatureQuery, answer=list[FeatureOut])
def list_features(request: Request) -> Page:
    """List the visible features."""
    query: schemas.FeatureQuery = request.query_model
    wanted = FeatureFilter(query.department_id, query.app_id, query.environment_id, query.search)
    page = paged(request.scope.session, visible_features(request.scope, wanted), query)
    return Page(present_features(request.scope, page.items), page.total)


@features.post(
    permission="create_feature", body=schemas.FeatureCreate, answer=FeatureOut, status=201, errors=SAVE_ERRORS
)
def create(request: Request) -> Created:
    """Create a feature with its steps."""
    return Created(present_feature(request.scope, store_feature(request.scope, request.body_model)))


@features.patch(
    permission="edit_feature",
    load=named_for_change,
    body=schemas.FeatureUpdate,
    answer=FeatureOut,
    errors=CHANGE_ERRORS,
)
def change_by_body(request: Request) -> Updated:
    """Change the feature that the body names."""
    if request.resource is None:
        raise Invalid.field("feature_id", "is required")
    return Updated(_changed(request, request.resource))


@one_feature.get(permission="view_feature", load=addressed, answer=FeatureOut, runner="feature_id")
def read(request: Request) -> FeatureOut:
    """Read one feature; the header ETag names its version."""
    feature: Feature = request.resource
    tag = f'"{feature.id}-{feature.version}"'
    request.add_response_callback(lambda _request, response: response.headers.update({"ETag": tag}))
    return present_feature(request.scope, feature)


@one_feature.patch(
    permission="edit_feature",
    load=addressed_for_change,
    body=schemas.FeatureUpdate,
    answer=FeatureOut,
    errors=CHANGE_ERRORS,
)
def change(request: Request) -> Updated:
    """Change the sent fields of a feature; ``steps_content`` replaces the whole step list."""
    _check_same_feature(request)
    return Updated(_changed(request, request.resource))


@one_feature.delete(
    permission=AUTHENTICATED, load=addressed_for_change, answer=dict[str, Any], errors=("feature_running", "archived")
)
def remove(request: Request) -> Done:
    """Delete a feature with its steps, runs and results; its creator needs no permission for it."""
    delete_feature(request.scope, request.resource)
    return Done({})


def _check_same_feature(request: Request) -> None:
    sent = request.body_model.feature_id
    if sent is not None and sent != request.resource.id:
        text = f"The path names feature {request.resource.id} and the body feature {sent}."
        raise BadRequest(text, code="id_mismatch", fields={"feature_id": ["differs from the path"]})


def _changed(request: Request, feature: Feature) -> FeatureOut:
    changed = change_feature(request.scope, feature, request.body_model, request.headers.get("If-Match"))
    return present_feature(request.scope, changed)


STEPS = "Steps"
steps_of_feature = Service("steps", f"/steps/{FEATURE}/", description="Steps of a feature.", tag=STEPS)
api_steps_of_feature = Service("api_steps_one", f"/api/steps/{FEATURE}/", description="Steps of a feature.", tag=STEPS)
all_steps = Service("api_steps", "/api/steps/", description="Steps of all visible features.", tag=STEPS)
save_steps = Service("steps_patch", f"/steps/{FEATURE}/patch/", description="Save feature and steps.", tag=STEPS)
executable_list = Service("get_json", f"/getJson/{FEATURE}/", description="What really runs.", tag=STEPS)
by_name = Service("steps_by_name", "/stepsByName/", description="Steps of a feature by its name.", tag=STEPS)


@steps_of_feature.get(permission="view_feature", load=addressed, query=schemas.StepsQuery, answer=list[StepOut],
                      runner="feature_id")  # fmt: skip
@api_steps_of_feature.get(permission="view_feature", load=addressed, query=schemas.StepsQuery, answer=list[StepOut],
                          runner="feature_id")  # fmt: skip
def list_steps(request: Request) -> Page:
    """List the steps of a feature, those of its sub-features behind their rows."""
    executable = (request.query_model.sub_steps or "").lower() == "true"
    return _steps(request, request.resource, executable=executable)


@all_steps.get(permission="view_feature", query=schemas.StepsQuery, answer=list[StepOut])
def list_all_steps(request: Request) -> Page:
    """List the rows that authors wrote in all visible features; nothing is inlined."""
    scope = request.scope
    page = paged(scope.session, visible_steps(scope, request.query_model.feature_id), request.query_model)
    rows = [ListedStep(step, kind_of(step), step.feature_id) for step in page.items]
    return Page(present_steps(request.scope.session, rows), page.total)


@save_steps.post(
    permission="edit_feature",
    load=addressed_for_change,
    body=schemas.FeatureUpdate,
    answer=dict[str, Any],
    errors=CHANGE_ERRORS,
)
def save(request: Request) -> Done:
    """Save a feature and its steps together, or nothing."""
    _check_same_feature(request)
    data = _changed(request, request.resource)
    rows = listed_steps(request.scope.session, request.resource)
    return Done({"data": data, "steps": present_steps(request.scope.session, rows)})


@executable_list.get(permission="view_feature", load=addressed, query=Paging, answer=list[StepOut], runner="feature_id")
def get_json(request: Request) -> Page:
    """List what really runs: enabled rows with those of sub-features in the place of their calls."""
    return _steps(request, request.resource, executable=True)


@by_name.get(
    permission="view_feature",
    query=schemas.NameQuery,
    answer=list[StepOut],
    errors=("missing_parameter", "ambiguous_name"),
)
def steps_by_query(request: Request) -> Page:
    """List the steps of the visible feature with exactly this name."""
    query: schemas.NameQuery = request.query_model
    if not query.feature_name:
        raise BadRequest("Name a feature: ?feature_name=…", code="missing_parameter")
    return _steps(request, visible_feature_named(request.scope, query.feature_name, query.department_id))


@by_name.post(
    permission="view_feature",
    body=schemas.NameBody,
    query=Paging,
    answer=list[StepOut],
    errors=("ambiguous_name",),
)
def steps_by_body(request: Request) -> Page:
    """List the steps of the visible feature with exactly this name."""
    body: schemas.NameBody = request.body_model
    return _steps(request, visible_feature_named(request.scope, body.feature_name, body.department_id))


def _steps(request: Request, feature: Feature, *, executable: bool = False) -> Page:
    paging: Paging = request.query_model
    rows = listed_steps(request.scope.session, feature, executable=executable)
    start = (paging.number - 1) * paging.rows
    return Page(present_steps(request.scope.session, rows[start : start + paging.rows]), len(rows))
