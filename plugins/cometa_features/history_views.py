"""Routes of the history of features."""

from cometa_core.web.dialect import Page, Updated
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_features.answers import FeatureOut, present_feature
from cometa_features.history_answers import (
    HistoryEntry,
    HistoryVersion,
    RestoreBody,
    present_entry,
    present_version,
)
from cometa_features.services.history import restoring_body, version_of, versions_of
from cometa_features.services.saving import change_feature
from cometa_features.views import FEATURE, TAG, addressed, addressed_for_change

HISTORY = f"/api/features/{FEATURE}/history/"
VERSION = rf"{HISTORY}{{version:\d{{1,18}}}}/"

history = Service("feature_history", HISTORY, description="Versions of a feature.", tag=TAG)
one_version = Service("feature_version", VERSION, description="One version of a feature.", tag=TAG)
restoring = Service("feature_version_restore", f"{VERSION}restore/", description="Bring a version back.", tag=TAG)


@history.get(permission="view_feature", load=addressed, query=Paging, answer=list[HistoryEntry])
def list_versions(request: Request) -> Page:
    """List what each save of a feature left, newest first; the newest is what it is now."""
    page = paged(request.scope.session, versions_of(request.resource), request.query_model)
    return Page([present_entry(row) for row in page.items], page.total)


@one_version.get(permission="view_feature", load=addressed, answer=HistoryVersion)
def read_version(request: Request) -> HistoryVersion:
    """Read one version with its steps."""
    return present_version(version_of(request.scope, request.resource, int(request.matchdict["version"])))


@restoring.post(
    permission="edit_feature",
    load=addressed_for_change,
    body=RestoreBody,
    answer=FeatureOut,
    errors=("invalid_reference", "version_conflict", "feature_cycle"),
)
def restore_version(request: Request) -> Updated:
    """Save a feature as one of its versions had it, as a new version; department and folder stay."""
    scope, feature = request.scope, request.resource
    old = version_of(scope, feature, int(request.matchdict["version"]))
    body = restoring_body(scope, feature, old, request.body_model.version)
    return Updated(present_feature(scope, change_feature(scope, feature, body, request.headers.get("If-Match"))))
