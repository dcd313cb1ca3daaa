"""Requests that the HTTP server refuses before any application sees them, in the shape of all other refusals.

Contract: rest-api A1.5.
"""

import json
import secrets
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

REFUSALS = {
    413: ("413 Content Too Large", "body_too_large", "The body is larger than this server takes."),
    431: ("413 Content Too Large", "body_too_large", "The address and the headers are longer than this server takes."),
    400: ("400 Bad Request", "malformed_path", "This is not a request by HTTP/1.1."),
    501: ("400 Bad Request", "malformed_path", "The body is sent in a way that this server does not know."),
}
"""Status of waitress -> status, code and sentence of the answer."""

FAILED = ("500 Internal Server Error", "internal_error", "The server failed. The log has the details.")


class RefusalTask(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """Answers with the error body of the API instead of plain text."""

    def execute(self) -> None:
        """Write the answer and close the connection: what follows on it cannot be read."""
        status, code, sentence = REFUSALS.get(self.request.error.code, FAILED)
        number = secrets.token_hex(8)
        document: dict[str, Any] = {"success": False, "error": sentence, "code": code, "request_id": number}
        body = json.dumps(document).encode()
        self.status = status
        self.response_headers.extend(
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Request-Id", number),
            ]
        )
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # as above
    """A connection whose unreadable requests are refused like all others."""

    error_task_class = RefusalTask
