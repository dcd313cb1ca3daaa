"""Routes of schedules.  Contract: rest-api A6.14, A1.7."""

from cometa_core.errors import BadRequest, Forbidden
from cometa_core.web.dialect import Page, Updated
from cometa_core.web.paging import paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_core.web.validation import texts_of_query
from cometa_features.api import Feature, visible_feature
from cometa_schedules.schemas import FireOut, FireQuery, PreviewedFire, ScheduleBody, ScheduleOut, SchedulePatch
from cometa_schedules.services.reading import chosen_fires, previewed, shown_schedule
from cometa_schedules.services.saving import change_schedule, remove_schedule, replace_schedule

TAG = "Schedules"
PATH = r"/schedule/{feature_id:\d{1,18}}/"
ERRORS = ("invalid_cron", "invalid_timezone", "schedule_not_saved")

schedule = Service("schedule", PATH, description="When a feature starts by itself.", tag=TAG)
preview = Service("schedule_preview", f"{PATH}preview/", description="The next 20 starts.", tag=TAG)
fires = Service("schedule_fires", f"{PATH}fires/", description="What became of planned times.", tag=TAG)


def sets_schedule(request: Request) -> bool:
    """Tell whether a GET has the parameter ``schedule``, in its query or in a JSON body."""
    try:
        return "schedule" in texts_of_query(request) or b'"schedule"' in request.body
    except BadRequest:
        # A query that cannot be read sets nothing.
        return False


def addressed(request: Request) -> Feature:
    """Find the feature of the path."""
    return visible_feature(request.scope, int(request.matchdict["feature_id"]))


def held(request: Request) -> Feature:
    """Find the feature of the path and hold it, so that changes of one schedule follow each other."""
    return visible_feature(request.scope, int(request.matchdict["feature_id"]), for_change=True)


def addressed_or_held(request: Request) -> Feature:
    """Find the feature of a GET, which may set the schedule.

    Raises:
        Forbidden: it does, and the caller may not change features.
    """
    if not request.changes_something:
        return addressed(request)
    if not request.identity.may("edit_feature"):
        raise Forbidden("You do not have the permission edit_feature.")
    return held(request)


@schedule.get(permission="view_feature", effect=sets_schedule, load=addressed_or_held, body=ScheduleBody,
              answer=ScheduleOut, errors=ERRORS)  # fmt: skip
def read(request: Request) -> ScheduleOut | Updated:
    """Show the schedule of a feature; with the parameter ``schedule`` it is set first, as by POST."""
    return set_schedule(request) if request.changes_something else shown_schedule(request.scope, request.resource.id)


@schedule.post(permission="edit_feature", load=held, body=ScheduleBody, answer=ScheduleOut, errors=ERRORS)
def set_schedule(request: Request) -> Updated:
    """Set the schedule of a feature; an empty text removes it.  The caller becomes its owner."""
    replace_schedule(request.scope, request.resource, request.body_model.sent())
    return Updated(shown_schedule(request.scope, request.resource.id))


@schedule.patch(permission="edit_feature", load=held, body=SchedulePatch, answer=ScheduleOut, errors=ERRORS)
def change(request: Request) -> Updated:
    """Change the sent fields of a schedule.  The caller becomes its owner."""
    change_schedule(request.scope, request.resource, request.body_model.sent())
    return Updated(shown_schedule(request.scope, request.resource.id))


@schedule.delete(permission="edit_feature", load=held, answer=ScheduleOut)
def remove(request: Request) -> Updated:
    """Remove the schedule of a feature; the record of its fires stays."""
    remove_schedule(request.scope, request.resource)
    return Updated(shown_schedule(request.scope, request.resource.id))


@fires.get(permission="view_feature", load=addressed, query=FireQuery, answer=list[FireOut])
def list_fires(request: Request) -> Page:
    """List what became of the planned times, the latest first: why did it run, and why not."""
    page = paged(request.scope.session, chosen_fires(request.resource.id, request.query_model), request.query_model)
    return Page([FireOut.model_validate(fire) for fire in page.items], page.total)


@preview.get(permission="view_feature", load=addressed, answer=list[PreviewedFire])
def list_coming(request: Request) -> list[PreviewedFire]:
    """List the next 20 starts with the offset of the zone, marked where a change of the clock matters."""
    return previewed(request.scope, request.resource.id)
