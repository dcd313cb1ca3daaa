"""The audit log: who did what to which object, with the rows before and after.  Contract: rest-api A4.2, A6.19.

Rows are followed when their model says so with ``__audited__ = True``; columns with ``info={"secret": True}`` are
masked, so that the log may be read by everybody who may read the log.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, event, insert, inspect, select
from sqlalchemy.orm import InstanceState, Session

from cometa_core.db.base import Model
from cometa_core.db.tables import AuditRecord
from cometa_core.scope import Scope

MASKED = "[MASKED]"
CHANGES = "cometa.audit.changes"
"""Key of ``Session.info``: what the flushes of a unit of work changed."""

MOST_ROWS = 50
LONGEST_TEXT = 500


def record(
    scope: Scope,
    action: str,
    object: str,  # noqa: A002 - the name of the field in the contract
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    result: str = "ok",
) -> None:
    """Add an entry in the transaction of a unit of work, with the audited rows that it has changed so far.

    Args:
        scope: who did it, and its transaction.
        action: what was done, for instance ``create_application`` or ``baseline.approved``; at most 60 characters.
        object: what it was done to: a path of the API or ``kind:id``; at most 100 characters.
        before: fields before the change, for what no audited row tells; no secrets.
        after: fields after it.
        result: ``ok``, or ``refused`` for what somebody was not allowed to do.
    """
    scope.session.flush()
    changes = list(scope.session.info.pop(CHANGES, {}).values())
    if before is not None or after is not None:
        changes = [*changes, {"row": object, "before": before, "after": after}]
    actor = scope.actor
    row = {
        "at": scope.now(),
        "account_id": None if actor is None else actor.account_id,
        "action": action[:60],
        "object": object[:100],
        "result": result,
        "address": scope.address,
        "request_id": scope.request_id,
        "changes": changes,
    }
    scope.session.execute(insert(AuditRecord), [row])


def entries(object: str | None = None, account_id: int | None = None) -> Select[AuditRecord]:  # noqa: A002 - as above
    """Select entries, newest first, of one object or one account if named."""
    query = select(AuditRecord).order_by(AuditRecord.id.desc())
    if object is not None:
        query = query.where(AuditRecord.object == object)
    if account_id is not None:
        query = query.where(AuditRecord.account_id == account_id)
    return query


def follow_changes(session: Session) -> None:
    """Note what each flush of a session does to audited rows, for ``record``."""
    event.listen(session, "after_flush", _note_changes)


def _note_changes(session: Session, _context: object) -> None:
    noted = session.info.setdefault(CHANGES, {})
    for change in _changes(session):
        earlier = noted.get(change["row"])
        if earlier is not None:
            # Several flushes of one row are one change: from what it was at first to what it is at last.
            change["before"] = earlier["before"] and (change["before"] or {}) | earlier["before"]
            change["after"] = change["after"] and (earlier["after"] or {}) | change["after"]
        elif len(noted) == MOST_ROWS:
            return
        noted[change["row"]] = change


def _changes(session: Session) -> Iterator[dict[str, Any]]:
    for kind, rows in (("new", session.new), ("changed", session.dirty), ("deleted", session.deleted)):
        for row in rows:
            if not row.__audited__:
                continue
            before, after = _before_and_after(inspect(row), kind)
            if before or after:
                yield {"row": _name_of(row), "before": before or None, "after": after or None}


def _name_of(row: Model) -> str:
    mapper = inspect(row).mapper
    parts = zip(mapper.primary_key, mapper.primary_key_from_instance(row), strict=True)
    shown = (MASKED if column.info.get("secret") else str(part) for column, part in parts)
    return f"{row.__tablename__}:{'-'.join(shown)}"


def _before_and_after(state: InstanceState[Any], kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        secret = bool(attribute.columns[0].info.get("secret"))
        history = state.attrs[attribute.key].history
        if kind == "changed" and not history.has_changes():
            continue
        for value in history.deleted or history.unchanged if kind != "new" else ():
            before[attribute.key] = _shown(value, secret=secret)
        for value in history.added if kind != "deleted" else ():
            after[attribute.key] = _shown(value, secret=secret)
    return before, after


def _shown(value: object, *, secret: bool) -> object:
    if value is None or isinstance(value, bool | int | float):
        return MASKED if secret and value is not None else value
    if secret:
        return MASKED
    if isinstance(value, dict | list):
        return value
    return str(value)[:LONGEST_TEXT]
