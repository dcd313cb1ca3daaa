"""Route of the audit log.  Contract: rest-api A4.2 (AuditEntry), A6.19, R-195."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from cometa_core.audit import entries
from cometa_core.db.tables import AuditRecord
from cometa_core.web.dialect import Page
from cometa_core.web.fields import Timestamp
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service


class AuditEntry(BaseModel):
    """Who did what to which object; secrets are masked."""

    audit_id: int
    time: Timestamp
    user_id: Annotated[int | None, Field(description="Account; null for what nobody ordered.")]
    action: Annotated[str, Field(description="Name of what was done, for instance `create_application`.")]
    object: Annotated[str, Field(description="Path of the API or `kind:id`.")]
    result: Annotated[str, Field(description="`ok` or `refused`.")]
    address: str
    request_id: str
    changes: Annotated[
        list[dict[str, Any]], Field(description="Changed rows: `row`, and its changed fields `before` and `after`.")
    ]


class AuditQuery(Paging):
    """Entries of one object or one account."""

    object: Annotated[str | None, Field(max_length=100)] = None
    user_id: Annotated[int | None, Field(ge=1)] = None


audit_log = Service("audit_log", "/api/audit_log/", description="Who did what, newest first.", tag="Accounts")


@audit_log.get(permission="manage_configurations", query=AuditQuery, answer=list[AuditEntry])
def list_audit_log(request: Request) -> Page:
    """List what was done and what was refused, newest first."""
    query: AuditQuery = request.query_model
    rows = paged(request.scope.session, entries(query.object, query.user_id), query)
    return Page([present(row) for row in rows.items], rows.total)


def present(row: AuditRecord) -> AuditEntry:
    """Turn a row into its answer."""
    return AuditEntry(
        audit_id=row.id,
        time=row.at,
        user_id=row.account_id,
        action=row.action,
        object=row.object,
        result=row.result,
        address=row.address,
        request_id=row.request_id,
        changes=row.changes,
    )
