"""What a step library may use, and the vocabulary that is built from libraries.

Importing this package loads neither Selenium nor behave: the web process reads vocabularies too.
"""

from cometa_runner.steps.context import StepContext, StepSettings
from cometa_runner.steps.deadline import Deadline
from cometa_runner.steps.definition import Parameter, StepDefinition, step
from cometa_runner.steps.failure import Cancelled, ElementNotFound, ElementNotInState, StepFailure
from cometa_runner.steps.library import StepLibrary, StepLibraryError, load_vocabulary, reload_vocabulary
from cometa_runner.steps.matching import Match, NoMatch, Vocabulary

__all__ = [
    "Cancelled",
    "Deadline",
    "ElementNotFound",
    "ElementNotInState",
    "Match",
    "NoMatch",
    "Parameter",
    "StepContext",
    "StepDefinition",
    "StepFailure",
    "StepLibrary",
    "StepLibraryError",
    "StepSettings",
    "Vocabulary",
    "load_vocabulary",
    "reload_vocabulary",
    "step",
]
