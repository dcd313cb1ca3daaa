"""Runs sentences of step libraries under the ``behave`` command, for step authors.

A folder ``features/`` needs two small files besides its ``.feature`` files::

    # features/steps/cometa.py
    from cometa_runner.steps.library import StepLibrary
    from cometa_runner.steps.plain_behave import register

    register([StepLibrary("browser", "cometa_websteps.browser", "Browser")])

    # features/environment.py
    from cometa_runner.steps.plain_behave import after_all, before_all

Blocks (loops, conditions, called features) are structure of plans: under plain behave their sentences do nothing.
Contract: runner C.5, X-069.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from behave.matchers import Match as BehaveMatch
from behave.matchers import Matcher
from behave.runner import Context
from behave.runner import the_step_registry as default_registry
from behave.step_registry import StepRegistry

from cometa_runner.steps.library import StepLibrary, load_vocabulary
from cometa_runner.steps.matching import Match, Vocabulary
from cometa_runner.steps.plain_context import PlainContext


def register(libraries: Iterable[StepLibrary], registry: StepRegistry = default_registry) -> None:
    """Teach behave the sentences of libraries; call it once from a file in ``steps/``.

    Raises:
        StepLibraryError: a library cannot be loaded.
    """
    registry.steps["step"].append(SentenceMatcher(load_vocabulary(libraries)))


class SentenceMatcher(Matcher):  # type: ignore[misc]  # behave ships no types
    """Stands for a whole vocabulary among behave's step definitions."""

    NAME = "cometa"

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(register, "any sentence of the step libraries")
        self._vocabulary = vocabulary

    def compile(self) -> "SentenceMatcher":
        """Do nothing: the sentences are compiled."""
        return self

    def match(self, step_text: str) -> BehaveMatch | None:
        """Find what a step means; None leaves it to other step definitions."""
        found = self._vocabulary.match(step_text)
        if not isinstance(found, Match):
            return None
        match = BehaveMatch(lambda context: context.cometa.perform(found.definition, found.values), [])
        match.location = BehaveMatch.make_location(found.definition.function)
        return match


def before_all(context: Context) -> None:
    """Give the run a work folder; behave calls this first.

    ``behave -D timeout=10`` sets the seconds that a step may take.
    """
    timeout = float(context.config.userdata.get("timeout", 60))
    context.cometa = PlainContext(Path(tempfile.mkdtemp(prefix="cometa-")), timeout=timeout)
    context.cometa.open_browser()


def after_all(context: Context) -> None:
    """Close the browser and remove the work folder; behave calls this last."""
    context.cometa.close_kept()
    context.cometa.close_browser()
    shutil.rmtree(context.cometa.workdir, ignore_errors=True)
