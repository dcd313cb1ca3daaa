"""The error tree: a stable code, a sentence for people and an HTTP status for each kind of refusal.

Services raise these; one place (``cometa_core.web.problems``) turns them into answers.  Contract: rest-api A1.5.
"""

from collections.abc import Mapping, Sequence


class CometaError(Exception):
    """Something was refused or went wrong in a way that the caller can understand.

    Attributes:
        code: stable word for programs, listed in rest-api A1.5.
        status: HTTP status that the code is answered with.
        fields: JSON path of a field -> sentences; only for statuses 400 and 422.
        extra: further keys of the answer, for codes that the contract gives some.
    """

    code = "internal_error"
    status = 500

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}
        self.extra = dict(extra or {})


class BadRequest(CometaError):
    """The request cannot be read or names something that does not exist (400)."""

    code = "invalid_query"
    status = 400


class Unauthenticated(CometaError):
    """Nobody can be identified (401)."""

    code = "no_identity"
    status = 401


class Forbidden(CometaError):
    """The caller is known but may not do this (403)."""

    code = "permission_missing"
    status = 403


class NotFound(CometaError):
    """The row is unknown or not visible to the caller: never distinguishable (404)."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "There is no such object, or it is not visible to you.", **named: str) -> None:
        super().__init__(message, code=named.get("code"))


class MethodNotAllowed(CometaError):
    """The route exists, the verb does not (405)."""

    code = "method_not_allowed"
    status = 405


class Conflict(CometaError):
    """The present state does not allow the change (409)."""

    code = "duplicate_row"
    status = 409


class TooLarge(CometaError):
    """The body is larger than the server takes (413)."""

    code = "body_too_large"
    status = 413


class UnsupportedMediaType(CometaError):
    """The body is of a type that the route does not take (415)."""

    code = "unsupported_media_type"
    status = 415


class Invalid(CometaError):
    """Fields of the body are not what the contract says (422)."""

    code = "validation_failed"
    status = 422

    @classmethod
    def field(cls, name: str, text: str, *, code: str | None = None) -> "Invalid":
        """Build the error for a single field; the sentence names the field and the rule."""
        return cls(f"Field {name}: {text}", code=code, fields={name: [text]})


class TooManyRequests(CometaError):
    """A limit per time is used up (429); ``extra["retry_after"]`` gives seconds."""

    code = "rate_limited"
    status = 429


class Unavailable(CometaError):
    """A service that is needed does not answer at the moment (503)."""

    code = "not_ready"
    status = 503


class ConfigurationError(CometaError):
    """The installation cannot start as it is configured; the sentence says what to change."""

    code = "configuration"


class PluginError(ConfigurationError):
    """A plugin is missing, broken or contradicts another one."""

    code = "plugin"
