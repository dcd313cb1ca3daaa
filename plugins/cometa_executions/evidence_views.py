"""Routes of evidence: why a step failed, console, network, page source.  Contract: runner D.5, I.1.

Rights are those of results: who may see a result may see what is kept of it.
"""

from typing import Any
from urllib.parse import quote

from pyramid.response import Response

from cometa_core.web.dialect import Page
from cometa_core.web.paging import Paging
from cometa_core.web.request import Request
from cometa_core.web.service import Service
from cometa_executions.download_views import OCTETS, stored_file
from cometa_executions.evidence_schemas import (
    BrowserFacts,
    ConsoleCounts,
    ConsoleEntryOut,
    ConsoleQuery,
    ErrorParts,
    Exchange,
    KeptFile,
    NetworkCounts,
    NetworkQuery,
    ResultEvidence,
    StepEvidence,
)
from cometa_executions.models import Artifact, Result
from cometa_executions.services.evidence import (
    NETWORK,
    SESSION,
    SOURCE,
    console_entries,
    details_of,
    evidence_files,
    exchanges,
    step_of_exchange,
    stored_network,
    stored_source,
)
from cometa_executions.services.files import FILE_ROLES
from cometa_executions.views import RESULT, addressed_result, addressed_step_result

TAG = "Evidence"
STEP_RESULT = r"{step_result_id:\d{1,18}}"

result_evidence = Service(
    "result_evidence", f"/feature_results/{RESULT}/evidence/", description="What is kept of a result.", tag=TAG
)
result_console = Service(
    "result_console", f"/feature_results/{RESULT}/console/", description="The console of a result.", tag=TAG
)
result_network = Service(
    "result_network", f"/feature_results/{RESULT}/network/", description="The network of a result.", tag=TAG
)
result_har = Service(
    "result_har", f"/feature_results/{RESULT}/network/har/", description="The network as HAR 1.2.", tag=TAG
)
step_evidence = Service(
    "step_evidence", f"/api/step_results/{STEP_RESULT}/evidence/", description="What is kept of a step.", tag=TAG
)
step_source = Service(
    "step_source", f"/api/step_results/{STEP_RESULT}/source/", description="The page source of a step.", tag=TAG
)


@result_evidence.get(permission="view_feature", load=addressed_result, answer=ResultEvidence)
def read_result_evidence(request: Request) -> ResultEvidence:
    """Tell browser, driver, what they can report, and the files that belong to no step."""
    result: Result = request.resource
    told = (result.report or {}).get(SESSION)
    files = [_kept(artifact, result.id) for artifact in evidence_files(request.scope, result).values()]
    return ResultEvidence(
        feature_result_id=result.id,
        browser=BrowserFacts.model_validate(told) if told else None,
        available=_available(result),
        files=files,
    )


@result_console.get(permission="view_feature", load=addressed_result, query=ConsoleQuery, answer=list[ConsoleEntryOut])
def list_console(request: Request) -> Page:
    """List console entries of the last attempt, oldest first; complete once the result has ended."""
    query: ConsoleQuery = request.query_model
    wanted = {"seq": query.step, "level": query.level}
    found = console_entries(request.scope, request.resource, wanted, _first(query), query.rows)
    items = [ConsoleEntryOut(**{**entry, "step": entry.get("seq")}) for entry in found.items]
    return Page(items, found.total)


@result_network.get(permission="view_feature", load=addressed_result, query=NetworkQuery, answer=list[Exchange])
def list_exchanges(request: Request) -> Page:
    """List exchanges of the last attempt; complete once the result has ended."""
    query: NetworkQuery = request.query_model
    found = exchanges(request.scope, request.resource, query.step, _first(query), query.rows)
    return Page([_exchange(entry) for entry in found.items], found.total)


@result_har.get(permission="view_feature", load=addressed_result, media_type=OCTETS)
def read_har(request: Request) -> Response:
    """Give the HAR file as attachment."""
    return _attachment(request, stored_network(request.scope, request.resource))


@step_evidence.get(permission="view_feature", load=addressed_step_result, answer=StepEvidence)
def read_step_evidence(request: Request) -> StepEvidence:
    """Tell why a step failed in parts, the values used, and what was kept of it."""
    row = request.resource
    details = details_of(row)
    return StepEvidence(
        step_result_id=row.id,
        failure=_failure(details.error) if details.error else None,
        reason=details.reason,
        warnings=row.detail.get("warnings", []),
        values=dict(details.values),
        selector=row.detail.get("selector"),
        console=ConsoleCounts(**details.console),
        network=NetworkCounts(**details.network),
        available=_available(row.result),
        files=[_kept(artifact, row.result_id) for artifact in details.artifacts],
    )


@step_source.get(permission="view_feature", load=addressed_step_result, media_type=OCTETS)
def read_source(request: Request) -> Response:
    """Give the page source as attachment: browsers must not show a tested page as one of this server."""
    return _attachment(request, stored_source(request.scope, request.resource))


def _first(query: Paging) -> int:
    return (query.number - 1) * query.rows


def _available(result: Result) -> dict[str, bool]:
    """Say what the browser can report: an empty list means "nothing happened" only where it can."""
    features = ((result.report or {}).get(SESSION) or {}).get("features") or {}
    return {name: bool(features.get(name)) for name in ("console", "network")}


def _failure(error: Any) -> ErrorParts:
    return ErrorParts(
        code=str(error.get("code") or ""),
        message=str(error.get("message") or ""),
        expected=str(error.get("expected") or ""),
        found=str(error.get("found") or ""),
        tried=[str(way) for way in error.get("tried") or ()],
        waited_ms=error.get("waited_ms"),
    )


def _exchange(entry: dict[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    return Exchange(
        step=step_of_exchange(entry),
        method=request["method"],
        url=request["url"],
        status=response["status"],
        mime=response["content"]["mimeType"],
        time_ms=round(entry["time"]),
        error=response.get("_error", ""),
        entry=entry,
    )


def _kept(artifact: Artifact, result_id: int) -> KeptFile:
    return KeptFile(
        role=artifact.role,
        name=artifact.name,
        mime=artifact.mime,
        size=artifact.size,
        address=_address(artifact, result_id),
    )


def _address(artifact: Artifact, result_id: int) -> str:
    if artifact.role == SOURCE:
        return f"/api/step_results/{artifact.step_result_id}/source/"
    if artifact.role == NETWORK:
        return f"/feature_results/{result_id}/network/har/"
    if artifact.role in FILE_ROLES:
        return f"/download/{result_id}/{quote(artifact.name, safe='')}/"
    return f"/feature_results/{result_id}/console/" if artifact.role == "console" else ""


def _attachment(request: Request, artifact: Artifact) -> Response:
    response = stored_file(request, artifact, OCTETS)
    response.headers["Content-Disposition"] = f'attachment; filename="{artifact.name}"'
    return response
