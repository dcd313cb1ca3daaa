"""Who may report about results: people with a flag, and the runner of the result.  Contract: rest-api A2.6, A3.2."""

from cometa_core.errors import Forbidden, NotFound
from cometa_core.scope import Scope
from cometa_executions.services.tokens import is_runner


def require_runner_or(scope: Scope, permission: str, result_id: int | None = None) -> None:
    """Refuse everybody but runners with a service token and people with a flag.

    Args:
        scope: unit of work of the caller.
        permission: flag that people need.
        result_id: result that the call is about, where it is known already; None: visibility is checked later.

    Raises:
        Forbidden: ``permission_missing``, the sentence names the flag.
        NotFound: the token is bound to another result.
    """
    if is_runner(scope):
        if result_id is not None and scope.identity.attributes["feature_result_id"] != result_id:
            raise NotFound
        return
    if not scope.identity.may(permission):
        raise Forbidden(f"You do not have the permission {permission}.")
