"""Reading the step libraries again.  Contract: rest-api A6.3, R-082, R-083."""

from collections.abc import Sequence

from cometa_catalog.vocabulary import KEPT_VOCABULARY, libraries
from cometa_core.errors import CometaError
from cometa_core.events import announce
from cometa_core.scope import Scope
from cometa_runner.steps import StepDefinition, StepLibraryError, reload_vocabulary


def read_libraries_again(scope: Scope) -> Sequence[StepDefinition]:
    """Replace the sentences of this process by what the step libraries hold now, and tell every client.

    Returns:
        All sentences in order.

    Raises:
        CometaError: a library cannot be read; the sentences stay as they were.
    """
    runtime = scope.runtime
    try:
        found = reload_vocabulary(libraries(runtime))
    except StepLibraryError as error:
        raise CometaError(f"{error} All sentences stay as they were.") from error
    announce(scope, "actions.changed", {"count": len(found.definitions)})
    scope.after_commit(lambda: runtime.replace(KEPT_VOCABULARY, found))
    return tuple(found.definitions)
