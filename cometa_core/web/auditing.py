"""What the HTTP layer puts into the audit log: each request that changed something, and each that was refused."""

import logging
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from cometa_core.audit import record
from cometa_core.web.request import Request

logger = logging.getLogger(__name__)


class Auditor(Protocol):
    """Keeps what requests did; in the registry of an application as ``cometa.auditor``."""

    def done(self, request: Request) -> None:
        """Keep, in the transaction of a request, that it changed something."""

    def refused(self, request: Request) -> None:
        """Keep that somebody was not allowed to make a request."""


class NoAuditor:
    """Keeps nothing, for applications without a database."""

    def done(self, request: Request) -> None:
        """Do nothing."""

    def refused(self, request: Request) -> None:
        """Do nothing."""


class DatabaseAuditor:
    """Keeps everything in the audit log of the runtime that answers a request."""

    def done(self, request: Request) -> None:
        """Keep, in the transaction of a request, that it changed something."""
        record(request.scope, action_of(request), request.path)

    def refused(self, request: Request) -> None:
        """Keep a refusal once the request is over: its own transaction, which will be rolled back, may hold locks."""
        request.add_finished_callback(self._note_refusal)

    @staticmethod
    def _note_refusal(request: Request) -> None:
        try:
            with request.transaction_apart(request.identity) as scope:
                record(scope, action_of(request), request.path, result="refused")
        except SQLAlchemyError:
            # The answer is given; a log that cannot be written must not end the thread that serves.
            logger.warning("%s A refusal could not be written to the audit log", request.request_id, exc_info=True)


def action_of(request: Request) -> str:
    """Name what a request does: the name of its view, for instance ``create_application``."""
    operation = request.operation
    return operation.view.__name__ if operation is not None and operation.view is not None else request.method
